"""The case as a graph: all of it or what lies around some parties and cards, at three levels.

``party``
    Parties and what passed between each two of them.
``record``
    Parties and the records between them, with the ranges and single cards that these move.
``card``
    The ranges and single cards themselves, between the parties through whose hands they went, with users and devices.

A :class:`Subgraph` hands its nodes and edges out one by one, so that a file of them can be written without holding
them; only :meth:`Subgraph.to_networkx` holds them all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from graphtrace.analysis.card_trace import Tracer
from graphtrace.analysis.corroboration import SupportBook
from graphtrace.analysis.flow_bounds import StatedFlow, bound_flows
from graphtrace.analysis.graph_elements import (
    LoneSides,
    card_node_from_trace,
    contains_edge,
    device_node,
    edge_group_key,
    flow_edge,
    lot_node,
    lot_or_card_node,
    party_node,
    record_edges,
    record_node,
    transfer_edges,
    usage_edges,
)
from graphtrace.analysis.party_dealings import find_party
from graphtrace.analysis.typed_cards import parse_complete, resolve_inputs, select_cards
from graphtrace.engine import party_flows as flow_sql
from graphtrace.engine.custody_events import event_from_record
from graphtrace.engine.party_flows import CardRecord, LotSummary, MovementCounts, MovementFilter, neighbours
from graphtrace.errors import NothingFound, UsageError
from graphtrace.frozen import frozen, replace
from graphtrace.locale import Text, phrase
from graphtrace.model import CUSTODY_KINDS, KINDS, CustodyEvent, DateSpan, Kind, Party
from graphtrace.results.flows import Bounds, FlowProvenance, FlowTotals, PartyTotals
from graphtrace.results.judgements import NamedJudgement
from graphtrace.results.lone_names import known_by_name_only
from graphtrace.results.subgraph import (
    Direction,
    GraphEdge,
    GraphNode,
    Hub,
    SubgraphLimits,
    SubgraphQuery,
    card_id,
    lot_end_keys,
    lot_or_card_id,
    parse_day,
)
from graphtrace.results.trace import Trace
from graphtrace.storage.base import WHOLE_CASE, Backend
from graphtrace.storage.stored_records import StoredRecord, SupportRecord
from graphtrace.wire import plain

if TYPE_CHECKING:
    import networkx as nx

    from graphtrace.storage.duckdb.session import CaseSession


_EARLIEST: Final = -1_000_000
_LATEST: Final = 1_000_000
"""Days before and after every other."""


@frozen()
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

    - ``hub``: a party with more partners than this is reached but not walked through; the start always is.
    - ``direction``: ``forward`` goes to those who received cards, each step not before the one by which it was reached;
      ``backward`` to those from whom cards came, each step not after; ``both`` goes either way and minds no order in
      time.
    - ``since``, ``until``: only what may have passed on one of these days.

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


MAX_ELEMENTS: Final = 1_000_000
"""Nodes and edges that are held at once; they take about a gigabyte."""

MAX_CARDS: Final = 20_000
"""Cards of a graph at the level of cards: each is traced."""


_FLOWS_AT_ONCE: Final = 10_000
"""Flows whose bounds are worked out together."""


def extract_subgraph(tracer: Tracer, question: SubgraphQuery) -> Subgraph:
    """Return the part of the case that a question means.

    Raises AmbiguousName if several parties bear a name; NothingFound if nobody bears it and no card is like it, or if
    no record moves the cards.
    """
    store = tracer.store
    scope = MovementFilter(None, parse_day(question.since), parse_day(question.until))
    if not question.around:
        return Subgraph(tracer, question, scope)
    parties, keys = _find_start(tracer, question.around)
    depth = question.depth if question.depth is not None else 1 if parties else 0
    start = {party.id for party in parties}
    rows = {
        key: [row for row in found if _is_within(scope, row.when)]
        for key, found in store.select(keys, records_only=True).records.items()
    }
    movements = [row for found in rows.values() for row in found if row.kind in CUSTODY_KINDS]
    start.update(party.id for row in movements for party in (row.sender, row.receiver) if party is not None)
    if not start and question.level != "card":
        raise NothingFound("no_movement_then", hint="card_level")
    walked = traverse(
        store,
        sorted(start),
        depth=depth,
        hub=question.hub,
        direction=question.direction,
        since=scope.since,
        until=scope.until,
    )
    named = {party.id: party for party in store.find_parties(ids=list(walked.hubs), name_key="")}
    limits = SubgraphLimits(
        depth=depth,
        hub=question.hub,
        cut_off=walked.cut_off,
        hubs=tuple(Hub(named[party], partners) for party, partners in walked.hubs.items()),
    )
    scope = scope._replace(parties=frozenset(walked.steps))
    return Subgraph(tracer, question, scope, limits, rows, is_of_cards=not parties and depth == 0)


class Subgraph:
    """A part of a case, to be read node by node and edge by edge; valid while the case is open.

    - ``question``: what was asked.
    - ``limits``: what bounds the answer; ``None`` for the whole case.
    - ``case``, ``as_of``: how the case is called, and the day as of which it is asked, for those who show the answer.
    """

    case: str | None = None
    as_of: str | None = None

    def __init__(
        self,
        tracer: Tracer,
        question: SubgraphQuery,
        scope: MovementFilter,
        limits: SubgraphLimits | None = None,
        rows_of_cards: Mapping[str, Sequence[StoredRecord]] | None = None,
        *,
        is_of_cards: bool = False,
    ) -> None:
        self.question = question
        self.limits = limits
        self.scope = scope
        self.tracer = tracer
        self._store = tracer.store
        self.rows_of_cards = rows_of_cards or {}
        self.is_of_cards = is_of_cards

    @property
    def _session(self) -> CaseSession:
        return self.tracer.identities.session(WHOLE_CASE)

    @cached_property
    def _by_name(self) -> Mapping[str, Party]:
        """By id the parties that all movements shown know by a name alone, as these name them."""
        lone = self.tracer.identities.lone
        if not lone:
            return {}
        if not self.is_of_cards:
            found = flow_sql.known_by_name(self._session, self.scope)
        else:
            sides = [
                (party.id, self._is_lone(party, row))
                for rows in self.rows_of_cards.values()
                for row in rows
                for party in (row.sender, row.receiver)
                if party is not None
            ]
            found = known_by_name_only(sides)
        return {party.id: lone.shown(party) for party in self._store.find_parties(ids=sorted(found), name_key="")}

    def _is_lone(self, party: Party | None, row: StoredRecord) -> bool:
        return party is not None and self.tracer.identities.is_lone(party, row.origin.sha256)

    def _lone_sides(self, row: StoredRecord) -> LoneSides:
        return LoneSides(*(int(self._is_lone(party, row)) for party in (row.sender, row.receiver)))

    def _shown(self, row: StoredRecord) -> StoredRecord:
        """Return a row with its parties as the movements shown name them."""
        if not self._by_name:
            return row
        sender, receiver = (party and self._by_name.get(party.id, party) for party in (row.sender, row.receiver))
        return row._replace(sender=sender, receiver=receiver)

    @cached_property
    def counts(self) -> MovementCounts:
        """Estimate the number of flows, records and lots between the parties."""
        return flow_sql.estimate_size(self._session, self.scope)

    def nodes(self) -> Iterator[GraphNode]:
        """Yield the nodes, those of one type together, each once."""
        if self.question.level == "card":
            yield from self._cards[0]
            return
        yield from map(party_node, self.parties())
        if self.question.level == "record":
            for _, row in self._movements():
                yield record_node(row)
            for moved in self.lots():
                yield lot_or_card_node(moved)

    def edges(self) -> Iterator[GraphEdge]:
        """Yield the edges, each once."""
        if self.question.level == "party":
            for flow, bounds in self.bounded_flows():
                yield flow_edge(flow, bounds, by_channel=self.question.by_channel)
        elif self.question.level == "record":
            for key, row in self._movements():
                yield from record_edges(key, self._shown(row), self._lone_sides(row))
        else:
            yield from self._cards[1]

    def parties(self) -> Iterator[PartyTotals]:
        """Return the parties with what they received and passed on, from and to anybody."""
        for summed in flow_sql.party_totals(self._session, self.scope):
            yield summed._replace(party=self._by_name.get(summed.party.id, summed.party))

    def flows(self) -> Iterator[FlowTotals]:
        """Yield the flow between each two of the parties."""
        for flow in flow_sql.flow_totals(self._session, self.scope, by_channel=self.question.by_channel):
            sender, receiver = (self._by_name.get(party.id, party) for party in (flow.sender, flow.receiver))
            yield flow._replace(sender=sender, receiver=receiver)

    def bounded_flows(self) -> Iterator[tuple[FlowTotals, Bounds]]:
        """Yield the flows, each with how many different cards it is at least and at most."""
        flows = self.flows()
        while block := list(islice(flows, _FLOWS_AT_ONCE)):
            yield from zip(block, self.bounds_of(block), strict=True)

    def bounds_of(self, flows: Sequence[FlowTotals]) -> list[Bounds]:
        """Return the bounds of different cards for some flows, in their order."""
        is_by_channel = self.question.by_channel
        asked = [
            StatedFlow(
                *(flow.sender.resolved, flow.receiver.resolved, flow.cards, flow.records, flow.quantity_only),
                channels=flow.channels if is_by_channel else None,
            )
            for flow in flows
        ]
        return bound_flows(self._store, self.scope, asked)

    def flow_sources(self, parties: Iterable[str], *, most: int) -> Iterator[FlowProvenance]:
        """Yield the sources of the flows between some of the parties: by their ids, file and sheet."""
        meant = {shown.id: party_id for party_id, shown in self._by_name.items()}
        scope = self.scope._replace(parties=frozenset(meant.get(party_id, party_id) for party_id in parties))
        for source in flow_sql.flow_provenance(self._session, scope, most=most):
            sender, receiver = (
                self._by_name[party_id].id if party_id in self._by_name else party_id
                for party_id in (source.sender, source.receiver)
            )
            yield source._replace(sender=sender, receiver=receiver)

    def _movements(self) -> Iterator[CardRecord]:
        """Yield the records between the parties; where only cards were asked for, those that name them."""
        for found in self._rows(CUSTODY_KINDS):
            if found.record.sender != found.record.receiver:
                yield found

    def rows(self) -> Iterator[CardRecord]:
        """Yield all records of the parties, or, where only cards were asked for, those that name them.

        The parties are named as in the nodes of the graph.
        """
        for key, row in self._rows(KINDS):
            yield CardRecord(key, self._shown(row))

    def _rows(self, kinds: Sequence[Kind]) -> Iterator[CardRecord]:
        if not self.is_of_cards:
            yield from flow_sql.iter_records(self._session, self.scope, kinds)
            return
        ranges = set()
        for key, rows in self.rows_of_cards.items():
            for row in rows:
                if row.kind not in kinds:
                    continue
                if row.lot is None:
                    yield CardRecord(key, row)
                elif row.origin not in ranges:
                    ranges.add(row.origin)
                    yield CardRecord(None, row)

    def supports(self) -> list[SupportRecord]:
        """Return the identities, shipments and payments that name a party shown, of the whole case all; by day.

        Those without a day are in no period that was asked for.
        """
        if not self._store.has_supporting_records:
            return []
        found = [record for record in self._store.supporting_records() if record.kind != "contact"]
        since, until = self.scope.since, self.scope.until
        if since is not None or until is not None:
            found = [
                record
                for record in found
                if (when := record.when) is not None
                and (since is None or when.latest >= since)
                and (until is None or when.earliest <= until)
            ]
        if self.scope.parties is None and not self.is_of_cards:
            return found
        shown = {node.id for node in self.nodes() if node.attributes["type"] == "party"}
        book = SupportBook(self._store)
        book.learn(side.mention for record in found for side in record.sides if side.mention)
        return [
            record
            for record in found
            if any(
                (party := book.party_of(side)) is not None and self._by_name.get(party.id, party).id in shown
                for side in record.sides
            )
        ]

    def lots(self) -> Iterator[LotSummary]:
        """Yield the ranges and single cards that the records move, each once."""
        if not self.is_of_cards:
            yield from flow_sql.iter_lots(self._session, self.scope)
            return
        listed = {key for key, row in self._movements() if key is not None}
        for key in sorted(listed):
            check_chars = {row.check_char for row in self.rows_of_cards[key] if row.check_char is not None}
            yield LotSummary(key, key, 1, tuple(sorted(check_chars)))
        for lot in sorted({row.lot for _, row in self._movements() if row.lot is not None}):
            yield LotSummary(*lot_end_keys(lot), len(lot), None)

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """Return all nodes and edges with their attributes, and the limits, which stand in ``graph.graph["limits"]``.

        Raises UsageError if there are more than :data:`MAX_ELEMENTS`.
        """
        import networkx as nx

        self._check_size()
        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(**self.attributes())
        graph.add_nodes_from(self.nodes())
        edges: Any = self.edges()  # the stubs know no edge with a key
        graph.add_edges_from(edges)
        return graph

    def attributes(self) -> dict[str, Any]:
        """Return the question and the limits of the answer as the attributes of a graph."""
        asked = self.question
        return {
            "name": f"graphtrace {asked.level} graph",
            "level": asked.level,
            "around": list(asked.around),
            "since": asked.since,
            "until": asked.until,
            "direction": asked.direction,
            "limits": plain(self.limits),
            "judgements": plain(self.judgements()),
        }

    def judgements(self) -> tuple[NamedJudgement, ...]:
        """Return the judgements on which the answer rests."""
        book = self._store.judgements
        if not book:
            return ()
        if self.question.level == "card":
            return book.about(node for node, _ in self._cards[0])
        return book.about(totals.party.id for totals in self.parties())

    def _check_size(self) -> None:
        counts = self.counts
        match self.question.level:
            case "party":
                found, what = counts.flows, "flow"
                elements = 2 * counts.flows
            case "record":
                found, what = counts.records, "record"
                elements = 4 * counts.records + counts.lots
            case "card":
                return
        if not self.is_of_cards and elements > MAX_ELEMENTS:
            raise _too_large(Text("elements", what, {"n": found}), self.question)

    @cached_property
    def _cards(self) -> tuple[list[GraphNode], list[GraphEdge]]:
        """All nodes and edges at the level of cards: each card is traced."""
        keys = dict.fromkeys(self.rows_of_cards)
        lots: dict[str, GraphNode] = {}
        passed: dict[tuple[str, tuple[str | None, ...]], list[tuple[CustodyEvent, LoneSides]]] = defaultdict(list)
        met: set[str] = set()
        for key, row in self._movements():
            if key is not None:
                keys[key] = None
                if len(keys) > MAX_CARDS:
                    raise _too_large(phrase("more_single_cards", most=MAX_CARDS), self.question)
                moved = card_id(key)
            else:
                lot = lot_node(row)
                lots[lot.id], moved = lot, lot.id
            movement = event_from_record(self._shown(row))
            passed[moved, edge_group_key(movement)].append((movement, self._lone_sides(row)))
            met.update((movement.sender.resolved_id, movement.receiver.resolved_id))
        traces = [self._in_time(trace) for trace in self.tracer.trace(sorted(keys))]
        nodes = {**lots, **{node.id: node for node in map(card_node_from_trace, traces)}}
        edges: list[GraphEdge] = []
        for (moved, _), same in passed.items():
            origins = sorted(origin for movement, _ in same for origin in movement.origins)
            lone = LoneSides(*(sum(counts) for counts in zip(*(sides for _, sides in same), strict=True)))
            edges += transfer_edges(nodes[moved], replace(same[0][0], origins=tuple(origins)), lone)
        for key, rows in self._store.select(sorted(keys), records_only=True).records.items():
            ranges = {row.lot for row in rows if row.lot is not None}
            edges += [contains_edge(lot, key) for lot in sorted(ranges) if lot_or_card_id(None, lot) in lots]
        by_name = {**self._by_name, **_users_by_name(traces, met)}
        shown = {party_id: party.id for party_id, party in by_name.items()}
        meant = {party.id: party_id for party_id, party in by_name.items()}
        for trace in traces:
            edges += usage_edges(trace, shown)
            nodes.update((node.id, node) for node in map(device_node, _devices(trace)))
        ends = {meant.get(end, end) for edge in edges for end in edge[:2] if end not in nodes}
        scope = self.scope._replace(parties=frozenset(ends.union(self.scope.parties or ())))
        summed = flow_sql.party_totals(self._session, scope)
        named = (one._replace(party=by_name.get(one.party.id, one.party)) for one in summed)
        return [*map(party_node, named), *nodes.values()], edges

    def _in_time(self, trace: Trace) -> Trace:
        """Return a trace with what may have happened in the days that were asked for."""
        return replace(
            trace,
            activations=tuple(each for each in trace.activations if _is_within(self.scope, each.when)),
            seizures=tuple(each for each in trace.seizures if _is_within(self.scope, each.when)),
        )


def _find_start(tracer: Tracer, around: Sequence[str]) -> tuple[list[Party], list[str]]:
    """Return the parties and the keys of the cards that are meant, each once."""
    store = tracer.store
    cards = parse_complete(around)
    known = select_cards(store, [card.key for card in cards.values()], records_only=True).records
    parties: dict[Party, None] = {}
    keys: dict[str, None] = {}
    for text, question in zip(around, resolve_inputs(store, around, cards, known), strict=True):
        if question.keys:
            keys.update(dict.fromkeys(question.keys))
        elif question.card is not None:
            raise NothingFound("no_such_card", card=text, hint="nearest_by_trace")
        else:
            parties[find_party(store, text)] = None
    return list(parties), list(keys)


def _is_within(scope: MovementFilter, when: DateSpan | None) -> bool:
    """Whether something may have been in the time of a scope; what has no date may always."""
    if when is None:
        return True
    return (scope.since is None or when.latest >= scope.since) and (scope.until is None or when.earliest <= scope.until)


def _users_by_name(traces: Sequence[Trace], met: Container[str]) -> Mapping[str, Party]:
    """Return by id those users, none of whom a movement names, that records about their cards know by a name alone."""
    users = [each.user for trace in traces for each in trace.activations if each.user is not None]
    stated = {user.id for user in users if not user.joins}
    return {user.joins: user for user in users if user.joins and user.joins not in met and user.joins not in stated}


def _devices(trace: Trace) -> list[str]:
    return [activation.imei for activation in trace.activations if activation.imei is not None]


def _too_large(found: Text, question: SubgraphQuery) -> UsageError:
    """Return the error of a graph above the limit; the most effective ways to narrow the question come first."""
    ways = [phrase("since_until")]
    if not question.around:
        ways.insert(0, phrase("around_option"))
    elif question.depth is None or question.depth > 0:
        ways.insert(0, phrase("smaller_depth"))
    return UsageError("graph_too_large", found=found, ways=ways, hint="narrow_graph", code="graph_too_large")
