"""Planted deals: what is written by hand of the records beside them, and what a loaded case makes of them."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from graphtrace.errors import UsageError
from graphtrace.simulate.check import check_answers
from graphtrace.simulate.files import Format
from graphtrace.simulate.generate import RECORDS, TRUTH, simulate
from graphtrace.simulate.numbers import Numbers
from graphtrace.simulate.planted_supports import KINDS, MAX_DEALS, PlantedSupports, plant_supports
from graphtrace.simulate.shards import SUPPORTS_FILE

from .conftest import CARDS, Loaded, load

DEALS = 4
TABLES = {"deliveries", "parcels_sold", "shipments", "payments", "identities"}
SALES_BY_KIND = Counter(key for kind in KINDS for key in kind.keys if key)


def planted(deals: int, seed: int = 1) -> PlantedSupports:
    return plant_supports(deals, seed, Numbers(deals * len(KINDS)), 0, "csv")


@pytest.fixture(scope="module")
def dealt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    folder = tmp_path_factory.mktemp("deals")
    told = load(folder, simulate(folder / "out", CARDS, 1, supports=DEALS))
    yield told
    told.case.close()


@pytest.mark.parametrize(("seed", "form"), [(2, "csv"), (3, "parquet")])
def test_a_loaded_case_corroborates_what_the_truth_says(tmp_path: Path, seed: int, form: Format) -> None:
    told = load(tmp_path, simulate(tmp_path / "out", CARDS, seed, form=form, supports=DEALS, aliases=1))
    with told.case as case:
        report = check_answers(case, told.truth, sample=1)
    assert report.mistakes == []
    assert report.is_right
    found = {kind: tally.found for kind, tally in report.supports.items()}
    assert found == {
        "hop": 3 * DEALS * len(KINDS),
        **{key: DEALS * count for key, count in SALES_BY_KIND.items()},
        "delivered_to_other": DEALS * sum(kind.is_misdelivered for kind in KINDS),
    }


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS if not any(kind.keys)])
def test_records_that_only_look_so_corroborate_nothing(dealt: Loaded, kind: str) -> None:
    truth = pl.read_parquet(dealt.truth / SUPPORTS_FILE).filter(pl.col("story") == kind)
    traces = dealt.case.trace(*truth["card"].unique())
    hops = [hop for trace in traces for chain in trace.chains for hop in chain.hops]
    assert len(hops) == truth.height == 3 * DEALS
    assert [hop.corroboration for hop in hops if hop.corroboration] == []
    assert not {finding.code for trace in traces for finding in trace.findings} & {"delivered_to_other"}


def test_what_the_answers_lack_or_invent_is_counted_and_shown(dealt: Loaded, tmp_path: Path) -> None:
    truth = Path(shutil.copytree(dealt.truth, tmp_path / "truth"))
    rows = pl.read_parquet(truth / SUPPORTS_FILE)
    is_parcel = (pl.col("story") == "parcel") & (pl.col("kind") == "waybill")
    is_order = (pl.col("story") == "order") & (pl.col("kind") == "order")
    spoilt = rows.filter(~is_parcel).with_columns(row=pl.when(is_order).then(1).otherwise("row"))
    spoilt.write_parquet(truth / SUPPORTS_FILE)
    report = check_answers(dealt.case, truth, sample=1)
    assert not report.is_right
    wrong = {kind: (tally.missed, tally.invented) for kind, tally in report.supports.items() if not tally.is_right}
    assert wrong == {"waybill": (0, DEALS), "order": (DEALS, DEALS)}
    assert {(mistake.story, mistake.kind) for mistake in report.mistakes} == {
        ("parcel", "corroboration"),
        ("order", "corroboration"),
    }


def test_accounts_and_telephones_are_known_by_the_identities(tmp_path: Path) -> None:
    made = simulate(tmp_path / "out", CARDS, 1, supports=DEALS)
    (made.folder / RECORDS / "identities.csv").unlink()
    told = load(tmp_path, made)
    with told.case as case:
        report = check_answers(case, told.truth, sample=1)
    lacking = {kind: tally.missed for kind, tally in report.supports.items() if tally.missed}
    assert lacking == {"account": DEALS * SALES_BY_KIND["account"], "delivered_to_other": DEALS}


def test_payments_between_the_accounts_lie_just_within_and_just_beyond_thirty_days() -> None:
    told = planted(DEALS)
    sold = {row["单号"]: (row["买方"], date.fromisoformat(row["转让日期"])) for row in _rows(told, "deliveries")}
    days = {buyer: day for order, (buyer, day) in sold.items() if order}
    people = {row["支付宝账号"]: row["姓名"] for row in _rows(told, "identities")}
    banks = {row["银行卡号"]: row["姓名"] for row in _rows(told, "identities")}
    apart: Counter[int] = Counter()
    for row in _rows(told, "payments"):
        payer, payee = people.get(row["付款账号"]), banks.get(row["收款账号"].replace(" ", ""))
        if payer and payee and payee.endswith("卡行"):
            apart[(date.fromisoformat(row["交易时间"][:10]) - days[payer]).days] += 1
    assert apart.total() == 3 * DEALS
    assert {-31, -30, 30, 31} <= {*apart}
    assert {abs(count) for count in apart} == {1, 30, 31}


def test_no_two_deals_share_a_name_a_contact_or_a_number() -> None:
    told = planted(MAX_DEALS)
    people = told.records["identities"]
    count = 3 * MAX_DEALS * len(KINDS)
    assert [people[column].n_unique() for column in ("姓名", "手机号", "支付宝账号", "银行卡号")] == [count] * 4
    numbers = people["证件号码"].replace("", None).drop_nulls()
    assert numbers.n_unique() == len(numbers) == count * 2 // 3
    sales = pl.concat([told.records[table].select("单号", "快递单号") for table in ("deliveries", "parcels_sold")])
    sales = sales.filter(pl.col("单号") != "")
    assert [sales[column].n_unique() for column in sales.columns] == [count // 3] * 2


def test_the_same_seed_plants_the_same_and_another_seed_others() -> None:
    assert planted(DEALS).truth.equals(planted(DEALS).truth)
    assert not planted(DEALS).truth.equals(planted(DEALS, seed=2).truth)


def test_deals_change_nothing_of_the_rest_of_a_case(tmp_path: Path) -> None:
    simulate(tmp_path / "without", CARDS, 1)
    simulate(tmp_path / "with", CARDS, 1, supports=1)
    without, beside = (_files(tmp_path / folder) for folder in ("without", "with"))
    assert {Path(name).stem for name in beside.keys() - without.keys()} == TABLES | {"supports"}
    described = {"README.md", f"{TRUTH}/summary.json"}
    assert {name for name in without if beside[name] != without[name]} == described
    assert not any(b"supports" in without[name] for name in described)


@pytest.mark.parametrize("deals", [-1, MAX_DEALS + 1])
def test_no_more_deals_are_planted_than_there_are_names(tmp_path: Path, deals: int) -> None:
    with pytest.raises(UsageError) as caught:
        simulate(tmp_path / "out", CARDS, 1, supports=deals)
    assert caught.value.text.id == "bad_supports"
    assert not (tmp_path / "out").exists()


def test_a_case_without_deals_has_no_figures_of_them(loaded: Loaded) -> None:
    assert check_answers(loaded.case, loaded.truth, sample=1).supports == {}


def _rows(told: PlantedSupports, table: str) -> list[dict[str, str]]:
    return told.records[table].to_dicts()


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
