"""A second reading of SPEC section 4, written to be obviously right and nothing else.

It shares no line with the product. One card is a ``networkx.MultiDiGraph`` with one edge per custody event; orders and
matchings are found by trying all of them, so it answers for up to eight hops only. The comments cite the rule that a
block implements, in words of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, permutations
from typing import Any

import networkx as nx

from graphtrace.model import UNDATED, Activation, CardListing, CustodyEvent, DateSpan, Origin, Party, Seizure

MAX_HOPS = 8
LONGEST_BRIDGE = 4
MAX_CHAINS = 16
MAX_ORDERS = 100

KINDS_BEST_FIRST = ("purchase", "registration", "return", "transfer")
PRECISIONS_BEST_FIRST = ("listed", "range", "quantity")

SEVERITY = {
    "custody_gap": "error",
    "no_purchase": "error",
    "double_transfer": "error",
    "multiple_registrants": "error",
    "carrier_contradicts_number": "warning",
    "date_inversion": "warning",
    "date_disagreement": "warning",
    "activated_before_purchase": "warning",
    "user_differs_from_holder": "warning",
    "ambiguous_party": "warning",
    "self_transfer": "warning",
    "seized_from_another": "warning",
    "moved_after_seizure": "warning",
    "listed_with_other": "warning",
    "registered_later": "info",
    "order_undetermined": "info",
}
"""Codes in the order of SPEC's table, which is also by severity."""


@dataclass(frozen=True, eq=False)
class Step:
    """A hop that has no number yet; two steps are the same only if they are the same object."""

    sender: Party
    receiver: Party
    when: DateSpan
    dates: tuple[str, ...]
    kind: str
    precision: str
    origins: frozenset[Origin]
    has_registration: bool = False

    @property
    def day(self) -> str | None:
        """The day as it is told; a registration need not have one."""
        return None if self.when == UNDATED else self.when.day

    @property
    def registrant_basis(self) -> str:
        """What makes the receiver of a carrier the registrant; of two kinds of statements the hop has the purchase."""
        return "registered" if self.kind == "registration" else "both" if self.has_registration else "sold"

    @property
    def by_date_and_ids(self) -> tuple[DateSpan, str, str]:
        return (self.when, self.sender.id, self.receiver.id)


@dataclass(frozen=True)
class Answer:
    """Expected answer of the oracle; every part is a plain value, so that two answers are compared with ``==``."""

    outcome: str
    chains: tuple[dict[str, Any], ...]
    chains_omitted: int
    registrant: str | None
    registrant_basis: str | None
    holder: str | None
    end_user: str | None
    end_user_basis: str | None
    findings: tuple[tuple[str, str, str], ...] = field(default=())


def party_json(party: Party) -> dict[str, str]:
    return {"id": party.id, "name": party.name}


def best(values: Iterable[str], best_first: Sequence[str]) -> str:
    return min(values, key=best_first.index)


def touches(when: DateSpan, first: int | None, last: int) -> bool:
    """Whether one of the days that a statement allows is not before ``first`` and one is not after ``last``."""
    return (first is None or when.latest >= first) and when.earliest <= last


def inverted(before: DateSpan, after: DateSpan) -> bool:
    """Whether the days fall whatever the exact days are."""
    return before.earliest > after.latest


def is_inversion(before: Step, after: Step) -> bool:
    """Whether a hop contradicts the one before it: a registration says when it was written down, and never does."""
    return "registration" not in (before.kind, after.kind) and inverted(before.when, after.when)


# --- rule 1: hops ---------------------------------------------------------------------------------------------------


def card_graph(events: Sequence[CustodyEvent]) -> nx.MultiDiGraph:
    graph = nx.MultiDiGraph()
    for event in events:
        graph.add_edge(event.sender.id, event.receiver.id, event=event)
    return graph


def comes_back(graph: nx.MultiDiGraph, sale: CustodyEvent, earlier: DateSpan, later: DateSpan) -> bool:
    """Whether events dated between the two, their own days included, lead from the receiver to the sender."""
    window = nx.MultiDiGraph()
    window.add_nodes_from(graph)
    for sender, receiver, event in graph.edges(data="event"):
        if touches(event.when, earlier.earliest, later.latest):
            window.add_edge(sender, receiver)
    return bool(nx.has_path(window, sale.receiver.id, sale.sender.id))


