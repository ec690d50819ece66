"""Records that support custody and state none: identities, shipments, payments, and contacts of parties (SPEC 3).

They have a shape of their own (:data:`SUPPORT_SCHEMA`) and are kept apart from the custody events, so that nothing that
reasons about custody can meet them. What they are looked up by are *keys*: a waybill, an order number, a contact, a
party by its strong identifier or, without one, its name.

Invariant: a masked, encrypted or unreadable name or contact makes no key.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import field
from typing import Any, Final, NamedTuple

import polars as pl

from graphtrace.errors import NeedsAnswer, UnknownHeadings
from graphtrace.frozen import frozen, replace
from graphtrace.identifiers.nobody import identifies_nobody
from graphtrace.identifiers.normalize import is_masked, strip_noise
from graphtrace.identifiers.party_ids import contact_key, normalize_party_name, parse_amount, parse_contacts
from graphtrace.ingest.acts import tells_of_support, was_reversed
from graphtrace.ingest.card_cells import CARD_NAMED, NAMES_CARD
from graphtrace.ingest.cell_context import CellContext
from graphtrace.ingest.date_orders import DATE_ORDER, ORDERS, conclude_order, order_question, titles_of
from graphtrace.ingest.dates_and_quantities import DayOrder, StatedYear, day_order, parse_date
from graphtrace.ingest.english_papers import MONEY, keeper_in_english
from graphtrace.ingest.given_answers import (
    KIND,
    OPEN_SIDE,
    named_heading,
    title_question,
)
from graphtrace.ingest.headers import ColumnOverrides, event_words, listed_headings
from graphtrace.ingest.heading_grammar import (
    SECRET,
    field_of_heading,
    is_secret_heading,
    normalize_heading,
    without_remark,
)
from graphtrace.ingest.narrations import alias_in, named_party, names_other_party, other_side, owners_in, takes_back
from graphtrace.ingest.places import places_of
from graphtrace.ingest.preamble import TitleVerdict, pairs_in
from graphtrace.ingest.readers.set_aside import remarks_on_rows
from graphtrace.ingest.row_parser import ENDS, ParseFailure, parse_party_number, why_not_of
from graphtrace.ingest.row_status import ROW_STATUS, status_columns
from graphtrace.ingest.sheet import (
    INEXACT_MARK,
    ROW,
    Sheet,
    cards_by_column,
    is_short,
    prefetch,
)
from graphtrace.ingest.sheet_tables import FurtherTables
from graphtrace.ingest.supporting_headings import (
    HeadingMeaning,
    contact_of_heading,
    is_of_bank,
    names_account_too,
    names_support,
    support_meaning,
)
from graphtrace.ingest.totals import is_total_row
from graphtrace.ingest.unread_events import joined
from graphtrace.ingest.unread_sheets import UnreadRows, likely_columns
from graphtrace.ingest.words import pattern_of
from graphtrace.locale import BilingualText, phrase
from graphtrace.model import DENIED, DateSpan, SupportKind, column_letters
from graphtrace.patterns import late
from graphtrace.results.reports import ColumnReport, Offer, OpenQuestion, Reject, RowWarning

SUPPORT_SCHEMA: Final[dict[str, Any]] = {
    "row": pl.UInt32,
    "kind": pl.String,  # identity, shipment, payment, or contact for what a custody record says beside
    "day": pl.Int32,
    "span": pl.UInt8,
    "second": pl.Int32,  # -1 where no time was stated
    "record_no": pl.String,
    "said": pl.String,  # canonical JSON: waybill, order_no, amount, sides as [name, name key, strong, contacts]
    "keys": pl.List(pl.String),
    "statement": pl.String,  # equal in two records that state the same
}
"""Columns of a frame of supporting records."""

CONTACT: Final = "contact"
"""Kind of what is no record by itself: a contact that a custody record states of one of its sides."""

SIDES: Final[dict[str, tuple[str, str]]] = {
    "identity": ("name", ""),
    "shipment": ("sender", "receiver"),
    "payment": ("payer", "payee"),
}
"""The names of the sides of a record, by its kind."""

_CALLED_OFF: Final = pattern_of("status", "off")
_NOTHING: Final = late(r"[¥￥]?\s*-?0*(?:\.0*)?|-+")
_WAYBILL: Final = late("[0-9]{6}|^[A-Za-z]{1,4}-?[0-9]+$")
_FRAME_ROWS: Final = 50_000
_OUT: Final = frozenset(
    {"支出", "支", "借", "借方", "出", "付", "付款", "转出", "out", "debit", "d", "expense", "dr", "payment"}
)
_IN: Final = frozenset(
    {"收入", "收", "贷", "贷方", "进", "入", "收款", "转入", "in", "credit", "c", "income", "cr", "receipt"}
)
_DATE_WORDS: Final = {
    "payment": ("付款", "支付", "转账", "转帐", "交易", "到账", "入账"),
    "shipment": ("寄", "发件", "发货", "揽", "ship", "dispatch", "despatch"),
    "identity": ("注册", "实名", "登记"),
}
_DAYS_AND_TIMES: Final = (("日期", "时间"), ("date", "time"))
_TIME: Final = late(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:\.[0-9]+)?)?")
_ACCOUNT_AND_NAME: Final = late(
    r"(?P<account>[0-9*]{8,})\s*[/／]\s*(?P<name>\D.*)"
    r"|(?P<name_first>\D*?[^\d\s*/／])\s*[/／ ]\s*(?P<account_last>[0-9*]{4,})"
)
_MIN_ACCOUNT: Final = 8
_BALANCE: Final = late("余额|balance")
_OWNER: Final = late("(?:户名|开户名|客户名称|客户姓名|账户名称|姓名)")
_CREATED: Final = "创建"
_ALL_DATE_WORDS: Final = (*(word for words in _DATE_WORDS.values() for word in words), "签收", "收件")
RENAMED: Final = {
    "shipment": {"from": "sender", "to": "receiver", "party": "receiver"},
    "payment": {"from": "payer", "to": "payee", "owner": "payer", "counterpart": "payee"},
    "identity": {"party": "name", "user": "name", "": "name", "party_id": "id", "user_id": "id"},
}
"""Fields of further sides in a kind of record; an owner is the payer until a direction says otherwise."""


_FIRMS: Final = {
    "sender": late(
        "(?:托?寄|发)[件货]?[方人]?(?:公司|单位)(?:名称)?|(?:shipper|sender|consignor)_?(?:company|firm)(?:_?name)?"
    ),
    "receiver": late(
        "接?收[件货]?[方人]?(?:公司|单位)(?:名称)?|(?:receiver|recipient|consignee)_?(?:company|firm)(?:_?name)?"
    ),
}
"""Headings of the firm beside the person who sent or got a parcel."""


def firms_of_parcels(headings: Mapping[int, str]) -> dict[str, str]:
    """Return by side the heading, of those given by column, of the firm that sent or got parcels."""
    known = {name: normalize_heading(name) for name in headings.values()}
    return {side: name for name, heading in known.items() for side, firm in _FIRMS.items() if firm.fullmatch(heading)}


_FIRM_IN_HEADING: Final = late("(?:公司|单位)(?:名称)?|_?(?:company|firm)(?:_?name)?")
_PERSON_IN_HEADING: Final = late("(?:姓名|联系人|名称|人)?|_?(?:contact)?(?:_?(?:person|name))?")


def person_beside_firm(heading: str, headings: Mapping[int, str]) -> int | None:
    """Return the column of the person beside the firm that sent or got parcels: 收方姓名 beside 收方公司.

    >>> [person_beside_firm(name, {0: "寄方姓名", 1: "收方姓名"}) for name in ("收方公司", "公司名称")]
    [1, None]
    """
    bare = normalize_heading(heading)
    if not any(firm.fullmatch(bare) for firm in _FIRMS.values()):
        return None
    side = _FIRM_IN_HEADING.sub("", bare)
    rests = {at: normalize_heading(name) for at, name in headings.items()}
    found = [
        at for at, name in rests.items() if name.startswith(side) and _PERSON_IN_HEADING.fullmatch(name[len(side) :])
    ]
    return found[0] if len(found) == 1 else None


class SupportPlan(NamedTuple):
    """Columns that serve the fields in the records of one kind.

    ``contacts`` are (side, kind of contact, column); ``gate`` is a column that must be filled for a row to state the
    record. ``is_beside`` says that the rows state custody events too, so that what is incomplete is left out. The cells
    of the fields ``joined`` hold an account and a name, that of a payee words that may name him where it
    ``is_narrated``, or nobody else where it ``names_party``; ``narrations`` are all columns of such words.
    """

    kind: SupportKind
    columns: Mapping[str, int]
    contacts: tuple[tuple[int, str, int], ...] = ()
    literals: Mapping[str, str] = {}
    is_in_cents: bool = False
    uses_1904: bool = False
    gate: int | None = None
    is_beside: bool = False
    joined: frozenset[str] = frozenset()
    is_narrated: bool = False
    names_party: bool = False
    narrations: tuple[int, ...] = ()
    alias: str = ""
    """Another name of the owner of a statement."""
    signs_out: bool = False
    """Whether a statement writes whatever went out with a minus."""

    @property
    def fields(self) -> frozenset[str]:
        """The fields that a column, a literal or a contact serves."""
        sides = SIDES[self.kind]
        return frozenset((*self.columns, *self.literals, *(f"{sides[side]}.contact" for side, *_ in self.contacts)))

    @property
    def missing(self) -> tuple[str, ...]:
        """Required fields of a record that nothing serves."""
        has = self.fields
        if self.kind == "shipment":
            return () if "waybill" in has else ("waybill",)
        if self.kind == "payment":
            missing = [name for name in ("date", "amount") if name not in has]
            if {"amount_out", "amount_in"} <= has:
                missing = [name for name in missing if name != "amount"]
            if not has & {"payer", "payee", "payer_id", "payee_id", "payer.contact", "payee.contact", "order_no"}:
                missing.append("payer, payee or order_no")
            return tuple(missing)
        kinds = len(has & {"name", "id"}) + len({kind for _, kind, _ in self.contacts})
        return () if kinds >= 2 else ("two of name, id, account, telephone",)


def _owners(plan: SupportPlan) -> Iterator[tuple[int, int]]:
    """Yield the columns of numbers and contacts of the sides with those of their names."""
    for side, (name, number) in enumerate(_side_fields(plan.kind)):
        if name in plan.columns:
            details = [column for at, _, column in plan.contacts if at == side]
            for column in (*details, *([plan.columns[number]] if number in plan.columns else [])):
                yield column, plan.columns[name]


class _Fault(NamedTuple):
    field: str
    reason: str


class SupportReading(NamedTuple):
    """Result of reading a row: a statement, or the fault, and the optional fields that were left out."""

    statement: dict[str, Any] | None
    fault: _Fault | None = None
    left_out: tuple[_Fault, ...] = ()


_NOT_STATED: Final = SupportReading(None)


def read_support(
    plan: SupportPlan, cells: Sequence[str | None], *, order: DayOrder | None = None, year: StatedYear | None = None
) -> SupportReading:
    """Read the record of one kind from a row."""
    if plan.gate is not None and not cells[plan.gate]:
        return _NOT_STATED
    values = {**plan.literals, **{name: cell for name, column in plan.columns.items() if (cell := cells[column])}}
    left_out: list[_Fault] = []
    contacts: tuple[list[list[str]], list[list[str]]] = ([], [])
    for side, kind, column in plan.contacts:
        if (text := cells[column]) is None:
            continue
        found = () if text.startswith(INEXACT_MARK) else parse_contacts(kind, text)
        if not found and not is_masked(text):
            left_out.append(_Fault(kind, "bad_identifier"))
        contacts[side].extend([kind, value] for value in found)
    numbers = {name: number for name in ("waybill", "order_no") if (number := _number(values.get(name)))}
    if not _WAYBILL.search(numbers.get("waybill", "")):
        # the last line of a list stands in the same column
        numbers.pop("waybill", None)
    when, fault = _date(plan, values, order, year)
    contacts[0].extend(["alias", value] for value in parse_contacts("alias", plan.alias) if plan.alias)
    if plan.signs_out and "amount_out" in values:
        values["amount_out"] = values["amount_out"].strip().removeprefix("-")
    if "payee" in values and plan.is_narrated:
        values["payee"], telephone = (named_party if plan.names_party else other_side)(values["payee"])
        left_out += [] if values["payee"] else [_Fault("payee", "word_not_read")]
        contacts[1].extend(["telephone", value] for value in parse_contacts("telephone", telephone or ""))
    direction = _split_amount(values) or _take_sign(plan, values)
    written_amount = values.get("amount", "").removeprefix(INEXACT_MARK)
    amount = parse_amount(written_amount, is_in_cents=plan.is_in_cents) if "amount" in values else None
    faults = [fault] if fault is not None else []
    if "amount" in values and (amount is None or amount.startswith("-")):
        faults.append(_Fault("amount", "bad_quantity"))
    first, second = (
        _side(values, name, id_field, each, left_out, is_joined=name in plan.joined)
        for (name, id_field), each in zip(_side_fields(plan.kind), contacts, strict=True)
    )
    if "direction" in plan.columns or "amount_in" in plan.columns:
        words = _words(direction or values.get("direction", ""))
        if words & _IN and not words & _OUT:
            first, second = second, first
        elif not words & _OUT or words & _IN:
            faults.append(_Fault("direction", "missing_field"))
    faults += _lacks(plan.kind, values, numbers, amount, first, second)
    if faults:
        if plan.is_beside and all(each.field not in values for each in faults):
            return _NOT_STATED
        required = [each for each in faults if plan.kind == "payment" or each.field != "date"]
        if required:
            return SupportReading(None, required[0])
        left_out += faults
    written = {name: values[name].strip() for name in numbers}
    said = _canonical({**written, **({"amount": amount} if amount else {}), "sides": [first, second]})
    record_no = values.get("record_no")
    told = _told(plan.kind, numbers, amount, first, second, when, record_no)
    statement = {
        "kind": plan.kind,
        **_when(when),
        "record_no": record_no,
        "said": said,
        "keys": _keys(numbers, first, second),
        "statement": told,
    }
    return SupportReading(statement, None, tuple(left_out))


def _split_amount(values: dict[str, str]) -> str:
    """Set the amount of a statement that has one column for what went out and one for what came in.

    Returns the word for the direction; nothing where both are filled, or neither.
    """
    filled = [
        (word, text)
        for word, name in (("out", "amount_out"), ("in", "amount_in"))
        if (text := values.get(name)) is not None and _NOTHING.fullmatch(text.strip()) is None
    ]
    if len(filled) != 1 or "amount" in values:
        return ""
    values["amount"] = filled[0][1]
    return filled[0][0]


def _take_sign(plan: SupportPlan, values: dict[str, str]) -> str:
    """Take the sign off an amount that says the direction; return the word for it, nothing for other amounts."""
    if "direction" not in plan.columns or plan.columns["direction"] != plan.columns.get("amount"):
        return ""
    amount = values.get("amount", "").strip().removeprefix(INEXACT_MARK)
    values["amount"] = amount.removeprefix("-")
    return "out" if amount.startswith("-") else "in"


def _words(text: str) -> set[str]:
    """Return the words of a cell in the writing in which they are compared, as ``借 Dr`` has two."""
    return {normalize_heading(word) for word in text.split()}


def _goes_one_way(word: str) -> bool:
    return bool(_words(word) & _IN) != bool(_words(word) & _OUT)


def _side_fields(kind: SupportKind) -> tuple[tuple[str, str], tuple[str, str]]:
    if kind == "identity":
        return ("name", "id"), ("", "")
    first, second = SIDES[kind]
    return (first, f"{first}_id"), (second, f"{second}_id")


def _date(
    plan: SupportPlan, values: Mapping[str, str], order: DayOrder | None, year: StatedYear | None
) -> tuple[DateSpan | None, _Fault | None]:
    text, beside = values.get("date", ""), values.get("time", "")
    if beside and (not text or _TIME.fullmatch(text)):
        text, beside = beside, text
    if not text:
        return None, _Fault("date", "missing_field") if plan.kind == "payment" else None
    when = parse_date(text, uses_1904=plan.uses_1904, order=order, year=year)
    if not isinstance(when, DateSpan):
        return None, _Fault("date", when)
    time = _TIME.fullmatch(beside)
    if time is not None and when.earliest == when.latest and when.second_of_day <= 0:
        hours, minutes, seconds = (int(part or 0) for part in time.groups())
        return replace(when, second_of_day=3600 * hours + 60 * minutes + seconds), None
    return when, None


def _when(when: DateSpan | None) -> dict[str, int | None]:
    if when is None:
        return {"day": None, "span": None, "second": -1}
    return {"day": when.earliest, "span": when.latest - when.earliest, "second": when.second_of_day}


def _number(text: str | None) -> str:
    """Return a waybill or order number in the form in which it is compared; empty if it is hidden or spoilt."""
    if text is None or text.startswith(INEXACT_MARK) or is_masked(text):
        return ""
    return strip_noise(text)


def _side(
    values: Mapping[str, str],
    name_field: str,
    id_field: str,
    contacts: list[list[str]],
    left_out: list[_Fault],
    *,
    is_joined: bool,
) -> list[Any] | None:
    name = values.get(name_field, "").removeprefix(INEXACT_MARK)
    if is_joined and (both := _ACCOUNT_AND_NAME.fullmatch(name)) is not None:
        # a bank writes both into one cell
        name = both["name"] or both["name_first"]
        account = both["account"] or both["account_last"]
        # the last digits of an account are no account
        contacts += [["account", value] for value in parse_contacts("account", account) if len(value) >= _MIN_ACCOUNT]
    key = normalize_party_name(name)
    number = parse_party_number(values[id_field], key) if id_field in values else None
    if isinstance(number, ParseFailure):
        left_out.append(_Fault(id_field, number.reason))
        number = None
    if number is not None and (why := why_not_of(key or None, number)) is not None:
        left_out.append(_Fault(id_field, why))
        number = None
    if not name and not number and not contacts:
        return None
    return [name, "" if is_masked(name) or identifies_nobody(key) else key, number or "", contacts]


def _lacks(
    kind: SupportKind, values: Mapping[str, str], numbers: Mapping[str, str], amount: str | None, *sides: Any
) -> Iterator[_Fault]:
    """Yield the faults of required fields that the row does not carry."""
    if kind == "shipment" and "waybill" not in numbers:
        yield _Fault("waybill", "bad_identifier" if "waybill" in values else "missing_field")
    elif kind == "payment":
        if amount is None and "amount" not in values:
            yield _Fault("amount", "missing_field")
        if not any(sides) and "order_no" not in numbers:
            yield _Fault("payer", "missing_field")
    elif kind == "identity":
        name, _, strong, contacts = sides[0] or ("", "", "", [])
        is_named = bool(name) and not identifies_nobody(normalize_party_name(name))
        if is_named + bool(strong) + len({each for each, _ in contacts}) < 2:
            yield _Fault("telephone" if is_named else "name", "missing_field")


def _canonical(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _told(
    kind: str,
    numbers: Mapping[str, str],
    amount: str | None,
    first: list[Any] | None,
    second: list[Any] | None,
    when: DateSpan | None,
    record_no: str | None,
) -> str:
    """Return the hash of a statement. Contacts of a shipment do not count; two payments of one amount are two where
    their numbers say so.
    """
    kept = slice(1, 3) if kind == "shipment" else slice(1, 4)
    number = _number(record_no) if kind == "payment" else None
    cells = [kind, dict(numbers), amount, *(side and side[kept] for side in (first, second))]
    told = _canonical([*cells, when and [when.earliest, when.latest, when.second_of_day], number])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _keys(numbers: Mapping[str, str], *sides: list[Any] | None) -> list[str]:
    """Return the lookup keys of a record: numbers, parties and contacts, without duplicates."""
    keys = [f"{'waybill' if name == 'waybill' else 'order'}:{number}" for name, number in numbers.items()]
    for side in sides:
        if side is not None:
            _, key, strong, contacts = side
            if strong or key:
                keys.append(f"id:{strong}" if strong else f"name:{key}")
            keys += [contact_key(kind, value) for kind, value in contacts]
    return list(dict.fromkeys(keys))


# -- contacts that custody records state ---------------------------------------------------------------------------


class ContactColumn(NamedTuple):
    """A column with contacts of one side of custody records, and where the name and number of that side stand."""

    column: int
    kind: str
    name: int | str | None
    number: int | str | None


def read_contacts(columns: Iterable[ContactColumn], block: pl.DataFrame) -> pl.DataFrame:
    """Return the contacts that the rows of a block state of their sides. Each distinct cell is read once."""
    rows: list[int] = []
    places: list[int] = []
    distinct: list[dict[str, Any]] = []
    known: dict[tuple[str, str | None, str | None, str], int | None] = {}
    for column, kind, name, number in columns:
        chosen = block.select(ROW, text=str(column), name=_cells(name), number=_cells(number)).drop_nulls("text")
        for row, text, said_name, said_number in chosen.iter_rows():
            told = (kind, said_name, said_number, text)
            if told not in known:
                statement = _contact(kind, said_name, said_number, text)
                known[told] = None if statement is None else len(distinct)
                distinct += [] if statement is None else [statement]
            if (place := known[told]) is not None:
                rows.append(row)
                places.append(place)
    schema = {name: kind for name, kind in SUPPORT_SCHEMA.items() if name != "row"}
    stated = pl.DataFrame(distinct, schema=schema)[pl.Series(places, dtype=pl.UInt32)]
    return stated.select(pl.Series("row", rows, SUPPORT_SCHEMA["row"]), *schema)


def stated_short_names(named: Mapping[tuple[str, str], int]) -> pl.DataFrame:
    """Return the short names that lines beside a table give of full ones, with their rows, as contacts of these."""
    rows = [(row, full, short) for (full, short), row in named.items()]
    block = pl.DataFrame(rows, schema={ROW: pl.UInt32, "0": pl.String, "1": pl.String}, orient="row")
    return read_contacts([ContactColumn(1, "alias", 0, None)], block)


def _cells(place: int | str | None) -> pl.Expr:
    return pl.col(str(place)) if isinstance(place, int) else pl.lit(place, pl.String)


def _contact(kind: str, name: str | None, number: str | None, text: str) -> dict[str, Any] | None:
    found = () if text.startswith(INEXACT_MARK) else parse_contacts(kind, text)
    values = {field: cell for field, cell in (("name", name), ("id", number)) if cell}
    side = _side(values, "name", "id", [[kind, value] for value in found], [], is_joined=False)
    if not found or side is None or not (side[1] or side[2]):
        return None
    return {"kind": CONTACT, **_when(None), "record_no": None, **_said_of(side)}


def _said_of(side: list[Any]) -> dict[str, Any]:
    return {
        "said": _canonical({"sides": [side, None]}),
        "keys": _keys({}, side),
        "statement": _told(CONTACT, {}, None, side, None, None, None),
    }


def named_in_contact(said: str) -> str:
    """Return the compared name of whose contact a record is."""
    key: str = json.loads(said)["sides"][0][1]
    return key


def contact_of_party(said: str, key: str) -> dict[str, Any]:
    """Return what a contact says, as that of the party with this compared name."""
    name, _, strong, contacts = json.loads(said)["sides"][0]
    return _said_of([name, key, strong, contacts])


_BEARERS: Final = ("from", "to", "enterprise", "party", "user", "holder")
_BESIDE: Final = pattern_of("name", "beside")
"""Found in headings of columns that no field is read from and that name somebody beside the parties of the rows."""

_SIDES_OF_CUSTODY: Final = {"sender": ("from",), "receiver": ("to", "enterprise")}


def contact_columns(
    headings: Sequence[tuple[int, str]], served: Mapping[str, int], literals: Mapping[str, str]
) -> dict[int, ContactColumn]:
    """Return the columns of contacts of the sides that custody records have.

    A contact of no named side (电话, Phone) is that of the one party whom a column before it names; where the rows name
    several, or a person to be reached, it is nobody's.

    ``headings``: columns that no field is read from, with their comparable headings.
    ``served``, ``literals``: what serves the fields of the records.
    """
    found = {}
    for column, heading in headings:
        meaning = contact_of_heading(heading) if field_of_heading(heading) in (None, "contact", "iccid") else None
        if meaning is not None and meaning.field and meaning.contact:
            for side in _SIDES_OF_CUSTODY.get(meaning.field, (meaning.field,)):
                if (place := contact_column(column, side, meaning.contact, served, literals)) is not None:
                    found[column] = place
                    break
    named = [side for side in _BEARERS if side in served]
    if len(named) == 1 and not any(_BESIDE.search(heading) for _, heading in headings):
        for column, heading in headings:
            meaning = contact_of_heading(heading)
            if meaning is not None and not meaning.field and meaning.contact and served[named[0]] < column:
                place = contact_column(column, named[0], meaning.contact, served, {})
                found |= {column: place} if place is not None and column not in found else {}
    return found


def contact_column(
    column: int, side: str, kind: str, served: Mapping[str, int], literals: Mapping[str, str]
) -> ContactColumn | None:
    """Return the column as one with contacts of a side; ``None`` where the records have no such side."""
    name, number = (served.get(field) if field in served else literals.get(field) for field in (side, f"{side}_id"))
    return None if name is None and number is None else ContactColumn(column, kind, name, number)


# -- which columns serve what --------------------------------------------------------------------------------------


@frozen(kw_only=False)
class SupportHeader:
    """The header of a sheet of supporting records, and what its columns mean."""

    row: int
    names: tuple[str, ...]
    fields: Mapping[int, str]
    plans: tuple[SupportPlan, ...]
    claimed: frozenset[str] = field(default_factory=frozenset)


def find_support_header(
    sheet: Sheet,
    kind: SupportKind | None,
    claims: ColumnOverrides,
    answers: Mapping[str, str],
) -> SupportHeader | None:
    """Find the header of a sheet of supporting records; ``None`` where none of its rows is one.

    Raises NeedsAnswer when it is the statement of somebody whom nothing names.
    """
    for number, cells in sheet.head_rows:
        if claims.header_row in (None, number):
            texts = [(cell or "").removeprefix(INEXACT_MARK) for cell in cells]
            header = _support_header(sheet, number, texts, kind, claims, answers)
            if header is not None:
                return header
    return None


def _support_header(
    sheet: Sheet,
    row: int,
    texts: Sequence[str],
    as_kind: SupportKind | None,
    claims: ColumnOverrides,
    answers: Mapping[str, str],
) -> SupportHeader | None:
    headings = [normalize_heading(text) for text in texts]
    meanings = {column: meaning for column, name in enumerate(headings) if (meaning := support_meaning(name))}
    for name, heading in claims.headings.items():
        meanings = {at: meaning for at, meaning in meanings.items() if meaning.field != name}
        meanings |= {at: _claimed(name) for at, text in enumerate(headings) if text == heading}
    meanings |= {place: _claimed(name) for name, place in claims.places.items()}
    meanings |= _of_vouchers(sheet, row, headings, meanings)
    if {"iccid", "iccid_first", "imsi"} & {*map(field_of_heading, headings)}:
        # a number beside that of a card is the card's
        meanings = {at: meaning for at, meaning in meanings.items() if field_of_heading(headings[at]) != "msisdn"}
    of_cards = _numbers_of_cards(sheet, row)
    meanings = {at: each for at, each in meanings.items() if each.contact not in _ACCOUNTS or at not in of_cards}
    if not any(map(is_of_bank, headings)):
        meanings = {at: meaning for at, meaning in meanings.items() if meaning.field != "narrated"}
    is_signed = any(map(_BALANCE.search, headings)) and _has_signs(sheet, row, meanings)
    counts_cards = any(field_of_heading(heading) == "quantity" for heading in headings)
    kinds = [as_kind] if as_kind else _kinds_of(meanings.values(), is_signed=is_signed, counts_cards=counts_cards)
    plans = []
    for kind in kinds:
        plan = _plan(kind, texts, headings, meanings, {**claims.literals}, uses_1904=sheet.uses_1904)
        is_two_sided = {"payer", "payee"} <= {each.field for each in meanings.values() if each.contact is None}
        is_directed = is_two_sided or "direction" in plan.columns
        if kind == "payment" and is_signed and not is_directed and "amount" in plan.columns:
            plan = plan._replace(columns={**plan.columns, "direction": plan.columns["amount"]})
        if plan.is_narrated and "amount_out" in plan.columns:
            out = [cells[plan.columns["amount_out"]] for number, cells in sheet.head_rows if number > row]
            plan = plan._replace(signs_out=all(cell.startswith("-") for cell in out if cell))
        if plan.is_narrated:
            plan = plan._replace(alias=alias_in(cells for number, cells in sheet.head_rows if number < row))
        if {"direction", "amount_in"} & plan.columns.keys() and not plan.fields & {
            "payer",
            "payer_id",
            "payer.contact",
        }:
            said = _owner_above(sheet, row) or answers.get("payer")
            named = None if said is None else named_heading(said)
            at = (
                None
                if named is None
                else next((at for at, text in enumerate(headings) if text == normalize_heading(named)), None)
            )
            if said is None or (named is not None and at is None):
                raise _whose_statement(texts)
            if at is None:
                plan = plan._replace(literals={**plan.literals, "payer": said})
            else:
                plan = plan._replace(columns={**plan.columns, "payer": at})
        if plan.missing:
            return None
        plans.append(plan)
    if not plans:
        return None
    fields: dict[int, str] = {}
    for plan in plans:
        fields |= {column: "date" if name == "time" else name for name, column in plan.columns.items()}
        fields |= {column: CONTACT for _, _, column in plan.contacts if column not in fields}
    numbers = sheet.numbers
    names = tuple(text or column_letters(numbers[column] if numbers else column) for column, text in enumerate(texts))
    return SupportHeader(row, names, fields, tuple(plans), claims.fields)


def _numbers_of_cards(sheet: Sheet, row: int) -> frozenset[int]:
    """Return the columns whose cells below a row name SIM cards, which 卡号 and Card No. may be as well as accounts."""
    below = (cells for number, cells in sheet.head_rows if number > row)
    return frozenset(at for cells in below for at, cell in enumerate(cells) if cell and CARD_NAMED.search(cell))


_VOUCHER: Final = late("v(?:ou)?ch(?:er)?[._ ]?type")


def _of_vouchers(
    sheet: Sheet, row: int, headings: Sequence[str], meanings: Mapping[int, HeadingMeaning]
) -> dict[int, HeadingMeaning]:
    """Return the direction and the other side in a register of receipts and payments, which says each by a voucher."""
    vouchers = [column for column, heading in enumerate(headings) if _VOUCHER.fullmatch(heading)]
    if len(vouchers) != 1 or "particulars" not in headings or HeadingMeaning("amount") not in meanings.values():
        return {}
    below = [cells for number, cells in sheet.head_rows if number > row and number]
    words = {normalize_heading(cell) for cells in below if (cell := cells[vouchers[0]])}
    if not words or not words <= {"receipt", "payment"}:
        return {}
    return {vouchers[0]: HeadingMeaning("direction"), headings.index("particulars"): HeadingMeaning("counterpart")}


def _claimed(name: str) -> HeadingMeaning:
    """Return the meaning of a field that a mapping names."""
    side, _, kind = name.rpartition("_")
    if kind in ("account", "telephone", "address") and (side or kind):
        return HeadingMeaning(side, kind)
    return HeadingMeaning(name)


def _has_signs(sheet: Sheet, row: int, meanings: Mapping[int, HeadingMeaning]) -> bool:
    """Whether amounts of both signs stand in the one column of amounts."""
    columns = [column for column, meaning in meanings.items() if meaning == HeadingMeaning("amount")]
    rows = [cells for number, cells in sheet.head_rows if number > row]
    cells = [(cells[column] or "").removeprefix(INEXACT_MARK) for cells in rows for column in columns]
    return len(columns) == 1 and len({cell.startswith("-") for cell in cells if parse_amount(cell)}) == 2


def _owner_above(sheet: Sheet, row: int) -> str | None:
    """Return the one owner of a statement whom the rows above its header name; ``None`` if there is none."""
    rows = [cells for number, cells in sheet.head_rows if number < row]
    named = {value.strip("[]【】") for name, value in pairs_in(rows) if _OWNER.fullmatch(name)} or owners_in(rows)
    if (keeper := keeper_in_english([each for each in sheet.head_rows if each[0] < row], MONEY)) is not None:
        named.add(keeper[1])
    named = {value for value in named if value and not is_masked(value)}
    return named.pop() if len(named) == 1 else None


def _kinds_of(
    meanings: Iterable[HeadingMeaning], *, is_signed: bool = False, counts_cards: bool = False
) -> list[SupportKind]:
    """Return the kinds of record that headings say; an identity only where they say no other.

    A list that counts cards of its customers may be one of sales, whatever parcels it names besides.
    """
    named = {meaning.field for meaning in meanings}
    sides = {meaning.field for meaning in meanings if meaning.contact is None}
    kinds: list[SupportKind] = []
    if "waybill" in named and (named & {"sender", "receiver", "from", "to"} or ("party" in sides and not counts_cards)):
        kinds.append("shipment")
    is_split = {"amount_out", "amount_in"} <= named
    if "date" in named and ("amount" in named or is_split):
        is_directed = "direction" in named or is_split or is_signed
        has_sides = {"payer", "payee"} <= named or (is_directed and bool(sides & {"counterpart", "payee"}))
        has_sides = has_sides or (is_directed and "narrated" in named)
        if has_sides or ("order_no" in named and not kinds):
            kinds.append("payment")
    contacts = {meaning.field for meaning in meanings if meaning.contact in ("telephone", *_ACCOUNTS)}
    if not kinds and sides & {"name", "party", "user"} and contacts & {"", "party", "user"}:
        kinds.append("identity")
    return kinds


_ACCOUNTS: Final = ("account", "wechat", "qq", "taobao", "alipay", "bank")


def _plan(
    kind: SupportKind,
    texts: Sequence[str],
    headings: Sequence[str],
    meanings: Mapping[int, HeadingMeaning],
    literals: Mapping[str, str],
    *,
    uses_1904: bool,
    is_beside: bool = False,
) -> SupportPlan:
    renamed = RENAMED[kind]
    if {"receiver", "to"} & {meaning.field for meaning in meanings.values()}:
        # the customer of a parcel that somebody else gets is none of its sides
        renamed = {name: own for name, own in renamed.items() if name != "party" or own != "receiver"}
    known = {name for pair in _side_fields(kind) for name in pair if name} | {"waybill", "order_no", "record_no"}
    known |= {"amount", "amount_out", "amount_in", "direction"} if kind == "payment" else set()

    def own(name: str) -> str:
        side, ending = (name.removesuffix("_id"), "_id") if name.endswith("_id") else (name, "")
        return renamed.get(name, renamed.get(side, side) + ending)

    columns: dict[str, int] = {}
    contacts: list[tuple[int, str, int]] = []
    dates: list[int] = []
    for column, meaning in sorted(meanings.items()):
        name, contact = meaning
        if name == "date":
            dates.append(column)
            continue
        if name in ("counterpart_account", "owner_account"):
            name, contact = ("payee" if name.startswith("counterpart") else "payer"), "account"
        if contact is not None:
            side = renamed.get(name, name)
            if side in SIDES[kind]:
                contacts.append((SIDES[kind].index(side), contact, column))
            continue
        name = own(name)
        if name in known:
            columns.setdefault(name, column)
    if (date := _date_column(kind, dates, headings)) is not None:
        columns["date"] = date
        if (time := _time_column(date, dates, headings)) is not None:
            columns["time"] = time
    narrations = [at for at, each in sorted(meanings.items()) if each.field == "narrated"]
    of_party = [at for at in narrations if names_other_party(headings[at])]
    narrated = next(iter((*of_party, *narrations)), None)
    is_narrated = narrated is not None and bool({"amount_in", "direction"} & {*columns}) and "payee" not in columns
    if narrated is not None and is_narrated:
        columns["payee"] = narrated
    is_in_cents = "amount" in columns and "分" in texts[columns["amount"]]
    named = {own(name): text for name, text in literals.items() if own(name) in known or name == "date"}
    joined = frozenset(name for name, column in columns.items() if names_account_too(headings[column]))
    plan = SupportPlan(kind, columns, tuple(contacts), named, is_in_cents, uses_1904, None, is_beside, joined)
    return plan._replace(is_narrated=is_narrated, names_party=bool(of_party), narrations=tuple(narrations))


def _date_column(kind: SupportKind, dates: Sequence[int], headings: Sequence[str]) -> int | None:
    """Return the date of the kind's own event, else a neutral one; the day of another event is none of it."""
    own = [at for at in dates if any(word in headings[at] for word in _DATE_WORDS[kind])]
    # the day on which a payment was only asked for counts where no other is stated
    own = [at for at in own if _CREATED not in headings[at]] or own
    neutral = [at for at in dates if not any(word in headings[at] for word in _ALL_DATE_WORDS)]
    return min(own or neutral, default=None)


