"""Cuts a case into blocks, asks it on two workers of Apache Spark, and compares with what one machine answers.

usage: python -m benchmarks.blocks [--cards 10000000] [--blocks 8] [--asked 10000]

The case is that of benchmarks/bench.py. Needs ``pip install -e '.[spark]'`` and Java 17. The result goes to
``--result`` (build/bench/blocks.json); ends with 1 where an answer differs.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from pathlib import Path

from benchmarks.bench import BUILD, SHELL, commit, machine, make_files, make_questions
from benchmarks.processes import ROOT, Bounds, run, size_mb

_BOUNDS = Bounds(3600, float("inf"))
MASTER = "local-cluster[2,1,2048]"
_LEFT_OUT = ("findings", "days_to_first_transfer", "days_to_first_activation")
_BALANCE = ("date", "declared_stock", "declared_sold", "unaccounted")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cards", type=int, default=10_000_000)
    parser.add_argument("--blocks", type=int, default=8)
    parser.add_argument("--asked", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--result", type=Path, default=BUILD / "blocks.json")
    options = parser.parse_args()
    files = make_files(options.cards, options.seed, {})
    # a list that names a card twice is answered once for it
    cards = [*dict.fromkeys(json.loads(make_questions(files, options.seed).read_text())["cards"])][: options.asked]
    place = BUILD / "places" / "blocks"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    case, blocks, answer, asked = (place / name for name in ("case.gtrace", "blocks", "answer.json", "cards.txt"))
    asked.write_text("\n".join(cards))
    run((*SHELL, "--case", case, "load", *sorted(files.iterdir())), _BOUNDS)
    exported = run((*SHELL, "--case", case, "export", "parquet", blocks, "--partitions", options.blocks), _BOUNDS)
    whole = run((*SHELL, "--case", case, "audit", "--all", "--rule", "balance_not_closed", "--json"), _BOUNDS)
    traced = run((*SHELL, "--case", case, "trace", "--from-file", asked, "--json"), _BOUNDS)
    on_spark = (sys.executable, ROOT / "examples" / "on_spark.py", blocks, "--master", MASTER, "-o", answer)
    environment = {"SPARK_WORKER_DIR": str(place / "work"), "SPARK_LOCAL_DIRS": str(place)}
    spark = {}
    for name, question in (("audit", ("--audit",)), ("trace", ("--trace", asked))):
        spark[name] = run((*on_spark, *question), _BOUNDS, environment).seconds
        told = json.loads(answer.read_text())
        spark[f"{name}_is_equal"] = (
            told["enterprises"] == _comparable(whole.printed)
            if name == "audit"
            else told["results"] == json.loads(traced.printed)["results"]
        )
    result = {
        "machine": machine(),
        "commit": commit(),
        "measured": time.strftime("%Y-%m-%d %H:%M"),
        "cards": options.cards,
        "asked": len(cards),
        "blocks": len([*blocks.glob("block=*")]),
        "master": MASTER,
        "case_mb": size_mb(case) - size_mb(case / "sources"),
        "blocks_mb": size_mb(blocks),
        "export_s": exported.seconds,
        "export_peak_mb": exported.peak_mb,
        "audit_all_s": whole.seconds,
        "audit_all_peak_mb": whole.peak_mb,
        "trace_s": traced.seconds,
        "spark_audit_s": spark["audit"],
        "spark_trace_s": spark["trace"],
        "audit_is_equal": spark["audit_is_equal"],
        "trace_is_equal": spark["trace_is_equal"],
        "is_equal": spark["audit_is_equal"] and spark["trace_is_equal"],
    }
    options.result.write_text(json.dumps(result, indent=1) + "\n")
    shutil.rmtree(place)
    print(json.dumps(result, indent=1))
    sys.exit(not result["is_equal"])


def _comparable(printed: str) -> list[dict[str, object]]:
    """The audits of the whole case, as far as their figures add up."""
    documents = json.loads(printed)["enterprises"]
    for document in documents:
        for name in _LEFT_OUT:
            del document[name]
        document["balance"] = {name: document["balance"][name] for name in _BALANCE}
    found: list[dict[str, object]] = documents
    return found


if __name__ == "__main__":
    main()
