from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.errors import StoreError, UsageError
from graphtrace.platform import system
from graphtrace.storage.case_folder import LEDGER, LOOKUPS, NOTES
from graphtrace.storage.ledger import next_entry
from graphtrace.storage.lookups import MAX_LISTED

from .conftest import ABSENT, TORN, WHOLE, Run


@pytest.fixture
def case(run: Run, files: Path, tmp_path: Path) -> str:
    place = tmp_path / "own.gtrace"
    assert run("load", *sorted(files.glob("*.csv")), "--case", place).code == 0
    return str(place)


def test_the_log_and_the_sealing_list_say_who_loaded_a_file(run: Run, files: Path, tmp_path: Path) -> None:
    place, (one, other, *_) = tmp_path / "own.gtrace", sorted(files.glob("*.csv"))
    assert run("load", one, "--case", place, "--by", "王警官").code == 0
    assert run("load", other, "--case", place).code == 0
    assert run("load", one, "--case", place, "--again", "--by", "李警官").code == 0
    login = system.account_name()
    log = run("log", "--case", place, "--json").json["log"]
    assert [(line["what"], line["by"]) for line in log] == [
        *(("load", "王警官"), ("load", login), ("correct", "李警官"), ("load", "李警官")),
    ]
    with gt.open_case(place) as case:
        assert {source.file: source.loaded_by for source in case.sealing_list()} == {
            one.name: "王警官",
            other.name: login,
        }
        assert case.verify(deep=True) == []
    report = run("report", "--case", place, "--json").json
    assert [source["loaded_by"] for source in report["sources"]] == [login, "王警官"]


def lines(case: str) -> list[dict[str, Any]]:
    path = Path(case) / LOOKUPS
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def lookups(case: str) -> list[dict[str, Any]]:
    return [line for line in lines(case) if line["what"] != "answer"]


def codes(run: Run, case: str) -> set[str]:
    return {problem["code"] for problem in run("verify", "--case", case, "--json").json["problems"]}


COMMANDS = [
    ("trace", WHOLE),
    ("audit", "--all"),
    ("party", "老K"),
    ("common", WHOLE, TORN),
    ("siblings", WHOLE),
    ("graph",),
    ("candidates",),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command[0]))
def test_a_command_that_answers_about_cards_or_parties_is_one_look_up(
    run: Run, case: str, command: tuple[str, ...]
) -> None:
    ran = run(*command, "--case", case, "--purpose", "核查张某", "--json")
    assert ran.code == 0
    asked, answered = lines(case)
    assert (asked["what"], asked["command"], asked["purpose"]) == ("lookup", command[0], "核查张某")
    with gt.open_case(case) as opened:
        assert asked["ledger"] == opened.ledger_head()
    assert (answered["of"], answered["basis"]) == (asked["hash"], "bytes")
    assert answered["answer"] == hashlib.sha256(ran.out.encode()).hexdigest()


def test_commands_about_the_case_itself_are_no_look_ups(run: Run, case: str, files: Path) -> None:
    for command in (("status",), ("verify",), ("log",), ("resolve", "--list"), ("query", "--list")):
        assert run(*command, "--case", case).code == 0
    assert run("identify", WHOLE).code == 0
    assert run("load", files / "sales.csv", "--case", case).code == 0
    assert lines(case) == []


def test_an_answer_in_a_file_is_logged_with_the_hash_of_the_file(run: Run, case: str, tmp_path: Path) -> None:
    for ending in (".json", ".jsonl", ".html", ".xlsx"):
        out = tmp_path / f"answer{ending}"
        assert run("trace", WHOLE, "--case", case, "-o", out).code == 0
        assert lines(case)[-1]["answer"] == hashlib.sha256(out.read_bytes()).hexdigest()
    out = tmp_path / "out.graphml"
    assert run("export", "graphml", out, "--case", case).code == 0
    assert lookups(case)[-1]["what"] == "export"
    assert lines(case)[-1]["answer"] == hashlib.sha256(out.read_bytes()).hexdigest()


