"""What ``demo`` did, in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from graphtrace.render import Lang
from graphtrace.render.answers import LoadedSheets
from graphtrace.render.terminal import style
from graphtrace.render.terminal.layout import TerminalView, TextLayout
from graphtrace.render.terminal.styled_text import line_of
from graphtrace.render.terminal.trace import TraceView
from graphtrace.render.views.audit import audit_view
from graphtrace.render.views.load import load_view
from graphtrace.render.writers.terminal import DocumentView

if TYPE_CHECKING:
    from graphtrace.analysis.audit.report import Audit
    from graphtrace.analysis.trace import Trace
    from graphtrace.storage.load import SheetReport


class DemoView(TerminalView):
    """The report of the loading, the trace of the seized card, the audit of its registrant, where the pages are and
    what to try next.
    """

    def __init__(
        self,
        reports: Sequence[SheetReport],
        traces: Sequence[Trace],
        audits: Sequence[Audit],
        pages: Sequence[Path],
        commands: Sequence[str],
        lang: Lang,
        *,
        verbose: bool = False,
    ) -> None:
        super().__init__(lang)
        self.views = (
            DocumentView(load_view(LoadedSheets(reports, is_brief=not verbose)), lang, verbose=verbose),
            TraceView(traces, lang, verbose=verbose),
            DocumentView(audit_view(audits), lang, verbose=verbose),
        )
        self.pages = pages
        self.commands = commands

    def draw(self, page: TextLayout) -> None:
        """Draw the parts one below the other."""
        for view in self.views:
            view.draw(page)
            page.blank()
            page.add((page.glyphs.rule * page.width, style.LABEL))
            page.blank()
        page.add((page.label("look_at"), style.TITLE))
        for path in self.pages:
            page.lines.append(line_of("  ", (str(path), style.COMMAND)))
        page.blank()
        page.add((page.label("try_next"), style.TITLE))
        for command in self.commands:
            page.lines.append(line_of("  ", (command, style.COMMAND)))
