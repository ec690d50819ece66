"""Audit of an enterprise or a dealer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, NotRequired, TypedDict, overload

from graphtrace.frozen import frozen
from graphtrace.identifiers import parse_uscc
from graphtrace.model import ACQUIRED, AuditRole, DateSpan, Finding, Origin, Party
from graphtrace.results.display import LocalizedDictMixin
from graphtrace.results.flows import Bounds, CardBounds, QuantityTotals
from graphtrace.results.judgements import NamedJudgement
from graphtrace.results.rules import Rule, RuleFinding
from graphtrace.results.source_rows import UnreadRow
from graphtrace.results.tables import RowsMixin, require_pandas
from graphtrace.wire import DATED, KeyGroup, wire

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from graphtrace.results.party_table import PartyColumns, PartyTable


class MonthCount(NamedTuple):
    """Cards by the month: of their purchase or receipt, in which they last left (of those resold), and in which they
    were first used. ``month`` is ``YYYY-MM``; ``None`` for those of whose receipt no day is stated.
    """

    month: str | None
    acquired: int
    resold: int
    first_used: int


@wire("month purchased? received? resold first_used", name="MonthCount")
class AuditMonth(NamedTuple):
    """Cards bought by an enterprise or received by a dealer, last passed on, and first used in a month.

    The last entry may have no month: cards that are registered to the enterprise on no stated day.
    """

    month: str | None
    purchased: int | None
    received: int | None
    resold: int
    first_used: int


_PARTIES_AT_ONCE: Final = 50_000
"""Number of parties that are made at the same time where all shares are looked at."""


@wire(
    "party:Party|None cards records quantity_only since=since.day until=until.day bounds",
    "^records_by_name??=by_name",
)
class QuantityFlow(NamedTuple):
    """Cards that passed between an audited party and another, where records state a number only.

    ``bounds`` are the least and the greatest number of different cards; null where there are too many records.
    ``records_by_name`` is there where records know the other by a name alone.
    """

    party: Party
    cards: int
    records: int
    quantity_only: QuantityTotals
    since: DateSpan | None
    until: DateSpan | None
    bounds: Bounds
    by_name: int = 0


@wire()
class QuantityFlows(NamedTuple):
    """The flows by number of an audited party, by direction."""

    received: tuple[QuantityFlow, ...] = ()
    passed_on: tuple[QuantityFlow, ...] = ()


NO_FLOWS: Final = QuantityFlows()


Bucket = Literal[
    "in_stock", "activated_by_enterprise", "activated_unnamed", "activated_by_other", "resold", "returned", "disputed"
]


BUCKETS: tuple[Bucket, ...] = (
    *("in_stock", "activated_by_enterprise", "activated_unnamed", "activated_by_other"),
    *("resold", "returned", "disputed"),
)


class AnnexedCard(NamedTuple):
    """One card of an audit: the figures in which it counts, and the rows that name it.

    ``acquired``, ``left`` and ``first_used`` are days: of its receipt, of its last leaving (of resold cards), of its
    first use. ``holder`` is the id of the last holder of a resold card; ``depth`` and ``channel`` are of those too.
    ``rows`` are short references of rows (:attr:`graphtrace.model.Origin.ref`) in order.
    """

    enterprise: str
    card: str
    bucket: Bucket
    acquired: str | None
    left: str | None
    holder: str | None
    depth: int | None
    channel: str | None
    first_used: str | None
    seized: bool
    rows: tuple[str, ...]

    def line(self) -> bytes:
        """Return it as a line of JSON Lines: the same bytes for the same card, whichever store has it."""
        text = json.dumps(self._asdict(), ensure_ascii=False, separators=(",", ":"))
        return f"{text}\n".encode("utf-8", "backslashreplace")


@wire()
class Annex(NamedTuple):
    """The file with the cards behind the counts of an audit: one line of JSON for each card."""

    file: str
    sha256: str
    cards: int


class AnnexWriter:
    """Writes the lines of cards one after the other, and counts and hashes them."""

    def __init__(self, file: str, write: Callable[[bytes], object]) -> None:
        self._file, self._write = file, write
        self._hash, self._cards = hashlib.sha256(), 0

    def add(self, cards: Iterable[AnnexedCard]) -> None:
        """Write the lines of some cards."""
        for card in cards:
            line = card.line()
            self._hash.update(line)
            self._write(line)
            self._cards += 1

    @property
    def annex(self) -> Annex:
        """Return what an audit says of what was written."""
        return Annex(self._file, self._hash.hexdigest(), self._cards)


QuestionedKind = Literal["custody_gap", "double_transfer"]
QUESTIONED: Final[tuple[QuestionedKind, ...]] = ("custody_gap", "double_transfer")


@wire()
class Questioned(NamedTuple):
    """Cards of which records leave open whether the party sold them: ``custody_gap``: resold ones that turn up with
    others, and no record has it pass them on; ``double_transfer``: disputed ones that it passed on to two by records.
    """

    kind: QuestionedKind
    cards: int


def questioned(left_unrecorded: int, sold_to_two: int) -> tuple[Questioned, ...]:
    """Return the kinds of questioned cards of which there are any, with their number."""
    counts = left_unrecorded, sold_to_two
    return tuple(Questioned(kind, cards) for kind, cards in zip(QUESTIONED, counts, strict=True) if cards)


class ByName(TypedDict):
    """``by_name``: how many of the cards rest on records that know the party by a name alone; absent for none."""

    by_name: NotRequired[int]


class PartyShare(ByName):
    """A party from whom cards were received, or to whom they were passed on."""

    party: Party | None
    cards: int


class FinalHolder(ByName):
    """A last documented holder of cards that were resold; last, ``null`` for those whose chains end differently."""

    party: Party | None
    cards: int
    activated: int
    seized: int


class PartyCount(NamedTuple):
    """Number of cards of an audit in which a party shares: as their last holder, their buyer or their supplier.

    ``party`` is ``None`` for the cards whose chains end with different holders. ``by_name`` is how many of the cards
    came to it, or from it, by records that know it by a name alone, and no row of whose files says whose name that is;
    where these are all of them, ``party`` is no more than that name.
    """

    party: Party | None
    cards: int
    activated: int
    seized: int
    by_name: int = 0


class PartyShares(Sequence[PartyCount]):
    """Parties, the largest first, then by id. Kept as columns and made on access: there may be millions.

    ``contested`` are the cards, those activated and those seized that count under no party; they stand last.
    """

    def __init__(self, people: PartyTable, counts: PartyColumns, contested: tuple[int, int, int] | None = None) -> None:
        self._people = people
        self._counts = counts
        self.nobodys: tuple[PartyCount, ...] = () if contested is None else (PartyCount(None, *contested),)

    def changed(self, change: Callable[[Party], Party]) -> PartyShares:
        """Return the same shares of parties that are changed when they are looked at."""
        contested = None if not self.nobodys else self.nobodys[0][1:4]
        return PartyShares(self._people.changed(change), self._counts, contested)

    @cached_property
    def columns(self) -> PartyColumns:
        """The parties in their order, as columns."""
        return self._people.in_order(self._counts)

    @overload
    def __getitem__(self, index: int) -> PartyCount: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[PartyCount]: ...
    def __getitem__(self, index: int | slice) -> PartyCount | Sequence[PartyCount]:
        if isinstance(index, slice):
            return [self[place] for place in range(len(self))[index]]
        place = range(len(self))[index]
        if place == len(self._counts.party):
            return self.nobodys[0]
        number, cards, activated, seized, by_name = (int(values[place]) for values in self.columns)
        party = self._people.by_name(number) if by_name == cards else self._people[number]
        return PartyCount(party=party, cards=cards, activated=activated, seized=seized, by_name=by_name)

    def __iter__(self) -> Iterator[PartyCount]:
        for start in range(0, len(self._counts.party), _PARTIES_AT_ONCE):
            numbers, *counts = (values[start : start + _PARTIES_AT_ONCE] for values in self.columns)
            is_lone = counts[0] == counts[-1]
            parties = self._people.some(numbers)
            rows = zip(parties, numbers.tolist(), is_lone.tolist(), *(each.tolist() for each in counts), strict=True)
            for party, number, lone, *cards in rows:
                yield PartyCount(self._people.by_name(number) if lone else party, *cards)
        yield from self.nobodys

    def joined(self) -> Iterator[tuple[PartyCount, Party | None]]:
        """Return the same by the parties that the case joins, each with the name by which records know it alone."""
        for number, *counts in zip(*(values.tolist() for values in self.columns), strict=True):
            yield PartyCount(self._people[number], *counts), self._people.by_name(number)
        yield from ((each, None) for each in self.nobodys)

    def in_parts(self, size: int) -> Iterator[tuple[int, PartyColumns, pa.Array, pa.Array]]:
        """Yield the parties, some at a time: the place of the first, their columns, their ids, their names."""
        for start in range(0, len(self._counts.party), size):
            some = type(self.columns)(*(values[start : start + size] for values in self.columns))
            yield start, some, *self._people.in_columns(some.party)

    @property
    def has_names(self) -> bool:
        """Whether any cards came to or from parties by records that know them by a name alone."""
        return bool(self._counts.by_name.any())

    def __len__(self) -> int:
        return len(self._counts.party) + len(self.nobodys)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Sequence)
            and len(self) == len(other)
            and all(a == b for a, b in zip(self, other, strict=True))
        )

    __hash__ = None  # type: ignore[assignment]


@wire("activated by_depth:dict[str,int] final_holders! channels", name="Resold", doc="The cards that were sold on.")
@frozen()
class ResaleSummary:
    """The resold cards: by hops since they last left the audited party, by last holder, by channel of leaving."""

    activated: int
    by_depth: Mapping[int, int]
    final_holders: Sequence[PartyCount]
    channels: Mapping[str, int]

    @property
    def number_of_holders(self) -> int:
        """Number of different last holders."""
        return len(self.final_holders) - bool(self.final_holders and self.final_holders[-1].party is None)


@wire("cards known quarter:float|None median:float|None three_quarters:float|None", name="Durations")
class DurationSummary(NamedTuple):
    """Durations in days: the median and the quartiles of the known ones."""

    cards: int
    known: int
    quarter: int | None = None
    median: int | None = None
    three_quarters: int | None = None


@wire(
    "declared_use declared_province ^province cards",
    name="Province",
    doc="Provinces of activity of cards, with those declared.",
)
class ProvinceCount(NamedTuple):
    """Number of cards last activated in a province, by the use and the province that their receipt declared."""

    declared_use: str | None
    declared_province: str | None
    province: str | None
    cards: int


@wire()
class SeizedCase(NamedTuple):
    """A case number with the seized cards under it."""

    case_no: str | None
    cards: int


@wire(
    "kind precision file=source.file sha256=source.sha256 *source.sheet_name first_row=source.row last_row",
    "records cards",
    doc="The records of one kind in one sheet on the other side of the balance.",
)
class BalanceSource(NamedTuple):
    """Records of one kind in one sheet that a balance rests on: how many, in which rows, of how many cards.

    ``cards`` counts each record by itself; a quantity-only record counts its quantity.
    """

    kind: str
    precision: str
    source: Origin
    last_row: int
    records: int
    cards: int


@wire()
class BalanceDoubt(NamedTuple):
    """Why a balance is not determined: the column by which it is only a part, or that was not read, and its cards.

    Files may also state the same day ``declared_differently``.
    """

    because: Literal["part_of_stock", "counts_not_read", "other_carrier", "declared_differently"]
    heading: str | None = None
    cards: int | None = None


@wire()
class BalanceMargin(NamedTuple):
    """Cards of which no record says how they stand to a declaration: by how many ``unaccounted`` may be less, or more.

    ``seized`` while the party held them; received ``from_others`` than those from whom it acquired its cards;
    ``came_back`` after it had sold them, or went back to a carrier from there; moved or activated ``near_the_day``: on
    the day of the declaration, or within days that hold it; ``undated``; declared as ``sold_before``, where the sales
    declared fall from one day to a later one, so that they may be those of periods; ``unread``: still with the party by
    what was read, with rows about them that were not.
    """

    because: Literal["seized", "from_others", "came_back", "near_the_day", "undated", "sold_before", "unread"]
    less: int = 0
    more: int = 0


@wire(
    "date=when.day:str|None declared_stock declared_sold unaccounted unaccounted_bounds=limits",
    "purchased?:int|None received?:int|None returned:int|None activated_while_held=activated:int|None undated:int|None",
    "sold_on_record=sold:CardBounds|None not_determined=doubts may_change=margins declarations",
    "balance_sources=books",
    doc="Figures that a party declared against those of the records; all ``null`` where it declared nothing.\n\n"
    "    ``purchased`` stands in the audit of an enterprise, ``received`` in that of a dealer.",
)
@frozen()
class Balance:
    """The books at the latest stock declaration; every figure counts what is dated on or before it.

    ``unaccounted`` = ``acquired`` (purchased by an enterprise, received by a dealer) - ``returned`` - ``activated``
    (while the party held the card, not before it got it; neither disputed nor returned) - ``declared_sold`` -
    ``declared_stock``; ``None`` where either is not declared, and where ``doubts`` say why the declaration is not all
    that there is.

    ``bounds`` are the limits of ``unaccounted``. A quantity-only purchase may be of cards that other records name, or
    of others, and so may a quantity-only return. ``activated_sold`` of the activated cards may be among those declared
    as sold: those that the party passed on, and those that its quantity-only sales may be of. ``margins`` are further
    cards by which it may differ. ``sold`` is what the
    party's sales on record come to, within the limits that its quantity-only sales set. ``declarations`` are the
    rows that declare, ``books`` the records on the other side. ``undated`` cards, of whose receipt no day is
    stated, are in no figure.
    """

    role: AuditRole = "enterprise"
    when: DateSpan
    declared_stock: int | None
    declared_sold: int | None
    acquired: int
    returned: int
    activated: int
    sold: CardBounds
    quantity_acquired: int
    quantity_returned: int
    declarations: tuple[Origin, ...]
    books: tuple[BalanceSource, ...]
    doubts: tuple[BalanceDoubt, ...] = ()
    margins: tuple[BalanceMargin, ...] = ()
    activated_sold: int = 0
    undated: int = 0

    @property
    def unaccounted(self) -> int | None:
        """Cards that the party acquired and neither returned, activated nor declared; negative if it declared more."""
        if self.declared_stock is None or self.declared_sold is None or self.doubts:
            return None
        return self.acquired - self.returned - self.activated - self.declared_sold - self.declared_stock

    @property
    def purchased(self) -> int | None:
        """The cards that an enterprise bought; ``None`` for a dealer."""
        return self.acquired if self.role == "enterprise" else None

    @property
    def received(self) -> int | None:
        """The cards that a dealer received; ``None`` for an enterprise."""
        return self.acquired if self.role == "dealer" else None

    @property
    def limits(self) -> tuple[int, int] | None:
        """The least and the greatest value of ``unaccounted``."""
        return None if self.bounds is None else (self.bounds.least, self.bounds.most)

    @property
    def terms(self) -> tuple[tuple[str, int | None], ...]:
        """Terms of ``unaccounted``: the first less all others; ``None`` for an undeclared term."""
        return (
            (ACQUIRED[self.role], self.acquired),
            ("minus_returned" if self.role == "enterprise" else "minus_sent_back", self.returned),
            ("minus_activated", self.activated),
            ("minus_sold", self.declared_sold),
            ("minus_stock", self.declared_stock),
        )

    @property
    def signed_terms(self) -> tuple[tuple[str, int | None], ...]:
        """Terms with the signs by which they are summed."""
        first, *others = self.terms
        return (first, *((code, None if cards is None else -cards) for code, cards in others))

    @property
    def bounds(self) -> CardBounds | None:
        """Bounds of ``unaccounted``, as records that name no cards, and sales of activated ones, may change it."""
        named = self.unaccounted
        if named is None:
            return None
        less, more = (sum(each) for each in zip((0, 0), *((one.less, one.more) for one in self.margins), strict=True))
        return CardBounds(
            named - self.quantity_returned - less, named + self.quantity_acquired + self.activated_sold + more
        )

    @property
    def sold_undeclared(self) -> int | None:
        """Cards that the party's sales on record come to, at least, beyond what it declared as sold."""
        return None if self.declared_sold is None else max(self.sold.least - self.declared_sold, 0)


