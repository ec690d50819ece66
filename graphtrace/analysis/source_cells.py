"""Rows of files as they stand there, and those that were not read though they hold the name of a party.

Rows that hold the name of a party and that were not read: rejected, waiting for an answer, left out by their words.
Nothing is stated of the party by them: an answer about it says which they are, and why each was not read (SPEC 13). A
sheet that was refused as a whole, or waits for an answer, has its rows in the kept source alone, which is read again.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from graphtrace.engine.row_search import SheetNotRead, rejects_with_texts, sheets_not_read
from graphtrace.errors import GraphtraceError, NothingFound
from graphtrace.identifiers import normalize_party_name
from graphtrace.model import Origin, Party, split_table
from graphtrace.patterns import late
from graphtrace.results.source_rows import SourceExcerpt, TextPlaces, UnreadRow
from graphtrace.storage.base import Backend, LoadedFile, UnreadRowsScope

if TYPE_CHECKING:
    from graphtrace.ingest.sheet import Sheet


AROUND: Final = 2
"""Number of rows that are shown before and after the row."""

MAX_SEARCHED: Final = 4 << 20
"""Maximum size of a source in which a text is looked for, in bytes."""

MAX_SEARCHED_TOGETHER: Final = 64 << 20
"""Maximum size of all sources of a case in which a text is looked for, in bytes."""

MAX_PLACES: Final = 200
"""Maximum number of rows that are told of a text."""

HEAD: Final = 3
"""Maximum number of rows from the top of the sheet, where its headings are."""


def write_source(store: Backend, sha256: str, folder: Path) -> tuple[str, Path]:
    """Write a kept source into a folder, under a name with its ending; return the name of the file with the path.

    Raises NothingFound if the case has no such file.
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

    Raises NothingFound if the case has no such file or sheet.
    """
    file, copy = write_source(store, sha256, scratch)
    names = (sheet, split_table(sheet)[0])
    found = next((one for one in _sheets_of(store, sha256, copy) if None in names or one.name in names), None)
    if found is None:
        raise NothingFound("sheet_not_in_file", file=file, sheet=sheet, hint="status_lists_files")
    return file, found


def _sheets_of(store: Backend, sha256: str, copy: Path) -> list[Sheet]:
    """Open the sheets of a kept source: in the encoding that its last load was told, with the tables that it read."""
    from graphtrace.ingest.given_answers import ENCODING, answers_for_sheet, parse_answers
    from graphtrace.ingest.readers import open_sheets
    from graphtrace.storage.ledger import content_of
    from graphtrace.storage.load_settings import ANSWERS, TABLES
    from graphtrace.storage.sheet_plan import text_in

    signs = (f'"{TABLES}":', f"{ENCODING}=")
    told = (line for line in store.contents().ledger if sha256 in line and any(sign in line for sign in signs))
    loads = [content for content in map(content_of, told) if content.get("sha256") == sha256]
    if not loads:
        return open_sheets(copy)
    said = answers_for_sheet(parse_answers(loads[-1].get(ANSWERS, ())), None).get(ENCODING)
    return open_sheets(text_in(copy, said) or copy, tables=loads[-1].get(TABLES, ()))


def read_source_row(store: Backend, scratch: Path, sha256: str, sheet: str | None, row: int) -> SourceExcerpt:
    """Read a row of a kept source again; the file is read until the row.

    ``sheet`` is the name of a sheet, or that of one of its tables: rows are numbered as the sheet has them.

    Raises NothingFound if the case has no such file, sheet or row.
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


_LONGEST: Final = 200
"""Characters of a cell that are quoted."""
_OWN_TEXT: Final = 4
"""Characters of a name without Chinese ones that other words may stand beside: ``li`` is in half of all words."""
_CHINESE: Final = late("[㐀-鿿]{2}")


def rows_naming(store: Backend, names: Collection[str]) -> tuple[UnreadRow, ...]:
    """Return the rows that were not read and hold one of the names or identifiers, by file and row.

    Cost: one pass over the rejected rows, and one over the sources of the sheets of which nothing was read.
    """
    return _rows_naming_each(store, [names])[0]


def _rows_naming_each(store: Backend, named: Sequence[Collection[str]]) -> list[tuple[UnreadRow, ...]]:
    """Return such rows for each of several lists of names, at the cost of one."""
    from graphtrace.ingest.transcription import row_key
    from graphtrace.storage.not_read import rows_copied

    keys = [{key for name in names if (key := normalize_party_name(name))} for names in named]
    every = set().union(*keys)
    found: list[dict[tuple[object, ...], UnreadRow]] = [{} for _ in keys]

    copied = rows_copied(store.contents().ledger) if every else {}

    def keep(origin: Origin, reason: str, field: str | None, cells: Iterable[str]) -> None:
        # what a person recorded of a row is read, but for the names that he did not
        stated = [normalize_party_name(one.stated) for one in copied.get(row_key(*origin.sort_key[:3]), ())]
        texts = [(cell, normalize_party_name(cell)) for cell in cells]
        texts = [(cell, text) for cell, text in texts if _holds(text, every)]
        for own, rows in zip(keys, found, strict=True):
            cell = next((cell for cell, text in texts if _holds(text, own)), None)
            if cell is not None and not any(_holds(text, own) for text in stated):
                row = UnreadRow(origin=origin, reason=reason, field=field, text=_quoted(cell))
                rows.setdefault(_place(origin), row)

    if every:
        session = store.session(UnreadRowsScope())
        # brackets are written in many ways: what stands between them is looked for, and the whole name in what is found
        parts = {max(re.split(r"\W+", key), key=len) or key for key in every}
        for held in rejects_with_texts(session, parts):
            keep(held.origin, held.reason, held.field, held.cells)
        for sheet in sheets_not_read(session):
            for origin, cells in _rows_of_source(store, sheet):
                keep(origin, sheet.reason, sheet.field, cells)
    return [tuple(sorted(rows.values(), key=lambda row: (row.origin.file, row.origin.sort_key))) for rows in found]


