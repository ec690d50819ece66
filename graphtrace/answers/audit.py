"""What became of every card that an enterprise bought from a carrier (SPEC 5).

Cards are judged by the custody core, once for all cards that went the same way; what single cards were used for is
counted by the store. Nothing is expanded to cards: the cost grows with records, not with the sizes of ranges.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from shlex import quote
from typing import TYPE_CHECKING, Any, Literal, overload

from graphtrace.answers.parties import find_party
from graphtrace.answers.trace import Tracer
from graphtrace.answers.waiting import waiting_events
from graphtrace.errors import NothingFound
from graphtrace.identifiers import carrier_of, parse_uscc
from graphtrace.model import Chain, Finding, Hop, Outcome, Party, When
from graphtrace.store.protocol import Declaration, Holding, Lot, QuantitySum, Row, Usage, UsageQuestion

if TYPE_CHECKING:
    import pandas as pd

Bucket = Literal["in_stock", "activated_by_enterprise", "activated_by_other", "resold", "returned", "disputed"]
BUCKETS: tuple[Bucket, ...] = (
    *("in_stock", "activated_by_enterprise", "activated_by_other"),
    *("resold", "returned", "disputed"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderShare:
    """How many of the resold cards a party ended up with."""

    party: Party
    cards: int
    activated: int
    seized: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Resold:
    """The resold cards: by hops since they last left the enterprise, by last holder, by channel of leaving."""

    activated: int
    by_depth: Mapping[int, int]
    final_holders: tuple[HolderShare, ...]
    channels: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The books at the latest stock declaration; every figure counts what is dated on or before it.

    ``unaccounted`` = ``purchased`` - ``returned`` - ``activated`` (while the enterprise held the card, not before it
    bought it; neither disputed nor returned) - ``declared_sold`` - ``declared_stock``; ``None`` where either is not
    declared.
    """

    when: When
    declared_stock: int | None
    declared_sold: int | None
    purchased: int
    returned: int
    activated: int

    @property
    def unaccounted(self) -> int | None:
        """Cards of which neither records nor declarations say where they are; negative if too many are declared."""
        if self.declared_stock is None or self.declared_sold is None:
            return None
        return self.purchased - self.returned - self.activated - self.declared_sold - self.declared_stock


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What became of the cards of one enterprise. The buckets add up to ``purchased``."""

    enterprise: Party
    purchased: int
    buckets: Mapping[Bucket, int]
    resold: Resold
    seized: int
    quantity_purchased: QuantitySum
    quantity_sold: QuantitySum
    balance: Balance | None
    findings: tuple[Finding, ...] = ()

    @property
    def uscc(self) -> str | None:
        """The unified social credit code, if the enterprise is known by one."""
        return parse_uscc(self.enterprise.id.removeprefix("id:")) if self.enterprise.id.startswith("id:") else None


class Audits(Sequence[Audit]):
    """One audit per enterprise, as a sequence and as a table."""

    def __init__(self, audits: Iterable[Audit]) -> None:
        self._audits = tuple(audits)

    @overload
    def __getitem__(self, index: int) -> Audit: ...
    @overload
    def __getitem__(self, index: slice) -> Audits: ...
    def __getitem__(self, index: int | slice) -> Audit | Audits:
        return Audits(self._audits[index]) if isinstance(index, slice) else self._audits[index]

    def __len__(self) -> int:
        return len(self._audits)

    def __iter__(self) -> Iterator[Audit]:
        return iter(self._audits)

    def __repr__(self) -> str:
        said = ", ".join(f"{audit.enterprise.name}: {audit.purchased} cards" for audit in self[:3])
        return f"<Audits {len(self)}: {said}{', …' if len(self) > 3 else ''}>"

    def to_pandas(self) -> pd.DataFrame:
        """One row an enterprise.

        Columns: those of :func:`audit_row`.
        """
        import pandas as pd

        return pd.DataFrame([audit_row(audit) for audit in self], columns=list(AUDIT_COLUMNS))


AUDIT_COLUMNS = (
    *("enterprise_id", "enterprise", "uscc", "purchased", *BUCKETS, "resold_activated", "greatest_depth"),
    *("final_holders", "seized", "quantity_purchases", "quantity_purchased", "quantity_sales", "quantity_sold"),
    *("balance_date", "declared_stock", "declared_sold", "unaccounted"),
)


def audit_row(audit: Audit) -> dict[str, Any]:
    """One audit as a row with the keys :data:`AUDIT_COLUMNS`; ``final_holders`` is their number."""
    balance = audit.balance
    figures = (
        *(audit.enterprise.id, audit.enterprise.name, audit.uscc, audit.purchased),
        *(audit.buckets[bucket] for bucket in BUCKETS),
        *(audit.resold.activated, max(audit.resold.by_depth, default=None), len(audit.resold.final_holders)),
        *(audit.seized, *audit.quantity_purchased, *audit.quantity_sold),
        *((None,) * 4 if balance is None else (balance.when.day, balance.declared_stock, balance.declared_sold)),
        *(() if balance is None else (balance.unaccounted,)),
    )
    return dict(zip(AUDIT_COLUMNS, figures, strict=True))


def audit_enterprises(tracer: Tracer, names: Sequence[str]) -> list[Audit]:
    """The audits of the enterprises that the ids or names mean, in their order.

    Raises
    ------
    AmbiguousName
        If several parties bear a name.
    NothingFound
        If nobody bears a name, or no carrier is on record as having sold cards to the party.
    """
    return [audit_enterprise(tracer, find_party(tracer.store, name)) for name in names]


def audit_all(tracer: Tracer) -> list[Audit]:
    """The audits of all enterprises to which a carrier sold cards, the largest purchase first, then by id.

    Raises
    ------
    NothingFound
        If there is none.
    """
    audits = [audit_enterprise(tracer, party) for party in tracer.store.buyers_from_carriers()]
    if not audits:
        raise NothingFound(
            "no carrier is on record as having sold cards to an enterprise", hint="load the carriers' sales"
        )
    return sorted(audits, key=lambda audit: (-audit.purchased, audit.enterprise.id))


def audit_enterprise(tracer: Tracer, party: Party) -> Audit:
    """What became of every card that a carrier ever sold to the party.

    Raises
    ------
    NothingFound
        If no carrier is on record as having sold listed cards or ranges to it.
    """
    holdings = [] if party.is_carrier else tracer.store.bought_by(party)
    if not holdings:
        raise NothingFound(
            f"{party.name}: no carrier is on record as having sold it cards, listed or by range",
            hint=f"graphtrace party {quote(party.id)} says with whom it dealt",
        )
    declaration = tracer.store.last_declaration(party)
    judge = _Judge(tracer, party, None if declaration is None else declaration.when.last)
    ways: dict[_Way, list[Lot]] = defaultdict(list)
    for holding in holdings:
        ways[judge.way_of(holding)] += holding.lots
    questions = [UsageQuestion(lots, way.held, way.end == "held") for way, lots in ways.items()]
    lots = [lot for holding in holdings for lot in holding.lots]
    usage = tracer.store.usage_of(
        questions,
        party,
        until=_FOREVER if declaration is None else declaration.when.last,
        events=waiting_events(tracer.store, lots),
    )
    counts = [
        _Count(way, sum(last - first + 1 for first, last in lots), used)
        for (way, lots), used in zip(ways.items(), usage, strict=True)
    ]
    purchased, sold = tracer.store.quantity_sums_of(party)
    return Audit(
        enterprise=party,
        purchased=sum(count.cards for count in counts),
        buckets=_buckets(counts),
        resold=_resold([count for count in counts if count.way.end == "resold"]),
        seized=sum(count.usage.seized for count in counts),
        quantity_purchased=purchased,
        quantity_sold=sold,
        balance=None if declaration is None else _balance(declaration, counts),
    )


_FOREVER = 1 << 30

End = Literal["held", "resold", "returned", "disputed"]


@dataclass(frozen=True, slots=True)
class _Way:
    """What the movements of a card since the purchase say of it; cards of one way are counted together.

    ``held`` are the days (first, last) of the enterprise's holding that count for the balance; ``holder``, ``depth``
    and ``channel`` are those of a resold card.
    """

    end: End
    holder: Party | None = None
    depth: int = 0
    channel: str | None = None
    was_bought: bool = False
    was_returned: bool = False
    held: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Count:
    way: _Way
    cards: int
    usage: Usage


class _Judge:
    """Says which way cards went, as seen by one party; ``date`` is the day of its declaration.

    Most cards that are listed one by one share all but the last hop, to a buyer who does nothing else with them. Who
    that is does not matter for a whole chain, nor does the day, as long as it lies between the same days of the other
    records; so the core is asked once for all of them. Where a chain is torn or bridged by a number of cards alone,
    each is judged for itself.
    """

    def __init__(self, tracer: Tracer, party: Party, date: int | None) -> None:
        self.tracer = tracer
        self.party = party
        self.date = date
        self._sold_on: dict[tuple[Any, ...], _Way | None] = {}
        self._shared: dict[int, tuple[set[str], list[int]]] = {}

    def way_of(self, holding: Holding) -> _Way:
        key = self._likeness(holding)
        if key is None:
            return self._judged(holding)[0]
        buyer = holding.own[0].receiver
        if key not in self._sold_on:
            way, is_whole = self._judged(holding)
            self._sold_on[key] = way if is_whole and way.holder == buyer else None
        like = self._sold_on[key]
        if like is None:
            return self._judged(holding)[0]
        return _Way(like.end, buyer, like.depth, like.channel, like.was_bought, like.was_returned, like.held)

    def _likeness(self, holding: Holding) -> tuple[Any, ...] | None:
        """What decides about a card but for the last buyer, ``None`` where there is no such buyer."""
        if len(holding.own) != 1:
            return None
        (row,) = holding.own
        buyer, when = row.receiver, row.when
        if buyer is None or when is None or buyer.is_carrier or buyer == self.party:
            return None
        parties, days = self._parties_and_days_of(holding.shared)
        if buyer.id in parties:
            return None
        place = (when.first, when.last, when.second)
        if when.first == when.last and when.second < 0 and self.date is None:
            place = (bisect_left(days, when.first), bisect_right(days, when.first), -1)
        return (id(holding.shared), row.sender and row.sender.id, *place, row.channel, holding.key)

    def _parties_and_days_of(self, rows: Sequence[Row]) -> tuple[set[str], list[int]]:
        known = self._shared.get(id(rows))
        if known is None:
            parties = {party.id for row in rows for party in (row.sender, row.receiver) if party is not None}
            days = sorted(day for row in rows if row.when for day in (row.when.first, row.when.last))
            known = self._shared[id(rows)] = (parties, days)
        return known

    def _judged(self, holding: Holding) -> tuple[_Way, bool]:
        """The way, and whether the chain is whole without any number of cards alone."""
        rows = (*holding.shared, *holding.own)
        custody = self.tracer.history_of(rows, carrier_of(holding.key)).custody
        date = self.date
        if custody.outcome is Outcome.AMBIGUOUS:
            sales = [row.when.first for row in rows if row.when and _is_sale(row.sender, row.receiver, self.party)]
            return _Way("disputed", was_bought=date is not None and min(sales) <= date), False
        (chain,) = custody.chains
        end, holder, depth, channel = _end_of(chain, self.party)
        bought, returned, held = (False, False, ()) if date is None else _at(chain, self.party, date)
        is_whole = custody.outcome is not Outcome.BROKEN and all(hop.precision != "quantity" for hop in chain.hops)
        return _Way(end, holder, depth, channel, bought, returned, held), is_whole


def _is_sale(sender: Party | None, receiver: Party | None, party: Party) -> bool:
    return sender is not None and sender.is_carrier and receiver == party


def _since_purchase(hops: Sequence[Hop], party: Party) -> Sequence[Hop]:
    """The last sale by a carrier to the party that names its cards, and all hops after it."""
    sales = [
        place
        for place, hop in enumerate(hops)
        if _is_sale(hop.sender, hop.receiver, party) and hop.precision != "quantity"
    ]
    return hops[sales[-1] :] if sales else ()


def _end_of(chain: Chain, party: Party) -> tuple[End, Party | None, int, str | None]:
    hops = _since_purchase(chain.hops, party)
    if any(hop.receiver.is_carrier for hop in hops):
        return "returned", None, 0, None
    if chain.holder == party:
        return "held", None, 0, None
    arrival = max(place for place, hop in enumerate(hops) if hop.receiver == party)
    onward = hops[arrival + 1 :]
    # After a gap the first documented hop is not the one by which the card left the enterprise.
    channel = onward[0].channel if onward[0].sender == party else None
    return "resold", chain.holder, len(onward), channel


def _at(chain: Chain, party: Party, date: int) -> tuple[bool, bool, tuple[tuple[int, int], ...]]:
    """Whether the card was bought and whether it was returned by a date, and when it was held from the purchase on."""
    hops = [hop for hop in chain.hops if hop.when.first <= date]
    since = _since_purchase(hops, party)
    if not since:
        return False, False, ()
    if any(hop.receiver.is_carrier for hop in since):
        return True, True, ()
    days = [*sorted({hop.when.first for hop in chain.hops}), _FOREVER]
    held = [
        (max(first, since[0].when.first), until - 1)
        for first, until in pairwise(days)
        if [hop for hop in chain.hops if hop.when.first <= first][-1].receiver == party
    ]
    return True, False, tuple(days for days in held if days[0] <= days[1])


# -- figures ---------------------------------------------------------------------------------------------------


def _buckets(counts: Sequence[_Count]) -> dict[Bucket, int]:
    buckets: dict[Bucket, int] = dict.fromkeys(BUCKETS, 0)
    for way, cards, usage in ((count.way, count.cards, count.usage) for count in counts):
        if way.end == "held":
            buckets["in_stock"] += cards - usage.activated
            buckets["activated_by_enterprise"] += usage.activated - usage.by_other
            buckets["activated_by_other"] += usage.by_other
        else:
            buckets[way.end] += cards
    return buckets


def _resold(counts: Sequence[_Count]) -> Resold:
    depths: Counter[int] = Counter()
    channels: Counter[str] = Counter()
    holders: dict[Party, list[_Count]] = defaultdict(list)
    for count in counts:
        depths[count.way.depth] += count.cards
        if count.way.channel is not None:
            channels[count.way.channel] += count.cards
        if count.way.holder is not None:
            holders[count.way.holder].append(count)
    shares = [
        HolderShare(
            party=party,
            cards=sum(count.cards for count in held),
            activated=sum(count.usage.activated for count in held),
            seized=sum(count.usage.seized for count in held),
        )
        for party, held in holders.items()
    ]
    return Resold(
        activated=sum(count.usage.activated for count in counts),
        by_depth=dict(sorted(depths.items())),
        final_holders=tuple(sorted(shares, key=lambda share: (-share.cards, share.party.id))),
        channels=dict(sorted(channels.items(), key=lambda entry: (-entry[1], entry[0]))),
    )


def _balance(declaration: Declaration, counts: Sequence[_Count]) -> Balance:
    return Balance(
        when=declaration.when,
        declared_stock=declaration.stock,
        declared_sold=declaration.sold,
        purchased=sum(count.cards for count in counts if count.way.was_bought),
        returned=sum(count.cards for count in counts if count.way.was_returned),
        activated=sum(count.usage.while_held for count in counts),
    )
