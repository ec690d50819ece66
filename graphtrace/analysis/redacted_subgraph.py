"""A part of a case as a graph, with pseudonyms: every exporter reads it as it reads any other part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from graphtrace.analysis.case_graph import Subgraph
from graphtrace.engine.party_flows import CardRecord
from graphtrace.frozen import frozen
from graphtrace.identifiers import KeyRange
from graphtrace.redaction import Masker
from graphtrace.redaction.meanings import Meaning
from graphtrace.results.flows import Bounds, FlowProvenance, FlowTotals, PartyTotals
from graphtrace.results.judgements import NamedJudgement
from graphtrace.results.subgraph import GraphEdge, GraphNode, lot_end_keys
from graphtrace.storage.stored_records import StoredRecord, SupportRecord, SupportSide

ROW_MEANINGS: Final[Mapping[str, Meaning]] = {
    "kind": Meaning.KEPT,
    "msisdn": Meaning.NUMBER,
    "imsi": Meaning.NUMBER,
    "eid": Meaning.CHIP,
    "imei": Meaning.DEVICE,
    "channel": Meaning.CHANNEL,
    "province": Meaning.PROVINCE,
    "city": Meaning.PLACE,
    "case_no": Meaning.CASE_NUMBER,
    "place": Meaning.PLACE,
    "holder": Meaning.NAME,
    "state": Meaning.STATE,
    "cell": Meaning.PLACE,
    "price": Meaning.AMOUNT,
    "waybill": Meaning.WAYBILL,
    "document_basis": Meaning.KEPT,
    "carrier_basis": Meaning.KEPT,
}
"""Meanings of the texts of a stored row; all else of it is masked by its type."""


@frozen(kw_only=False)
class MaskedRange(KeyRange):
    """A range of so many cards whose ends have pseudonyms."""

    masked_ends: tuple[str, str] = ("", "")

    @property
    def end_keys(self) -> tuple[str, str]:
        """The pseudonyms of the first and the last card."""
        return self.masked_ends


class RedactedSubgraph(Subgraph):
    """A part of a case whose names, numbers and files are pseudonyms; valid while the case is open."""

    def __init__(self, whole: Subgraph, masker: Masker) -> None:
        super().__init__(whole.tracer, whole.question, whole.scope, whole.limits, whole.rows_of_cards)
        self.is_of_cards = whole.is_of_cards
        self._whole = whole
        self._masker = masker
        self.question = masker.mask(whole.question)
        self.limits = masker.mask(whole.limits)
        self.as_of = whole.as_of
        self.case = None if whole.case is None else masker.case
        self._ids: dict[str, str] = {}
        self._flows: dict[tuple[str, str, tuple[str, ...]], FlowTotals] = {}

    def nodes(self) -> Iterator[GraphNode]:
        """Yield the nodes, those of one type together, each once."""
        return (
            GraphNode(self._masker.node(node.id), self._masker.attributes(node.id, node.attributes))
            for node in self._whole.nodes()
        )

    def edges(self) -> Iterator[GraphEdge]:
        """Yield the edges, each once."""
        for edge in self._whole.edges():
            ends = (self._masker.node(edge.source), self._masker.node(edge.target))
            # a key tells parallel edges apart, and is made of what they say
            yield GraphEdge(*ends, self._masker.digits(edge.key), self._masker.attributes("", edge.attributes))

    def parties(self) -> Iterator[PartyTotals]:
        """Return the parties with what they received and passed on, from and to anybody."""
        for summed in self._whole.parties():
            masked = self._masker.mask(summed.party)
            self._ids[masked.id] = summed.party.id
            yield summed._replace(party=masked)

    def flows(self) -> Iterator[FlowTotals]:
        """Yield the flow between each two of the parties."""
        for flow in self._whole.flows():
            yield self._masked_flow(flow)

    def bounded_flows(self) -> Iterator[tuple[FlowTotals, Bounds]]:
        """Yield the flows, each with how many different cards it is at least and at most."""
        for flow, bounds in self._whole.bounded_flows():
            yield self._masked_flow(flow), bounds

    def _masked_flow(self, flow: FlowTotals) -> FlowTotals:
        masked: FlowTotals = self._masker.mask(flow)
        self._flows[_key(masked)] = flow
        return masked

    def bounds_of(self, flows: Sequence[FlowTotals]) -> list[Bounds]:
        """Return the bounds of different cards for some flows that were yielded, in their order."""
        return self._whole.bounds_of([self._flows[_key(flow)] for flow in flows])

    def flow_sources(self, parties: Iterable[str], *, most: int) -> Iterator[FlowProvenance]:
        """Yield the sources of the flows between some of the parties that were yielded: by their ids, file, sheet."""
        meant = [self._ids[party_id] for party_id in parties]
        return map(self._masker.mask, self._whole.flow_sources(meant, most=most))

    def rows(self) -> Iterator[CardRecord]:
        """Yield the records; a range has as many cards as before, and pseudonyms for its ends."""
        for key, row in self._whole.rows():
            yield CardRecord(None if key is None else self._masker.apply(Meaning.CARD, key), self._masked_row(row))

    def _masked_row(self, row: StoredRecord) -> StoredRecord:
        masked: dict[str, Any] = {
            name: self._masker.apply(meaning, getattr(row, name)) for name, meaning in ROW_MEANINGS.items()
        }
        for name in ("sender", "receiver", "when", "origin"):
            masked[name] = self._masker.mask(getattr(row, name))
        if row.lot is not None:
            first, last = (self._masker.apply(Meaning.CARD, key) for key in lot_end_keys(row.lot))
            masked["lot"] = MaskedRange("", row.lot.size, 0, len(row.lot) - 1, (first, last))
        # the last character of a number is none of its pseudonym
        return row._replace(**masked, check_char=None if row.check_char is None else "")

    def supports(self) -> list[SupportRecord]:
        """Return the identities, shipments and payments that name a party shown, of the whole case all; by day."""
        return [self._masked_support(record) for record in self._whole.supports()]

    def _masked_support(self, record: SupportRecord) -> SupportRecord:
        return SupportRecord(
            kind=record.kind,
            when=record.when,
            waybill=self._masker.apply(Meaning.WAYBILL, record.waybill),
            order_no=self._masker.apply(Meaning.ORDER, record.order_no),
            amount=self._masker.apply(Meaning.AMOUNT, record.amount),
            first=self._masked_side(record.first),
            second=self._masked_side(record.second),
            statement=self._masker.digits(record.statement),
            origin=self._masker.mask(record.origin),
        )

    def _masked_side(self, side: SupportSide | None) -> SupportSide | None:
        if side is None:
            return None
        who = self._masker.json({"name": side.name, "id": side.strong, "contacts": ()})
        contacts = tuple((kind, self._masker.apply(Meaning.CONTACT, value)) for kind, value in side.contacts)
        return SupportSide(who["name"] or "", who["name"] if side.name_key else "", who["id"] or "", contacts)

    def attributes(self) -> dict[str, Any]:
        """Return the question and the limits of the answer as the attributes of a graph, and that it is redacted."""
        return {**super().attributes(), "redacted": True}

    def judgements(self) -> tuple[NamedJudgement, ...]:
        """Return the judgements on which the answer rests."""
        masked: tuple[NamedJudgement, ...] = self._masker.mask(self._whole.judgements())
        return masked


def _key(flow: FlowTotals) -> tuple[str, str, tuple[str, ...]]:
    return flow.sender.id, flow.receiver.id, flow.channels
