"""JSON documents: a list of objects, or objects that hold one, as programs and web services write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from graphtrace.errors import InputError
from graphtrace.ingest.readers.encodings import find_encoding, text_blocks
from graphtrace.ingest.readers.jsonlines_reader import cell_of, unique_keys
from graphtrace.ingest.readers.limits import MAX_COLUMNS
from graphtrace.ingest.readers.table_reader import MAX_DOCUMENT_BYTES, Table, sheet_of_table
from graphtrace.ingest.sheet import Sheet

_DEEPEST = 8


def open_document(path: Path, *, exact_numbers: bool = False) -> list[Sheet]:
    """Return one sheet for each list of objects, named by its path (``data.records``); an object alone is one row.

    Objects within objects become columns ``outer.inner``. The keys are row 1, the first object is row 2.

    Raises InputError when it is no JSON, larger than :data:`MAX_DOCUMENT_BYTES`, or holds no object.
    """
    if path.stat().st_size > MAX_DOCUMENT_BYTES:
        raise InputError("document_too_large", path=path, size=MAX_DOCUMENT_BYTES // 2**20, hint="objects_or_lines")
    encoding = find_encoding(path)
    try:
        root = json.loads(b"".join(text_blocks(path, encoding)).decode(), object_pairs_hook=unique_keys)
    except (ValueError, RecursionError) as error:
        raise InputError("not_json", path=path, why=str(error), hint="objects_or_lines") from error
    lists = _lists(root, "", 0)
    if not lists and isinstance(root, dict):
        lists = [("", [root])]
    sheets = []
    for name, objects in lists:
        rows = [_flat(one, exact_numbers=exact_numbers) for one in objects]
        keys = list(dict.fromkeys(key for row in rows for key in row))
        if len(keys) > MAX_COLUMNS:
            raise InputError("too_many_keys", path=path, most=MAX_COLUMNS, hint="keys_are_names")
        table: Table = [[*keys], *([row.get(key) for key in keys] for row in rows)]
        sheets.append(sheet_of_table(name or None, table, encoding=encoding.name))
    if not sheets:
        raise InputError("no_object_in_json", path=path, hint="objects_or_lines")
    return sheets


def _lists(node: Any, name: str, depth: int) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return every list of objects that is not itself within an object of such a list."""
    if depth > _DEEPEST:
        return []
    if isinstance(node, list):
        objects = [one for one in node if isinstance(one, dict)]
        return [(name, objects)] if objects else []
    if not isinstance(node, dict):
        return []
    return [
        found for key, value in node.items() for found in _lists(value, f"{name}.{key}" if name else key, depth + 1)
    ]


def _flat(record: dict[str, Any], *, exact_numbers: bool, before: str = "") -> dict[str, str | None]:
    flat: dict[str, str | None] = {}
    for key, value in record.items():
        name = f"{before}{key}"
        if isinstance(value, dict) and value and before.count(".") < _DEEPEST:
            flat |= _flat(value, exact_numbers=exact_numbers, before=f"{name}.")
        else:
            flat[name] = cell_of(value, exact_numbers=exact_numbers)
    return flat
