"""How each kind of answer looks: as text, as a fragment of HTML for a notebook, as plain values, as a page.

A fragment holds no script, no address but those of images within itself, and no style that reaches beyond it. What a
notebook that is not trusted strips from it (its style) takes nothing from what it says; drawings are images, because
bare elements of SVG would be stripped too.
"""

from __future__ import annotations

from functools import singledispatch
from pathlib import Path
from typing import Any

from graphtrace.answers.asking import QueryAnswer
from graphtrace.answers.audit import Audit, Audits
from graphtrace.answers.parties import Dealings
from graphtrace.answers.shared import SharedParties
from graphtrace.answers.siblings import Siblings
from graphtrace.answers.trace import Trace
from graphtrace.answers.traces import Traces
from graphtrace.render import Lang, json
from graphtrace.render.files import write_text
from graphtrace.render.html import fragments
from graphtrace.render.html.shared import shared_page
from graphtrace.render.html.trace import trace_page
from graphtrace.render.language import spoken_language
from graphtrace.render.terminal.page import View, plain
from graphtrace.render.terminal.shared import SharedView
from graphtrace.render.terminal.siblings import SiblingView
from graphtrace.render.terminal.trace import TraceView
from graphtrace.render.views.audit import audit_view
from graphtrace.render.views.party import party_view
from graphtrace.render.views.query import query_view
from graphtrace.render.writers.html import render_html
from graphtrace.render.writers.notebook import render_notebook
from graphtrace.render.writers.terminal import DocumentView

WIDTH = 80
"""Columns of text where no console says how wide it is."""


def rich_of(answer: object) -> View:
    """What a rich console draws."""
    return view_of(answer, spoken_language())


def text_of(answer: object) -> str:
    """Plain text, without a line break at its end."""
    return plain(rich_of(answer), WIDTH).rstrip("\n")


def html_of(answer: object) -> str:
    """A fragment of HTML."""
    return fragment_of(answer, spoken_language())


def write_page(answer: object, path: Path, lang: Lang) -> None:
    """Write the page of an answer, whole or not at all.

    Raises
    ------
    UsageError
        If that cannot be done.
    """
    write_text(path, page_of(answer, lang))


@singledispatch
def view_of(answer: object, lang: Lang) -> View:  # noqa: ARG001
    """An answer as a terminal shows it."""
    raise _unknown(answer)


@singledispatch
def fragment_of(answer: object, lang: Lang) -> str:  # noqa: ARG001
    """An answer as a notebook shows it."""
    raise _unknown(answer)


@singledispatch
def document_of(answer: object, lang: Lang) -> dict[str, Any]:  # noqa: ARG001
    """An answer that holds sentences as plain values."""
    raise _unknown(answer)


@singledispatch
def page_of(answer: object, lang: Lang) -> str:  # noqa: ARG001
    """An answer as a page."""
    raise _unknown(answer)


def _unknown(answer: object) -> TypeError:
    return TypeError(f"{type(answer).__name__} cannot be shown so")


view_of.register(Traces, TraceView)
view_of.register(Trace, lambda trace, lang: TraceView([trace], lang))
view_of.register(Audits, lambda audits, lang: DocumentView(audit_view(audits), lang))
view_of.register(Audit, lambda audit, lang: DocumentView(audit_view([audit]), lang))
view_of.register(Dealings, lambda dealings, lang: DocumentView(party_view(dealings), lang))
view_of.register(SharedParties, SharedView)
view_of.register(Siblings, SiblingView)
view_of.register(QueryAnswer, lambda answer, lang: DocumentView(query_view(answer), lang))

fragment_of.register(Traces, fragments.trace_fragment)
fragment_of.register(Trace, lambda trace, lang: fragments.trace_fragment([trace], lang))
fragment_of.register(Audits, lambda audits, lang: render_notebook(audit_view(audits), lang))
fragment_of.register(Audit, lambda audit, lang: render_notebook(audit_view([audit]), lang))
fragment_of.register(Dealings, lambda dealings, lang: render_notebook(party_view(dealings), lang))
fragment_of.register(SharedParties, fragments.shared_fragment)
fragment_of.register(Siblings, fragments.sibling_fragment)
fragment_of.register(QueryAnswer, lambda answer, lang: render_notebook(query_view(answer), lang))

document_of.register(Traces, json.trace_answer)
document_of.register(Trace, lambda trace, lang: json.trace_answer([trace], lang)["results"][0])
document_of.register(Audits, json.audit_answer)
document_of.register(Audit, lambda audit, lang: json.audit_answer([audit], lang)["enterprises"][0])

page_of.register(Traces, trace_page)
page_of.register(Audits, lambda audits, lang: render_html(audit_view(audits), lang))
page_of.register(SharedParties, shared_page)
