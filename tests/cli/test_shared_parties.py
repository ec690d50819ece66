from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest
from rich.cells import cell_len

from .conftest import ABSENT, TORN, WHOLE, Run

EVIL = "=HYPERLINK(1)[/foo]\x1b[31m<script>\u202eevil\x9b2J"
FORMULA = "=cmd|' /C calc'!A0"
NEIGHBOUR = "8986061900000000003"
TRANSFERS = f"""转出方,转入方,日期,卡号
中国联通,{EVIL},2024-03-01,{WHOLE}
中国联通,{EVIL},2024-03-01,{TORN}
中国联通,{EVIL},2024-03-01,{NEIGHBOUR}
{EVIL},{FORMULA},2024-03-05,{WHOLE}
{EVIL},{FORMULA},2024-03-05,{TORN}
"""
ACTIVATIONS = f"""卡号,激活时间,使用人
{WHOLE},2024-04-02,{EVIL}
{TORN},2024-04-02,{FORMULA}
{NEIGHBOUR},2024-04-02,
"""
SEIZURES = f"""卡号,查获日期,案号
{WHOLE},2024-05-01,案=一
{TORN},2024-05-01,案二{EVIL}
"""


@pytest.fixture(scope="module")
def seized(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Two seized cards and one that is active, their hands with hostile names."""
    from graphtrace.cli import main

    folder = tmp_path_factory.mktemp("seized")
    place = str(folder / "s.gtrace")
    for name, text in (("t", TRANSFERS), ("a", ACTIVATIONS), ("z", SEIZURES)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        assert main(["load", str(folder / f"{name}.csv"), "--case", place]) == 0
    return place


def test_json_has_the_keys_of_the_page_in_their_order(run: Run, case: str) -> None:
    ran = run("common", WHOLE, TORN, ABSENT, "--json", "--case", case)
    assert (ran.code, ran.err) == (0, "")
    answer = ran.json
    assert list(answer) == [
        *(
            "graphtrace",
            "case",
            "ledger_head",
            "as_of",
            "asked",
            "by",
            "case_cards",
            "parties",
            "carriers",
            "cover",
            "unexplained",
            "judgements",
            "cards",
            "unread",
        ),
    ]
    assert answer["asked"] == {"cards": 2, "cases": 0, "cards_without_case": 2, "not_found": [ABSENT]}
    first = answer["parties"][0]
    assert list(first) == [
        *("party", "roles", "cards", "cases", "cards_without_case", "certain_cards", "coverage", "score", "volume"),
        *("expected", "lift", "interval", "guarded_lift", "evidence"),
    ]
    assert (first["party"]["name"], first["roles"], first["cards"], first["volume"]) == ("老K", {"reseller": 2}, 2, 2)
    assert (first["coverage"], first["score"], first["lift"]) == ({"cards": 1.0, "cases": None}, 1.0, 50.0)
    (evidence, _) = first["evidence"]
    assert list(evidence) == ["iccid", "roles", "certain", "hops", "used"]
    assert [(hop["chain"], hop["n"], hop["origins"][0]["row"]) for hop in evidence["hops"]] == [(1, 2, 2), (1, 3, 3)]
    assert answer["cover"] == [{"party": first["party"], "cards": 2, "new_cards": 2}]
    assert answer["cards"][0] == {"input": WHOLE, "iccid": WHOLE, "outcome": "continuous", "case_nos": []}


def test_the_terminal_shows_the_ranking_and_what_no_record_knows(run: Run, case: str) -> None:
    ran = run("common", WHOLE, TORN, ABSENT, "--case", case)
    head = "2 cards · 0 criminal cases · 2 cards without a case number\n1 number in no record"
    for part in (head, "Ranked by lift", " 1  老K", ABSENT, "Carriers"):
        assert part in ran.out
    assert "transfers.csv" not in ran.out
    assert "transfers.csv:2" in run("common", WHOLE, "-v", "--case", case).out
    assert "Ranked by coverage" in run("common", WHOLE, "--by", "coverage", "--case", case).out
    assert "按得分排列" in run("common", WHOLE, "--by", "score", "--lang", "zh", "--case", case).out


def test_more_parties_than_are_shown_are_counted(run: Run, tmp_path: Path) -> None:
    hands = [f"甲{number}" for number in range(14)]
    steps = zip(["中国联通", *hands], hands, range(14), strict=False)
    rows = [f"{sender},{receiver},2024-03-{day + 1:02d},{WHOLE}" for sender, receiver, day in steps]
    (tmp_path / "t.csv").write_text("\n".join(["from,to,date,iccid", *rows]), encoding="utf-8")
    place = tmp_path / "c.gtrace"
    assert run("load", tmp_path / "t.csv", "--case", place).code == 0
    brief = run("common", WHOLE, "--case", place).out
    assert "4 more parties" in brief
    assert "甲9" not in brief.partition("more parties")[0]
    assert "more parties" not in run("common", WHOLE, "-v", "--case", place).out


@pytest.mark.parametrize("command", ["common", "siblings"])
def test_no_known_card_is_1_and_no_card_at_all_2(run: Run, case: str, command: str) -> None:
    ran = run(command, ABSENT, "--json", "--case", case)
    assert (ran.code, ran.err) == (1, "")
    assert ABSENT in ran.out
    ran = run(command, "--json", "--case", case)
    assert (ran.code, ran.error["code"]) == (2, "wrong_usage")
    assert run(command, WHOLE, "--as-of", "2020-01-01", "--case", case).code == 1
    assert run(command, WHOLE, "--case", "nowhere.gtrace").code == 3


def test_weights_are_those_of_case_numbers_and_of_cards_without_one(run: Run, seized: str) -> None:
    ran = run(
        "common", WHOLE, NEIGHBOUR, "--weight", "案=一=3", "--weight", f"{NEIGHBOUR}=1", "--json", "--case", seized
    )
    assert {one["score"] for one in ran.json["parties"]} == {1.0, 0.75}


@pytest.mark.parametrize("weight", ["案=一", "=2", "5", "案=一=x", "案三=1", f"{WHOLE}=2", "案=一=-1", "案=一=nan"])
def test_a_weight_that_is_none_says_what_to_write(run: Run, seized: str, weight: str) -> None:
    ran = run("common", WHOLE, "--weight", weight, "--json", "--case", seized)
    assert (ran.code, ran.out, ran.error["code"]) == (2, "", "wrong_usage")
    assert ran.error["hint"]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("command", ["common", "siblings"])
def test_hostile_names_do_nothing_and_no_line_is_too_long(
    run: Run, seized: str, lang: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for columns in (60, 80):
        monkeypatch.setenv("COLUMNS", str(columns))
        for more in ((), ("-v",)):
            ran = run(command, WHOLE, TORN, *more, "--case", seized, "--lang", lang)
            assert ran.code == 0
            assert "␛[31m" in ran.out
            assert not any(character in ran.out for character in "\x1b\u202e\x9b")
            assert max(map(cell_len, ran.out.splitlines())) <= columns
    ran = run(command, WHOLE, "--case", seized, "--json")
    assert not any(character in ran.out for character in "\x1b\u202e\x9b")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_line_for_each_of_many_cards_fits_a_narrow_page(
    run: Run, tmp_path: Path, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = [f"898606190000000000{number}" for number in range(4)]
    rows = [f"中国联通,公司,2024-03-01,{card}" for card in cards]
    (tmp_path / "t.csv").write_text("\n".join(["from,to,date,iccid", *rows]), encoding="utf-8")
    place = tmp_path / "c.gtrace"
    assert run("load", tmp_path / "t.csv", "--case", place).code == 0
    monkeypatch.setenv("COLUMNS", "60")
    told = run("siblings", *cards, "--case", place, "--lang", lang).out
    assert all(card in told for card in cards)
    assert max(map(cell_len, told.splitlines())) <= 60


@pytest.mark.parametrize(("command", "rows"), [("common", 3), ("siblings", 1)])
def test_files_are_json_text_csv_and_spreadsheets_without_formulas(
    run: Run, seized: str, tmp_path: Path, command: str, rows: int
) -> None:
    for ending in (".json", ".txt", ".csv", ".xlsx"):
        ran = run(command, WHOLE, TORN, ABSENT, "-o", tmp_path / f"out{ending}", "--case", seized)
        assert (ran.code, ran.out) == (0, "")
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["graphtrace"]
    table = list(csv.reader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8-sig"))))
    assert len(table) == 1 + rows
    assert not [cell for row in table for cell in row if cell.startswith("=")]
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    numbers = [cell for cell in cells if str(cell.value).startswith("89860")]
    assert {cell.data_type for cell in numbers} == {"s"}
    assert {ABSENT, WHOLE} <= {cell.value for cell in numbers}
    ran = run(command, WHOLE, "-o", tmp_path / "out.rtf", "--case", seized, "--json")
    assert (ran.code, ran.error["code"]) == (2, "unknown_format")


def test_the_workbook_of_what_cards_share_has_the_evidence_row_by_row(run: Run, case: str, tmp_path: Path) -> None:
    assert run("common", WHOLE, TORN, "-o", tmp_path / "out.xlsx", "--case", case).code == 0
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["Parties", "Evidence", "Smallest set found", "Cards"]
    parties = list(book["Parties"].iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[1]) for row in parties][:1] == [(1, "老K")]
    assert [row[1] for row in parties if row[0] is None] == ["中国联通"]
    evidence = list(book["Evidence"].iter_rows(min_row=2, values_only=True))
    assert ("老K", WHOLE, 2, "transfers.csv:2") in [(row[0], row[1], row[6], row[10]) for row in evidence]
    assert ("王五", WHOLE, None, "activations.csv:2") in [(row[0], row[1], row[6], row[10]) for row in evidence]


def test_the_cards_to_suspend_are_ranges_by_carrier(run: Run, seized: str, tmp_path: Path) -> None:
    assert run("siblings", WHOLE, "-o", tmp_path / "suspension.xlsx", "--case", seized).code == 0
    book = openpyxl.load_workbook(tmp_path / "suspension.xlsx")
    assert book.sheetnames == ["For suspension", "Lots"]
    (row,) = book["For suspension"].iter_rows(min_row=2, values_only=True)
    assert row[:5] == ("China Unicom", NEIGHBOUR, NEIGHBOUR, 1, WHOLE)
    counts = [row[7:11] for row in book["Lots"].iter_rows(min_row=2, values_only=True)]
    assert counts == [(2, 2, 2, 0), (2, 2, 2, 0), (3, 3, 2, 1)]


@pytest.mark.parametrize("ending", [".html", ".md", ".txt", ".csv"])
def test_the_cards_to_suspend_stand_in_every_format(run: Run, seized: str, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"out{ending}"
    assert run("siblings", WHOLE, ABSENT, "-o", path, "--case", seized).code == 0
    text = path.read_text(encoding="utf-8")
    assert NEIGHBOUR in text
    assert (ABSENT in text) == (ending != ".csv"), "the table of ranges has no place for it"


def test_sibling_json_has_the_keys_of_the_page_in_their_order(run: Run, seized: str) -> None:
    answer = run("siblings", WHOLE, ABSENT, "--json", "--case", seized).json
    keys = [
        "graphtrace",
        "case",
        "ledger_head",
        "as_of",
        "results",
        "suspension",
        "suspension_unread",
        "out_of_service",
        "not_found",
        "judgements",
        "unread",
    ]
    assert list(answer) == keys
    (result,) = answer["results"]
    assert list(result) == ["input", "iccid", "outcome", "same_way", "lots"]
    assert list(result["same_way"]) == ["cards", "activated", "seized", "at_large", "ranges", "ranges_at_large"]
    assert result["same_way"]["ranges"] == [{"first": WHOLE, "last": TORN, "cards": 2}]
    assert [(lot["n"], lot["lot"]["cards"], lot["together"]["at_large"]) for lot in result["lots"]] == [
        (2, 2, 0),
        (1, 3, 1),
    ]
    assert answer["suspension"] == [
        {
            "first": NEIGHBOUR,
            "last": NEIGHBOUR,
            "cards": 1,
            "carrier": "china-unicom",
            "sibling": WHOLE,
            "chain": 1,
            "n": 1,
            "same_way": True,
        }
    ]
    assert answer["not_found"] == [ABSENT]


def test_many_cards_have_a_line_each(run: Run, case: str) -> None:
    asked = [str(8986061900000000010 + number) for number in range(5)]
    brief, full = (run("siblings", *asked, *more, "--case", case).out for more in ((), ("-v",)))
    cards = [line for line in full.splitlines() if line.startswith("8986061900000000")]
    lines = [line.split() for line in brief.splitlines() if line.startswith("  8986061900000000")]
    assert [line[0] for line in lines] == cards
    assert {tuple(line[1:]) for line in lines} == {("98", "0", "0", "0")}
    assert "One card at a time" in brief
    assert "step 1" not in brief
    assert full.count("step 1") == 5
