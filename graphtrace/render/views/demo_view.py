"""Document tree of ``demo``: the load, the trace of the seized card, the audit of its registrant, the next steps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from graphtrace.render.command_results import LoadedSheets
from graphtrace.render.document import Document, Paragraph, Part, Section, Text, TonedText
from graphtrace.render.i18n import label_text
from graphtrace.render.views.audit_view import audit_view
from graphtrace.render.views.load_view import load_view
from graphtrace.render.views.trace_view import trace_view

if TYPE_CHECKING:
    from graphtrace.render.command_results import DemoReport


def demo_view(demo: DemoReport, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of the parts one below the other."""
    trees = (load_view(LoadedSheets(demo.sheets, is_brief=True)), trace_view(demo.traces), audit_view(demo.audits))
    parts: list[Part] = [part for tree in trees for part in tree.parts]
    parts.append(_commands("pages", label_text("look_at"), map(str, demo.pages)))
    parts.append(_commands("next", label_text("try_next"), demo.commands))
    return Document(title=demo.case, kind=label_text("status_page"), case=case, as_of=as_of, parts=tuple(parts))


def _commands(code: str, title: Text, lines: Iterable[str]) -> Section:
    return Section(code=code, title=title, parts=tuple(Paragraph(parts=(TonedText(line, "code"),)) for line in lines))
