from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import TORN, WHOLE, Run

SELLS = "转出方,转入方,日期,卡号,渠道\n老K,王五,2024-04-01,8986061900000000001,QQ\n"


@pytest.fixture
def place(run: Run, files: Path, tmp_path: Path) -> str:
    """A case of its own for each test."""
    place = str(tmp_path / "y.gtrace")
    assert run("load", *sorted(files.iterdir()), "--case", place).code == 0
    return place


def holder(run: Run, place: str, *more: str) -> str | None:
    (result,) = run("trace", WHOLE, "--case", place, "--json", *more).json["results"]
    return result["holder"] and str(result["holder"]["name"])


def test_a_withdrawn_record_no_longer_counts_and_says_why_who_and_when(run: Run, place: str) -> None:
    ran = run("correct", "transfers.csv:3", "--why", "读错一行", "--who", "李警官", "--case", place, "--json")
    assert (ran.code, ran.json["new"]) == (0, True)
    said = ran.json["correction"]
    assert (said["number"], said["who"], said["why"], said["reinstated"], said["by"]) == (
        1,
        "李警官",
        "读错一行",
        False,
        None,
    )
    assert (said["record"]["file"], said["record"]["row"]) == ("transfers.csv", 3)
    assert holder(run, place) == "老K"
    assert run("status", "--case", place, "--json").json["corrected"] == 1
    assert "withdrawn" in run("status", "--case", place).out
    assert run("correct", "--list", "--case", place, "--json").json["corrections"] == [said]
    shown = run("correct", "--list", "--case", place, "--lang", "zh").out
    assert "已撤销" in shown
    assert "李警官" in shown
    assert run("verify", "--case", place).code == 0
    assert json.loads((Path(place) / "ledger.jsonl").read_text("utf-8").splitlines()[-1])["why"] == "读错一行"


def test_the_same_correction_again_writes_nothing(run: Run, place: str) -> None:
    first = run("correct", "transfers.csv:3", "--why", "a", "--case", place, "--json").json
    again = run("correct", "transfers.csv:3", "--why", "b", "--case", place, "--json")
    assert (again.code, again.json["new"], again.json["correction"]) == (0, False, first["correction"])
    assert len((Path(place) / "ledger.jsonl").read_text("utf-8").splitlines()) == 4


def test_a_correction_is_lifted_by_one_more(run: Run, place: str) -> None:
    run("correct", "transfers.csv:3", "--why", "wrong", "--case", place)
    assert run("correct", "transfers.csv:3", "--undo", "--why", "was right", "--case", place).code == 0
    assert holder(run, place) == "王五"
    assert [each["reinstated"] for each in run("correct", "--list", "--case", place, "--json").json["corrections"]] == [
        False,
        True,
    ]
    again = run("correct", "transfers.csv:3", "--undo", "--why", "was right", "--case", place, "--json")
    assert again.json["new"] is False


def test_a_record_is_named_by_hash_too(run: Run, place: str) -> None:
    hops = run("trace", WHOLE, "--case", place, "--json").json["results"][0]["chains"][0]["hops"]
    sha256 = hops[-1]["origins"][0]["sha256"]
    assert run("correct", f"{sha256[:8]}:3", "--why", "x", "--case", place).code == 0
    assert holder(run, place) == "老K"


def test_the_record_that_replaces_another_is_kept(run: Run, place: str, tmp_path: Path) -> None:
    (tmp_path / "again.csv").write_text(SELLS.replace("王五", "王五金"), "utf-8")
    run("load", tmp_path / "again.csv", "--case", place)
    assert holder(run, place) is None
    ran = run("correct", "transfers.csv:3", "--by", "again.csv:2", "--why", "x", "--case", place, "--json")
    assert ran.json["correction"]["by"]["file"] == "again.csv"
    assert holder(run, place) == "王五金"
    refused = run("correct", "transfers.csv:4", "--by", "transfers.csv:3", "--why", "x", "--case", place, "--json")
    assert (refused.code, refused.error["code"]) == (2, "wrong_usage")