def merged(events: Sequence[CustodyEvent]) -> Step:
    """One hop out of statements about one change of hands, the earliest of them first.

    The days on which it was registered count only where nothing else is stated.
    """
    others = [event for event in events if event.kind != "registration"]
    stated = others or [event for event in events if event.when != UNDATED] or events
    whens = [event.when for event in stated]
    earliest = min(whens)
    # A month and a day of that month agree: the day is then what is known.
    days = [when.earliest for when in whens if when.earliest == when.latest and when.overlaps(earliest)]
    if days:
        times = [
            when.second_of_day
            for when in whens
            if (when.earliest, when.latest) == (min(days), min(days)) and when.second_of_day >= 0
        ]
        when = DateSpan(min(days), min(days), min(times, default=-1))
    else:
        when = earliest
    no_common_day = max(when.earliest for when in whens) > min(when.latest for when in whens)
    return Step(
        sender=events[0].sender,
        receiver=events[0].receiver,
        when=when,
        dates=tuple(sorted({each.day for each in whens})) if no_common_day else (),
        kind=best((event.kind for event in events), KINDS_BEST_FIRST),
        precision=best((event.precision for event in events), PRECISIONS_BEST_FIRST),
        origins=frozenset(origin for event in events for origin in event.origins),
        has_registration=any(event.kind == "registration" for event in events),
    )


def day_meant(event: CustodyEvent, same_parties: Sequence[CustodyEvent]) -> DateSpan:
    """The earliest stated day that a month can mean; a month can only ever mean one of several days."""
    days = [each.when for each in same_parties if each.when.earliest == each.when.latest]
    return min((day for day in days if day.overlaps(event.when)), default=event.when)


def same_step(events: Sequence[CustodyEvent]) -> list[list[CustodyEvent]]:
    """What was given back is not what was passed on, unless of one very day or where nothing could be given back."""
    graph = card_graph(events)
    groups: list[list[CustodyEvent]] = []
    for sender, receiver in sorted({(event.sender.id, event.receiver.id) for event in events}):
        same_parties = [event for event in events if (event.sender.id, event.receiver.id) == (sender, receiver)]
        current: list[CustodyEvent] = []
        meant_by = {id(event): day_meant(event, same_parties) for event in same_parties}
        for event in sorted(same_parties, key=lambda event: (meant_by[id(event)], event.when)):
            first, meant = meant_by[id(current[0])] if current else None, meant_by[id(event)]
            # The same day, or another day with no way back in between: one change of hands, stated again.
            if first and (first.overlaps(meant) or not comes_back(graph, current[0], first, meant)):
                current.append(event)
                continue
            if current:
                groups.append(current)
            current = [event]
        groups.append(current)
    apart: list[list[CustodyEvent]] = []
    for group in groups:
        returned = [event for event in group if event.kind == "return"]
        passed_on = [event for event in group if event.kind != "return"]
        on_one_day = any(
            one.when.earliest == one.when.latest == other.when.earliest == other.when.latest
            for one in returned
            for other in passed_on
        )
        until = DateSpan(UNDATED.earliest, max(event.when.latest for event in group))
        is_given_back = returned and passed_on and comes_back(graph, group[0], until, until)
        apart += [returned, passed_on] if is_given_back and not on_one_day else [group]
    return apart


def hops_of(events: Sequence[CustodyEvent]) -> list[Step]:
    return [merged(group) for group in same_step(events)]


# --- rule 2: an order that uses all hops ----------------------------------------------------------------------------


def times_fall(before: DateSpan, after: DateSpan) -> bool:
    return (
        before.earliest == before.latest == after.earliest == after.latest
        and before.second_of_day >= 0
        and after.second_of_day >= 0
        and before.second_of_day > after.second_of_day
    )


def best_order(hops: Sequence[Step]) -> tuple[list[Step], int] | None:
    """The best continuous order from a carrier, and how many sequences of parties are as good; ``None``: no order."""
    orders = [
        order
        for order in permutations(hops)
        if order[0].sender.is_carrier and all(a.receiver == b.sender for a, b in pairwise(order))
    ]
    if not orders:
        return None

    def inversions(order: Sequence[Step]) -> tuple[int, int]:
        # Days count first; times of day only part orders that are otherwise equally good.
        return (
            sum(inverted(a.when, b.when) for a, b in pairwise(order)),
            sum(times_fall(a.when, b.when) for a, b in pairwise(order)),
        )

    fewest = min(inversions(order) for order in orders)
    equally_good = [order for order in orders if inversions(order) == fewest]
    sequences = {(order[0].sender.id, *(hop.receiver.id for hop in order)) for order in equally_good}
    first = min(equally_good, key=lambda order: [hop.by_date_and_ids for hop in order])
    return list(first), min(len(sequences), MAX_ORDERS)


SLACK = 7


def fallen(before: Step, after: Step) -> int:
    """By how many days at least the days fall between two hops that no carrier starts and whose days are agreed on."""
    if before.sender.is_carrier or after.sender.is_carrier or before.dates or after.dates:
        return 0
    return before.when.earliest - after.when.latest if before.when.is_known and after.when.is_known else 0


