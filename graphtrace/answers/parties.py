"""What was typed as a name or id, and the party of the case that it means."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from graphtrace.answers.waiting import waiting_events
from graphtrace.errors import AmbiguousName, NothingFound
from graphtrace.identifiers import normalise_party_id, normalise_party_name
from graphtrace.model import Party, When
from graphtrace.store.protocol import Dealing, Lot, QuantitySum, Store

PartyKind = Literal["carrier", "enterprise", "reseller", "holder", "user"]

MOST_SUGGESTED = 5


def find_party(store: Store, text: str) -> Party:
    """The party that an id (``id:…``, ``name:…``, ``carrier:…``), a strong identifier or a name means.

    Raises
    ------
    AmbiguousName
        If several parties bear the name.
    NothingFound
        If nobody does; the hint names the nearest.
    """
    name_key = normalise_party_name(text)
    ids = [text, f"id:{normalise_party_id(text.removeprefix('id:'))}"]
    if text.startswith("name:"):
        ids.append(f"name:{normalise_party_name(text.removeprefix('name:'))}")
    found = store.parties_with(ids=ids, name_key=name_key)
    parties = [party for party in found if party.id in ids] or found
    if len(parties) == 1:
        return parties[0]
    if parties:
        listed = ", ".join(party.id for party in parties)
        raise AmbiguousName(f"{len(parties)} parties bear the name {text}", hint=f"ask for one of {listed}")
    nearest = ", ".join(party.name for party in store.parties_like(name_key, most=MOST_SUGGESTED))
    raise NothingFound(
        f"nobody in the case is called {text}",
        hint=f"did you mean {nearest}?" if nearest else "give a name as some record writes it, or an id",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What passed between a party and another one.

    ``cards`` counts each card once, ``records`` the different statements that name cards; what states a number of cards
    only stands beside them. ``seized`` counts those of the cards that were seized at any time.
    """

    party: Party
    cards: int
    records: int
    quantity_only: QuantitySum
    since: When
    until: When
    seized: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealings:
    """From whom a party received cards and to whom it passed cards on; the most cards first, then by id.

    ``kind`` is what the records show the party to be: a carrier, an enterprise to which a carrier sold, a reseller that
    passed cards on, a holder that only received, a user that only an activation names; ``None`` if none of these.
    """

    party: Party
    kind: PartyKind | None
    received: tuple[Flow, ...]
    passed_on: tuple[Flow, ...]


def trace_party(store: Store, text: str) -> Dealings:
    """With whom the party dealt that an id or name means; see :func:`find_party` for the errors.

    Cost: grows with the records of the party and with the seizures of the case, not with the sizes of ranges.
    """
    party = find_party(store, text)
    received, passed_on = store.dealings_of(party)
    lots = sorted({lot for dealing in (*received, *passed_on) for lot in dealing.lots})
    waiting = {event.card for event in waiting_events(store, lots) if event.kind == "seizure"}
    seized = sorted(waiting.union(store.seized_cards()))
    return Dealings(
        party=party,
        kind=_kind(store, party, received, passed_on),
        received=_flows(received, seized),
        passed_on=_flows(passed_on, seized),
    )


def _kind(store: Store, party: Party, received: Sequence[Dealing], passed_on: Sequence[Dealing]) -> PartyKind | None:
    if party.is_carrier:
        return "carrier"
    if any(dealing.party.is_carrier for dealing in received):
        return "enterprise"
    if passed_on:
        return "reseller"
    if received:
        return "holder"
    return "user" if store.is_user(party) else None


def _flows(dealings: Sequence[Dealing], seized: Sequence[int]) -> tuple[Flow, ...]:
    flows = [
        Flow(
            party=dealing.party,
            cards=sum(last - first + 1 for first, last in dealing.lots),
            records=dealing.records,
            quantity_only=dealing.quantity_only,
            since=dealing.since,
            until=dealing.until,
            seized=sum(_count_within(lot, seized) for lot in dealing.lots),
        )
        for dealing in dealings
    ]
    return tuple(sorted(flows, key=lambda flow: (-flow.cards, flow.party.id)))


def _count_within(lot: Lot, cards: Sequence[int]) -> int:
    return bisect_right(cards, lot[1]) - bisect_left(cards, lot[0])
