"""Questions in Cypher: one's own, those that would change something, and what was known on a day."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.cli import main
from graphtrace.errors import QueryError

from ..cli.conftest import Ran, Run
from .server import Place

HEADER = """/*
question = {en = "Which parties are there?", zh = "有哪些主体？"}
description = {en = "Everyone.", zh = "全部。"}
[params]
name = {type = "text", optional = true, en = "only this name", zh = "只看此名称"}
[returns]
name = {en = "the name", zh = "名称"}
given = {en = "what was given", zh = "所给的值"}
*/

"""
ECHO = "MATCH (p:Party) WHERE $name IS NULL OR p.name = $name RETURN p.name AS name, $name AS given ORDER BY name\n"
MOVED = """转出方,转出方证件号,转入方,日期,卡号,起始ICCID,结束ICCID
甲,,乙,2024-03-05,8986061900000000001,,
甲,,丙,2024-03,,8986061900000000001,8986061900000000100
"""
MORE = """转出方,转出方证件号,转入方,日期,卡号
甲,X70201,丁,2024-02-01,8986061900000000002
乙,,丁,2024-04-01,8986061900000000001
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command and keeps what it says."""

    def run(*arguments: object) -> Ran:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        told = capsys.readouterr()
        return Ran(code, told.out, told.err)

    return run


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with questions of one's own."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "echo.cypher").write_text(HEADER + ECHO, "utf-8")
    monkeypatch.setenv("GRAPHTRACE_QUERIES", str(folder))
    return folder


@pytest.fixture
def moved(tmp_path: Path, own: Path, neo4j_uri: str) -> str:
    """A case with two records on a server."""
    (tmp_path / "moved.csv").write_text(MOVED, "utf-8")
    with gt.open_case(neo4j_uri) as case:
        case.load(tmp_path / "moved.csv")
    return neo4j_uri


def test_a_question_of_ones_own_is_asked_of_a_server(moved: str, run: Run) -> None:
    ran = run("query", "echo", "-p", "name=乙", "--case", moved, "--json")
    assert (ran.code, ran.json["rows"]) == (0, [["乙", "乙"]])
    assert run("query", "--show", "echo").out == HEADER + ECHO
    assert "echo" in [query["name"] for query in run("query", "--list", "--json").json["queries"]]


@pytest.mark.parametrize("name", ["' OR true //", "乙' DETACH DELETE p //", "$name", "\\u0027 OR 1=1", "`"])
def test_a_hostile_value_stays_a_value(name: str, moved: str, run: Run) -> None:
    ran = run("query", "echo", "-p", f"name={name}", "--case", moved, "--json")
    assert (ran.code, ran.json["rows"], ran.json["parameters"]) == (1, [], {"name": name})


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (p:Party) WHERE $name IS NULL DETACH DELETE p RETURN 'x' AS name, 'x' AS given\n",
        "CREATE (p:Party {name: $name}) RETURN p.name AS name, 'x' AS given\n",
        "CALL db.createLabel('X' + coalesce($name, '')) RETURN 'x' AS name, 'x' AS given\n",
        "CREATE INDEX x FOR (p:Party) ON (p.nobody)\n",
        "MATCH (p:Party) RETURN p.name AS name, $name AS given; MATCH (p:Party) RETURN p.name AS name\n",
        "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line[0] AS name, $name AS given\n",
        "MATCH (p:Party) RETURN p.name AS name, $name AS other\n",
    ],
)
def test_a_question_that_would_change_something_or_is_no_such_question_is_refused_with_its_file(
    text: str, moved: str, own: Path, neo4j_place: Place
) -> None:
    before = neo4j_place.rows("MATCH (n) WHERE NOT n:Lookup RETURN count(n)")
    header = HEADER if "$name" in text else re.sub("name = .*optional.*\n", "", HEADER)
    (own / "echo.cypher").write_text(header + text, "utf-8")
    with gt.open_case(moved) as case, pytest.raises(QueryError, match=r"echo\.cypher"):
        case.query("echo")
    assert neo4j_place.rows("MATCH (n) WHERE NOT n:Lookup RETURN count(n)") == before
    assert ["x"] not in neo4j_place.rows("SHOW INDEXES YIELD name RETURN name")


@pytest.mark.parametrize(
    "text",
    [
        "LOAD CSV FROM '{uri}' AS l RETURN l[0] AS name, $name AS given",
        "CALL () {{ LOAD CSV FROM '{uri}' AS l RETURN l }} RETURN l[0] AS name, $name AS given",
        "CALL db.labels() YIELD label RETURN label AS name, $name AS given",
        "SHOW SETTINGS YIELD name, value AS given",
        "SHOW TRANSACTIONS YIELD transactionId AS name, database AS given",
        "TERMINATE TRANSACTION 'x' YIELD transactionId AS name, username AS given",
        "CREATE (p:Party {{name: $name}}) RETURN p.name AS name, $name AS given",
        "CREATE USER x SET PASSWORD 'throw-away-too'",
    ],
)
def test_the_plan_of_a_question_is_a_second_wall(
    text: str, moved: str, own: Path, neo4j_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the first wall down, nothing is read beyond the case and nobody is called."""
    monkeypatch.setattr("graphtrace.storage.neo4j.client.require_read_only_text", lambda _: None)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        text = text.format(uri=f"http://127.0.0.1:{listener.getsockname()[1]}/x")
        header = HEADER if "$name" in text else re.sub("name = .*optional.*\n", "", HEADER)
        (own / "echo.cypher").write_text(header + text, "utf-8")
        with gt.open_case(moved) as case, pytest.raises(QueryError, match="a query reads the case"):
            case.query("echo")
        with pytest.raises(TimeoutError):
            listener.accept()
    assert neo4j_place.rows("SHOW USERS YIELD user WHERE user = 'x' RETURN user") == []


