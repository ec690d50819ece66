"""Parties of a synthetic case, by number: their names, their strong identifiers, and their ids in a case.

No two parties share a name, and the places do not exist. Resellers are a tree of five tiers: a company of one tier buys
from one of the tier above, its parent. The last three are dealers in chats and shops in market places, known by their
name only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from graphtrace.model import CARRIERS

if TYPE_CHECKING:
    import numpy.typing as npt

    Indices = npt.NDArray[np.int64]

PLACES: Final = (
    "云洲",
    "海宁州",
    "北川岭",
    "南河",
    "东屿",
    "西平原",
    "长汀口",
    "青石",
    "白沙湾",
    "金桥镇",
    "银杏",
    "龙潭",
)
FIRST: Final = "星云海天华瑞鑫恒远博智联盛嘉宏永泰安启迅捷蓝金银长新中德诚信"
SECOND: Final = "海帆图达通讯源创科腾飞航宇辰晟润丰茂隆昌宁景和泽川岳林森洋峰"
SURNAMES: Final = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程苏魏吕丁任"
MIDDLE: Final = "建晓志国文明永春金玉海庆俊秀丽小大德家立红雪冬长光荣少世兆振维学思子一宇嘉梓欣佳雨婷美慧静淑桂凤兰素"
LAST: Final = "军华平强伟芳敏静丽勇艳杰娟涛明超兰霞刚英玲辉波斌鹏飞宁燕云峰东生林成龙山梅琴雯洁琳楠博轩浩然涵怡萱晨"
KINDS: Final = {
    "enterprise": "{brand}物联科技有限公司",
    "tier1": "{brand}通信器材有限公司",
    "tier2": "{brand}通讯经营部",
    "tier3": "微信卡商{brand}",
    "tier4": "{brand}数码专营店",
    "tier5": "qq群{brand}流量卡",
    "private": "{brand}贸易商行",
    "shop": "{brand}卡行",
}
"""Pattern of the name of a company of each kind; the kinds differ in their words, so their names never meet."""

_SCRAMBLE: Final = 7_919
"""A prime: its multiples meet every combination once, one unlike the other."""


def company_names(kind: str, numbers: Indices) -> pl.Series:
    before, behind = KINDS[kind].split("{brand}")
    return (before + _spelled((PLACES, FIRST, SECOND), numbers) + behind).alias("name")


def person_names(numbers: Indices) -> pl.Series:
    """Return the name of a person for each number; beyond 120,000 people with a figure behind it, as in a chat."""
    return _spelled((SURNAMES, MIDDLE, LAST), numbers).alias("name")


def _spelled(syllables: Sequence[Sequence[str]], numbers: Indices) -> pl.Series:
    """Return one of each set of syllables; a figure says how often all combinations have been used before."""
    rounds, rest = np.divmod(numbers, math.prod(map(len, syllables)))
    rest = rest * _SCRAMBLE % math.prod(map(len, syllables))
    text = pl.Series(["", *map(str, range(1, int(rounds.max(initial=0)) + 1))]).gather(rounds)
    for words in reversed(syllables):
        rest, place = np.divmod(rest, len(words))
        text = pl.Series([*words]).gather(place) + text
    return text


ENTERPRISES: Final = 40
TIERS: Final = 5
_FIRST_TIER: Final = 20
_BRANCHES: Final = 3
_MIN_PEOPLE: Final = 200
_MAX_PEOPLE: Final = 1_000_000
_CARDS_A_PERSON: Final = 8
_STEEPNESS: Final = 1.1
"""Exponent of Zipf's law by which enterprises and wholesalers differ in size."""

CARRIER_NAMES: Final = (
    "中国移动通信集团云洲有限公司",
    "中国联合网络通信有限公司云洲市分公司",
    "中国电信股份有限公司云洲分公司",
    "中国广电云洲网络股份有限公司",
)
CHANNELS: Final = pl.Series(["线下", "微信", "淘宝", "QQ"])
_CHANNELS_OF_TIERS: Final = (0, 0, 1, 2, 3)
"""Channel by which a company of each tier sells, as an index of :data:`CHANNELS`; all others sell in person."""

_CREDIT_ALPHABET: Final = np.array([*"0123456789ABCDEFGHJKLMNPQRTUWXY"])
_CREDIT_WEIGHTS: Final = 3 ** np.arange(17, dtype=np.int64) % 31
_RESIDENT_WEIGHTS: Final = 2 ** np.arange(17, 0, -1, dtype=np.int64) % 11


