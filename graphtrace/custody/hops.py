"""Several statements of one change of hands become one step.

Statements with the same sender and receiver are one step when they allow the same day, and also when they do not,
unless the card came back from the receiver to the sender in between (SPEC 4.1). A step carries the earlier day; a
month and a day within it agree and leave the day. In the rooms after this one, a step is a movement into which all
statements of one change of hands have been joined.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from graphtrace.model import MOVES, PRECISIONS, Movement, Origin, When


def sort_origins(origins: Iterable[Origin]) -> tuple[Origin, ...]:
    """Each origin once, in an order that does not depend on loading."""
    return tuple(sorted(set(origins), key=lambda o: (o.file, o.place, o.record_no or "")))


def merge_movements(movements: Sequence[Movement]) -> list[Movement]:
    """Steps of one card, sorted by date and ids.

    ``movements`` must not hold self-transfers. Cost: linear for the usual card; statements that repeat a pair of
    parties cost one search through all movements each.
    """
    pairs: dict[tuple[str, str], list[Movement]] = defaultdict(list)
    for movement in movements:
        pairs[movement.sender.id, movement.receiver.id].append(movement)
    steps: list[Movement] = []
    for same_pair in pairs.values():
        if len(same_pair) == 1:
            steps += same_pair
        else:
            same_pair.sort(key=_movement_key)
            steps += [_step(*group) for group in _group(same_pair, movements)]
    if len(steps) > 1:
        steps.sort(key=lambda step: step.key)
    return steps


def join_statements(movements: Sequence[Movement], when: When, dates: tuple[str, ...] = ()) -> Movement:
    """One step at ``when`` that rests on all the given statements of one sender and receiver."""
    ordered = sorted(movements, key=_movement_key) if len(movements) > 1 else movements
    first = ordered[0]
    return Movement(
        kind=min((m.kind for m in ordered), key=MOVES.index),
        sender=first.sender,
        receiver=first.receiver,
        when=when,
        precision=min((m.precision for m in ordered), key=PRECISIONS.index),
        origins=sort_origins(origin for m in ordered for origin in m.origins),
        channel=next((m.channel for m in ordered if m.channel is not None), None),
        dates=dates,
    )


def _movement_key(movement: Movement) -> tuple[When, tuple[str, str, int, str], str]:
    return (movement.when, min(origin.place for origin in movement.origins), movement.kind)


def _group(same_pair: Sequence[Movement], movements: Sequence[Movement]) -> Iterable[tuple[list[Movement], When]]:
    """The statements of one pair that are one step each, with its day. ``same_pair`` is sorted by date."""
    days = [movement.when for movement in same_pair if movement.when.first == movement.when.last]
    dated = sorted(((_day_meant(m.when, days), m) for m in same_pair), key=lambda pair: pair[0].first)
    group, when, last = [dated[0][1]], dated[0][0], dated[0][0]
    for meant, movement in dated[1:]:
        if not meant.may_be_same_day(last) and _comes_back(movement, when, meant, movements):
            yield group, when
            group, when = [], meant
        elif meant.may_be_same_day(when):
            when = min(when, meant, key=lambda w: (w.last - w.first, w.second < 0, w.second))
        group.append(movement)
        last = meant
    yield group, when


def _day_meant(when: When, days: Sequence[When]) -> When:
    """The earliest stated day within a month, where one is stated; else the month."""
    return next((day for day in days if when.first < when.last and when.may_be_same_day(day)), when)


def _comes_back(later: Movement, since: When, until: When, movements: Sequence[Movement]) -> bool:
    """Whether movements dated between the two days lead from the receiver back to the sender."""
    onward: dict[str, list[str]] = defaultdict(list)
    for movement in movements:
        if since.first <= movement.when.last and movement.when.first <= until.last:
            onward[movement.sender.id].append(movement.receiver.id)
    reached, frontier = {later.receiver.id}, [later.receiver.id]
    while frontier:
        for party in onward[frontier.pop()]:
            if party == later.sender.id:
                return True
            if party not in reached:
                reached.add(party)
                frontier.append(party)
    return False


def _step(group: list[Movement], when: When) -> Movement:
    agree = all(movement.when.may_be_same_day(when) for movement in group)
    dates = () if agree else tuple(sorted({movement.when.day for movement in group}))
    return join_statements(group, when, dates)
