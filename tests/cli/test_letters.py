from __future__ import annotations

import hashlib
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from jsonschema import Draft202012Validator

from graphtrace.model import CHINA, china_today

from .conftest import TORN, WHOLE, Run

HOSTILE = '=cmd|"x"!A1 {{ 7*7 }} <script>alert(1)</script> ../../etc \u202egnp.exe'
HOLDER = TORN[:-1] + "3"


@pytest.fixture
def place(run: Run, files: Path, tmp_path: Path) -> str:
    """A case of its own for each test."""
    place = str(tmp_path / "y.gtrace")
    assert run("load", *sorted(files.iterdir()), "--case", place).code == 0
    return place


def texts(path: Path) -> str:
    document = docx.Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def by_name(answer: Any) -> dict[str, Any]:
    return {letter["addressee"]["name"]: letter for letter in answer["letters"]}


def test_each_addressee_gets_one_letter_with_its_own_cards_and_nothing_of_others(
    run: Run, place: str, tmp_path: Path
) -> None:
    ran = run("letters", TORN, WHOLE, "--case", place, "-o", str(tmp_path / "out"), "--json", "--lang", "zh")
    assert ran.code == 0, ran.err
    letters = by_name(ran.json)
    assert {name: letter["form"] for name, letter in letters.items()} == {
        "老K": "dealer",
        "赵六": "dealer",
        "中国联通": "carrier",
    }
    for name, letter in letters.items():
        said = {file["name"]: file["sha256"] for file in letter["files"]}
        assert {Path(file).suffix for file in said} == {".docx", ".html", ".xlsx"}
        for file, sha256 in said.items():
            assert hashlib.sha256((tmp_path / "out" / file).read_bytes()).hexdigest() == sha256
        (document,) = [file for file in said if file.endswith(".docx")]
        text = texts(tmp_path / "out" / document)
        assert name in text
        assert letter["reference"] in text
        assert "SHA-256" in text
        assert "SM3" in text
        assert "推定" in text
        assert "8986061900000000002" in text
        assert WHOLE not in text
        assert not [other for other in letters if other != name and other in text]


def test_what_nobody_stated_is_a_blank_to_be_filled_by_hand_and_the_head_of_the_case_fills_it(
    run: Run, place: str, tmp_path: Path
) -> None:
    def text_of_letter(folder: str) -> str:
        assert run("letters", TORN, "--case", place, "-o", str(tmp_path / folder), "--lang", "zh").code == 0
        (path,) = (tmp_path / folder).glob("*_老K.docx")
        return texts(path)

    before = text_of_letter("before")
    assert "文号：________" in before
    assert "案件编号：________" in before
    run("status", "--case", place, "--set", "number=云公刑立〔2026〕17号", "--set", "unit=云洲市公安局")
    after = text_of_letter("after")
    assert "案件编号：云公刑立〔2026〕17号" in after
    assert "云洲市公安局（印章）" in after


def test_the_same_letters_are_the_same_bytes_and_keep_their_numbers(run: Run, place: str, tmp_path: Path) -> None:
    arguments = ("letters", TORN, "--case", place, "--json", "--number", "云公网调〔{year}〕{n:03}号")
    first = run(*arguments, "-o", str(tmp_path / "first")).json["letters"]
    again = run(*arguments[:-2], "-o", str(tmp_path / "again")).json["letters"]
    assert [letter["new"] for letter in (*first, *again)] == [True] * 3 + [False] * 3
    year = first[0]["date"][:4]
    assert [letter["number"] for letter in first] == [f"云公网调〔{year}〕{n:03}号" for n in (1, 2, 3)]
    assert [(letter["number"], letter["files"]) for letter in again] == [
        (letter["number"], letter["files"]) for letter in first
    ]
    later = run("letters", WHOLE[:-1] + "5", "--case", place, "--json", "-o", str(tmp_path / "later")).json["letters"]
    assert [letter["number"] for letter in later] == [f"云公网调〔{year}〕004号"]


