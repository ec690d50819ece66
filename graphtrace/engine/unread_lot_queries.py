"""Cards and numbers of which rows state changes of hands that were not recorded, as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from graphtrace.model import DENIED

if TYPE_CHECKING:
    from graphtrace.storage.duckdb.session import CaseSession


def unread_cards(session: CaseSession) -> Sequence[tuple[Any, ...]]:
    """Return the cards and ranges (first, last)."""
    return session.query(
        "SELECT DISTINCT first, last FROM unread_cards "
        f"WHERE first IS NOT NULL AND reason <> '{DENIED}' ORDER BY first, last"
    )


def unread_numbers(session: CaseSession) -> Sequence[tuple[Any, ...]]:
    """Return the same of rows that name no card: MSISDN or IMSI, as stored, with the days that the row allows."""
    return session.query(
        "SELECT DISTINCT number, day, day + span AS until FROM unread_cards "
        f"WHERE number IS NOT NULL AND reason <> '{DENIED}' ORDER BY ALL"
    )
