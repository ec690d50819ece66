"""Words that nobody has met: below a heading that is not known, among numbers, in a column of names or places.

What is not understood is told with the card, whatever its word is: no list can hold all words by which a row is denied.
"""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage

import pytest

from .conftest import Desk, card

HEAD = "转出方,转入方,日期,卡号"
DENIALS = ("没给", "拉倒了", "黄了", "押着", "没谈成", "×", "lost", "RTO")


def rows(*cells: str, after: int = 0) -> str:
    return "".join(f"E,A,2024-03-{n:02d},{card(after + n)},{cell}\n" for n, cell in enumerate(cells, 1))


def told(desk: Desk, n: int = 1) -> list[tuple[str, str | None]]:
    return [(each["reason"], each["text"]) for each in desk.trace(n).params("unread_movement")]


def told_of_tables(desk: Desk, tables: Sequence[tuple[str, ...]]) -> list[tuple[list[str | None], list[str | None]]]:
    """The texts that are told with the first and the second row of tables, each a heading and the cells below it.

    They are in one case, each with cards of its own.
    """
    places = range(0, 10 * len(tables), 10)
    desk.load(*(f"{HEAD},{table[0]}\n{rows(*table[1:], after=at)}" for at, table in zip(places, tables, strict=True)))
    desk.traces(*(at + n for at in places for n in (1, 2)))
    first, second = ([[text for _, text in told(desk, at + n)] for at in places] for n in (1, 2))
    return list(zip(first, second, strict=True))


def test_a_word_below_a_heading_that_is_not_known_is_told(desk: Desk) -> None:
    headings = ("回单", "给没给", "Position", "交货", "收货人签字", "跟单")
    tables = [(heading, word, "有", "有") for heading in headings for word in DENIALS]
    assert told_of_tables(desk, tables) == [([word], []) for _, word, *_ in tables]


def test_a_word_below_a_plain_heading_is_not_told(desk: Desk) -> None:
    headings = ("物料名称", "颜色", "收货地址", "是否开票", "经办人", "Item", "Vehicle")
    assert told_of_tables(desk, [(heading, "星海", "云洲", "星海") for heading in headings]) == [([], [])] * 7


def test_a_word_among_numbers_is_told(desk: Desk) -> None:
    numbers = {
        "快递单号": "SF1234567890",
        "单价": "5.00",
        "合同编号": "HT-2024-001",
        "联系电话": "13800138000",
        "批次": "P12",
    }
    words = ("没寄", "拦截", "不要了", "已取消", "弄丢了", "cancelled")
    tables = [(heading, word, *[value] * 3) for heading, value in numbers.items() for word in words]
    assert told_of_tables(desk, tables) == [([word], []) for _, word, *_ in tables]


def test_what_stands_where_there_is_no_number_is_not_told(desk: Desk) -> None:
    words = ("自提", "面交", "free", "顺丰", "同上")
    tables = [("快递单号", word, "SF1234567890", "SF1234567891", "SF1234567892") for word in words]
    assert told_of_tables(desk, tables) == [([], [])] * 5


def test_a_word_that_denies_its_row_among_other_words_is_told(desk: Desk) -> None:
    headings = ("仓库", "快递公司", "部门", "渠道", "城市")
    tables = [(heading, "已取消", "东仓", "西仓", "东仓", "北仓") for heading in headings]
    assert told_of_tables(desk, tables) == [(["已取消"], [])] * 5


def test_a_cell_left_blank_where_others_are_filled_is_told(desk: Desk) -> None:
    desk.load(f"{HEAD},收货人签字\n{rows('', '李四', '王五', '张三')}")
    assert told(desk) == [("left_blank", None)]


def test_a_cell_left_blank_in_a_column_of_remarks_is_not_told(desk: Desk) -> None:
    desk.load(f"{HEAD},备注\n{rows('', '发顺丰', '发圆通', '加急')}")
    assert told(desk) == []


def test_a_person_can_say_that_a_word_says_nothing(desk: Desk) -> None:
    desk.load(f"{HEAD},回单\n{rows('黄单', '有', '有')}", options=["--set", "words.黄单=ignore"])
    assert told(desk) == []


def test_a_remark_that_is_a_mere_word_is_told(desk: Desk) -> None:
    words = ("黄了", "先压着", "鸽了", "×", "等通知", "飞单", "bounced")
    tables = [("备注", word, "发顺丰", "加急", "月结") for word in words]
    assert told_of_tables(desk, tables) == [([word], []) for word in words]


