"""The script of Cypher, taken apart statement by statement and literal by literal, and run on a server."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.storage.neo4j.neo4j_schema import (
    LABELS,
    NODES,
    QUANTITY_ONLY,
    RELATIONSHIPS,
    SCRIPTED,
    UNLINKED_EVENT,
    constraint,
)

from ...neo4j.graph import allowed_types, drop_indexes, found_indexes, found_links, found_properties
from ...neo4j.server import Place
from ...neo4j.test_model import FILES, WORKBOOK
from .conftest import CARD, HOSTILE

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|;|[^";]+')
ROWS = re.compile(r"UNWIND (\[.*\]) AS row (.*)", re.DOTALL)
NAME = re.compile(r"(\w+): ")


def statements_of(script: str) -> list[str]:
    """As cypher-shell cuts a script: at semicolons that are in no literal."""
    found, at = [""], 0
    for token in TOKEN.finditer(script):
        assert token.start() == at, f"no token: {script[at : at + 40]!r}"
        at = token.end()
        if token[0] == ";":
            found.append("")
        else:
            found[-1] += token[0]
    assert at == len(script)
    assert found.pop().strip() == ""
    return [statement.strip() for statement in found]


def rows_of(statement: str) -> tuple[list[list[Any]], str]:
    """The literal rows of a statement, whose maps differ from JSON in the names of their keys, and what is done."""
    match = ROWS.fullmatch(statement)
    assert match is not None, statement
    parts = re.split(r'("(?:[^"\\]|\\.)*")', match[1])
    quoted = "".join(part if place % 2 else NAME.sub(r'"\1": ', part) for place, part in enumerate(parts))
    rows: list[list[Any]] = json.loads(quoted)
    return rows, match[2]


@pytest.fixture(scope="module")
def script(hostile: gt.Case, tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("cypher") / "c.cypher"
    hostile.export("cypher", path)
    return path.read_text(encoding="utf-8")


def test_every_statement_is_a_constraint_or_a_merge_of_literal_rows(script: str) -> None:
    schema, *others = [list(group) for group in split(statements_of(script))]
    assert schema == [constraint(label, names[0]) for label, names in SCRIPTED.items()]
    names = {f"n:{label}" for label in LABELS.values()}
    for statement in others[0]:
        rows, done = rows_of(statement)
        assert rows
        assert " MERGE " in f" {done}"
        assert not re.search(r"CREATE|DELETE|\"|'", done)
        for label in re.findall(r"SET (n:\w+)", done):
            assert label in names


def split(statements: list[str]) -> tuple[list[str], list[str]]:
    is_schema = [statement.startswith("CREATE CONSTRAINT") for statement in statements]
    first = is_schema.index(False)
    assert not any(is_schema[first:])
    return statements[:first], statements[first:]


def test_names_come_out_as_they_went_in(script: str, hostile: gt.Case) -> None:
    names = {
        told["name"]
        for statement in split(statements_of(script))[1]
        for rows, done in [rows_of(statement)]
        if done.startswith("MERGE (n:Party")
        for _, told in rows
    }
    assert names >= {told["name"] for told in hostile.graph().nodes.values()}
    assert {*HOSTILE[:4], HOSTILE[6]} <= names


def test_nothing_that_cannot_be_seen_stands_in_the_script_as_it_is(script: str) -> None:
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u200b\u2028\u202e]", script)
    assert "\\u202e" in script


def test_a_server_builds_the_same_graph_however_often_the_script_is_run(
    script: str, hostile: gt.Case, neo4j_place: Place, tmp_path: Path
) -> None:
    neo4j_place.empty()
    statements = statements_of(script)
    counts = []
    for _ in range(2):
        with neo4j_place.driver() as driver, driver.session() as session:
            for statement in statements:
                session.run(statement).consume()  # type: ignore[arg-type]
        counts.append(
            (
                neo4j_place.rows("MATCH (n) UNWIND labels(n) AS label RETURN label, count(*) ORDER BY label"),
                neo4j_place.rows("MATCH ()-[r]->() RETURN type(r), count(*) ORDER BY type(r)"),
            )
        )
    assert counts[0] == counts[1]
    written = hostile.export("cypher", tmp_path / "again.cypher").written
    labels, types = (dict(map(tuple, each)) for each in counts[0])
    assert {**labels, **types}.items() >= dict(written).items()
    assert (labels[QUANTITY_ONLY], labels[UNLINKED_EVENT], labels["Stock"]) == (1, 1, 1)
    graph = hostile.graph("record", around=CARD)
    chain = neo4j_place.rows(
        "MATCH (a:Party)-[:SENT]->(r:Record)-[:MOVES]->(:Card {key: $key}), (r)-[:RECEIVED_BY]->(b:Party) "
        "RETURN a.id, b.id, r.date, r.file, r.row",
        key=CARD,
    )
    records = [told for told in graph.nodes.values() if told["type"] == "record"]
    assert chain == [
        ["carrier:china-unicom", "id:91310115MA1K35XR7B", told["date"], told["file"], told["row"]] for told in records
    ]
    named = neo4j_place.rows("MATCH (p:Party) RETURN p.id, p.name ORDER BY p.id")
    assert (
        dict(map(tuple, named)).items() >= {node: told["name"] for node, told in hostile.graph().nodes.items()}.items()
    )
    neo4j_place.empty()


def test_a_script_makes_every_node_and_relationship_that_is_declared_for_it_and_no_other(
    neo4j_place: Place, tmp_path: Path
) -> None:
    with gt.open_case(tmp_path / "x.gtrace") as case:
        for name, text in FILES.items():
            (tmp_path / name).write_text(text, "utf-8")
            assert not case.load(tmp_path / name).has_errors
        # whose sheets have names
        assert not case.load(WORKBOOK).has_errors
        case.export("cypher", tmp_path / "c.cypher")
    neo4j_place.empty()
    drop_indexes(neo4j_place)
    with neo4j_place.driver() as driver, driver.session() as session:
        for statement in statements_of((tmp_path / "c.cypher").read_text("utf-8")):
            session.run(statement).consume()  # type: ignore[arg-type]
    found = found_properties(neo4j_place)
    assert {label: set(properties) for label, properties in found.items()} == {
        label: set(names) for label, names in SCRIPTED.items()
    }
    for label, properties in found.items():
        for name, types in properties.items():
            assert types <= allowed_types(NODES[label].types().get(name, "string")), f"{label}.{name}"
    assert {link[:3] for link in found_links(neo4j_place)} == {
        (link.source, link.type, target)
        for link in RELATIONSHIPS
        for target in link.targets
        if {link.source, target} <= set(SCRIPTED)
    }
    assert found_indexes(neo4j_place) == {(label, (names[0],), True) for label, names in SCRIPTED.items()}
    neo4j_place.empty()


def test_a_part_has_the_records_of_that_part(hostile: gt.Case, tmp_path: Path) -> None:
    exported = hostile.export("cypher", tmp_path / "c.cypher", around=CARD)
    assert exported.written["Record"] == 3
    assert Counter(exported.written)["Card"] == 1
    assert exported.limits is not None
