"""The answer to one question about cards: a sequence of traces, as a graph and as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, overload

from graphtrace.errors import UnknownFormat, UsageError
from graphtrace.model import (
    Activation,
    Chain,
    EndUserBasis,
    Finding,
    Hop,
    Lead,
    Origin,
    Outcome,
    Party,
    RegistrantBasis,
    Seizure,
)
from graphtrace.results.display import LocalizedDictMixin
from graphtrace.results.judgements import NamedJudgement
from graphtrace.results.letters import AskedInLetters
from graphtrace.results.subgraph import record_id
from graphtrace.results.tables import RowsMixin, require_pandas
from graphtrace.results.trace import Card, Trace
from graphtrace.wire import ASKED, wire

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd


@wire(
    ASKED,
    "results!:list[Trace] counts ^lead_letters??! rests_on?! options?! unread?!",
    name="TraceAnswer",
    doc="The answer of ``trace``: one entry a card, in the order asked.",
)
class Traces(RowsMixin, LocalizedDictMixin, Sequence[Trace]):
    """One trace per card that fits what was asked.

    Where exactly one card was answered, its fields (``outcome``, ``chains`` …) can be read here directly; where several
    were, reading them here is an error, so that no card is taken for another. ``letters`` are those of the case when it
    was asked, by which the leads are known to be asked; they are no part of the answer itself.

    Examples
    --------
    >>> traces = case.trace("8986061900000000001", "8986061900000000002")
    >>> [(trace.card.iccid, trace.holder.name) for trace in traces]
    [('8986061900000000001', '乙'), ('8986061900000000002', '乙')]
    """

    def __init__(self, traces: Iterable[Trace], letters: AskedInLetters | None = None) -> None:
        self._traces = tuple(traces)
        self.letters = letters or AskedInLetters()

    @overload
    def __getitem__(self, index: int) -> Trace: ...
    @overload
    def __getitem__(self, index: slice) -> Traces: ...
    def __getitem__(self, index: int | slice) -> Trace | Traces:
        return Traces(self._traces[index], self.letters) if isinstance(index, slice) else self._traces[index]

    def __len__(self) -> int:
        return len(self._traces)

    def __iter__(self) -> Iterator[Trace]:
        return iter(self._traces)

    def __repr__(self) -> str:
        cards = ", ".join(
            f"{trace.card.iccid if trace.card else repr(trace.input)}: {trace.outcome}" for trace in self[:3]
        )
        return f"<Traces {len(self)}: {cards}{', …' if len(self) > 3 else ''}>"

    @property
    def only(self) -> Trace:
        """The one trace of this answer.

        Raises UsageError if there are several.
        """
        if len(self._traces) != 1:
            raise UsageError("several_cards_answered", count=len(self), hint="take_one_trace")
        return self._traces[0]

    @property
    def counts(self) -> TraceCounts:
        """Number of inputs, different cards and criminal cases in the answer, and of each outcome."""
        return count_traces(self)

    @property
    def outcome(self) -> Outcome:
        """Outcome of the one trace."""
        return self.only.outcome

    @property
    def registrant(self) -> Party | None:
        """The enterprise to which a carrier sold the card."""
        return self.only.registrant

    @property
    def registrant_basis(self) -> RegistrantBasis | None:
        """Whether a carrier sold the card to the registrant, registered it for them, or both."""
        return self.only.registrant_basis

    @property
    def card(self) -> Card | None:
        """The card by its numbers."""
        return self.only.card

    @property
    def holder(self) -> Party | None:
        """The party that the chain ends with."""
        return self.only.holder

    @property
    def end_user(self) -> Party | None:
        """End user of the card."""
        return self.only.end_user

    @property
    def end_user_basis(self) -> EndUserBasis | None:
        """Whether a record of use names the end user, or they are presumed as the holder of that day."""
        return self.only.end_user_basis

    @property
    def chains(self) -> tuple[Chain, ...]:
        """The hops in order; several chains where the records contradict each other."""
        return self.only.chains

    @property
    def activations(self) -> tuple[Activation, ...]:
        """First uses and later ones, by time."""
        return self.only.activations

    @property
    def seizures(self) -> tuple[Seizure, ...]:
        """Seizures of the card, by time."""
        return self.only.seizures

    @property
    def judgements(self) -> tuple[NamedJudgement, ...]:
        """The judgements about parties that the one trace rests on."""
        return self.only.judgements

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Findings of the one trace."""
        return self.only.findings

    @property
    def leads(self) -> tuple[Lead, ...]:
        """Leads of the one trace."""
        return self.only.leads

    def write_html(self, path: str | Path, *, lang: Literal["en", "zh"] = "en") -> None:
        """Write the page of the answer, as :meth:`save` does for a name that ends in ``.html``.

        Raises UnknownFormat if the name ends otherwise; UsageError if the file cannot be written.
        """
        if (ending := Path(path).suffix.lower()) != ".html":
            raise UnknownFormat("output_ending", path=path, ending=ending, endings=[".html"], hint="end_name_with")
        self.save(path, lang=lang)

    def _table(self) -> tuple[Sequence[str], Sequence[Mapping[str, Any]]]:
        return _COLUMNS, [
            {**row, "origins": "; ".join(f"{origin.file}:{origin.row}" for origin in row["origins"] or ()) or None}
            for row in hop_rows(self)
        ]

    def to_pandas(self) -> pd.DataFrame:
        """Return one row a hop; a card without hops has one row without them. Numbers of cards are text.

        Columns: input, iccid, outcome, registrant, end_user, chain (from 1), n, kind, from_id, from_name, to_id,
        to_name, date, precision, gap_before, channel, origins (``file:row``, several separated by semicolons).
        """
        require_pandas()
        import pandas as pd

        columns, rows = self._table()
        whole = {"chain": "Int64", "n": "Int64", "gap_before": "boolean"}
        return pd.DataFrame(rows, columns=list(columns)).astype(whole)

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """Return the answer as a graph.

        Nodes carry ``type``: ``party`` (name), ``card`` (iccid, outcome) or ``record`` (file, sha256, sheet, row). A
        record that moves a card has edges party → record (``gave``), record → party (``to``) and record → card
        (``moves``); the record of an activation has record → card (``activated``) and card → party (``used_by``). Hops
        are edges party → party as well (``hop``, with chain, n, date, precision, gap_before).
        :func:`graphtrace.write_graph` writes it as GraphML, GEXF or JSON.
        """
        import networkx as nx

        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for trace in self:
            _add_trace(graph, trace)
        return graph


