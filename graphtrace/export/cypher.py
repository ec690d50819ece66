"""Export as a Cypher script that builds the graph of the records on a Neo4j server: ``cypher-shell -f case.cypher``.

Labels and relationships are those of docs/model.md, with what people look at and without what a case needs to work
with; ``graphtrace copy`` makes a case. Every statement is a ``MERGE`` on a key, so that a script may be run again, or
after it was interrupted, with the same result. Run it on a database of its own.

Values are literals in the text, written as JSON, which Cypher reads the same way; nothing in a name can end its
literal.
"""

from __future__ import annotations

import json
import shlex
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, NamedTuple

from graphtrace.engine.party_flows import CardRecord
from graphtrace.export.serializable import text_writer
from graphtrace.identifiers import with_check_digit
from graphtrace.model import CUSTODY_KINDS, Party
from graphtrace.render.sanitize import escaped_json
from graphtrace.results.subgraph import ExportResult, lot_end_keys, record_id
from graphtrace.storage.case_folder import new_folder
from graphtrace.storage.neo4j.neo4j_schema import (
    LABELS,
    QUANTITY_ONLY,
    RECORD_LINKS,
    SCRIPTED,
    UNLINKED_EVENT,
    constraint,
)
from graphtrace.storage.stored_records import StoredRecord

if TYPE_CHECKING:
    from graphtrace.analysis.case_graph import Subgraph
    from graphtrace.render import Lang
    from graphtrace.storage.base import Backend


_BATCH: Final = 500
"""Number of records whose nodes and relationships share their statements."""

Value = str | int | bool | None


class _Link(NamedTuple):
    """A type of relationship and the labels of its ends."""

    source: str
    type: str
    target: str


def write_cypher(selection: Subgraph, out: IO[bytes], _lang: Lang) -> Mapping[str, int]:
    """Write the selection; every node and relationship is counted once."""
    counts: Counter[str] = Counter()
    seen: dict[str, set[str]] = defaultdict(set)
    rows = selection.rows()
    with text_writer(out) as text:
        for label, (key, *_) in SCRIPTED.items():
            text.write(f"{constraint(label, key)};\n")
        while batch := list(islice(rows, _BATCH)):
            block = _Block()
            for found in batch:
                block.add(found)
            for labels, nodes in block.nodes.items():
                label = labels.partition(":")[0]
                fresh = {key: properties for key, properties in nodes.items() if key not in seen[label]}
                if label != "Record":
                    seen[label].update(fresh)
                counts[label] += len(fresh)
                text.writelines(_merge_nodes(labels, fresh))
            for link, ends in block.links.items():
                counts[link.type] += len(ends)
                text.writelines(_merge_links(link, ends))
    return counts


class _Block:
    """The nodes and relationships of some records, each once; nodes of parties and cards before those of records."""

    def __init__(self) -> None:
        self.nodes: dict[str, dict[str, dict[str, Value]]] = {"Party": {}, "Card": {}, "Lot": {}}
        self.links: dict[_Link, dict[tuple[str, str], None]] = defaultdict(dict)

    def add(self, found: CardRecord) -> None:
        row, record = found.record, record_id(found.record.origin)
        labels = f"Record:{LABELS[row.kind]}{_marks(found)}"
        self.nodes.setdefault(labels, {})[record] = _record(row)
        for party, source, target in ((row.sender, "Party", "Record"), (row.receiver, "Record", "Party")):
            if party is not None and (link := RECORD_LINKS.get((source, target, row.kind))):
                self.nodes["Party"][party.id] = _party(party)
                ends = (party.id, record) if source == "Party" else (record, party.id)
                self.links[_Link(source, link, target)][ends] = None
        names = RECORD_LINKS["Record", "Card", row.kind]
        if found.key is not None:
            self.nodes["Card"][found.key] = {"iccid": with_check_digit(found.key)}
            self.links[_Link("Record", names, "Card")][record, found.key] = None
        elif row.lot is not None:
            first, last = lot_end_keys(row.lot)
            lot = f"{first}-{last}"
            self.nodes["Lot"][lot] = {"first": first, "last": last, "cards": len(row.lot)}
            self.links[_Link("Record", names, "Lot")][record, lot] = None