def _time_column(date: int, dates: Sequence[int], headings: Sequence[str]) -> int | None:
    """Return the column of a time of day beside that of the day, as 交易时间 is beside 交易日期, in either order."""
    for day, time in _DAYS_AND_TIMES:
        for here, there in ((day, time), (time, day)):
            if here in headings[date]:
                partner = headings[date].replace(here, there)
                return next((at for at in dates if headings[at] == partner), None)
    return None


def plan_beside(
    headings: Sequence[str], texts: Sequence[str], taken: Collection[int], *, uses_1904: bool
) -> list[SupportPlan]:
    """Return plans for shipments and payments that rows of custody events also state, if headings name both sides.

    ``taken`` are the columns that custody records read; of these only numbers and the neutral date count here too.
    """
    if not names_support(headings):
        return []
    shared = ("waybill", "order_no", "record_no", "date")
    meanings = {
        column: meaning
        for column, name in enumerate(headings)
        if (meaning := support_meaning(name)) and (column not in taken or meaning.field in shared)
    }
    kinds = [
        kind
        for kind in _kinds_of(meanings.values(), counts_cards=True)
        if (kind == "shipment" and {"sender", "receiver"} & {each.field for each in meanings.values()})
        or (kind == "payment" and {"payer", "payee"} <= {each.field for each in meanings.values()})
    ]
    plans = [_plan(kind, texts, headings, meanings, {}, uses_1904=uses_1904, is_beside=True) for kind in kinds]
    return [plan for plan in plans if not plan.missing]


