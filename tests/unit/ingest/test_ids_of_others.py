"""Identifiers whose heading names nobody: they are those of the person whose name stands nearest on their left."""

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
