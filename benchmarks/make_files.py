"""Clean record files of a case of any size: range sales, cards sold one by one, activations.

usage: python benchmarks/make_files.py OUT --cards 1000000 [--seed 1]

Forty enterprises buy lots of a thousand cards from one carrier; every lot is resold one to five times as a range, a
fifth of them is then sold card by card, and seven cards of ten are activated. One million cards are about 0.9 million
rows in three files (purchases.csv, transfers.csv, activations.csv).
"""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

LOT = 1_000
FIRST_DAY = date(2022, 1, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--cards", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(options.seed)
    lots = options.cards // LOT
    write_sales(options.out, random, lots)
    write_activations(options.out, random, options.cards)


def keys(numbers: np.ndarray) -> pl.Series:
    """Unicom keys of 19 digits: issuer, year and province, running number."""
    return pl.Series("iccid", numbers).cast(pl.String).str.pad_start(11, "0").str.replace("^", "89860122")


def days(numbers: np.ndarray) -> pl.Series:
    return pl.Series("date", [FIRST_DAY]).dt.offset_by("0d").gather([0] * len(numbers)) + pl.Series(
        "shift", numbers * 86_400_000, dtype=pl.Duration("ms")
    )


def write_sales(out: Path, random: np.random.Generator, lots: int) -> None:
    enterprise = random.integers(0, 40, lots)
    bought = random.integers(0, 300, lots)
    first = np.arange(lots, dtype=np.int64) * LOT
    pl.DataFrame(
        {
            "运营商": ["中国联通"] * lots,
            "企业名称": [f"企业{n:02d}有限公司" for n in enterprise],
            "起始ICCID": keys(first),
            "结束ICCID": keys(first + LOT - 1),
            "数量": np.full(lots, LOT),
            "采购日期": [FIRST_DAY + timedelta(days=int(day)) for day in bought],
        }
    ).write_csv(out / "purchases.csv")
    rows, singles = [], []
    for lot in range(lots):
        holder, day = f"企业{enterprise[lot]:02d}有限公司", int(bought[lot])
        for _ in range(random.integers(1, 6)):
            buyer = f"渠道{random.integers(0, 2000):04d}"
            if buyer == holder:
                continue
            day += int(random.integers(1, 30))
            rows.append((holder, buyer, int(first[lot]), int(first[lot]) + LOT - 1, day))
            holder = buyer
        if lot % 5 == 0:
            singles.append((holder, lot, day))
    pl.DataFrame(
        {
            "卖方": [row[0] for row in rows],
            "买方": [row[1] for row in rows],
            "起始ICCID": keys(np.array([row[2] for row in rows])),
            "结束ICCID": keys(np.array([row[3] for row in rows])),
            "销售渠道": ["微信"] * len(rows),
            "转让日期": [FIRST_DAY + timedelta(days=row[4]) for row in rows],
        }
    ).write_csv(out / "transfers.csv")
    count = len(singles) * LOT
    cards = np.concatenate([np.arange(LOT, dtype=np.int64) + lot * LOT for _, lot, _ in singles])
    day = np.repeat(np.array([day for *_, day in singles]), LOT) + random.integers(1, 60, count)
    pl.DataFrame(
        {
            "卖方": np.repeat(np.array([holder for holder, *_ in singles]), LOT),
            "买方": pl.Series(random.integers(0, 50_000, count)).cast(pl.String).str.replace("^", "散户"),
            "ICCID": keys(cards),
            "转让日期": days(day),
        }
    ).write_csv(out / "retail.csv")


def write_activations(out: Path, random: np.random.Generator, cards: int) -> None:
    active = np.sort(random.choice(cards, cards * 7 // 10, replace=False)).astype(np.int64)
    count = len(active)
    moments = random.integers(400, 900, count) * 86_400 + random.integers(0, 86_400, count)
    pl.DataFrame(
        {
            "ICCID": keys(active),
            "激活时间": (
                pl.Series(moments * 1_000 + 1_640_995_200_000).cast(pl.Datetime("ms")).dt.strftime("%Y-%m-%d %H:%M:%S")
            ),
            "IMEI": pl.Series(random.integers(0, 99_999_999, count))
            .cast(pl.String)
            .str.pad_start(8, "0")
            .str.replace("^", "860123")
            .str.replace("$", "0"),
            "使用人": pl.Series(random.integers(0, 200_000, count)).cast(pl.String).str.replace("^", "用户"),
            "省份": pl.Series(np.array(["广东", "福建", "江苏", "四川"])[random.integers(0, 4, count)]),
        }
    ).write_csv(out / "activations.csv")


if __name__ == "__main__":
    main()
