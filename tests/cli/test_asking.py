"""What a load asks on the terminal: the answers count as those of --set for exactly this file and sheet."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import pytest
import xlsxwriter

from graphtrace.cli import main

from .conftest import Run

pytestmark = pytest.mark.posix

CARDS = ("89860626990000000015", "89860626990000000023", "89860626990000000031")
OUT = "出库日期,客户名称,ICCID\n"
ISSUE = "发卡方,物联卡号,ICCID,开户日期\n中国联通,1064690000001,{card},2026-03-02\n"
NO_EVENT = "日期,卡号\n2026-04-01,{card}\n"
PROMPT = b"  > "
END_OF_INPUT = b"\x04"
INTERRUPT = "Ctrl-C"
WAIT_S = 60


class Talk(NamedTuple):
    """A command that was asked at a terminal: exit code, answer, and what the terminal showed."""

    code: int
    out: str
    shown: str

    @property
    def questions(self) -> int:
        return self.shown.count(PROMPT.decode())


def talk(typed: Sequence[str], *arguments: object, lang: str = "en") -> Talk:
    """Run a command at a terminal, and type one of the lines at each prompt; without any left, end the input."""
    import pty

    ours, theirs = pty.openpty()
    left, shown = list(typed), bytearray()
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    typist = Thread(target=type_lines, args=(ours, left, shown))
    # a shell starts what runs in the background deaf to Ctrl-C, and children take that over
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)
    with (
        os.fdopen(theirs, encoding="utf-8") as stdin,
        os.fdopen(theirs, "w", 1, encoding="utf-8", closefd=False) as stderr,
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(out),
        redirect_stderr(stderr),
    ):
        patch.setattr(sys, "stdin", stdin)
        typist.start()
        code = main(["--lang", lang, *map(str, arguments)])
    signal.signal(signal.SIGINT, heard)
    typist.join(WAIT_S)
    os.close(ours)
    assert not left, shown.decode()
    return Talk(code, out.buffer.getvalue().decode(), shown.decode())  # type: ignore[attr-defined]


def type_lines(terminal: int, left: list[str], shown: bytearray) -> None:
    """Type a line at each prompt until the other end of the terminal is closed; keep what it showed."""
    with suppress(OSError):  # so is the end told
        while said := os.read(terminal, 4096):
            shown += said
            if shown.endswith(PROMPT):
                line = left.pop(0) if left else None
                if line == INTERRUPT:
                    os.kill(os.getpid(), signal.SIGINT)
                else:
                    os.write(terminal, END_OF_INPUT if line is None else f"{line}\n".encode())


def sales(path: Path, *customers: str, card: str = CARDS[0]) -> Path:
    """A list of deliveries that does not say who delivered."""
    path.write_text(OUT + "".join(f"2026-04-01,{name},{card}\n" for name in customers), encoding="utf-8")
    return path


def readings(case: Path) -> dict[str, dict[str, Any]]:
    """The latest reading of each file in the ledger, without what differs with the time."""
    lines = map(json.loads, (case / "ledger.jsonl").read_text(encoding="utf-8").splitlines())
    kept = ("sha256", "set", "sheets", "as", "mapping")
    return {line["file"]: {name: line[name] for name in kept if name in line} for line in lines if "load" in line}


def answers(case: Path) -> dict[str, Any]:
    return {file: reading.get("set") for file, reading in readings(case).items()}


def report(answer: str) -> list[str]:
    """The lines of a report but for the head of the ledger, and the folder of the case."""
    return [line for line in answer.splitlines() if not re.search("[0-9a-f]{64}|rejects", line)]


def traced(run: Run, case: Path) -> Any:
    answer = run("trace", *CARDS, "--case", case, "--json").json
    return [answer["results"], answer["counts"]]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_answer_gives_what_set_gives(run: Run, tmp_path: Path, lang: str) -> None:
    path = sales(tmp_path / "出库 [1]*?#=.csv", "老王")
    case, by_set = tmp_path / "x.gtrace", tmp_path / "y.gtrace"
    asked = talk(["云岭支付"], "--case", case, "load", path, lang=lang)
    assert (asked.code, asked.questions) == (0, 1)
    assert {"en": "Who passed these cards on?", "zh": "这些卡由谁转出？"}[lang] in asked.shown
    assert path.name in asked.shown
    assert "老王" in asked.shown, "the first row is shown"
    pattern = "出库 [[]1][*][?][#][=].csv"
    given = run("load", path, "--case", by_set, "--set", f"{pattern}:from=云岭支付", "--lang", lang)
    assert given.code == 0
    assert report(asked.out) == report(given.out)
    assert readings(case) == readings(by_set)
    assert answers(case) == {path.name: ["from=云岭支付"]}
    assert traced(run, case) == traced(run, by_set)
    assert traced(run, case)[0][0]["chains"][0]["hops"][0]["from"]["name"] == "云岭支付"
    assert run("verify", "--deep", "--case", case).code == 0


def test_a_card_list_that_is_in_the_case_in_part_is_completed(run: Run, tmp_path: Path) -> None:
    path, case, by_set = tmp_path / "issue.csv", tmp_path / "x.gtrace", tmp_path / "y.gtrace"
    path.write_text(ISSUE.format(card=CARDS[0]), encoding="utf-8")
    asked = talk(["云岭支付"], "--case", case, "load", path)
    given = run("load", path, "--case", by_set, "--set", "enterprise=云岭支付")
    assert (asked.code, given.code) == (0, 0)
    assert report(asked.out) == report(given.out)
    assert readings(case) == readings(by_set)
    assert traced(run, case) == traced(run, by_set)


@pytest.mark.parametrize(("lang", "word"), [("en", "transfer"), ("zh", "转让")])
def test_a_choice_is_a_number_or_a_word_and_raises_further_questions(
    run: Run, tmp_path: Path, lang: str, word: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(NO_EVENT.format(card=CARDS[0]), encoding="utf-8")
    shown = []
    for number, typed in enumerate((word, "2")):
        case = tmp_path / f"{number}.gtrace"
        asked = talk(["99", typed, "云岭支付", "老王"], "--case", case, "load", path, lang=lang)
        assert (asked.code, asked.questions) == (0, 4)
        assert f"2  {word}" in asked.shown
        assert {"en": "99 is none of these", "zh": "99不在其中"}[lang] in asked.shown
        assert answers(case) == {"list.csv": ["kind=transfer", "from=云岭支付", "to=老王"]}
        shown.append(traced(run, case))
    assert shown[0] == shown[1]
    by_set = tmp_path / "y.gtrace"
    run("load", path, "--case", by_set, "--set", "kind=transfer", "--set", "from=云岭支付", "--set", "to=老王")
    assert readings(tmp_path / "0.gtrace") == readings(by_set)
    assert shown[0] == traced(run, by_set)


@pytest.mark.parametrize("word", ["转让", "transfer", "销售"])
def test_a_word_for_a_business_is_no_name_of_a_party(tmp_path: Path, word: str) -> None:
    path, case = sales(tmp_path / "a.csv", "老王"), tmp_path / "x.gtrace"
    asked = talk([word, word, "云岭支付"], "--case", case, "load", path)
    assert (asked.code, asked.questions) == (0, 3)
    assert f"{word} is a word for a business" in asked.shown
    assert answers(case) == {"a.csv": ["from=云岭支付"]}


@pytest.mark.parametrize("typed", [[""], []], ids=["empty line", "end of input"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_question_that_is_left_open_is_reported_with_its_answer(
    run: Run, tmp_path: Path, lang: str, typed: list[str]
) -> None:
    known = tmp_path / "a.csv"
    known.write_text(f"转出方,转入方,日期,卡号\n甲,乙,2026-03-05,{CARDS[1]}\n", encoding="utf-8")
    path, case, unasked = sales(tmp_path / "b.csv", "老王"), tmp_path / "x.gtrace", tmp_path / "y.gtrace"
    asked = talk(typed, "--case", case, "load", known, path, lang=lang)
    plain = run("load", known, path, "--case", unasked, "--lang", lang)
    assert (asked.code, asked.questions) == (plain.code, 1) == (2, 1)
    assert report(asked.out) == report(plain.out)
    assert '--set "b.csv:from=…"' in asked.shown
    assert readings(case) == readings(unasked)


def test_a_question_of_several_files_is_put_once(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number, card in enumerate(CARDS):
        sales(folder / f"{number}.csv", f"客户{number}", card=card)
    case, by_set = tmp_path / "x.gtrace", tmp_path / "y.gtrace"
    asked = talk(["云岭支付", "y"], "--case", case, "load", folder)
    assert (asked.code, asked.questions) == (0, 2)
    assert "3 sheets ask the same: 0.csv, 1.csv, 2.csv" in asked.shown
    given = run("load", folder, "--case", by_set, "--set", "from=云岭支付")
    assert report(asked.out) == report(given.out)
    assert readings(case) == readings(by_set)
    assert traced(run, case) == traced(run, by_set)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_files_with_the_same_question_may_have_different_answers(run: Run, tmp_path: Path, lang: str) -> None:
    paths = [sales(tmp_path / f"{number}.csv", "老王", card=card) for number, card in enumerate(CARDS)]
    case = tmp_path / "x.gtrace"
    asked = talk(["甲", "x", "", "", "丙"], "--case", case, "load", *paths, lang=lang)
    assert (asked.code, asked.questions) == (2, 5)
    assert answers(case) == {"0.csv": ["from=甲"], "1.csv": None, "2.csv": ["from=丙"]}
    assert {"en": "questions are open: 1.csv", "zh": "尚有问题待回答：1.csv"}[lang] in asked.shown


def test_files_of_one_name_are_asked_about_apart(run: Run, tmp_path: Path) -> None:
    paths = []
    for number, card in enumerate(CARDS[:2]):
        folder = tmp_path / str(number)
        folder.mkdir()
        paths.append(sales(folder / "same.csv", f"客户{number}", card=card))
    case = tmp_path / "x.gtrace"
    asked = talk(["甲", "n", "乙"], "--case", case, "load", *paths)
    assert asked.code == 0
    senders = [one["chains"][0]["hops"][0]["from"]["name"] for one in traced(run, case)[0][:2]]
    assert senders == ["甲", "乙"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_each_sheet_of_a_workbook_is_asked_about(run: Run, tmp_path: Path, lang: str) -> None:
    path, case = tmp_path / "book.xlsx", tmp_path / "x.gtrace"
    with xlsxwriter.Workbook(path) as book:
        for name, card in zip(("三月#1", "四月", "五月"), CARDS, strict=True):
            sheet = book.add_worksheet(name)
            head = ["转出方", "日期", "转入方", "卡号"] if name == "五月" else OUT.strip().split(",")
            sheet.write_row(0, 0, head)
            sheet.write_row(1, 0, [*(["云岭支付"] if name == "五月" else []), "2026-04-01", "老王", card])
    asked = talk(["甲", "n", "乙"], "--case", case, "load", path, lang=lang)
    assert (asked.code, asked.questions) == (0, 3)
    assert "book.xlsx (三月#1)" in asked.shown
    senders = [one["chains"][0]["hops"][0]["from"]["name"] for one in traced(run, case)[0]]
    assert senders == ["甲", "乙", "云岭支付"]
    assert answers(case) == {"book.xlsx": ["*#三月#1:from=甲", "*#四月:from=乙"]}
    assert run("verify", "--deep", "--case", case).code == 0
    already = {"en": "already loaded", "zh": "已载入过"}[lang]
    assert already not in asked.out


def test_the_column_that_states_a_field_can_be_named(run: Run, tmp_path: Path) -> None:
    path, case = tmp_path / "a.csv", tmp_path / "x.gtrace"
    path.write_text(f"出库日期,客户名称,ICCID,甲栏\n2026-04-01,老王,{CARDS[0]},云岭支付\n", encoding="utf-8")
    asked = talk(["[乙栏]", "[甲栏]", "[客户名称]"], "--case", case, "load", path)
    assert (asked.code, asked.questions) == (0, 3)
    assert "[乙栏]: no such column" in asked.shown
    assert traced(run, case)[0][0]["chains"][0]["hops"][0]["from"]["name"] == "云岭支付"


def test_a_day_that_is_none_is_asked_for_again(run: Run, tmp_path: Path) -> None:
    path, case = tmp_path / "a.csv", tmp_path / "x.gtrace"
    path.write_text(f"转出方,转入方,卡号\n甲,乙,{CARDS[0]}\n", encoding="utf-8")
    asked = talk(["昨天", "2026-04-01"], "--case", case, "load", path)
    assert (asked.code, asked.questions) == (0, 2)
    assert "昨天 is no day" in asked.shown
    assert traced(run, case)[0][0]["chains"][0]["hops"][0]["date"] == "2026-04-01"


def test_what_a_file_says_cannot_move_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{OUT}2026-04-01,\x1b[2J\x1b]0;x\x07老王,{CARDS[0]}\n", encoding="utf-8")
    asked = talk([""], "--case", tmp_path / "x.gtrace", "load", path)
    question = asked.shown[asked.shown.index("1 of 1") :].split("error")[0]
    assert "老王" in question
    assert "\x1b[2J" not in question
    assert "\x07" not in question


def test_an_interrupted_question_leaves_what_was_loaded(run: Run, tmp_path: Path) -> None:
    known, case = tmp_path / "a.csv", tmp_path / "x.gtrace"
    known.write_text(f"转出方,转入方,日期,卡号\n甲,乙,2026-03-05,{CARDS[1]}\n", encoding="utf-8")
    asked = talk(
        [INTERRUPT],
        "--case",
        case,
        "load",
        known,
        sales(tmp_path / "b.csv", "老王"),
    )
    assert asked.code == 130
    assert answers(case) == {"a.csv": None, "b.csv": None}
    assert run("verify", "--deep", "--case", case).code == 0


@pytest.mark.parametrize("option", ["--json", "-q", "--dry-run"])
def test_nothing_is_asked_for_a_program_or_a_trial(tmp_path: Path, option: str) -> None:
    path = sales(tmp_path / "a.csv", "老王")
    asked = talk([], "--case", tmp_path / "x.gtrace", "load", path, option)
    assert (asked.code, asked.questions) == (2, 0)


def test_a_file_in_an_archive_is_answered_by_its_name_there(run: Run, tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr("三月/[1].csv", f"{OUT}2026-04-01,老王,{CARDS[0]}\n")
        archive.writestr("三月/1.csv", f"{OUT}2026-04-01,老王,{CARDS[1]}\n")
    case = tmp_path / "x.gtrace"
    asked = talk(["甲", "n", "乙"], "--case", case, "load", tmp_path / "in.zip")
    assert asked.code == 0
    assert answers(case) == {
        "in.zip!/三月/1.csv": ["from=甲"],
        "in.zip!/三月/[1].csv": ["from=乙"],
    }


TITLED = "{title},,,\n出库日期,客户名称,ICCID,备注\n2026-04-01,老王,{card},加急\n2026-04-02,老李,{card},\n"
UNICOM, MOBILE = "89860626990000000015", "89860026990000000019"


def titled(path: Path, title: str, card: str = UNICOM) -> Path:
    path.write_text(TITLED.format(title=title, card=card), encoding="utf-8")
    return path


def test_an_answer_about_one_sender_is_never_proposed_for_another(run: Run, tmp_path: Path) -> None:
    paths = [
        titled(tmp_path / "1.csv", "捷讯通信 2026年4月客户登记出库明细"),
        titled(tmp_path / "2.csv", "鑫联科技 2026年4月客户登记出库明细", CARDS[1]),
        titled(tmp_path / "3.csv", "捷讯通信 2026年5月客户登记出库明细", CARDS[2]),
    ]
    case = tmp_path / "x.gtrace"
    asked = talk(["捷讯", "y", "鑫联"], "--case", case, "load", *paths)
    assert (asked.code, asked.questions) == (0, 3)
    assert "2 sheets ask the same: 1.csv, 3.csv" in asked.shown
    assert answers(case) == {"1.csv": ["from=捷讯"], "2.csv": ["from=鑫联"], "3.csv": ["from=捷讯"]}


def test_an_empty_line_gives_an_answer_to_one_sheet_only(tmp_path: Path) -> None:
    paths = [sales(tmp_path / f"{number}.csv", "老王", card=card) for number, card in enumerate(CARDS[:2])]
    case = tmp_path / "x.gtrace"
    asked = talk(["甲", "", ""], "--case", case, "load", *paths)
    assert (asked.code, asked.questions) == (2, 3)
    assert answers(case) == {"0.csv": ["from=甲"], "1.csv": None}


def test_a_question_shows_the_first_rows_with_all_columns_and_marks_those_not_used(tmp_path: Path) -> None:
    asked = talk(
        [""], "--case", tmp_path / "x.gtrace", "load", titled(tmp_path / "1.csv", "捷讯通信 2026年客户登记出库明细")
    )
    assert "出库日期 2026-04-01, 客户名称 老王" in asked.shown
    assert "(备注 加急)" in asked.shown
    assert "老李" in asked.shown


@pytest.mark.parametrize(
    ("title", "card", "offer"),
    [
        ("中国联通云洲市分公司2026年度物联网卡销售台账", UNICOM, "中国联通云洲市分公司, whom the title names"),
        ("2026年度出库表", UNICOM, "中国联通, the issuer of the cards"),
    ],
)
def test_the_carrier_is_the_first_offer_and_makes_the_row_a_purchase(
    run: Run, tmp_path: Path, title: str, card: str, offer: str
) -> None:
    case = tmp_path / "x.gtrace"
    asked = talk(["1"], "--case", case, "load", titled(tmp_path / "1.csv", title, card))
    assert asked.code == 0
    assert f"1  {offer}" in asked.shown
    (answer,) = run("trace", card, "--case", case, "--json").json["results"]
    hop = answer["chains"][0]["hops"][0]
    assert (hop["kind"], hop["from"]["id"], hop["from"]["name"]) == (
        "purchase",
        "carrier:china-unicom",
        offer.partition(",")[0],
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_answer_that_the_cards_contradict_counts_only_if_it_is_typed_again(
    run: Run, tmp_path: Path, lang: str
) -> None:
    path, case = titled(tmp_path / "1.csv", "2026年度出库表"), tmp_path / "x.gtrace"
    asked = talk(["中国移动", "中国联通"], "--case", case, "load", path, lang=lang)
    assert (asked.code, asked.questions) == (0, 2)
    assert {"en": "contradicts the cards", "zh": "与卡的发卡运营商（中国联通）不符"}[lang] in asked.shown
    assert answers(case) == {"1.csv": ["from=中国联通"]}
    case = tmp_path / "y.gtrace"
    asked = talk(["中国移动", "中国移动"], "--case", case, "load", path, lang=lang)
    assert (asked.code, asked.questions) == (0, 2)
    assert answers(case) == {"1.csv": ["from!=中国移动"]}
    assert run("verify", "--deep", "--case", case).code == 0
