"""Sheets of a case that wait for an answer, or may be answered, with their first rows and the answers proposed.

What is asked stands in the ledger; the rows stand in the kept sources, of which only the top is read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from graphtrace.analysis.party_dealings import parties_like
from graphtrace.analysis.source_cells import write_source
from graphtrace.errors import GraphtraceError, UnknownHeadings
from graphtrace.identifiers import match_operator_name, normalize_party_name
from graphtrace.ingest.preamble import names_one_firm
from graphtrace.ingest.sheet_evidence import OPPOSITE
from graphtrace.results.load_report import SheetReport
from graphtrace.results.reports import Offer, OpenQuestion
from graphtrace.scratch import subfolder
from graphtrace.storage.base import Backend
from graphtrace.storage.load_settings import rules_of, settings_from_ledger
from graphtrace.storage.not_read import loads_that_left_open
from graphtrace.storage.sheet_plan import SheetToRead, open_sheets_to_read

MAX_OFFERED: Final = 5
"""Maximum number of parties of the case that are proposed for one name."""

MAX_KNOWN: Final = 200
"""Maximum number of further parties of the case that are proposed."""

_NAMING: Final = frozenset({"title", "sheet_name", "file_name"})
"""Why offers are proposed that may be what the case calls otherwise."""

_PARTY_FIELDS: Final = frozenset({"from", "to", "carrier", "enterprise", "party", "keeper"})


def asked_sheets(
    store: Backend, scratch: Path, answers: Sequence[str] = (), *, only: str | None = None
) -> list[SheetReport]:
    """Return the reports of the sheets of which something is asked, in the order in which they were loaded.

    With them come those that were read and of which something may be answered besides.

    ``answers``: answers to try: of a sheet that contradicts one the report has the error.
    ``only``: the SHA-256 of the only file that is looked at.
    """
    found: list[SheetReport] = []
    # every name holds the empty text
    known = sorted({party.name for party in parties_like(store, "", most=MAX_KNOWN) if party.name})
    for sha256, content in loads_that_left_open(store.contents().ledger).items():
        if only in (None, sha256) and any(map(_is_open, content.get("sheets", ()))):
            with subfolder(scratch) as folder:
                found += _sheets_of(store, folder, content, answers)
    firms = _firms_in(found)
    return [_with_parties(store, report, known, firms) for report in found if report.asked or report.error is not None]


def _firms_in(sheets: Iterable[SheetReport]) -> list[str]:
    """Return the firms that titles and first rows name: of sheets that wait the case knows no party yet."""
    texts: dict[str, None] = {}
    for evidence in (sheet.evidence for sheet in sheets):
        texts |= dict.fromkeys(offer.value for _, offer in evidence.keepers if offer.because == "title")
        texts |= dict.fromkeys(cell.text for row in evidence.rows for cell in row)
    return [text for text in texts if names_one_firm(text, text) is not None]


def _is_open(sheet: Mapping[str, Any]) -> bool:
    reading = sheet.get("reading") or sheet
    return "asked" in reading or "may_be_answered" in reading


def _sheets_of(
    store: Backend, folder: Path, content: Mapping[str, Any], answers: Sequence[str]
) -> Iterator[SheetReport]:
    from graphtrace.ingest.given_answers import answers_for_file, parse_answers
    from graphtrace.ingest.readers.guard import guarded

    name, asked = content["file"], {sheet["sheet"]: sheet for sheet in content["sheets"] if _is_open(sheet)}
    copy = write_source(store, content["sha256"], folder)[1]
    (settings := folder / "settings").mkdir()
    before = rules_of(settings_from_ledger(content, settings))
    given = [answer._replace(files="*") for answer in answers_for_file(parse_answers(answers), name)]

    def rules_for(sheet: str | None) -> Any:
        rules = before.of_sheet(sheet)
        return replace(rules, answers=(*rules.answers, *given))

    try:
        with guarded(copy, (OSError,)):
            sheets = open_sheets_to_read(copy, before, rules_for, is_whole=any("!" in (one or "") for one in asked))
    except GraphtraceError as error:
        error.replace_path(copy, Path(name))
        yield SheetReport(file=name, sha256=content["sha256"], error=error)
        return
    for found in sheets:
        if found.sheet.name in asked:
            report = _report_of(found, name, content["sha256"], asked[found.sheet.name])
            if report.error is not None:
                report.error.replace_path(copy, Path(name))
            yield report


def _report_of(found: SheetToRead, name: str, sha256: str, entry: Mapping[str, Any]) -> SheetReport:
    """Return what is asked of a sheet now, as its load reports it."""
    from graphtrace.ingest.readers.guard import guarded_frames
    from graphtrace.storage.load_files import add_questions, name_recipe, report_refusal
    from graphtrace.storage.sheet_plan import questions_in

    report = SheetReport(file=name, sha256=sha256, sheet=found.sheet.name, rows=entry["rows"], already_loaded=True)
    report.answered = dict(found.answers)
    name_recipe(report, found.recipe)
    try:
        reading = found.open_parser()
    except UnknownHeadings as error:
        error.rows = error.rows or entry["rows"]
        report_refusal(report, found.sheet, error)
        return report
    recipe = {} if found.recipe is None else {"recipe": found.recipe.id}
    # of a sheet of which no row could be recorded the ledger has no reading, but what it asks
    kept = entry.get("reading") or {**recipe, **entry}
    reading.file_name = name
    optional = frozenset(kept.get("may_be_answered", ()))
    if not optional <= {one.field for one in reading.questions}:
        # the cells of a sheet are what some questions are about
        found.sheet.looked_at = None
        with closing(guarded_frames(Path(name), reading.frames(), ())) as frames:
            next(frames, None)
    may = [one for one in reading.questions if not one.is_required and one.field in optional]
    asked = [*questions_in(kept), *(replace(one, rows=entry["rows"]) for one in may)]
    add_questions(report, found.sheet, reading, asked)
    return report


def _with_parties(store: Backend, report: SheetReport, known: Sequence[str], firms: Sequence[str]) -> SheetReport:
    """Return a report whose questions for parties also propose those of the case, first whom the sheet names."""

    def offers(given: tuple[Offer, ...]) -> tuple[Offer, ...]:
        names = {offer.value for offer in given}
        found: dict[str, Offer] = {}
        for offer in given:
            if offer.because in _NAMING and match_operator_name(normalize_party_name(offer.value)) is None:
                known_as = [party.name for party in parties_like(store, offer.value, most=MAX_OFFERED) if party.name]
                meant = (name for name in (*known_as, *firms) if offer.value in name and name not in names)
                found |= {name: Offer(name, "case") for name in meant if name not in found}
            found.setdefault(offer.value, offer)
        return (*found.values(), *(Offer(name, "case") for name in known if name not in found))

    def with_offers(one: OpenQuestion) -> OpenQuestion:
        if one.field not in _PARTY_FIELDS:
            return one
        # nobody gets cards from himself
        other = normalize_party_name(report.answered.get(OPPOSITE.get(one.field, ""), ""))
        found = (offer for offer in offers(one.offers) if normalize_party_name(offer.value) != other)
        return replace(one, offers=tuple(found))

    return replace(report, asked=[with_offers(one) for one in report.asked])