class TraceCounts(TypedDict):
    """Inputs, different cards, and criminal cases by their numbers; cards by outcome."""

    inputs: int
    cards: int
    not_found: int
    cases: int
    cards_without_case: int
    outcomes: dict[str, int]


def count_traces(traces: Iterable[Trace]) -> TraceCounts:
    """Count the inputs of an answer, and its different cards, which several inputs may mean.

    Criminal cases are counted by their numbers. Cards of which no record names a case stand beside them, and are no
    cases.
    """
    inputs: set[str] = set()
    not_found: set[str] = set()
    cards: dict[str, Trace] = {}
    for trace in traces:
        inputs.add(trace.input)
        if trace.card is None or not trace.found:
            not_found.add(trace.input)
        else:
            cards.setdefault(trace.card.key or trace.card.label, trace)
    cases = [{seizure.case_no for seizure in trace.seizures if seizure.case_no} for trace in cards.values()]
    outcomes = Counter(str(trace.outcome) for trace in cards.values())
    return {
        "inputs": len(inputs),
        "cards": len(cards),
        "not_found": len(not_found),
        "cases": len({case for of_card in cases for case in of_card}),
        "cards_without_case": sum(not of_card for of_card in cases),
        "outcomes": {str(outcome): outcomes[str(outcome)] for outcome in Outcome if outcomes[str(outcome)]},
    }


