"""Questions for all subjects: cards from the ranges that carriers sold, evenly spread, and two enterprises.

usage: python -m benchmarks.questions FILES SEED OUT
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import polars as pl

from benchmarks.peers.fixtures import MOBILE

ASKED = 100_000
WARM = 520
ENTERPRISE = 250_000
"""The enterprise that is audited bought about so many cards, if one did."""


def main() -> None:
    write(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))


def write(files: Path, seed: int, out: Path, asked: int = ASKED) -> None:
    """Choose, and write what was chosen."""
    lots = pl.read_csv(files / "purchases.csv", infer_schema=False)
    choice = random.Random(seed)
    rows = [*zip(lots["起始ICCID"], map(int, lots["数量"]), strict=True)]
    cards = [_card_of(*choice.choice(rows), choice) for _ in range(asked + WARM + 1)]
    bought = lots.group_by("企业名称").agg(pl.col("数量").cast(pl.Int64).sum()).rows()
    of_size = sorted(bought, key=lambda row: (abs(row[1] - ENTERPRISE), row[0]))
    questions = {
        "cold": cards[0],
        "warm": cards[1 : WARM + 1],
        "cards": cards[WARM + 1 :],
        "enterprise": of_size[0][0],
        "enterprise_cards": of_size[0][1],
        "other_enterprise": of_size[1][0],
    }
    out.write_text(json.dumps(questions, ensure_ascii=False), encoding="utf-8")


def _card_of(first: str, count: int, choice: random.Random) -> str:
    """One of the cards of a range, without its check digit."""
    key = first if first[:6] in MOBILE else first[:19]
    running = min(11, len(key) - len(key.rstrip("0123456789")) or 11)
    return f"{key[:-running]}{int(key[-running:]) + choice.randrange(count):0{running}d}"


if __name__ == "__main__":
    main()