def test_a_word_behind_a_number_is_told(desk: Desk) -> None:
    tables = [
        ("单号", "XS001-作废", *["XS002"] * 3),
        ("运单号", "SF123(退回)", *["SF124"] * 3),
        ("合同号", "HT001（解除）", *["HT002"] * 3),
        ("单价", "退款45", *["45"] * 3),
    ]
    found = told_of_tables(desk, tables)
    assert [(table[1] in first, second) for table, (first, second) in zip(tables, found, strict=True)] == [
        (True, [])
    ] * 4


def test_a_column_of_many_words_is_told_all_the_same(desk: Desk) -> None:
    desk.load(f"{HEAD},处理\n{rows(*(chr(0x4E00 + 7 * n) * 2 for n in range(27)))}")
    assert len(told(desk)) == 1


@pytest.mark.parametrize("heading", ["未发卡号", "退回卡号", "作废卡号", "待发卡号", "丢失卡号"])
def test_the_heading_of_cards_that_are_not_those_handed_over_is_told(desk: Desk, heading: str) -> None:
    desk.load(f"转让日期,转出方,转入方,{heading}\n2025-04-01,E,A,{card(1)}\n2025-04-02,E,B,{card(2)}\n")
    trace = desk.trace(1)
    assert not trace.chains or heading in [each["text"] for each in trace.params("unread_movement")]


@pytest.mark.parametrize(
    "line", ["东西没给", "没成交", "客户反悔", "客户签字：拒签", "周小满系李四的化名", "前一张归李四"]
)
def test_a_line_below_a_table_that_is_none_of_a_form_is_told(desk: Desk, line: str) -> None:
    desk.load(f"{HEAD}\nE,A,2024-03-05,{card(1)}\nE,A,2024-03-06,{card(2)}\n{line},,,\n")
    assert line in [text for _, text in told(desk)]


@pytest.mark.parametrize(
    "line", ["制表人：张三", "2024年3月31日", "云洲星海物联科技有限公司", "合计：2张", "第1页 共1页"]
)
def test_a_line_of_a_form_below_a_table_is_not_told(desk: Desk, line: str) -> None:
    desk.load(f"{HEAD}\nE,A,2024-03-05,{card(1)}\nE,A,2024-03-06,{card(2)}\n{line},,,\n")
    assert told(desk) == []


@pytest.mark.parametrize(
    "name", ["周小满×", "周小满没要", "周小满退", "周小满（否认）", "除周小满外", "周小满以外的人", "欠周小满"]
)
def test_a_name_with_which_the_cell_denies_something_is_told(desk: Desk, name: str) -> None:
    desk.load(f"{HEAD}\nE,{name},2024-03-05,{card(1)}\nE,A,2024-03-06,{card(2)}\n")
    assert told(desk)
    assert told(desk, 2) == []


@pytest.mark.parametrize("name", ["抽屉", "垃圾桶", "平账", "黄牛", "已售", "抵押", "三个人", "公共池"])
def test_what_is_no_party_is_nobody(desk: Desk, name: str) -> None:
    desk.load(f"{HEAD}\nE,{name},2024-03-05,{card(1)}\n")
    assert desk.trace(1).holder is None


@pytest.mark.parametrize("heading", ["欠发数量", "拒收数", "红冲单号"])
def test_how_many_cards_did_not_go_is_told(desk: Desk, heading: str) -> None:
    desk.load(f"{HEAD},{heading}\n{rows('1', '0', '0', '0')}")
    assert [text for _, text in told(desk)] == ["1"]


def test_the_name_of_a_folder_that_denies_its_files_is_told(desk: Desk) -> None:
    folder = desk.folder / "desk" / "作废"
    folder.mkdir(parents=True)
    (folder / "转让登记.csv").write_text(f"{HEAD}\nE,A,2024-03-05,{card(1)}\n", encoding="utf-8")
    desk.ask("load", desk.folder / "desk")
    assert [reason for reason, _ in told(desk)] == ["name_not_read"]


def test_what_the_mail_of_a_list_says_of_its_cards_is_told_as_that(desk: Desk) -> None:
    mail = EmailMessage()
    mail.set_content("The SIM cards in the attached list were collected by Ann on 14 May 2024.\n")
    table = f"{HEAD}\nE,A,2024-03-05,{card(1)}\n"
    mail.add_attachment(table.encode(), maintype="text", subtype="csv", filename="转让登记.csv")
    (desk.folder / "a.eml").write_bytes(mail.as_bytes())
    desk.ask("load", desk.folder / "a.eml")
    assert [reason for reason, _ in told(desk)] == ["mail_not_read"]


