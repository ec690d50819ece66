"""Classify every card that an audited party received by its later path; all counts of an audit rest on it.

An enterprise is audited by the cards that carriers sold to it, a dealer by those that anybody else passed on to it.

Three steps. The ranges are cut where one begins or ends: the cards between two cuts share all their ranges. Cards that
are also listed one by one are put together where nothing that custody looks at tells them apart
(:mod:`graphtrace.analysis.audit.grouping`). The custody core then judges one card of each sort, and the others are
counted by it. If the chain of a card that is alike to others is torn, a quantity-only record might bridge it, and that
depends on days: then, if there are such records, each is judged for itself. Nothing is expanded to cards and no card
that is like another is judged twice; the cost is a few passes over the rows of the cards in question, and some tens of
microseconds per sort of card.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal, NamedTuple, Self

import numpy as np

from graphtrace.analysis.audit.grouping import CardGroups, ListedCards, Segments
from graphtrace.analysis.trace import Tracer
from graphtrace.custody import ChainDraft, analyze_custody
from graphtrace.engine.arrays import (
    FAR_FUTURE,
    NONE,
    IntArray,
    factorize,
    groups_of,
    int_array,
    isin_sorted,
)
from graphtrace.engine.audit_session import KEYS_PER_PREFIX, RECORD_SHIFT, AuditSession
from graphtrace.engine.audit_views import audit_session
from graphtrace.engine.events import custody_event
from graphtrace.identifiers import carrier_from_iccid, join_key
from graphtrace.identifiers.intervals import CardInterval, merge_intervals
from graphtrace.model import KINDS, AuditRole, CustodyEvent, DateSpan, Origin, Outcome, Party, Precision
from graphtrace.storage.base import AuditScope, Backend

ACTIVATION, SEIZURE = KINDS.index("activation"), KINDS.index("seizure")

_TRANSFER = KINDS.index("transfer")

Disposition = Literal["held", "resold", "returned", "disputed"]

_SAID = "kind, sender, receiver, day, span, second, channel, declared_use, province"
"""Columns of a movement that audits compare, beside its cards and its origin."""

_LAST_RECEIVER = -2
"""In the place of a party: whoever received each card of a sort by the card's own last movement."""


@dataclass(frozen=True, slots=True)
class CardPath:
    """Path of a card since its receipt by an audited party, as records of its movements state it.

    The receipt is the last purchase from a carrier (of an enterprise), or the last receipt from anybody else (of a
    dealer); ``acquired`` is its day and ``supplier`` its sender. ``holder``, ``depth``, ``channel`` and ``buyer`` are
    those of a resold card, ``onward`` the channels by which others passed it on since it last left. ``departed`` is the
    day of the transfer after the receipt, ``left`` that on which a resold card last left; ``use`` and ``province`` are
    what the receipt declares. The rest is for the balance: whether the card was acquired, was returned and was passed
    on by the day of the declaration, and the days (first, last) on which the party held it.

    Cards that differ in their last hop share a way: ``own_holder`` says that the holder is the receiver of the card's
    own last movement, ``own_buyer`` the same of the buyer, ``own_departed`` that it departed on the day of that
    movement, ``own_left`` that it last left on it, ``own_end`` that the party held it until then.
    """

    fate: Disposition
    outcome: Outcome
    holder: Party | None = None
    own_holder: bool = False
    depth: int = 0
    channel: str | None = None
    onward: tuple[str, ...] = ()
    supplier: Party | None = None
    buyer: Party | None = None
    own_buyer: bool = False
    acquired: int | None = None
    departed: int | None = None
    own_departed: bool = False
    left: int | None = None
    own_left: bool = False
    use: str | None = None
    province: str | None = None
    was_acquired: bool = False
    was_returned: bool = False
    was_passed_on: bool = False
    held: tuple[CardInterval, ...] = ()
    own_end: bool = False


