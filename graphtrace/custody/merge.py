"""Merge of several statements of one change of hands into one step.

Statements with the same sender and receiver are one step when they allow the same day, and also when they do not,
unless the card came back from the receiver to the sender in between (SPEC 4.1). A return and another movement are two
steps unless they are of the very same day, or the card had not come the other way before, so that there was nothing to
return. A step carries the earlier day; a month and a day within it agree and leave the day. Days of registrations count
only where nothing else is stated. In the modules after this one, a step is a movement into which all statements of one
change of hands have been joined.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import reduce

from graphtrace.model import (
    CARRIER_BASES,
    CUSTODY_KINDS,
    DOCUMENT_BASES,
    PRECISIONS,
    UNDATED,
    CustodyEvent,
    DateSpan,
    Origin,
)


def sort_origins(origins: Iterable[Origin]) -> tuple[Origin, ...]:
    """Return each origin once, in an order that does not depend on loading."""
    return tuple(sorted(set(origins), key=lambda o: (o.file, o.sort_key, o.record_no or "")))


def merge_movements(movements: Sequence[CustodyEvent]) -> list[CustodyEvent]:
    """Merge the movements of one card into steps, sorted by date and ids.

    ``movements`` must not hold self-transfers. Cost: linear for the usual card; statements that repeat a pair of
    parties cost one search through all movements each.
    """
    pairs: dict[tuple[str, str], list[CustodyEvent]] = defaultdict(list)
    for movement in movements:
        pairs[movement.sender.id, movement.receiver.id].append(movement)
    steps: list[CustodyEvent] = []
    for same_pair in pairs.values():
        if len(same_pair) == 1:
            steps += same_pair
        else:
            same_pair.sort(key=_movement_key)
            groups = (part for group in _group(same_pair, movements) for part in _apart(group, movements))
            steps += map(_step, groups)
    if len(steps) > 1:
        steps.sort(key=lambda step: step.sort_key)
    return steps


def merge_statements(movements: Sequence[CustodyEvent], when: DateSpan, dates: tuple[str, ...] = ()) -> CustodyEvent:
    """Return one step at ``when`` that rests on all the given statements of one sender and receiver."""
    ordered = sorted(movements, key=_movement_key) if len(movements) > 1 else movements
    first = ordered[0]
    return CustodyEvent(
        kind=min((m.kind for m in ordered), key=CUSTODY_KINDS.index),
        sender=first.sender,
        receiver=first.receiver,
        when=when,
        precision=min((m.precision for m in ordered), key=PRECISIONS.index),
        origins=sort_origins(origin for m in ordered for origin in m.origins),
        channel=next((m.channel for m in ordered if m.channel is not None), None),
        waybill=next((m.waybill for m in ordered if m.waybill is not None), None),
        price=next((m.price for m in ordered if m.price is not None), None),
        dates=dates,
        document_basis=min(filter(None, (m.document_basis for m in ordered)), key=DOCUMENT_BASES.index, default=None),
        carrier_basis=min(filter(None, (m.carrier_basis for m in ordered)), key=CARRIER_BASES.index, default=None),
        ended=_end(ordered),
    )


def _end(statements: Sequence[CustodyEvent]) -> DateSpan | None:
    """Return when a registration ended by the last statement of it; ``None`` where one is of a later day."""
    ended = max((movement.ended for movement in statements if movement.ended is not None), default=None)
    if ended is None or any(m.when.is_known and ended.latest < m.when.earliest for m in statements):
        return None
    return ended


def _movement_key(movement: CustodyEvent) -> tuple[DateSpan, tuple[str, str, int, str], str]:
    return (movement.when, min(origin.sort_key for origin in movement.origins), movement.kind)


def _group(same_pair: Sequence[CustodyEvent], movements: Sequence[CustodyEvent]) -> Iterable[list[CustodyEvent]]:
    """Group the statements of one pair into steps. ``same_pair`` is sorted by date."""
    dated = _dated(same_pair)
    group, when, last = [dated[0][1]], dated[0][0], dated[0][0]
    for meant, movement in dated[1:]:
        if not meant.overlaps(last) and _comes_back(movement, when, meant, movements):
            yield group
            group, when = [], meant
        when = _narrower(when, meant)
        group.append(movement)
        last = meant
    yield group


def _apart(group: list[CustodyEvent], movements: Sequence[CustodyEvent]) -> Iterable[list[CustodyEvent]]:
    """Part the returns of a group from its other movements where a return may have been of what had come before."""
    returns = [movement for movement in group if movement.kind == "return"]
    others = [movement for movement in group if movement.kind != "return"]
    last = max((movement.when for movement in group), key=lambda when: when.latest)
    if returns and others and not _share_a_day(returns, others) and _comes_back(group[0], UNDATED, last, movements):
        return [returns, others]
    return [group]


def _share_a_day(some: Sequence[CustodyEvent], others: Sequence[CustodyEvent]) -> bool:
    """Whether a statement of each is of the very same day."""
    days, same = ({m.when.earliest for m in each if m.when.earliest == m.when.latest} for each in (some, others))
    return not days.isdisjoint(same)


def _dated(statements: Sequence[CustodyEvent]) -> list[tuple[DateSpan, CustodyEvent]]:
    """Return statements, sorted by date, with the days they mean, in the order of these."""
    days = [movement.when for movement in statements if movement.when.earliest == movement.when.latest]
    return sorted(((_day_meant(m.when, days), m) for m in statements), key=lambda pair: pair[0].earliest)


def _narrower(when: DateSpan, other: DateSpan) -> DateSpan:
    """Return the more precise one of two moments that may be the same; the first of others."""
    if not other.overlaps(when):
        return when
    return min(when, other, key=lambda w: (w.latest - w.earliest, w.second_of_day < 0, w.second_of_day))


def _day_meant(when: DateSpan, days: Sequence[DateSpan]) -> DateSpan:
    """Return the earliest stated day within a month, if one is stated; else the month."""
    return next((day for day in days if when.earliest < when.latest and when.overlaps(day)), when)


def _comes_back(later: CustodyEvent, since: DateSpan, until: DateSpan, movements: Sequence[CustodyEvent]) -> bool:
    """Whether movements dated between the two days lead from the receiver back to the sender."""
    onward: dict[str, list[str]] = defaultdict(list)
    for movement in movements:
        if since.earliest <= movement.when.latest and movement.when.earliest <= until.latest:
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


def _step(group: Sequence[CustodyEvent]) -> CustodyEvent:
    handed_over = [movement for movement in group if movement.kind != "registration"]
    stating = handed_over or [movement for movement in group if movement.when.is_known] or group
    dated = _dated(sorted(stating, key=_movement_key))
    when = reduce(_narrower, (meant for meant, _ in dated))
    agree = all(movement.when.overlaps(when) for movement in stating)
    dates = () if agree else tuple(sorted({movement.when.day for movement in stating}))
    return merge_statements(group, when, dates)
