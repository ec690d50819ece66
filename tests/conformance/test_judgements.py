"""Judged parties answer as one that records call by one number, on both stores, in every copy, on every day."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import networkx as nx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import graphtrace as gt
from graphtrace.errors import GraphtraceError
from graphtrace.identifiers import normalize_party_id, normalize_party_name
from graphtrace.storage import ledger

from ..neo4j.server import Place
from .test_corrections import (
    BY_HAND,
    CARDS,
    EXAMPLES,
    NAMES,
    NUMBERS,
    RANDOM,
    Cells,
    Clock,
    Table,
    counted,
    everything,
    library,
    on,
    stories,
    text_of,
    told,
    write,
)

SIDES = (("from", "from_id"), ("to", "to_id"), ("enterprise", "enterprise_id"), ("user", "user_id"), ("party", ""))
CARRIERS = {"中国联通", "联通星海分公司"}
"""Names of the stories that stand in carrier columns or are a carrier's own."""

PARTIES = sorted(
    {f"name:{normalize_party_name(name)}" for name in NAMES} | {f"id:{number}" for number in NUMBERS if number}
)


class Verdict(NamedTuple):
    """Judgement of a person about two members."""

    one: str
    other: str
    same: bool | None


class Case(NamedTuple):
    """Tables as they are loaded, and what is judged about their parties, in order."""

    tables: Sequence[Table]
    verdicts: Sequence[Verdict]


@st.composite
def judged_cases(draw: st.DrawFn) -> Case:
    tables = draw(stories()).tables
    pair = st.lists(st.sampled_from(PARTIES), min_size=2, max_size=2, unique=True)
    verdict = st.builds(
        lambda parties, same: Verdict(*parties, same), pair, st.sampled_from([True, True, True, False, None])
    )
    return Case(tables, draw(st.lists(verdict, min_size=1, max_size=4)))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "datetime", Clock)


# -- a second reading of who is one party ------------------------------------------------------------------------


def mention_of(name: str, number: str) -> tuple[str, str]:
    return normalize_party_name(name), normalize_party_id(number)


def mentions(tables: Sequence[Table]) -> set[tuple[str, str]]:
    """Return the mentions in the tables, by name and number."""
    found = set()
    for row in (row for table in tables for row in table):
        for side, of_id in SIDES:
            if row.get(side) or row.get(of_id):
                found.add(mention_of(row.get(side, ""), row.get(of_id, "")))
    return found


def member_of(mention: tuple[str, str], carriers: set[str]) -> str:
    name, number = mention
    if name in carriers:
        return "carrier"
    return f"id:{number}" if number else f"name:{name}"


def parties_of(tables: Sequence[Table], verdicts: Sequence[Verdict]) -> Mapping[str, frozenset[str]]:
    """The members of the party of each member, found by trying: all judgements, then one name after the other."""
    named = {row["carrier"] for table in tables for row in table if row.get("carrier")}
    carriers = {normalize_party_name(name) for name in (*named, "中国联通")}
    known = mentions(tables)
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(member_of(mention, carriers) for mention in known)
    graph.add_edges_from((verdict.one, verdict.other) for verdict in verdicts if verdict.same)
    apart = [(verdict.one, verdict.other) for verdict in verdicts if verdict.same is False]

    def party(member: str) -> frozenset[str]:
        return frozenset(nx.node_connected_component(graph, member))

    while True:
        for name, number in sorted(known):
            member = member_of((name, number), carriers)
            if not member.startswith("name:"):
                continue
            bearers = {member_of(each, carriers) for each in known if each[0] == name and each[1]}
            bearing = {party(bearer) for bearer in bearers}
            if len(bearing) != 1 or party(member) in bearing:
                continue
            joined = party(member).union(*bearing)
            if not any({one, other} <= joined for one, other in apart):
                graph.add_edge(member, min(bearers))
                break
        else:
            return {member: party(member) for member in graph}


def is_undecided(tables: Sequence[Table], parties: Mapping[str, frozenset[str]]) -> bool:
    """Whether several parties bear a name that is mentioned without a number, or one number joins two credit codes."""
    known = mentions(tables)
    for name, number in known:
        bearers = {parties[f"id:{of}"] for who, of in known if who == name and of and f"id:{of}" in parties}
        if not number and len(bearers) > 1:
            return True
    return False