def rows_naming_parties(store: Backend, parties: Sequence[Party]) -> list[tuple[UnreadRow, ...]]:
    """Return for each party the rows that were not read and hold a name or the identifier of it."""
    return _rows_naming_each(
        store,
        [
            {party.name or "", party.strong_id or "", *(name for _, name in store.names_of_party(party))}
            for party in parties
        ],
    )


def places_of_text(store: Backend, text: str) -> TextPlaces:
    """Return where a text stands in the kept files: in their names, in rows of their sheets, in words beside them.

    Told without being looked through are sources that are larger than :data:`MAX_SEARCHED`, come after
    :data:`MAX_SEARCHED_TOGETHER` of others, or cannot be read without a password. Cost: each is read once a process.
    """
    from graphtrace.storage.not_read import files_not_read

    key = normalize_party_name(text)
    contents = store.contents()
    # of a file of which nothing could be read the case has the name alone
    names = [each.file for each in files_not_read(contents.ledger, contents.notes)]
    named = [name for name in names if key in normalize_party_name(name)]
    origins: list[Origin] = []
    unsearched: list[str] = []
    left = MAX_SEARCHED_TOGETHER
    for file in {each.sha256: each for each in contents.files}.values():
        if key in normalize_party_name(file.name):
            named.append(file.name)
        left -= file.size
        words = None if file.size > MAX_SEARCHED or left < 0 else _words_of(store, file)
        if words is None:
            unsearched.append(file.name)
            continue
        rows = [Origin(file.name, file.sha256, sheet, row, None) for sheet, row, cells in words.rows if key in cells]
        origins += rows[: MAX_PLACES - len(origins)]
        if not rows and key in words.beside:
            named.append(file.name)
    return TextPlaces(tuple(dict.fromkeys(named)), tuple(origins), tuple(unsearched))


class _Words(NamedTuple):
    """The rows of a source, each with sheet, number and the folded text of its cells, and the text of all its lines."""

    rows: list[tuple[str | None, int, str]]
    beside: str


_WORDS: Final[dict[tuple[str, str], tuple[int, _Words | None]]] = {}
"""Size and words of sources, by hash and ending; the oldest go where all together are larger than one case may be."""

_READING: Final = threading.Lock()


def _words_of(store: Backend, file: LoadedFile) -> _Words | None:
    """Return the words of a source; ``None`` where it cannot be read."""
    about = (file.sha256, Path(file.name).suffix.lower())
    with _READING:
        if about not in _WORDS:
            _WORDS[about] = file.size, _read_words(store, file)
            while sum(size for size, _ in _WORDS.values()) > MAX_SEARCHED_TOGETHER:
                del _WORDS[next(iter(_WORDS))]
        return _WORDS[about][1]


def _read_words(store: Backend, file: LoadedFile) -> _Words | None:
    from graphtrace.ingest.text_files import PROSE, lines_of
    from graphtrace.storage.case_folder import scratch_folder

    rows: list[tuple[str | None, int, str]] = []
    beside = None
    with scratch_folder(None) as scratch:
        copy = write_source(store, file.sha256, scratch)[1]
        if copy.suffix.lower() in PROSE:
            with suppress(GraphtraceError):
                beside = "\n".join(normalize_party_name(line) for _, line in lines_of(copy))
        try:
            for sheet in _sheets_of(store, file.sha256, copy):
                rows += [
                    (sheet.name, number, "\n".join(map(normalize_party_name, cells)))
                    for number, cells in _rows_of(sheet, copy)
                ]
        except GraphtraceError:
            return None if beside is None else _Words([], beside)
    return _Words(rows, beside or "")


def _place(origin: Origin) -> tuple[object, ...]:
    return origin.sha256, origin.sheet, origin.row


def _quoted(cell: str) -> str:
    return cell if len(cell) <= _LONGEST else f"{cell[:_LONGEST]}…"


def _holds(text: str, keys: Collection[str]) -> bool:
    return any(key == text or (_may_stand_among_words(key) and key in text) for key in keys)


def _may_stand_among_words(key: str) -> bool:
    return len(key) >= _OWN_TEXT or _CHINESE.search(key) is not None


def _rows_of_source(store: Backend, wanted: SheetNotRead) -> Iterator[tuple[Origin, Sequence[str]]]:
    """Yield the rows of a kept source that were not read, with their filled cells."""
    from graphtrace.storage.case_folder import scratch_folder

    origin = wanted.origin
    table = split_table(origin.sheet)[1]
    first, last = (0, inf) if table is None else (int(row) for row in re.findall("[0-9]+", table))
    # what could be read at the load may be locked or gone now: then these rows are told by the count of the case alone
    with suppress(GraphtraceError), scratch_folder(None) as scratch:
        _, sheet = open_sheet(store, scratch, origin.sha256, origin.sheet)
        for number, cells in _rows_of(sheet, scratch):
            if first <= number <= last and (wanted.rows is None or number in wanted.rows):
                yield replace(origin, row=number), cells


def _rows_of(sheet: Sheet, source: Path) -> Iterator[tuple[int, Sequence[str]]]:
    from graphtrace.ingest.readers.guard import guarded_frames
    from graphtrace.ingest.sheet import ROW

    for frame in guarded_frames(source, sheet.read(0), ()):
        for number, *cells in frame.select(ROW, *(name for name in frame.columns if name != ROW)).iter_rows():
            yield number, [cell for cell in cells if cell]
