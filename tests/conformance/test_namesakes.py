"""A firm and namesakes of its buyers: whom records name is named, what only a name joins is said, on both stores."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

import graphtrace as gt
from graphtrace.render.json import answer_document, audit_document, to_json_text

from ..neo4j.server import Place
from .test_identity import CARD, FIRM, PERSON, namesakes

Both = tuple[gt.Case, gt.Case]
LONE = {"id": "name:李四", "name": "李四", "identified_by": "name"}


@pytest.fixture(scope="module")
def both(neo4j_place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    place = tmp_path_factory.mktemp("namesakes")
    with pytest.MonkeyPatch.context() as patch:
        neo4j_place.use(patch)
        with gt.open_case(place / "x.gtrace") as folder, gt.open_case(neo4j_place.uri) as server:
            yield namesakes(place, (folder, server))


def test_an_audit_gives_nobody_the_number_of_a_namesake_and_says_what_rests_on_a_name(both: Both) -> None:
    answers = [to_json_text(audit_document("", case.audit("甲公司"), "en")) for case in both]
    assert answers[0] == answers[1]
    (audit,) = json.loads(answers[0])["enterprises"]
    person = {"id": f"id:{PERSON}", "name": "王伟"}
    assert audit["buyers"] == [
        {"party": person, "cards": 3, "by_name": 2},
        {"party": LONE, "cards": 1, "by_name": 1},
    ]
    holders = [(each["party"], each["cards"], each.get("by_name")) for each in audit["resold"]["final_holders"]]
    assert holders == [(person, 3, 2), ({"id": "name:赵六", "name": "赵六"}, 1, None)]
    assert "330106199001011234" not in answers[0]


def test_the_cards_behind_a_figure_show_each_holder_as_their_own_records_name_him(both: Both) -> None:
    told = []
    for case in both:
        (opened,) = case.audit_details("甲公司", bucket="resold")
        told.append([None if lot.holder is None else lot.holder.id for lot in opened.lots])
    assert told[0] == told[1] == ["name:王伟", "name:王伟", f"id:{PERSON}", "name:赵六"]


def test_a_party_is_shown_with_the_rows_that_only_its_name_joins_and_others_as_records_name_them(both: Both) -> None:
    firm, person = [], []
    for case in both:
        firm.append(to_json_text(answer_document("", case.party("甲公司"), "en")))
        person.append(to_json_text(answer_document("", case.party("王伟"), "en")))
    assert firm[0] == firm[1]
    assert person[0] == person[1]
    passed_on = json.loads(firm[0])["passed_on"]
    assert [(each["to"], each["records"], each.get("records_by_name")) for each in passed_on] == [
        ({"id": f"id:{PERSON}", "name": "王伟"}, 3, 2),
        (LONE, 1, 1),
    ]
    assert "330106199001011234" not in firm[0]
    (rows,) = json.loads(person[0])["party"]["by_name"]
    assert (rows["file"], rows["rows"], rows["first_rows"]) == ("1.csv", 2, [2, 3])


def test_a_graph_names_a_party_as_the_records_shown_do_and_counts_those_that_know_its_name_only(both: Both) -> None:
    told = []
    for case in both:
        around = case.graph(around="甲公司")
        cards = case.graph("card", around=CARD[:-1] + "4")
        told.append(
            (
                sorted((a["name"], a["number"]) for _, a in around.nodes(data=True) if a["name"] in ("王伟", "李四")),
                {(a["to_by_name"], a["records"]) for _, to, a in around.edges(data=True) if to.startswith("name:李四")},
                {(a["to_by_name"], a["records"]) for _, to, a in around.edges(data=True) if to == f"id:{PERSON}"},
                sorted((to, a["by_name"]) for _, to, a in cards.edges(data=True) if a["type"] == "to"),
                {node for node in cards.nodes if "李四" in node or "3301" in node},
            )
        )
    assert told[0] == told[1]
    nodes, lone, person, steps, shown = told[0]
    assert nodes == [("李四", None), ("王伟", PERSON)]
    assert (lone, person) == ({(1, 1)}, {(2, 3)})
    assert steps == [(f"id:{FIRM}", 0), ("name:李四", 1), ("name:赵六", 0)]
    assert shown == {"name:李四"}


def test_siblings_name_a_party_as_the_records_about_the_card_do(both: Both) -> None:
    told = []
    for case in both:
        (one,) = case.siblings(CARD[:-1] + "1")
        told.append([(lot.hop.receiver.id, lot.lot and lot.lot.cards) for lot in one.lots])
    assert told[0] == told[1] == [("name:王伟", 3), (f"id:{FIRM}", 5)]
