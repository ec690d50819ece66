"""Meaning of the headings of a sheet: fields, the kind of record, and the place of the header.

Invariant: whatever a mapping says about a heading or a field replaces what the table below says about it; all else
that is decided here (two-row headers, kinds, which of two columns serves) is then the same with and without one.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import pairwise, zip_longest
from typing import Any, Final

from graphtrace.errors import MappingError, NeedsAnswer, UnknownHeadings, UnknownKind
from graphtrace.frozen import frozen, replace
from graphtrace.identifiers import parse_imei
from graphtrace.identifiers.iccid import luhn_digit
from graphtrace.ingest.acts import (
    EVENT_WORDS,
    STATE,
    act_of,
    changes_headings,
    is_number_delivered,
    kind_of_word,
    names_new_card,
    tells_outcome,
)
from graphtrace.ingest.by_content import layout_by_content, pairs_of
from graphtrace.ingest.card_cells import has_ranges_in, is_number, split_cards
from graphtrace.ingest.dates_and_quantities import parse_date, parse_quantity
from graphtrace.ingest.dealer_ledgers import (
    KEEPER,
    are_both_ways,
    are_ways,
    came_back_on,
    is_nobody,
    may_be_other_side,
    may_say_way,
    received_on,
    way_of,
)
from graphtrace.ingest.english_books import are_places
from graphtrace.ingest.english_headings import classes_of_heading, may_be_clerks
from graphtrace.ingest.english_sides import are_english_firms, sides_by_level
from graphtrace.ingest.given_back import (
    former_and_new,
    marks_of,
    says_nothing,
    side_of_other_act,
)
from graphtrace.ingest.heading_grammar import (
    CONTACT,
    LONGEST_HEADING,
    field_of_heading,
    normalize_heading,
    own_heading,
    party_word,
    without_remark,
)
from graphtrace.ingest.labelled_values import labelled_in
from graphtrace.ingest.order_sides import IN, lends, list_of, remark_of_card, sides_by_role
from graphtrace.ingest.own_lists import is_operator, speaks_of_others
from graphtrace.ingest.own_use import days_of_register, users_in_register
from graphtrace.ingest.persons import below_person, ids_beside, ids_of_others, is_persons, is_word_for_name
from graphtrace.ingest.preamble import is_preamble
from graphtrace.ingest.resellers import are_firms, days_of_resale, sides_of_resale, stated_of_resale
from graphtrace.ingest.row_events import (
    DAY_OR_CASE,
    SheetEvent,
    SheetMeaning,
    events_of_date,
    events_of_word,
    means_enterprise,
    missing_fields,
)
from graphtrace.ingest.row_status import ColumnWords, end_in_heading, flag_of, is_status_heading, names_numbers
from graphtrace.ingest.seizure_lines import traits_with_cards
from graphtrace.ingest.sheet import INEXACT_MARK
from graphtrace.ingest.supporting_headings import is_amount
from graphtrace.ingest.totals import is_total_cell
from graphtrace.ingest.value_profiles import (
    VALUES_DECIDE,
    are_cards_or_devices,
    are_dates,
    are_ranges,
    are_short_cards,
    are_times,
    is_number_or_day,
    other_field,
)
from graphtrace.ingest.words import WORDS, pattern_of
from graphtrace.locale import Text, phrase
from graphtrace.model import CUSTODY_KINDS, KINDS, USE_KINDS, DateSpan, Kind, column_letters
from graphtrace.patterns import late

Row = tuple[int, Sequence[str | None]]
"""A row of the top of a sheet: its number and its cells."""

HEADINGS: Final = {word.text: word.meaning for word in WORDS if word.place == "field"}
"""Field of each heading, in the writing of :func:`~graphtrace.ingest.heading_grammar.normalize_heading`."""

FIELDS: Final = tuple(dict.fromkeys(HEADINGS.values()))
"""Every field that a column can serve; its own name is a heading of it too."""

_BUYER: Final = "buyer"
"""The heading that means ``to`` beside a seller, else the enterprise."""

_ANYBODY: Final = frozenset(
    {"企业名称", "客户名称", "集团名称", "单位名称", "产权客户名称", "集团客户名称", "政企客户名称"}
)
"""Headings of a name that is the enterprise's in a list of a carrier's sales, and anybody's elsewhere."""

_MAYBE_KIND: Final = frozenset(
    "操作 操作类型 动作 动作类型 业务类型 业务动作 变动类型 流转类型 出入库类型 入库类型 出库类型 "  # noqa: SIM905
    "出/入 出入 进/出 进出 收发类型 划拨类型 划卡类型 分配类型 调拨类型 单据类型 单据类别 票据类型 "
    "vchtype vouchertype event action 事件 事件类型".split()
)
_TYPE: Final = "type"
_OF_PROGRAMS: Final = frozenset({"event", "action", "事件", "事件类型"})
_SERVICE_TYPE: Final = "业务类型"
_MAYBE: Final[Mapping[str, frozenset[str]]] = {
    "kind": _MAYBE_KIND | {_TYPE},
    "waybill": frozenset({"快递", "运单"}),
    "iccid": frozenset({"卡", "号"}),
}
"""Headings that mean a field only where the values do: 操作 may be anything, 快递 a courier, 卡 a product."""

_YEAR: Final = late("[0-9]{4}")
_ACCUSED: Final = late("accused|recovered|impounded|detainee|arrestee|occup|searched|found_?(?:with|on)|possession")
"""Found in headings of persons from whom a card was taken only where the sheet is about seizures."""
_SEIZED: Final = (*EVENT_WORDS["seizure"], "exhibit")
_ACCOUNT: Final = late("[账帐][户号](?:的?名称|名)?$|户名$|account(?:_?(?:name|no|number))?$")
"""Found in the heading of a side that is an account: beside an amount it is that of a payment."""

_ABOVE: Final = late("上级")
"""Beginning of the heading of whoever stands above the party of a row."""

_FETCHES: Final = pattern_of("headers", "fetches")
"""Headings of whoever fetched the goods: the buyer, his man or a courier."""

_COURIER: Final = pattern_of("headers", "courier", re.IGNORECASE)
_PARCELS: Final = late("(?:no_?of_?)?(?:pcs|pieces|units|qty|quantity|count)|件数")
"""Headings of a number that may be one of parcels."""
_COURIERS: Final = frozenset(
    f"{side}{name}"
    for side in ("consignor", "consignee", "shipper", "寄件人", "收件人")
    for name in ("", "name", "姓名")
)
"""Headings of the sides of a parcel."""

_WAY: Final = late("[调拨][出入]")
"""Headings of a side, or of the day or number of cards that went this way."""

_NAME: Final = "姓名"
_ANY_NAMES: Final = ("name", "fullname", "full_name")
"""Headings of the customer in a carrier's own list, where no other one names him."""
_REGISTERED: Final = pattern_of("headers", "registered")
"""Headings of in whose name cards are registered, whoever got them."""
_TAKEN: Final = late("领[用取卡]?(?:日期|时间|日)")
"""Found in the heading of the day on which the person of the row took a card."""

_OPERATIONS: Final = frozenset(
    ["操作", "操作类型", "操作内容", "操作名称", "操作时间", "操作日期", "action", "event", "事件", "事件类型"]
)
_DOERS: Final = frozenset("用户 用户名 user user_id username".split())  # noqa: SIM905
"""Headings of a log of operations, and of who did them."""

_OF_OPERATION: Final = frozenset({"操作时间", "操作日期"})

_USER: Final = late("使用(?:客户|单位|企业|公司|集团|机构|组织)(?:的?名称|名)?")
"""Headings of whom a carrier's customer said to use the card; in other lists the party."""

_OF_RETURN: Final = late("(?:归还|退还|交还|退[回货卡]|回收|收回|交回|return(?:ed|s)?)(?:情况|信息|登记|记录|details)?")
"""Headings above several others that are about how a card came back."""
_HANDED_OVER: Final = "过户"
"""Found in headings of lists of customers who passed their number on to another one."""

_PUT_INTO_USE: Final = pattern_of("headers", "put_into_use")
"""Headings of the day since which whoever a register names uses a card."""
_USES: Final = late("使用(?:人员?|者)(?:姓名)?")
"""Headings of users; who took a card for use, and when, they say of nobody else."""
_HANDED_OVER_ON: Final = late("过户(?:办理|受理|生效|完成)?(?:日期|时间|日)")
_CUSTOMER_OF_TWO: Final = pattern_of("headers", "customer_of_two")
"""Headings of the former and of the new customer of a number."""

_CUSTOMERS: Final = (
    *("客户", "用户", "集团", "企业", "机主", "户主", "户名", "账户", "登记", "实名", "认证", "开户", "入网"),
    *("subscriber", "customer", "account", "company", "registered", "whosename"),
)
"""Found in headings of a carrier's customer."""

_ENTERPRISES_NUMBER: Final = frozenset({"uscc", "统一社会信用代码", "信用代码", "证件号码"})
"""Headings of a number that is the enterprise's, unless the names beside it are of another party."""

_OTHER_CARD: Final = pattern_of("headers", "other_card")
_CARD_DENIED: Final = pattern_of("headers", "card_denied", re.IGNORECASE)
"""Found in the heading of cards of which a list of movements does not say that they went on (作废卡号, ICCID (old))."""
_AT: Final = late("[a-z]at$")
_DIGIT: Final = late("[0-9]")
_OF_RETURNS: Final = late(r"退|售后|\breturn|refund|sent back|gave back|\brma\b")
"""Found in other headings of a list that says of its cards that they came back."""
_OF_CARD: Final = late("卡|sim|激活|生命|号码|用户|card|line|service|cycle|activation|^act_?stat|connection")
"""Found in the heading of a state that is that of a card."""

_STATE_ALONE: Final = late("(?:customer|client|buyer|party|billing|shipping|delivery|home)?_?state(?:_?name)?")
_STATUS: Final = late("status")
_ADDRESS: Final = pattern_of("headers", "address")
"""Headings of parts of an address, beside which a state is one too."""
_OF_ANYTHING: Final = frozenset({"status", "state"})
"""Headings of states that are those of the card only where no other heading says so."""
_REGISTERED_ON: Final = pattern_of("headers", "registered_on")
"""Headings of the day on which a carrier registered its customer."""
_OPENED: Final = late("开户|入网")
"""Beginning of the heading of whom a carrier registered for a number."""
_ENTERED: Final = late("(?:开户|入网)(?:日期|时间|日)")
"""Headings of the day on which a carrier registered him, which is that of no sale."""
_REAL_NAME: Final = late("(?:实名|实名制)(?:登记|认证|录入)?(?:日期|时间|日)")
_ADDED_ON: Final = pattern_of("headers", "added_on")
"""The same where no heading names that day: when the carrier took the request, or its platform got the card."""
_DAY_OR_TIME: Final = late("(?:日期|时间|date|time)$")
_SERIAL: Final = late("(?:serial|sr|ser)[._ ]?(?:no|num|number)?s?[.]?")
"""Headings of serial numbers, which may be those of records, of devices or of cards."""
_LONG_NUMBER: Final = late("[0-9A-Fa-f]{11,}")
_BOUND: Final = late("(?:绑定|登记|原).*imei")
"""Beginning of the heading of a device that a card should be in."""

