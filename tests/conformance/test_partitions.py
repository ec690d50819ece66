"""A case in blocks answers as the whole case does, by the same library, and on two workers of Apache Spark."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from runpy import run_path
from typing import Any

import duckdb
import polars as pl
import pytest

import graphtrace as gt
from graphtrace.analysis.card_trace import Tracer
from graphtrace.errors import CaseDamaged, StoreError, UsageError
from graphtrace.identifiers import parse_iccid
from graphtrace.render.json import audit_document, trace_document
from graphtrace.simulate.generate import simulate
from graphtrace.storage.partitions import PartitionSet, read_partitions

from ..neo4j.server import REQUIRED

ROOT = Path(__file__).parents[2]
CARDS = 9_000
LEFT_OUT = {
    *("judgements", "findings", "rules_not_asked", "quantity_flows", "unread_rows"),
    *("days_to_first_transfer", "days_to_first_activation"),
}
BALANCE = ("date", "declared_stock", "declared_sold", "unaccounted")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated case with everything planted and some corrections, whole (``case.gtrace``) and in ``blocks``."""
    folder = tmp_path_factory.mktemp("partitions")
    simulate(folder / "simulated", CARDS, 11)
    with gt.open_case(folder / "case.gtrace") as case:
        records = sorted((folder / "simulated" / "records").iterdir())
        (twice,) = [path for path in records if path.suffix == ".csv"][:1]
        copy = folder / "taken-away.csv"
        copy.write_bytes(twice.read_bytes() + b"\n")
        case.load(copy)
        case.load(*records)
        case.unload(copy, why="loaded twice")
        for path in records[:4]:
            case.correct(f"{path.name}:2", why="wrong")
        case.correct(f"{records[0].name}:2", why="was right", undo=True)
        case.export("parquet", folder / "blocks", partitions=4)
    return folder


@pytest.fixture(scope="module")
def case(folder: Path) -> Iterator[gt.Case]:
    with gt.open_case(folder / "case.gtrace") as case:
        yield case


@pytest.fixture(scope="module")
def blocks(folder: Path) -> PartitionSet:
    return read_partitions(folder / "blocks")


@pytest.fixture(scope="module")
def cards(folder: Path, case: gt.Case) -> list[str]:
    """Cards of every story, and numbers that no record knows."""
    histories = pl.read_parquet(folder / "simulated" / "truth" / "histories" / "*.parquet")
    found = histories.group_by("story", maintain_order=True).head(40)["first"].to_list()
    return [*found, "89860119999999999990", "89860000000000000000"]


def traced(case: gt.Case, cards: list[str]) -> list[dict[str, Any]]:
    with case._stores.open() as store:
        found: list[dict[str, Any]] = trace_document("", Tracer(store).trace(cards, near_misses=False), "en")["results"]
    return found


@pytest.fixture(scope="module")
def audited(case: gt.Case) -> list[dict[str, Any]]:
    """The audits of the whole case, as far as their figures add up."""
    documents = audit_document("", case.audit(all=True, rules=()), "en")["enterprises"]
    for document in documents:
        for name in LEFT_OUT:
            del document[name]
        document["balance"] = {name: document["balance"][name] for name in BALANCE}
    found: list[dict[str, Any]] = json.loads(json.dumps(documents))
    return found


def test_blocks_are_several_and_hold_every_record_of_a_card_once(case: gt.Case, blocks: PartitionSet) -> None:
    assert len(blocks.blocks) == 4
    rows: Counter[str] = Counter()
    for block in blocks.blocks:
        with gt.open_case(block) as part:
            status = part.status()
            rows.update(listed=status.cards_listed, ranges=status.ranges)
    whole = case.status()
    assert rows == {"listed": whole.cards_listed, "ranges": whole.ranges}
    with gt.open_case(blocks.blocks[0]) as part:
        assert part.corrections() == case.corrections() != []
        assert part.status().corrected == case.status().corrected == 3
        assert part.status().unloaded == case.status().unloaded == 1
        assert {file["file"] for file in part.status().files} == {file["file"] for file in case.status().files}


