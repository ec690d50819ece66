"""Persons who are no side of a row, and whose an identifier is whose heading names nobody."""

from __future__ import annotations

import pytest

from .sheets import read_rows

A, B = "89860625300210200018", "89860625300210200026"
ID = "330102199001011234"
ACTED = [
    "安装人", "经办人", "代办人", "业务员", "操作员", "法人", "法定代表人", "联系人", "推荐人",
    "店员", "责任人", "负责人", "紧急联系人", "受害人", "报案人", "监护人", "车主", "激活人",
    "领用人", "见证人", "办案民警", "保管人", "举报人", "送检人", "提取人", "对方姓名",
]  # fmt: skip


@pytest.mark.parametrize("person", ACTED)
@pytest.mark.parametrize("number", ["身份证号", "身份证号码", "证件号码"])
@pytest.mark.parametrize("bulk", [True, False])
def test_the_id_of_somebody_else_in_the_row_makes_no_user(person: str, number: str, bulk: bool) -> None:
    heads = ("ICCID", "激活时间", person, number)
    loaded, parser = read_rows(heads, (A, "2024-03-05", "李四", ID), (B, "2024-03-06", None, ID), bulk=bulk)
    assert [(each["receiver_name"], each["receiver_id"]) for each in loaded] == [(None, None)] * 2
    if number.startswith("身份证"):
        assert [
            (each.reason, each.rows, each.heading) for each in parser.remarks if each.reason == "id_of_another"
        ] == [("id_of_another", 2, number)]


@pytest.mark.parametrize(
    "heads",
    [
        ("查获日期", "案号", "受害人", "身份证号", "激活时间", "ICCID"),
        ("查获日期", "案号", "持有人", "身份证号", "激活时间", "ICCID"),
        ("激活时间", "案号", "身份证号", "办案民警", "查获日期", "ICCID"),
    ],
)
def test_nor_does_it_in_the_lists_of_the_police(heads: tuple[str, ...]) -> None:
    cells = {"案号": "A1", "身份证号": ID, "ICCID": A}
    row = [cells.get(head, "2024-03-05" if head.endswith(("日期", "时间")) else "李四") for head in heads]
    loaded, _ = read_rows(heads, row)
    assert {each["kind"] for each in loaded} == {"seizure", "activation"}
    assert all(each["receiver_id"] is None for each in loaded)


@pytest.mark.parametrize("bulk", [True, False])
def test_a_user_or_party_does_not_get_the_id_of_whoever_stands_nearer_to_it(bulk: bool) -> None:
    heads = ("ICCID", "激活时间", "使用人", "代办人", "身份证号码")
    loaded, _ = read_rows(heads, (A, "2024-03-05", "张三", "李四", ID), bulk=bulk)
    assert [(each["receiver_name"], each["receiver_id"]) for each in loaded] == [("张三", None)]
    heads = ("运营商", "购卡单位", "经办人", "证件号码", "购买日期", "ICCID")
    loaded, _ = read_rows(heads, ("中国联通", "甲公司", "李四", ID, "2024-03-05", A), bulk=bulk)
    assert [(each["receiver_name"], each["receiver_id"]) for each in loaded] == [("甲公司", None)]
    heads = ("ICCID", "激活时间", "客户名称", "身份证号")
    loaded, _ = read_rows(heads, (A, "2024-03-05", "张三", ID), bulk=bulk)
    assert [each["receiver_id"] for each in loaded] == [None, None]


@pytest.mark.parametrize(
    "heads",
    [
        ("ICCID", "激活时间", "使用人", "身份证号"),
        ("ICCID", "激活时间", "姓名", "联系电话", "身份证号"),
        ("ICCID", "激活时间", "姓名", "单位", "身份证号"),
        ("身份证号", "使用人", "激活时间", "ICCID", "经办人"),
        ("ICCID", "激活时间", "经办人", "使用人", "证件类型", "身份证号"),
        ("ICCID", "激活时间", "使用人证件号", "经办人"),
        ("ICCID", "激活时间", "身份证号"),
    ],
)
def test_the_id_of_the_user_stays_his(heads: tuple[str, ...]) -> None:
    cells = {"ICCID": A, "激活时间": "2024-03-05", "身份证号": ID, "使用人证件号": ID, "联系电话": "13800001111"}
    loaded, parser = read_rows(heads, [cells.get(head, "李四") for head in heads])
    assert [each["receiver_id"] for each in loaded if each["kind"] == "activation"] == [ID]
    assert "id_of_another" not in [each.reason for each in parser.remarks]


ROLES = ("案号", "持有人", "持有人类型", "ICCID", "扣押时间")


@pytest.mark.parametrize("word", ["受害人", "报案人", "证人", "办案民警", "见证人", "被害人"])
@pytest.mark.parametrize("bulk", [True, False])
def test_whoever_a_row_calls_a_victim_or_officer_is_neither_user_nor_holder(word: str, bulk: bool) -> None:
    rows = [("A1", "李四", word, A, "2024-03-05"), ("A1", "王五", "犯罪嫌疑人", B, "2024-03-05")]
    loaded, parser = read_rows(ROLES, *rows, bulk=bulk)
    assert [(each["kind"], each["sender_name"]) for each in loaded] == [("seizure", "王五")]
    assert [(each.row, each.reason) for each in parser.rejects] == [(2, "of_another")]
    assert parser.unread.select("row", "kind", "reason", "text").rows() == [(2, "seizure", "of_another", word)]
    heads = ("ICCID", "人员类型", "姓名", "身份证号", "激活时间")
    people = [(A, word, "李四", ID, "2024-03-05"), (B, "使用人", "王五", ID, "2024-03-05")]
    loaded, _ = read_rows(heads, *people, bulk=bulk)
    assert [(each["receiver_name"], each["receiver_id"]) for each in loaded] == [("王五", ID)]


def test_a_part_that_is_not_known_is_quoted_with_the_card() -> None:
    loaded, parser = read_rows(ROLES, ("A1", "李四", "线人", A, "2024-03-05"), ("A1", "王五", None, B, "2024-03-05"))
    assert [each["sender_name"] for each in loaded] == ["李四", "王五"]
    assert parser.unread.select("row", "reason", "text").rows() == [(2, "remark_not_read", "线人")]


@pytest.mark.parametrize(
    "heads",
    [("操作时间", "用户", "操作类型", "ICCID"), ("time", "user", "action", "iccid"), ("时间", "用户", "操作", "ICCID")],
)
def test_who_did_an_operation_is_no_user_of_the_card(heads: tuple[str, ...]) -> None:
    loaded, parser = read_rows(heads, ("2024-03-05 10:00:00", "李四", "激活", A))
    assert [(each["kind"], each["receiver_name"]) for each in loaded] == [("activation", None)]
    assert parser.unread["reason"].to_list() == ["party_not_read"]


def test_a_name_below_the_heading_of_a_person_is_that_persons() -> None:
    upper, lower = ("ICCID", "激活时间", "受害人信息", "受害人信息"), ("ICCID", "激活时间", "姓名", "身份证号")
    loaded, _ = read_rows(upper, lower, (A, "2024-03-05", "李四", ID))
    assert [(each["kind"], each["receiver_name"], each["receiver_id"]) for each in loaded] == [
        ("activation", None, None)
    ]
    upper = ("ICCID", "激活时间", "使用人信息", "使用人信息")
    loaded, _ = read_rows(upper, lower, (A, "2024-03-05", "李四", ID))
    assert [(each["receiver_name"], each["receiver_id"]) for each in loaded] == [("李四", ID)]
