"""Domain types: party, origin, event, hop, chain and finding.

Every type is frozen and keyword-only and checks itself when it is built, so that the layers above need no second
check. Nothing here reads, writes or knows a store. Days are integers counted from 1970-01-01 in China Standard Time;
they become text only through :class:`DateSpan`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any, Final, Literal, NamedTuple

from graphtrace.frozen import frozen, replace
from graphtrace.patterns import late
from graphtrace.wire import plain, wire

EPOCH = date(1970, 1, 1)

LONGEST_TEXT = 1 << 24
"""Maximum number of characters of a cell that a reader passes on."""

Kind = Literal["purchase", "transfer", "return", "activation", "seizure", "stock", "usage", "card_list", "registration"]
KINDS: tuple[Kind, ...] = (
    "purchase",
    "transfer",
    "return",
    "activation",
    "seizure",
    "stock",
    "usage",
    "card_list",
    "registration",
)
SupportKind = Literal["identity", "shipment", "payment"]
SUPPORT_KINDS: tuple[SupportKind, ...] = ("identity", "shipment", "payment")
"""Kinds that move no card and give no party a name; answers show them beside hops and parties (SPEC 3)."""

RecordKind = Kind | SupportKind
RECORD_KINDS: tuple[RecordKind, ...] = (*KINDS, *SUPPORT_KINDS)

CustodyKind = Literal["purchase", "registration", "return", "transfer"]
CUSTODY_KINDS: tuple[Kind, ...] = ("purchase", "registration", "return", "transfer")
"""Kinds of changes of hands; a hop of several kinds has the first of them in this order."""

BETWEEN_PARTIES: tuple[Kind, ...] = ("transfer", "return")
"""Those of them whose records name both sides by themselves: neither is the carrier of the cards by the kind."""

DocumentBasis = Literal["recipe", "title", "answer"]
DOCUMENT_BASES: tuple[DocumentBasis, ...] = ("recipe", "title", "answer")
"""Why a document counts as a carrier's own list of its customers: its format, its title, a person; best first."""

CarrierBasis = Literal["document", "answer", "issuer"]
CARRIER_BASES: tuple[CarrierBasis, ...] = ("document", "answer", "issuer")
"""Who says which carrier's the list is: the document, a person, or its card numbers alone; best first."""

DatePart = Literal["order", "year"]
"""What of a date may be concluded: which of its numbers is the day, and its year."""

RegistrantBasis = Literal["sold", "registered", "both"]
"""Whether a carrier sold the card to the registrant, names it as its customer, or both."""

USE_KINDS: tuple[Kind, ...] = ("activation", "usage")
"""Kinds that state that a card was online."""

HOLDER_KINDS: Final = frozenset({*CUSTODY_KINDS, *USE_KINDS, "seizure"})
"""Kinds of records that say who held or used cards: where one is not recorded, answers about its cards say so."""

CHINA: Final = timezone(timedelta(hours=8))
"""Time zone of China: UTC+8, without daylight saving time since 1991."""


def china_today() -> date:
    """Return the day that it is in China."""
    return datetime.now(CHINA).date()


Precision = Literal["listed", "range", "quantity"]
PRECISIONS: tuple[Precision, ...] = ("listed", "range", "quantity")
"""Precisions of records, the best first."""

Carrier = Literal["china-mobile", "china-unicom", "china-telecom", "china-broadnet"]
CARRIERS: tuple[Carrier, ...] = ("china-mobile", "china-unicom", "china-telecom", "china-broadnet")

Severity = Literal["info", "warning", "error"]

AuditRole = Literal["enterprise", "dealer"]
AUDIT_ROLES: tuple[AuditRole, ...] = ("enterprise", "dealer")
"""Roles of an audited party: by the cards that carriers sold to it, or by those that it received from others."""

ACQUIRED: Mapping[AuditRole, str] = {"enterprise": "purchased", "dealer": "received"}
"""Name of the cards with which an audit begins, by its role."""

EndUserBasis = Literal["named", "holder_that_day"]
"""Basis of the end user: a record of use names the party, or the party held the card when it was last used."""


