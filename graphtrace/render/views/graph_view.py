"""The answers of ``graph``, ``export`` and ``query`` as trees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from graphtrace.render import text_tables
from graphtrace.render.document import (
    Cell,
    Column,
    ColumnKind,
    DisplayLimits,
    Document,
    Entries,
    Entry,
    Inline,
    LazyRows,
    Lines,
    Paragraph,
    Part,
    Records,
    Section,
    TableBlock,
    Text,
    TonedText,
    remark,
)
from graphtrace.render.format import format_message
from graphtrace.render.i18n import in_both, label_text
from graphtrace.render.views.answer_parts import judgements_part
from graphtrace.render.writers.sheet_writer import cell_text

if TYPE_CHECKING:
    import networkx as nx

    from graphtrace.results.library import QueryResult
    from graphtrace.results.subgraph import ExportResult


FLOWS = DisplayLimits(terminal=20, page=1_000, notebook=20)
HUBS = DisplayLimits(terminal=5, page=200, notebook=5)


def graph_view(graph: nx.MultiDiGraph[str]) -> Document:
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
    return Document(title=kind, kind=kind, parts=tuple(parts))


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
    yield " – ".join(dict.fromkeys(filter(None, (flow["since"], flow["until"])))) or label_text("undated")
    yield from (label_text("via", channel=channel) for channel in flow["channels"])


def export_view(exported: ExportResult) -> Document:
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
    return Document(caveat=None, title=kind, kind=kind, parts=tuple(parts))


def _counts(counts: Mapping[str, int]) -> Paragraph:
    if not counts:
        return Paragraph(parts=(TonedText(label_text("nothing_there"), "quiet"),))
    return Paragraph(parts=Inline(tuple(_count(code, count) for code, count in counts.items())))


def _count(code: str, count: int) -> Text:
    template = text_tables.ELEMENTS.get(code)
    return (
        f"{code} {count:,}" if template is None else in_both(lambda lang: format_message(template, {"n": count}, lang))
    )


def _limits(depth: int, cut_off: int, hub: int, hubs: Iterable[tuple[str, int]]) -> Iterator[Part]:
    yield remark(label_text("walked", depth=depth))
    if cut_off:
        yield Paragraph(parts=(TonedText(label_text("cut_off", parties=cut_off), "quiet"),))
    found = sorted(hubs, key=lambda each: (-each[1], each[0]))
    if found:
        yield Paragraph(parts=(TonedText(label_text("hubs", hub=hub, parties=len(found)), "quiet"),))
        lines = [(name, TonedText(label_text("partners", partners=partners), "quiet")) for name, partners in found]
        more = text_tables.LABELS["more_hubs"]
        yield Entries(entries=[Entry((), lines)], most_lines=HUBS, more_lines=more, is_dense=True)


ROWS = DisplayLimits(terminal=50, page=1_000, notebook=50)

ORDINALS = frozenset({"row", "step"})
"""Columns whose numbers are places, not amounts."""

SHORT = 20
"""A text of so many characters, a card number say, is not broken."""


def query_view(answer: QueryResult) -> Document:
    """Return the tree of an answer of the query library; headings are the names of the columns, as in its text."""
    question = answer.query.header.question
    asked = [f"{name} = {cell_text(value)}" for name, value in answer.parameters.items() if value is not None]
    columns = tuple(Column(name, _kind(answer, place), name) for place, name in enumerate(answer.columns))
    table = TableBlock(
        code=answer.query.name,
        columns=columns,
        rows=LazyRows(answer.rows, lambda row: list(map(_cell, row))),
        most=ROWS,
        more=text_tables.LABELS["more_rows"],
        where="to_pandas(), to_dict()",
    )
    parts: list[Part] = [Paragraph(parts=(TonedText(" · ".join(asked), "quiet"),))] if asked else []
    parts += [table, Paragraph(parts=(TonedText(label_text("query_rows", rows=len(answer.rows)), "quiet"),))]
    kind = in_both(lambda lang: str(getattr(question, lang)))
    return Document(
        title=f"{answer.query.name} · graphtrace",
        kind=kind,
        parts=(Section(code="answer", title=kind, parts=tuple(parts)), *judgements_part(answer.judgements)),
        records=Records(
            columns=answer.columns,
            rows=(dict(zip(answer.columns, map(_number_or_text, row), strict=True)) for row in answer.rows),
        ),
    )


def _kind(answer: QueryResult, place: int) -> ColumnKind:
    cells = [row[place] for row in answer.rows if row[place] is not None]
    if cells and all(map(_is_number, cells)):
        return "ordinal" if answer.columns[place] in ORDINALS else "amount"
    return "short" if all(isinstance(cell, str) and len(cell) <= SHORT for cell in cells) else "text"


def _cell(value: Any) -> Cell:
    if isinstance(value, list):
        return Lines(tuple((cell_text(member),) for member in value))
    return value if _is_number(value) else cell_text(value) or None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number_or_text(value: object) -> object:
    return value if _is_number(value) else cell_text(value)
