"""The answers of ``graph`` and ``export`` as trees: the largest flows, what was written, and what bounds it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from graphtrace.render import text_tables
from graphtrace.render.document import (
    DisplayLimits,
    Document,
    Entries,
    Entry,
    Inline,
    LazyRows,
    Paragraph,
    Part,
    Section,
    Text,
    TonedText,
    remark,
)
from graphtrace.render.format import format_message
from graphtrace.render.i18n import in_both, label_text

if TYPE_CHECKING:
    import networkx as nx

    from graphtrace.results.subgraph import ExportResult

FLOWS = DisplayLimits(terminal=20, page=1_000, notebook=20)
HUBS = DisplayLimits(terminal=5, page=200, notebook=5)


def graph_view(graph: nx.MultiDiGraph[str], *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of a graph: its size, its largest flows, and its limits."""
    attributes = (
        *(attributes for _, attributes in graph.nodes(data=True)),
        *(attributes for *_, attributes in graph.edges(data=True)),
    )
    flows = [edge for edge in graph.edges(data=True) if edge[2]["type"] == "flow"]
    flows.sort(key=lambda edge: (-edge[2]["weight"], edge[0], edge[1]))
    names = graph.nodes

    def flow(edge: tuple[str, str, dict[str, Any]]) -> Entry:
        source, target, about = edge
        ends = f"{names[source]['label']} → {names[target]['label']}"
        return Entry((TonedText(ends, "name"),), [Inline(tuple(_flow(about)))])

    entries = Entries(entries=LazyRows(flows, flow), most=FLOWS, more=text_tables.LABELS["more_flows"], is_dense=True)
    parts: list[Part] = [_counts(Counter(str(each["type"]) for each in attributes))]
    parts.append(Section(code="flows", title=label_text("largest_flows"), parts=(entries,)))
    if not flows and graph.graph["level"] != "party":
        parts.append(remark(label_text("graph_out")))
    limits: Mapping[str, Any] | None = graph.graph["limits"]
    if limits is not None:
        hubs = [(hub["name"] or hub["id"], hub["partners"]) for hub in limits["hubs"]]
        parts += _limits(limits["depth"], limits["cut_off"], limits["hub"], hubs)
    kind = label_text("graph_page")
    return Document(title=kind, kind=kind, case=case, as_of=as_of, parts=tuple(parts))


def _flow(flow: Mapping[str, Any]) -> Iterator[Text]:
    if flow["records"]:
        yield label_text("cards", cards=flow["cards"])
        yield label_text("records_naming", records=flow["records"])
    if flow["quantity_records"]:
        yield label_text("by_number", records=flow["quantity_records"], cards=flow["quantity_cards"])
        least, most = flow["cards_at_least"], flow["cards_at_most"]
        if least is None:
            yield label_text("bounds_unknown")
        elif least < most:
            yield label_text("card_bounds", least=least, most=most)
    yield " – ".join(dict.fromkeys((flow["since"], flow["until"])))
    yield from (label_text("via", channel=channel) for channel in flow["channels"])


def export_view(exported: ExportResult, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of an export: the file, its contents, and the limits of the graph."""
    parts: list[Part] = [
        Paragraph(parts=(TonedText(str(exported.path), "name"), TonedText(exported.format, "quiet"))),
        _counts(exported.written),
    ]
    if exported.command is not None:
        parts.append(Paragraph(parts=(label_text("import_with", path=exported.path),)))
    if (limits := exported.limits) is not None:
        hubs = [(party.name or party.id, partners) for party, partners in limits.hubs]
        parts += _limits(limits.depth, limits.cut_off, limits.hub, hubs)
    kind = label_text("export_page")
    return Document(caveat=None, title=kind, kind=kind, case=case, as_of=as_of, parts=tuple(parts))


def _counts(counts: Mapping[str, int]) -> Paragraph:
    """Return the number of nodes and edges, or of entities, of each type."""
    if not counts:
        return Paragraph(parts=(TonedText(label_text("nothing_there"), "quiet"),))
    return Paragraph(parts=Inline(tuple(_count(code, count) for code, count in counts.items())))


def _count(code: str, count: int) -> Text:
    template = text_tables.ELEMENTS.get(code)
    return (
        f"{code} {count:,}" if template is None else in_both(lambda lang: format_message(template, {"n": count}, lang))
    )


def _limits(depth: int, cut_off: int, hub: int, hubs: Iterable[tuple[str, int]]) -> Iterator[Part]:
    """Yield the depth of the walk, the number of parties cut off, and the hubs that were not walked through."""
    yield remark(label_text("walked", depth=depth))
    if cut_off:
        yield Paragraph(parts=(TonedText(label_text("cut_off", parties=cut_off), "quiet"),))
    found = sorted(hubs, key=lambda each: (-each[1], each[0]))
    if found:
        yield Paragraph(parts=(TonedText(label_text("hubs", hub=hub, parties=len(found)), "quiet"),))
        lines = [(name, TonedText(label_text("partners", partners=partners), "quiet")) for name, partners in found]
        more = text_tables.LABELS["more_hubs"]
        yield Entries(entries=[Entry((), lines)], most_lines=HUBS, more_lines=more, is_dense=True)
