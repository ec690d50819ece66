"""Forgeries of a case on a Neo4j server, each by one statement of Cypher: ``python -m tests.forgery --server``.

The graph is small enough to be put back whole after each.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.in_process import run_command
from tests.neo4j.server import Place, Server

from .base import CARDS, XINGHAI
from .forgeries import Forgery, Nothing, other_value
from .run import Result, said_of

ANSWERS = {"trace.json": ["trace", *CARDS[:4]], "audit.json": ["audit", XINGHAI]}


@dataclass
class Graph:
    """The graph of a case as it was, and how it is put back."""

    place: Place
    nodes: list[tuple[str, list[str], dict[str, Any]]] = field(default_factory=list)
    relations: list[tuple[str, str, str, str, dict[str, Any]]] = field(default_factory=list)

    def ask(self, cypher: str, **values: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.place.rows(cypher, **values)]

    def keep(self) -> None:
        self.nodes = self.ask("MATCH (n) RETURN elementId(n), labels(n), properties(n)")  # type: ignore[assignment]
        self.relations = self.ask(  # type: ignore[assignment]
            "MATCH (a)-[r]->(b) RETURN elementId(r), elementId(a), elementId(b), type(r), properties(r)"
        )

    def put_back(self) -> None:
        self.ask("MATCH (n) DETACH DELETE n")
        made: dict[str, str] = {}
        by_labels = defaultdict(list)
        for node in self.nodes:
            by_labels[":".join(node[1])].append(node)
        for labels, nodes in by_labels.items():
            rows = [{"old": old, "values": values} for old, _, values in nodes]
            found = self.ask(
                f"UNWIND $rows AS row CREATE (n:{labels}) SET n = row.values RETURN row.old, elementId(n)", rows=rows
            )
            made |= dict(found)
        by_type = defaultdict(list)
        for _, one, other, kind, values in self.relations:
            by_type[kind].append({"one": made[one], "other": made[other], "values": values})
        for kind, rows in by_type.items():
            self.ask(
                "UNWIND $rows AS row MATCH (a), (b) WHERE elementId(a) = row.one AND elementId(b) = row.other "
                f"CREATE (a)-[r:{kind}]->(b) SET r = row.values",
                rows=rows,
            )
        self.keep()

    def told(self, values: dict[str, Any], labels: Sequence[str]) -> list[str]:
        """Where a node stands: its label, the file and row it is from, the line or number that it has."""
        where = [re.escape(label) for label in labels]
        names = {values.get(key) for key in ("name", "name_key", "id", "sha256", "member")}
        sheets = {
            values.get("sheet"),
            values.get("stated_in"),
            *(values["sheets"] if isinstance(values.get("sheets"), list) else ()),
        }
        for _, other_labels, other in self.nodes:
            if "File" in other_labels and (
                {other["load"]} & self.loads_of(sheets) or other["load"] == values.get("load")
            ):
                names.add(other["name"])
        where += [re.escape(name) for name in names if isinstance(name, str) and name]
        for key in ("line", "number"):
            if key in values:
                where.append(rf"\b{values[key]}\b")
        return where

    def near(self, ident: str) -> list[str]:
        """Where a node stands, and the nodes that it is linked with."""
        by_id = {node: (values, labels) for node, labels, values in self.nodes}
        ends = {end for _, one, other, _, _ in self.relations if ident in (one, other) for end in (one, other)}
        return [place for end in (ident, *sorted(ends)) for place in self.told(*by_id[end])]

    def loads_of(self, sheets: set[Any]) -> set[int]:
        of = {one: other for _, one, other, kind, _ in self.relations if kind == "OF"}
        by_id = {ident: values for ident, _, values in self.nodes}
        return {
            by_id[of[ident]]["load"]
            for ident, labels, values in self.nodes
            if "Sheet" in labels and values["sheet"] in sheets and ident in of
        }


Way = Callable[[Graph, random.Random], Forgery]

UNREAD = {"Chunk": {"id"}, "File": {"version"}, "Record": {"statement"}, "Support": {"statement"}}
"""Properties that no answer reads: keys for the import, and marks by which a later load knows a statement again."""


def is_unread(labels: Sequence[str], name: str) -> bool:
    return any(name in UNREAD.get(label, ()) for label in labels)


def a_node(graph: Graph, chance: random.Random) -> tuple[str, list[str], dict[str, Any]]:
    """A node of any label, whatever its number."""
    label = chance.choice(sorted({":".join(labels) for _, labels, _ in graph.nodes}))
    return chance.choice([node for node in graph.nodes if ":".join(node[1]) == label])


def other_property(value: Any, chance: random.Random) -> Any:
    if isinstance(value, list):
        return [*value[:-1], other_property(value[-1], chance)] if value else [1]
    if isinstance(value, bytes):
        return value[:-1]
    if isinstance(value, str | bool | int | float):
        return other_value(value, chance)
    raise Nothing


def property_changed(graph: Graph, chance: random.Random) -> Forgery:
    ident, labels, values = a_node(graph, chance)
    name = chance.choice(sorted(values))
    new = other_property(values[name], chance)
    graph.ask(f"MATCH (n) WHERE elementId(n) = $ident SET n.`{name}` = $new", ident=ident, new=new)
    return Forgery(
        f"{':'.join(labels)}.{name}: {str(values[name])[:60]!r} -> {str(new)[:60]!r}",
        graph.near(ident),
        harmless=is_unread(labels, name),
    )


def property_removed(graph: Graph, chance: random.Random) -> Forgery:
    ident, labels, values = a_node(graph, chance)
    name = chance.choice(sorted(values))
    graph.ask(f"MATCH (n) WHERE elementId(n) = $ident REMOVE n.`{name}`", ident=ident)
    return Forgery(
        f"{':'.join(labels)}.{name} removed: {str(values[name])[:60]!r}",
        graph.near(ident),
        harmless=is_unread(labels, name),
    )


def node_removed(graph: Graph, chance: random.Random) -> Forgery:
    ident, labels, values = a_node(graph, chance)
    graph.ask("MATCH (n) WHERE elementId(n) = $ident DETACH DELETE n", ident=ident)
    return Forgery(f"{':'.join(labels)} removed: {str(values)[:100]}", graph.near(ident))


def node_doubled(graph: Graph, chance: random.Random) -> Forgery:
    """A node again, with its relationships and one property of its own."""
    ident, labels, values = a_node(graph, chance)
    name = chance.choice(sorted(values))
    new = {**values, name: other_property(values[name], chance)}
    try:
        ((made,),) = graph.ask(f"CREATE (n:{':'.join(labels)}) SET n = $new RETURN elementId(n)", new=new)
    except Exception as error:  # a key twice
        raise Nothing from error
    for _, one, other, kind, _ in graph.relations:
        for pattern, end in ((f"(n)-[:{kind}]->(b)", other), (f"(n)<-[:{kind}]-(b)", one)):
            if ident in (one, other) and end != ident:
                graph.ask(
                    f"MATCH (n), (b) WHERE elementId(n) = $made AND elementId(b) = $end CREATE {pattern}",
                    made=made,
                    end=end,
                )
    return Forgery(
        f"{':'.join(labels)} doubled with {name}: {str(new[name])[:60]!r}",
        [*graph.near(ident), *graph.told(new, labels)],
    )


def relation_removed(graph: Graph, chance: random.Random) -> Forgery:
    ident, one, other, kind, _ = chance.choice(graph.relations)
    graph.ask("MATCH ()-[r]->() WHERE elementId(r) = $ident DELETE r", ident=ident)
    return Forgery(f"{kind} removed", [kind, *told_of_ends(graph, one, other)])


def relation_moved(graph: Graph, chance: random.Random) -> Forgery:
    """A hop to another receiver, a record of another card, a sheet of another file."""
    ident, one, other, kind, _ = chance.choice(graph.relations)
    ends = sorted({end for _, _, end, each, _ in graph.relations if each == kind and end != other})
    if not ends:
        raise Nothing
    end = chance.choice(ends)
    graph.ask(
        "MATCH (a)-[r]->() WHERE elementId(r) = $ident MATCH (b) WHERE elementId(b) = $end "
        f"DELETE r CREATE (a)-[:{kind}]->(b)",
        ident=ident,
        end=end,
    )
    return Forgery(f"{kind} moved", [kind, *told_of_ends(graph, one, other, end)])


def relation_added(graph: Graph, chance: random.Random) -> Forgery:
    _, one, other, kind, _ = chance.choice(graph.relations)
    ends = sorted({end for _, _, end, each, _ in graph.relations if each == kind and end != other})
    if not ends:
        raise Nothing
    end = chance.choice(ends)
    graph.ask(
        f"MATCH (a), (b) WHERE elementId(a) = $one AND elementId(b) = $end CREATE (a)-[:{kind}]->(b)", one=one, end=end
    )
    return Forgery(f"{kind} added", [kind, *told_of_ends(graph, one, other, end)])


def label_changed(graph: Graph, chance: random.Random) -> Forgery:
    """A record that does not count counts, or one that counts does not."""
    ident, labels, _ = a_node(graph, chance)
    if "Record" not in labels:
        raise Nothing
    more = {"Retracted", "Unloaded", "Reinstated", "Duplicate"}
    label = chance.choice(sorted({*labels, *more} - {"Record"}))
    done = "REMOVE" if label in labels else "SET"
    graph.ask(f"MATCH (n) WHERE elementId(n) = $ident {done} n:{label}", ident=ident)
    return Forgery(f"{':'.join(labels)} {done} {label}", graph.near(ident))


def told_of_ends(graph: Graph, *ends: str) -> list[str]:
    return [place for end in ends for place in graph.near(end)]


WAYS: dict[str, tuple[Way, int]] = {
    "property_changed": (property_changed, 6),
    "property_removed": (property_removed, 2),
    "node_removed": (node_removed, 3),
    "node_doubled": (node_doubled, 3),
    "relation_removed": (relation_removed, 2),
    "relation_moved": (relation_moved, 2),
    "relation_added": (relation_added, 2),
    "label_changed": (label_changed, 2),
}


def checks(uri: str, answers: Path) -> Iterator[tuple[str, list[str]]]:
    case, saved = ["--case", uri, "--lang", "en"], [str(answers / name) for name in ANSWERS]
    yield "verify", [*case, "verify", "--json"]
    yield "verify --deep", [*case, "verify", "--deep", "--json"]
    yield "verify ANSWER", [*case, "verify", *saved, "--json"]


def graph_of(place: Place, base: Path, answers: Path) -> Graph:
    """Copy the case onto a server whose user and password are in the environment, and save answers of it."""
    done = run_command(["copy", str(base / "x.gtrace"), place.uri])
    if done.returncode:
        raise RuntimeError(done.stderr)
    answers.mkdir(parents=True, exist_ok=True)
    for name, words in ANSWERS.items():
        run_command(["--case", place.uri, "--purpose", "p", *words, "-o", str(answers / name)])
    graph = Graph(place)
    graph.keep()
    return graph


def run_on_server(base: Path, answers: Path, count: int, seed: int) -> list[Result]:
    """Forge so often on a server of this run: each way at least once, then by their weights."""
    chance = random.Random(seed)
    names = list(WAYS)
    taken = names + chance.choices(names, [WAYS[name][1] for name in names], k=max(0, count - len(names)))
    with Server() as server, pytest.MonkeyPatch.context() as patch:
        server.place.use(patch)
        graph = graph_of(server.place, base, answers)
        return [forge(graph, answers, number, name, seed) for number, name in enumerate(taken[:count])]


def forge(graph: Graph, answers: Path, number: int, name: str, seed: int) -> Result:
    for attempt in range(50):
        try:
            forgery = WAYS[name][0](graph, random.Random(f"{seed}:{number}:{attempt}"))
            break
        except Nothing:
            continue
    else:
        raise RuntimeError(f"{name}: nothing to forge")
    try:
        return examine(graph.place.uri, answers, number, name, forgery)
    finally:
        graph.put_back()


def examine(uri: str, answers: Path, number: int, name: str, forgery: Forgery) -> Result:
    """Ask the quick question first, until something is said with the place."""
    exits: dict[str, int] = {}
    found_by, said, is_placed = None, "", False
    for command, words in checks(uri, answers):
        done = run_command(words)
        exits[command] = done.returncode
        told = said_of(done.stdout, done.stderr)
        if done.returncode or told:
            said = f"{said}\n{told}".strip()
            found_by = found_by or command
            is_placed = any(re.search(pattern, said) for pattern in forgery.where)
            if is_placed:
                break
    return Result(number, name, forgery.what, found_by, is_placed, forgery.harmless, forgery.beyond, exits, said)
