from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

import graphtrace as gt
from graphtrace.analysis import case_graph
from graphtrace.errors import NothingFound, UsageError
from graphtrace.results.subgraph import EDGES, LEVELS, NODES

HEAD = "89860619000000"
SALES = f"""运营商,企业名称,统一社会信用代码,日期,起始ICCID,结束ICCID,数量
中国联通,星海,91310115MA1K35XR7B,2024-03-01,{HEAD}00001,{HEAD}00100,
中国联通,星海,91310115MA1K35XR7B,2024-03-02,,,500
"""
TRANSFERS = f"""from,to,date,iccid,iccid_first,iccid_last,quantity,channel
星海,老K,2024-03-05,,{HEAD}00001,{HEAD}00020,,微信
星海,老K,2024-03-06,,{HEAD}00011,{HEAD}00030,,QQ
星海,老K,2024-03-07,{HEAD}00005,,,,
星海,批发部,2024-03-08,,{HEAD}00041,{HEAD}00080,,
老K,王五,2024-04-01,{HEAD}00005,,,,QQ
老K,中国联通,2024-04-02,,{HEAD}00011,{HEAD}00012,,
批发部,甲,2024-04-03,{HEAD}00041,,,,
批发部,乙,2024-04-04,{HEAD}00042,,,,
批发部,丙,2024-04,{HEAD}00043,,,,
王五,批发部,2024-05-01,,,,7,
早,老K,2024-03-09,{HEAD}00006,,,,
王五,晚,2024-03-20,{HEAD}00007,,,,
"""
AGAIN = f"""from,to,date,iccid,channel
老K,王五,2024-04-01,{HEAD}00005,QQ
"""
ACTIVATIONS = f"""iccid,msisdn,imei,activated_at,user
{HEAD}00005,1064600000001,861234567890123,2024-04-02,赵六
,1064600000001,,2024-04-09,孙七
{HEAD}00041,,861234567890124,2024-06-01,甲
"""
SEIZURES = f"""iccid,date,case_no
{HEAD}00005,2024-06-01,案1
"""
CARD = f"{HEAD}00005"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> gt.Case:
    folder: Path = tmp_path_factory.mktemp("graphs")
    case = gt.open_case(folder / "c.gtrace")
    for name, text, kind in (
        *(("s", SALES, None), ("t", TRANSFERS, None), ("u", AGAIN, None)),
        *(("a", ACTIVATIONS, None), ("z", SEIZURES, "seizure")),
    ):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        assert not case.load(folder / f"{name}.csv", as_kind=kind).has_errors  # type: ignore[arg-type]
    return case


def names(graph: nx.MultiDiGraph[str], kind: str = "party") -> set[str]:
    return {told["label"] for _, told in graph.nodes(data=True) if told["type"] == kind}


def passed(graph: nx.MultiDiGraph[str]) -> dict[tuple[str, str], dict[str, Any]]:
    label = graph.nodes(data="label")
    return {(label[source], label[target]): told for source, target, told in graph.edges(data=True)}


def kinds(graph: nx.MultiDiGraph[str]) -> Counter[str]:
    return Counter(told["type"] for _, told in graph.nodes(data=True))


def test_the_whole_case_is_its_parties_and_what_passed_between_them(case: gt.Case) -> None:
    graph = case.graph()
    assert names(graph) == {"中国联通", "星海", "老K", "批发部", "王五", "甲", "乙", "丙", "早", "晚"}
    flow = passed(graph)["星海", "老K"]
    assert flow == {
        "type": "flow",
        "label": "30",
        "weight": 30.0,
        "cards": 30,
        "records": 3,
        "quantity_records": 0,
        "quantity_cards": 0,
        "cards_at_least": 30,
        "cards_at_most": 30,
        "since": "2024-03-05",
        "until": "2024-03-07",
        "kinds": ["transfer"],
        "channels": ["QQ", "微信"],
        "precisions": ["listed", "range"],
        "from_by_name": 3,
        "to_by_name": 0,
    }
    assert passed(graph)["王五", "批发部"]["cards"] == 0
    assert passed(graph)["王五", "批发部"]["label"] == "0 + 7"
    assert passed(graph)["老K", "中国联通"]["kinds"] == ["return"]
    assert passed(graph)["老K", "王五"]["records"] == 1
    assert ("赵六" in names(graph), ("星海", "王五") in passed(graph)) == (False, False)
    assert graph.graph["limits"] is None


