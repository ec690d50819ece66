"""Planted names: what is written by hand of each pair, and what the candidates of a loaded case make of it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from graphtrace.errors import UsageError
from graphtrace.identifiers import normalize_party_name
from graphtrace.results.simulation import AliasCount, AliasReport
from graphtrace.simulate.check import check_answers
from graphtrace.simulate.generate import simulate
from graphtrace.simulate.numbers import Numbers
from graphtrace.simulate.planted_aliases import KINDS, MAX_PAIRS, PlantedAliases, plant_aliases

from .conftest import CARDS, load

PAIRS = 12


def planted(pairs: int, seed: int = 1) -> PlantedAliases:
    return plant_aliases(pairs, seed, Numbers(2 * pairs * len(KINDS)), 0)


def test_every_pair_of_every_kind_has_names_of_its_own() -> None:
    truth = planted(MAX_PAIRS).truth
    ids = [*truth["one"], *truth["other"]]
    assert truth.height == MAX_PAIRS * len(KINDS)
    assert len(set(ids)) == len(ids)


def test_records_call_the_parties_as_the_truth_does() -> None:
    told = planted(PAIRS)
    sides = pl.concat(
        [told.records.select(name=pl.col(side), number=pl.col(f"{side}_id")) for side in ("from", "to")]
    ).unique()
    ids = {f"id:{number}" if number else f"name:{normalize_party_name(name)}" for name, number in sides.iter_rows()}
    assert {*told.truth["one"], *told.truth["other"]} <= ids


def test_one_name_received_what_the_other_passes_on_where_the_truth_says_so() -> None:
    told = planted(PAIRS)
    received = {row[2]: row[5:] for row in told.records.iter_rows()}
    passed = {row[0]: row[5:] for row in told.records.iter_rows()}
    by_name = told.truth.filter(pl.col("one").str.starts_with("name:"))
    assert set(by_name["has_lots"]) == {True, False}
    names = {normalize_party_name(name): name for name in (*received, *passed)}
    for _, one, other, is_same, has_lots in by_name.iter_rows():
        first, second = (names[party.removeprefix("name:")] for party in (one, other))
        assert (received[first] == passed[second]) is has_lots
        assert is_same or not has_lots


def test_the_same_seed_plants_the_same_and_another_seed_others() -> None:
    assert planted(PAIRS).truth.equals(planted(PAIRS).truth)
    assert not planted(PAIRS).truth.equals(planted(PAIRS, seed=2).truth)


@pytest.mark.parametrize("pairs", [-1, MAX_PAIRS + 1])
def test_no_more_pairs_are_planted_than_there_are_names(tmp_path: Path, pairs: int) -> None:
    with pytest.raises(UsageError) as caught:
        simulate(tmp_path / "out", 1_000, 1, aliases=pairs)
    assert caught.value.text.id == "bad_aliases"
    assert not (tmp_path / "out").exists()


def test_precision_and_recall_count_what_was_not_planted_too() -> None:
    kinds = (
        AliasCount(kind="branch", is_same=True, planted=4, proposed=3),
        AliasCount(kind="sister_firm", is_same=False, planted=4, proposed=2),
    )
    report = AliasReport(kinds=kinds, others=1)
    assert (report.precision, report.recall) == (0.5, 0.75)
    nothing = AliasReport(kinds=(), others=0)
    assert (nothing.precision, nothing.recall) == (None, None)


def test_a_check_says_which_planted_names_are_candidates_and_all_else_stays_right(tmp_path: Path) -> None:
    told = load(tmp_path, simulate(tmp_path / "out", CARDS, 1, aliases=PAIRS))
    report = check_answers(told.case, told.truth, sample=2)
    told.case.close()
    assert report.is_right
    assert report.aliases is not None
    found = {one.kind: one.proposed for one in report.aliases.kinds}
    assert {one.planted for one in report.aliases.kinds} == {PAIRS}
    # names and lots find these, lots alone the half that has them; whose numbers differ is never proposed by name
    assert {kind: found[kind] for kind in ("short_name", "branch", "traditional", "misspelt")} == dict.fromkeys(
        ("short_name", "branch", "traditional", "misspelt"), PAIRS
    )
    assert found["other_name"] == PAIRS // 2
    assert (found["same_sound_numbers"], found["same_name"], found["look_alike"]) == (0, 0, 0)
    assert (found["sister_firm"], found["same_sound"]) == (PAIRS, PAIRS)
    assert report.aliases.recall == 0.9


def test_a_case_without_planted_names_has_no_figures_of_them(tmp_path: Path) -> None:
    told = load(tmp_path, simulate(tmp_path / "out", CARDS, 1))
    assert check_answers(told.case, told.truth, sample=1).aliases is None
    told.case.close()