def contesting(order: Sequence[Step]) -> list[Step] | None:
    """The same hops by their dates, where the order that continues falls by more than a week and this one has a gap."""
    if all(fallen(a, b) <= SLACK for a, b in pairwise(order)):
        return None
    known = -(10**9)
    places = {}
    for hop in order:
        # a hop without a day stays behind the one that it follows
        known = places[hop] = hop.when.earliest if hop.when.is_known else known
    dated = sorted(order, key=lambda hop: places[hop])
    return dated if any(a.receiver != b.sender for a, b in pairwise(dated)) else None


# --- rule 2: where no order uses all hops -----------------------------------------------------------------------------

VIRTUAL = "the receipt that a carrier counts beyond those it has"
Receipt = Step | str | None
Pair = tuple[Receipt, Step | None]
"""A receipt and the departure matched with it; ``None`` where one of them is left over."""


def pair_inversions(pair: Pair) -> int:
    receipt, departure = pair
    if isinstance(receipt, Step) and departure is not None:
        return int(inverted(receipt.when, departure.when))
    return 0


def matching_rank(pairs: Sequence[Pair]) -> tuple[int, list[tuple[Any, Any]], list[tuple[str, str]]]:
    """Fewest inversions, then by dates, then by ids; the extra receipt of a carrier stands before all others."""
    rows: list[tuple[Any, DateSpan, str, str]] = []
    for receipt, departure in pairs:
        if receipt is None or departure is None:
            continue
        if isinstance(receipt, Step):
            rows.append(((1, receipt.when), departure.when, receipt.sender.id, departure.receiver.id))
        else:
            rows.append(((0, None), departure.when, "", departure.receiver.id))
    rows.sort()
    return (
        sum(pair_inversions(pair) for pair in pairs),
        [(row[0], row[1]) for row in rows],
        [(row[2], row[3]) for row in rows],
    )


def matchings(receipts: Sequence[Receipt], departures: Sequence[Step]) -> Iterator[list[Pair]]:
    """Every matching that is as large as can be, with those left over."""
    if len(receipts) <= len(departures):
        for chosen in permutations(departures, len(receipts)):
            yield [
                *zip(receipts, chosen, strict=True),
                *((None, departure) for departure in departures if departure not in chosen),
            ]
    else:
        for some in permutations(receipts, len(departures)):
            yield [
                *zip(some, departures, strict=True),
                *((receipt, None) for receipt in receipts if receipt not in some),
            ]


def matched_by_party(hops: Sequence[Step]) -> dict[str, list[Pair]]:
    parties = {party.id: party for hop in hops for party in (hop.sender, hop.receiver)}
    pairs = {}
    for party in sorted(parties.values()):
        receipts: list[Receipt] = [hop for hop in hops if hop.receiver == party]
        departures = [hop for hop in hops if hop.sender == party]
        if party.is_carrier:
            receipts.append(VIRTUAL)
        pairs[party.id] = min(matchings(receipts, departures), key=matching_rank)
    return pairs


def links(hops: Sequence[Step], pairs: dict[str, list[Pair]]) -> nx.DiGraph:
    """Hops as nodes, with an edge from each receipt to its departure."""
    graph = nx.DiGraph()
    graph.add_nodes_from(hops)
    for matched in pairs.values():
        graph.add_edges_from((r, d) for r, d in matched if isinstance(r, Step) and d is not None)
    return graph


def earliest_hop(hops: Iterable[Step]) -> Step:
    return min(hops, key=lambda hop: hop.by_date_and_ids)


def splice_circles(hops: Sequence[Step], pairs: dict[str, list[Pair]]) -> None:
    """Join circles to other trails at a party they share, with as few inversions as possible."""
    while True:
        options = []
        for circle in nx.simple_cycles(links(hops, pairs)):
            start = earliest_hop(circle).by_date_and_ids
            for party, matched in pairs.items():
                for mine in (pair for pair in matched if pair[0] in circle):
                    for other in (pair for pair in matched if pair[0] not in circle and pair[1] not in circle):
                        if other == (VIRTUAL, None):
                            continue
                        exchanged: list[Pair] = [(other[0], mine[1]), (mine[0], other[1])]
                        cost = sum(map(pair_inversions, exchanged)) - sum(map(pair_inversions, (mine, other)))
                        rest = [pair for pair in matched if pair not in (mine, other)]
                        better = rest + exchanged
                        # A trail that arrives at the party comes before a departure that nothing precedes. What
                        # else the party has of inversions stays as it is, and decides nothing between two parties.
                        _, dates, ids = matching_rank(better)
                        options.append((start, cost, other[0] is None, dates, ids, party, better))
        if not options:
            return
        *_, party, better = min(options, key=lambda option: option[:-1])
        pairs[party] = better


