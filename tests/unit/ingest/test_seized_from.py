"""The person from whom a card was seized is found wherever a list of seizures names him, and an officer never is he."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import MappingError, UnknownHeadings
from graphtrace.ingest.mapping_files import load_mappings
from graphtrace.render.format import format_question
from graphtrace.results.load_report import LoadReport
from graphtrace.results.trace import Trace

from .sheets import read_both_ways, read_rows

CARD = "89860623000000000010"
ID = "330201199001011234"
NAMED = {
    **{
        word: f"案号,查获日期,ICCID,{word}\nA1,2024-03-01,{CARD},唐骏\n"
        for word in ("持有人", "被扣押人", "嫌疑人", "犯罪嫌疑人", "被查获人", "seized from", "accused")
    },
    "two rows": f"案号,查获,,当事人\n,日期,ICCID,嫌疑人\nA1,2024-03-01,{CARD},唐骏\n",
    "two rows of name and id": "案号,扣押日期,卡号,被扣押人,被扣押人\n,,,姓名,身份证号\n"
    f"A1,2024-03-01,{CARD},唐骏,{ID}\n",
    "line": f"扣押清单,,\n案号：A1 被扣押人：唐骏,,\n序号,扣押日期,ICCID\n1,2024-03-01,{CARD}\n",
    "line of two cells": f"被扣押人,唐骏,\n序号,扣押日期,ICCID\n1,2024-03-01,{CARD}\n",
}
SEVERAL = f"嫌疑人：唐骏、李四,,\n案号,查获日期,ICCID\nA1,2024-03-01,{CARD}\n"
NOBODY = f"案号,查获日期,ICCID\nA1,2024-03-01,{CARD}\n"


def load(tmp_path: Path, text: str, *answers: str) -> tuple[str | None, LoadReport]:
    (tmp_path / "a.csv").write_text(text, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(tmp_path / "a.csv", answers=answers)
        (trace,) = case.trace(CARD)
        return trace.seizures[0].holder, report


def told(tmp_path: Path, text: str) -> Trace:
    """The trace of the card once the text is loaded."""
    load(tmp_path, text)
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (trace,) = case.trace(CARD)
        return trace


@pytest.mark.parametrize("place", NAMED)
def test_the_person_a_card_was_taken_from_is_found(tmp_path: Path, place: str) -> None:
    assert load(tmp_path, NAMED[place])[0] == "唐骏"


@pytest.mark.parametrize(
    "line",
    [
        "Keys seized from accused Ravi Kumar; SIM cards below found abandoned at bus stand",
        "Phone recovered from Ravi Kumar s/o Mohan. The cards below were found on the road near Gate 2.",
        "Vehicle seized from suspect Ravi Kumar",
        "Seized from the house of suspect Ravi Kumar, the owner of the cards being one Sunil",
        "从张伟处扣押钥匙一把，以下卡片系路边捡获",
        "扣押张伟手机一部；下列卡无人认领",
    ],
)
def test_whoever_other_articles_were_taken_from_is_not_said_to_have_had_the_cards(tmp_path: Path, line: str) -> None:
    trace = told(
        tmp_path, f"Seizure list 扣押清单,,\n{line.replace(',', '，')},,\nNo.,扣押日期,ICCID\n1,2024-03-01,{CARD}\n"
    )
    assert trace.seizures[0].holder is None
    told_text = [str(each.params["text"]) for each in trace.findings if each.code == "unread_movement"]
    assert any(line[:8] in text for text in told_text)


def row(heading: str, number: str = ID) -> str:
    return f"案号,查获日期,ICCID,持有人,{heading}\nA1,2024-03-01,{CARD},唐骏,{number}\n"


NUMBERED = {
    **{
        heading: row(heading)
        for heading in (
            *(
                "持有人证件号",
                "嫌疑人身份证号",
                "犯罪嫌疑人身份证号码",
                "被扣押人证件号码",
                "涉案人员身份证",
                "Holder ID No",
            ),
            *("holder_id", "Suspect ID", "身份证号", "居民身份证号码", "证件号码", "证件号", "ID No.", "ID Number"),
        )
    },
    "two rows": NAMED["two rows of name and id"],
    "on its left": f"案号,查获日期,ICCID,身份证号,持有人\nA1,2024-03-01,{CARD},{ID},唐骏\n",
    "of a kind": f"案号,查获日期,ICCID,持有人,证件类型,证件号码\nA1,2024-03-01,{CARD},唐骏,身份证,{ID}\n",
    "line": f"扣押清单,,\n案号：A1 被扣押人：唐骏 身份证号：{ID},,\n序号,扣押日期,ICCID\n1,2024-03-01,{CARD}\n",
    "lines of two cells": f"被扣押人,唐骏,\n被扣押人身份证号,{ID},\n序号,扣押日期,ICCID\n1,2024-03-01,{CARD}\n",
}
UNNUMBERED = {
    "of a user": f"案号,查获日期,ICCID,持有人,使用人,身份证号\nA1,2024-03-01,{CARD},唐骏,李四,{ID}\n",
    "of an officer": f"案号,查获日期,ICCID,持有人,办案民警,身份证号\nA1,2024-03-01,{CARD},唐骏,李四,{ID}\n",
    "of an officer in a line": f"民警：李四 身份证号：{ID},,,\n案号,查获日期,ICCID,持有人\nA1,2024-03-01,{CARD},唐骏\n",
    "masked": row("持有人证件号", "330201********1234"),
    "a word": row("持有人证件号", "未提供"),
}


@pytest.mark.parametrize("place", NUMBERED)
def test_the_number_of_the_person_a_card_was_taken_from_is_his(tmp_path: Path, place: str) -> None:
    trace = told(tmp_path, NUMBERED[place])
    party = trace.seizures[0].seized_from
    assert party is not None
    assert (party.id, party.name, trace.activations) == (f"id:{ID}", "唐骏", ())


@pytest.mark.parametrize("place", UNNUMBERED)
def test_a_number_of_somebody_else_is_not_his(tmp_path: Path, place: str) -> None:
    party = told(tmp_path, UNNUMBERED[place]).seizures[0].seized_from
    assert party is not None
    assert party.id == "name:唐骏"


def test_a_number_beside_a_holder_is_no_users(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text(
        f"ICCID,激活时间,使用人,持有人,身份证号\n{CARD},2024-03-01,李四,唐骏,{ID}\n", "utf-8"
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "b.csv")
        (trace,) = case.trace(CARD)
    assert trace.activations[0].user is not None
    assert trace.activations[0].user.id == "name:李四"


def test_a_list_of_several_persons_is_asked_about_in_words(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text(SEVERAL, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (asked,) = case.load(tmp_path / "b.csv").files[0].asked
    assert format_question(asked, "en") == "From whom were these cards seized? (seizure)"


@pytest.mark.parametrize("word", ["查获人", "扣押人", "经办人", "保管人", "seized by", "custodian"])
def test_an_officer_is_not_the_person_it_was_taken_from(tmp_path: Path, word: str) -> None:
    assert load(tmp_path, f"案号,查获日期,ICCID,{word}\nA1,2024-03-01,{CARD},王警官\n")[0] is None


def test_an_answer_says_from_whom_where_nothing_else_does(tmp_path: Path) -> None:
    holder, report = load(tmp_path, NOBODY, "holder=唐骏")
    assert holder == "唐骏"
    assert report.files[0].answered == {"holder": "唐骏"}
    assert list(report.unused) == []


def test_an_answer_never_replaces_the_person_that_the_list_names(tmp_path: Path) -> None:
    holder, report = load(tmp_path, NAMED["持有人"], "holder=李四")
    assert holder == "唐骏"
    assert [each.reason for each in report.unused] == ["not_asked"]


def test_a_line_that_names_several_persons_is_asked_about(tmp_path: Path) -> None:
    holder, report = load(tmp_path, SEVERAL)
    assert holder is None
    assert [(each.field, each.is_required) for each in report.files[0].asked] == [("holder", False)]
    assert report.files[0].error is None


def test_who_is_accused_is_nobody_in_a_list_of_cards(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"ICCID,MSISDN,accused\n{CARD},1064912345678,Tang Jun\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv")
        assert case.status().parties == 0


def kinds_of(headings: tuple[str, ...], row: tuple[str, ...]) -> list[tuple[object, ...]]:
    try:
        loaded, _ = read_rows(headings, row)
    except UnknownHeadings:
        return []
    return [(each["kind"], each["sender_name"]) for each in loaded if each["kind"] == "seizure"]


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        (("返还日期", "案号", "ICCID", "领取人"), ("2024-03-01", "A1", "89860625300210200011", "李四")),
        (("解除扣押日期", "案号", "ICCID", "嫌疑人"), ("2024-03-01", "A1", "89860625300210200011", "李四")),
        (("案号", "ICCID", "被害人"), ("A1", "89860625300210200011", "李四")),
        (
            ("报案日期", "案号", "ICCID", "被害人", "嫌疑人"),
            ("2024-03-01", "A1", "89860625300210200011", "李四", "王五"),
        ),
        (
            ("查获日期", "案号", "ICCID", "嫌疑人", "是否扣押"),
            ("2024-03-01", "A1", "89860625300210200011", "李四", "否"),
        ),
    ],
)
def test_what_was_given_back_or_not_seized_is_no_seizure(headings: tuple[str, ...], row: tuple[str, ...]) -> None:
    assert kinds_of(headings, row) == []


def test_a_seizure_stays_one_beside_the_day_of_its_return_a_victim_or_a_yes() -> None:
    headings = ("查获日期", "案号", "ICCID", "嫌疑人", "被害人", "返还日期", "是否扣押")
    row = ("2024-03-01", "A1", "89860625300210200011", "李四", "王五", "2024-05-01", "是")
    assert kinds_of(headings, row) == [("seizure", "李四")]


@pytest.mark.parametrize("holder", ["李四（排除嫌疑）", "李四住处", "李四的车内"])
def test_a_place_and_whoever_is_cleared_are_nobody_from_whom_cards_were_seized(holder: str) -> None:
    headings = ("查获日期", "案号", "ICCID", "嫌疑人")
    assert kinds_of(headings, ("2024-03-01", "A1", "89860625300210200011", holder)) == [("seizure", None)]


@pytest.mark.parametrize(
    ("above", "heading", "said"),
    [
        ("2024年5月1日民警在张三住处扣押SIM卡清单", "", ""),
        *(("从李某处查获的物联网卡", "", ""), ("Seized from John Smith", "", "")),
        *(("", "备注", "从李某处查获"), ("", "查获经过", "民警在张三住处扣押"), ("", "说明", "李四随身携带")),
        *(("", "经过", "由王五交出"), ("", "remarks", "recovered from John's flat")),
    ],
)
def test_a_person_in_a_sentence_of_a_list_of_seizures_is_quoted_with_its_cards(
    tmp_path: Path, above: str, heading: str, said: str
) -> None:
    table = f"案号,查获日期,卡号{heading and f',{heading}'}\nA1,2024-05-01,{CARD}{said and f',{said}'}\n"
    trace = told(tmp_path, f"{above}\n{table}" if above else table)
    assert trace.seizures[0].holder is None
    assert [each.params["text"] for each in trace.findings if each.code == "unread_movement"] == [above or said]


@pytest.mark.parametrize(
    ("headings", "cells"),
    [
        ("持有人,查获经过", "张三,民警在张三住处扣押"),
        *(("说明", "物联网卡"), ("说明", "黑色"), ("查获地点", "宁波市海曙区"), ("品牌", "中国移动")),
    ],
)
def test_a_sentence_about_a_person_who_is_named_and_what_names_nobody_is_not_quoted(
    tmp_path: Path, headings: str, cells: str
) -> None:
    trace = told(tmp_path, f"案号,查获日期,卡号,{headings}\nA1,2024-05-01,{CARD},{cells}\n")
    assert "party_not_read" not in [each.params.get("reason") for each in trace.findings]


def test_a_card_that_a_seizure_names_by_its_subscriber_number_alone_was_seized() -> None:
    rows = [("王五", "ICCID 89860042252300100123"), ("马六", "号码1440123400256"), ("陈七", "SIM卡号：1064812345678")]
    loaded, parser = read_both_ways(("扣押日期", "被扣押人", "SIM卡号"), *(("2025-06-20", *row) for row in rows))
    assert [(each["holder"], each["first"] is not None, each["msisdn"]) for each in loaded] == [
        ("王五", True, None), ("马六", False, 1440123400256), ("陈七", False, 1064812345678)
    ]  # fmt: skip
    assert parser.rejects == []


SEIZED = ("编号", "名称", "数量", "特征（卡号）", "持有人")
ITEM = ("1", "物联网卡", "1", "ICCID 89860042252300100123", "王五")


@pytest.mark.parametrize("below", [["扣押日期：2025年6月20日"], ["侦查人员：罗某", "扣押日期：2025年6月20日"]])
def test_the_day_of_a_seizure_may_stand_below_its_list(tmp_path: Path, below: list[str]) -> None:
    rows = [SEIZED, ITEM, *((text,) for text in below)]
    path = tmp_path / "扣押清单.csv"
    path.write_text("\n".join(",".join(row) for row in rows), "utf-8")
    with gt.open_case(tmp_path / "case") as case:
        (sheet,) = case.load(path).files
        assert [question.field for question in sheet.asked if question.is_required] == []
        assert [str(each.when.day) for each in case.trace(ITEM[3][6:])[0].seizures] == ["2025-06-20"]


def test_two_days_below_a_list_are_asked_about(tmp_path: Path) -> None:
    rows = [SEIZED, ITEM, ("扣押日期：2025年6月20日",), ("扣押日期：2025年6月21日",)]
    path = tmp_path / "扣押清单.csv"
    path.write_text("\n".join(",".join(row) for row in rows), "utf-8")
    with gt.open_case(tmp_path / "case") as case:
        (sheet,) = case.load(path).files
        assert [question.field for question in sheet.asked if question.is_required] == ["date"]


def test_a_remark_of_a_row_of_a_known_form_decides_over_the_person_above(tmp_path: Path) -> None:
    rows = [
        "扣押清单,,,,",
        "持有人：何俊峰 扣押时间：2024年6月3日,,,,",
        "编号,名称,数量,特征,备注",
        f"1,物联网卡,1张,ICCID：{CARD},从同住人吴倩手提包内查获。持有人为吴倩",
        "2,物联网卡,1张,ICCID：89860623000000000028,",
    ]
    assert load(tmp_path, "\n".join(rows))[0] == "吴倩"
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (other,) = case.trace("89860623000000000028")
    assert other.seizures[0].holder == "何俊峰"


@pytest.mark.parametrize(
    ("line", "holder"),
    [
        ("2024年1月18日，侦查人员在中环南路88号对持有人陈伟强持有的下列物品予以扣押。", "陈伟强"),
        ("2024年1月18日，我局依法从陈伟强处扣押下列物品。", "陈伟强"),
        ("我局于2024年1月18日对犯罪嫌疑人陈伟强的住处进行搜查，扣押下列物品：", "陈伟强"),
        ("现于2024年1月18日扣押陈伟强下列物品：", "陈伟强"),
        ("2024年1月18日，民警将陈伟强抓获，并从其身上扣押下列物品：", "陈伟强"),
        ("2024年1月18日对嫌疑人陈伟强、李四持有的下列物品予以扣押。", None),
        ("2024年1月18日从陈伟强之妻吴倩处扣押下列物品。", None),
    ],
)
def test_a_sentence_above_a_list_states_day_and_person(tmp_path: Path, line: str, holder: str | None) -> None:
    text = f"南湖分局 扣押清单,,\n{line},,\n编号,物品名称,特征\n1,物联网卡,{CARD}\n"
    assert load(tmp_path, text)[0] == holder
    (seizure,) = told(tmp_path, text).seizures
    assert str(seizure.when.day) == "2024-01-18"
    told_again = [each.params.get("text") for each in told(tmp_path, text).findings]
    assert (line in told_again) == (holder is None)


@pytest.mark.parametrize(
    "line",
    [
        "2024年1月18日立案，现扣押陈伟强下列物品。",
        "2024年1月18日解除对陈伟强下列物品的扣押。",
        "2024年1月18日、2024年1月19日先后两次扣押。现于2024年1月20日查获。",
    ],
)
def test_the_day_of_something_else_above_a_list_is_not_that_of_the_seizure(tmp_path: Path, line: str) -> None:
    text = f"南湖分局 扣押清单,,\n{line},,\n编号,物品名称,特征\n1,物联网卡,{CARD}\n"
    (tmp_path / "a.csv").write_text(text, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv")
        assert [each.when for each in case.trace(CARD)[0].seizures if each.when] == []


@pytest.mark.parametrize(
    ("column", "answer"),
    [
        (None, "from=唐骏"),
        (None, "holder=唐骏"),
        ("姓名", "from=[姓名]"),
        ("姓名", "from!=[姓名]"),
        ("姓名", "holder=[姓名]"),
    ],
)
def test_whom_an_answer_says_a_seizure_is_from_is_its_holder(tmp_path: Path, column: str | None, answer: str) -> None:
    heads, cells = (f",{column}", ",唐骏") if column else ("", "")
    holder, report = load(tmp_path, f"案号,查获日期,ICCID{heads}\nA1,2024-03-01,{CARD}{cells}\n", answer)
    assert (holder, [*report.unused]) == ("唐骏", [])
    assert not {"party_not_read", "column_not_used"} & {each.reason for each in report.files[0].warnings}


@pytest.mark.parametrize(
    ("heading", "mapping"),
    [
        ("Seized from", "columns: {from: Seized from}"),
        ("Name", "columns: {from: Name}"),
        ("Name", "literals: {from: 唐骏}"),
    ],
)
def test_whom_a_mapping_says_a_seizure_is_from_is_its_holder(tmp_path: Path, heading: str, mapping: str) -> None:
    (tmp_path / "a.csv").write_text(f"案号,查获日期,ICCID,{heading}\nA1,2024-03-01,{CARD},唐骏\n", "utf-8")
    (tmp_path / "m.yml").write_text(f"kind: seizure\n{mapping}\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv", mapping=tmp_path / "m.yml")
        (trace,) = case.trace(CARD)
    assert trace.seizures[0].holder == "唐骏"


def test_a_mapping_that_names_the_holder_of_a_seizure_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.yml").write_text("kind: seizure\ncolumns: {from: A}\nliterals: {holder: B}\n", "utf-8")
    with pytest.raises(MappingError, match="means the same"):
        load_mappings(tmp_path / "m.yml")


@pytest.mark.parametrize(
    ("remark", "reason"),
    [
        ("插于红米手机，韦立冬使用", "user_remarked"),
        ("插于黑色手机，由其本人上网使用", "user_remarked"),
        ("Used by Musa Kamau in his phone", "user_remarked"),
        ("插于黑色手机，苏远供述由其本人上网使用", "user_told"),
        ("Accused states it was used by Musa Kamau", "user_told"),
        ("韦立冬使用，已发还", "remark_not_read"),
        ("可能由韦立冬使用", "remark_not_read"),
        ("Probably used by Musa Kamau", "remark_not_read"),
        ("据称韦立冬使用", "user_told"),
    ],
)
def test_who_used_a_card_by_the_remark_of_its_seizure_is_quoted_and_is_no_use_without_its_day(
    remark: str, reason: str
) -> None:
    loaded, parser = read_both_ways(
        ("案号", "查获日期", "ICCID", "持有人", "备注"), ("A1", "2024-03-01", CARD, "唐骏", remark)
    )
    assert [each["kind"] for each in loaded] == ["seizure"]
    assert parser.unread.select("row", "reason", "text").rows() == [(2, reason, remark)]


@pytest.mark.parametrize("heading", ["Used by", "Actual user", "In use by"])
def test_whom_a_column_of_a_list_of_seizures_calls_the_user_is_told(heading: str) -> None:
    _, parser = read_both_ways(
        ("Case No", "Date seized", "ICCID", "Seized from", heading), ("A1", "2024-03-01", CARD, "Ann Obi", "Musa Kamau")
    )
    assert parser.unread.select("row", "reason", "text").rows() == [(2, "party_not_read", "Musa Kamau")]
