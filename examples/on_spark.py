"""A case in blocks, asked on Apache Spark: every audit, many traces, or a question of the query library.

usage: python examples/on_spark.py FOLDER [--audit] [--trace CARDS.txt] [--query NAME] [--master MASTER] [-o OUT.json]

FOLDER is what ``graphtrace export parquet FOLDER --partitions N`` wrote; every worker must see it under the same path.
Where nothing is asked for, all enterprises are audited. ``--master`` is where Spark runs: ``local[2]`` (two
threads, the default), ``local-cluster[2,1,1024]`` (two worker processes of one core and 1 GB on this machine),
``spark://…``, ``yarn``. Needs ``pip install 'graphtrace[spark]'`` and Java 17.

Each block is one task, which the library answers as it answers a whole case; Spark shares out the tasks, repeats what a
lost worker had, and adds up the figures. Nothing else travels.

Whatever an audit counts is a row (enterprise, figure, key, cards, activated, seized); equal figures of several blocks
are one row whose numbers are the sums. What is said of the whole case in each block (declarations, sales by number)
stands in the key, so that equal rows stay one. Left out is what does not add up: the quartiles of days, the rows of a
balance, flows by number with their bounds, judgements, and findings, whose rules look at the whole case.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from graphtrace.model import ACQUIRED, party_dict
from graphtrace.results.audit import BUCKETS, Audit, PartyShares, questioned

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession

FIGURES = "enterprise string, figure string, key string, cards long, activated long, seized long"


def audit_all(spark: SparkSession, folder: Path) -> list[dict[str, Any]]:
    """All enterprises of a case, as ``graphtrace audit --all --json`` has them, without findings and quartiles."""
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

    for batch in batches:
        for folder in batch["folder"].to_pylist():
            with graphtrace.open_case(folder) as case:
                rows = to_facts(case.audit(all=True, rules=()))
                while some := list(islice(rows, 50_000)):
                    yield pa.RecordBatch.from_pylist([row._asdict() for row in some])


class AuditFact(NamedTuple):
    """One figure of an enterprise; ``key`` says which of its kind, as JSON."""

    enterprise: str
    figure: str
    key: str
    cards: int
    activated: int = 0
    seized: int = 0


def to_facts(audits: Iterable[Audit]) -> Iterator[AuditFact]:
    """Yield the figures of audits, as rows that add up."""
    for audit in audits:
        for figure, key, *numbers in _figures(audit):
            yield AuditFact(audit.enterprise.id, figure, json.dumps(key, ensure_ascii=False), *numbers)


def _figures(audit: Audit) -> Iterator[tuple[Any, ...]]:
    party = {"id": audit.enterprise.id, "name": audit.enterprise.name, "uscc": audit.uscc, "role": audit.role}
    yield "enterprise", party, audit.cards
    for bucket, cards in audit.buckets.items():
        yield "bucket", bucket, cards
    yield "resold", "activated", audit.resold.activated
    yield "activated", None, audit.activated
    yield "seized", None, audit.seized
    for depth, cards in audit.resold.by_depth.items():
        yield "depth", depth, cards
    for channel, cards in audit.resold.channels.items():
        yield "channel", channel, cards
    for figure, parties in (
        ("holder", audit.resold.final_holders),
        ("supplier", audit.suppliers),
        ("buyer", audit.buyers),
    ):
        joined = parties.joined() if isinstance(parties, PartyShares) else ((share, share.party) for share in parties)
        for share, alone in joined:
            yield figure, party_dict(share.party), share.cards, share.activated, share.seized
            if share.party is not None and share.by_name:
                yield f"{figure}_by_name", [share.party.id, party_dict(alone)], share.by_name
    for name in (*_BESIDE, *_QUESTIONED):
        yield name, None, getattr(audit, name)
    yield "registered_only", None, audit.registered_only
    for case_no, cards in audit.seized_cases:
        yield "case", case_no, cards
    for *place, cards in audit.places:
        yield "place", place, cards
    for month, *counts in audit.by_month:
        yield "month", month, *counts
    for name, quantity in (("purchased", audit.quantity_purchased), ("sold", audit.quantity_sold)):
        yield "quantity", [name, *quantity], 0
    balance = audit.balance
    if balance is not None:
        yield "declared", [balance.when.day, balance.declared_stock, balance.declared_sold], 0
        yield "at_date", "left", balance.acquired - balance.returned - balance.activated


def facts_to_dicts(rows: Iterable[AuditFact]) -> list[dict[str, Any]]:
    """Return audits as documents (SPEC 6), the largest purchase first, from rows of which no two are of one figure."""
    found: dict[str, dict[str, list[tuple[Any, ...]]]] = defaultdict(lambda: defaultdict(list))
    for enterprise, figure, key, *numbers in rows:
        found[enterprise][figure].append((json.loads(key), *numbers))
    documents = [_document(figures) for figures in found.values()]
    return sorted(documents, key=lambda document: (-sum(document["buckets"].values()), document["enterprise"]["id"]))


def _document(figures: Mapping[str, list[tuple[Any, ...]]]) -> dict[str, Any]:
    ((enterprise, total, *_),) = figures["enterprise"]
    acquired = {ACQUIRED[enterprise.pop("role")]: total}
    single = {name: figures[name][0][1] for name in ("resold", "activated", "seized", *_BESIDE, *_QUESTIONED)}
    buckets = {bucket: cards for bucket, cards, *_ in figures["bucket"]}
    quantities = {name: {"records": records, "cards": cards} for (name, records, cards), *_ in figures["quantity"]}
    role = "enterprise" if "purchased" in acquired else "dealer"
    return {
        "enterprise": enterprise,
        "purchased": acquired.get("purchased"),
        "registered_only": figures["registered_only"][0][1] if role == "enterprise" else None,
        "role": role,
        "received": acquired.get("received"),
        "buckets": {bucket: buckets[bucket] for bucket in BUCKETS},
        "by_month": [
            {"month": month, **dict.fromkeys(acquired, got), "resold": sold, "first_used": used}
            for month, got, sold, used in sorted(figures["month"], key=lambda row: (row[0] is None, row[0] or ""))
        ],
        "resold": {
            "activated": single["resold"],
            "by_depth": {str(depth): cards for depth, cards, *_ in sorted(figures["depth"])},
            "final_holders": [
                {"party": party, "cards": cards, "activated": activated, "seized": seized, **by_name}
                for party, cards, activated, seized, by_name in _parties(figures, "holder")
            ],
            "channels": {
                channel: cards for channel, cards, *_ in sorted(figures["channel"], key=lambda row: (-row[1], row[0]))
            },
        },
        "seized": single["seized"],
        "quantity_only": {name: quantities[name] for name in ("purchased", "sold")},
        "balance": _balance(figures),
        "activated": single["activated"],
        "seized_cases": [
            {"case_no": case_no, "cards": cards}
            for case_no, cards, *_ in sorted(figures["case"], key=lambda row: (-row[1], row[0] is None, row[0] or ""))
        ],
        "activation_provinces": [
            {"declared_use": use, "declared_province": declared, "province": province, "cards": cards}
            for (use, declared, province), cards, *_ in sorted(
                figures["place"], key=lambda row: (-row[1], *((each is None, each or "") for each in row[0]))
            )
        ],
        **{
            f"{figure}s": [
                {"party": party, "cards": cards, **by_name} for party, cards, *_, by_name in _parties(figures, figure)
            ]
            for figure in ("supplier", "buyer")
        },
        **{name: single[name] for name in _BESIDE},
        "questioned": [
            {"kind": kind, "cards": cards} for kind, cards in questioned(*(single[name] for name in _QUESTIONED))
        ],
    }


_BESIDE = ("sent_unreceived", "listed_active", "held_with_unread")
_QUESTIONED = ("left_unrecorded", "sold_to_two")


def _parties(figures: Mapping[str, list[tuple[Any, ...]]], figure: str) -> Iterator[tuple[Any, ...]]:
    """Yield parties with their numbers and how many cards know them by a name alone, the largest first, then by id.

    A party that all cards know so is no more than that name.
    """
    alone = {party: (name, cards) for (party, name), cards, *_ in figures[f"{figure}_by_name"]}
    in_order = sorted(figures[figure], key=lambda row: (row[0] is None, -row[1], row[0] and row[0]["id"]))
    for party, cards, *numbers in in_order:
        name, by_name = (party and alone.get(party["id"])) or (None, 0)
        yield name if by_name == cards else party, cards, *numbers, {"by_name": by_name} if by_name else {}


def _balance(figures: Mapping[str, list[tuple[Any, ...]]]) -> dict[str, Any]:
    if not figures["declared"]:
        return dict.fromkeys(("date", "declared_stock", "declared_sold", "unaccounted"))
    (((date, stock, sold), *_),) = figures["declared"]
    ((_, left, *_),) = figures["at_date"]
    unaccounted = None if stock is None or sold is None else left - sold - stock
    return {"date": date, "declared_stock": stock, "declared_sold": sold, "unaccounted": unaccounted}


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
