"""Reads the rows of a sheet that is understood to statements, and keeps account of each.

Invariant: every filled row below the header ends up in exactly one place, a frame or the rejects; the reading checks
that itself. Which path a row took, vectorised or one by one, cannot be seen from the outside.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import reduce
from itertools import chain, pairwise
from operator import itemgetter
from typing import Any, Final

import polars as pl

from graphtrace.identifiers import is_damaged_column, parse_iccid
from graphtrace.identifiers.iccid import CHINESE
from graphtrace.identifiers.party_ids import parse_contacts
from graphtrace.ingest.acts import (
    NOTHING,
    doubts_rows,
    fold_word,
    is_of_officer,
    is_plain_line,
    kind_of_word,
    names_seized_person,
    speaks_of_rows,
)
from graphtrace.ingest.card_cells import CARD_PATTERN, cards_among_words, split_cards
from graphtrace.ingest.cell_context import (
    AS_ABOVE,
    BLANKS,
    CellContext,
    columns_of_documents,
    leaves_blanks,
    writes_days_once,
)
from graphtrace.ingest.contract_roles import is_read_title
from graphtrace.ingest.date_orders import (
    DATE_ORDER,
    ORDERS,
    Concluded,
    conclude_order,
    order_of_short_years,
    order_of_text,
    order_question,
    titles_of,
)
from graphtrace.ingest.dates_and_quantities import (
    DayOrder,
    StatedYear,
    day_order,
    is_no_day,
    lacks_year,
    months_in_one_year,
    parse_date,
    parse_quantity,
)
from graphtrace.ingest.dealer_ledgers import KEEPER
from graphtrace.ingest.denied_rows import without_denials
from graphtrace.ingest.english_headings import may_be_clerks
from graphtrace.ingest.english_sides import are_one_firm, names_reseller
from graphtrace.ingest.equal_lots import EqualLots
from graphtrace.ingest.given_answers import (
    KIND,
    OPEN_SIDE,
    WORDS,
    YEAR,
    CarrierWords,
    both_ways,
    carrier_questions,
    title_question,
    word_answers,
)
from graphtrace.ingest.given_back import RETURNED_BY
from graphtrace.ingest.headers import (
    SheetHeader,
    ask_for,
    is_day_of_registration,
    names_customer,
)
from graphtrace.ingest.heading_grammar import (
    SECRET,
    field_of_heading,
    is_secret_heading,
    normalize_heading,
)
from graphtrace.ingest.labelled_values import labelled_in, meaning_of
from graphtrace.ingest.mail import is_said_by_mail
from graphtrace.ingest.order_sides import is_remark_of_shop
from graphtrace.ingest.other_tables import CODE_OF_CUSTOMER
from graphtrace.ingest.own_lists import (
    ground_to_ask,
    names_operator,
)
from graphtrace.ingest.own_use import user_by_definition
from graphtrace.ingest.places import Plan, places_of
from graphtrace.ingest.preamble import (
    StatedAbove,
    TitleVerdict,
    is_word_of_title,
    kind_of_title,
    meaning_as_name,
    pairs_in,
    state_of_document,
    title_of_credit,
)
from graphtrace.ingest.readers.set_aside import remarks_on_rows
from graphtrace.ingest.recipes.recipe_sheet import RecipeHeader, RecipeReading
from graphtrace.ingest.record_schema import STATEMENT_SCHEMA, encode
from graphtrace.ingest.registrations import is_contradicted, may_be_anybody
from graphtrace.ingest.row_events import SheetEvent, may_be_day_of_event
from graphtrace.ingest.row_legs import is_day_of_order
from graphtrace.ingest.row_parser import BY_THE_WAY, PARTY_NAMES, ColumnPlan, RowParser, StatementRow
from graphtrace.ingest.row_status import (
    CARDS_ELSEWHERE,
    IGNORE,
    NEGATIVE,
    ROW_STATUS,
    WAY_ANSWERS,
    WORD_ANSWERS,
    UndecidedColumns,
    ends_beside,
    is_credit,
    short_word,
)
from graphtrace.ingest.said_beside import (
    COMMENT_NOT_READ,
    MAIL_NOT_READ,
    NAME_NOT_READ,
    OTHER_TABLE,
    REMARK_NOT_READ,
    STRUCK_OUT,
    LinesBeside,
    RowsBeside,
    SaidBeside,
    UnreadCells,
    columns_beside,
    denies_cards,
    others_named,
    reason_of_line,
    states_of_orders,
)
from graphtrace.ingest.section_titles import party_alone
from graphtrace.ingest.seizure_lines import (
    heading_of_part,
    may_hold_persons,
    names_holder_alone,
    persons_searched,
    seized_by_law,
)
from graphtrace.ingest.sheet import (
    ROW,
    TOP_ROWS,
    Sheet,
    cards_by_column,
    is_short,
    prefetch,
)
from graphtrace.ingest.sheet_evidence import (
    bare_name,
    columns_of_names,
    handed_by_column,
    handed_forms,
    legs_offered,
    names_person,
    read_evidence,
    tells_of_party,
)
from graphtrace.ingest.sheet_tables import FurtherTables, is_heading_of_rows
from graphtrace.ingest.short_names import SHORT_NAME, is_part_of_name, short_names_in
from graphtrace.ingest.split_days import DatedLater, part_later
from graphtrace.ingest.supporting import (
    SUPPORT_SCHEMA,
    ContactColumn,
    SupportPlan,
    SupportSheetParser,
    contact_columns,
    firms_of_parcels,
    is_supporting,
    plan_beside,
    read_contacts,
    read_support,
    stated_short_names,
)
from graphtrace.ingest.supporting_headings import is_bare_telephone
from graphtrace.ingest.title_years import TitleYear, year_of_dates, year_of_titles
from graphtrace.ingest.totals import is_merged_line
from graphtrace.ingest.unread_events import UnreadEvent, cards_in, joined, lots_between, unread_of_rows
from graphtrace.ingest.unread_sheets import UnreadRows, unread_in_faults
from graphtrace.ingest.vectorized import VectorizedParser
from graphtrace.ingest.words import HAN
from graphtrace.locale import BilingualText, phrase
from graphtrace.model import (
    BETWEEN_PARTIES,
    CUSTODY_KINDS,
    DENIED,
    KINDS,
    SUPPORT_KINDS,
    USE_KINDS,
    DateSpan,
    Kind,
    china_today,
    format_day,
    split_table,
    to_epoch_day,
)
from graphtrace.patterns import late
from graphtrace.results.reports import ColumnReport, Offer, OpenQuestion, Reject, RowWarning

_FRAME_ROWS: Final = 100_000
"""Rows read one by one that are gathered in one frame."""

ICCID_DIGITS: Final = 19
"""Digits of the number of a card without its check digit."""


_CELLS_OF_A_LINE: Final = 2
"""Maximum number of different texts in a row that is a line below a table, and none of its rows."""


_KIND_OF_DOCUMENT: Final = late("(?:单据|业务|凭证|出入库|document_?|voucher_?)(?:类型|名称|类别|种类|type|kind)")
"""Names of lines that say what kind of document a table is."""

_WORDS_ASKED: Final = 20
"""Maximum number of words of a sheet that are asked about."""

Cells = tuple[str | None, ...]


def days_asked(header: SheetHeader, places: Collection[int]) -> list[int]:
    """Return the columns, of some that nothing reads, of days that name an event and stand beside a person or firm."""
    if "declared_user" in header.served or not any(name in header.served for name in _PERSONS):
        return []
    return [at for at in places if may_be_day_of_event(normalize_heading(header.names[at]))]


_OF_ACCOUNT: Final = late("account|[账帐]户")
_PERSONS: Final = ("party", "user", "holder")
_OF_ACTIVATION: Final = late("激活|activat", re.IGNORECASE)
OPENED: Final = late("(?:开户|入网|开卡|订购)的?(?:日期|时间|日)")
"""Found in headings of the day on which a carrier registered a customer."""
_LEVEL: Final = late("(?:[一二三四1-4]级|上级|下级)(?:代理|经销|分销|渠道|批发)(?:商|人|方|点)?(?:名称|姓名)?")


def _ground_of(heading: str, field: str) -> str:
    """Return on what ground a column is read as a field: values decide of which kind numbers are."""
    meant = field_of_heading(normalize_heading(heading))
    return "values" if meant != field and {meant, field} <= _NUMBERS else "heading"


_NUMBERS: Final = frozenset({"iccid", "msisdn", "imsi", "imei", "eid"})


_WORD: Final = late(r"\w")


def _is_day(text: str, read: str) -> bool:
    """Whether a text is the day that was read, in one of the orders of day and month."""
    day = parse_date(read)
    return not isinstance(day, str) and any(parse_date(text, order=order) == day for order in (None, *ORDERS.values()))


_OF_FORM: Final = late("^[(（【]?(?:[本此该]|以上|全部)")


def is_title_of_forms(sheet: Sheet, row: int, cells: Sequence[str | None]) -> bool:
    """Whether a row of forms that is no name and value says something of them all, and does not head a part of one."""
    forms = [number for number, _ in sheet.head_rows if number]
    texts = {cell for cell in cells if cell}
    if len(texts) != 1 or row < min(forms, default=row + 1):
        return len(texts) == 1
    (text,) = texts
    return len(forms) == 1 and (_OF_FORM.match(text) is not None or is_word_of_title(text))


def place_of_header(sheet: Sheet, header: SheetHeader) -> int:
    """Return how many rows of the top stand above the headings."""
    return place_of_row(sheet, header.row, len(header.cells))


def place_of_row(sheet: Sheet, row: int, rows: int) -> int:
    """Return how many rows of the top stand above the headings, whose last row has this number."""
    return max(0, next((at for at, (number, _) in enumerate(sheet.head_rows) if number == row), 0) - rows + 1)


_OF_LISTS: Final = ("from", "party", "to", "user", "declared_user", "holder")
"""Fields of whom a list of cards names beside them."""


def clerks_or_givers(sheet: Sheet, header: SheetHeader) -> str | None:
    """Return the heading (Issued by, Sold by) below which others stand than the firm whose list a title says it is."""
    meaning = header.meaning
    if "from" not in meaning.literals & meaning.concluded or header.kind != "transfer":
        return None
    firm = header.literals["from"]
    columns = (at for at, name in enumerate(header.names) if name not in header.used)
    columns = (at for at in columns if may_be_clerks(normalize_heading(header.names[at])))
    cells = ((at, cells[at]) for at in columns for row, cells in sheet.head_rows if row > header.row)
    return next((header.names[at] for at, cell in cells if cell and not are_one_firm(cell, firm)), None)


def may_take_holder(header: SheetHeader, kind: str | None) -> bool:
    """Whether rows state seizures, and nothing states from whom."""
    return "holder" not in header.fields and "seizure" in (kind, *(event.kind for event in header.events))


def answered_year(sheet: Sheet, answers: Mapping[str, str]) -> StatedYear | None:
    is_year = re.fullmatch("(?:19|20)[0-9]{2}", answers.get(YEAR, "")) is not None
    return StatedYear(int(answers[YEAR]), month_first=_is_in_chinese(sheet)) if is_year else None


def _is_in_chinese(sheet: Sheet) -> bool:
    """Whether the first rows of a sheet have Chinese words: a month stands before its day there."""
    return any(cell and HAN.search(cell) for _, cells in sheet.head_rows for cell in cells)


def _title_year(sheet: Sheet, header_row: int) -> TitleYear | None:
    """Return the year that the name of a sheet and the rows above its header state for dates that state none.

    Where they state none, the titles of the other sheets of the workbook may.
    """
    own = titles_of(sheet, header_row)
    found = year_of_titles(own)
    if found is None and sheet.titles_beside:
        found = year_of_titles(_titles_of_workbook(sheet, header_row))
    return found


def _titles_of_workbook(sheet: Sheet, header_row: int) -> list[tuple[int, str]]:
    """Return the titles of a sheet, and those of the other sheets of its workbook."""
    return [*titles_of(sheet, header_row), *((_ELSEWHERE, text) for text in sheet.titles_beside)]


_ANY_YEAR: Final = StatedYear(2024)
_ELSEWHERE: Final = -1
"""Row of a title of another sheet."""


def year_of(sheet: Sheet, header_row: int) -> StatedYear | None:
    found = _title_year(sheet, header_row)
    return None if found is None else found.stated._replace(month_first=_is_in_chinese(sheet))


_OF_NAME: Final = late("[0-9_.()（） -]+")
_PARTS_OF_PATH: Final = late(r"[/\\]")


class SheetParser:
    """The reading of one sheet.

    ``rejects``, ``rejected``, ``remarks``, ``columns``, ``questions`` and ``rows`` are complete once :meth:`frames` is
    exhausted. Rows that state nothing but an event of which something has to be asked are one reject together, so
    ``rejected`` may be more than there are rejects. ``answered`` are the answers that the sheet asked for and got.
    """

    def __init__(
        self,
        sheet: Sheet,
        header: SheetHeader,
        as_kind: Kind | None,
        *,
        bulk: bool | None,
        claimed: frozenset[str] = frozenset(),
        reading: RecipeReading | None = None,
        is_strict: bool = False,
        answered: Mapping[str, str] | None = None,
        answers: Mapping[str, str] | None = None,
    ) -> None:
        self.answered = dict(answered or {})
        self._sheet = sheet
        self._header = header
        self._bulk = bulk
        self._reading = reading
        planned = None if reading is None else reading.planned
        self._words = word_answers(answers or {})
        self._said_kind = (answers or {}).get(KIND, "")
        self._said_order = (answers or {}).get(DATE_ORDER, "")
        self._rows = RowParser(
            header,
            as_kind,
            uses_1904=sheet.uses_1904,
            planned=planned,
            is_strict=is_strict,
            words=self._words,
            free=() if reading is None or reading.recipe.conditions else reading.unread,
        )
        self.today = to_epoch_day(china_today())
        """The day of the load, in China Standard Time."""
        self._rows.carrier_words = self._carrier_words = CarrierWords(answers or {})
        self._rows.returned_by = (answers or {}).get(RETURNED_BY, "")
        self._blanks = (answers or {}).get(BLANKS, "")
        self._filled_once: tuple[int, ...] = ()
        self._clean = VectorizedParser(self._rows)
        width = len(header.names) if reading is None else reading.width
        self._columns = [str(column) for column in range(width)]
        self._held: list[tuple[int, Cells]] = []
        self._held_dates: list[tuple[int, Cells]] = []
        self._held_words: list[tuple[int, Cells]] = []
        self._undecided: UndecidedColumns | None = None
        self._verdict: TitleVerdict | None = None
        self._seen_orders: dict[int, set[DayOrder]] = {}
        self._open_days: list[str] = []
        """Days of columns that show no order of day and month."""
        self._date_columns = sorted({plan.columns["date"] for plan in self._rows.plans() if "date" in plan.columns})
        self._rows.year = year_of(sheet, header.row)
        self._unused = [at for at in self._rows.unused_columns() if at not in sheet.parted]
        self._unknown = [at for at in self._rows.unread_columns() if at not in {*self._unused, *sheet.parted}]
        self._secret = [column for column in self._rows.unread_columns() if is_secret_heading(header.names[column])]
        self._unused = [column for column in self._unused if column not in self._secret]
        if reading is not None:
            self._unused, self._unknown = [], sorted(reading.unread)
        self._said_beside = self._plan_beside()
        self._rows_beside = (
            RowsBeside.with_comments(each for each in sheet.comments if each[0] > header.row),
            *RowsBeside.set_aside(sheet),
        )
        self.rejects: list[Reject] = []
        self._lines = LinesBeside(header.row)
        self._short_names: dict[tuple[str, str], int] = {}
        self._coded_names: dict[tuple[str, str], int] = {}
        above = ((COMMENT_NOT_READ, sheet.comments), (STRUCK_OUT, sheet.parts_left))
        for row, text, reason in ((row, text, reason) for reason, each in above for row, text in each):
            if row <= header.row and self._lines.add_comment(row, text, reason):
                self._rows.remark_line(row, text, reason)
        for text in self._headings_in_doubt():
            self._lines.add_heading(header.row, text)
            self._rows.remark_line(header.row, text)
        for text in sheet.said_elsewhere:
            if not any(map(fold_word(text).count, self._words)):
                self._lines.add_elsewhere(text)
                self._rows.remark_line(0, text, OTHER_TABLE)
        for row, cells in sheet.titles:
            self._note_line(row, cells, is_within=not is_title_of_forms(sheet, row, cells))
        for row, cells in sheet.head_rows[: place_of_header(sheet, header)]:
            # a table may have a heading from among the rows of the sheet above its own
            self._note_line(row, cells, is_heading=row > header.row)
        made = {*sheet.made.values()}
        self._in_doubt = [] if reading is not None else [at for at in header.fields_in_doubt() if at not in made]
        self._filled = [0] * len(header.names)
        self._context = CellContext(sheet, header.cells)
        self._tables = FurtherTables(sheet, header.cells)
        self._kinds: set[int | str] = set()
        self._open_rows = 0
        self._claimed = frozenset[str]() if sheet.is_concluded else claimed
        self._contacts: dict[int, ContactColumn] = {}
        self._beside: list[SupportPlan] = []
        self.telephones: dict[int, str] = {}
        """By row, the telephones of customers of a carrier who may be anybody of their names."""
        self._plan_supporting()
        self._cells_unread = UnreadCells(header.names, self._columns_to_keep())
        self._telephone_columns = self._plan_telephones()
        self._context.owners = self._rows.owners() | {
            each.column: each.name for each in self._contacts.values() if isinstance(each.name, int)
        }
        self._context.days = self._days_written_once() if reading is None else {}
        self._context.documents, self._context.cards = self._documents() if reading is None else ((), 0)
        self._context.abroad = self._date_columns if self._are_cards_abroad() else ()
        days: dict[bool, set[int]] = {True: set(), False: set()}
        for plan in self._rows.plans():
            days[plan.kind in USE_KINDS].update([plan.columns["date"]] if "date" in plan.columns else [])
        self._context.uses = sorted(days[True] - days[False])
        self._stated_beside: set[int] = set()
        self._payments: SupportSheetParser | None = None
        self._unpaid: dict[int, Reject] = {}
        """By row, why it states no payment."""
        self._refused: set[int] = set()
        self._unread: list[pl.DataFrame] = []
        self._unread_ranges: list[tuple[Any, ...]] = []
        self.rejected = 0
        self.rows = 0
        self._read_rows = 0
        self.asks_holder = False
        """Whether a line above the table names several persons from whom the cards may have been seized."""
        self.texts_above: Sequence[str | None] | None = None
        """Titles and the like of what nothing says to be a carrier's own list; ``None`` where it is known."""
        self.file_name = ""
        self.sent_on: str | None = None

    def _are_cards_abroad(self) -> bool:
        """Whether the first rows name cards, and none of China."""
        places = [at for name in ("iccid", "iccid_first") for at in self._header.served.get(name, ())]
        rows = [cells for row, cells in self._sheet.head_rows if row > self._header.row]
        # a column that a recipe makes is not there yet: its card stands among the words of another
        own = [[cells[at] if at < len(cells) else None for at in places] for cells in rows]
        texts = [
            text for cells, of_row in zip(rows, own, strict=True) for text in (of_row if any(of_row) else cells) if text
        ]
        cards = [parse_iccid(part.first) for text in texts for part in split_cards(cards_among_words(text) or text)]
        keys = [card.key for card in cards if card is not None]
        return bool(keys) and not any(key.startswith(CHINESE) for key in keys)

    def _days_written_once(self) -> dict[int, int]:
        """Return the columns of days that stand once above several rows, with those of the cards of these.

        Only the day of a movement does: of an activation or a delivery an empty cell says that it has not happened.
        """
        served = self._header.served
        if not {*CUSTODY_KINDS} - {"registration"} & self._rows.kinds or self._header.meaning.is_own_list:
            return {}
        cards = min(
            (at for name in ("iccid", "iccid_first", "quantity") for at in served.get(name, ())[:1]), default=None
        )
        if cards is None:
            return {}
        row = self._header.row
        neutral = [day for day in self._date_columns if not self._header.meaning.dates.get(day)]
        return {day: cards for day in neutral if writes_days_once(self._sheet, row, day, cards)}

    def _documents(self) -> tuple[Sequence[int], int]:
        """Return the columns that each document fills once, that of its number first, and that of the cards."""
        served = self._header.served
        cards, numbers = (
            min((at for name in names for at in served.get(name, ())[:1]), default=None)
            for names in (("iccid", "iccid_first"), ("record_no", "order_no"))
        )
        if cards is None or numbers is None:
            self._filled_once = () if cards is None else self._columns_filled_once(cards)
            self._context.blanks = self._filled_once if self._blanks == AS_ABOVE else ()
            return (), cards or 0
        columns = columns_of_documents(self._sheet, self._header.row, numbers, cards)
        stated = {at for name in ("from", "to", "party", "enterprise", "date") for at in served.get(name, ())[:1]}
        # a row with a side of its own may be another document
        is_whole = bool(columns) and stated <= {*columns}
        return ((numbers, *(at for at in columns if at != numbers)) if is_whole else ()), cards

    def _columns_filled_once(self, cards: int) -> tuple[int, ...]:
        """Return the columns of day and parties that rows leave empty below one that fills them, the day first."""
        served = self._header.served
        days = served.get("date", ())[:1]
        sides = {at for name in ("from", "to", "party", "enterprise") for at in served.get(name, ())[:1]}
        columns = (*days, *sorted(sides))
        is_open = days and sides and leaves_blanks(self._sheet, self._header.row, columns, cards)
        return columns if is_open and self._rows.kinds & {*CUSTODY_KINDS} else ()

    def _plan_beside(self) -> SaidBeside:
        """Return what rows may say besides what records read of them."""
        waiting = [event.plan for _, event in self._rows.waiting]
        plans = [*waiting, *self._rows.plans()]
        unused = [at for at in self._unused if self._header.field_of(at) in PARTY_NAMES]
        unplaced: dict[int, set[str]] = defaultdict(set)
        # the party of a ledger of a store is a side by the word of its row
        for plan in plans if not self._header.is_stock_ledger else ():
            for place in plan.further_parties() if plan.kind in (*CUSTODY_KINDS, "seizure") else ():
                unplaced[place] |= self._rows.kinds_by(plan)
        names = ("carrier", "holder", *PARTY_NAMES)
        sides = {plan.columns[name] for plan in plans for name in names if name in plan.columns}

        unread = [at for at in self._unknown if at not in self._secret and at not in self._header.addresses]
        uses = [plan for plan in plans if plan.kind in USE_KINDS]
        # a party for whom a record has no place is kept with it, and may be the user
        beside_use = {at for plan in uses for at in plan.further_parties()} if uses else None
        declared = {at for plan in plans if (at := plan.columns.get("declared_use")) is not None}
        columns = columns_beside(
            self._header.names,
            unread,
            unused,
            self._rows.words,
            headless=self._header.headless,
            kinds={plan.kind for plan in plans},
            users={at for plan in uses if (at := plan.columns.get("user")) is not None},
            beside_use=beside_use,
            unplaced=unplaced,
            declared=sorted(declared),
            states=sorted({at for plan in plans if (at := plan.columns.get("state")) is not None}),
            values={at for plan in plans for name, at in plan.columns.items() if name in BY_THE_WAY},
            sides=sides,
            is_register=any("declared_user" in plan.columns for plan in plans),
            holder=next((at for plan in plans if (at := plan.columns.get("holder")) is not None), None),
            quantity=next((at for plan in plans if (at := plan.columns.get("quantity")) is not None), None),
            used_on=days.pop() if len(days := {plan.columns.get("date") for plan in uses}) == 1 else None,
            of_lists=[*self._days_of_registration(), *self._names_beside_cards(unread)],
            emptied=self._sheet.emptied,
            ordered=self._days_of_orders(plans),
        )
        served = {at for plan in plans for at in plan.columns.values()}
        states = [at for at in range(len(self._header.names)) if at not in served]
        is_of_shop = self._reading is not None and self._reading.recipe.family == "shop"
        columns += states_of_orders(self._header.names, states, is_of_shop=is_of_shop)
        kind = (
            self._sheet.head_rows[0][1].index(KIND)
            if self._sheet.is_said and KIND in self._sheet.head_rows[0][1]
            else None
        )
        return SaidBeside(columns, sorted(sides), is_asked=bool(waiting), kind=kind)

    def _days_of_orders(self, plans: Collection[ColumnPlan]) -> list[int]:
        """Return the columns of days of orders that no record has, where only some of these came back."""
        names = self._header.names
        days = {at for plan in plans if plan.kind == "return" and (at := plan.columns.get("date")) is not None}
        rows = [cells for row, cells in self._sheet.head_rows if row > self._header.row]
        if not any(at < len(cells) and not cells[at] for at in days for cells in rows):
            return []
        return [at for at in self._unknown if at < len(names) and is_day_of_order(names[at])]

    def _names_beside_cards(self, unread: Collection[int]) -> list[int]:
        """Return the columns of a list of cards, of which nobody said what it is, that tell who had or has these."""
        if self._reading is not None or not self._lists_cards or KIND in self.answered:
            return []
        return [at for at in unread if at < len(self._header.names) and tells_of_party(self._header.names[at])]

    def _days_of_registration(self) -> list[int]:
        """Return the columns of a list of cards of days on which somebody was registered, which no record has."""
        names = self._header.names
        places = [*self._unknown, *self._unused] if self._reading is None and self._lists_cards else []
        return [at for at in places if at < len(names) and is_day_of_registration(normalize_heading(names[at]))]

    def _headings_in_doubt(self) -> Iterator[str]:
        """Yield the headings of cards, and those above cards, sides and days, that speak against the rows."""
        header, kinds = self._header, self._rows.kinds
        cards = {at for name in ("iccid", "iccid_first", "iccid_last") for at in header.served.get(name, ())}
        if (
            self._reading is not None
            or not kinds & {*CUSTODY_KINDS} - {"return"}
            or ("return" in kinds and len(cards) > 1)
        ):
            return
        used = cards | {at for name in ("from", "to", "date") for at in header.served.get(name, ())}
        names = dict.fromkeys(header.names[at] for at in sorted(cards))
        yield from (name for name in names if denies_cards(name) and not is_remark_of_shop(normalize_heading(name)))
        above = (text for row in header.cells[:-1] for at in sorted(used) if at < len(row) and (text := row[at]))
        yield from (text for text in dict.fromkeys(above) if meaning_as_name(text) == NOTHING or doubts_rows(text))

    def _note_line(
        self, row: int, cells: Iterable[str | None], *, is_within: bool = False, is_heading: bool = False
    ) -> None:
        """Note what a row that is none of the table says of it, unless a person has said what its words mean."""
        said = [cell for cell in cells if cell and not any(map(fold_word(cell).count, self._words))]
        if "seizure" in self._rows.kinds:
            # the sentence by which the person is known is read
            stated = {name for plan in self._rows.plans() if (name := plan.literals.get("holder"))}
            stated |= {self._sheet.holder_above} if self._sheet.holder_above else set()
            said = [
                cell
                for cell in said
                if not any(names_holder_alone(cell, name) for name in self._holders(cell, stated))
                and not self._is_read_of_seizure(cell)
            ]
        said = [
            cell for cell in said if not self._is_key_of_names(row, cell) and not is_read_title(cell, self._stated())
        ]
        told = self._lines.add(row, said, is_within=is_within, is_heading=is_heading)
        if "seizure" in self._rows.kinds and "holder" not in self._header.literals and not self._sheet.holder_above:
            told += [text for text in said if text not in told and self._lines.add_person(row, text)]
        for text in told:
            self._rows.remark_line(row, text, reason_of_line(text))

    def _note_coded(self, block: pl.DataFrame) -> None:
        """Keep the short names that rows write of the customers whom a list of the workbook names by the same codes."""
        served = self._header.served
        named = [at for side in ("from", "to", "party", "enterprise") for at in served.get(side, ())]
        coded = [
            at for at, name in enumerate(self._header.names) if CODE_OF_CUSTOMER.fullmatch(normalize_heading(name))
        ]
        if not self._sheet.codes or len({*named}) != 1 or len(coded) != 1:
            return
        for row, code, short in block.select(ROW, str(coded[0]), str(named[0])).iter_rows():
            full = self._sheet.codes.get((code or "").casefold())
            if full is not None and short and (full, short) not in self._coded_names and is_part_of_name(short, full):
                self._coded_names[full, short] = row
                self._rows.remark_stated_above("party", row, f"{code}: {short} = {full}", SHORT_NAME)

    def _is_key_of_names(self, row: int, line: str) -> bool:
        """Keep the short names that a line gives of firms; whether it says nothing of the rows beside them."""
        named = [*short_names_in(line)]
        if fresh := [each for each in named if each not in self._short_names]:
            self._short_names |= dict.fromkeys(fresh, row)
            self._rows.remark_stated_above("party", row, line, SHORT_NAME)
        rest = reduce(lambda text, name: text.replace(name, ""), chain.from_iterable(named), line)
        return bool(named) and not speaks_of_rows(rest)

    def _stated(self) -> dict[str, str]:
        """Return what is said for all rows."""
        return {field: text for plan in self._rows.plans() for field, text in plan.literals.items()}

    def _is_read_of_seizure(self, line: str) -> bool:
        """Whether a line beside a list of seizures says nothing but what is read, or who signed."""
        below = [(row, cells) for row, cells in self._sheet.head_rows if row > self._header.row]
        is_whole = len(self._sheet.head_rows) < TOP_ROWS
        refused = {reject.row for reject in self.rejects}
        kept = {next(filter(None, cells)) for row, cells in below if row not in refused}
        rest = without_denials(line, kept) if is_whole else line
        if (rest != line and is_plain_line(rest)) or self._are_read(line):
            return True
        if (told := seized_by_law(line)) is not None and told.holder == (stated := self._stated()).get("holder"):
            return _is_day(told.day or "", stated.get("date", ""))
        heading = heading_of_part(line)
        holders = self._header.served.get("holder", ())
        are_held = is_whole and any(
            all(cells[at] for _, cells in below if len({*filter(None, cells)}) > 1) for at in holders
        )
        return (
            heading is not None
            and _is_day(heading.day, self._header.literals.get("date", ""))
            and (are_held or "holder" in self._header.literals or not names_seized_person(line))
        )

    def _are_read(self, line: str) -> bool:
        """Whether a line beside a list of seizures consists of labels and values that are read."""
        pairs = labelled_in([line])
        literals = self._header.literals
        fields = [(meaning_of(each.heading) or "", each) for each in pairs]
        are_read = all(
            field in literals
            and (literals[field] == each.value or (field == "date" and _is_day(each.value, literals[field])))
            for field, each in fields
        )
        rest = line
        for each in pairs:
            rest = rest.replace(each.label, "", 1).replace(each.value, "", 1)
        return bool(pairs) and are_read and not _WORD.search(rest)

    def _holders(self, line: str, stated: Collection[str]) -> Collection[str]:
        """Return the person whom a line says for the rows below it, or who is said for all rows."""
        is_parted = "holder" in self._sheet.made and self._sheet.holder_above is None
        named = persons_searched(line) if is_parted else set[str]()
        return named if len(named) == 1 else stated

    def _note_names(self) -> None:
        """Note the names of the file and the sheet where they speak against the rows or doubt them."""
        ignored = [fold_word(word) for word, meaning in self._words.items() if meaning == IGNORE]
        sheet = split_table(self._sheet.name)[0] or ""
        *folders, file = _PARTS_OF_PATH.split(self.file_name)
        names = [*folders, file.rpartition(".")[0] or file]
        for name, decides in (*((name, False) for name in names), (sheet, True)):
            meaning = meaning_as_name(name)
            speaks = meaning == NOTHING or (meaning is not None and self.is_of_sales)
            # whoever said what each row means knew these names
            speaks = (
                (speaks and not decides and not self._sheet.headings)
                or (meaning is None and doubts_rows(name))
                or is_said_by_mail(name)
            )
            if speaks and not any(map(fold_word(name).count, ignored)):
                reason = MAIL_NOT_READ if is_said_by_mail(name) else NAME_NOT_READ
                self._lines.add_name(name, reason)
                self._rows.remark_line(0, name, reason)

    def _columns_to_keep(self) -> list[int]:
        """Return the columns whose cells nothing reads; they are kept with the record of their row."""
        read = {*self._contacts, *(at for plan in self._beside for at in plan.columns.values())}
        read |= {at for plan in self._beside for _, _, at in plan.contacts}
        unread = [*self._unknown, *self._unused]
        return sorted(at for at in unread if at not in read and not is_secret_heading(self._header.names[at]))

    def _plan_supporting(self) -> None:
        """Plan the contacts of sides that the rows state, and the shipments and payments beside their events."""
        if self._reading is not None:
            self._contacts, self._beside = dict(self._reading.contacts), list(self._reading.supports)
            return
        header = self._header
        headings = [normalize_heading(name) for name in header.names]
        unread = [(at, headings[at]) for at in self._rows.unread_columns() if at not in self._sheet.parted]
        served: dict[str, int] = {}
        literals: dict[str, str] = {}
        for plan in self._rows.plans():
            served = {**plan.columns, **served}
            literals = {**plan.literals, **literals}
        self._contacts = contact_columns(unread, served, literals)
        self._beside = plan_beside(headings, header.names, {*served.values()}, uses_1904=self._sheet.uses_1904)

    def _plan_telephones(self) -> list[tuple[int, int]]:
        """Return the columns of telephones of the customers whom a carrier's own list names, with those of names."""
        plans = [plan for plan in self._rows.plans() if plan.kind == "registration" and "enterprise" in plan.columns]
        if not plans:
            return []
        sided = [each.column for each in self._contacts.values() if each.kind == "telephone"]
        names = self._header.names
        unread = (at for at in self._rows.unread_columns() if is_bare_telephone(normalize_heading(names[at])))
        name = plans[0].columns["enterprise"]
        return [(at, name) for at in [*sided, *unread] if at not in self._contacts or self._contacts[at].name == name]

    def _note_telephones(self, block: pl.DataFrame) -> None:
        for at, name in self._telephone_columns:
            for row, customer, text in block.select(ROW, str(name), str(at)).drop_nulls().iter_rows():
                if row not in self.telephones and may_be_anybody(customer):
                    found = parse_contacts("telephone", text)
                    self.telephones |= {row: " ".join(sorted(found))} if found else {}

    def note_stated_above(self, stated: Sequence[StatedAbove]) -> None:
        """Remark which fields of all rows the rows above the table state."""
        for each in stated:
            if self._header.literals.get(each.field) == each.value:
                self.note_title(each, is_of_document=not each.row and each.value == self._sheet.kept_by)

    def note_title(self, title: StatedAbove, *, is_of_document: bool = False) -> None:
        """Remark that a title, be it one of another sheet of the file, says something of all rows."""
        reason = "stated_in_document" if is_of_document else "stated_above"
        self._rows.remark_stated_above(title.field, title.row, title.value, reason)

    @property
    def is_of_sales(self) -> bool:
        """Whether the rows are about movements of cards, and surely about no return."""
        return bool({*CUSTODY_KINDS} & self._rows.kinds) and "return" not in self._rows.kinds

    @property
    def may_be_asked_its_kind(self) -> bool:
        """Whether the sheet is a list of cards, and no more, or names no side: it may be asked what it is."""
        is_list = self._rows.kinds == {"card_list"} and not self._rows.open_events
        return is_list or self._header.lacks_sides

    @property
    def _lists_cards(self) -> bool:
        """Whether the sheet is a list of cards, and states no more of them than when they were used."""
        return {"card_list"} <= self._rows.kinds <= {"card_list", *USE_KINDS} and not self._rows.open_events

    def record_payments(self, payments: SupportSheetParser) -> None:
        """Record the payments of the rows, too, where these hand over cards as a person says."""
        if not any(plan.kind == "payment" for plan in self._beside):
            self._payments = payments

    def note_legs(self, row: int, legs: str) -> None:
        """Remark that the headings say which several things each row states, and a title says whose list it is."""
        self._rows.remark_stated_above(KIND, row, legs, "legs_concluded")

    def note_verdict(self, verdict: TitleVerdict, *, decides_all: bool) -> None:
        """Remark that a title decides all rows; where it takes them for no records, none is read."""
        self._rows.remark_title(verdict.row, verdict.text)
        self._verdict = verdict if decides_all else None

    def take_year(self, answers: Mapping[str, str]) -> None:
        """Take the answer in which year dates are that name none, where the sheet has such dates and no year."""
        cells = self._days()
        yearless = [cell for cell in cells if lacks_year(cell)]
        titled = _title_year(self._sheet, self._header.row)
        if titled is not None and yearless:
            reason = "stated_above" if titled.row >= 0 else "stated_in_document"
            if titled.stated.period is not None:
                reason = "year_concluded_by_period"
            self._rows.remark_stated_above("date", max(titled.row, 0), titled.text, reason)
        elif yearless and len(self._sheet.head_rows) < TOP_ROWS and (found := year_of_dates(cells)) is not None:
            self._rows.year = found._replace(month_first=_is_in_chinese(self._sheet))
            self._rows.remark_stated_above("date", self._header.row, yearless[0], "year_concluded")
        within = self._months_of(yearless)
        if self._rows.year is not None:
            self._rows.year = self._rows.year.within(within)
        is_open = any(parse_date(cell, year=self._rows.year) == "bad_date" for cell in yearless)
        answer = answered_year(self._sheet, answers)
        answer = answer and answer._replace(months=within)
        if is_open and answer is not None:
            year = self._rows.year
            self._rows.year = answer if year is None else year._replace(otherwise=answer.year)
            self.answered[YEAR] = answers[YEAR]

    def _days(self) -> list[str]:
        """Return the cells of the first rows in the columns of dates."""
        rows = [cells for row, cells in self._sheet.head_rows if row > self._header.row]
        return [cell for row in rows for at in self._date_columns if at < len(row) and (cell := row[at])]

    def _months_of(self, yearless: Sequence[str]) -> frozenset[int]:
        """Return the months of dates without a year that lie in one."""
        read = [parse_date(cell, year=_ANY_YEAR._replace(month_first=_is_in_chinese(self._sheet))) for cell in yearless]
        return months_in_one_year([int(format_day(day.earliest)[5:7]) for day in read if isinstance(day, DateSpan)])

    def _take_year_of_file(self) -> None:
        """Conclude the year of dates that name none by the name of the file, where that alone states one.

        The text of a mail has the year of the day on which it was sent; days after that are asked about.
        """
        name = bare_name(self.file_name)
        if self._rows.year is not None or not (name or self.sent_on):
            return
        yearless = [cell for cell in self._days() if lacks_year(cell)]
        named = [*_titles_of_workbook(self._sheet, self._header.row), (_ELSEWHERE, name)]
        stated, value, reason = None, name, "year_concluded_by_name"
        if yearless and name and (found := year_of_titles(named)) is not None:
            stated = found.stated
        elif yearless and self.sent_on is not None:
            value, reason = self.sent_on, "year_concluded_by_mail"
            stated = StatedYear.of_period(f"{value[:4]}-01-01", value)
        if stated is not None:
            stated = stated.within(self._months_of(yearless))
            self._rows.year = stated._replace(month_first=_is_in_chinese(self._sheet))
            self._rows.remark_stated_above("date", 0, value, reason)

    @property
    def kind(self) -> str | None:
        """The kind of all records that were read so far; ``mixed`` where there are several."""
        if len(self._kinds) > 1:
            return "mixed"
        return next((KINDS[kind] if isinstance(kind, int) else kind for kind in self._kinds), None)

    @property
    def columns(self) -> list[ColumnReport]:
        """Report of each column that has a heading or a value, from the left."""
        if self._reading is not None:
            return [
                ColumnReport(heading=name, field=field, because=because, filled=filled)
                for column, (name, filled) in enumerate(zip(self._header.names, self._filled, strict=True))
                if filled or any(cells[column] for cells in self._header.cells)
                for own in [self._header.field_of(column)]
                for field in [own or (SECRET if is_secret_heading(name) else None)]
                for because in ["recipe" if own else "heading" if field else None]
            ]
        used = {
            column for plan in self._rows.plans() for column in (*plan.columns.values(), *(plan.instead or {}).values())
        }
        if self._rows.kind_column is not None:
            used.add(self._rows.kind_column)
        further = {**dict.fromkeys(self._secret, SECRET), **dict.fromkeys(self._contacts, "contact")}
        further |= dict.fromkeys(self._rows.status_columns, ROW_STATUS)
        further |= dict.fromkeys(self._date_columns, "date")
        further |= {column: name for column, name in self._sheet.parted.items() if name is not None}
        for beside in self._beside:
            further |= {column: name for name, column in beside.columns.items()}
            further |= {column: "contact" for _, _, column in beside.contacts}
        return [
            ColumnReport(heading=name, field=field, because=because, filled=filled)
            for column, (name, filled) in enumerate(zip(self._header.names, self._filled, strict=True))
            if filled or any(cells[column] for cells in self._header.cells)
            for field in [(self._header.field_of(column) if column in used else None) or further.get(column)]
            for because in [None if field is None else "mapping" if field in self._claimed else _ground_of(name, field)]
        ]

    @property
    def fields_read(self) -> dict[int, dict[str, list[Kind]]]:
        """By column the fields that it serves, each with the kinds of the events that take it."""
        found: dict[int, dict[str, list[Kind]]] = {}
        if (column := self._rows.kind_column) is not None:
            found[column] = {KIND: []}
        for plan in self._rows.plans() if self._rows.kind_column is None else [self._rows.plan(None)]:
            for field, at in plan.columns.items():
                found.setdefault(at, {}).setdefault(field, []).extend([plan.kind] if plan.kind else [])
        return found

    @property
    def places(self) -> dict[str, Any]:
        """The place of every field of the records that were read (:mod:`graphtrace.ingest.places`)."""
        kinds = {KINDS[kind] if isinstance(kind, int) else kind for kind in self._kinds}
        by_column = self._header.by_column if isinstance(self._header, RecipeHeader) else None
        plans: list[Plan] = [*self._rows.plans(), *self._beside]
        by_person = {*self.answered, *self._claimed}
        names = self._header.names
        return places_of(self._sheet, self._header.row, names, plans, kinds, by_column, by_person=by_person)

    @property
    def questions(self) -> list[OpenQuestion]:
        """Questions to answer before all events of the sheet can be recorded."""
        # who got back what was sold the answer says that tells of both
        is_of_both = KIND not in self.answered and self._legs_unread() is not None
        asked = [
            OpenQuestion(
                field=field,
                kind=event.kind,
                rows=self._open_rows_of(event),
                text=None if self._reading is None else self._reading.question_of(field),
            )
            for event in self._rows.open_events
            for field in event.missing
            if not (is_of_both and event.kind == "return")
        ]
        # a format may name the cards of one event in either of two columns
        asked = [*{(each.field, each.kind): each for each in reversed(asked)}.values()][::-1]
        if self._header.is_stock_ledger and KEEPER not in self._header.literals:
            sideless = sum(each.reason == "missing_field" and each.field in ("from", "to") for each in self.rejects)
            text = phrase("whose_book").in_both()
            asked += [OpenQuestion(field=KEEPER, kind="transfer", rows=sideless, text=text)] if sideless else []
        if (side := self._header.open_side) is not None:
            sideless = sum(each.reason == "missing_field" and each.field == side for each in self.rejects)
            named = tuple(f"[{self._header.names[at]}]" for at in self._header.served["party"][:1])
            asked += [OpenQuestion(field=side, kind="transfer", rows=sideless, choices=named)] if sideless else []
        if self._header.lacks_sides and not self._read_rows:
            sideless = sum(each.reason == "missing_field" and each.field in ("from", "to") for each in self.rejects)
            text, forms = phrase("which_columns_are_sides").in_both(), (self._example_of_sides(),)
            asked += (
                [OpenQuestion(field=KIND, kind="transfer", rows=sideless, text=text, forms=forms)] if sideless else []
            )
        asked += self._card_questions()
        asked += self._giver_questions()
        asked += self._return_questions()
        asked += self._blank_questions()
        words = Counter(each.value or "" for each in self.rejects if each.reason == "unknown_carrier")
        asked += carrier_questions(words + self._rows.carriers_unknown)
        if (self.asks_holder or self._holds_persons_unread()) and may_take_holder(self._header, self._rows.kind):
            asked.append(OpenQuestion(field="holder", kind="seizure", rows=self.rows, is_required=False))
        undated = sum(
            each.field == "date" and each.reason == "bad_date" and is_no_day(each.value or "") for each in self.rejects
        )
        if undated and not self._read_rows and self._rows.kind is not None:
            asked.append(OpenQuestion(field="date", kind=self._rows.kind, rows=undated))
        kind = self._rows.kind or ("transfer" if self._header.is_stock_ledger else None)
        yearless = sum(each.reason == "bad_date" and lacks_year(each.value or "") for each in self.rejects)
        if yearless and kind is not None:
            asked.append(OpenQuestion(field=YEAR, kind=kind, rows=yearless))
        ambiguous = [each.value or "" for each in self.rejects if each.reason == "ambiguous_date"] or self._open_days[:]
        stated = self._header.literals.get("date", "")
        ambiguous += [stated] * self._read_rows if self._is_open_day(stated) else []
        order = None if kind is None else order_question(ambiguous, kind)
        # of a few among many that are read the answer is taken, and not asked for; of all days of a column it is
        if order is not None and order.rows >= self._read_rows:
            asked.append(order)
        elif order is not None and self._are_all_days_open():
            asked.append(replace(order, is_required=False))
        return asked + self._title_questions() + self._own_list_questions() + self._word_questions()

    def _example_of_sides(self) -> str:
        """Return an answer that names the columns of the sheet as the sides that nothing reads and that hold names."""
        evidence = read_evidence(self._sheet, "", self._header.row, self._header.names, self._header.used)
        columns = [name for name in columns_of_names(evidence) if name not in self._header.used]
        giver, taker, *_ = (*(f"[{column}]" for column in columns), OPEN_SIDE, OPEN_SIDE)
        return f"{giver}→{taker}"

    def _are_all_days_open(self) -> bool:
        """Whether each day in the first rows can be read both ways."""
        rows = [cells for row, cells in self._sheet.head_rows if row > self._header.row]
        return all(self._is_open_day(cell) for cells in rows for at in self._date_columns if (cell := cells[at]))

    def _card_questions(self) -> list[OpenQuestion]:
        """Return the question which column names the cards of rows that only count them."""
        columns = Counter(each.field for each in self.rejects if each.reason == CARDS_ELSEWHERE)
        if not columns or self._reading is not None or "iccid" in self._header.served:
            return []
        choices = tuple(f"[{heading}]" for heading, _ in columns.most_common())
        kind = self._rows.kind or "transfer"
        return [OpenQuestion(field="iccid", kind=kind, rows=columns.total(), choices=choices)]

    def _giver_questions(self) -> list[OpenQuestion]:
        """Return the question whether whoever issued or sold did so as a clerk of the firm whose list it is."""
        heading = clerks_or_givers(self._sheet, self._header) if self._reading is None else None
        if heading is None or "from" in self.answered:
            return []
        firm = self._header.literals["from"]
        text = phrase("clerks_or_givers", heading=heading, firm=firm).in_both()
        asked = OpenQuestion(field="from", kind="transfer", rows=self.rows, text=text, choices=(f"[{heading}]", firm))
        return [replace(asked, is_required=False)]

    def _return_questions(self) -> list[OpenQuestion]:
        """Return the question who gave back in rows of returns among sales, where that is not sure."""
        if not self._rows.open_returns:
            return []
        sides = [self._header.names[self._rows.sides_of_returns[side]] for side in ("from", "to")]
        text = phrase("who_gave_back", giver=sides[0], taker=sides[1]).in_both()
        rows = self._rows.open_returns
        return [OpenQuestion(field=RETURNED_BY, kind="return", rows=rows, text=text, choices=tuple(sides))]

    def _blank_questions(self) -> list[OpenQuestion]:
        """Return the question what empty cells of day and parties say below rows that fill them."""
        if not self._filled_once or self._blanks:
            return []
        rows = sum(each.reason == "missing_field" and each.field != "iccid" for each in self.rejects)
        headings = [self._header.names[at] for at in self._filled_once]
        text = phrase("blank_as_above", headings=headings).in_both()
        kind = self._rows.kind or "transfer"
        return (
            [OpenQuestion(field=BLANKS, kind=kind, rows=rows, text=text, choices=(AS_ABOVE, NOTHING))] if rows else []
        )

    def _ground_of_own_list(self) -> str | None:
        """Return what makes a list of customers look like a carrier's own, though no title says so."""
        header = self._header
        customers = [header.known[at] for at in header.served.get("party", ())]
        is_opened = bool(customers) and any(map(OPENED.search, header.names))
        is_of_customer = any(map(names_customer, customers)) or is_opened or "party" in header.literals
        is_unread = any(self._filled[at] for at in self._days_of_registration())
        is_known = self.texts_above is None and not is_unread
        if (shipped_on := self._shipped_to_accounts_on()) is not None:
            return shipped_on
        if is_known or not self._lists_cards or not (is_of_customer or is_unread):
            return None
        named = (_PARTS_OF_PATH.split(self.file_name)[-1], self._sheet.name or "")
        carriers = [header.names[at] for at in header.served.get("carrier", ())] + [*filter(names_operator, named)]
        days = [name for name in header.names if is_day_of_registration(normalize_heading(name))]
        texts = [self.file_name, self._sheet.name, *(self.texts_above or ()), *header.names]
        return ground_to_ask(texts, carriers, days)

    def _shipped_to_accounts_on(self) -> str | None:
        """Return the heading of the day on which the cards of a platform's list went out, if only their giver lacks.

        The account beside each of them got them from whoever runs the platform, its carrier or a reseller.
        """
        served, waiting = self._header.served, self._rows.open_events
        of_accounts = any(_OF_ACCOUNT.search(self._header.known[at]) for at in served.get("party", ()))
        if self._reading is not None or not of_accounts or not {"imsi", "state"} <= served.keys():
            return None
        days = [event.date for event in waiting if event.kind == "transfer" and event.missing == ("from",)]
        return next((self._header.names[at] for at in days if at is not None), None)

    def _own_list_questions(self) -> list[OpenQuestion]:
        """Return the question whether a list of customers is the carrier's own; until then it registers nobody."""
        if KIND in self.answered:
            return []
        ground = self._ground_of_own_list()
        if ground is None:
            return self._movement_questions()
        text = phrase("may_be_own_list", ground=ground).in_both()
        return [
            self._kind_question(
                text, ("registration", "card_list"), forms=self._handed_by_agents(), kind="registration"
            )
        ]

    def _handed_by_agents(self) -> list[str]:
        """Return the answers that whoever a register names beside its customers (Agent, POS) handed out the cards."""
        names, customers = self._header.names, self._header.served.get("party", ())
        days = [name for name in names if is_day_of_registration(normalize_heading(name)) or OPENED.search(name)]
        on = "".join(f"@[{day}]" for day in days[:1])
        agents = [
            names[at] for at in self._unknown if self._filled[at] and names_reseller(normalize_heading(names[at]))
        ]
        return [f"[{agent}]→[{names[at]}]{on}" for agent in agents for at in customers[:1]]

    def _kind_question(
        self,
        text: BilingualText,
        choices: tuple[str, ...],
        *,
        forms: Sequence[str] = (),
        kind: Kind = "transfer",
        offer: str | None = None,
    ) -> OpenQuestion:
        """Return the question, which may stay open, what happened to the cards of the rows."""
        offers = () if offer is None else (Offer(offer, "title"),)
        return OpenQuestion(
            field=KIND,
            kind=kind,
            rows=self.rows,
            text=text,
            choices=choices,
            forms=tuple(forms),
            is_required=False,
            offers=offers,
        )

    def _list_question(self) -> OpenQuestion | None:
        """Return the question whether a list of cards is one of movements, for what its headings or its cells say."""
        acts = ("transfer", "return", "card_list")
        if (heading := self._reseller_unread()) is not None:
            text = phrase("may_be_side", heading=heading).in_both()
            return self._kind_question(text, acts, forms=both_ways(f"[{heading}]"))
        if (example := self._parcels_unread()) is not None:
            text = phrase("may_be_handed").in_both()
            return self._kind_question(text, (example, "card_list"), forms=[example], offer=example)
        if (document := self._document_unread()) is not None:
            name, party = document
            text = phrase("may_be_document", name=name).in_both()
            return self._kind_question(text, acts, forms=both_ways(party))
        if (person := self._person_by_period()) is not None:
            periods = [name for at in self._sheet.parted if (name := self._header.names[at])]
            text = phrase("may_be_by_period", headings=periods).in_both()
            return self._kind_question(text, acts, forms=both_ways(f"[{person}]"))
        if (columns := self._day_unread()) is not None:
            day, person = columns
            text = phrase("may_be_event", heading=day).in_both()
            if _OF_ACTIVATION.search(day):
                return self._kind_question(text, ("registration", "activation", "card_list"), kind="activation")
            events = ("transfer", "return", "activation", "card_list")
            return self._kind_question(text, events, forms=both_ways(f"[{person}]", f"@[{day}]"))
        return None

    def _movement_questions(self) -> list[OpenQuestion]:
        """Return the question whether a list of cards and parties is one of movements, as the name of its file says."""
        if (legs := self._legs_unread()) is not None:
            answer, days = legs
            is_open = OPEN_SIDE in answer
            choices: tuple[str, ...] = ("transfer", "return", "card_list") if self.may_be_asked_its_kind else (answer,)
            choices = () if is_open and not self.may_be_asked_its_kind else choices
            text = phrase("may_be_legs", days=days).in_both()
            return [self._kind_question(text, choices, forms=[answer], offer=None if is_open else answer)]
        if self.may_be_asked_its_kind and (question := self._list_question()) is not None:
            return [question]
        if not self._lists_cards:
            return []
        if "party" not in self._header.served:
            return self._party_questions()
        sheet, file = split_table(self._sheet.name)[0] or "", _PARTS_OF_PATH.split(self.file_name)[-1]
        for name in (file.rpartition(".")[0], sheet):
            named = kind_of_title([(0, [_OF_NAME.sub(" ", name)])])
            if named is not None and (kind := next(iter(named.kinds), None)) in CUSTODY_KINDS and kind is not None:
                text = phrase("may_be_movements", name=name).in_both()
                return [self._kind_question(text, (kind, "card_list"), kind=kind)]
        return self._party_questions()

    def _party_questions(self) -> list[OpenQuestion]:
        """Return the question what happened to cards beside which a list names somebody.

        None of a register of own use whose firm stands above it.
        """
        served = self._header.served
        is_of_own_use = "declared_user" in served and "party" in self._header.literals
        is_list = self.may_be_asked_its_kind and not self._header.lacks_sides
        if self._reading is not None or not is_list or is_of_own_use:
            return []
        evidence = read_evidence(self._sheet, self.file_name, self._header.row, self._header.names)
        named = {*columns_of_names(evidence)}
        named |= {self._header.names[at] for field in _OF_LISTS for at in served.get(field, ()) if self._filled[at]}
        named |= {name for at in self._unknown if self._filled[at] and names_person(name := self._header.names[at])}
        defined = {self._header.names[at] for at in served.get("declared_user", ()) if user_by_definition(self._sheet)}
        headings = [name for name in self._header.names if name in named - defined]
        headings = [name for name in headings if not is_of_officer(normalize_heading(name))] or headings
        if not headings or (defined and all(is_of_officer(normalize_heading(name)) for name in headings)):
            return []
        days = [self._header.names[at] for at in served.get("date", ())]
        offered = handed_forms(evidence, days) or handed_by_column(headings[0], OPEN_SIDE)
        text = phrase("may_be_of_parties", headings=headings).in_both()
        choices = ("transfer", "return", "registration", "activation", "usage", "card_list")
        return [self._kind_question(text, choices, forms=offered)]

    def _holds_persons_unread(self) -> bool:
        """Whether a column of a list of seizures that nothing reads is one of persons, and of no officers."""
        if self._reading is not None or "seizure" not in self._rows.kinds:
            return False
        rows = [cells for row, cells in self._sheet.head_rows if row > self._header.row]
        return any(
            may_hold_persons(normalize_heading(self._header.names[at]), [cell for cells in rows if (cell := cells[at])])
            for at in self._unknown
        )

    def _legs_unread(self) -> tuple[str, tuple[str, ...]] | None:
        """Return what rows may say of their cards, where a column of one of its days is not read."""
        if self._reading is not None or self._sheet.made or "declared_user" in self._header.served:
            return None
        names = self._header.names
        unread = {names[at] for at in {*self._unknown, *self._unused_now()} if self._filled[at]}
        if not unread:
            return None
        legs = legs_offered(read_evidence(self._sheet, self.file_name, self._header.row, names))
        return None if legs is None or unread.isdisjoint(legs[1]) else legs

    def _reseller_unread(self) -> str | None:
        """Return the heading of a party of a list that passes cards on, or of the first of their levels.

        ``None`` where records name it, or the one party beside the cards is another.
        """
        if self._reading is not None:
            return None
        alone, names = party_alone(self._sheet.head_rows), self._header.names
        unread = [at for at in sorted({*self._unknown, *self._unused_now()}) if self._filled[at]]
        headings = {at: normalize_heading(names[at]) for at in unread}
        for at, heading in headings.items():
            if (alone in (heading, None) and names_reseller(heading)) or _LEVEL.fullmatch(heading):
                return names[at]
        return None

    def _parcels_unread(self) -> str | None:
        """Return the answer by which the cards of a list of parcels changed hands with them.

        Its sides are the firms that sent and got them where columns name these, else the persons.
        """
        names, cards = self._header.names, self._header.served.get("iccid", ())
        plan = next((each for each in self._beside if each.kind == "shipment"), None)
        if self._reading is not None or plan is None or not cards or not {"sender", "receiver"} <= plan.columns.keys():
            return None
        firms = firms_of_parcels({at: names[at] for at in self._unknown if self._filled[at]})
        giver, taker = (firms.get(side, names[plan.columns[side]]) for side in ("sender", "receiver"))
        day = f"@[{names[plan.columns['date']]}]" if "date" in plan.columns else ""
        return f"[{giver}]→[{taker}]{day}#[{names[cards[0]]}]"

    def _document_unread(self) -> tuple[str, str] | None:
        """Return what a title or line above a list says that its document is (单据类型：销售出库单), and its party."""
        party = self._header.literals.get("party")
        if self._reading is not None:
            return None
        lists = [self._header.names[at] for at in self._header.served.get("party", ())]
        titled = kind_of_title([(0, self.texts_above or ())]) if lists else None
        if titled is not None and not titled.kinds.isdisjoint(BETWEEN_PARTIES):
            return titled.value, f"[{lists[0]}]"
        if party is None:
            return None
        if (credit := title_of_credit(self.texts_above or ())) is not None:
            return credit, party
        kinds = [value for name, value in pairs_in([self.texts_above or ()]) if _KIND_OF_DOCUMENT.fullmatch(name)]
        return (kinds[0], party) if len(kinds) == 1 else None

    def _person_by_period(self) -> str | None:
        """Return the heading of the party of each row, where cards stand in columns of days or months."""
        persons = [at for name in ("party", "holder") for at in self._header.served.get(name, ())]
        is_by_period = {"date", "iccid"} <= self._sheet.made.keys() and bool(self._sheet.parted)
        return self._header.names[persons[0]] if is_by_period and persons else None

    def _day_unread(self) -> tuple[str, str] | None:
        """Return the headings of days that nothing reads and that name an event, and of the person beside them."""
        days = days_asked(self._header, [at for at in self._unknown if self._filled[at]])
        if self._reading is not None or not days:
            return None
        persons = (self._header.names[at] for name in _PERSONS for at in self._header.served.get(name, ()))
        return self._header.names[days[0]], next(persons)

    def _title_questions(self) -> list[OpenQuestion]:
        """Return the question whether the word of a title says what it seems to say of all rows."""
        settled = [fold_word(word) for word, meaning in self._words.items() if meaning == NOTHING]
        if self._verdict is None or fold_word(self._verdict.word) in settled:
            return []
        return [title_question(self._verdict, self._rows.kind or "transfer", self.rows)]

    def _word_questions(self) -> list[OpenQuestion]:
        """Return one question for each word of which a person has to say what it means, the most frequent first."""
        at, names = self._rows.kind_column, self._header.names
        kinds = names[at] if at is not None else None
        found = Counter(
            (self._word_asked(each), kinds if each.field == KIND and kinds is not None else each.field or KIND)
            for each in self.rejects
            if each.reason in ("unknown_kind", "kind_differs") and each.value
        )
        asked = sorted(found.items(), key=lambda each: (-each[1], each[0]))
        words = [word for word, _ in found]
        return [
            OpenQuestion(
                field=f"{WORDS}{short_word(word, words)}",
                kind=self._rows.kind or "transfer",
                rows=rows,
                text=phrase(
                    "negative_means" if word == NEGATIVE else "word_means", word=word, heading=heading
                ).in_both(),
                choices=WAY_ANSWERS if self._header.is_stock_ledger and heading == kinds else WORD_ANSWERS,
            )
            for (word, heading), rows in asked[:_WORDS_ASKED]
            if "=" not in word
        ]

    def _word_asked(self, reject: Reject) -> str:
        """Return the word of which a rejected row asks; one stands for all negative amounts."""
        value = reject.value or ""
        of_money = {self._header.names[at] for at in self._rows.credit_columns}
        return NEGATIVE if reject.field in of_money and is_credit(value) else fold_word(value)

    def _open_rows_of(self, event: SheetEvent) -> int:
        """Return the number of rows in which the event would be stated."""
        return self._filled[event.date] if event.date is not None and event.is_own_date else self.rows

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings as shown, one a column."""
        return self._header.names

    @property
    def used_headings(self) -> frozenset[str]:
        """The headings whose columns serve a field, also of an event of which something is asked."""
        return self._header.used

    @property
    def header_row(self) -> int:
        """Number of the (last) row of the header; 0 where there is none."""
        return self._header.row

    @property
    def remarks(self) -> list[RowWarning]:
        """Optional fields that were left out, by field and reason; then what is to be said of columns."""
        of_columns = self._sheet.remarks_on_columns(self._header.names, self._header.field_of)
        return [*self._rows.remarks, *of_columns, *remarks_on_rows(self._sheet)]

    def frames(self) -> Generator[pl.DataFrame, None, None]:
        """Yield the statements of :meth:`_frames` and remember their kinds."""
        if kind_of_word(self._said_kind) == "card_list" and self._ground_of_own_list() is not None:
            self.answered[KIND] = self._said_kind
        self._note_names()
        self._take_year_of_file()
        frames = self._once_a_row(self._frames())
        if self._header.literals.get("carrier_basis") == "issuer":
            frames = self._with_one_issuer(list(frames))
        equal = EqualLots()
        for frame in frames:
            later = self._note_later_days(frame)
            if is_supporting(frame):
                self._kinds.update(frame.filter(pl.col("kind").is_in(SUPPORT_KINDS))["kind"].unique())
                yield frame
                continue
            dated = DatedLater([frame], []) if later is None else part_later(frame, later)
            self._unread += dated.unread
            for statements in dated.frames:
                self._unread += self._said_beside.unread_of(statements, self._header.names)
                for rows in self._rows_beside:
                    self._unread += rows.unread_of(statements)
                self._lines.keep(statements)
                self._kinds.update(statements["kind"].unique())
                equal.add(statements)
                yield statements
        if (alike := equal.told()) is not None:
            self._rows.remark_left_out("quantity", "alike_as_read", alike)

    def _once_a_row(self, frames: Iterator[pl.DataFrame]) -> Generator[pl.DataFrame, None, None]:
        """Yield statements of a sheet whose rows are several, and count each row once at the end.

        A part that is refused is a remark where another part of its row states something.
        """
        stated = set[int]()
        for frame in frames:
            if self._sheet.repeated:
                stated.update(frame[ROW])
            yield frame
        if not self._sheet.repeated:
            return
        whole: dict[int, Reject] = {}
        for reject in self.rejects:
            if reject.row not in stated:
                whole.setdefault(reject.row, reject)
            elif reject.reason != "not_a_record":
                self._rows.remark_part(reject)
        self.rejects = [*whole.values()]
        self.rejected, self.rows = len(whole), self._sheet.counted

    def _with_one_issuer(self, frames: Sequence[pl.DataFrame]) -> Generator[pl.DataFrame, None, None]:
        """Yield the statements of a list whose carrier only its cards tell, if all of them are of that carrier.

        Raises NeedsAnswer when a card is of another one.
        """
        if any(is_contradicted(frame) for frame in frames):
            self.rejects = [Reject(row=self._header.row, field="carrier", reason="unanswered", value=None)]
            self.rejected = self.rows
            raise ask_for(self._header, self._header.meaning.event("registration").without("carrier"), rows=self.rows)
        yield from frames

    def _note_later_days(self, frame: pl.DataFrame) -> pl.Series | None:
        """Note the rows whose day is after that of the load; return which these are, ``None`` if none is."""
        if "day" not in frame.columns:
            return None
        is_later = (frame["day"] > self.today).fill_null(value=False)
        if not is_later.any():
            return None
        later = frame.select(ROW, "day").filter(is_later)
        row, day = later.row(later[ROW].arg_min() or 0)
        self._rows.remark_later_day(row, format_day(day), rows=later[ROW].n_unique())
        return is_later

    def _frames(self) -> Generator[pl.DataFrame, None, None]:
        """Yield the statements, packed (:mod:`graphtrace.ingest.record_schema`), in frames and no set order.

        Rows whose card ends in suspicious zeros, and rows whose date can be read in two ways, wait until the whole
        column is known. Time and memory are linear in
        the rows of a frame, and in the suspects.

        Raises NeedsAnswer when no row states anything but an event of which something has to be asked; RuntimeError
        when rows got lost between the reader and here, which is a bug.
        """
        filled_cards = 0
        if self._verdict is not None:
            self._pass_over(self._verdict)
            return
        contacts: list[pl.DataFrame] = []
        beside: list[pl.DataFrame] = []
        card_column = self._rows.card_column
        with closing(prefetch(self._blocks(), is_short=lambda read: is_short(read[0]))) as blocks:
            for block, clean, rest in blocks:
                self._sheet.note_set_aside(block)
                for column in range(len(self._filled)):
                    self._filled[column] += block.height - block[str(column)].null_count()
                for column in self._in_doubt:
                    self._sheet.note_filled(column, "remark_in_heading", block)
                for column in self._unused_now():
                    self._sheet.note_filled(column, "column_not_used", block)
                for column in self._header.ids_of_others:
                    self._sheet.note_filled(column, "id_of_another", block)
                for column, cards in cards_by_column(block, [*self._unknown, *self._unused_now()], CARD_PATTERN):
                    others = self._of_other_cards(block, str(column), cards)
                    if others.height:
                        self._sheet.note_filled(column, "cards_not_read", others)
                    self._note_cards_not_read(str(column), others)
                    self._note_range_not_read(block, column)
                if card_column is not None:
                    filled_cards += len(block) - block[str(card_column)].null_count()
                self._read_rows += block.height - rest.height
                self._note_waiting(block, clean)
                self._note_telephones(block)
                for column, reason, told in self._said_beside.look(block):
                    self._sheet.note_filled(column, reason, told)
                    if reason == REMARK_NOT_READ:
                        self._unread.append(others_named(block, column, told))
                self._note_coded(block)
                if self._contacts:
                    contacts.append(read_contacts(self._contacts.values(), block))
                stated = self._read_beside(block) if self._beside or self._payments is not None else None
                said = self._cells_unread.of(block)
                for statements in chain(clean, self._read_each(self._not_held(rest), is_zeroed_column=False)):
                    yield UnreadCells.kept_with(statements, said)
                if stated is not None:
                    is_held = pl.col("row").is_in(self._held_rows(block.height))
                    yield self._of_records(stated.filter(~is_held), block.height)
                    beside.append(stated.filter(is_held))
        for column, orders in self._clean.day_orders.items():
            self._seen_orders.setdefault(column, set()).update(orders)
        self._rows.day_orders = {
            column: next(iter(orders)) for column, orders in self._seen_orders.items() if len(orders) == 1
        }
        self._settle_day_orders()
        if self._undecided is not None:
            self._rows.decide(self._undecided.decided())
        is_zeroed = is_damaged_column(len(self._held), filled_cards)
        for held in (self._held_words, self._held_dates, self._held):
            said = self._cells_unread.of_rows(held)
            for statements in self._read_each(held, is_zeroed_column=is_zeroed and held is self._held):
                yield UnreadCells.kept_with(statements, said)
        self.answered |= {RETURNED_BY: self._rows.returned_by} if self._rows.is_returner_said else {}
        if self._filled_once and self._blanks:
            self.answered[BLANKS] = self._blanks
            if self._blanks == AS_ABOVE and self._rows.kind is not None:
                self._sheet.told.setdefault(self._rows.kind, {})[BLANKS] = AS_ABOVE
        self.answered |= self._carrier_words.answered
        self.answered |= {f"{WORDS}{word}": self._words[word] for word in sorted(self._rows.words.used)}
        if beside:
            yield self._of_records(pl.concat(beside), len(self.rejects))
        if contacts:
            told = pl.concat(contacts)
            yield told.filter(~pl.col("row").is_in(sorted(self._refused)))
        if self._reading is not None:
            self.rejects += self._reading.left_out
        self.rejects += self._sheet.left_out
        self._unread += self._sheet.unread_left_out
        for reject in sorted(self.rejects, key=lambda reject: reject.row):
            cells = [cell for _, cell in reject.raw]
            is_line = reject.reason != "not_a_record" and len({*filter(None, cells)}) <= _CELLS_OF_A_LINE
            if is_line or (reject not in self._sheet.left_out and is_merged_line(cells)):
                unread = cells if self._reading is None else map(self._reading.without_answer, filter(None, cells))
                self._note_line(reject.row, unread, is_within=True, is_heading=is_heading_of_rows(cells))
            elif reject in self._sheet.left_out:
                for cell in filter(None, cells):
                    self._is_key_of_names(reject.row, cell)
        for line in (
            self._sheet.below if self._reading is None else map(self._reading.without_answer, self._sheet.below)
        ):
            self._note_line(0, [line], is_within=True)
        if self._coded_names:
            yield stated_short_names(self._coded_names)
        if self._short_names:
            self.rejects = [
                replace(reject, field=None, reason="not_a_record")
                if reject.row in self._short_names.values()
                else reject
                for reject in self.rejects
            ]
            yield stated_short_names(self._short_names)
        is_of_ranges = {"iccid_first", "iccid_last"} <= self._header.fields
        self._unread.append(unread_in_faults(self._sheet.faults, self._rows.kind, is_of_ranges=is_of_ranges))
        self.rejected = len(self.rejects) + len(self._sheet.faults) + max(0, self._open_rows - 1)
        self.rejects += [
            Reject(row=fault.row, field=None, reason="unreadable_row", value=fault.text, raw=(("", fault.text),))
            for fault in self._sheet.faults
        ]
        self.rejects.sort(key=lambda reject: reject.row)
        self.rows = self._read_rows + self.rejected
        if self.rows != (read := self._sheet.counted + self._sheet.repeated):
            raise RuntimeError(f"{read} rows were read, {self.rows} are accounted for")
        if self._open_rows and not self._read_rows:
            raise ask_for(self._header, self._rows.open_events[0], rows=self._open_rows)

    def _settle_day_orders(self) -> None:
        """Settle in which order dates state day and month that no cell of their column shows, or count them as open."""
        proven = {order for orders in self._seen_orders.values() for order in orders}
        held = (cells[column] for _, cells in self._held_dates for column in self._date_columns)
        short = order_of_short_years(cell for cell in held if cell)
        elsewhere = order_of_text(self._sheet.text) or self._sheet.day_order or short
        proven = proven or ({elsewhere} if elsewhere is not None else set())
        for column in self._date_columns:
            if self._seen_orders.get(column):
                continue
            cells = (cells[column] for _, cells in sorted(self._held_dates, key=itemgetter(0)))
            dates = [cell for cell in cells if cell and self._is_open_day(cell)]
            if not dates:
                continue
            if (order := ORDERS.get(self._said_order)) is not None:
                self._rows.day_orders[column] = order
                self.answered[DATE_ORDER] = self._said_order
            elif (found := self._concluded_order(dates)) is not None:
                self._rows.day_orders[column] = found.order
                self._rows.remark_stated_above("date", found.row, found.text or dates[0], f"{found.order}_concluded")
            elif len(proven) == 1:
                # other dates of the sheet or the file show it
                self._rows.day_orders[column] = next(iter(proven))
                self._rows.remark_stated_above("date", self._header.row, dates[0], f"{min(proven)}_concluded")
            else:
                self._open_days += dates

    def _is_open_day(self, cell: str) -> bool:
        return parse_date(cell, year=self._rows.year) == "ambiguous_date"

    def _concluded_order(self, dates: Sequence[str]) -> Concluded | None:
        return conclude_order(titles_of(self._sheet, self._header.row), dates, self._rows.year)

    @property
    def unread(self) -> pl.DataFrame:
        """Changes of hands that the rows name and that were not recorded (:mod:`graphtrace.ingest.unread_events`)."""
        return joined(
            [*self._unread, *self._lines.unread(self._rows.unread)],
            [
                *(*self._rows.unread, *self._unread_ranges, *self._lines.named()),
                *chain.from_iterable(rows.named() for rows in self._rows_beside),
            ],
        )

    def _note_waiting(self, block: pl.DataFrame, clean: Sequence[pl.DataFrame]) -> None:
        """Note the changes of hands of clean rows that wait for an answer, with the cards of their other events."""
        for missing, (plan, date, *_) in self._rows.waiting if clean else ():
            rows = block if date is None else block.filter(pl.col(str(date)).is_not_null())
            days = self._clean.days_of(rows, plan)
            self._unread += unread_of_rows(clean, days, kind=plan.kind or "", reason="unanswered", field=missing)

    def _note_cards_not_read(self, column: str, found: pl.DataFrame) -> None:
        """Note the cards that rows name in a column that is not read (旧ICCID): they may have moved too.

        So may the card of a row that moved it have been replaced by the other one.
        """
        if "own" in found.columns and {*CUSTODY_KINDS} & self._rows.kinds:
            self._unread += cards_in(found.drop_nulls("own"), "own", kind=None, reason="cards_not_read")
        self._unread += cards_in(found, column, kind=None, reason="cards_not_read")

    def _of_other_cards(self, block: pl.DataFrame, column: str, found: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of a column of cards that name another one than that of their row (查询条件 repeats it)."""
        own = self._rows.card_column
        if own is None:
            return found
        cards = found.join(block.select(ROW, pl.col(str(own)).alias("own")), on=ROW)
        is_own = pl.col("own").str.slice(0, ICCID_DIGITS) == pl.col(column).str.slice(0, ICCID_DIGITS)
        return cards.filter(~is_own.fill_null(value=False))

    def _note_range_not_read(self, block: pl.DataFrame, first: int) -> None:
        """Note the cards between both ends of a range in columns that are not read (所属号段起, 所属号段止)."""
        last = ends_beside(self._header.names, first, self._unknown)
        if last is None:
            return
        for row, *ends in block.select(ROW, str(first), str(last)).drop_nulls().iter_rows():
            event = UnreadEvent(row, None, "cards_not_read", self._header.names[first], None)
            self._unread_ranges += event.of(lots_between(*map(parse_iccid, ends)), ())

    def _pass_over(self, verdict: TitleVerdict) -> None:
        """Count the rows of a sheet whose title says that they are no records; the first reject stands for all.

        Returns that cannot be read as such are changes of hands all the same, and what a title denies
        another row may state.
        """
        told = UnreadRows(
            self._header.served,
            len(self._columns),
            kind="return" if verdict.meaning == "return" else None,
            reason="kind_differs" if verdict.meaning != NOTHING else DENIED if verdict.is_denial else "title_decides",
            text=verdict.text if verdict.is_denial or state_of_document(verdict.text) else None,
        )
        for block in self._sheet.read(self._header.row):
            told.look(block)
            for column in range(len(self._filled)):
                self._filled[column] += block.height - block[str(column)].null_count()
            if not self.rejects and block.height:
                row, *cells = block.select(ROW, *self._columns).row(0)
                self.rejects.append(self._rows.reject_by_title(row, cells, verdict.text))
        if self._reading is not None and not self.rejects:
            self.rejects += self._reading.left_out
        self._unread.append(told.frame)
        self.rows = self.rejected = self._sheet.counted

    def _read_beside(self, block: pl.DataFrame) -> pl.DataFrame:
        """Return the shipments and payments that the rows of a block state beside custody events."""
        statements: list[dict[str, object]] = []
        for row, *cells in block.select(ROW, *self._columns).iter_rows():
            for plan in self._beside if not self._rows.is_no_record(cells) else ():
                read = read_support(plan, cells, year=self._rows.year)
                if read.statement is not None:
                    self._stated_beside.add(row)
                    statements.append({"row": row, **read.statement})
        stated = pl.DataFrame(statements, schema=SUPPORT_SCHEMA)
        if self._payments is None:
            return stated
        paid = self._payments.read_beside(block)
        self._stated_beside.update(paid["row"])
        self._unpaid |= {each.row: each for each in self._payments.rejects}
        self._payments.rejects.clear()
        return pl.concat([stated, paid])

    def _held_rows(self, most: int) -> list[int]:
        """Return the rows of the last block, of this height, that wait until the whole sheet is known."""
        return [row for held in (self._held_words, self._held_dates, self._held) for row, _ in held[-most:]]

    def _of_records(self, stated: pl.DataFrame, most: int) -> pl.DataFrame:
        """Return what rows state beside their events, without the rows among the last rejects: those are no records."""
        return stated.filter(~pl.col("row").is_in([reject.row for reject in self.rejects[-most:]]))

    def _blocks(self) -> Iterator[tuple[pl.DataFrame, list[pl.DataFrame], pl.DataFrame]]:
        """Yield every block of the sheet, its clean rows as statements, and its other rows."""
        for read in prefetch(self._sheet.read(self._header.row), is_short=is_short):
            block = self._listed_below(self._context.complete(read))
            self._rows.learn(block.head(TOP_ROWS))
            self._rows.learn_returns(block)
            if self._undecided is None:
                columns = [at for at in self._rows.undecided if at not in self._secret]
                self._undecided = UndecidedColumns(columns, self._rows.words, self._rows.speaks_against)
            waiting = self._undecided.waiting(block)
            is_bulk = not is_short(block) if self._bulk is None else self._bulk
            clean, rest = self._clean.read(block, waiting) if is_bulk else ([], block)
            yield block, clean, rest

    def _listed_below(self, block: pl.DataFrame) -> pl.DataFrame:
        """Return a block in which the cards of a line, listed in rows below that hold nothing else, have its cells.

        The number of cards of the line has to say how many they are; beside each of them it says nothing more.
        """
        counts, cards = (self._header.served.get(name, ()) for name in ("quantity", "iccid"))
        if len(counts) != 1 or len(cards) != 1 or not block[str(counts[0])].null_count():
            return block
        count, card = str(counts[0]), str(cards[0])
        names = [str(at) for at in range(len(self._header.names)) if at not in {*self._sheet.made.values()}]
        names = [name for name in names if name in block.columns]
        others = [name for name in names if name != card]
        alone = block.select(
            pl.all_horizontal(pl.col(card).str.contains(CARD_PATTERN), *(pl.col(name).is_null() for name in others))
        ).to_series()
        if not (alone := alone.fill_null(value=False)).any():
            return block
        filled = {name: block[name].to_list() for name in names}
        starts = [at for at, is_alone in enumerate(alone) if not is_alone]
        for at, end in pairwise([*starts, block.height]):
            number = parse_quantity(filled[count][at] or "")
            if end - at == 1 or number != end - at or not re.match(CARD_PATTERN, filled[card][at] or ""):
                continue
            for name in others:
                filled[name][at:end] = [None if name == count else filled[name][at]] * (end - at)
        return block.with_columns(pl.Series(name, texts, dtype=pl.String) for name, texts in filled.items())

    def _unused_now(self) -> list[int]:
        """Return the columns that a field claims and nothing uses, not even as words that decide the rows."""
        return [column for column in self._unused if column not in self._rows.status_columns]

    def _not_held(self, block: pl.DataFrame) -> Iterator[tuple[int, Cells]]:
        """Yield the rows of a block, without those that have to wait.

        Raises MoreTables when a row is of the headings of another table.
        """
        self._tables.look(block.select(ROW, *self._columns))
        for row, *cells in block.select(ROW, *self._columns).iter_rows():
            for column in self._date_columns:
                if (cell := cells[column]) and (order := day_order(cell)) is not None:
                    self._seen_orders.setdefault(column, set()).add(order)
            if self._rows.is_suspect(cells):
                self._held.append((row, tuple(cells)))
            elif self._undecided is not None and any(
                self._undecided.is_waiting(column, cells[column]) for column in self._undecided.columns
            ):
                self._held_words.append((row, tuple(cells)))
            elif self._rows.has_open_order(cells):
                self._held_dates.append((row, tuple(cells)))
            else:
                yield row, tuple(cells)

    def _read_each(self, rows: Iterable[tuple[int, Cells]], *, is_zeroed_column: bool) -> Iterator[pl.DataFrame]:
        statements: list[StatementRow] = []
        for row, cells in rows:
            read = self._rows.read(row, cells, is_zeroed_column=is_zeroed_column)
            if isinstance(read, list):
                self._read_rows += 1
                statements += read
                if len(statements) >= _FRAME_ROWS:
                    yield self._packed(statements)
                    statements = []
                continue
            self._refused.add(row)
            # what a row without a card says is that somebody paid, or that he did not
            states_no_leg = bool(self._sheet.made) and not any(cells[at] for at in self._sheet.made.values())
            read = self._unpaid.get(row, read) if states_no_leg else read
            if row in self._stated_beside and (states_no_leg or read.reason != "not_a_record"):
                self._read_rows += 1
                if read.reason != "unanswered" and not states_no_leg:
                    self._rows.warn_of(read, self._rows.kind)
            elif read.reason == "unanswered":
                self._open_rows += 1
                if self._open_rows == 1:
                    self.rejects.append(read)
            else:
                self.rejects.append(read)
        if statements:
            yield self._packed(statements)

    def _packed(self, statements: list[StatementRow]) -> pl.DataFrame:
        return encode(pl.DataFrame(statements, schema=STATEMENT_SCHEMA), self._clean.words)
