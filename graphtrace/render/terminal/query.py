"""The list of questions of the query library in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graphtrace.render import Lang
from graphtrace.render.terminal import style
from graphtrace.render.terminal.layout import TerminalView, TextLayout
from graphtrace.render.terminal.styled_text import line_of

if TYPE_CHECKING:
    from graphtrace.query_library import Query, QueryHeader

_INDENT = "  "


class QueryListView(TerminalView):
    """Every question by name; with ``verbose`` what it counts, takes and returns."""

    def __init__(self, queries: Sequence[Query], lang: Lang, *, verbose: bool = False) -> None:
        super().__init__(lang)
        self.queries = queries
        self.verbose = verbose

    def draw(self, page: TextLayout) -> None:
        """Draw a paragraph per question."""
        for over, title in (("case", "asked_of_case"), ("audit", "asked_by_audits")):
            of_kind = [query for query in self.queries if query.header.over == over]
            if of_kind:
                page.title((page.label(title), style.TITLE))
            for query in of_kind:
                page.add((query.name, style.NAME), margin=_INDENT)
                page.add(getattr(query.header.question, self.lang), margin=_INDENT * 2)
                if self.verbose:
                    self._draw_header(page, query.header)
        page.blank()
        page.add((page.label("queries_listed", queries=len(self.queries)), style.LABEL))

    def _draw_header(self, page: TextLayout, header: QueryHeader) -> None:
        margin = _INDENT * 2
        page.add((getattr(header.counts, self.lang), style.LABEL), margin=margin)
        for parameter in header.parameters:
            default = "" if parameter.default is None else f" = {parameter.default}"
            said = f"{parameter.type_text}{default}  {getattr(parameter.meaning, self.lang)}"
            page.add(said, margin=line_of(f"{margin}-p ", (f"{parameter.name}  ", style.COMMAND)))
        for column in header.columns:
            name = (f"{column.name}  ", style.LABEL)
            page.add(getattr(column.meaning, self.lang), margin=line_of(f"{margin}   ", name))
