"""Every question of the library gives the same answer, as JSON text, from a folder and from a server."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import neo4j
import pytest

import graphtrace as gt
from graphtrace.query_library import load_queries, load_query
from graphtrace.render.json import answer_document, to_json_text
from graphtrace.simulate.generate import simulate

from ..neo4j.server import Place
from ..neo4j.test_model import FILES, operators
from ..queries.conftest import DEMO, load_example
from ..queries.dealings import random_moves, write_moves

ASKED = sorted(query.name for query in load_queries() if query.header.over == "case")
Both = tuple[gt.Case, gt.Case, Mapping[str, Sequence[Any]]]
"""A case in a folder, the same on a server, and what to ask with, by the name of the parameter."""

GIVEN: dict[str, Sequence[Any]] = {
    "at_least": (1, 3),
    "backwards": (True,),
    "days": (0, 60),
    "depth": (0, -7),
    "hops": (1, 5),
    "most": (1, 3),
    "reason": ("damaged_number",),
    "since": ("2024-01-20",),
    "to_carriers_only": (True,),
    "until": ("2024-02-10",),
    "with_carriers": (True,),
}
ONLY_NEEDED: dict[str, Sequence[Any]] = dict.fromkeys(GIVEN, ())
"""What a question takes besides is asked of the case about which there is more to say, not of the example."""
OF_THE_EXAMPLE = {
    "card": ("89860123061000001011",),
    "cards": (["89860123061000001011", "898604B81623D0100015"],),
    "case_no": ("云公刑诈〔2024〕0318号",),
    "enterprise": ("星海智联科技有限公司",),
    "file": ("chat_list.txt",),
    "from_party": ("星海智联科技有限公司",),
    "other": ("马晓东", "星海智联科技有限公司"),
    "other_card": ("898604B81623D0100015",),
    "parties": (["马晓东", "林秀芳"],),
    "party": ("星海智联科技有限公司", "周立冬"),
}
ODD = """kind,record_no,date,from,from_id,to,to_id,iccid,iccid_first,iccid_last,quantity,channel,imei,msisdn,user,\
province,case_no,stock,sold,party
transfer,1,2024-03-05,𠮷店,,！店,,898604B81625D0045436,,,,微信,,,,,,,,
transfer,2,2024-03,𠮷店,,甲公司,,,898604B81625D0045430,898604B81625D0045440,11,,,,,,,,,
transfer,3,2024-02,甲公司,Q1,𠮷店,,,898604B81625D0045430,898604B81625D0045440,,,,,,,,,,
transfer,4,2024-02-29,甲公司,Q1,甲 公司,,,898604B81625D0045431,898604B81625D0045431,1,,,,,,,,,
transfer,5,2024-02-29,甲公司,Q1,乙公司,,,898604B81625D0045431,898604B81625D0045431,1,,,,,,,,,
activation,,2024-03-05,,,,,898604B81625D0045436,,,,,861234567890123,1064612345678,王五,云洲省,,,,
activation,,2024-03,,,,,898604B81625D0045436,,,,,861234567890999,1064612345678,,云洲省,,,,
activation,,2023-12,,,,,898604B81625D0045439,,,,,,,王五,云洲省,,,,
activation,,2023-12,,,,,,,,,,,1064698765432,王五,云洲省,,,,
seizure,,,,,,,898604B81625D0045436,,,,,,,,,案一,,,
seizure,,2024-05,,,,,898604B81625D0045436,,,,,,,,,案二,,,
seizure,,,,,,,8986061900000000015A,,,,,,,,,案一,,,
stock,,2024-06,,,,,,898604B81625D0045430,898604B81625D0045440,,,,,,,,5,,甲公司
stock,,2024-06-30,,,,,,,,100,,,,,,,,9,甲公司
purchase,,2024-01,中国移动,,甲公司,Q1,,898604B81625D0045430,898604B81625D0045440,,,,,,,,,,
purchase,,2024-02-02,中国移动,,乙公司,,898604B81625D0045439,,,,,,,,,,,,
"""
"""Letters in numbers, ranges of one card, months, no day, names beyond the basic plane, a party and itself."""

HALF_LOADED = """
CREATE (s:Sheet {sheet: 1000, name: 'half', rows: 9, loaded: 9, duplicate: 0, rejected: 9})
    -[:OF]->(f:File {sha256: 'ff', name: 'chat_list.txt', complete: false})
CREATE (:Reject {row: 1, reason: 'damaged_number', place: 1})-[:IN]->(s)
WITH *
MATCH (p:Party) WITH p ORDER BY p.id LIMIT 1
CREATE (:Mention {mention: 1000000, name_key: '半', strong: 'X70201', sheets: [1000], days: [1], places: [1],
    names: ['半']})
    -[:REFERS_TO]->(p)
WITH p
MATCH (c:Card) WITH p, c ORDER BY c.key LIMIT 9
WITH p, c, {date: '2019-01', sheet: 1000, row: 1, channel: '微信', province: '云洲', device: '86000000000000',
    msisdn: '1064600000000', imsi: '460000000000000', case_no: '案一', stock: 1} AS body
CREATE (p)-[:SENT]->(r:Record:Transfer)-[:RECEIVED_BY]->
    (q:Party {id: 'name:半' + elementId(c), name: '半', is_carrier: false}),
    (q)-[:SENT]->(x:Record:Purchase)-[:RECEIVED_BY]->(p), (r)-[:MOVES]->(c), (x)-[:MOVES]->(c),
    (p)-[:SENT]->(n:Record:Transfer:NoCardNumber:QuantityOnly)-[:RECEIVED_BY]->(q),
    (p)-[:DECLARED]->(d:Record:Stock)-[:OF]->(c), (p)<-[:USED_BY]-(a:Record:Activation)-[:OF]->(c),
    (z:Record:Seizure)-[:OF]->(c), (w:Record:Activation:NoCardNumber:UnlinkedEvent)
