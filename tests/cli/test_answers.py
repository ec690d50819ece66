"""Answers of --set: which file they are for, how the report shows what is needed, and those that nothing took."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from graphtrace.ingest.given_answers import Answer, is_for_file, parse_answers, pattern_of

from .conftest import Run

CARD = "89860626990000000015"
OUT = "出库日期,客户名称,首卡ICCID,尾卡ICCID,出库数量\n2026-04-01,老王,{card},{card},1\n"
CALLS = "接入号,IMSI,IMEI,开始时间,结束时间\n1064612345678,460061234567890,861234567890123,{time},2026-04-01 11:00:00\n"


def deliveries(path: Path) -> Path:
    path.write_text(OUT.format(card=CARD), encoding="utf-8")
    return path


def unused(answer: Any) -> list[tuple[str, str]]:
    return [(one["answer"], one["reason"]) for one in answer.get("unused_answers", [])]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("from=甲", Answer("from", "甲")),
        ("from=甲=乙", Answer("from", "甲=乙")),
        ("a.csv:from=甲:to=乙", Answer("from", "甲:to=乙", "a.csv")),
        ("a=b.csv:from=甲", Answer("from", "甲", "a=b.csv")),
        ("*#三月#1:from=甲", Answer("from", "甲", "*", "三月#1")),
        ("from!=甲", Answer("from", "甲", is_insisted=True)),
        ("a.csv:from!=甲=乙", Answer("from", "甲=乙", "a.csv", is_insisted=True)),
        ("carrier.联通老王=no", Answer("carrier.联通老王", "no")),
        ("[#]1.xlsx#Sheet1:date=[日期]", Answer("date", "[日期]", "[#]1.xlsx", "Sheet1")),
    ],
)
def test_an_answer_is_read_and_written_alike(text: str, answer: Answer) -> None:
    assert parse_answers([text]) == (answer,)
    assert answer.text() == text


@pytest.mark.parametrize("name", ["a.csv", "清单[1].csv", "a*?.csv", "from=x#1.csv", "z.zip!/[a]/b.csv", "a]b.csv"])
def test_the_pattern_of_a_file_fits_it_and_no_other(name: str) -> None:
    text = Answer("to", "乙", pattern_of(name), "表").text()
    (read,) = parse_answers([text])
    assert (read.field, read.value, read.sheet) == ("to", "乙", "表")
    assert is_for_file(read, name)
    assert not any(
        is_for_file(read, other)
        for other in (f"{name}x", f"x{name}", name.replace("[", ""), "axx.csv")
        if other != name
    )


@pytest.mark.parametrize(
    ("given", "reasons"),
    [
        (["from=甲"], []),
        (["from=甲", "carrier=中国联通"], [("carrier=中国联通", "not_asked")]),
        (["from=甲", "x*.csv:to=乙"], [("x*.csv:to=乙", "no_file")]),
        (["a*:from=甲", "from=乙"], [("from=乙", "not_asked")]),
        (["from=甲", "a.csv#四月:from=乙"], [("a.csv#四月:from=乙", "no_sheet")]),
        (["from=甲", "to=首卡ICCID"], [("to=首卡ICCID", "needs_brackets")]),
        (["from=甲", "to=[去向]"], [("to=[去向]", "no_column")]),
    ],
)
def test_an_answer_that_nothing_took_is_said_and_is_no_error(
    run: Run, tmp_path: Path, given: list[str], reasons: list[tuple[str, str]]
) -> None:
    path = deliveries(tmp_path / "a.csv")
    said = [word for text in given for word in ("--set", text)]
    ran = run("load", path, "--case", tmp_path / "x.gtrace", "--json", *said)
    assert (ran.code, unused(ran.json)) == (0, reasons)
    assert ("unused_answers" in ran.json) == bool(reasons)
    shown = run("load", path, "--case", tmp_path / "y.gtrace", *said)
    assert ("Answers not used" in shown.out) == bool(reasons)
    assert all(text in shown.out for text, _ in reasons)


def test_an_answer_that_comes_too_late_says_so_and_one_that_was_taken_does_not(run: Run, tmp_path: Path) -> None:
    path, case = deliveries(tmp_path / "a.csv"), tmp_path / "x.gtrace"
    run("load", path, "--case", case, "--set", "from=甲")
    again = run("load", path, "--case", case, "--json", "--set", "from=甲", "--set", "year=2026")
    assert (again.code, unused(again.json)) == (0, [("year=2026", "already_loaded")])
    assert "--again" in run("load", path, "--case", case, "--set", "year=2026").out
    assert "未用上的回答" in run("load", path, "--case", case, "--set", "year=2026", "--lang", "zh").out


def test_an_answer_is_not_called_unused_while_another_one_is_waited_for(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"日期,卡号\n2026-04-01,{CARD}\n", encoding="utf-8")
    ran = run("load", path, "--case", tmp_path / "x.gtrace", "--json", "--set", "from=甲", "--set", "kind=transfer")
    assert ran.code == 2
    assert [question["field"] for question in ran.json["files"][0]["asked"]] == ["to"]
    assert unused(ran.json) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_list_of_deliveries_without_sender_is_a_question(run: Run, tmp_path: Path, lang: str) -> None:
    path, case = deliveries(tmp_path / "a.csv"), tmp_path / "x.gtrace"
    ran = run("load", path, "--case", case, "--lang", lang)
    assert ran.code == 2
    hint = {"en": "hint", "zh": "提示"}[lang]
    assert ran.err.splitlines()[-1] == f"{hint}: --set from=…"
    line = next(line for line in ran.out.splitlines() if {"en": "Who passed", "zh": "由谁转出"}[lang] in line)
    assert line.endswith({"en": "--set from=…  in 1 row", "zh": "--set from=…  共1行"}[lang])
    (sheet,) = run("load", path, "--case", case, "--json").json["files"]
    assert (sheet["error"]["code"], sheet["error"]["hint"].startswith("--set from=…")) == ("needs_answer", True)
    assert [(one["field"], one["required"], one["rows"]) for one in sheet["asked"]] == [("from", True, 1)]


def test_the_error_of_several_files_names_each_answer_once_with_its_file(run: Run, tmp_path: Path) -> None:
    deliveries(tmp_path / "a.csv")
    (tmp_path / "b[1].csv").write_text(OUT.format(card=CARD).replace("老王", "老李"), encoding="utf-8")
    (tmp_path / "c.csv").write_text(f"日期,卡号\n2026-04-01,{CARD}\n", encoding="utf-8")
    (tmp_path / "d.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    ran = run("load", *sorted(tmp_path.glob("*.csv")), "--case", tmp_path / "x.gtrace")
    assert ran.code == 2
    hint = ran.err.splitlines()[-1]
    for answer in ("a.csv:from=…", "b[[]1].csv:from=…", "c.csv:kind=…"):
        assert hint.count(answer) == 1
    many = tmp_path / "many"
    many.mkdir()
    for number in range(20):
        (many / f"{number:02}.csv").write_text(OUT.format(card=CARD).replace("老王", str(number)), encoding="utf-8")
    ran = run("load", many, "--case", tmp_path / "y.gtrace")
    assert (ran.err.splitlines()[-1].count("--set"), "and 12 more" in ran.err) == (8, True)


def test_each_sheet_that_asks_is_an_entry_of_its_own(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("三月", "四月"):
            sheet = book.add_worksheet(name)
            for number, line in enumerate(OUT.format(card=CARD).splitlines()):
                sheet.write_row(number, 0, line.split(","))
    case = tmp_path / "x.gtrace"
    files = run("load", path, "--case", case, "--json").json["files"]
    assert [(one["sheet"], one["error"]["code"], one["asked"][0]["field"]) for one in files] == [
        ("三月", "needs_answer", "from"),
        ("四月", "needs_answer", "from"),
    ]
    ran = run("load", path, "--case", case, "--json", "--set", "*#三月:from=甲")
    assert [(one["sheet"], one["loaded"]) for one in ran.json["files"]] == [("三月", 1), ("四月", 0)]
    assert [bool(one["asked"]) for one in ran.json["files"]] == [False, True]


def test_kind_and_the_column_of_its_day_say_what_happened_in_a_list_of_cards(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(CALLS.format(time="2026-04-01 10:00:00"), encoding="utf-8")
    plain = run("load", path, "--case", tmp_path / "a.gtrace", "--json").json["files"][0]
    assert (plain["kind"], plain["asked"]) == ("card_list", [])
    alone = run("load", path, "--case", tmp_path / "b.gtrace", "--json", "--set", "kind=usage")
    assert [one["field"] for one in alone.json["files"][0]["asked"]] == ["date"], "a use has a day"
    both = ("--set", "kind=usage", "--set", "date=[开始时间]")
    told = run("load", path, "--case", tmp_path / "c.gtrace", "--json", *both).json
    outright = run("load", path, "--case", tmp_path / "d.gtrace", "--json", "--as", "usage", *both[2:]).json
    assert (told["files"][0]["kinds"], unused(told)) == ({"usage": 1}, [])
    assert told["files"][0]["kinds"] == outright["files"][0]["kinds"]
    assert run("verify", "--deep", "--case", tmp_path / "c.gtrace").code == 0
    other = run("load", path, "--case", tmp_path / "e.gtrace", "--json", "--set", "kind=usage", "--set", "date=[IMEI]")
    assert other.json["files"][0]["loaded"] == 0, "a column that the list uses is no day"


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ("from=中国移动", "contradicts the cards, whose issuer is China Unicom"),
        ("from=老王", "contradicts the rows, which name 老王 as the other side"),
    ],
)
def test_an_answer_that_the_sheet_contradicts_is_refused_until_it_is_insisted_on(
    run: Run, tmp_path: Path, given: str, what: str
) -> None:
    path, case = deliveries(tmp_path / "a.csv"), tmp_path / "x.gtrace"
    ran = run("load", path, "--case", case, "--json", "--set", given)
    (sheet,) = ran.json["files"]
    assert (ran.code, sheet["error"]["code"], sheet["loaded"]) == (2, "answer_contradicts", 0)
    assert what in sheet["error"]["message"]
    insisted = given.replace("=", "!=")
    assert f'--set "{insisted}"' in sheet["error"]["hint"]
    assert [one["field"] for one in sheet["asked"]] == ["from"]
    if given == "from=中国移动":
        assert run("load", path, "--case", case, "--set", insisted).code == 0


def test_an_answer_contradicts_a_title_that_names_another_carrier(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("中国电信云洲分公司发卡清单,,,,\n" + OUT.format(card=CARD), encoding="utf-8")
    (sheet,) = run("load", path, "--case", tmp_path / "x.gtrace", "--json", "--set", "from=中国联通").json["files"]
    assert (sheet["error"]["code"], "中国电信云洲分公司" in sheet["error"]["message"]) == ("answer_contradicts", True)
    assert sheet["asked"][0]["offers"] == [{"value": "中国电信云洲分公司", "because": "title"}]


def test_a_program_that_answers_for_a_load_is_refused_too(tmp_path: Path) -> None:
    import graphtrace as gt
    from graphtrace.storage.open_questions import SheetAnswer, SheetQuestion

    path = deliveries(tmp_path / "a.csv")

    def say(questions: Any, *, is_insisted: bool) -> list[SheetAnswer]:
        return [SheetAnswer(each, "中国移动", is_insisted) for each in questions if isinstance(each, SheetQuestion)]

    with gt.open_case(tmp_path / "x.gtrace") as case:
        (sheet,) = case.load(path, ask=lambda asked: say(asked, is_insisted=False)).files
        assert (sheet.error is not None and sheet.error.code, sheet.loaded) == ("answer_contradicts", 0)
        (sheet,) = case.load(path, ask=lambda asked: say(asked, is_insisted=True)).files
        assert (sheet.error, sheet.loaded) == (None, 1)


def test_of_several_files_each_answer_names_its_own(run: Run, tmp_path: Path) -> None:
    for name, card in (("云腾[1].csv", "8986061900000000003"), ("鑫联.csv", "8986061900000000011")):
        (tmp_path / name).write_text(f"收货方,日期,卡号\n孙八,2024-05-01,{card}\n", "utf-8")
    ran = run("load", tmp_path / "云腾[1].csv", tmp_path / "鑫联.csv", "--case", str(tmp_path / "c.gtrace"))
    for answer in ("云腾[[]1].csv:from=…", "鑫联.csv:from=…"):
        assert f'--set "{answer}"' in " ".join(ran.out.split()) or f"--set '{answer}'" in " ".join(ran.out.split())


LISTED = f"日期,客户,卡号\n2026-04-01,老王,{CARD}\n"


def test_a_list_whose_file_is_called_one_of_movements_is_asked_about(run: Run, tmp_path: Path) -> None:
    path, case = tmp_path / "2026年出货登记.csv", tmp_path / "x.gtrace"
    path.write_text(LISTED, "utf-8")
    (asked,) = run("load", path, "--case", case, "--json").json["files"][0]["asked"]
    assert (asked["field"], asked["choices"], asked["required"]) == ("kind", ["transfer", "card_list"], False)
    assert "2026年出货登记" in run("load", path, "--case", case, "--again", "--lang", "zh").out
    given = ("--set", "kind=transfer", "--set", "from=甲公司")
    assert run("load", path, "--case", case, "--again", *given).code == 0
    (hop,) = run("trace", CARD, "--case", case, "--json").json["results"][0]["chains"][0]["hops"]
    assert (hop["kind"], hop["from"]["name"], hop["to"]["name"]) == ("transfer", "甲公司", "老王")


@pytest.mark.parametrize(
    ("name", "answers"), [("客户清单", ()), ("出货模板", ()), ("出货登记", ("--set", "kind=card_list"))]
)
def test_any_other_list_of_cards_asks_what_happened_beside_a_customer_until_it_is_said(
    run: Run, tmp_path: Path, name: str, answers: tuple[str, ...]
) -> None:
    path = tmp_path / f"{name}.csv"
    path.write_text(LISTED, "utf-8")
    loaded = run("load", path, "--case", tmp_path / "x.gtrace", "--json", *answers)
    asked = [(one["field"], one["required"]) for one in loaded.json["files"][0]["asked"]]
    assert (loaded.code, asked, unused(loaded.json)) == (0, [] if answers else [("kind", False)], [])


def counted(path: Path) -> Path:
    """A workbook whose rows count their cards, which a column that is not read names."""
    heads = ("Date", "Supplied by", "Sold to", "Narration", "Qty")
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("March")
        sheet.write_row(0, 0, heads)
        sheet.write_row(1, 0, ("2024-03-04", "Om Sai Mobiles", "Anil Traders", f"SIMs {CARD}", "1"))
    return path


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("iccid=Narration", "iccid=[Narration]"),
        ("#March:iccid=Narration", "#March:iccid=[Narration]"),
        ("March:iccid=[Narration]", "#March:iccid=[Narration]"),
        ("iccid=[Naration]", "no column of the sheet has this heading"),
    ],
)
def test_a_column_that_is_named_amiss_says_what_to_type(run: Run, tmp_path: Path, given: str, told: str) -> None:
    path = counted(tmp_path / "book.xlsx")
    ran = run("load", path, "--case", tmp_path / "x.gtrace", "--set", given)
    text = re.sub(r"\s+", " ", ran.out + ran.err)
    assert (ran.code, told in text, "its heading: [Narration]" in text) == (2, True, True)
    assert ran.err.rstrip().endswith('--set "iccid=[…]"'), "what was not used is not to be typed again"
    assert run("load", path, "--case", tmp_path / "x.gtrace", "--set", "#March:iccid=[Narration]").code == 0


def test_a_heading_without_brackets_is_nobody(run: Run, tmp_path: Path) -> None:
    path, case = tmp_path / "a.csv", tmp_path / "x.gtrace"
    path.write_text(f"Date,Handled over from,Sold to,ICCID\n2024-03-04,Star Ltd,Moon Ltd,{CARD}\n", "utf-8")
    (sheet,) = run("load", path, "--case", case, "--json", "--set", "from=Handled over from").json["files"]
    assert (sheet["error"]["code"], sheet["loaded"]) == ("answer_contradicts", 0)
    assert "[Handled over from]" in sheet["error"]["message"]
    assert run("load", path, "--case", case, "--set", "from=[Handled over from]").code == 0


def test_who_a_book_names_beside_its_keeper_is_used_where_the_answer_names_that_column(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    heads = "STAR LTD,,,,,,\nSales Ledger – Jan to Mar 2026,,,,,,\nDate,Doc,Customer,Item,First ICCID,Last ICCID,Qty"
    rows = f"2026-03-05,I-1,Moon,SIM,{CARD},{CARD},1\n2026-03-09,C-1,Moon,SIM,{CARD},{CARD},-1"
    path.write_text(f"{heads}\n{rows}\n", encoding="utf-8")
    ran = run("load", path, "--case", tmp_path / "x.gtrace", "--set", "kind=STAR LTD→[Customer]@[Date]", "--json")
    (sheet,) = ran.json["files"]
    assert (sheet["kinds"], unused(ran.json)) == ({"transfer": 1, "return": 1}, [])
