"""How each kind of answer looks: as text, as a fragment of HTML for a notebook, as plain values, as a page.

A fragment holds no script, no address but those of images within itself, and no style that reaches beyond it. What a
notebook that is not trusted strips from it (its style) takes nothing from what it says; drawings are images, because
bare elements of SVG would be stripped too.
"""

from __future__ import annotations

from functools import singledispatch
from pathlib import Path
from typing import Any

from graphtrace.analysis.audit.report import Audit, AuditResults
from graphtrace.analysis.party import PartySummary
from graphtrace.analysis.query import QueryResult
from graphtrace.analysis.shared_parties import SharedParties
from graphtrace.analysis.siblings import Siblings
from graphtrace.analysis.trace import Trace
from graphtrace.analysis.traces import Traces
from graphtrace.render import Lang, json
from graphtrace.render.atomic import write_text
from graphtrace.render.html import fragments
from graphtrace.render.html.shared_parties import shared_parties_page
from graphtrace.render.html.trace import trace_page
from graphtrace.render.language import detect_language
from graphtrace.render.terminal.layout import TerminalView, render_plain
from graphtrace.render.terminal.shared_parties import SharedPartiesView
from graphtrace.render.terminal.trace import TraceView
from graphtrace.render.views.audit import audit_view
from graphtrace.render.views.party import party_view
from graphtrace.render.views.query import query_view
from graphtrace.render.views.siblings import siblings_view
from graphtrace.render.writers.html import render_html
from graphtrace.render.writers.notebook import render_notebook
from graphtrace.render.writers.terminal import DocumentView

WIDTH = 80
"""Columns of text where no console says how wide it is."""


def to_rich(answer: object) -> TerminalView:
    """What a rich console draws."""
    return terminal_view(answer, detect_language())


def to_text(answer: object) -> str:
    """Plain text, without a line break at its end."""
    return render_plain(to_rich(answer), WIDTH).rstrip("\n")


def to_html(answer: object) -> str:
    """A fragment of HTML."""
    return html_fragment(answer, detect_language())


def write_page(answer: object, path: Path, lang: Lang) -> None:
    """Write the page of an answer, whole or not at all.

    Raises
    ------
    UsageError
        If that cannot be done.
    """
    write_text(path, html_page(answer, lang))


@singledispatch
def terminal_view(answer: object, lang: Lang) -> TerminalView:  # noqa: ARG001
    """An answer as a terminal shows it."""
    raise _unknown(answer)


@singledispatch
def html_fragment(answer: object, lang: Lang) -> str:  # noqa: ARG001
    """An answer as a notebook shows it."""
    raise _unknown(answer)


@singledispatch
def to_document(answer: object, lang: Lang) -> dict[str, Any]:  # noqa: ARG001
    """An answer that holds sentences as plain values."""
    raise _unknown(answer)


@singledispatch
def html_page(answer: object, lang: Lang) -> str:  # noqa: ARG001
    """An answer as a page."""
    raise _unknown(answer)


def _unknown(answer: object) -> TypeError:
    return TypeError(f"{type(answer).__name__} cannot be shown so")


terminal_view.register(Traces, TraceView)
terminal_view.register(Trace, lambda trace, lang: TraceView([trace], lang))
terminal_view.register(AuditResults, lambda audits, lang: DocumentView(audit_view(audits), lang))
terminal_view.register(Audit, lambda audit, lang: DocumentView(audit_view([audit]), lang))
terminal_view.register(PartySummary, lambda dealings, lang: DocumentView(party_view(dealings), lang))
terminal_view.register(SharedParties, SharedPartiesView)
terminal_view.register(Siblings, lambda siblings, lang: DocumentView(siblings_view(siblings), lang))
terminal_view.register(QueryResult, lambda answer, lang: DocumentView(query_view(answer), lang))

html_fragment.register(Traces, fragments.trace_fragment)
html_fragment.register(Trace, lambda trace, lang: fragments.trace_fragment([trace], lang))
html_fragment.register(AuditResults, lambda audits, lang: render_notebook(audit_view(audits), lang))
html_fragment.register(Audit, lambda audit, lang: render_notebook(audit_view([audit]), lang))
html_fragment.register(PartySummary, lambda dealings, lang: render_notebook(party_view(dealings), lang))
html_fragment.register(SharedParties, fragments.shared_parties_fragment)
html_fragment.register(Siblings, lambda siblings, lang: render_notebook(siblings_view(siblings), lang))
html_fragment.register(QueryResult, lambda answer, lang: render_notebook(query_view(answer), lang))

to_document.register(Traces, json.trace_answer)
to_document.register(Trace, lambda trace, lang: json.trace_answer([trace], lang)["results"][0])
to_document.register(AuditResults, json.audit_answer)
to_document.register(Audit, lambda audit, lang: json.audit_answer([audit], lang)["enterprises"][0])

html_page.register(Traces, trace_page)
html_page.register(AuditResults, lambda audits, lang: render_html(audit_view(audits), lang))
html_page.register(SharedParties, shared_parties_page)
