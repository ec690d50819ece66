"""The answer of ``query`` as a tree: the question, what it was asked with, and the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphtrace.render import text_tables
from graphtrace.render.document import (
    Cell,
    Column,
    ColumnKind,
    DisplayLimits,
    Document,
    LazyRows,
    Lines,
    Paragraph,
    Part,
    Records,
    Section,
    TableBlock,
    TonedText,
)
from graphtrace.render.flat_tables import cell_text
from graphtrace.render.i18n import in_both, label_text
from graphtrace.render.views.judgements_view import judgements_part

if TYPE_CHECKING:
    from graphtrace.results.query import QueryResult

ROWS = DisplayLimits(terminal=50, page=1_000, notebook=50)

ORDINALS = frozenset({"row", "step"})
"""Columns whose numbers are places, not amounts."""

SHORT = 20
"""A text of so many characters, a card number say, is not broken."""


def query_view(answer: QueryResult, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of an answer of the query library; headings are the names of the columns, as in its text."""
    question = answer.query.header.question
    asked = [f"{name} = {cell_text(value)}" for name, value in answer.parameters.items() if value is not None]
    columns = tuple(Column(name, _kind(answer, place), name) for place, name in enumerate(answer.columns))
    table = TableBlock(
        code=answer.query.name,
        columns=columns,
        rows=LazyRows(answer.rows, lambda row: list(map(_cell, row))),
        most=ROWS,
        more=text_tables.LABELS["more_rows"],
        where="to_pandas(), to_dict()",
    )
    parts: list[Part] = [Paragraph(parts=(TonedText(" · ".join(asked), "quiet"),))] if asked else []
    parts += [table, Paragraph(parts=(TonedText(label_text("query_rows", rows=len(answer.rows)), "quiet"),))]
    kind = in_both(lambda lang: str(getattr(question, lang)))
    return Document(
        title=f"{answer.query.name} · graphtrace",
        kind=kind,
        case=case,
        as_of=as_of,
        parts=(Section(code="answer", title=kind, parts=tuple(parts)), *judgements_part(answer.judgements)),
        records=Records(
            columns=answer.columns,
            rows=(dict(zip(answer.columns, map(_number_or_text, row), strict=True)) for row in answer.rows),
        ),
    )


def _kind(answer: QueryResult, place: int) -> ColumnKind:
    cells = [row[place] for row in answer.rows if row[place] is not None]
    if cells and all(map(_is_number, cells)):
        return "ordinal" if answer.columns[place] in ORDINALS else "amount"
    return "short" if all(isinstance(cell, str) and len(cell) <= SHORT for cell in cells) else "text"


def _cell(value: Any) -> Cell:
    if isinstance(value, list):
        return Lines(tuple((cell_text(member),) for member in value))
    return value if _is_number(value) else cell_text(value) or None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number_or_text(value: object) -> object:
    return value if _is_number(value) else cell_text(value)
