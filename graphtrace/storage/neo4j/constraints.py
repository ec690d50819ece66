"""Constraints and indexes: created with a new case, or at the first opening of a bulk-imported case.

They are statements of their own that do nothing where they were run before, so two who open a case at once do no harm.
"""

from __future__ import annotations

from graphtrace.storage.neo4j.client import Neo4jClient
from graphtrace.storage.neo4j.neo4j_schema import SCHEMA

_WAIT_S = 3600
"""Maximum time for building the indexes of a large case, in seconds."""


def create_constraints(server: Neo4jClient) -> None:
    """Create all constraints and indexes and wait until they are online."""
    for statement in (*SCHEMA, f"CALL db.awaitIndexes({_WAIT_S})"):
        _run(server, statement)


def complete_import(server: Neo4jClient) -> None:
    """Complete a bulk-imported case with what the import tool cannot create."""
    create_constraints(server)
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
