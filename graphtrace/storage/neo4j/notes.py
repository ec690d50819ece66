"""Notes of a case on a server: nodes without a relationship, one for each line.

Whoever adds one first counts it at the node of the case, which no two transactions change at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from graphtrace.storage.neo4j.client import Neo4jClient, case_missing_error
from graphtrace.storage.neo4j.schema import create_nodes
from graphtrace.storage.notes import OF_REPLY, NoteRequest, plan_note

if TYPE_CHECKING:
    import neo4j

    from graphtrace.storage.neo4j.address import Address

NOTE_LINES: Final = "MATCH (n:Note) RETURN n.entry ORDER BY n.line"


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
    return _add(server, lambda last: plan_note(last, request))


def take_notes_onto_server(server: Neo4jClient, lines: Sequence[str]) -> None:
    """Add lines of another case, which follow those that are there."""
    for line in lines:
        _add(server, lambda _, line=line: line)  # type: ignore[misc]


def _add(server: Neo4jClient, plan: Callable[[str | None], str]) -> str | None:
    def work(tx: neo4j.ManagedTransaction) -> str | None:
        found = tx.run(
            "MATCH (c:Case {id: 'case'}) SET c.notes = coalesce(c.notes, 0) + 1 "
            "WITH c.notes AS line OPTIONAL MATCH (n:Note {line: line - 1}) RETURN line, n.entry"
        ).values()
        if not found:
            return None
        ((line, last),) = found
        entry = plan(last)
        tx.run(create_nodes("Note", ("line", "entry")), rows=[(line, entry)]).consume()
        if OF_REPLY in entry:
            tx.run("MATCH (c:Case {id: 'case'}) SET c.replies = coalesce(c.replies, 0) + 1").consume()
        return entry

    added: str | None = server.write(work)
    return added
