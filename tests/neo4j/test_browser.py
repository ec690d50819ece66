"""Queries and styles for Neo4j Browser and Bloom fit the graph and find something."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.example import copy_example
from graphtrace.storage.neo4j.neo4j_schema import LABELS

from .server import Place

FOLDER = Path(__file__).parents[2] / "queries" / "browser"
PHRASES: list[dict[str, Any]] = json.loads((FOLDER / "phrases.json").read_text("utf-8"))
ASKED = {
    "card": "8986012306100000101",
    "party": "星海智联科技有限公司",
    "from": "星海智联科技有限公司",
    "to": "马晓东",
}


@pytest.fixture(scope="module")
def example(neo4j_place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The example case on the server."""
    folder = tmp_path_factory.mktemp("example")
    story = copy_example(folder)
    with pytest.MonkeyPatch.context() as patch:
        neo4j_place.use(patch)
        with gt.open_case(neo4j_place.uri) as case:
            for name in story["files"]:
                mapping = story["mappings"].get(name)
                case.load(folder / name, mapping=folder / mapping if mapping else None)
        yield neo4j_place


@pytest.mark.parametrize("phrase", PHRASES, ids=[each["phrase"] for each in PHRASES])
def test_a_phrase_finds_something_in_the_example(example: Place, phrase: dict[str, Any]) -> None:
    assert set(phrase) == {"phrase", "phrase.zh", "about", "parameters", "cypher"}
    named = set(phrase["parameters"])
    for text in (phrase["phrase"], phrase["phrase.zh"], phrase["cypher"]):
        assert set(re.findall(r"\$([a-z]+)", text)) == named
    given = {}
    for name, suggested in phrase["parameters"].items():
        values = [value for (value,) in example.rows(suggested)]
        assert values
        assert name not in ASKED or ASKED[name] in values or len(values) == 100
        given[name] = ASKED.get(name, values[0])
    assert example.rows(phrase["cypher"], **given)


def test_the_hands_of_a_card_are_those_of_its_trace(example: Place) -> None:
    cypher = PHRASES[0]["cypher"].replace(
        "RETURN hands, moved", "RETURN nodes(hands)[0].name, nodes(hands)[2].name, r.date"
    )
    steps = {(start, end) for start, end, _ in example.rows(cypher, card=ASKED["card"])}
    with gt.open_case(example.uri) as case:
        hops = case.trace("89860123061000001011").only.chains[0].hops
    assert {(hop.sender.name, hop.receiver.name) for hop in hops} <= steps


def test_the_style_names_labels_and_relationships_and_captions_of_the_graph(example: Place, tmp_path: Path) -> None:
    # the kinds of records that the example has none of
    (tmp_path / "usage.csv").write_text("kind,date,iccid\nusage,2024-04-05,8986061900000000001\n", "utf-8")
    (tmp_path / "list.csv").write_text("kind,date,party,iccid\ncard_list,2024-04-06,甲,8986061900000000001\n", "utf-8")
    reply = "中国联通查询结果,,\nICCID,客户名称,入网时间\n8986061900000000002,云岭科技有限公司,2024-04-05\n"
    (tmp_path / "reply.csv").write_text(reply, "utf-8")
    with gt.open_case(example.uri) as case:
        case.load(tmp_path / "usage.csv", tmp_path / "list.csv", tmp_path / "reply.csv")
    style = (FOLDER / "style.grass").read_text("utf-8")
    assert style.count("{") - style.count('"{') == style.count("}") - style.count('}"')
    labels = set(re.findall(r"^node\.(\w+)", style, re.MULTILINE))
    assert labels == {"Party", "Record", "Card", "Lot", *LABELS.values()}
    types = {kind for (kind,) in example.rows("CALL db.relationshipTypes()")}
    assert set(re.findall(r"^relationship\.(\w+)", style, re.MULTILINE)) <= types
    for label, caption in re.findall(r'^node\.(\w+) \{[^}]*?caption: "\{(\w+)\}"', style, re.MULTILINE | re.DOTALL):
        assert example.rows(f"MATCH (n:{label}) WHERE n.{caption} IS NOT NULL RETURN 1 LIMIT 1"), (label, caption)
