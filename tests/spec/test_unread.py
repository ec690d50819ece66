"""A row about a card that was not read is told with every answer about it (SPEC 13)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt

from .conftest import Desk, card

SOLD = "运营商,购卡单位,开卡日期,起始ICCID,结束ICCID\n中国联通,E,2024-03-01,8986061900000000001,8986061900000000100\n"
HEAD = "转出方,转入方,日期,卡号\n"


def unread(desk: Desk, n: int | str = 1) -> list[tuple[object, ...]]:
    """Row, reason and day of each row about a card that was not read."""
    (told,) = unread_of(desk, n)
    return told


def unread_of(desk: Desk, *numbers: int | str) -> list[list[tuple[object, ...]]]:
    """The same of several cards."""
    found = [result.params("unread_movement") for result in desk.traces(*numbers)]
    return [[(each["origin"]["row"], each["reason"], each["date"]) for each in params] for params in found]


@pytest.mark.parametrize(
    ("row", "reason", "day"),
    [
        ("E,未知,2024-03-05", "missing_field", "2024-03-05"),
        (",A,2024-03-05", "missing_field", "2024-03-05"),
        ("E,A,", "missing_field", None),
        ("E,A,2024-13-05", "bad_date", None),
        ("E,A,03/04/2024", "ambiguous_date", None),
        ("E,E,2024-03-05", "self_transfer", "2024-03-05"),
    ],
)
def test_a_rejected_row_about_a_card_is_told_with_it(desk: Desk, row: str, reason: str, day: str | None) -> None:
    desk.load(SOLD, f"{HEAD}{row},{card(1)}\nE,B,2024-03-05,{card(2)}\n")
    first = desk.trace(1)
    assert (first.outcome, first.holder) == ("continuous", "E")
    assert unread(desk) == [(2, reason, day)]
    assert first.json["findings"][0]["code"] == "unread_movement"
    assert unread(desk, 2) == []
    assert unread(desk, 3) == []


def test_a_total_and_what_moves_no_card_say_nothing_of_it(desk: Desk) -> None:
    desk.load(SOLD, f"转出方,转入方,日期,卡号,订单状态\nE,A,2024-03-05,{card(1)},续费\n合计,,,{card(2)},\n")
    assert unread_of(desk, 1, 2) == [[], []]


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("备注", "作废"),
        ("订单状态", "作废"),
        ("备注", "此单已取消"),
        ("备注", "客户已退货"),
        ("订单状态", "已退货"),
        ("是否退货", "是"),
    ],
)
def test_a_row_that_a_remark_takes_out_or_whose_cards_came_back_is_told(desk: Desk, heading: str, said: str) -> None:
    head = f"转出方,转入方,日期,卡号,{heading}\n"
    other = {"订单状态": "正常", "是否退货": "否"}.get(heading, "加急")
    desk.load(SOLD, f"{head}E,A,2024-03-05,{card(1)},{said}\nE,A,2024-03-05,{card(2)},{other}\n")
    # whoever gave back had bought: the sale stands, and the remark is told
    reason, holder = ("remark_not_read", "A") if said == "客户已退货" else ("taken_back", "E")
    assert unread(desk) == [(2, reason, "2024-03-05")]
    assert (desk.trace(1).holder, desk.trace(2).holder, unread(desk, 2)) == (holder, "A", [])


@pytest.mark.parametrize("remark", ["坏卡更换，旧卡已退回", "客户拒收后重新发货", "作废单补录"])
def test_a_remark_that_speaks_of_another_card_or_document_is_asked_about(desk: Desk, remark: str) -> None:
    desk.load(SOLD, f"转出方,转入方,日期,卡号,备注\nE,A,2024-03-05,{card(1)},{remark}\n")
    assert unread(desk) == [(2, "unknown_kind", "2024-03-05")]


@pytest.mark.parametrize("party", ["客户名称", "往来单位"])
@pytest.mark.parametrize("word", ["赠送", "借出", "领用出库", "其他出库"])
def test_a_row_whose_word_is_not_understood_is_told_whatever_its_sides(desk: Desk, party: str, word: str) -> None:
    rows = f"日期,业务类型,{party},ICCID\n2024-03-05,{word},甲,{card(1)}\n2024-03-08,销售,甲,{card(2)}\n"
    desk.load(SOLD, desk.file(rows), options=("--set", "keeper=E"))
    (told,) = desk.trace(1).params("unread_movement")
    assert [told[name] for name in ("reason", "heading", "text", "date")] == [
        "unknown_kind",
        "业务类型",
        word,
        "2024-03-05",
    ]
    assert (desk.trace(2).holder, unread(desk, 2)) == ("甲", [])


@pytest.mark.parametrize(
    ("heads", "bad", "good", "reason", "day"),
    [
        ("ICCID,激活时间,使用人", "{card},2024-99-01,张三", "{card},2024-08-01,李四", "bad_date", None),
        (
            "ICCID,激活时间,使用人",
            "{card} of {other},2024-08-01,张三",
            "{card},2024-08-01,李四",
            "words_beside_card",
            "2024-08-01",
        ),
        ("ICCID,上线时间,使用人", "{card},昨天,张三", "{card},2024-08-01 10:00:00,李四", "bad_date", None),
        ("查获日期,案号,嫌疑人,ICCID", "2024-99-01,,张三,{card}", "2024-08-01,A1,张三,{card}", "bad_date", None),
    ],
)
def test_a_rejected_row_of_a_use_or_seizure_is_told(
    desk: Desk, heads: str, bad: str, good: str, reason: str, day: str | None
) -> None:
    desk.load(SOLD, f"{heads}\n{bad.format(card=card(1), other=card(3))}\n{good.format(card=card(2))}\n")
    assert unread_of(desk, 1, 2) == [[(2, reason, day)], []]
    assert "changed hands, who used it, or from whom" in " ".join(
        desk.run("--case", desk.case, "trace", card(1)).out.split()
    )


def test_a_range_of_a_rejected_row_holds_its_cards_and_no_others(desk: Desk) -> None:
    head = "转出方,转入方,日期,起始卡号,结束卡号,数量\n"
    desk.load(SOLD, f"{head}E,A,2024-03-05,{card(10)},{card(19)},11\nE,A,2024-03-05,{card(39)},{card(30)},10\n")
    asked = (9, 10, 19, 20, 29, 30, 39, 40)
    told = {n: [reason for _, reason, _ in rows] for n, rows in zip(asked, unread_of(desk, *asked), strict=True)}
    assert told == {
        **{n: [] for n in (9, 20, 29, 40)},
        **{n: ["range_count_mismatch"] for n in (10, 19)},
        **{n: ["range_reversed"] for n in (30, 39)},
    }


def test_several_cards_of_a_rejected_cell_are_each_told(desk: Desk) -> None:
    desk.load(SOLD, f"转出方,转入方,日期,卡号,数量\nE,A,2024-03-05,{card(1)}、{card(3)},5\n")
    assert [bool(rows) for rows in unread_of(desk, 1, 2, 3)] == [True, False, True]


def test_a_card_that_a_damaged_number_may_have_been_is_not_told(desk: Desk) -> None:
    desk.load(SOLD, f"{HEAD}E,A,2024-03-05,8.98606E+18\nE,A,2024-03-05,{card(2)}\n")
    assert unread(desk) == []


def test_a_rejected_row_that_names_a_number_is_told_with_its_card_of_that_day(desk: Desk) -> None:
    links = (
        f"ICCID,MSISDN,日期,状态\n{card(1)},1064612345671,2024-01-01,正常\n{card(2)},1064612345671,2024-06-01,正常\n"
    )
    desk.load(SOLD, links, "转出方,转入方,日期,卡号,MSISDN\nE,未知,2024-03-05,,1064612345671\n")
    assert unread_of(desk, 1, 2) == [[(2, "missing_field", "2024-03-05")], []]


@pytest.mark.parametrize(
    "text",
    [
        "划出账户,划入账户,划拨时间,起始卡号,结束卡号\nE,B,2024-03-05,1440000000000,1440000000009\n",
        "2024-03-05 甲\n1440000000000到1440000000002 三张 给你放驿站了\n电话 13800000001\n",
        "id,StrContent,Sender\n1,寄了1440000000001 共1张,甲\n2,好的,乙\n",
    ],
)
def test_a_row_that_names_numbers_that_only_cards_have_is_told_with_the_card_of_each(desk: Desk, text: str) -> None:
    desk.load(SOLD, f"ICCID,接入号,状态\n{card(1)},1440000000001,在用\n{card(2)},1440000000020,在用\n")
    desk.load(text)
    assert [len(unread(desk, n)) for n in (1, 2)] == [1, 0]


def test_an_event_of_a_row_that_was_not_read_is_told_though_the_row_was_loaded(desk: Desk) -> None:
    desk.load(f"运营商,购卡单位,开卡日期,卡号,激活时间\n中国联通,,2024-03-01,{card(1)},2024-04-01\n")
    assert unread(desk) == [(2, "missing_field", "2024-03-01")]


@pytest.mark.parametrize("rows", [1, 3000])
def test_rows_that_wait_for_an_answer_are_told_with_their_cards(desk: Desk, rows: int) -> None:
    sheet = "卡号,MSISDN,客户名称,出库日期\n" + "".join(
        f"{card(n)},10646123{n:05},甲,{'2024-03-05' if n != 2 else ''}\n" for n in range(1, rows + 1)
    )
    file = desk.file(sheet)
    report = desk.load(SOLD, file)[1]
    assert [asked["field"] for asked in report["asked"]] == ["from"]
    assert unread(desk) == [(2, "unanswered", "2024-03-05")]
    assert unread(desk, 2) == []
    desk.load(file, options=("--set", "from=E"))
    assert unread(desk) == []


def test_a_card_that_only_a_rejected_row_names_is_not_found_and_the_row_is_told(desk: Desk) -> None:
    desk.load(SOLD, f"{HEAD}E,未知,2024-03-05,{card(500)}\nE,B,2024-03-05,{card(2)}\n")
    assert desk.trace(500).outcome == "not_found"
    assert unread(desk, 500) == [(2, "missing_field", "2024-03-05")]


def test_a_file_that_was_unloaded_or_corrected_by_reading_it_again_says_nothing(desk: Desk) -> None:
    file = desk.file(f"{HEAD}E,未知,2024-03-05,{card(1)}\nE,B,2024-03-05,{card(2)}\n", "sales.csv")
    desk.load(SOLD, file)
    assert len(unread(desk)) == 1
    desk.load(file, options=("--again",))
    assert len(unread(desk)) == 1
    assert desk.ask("verify", "--deep").code == 0
    desk.ask("unload", "sales.csv", "--why", "falsch")
    assert unread(desk) == []


def test_a_copy_tells_the_same_and_is_sound(desk: Desk) -> None:
    desk.load(
        SOLD, f"{HEAD}E,未知,2024-03-05,{card(1)}\nE,,2024-03-05,8986071900000000001Z\nE,B,2024-03-05,{card(2)}\n"
    )
    answer = desk.ask("trace", card(1)).json["results"]
    copied = desk.folder / "y.gtrace"
    assert desk.run("copy", desk.case, copied).code == 0
    assert desk.run("--case", copied, "compact").code == 0
    again = desk.run("--case", copied, "trace", card(1), "--json").json["results"]
    assert again == answer
    assert desk.run("--case", copied, "verify", "--deep").code == 0


def test_the_head_of_an_answer_says_what_was_not_read(desk: Desk) -> None:
    desk.load(SOLD, f"{HEAD}E,未知,2024-03-05,{card(1)}\n" + f"E,B,2024-03-05,{card(2)}\n")
    text = " ".join(desk.run("--case", desk.case, "trace", card(1)).out.split())
    assert text.index("What a row says about this card was not read") < text.index("Records show every step")
    assert "E” is the last holder on the rows that were read" in text
    assert "NO GAP IN WHAT WAS READ; MORE WAS NOT READ 8986" in text
    assert "by what was read" not in desk.run("--case", desk.case, "trace", card(3)).out
    chinese = "".join(desk.run("--case", desk.case, "--lang", "zh", "trace", card(1)).out.split())
    assert chinese.index("涉及该卡的内容未被采用") < chinese.index("每个环节都有记录")
    assert "就已采用的内容而言，最后持有者是“E”" in chinese
    assert chinese.startswith("已读内容连贯，另有内容未读")
    counts = desk.run("--case", desk.case, "trace", card(1), card(3), "--html", desk.folder / "p.html").out
    assert "2 cards - 1 NO GAP - 1 NO GAP AS READ" in counts
    page = (desk.folder / "p.html").read_text(encoding="utf-8")
    assert page.count("NO GAP IN WHAT WAS READ; MORE WAS NOT READ") == 2


def test_a_row_that_is_a_step_is_not_said_to_be_unread_for_its_remark(desk: Desk) -> None:
    desk.load(
        SOLD,
        f"转出方,转入方,日期,卡号,备注\nE,A,2024-03-05,{card(1)},补发1张\n,A,2024-03-05,{card(2)},\n",
        f"卡号,扣押日期\n{card(1)},2024-07-01\n{card(2)},2024-07-01\n",
    )
    assert [each.params("unread_movement")[0]["recorded"] for each in desk.traces(1, 2)] == [True, False]
    told = {
        lang: ["".join(desk.run("--case", desk.case, "--lang", lang, "trace", card(n)).out.split()) for n in (1, 2)]
        for lang in ("en", "zh")
    }
    assert ["Arowaboutthiscardwasread,but" in text for text in told["en"]] == [True, False]
    assert ["Whatarowsaysaboutthiscardwasnotread" in text for text in told["en"]] == [False, True]
    assert ["该行已采用，但其中另有内容未被理解" in text for text in told["zh"]] == [True, False]
    assert ["涉及该卡的内容未被采用：" in text for text in told["zh"]] == [False, True]
    asked = "".join(desk.run("--case", desk.case, "status", "--questions").out.split())
    assert "rowsabout1cardthatwereread,butnotallthattheysaywasunderstood" in asked


def test_an_audit_counts_the_cards_in_stock_about_which_rows_were_not_read(desk: Desk) -> None:
    head = "转出方,转入方,日期,卡号,起始卡号,结束卡号,数量,MSISDN\n"
    desk.load(
        SOLD,
        f"ICCID,MSISDN,日期,状态\n{card(50)},1064612345671,2024-01-01,正常\n",
        f"{head}E,A,2024-03-05,{card(4)},,,,\nE,未知,2024-03-06,,{card(1)},{card(10)},,\nE,未知,2024-03-06,{card(10)},,,,\n"
        f"E,未知,2024-03-06,,,,,1064612345671\nE,,2024-03-06,{card(70)},,,,\nE,未知,2024-03-06,{card(900)},,,,\n",
    )
    audit = desk.audit()
    # the ten of the range but the one that left, the one by its number, and card 70
    assert (audit["buckets"]["in_stock"], audit["buckets"]["resold"], audit["held_with_unread"]) == (99, 1, 11)
    assert "11 cards" in desk.run("--case", desk.case, "audit", "E").out


@pytest.mark.parametrize(
    ("cell", "named"),
    [
        (f"{card(10)} 作废", {10}),
        (f"{card(10)}-{card(20)}（除{card(15)}外）", {10, 15, 20}),
        (f"{card(10)}更正为{card(15)}", {10, 15}),
        (f"{card(10)}起11张", {10, 15, 20}),
        (f"{card(10)}-{card(20)}共11张", set()),  # read as it is
        (f"{card(10)}-{card(20)}共12张", {10, 15, 20}),
        (f"{card(10)}/{card(15)[-4:]}", {10, 15}),
        (f"{card(10)} {card(20)} 各一", {10, 20}),
        (f"作废{card(10)[:-1]}", set()),
    ],
)
def test_a_card_named_among_words_is_told_of(desk: Desk, cell: str, named: set[int]) -> None:
    desk.load(SOLD, f"{HEAD}E,A,2024-03-05,{cell}\nE,A,2024-03-05,{card(90)}\n")
    asked = (9, 10, 15, 20, 21)
    assert {n for n, rows in zip(asked, unread_of(desk, *asked), strict=True) if rows} == named


WAITING = f"日期,卡号,出库数量\n2024-03-05,{card(1)},1\n"


def test_a_file_that_waits_whole_for_an_answer_is_kept_and_told_with_its_cards(desk: Desk) -> None:
    file = desk.file(WAITING, "out.csv")
    loading = desk.ask("load", desk.file(SOLD), file)
    assert (loading.code, loading.error["code"]) == (2, "unknown_kind")
    report = loading.json["files"][1]
    assert (report["rows"], report["loaded"], report["rejected"], report["error"]["code"]) == (1, 0, 1, "unknown_kind")
    assert unread(desk) == [(2, "unknown_kind", None)]
    assert unread(desk, 2) == []
    status = desk.ask("status").json["files"]
    assert [(each["loaded"], each["state"]) for each in sorted(status, key=lambda each: each["file"] == "out.csv")] == [
        (1, "read"),
        (0, "waiting"),
    ]
    assert "waits for an answer" in desk.run("--case", desk.case, "status").out
    assert desk.audit()["held_with_unread"] == 1
    assert desk.ask("verify", "--deep").code == 0
    copied = desk.folder / "y.gtrace"
    assert desk.run("copy", desk.case, copied).code == 0
    assert desk.run("--case", copied, "verify", "--deep").code == 0
    desk.ask("unload", "out.csv", "--why", "falsch")
    assert unread(desk) == []


def test_a_file_that_waits_asks_again_until_it_is_answered(desk: Desk) -> None:
    file = desk.file(WAITING, "out.csv")
    desk.load(SOLD, file)
    ledger = (desk.case / "ledger.jsonl").read_bytes()
    again = desk.ask("load", file)
    assert (again.code, again.error["code"], again.json["files"][0]["rejected"]) == (2, "unknown_kind", 1)
    assert (desk.case / "ledger.jsonl").read_bytes() == ledger
    asked = desk.ask("load", file, "--set", "kind=transfer")
    assert (asked.code, [each["field"] for each in asked.json["files"][0]["asked"]]) == (2, ["from", "to"])
    # the answer is kept: what is still missing is all that has to be said
    answers = [text for name, value in (("from", "E"), ("to", "B")) for text in ("--set", f"{name}={value}")]
    (read,) = desk.load(file, options=answers)
    assert (read["loaded"], read["rejected"], read["error"]) == (1, 0, None)
    assert unread(desk) == []
    assert desk.trace(1).holder == "B"
    assert [each["state"] for each in desk.ask("status").json["files"]] == ["read", "read"]
    assert desk.ask("load", file).code == 0
    assert desk.ask("verify", "--deep").code == 0


def test_a_file_whose_headings_are_not_understood_is_kept_where_it_names_cards(desk: Desk) -> None:
    named, other = desk.file(f"色,形\n红,{card(1)}\n", "named.csv"), desk.file("色,形\n红,圆\n", "other.csv")
    loading = desk.ask("load", desk.file(SOLD), named, other)
    assert (loading.code, [each["error"] and each["error"]["code"] for each in loading.json["files"]]) == (
        2,
        [None, "unknown_headings", "unknown_headings"],
    )
    assert unread(desk) == [(2, "unknown_headings", None)]
    files = {each["file"]: each["state"] for each in desk.ask("status").json["files"]}
    assert (files["named.csv"], "other.csv" in files) == ("refused", False)
    again = desk.ask("load", named)
    assert (again.code, again.json["files"][0]["error"]["code"]) == (2, "unknown_headings")
    assert "extract" in again.json["files"][0]["error"]["hint"]
    assert desk.ask("verify", "--deep").code == 0


def test_ranges_lists_and_numbers_of_a_sheet_that_was_not_understood_are_told(desk: Desk) -> None:
    desk.load(SOLD, f"ICCID,MSISDN,日期,状态\n{card(50)},1064612345671,2024-01-01,正常\n")
    desk.ask("load", desk.file(f"日期,起始卡号,结束卡号\n2024-03-05,{card(1)},{card(3)}\n2024-03-05,{card(7)},\n"))
    desk.ask("load", desk.file(f"日期,起始卡号,数量\n2024-03-05,{card(10)},3\n"))
    desk.ask("load", desk.file(f"色,形\n红,{card(20)}-{card(22)}\n蓝,{card(30)}、{card(32)}\n"))
    desk.ask("load", desk.file("日期,MSISDN,备注\n2024-03-05,1064612345671,x\n"))
    told = {n for n, rows in enumerate(unread_of(desk, *range(1, 60)), 1) if rows}
    assert told == {1, 2, 3, 7, 10, 11, 12, 20, 21, 22, 30, 32, 50}
    assert len(unread(desk)) == 1


def test_siblings_count_the_cards_for_suspension_of_which_rows_were_not_read(desk: Desk) -> None:
    used = "ICCID,激活时间\n" + "".join(f"{card(n)},2024-04-01\n" for n in range(1, 6))
    sales = f"{HEAD}E,未知,2024-03-05,{card(1)}\nE,未知,2024-03-05,{card(50)}\nE,B,2024-03-05,{card(2)}\n"
    desk.load(SOLD, used, sales)
    assert desk.ask("siblings", card(1)).json["suspension_unread"] == 1
    desk.ask("load", desk.file(f"日期,起始卡号,结束卡号\n2024-03-05,{card(3)},{card(4)}\n"))
    assert desk.ask("siblings", card(1)).json["suspension_unread"] == 3
    text = " ".join(desk.run("--case", desk.case, "siblings", card(1)).out.split())
    assert "What rows say about 3 cards among them was not all understood" in text


def test_a_list_without_headings_that_was_not_understood_tells_its_first_card_too(desk: Desk) -> None:
    desk.load(SOLD)
    desk.ask("load", desk.file(f"{card(1)},甲\n{card(2)},乙\n"))
    assert unread_of(desk, 1, 2) == [[(1, "unknown_kind", None)], [(2, "unknown_kind", None)]]


def test_a_column_that_says_nothing_but_ends_makes_ends_of_a_range_whatever_its_heading(desk: Desk) -> None:
    desk.load(SOLD, f"转出方,转入方,日期,说明,卡号\nE,A,2024-03-05,起,{card(1)}\nE,A,2024-03-05,止,{card(10)}\n")
    assert [each.holder for each in desk.traces(1, 5, 10)] == ["E"] * 3
    assert [{row for row, *_ in rows} for rows in unread_of(desk, 5, 10, 11)] == [{3}, {3}, set()]


def test_a_column_of_other_words_makes_no_ends(desk: Desk) -> None:
    desk.load(SOLD, f"转出方,转入方,日期,说明,卡号\nE,A,2024-03-05,起,{card(1)}\nE,A,2024-03-05,普通,{card(10)}\n")
    assert [each.holder for each in desk.traces(1, 5, 10)] == ["A", "E", "A"]


def test_a_number_with_a_quantity_beside_it_may_mean_so_many_cards(desk: Desk) -> None:
    desk.load(SOLD, f"转出方,转入方,日期,卡号,数量\nE,A,2024-03-05,{card(1)},20\nE,B,2024-03-05,{card(30)},1\n")
    told = [(2, "range_count_mismatch", "2024-03-05")]
    assert unread_of(desk, 1, 2, 20, 21, 30) == [told, told, told, [], []]


def test_what_a_row_says_besides_is_quoted_at_the_head_of_the_answer(desk: Desk) -> None:
    remark = "更正：实际转给北川经营部"
    sold = "甲公司,乙公司,2024-03-05"
    desk.load(f"转出方,转入方,转让日期,ICCID,备注\n{sold},{card(1)},{remark}\n{sold},{card(2)},\n")
    (told,) = desk.trace(1).params("unread_movement")
    assert (told["reason"], told["heading"], told["text"]) == ("remark_not_read", "备注", remark)
    assert "unread_movement" not in desk.trace(2).codes
    for lang, quoted in (("en", f"备注 “{remark}”"), ("zh", f"备注“{remark}”")):
        said = desk.run("--case", desk.case, "trace", card(1), "--lang", lang).out
        assert quoted.replace(" ", "") in "".join(said.split())
    assert desk.run("--case", desk.case, "verify", "--deep").code == 0


@pytest.mark.parametrize(
    ("heads", "row", "reason"),
    [
        ("发件人,收件人,寄件日期,快递单号,ICCID", "E,A,2024-03-05,SF123456789,{card}", "card_in_shipment"),
        ("发件人,收件人,寄件日期,快递单号,物品", "E,A,2024-03-05,SF123456789,物联网卡{card}一张", "card_in_shipment"),
        ("付款方,收款方,付款日期,金额,ICCID", "A,E,2024-03-05,100.00,{card}", "card_in_payment"),
    ],
)
def test_a_card_in_a_row_about_a_parcel_or_payment_is_told(desk: Desk, heads: str, row: str, reason: str) -> None:
    desk.load(f"{heads}\n{row.format(card=card(1))}\n")
    found = desk.trace(1)
    assert (found.outcome, [each[1] for each in unread(desk)]) == ("not_found", [reason])
    assert "No row that was read names this card; 1 row that was not read does." in " ".join(
        desk.run("--case", desk.case, "trace", card(1)).out.split()
    )


def test_a_count_of_stock_at_somebody_else_is_told(desk: Desk) -> None:
    desk.load(SOLD, f"盘点日期,单位,ICCID\n2024-04-01,E,{card(1)}\n2024-04-01,A,{card(2)}\n")
    assert desk.trace(1).params("listed_with_other") == []
    (told,) = desk.trace(2).params("listed_with_other")
    assert (told["listed"], told["holder"], told["date"]) == ("A", "E", "2024-04-01")


def test_what_the_rows_of_an_answer_say_in_columns_not_read_is_shown_with_it(desk: Desk) -> None:
    heads = "转出方,转入方,日期,ICCID,订单号,仓库,密码"
    desk.load(f"{heads}\nE,A,2024-03-05,{card(1)},DD1,东仓,abc123\nE,A,2024-03-05,{card(2)},DD2,,\n")
    (answer,) = desk.ask("trace", card(1), "--extra").json["results"]
    assert [(each["row"], each["cells"]) for each in answer["extra"]] == [(2, {"仓库": "东仓"})]
    assert "extra" not in desk.ask("trace", card(1)).json["results"][0]
    assert desk.ask("trace", card(2), "--extra").json["results"][0]["extra"] == []
    assert "仓库: 东仓" in desk.run("--case", desk.case, "trace", card(1)).out
    assert "abc123" not in desk.run("--case", desk.case, "trace", card(1)).out


def test_what_is_not_read_is_no_part_of_the_statement(desk: Desk) -> None:
    heads = "转出方,转入方,日期,ICCID,仓库"
    desk.load(f"{heads}\nE,A,2024-03-05,{card(1)},东仓\n")
    (again,) = desk.load(f"{heads}\nE,A,2024-03-05,{card(1)},西仓\n")
    assert (again["loaded"], again["duplicate"]) == (0, 1)
    (answer,) = desk.ask("trace", card(1), "--extra").json["results"]
    assert len(answer["chains"][0]["hops"]) == 1
    assert {each["cells"]["仓库"] for each in answer["extra"]} == {"东仓", "西仓"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "{card}\n"),
        ("a.csv", "{card},张三\n"),
        ("a.csv", "{card}\n"),
        ("退卡.txt", "{card}\n"),
        ("a.txt", "卡 {card} 给了张三\n"),
        ("a.txt", "问：卡 {card} 给了谁？\n答：我没有卖给李四。\n"),
    ],
)
def test_a_file_of_one_row_that_names_a_card_is_told_with_it(desk: Desk, name: str, text: str) -> None:
    answer = desk.ask("load", desk.file(text.format(card=card(1)), name), desk.file(SOLD))
    assert [each["file"] for each in answer.json["files"]] == [name, "2.csv"]
    assert answer.code == 2
    assert "unread_movement" in desk.trace(1).codes


@pytest.mark.parametrize(
    ("heads", "row"),
    [
        ("ICCID,激活日期,原使用人,现使用人", "{card},2024-08-01,张三,李四"),
        ("ICCID,上线时间,下线时间,驾驶员,车主", "{card},2024-08-01 10:00:00,2024-08-01 11:00:00,张三,李四"),
        ("ICCID,姓名,解绑时间,激活时间", "{card},张三,2024-09-01,2024-08-01"),
        ("ICCID,归属用户,划拨时间,激活时间", "{card},蓝讯数码店,2024-07-15,2024-08-01"),
        ("ICCID,激活日期,备注", "{card},2024-08-01,实际由李四使用"),
    ],
)
def test_the_holder_is_not_presumed_the_user_where_the_row_of_the_use_names_a_person(
    desk: Desk, heads: str, row: str
) -> None:
    desk.load(SOLD, f"{heads}\n{row.format(card=card(1))}\n", f"ICCID,激活日期\n{card(2)},2024-08-01\n")
    found = desk.trace(1)
    assert (found.end_user, found.json["end_user_basis"], found.holder) == (None, None, "E")
    assert {reason for _, reason, _ in unread(desk)} <= {"party_not_read", "remark_not_read", "unanswered"}
    assert (desk.trace(2).end_user, desk.trace(2).json["end_user_basis"]) == ("E", "holder_that_day")


def test_the_holder_is_presumed_the_user_where_the_row_of_the_use_names_the_holder(desk: Desk) -> None:
    desk.load(SOLD, f"ICCID,归属用户,激活时间\n{card(1)},E,2024-08-01\n")
    assert (desk.trace(1).end_user, desk.trace(1).json["end_user_basis"]) == ("E", "holder_that_day")


NUMBER = "1440123456789"
BY_NUMBER = "激活时间,使用人,号码\n{day},张三,1440123456789\n"


@pytest.mark.parametrize(
    ("listed", "day", "since", "until"),
    [
        ("2024-06-15,{card},1440123456789,已销户", "2024-10-01", None, "2024-06-15"),
        ("2025-02-15,{card},1440123456789,正常", "2024-07-01", "2025-02-15", None),
    ],
)
def test_a_number_that_the_card_had_at_another_time_names_no_user(
    desk: Desk, listed: str, day: str, since: str | None, until: str | None
) -> None:
    head = "导出日期,ICCID,号码,状态"
    desk.load(SOLD, f"{head}\n{listed.format(card=card(1))}\n", BY_NUMBER.format(day=day))
    found = desk.trace(1)
    assert (found.end_user, [each["user"]["name"] for each in found.json["activations"]]) == (None, ["张三"])
    (told,) = found.params("number_at_other_time")
    assert (told["number"], told["date"], told["since"], told["until"]) == (NUMBER, day, since, until)


@pytest.mark.parametrize(
    "lists",
    [
        ["2024-06-15,{card},1440123456789,正常"],
        [",{card},1440123456789,正常"],
        ["2024-06-15,{card},1440123456789,已销户", "2024-07-15,{card},1440123456789,正常"],
        ["2024-11-15,{card},1440123456789,已销户", "2024-02-15,{card},1440123456789,正常"],
    ],
)
def test_a_number_that_the_card_had_that_day_names_its_user(desk: Desk, lists: list[str]) -> None:
    rows = "".join(f"{each.format(card=card(1))}\n" for each in lists)
    desk.load(SOLD, f"导出日期,ICCID,号码,状态\n{rows}", BY_NUMBER.format(day="2024-10-01"))
    assert (desk.trace(1).end_user, desk.trace(1).params("number_at_other_time")) == ("张三", [])


@pytest.mark.parametrize(
    ("heads", "days", "day", "told"),
    [
        ("换卡日期", "2024-08-01", "2024-07-01", ("2024-08-01", None)),
        ("号码启用日期", "2024-08-01", "2024-07-01", ("2024-08-01", None)),
        ("号码停用日期", "2024-08-01", "2024-10-01", (None, "2024-08-01")),
        ("绑定时间,解绑时间", "2024-06-05,2024-08-01", "2024-10-01", (None, "2024-08-01")),
        ("绑定时间,解绑时间", "2024-06-05,2024-08-01", "2024-07-01", None),
        ("换卡日期", "2024-08-01", "2024-10-01", None),
    ],
)
def test_the_days_of_a_link_that_its_row_states_count(
    desk: Desk, heads: str, days: str, day: str, told: tuple[str | None, str | None] | None
) -> None:
    desk.load(SOLD, f"ICCID,号码,{heads},客户名称\n{card(1)},{NUMBER},{days},E\n", BY_NUMBER.format(day=day))
    found = desk.trace(1)
    assert [(each["since"], each["until"]) for each in found.params("number_at_other_time")] == ([told] if told else [])
    assert found.end_user == (None if told else "张三")


@pytest.mark.parametrize(
    ("day", "user"),
    [
        ("2024-08-01", None),
        ("2024-10-01", None),
        ("2024-10-02", "A"),
        ("2024-07-01", "A"),
        ("2024-06-30", "A"),
        ("", None),
    ],
)
def test_the_holder_is_not_presumed_the_user_after_a_row_that_was_not_read(
    desk: Desk, day: str, user: str | None
) -> None:
    desk.load(
        SOLD, f"{HEAD}E,A,2024-07-01,{card(1)}\nA,本人,{day},{card(1)}\n", f"ICCID,激活日期\n{card(1)},2024-10-01\n"
    )
    assert (desk.trace(1).end_user, desk.trace(1).holder) == (user, "A")
    assert (desk.trace(1).json["end_user_basis"] is None) == (user is None)


def test_a_named_user_stays_one_though_a_row_about_the_card_was_not_read(desk: Desk) -> None:
    desk.load(SOLD, f"{HEAD}E,本人,2024-07-01,{card(1)}\n", f"ICCID,激活日期,使用人\n{card(1)},2024-10-01,李四\n")
    assert (desk.trace(1).end_user, desk.trace(1).json["end_user_basis"]) == ("李四", "named")


@pytest.mark.parametrize(
    ("heads", "row"),
    [
        ("号码,原ICCID,现ICCID,客户名称,入网时间", "1064800000001,{0},{1},A,2024-03-05"),
        ("号码,旧ICCID,新ICCID,使用人,激活时间", "1064800000001,{0},{1},张三,2024-03-05"),
        ("号码,新卡ICCID,客户名称", "1064800000001,{1},A"),
    ],
)
def test_cards_in_columns_not_read_of_rows_that_name_a_number_are_told(desk: Desk, heads: str, row: str) -> None:
    desk.load(SOLD, f"{heads}\n{row.format(card(1), card(2))}\n")
    assert unread(desk, 2) != []


def test_the_day_on_which_a_customers_card_was_exchanged_takes_out_no_registration(desk: Desk) -> None:
    head = "关于协助查询物联网卡信息的复函\n中国联合网络通信有限公司云洲市分公司\nICCID,客户名称,开户日期,换卡时间\n"
    desk.load(f"{head}{card(1)},E,2024-03-01,2024-05-01\n{card(2)},E,2024-03-01,\n")
    assert (desk.trace(1).registrant, desk.trace(2).registrant) == ("E", "E")
    assert [params["heading"] for params in desk.trace(1).params("unread_movement")] == ["换卡时间"]


def test_stock_among_the_states_of_cards_decides_no_row(desk: Desk) -> None:
    head = "导出日期,ICCID,状态,客户名称,开卡日期\n"
    rows = [f"2024-09-01,{card(n)},{state},E,2024-03-01" for n, state in enumerate(("已销户", "库存", "正常"), 1)]
    desk.load(head + "\n".join(rows) + "\n")
    assert [each.json["card_lists"][0]["state"] for each in desk.traces(1, 2, 3)] == ["已销户", "库存", "正常"]


@pytest.mark.parametrize(
    "table",
    [
        f"案号,嫌疑人,到案情况,ICCID\nA1,张三,在逃,{card(1)}\n",
        f"线索编号,嫌疑人,ICCID\nX1,张三,{card(1)}\n",
    ],
)
def test_a_row_of_a_person_from_whom_the_card_may_have_been_taken_is_told_though_it_is_no_seizure(
    desk: Desk, table: str
) -> None:
    desk.load(SOLD, table)
    assert unread(desk)
    assert desk.trace(1).json["seizures"] == []


@pytest.mark.parametrize("unit", ["盒", "大箱", "千张", "100张/盒", "box"])
def test_a_number_of_packs_is_no_number_of_cards(desk: Desk, unit: str) -> None:
    head = "转出方,转入方,日期,起始ICCID,数量,单位\n"
    (_, report) = desk.load(SOLD, f"{head}E,A,2024-03-05,{card(1)},2,{unit}\n")
    assert [(each["field"], each["reason"]) for each in report["rejects"]] == [("单位", "bad_quantity")]
    assert unread(desk) == [(2, "bad_quantity", "2024-03-05")]


@pytest.mark.parametrize("unit", ["张", "枚", "片", "个"])
def test_a_number_of_cards_is_one_whatever_the_measure_word(desk: Desk, unit: str) -> None:
    head = "转出方,转入方,日期,起始ICCID,数量,单位\n"
    desk.load(SOLD, f"{head}E,A,2024-03-05,{card(1)},2,{unit}\n")
    assert desk.trace(2).holder == "A"


def test_a_row_that_was_not_read_stands_before_what_is_found_of_names(desk: Desk) -> None:
    desk.load(
        SOLD, f"{HEAD}E,王伟,2024-03-05,{card(1)}\n", f"{HEAD}王伟,,2024-03-09,{card(1)}\n王伟,B,2024-03-08,{card(1)}\n"
    )
    codes = [finding["code"] for finding in desk.trace(1).json["findings"]]
    assert codes[0] == "unread_movement"
    assert "joined_by_name" in codes


def names_told(answer: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    """File, row, reason and quoted cell of each row with the name of the party that was not read."""
    return [(each["origin"]["file"], each["origin"]["row"], each["reason"], each["text"]) for each in answer]


def test_an_answer_about_a_party_names_the_rows_with_its_name_that_were_not_read(desk: Desk) -> None:
    head = "转出方,转入方,日期,卡号,状态\n"
    rows = (f"乙店,2024-03-05,{card(1)},", f"乙店,bad,{card(2)},", f"乙店 （分店）,2024-03-05,{card(3)},已作废")
    rejected = head + "".join(f"E,{row}\n" for row in rows)
    waits = f"转入方,日期,卡号\n乙店,2024-03-05,{card(4)}\n丙店,2024-03-05,{card(5)}\n"
    desk.load(
        SOLD,
        desk.file(rejected, "a.csv"),
        desk.file(waits, "b.csv"),
        desk.file(f"甲,乙,丙\n1,进货自乙店,{card(6)}\n", "c.csv"),
    )
    expected = [
        ("a.csv", 3, "bad_date", "乙店"),
        ("a.csv", 4, "not_a_record", "乙店 （分店）"),
        ("b.csv", 2, "unanswered", "乙店"),
        ("c.csv", 2, "unknown_kind", "进货自乙店"),
    ]
    assert names_told(desk.ask("party", "乙店").json["unread_rows"]) == expected
    assert names_told(desk.audit("乙店")["unread_rows"]) == expected
    for lang, said in (("en", "Rows that hold this name and were not read"), ("zh", "含有该名称而未被采用的行")):
        for command in ("party", "audit"):
            text = desk.run("--case", desk.case, command, "乙店", "--lang", lang).out
            assert said in text
            assert "a.csv:3" in text
    # of several parties each has its own rows, and reading a source once is enough for all
    both = desk.ask("audit", "E", "乙店").json["enterprises"]
    of_seller = [("a.csv", 3, "bad_date", "E"), ("a.csv", 4, "not_a_record", "E")]
    assert [names_told(audit["unread_rows"]) for audit in both] == [of_seller, expected]
    (everybody,) = desk.ask("audit", "--all").json["enterprises"]
    assert everybody["unread_rows"] is None


def test_a_party_that_only_rows_name_which_were_not_read_is_no_unknown_one(desk: Desk) -> None:
    desk.load(SOLD, desk.file(f"{HEAD}E,丙店,bad,{card(2)}\n", "a.csv"))
    for command in ("party", "audit"):
        answer = desk.ask(command, "丙店")
        assert (answer.code, answer.error["code"]) == (1, "not_found")
        assert "a.csv:2" in answer.error["message"]
    assert "a.csv" not in desk.ask("party", "丁店").error["message"]


def test_a_party_that_received_no_card_by_what_was_read_is_told_with_the_rows_that_were_not(desk: Desk) -> None:
    desk.load(
        SOLD, desk.file(f"{HEAD}丙店,乙店,2024-03-05,{card(1)}\n"), desk.file(f"{HEAD}E,丙店,bad,{card(1)}\n", "a.csv")
    )
    assert "a.csv:2" in desk.ask("audit", "丙店").error["message"]


def test_a_short_latin_name_is_looked_for_as_a_whole_cell(desk: Desk) -> None:
    desk.load(SOLD, f"{HEAD}E,li,2024-03-05,{card(1)}\nE,Limited,bad,{card(2)}\nE,Li,bad,{card(3)}\n")
    assert [row for _, row, *_ in names_told(desk.ask("party", "li").json["unread_rows"])] == [4]


def test_a_number_that_only_a_rejected_row_holds_is_not_called_unknown(desk: Desk) -> None:
    desk.load(SOLD, desk.file(f"转出方,转入方,日期,卡号,电话\nE,丙店,bad,{card(2)},13812345678\n", "a.csv"))
    (answer,) = desk.ask("trace", "13812345678").json["results"]
    assert [finding["code"] for finding in answer["findings"]] == ["unread_movement"]
    assert answer["findings"][0]["params"]["origin"]["row"] == 2


@pytest.mark.parametrize(
    "sheet",
    [
        f"日期,客户,从,到\n2024-03-05,甲,{card(1)},{card(10)}\n2024-03-05,乙,{card(11)},{card(20)}\n",
        f"日期,客户,卡号,\n,,起,止\n2024-03-05,甲,{card(1)},{card(10)}\n2024-03-05,乙,{card(11)},{card(20)}\n",
        f"日期,客户,起,止\n2024-03-05,甲,{card(1)},10\n2024-03-05,乙,{card(11)},20\n",
        f"日期,客户,卡号,数量\n2024-03-05,甲,{card(1)},10\n2024-03-05,乙,{card(11)},10张\n",
        f"日期,进/出,对方,起,止\n2024-03-05,进,甲,{card(1)},{card(10)}\n2024-03-05,出,乙,{card(11)},{card(20)}\n",
        f"出库日期,收货方,起始卡号,结束卡号\n2024-03-05,甲,{card(1)},{card(10)}\n2024-03-05,甲,{card(11)},{card(20)}\n",
        f"日期,转出方,转入方,起,止\n2024-13-05,甲,乙,{card(1)},{card(10)}\n2024-03-05,甲,,{card(11)},{card(20)}\n",
    ],
)
def test_a_range_of_a_row_that_was_not_read_stands_for_all_its_cards(desk: Desk, sheet: str) -> None:
    desk.load(SOLD, sheet)
    assert [len(rows) for rows in unread_of(desk, 1, 5, 10, 11, 15, 20, 21)] == [1, 1, 1, 1, 1, 1, 0]


def test_a_row_with_more_cells_than_columns_is_told_with_its_cards(desk: Desk) -> None:
    ranges, listed = "转出方,转入方,日期,起始卡号,结束卡号\n", HEAD
    for n in range(30, 100):
        # columns that only appear below the top of a sheet are none
        ranges += f"E,A,2024-03-05,{card(n)},{card(n)}\n"
        listed += f"E,A,2024-03-05,{card(n)}\n"
    desk.load(SOLD, f"{ranges}A,B,2024-04-05,{card(1)},{card(5)},另,见,附件\n")
    desk.load(f"{listed}E,A,2024-03-05,{card(21)},另,见\n")
    told = [(72, "unreadable_row", None)]
    assert unread_of(desk, 1, 3, 5, 21) == [told] * 4
    assert unread_of(desk, 6, 20, 22, 30) == [[], [], [], []]


@pytest.mark.parametrize("heads", ["号段甲,号段乙,共计", "列一,列二,列三"])
def test_a_card_inside_a_range_that_was_not_read_is_told_whatever_the_headings(desk: Desk, heads: str) -> None:
    # the ends of a range under headings that nobody knows, beside the number of its cards
    first, last = "8986061900000000010", "8986061900000000029"
    desk.load(SOLD, f"批,{heads}\nP-1,{first},{last},20\nP-2,8986061900000000040,8986061900000000041,7\n")
    assert [len(rows) for rows in unread_of(desk, 9, 10, 20, 29, 30)] == [0, 1, 1, 1, 0]
    # what is counted otherwise are two cards
    assert [len(rows) for rows in unread_of(desk, 40, 41)] == [1, 1]


@pytest.mark.parametrize("said", ["盘亏，去向不明", "丢失", "被盗"])
def test_cards_that_a_count_of_stock_misses_are_told_with_their_row(desk: Desk, said: str) -> None:
    first, last = "8986061900000000010", "8986061900000000029"
    head = "盘点日期,单位,起始卡号,终止卡号,账面数,实盘数,说明"
    desk.load(SOLD, f"{head}\n2024-06-30,E,{first},{last},20,0,{said}\n2024-06-30,E,{card(40)},{card(41)},2,2,\n")
    assert unread_of(desk, 20, 40) == [[(2, "remark_not_read", "2024-06-30")], []]


def test_so_is_a_card_that_a_list_calls_lost(desk: Desk) -> None:
    desk.load(SOLD, f"ICCID,状态,备注\n{card(1)},在用,2024-07-15 项圈丢失，未报停\n{card(2)},在用,加急\n")
    assert [[each[1] for each in rows] for rows in unread_of(desk, 1, 2)] == [["remark_not_read"], []]


@pytest.mark.parametrize("remark", ["丢失", "2024-07-02巡检发现表计丢失", "卡丢了", "设备被盗，已报警", "遗失"])
def test_a_hand_whose_cards_got_lost_later_stays_and_the_loss_is_told(desk: Desk, remark: str) -> None:
    desk.load(f"转出方,转入方,日期,卡号,备注\n甲公司,乙公司,2024-06-30,{card(1)},{remark}\n")
    assert desk.trace(1).chains == ["broken: 甲公司>乙公司"]
    assert [each[1] for each in unread(desk, 1)] == ["remark_not_read"]


@pytest.mark.parametrize("remark", ["寄丢", "快递丢失", "途中遗失"])
def test_cards_that_got_lost_on_their_way_did_not_arrive(desk: Desk, remark: str) -> None:
    desk.load(f"转出方,转入方,日期,卡号,备注\n甲公司,乙公司,2024-06-30,{card(1)},{remark}\n")
    assert desk.trace(1).chains == []


SEIZED = "案件编号,查获日期,持有人,卡号\n"


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("办案民警：赵立、陈述     见证人：周国栋     2024年9月18日", 0),
        ("见证人：周国栋", 0),
        ("办案民警：赵立     货已退张三     2024年9月18日", 1),
    ],
)
def test_a_line_of_who_seized_and_saw_it_says_nothing_of_the_cards(desk: Desk, line: str, count: int) -> None:
    (read,) = desk.load(f"{SEIZED}A-1,2024-09-12,张三,{card(1)}\nA-1,2024-09-12,李四,{card(2)}\n{line},,,\n")
    assert len(unread(desk)) == count
    assert read["loaded"] == 2


def test_the_line_of_a_text_that_names_a_card_is_quoted_with_it(desk: Desk) -> None:
    said = f"您查询的{card(1)}由运维部郑一领用，5月12日巡检发现丢失，已报警。"
    desk.load(SOLD, desk.file(f"沈警官：\n您好。\n{said}\n", "回复.txt"))
    (told,) = desk.trace(1).params("unread_movement")
    assert (told["origin"]["row"], told["text"]) == (3, said)


def test_a_list_that_waits_for_a_further_answer_is_quoted_with_its_cards(tmp_path: Path) -> None:
    card = "89860426102300450120"
    text = f"物证编号,读出ICCID,短信条数\nWZ-01,{card},0\nWZ-02,89860426102300450153,26\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    with gt.open_case(tmp_path / "c.gtrace") as case:
        case.load(tmp_path / "a.csv", answers=["kind=card_list"])
        assert "unread_movement" in {each.code for each in case.trace(card)[0].findings}


@pytest.mark.parametrize("at", [9, 18])
@pytest.mark.parametrize("sign", ["?", "X", "*", "□", "_", "某"])
def test_a_number_with_a_digit_that_cannot_be_read_is_told_with_the_card_that_it_fits(
    desk: Desk, at: int, sign: str
) -> None:
    number = "89860619000000000012"
    written = number[:at] + sign + number[at + 1 :]
    desk.load(SOLD, f"{HEAD}E,A,2024-03-05,{written}\nE,A,2024-03-05,{card(2)}\n")
    assert [reason for _, reason, _ in unread(desk, number)] == ["bad_identifier"]
    assert unread(desk, 3) == []


@pytest.mark.parametrize("written", ["8986O619000000000012", "898606l9000000000012", "89860619ooooooooool2"])
def test_a_number_with_letters_for_digits_is_told_with_its_card(desk: Desk, written: str) -> None:
    desk.load(SOLD, f"{HEAD}E,A,2024-03-05,{written}\nE,A,2024-03-05,{card(2)}\n")
    assert [reason for _, reason, _ in unread(desk, "89860619000000000012")] == ["bad_identifier"]