_OF_SUBSCRIBERS: Final = late("subscriber|^caf")
"""Found in headings of registers of whom a carrier's numbers were given to."""

_NEARLY_ALL: Final = 0.9
_HEADINGS_SHOWN: Final = 60
_NEAREST_SHOWN: Final = 5


def names_customer(heading: str) -> bool:
    """Whether a heading of a party is that of a customer, as carriers write it."""
    return any(word in heading for word in _CUSTOMERS)


def is_day_of_registration(heading: str) -> bool:
    """Whether a comparable heading is that of the day on which somebody was registered for a number.

    >>> [is_day_of_registration(each) for each in ("registration_date", "实名登记时间", "登记日期", "date")]
    [True, True, False, False]
    """
    return _REGISTERED_ON.fullmatch(heading) is not None or _REAL_NAME.fullmatch(heading) is not None


_SHORTEST_ALIKE: Final = 2
"""Letters of a known heading that is never proposed for another one."""


def suggest_heading(heading: str) -> str | None:
    """Return the known heading that is most like ``heading``, if one is."""
    alike = difflib.get_close_matches(normalize_heading(heading), HEADINGS, n=1)
    # of two letters nearly every short word is half (Town, to)
    return next((each for each in alike if not each.isascii() or len(each) > _SHORTEST_ALIKE), None)


@frozen()
class ColumnOverrides:
    """Statements of a person about the columns of a sheet.

    ``headings`` and ``places`` give the column of a field by its heading (comparable) or by its index; ``literals``
    give one text for all rows, ``fallbacks`` one for fields that no column serves, ``kept`` those of them that are the
    side of whoever keeps the list, with the kind that its title names, and ``dated_as`` the movement whose day is among
    them; ``unread`` are fields that no column serves whatever its heading. ``is_own_list`` says that the document is a
    carrier's own list of its customers, ``is_of_receipts`` that a title calls it a book of what came in,
    ``is_of_seizures`` that a title or a person calls it a list of what was seized, ``is_of_evidence`` that a title
    calls it one of evidence that was handed on. Where ``keeps_uses``, the column of the date is that of the kind that
    somebody said, and the days of use that other columns name are read beside it. ``listed_as`` is whether somebody
    said that a list of cards and customers registers these, or is no more than a list.
    """

    headings: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, int] = field(default_factory=dict)
    literals: Mapping[str, str] = field(default_factory=dict)
    fallbacks: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, Kind] = field(default_factory=dict)
    dated_as: Kind | None = None
    is_own_list: bool = False
    is_of_receipts: bool = False
    is_of_seizures: bool = False
    is_of_evidence: bool = False
    unread: frozenset[str] = frozenset()
    header_row: int | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    keeps_uses: bool = False
    listed_as: Kind | None = None

    @property
    def fields(self) -> frozenset[str]:
        """The fields about which the table of headings has nothing to say any more."""
        return self.unread.union(self.headings, self.places, self.literals)


NO_OVERRIDES: Final = ColumnOverrides()


