"""graphtrace: who registered a bulk-sold IoT SIM card, through whose hands it went, and who used it.

>>> import graphtrace as gt
>>> gt.identify("898604B81625D0045436").readings[0].carrier
'china-mobile'

A case is opened with :func:`open_case`; importing this module loads no database driver and no data-frame library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphtrace._version import __version__
from graphtrace.results.display import AnswerRenderer, register_renderer

if TYPE_CHECKING:
    from graphtrace.case import Case, open_bundle, open_case
    from graphtrace.case_questions import CaseQuestions
    from graphtrace.errors import GraphtraceError
    from graphtrace.export import write_graph
    from graphtrace.identifiers import identify
    from graphtrace.ingest.mapping_suggestion import suggest_mappings
    from graphtrace.results.shared_parties import SharedParties
    from graphtrace.results.siblings import Siblings
    from graphtrace.results.trace import Trace
    from graphtrace.results.traces import Traces
    from graphtrace.rules.rule_loader import load_rules, select_rules

__all__ = [
    "Case",
    "CaseQuestions",
    "GraphtraceError",
    "SharedParties",
    "Siblings",
    "Trace",
    "Traces",
    "__version__",
    "identify",
    "load_rules",
    "open_bundle",
    "open_case",
    "select_rules",
    "suggest_mappings",
    "write_graph",
]

_LAZY_EXPORTS = {
    "Case": "graphtrace.case",
    "CaseQuestions": "graphtrace.case_questions",
    "GraphtraceError": "graphtrace.errors",
    "SharedParties": "graphtrace.analysis.shared_party_ranking",
    "Siblings": "graphtrace.analysis.sibling_cards",
    "Trace": "graphtrace.analysis.card_trace",
    "Traces": "graphtrace.results.traces",
    "select_rules": "graphtrace.rules.rule_loader",
    "identify": "graphtrace.identifiers",
    "load_rules": "graphtrace.rules.rule_loader",
    "open_bundle": "graphtrace.case",
    "open_case": "graphtrace.case",
    "suggest_mappings": "graphtrace.ingest.mapping_suggestion",
    "write_graph": "graphtrace.export",
}


def _load_renderer() -> AnswerRenderer:
    from graphtrace import notebook

    return notebook


register_renderer(_load_renderer)


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used."""
    if name not in _LAZY_EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_LAZY_EXPORTS[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