def _marks(found: CardRecord) -> str:
    if found.key is not None or found.record.lot is not None:
        return ""
    if found.record.kind in CUSTODY_KINDS:
        return f":{QUANTITY_ONLY}"
    return "" if found.record.kind == "stock" else f":{UNLINKED_EVENT}"


def _party(party: Party) -> dict[str, Value]:
    return {"name": party.name, "is_carrier": party.is_carrier, "bearers": party.namesakes}


def _record(row: StoredRecord) -> dict[str, Value]:
    origin = row.origin
    stated = {
        "date": None if row.when is None else row.when.iso,
        "record_no": origin.record_no,
        "file": origin.file,
        "sha256": origin.sha256,
        "sheet_name": origin.sheet,
        "row": origin.row,
    }
    return {name: stated[name] if name in stated else getattr(row, name) for name in SCRIPTED["Record"][1:]}


def _merge_nodes(labels: str, nodes: Mapping[str, Mapping[str, Value]]) -> Iterator[str]:
    if not nodes:
        return
    label, _, more = labels.partition(":")
    yield "UNWIND [\n"
    yield ",\n".join(f"[{_literal(key)}, {_map(properties)}]" for key, properties in nodes.items())
    marked = f"n:{more}, " if more else ""
    yield f"\n] AS row MERGE (n:{label} {{{SCRIPTED[label][0]}: row[0]}}) SET {marked}n += row[1];\n"


def _merge_links(link: _Link, ends: Mapping[tuple[str, str], None]) -> Iterator[str]:
    yield "UNWIND [\n"
    yield ",\n".join(f"[{_literal(source)}, {_literal(target)}]" for source, target in ends)
    yield (
        f"\n] AS row MATCH (a:{link.source} {{{SCRIPTED[link.source][0]}: row[0]}}) "
        f"MATCH (b:{link.target} {{{SCRIPTED[link.target][0]}: row[1]}}) MERGE (a)-[:{link.type}]->(b);\n"
    )


def _map(properties: Mapping[str, Value]) -> str:
    """Return a map literal; its names are those of this module and need no quotation marks."""
    return f"{{{', '.join(f'{name}: {_literal(value)}' for name, value in properties.items() if value is not None)}}}"


def _literal(value: Value) -> str:
    return escaped_json(json.dumps(value, ensure_ascii=False))


NAME = "neo4j-admin"
SCRIPT = "import.sh"
SCRIPT_OF_WINDOWS = "import.cmd"
_SCRIPT = """#!/bin/sh
# Imports this case into a Neo4j server that is stopped. What its database "neo4j" held is replaced.
# NEO4J_ADMIN says which neo4j-admin to run, where it is not on the path.
set -e
cd "$(dirname "$0")"
"${{NEO4J_ADMIN:-neo4j-admin}}" {arguments}
"""
_SCRIPT_OF_WINDOWS = """@echo off
rem Imports this case into a Neo4j server that is stopped. What its database "neo4j" held is replaced.
rem NEO4J_ADMIN says which neo4j-admin.bat to run, where it is not on the path.
setlocal
cd /d "%~dp0"
if not defined NEO4J_ADMIN set "NEO4J_ADMIN=neo4j-admin"
call "%NEO4J_ADMIN%" {arguments}
"""


def export_case(store: Backend, folder: Path) -> ExportResult:
    """Write a case atomically into a new or empty folder.

    Raises UsageError if the folder cannot be written, or holds something.
    """
    from graphtrace.storage.neo4j.admin_import import write_admin_import

    with new_folder(folder) as fresh:
        written, command = write_admin_import(store, fresh)
        (fresh / SCRIPT).write_bytes(_SCRIPT.format(arguments=shlex.join(command[1:])).encode())
        script = _SCRIPT_OF_WINDOWS.format(arguments=subprocess.list2cmdline(command[1:]))
        (fresh / SCRIPT_OF_WINDOWS).write_bytes(script.replace("\n", "\r\n").encode())
    return ExportResult(path=folder, format=NAME, level="record", written=written, limits=None, command=command)
