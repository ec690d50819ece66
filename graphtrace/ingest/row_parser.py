"""One row of a sheet to the statements that it makes, or to the reason why it makes none.

Decides on every row of custody records; the column path (``vectorized``) reads only rows on which it decides alike.

Rules that hold for every kind:

- What names the cards is never optional once it is filled: a card number that cannot be read rejects its row, even
  where something else in the row (an MSISDN, a declared stock) would do. A row is not loaded for other cards than it
  was written about.
- A number range beside a listed card must be that card alone; one end of a range without the other is a missing field.
- A party is stated by its name, its number or both.
- ``quantity`` beside listed cards or a range has to agree with them; alone it is a lot, and in a stock declaration it
  is a lot too, not the declared stock.
- A row may have several faults. The reject carries the one whose reason comes first in :data:`REASONS`; only rows that
  are no records at all (totals, repeated headers) are told apart before anything else in them is judged.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from graphtrace.frozen import frozen, replace
from graphtrace.identifiers import (
    Iccid,
    InvalidRange,
    KeyRange,
    calling_code_of,
    damage_interval,
    fails_check_digit,
    has_zeroed_tail,
    is_authority,
    is_damaged_range,
    is_iot_number,
    is_parcel_firm,
    is_persons_document,
    is_scientific,
    is_valid_eid,
    is_valid_imei,
    is_visibly_company,
    match_operator_name,
    names_no_device,
    normalize_number,
    normalize_party_id,
    normalize_party_name,
    operator_from_cell,
    pack_number,
    parse_digits_abroad,
    parse_eid,
    parse_iccid,
    parse_imei,
    parse_imsi,
    parse_msisdn,
    parse_national,
    parse_range,
    split_key,
)
from graphtrace.identifiers.damage import illegible_interval
from graphtrace.identifiers.iccid import BODY_SIZE, with_check_digit_in_key
from graphtrace.identifiers.nobody import identifies_nobody, is_kept, is_no_identifier, key_of_cell
from graphtrace.identifiers.normalize import is_masked_name
from graphtrace.identifiers.ranges import CardInterval, merge_intervals
from graphtrace.ingest.acts import (
    BACK,
    DONE,
    INBOUND,
    KIND_WORDS,
    MAYBE_OUTCOME,
    NOTHING,
    OPEN,
    STATE,
    TO_KEEPER,
    VOID,
    act_of,
    act_of_purpose,
    act_of_remark,
    asks_at_large,
    asks_seized,
    bare_kind_word,
    casts_doubt,
    comes_back,
    counts_undone,
    denies_activation,
    denies_hand_over,
    denies_seizure,
    denies_use,
    ends_registration,
    gives_back_to_supplier,
    is_about_part,
    is_at_large,
    is_bare_remark,
    is_exchange,
    is_number_delivered,
    is_of_another,
    is_pack,
    is_plain_line,
    is_role_heading,
    is_signature,
    is_unit,
    outcome_of_return,
    refuses_request,
    says_check_failed,
    says_never_used,
    says_order_ended,
    speaks_of_part,
    stays_in_stock,
    tells_check_of_person,
    tells_outcome,
    tells_outcome_of_request,
    tells_outcome_of_use,
    tells_why_no_use,
    topic_of_status,
    undone_by,
)
from graphtrace.ingest.card_cells import (
    CARD_NAMED,
    CARD_PATTERN,
    NAMES_CARD,
    CardPart,
    cards_by_check_digit,
    cards_in,
    cards_named,
    complete_last,
    farthest_of,
    has_parts,
    lacking_a_digit,
    last_of,
    split_cards,
    subscriber_numbers_among_words,
)
from graphtrace.ingest.dates_and_quantities import (
    DayOrder,
    StatedYear,
    parse_date,
    parse_quantity,
    parse_time,
    returned_quantity,
    with_time,
)
from graphtrace.ingest.dealer_ledgers import KEEPER, WAYS, Way, is_of_issues, way_of
from graphtrace.ingest.english_sides import names_reseller
from graphtrace.ingest.given_answers import NO_WORDS, CarrierWords
from graphtrace.ingest.given_back import (
    ReturnedOn,
    days_of_return,
    giver_in_returns,
    is_role,
    marks_of,
    names_roles,
    new_customer,
    received_back,
    returned_on,
    says_goods_came_back,
    says_nothing,
    says_yes,
)
from graphtrace.ingest.goods_cells import (
    are_other_goods,
    cards_of_cell,
    goods_columns,
    is_miscounted,
)
from graphtrace.ingest.headers import HEADINGS, SheetHeader, is_day_of_registration
from graphtrace.ingest.heading_grammar import field_of_heading, normalize_heading, own_heading, without_remark
from graphtrace.ingest.order_sides import is_remark_of_shop, list_of, may_name_card
from graphtrace.ingest.record_schema import STATEMENT_SCHEMA
from graphtrace.ingest.row_events import LIST_PARTIES, ONE_CARD_KINDS, PARTIES_OF, ROLES, Leg, PartySide, SheetEvent
from graphtrace.ingest.row_status import (
    CARDS_ELSEWHERE,
    NEGATIVE,
    OF_PART,
    OF_RETURN,
    ONE_END,
    SAID_SO,
    TAKEN_BACK,
    TO_SUPPLIER,
    UNDONE,
    ColumnWords,
    RowCheck,
    amount_columns,
    are_ends,
    are_signed,
    end_of,
    flag_of,
    is_credit,
    is_status_heading,
    reason_of_act,
    reason_of_flag,
    reason_of_other,
    reason_of_status,
    remark_columns,
    says_no_such_number,
    tells_ends,
)
from graphtrace.ingest.seizure_lines import is_of_traits
from graphtrace.ingest.sheet import INEXACT_MARK, ROW, SHORT_BLOCK
from graphtrace.ingest.totals import is_merged_line, is_total_cell, is_total_row, may_hold_totals
from graphtrace.ingest.unread_events import (
    LONGEST_QUOTED,
    UnreadEvent,
    cards_in_cell,
    cards_in_text,
    lot_of,
    lots_between,
    numbers_between,
    numbers_in_text,
)
from graphtrace.ingest.words import pattern_of
from graphtrace.model import (
    BETWEEN_PARTIES,
    CALLED,
    CUSTODY_KINDS,
    ENDED,
    HOLDER_KINDS,
    KINDS,
    TEXT_FIELDS,
    USE_KINDS,
    DateSpan,
    Kind,
    format_day,
)
from graphtrace.patterns import late
from graphtrace.results.reports import Reject, RowWarning

if TYPE_CHECKING:
    import polars as pl

REASONS: Final = (
    "damaged_number",
    "several_cards",
    "bad_identifier",
    "words_beside_card",
    "check_digit_differs",
    "bad_date",
    "ambiguous_date",
    "bad_quantity",
    "of_authority",
    "of_another",
    "kept",
    "missing_field",
    "cards_not_read",
    "unanswered",
    "unknown_carrier",
    "unknown_kind",
    "kind_differs",
    "range_reversed",
    "range_heads_differ",
    "range_count_mismatch",
    "self_transfer",
    "not_a_record",
    "message_not_read",
    "unknown_headings",
    "unreadable_row",
)
"""Why a row is rejected; of several reasons the first."""
_RANKS: Final = {reason: rank for rank, reason in enumerate(REASONS)}

StatementRow = dict[str, Any]
"""A row of :data:`~graphtrace.ingest.record_schema.STATEMENT_SCHEMA`."""


CARRIERS_OWN: Final = ("purchase", "registration")
"""Kinds of records whose sender is what stands in a column of carriers."""

NEVER_OF_AUTHORITIES: Final = ("transfer", "return", "seizure")
"""Kinds of records that have no authority as a side: what comes to one is evidence; a seizure is made by it."""

PARTY_NAMES: Final = frozenset({"enterprise", "from", "to", "user", "party"})
PARTY_NUMBERS: Final = frozenset({name + "_id" for name in (*PARTY_NAMES, "holder")})
PARTY_FIELDS: Final = PARTY_NAMES | PARTY_NUMBERS
_SINGLE: Final = ("iccid", "msisdn", "imsi", "eid", "imei")
ENDS: Final = ("iccid_first", "iccid_last")
_NEVER_PLACED: Final = frozenset({"declared_user"})
"""Fields for which no record has a column of its own."""

_NAMED: Final = PARTY_NAMES | {"carrier"}
"""Fields of names among those that are kept without a column of their own."""

NUMBERS: Final = {"msisdn": parse_msisdn, "imsi": parse_imsi, "eid": parse_eid, "imei": parse_imei}
_LABELS: Final = {
    field: late(rf"^[㐀-鿿]{{0,6}}(?:{field}|{words})[号码]{{0,2}}\s?[:：#]?\s?(?=[0-9+])", re.IGNORECASE)
    for field, words in (("msisdn", "号"), ("imsi", "imsi"), ("eid", "eid"), ("imei", "[串码]号|机身码"))
}
"""What may stand before a number and says no more than what it is (插槽IMEI 86…)."""
SUBSCRIBER_NUMBERS: Final = ("msisdn", "imsi")
_HARDWARE: Final = frozenset({"eid", "imei"})
"""Numbers of a chip or device: they name no card by themselves, and are kept as text."""

TEXTS: Final = ("record_no", *TEXT_FIELDS)
_DELIVERED: Final = late("delivered|received|shipped|dispatched|despatched|issued|supplied|sent|accepted|fulfilled")
"""Headings that ask what became of a row, or say of how many cards of it."""
_STRAY_IMSI_SIZE: Final = 15
_OF_DELIVERY: Final = pattern_of("row_parser", "of_delivery", re.IGNORECASE)
"""Found in headings of remarks about a delivery: what came back there was never handed over."""

_CARD: Final = late(CARD_PATTERN)
_EMPTY: Final[StatementRow] = dict.fromkeys(STATEMENT_SCHEMA)


class ParseFailure(NamedTuple):
    """Why a text is not what its field wants, and the numbers that a damaged one could have been."""

    reason: str
    interval: tuple[str, str] | None = None


class _Fault(NamedTuple):
    field: str | None
    reason: str
    interval: tuple[str, str] | None = None


_MOVE_TEXTS: Final = ("channel", "price", "waybill", "contract_no", "declared_use")
_USE_TEXTS: Final = ("imei", "province", "city", "cell")
BY_THE_WAY: Final = frozenset(
    {"record_no", "quantity", *SUBSCRIBER_NUMBERS, *_HARDWARE, *_MOVE_TEXTS, *_USE_TEXTS} - {"declared_use"}
)
"""Fields that a movement can do without, and which are no names: a word there that is no such value may speak of it."""

_FREE_TEXTS: Final = frozenset({"channel", "declared_use", "place", "cell", "province", "city", "contract_no"})
"""Fields that hold any text, where a mapping says so."""

_OWNERS: Final[dict[str, frozenset[Kind]]] = {
    **dict.fromkeys(_MOVE_TEXTS, frozenset(CUSTODY_KINDS)),
    **dict.fromkeys(_USE_TEXTS, frozenset(USE_KINDS)),
    **dict.fromkeys(("case_no", "place", "holder", "holder_id"), frozenset({"seizure"})),
    "state": frozenset({"card_list"}),
    "carrier": frozenset({"purchase", "registration"}),
}
"""Of a row that states several events, those that these fields belong to."""


@frozen(kw_only=False)
class ColumnPlan:
    """Columns that serve the fields in the records of one kind (``None``: the kind is unknown).

    ``extra`` are the recognised fields for which a record of this kind has no column of its own. ``needs_time`` says
    that a day alone is not when the event happened. Of the return of what a sale handed over, ``instead`` are the
    columns that say which of these cards came back, where they are filled. ``remarks`` are columns of cards that are
    remarks of a shop, some of which name none.
    """

    kind: Kind | None
    columns: Mapping[str, int]
    literals: Mapping[str, str]
    extra: tuple[str, ...]
    uses_1904: bool
    needs_time: bool = False
    instead: Mapping[str, int] | None = None
    remarks: frozenset[int] = frozenset()

    @classmethod
    def of(
        cls,
        kind: Kind | None,
        header: SheetHeader,
        *,
        uses_1904: bool,
        event: SheetEvent | None = None,
        beside: Sequence[Kind] = (),
        list_parties: Sequence[str] = LIST_PARTIES,
    ) -> ColumnPlan:
        """Return the plan for records of ``kind`` under ``header``; ``beside`` are the other kinds that rows state.

        The party of a card list is the first of ``list_parties`` that the sheet has.
        """
        columns, literals = header.columns_for(kind, event), header.literals
        fields = header.fields
        if kind == "return" and "from" in columns and "to" in columns and _are_roles(header, columns):
            # such headings say who stands above whom or who sold, not who gave: cards come back the other way
            columns = _turned(columns)
        if (side := header.meaning.counterpart(kind, fields)) is not None:
            columns, literals = _side_served_by(columns, "party", side), _side_served_by(literals, "party", side)
            fields = frozenset(columns) | frozenset(literals)
        if kind == "card_list":
            party = next((name for name in list_parties if {name, f"{name}_id"} & fields), "")
            columns, literals = _side_served_by(columns, party, "party"), _side_served_by(literals, party, "party")
            fields = frozenset(columns) | frozenset(literals)
        sides = {field for role in ROLES.get(kind, ()) for field in (role.name, role.number)} if kind else PARTY_FIELDS
        sides |= {field for other in beside for role in ROLES[other] for field in (role.name, role.number)}
        if "card_list" in beside:
            sides |= {"party", "party_id"}
        unplaced = _NEVER_PLACED | PARTY_FIELDS - sides | (frozenset() if allows_ranges(kind) else frozenset(ENDS))
        if "quantity" in fields and kind in BETWEEN_PARTIES:
            # whose cards so many were: without numbers nothing else says it
            unplaced |= {"carrier"}
        extra = sorted(fields & unplaced)
        if kind == "registration" and (end := _column_of_end(header)) is not None:
            columns, extra = {**columns, ENDED: end}, [*extra, ENDED]
        taker = columns.get("to", len(header.known)) if kind == "transfer" else len(header.known)
        if taker < len(header.known) and names_reseller(header.known[taker]):
            literals, extra = {**literals, CALLED: header.names[taker]}, [*extra, CALLED]
        foreign = {field for field, owners in _OWNERS.items() if kind not in owners and owners.intersection(beside)}
        if (kind in USE_KINDS or {*USE_KINDS} & {*beside}) and _is_device_of_list(header, columns):
            # the device in which a card is now has no day, and is none of its first use
            foreign = foreign | {"imei"} if kind != "card_list" else foreign - {"imei"}
        return cls(
            kind,
            {field: column for field, column in columns.items() if field not in foreign},
            literals if kind == "registration" else _without(literals, _CONCLUDED),
            tuple(extra),
            uses_1904,
            needs_time=kind == "usage" and event is not None and not (event.is_own_date or header.meaning.is_day_said),
            remarks=remarks_of_cards(header),
        )

    @property
    def fields(self) -> frozenset[str]:
        """Fields that a column or a literal serves."""
        return frozenset(self.columns) | frozenset(self.literals)

    def requires(self, role: PartySide) -> bool:
        """Whether a record cannot do without a side.

        That of a use is whoever used the card where its day is said for all rows: nothing else says of which it holds.
        """
        is_said = self.kind in USE_KINDS and "date" in self.literals and role.name in self.columns
        return role.is_required or is_said

    def further_parties(self) -> list[int]:
        """Return the columns of parties for whom a record has no place."""
        fields = [field for field in self.extra if field in PARTY_NAMES or field in _NEVER_PLACED]
        fields += ["holder"] if self.kind != "seizure" else []
        return [self.columns[field] for field in fields if field in self.columns]

    def values_of(self, cells: Sequence[str | None]) -> dict[str, str]:
        """Return the filled cells of the fields of a row."""
        values = {field: cell for field, column in self.columns.items() if (cell := cells[column])}
        if self.columns.get("iccid") in self.remarks and not may_name_card(values.get("iccid", "")):
            values.pop("iccid", None)
        instead = {field: cell for field, column in (self.instead or {}).items() if (cell := cells[column])}
        if {"iccid", *ENDS} & instead.keys():
            values = {field: cell for field, cell in values.items() if field not in _CARD_FIELDS}
        return values | instead

    def of_leg(self, leg: Leg, header: SheetHeader) -> ColumnPlan:
        """Return the plan of one of both ways that a row of a dealer's ledger names: the keeper is its other side."""
        side = "to" if leg == "in" else "from"
        prices = header.served.get("price", ())
        paid = [at for at in prices if _PAID.search(header.names[at].casefold())]
        # waybill and price of a row are those of one of the two ways, of the sale; but each may have its own price
        left_out = {side, f"{side}_id", KEEPER, "price", *(_MOVE_TEXTS if leg == "in" else ())}
        columns, literals = _without(self.columns, left_out), _without(self.literals, left_out)
        own = paid if leg == "in" else [at for at in prices if at not in paid]
        columns |= {"price": own[0]} if own else {}
        columns |= {side: self.columns[KEEPER]} if KEEPER in self.columns else {}
        literals |= {side: self.literals[KEEPER]} if KEEPER in self.literals else {}
        return replace(self, columns=columns, literals=literals)

    def given_back(self, header: SheetHeader, event: SheetEvent) -> ColumnPlan:
        """Return the plan of the return of what rows by this plan handed over: the sides are exchanged."""
        turned = {"carrier": "to", "enterprise": "from", "enterprise_id": "from_id"}
        sides = turned if self.kind == "purchase" else _TURNED
        dates = {"date": event.date} if event.is_own_date and event.date is not None else {}
        instead = {
            field: column
            for field in _CARD_FIELDS
            for column in header.served.get(field, ())
            if column in event.marks and self.columns.get(field) != column
        }
        columns = {
            sides.get(field, field): column
            for field, column in self.columns.items()
            if field in sides or (field in _CARD_FIELDS and column not in event.marks)
        }
        literals = {sides[field]: text for field, text in self.literals.items() if field in sides}
        return ColumnPlan("return", columns | dates, literals, (), self.uses_1904, instead=instead)