def test_a_party_says_what_it_is_and_how_much_went_through_its_hands(case: gt.Case) -> None:
    parties = {told["label"]: told for _, told in case.graph().nodes(data=True)}
    assert parties["星海"] == {
        "type": "party",
        "label": "星海",
        "name": "星海",
        "kind": "enterprise",
        "number": "91310115MA1K35XR7B",
        "cards_received": 100,
        "cards_passed": 70,
        "quantity_received": 500,
        "quantity_passed": 0,
        "bearers": 0,
    }
    assert [parties[name]["kind"] for name in ("中国联通", "老K", "丙")] == ["carrier", "dealer", None]


def test_a_flow_for_each_channel_counts_its_own_cards(case: gt.Case) -> None:
    graph = case.graph(by_channel=True, around="老K")
    flows = graph.get_edge_data("id:91310115MA1K35XR7B", "name:老k")
    assert {key: told["cards"] for key, told in flows.items()} == {"QQ": 20, "微信": 20, "": 1}


@pytest.mark.parametrize(
    ("depth", "reached", "cut_off"),
    [
        (0, {"王五"}, 1),
        (None, {"王五", "老K", "批发部", "晚"}, 2),
        (1, {"王五", "老K", "批发部", "晚"}, 2),
        (2, {"王五", "老K", "批发部", "晚", "星海", "早", "中国联通", "甲", "乙", "丙"}, 0),
    ],
)
def test_a_walk_goes_as_far_as_it_is_told_and_says_what_lies_beyond(
    case: gt.Case, depth: int | None, reached: set[str], cut_off: int
) -> None:
    graph = case.graph(around="王五", depth=depth)
    assert names(graph) == reached
    assert graph.graph["limits"]["cut_off"] == cut_off
    assert graph.graph["limits"]["depth"] == (1 if depth is None else depth)


def test_flows_between_those_that_were_reached_are_all_there(case: gt.Case) -> None:
    assert ("星海", "批发部") in passed(case.graph(around="老K", depth=2))
    assert ("星海", "批发部") not in passed(case.graph(around="老K", depth=1))


def test_a_hub_is_shown_but_not_walked_through(case: gt.Case) -> None:
    graph = case.graph(around="王五", depth=2, hub=4)
    assert names(graph) == {"王五", "老K", "批发部", "晚", "星海", "早", "中国联通"}
    assert graph.graph["limits"]["hubs"] == [{"id": "name:批发部", "name": "批发部", "partners": 5}]
    assert names(case.graph(around="王五", depth=2, hub=5)) >= {"甲", "乙", "丙"}


def test_a_walk_goes_through_what_it_begins_with_however_large_that_is(case: gt.Case) -> None:
    graph = case.graph(around="批发部", hub=1)
    assert names(graph) == {"批发部", "甲", "乙", "丙", "星海", "王五"}
    assert graph.graph["limits"]["hubs"] == []


def test_forward_means_with_the_cards_and_not_back_in_time(case: gt.Case) -> None:
    forward = names(case.graph(around="老K", depth=5, direction="forward"))
    assert forward == {"老K", "王五", "中国联通", "批发部"}
    assert names(case.graph(around="王五", depth=1, direction="forward")) == {"王五", "批发部", "晚"}
    assert "晚" in names(case.graph(around="老K", depth=5))


def test_a_month_may_be_any_of_its_days(case: gt.Case) -> None:
    assert "丙" in names(case.graph(around="批发部", direction="forward", since="2024-04-30"))
    assert "丙" not in names(case.graph(around="批发部", direction="forward", since="2024-05-01"))


