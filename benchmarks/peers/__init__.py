"""Subjects of the measurement: graphtrace, and the alternatives of a user, each asked for the same answers.

The others keep what the answers need, and nothing else: no row of a file that proves a step, no rejected rows, no
check of a number, no doubt. They assume that records agree with each other, as they do in the files of the benchmark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

Hop = tuple[str, str, int]
"""Sender, receiver, day."""

Answer = tuple[str | None, str | None, Sequence[Hop]]
"""Registrant, last holder and all steps of one card; in a table without the steps."""

BUCKETS = ("in_stock", "activated_by_enterprise", "activated_by_other", "resold")
"""Buckets of the cards of an enterprise; nothing else happens in the files of the benchmark."""

Buckets = Mapping[str, int]


class Subject(Protocol):
    """One way to hold a case. ``place`` is a folder of its own."""

    def load(self, files: Path, place: Path) -> None:
        """Read the files of records and keep what is needed."""
        ...

    def open(self, place: Path) -> None:
        """Get ready to answer."""
        ...

    def trace(self, card: str) -> Answer:
        """One card, whole."""
        ...

    def trace_many(self, cards: Sequence[str]) -> Sequence[Any]:
        """Many cards, whole, as objects in memory."""
        ...

    def answer_of(self, one: Any) -> Answer:
        """Return one answer of :meth:`trace_many` in comparable form; not measured."""
        ...

    def table(self, cards: Sequence[str]) -> Any:
        """Registrant and last holder of many cards, as columns, in the order of the cards."""
        ...

    def rows_of(self, table: Any) -> list[tuple[str | None, str | None]]:
        """Return the rows of a table in comparable form; not measured."""
        ...

    def audit(self, enterprise: str) -> Buckets:
        """Return the buckets of the cards of one enterprise."""
        ...

    def audit_all(self) -> Mapping[str, Buckets]:
        """The same of all enterprises, by name."""
        ...


@runtime_checkable
class WithRules(Protocol):
    """A subject whose audits apply rules."""

    def without_rules(self) -> Subject:
        """The same, counting only what the others count."""
        ...


@dataclass(frozen=True, slots=True)
class About:
    """Title of a subject, its module, and the package whose version is stated."""

    title: str
    module: str
    package: str | None
    note: str = ""


PRODUCT = "graphtrace"

SUBJECTS = {
    PRODUCT: About(
        "graphtrace", "product", "graphtrace", "with the origin of every row, rejects, checks, sources kept"
    ),
    "duckdb": About("DuckDB script", "duckdb_script", "duckdb"),
    "sqlite": About("SQLite, indexed", "sqlite_script", None),
    "pandas": About("pandas", "pandas_frames", "pandas"),
    "networkx-ranges": About("networkx, an edge per range", "networkx_ranges", "networkx"),
    "networkx-events": About("networkx, an edge per card and event", "networkx_events", "networkx"),
    "ladybug": About("Ladybug", "ladybug_graph", "ladybug"),
    "neo4j": About("Neo4j Community", "neo4j_graph", "neo4j"),
}
"""All subjects, the product first."""

GRAPHS = ("networkx-ranges", "networkx-events", "ladybug", "neo4j")
"""The general graph tools among them."""


def subject_named(name: str) -> Subject:
    """A subject, with what it needs imported."""
    module = import_module(f"benchmarks.peers.{SUBJECTS[name].module}")
    made: Subject = module.make()
    return made
