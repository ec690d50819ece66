"""graphtrace: who registered a bulk-sold IoT SIM card, through whose hands it went, and who used it.

>>> import graphtrace as gt
>>> gt.identify("898604B81625D0045436").readings[0].carrier
'china-mobile'

A case is opened with :func:`open_case`; importing this module loads no database driver and no data-frame library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graphtrace.answers.shared import SharedParties
    from graphtrace.answers.siblings import Siblings
    from graphtrace.answers.trace import Trace
    from graphtrace.answers.traces import Traces
    from graphtrace.case import Case, open_case
    from graphtrace.errors import GraphtraceError
    from graphtrace.export import write_graph
    from graphtrace.identifiers import identify
    from graphtrace.rules.choosing import choose_rules
    from graphtrace.rules.files import load_rules

__version__ = "0.1.0"
__all__ = [
    "Case",
    "GraphtraceError",
    "SharedParties",
    "Siblings",
    "Trace",
    "Traces",
    "__version__",
    "choose_rules",
    "identify",
    "load_rules",
    "open_case",
    "write_graph",
]

_ROOMS = {
    "Case": "graphtrace.case",
    "GraphtraceError": "graphtrace.errors",
    "SharedParties": "graphtrace.answers.shared",
    "Siblings": "graphtrace.answers.siblings",
    "Trace": "graphtrace.answers.trace",
    "Traces": "graphtrace.answers.traces",
    "choose_rules": "graphtrace.rules.choosing",
    "identify": "graphtrace.identifiers",
    "load_rules": "graphtrace.rules.files",
    "open_case": "graphtrace.case",
    "write_graph": "graphtrace.export",
}


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_ROOMS[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
