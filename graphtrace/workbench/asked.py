"""Sheets of which something is asked, as cards of the inbox: the question, the first rows, an input, further sheets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from graphtrace.errors import AnswerContradicts
from graphtrace.render.format import format_choice, format_offer, format_question
from graphtrace.render.i18n import Text, in_both
from graphtrace.render.views.load_view import WHOLE_SHEET
from graphtrace.storage.open_questions import (
    SheetAnswer,
    SheetQuestion,
    answer_fault,
    answer_to,
    gist_of,
    open_questions,
    takes_heading,
)
from graphtrace.workbench.frame import first_field

if TYPE_CHECKING:
    from graphtrace.results.load_report import SheetReport


@dataclass(slots=True, kw_only=True)
class AskedField:
    """A question with what was typed, why it cannot be the answer, and whether it may be insisted on."""

    asked: SheetQuestion
    text: Text
    choices: Sequence[tuple[str, Text]]
    offers: Sequence[tuple[str, Text]]
    meant: Sequence[tuple[str, Text]]
    columns: Sequence[str]
    typed: str = ""
    column: str = ""
    fault: Text | None = None
    is_contradicted: bool = False
    is_insisted: bool = False

    @property
    def name(self) -> str:
        """The field that is asked."""
        return self.asked.question.field

    @property
    def value(self) -> str:
        """The answer as after ``FIELD=``: the column that states it, or what was typed."""
        return f"[{self.column}]" if self.column else self.typed


@dataclass(slots=True, kw_only=True)
class QuestionCard:
    """A sheet with its questions, the sheets that ask the same, and the sheets that were ticked to be answered too."""

    sheet: SheetReport
    fields: Sequence[AskedField]
    alike: Sequence[SheetReport]
    ticked: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """The key that tells the sheet from others in a form."""
        return sheet_key(self.sheet)

    @property
    def headings(self) -> dict[str, bool]:
        """The filled columns of the first rows, each with whether it is used."""
        return {cell.heading: cell.is_used for row in self.sheet.evidence.rows for cell in row}

    @property
    def rows(self) -> list[list[str]]:
        """The first rows, by the headings."""
        told = [{cell.heading: cell.text for cell in row} for row in self.sheet.evidence.rows]
        return [[row.get(heading, "") for heading in self.headings] for row in told]


def sheet_key(sheet: SheetReport) -> str:
    """Return what tells a sheet from others in a form."""
    return f"{sheet.sha256}{sheet.sheet or ''}"


def cards_of(sheets: Sequence[SheetReport]) -> list[QuestionCard]:
    """Return the cards of sheets, in their order."""
    questions = {sheet_key(sheet): open_questions([sheet]) for sheet in sheets}
    gists = {key: {gist_of(each) for each in asked} for key, asked in questions.items()}

    def alike(sheet: SheetReport) -> list[SheetReport]:
        own = gists[sheet_key(sheet)]
        return [other for other in sheets if other is not sheet and own & gists[sheet_key(other)]]

    return [
        QuestionCard(sheet=sheet, fields=[_field(each) for each in questions[sheet_key(sheet)]], alike=alike(sheet))
        for sheet in sheets
    ]


def _field(asked: SheetQuestion) -> AskedField:
    question = asked.question
    choices = [
        (value, in_both(lambda lang, value=value: format_choice(question, value, lang)))  # type: ignore[misc]
        for value in question.choices
    ]
    offers = [(offer.value, in_both(partial(format_offer, offer))) for offer in question.offers]
    # the last ones are parties of the case of which nothing in the sheet speaks
    meant = max((at for at, offer in enumerate(question.offers, 1) if offer.because != "case"), default=0)
    columns = dict.fromkeys(name for name in asked.sheet.evidence.headings if name) if takes_heading(asked) else ()
    return AskedField(
        asked=asked,
        text=in_both(partial(format_question, question)),
        choices=choices,
        offers=offers,
        meant=offers[:meant],
        columns=tuple(columns),
    )


def fill_card(cards: Sequence[QuestionCard], form: Mapping[str, list[str]]) -> QuestionCard | None:
    """Fill the card that a form is about with what it says, and say what cannot be an answer; ``None``: no such card.

    Only sheets that ask the same can be ticked.
    """
    card = next((one for one in cards if one.key == first_field(form, "sheet")), None)
    if card is None:
        return None
    card.ticked = frozenset(form.get("same", ())) & {sheet_key(sheet) for sheet in card.alike}
    for field in card.fields:
        field.typed = first_field(form, f"answer-{field.name}").strip()
        column = first_field(form, f"column-{field.name}")
        field.column = column if column in field.columns else ""
        field.is_insisted = f"insist-{field.name}" in form
        if field.value and (fault := answer_fault(field.asked, field.value)) is not None:
            field.fault = in_both(fault.render)
    return card


def answers_in(card: QuestionCard) -> dict[str, list[str]]:
    """Return the answers that a card gives, as a load takes them, by the hash of each file that they are for."""
    found: dict[str, list[str]] = {}
    sheets = [card.sheet, *(sheet for sheet in card.alike if sheet_key(sheet) in card.ticked)]
    for field in card.fields:
        for asked in open_questions(sheets) if field.value else ():
            if gist_of(asked) == gist_of(field.asked):
                answer = SheetAnswer(asked, field.value, is_insisted=field.is_insisted)
                found.setdefault(asked.sheet.sha256 or "", []).append(answer_to(answer).text())
    return found


def note_contradiction(card: QuestionCard, tried: Sequence[SheetReport]) -> bool:
    """Have a card say which of its answers a sheet contradicts; return whether one does."""
    errors: list[Any] = [sheet.error for sheet in tried if isinstance(sheet.error, AnswerContradicts)]
    for error in errors:
        for field in card.fields:
            if field.name in error.fields:
                field.fault, field.is_contradicted = in_both(error.text.render), True
    return bool(errors)


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
