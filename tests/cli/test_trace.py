from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from .conftest import ABSENT, TORN, WHOLE, Run


def test_a_whole_chain_is_told_with_its_parties(run: Run, case: str) -> None:
    ran = run("trace", WHOLE, "--case", case)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(" DOCUMENTED WITHOUT A GAP ")
    for part in ("星海智联科技有限公司", "老K", "王五", "via 微信", "transfers.csv:2", "sales.csv:2"):
        assert part in ran.out


def test_json_has_one_result_per_input_in_their_order(run: Run, case: str) -> None:
    ran = run("trace", TORN, WHOLE, ABSENT, "--json", "--case", case)
    assert ran.code == 0
    assert [result["input"] for result in ran.json["results"]] == [TORN, WHOLE, ABSENT]
    assert [result["outcome"] for result in ran.json["results"]] == ["broken", "continuous", "not_found"]
    assert ran.json["case"] == case


def test_a_card_is_found_by_its_msisdn(run: Run, case: str) -> None:
    ran = run("trace", "1064612345678", "--case", case)
    assert ran.code == 0
    assert "asked for as MSISDN 1064612345678" in ran.out


def test_nothing_in_the_case_is_1(run: Run, case: str) -> None:
    ran = run("trace", ABSENT, "13800000000", "--case", case, "--json")
    assert ran.code == 1
    assert [result["found"] for result in ran.json["results"]] == [False, False]
    assert ran.json["results"][0]["card"]["key"] == ABSENT
    assert ran.json["results"][1]["card"] is None


def test_what_is_no_number_is_2(run: Run, case: str) -> None:
    ran = run("trace", ABSENT, "hello", "--case", case, "--json")
    assert (ran.code, ran.out, ran.error["code"]) == (2, "", "not_a_number")


@pytest.mark.parametrize(
    ("card", "level", "code"),
    [(TORN, "error", 5), (TORN, "info", 5), (WHOLE, "error", 0), (ABSENT, "error", 1)],
)
def test_fail_on_turns_a_finding_into_5(run: Run, case: str, card: str, level: str, code: int) -> None:
    assert run("trace", card, "--fail-on", level, "--case", case).code == code


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ids.txt", f"\ufeff{TORN}\n\n  {WHOLE}  \n{TORN}\n".encode()),
        ("ids", f"{TORN}\r\n{WHOLE}".encode("gb18030")),
        ("ids.csv", f"清单,,\n序号,ICCID号,备注\n1,{TORN},甲\n2,{WHOLE},乙\n".encode()),
        ("ids.csv", f"备注,卡号\n甲,{TORN}\n乙,{WHOLE}\n".encode("gb18030")),
    ],
)
def test_questions_come_from_a_list_or_a_table(run: Run, case: str, tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    ran = run("trace", "--from-file", path, "--case", case, "--json")
    assert [result["input"] for result in ran.json["results"]] == [TORN, WHOLE]


def test_questions_come_from_a_workbook(run: Run, case: str, tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["查获清单"])
    book.active.append(["接入号", "ICCID"])
    book.active.append(["1064612345678", WHOLE])
    book.save(tmp_path / "ids.xlsx")
    ran = run("trace", "--from-file", tmp_path / "ids.xlsx", "--case", case, "--json")
    assert [result["input"] for result in ran.json["results"]] == [WHOLE]


def test_questions_on_the_command_line_come_before_those_of_a_file(run: Run, case: str, tmp_path: Path) -> None:
    (tmp_path / "ids.txt").write_text(WHOLE, encoding="utf-8")
    ran = run("trace", TORN, "--from-file", tmp_path / "ids.txt", "--case", case, "--json")
    assert [result["input"] for result in ran.json["results"]] == [TORN, WHOLE]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("none.txt", None, "unreadable_file"),
        ("empty.txt", "\n", "unreadable_file"),
        ("t.csv", "a,b\n1,2\n", "unknown_headings"),
    ],
)
def test_a_file_without_questions_is_2(
    run: Run, case: str, tmp_path: Path, name: str, content: str | None, code: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    ran = run("trace", "--from-file", tmp_path / name, "--case", case, "--json")
    assert (ran.code, ran.out, ran.error["code"]) == (2, "", code)
    assert ran.error["hint"]


def test_nothing_asked_for_is_2(run: Run, case: str) -> None:
    ran = run("trace", "--case", case, "--json")
    assert (ran.code, ran.error["code"]) == (2, "wrong_usage")


def test_an_answer_as_known_before_the_load_finds_nothing(run: Run, case: str) -> None:
    assert run("trace", WHOLE, "--as-of", "2020-01-01", "--case", case).code == 1
    assert run("trace", WHOLE, "--as-of", "2999-01-01", "--case", case).code == 0
    ran = run("trace", WHOLE, "--as-of", "yesterday", "--case", case, "--json")
    assert (ran.code, ran.error["code"]) == (2, "wrong_usage")


def test_a_csv_file_has_a_row_per_hop(run: Run, case: str, tmp_path: Path) -> None:
    ran = run("trace", WHOLE, TORN, ABSENT, "-o", tmp_path / "out.csv", "--case", case)
    assert (ran.code, ran.out) == (0, "")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8-sig"))))
    assert [(row["input"], row["n"]) for row in rows if row["input"] == WHOLE] == [(WHOLE, n) for n in "123"]
    assert rows[-1]["outcome"] == "not_found"


def test_hostile_names_do_nothing(run: Run, tmp_path: Path) -> None:
    name = "[/foo]\x1b[31m<script>\u202eevil\x9b2J"
    (tmp_path / "t.csv").write_text(f"转出方,转入方,日期,卡号\n甲,{name},2024-03-05,{WHOLE}\n", encoding="utf-8")
    place = tmp_path / "h.gtrace"
    assert run("load", tmp_path / "t.csv", "--case", place).code == 0
    for lang in ("en", "zh"):
        ran = run("trace", WHOLE, "--case", place, "--lang", lang)
        assert "[/foo]␛[31m<script><U+202E>evil<U+009B>2J" in ran.out
        assert not any(character in ran.out for character in "\x1b\u202e\x9b")
    ran = run("trace", WHOLE, "--case", place, "--json")
    assert ran.json["results"][0]["holder"]["name"] == name
    assert not any(character in ran.out for character in "\x1b\u202e\x9b")
