"""Parts of a case that were not read: files, rejected rows, and questions that wait for an answer.

Files that were loaded say it in their lines of the ledger; those of which nothing was kept stand, with their hashes, in
notes of the kind ``unread``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from graphtrace.ingest.transcription import OF
from graphtrace.patterns import late
from graphtrace.private_files import read_blocks
from graphtrace.results.case_status import FileNotRead, Unread
from graphtrace.results.letter_annexes import ASKED_ONLY
from graphtrace.results.reports import Reject, RowWarning
from graphtrace.storage.case_notes import readable_notes
from graphtrace.storage.ledger import content_of

if TYPE_CHECKING:
    from graphtrace.results.load_report import LoadReport


def reject_from_row(cells: Sequence[Any]) -> Reject:
    """Return a reject from its stored cells: row, field, reason, value, both ends of the interval, the row as JSON."""
    row, field, reason, value, low, high, raw = cells
    return Reject(
        row=row,
        field=field,
        reason=reason,
        value=value,
        interval=None if low is None else (low, high),
        raw=tuple((heading, cell) for heading, cell in json.loads(raw)),
    )


def rejects_name(sha256: str, number: int, earlier: int = 0) -> str:
    """Return the name of the file with the rejected rows of a sheet; the sheets of a file are counted from 1.

    ``earlier`` is how many loads of the same file the case had before.
    """
    return f"{sha256[:12]}-{number}{f'-{earlier}' if earlier else ''}.csv"


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file, as the ledger stores it for rejected rows."""
    digest = hashlib.sha256()
    for block in read_blocks(path):
        digest.update(block)
    return digest.hexdigest()


def encode_warnings(remarks: Sequence[RowWarning]) -> str:
    """Return the stored form of the remarks on a sheet; those that are not about a column keep their old form."""
    fields = [
        [
            r.field,
            r.reason,
            r.rows,
            r.first_row,
            r.value,
            *([r.heading, r.column, r.kind] if r.column or r.kind else []),
        ]
        for r in remarks
    ]
    return json.dumps(fields, ensure_ascii=False)


def decode_warnings(text: str) -> list[RowWarning]:
    """Return the remarks on a sheet from their stored form."""
    return [
        RowWarning(
            field=field,
            reason=reason,
            rows=count,
            first_row=first,
            value=value,
            heading=column[0] if column else None,
            column=column[1] if column else None,
            kind=column[2] if column else None,
        )
        for field, reason, count, first, value, *column in json.loads(text)
    ]


NO_RECORD = ("not_a_record", ASKED_ONLY)
"""Reasons of the rejected rows that say nothing: totals, repeated headings, our own questions without a reply."""

FILES_A_NOTE = 1000
"""Number of files that a note tells of at most."""

_HASH = late('"sha256":"([0-9a-f]{64})"')
_SAYS_MORE = late('"asked":|"may_be_answered":|"unload":|"rejected":[1-9]')
"""Found in the lines of the ledger that matter here; others are not parsed."""


def count_unread(ledger: Sequence[str], notes: Sequence[str], as_of: str | None = None) -> Unread:
    """Return how much of a case was not read by these lines of the ledger, and by the notes up to the end of a day.

    Cost: linear in the ledger.
    """
    open_loads = loads_that_left_open(ledger)
    sheets = [sheet for content in open_loads.values() for sheet in content.get("sheets", ())]
    refused = {sha256 for sha256, content in open_loads.items() if _is_refused(content.get("sheets", ()))}
    kept_out = {file.sha256 for file in files_not_read(ledger, notes, as_of)}
    return Unread(
        files=len(refused | kept_out),
        rows=sum(sheet["rejected"] - sheet.get("no_record", 0) for sheet in sheets),
        questions=sum(len((sheet.get("reading") or sheet).get("asked", ())) for sheet in sheets),
    )


