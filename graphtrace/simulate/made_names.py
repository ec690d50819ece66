"""Names: one for each number, so that no two parties share one. The places do not exist."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

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
    """Return the name of a company for each number."""
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
