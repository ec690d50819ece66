"""What a line of notes, of a chat or of a letter says of its cards, as a proposal to the person who confirms it.

Only plain sentences are understood: one act, one name, nothing denied, planned or asked. Whoever writes is named by no
line; a person says it, or the title of the notes names whose they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from graphtrace.identifiers import normalize_party_name
from graphtrace.identifiers.nobody import is_certainly_person, names_nobody
from graphtrace.ingest.dates_and_quantities import StatedYear, lacks_year, months_in_one_year, parse_date
from graphtrace.ingest.title_years import year_of_titles
from graphtrace.model import DateSpan
from graphtrace.patterns import late

GIVER: Final = "giver"
TAKER: Final = "taker"


class Said(NamedTuple):
    """An act, the party that a line names for one side, and which side it names nobody for: whoever writes."""

    kind: str
    side: str
    name: str
    writer: str = ""

    def fields(self, writer: str) -> dict[str, str]:
        """Return the fields of the page, with whoever writes on the side of which the line names nobody."""
        return {"kind": self.kind, self.side: self.name, **({self.writer: writer} if self.writer else {})}


_NAME: Final = "(?P<name>[^\\s0-9,.;:，。；：、！!?？]{2,20}?)"
_FIRST: Final = "^(?P<name>[\u4e00-\u9fff]{2,4}?)"
_END: Final = "(?=[\\s0-9,.;:，。；：、！!(]|[一二两三四五六七八九十]+[张枚]|$)"
_CALLED: Final = "(?P<name>[A-Z][\\w&'’-]*(?:[. ]{1,2}[A-Z][\\w&'’-]*){0,5})"
_ACTS: Final = (
    (("usage", TAKER, ""), late(f"(?:转交|交给|转给|移交)给?{_NAME}使用")),
    (("transfer", TAKER, GIVER), late(f"^(?:又|再)?(?:卖|转|发|寄|交|送|转让|批|出|供)?给了?{_NAME}{_END}")),
    (("return", TAKER, GIVER), late(f"^(?:又|再)?退(?:还|回|货)?给{_NAME}{_END}")),
    (("transfer", GIVER, TAKER), late(f"^[从向找]{_NAME}(?:那[里儿边]?|这里?|处|手[里上中])?[拿进买收取领](?!过)")),
    (
        ("return", GIVER, TAKER),
        late(f"{_FIRST}(?:又|再|把卡)?(?:退|归还|还)(?:回来?|货|了|来)?(?=[\\s0-9]|[一二两三四五六七八九十]+[张枚])"),
    ),
    (
        ("transfer", TAKER, GIVER),
        late(f"{_FIRST}(?:又|再|来)?[拿买取领]走?了?(?=[\\s0-9]|[一二两三四五六七八九十]+[张枚])"),
    ),
    (
        ("transfer", GIVER, TAKER),
        late(f"\\b(?i:we|i)\\s+(?:bought|purchased|received|got)\\b[^.;]*?\\bfrom\\s+{_CALLED}"),
    ),
    (
        ("transfer", TAKER, GIVER),
        late(f"\\b(?i:we|i)\\s+(?:sold|supplied|passed|gave|sent)\\b[^.;]*?\\bto\\s+{_CALLED}"),
    ),
    (("transfer", TAKER, GIVER), late(f"\\b(?:was|were)\\s+(?:sold|supplied|passed|given|sent)\\s+to\\s+{_CALLED}")),
    (("return", GIVER, TAKER), late(f"{_CALLED}\\s+(?:returned|brought back)\\b")),
)
"""Kind, side that is named, side of whoever writes, and the words; those in Chinese begin the line."""

_OPEN: Final = late(
    "[没未别问吗?？]|不(?!了)|想|打算|准备|计划|如果|可能|应该|听说|据说"
    "|\\b(?i:never|not|no|would|will|if|may|might|could|can|want(?:s|ed)?|asked|offer(?:s|ed)?|should|plan(?:s|ned)?)\\b"
    "|\\b(?i:going to)\\b|n['’]t\\b"
)
"""Found up to the end of the act where it is denied, planned, asked or doubted."""

_PRONOUN: Final = late(
    "(?:[他她它我你您咱](?:们|家)?|对方|人家|谁|大家)|(?i:she|he|they|we|i|you|it|who|them|him|her|this|these|that)"
)
_IN_BRACKETS: Final = late(r"[^(（]+[(（]([^()（）]+)[)）]")
_BEFORE: Final = late(r"(?:[^:：]{1,10}[:：])?\s*")
"""A heading before what a remark says."""


def said_in(line: str, day: str = "") -> Said | None:
    """Return what a line says of its cards; ``None`` where that is not one plain act.

    ``day`` is the day as written, with which the words may begin.

    >>> said_in("3月5日 卖给胡建军2张", "3月5日"), said_in("3月15日 问胡建军要不要，他说不要了", "3月15日")
    (Said(kind='transfer', side='taker', name='胡建军', writer='giver'), None)
    >>> said_in("We bought 8 cards from Tradelink Wholesale Ltd on 4 March 2024.")
    Said(kind='transfer', side='giver', name='Tradelink Wholesale Ltd', writer='taker')
    """
    words = line.replace(day, "", 1) if day else line
    words = words[_BEFORE.match(words).end() :].lstrip("起 ，,")  # type: ignore[union-attr]
    if any(mark in words for mark in "吗?？"):
        return None
    found: dict[Said, None] = {}
    for (kind, side, writer), pattern in _ACTS:
        for hit in pattern.finditer(words):
            name = _named(hit["name"])
            if not name or _OPEN.search(words[: hit.end()].replace(hit["name"], "")):
                return None
            found.setdefault(Said(kind, side, name, writer))
    return next(iter(found)) if len(found) == 1 else None


def _named(written: str) -> str:
    """Return the name of a party; empty where a pronoun or a word for nobody stands in its place."""
    inner = _IN_BRACKETS.fullmatch(written)
    name = inner[1] if inner is not None and is_certainly_person(inner[1]) else written
    return "" if _PRONOUN.fullmatch(name) or names_nobody(normalize_party_name(name)) else name.strip(" .")


_SENT: Final = late(
    "(?:给你|你要的|你的|你那)[^。！!?？]{0,20}?(?:发|寄|出)(?:给你|过去|出去|走)?了|(?:发|寄)给你了"
    "|\\b(?i:i|we)(?:['’]ve| have)? (?i:sent|shipped|dispatched|posted)\\b[^.;]*?\\b(?i:you|your)\\b"
)
"""Found in messages whose writer says that he sent goods to whom he writes."""


def said_to(line: str, other: str) -> Said | None:
    """Return what a message says that its writer did with cards for the other who reads it; ``None`` for anything else.

    >>> said_to("你要的50张发了", "流量王"), said_to("你要的还没发", "流量王")
    (Said(kind='transfer', side='taker', name='流量王', writer='giver'), None)
    """
    found = _SENT.search(line)
    is_open = found is None or any(mark in line for mark in "吗?？") or _OPEN.search(found[0]) is not None
    return None if is_open else Said("transfer", TAKER, other, GIVER)


_KEPT: Final = late(
    "(?=([\u4e00-\u9fff]{2,3})(的?(?:(?:华为|荣耀|小米|红米|苹果|三星|(?i:vivo|oppo|iphone))?手机|备忘录?|账本|记账|笔记|便签|日记)))"
)


def writer_of(titles: Iterable[str]) -> str:
    """Return whose notes titles say they are, if that is one person (段志强手机备忘录); else nothing."""
    named: set[str] = set()
    for title in titles:
        end = 0
        for found in _KEPT.finditer(title):
            if found.start() >= end and is_certainly_person(found[1]):
                named.add(found[1])
                end = found.end(2)
    return named.pop() if len(named) == 1 else ""


_DAY: Final = late(
    "(?<![0-9年./-])(?:[1-9]|1[0-2])月(?:3[01]|[12][0-9]|0?[1-9])[日号]?(?![0-9])"
    r"|\b(?i:(?:3[01]|[12]?[0-9])(?:st|nd|rd|th)?\ (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6})\b"
    r"(?!,?\ ?[0-9]{4})"
)


def days_without_year(line: str) -> list[str]:
    """Return the days in a line that name no year, as they are written."""
    return [hit[0] for hit in _DAY.finditer(line) if lacks_year(hit[0])]


def year_of_text(name: str, lines: Iterable[tuple[int, str]], days: Iterable[str]) -> StatedYear | None:
    """Return the year of the days of a text that name none, where its name or lines above the first state it."""
    found = year_of_titles([(0, name.rpartition(".")[0] or name), *_above(lines)])
    if found is None:
        return None
    read = (parse_date(day, year=StatedYear(2000)) for day in days)
    months = months_in_one_year([int(day.iso[5:7]) for day in read if isinstance(day, DateSpan)])
    return found.stated.within(months)


def _above(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    for number, line in lines:
        if days_without_year(line):
            return
        yield from ((number, part) for part in re.split(r"\s{2,}", line.strip()) if part)