class Directory:
    """Every party of a case.

    The first are the carriers, in the order of ``CARRIERS``; then enterprises, the tiers, people; then whoever is
    added for one scenario only.
    """

    def __init__(self, cards: int) -> None:
        self._names: list[pl.Series] = []
        self._numbers: list[pl.Series] = []
        self._ids: list[pl.Series] = []
        self._count = 0
        self._columns: tuple[pl.Series, pl.Series, pl.Series] | None = None
        self._companies = 0
        self._add(pl.Series(CARRIER_NAMES), None, pl.Series([f"carrier:{carrier}" for carrier in CARRIERS]))
        self.enterprises = self._add_companies("enterprise", ENTERPRISES, has_number=True)
        self.tiers = [
            self._add_companies(f"tier{tier + 1}", _FIRST_TIER * _BRANCHES**tier, has_number=not tier)
            for tier in range(TIERS)
        ]
        self.people_count = min(max(cards // _CARDS_A_PERSON, _MIN_PEOPLE), _MAX_PEOPLE)
        self.people = self._add(person_names(np.arange(self.people_count)), None)
        self._persons = self.people_count

    def add_private(self, count: int) -> Indices:
        """Add companies that nobody else deals with; return their numbers."""
        first = self._add_companies("private", count, has_number=False, after=self._companies)
        self._companies += count
        return np.arange(first, first + count)

    def add_namesakes(self, count: int) -> tuple[Indices, Indices, Indices]:
        """Add two people of each of ``count`` names, with ids, and the name alone as a party; return their numbers."""
        serials = np.arange(self._persons, self._persons + count)
        self._persons += count
        names, every = person_names(serials), np.arange(count)
        one = self._add(names, resident_numbers(2 * serials)) + every
        other = self._add(names, resident_numbers(2 * serials + 1)) + every
        return one, other, self._add(names, None) + every

    @property
    def names(self) -> pl.Series:
        """Name of each party."""
        return self._column(0)

    @property
    def numbers(self) -> pl.Series:
        """The strong identifier of each, null where it has none."""
        return self._column(1)

    @property
    def ids(self) -> pl.Series:
        """Id of each party in a case: by operator, by number, by name."""
        return self._column(2)

    @cached_property
    def channels(self) -> Indices:
        """The channel by which each sells, as a place in :data:`CHANNELS`."""
        channels = np.zeros(self._count, dtype=np.int64)
        for first, last, channel in zip(self.tiers, [*self.tiers[1:], self.people], _CHANNELS_OF_TIERS, strict=True):
            channels[first:last] = channel
        return channels

    def pick_enterprises(self, random: np.random.Generator, count: int) -> Indices:
        """Pick enterprises at random, few of them large."""
        return self.enterprises + _zipf(random, ENTERPRISES, count)

    def pick_others(self, random: np.random.Generator, enterprises: Indices) -> Indices:
        """Pick at random another enterprise for each."""
        shift = random.integers(1, ENTERPRISES, len(enterprises))
        return self.enterprises + (enterprises - self.enterprises + shift) % ENTERPRISES

    def pick_path(self, random: np.random.Generator, count: int) -> Indices:
        """Pick random paths down the tree: a row each, one company of every tier."""
        path = np.empty((count, TIERS), dtype=np.int64)
        path[:, 0] = _zipf(random, _FIRST_TIER, count)
        for tier in range(1, TIERS):
            path[:, tier] = path[:, tier - 1] * _BRANCHES + random.integers(0, _BRANCHES, count)
        path += self.tiers
        return path

    def pick_people(self, random: np.random.Generator, count: int) -> Indices:
        """Pick people at random, some of them far more often than others."""
        return self.people + (self.people_count * random.random(count) ** 2).astype(np.int64)

    def _add_companies(self, kind: str, count: int, *, has_number: bool, after: int = 0) -> int:
        serials = np.arange(after, after + count)
        numbers = _credit_codes(self._count + serials) if has_number else None
        return self._add(company_names(kind, serials), numbers)

    def _add(self, names: pl.Series, numbers: pl.Series | None, ids: pl.Series | None = None) -> int:
        first = self._count
        self._count += len(names)
        if ids is None:
            ids = "name:" + names if numbers is None else "id:" + numbers
        self._names.append(names.alias("name"))
        self._numbers.append(pl.Series("number", [None] * len(names), pl.String) if numbers is None else numbers)
        self._ids.append(ids.alias("id"))
        self._columns = None
        return first

    def _column(self, place: int) -> pl.Series:
        if self._columns is None:
            self._columns = (pl.concat(self._names), pl.concat(self._numbers), pl.concat(self._ids))
        return self._columns[place]


def _zipf(random: np.random.Generator, among: int, count: int) -> Indices:
    weights = np.cumsum(1 / np.arange(1, among + 1) ** _STEEPNESS)
    return np.searchsorted(weights / weights[-1], random.random(count)).astype(np.int64)


def _credit_codes(serials: Indices) -> pl.Series:
    """Return unified social credit codes with their check character (GB 32100-2015); the division 99 does not exist."""
    bodies = ("91990100MA" + pl.Series("number", serials).cast(pl.String).str.zfill(7)).to_list()
    values = np.searchsorted(_CREDIT_ALPHABET, np.array([[*body] for body in bodies]))
    checks = _CREDIT_ALPHABET[-(values @ _CREDIT_WEIGHTS) % 31]
    return pl.Series("number", [body + check for body, check in zip(bodies, checks, strict=True)], pl.String)


def resident_numbers(serials: Indices) -> pl.Series:
    """Return resident identity numbers with their check character (GB 11643-1999); the division 99 does not exist."""
    days = pl.Series(serials % 12_000).cast(pl.Int32).cast(pl.Date).dt.strftime("%Y%m%d")
    areas = pl.Series(990_101 + serials // 12_000 // 900).cast(pl.String)
    bodies = (areas + days + pl.Series(100 + serials // 12_000 % 900).cast(pl.String)).to_list()
    values = np.array([[int(sign) for sign in body] for body in bodies], dtype=np.int64).reshape(-1, 17)
    checks = (12 - values @ _RESIDENT_WEIGHTS % 11) % 11
    signs = ["X" if check == 10 else str(check) for check in checks]
    return pl.Series("number", [body + sign for body, sign in zip(bodies, signs, strict=True)], pl.String)
