"""Writer of the flat table of a document as CSV that is safe in spreadsheet programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from graphtrace.csv_safety import csv_cell

if TYPE_CHECKING:
    from graphtrace.render.document import Document


def render_csv(document: Document) -> str:
    """Return the CSV of a document that has records."""
    if document.records is None:
        raise ValueError("the document has no records")
    return csv_of(document.records.columns, document.records.rows)


def csv_of(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """Return rows as CSV: marked as UTF-8, each cell as :func:`csv_cell` writes it."""
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, columns, lineterminator="\n")
    writer.writerow({name: csv_cell(name) for name in columns})
    for row in rows:
        writer.writerow({name: csv_cell(value) for name, value in row.items()})
    return "\ufeff" + sheet.getvalue()