SET r += body, x += body, n += body, d += body, a += body, z += body, w += body,
    r.kind = 'transfer', x.kind = 'purchase', n.kind = 'transfer', n.quantity = 5, d.kind = 'stock',
    a.kind = 'activation', z.kind = 'seizure', w.kind = 'activation', w.msisdn = '1064600000001'
"""
"""State that an interrupted load leaves on a server, and that no reader must see."""


def messy_files(folder: Path) -> list[Path]:
    """Simulated records as people send them, random dealings in few cards, and oddities."""
    simulate(folder / "simulated", 1400, 5, is_messy=True)
    own = {**FILES, "odd.csv": ODD}
    for name, text in own.items():
        (folder / name).write_text(text, "utf-8")
    dealt = write_moves(folder, random_moves(1))
    return [*sorted((folder / "simulated" / "records").iterdir()), *(folder / name for name in own), *dealt]


def telling(case: gt.Case) -> dict[str, Sequence[Any]]:
    """Parties, cards and files of a case about which there is much to say."""
    flows = case.query("flows-between-parties").rows
    counted = Counter(party for flow in flows for party in (flow[0], flow[2]))
    busy = [party for party, _ in counted.most_common(9) if not party.startswith("carrier:")]
    buyers = [party for party, _ in Counter(row[2] for row in case.query("purchases").rows).most_common(4)]
    cards = [row[1] for row in case.query("seized-cards").rows]
    odd = ("898604B81625D0045436", "8986061900000000017")
    return {
        "card": (odd[0], cards[0], cards[3]),
        "cards": ([*cards, *odd, "8986061900000000003"],),
        "case_no": ("案一", next(row[0] for row in case.query("seized-cards").rows if row[0])),
        "enterprise": (*buyers[:2], "甲"),
        "file": ("odd.csv", "transfers.csv"),
        "from_party": (busy[0], "甲"),
        "other": ("庚", busy[1]),
        "other_card": (odd[1], cards[0]),
        "parties": (busy, [*buyers, "乙", "丙", "丁"]),
        "party": (busy[0], buyers[0], "甲", "carrier:china-unicom", "name:𠮷店"),
    }


@pytest.fixture(scope="module", params=("example", "messy"))
def both(
    request: pytest.FixtureRequest, neo4j_place: Place, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Both]:
    """A case in a folder and on a server, on which half a file more is."""
    folder = tmp_path_factory.mktemp(request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("GRAPHTRACE_QUERIES", raising=False)
        neo4j_place.use(patch)
        with gt.open_case(folder / "x.gtrace") as here, gt.open_case(neo4j_place.uri) as there:
            if request.param == "example":
                load_example(here, DEMO["files"])
                load_example(there, DEMO["files"])
            else:
                files = messy_files(folder)
                here.load(*files)
                there.load(*files)
            neo4j_place.rows(HALF_LOADED)
            given = OF_THE_EXAMPLE if request.param == "example" else telling(here)
            yield here, there, {**(ONLY_NEEDED if request.param == "example" else GIVEN), **given}
    neo4j_place.empty()


def parameter_sets(name: str, given: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Yield parameter sets for a query: its defaults, and for each other parameter some values in addition."""
    parameters = load_query(name).header.parameters
    needed = [one.name for one in parameters if one.is_required]
    sets = [dict(zip(needed, values, strict=True)) for values in itertools.product(*(given[one] for one in needed))]
    yield from sets[:4]
    for one in parameters:
        if not one.is_required:
            yield from ({**sets[0], one.name: value} for value in given[one.name])


@pytest.mark.parametrize("name", ASKED)
def test_a_question_is_answered_alike_by_a_folder_and_a_server(name: str, both: Both) -> None:
    here, there, given = both
    sets = list(parameter_sets(name, given))
    assert sets
    for asked in sets:
        folder, server = (to_json_text(answer_document("x", case.query(name, **asked))) for case in (here, there))
        assert server == folder, asked


@pytest.mark.parametrize("name", ASKED)
def test_every_question_is_written_in_both_languages(name: str) -> None:
    assert set(load_query(name).texts) == {"sql", "cypher"}


def read(place: Place, cypher: str, parameters: Mapping[str, Any]) -> tuple[list[list[Any]], list[str]]:
    """The rows of a question that reads, and the operators of its plan."""
    with place.driver() as driver:
        found = driver.execute_query(f"PROFILE {cypher}", parameters, routing_=neo4j.RoutingControl.READ)
    return [record.values() for record in found.records], operators(found.summary.profile)


@pytest.mark.parametrize("name", ["records-of-card", "parties-of-cards", "parties-two-cards-share"])
def test_what_names_a_card_is_found_by_index(name: str, both: Both, neo4j_place: Place) -> None:
    text = load_query(name).source("cypher")
    card = {"key": "8986012306100000101", "head": "89860123...........", "number": 6100000101}
    given = {"card": card, "other_card": card, "cards": [card], "at_least": 1}
    _, plan = read(neo4j_place, text, {one.name: given[one.name] for one in load_query(name).header.parameters})
    assert "NodeUniqueIndexSeek" in plan
    assert "NodeIndexSeek" in plan
    assert not {"AllNodesScan", "NodeIndexScan"} & set(plan)
    assert plan.count("NodeByLabelScan") == 1  # that of the one node of the case
