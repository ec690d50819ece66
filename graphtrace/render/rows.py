"""Answers as flat tables for spreadsheets: a trace with one row per hop, an audit with one per enterprise.

A card without a chain has one row with empty hop columns, so that no input is lost.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graphtrace.answers.audit import Audit
    from graphtrace.answers.parties import Dealings
    from graphtrace.answers.trace import Trace
    from graphtrace.model import Chain, Hop, Origin, Party

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

COLUMNS = (
    *("input", "iccid", "outcome", "registrant_id", "registrant", "holder_id", "holder", "end_user_id", "end_user"),
    *("chain", "chain_outcome", "n", "kind", "from_id", "from", "to_id", "to"),
    *("date", "precision", "gap_before", "channel", "origins"),
)


def hop_rows(traces: Iterable[Trace]) -> Iterator[dict[str, Any]]:
    """One dict per hop with the keys :data:`COLUMNS`; ``chain`` counts the chains of a card from 1."""
    for trace in traces:
        head = {
            "input": trace.input,
            "iccid": trace.card.iccid if trace.card else None,
            "outcome": str(trace.outcome),
            **_columns("registrant", trace.registrant),
            **_columns("holder", trace.holder),
            **_columns("end_user", trace.end_user),
        }
        hops = [(number, chain, hop) for number, chain in enumerate(trace.chains, 1) for hop in chain.hops]
        for number, chain, hop in hops:
            yield {**head, **_hop(number, chain, hop)}
        if not hops:
            yield {**dict.fromkeys(COLUMNS), **head}


FLOW_COLUMNS = (
    *("party_id", "party", "direction", "with_id", "with", "cards", "records", "quantity_records", "quantity_cards"),
    *("since", "until", "seized"),
)


def csv_text(traces: Iterable[Trace]) -> str:
    """The hops as CSV."""
    return _csv(COLUMNS, hop_rows(traces))


def audit_csv(audits: Iterable[Audit]) -> str:
    """The figures as CSV, one row per enterprise."""
    from graphtrace.answers.audit import AUDIT_COLUMNS, audit_row

    return _csv(AUDIT_COLUMNS, map(audit_row, audits))


def party_csv(dealings: Dealings) -> str:
    """What a party received and passed on as CSV, one row per other party and direction."""
    return _csv(FLOW_COLUMNS, _flow_rows(dealings))


def _flow_rows(dealings: Dealings) -> Iterator[dict[str, Any]]:
    for direction, flows in (("received", dealings.received), ("passed_on", dealings.passed_on)):
        for flow in flows:
            yield {
                **_columns("party", dealings.party),
                "direction": direction,
                **_columns("with", flow.party),
                "cards": flow.cards,
                "records": flow.records,
                "quantity_records": flow.quantity_only.records,
                "quantity_cards": flow.quantity_only.cards,
                "since": flow.since.day,
                "until": flow.until.day,
                "seized": flow.seized,
            }


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """CSV that spreadsheet programs open without harm: marked as UTF-8, no cell is a formula.

    A cell that would be one gets a leading apostrophe, which every reader of graphtrace takes off again.
    """
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, columns, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _inert(value) for name, value in row.items()})
    return "\ufeff" + sheet.getvalue()


def _hop(number: int, chain: Chain, hop: Hop) -> dict[str, Any]:
    return {
        "chain": number,
        "chain_outcome": str(chain.outcome),
        "n": hop.n,
        "kind": hop.kind,
        **_columns("from", hop.sender),
        **_columns("to", hop.receiver),
        "date": hop.when.day,
        "precision": hop.precision,
        "gap_before": hop.gap_before,
        "channel": hop.channel,
        "origins": "; ".join(_place(origin) for origin in hop.origins),
    }


def _columns(name: str, party: Party | None) -> dict[str, str | None]:
    return {f"{name}_id": party.id if party else None, name: party.name if party else None}


def _place(origin: Origin) -> str:
    sheet = f" ({origin.sheet})" if origin.sheet else ""
    return f"{origin.file}:{origin.row}{sheet} {origin.sha256}"


def _inert(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