_PAID: Final = late("^(?:进|购|采|拿|成本|买入)|cost|purchase|bought|buying")
"""Found in headings of the price at which cards came in."""

_CARD_FIELDS: Final = ("iccid", *ENDS, "quantity", *NUMBERS)
"""Fields that say which cards a row is about."""

_CONCLUDED: Final = ("document_basis", "carrier_basis")
"""Fields that only a registration has."""

_Serving = TypeVar("_Serving", int, str)


def _without(served: Mapping[str, _Serving], fields: Collection[str]) -> dict[str, _Serving]:
    return {field: by for field, by in served.items() if field not in fields}


def _are_roles(header: SheetHeader, columns: Mapping[str, int]) -> bool:
    """Whether two sides are named by what they are to each other, which is the same in a return."""
    giver, taker = header.known[columns["from"]], header.known[columns["to"]]
    is_ranked = giver.startswith("上级") and taker.startswith("下级")
    return is_ranked or ("kind" not in header.fields and names_roles([giver], [taker]))


def _served_by(served: Mapping[str, _Serving], serving: str, field: str) -> dict[str, _Serving]:
    """Return ``served`` with the entry of ``serving`` moved to ``field``; with neither if ``serving`` has none."""
    others = {name: by for name, by in served.items() if name not in (serving, field)}  # nobody serves "" and "_id"
    return others | ({field: served[serving]} if serving in served else {})


def _side_served_by(served: Mapping[str, _Serving], serving: str, side: str) -> dict[str, _Serving]:
    """Return ``served`` with the name and the number of one side moved to another one."""
    return _served_by(_served_by(served, serving, side), f"{serving}_id", f"{side}_id")


_FIRST_DEVICE: Final = late("激活|首|开[卡户]|activat|first")
_LAST_DEVICE: Final = late("最近|最后|上次|末次|当前|现|在用|使用|last|latest|recent|current|present")
_LAST_USE: Final = pattern_of("row_parser", "last_use")
"""Found in headings of when or where a card was used last."""


def _is_device_of_list(header: SheetHeader, columns: Mapping[str, int]) -> bool:
    """Whether a column of devices is that of a list of cards, and not of what a day in its rows is about.

    A platform lists the state of each card, the day of its first use, and the device in which it was last seen; so does
    a list with a column of when or where that was, which is not read.
    """
    at = columns.get("imei")
    heading = "" if at is None or at >= len(header.known) else header.known[at]
    if not heading or _FIRST_DEVICE.search(heading):
        return False
    kinds = {event.kind for event in header.events}
    is_listed = "activation" in kinds and bool({"state"} & header.fields or {"registration", "purchase"} & kinds)
    is_of_last = "activation" in kinds and "usage" not in kinds and any(map(_LAST_USE.search, header.meaning.headings))
    return is_listed or is_of_last or ("usage" not in kinds and _LAST_DEVICE.search(heading) is not None)


def remarks_of_cards(header: SheetHeader) -> frozenset[int]:
    """Return the columns of cards that are remarks of a shop, or traits of seized articles."""
    known = [(at, header.known[at]) for at in header.served.get("iccid", ()) if at < len(header.known)]
    return frozenset(at for at, heading in known if is_remark_of_shop(heading) or is_of_traits(heading))


def _column_of_end(header: SheetHeader) -> int | None:
    served = {at for columns in header.served.values() for at in columns}
    names = enumerate(header.names)
    return next((at for at, name in names if at not in served and ends_registration(own_heading(name))), None)


def why_not_of(name: str | None, number: str) -> str | None:
    """Return why the normal form of a number does not identify the party of a normalised name; else ``None``."""
    if is_no_identifier(number):
        return "no_identifier"
    is_companys = name is not None and is_visibly_company(name)
    return "id_of_person" if is_companys and is_persons_document(number) else None


_TURNED: Final = {"from": "to", "from_id": "to_id", "to": "from", "to_id": "from_id"}
_Turned = TypeVar("_Turned", int, str)


def _turned(served: Mapping[str, _Turned]) -> dict[str, _Turned]:
    """Return ``served`` with both sides of a movement exchanged."""
    return {_TURNED.get(field, field): by for field, by in served.items()}


def allows_ranges(kind: Kind | None) -> bool:
    """Whether records of this kind may name their cards by a range or a quantity: all but those about one card."""
    return kind not in ONE_CARD_KINDS


def parse_card(text: str, *, is_zeroed_column: bool = False) -> Iccid | ParseFailure:
    """Read the number of one card from a cell; in a zeroed column every suspect is damaged."""
    if text.startswith(INEXACT_MARK) or is_scientific(text):
        return ParseFailure("damaged_number", damage_interval(text.removeprefix(INEXACT_MARK)))
    card = parse_iccid(text)
    if card is None or not card.complete:
        interval = illegible_interval(text)
        # a whole number among words that may say more of it is no fault of the number
        is_whole = interval is None and bool(cards_named(text))
        return ParseFailure("words_beside_card" if is_whole else "bad_identifier", interval)
    if fails_check_digit(card.text) or (is_zeroed_column and has_zeroed_tail(card.text)):
        return ParseFailure("damaged_number", damage_interval(card.text))
    return card


def parse_number(
    field: str, text: str, *, digits_abroad: bool = False, country: str | None = None
) -> str | ParseFailure:
    """Read an MSISDN, IMSI, EID or IMEI from a cell; ``digits_abroad`` reads MSISDNs of other countries without ``+``.

    Beside a card of another ``country``, by its calling code, an MSISDN without ``+`` is one of that country or none.

    An IMSI that strayed into a column of devices has 15 digits, begins with 460 and fails the check of an IMEI.
    """
    if text.startswith(INEXACT_MARK) or is_scientific(text):
        return ParseFailure("damaged_number", damage_interval(text.removeprefix(INEXACT_MARK)))
    text = _LABELS[field].sub("", text)
    number = NUMBERS[field](text) if country is None or field != "msisdn" else parse_national(text, country)
    if number is None and field == "msisdn":
        is_open = digits_abroad and country is None
        number = parse_digits_abroad(text) if is_open else parse_msisdn(text) if country is not None else None
    if number is None or (
        field == "imei" and len(number) == _STRAY_IMSI_SIZE and number.startswith("460") and not is_valid_imei(number)
    ):
        return ParseFailure("bad_identifier")
    return ParseFailure("no_device") if field == "imei" and names_no_device(number) else number


def _country_of(values: Mapping[str, str]) -> str | None:
    """Return the calling code of the country of the card or the network that a row names, unless it is China."""
    return calling_code_of(card=values.get("iccid") or values.get(ENDS[0]), imsi=values.get("imsi"))


def parse_party_number(text: str, name: str | None = None) -> str | ParseFailure | None:
    """Read a party's number from a cell: any text is one, but not what is left of a spoilt number; ``name`` is beside.

    Whether it identifies anybody is another question (:func:`~graphtrace.identifiers.nobody.is_no_identifier`).
    """
    if text.startswith(INEXACT_MARK) or is_scientific(text):
        return ParseFailure("damaged_number", damage_interval(text.removeprefix(INEXACT_MARK)))
    return normalize_party_id(text, name=name) or None


def reason_of_nobody(key: str) -> str:
    """Return why a name that identifies nobody is left out, as reports say it."""
    return "hidden_name" if is_masked_name(key) else "names_nobody"


def parse_extra(values: Mapping[str, str]) -> tuple[str | None, list[_Fault]]:
    """Return the canonical JSON of fields without a column of their own, and the faults of those left out."""
    kept: dict[str, str] = {}
    left_out = []
    for field, text in values.items():
        if field in PARTY_NUMBERS:
            read = parse_party_number(text)
            if isinstance(read, ParseFailure):
                left_out.append(_Fault(field, read.reason))
                continue
        elif field == ENDED:
            when = parse_date(text)
            if isinstance(when, str):
                left_out.append(_Fault(field, when))
                continue
            read = when.day
        else:
            bare = text.removeprefix(INEXACT_MARK)
            if field in _NEVER_PLACED and identifies_nobody(key_of_cell(bare)):
                left_out.append(_Fault(field, reason_of_nobody(key_of_cell(bare))))
                continue
            if field in _NAMED:
                read = normalize_party_name(bare)
            else:
                read = " ".join(bare.split()) if field in (CALLED, *_NEVER_PLACED) else normalize_number(bare)
        if read:
            kept[field] = read
    if not kept:
        return None, left_out
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":")), left_out


def is_self_transfer(kind: Kind, statement: Mapping[str, Any]) -> bool:
    """Whether both sides are surely one party: one number, one name with nothing else known, or one operator."""
    sender_id, receiver_id = statement["sender_id"], statement["receiver_id"]
    if sender_id and sender_id == receiver_id:
        return True
    sender, receiver = statement["sender_key"], statement["receiver_key"]
    if not sender or not receiver:
        return False
    if sender == receiver and not sender_id and not receiver_id:
        return True
    is_carrier_column = kind in CARRIERS_OWN
    operator = operator_from_cell(sender) if is_carrier_column else match_operator_name(sender)
    return operator is not None and operator == match_operator_name(receiver)


class EventPlan(NamedTuple):
    """One event that rows state, and when they do.

    ``date`` is the column that must be filled for a row to state the event, or one of those in ``beside``; ``None``
    where every row is taken for it.
    Where there are ``marks``, one of these columns has to say that something came back; a mere yes in those that are
    ``flags`` says it of the row, and states no event.
    """

    plan: ColumnPlan
    date: int | None = None
    marks: tuple[int, ...] = ()
    flags: frozenset[int] = frozenset()
    beside: tuple[int, ...] = ()

    def is_stated(self, cells: Sequence[str | None]) -> bool:
        """Whether a row states the event."""
        if self.marks:
            return any(
                (cell := cells[at]) and not says_nothing(cell) and not (at in self.flags and says_yes(cell))
                for at in self.marks
            )
        return self.date is None or any(cells[at] for at in (self.date, *self.beside))


_OF_SEIZURE: Final = ("holder", "holder_id", "place")


class PlannedEvents(NamedTuple):
    """The events of a sheet's rows: see :class:`RowParser`."""

    events: tuple[EventPlan, ...]
    card_list_only: ColumnPlan | None
    card_list_too: ColumnPlan | None
    open_events: tuple[SheetEvent, ...]
    waiting: tuple[EventPlan, ...]
    """How rows would state the ``open_events``, one for each."""

    @property
    def plans(self) -> list[ColumnPlan]:
        """The plans of rows that state an event, or nothing but a card list."""
        return [*(event.plan for event in self.events), *([self.card_list_only] if self.card_list_only else [])]


_NUMBERS_OF_PAPERS: Final = ("record_no", "waybill", "contract_no")
_NAMING: Final = ("iccid", "iccid_first", "iccid_last")
_NAMED_LINE: Final = late("^[^0-9:：]{2,12}[:：]")
_PLAIN_NUMBER: Final = "^[0-9A-Za-z]{19}$"
"""A number of a card, cut where a check digit may follow, that is compared as it is written."""


def _events_under(kind: Kind, header: SheetHeader) -> list[SheetEvent]:
    """Return the events of rows that somebody said to be of a kind: also the uses that further columns date.

    What a row lists beside it states anyhow: a card without a day of activation was not activated.
    """
    events = header.meaning.parts_of(header.meaning.event(kind))
    beside = [event for event in header.events if event.kind != kind and not event.missing]
    further = () if kind in USE_KINDS else USE_KINDS
    return events + [
        event for event in beside if event.kind == "card_list" or (event.kind in further and event.is_own_date)
    ]