def test_a_word_beside_a_card_of_a_list_with_its_party_is_told(desk: Desk) -> None:
    desk.load(f"日期,卡号,转出方,客户,情况\n2024-03-05,{card(1)},E,A,没给\n2024-03-06,{card(2)},E,A,已交\n")
    assert [text for _, text in told(desk)] == ["没给"]
    assert told(desk, 2) == []


@pytest.mark.parametrize(("state", "texts"), [("预受理，未竣工", ["预受理，未竣工"]), ("已激活", []), ("停机", [])])
def test_a_state_that_is_none_of_a_card_is_told_of_whom_a_carrier_names(
    desk: Desk, state: str, texts: list[str]
) -> None:
    desk.load(
        f"运营商,ICCID,开户单位,开户时间,状态\n中国联通,{card(1)},E,2024-03-05,{state}\n中国联通,{card(2)},E,2024-03-05,正常\n"
    )
    assert [text for _, text in told(desk)] == texts


@pytest.mark.parametrize("title", ["错发追回清单", "待客户确认", "补卡登记", "Recovery of cards sent by mistake"])
def test_a_title_of_what_undoes_its_rows_is_told(desk: Desk, title: str) -> None:
    desk.load(f"{title},,,\n{HEAD}\nE,A,2024-03-01,{card(1)}\n")
    assert told(desk) == [("line_not_read", title)]


@pytest.mark.parametrize("amount", ["5.00-", "负5", "△5", "(5)", "5 CR"])
def test_a_credit_is_no_sale_however_its_sign_is_written(desk: Desk, amount: str) -> None:
    desk.load(f"{HEAD},金额\n{rows(amount, '5.00', '6.00')}")
    assert [reason for reason, _ in told(desk)] == ["unknown_kind"]
    assert told(desk, 2) == []


@pytest.mark.parametrize("kind", ["负数发票", "红字"])
def test_the_kind_of_an_invoice_may_say_that_it_takes_a_sale_back(desk: Desk, kind: str) -> None:
    desk.load(f"{HEAD},发票类型\n{rows(kind, '增值税专用发票', '增值税专用发票')}")
    assert told(desk) == [("remark_not_read", kind)]


@pytest.mark.parametrize("remark", ["已回收重新放号", "二次放号", "number reassigned"])
def test_a_carriers_remark_that_a_number_went_to_another_is_told(desk: Desk, remark: str) -> None:
    desk.load(f"中国联通协查反馈,,\nICCID,客户名称,备注\n{card(1)},李四通信店,{remark}\n")
    assert told(desk) == [("remark_not_read", remark)]


@pytest.mark.parametrize("remark", ["缺第6张", "少一张", "第3张坏", "card 6 missing"])
def test_a_range_of_which_a_card_is_missing_is_not_taken_whole(desk: Desk, remark: str) -> None:
    desk.load(f"转出方,转入方,日期,起始卡号,结束卡号,备注\nE,A,2024-03-01,{card(1)},{card(10)},{remark}\n")
    assert [reason for reason, _ in told(desk, 6)] == ["unknown_kind"]
    assert desk.trace(6).chains == []


@pytest.mark.parametrize(
    "holder", ["罗湖分局刑警大队", "报案人刘红", "受害人刘涛", "遗弃", "路边捡到", "另案处理", "拒绝透露"]
)
def test_a_card_is_seized_from_no_officer_and_no_victim(desk: Desk, holder: str) -> None:
    desk.load(f"案号,卡号,查获日期,持有人\nA1,{card(1)},2024-09-01,{holder}\n")
    assert [each["seized_from"] for each in desk.trace(1).json["seizures"]] == [None]


def test_what_a_victim_handed_in_was_taken_from_nobody(desk: Desk) -> None:
    desk.load(f"被害人提供卡片清单,,,\n提取日期,案号,持有人,ICCID\n2024-05-01,A1,刘红,{card(1)}\n")
    assert desk.trace(1).json["seizures"] == []
    assert len(told(desk)) == 1


def test_a_card_given_back_beside_the_new_one_for_it_is_asked_about(desk: Desk) -> None:
    desk.load(f"日期,发货方,收货方,退回卡号,换出卡号\n2024-02-01,E,A,{card(1)},{card(2)}\n")
    assert desk.trace(1).chains == []
    assert len(told(desk)) == 1