def _number(place: int) -> str:
    return f"P7{place:02}19"


def with_one_number_a_party(tables: Sequence[Table], parties: Mapping[str, frozenset[str]]) -> list[Table]:
    """The same tables in which every mention bears the number of its party."""
    numbers = {group: _number(place) for place, group in enumerate(sorted(set(parties.values()), key=sorted))}
    named = {row["carrier"] for table in tables for row in table if row.get("carrier")}
    carriers = {normalize_party_name(name) for name in (*named, "中国联通")}

    def numbered(row: Cells) -> Cells:
        row = dict(row)
        for side, of_id in SIDES:
            mention = mention_of(row.get(side, ""), row.get(of_id, ""))
            member = member_of(mention, carriers)
            if any(mention) and of_id and member != "carrier":
                row[of_id] = numbers[parties[member]]
        return row

    return [[numbered(row) for row in table] for table in tables]


def shape(answers: Sequence[str], parties: Mapping[str, frozenset[str]] | None) -> list[str]:
    """Answers with one number for each party, without what only judgements add and that one number has two names."""
    numbers = (
        {}
        if parties is None
        else {
            member: f"id:{_number(place)}"
            for place, group in enumerate(sorted(set(parties.values()), key=sorted))
            for member in group
        }
    )
    return [json.dumps(_renamed(json.loads(text), numbers), sort_keys=True, ensure_ascii=False) for text in answers]


