"""The answer of a query as a workbook of one sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphtrace.render import Lang
from graphtrace.render.rows import ORDINALS, cell_text
from graphtrace.render.workbook import Cell, Column, Holds, Sheet, workbook_bytes

if TYPE_CHECKING:
    from graphtrace.answers.asking import QueryAnswer


def query_workbook(case: str, answer: QueryAnswer, lang: Lang) -> bytes:
    """The XLSX file of the answer of ``query``; the question stands at the head of every printed page."""
    columns = [Column(name, _holds(answer, place)) for place, name in enumerate(answer.columns)]
    rows = ([_cell(value) for value in row] for row in answer.rows)
    question = getattr(answer.query.header.question, lang)
    return workbook_bytes([Sheet(answer.query.name, columns, rows, fixed=1)], lang, about=f"{case} · {question}")


def _holds(answer: QueryAnswer, place: int) -> Holds:
    cells = [row[place] for row in answer.rows if row[place] is not None]
    if not cells or not all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells):
        return "text"
    return "ordinal" if answer.columns[place] in ORDINALS else "number"


def _cell(value: object) -> Cell:
    if isinstance(value, bool) or not isinstance(value, int | float | list):
        return None if value is None else cell_text(value)
    return [cell_text(member) for member in value] if isinstance(value, list) else value