@frozen()
class SheetHeader:
    """The header of a sheet and what its columns mean.

    ``row`` is the number of its last row, ``cells`` its rows as read, ``names`` are the headings as shown, one a column
    (its letter where there is none). ``known`` holds the
    comparable heading by which a column was understood, ``served`` the columns of each field from the left. ``events``
    are what the rows may state, as far as the headings say; ``looks_like_data`` tells whether a date or a long number
    stands among them. ``ids_of_others`` are the columns of identifiers of somebody who is no side of the rows.
    ``statuses`` are the columns that a person called a state and that say of their row whether it happened,
    ``addresses`` those of states of a country, which say nothing of a card.
    """

    row: int
    cells: tuple[tuple[str | None, ...], ...]
    names: tuple[str, ...]
    known: tuple[str, ...]
    served: Mapping[str, tuple[int, ...]]
    literals: Mapping[str, str]
    meaning: SheetMeaning
    events: tuple[SheetEvent, ...]
    looks_like_data: bool
    ids_of_others: frozenset[int] = frozenset()
    statuses: frozenset[int] = frozenset()
    addresses: frozenset[int] = frozenset()

    @property
    def kind(self) -> Kind | None:
        """The first event of a row that does not say its kind."""
        return self.events[0].kind if self.events else None

    @property
    def fields(self) -> frozenset[str]:
        """Fields that a column or a literal serves."""
        return frozenset(self.served) | frozenset(self.literals)

    @property
    def seen(self) -> tuple[str, ...]:
        """The headings that are there, from the left."""
        return tuple(name for name, *cells in zip(self.names, *self.cells, strict=True) if any(cells))

    @property
    def headless(self) -> frozenset[int]:
        """The columns without a heading."""
        return frozenset(at for at, cells in enumerate(zip(*self.cells, strict=True)) if not any(cells))

    @property
    def used(self) -> frozenset[str]:
        """The headings whose columns serve a field."""
        return frozenset(self.names[column] for columns in self.served.values() for column in columns)

    @property
    def is_stock_ledger(self) -> bool:
        """Whether each row says which way cards went and names only the other side, as a ledger of a store does."""
        sides = {"from", "from_id", "to", "to_id"}
        return "kind" in self.served and "party" in self.served and not sides & self.served.keys()

    @property
    def lacks_sides(self) -> bool:
        """Whether each row says what was done, and nothing names anybody who did it."""
        sides = {"from", "from_id", "to", "to_id", "party", "party_id", "carrier", "enterprise", "enterprise_id"}
        return "kind" in self.served and not sides & self.fields

    @property
    def open_side(self) -> str | None:
        """The side of rows that say their kind for which only a party stands that may be anybody; else ``None``."""
        sides = [name for name in ("from", "to") if {name, f"{name}_id"} & self.fields]
        is_open = {"kind", "party"} <= self.served.keys() and len(sides) == 1 and "enterprise" not in self.fields
        return None if not is_open else "to" if sides == ["from"] else "from"

    def below(self, top: Sequence[Row]) -> SheetHeader:
        """Return the header as its first rows allow: a day without a time does not tell when a session began."""
        if "time" in self.served:
            return self
        cells = [
            cell
            for number, row in top
            if number > self.row
            for column in self.served.get("date", ())
            if column < len(row) and (cell := row[column])
        ]
        if not cells or any(
            isinstance(date := parse_date(cell), DateSpan) and date.second_of_day >= 0 for cell in cells
        ):
            return self
        meaning = replace(self.meaning, has_times=False)
        return replace(self, meaning=meaning, events=meaning.events())

    def by_values(self, top: Sequence[Row], claims: ColumnOverrides) -> SheetHeader:
        """Return the header with fields decided by the values of the first rows; a heading only proposes a field.

        A column of subscriber numbers is no column of cards whatever it is called, and the other way round; a unit of
        measure is no party. What a person says about a field stays.
        """
        rows = [cells for number, cells in top if number > self.row]
        words = ColumnWords(self._headings_in_full(), claims.words)
        served = self._agreeing(rows, claims, words)
        statuses = frozenset(self.served.get("state", ())).difference(served.get("state", ()))
        statuses = statuses if "state" in claims.fields else frozenset()
        if (ends := self._ends_by_values(rows, served, claims)) is not None:
            served = {name: [at for at in columns if at not in ends] for name, columns in served.items()}
            served |= {"iccid_first": ends[:1], "iccid_last": ends[1:]}
        if (kinds := self._kinds_by_words(rows, served, claims, words)) is not None:
            served["kind"] = [kinds]
        if "imei" not in claims.fields and len(devices := served.get("imei", [])) > 1:
            # 设备号 beside IMEI may be any number of the device
            served["imei"] = [at for at in devices if any(map(parse_imei, _texts_of(rows, at)))] or devices
        if "iccid" not in claims.fields and not any(served.get(name) for name in ("iccid_first", "iccid_last")):
            named = served.get("iccid", [])
            served["iccid"] = [] if all(map(self._denies_cards, named)) else named
            of_cards = [column for column in served["iccid"] if not are_short_cards(_texts_of(rows, column))]
            of_cards = [at for at in of_cards if not any(_are_without_check(rows, at, other) for other in of_cards)]
            if not of_cards and (only := self._only_cards(rows)) is not None:
                of_cards = [only]
                # the serial number of a row may as well be that of its record
                served["record_no"] = [column for column in served.get("record_no", ()) if column != only]
            of_cards += self._new_cards(rows, of_cards)
            served["iccid"] = of_cards or served["iccid"]
        served |= self._book_by_values(rows, served, claims)
        dates = dict(self.meaning.dates)
        if "date" not in claims.fields:
            times = self._times_by_values(rows)
            places = self._places_by_values(rows)
            if len(days := [at for at in served.get("date", ()) if at not in (*times, *places)]) == 1 and places:
                # Activated at: Kibuye Market says where, and what happened on the one day of the row
                dates[days[0]] = dates.get(days[0], frozenset()).union(*(dates[at] for at in places))
                dates = {column: kinds for column, kinds in dates.items() if column not in places}
                served["date"] = [at for at in served["date"] if at not in places]
                served.setdefault("city", []).extend(places)
            dates |= (fresh := self._dates_by_values(rows))
            dates = {column: kinds for column, kinds in dates.items() if column not in times}
            served["date"] = sorted({*served.get("date", ()), *fresh}.difference(times))
            served["time"] = times
            if "date" in claims.fallbacks and all(are_times(_texts_of(rows, at)) for at in served["date"]):
                # of the day that a line above states the column has the time
                dates, served["date"] = {}, []
        settled = {name: tuple(columns) for name, columns in served.items() if columns}
        has_ranges = any(has_ranges_in(_texts_of(rows, column)) for column in settled.get("iccid", ())) or any(
            isinstance(count := parse_quantity(text), int) and count > 1
            for column in settled.get("quantity", ())
            for text in _texts_of(rows, column)
        )
        filled = self._filled_columns(rows, settled)
        firms = self._firms_beside(rows, settled)
        read = {at for columns in settled.values() for at in columns}
        free = (at for at in range(len(self.names)) if at not in read)
        addresses = frozenset(at for at in free if self._is_of_address(at, _texts_of(rows, at), words))
        # what the rows above state holds where the column of that heading turns out to be of something else (单位：张)
        lost = self.served.keys() - settled.keys()
        stated = {name: text for name, text in claims.fallbacks.items() if name in lost}
        is_same = settled == self.served and not addresses
        if is_same and not has_ranges and filled == self.meaning.filled and not firms:
            return self
        literals = {**stated, **self.literals}
        kept = [name for name in claims.kept if name in stated]
        meaning = replace(
            self.meaning,
            fields=frozenset(settled).difference({"time"}).union(literals),
            dates=dates,
            has_ranges=has_ranges,
            served=settled,
            filled=filled,
            firms=firms,
            literals=self.meaning.literals.union(kept),
            concluded=self.meaning.concluded.union(stated),
            kept_as=next((claims.kept[name] for name in kept), self.meaning.kept_as),
        )
        return replace(
            self,
            served=settled,
            literals=literals,
            meaning=meaning,
            events=meaning.events(),
            statuses=statuses,
            addresses=addresses,
        )

    def _firms_beside(
        self, rows: Sequence[Sequence[str | None]], served: Mapping[str, Sequence[int]]
    ) -> frozenset[int]:
        """Return the columns that no field has and that name firms beside carriers and buyers."""
        read = {column for columns in served.values() for column in columns}
        if not {"carrier", "enterprise"} <= served.keys():
            return frozenset()
        buyers = [text for column in served["enterprise"] for text in _texts_of(rows, column)]
        return frozenset(
            column
            for column, heading in enumerate(self.meaning.headings)
            if column not in read
            and are_firms(_texts_of(rows, column), buyers)
            and field_of_heading(heading) != CONTACT
        )

    def _filled_columns(
        self, rows: Sequence[Sequence[str | None]], served: Mapping[str, Sequence[int]]
    ) -> frozenset[int] | None:
        """Return the columns about returns that are filled in nearly all rows that name cards; ``None`` for no rows."""
        marks = marks_of(self.meaning.headings)
        named = [at for name in ("iccid", "iccid_first", "quantity", "msisdn") for at in served.get(name, ())]
        cards = [row for row in rows if any(at < len(row) and row[at] for at in named)] if marks else []
        if not cards:
            return None
        return frozenset(
            at
            for at in marks
            if sum(not says_nothing(text) for text in _texts_of(cards, at)) >= _NEARLY_ALL * len(cards)
        )

    def _headings_in_full(self) -> list[str]:
        """Return the headings with all that they say, as the codes that one explains."""
        return ["\n".join(cell for cell in cells if cell) for cells in zip(*self.cells, strict=True)]

    def _agreeing(
        self, rows: Sequence[Sequence[str | None]], claims: ColumnOverrides, words: ColumnWords
    ) -> dict[str, list[int]]:
        """Return the columns of each field, as the values say where a heading only proposes it."""
        served = {name: self._filled_of(name, columns, rows, claims) for name, columns in self.served.items()}
        for name in dict.fromkeys((*VALUES_DECIDE, *_MAYBE)):
            for column in self.served.get(name, ()) if name not in claims.fields or name == "state" else ():
                is_maybe = self.known[column] in _MAYBE.get(name, ())
                if not is_maybe and name not in VALUES_DECIDE:
                    continue
                texts = _texts_of(rows, column)
                if name in claims.fields:
                    # whoever calls the status of a row a state means that of the row
                    other = None if self._is_status_of_rows(column, texts, words, is_claimed=True) else name
                elif name == "kind":
                    other = self._kind_or_none(column, texts)
                elif self._is_of_else(name, column, texts, words):
                    other = None
                else:
                    other = other_field(name, texts, is_maybe=is_maybe)
                if other == name:
                    continue
                served[name].remove(column)
                if other is not None and other not in claims.fields:
                    served[other] = sorted([*served.get(other, ()), column])
        return served

    def _filled_of(
        self, name: str, columns: Sequence[int], rows: Sequence[Sequence[str | None]], claims: ColumnOverrides
    ) -> list[int]:
        """Return the columns of a field without those that are empty where another one is filled."""
        filled = [column for column in columns if _texts_of(rows, column)]
        return filled if filled and name not in claims.fields else [*columns]

    def _is_of_else(self, name: str, column: int, texts: Sequence[str], words: ColumnWords) -> bool:
        """Whether a column whose heading proposes a side, or the state of a card, is of something else."""
        if name in _SIDES:
            return self._is_no_side(column, texts)
        return name == "state" and (
            self._is_of_address(column, texts, words) or self._is_status_of_rows(column, texts, words)
        )

    def _is_no_side(self, column: int, texts: Sequence[str]) -> bool:
        """Whether what stands below the heading of a side are clerks, couriers, or numbers of cards and days."""
        heading = self.known[column]
        if may_be_clerks(heading):
            return not are_english_firms(texts)
        if _FETCHES.fullmatch(heading):
            return any(map(_COURIER.search, texts))
        if bool(texts) and are_places(texts):
            return True
        return bool(texts) and _WAY.fullmatch(heading) is not None and all(map(is_number_or_day, texts))

    def _book_by_values(
        self, rows: Sequence[Sequence[str | None]], served: Mapping[str, Sequence[int]], claims: ColumnOverrides
    ) -> dict[str, list[int]]:
        """Return the columns of the way of the cards and of the other side of rows, where the sheet is a book of both.

        Neither is named by its heading alone: 方向 and 姓名 may be anything.
        """
        # a side that was answered with the heading of the other side holds for rows of one way
        turned = {
            name: list[int]()
            for name in claims.headings.keys() & {*_BOTH_SIDES}
            if served.get(name) and all(may_be_other_side(self.meaning.headings[at]) for at in served[name])
        }
        served = {**served, **turned}
        taken = {"kind", "party", "user", *_BOTH_SIDES} - turned.keys()
        if taken & claims.fields or "kind" in self.literals or any(served.get(name) for name in _BOTH_SIDES):
            return {}
        names_cards = any(served.get(name) for name in ("iccid", "iccid_first", "quantity"))
        if not names_cards or self.meaning.tells_of_use or self.meaning.is_own_list:
            return {}
        headings = self.meaning.headings
        read = {at for name, places in served.items() if name not in ("kind", "user", "party") for at in places}
        free = [at for at in range(len(headings)) if at not in read]
        texts = {at: _texts_of(rows, at) for at in free}
        ways = [at for at in free if (may_say_way(headings[at]) and are_ways(texts[at])) or are_both_ways(texts[at])]
        others = [*served.get("party", ())] or [at for at in free if may_be_other_side(headings[at])]
        if len(ways) != 1 or len(others) != 1 or served.get("kind", ways) != ways:
            return {}
        return {
            "kind": ways,
            "party": others,
            "user": [at for at in served.get("user", ()) if at not in others],
            **turned,
        }

    def _ends_by_values(
        self, rows: Sequence[Sequence[str | None]], served: Mapping[str, Sequence[int]], claims: ColumnOverrides
    ) -> list[int] | None:
        """Return the columns of the first and the last card of ranges, where a heading says no more than an end.

        从 and 到, From and To may as well be those of parties: the cells decide.
        """
        if {"iccid_first", "iccid_last"} & claims.fields:
            return None
        claimed = {at for name, places in self.served.items() if name in claims.fields for at in places}
        found: dict[str, list[int]] = {}
        for column, cells in enumerate(zip(*self.cells, strict=True)):
            lower = next((cell for cell in reversed(cells) if cell), None)
            if lower is not None and column not in claimed and (end := end_in_heading(lower)) is not None:
                found.setdefault(end, []).append(column)
        if not found:
            return None
        # From and To of the parties may stand beside Serial From and Serial To
        found = {end: self._of_cards(columns, rows) if len(columns) > 1 else columns for end, columns in found.items()}
        pair = [found.get(end) or served.get(f"iccid_{end}", ()) for end in ("first", "last")]
        if any(len(columns) != 1 for columns in pair):
            return None
        ends = [column for columns in pair for column in columns]
        return ends if are_ranges(pairs_of(rows, *ends)) else None

    def _of_cards(self, columns: Sequence[int], rows: Sequence[Sequence[str | None]]) -> list[int]:
        return [column for column in columns if are_cards_or_devices(_texts_of(rows, column), fewest=1)]

    def _is_status_of_rows(
        self, column: int, texts: Sequence[str], words: ColumnWords, *, is_claimed: bool = False
    ) -> bool:
        """Whether a column that may hold the states of cards tells in a list of movements how these went on."""
        is_of_movements = any(event.kind in CUSTODY_KINDS for event in self.events)
        if not is_of_movements or self.is_of_card(column):
            return False
        if is_claimed and is_status_heading(name := self.names[column]) and normalize_heading(name) not in HEADINGS:
            return True
        return words.decide(column, texts) or any(words.tells_outcome(column, text) for text in texts)

    def _is_of_address(self, column: int, texts: Sequence[str], words: ColumnWords) -> bool:
        """Whether what may be the states of cards are parts of a country: State beside City, a Status or a customer."""
        headings = self.meaning.headings
        # a column that a recipe makes of others has no heading
        if column >= len(headings) or _STATE_ALONE.fullmatch(headings[column]) is None:
            return False
        is_beside = any(map(_ADDRESS.fullmatch, headings)) or any(
            at != column and _STATUS.search(headings[at]) for at in self.served.get("state", ())
        )
        # where a customer is named and no cell is a word for a state, it is that of an address, too
        is_beside = is_beside or any(name in self.served for name in ("party", "enterprise", "user"))
        return is_beside and all(words.act(column, text) is None for text in texts)

    def is_of_card(self, column: int) -> bool:
        """Whether the heading of a state is that of a card."""
        # a column that a recipe makes of others has no heading
        return column >= len(self.names) or _OF_CARD.search(normalize_heading(self.names[column])) is not None

    def _kinds_by_words(
        self,
        rows: Sequence[Sequence[str | None]],
        served: Mapping[str, Sequence[int]],
        claims: ColumnOverrides,
        words: ColumnWords,
    ) -> int | None:
        """Return the column whose words say what each row is about, where no heading names one.

        Its words name a movement that the headings do not: a return among transfers, or one where they state none.
        """
        if "kind" in claims.fields or served.get("kind") or "kind" in self.literals:
            return None
        read = {column for columns in served.values() for column in columns}
        stated = {event.kind for event in self.events if event.kind in CUSTODY_KINDS and not event.marks}
        for column, name in enumerate(self.names):
            texts = _texts_of(rows, column)
            is_of_outcome = is_status_heading(name) or tells_outcome(own_heading(name)) or flag_of(name)
            if column in read or is_of_outcome or not words.decide(column, texts):
                continue
            named = {act for text in texts if (act := words.act(column, text)) in CUSTODY_KINDS}
            if any((kind == "return") != ("return" in stated) for kind in named) if stated else named:
                is_there = any(not missing_fields(kind, self.fields) for kind in named)
                return column if stated or is_there else None
        return None

    def _kind_or_none(self, column: int, texts: Sequence[str]) -> str | None:
        """Return ``kind`` if a column whose heading may mean it holds words of kinds.

        What a program calls an event has to be one in most rows, and no date may name another. The type of a service
        is that of a session where the list is one of sessions, and else says what happened.
        """
        known = self.known[column]
        told = (None,) if self.meaning.is_own_list else (None, "registration")
        is_book = "party" in self.served and not {*_BOTH_SIDES} & self.served.keys()
        words = sum(kind_of_word(text) not in told or (is_book and way_of(text) is not None) for text in texts)
        if known == _TYPE:
            # of what form a card is, or of which network
            are_states = texts and all(act_of(text) == STATE or is_operator(text) for text in texts)
            # and in a carrier's own list of what kind its customers or their lines are
            return None if are_states or (self.meaning.is_own_list and not words) else "kind"
        if not texts:
            return "kind"
        if known in _OF_PROGRAMS:
            is_dated = any(self.meaning.dates.values())
            return "kind" if 2 * words >= len(texts) and not is_dated else None
        if known == _SERVICE_TYPE and not any("usage" in kinds for kinds in self.meaning.dates.values()):
            return "kind"
        return "kind" if words else None

    def _new_cards(self, rows: Sequence[Sequence[str | None]], old: Sequence[int]) -> list[int]:
        """Return the column of the cards that a list of returns says to have gone out for those that came back."""
        if len(old) != 1 or list_of(self.meaning.headings) != "back":
            return []
        named = (at for at, heading in enumerate(self.meaning.headings) if at not in old and names_new_card(heading))
        found = [at for at in named if are_cards_or_devices(_texts_of(rows, at), fewest=1)]
        return found if len(found) == 1 else []

    def _only_cards(self, rows: Sequence[Sequence[str | None]]) -> int | None:
        """Return the one column without a known heading that holds card numbers and nothing else but devices.

        Below the heading of a serial number a single one is enough. ``None`` if there are several, or if the heading
        sets the card against another one (新卡, 备用卡).
        """
        headings = [normalize_heading(name) for name in self.names]
        serial = {column for column, heading in enumerate(headings) if _SERIAL.fullmatch(heading)}
        read = {column for columns in self.served.values() for column in columns} - serial
        columns = [
            column
            for column in range(len(self.names))
            if column not in read and self._holds_cards(column, rows, **({"fewest": 1} if column in serial else {}))
        ]
        columns = [at for at in columns if list_of(headings) != "back" or not names_new_card(headings[at])]
        return columns[0] if len(columns) == 1 and not self.means_other_cards(columns[0]) else None

    def means_other_cards(self, column: int) -> bool:
        """Whether a heading sets its cards against those of the rows (新卡, 备用卡), or denies that they moved."""
        return _OTHER_CARD.search(self.names[column]) is not None or self._denies_cards(column)

    def _denies_cards(self, column: int) -> bool:
        """Whether a heading says that its cards are void, or came back: a list of movements moved none of them."""
        moves = not {"from", "to", "enterprise"}.isdisjoint(self.served)
        others = [normalize_heading(name) for at, name in enumerate(self.names) if at != column]
        is_of_returns = any(map(_OF_RETURNS.search, others))
        return moves and not is_of_returns and _CARD_DENIED.search(self.names[column]) is not None

    def _holds_cards(self, column: int, rows: Sequence[Sequence[str | None]], **fewest: int) -> bool:
        """Whether the cells of a column are card numbers; beside a number of cards also lists and ranges of them."""
        texts = [text for text in _texts_of(rows, column) if text != self.names[column] and not is_total_cell(text)]
        if "quantity" in self.served or _SERIAL.fullmatch(normalize_heading(self.names[column])):
            texts = [end for text in texts for part in split_cards(text) for end in (part.first, part.last) if end]
        return are_cards_or_devices(texts, **fewest)

    def _dates_by_values(self, rows: Sequence[Sequence[str | None]]) -> dict[int, frozenset[Kind]]:
        """Return the columns of dates whose heading is no more than the word of an event, with its kinds.

        Beside the day on which something went out, In and Back are that on which it came back.
        """
        read = {column for columns in self.served.values() for column in columns}
        headings = [normalize_heading(name) for name in self.names]
        is_lent = lends(headings)
        return {
            column: kinds
            for column, heading in enumerate(headings)
            if column not in read
            and (kinds := events_of_word(heading) or (_CAME_BACK if is_lent and heading in IN else frozenset()))
            if are_dates(_texts_of(rows, column))
        }

    def _times_by_values(self, rows: Sequence[Sequence[str | None]]) -> list[int]:
        """Return the columns that hold the time of the day that another column of the same heading states."""
        dates = self.served.get("date", ())
        return [
            column
            for column in dates
            if any(other != column and self._is_time_of(column, other) for other in dates)
            if are_times(_texts_of(rows, column))
        ]

    def _places_by_values(self, rows: Sequence[Sequence[str | None]]) -> list[int]:
        """Return the columns whose heading may be that of a day or a place (Activated at), and no cell has a digit."""
        named = (at for at in self.served.get("date", ()) if _AT.search(self.known[at]))
        return [at for at in named if (texts := _texts_of(rows, at)) and not any(map(_DIGIT.search, texts))]

    def _is_time_of(self, time: int, date: int) -> bool:
        return _DAY_OR_TIME.sub("", self.known[time]) == _DAY_OR_TIME.sub("", self.known[date])

    def new_card(self, top: Sequence[Row]) -> int | None:
        """Return the column of the cards that went out for those of the rows, where nearly all rows have one.

        What the row states was then done with one of both, and the other way with the other one.
        """
        rows = [cells for number, cells in top if number > self.row]
        own = {at for at in self.served.get("iccid", ()) if not names_new_card(self.meaning.headings[at])}
        filled = [cells for cells in rows if any(at < len(cells) and cells[at] for at in own)]
        for column, heading in enumerate(self.meaning.headings):
            cards = [text for text in _texts_of(filled, column) if is_number(text)] if names_new_card(heading) else []
            if cards and len(cards) >= _NEARLY_ALL * len(filled):
                return column
        return None

    def fields_in_doubt(self) -> list[int]:
        """Return the columns whose heading would be known but for what stands behind it in brackets."""
        return [
            column
            for column, name in enumerate(self.names)
            if not self.known[column]
            and (bare := without_remark(name)) != normalize_heading(name)
            and (bare in HEADINGS or field_of_heading(bare) is not None or events_of_date(bare) is not None)
        ]

    def _gives_way(self, name: str, column: int) -> bool:
        """Whether another column of a field is read before this one: it says more of a card, or names no clerk."""
        if name == "iccid" and len(self.served[name]) > 1 and column < len(self.known):
            # beside the number with its check digit the one without it says less
            return _WITH_CHECK.search(self.known[column]) is None and any(
                _WITH_CHECK.search(self.known[at]) for at in self.served[name] if at < len(self.known)
            )
        # a column that a recipe makes of others has no heading
        return name in _SIDES and column < len(self.names) and is_persons(without_remark(self.names[column]))

    def field_of(self, column: int) -> str | None:
        """Return the field that a column serves; the first by name where a mapping names it for several."""
        return min((name for name, columns in self.served.items() if column in columns), default=None)

    def columns_for(self, kind: Kind | None, event: SheetEvent | None = None) -> dict[str, int]:
        """Return the one column of each field in a record of ``kind``.

        The date is that of the ``event``, by default of one that takes the neutral date. Of other fields a column whose
        heading names the event serves, else the leftmost; a person who handed out or picked up (提货人) is no side
        where another column of the same side stands beside.
        """
        if kind is None:
            return {
                name: min(places, key=lambda at: (self._gives_way(name, at), at))
                for name, places in self.served.items()
            }
        words = EVENT_WORDS.get(kind, ())
        others = {*marks_of(self.meaning.headings)} if kind != "return" else set[int]()

        def rank(column: int) -> tuple[bool, bool, bool, int]:
            heading = self.known[column]
            # the device that a card is bound to is not the one in which it was seen, nor a check the state of the card
            is_planned = _BOUND.match(heading) is not None or heading in _OF_ANYTHING
            return not any(word in heading for word in words), column in others, is_planned, column

        columns = {
            name: min(places, key=lambda at: (self._gives_way(name, at), *rank(at)))
            for name, places in self.served.items()
            if name not in ("date", "time")
        }
        date = (event or self.meaning.event(kind)).date
        if date is None:
            return columns
        time = next((column for column in self.served.get("time", ()) if self._is_time_of(column, date)), None)
        return {**columns, "date": date, **({} if time is None else {"time": time})}


