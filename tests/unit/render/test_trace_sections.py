"""Sections beside a chain are in every format in which people read a trace."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import docx
import openpyxl
import pytest

import graphtrace as gt
from graphtrace.cli import main
from graphtrace.identifiers.iccid import luhn_digit
from graphtrace.render.format import finding_message
from graphtrace.render.views.trace_view import head_texts, taken_from

CARD = "89860619000000000012"
FILES = {
    "moves.csv": "转出方,转入方,日期,ICCID,快递单号\n"
    f"中国联通,甲公司,2024-01-01,{CARD},\n甲公司,李四,2024-02-01,{CARD},SF1234567890123\n",
    "parcels.csv": "运单号,寄件人,收件人,寄件时间\nSF1234567890123,甲公司,王五,2024-02-02\n",
    "list.csv": f"ICCID,客户名称,卡状态\n{CARD},赵六,在用\n",
}


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> gt.Trace:
    folder = tmp_path_factory.mktemp("case")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    with gt.open_case(folder / "x.gtrace") as case:
        case.load(*(folder / name for name in FILES))
        return case.trace(CARD)


@pytest.mark.parametrize("ending", [".txt", ".html", ".md", ".xlsx", ".json"])
def test_parcels_and_lists_are_in_every_format(trace: gt.Trace, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"trace{ending}"
    trace.save(path)
    if ending == ".xlsx":
        book = openpyxl.load_workbook(path)
        text = "\n".join(str(cell) for sheet in book for row in sheet.values for cell in row if cell is not None)
    else:
        text = path.read_text(encoding="utf-8")
    for said in ("SF1234567890123", "parcels.csv", "王五", "赵六", "在用", "list.csv"):
        assert said in text, said


def test_rows_that_were_not_read_stand_before_words_beside_rows_that_were(tmp_path: Path) -> None:
    files = {
        "a.csv": f"转出方,转入方,日期,ICCID,归口\n中国联通,甲公司,2024-01-01,{CARD},特办\n",
        "b.csv": f"出库日期,收货单位,ICCID\n2024-02-01,李四,{CARD}\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(*(tmp_path / name for name in files))
        trace = case.trace(CARD)[0]
    assert [finding.params["reason"] for finding in trace.head_findings] == ["unanswered", "word_not_read"]
    told = [text.en for text in head_texts(trace)]
    assert ("b.csv" in told[0], "a.csv" in told[1]) == (True, True)


def test_words_about_a_user_stand_first_and_each_finding_is_told_once(tmp_path: Path) -> None:
    files = {
        "a.csv": f"转出方,转入方,日期,ICCID,归口\n中国联通,甲公司,2024-01-01,{CARD},特办\n",
        "b.csv": f"出库日期,收货单位,ICCID\n2024-02-01,李四,{CARD}\n",
        "c.csv": f"ICCID,查获日期,持有人,备注\n{CARD},2024-03-01,孙浩,孙浩供述由其本人使用\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(*(tmp_path / name for name in files))
        traces = case.trace(CARD)
    assert [each.params["origin"]["file"] for each in traces[0].head_findings] == ["c.csv", "b.csv", "a.csv"]
    for ending in (".txt", ".md", ".html"):
        traces.save(tmp_path / f"x{ending}", lang="zh")
        text = re.sub(r"<[^>]+>", " ", (tmp_path / f"x{ending}").read_text("utf-8"))
        said = re.sub(r"\s+", "", text)
        assert said.count("备注引述有关人员") == said.count("列中的词语未被理解") == 1, ending
        assert "上文已述3项" in said


def test_the_head_names_whom_a_card_was_taken_from_as_the_record_does(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        f"转出方,转入方,日期,ICCID\n中国联通,甲公司,2024-01-01,{CARD}\n甲公司,耗子,2024-02-01,{CARD}\n",
        encoding="utf-8",
    )
    (tmp_path / "b.csv").write_text(f"ICCID,查获日期,持有人\n{CARD},2024-03-01,孙浩\n", encoding="utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv")
        case.load(tmp_path / "b.csv")
        case.resolve("耗子", "孙浩", same=True, why="said so")
        traces = case.trace(CARD)
    assert traces[0].seizures[0].seized_from == traces[0].holder
    (taken,) = taken_from(traces[0])
    assert taken.counted_as is not None
    assert (taken.name, taken.counted_as.en, taken.days) == ("孙浩", "counted as 耗子", ["2024-03-01"])
    traces.save(tmp_path / "x.html")
    page = re.sub("<[^>]+>", " ", (tmp_path / "x.html").read_text(encoding="utf-8"))
    assert re.search(r"taken from\s+查获自\s+孙浩\s+counted as 耗子", page)


def test_a_card_taken_from_somebody_else_is_not_shown_as_if_nothing_was_missing(tmp_path: Path) -> None:
    files = {
        "a.csv": f"转出方,转入方,日期,ICCID\n中国联通,甲公司,2024-01-01,{CARD}\n甲公司,李四,2024-02-01,{CARD}\n",
        "b.csv": f"ICCID,查获日期,持有人\n{CARD},2024-03-01,王五\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv")
        before = case.trace(CARD)
        case.load(tmp_path / "b.csv")
        after = case.trace(CARD)
    said = "It was taken from “王五”; no record that was read says how it came there."
    for traces, is_told in ((before, False), (after, True)):
        assert str(traces[0].outcome) == "continuous"
        traces.save(tmp_path / "x.html")
        page = (tmp_path / "x.html").read_text(encoding="utf-8")
        assert ('outcome-doubted"' in page, said in page) == (is_told, is_told)
        assert (", but taken from somebody else" in page, "，但查获自他人" in page) == (is_told, is_told)


@pytest.mark.parametrize("ending", [".txt", ".html", ".md"])
def test_a_use_is_called_one_and_a_presumption_says_why(tmp_path: Path, ending: str) -> None:
    (tmp_path / "a.csv").write_text(f"ICCID,激活时间\n{CARD},2024-02-03 08:00:00\n", "utf-8")
    (tmp_path / "m.csv").write_text(f"转出方,转入方,日期,ICCID\n甲公司,李四,2024-02-01,{CARD}\n", "utf-8")
    (tmp_path / "u.csv").write_text(f"ICCID,最近上线时间\n{CARD},2024-03-04 09:00:00\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(*(tmp_path / name for name in ("a.csv", "m.csv", "u.csv")))
        (trace,) = case.trace(CARD)
    assert trace.end_user_code == "presumed_user"
    path = tmp_path / f"trace{ending}"
    trace.save(path)
    text = re.sub(r"<[^>]*>", " ", path.read_text("utf-8"))
    text = re.sub(r"\s+", " ", text)
    assert "held the card on 2024-03-04, the day of its last use on record" in text
    assert "Nobody beyond that place is called a user" not in text
    kinds = re.findall(r"(2024-0[23]-0[34]) 0[89]:00:00 (?:· |\| )?(activation|usage)", text)
    assert set(kinds) == {("2024-02-03", "activation"), ("2024-03-04", "usage")}


def test_several_rows_that_were_not_read_are_one_text_before_the_outcome(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text(f"转出方,转入方,日期,ICCID\n甲公司,李四,2024-02-01,{CARD}\n", "utf-8")
    for name in "ab":
        (tmp_path / f"{name}.csv").write_text(f"物件,编号,说明\n芯片,{CARD},{name}\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(*(tmp_path / f"{name}.csv" for name in "mab"))
        (trace,) = case.trace(CARD)
    (told,) = (text.en for text in head_texts(trace))
    assert told.startswith("Rows about this card were not read. They may say that it changed hands")
    assert told.count("nothing says what happened") == 2
    assert "a.csv:2" in told
    assert "b.csv:2" in told


def test_a_card_that_a_range_abroad_counts_is_headed_by_the_number_asked_for(tmp_path: Path) -> None:
    listed = tmp_path / "sold.csv"
    listed.write_text(
        "From,To,Date,First ICCID,Last ICCID\nNorthgate,Pennine,2024-02-05,8944100030140031000,8944100030140031009\n",
        encoding="utf-8",
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(listed)
        whole, counted, other = "89441000301400310001", "8944100030140031000", "89441000301400310009"
        traces = case.trace(whole, counted, other)
        assert [trace.number for trace in traces] == [whole, counted, other]
        assert [trace.found for trace in traces] == [True, True, False]


@pytest.mark.parametrize("ending", [".txt", ".html"])
@pytest.mark.parametrize(("seller", "said"), [("Bharti Airtel Limited", True), ("Star Ltd", False)])
def test_the_carrier_of_a_number_that_says_none_is_the_one_of_the_records(
    tmp_path: Path, ending: str, seller: str, said: bool
) -> None:
    card = "8991207202732408000" + luhn_digit("8991207202732408000")
    rows = f"Date,ICCID,Sold by,Sold to\n2024-03-04,{card},{seller},Anil Traders Pvt Ltd\n"
    (tmp_path / "a.csv").write_text(rows, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv")
        case.trace(card).save(path := tmp_path / f"trace{ending}")
    text = re.sub(r"\s+", " ", path.read_text("utf-8"))
    assert (f"carrier by the records: {seller}" in text, "carrier unknown" in text) == (said, not said)


def test_rows_that_deny_themselves_are_not_said_to_tell_that_the_card_changed_hands(tmp_path: Path) -> None:
    states = ("Cancelled", "Voided", "Completed")
    rows = [f"甲公司,李四,2024-02-0{day},{CARD},{status}\n" for day, status in enumerate(states, 1)]
    (tmp_path / "m.csv").write_text(f"转出方,转入方,日期,ICCID,Order Status\n{''.join(rows)}", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "m.csv")
        (trace,) = case.trace(CARD)
    (told,) = head_texts(trace)
    assert told.en.startswith("Rows about this card were not read as statements, by what they say themselves: m.csv:2")
    assert "changed hands" not in told.en
    (one, _) = (finding for finding in trace.findings if finding.code == "unread_movement")
    english, chinese = finding_message(one.code, one.params, "en"), finding_message(one.code, one.params, "zh")
    assert "was not read as a statement: m.csv:2" in english
    assert "未作为记录采用：m.csv:2" in chinese
    assert "changed hands" not in english
    assert "流转" not in chinese


@pytest.mark.parametrize("ending", [".docx", ".md"])
def test_a_document_names_files_by_short_hashes_and_has_neither_codes_nor_commands(tmp_path: Path, ending: str) -> None:
    (tmp_path / "m.csv").write_text(f"转出方,转入方,日期,ICCID\n甲公司,李四,2024-02-01,{CARD}\n", "utf-8")
    (tmp_path / "b.csv").write_text(f"出库日期,收货单位,ICCID\n2024-02-01,李四,{CARD}\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "m.csv", tmp_path / "b.csv")
    path = tmp_path / f"x{ending}"
    assert main(["--lang", "zh", "--case", str(tmp_path / "x.gtrace"), "trace", CARD, "-o", str(path)]) == 0
    if ending == ".docx":
        paper = docx.Document(str(path))
        cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
        text = "\n".join([*(each.text for each in paper.paragraphs), *cells])
    else:
        text = path.read_text("utf-8")
    sha256 = hashlib.sha256((tmp_path / "m.csv").read_bytes()).hexdigest()
    assert text.count(sha256) == 1
    assert text.count(sha256[:12]) > 1
    assert ("no_purchase" in text, "graphtrace status" in text) == (False, False)
    assert "本案中尚有未读入的内容" in text


@pytest.mark.parametrize("ending", [".txt", ".html", ".md"])
def test_whom_other_records_call_the_user_stands_beside_the_end_user(tmp_path: Path, ending: str) -> None:
    for name, day, user in (("a", "2024-02-03", "孙浩"), ("b", "2024-03-04", "李强")):
        (tmp_path / f"{name}.csv").write_text(f"ICCID,激活时间,使用人\n{CARD},{day},{user}\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv")
        alone = case.trace(CARD)
        case.load(tmp_path / "b.csv")
        both = case.trace(CARD)
    assert both[0].end_user is not None
    assert both[0].end_user.name == "李强"
    for traces, is_told in ((alone, False), (both, True)):
        traces.save(tmp_path / f"x{ending}")
        text = re.sub(r"<[^>]*>", " ", (tmp_path / f"x{ending}").read_text("utf-8"))
        said = "2 users are stated, the latest stands here; also “孙浩”"
        assert (said in re.sub(r"\s+", " ", text)) == is_told