def loads_that_left_open(ledger: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Return by hash what the ledger says of the last loads that rejected rows or left something to be answered.

    They are in the order in which their files came first: a file that is read again keeps its place.
    """
    found: dict[str, Mapping[str, Any] | None] = {}
    for entry in ledger:
        if _SAYS_MORE.search(entry):
            content = content_of(entry)
            if "unload" in content:
                found[content["unload"]["sha256"]] = None
            elif "load" in content:
                found[content["sha256"]] = content
    return {sha256: content for sha256, content in found.items() if content is not None}


class CopiedRow(NamedTuple):
    """The text in which a person recorded what a row of a file says: its hash, and the mapping that states it."""

    sha256: str
    stated: str


def rows_copied(ledger: Sequence[str]) -> dict[str, list[CopiedRow]]:
    """Return by the key of each row of which a person recorded what it says the texts in force that do so."""
    texts: dict[str, tuple[str, CopiedRow] | None] = {}
    for entry in ledger:
        if not any(sign in entry for sign in ('"unload":', '"transcribed":')):
            continue
        content = content_of(entry)
        if "unload" in content:
            texts[content["unload"]["sha256"]] = None
        elif "load" in content:
            places = ((sheet.get("reading") or {}).get("places") or {} for sheet in content["sheets"])
            of = next((key for each in places if (key := each.get("transcribed", {}).get(OF))), None)
            stated = json.dumps(content.get("mapping", ""), ensure_ascii=False)
            texts[content["sha256"]] = (of, CopiedRow(content["sha256"], stated)) if of else None
    found: dict[str, list[CopiedRow]] = {}
    for copied in filter(None, texts.values()):
        found.setdefault(copied[0], []).append(copied[1])
    return found


def left_open(ledger: Sequence[str]) -> dict[tuple[str, str], tuple[int, list[dict[str, Any]]]]:
    """Return by hash and time of each last load how many rows were not read, and the questions that the file asks."""
    return {
        (sha256, content["at"]): (
            sum(sheet["rejected"] - sheet.get("no_record", 0) for sheet in content.get("sheets", ())),
            [
                {"sheet": sheet["sheet"], "field": field, "kind": kind, "rows": rows}
                for sheet in content.get("sheets", ())
                for field, kind, rows, *_ in (sheet.get("reading") or sheet).get("asked", ())
            ],
        )
        for sha256, content in loads_that_left_open(ledger).items()
    }


def _is_refused(sheets: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a sheet of a file waits as a whole, or nothing of the file was understood."""
    filled = [sheet for sheet in sheets if sheet["rows"]]
    not_understood = [sheet for sheet in filled if sheet.get("reading", {}) is None]
    is_empty = not any(sheet["loaded"] or sheet["duplicate"] for sheet in filled)
    says_more = any(sheet["rejected"] > sheet.get("no_record", 0) for sheet in filled)
    return bool(filled) and (
        filled == not_understood or any("asked" in sheet for sheet in not_understood) or (is_empty and says_more)
    )


def files_not_read(ledger: Sequence[str], notes: Sequence[str], as_of: str | None = None) -> list[FileNotRead]:
    """Return the files of which nothing was kept and that were not read since, in the order in which they came."""
    of_files = [line for line in notes if '"kind":"unread"' in line]
    told = (note["files"] for note in readable_notes(of_files, as_of=as_of) if note["kind"] == "unread")
    found = {each["sha256"]: FileNotRead(**each) for files in told for each in files}
    if found:
        in_case = {sha256 for entry in ledger for sha256 in _HASH.findall(entry)}
        found = {sha256: file for sha256, file in found.items() if sha256 not in in_case}
    return list(found.values())


def files_to_note(ledger: Sequence[str], notes: Sequence[str], report: LoadReport) -> list[FileNotRead]:
    """Return the files that a load could not read, of which nothing is kept, and of which no note tells so far."""
    told = {file.sha256 for file in files_not_read((), notes)}
    told.update(sha256 for entry in ledger for sha256 in _HASH.findall(entry))
    return [file for file in {each.sha256: each for each in _refused(report)}.values() if file.sha256 not in told]


def _refused(report: LoadReport) -> Iterator[FileNotRead]:
    """Yield the files of a load that could not be read; of some of them the case may keep sheets."""
    for sheet in report.files:
        if sheet.error is not None and sheet.sha256 is not None:
            yield FileNotRead(sheet.file, sheet.sha256, sheet.error.code)
    for passed in report.skipped:
        if passed.sha256 is not None:
            yield FileNotRead(passed.name, passed.sha256, passed.what)