_SIDES: Final = frozenset({"from", "to"})
_CAME_BACK: Final = frozenset[Kind]({"return"})


def _texts_of(rows: Sequence[Sequence[str | None]], column: int) -> list[str]:
    return [cell for cells in rows if column < len(cells) and (cell := cells[column])]


_BOTH_SIDES: Final = ("from", "from_id", "to", "to_id", "enterprise")


def _are_without_check(rows: Sequence[Sequence[str | None]], column: int, other: int) -> bool:
    """Whether the numbers of a column are those of another one without their check digits."""
    pairs = pairs_of(rows, column, other) if column != other else []
    return bool(pairs) and all(text.isdigit() and whole == text + luhn_digit(text) for text, whole in pairs)


def find_header(
    top: Sequence[Row],
    as_kind: Kind | None = None,
    *,
    claims: ColumnOverrides = NO_OVERRIDES,
    numbers: Sequence[int] = (),
    values: Sequence[Row] = (),
) -> SheetHeader:
    """Find the header among the first rows of a sheet.

    It is the first row at which the headings say a kind or, with ``as_kind`` or a kind column, at which the fields are
    there that such a record must carry. Two rows are one header where together they name more fields than either
    alone, or where the lower one repeats what the upper one names and names more; a column then means what its lower
    cell says, else both cells joined, else what the upper cell says. (Both joined go before the upper cell alone, so
    that 证件号 below 转出方, which spans two columns, is the party's number and not another name.) The lower cell alone
    says nothing where the same field stands below several upper ones, or the upper one makes another field of it (计划,
    变更前): the lower row is no header by itself then. A title, in one cell
    or above all columns, is no row of a header. A row that holds dates or long numbers is taken for the header only
    when nothing else is.

    - ``top``: the first filled rows.
    - ``as_kind``: the kind of all records, where somebody says it.
    - ``claims``: what a mapping says.
    - ``numbers``: number of each column in its worksheet, where columns are left out.
    - ``values``: the first rows of a format whose top is its header alone.

    Raises MappingError when a heading, a column or the header row that a mapping names is not there; UnknownHeadings
    when no row is a header; the message names the headings seen and the known ones that are nearest.
    """
    candidates = []
    fitting = None
    first_rows = [*top, *values]
    for found in _candidates(top, _in_sheet(claims, numbers), numbers):
        is_of_pairs = len(found.cells) == 1 and bool(labelled_in(found.cells[0]))
        if claims.header_row is None and (is_of_pairs or _is_lone_title(found, top)):
            continue
        header = found.by_values(first_rows, claims).below(first_rows)
        if _fits(header, as_kind, claims):
            if not header.looks_like_data:
                return _at_its_first_row(header, top, claims)
            fitting = fitting or (header if any(header.known) and _holds_cards(header, top) else None)
        candidates.append(header)
    if fitting:
        return fitting
    likeliest = max(candidates, key=_likelihood, default=None)
    by_content = None
    if not claims.places and claims.header_row is None and _lacks_cards(likeliest):
        by_content = _by_content(first_rows, _in_sheet(claims, numbers), numbers)
        is_said = as_kind is not None or (by_content is not None and {"from", "to"} <= by_content.fields)
        if by_content is not None and is_said and _fits(by_content, as_kind, claims):
            return by_content
    _check_claims(by_content or likeliest, claims)
    if by_content is not None and as_kind is None and not any(event.is_own_date for event in by_content.events):
        # what no heading says of the cards a person has to say
        raise _undecided(by_content)
    raise _unknown(by_content or likeliest, as_kind)


