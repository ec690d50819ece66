"""Overview of several cards: the parties that they share, and the flows between these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median_low
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from graphtrace.identifiers.operators import named_with, office_of
from graphtrace.model import Precision
from graphtrace.render import Lang
from graphtrace.render.figures.chain import name_lines
from graphtrace.render.figures.sankey import FlowLink, FlowNode, draw_sankey
from graphtrace.render.figures.tree import Sort, build_trees, links_of
from graphtrace.render.format import drawn_name
from graphtrace.render.i18n import label_text

if TYPE_CHECKING:
    from graphtrace.model import DateSpan, Lead, Origin, Party
    from graphtrace.results.trace import Trace

DRAWN = 24
"""Maximum number of parties that are drawn at first, those with the most cards; a page can draw all."""

PICTURED = 16
"""Maximum number of parties in the picture for paper."""

LINKED = 8
"""Maximum number of cards that a row names; of more, it states their number."""

_SORTS: tuple[Sort, ...] = ("hop", "use", "gap")


@dataclass(slots=True)
class OverviewNode:
    """A party and the cards (by their numbers on the page) that passed through it, in the order of the page."""

    party: Party
    cards: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    roles: Counter[str] = field(default_factory=Counter)

    def add(self, card: int, column: int, roles: Sequence[str]) -> None:
        """Add a card that passed through, ``column`` links behind the carrier."""
        if not self.cards or self.cards[-1] != card:
            self.cards.append(card)
            self.roles.update(roles)
        self.columns.append(column)


@dataclass(slots=True)
class OverviewFlow:
    """Flow from one party to another, or a gap between them."""

    sort: Sort
    start: Party
    end: Party
    cards: list[int] = field(default_factory=list)
    days: list[DateSpan] = field(default_factory=list)
    precisions: set[Precision] = field(default_factory=set)
    origins: dict[Origin, None] = field(default_factory=dict)

    @property
    def since(self) -> str:
        """Return the first day of the flow."""
        return min(self.days).day if self.days else ""

    @property
    def until(self) -> str:
        """Return the last day of the flow."""
        return max(self.days).day if self.days else ""

    @property
    def is_guessed(self) -> bool:
        """Whether every record of it states only a number of cards."""
        return self.precisions == {"quantity"}


@dataclass(slots=True)
class CombinedLead:
    """One lead for all cards that share it: the party, the record, and the cards."""

    lead: Lead
    cards: list[int] = field(default_factory=list)


class OverviewGraph:
    """The parties and flows of some traces, those with the most cards first, then by id."""

    def __init__(self, traces: Sequence[Trace]) -> None:
        self.traces = traces
        self._members: dict[str, OverviewNode] = {}
        self._flows: dict[tuple[Sort, str, str], OverviewFlow] = {}
        for card, trace in enumerate(traces, 1):
            self._add(card, trace)

    def _add(self, card: int, trace: Trace) -> None:
        roots = build_trees(trace)
        for root in roots:
            if root.party is not None:
                self._member(root.party).add(card, 0, root.roles)
        for node, link in links_of(roots):
            end = link.end.party
            if end is None:
                continue
            self._member(end).add(card, link.end.column, link.end.roles)
            if node.party is None:
                continue
            flow = self._flows.setdefault((link.sort, node.party.id, end.id), OverviewFlow(link.sort, node.party, end))
            if not flow.cards or flow.cards[-1] != card:
                flow.cards.append(card)
            if link.hop is not None:
                flow.days += [] if link.hop.when is None else [link.hop.when]
                flow.precisions.add(link.hop.precision)
                flow.origins.update(dict.fromkeys(link.hop.origins))
            elif link.activation is not None:
                flow.origins.update(dict.fromkeys(trace.activations[link.activation].origins))

    def _member(self, party: Party) -> OverviewNode:
        member = self._members.setdefault(party.id, OverviewNode(party))
        member.party = named_with(member.party, party)
        return member

    @cached_property
    def members(self) -> list[OverviewNode]:
        """The parties."""
        return sorted(self._members.values(), key=lambda member: (-len(member.cards), member.party.id))

    @cached_property
    def flows(self) -> list[OverviewFlow]:
        """Return the flows, those with the most cards first."""
        for flow in self._flows.values():
            flow.start, flow.end = (self._members[party.id].party for party in (flow.start, flow.end))
        return sorted(
            self._flows.values(),
            key=lambda flow: (-len(flow.cards), flow.start.id, flow.end.id, _SORTS.index(flow.sort)),
        )

    @cached_property
    def requests(self) -> list[CombinedLead]:
        """Return the leads of all cards, equal ones combined, the one with the most cards first."""
        requests: dict[tuple[tuple[str, str], str, str], CombinedLead] = {}
        for card, trace in enumerate(self.traces, 1):
            for lead in trace.leads:
                asked = office_of(lead.ask) if lead.ask else ("", "")
                request = requests.setdefault((asked, lead.record_type, lead.because), CombinedLead(lead))
                if not request.cards or request.cards[-1] != card:
                    request.cards.append(card)
        return sorted(requests.values(), key=lambda request: -len(request.cards))

    @property
    def registrants(self) -> list[tuple[Party, int]]:
        """Return the registrants of the cards, each with its number of cards."""
        counts = Counter(trace.registrant for trace in self.traces if trace.registrant)
        return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0].id))

    @cached_property
    def idents(self) -> dict[str, str]:
        """Return the row id of each party, by the party's id."""
        return {member.party.id: f"m{row}" for row, member in enumerate(self.members, 1)}

    @property
    def pictured(self) -> list[OverviewNode]:
        """Return the parties in the picture for paper, in the order in which the cards reached them."""
        return sorted(self.members[:PICTURED], key=lambda member: median_low(member.columns))

    @property
    def drawing(self) -> Markup:
        """Return the drawing of the parties with the most cards, for paper and for readers without script."""
        return self.drawn(None)

    def drawn(self, lang: Lang | None) -> Markup:
        """Draw the parties with the most cards, in one language or in both."""
        nodes = [
            FlowNode(
                id=member.party.id,
                name=drawn_name(member.party, lang),
                captions=[label_text("cards", cards=len(member.cards))],
                is_marked=bool(member.roles["registrant"]),
            )
            for member in self.pictured
        ]
        links = [
            FlowLink(
                start=flow.start.id,
                end=flow.end.id,
                cards=len(flow.cards) if flow.sort == "hop" else None,
                sort="guess" if flow.is_guessed else flow.sort,
            )
            for flow in self.flows
        ]
        return draw_sankey(nodes, links, lang)

    @property
    def graph(self) -> dict[str, Any]:
        """Return the graph for the script of the page; ids are those of the rows of the tables."""
        rows = self.idents
        return {
            "drawn": DRAWN,
            "nodes": [
                {
                    "id": rows[member.party.id],
                    "lines": name_lines(member.party.name or member.party.id),
                    "cards": len(member.cards),
                    "column": median_low(member.columns),
                    "role": "registrant" if member.roles["registrant"] else "",
                }
                for member in self.members
            ],
            "edges": [
                {
                    "id": f"f{row}",
                    "source": rows[flow.start.id],
                    "target": rows[flow.end.id],
                    "cards": len(flow.cards),
                    "sort": "guess" if flow.is_guessed else flow.sort,
                }
                for row, flow in enumerate(self.flows, 1)
            ],
        }

    def split(self, rows: Sequence[Any]) -> Iterator[tuple[int, Sequence[Any]]]:
        """Split the rows of a table into the open and the folded ones, each part with the number of its first row."""
        yield 1, rows[:DRAWN]
        if len(rows) > DRAWN:
            yield DRAWN + 1, rows[DRAWN:]
