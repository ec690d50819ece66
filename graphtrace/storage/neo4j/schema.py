"""Schema of the graph: nodes, relationships and properties of a case on a server. docs/model.md draws it.

Names are for people who look at the graph; what a property means is said in docs/model.md as well, and a test compares
the two with what a server holds.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from functools import lru_cache
from typing import Final

from graphtrace.ingest.reports import TEXT_FIELDS
from graphtrace.model import CUSTODY_KINDS, KINDS, DateSpan, to_epoch_day

FORMAT: Final = 5
"""Version of this graph; a case of another version is refused."""

SCHEMA: Final = (
    "CREATE CONSTRAINT case_id IF NOT EXISTS FOR (n:Case) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT file_load IF NOT EXISTS FOR (n:File) REQUIRE n.load IS UNIQUE",
    "CREATE INDEX file_sha256 IF NOT EXISTS FOR (n:File) ON (n.sha256)",
    "CREATE CONSTRAINT sheet_sheet IF NOT EXISTS FOR (n:Sheet) REQUIRE n.sheet IS UNIQUE",
    "CREATE CONSTRAINT chunk_id IF NOT EXISTS FOR (n:Chunk) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT mention_mention IF NOT EXISTS FOR (n:Mention) REQUIRE n.mention IS UNIQUE",
    "CREATE INDEX mention_name IF NOT EXISTS FOR (n:Mention) ON (n.name_key)",
    "CREATE INDEX mention_member IF NOT EXISTS FOR (n:Mention) ON (n.member)",
    "CREATE CONSTRAINT party_id IF NOT EXISTS FOR (n:Party) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT card_key IF NOT EXISTS FOR (n:Card) REQUIRE n.key IS UNIQUE",
    "CREATE CONSTRAINT lot_id IF NOT EXISTS FOR (n:Lot) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX party_name IF NOT EXISTS FOR (n:Party) ON (n.name)",
    "CREATE INDEX lot_size_class IF NOT EXISTS FOR (n:Lot) ON (n.head, n.cls, n.lo)",
    "CREATE INDEX unnumbered_statement IF NOT EXISTS FOR (n:Unnumbered) ON (n.statement)",
    "CREATE INDEX record_device IF NOT EXISTS FOR (n:Record) ON (n.device)",
    "CREATE INDEX record_msisdn IF NOT EXISTS FOR (n:Record) ON (n.msisdn)",
    "CREATE INDEX support_statement IF NOT EXISTS FOR (n:Support) ON (n.statement)",
    "CREATE INDEX record_imsi IF NOT EXISTS FOR (n:Record) ON (n.imsi)",
    "CREATE INDEX record_eid IF NOT EXISTS FOR (n:Record) ON (n.eid)",
)
"""Constraints that make keys unique, and indexes for look-ups."""

LABELS: Final = {kind: kind.title().replace("_", "") for kind in KINDS}
"""The second label of a record, by its kind."""

UNNUMBERED: Final = "Unnumbered"
"""Label of a record that names no card by its number."""

QUANTITY_ONLY: Final = "QuantityOnly"
"""Label of an cardless_records movement: it says only how many cards."""

WAITING: Final = "Waiting"
"""Label of an cardless_records activation or seizure: it names only an MSISDN or IMSI."""

REPEATED: Final = "Repeated"
"""Label of a record that repeats the statement of another."""

WITHDRAWN: Final = "Withdrawn"
"""Label of a record that was withdrawn: its ``sheet`` is beyond all sheets, ``stated_in`` is the one it stands in."""

LIFTED: Final = "Lifted"
"""Label of a record that was withdrawn once; ``lifted`` is what its ``sheet`` was then."""

RETRACTED_BASE: Final = 1 << 30
"""Base above every sheet number; a withdrawn record has this plus the number of its first correction as its sheet."""

UNLOADED: Final = "Unloaded"
"""Label of a record of an unloaded file: its ``sheet`` is beyond all sheets, as for a withdrawn one."""

UNLOADED_BASE: Final = 1 << 40
"""Base above every code of a withdrawn record; a record of an unloaded file has this plus the number of its sheet."""

VISIBLE: Final = "r.sheet IN $seen AND NOT coalesce(r.lifted, 0) IN $seen"
"""Condition that a record ``r`` counts; ``$seen`` has the sheets that do, and the codes for an earlier day."""

STATED_IN: Final = "coalesce(r.stated_in, r.sheet)"
"""Expression for the sheet in which a record ``r`` stands, withdrawn or not."""

ENTRIES: Final = (
    "MATCH (n:File) WHERE n.complete RETURN n.load AS loads, 0 AS number, 0 AS line, n.entry AS entry "
    "UNION MATCH (n:Correction) RETURN n.loads AS loads, n.number AS number, 0 AS line, n.entry AS entry "
    "UNION MATCH (n:Judgement) RETURN n.loads AS loads, n.corrections AS number, n.line AS line, n.entry AS entry"
)
"""Query for the lines of the ledger: load, correction, line about judgements after it, and the line."""

ROW: Final = (
    *("kind", "sender", "receiver", "date", "quantity", "msisdn", "imsi", "eid", "imei"),
    *("channel", "province", "city", "case_no", "place", "holder", "state", "cell", "price", "waybill"),
    *("record_no", "sheet", "row"),
)
"""Properties of a record that answers read, in that order."""

BODY: Final = (
    *("kind", "sender", "receiver", "date", "quantity", "msisdn", "imsi", "eid", "imei", "device"),
    *("carrier", "stock", "sold", *TEXT_FIELDS, "extra", "record_no", "sheet", "row", "statement"),
)
"""Names of all properties of a record, whatever names its cards; those without a value are absent."""


def property_expr(name: str) -> str:
    """Return the expression for a property of a record ``r``."""
    return STATED_IN if name == "sheet" else f"r.{name}"


def card_relationship(kind: str) -> str:
    """Return the type of the relationship from a record of this kind to its card or lot."""
    return "MOVES" if kind in CUSTODY_KINDS else "OF"


def party_relationships(kind: str) -> tuple[str, str]:
    """Return the types of the relationships from the sender to a record of this kind, and from it to the receiver.

    Only a record of use has a user: a party that a list names as its customer is only listed.
    """
    if kind in CUSTODY_KINDS:
        return "GAVE", "TO"
    return "HELD" if kind == "seizure" else "DECLARED", "LISTS" if kind == "card_list" else "USED_BY"


def prefix_pattern(text: str, size: int) -> str:
    """Return a head as the graph writes it: the part before the running number, and a dot for each digit of that."""
    return text.ljust(size, ".")


NAMED: Final = "MOVES|OF"
"""The relationships by which a record names cards."""

RECORD_EXPR: Final = ", ".join(map(property_expr, ROW))
"""The properties of a record, in the order of ``ROW``."""


@lru_cache(maxsize=65536)
def parse_stored_date(text: str | None) -> DateSpan | None:
    """Parse a date in the form of :attr:`~graphtrace.model.DateSpan.iso`."""
    if text is None:
        return None
    if len(text) == len("YYYY-MM"):
        first = date.fromisoformat(f"{text}-01")
        return DateSpan(to_epoch_day(first), to_epoch_day(first) + monthrange(first.year, first.month)[1] - 1)
    day = to_epoch_day(date.fromisoformat(text[:10]))
    if "T" not in text:
        return DateSpan(day, day)
    hours, minutes, seconds = (int(part) for part in text[11:19].split(":"))
    return DateSpan(day, day, (hours * 60 + minutes) * 60 + seconds)
