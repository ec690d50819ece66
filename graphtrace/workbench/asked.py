"""Sheets of which something is asked, as cards of one form: the question, the first rows, an input, further sheets.

A party that several sheets of a file lack is asked once where they name the same one; the others are asked one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from graphtrace.errors import AnswerContradicts
from graphtrace.frozen import replace
from graphtrace.ingest.given_answers import CONFIRMED, KIND, WHERE, parse_handed, parse_legs
from graphtrace.ingest.transcription import OF
from graphtrace.model import BETWEEN_PARTIES
from graphtrace.patterns import late
from graphtrace.render import text_tables
from graphtrace.render.format import format_choice, format_offer, format_question, translate
from graphtrace.render.i18n import Text, answer_text, in_both, join_texts, label_text
from graphtrace.render.views.load_view import WHOLE_SHEET
from graphtrace.results.reports import OpenQuestion
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
    from graphtrace.render import Lang
    from graphtrace.results.load_report import SheetReport

_PARTIES: Final = frozenset({"from", "to", "enterprise", "party", "keeper"})
"""Fields that are whoever keeps the file, where its rows state the other side alone."""


@dataclass(slots=True, kw_only=True)
class AskedField:
    """A question with what was typed, why it cannot be the answer, and whether it may be insisted on.

    Who gave cards to whom can be said with what happened (``takes_sides``): ``sides`` are the values, ``proposed``
    those that the question names for cards that were passed on.

    ``earlier`` is what was answered for the file that bore the name of this one before.

    ``joined`` are the questions of other sheets of the file for the same party, ``ticked`` the keys of those sheets to
    which the answer is to be given, too.
    """

    asked: SheetQuestion
    text: Text
    choices: Sequence[tuple[str, Text]]
    offers: Sequence[tuple[str, Text]]
    meant: Sequence[tuple[str, Text]]
    columns: Sequence[str]
    joined: list[SheetQuestion] = field(default_factory=list)
    ticked: frozenset[str] = frozenset()
    typed: str = ""
    column: str = ""
    case_no: str = ""
    earlier: tuple[str, Text] | None = None
    takes_sides: bool = False
    sides: dict[str, str] = field(default_factory=dict)
    proposed: Mapping[str, str] = field(default_factory=dict)
    fault: Text | None = None
    is_contradicted: bool = False
    is_insisted: bool = False

    @property
    def name(self) -> str:
        """The field that is asked."""
        return self.asked.question.field

    @property
    def key(self) -> str:
        """The key that tells the question from others in a form."""
        return f"{sheet_key(self.asked.sheet)}:{self.name}"

    @property
    def takes_case(self) -> bool:
        """Whether the number of a criminal case can stand in the place of the day."""
        return _takes_case(self.asked.question)

    @property
    def value(self) -> str:
        """The answer as after ``FIELD=``: the column that states it, what was typed, or an act with its sides."""
        if self.column:
            return f"[{self.column}]"
        sides = {} if self.typed == "return" and self.sides == self.proposed else self.sides
        is_moved = self.typed in BETWEEN_PARTIES or (not self.typed and sides != self.proposed)
        if not is_moved or not any(sides.values()):
            return self.typed
        return f"{self.typed or 'transfer'}:{sides['from']}→{sides['to']}"

    @property
    def others(self) -> list[tuple[str, str | None, Text]]:
        """Key, name and question of each sheet whose question is joined to this one."""
        return [
            (sheet_key(each.sheet), each.sheet.sheet, in_both(partial(format_question, each.question, is_typed=False)))
            for each in self.joined
        ]


@dataclass(slots=True, kw_only=True)
class QuestionCard:
    """A sheet with its questions, the sheets that ask the same, and the sheets that were ticked to be answered too.

    ``below`` are the sheets of the file of which nothing but the same party is asked.
    """

    sheet: SheetReport
    fields: list[AskedField]
    alike: Sequence[SheetReport]
    below: list[QuestionCard] = field(default_factory=list)
    ticked: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """The key that tells the sheet from others in a form."""
        return sheet_key(self.sheet)

    @property
    def questions(self) -> int:
        """Number of questions; a sheet of which no value is an answer asks what its columns are."""
        return len(self.fields) or 1

    @property
    def shows_rows(self) -> bool:
        """Whether the rows are themselves what is asked about: a table of a PDF that is compared with its page."""
        return any(one.name == CONFIRMED for one in self.fields)

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
    questions = {sheet_key(sheet): open_questions([sheet], with_optional=True) for sheet in sheets}
    gists = {key: {gist_of(each) for each in asked} for key, asked in questions.items()}

    def alike(sheet: SheetReport) -> list[SheetReport]:
        own = gists[sheet_key(sheet)]
        return [other for other in sheets if other is not sheet and own & gists[sheet_key(other)]]

    cards = [
        QuestionCard(sheet=sheet, fields=[_field(each) for each in questions[sheet_key(sheet)]], alike=alike(sheet))
        for sheet in sheets
    ]
    return _joined(cards)


def _joined(cards: Sequence[QuestionCard]) -> list[QuestionCard]:
    """Return the cards, with what several sheets of a file ask of one party asked by the first of them alone."""
    first: dict[tuple[str | None, str], tuple[QuestionCard, AskedField]] = {}
    left: list[QuestionCard] = []
    for card in cards:
        sides = [one for one in card.fields if one.name in _PARTIES]
        party = _party_meant(sides[0]) if len(sides) == 1 else None
        leader, asked = (
            (card, None) if party is None else first.setdefault((card.sheet.sha256, party), (card, sides[0]))
        )
        if asked is not None and leader is not card:
            asked.joined.append(sides[0].asked)
            asked.ticked |= {card.key}
            card.fields.remove(sides[0])
            leader.alike = [sheet for sheet in leader.alike if sheet_key(sheet) != card.key]
        if leader is card or card.fields:
            left.append(card)
        else:
            leader.below.append(card)
    return left


def _party_meant(one: AskedField) -> str | None:
    """Return whom a sheet names first, where it lacks one side."""
    offers = one.asked.question.offers[: len(one.meant)]
    return next((offer.value for offer in offers if offer.because not in ("issuer", "carrier")), None)


def _choice(question: OpenQuestion, value: str, lang: Lang) -> str:
    """Return the words for a possible answer; of one that says who gave cards to whom, what it says of each row."""
    legs = parse_legs(value) or [leg for leg in (parse_handed(value),) if leg is not None]
    if question.field != KIND or not legs:
        return format_choice(question, value, lang)
    said = []
    for leg in legs:
        words = {name: _COLUMN.sub(r"“\1”", text) for name, text in leg.items() if name != KIND}
        about = [words.pop(name) for name in ("date", "iccid", WHERE) if name in words]
        kind = translate(text_tables.KINDS, leg[KIND], lang)
        said.append(" · ".join((kind, " → ".join(words.values()), *about)))
    return "; ".join(said)


_COLUMN: Final = late(r"\[([^\]]+)\]")


def _field(asked: SheetQuestion) -> AskedField:
    question = asked.question
    choices = [(value, in_both(partial(_choice, question, value))) for value in question.choices]
    # where controls stand below a question, it does not say how its answer is typed
    is_typed = not choices and not _takes_case(question)
    # of rows that say themselves what happened only the sides are asked
    takes_sides = question.field == KIND and (not choices or any(kind in question.choices for kind in BETWEEN_PARTIES))
    offers = [(offer.value, in_both(partial(format_offer, offer))) for offer in question.offers]
    # the last ones are parties of the case of which nothing in the sheet speaks
    meant = max((at for at, offer in enumerate(question.offers, 1) if offer.because != "case"), default=0)
    has_columns = takes_sides or takes_heading(asked)
    columns = dict.fromkeys(name for name in asked.sheet.evidence.headings if name) if has_columns else ()
    proposed = _sides_proposed(question)
    return AskedField(
        asked=asked,
        text=in_both(lambda lang: format_question(question, lang, is_typed=is_typed)),
        choices=choices,
        takes_sides=takes_sides,
        sides=dict(proposed),
        proposed=proposed,
        offers=offers,
        meant=offers[:meant],
        columns=tuple(columns),
    )


def _takes_case(question: OpenQuestion) -> bool:
    return question.field == "date" and question.kind == "seizure"


def _sides_proposed(question: OpenQuestion) -> dict[str, str]:
    """Return the columns that a question names for the sides of cards that were passed on."""
    legs = (leg for form in question.forms for leg in parse_legs(form) or (parse_handed(form),))
    passed_on = next((leg for leg in legs if leg is not None and leg[KIND] == "transfer"), {})
    named = {side: passed_on.get(side, "") for side in ("from", "to")}
    return {side: text if text.startswith("[") else "" for side, text in named.items()}


def fill_cards(cards: Sequence[QuestionCard], form: Mapping[str, list[str]]) -> bool:
    """Fill the cards that a form has with what it says, and say what cannot be an answer; return whether it says any.

    Only sheets that ask the same can be ticked.
    """
    for card in cards:
        if card.key not in form.get("card", ()):
            continue
        card.ticked = frozenset(form.get(f"same:{card.key}", ())) & {sheet_key(sheet) for sheet in card.alike}
        for one in card.fields:
            one.typed = first_field(form, f"answer:{one.key}").strip()
            column = first_field(form, f"column:{one.key}")
            one.case_no = first_field(form, f"case:{one.key}").strip() if one.takes_case else ""
            one.column = column if column in one.columns else ""
            if one.takes_sides:
                one.sides = {side: _side_in(form, one, side) for side in one.sides}
            one.is_insisted = f"insist:{one.key}" in form
            one.ticked = frozenset(form.get(f"joined:{one.key}", ())) & {key for key, *_ in one.others}
            if one.value and (fault := answer_fault(one.asked, one.value)) is not None:
                one.fault = in_both(fault.render)
    return any(one.value or one.case_no for card in cards for one in card.fields)


def _side_in(form: Mapping[str, list[str]], one: AskedField, side: str) -> str:
    """Return who a form says to be a side of a question: a name that is typed, else the column that states it."""
    column = first_field(form, f"{side}-column:{one.key}")
    return first_field(form, f"{side}:{one.key}").strip() or (f"[{column}]" if column in one.columns else "")


def answers_in(cards: Sequence[QuestionCard]) -> dict[str, list[str]]:
    """Return the answers that cards give, as a load takes them, by the hash of each file that they are for."""
    found: dict[str, dict[str, None]] = {}
    for card in cards:
        for one in card.fields:
            for asked in _answered_by(card, one):
                of_case = asked._replace(question=replace(asked.question, field="case_no"))
                for each, value in ((asked, one.value), (of_case, one.case_no)):
                    if value:
                        answer = SheetAnswer(each, value, is_insisted=one.is_insisted)
                        found.setdefault(asked.sheet.sha256 or "", {})[answer_to(answer).text()] = None
    return {sha256: list(answers) for sha256, answers in found.items()}


def _answered_by(card: QuestionCard, one: AskedField) -> list[SheetQuestion]:
    """Return the questions that the answer to one is for: those of the ticked sheets, too."""
    same_sheets = [sheet for sheet in card.alike if sheet_key(sheet) in card.ticked]
    alike = open_questions(same_sheets, with_optional=True)
    same = [each for each in alike if gist_of(each) == gist_of(one.asked)]
    return [one.asked, *(each for each in one.joined if sheet_key(each.sheet) in one.ticked), *same]


def note_contradictions(cards: Sequence[QuestionCard], tried: Sequence[SheetReport]) -> bool:
    """Have the cards say which of their answers a sheet contradicts; return whether one does."""
    errors = {sheet_key(sheet): sheet.error for sheet in tried if isinstance(sheet.error, AnswerContradicts)}
    for card in cards:
        for one in card.fields:
            for asked in _answered_by(card, one) if one.value else ():
                error: Any = errors.get(sheet_key(asked.sheet))
                if error is not None and asked.question.field in error.fields:
                    one.fault, one.is_contradicted = in_both(error.text.render), True
    return bool(errors)


SheetName = tuple[str, str | None]
"""Names of a file and of a sheet in it."""


def last_loads(ledger: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return by hash the line of the last load of each file of the case."""
    loads: dict[str, Mapping[str, Any]] = {}
    for line in ledger:
        if "unload" in line:
            loads.pop(line["unload"]["sha256"], None)
        elif "load" in line:
            loads[line["sha256"]] = line
    return loads