def test_many_cards_are_one_line_of_bounded_size(run: Run, case: str, tmp_path: Path) -> None:
    ids = [f"8986061900000{number:06}" for number in range(1, 2502)]
    listed = tmp_path / "ids.txt"
    listed.write_text("\n".join(ids), encoding="utf-8")
    for more in ((), ("--jsonl",)):
        assert run("trace", "--from-file", listed, "--case", case, *more).code == 0
    first, second = lookups(case)
    assert first["asked"]["ids"] == second["asked"]["ids"]
    asked = first["asked"]["ids"]
    assert asked["count"] == len(ids)
    assert asked["first"] == ids[:MAX_LISTED]
    assert asked["sha256"] == hashlib.sha256("\n".join(ids).encode()).hexdigest()
    assert len(json.dumps(first)) < 2_000


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_case_that_requires_a_purpose_refuses_look_ups_without_one(
    run: Run, case: str, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("status", "--case", case, "--set", "purpose_required=yes").code == 0
    for command in (*COMMANDS, ("trace", WHOLE, "--jsonl"), ("trace", ABSENT, "--purpose", "  ")):
        ran = run(*command, "--case", case, "--lang", lang, "--json")
        assert (ran.code, ran.out, ran.error["code"]) == (2, "", "wrong_usage")
        assert "--purpose" in ran.error["hint"]
    assert lines(case) == []
    assert run("status", "--case", case).code == 0
    monkeypatch.setenv("GRAPHTRACE_PURPOSE", "核查张某")
    assert run("trace", WHOLE, "--case", case).code == 0
    assert lookups(case)[0]["purpose"] == "核查张某"


def test_a_purpose_is_one_line_of_limited_length(run: Run, case: str) -> None:
    for wrong in ("two\nlines", "x" * 1001, "\x1b[31m"):
        ran = run("trace", WHOLE, "--case", case, "--purpose", wrong, "--json")
        assert (ran.code, ran.out) == (2, "")
    assert lines(case) == []


@pytest.mark.posix
def test_where_the_log_cannot_be_written_nothing_is_answered(run: Run, case: str) -> None:
    (Path(case) / LOOKUPS).mkdir()
    ran = run("trace", WHOLE, "--case", case, "--json")
    assert (ran.code, ran.out) == (3, "")
    (Path(case) / LOOKUPS).rmdir()
    (Path(case) / LOOKUPS).symlink_to(Path(case).parent / "elsewhere")
    ran = run("trace", WHOLE, "--case", case, "--json")
    assert (ran.code, ran.out) == (3, "")
    assert not (Path(case).parent / "elsewhere").exists()


def test_a_line_is_there_before_the_answer_is_shown(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from graphtrace.analysis.card_trace import Tracer

    seen: list[int] = []
    traced = Tracer.trace

    def watch(self: Tracer, ids: Any) -> Any:
        seen.append(len(lines(case)))
        return traced(self, ids)

    monkeypatch.setattr(Tracer, "trace", watch)
    with gt.open_case(case, purpose="核查张某") as opened:
        trace = opened.trace(WHOLE)
    assert seen == [1]
    asked, answered = lines(case)
    assert (asked["purpose"], asked["asked"]) == ("核查张某", {"ids": [WHOLE]})
    from graphtrace.render.json import to_json_bytes

    assert answered["answer"] == hashlib.sha256(to_json_bytes(trace.to_dict())).hexdigest()
    assert answered["basis"] == "json"


def test_in_python_the_outermost_call_logs_and_inner_ones_do_not(case: str) -> None:
    with gt.open_case(case) as opened:
        opened.traces([WHOLE, TORN])
        opened.records()
        opened.parties()
        with opened.lookup("morning round", ids=[WHOLE, TORN]):
            opened.trace(WHOLE)
            opened.party("老K")
        opened.status()
        opened.ledger_head()
    assert [line["command"] for line in lookups(case)] == ["trace", "records", "parties", "morning round"]
    opened.set_head(purpose_required="yes")
    with pytest.raises(UsageError):
        opened.party("老K")
    with pytest.raises(UsageError), opened.lookup("round"):
        pytest.fail("answered without a purpose")


def test_log_shows_the_ledger_and_the_look_ups_in_order_of_time(run: Run, case: str, tmp_path: Path) -> None:
    assert run("trace", WHOLE, "--case", case, "--purpose", "=cmd|x!A1").code == 0
    assert run("correct", "transfers.csv:2", "--why", "错录", "--case", case).code == 0
    assert run("resolve", "老K", "王五", "--different", "--why", "两人", "--case", case).code == 0
    found = run("log", "--case", case, "--json").json["log"]
    assert [line["what"] for line in found] == ["load"] * 3 + ["lookup", "correct", "judge"]
    assert [line["at"] for line in found] == sorted(line["at"] for line in found)
    assert all(set(line) == {"at", "by", "what", "params", "purpose", "hash"} for line in found)
    load, lookup, correct, judge = found[2], found[3], found[4], found[5]
    assert (load["params"]["file"], load["params"]["rows"], load["purpose"]) == ("transfers.csv", 4, None)
    assert lookup["params"]["answer"] == lines(case)[1]["answer"]
    assert (correct["by"], correct["params"]["why"]) == (lookup["by"], "错录")
    assert judge["by"] == lookup["by"]
    text = run("log", "--case", case, "--lang", "zh").out
    assert WHOLE in text
    assert "查询" in text
    assert run("log", "--case", case, "-o", tmp_path / "log.csv").code == 0
    with (tmp_path / "log.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["hash"] for row in rows] == [line["hash"] for line in found]
    assert rows[3]["purpose"] == "'=cmd|x!A1"
    assert run("log", "--case", case, "-o", tmp_path / "log.xlsx").code == 0
    assert run("log", "--case", case, "--as-of", "2020-01-01", "--json").json["log"] == []


def test_the_log_in_chinese_names_no_parameter_by_its_code(run: Run, case: str, tmp_path: Path) -> None:
    from graphtrace.render import text_tables

    assert run("trace", WHOLE, "--case", case).code == 0
    loaded = json.loads(run("status", "--json", "--case", case).out)["files"][0]["file"]
    assert run("correct", f"{loaded}:2", "--why", "抄错", "--case", case).code == 0
    assert run("letters", WHOLE, TORN, "-o", tmp_path / "letters", "--case", case).code in (0, 1)
    assert run("export", "graphml", tmp_path / "x.graphml", "--case", case).code == 0
    lines = json.loads(run("log", "--json", "--case", case).out)["log"]
    named = {name for line in lines for name in line["params"]}
    assert len(named) > 12
    assert named <= text_tables.LOG_NAMES.keys()
    shown = run("log", "--lang", "zh", "--case", case).out
    assert "命令 trace" in shown
    assert "ids" not in shown


def test_a_look_up_that_was_refused_has_no_answer(run: Run, case: str) -> None:
    assert run("party", "nobody of that name", "--case", case).code == 1
    (asked,) = lines(case)
    assert asked["asked"] == {"name": "nobody of that name"}
    assert "answer" not in run("log", "--case", case, "--json").json["log"][-1]["params"]


def rewrite(path: Path, keep: slice | None = None, *, edit: tuple[str, str] | None = None, swap: bool = False) -> None:
    found = path.read_text(encoding="utf-8").splitlines(keepends=True)
    if keep is not None:
        found = found[keep]
    if edit is not None:
        found[0] = found[0].replace(*edit)
    if swap:
        found[0], found[2] = found[2], found[0]
    path.write_text("".join(found), encoding="utf-8", newline="\n")


def test_verify_finds_edits_removals_reorderings_and_truncations(run: Run, case: str) -> None:
    for number in (WHOLE, TORN):
        assert run("trace", number, "--case", case).code == 0
    assert run("correct", "transfers.csv:2", "--why", "错录", "--case", case).code == 0
    assert codes(run, case) == set()
    path = Path(case) / LOOKUPS
    sound = path.read_bytes()
    for how in ({"edit": (WHOLE, TORN)}, {"keep": slice(1, None)}, {"swap": True}):
        rewrite(path, **how)
        assert "lookups_broken" in codes(run, case)
        path.write_bytes(sound)
    for left in (0, 1, 2, 3):
        rewrite(path, slice(0, left))
        assert codes(run, case) == {"lookups_missing"}
        path.write_bytes(sound)
    path.unlink()
    assert codes(run, case) == {"lookups_missing"}
    path.write_bytes(sound)
    assert codes(run, case) == set()
    path.write_bytes(sound.replace(b'"what":"lookup"', b'"what":"other"'))
    assert "lookup_unreadable" in codes(run, case)


def test_a_note_says_which_look_up_was_the_last(run: Run, case: str) -> None:
    assert run("trace", WHOLE, "--case", case).code == 0
    assert run("status", "--set", "number=1", "--case", case).code == 0
    assert json.loads((Path(case) / NOTES).read_text(encoding="utf-8"))["lookups"] == lines(case)[-1]["hash"]
    (Path(case) / LOOKUPS).unlink()
    assert codes(run, case) == {"lookups_missing_by_note"}


def test_a_case_that_was_exchanged_below_its_log_is_told(run: Run, case: str, files: Path, tmp_path: Path) -> None:
    assert run("trace", WHOLE, "--case", case).code == 0
    other = tmp_path / "other.gtrace"
    assert run("load", files / "sales.csv", "--case", other).code == 0
    (other / LOOKUPS).write_bytes((Path(case) / LOOKUPS).read_bytes())
    assert codes(run, str(other)) == {"ledger_missing_by_lookup"}
    ran = run("verify", "--case", other)
    assert ran.code == 3


def test_a_line_that_was_cut_off_is_replaced_by_the_next(run: Run, case: str) -> None:
    assert run("trace", WHOLE, "--case", case).code == 0
    path = Path(case) / LOOKUPS
    whole = path.read_bytes()
    for cut in (1, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:cut])
        assert codes(run, case) == {"lookups_unfinished"}
        assert run("trace", TORN, "--case", case).code == 0
        assert codes(run, case) == set()
        assert lookups(case)[-1]["asked"] == {"ids": [TORN]}


def test_processes_that_log_at_once_all_succeed(case: str) -> None:
    program = (
        "import sys, graphtrace as gt\n"
        f"with gt.open_case({case!r}) as case:\n    for _ in range(10): case.trace({WHOLE!r})"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    running = [subprocess.Popen([sys.executable, "-c", program], env=environment) for _ in range(3)]
    assert [process.wait(120) for process in running] == [0, 0, 0]
    assert len(lookups(case)) == 30
    with gt.open_case(case) as opened:
        assert opened.verify() == []


def test_the_log_goes_into_a_copy_and_a_copy_that_was_asked_goes_on(run: Run, case: str, tmp_path: Path) -> None:
    assert run("trace", WHOLE, "--case", case).code == 0
    copy = tmp_path / "copy.gtrace"
    assert run("copy", case, copy).code == 0
    assert lines(str(copy)) == lines(case)
    assert run("trace", TORN, "--case", copy).code == 0
    assert run("trace", TORN, "--case", case).code == 0
    assert run("correct", "transfers.csv:2", "--why", "错录", "--case", case).code == 0
    assert run("copy", case, copy).code == 0
    assert codes(run, str(copy)) == set()
    assert codes(run, case) == set()


def test_an_error_of_the_log_is_one_of_the_store(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from graphtrace.platform import system

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(system, "fsync_handle", full)
    with gt.open_case(case) as opened, pytest.raises(StoreError):
        opened.trace(WHOLE)


def test_the_ledger_is_behind_no_log(run: Run, case: str) -> None:
    head = json.loads((Path(case) / LEDGER).read_text(encoding="utf-8").splitlines()[-1])["hash"]
    assert run("trace", WHOLE, "--case", case).code == 0
    assert lookups(case)[0]["ledger"] == head


def test_the_log_says_which_of_its_lines_do_not_follow(run: Run, case: str, tmp_path: Path) -> None:
    for _ in range(3):
        assert run("trace", WHOLE, "--case", case).code == 0
    sound = run("log", "--case", case, "--json")
    assert (sound.code, sound.json["problems"]) == (0, [])
    path = Path(case) / LOOKUPS
    whole = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*whole[:2], *whole[4:]]), encoding="utf-8")
    told = run("log", "--case", case, "--json")
    assert (told.code, [each["code"] for each in told.json["problems"]]) == (3, ["lookups_broken"])
    assert "Line 3 of the log of look-ups does not follow" in run("log", "--case", case).out
    assert run("log", "--case", case, "-o", tmp_path / "log.csv").code == 3
    path.write_text("".join(whole), encoding="utf-8")
    ledger = Path(case) / LEDGER
    ledger.write_text(ledger.read_text(encoding="utf-8").replace('"at":"2', '"at":"1', 1), encoding="utf-8")
    told = run("log", "--case", case, "--json")
    assert (told.code, {each["code"] for each in told.json["problems"]}) == (3, {"ledger_broken", "ledger_differs"})


def test_a_time_before_an_earlier_one_ends_with_4(run: Run, case: str) -> None:
    assert run("trace", WHOLE, "--case", case).code == 0
    path = Path(case) / LOOKUPS
    one, two = path.read_text(encoding="utf-8").splitlines()
    body = {name: value for name, value in json.loads(two).items() if name not in ("hash", "previous")}
    path.write_text(f"{one}\n{next_entry(one, {**body, 'at': '2020-01-01T00:00:00+08:00'})}\n", encoding="utf-8")
    for command in ("verify", "log"):
        told = run(command, "--case", case, "--json")
        assert (told.code, [each["code"] for each in told.json["problems"]]) == (4, ["lookups_time_runs_back"])
