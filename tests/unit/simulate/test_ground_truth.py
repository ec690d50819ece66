from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from graphtrace.simulate.blocks import NAME
from graphtrace.simulate.check import expected_audits, expected_cards
from graphtrace.simulate.shards import HISTORIES, USES

A, B, R = "id:A", "id:B", "name:r"
C = "carrier:china-unicom"


def written(folder: Path, runs: list[tuple[str, str, str, int, str]], uses: list[tuple[str, str]]) -> list[Path]:
    """A truth of one piece: story, first, last, cards and chains of each run; card and end user of each use."""
    rows = [(story, first, last, cards, "", None, None, chains, "gap") for story, first, last, cards, chains in runs]
    for kind in ("histories", "uses"):
        (folder / kind).mkdir()
    histories = pl.DataFrame(rows, schema=HISTORIES, orient="row").with_columns(
        registrant=pl.col("chains").str.split(" > ").list.get(1, null_on_oob=True),
        holder=pl.col("chains").str.split(" > ").list.last(),
    )
    histories.write_parquet(folder / "histories" / "00000.parquet")
    used = pl.DataFrame([(*use, True, "used") for use in uses], schema=USES, orient="row")
    used.write_parquet(folder / "uses" / "00000.parquet")
    return [folder / "histories" / "00000.parquet"]


def test_a_run_becomes_its_cards_each_with_its_use(tmp_path: Path) -> None:
    runs = [("x", "8986010000000000098", "8986010000000000101", 4, "")]
    pieces = written(tmp_path, runs, [("8986010000000000100", A)])
    (cards,) = expected_cards(pieces, {"x": 1})
    assert cards["card"].str.tail(3).to_list() == ["098", "099", "100", "101"]
    assert cards["end_user"].to_list() == [None, None, A, None]
    assert cards["findings"].to_list() == ["gap", "gap", "gap used", "gap"]


@pytest.mark.parametrize(("stride", "asked"), [(2, ["1", "3", "5", "7"]), (3, ["1", "4", "7"]), (9, ["1"])])
def test_every_nth_card_of_a_story_is_asked_across_its_runs(tmp_path: Path, stride: int, asked: list[str]) -> None:
    number = "898601000000000000"
    runs = [("x", number + first, number + last, int(last) - int(first) + 1, "") for first, last in ("13", "44", "57")]
    (cards,) = expected_cards(written(tmp_path, runs, []), {"x": stride})
    assert cards["card"].str.tail(1).to_list() == asked


@pytest.mark.parametrize(
    ("chains", "buckets"),
    [
        (f"{C} > {A} > {R}", {A: "resold"}),
        (f"{C} > {A} / {R} > {B}", {A: "resold"}),
        (f"{C} > {A} > {R} / {B} > {A}", {A: "in_stock"}),
        (f"{C} > {A} > {C}", {A: "returned"}),
        (f"{C} > {A} > {R} > {C} > {B} > {R}", {A: "returned", B: "resold"}),
        (f"{C} > {A} > {R} | {C} > {B}", {A: "disputed", B: "disputed"}),
        (f"{R} > {A}", {}),
        (f"{C} > {R} > {A}", {}),
    ],
)
def test_what_became_of_a_card_follows_from_its_chain(tmp_path: Path, chains: str, buckets: dict[str, str]) -> None:
    audits = expected_audits(written(tmp_path, [("x", "8986010000000000001", "8986010000000000001", 1, chains)], []))
    assert audits == {enterprise: {bucket: 1, "purchased": 1} for enterprise, bucket in buckets.items()}


def test_the_cards_that_an_enterprise_kept_are_told_apart_by_who_used_them(tmp_path: Path) -> None:
    first, last = "8986010000000000001", "8986010000000000009"
    runs = [(NAME, first, last, 9, f"{C} > {A}"), (NAME, first[:-1] + "0", first[:-1] + "0", 1, f"{C} > {A} > {R}")]
    uses = [(first, A), (last, A), (last[:-1] + "5", R)]
    assert expected_audits(written(tmp_path, runs, uses)) == {
        A: {
            "in_stock": 6,
            "activated_by_enterprise": 2,
            "activated_by_other": 1,
            "resold": 1,
            "purchased": 10,
        }
    }
