"""The graph of a case on a server, declared once: nodes with their properties, relationships, labels, indexes.

The statements of a load, the files for ``neo4j-admin``, the exported script and the tables of docs/model.md are made
of these declarations. The meaning of each stands in table ``graph`` of the catalogues. Constraints and indexes are
statements of their own that do nothing where they were run before, so two who open a case at once do no harm.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from graphtrace.model import CUSTODY_KINDS, KINDS, TEXT_FIELDS, DateSpan, Kind, to_epoch_day

if TYPE_CHECKING:
    from graphtrace.storage.neo4j.client import Neo4jClient

FORMAT: Final = 6
"""Version of this graph; a case of another version is refused."""


class NodeKind(NamedTuple):
    """A label, the property that is unique among its nodes (``""``: none), and its properties.

    Properties are written as in a header of the import tool: ``name:type``, a text without a type; those that share a
    meaning stand between semicolons. ``transient`` are those of an unfinished load or import, ``script`` those in an
    exported script, its key first.
    """

    label: str
    key: str
    properties: str
    transient: str = ""
    script: str = ""

    def types(self) -> dict[str, str]:
        """Return all properties of a case in order, each with its type."""
        named = f"{self.properties} {self.transient}".replace(";", "").split()
        return {name: typed or "string" for name, _, typed in (each.partition(":") for each in named)}


_RECORD: Final = f"""
kind; sender:long receiver:long; date; quantity:long; msisdn imsi eid imei device; carrier; stock:long sold:long;
{" ".join(TEXT_FIELDS)}; extra; record_no sheet:long row:long; statement; stated_in:long lifted:long; check_char
"""
_RECORD_IN_SCRIPT: Final = """
id date quantity msisdn imsi eid imei channel province city case_no place holder record_no file sha256 sheet_name row
"""
_MENTION: Final = """
mention:long; name_key strong; member; sheets:long[] days:long[] places:long[] names:string[];
unloaded_sheets:long[] unloaded_days:long[] unloaded_places:long[] unloaded_names:string[]
"""
_FILE: Final = "sha256 name size:long; load:long loaded_at; complete:boolean; entry; fields:string[]; version"
_SHEET: Final = """
sheet:long; name kind encoding; rows:long loaded:long duplicate:long rejected:long; records:long; remarks;
carrier_names:string[]; unloaded:boolean
"""
_SUPPORT: Final = """
kind; day:long span:long second:long; record_no sheet:long row:long; said; keys:string[]; statement; repeated:boolean
"""
_CASE: Final = """
id; format:long; loads:long sheets:long; resolved_through:long; corrections:long; judgements:long; notes:long;
replies:long; lookups:long; suspended:long[]; classes:long[]; has_supports:boolean; has_unread:boolean
"""

NODES: Final = {
    kind.label: kind
    for kind in (
        NodeKind("Party", "id", "id; name; is_carrier:boolean; bearers:long", script="id name is_carrier bearers"),
        NodeKind("Card", "key", "key; head", script="key iccid"),
        NodeKind(
            "Lot",
            "id",
            "id; first last; head low:long high:long; size_class:long; cards:long",
            script="id first last cards",
        ),
        NodeKind("Record", "", _RECORD, script=_RECORD_IN_SCRIPT),
        NodeKind("Mention", "mention", _MENTION),
        NodeKind("File", "load", _FILE, transient="sent:long"),
        NodeKind("Sheet", "sheet", _SHEET),
        NodeKind("Reject", "", "place:long; row:long field reason value; low high; raw"),
        NodeKind(
            "Unread",
            "",
            "sheet:long row:long; kind reason field text; day:long span:long; key; head low:long high:long; number",
        ),
        NodeKind("Support", "", _SUPPORT),
        NodeKind("Chunk", "id", "id number:long; data:byte[]"),
        NodeKind("Correction", "", "number:long at; loads:long; sheet:long row:long is_lifted:boolean; effects; entry"),
        NodeKind("Judgement", "", "line:long; loads:long corrections:long; entry"),
        NodeKind("Note", "", "line:long; entry"),
        NodeKind("Lookup", "", "line:long; entry"),
        NodeKind("Case", "id", _CASE, transient="writer writer_until:long; is_bare:boolean"),
    )
}
"""The kinds of nodes, by label."""


SCRIPTED: Final = {kind.label: kind.script.split() for kind in NODES.values() if kind.script}
"""The properties of the nodes in an exported script, by label, the key first."""


class RelationshipKind(NamedTuple):
    """A type, the labels of its ends, and the kinds of the records that have it, where one end is a record."""

    type: str
    source: str
    targets: tuple[str, ...]
    kinds: tuple[Kind, ...] = ()


RELATIONSHIPS: Final = (
    RelationshipKind("SENT", "Party", ("Record",), CUSTODY_KINDS),
    RelationshipKind("DECLARED", "Party", ("Record",), ("stock",)),
    RelationshipKind("HELD", "Party", ("Record",), ("seizure",)),
    RelationshipKind("RECEIVED_BY", "Record", ("Party",), CUSTODY_KINDS),
    RelationshipKind("USED_BY", "Record", ("Party",), ("activation", "usage")),
    RelationshipKind("LISTS", "Record", ("Party",), ("card_list",)),
    RelationshipKind("MOVES", "Record", ("Card", "Lot"), CUSTODY_KINDS),
    RelationshipKind("OF", "Record", ("Card", "Lot"), tuple(kind for kind in KINDS if kind not in CUSTODY_KINDS)),
    RelationshipKind("REFERS_TO", "Mention", ("Party",)),
    RelationshipKind("OF", "Sheet", ("File",)),
    RelationshipKind("OF", "Chunk", ("File",)),
    RelationshipKind("IN", "Reject", ("Sheet",)),
    RelationshipKind("IN", "Unread", ("Sheet",)),
    RelationshipKind("IN", "Support", ("Sheet",)),
    RelationshipKind("OF", "Correction", ("Record",)),
)
"""The kinds of relationships. None has properties."""

RECORD_LINKS: Final = {
    (link.source, target, kind): link.type for link in RELATIONSHIPS for target in link.targets for kind in link.kinds
}
"""The type of the relationship between records of a kind and other nodes, by the labels of its ends and the kind."""

INDEXES: Final = (
    *("File sha256", "Mention name_key", "Mention member", "Party name", "Lot head size_class low", "Record device"),
    *("Record msisdn", "Record imsi", "Record eid", "NoCardNumber statement", "Support statement"),
    *("Unread key", "Unread head low", "Unread number"),
)
"""Labels, each with the properties by which its nodes are looked up, apart from the unique ones."""


def constraint(label: str, key: str) -> str:
    """Return the statement that makes a property unique."""
    return f"CREATE CONSTRAINT {label.lower()}_{key} IF NOT EXISTS FOR (n:{label}) REQUIRE n.{key} IS UNIQUE"


SCHEMA: Final = (
    *(constraint(kind.label, kind.key) for kind in NODES.values() if kind.key),
    *(
        f"CREATE INDEX {'_'.join((label.lower(), *names))} IF NOT EXISTS FOR (n:{label}) ON (n.{', n.'.join(names)})"
        for label, *names in map(str.split, INDEXES)
    ),
)
"""Statements that create all constraints and indexes."""

LABELS: Final = {kind: kind.title().replace("_", "") for kind in KINDS}
"""The second label of a record, by its kind."""

NO_CARD_NUMBER: Final = "NoCardNumber"
"""Label of a record that names no card by its number."""

QUANTITY_ONLY: Final = "QuantityOnly"
"""Label of a movement without card numbers: it says only how many cards."""

UNLINKED_EVENT: Final = "UnlinkedEvent"
"""Label of an event without a card number: it names only an MSISDN or IMSI."""

DUPLICATE: Final = "Duplicate"
"""Label of a record that repeats the statement of another."""

RETRACTED: Final = "Retracted"
"""Label of a record that was withdrawn: its ``sheet`` is beyond all sheets, ``stated_in`` is the one it stands in."""

REINSTATED: Final = "Reinstated"
"""Label of a record that was withdrawn once; ``lifted`` is what its ``sheet`` was then."""

RETRACTED_BASE: Final = 1 << 30
"""Base above every sheet number; a withdrawn record has this plus the number of its first correction as its sheet."""

UNLOADED: Final = "Unloaded"
"""Label of a record of an unloaded file: its ``sheet`` is beyond all sheets, as for a withdrawn one."""

FURTHER_LABELS: Final = (NO_CARD_NUMBER, QUANTITY_ONLY, UNLINKED_EVENT, DUPLICATE, RETRACTED, REINSTATED, UNLOADED)
"""The labels that a record can have beside that of its kind."""

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
    *("document_basis", "carrier_basis"),
    *("extra", "record_no", "sheet", "row"),
)
"""Properties of a record that answers read, in that order."""

BODY: Final = tuple(name for name in NODES["Record"].types() if name not in ("check_char", "stated_in", "lifted"))
"""Properties with which a record is created, whatever names its cards; those without a value are absent."""


def property_map(names: Iterable[str], value: str) -> str:
    """Return a map of properties; ``value`` is the expression of each, with its name or its number filled in."""
    return f"{{{', '.join(f'{name}: {value.format(name, number)}' for number, name in enumerate(names))}}}"


def create_nodes(label: str, columns: Sequence[str]) -> str:
    """Return the statement that creates nodes of rows, cards and lots only where they are not there already.

    Columns are properties, a last column ``linked_to`` is the key of the node that each is linked to.
    """
    names = [name for name in columns if name != "linked_to"]
    found = linked = ""
    if label in ("Card", "Lot"):
        key = NODES[label].key
        found = f"OPTIONAL MATCH (n:{label} {{{key}: row[{names.index(key)}]}}) WITH row, n WHERE n IS NULL "
    if names != list(columns):
        link = outgoing(label)
        found = f"MATCH (e:{link.targets[0]} {{{NODES[link.targets[0]].key}: row[{len(names)}]}}) "
        linked = f"-[:{link.type}]->(e)"
    return f"UNWIND $rows AS row {found}CREATE (:{label} {property_map(names, 'row[{1}]')}){linked}"


def outgoing(label: str) -> RelationshipKind:
    """Return the only kind of relationship that leads from nodes with a label."""
    (link,) = (link for link in RELATIONSHIPS if link.source == label)
    return link


def types_between(source: str, target: str) -> tuple[str, ...]:
    """Return the types of the relationships from nodes with one label to nodes with another."""
    return tuple(link.type for link in RELATIONSHIPS if link.source == source and target in link.targets)


def property_expr(name: str) -> str:
    """Return the expression for a property of a record ``r``."""
    return STATED_IN if name == "sheet" else f"r.{name}"


def prefix_pattern(text: str, size: int) -> str:
    """Return a prefix in the form of property ``head``: the text before the running number, a dot for each digit."""
    return text.ljust(size, ".")


NAMED: Final = "|".join(types_between("Record", "Card"))
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


# -- on a server -----------------------------------------------------------------------------------------------------

_WAIT_S = 3600
"""Maximum time for building the indexes of a large case, in seconds."""


def create_indexes(server: Neo4jClient) -> None:
    """Create all constraints and indexes and wait until they are online."""
    for statement in (*SCHEMA, f"CALL db.awaitIndexes({_WAIT_S})"):
        _run(server, statement)


def complete_import(server: Neo4jClient) -> None:
    """Complete a bulk-imported case with what the import tool cannot create."""
    create_indexes(server)
    server.write_once(
        # the tool takes a list of one empty text for none; a mention without a name has exactly that. One that only
        # withdrawn records make has no lists at all.
        "MATCH (m:Mention) WHERE m.names IS NULL CALL (m) { "
        "SET m.names = CASE WHEN m.sheets IS NULL THEN [] ELSE [''] END, m.sheets = coalesce(m.sheets, []), "
        "m.days = coalesce(m.days, []), m.places = coalesce(m.places, []) } IN TRANSACTIONS OF 10000 ROWS"
    )
    for statement in (
        "MATCH (m:Mention) WHERE m.unloaded_days IS NOT NULL AND m.unloaded_names IS NULL SET m.unloaded_names = ['']",
        # the tool leaves out lists without elements
        "MATCH (f:File) WHERE f.fields IS NULL SET f.fields = []",
        "MATCH (s:Sheet) WHERE s.carrier_names IS NULL SET s.carrier_names = []",
        "MATCH (c:Case) SET c.classes = coalesce(c.classes, []) REMOVE c.is_bare",
    ):
        _run(server, statement)


def _run(server: Neo4jClient, statement: str) -> None:
    server.write(lambda tx: tx.run(statement).consume())
