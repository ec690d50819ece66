"""Export of a case, or of a subgraph, in the formats of other programs.

What the formats are called, and which levels of a graph each can hold, is in :data:`FORMATS`; docs/exports.md says what
stands in each. A file is written beside its place and put there when it is complete. Nodes and edges are written one by
one as they come, so that a case need not fit into memory.
"""

from __future__ import annotations

from graphtrace.export.formats import (
    FORMATS,
    ExportResult,
    Format,
    default_level,
    export_selection,
    format_for_path,
    get_format,
    write_graph,
)

__all__ = [
    "FORMATS",
    "ExportResult",
    "Format",
    "default_level",
    "export_selection",
    "format_for_path",
    "get_format",
    "write_graph",
]