@wire()
class RuleNotAsked(NamedTuple):
    """A rule that an audit did not ask: about cards, where records state only how many there are."""

    rule: str
    because: Literal["cards_not_named"]


@wire(
    "enterprise purchased registered_only! role received buckets:dict[str,int] by_month! resold seized",
    "quantity_only balance! findings! rules_not_asked! activated seized_cases days_to_first_transfer=to_transfer",
    "days_to_first_activation=to_activation activation_provinces=places suppliers! buyers! quantity_flows",
    "sent_unreceived listed_active held_with_unread questioned judgements unread_rows",
    doc="The account of all cards that an enterprise bought from carriers, or that a dealer received from others.",
    enterprise=KeyGroup(
        "Enterprise",
        "A party that is audited: an enterprise or a dealer.",
        "id=enterprise.id name=enterprise.name identified_by?=enterprise.identified_by uscc",
    ),
    quantity_only=KeyGroup(
        "QuantityOnly",
        "Totals of records that state a number of cards only.",
        "purchased=quantity_purchased sold=quantity_sold",
    ),
)
@frozen()
class Audit(LocalizedDictMixin):
    """Audit of the cards of one party. The buckets add up to ``cards``.

    ``cards`` counts those that an enterprise bought from carriers (``purchased``), or that a dealer received from
    others (``received``). ``to_transfer`` and ``to_activation`` say how long after the purchase or receipt cards were
    passed on (not back) and first activated; an activation before is none. ``by_month`` counts each card in the month
    of its purchase or receipt, of its last leaving if it was resold, and of its first use. ``places`` counts activated
    cards by the province of their latest activation that names one. ``suppliers`` counts all cards by the sender of
    their last receipt, ``buyers`` the resold ones by the receiver to whom they last left. ``sent_unreceived`` are cards
    that records say the party passed on, and none that it received; ``listed_active`` those in stock that a card list
    calls active, ``held_with_unread`` those that it still holds and about which rows were not read. ``left_unrecorded``
    are those of the resold cards that no record has the party pass on, so that they are in no named month, no time and
    no rule of its sales; ``sold_to_two`` those of the disputed ones that records have it pass on to two.
    ``quantity_flows`` bounds what passed between the party and those with whom it dealt by number.
    ``registered_only`` are those cards of an enterprise that rest on registrations alone.
    ``rules_not_asked`` are rules about cards, where records state only how many the party received. ``unread_rows``
    hold its name and were not read; ``None`` where all parties were audited. ``reply_findings`` name the files that it
    rests on and that are not what their replies say. ``annexed`` is one row of each table that names a card, where an
    annex of the cards was asked for.
    """

    enterprise: Party
    role: AuditRole = "enterprise"
    cards: int
    buckets: Mapping[Bucket, int]
    resold: ResaleSummary
    activated: int
    seized: int
    seized_cases: tuple[SeizedCase, ...]
    to_transfer: DurationSummary
    to_activation: DurationSummary
    places: tuple[ProvinceCount, ...]
    quantity_purchased: QuantityTotals
    quantity_sold: QuantityTotals
    balance: Balance | None
    suppliers: Sequence[PartyCount] = ()
    buyers: Sequence[PartyCount] = ()
    sent_unreceived: int = 0
    listed_active: int = 0
    registered_only: int = 0
    held_with_unread: int = 0
    left_unrecorded: int = 0
    sold_to_two: int = 0
    by_month: Sequence[MonthCount] = ()
    quantity_flows: QuantityFlows = NO_FLOWS
    findings: tuple[RuleFinding, ...] = ()
    rules_not_asked: tuple[Rule, ...] = ()
    judgements: tuple[NamedJudgement, ...] = ()
    unread_rows: tuple[UnreadRow, ...] | None = field(default=None, compare=False)
    reply_findings: tuple[Finding, ...] = ()
    annexed: tuple[Origin, ...] = field(default=(), compare=False)

    def __repr__(self) -> str:
        return f"<Audit {self.enterprise.name!r}: {self.cards} cards>"

    @property
    def questioned(self) -> tuple[Questioned, ...]:
        """The cards of which records leave open whether the party sold them: by finding of custody, with their number.

        ``custody_gap``: :attr:`left_unrecorded`; ``double_transfer``: :attr:`sold_to_two`.
        """
        return questioned(self.left_unrecorded, self.sold_to_two)

    @property
    def purchased(self) -> int | None:
        """The cards that carriers sold to an enterprise; ``None`` for a dealer."""
        return self.cards if self.role == "enterprise" else None

    @property
    def received(self) -> int | None:
        """The cards that a dealer received from others; ``None`` for an enterprise."""
        return self.cards if self.role == "dealer" else None

    @property
    def uscc(self) -> str | None:
        """The unified social credit code, if the enterprise is known by one."""
        return parse_uscc(self.enterprise.id.removeprefix("id:")) if self.enterprise.id.startswith("id:") else None