def test_a_letter_without_number_gets_one_once_there_is_a_pattern_and_keeps_it(
    run: Run, place: str, tmp_path: Path
) -> None:
    arguments = ("letters", TORN, "--case", place, "-o", str(tmp_path / "out"), "--json")
    first = by_name(run(*arguments).json)
    assert {letter["number"] for letter in first.values()} == {None}
    run("letters", "--state", f"{first['赵六']['reference']}=sent", "--case", place)
    run(*arguments, "--number", "a{n}")
    run(*arguments, "--number", "b{n}")
    listed = by_name(run("letters", "--list", "--case", place, "--json").json)
    assert {name: letter["number"] for name, letter in listed.items()} == {"中国联通": "a1", "老K": "a2", "赵六": None}
    assert {name: letter["reference"] for name, letter in listed.items()} == {
        name: letter["reference"] for name, letter in first.items()
    }


def test_a_letter_is_new_until_somebody_says_it_was_sent_and_is_not_asked_twice(
    run: Run, place: str, tmp_path: Path
) -> None:
    out = str(tmp_path / "out")
    letters = by_name(run("letters", TORN, "--case", place, "-o", out, "--json").json)
    reference = letters["老K"]["reference"]
    said = run(
        "letters", "--state", f"{reference.lower()}=sent", "--by", "张伟", "--note", "EMS 1", "--case", place, "--json"
    ).json
    assert said["letters"][0]["state"] | {"at": None} == {"state": "sent", "by": "张伟", "at": None, "remark": "EMS 1"}
    listed = run("letters", "--list", "--case", place, "--json").json["letters"]
    assert {letter["addressee"]["name"]: letter["state"]["state"] for letter in listed} == {
        "老K": "sent",
        "赵六": "new",
        "中国联通": "new",
    }
    again = run("letters", TORN, "--case", place, "-o", out, "--json").json
    assert set(by_name(again)) == {"赵六", "中国联通"}
    assert again["asked_before"] == 1
    assert len(run("letters", TORN, "--case", place, "-o", out, "--json", "--again").json["letters"]) == 3


