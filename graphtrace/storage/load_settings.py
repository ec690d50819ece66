"""A source read once more, as it was read when it was loaded.

What a person said about a file then, its kind or a mapping, stands in its line of the ledger.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from graphtrace.ingest.readers.characters import VERSION

if TYPE_CHECKING:
    from graphtrace.ingest.mapping import ColumnMapping
    from graphtrace.model import Kind

_KIND, _MAPPING, _ENCODINGS = "as", "mapping", "encodings"
_ROLES = ("sender_name", "receiver_name")


class LoadSettings(NamedTuple):
    """What somebody said about a file: the kind of all its records, and the path of a mapping."""

    as_kind: Kind | None
    mapping: Path | None


def settings_to_ledger(as_kind: Kind | None, mapping: ColumnMapping | None) -> dict[str, str]:
    """What the ledger keeps of how a file was read: what somebody said, and which judgement told encodings apart."""
    said = {_ENCODINGS: str(VERSION)} if as_kind is None else {_ENCODINGS: str(VERSION), _KIND: str(as_kind)}
    return said if mapping is None else {**said, _MAPPING: mapping.text}


def settings_from_ledger(entry: str, scratch: Path) -> LoadSettings:
    """How the file of a line of the ledger was read; its mapping is written into the folder ``scratch``."""
    content: Mapping[str, str] = json.loads(entry)
    kind: Kind | None = content.get(_KIND)  # type: ignore[assignment]
    if _MAPPING not in content:
        return LoadSettings(kind, None)
    path = scratch / "mapping.yml"
    path.write_text(content[_MAPPING], encoding="utf-8")
    return LoadSettings(kind, path)


def source_name(source: Path, entry: str, sheet: str | None, row: int, role: int, scratch: Path) -> str:
    """How a source writes the sender (role 0) or receiver (1) of a row. Reads all of the sheet.

    ``source`` must have the ending under which the file was loaded; ``scratch`` is a folder for what is made meanwhile.
    """
    import polars as pl

    from graphtrace.ingest.mapping import load_mapping
    from graphtrace.ingest.pipeline import open_sheet_parser
    from graphtrace.ingest.readers import open_sheets

    how = settings_from_ledger(entry, scratch)
    mapping = None if how.mapping is None else load_mapping(how.mapping)
    sheets = open_sheets(source, exact_numbers=mapping is not None and mapping.exact_numbers)
    (found,) = (one for one in sheets if one.name == sheet)
    for frame in open_sheet_parser(found, as_kind=how.as_kind, mapping=mapping).frames():
        said = frame.filter(pl.col("row") == row)
        if said.height:
            return str(said[_ROLES[role]][0] or "") if _ROLES[role] in said.columns else ""
    return ""