@dataclass(frozen=True, slots=True)
class UnlistedSegments:
    """Cards between two cuts: their sort, the first, the last, and how many of them are not listed."""

    sort: IntArray
    low: IntArray
    high: IntArray
    cards: IntArray


@dataclass(frozen=True, slots=True)
class Classification:
    """Path of each sort of card since its receipt by one of the audited parties.

    ``enterprise`` and ``way`` have a row a sort, the lowest sort first; :data:`NONE` where nobody is left to see it.
    """

    lowest: int
    enterprise: IntArray
    way: IntArray


class SortTransfer(NamedTuple):
    """One side of a transfer of the cards of a sort, neither side of which is a carrier.

    ``party`` and the days are ``None`` where they are those of each card's own last movement.
    """

    sort: int
    is_received: bool
    party: int | None
    day: int | None
    until: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockDeclaration:
    """Number of cards that a party declared in stock and sold on the day of its latest declaration.

    ``None`` where it did not say; ``records`` are the rows that say so.
    """

    when: DateSpan
    stock: int | None
    sold: int | None
    records: tuple[int, ...]


class CardClassifier:
    """Classification of the cards of some parties by path, in an audit session; close it when all is counted.

    Attributes
    ----------
    role
        As what the parties are audited.
    session
        Where the relations of :mod:`graphtrace.engine.audit_session` stand.
    cuts, listed, rest
        The cards in question: between which cuts they are, those that are listed one by one, and the others.
    sort_of_listed
        The sort of each listed card.
    ways, judged
        The different ways, and which of them each sort of card went.
    enterprises
        Who received cards, as numbers of the session, by id.
    parties
        The parties by these numbers, as far as they were met.
    transfers, split_sorts
        Who passed on and received the cards of each sort; sorts that share them with another, and this other sort.
    lots
        All cards in question, disjoint and in order.
    declarations
        The latest declaration by enterprise.
    """

    def __init__(self, tracer: Tracer, parties: Sequence[Party] | None, role: AuditRole = "enterprise") -> None:
        self.session, receivers, self.lots = audit_session(
            tracer.store.session(AuditScope(parties, role)), parties, role
        )
        try:
            self.role = role
            self._tracer = tracer
            self.parties: dict[int, Party] = {}
            self.learn(receivers)
            self.enterprises = sorted(self.parties, key=lambda number: self.parties[number].id)
            self._numbers = {self.parties[number]: number for number in self.enterprises}
            self.declarations = _declarations(self.session)
            self._sources = {
                sheet: tuple(place)
                for sheet, *place in self.session.rows("SELECT sheet, file, sha256, name FROM sources")
            }
            self._sheets = {place: sheet for sheet, place in self._sources.items()}
            self._declared: dict[Origin, tuple[str | None, str | None]] = {}
            self._moments: dict[tuple[int, int, int], DateSpan] = {}
            self._ways: dict[CardPath, int] = {}
            self._judged: list[tuple[int, int, int]] = []
            self._last_receivers: dict[int, CardPath] = {}
            self.transfers: list[SortTransfer] = []
            self.split_sorts = (int_array([]), int_array([]))
            self.cuts = Segments(int_array([]), int_array([]), int_array([]))
            self.rest = UnlistedSegments(int_array([]), int_array([]), int_array([]), int_array([]))
            self.sort_of_listed = int_array([])
            if self.lots:
                self._keep_accounts()
        except BaseException:
            self.session.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    @property
    def store(self) -> Backend:
        """Return the store that the audit asks."""
        return self._tracer.store

    def origin(self, record: int, record_no: str | None = None) -> Origin:
        """Return the origin of a record: file, sheet and row."""
        sheet, row = divmod(record, RECORD_SHIFT)
        file, sha256, name = self._sources[sheet]
        return Origin(file, sha256, name, row, record_no)

    def record_of(self, origin: Origin) -> int:
        """Return the record that stands at a place."""
        sheet: int = self._sheets[origin.file, origin.sha256, origin.sheet]
        return sheet * RECORD_SHIFT + origin.row

    def numbers_of(self, parties: Iterable[Party]) -> dict[Party, int]:
        """Return the numbers of parties in the audit session; parties that it does not hold are left out."""
        by_id = {party.id: party for party in parties}
        asked = self.session.rows("SELECT id, party FROM who WHERE id IN (SELECT unnest($1::VARCHAR[]))", sorted(by_id))
        return {by_id[name]: number for name, number in asked}

    def learn(self, numbers: Iterable[int]) -> None:
        """Make parties known by their numbers."""
        unknown = sorted({number for number in numbers if number not in self.parties})
        if unknown:
            asked = self.session.rows(
                "SELECT party, id, name, is_carrier, bearers FROM who WHERE party IN (SELECT unnest($1::INTEGER[]))",
                unknown,
            )
            self.parties.update({number: Party(*who) for number, *who in asked})

    # -- cutting and sorting -----------------------------------------------------------------------------------

    def _keep_accounts(self) -> None:
        session = self.session
        session.insert_rows("lots", {"low": "BIGINT", "high": "BIGINT"}, self.lots)
        ranges = session.rows(
            f"""
            SELECT first, last, record, {_SAID}
            FROM (SELECT * FROM ranged WHERE NOT repeated) SEMI JOIN lots ON first <= high AND last >= low
            ORDER BY first, last, record
            """
        )
        carriers = {number for (number,) in session.rows("SELECT party FROM who WHERE is_carrier")}
        self.learn({*carriers, *(party for row in ranges for party in row[4:6])})
        self._heads = {
            head: carrier_from_iccid(join_key(text, size, 0))
            for head, text, size in session.rows("SELECT head, text, size FROM key_prefixes")
        }
        self._carriers = carriers
        cuts, covers = _cut([(first, last) for first, last, *_ in ranges], self.lots)
        self.cuts = Segments(*map(int_array, zip(*cuts, strict=True)))
        ranged = [self._movement("range", record, said) for _, _, record, *said in ranges]
        self._shared = [[ranged[place] for place in cover] for cover in covers]
        self._shared_rows = [[ranges[place][3:] for place in cover] for cover in covers]
        self.listed = ListedCards(
            session, self.cuts, [[ranges[place][2:] for place in cover] for cover in covers], carriers
        )
        sorts = self.listed.sort()
        self.sort_of_listed = sorts.sort
        torn = self._judge_listed(sorts)
        lowest = sorts.lowest + len(sorts.first)
        if torn:
            is_torn = np.isin(self.sort_of_listed, int_array(torn))
            apart = self.listed.sort(only=is_torn, lowest=lowest)
            self.sort_of_listed[apart.cards] = apart.sort
            self._judge_listed(apart)
            lowest += len(apart.first)
        if self.role == "dealer":
            self._judge_last_receivers(lowest)
        self.listed.forget_movements()
        self._judge_rest()

    # -- judging -----------------------------------------------------------------------------------------------

    def _judge_listed(self, sorts: CardGroups) -> list[int]:
        """Judge one card of each sort; return the sorts whose cards are not alike after all."""
        said = [(int(card), *self.listed.movements(int(card))) for card in sorts.first]
        self.learn({party for _, moved, _ in said for one in moved for party in one[2:4]})
        torn = []
        for number, (card, moved, is_placed) in enumerate(said):
            sort = sorts.lowest + number
            own = [
                self._movement("listed", record if is_placed else place, one)
                for place, (record, *one) in enumerate(moved)
            ]
            cut = self.listed.cut[card]
            ways = self._ways_of(
                [*self._shared[self.cuts.shared[cut]], *own],
                self._heads[int(self.cuts.low[cut]) // KEYS_PER_PREFIX],
                own[-1] if sorts.is_alike[number] else None,
            )
            if ways is None:
                torn.append(sort)
                continue
            rows = [*self._shared_rows[self.cuts.shared[cut]], *(row for _, *row in moved)]
            self._keep_transfers(sort, rows, is_alike=bool(sorts.is_alike[number]))
            for enterprise, way in ways:
                if enterprise == _LAST_RECEIVER:
                    self._last_receivers[sort] = way
                else:
                    self._judged.append((sort, enterprise, self._number(way)))
        return torn

    def _judge_last_receivers(self, lowest: int) -> None:
        """Judge alike cards as seen by the receiver of each card's own last movement.

        Such a receiver stands in no other movement of the card, so it has held the card since that movement. Cards
        whose receivers, days or declarations differ become sorts of their own, counted from ``lowest``.
        """
        listed, alike = self.listed, int_array(sorted(self._last_receivers))
        cards = np.flatnonzero(
            isin_sorted(self.sort_of_listed, alike) & isin_sorted(listed.buyer, int_array(sorted(self.enterprises)))
        )
        if not len(cards):
            return
        use, province = (listed.declared_last(name, cards) for name in ("declared_use", "province"))
        old, receiver, day = self.sort_of_listed[cards], listed.buyer[cards], listed.day[cards]
        _, firsts, groups = groups_of(factorize(old, receiver, day, use, province))
        seen_by: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for sort, enterprise, way in self._judged:
            seen_by[sort].append((enterprise, way))
        ways: dict[tuple[int, ...], int] = {}
        for sort, first in enumerate(firsts.tolist(), lowest):
            holder, on = int(receiver[first]), int(day[first])
            declared = self.declarations.get(holder)
            was_acquired = declared is not None and on <= declared.when.latest
            what = (int(old[first]), on, int(use[first]), int(province[first]), was_acquired)
            if what not in ways:
                path = self._last_receivers[what[0]]
                ways[what] = self._number(
                    replace(
                        path,
                        acquired=on,
                        use=listed.text_of("declared_use", what[2]),
                        province=listed.text_of("province", what[3]),
                        was_acquired=was_acquired,
                        held=((on, FAR_FUTURE),) if was_acquired and path.fate == "held" else (),
                    )
                )
            self._judged += [(sort, *seen) for seen in seen_by[what[0]]]
            self._judged.append((sort, holder, ways[what]))
        self.split_sorts = (np.arange(len(firsts)) + lowest, old[firsts])
        self.sort_of_listed[cards] = groups + lowest

    def _keep_transfers(self, sort: int, rows: Sequence[Sequence[Any]], *, is_alike: bool) -> None:
        """Store the senders and receivers of the cards of a sort; of alike cards the last row stands for many."""
        for place, (kind, sender, receiver, day, span, *_) in enumerate(rows, 1):
            if kind != _TRANSFER or sender == receiver or sender in self._carriers or receiver in self._carriers:
                continue
            is_own = is_alike and place == len(rows)
            days = (None, None) if is_own else (day, day + span)
            self.transfers.append(SortTransfer(sort, False, sender, *days))
            self.transfers.append(SortTransfer(sort, True, None if is_own else receiver, *days))

    def _judge_rest(self) -> None:
        """Judge the cards between two cuts that are not listed; the sort of a cover is counted downwards from -1."""
        cards = self.cuts.high - self.cuts.low + 1 - np.bincount(self.listed.cut, minlength=len(self.cuts.low))
        rest = np.flatnonzero(cards > 0)
        self.rest = UnlistedSegments(
            -1 - self.cuts.shared[rest], self.cuts.low[rest], self.cuts.high[rest], cards[rest]
        )
        sorts, firsts = np.unique(self.rest.sort, return_index=True)
        for sort, head in zip(sorts.tolist(), (self.rest.low[firsts] // KEYS_PER_PREFIX).tolist(), strict=True):
            self._keep_transfers(sort, self._shared_rows[-1 - sort], is_alike=False)
            ways = self._ways_of(self._shared[-1 - sort], self._heads[head], None) or ()
            self._judged += [(sort, enterprise, self._number(way)) for enterprise, way in ways]

    def _ways_of(
        self, movements: Sequence[CustodyEvent], carrier: str | None, last: CustodyEvent | None
    ) -> list[tuple[int, CardPath]] | None:
        """Return the path of a card for each party that received it; ``last`` is the last movement of alike cards.

        ``None`` if the paths depend on more of the last movement than its sender and its channel.
        """
        quantities = self._tracer.quantities
        history = analyze_custody(movements, quantities.book, carrier)
        if not history.drafts:
            return []
        outcome, chain = history.outcome, history.drafts[0]
        is_disputed = outcome is Outcome.AMBIGUOUS
        if last is not None:
            if quantities.has_any and (
                outcome in (Outcome.AMBIGUOUS, Outcome.BROKEN)
                or any(step.precision == "quantity" for step in chain.steps)
            ):
                return None
            if not is_disputed and chain.holder != last.receiver:
                return None
        receivers = {movement.receiver for movement in movements if is_receipt(movement, movement.receiver, self.role)}
        ways = []
        if last is not None and self.role == "dealer":
            receivers.discard(last.receiver)
            fate: Disposition = "disputed" if is_disputed else "held"
            ways.append((_LAST_RECEIVER, CardPath(fate=fate, outcome=outcome, supplier=last.sender)))
        for number in sorted(self._numbers[receiver] for receiver in receivers & self._numbers.keys()):
            party = self.parties[number]
            declared = self.declarations.get(number)
            date = None if declared is None else declared.when.latest
            if is_disputed:
                steps = [step for draft in history.drafts for step in draft.steps]
                ways.append((number, _disputed(movements, steps, party, date, self.role)))
            else:
                ways.append((number, self._way(chain, outcome, party, date, last)))
        return ways

    def _way(
        self, chain: ChainDraft, outcome: Outcome, party: Party, date: int | None, last: CustodyEvent | None
    ) -> CardPath:
        since = events_since_receipt(chain.steps, party, self.role)
        fate, onward = _fate_of(since, party, self.role)
        receipt = since[0]
        departed = since[1] if len(since) > 1 and not _goes_back(since[1], receipt, self.role) else None
        # After a gap the first documented hop is not the one by which the card left.
        left = onward[0] if onward and onward[0].sender == party else None
        others = {hop.channel for hop in onward if hop.sender != party}
        said = [self._declared[origin] for origin in receipt.origins if origin in self._declared]
        acquired, returned, passed_on, held = (
            (False, False, False, ()) if date is None else _at(chain, party, date, self.role)
        )
        way = CardPath(
            fate=fate,
            outcome=outcome,
            holder=onward[-1].receiver if onward else None,
            depth=len(onward),
            channel=None if left is None else left.channel,
            onward=tuple(sorted(channel for channel in others if channel is not None)),
            supplier=receipt.sender,
            buyer=None if left is None else left.receiver,
            acquired=receipt.when.earliest,
            departed=None if departed is None else departed.when.earliest,
            left=onward[0].when.earliest if onward else None,
            use=next((use for use, _ in said if use is not None), None),
            province=next((province for _, province in said if province is not None), None),
            was_acquired=acquired,
            was_returned=returned,
            was_passed_on=passed_on,
            held=held,
        )
        if last is None:
            return way
        hop = chain.steps[-1]
        is_seller = hop.sender == party and len(chain.steps) - 1 not in chain.gaps
        return replace(
            way,
            holder=None,
            own_holder=fate == "resold",
            buyer=None if left is hop else way.buyer,
            own_buyer=left is hop,
            departed=None if departed is hop else way.departed,
            own_departed=departed is hop,
            left=None if len(onward) == 1 else way.left,
            own_left=len(onward) == 1,
            was_passed_on=passed_on and not is_seller,
            held=(*held[:-1], (held[-1][0], FAR_FUTURE)) if is_seller and held else held,
            own_end=is_seller,
        )

    @cached_property
    def judged(self) -> list[Classification]:
        """The ways of all sorts; one part more for each further enterprise that bought the same cards."""
        if not self._judged:
            return []
        lowest = -len(self._shared)
        sorts = int(self.sort_of_listed.max(initial=0)) - lowest + 1
        parts: list[Classification] = []
        met: dict[int, int] = defaultdict(int)
        for sort, enterprise, way in self._judged:
            part = met[sort]
            met[sort] += 1
            if part == len(parts):
                parts.append(Classification(lowest, *(np.full(sorts, NONE, dtype=np.int32) for _ in range(2))))
            parts[part].enterprise[sort - lowest] = enterprise
            parts[part].way[sort - lowest] = way
        return parts

    @cached_property
    def ways(self) -> list[CardPath]:
        """The ways by their numbers."""
        return list(self._ways)

    def _number(self, way: CardPath) -> int:
        return self._ways.setdefault(way, len(self._ways))

    def _movement(self, precision: Precision, record: int, said: Sequence[Any]) -> CustodyEvent:
        kind, sender, receiver, day, span, second, channel, use, province = said
        origin = self.origin(record) if record >= RECORD_SHIFT else Origin("", "", None, record)
        if use is not None or province is not None:
            self._declared[origin] = (use, province)
        moment = (day, day + span, second)
        when = self._moments.get(moment)
        if when is None:
            when = self._moments[moment] = DateSpan(*moment)
        return custody_event(
            KINDS[kind],
            self.parties[sender],
            self.parties[receiver],
            when,
            precision=precision,
            origin=origin,
            channel=channel,
        )


def _cut(
    ranges: Sequence[CardInterval], lots: Sequence[CardInterval]
) -> tuple[list[tuple[int, int, int]], list[tuple[int, ...]]]:
    """Return the cards of the lots between two cuts as (first, last, cover), and the covers: indices of ranges."""
    starting: dict[int, list[int]] = defaultdict(list)
    ending: dict[int, list[int]] = defaultdict(list)
    for place, (first, last) in enumerate(ranges):
        starting[first].append(place)
        ending[last + 1].append(place)
    opening, closing = {low for low, _ in lots}, {high + 1 for _, high in lots}
    covering: dict[int, None] = {}
    is_inside = False
    cuts: list[tuple[int, int, int]] = []
    covers: dict[tuple[int, ...], int] = {}
    for at, following in pairwise(sorted({*starting, *ending, *opening, *closing})):
        for place in ending[at]:
            del covering[place]
        covering.update(dict.fromkeys(starting[at]))
        is_inside = at in opening or (is_inside and at not in closing)
        if is_inside:
            cuts.append((at, following - 1, covers.setdefault(tuple(covering), len(covers))))
    return cuts, list(covers)


def is_receipt(hop: CustodyEvent, party: Party, role: AuditRole) -> bool:
    """Whether a hop brings a card to a party in the role in which it is audited: from a carrier, or from others."""
    return (
        hop.receiver == party
        and hop.sender != party
        and hop.precision != "quantity"
        and hop.sender.is_carrier == (role == "enterprise")
        and not party.is_carrier
    )


def events_since_receipt(hops: Sequence[CustodyEvent], party: Party, role: AuditRole) -> Sequence[CustodyEvent]:
    """Return the last receipt of a card by the party that names it, and all hops after it."""
    receipts = [place for place, hop in enumerate(hops) if is_receipt(hop, party, role)]
    return hops[receipts[-1] :] if receipts else ()


def _goes_back(hop: CustodyEvent, receipt: CustodyEvent, role: AuditRole) -> bool:
    """Whether a card that leaves goes back: to a carrier; from a dealer by a return, or to whom it came from, too."""
    if hop.receiver.is_carrier:
        return True
    return role == "dealer" and (hop.kind == "return" or hop.receiver == receipt.sender)


def _fate_of(
    since: Sequence[CustodyEvent], party: Party, role: AuditRole
) -> tuple[Disposition, Sequence[CustodyEvent]]:
    """Return the disposition of a card since its receipt, and, if it was resold, the hops since it last left."""
    if any(hop.receiver.is_carrier for hop in since):
        return "returned", ()
    if since[-1].receiver == party:
        return "held", ()
    arrival = max(place for place, hop in enumerate(since) if hop.receiver == party)
    onward = since[arrival + 1 :]
    if onward[0].sender == party and _goes_back(onward[0], since[0], role):
        return "returned", ()
    return "resold", onward


def _at(
    chain: ChainDraft, party: Party, date: int, role: AuditRole
) -> tuple[bool, bool, bool, tuple[CardInterval, ...]]:
    """Whether the card was acquired, returned and passed on by a date, and the days it was held since its receipt."""
    since = events_since_receipt([hop for hop in chain.steps if hop.when.earliest <= date], party, role)
    if not since:
        return False, False, False, ()
    fate, _ = _fate_of(since, party, role)
    if fate == "returned":
        return True, True, False, ()
    days = [*sorted({hop.when.earliest for hop in chain.steps}), FAR_FUTURE + 1]
    held = [
        (max(first, since[0].when.earliest), until - 1)
        for first, until in pairwise(days)
        if [hop for hop in chain.steps if hop.when.earliest <= first][-1].receiver == party
    ]
    return True, False, fate == "resold", tuple(days for days in held if days[0] <= days[1])


def _disputed(
    movements: Sequence[CustodyEvent],
    steps: Sequence[CustodyEvent],
    party: Party,
    date: int | None,
    role: AuditRole,
) -> CardPath:
    """Return the path of a card with several chains: its receipt only, an enterprise's first or a dealer's last."""
    first = min(one.when.earliest for one in movements if is_receipt(one, party, role))
    latest = max((hop for hop in steps if is_receipt(hop, party, role)), key=lambda hop: (hop.when, hop.sender.id))
    return CardPath(
        fate="disputed",
        outcome=Outcome.AMBIGUOUS,
        supplier=latest.sender,
        acquired=first if role == "enterprise" else latest.when.earliest,
        was_acquired=date is not None and first <= date,
    )


def _declarations(session: AuditSession) -> dict[int, StockDeclaration]:
    """Return the stock declaration of each party for the last day on which it declared anything.

    Several statements of one day are about different cards and are added up; a card that two of them list counts once.
    """
    said: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for who, *rest in session.rows(
        "SELECT who, day, span, stock, sold, quantity, first, last, record FROM stated "
        "WHERE who IS NOT NULL ORDER BY record"
    ):
        said[who].append(tuple(rest))
    return {who: _latest(rows) for who, rows in said.items()}


def _latest(rows: Sequence[tuple[Any, ...]]) -> StockDeclaration:
    day, span = max(row[:2] for row in rows)
    latest = [row[2:] for row in rows if row[:2] == (day, span)]
    counted = [stock if stock is not None else quantity for stock, _, quantity, first, *_ in latest if first is None]
    counted += [stock for stock, _, _, first, *_ in latest if first is not None and stock is not None]
    listed = merge_intervals(
        (first, last) for stock, _, _, first, last, _ in latest if first is not None and stock is None
    )
    stocks = [count for count in counted if count is not None] + [last - first + 1 for first, last in listed]
    solds = [sold for _, sold, *_ in latest if sold is not None]
    return StockDeclaration(
        when=DateSpan(day, day + span),
        stock=sum(stocks) if stocks else None,
        sold=sum(solds) if solds else None,
        records=tuple(row[-1] for row in latest),
    )