@wire(
    DATED,
    "enterprises!:list[Audit] rests_on?! options?! unread?!",
    name="AuditAnswer",
    doc="The answer of ``audit``.",
)
class AuditResults(RowsMixin, LocalizedDictMixin, Sequence[Audit]):
    """One audit per party, as a sequence and as a table.

    - ``annex``: file, SHA-256 and number of lines of the annex with the cards behind the counts, where one was written.
    """

    def __init__(self, audits: Iterable[Audit], annex: Annex | None = None) -> None:
        self._audits = tuple(audits)
        self.annex = annex

    @overload
    def __getitem__(self, index: int) -> Audit: ...
    @overload
    def __getitem__(self, index: slice) -> AuditResults: ...
    def __getitem__(self, index: int | slice) -> Audit | AuditResults:
        return AuditResults(self._audits[index]) if isinstance(index, slice) else self._audits[index]

    def __len__(self) -> int:
        return len(self._audits)

    def __iter__(self) -> Iterator[Audit]:
        return iter(self._audits)

    def __repr__(self) -> str:
        audits = ", ".join(f"{audit.enterprise.name!r}: {audit.cards} cards" for audit in self[:3])
        return f"<Audits {len(self)}: {audits}{', …' if len(self) > 3 else ''}>"

    def _table(self) -> tuple[Sequence[str], Sequence[Mapping[str, Any]]]:
        return AUDIT_COLUMNS, [audit_row(audit) for audit in self]

    def to_pandas(self) -> pd.DataFrame:
        """Return a data frame with one row a party.

        Columns: those of :func:`audit_row`.
        """
        require_pandas()
        import pandas as pd

        rows = [audit_row(audit) for audit in self]
        whole = dict.fromkeys(
            ("purchased", "received", "greatest_depth", "declared_stock", "declared_sold", "unaccounted"), "Int64"
        )
        return pd.DataFrame(rows, columns=list(AUDIT_COLUMNS)).astype(whole)


