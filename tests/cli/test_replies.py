"""What commands say of replies whose hash is stated, and of letters that files answer."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from jsonschema import Draft202012Validator

from .conftest import TORN, WHOLE, Run

ROOT = Path(__file__).parents[2]
CODE = "hash_differs_from_reply"
WRONG = f"SHA256:{'0' * 64}"
HOSTILE = '</script><img src=x onerror=alert(1)>\x1b[31m=cmd|"x"!A1\u202e'


@pytest.fixture
def place(run: Run, files: Path, tmp_path: Path) -> str:
    """A case of its own for each test."""
    place = str(tmp_path / "y.gtrace")
    assert run("load", *sorted(files.iterdir()), "--case", place).code == 0
    return place


def check_schema(name: str, answer: Any) -> None:
    schema = json.loads((ROOT / "docs" / "schemas" / f"{name}.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(answer)


def test_a_hash_that_differs_is_told_by_every_command_and_verify_ends_with_4(
    run: Run, files: Path, place: str, tmp_path: Path
) -> None:
    sales = str(files / "sales.csv")
    assert run("verify", "--case", place).code == 0
    loaded = run("load", sales, "--reply", "函1", "--hash", WRONG, "--seal", "no", "--case", place, "--json")
    assert loaded.code == 0
    check_schema("load", loaded.json)
    (check,) = loaded.json["replies"]
    assert (check["stated"], check["actual"]) == ("0" * 64, hashlib.sha256(Path(sales).read_bytes()).hexdigest())
    assert (check["agrees"], check["seal"], check["weak"]) == (False, False, False)
    status = run("status", "--case", place, "--json").json
    check_schema("status", status)
    assert status["replies"] == loaded.json["replies"]
    for name, asked in {"trace": (WHOLE,), "audit": ("--all",), "party": ("星海智联科技有限公司",)}.items():
        answer = run(name, *asked, "--case", place, "--json").json
        check_schema(name, answer)
        told = answer if name == "party" else next(iter(answer.get("results", answer.get("enterprises"))))
        assert told["findings"][0]["code"] == CODE
        assert "函1" in told["findings"][0]["message"]
        for lang, words in (("en", "is not the file of which reply 函1"), ("zh", "与回函函1所载哈希值不符")):
            page = tmp_path / f"{name}-{lang}.html"
            shown = run(name, *asked, "--case", place, "--lang", lang, "--html", str(page))
            assert words.replace(" ", "") in shown.out.replace("\n", "").replace(" ", "")
            assert words in page.read_text("utf-8")
    problems = run("verify", "--case", place, "--json")
    check_schema("verify", problems.json)
    assert (problems.code, [each["code"] for each in problems.json["problems"]]) == (4, [CODE])
    assert run("verify", "--deep", "--case", place).code == 4


def test_a_hash_that_agrees_is_told_as_such(run: Run, files: Path, place: str) -> None:
    digits = hashlib.md5((files / "sales.csv").read_bytes(), usedforsecurity=False).hexdigest()
    loaded = run("load", str(files / "sales.csv"), "--reply", "12", "--hash", f"md5: {digits}", "--case", place)
    assert loaded.code == 0
    assert "MD5 agrees with reply 12" in loaded.out
    assert "another file with the same MD5 can be made" in " ".join(loaded.out.split())
    assert "MD5 值与回函12所载一致" in run("status", "--case", place, "--lang", "zh").out
    assert run("verify", "--case", place).code == 0


@pytest.mark.parametrize(
    "given",
    [
        ("--reply", "12"),
        ("--hash", WRONG),
        ("--seal", "yes"),
        ("--reply", "12", "--hash", "SHA256:12"),
        ("--reply", "", "--hash", WRONG),
    ],
)
def test_what_is_no_statement_ends_with_2(run: Run, files: Path, place: str, given: tuple[str, ...]) -> None:
    assert run("load", str(files / "sales.csv"), *given, "--case", place).code == 2
    assert run("status", "--case", place, "--json").json["replies"] == []


def test_the_lengths_of_hashes_are_named_and_two_files_have_no_hash_together(run: Run, files: Path, place: str) -> None:
    told = run("load", str(files / "sales.csv"), "--reply", "1", "--hash", "SM3:12", "--case", place, "--json")
    assert "SHA256 (64 digits), SM3 (64) or MD5 (32)" in told.error["message"]
    assert run("load", *sorted(files.iterdir()), "--reply", "1", "--hash", WRONG, "--case", place).code == 2


def test_a_hostile_number_stays_text(run: Run, files: Path, place: str, tmp_path: Path) -> None:
    page = tmp_path / "t.html"
    run("load", str(files / "sales.csv"), "--reply", HOSTILE, "--hash", WRONG, "--case", place)
    shown = run("trace", WHOLE, "--case", place, "--html", str(page))
    assert "\x1b[31m=cmd" not in shown.out
    assert "<img src=x" not in page.read_text("utf-8")
    assert run("status", "--case", place, "--json").json["replies"][0]["number"] == HOSTILE


# -- letters ---------------------------------------------------------------------------------------------------------


def letters(run: Run, place: str) -> dict[str, Any]:
    listed = run("letters", "--list", "--case", place, "--json").json
    check_schema("letters", listed)
    return {letter["reference"]: letter for letter in listed["letters"]}


def asked(run: Run, place: str, tmp_path: Path, name: str) -> tuple[str, Path]:
    """The reference and annex of the letter to somebody about two cards."""
    extra = tmp_path / "extra.csv"
    extra.write_text(
        "转出方,转入方,日期,卡号\n星海智联科技有限公司,老K,2024-03-05,8986061900000000005\n"
        "赵六,钱七,2024-05-01,8986061900000000005\n",
        "utf-8",
    )
    assert run("load", str(extra), "--case", place).code == 0
    out = tmp_path / "out"
    made = run("letters", TORN, "8986061900000000005", "--case", place, "-o", str(out), "--lang", "zh", "--json").json
    (letter,) = [each for each in made["letters"] if each["addressee"]["name"] == name]
    assert (letter["cards"], letter["answered"]) == (2, 0)
    (annex,) = [file["name"] for file in letter["files"] if file["name"].endswith(".xlsx")]
    return letter["reference"], out / annex


def fill(annex: Path, *rows: int) -> Path:
    """Fill in some rows of the cards of an annex, as the addressee does, and leave its other sheets out."""
    book = openpyxl.load_workbook(annex)
    for sheet in book.worksheets[1:]:
        book.remove(sheet)
    (sheet,) = book.worksheets
    heads = {cell.value: cell.column for cell in sheet[1]}
    for row in rows:
        for head, value in (("转出方", "老K"), ("转入方", "赵六"), ("转让日期", "2024-04-01")):
            sheet.cell(row, heads[head], value)
    filled = annex.with_name(f"filled-{len(rows)}.xlsx")
    book.save(filled)
    return filled


def test_an_annex_that_comes_back_answers_its_letter_for_the_cards_that_it_has_rows_about(
    run: Run, place: str, tmp_path: Path
) -> None:
    reference, annex = asked(run, place, tmp_path, "老K")
    loaded = run("load", str(fill(annex, 2)), "--case", place, "--json")
    check_schema("load", loaded.json)
    assert [(each["reference"], each["cards"], each["answered"], each["of"]) for each in loaded.json["answers"]] == [
        (reference, 1, 1, 2)
    ]
    held = letters(run, place)[reference]
    assert (held["answered"], held["state"]["state"]) == (1, "new")
    assert "1 of 2 cards answered" in run("letters", "--list", "--case", place).out
    loaded = run("load", str(fill(annex, 2, 3)), "--case", place)
    assert "2 of 2 cards answered" in loaded.out
    found = letters(run, place)
    assert (found[reference]["answered"], found[reference]["state"]["state"]) == (2, "answered")
    assert all(letter["answered"] == 0 for other, letter in found.items() if other != reference)
    assert run("verify", "--case", place).code == 0


def test_a_reply_without_the_reference_is_said_to_be_one(run: Run, place: str, tmp_path: Path) -> None:
    reference, _ = asked(run, place, tmp_path, "老K")
    reply = tmp_path / "reply.csv"
    reply.write_text(f"转出方,转入方,日期,卡号\n老K,赵六,2024-04-01,{TORN}\n", "utf-8")
    assert run("load", str(reply), "--reply-to", "GT-NONE-0000", "--case", place).code == 1
    assert run("load", str(reply), "--case", place, "--json").json.get("answers") is None
    loaded = run("load", str(reply), "--reply-to", reference.lower(), "--case", place, "--json").json
    assert [(each["reference"], each["answered"]) for each in loaded["answers"]] == [(reference, 1)]
    again = run("load", str(reply), "--reply-to", reference, "--case", place, "--json").json
    assert again.get("answers") is None
    assert letters(run, place)[reference]["answered"] == 1


def test_a_letter_that_was_withdrawn_is_not_answered(run: Run, place: str, tmp_path: Path) -> None:
    reference, annex = asked(run, place, tmp_path, "老K")
    assert run("letters", "--state", f"{reference}=void", "--case", place).code == 0
    assert run("load", str(fill(annex, 2, 3)), "--case", place, "--json").json.get("answers") is None
    assert letters(run, place)[reference]["state"]["state"] == "void"
