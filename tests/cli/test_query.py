"""``query``: the questions of the library on the command line."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest

import graphtrace as gt

from .conftest import WHOLE, Run

HEADER = """/*
question = {en = "Which parties are there?", zh = "有哪些主体？"}
description = {en = "Everyone.", zh = "全部。"}
[params]
name = {type = "text", en = "a name", zh = "名称"}
[returns]
name = {en = "the name", zh = "名称"}
given = {en = "what was given", zh = "所给的值"}
*/

"""
ECHO = (
    HEADER
    + "SELECT DISTINCT name, $name AS given FROM parties WHERE name = $name OR $name LIKE '%table%' ORDER BY name\n"
)
ANY = "SELECT 'x' AS name, $name AS given\n"


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own with one question, which also says what it was asked with."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "echo.sql").write_text(ECHO, encoding="utf-8")
    (folder / "say.sql").write_text(HEADER + ANY, encoding="utf-8")
    monkeypatch.setenv("GRAPHTRACE_QUERIES", str(folder))
    return folder


def test_the_json_has_what_was_asked_with_what_and_every_row(run: Run, case: str) -> None:
    ran = run("query", "cards-of-party", "-p", "party=老k", "-p", "until=2024-03-31", "--case", case, "--json")
    assert ran.code == 0
    assert ran.json == {
        "graphtrace": gt.__version__,
        "case": case,
        "ledger_head": gt.open_case(case).ledger_head(),
        "as_of": None,
        "query": {"name": "cards-of-party", "version": 1},
        "parameters": {"party": "name:老k", "since": "1990-01-01", "until": "2024-03-31"},
        "columns": [
            *("direction", "moment", "kind", "other_id", "other_name", "first_card", "last_card", "cards"),
            *("file", "record_id"),
        ],
        "rows": [
            ["received", "2024-03-05", "transfer", "id:91310115MA1K35XR7B", "星海智联科技有限公司", card, card, 1,
             "transfers.csv", ran.json["rows"][n][-1]]
            for n, card in enumerate(("8986061900000000001", "8986061900000000002"))
        ],
        "judgements": [],
    }  # fmt: skip


def test_a_question_without_rows_ends_with_one_and_says_so(run: Run, case: str) -> None:
    ran = run("query", "returns", "--case", case)
    assert (ran.code, ran.err) == (1, "")
    assert "0 rows" in ran.out
    ran = run("query", "returns", "--case", case, "--json")
    assert (ran.code, ran.json["rows"], len(ran.json["columns"])) == (1, [], 11)


@pytest.mark.parametrize("name", ["'; drop table told; --", "table $name {name} \x1b[31m", "=table()", "a\nb table"])
def test_a_hostile_value_stays_a_value(name: str, run: Run, case: str) -> None:
    ran = run("query", "say", "-p", f"name={name}", "--case", case, "--json")
    assert ran.json["rows"] == [["x", name.strip()]]
    assert "\x1b" not in ran.out
    ran = run("query", "say", "-p", f"name={name}", "--case", case)
    assert "\x1b" not in ran.out
    assert run("query", "echo", "-p", "name=老K", "--case", case).code == 0, "nothing was dropped"


def test_a_row_of_a_csv_is_no_formula_and_numbers_stay_numbers(run: Run, case: str, tmp_path: Path) -> None:
    place = tmp_path / "answer.csv"
    assert run("query", "say", "-p", "name=  =1+1", "--case", case, "-o", place).code == 0
    text = place.read_text(encoding="utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [["name", "given"], ["x", "'=1+1"]]
    assert run("query", "flows-between-parties", "--case", case, "-o", place).code == 0
    rows = list(csv.DictReader(io.StringIO(place.read_text(encoding="utf-8-sig"))))
    assert [row["cards"] for row in rows] == ["100", "2", "1", "1"]


def test_a_workbook_holds_the_rows(run: Run, case: str, tmp_path: Path) -> None:
    place = tmp_path / "answer.xlsx"
    assert run("query", "first-hands", "--case", case, "-o", place).code == 0
    with zipfile.ZipFile(place) as archive:
        said = b"".join(archive.read(name) for name in archive.namelist()).decode("utf-8", errors="replace")
    assert "老K" in said
    assert "微信" in said


def test_the_list_has_every_question_and_with_v_what_it_takes(run: Run) -> None:
    ran = run("query", "--list")
    assert ran.code == 0
    assert ran.out.index("echo\n") < ran.out.index("records-of-card") < ran.out.index("rule-")
    assert "at_least" not in ran.out
    told = run("query", "--list", "-v", "--lang", "zh").out
    assert "-p at_least  integer = 20  最少卡数" in told
    listed = {query["name"]: query for query in run("query", "--list", "--json").json["queries"]}
    assert listed["echo"]["parameters"] == [
        {"name": "name", "type": "text", "required": True, "default": None, "meaning": "a name"}
    ]
    assert listed["echo"]["columns"][1] == {"name": "given", "meaning": "what was given"}


def test_the_text_of_a_question_is_shown_as_it_is(run: Run, own: Path, tmp_path: Path) -> None:
    assert run("query", "--show", "echo").out == ECHO
    cypher = "MATCH (p:Party {name: $name}) RETURN p.name AS name, $name AS given\n"
    (own / "echo.cypher").write_text(cypher, encoding="utf-8")
    shown = run("query", "--show", "echo", "--json").json
    assert shown["texts"] == {"sql": ECHO, "cypher": cypher}
    assert run("query", "--show", "echo").out == f"{ECHO}\n{cypher}"
    assert run("query", "--show", "echo", "-o", tmp_path / "copy.sql").code == 0
    assert (tmp_path / "copy.sql").read_text(encoding="utf-8") == ECHO
    assert run("query", "--show", "echo", "-o", tmp_path / "copy.cypher").code == 0
    assert (tmp_path / "copy.cypher").read_text(encoding="utf-8") == HEADER + cypher, "a file to begin one's own with"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("query",), "wrong_usage", "name one question"),
        (("query", "returns", "--list"), "wrong_usage", "name one question"),
        (("query", "--list", "-p", "a=b"), "wrong_usage", "nothing to ask with"),
        (("query", "no-such"), "unknown_query", "no query called no-such"),
        (("query", "--show", "no-such"), "unknown_query", "no query called no-such"),
        (("query", "cards-of-party"), "bad_parameter", "needs a value for party"),
        (("query", "cards-of-party", "-p", "party"), "bad_parameter", "no value is given"),
        (("query", "returns", "-p", "to_carriers_only=si"), "bad_parameter", "true or false"),
        (("query", "returns", "-p", "x=1"), "bad_parameter", "no parameter x"),
        (("query", "echo", "-p", "name=a", "-p", "name=b"), "bad_parameter", "given twice"),
        (("query", "rule-online-sale", "-p", "channels=微信"), "wrong_usage", "asked by audits"),
        (("query", "returns", "-o", "x.sql"), "unknown_format", "no format of this answer"),
        (("query", "returns", "-o", "x.pdf"), "unknown_format", ".pdf"),
        (("query", "--list", "-o", "x.csv"), "unknown_format", "no format of this answer"),
        (("query", "--show", "echo", "-o", "x.cypher"), "bad_query", "written in .sql only"),
        (("query", "--show", "echo", "-o", "x.xlsx"), "unknown_format", "no format of this answer"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_nothing_is_written(
    arguments: tuple[str, ...], code: str, said: str, run: Run, case: str, tmp_path: Path
) -> None:
    ran = run(*arguments, "--case", case, "--json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.error["code"] == code
    assert said in ran.error["message"]
    assert not list(tmp_path.glob("x.*"))


def test_a_party_that_nobody_is_ends_with_one_and_suggests_the_nearest(run: Run, case: str) -> None:
    ran = run("query", "cards-of-party", "-p", "party=星海智联科技", "--case", case, "--json")
    assert (ran.code, ran.error["code"]) == (1, "not_found")
    assert "星海智联科技有限公司" in ran.error["hint"]


def test_a_list_is_given_one_by_one(run: Run, case: str) -> None:
    cards = [argument for card in (WHOLE, "8986061900000000002") for argument in ("-p", f"cards={card}")]
    rows = run("query", "parties-of-cards", *cards, "--case", case, "--json").json["rows"]
    assert [row[1] for row in rows] == ["中国联通", "星海智联科技有限公司", "老K"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEADER + "SELECT 1 AS given, $name AS name\n", "its header says name, given"),
        (HEADER + "DROP TABLE told /* $name */; SELECT $name\n", "a query is one SELECT"),
        (HEADER + "SELECT nothing, $name FROM moves\n", "the query fails"),
    ],
)
def test_a_question_of_ones_own_that_is_wrong_is_named_by_its_file(
    text: str, said: str, run: Run, case: str, own: Path
) -> None:
    (own / "echo.sql").write_text(text, encoding="utf-8")
    ran = run("query", "echo", "-p", "name=x", "--case", case, "--json")
    assert (ran.code, ran.error["code"]) == (2, "bad_query")
    assert ran.error["message"].startswith(str(own / "echo.sql"))
    assert said in ran.error["message"]


def test_a_case_that_does_not_exist_is_not_made(run: Run, tmp_path: Path) -> None:
    ran = run("query", "returns", "--case", tmp_path / "no.gtrace", "--json")
    assert (ran.code, ran.error["code"]) == (3, "case_missing")
    assert not (tmp_path / "no.gtrace").exists()


def test_a_narrow_terminal_gets_a_table_or_blocks_and_never_a_broken_number(
    run: Run, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("query", "records-of-card", "-p", f"card={WHOLE}", "--case", case, "--lang", "en")
    monkeypatch.setenv("COLUMNS", "400")
    wide = run(*arguments).out
    assert any(line.startswith("  moment ") and "record_id" in line for line in wide.splitlines())
    monkeypatch.setenv("COLUMNS", "60")
    narrow = run(*arguments).out
    assert narrow.count("first_card") == 4
    assert narrow.count("8986061900000000001") == 1 + 1 + 2 * 2 + 2, (
        "what is asked, a range that begins with it, three listed"
    )
    assert all(len(line) <= 60 for line in narrow.splitlines())


def test_a_long_answer_says_how_much_more_there_is(run: Run, case: str, own: Path) -> None:
    text = HEADER.replace('"text"', '"text", default = "x"') + "SELECT $name AS name, range AS given FROM range(60)\n"
    (own / "echo.sql").write_text(text, encoding="utf-8")
    told = run("query", "echo", "--case", case, "--lang", "en").out
    assert "60 rows" in told
    assert "10 more rows" in told
    assert "more rows" not in run("query", "echo", "--case", case, "--lang", "en", "-v").out
    assert len(run("query", "echo", "--case", case, "--json").json["rows"]) == 60


def test_an_answer_becomes_a_data_frame(case: str) -> None:
    with gt.open_case(case) as opened:
        answer = opened.query("quantity-only-sales")
        assert (len(answer), answer.rows) == (0, [])
        frame = opened.query("flows-between-parties").to_pandas()
        assert list(frame["cards"]) == [100, 2, 1, 1]
        frame = opened.query("records-of-card", card=WHOLE).to_pandas()
        assert frame["case_no"].isna().all()
        assert opened.query("first-hands").to_pandas()["channels"].iloc[0] == ["微信"]
