"""Best order that uses every step of a card: by continuity, then by date (SPEC 4.2).

An order in which each sender is the last receiver is an Eulerian trail of the multigraph whose vertices are parties
and whose edges are steps; it starts at a carrier. Among all such trails the best has the fewest date inversions, then
the fewest inversions of times of day, and of several equally good ones the first is taken, compared place by place by
date and ids.

Algorithm: iterative deepening A* over states (set of used steps, last step). A trail pairs, at every party, each
receipt with the departure that follows it, so the inversions of the trail are the sum of the inversions of these
pairings. Leaving out the condition that the pairings form a single trail gives a bound that is never too high: at each
party, the number of departures minus the largest number of departures that can be paired without inversion, which for
intervals of days is found by one sweep. With a bound that is never too high the first budget at which a trail is found
is the optimum, whatever the number of steps; that is why the answer is exact. States that failed within a budget are
remembered, so no state is searched twice with the same budget.

Cost: the bound is nearly always equal to the optimum, and the search then walks straight to a solution, O(n²). The
worst case is exponential in n (the problem contains it), therefore beyond :data:`EXACT_STEPS` steps the search is cut
after :data:`MAX_STATES` states and a trail made from the per-party pairings alone is answered instead, marked as not
settled.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from graphtrace.custody.matching import match_receipts
from graphtrace.frozen import frozen
from graphtrace.model import CustodyEvent

EXACT_STEPS = 24
"""Maximum number of steps for which the search for the best order is always completed."""

MAX_STATES = 20_000
"""Maximum number of states of a search over more steps."""

MAX_ORDERS = 100
"""Maximum number up to which equally good orders are counted."""

_DAY = 1 << 10  # one date inversion outweighs any number of inversions of times of day
_NEVER = 1 << 40


@frozen(kw_only=False)
class HopOrder:
    """Steps in order; ``ties`` counts the equally good orders with different parties, ``None`` if not settled."""

    steps: tuple[CustodyEvent, ...]
    ties: int | None


class _OutOfStates(Exception):
    pass


def find_order(steps: Sequence[CustodyEvent]) -> HopOrder | None:
    """Return the best order that uses all steps and starts at a carrier, or ``None`` if there is none.

    ``steps`` must be sorted by their key.
    """
    if not steps:
        return None
    if _is_plain(steps):
        return HopOrder(tuple(steps), 1)
    starts = _start_parties(steps)
    if not starts:
        return None
    search = _Search(steps, starts, limited=len(steps) > EXACT_STEPS)
    try:
        return search.best()
    except (_OutOfStates, RecursionError):
        return HopOrder(_paired_trail(steps, starts[0]), None)


def _is_plain(steps: Sequence[CustodyEvent]) -> bool:
    """Whether the steps, taken by date, are continuous and on rising days: then no other order is as good."""
    return steps[0].sender.is_carrier and all(
        before.receiver.id == after.sender.id and before.when.latest < after.when.earliest
        for before, after in itertools.pairwise(steps)
    )


def _start_parties(steps: Sequence[CustodyEvent]) -> list[str]:
    """Return the carriers at which a trail over all steps can start, by id; empty if there is no trail."""
    surplus: dict[str, int] = defaultdict(int)
    neighbours: dict[str, set[str]] = defaultdict(set)
    carriers: set[str] = set()
    for step in steps:
        surplus[step.sender.id] += 1
        surplus[step.receiver.id] -= 1
        neighbours[step.sender.id].add(step.receiver.id)
        neighbours[step.receiver.id].add(step.sender.id)
        if step.sender.is_carrier:
            carriers.add(step.sender.id)
    reached, frontier = {steps[0].sender.id}, [steps[0].sender.id]
    while frontier:
        fresh = neighbours[frontier.pop()] - reached
        reached |= fresh
        frontier.extend(fresh)
    uneven = sorted(party for party, value in surplus.items() if value)
    if len(reached) < len(neighbours):
        return []
    if not uneven:
        return sorted(carriers)
    if sorted(surplus[party] for party in uneven) != [-1, 1]:
        return []
    return [party for party in uneven if surplus[party] == 1 and party in carriers]


@frozen(kw_only=False)
class _State:
    """A partial trail: the set of used steps, the last one, the bound for the rest and the remaining budget."""

    used: int
    last: int
    bound: int
    left: int


class _Search:
    """Search over orders; sets of steps are bit masks over their places in ``steps``, which is sorted by key."""

    def __init__(self, steps: Sequence[CustodyEvent], starts: Sequence[str], *, limited: bool) -> None:
        self.steps = steps
        self.states_left = MAX_STATES if limited else _NEVER
        self.all_used = (1 << len(steps)) - 1
        self.receipts: dict[str, int] = defaultdict(int)
        self.departures: dict[str, int] = defaultdict(int)
        for place, step in enumerate(steps):
            self.departures[step.sender.id] |= 1 << place
            self.receipts[step.receiver.id] |= 1 << place
        self.first_steps = [place for place, step in enumerate(steps) if step.sender.id in starts]
        self.bounds: dict[tuple[int, int], int] = {}
        self.failed: dict[tuple[int, int], int] = {}

    def best(self) -> HopOrder:
        budget = min(self.begun(place, 0).bound for place in self.first_steps) + _DAY - 1
        while not self.is_enough(budget):
            budget += _DAY
        budget -= _DAY - 1
        while not self.is_enough(budget):
            budget += 1
        order: list[int] = []
        states = [state for place in self.first_steps if self.completes(state := self.begun(place, budget))]
        ties = self.count_orders(states)
        while states:
            order.append(states[0].last)
            states = [state for state in self.following(states[0]) if self.completes(state)]
        return HopOrder(tuple(self.steps[place] for place in order), ties)

    def is_enough(self, budget: int) -> bool:
        return any(self.completes(self.begun(place, budget)) for place in self.first_steps)

    def begun(self, place: int, budget: int) -> _State:
        used = 1 << place
        bound = sum(
            self.party_bound(self.receipts[party], departures & ~used) for party, departures in self.departures.items()
        )
        return _State(used, place, bound, budget)

    def completes(self, state: _State) -> bool:
        """Whether all steps can be used from this state within the remaining budget."""
        if state.bound > state.left:
            return False
        if state.used == self.all_used:
            return True
        key = (state.used, state.last)
        if self.failed.get(key, -1) >= state.left:
            return False
        self.states_left -= 1
        if self.states_left < 0:
            raise _OutOfStates
        if any(self.completes(following) for following in self.following(state)):
            return True
        self.failed[key] = state.left
        return False

    def following(self, state: _State) -> Iterator[_State]:
        """Yield the states one step further, in the order of the steps' keys."""
        party = self.steps[state.last].receiver.id
        receipts = self.receipts[party] & ~state.used | 1 << state.last
        departures = self.departures[party] & ~state.used
        elsewhere = state.bound - self.party_bound(receipts, departures)
        receipts &= ~(1 << state.last)
        rest = departures
        while rest:
            bit = rest & -rest
            rest ^= bit
            place = bit.bit_length() - 1
            bound = elsewhere + self.party_bound(receipts, departures ^ bit)
            yield _State(state.used | bit, place, bound, state.left - self.cost(state.last, place))

    def cost(self, last: int, place: int) -> int:
        before, after = self.steps[last].when, self.steps[place].when
        if after.latest < before.earliest:
            return _DAY
        same_day = before.earliest == before.latest == after.earliest == after.latest
        return int(same_day and 0 <= after.second_of_day < before.second_of_day)

    def party_bound(self, receipts: int, departures: int) -> int:
        """Return the fewest inversions with which all departures of one party can follow some of its receipts."""
        if not departures:
            return 0
        known = self.bounds.get((receipts, departures))
        if known is None:
            firsts = sorted(step.when.earliest for place, step in enumerate(self.steps) if receipts >> place & 1)
            lasts = sorted(step.when.latest for place, step in enumerate(self.steps) if departures >> place & 1)
            paired = 0
            for last in lasts:
                if paired < len(firsts) and firsts[paired] <= last:
                    paired += 1
            known = self.bounds[receipts, departures] = (len(lasts) - paired) * _DAY
        return known

    def count_orders(self, states: Sequence[_State]) -> int:
        """Return the number of different sequences of parties in the best orders, at most :data:`MAX_ORDERS`."""
        leaves = 0
        stack = _by_parties(((self.steps[s.last].sender.id, self.steps[s.last].receiver.id), s) for s in states)
        while stack and leaves < MAX_ORDERS:
            group = stack.pop()
            if group[0].used == self.all_used:
                leaves += 1
                continue
            stack += _by_parties(
                ((self.steps[after.last].receiver.id,), after)
                for state in group
                for after in self.following(state)
                if self.completes(after)
            )
        return leaves


def _by_parties(states: Iterable[tuple[tuple[str, ...], _State]]) -> list[list[_State]]:
    groups: dict[tuple[str, ...], dict[tuple[int, int, int], _State]] = defaultdict(dict)
    for parties, state in states:
        groups[parties][state.used, state.last, state.left] = state
    return [list(group.values()) for group in groups.values()]


def _paired_trail(steps: Sequence[CustodyEvent], start: str) -> tuple[CustodyEvent, ...]:
    """Return a trail over all steps from the pairings of the parties alone; deterministic, but not proven best."""
    matching = match_receipts(steps, extra_receipts={start})
    matching.open_circles()
    followers = matching.followers
    preceded = set(followers.values())
    step: CustodyEvent | None = next(step for step in steps if step.sender.id == start and step not in preceded)
    trail = []
    while step is not None:
        trail.append(step)
        step = followers.get(step)
    return tuple(trail)
