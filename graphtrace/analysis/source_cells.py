"""The row of a file that a statement stands in, with the cells as they stood there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from graphtrace.errors import NothingFound
from graphtrace.model import split_table
from graphtrace.results.source_rows import SourceExcerpt

if TYPE_CHECKING:
    from graphtrace.ingest.sheet import Sheet
    from graphtrace.storage.base import Backend

AROUND: Final = 2
"""Number of rows that are shown before and after the row."""

HEAD: Final = 3
"""Maximum number of rows from the top of the sheet, where its headings are."""


def write_source(store: Backend, sha256: str, folder: Path) -> tuple[str, Path]:
    """Write a kept source into a folder, under a name with its ending; return the name of the file with the path.

    Raises
    ------
    NothingFound
        If the case has no such file.
    """
    file = next((file.name for file in store.contents().files if file.sha256 == sha256), None)
    if file is None:
        raise NothingFound("file_not_in_case", sha256=sha256, hint="status_lists_files")
    path = folder / f"source{Path(file).suffix}"
    with path.open("wb") as out:
        out.writelines(store.read_source(sha256) or ())
    return file, path


def open_sheet(store: Backend, scratch: Path, sha256: str, sheet: str | None) -> tuple[str, Sheet]:
    """Open a sheet of a kept source again, or the sheet that has a table; return the name of the file with it.

    Raises
    ------
    NothingFound
        If the case has no such file or sheet.
    """
    from graphtrace.ingest.readers import open_sheets

    file, copy = write_source(store, sha256, scratch)
    names = (sheet, split_table(sheet)[0])
    found = next((one for one in open_sheets(copy) if None in names or one.name in names), None)
    if found is None:
        raise NothingFound("sheet_not_in_file", file=file, sheet=sheet, hint="status_lists_files")
    return file, found


def read_source_row(store: Backend, scratch: Path, sha256: str, sheet: str | None, row: int) -> SourceExcerpt:
    """Read a row of a kept source again; the file is read until the row.

    ``sheet`` is the name of a sheet, or that of one of its tables: rows are numbered as the sheet has them.

    Raises
    ------
    NothingFound
        If the case has no such file, sheet or row.
    """
    from graphtrace.ingest.sheet import INEXACT_MARK

    file, found = open_sheet(store, scratch, sha256, sheet)

    def cells(raw: list[str | None] | tuple[str | None, ...]) -> tuple[str | None, ...]:
        return tuple(None if cell is None else cell.removeprefix(INEXACT_MARK) for cell in raw)

    head = [(number, cells(raw)) for number, raw in found.head_rows]
    rows = {number: raw for number, raw in head if abs(number - row) <= AROUND}
    if row + AROUND > max((number for number, _ in head), default=0):
        for frame in found.read(max(row - AROUND - 1, 0)):
            for number, *raw in frame.head(2 * AROUND + 2).iter_rows():
                if number <= row + AROUND:
                    rows[number] = cells(raw)
            break
    if row not in rows:
        raise NothingFound("row_not_in_file", file=file, row=row, hint="row_numbers")
    return SourceExcerpt(
        file=file,
        sha256=sha256,
        sheet=found.name,
        row=row,
        head=tuple(entry for entry in head[:HEAD] if entry[0] < min(rows)),
        rows=tuple(sorted(rows.items())),
    )