def _renamed(value: Any, numbers: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        # where one number has two names, a hop has that of its own records
        dropped = {
            "judgements",
            "aliases",
            "uscc",
            "sha256",
            "ledger_head",
            "case",
            "name",
            "message",
            "because",
            "rests_on",
        }
        return {key: _renamed(held, numbers) for key, held in value.items() if key not in dropped}
    if isinstance(value, list):
        kept = [held for held in value if not (isinstance(held, dict) and held.get("code") == "identity_differs")]
        return sorted((_renamed(held, numbers) for held in kept), key=repr)
    return numbers.get(value, value) if isinstance(value, str) else value


def judge(case: gt.Case, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Judges what can be judged; those that were."""
    made = []
    for verdict in verdicts:
        with suppress(GraphtraceError):
            if case.resolve(verdict.one, verdict.other, same=verdict.same, why="seen", by="me").is_new:
                made.append(verdict)
    return made


def traces(case: gt.Case) -> list[str]:
    return told(case)[:1]


# -- the tests ---------------------------------------------------------------------------------------------------


def check(case: gt.Case, place: Path, judged: Case, language: Any) -> None:
    days = [on(0)]
    loaded = case.load(*write(place / "files", [text_of(table) for table in judged.tables]))
    assert not loaded.has_errors
    before = [*everything(case), repr(counted(case)), *library(case, language)]
    days.append(on(1))
    made = judge(case, judged.verdicts)
    with gt.open_case(case.path, without_judgements=True) as other:
        assert everything(other) == before[: len(everything(other))]
    assert case.verify() == []
    parties = parties_of(judged.tables, made)
    if not is_undecided(judged.tables, parties):
        with gt.open_case(place / "numbered.gtrace") as plain:
            tables = with_one_number_a_party(judged.tables, parties)
            if all(row.get("party") is None for table in tables for row in table):
                numbered = plain.load(*write(place / "numbered", [text_of(table) for table in tables]))
                assert not numbered.has_errors
                # a row from a party to itself is rejected where its number says so, and then mentions nobody
                if not any(sheet.rejected for report in (loaded, numbered) for sheet in report.files):
                    assert shape(traces(case), parties) == shape(traces(plain), None)
    answered = told(case)
    days.append(on(2))
    for number in range(len(made), 0, -1):
        case.undo_judgement(number)
    after = [*everything(case), repr(counted(case)), *library(case, language)]
    assert after == before
    assert case.verify() == []
    assert told(case, days[0]) == told(case, days[2])
    assert told(case, days[1]) == answered


ALIAS = Case(
    [
        [
            {"kind": "purchase", "carrier": "中国联通", "enterprise": "星海", "enterprise_id": "X7021",
             "date": "2024-03", "iccid": CARDS[0]},
            {"kind": "transfer", "from": "星海", "to": "老王", "date": "2024-03-05", "iccid": CARDS[0]},
            {"kind": "transfer", "from": "老李", "to": "星海", "date": "2024-03-06", "iccid": CARDS[0]},
        ]
    ],
    [Verdict("name:老李", "name:老王", True), Verdict("name:老李", "id:X7021", False)],
)  # fmt: skip


@pytest.mark.slow
@settings(RANDOM, max_examples=EXAMPLES * 2)
@example(judged=ALIAS)
@given(judged=judged_cases())
def test_judged_parties_are_as_one_that_records_call_by_one_number(
    tmp_path_factory: pytest.TempPathFactory, clock: None, judged: Case
) -> None:
    place = tmp_path_factory.mktemp("judged")
    with gt.open_case(place / "x.gtrace") as case:
        check(case, place, judged, "sql")


def settled(case: gt.Case) -> Any:
    """What a case answers, whenever its files were loaded and its judgements made."""
    return sorted(repr(_without_order(json.loads(text))) if text[:1] == "{" else text for text in everything(case))


def _without_order(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_order(held) for key, held in value.items() if key not in ("ledger_head", "n", "at")}
    if isinstance(value, list):
        return sorted((_without_order(held) for held in value), key=repr)
    return value


@pytest.mark.slow
@settings(RANDOM, max_examples=EXAMPLES * 2)
@example(judged=ALIAS, turns=random.Random(3))
@given(judged=judged_cases(), turns=st.randoms(use_true_random=False))
def test_neither_the_order_of_loads_nor_that_of_judgements_matters(
    tmp_path_factory: pytest.TempPathFactory, judged: Case, turns: random.Random
) -> None:
    place = tmp_path_factory.mktemp("order")
    paths = write(place / "files", [text_of(table) for table in judged.tables])
    with gt.open_case(place / "one.gtrace") as case:
        case.load(*paths)
        made = judge(case, judged.verdicts)
        answers = settled(case)
    with gt.open_case(place / "other.gtrace") as case:
        waiting = list(made)
        for path in turns.sample(paths, len(paths)):
            case.load(path)
            turns.shuffle(waiting)
            done = judge(case, waiting)
            waiting = [verdict for verdict in waiting if verdict not in done]
        assert waiting == []
        assert settled(case) == answers


@pytest.mark.slow
@BY_HAND
@example(judged=ALIAS)
@given(judged=judged_cases())
def test_on_a_server_too(
    neo4j_place: Place, neo4j_uri: str, tmp_path_factory: pytest.TempPathFactory, clock: None, judged: Case
) -> None:
    place = tmp_path_factory.mktemp("judged")
    neo4j_place.empty()
    with gt.open_case(neo4j_uri) as case:
        check(case, place, judged, "cypher")


ROWS = """转出方,转入方,日期,卡号
众达,宋记手机维修部,2024-03-01,8986061900000000001
浦陵市通联众达电子商务有限公司,李四,2024-03-05,8986061900000000002
通联众达公司,王五,2024-03-06,8986061900000000003
阿明,赵六,2024-03-07,8986061900000000004
周明明,赵六,2024-03-08,8986061900000000005
"""


def test_a_firm_is_called_by_its_longest_full_name_once_it_is_judged_to_be_who_short_names_call(place: str) -> None:
    with gt.open_case(place) as case:
        for short in ("众达", "通联众达公司"):
            case.resolve(short, "浦陵市通联众达电子商务有限公司", same=True, why="名单写明")
        case.resolve("阿明", "周明明", same=True, why="同一电话")
        found = case.trace(*(f"898606190000000000{n}" for n in range(1, 6)))
        givers = [trace.chains[0].hops[0].sender.name for trace in found]
        # of persons and of names without a legal form the earliest writing stays
        assert givers == [*["浦陵市通联众达电子商务有限公司"] * 3, "阿明", "阿明"]
        assert found[0].chains[0].hops[0].receiver.name == "宋记手机维修部"
