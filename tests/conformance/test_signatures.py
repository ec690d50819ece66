"""Both stores have the methods of the protocol, as it writes them, and no others to rely on."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from graphtrace.storage.base import Backend
from graphtrace.storage.duckdb.backend import DuckDBBackend
from graphtrace.storage.neo4j.backend import Neo4jBackend

STORES = (DuckDBBackend, Neo4jBackend)
FOR_SIBLINGS = {"new_connection"}
"""Members that the modules beside a store use."""


def public(of: type[Any]) -> set[str]:
    return {name for name, _ in inspect.getmembers(of) if not name.startswith("_")}


@pytest.mark.parametrize("store", STORES)
def test_a_store_has_what_the_protocol_has_and_nothing_else(store: type[Any]) -> None:
    assert public(store) - FOR_SIBLINGS == public(Backend)


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("name", sorted(name for name in public(Backend) if callable(getattr(Backend, name))))
def test_a_method_is_called_as_the_protocol_says(store: type[Any], name: str) -> None:
    def shape(of: type[Any]) -> list[tuple[str, Any, Any]]:
        _, *parameters = inspect.signature(getattr(of, name)).parameters.values()
        return [(each.name, each.kind, each.default) for each in parameters]

    assert shape(store) == shape(Backend)