def trails(hops: Sequence[Step]) -> nx.DiGraph:
    """The forest of matched hops: an edge leads from a hop to each hop that follows it, roots are chain starts."""
    pairs = matched_by_party(hops)
    splice_circles(hops, pairs)
    forest = links(hops, pairs)
    # A circle without a start begins at its earliest hop.
    for circle in list(nx.simple_cycles(forest)):
        start = earliest_hop(circle)
        forest.remove_edges_from(list(forest.in_edges(start)))
    left_over = [
        departure
        for matched in pairs.values()
        for receipt, departure in matched
        if receipt is None and departure is not None and not departure.sender.is_carrier
    ]
    for departure in sorted(left_over, key=lambda hop: hop.by_date_and_ids):
        # It cannot branch off what it led to itself.
        own = {departure} | nx.descendants(forest, departure)
        receipts = [hop for hop in hops if hop.receiver == departure.sender and hop not in own]
        not_after = [hop for hop in receipts if not inverted(hop.when, departure.when)]
        if not_after:
            forest.add_edge(max(not_after, key=lambda hop: hop.by_date_and_ids), departure)
        elif receipts:
            forest.add_edge(earliest_hop(receipts), departure)
    return forest


# --- rule 3: bridges --------------------------------------------------------------------------------------------------


def fitting(
    quantities: Sequence[CustodyEvent], first: int | None, last: int, operator: str | None
) -> list[CustodyEvent]:
    return [
        record
        for record in quantities
        if (record.quantity or 0) >= 1
        and record.when != UNDATED
        and record.sender != record.receiver
        and touches(record.when, first, last)
        # a lot of cards that another operator issued holds none of this number
        and (operator is None or not record.issuers or operator in record.issuers)
    ]


def ways(records: Sequence[CustodyEvent], start: Party, end: Party) -> list[list[Step]]:
    """Every way of at most four quantity-only hops; one way is one sequence of parties."""
    graph = nx.DiGraph()
    graph.add_nodes_from([start.id, end.id])
    graph.add_edges_from((record.sender.id, record.receiver.id) for record in records)
    if start == end:
        return []
    found = []
    for path in nx.all_simple_paths(graph, start.id, end.id, cutoff=LONGEST_BRIDGE):
        way = []
        for sender, receiver in pairwise(path):
            same = [record for record in records if (record.sender.id, record.receiver.id) == (sender, receiver)]
            way.append(
                Step(
                    sender=same[0].sender,
                    receiver=same[0].receiver,
                    when=min(record.when for record in same),
                    dates=(),
                    kind=best((record.kind for record in same), KINDS_BEST_FIRST),
                    precision="quantity",
                    origins=frozenset(origin for record in same for origin in record.origins),
                    has_registration=any(record.kind == "registration" for record in same),
                )
            )
        found.append(way)
    return found


def ways_between(
    quantities: Sequence[CustodyEvent], before: Step, after: Step, operator: str | None
) -> list[list[Step]]:
    records = fitting(quantities, before.when.earliest, after.when.latest, operator)
    return ways(records, before.receiver, after.sender)


def ways_from_carriers(quantities: Sequence[CustodyEvent], first: Step, operator: str | None) -> list[list[Step]]:
    records = fitting(quantities, None, first.when.latest, operator)
    carriers = {party for record in records for party in (record.sender, record.receiver) if party.is_carrier}
    allowed = [party for party in carriers if None in (operator, party.carrier) or party.carrier == operator]
    return [way for party in sorted(allowed) for way in ways(records, party, first.sender)]


# --- loose pieces -----------------------------------------------------------------------------------------------------


def leaves(forest: nx.DiGraph, root: Step) -> list[Step]:
    return [hop for hop in (root, *nx.descendants(forest, root)) if forest.out_degree(hop) == 0]


def follow(forest: nx.DiGraph, end: Step, steps: Sequence[Step], *, gap: bool = False) -> None:
    for before, after in pairwise([end, *steps]):
        forest.add_edge(before, after, gap=gap)


