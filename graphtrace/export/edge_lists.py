"""Export as node and edge lists: CSV for programs, a workbook with one sheet for each type for people.

An edge names its ends by id and, where these are parties, by name as well.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, TextIO

from graphtrace.csv_safety import csv_cell
from graphtrace.errors import UsageError
from graphtrace.export.serializable import Primitive, SerializableGraph, edge_id, text_writer, to_primitive
from graphtrace.model import SUPPORT_KINDS, SupportKind
from graphtrace.private_files import make_folder
from graphtrace.results.subgraph import EDGES, LEVELS, NODES, NUMBERS, GraphEdge, GraphNode
from graphtrace.storage.case_folder import atomic_write, refuse_inside_case, unwritable

if TYPE_CHECKING:
    from _csv import Writer as _Writer

    from graphtrace.analysis.case_graph import Subgraph
    from graphtrace.render import Lang
    from graphtrace.render.workbook import XlsxSheet
    from graphtrace.results.tables import Table

NODE_LIST = "nodes.csv"
EDGE_LIST = "edges.csv"
SUPPORT_LISTS: Final[Mapping[SupportKind, str]] = {
    "identity": "identities.csv",
    "shipment": "shipments.csv",
    "payment": "payments.csv",
}
"""Lists of supporting records by their kind; sheets of a workbook have the same names."""

_SUPPORT_HEADINGS: Final = {"moment": "date"}

_ENDS = ("source", "target", "source_label", "target_label")


def write_csv(selection: Subgraph, out: IO[bytes], _lang: Lang) -> Mapping[str, int]:
    """Write an archive of ``nodes.csv`` and ``edges.csv``; see :func:`write_folder`."""
    graph = SerializableGraph.of_selection(selection)
    names: dict[str, Primitive] = {}
    with zipfile.ZipFile(out, "w") as archive:
        with archive.open(_member(NODE_LIST), "w", force_zip64=True) as content:
            counts = _write_nodes(graph, content, names)
        with archive.open(_member(EDGE_LIST), "w", force_zip64=True) as content:
            counts += _write_edges(graph, content, names)
        for kind, table in _support_tables(selection):
            with archive.open(_member(SUPPORT_LISTS[kind]), "w", force_zip64=True) as content:
                counts[kind] += _write_supports(table, content)
        return counts


def write_folder(selection: Subgraph, path: Path) -> Mapping[str, int]:
    """Write ``nodes.csv`` and ``edges.csv`` into a folder, created if missing; each file atomically.

    At the level of records ``identities.csv``, ``shipments.csv`` and ``payments.csv`` follow, where the case has any.
    Lists of an earlier export that this one does not have are removed: they would be read as part of it.

    The headings are those that Gephi imports (id, label; source, target, weight). UTF-8 without a mark; text that a
    spreadsheet program would take for a formula begins with an apostrophe.

    Raises UsageError if they cannot be written.
    """
    graph = SerializableGraph.of_selection(selection)
    names: dict[str, Primitive] = {}
    if path.suffix.lower() == ".csv":
        raise UsageError("two_lists_one_file", path=path, hint="folder_or_zip")
    refuse_inside_case(path / EDGE_LIST)
    try:
        is_new = make_folder(path)
    except OSError as fault:
        raise unwritable(path, fault, "writable_folder_or_zip") from fault
    try:
        with atomic_write(path / EDGE_LIST) as edges:
            with atomic_write(path / NODE_LIST) as nodes:
                counts = _write_nodes(graph, nodes, names)
                counts += _write_edges(graph, edges, names)
            tables = dict(_support_tables(selection))
            for kind, name in SUPPORT_LISTS.items():
                if kind not in tables:
                    _remove_earlier(path / name, kind)
                    continue
                with atomic_write(path / name) as supports:
                    counts[kind] += _write_supports(tables[kind], supports)
            return counts
    except BaseException:
        if is_new:
            path.rmdir()
        raise


def _write_nodes(graph: SerializableGraph, out: IO[bytes], names: dict[str, Primitive]) -> Counter[str]:
    counts: Counter[str] = Counter()
    with text_writer(out) as text:
        writer = _table(text, ["id", *graph.node_columns])
        for node, attributes in graph.nodes():
            counts[str(attributes["type"])] += 1
            if attributes["type"] == "party":
                names[node] = attributes["label"]
            writer.writerow([csv_cell(cell) for cell in (node, *map(attributes.get, graph.node_columns))])
    return counts


def _write_edges(graph: SerializableGraph, out: IO[bytes], names: Mapping[str, Primitive]) -> Counter[str]:
    counts: Counter[str] = Counter()
    with text_writer(out) as text:
        writer = _table(text, ["id", *_ENDS, *graph.edge_columns])
        for number, (source, target, attributes) in enumerate(graph.edges(), 1):
            counts[str(attributes["relation"])] += 1
            ends = (edge_id(number), source, target, names.get(source), names.get(target))
            writer.writerow([csv_cell(cell) for cell in (*ends, *map(attributes.get, graph.edge_columns))])
    return counts


def _support_tables(selection: Subgraph) -> Iterator[tuple[SupportKind, Table]]:
    """Yield the identities, shipments and payments of a graph of records; nothing where the case has none."""
    if selection.question.level != "record":
        return
    from graphtrace.analysis.answer_tables import tabulate_supports

    if records := selection.supports():
        yield from ((kind, tabulate_supports(records, kind)) for kind in SUPPORT_KINDS)


def _remove_earlier(path: Path, kind: SupportKind) -> None:
    """Remove the list of an earlier export: a file whose headings are those of the list. Another file stays."""
    from graphtrace.analysis.answer_tables import tabulate_supports

    headings = io.StringIO()
    _table(headings, tabulate_supports((), kind).columns)
    is_ours = False
    with suppress(OSError, UnicodeDecodeError), path.open(encoding="utf-8") as file:
        is_ours = file.readline() == headings.getvalue()
    if is_ours:
        try:
            path.unlink()
        except OSError as fault:
            raise unwritable(path, fault, "writable_folder_or_zip") from fault


def _write_supports(table: Table, out: IO[bytes]) -> int:
    with text_writer(out) as text:
        writer = _table(text, table.columns)
        for row in table:
            writer.writerow([csv_cell(to_primitive(cell)) for cell in row.values()])
    return len(table)


def _table(text: TextIO, columns: Sequence[str]) -> _Writer:
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(csv_cell, columns))
    return writer


def _member(name: str) -> zipfile.ZipInfo:
    """Return an archive member, with the same date in every archive."""
    member = zipfile.ZipInfo(name)
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def write_xlsx(selection: Subgraph, out: IO[bytes], lang: Lang) -> Mapping[str, int]:
    """Write a spreadsheet with a sheet for each type of node and edge; amounts are numbers, all else is text."""
    from graphtrace.render.workbook import workbook_bytes

    counts: Counter[str] = Counter()
    about = "; ".join(f"{name}: {to_primitive(value)}" for name, value in selection.attributes().items() if value)
    out.write(workbook_bytes(_sheets(selection, counts), lang, about=about))
    return counts


def _sheets(selection: Subgraph, counts: Counter[str]) -> Iterator[XlsxSheet]:
    names: dict[str, str] = {}
    for kind, nodes in groupby(selection.nodes(), key=lambda node: str(node.attributes["type"])):
        yield _sheet(kind, ("id", *NODES[kind][1:]), _node_rows(nodes, kind, names, counts))
    for kind in LEVELS[selection.question.level][1]:
        edges = (edge for edge in selection.edges() if edge.attributes["type"] == kind)
        yield _sheet(kind, (*_ENDS, *EDGES[kind][1:]), _edge_rows(edges, kind, names, counts))
    for kind, table in _support_tables(selection):
        counts[kind] += len(table)
        columns = [name for name in table.columns if name not in ("day", "day_until")]
        rows = ([to_primitive(row[name]) for name in columns] for row in table)
        title = SUPPORT_LISTS[kind].partition(".")[0]
        yield _sheet(title, [_SUPPORT_HEADINGS.get(name, name) for name in columns], rows)


def _sheet(kind: str, columns: Sequence[str], rows: Iterator[Sequence[Primitive | None]]) -> XlsxSheet:
    from graphtrace.render.workbook import XlsxColumn, XlsxSheet

    return XlsxSheet(
        kind, [XlsxColumn(name, "number" if name in NUMBERS else "text") for name in columns], rows, frozen_columns=1
    )


def _node_rows(
    nodes: Iterable[GraphNode], kind: str, names: dict[str, str], counts: Counter[str]
) -> Iterator[Sequence[Primitive | None]]:
    for node in nodes:
        counts[kind] += 1
        if kind == "party":
            names[node.id] = node.attributes["label"]
        yield [node.id, *(to_primitive(node.attributes[name]) for name in NODES[kind][1:])]


def _edge_rows(
    edges: Iterable[GraphEdge], kind: str, names: Mapping[str, str], counts: Counter[str]
) -> Iterator[Sequence[Primitive | None]]:
    for edge in edges:
        counts[kind] += 1
        ends = (edge.source, edge.target, names.get(edge.source), names.get(edge.target))
        yield [*ends, *(to_primitive(edge.attributes[name]) for name in EDGES[kind][1:])]