_CARDS: Final = frozenset({"iccid", "iccid_first", "msisdn", "imsi"})


def _lacks_cards(header: SheetHeader | None) -> bool:
    return header is None or header.looks_like_data or not _CARDS & header.fields


def _by_content(top: Sequence[Row], claims: ColumnOverrides, numbers: Sequence[int]) -> SheetHeader | None:
    """Return the header of a sheet whose cards no heading names, by the columns in which they stand."""
    if (layout := layout_by_content(top)) is None:
        return None
    # without headings a person names a column by its letter
    letters = {column_letters(at).casefold(): at for at in range(max(len(cells) for _, cells in top))}
    said = {} if layout.header else {name: at for name, at in claims.headings.items() if at in letters}
    places = {**layout.places, **{name: letters[letter] for name, letter in said.items()}}
    headings = {name: heading for name, heading in claims.headings.items() if name not in said}
    placed = replace(claims, places=places, headings=headings, header_row=layout.header)
    found = [each for each in _candidates(top, placed, numbers) if each.row == layout.header]
    header = max(found, key=lambda each: (len(each.served), -len(each.cells)), default=None)
    if header is None or any(map(header.means_other_cards, layout.places.values())):
        # of those cards the heading says that they are others
        return None
    return header.by_values(top, placed).below(top)


def _at_its_first_row(header: SheetHeader, top: Sequence[Row], claims: ColumnOverrides) -> SheetHeader:
    """Return the header at the first row that has its cells: pages of a list repeat it, and rows stand above that."""
    if claims.header_row is not None or len(header.cells) != 1:
        return header
    first = next((number for number, cells in top if tuple(cells) == header.cells[0]), header.row)
    return replace(header, row=first)


def _holds_cards(header: SheetHeader, top: Sequence[Row]) -> bool:
    """Whether some row below what may be a header names a card, or none could.

    A line of names and values (户名, 卡号 …) above another table is no header of that table.
    """
    rows = [cells for number, cells in top if number > header.row]
    if not rows and len(top) > 1:
        return False
    texts = [
        text
        for name in ("iccid", "iccid_first", "msisdn", "imsi")
        for at in header.served.get(name, ())
        for text in _texts_of(rows, at)
    ]
    return not texts or any(_LONG_NUMBER.search(text) or text.startswith(INEXACT_MARK) for text in texts)


def no_header(width: int) -> SheetHeader:
    """Return the header of a sheet whose first row is one of data."""
    return next(_candidates([(1, [None] * width)], ColumnOverrides(header_row=0), ()))


def likeliest_header(top: Sequence[Row]) -> SheetHeader | None:
    """Return the header that the first rows most likely have, whether or not it says a kind.

    ``None`` where every row holds dates or long numbers.
    """
    numbered = {row for row, cells in top if _first_number(cells) is not None}
    headers = [
        header
        for header in _candidates(top, NO_OVERRIDES, ())
        if not header.looks_like_data and header.row not in numbered and not _is_lone_title(header, top)
    ]
    return max(headers, key=_likelihood, default=None)


def _likelihood(header: SheetHeader) -> tuple[int, bool, int, int]:
    return len(header.served), not header.looks_like_data, len(header.seen), -header.row


def _in_sheet(claims: ColumnOverrides, numbers: Sequence[int]) -> ColumnOverrides:
    """Return the overrides with places as columns of the sheet; a column that is left out is beyond the last one."""
    if not numbers:
        return claims
    columns = {number: column for column, number in enumerate(numbers)}
    return replace(claims, places={name: columns.get(place, len(numbers)) for name, place in claims.places.items()})


def _candidates(top: Sequence[Row], claims: ColumnOverrides, numbers: Sequence[int]) -> Iterator[SheetHeader]:
    table = _with_grammar(_table(claims), top, claims)
    if "iccid" not in claims.fields:
        traits = traits_with_cards(top, table, is_of_seizures=claims.is_of_seizures)
        table = {**table, **(traits or remark_of_card(top, table))}
    if claims.header_row == 0:
        width = max((len(cells) for _, cells in top), default=0)
        yield _header(0, [()] * width, table, claims, numbers)
        return
    rows = [*top]
    if claims.header_row is not None:
        # the row above it may be the upper one of two
        at = next((at for at, (number, _) in enumerate(top) if number == claims.header_row), None)
        rows = [] if at is None else rows[max(at - 1, 0) : at + 1]
    upper: tuple[SheetHeader, Sequence[str | None]] | None = None
    for number, cells in rows:
        header = _header(number, [(cell,) for cell in cells], table, claims, numbers)
        if number == 0:
            # none of the sheet: a line of the document above it, or the names of a form
            if claims.header_row is None:
                yield header
            continue
        if upper is not None:
            above, cells_above = upper
            columns = list(zip_longest(cells_above, cells))
            both = _header(number, columns, table, claims, numbers)
            # A heading that is merged down over both rows stands in each; the lower row may then say all there is.
            says_all = bool(above.served) and both.served.keys() == header.served.keys()
            # 卡 above ICCID, beside headings that are merged down, is one heading in two rows
            is_merged = any(cell and cell == upon for upon, cell in columns) and any(
                cell and cell != upon for upon, cell in columns
            )
            says_again = says_all and is_merged and above.served.keys() == header.served.keys()
            # 姓名 below 被扣押人 is another field by itself
            names_holder = "holder" in both.served.keys() - header.served.keys()
            told = _told_apart(columns, table)
            tells_apart = any(apart == _ENDS or (apart and header.served) for _, apart in told)
            # SUBSCRIBER above several columns is no heading of any of them
            groups = _groups(columns)
            said_above = {name for name, at in above.served.items() if not groups.issuperset(at)}
            names_more = (both.served.keys() > said_above if groups else both.served.keys() > above.served.keys()) and (
                both.served.keys() > header.served.keys() or says_all or names_holder
            )
            is_one_header = (
                (names_more or says_again or tells_apart)
                and not both.looks_like_data
                and not is_preamble(cells_above)
                and not _is_title(cells_above, cells)
            )
            if is_one_header or claims.header_row in (None, above.row):
                yield both if is_one_header else above
            if is_one_header and claims.header_row is not None:
                return
            if is_one_header and tells_apart:
                # alone the lower row would say what the upper one denies
                upper = None
                continue
        upper = header, cells
    if upper is not None:
        yield upper[0]


def _is_lone_title(header: SheetHeader, top: Sequence[Row]) -> bool:
    """Whether a header is one text above a row of several texts that may be headings: Stock count is no column then."""
    if len(header.cells) > 1 or len({*filter(None, header.cells[0])}) != 1:
        return False
    below = next((cells for number, cells in top if number > header.row), ())
    return len(filled := [cell for cell in below if cell]) > 1 and not any(map(looks_like_data, filled))


def _is_state(heading: str, table: Mapping[str, tuple[str, ...]]) -> bool:
    return "state" in table.get(normalize_heading(heading), ())


def _is_title(upper: Sequence[str | None], lower: Sequence[str | None]) -> bool:
    """Whether a row is the title of the table whose headings stand below it: one text, in one cell or above all."""
    filled = [column for column, cell in enumerate(upper) if cell]
    if len(texts := {upper[column] or "" for column in filled}) != 1:
        return False
    named = {column for column, cell in enumerate(lower) if cell}
    # a period is no heading, whatever stands beside it
    is_dated = any(map(_YEAR.search, texts)) and 2 * len(named.intersection(filled)) > len(named)
    return len(filled) == 1 or {*filled} >= named or is_dated


_FIRST_IMEI: Final = late("first_?(?:(?:device|handset)_?)?imei")
_LAST_IMEI: Final = late("(?:last|end|to)_?(?:(?:device|handset)_?)?imei")


