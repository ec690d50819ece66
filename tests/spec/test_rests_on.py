"""What the sentences of saved answers rest on (SPEC 12 Evidence, 13 replies and evidence)."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest

from .conftest import Desk, activations, card, moves

STORY = moves("U>E 2024-03-01 1-100", "E>A 2024-03-05 1-10", "A>B 2024-03-09 #1", "C>D 2024-03-12 #1")
ONLINE = activations("2024-03-20T08:30:00 1 D 861234567890123", "2024-03-10T08:30:00 2 - 861234567890124")
SEIZED = f"案号,卡号,查获日期,嫌疑人\nA1,{card(1)},2024-04-01,孙甲\n"
PLACE = f"转入方,卡号,日期\n庚,{card(9)},2024-03-07\n"


def rows_of(answer: dict[str, Any]) -> set[tuple[str, int]]:
    return {(table["sha256"], row) for table in answer["rests_on"] for row in table["rows"]}


@pytest.fixture
def told(desk: Desk) -> Desk:
    desk.load(STORY, ONLINE, SEIZED)
    return desk


def test_each_sentence_about_a_card_names_the_rows_that_it_rests_on(told: Desk) -> None:
    answer = told.ask("trace", card(1)).json
    (result,) = answer["results"]
    moved, used, seized = (table["sha256"][:12] for table in sorted(answer["rests_on"], key=lambda each: each["file"]))
    because = result["because"]
    assert result["registrant"] is not None
    assert because["registrant"] == [f"{moved}:2"]
    assert because["holder"] == [f"{moved}:5"]
    assert because["end_user"] == [f"{used}:2"]
    by_code = {each["code"]: rows for each, rows in zip(result["findings"], because["findings"], strict=True)}
    assert by_code["custody_gap"] == [f"{moved}:4", f"{moved}:5"]
    assert set(by_code["seized_from_another"]) >= {f"{seized}:2"}
    asked = [lead["because"] for lead in result["leads"]]
    assert because["leads"] == [by_code[code] for code in asked]


def test_a_presumed_user_rests_on_the_use_and_on_the_receipt_before_it(told: Desk) -> None:
    answer = told.ask("trace", card(2)).json
    (result,) = answer["results"]
    moved, used = (table["sha256"][:12] for table in sorted(answer["rests_on"], key=lambda each: each["file"]))
    assert result["end_user_basis"] == "holder_that_day"
    assert result["because"]["end_user"] == [f"{used}:3", f"{moved}:3"]


def test_the_rows_of_an_answer_can_be_read_by_its_columns_alone(told: Desk) -> None:
    answer = told.ask("trace", card(1)).json
    table = next(table for table in answer["rests_on"] if table["file"] == "1.csv")
    lines = list(csv.reader((told.folder / "1.csv").read_text(encoding="utf-8").splitlines()))
    fields = table["reading"]["fields"]["transfer"]
    cells = {name: lines[table["rows"][-1] - 1][ord(letters) - ord("A")] for name, letters in fields.items()}
    assert (cells["from"], cells["to"], cells["date"], cells["iccid"]) == ("C", "D", "2024-03-12", card(1))
    assert lines[table["reading"]["header"] - 1][ord(fields["from"]) - ord("A")] == "from"


def test_every_origin_and_every_reference_of_an_answer_is_among_its_tables(told: Desk) -> None:
    answer = told.ask("trace", card(1), card(2), card(50)).json
    named = rows_of(answer)

    def origins(value: Any) -> list[tuple[str, int]]:
        if isinstance(value, dict):
            own = [(value["sha256"], value["row"])] if {"sha256", "row"} <= value.keys() else []
            return own + [each for held in value.values() for each in origins(held)]
        return [each for held in value for each in origins(held)] if isinstance(value, list) else []

    assert set(origins(answer["results"])) <= named
    short = {f"{sha256[:12]}:{row}" for sha256, row in named}
    for result in answer["results"]:
        because = result["because"]
        refs = [*because["registrant"], *because["holder"], *because["end_user"]]
        refs += [ref for each in (*because["findings"], *because["leads"]) for ref in each]
        assert refs
        assert set(refs) <= short


def test_what_was_said_for_every_row_stands_beside_the_columns(desk: Desk) -> None:
    desk.load(PLACE, options=("--set", "from=己"))
    (table,) = desk.ask("trace", card(9)).json["rests_on"]
    assert table["reading"]["said"]["transfer"] == {"from": "己"}
    assert table["reading"]["fields"]["transfer"] == {"to": "A", "iccid": "B", "date": "C"}


def test_the_columns_of_a_purchase_that_is_none_are_those_of_its_transfer(desk: Desk) -> None:
    said = ("--set", "carrier.联通代理商老王=no")
    desk.load(f"运营商,企业名称,日期,卡号\n联通代理商老王,E,2024-03-01,{card(1)}\n", options=said)
    (table,) = desk.ask("trace", card(1)).json["rests_on"]
    assert table["reading"]["fields"] == {"purchase": {"carrier": "A", "enterprise": "B", "date": "C", "iccid": "D"}}
    assert table["reading"]["headings"] == {"A": "运营商", "B": "企业名称", "C": "日期", "D": "卡号"}


def test_an_audit_names_the_tables_of_what_was_declared(told: Desk) -> None:
    told.load("party,date,stock,sold\nE,2024-06-01,50,50\n")
    answer = told.ask("audit", "E").json
    declared = answer["enterprises"][0]["balance"]["declarations"]
    assert declared
    assert {(each["sha256"], each["row"]) for each in declared} <= rows_of(answer)


@pytest.mark.parametrize("part", ["rests_on", "because"])
def test_verify_finds_rows_that_were_exchanged_in_an_answer(told: Desk, part: str) -> None:
    answer = told.ask("trace", card(1)).json
    saved = told.folder / "answer.json"
    saved.write_text(json.dumps(answer), encoding="utf-8")
    assert told.ask("verify", saved).code == 0
    if part == "rests_on":
        answer["rests_on"][0]["rows"] = [3]
    else:
        answer["results"][0]["because"]["holder"] = answer["results"][0]["because"]["registrant"]
    saved.write_text(json.dumps(answer), encoding="utf-8")
    found = told.ask("verify", saved)
    assert found.code == 4
    about = card(1) if part == "because" else part
    assert [each["params"]["about"] for each in found.json["problems"]] == [about]


def test_verify_says_that_an_answer_without_its_rows_was_not_compared_as_to_them(told: Desk) -> None:
    answer = told.ask("trace", card(1)).json
    del answer["rests_on"], answer["results"][0]["because"]
    saved = told.folder / "answer.json"
    saved.write_text(json.dumps(answer), encoding="utf-8")
    problems = told.ask("verify", saved).json["problems"]
    assert [(each["code"], each["params"]["what"]) for each in problems] == [
        ("answer_not_compared", "rests_on"),
        ("answer_not_compared", "because"),
    ]
