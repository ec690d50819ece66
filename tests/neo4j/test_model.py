"""A server holds what the schema declares, and cards are found in ranges by index."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.render.text_tables import GRAPH
from graphtrace.storage.neo4j.client import Address
from graphtrace.storage.neo4j.neo4j_backend import Neo4jBackend
from graphtrace.storage.neo4j.neo4j_schema import FURTHER_LABELS, LABELS, NODES, RELATIONSHIPS

from .graph import allowed_types, declared_indexes, drop_indexes, found_indexes, found_links, found_properties
from .server import Place

DOCS = Path(__file__).parents[2] / "docs"
WORKBOOK = Path(__file__).parents[2] / "examples" / "case" / "seizures.xlsx"
FILES = {
    "moved.csv": """kind,record_no,date,from,from_id,to,to_id,iccid,iccid_first,iccid_last,quantity,channel,price,\
declared_use,waybill,contract_no,carrier,msisdn,imsi,place
transfer,1,2024-03-05,甲,,乙,X70201,89860619000000000015,,,1,微信,30,共享单车,SF1,H1,移动,1064612345678,460060000000001,云洲
transfer,2,2024-03-05,甲,,乙,X70201,89860619000000000015,,,1,微信,30,共享单车,SF1,H1,移动,1064612345678,460060000000001,云洲
transfer,3,2024-03,甲,,乙,,,8986061900000000001,8986061900000000100,100,,,,,,,,,
return,4,2024-03-05 08:00,乙,,甲,,,8986061900000000001,8986061900000000007,,,,,,,,,,
transfer,5,2024-04-01,甲,,丙,,,,,500,,,,,,,,,
transfer,6,2024-04-01,甲,,丙,,8.98606E+18,,,,,,,,,,,,
""",
    "sold.csv": "运营商,企业名称,购买日期,卡号,使用人\n中国联通,甲,2024-02-01,8986061900000000001,马强\n",
    "used.csv": """激活时间,iccid,msisdn,imei,使用人,省份,城市,基站
2024-04-02 08:30:00,8986061900000000001,,861234567890123,王五,云洲省,云洲,4-1
2024-04-03,,1064612345678,坏,,,,
""",
    "usage.csv": "kind,date,user,iccid\nusage,2024-04-05,王五,8986061900000000001\n",
    "listed.csv": "kind,date,party,iccid,eid,state\n"
    "card_list,2024-04-06,甲,8986061900000000001,89049032000001000000000000000074,在用\n",
    "seized.csv": """查获日期,案号,地点,持有人,iccid,msisdn
2024-05-01,A1,云洲,马强,8986061900000000001,
2024-05-01,A2,云洲,马强,,1064612345678
""",
    "paid.csv": "记录编号,付款方,收款方,金额,交易时间,订单号\nP1,甲,乙,1280,2024-02-20 10:00:00,T-7\n",
    "stock.csv": """申报单位,申报日期,库存,销量,起始ICCID,结束ICCID
甲,2024-06-01,3,4,,
甲,2024-06-01,,,8986061900000000001,8986061900000000003
""",
}


OWN_LIST = "运营商,客户名称,入网时间,ICCID\n中国联通,甲公司,2024-01-05,8986061900000000002\n"
UNREAD = """转出方,转入方,日期,ICCID,起始ICCID,结束ICCID,接入号
甲,,2024-03-05,8986061900000000011,,,
甲,,2024-03,,8986061900000000021,8986061900000000030,
甲,,2024-03-05,,,,1064612345678
"""


@pytest.fixture(scope="module")
def held(neo4j_place: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A case in which every kind of record has every field."""
    folder = tmp_path_factory.mktemp("full")
    with pytest.MonkeyPatch.context() as patch:
        neo4j_place.use(patch)
        drop_indexes(neo4j_place)
        with gt.open_case(neo4j_place.uri) as case:
            for name, text in FILES.items():
                (folder / name).write_text(text, "utf-8")
                assert not case.load(folder / name).has_errors
            (folder / "own.csv").write_text(OWN_LIST, "utf-8")
            assert not case.load(folder / "own.csv", as_kind="registration").has_errors
            (folder / "unread.csv").write_text(UNREAD, "utf-8")
            case.load(folder / "unread.csv", reply="12", reply_hash=f"MD5:{'0' * 32}")
            # whose sheets have names
            assert not case.load(WORKBOOK).has_errors
            case.correct("moved.csv:3", why="stated twice")
            case.correct("moved.csv:2", why="wrong")
            case.correct("moved.csv:2", why="was right", undo=True)
            (folder / "gone.csv").write_text(FILES["moved.csv"], "utf-8")
            with (folder / "gone.csv").open("a", encoding="utf-8") as file:
                file.write("transfer,7,2024-05-01,戊,,己,,8986061900000000009,,,,,,,,,,,,\n")
            case.load(folder / "gone.csv")
            case.resolve("戊", "己", same=True, why="one telephone")
            case.unload("gone.csv", why="sent by mistake")
            case.resolve("甲", "王五", same=None, why="nobody knows")
            case.add_note("note", "party:name:王五", {"text": "asked"})
            with case.lookup("model"):
                pass
    return neo4j_place


