from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from .conftest import TRANSFERS, WHOLE, Run


def test_loading_makes_the_case_and_accounts_for_every_row(run: Run, files: Path, tmp_path: Path) -> None:
    ran = run("load", files / "sales.csv", files / "transfers.csv", "--case", tmp_path / "x.gtrace", "--json")
    assert ran.code == 0
    assert [(entry["file"], entry["kind"], entry["rows"], entry["loaded"]) for entry in ran.json["files"]] == [
        ("sales.csv", "purchase", 1, 1),
        ("transfers.csv", "transfer", 4, 4),
    ]
    again = run("load", files / "sales.csv", "--case", tmp_path / "x.gtrace", "--json")
    (entry,) = again.json["files"]
    assert (entry["already_loaded"], entry["loaded"], entry["duplicate"]) == (True, 0, 1)


def test_one_bad_file_does_not_stop_the_others_and_the_exit_is_2(run: Run, files: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("甲,乙\n1,2\n", encoding="utf-8")
    ran = run("load", bad, files / "sales.csv", tmp_path / "none.csv", "--case", tmp_path / "x.gtrace")
    assert ran.code == 2
    assert "sales.csv" in ran.out
    assert "甲" in ran.out
    assert ran.err.startswith("error: not read: bad.csv, none.csv\nhint: ")
    ran = run("load", bad, files / "sales.csv", "--case", tmp_path / "x.gtrace", "--json")
    assert ran.json["files"][0]["error"]["code"] == ran.error["code"] == "unknown_headings"
    assert ran.json["files"][1]["error"] is None


def test_of_many_files_the_outcomes_come_first_and_json_has_them_all(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(70):
        whole = f"{TRANSFERS}甲,乙{number},2024-03-05,{WHOLE}\n"
        text = f"标题,{number}\n1,2\n" if number % 2 else whole
        (folder / f"{number:02d}.csv").write_text(text, encoding="utf-8")
    ran = run("load", folder, "--case", tmp_path / "x.gtrace")
    assert ran.code == 2
    lines = ran.out.splitlines()
    assert lines[0].split() == ["outcome", "files", "rows", "loaded", "duplicate", "rejected"]
    assert lines[2].split()[:5] == ["not", "read:", "unknown", "headings", "35"]
    assert lines[3].split()[:2] == ["total", "70"]
    assert "What was not read counts for nothing." in ran.out
    assert "sheet by sheet, with questions, remarks and unused columns: -v or --json" in ran.out
    assert len(lines) < 15
    assert ran.err.startswith(
        "error: 35 files were not read: 01.csv, 03.csv, 05.csv, 07.csv, 09.csv, and 30 more\nhint: "
    )
    every = run("load", folder, "--case", tmp_path / "y.gtrace", "-v").out
    assert all(f"{number:02d}.csv" in every for number in range(70))
    answer = run("load", folder, "--case", tmp_path / "z.gtrace", "--json")
    assert [entry["file"] for entry in answer.json["files"]] == [f"{number:02d}.csv" for number in range(70)]
    assert sum(entry["error"] is not None for entry in answer.json["files"]) == 35


def test_columns_that_many_files_leave_unused_are_named_once(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(31):
        text = f"转出方,转入方,日期,卡号,甲栏\n甲,乙{number},2024-03-05,{WHOLE},7\n"
        (folder / f"{number:02d}.csv").write_text(text, encoding="utf-8")
    ran = run("load", folder, "--case", tmp_path / "x.gtrace", "-v")
    assert ran.code == 0
    assert ran.out.count("甲栏") == 1
    assert "00.csv and 30 others" in ran.out
    assert "甲栏 (31)" in ran.out
    assert "1 more, shown with -v or --json" in run("status", "--case", tmp_path / "x.gtrace").out


def test_rejected_rows_are_told_with_place_reason_and_value(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"{TRANSFERS}甲,乙,2024-13-45,{WHOLE}\n", encoding="utf-8")
    ran = run("load", path, "--case", tmp_path / "x.gtrace")
    assert ran.code == 0
    assert "bad_date  1 ×" in ran.out
    assert "t.csv:6  date  2024-13-45" in ran.out


def test_a_dry_run_leaves_no_case_behind(run: Run, files: Path, tmp_path: Path) -> None:
    ran = run("load", files / "sales.csv", "--case", tmp_path / "x.gtrace", "--dry-run")
    assert ran.code == 0
    assert "nothing was written" in ran.out
    assert not (tmp_path / "x.gtrace").exists()


def test_a_load_that_reads_no_file_leaves_no_case_behind(run: Run, files: Path, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    place = tmp_path / "x.gtrace"
    assert run("load", "none.csv", tmp_path / "odd.csv", "--case", place).code == 2
    assert not place.exists()
    assert run("load", tmp_path / "odd.csv", files / "sales.csv", "--case", place).code == 2
    assert run("load", "none.csv", "--case", place).code == 2
    assert len(run("status", "--case", place, "--json").json["files"]) == 1


def test_the_kind_can_be_said_and_only_a_kind(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(TRANSFERS, encoding="utf-8")
    ran = run("load", path, "--as", "return", "--case", tmp_path / "x.gtrace", "--json")
    assert ran.json["files"][0]["kind"] == "return"
    ran = run("load", path, "--as", "theft", "--case", tmp_path / "x.gtrace", "--json")
    assert (ran.code, ran.error["code"]) == (2, "wrong_usage")
    assert "transfer" in ran.error["message"]


def test_a_suggested_mapping_can_be_written_and_used(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text(TRANSFERS.replace("卡号", "芯片串号").replace("转入方", "甲栏"), encoding="utf-8")
    assert run("load", path, "--case", tmp_path / "x.gtrace").code == 2
    ran = run("mapping", "suggest", path, "-o", tmp_path / "m.yml")
    assert (ran.code, ran.out) == (0, "")
    text = (tmp_path / "m.yml").read_text(encoding="utf-8")
    assert "芯片串号" in text
    assert run("mapping", "suggest", path).out == text
    assert run("mapping", "suggest", path, "--json").json["mapping"] == text


def test_a_mapping_that_is_none_is_2(run: Run, files: Path, tmp_path: Path) -> None:
    ran = run("load", files / "sales.csv", "--mapping", "none.yml", "--case", tmp_path / "x.gtrace", "--json")
    assert (ran.code, ran.out) == (2, "")
    assert "none.yml" in ran.error["message"]


def test_a_quantity_with_a_subscriber_number_beside_it_and_no_column_of_cards_is_loaded(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("转出方,转入方,日期,数量,接入号\n甲,乙,2024-03-05,500,1064612345678\n", encoding="utf-8")
    ran = run("load", path, "--case", tmp_path / "x.gtrace", "--json")
    assert (ran.code, ran.json["files"][0]["loaded"]) == (0, 1)


def test_a_column_of_last_cards_that_is_empty_in_every_row_stops_no_load(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        f"转出方,转入方,日期,起始ICCID,结束ICCID,数量\n甲,乙,2024-03-05,{WHOLE},,\n甲,乙,2024-03-05,,,500\n", "utf-8"
    )
    ran = run("load", path, "--case", tmp_path / "x.gtrace", "--json")
    (entry,) = ran.json["files"]
    assert (ran.code, entry["loaded"]) == (0, 1)
    assert [(reject["row"], reject["reason"]) for reject in entry["rejects"]] == [(2, "missing_field")]


def test_a_file_of_nothing_but_a_header_is_loaded_as_one_without_rows(run: Run, tmp_path: Path) -> None:
    for name, headings in (("plain.csv", "from,to,date,iccid"), ("kinds.csv", "类型,from,to,date,iccid")):
        (tmp_path / name).write_text(f"{headings}\n", encoding="utf-8")
        (entry,) = run("load", tmp_path / name, "--case", tmp_path / "x.gtrace", "--json").json["files"]
        assert (entry["error"], entry["rows"]) == (None, 0)


@pytest.mark.parametrize("word", ["转让", "transfer", "Transfer", "销售"])
def test_what_the_hint_proposes_is_taken_for_a_kind(run: Run, tmp_path: Path, word: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"日期,卡号\n2024-03-05,{WHOLE}\n", encoding="utf-8")
    said = ("--set", "from=甲", "--set", "to=乙")
    ran = run("load", path, "--case", tmp_path / "x.gtrace", "--json", "--as", word, *said)
    assert (ran.code, ran.json["files"][0]["kind"]) == (0, "transfer")


def test_every_kind_can_be_said_in_chinese_and_other_words_are_refused_as_they_are_typed(
    run: Run, tmp_path: Path
) -> None:
    from graphtrace.cli.file_commands import Kind
    from graphtrace.render.text_tables import KINDS

    path = tmp_path / "none.csv"
    for kind in get_args(Kind):
        assert "--as" not in run("load", path, "--case", tmp_path / "x.gtrace", "--as", KINDS[kind].zh).err
    for word in ("混合", "天气", "mixed"):
        assert f"'{word}' is none of" in run("load", path, "--case", tmp_path / "x.gtrace", "--as", word).err


@pytest.mark.parametrize(
    ("name", "head", "hint"),
    [
        ("a.rar", b"Rar!\x1a\x07", "Unpack it"),
        ("a.pdf", b"%PDF-1.7", "Ask for the file again"),
        ("a.csv", b"\x89PNG", "extract -"),
    ],
)
def test_what_to_do_with_a_file_that_is_no_table_fits_what_it_is(
    run: Run, tmp_path: Path, name: str, head: bytes, hint: str
) -> None:
    (tmp_path / name).write_bytes(head + bytes(50))
    ran = run("load", tmp_path / name, "--case", tmp_path / "x.gtrace")
    assert (ran.code, hint in ran.err + ran.out) == (2, True)
    assert "program that wrote it" not in ran.err + ran.out


def test_a_file_is_not_offered_as_a_case(run: Run, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("read me", encoding="utf-8")
    ran = run("status", "--case", tmp_path / "README.md")
    assert (ran.code, "is a file, and no case" in ran.err, "load FILE" in ran.err) == (3, True, False)
