from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import graphtrace.rules

from .conftest import ABSENT, WHOLE, Run

RULES = Path(graphtrace.rules.__file__).parent / "builtin"


def test_status_counts_what_is_in_the_case(run: Run, case: str) -> None:
    ran = run("status", "--case", case, "--json")
    assert ran.code == 0
    assert ran.json["records"]["transfer"] == 4
    assert ran.json["ranges"] == 1
    assert {entry["file"] for entry in ran.json["files"]} == {"sales.csv", "transfers.csv", "activations.csv"}
    assert "transfer 4" in run("status", "--case", case).out


def test_a_sound_case_verifies(run: Run, case: str) -> None:
    ran = run("verify", "--case", case)
    assert (ran.code, ran.err) == (0, "")
    assert "agree" in ran.out
    assert run("verify", "--case", case, "--json").json["problems"] == []


@pytest.mark.posix
def test_a_changed_source_is_found_and_is_3(run: Run, files: Path, tmp_path: Path) -> None:
    place = tmp_path / "x.gtrace"
    run("load", files / "sales.csv", "--case", place)
    (source,) = (place / "sources").iterdir()
    source.chmod(0o644)
    source.write_bytes(source.read_bytes() + b"x")
    ran = run("verify", "--case", place, "--json")
    assert (ran.code, ran.error["code"]) == (3, "case_damaged")
    assert [problem["code"] for problem in ran.json["problems"]] == ["source_changed"]


