"""Registry of export formats, by name and by suffix."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from graphtrace.errors import UnknownFormat, UsageError
from graphtrace.export.cypher import NAME as NEO4J_ADMIN
from graphtrace.frozen import frozen
from graphtrace.locale import phrase
from graphtrace.results.subgraph import ExportResult
from graphtrace.storage.case_folder import atomic_write, new_folder

if TYPE_CHECKING:
    import networkx as nx

    from graphtrace.analysis.case_graph import Subgraph
    from graphtrace.render import Lang
    from graphtrace.results.subgraph import Level
    from graphtrace.storage.base import Backend

ItemCounts = Mapping[str, int]
"""Number of items in a file, by type."""


@frozen()
class Format:
    """A format in which a graph can be written.

    - ``writer``: ``module:function`` in this package, imported when it is needed: takes a :class:`Subgraph`, a binary
      stream and a language, writes and returns what it wrote.
    - ``endings``: endings of files in this format; a name without one of them is taken all the same, but by ``export``
      only.
    - ``levels``: the levels of a graph that it can hold, the usual one first.
    - ``folder_writer``: the same for a folder, a path in the place of the stream, where the format can be one.
    """

    name: str
    writer: str
    endings: tuple[str, ...]
    levels: tuple[Level, ...] = ("party", "record", "card")
    folder_writer: str | None = None

    def write(self, selection: Subgraph, path: Path, lang: Lang) -> ItemCounts:
        """Write the selection atomically: an existing file is replaced only after success."""
        if self.folder_writer is not None and path.suffix.lower() not in self.endings:
            return _function(self.folder_writer)(selection, path)
        with atomic_write(path) as out:
            return self.write_into(out, selection, lang)

    def write_into(self, out: IO[bytes], selection: Subgraph, lang: Lang) -> ItemCounts:
        """Write the selection into a stream."""
        return _function(self.writer)(selection, out, lang)


def _function(named: str) -> Callable[..., ItemCounts]:
    module, _, function = named.partition(":")
    found: Callable[..., ItemCounts] = getattr(import_module(f"graphtrace.export.{module}"), function)
    return found


FORMATS: Final[Mapping[str, Format]] = {
    each.name: each
    for each in (
        Format(name="graphml", writer="graph_files:write_graphml", endings=(".graphml",)),
        Format(name="gexf", writer="graph_files:write_gexf", endings=(".gexf",)),
        Format(name="json", writer="graph_files:write_json", endings=(".json",)),
        Format(name="csv", writer="edge_lists:write_csv", endings=(".zip",), folder_writer="edge_lists:write_folder"),
        Format(name="xlsx", writer="edge_lists:write_xlsx", endings=(".xlsx",)),
        Format(name="ftm", writer="ftm:write_ftm", endings=(".ftm", ".jsonl"), levels=("record", "party")),
        Format(name="html", writer="graph_page:write_page", endings=(".html",), levels=("party",)),
        Format(name="cypher", writer="cypher:write_cypher", endings=(".cypher", ".cql"), levels=("record",)),
    )
}
"""The formats by name, in the order in which they are listed."""


_PARTITIONS: Final = "parquet"

WHOLE_CASE_FORMATS: Final = (_PARTITIONS, NEO4J_ADMIN)
"""Formats that hold a whole case in a folder: partitions of it, and the files of ``neo4j-admin``."""

_DEFAULT_PARTITIONS: Final = 8


def export_whole_case(
    store: Backend, case: Path | str, form: str, folder: Path, partitions: int | None = None
) -> ExportResult:
    """Write a whole case atomically into a new or empty folder, in one of :data:`WHOLE_CASE_FORMATS`.

    ``case`` is its path or address.

    Raises UsageError if the folder cannot be written or holds something, or a case on a server is to be written in
    partitions.
    """
    if form == NEO4J_ADMIN:
        from graphtrace.export.cypher import export_case

        return export_case(store, folder)
    from graphtrace.storage.duckdb.duckdb_backend import DuckDBBackend
    from graphtrace.storage.partitions import write_partitions

    if not isinstance(store, DuckDBBackend):
        raise UsageError("partitions_from_server", case=case, hint="copy_to_folder")
    count = _DEFAULT_PARTITIONS if partitions is None else partitions
    with new_folder(folder) as fresh:
        written = write_partitions(store, fresh, count)
    return ExportResult(path=folder, format=form, level="record", written=written, limits=None)


def get_format(name: str) -> Format:
    """Return the format with a name.

    Raises UnknownFormat if there is none.
    """
    if name not in FORMATS:
        raise UnknownFormat("unknown_graph_format", name=name, names=FORMATS, hint="one_of_formats")
    return FORMATS[name]


def format_for_path(path: Path) -> Format:
    """Return the format of a file by its suffix.

    Raises UnknownFormat if it says none.
    """
    ending = path.suffix.lower()
    for each in FORMATS.values():
        if ending in each.endings:
            return each
    endings = ", ".join(each.endings[0] for each in FORMATS.values())
    raise UnknownFormat(
        "graph_ending", path=path, ending=ending or phrase("no_ending"), endings=endings, hint="end_name_with"
    )


def default_level(form: Format, level: Level | None) -> Level:
    """Return the level that was asked for, or the default level of a format.

    Raises UsageError if the format cannot hold a graph of the level.
    """
    if level is None:
        return form.levels[0]
    if level not in form.levels:
        raise UsageError(
            "format_without_level", format=form.name, level=level, levels=form.levels, hint="level_options"
        )
    return level


def export_selection(selection: Subgraph, form: Format, path: Path, lang: Lang = "en") -> ExportResult:
    """Write a selection atomically: an existing file is replaced only after success.

    The language is that of the headings of a spreadsheet, and the one that a page opens in.

    Raises UsageError if the place cannot be written.
    """
    return ExportResult(
        path=path,
        format=form.name,
        level=selection.question.level,
        written=form.write(selection, path, lang),
        limits=selection.limits,
    )


def write_graph(graph: nx.MultiDiGraph[Any], path: str | Path) -> None:
    """Write any networkx graph as GraphML, GEXF or node-link JSON, by the suffix of the path.

    Attributes that these formats do not know (``None``, days, lists, mappings, control characters) are put into a form
    that they do, by the same rules as for :meth:`Case.export`; the ``type`` of an edge is called ``relation``.

    Raises
    ------
    UnknownFormat
        If the ending says another format.
    UsageError
        If the place cannot be written.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.MultiDiGraph()
    >>> _ = graph.add_edge("甲公司", "乙", type="gave")
    >>> gt.write_graph(graph, "sold.graphml")
    """
    from graphtrace.export.graph_files import gexf, graphml, node_link
    from graphtrace.export.serializable import SerializableGraph

    writers = {".graphml": graphml, ".gexf": gexf, ".json": node_link}
    target = Path(path)
    writer = writers.get(target.suffix.lower())
    if writer is None:
        raise UnknownFormat("no_networkx_format", path=path, endings=writers, hint="end_name_with")
    with atomic_write(target) as out:
        writer(SerializableGraph.of_networkx(graph), out)