def test_a_server_holds_every_property_that_is_declared_and_no_other_with_the_type_that_is_declared(
    held: Place,
) -> None:
    found = found_properties(held)
    transient = {"File": {"sent"}, "Case": {"writer", "writer_until", "is_bare"}}
    assert {label: set(properties) for label, properties in found.items()} == {
        label: set(kind.types()) - transient.get(label, set()) for label, kind in NODES.items()
    }
    for label, properties in found.items():
        for name, types in properties.items():
            assert types <= allowed_types(NODES[label].types()[name]), f"{label}.{name}"


def test_a_server_holds_every_label_that_is_declared_and_no_other(held: Place) -> None:
    ((labels,),) = held.rows("MATCH (r:Record) UNWIND labels(r) AS label RETURN collect(DISTINCT label)")
    assert set(labels) == {"Record", *LABELS.values(), *FURTHER_LABELS}
    assert held.rows("MATCH (n) WHERE NOT n:Record AND size(labels(n)) <> 1 RETURN n") == []


def test_a_server_holds_every_relationship_that_is_declared_and_no_other_and_none_has_properties(held: Place) -> None:
    found = found_links(held)
    assert {link[:3] for link in found} == {
        (link.source, link.type, target) for link in RELATIONSHIPS for target in link.targets
    }
    for source, kind_of_link, target, kind in found:
        assert any(
            (link.source, link.type) == (source, kind_of_link)
            and target in link.targets
            and kind in (*link.kinds, None)
            for link in RELATIONSHIPS
        ), (source, kind_of_link, target, kind)
    assert held.rows("MATCH ()-[r]->() WHERE size(keys(r)) > 0 RETURN type(r)") == []


def test_what_is_unique_and_what_is_indexed_is_what_is_declared(held: Place) -> None:
    assert found_indexes(held) == declared_indexes()


@pytest.mark.parametrize("name", ["model.md", "model.zh.md"])
def test_the_drawing_has_every_relationship_and_no_other(name: str) -> None:
    drawing = (DOCS / name).read_text("utf-8").partition("\n## Neo4j")[2].split("```")[1]
    drawn = set(re.findall(r"\b([A-Z]{2,}(?:_[A-Z]+)?)\b", drawing))
    assert drawn == {link.type for link in RELATIONSHIPS}


def test_every_declaration_has_a_meaning_and_every_meaning_is_of_a_declaration() -> None:
    declared = {*NODES, *FURTHER_LABELS, *(f"{link.source}.{link.type}" for link in RELATIONSHIPS)}
    for kind in NODES.values():
        for group in f"{kind.properties};{kind.transient}".split(";"):
            if group:
                declared.add(f"{kind.label}.{group.split()[0].partition(':')[0]}")
        if set(kind.script.split()) - set(kind.types()):
            declared.add(f"{kind.label}.script")
    assert set(GRAPH) == declared


REPLAN = "CALL db.prepareForReplanning()"
"""Samples indexes and forgets plans: those made while the server held next to nothing are not those of a warm case."""