@pytest.mark.parametrize("command", [("status",), ("verify",), ("trace", "89860619")])
def test_a_case_that_does_not_exist_is_3(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    ran = run(*command, "--case", tmp_path / "none.gtrace", "--json")
    assert (ran.code, ran.out, ran.error["code"]) == (3, "", "case_missing")
    assert not (tmp_path / "none.gtrace").exists()


@pytest.mark.parametrize("uri", ["neo4j://host", "neo4j+s://host/db", "bolt://host:7687"])
def test_a_case_on_a_server_is_3(run: Run, uri: str) -> None:
    ran = run("status", "--case", uri, "--json")
    assert (ran.code, ran.error["code"]) == (3, "store_unavailable")


@pytest.mark.parametrize("command", [("status",), ("verify",), ("trace", "8986"), ("load", "x.csv")])
def test_a_command_without_a_case_is_2(run: Run, command: tuple[str, ...]) -> None:
    ran = run(*command, "--json")
    assert (ran.code, ran.error["code"]) == (2, "wrong_usage")
    assert "--case" in ran.error["hint"]


def test_a_saved_answer_is_asked_again_and_agrees_until_the_case_knows_more(
    run: Run, files: Path, tmp_path: Path
) -> None:
    place, cards, books, later = (tmp_path / name for name in ("x.gtrace", "cards.json", "books.json", "later.csv"))
    assert run("load", *sorted(files.iterdir()), "--case", place).code == 0
    assert run("trace", WHOLE, "898606190000000000?", ABSENT, "--lang", "zh", "--case", place, "-o", cards).code == 0
    assert run("audit", "--all", "--case", place, "-o", books).code == 0
    assert run("verify", cards, books, "--case", place).code == 0
    later.write_text(f"转出方,转入方,日期,卡号\n王五,赵六,2024-06-01,{WHOLE}\n", encoding="utf-8")
    assert run("load", later, "--case", place).code == 0
    ran = run("verify", cards, books, "--case", place, "--json")
    assert (ran.code, ran.err) == (4, "")
    since = {"later": 1, "loaded": ["later.csv"]}
    holder = {"part": "/0/holder/id", "before": '"name:王五"', "after": '"name:赵六"'}
    cards_that_fit, enterprise = "898606190000000000?", "id:91310115MA1K35XR7B"
    known = {"part": "/0/resold/by_depth/2", "before": "2", "after": "1"}
    assert [(problem["code"], problem["params"]) for problem in ran.json["problems"]] == [
        ("answer_differs", {"file": "cards.json", "about": WHOLE, **since, **holder}),
        ("answer_differs", {"file": "cards.json", "about": cards_that_fit, **since, **holder}),
        ("answer_differs", {"file": "books.json", "about": enterprise, **since, **known}),
    ]
    for lang, said in (("en", "1 more lines since"), ("zh", "此后台账新增1行")):
        assert said in " ".join(run("verify", cards, "--case", place, "--lang", lang).out.split())


def test_an_answer_with_a_slack_of_its_own_is_asked_again_with_it(run: Run, tmp_path: Path) -> None:
    place, sold, strict, usual = (tmp_path / name for name in ("x.gtrace", "sold.csv", "strict.json", "usual.json"))
    sold.write_text(
        "转出方,转入方,日期,卡号\n"
        f"中国联通,星海,2024-01-05,{WHOLE}\n星海,甲,2024-06-01,{WHOLE}\n甲,星海,2024-05-27,{WHOLE}\n",
        encoding="utf-8",
    )
    assert run("load", sold, "--case", place).code == 0
    run("trace", WHOLE, "--case", place, "-o", usual)
    run("trace", WHOLE, "--slack", "2", "--case", place, "-o", strict)
    lines = run("trace", WHOLE, "--slack", "2", "--case", place, "--jsonl")
    answers = [json.loads(path.read_text("utf-8")) for path in (usual, strict)]
    assert [(len(each["results"][0]["chains"]), each["options"].get("slack")) for each in answers] == [
        (1, None),
        (2, 2),
    ]
    assert len(json.loads(lines.out)["chains"]) == 2
    books = [tmp_path / f"{days}.json" for days in (2, 7)]
    for days, path in zip(("2", "7"), books, strict=True):
        assert run("audit", "--all", "--slack", days, "--case", place, "-o", path).code == 0
    counts = [json.loads(path.read_text("utf-8"))["enterprises"][0]["buckets"] for path in books]
    assert [each["disputed"] for each in counts] == [1, 0]
    assert run("audit", "星海", "--slack", "2", "--bucket", "disputed", "--case", place).code == 0
    assert run("verify", strict, usual, *books, "--case", place).code == 0
    assert run("trace", WHOLE, "--slack", "-1", "--case", place).code == 2


def test_a_saved_answer_about_an_enterprise_that_the_case_does_not_know_differs(
    run: Run, case: str, files: Path, tmp_path: Path
) -> None:
    assert run("audit", "--all", "--case", case, "-o", tmp_path / "books.json").code == 0
    assert run("load", files / "transfers.csv", "--case", tmp_path / "x.gtrace").code == 0
    ran = run("verify", tmp_path / "books.json", "--case", tmp_path / "x.gtrace", "--json")
    assert (ran.code, [problem["code"] for problem in ran.json["problems"]]) == (
        3,
        ["answer_of_another_ledger", "answer_differs"],
    )


Edit = Callable[[dict[str, Any]], object]

EDITS: dict[str, Edit] = {
    "a sentence": lambda found: found["results"][0]["findings"].append(
        {"code": "near_miss", "severity": "info", "params": {}, "message": "张三 is the thief"}
    ),
    "a word of a sentence": lambda found: found["results"][1]["leads"][0].update(message="nothing more to ask"),
    "a count": lambda found: found["counts"].update(cases=99),
    "an outcome": lambda found: found["counts"]["outcomes"].clear(),
    "a result taken out": lambda found: found["results"].pop(),
    "a result put in": lambda found: found["results"].append({**found["results"][0], "input": "8986"}),
    "results in another order": lambda found: found["results"].reverse(),
    "a key put in": lambda found: found.update(verdict="guilty"),
    "counts taken out": lambda found: found.pop("counts"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_answer_about_cards_is_found(run: Run, case: str, tmp_path: Path, edit: str) -> None:
    saved = tmp_path / "x.json"
    assert run("trace", WHOLE, ABSENT, "--case", case, "-o", saved).code == 0
    assert run("verify", saved, "--case", case).code == 0
    found = json.loads(saved.read_text(encoding="utf-8"))
    EDITS[edit](found)
    saved.write_text(json.dumps(found), encoding="utf-8")
    ran = run("verify", saved, "--case", case, "--json")
    assert ran.code == 4
    assert {problem["code"] for problem in ran.json["problems"]} == {"answer_differs"}


BOOK_EDITS: dict[str, Edit] = {
    "findings taken out": lambda found: found["enterprises"][0]["findings"].clear(),
    "a finding made worse": lambda found: found["enterprises"][0]["findings"][0].update(cards=9999),
    "a sentence": lambda found: found["enterprises"][0]["findings"][0].update(message="sold to thieves"),
    "an enterprise taken out": lambda found: found["enterprises"].pop(),
}


@pytest.mark.parametrize("edit", BOOK_EDITS)
def test_an_edited_audit_is_found(run: Run, case: str, tmp_path: Path, edit: str) -> None:
    saved = tmp_path / "x.json"
    assert run("audit", "--all", "--case", case, "-o", saved).code == 0
    found = json.loads(saved.read_text(encoding="utf-8"))
    assert found["enterprises"][0]["findings"]
    BOOK_EDITS[edit](found)
    saved.write_text(json.dumps(found), encoding="utf-8")
    ran = run("verify", saved, "--case", case, "--json")
    assert ran.code == 4
    assert {problem["code"] for problem in ran.json["problems"]} == {"answer_differs"}


def test_an_audit_is_asked_again_with_its_own_rules_and_their_values(run: Run, case: str, tmp_path: Path) -> None:
    saved = tmp_path / "x.json"
    asked = ("--rule", "onward_resale", "--rule", "sale_twenty", "-p", "sale_twenty.least_cards=1", "--lang", "zh")
    assert run("audit", "--all", *asked, "--case", case, "-o", saved).code == 0
    assert run("verify", saved, "--case", case).code == 0


def test_what_cannot_be_asked_again_is_named(run: Run, case: str, tmp_path: Path) -> None:
    saved, rule = tmp_path / "x.json", tmp_path / "own.yml"
    text = (RULES / "sale_twenty.yml").read_text(encoding="utf-8")
    rule.write_text(text.replace("id: sale_twenty", "id: my_own"), encoding="utf-8")
    assert run("audit", "--all", "--rules", rule, "--case", case, "-o", saved).code == 0
    ran = run("verify", saved, "--case", case, "--json")
    assert (ran.code, [problem["code"] for problem in ran.json["problems"]]) == (4, ["answer_not_compared"])
    assert ran.json["problems"][0]["params"]["what"] == "my_own"


def test_an_answer_without_the_head_of_its_ledger_says_so(run: Run, case: str, tmp_path: Path) -> None:
    saved = tmp_path / "x.json"
    assert run("trace", WHOLE, "--case", case, "-o", saved).code == 0
    found = json.loads(saved.read_text(encoding="utf-8"))
    del found["ledger_head"]
    saved.write_text(json.dumps(found), encoding="utf-8")
    ran = run("verify", saved, "--case", case, "--json")
    assert (ran.code, ran.json["problems"][0]["code"]) == (4, "answer_not_compared")


@pytest.mark.parametrize("asked", [("trace", WHOLE, "898606190000000000?"), ("trace", WHOLE), ("audit", "--all")])
def test_an_answer_in_lines_is_asked_again_and_each_value_of_it_counts(
    run: Run, case: str, tmp_path: Path, asked: tuple[str, ...]
) -> None:
    saved = tmp_path / "x.jsonl"
    assert run(*asked, "--case", case, "-o", saved).code == 0
    ran = run("verify", saved, "--case", case, "--json")
    assert (ran.code, ran.json["problems"]) == (0, [])
    whole = saved.read_text("utf-8")
    for forged in (whole.replace("星海", "星河", 1), whole.splitlines(keepends=True)[0] + whole):
        saved.write_text(forged, "utf-8", newline="\n")
        ran = run("verify", saved, "--case", case, "--json")
        assert (ran.code, {each["code"] for each in ran.json["problems"]}) == (
            4,
            {"answer_differs"},
        )
    saved.write_text(
        whole + whole.splitlines(keepends=True)[0].replace('"as_of":null', '"as_of":"2024-01-01"'), "utf-8"
    )
    assert run("verify", saved, "--case", case).code == 2


NO_ANSWERS = (
    "",
    "[]",
    "{}",
    '{"results": [{"input": "1", "readings": []}]}',
    '{"results": [{"input": 1, "card": null, "findings": []}]}',
    '{"enterprises": [{"enterprise": {"id": ["x"]}}]}',
    "卡",
    '{"graphtrace": "1"}\n{"graphtrace": "2"}',
    "[" * 100_000,
    '{"results": ' * 100_000,
    "1" * 5_000,
)


@pytest.mark.parametrize("text", NO_ANSWERS, ids=lambda text: text[:20])
def test_what_is_no_saved_answer_is_refused(run: Run, case: str, tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    ran = run("verify", tmp_path / "x.json", "--case", case, "--json")
    assert (ran.code, ran.error["code"]) == (2, "unreadable_file")


@pytest.mark.posix
def test_a_saved_answer_that_is_no_file_on_a_disk_is_refused_at_once(
    run: Run, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_bytes(b" " * 2000)
    monkeypatch.setattr("graphtrace.analysis.saved_answers.MAX_ANSWER_BYTES", 1000)
    for name in (tmp_path / "pipe", tmp_path, "/dev/zero", tmp_path / "none", tmp_path / "large"):
        ran = run("verify", name, "--case", case, "--json")
        assert (ran.code, ran.error["code"]) == (2, "unreadable_file")


def test_a_rule_with_a_day_among_its_values_is_asked_again(run: Run, case: str, tmp_path: Path) -> None:
    saved = tmp_path / "x.json"
    asked = ("--rule", "sale_twenty", "-p", "since=2020-01-01")
    assert run("audit", "--all", *asked, "--case", case, "-o", saved).code == 0
    assert json.loads(saved.read_text("utf-8"))["options"]["rules"][0]["parameters"]["since"] == "2020-01-01"
    assert run("verify", saved, "--case", case).code == 0