def _whose_statement(texts: Sequence[str]) -> NeedsAnswer:
    error = NeedsAnswer(
        "needs_answer",
        hint="answer_with",
        answers="--set payer=…",
        kind="payment",
        missing=("payer",),
        **event_words("payment", ("payer",)),
        seen=listed_headings(text for text in texts if text),
    )
    error.texts = {"payer": BilingualText("Whose statement is this?", "这是谁的账单？")}
    return error


# -- sheets ----------------------------------------------------------------------------------------------------------


class SupportSheetParser:
    """The reading of a sheet that states nothing but supporting records; reads as a ``SheetParser`` does."""

    def __init__(
        self,
        sheet: Sheet,
        header: SupportHeader,
        *,
        width: int | None = None,
        because: str = "heading",
        left_out: list[Reject] | None = None,
        year: StatedYear | None = None,
        answered: Mapping[str, str] | None = None,
        said_order: str = "",
    ) -> None:
        self.answered = dict(answered or {})
        self._said_order = said_order
        self._sheet = sheet
        self._header = header
        self._because = because
        self._columns = [str(column) for column in range(width or len(header.names))]
        self._left_out = left_out
        self._year = year
        self._filled = [0] * len(header.names)
        self._context = CellContext(sheet, [header.names])
        self._context.owners = {column: owner for plan in header.plans for column, owner in _owners(plan)}
        self._tables = FurtherTables(sheet, [header.names])
        self._warnings: dict[tuple[str, str], RowWarning] = {}
        self._kinds: set[SupportKind] = set()
        self._cards = 0
        self._directions: set[str] = set()
        """Words of the rows that name cards for which way money went."""
        self._cards_in: Counter[int] = Counter()
        self._headings = [normalize_heading(name) for name in header.names]
        unread = [column for column in range(len(header.names)) if column not in header.fields]
        named = {*status_columns(header.names, unread)}
        named |= {column for column in unread if tells_of_support(without_remark(header.names[column]))}
        self._status_columns = sorted(named) if because != "recipe" else []
        self._dates = {plan.columns["date"] for plan in header.plans if "date" in plan.columns}
        self._narrated: dict[int, Sequence[str | None]] = {}
        self._takes_back: dict[int, str] = {}
        self.rejects: list[Reject] = []
        self.rejected = 0
        self.rows = 0
        self.file_name = ""
        self.verdict: TitleVerdict | None = None
        """Title that says of all rows that nothing happened."""
        served = likely_columns(sheet)
        cards = {name: served[name] for name in ("iccid", *ENDS, "quantity") if name in served}
        reason = f"card_in_{header.plans[0].kind}"
        self._named = UnreadRows(cards, len(self._columns), kind=None, reason=reason)
        self.telephones: dict[int, str] = {}
        """Of customers of carriers, none of which a supporting record names."""

    @property
    def kind(self) -> str | None:
        """The kind of all records that were read so far; ``mixed`` where there are several."""
        return "mixed" if len(self._kinds) > 1 else next(iter(self._kinds), None)

    def is_of(self, kind: SupportKind) -> bool:
        """Whether the rows state records of one kind alone: who somebody is, and nothing of a parcel or a payment."""
        return {plan.kind for plan in self._header.plans} == {kind}

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings as shown, one a column."""
        return self._header.names

    @property
    def used_headings(self) -> frozenset[str]:
        """The headings whose columns serve a field."""
        return frozenset(self._header.names[column] for column in self._header.fields)

    @property
    def header_row(self) -> int:
        """Number of the row of the header."""
        return self._header.row

    @property
    def columns(self) -> list[ColumnReport]:
        """Report of each column, from the left."""
        reports = []
        for column, (name, filled) in enumerate(zip(self._header.names, self._filled, strict=True)):
            served = self._header.fields.get(column) or (SECRET if is_secret_heading(name) else None)
            served = served or (ROW_STATUS if column in self._status_columns else None)
            because = "mapping" if served in self._header.claimed else self._because
            reports.append(ColumnReport(heading=name, field=served, because=because if served else None, filled=filled))
        return reports

    @property
    def places(self) -> dict[str, Any]:
        """The place of every field of the records that were read (:mod:`graphtrace.ingest.places`)."""
        header, by_person = self._header, {*self.answered, *self._header.claimed}
        return places_of(self._sheet, header.row, header.names, header.plans, self._kinds, by_person=by_person)

    @property
    def questions(self) -> list[OpenQuestion]:
        """Questions about cards in such rows: they are asked about, and never moved."""
        if self.verdict is not None:
            return [title_question(self.verdict, self._header.plans[0].kind, self.rows)]
        ambiguous = [each.value or "" for each in self.rejects if each.reason == "ambiguous_date"]
        order = order_question(ambiguous, self._header.plans[0].kind)
        asked = [] if order is None else [order]
        if not self._cards or KIND in self.answered:
            return asked
        kind = self._header.plans[0].kind
        example = self._example_of_sides()
        is_whole = OPEN_SIDE not in example
        # that cards changed hands leads to nothing more where the rows name both sides: it is said with these
        moved = example if is_whole else "transfer"
        # by a recipe the rows are of one kind, and nothing but a whole answer says more
        says_more = is_whole or self._because != "recipe"
        choices: tuple[str, ...] = (moved, kind) if says_more else (kind,)
        text = phrase("may_be_handed")
        if kind == "identity":
            # whose identity stands beside a card may be its customer
            choices, text = (moved, "registration", kind), phrase("may_be_registered")
        about = OpenQuestion(
            field=KIND,
            kind=kind,
            rows=self._cards,
            text=text.in_both(),
            choices=choices,
            forms=(example,),
            is_required=False,
            offers=(Offer(example, "title"),) if is_whole else (),
        )
        return [*asked, about]

    def _example_of_sides(self) -> str:
        """Return an answer that says who gave the cards to whom, with the columns that name the sides."""
        plan = self._header.plans[0]
        if (paid := self._example_by_direction(plan)) is not None:
            return paid
        first, second = SIDES[plan.kind] if SIDES[plan.kind][1] else ("", SIDES[plan.kind][0])
        if plan.kind == "payment":
            # cards went against the money
            first, second = second, first
        # a side that a recipe makes of several columns has no heading
        headings = dict(enumerate(self._header.names))
        firms = firms_of_parcels(
            {at: name for at, name in headings.items() if at not in self._header.fields and self._filled[at]}
        )
        firms = firms if plan.kind == "shipment" else {}
        named = [firms.get(side) or headings.get(plan.columns.get(side, -1)) for side in (first, second)]
        # whom a heading says to have given or got goods is that side of the cards, whoever paid
        others = {at: name for at, name in headings.items() if at not in plan.columns.values()}
        said = {field_of_heading(normalize_heading(name)): name for name in others.values()}
        named = [said.get(side, name) for side, name in zip(("from", "to"), named, strict=True)]
        sides = "→".join(OPEN_SIDE if heading is None else f"[{heading}]" for heading in named)
        day, cards = headings.get(plan.columns.get("date", -1)), max(self._cards_in, key=lambda at: self._cards_in[at])
        if None in named:
            return sides
        return f"{sides}{'' if day is None else f'@[{day}]'}#[{headings[cards]}]"

    def _example_by_direction(self, plan: SupportPlan) -> str | None:
        """Return an answer by which cards went against the money of a statement; ``None`` where both sides are named.

        Whoever was paid gave them. Of money that went both ways, as no column says of one row or the other, no side is
        proposed.
        """
        # a recipe may read a field from a column that it makes of the one that has the heading
        headings = {name: self._header.names[at] for at, name in self._header.fields.items()}
        owner, other, way = plan.literals.get("payer", OPEN_SIDE), headings.get("payee"), headings.get("direction")
        if plan.kind != "payment" or other is None or "payer" in headings:
            return None
        cards = self._header.names[max(self._cards_in, key=lambda at: self._cards_in[at])]
        about = f"{f'@[{day}]' if (day := headings.get('date')) else ''}#[{cards}]?"
        ways: dict[str, bool] = {}
        if way is not None and way != headings.get("amount"):
            ways = {
                f"[{way}]={word}": bool(_words(word) & _IN) for word in sorted(self._directions) if _goes_one_way(word)
            }
        elif {"amount_in", "amount_out"} <= headings.keys():
            ways = {f"[{headings['amount_in']}]": True, f"[{headings['amount_out']}]": False}
        legs = [
            f"{owner}→[{other}]{about}{where}" if is_in else f"[{other}]→{owner}{about}{where}"
            for where, is_in in ways.items()
        ]
        return "；".join(legs) or f"{OPEN_SIDE}→{OPEN_SIDE}"

    @property
    def remarks(self) -> list[RowWarning]:
        """Optional fields that were left out, by field and reason; then what is to be said of columns and rows."""
        of_columns = self._sheet.remarks_on_columns(self._header.names, self._header.fields.get)
        of_fields = (self._warnings[key] for key in sorted(self._warnings))
        return [*of_fields, *of_columns, *remarks_on_rows(self._sheet)]

    @property
    def unread(self) -> pl.DataFrame:
        """The cards that rows name: such a record moves none, but an answer about them tells that it names them."""
        return joined([self._named.frame, *self._sheet.unread_left_out], ())

    def frames(self) -> Generator[pl.DataFrame, None, None]:
        """Yield the records in frames (:data:`SUPPORT_SCHEMA`); rows whose date has two readings come last."""
        if self.verdict is not None:
            self._pass_over(self.verdict)
            return
        statements: list[dict[str, Any]] = []
        held: list[tuple[int, tuple[str | None, ...]]] = []
        orders: dict[int, set[DayOrder]] = {}
        unread = [at for at in range(len(self._header.names)) if at not in self._header.fields]
        with closing(prefetch(self._sheet.read(self._header.row), is_short=is_short)) as blocks:
            for read in blocks:
                self._sheet.note_set_aside(read)
                block = self._context.complete(read)
                for column in range(len(self._filled)):
                    self._filled[column] += block.height - block[str(column)].null_count()
                self._count_cards(block, unread)
                self._named.look(block)
                self._tables.look(block.select(ROW, *self._columns))
                for row, *cells in block.select(ROW, *self._columns).iter_rows():
                    for column in self._dates:
                        if (cell := cells[column]) and (order := day_order(cell)) is not None:
                            orders.setdefault(column, set()).add(order)
                    if any((cell := cells[at]) and parse_date(cell) == "ambiguous_date" for at in self._dates):
                        held.append((row, tuple(cells)))
                    else:
                        statements += self._read(row, cells, {})
                if len(statements) >= _FRAME_ROWS and not self._narrated:
                    yield self._frame(statements)
                    statements = []
        settled = {column: next(iter(found)) for column, found in orders.items() if len(found) == 1}
        settled |= self._orders_of(
            {column: [cells[column] for _, cells in held] for column in self._dates - settled.keys()}
        )
        for row, waiting in held:
            statements += self._read(row, waiting, settled)
        statements = self._not_taken_back(statements)
        if statements:
            yield self._frame(statements)
        self.rejects += self._left_out or ()
        self.rejects += [
            Reject(row=fault.row, field=None, reason="unreadable_row", value=fault.text, raw=(("", fault.text),))
            for fault in self._sheet.faults
        ]
        self.rejects.sort(key=lambda reject: reject.row)
        self.rejected = len(self.rejects)
        self.rows = self._sheet.counted

    def _orders_of(self, columns: Mapping[int, Sequence[str | None]]) -> Iterator[tuple[int, DayOrder]]:
        """Yield in which order dates state day and month that no cell of their column shows."""
        for column, cells in columns.items():
            dates = [cell for cell in cells if cell and parse_date(cell) == "ambiguous_date"]
            if dates and (order := ORDERS.get(self._said_order)) is not None:
                self.answered[DATE_ORDER] = self._said_order
                yield column, order
            elif dates and (found := conclude_order(titles_of(self._sheet, self._header.row), dates)) is not None:
                reason = f"{found.order}_concluded"
                self._warnings[_Fault("date", reason)] = RowWarning(
                    field="date", reason=reason, rows=1, first_row=found.row, value=found.text or dates[0]
                )
                yield column, found.order

    def _not_taken_back(self, statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the payments of a statement without those that another row takes back, and that row.

        Both have one number, or the same other side and amount.
        """
        back = [each for each in statements if each["row"] in self._takes_back]
        undone = {
            each["row"]
            for each in statements
            for taken in back
            if each["row"] not in self._takes_back
            and (
                (each["record_no"] or "") == taken["record_no"]
                or _amount_and_names(each) == (_amount_and_names(taken) or ())
            )
        }
        for each in statements:
            if each["row"] in undone or each["row"] in self._takes_back:
                cells = self._narrated[each["row"]]
                self._reject(each["row"], cells, _Fault("", "not_a_record"), self._takes_back.get(each["row"]))
        return [each for each in statements if each["row"] not in undone and each["row"] not in self._takes_back]

    def _pass_over(self, verdict: TitleVerdict) -> None:
        """Count the rows of a sheet whose title says that they are no records; the first reject stands for all."""
        told = UnreadRows(likely_columns(self._sheet), len(self._columns), reason=DENIED, text=verdict.text)
        for block in self._sheet.read(self._header.row):
            if verdict.is_denial:
                told.look(block)
            if not self.rejects and block.height:
                row, *cells = block.select(ROW, *self._columns).row(0)
                self._reject(row, cells, _Fault("", "not_a_record"), verdict.text)
        self._named = told
        self.rejects = self.rejects or [*(self._left_out or ())]
        fault = _Fault(KIND, "title_decides")
        self._warnings[fault] = RowWarning(
            field=KIND, reason=fault.reason, rows=1, first_row=verdict.row, value=verdict.text
        )
        self.rows = self.rejected = self._sheet.counted

    def _count_cards(self, block: pl.DataFrame, unread: Sequence[int]) -> None:
        rows: set[int] = set()
        for column, cards in cards_by_column(block, unread, NAMES_CARD):
            self._sheet.note_filled(column, "cards_not_read", cards)
            self._cards_in[column] += cards.height
            way = self._header.plans[0].columns.get("direction")
            if way is not None:
                self._directions.update(block.filter(pl.col(ROW).is_in(cards[ROW].implode()))[str(way)].drop_nulls())
            rows.update(cards[ROW])
        self._cards += len(rows)

    def _read(self, row: int, cells: Sequence[str | None], orders: Mapping[int, DayOrder]) -> Iterator[dict[str, Any]]:
        first = next(cell for cell in cells if cell)
        is_header = all(
            normalize_heading(cells[at] or "") == self._headings[at] for at in self._header.fields
        ) and bool(self._header.fields)
        if is_total_row(first) or is_header:
            self._reject(row, cells, _Fault("", "not_a_record"), first)
            return
        for column, cell in enumerate(cells):
            is_status = column in self._status_columns
            is_called_off = (
                cell is not None and column not in self._header.fields and _CALLED_OFF.fullmatch(cell.casefold())
            )
            if cell and ((is_status and was_reversed(cell)) or is_called_off):
                self._reject(row, cells, _Fault(self._header.names[column], "not_a_record"), cell)
                return
        is_stated = False
        fault: _Fault | None = None
        for plan in self._header.plans:
            order = orders.get(plan.columns.get("date", -1))
            read = read_support(plan, cells, order=order, year=self._year)
            if read.statement is not None:
                is_stated = True
                if plan.is_narrated:
                    self._narrated[row] = cells
                    if text := next((cell for at in plan.narrations if takes_back(cell := cells[at] or "")), None):
                        self._takes_back[row] = text
                self._kinds.add(plan.kind)
                for left in read.left_out:
                    self._warn(left, row, _cell_of(plan, left.field, cells))
                yield {"row": row, **read.statement}
            else:
                fault = fault or read.fault
        if not is_stated:
            plan = self._header.plans[0]
            fault = fault or _Fault(SIDES[plan.kind][0], "missing_field")
            self._reject(row, cells, fault, _cell_of(plan, fault.field, cells))

    @property
    def is_narrated(self) -> bool:
        """Whether rows name somebody among words, so that one of them may take another one back."""
        return any(plan.is_narrated for plan in self._header.plans)

    def read_beside(self, block: pl.DataFrame) -> pl.DataFrame:
        """Return the records that the rows of a block state, whatever another reading takes from these."""
        rows = block.select(ROW, *self._columns).unique(ROW, keep="first", maintain_order=True)
        filled = ((row, cells) for row, *cells in rows.iter_rows() if any(cells))
        return self._frame([each for row, cells in filled for each in self._read(row, cells, {})])

    def _warn(self, fault: _Fault, row: int, value: str | None) -> None:
        known = self._warnings.get(fault)
        if known is None:
            warning = RowWarning(field=fault.field, reason=fault.reason, rows=1, first_row=row, value=value or "")
        else:
            warning = replace(known, rows=known.rows + 1)
        self._warnings[fault] = warning

    def _reject(self, row: int, cells: Sequence[str | None], fault: _Fault, value: str | None) -> None:
        pairs = zip(self._header.names, cells, strict=False)
        raw = tuple((name, cell and cell.removeprefix(INEXACT_MARK)) for name, cell in pairs)
        value = value and value.removeprefix(INEXACT_MARK)
        self.rejects.append(Reject(row=row, field=fault.field or None, reason=fault.reason, value=value, raw=raw))

    def _frame(self, statements: Sequence[dict[str, Any]]) -> pl.DataFrame:
        return pl.DataFrame(statements, schema=SUPPORT_SCHEMA)