def to_epoch_day(value: date) -> int:
    """Return the number of days from 1970-01-01 to ``value``."""
    return (value - EPOCH).days


@cache
def format_day(day: int) -> str:
    """Return a day number as ``YYYY-MM-DD``."""
    return (EPOCH + timedelta(days=day)).isoformat()


class Outcome(StrEnum):
    """Outcome of an answer; the first member that applies, in this order, is the outcome."""

    NOT_FOUND = "not_found"
    AMBIGUOUS = "ambiguous"
    BROKEN = "broken"
    INFERRED = "inferred"
    CONTINUOUS = "continuous"


_FIRST_DAY, _LAST_DAY = (to_epoch_day(end) for end in (date.min, date.max))


@frozen(kw_only=False, order=True)
class DateSpan:
    """A moment as precisely as it was stated: a month, a day or a second of China Standard Time.

    ``earliest`` and ``latest`` are the first and last day that the statement allows; ``second_of_day`` is the second of
    the day, known only where the statement had a time. Ordering is by first day, last day, then time (unknown times
    first).
    """

    earliest: int
    latest: int
    second_of_day: int = -1

    def __post_init__(self) -> None:
        if self.latest < self.earliest:
            raise ValueError("a moment ends before it begins")
        if self.second_of_day >= 0 and self.earliest != self.latest:
            raise ValueError("a time of day needs a day")
        if not _FIRST_DAY <= self.earliest <= self.latest <= _LAST_DAY:
            raise ValueError("a day lies outside the calendar")

    @classmethod
    def of_day(cls, value: date) -> DateSpan:
        """Return the span of one whole day."""
        number = to_epoch_day(value)
        return cls(number, number)

    @property
    def day(self) -> str:
        """Return ``YYYY-MM-DD``, or ``YYYY-MM`` if only the month is known."""
        text = format_day(self.earliest)
        return text if self.earliest == self.latest else text[:7]

    @property
    def iso(self) -> str:
        """Return the day, or the ISO time with ``+08:00`` if the time is known."""
        if self.second_of_day < 0:
            return self.day
        minutes, seconds = divmod(self.second_of_day, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{self.day}T{hours:02d}:{minutes:02d}:{seconds:02d}+08:00"

    @property
    def is_known(self) -> bool:
        """Whether anything is known of the moment: not of :data:`UNDATED`."""
        return self.earliest > _FIRST_DAY or self.latest < _LAST_DAY

    def overlaps(self, other: DateSpan) -> bool:
        """Whether the two spans have a day in common."""
        return self.earliest <= other.latest and other.earliest <= self.latest

    def has_come_by(self, other: DateSpan) -> bool:
        """Whether this can be by the end of ``other``; on one day, where both state a time, by that time."""
        are_timed = self.earliest == other.latest and self.second_of_day >= 0 and other.second_of_day >= 0
        return self.second_of_day <= other.second_of_day if are_timed else self.earliest <= other.latest

    def is_before(self, other: DateSpan) -> bool:
        """Whether this is on an earlier day than ``other``, whatever the exact days."""
        return self.latest < other.earliest


class WrittenSpan(DateSpan):
    """A moment whose time of day is as its record writes it: its zone is not kept, and need not be that of China."""

    __slots__ = ()

    @property
    def iso(self) -> str:
        """Return the day, or the ISO time without a zone if the time is known."""
        return super().iso.removesuffix("+08:00")


def day_text(when: DateSpan | None) -> str | None:
    """Return the day or month as text; ``None`` if none is stated."""
    return None if when is None else when.day


UNDATED: Final = DateSpan(_FIRST_DAY, _LAST_DAY)
"""The moment of which nothing is stated: it may be any day, so it is before or after no other."""


@wire(
    "id name identified_by?",
    doc="A company or person; ``identified_by`` is there where no more than its name identifies it.",
)
@frozen(kw_only=False, order=True)
class Party:
    """Carrier, enterprise, reseller, shop account or person that bought, held, passed on or used cards.

    ``id`` is stable within a case: ``carrier:china-unicom``, ``id:<strong identifier>`` or ``name:<normalised name>``.
    ``namesakes`` is the number of parties that bear the name where that is undecided (finding ``ambiguous_party``).
    ``name_key`` and ``strong`` are the normalised name and identifier by which the record names it, in which a store
    found it. ``identified_by`` is ``name`` where nothing about the card says more of it than its name; ``joins`` is the
    id of the party that the name then joins in the case.
    """

    id: str
    name: str = field(compare=False)
    is_carrier: bool = field(default=False, compare=False)
    namesakes: int = field(default=0, compare=False)
    name_key: str = field(default="", compare=False)
    strong: str = field(default="", compare=False)
    identified_by: Literal["name"] | None = field(default=None, compare=False)
    joins: str = field(default="", compare=False)
    form: Literal["firm", "person"] | None = field(default=None, compare=False)
    """What a redacted party's own identifier or name says that it is: its pseudonym does not."""

    def __post_init__(self) -> None:
        if len(self.name) > LONGEST_TEXT:
            raise ValueError("a name is longer than any cell that is read")

    def __hash__(self) -> int:
        return hash(self.id)

    @property
    def carrier(self) -> str | None:
        """Return the operator (``china-unicom``) that this party is, if it is one of the four."""
        operator = self.id.removeprefix("carrier:")
        return operator if operator in CARRIERS else None

    @property
    def resolved_id(self) -> str:
        """Return the id of the party in the case, whatever the records about a card say of it."""
        return self.joins or self.id

    def by_name(self, key: str, name: str) -> Party:
        """Return the party as records name it that state no more than a name; :attr:`resolved` leads back."""
        return Party(f"name:{key}", name, identified_by="name", joins=self.id)

    @property
    def resolved(self) -> Party:
        """Return the party as the case joins its mentions, whatever the records about a card say of it."""
        return replace(self, id=self.joins, identified_by=None, joins="") if self.joins else self

    @property
    def strong_id(self) -> str | None:
        """Return the strong identifier (credit code, registration number, resident id) of the party, if it has one."""
        return self.id.removeprefix("id:") if self.id.startswith("id:") else None


def party_dict(party: Party | None) -> dict[str, Any] | None:
    """Return a party in the form of findings and documents, or ``None`` for none."""
    found: dict[str, Any] | None = plain(party)
    return found


@wire(
    "file sha256 ^^sheet=sheet_name.sheet ^^table?=sheet_name.table row record_no",
    doc="The row of a file that a statement comes from.",
)
@frozen(kw_only=False, order=True)
class Origin:
    """Origin of a statement: one row of one file; ``sheet`` is ``SHEET!A3:F20`` where a sheet holds several."""

    file: str
    sha256: str
    sheet: str | None
    row: int
    record_no: str | None = None
    extra: str | None = field(default=None, compare=False)
    """What the row says besides: filled cells that were not read, as JSON by heading; only in answers about cards."""
    concluded: DatePart | None = field(default=None, compare=False)
    """What of its dates the row does not state and its sheet lets conclude; only in answers about cards."""

    def __hash__(self) -> int:
        return hash((self.sha256, self.row))

    @property
    def sort_key(self) -> tuple[str, str, int, str]:
        """Return the key of a total order that does not depend on the order of loading."""
        return (self.sha256, self.sheet or "", self.row, self.file)

    @property
    def sheet_name(self) -> SheetName:
        """Return the sheet, and the table where it holds several."""
        return split_table(self.sheet)

    @property
    def ref(self) -> str:
        """Return the short reference of the row: the beginning of the file's hash, the sheet if any, the row."""
        sheet = "" if self.sheet is None else f"{self.sheet}:"
        return f"{self.sha256[:12]}:{sheet}{self.row}"

    @property
    def unread_cells(self) -> dict[str, str]:
        """Return what the row says besides, by heading; empty if nothing."""
        return json.loads(self.extra) if self.extra else {}


CALLED: Final = "called"
"""Key among the cells of a row kept beside its record: the heading that calls who got the cards a dealer or agent."""

ENDED: Final = "ended"
"""Field of the day on which a carrier's customer ceased to be it; a record keeps it in ``extra``."""

LEFT_BLANK: Final = "left_blank"
"""Reason of a cell that is blank in a column that others fill, which is not understood or asks whether rows hold."""

DENIED: Final = "denied"
"""Reason of rows that state nothing of their cards but that the author of the list has none of them."""

_TABLE_NAME: Final = late("(.*)!([A-Z]{1,3}[0-9]+:[A-Z]{1,3}[0-9]+)", re.DOTALL)


def column_letters(column: int) -> str:
    """Return the letters by which a spreadsheet program names a column, counted here from 0."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def column_index(letters: str) -> int:
    """Return the column, counted from 0, that a spreadsheet program names so."""
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


@wire("sheet table?")
class SheetName(NamedTuple):
    """A sheet; ``table`` names the cells of a table where the sheet holds several, as ``A3:F20``."""

    sheet: str | None
    table: str | None = None


@lru_cache(maxsize=1024)
def split_table(name: str | None) -> SheetName:
    """Return the name of a sheet, and the cells of the table that the name is of where the sheet holds several."""
    found = None if name is None else _TABLE_NAME.fullmatch(name)
    return SheetName(name) if found is None else SheetName(found[1] or None, found[2])


def origin_of(content: Mapping[str, Any]) -> Origin:
    """Return the origin that :func:`origin_dict` wrote."""
    fields = dict(content)
    table = fields.pop("table", None)
    return Origin(**fields) if table is None else Origin(**{**fields, "sheet": f"{fields['sheet'] or ''}!{table}"})


def origin_dict(origin: Origin) -> dict[str, Any]:
    """Return an origin in the form of documents."""
    found: dict[str, Any] = plain(origin)
    return found


def is_concluded(when: DateSpan, origins: Iterable[Origin]) -> bool:
    """Whether no row states a day without doubt: its year, or which of its numbers is the day, is concluded in all."""
    parts = {origin.concluded for origin in origins}
    if None in parts:
        return False
    day = EPOCH + timedelta(days=when.earliest)
    return parts == {"year"} or (when.earliest == when.latest and day.day <= 12 and day.day != day.month)


@frozen(eq=False)
class CustodyEvent:
    """One purchase, transfer or return with its parties already resolved: as one row states it, or as several
    statements of one change of hands say together. Two movements are the same only if they are one object.

    ``kind`` is the effective kind: a transfer to a carrier is a return, one from a carrier a purchase (SPEC 3).
    ``quantity`` is the number of cards of a quantity-only lot, else ``None``. ``dates`` are all days that the
    statements name, where they disagree; else empty. ``when`` is :data:`UNDATED` where none is stated, as in a
    registration. ``document_basis`` and ``carrier_basis`` are those of the registrations among the statements;
    ``ended`` is when, by these, the receiver ceased to be the carrier's customer.
    ``issuers`` are the carriers whose cards a quantity-only lot says that it is about; empty where it does not say.
    """

    kind: Kind
    sender: Party
    receiver: Party
    when: DateSpan
    precision: Precision
    origins: tuple[Origin, ...]
    quantity: int | None = None
    channel: str | None = None
    waybill: str | None = None
    price: str | None = None
    dates: tuple[str, ...] = ()
    document_basis: DocumentBasis | None = None
    carrier_basis: CarrierBasis | None = None
    ended: DateSpan | None = None
    issuers: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.kind not in CUSTODY_KINDS:
            raise ValueError(f"{self.kind} does not move cards")
        if not self.origins:
            raise ValueError("a movement needs the record that says so")

    def may_hold_cards_of(self, carrier: str | None) -> bool:
        """Whether a lot may hold cards of an issuer: it does not say that it is about those of others."""
        return carrier is None or not self.issuers or carrier in self.issuers

    @property
    def is_day_concluded(self) -> bool:
        """Whether no row states the day without doubt."""
        return self.when.is_known and is_concluded(self.when, self.origins)

    @property
    def sort_key(self) -> tuple[DateSpan, str, str]:
        """Return the key of the total order of a card's movements: by date, then by ids."""
        return (self.when, self.sender.id, self.receiver.id)

    @property
    def day(self) -> str | None:
        """Return the day or month as text; ``None`` if none is stated."""
        return self.when.day if self.when.is_known else None

    @property
    def registrant_basis(self) -> RegistrantBasis | None:
        """Return in what sense a carrier made the receiver the registrant; ``None`` where no carrier did."""
        if not self.sender.is_carrier:
            return None
        return "registered" if self.kind == "registration" else "both" if self.document_basis else "sold"

    def is_dated_before(self, previous: CustodyEvent) -> bool:
        """Whether this event is certainly dated before ``previous``."""
        return self.when.latest < previous.when.earliest

    def is_inverted_after(self, previous: CustodyEvent) -> bool:
        """Whether this event follows ``previous`` against the dates; the day of registering says nothing of that."""
        return "registration" not in (self.kind, previous.kind) and self.is_dated_before(previous)


@wire("kind date=when.iso imei msisdn imsi user province city cell origins")
@frozen()
class Activation:
    """A use of the card in a network: the first one (``activation``) or a later one (``usage``)."""

    when: DateSpan
    origins: tuple[Origin, ...]
    kind: Literal["activation", "usage"] = "activation"
    imei: str | None = None
    msisdn: str | None = None
    imsi: str | None = None
    user: Party | None = None
    province: str | None = None
    city: str | None = None
    cell: str | None = None


@wire(
    "eid since=since.iso until=until.iso origins",
    doc="A card on an eSIM chip; ``until`` is the first day after all of these records that names it with another "
    "chip.",
)
@frozen()
class ChipLink:
    """A card on an eSIM chip, as records state it.

    ``since`` is the earliest day on which one does. ``until`` is concluded: the day of the first record after all of
    these that names the card with another chip; ``None`` where there is none.
    """

    eid: str
    since: DateSpan | None
    until: DateSpan | None
    origins: tuple[Origin, ...]


@wire("date=when.iso party state imei origins", name="CardList", doc="The card stands in somebody's list.")
@frozen()
class CardListing:
    """A card in a list on a day: the party of the list, if it states one, the state that it gives the card, its device.

    It moves nothing, and its party is no user and no holder by it. ``is_stock`` says that the party counts it among the
    cards that it has.
    """

    when: DateSpan | None
    party: Party | None
    state: str | None
    origins: tuple[Origin, ...]
    imei: str | None = None
    is_stock: bool = False


@wire("date=when.iso case_no place holder seized_from origins", doc="The card was seized.")
@frozen()
class Seizure:
    """A seizure of a card by the police, and the person it was taken from (``seized_from``; ``holder`` as written)."""

    when: DateSpan | None
    case_no: str | None
    place: str | None
    origins: tuple[Origin, ...]
    holder: str | None = None
    seized_from: Party | None = None


@wire(
    "kind by value date=when.iso from=sender to=receiver amount origins",
    doc="A shipment or payment that shares a key with a change of hands; the amount has no currency.",
)
@frozen()
class Corroboration:
    """A shipment or payment that shares a key with a change of hands; the chain does not depend on it.

    ``by`` is the kind of the key and ``value`` the key as it is compared. Sides are those that the record names, known
    to the case or not; of a payment the payer and the payee. ``amount`` is as stated, without its currency.
    """

    kind: Literal["shipment", "payment"]
    by: Literal["waybill", "order", "account"]
    value: str
    when: DateSpan | None
    sender: Party | None
    receiver: Party | None
    amount: str | None
    origins: tuple[Origin, ...]


@wire("party date=when.day origins")
@frozen()
class Registered:
    """A carrier's own statement that the receiver of a hop is its customer; no hop by itself."""

    party: Party
    when: DateSpan | None
    origins: tuple[Origin, ...]


@wire(
    "n kind:CustodyKind from=sender to=receiver date=day date_basis? precision gap_before level channel waybill price",
    "document_basis carrier_basis registered corroboration origins",
)
@frozen()
class Hop:
    """One change of hands, with every row that says so."""

    n: int
    kind: Kind
    sender: Party
    receiver: Party
    when: DateSpan | None
    precision: Precision
    origins: tuple[Origin, ...]
    gap_before: bool = False
    channel: str | None = None
    waybill: str | None = None
    price: str | None = None
    level: int | None = None
    """Number of sales from the registrant to the receiver: 1 for whoever bought from it; ``None`` after a gap."""
    dates: tuple[str, ...] = ()
    """All days that the records state, if they disagree; else empty."""
    corroboration: tuple[Corroboration, ...] = ()
    """Records that share a key with the hop; outcome and chain do not depend on them."""
    document_basis: DocumentBasis | None = None
    carrier_basis: CarrierBasis | None = None
    """Of a registration, why the document is the carrier's own, and who says which carrier's; else ``None``."""
    registered: tuple[Registered, ...] = ()
    """Registrations of the receiver that are no hop: it got the card from somebody else."""

    @property
    def day(self) -> str | None:
        """Return the day or month as text; ``None`` if none is stated."""
        return None if self.when is None else self.when.day

    @property
    def date_basis(self) -> Literal["concluded"] | None:
        """Return whether the day is concluded: no row states its year, or which number is the day, without doubt."""
        return "concluded" if self.when is not None and is_concluded(self.when, self.origins) else None

    @property
    def span(self) -> DateSpan:
        """Return the days on which it may have been."""
        return self.when or UNDATED

    def is_inverted_after(self, previous: Hop) -> bool:
        """Whether this hop follows ``previous`` against the dates; the day of registering says nothing of that."""
        return "registration" not in (self.kind, previous.kind) and self.span.is_before(previous.span)


def hop_reference(hop: Hop) -> dict[str, Any]:
    """Return a hop in the form in which findings name it."""
    return {"n": hop.n, "from": party_dict(hop.sender), "to": party_dict(hop.receiver)}


@wire("outcome registrant! registrant_basis holder hops")
@frozen()
class Chain:
    """The hops of a card in order."""

    outcome: Outcome
    registrant: Party | None
    holder: Party
    hops: tuple[Hop, ...]
    registrant_basis: RegistrantBasis | None = None


@wire("code severity params message!", doc="A remark on a card.")
@frozen()
class Finding:
    """A coded, located finding. ``params`` holds JSON values only; the sentence is made at the edge.

    ``evidence`` names the rows that the finding rests on; it may be empty only for remarks on what is absent.
    """

    code: str
    severity: Severity
    params: Mapping[str, Any]
    evidence: tuple[Origin, ...] = ()


@wire("id ask for=record_type:str because since until message!", doc="Whom to ask for what, and why.")
@frozen()
class Lead:
    """Next question of an investigation. ``ask`` is ``None`` if the number does not identify the carrier.

    ``cards`` are the keys of the cards that it is about, or the number that is linked to none; leads that differ in
    nothing else are equal.
    """

    ask: Party | None
    record_type: Literal["transfer_record", "purchase_record", "activation_record", "number_assignment"]
    because: str
    since: str | None = None
    until: str | None = None
    cards: tuple[str, ...] = field(default=(), compare=False)

    @property
    def id(self) -> str:
        """Return 16 hexadecimal digits that stay the same for the same question about the same cards (SPEC 13).

        Examples
        --------
        >>> Lead(ask=None, record_type="purchase_record", because="not_found", cards=("8986061900000000001",)).id
        '9a3310686e054bbf'
        """
        asked = [self.ask.id if self.ask else None, self.record_type, self.because, *sorted(set(self.cards))]
        return sha256("\n".join(each or "" for each in asked).encode()).hexdigest()[:16]


@wire("what=attribute value confidence:str", doc="A property that a number suggests, and the confidence in it.")
@frozen()
class Hint:
    """Property that the layout of a number suggests; never a ground to match or reject."""

    attribute: str
    value: str
    confidence: Literal["high", "medium", "low"]


TEXT_FIELDS = (
    "channel",
    "province",
    "city",
    "cell",
    "declared_use",
    "price",
    "waybill",
    "contract_no",
    "case_no",
    "place",
    "holder",
    "state",
    "document_basis",
    "carrier_basis",
)
"""Fields that are kept as written; the last two are concluded, of registrations."""