def test_a_letter_that_was_withdrawn_is_made_anew_with_another_reference(run: Run, place: str, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    first = by_name(run("letters", TORN, "--case", place, "-o", out, "--json").json)["老K"]["reference"]
    assert run("letters", "--state", f"{first}=void", "--case", place).code == 0
    second = by_name(run("letters", TORN, "--case", place, "-o", out, "--json").json)["老K"]
    assert second["new"]
    assert second["reference"] != first


def test_only_the_leads_that_are_named_are_asked(run: Run, place: str, tmp_path: Path) -> None:
    leads = run("trace", TORN, "--case", place, "--json").json["results"][0]["leads"]
    asked = next(lead for lead in leads if lead["ask"]["name"] == "赵六")
    ran = run("letters", TORN, "--lead", asked["id"], "--case", place, "-o", str(tmp_path / "out"), "--json")
    (letter,) = ran.json["letters"]
    assert (letter["addressee"]["name"], [lead["id"] for lead in letter["leads"]]) == ("赵六", [asked["id"]])


def test_hostile_names_are_text_in_every_file_and_in_no_file_name(run: Run, tmp_path: Path) -> None:
    place, source = str(tmp_path / "h.gtrace"), tmp_path / "h.csv"
    quoted = HOSTILE.replace('"', '""')
    source.write_text(f'转出方,转入方,日期,卡号\n"{quoted}",乙,2024-03-05,{HOLDER}\n', encoding="utf-8")
    assert run("load", str(source), "--case", place).code == 0
    ran = run(
        "letters", HOLDER, "--case", place, "-o", str(tmp_path / "out"), "--json", "--lang", "zh", "--form", "dealer"
    )
    assert ran.code == 0, ran.err
    written = sorted((tmp_path / "out").iterdir())
    assert len(written) == 3 * len(ran.json["letters"])
    for path in written:
        assert not set(path.name) & set('<>:"/\\|?*={}\u202e')
        if path.suffix == ".html":
            assert "<script" not in path.read_text("utf-8")
        if path.suffix == ".xlsx":
            book = openpyxl.load_workbook(path)
            assert not [cell for sheet in book for row in sheet.rows for cell in row if cell.data_type == "f"]


def test_five_thousand_cards_are_ranges_in_the_annex_and_not_in_the_letter(run: Run, tmp_path: Path) -> None:
    place, source = str(tmp_path / "m.gtrace"), tmp_path / "m.csv"
    numbers = [f"89860619000001{n:05d}" for n in range(5_000) if n % 50]
    source.write_text("卡号,查获日期,案件编号\n" + "".join(f"{n},2024-03-05,A1\n" for n in numbers), encoding="utf-8")
    assert run("load", str(source), "--case", place).code == 0
    ran = run("letters", "--case", place, "-o", str(tmp_path / "out"), "--json", "--lang", "zh")
    (letter,) = ran.json["letters"]
    assert letter["cards"] == len(numbers) == 4_900
    assert [len(lead["ranges"]) for lead in letter["leads"]] == [100, 100]
    (path,) = (tmp_path / "out").glob("*.docx")
    text = texts(path)
    assert "共4900张" in text
    assert "8986061900000" not in text
    (path,) = (tmp_path / "out").glob("*.xlsx")
    cards, ranges = openpyxl.load_workbook(path).worksheets
    assert (cards.max_row, ranges.max_row) == (4_901, 201)
    assert cards["B2"].value.startswith(numbers[0])


def test_a_number_in_the_place_of_a_pattern_counts_on(run: Run, place: str, tmp_path: Path) -> None:
    year = china_today().year
    asked = ("letters", TORN, "--case", place, "-o", str(tmp_path / "out"), "--json")
    letters = run(*asked, "--number", f"青公（刑）调证字〔{year}〕0301号").json["letters"]
    assert len(letters) > 1
    assert sorted(letter["number"] for letter in letters) == [
        f"青公（刑）调证字〔{year}〕{n:04}号" for n in range(301, 301 + len(letters))
    ]


def test_a_letter_names_cards_as_records_write_them_and_computes_no_digit(run: Run, tmp_path: Path) -> None:
    place, stem = str(tmp_path / "d.gtrace"), "898606235000120004"
    rows = {
        "a.csv": f"运营商,采购企业,采购日期,起始ICCID,终止ICCID\n中国联通,甲公司,2024-03-01,{stem}0,{stem}9\n",
        "b.csv": f"卡号,查获日期,案件编号\n{stem}5,2024-07-02,A1\n{stem}66,2024-07-02,A1\n",
    }
    for name, text in rows.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert run("load", *(tmp_path / name for name in rows), "--case", place).code == 0
    asked = f"{stem}2"
    ran = run("letters", f"{stem}5", f"{stem}6", asked, "--case", place, "-o", str(tmp_path / "out"), "--json")
    listed = set()
    for path in (tmp_path / "out").glob("*.xlsx"):
        listed |= {row[1] for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=2, values_only=True)}
    assert ran.json["letters"]
    assert listed == {f"{stem}5", f"{stem}66", asked}
    assert "last digit computed" in run("trace", asked, "--case", place).out
    assert "last digit computed" not in run("trace", f"{stem}6", "--case", place).out


