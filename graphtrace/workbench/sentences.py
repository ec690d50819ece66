"""What a line of notes, of a chat or of a letter says of its cards, as a proposal to the person who confirms it.

Only plain sentences are understood: an act, a name, nothing denied, planned or asked. Whoever writes is named by no
line; a person says it, or the title of the notes names whose they are. What a line does not say stays blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from graphtrace.identifiers import match_operator_name, normalize_party_name
from graphtrace.identifiers.nobody import is_certainly_person, names_nobody
from graphtrace.ingest.dates_and_quantities import StatedYear, lacks_year, months_in_one_year, parse_date
from graphtrace.ingest.title_years import year_of_titles
from graphtrace.model import DateSpan
from graphtrace.patterns import late

GIVER: Final = "giver"
TAKER: Final = "taker"


UNKNOWN_DAY: Final = "不详"
"""The day of a use of which nothing says when."""


class Said(NamedTuple):
    """An act, the party that a line names for one side, and which side it names nobody for: whoever writes.

    ``more`` are further fields; a ``date`` among them is that of this act alone.
    """

    kind: str
    side: str = ""
    name: str = ""
    writer: str = ""
    more: tuple[tuple[str, str], ...] = ()

    def fields(self, writer: str) -> dict[str, str]:
        """Return the fields of the page, with whoever writes on the side of which the line names nobody."""
        sides = {side: name for side, name in ((self.side, self.name), (self.writer, writer)) if side}
        return {"kind": self.kind, **sides, **dict(self.more)}


class Day(NamedTuple):
    """A day in a line: where its words begin and end, and the day."""

    start: int
    end: int
    iso: str


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
        late(
            f"{_FIRST}(?:又|再|把卡)?(?:退|归还|还)(?:回来?了?|货|了|来)?(?=[\\s0-9]|[一二两三四五六七八九十]+[张枚])"
        ),
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

    >>> said_in("3月5日 卖给胡建军2张", "3月5日")[:4], said_in("3月15日 问胡建军要不要，他说不要了", "3月15日")
    (('transfer', 'taker', '胡建军', 'giver'), None)
    >>> said_in("We bought 8 cards from Tradelink Wholesale Ltd on 4 March 2024.")[:4]
    ('transfer', 'giver', 'Tradelink Wholesale Ltd', 'taker')
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
    is_none = _PRONOUN.fullmatch(name) or _SAYS.search(name) or names_nobody(normalize_party_name(name))
    return "" if is_none else name.strip(" .")


_SAYS: Final = late("[说讲称要想把将]$")
"""End of what is no name, but the beginning of a sentence."""


_SENT: Final = late(
    "(?:给你|你要的|你的|你那)[^。！!?？]{0,20}?(?:发|寄|出)(?:给你|过去|出去|走)?了|(?:发|寄)给你了"
    "|\\b(?i:i|we)(?:['’]ve| have)? (?i:sent|shipped|dispatched|posted)\\b[^.;]*?\\b(?i:you|your)\\b"
)
"""Found in messages whose writer says that he sent goods to whom he writes."""


def said_to(line: str, other: str) -> Said | None:
    """Return what a message says that its writer did with cards for the other who reads it; ``None`` for anything else.

    >>> said_to("你要的50张发了", "流量王")[:4], said_to("你要的还没发", "流量王")
    (('transfer', 'taker', '流量王', 'giver'), None)
    """
    found = _SENT.search(line)
    is_open = found is None or any(mark in line for mark in "吗?？") or _OPEN.search(found[0]) is not None
    return None if is_open else Said("transfer", TAKER, other, GIVER)


# -- several things in one line ---------------------------------------------------------------------------------------

_END_OF_CLAUSE: Final = late("[，,。；;！!？?]")
_DENIED: Final = late(r"[没未非不吗?？]|\b(?i:not|never|no)\b|n['’]t\b")
_PLACE: Final = r"(?:[,，]?\s*(?:在|于)(?P<place>[^，,。；;0-9]{2,30}?))?\s*"
_ACT: Final = "(?P<act>入网|开户|开卡|登记|激活|启用)"
_ACT_BEHIND_DAY: Final = late(rf"\s*{_PLACE}(?:首次|第一次|初次|正式)?{_ACT}")
_ACT_BEFORE_DAY: Final = late(
    rf"{_ACT}(?:日期|时间|日)?(?:为|是|于|在|[:：])?\s*$"
    r"|\b(?i:(?P<english>registered|activated|first used))\b[^.;,，；。]{0,80}?\bon\s*$"
)
_PLACE_BEHIND_DAY: Final = late(r"\s*,?\s*(?:at|in|near)\s+(?P<place>[A-Z][\w'’ -]{1,40}?)(?=\s*(?:[.,;(]|$))")
_USED: Final = frozenset({"激活", "启用", "activated", "first used"})
_OWNER: Final = late(
    r"(?:机主|户主|户名|开户(?:单位|人)|登记单位|入网客户|客户名称|集团客户名称)(?:姓名)?(?:为|是|系)?\s*[:：]?\s*"
    r"(?P<name>[^\s，,。；;：:、0-9]{2,40})"
    rf"|\b(?i:registered (?:to|in the name of)|subscriber(?: name)?(?: is|:))\s+{_CALLED.replace('name', 'called')}"
)
_BOUGHT: Final = late(
    "向(?P<name>[^\\s，,。；;：:0-9]{2,20}?)(?:办理|申请|申领|订购|采购|购买|开通)了?(?:[^，,。；;]*?[张枚卡])"
)
_RELATED: Final = "(?:丈夫|妻子|儿子|女儿|父亲|母亲|哥哥|弟弟|姐姐|妹妹|朋友|男友|女友|同事|员工)"
_IN_USE: Final = "(?:自己|本人)?(?:实际|一直|现在|目前|正|都)*在?(?:使用|用)(?:的|着|了)?(?=[，,。；;、\\s]|$)"
_PERSON: Final = "(?P<name>[\u4e00-\u9fff]{2,4}?)"
_USES: Final = tuple(
    late(pattern)
    for pattern in (
        f"(?:^|[是由归日起])(?:{_RELATED})?{_PERSON}{_IN_USE}",
        f"{_RELATED}{_PERSON}{_IN_USE}",
        f"^{_PERSON}(?:供认|供述|承认|交代|陈述|自述)[^，,。；;]{{0,8}}?(?:由|是)?[其他她]?(?:本人|自己){_IN_USE}",
    )
)
_I_USE: Final = late(f"我{_IN_USE}")
_I_GAVE: Final = late(f"我(?:就|又|再|后来)?(?:卖|送|转|交|寄|借|发)?给了?{_PERSON}(?:了|的)?(?=[，,。；;\\s]|$)")
_GAVE_ME: Final = late(f"(?:^|[是日]){_PERSON}(?:卖|送|转|交|寄|借|发)?给了?我(?:的|了)?(?=[，,。；;\\s]|$)")
_I_BOUGHT: Final = late(
    '[在从向找][^，,。；;“”"「」]{0,8}[“"「](?P<name>[^“”"「」]{2,30})[”"」](?:那里?|那儿|处|店里?|店铺)?(?:购买|[买购拿进订])'
)
_CAME_BACK: Final = late(
    r"(?:^|[，,；;。\s])(?:又|再|后来|已)?(?:退(?:回来?|货)?了|退回来|还回来了?|退货已收到)(?=[\s，,。；;]|$)"
    r"|\b(?i:(?:was|were) (?:returned|brought back))\b"
)


def facts_in(
    line: str, days: Sequence[Day], *, carrier: str = "", imeis: Sequence[str] = (), is_answer: bool = False
) -> list[Said]:
    """Return all that a line says of its cards, each with what it says of it; nothing where it denies, asks or plans.

    ``carrier`` is the one that signs the text. With ``is_answer`` somebody speaks of what he did himself.

    >>> text = "机主 云栾公司，2025年3月1日入网；2025年4月2日在东湖区首次激活"
    >>> for fact in facts_in(text, [Day(8, 17, "2025-03-01"), Day(20, 29, "2025-04-02")], carrier="中国电信"):
    ...     print(fact.kind, fact.name, dict(fact.more))
    registration 云栾公司 {'giver': '中国电信', 'date': '2025-03-01'}
    activation  {'date': '2025-04-02', 'place': '东湖区'}
    """
    acts = [each for day in days if (each := _act_of(line, day)) is not None]
    registered = dict.fromkeys(day for act, day, _ in acts if act not in _USED)
    owner = _owner_in(line)
    found = []
    if owner or len(registered) == 1:
        day = next(iter(registered)) if len(registered) == 1 else ""
        found.append(Said("registration", TAKER, owner, more=(("giver", carrier), ("date", day))))
    device = imeis[0] if len(imeis) == 1 else ""
    for act, day, place in acts:
        if act in _USED:
            more = (("date", day), ("place", place), ("imei", device))
            found.append(Said("activation", more=tuple(each for each in more if each[1])))
    bought = None if found else _BOUGHT.search(line)
    if bought is not None and not _is_denied(line, bought.end()):
        is_carrier = match_operator_name(normalize_party_name(bought["name"])) is not None
        found.append(Said("purchase" if is_carrier else "transfer", GIVER, bought["name"], TAKER))
    for start, clause in _clauses(line):
        if not _DENIED.search(clause):
            found += _moved(clause) if is_answer else ()
            found += _used(
                clause, [day for day in days if start <= day.start < start + len(clause)], is_answer=is_answer
            )
    return list(dict.fromkeys(found))


def _act_of(line: str, day: Day) -> tuple[str, str, str] | None:
    """Return the act of a day, the day and where it was, as the words beside the day say."""
    behind = _ACT_BEHIND_DAY.match(line, day.end)
    before = _ACT_BEFORE_DAY.search(line[: day.start])
    act = behind or before
    if act is None or _is_denied(line, behind.end() if behind else before.end()):  # type: ignore[union-attr]
        return None
    place = behind or _PLACE_BEHIND_DAY.match(line, day.end)
    named = act["act"] or act["english"].casefold()
    return named, day.iso, (place["place"] or "").strip() if place is not None else ""


def _owner_in(line: str) -> str:
    found = _OWNER.search(line)
    if found is None or _is_denied(line, found.start()):
        return ""
    return _named((found["name"] or found["called"]).rstrip("的"))


def _is_denied(line: str, end: int) -> bool:
    return any(
        start < end <= start + len(clause) + 1 and _DENIED.search(line[start:end]) for start, clause in _clauses(line)
    )


def _clauses(line: str) -> Iterator[tuple[int, str]]:
    start = 0
    for mark in (*_END_OF_CLAUSE.finditer(line), None):
        end = len(line) if mark is None else mark.end()
        yield start, line[start:end].rstrip("，,。；;！!") if mark is None or mark[0] not in "?？" else line[start:end]
        start = end


def _moved(clause: str) -> Iterator[Said]:
    for pattern, side, writer in ((_I_GAVE, TAKER, GIVER), (_GAVE_ME, GIVER, TAKER), (_I_BOUGHT, GIVER, TAKER)):
        found = pattern.search(clause)
        if found is not None and (pattern is _I_BOUGHT or is_certainly_person(found["name"])) and _named(found["name"]):
            yield Said("transfer", side, found["name"], writer)


def _used(clause: str, days: Sequence[Day], *, is_answer: bool) -> Iterator[Said]:
    more = (("date", days[0].iso if len(days) == 1 else UNKNOWN_DAY),)
    if is_answer and _I_USE.search(clause):
        yield Said("usage", "", "", TAKER, more)
        return
    hits = (hit for pattern in _USES for hit in pattern.finditer(clause))
    names = dict.fromkeys(hit["name"] for hit in hits if is_certainly_person(hit["name"]) and _named(hit["name"]))
    if len(names) == 1:
        yield Said("usage", TAKER, next(iter(names)), more=more)


def told_by_day(line: str, days: Sequence[Day]) -> list[Said]:
    """Return what a line of notes says that happened one after the other, each on the day before its words.

    Whoever returned cards without being named is whom the same line names as having got them; of what is told without
    a day of its own there is none.

    >>> [(each.kind, each.name, *each.more) for each in told_by_day(
    ...     "4.5 卖给黎志鹏 40，4.26 退回来了", [Day(0, 3, "2025-04-05"), Day(13, 17, "2025-04-26")])]
    [('transfer', '黎志鹏', ('date', '2025-04-05')), ('return', '黎志鹏', ('date', '2025-04-26'))]
    """
    starts = [0, *(day.start for day in days[1:])]
    found: list[Said] = []
    for at, start in enumerate(starts):
        end = starts[at + 1] if at + 1 < len(starts) else len(line)
        own = [day for day in days if start <= day.start < end]
        written = line[own[0].start : own[0].end] if own else ""
        part = line[start:end].strip(" ，,；;。")
        said = said_in(part, written)
        more = (("date", own[0].iso if own else ""),)
        if said is not None:
            found.append(said._replace(more=more))
        words = part.replace(written, "", 1).strip() if written else part
        taken = found[-1] if found and found[-1].kind == "transfer" and found[-1].side == TAKER else None
        back = None if taken is None else _CAME_BACK.search(words)
        if taken is not None and back is not None and not any(mark in words for mark in "吗?？"):
            day = more if said is None else (("date", ""),)
            found.append(Said("return", GIVER, taken.name, TAKER, day))
    return found


_KEPT: Final = late(
    "(?=([\u4e00-\u9fff]{2,3})(的?(?:(?:华为|荣耀|小米|红米|苹果|三星|(?i:vivo|oppo|iphone))?手机|备忘录?|账本|记账|笔记|便签|日记)))"
)


_KEPT_BY_FIRM: Final = late(
    "(?P<name>[\u4e00-\u9fff]{2,20}?(?:公司|经营部|商行|门市部|维修部|服务部|工作室|店|超市))的?\\s*"
    "[^\\s0-9]{0,6}?(?:[账帐]本?|台账|流水|备忘录|记录)(?:\\s|[0-9]|$)"
)
_OWN_FIRM: Final = late("我(?:公司|单位|司|店|厂)(?P<name>[\u4e00-\u9fff()（）]{2,30}?(?:公司|经营部|商行|店|厂))")
_SEALED: Final = late(r"(?P<name>[^\s，,。；;：:]{2,40}?)[(（](?:公?盖?章|盖公章)[)）]")
_INTERVIEWED: Final = late(
    r"\s*(?:被(?:讯问|询问|谈话|调查)人|被讯问对象|(?i:interviewee|deponent))(?:姓名)?\s*[:：]\s*"
    r"(?P<name>[^\s，,。；;]{2,20}|[A-Z][\w. '-]{1,40})"
)
_QUESTION: Final = late(r"\s*(?:问|Q)\s*[:：.]")
_ANSWER: Final = late(r"\s*(?:答|A)\s*[:：.]\s*")


def interviewee_of(lines: Iterable[tuple[int, str]]) -> str:
    """Return who answers in the record of an interview; nothing for any other text."""
    lines = [*lines]
    named = dict.fromkeys(found["name"].strip() for _, line in lines if (found := _INTERVIEWED.match(line)) is not None)
    is_record = any(map(_QUESTION.match, (line for _, line in lines)))
    return next(iter(named)) if len(named) == 1 and is_record else ""


def is_question(line: str) -> bool:
    """Whether a line of the record of an interview is a question."""
    return _QUESTION.match(line) is not None


def is_answer(line: str) -> bool:
    """Whether a line of the record of an interview is an answer."""
    return _ANSWER.match(line) is not None


def signed_by(lines: Sequence[tuple[int, str]], is_named: Iterable[bool]) -> tuple[str, str]:
    """Return whoever writes a letter in the name of a firm, and the carrier whose letter it is, as lines name them.

    A carrier stands above or below the lines that name cards (``is_named``), and nobody is addressed there.
    """
    firms = {found["name"] for _, line in lines for each in (_OWN_FIRM, _SEALED) for found in each.finditer(line)}
    named = [at for at, is_of_cards in enumerate(is_named) if is_of_cards]
    around = [line for at, (_, line) in enumerate(lines) if named and not named[0] <= at <= named[-1]]
    parts = (part for line in around if not line.rstrip().endswith(("：", ":")) for part in line.split())
    carriers = {part: slug for part in parts if (slug := match_operator_name(normalize_party_name(part))) is not None}
    carrier = next(iter(carriers)) if len({*carriers.values()}) == 1 else ""
    return firms.pop() if len(firms) == 1 else "", carrier


def writer_of(titles: Iterable[str]) -> str:
    """Return whose notes titles say they are (段志强手机备忘录, 宋记手机维修部 记账), if that is one; else nothing."""
    titles = [*titles]
    firms = {found["name"] for title in titles if (found := _KEPT_BY_FIRM.match(title)) is not None}
    if len(firms) == 1:
        return firms.pop()
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


_BEGINS: Final = late(r"\s*(?P<day>(?P<month>1[0-2]|0?[1-9])[./](?P<number>3[01]|[12][0-9]|0?[1-9]))(?=\s)")
_ENOUGH: Final = 3


def days_of_notes(lines: Iterable[tuple[int, str]]) -> dict[int, list[str]]:
    """Return by line the month and day with which notes begin (4.5), and those of further acts, if they run on.

    >>> days_of_notes([(1, "2025年"), (2, "4.5 甲"), (3, "4.12 乙，4.15退了"), (4, "5.2 丙")])
    {2: ['4.5'], 3: ['4.12', '4.15'], 4: ['5.2']}
    """
    text = dict(lines)
    found = {number: hit for number, line in text.items() if (hit := _BEGINS.match(line)) is not None}
    days = [(int(hit["month"]), int(hit["number"])) for hit in found.values()]
    if len(days) < _ENOUGH or days != sorted(days):
        return {}
    return {number: [hit["day"], *_FURTHER_DAY.findall(text[number], hit.end())] for number, hit in found.items()}


_FURTHER_DAY: Final = late(r"(?<=[\s，,；;])((?:1[0-2]|0?[1-9])\.(?:3[01]|[12][0-9]|0?[1-9]))(?=\s?[退还又再卖给])")


def year_of_text(name: str, lines: Iterable[tuple[int, str]], days: Iterable[str]) -> StatedYear | None:
    """Return the year of the days of a text that name none, where its name or lines above the first state it."""
    above = [*_above(lines)]
    found = year_of_titles([(0, name.rpartition(".")[0] or name), *above])
    stated = None if found is None else found.stated
    if (
        stated is None
        and len(years := {hit[1] for _, line in above if (hit := _YEAR_AT_END.search(line)) is not None}) == 1
    ):
        stated = StatedYear(int(years.pop()))
    if stated is None:
        return None
    read = (parse_date(day, year=StatedYear(2000)) for day in days)
    months = months_in_one_year([int(day.iso[5:7]) for day in read if isinstance(day, DateSpan)])
    return stated.within(months)


_YEAR_AT_END: Final = late(r"(?:[账帐本]|^)\s*((?:19|20)[0-9]{2})年度?$")
"""The year behind the title of somebody's notes, or by itself in a line above them."""


def _above(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    for number, line in lines:
        if days_without_year(line) or _BEGINS.match(line):
            return
        yield from ((number, part) for part in re.split(r"\s{2,}", line.strip()) if part)
