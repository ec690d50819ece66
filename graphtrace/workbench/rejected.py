"""Numbers of rejected rows: rows of a sheet that were refused together are one entry of the list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graphtrace.render.views.load_view import WHOLE_SHEET

SheetName = tuple[str, str | None]
"""Names of a file and of a sheet in it."""


def rejected_in_sheets(ledger: Iterable[Mapping[str, Any]]) -> Counter[SheetName]:
    """Return the number of rejected rows of each sheet by the lines of a ledger: by the last load of each file."""
    loads: dict[str, Mapping[str, Any]] = {}
    for line in ledger:
        if "unload" in line:
            loads.pop(line["unload"]["sha256"], None)
        elif "load" in line:
            loads[line["sha256"]] = line
    found: Counter[SheetName] = Counter()
    for line in loads.values():
        for sheet in line["sheets"]:
            found[line["file"], sheet["sheet"]] += sheet["rejected"]
    return found


def rows_of_entries(entries: Sequence[Mapping[str, Any]], counted: Mapping[SheetName, int]) -> list[int]:
    """Return for how many rows each entry stands: one, or all rows of a sheet that are no entries of their own."""
    own = Counter((entry["file"], entry["sheet"]) for entry in entries)
    whole = Counter((entry["file"], entry["sheet"]) for entry in entries if entry["reason"] in WHOLE_SHEET)

    def rows(entry: Mapping[str, Any]) -> int:
        sheet = (entry["file"], entry["sheet"])
        is_for_all = entry["reason"] in WHOLE_SHEET and whole[sheet] == 1
        return max(1, 1 + counted.get(sheet, 0) - own[sheet]) if is_for_all else 1

    return [rows(entry) for entry in entries]
