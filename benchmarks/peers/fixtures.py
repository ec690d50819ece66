"""The files of records as frames of numbers, for those that do not read files themselves.

A card is an integer: the number of what stands before its last digits (``heads``), which are eleven at most, times
10^11, plus these. That is the best form that was found for every engine, and it is given to all of them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl

RUN = 10**11
MOBILE = ["898600", "898602", "898604", "898607", "898608"]
"""Issuers all of whose twenty characters count; of the others the first nineteen do."""
RUNNING = "[0-9]{1,11}$"
_RUNNING = re.compile(RUNNING)


@dataclass(frozen=True, slots=True)
class Records:
    """``ranges`` (first, last, sender, receiver, day, is_purchase), ``singles`` (card, sender, receiver, day), ``uses``
    (card, moment, user); parties by their place in ``names``, nobody is null.
    """

    ranges: pl.DataFrame
    singles: pl.DataFrame
    uses: pl.DataFrame
    names: pl.Series
    heads: dict[str, int]


def read_records(files: Path) -> Records:
    """Read and encode all records."""

    def read(name: str) -> pl.DataFrame:
        return pl.read_csv(files / f"{name}.csv", infer_schema=False)

    bought, passed, retail, used = (read(name) for name in ("purchases", "transfers", "retail", "activations"))
    sides = {
        "purchases": (bought, "运营商", "企业名称", "采购日期"),
        "transfers": (passed, "卖方", "买方", "转让日期"),
    }
    ranges = pl.concat(
        frame.select(
            _key("起始ICCID").alias("first"),
            _key("结束ICCID").alias("last"),
            pl.col(seller).alias("sender"),
            pl.col(buyer).alias("receiver"),
            _day(day),
            pl.lit(name == "purchases").alias("is_purchase"),
        )
        for name, (frame, seller, buyer, day) in sides.items()
    )
    singles = retail.select(
        _key("ICCID").alias("card"), pl.col("卖方").alias("sender"), pl.col("买方").alias("receiver"), _day("转让日期")
    )
    uses = used.select(
        _key("ICCID").alias("card"),
        pl.col("激活时间").str.to_datetime("%Y-%m-%d %H:%M:%S").dt.epoch("s").alias("moment"),
        pl.col("使用人").alias("user"),
    )
    texts = [ranges["first"], ranges["last"], singles["card"], uses["card"]]
    heads = pl.concat(series.str.replace(RUNNING, "").rename("head").unique() for series in texts).unique().sort()
    parties = [ranges["sender"], ranges["receiver"], singles["sender"], singles["receiver"], uses["user"]]
    names = pl.concat(series.rename("name").unique() for series in parties).unique().drop_nulls().sort()
    numbers = {head: number for number, head in enumerate(heads.to_list())}
    party, head = pl.Enum(names), pl.Enum(heads)

    def coded(frame: pl.DataFrame, cards: list[str], who: list[str]) -> pl.DataFrame:
        return frame.with_columns(
            *(
                pl.col(card).str.replace(RUNNING, "").cast(head).to_physical().cast(pl.Int64) * RUN
                + pl.col(card).str.extract(RUNNING, 0).cast(pl.Int64)
                for card in cards
            ),
            *(pl.col(side).cast(party).to_physical().cast(pl.Int64) for side in who),
        )

    return Records(
        coded(ranges, ["first", "last"], ["sender", "receiver"]).sort("first", "last", "day"),
        coded(singles, ["card"], ["sender", "receiver"]).sort("card", "day"),
        coded(uses, ["card"], ["user"]).sort("card", "moment"),
        names,
        numbers,
    )


def _key(column: str) -> pl.Expr:
    text = pl.col(column)
    return pl.when(text.str.head(6).is_in(MOBILE)).then(text).otherwise(text.str.head(19))


def _day(column: str) -> pl.Expr:
    return pl.col(column).str.to_date("%Y-%m-%d").to_physical().cast(pl.Int64).alias("day")


class Cards:
    """Turns written numbers of cards into integers."""

    def __init__(self, heads: dict[str, int]) -> None:
        self._heads = heads

    def packed(self, card: str) -> int:
        """The integer of one card."""
        key = card if card[:6] in MOBILE else card[:19]
        running = _RUNNING.search(key)
        assert running is not None
        return self._heads[key[: running.start()]] * RUN + int(running[0])

    def all_packed(self, cards: list[str]) -> list[int]:
        """Those of many."""
        return [self.packed(card) for card in cards]

    def write(self, place: Path) -> None:
        """Keep the heads beside the case."""
        (place / "heads.json").write_text(json.dumps(self._heads))

    @classmethod
    def read(cls, place: Path) -> Cards:
        """Those that were kept."""
        return cls(json.loads((place / "heads.json").read_text()))
