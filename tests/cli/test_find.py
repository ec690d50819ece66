"""``find``: in which other cases of a folder a value occurs, and nothing else of them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import UsageError

from .conftest import ABSENT, WHOLE, Run

SHIPMENTS = """寄件人,寄件电话,收件人,收件电话,运单号,寄件日期,ICCID
老K,13811112222,王五,13933334444,SF1234567890,2024-04-01,8986061900000000001
"""


@pytest.fixture
def folder(run: Run, files: Path, tmp_path: Path) -> Path:
    """The asking case, one that may be found, one that may not, and one that is damaged."""
    folder = tmp_path / "cases"
    (tmp_path / "parcels.csv").write_text(SHIPMENTS, encoding="utf-8")
    tables = [*sorted(files.glob("*.csv")), tmp_path / "parcels.csv"]
    for name in ("open", "closed", "broken"):
        assert run("load", *tables, "--case", folder / name).code == 0
    assert run("load", files / "sales.csv", "--case", folder / "asking").code == 0
    for name in ("open", "broken"):
        stated = [f"number={name}-1", "unit=云洲分局", "name=机密", "findable=yes"]
        assert run("status", *(word for each in stated for word in ("--set", each)), "--case", folder / name).code == 0
    (database,) = (folder / "broken").glob("case.*.duckdb")
    database.write_bytes(b"broken")
    return folder


def ask(folder: Path, *texts: str) -> tuple[object, ...]:
    return ("find", *texts, "--in", folder, "--case", folder / "asking", "--purpose", "串并案", "--json")


def test_a_hit_says_number_unit_kind_role_and_count_and_nothing_else(run: Run, folder: Path) -> None:
    ran = run(*ask(folder, WHOLE, "王五"))
    assert ran.code == 0
    assert [ran.json[name] for name in ("asked", "not_findable", "unreadable")] == [1, 1, 1]
    (found,) = ran.json["found"]
    assert (found["number"], found["unit"]) == ("open-1", "云洲分局")
    assert all(list(hit) == ["text", "kind", "role", "count"] for hit in found["hits"])
    hits = {tuple(hit.values()) for hit in found["hits"]}
    assert hits == {
        (WHOLE, "purchase", "range", 1),
        (WHOLE, "transfer", "iccid", 2),
        (WHOLE, "activation", "iccid", 1),
        (WHOLE, None, "unread", 1),
        ("王五", "transfer", "receiver", 1),
        ("王五", "activation", "user", 1),
        ("王五", "shipment", "consignee", 1),
    }
    for secret in ("机密", "老K", "transfers.csv", "星海"):
        assert secret not in ran.out


@pytest.mark.parametrize(
    ("text", "kind", "role"),
    [
        ("8986061900000000050-8986061900000000200", "purchase", "range"),
        ("1064612345678", "activation", "msisdn"),
        ("861234567890123", "activation", "imei"),
        ("13933334444", "shipment", "telephone"),
        ("SF1234567890", "shipment", "waybill"),
        ("91310115MA1K35XR7B", "purchase", "receiver"),
    ],
)
def test_every_form_of_a_value_is_found_whole(run: Run, folder: Path, text: str, kind: str, role: str) -> None:
    (found,) = run(*ask(folder, text)).json["found"]
    assert (kind, role) in {(hit["kind"], hit["role"]) for hit in found["hits"]}


def test_whose_a_telephone_of_a_column_is_got_nothing_from_himself(run: Run, folder: Path, tmp_path: Path) -> None:
    row = "星海,钱七,13800138000,2024-02-01,8986061900000000777"
    (tmp_path / "told.csv").write_text(f"转出方,转入方,转入方电话,日期,卡号\n{row}\n", encoding="utf-8")
    assert run("load", tmp_path / "told.csv", "--case", folder / "open").code == 0
    (found,) = run(*ask(folder, "钱七")).json["found"]
    assert {(hit["kind"], hit["role"]) for hit in found["hits"]} == {("transfer", "receiver"), ("contact", "bearer")}


def test_nothing_found_is_1_and_a_part_of_a_number_or_name_is_not_found(run: Run, folder: Path) -> None:
    ran = run(*ask(folder, ABSENT, "星海智联"))
    assert (ran.code, ran.json["found"], ran.json["asked"]) == (1, [], 1)
    assert run(*ask(folder, "89860619")).code == 2
    assert run(*ask(folder, "未知")).code == 2


def test_nothing_is_written_into_the_case_that_is_asked_and_the_asking_one_has_the_line(run: Run, folder: Path) -> None:
    def contents(name: str) -> dict[str, tuple[int, str]]:
        files = (path for path in (folder / name).rglob("*") if path.is_file())
        return {str(path): (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files}

    before = {name: contents(name) for name in ("open", "closed", "broken")}
    assert run(*ask(folder, "王五")).code == 0
    assert {name: contents(name) for name in before} == before
    log = run("log", "--case", folder / "asking", "--json").json["log"]
    (line,) = [each for each in log if each["what"] == "lookup"]
    assert (line["purpose"], line["params"]["command"], line["params"]["texts"]) == ("串并案", "find", ["王五"])
    assert "王五" not in run("log", "--case", folder / "asking", "--redact").out


def test_without_a_purpose_nothing_is_asked_and_nothing_logged(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRAPHTRACE_PURPOSE", raising=False)
    ran = run("find", "王五", "--in", folder, "--case", folder / "asking", "--json")
    assert (ran.code, ran.out) == (2, "")
    assert "purpose" in ran.error["message"]
    assert run("find", "王五", "--in", folder, "--purpose", "串并案").code == 2
    with gt.open_case(folder / "asking") as case, pytest.raises(UsageError):
        case.find_elsewhere("王五", folder=folder)
    assert not (folder / "asking" / "lookups.jsonl").exists()


def test_the_answer_is_never_saved_nor_verified(run: Run, folder: Path, tmp_path: Path) -> None:
    for name in ("found.json", "found.txt", "found.html"):
        ran = run(*ask(folder, "王五"), "-o", tmp_path / name)
        assert (ran.code, (tmp_path / name).exists()) == (2, False)
    assert run(*ask(folder, "王五"), "--redact").code == 2
    (tmp_path / "kept.json").write_text(json.dumps(run(*ask(folder, "王五")).json), encoding="utf-8")
    assert run("verify", tmp_path / "kept.json", "--case", folder / "asking").code == 2


def test_a_file_that_was_taken_away_is_not_found(run: Run, folder: Path) -> None:
    assert run("unload", "parcels.csv", "--why", "误载", "--case", folder / "open").code == 0
    assert run(*ask(folder, "SF1234567890")).code == 1


def test_the_text_says_whom_to_ask_and_how_many_cases_were_not_asked(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAPHTRACE_CASES", str(folder))
    told = ("find", "王五", "--case", folder / "asking", "--purpose", "串并案")
    text = run(*told).out
    assert "found in 1 of 1 other case" in text
    assert "open-1" in text
    assert "1 case could not be read" in text
    assert "王五 转让, 转入方 1行" in run(*told, "--lang", "zh").out