def test_backward_means_against_the_cards_and_time(case: gt.Case) -> None:
    assert names(case.graph(around="甲", depth=5, direction="backward")) == {"甲", "批发部", "星海", "中国联通"}
    assert names(case.graph(around="晚", depth=5, direction="backward")) == {"晚", "王五"}


def test_a_later_way_round_may_arrive_earlier(tmp_path: Path) -> None:
    rows = ["A,B,2024-01-09,1", "A,C,2024-01-01,2", "C,B,2024-01-02,3", "B,D,2024-01-05,4"]
    text = "from,to,date,iccid\n" + "".join(f"{row[:-1]}{HEAD}0000{row[-1]}\n" for row in rows)
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    with gt.open_case(tmp_path / "c.gtrace") as case:
        case.load(tmp_path / "t.csv")
        assert "D" not in names(case.graph(around="A", depth=2, direction="forward"))
        assert "D" in names(case.graph(around="A", depth=3, direction="forward"))


def test_only_records_of_the_time_count(case: gt.Case) -> None:
    graph = case.graph(since="2024-03-06", until="2024-03-07")
    assert {pair: told["cards"] for pair, told in passed(graph).items()} == {("星海", "老K"): 21}
    parties = {told["label"]: told for _, told in graph.nodes(data=True)}
    assert (parties["星海"]["kind"], parties["星海"]["cards_received"]) == ("enterprise", 0)


def test_around_a_card_are_the_parties_through_whose_hands_it_went(case: gt.Case) -> None:
    assert names(case.graph(around=CARD)) == {"中国联通", "星海", "老K", "王五"}
    assert names(case.graph(around="1064600000001")) == {"中国联通", "星海", "老K", "王五"}
    assert names(case.graph(around=[CARD, "早"], depth=0)) == {"中国联通", "星海", "老K", "王五", "早"}


def test_records_stand_between_their_parties_with_what_they_move(case: gt.Case) -> None:
    graph = case.graph("record", around=CARD)
    assert kinds(graph) == {"party": 4, "record": 5, "lot": 2, "card": 1}
    assert Counter(told["type"] for *_, told in graph.edges(data=True)) == {"gave": 5, "to": 5, "moves": 5}
    (record,) = [node for node, told in graph.nodes(data=True) if told.get("file") == "u.csv"]
    told = graph.nodes[record]
    assert (told["kind"], told["date"], told["precision"], told["cards"], told["row"]) == (
        *("transfer", "2024-04-01", "listed", 1),
        2,
    )
    assert record == f"record:{told['sha256']}::2"
    assert [source for source, _ in graph.in_edges(record)] == ["name:老k"]
    assert {target for _, target in graph.out_edges(record)} == {"name:王五", f"card:{CARD}"}


def test_a_record_and_a_card_have_the_same_ids_as_in_a_trace(case: gt.Case) -> None:
    traced = case.trace(CARD).to_networkx()
    mine = case.graph("record", around=CARD)
    assert {node for node in mine if node.startswith(("record:", "card:"))} <= set(traced)


def test_all_records_of_the_case_are_there_but_for_those_that_move_nothing(case: gt.Case) -> None:
    graph = case.graph("record")
    assert kinds(graph) == {"party": 10, "record": 15, "lot": 5, "card": 6}
    unnamed = [told for _, told in graph.nodes(data=True) if told.get("precision") == "quantity"]
    assert sorted(told["cards"] for told in unnamed) == [7, 500]


