from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from .conftest import Run

CARDS = 1_500


@pytest.fixture
def made(run: Run) -> str:
    """A synthetic case, loaded."""
    assert run("simulate", "out", "--cards", CARDS, "--seed", 3).code == 0
    assert run("--case", "x.gtrace", "load", *sorted(Path("out/records").iterdir())).code == 0
    return "x.gtrace"


def test_a_case_is_made_and_told_in_figures(run: Run) -> None:
    ran = run("simulate", "out", "--cards", CARDS, "--seed", 3, "--json")
    assert ran.code == 0
    assert (ran.json["cards"], ran.json["seed"], ran.json["folder"]) == (CARDS, 3, "out")
    assert ran.json["rows"] == sum(file["rows"] for file in ran.json["files"])
    assert {path.name for path in Path("out").iterdir()} == {"README.md", "records", "truth"}
    assert {file["file"] for file in ran.json["files"]} == {path.name for path in Path("out/records").iterdir()}


def test_what_was_planted_is_listed_on_demand_in_both_languages(run: Run) -> None:
    short = run("simulate", "one", "--cards", CARDS).out
    assert "double_transfer" not in short
    assert f"graphtrace simulate check simulated.gtrace {Path('one', 'truth')}" in short
    assert "passed on twice, and no return" in run("simulate", "two", "--cards", CARDS, "-v").out
    assert "两次转出，其间无相应的退回" in run("simulate", "three", "--cards", CARDS, "-v", "--lang", "zh").out


def test_a_right_case_ends_with_0(run: Run, made: str) -> None:
    ran = run("simulate", "check", made, "out/truth")
    assert (ran.code, ran.err) == (0, "")
    assert "1,530 cards asked: 1,530 right, 0 wrong" in ran.out
    assert all(len(line) <= 80 for line in ran.out.splitlines())
    told = run("simulate", "check", made, "out/truth", "--sample", 2, "--json").json
    assert told["right"] is True
    assert told["cards"]["asked"] == told["cards"]["right"] < 150
    assert told["findings"]["custody_gap"]["missed"] == 0
    assert told["rejects"]["self_transfer"]["planted"] == 1
    assert told["mistakes"] == []


def test_a_wrong_case_ends_with_4_and_shows_what_is_wrong(run: Run, made: str) -> None:
    piece = next(Path("out/truth/histories").iterdir())
    pl.read_parquet(piece).with_columns(registrant=pl.lit("id:x")).write_parquet(piece)
    ran = run("simulate", "check", made, "out/truth", "--lang", "zh")
    assert ran.code == 4
    assert "与标准答案不一致" in ran.out
    assert "开户单位应为id:x" in ran.out
    told = run("simulate", "check", made, "out/truth", "--json")
    assert (told.code, told.json["right"]) == (4, False)
    assert told.json["mistakes"][0]["true"] == "id:x"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("simulate", "out"), "--cards"),
        (("simulate", "out", "--cards", "many"), "'many' is no whole number"),
        (("simulate", "out", "--cards", "10"), "1,310 cards"),
        (("simulate", "out", "--cards", "5000", "--faults", "x"), "x is no rate"),
        (("simulate", "out", "--cards", "5000", "--faults", "gapp=0.1"), "gapp"),
        (("simulate", "out", "--cards", "50000", "--messy"), "at most 20,000"),
        (("simulate", "check", "x.gtrace", "nowhere"), "there is no truth"),
        (("simulate", "check", "x.gtrace", "nowhere", "--sample", "0"), "no sample"),
    ],
)
def test_wrong_usage_is_2(run: Run, arguments: tuple[str, ...], said: str) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert not Path("out").exists()


def test_rates_can_be_set_for_all_and_for_one(run: Run) -> None:
    ran = run("simulate", "out", "--cards", 4_000, "--faults", "0", "--faults", "gap=0.01", "--json")
    assert [(one["name"], one["cards"]) for one in ran.json["planted"]] == [("gap", 40)]


def test_a_case_that_does_not_exist_is_3(run: Run) -> None:
    assert run("simulate", "out", "--cards", CARDS).code == 0
    assert run("simulate", "check", "none.gtrace", "out/truth").code == 3