def test_a_name_that_several_records_bear_lists_them_and_is_2(run: Run, place: str, tmp_path: Path) -> None:
    (tmp_path / "transfers.csv").write_text(SELLS.replace("QQ", "微信"), "utf-8")
    run("load", tmp_path / "transfers.csv", "--case", place)
    ran = run("correct", "transfers.csv:2", "--why", "x", "--case", place, "--json")
    assert (ran.code, ran.error["code"]) == (2, "ambiguous_record")
    assert ran.error["message"].count(":2") == 3
    named = ran.error["message"].rpartition(" records: ")[2].split(", ")
    assert run("correct", named[0], "--why", "x", "--case", place).code == 0


@pytest.mark.parametrize("record", ["transfers.csv:99", "nothing.csv:2", "sales.csv:1"])
def test_a_record_that_is_not_there_is_1(run: Run, case: str, record: str) -> None:
    ran = run("correct", record, "--why", "x", "--case", case, "--json")
    assert (ran.code, ran.error["code"]) == (1, "not_found")


def test_a_correction_that_does_not_exist_cannot_be_lifted(run: Run, case: str) -> None:
    ran = run("correct", "transfers.csv:2", "--undo", "--why", "x", "--case", case, "--json")
    assert (ran.code, ran.error["code"]) == (1, "not_found")


@pytest.mark.parametrize(
    "words", [("transfers.csv:2",), ("transfers.csv:2", "--why", " "), ("transfers.csv", "--why", "x"), ()]
)
def test_a_correction_without_reason_or_row_is_2(run: Run, case: str, words: tuple[str, ...]) -> None:
    ran = run("correct", *words, "--case", case, "--json")
    assert (ran.code, ran.error["code"]) == (2, "wrong_usage")


def test_a_case_that_does_not_exist_is_not_made(run: Run, tmp_path: Path) -> None:
    ran = run("correct", "a.csv:2", "--why", "x", "--case", tmp_path / "none.gtrace", "--json")
    assert (ran.code, ran.error["code"]) == (3, "case_missing")
    assert not (tmp_path / "none.gtrace").exists()


def test_the_only_record_of_a_party_takes_its_name_along(run: Run, place: str) -> None:
    assert run("party", "钱七", "--case", place).code == 0
    run("correct", "transfers.csv:5", "--why", "x", "--case", place)
    assert run("party", "钱七", "--case", place).code == 1
    (result,) = run("trace", TORN, "--case", place, "--json").json["results"]
    assert result["outcome"] == "continuous"


def test_a_name_is_that_of_the_earliest_record_that_counts(run: Run, tmp_path: Path) -> None:
    place = str(tmp_path / "z.gtrace")
    mapping = tmp_path / "m.yml"
    mapping.write_text("kind: transfer\ncolumns: {from: A, to: B, date: C, iccid: D}\nheader_row: 1\n", "utf-8")
    (tmp_path / "t.csv").write_text(
        "a,b,c,d\n甲 公司,乙,2024-03-01,8986061900000000001\n甲公司,乙,2024-03-02,8986061900000000002\n", "utf-8"
    )
    assert run("load", tmp_path / "t.csv", "--mapping", mapping, "--case", place).code == 0
    assert run("party", "甲公司", "--case", place, "--json").json["party"]["name"] == "甲 公司"
    assert run("correct", "t.csv:2", "--why", "x", "--case", place).code == 0
    assert run("party", "甲公司", "--case", place, "--json").json["party"]["name"] == "甲公司"


def test_a_copy_is_corrected_as_the_case_is(run: Run, place: str, tmp_path: Path) -> None:
    run("correct", "transfers.csv:3", "--why", "wrong", "--case", place)
    copy = str(tmp_path / "copy.gtrace")
    assert run("copy", place, copy).code == 0
    assert holder(run, copy) == holder(run, place) == "老K"
    listed = [run("correct", "--list", "--case", each, "--json").json["corrections"] for each in (place, copy)]
    assert listed[0] == listed[1] != []
    run("correct", "transfers.csv:3", "--undo", "--why", "was right", "--case", place)
    assert run("copy", place, copy, "--json").json["files"] == {"copied": 0, "copied_before": 3}
    assert holder(run, copy) == "王五"
