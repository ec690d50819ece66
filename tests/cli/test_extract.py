"""``extract`` and lists with words around their numbers."""

from __future__ import annotations

import csv
from email.message import EmailMessage
from pathlib import Path

import pytest
import xlsxwriter

from .conftest import TORN, WHOLE, Run

NOTE = "甲说：要3张\n卡 89860626990000000015到0031，发了YT9900000000031\n没有号码的一行\n"


def test_finds_have_their_places(run: Run, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text(NOTE, encoding="utf-8")
    ran = run("extract", tmp_path / "note.txt", "--json")
    assert ran.code == 0
    assert [(one["kind"], one["value"], one["line"], one["column"]) for one in ran.json["found"]] == [
        ("quantity", "3", 1, 5),
        ("range", "89860626990000000015-89860626990000000031", 2, 3),
        ("waybill", "YT9900000000031", 2, 31),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("转出方：甲方商贸有限公司；姓名：张三丰 13900001111", "name=甲方商贸有限公司 name=张三丰 msisdn=13900001111"),
        ("From: Abuja Telecoms Ltd, waybill no. 0012345678", "name=Abuja Telecoms Ltd waybill=0012345678"),
        ("卡是从杭州捷讯通信设备商行拿的，他在公司", "name=杭州捷讯通信设备商行"),
        ("快递单号：SF1234567890，淘宝账号 tb_12345", "waybill=SF1234567890 account=tb_12345"),
        ("银行卡号：6222021234567890123", "account=6222021234567890123"),
        ("客户：散客，张三: 发货了，注意：明天 运单号未知", ""),
    ],
)
def test_names_waybills_and_accounts_are_found_by_the_words_before_them(
    run: Run, tmp_path: Path, text: str, found: str
) -> None:
    (tmp_path / "note.txt").write_text(text, encoding="utf-8")
    finds = run("extract", tmp_path / "note.txt", "--json").json["found"]
    assert " ".join(f"{one['kind']}={one['value']}" for one in finds) == found


def test_the_table_to_complete_has_a_row_for_each_line_that_says_something(run: Run, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text(NOTE, encoding="gb18030")
    assert run("extract", tmp_path / "note.txt", "-o", tmp_path / "out.csv").code == 0
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as table:
        first, second = csv.DictReader(table)
    assert (first["quantity"], first["iccid"], first["source_line"]) == ("3", "", "1")
    assert second["iccid"] == "89860626990000000015-89860626990000000031"
    assert (second["kind"], second["date"], second["from"], second["to"]) == ("", "", "", "")
    assert second["text"].startswith("卡 8986")


def test_rows_of_several_sheets_do_not_stand_for_each_other(run: Run, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        for name, card in (("甲", "89860626990000000015"), ("乙", "89860626990000000023")):
            book.add_worksheet(name).write_string(0, 0, card)
    found = run("extract", tmp_path / "a.xlsx", "--json").json["found"]
    assert [(one["sheet"], one["line"], one["value"][-2:]) for one in found] == [("甲", 1, "15"), ("乙", 1, "23")]
    assert run("extract", tmp_path / "a.xlsx", "-o", tmp_path / "out.csv").code == 0
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as table:
        assert [(row["source_sheet"], row["iccid"][-2:]) for row in csv.DictReader(table)] == [
            ("甲", "15"),
            ("乙", "23"),
        ]


def test_the_text_of_a_mail_is_looked_through_as_it_is_read(run: Run, tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["Subject"] = "退货"
    mail.set_content("退回 89860626990000000015 一张", cte="base64")
    (tmp_path / "a.eml").write_bytes(bytes(mail))
    found = run("extract", tmp_path / "a.eml", "--json").json["found"]
    assert [one["value"] for one in found] == ["89860626990000000015", "1"]


def test_a_text_without_numbers_is_1(run: Run, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("没有号码", encoding="utf-8")
    ran = run("extract", tmp_path / "note.txt", "--lang", "zh")
    assert ran.code == 1
    assert "未找到" in ran.out


def test_a_file_that_is_not_there_is_2(run: Run, tmp_path: Path) -> None:
    assert run("extract", tmp_path / "none.txt").code == 2


@pytest.mark.parametrize(
    ("name", "content", "options"),
    [
        ("list.txt", f"第一张：{TORN}。\n李四的卡 {WHOLE}（已扣）\n", ()),
        ("only.csv", f"{TORN}\n{WHOLE}\n", ()),
        ("only.csv", f"涉案\n{TORN}\n{WHOLE}\n", ()),
        ("named.csv", f"序号,涉案卡,备注\n1,{TORN},甲\n2,{WHOLE},乙\n", ("--column", "涉案卡")),
        ("named.csv", f"序号,涉案卡,备注\n1,{TORN},甲\n2,{WHOLE},乙\n", ("--column", "B")),
        ("named.csv", f"1,{TORN},甲\n2,卡号是{WHOLE},乙\n", ("--column", "B")),
    ],
)
def test_lists_as_people_write_them_are_asked_about(
    run: Run, case: str, tmp_path: Path, name: str, content: str, options: tuple[str, ...]
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    ran = run("trace", "--from-file", tmp_path / name, *options, "--case", case, "--json")
    assert [result["input"] for result in ran.json["results"]] == [TORN, WHOLE]


def test_a_column_that_is_not_there_is_2(run: Run, case: str, tmp_path: Path) -> None:
    (tmp_path / "ids.csv").write_text(f"a,b\n1,{TORN}\n", encoding="utf-8")
    ran = run("trace", "--from-file", tmp_path / "ids.csv", "--column", "ZZ", "--case", case, "--json")
    assert ran.code == 2
    assert "ZZ" in ran.error["message"]
    (tmp_path / "ids.txt").write_text(TORN, encoding="utf-8")
    assert run("trace", "--from-file", tmp_path / "ids.txt", "--column", "B", "--case", case).code == 2