class RowParser:
    """Reads the rows of one sheet and counts what it had to leave out.

    ``outright`` is the kind of all records where somebody said it; the kind column is not read then. ``events`` are
    what rows may state beside each other. A card list is stated by a row that states nothing else
    (``card_list_only``), or beside other events by what these do not use (``card_list_too``), where a field of
    ``listed_beside`` is filled. Where ``is_strict`` a failing check digit of a card rejects the row; else it is a
    warning. ``words`` are a person's answers about words; ``free`` are the columns of a recipe whose words count, as it
    says nothing of them.
    """

    def __init__(
        self,
        header: SheetHeader,
        outright: Kind | None,
        *,
        uses_1904: bool,
        planned: PlannedEvents | None = None,
        is_strict: bool = False,
        words: Mapping[str, str] | None = None,
        free: Collection[int] = (),
    ) -> None:
        self.header = header
        self._is_strict = is_strict
        self._outright = outright
        self._uses_1904 = uses_1904
        self._plans: dict[Kind | None, ColumnPlan] = {}
        self._ledger_plans: dict[Way, ColumnPlan] = {}
        served = {column for columns in header.served.values() for column in columns}
        self._headers = [
            [(column, normalize_heading(cell)) for column, cell in enumerate(cells) if cell and column in served]
            for cells in header.cells
        ]
        self._first_of_range: Iccid | None = None
        self._remarks: dict[tuple[str, str, Kind | None], RowWarning] = {}
        self.day_orders: dict[int, DayOrder] = {}
        """By column of dates, which of two numbers is the day, once the column as a whole has said it."""
        self.year: StatedYear | None = None
        """The year of dates that name none, where the sheet says it."""
        self.carrier_words = NO_WORDS
        """What a person said of words in columns of carriers."""
        self.carriers_unknown: Counter[str] = Counter()
        """Words there for which rows that state other events state no purchase or registration, by number of rows."""
        self.short_cards: frozenset[str] = frozenset()
        """Numbers of a short list that lack a digit which all others of their issuer have."""
        self.digits_abroad: bool | None = None
        """Whether MSISDNs of other countries are written without ``+``; ``None`` until the first rows were seen."""
        headings = ["\n".join(cell for cells in header.cells if (cell := cells[at])) for at in range(len(header.names))]
        self.words = ColumnWords(headings, words or {})
        self.checks: list[RowCheck] = []
        """Columns whose text may say that the row states nothing, each with the function that gives the reason."""
        self.status_columns: list[int] = []
        """Columns that say whether what a row is about happened; a row by which it did not is no record."""
        self.unread: list[tuple[Any, ...]] = []
        """Events of holders and users that the rows read so far name and that were not recorded, with their cards."""
        self.undecided: list[int] = []
        """Columns whose words may decide the rows; the first rows do not say whether they do."""
        self.remark_columns: list[int] = []
        """Columns of remarks that may speak against their rows."""
        self.credit_columns: list[int] = []
        """Columns of money in which a negative amount says that the row gives some back."""
        self.delivered_columns: list[int] = []
        """Columns of the number of cards that were in fact sent or received."""
        self.are_outs_negative = False
        """Whether a book of both ways counts what went out with a minus."""
        self.is_of_returns = list_of(header.meaning.headings) == "back"
        """Whether the sheet is a list of returns, of which some rows may state what went out instead."""
        self.open_events = () if outright or "kind" in header.fields else _incomplete(header.events)
        self.events: list[EventPlan] = []
        self._onward: list[EventPlan] = []
        self.card_list_only: ColumnPlan | None = None
        self.card_list_too: ColumnPlan | None = None
        self.listed_beside: tuple[str, ...] = LISTED_BESIDE
        """Fields one of which makes a row that states other events a card list entry too."""
        if planned is not None:
            self.events = list(planned.events)
            self.card_list_only, self.card_list_too = planned.card_list_only, planned.card_list_too
            self.open_events = planned.open_events
            waiting = planned.waiting
            self._plans = {plan.kind: plan for plan in planned.plans}
        else:
            if not outright and "kind" not in header.fields:
                first = header.events[:1]
                is_first_open = any(event.missing for event in first)
                events = [event for event in header.events if not (event.missing or (event.marks and is_first_open))]
                self._plan_events(events)
            elif outright and len(parts := _events_under(outright, header)) > 1:
                self._plan_events(parts)
            waiting = tuple(map(self._plan_waiting, self.open_events))
        self.waiting = [
            (event.missing[0], plan)
            for event, plan in zip(self.open_events, waiting, strict=True)
            if event.kind in HOLDER_KINDS
        ]
        """Events of holders and users that wait for an answer: the field asked for, and how rows would state them."""
        self.goods_columns = [] if planned is not None else goods_columns(header.names, self.unread_columns())
        """Columns that name what a number of pieces counts."""
        remarks = {*remark_columns(header.names, self.unread_columns())}
        self.total_columns = [
            column for column, name in enumerate(header.names) if column not in remarks and may_hold_totals(name)
        ]
        """Columns that may hold the word for a total."""
        self.card_columns = sorted(
            {at for plan in self.plans() for name in _SINGLE if (at := plan.columns.get(name)) is not None}
        )
        """Columns of numbers of single cards: a row that has one is no total."""
        self.returned_by = ""
        """The heading of whoever gave back in rows of returns among sales, as a person says."""
        self.is_returner_said = False
        """Whether that answer was needed, and names one of both."""
        self.open_returns = 0
        """Rows of returns of which is not sure who gave back."""
        columns = self.plan("return").columns if self.kind_column is not None and planned is None else {}
        is_open = {"from", "to"} <= columns.keys() and columns["from"] in header.served.get("from", ())
        # in the program's own form from is who gave, of a return too
        is_open = is_open and [header.names[columns[name]] for name in ("from", "to")] != ["from", "to"]
        self.sides_of_returns = {name: columns[name] for name in ("from", "to") if is_open}
        """The columns of both sides of returns, until it is known who of them gave back."""
        self._may_be_sides_of_sales = (
            self.kind_column is not None and planned is None and not header.is_stock_ledger and self._states_a_side()
        )
        """Whether a side of returns is said for all rows, and the other one likewise or by what it is to that one."""
        self._is_decided = False
        self._plan_checks(self._judged_columns() if planned is None else sorted(free))
        if {*CUSTODY_KINDS} & self.kinds and "quantity" in header.fields:
            unread = [at for at in self.unread_columns() if at < len(header.names)]
            free_of_papers = [at for at in unread if field_of_heading(self._bare(at)) not in _NUMBERS_OF_PAPERS]
            self.checks += [RowCheck(at, _reason_of_cards, only=NAMES_CARD) for at in free_of_papers]

    def _plan_checks(self, columns: Sequence[int]) -> None:
        """Plan which columns say of each row whether it happened, of those that no record reads."""
        names = self.header.names
        states = self.header.served.get("state", ())
        self.checks = [RowCheck(at, _reason_of_number) for at in states]
        of_rows = [at for at in states if at not in columns and not self.header.is_of_card(at)]
        self.checks += [RowCheck(at, partial(self._reason_of_state, at)) for at in of_rows]
        if {*USE_KINDS} & self.kinds:
            # a column that a recipe makes of others has no heading
            uses = [at for at in (*states, *columns) if at < len(names) and tells_outcome_of_use(self._bare(at))]
            self.checks += [RowCheck(at, partial(self._reason_of_use, at, is_state=at in states)) for at in uses]
            reasons = [at for at in columns if tells_why_no_use(self._bare(at))]
            self.checks += [RowCheck(at, _reason_of_no_use) for at in reasons]
        if self.kinds == {"card_list"} and {"user", "party"} & self.header.served.keys():
            # whoever failed the check, or is bound no more, is not whom the list names for the card
            checked = [at for at in columns if tells_check_of_person(self._bare(at))]
            self.checks += [RowCheck(at, _reason_of_check) for at in checked]
        if not {"transfer", "return", "purchase"} & self.kinds:
            # in the place of a customer a carrier may say that it has none
            sides = {at for name in ("party", "enterprise", "user") for at in self.header.served.get(name, ())}
            self.checks += [RowCheck(at, _reason_of_number, only=_MAY_DENY) for at in sorted(sides)]
        if "registration" in self.kinds:
            told = [at for at in (*states, *columns) if at < len(names) and tells_outcome_of_request(self._bare(at))]
            self.checks += [RowCheck(at, partial(self._reason_of_request, at)) for at in told]
        if (kind_column := min(self.header.served.get("kind", ()), default=None)) is not None:
            self.checks.append(RowCheck(kind_column, partial(self._reason_of_kind, kind_column)))
        # what may be the day of an event that is asked about is no word that decides the row
        days = {event.date for event in self.open_events if event.is_own_date}
        columns = [column for column in columns if column != kind_column and column not in days]
        flags = [column for column in columns if flag_of(names[column]) is not None]
        self.checks += [RowCheck(at, partial(_reason_of_flag, names[at])) for at in flags]
        named = [column for column in columns if is_status_heading(names[column])]
        is_moved = bool({*CUSTODY_KINDS} - {"registration"} & self.kinds)
        outcomes = [at for at in columns if is_moved and self._tells_outcome(at)]
        self._outcomes = outcomes
        self.status_columns = sorted({*flags, *named, *outcomes})
        self.checks += [
            RowCheck(at, partial(self._reason_of_word, at)) for at in self.status_columns if at not in outcomes
        ]
        only = None if self.words.tells_digits else MAYBE_OUTCOME
        self.checks += [RowCheck(at, partial(self._reason_of_outcome, at), only=only) for at in outcomes]
        self.undecided = [column for column in columns if column not in self.status_columns]
        if "seizure" in self.kinds and not {*CUSTODY_KINDS} & self.kinds:
            self.checks += [RowCheck(at, _reason_of_seized) for at in columns if asks_seized(self._bare(at))]
            self.checks += [RowCheck(at, _reason_of_denied) for at in self.header.served.get("holder", ())]
            asked = [at for at in columns if asks_at_large(self._bare(at)) and not self._tells_when_seized]
            self.checks += [RowCheck(at, partial(_reason_of_large, self._bare(at))) for at in asked]
        if {*USE_KINDS, "seizure"} & self.kinds:
            roles = [at for at in columns if is_role_heading(self._bare(at))]
            self.checks += [RowCheck(at, partial(self._reason_of_role, at)) for at in roles]
        if {*CUSTODY_KINDS} & self.kinds:
            sides = {at for name in ("from", "to", "party", "enterprise") for at in self.header.served.get(name, ())}
            self.checks += [RowCheck(at, _reason_of_side, only=_MAY_BE_UNDONE) for at in sorted(sides)]
            self.checks += [RowCheck(at, _reason_of_purpose) for at in self.header.served.get("declared_use", ())]
            unread = [at for at in columns if at not in flags]
            self.checks += [RowCheck(at, _reason_of_part) for at in unread if is_about_part(self._bare(at))]
            self.checks += [RowCheck(at, _reason_of_count) for at in columns if counts_undone(self._bare(at))]
            if "quantity" in self.header.fields:
                self.checks += [RowCheck(at, _reason_of_pack) for at in range(len(names)) if is_unit(self._bare(at))]
            self.delivered_columns = [at for at in unread if is_number_delivered(self._bare(at))]
            self.checks += [RowCheck(at, _reason_of_end) for at in unread if tells_ends(self._bare(at))]
            undone = [at for at in unread if undone_by(self._bare(at)) is not None]
            if not {*CUSTODY_KINDS} - {"registration"} & self.kinds:
                # a customer whose card was exchanged has the number all the same
                undone = [at for at in undone if "换卡" not in self._bare(at)]
            self.checks += [RowCheck(at, partial(_reason_of_undone, self._bare(at))) for at in undone]
        if {plan.kind for plan in self.plans()} != {"card_list"}:
            self.remark_columns = remark_columns(names, self._judged_columns(), self._headless)
            is_prose = not self.words.tells_digits
            self.checks += [RowCheck(at, partial(self._reason_of_remark, at), is_prose) for at in self.remark_columns]

    def learn(self, first: pl.DataFrame) -> None:
        """Learn from the first rows what only values say: how numbers are written, which columns decide."""
        self.learn_numbers(first)
        if self._is_decided:
            return
        self._is_decided = True
        self._learn_signs(first)
        alone = [at for at in self._outcomes if _DELIVERED.fullmatch(self._bare(at))]
        numbered = [at for at in alone if are_numbers_of_lots(first[str(at)].drop_nulls().to_list())]
        if numbered:
            # what became of its row is said by a number of cards below Delivered
            self.checks = [check for check in self.checks if check.column not in numbered]
            self.delivered_columns = sorted({*self.delivered_columns, *numbered})
        self.decide([at for at in self.undecided if self.words.decide(at, first[str(at)].drop_nulls().to_list())])
        if {*CUSTODY_KINDS} & {plan.kind for plan in self.plans()}:
            others = [at for at in self.unread_columns() if not tells_ends(self._bare(at))]
            ends = [at for at in others if are_ends(first[str(at)].drop_nulls().unique())]
            self.checks += [RowCheck(at, _reason_of_end) for at in ends]
            amounts = amount_columns(self.header.names, range(len(self.header.names)))
            self.credit_columns = [at for at in amounts if are_signed(first[str(at)].drop_nulls())]

    def _learn_signs(self, first: pl.DataFrame) -> None:
        """Learn whether a book counts whatever went out with a minus: then it says no more than that it went."""
        places, column = self.header.served.get("quantity", ()), self.kind_column
        if not self.header.is_stock_ledger or len(places) != 1 or column is None:
            return
        signs: dict[Way | None, set[bool]] = {}
        for word, text in first.select(str(column), str(places[0])).drop_nulls().unique().iter_rows():
            signs.setdefault(self._way_of(word, self.kind_of(word)), set()).add(returned_quantity(text) is not None)
        self.are_outs_negative = signs.get("out") == {True} and True not in signs.get("in", ())

    def learn_returns(self, block: pl.DataFrame) -> None:
        """Learn from the sides of sales and returns in a block who of them gave back."""
        if self.kind_column is None or not (self.sides_of_returns or self._may_be_sides_of_sales):
            return
        kinds = {cell: self.kind_of(cell) for cell in block[str(self.kind_column)].unique().drop_nulls()}
        if "return" not in kinds.values() and (self.sides_of_returns or not any(map(is_exchange, kinds))):
            return
        if not self.sides_of_returns:
            if {"transfer", "purchase"} & {*kinds.values()}:
                # a side that is said once for the whole table is that of its sales
                self.settle_returns("to")
            return
        giver, taker = self.sides_of_returns["from"], self.sides_of_returns["to"]
        is_of_roles = names_roles(*([normalize_heading(self.header.names[at])] for at in (giver, taker)))
        sides: dict[bool, set[tuple[str, ...]]] = {True: set(), False: set()}
        if is_of_roles:
            named = block.select(str(self.kind_column), str(giver), str(taker)).drop_nulls().unique()
            for cell, *pair in named.iter_rows():
                if kinds[cell] in CUSTODY_KINDS:
                    sides[kinds[cell] == "return"].add((*map(normalize_party_name, pair),))
        else:
            # between sides that hand over, only the sale of these cards shows that a return has its sides
            sides = self._sides_by_cards(block, kinds, giver, taker)
        side = giver_in_returns(sides[False], sides[True], is_of_roles=is_of_roles)
        names = {normalize_heading(self.header.names[at]): side for side, at in self.sides_of_returns.items()}
        said = None if side else names.get(normalize_heading(self.returned_by))
        self.is_returner_said = said is not None
        self.settle_returns(side or said)

    def _sides_by_cards(
        self, block: pl.DataFrame, kinds: Mapping[str, Kind | None], giver: int, taker: int
    ) -> dict[bool, set[tuple[str, ...]]]:
        """Return the sides of returns, and of sales of cards that came back, each with the cards of the return."""
        came_back: list[tuple[frozenset[str], tuple[str, ...], KeyRange]] = []
        sold: dict[tuple[frozenset[str], str, int], dict[tuple[str, ...], list[CardInterval]]] = {}
        for cells in self._rows_of_returned(block, kinds, giver, taker):
            kind = kinds.get(cells[self.kind_column or 0] or "")
            pair = tuple(normalize_party_name(cells[at] or "") for at in (giver, taker))
            if kind not in CUSTODY_KINDS or not all(pair):
                continue
            lots, _ = _lots_of(kind, self.plan(kind).values_of(cells))
            for lot in (lot for each in lots for lot in _cards_named(each, is_zeroed_column=False)):
                parties = frozenset(pair)
                if kind == "return":
                    came_back.append((parties, pair, lot))
                else:
                    of_pair = sold.setdefault((parties, lot.head, lot.size), {}).setdefault(pair, [])
                    of_pair.append((lot.first, lot.last))
        merged = {key: {pair: merge_intervals(each) for pair, each in pairs.items()} for key, pairs in sold.items()}
        sides: dict[bool, set[tuple[str, ...]]] = {True: set(), False: set()}
        for parties, pair, lot in came_back:
            named = "-".join(lot.end_keys)
            sides[True].add((*pair, named))
            for seller, lots_sold in merged.get((parties, lot.head, lot.size), {}).items():
                at = bisect_right(lots_sold, lot.last, key=itemgetter(0)) - 1
                if at >= 0 and lots_sold[at][1] >= lot.first:
                    sides[False].add((*seller, named))
        return sides

    def _rows_of_returned(
        self, block: pl.DataFrame, kinds: Mapping[str, Kind | None], giver: int, taker: int
    ) -> Iterator[tuple[str | None, ...]]:
        """Yield the returns of a block, and the rows between their sides that may be about some of their cards.

        A row of one card is about none of them where its beginning is neither that of a card that came back nor between
        the ends of the ranges that did.
        """
        import polars as pl

        is_return = block[str(self.kind_column)].is_in([cell for cell, kind in kinds.items() if kind == "return"])
        returns, columns = block.filter(is_return), self.plan("return").columns
        partners = sorted({each for at in (giver, taker) for each in returns[str(at)].drop_nulls()})
        rows = block.filter(block[str(giver)].is_in(partners) & block[str(taker)].is_in(partners))
        named = {name: pl.col(str(columns[name])).str.slice(0, BODY_SIZE) for name in _NAMING if name in columns}
        texts = {name: returns.select(text)[:, 0].drop_nulls() for name, text in named.items()}
        if "iccid" in named and all(text.str.contains(_PLAIN_NUMBER).all() for text in texts.values()):
            is_about = named["iccid"].is_in(texts["iccid"].implode()) | ~named["iccid"].str.contains(_PLAIN_NUMBER)
            ends = pl.concat([texts[name] for name in _NAMING[1:] if name in texts] or [pl.Series([], dtype=pl.String)])
            if len(ends):
                # an end without the other one runs on for as many cards as the row says
                is_open = len(texts.get("iccid_first", ())) != len(texts.get("iccid_last", ()))
                is_about |= pl.lit(is_open) | named["iccid"].is_between(pl.lit(ends.min()), pl.lit(ends.max()))
            is_return_too = pl.col(str(self.kind_column)).is_in(returns[str(self.kind_column)].unique().implode())
            rows = rows.filter(is_about.fill_null(value=True) | is_return_too)
        return rows.select(*map(str, range(len(self.header.names)))).iter_rows()

    def _states_a_side(self) -> bool:
        plan = self.plan("return")
        read = [name for name in ("from", "to") if name in plan.columns]
        stated = [name for name in ("from", "to") if name in plan.literals and name not in read]
        known = self.header.known
        return (
            len(read) + len(stated) == 2
            and bool(stated)
            and all(is_role(name, known[plan.columns[name]]) for name in read)
        )

    def settle_returns(self, side: str | None) -> None:
        """Read the rows of returns from now on as given back by one side; without it, they stay open."""
        if side is None:
            return
        self.sides_of_returns, self._may_be_sides_of_sales = {}, False
        if side == "to":
            plan = self.plan("return")
            self._plans["return"] = replace(plan, columns=_turned(plan.columns), literals=_turned(plan.literals))

    def decide(self, columns: Iterable[int]) -> None:
        """Let the words of some columns decide the rows from now on."""
        for column in columns:
            self.undecided.remove(column)
            self.status_columns = sorted({*self.status_columns, column})
            # before a remark, of which it may have to be asked what it means
            self.checks.insert(0, RowCheck(column, partial(self._reason_of_word, column, is_decided=True)))

    def speaks_against(self, column: int, text: str) -> bool:
        """Whether a word of an undecided column would speak against its row."""
        return any(self._reason_of_word(column, text, kinds) is not None for kinds in self._kinds_of_rows)

    def may_speak_against(self, check: RowCheck) -> Callable[[str], bool]:
        """Return whether a text of the column of a check speaks against rows of some of the kinds."""
        return lambda text: any(_reason_in(check, text, kinds) is not None for kinds in self._kinds_of_rows)

    def _reason_of_word(
        self, column: int, text: str, kinds: Collection[str], *, is_decided: bool = False
    ) -> str | None:
        act = self.words.act(column, text)
        is_status = column in self.status_columns and not is_decided
        topic = topic_of_status(self._bare(column)) if {*CUSTODY_KINDS} & {*kinds} - {"return"} else None
        if topic is not None and self.words.answered(column, text) is None:
            return reason_of_other(topic, act, text)
        reason = reason_of_act(act, kinds, is_status=is_status, is_decided=is_decided)
        return reason or (reason_of_status(text, act) if is_status else None)

    def _reason_of_use(self, column: int, text: str, kinds: Collection[str], *, is_state: bool) -> str | None:
        """Return why a row is no activation; what it states beside of a change of hands stays, and the cell is told."""
        if {*CUSTODY_KINDS} & {*kinds} or not {*USE_KINDS} & {*kinds} or self.words.answered(column, text) is not None:
            return None
        # a card that is not activated now may have been, and its state is told with it
        return TAKEN_BACK if denies_use(text) and not (is_state and says_never_used(text)) else None

    def _reason_of_request(self, column: int, text: str, kinds: Collection[str]) -> str | None:
        """Return why a row is no registration: the carrier says that it refused the request, or has not decided."""
        if "registration" not in kinds or self.words.answered(column, text) is not None:
            return None
        return SAID_SO if refuses_request(text) else None

    def _tells_outcome(self, column: int) -> bool:
        heading = self._bare(column)
        return tells_outcome(heading) or (is_status_heading(heading) and topic_of_status(heading) is None)

    def _is_signature(self, column: int) -> bool:
        has_status = any(is_status_heading(self.header.names[at]) for at in self._outcomes if at != column)
        return is_signature(self._bare(column), has_status=has_status)

    def _reason_of_outcome(self, column: int, text: str, kinds: Collection[str]) -> str | None:
        act = self.words.act_of_outcome(column, text, is_signed=self._is_signature(column))
        if act is None and {*CUSTODY_KINDS} & {*kinds} == {"return"}:
            act = outcome_of_return(text)
        return reason_of_act(act, kinds, is_status=True, is_decided=True)

    def _reason_of_state(self, column: int, text: str, kinds: Collection[str]) -> str | None:
        """Return why a row is no movement by a word in a column of states that is none of a card (草稿, 未发货)."""
        is_moved = bool({*CUSTODY_KINDS} - {"registration"} & {*kinds})
        if not is_moved or not self.words.tells_outcome(column, text):
            return None
        return reason_of_act(self.words.act(column, text), kinds, is_status=True, is_decided=False)

    def _reason_of_remark(self, column: int, text: str, kinds: Collection[str]) -> str | None:
        answer = self.words.answered(column, text)
        if answer is not None:
            return reason_of_act(answer, kinds, is_status=False, is_decided=False)
        if (act := act_of_remark(text)) is None:
            if column in self._headless and self.words.act(column, text) == NOTHING:
                return TAKEN_BACK
            is_moved, is_used = ({*of} & {*kinds} for of in (CUSTODY_KINDS, USE_KINDS))
            if denies_hand_over(text) if is_moved else is_used and denies_activation(text):
                return TAKEN_BACK
            if "transfer" in kinds and gives_back_to_supplier(text):
                return TO_SUPPLIER
            return OF_PART if speaks_of_part(text) else None
        return "unknown_kind" if act == OPEN or speaks_of_part(text) else TAKEN_BACK

    def _reason_of_role(self, column: int, text: str, _: Collection[str]) -> str | None:
        return "of_another" if self.words.answered(column, text) is None and is_of_another(text) else None

    def _reason_of_kind(self, column: int, text: str, _: Collection[str]) -> str | None:
        act = self.words.act_of_kind(column, text)
        if act in VOID:
            return TAKEN_BACK if act == BACK else SAID_SO if act == NOTHING else "not_a_record"
        return "kind_differs" if self._outright and act in KINDS and act != self._outright else None

    @cached_property
    def _headless(self) -> frozenset[int]:
        return self.header.headless

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of which the rows may be."""
        return frozenset(kind for plan in self.plans() if (kind := plan.kind) is not None)

    @cached_property
    def _kinds_of_rows(self) -> Sequence[frozenset[str]]:
        """The kinds of which one row may be, where some rows are returns and others are not."""
        returns = frozenset({"return"})
        others = self.kinds - returns
        return (returns, others) if len(self.kinds) > len(others) > 0 and {*CUSTODY_KINDS} & others else (self.kinds,)

    def _kinds_of(self, cells: Sequence[str | None]) -> frozenset[str]:
        if len(self._kinds_of_rows) == 1:
            return self.kinds
        return frozenset(kind for plan in self.plans_of(cells) if (kind := plan.kind) is not None)

    def _is_negative(self, cells: Sequence[str | None]) -> bool:
        """Whether the quantity of a row is negative: among sales it is one of cards that came back."""
        places = self.header.served.get("quantity", ())
        return any((cell := cells[at]) and returned_quantity(cell) is not None for at in places)

    def _says_back(self, column: int, cell: str) -> bool:
        return self.words.act(column, cell) in (BACK, "return") or act_of_remark(cell) == BACK

    def _changes_of_customer(self, plan: ColumnPlan, cells: Sequence[str | None]) -> Iterator[Mapping[str, str | None]]:
        """Yield what a remark of a registration changes of its row, for each customer whom they name."""
        remarks = [cell for at in self.remark_columns if (cell := cells[at])] if plan.kind == "registration" else []
        found = next((new for remark in remarks if (new := new_customer(remark)) is not None), None)
        if found is None:
            yield {}
            return
        column = plan.columns.get("date")
        own = None if column is None else cells[column]
        is_of_customer = column is not None and is_day_of_registration(normalize_heading(self.header.names[column]))
        yield {"date": own if found.day is None and is_of_customer else found.day}
        if found.former is not None:
            others = ("party", "party_id", "enterprise_id")
            is_opened = own is not None and found.day is not None and parse_date(own) != parse_date(found.day)
            since = found.since or (own if is_opened else None)
            yield {**dict.fromkeys(others), "enterprise": found.former, "date": since}

    def _sold_by(self, cells: Sequence[str | None]) -> ColumnPlan | None:
        """Return the plan of the one sale of a row, of both ways of a dealer's ledger that on from its keeper."""
        onward = [event.plan for event in self._onward if event.is_stated(cells)]
        # an order that a recipe takes for no sale, as its money went back, is one where a remark says when it came back
        stated = self.plans_of(cells) or [event.plan for event in self.events[:1] if self._is_gated]
        plans = onward if self._onward else [plan for plan in stated if plan.kind == "transfer"]
        return plans[0] if len(plans) == 1 else None

    @property
    def _is_gated(self) -> bool:
        """Whether only rows by which a recipe looks at something else than their day state the first event."""
        first = next(iter(self.events), None)
        return first is not None and first.date is not None and first.date not in first.plan.columns.values()

    def _after_sale(self, cells: Sequence[str | None]) -> int | None:
        """Return the column of the remark that says more of what became of an order than that it ended."""
        return next(
            (at for at in self.remark_columns if (cell := cells[at]) and OF_GOODS_BACK.search(cell) is not None), None
        )

    def _returned_later(self, cells: Sequence[str | None]) -> tuple[int, Mapping[str, str | None]] | None:
        """Return the column of the remark that cards of a sale came back later, and what that return changes."""
        for column in self.remark_columns:
            if not (cell := cells[column]):
                continue
            back = returned_on(cell)
            if back is None and received_back(cell) and not self._names_several(cells):
                stated = days_of_return(cell)
                back = ReturnedOn(stated[0], None) if len(stated) == 1 else None
            if back is None:
                continue
            plan = self._sold_by(cells)
            if plan is None:
                return None
            values, order = self._values_of(plan, cells), self.day_orders.get(plan.columns.get("date", -1))
            sold = parse_date(values.get("date", ""), uses_1904=self._uses_1904, order=order, year=self.year)
            if isinstance(sold, str):
                return None
            year = int(format_day(sold.earliest)[:4])
            of_year = StatedYear(year, month_first=True)
            first = parse_date(back.day, order=order, year=of_year)
            orders: list[DayOrder] = ["day_first", "month_first", "year_first"] if first == "ambiguous_date" else []
            # of the readings of a day without an order only one may be after the sale
            read = [first, *(parse_date(back.day, order=each, year=of_year) for each in orders)]
            days = {each for each in read if isinstance(each, DateSpan) and sold.has_come_by(each)}
            day = days.pop() if len(days) == 1 else None
            if day is None:
                continue
            sold_cards = _number_of_cards("transfer", values)
            change: dict[str, str | None] = {_CAME_BACK_ON: format_day(day.earliest)}
            if back.cards is None and back.number in (None, sold_cards):
                return column, change
            lots = _lots_of("transfer", values)[0]
            cards = [lot_of(card) for card, _ in cards_named(back.cards or "")]
            sold_lots = [lot for each in lots for lot in _cards_named(each, is_zeroed_column=False)]
            is_counted = back.number in (None, len(cards)) and len(cards) <= (sold_cards or 0)
            if cards and is_counted and all(any(card.end_keys[0] in lot for lot in sold_lots) for card in cards):
                return column, change | dict.fromkeys((*ENDS, "quantity")) | {"iccid": back.cards}
        return None

    def _day_back(self, cells: Sequence[str | None], stated: str) -> str | None:
        """Return on which day the cards of a return came back by its own words, where one day is said for all rows.

        ``None`` where they name several days, or one that is after the day that is said for all.
        """
        texts = (cell for at in self.unread_columns() if (cell := cells[at]))
        days = {day for text in texts for day in days_of_return(text)}
        paper = parse_date(stated, uses_1904=self._uses_1904, year=self.year)
        if not days or isinstance(paper, str):
            return stated
        year = StatedYear(int(format_day(paper.earliest)[:4]), month_first=True)
        own = parse_date(days.pop(), year=year) if len(days) == 1 else None
        return format_day(own.earliest) if isinstance(own, DateSpan) and own.has_come_by(paper) else None

    def _takes_off(self, cells: Sequence[str | None]) -> bool:
        """Whether a row takes off money, or cards that were delivered."""
        took_off = any((cell := cells[at]) and returned_quantity(cell) is not None for at in self.delivered_columns)
        return took_off or self._credit_column(cells) is not None

    def _credit_column(self, cells: Sequence[str | None]) -> int | None:
        """Return the column of a negative amount, unless the quantity says itself that cards came back."""
        column = next((at for at in self.credit_columns if (cell := cells[at]) and is_credit(cell)), None)
        return None if self._is_negative(cells) else column

    def _values_of(self, plan: ColumnPlan, cells: Sequence[str | None]) -> dict[str, str]:
        """Return the values of a row by a plan; how many were delivered is the quantity of a range without another."""
        values = plan.values_of(cells)
        if plan.kind == "seizure" and (held := self._card_within(values, cells)) is not None:
            values["iccid"] = held
        if "quantity" not in values and ({*ENDS} <= values.keys() or has_parts(values.get("iccid", ""))):
            delivered = next((cell for at in self.delivered_columns if (cell := cells[at])), "")
            number = returned_quantity(delivered) or parse_quantity(without_remark(delivered))
            if number and isinstance(number, int):
                values["quantity"] = str(number)
        return values

    def _card_within(self, values: Mapping[str, str], cells: Sequence[str | None]) -> str | None:
        """Return the card that another cell of a seized article says to be in it, where its own cell names none."""
        if ENDS[0] in values or _cards_named(values, is_zeroed_column=False):
            return None
        found = {
            said["card"] or said["sim"]
            for at in self.unread_columns()
            if (cell := cells[at]) and (said := _CARD_WITHIN.fullmatch(cell.strip())) is not None
        }
        return found.pop() if len(found) == 1 else None

    def _undelivered(self, cells: Sequence[str | None], *, is_returned: bool) -> tuple[int, str] | None:
        """Return the column that says that not all cards of a row were delivered, or none, and why it is no record."""
        for column in self.delivered_columns:
            # how many of the lot went, and why no more: 0 (back order)
            number = parse_quantity(without_remark(cell)) if (cell := cells[column]) else None
            came_back = None if cell is None else returned_quantity(cell)
            if number == 0 or (came_back is not None and not is_returned and not self._is_negative(cells)):
                return column, TAKEN_BACK
            number = came_back if is_returned and came_back is not None else number
            if isinstance(number, int) and any(
                plan.kind in CUSTODY_KINDS
                and _number_of_cards(plan.kind, self._values_of(plan, cells)) not in (None, number)
                for plan in self.plans_of(cells)
            ):
                return column, "range_count_mismatch"
        return None

    def _plan_waiting(self, event: SheetEvent) -> EventPlan:
        plan = self._plan_of(event)
        if event.leg is not None:
            return EventPlan(plan, plan.columns.get("to", plan.columns.get("to_id")) if event.leg == "out" else None)
        return EventPlan(plan, event.date if event.is_own_date else None)

    def _plan_of(self, event: SheetEvent, beside: Sequence[Kind] = ()) -> ColumnPlan:
        plan = ColumnPlan.of(event.kind, self.header, uses_1904=self._uses_1904, event=event, beside=beside)
        return plan if event.leg is None else plan.of_leg(event.leg, self.header)

    def _plan_events(self, events: Sequence[SheetEvent]) -> None:
        kinds = [event.kind for event in events]
        for event in events:
            others = [kind for kind in kinds if kind != event.kind]
            if event.marks:
                plan = self._plans[kinds[0]].given_back(self.header, event)
                flags = frozenset(at for at in event.marks if flag_of(self.header.names[at]) is not None)
                self.events.append(EventPlan(plan, None, event.marks, flags))
                self._plans["return"] = plan
                continue
            if event.kind != "card_list":
                plan = self._plan_of(event, others)
                # a transfer without its day is a faulty one; a card without a day of activation was not activated
                is_due = event.kind == self.header.kind and event.kind not in USE_KINDS and not self.is_of_returns
                is_said = event.kind in USE_KINDS and event.kind == self._outright and "card_list" in others
                gate = event.date if (event.is_own_date and not is_due) or is_said else None
                if event.leg == "out":
                    # what was not sold on yet is still with the keeper
                    gate = plan.columns.get("to", plan.columns.get("to_id"))
                    self._onward.append(EventPlan(plan, gate))
                if event.kind == "registration":
                    # a card without a customer is one of a list
                    gate = plan.columns.get("enterprise", plan.columns.get("enterprise_id"))
                of_seizure: list[int] = []
                if event.kind == "seizure" and "card_list" in others and "case_no" not in plan.fields:
                    # a card of which neither day nor holder is stated was not seized, but listed
                    gate = plan.columns.get("date")
                    of_seizure = [plan.columns[name] for name in _OF_SEIZURE if name in plan.columns]
                self.events.append(EventPlan(plan, gate, beside=tuple(of_seizure)))
                self._plans[event.kind] = plan
                continue
            used = {field for other in others for field in PARTIES_OF[other]}
            names = tuple(name for name in LIST_PARTIES if name == "party" and name not in used)
            waiting = [other.kind for other in self.open_events if other.kind != "registration"]
            open_fields = {field for kind in waiting for field in PARTIES_OF[kind]}
            alone = tuple(name for name in LIST_PARTIES if name not in open_fields)
            self.card_list_only = ColumnPlan.of(
                "card_list", self.header, uses_1904=self._uses_1904, event=event, list_parties=alone
            )
            self.card_list_too = ColumnPlan.of(
                "card_list",
                self.header,
                uses_1904=self._uses_1904,
                event=event,
                beside=others,
                list_parties=names,
            )
            self._plans["card_list"] = self.card_list_only
            if {*USE_KINDS} & {*others} and "imei" in self.card_list_too.columns:
                self.listed_beside = (*LISTED_BESIDE, "imei")

    @property
    def kind(self) -> Kind | None:
        """The kind of a row that does not say it itself, where there is one for all such rows."""
        if self._outright or "kind" in self.header.fields:
            return self._outright or self.header.kind
        if self.events:
            return self.events[0].plan.kind
        return "card_list" if self.card_list_only else None

    @property
    def states_several(self) -> bool:
        """Whether a row may state more than one event, or another than the first."""
        return len(self.events) + (self.card_list_only is not None) > 1

    @property
    def kind_column(self) -> int | None:
        """The column that says the kind of each row, if one does."""
        return None if self._outright else self.plan(None).columns.get("kind")

    @cached_property
    def card_column(self) -> int | None:
        """The column of listed cards."""
        read = [column for plan in self.plans() if (column := plan.columns.get("iccid")) is not None]
        return read[0] if read else self.plan(None).columns.get("iccid")

    @property
    def remarks(self) -> list[RowWarning]:
        """Warnings about fields left out of the rows read so far, by field and reason."""
        return [self._remarks[key] for key in sorted(self._remarks, key=lambda key: (*key[:2], key[2] or ""))]

    def plan(self, kind: Kind | None) -> ColumnPlan:
        """Return the columns that serve the fields in a record of ``kind``."""
        if kind not in self._plans:
            self._plans[kind] = ColumnPlan.of(kind, self.header, uses_1904=self._uses_1904)
        return self._plans[kind]

    def plan_of_kind_cell(self, cell: str | None) -> ColumnPlan:
        """Return the columns that serve the fields of a row by its kind cell.

        In the ledger of a store the cell says which way the cards went: from whoever keeps it to the party, or back.
        """
        kind = self.kind_of(cell)
        if self.header.is_stock_ledger:
            return self._plan_of_way(cell, kind)
        # who gave back has to be asked
        return self.plan(None if kind == "return" and self.sides_of_returns else kind)

    def _plan_of_way(self, cell: str | None, kind: Kind | None) -> ColumnPlan:
        """Return the plan of a row of a ledger of a store; that of no kind where its word does not say which way."""
        way = self._way_of(cell, kind)
        if way is None:
            return self.plan(None if kind in ("transfer", "return") else kind)
        if way not in self._ledger_plans:
            plan = self.plan("return" if way.startswith("back") else "transfer")
            party, keeper = ("from", "to") if way.endswith("in") else ("to", "from")
            literals = _without(plan.literals, ("from", "to", KEEPER))
            if KEEPER in plan.literals:
                literals[keeper] = plan.literals[KEEPER]
            columns = _side_served_by(plan.columns, "party", party)
            self._ledger_plans[way] = replace(plan, columns=columns, literals=literals, extra=())
        return self._ledger_plans[way]

    def _came_in(self, cells: Sequence[str | None]) -> bool:
        """Whether the cards of a row of a book of both ways came to whoever keeps it."""
        cell = cells[self.kind_column] if self.header.is_stock_ledger and self.kind_column is not None else None
        return cell is not None and self._way_of(cell, self.kind_of(cell)) == "in"

    def _way_of(self, cell: str | None, kind: Kind | None) -> Way | None:
        """Return which way the cards of a row of such a ledger went, by its word or what a person says of it."""
        column = self.kind_column or 0
        answer, written = self.words.answered(column, cell or ""), self.words.written(column, cell or "")
        if (said := next((way for way in WAYS if way == answer), None)) is not None:
            return said
        if answer in (None, *CUSTODY_KINDS) and (way := way_of(written)) is not None:
            return way
        word = bare_kind_word(written)
        if kind == "purchase" and "carrier" not in self.header.fields:
            # whom the keeper bought from is a party of the ledger, and a carrier only if it is one
            return "in"
        if kind == "return":
            return "back_in" if word in TO_KEEPER or is_of_issues(self._bare(column)) else None
        is_known = kind == "transfer" and KIND_WORDS.get(word) == kind
        return None if not is_known else "in" if word in INBOUND else "out"

    def plans(self) -> list[ColumnPlan]:
        """Return every plan by which a row of the sheet may be read."""
        if self.kind_column is not None:
            return [self.plan(kind) for kind in KINDS]
        lists = [plan for plan in (self.card_list_only, self.card_list_too) if plan is not None]
        return [*(event.plan for event in self.events), *lists] or [self.plan(self.kind)]

    def kinds_by(self, plan: ColumnPlan) -> frozenset[str]:
        """Return the kinds that records read by a plan may have: a movement may turn out to be another one."""
        is_movement = plan.kind in CUSTODY_KINDS and self.kind_column is None
        return frozenset(CUSTODY_KINDS if is_movement else (plan.kind or "",))

    def owners(self) -> dict[int, int]:
        """Return the columns of parties' numbers with those of their names."""
        return {
            plan.columns[role.number]: plan.columns[role.name]
            for plan in self.plans()
            if plan.kind
            for role in ROLES[plan.kind]
            if role.number in plan.columns and role.name in plan.columns
        }

    def unused_columns(self) -> list[int]:
        """Return columns that a known field claims and that no record reads: another column serves the field."""
        claimed = {column for columns in self.header.served.values() for column in columns}
        return sorted(claimed.intersection(self.unread_columns()))

    def unread_columns(self) -> list[int]:
        """Return columns that no record reads."""
        read = {column for plan in self.plans() for column in (*plan.columns.values(), *(plan.instead or {}).values())}
        if self.kind_column is not None:
            read.add(self.kind_column)
        return [column for column in range(len(self.header.names)) if column not in read]

    def _judged_columns(self) -> list[int]:
        """Return columns that may speak against their rows: those that no record reads, and remarks and statuses read.

        Whoever maps 备注 to a text of the record has the row judged by it all the same.
        """
        unread, names = self.unread_columns(), self.header.names
        named = {at for at, name in enumerate(names) if is_status_heading(name) or flag_of(name) is not None}
        named |= {*remark_columns(names, range(len(names)))}
        others = {at for field, places in self.header.served.items() if field not in _FREE_TEXTS for at in places}
        known = {at for at in named if field_of_heading(self.header.known[at]) or self.header.known[at] in HEADINGS}
        return sorted({*unread, *(named - others - known), *remarks_of_cards(self.header)})

    def kind_of(self, cell: str | None) -> Kind | None:
        """Return the kind of a row by its kind cell; ``None`` where it is unknown."""
        column = self.kind_column
        act = DONE if cell is None or column is None else self.words.act_of_kind(column, cell)
        kind = self.kind if act == DONE else act if act in KINDS else None
        is_of_keeper = "from" in self.header.served and "to" in self.header.literals
        if kind == "purchase" and is_of_keeper and "carrier" not in self.header.fields:
            # what whoever keeps the list bought from somebody whom a row names was passed on to him
            return "transfer"
        # only a carrier's own list registers anybody, or a row of which a person says so
        registers = self.header.meaning.is_own_list or "document_basis" in self.header.literals
        return None if kind == "registration" and not registers else kind

    def is_suspect(self, cells: Sequence[str | None]) -> bool:
        """Whether the card of a row may be damaged, depending on the others in its column."""
        cell = cells[self.card_column] if self.card_column is not None else None
        return cell is not None and has_zeroed_tail(normalize_number(cell))

    def plans_of(self, cells: Sequence[str | None]) -> list[ColumnPlan]:
        """Return the plans of the events that a row states."""
        kind_column = self.kind_column
        if kind_column is not None or not (self.events or self.card_list_only or self.open_events):
            cell = cells[kind_column] if kind_column is not None else None
            if cell and self._is_exchange(cells, cell):
                return [self.plan("transfer"), self.plan("return")]
            return [self.plan_of_kind_cell(cell)]
        is_kept = self._return_came_to_nothing(cells)
        plans = [event.plan for event in self.events if event.is_stated(cells) and not (event.marks and is_kept)]
        only, too = self.card_list_only, self.card_list_too
        if not plans and only is not None and (not self.events or _is_listed(only, cells)):
            return [only]
        if plans and too is not None and _is_filled(too, cells, self.listed_beside):
            plans.append(too)
        return plans

    def _is_exchange(self, cells: Sequence[str | None], cell: str) -> bool:
        """Whether a row says that one card went out and another one came back for it, each in a column of its own."""
        if not is_exchange(cell) or self.words.answered(self.kind_column or 0, cell) is not None:
            return False
        if not {"from", "to"} <= self.header.literals.keys():
            # of columns of both sides it is not sure whose way they tell
            return False
        out, back = (self.plan(kind).columns.get("iccid") for kind in ("transfer", "return"))
        marks = marks_of(self.header.meaning.headings)
        is_apart = out is not None and back is not None and out not in marks and back in marks
        return is_apart and all(cells[at] for at in (out, back) if at is not None)

    def _return_came_to_nothing(self, cells: Sequence[str | None]) -> bool:
        """Whether a row says that a return of what it handed over was refused or cancelled."""
        columns = [at for at in self.status_columns if topic_of_status(self._bare(at)) == "return"]
        return any(
            (cell := cells[at]) and reason_of_other("return", self.words.act(at, cell), cell) == OF_RETURN
            for at in columns
        )

    def read(
        self, row: int, cells: Sequence[str | None], *, is_zeroed_column: bool = False
    ) -> list[StatementRow] | Reject:
        """Read one row: every event that it states, or why it states none."""
        noted = len(self.unread)
        read = self._read(row, cells, is_zeroed_column=is_zeroed_column)
        if isinstance(read, Reject) and read.reason != "not_a_record":
            self._note_elsewhere(row, cells, read, self.unread[noted:])
            if read.reason == TAKEN_BACK:
                read = replace(read, reason="not_a_record")
        return read

    def _note_elsewhere(
        self, row: int, cells: Sequence[str | None], reject: Reject, noted: Iterable[tuple[Any, ...]]
    ) -> None:
        """Note the cards of a rejected row that stand where no card is looked for: its cells may be shifted."""
        known = [KeyRange(*event[6:10]) for event in noted if event[6] is not None]
        further = [
            (at, lot)
            for at, cell in enumerate(cells)
            if cell and CARD_NAMED.search(cell) and not has_zeroed_tail(normalize_number(cell))
            for lot in cards_in_cell(cell)
            if not any(all(map(each.__contains__, lot.end_keys)) for each in known)
        ]
        if not further:
            return
        # a card in a column that is not read is told anyhow
        told = {at for at in self.unread_columns() if _CARD.match(cells[at] or "")}
        kinds = {plan.kind for plan in self.plans_of(cells) or self.plans() if _concerns_holders(plan)}
        word = reject.value[:LONGEST_QUOTED] if reject.reason == TAKEN_BACK and reject.value else None
        for kind in kinds:
            event = UnreadEvent(row, kind, reject.reason, reject.field, None, word)
            self.unread += event.of((lot for at, lot in further if at not in told), ())
        is_list = not any(map(_concerns_holders, self.plans()))
        for at, lot in further if not kinds else ():
            # a range in a list of single cards is mostly one that somebody handed over; a list names its cards, while a
            # row that moves none among those that do says nothing of its card
            if lot.first != lot.last or is_list:
                heading = self.header.names[at] if at < len(self.header.names) else reject.field
                event = UnreadEvent(row, None, reject.reason, heading, None, (cells[at] or "")[:LONGEST_QUOTED])
                self.unread += event.of([lot], ())

    def _read(self, row: int, cells: Sequence[str | None], *, is_zeroed_column: bool) -> list[StatementRow] | Reject:
        if self.is_no_record(cells):
            first = next(cell for cell in cells if cell)
            return self._reject(row, cells, _Fault(None, "not_a_record"), first)
        if (total := self._total_column(cells)) is not None:
            return self._reject(row, cells, _Fault(self.header.names[total], "not_a_record"), cells[total])
        kinds = self._kinds_of(cells)
        is_of_sales = "transfer" in kinds and "return" not in kinds
        is_negative, is_returned, is_given_back = is_of_sales and self._is_negative(cells), False, False
        later = self._returned_later(cells) if is_of_sales else None
        for check in self.checks:
            column = check.column
            if (cell := cells[column]) and (reason := _reason_in(check, cell, kinds)) is not None:
                if is_of_sales and self.words.answered(column, cell) == "return":
                    is_returned = True
                    continue
                if "return" in kinds and (kinds == {"return"} or self.is_of_returns) and comes_back(cell):
                    # a return says once more what it is
                    continue
                if is_of_sales and reason in (TAKEN_BACK, SAID_SO) and self._says_back(column, cell):
                    if is_negative or self._takes_off(cells):
                        # the row is that return
                        is_returned = True
                        continue
                    is_remark = column in self.remark_columns and not _OF_DELIVERY.search(self.header.names[column])
                    is_told = says_goods_came_back(cell) or received_back(cell)
                    if is_remark and is_told and not self._came_in(cells):
                        # the row is the sale, and its remark tells of what came back
                        continue
                    # the row may be of the sale or of the return
                    is_asked = column in self.remark_columns and self.words.act(column, cell) == "return"
                    # what came in may be what came back, or have gone back later
                    reason = "unknown_kind" if is_asked or self._came_in(cells) else reason
                if is_of_sales and reason == SAID_SO and says_order_ended(cell):
                    after = self._after_sale(cells)
                    if after is not None and received_back(cells[after] or ""):
                        # it ended after the goods were sent and came back
                        continue
                    if after is not None:
                        column, cell = after, cells[after] or ""
                if reason == UNDONE:
                    reason = TAKEN_BACK
                    if self._names_several(cells):
                        # which of them is not said; beside a quantity the columns beside tell it
                        if "quantity" not in self.header.fields or flag_of(self._bare(column)) is not None:
                            told = _Fault(self.header.names[column], "remark_not_read")
                            self._note_events(row, cells, told, cell, is_zeroed_column=is_zeroed_column)
                        continue
                if reason == OF_PART:
                    if not self._names_several(cells) or any(cells[at] for at in self.delivered_columns):
                        # how many of them were delivered is compared with the cards below
                        continue
                    reason = "range_count_mismatch" if is_about_part(self._bare(column)) else "unknown_kind"
                    if reason == "unknown_kind" and not self._states_numbers(cells):
                        # of a lot by number no answer could say how many of it went
                        reason = "bad_quantity"
                if reason == TO_SUPPLIER:
                    if self._goes_out(cells):
                        # whoever the row names had supplied these cards, and got them back
                        is_given_back = True
                        continue
                    reason = "unknown_kind"
                if reason == OF_RETURN or (reason == SAID_SO and self._went_no_further(cells, cell)):
                    continue
                if later is not None and column == later[0]:
                    # the row is a sale, and its remark the day on which all of it came back
                    continue
                if reason == CARDS_ELSEWHERE:
                    if self._states_numbers(cells):
                        continue
                    spoken = _Fault(self.header.names[column], reason)
                    self._note_cards(row, cells, spoken, cell)
                    return self._reject(row, cells, spoken, cell)
                if reason == ONE_END:
                    reason = "missing_field"
                    self._note_range(row, cells, column, is_zeroed_column=is_zeroed_column)
                if reason == SAID_SO:
                    is_answered = self.words.answered(column, cell) is not None
                    reason = "not_a_record" if is_answered else TAKEN_BACK
                spoken, word = _Fault(self.header.names[column], reason), self.words.written(column, cell)
                if onward := [event for event in self._onward if event.date == column]:
                    # whom it did not go to says nothing of where it came from
                    self._note_event(row, cells, onward[0].plan, spoken, word, is_zeroed_column=is_zeroed_column)
                    kept = [None if at == column else text for at, text in enumerate(cells)]
                    return self._read(row, kept, is_zeroed_column=is_zeroed_column)
                if reason != "not_a_record" or "seizure" in kinds:
                    self._note_events(row, cells, spoken, word, is_zeroed_column=is_zeroed_column)
                return self._reject(row, cells, spoken, word)
        is_returned = is_returned or (kinds == {"return"} != self.kinds)
        if is_of_sales and self._takes_off(cells):
            # where the remark names the cards, it says there that they came back
            texts = [cell for at in remarks_of_cards(self.header) if (cell := cells[at])]
            is_returned = is_returned or any(map(_GIVEN_BACK.search, texts))
        credit = None if is_returned else self._credit_column(cells)
        answer = None if credit is None else self.words.answered(credit, NEGATIVE)
        if is_of_sales and answer == "return":
            is_returned = True
        elif credit is not None and answer is None and kinds:
            spoken = _Fault(self.header.names[credit], "unknown_kind" if is_of_sales else TAKEN_BACK)
            self._note_events(row, cells, spoken, cells[credit], is_zeroed_column=is_zeroed_column)
            return self._reject(row, cells, spoken, cells[credit])
        elif credit is not None and answer in VOID:
            return self._reject(row, cells, _Fault(self.header.names[credit], "not_a_record"), cells[credit])
        if (undelivered := self._undelivered(cells, is_returned=is_returned)) is not None:
            column, reason = undelivered
            spoken = _Fault(self.header.names[column], reason)
            self._note_events(row, cells, spoken, cells[column], is_zeroed_column=is_zeroed_column)
            return self._reject(row, cells, spoken, cells[column])
        for column in self.goods_columns:
            if (cell := cells[column]) and are_other_goods(cell) and not self._names_card(cells):
                return self._reject(row, cells, _Fault(self.header.names[column], "not_a_record"), cell)
        if self.sides_of_returns and self.kind_of(cells[self.kind_column or 0]) == "return":
            self.open_returns += 1
            sideless = _Fault("from", "missing_field")
            self._note_event(row, cells, self.plan("return"), sideless, is_zeroed_column=is_zeroed_column)
            return self._reject(row, cells, sideless, None)
        plans = self.plans_of(cells)
        self._note_waiting(row, cells, is_zeroed_column=is_zeroed_column)
        if not plans and self.open_events:
            return self._reject(row, cells, _Fault(self.open_events[0].missing[0], "unanswered"), None)
        statements: list[StatementRow] = []
        faults: list[tuple[Kind | None, _Fault, str | None]] = []
        stated: list[tuple[ColumnPlan, Mapping[str, str | None]]] = []
        for plan in plans or [event.plan for event in self.events[:1]]:
            stated += [(plan, change) for change in self._changes_of_customer(plan, cells)]
        if later is not None and (sold := self._sold_by(cells)) is not None:
            stated.append((sold, later[1]))
        for plan, change in stated:
            values = self._values_of(plan, cells)
            values.update(plan.literals)
            values = {name: text for name, text in {**values, **change}.items() if text is not None}
            if (back_on := values.pop(_CAME_BACK_ON, None)) is not None:
                plan, values = _reversed(plan, values | {"date": back_on})
            if self.are_outs_negative and (went := returned_quantity(values.get("quantity", ""))) is not None:
                values["quantity"] = str(went)
            if plan.kind == "transfer" and (came_back := returned_quantity(values.get("quantity", ""))) is not None:
                self._remark("quantity", "concluded_return", row, values["quantity"], "return")
                plan, values = _reversed(plan, values | {"quantity": str(came_back)})
            elif plan.kind == "return" and (came_back := returned_quantity(values.get("quantity", ""))) is not None:
                values["quantity"] = str(came_back)
            elif plan.kind == "transfer" and (is_given_back or (is_returned and self._came_in(cells))):
                plan = replace(plan, kind="return")
            elif plan.kind == "transfer" and is_returned:
                plan, values = _reversed(plan, values)
            if plan.kind == "return" and (back := _BACK_TO.fullmatch(values.get("from", ""))) and "to" in plan.literals:
                # among what others gave back to the keeper of the list, what the keeper gave back
                values |= {"from": plan.literals["to"], "to": back[1]}
            if plan.kind == "return" and "iccid" in values:
                values["iccid"] = _BACK_IN_WORDS.sub("", _GIVEN_BACK.sub("", values["iccid"]))
            if plan.kind == "return" and "date" not in plan.columns and not change and "date" in values:
                values["date"] = self._day_back(cells, values["date"]) or ""
            lots, fault = _lots_of(plan.kind, values)
            if len(lots) > 1 and all(lot.get(ENDS[0], "") == lot.get(ENDS[1]) for lot in lots):
                named = ENDS[1] if ENDS[1] in values else "iccid"
                self._remark(named, "counted_by_check_digit", row, values[named])
            records = [self._record(plan, lot, is_zeroed_column=is_zeroed_column) for lot in lots]
            read = [record.read() for record in records]
            found = [fault] if fault else [each for record in records for each in record.faults]
            if plan.instead is not None and not self.is_of_returns:
                found += _faults_of_return(faults, statements, records)
            if found:
                worst = min(found, key=lambda each: _RANKS[each.reason])
                faults.append((plan.kind, worst, values.get(worst.field or "")))
                if _concerns_holders(plan):
                    noted, unknown = self._word_of(worst, values)
                    self._note_unread(row, plan.kind, noted, lots, records, unknown, is_zeroed_column=is_zeroed_column)
                continue
            if plan.kind == "stock" and all(each["first"] is None for each in read):
                self._note_absent(row, cells, plan, lots, records, is_zeroed_column=is_zeroed_column)
            for left_field, reason, _ in dict.fromkeys(left for record in records for left in record.left_out):
                self._remark(left_field or "", reason, row, values.get(left_field or "", ""))
            statements += [{**statement, "row": row} for statement in read]
        if statements and later is None and not plans and self._is_gated:
            # by what a recipe looks at the row is of another act
            spoken = _Fault(None, "unknown_kind")
            self._note_event(row, cells, self.events[0].plan, spoken, is_zeroed_column=is_zeroed_column)
            return self._reject(row, cells, spoken, None)
        if not statements:
            _, fault, value = min(faults, key=lambda found: _RANKS[found[1].reason])
            return self._reject(row, cells, fault, value)
        for kind, fault, value in faults:
            self._remark(fault.field or "", fault.reason, row, value or "", kind)
            if fault.reason == "unknown_carrier":
                self.carriers_unknown[value or ""] += 1
        return statements

    def _goes_out(self, cells: Sequence[str | None]) -> bool:
        """Whether a row is of what one giver, said for all rows, handed to whomever it names."""
        plans = [plan for plan in self.plans_of(cells) if plan.kind == "transfer"]
        return bool(plans) and all("from" in plan.literals and "to" in plan.columns for plan in plans)

    def _went_no_further(self, cells: Sequence[str | None], cell: str) -> bool:
        """Whether a cell says that cards are still with the keeper of a ledger, whose row names nobody further."""
        is_open = bool(self._onward) and not any(event.is_stated(cells) for event in self._onward)
        return is_open and stays_in_stock(cell)

    def _note_absent(
        self,
        row: int,
        cells: Sequence[str | None],
        plan: ColumnPlan,
        lots: Sequence[Mapping[str, str]],
        records: Sequence[_Record],
        *,
        is_zeroed_column: bool,
    ) -> None:
        """Note the cards of which a count of stock says that none is there, with the remark what became of them."""
        remark = next((at for at in self.remark_columns if cells[at]), None)
        column = plan.columns.get("stock") if remark is None else remark
        if column is not None:
            fault = _Fault(self.header.names[column], "none_in_stock" if remark is None else "remark_not_read")
            self._note_unread(row, None, fault, lots, records, cells[column], is_zeroed_column=is_zeroed_column)

    def _note_waiting(self, row: int, cells: Sequence[str | None], *, is_zeroed_column: bool) -> None:
        """Note the events of holders and users that a row would state if what they wait for were answered."""
        for missing, waiting in self.waiting:
            if waiting.is_stated(cells):
                fault = _Fault(missing, "unanswered")
                self._note_event(row, cells, waiting.plan, fault, is_zeroed_column=is_zeroed_column)

    def _note_range(self, row: int, cells: Sequence[str | None], column: int, *, is_zeroed_column: bool) -> None:
        """Note the cards between this row's, which is the last of a range, and the first one in a row above."""
        plan = self.plans_of(cells)[0]
        card = parse_card(plan.values_of(cells).get("iccid", ""), is_zeroed_column=is_zeroed_column)
        if isinstance(card, ParseFailure):
            return
        if end_of(cells[column] or "") == "first":
            self._first_of_range = card
        elif self._first_of_range is not None:
            event = UnreadEvent(row, plan.kind, "missing_field", self.header.names[column], None)
            self.unread += event.of(lots_between(self._first_of_range, card), ())
            self._first_of_range = None

    def _note_events(
        self, row: int, cells: Sequence[str | None], fault: _Fault, word: str | None, *, is_zeroed_column: bool
    ) -> None:
        """Note the events that a row states and that are not recorded, because of what it says besides."""
        for plan in self.plans_of(cells):
            is_listed = plan.kind in ("card_list", "stock") and fault.reason in (TAKEN_BACK, "unknown_kind")
            if not (_concerns_holders(plan) or is_listed):
                continue
            self._note_event(row, cells, plan, fault, word, is_zeroed_column=is_zeroed_column)

    def _note_event(
        self,
        row: int,
        cells: Sequence[str | None],
        plan: ColumnPlan,
        fault: _Fault,
        word: str | None = None,
        *,
        is_zeroed_column: bool,
    ) -> None:
        """Note the event that a row states by a plan and that is not recorded; ``word`` is what was not understood."""
        values = plan.values_of(cells)
        lots, _ = _lots_of(plan.kind, values)
        records = [self._record(plan, lot, is_zeroed_column=is_zeroed_column) for lot in lots]
        for record in records:
            record.read()
        self._note_unread(row, plan.kind, fault, lots, records, word, is_zeroed_column=is_zeroed_column)

    def _note_cards(self, row: int, cells: Sequence[str | None], fault: _Fault, cell: str) -> None:
        """Note the cards that a cell names which is not read, as those of the movements that its row states."""
        for plan in self.plans_of(cells):
            record = self._record(plan, plan.values_of(cells), is_zeroed_column=False)
            record.read()
            event = UnreadEvent(row, plan.kind, fault.reason, fault.field, record.days, cell[:LONGEST_QUOTED])
            self.unread += event.of(cards_in_cell(cell), ())

    def _word_of(self, fault: _Fault, values: Mapping[str, str]) -> tuple[_Fault, str | None]:
        """Return the fault of a row whose kind is not known by the heading of that column, and the word in it.

        A cell that says more beside its numbers is quoted.
        """
        if fault.reason == "words_beside_card":
            return fault, values.get(fault.field or "")
        if fault.reason != "unknown_kind" or (column := self.kind_column) is None:
            return fault, None
        return fault._replace(field=self.header.names[column]), values.get("kind")

    def _note_unread(
        self,
        row: int,
        kind: Kind | None,
        fault: _Fault,
        lots: Sequence[Mapping[str, str]],
        records: Sequence[_Record],
        word: str | None,
        *,
        is_zeroed_column: bool,
    ) -> None:
        """Note the cards of an event that is not recorded."""
        quoted = None if word is None else word.removeprefix(INEXACT_MARK)[:LONGEST_QUOTED]
        event = UnreadEvent(row, kind, fault.reason, fault.field, records[0].days if records else None, quoted)
        cards = [lot for values in lots for lot in _cards_named(values, is_zeroed_column=is_zeroed_column)]
        numbers = [
            pack_number(number)
            for values in lots
            for field in SUBSCRIBER_NUMBERS
            if field in values
            if isinstance(
                number := parse_number(
                    field, values[field], digits_abroad=bool(self.digits_abroad), country=_country_of(values)
                ),
                str,
            )
        ]
        for values in lots:
            numbers += numbers_between(*(values.get(end) for end in ENDS))
            numbers += numbers_in_text(values.get("iccid", ""))
        self.unread += event.of(cards, list(dict.fromkeys(numbers)))

    def _record(self, plan: ColumnPlan, values: Mapping[str, str], *, is_zeroed_column: bool) -> _Record:
        column = plan.columns.get("date")
        order = None if column is None else self.day_orders.get(column)
        return _Record(
            plan,
            values,
            is_zeroed_column=is_zeroed_column,
            order=order,
            year=self.year,
            is_strict=self._is_strict,
            digits_abroad=bool(self.digits_abroad),
            carrier_words=self.carrier_words,
            short_cards=self.short_cards,
        )

    def learn_numbers(self, first: pl.DataFrame) -> None:
        """Learn from the first rows of the sheet whether subscriber numbers without ``+`` are of other countries.

        They are only where none has a Chinese form: beside such, other digits are what is left of one. Of a short list
        it is learned which numbers of cards lack a digit, too.
        """
        if self.digits_abroad is None:
            columns = {str(column) for plan in self.plans() if (column := plan.columns.get("msisdn")) is not None}
            texts = [text for column in sorted(columns) for text in first[column].drop_nulls()]
            self.digits_abroad = not any((number := parse_msisdn(text)) and number[0] != "+" for text in texts)
            listed = {str(column) for plan in self.plans() if (column := plan.columns.get("iccid")) is not None}
            if first.height < SHORT_BLOCK:
                self.short_cards = lacking_a_digit([text for at in listed for text in first[at].drop_nulls()])

    def _names_card(self, cells: Sequence[str | None]) -> bool:
        """Whether a row names a card, in a column of numbers or in any other cell."""
        named = {name for plan in self.plans() for name in plan.values_of(cells)}
        return bool(named & {"iccid", *ENDS, *NUMBERS}) or any(cell and _CARD.search(cell) for cell in cells)

    def has_open_order(self, cells: Sequence[str | None]) -> bool:
        """Whether a date of a row can be read in two ways, so that its column has to settle it."""
        columns = {plan.columns.get("date") for plan in self.plans()} - {None}
        return any(
            (cell := cells[column]) and parse_date(cell, uses_1904=self._uses_1904, year=self.year) == "ambiguous_date"
            for column in columns
            if column is not None
        )

    def _total_column(self, cells: Sequence[str | None]) -> int | None:
        """Return the column that says that a row without a card of its own adds up others."""
        if any(cells[column] for column in self.card_columns):
            return None
        return next((at for at in self.total_columns if (cell := cells[at]) and is_total_cell(cell)), None)

    def _bare(self, column: int) -> str:
        return own_heading(self.header.names[column])

    @property
    def _tells_when_seized(self) -> bool:
        """Whether rows state the day of a seizure, which may have been in the absence of whom it concerns."""
        return any(event.kind == "seizure" and event.is_own_date for event in self.header.events)

    def _states_numbers(self, cells: Sequence[str | None]) -> bool:
        """Whether a row names its cards, or counts none."""
        fields = (*_NAMING, *NUMBERS)
        plans = self.plans_of(cells)
        is_named = any(cells[at] for plan in plans for name in fields if (at := plan.columns.get(name)) is not None)
        return is_named or not any("quantity" in plan.values_of(cells) for plan in plans)

    def _names_several(self, cells: Sequence[str | None]) -> bool:
        """Whether a row names more cards than one."""
        for plan in self.plans_of(cells):
            values = plan.values_of(cells)
            lots, _ = _lots_of(plan.kind, values)
            counts = [parse_quantity(lot.get("quantity", "")) for lot in lots]
            if len(lots) > 1 or any(lot.get(ENDS[0]) != lot.get(ENDS[1]) for lot in lots):
                return True
            if any(isinstance(count, int) and count > 1 for count in counts):
                return True
        return False

    def is_no_record(self, cells: Sequence[str | None]) -> bool:
        """Whether a row is a total, the header once more, a mere number of a row, or a line of who made the list."""
        first, *others = [cell for cell in cells if cell]
        if not others and _PLACE.fullmatch(first) and _PLACE_HEADING.fullmatch(self.header.names[cells.index(first)]):
            return True
        if _NAMED_LINE.search(first) and all(map(is_plain_line, filter(None, cells))):
            return True
        return (
            is_total_row(first)
            or is_merged_line(cells)
            or any(
                heading and all((cell := cells[column]) and normalize_heading(cell) == name for column, name in heading)
                for heading in self._headers
            )
        )

    def _reject(self, row: int, cells: Sequence[str | None], fault: _Fault, value: str | None) -> Reject:
        names = self.header.names
        return Reject(
            row=row,
            field=fault.field,
            reason=fault.reason,
            value=value.removeprefix(INEXACT_MARK) if value else None,
            interval=fault.interval,
            raw=tuple(
                (name, cell and cell.removeprefix(INEXACT_MARK)) for name, cell in zip(names, cells, strict=False)
            ),
        )

    def warn_of(self, reject: Reject, kind: Kind | None) -> None:
        """Add a warning about a row that states no event of this kind but another one, so that it is loaded."""
        self._remark(reject.field or "", reject.reason, reject.row, reject.value or "", kind)

    def remark_title(self, row: int, title: str) -> None:
        """Add the remark that a title decides all rows."""
        self._remark("kind", "title_decides", row, title)

    def remark_line(self, row: int, text: str, reason: str = "line_not_read") -> None:
        """Add the remark that a line beside the table, or the name of its file or sheet, is not understood."""
        self._remark("kind", reason, row, text)

    def reject_by_title(self, row: int, cells: Sequence[str | None], title: str) -> Reject:
        """Return the reject of a row that a title takes for no record."""
        return self._reject(row, cells, _Fault(None, "not_a_record"), title)

    def remark_later_day(self, row: int, day: str, *, rows: int) -> None:
        """Add the remark that rows state a day after that of the load."""
        self._remark("date", "later_than_load", row, day, rows=rows)

    def remark_stated_above(self, field: str, row: int, value: str, reason: str = "stated_above") -> None:
        """Add the remark that a row above the table, or another title of the file, states a field of all rows."""
        self._remark(field, reason, row, value)

    def remark_part(self, reject: Reject) -> None:
        """Add the remark that a part of a row states nothing, where others do."""
        self._remark(reject.field or "kind", reject.reason, reject.row, reject.value or "")

    def remark_left_out(self, field: str, reason: str, found: pl.DataFrame) -> None:
        """Add the remark that the cell of a field is left out in rows whose numbers and cells are given."""
        row, value = found.row(found[ROW].arg_min() or 0)
        self._remark(field, reason, row, value, rows=found.height)

    def _remark(
        self, field: str, reason: str, row: int, value: str, kind: Kind | None = None, *, rows: int = 1
    ) -> None:
        known = self._remarks.get((field, reason, kind))
        first_row = row
        value = value.removeprefix(INEXACT_MARK)
        if known:
            rows += known.rows
            if known.first_row < row:
                first_row, value = known.first_row, known.value
        self._remarks[field, reason, kind] = RowWarning(
            field=field, reason=reason, rows=rows, first_row=first_row, value=value, kind=kind
        )


