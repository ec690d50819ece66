"""Numbers that no record names are answered alike one by one and together, from a folder and from a server."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.identifiers.iccid import luhn_digit
from graphtrace.storage.duckdb.session import CaseSession

HEADINGS = "转出方,转入方,日期,起始卡号,终止卡号\n"
ROWS = "".join(
    f"甲,乙,2024-03-05,{first},{last}\n"
    for first, last in (
        ("8986061900000000001", "8986061900000000100"),
        ("8986061900000001500", "8986061900000001500"),
        ("8986061900000900000", "8986061900000900999"),
        ("898604B81625D0045430", "898604B81625D0045440"),
    )
)


def absent() -> list[str]:
    """Numbers beside the lots and far from them, with a wrong check digit and without one."""
    draw = random.Random(4)
    places = [*range(140, 180), 1_100, 1_101, 2_500, 2_501, 9_000_123, *draw.sample(range(3_000, 2_000_000), 80)]
    numbers = [f"898606190000{place:07}" for place in places]
    wrong = [number + str((int(luhn_digit(number)) + 1) % 10) for number in numbers[::7]]
    return [*numbers, *wrong, "8986061900000900001" + "0", "898604B81625D0045441", "8986069900000000001"]


@pytest.fixture(params=["folder", "server"])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[gt.Case]:
    """A case with some lots."""
    place = request.getfixturevalue("neo4j_uri") if request.param == "server" else str(tmp_path / "x.gtrace")
    (tmp_path / "t.csv").write_text(HEADINGS + ROWS, "utf-8")
    with gt.open_case(place) as case:
        assert not case.load(tmp_path / "t.csv").has_errors
        yield case


def test_many_absent_numbers_are_answered_as_each_by_itself(case: gt.Case) -> None:
    numbers = absent()
    together = [trace.to_dict() for trace in case.trace(*numbers)]
    assert together == [case.trace(number)[0].to_dict() for number in numbers]
    said = [finding for trace in together for finding in trace["findings"]]
    assert {finding["code"] for finding in said} >= {"near_miss", "check_digit_differs"}
    assert {finding["params"].get("why") for finding in said} >= {"neighbouring_lot", "one_character", "exchanged"}


@pytest.mark.parametrize("case", ["folder"], indirect=True)
def test_neighbours_are_asked_about_together(case: gt.Case, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    query = CaseSession.query

    def counted(session: CaseSession, sql: str, *parameters: object) -> list[tuple[object, ...]]:
        asked.append(sql)
        return query(session, sql, *parameters)

    case.trace("8986061900000000150")
    monkeypatch.setattr(CaseSession, "query", counted)
    case.trace("8986061900000000150")
    alone = len(asked)
    case.trace(*(f"8986061900000000{place}" for place in range(150, 250)))
    assert len(asked) - alone <= alone + 3
