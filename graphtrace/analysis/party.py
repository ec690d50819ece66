"""Resolve a typed name or id to a party of the case, and summarise the party's flows."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from graphtrace.analysis.corroboration import (
    NO_SUPPORT,
    PartySupport,
    SupportBook,
    parties_by_contact,
    support_of_party,
)
from graphtrace.analysis.display import DisplayMixin
from graphtrace.analysis.flow_bounds import Bounds, StatedFlow, bound_flows, bounds_columns, bounds_dict
from graphtrace.analysis.tables import RowsMixin, require_pandas
from graphtrace.analysis.unlinked_events import unlinked_seizures
from graphtrace.engine.parties import counterparties, seized_cards, suggest_parties
from graphtrace.engine.partners import partner_groups
from graphtrace.errors import AmbiguousName, NothingFound
from graphtrace.identifiers import LegalForm, legal_form_of, normalise_party_id, normalise_party_name
from graphtrace.identifiers.intervals import CardInterval
from graphtrace.model import DateSpan, Party, party_dict
from graphtrace.storage.base import (
    Backend,
    CounterpartyTotals,
    DealingsOf,
    FlowTotals,
    MovementFilter,
    PartnerGroups,
    PartnerQuery,
    PartyNames,
    QuantityTotals,
    SeizuresIn,
)
from graphtrace.storage.judgements import NamedJudgement, judgements_dict

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

PartyKind = Literal["carrier", "enterprise", "dealer", "person"]

Side = Literal["received", "passed_on"]
SIDES: tuple[Side, ...] = ("received", "passed_on")

MOST_SUGGESTED = 5


def find_party(store: Backend, text: str) -> Party:
    """Return the party that an id (``id:…``, ``name:…``, ``carrier:…``), a strong identifier or a name means.

    Raises
    ------
    AmbiguousName
        If several parties bear the name.
    NothingFound
        If nobody does; the hint names the nearest.
    """
    parties = parties_named(store, text)
    if len(parties) == 1:
        return parties[0]
    if parties:
        listed = [party.id for party in parties]
        raise AmbiguousName("several_parties", count=len(parties), name=text, parties=listed, hint="one_of_parties")
    if store.has_supports and (known := parties_by_support(store, text)):
        if len(known) == 1:
            return known[0]
        listed = [party.id for party in known]
        raise AmbiguousName("several_parties", count=len(known), name=text, parties=listed, hint="one_of_parties")
    nearest = [party.name for party in parties_like(store, text)]
    raise NothingFound(
        "no_such_party", name=text, nearest=nearest, hint="did_you_mean" if nearest else "name_as_recorded"
    )


def parties_named(store: Backend, text: str) -> Sequence[Party]:
    """Return the parties that an id means, else those that bear the name."""
    ids = [f"id:{normalise_party_id(text.removeprefix('id:'))}"]
    if text.startswith(("id:", "name:", "carrier:")):
        ids.append(text)
    if text.startswith("name:"):
        ids.append(f"name:{normalise_party_name(text.removeprefix('name:'))}")
    return store.find_parties(ids=ids, name_key=normalise_party_name(text))


def parties_by_support(store: Backend, text: str) -> Sequence[Party]:
    """Return the parties that have a telephone, account or address; else whom only supporting records call so."""
    book = SupportBook(store)
    found = parties_by_contact(book, text)
    if found:
        return found
    mentions = {f"id:{normalise_party_id(text.removeprefix('id:'))}"}
    mentions.add(f"name:{normalise_party_name(text.removeprefix('name:'))}")
    sides = (side for record in book.find(sorted(mentions)) for side in record.sides if side.mention in mentions)
    named = {party.id: party for side in sides if (party := book.shown(side)) is not None}
    return sorted(named.values())


def parties_like(store: Backend, text: str, *, most: int = MOST_SUGGESTED) -> Sequence[Party]:
    """Return the parties whose names hold a text or are similar to it, the nearest first."""
    return suggest_parties(store.session(PartyNames()), normalise_party_name(text), most=most)


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterpartyFlow:
    """Flow between a party and one of its counterparties.

    ``cards`` counts each card once, ``records`` the different statements that name cards; what states a number of cards
    only stands beside them. ``seized`` counts those of the cards that were seized at any time. ``bounds`` is how many
    different cards that is in all, at least and at most (:mod:`graphtrace.analysis.flow_bounds`).
    """

    party: Party
    cards: int
    records: int
    quantity_only: QuantityTotals
    since: DateSpan
    until: DateSpan
    seized: int
    bounds: Bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class PartySummary(RowsMixin, DisplayMixin):
    """Flows of a party: received and passed on; the most cards first, then by id.

    ``kind`` is what the records show the party to be: a carrier, an enterprise to which a carrier sold, a dealer that
    passed cards on, else a natural person where its identifier says so; ``None`` if none of these.
    ``aliases`` has every other name of it, with the id under which the records that write so know it.
    """

    party: Party
    kind: PartyKind | None
    received: tuple[CounterpartyFlow, ...]
    passed_on: tuple[CounterpartyFlow, ...]
    aliases: tuple[tuple[str, str], ...] = ()
    support: PartySupport = NO_SUPPORT
    judgements: tuple[NamedJudgement, ...] = ()

    def __repr__(self) -> str:
        return f"<Dealings of {self.party.name!r}: from {len(self.received)}, to {len(self.passed_on)} parties>"

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain values: what ``party --json`` says beside the version and the case."""
        return {
            "party": {
                "id": self.party.id,
                "name": self.party.name,
                "kind": self.kind,
                "legal_form": legal_form(self.party),
                "aliases": [{"id": member, "name": name} for member, name in self.aliases],
                **self.support.to_dict(),
            },
            "received": [_flow_dict("from", flow) for flow in self.received],
            "passed_on": [_flow_dict("to", flow) for flow in self.passed_on],
            "judgements": judgements_dict(self.judgements),
        }

    def _table(self) -> tuple[Sequence[str], Sequence[Mapping[str, Any]]]:
        return FLOW_COLUMNS, list(flow_rows(self))

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per other party and direction. Columns: those of :func:`flow_rows`."""
        require_pandas()
        import pandas as pd

        return pd.DataFrame(flow_rows(self), columns=list(FLOW_COLUMNS))

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """Return the party and those it dealt with; nodes and edges have names as in :meth:`graphtrace.Case.graph`.

        Nodes are parties (``type``, ``label``, ``name``). Edges lead the way that the cards went (``type`` ``flow``,
        ``label``, ``weight``, ``cards``, ``records``, ``quantity_records``, ``quantity_cards``, ``cards_at_least``,
        ``cards_at_most``, ``since``, ``until``, ``seized``).
        """
        import networkx as nx

        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for party in (self.party, *(flow.party for flow in (*self.received, *self.passed_on))):
            graph.add_node(party.id, type="party", label=party.name or party.id, name=party.name)
        for flow in self.received:
            graph.add_edge(
                flow.party.id, self.party.id, key="flow", **flow_attributes(flow, flow.bounds), seized=flow.seized
            )
        for flow in self.passed_on:
            graph.add_edge(
                self.party.id, flow.party.id, key="flow", **flow_attributes(flow, flow.bounds), seized=flow.seized
            )
        return graph


FLOW_COLUMNS = (
    *("party_id", "party", "direction", "with_id", "with", "cards", "records", "quantity_records", "quantity_cards"),
    *("since", "until", "seized", "cards_at_least", "cards_at_most"),
)


def flow_rows(dealings: PartySummary) -> Iterator[dict[str, Any]]:
    """Yield the flows that a party received and passed on as rows with the keys :data:`FLOW_COLUMNS`."""
    for direction, flows in (("received", dealings.received), ("passed_on", dealings.passed_on)):
        for flow in flows:
            figures = (
                *(dealings.party.id, dealings.party.name, direction, flow.party.id, flow.party.name),
                *(flow.cards, flow.records, *flow.quantity_only, flow.since.day, flow.until.day, flow.seized),
                *bounds_columns(flow.bounds),
            )
            yield dict(zip(FLOW_COLUMNS, figures, strict=True))


def _flow_dict(side: str, flow: CounterpartyFlow) -> dict[str, Any]:
    return {
        side: party_dict(flow.party),
        "cards": flow.cards,
        "records": flow.records,
        "quantity_only": flow.quantity_only._asdict(),
        "since": flow.since.day,
        "until": flow.until.day,
        "seized": flow.seized,
        "bounds": bounds_dict(flow.bounds),
    }


def flow_attributes(flow: CounterpartyFlow | FlowTotals, bounds: Bounds) -> dict[str, Any]:
    """Return a flow between two parties as attributes of an edge."""
    quantity = flow.quantity_only
    least, most = bounds_columns(bounds)
    return {
        "type": "flow",
        "label": f"{flow.cards} + {quantity.cards}" if quantity.records else str(flow.cards),
        "weight": float(max(flow.cards + quantity.cards, 1)),
        "cards": flow.cards,
        "records": flow.records,
        "quantity_records": quantity.records,
        "quantity_cards": quantity.cards,
        "cards_at_least": least,
        "cards_at_most": most,
        "since": flow.since.day,
        "until": flow.until.day,
    }


def summarize_party(store: Backend, text: str) -> PartySummary:
    """Summarise the dealings of the party that an id or name means; see :func:`find_party` for the errors.

    Cost: grows with the records of the party and with the seizures of the case, not with the sizes of ranges.
    """
    party = find_party(store, text)
    received, passed_on = counterparties(store.session(DealingsOf([party])), party)
    lots = sorted({lot for dealing in (*received, *passed_on) for lot in dealing.lots})
    seized = sorted(unlinked_seizures(store, lots).union(seized_cards(store.session(SeizuresIn()))))
    return PartySummary(
        party=party,
        kind=party_kind(
            party, has_bought=any(dealing.party.is_carrier for dealing in received), has_passed=bool(passed_on)
        ),
        received=_flows(store, party, received, seized, is_received=True),
        passed_on=_flows(store, party, passed_on, seized, is_received=False),
        aliases=tuple(pair for pair in store.names_of_party(party) if pair[1] != party.name),
        support=support_of_party(SupportBook(store), party) if store.has_supports else NO_SUPPORT,
        judgements=store.judgements.shown_in([party, received, passed_on]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyPartners:
    """Some groups of the partners of a party, from whom it received cards and to whom it passed them on.

    A side that was not asked for is empty, and ``kind``, which is that of :class:`PartySummary`, ``None`` then.
    """

    party: Party
    kind: PartyKind | None
    received: PartnerGroups
    passed_on: PartnerGroups


def partners_of(store: Backend, text: str, queries: Mapping[Side, PartnerQuery]) -> PartyPartners:
    """Return groups of the partners of the party that an id or name means; see :func:`find_party` for the errors.

    Cost: a pass over the records of the party and over the seizures of the case; only the groups leave the store.
    """
    party = find_party(store, text)
    seized = sorted(unlinked_seizures(store).union(seized_cards(store.session(SeizuresIn()))))
    dealings = store.session(DealingsOf([party]))
    sides = {side: partner_groups(dealings, party, query, seized=seized) for side, query in queries.items()}
    kind = None
    if len(sides) == len(SIDES):
        has_passed = bool(sides["passed_on"].groups)
        kind = party_kind(party, has_bought=sides["received"].has_carrier, has_passed=has_passed)
    nothing = PartnerGroups((), 0, 0, has_carrier=False)
    return PartyPartners(party=party, kind=kind, **{side: sides.get(side, nothing) for side in SIDES})


def party_kind(party: Party, *, has_bought: bool, has_passed: bool) -> PartyKind | None:
    """Return the kind of a party, from whether records show that it bought from a carrier or passed cards on.

    A party that did neither has a kind only by its identifier, never by its name.
    """
    if party.is_carrier:
        return "carrier"
    if has_bought:
        return "enterprise"
    if has_passed:
        return "dealer"
    return "person" if legal_form(party) == "person" else None


def legal_form(party: Party) -> LegalForm | None:
    """Whether the identifier of a party is that of a firm or of a natural person, ``None`` where it does not say."""
    return None if party.strong_id is None else legal_form_of(party.strong_id)


def _flows(
    store: Backend,
    party: Party,
    dealings: Sequence[CounterpartyTotals],
    seized: Sequence[int],
    *,
    is_received: bool,
) -> tuple[CounterpartyFlow, ...]:
    asked = [
        StatedFlow(
            *((dealing.party, party) if is_received else (party, dealing.party)),
            cards=sum(last - first + 1 for first, last in dealing.lots),
            records=dealing.records,
            quantity_only=dealing.quantity_only,
        )
        for dealing in dealings
    ]
    flows = [
        CounterpartyFlow(
            party=dealing.party,
            cards=stated.cards,
            records=dealing.records,
            quantity_only=dealing.quantity_only,
            since=dealing.since,
            until=dealing.until,
            seized=sum(_count_within(lot, seized) for lot in dealing.lots),
            bounds=bounds,
        )
        for dealing, stated, bounds in zip(dealings, asked, bound_flows(store, MovementFilter(), asked), strict=True)
    ]
    return tuple(sorted(flows, key=lambda flow: (-flow.cards, flow.party.id)))


def _count_within(lot: CardInterval, cards: Sequence[int]) -> int:
    return bisect_right(cards, lot[1]) - bisect_left(cards, lot[0])