def _reversed(plan: ColumnPlan, values: Mapping[str, str]) -> tuple[ColumnPlan, dict[str, str]]:
    """Return the return that a row of transfers states: the cards went the other way."""
    return replace(plan, kind="return", columns=_turned(plan.columns)), _turned(values)


def _lots_of(kind: Kind | None, values: dict[str, str]) -> tuple[list[dict[str, str]], _Fault | None]:
    """Return the lots that one row names, each as the values of a record of its own, and the fault of them all.

    Beside several cards a number of one card says nothing of any of them. A quantity beside them is their sum. Of one
    card a subscriber number in the place of its own (号码1440…) says which it is.
    """
    if allows_ranges(kind):
        return _lots_in(kind, values)
    lots, fault = _lots_in(kind, _by_subscriber_number(values))
    return [_by_subscriber_number(lot) for lot in lots], fault


def _by_subscriber_number(values: dict[str, str]) -> dict[str, str]:
    """Return the values of a record with a number of the Internet of Things in the place of a card as what it is."""
    text = values.get("iccid", "")
    number = subscriber_numbers_among_words(text) if _WORDS.search(text) else text
    if "msisdn" in values or text.startswith(INEXACT_MARK) or number is None or not is_iot_number(number):
        return values
    return {"msisdn": number, **_without(values, ("iccid",))}


