"""Matching of receipts and departures at each party, for a card whose steps fit no single order (SPEC 4.2).

At each party as many receipts as possible are matched with a departure; ties go to the fewest inversions, then to the
dates, then to the ids. The pairs together give pieces and circles; a circle that meets another piece is opened there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphtrace.model import CustodyEvent


class _Source:
    """Virtual receipt of a carrier, which has the card from the start."""


SOURCE: Final = _Source()

Receipt = CustodyEvent | _Source | None
"""Receipt that precedes a departure; ``None`` for an unmatched departure."""

Pair = tuple[Receipt, CustodyEvent | None]
"""A receipt and the departure that follows it; one of them is ``None`` where it was left over."""


@dataclass(slots=True)
class Matching:
    """The pairs of every party. ``steps`` is sorted by key and fixes every order in here."""

    steps: Sequence[CustodyEvent]
    pairs: dict[str, list[Pair]]

    @property
    def followers(self) -> dict[CustodyEvent, CustodyEvent]:
        """Return the step that follows each step, where one does."""
        return {
            receipt: departure
            for pairs in self.pairs.values()
            for receipt, departure in pairs
            if isinstance(receipt, CustodyEvent) and departure is not None
        }

    def circles(self) -> list[list[CustodyEvent]]:
        """Return the circles, each from its first step by date and ids."""
        followers = self.followers
        preceded = set(followers.values())
        seen: set[CustodyEvent] = set()
        for start in self.steps:
            step: CustodyEvent | None = None if start in preceded else start
            while step is not None:
                seen.add(step)
                step = followers.get(step)
        circles = []
        for start in self.steps:
            if start not in seen:
                circle = [start]
                while (following := followers[circle[-1]]) is not start:
                    circle.append(following)
                seen.update(circle)
                circles.append(circle)
        return circles

    def open_circles(self) -> None:
        """Join every circle to another piece that shares a party with it: by continuity, then by date.

        Where the two meet, they exchange the steps after their receipts: the earliest circle first, with the fewest
        inversions, with a piece that arrives at the party rather than one that only leaves it, then as it matches best.
        """
        while circles := self.circles():
            exchanges = [exchange for circle in circles for exchange in self._exchanges(circle)]
            if not exchanges:
                return
            (*_, party), pairs = min(exchanges, key=lambda exchange: exchange[0])
            self.pairs[party] = pairs

    def _exchanges(self, circle: Sequence[CustodyEvent]) -> Iterator[tuple[tuple[Any, ...], list[Pair]]]:
        """Yield the ways to open a circle: the rank of each (its party last), and the party's new pairs."""
        own = set(circle)
        for party in sorted({step.sender.id for step in circle}):
            pairs = self.pairs[party]
            for mine in pairs:
                if mine[0] not in own:
                    continue
                for other in pairs:
                    if other[0] in own or other[1] in own or other == (SOURCE, None):
                        continue
                    exchanged: list[Pair] = [(other[0], mine[1]), (mine[0], other[1])]
                    cost = sum(map(_is_inverted, exchanged)) - _is_inverted(mine) - _is_inverted(other)
                    better = [pair for pair in pairs if pair not in (mine, other)] + exchanged
                    yield (circle[0].sort_key, cost, other[0] is None, _rank(better), party), better


def match_receipts(steps: Sequence[CustodyEvent], *, extra_receipts: Collection[str]) -> Matching:
    """Return the best pairs of every party.

    ``extra_receipts`` names the parties that count one receipt more than they have, before all others. ``steps`` must
    be sorted by key. Cost: at most cubic in the number of steps of one party.
    """
    receipts: dict[str, list[CustodyEvent | _Source]] = defaultdict(list)
    departures: dict[str, list[CustodyEvent]] = defaultdict(list)
    for party in extra_receipts:
        receipts[party].append(SOURCE)
    for step in steps:
        receipts[step.receiver.id].append(step)
        departures[step.sender.id].append(step)
    return Matching(
        steps,
        {party: _match_party(receipts[party], departures[party]) for party in sorted({*receipts, *departures})},
    )


def _match_party(receipts: Sequence[CustodyEvent | _Source], departures: Sequence[CustodyEvent]) -> list[Pair]:
    """Return the best pairs of one party; both sides are sorted, so the first pair that keeps the optimum is best."""
    waiting, leaving = list(receipts), list(departures)
    pairs: list[Pair] = []
    left_over: list[Pair] = []
    size = min(len(waiting), len(leaving))
    inversions = _fewest_inversions(waiting, leaving, size)
    while size:
        place, pair = next(
            (place, (receipt, departure))
            for place, receipt in enumerate(waiting)
            for departure in leaving
            if _fewest_inversions(waiting[place + 1 :], [step for step in leaving if step is not departure], size - 1)
            == inversions - _is_inverted((receipt, departure))
        )
        pairs.append(pair)
        inversions -= _is_inverted(pair)
        size -= 1
        left_over += [(receipt, None) for receipt in waiting[:place]]
        waiting = waiting[place + 1 :]
        leaving.remove(pair[1])
    return [*pairs, *left_over, *((receipt, None) for receipt in waiting), *((None, step) for step in leaving)]


def _fewest_inversions(
    receipts: Sequence[CustodyEvent | _Source], departures: Sequence[CustodyEvent], size: int
) -> int:
    """Return the fewest inversions of ``size`` pairs, or -1 if there are fewer pairs."""
    if size > min(len(receipts), len(departures)):
        return -1
    firsts = sorted(
        receipt.when.earliest if isinstance(receipt, CustodyEvent) else float("-inf") for receipt in receipts
    )
    paired = 0
    for last in sorted(departure.when.latest for departure in departures):
        if paired < len(firsts) and firsts[paired] <= last:
            paired += 1
    return max(0, size - paired)


def _is_inverted(pair: Pair) -> bool:
    receipt, departure = pair
    return isinstance(receipt, CustodyEvent) and departure is not None and departure.is_dated_before(receipt)


def _rank(pairs: Sequence[Pair]) -> tuple[list[Any], list[tuple[str, str]]]:
    """Return the sort key of a party's pairs beyond the number of inversions: the dates, then the ids."""
    rows: list[tuple[Any, ...]] = sorted(
        ((receipt.when,), departure.when, receipt.sender.id, departure.receiver.id)
        if isinstance(receipt, CustodyEvent)
        else ((), departure.when, "", departure.receiver.id)
        for receipt, departure in pairs
        if receipt is not None and departure is not None
    )
    return [row[:2] for row in rows], [row[2:] for row in rows]