def test_the_annex_that_an_addressee_completed_can_be_loaded(run: Run, place: str, tmp_path: Path) -> None:
    assert run("letters", TORN, "--case", place, "-o", str(tmp_path / "out"), "--lang", "zh").code == 0
    (path,) = (tmp_path / "out").glob("*_老K.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    for heading, value in {"转出方": "老K", "转入方": "赵六", "转让日期": "2024-04-10"}.items():
        sheet.cell(2, headings.index(heading) + 1, value)
    book.save(tmp_path / "reply.xlsx")
    ran = run("load", str(tmp_path / "reply.xlsx"), "--case", place, "--json")
    assert [(sheet["kind"], sheet["loaded"]) for sheet in ran.json["files"]][:1] == [("transfer", 1)]
    assert run("trace", TORN, "--case", place, "--json").json["results"][0]["outcome"] == "continuous"


SOLD = "89860619000000000015"
PERSON = "110101199003078515"


def test_a_letter_to_an_unknown_carrier_names_the_cards_of_one_issuer_only(run: Run, tmp_path: Path) -> None:
    cards = ("89911024030004500550", "89911024030004500568", "8991864000077120126", "8944300240200110401")
    rows = "".join(f"{card},甲,2024-05-01\n" for card in cards)
    (tmp_path / "s.csv").write_text(f"被扣押卡号,持有人,扣押日期\n{rows}", encoding="utf-8")
    place = str(tmp_path / "x.gtrace")
    assert run("--case", place, "load", tmp_path / "s.csv").code == 0
    letters = run("letters", "--case", place, "-o", tmp_path / "out", "--json").json["letters"]
    issuers = [{key[:7] for lead in letter["leads"] for key, _ in lead["ranges"]} for letter in letters]
    assert [letter["cards"] for letter in letters] == [2, 1, 1]
    assert sorted(map(sorted, issuers)) == [["8944300"], ["8991102"], ["8991864"]]


@pytest.fixture
def sold_by_number(run: Run, tmp_path: Path) -> str:
    """A case with a card that a person got, who sold other cards by their number; it was seized from a third one."""
    rows = {
        "a.csv": f"运营商,采购企业,采购日期,ICCID\n中国联通,甲公司,2024-03-01,{SOLD}\n",
        "b.csv": f"转出方,转入方,转入方证件号,日期,ICCID\n甲公司,王五,{PERSON},2024-04-01,{SOLD}\n",
        "c.csv": "转出方,转出方证件号,转入方,日期,数量\n王五,{PERSON},赵六,2024-05-01,50\n".replace("{PERSON}", PERSON),
        "d.csv": f"卡号,查获日期,案件编号,持有人\n{SOLD},2024-07-02,A1,钱七\n",
    }
    for name, text in rows.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    place = str(tmp_path / "s.gtrace")
    assert run("load", *(tmp_path / name for name in rows), "--case", place).code == 0
    return place


def test_a_letter_asks_for_the_numbers_of_a_sale_within_the_days_that_the_records_leave_open(
    run: Run, sold_by_number: str, tmp_path: Path
) -> None:
    assert run("letters", "--case", sold_by_number, "-o", str(tmp_path / "out"), "--lang", "zh").code == 0
    (person,) = (tmp_path / "out").glob("*王五.docx")
    text = texts(person)
    assert "2024-04-01至2024-07-02（据案内记录）" in text
    assert "2024-05-01售予赵六的50张" in text
    assert "登录信息" not in text
    assert "微信" in text
    (carrier,) = (tmp_path / "out").glob("*中国联通.docx")
    assert "2024-03-01至2024-07-02（据案内记录）" in texts(carrier)
    again = run("letters", "--case", sold_by_number, "-o", str(tmp_path / "again"), "--lang", "zh", "--json")
    assert not any(letter["new"] for letter in again.json["letters"])
    assert (tmp_path / "again" / person.name).read_bytes() == person.read_bytes()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_asked_of_an_activation_has_its_columns_in_the_annex(
    run: Run, sold_by_number: str, tmp_path: Path, lang: str
) -> None:
    assert run("letters", "--case", sold_by_number, "-o", str(tmp_path / "out"), "--lang", lang).code == 0
    (path,) = [each for each in (tmp_path / "out").glob("*.xlsx") if "王五" not in each.name]
    book = openpyxl.load_workbook(path)
    for column, cell in enumerate(("2024-05-20", "江南", "临江", "869900010000032", "2024-06-18"), start=3):
        book.worksheets[0].cell(2, column, cell)
    book.save(tmp_path / "reply.xlsx")
    ran = run("load", tmp_path / "reply.xlsx", "--case", sold_by_number, "--json")
    assert ran.code == 0, ran.err
    assert ran.json["files"][0]["kinds"] == {"activation": 1, "usage": 1}
    (answer,) = run("trace", SOLD, "--case", sold_by_number, "--json").json["results"]
    uses = sorted((each["date"], each["kind"], each["province"], each["city"]) for each in answer["activations"])
    assert uses == [("2024-05-20", "activation", "江南", "临江"), ("2024-06-18", "usage", "江南", "临江")]


def carrier_annex(run: Run, place: str, folder: Path, lang: str) -> openpyxl.Workbook:
    """Make the letters about a card, and open the annex of the carrier's, with cards to suspend."""
    assert run("letters", TORN, "--suspend", "--case", place, "-o", str(folder), "--lang", lang).code == 0
    (book,) = [book for book in map(openpyxl.load_workbook, folder.glob("*.xlsx")) if len(book.worksheets) == 3]
    return book


def findings(run: Run, card: str, place: str) -> list[dict[str, Any]]:
    return [
        finding
        for finding in run("trace", card, "--case", place, "--json").json["results"][0]["findings"]
        if finding["code"] == "unread_movement"
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_we_asked_ourselves_is_no_record_and_nothing_unread(
    run: Run, place: str, tmp_path: Path, lang: str
) -> None:
    before = run("trace", WHOLE, "--case", place, "--json").json.get("unread")
    carrier_annex(run, place, tmp_path / "out", lang)
    for path in sorted((tmp_path / "out").glob("*.xlsx")):
        ran = run("load", path, "--case", place, "--json")
        assert ran.code == 0, ran.err
        for sheet in ran.json["files"]:
            assert (sheet["kind"], sheet["loaded"], sheet["warnings"]) == (None, 0, [])
            assert {reject["reason"] for reject in sheet["rejects"]} == {"asked_only"}
    assert findings(run, WHOLE, place) == findings(run, TORN, place) == []
    assert run("trace", WHOLE, "--case", place, "--json").json.get("unread") == before


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_carrier_says_in_the_annex_that_it_suspended_cards(run: Run, place: str, tmp_path: Path, lang: str) -> None:
    book = carrier_annex(run, place, tmp_path / "out", lang)
    book.worksheets[2]["E2"], book.worksheets[2]["F2"] = "已停机", "2024-08-01"
    book.save(tmp_path / "reply.xlsx")
    ran = run("load", tmp_path / "reply.xlsx", "--as", "transfer", "--case", place, "--json")
    assert ran.code == 0, ran.err
    assert [(sheet["kind"], sheet["loaded"]) for sheet in ran.json["files"]] == [(None, 0)] * 2 + [("card_list", 1)]
    (listed,) = run("trace", WHOLE, "--case", place, "--json").json["results"][0]["card_lists"]
    assert (listed["date"], listed["party"], listed["state"]) == ("2024-08-01", None, "已停机")
    assert findings(run, WHOLE, place) == []
    again = run("load", tmp_path / "reply.xlsx", "--case", place, "--json")
    assert again.code == 0, again.err
    assert [sheet["already_loaded"] for sheet in again.json["files"]] == [True] * 3
    assert run("verify", "--deep", "--case", place).code == 0


@pytest.mark.parametrize("place_of_remark", [(0, "F2"), (1, "G2"), (2, "G2")])
def test_a_remark_alone_in_an_annex_is_quoted_with_its_cards(
    run: Run, place: str, tmp_path: Path, place_of_remark: tuple[int, str]
) -> None:
    number, cell = place_of_remark
    book = carrier_annex(run, place, tmp_path / "out", "zh")
    sheet = book.worksheets[number]
    remark = next(at.coordinate for at in sheet[2] if sheet.cell(1, at.column).value == "备注")
    assert cell[-1] == remark[-1]
    sheet[remark] = "该卡已过户给他人"
    book.save(tmp_path / "reply.xlsx")
    ran = run("load", tmp_path / "reply.xlsx", "--case", place, "--json")
    assert ran.json["files"][number]["rejects"][0]["reason"] == "remark_only"
    (finding,) = findings(run, WHOLE if number == 2 else TORN, place)
    assert "该卡已过户给他人" in json.dumps(finding, ensure_ascii=False)


def test_a_number_that_was_changed_in_an_annex_is_told(run: Run, place: str, tmp_path: Path) -> None:
    book = carrier_annex(run, place, tmp_path / "out", "zh")
    for cell in ("B2", "C2"):
        book.worksheets[2][cell] = HOLDER
    book.save(tmp_path / "reply.xlsx")
    ran = run("load", tmp_path / "reply.xlsx", "--case", place, "--json")
    assert [[each["reason"] for each in sheet["warnings"]] for sheet in ran.json["files"]] == [
        [],
        [],
        ["annex_differs"],
    ]
    assert HOLDER in json.dumps(ran.json["files"][2]["warnings"])


def test_a_range_of_an_annex_with_a_state_is_a_list_of_its_cards(tmp_path: Path, run: Run) -> None:
    book = openpyxl.Workbook()
    book.active.append(
        ["序号", "起始ICCID（号码）", "结束ICCID（号码）", "卡数", "卡状态", "停机日期", "备注", "回复引用码"]
    )
    for first, last, cards, state in (("01", "03", 3, "正常"), ("05", "07", 4, "已停机"), ("08", "09", 2, None)):
        ends = [f"898604241100000000{end}" for end in (first, last)]
        book.active.append([1, *ends, cards, state, None, None, "GT-RH15-EMK2"])
    book.active.append([4, "89860424110000000011", "89860424110000000012", 2, None, None, None, None])
    book.save(tmp_path / "r.xlsx")
    place = str(tmp_path / "r.gtrace")
    ran = run("load", tmp_path / "r.xlsx", "--case", place, "--json")
    (sheet,) = ran.json["files"]
    assert (sheet["loaded"], sheet["records"]) == (1, 3)
    assert [(each["row"], each["reason"]) for each in sheet["rejects"]] == [
        (3, "remark_only"),
        (4, "asked_only"),
        (5, "remark_only"),
    ]
    states = {}
    for number in ("02", "06", "08", "12"):
        card = f"898604241100000000{number}"
        listed = run("trace", card, "--case", place, "--json").json["results"][0]["card_lists"]
        states[number] = ([each["state"] for each in listed], len(findings(run, card, place)))
    assert states == {"02": (["正常"], 0), "06": ([], 1), "08": ([], 0), "12": ([], 1)}


@pytest.mark.parametrize("arguments", [(), ("--list", "--templates", "x"), ("--list", WHOLE), ("--state", "GT-1")])
def test_one_thing_is_asked_at_a_time(run: Run, place: str, arguments: tuple[str, ...]) -> None:
    ran = run("letters", *arguments, "--case", place, "--json")
    assert (ran.code, ran.error["code"]) == (2, "wrong_usage")


def test_where_nothing_is_to_be_asked_nothing_is_written(run: Run, place: str, tmp_path: Path) -> None:
    ran = run("letters", WHOLE, "--case", place, "-o", str(tmp_path / "out"), "--json")
    assert (ran.code, ran.error["code"]) == (1, "not_found")
    assert not (tmp_path / "out").exists()
    ran = run("letters", "--state", "GT-0000-0000=sent", "--case", place, "--json")
    assert (ran.code, ran.error["code"]) == (1, "not_found")


@pytest.mark.parametrize("pattern", ["{n.__class__}", "{year}", "{n!r}", "{n:999999999}", "{x}", "{", "a\n{n}"])
def test_a_pattern_holds_a_running_number_and_nothing_of_python(
    run: Run, place: str, tmp_path: Path, pattern: str
) -> None:
    ran = run("letters", TORN, "--number", pattern, "--case", place, "-o", str(tmp_path / "out"), "--json")
    assert (ran.code, ran.error["code"]) == (2, "wrong_usage")
    assert json.loads(run("letters", "--list", "--case", place, "--json").out)["letters"] == []


def test_a_card_stands_in_a_letter_as_the_case_shows_it(run: Run, tmp_path: Path) -> None:
    place, source = str(tmp_path / "v.gtrace"), tmp_path / "v.csv"
    source.write_text(f"转出方,转入方,日期,卡号\n甲,乙,2024-03-05,{HOLDER}B\n", encoding="utf-8")
    assert run("load", str(source), "--case", place).code == 0
    assert run("letters", HOLDER, "--case", place, "-o", str(tmp_path / "out"), "--lang", "zh").code == 0
    for path in (tmp_path / "out").glob("*.docx"):
        assert f"{HOLDER}B" in texts(path)
    for path in (tmp_path / "out").glob("*.xlsx"):
        assert openpyxl.load_workbook(path).worksheets[0]["B2"].value == f"{HOLDER}B"


def test_a_carrier_is_asked_to_suspend_active_cards_of_the_same_batches_and_nobody_else_is(
    run: Run, place: str, tmp_path: Path
) -> None:
    ran = run("letters", TORN, "--suspend", "--case", place, "-o", str(tmp_path / "out"), "--json", "--lang", "zh")
    asked = {name: letter["suspend"] for name, letter in by_name(ran.json).items()}
    assert asked == {"老K": [], "赵六": [], "中国联通": [{"first": WHOLE, "last": WHOLE, "cards": 1}]}
    for path in (tmp_path / "out").iterdir():
        is_carrier = "中国联通" in path.name
        if path.suffix == ".docx":
            assert ("另有1张卡" in texts(path)) == is_carrier
        elif path.suffix == ".html":
            assert (WHOLE in path.read_text("utf-8")) == is_carrier
        else:
            cells = [cell.value for sheet in openpyxl.load_workbook(path) for row in sheet.rows for cell in row]
            assert (WHOLE in cells) == is_carrier
    only = run("letters", WHOLE, "--suspend", "--case", place, "-o", str(tmp_path / "none"), "--json")
    assert only.code == 1


def test_a_trace_shows_the_letters_of_its_leads_and_verifies_until_somebody_alters_what_it_says_of_them(
    run: Run, place: str, tmp_path: Path
) -> None:
    before = run("trace", TORN, "--case", place, "--json")
    assert "lead_letters" not in before.json
    out = str(tmp_path / "out")
    made = run("letters", TORN, "--case", place, "-o", out, "--reply-within", "15", "--number", "调{n}", "--json").json
    letters = by_name(made)
    due = (date.fromisoformat(letters["老K"]["date"]) + timedelta(days=15)).isoformat()
    assert {letter["reply_by"] for letter in made["letters"]} == {due}
    reference = letters["老K"]["reference"]
    assert run("letters", "--state", f"{reference}=sent", "--by", "张伟", "--case", place).code == 0
    after = run("trace", TORN, "--case", place, "--json")
    schema = json.loads((Path(__file__).parents[2] / "docs" / "schemas" / "trace.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(after.json)
    # the answer itself stays the same
    assert after.json["results"] == before.json["results"]
    shown = {letter["addressee"]["name"]: letter for letter in after.json["lead_letters"]}
    assert {name: letter["state"]["state"] for name, letter in shown.items()} == {
        name: "sent" if name == "老K" else "new" for name in letters
    }
    leads = {lead["ask"]["name"]: lead["id"] for lead in after.json["results"][0]["leads"]}
    assert shown["老K"]["leads"] == [{"id": leads["老K"], "state": "sent", "cards": 1, "answered": 0}]
    text = " ".join(run("trace", TORN, "--case", place).out.split())
    assert f"({reference}) to 老K" in text
    assert f"reply asked for by {due}" in text
    assert reference not in run("trace", TORN, "--case", place, "--redact", "--json").out
    saved = tmp_path / "saved.json"
    saved.write_text(json.dumps(after.json), "utf-8")
    assert run("letters", "--state", f"{reference}=answered", "--case", place).code == 0
    assert run("verify", str(saved), "--case", place).code == 0
    altered = after.json
    altered["lead_letters"][0]["reply_by"] = "1999-01-01"
    saved.write_text(json.dumps(altered), "utf-8")
    problems = run("verify", str(saved), "--case", place, "--json")
    assert (problems.code, problems.json["problems"][0]["params"]["about"]) == (4, "lead_letters")


def test_the_letter_states_the_day_by_which_it_asks_for_the_reply(run: Run, place: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    given = ("letters", TORN, "--case", place, "-o", str(out), "--lang", "zh")
    assert run(*given).code == 0
    (path,) = out.glob("*老K.docx")
    assert "请于________前回复" in texts(path)
    assert run(*given, "--reply-within", "10").code == 0
    day = datetime.now(CHINA).date() + timedelta(days=10)
    assert f"请于{day.year}年{day.month}月{day.day}日前回复" in texts(path)
    assert f"要求{day}前回复" in run("letters", "--list", "--case", place, "--lang", "zh").out
    for days in ("0", "-1", "366"):
        refused = run(*given, "--reply-within", days)
        assert refused.code == 2
        assert "回复期限" in refused.err


def test_a_letter_goes_to_the_full_name_of_a_firm_that_was_met_first_by_a_short_one(run: Run, tmp_path: Path) -> None:
    place, full = str(tmp_path / "n.gtrace"), "广州市天河区捷联通讯经营部"
    rows = {
        "a.csv": f"运营商,采购企业,采购日期,ICCID\n中国联通,甲公司,2024-03-01,{SOLD}\n",
        "b.csv": f"转出方,转入方,日期,ICCID\n甲公司,捷联,2024-04-01,{SOLD}\n甲公司,{full},2024-04-01,{SOLD[:-2]}23\n",
        "c.csv": f"卡号,查获日期,案件编号,持有人\n{SOLD},2024-07-02,A1,钱七\n",
    }
    for name, text in rows.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert run("load", *(tmp_path / name for name in rows), "--case", place).code == 0
    assert run("resolve", "捷联", full, "--same", "--why", "同一主体", "--case", place).code == 0
    letters = run("letters", SOLD, "--case", place, "-o", str(tmp_path / "out"), "--json").json["letters"]
    assert full in [(letter["addressee"] or {}).get("name") for letter in letters]