def _without_words(kind: Kind | None, values: dict[str, str]) -> dict[str, str]:
    """Return the values with the numbers of cards alone where words stand with them that say no more (ICCID：8986…).

    Of what was seized words may say anything that casts no doubt on it: what it looks like and where it lay.
    """
    texts = {name: text for name in _NAMING if (text := values.get(name)) and _WORDS.search(text)}
    texts = {name: _without_aside(text) for name, text in texts.items()}
    bare: dict[str, str] = {}
    for name, text in texts.items():
        text = _of_voucher(text) if kind == "transfer" else text
        cards = cards_of_cell(text, may_describe=kind == "seizure" and not _may_speak_against(text))
        if cards and _fits(cards, text):
            bare[name] = cards
    return {**values, **bare} if bare else values


def _may_speak_against(text: str) -> bool:
    return casts_doubt(text) or act_of_remark(text) is not None or speaks_of_part(text) or denies_seizure(text)


_NARRATES: Final = late(r"\s*(?:being|sales? of|supply of)\b", re.IGNORECASE)
"""Begins a narration of accounts, which says what its row is."""
_OF_VOUCHER: Final = pattern_of("row_parser", "of_voucher", re.IGNORECASE)


def _of_voucher(text: str) -> str:
    """Return the narration of a sale without its words for one, and its papers (Being 5 SIMs 8991… sold vide bill 12).

    >>> _of_voucher("Being SIMs 8991 sold vide bill no. 12"), _of_voucher("SIM 8991 sold on")
    (' SIMs 8991  ', 'SIM 8991 sold on')
    """
    return _OF_VOUCHER.sub("", text) if _NARRATES.match(text) else text


