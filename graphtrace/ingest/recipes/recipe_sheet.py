"""A sheet read by a recipe: its columns cleaned, its rows told apart, its events planned.

The sheet keeps its own columns as they were read. What a recipe makes of them is added behind them, so that a reject
still shows the row as it stands in the file:

- a column with cleaners has a clean twin, which the events read;
- date and time in two columns become one date;
- an event that only some rows state has a column that is filled exactly in these rows.

Rows that are no records leave the sheet before anything else looks at them, and are kept as rejects.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Final, Protocol

import polars as pl

from graphtrace.errors import ContextOnly, MappingError, NeedsAnswer
from graphtrace.frozen import frozen
from graphtrace.identifiers import parse_iccid
from graphtrace.identifiers.normalize import MASK
from graphtrace.ingest.acts import BACK, act_of
from graphtrace.ingest.card_cells import CARD_NAMED
from graphtrace.ingest.dates_and_quantities import parse_time
from graphtrace.ingest.given_answers import named_heading
from graphtrace.ingest.goods_cells import are_other_goods
from graphtrace.ingest.headers import SheetHeader, listed_headings
from graphtrace.ingest.heading_grammar import normalize_heading
from graphtrace.ingest.recipes.cleaners import clean_column
from graphtrace.ingest.recipes.recipe_model import ColumnRule, Condition, EventRule, Recipe
from graphtrace.ingest.recipes.recipe_selection import RecipeMatch, holds
from graphtrace.ingest.row_events import SheetEvent, SheetMeaning, events_of_date
from graphtrace.ingest.row_parser import OF_GOODS_BACK, ColumnPlan, EventPlan, PlannedEvents
from graphtrace.ingest.row_status import TAKEN_BACK, is_status_heading
from graphtrace.ingest.sheet import INEXACT_MARK, ROW, Sheet
from graphtrace.ingest.supporting import SIDES, ContactColumn, SupportHeader, SupportPlan, contact_column
from graphtrace.ingest.supporting_headings import names_account_too
from graphtrace.ingest.unread_events import UNREAD_SCHEMA, UnreadEvent, cards_in_cell
from graphtrace.locale import BilingualText, phrase
from graphtrace.model import CUSTODY_KINDS, KINDS, RECORD_KINDS, SUPPORT_KINDS, column_letters
from graphtrace.results.reports import Reject

_NUMBERS_OF_A_CARD: Final = ("iccid", "msisdn", "imsi", "imei", "eid")
_OTHER_NUMBERS: Final = ("record_no", "order_no", "waybill")
_LISTED: Final = ("state", "party", "party_id")
_KNOWN_KINDS: Final = frozenset(KINDS)
_SIDE_OF_CONTACT: Final = {
    "shipment": {"from": 0, "to": 1},
    "payment": {"from": 0, "to": 1},
    "identity": {"party": 0, "user": 0, "from": 0, "to": 0, "holder": 0, "enterprise": 0},
}
"""Whose contact a column of a recipe holds in a supporting record: of its first side or of its second."""

_ACCOUNTS: Final = {"payer_account": (0, "account"), "payee_account": (1, "account")}
_OF_PARCELS: Final = ("telephone", "address")
_OF_IDENTITY: Final = {"account": (0, "account"), "telephone": (0, "telephone")}


@frozen()
class RecipeHeader(SheetHeader):
    """The header of a sheet as a recipe understands it. ``by_column`` says which field each column of the file is."""

    by_column: Mapping[int, str] = field(default_factory=dict)

    @property
    def used(self) -> frozenset[str]:
        """The headings of the columns of the file that serve a field, as they stand or cleaned."""
        return frozenset(self.names[column] for column in self.by_column)

    def field_of(self, column: int) -> str | None:
        """Return the field that a column of the file serves."""
        return self.by_column.get(column)


@dataclass(slots=True)
class RecipeReading:
    """Reading of one sheet by a recipe.

    ``left_out`` is complete when the sheet has been read. ``width`` counts the columns of the frames, ``unread`` are
    the columns that the recipe does not know. ``support_header`` is there where the rows state no custody event;
    ``supports`` and ``contacts`` are what they state beside such events.
    """

    recipe: Recipe
    header: RecipeHeader
    planned: PlannedEvents
    left_out: list[Reject]
    width: int
    unread: frozenset[int]
    supports: tuple[SupportPlan, ...] = ()
    contacts: Mapping[int, ContactColumn] = field(default_factory=dict)
    support_header: SupportHeader | None = None

    def question_of(self, name: str) -> BilingualText | None:
        """Return the question with which the recipe asks for a field; ``None`` if it has none."""
        return next(
            (BilingualText(**question.text) for question in self.recipe.questions if question.field == name), None
        )

    def without_answer(self, line: str) -> str:
        """Return what a line beside the table says besides answers to questions of the recipe."""
        for question in self.recipe.questions:
            line = re.sub(question.preamble, "", line) if question.preamble else line
        return line


def plan_reading(
    sheet: Sheet, match: RecipeMatch, answers: Mapping[str, str], made: Mapping[str, str] | None = None
) -> RecipeReading:
    """Plan how a sheet is read by a recipe; its rows come through the recipe from now on.

    ``made``: by field, the headings of columns that were made of others.

    Raises ContextOnly when the format makes no record; NeedsAnswer when nothing of the file can be recorded until a
    question is answered.
    """
    recipe = match.recipe
    if recipe.is_context_only or not {*RECORD_KINDS}.intersection(recipe.kinds):
        raise ContextOnly(
            "format_makes_no_record",
            name=BilingualText(**recipe.name),
            about=BilingualText(**recipe.about),
            recipe=recipe.id,
            hint="show_recipe",
        )
    headed = {field: f"[{heading}]" for field, heading in (made or {}).items()}
    return _Planner(sheet, match, {**answers, **match.answers, **headed}).plan()


class _Planner:
    def __init__(self, sheet: Sheet, match: RecipeMatch, answers: Mapping[str, str]) -> None:
        self._sheet = sheet
        self._match = match
        self._recipe = match.recipe
        self._questions = {
            name: question for question in match.recipe.questions for name in (question.field, *question.also)
        }
        self._derived: list[_Derived] = []
        self._clean: dict[str, int] = {}
        self._filled: dict[str, int] = {}
        self._fields: dict[str, str] = {}  # by heading, the field where the recipe leaves it to the values
        self._cells = next((cells for number, cells in sheet.head_rows if number == match.row), [])
        answers = {
            name: answers[question.field] for name, question in self._questions.items() if question.field in answers
        }
        self._answered_by = {**self._columns_headed(answers), **self._columns_named(answers)}
        self._answers = {name: text for name, text in answers.items() if name not in self._answered_by}

    def plan(self) -> RecipeReading:
        cells = self._cells
        self._decide_cards()
        supports = self._supports()
        planned = self._planned_events(are_others=bool(supports))
        if not (planned.events or planned.card_list_only or planned.open_events or supports):
            self._ask_for_support()
        contacts = self._contact_columns(planned)
        header = self._header(cells, planned)
        left_out: list[Reject] = []
        self._install(header, left_out)
        known = {self._match.places[heading] for heading in self._recipe.columns if heading in self._match.places}
        known.update(self._answered_by.values())
        unread = frozenset(range(self._sheet.width)) - known
        support_header = None
        if supports and not (planned.events or planned.card_list_only or planned.open_events):
            fields = {**dict.fromkeys(contacts, "contact"), **header.by_column}
            support_header = SupportHeader(header.row, header.names, fields, supports)
        return RecipeReading(
            self._recipe,
            header,
            planned,
            left_out,
            self._sheet.width + len(self._derived),
            unread,
            tuple(plan._replace(is_beside=True) for plan in supports),
            contacts,
            support_header,
        )

    def _supports(self) -> tuple[SupportPlan, ...]:
        """Return the supporting records that rows state."""
        plans = []
        for event in self._recipe.events:
            if event.kind not in SUPPORT_KINDS:
                continue
            kind = event.kind
            columns = self._columns_of(event)
            contacts = [(*place, columns[name]) for name, place in _ACCOUNTS.items() if name in columns]
            if kind == "identity":
                contacts += [(*place, columns[name]) for name, place in _OF_IDENTITY.items() if name in columns]
            for heading, rule in self._recipe.columns.items():
                side = None if rule.contact is None else self._side_of_contact(kind, *rule.contact)
                if rule.contact is not None and side is not None and (column := self._column(heading)) is not None:
                    contacts.append((side, rule.contact[1], column))
            sides = {field for name in SIDES[kind] if name for field in (name, f"{name}_id")}
            sides |= {"id"} if kind == "identity" else set()
            wanted = sides | {"waybill", "order_no", "record_no", "date", "amount", "direction"}
            literals = self._literals_beside(columns)
            plan = SupportPlan(
                kind,
                {name: column for name, column in columns.items() if name in wanted},
                tuple(contacts),
                {name: text for name, text in {**literals, **event.literals}.items() if name in wanted},
                is_in_cents=False,
                uses_1904=self._sheet.uses_1904,
                gate=self._gate(event),
                joined=frozenset(
                    name
                    for name, rule in self._recipe.rules_for(event).items()
                    if names_account_too(normalize_heading(rule.heading))
                ),
            )
            required = {name for name, question in self._questions.items() if question.is_required}
            if not plan.missing and not (required & sides) - plan.fields:
                plans.append(plan)
        return tuple(plans)

    def _side_of_contact(self, kind: str, side: str, contact: str) -> int | None:
        """Return whose contact a column holds in a supporting record; ``None`` for that of somebody else.

        Where rows state other events too, a contact of the receiver of goods is not that of who pays, and the account
        of a buyer is not that of who takes the parcel.
        """
        if len(self._recipe.kinds) > 1 and (kind == "payment" or contact not in _OF_PARCELS):
            return None
        return _SIDE_OF_CONTACT[kind].get(side)

    def _ask_for_support(self) -> None:
        missing = tuple(
            question.field
            for question in self._recipe.questions
            if question.is_required and question.field not in {*self._answers, *self._answered_by}
        )
        if missing:
            raise self._question(self._recipe.kinds[0], missing)
        raise ContextOnly(
            "format_makes_no_record",
            name=BilingualText(**self._recipe.name),
            about=BilingualText(**self._recipe.about),
            recipe=self._recipe.id,
            hint="show_recipe",
        )

    def _contact_columns(self, planned: PlannedEvents) -> dict[int, ContactColumn]:
        """Return the columns of contacts of the sides that custody events have."""
        served: dict[str, int] = {}
        literals: dict[str, str] = {}
        for plan in planned.plans:
            served = {**plan.columns, **served}
            literals = {**plan.literals, **literals}
        found = {}
        for heading, rule in self._recipe.columns.items():
            if rule.contact is not None and (column := self._column(heading)) is not None:
                place = contact_column(column, *rule.contact, served, literals)
                if place is not None:
                    found[column] = place
        return found

    def _columns_headed(self, answers: Mapping[str, str]) -> dict[str, int]:
        """Return the column of each question about a day that a heading of this file answers, and the recipe's do not.

        A format that people write by hand has the day above the table or in a column.
        """
        if "date" not in self._questions or "date" in answers:
            return {}
        kinds = {event.kind for event in self._recipe.events}
        headings = [(column, normalize_heading(cell)) for column, cell in enumerate(self._cells) if cell]
        days = [
            column
            for column, heading in headings
            if heading not in self._recipe.columns
            and (named := events_of_date(heading)) is not None
            and (not named or kinds & named)
            and (texts := self._first_texts(column))
            and all(holds("date", text) for text in texts)
        ]
        return {"date": days[0]} if len(days) == 1 else {}

    def _columns_named(self, answers: Mapping[str, str]) -> dict[str, int]:
        """Return the columns of the fields for which somebody names a heading (``[heading]``) in answer to a question.

        Raises MappingError when the file has no such heading.
        """
        places = {normalize_heading(cell): column for column, cell in enumerate(self._cells) if cell}
        named = {name: heading for name, text in answers.items() if (heading := named_heading(text)) is not None}
        if missing := [heading for heading in named.values() if normalize_heading(heading) not in places]:
            raise MappingError(
                "mapping_without_column",
                missing=[phrase("quoted", text=heading) for heading in missing],
                seen=listed_headings(cell for cell in self._cells if cell),
                hint="heading_as_written",
            )
        return {name: places[normalize_heading(heading)] for name, heading in named.items()}

    def _literals_beside(self, columns: Mapping[str, int]) -> dict[str, str]:
        """Return the answers to questions about fields that no column serves."""
        return {name: text for name, text in self._answers.items() if name in self._questions and name not in columns}

    def _first_texts(self, column: int) -> list[str]:
        below = [cells for number, cells in self._sheet.head_rows if number > self._match.row]
        return [cell for cells in below or self._sheet.peek(self._match.row) if (cell := cells[column])]

    def _decide_cards(self) -> None:
        """Decide by the values of each column that names the card by an unstated number: ICCID or MSISDN."""
        for heading, rule in self._recipe.columns.items():
            if rule.field == "card" and heading in self._match.places:
                texts = self._first_texts(self._match.places[heading])
                are_cards = sum((card := parse_iccid(text)) is not None and card.complete for text in texts)
                self._fields[heading] = "iccid" if 2 * are_cards >= len(texts) else "msisdn"

    def _field(self, heading: str) -> str | None:
        return self._fields.get(heading, self._recipe.columns[heading].field)

    # -- columns --------------------------------------------------------------------------------------------------

    def _column(self, heading: str) -> int | None:
        """Return the column of the frames in which the clean cells under a heading stand."""
        rule = self._recipe.columns[heading]
        column = self._column_alone(heading)
        other = None if rule.otherwise is None else self._column(rule.otherwise)
        if column is None or other is None:
            return other if column is None else column
        if heading not in self._filled:
            self._filled[heading] = self._add(_FirstFilled(column, other))
        return self._filled[heading]

    def _column_alone(self, heading: str) -> int | None:
        """Return the same, whatever takes the place of empty cells."""
        place = self._match.places.get(heading)
        if place is None:
            return None
        rule = self._recipe.columns[heading]
        if not (rule.cleaners or rule.values):
            return place
        if heading not in self._clean:
            self._clean[heading] = self._add(_Clean(place, rule.cleaners, rule.values))
        return self._clean[heading]

    def _add(self, derived: _Derived) -> int:
        self._derived.append(derived)
        return self._sheet.width + len(self._derived) - 1

    def _columns_of(self, event: EventRule) -> dict[str, int]:
        headings = {name: heading for heading in self._recipe.columns if (name := self._field(heading)) is not None}
        columns = {
            name: column
            for name, heading in headings.items()
            if name not in event.columns and (column := self._column(heading)) is not None
        }
        for name, heading in event.columns.items():
            headings[name] = heading
            if heading and (column := self._column_alone(heading)) is not None:
                columns[name] = column
        for name in self._questions:
            place = self._match.places.get(headings[name]) if name in columns else None
            if place is not None and not self._first_texts(place):
                # the file has the column and leaves it empty: what is asked fills it
                if name in self._answers:
                    columns[name] = self._add(_Otherwise(columns[name], self._answers[name]))
                else:
                    del columns[name]
            if name in self._answered_by:
                columns[name] = self._answered_by[name]
        time = columns.pop("time", None)
        if time is not None and "date" in columns:
            columns["date"] = self._add(_DateAndTime(columns["date"], time))
        return columns

    # -- events ---------------------------------------------------------------------------------------------------

    def _planned_events(self, *, are_others: bool) -> PlannedEvents:
        """Plan the custody events; ``are_others`` says that rows state something though each of these is open."""
        events: list[EventPlan] = []
        alone = beside = None
        open_events: list[SheetEvent] = []
        waiting: list[EventPlan] = []
        used: set[str] = set()
        for event in self._recipe.events:
            if event.kind not in _KNOWN_KINDS:
                continue
            kind = event.kind
            columns = self._columns_of(event)
            literals = {**self._literals_beside(columns), **event.literals}
            missing = tuple(
                dict.fromkeys(
                    question.field
                    for name, question in self._questions.items()
                    if question.is_required and name not in literals and name not in columns and _serves(name, kind)
                )
            )
            plan = ColumnPlan(
                kind,
                {name: column for name, column in columns.items() if _serves(name, kind)},
                {name: text for name, text in literals.items() if _serves(name, kind)},
                (),
                self._sheet.uses_1904,
            )
            if missing:
                open_events.append(SheetEvent(kind=kind, date=None, is_own_date=False, missing=missing))
                waiting.append(EventPlan(plan, self._gate(event)))
                continue
            if kind == "card_list":
                alone = plan
            else:
                events.append(EventPlan(plan, self._gate(event)))
                used |= plan.columns.keys()
        if alone is not None and events:
            kept = {name: column for name, column in alone.columns.items() if name not in _LISTED or name not in used}
            beside = ColumnPlan("card_list", kept, alone.literals, (), self._sheet.uses_1904)
        if open_events and alone is None:
            alone = self._numbers_alone()
        if open_events and not events and alone is None and not are_others:
            raise self._question(open_events[0].kind, open_events[0].missing)
        return PlannedEvents(tuple(events), alone, beside, tuple(open_events), tuple(waiting))

    def _gate(self, event: EventRule) -> int | None:
        """Return the column that is filled in the rows that state an event; ``None`` where all do."""
        filled = [column for heading in event.filled if (column := self._column(heading)) is not None]
        only = {
            column: values for heading, values in event.only.items() if (column := self._column(heading)) is not None
        }
        if len(event.filled) + len(event.only) == 0:
            return None
        if len(filled) == 1 and not only and len(event.filled) == 1:
            return filled[0]
        return self._add(_Gate(tuple(filled), only, is_never=len(filled) < len(event.filled)))

    def _numbers_alone(self) -> ColumnPlan | None:
        """Return the plan for a list of the numbers beside a card, while the event of its rows waits for an answer."""
        columns = {
            name: column
            for heading in self._recipe.columns
            if (name := self._field(heading)) in _NUMBERS_OF_A_CARD
            and name is not None
            and (column := self._column(heading)) is not None
        }
        if len({"iccid", "msisdn", "imsi", "eid"} & columns.keys()) < 2:
            return None
        return ColumnPlan("card_list", columns, {}, (), self._sheet.uses_1904)

    def _question(self, kind: str, missing: Sequence[str]) -> NeedsAnswer:
        texts = {name: BilingualText(**self._questions[name].text) for name in missing}
        said = texts.values()
        error = NeedsAnswer(
            "format_asks",
            name=BilingualText(**self._recipe.name),
            questions=BilingualText(" ".join(text.en for text in said), "".join(text.zh for text in said)),
            answers=" ".join(f"--set {name}=…" for name in missing),
            hint="answer_with",
            kind=kind,
            missing=missing,
        )
        error.texts = texts
        return error

    def _places_instead(self, rule: ColumnRule) -> Iterator[int]:
        """Yield the columns whose cells take the place of those of a column, one after the other."""
        while rule.otherwise is not None:
            place = self._match.places.get(rule.otherwise)
            rule = self._recipe.columns[rule.otherwise]
            if place is not None:
                yield place

    # -- header and rows ------------------------------------------------------------------------------------------

    def _header(self, cells: Sequence[str | None], planned: PlannedEvents) -> RecipeHeader:
        width = self._sheet.width
        names = tuple(
            (cells[column] or "").removeprefix(INEXACT_MARK) if column < len(cells) else "" for column in range(width)
        )
        by_column = {}
        for heading, column in self._match.places.items():
            rule = self._recipe.columns[heading]
            own = next((n for event in self._recipe.events for n, h in event.columns.items() if h == heading), None)
            if (name := self._field(heading) or own) is not None:
                by_column[column] = name
            elif rule.is_secret:
                by_column[column] = "secret"
            elif rule.contact is not None:
                by_column[column] = "contact"
        for rule in self._recipe.columns.values():
            if rule.field is not None:
                for column in self._places_instead(rule):
                    by_column.setdefault(column, rule.field)
        by_column |= {column: name for name, column in self._answered_by.items()}
        plans = [event.plan for event in planned.events]
        plans += [plan for plan in (planned.card_list_only, planned.card_list_too) if plan is not None]
        served: dict[str, tuple[int, ...]] = {}
        for plan in plans:
            for name, column in plan.columns.items():
                served[name] = tuple(dict.fromkeys((*served.get(name, ()), column)))
        return RecipeHeader(
            row=self._match.row,
            cells=(tuple(cells[column] if column < len(cells) else None for column in range(width)),),
            names=tuple(name or column_letters(self._sheet.number_of(column)) for column, name in enumerate(names)),
            known=tuple("" for _ in range(width)),
            served=served,
            literals={},
            meaning=SheetMeaning(),
            events=planned.open_events,
            looks_like_data=False,
            by_column=by_column,
        )

    def _install(self, header: RecipeHeader, left_out: list[Reject]) -> None:
        """Redirect the rows of the sheet through the recipe."""
        read, derived, width = self._sheet.read, tuple(self._derived), self._sheet.width
        conditions = [
            (column, condition)
            for condition in self._recipe.conditions
            if (column := self._match.places.get(condition.heading)) is not None
        ]

        # a number of an order or parcel may look like that of a card
        free = [column for column in range(width) if header.field_of(column) not in _OTHER_NUMBERS]
        kind = next((event.kind for event in self._recipe.events if event.kind in CUSTODY_KINDS), None)

        def through(below: int) -> Iterator[pl.DataFrame]:
            for frame in read(below):
                block = frame
                for column, condition in conditions:
                    is_out = _is_out(condition, block[str(column)])
                    if condition.are and is_status_heading(condition.heading):
                        is_out |= _came_back(block, column, free)
                    if condition.is_of_goods and is_out.any():
                        is_out &= ~_names_card(block, free)
                    if is_out.any():
                        out = list(_rejects(block.filter(is_out), header.names, width, header.names[column], column))
                        left_out.extend(out)
                        if not condition.is_of_goods:
                            self._sheet.unread_left_out += _cards_of(out, free, kind)
                        block = block.filter(~is_out)
                for number, one in enumerate(derived, start=width):
                    block = block.with_columns(one.of(block).alias(str(number)))
                    if isinstance(one, _Clean) and _CARD_CLEANERS & {*one.cleaners}:
                        place = pl.col(str(one.place))
                        is_told = pl.col(str(number)).is_null() & place.str.contains(_NUMBERS_OF_CARDS)
                        self._sheet.note_filled(one.place, "numbers_not_read", block.filter(is_told))
                yield block

        self._sheet.read = through


def _is_out(condition: Condition, cells: pl.Series) -> pl.Series:
    """Return a mask of the rows that a condition takes for no records."""
    if condition.is_of_goods:
        # a text that is missing names nothing
        others = [text for text in cells.drop_nulls().unique() if are_other_goods(text)]
        return cells.is_in(others).fill_null(value=True)
    is_out = cells.is_in(sorted(condition.are)) if condition.are else ~cells.is_in(sorted(condition.unless))
    return is_out.fill_null(value=False)


def _came_back(block: pl.DataFrame, status: int, columns: Iterable[int]) -> pl.Series:
    """Return a mask of the rows whose status is a word for money that came back, and no remark says that cards did."""
    cells = block[str(status)]
    words = [text for text in cells.drop_nulls().unique() if act_of(text.removeprefix("售后")) == BACK]
    is_out = cells.is_in(words).fill_null(value=False)
    if not is_out.any():
        return is_out
    rows = block.filter(is_out).select(str(column) for column in columns if column != status).iter_rows()
    is_told = [any(cell and OF_GOODS_BACK.search(cell) for cell in row) for row in rows]
    return is_out.scatter(is_out.arg_true(), [not each for each in is_told])


def _names_card(block: pl.DataFrame, columns: Iterable[int]) -> pl.Series:
    cells = (clean_column(block[str(column)], ("cards",), {}).is_not_null() for column in columns)
    return reduce(operator.or_, cells)


def _rejects(out: pl.DataFrame, names: Sequence[str], width: int, heading: str, column: int) -> Iterator[Reject]:
    for row, *cells in out.select(ROW, *map(str, range(width))).iter_rows():
        yield Reject(
            row=row,
            field=heading,
            reason="not_a_record",
            value=cells[column],
            raw=tuple(
                (name, cell and cell.removeprefix(INEXACT_MARK)) for name, cell in zip(names, cells, strict=True)
            ),
        )


def _cards_of(rejects: Iterable[Reject], columns: Sequence[int], kind: str | None) -> Iterator[pl.DataFrame]:
    """Yield the unread events of rows that a word takes for no records, with the cards that their cells name."""
    named = (
        each
        for reject in rejects
        for at in columns
        if (cell := reject.raw[at][1]) and CARD_NAMED.search(cell)
        for each in UnreadEvent(reject.row, kind, TAKEN_BACK, reject.field, None, reject.value).of(
            cards_in_cell(cell), ()
        )
    )
    if rows := list(named):
        yield pl.DataFrame(rows, schema=UNREAD_SCHEMA, orient="row")


_CARD_CLEANERS: Final = frozenset(("cards", "numbers"))
_NUMBERS_OF_CARDS: Final = (
    r"(?:移动|联通|电信|广电|卡号?|尾号?|后四位?)[\s:：]{0,3}[0-9]{4}(?:[^0-9A-Za-z]|$)"
    r"|(?:^|[^0-9A-Za-z])[0-9]{4}(?:[\s、,，/]+[0-9]{4})+(?:[^0-9A-Za-z]|$)|(?:^|[^0-9A-Za-z])1[3-9][0-9]{9}(?:[^0-9A-Za-z]|$)"
)
"""Found in a remark that names cards by the ends of their numbers, or by their subscriber numbers."""


class _Derived(Protocol):
    """A column that is made of others."""

    def of(self, block: pl.DataFrame) -> pl.Series:
        """Return the column for the rows of a block."""


@frozen(kw_only=False)
class _Clean:
    place: int
    cleaners: tuple[str, ...]
    values: Mapping[str, str]

    def of(self, block: pl.DataFrame) -> pl.Series:
        return clean_column(block[str(self.place)], self.cleaners, self.values)


@frozen(kw_only=False)
class _FirstFilled:
    column: int
    otherwise: int

    def of(self, block: pl.DataFrame) -> pl.Series:
        columns = [pl.col(str(column)) for column in (self.column, self.otherwise)]
        named = [pl.when(~column.str.contains(MASK)).then(column) for column in columns]
        return block.select(pl.coalesce(*named, *columns)).to_series()


@frozen(kw_only=False)
class _Otherwise:
    column: int
    text: str

    def of(self, block: pl.DataFrame) -> pl.Series:
        return block[str(self.column)].fill_null(self.text)


@frozen(kw_only=False)
class _DateAndTime:
    date: int
    time: int

    def of(self, block: pl.DataFrame) -> pl.Series:
        date, times = pl.col(str(self.date)), block[str(self.time)]
        read = {time: parse_time(time) or time for time in times.drop_nulls().unique()}
        both = pl.concat_str([date, times.replace(read)], separator=" ", ignore_nulls=True)
        return block.select(pl.when(date.is_not_null()).then(both)).to_series()


@frozen(kw_only=False)
class _Gate:
    filled: tuple[int, ...]
    only: Mapping[int, frozenset[str]]
    is_never: bool

    def of(self, block: pl.DataFrame) -> pl.Series:
        if self.is_never:
            return pl.Series([None], dtype=pl.String).new_from_index(0, block.height)
        conditions = [pl.col(str(column)).is_not_null() for column in self.filled]
        conditions += [pl.col(str(column)).is_in(sorted(values)) for column, values in self.only.items()]
        holds = pl.all_horizontal(conditions).fill_null(value=False)
        return block.select(pl.when(holds).then(pl.lit("1"))).to_series()


_SIDES: Final[Mapping[str, frozenset[str]]] = {
    "purchase": frozenset({"carrier", "enterprise", "enterprise_id"}),
    "registration": frozenset({"carrier", "enterprise", "enterprise_id", "document_basis", "carrier_basis"}),
    "transfer": frozenset({"from", "from_id", "to", "to_id"}),
    "return": frozenset({"from", "from_id", "to", "to_id"}),
    "activation": frozenset({"user", "user_id"}),
    "usage": frozenset({"user", "user_id"}),
    "seizure": frozenset({"holder", "case_no", "place"}),
    "stock": frozenset({"party", "party_id", "stock", "sold"}),
    "card_list": frozenset({"party", "party_id", "state"}),
}
_ALL_SIDES: Final = frozenset().union(*_SIDES.values())
_LOTS: Final = frozenset({"iccid_first", "iccid_last", "quantity"})
_USES: Final = frozenset({"imei", "province", "city", "cell"})
_MOVES: Final = frozenset({"channel", "price", "waybill", "contract_no", "declared_use"})


def _serves(name: str, kind: str) -> bool:
    """Whether a field has a place in records of a kind."""
    if name in _ALL_SIDES:
        return name in _SIDES[kind] or (name == "carrier")
    if name in _LOTS:
        return kind in (*CUSTODY_KINDS, "stock")
    if name in _USES:
        return kind in ("activation", "usage", "card_list")
    if name in _MOVES:
        return kind in CUSTODY_KINDS
    return name in ("date", "iccid", "msisdn", "imsi", "eid", "record_no")
