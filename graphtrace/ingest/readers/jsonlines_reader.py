"""JSON Lines: one object a line, its keys as the columns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from graphtrace.errors import InputError
from graphtrace.ingest.readers.cells import (
    clean_cell,
    filled_rows,
    float_text,
    frame_from_rows,
    integer_text,
    shown_fault,
)
from graphtrace.ingest.readers.encodings import DAMAGED, Encoding, find_encoding, text_blocks, text_lines
from graphtrace.ingest.readers.limits import MAX_COLUMNS
from graphtrace.ingest.sheet import Sheet

BATCH_LINES = 20_000


def open_jsonlines(path: Path, *, exact_numbers: bool = False) -> list[Sheet]:
    """Return one sheet: the whole file. The standard library's parser is used because it reads integers exactly.

    Costs one pass for the encoding, one for the keys and one to read, with a block and a batch of lines in memory.

    ``exact_numbers``: the writer is known to have kept integers beyond 2^53 exactly, so they are not marked.

    Raises InputError when no line is an object, or there are more than :data:`MAX_COLUMNS` different keys.
    """
    encoding = find_encoding(path)
    keys: dict[str, None] = {}
    for _, record in _records(path, encoding):
        if isinstance(record, dict):
            keys.update(dict.fromkeys(record))
        if len(keys) > MAX_COLUMNS:
            raise InputError("too_many_keys", path=path, most=MAX_COLUMNS, hint="keys_are_names")
    if not keys:
        raise InputError("no_json_object", path=path, hint="object_a_line")

    def read(below: int) -> Iterator[pl.DataFrame]:
        records = ((row, record) for row, record in _records(path, encoding) if row > below)
        while batch := list(islice(records, BATCH_LINES)):
            faults = [shown_fault(row, record) for row, record in batch if isinstance(record, str)]
            objects = [(row, record) for row, record in batch if isinstance(record, dict)]
            rows = [row for row, _ in objects]
            columns = [[cell_of(record.get(key), exact_numbers=exact_numbers) for _, record in objects] for key in keys]
            filled = filled_rows(frame_from_rows(rows, columns))
            sheet.faults += faults
            sheet.counted += filled.height + len(faults)
            yield filled

    sheet = Sheet(
        name=None,
        width=len(keys),
        head_rows=[(0, [clean_cell(key) for key in keys])],
        read=read,
        encoding=encoding.name,
    )
    return [sheet]


def _records(path: Path, encoding: Encoding) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Yield number and object of every line that is not blank; the line itself if it is no object."""
    for row, line in enumerate(text_lines(text_blocks(path, encoding)), start=1):
        if line.strip():
            yield row, _parse_object(line)


def _parse_object(line: str) -> dict[str, Any] | str:
    shown = line.strip().replace(DAMAGED, "\ufffd")
    if DAMAGED in line:
        return shown
    try:
        value = json.loads(line, object_pairs_hook=unique_keys)
        if "\\u" in line:
            # an escape may be half of a character, which is no text
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return shown
    return value if isinstance(value, dict) else shown


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object, of which no key may stand twice."""
    unique = dict(pairs)
    if len(unique) < len(pairs):
        raise ValueError("a key stands twice")
    return unique


def cell_of(value: Any, *, exact_numbers: bool) -> str | None:
    """Return the text of a value; a number that cannot be exact is marked."""
    match value:
        case None:
            return None
        case str():
            return clean_cell(value)
        case bool():
            return str(value).upper()
        case int():
            return str(value) if exact_numbers else integer_text(value)
        case float():
            return float_text(value)
        case _:
            return json.dumps(value, ensure_ascii=False)
