"""Bridges: gaps closed by quantity-only records, where exactly one path fits (SPEC 4.3).

A path is a sequence of parties, none twice, of at most :data:`MAX_HOPS` hops; each hop has at least one record of at
least one card, dated not before the holder received the card and not after the next hop of the card, and not said to be
about cards of another issuer than that of the number.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from graphtrace.custody.merge import merge_statements
from graphtrace.frozen import frozen
from graphtrace.model import CustodyEvent, Party

MAX_HOPS = 4
"""Maximum number of hops of a bridge."""

_EVER = -(1 << 31)
"""A day before all others."""


@frozen(kw_only=False)
class ExceededLot:
    """Quantity-only records of one change of hands that account for more cards than they state.

    ``records`` are the movements, ``quantity`` what they state together, ``cards`` how many cards need them; ``listed``
    is how many cards other records name of the same sale, ``returned`` how many went back by number.
    """

    records: tuple[CustodyEvent, ...]
    quantity: int
    cards: int
    listed: int = 0
    returned: int = 0


LotLimit = Callable[[Sequence[CustodyEvent], int], ExceededLot | None]
"""What says whether the records of one step of a bridge account for more cards by a day than they state."""


class _Window(NamedTuple):
    """The first and the last day of what may close a gap, and the issuer of the number (``None``: not known)."""

    since: int
    until: int
    carrier: str | None

    def fits(self, lot: CustodyEvent) -> bool:
        is_within = lot.when.earliest <= self.until and lot.when.latest >= self.since
        return is_within and lot.may_hold_cards_of(self.carrier)


class QuantityIndex:
    """All quantity-only movements of a case, by sender and receiver.

    Built once for many questions; building is linear in the number of records. A question looks only at records that
    fit its days and lead on to the goal in the hops that are left, and stops at the second path.
    """

    def __init__(self, movements: Iterable[CustodyEvent] = (), *, limit: LotLimit | None = None) -> None:
        self._limit = limit
        self._lots: dict[CustodyEvent, tuple[CustodyEvent, ...]] = {}
        self._onward: dict[str, dict[str, list[CustodyEvent]]] = {}
        self._backward: dict[str, set[str]] = defaultdict(set)
        self._carriers: dict[str, Party] = {}
        self._paths: dict[tuple[str | None, str, int, int, str | None], tuple[tuple[CustodyEvent, ...], ...]] = {}
        for movement in movements:
            is_no_lot = movement.sender.id == movement.receiver.id or not movement.quantity or movement.quantity < 1
            if is_no_lot or not movement.when.is_known:
                continue
            onward = self._onward.setdefault(movement.sender.id, {})
            onward.setdefault(movement.receiver.id, []).append(movement)
            self._backward[movement.receiver.id].add(movement.sender.id)
            if movement.sender.is_carrier:
                self._carriers[movement.sender.id] = movement.sender

    def has_receipt(self, party: str) -> bool:
        """Whether a quantity-only record says that ``party`` received cards: only such a party ends a bridge."""
        return party in self._backward

    def lots_of(self, step: CustodyEvent) -> tuple[CustodyEvent, ...]:
        """Return the quantity-only records on which a step of a bridge rests; none of another step."""
        return self._lots.get(step, ())

    def exceeded_by(self, bridge: Iterable[CustodyEvent], until: int) -> ExceededLot | None:
        """Return the first records of a bridge that account for more cards by a day than they state (SPEC 13)."""
        if self._limit is None:
            return None
        found = (self._limit(self.lots_of(step), until) for step in bridge)
        return next((exceeded for exceeded in found if exceeded is not None), None)

    def goals_of(self, lot: CustodyEvent) -> set[str]:
        """Return the parties at which a bridge over a record may end, itself the first of at most four hops."""
        reached = frontier = {lot.receiver.id}
        for _ in range(MAX_HOPS - 1):
            frontier = {party for each in frontier for party in self._onward.get(each, ())} - reached
            reached = reached | frontier
        return reached

    def onward_from(self, party: str, since: int, carrier: str | None = None) -> list[CustodyEvent]:
        """Return the movements by which ``party`` passed cards of an issuer on, on or after the day ``since``."""
        onward = self._onward.get(party, {})
        return [
            m
            for movements in onward.values()
            for m in movements
            if m.when.latest >= since and m.may_hold_cards_of(carrier)
        ]

    def bridge(
        self, holder: str, since: int, goal: str, until: int, carrier: str | None = None
    ) -> tuple[CustodyEvent, ...] | None:
        """Return the steps from ``holder`` to ``goal``, if exactly one path fits; ``carrier`` issued the number."""
        return self._only(holder, since, goal, until, carrier)

    def bridge_from_carrier(self, goal: str, until: int, carrier: str | None) -> tuple[CustodyEvent, ...] | None:
        """Return the steps from some carrier to ``goal``, if exactly one path over all carriers fits.

        ``carrier`` is the operator that the number points to; ``None`` excludes no carrier.
        """
        return self._only(None, _EVER, goal, until, carrier)

    def _only(
        self, holder: str | None, since: int, goal: str, until: int, carrier: str | None
    ) -> tuple[CustodyEvent, ...] | None:
        key = (holder, goal, since, until, carrier)
        paths = self._paths.get(key)
        if paths is None:
            starts = [holder] if holder is not None else self._fitting_carriers(carrier)
            found = self._find_paths(starts, _Window(since, until, carrier), goal)
            paths = self._paths[key] = tuple(itertools.islice(found, 2))  # with a second one the gap stays open
        return paths[0] if len(paths) == 1 else None

    def _fitting_carriers(self, carrier: str | None) -> list[str]:
        return sorted(
            party.id
            for party in self._carriers.values()
            if None in (carrier, party.carrier) or party.carrier == carrier
        )

    def _find_paths(self, starts: Sequence[str], window: _Window, goal: str) -> Iterator[tuple[CustodyEvent, ...]]:
        """Yield the paths that fit."""
        for start in starts:
            # counted without the start, to which no path comes back: nearly every step of the walk leads to the goal
            distance = self._distances(goal, start, window)
            for path in self._walk([start], goal, window, distance):
                yield tuple(self._step(sender, receiver, window) for sender, receiver in itertools.pairwise(path))

    def _walk(self, path: list[str], goal: str, window: _Window, distance: dict[str, int]) -> Iterator[list[str]]:
        if path[-1] == goal:
            if len(path) > 1:
                yield path
            return
        for receiver in sorted(self._onward.get(path[-1], ())):
            if (
                receiver not in path
                and len(path) + distance.get(receiver, MAX_HOPS) <= MAX_HOPS
                and self._fitting(path[-1], receiver, window)
            ):
                yield from self._walk([*path, receiver], goal, window, distance)

    def _distances(self, goal: str, start: str, window: _Window) -> dict[str, int]:
        """Return the number of fitting hops from each party but ``start`` to ``goal``, up to :data:`MAX_HOPS` - 1."""
        distance = {goal: 0}
        frontier: Collection[str] = [goal]
        for hops in range(1, MAX_HOPS):
            frontier = {
                party
                for reached in frontier
                for party in self._backward.get(reached, ())
                if party != start and party not in distance and self._fitting(party, reached, window)
            }
            distance.update(dict.fromkeys(frontier, hops))
        return distance

    def _fitting(self, sender: str, receiver: str, window: _Window) -> list[CustodyEvent]:
        return [movement for movement in self._onward[sender][receiver] if window.fits(movement)]

    def _step(self, sender: str, receiver: str, window: _Window) -> CustodyEvent:
        fitting = self._fitting(sender, receiver, window)
        step = merge_statements(fitting, min(movement.when for movement in fitting))
        self._lots[step] = tuple(fitting)
        return step