_ASIDE: Final = late(r"[(（]([^()（）]{1,24})[)）]$")
_LONGEST_ASIDE: Final = 12
_SENT_AGAIN: Final = pattern_of("row_parser", "sent_again", re.IGNORECASE)
"""What a shop writes behind the card of an article that came back from somebody else and is sold again."""


def _without_aside(text: str) -> str:
    """Return numbers of cards without what is said of them in brackets behind, unless it may deny or change the row."""
    aside = _ASIDE.search(text)
    if aside is not None and _SENT_AGAIN.fullmatch(aside[1].strip()):
        return text[: aside.start()].rstrip()
    if (
        aside is None
        or len(aside[1]) > _LONGEST_ASIDE
        or casts_doubt(aside[1])
        or act_of_remark(aside[1]) is not None
        or is_bare_remark(aside[1])
    ):
        return text
    return text[: aside.start()].rstrip()


def _fits(cards: str, text: str) -> bool:
    """Whether a text with cards counts as many as it names, if it counts any (A-B共11张)."""
    counts = {int(number) for number in _COUNTED.findall(text)}
    return not counts or counts == {cards_in(split_cards(cards))}


_BACK_TO: Final = late("(?:我)?退(?:还|回)?给了?(.+)")
_GIVEN_BACK: Final = late("红字|红冲|冲红|(?:客户|销售)?退[货回卡库]")
_BACK_IN_WORDS: Final = pattern_of("row_parser", "back_in_words", re.IGNORECASE)
"""What a return says once more before or behind the number of its card, and why."""
_WORDS: Final = pattern_of("row_parser", "words")
_COUNTED: Final = late("(?<![0-9A-Za-z])([0-9]{1,9})[张个枚片]")
_PLACE: Final = late("[0-9]{1,4}")
_PLACE_HEADING: Final = late("(?:序|行|项|编)号|(?:item|line|row|s[lr]?)?[. _]?no[.]?|#", re.IGNORECASE)
"""The number of a row in its table, and the headings of it."""