def _amount_and_names(statement: Mapping[str, Any]) -> tuple[str, frozenset[str]] | None:
    """Return the amount of a payment with the names of both sides; of one that names one side what equals no other."""
    said = json.loads(statement["said"])
    names = frozenset(side[1] for side in said["sides"] if side and side[1])
    return (said["amount"], names) if len(names) > 1 else None


def _cell_of(plan: SupportPlan, name: str, cells: Sequence[str | None]) -> str | None:
    """Return the cell that a field was read from; of a kind of contact the first such cell."""
    if name in plan.columns:
        return cells[plan.columns[name]]
    return next((cells[column] for _, kind, column in plan.contacts if kind == name and cells[column]), None)


def open_support_parser(
    sheet: Sheet,
    kind: SupportKind | None,
    claims: ColumnOverrides,
    answers: Mapping[str, str],
    *,
    year: StatedYear | None = None,
) -> SupportSheetParser | None:
    """Return a parser for a sheet of supporting records; ``None`` if it is none.

    Raises NeedsAnswer when nothing can be recorded until a question is answered; UnknownHeadings when somebody says the
    kind and the headings do not carry it.
    """
    header = find_support_header(sheet, kind, claims, answers)
    if header is not None:
        payer = answers.get("payer", "")
        is_answered = "payer" not in claims.literals and any(
            plan.literals.get("payer") == payer or (named_heading(payer) and "payer" in plan.columns)
            for plan in header.plans
        )
        answered = {"payer": payer} if payer and is_answered else {}
        order = answers.get(DATE_ORDER, "")
        return SupportSheetParser(sheet, header, year=year, answered=answered, said_order=order)
    if kind is None:
        return None
    top = max(sheet.head_rows, key=lambda row: sum(cell is not None for cell in row[1]), default=(0, []))[1]
    texts = [cell or "" for cell in top]
    headings = [normalize_heading(text) for text in texts]
    meanings = {column: meaning for column, name in enumerate(headings) if (meaning := support_meaning(name))}
    plan = _plan(kind, texts, headings, meanings, claims.literals, uses_1904=False)
    raise UnknownHeadings(
        "headings_lack_fields",
        **event_words(kind, plan.missing),
        seen=listed_headings(text for text in texts if text),
        nearest=[],
        file="FILE",
        hint="suggest_mapping",
    )


def is_supporting(frame: pl.DataFrame) -> bool:
    """Whether a frame holds supporting records and not statements of custody."""
    return "said" in frame.columns
