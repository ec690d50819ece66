"""Lists of seized articles: the card stands among the traits of each, day and person in the row or above the table."""

from __future__ import annotations

import pytest

from graphtrace.errors import UnknownHeadings
from graphtrace.model import format_day

from .sheets import Row, read_rows
from .sheets import read_both_ways as read

CARD = "898606253002102{:04d}".format
ID = "320506199101010034"
ABOVE = "持有人：周强   身份证号：3205061991****0034   扣押日期：2026年6月3日   扣押地点：云洲市金枫路"


def above(*lines: str, width: int = 5) -> list[Row]:
    return [(line, *[None] * (width - 1)) for line in lines]


def seized(loaded: list[dict[str, object]]) -> list[tuple[object, ...]]:
    return [(each["kind"], each["holder"] or each["sender_name"], each["last"]) for each in loaded]


@pytest.mark.parametrize("heading", ["特征", "物品特征", "规格型号及特征", "卡号/特征"])
def test_the_card_of_a_seized_article_stands_among_its_traits(heading: str) -> None:
    loaded, parser = read(
        *above("扣押清单", ABOVE),
        ("编号", "物品名称", "数量", heading, "备注"),
        ("1", "GoIP设备", "1台", "黑色16口", "内插2号卡"),
        ("2", "物联网卡", "1张", f"ICCID：{CARD(15)}", "插槽IMEI 867512040011237"),
        ("3", "物联网卡", "1张", CARD(16), None),
        ("4", "手机", "1部", "华为 黑色", None),
    )
    assert [(kind, last) for kind, _, last in seized(loaded)] == [("seizure", 30021020015), ("seizure", 30021020016)]
    assert {each["sender_name"] or each["holder"] for each in loaded} == {"周强"}
    assert [(each.row, each.reason) for each in parser.rejects] == [(4, "not_a_record"), (7, "not_a_record")]
    assert not [each for each in parser.remarks if each.reason == "line_not_read"]


def test_an_article_of_several_cards_and_the_case_and_month_above_leave_the_list_one_of_seizures() -> None:
    loaded, parser = read(
        *above(
            "涉案物品扣押登记表", "案件：周强涉嫌诈骗案    立案文号：云公（刑）立字〔2026〕0417号    2026年6月", width=8
        ),
        ("编号", "扣押日期", "扣押地点", "持有人", "名称", "数量", "特征", "备注"),
        ("1", "6月3日", "云洲市金枫路18号", "周强", "物联网卡", "1", f"ICCID {CARD(15)}", None),
        ("2", "6月3日", "云洲市金枫路18号", "周强", "现金", "3200元", "人民币", "面额100元32张"),
        ("3", "6月5日", "云洲市汇通数码城", "赵磊", "物联网卡", "2", f"① ICCID {CARD(16)}\n② ICCID {CARD(17)}", None),
    )
    assert [(each["holder"] or each["sender_name"], each["last"]) for each in loaded] == [
        ("周强", 30021020015),
        ("赵磊", 30021020016),
        ("赵磊", 30021020017),
    ]
    assert {each["case_no"] for each in loaded} == {"云公（刑）立字〔2026〕0417号"}
    assert [format_day(each["first_day"]) for each in loaded] == ["2026-06-03", "2026-06-05", "2026-06-05"]
    assert ([each.row for each in parser.rejects], parser.questions) == ([5], [])


def test_a_card_whose_number_is_worn_may_be_named_by_its_subscriber_number() -> None:
    loaded, parser = read(
        *above("扣押物品清单", width=6),
        ("序号", "扣押时间", "持有人", "物品", "卡号/特征", "机身IMEI"),
        ("1", "2026.6.5", "陈志强", "物联网卡", CARD(20), "861193057720416"),
        ("2", "2026.6.6", "赵磊", "物联网卡", "卡面磨损，号码1482508143307", "864420033918810"),
    )
    assert [(each["last"], each["msisdn"], each["imei"]) for each in loaded] == [
        (30021020020, None, "861193057720416"),
        (None, 1482508143307, "864420033918810"),
    ]
    assert parser.rejects == []


def test_traits_of_goods_name_no_card_of_other_lists() -> None:
    rows = (("编号", "物品名称", "数量", "特征", "备注"), ("2", "物联网卡", "1张", f"ICCID：{CARD(15)}", None))
    with pytest.raises(UnknownHeadings):
        read_rows(*above("物资清单"), *rows)


def test_a_seized_card_written_in_groups_is_read_and_one_with_letters_for_digits_is_not_called_empty() -> None:
    loaded, parser = read(
        *above("扣押清单", ABOVE),
        ("编号", "物品名称", "数量", "特征", "备注"),
        ("1", "物联网卡", "1张", f"ICCID：{CARD(15)}", None),
        ("2", "物联网卡", "1张", "ICCID：8986 0923 7000 1212 3105", None),
        ("3", "物联网卡", "1张", "ICCID：8986O4261O2300451037", "字迹按卡面誊写"),
    )
    assert len(loaded) == 2
    assert [(each.row, each.reason, each.value) for each in parser.rejects] == [
        (6, "bad_identifier", "ICCID：8986O4261O2300451037")
    ]


@pytest.mark.parametrize(
    ("remark", "holder"),
    [
        ("从同住人吴倩手提包内查获，持有人为吴倩", "吴倩"),
        ("从吴倩处查获", "吴倩"),
        ("持有人：吴倩", "吴倩"),
        ("插于编号1手机内", "周强"),
        ("从周强身上查获", "周强"),
        (None, "周强"),
        ("系吴倩所有", None),
        ("从室友床下查获", None),
        ("持有人为吴倩、李四", None),
    ],
)
def test_a_remark_that_says_from_whom_decides_over_what_stands_above(remark: str | None, holder: str | None) -> None:
    rows = [
        *above("扣押清单", f"持有人：周强   身份证号：{ID}   扣押日期：2026年6月3日"),
        ("编号", "名称", "数量", "特征", "备注"),
        ("1", "物联网卡", "1张", f"ICCID：{CARD(15)}", remark),
        ("2", "物联网卡", "1张", f"ICCID：{CARD(16)}", None),
    ]
    loaded, parser = read(*rows)
    assert [each["holder"] or each["sender_name"] for each in loaded] == [holder, "周强"]
    assert [each["sender_id"] for each in loaded] == [ID if holder == "周强" else None, ID]
    assert holder is not None or parser.unread["text"].to_list() == [remark]


def test_a_remark_in_english_that_says_from_whom_decides() -> None:
    rows = [
        *above("Seizure memo", "Seized from: Ann Okoro", width=4),
        ("Exhibit", "Date seized", "ICCID", "Remarks"),
        ("A1", "2024-03-01", CARD(15), "Recovered from Musa Kamau"),
        ("A2", "2024-03-01", CARD(16), "in his wife's handbag"),
        ("A3", "2024-03-01", CARD(17), "on bed"),
    ]
    loaded, _ = read(*rows)
    assert [each["holder"] or each["sender_name"] for each in loaded] == ["Musa Kamau", None, "Ann Okoro"]
