"""Lists of seized articles: the card stands among the traits of each, day and person in the row or above the table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

import graphtrace as gt
from graphtrace.errors import UnknownHeadings, UnknownKind
from graphtrace.model import format_day
from graphtrace.results.load_report import LoadReport

from .sheets import Row, read_rows, write_word
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


BY_LAW = (
    "根据《中华人民共和国刑事诉讼法》第一百四十一条之规定，于二〇二六年六月三日在云洲市金枫路6号2楼出租房，"
    "对周强（身份证号320506199101010034）持有的下列物品予以扣押："
)
COPIES = "本清单一式三份，一份附卷，一份交持有人，一份交公安机关保管人员。"


@pytest.mark.parametrize(
    "remark",
    [
        f"内有物联网卡一张，ICCID：{CARD(15)}",
        f"内装SIM卡 {CARD(15)}",
        f"containing one SIM card, ICCID: {CARD(15)}",
        f"Holding a SIM {CARD(15)} inserted",
    ],
)
def test_the_card_that_a_remark_says_to_be_in_a_seized_article_is_seized(remark: str) -> None:
    loaded, parser = read(
        *above("扣押清单", BY_LAW),
        ("编号", "名称", "数量", "特征", "备注"),
        ("1", "手机", "壹部", "黑色，IMEI1：866177002304581", remark),
        ("2", "物联网卡", "壹张", f"中国移动，卡面印 {CARD(16)}", "从编号1手机中取出"),
        ("3", "手机", "壹部", "蓝色", f"原装SIM卡 {CARD(17)}已发还"),
        *above(COPIES),
    )
    assert seized(loaded) == [("seizure", "周强", 30021020015), ("seizure", "周强", 30021020016)]
    assert {(format_day(each["first_day"]), each["place"]) for each in loaded} == {
        ("2026-06-03", "云洲市金枫路6号2楼出租房")
    }
    assert not [each for each in parser.remarks if each.reason == "line_not_read"]


@pytest.mark.parametrize(
    "line",
    [
        BY_LAW.replace("周强（", "周强、李四（"),
        BY_LAW.replace("于二〇二六年六月三日在", "于二〇二六年六月三日未在"),
    ],
)
def test_a_sentence_that_differs_from_the_one_by_which_articles_are_seized_is_told(line: str) -> None:
    heads = ("编号", "名称", "数量", "特征", "备注")
    loaded, parser = read(*above("扣押清单", ABOVE, line), heads, ("1", "卡", "1", CARD(15), None))
    assert {each["place"] for each in loaded} == {"云洲市金枫路"}
    assert [each for each in parser.remarks if each.reason == "line_not_read"]


EXPORT = ("案件名称", "财物名称", "财物特征", "财物持有人", "扣押时间", "入库时间", "财物状态", "备注")


def exported(name: str, traits: str, holder: str, state: str = "在库", remark: str | None = None) -> Row:
    return ("周强等人涉嫌诈骗案", name, traits, holder, "2026-05-22 09:40", "2026-05-25 09:00", state, remark)


def test_an_export_of_seized_property_says_by_its_headings_what_it_is_and_from_whom() -> None:
    loaded, parser = read(
        EXPORT,
        exported("物联网卡", f"移动白卡，卡面号{CARD(15)}，从卡槽1取出", "周强"),
        exported("笔记本电脑", "联想牌，SN PF2K91XQ", "赵磊", "已发还"),
        exported("物联网卡", f"联通卡，{CARD(16)}", "赵磊", "已作废", "录入错误，现场未扣押该卡"),
        exported("物联网卡", f"联通卡，{CARD(17)}", "赵磊", "已移送检察院"),
    )
    assert [each["sender_name"] or each["holder"] for each in loaded] == ["周强", "赵磊"]
    assert {each["kind"] for each in loaded} == {"seizure"}
    assert [(each.row, each.reason) for each in parser.rejects] == [(3, "not_a_record"), (4, "not_a_record")]
    assert not [each for each in parser.remarks if each.field == "财物状态" and each.row in (2, 5)]


def test_a_case_is_no_party_and_property_none_where_a_list_of_property_is_asked_about() -> None:
    heads = [heading for heading in EXPORT if heading != "扣押时间"]
    at = EXPORT.index("扣押时间")
    row = [cell for column, cell in enumerate(exported("物联网卡", CARD(15), "周强")) if column != at]
    with pytest.raises(UnknownKind) as asked:
        read_rows(heads, row)
    assert "[案件名称]" not in asked.value.hint
    assert "[财物名称]" not in asked.value.hint


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


HEADS = ("编号", "名称", "ICCID", "持有人", "备注")
OFFICE, TITLE, CASE = "某市公安局河西分局", "扣押物联网卡一览表", "案件名称：某某案　　案号：A3507001"
PARTS = ("一、2025年5月20日，坤达数码店（学府街22号）", "二、2025年5月21日，河西区住处及其他地点")
SIGNED = "共扣押8张（编号5作废）。办案民警：严知行、顾朝　见证人：孟小丽　2025年5月22日制"


def rows_of(*numbers: int, holder: str | None = "苏远") -> list[Row]:
    return [(str(number), "物联网卡", CARD(number), holder, None) for number in numbers]


def in_word(path: Path, parts: Sequence[str | Sequence[Row]]) -> Path:
    return write_word(path.with_suffix(".docx"), *parts)


def in_workbook(path: Path, parts: Sequence[str | Sequence[Row]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for part in parts:
        for row in [(part,)] if isinstance(part, str) else part:
            sheet.append(row)
    book.save(path.with_suffix(".xlsx"))
    return path.with_suffix(".xlsx")


def load_seized(path: Path, *numbers: int) -> tuple[list[tuple[object, ...]], LoadReport]:
    """Day, case and place of the seizure of each card of a file, and the report of its load."""
    with gt.open_case(path.parent / "x.gtrace") as case:
        report = case.load(path)
        traces = [case.trace(CARD(number))[0] for number in numbers]
    found = [
        (each.when and format_day(each.when.earliest), each.case_no, each.place)
        for trace in traces
        for each in trace.seizures
    ]
    return found, report


@pytest.mark.parametrize("written", [in_word, in_workbook])
def test_a_numbered_line_above_each_of_several_lists_states_the_day_and_the_place_of_its_seizures(
    tmp_path: Path, written: object
) -> None:
    assert callable(written)
    one, two = [HEADS, *rows_of(1, 2)], [HEADS, *rows_of(6)]
    path = written(tmp_path / "a", (OFFICE, TITLE, CASE, PARTS[0], one, PARTS[1], two, SIGNED))
    found, report = load_seized(path, 1, 2, 6)
    assert found == [("2025-05-20", "A3507001", "坤达数码店（学府街22号）")] * 2 + [("2025-05-21", "A3507001", None)]
    assert [each for file in report.files for each in file.asked] == []
    assert [each.value for file in report.files for each in file.warnings if each.reason == "line_not_read"] == []


def test_a_line_that_names_a_row_that_was_read_as_void_is_told(tmp_path: Path) -> None:
    path = in_word(tmp_path / "a", (TITLE, CASE, PARTS[0], [HEADS, *rows_of(5, 6)], SIGNED))
    _, report = load_seized(path, 5)
    assert [each.value for each in report.files[0].warnings if each.reason == "line_not_read"] == [SIGNED]


@pytest.mark.parametrize(
    "line",
    [
        "一、2025年5月19日接报案，河西区坤达数码店",
        "一、2025年5月20日至21日，河西区坤达数码店",
        "一、2025年5月22日，侦查员甲向乙询问",
        "一、2025年5月20日前，河西区坤达数码店",
        "一、2025年5月20日购卡，坤达数码店",
        "一、2025年5月20日受理，学府街22号派出所",
        "一、2025年5月20日，学府街22号（未查获物品）",
        "Part A: Purchased at Kunda Shop, 20 May 2025",
        "Received at the forensic lab on 20 May 2025",
        "2025年5月22日",
    ],
)
def test_another_day_above_a_list_is_not_that_of_its_seizures(tmp_path: Path, line: str) -> None:
    found, _ = load_seized(in_word(tmp_path / "a", (TITLE, CASE, line, [HEADS, *rows_of(1)])), 1)
    assert found == [(None, "A3507001", None)]


@pytest.mark.parametrize(
    "lines", [(PARTS[0], "二、其他地点"), ("Part A: Flat 302, 12 June 2025", "Part B: Shop 4"), (PARTS[0], "二、住处")]
)
def test_the_day_of_a_part_is_not_that_of_the_next(tmp_path: Path, lines: tuple[str, str]) -> None:
    found, _ = load_seized(in_word(tmp_path / "a", (TITLE, CASE, *lines, [HEADS, *rows_of(1)])), 1)
    assert found == [(None, "A3507001", None)]
    found, _ = load_seized(in_word(tmp_path / "b", (TITLE, CASE, *lines[:1], "（一）卡", [HEADS, *rows_of(2)])), 2)
    assert found[0][0] is not None


def test_a_case_above_the_first_of_several_lists_is_that_of_all_that_name_none(tmp_path: Path) -> None:
    others = ("编号", "ICCID", "被扣押人", "扣押日期")
    row = ("9", CARD(9), "何秋生", "2025-05-21")
    path = in_word(
        tmp_path / "a",
        (TITLE, CASE, "扣押日期：2025年5月20日", [HEADS, *rows_of(1)], "其他扣押物品", [others, row]),
    )
    assert load_seized(path, 1, 9)[0] == [("2025-05-20", "A3507001", None), ("2025-05-21", "A3507001", None)]
    path = in_word(
        tmp_path / "b",
        (TITLE, CASE, [HEADS, *rows_of(2)], "扣押物品（案号：B2）", [others, ("9", CARD(8), "何秋生", "2025-05-21")]),
    )
    assert load_seized(path, 2, 8)[0] == [(None, "A3507001", None), ("2025-05-21", "B2", None)]


def test_a_case_above_a_list_of_seizures_is_not_that_of_other_tables(tmp_path: Path) -> None:
    listed = [("ICCID", "MSISDN", "状态"), (CARD(9), "1064800000001", "正常")]
    path = in_word(tmp_path / "a", (TITLE, CASE, [HEADS, *rows_of(1)], "涉案号码使用情况", listed))
    assert load_seized(path, 1, 9)[0] == [(None, "A3507001", None)]


@pytest.mark.parametrize("line", ["案号：A3507001", "FIR No: 12/2025"])
def test_a_case_for_which_cards_were_asked_about_makes_no_seizure_of_them(line: str) -> None:
    loaded, _ = read(
        *above(line, width=3), ("ICCID", "MSISDN", "状态"), (CARD(9), "1064800000001", "正常"), name="号码使用情况"
    )
    assert [each["kind"] for each in loaded] == ["card_list"]


TRAITS = ("编号", "名称", "数量", "特征")


def articles(number: int = 16) -> list[Row]:
    return [TRAITS, (str(number), "物联网卡", "1张", f"ICCID：{CARD(number)}")]


@pytest.mark.parametrize(
    "lines",
    [
        ("扣押时间：二〇二五年六月三日",),
        ("二〇二五年六月三日，侦查人员对持有人李强持有的下列物品予以扣押。",),
        ("2025年6月3日，侦查人员在李强住处扣押下列物品",),
        ("一、2025年6月3日，学府街22号",),
    ],
)
def test_a_list_in_the_layout_of_the_recipe_states_its_day_above_as_any_other_does(
    tmp_path: Path, lines: tuple[str, ...]
) -> None:
    found, report = load_seized(in_word(tmp_path / "a", ("扣押清单", "案号：A3507001", *lines, articles())), 16)
    assert [each.recipe for each in report.files] == ["seizure_list"]
    assert [each[:2] for each in found] == [("2025-06-03", "A3507001")]
    assert list(report.files[0].asked) == []


@pytest.mark.parametrize("head", [TRAITS, ("编号", "名称", "ICCID", "备注")])
def test_whom_a_line_below_a_list_names_had_its_articles_and_the_line_is_no_warning(tmp_path: Path, head: Row) -> None:
    rows = [head, ("1", "物联网卡", CARD(16), None) if "ICCID" in head else articles()[1]]
    path = in_word(tmp_path / "a", ("扣押清单", "扣押日期：2025年6月3日", rows, "被扣押人：李强"))
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(path)
        assert case.trace(CARD(16))[0].seizures[0].holder == "李强"
    assert [each.value for each in report.files[0].warnings if each.reason == "line_not_read"] == []


def test_the_holder_who_signs_in_the_last_row_of_a_sheet_is_no_warning(tmp_path: Path) -> None:
    lines = ["扣押清单", "扣押日期：2025年6月3日", *articles(), "被扣押人：李强"]
    rows = [",".join([line, "", "", ""] if isinstance(line, str) else [cell or "" for cell in line]) for line in lines]
    (tmp_path / "a.csv").write_text("\n".join(rows), "utf-8")
    _, report = load_seized(tmp_path / "a.csv", 16)
    assert (report.files[0].recipe, report.files[0].loaded) == ("seizure_list", 1)
    assert "line_not_read" not in [each.reason for each in report.files[0].warnings]


@pytest.mark.parametrize(
    "line",
    [
        "2025年5月1日至5月3日扣押",
        "2025年5月1日前扣押",
        "假如2025年5月1日扣押",
        "未从张伟处扣押任何物品；以下为李娜主动提交",
        "嫌疑人：张伟（在逃）",
        "Not seized from John Smith on 1 May 2025",
        "To be seized from John Smith on 1 May 2025",
        "If seized from John Smith on 1 May 2025",
        "Photographs taken from John Smith's phone on 1 May 2025",
        "On 14 August 2025 items to be recovered from John Smith:",
        "Blood sample taken from John Smith on 1 May 2025",
    ],
)
def test_a_line_by_which_nothing_was_seized_on_its_day_or_from_its_person_states_neither(
    tmp_path: Path, line: str
) -> None:
    path = tmp_path / "扣押清单.csv"
    path.write_text(f"扣押物品清单,,\n案号：A1234,,\n{line},,\n序号,物品,卡号\n1,电话卡,{CARD(1)}\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(path)
        (seizure,) = case.trace(CARD(1))[0].seizures
    assert (seizure.when, seizure.holder, seizure.case_no) == (None, None, "A1234")