def place_loose_pieces(forest: nx.DiGraph, quantities: Sequence[CustodyEvent], operator: str | None) -> list[Step]:
    """Put every loose piece behind or before a chain; the answer is the first hop of each chain or fork of chains."""
    all_roots = sorted((hop for hop in forest if forest.in_degree(hop) == 0), key=lambda hop: hop.by_date_and_ids)
    roots = [root for root in all_roots if root.sender.is_carrier]
    loose = [root for root in all_roots if not root.sender.is_carrier]
    if not roots:
        # Nothing starts at a carrier: the earliest piece starts the chain.
        roots.append(loose.pop(0))
    for piece in loose:
        ends = sorted((end for root in roots for end in leaves(forest, root)), key=lambda hop: hop.by_date_and_ids)
        reached = [end for end in ends if len(ways_between(quantities, end, piece, operator)) == 1]
        not_after = [end for end in ends if not inverted(end.when, piece.when)]
        before = [
            (root, last)
            for root in sorted(roots, key=lambda hop: hop.by_date_and_ids)
            for last in sorted(leaves(forest, piece), key=lambda hop: hop.by_date_and_ids)
            if root.sender.is_carrier and last.receiver == root.sender and not inverted(last.when, root.when)
        ]
        if len(reached) == 1:
            end = reached[0]
        elif not_after:
            end = not_after[-1]
        elif before:
            root, last = before[0]
            forest.add_edge(last, root)
            roots[roots.index(root)] = piece
            continue
        else:
            end = ends[0]
        way = ways_between(quantities, end, piece, operator)
        if end.receiver == piece.sender:
            follow(forest, end, [piece])
        elif len(way) == 1:
            follow(forest, end, [*way[0], piece])
        else:
            follow(forest, end, [piece], gap=True)
    for root in list(roots):
        if not root.sender.is_carrier:
            # A bridge may start at a carrier.
            way = ways_from_carriers(quantities, root, operator)
            if len(way) == 1:
                follow(forest, way[0][0], [*way[0][1:], root])
                roots[roots.index(root)] = way[0][0]
    return roots


# --- rules 4 and 5: outcome, holder, end user -------------------------------------------------------------------------


def has_gap(forest: nx.DiGraph, before: Step, after: Step) -> bool:
    return bool(forest.edges[before, after].get("gap", False))


def chain_outcome(forest: nx.DiGraph, chain: Sequence[Step]) -> str:
    if not chain[0].sender.is_carrier or any(has_gap(forest, a, b) for a, b in pairwise(chain)):
        return "broken"
    if any(is_inversion(a, b) for a, b in pairwise(chain)) or any(hop.precision == "quantity" for hop in chain):
        return "inferred"
    return "continuous"


def registered_elsewhere(hops: Sequence[Step]) -> dict[Step, list[Step]]:
    """Registrations of somebody who got the card from another hand, not after it was registered, by that receipt."""
    found: dict[Step, list[Step]] = {}
    for hop in sorted(hops, key=lambda hop: hop.by_date_and_ids):
        for receipt in sorted(hops, key=lambda hop: hop.by_date_and_ids):
            is_other_hand = receipt.kind != "registration" and receipt.receiver == hop.receiver
            if hop.kind == "registration" and is_other_hand and not inverted(receipt.when, hop.when):
                found.setdefault(receipt, []).append(hop)
                break
    return found


def without(hops: Sequence[Step], noted: dict[Step, list[Step]]) -> list[Step]:
    left_out = [hop for some in noted.values() for hop in some]
    return [hop for hop in hops if hop not in left_out]


def naming(chain: Sequence[Step], noted: dict[Step, list[Step]]) -> Step | None:
    """Return what makes somebody the registrant: the last sale by a carrier, else the last receipt registered so."""
    sold = [hop for hop in chain if hop.sender.is_carrier]
    registered = [noted[hop][-1] for hop in chain if noted.get(hop)]
    return (sold or registered or [None])[-1]


def registrant_of(chain: Sequence[Step], noted: dict[Step, list[Step]]) -> Party | None:
    """Return the last buyer from a carrier: a card may go back to a carrier and be sold again."""
    named = naming(chain, noted)
    return named.receiver if named else None


def holder_at(chain: Sequence[Step], when: DateSpan) -> Party:
    """A hop of that day counts as done; before the first hop it is its sender.

    One without a day is done where the next one is, or where it is the last.
    """
    last = last_done(chain, when)
    return chain[0].sender if last is None else last.receiver


def last_done(chain: Sequence[Step], when: DateSpan) -> Step | None:
    for hop in reversed(chain):
        if hop.when == UNDATED:
            if hop is chain[-1]:
                return hop
        elif can_be_by(hop.when, when):
            return hop
    return None


def can_be_by(one: DateSpan, other: DateSpan) -> bool:
    """Whether the first may lie before the end of the second; times of a day that both share decide."""
    if one.earliest == one.latest == other.earliest == other.latest and other.second_of_day >= 0:
        return one.second_of_day <= other.second_of_day
    return one.earliest <= other.latest


def presumed_user(
    forest: nx.DiGraph, chain: Sequence[Step], use: DateSpan, other_lists: Sequence[DateSpan | None]
) -> Party | None:
    """The holder at a use, unless the card may have left him unseen: in a gap, or as the list of another says."""
    receipt = last_done(chain, use)
    if receipt is not None and receipt is not chain[-1]:
        following = chain[list(chain).index(receipt) + 1]
        received_that_day = receipt.when.earliest == receipt.when.latest == use.earliest == use.latest
        if has_gap(forest, receipt, following) and not received_that_day:
            return None
    for day in other_lists:
        since = day is None or receipt is None or day.latest >= receipt.when.earliest
        if since and (day is None or can_be_by(day, use)):
            return None
    return holder_at(chain, use)


