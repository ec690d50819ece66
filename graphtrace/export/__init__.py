"""Export of a case, or of a subgraph, in the formats of other programs.

:data:`FORMATS` has the names of the formats, and the levels of a graph that each supports; docs/exports.md describes
their content. A file is written beside its target and moved there when it is complete. Nodes and edges are streamed, so
that a case need not fit into memory.
"""

from __future__ import annotations

from graphtrace.export.formats import (
    FORMATS,
    WHOLE_CASE_FORMATS,
    Format,
    default_level,
    export_selection,
    export_whole_case,
    format_for_path,
    get_format,
    write_graph,
)

__all__ = [
    "FORMATS",
    "WHOLE_CASE_FORMATS",
    "Format",
    "default_level",
    "export_selection",
    "export_whole_case",
    "format_for_path",
    "get_format",
    "write_graph",
]
