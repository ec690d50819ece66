from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from .conftest import ABSENT, TORN, WHOLE, Run


def workbook_of(cells: list[list[Any]], path: Path) -> Path:
    book = openpyxl.Workbook()
    for row in cells:
        book.active.append(row)
    book.save(path)
    return path


def answers_in(path: Path) -> dict[str, dict[str, Any]]:
    """The rows of the first sheet by what was asked for."""
    headings, *rows = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    return {row[0]: dict(zip(headings, row, strict=True)) for row in rows}


def test_a_seizure_list_is_answered_in_a_workbook(run: Run, case: str, tmp_path: Path) -> None:
    seized = workbook_of([["案号", "ICCID"], ["A1", WHOLE], ["A1", TORN], ["A2", ABSENT]], tmp_path / "seized.xlsx")
    ran = run("trace", "--from-file", seized, "-o", tmp_path / "answers.xlsx", "--case", case)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    answers = answers_in(tmp_path / "answers.xlsx")
    assert [(asked, answer["Outcome"]) for asked, answer in answers.items()] == [
        (WHOLE, "DOCUMENTED WITHOUT A GAP"),
        (TORN, "BROKEN"),
        (ABSENT, "NOT FOUND"),
    ]
    again = tmp_path / "again.xlsx"
    run("trace", "--from-file", seized, "-o", again, "--case", case)
    assert again.read_bytes() == (tmp_path / "answers.xlsx").read_bytes()


def test_hostile_names_are_text_in_every_sheet(run: Run, tmp_path: Path) -> None:
    evil = ["=cmd|' /C calc'!A0", "+1甲", "@x乙", '"\t=1+1丙"', "<r><t>x</t></r>", "http://example.org/"]
    lines = [f"{sender},{receiver},2024-03-0{day},{WHOLE}" for day, (sender, receiver) in enumerate(pairwise(evil), 1)]
    (tmp_path / "t.csv").write_text("\n".join(["转出方,转入方,日期,卡号", *lines]), encoding="utf-8")
    place = tmp_path / "h.gtrace"
    assert run("load", tmp_path / "t.csv", "--case", place).code == 0
    assert run("trace", WHOLE, "--case", place, "-o", tmp_path / "out.xlsx").code == 0
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert all(cell.hyperlink is None for cell in cells)
    hops = [cell.value for sheet in book.worksheets[1:2] for cell in sheet["H"]]
    assert hops[1:] == ["+1甲", "@x乙", "=1+1丙", "<r><t>x</t></r>", "http://example.org/"]


@pytest.mark.slow
def test_hundreds_of_cards_of_a_file_are_answered_each(run: Run, case: str, tmp_path: Path) -> None:
    asked = [str(8986061900000000001 + number) for number in range(300)]
    (tmp_path / "ids.txt").write_text("\n".join(asked), encoding="utf-8")
    assert run("trace", "--from-file", tmp_path / "ids.txt", "-o", tmp_path / "out.xlsx", "--case", case).code == 0
    answers = answers_in(tmp_path / "out.xlsx")
    assert list(answers) == asked
    assert sum(answer["Outcome"] == "DOCUMENTED WITHOUT A GAP" for answer in answers.values()) == 99
    assert sum(answer["Outcome"] == "NOT FOUND" for answer in answers.values()) == 200


def damage_told(run: Run, case: str, path: Path) -> list[tuple[str, list[tuple[str, str]]]]:
    ran = run("trace", "--from-file", path, "--case", case, "--json")
    return [
        (
            result["input"],
            [
                (finding["params"]["low"], finding["params"]["high"])
                for finding in result["findings"]
                if "low" in finding["params"]
            ],
        )
        for result in ran.json["results"]
    ]


def test_a_number_cell_that_lost_digits_names_no_card_but_its_bounds(run: Run, case: str, tmp_path: Path) -> None:
    path = workbook_of([["ICCID"], [int(WHOLE)], [WHOLE]], tmp_path / "ids.xlsx")
    ran = run("trace", "--from-file", path, "--case", case, "--json")
    first, second = ran.json["results"]
    assert (first["found"], first["outcome"], first["card"]) == (False, "not_found", None)
    assert first["leads"][0]["ask"]["id"] == "carrier:china-unicom"
    (finding,) = first["findings"]
    low, high = finding["params"]["low"], finding["params"]["high"]
    assert low <= WHOLE <= high
    assert (finding["code"], len(low), len(high)) == ("damaged_number", 19, 19)
    assert low in finding["message"]
    assert high in finding["message"]
    assert second["outcome"] == "continuous"


@pytest.mark.parametrize(
    ("cells", "damaged"),
    [
        (["8.98606E+18", WHOLE], ["8.98606E+18"]),
        (["8986061900000010000", "8986061900000020000", WHOLE], ["8986061900000010000", "8986061900000020000"]),
        (["8986061900000010000", WHOLE], []),
        (["89860619000000100000", WHOLE], ["89860619000000100000"]),
        (["898606190000001????", "89860619000000100"], ["898606190000001????"]),
    ],
)
def test_the_cells_of_a_table_are_judged_as_at_load(
    run: Run, case: str, tmp_path: Path, cells: list[str], damaged: list[str]
) -> None:
    (tmp_path / "ids.csv").write_text("\n".join(["卡号", *cells]), encoding="utf-8")
    told = damage_told(run, case, tmp_path / "ids.csv")
    assert [text for text, bounds in told if bounds] == damaged


def test_what_a_person_types_is_damaged_only_in_scientific_notation(run: Run, case: str, tmp_path: Path) -> None:
    zeroed = ["8986061900000010000", "8986061900000020000", "89860619000000100000"]
    (tmp_path / "ids.txt").write_text("\n".join(zeroed), encoding="utf-8")
    assert [bounds for _, bounds in damage_told(run, case, tmp_path / "ids.txt")] == [[], [], []]
    ran = run("trace", *zeroed, "8.98606E+18", "--case", case, "--json")
    codes = [[finding["code"] for finding in result["findings"]] for result in ran.json["results"]]
    assert [("damaged_number" in told) for told in codes] == [False, False, False, True]


def test_a_damaged_cell_that_looks_like_a_card_of_the_case_is_not_taken_for_it(run: Run, tmp_path: Path) -> None:
    listed = ["8986061900000010000", "8986061900000020000"]
    (tmp_path / "t.csv").write_text(
        "\n".join(
            ["转出方,转入方,日期,起始ICCID,结束ICCID", "甲,乙,2024-03-01,8986061900000000001,8986061900000030000"]
        ),
        encoding="utf-8",
    )
    place = str(tmp_path / "r.gtrace")
    assert run("load", tmp_path / "t.csv", "--case", place).code == 0
    (tmp_path / "ids.csv").write_text("\n".join(["ICCID", *listed]), encoding="utf-8")
    ran = run("trace", "--from-file", tmp_path / "ids.csv", "--case", place, "--json")
    assert (ran.code, [result["found"] for result in ran.json["results"]]) == (1, [False, False])
    assert [result["found"] for result in run("trace", *listed, "--case", place, "--json").json["results"]] == [
        True,
        True,
    ]


def test_totals_and_repeated_headings_are_not_asked_for(run: Run, case: str, tmp_path: Path) -> None:
    text = f"序号,ICCID号\n1,{WHOLE}\n序号,ICCID号\n2,{TORN}\n合计,2\n"
    (tmp_path / "ids.csv").write_text(text, encoding="utf-8")
    ran = run("trace", "--from-file", tmp_path / "ids.csv", "--case", case, "--json")
    assert [result["input"] for result in ran.json["results"]] == [WHOLE, TORN]
