"""Notes of a case on a server, and its log of look-ups: nodes without a relationship, one for each line.

Whoever adds one first counts it at the node of the case, which no two transactions change at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from graphtrace.storage.case_notes import OF_REPLY, NoteKind, NoteRequest, plan_note
from graphtrace.storage.ledger import content_of, head_of, note_head
from graphtrace.storage.lookups import Basis, LookupRequest, plan_answer, plan_lookup, require_purpose
from graphtrace.storage.neo4j.client import Address, Neo4jClient, case_missing_error
from graphtrace.storage.neo4j.neo4j_schema import ENTRIES, create_nodes

if TYPE_CHECKING:
    import neo4j


NOTE_LINES: Final = "MATCH (n:Note) RETURN n.entry ORDER BY n.line"
LOOKUP_LINES: Final = "MATCH (n:Lookup) RETURN n.entry ORDER BY n.line"

_LAST: Final = {label: f"MATCH (n:{label}) RETURN n.entry ORDER BY n.line DESC LIMIT 1" for label in ("Note", "Lookup")}
_COUNTERS: Final = {"Note": "notes", "Lookup": "lookups"}
"""Property of the node of the case that counts the nodes of a label."""


def add_note_to_server(address: Address, request: NoteRequest) -> str:
    """Add a line and return it.

    Raises
    ------
    CaseMissing
        If there is no case.
    UsageError
        If it is too large.
    """
    with Neo4jClient(address) as server:
        added = add_note(server, request)
        if added is None:
            raise case_missing_error(address)
        return added


def add_note(server: Neo4jClient, request: NoteRequest) -> str | None:
    """Add a line and return it; ``None`` where there is no case."""
    lookups = note_head([entry for (entry,) in server.run_read(_LAST["Lookup"])])
    return _add(server, "Note", lambda last: plan_note(last, request, lookups))


def has_note(address: Address, kind: NoteKind) -> bool:
    """Whether some line of the notes holds a kind. Cost: one pass over the notes."""
    with Neo4jClient(address) as server:
        said = f'"kind":"{kind}"'
        found = server.run_read("MATCH (n:Note) WHERE n.entry CONTAINS $said RETURN 1 LIMIT 1", said=said)
    return bool(found)


def take_notes_onto_server(server: Neo4jClient, lines: Sequence[str]) -> None:
    """Add lines of another case, which follow those that are there."""
    _take(server, "Note", lines)


def take_lookups_onto_server(server: Neo4jClient, lines: Sequence[str]) -> None:
    """Add lines of a log of look-ups, which follow those that are there."""
    _take(server, "Lookup", lines)


def log_on_server(address: Address, request: LookupRequest) -> str:
    """Add the line of a look-up to the log and return its hash; see :func:`graphtrace.storage.lookups.log_in_folder`.

    Raises
    ------
    CaseMissing
        If there is no case.
    UsageError
        If the case requires a purpose and none is given.
    StoreError
        If the line cannot be written.
    """
    with Neo4jClient(address) as server:
        require_purpose((entry for (entry,) in server.run_read(_HEADS)), request.purpose)
        ledger = head_of([entry for *_, entry in sorted(server.run_read(ENTRIES))])
        notes = note_head([entry for (entry,) in server.run_read(_LAST["Note"])])
        added = _add(server, "Lookup", lambda last: plan_lookup(last, request, ledger=ledger, notes=notes))
        if added is None:
            raise case_missing_error(address)
        return str(content_of(added)["hash"])


def log_answer_on_server(address: Address, of: str, sha256: str, basis: Basis) -> None:
    """Add the line with the hash of an answer."""
    with Neo4jClient(address) as server:
        _add(server, "Lookup", lambda last: plan_answer(last, of, sha256, basis))


_HEADS: Final = """MATCH (n:Note) WHERE n.entry CONTAINS '"kind":"head"' RETURN n.entry ORDER BY n.line"""


def _take(server: Neo4jClient, label: str, lines: Sequence[str]) -> None:
    for line in lines:
        _add(server, label, lambda _, line=line: line)  # type: ignore[misc]


def _add(server: Neo4jClient, label: str, plan: Callable[[str | None], str]) -> str | None:
    counter = _COUNTERS[label]

    def work(tx: neo4j.ManagedTransaction) -> str | None:
        found = tx.run(
            f"MATCH (c:Case {{id: 'case'}}) SET c.{counter} = coalesce(c.{counter}, 0) + 1 "
            f"WITH c.{counter} AS line OPTIONAL MATCH (n:{label} {{line: line - 1}}) RETURN line, n.entry"
        ).values()
        if not found:
            return None
        ((line, last),) = found
        entry = plan(last)
        tx.run(create_nodes(label, ("line", "entry")), rows=[(line, entry)]).consume()
        if label == "Note" and OF_REPLY in entry:
            tx.run("MATCH (c:Case {id: 'case'}) SET c.replies = coalesce(c.replies, 0) + 1").consume()
        return entry

    added: str | None = server.write(work)
    return added