def test_a_graph_of_cards_has_lots_cards_users_and_devices(case: gt.Case) -> None:
    graph = case.graph("card", around=CARD)
    assert names(graph) == {"中国联通", "星海", "老K", "王五", "赵六", "孙七"}
    assert kinds(graph) == {"party": 6, "lot": 2, "card": 1, "device": 1}
    card = graph.nodes[f"card:{CARD}"]
    assert (card["iccid"], card["carrier"], card["msisdn"]) == (CARD, "china-unicom", ["1064600000001"])
    assert (card["outcome"], card["activated"], card["seized"], card["case_no"]) == (
        *("continuous", ["2024-04-02", "2024-04-09"], ["2024-06-01"]),
        ["案1"],
    )
    given = [told for *_, told in graph.in_edges(f"card:{CARD}", data=True) if told["type"] == "gave"]
    assert [told["origins"] for told in given if told["date"] == "2024-04-01"] == [["t.csv:6", "u.csv:2"]]
    contained = {source for source, _, told in graph.in_edges(f"card:{CARD}", data=True) if told["type"] == "contains"}
    assert contained == {f"lot:{HEAD}00001-{HEAD}00100", f"lot:{HEAD}00001-{HEAD}00020"}
    users = {target for _, target, told in graph.out_edges(f"card:{CARD}", data=True) if told["type"] == "used_by"}
    assert users == {"name:赵六", "name:孙七"}


def test_around_a_party_are_the_cards_that_passed_between_it_and_its_partners(case: gt.Case) -> None:
    graph = case.graph("card", around="批发部")
    assert names(graph, "card") == {f"{HEAD}0004{number}" for number in (1, 2, 3)}
    assert "7 × ?" in names(graph, "lot")
    assert "甲" in names(graph)
    assert names(graph, "device") == {"86123456789012"}


def test_every_element_has_the_attributes_that_are_documented(case: gt.Case) -> None:
    for level, around in (("party", ()), ("record", ()), ("card", (CARD, "批发部"))):
        graph = case.graph(level, around=around)  # type: ignore[arg-type]
        node_types, edge_types = LEVELS[level]
        assert {told["type"] for _, told in graph.nodes(data=True)} == set(node_types)
        assert {told["type"] for *_, told in graph.edges(data=True)} == set(edge_types)
        for _, told in graph.nodes(data=True):
            assert tuple(told) == NODES[told["type"]]
        for *_, told in graph.edges(data=True):
            assert set(told) == set(EDGES[told["type"]])


def test_the_case_as_it_was_known_has_no_later_flows(case: gt.Case) -> None:
    assert len(case.at("2000-01-01").graph()) == 0


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"level": "cards"}, "no level"),
        ({"level": "card"}, "around something"),
        ({"depth": 1}, "around something"),
        ({"around": "老K", "depth": -1}, "around something"),
        ({"hub": 0}, "at least one"),
        ({"direction": "sideways"}, "no direction"),
        ({"since": "2024-3-5"}, "no day"),
        ({"until": "soon"}, "no day"),
        ({"since": "2024-03-05", "until": "2024-03-04"}, "is after"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(case: gt.Case, asked: dict[str, Any], error: str) -> None:
    with pytest.raises(UsageError, match=error):
        case.graph(**asked)


def test_what_nobody_knows_is_not_found(case: gt.Case) -> None:
    with pytest.raises(NothingFound, match="nobody"):
        case.graph(around="谁")
    with pytest.raises(NothingFound, match="no record names the card"):
        case.graph(around=f"{HEAD}99999")
    with pytest.raises(NothingFound, match="no record of that time moves"):
        case.graph(around=CARD, since="2025-01-01")


def test_a_graph_too_large_to_hold_says_how_large_and_what_narrows_it(
    case: gt.Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_graph, "MAX_ELEMENTS", 10)
    monkeypatch.setattr(case_graph, "MAX_CARDS", 1)
    with pytest.raises(UsageError, match="11 flows are too many") as caught:
        case.graph()
    assert "--around" in caught.value.hint
    with pytest.raises(UsageError, match="15 records are too many"):
        case.graph("record")
    with pytest.raises(UsageError, match="more than 1 single cards") as caught:
        case.graph("card", around="批发部")
    assert "--depth" in caught.value.hint
    assert caught.value.code == "graph_too_large"
