"""Both stores have the methods of the protocol, as it writes them, and beside them those of their sessions."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from graphtrace.storage.base import Backend
from graphtrace.storage.duckdb.duckdb_backend import DuckDBBackend
from graphtrace.storage.duckdb.session import CaseSession
from graphtrace.storage.neo4j.neo4j_backend import Neo4jBackend
from graphtrace.storage.neo4j.neo4j_reader import Neo4jReader

STORES = (DuckDBBackend, Neo4jBackend)
SESSIONS = {DuckDBBackend: CaseSession, Neo4jBackend: Neo4jReader}
"""The sessions by which the SQL and Cypher beside a store ask it."""


def public(of: type[Any]) -> set[str]:
    return {name for name, _ in inspect.getmembers(of) if not name.startswith("_")}


@pytest.mark.parametrize("store", STORES)
def test_a_store_has_what_the_protocol_has_and_nothing_else(store: type[Any]) -> None:
    assert public(store) - (public(SESSIONS[store]) - public(Backend)) == public(Backend)


@pytest.mark.parametrize("store", STORES)
def test_a_method_is_called_as_the_protocol_says(store: type[Any]) -> None:
    def shape(of: type[Any], name: str) -> list[tuple[str, Any, Any]]:
        _, *parameters = inspect.signature(getattr(of, name)).parameters.values()
        return [(each.name, each.kind, each.default) for each in parameters]

    names = [name for name in sorted(public(Backend)) if callable(getattr(Backend, name))]
    assert [name for name in names if shape(store, name) != shape(Backend, name)] == []
