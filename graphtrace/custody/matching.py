"""Where no order uses all steps: receipts matched with departures, party by party (SPEC 4.2).

At each party as many receipts as possible are followed by a departure, then with the fewest inversions, then by dates,
then by ids. The result is a partial function from steps to the steps that follow them; followed through, it gives
pieces and circles.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Collection, Sequence

from graphtrace.custody.hops import Step

Followers = dict[Step, Step]
"""What follows a step at its receiver; steps count by identity."""


def match_receipts(steps: Sequence[Step], *, extra_receipts: Collection[str]) -> Followers:
    """The step that follows each step, where one does.

    ``extra_receipts`` names the parties that count one receipt more than they have, before all others (a carrier has
    the card from the start); the departure that this one takes follows nothing. ``steps`` must be sorted by key.
    Cost: cubic in the number of steps of one party.
    """
    receipts: dict[str, list[Step | None]] = defaultdict(list)
    departures: dict[str, list[Step]] = defaultdict(list)
    for party in extra_receipts:
        receipts[party].append(None)
    for step in steps:
        receipts[step.receiver.id].append(step)
        departures[step.sender.id].append(step)
    followers: Followers = {}
    for party in sorted(departures):
        for receipt, departure in _match_party(receipts[party], departures[party]):
            if receipt is not None:
                followers[receipt] = departure
    return followers


def _match_party(receipts: Sequence[Step | None], departures: Sequence[Step]) -> list[tuple[Step | None, Step]]:
    """The best pairs of one party. Both sides are sorted, so taking the first pair that keeps the best is the best."""
    waiting, leaving = list(receipts), list(departures)
    pairs: list[tuple[Step | None, Step]] = []
    size = min(len(waiting), len(leaving))
    inversions = _fewest_inversions(waiting, leaving, size)
    while size:
        receipt, departure = next(
            (receipt, departure)
            for place, receipt in enumerate(waiting)
            for departure in leaving
            if _fewest_inversions(waiting[place + 1 :], [step for step in leaving if step is not departure], size - 1)
            == inversions - _is_inverted(receipt, departure)
        )
        pairs.append((receipt, departure))
        inversions -= _is_inverted(receipt, departure)
        size -= 1
        waiting = waiting[waiting.index(receipt) + 1 :]
        leaving.remove(departure)
    return pairs


def _fewest_inversions(receipts: Sequence[Step | None], departures: Sequence[Step], size: int) -> int:
    """The fewest inversions of ``size`` pairs, or -1 where there are not so many pairs."""
    if size > min(len(receipts), len(departures)):
        return -1
    firsts: list[float] = []
    for receipt in receipts:
        insort(firsts, float("-inf") if receipt is None else receipt.when.first)
    paired = 0
    for last in sorted(departure.when.last for departure in departures):
        if paired < len(firsts) and firsts[paired] <= last:
            paired += 1
    return max(0, size - paired)


def _is_inverted(receipt: Step | None, departure: Step) -> bool:
    return receipt is not None and departure.falls_after(receipt)


def find_circles(steps: Sequence[Step], followers: Followers) -> list[list[Step]]:
    """Pieces that bite their own tail, each from its first step by date and ids on."""
    preceded = set(followers.values())
    seen: set[Step] = set()
    for start in steps:
        if start not in preceded:
            step: Step | None = start
            while step is not None:
                seen.add(step)
                step = followers.get(step)
    circles = []
    for step in steps:
        if step in seen:
            continue
        circle = [step]
        while (following := followers[circle[-1]]) is not step:
            circle.append(following)
        seen.update(circle)
        circles.append(circle)
    return circles


def splice_circles(steps: Sequence[Step], followers: Followers, *, at_any_cost: bool = False) -> None:
    """Joins circles to other pieces that pass through one of their parties, in place.

    A circle is joined where exchanging what follows two receipts of one party costs no more inversions, and with
    ``at_any_cost`` also where it does, the cheapest exchange first.
    """
    while circles := find_circles(steps, followers):
        exchanges = [
            (cost, inside, outside)
            for circle in circles
            for inside in circle
            for outside in steps
            if outside.receiver.id == inside.receiver.id
            and not any(outside is step for step in circle)
            and ((cost := _exchange_cost(inside, outside, followers)) <= 0 or at_any_cost)
        ]
        if not exchanges:
            return
        _, inside, outside = min(exchanges, key=lambda e: (e[0], e[1].key, e[2].key))
        after = followers.pop(outside, None)
        followers[outside] = followers.pop(inside)
        if after is not None:
            followers[inside] = after


def _exchange_cost(inside: Step, outside: Step, followers: Followers) -> int:
    after_inside, after_outside = followers[inside], followers.get(outside)
    cost = after_inside.falls_after(outside) - after_inside.falls_after(inside)
    if after_outside is not None:
        cost += after_outside.falls_after(inside) - after_outside.falls_after(outside)
    return cost