def may_hold(chain: Sequence[Step], when: DateSpan) -> set[Party]:
    """Return all parties that held the card at some time of a day; a hop of that day may come before or after it."""
    surely_before = [hop for hop in chain if hop.when.latest < when.earliest]
    held = {surely_before[-1].receiver if surely_before else chain[0].sender, holder_at(chain, when)}
    return held | {hop.receiver for hop in chain if touches(hop.when, when.earliest, when.latest)}


def agreed(parties: Sequence[Party | None]) -> Party | None:
    return parties[0] if parties and all(party == parties[0] for party in parties) else None


def answer_about(
    movements: Sequence[CustodyEvent],
    quantities: Sequence[CustodyEvent] = (),
    carrier: str | None = None,
    activations: Sequence[Activation] = (),
    seizures: Sequence[Seizure] = (),
    listings: Sequence[CardListing] = (),
) -> Answer:
    """Return the answer that ``trace_custody`` must give."""
    findings: dict[tuple[str, str], None] = {}

    def find(code: str, **params: Any) -> None:
        findings[code, json.dumps(params, ensure_ascii=False, sort_keys=True)] = None

    moved = [event for event in movements if event.sender != event.receiver]
    having = {party for event in moved for party in (event.sender, event.receiver)}
    for event in movements:
        if event.sender == event.receiver:
            if moved and event.sender not in having and event.when != UNDATED:
                # nothing else has the card there: the record shows it there
                moved.append(event)
                continue
            day = None if event.when == UNDATED else event.when.day
            find("self_transfer", party=party_json(event.sender), date=day)
    hops = hops_of(moved)
    if len(hops) > MAX_HOPS:
        raise ValueError(f"too many hops to try all orders: {len(hops)}")

    noted: dict[Step, list[Step]] = {}
    chains: list[list[Step]] = []
    forest = nx.DiGraph()
    dated_forest = nx.DiGraph()
    by_date: tuple[Step, Step] | None = None
    if not hops:
        find("no_purchase", first_holder=None, carrier=carrier)
    elif (ordered := best_order(hops)) is not None or (
        (noted := registered_elsewhere(hops)) and (ordered := best_order(hops := without(hops, noted))) is not None
    ):
        chain, orders = ordered
        forest.add_nodes_from(chain)
        nx.add_path(forest, chain)
        chains = [chain]
        if orders > 1:
            find("order_undetermined", orders=orders)
        if (dated := contesting(chain)) is not None:
            by_date = next((a, b) for a, b in pairwise(dated) if a.receiver != b.sender)
            dated_forest.add_nodes_from(dated)
            for a, b in pairwise(dated):
                dated_forest.add_edge(a, b, gap=a.receiver != b.sender)
            chains = [chain, dated]
    else:
        forest = trails(hops)
        starts = [hop for hop in hops if hop.sender.is_carrier and forest.in_degree(hop) == 0]
        if len(starts) > 1:
            find("multiple_registrants", registrants=receivers_and_dates(starts))
        for hop in hops:
            onward = list(forest.successors(hop))
            if len(onward) > 1:
                first, *_, last = sorted(each.when for each in onward)
                back = [
                    {"party": party_json(each.sender), "date": each.day}
                    for each in sorted(hops, key=lambda each: (each.when, each.sender.id))
                    if each.kind == "return" and each.receiver == hop.receiver
                    if first.has_come_by(each.when) and each.when.has_come_by(last)
                ]
                returned = {"returned": back} if back else {}
                find("double_transfer", at=party_json(hop.receiver), to=receivers_and_dates(onward), **returned)
        for root in place_loose_pieces(forest, quantities, carrier):
            chains += [nx.shortest_path(forest, root, leaf) for leaf in leaves(forest, root)]
            if not root.sender.is_carrier:
                find("no_purchase", first_holder=party_json(root.sender), carrier=carrier)

    named = [activation for activation in activations if activation.user is not None]
    latest_named = max(named, key=lambda each: (each.when, each.user.id if each.user else ""), default=None)
    latest = max(activations, key=lambda each: each.when, default=None)

    def listing(chain: Sequence[Step]) -> tuple[Any, ...]:
        supported = latest_named is not None and holder_at(chain, latest_named.when) == latest_named.user
        return (
            not supported,
            *by_customer(chain),
            [hop.when for hop in chain],
            [(hop.sender.id, hop.receiver.id) for hop in chain],
        )

    sold_to = [chain[0] for chain in chains if chain[0].sender.is_carrier]
    customers_differ = len({sale.receiver for sale in sold_to}) > 1
    is_registered = any(chain[0].kind == "registration" for chain in chains)

    def by_customer(chain: Sequence[Step]) -> tuple[bool, int]:
        """Where carriers name several customers, one in a registration: the latest first, and undated ones last."""
        sale = chain[0]
        is_dated = customers_differ and is_registered and sale.sender.is_carrier and sale.when != UNDATED
        return (not is_dated, -sale.when.latest if is_dated else 0)

    if by_date is None:
        chains.sort(key=listing)
    listed = chains[:MAX_CHAINS]
    forests = [forest, *([dated_forest] if by_date else [forest] * (len(chains) - 1))]

    for hop in {hop for chain in listed for hop in chain}:
        if carrier is not None and hop.sender.carrier not in (None, carrier):
            find("carrier_contradicts_number", carrier=party_json(hop.sender), issuer=carrier)
    inverted_hops: set[Step] = set()
    disagreeing_hops: set[Step] = set()
    for grown, chain in zip(forests, listed, strict=False):
        for n, (before, hop) in enumerate(zip([None, *chain], chain, strict=False), start=1):
            hop_json = {"n": n, "from": party_json(hop.sender), "to": party_json(hop.receiver)}
            if hop.dates and hop not in disagreeing_hops:
                disagreeing_hops.add(hop)
                find("date_disagreement", hop=hop_json, dates=list(hop.dates))
            if before is None:
                continue
            if has_gap(grown, before, hop):
                sides = {"after": party_json(before.receiver), "before": party_json(hop.sender)}
                if is_inversion(before, hop):
                    find("custody_gap", **sides, since=None, until=None, dates=[before.day, hop.day])
                else:
                    # the day of a registration after the window is none of its ends
                    since = None if inverted(before.when, hop.when) else before.day
                    find("custody_gap", **sides, since=since, until=hop.day)
            if grown is forest and is_inversion(before, hop) and hop not in inverted_hops:
                inverted_hops.add(hop)
                named_order = {}
                if by_date is not None and fallen(before, hop) > SLACK:
                    named_order = {"by_date": [party_json(by_date[0].receiver), party_json(by_date[1].sender)]}
                find("date_inversion", hop=hop_json, date=hop.when.day, previous=before.when.day, **named_order)

    for chain in chains:
        late = registered_after_leaving(chain)
        if late is not None:
            n, onward = late
            hop = chain[n - 1]
            hop_json = {"n": n, "from": party_json(hop.sender), "to": party_json(hop.receiver)}
            find("registered_later", hop=hop_json, date=hop.day, first_move=onward.day)
    for chain in chains:
        purchase = next((hop for hop in chain if hop.sender.is_carrier), None)
        if purchase is not None and purchase.kind == "registration":
            continue
        early = [a.when for a in activations if purchase and a.when.is_before(purchase.when)]
        if purchase and early:
            find("activated_before_purchase", activated=min(early).day, purchased=purchase.when.day)
    differing: set[str] = set()
    for activation in sorted(named, key=lambda each: each.when):
        holders = [holder_at(chain, activation.when) for chain in chains]
        if holders and activation.user and activation.user not in holders and activation.user.id not in differing:
            differing.add(activation.user.id)
            find(
                "user_differs_from_holder",
                user=party_json(activation.user),
                holder=party_json(holders[0]),
                date=activation.when.day,
            )
    parties = [party for chain in listed for hop in chain for party in (hop.sender, hop.receiver)]
    for party in parties + [activation.user for activation in named if activation.user]:
        if party.namesakes > 0:
            find("ambiguous_party", name=party.name, parties=party.namesakes)

    def fits(entry: CardListing) -> bool:
        """Whether the party of a list held or registered the card then."""
        if entry.when is None:
            return any(entry.party in (hop.sender, hop.receiver) for chain in chains for hop in chain)
        return any(
            entry.party in may_hold(chain, entry.when) or entry.party == registrant_of(chain, noted) for chain in chains
        )

    of_others = [entry for entry in listings if entry.party and not fits(entry)]
    if latest_named is not None:
        end_user = latest_named.user
    elif latest is None or any(each.when and can_be_by(each.when, latest.when) for each in seizures):
        end_user = None
    else:
        other_lists = [entry.when for entry in of_others]
        end_user = agreed(
            [
                presumed_user(grown, chain, latest.when, other_lists)
                for grown, chain in zip(forests, chains, strict=False)
            ]
        )
    if end_user is not None and end_user.is_carrier:
        end_user = None
    for seizure in seizures:
        then = [chain[-1].receiver if seizure.when is None else holder_at(chain, seizure.when) for chain in chains]
        known = [*then, end_user] if then else []
        if not known or seizure.seized_from is None or seizure.seized_from in known:
            continue
        if seizure.seized_from.namesakes and any(each and each.name == seizure.seized_from.name for each in known):
            continue
        find(
            "seized_from_another",
            seized_from=party_json(seizure.seized_from),
            holder=party_json(then[0]),
            date=seizure.when.day if seizure.when else None,
        )
    taken = min((each.when for each in seizures if each.when), key=lambda when: (when.latest, when), default=None)
    moved: set[Step] = set()
    for chain in listed:
        for n, hop in enumerate(chain, start=1):
            # it was in custody then; what a carrier wrote down late moved nothing
            if taken is None or hop in moved or hop.kind == "registration" or hop.when.earliest <= taken.latest:
                continue
            moved.add(hop)
            hop_json = {"n": n, "from": party_json(hop.sender), "to": party_json(hop.receiver)}
            find("moved_after_seizure", hop=hop_json, date=hop.when.day, seized=taken.day)
    contradicted: set[str] = set()
    for entry in sorted(of_others, key=lambda each: (each.when is None, each.when or DateSpan(0, 0))):
        if not chains:
            continue
        holder = chains[0][-1].receiver if entry.when is None else holder_at(chains[0], entry.when)
        if entry.party and entry.party.id not in contradicted:
            contradicted.add(entry.party.id)
            find(
                "listed_with_other",
                listed=party_json(entry.party),
                holder=party_json(holder),
                date=entry.when.day if entry.when else None,
            )
    registrants = [registrant_of(chain, noted) for chain in chains]
    holders_now = [chain[-1].receiver for chain in chains]
    return Answer(
        outcome="ambiguous" if len(chains) > 1 else chain_outcome(forest, chains[0]) if chains else "broken",
        chains=tuple(chain_json(grown, chain, noted) for grown, chain in zip(forests, listed, strict=False)),
        chains_omitted=len(chains) - len(listed),
        registrant=id_of(agreed(registrants)),
        registrant_basis=joint_basis(chains, noted) if agreed(registrants) else None,
        holder=id_of(agreed(holders_now)),
        end_user=id_of(end_user),
        end_user_basis=None if end_user is None else "holder_that_day" if latest_named is None else "named",
        findings=in_order_of_listing((code, SEVERITY[code], params) for code, params in findings),
    )


