"""Questions that a load leaves open, and the loads that answer them.

A load is run to its end first; what it could not record is asked then, with nothing held or locked. The files that got
an answer are loaded once more, as with ``--set`` for exactly this file and sheet, until nothing new is asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from graphtrace.errors import NeedsAnswer, UnknownHeadings, UnknownKind
from graphtrace.ingest.acts import kind_of_word
from graphtrace.ingest.containers import Source
from graphtrace.ingest.dates_and_quantities import parse_date
from graphtrace.ingest.given_answers import (
    ENCODING,
    KIND,
    Answer,
    answers_for_file,
    is_answerable,
    is_encoding,
    is_for_file,
    is_for_sheet,
    named_heading,
    parse_answers,
    parse_handed,
    parse_legs,
    pattern_of,
)
from graphtrace.ingest.heading_grammar import normalize_heading
from graphtrace.ingest.row_parser import PARTY_NAMES
from graphtrace.locale import Text, phrase
from graphtrace.patterns import late
from graphtrace.results.load_report import FileKey, LoadReport, SheetReport, UnusedAnswer, UnusedReason
from graphtrace.results.reports import OpenQuestion, SheetEvidence
from graphtrace.storage.load_settings import LoadSettings


class EqualFiles:
    """The files that a load has read, by their bytes.

    Only files of one size are compared, so that a load of different ones costs nothing more.
    """

    def __init__(self, answers: Sequence[Answer]) -> None:
        self._answers = answers
        self._read: dict[int, dict[str, list[SheetReport]]] = {}

    def reports_of(self, path: Path, name: str) -> list[SheetReport] | None:
        """Return the reports on a file whose bytes were read under another name; ``None`` where it has to be read.

        It has to be where answers are given for this name alone, or where a fault that may be one of the file's name
        or place kept the other from being read.
        """
        earlier = self._read_of(path)
        if any(entry.error is not None and not isinstance(entry.error, UnknownHeadings) for entry in earlier):
            return None
        if not earlier or not self._given(name) <= self._given(earlier[0].file):
            return None
        return [_as_same(entry, name) for entry in earlier]

    def keep(self, path: Path, entries: list[SheetReport]) -> None:
        """Keep the reports on a file that was read."""
        if entries and (sha256 := entries[0].sha256) is not None:
            self._read.setdefault(_size_of(path), {})[sha256] = entries

    def _read_of(self, path: Path) -> list[SheetReport]:
        with suppress(OSError):
            if alike := self._read.get(_size_of(path)):
                with path.open("rb") as file:
                    return alike.get(hashlib.file_digest(file, "sha256").hexdigest(), [])
        return []

    def settled(self, files: Sequence[SheetReport]) -> list[SheetReport]:
        """Return the reports, without what was asked before a file of equal bytes was read with its answers."""
        last = {sha256: entries for alike in self._read.values() for sha256, entries in alike.items()}
        told: set[tuple[FileKey, str]] = set()
        found: list[SheetReport] = []
        for entry in files:
            read = last.get(entry.sha256 or "", [])
            is_open = entry.error is not None or any(question.is_required for question in entry.asked)
            if not is_open or not read or read[0].file == entry.file or any(each.error for each in read):
                found.append(entry)
            elif (key := (entry.key, entry.sha256 or "")) not in told:
                told.add(key)
                found += [replace(_as_same(each, entry.file), given=entry.given, quoted=entry.quoted) for each in read]
        return found

    def _given(self, name: str) -> set[Answer]:
        return {answer._replace(files="*") for answer in answers_for_file(self._answers, name)}


def _as_same(entry: SheetReport, name: str) -> SheetReport:
    """Return the report on a sheet as that of a file of equal bytes, which adds nothing and asks nothing."""
    is_read = entry.error is None
    return replace(
        entry,
        file=name,
        same_as=None if entry.file == name else entry.file,
        already_loaded=True,
        rows=entry.rows if is_read else 0,
        loaded=0,
        duplicate=entry.loaded + entry.duplicate,
        rejected=entry.rejected if is_read else 0,
        rejects=entry.rejects if is_read else (),
        records=0,
        kinds={},
        corrections_lost=(),
        asked=(),
        evidence=SheetEvidence(),
        error=None,
    )


def _size_of(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return -1


class SheetQuestion(NamedTuple):
    """A question that must be answered, and the report of the sheet that it is about."""

    sheet: SheetReport
    question: OpenQuestion

    @property
    def key(self) -> tuple[FileKey, str | None, str]:
        """Return the file, sheet and field, by which a question is distinguished from others."""
        return (self.sheet.key, self.sheet.sheet, self.question.field)


class SheetAnswer(NamedTuple):
    """An answer to a question, written as after ``--set FIELD=``.

    With ``is_insisted`` it counts though the sheet contradicts it, as after ``--set FIELD!=``.
    """

    asked: SheetQuestion
    value: str
    is_insisted: bool = False


Ask = Callable[[Sequence[SheetQuestion]], Sequence[SheetAnswer]]
"""Called with the open questions of all files, in their order; returns the answers to those that it can answer."""


Load = Callable[[Sequence[Path | Source], LoadSettings, Collection[FileKey] | None], LoadReport]
"""One load of files into a case: the files with these keys, or all."""


def open_questions(sheets: Iterable[SheetReport], *, with_optional: bool = False) -> list[SheetQuestion]:
    """Return the questions that must be answered before all records of the sheets are there, and can be by a value.

    ``with_optional`` adds those that may be answered so that a sheet states more.
    """
    found = []
    for sheet in sheets:
        asked = [one for one in sheet.asked if (one.is_required or with_optional) and is_answerable(one.field)]
        found += [SheetQuestion(sheet, one) for one in asked]
    return found


def answer_to(given: SheetAnswer) -> Answer:
    """Return an answer for exactly the file and sheet of its question."""
    sheet = given.asked.sheet
    return Answer(given.asked.question.field, given.value, pattern_of(sheet.file), sheet.sheet, given.is_insisted)


_HEADING: Final = late(r"\[(.+)\]").fullmatch
_YEAR: Final = late("(?:19|20)[0-9]{2}").fullmatch


def takes_heading(asked: SheetQuestion) -> bool:
    """Whether the name of a column can be the answer: not of a year, nor where the possible answers are given."""
    question, sheet = asked.question, asked.sheet
    if question.choices or question.field in ("year", ENCODING):
        return False
    is_by_recipe = sheet.recipe is not None or (sheet.error is not None and sheet.error.text.id == "format_asks")
    return question.text is None or is_by_recipe


def answer_fault(asked: SheetQuestion, value: str) -> Text | None:
    """Return why a value cannot be the answer to a question; ``None`` if it can."""
    question = asked.question
    try:
        value.encode()
    except UnicodeEncodeError:
        return phrase("ask_again_text")
    if question.field == KIND and (parse_legs(value) or parse_handed(value)) is not None:
        return None
    if question.choices:
        choices = {*question.choices, *(offer.value for offer in question.offers)}
        return None if value in choices else phrase("ask_again_choice", text=value, count=len(choices))
    if takes_heading(asked) and (heading := _HEADING(value)):
        names = [name for name in asked.sheet.evidence.headings if name]
        is_there = not names or normalize_heading(heading[1]) in map(normalize_heading, names)
        return None if is_there else phrase("ask_again_heading", text=value, headings=names)
    if question.field == ENCODING:
        return None if is_encoding(value) else Text("errors", "encoding_not_known", {"name": value})
    if question.field == "year":
        return None if _YEAR(value) else phrase("ask_again_year", text=value)
    if question.field == "date":
        return phrase("ask_again_date", text=value) if isinstance(parse_date(value), str) else None
    if question.field in PARTY_NAMES and kind_of_word(value) is not None:
        return phrase("ask_again_party", text=value)
    return None


def gist_of(asked: SheetQuestion) -> object:
    """Return what the same questions about lists of one sender have in common: also whom their lines name."""
    one, said = asked.question, asked.sheet.evidence
    named = frozenset(offer.value for offer in one.offers if offer.because == "title")
    return (one.field, one.kind, one.text, one.choices, said.keeper, said.operator, said.issuers, named)


def load_and_ask(load: Load, paths: Sequence[Path | Source], settings: LoadSettings, ask: Ask) -> LoadReport:
    """Load files, and those anew whose questions are answered, until nothing new is asked.

    No question is put twice. The report is that of a load with all answers; a row that stands in two files may count as
    duplicate in the other one, as the file that was asked about is loaded after the rest.
    """
    report = load(paths, settings, None)
    given: dict[FileKey, list[str]] = {}
    put: set[tuple[FileKey, str | None, str]] = set()
    while questions := [each for each in open_questions(report.files) if each.key not in put]:
        put.update(each.key for each in questions)
        answered = set()
        for answer in ask(questions):
            given.setdefault(answer.asked.sheet.key, []).append(answer_to(answer).text())
            answered.add(answer.asked.sheet.key)
        for batch in _batches([key for key in dict.fromkeys(sheet.key for sheet in report.files) if key in answered]):
            texts = [text for key in batch for text in given[key]]
            said = settings._replace(answers=(*settings.answers, *texts))
            sources = [path for path in dict.fromkeys(paths) if any(path == source for source, _ in batch)]
            report.files = _merged(report.files, load(sources, said, batch).files)
    texts = [text for of_file in given.values() for text in of_file]
    report.unused = unused_answers(parse_answers((*settings.answers, *texts)), report.files)
    return report


def _batches(keys: Sequence[FileKey]) -> Iterator[list[FileKey]]:
    """Yield files that can be loaded together: answers name a file by its name, which may be that of several."""
    left = list(keys)
    while left:
        batch = list({name: (source, name) for source, name in reversed(left)}.values())[::-1]
        yield batch
        left = [key for key in left if key not in batch]


def _merged(before: Sequence[SheetReport], after: Sequence[SheetReport]) -> list[SheetReport]:
    """Return the reports with those of files that were loaded anew in the place of their earlier ones."""
    fresh: dict[FileKey, list[SheetReport]] = {}
    for sheet in after:
        fresh.setdefault(sheet.key, []).append(sheet)
    known = {(sheet.key, sheet.sheet): sheet for sheet in before if sheet.error is None}
    merged: list[SheetReport] = []
    done = set()
    for sheet in before:
        if sheet.key not in fresh:
            merged.append(sheet)
        elif sheet.key not in done:
            done.add(sheet.key)
            merged += [_kept(known.get((each.key, each.sheet)), each) for each in fresh[sheet.key]]
    return merged


def _kept(before: SheetReport | None, after: SheetReport) -> SheetReport:
    """Return the report of a sheet: that of its first load, where another sheet of its file was read anew.

    The same bytes may stand in another file too, whose answers hold for both.
    """
    if before is None or not after.already_loaded or after.error is not None:
        return after
    return replace(
        before,
        rejects_file=after.rejects_file,
        corrections_lost=after.corrections_lost,
        asked=after.asked,
        answered=after.answered,
    )


# -- answers that were not used --------------------------------------------------------------------------------------

_UNDECIDED: Final = ("read_otherwise",)
"""Codes of errors of sheets that may yet take an answer, beside those that ask."""


def unused_answers(answers: Iterable[Answer], sheets: Sequence[SheetReport]) -> list[UnusedAnswer]:
    """Return the answers that no sheet took. While a sheet waits for another answer, it may take this one later."""
    found = ((answer, _reason(answer, sheets)) for answer in dict.fromkeys(answers))
    return [UnusedAnswer(answer.text(), reason) for answer, reason in found if reason is not None]


def _reason(answer: Answer, sheets: Sequence[SheetReport]) -> UnusedReason | None:
    fitting = [sheet for sheet in sheets if is_for_file(answer, sheet.file)]
    if not fitting:
        named = answer._replace(sheet=answer.files)
        is_of_sheet = answer.sheet is None and any(is_for_sheet(named, each.sheet) for each in sheets)
        return "of_sheet" if is_of_sheet else "no_file"
    meant = [sheet for sheet in fitting if is_for_sheet(answer, sheet.sheet) or _is_whole(sheet)]
    if not meant:
        return "no_sheet"
    said = (answer.value, kind_of_word(answer.value) or answer.value)
    if any(_is_open(sheet) or sheet.answered.get(answer.field) in said for sheet in meant):
        return None
    if all(sheet.already_loaded for sheet in meant):
        return "already_loaded"
    headings = {normalize_heading(column.heading) for sheet in meant for column in sheet.columns}
    if normalize_heading(answer.value) in headings:
        return "needs_brackets"
    heading = named_heading(answer.value)
    return "no_column" if heading is not None and normalize_heading(heading) not in headings else "not_asked"


def _is_whole(sheet: SheetReport) -> bool:
    """Whether a report is about a file of which no sheet is known."""
    return sheet.error is not None and sheet.sheet is None


def _is_open(sheet: SheetReport) -> bool:
    return isinstance(sheet.error, NeedsAnswer | UnknownKind) or (
        sheet.error is not None and sheet.error.code in _UNDECIDED
    )