def _header(
    row: int,
    columns: Sequence[Sequence[str | None]],
    table: Mapping[str, tuple[str, ...]],
    claims: ColumnOverrides,
    numbers: Sequence[int],
) -> SheetHeader:
    """Return the header whose columns have these cells, from the top down."""
    names, known = [], []
    groups = _groups(columns)
    for column, (filled, apart) in enumerate(_told_apart(columns, table)):
        writings: tuple[str, ...] = (filled[-1], _joined(filled), filled[0]) if filled else ()
        if column in groups and not is_word_for_name(filled[-1]):
            # whatever stands below Customer beside the customer's name is not the customer once more
            writings = writings[:2]
        if apart == _ENDS:
            # 止 below 卡号 is the last number, and To below Card No. nobody who got cards
            writings = writings[1:2]
        elif apart:
            # 转入方 below 计划 and below 实际 are two fields, and so is 使用人 below 变更前
            writings = writings[1:]
        if len(filled) > 1 and _is_of_holder(filled[0], column, columns):
            # 姓名 and 身份证号 below 被扣押人 are his, and no user's
            writings = (_joined(filled),)
        elif len(filled) > 1 and (of_person := below_person(filled[0], filled[-1])) is not None:
            # and those below 受害人 are those of the victim
            writings = (of_person,)
            table = _with_heading(table, normalize_heading(of_person), claims)
        elif len(filled) > 1 and _OF_RETURN.fullmatch(normalize_heading(filled[0])) and _is_state(filled[-1], table):
            # what a card was like when it came back it need not be, or have been, on the day of its row
            writings = (_joined(filled),)
        if len(filled) > 1 and _is_side_of_act(filled[0], normalize_heading(filled[-1])):
            table = _with_heading(table, normalize_heading("".join(filled)), claims)
        understood = next((writing for writing in writings if _is_understood(normalize_heading(writing), table)), None)
        if len(filled) > 1 and not apart and _is_day_below_event(filled, claims):
            understood = _joined(filled)
        # whatever stands above it, Registration Date says by itself whose day it is
        alone = filled[-1] if filled and is_day_of_registration(normalize_heading(filled[-1])) else " ".join(filled)
        names.append(understood or alone or column_letters(numbers[column] if numbers else column))
        known.append(normalize_heading(understood) if understood and column not in claims.places.values() else "")
    headings = [normalize_heading(name) for name in names]
    for column, heading in enumerate(headings):
        if not known[column] and column not in claims.places.values() and events_of_date(heading, headings) is not None:
            known[column] = heading
    is_own_list = claims.is_own_list and (
        claims.fallbacks.get("document_basis") == "answer" or not speaks_of_others(names)
    )
    if is_own_list:
        both = _customers_of_both(headings, claims)
        known = [heading if heading in both else name for heading, name in zip(headings, known, strict=True)]
        table = _with_users({**table, **both}, known, claims)
    dates = _dates(known, headings, table, claims)
    if any("activation" in kinds for kinds in dates.values()) and not any(map(_LAST_IMEI.fullmatch, headings)):
        # beside the day of the first use it is the device of that, and not the first one of a range
        first = {at: heading for at, heading in enumerate(headings) if _FIRST_IMEI.fullmatch(heading)}
        known = [first.get(at, name) for at, name in enumerate(known)]
        table = {**table, **dict.fromkeys(first.values(), () if "imei" in claims.fields else ("imei",))}
    if list_of(headings) == "back":
        dates |= {at: frozenset[Kind]({"return"}) for at in came_back_on(headings) if not dates.get(at)}
    if {"carrier", "enterprise"} <= claims.fallbacks.keys():
        # on the paper of a purchase the day of delivery is that of what was bought
        dates = {at: kinds | {"purchase"} if "transfer" in kinds else kinds for at, kinds in dates.items()}
    if not is_own_list and (sides := former_and_new(headings, {*claims.fields, *claims.headings.values()})):
        known = [heading if heading in sides else name for heading, name in zip(headings, known, strict=True)]
        changed = (at for at, heading in enumerate(headings) if sides.get(heading) == ("date",))
        table, dates = {**table, **sides}, {**dates, **{at: dates.get(at, frozenset[Kind]()) for at in changed}}
    if users := users_in_register(headings, known, table, claims.fields):
        known = [heading if heading in users else name for heading, name in zip(headings, known, strict=True)]
        table, dates = {**table, **users}, {**dates, **dict.fromkeys(days_of_register(headings), frozenset[Kind]())}
    table = _in_context(table, known, headings, list(dates.values()), claims)
    if (number := _number_of_subscribers(headings, known, table, claims)) is not None:
        known[number], table = headings[number], {**table, headings[number]: ("msisdn",)}
    resale: Mapping[str, tuple[str, ...]] = {}
    # of a day of passing on alone the buyer of the cards need not be who got them then
    may_be_bought = not dates or any(not kinds or "purchase" in kinds for kinds in dates.values())
    if may_be_bought and not is_own_list and not claims.fields & {"from", "to", "enterprise"}:
        resale = sides_of_resale(headings, known, table, claims.fallbacks)
        known = [heading if heading in resale else name for heading, name in zip(headings, known, strict=True)]
        table, dates = {**table, **resale}, days_of_resale(headings, dates) if resale else dates
    if not is_own_list:
        named, stated = (headings, known, table, list(dates.values())), {*claims.fallbacks, *claims.fields}
        is_bought = claims.is_of_receipts or bool(received_on(headings))
        sides = {} if is_bought else sides_by_level(*named, claims.fallbacks)
        sides = sides or sides_by_role(*named, stated, is_bought=is_bought, is_titled=claims.is_of_receipts)
        claimed = {*claims.headings.values()}
        sides = {
            at: named for at, named in sides.items() if at not in claimed and not claims.fields.intersection(named)
        }
        known = [heading if heading in sides else name for heading, name in zip(headings, known, strict=True)]
        table = {**table, **sides}
    if sent := _number_sent(headings, known, table, claims):
        known = [heading if heading in sent else name for heading, name in zip(headings, known, strict=True)]
        table = {**table, **sent}
    served: dict[str, list[int]] = {"date": [*dates]} if dates else {}
    for column, heading in enumerate(known):
        for name in table.get(heading, ()):
            if name != "date":
                served.setdefault(name, []).append(column)
    for name, columns_of in served.items():
        # beside Account Name the heading Account is that of its code
        codes = {
            at for at in columns_of if {f"{known[at]}name", f"{known[at]}_name"} & {known[to] for to in columns_of}
        }
        served[name] = [at for at in columns_of if at not in codes]
    numbers_of_party = _numbers_of(known, served.get("party", ()), served.pop("party_id", ()), claims.headings.values())
    if numbers_of_party:
        served["party_id"] = numbers_of_party
    for name, column in claims.places.items():
        if column < len(columns):
            served[name] = [column]
    if "holder_id" not in served and (of_holder := ids_beside("holder", headings, served, claims.fields)):
        served = {name: [column for column in at if column not in of_holder] for name, at in served.items()}
        served = {**{name: at for name, at in served.items() if at}, "holder_id": of_holder}
    others = ids_of_others(headings, served, claims.fields)
    for name in [name for name in served if others.intersection(served[name])] if others else ():
        served[name] = [column for column in served[name] if column not in others]
        if not served[name]:
            del served[name]
    apart = side_of_other_act({side: [known[at] for at in served.get(side, ())] for side in _BOTH_SIDES})
    if apart is not None and apart not in claims.fields:
        served = {name: at for name, at in served.items() if name != apart}
    literals = {**{name: text for name, text in claims.fallbacks.items() if name not in served}, **claims.literals}
    is_direct = is_nobody(literals.get(KEEPER, ""))
    if is_direct:
        del literals[KEEPER]
    literals = stated_of_resale(literals) if resale else literals
    meaning = SheetMeaning(
        fields=frozenset(served).union(literals),
        headings=tuple(headings),
        dates=dates,
        literals=frozenset(claims.literals) | (claims.kept.keys() & literals.keys()),
        kept_as=next((kind for name, kind in claims.kept.items() if name in literals), claims.dated_as),
        is_own_list=is_own_list,
        concluded=frozenset(claims.fallbacks) - served.keys(),
        served={name: tuple(places) for name, places in served.items()},
        is_direct=is_direct,
        is_titled_receipts=claims.is_of_receipts,
        is_of_evidence=claims.is_of_evidence,
        is_day_said="date" in claims.fields,
        listed_as=claims.listed_as,
    )
    return SheetHeader(
        row=row,
        cells=tuple(zip(*columns, strict=True)),
        names=tuple(names),
        known=tuple(known),
        served={name: tuple(places) for name, places in served.items()},
        literals=literals,
        meaning=meaning,
        events=meaning.events(),
        looks_like_data=any(cell and looks_like_data(cell) for cells in columns for cell in cells),
        ids_of_others=others,
    )


_WITH_CHECK: Final = late("luhn|check_?digit|checksum|full")
_ENDS: Final = "ends"
_FIELDS_APART: Final = "fields"


def _number_of_subscribers(
    headings: Sequence[str], known: Sequence[str], table: Mapping[str, tuple[str, ...]], claims: ColumnOverrides
) -> int | None:
    """Return the column of the one telephone that a register of subscribers names beside each card: the card's."""
    fields = {name for heading in known for name in table.get(heading, ())} | claims.fields
    if "iccid" not in fields or {"msisdn", "from", "to"} & fields or not any(map(_OF_SUBSCRIBERS.search, headings)):
        return None
    telephones = [at for at, heading in enumerate(headings) if classes_of_heading(heading) in ("T", "Tn")]
    return telephones[0] if len(telephones) == 1 and not known[telephones[0]] else None


def _number_sent(
    headings: Sequence[str], known: Sequence[str], table: Mapping[str, tuple[str, ...]], claims: ColumnOverrides
) -> dict[str, tuple[str, ...]]:
    """Return the heading of how many cards were in fact sent (实发数量), where it alone counts those that rows name."""
    fields = {name for heading in known for name in table.get(heading, ())}
    counted = [heading for heading in headings if is_number_delivered(heading)]
    is_open = not {"quantity", "stock", "sold"} & {*fields, *claims.fields} and "iccid" in fields
    return {counted[0]: ("quantity",)} if is_open and len(counted) == 1 else {}


def _joined(filled: Sequence[str]) -> str:
    """Return the texts of one heading from the top as one, as it is shown."""
    return (" " if filled[-1].isascii() else "").join(filled)


def _told_apart(
    columns: Sequence[Sequence[str | None]], table: Mapping[str, tuple[str, ...]]
) -> list[tuple[list[str], str | None]]:
    """Return the texts of each heading from the top, and how the upper one makes another field of the lower one.

    It does where it says so (计划, 变更前), where the same field stands below several, and where the lower ones are the
    ends of a range of what the upper one names (起 and 止 below 卡号). An empty cell above the second of such fields
    belongs to the upper heading on its left.
    """
    written = [list(dict.fromkeys(cell.removeprefix(INEXACT_MARK) for cell in cells if cell)) for cells in columns]
    lowers = [normalize_heading(filled[-1]) if filled else "" for filled in written]
    repeated = {name for name, count in Counter(lowers).items() if count > 1 and _is_understood(name, table)}
    ends = _ends_below(columns)
    above = None
    for column, (cells, filled, lower) in enumerate(zip(columns, written, lowers, strict=True)):
        above = cells[0] or above if cells else None
        is_open = bool(above) and len(cells) > 1 and not cells[0]
        if above and is_open and (lower in repeated or column in ends or _is_side_of_act(above, lower)):
            filled.insert(0, above)
    uppers: dict[str, set[str]] = {}
    for filled, lower in zip(written, lowers, strict=True):
        uppers.setdefault(lower, set()).add(normalize_heading(filled[0]) if len(filled) > 1 else "")
    told: list[tuple[list[str], str | None]] = []
    for column, (filled, lower) in enumerate(zip(written, lowers, strict=True)):
        is_apart = changes_headings(filled[0]) or (lower in repeated and len(uppers[lower]) > 1) if filled else False
        apart = _ENDS if column in ends else _FIELDS_APART if is_apart else None
        told.append((filled, apart if len(filled) > 1 else None))
    return told


def _is_side_of_act(upper: str, lower: str) -> bool:
    """Whether an act that stands above several headings makes one of them that of a side: Rider below ISSUE."""
    above = normalize_heading(upper)
    is_act = bool(events_of_date(f"{above}date" if above.isascii() else f"{above}日期"))
    return is_act and field_of_heading(lower) is None and field_of_heading(above + lower) in _SIDES


def _ends_below(columns: Sequence[Sequence[str | None]]) -> frozenset[int]:
    """Return the columns of both ends of a range whose numbers one upper heading names, over both or the first."""
    found: set[int] = set()
    for column, (one, other) in enumerate(pairwise(columns)):
        if len(one) < 2 or not (upper := one[0]) or other[0] not in (None, "", upper):
            continue
        ends = [end_in_heading(each[-1]) if each[-1] and each[-1] != upper else None for each in (one, other)]
        is_numbered = names_numbers(upper) or field_of_heading(normalize_heading(upper)) in _NUMBERED
        if ends == ["first", "last"] and is_numbered:
            found |= {column, column + 1}
    return frozenset(found)


_NUMBERED: Final = frozenset({"iccid", "msisdn", "imsi"})


def _groups(columns: Sequence[Sequence[str | None]]) -> frozenset[int]:
    """Return the columns that stand with others below one upper heading, each with a heading of its own."""
    found: set[int] = set()
    for column, (one, other) in enumerate(pairwise(columns)):
        if len(one) < 2 or not one[0] or other[0] not in (None, "", one[0]):
            continue
        if one[-1] and other[-1] and len({one[0], one[-1], other[-1]}) == 3:
            found |= {column, column + 1} if other[0] else {column}
    return frozenset(found)


def _is_of_holder(upper: str, column: int, columns: Sequence[Sequence[str | None]]) -> bool:
    """Whether the upper cell of a heading names whom cards were seized from, for this column and one beside it."""
    beside = [columns[at][0] for at in (column - 1, column + 1) if 0 <= at < len(columns) and columns[at]]
    return upper in beside and field_of_heading(normalize_heading(upper)) == "holder"