_COLUMNS = (
    *("input", "iccid", "outcome", "registrant", "end_user", "chain", "n", "kind", "from_id", "from_name"),
    *("to_id", "to_name", "date", "precision", "gap_before", "channel", "origins"),
)


HOP_COLUMNS = (
    *(
        "input",
        "iccid",
        "outcome",
        "registrant_id",
        "registrant",
        "registrant_basis",
        "holder_id",
        "holder",
        "end_user_id",
        "end_user",
    ),
    *("end_user_basis", "chain", "chain_outcome", "n", "kind", "from_id", "from_name", "to_id", "to_name"),
    *("date", "precision", "gap_before", "channel", "origins"),
)


def hop_rows(traces: Iterable[Trace]) -> Iterator[dict[str, Any]]:
    """Yield the hops as rows with the keys :data:`HOP_COLUMNS`; a card without hops has one row without them.

    ``chain`` counts the chains of a card from 1; ``origins`` is a tuple of :class:`~graphtrace.model.Origin`.
    """
    for trace in traces:
        head = {
            "input": trace.input,
            "iccid": trace.card.iccid if trace.card else None,
            "outcome": str(trace.outcome),
            **_party_columns("registrant_id", "registrant", trace.registrant),
            "registrant_basis": trace.registrant_basis,
            **_party_columns("holder_id", "holder", trace.holder),
            **_party_columns("end_user_id", "end_user", trace.end_user),
            "end_user_basis": trace.end_user_basis,
        }
        if not trace.chains:
            yield {**dict.fromkeys(HOP_COLUMNS), **head}
        for number, chain in enumerate(trace.chains, 1):
            for hop in chain.hops:
                yield {**head, **_hop_columns(number, chain, hop)}


def _hop_columns(number: int, chain: Chain, hop: Hop) -> dict[str, Any]:
    return {
        "chain": number,
        "chain_outcome": str(chain.outcome),
        "n": hop.n,
        "kind": hop.kind,
        **_party_columns("from_id", "from_name", hop.sender),
        **_party_columns("to_id", "to_name", hop.receiver),
        "date": hop.day,
        "precision": hop.precision,
        "gap_before": hop.gap_before,
        "channel": hop.channel,
        "origins": hop.origins,
    }


def _party_columns(ident: str, name: str, party: Party | None) -> dict[str, str | None]:
    return {ident: party.id if party else None, name: party.name if party else None}


def _add_trace(graph: nx.MultiDiGraph[str], trace: Trace) -> None:
    if trace.card is None:
        return
    card = f"card:{trace.card.key or trace.card.label}"
    graph.add_node(card, type="card", iccid=trace.card.iccid, outcome=str(trace.outcome))
    for number, chain in enumerate(trace.chains, 1):
        for hop in chain.hops:
            for party in (hop.sender, hop.receiver):
                graph.add_node(party.id, type="party", name=party.name)
            graph.add_edge(
                hop.sender.id,
                hop.receiver.id,
                type="hop",
                card=card,
                chain=number,
                n=hop.n,
                date=hop.day,
                precision=hop.precision,
                gap_before=hop.gap_before,
            )
            for origin in hop.origins:
                record = _add_record(graph, origin)
                graph.add_edge(hop.sender.id, record, key="gave", type="gave")
                graph.add_edge(record, hop.receiver.id, key="to", type="to")
                graph.add_edge(record, card, key="moves", type="moves")
    for activation in trace.activations:
        for origin in activation.origins:
            graph.add_edge(
                _add_record(graph, origin), card, key="activated", type="activated", date=activation.when.iso
            )
        if activation.user is not None:
            graph.add_node(activation.user.id, type="party", name=activation.user.name)
            graph.add_edge(card, activation.user.id, type="used_by", date=activation.when.iso)


def _add_record(graph: nx.MultiDiGraph[str], origin: Origin) -> str:
    record = record_id(origin)
    graph.add_node(
        record, type="record", file=origin.file, sha256=origin.sha256, sheet=origin.sheet or "", row=origin.row
    )
    return record
