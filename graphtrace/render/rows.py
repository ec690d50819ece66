"""Answers as flat tables for spreadsheets: a trace with one row per hop, an audit with one per enterprise.

A card without a chain has one row with empty hop columns, so that no input is lost.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from graphtrace.inert import csv_cell

if TYPE_CHECKING:
    from graphtrace.answers.asking import QueryAnswer
    from graphtrace.answers.audit import Audit
    from graphtrace.answers.opening import Opened
    from graphtrace.answers.parties import Dealings
    from graphtrace.answers.shared import SharedParties
    from graphtrace.answers.siblings import Siblings
    from graphtrace.answers.trace import Trace
    from graphtrace.model import Origin, Party

COLUMNS = (
    *("input", "iccid", "outcome", "registrant_id", "registrant", "holder_id", "holder", "end_user_id", "end_user"),
    *("chain", "chain_outcome", "n", "kind", "from_id", "from", "to_id", "to"),
    *("date", "precision", "gap_before", "channel", "origins"),
)


def hop_rows(traces: Iterable[Trace]) -> Iterator[dict[str, Any]]:
    """One dict per hop with the keys :data:`COLUMNS`; ``chain`` counts the chains of a card from 1."""
    from graphtrace.answers import traces as answers

    for row in answers.hop_rows(traces):
        *rest, origins = row.values()
        yield dict(zip(COLUMNS, (*rest, "; ".join(map(_place, origins or ())) or None), strict=True))


def csv_text(traces: Iterable[Trace]) -> str:
    """The hops as CSV."""
    return _csv(COLUMNS, hop_rows(traces))


def audit_csv(audits: Iterable[Audit]) -> str:
    """The figures as CSV, one row per enterprise."""
    from graphtrace.answers.audit import AUDIT_COLUMNS, audit_row

    return _csv(AUDIT_COLUMNS, map(audit_row, audits))


def common_csv(shared: SharedParties) -> str:
    """The figures as CSV, one row per party, carriers last."""
    from graphtrace.answers.shared import SHARED_COLUMNS, shared_row

    return _csv(SHARED_COLUMNS, map(shared_row, (*shared.parties, *shared.carriers)))


def sibling_csv(siblings: Siblings) -> str:
    """The cards for suspension as CSV, one row per range, the nearest first."""
    from graphtrace.answers.siblings import SUSPENSION_COLUMNS, suspension_row

    return _csv(SUSPENSION_COLUMNS, map(suspension_row, siblings.suspension))


def party_csv(dealings: Dealings) -> str:
    """What a party received and passed on as CSV, one row per other party and direction."""
    from graphtrace.answers.parties import FLOW_COLUMNS, flow_rows

    return _csv(FLOW_COLUMNS, flow_rows(dealings))


ORDINALS = frozenset({"row", "step"})
"""Columns of queries whose numbers are places, not amounts."""


def query_csv(answer: QueryAnswer) -> str:
    """The rows of a query as CSV."""
    rows = (dict(zip(answer.columns, map(_number_or_text, row), strict=True)) for row in answer.rows)
    return _csv(answer.columns, rows)


def _number_or_text(value: object) -> object:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else cell_text(value)


def cell_text(value: object) -> str:
    """A cell of a query's answer as text: nothing for a missing value, a list with semicolons."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return "; ".join(map(cell_text, value)) if isinstance(value, list) else str(value)


OPENED_COLUMNS = (
    *("enterprise_id", "enterprise", "matter", "finding", "first", "last", "cards", "holder_id", "holder"),
    *("kind", "date", "file", "sheet", "row", "sha256"),
)


def opened_csv(opened: Iterable[Opened]) -> str:
    """The cards behind figures of an audit as CSV, one row per lot and record that names it."""
    return _csv(OPENED_COLUMNS, opened_rows(opened))


def opened_rows(opened: Iterable[Opened]) -> Iterator[dict[str, Any]]:
    """One dict per lot and record with the keys :data:`OPENED_COLUMNS`; ``finding`` counts those of a rule from 1."""
    for figure in opened:
        head = {
            **_columns("enterprise", figure.enterprise),
            "matter": figure.matter,
            "finding": None if figure.breach is None else figure.breach.place + 1,
        }
        for lot in figure.lots:
            cards = {"first": lot.first, "last": lot.last, "cards": lot.cards, **_columns("holder", lot.holder)}
            for said in lot.evidence:
                origin = said.origin
                place = {"file": origin.file, "sheet": origin.sheet, "row": origin.row, "sha256": origin.sha256}
                yield {**head, **cards, "kind": said.kind, "date": said.day, **place}


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """CSV that spreadsheet programs open without harm: marked as UTF-8, each cell as :func:`csv_cell` writes it."""
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, columns, lineterminator="\n")
    writer.writerow({name: csv_cell(name) for name in columns})
    for row in rows:
        writer.writerow({name: csv_cell(value) for name, value in row.items()})
    return "\ufeff" + sheet.getvalue()


def _columns(name: str, party: Party | None) -> dict[str, str | None]:
    return {f"{name}_id": party.id if party else None, name: party.name if party else None}


def _place(origin: Origin) -> str:
    sheet = f" ({origin.sheet})" if origin.sheet else ""
    return f"{origin.file}:{origin.row}{sheet} {origin.sha256}"
