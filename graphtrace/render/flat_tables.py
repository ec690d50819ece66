"""Answers as flat tables for spreadsheets: a trace with one row per hop, an audit with one per enterprise.

A card without a chain has one row with empty hop columns, so that no input is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graphtrace.model import Origin
    from graphtrace.results.trace import Trace

COLUMNS = (
    *(
        "input",
        "iccid",
        "outcome",
        "registrant_id",
        "registrant",
        "registrant_basis",
        "holder_id",
        "holder",
        "end_user_id",
        "end_user",
        "end_user_basis",
    ),
    *("chain", "chain_outcome", "n", "kind", "from_id", "from", "to_id", "to"),
    *("date", "precision", "gap_before", "channel", "origins"),
)


def hop_rows(traces: Iterable[Trace]) -> Iterator[dict[str, Any]]:
    """Yield one dict per hop with the keys :data:`COLUMNS`; ``chain`` counts the chains of a card from 1."""
    from graphtrace.results import traces as answers

    for row in answers.hop_rows(traces):
        *rest, origins = row.values()
        yield dict(zip(COLUMNS, (*rest, "; ".join(map(_place, origins or ())) or None), strict=True))


def cell_text(value: object) -> str:
    """Return a cell of a query's answer as text: empty for a missing value, a list joined with semicolons."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return "; ".join(map(cell_text, value)) if isinstance(value, list) else str(value)


def _place(origin: Origin) -> str:
    sheet = f" ({origin.sheet})" if origin.sheet else ""
    return f"{origin.file}:{origin.row}{sheet} {origin.sha256}"
