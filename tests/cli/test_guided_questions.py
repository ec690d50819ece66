"""``status --questions``: the guided questions in text, JSON and both languages."""

from __future__ import annotations

from pathlib import Path

from .conftest import WHOLE, Run

HOSTILE = "<script>alert(1)</script>\u202e"


def test_every_question_has_its_state_and_what_is_missing(run: Run, case: str, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"{WHOLE}\n8986061900000000002\nno number here\n", "utf-8")
    ran = run("status", "--questions", "--from-file", tmp_path / "list.txt", "--case", case, "--json")
    assert ran.code == 0
    found = {question["code"]: question for question in ran.json["questions"]}
    assert (ran.json["about"], ran.json["cards"], ran.json["omitted"]) == ("list", 2, 0)
    assert (found["passed_on_by"]["state"], found["passed_on_by"]["done"], found["passed_on_by"]["total"]) == (
        "in part",
        1,
        2,
    )
    assert "老K" in found["passed_on_by"]["missing"][0]["message"]
    english = run("status", "--questions", "--from-file", tmp_path / "list.txt", "--case", case).out
    assert "Who passed them on?  in part (1 of 2 cards)" in english
    chinese = run("status", "--questions", "--from-file", tmp_path / "list.txt", "--case", case, "--lang", "zh").out
    assert "经谁转手？  部分完成（1/2张）" in chinese


def test_a_case_without_seized_cards_says_what_would_answer(run: Run, case: str) -> None:
    ran = run("status", "--questions", "--case", case, "--json")
    assert {question["state"] for question in ran.json["questions"]} == {"nothing"}
    assert "a list of seized cards" in run("status", "--questions", "--case", case).out


def test_a_list_or_a_day_belongs_to_the_questions(run: Run, case: str, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"{WHOLE}\n", "utf-8")
    assert run("status", "--from-file", tmp_path / "list.txt", "--case", case).code == 2
    assert run("status", "--as-of", "2024-01-01", "--case", case).code == 2
    assert run("status", "--questions", "--set", "number=1", "--case", case).code == 2


def test_a_hostile_name_is_shown_as_text(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        f'转出方,转入方,日期,卡号\n"{HOSTILE}",乙,2024-03-05,{WHOLE}\n乙,丙,2024-03-06,{WHOLE}\n', "utf-8"
    )
    (tmp_path / "s.csv").write_text(f"卡号,查获日期,案件编号\n{WHOLE},2024-06-01,A-1\n", "utf-8")
    place = tmp_path / "x.gtrace"
    assert run("load", tmp_path / "t.csv", tmp_path / "s.csv", "--case", place).code == 0
    shown = run("status", "--questions", "--case", place).out
    assert "\u202e" not in shown
    assert "<script>" in shown


def test_since_a_line_or_a_day_says_what_changed(run: Run, files: Path, tmp_path: Path) -> None:
    place = tmp_path / "y.gtrace"
    for name in ("sales", "transfers"):
        assert run("load", files / f"{name}.csv", "--case", place).code == 0
    ran = run("status", "--since", "1", "--case", place, "--json")
    assert ran.code == 0
    assert [load["file"] for load in ran.json["loads"]] == ["transfers.csv"]
    (one, _) = ran.json["changed"]
    assert (one["before"]["holder"]["name"], one["after"]["holder"]["name"]) == ("星海智联科技有限公司", "王五")
    text = run("status", "--since", "1", "--case", place).out
    assert "cards that changed (2)" in text
    assert "星海智联科技有限公司 → 王五" in text
    assert "发生变化的卡（2张）" in run("status", "--since", "1", "--case", place, "--lang", "zh").out
    assert run("status", "--since", "3", "--case", place).code == 2
    assert run("status", "--since", "1", "--questions", "--case", place).code == 2


def test_redacted_answers_show_no_name_card_or_file(run: Run, files: Path, tmp_path: Path) -> None:
    place = tmp_path / "y.gtrace"
    (tmp_path / "s.csv").write_text(
        f"卡号,查获日期,案件编号\n{WHOLE},2024-06-01,A-1\n8986061900000000002,2024-06-01,A-1\n", "utf-8"
    )
    run("load", tmp_path / "s.csv", "--case", place)
    run("watch", "add", "王五", "--case", place)
    for name in ("sales", "transfers"):
        assert run("load", files / f"{name}.csv", "--case", place).code == 0
    for asked in (("--questions",), ("--since", "1")):
        for form in ((), ("--json",)):
            ran = run("status", *asked, *form, "--redact", "--case", place)
            assert ran.code == 0, ran.err
            shown = ran.out + ran.err
            for secret in ("星海", "老K", "王五", "赵六", "8986061900000", "transfers", "sales.csv", "A-1"):
                assert secret not in shown
            assert "[left out]" not in shown
