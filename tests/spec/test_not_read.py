"""Every answer says how much of the case was not read or waits for an answer (SPEC 12, What was not read)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openpyxl import Workbook

from .conftest import Desk, card

SOLD = "运营商,购卡单位,开卡日期,起始ICCID,结束ICCID\n中国联通,E,2024-03-01,8986061900000000001,8986061900000000100\n"
CANCELLED = "订单号,取消日期,取消原因\nXH2023070100017,2023-07-02,客户不要\n"
ASKS = f"日期,卡号,单价\n2024-03-05,{card(1)},5\n"
REJECTED = f"转出方,转入方,日期,卡号\nE,A,2024-03-05,{card(2)}\nE,A,2024-13-05,{card(3)}\n合计,,,2\n"


def counts(files: int, rows: int, questions: int) -> dict[str, int]:
    return {"files": files, "rows": rows, "questions": questions}


@pytest.fixture
def unread_desk(desk: Desk) -> Desk:
    """A case with a file that was refused, one that waits for an answer, and a row that was rejected."""
    desk.load(SOLD, CANCELLED, ASKS, REJECTED)
    return desk


@pytest.mark.parametrize(
    "question",
    [
        ("trace", card(1)),
        ("trace", card(9999)),
        ("audit", "E"),
        ("audit", "E", "--cards"),
        ("party", "E"),
        ("common", card(1), card(2)),
        ("siblings", card(1)),
        ("candidates",),
        ("graph", "--around", "E"),
    ],
)
def test_every_answer_says_how_much_of_the_case_was_not_read(unread_desk: Desk, question: tuple[str, ...]) -> None:
    found = unread_desk.ask(*question).json
    assert found["unread"]["files"] == 2
    assert found["unread"]["rows"] == 2
    assert found["unread"]["questions"] >= 1


def test_totals_are_no_rows_that_may_say_more(desk: Desk) -> None:
    desk.load(SOLD, f"转出方,转入方,日期,卡号\nE,A,2024-03-05,{card(2)}\n合计,,,2\n")
    assert desk.ask("trace", card(1)).json["unread"] == counts(0, 0, 0)
    assert "Not read in this case" not in desk.run("--case", desk.case, "trace", card(1)).out


def test_text_and_streamed_lines_say_it_too(unread_desk: Desk) -> None:
    shown = unread_desk.run("--case", unread_desk.case, "--lang", "zh", "trace", card(1)).out
    assert "本案中尚有未读入的内容：2个文件、2行" in shown
    written = unread_desk.folder / "lines.jsonl"
    unread_desk.run("--case", unread_desk.case, "trace", card(1), card(2), "-o", written)
    lines = written.read_text().splitlines()
    assert [json.loads(line)["unread"]["files"] for line in lines] == [2, 2]


def test_status_lists_the_files_of_which_nothing_was_kept(desk: Desk) -> None:
    desk.load(SOLD, desk.file(b"\x89PNG\r\n\x1a\n", "x.png"), desk.file(CANCELLED, "q.csv"))
    told = desk.ask("status").json["not_read"]
    assert [(each["file"], each["reason"]) for each in told] == [
        ("x.png", "unreadable_file"),
        ("q.csv", "unknown_headings"),
    ]
    assert "q.csv" in desk.run("--case", desk.case, "status").out


def test_status_tells_of_each_file_the_rows_that_may_say_more_and_what_it_asks(desk: Desk) -> None:
    book = desk.file(f"收货方,日期,卡号\n乙,2024-05-01,{card(2)}\n合计,,1\n", "book.csv")
    word = desk.file(f"转出方,转入方,日期,卡号,业务类型\n甲,乙,2024-05-04,{card(4)},补换\n", "word.csv")
    bad = desk.file(f"转出方,转入方,日期,卡号\n甲,甲,2024-05-04,{card(3)}\n", "bad.csv")
    desk.load(SOLD, book, bad, word)
    files = {each["file"]: each for each in desk.ask("status").json["files"]}
    assert [(files[name]["state"], files[name]["unread_rows"]) for name in ("book.csv", "bad.csv")] == [
        ("waiting", 1),
        ("refused", 1),
    ]
    assert [(each["field"], each["kind"]) for each in files["book.csv"]["questions"]] == [("from", "transfer")]
    assert desk.ask("trace", card(1)).json["unread"]["files"] == 3
    assert [each["field"] for each in files["word.csv"]["questions"]] == ["words.补换"]
    text = " ".join(desk.run("--case", desk.case, "status").out.split())
    assert text.count("1 row not read that may say more") == 3
    assert "What does “补换” say of its row?" in text
    assert "Who passed these cards on? (transfer)" in text
    redacted = desk.run("--case", desk.case, "status", "--redact").out
    assert ("Who passed" in redacted, "补换" in redacted) == (True, False)


def test_pictures_and_documents_in_a_folder_that_are_passed_over_count(desk: Desk) -> None:
    folder = desk.folder / "given"
    folder.mkdir()
    (folder / "a.csv").write_text(SOLD)
    (folder / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n1")
    (folder / "c.pdf").write_bytes(b"%PDF-1.4")
    desk.ask("load", folder)
    assert desk.ask("trace", card(1)).json["unread"] == counts(2, 0, 0)


def test_a_file_that_was_read_since_counts_no_more_and_is_counted_once(desk: Desk) -> None:
    goods = desk.file(f"一,二,三,四\n甲公司,乙,2024-03-05,{card(5)}\n", "goods.csv")
    desk.load(SOLD, goods)
    desk.load(goods)
    # what its cards are is asked
    assert desk.ask("trace", card(1)).json["unread"] == counts(1, 1, 1)
    mapping = desk.file("kind: transfer\ncolumns:\n  from: 一\n  to: 二\n  date: 三\n  iccid: 四\n", "goods.yml")
    desk.ask("load", goods, "--mapping", mapping)
    assert desk.ask("trace", card(1)).json["unread"]["files"] == 0


def test_a_file_that_is_taken_out_takes_its_rows_with_it(unread_desk: Desk) -> None:
    unread_desk.ask("unload", "4.csv", "--why", "wrong case")
    assert unread_desk.ask("trace", card(1)).json["unread"]["rows"] == 1


def test_a_saved_answer_whose_counts_were_edited_differs(unread_desk: Desk) -> None:
    saved = unread_desk.folder / "answer.json"
    unread_desk.run("--case", unread_desk.case, "trace", card(1), "-o", saved)

    def problems() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = unread_desk.ask("verify", saved).json["problems"]
        return found

    assert problems() == []
    answer = json.loads(saved.read_text())
    for field in ("files", "rows", "questions"):
        saved.write_text(json.dumps({**answer, "unread": {**answer["unread"], field: 9}}))
        assert [(each["code"], each["params"]["about"]) for each in problems()] == [("answer_differs", "unread")]


def test_what_is_asked_of_a_sheet_counts_the_rows_below_its_headings(desk: Desk) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["物联卡出库登记"])
    sheet.merge_cells("A1:D1")
    for row in (["单据日期", "客户", "起始ICCID", "终止ICCID"], ["2024-03-05", "红叶店", card(1), card(9)]):
        sheet.append(row)
    path = desk.folder / "出库.xlsx"
    book.save(path)
    (read,) = desk.load(path)
    assert [(each["field"], each["rows"]) for each in read["asked"]] == [("from", 1)]