AUDIT_COLUMNS = (
    *(
        "enterprise_id",
        "enterprise",
        "uscc",
        "role",
        "purchased",
        "received",
        *BUCKETS,
        "listed_active",
        "registered_only",
        *("held_with_unread", "left_unrecorded", "sold_to_two"),
    ),
    *("resold_activated", "greatest_depth", "suppliers", "buyers", "sent_unreceived"),
    *("final_holders", "seized", "quantity_purchases", "quantity_purchased", "quantity_sales", "quantity_sold"),
    *("balance_date", "declared_stock", "declared_sold", "unaccounted"),
)


def audit_row(audit: Audit) -> dict[str, Any]:
    """Return one audit as a row with the keys :data:`AUDIT_COLUMNS`; of parties there is their number."""
    balance = audit.balance
    figures = (
        *(audit.enterprise.id, audit.enterprise.name, audit.uscc, audit.role, audit.purchased, audit.received),
        *(
            *(audit.buckets[bucket] for bucket in BUCKETS),
            audit.listed_active,
            audit.registered_only,
            *(audit.held_with_unread, audit.left_unrecorded, audit.sold_to_two),
        ),
        *(audit.resold.activated, max(audit.resold.by_depth, default=None)),
        *(len(audit.suppliers), len(audit.buyers), audit.sent_unreceived),
        *(audit.resold.number_of_holders, audit.seized, *audit.quantity_purchased, *audit.quantity_sold),
        *((None,) * 4 if balance is None else (balance.when.day, balance.declared_stock, balance.declared_sold)),
        *(() if balance is None else (balance.unaccounted,)),
    )
    return dict(zip(AUDIT_COLUMNS, figures, strict=True))