def test_a_fault_in_the_text_is_told_with_its_line_in_both_languages(moved: str, own: Path, run: Run) -> None:
    (own / "echo.cypher").write_text(HEADER + "MATCH (p:Party)\nCREATE (q) RETURN $name AS name\n", "utf-8")
    ran = run("query", "echo", "--case", moved)
    assert (ran.code, "echo.cypher:12: a query reads the case and does nothing else: not CREATE" in ran.err) == (
        2,
        True,
    )
    assert (
        "echo.cypher:12：查询只能读取案件，不能使用 CREATE" in run("query", "echo", "--case", moved, "--lang", "zh").err
    )
    (own / "echo.cypher").write_text(HEADER + "MATCH (p:Party)\nRETRUN $name AS name\n", "utf-8")
    assert "echo.cypher:12: the query fails: " in run("query", "echo", "--case", moved).err


@pytest.mark.parametrize(
    ("given", "said"), [("x=1", "no parameter x"), ("name", "no value"), ("name=", "takes a text")]
)
def test_what_a_question_does_not_take_is_refused(given: str, said: str, moved: str, run: Run) -> None:
    ran = run("query", "echo", "-p", given, "--case", moved)
    assert ran.code == 2
    assert said in ran.err


def test_a_question_in_the_other_language_only_names_who_can_be_asked(
    moved: str, own: Path, run: Run, tmp_path: Path
) -> None:
    sql = HEADER + "SELECT name, $name AS given FROM parties ORDER BY name\n"
    (own / "told.sql").write_text(sql, "utf-8")
    ran = run("query", "told", "--case", moved)
    assert ran.code == 2
    assert "in .sql only, for a case in a folder" in ran.err
    folder = str(tmp_path / "x.gtrace")
    assert run("load", tmp_path / "moved.csv", "--case", folder).code == 0
    assert run("query", "told", "--case", folder).code == 0
    ran = run("query", "echo", "--case", folder)
    assert ran.code == 2
    assert "in .cypher only, for a case on a server" in ran.err


def test_what_was_known_on_a_day_is_the_same_as_in_a_folder(moved: str, tmp_path: Path, neo4j_place: Place) -> None:
    """The second file makes one party of the first known by a number, and gives it an earlier record."""

    def asked(case: gt.CaseQuestions) -> list[str]:
        asking: list[tuple[str, dict[str, Any]]] = [
            ("flows-between-parties", {}),
            ("records-of-card", {"card": "8986061900000000001"}),
            ("names-of-party", {"party": "甲"}),
            ("chains-deeper-than", {"depth": 0}),
            ("sources-of-case", {}),
        ]
        return [json.dumps(case.query(name, **given).to_dict()) for name, given in asking]

    neo4j_place.rows("MATCH (f:File) SET f.loaded_at = '2024-05-01T08:00:00+08:00'")
    (tmp_path / "more.csv").write_text(MORE, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "moved.csv")
        then = asked(case)
        case.load(tmp_path / "more.csv")
        now = asked(case)
    with gt.open_case(moved) as case:
        case.load(tmp_path / "more.csv")
        assert asked(case) == now
        assert asked(case.at("2024-06-01")) == then
        with pytest.raises(QueryError, match="as it stands now"):
            case.at("2024-06-01").query("echo")
    assert then != now


def test_where_parties_are_still_to_be_told_apart_a_question_is_answered_all_the_same(
    moved: str, neo4j_place: Place
) -> None:
    with gt.open_case(moved) as case:
        told = case.query("flows-between-parties").rows
    neo4j_place.rows("MATCH (c:Case) SET c.resolved_through = 0 WITH c MATCH (p:Party) SET p.name = 'not told yet'")
    with gt.open_case(moved) as case:
        assert case.query("flows-between-parties").rows == told
