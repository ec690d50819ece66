"""Changes by the loads since a line of the ledger: the cards that they touch, before and now (SPEC 12, 13).

Each card is traced twice: as of the moment after that line, and now. So a change may also follow from a judgement or
correction made since, but only cards that the new records touch are looked at.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from graphtrace.analysis.watch_hits import find_hits, watches_of
from graphtrace.engine.case_parties import seized_cards
from graphtrace.engine.touched import listed_in, touched_by_loads
from graphtrace.errors import UsageError
from graphtrace.identifiers.intervals import count_cards_in
from graphtrace.model import KINDS, Lead
from graphtrace.results.changes import CardChange, CardState, CaseChanges, LeadChange, LoadSince
from graphtrace.storage.base import CardsScope, LoadsScope, SeizuresScope
from graphtrace.storage.ledger import content_of

if TYPE_CHECKING:
    from graphtrace.analysis.card_trace import Tracer
    from graphtrace.results.trace import Trace
    from graphtrace.storage.base import Backend

MAX_CARDS: Final = 5_000
"""Maximum number of cards that are compared, seized ones first; the answer says how many more there are."""

_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def line_before(ledger: Sequence[str], since: str) -> int:
    """Return the number of the last line that counts as before: that of a number, or the last before a day.

    Raises
    ------
    UsageError
        If the text is neither, or the ledger has fewer lines.
    """
    if _DAY.fullmatch(since):
        return sum(content_of(entry)["at"][:10] < since for entry in ledger)
    if not since.isascii() or not since.isdecimal() or len(since) > 9:
        raise UsageError("bad_since", text=since, hint="since_form")
    if int(since) > len(ledger):
        raise UsageError("since_beyond_ledger", line=since, lines=len(ledger), hint="since_form")
    return int(since)


def find_changes(now: Tracer, then: Tracer, since: int) -> CaseChanges:
    """Return what changed after a line of the ledger; ``then`` knows the case as it was right after it.

    Cost: one pass over the records of the new loads, and two traces for each card that they touch,
    :data:`MAX_CARDS` at most.
    """
    contents = now.store.contents()
    ledger = [content_of(entry) for entry in contents.ledger]
    loads = [_load(line, content) for line, content in enumerate(ledger[since:], since + 1) if "load" in content]
    numbers = {content["load"] for content in ledger[since:] if "load" in content}
    keys, omitted, unlisted = _touched(now.store, numbers)
    before = [traces[0] for traces in then.trace_each(keys, near_misses=False)]
    after = [traces[0] for traces in now.trace_each(keys, near_misses=False)]
    pairs = [(was, found) for was, found in zip(before, after, strict=True) if found.found]
    changes = [
        CardChange(card=_label(found), before=_state(was) if was.found else None, after=_state(found))
        for was, found in pairs
    ]
    hits = []
    if contents.notes:
        hits = find_hits(now.store, list(watches_of(contents.notes).values()), numbers)
    return CaseChanges(
        since=since,
        lines=len(ledger),
        loads=loads,
        other_lines=len(ledger) - since - len(loads),
        changed=[one for one in changes if one.before is not None and one.before != one.after],
        new_cards=[one for one in changes if one.before is None],
        compared=len(pairs),
        omitted=omitted,
        unlisted=unlisted,
        leads_closed=_only_in((was for was, _ in pairs if was.found), (found for _, found in pairs)),
        leads_opened=_only_in((found for _, found in pairs), (was for was, _ in pairs if was.found)),
        watch_hits=hits,
    )


def _load(line: int, content: dict[str, Any]) -> LoadSince:
    sums = (sum(sheet[name] for sheet in content["sheets"]) for name in ("rows", "loaded", "duplicate", "rejected"))
    return LoadSince(line, content["file"], content["sha256"], content["at"], *sums)


def _touched(store: Backend, loads: set[int]) -> tuple[list[str], int, int]:
    """Return the keys of the cards to compare, how many more there are, and how many lie in ranges and are not listed.

    A card that new records name by MSISDN or IMSI alone counts as named, and so does a card that some record lists
    within a range of a new one.
    """
    if not loads:
        return [], 0, 0
    touched = touched_by_loads(store.session(LoadsScope(sorted(loads))), loads)
    within = listed_in(store.session(CardsScope(touched.lots, KINDS)), touched.lots) if touched.lots else []
    cards = dict.fromkeys((*touched.cards, *within))
    if touched.numbers:
        linked = {link.key for link in store.subscriber_links(touched.numbers)}
        cards.update(dict.fromkeys(store.card_ids(linked)))
    seized = set(seized_cards(store.session(SeizuresScope()))) if len(cards) > MAX_CARDS else set()
    ordered = sorted(cards, key=lambda card: (card not in seized, card))
    kept = ordered[:MAX_CARDS]
    return list(store.card_keys(kept)), len(ordered) - len(kept), count_cards_in(touched.lots) - len(within)


def _label(trace: Trace) -> str:
    return trace.card.label if trace.card is not None else trace.input


def _state(trace: Trace) -> CardState:
    return CardState(trace.outcome, trace.registrant, trace.holder, trace.end_user)


def _only_in(ones: Iterable[Trace], others: Iterable[Trace]) -> list[LeadChange]:
    """Return the leads that some traces have and others of the same cards have not, those of most cards first."""
    there = {(_label(trace), lead) for trace in others for lead in trace.leads}
    cards: dict[Lead, list[str]] = defaultdict(list)
    for trace in ones:
        for lead in trace.leads:
            if (_label(trace), lead) not in there:
                cards[lead].append(_label(trace))
    return [
        LeadChange(lead=lead, cards=tuple(numbers))
        for lead, numbers in sorted(cards.items(), key=lambda each: (-len(each[1]), each[1]))
    ]
