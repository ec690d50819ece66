"""A case in blocks, asked on Apache Spark: every audit, many traces, or a question of the query library.

usage: python examples/on_spark.py FOLDER [--audit] [--trace CARDS.txt] [--query NAME] [--master MASTER] [-o OUT.json]

FOLDER is what ``graphtrace export parquet FOLDER --partitions N`` wrote; every worker must see it under the same path.
Where nothing is asked for, all enterprises are audited. ``--master`` is where Spark runs: ``local[2]`` (two
threads, the default), ``local-cluster[2,1,1024]`` (two worker processes of one core and 1 GB on this machine),
``spark://…``, ``yarn``. Needs ``pip install 'graphtrace[spark]'`` and Java 17.

Each block is one task, which the library answers as it answers a whole case; Spark shares out the tasks, repeats what a
lost worker had, and adds up the figures. Nothing else travels.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession

FIGURES = "enterprise string, figure string, key string, cards long, activated long, seized long"


def audit_all(spark: SparkSession, folder: Path) -> list[dict[str, Any]]:
    """All enterprises of a case, as ``graphtrace audit --all --json`` has them, without findings and quartiles."""
    from graphtrace.analysis.audit.partial_sums import AuditFact, facts_to_dicts
    from graphtrace.storage.partitions import read_partitions

    blocks = [(str(block),) for block in read_partitions(folder).blocks]
    figures = spark.createDataFrame(blocks, "folder string").repartition(len(blocks)).mapInArrow(count_block, FIGURES)
    figures.createOrReplaceTempView("figures")
    rows = spark.sql(
        "SELECT enterprise, figure, key, sum(cards), sum(activated), sum(seized) FROM figures GROUP BY ALL"
    )
    return facts_to_dicts(AuditFact(*row) for row in rows.collect())


def count_block(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield the audit figures of the blocks in a batch, in a worker."""
    from itertools import islice

    import pyarrow as pa

    import graphtrace
    from graphtrace.analysis.audit.partial_sums import to_facts

    for batch in batches:
        for folder in batch["folder"].to_pylist():
            with graphtrace.open_case(folder) as case:
                rows = to_facts(case.audit(all=True, rules=()))
                while some := list(islice(rows, 50_000)):
                    yield pa.RecordBatch.from_pylist([row._asdict() for row in some])


def trace_many(spark: SparkSession, folder: Path, cards: Sequence[str]) -> list[dict[str, Any]]:
    """Cards by their complete numbers, in their order, as ``graphtrace trace --json`` has them.

    A card that no record names is not found, and told no near misses: its neighbours may be in other blocks.
    """
    from graphtrace.identifiers import parse_iccid
    from graphtrace.storage.partitions import read_partitions

    partitioned = read_partitions(folder)
    asked: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for place, card in enumerate(cards):
        asked[str(partitioned.block_of(parse_iccid(card).key))].append((place, card))
    questions = [(block, *map(list, zip(*some, strict=True))) for block, some in asked.items()]
    frame = spark.createDataFrame(questions, "folder string, places array<long>, cards array<string>")
    answers = frame.repartition(len(questions)).mapInArrow(trace_block, "place long, answer string")
    return [json.loads(answer) for _, answer in sorted(answers.collect())]


def trace_block(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield the traces of the cards of the blocks in a batch, in a worker."""
    import pyarrow as pa

    from graphtrace.analysis.card_trace import Tracer
    from graphtrace.render.json import trace_document
    from graphtrace.storage.partitions import PartitionBackend

    for batch in batches:
        for question in batch.to_pylist():
            store = PartitionBackend(Path(question["folder"]))
            try:
                traces = Tracer(store).trace(question["cards"], near_misses=False)
                answers = [json.dumps(one, ensure_ascii=False) for one in trace_document("", traces, "en")["results"]]
            finally:
                store.close()
            yield pa.RecordBatch.from_pydict({"place": question["places"], "answer": answers})


def ask_blocks(spark: SparkSession, folder: Path, name: str) -> list[dict[str, Any]]:
    """A question of the query library, of each block by itself: its rows, with the number of the block."""
    from graphtrace.storage.partitions import read_partitions

    blocks = [(place, str(block), name) for place, block in enumerate(read_partitions(folder).blocks)]
    frame = spark.createDataFrame(blocks, "block long, folder string, name string").repartition(len(blocks))
    rows = frame.mapInArrow(ask_block, "block long, row string")
    return [{"block": block, **json.loads(row)} for block, row in sorted(rows.collect())]


def ask_block(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield the answers of a query on the blocks in a batch, in a worker."""
    import pyarrow as pa

    import graphtrace

    for batch in batches:
        for question in batch.to_pylist():
            with graphtrace.open_case(question["folder"]) as case:
                answer = case.query(question["name"])
            rows = [json.dumps(dict(zip(answer.columns, row, strict=True)), ensure_ascii=False) for row in answer.rows]
            yield pa.RecordBatch.from_pydict(
                {"block": pa.array([question["block"]] * len(rows), pa.int64()), "row": pa.array(rows, pa.string())}
            )


def start(master: str) -> SparkSession:
    """A session; on one machine it listens to this machine only."""
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master).appName("graphtrace").config("spark.ui.enabled", "false")
    if master.startswith("local"):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    return builder.config("spark.ui.showConsoleProgress", "false").getOrCreate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--audit", action="store_true", help="audit all enterprises")
    parser.add_argument("--trace", type=Path, metavar="CARDS.txt", help="a file with a card number a line")
    parser.add_argument("--query", metavar="NAME")
    parser.add_argument("--master", default="local[2]")
    parser.add_argument("-o", "--out", type=Path)
    options = parser.parse_args()
    spark = start(options.master)
    try:
        answer: dict[str, Any] = {}
        if options.audit or not (options.trace or options.query):
            answer["enterprises"] = audit_all(spark, options.folder)
        if options.trace:
            answer["results"] = trace_many(spark, options.folder, options.trace.read_text().split())
        if options.query:
            answer["rows"] = ask_blocks(spark, options.folder, options.query)
        workers = spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - (options.master[:6] != "local[")
        print(f"answered by {workers} workers", file=sys.stderr)
    finally:
        spark.stop()
    text = json.dumps(answer, ensure_ascii=False, indent=2) + "\n"
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