def _whole_last(first: str, text: str, quantity: int | object) -> str:
    """Return the last number of a range that a column of its own abbreviates, in full; else the text as it is.

    A cell that lost its beginning looks the same: where the check digit then fails, only the quantity can confirm it.
    """
    last = complete_last(first, text)
    card = parse_iccid(last) if last is not None else None
    if last is None or card is None:
        return text
    return last if card.checksum != "bad" or cards_in([CardPart(first, last)]) == quantity else text


_LIKE_NUMBER: Final = late("[0-9]{4}")


def _lots_in(kind: Kind | None, values: dict[str, str]) -> tuple[list[dict[str, str]], _Fault | None]:
    values = _without_words(kind, values)
    quantity = parse_quantity(values["quantity"]) if "quantity" in values else None
    if ENDS[0] in values and ENDS[1] in values:
        values = {**values, ENDS[1]: _whole_last(values[ENDS[0]], values[ENDS[1]], quantity)}
    if ENDS[0] in values and ENDS[1] in values and "iccid" not in values:
        cards = cards_by_check_digit(values[ENDS[0]], values[ENDS[1]], quantity) if isinstance(quantity, int) else ()
        others = _without(values, ("quantity", *NUMBERS))
        return [{**others, ENDS[0]: card, ENDS[1]: card} for card in cards] or [values], None
    field = "iccid" if "iccid" in values else ENDS[0] if ENDS[0] in values and ENDS[1] not in values else None
    text = values.get(field or "", "")
    if field is None or text.startswith(INEXACT_MARK):
        return [values], None
    if not has_parts(text):
        if field == ENDS[0] and allows_ranges(kind) and isinstance(quantity, int):
            first = parse_iccid(text)
            # of a number that may have lost digits nobody can count on
            is_sound = first is not None and first.complete and not has_zeroed_tail(first.text)
            last = last_of(first, quantity) if first is not None and is_sound else None
            return [values if last is None else {**values, ENDS[1]: last}], None
        return [values], None
    parts = split_cards(text)
    is_told = len(parts) > 1 and not all(_LIKE_NUMBER.search(part.first) for part in parts) and bool(cards_named(text))
    if is_told or (any(part.last is not None for part in parts) and not allows_ranges(kind)):
        # words between dividers are no number that is at fault
        return [values], None
    left_out = (field, *(() if len(parts) == 1 else ("quantity", *NUMBERS)))
    others = {name: value for name, value in values.items() if name not in left_out}
    total = cards_in(parts)
    if len(parts) == 1 and parts[0].last and isinstance(quantity, int) and total != quantity:
        cards = cards_by_check_digit(parts[0].first, parts[0].last, quantity)
        if cards:
            bare = _without(others, ("quantity", *NUMBERS))
            return [{**bare, ENDS[0]: card, ENDS[1]: card} for card in cards], None
    lots = [
        {**others, **({"iccid": part.first} if part.last is None else {ENDS[0]: part.first, ENDS[1]: part.last})}
        for part in parts
    ]
    if len(parts) > 1 and isinstance(quantity, int) and total is not None and quantity != total:
        return lots, _Fault("quantity", "range_count_mismatch")
    return lots, None


def _concerns_holders(plan: ColumnPlan) -> bool:
    """Whether a row by this plan says who held or used cards; one of unknown kind may."""
    return plan.kind is None or plan.kind in HOLDER_KINDS


def _cards_named(values: Mapping[str, str], *, is_zeroed_column: bool) -> list[KeyRange]:
    """Return the cards that the cells of one lot surely name, though the lot as a whole may be at fault."""
    read = {
        field: card
        for field in ("iccid", *ENDS)
        if field in values
        and isinstance(card := parse_card(values[field], is_zeroed_column=is_zeroed_column and field == "iccid"), Iccid)
    }
    listed = read.get("iccid")
    begin = read.get(ENDS[0]) if "iccid" not in values else listed if ENDS[0] not in values else None
    if begin is not None and ENDS[1] not in read:
        # the first number of as many cards, it may be, or of those up to an end of which the beginning is not written
        quantity = parse_quantity(values.get("quantity", ""))
        written = complete_last(begin.text, values.get(ENDS[1], ""))
        end = written or (farthest_of(begin, quantity) if isinstance(quantity, int) and quantity > 1 else None)
        if end is not None and isinstance(last := parse_card(end), Iccid):
            return lots_between(begin, last)
    among_words = [lot for field in ("iccid", *ENDS) if field not in read for lot in cards_in_text(values.get(field))]
    return [
        *([lot_of(listed)] if listed else []),
        *lots_between(read.get(ENDS[0]), read.get(ENDS[1])),
        *among_words,
    ]


def _reason_of_words(text: str) -> str:
    """Return why a cell is not read that says more than the cards that it names."""
    if act_of_remark(text) == NOTHING:
        return "not_a_record"
    return "range_count_mismatch" if is_miscounted(text) else "words_beside_card"


def _number_of_cards(kind: Kind | None, values: dict[str, str]) -> int | None:
    """Return how many cards a row names, else the quantity that it states; ``None`` for neither."""
    lots, _ = _lots_of(kind, values)
    cards = dict.fromkeys(lot for each in lots for lot in _cards_named(each, is_zeroed_column=False))
    if cards:
        return sum(map(len, cards))
    quantity = parse_quantity(values.get("quantity", ""))
    return quantity if isinstance(quantity, int) else None


def _reason_of_number(text: str, _: Collection[str]) -> str | None:
    return SAID_SO if says_no_such_number(text) else None


_MAY_DENY: Final = r"(?i:\bno[t ]|n't)|无|没有|不存在|非[我本]"
"""Found in every text that says that there is no such number."""

_SIDE_UNDONE: Final = pattern_of("row_parser", "side_undone", re.IGNORECASE)
"""A name before or behind which its row is taken back, as programs write it: (cancelled) Om Sai Infotech."""
_MAY_BE_UNDONE: Final = r"[(\[（【]|(?i:^[\s*]*(?:void|cancel|已?作废|已?取消))"
"""Found in every such text."""


_CARD_WITHIN: Final = pattern_of("row_parser", "card_within", re.IGNORECASE)
"""What a remark on a seized article says of the one card in it, and nothing else."""

_CAME_BACK_ON: Final = "came_back_on"
"""In what is said of a sale, the day on which all its cards came back."""

OF_GOODS_BACK: Final = pattern_of("row_parser", "of_goods_back", re.IGNORECASE)
"""Found in remarks that tell why an order ended."""

_CAME_BACK: Final = late(r"[(\[](?:ret(?:urn(?:ed)?|n|d)?|rtn)\.?[)\]]\s*$", re.IGNORECASE)
"""Behind the name of somebody who gave back, or to whom it was given back."""


def _reason_of_side(text: str, _: Collection[str]) -> str | None:
    return SAID_SO if _SIDE_UNDONE.fullmatch(text.strip()) else TAKEN_BACK if _CAME_BACK.search(text) else None


def _reason_of_seized(text: str, _: Collection[str]) -> str | None:
    return "not_a_record" if says_nothing(text) or denies_seizure(text) else None


def are_numbers_of_lots(texts: Sequence[str]) -> bool:
    """Whether cells say of how many cards each row was carried out, one of them at least of several."""
    counts = [parse_quantity(without_remark(text)) for text in texts]
    return all(isinstance(count, int) for count in counts) and any(count not in (0, 1) for count in counts)


def _reason_of_denied(text: str, _: Collection[str]) -> str | None:
    return "not_a_record" if denies_seizure(text) else None