def answers_of_load(load: Mapping[str, Any]) -> list[tuple[str | None, str, str]]:
    """Return sheet, field and value of each answer that the load of a line of the ledger took."""
    return [
        (sheet["sheet"], name, str(value))
        for sheet in load.get("sheets", ())
        for name, value in ((sheet.get("reading") or {}).get("answered") or {}).items()
    ]


def answer_texts(answers: Iterable[tuple[str | None, str, str]]) -> list[Text]:
    """Return answers that a load took in words, each with the sheet that it was for."""
    return [
        join_texts(*([] if sheet is None else [label_text("sheet", sheet=sheet)]), answer_text(name, value), by=" · ")
        for sheet, name, value in answers
    ]


def earlier_of(ledger: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return by the hash of each file the line of the last load of another file that bore its name before."""
    last: dict[str, dict[str, Mapping[str, Any]]] = {}
    for line in ledger:
        if "load" in line:
            last.setdefault(line["file"], {})[line["sha256"]] = line
    return {new: of_name[old] for of_name in last.values() for old, new in pairwise(of_name)}


def offer_earlier(cards: Sequence[QuestionCard], earlier: Mapping[str, Mapping[str, Any]]) -> None:
    """Have the questions of a file propose what was answered for the one that bore its name before."""
    for card in cards:
        known = {
            (sheet, name): value for sheet, name, value in answers_of_load(earlier.get(card.sheet.sha256 or "", {}))
        }
        for one in card.fields:
            value = known.get((card.sheet.sheet, one.name), "")
            if value and answer_fault(one.asked, value) is None:
                one.earlier = value, in_both(partial(_choice, one.asked.question, value))


def is_copy_of_row(sheet: Mapping[str, Any]) -> bool:
    """Whether a sheet of a line of the ledger is what a person recorded of a row of another file."""
    return bool(((sheet.get("reading") or {}).get("places") or {}).get("transcribed", {}).get(OF))


def rejected_in_sheets(ledger: Iterable[Mapping[str, Any]]) -> Counter[SheetName]:
    """Return the number of rejected rows of each sheet by the lines of a ledger: by the last load of each file."""
    found: Counter[SheetName] = Counter()
    for line in last_loads(ledger).values():
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