def test_a_card_is_traced_in_its_block_as_in_the_whole_case(
    case: gt.Case, blocks: PartitionSet, cards: list[str]
) -> None:
    whole = traced(case, cards)
    assert len({trace["outcome"] for trace in whole}) == 5
    by_block: dict[Path, list[int]] = {}
    for place, card in enumerate(cards):
        by_block.setdefault(blocks.block_of(parse_iccid(card).key), []).append(place)
    assert len(by_block) == 4
    for block, places in by_block.items():
        with gt.open_case(block) as part:
            answers = traced(part, [cards[place] for place in places])
        for place, answer in zip(places, answers, strict=True):
            assert answer == whole[place], cards[place]


def test_audits_of_blocks_add_up_to_those_of_the_whole_case(
    blocks: PartitionSet, audited: list[dict[str, Any]]
) -> None:
    example = run_path(str(ROOT / "examples" / "on_spark.py"))
    sums: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    for block in blocks.blocks:
        with gt.open_case(block) as part:
            for *what, cards, activated, seized in example["to_facts"](part.audit(all=True, rules=())):
                known = sums[tuple(what)]
                sums[tuple(what)] = [a + b for a, b in zip(known, (cards, activated, seized), strict=True)]
    assert any(document["balance"]["unaccounted"] for document in audited)
    assert example["facts_to_dicts"](example["AuditFact"](*what, *sums[what]) for what in sorted(sums)) == audited


def test_a_question_that_counts_is_asked_of_blocks_and_added_up(case: gt.Case, blocks: PartitionSet) -> None:
    def counts(asked: gt.Case) -> Counter[tuple[str, str]]:
        answer = asked.query("activations-by-province")
        rows = (dict(zip(answer.columns, row, strict=True)) for row in answer.rows)
        return Counter({(row["province"], name): row[name] for row in rows for name in ("cards", "activations")})

    parts: Counter[tuple[str, str]] = Counter()
    for block in blocks.blocks:
        with gt.open_case(block) as part:
            parts += counts(part)
    assert parts == counts(case)
    assert len(parts) > 10


def test_what_crosses_blocks_is_known_in_each(tmp_path: Path) -> None:
    """A device seen with cards of two blocks, a number that moved, a seller by number with cards in both."""
    one, two = (f"{head}{{:011d}}" for head in ("89860119", "89860319"))
    (tmp_path / "purchases.csv").write_text(
        "运营商,企业名称,起始ICCID,结束ICCID,采购日期\n"
        + "".join(f"中国联通,甲公司,{head.format(0)},{head.format(99)},2022-01-01\n" for head in (one, two))
    )
    (tmp_path / "sales.csv").write_text(
        "卖方,买方,起始ICCID,结束ICCID,数量,转让日期\n"
        + "".join(f"甲公司,乙,{head.format(0)},{head.format(49)},,2022-02-01\n" for head in (one, two))
        + "乙,丙,,,30,2022-03-01\n"
    )
    (tmp_path / "activations.csv").write_text(
        "ICCID,接入号,IMEI,激活时间,使用人\n"
        f"{one.format(1)},1064600000001,860000009190009,2022-04-01,丁\n"
        f"{two.format(1)},1064600000001,860000009190009,2022-06-01,戊\n"
        ",1064600000001,,2022-05-01,己\n"
    )
    with gt.open_case(tmp_path / "case.gtrace") as case:
        case.load(*sorted(tmp_path.glob("*.csv")))
        case.export("parquet", tmp_path / "blocks", partitions=2)
        blocks = read_partitions(tmp_path / "blocks")
        assert len(blocks.blocks) == 2
        cards = [head.format(number) for head in (one, two) for number in (1, 49, 50)]
        whole = traced(case, cards)
    codes = {finding["code"] for trace in whole for finding in trace["findings"]}
    assert {"shared_device", "possible_onward"} <= codes
    assert {len(trace["activations"]) for trace in whole} == {0, 1, 2}
    for card, expected in zip(cards, whole, strict=True):
        with gt.open_case(blocks.block_of(card)) as part:
            assert traced(part, [card]) == [expected]


