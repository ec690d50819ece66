"""Compares a case on a Neo4j server with the same case in a folder, and with the Cypher that one would write first.

usage: python benchmarks/neo4j.py --folder DIR [--cards 1000000] [PART …]

Parts, all of them where none is named: ``load`` (through the driver), ``bulk`` (files for neo4j-admin, import, first
open, on a server of its own), ``ask`` (one trace, many, one audit, on both servers that there are), ``naive`` (the
lots that cover a card, by five ways). Files, case and servers stay in DIR, so parts can be run one by one. The server
is the throw-away one of the tests, with a heap of 2 GB and a page cache of 1 GB; it needs Java 17 and Maven.

What is compared is first shown to give the same answer; a difference ends the run. Nothing passes or fails by time.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[0] = str(HERE.parent)  # where this file would be found in the place of the driver

import graphtrace as gt  # noqa: E402
from graphtrace.identifiers import split_key  # noqa: E402
from graphtrace.render.json import audit_document, dumped, trace_document  # noqa: E402
from graphtrace.store.neo4j.schema import head_text  # noqa: E402
from tests.neo4j.server import PASSWORD, USER, Server  # noqa: E402

PARTS = ("load", "bulk", "ask", "naive")
ENTERPRISE = "企业07有限公司"
MANY = 10_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--cards", type=int, default=1_000_000)
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
    if not case.exists():
        with timed("load into a folder", rows):
            gt.open_case(case).load(*records)
    parts = options.parts or PARTS
    if "load" in parts:
        load(folder / "driver", records, rows, case)
    if "bulk" in parts:
        bulk(folder / "bulk", folder / "bulk-files", rows, case)
    for name in ("driver", "bulk"):
        if (folder / name).exists() and {"ask", "naive"} & set(parts):
            with server_at(folder / name) as server:
                print(f"-- the server that was filled by {'the driver' if name == 'driver' else 'neo4j-admin'}")
                if "ask" in parts:
                    ask(server.uri, case, options.cards)
                if "naive" in parts:
                    naive(server, options.cards)


def server_at(home: Path) -> Server:
    return Server(heap="2g", page_cache="1g", is_brief=False, home=home)


@contextmanager
def timed(what: str, rows: int | None = None) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds = time.perf_counter() - start
    rate = "" if rows is None else f"   {rows / seconds:10,.0f} rows/s"
    print(f"{what:52}{seconds:9.2f} s{rate}", flush=True)


def load(home: Path, records: Sequence[Path], rows: int, case: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    with server_at(home) as server:
        before = cpu_of(server)
        with gt.open_case(server.uri) as there, timed("load through the driver", rows):
            report = there.load(*records)
        here_s, there_s = (after - start for after, start in zip(cpu_of(server), before, strict=True))
        print(f"{'  processor time':52}{here_s:9.2f} s here, {there_s:.2f} s on the server", flush=True)
        assert sum(entry.loaded for entry in report.files) == rows
        with gt.open_case(case) as here, gt.open_case(server.uri) as there:
            assert counts(here) == counts(there)


def cpu_of(server: Server) -> tuple[float, float]:
    """Seconds of processor time of this process and of the server; a clock is worth little on a busy machine."""
    mine = os.times()
    assert server._process is not None
    fields = Path(f"/proc/{server._process.pid}/stat").read_text().rpartition(") ")[2].split()
    return mine.user + mine.system, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def counts(case: gt.Case) -> list[Any]:
    status = case.status()
    return [status.records, status.parties, status.cards_listed, status.ranges, status.quantity_only, status.rejected]


def bulk(home: Path, files: Path, rows: int, case: Path) -> None:
    for place in (home, files):
        shutil.rmtree(place, ignore_errors=True)
    server = server_at(home)
    (home / "conf" / "neo4j.conf").write_text("dbms.usage_report.enabled=false\n", "utf-8")
    start = time.perf_counter()
    with gt.open_case(case) as here, timed("export neo4j-admin", rows):
        here.export("neo4j-admin", files)
    environment = {**os.environ, "NEO4J_ADMIN": str(server.admin(home))}
    with timed("neo4j-admin database import full", rows):
        done = subprocess.run(["sh", str(files / "import.sh")], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    with timed("start of the server"):
        server.__enter__()
    try:
        with gt.open_case(server.uri) as there, timed("constraints and indexes, at the first open"):
            there.trace("89860122000000000010")
        total = time.perf_counter() - start
        print(f"{'all of it, until the first trace is answered':52}{total:9.2f} s   {rows / total:10,.0f} rows/s")
        with gt.open_case(case) as here, gt.open_case(server.uri) as there:
            assert counts(here) == counts(there)
    finally:
        server.__exit__()


def ask(uri: str, case: Path, cards: int) -> None:
    random.seed(1)
    ids = [f"89860122{random.randrange(cards):011d}" for _ in range(MANY + 500)]
    one, many = ids[:500], ids[500:]
    with gt.open_case(case) as here, gt.open_case(uri) as there:
        for asked in (one[:200], many[:1000]):
            said = [dumped(trace_document("", place.trace(*asked), "en")) for place in (here, there)]
            assert said[0] == said[1]
        said = [dumped(audit_document("", place.audit(ENTERPRISE), "en")) for place in (here, there)]
        assert said[0] == said[1]
        bought = here.audit(ENTERPRISE)[0].purchased
        for name, place in (("folder", here), ("server", there)):
            report(f"one trace warm, {name}", [clocked(lambda card=card, p=place: p.trace(card)) for card in one])
            fresh = gt.open_case(uri if name == "server" else case)
            seconds = clocked(lambda c=fresh: c.trace(*many))
            print(f"{f'{MANY:,} traces in one call, {name}':52}{seconds:9.2f} s")
            fresh.close()
            seconds = min(clocked(lambda p=place: p.audit(ENTERPRISE)) for _ in range(3))
            print(f"{f'audit of an enterprise of {bought:,} cards, {name}':52}{seconds:9.2f} s")


def clocked(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def report(what: str, seconds: Sequence[float]) -> None:
    ordered = sorted(seconds)
    p99 = ordered[len(ordered) * 99 // 100]
    print(
        f"{what:52}{statistics.median(ordered) * 1000:9.2f} ms (p99 {p99 * 1000:.2f}, {len(ordered)} times)", flush=True
    )


BY_SIZE_CLASS = (
    "UNWIND $classes AS class MATCH (l:Lot) WHERE l.head = $head AND l.cls = class[0] "
    "AND l.lo > $number - class[1] AND l.lo <= $number AND l.hi >= $number RETURN l.id ORDER BY l.id"
)
NAIVE = {
    "labelled, range predicate on the keys": (
        "MATCH (l:Lot) WHERE l.first <= $key AND $key <= l.last RETURN l.id ORDER BY l.id"
    ),
    "labelled, range predicate, no index to help": (
        "MATCH (l:Lot) WHERE l.head = $head AND l.lo <= $number AND l.hi >= $number RETURN l.id ORDER BY l.id"
    ),
    "unlabelled, range predicate": "MATCH (l) WHERE l.first <= $key AND $key <= l.last RETURN l.id ORDER BY l.id",
    "expanded: a node a card, linked to its lots": (
        "MATCH (:Expanded {key: $key})-[:IN_LOT]->(l) RETURN l.id ORDER BY l.id"
    ),
}


def naive(server: Server, cards: int) -> None:
    """The lots that cover a card, by the size class and by what one would write first; expanding is timed as well."""
    random.seed(3)
    keys = [f"89860122{random.randrange(cards):011d}" for _ in range(100)]
    with server.place.driver() as driver:

        def run(cypher: str, **given: Any) -> list[Any]:
            return driver.execute_query(cypher, given, database_="neo4j", result_transformer_=lambda r: r.value())

        (classes,) = run("MATCH (c:Case) RETURN c.classes")
        asked = []
        for key in keys:
            text, size, number = split_key(key)
            asked.append(
                {"key": key, "head": head_text(text, size), "number": number, "classes": [[c, 1 << c] for c in classes]}
            )
        right = [run(BY_SIZE_CLASS, **given) for given in asked]
        assert any(len(lots) >= 1 for lots in right)
        report("lots of a card, by size class", [clocked(lambda g=given: run(BY_SIZE_CLASS, **g)) for given in asked])
        driver.execute_query("CREATE CONSTRAINT expanded IF NOT EXISTS FOR (n:Expanded) REQUIRE n.key IS UNIQUE")
        driver.execute_query("CALL db.awaitIndexes(300)")
        with timed("expanding all ranges"), driver.session() as session:
            session.run(
                "MATCH (l:Lot) CALL (l) { UNWIND range(0, l.cards - 1) AS n "
                "MERGE (e:Expanded {key: left(l.first, 8) + substring(toString(100000000000 + l.lo + n), 1)}) "
                "CREATE (e)-[:IN_LOT]->(l) } IN TRANSACTIONS OF 20 ROWS"
            ).consume()
        try:
            for name, cypher in NAIVE.items():
                few = asked if "unlabelled" not in name else asked[:5]
                for given, lots in list(zip(asked, right, strict=True))[: len(few)]:
                    assert run(cypher, **given) == lots, name
                report(f"  {name}", [clocked(lambda g=given, c=cypher: run(c, **g)) for given in few])
        finally:
            with driver.session() as session:
                session.run("MATCH (n:Expanded) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS").consume()
                session.run("DROP CONSTRAINT expanded").consume()


if __name__ == "__main__":
    main()