def _with_heading(
    table: Mapping[str, tuple[str, ...]], heading: str, claims: ColumnOverrides
) -> Mapping[str, tuple[str, ...]]:
    """Return the table with what the grammar says of one heading."""
    field = field_of_heading(heading)
    is_fresh = heading not in table and field in FIELDS and field not in claims.fields
    return {**table, heading: (field,)} if is_fresh and field is not None else table


def _numbers_of(
    known: Sequence[str], parties: Sequence[int], numbers: Sequence[int], claimed: Collection[str]
) -> list[int]:
    """Return the columns of identifiers that are those of the party of the list, not of somebody else in the row."""
    owners = {party_word(known[column]) for column in parties[:1]}
    return [
        column
        for column in numbers
        if known[column] in HEADINGS or known[column] in claimed or party_word(known[column]) in owners
    ]


def _with_grammar(
    table: Mapping[str, tuple[str, ...]], top: Sequence[Row], claims: ColumnOverrides
) -> Mapping[str, tuple[str, ...]]:
    """Return the table, extended by headings of the sheet that only the grammar understands."""
    rows = [[normalize_heading(cell) for cell in cells if cell and len(cell) <= LONGEST_HEADING] for _, cells in top]
    widest = max((sum(bool(cell) for cell in cells) for _, cells in top), default=0)
    if any(len(names) == widest and all(_is_understood(name, table) for name in names) for names in rows):
        # the row of headings, and each is in the table: the grammar, whose patterns take long to compile, adds none
        return table
    # a text above several columns is a title of theirs, not the heading of each
    titles = {name for names in rows for name, count in Counter(names).items() if count > 1}
    fresh = {}
    for name in ({name for names in rows for name in names} - titles) | _under_titles(top, titles):
        if name in table or name in HEADINGS or events_of_date(name) is not None:
            continue
        field = field_of_heading(name)
        if field in FIELDS and field not in claims.fields:
            fresh[name] = (field,)
    return {**table, **fresh}


def _under_titles(top: Sequence[Row], titles: Collection[str]) -> set[str]:
    """Return the comparable headings that a title above several columns makes with the cells below it."""
    joined = set()
    for (_, upper), (_, lower) in pairwise(top) if titles else ():
        for above, below in zip(upper, lower, strict=False):
            if above and below and above != below and normalize_heading(above) in titles:
                joined.add(normalize_heading(above + below))
    return {name for name in joined if len(name) <= LONGEST_HEADING}


def _is_understood(heading: str, table: Mapping[str, tuple[str, ...]]) -> bool:
    return heading in table or ("date" in table.get("date", ()) and bool(events_of_date(heading)))


_BOOKED_ON: Final = late("(?:date_?)?(?:book(?:ed|ing)|picked_?up|pick_?up)(?:_?(?:on|date))?")
"""Headings of the day on which a carrier took a parcel."""
_DELIVERED_ON: Final = late("(?:date_?)?(?:of_?)?(?:deliver(?:ed|y))(?:_?(?:on|at|date))?")


def _dates(
    known: Sequence[str], headings: Sequence[str], table: Mapping[str, tuple[str, ...]], claims: ColumnOverrides
) -> dict[int, frozenset[Kind]]:
    """Return the columns of dates, with the kinds whose event each names; a mapped one counts for any event.

    A person who says that a list registers customers says with the column of its date when.
    """
    is_said = claims.is_own_list and claims.fallbacks.get("document_basis") == "answer"
    mapped = frozenset[Kind](("purchase",) if is_said else ())
    said: dict[int, frozenset[Kind]] | None = None
    if "date" in claims.places:
        said = {claims.places["date"]: mapped} if claims.places["date"] < len(known) else {}
    elif "date" in claims.headings:
        said = {column: mapped for column, heading in enumerate(known) if heading == claims.headings["date"]}
    if said is not None:
        others = ((at, events_of_date(heading, headings)) for at, heading in enumerate(headings if said else ()))
        uses = {
            at: kinds
            for at, kinds in others
            if kinds and kinds.issubset(USE_KINDS) and at not in claims.places.values()
        }
        return {**uses, **said} if claims.keeps_uses else said
    if "date" in claims.fields:
        return {}
    named = {column: events_of_date(heading, headings) for column, heading in enumerate(known) if heading}
    if claims.is_own_list:
        named |= {
            column: frozenset[Kind]({"purchase"})
            for column, heading in enumerate(headings)
            if _REGISTERED_ON.fullmatch(heading)
        }
        if not any("purchase" in (kinds or ()) for kinds in named.values()):
            added = [column for column, heading in enumerate(headings) if _ADDED_ON.fullmatch(heading)]
            named |= dict.fromkeys(added[:1], frozenset[Kind]({"purchase"}))
    sides = {field for heading in known for field in (*table.get(heading, ()), field_of_heading(heading))}
    booked = [at for at, each in enumerate(headings) if _BOOKED_ON.fullmatch(each)]
    if "waybill" in sides and any(map(_DELIVERED_ON.fullmatch, headings)):
        # what went by parcel was handed over on the day on which its carrier took it, not on that of delivery
        named |= dict.fromkeys(booked, frozenset[Kind]({"transfer"}))
    is_handing_on = {"from", "to"} <= sides and not any(kinds is not None for kinds in named.values())
    if "user" in sides and not {"from", "to", "enterprise", "carrier", "kind"} & sides:
        # who uses a card since when
        named |= {at: frozenset[Kind]({"usage"}) for at, each in enumerate(headings) if _PUT_INTO_USE.fullmatch(each)}
        if any(map(_USES.fullmatch, known)):
            named |= dict.fromkeys(days_of_register(headings), frozenset[Kind]({"usage"}))
    if is_handing_on or _MAYBE_KIND.intersection(headings):
        # where each row says what was done, or who gave it to whom, the time of the operation is that of the event
        named |= {column: frozenset() for column, heading in enumerate(headings) if heading in _OF_OPERATION}
    named |= {
        column: frozenset[Kind]({"transfer"})
        for column, heading in enumerate(known)
        if _HANDED_OVER_ON.fullmatch(heading) and table.get(heading) == ("date",)
    }
    return {
        column: kinds
        for column, kinds in named.items()
        if kinds is not None and table.get(known[column], ("date",)) == ("date",)
    }


def _is_day_below_event(filled: Sequence[str], claims: ColumnOverrides) -> bool:
    """Whether a neutral date stands below an event that makes it that of it: Date below Activation, or Registration."""
    if events_of_date(normalize_heading(filled[-1])) != frozenset():
        return False
    joined = normalize_heading("".join(filled))
    return bool(events_of_date(joined)) or (claims.is_own_list and _REGISTERED_ON.fullmatch(joined) is not None)


def _customers_of_both(headings: Sequence[str], claims: ColumnOverrides) -> dict[str, tuple[str, ...]]:
    """Return the fields of a carrier's list of numbers that customers passed on: it names the former and the new one.

    Only where a heading says so: two names may also be those of one customer who changed his.
    """
    if not any(_HANDED_OVER in heading for heading in headings) or claims.headings or claims.places:
        return {}
    named = {heading: found for heading in headings if (found := _CUSTOMER_OF_TWO.fullmatch(heading)) is not None}
    fields = {
        heading: f"{'to' if each['to'] else 'from'}{'_id' if each['id'] else ''}" for heading, each in named.items()
    }
    if not {"from", "to"} <= {*fields.values()}:
        return {}
    on = [heading for heading in headings if _HANDED_OVER_ON.fullmatch(heading)]
    return {heading: (name,) for heading, name in {**fields, **dict.fromkeys(on, "date")}.items()}


def _with_users(
    table: Mapping[str, tuple[str, ...]], known: Sequence[str], claims: ColumnOverrides
) -> Mapping[str, tuple[str, ...]]:
    """Return the table for a carrier's own list, where whoever uses a card is said to, and is not the customer.

    Where no customer is named, an identifier is not known to be the customer's.
    """
    claimed = claims.headings.values()
    users = {heading for heading in known if _USER.fullmatch(heading) and heading not in claimed}
    fields = {name for heading in known if heading not in users for name in table.get(heading, ())}
    is_named = bool({"party", "enterprise"} & (fields | {*claims.literals, *claims.places}))
    nobodys = _ENTERPRISES_NUMBER.difference(claimed) if users and not is_named else frozenset[str]()
    return {**table, **dict.fromkeys(nobodys, ()), **dict.fromkeys(users, ("declared_user",))}


