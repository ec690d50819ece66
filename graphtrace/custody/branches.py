"""Forest of pieces, branches and loose ends, for a card whose steps fit no single order (SPEC 4.2).

Every step has at most one parent, the step that it follows. A root starts a chain; a step with several children is a
fork; a step whose sender is not its parent's receiver follows a gap. Each path from a root to a leaf is a chain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from graphtrace.custody.matching import match_receipts
from graphtrace.model import CustodyEvent

Reaches = Callable[[CustodyEvent, CustodyEvent], bool]
"""Whether exactly one bridge leads from the receiver of the first step to the sender of the second."""


@dataclass(slots=True)
class CustodyForest:
    """Steps by what they follow. ``steps`` is sorted by key and fixes every order in here."""

    steps: Sequence[CustodyEvent]
    parents: dict[CustodyEvent, CustodyEvent]
    sales: Sequence[CustodyEvent] = ()
    """Sales by a carrier that had not received the card back before, by key; each gives a registrant of its own."""

    @property
    def roots(self) -> list[CustodyEvent]:
        """Return the steps that start a chain, by key."""
        return [step for step in self.steps if step not in self.parents]

    def children(self) -> dict[CustodyEvent, list[CustodyEvent]]:
        """Return the steps that follow each step, by key."""
        children: dict[CustodyEvent, list[CustodyEvent]] = defaultdict(list)
        for step in self.steps:
            if step in self.parents:
                children[self.parents[step]].append(step)
        return children

    def leaves(self, root: CustodyEvent) -> list[CustodyEvent]:
        """Return the ends of the chains that start at ``root``."""
        children, ends, stack = self.children(), [], [root]
        while stack:
            step = stack.pop()
            stack += children.get(step, ())
            if step not in children:
                ends.append(step)
        return sorted(ends, key=lambda step: step.sort_key)

    def is_after(self, step: CustodyEvent, ancestor: CustodyEvent) -> bool:
        """Whether ``step`` is ``ancestor`` or comes after it in a chain."""
        current: CustodyEvent | None = step
        while current is not None and current is not ancestor:
            current = self.parents.get(current)
        return current is not None

    def chains(self) -> list[list[CustodyEvent]]:
        """Return the paths from the roots to the leaves."""
        children, paths, stack = self.children(), [], [[root] for root in reversed(self.roots)]
        while stack:
            path = stack.pop()
            onward = children.get(path[-1])
            if onward is None:
                paths.append(path)
            else:
                stack += [[*path, step] for step in reversed(onward)]
        return paths


def build_forest(steps: Sequence[CustodyEvent], reaches: Reaches) -> CustodyForest:
    """Join the pieces of ``steps`` as far as the records allow. ``steps`` must be sorted by key."""
    carriers = {party.id for step in steps for party in (step.sender, step.receiver) if party.is_carrier}
    matching = match_receipts(steps, extra_receipts=carriers)
    matching.open_circles()
    followers = matching.followers
    for circle in matching.circles():
        del followers[circle[-1]]
    forest = CustodyForest(steps, {after: before for before, after in followers.items()})
    loose = [step for step in forest.roots if not step.sender.is_carrier and not _branch_off(forest, step)]
    started = [step for step in forest.roots if step.sender.is_carrier]
    forest.sales = tuple(started)
    if not started:
        started.append(loose.pop(0))
    for piece in loose:
        _attach(forest, piece, started, reaches)
    return forest


def _branch_off(forest: CustodyForest, departure: CustodyEvent) -> bool:
    """Attach a departure without a receipt of its own to the last receipt of its sender before it, if any."""
    receipts = [
        step
        for step in forest.steps
        if step.receiver.id == departure.sender.id and not forest.is_after(step, departure)
    ]
    if not receipts:
        return False
    before = [step for step in receipts if not departure.is_dated_before(step)]
    forest.parents[departure] = before[-1] if before else receipts[0]
    return True


def _attach(forest: CustodyForest, piece: CustodyEvent, started: list[CustodyEvent], reaches: Reaches) -> None:
    """Attach a loose piece to the chain end that fits it best."""
    ends = sorted((end for root in started for end in forest.leaves(root)), key=lambda step: step.sort_key)
    reached = [end for end in ends if reaches(end, piece)]
    before = [end for end in ends if not piece.is_dated_before(end)]
    if len(reached) == 1:
        forest.parents[piece] = reached[0]
    elif before:
        forest.parents[piece] = before[-1]
    elif (start := _start_after(forest, piece, started)) is not None:
        leaf, root = start
        forest.parents[root] = leaf
        started[started.index(root)] = piece
    else:
        forest.parents[piece] = ends[0]


def _start_after(
    forest: CustodyForest, piece: CustodyEvent, started: Sequence[CustodyEvent]
) -> tuple[CustodyEvent, CustodyEvent] | None:
    """Return the end of ``piece`` and the chain start at the carrier to which this end returned the card."""
    for root in started:
        for leaf in forest.leaves(piece):
            if leaf.receiver.id == root.sender.id and not root.is_dated_before(leaf):
                return leaf, root
    return None