SCANS = {"NodeByLabelScan", "AllNodesScan", "NodeIndexScan", "RelationshipTypeScan"}


def operators(plan: dict[str, Any]) -> list[str]:
    """The operators of a plan that was run."""
    own = [plan["operatorType"].partition("@")[0]]
    return own + [name for child in plan.get("children", ()) for name in operators(child)]


def db_hits(plan: dict[str, Any]) -> int:
    return int(plan["args"].get("DbHits", 0)) + sum(db_hits(child) for child in plan.get("children", ()))


def test_the_lots_of_a_card_are_found_by_index_however_many_lots_there_are(
    neo4j_uri: str, neo4j_place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """3,000 ragged lots, of which two cover the card."""
    lots = [(10_000 + 40 * n, 10_000 + 40 * n + 7 + n % 29) for n in range(3_000)] + [(3, 500_003)]
    rows = "".join(f"甲,乙,2024-03-05,{8986061900000000000 + a},{8986061900000000000 + b}\n" for a, b in lots)
    (tmp_path / "t.csv").write_text(f"转出方,转入方,日期,起始ICCID,结束ICCID\n{rows}", "utf-8")
    with gt.open_case(neo4j_uri) as case:
        case.load(tmp_path / "t.csv")
    store = Neo4jBackend(Address.parse(neo4j_uri))
    asked: list[tuple[str, dict[str, Any]]] = []
    ask = store.query
    monkeypatch.setattr(
        store, "query", lambda cypher, **given: (asked.append((cypher, given)), ask(cypher, **given))[1]
    )
    covering = store._card_lookup.lots_over(["8986061900000050003"])
    found = store.select(["8986061900000050003"], records_only=True).records
    store.close()
    assert len(covering) == 2
    assert len(found["8986061900000050003"]) == 2
    with neo4j_place.driver() as driver:
        driver.execute_query(REPLAN)
        plans = [driver.execute_query(f"PROFILE {cypher}", given).summary.profile for cypher, given in asked]
    assert all("NodeIndexSeek" in operators(plan) for plan in plans[:2])
    for plan in plans:
        assert not SCANS & set(operators(plan))
        assert db_hits(plan) < 300


def test_a_trace_of_a_warm_case_takes_few_ways_to_the_server_and_scans_nothing(
    neo4j_uri: str, neo4j_place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = "".join(f"乙{n},丙,2024-04-05,{8986061900000000000 + 1000 * n},,\n" for n in range(300))
    sold = "".join(
        f"甲,乙{n},2024-03-05,,{8986061900000000000 + 1000 * n},{8986061900000000999 + 1000 * n}\n" for n in range(300)
    )
    (tmp_path / "t.csv").write_text(f"转出方,转入方,日期,卡号,起始ICCID,结束ICCID\n{moved}{sold}", "utf-8")
    (tmp_path / "u.csv").write_text(
        "ICCID,激活时间,IMEI\n"
        + "".join(f"{8986061900000000000 + 1000 * n},2024-05-01,86123456789{n:03d}0\n" for n in range(300)),
        "utf-8",
    )
    with gt.open_case(neo4j_uri) as case:
        assert not case.load(tmp_path / "t.csv", tmp_path / "u.csv").has_errors
        case.trace("8986061900000000000")
        asked: list[tuple[str, dict[str, Any]]] = []
        store = case._stores.store
        assert isinstance(store, Neo4jBackend)
        ask = store.query
        monkeypatch.setattr(
            store, "query", lambda cypher, **given: (asked.append((cypher, given)), ask(cypher, **given))[1]
        )
        trace = case.trace("8986061900000123000").only
        assert len(trace.chains[0].hops) == 2
        # whether anything was loaded since, and all about the card
        assert len(asked) == 2
    with neo4j_place.driver() as driver:
        driver.execute_query(REPLAN)
        for cypher, given in asked:
            plan = driver.execute_query(f"PROFILE {cypher}", given).summary.profile
            assert not SCANS & set(operators(plan)), cypher
            assert db_hits(plan) < 200, cypher
