"""From some parties along the flow of cards to others: how far, which way, and what was left out on the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from graphtrace.engine.party_flows import neighbours
from graphtrace.results.subgraph import Direction
from graphtrace.storage.base import WHOLE_CASE, Backend

_EARLIEST: Final = -1_000_000
_LATEST: Final = 1_000_000
"""Days before and after every other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traversal:
    """The parties that were reached, with the number of steps to each.

    ``hubs`` are those with too many partners to be walked through, with the number of these; ``cut_off`` counts the
    parties at the end of the walk that have partners which were not reached.
    """

    steps: Mapping[str, int]
    hubs: Mapping[str, int]
    cut_off: int


def traverse(
    store: Backend,
    start: Iterable[str],
    *,
    depth: int,
    hub: int,
    direction: Direction,
    since: int | None = None,
    until: int | None = None,
) -> Traversal:
    """Walk from some parties (ids) at most ``depth`` steps along what passed between parties.

    Parameters
    ----------
    hub
        A party with more partners than this is reached but not walked through; the start always is.
    direction
        ``forward`` goes to those who received cards, each step not before the one by which it was reached; ``backward``
        to those from whom cards came, each step not after; ``both`` goes either way and minds no order in time.
    since, until
        Only what may have passed on one of these days.

    Cost: one or two passes of the store over its movements for each step.
    """
    reached = dict.fromkeys(start, _LATEST if direction == "backward" else _EARLIEST)
    steps = dict.fromkeys(reached, 0)
    hubs: dict[str, int] = {}

    def partners_of(parties: Iterable[str]) -> Mapping[str, Mapping[str, int]]:
        """Return the partners of each party that has any, with the day of dealing."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for onward in _SIDES[direction]:
            days = {
                party: reached[party] if direction != "both" else _EARLIEST if onward else _LATEST for party in parties
            }
            for contact in neighbours(store.session(WHOLE_CASE), days, onward=onward, since=since, until=until):
                found[contact.party][contact.other] = contact.day
        return found

    def is_improved(party: str, day: int) -> bool:
        if party not in reached or direction == "both":
            return party not in reached
        return day < reached[party] if direction == "forward" else day > reached[party]

    frontier = set(steps)
    for distance in range(1, depth + 1):
        found: set[str] = set()
        for party, partners in partners_of(frontier).items():
            if len(partners) > hub and steps[party] > 0:
                hubs[party] = len(partners)
                continue
            for other, day in partners.items():
                if is_improved(other, day):
                    reached[other] = day
                    steps.setdefault(other, distance)
                    found.add(other)
        frontier = found
    cut_off = sum(not steps.keys() >= partners.keys() for partners in partners_of(frontier).values())
    return Traversal(steps=steps, hubs=dict(sorted(hubs.items())), cut_off=cut_off)


_SIDES: Final = {"both": (True, False), "forward": (True,), "backward": (False,)}
"""Whether to look for those who received cards, from whom cards came, or both."""