def registered_after_leaving(chain: Sequence[Step]) -> tuple[int, Step] | None:
    """The first registration dated after the card had moved on from its customer, and the first such hop."""
    for n, hop in enumerate(chain, start=1):
        if hop.kind != "registration":
            continue
        until_sold_anew: list[Step] = []
        for onward in chain[n:]:
            if onward.sender.is_carrier:
                break
            until_sold_anew.append(onward)
        later = [onward for onward in until_sold_anew if inverted(hop.when, onward.when)]
        if later:
            return n, later[0]
    return None


def joint_basis(chains: Sequence[Sequence[Step]], noted: dict[Step, list[Step]]) -> str:
    """What makes somebody the registrant in all chains: several reasons are both."""
    bases = {named.registrant_basis for chain in chains if (named := naming(chain, noted))}
    return bases.pop() if len(bases) == 1 else "both"


def in_order_of_listing(findings: Iterable[tuple[str, str, str]]) -> tuple[tuple[str, str, str], ...]:
    return tuple(sorted(findings, key=lambda finding: (list(SEVERITY).index(finding[0]), finding[2])))


def receivers_and_dates(hops: Iterable[Step]) -> list[dict[str, Any]]:
    return [
        {"party": party_json(hop.receiver), "date": hop.day}
        for hop in sorted(hops, key=lambda hop: hop.by_date_and_ids)
    ]


def id_of(party: Party | None) -> str | None:
    return party.id if party else None


def chain_json(forest: nx.DiGraph, chain: Sequence[Step], noted: dict[Step, list[Step]]) -> dict[str, Any]:
    return {
        "outcome": chain_outcome(forest, chain),
        "registrant": id_of(registrant_of(chain, noted)),
        "holder": chain[-1].receiver.id,
        "hops": [
            {
                "n": n,
                "kind": hop.kind,
                "from": hop.sender.id,
                "to": hop.receiver.id,
                "when": None if hop.when == UNDATED else hop.when,
                "dates": hop.dates,
                "precision": hop.precision,
                "gap_before": before is not None and has_gap(forest, before, hop),
                "origins": hop.origins,
                "registered": [(each.receiver.id, each.day, each.origins) for each in noted.get(hop, ())],
            }
            for n, (before, hop) in enumerate(zip([None, *chain], chain, strict=False), start=1)
        ],
    }
