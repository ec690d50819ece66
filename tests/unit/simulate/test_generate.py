from __future__ import annotations

import hashlib
import json
from pathlib import Path

import polars as pl
import pytest

from graphtrace.errors import UsageError
from graphtrace.render.text_tables import SIMULATION_SCENARIOS as WORDS
from graphtrace.results.simulation import SimulationResult
from graphtrace.simulate import blocks
from graphtrace.simulate.blocks import SCENARIOS
from graphtrace.simulate.generate import RECORDS, TRUTH, plan_scenarios, simulate
from graphtrace.simulate.shards import SUMMARY

from .conftest import CARDS, Loaded


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def histories(made: SimulationResult) -> pl.DataFrame:
    return pl.read_parquet(made.folder / TRUTH / "histories" / "*.parquet")


@pytest.mark.parametrize("is_messy", [False, True])
def test_the_same_seed_makes_the_same_bytes_and_another_seed_others(tmp_path: Path, *, is_messy: bool) -> None:
    for name, seed in (("one", 5), ("again", 5), ("other", 6)):
        simulate(tmp_path / name, CARDS, seed, is_messy=is_messy)
    one, again, other = (digests(tmp_path / name) for name in ("one", "again", "other"))
    assert one == again
    assert {name for name in one if one[name] == other.get(name)} <= {"truth/rejects.parquet"}


def test_so_many_cards_are_named_as_were_asked_for(loaded: Loaded) -> None:
    told = histories(loaded.made)
    assert told.filter(pl.col("outcome") != "not_found")["cards"].sum() == CARDS
    firsts = told.filter(pl.col("cards") == 1)["first"]
    assert firsts.n_unique() == len(firsts)


def test_the_summary_counts_the_rows_of_the_files(loaded: Loaded) -> None:
    summary = json.loads((loaded.truth / SUMMARY).read_text(encoding="utf-8"))
    counted = {path.name: path.read_bytes().count(b"\n") - 1 for path in (loaded.made.folder / RECORDS).iterdir()}
    assert {file["file"]: file["rows"] for file in summary["files"]} == counted == dict(loaded.made.rows)
    assert (summary["rows"], summary["cards"], summary["seed"]) == (sum(counted.values()), CARDS, 1)


def test_the_page_beside_the_records_names_what_was_planted(loaded: Loaded) -> None:
    page = (loaded.made.folder / "README.md").read_text(encoding="utf-8")
    assert loaded.made.scenarios
    assert loaded.made.rows
    for one in loaded.made.scenarios:
        assert f"| `{one.name}` | {one.scenario or ''} | {one.rate:g} | {one.cards} |" in page
    for file, rows in loaded.made.rows.items():
        assert f"| {file} | {rows:,} |" in page


def test_every_scenario_is_planted_or_is_what_the_mass_is_made_of(loaded: Loaded) -> None:
    planted = {one.scenario for one in loaded.made.scenarios}
    assert planted - {None} == {f"S{number}" for number in range(2, 22)}
    assert set(histories(loaded.made)["story"]) == {story.name for story in SCENARIOS} | {blocks.NAME}


def test_every_story_has_its_words() -> None:
    assert {story.name for story in SCENARIOS} | {blocks.NAME} == set(WORDS)


def test_rates_say_how_often_each_story_is_told() -> None:
    planted = {
        one.scenario.name: one.blocks for one in plan_scenarios(100_000, {"": 0.0002, "gap": 0.01, "two_gaps": 0})
    }
    assert planted.pop("gap") == 100
    assert "two_gaps" not in planted
    assert set(planted.values()) == {2}
    assert plan_scenarios(100_000, {"": 0}) == ()
    assert {one.blocks for one in plan_scenarios(5_000, {"": 0.00001})} == {1}


@pytest.mark.parametrize(
    ("cards", "rates", "said"),
    [
        (5_000, {"gapp": 0.1}, "gapp"),
        (5_000, {"gap": 1.5}, "1.5"),
        (5_000, {"": -0.1}, "-0.1"),
        (1_000, {}, "1,310 cards"),
        (0, {}, "at least one card"),
    ],
)
def test_what_cannot_be_planted_is_refused_before_anything_is_written(
    tmp_path: Path, cards: int, rates: dict[str, float], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        simulate(tmp_path / "out", cards, 1, rates=rates)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("kept", encoding="utf-8")
    with pytest.raises(UsageError, match="something else"):
        simulate(tmp_path, CARDS, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


def test_a_case_without_anything_planted_is_proven_through_and_through(tmp_path: Path) -> None:
    made = simulate(tmp_path / "out", 2_345, 1, rates={"": 0})
    told = histories(made)
    assert set(told["outcome"]) == {"continuous"}
    assert (told["cards"].sum(), made.rejected, made.duplicates, set(told["findings"])) == (2_345, 0, 0, {""})


def test_a_case_of_many_pieces_is_the_sum_of_its_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graphtrace.simulate.generate.LOTS_PER_SHARD", 3)
    monkeypatch.setattr("graphtrace.simulate.generate.BLOCKS_PER_SHARD", 1)
    made = simulate(tmp_path / "out", 20_000, 1)
    pieces = sorted((made.folder / TRUTH / "histories").iterdir())
    assert len(pieces) == 2 + 6
    assert [piece.name for piece in sorted((made.folder / TRUTH / "uses").iterdir())] == [p.name for p in pieces]
    assert histories(made).filter(pl.col("outcome") != "not_found")["cards"].sum() == 20_000
    activated = pl.read_csv(made.folder / RECORDS / "activations.csv", infer_schema=False)
    assert activated.height == made.rows["activations.csv"]
    assert 0.65 < activated["ICCID"].n_unique() / 20_000 < 0.75


def test_parquet_holds_what_csv_holds(tmp_path: Path) -> None:
    for form in ("csv", "parquet"):
        simulate(tmp_path / form, CARDS, 1, form=form)
    files = sorted((tmp_path / "csv" / RECORDS).iterdir())
    assert files
    for csv in files:
        parquet = pl.read_parquet(tmp_path / "parquet" / RECORDS / f"{csv.stem}.parquet").cast(pl.String)
        assert pl.read_csv(csv, infer_schema=False).equals(parquet), csv.name


def test_every_row_of_the_mass_is_dated_after_the_row_that_it_follows(loaded: Loaded) -> None:
    folder = loaded.made.folder / RECORDS
    bought = pl.read_csv(folder / "purchases.csv", infer_schema=False)
    resold = pl.read_csv(folder / "transfers.csv", infer_schema=False)
    lots_of = resold.join(bought, on=["起始ICCID", "结束ICCID"]).filter(pl.col("卖方") == pl.col("企业名称"))
    assert lots_of.height > 30
    assert (lots_of["转让日期"] > lots_of["采购日期"]).all()