def _in_context(
    table: Mapping[str, tuple[str, ...]],
    known: Sequence[str],
    headings: Collection[str],
    dates: Collection[frozenset[Kind]],
    claims: ColumnOverrides,
) -> Mapping[str, tuple[str, ...]]:
    """Return the meaning of headings that depends on the others of the sheet, where no mapping names them."""
    meant: dict[str, str] = {}
    claimed = {heading: table[heading] for heading in claims.headings.values() if heading in table}
    fields = {name for heading in known for name in table.get(heading, ())} | {*claims.literals, *claims.places}
    if not claims.is_own_list and not {"party", "from", "to", "kind"} & fields:
        # whom somebody registered he need not have sold to, unless a carrier and the day of a sale are named too
        is_bought = any("purchase" in named for named in dates) and not any(map(_ENTERED.fullmatch, headings))
        is_dated = any(not named or "purchase" in named for named in dates) or "date" in claims.fallbacks
        is_sold = is_bought or ("carrier" in {*fields, *claims.fallbacks} and is_dated)
        named = {
            name: [each for each in known if name in table.get(each, ())] for name in ("enterprise", "enterprise_id")
        }
        if named["enterprise"] and all(map(_OPENED.match, named["enterprise"])) and not is_sold:
            meant |= {
                **dict.fromkeys(named["enterprise"], "party"),
                **dict.fromkeys(named["enterprise_id"], "party_id"),
            }
    if _BUYER in known:
        meant[_BUYER] = "to" if "from" in fields else "enterprise"
    anybody = _ANYBODY.intersection(known)
    if anybody:
        side = "enterprise" if means_enterprise(fields, headings, dates) else "party"
        meant.update(dict.fromkeys(anybody, side))
        is_surely_enterprise = any(
            heading not in _ANYBODY and "enterprise" in table.get(heading, ()) for heading in known
        )
        if side == "party" and not is_surely_enterprise:
            meant.update(dict.fromkeys(_ENTERPRISES_NUMBER.intersection(known), "party_id"))
    elif claims.is_own_list and "enterprise" not in fields:
        numbers = (heading for heading in _ENTERPRISES_NUMBER.intersection(known) if table.get(heading))
        meant.update(dict.fromkeys(numbers, "party_id"))
    if "to" not in fields or "enterprise" in fields:
        # who stands above a customer in a tree of accounts need not have sold anything
        sellers = (
            heading for heading in known if "from" in table.get(heading, ()) and heading not in claims.headings.values()
        )
        above = [heading for heading in sellers if _ABOVE.match(heading)]
        table = {**table, **dict.fromkeys(above, ())}
    accounts = [heading for heading in known if _ACCOUNT.search(heading) and {"from", "to"} & {*table.get(heading, ())}]
    if len({name for heading in accounts for name in table[heading]}) > 1 and any(map(is_amount, headings)):
        # between accounts money went, and the card the other way if at all
        table = {**table, **dict.fromkeys(accounts, ())}
    if "case_no" not in fields and not claims.is_of_seizures and not _speak_of_seizures(headings):
        # who is accused is whom a card was taken from in a list of seizures only
        table = {**table, **dict.fromkeys(filter(_ACCUSED.search, known), ())}
    elif "fromwhom" in known and "holder" not in fields and "fromwhom" not in claims.headings.values():
        meant["fromwhom"] = "holder"
    registered = [heading for heading in known if _REGISTERED.fullmatch(heading)]
    others = {name for heading in known if heading not in registered for name in table.get(heading, ())}
    is_list = "carrier" in others or any("purchase" in kinds for kinds in dates)
    if registered and not claims.is_own_list:
        # beside whoever got the cards, or where nothing tells of a carrier, it is no side of the rows
        is_beside = bool({"party", "from", "to", "enterprise"} & others)
        is_moved = not all(kinds and kinds <= {*USE_KINDS} for kinds in dates)
        none = [each for each in registered if is_beside or not (is_list or "登记" in each or not is_moved)]
        table = {**table, **dict.fromkeys(set(none).difference(claims.headings.values()), ())}
    if registered and "user" not in others:
        # he need not use the card: neither he nor whose identity card stands beside him is its user
        meant |= {each: "party" for each in registered if "user" in table.get(each, ())}
        ids = [heading for heading in known if heading.startswith("身份证") and "user_id" in table.get(heading, ())]
        if any(table.get(each) for each in registered):
            meant |= dict.fromkeys(ids, "party_id")
        else:
            table = {**table, **dict.fromkeys(set(ids).difference(claims.headings.values()), ())}
    if "party" in fields:
        # who fetched what a customer bought is not who bought it
        fetched = [
            heading for heading in known if _FETCHES.fullmatch(heading) and heading not in claims.headings.values()
        ]
        table = {**table, **dict.fromkeys(fetched, ())}
    if "waybill" in fields and {"from", "to"} & fields and not {"iccid", "iccid_first"} & fields:
        # what a courier counts are parcels
        counted = (
            heading for heading in known if _PARCELS.fullmatch(heading) and heading not in claims.headings.values()
        )
        is_couriers = any(heading in _COURIERS for heading in known)
        table = {**table, **dict.fromkeys(counted, ())} if is_couriers else table
    if _OPERATIONS.intersection(headings):
        # who did what a log of operations lists is the user of a system, not of a card
        doers = (heading for heading in _DOERS.intersection(known) if heading not in claims.headings.values())
        table = {**table, **dict.fromkeys(doers, ())}
    if any({"party", "enterprise"} & {*table.get(heading, ())} for heading in known if heading not in _ANY_NAMES):
        table = {**table, **dict.fromkeys(_ANY_NAMES, ())}
    if _NAME in known:
        # the name of whoever took a card, or of whom the identity card is; anybody's else
        ids = [heading for heading in known if heading.startswith("身份证") and "user_id" in table.get(heading, ())]
        is_named = any("user" in table.get(heading, ()) for heading in known if heading != _NAME)
        if any(_TAKEN.fullmatch(heading) for heading in headings) and "to" not in fields and not is_named:
            meant |= {_NAME: "to", **dict.fromkeys(ids, "to_id")}
        elif ids and not is_named:
            meant[_NAME] = "user"
        else:
            table = {**table, _NAME: ()}
    return {
        **table,
        **{heading: () if name in claims.fields else (name,) for heading, name in meant.items()},
        **claimed,
    }


def _speak_of_seizures(headings: Iterable[str]) -> bool:
    return any(word in heading for word in _SEIZED for heading in headings)


def _table(claims: ColumnOverrides) -> dict[str, tuple[str, ...]]:
    """Return the fields of each heading once a mapping has had its say."""
    unread = claims.fields
    in_context = {_BUYER, *_ANYBODY, *_ENTERPRISES_NUMBER}
    table = {heading: (name,) for heading, name in HEADINGS.items() if name not in unread or heading in in_context}
    if "user" not in unread:
        table[_NAME] = ("user",)
    if claims.is_own_list and "party" not in unread:
        table |= dict.fromkeys(_ANY_NAMES, ("party",))
    claimed: dict[str, tuple[str, ...]] = {}
    for name, heading in claims.headings.items():
        claimed[heading] = (*claimed.get(heading, ()), name)
    return table | claimed


def _fits(header: SheetHeader, as_kind: Kind | None, claims: ColumnOverrides) -> bool:
    if not _has_claims(header, claims):
        return False
    if as_kind:
        return not header.meaning.event(as_kind).missing
    if any(not event.missing for event in header.events):
        return True
    # in a book of both ways the day on which goods came in is that of its rows
    is_dated = header.is_stock_ledger and bool(received_on(header.meaning.headings))
    fields = header.fields | {"date"} if is_dated else header.fields
    return "kind" in fields and any(not missing_fields(kind, fields) for kind in KINDS)


def _has_claims(header: SheetHeader, claims: ColumnOverrides) -> bool:
    served = {*header.served, *(["state"] if header.statuses else [])}
    return set(claims.headings) | set(claims.places) <= served


def looks_like_data(cell: str) -> bool:
    """Whether a cell holds a date or a long number, as headings do not."""
    is_number_or_range = _LONG_NUMBER.fullmatch(cell) is not None or is_number(cell)
    return cell.startswith(INEXACT_MARK) or is_number_or_range or not isinstance(parse_date(cell), str)


def check_header_row(top: Sequence[Row], claims: ColumnOverrides) -> None:
    """Refuse a row of headings that a mapping names and that holds a number: the row is a record, and would be lost.

    Raises MappingError if a cell of the row is a card, a range or a telephone number.
    """
    cells = next((cells for row, cells in top if row == claims.header_row), ())
    if (value := _first_number(cells)) is not None:
        hint = "no_headings_or_their_row"
        raise MappingError("mapping_header_row_is_record", row=claims.header_row, value=value, hint=hint)


def _first_number(cells: Iterable[str | None]) -> str | None:
    return next((cell.removeprefix(INEXACT_MARK) for cell in cells if cell and is_number(cell)), None)


def _check_claims(header: SheetHeader | None, claims: ColumnOverrides) -> None:
    if header is None and claims.header_row is not None:
        raise MappingError("mapping_header_row_blank", row=claims.header_row, hint="count_rows")
    if header is None or _has_claims(header, claims):
        return
    missing = [phrase("quoted", text=heading) for name, heading in claims.headings.items() if name not in header.served]
    missing += [
        phrase("column_number", number=column + 1)
        for name, column in claims.places.items()
        if name not in header.served
    ]
    raise MappingError(
        "mapping_without_column", missing=missing, seen=listed_headings(header.seen), hint="heading_as_written"
    )


def _unknown(header: SheetHeader | None, as_kind: Kind | None) -> UnknownHeadings:
    if header is None:
        return UnknownHeadings("no_header_row")
    if as_kind is not None:
        event = header.meaning.event(as_kind)
        if event.missing and {"iccid", "iccid_first", "quantity", "msisdn", "imsi"} & header.fields:
            return ask_for(header, event)
    else:
        if (asked := next((event for event in header.events if event.missing), None)) is not None:
            return ask_for(header, asked)
        if {"iccid", "iccid_first", "msisdn", "imsi"} & header.fields:
            return _undecided(header)
    unknown = [name for name in header.seen if normalize_heading(name) not in HEADINGS]
    nearest = [(name, suggest_heading(name)) for name in unknown[:_HEADINGS_SHOWN]]
    pairs = [phrase("near_heading", name=name, heading=heading) for name, heading in nearest if heading]
    error = UnknownHeadings(
        "headings_lack_fields" if as_kind else "headings_not_understood",
        **(event_words(as_kind, header.meaning.event(as_kind).missing) if as_kind else {}),
        seen=listed_headings(header.seen),
        nearest=pairs[:_NEAREST_SHOWN],
        file="FILE",
        hint="suggest_mapping",
    )
    _tell_of(error, header)
    return error


def _tell_of(error: UnknownHeadings, header: SheetHeader) -> None:
    """Have an error know the headings of its sheet, and which of them are understood."""
    error.header_row, error.headings, error.used = header.row, header.names, header.used
    columns = range(len(header.names))
    error.served = {column: field for column in columns if (field := header.field_of(column)) is not None}


def event_words(kind: str, missing: Iterable[str]) -> dict[str, Any]:
    """Return the kind of a record and what it lacks as the words that a message names them by."""
    return {"records": Text("kinds", kind, {}), "needs": [Text("fields", need, {}) for need in missing]}


def ask_for(header: SheetHeader, event: SheetEvent, rows: int = 0) -> NeedsAnswer:
    """Return what has to be asked where the headings name an event and no column states all of it."""
    missing = tuple("date" if name == DAY_OR_CASE else name for name in event.missing)
    is_answerable = set(missing) <= {*FIELDS, KEEPER}
    error = NeedsAnswer(
        "needs_answer",
        hint="answer_for_all_rows" if is_answerable else "state_in_mapping",
        answers=" ".join(f"--set {answer}" for answer in _answers_to(header, event)),
        file="FILE",
        kind=event.kind,
        missing=missing,
        **event_words(event.kind, event.missing),
        seen=listed_headings(header.seen),
    )
    if DAY_OR_CASE in event.missing:
        question = Text("questions", DAY_OR_CASE, {"kind": Text("kinds", event.kind, {})})
        error.texts = {**error.texts, "date": question.in_both()}
    error.rows = rows
    error.is_kind_open = not header.meaning.stated()
    _tell_of(error, header)
    return error


def _answers_to(header: SheetHeader, event: SheetEvent) -> list[str]:
    """Return what may be typed for what an event lacks; where a person says the kind, one answer says both sides."""
    is_open = {"from", "to"} <= {*event.missing} and not header.meaning.stated()
    fields = [name for name in event.missing if not is_open or name not in ("from", "to")]
    fields = ["date" if name == DAY_OR_CASE else name for name in fields]
    return [*([f"kind={event.kind}:…→…"] if is_open else []), *(f"{name}=…" for name in fields)]


def _undecided(header: SheetHeader) -> UnknownKind:
    """Return the error of a sheet with cards for which nothing states an event: the kind has to be asked."""
    meant = [
        phrase("heading_meant", heading=header.names[column], field=Text("fields", name, {}))
        for name, columns in sorted(header.served.items(), key=lambda served: served[1])
        for column in columns
    ]
    named: dict[str, Any] = {"meant": listed_headings(meant), "seen": listed_headings(header.seen)}
    error = UnknownKind("unknown_kind", hint="say_kind", forms=[phrase("handed_form")], **named)
    _tell_of(error, header)
    return error


def listed_headings(names: Iterable[str | Text]) -> Text:
    shown = list(names)
    if not shown:
        return phrase("none")
    return phrase("heading_list", names=shown[:_HEADINGS_SHOWN], more=max(len(shown) - _HEADINGS_SHOWN, 0) or None)
