"""A desk of twenty files, loaded by one command: what is understood and asked, and that nothing false is stated."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Desk
from .desk_files import KEY, UNICOM, write_desk

READ: dict[str, dict[str, int]] = {
    "01联通销售明细.csv": {"purchase": 1},
    "02出货登记.xlsx": {"card_list": 3, "shipment": 2},
    "03platform.csv": {"activation": 3, "card_list": 6},
    "04act.jsonl": {"activation": 4},
    "05运单导出.csv": {"shipment": 2},
    "06银行流水.csv": {"payment": 1},
    "07实名信息.csv": {"identity": 2},
    "08扣押回函.csv": {"seizure": 1},
    "09涉案卡.xlsx": {"seizure": 2},
    "10终端台账.csv": {"card_list": 4},
    "11库存盘点.csv": {"stock": 2},
    "12退卡记录.csv": {"return": 1},
    "13话单.csv": {"usage": 3},
    "14聊天记录.txt": {},
    "15清单.csv": {},
    "16orders.csv": {},
    "17店铺订单.csv": {"shipment": 1},
    "18代理分配.xlsx": {},
    "19查询结果.xls": {"purchase": 3, "card_list": 3},
    "20fulfilment.csv": {"card_list": 2},
}
"""The records that each file states, by hand."""

ASKED = {
    "02出货登记.xlsx": ["to"],
    "10终端台账.csv": ["kind"],
    "15清单.csv": ["kind"],
    "16orders.csv": ["enterprise"],
    "18代理分配.xlsx": ["date"],
}
ERRORS = {
    "14聊天记录.txt": "unknown_headings",
    "15清单.csv": "unknown_kind",
    "16orders.csv": "needs_answer",
    "18代理分配.xlsx": "needs_answer",
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, dict[str, Any]]:
    desk = Desk(tmp_path_factory.mktemp("desk"))
    write_desk(desk.folder / "files")
    report = desk.ask("load", desk.folder / "files").json
    return desk, {file["file"]: file for file in report["files"]}


def test_each_file_states_what_it_says_and_nothing_else(loaded: tuple[Desk, dict[str, Any]]) -> None:
    _, files = loaded
    assert {name: file["kinds"] for name, file in files.items()} == READ


def test_what_is_not_understood_is_a_question(loaded: tuple[Desk, dict[str, Any]]) -> None:
    _, files = loaded
    asked = {name: [question["field"] for question in file["asked"]] for name, file in files.items() if file["asked"]}
    assert asked == ASKED
    assert {name: file["error"]["code"] for name, file in files.items() if file["error"]} == ERRORS
    understood = [name for name in READ if READ[name] and name not in ERRORS and name != "02出货登记.xlsx"]
    assert len(understood) >= 0.75 * len(READ)


def test_no_row_is_lost(loaded: tuple[Desk, dict[str, Any]]) -> None:
    _, files = loaded
    assert files
    for file in files.values():
        assert file["rows"] == file["loaded"] + file["duplicate"] + file["rejected"]


def test_secrets_are_in_no_file_of_the_case_but_the_source(loaded: tuple[Desk, dict[str, Any]]) -> None:
    desk, files = loaded
    fields = [column["field"] for column in files["20fulfilment.csv"]["columns"]]
    assert fields.count("secret") == 5
    assert files["20fulfilment.csv"]["rejected"] == 1
    holding = {
        path.parent.name
        for path in desk.case.rglob("*")
        if path.is_file() and (KEY.encode() in path.read_bytes() or b"rsp.example" in path.read_bytes())
    }
    assert holding == {"sources"}


def test_answers_are_taken_later(loaded: tuple[Desk, dict[str, Any]]) -> None:
    desk, _ = loaded
    (file,) = desk.ask("load", desk.folder / "files" / "18代理分配.xlsx", "--set", "date=2026-03-25").json["files"]
    assert file["kinds"] == {"transfer": 1}
    chains = desk.ask("trace", UNICOM[0]).json["results"][0]["chains"]
    assert [[hop["to"]["name"] for hop in chain["hops"]][-1] for chain in chains] == ["青禾小店"]