def _reason_of_large(heading: str, text: str, _: Collection[str]) -> str | None:
    return "not_a_record" if is_at_large(heading, text) else None


def _reason_of_check(text: str, _: Collection[str]) -> str | None:
    return TAKEN_BACK if says_check_failed(text) else None


def _reason_of_purpose(text: str, _: Collection[str]) -> str | None:
    return None if act_of_purpose(text) is None else TAKEN_BACK


def _reason_of_part(text: str, _: Collection[str]) -> str | None:
    return None if says_nothing(text) else OF_PART


def _reason_of_count(text: str, kinds: Collection[str]) -> str | None:
    count = parse_quantity(text)
    return UNDONE if isinstance(count, int) and count > 0 and "return" not in kinds else None


def _reason_of_pack(text: str, _: Collection[str]) -> str | None:
    return "bad_quantity" if is_pack(text) else None


def _reason_of_cards(text: str, _: Collection[str]) -> str | None:
    return CARDS_ELSEWHERE if CARD_NAMED.search(text) else None


def _reason_of_end(text: str, _: Collection[str]) -> str | None:
    return None if end_of(text) is None else ONE_END


def _reason_of_undone(heading: str, text: str, _: Collection[str]) -> str | None:
    return None if says_nothing(text) or undone_by(heading) is None else TAKEN_BACK


def _reason_of_no_use(text: str, kinds: Collection[str]) -> str | None:
    is_use = bool({*USE_KINDS} & {*kinds}) and not {*CUSTODY_KINDS} & {*kinds}
    return TAKEN_BACK if is_use and not says_nothing(text) and act_of(text) not in (DONE, STATE) else None


def _reason_of_flag(heading: str, text: str, _: Collection[str]) -> str | None:
    return reason_of_flag(heading, text)


def _reason_in(check: RowCheck, text: str, kinds: Collection[str]) -> str | None:
    """Return why a text speaks against a row of some kinds; of a return it says that it was completed."""
    others = frozenset(kinds) - {"return"}
    if "return" not in kinds or not {*CUSTODY_KINDS} & others:
        reason = check.reason_of(text, kinds)
        return None if reason == TAKEN_BACK and "return" in kinds else reason
    # the row states a sale and that it was given back
    reasons = [_reason_in(check, text, each) for each in (frozenset({"return"}), others)]
    return None if None in reasons else reasons[1]


def _faults_of_return(
    faults: Sequence[tuple[Kind | None, _Fault, str | None]],
    statements: Sequence[StatementRow],
    records: Sequence[_Record],
) -> list[_Fault]:
    """Return what is wrong with the return of what the row itself sold: the sale was not read, or is of a later day."""
    if (unsold := next((fault for kind, fault, _ in faults if kind in CUSTODY_KINDS), None)) is not None:
        return [unsold]
    sold = [each["first_day"] for each in statements if each["kind"] in CUSTODY_KINDS and each["first_day"] is not None]
    days = [record.days[1] for record in records if record.days is not None]
    return [_Fault("date", "bad_date")] if sold and days and min(days) < min(sold) else []


def _incomplete(events: Sequence[SheetEvent]) -> tuple[SheetEvent, ...]:
    return tuple(event for event in events if event.missing)


LISTED_BESIDE: Final = ("state", "party", "party_id")
"""Fields one of which makes a row that states other events a card list entry too."""

LISTED_ALONE: Final = (*LISTED_BESIDE, "declared_user", "msisdn", "imsi", "eid")
"""Fields one of which makes a card a card list entry; two of its numbers are needed where it has no ICCID."""


def _is_listed(plan: ColumnPlan, cells: Sequence[str | None]) -> bool:
    return _is_filled(plan, cells, LISTED_ALONE)


def _is_filled(plan: ColumnPlan, cells: Sequence[str | None], fields: Sequence[str]) -> bool:
    return any(
        field in plan.literals or (field in plan.columns and bool(cells[plan.columns[field]])) for field in fields
    )


class _Record:
    """One row while it is judged: its filled fields, its faults, and the optional fields that are left out."""

    def __init__(
        self,
        plan: ColumnPlan,
        values: Mapping[str, str],
        *,
        is_zeroed_column: bool,
        order: DayOrder | None = None,
        year: StatedYear | None = None,
        is_strict: bool = False,
        digits_abroad: bool = False,
        carrier_words: CarrierWords = NO_WORDS,
        short_cards: Collection[str] = (),
    ) -> None:
        self._carrier_words = carrier_words
        self._short_cards = short_cards
        self._is_strict = is_strict
        self._digits_abroad = digits_abroad
        self._order: DayOrder | None = order
        self._year = year
        self._plan = plan
        self._values = values
        self._is_zeroed_column = is_zeroed_column
        self._statement: StatementRow = dict(_EMPTY)
        self._named: tuple[str, str] | None = None  # the first and the last card that the row names
        self.faults: list[_Fault] = []
        self.left_out: list[_Fault] = []

    def read(self) -> StatementRow:
        """Fill in the statement as far as the row can be read; it counts only where no faults were found."""
        kind = self._plan.kind
        self._statement["kind"] = kind
        self._read_date()
        self._read_cards()
        if kind is None:
            self._fault("kind", "unknown_kind")
            return self._statement
        self._read_numbers()
        self._read_counts()
        self._read_parties(kind)
        for field in TEXTS:
            if field in self._values:
                self._statement[field] = self._values[field].removeprefix(INEXACT_MARK)
        if unplaced := {field: self._values[field] for field in self._plan.extra if field in self._values}:
            self._statement["extra"], left_out = parse_extra(unplaced)
            self.left_out += left_out
        if kind in CUSTODY_KINDS and not self.faults and is_self_transfer(kind, self._statement):
            self._fault(ROLES[kind][1].name, "self_transfer")
        return self._statement

    def _fault(self, field: str, reason: str, interval: tuple[str, str] | None = None) -> None:
        self.faults.append(_Fault(field, reason, interval))

    @property
    def days(self) -> tuple[int, int] | None:
        """The first and the last day that the row may mean; ``None`` where they cannot be read."""
        first, last = self._statement["first_day"], self._statement["last_day"]
        return None if first is None else (first, last)

    def _read_date(self) -> None:
        text = self._values.get("date")
        kind = self._plan.kind
        is_optional = kind in ("card_list", "registration") or (kind == "seizure" and "case_no" in self._values)
        when: DateSpan | str = "missing_field"
        if text:
            time = self._values.get("time")
            if time is not None and parse_time(time) is None:
                self.left_out.append(_Fault("time", "bad_date"))
            text = with_time(text, time)
            when = parse_date(text, uses_1904=self._plan.uses_1904, order=self._order, year=self._year)
        if isinstance(when, DateSpan) and self._plan.needs_time and when.second_of_day < 0:
            self._fault("date", "missing_field")
        elif isinstance(when, DateSpan):
            self._statement["first_day"], self._statement["last_day"] = when.earliest, when.latest
            self._statement["second"] = when.second_of_day if when.second_of_day >= 0 else None
        elif not is_optional:
            if text or self._plan.kind:
                self._fault("date", when)
        elif text:
            self.left_out.append(_Fault("date", when))

    def _lists_none(self) -> bool:
        """Whether a count of stock of nought stands beside the cards of its row: these are not there."""
        return self._plan.kind == "stock" and parse_quantity(self._values.get("stock", "")) == 0

    def _read_cards(self) -> None:
        if self._lists_none():
            return
        listed = self._read_card("iccid")
        cards = 0
        precision = None
        if listed:
            head, size, number = split_key(listed.key)
            self._place(head, size, number, number)
            self._statement["check_char"] = listed.check_char
            cards, precision = 1, "listed"
            self._named = (listed.text, listed.text)
        if allows_ranges(self._plan.kind) and any(end in self._values for end in ENDS):
            cards = self._read_range(listed)
            precision = precision or "range"
        if self._plan.kind is None:
            return
        if "quantity" in self._values:
            is_one_card = not allows_ranges(self._plan.kind)
            precision = self._read_quantity(1 if is_one_card else cards, precision)
        if precision is None and "iccid" not in self._values:
            self._require_cards()
        self._statement["precision"] = precision

    def _place(self, head: str, size: int, first: int, last: int) -> None:
        self._statement.update(head=head, size=size, first=first, last=last)

    def _read_card(self, field: str) -> Iccid | None:
        if field not in self._values:
            return None
        zeroed = self._is_zeroed_column and field == "iccid"
        card = parse_card(self._values[field], is_zeroed_column=zeroed)
        if isinstance(card, ParseFailure):
            is_unread = card.reason in ("bad_identifier", "words_beside_card")
            is_of_one = is_unread and not allows_ranges(self._plan.kind)
            is_lot = is_of_one and any(lot.first != lot.last for lot in cards_in_text(self._values[field]))
            reason = "several_cards" if is_lot else card.reason
            if reason == "words_beside_card":
                reason = _reason_of_words(self._values[field])
            self._fault(field, reason, card.interval)
            return None
        if card.text in self._short_cards:
            self._fault(field, "bad_identifier")
            return None
        if card.checksum == "bad":
            self._differing_check(field)
        return card

    def _differing_check(self, field: str) -> None:
        """Report a number whose check digits are wrong."""
        if self._is_strict:
            self._fault(field, "check_digit_differs")
        else:
            self.left_out.append(_Fault(field, "check_digit_differs"))

    def _read_range(self, listed: Iccid | None) -> int:
        """Read a range and return how many cards it holds, 0 when it cannot be read."""
        ends = [self._read_card(field) for field in ENDS]
        if self._plan.kind:
            for field in ENDS:
                if field not in self._values:
                    self._fault(field, "missing_field")
        first, last = ends
        if not first or not last:
            return 0
        if is_damaged_range(first.text, last.text):
            self._fault(ENDS[0], "damaged_number", damage_interval(first.text))
        try:
            keys = parse_range(first, last)
            if first.check_char and last.check_char and not first.carrier and "quantity" in self._values:
                # abroad both ends may end in what would be their check digits by chance: the quantity says it
                written = parse_range(with_check_digit_in_key(first), with_check_digit_in_key(last))
                if parse_quantity(self._values["quantity"]) == len(written):
                    keys = written
        except InvalidRange as fault:
            self._fault(ENDS[1], fault.reason)
            return 0
        self._named = (first.text, last.text)
        if not listed:
            self._place(keys.head, keys.size, keys.first, keys.last)
        elif first.key != listed.key or last.key != listed.key:
            self._fault("iccid", "range_count_mismatch", self._named)
        return len(keys)

    def _read_quantity(self, cards: int, precision: str | None) -> str | None:
        """Read the quantity beside ``cards`` known cards, or alone; return the precision of the record."""
        quantity = parse_quantity(self._values["quantity"])
        stands_alone = precision is None and "iccid" not in self._values and allows_ranges(self._plan.kind)
        if isinstance(quantity, int) and not (stands_alone and quantity < 1):
            self._statement["quantity"] = quantity
            if stands_alone:
                return "quantity"
            if cards and quantity != cards:
                self._fault("quantity", "range_count_mismatch", self._named)
        elif stands_alone and not self._has_declared_counts():
            self._fault("quantity", "bad_quantity")
        else:
            self.left_out.append(_Fault("quantity", "bad_quantity"))
        return precision

    def _require_cards(self) -> None:
        """Find fault with a record that names no card, unless something stands in for it."""
        kind = self._plan.kind
        if kind == "stock":
            if not self._has_declared_counts() and not ({"stock", "sold", "quantity"} & self._values.keys()):
                self._fault("stock", "missing_field")
            return
        stand_ins = ("quantity",) if allows_ranges(kind) else ("msisdn", "imsi")
        if any(field in self._values for field in stand_ins):
            return
        wanted = ("iccid", *(ENDS[:1] if allows_ranges(kind) else ()), *stand_ins)
        self._fault(next((field for field in wanted if field in self._plan.fields), "iccid"), "missing_field")

    def _has_declared_counts(self) -> bool:
        return self._plan.kind == "stock" and any(
            field in self._values and isinstance(parse_quantity(self._values[field]), int)
            for field in ("stock", "sold")
        )

    def _read_numbers(self) -> None:
        country = _country_of(self._values)
        read = {
            field: parse_number(field, self._values[field], digits_abroad=self._digits_abroad, country=country)
            for field in NUMBERS
            if field in self._values
        }
        names_card = allows_ranges(self._plan.kind) or "iccid" in self._values
        for field, number in read.items():
            if not isinstance(number, ParseFailure):
                self._statement[field] = number if field in _HARDWARE else pack_number(number)
                names_card = names_card or field not in _HARDWARE
                if field == "eid" and not is_valid_eid(number):
                    self._differing_check(field)
        for field, number in read.items():
            if isinstance(number, ParseFailure):
                if names_card or field in _HARDWARE:
                    self.left_out.append(_Fault(field, number.reason))
                else:
                    self._fault(field, number.reason, number.interval)

    def _read_counts(self) -> None:
        declared = {field: parse_quantity(self._values[field]) for field in ("stock", "sold") if field in self._values}
        is_enough = (
            self._plan.kind != "stock"
            or self._statement["precision"] is not None
            or any(isinstance(count, int) for count in declared.values())
        )
        for field, count in declared.items():
            if isinstance(count, int):
                self._statement[field] = count
            elif is_enough:
                self.left_out.append(_Fault(field, count))
            else:
                self._fault(field, count)

    def _read_parties(self, kind: Kind) -> None:
        if "carrier" in self._values:
            self._read_name("carrier", "carrier")
        for role in ROLES[kind]:
            name = self._read_name(role.side, role.name)
            number = parse_party_number(self._values[role.number], name) if role.number in self._values else None
            if isinstance(number, ParseFailure):
                if self._plan.requires(role) and not name:
                    self._fault(role.number, number.reason, number.interval)
                else:
                    self.left_out.append(_Fault(role.number, number.reason))
                continue
            why = why_not_of(name, number) if number else None
            if number and why is None:
                self._statement[role.side + "_id"] = number
            elif self._plan.requires(role) and not name:
                is_kept_by_holder = role.side == "receiver" and is_kept(key_of_cell(self._values.get(role.name, "")))
                reason = "kept" if is_kept_by_holder and kind in NEVER_OF_AUTHORITIES else "missing_field"
                self._fault(role.number if number and role.name not in self._values else role.name, reason)
            elif why is not None:
                self.left_out.append(_Fault(role.number, why))
        if "carrier" in self._values and "carrier" not in self._plan.literals:
            self._settle_carrier(kind)

    def _settle_carrier(self, kind: Kind) -> None:
        """Keep what stands in a column of carriers only where it is a carrier, or a person says who it is."""
        statement = self._statement
        key = statement["carrier_key"]
        if not key:
            return
        meant = self._carrier_words.key_of(key)
        statement["carrier_key"] = meant
        if meant is None:
            statement["carrier_name"] = None
        if kind not in CARRIERS_OWN:
            if meant is None:
                self.left_out.append(_Fault("carrier", "unknown_carrier"))
        elif meant is not None:
            statement["sender_key"] = meant
        elif kind == "purchase" and self._carrier_words.is_party(key):
            statement["kind"] = "transfer"
        else:
            self._fault("carrier", "unknown_carrier")

    def _read_name(self, side: str, field: str) -> str | None:
        name = self._values.get(field, "").removeprefix(INEXACT_MARK)
        key = key_of_cell(name)
        if not key:
            return None
        # whom a carrier names by half is its customer all the same, and nobody else of that name
        is_half_named = self._plan.kind == "registration" and side == "receiver" and is_masked_name(key)
        if identifies_nobody(key, is_customer=field == "enterprise") and not is_half_named:
            self.left_out.append(_Fault(field, reason_of_nobody(key)))
            return None
        # what a firm carries is between others
        if self._plan.kind in BETWEEN_PARTIES and is_parcel_firm(key):
            self.left_out.append(_Fault(field, "names_nobody"))
            return None
        if self._plan.kind in NEVER_OF_AUTHORITIES and is_authority(key):
            if field == "holder":
                self.left_out.append(_Fault(field, "of_authority"))
                return None
            self._fault(field, "of_authority")
        self._statement[side + "_name"] = name
        self._statement[side + "_key"] = key
        return key
