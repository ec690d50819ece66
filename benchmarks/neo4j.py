"""Compares a case on a Neo4j server with the same case in a folder, and with the Cypher that one would write first.

usage: python -m benchmarks.neo4j --folder DIR [--cards 1000000] [PART …]

Parts, all of them where none is named: ``load`` (through the driver), ``bulk`` (files for neo4j-admin, import, first
open, on a server of its own), ``ask`` (one trace, many, one audit, on both servers that there are and in the folder),
``naive`` (the lots that cover a card, by five ways). Files, case and servers stay in DIR, so parts can be run one by
one; what each measured is added to ``--result`` (build/bench/neo4j.json). The server is the throw-away one of the
tests, with a heap of 2 GB and a page cache of 1 GB; it needs Java 17 and Maven.

What is compared is first shown to give the same answer; a difference ends the run. Nothing passes or fails by time.
Beside the clock stands the processor time of this process and of the server: on a busy machine only that says much.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import graphtrace as gt
from benchmarks.bench import BUILD, commit, machine
from graphtrace.identifiers import split_key
from graphtrace.render.json import audit_document, to_json_text, trace_document
from graphtrace.storage.neo4j.neo4j_schema import prefix_pattern
from tests.neo4j.server import PASSWORD, USER, Server

HERE = Path(__file__).parent
PARTS = ("load", "bulk", "ask", "naive")
MANY = 10_000
WARM = 3_000
"""Traces before the first that counts: so long a server goes on compiling what it runs."""

EXPANDED = 100_000
"""Cards of whose ranges nodes are made."""

Figures = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--cards", type=int, default=1_000_000)
    parser.add_argument("--result", type=Path, default=BUILD / "neo4j.json")
    parser.add_argument("parts", nargs="*", metavar="PART", choices=[*PARTS, []])
    options = parser.parse_args()
    os.environ.update(NEO4J_USERNAME=USER, NEO4J_PASSWORD=PASSWORD)
    folder: Path = options.folder
    files = folder / "files"
    if not files.exists():
        subprocess.run([sys.executable, HERE / "make_files.py", files, "--cards", str(options.cards)], check=True)
    records = sorted(files.glob("*.csv"))
    rows = sum(sum(1 for _ in path.open("rb")) - 1 for path in records)
    case = folder / "case.gtrace"
    print(f"{options.cards:,} cards, {rows:,} rows, {os.cpu_count()} cores")
    result = read_result(options.result, options.cards)
    result |= {"machine": machine(), "rows": rows, "commit": commit(), "measured": time.strftime("%Y-%m-%d %H:%M")}
    result["load_average"] = max(result.get("load_average", 0.0), os.getloadavg()[2])
    figures: dict[str, Figures] = result["figures"]
    in_folder = figures.setdefault("folder", {})
    if not case.exists() or "load" not in in_folder:
        shutil.rmtree(case, ignore_errors=True)
        with timed(in_folder, "load"):
            gt.open_case(case).load(*records)
    for part in options.parts or PARTS:
        if part == "load":
            load(figures.setdefault("driver", {}), folder / "driver", records, rows, case)
        elif part == "bulk":
            bulk(figures.setdefault("bulk", {}), folder / "bulk", folder / "bulk-files", case)
        elif part == "ask":
            enterprise = middle_enterprise(files)
            ask(in_folder, case, case, options.cards, enterprise)
            for name in ("driver", "bulk"):
                if (folder / name).exists():
                    with server_at(folder / name) as server:
                        ask(figures.setdefault(name, {}), server.uri, case, options.cards, enterprise, server)
        elif part == "naive":
            with server_at(next(folder / name for name in ("driver", "bulk") if (folder / name).exists())) as server:
                naive(figures.setdefault("naive", {}), server, options.cards)
        options.result.parent.mkdir(parents=True, exist_ok=True)
        options.result.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(options.result)


def read_result(path: Path, cards: int) -> dict[str, Any]:
    """Return the earlier measurements at this size."""
    if path.exists():
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if found["cards"] == cards:
            return found
    return {"cards": cards, "figures": {}}


def server_at(home: Path) -> Server:
    return Server(heap="2g", page_cache="1g", is_brief=False, home=home)


@contextmanager
def timed(figures: Figures, name: str, server: Server | None = None, times: int = 1) -> Iterator[None]:
    """Keeps how long something took, each of so many times, in seconds: by the clock, and of the processor."""
    before, start = cpu_of(server), time.perf_counter()
    yield
    clock = time.perf_counter() - start
    here, there = (after - earlier for after, earlier in zip(cpu_of(server), before, strict=True))
    spent = {"clock_s": clock / times, "here_s": here / times, "server_s": there / times}
    figures[name] = {**figures.get(name, {}), **{unit: round(value, 6) for unit, value in spent.items()}}
    print(f"{name:28}" + "".join(f"{value:12.4f} {unit}" for unit, value in spent.items()), flush=True)


def cpu_of(server: Server | None) -> tuple[float, float]:
    """Seconds of processor time of this process, of those it started that have ended, and of the server."""
    mine = os.times()
    here = mine.user + mine.system + mine.children_user + mine.children_system
    if server is None or server._process is None:
        return here, 0.0
    fields = Path(f"/proc/{server._process.pid}/stat").read_text().rpartition(") ")[2].split()
    return here, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load(figures: Figures, home: Path, records: Sequence[Path], rows: int, case: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    with server_at(home) as server:
        with gt.open_case(server.uri) as there, timed(figures, f"load{_with_extension()}", server):
            report = there.load(*records)
        assert sum(entry.loaded for entry in report.files) == rows
        with gt.open_case(case) as here, gt.open_case(server.uri) as there:
            assert counts(here) == counts(there)


def _with_extension() -> str:
    try:
        version("neo4j-rust-ext")
    except PackageNotFoundError:
        return ""
    return "_with_extension"


def counts(case: gt.Case) -> list[Any]:
    status = case.status()
    return [status.records, status.parties, status.cards_listed, status.ranges, status.quantity_only, status.rejected]


def bulk(figures: Figures, home: Path, files: Path, case: Path) -> None:
    for place in (home, files):
        shutil.rmtree(place, ignore_errors=True)
    server = server_at(home)
    (home / "conf" / "neo4j.conf").write_text("dbms.usage_report.enabled=false\n", "utf-8")
    with gt.open_case(case) as here, timed(figures, "export"):
        here.export("neo4j-admin", files)
    environment = {**os.environ, "NEO4J_ADMIN": str(server.admin(home))}
    with timed(figures, "import"):
        done = subprocess.run(["sh", str(files / "import.sh")], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    with timed(figures, "start"):
        server.__enter__()
    try:
        with gt.open_case(server.uri) as there, timed(figures, "first_open", server):
            there.trace("89860122000000000010")
        with gt.open_case(case) as here, gt.open_case(server.uri) as there:
            assert counts(here) == counts(there)
    finally:
        server.__exit__()


def middle_enterprise(files: Path) -> str:
    """The one that bought neither many nor few cards."""
    import polars as pl

    bought = pl.read_csv(files / "purchases.csv").group_by("企业名称").len().sort("len", "企业名称")
    return str(bought["企业名称"][bought.height // 2])


def ask(
    figures: Figures, place: str | Path, case: Path, cards: int, enterprise: str, server: Server | None = None
) -> None:
    random.seed(1)
    ids = [f"89860122{random.randrange(cards):011d}" for _ in range(MANY + 700)]
    first, one, many = ids[:200], ids[200:700], ids[700:]
    with gt.open_case(place) as there:
        said = [to_json_text(trace_document("", there.trace(*asked), "en")) for asked in (first, many[:1000])]
        said += [to_json_text(audit_document("", there.audit(enterprise), "en"))]
        for card in many[-WARM:]:
            there.trace(card)
        seconds: list[float] = []
        with timed(figures, "trace", server, len(one)):
            seconds += [clocked(lambda card=card: there.trace(card)) for card in one]
        figures["trace"] |= percentiles(seconds)
        figures["audit"] = {"cards": there.audit(enterprise)[0].purchased}
        with timed(figures, "audit", server, 3):
            least = min(clocked(lambda: there.audit(enterprise)) for _ in range(3))
        figures["audit"]["least_s"] = round(least, 4)
    with gt.open_case(place) as fresh:
        fresh.trace(first[0])
        with timed(figures, "many", server):
            fresh.trace(*many)
    if place != case:
        with gt.open_case(case) as here:
            for asked, answer in zip((first, many[:1000]), said, strict=False):
                assert to_json_text(trace_document("", here.trace(*asked), "en")) == answer
            assert to_json_text(audit_document("", here.audit(enterprise), "en")) == said[2]


def clocked(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    p50, p99 = statistics.median(ordered) * 1000, ordered[len(ordered) * 99 // 100] * 1000
    print(f"{'':28}p50 {p50:.2f} ms, p99 {p99:.2f} ms, {len(ordered)} times", flush=True)
    return {"p50_ms": round(p50, 3), "p99_ms": round(p99, 3)}


BY_SIZE_CLASS = (
    "UNWIND $classes AS class MATCH (l:Lot) WHERE l.head = $head AND l.cls = class[0] "
    "AND l.lo > $number - class[1] AND l.lo <= $number AND l.hi >= $number RETURN l.id ORDER BY l.id"
)
NAIVE = {
    "labelled, range predicate on the keys": (
        "MATCH (l:Lot) WHERE l.first <= $key AND $key <= l.last RETURN l.id ORDER BY l.id"
    ),
    "labelled, range predicate on head and numbers": (
        "MATCH (l:Lot) WHERE l.head = $head AND l.lo <= $number AND l.hi >= $number RETURN l.id ORDER BY l.id"
    ),
    "unlabelled, range predicate": "MATCH (l) WHERE l.first <= $key AND $key <= l.last RETURN l.id ORDER BY l.id",
    "expanded: a node a card, linked to its lots": (
        "MATCH (:Expanded {key: $key})-[:IN_LOT]->(l) RETURN l.id ORDER BY l.id"
    ),
}


def naive(figures: Figures, server: Server, cards: int) -> None:
    """The lots that cover a card, by the size class and by what one would write first; expanding is timed as well."""
    random.seed(3)
    figures["expanded"] = expanded = min(cards, EXPANDED)
    keys = [f"89860122{random.randrange(expanded):011d}" for _ in range(100)]
    with server.place.driver() as driver:

        def run(cypher: str, **given: Any) -> list[Any]:
            return driver.execute_query(cypher, given, database_="neo4j", result_transformer_=lambda r: r.value())

        (classes,) = run("MATCH (c:Case) RETURN c.classes")
        (figures["lots"],) = run("MATCH (l:Lot) RETURN count(*)")
        asked = []
        for key in keys:
            text, size, number = split_key(key)
            asked.append(
                {
                    "key": key,
                    "head": prefix_pattern(text, size),
                    "number": number,
                    "classes": [[c, 1 << c] for c in classes],
                }
            )
        right = [run(BY_SIZE_CLASS, **given) for given in asked]
        assert any(len(lots) >= 1 for lots in right)
        measure(figures, server, "by size class", lambda given: run(BY_SIZE_CLASS, **given), asked)
        driver.execute_query("CREATE CONSTRAINT expanded IF NOT EXISTS FOR (n:Expanded) REQUIRE n.key IS UNIQUE")
        driver.execute_query("CALL db.awaitIndexes(300)")
        with timed(figures, "expanding all ranges", server), driver.session() as session:
            session.run(
                "MATCH (l:Lot) WHERE l.lo < $expanded CALL (l) { UNWIND range(0, l.cards - 1) AS n "
                "MERGE (e:Expanded {key: left(l.first, 8) + substring(toString(100000000000 + l.lo + n), 1)}) "
                "CREATE (e)-[:IN_LOT]->(l) } IN TRANSACTIONS OF 20 ROWS",
                expanded=expanded,
            ).consume()
        try:
            for name, cypher in NAIVE.items():
                few = asked if "unlabelled" not in name else asked[:5]
                for given, lots in list(zip(asked, right, strict=True))[: len(few)]:
                    assert run(cypher, **given) == lots, name
                measure(figures, server, name, lambda given, c=cypher: run(c, **given), few)
        finally:
            with driver.session() as session:
                session.run("MATCH (n:Expanded) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS").consume()
                session.run("DROP CONSTRAINT expanded").consume()


def measure(
    figures: Figures, server: Server, name: str, ask_for: Callable[[Any], object], asked: Sequence[dict[str, Any]]
) -> None:
    """Measure a way of asking for each of some cards, once the server is warm."""
    for given in [*asked] * 3:
        ask_for(given)
    seconds: list[float] = []
    with timed(figures, name, server, len(asked)):
        seconds += [clocked(lambda given=given: ask_for(given)) for given in asked]
    figures[name] |= percentiles(seconds)


if __name__ == "__main__":
    main()
