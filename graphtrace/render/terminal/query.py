"""The query library in a terminal: the rows of an answer, and the list of questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from graphtrace.render import Lang
from graphtrace.render.rows import ORDINALS, cell_text
from graphtrace.render.safe import visible
from graphtrace.render.terminal import style
from graphtrace.render.terminal.line import line_of
from graphtrace.render.terminal.page import Column, Page, View, padded

if TYPE_CHECKING:
    from graphtrace.answers.asking import QueryAnswer
    from graphtrace.queries import Header, Query

ROWS = 50
"""Rows that are shown; how many more there are is said."""

_INDENT = "  "
_GAP = 2
_NARROWEST = 20
"""A card number is not broken; where the columns are too wide, each row is a block of lines."""


class QueryView(View):
    """The question, the parameters it was asked with, and the rows; with ``verbose`` all of them."""

    def __init__(self, answer: QueryAnswer, lang: Lang, *, verbose: bool = False) -> None:
        super().__init__(lang)
        self.answer = answer
        self.limit = None if verbose else ROWS

    def draw(self, page: Page) -> None:
        """Draw the question and a table, or a block of lines per row where the columns are too many."""
        answer = self.answer
        page.add((getattr(answer.query.header.question, self.lang), style.TITLE))
        said = [f"{name} = {cell_text(value)}" for name, value in answer.parameters.items() if value is not None]
        if said:
            page.add_items(said, style.LABEL, margin=_INDENT)
        page.blank()
        rows = [list(map(_shown, answer.columns, row)) for row in answer.rows[: self.limit]]
        numeric = [_is_numeric(answer, place) for place in range(len(answer.columns))]
        widths = fitting_widths(answer.columns, rows, page.width)
        if widths is None:
            self._draw_blocks(page, rows)
        elif rows:
            columns = zip(answer.columns, widths, numeric, strict=True)
            page.add_table([Column(name, cells, is_number) for name, cells, is_number in columns], rows)
        if rows:
            page.blank()
        page.add((page.label("query_rows", rows=len(answer.rows)), style.LABEL))
        if len(answer.rows) > len(rows):
            page.add((page.label("more_rows", more=len(answer.rows) - len(rows)), style.MISSING))

    def _draw_blocks(self, page: Page, rows: Sequence[Sequence[str]]) -> None:
        cells = max(map(cell_len, self.answer.columns))
        for row in rows:
            page.blank()
            for name, value in zip(self.answer.columns, row, strict=True):
                if value:
                    page.add(value, margin=line_of((padded(name, cells) + _INDENT, style.LABEL)))


class QueryListView(View):
    """Every question by name; with ``verbose`` what it counts, takes and returns."""

    def __init__(self, queries: Sequence[Query], lang: Lang, *, verbose: bool = False) -> None:
        super().__init__(lang)
        self.queries = queries
        self.verbose = verbose

    def draw(self, page: Page) -> None:
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

    def _draw_header(self, page: Page, header: Header) -> None:
        margin = _INDENT * 2
        page.add((getattr(header.counts, self.lang), style.LABEL), margin=margin)
        for parameter in header.parameters:
            default = "" if parameter.default is None else f" = {parameter.default}"
            said = f"{parameter.type_text}{default}  {getattr(parameter.meaning, self.lang)}"
            page.add(said, margin=line_of(f"{margin}-p ", (f"{parameter.name}  ", style.COMMAND)))
        for column in header.columns:
            name = (f"{column.name}  ", style.LABEL)
            page.add(getattr(column.meaning, self.lang), margin=line_of(f"{margin}   ", name))


def fitting_widths(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """Cells for each column of a table, the widest narrowed first; ``None`` where no table fits."""
    natural = [
        max(cell_len(visible(heading)), *(cell_len(visible(row[place])) for row in rows), 1)
        for place, heading in enumerate(headings)
    ]
    room = width - _GAP * (len(headings) - 1)
    if sum(min(cells, _NARROWEST) for cells in natural) > room:
        return None
    widest = max(natural)
    while sum(min(cells, widest) for cells in natural) > room:
        widest -= 1
    return [min(cells, widest) for cells in natural]


def _shown(column: str, value: Any) -> str:
    is_amount = isinstance(value, int) and not isinstance(value, bool) and column not in ORDINALS
    return f"{value:,}" if is_amount else cell_text(value)


def _is_numeric(answer: QueryAnswer, place: int) -> bool:
    cells = [row[place] for row in answer.rows if row[place] is not None]
    return bool(cells) and all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells)