def test_a_block_takes_no_files_and_looks_back_to_no_day(blocks: PartitionSet, tmp_path: Path) -> None:
    with gt.open_case(blocks.blocks[0]) as part:
        with pytest.raises(UsageError, match="takes no files"):
            part.load(tmp_path / "more.csv")
        with pytest.raises(UsageError, match="when it was written"):
            part.at("2024-01-01").trace("89860119000000000000")


def test_partitions_are_written_into_an_empty_folder_only(case: gt.Case, folder: Path) -> None:
    with pytest.raises(UsageError, match="is not empty"):
        case.export("parquet", folder / "blocks")
    with pytest.raises(UsageError, match="none"):
        case.export("parquet", folder / "others", partitions=0)
    with pytest.raises(UsageError, match="takes the whole case"):
        case.export("parquet", folder / "others", around="星海智联")
    with pytest.raises(UsageError, match="has no partitions"):
        case.export("graphml", folder / "others.graphml", partitions=3)


def test_a_block_without_one_of_its_files_is_damaged(blocks: PartitionSet, tmp_path: Path) -> None:
    shutil.copytree(blocks.blocks[0], tmp_path / "block=0")
    (tmp_path / "block=0" / "resolved_parties.parquet").unlink()
    with gt.open_case(tmp_path / "block=0") as part, pytest.raises(CaseDamaged, match=r"resolved_parties\.parquet"):
        part.status()


@pytest.mark.posix
def test_a_pipe_in_a_block_is_damage_and_not_waited_for(blocks: PartitionSet, tmp_path: Path) -> None:
    shutil.copytree(blocks.blocks[0], tmp_path / "block=0")
    (tmp_path / "block=0" / "resolved_parties.parquet").unlink()
    os.mkfifo(tmp_path / "block=0" / "resolved_parties.parquet")
    with gt.open_case(tmp_path / "block=0") as part, pytest.raises(CaseDamaged, match=r"resolved_parties\.parquet"):
        part.status()


def test_a_block_that_unfolds_stays_within_the_memory_of_a_question(blocks: PartitionSet, tmp_path: Path) -> None:
    shutil.copytree(blocks.blocks[0], tmp_path / "block=0")
    names = tmp_path / "block=0" / "mention_names.parquet"
    with duckdb.connect() as con:
        columns = con.execute(f"DESCRIBE FROM read_parquet('{names}', hive_partitioning = false)").fetchall()
        values = ", ".join(
            f"repeat('x', 100000) AS {name}" if name == "name" else f"1 AS {name}" for name, *_ in columns
        )
        con.execute(f"COPY (SELECT {values} FROM range(60_000)) TO '{tmp_path / 'large.parquet'}'")
    (tmp_path / "large.parquet").replace(names)
    assert names.stat().st_size < 10_000_000
    with gt.open_case(tmp_path / "block=0", memory_limit="800MB") as part, pytest.raises(StoreError) as told:
        part.trace("89860119999999999990")
    assert told.value.code == "out_of_memory"


@pytest.fixture(scope="module")
def spark() -> str:
    if find_spec("pyspark") is None or shutil.which("java") is None:
        assert not os.environ.get(REQUIRED), "pip install -e '.[spark]', and Java 17"
        pytest.skip("no pyspark or no Java: pip install -e '.[spark]'")
    return "local-cluster[2,1,1024]"


@pytest.mark.slow
def test_two_workers_of_spark_answer_as_one_machine_does(
    spark: str, folder: Path, case: gt.Case, cards: list[str], audited: list[dict[str, Any]], tmp_path: Path
) -> None:
    (tmp_path / "cards.txt").write_text("\n".join(cards))
    script = (sys.executable, ROOT / "examples" / "on_spark.py", folder / "blocks", "--master", spark)
    asked = ("--audit", "--trace", tmp_path / "cards.txt", "-o", tmp_path / "answer.json")
    environment = {**os.environ, "SPARK_WORKER_DIR": str(tmp_path / "work"), "SPARK_LOCAL_DIRS": str(tmp_path)}
    command = [str(part) for part in (*script, *asked)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    answer = json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))
    assert answer["enterprises"] == audited
    assert answer["results"] == json.loads(json.dumps(traced(case, cards)))
    assert "answered by 2 workers" in done.stderr
