"""FollowTheMoney: every entity fits the model of the format, and the library of the format changes nothing in it.

ftm_model.json holds what is needed of the model of followthemoney 4.11.2 (MIT licence). The library itself needs ICU to
be built (``pip install '.[ftm]'``); where it is there, the entities go through it as well.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.export.ftm import LEFT_OUT, entity_id

from ...neo4j.server import REQUIRED
from .conftest import CARD, HOSTILE

MODEL = json.loads((Path(__file__).parent / "ftm_model.json").read_text(encoding="utf-8"))
TEXTS = {"name", "text", "string"}
DAY = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")

Entity = dict[str, Any]


@pytest.fixture(scope="module", params=["record", "party"])
def entities(
    hostile: gt.Case, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> list[Entity]:
    path: Path = tmp_path_factory.mktemp("ftm") / "c.ftm"
    hostile.export("ftm", path, level=request.param)
    return read(path)


def read(path: Path) -> list[Entity]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def need_library() -> None:
    """Without the library a test is skipped and counted, with ``GRAPHTRACE_REQUIRE_SERVICES`` it fails."""
    if importlib.util.find_spec("followthemoney") is None:
        missing = "followthemoney is not installed; it needs ICU: apt install libicu-dev pkg-config g++"
        pytest.fail(missing) if os.environ.get(REQUIRED) else pytest.skip(missing)


def test_every_entity_fits_the_model(entities: list[Entity]) -> None:
    schemata = {entity["id"]: entity["schema"] for entity in entities}
    assert len(schemata) == len(entities)
    for entity in entities:
        model = MODEL[entity["schema"]]
        assert set(entity["properties"]) >= set(model["required"])
        for name, values in entity["properties"].items():
            kind = model["properties"][name]
            for value in values:
                if kind == "date":
                    assert DAY.fullmatch(value)
                elif kind in TEXTS or kind == "identifier":
                    assert value == " ".join(value.split()) != ""
                    assert not re.search("[\x00-\x1f\x7f]", value)
                else:
                    assert kind in MODEL[schemata[value]]["is"]


def test_the_library_of_the_format_changes_nothing(entities: list[Entity]) -> None:
    need_library()
    from followthemoney import model

    assert entities
    for entity in entities:
        model.get(entity["schema"]).validate(entity)
        assert model.get_proxy(entity, cleaned=False).to_dict()["properties"] == entity["properties"]


def test_the_model_in_the_tests_is_that_of_the_library() -> None:
    need_library()
    from followthemoney import model

    for name, told in MODEL.items():
        schema = model.get(name)
        assert set(told["required"]) == set(schema.required)
        assert set(told["is"]) == {each.name for each in schema.schemata}
        for written, kind in told["properties"].items():
            found = schema.get(written)
            assert kind == (found.range.name if found.range else found.type.name)


def test_custody_is_a_link_from_the_receiver_to_the_lot_and_never_ownership(hostile: gt.Case, tmp_path: Path) -> None:
    hostile.export("ftm", tmp_path / "c.ftm")
    entities = read(tmp_path / "c.ftm")
    named = {entity["id"]: entity for entity in entities}
    assert Counter(entity["schema"] for entity in entities) == Counter(
        Company=2, LegalEntity=9, Document=4, Asset=11, Event=2, UnknownLink=26
    )
    card = entity_id(f"card:{CARD}")
    links = [entity["properties"] for entity in entities if entity["schema"] == "UnknownLink"]
    mine = sorted((link["role"][0], link["subject"][0], link["object"][0]) for link in links if card in str(link))
    buyer, user = (entity_id(party) for party in ("id:91310115MA1K35XR7B", "name:\x1b(31mred\x07"))
    events = {entity["properties"]["name"][0]: entity["id"] for entity in entities if entity["schema"] == "Event"}
    shown = named[card]["properties"]["name"][0]
    assert mine == [
        ("activation", card, events[f"activation of {shown}"]),
        ("custody", buyer, card),
        ("seizure", card, events[f"seizure of {shown}"]),
        ("user", user, card),
    ]
    assert named[buyer]["schema"] == "Company"
    assert named[buyer]["properties"]["name"] == [HOSTILE[0]]
    (custody,) = [link for link in links if link["role"] == ["custody"] and card in link["object"]]
    assert custody["startDate"] == ["2024-02-01"]
    assert named[custody["proof"][0]]["properties"]["fileName"] == ["s.csv"]
    assert custody["description"] == ["s.csv:2"]


def test_a_movement_is_a_link_between_its_parties(hostile: gt.Case, tmp_path: Path) -> None:
    hostile.export("ftm", tmp_path / "c.ftm")
    roles = [entity["properties"].get("role") for entity in read(tmp_path / "c.ftm")]
    assert roles.count(["transfer of 10 cards"]) == 10
    assert roles.count(["transfer of 70 cards"]) == 1
    assert roles.count(["purchase of 1 card"]) == 1


def test_what_cannot_be_expressed_is_counted(hostile: gt.Case, tmp_path: Path) -> None:
    written = hostile.export("ftm", tmp_path / "c.ftm").written
    assert written[LEFT_OUT] == 2


def test_a_number_says_whether_it_is_a_company_or_a_person(tmp_path: Path) -> None:
    rows = [
        *("甲,91310115MA1K35XR7B", "乙,91990100MA7XH00108", "丙,110101199003074514", "丁,310000000000017", "戊,X70201"),
    ]
    text = "from,to,to_id,date,iccid\n" + "".join(f"中国联通,{row},2024-03-01,{CARD}\n" for row in rows)
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    with gt.open_case(tmp_path / "c.gtrace") as case:
        case.load(tmp_path / "t.csv")
        case.export("ftm", tmp_path / "c.ftm", level="party")
    found = {
        entity["properties"]["name"][0]: (entity["schema"], set(entity["properties"]) - {"name"})
        for entity in read(tmp_path / "c.ftm")
        if entity["schema"] != "UnknownLink"
    }
    assert found == {
        "中国联通": ("Company", set()),
        "甲": ("Company", {"registrationNumber"}),
        "乙": ("Company", {"uscCode"}),
        "丙": ("Person", {"idNumber"}),
        "丁": ("Company", {"registrationNumber"}),
        "戊": ("LegalEntity", {"idNumber"}),
    }
