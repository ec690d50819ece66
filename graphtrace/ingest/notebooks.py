"""Notebooks: the plain lines of a text in which somebody wrote down, day by day, to whom cards went and who came back.

A line is read only where all of its words are known: the day, the cards, one act and the name of the other side, money
and how it was paid. Whoever asks, plans, denies or speaks of somebody else says nothing that is read. Whose notebook it
is a person answers; the days need a year that the text states once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import polars as pl

from graphtrace.errors import NeedsAnswer
from graphtrace.identifiers import KeyRange, normalize_party_name
from graphtrace.identifiers.nobody import is_certainly_person, is_familiar, names_nobody
from graphtrace.ingest.dates_and_quantities import number_of_words
from graphtrace.ingest.dealer_ledgers import KEEPER
from graphtrace.ingest.english_sides import names_firm
from graphtrace.ingest.free_text import WIDE, find_in_line
from graphtrace.ingest.given_answers import named_heading
from graphtrace.ingest.tails import stated_prefix
from graphtrace.ingest.unread_events import (
    LONGEST_QUOTED,
    UnreadEvent,
    cards_in_cell,
    joined,
    numbers_in_text,
)
from graphtrace.ingest.words import pattern_of
from graphtrace.locale import BilingualText
from graphtrace.model import DateSpan, to_epoch_day
from graphtrace.patterns import late
from graphtrace.platform import quote

_YEAR: Final = late(r"(?<![0-9])(20[0-9]{2})(?![0-9])")
_FULL_DAY: Final = late(
    r"(?:(?P<year>20[0-9]{2})[-/.年](?P<month>[0-9]{1,2})[-/.月](?P<day>[0-9]{1,2})日?"
    r"|(?P<first>[0-9]{1,2})[-/.](?P<second>[0-9]{1,2})[-/.](?P<last>20[0-9]{2}))(?![0-9])"
)
_CHINESE_DAY: Final = late(
    r"(?P<month>[0-9]{1,2})(?:[.月]|[-/](?=[0-9]{1,2}(?:[\s:：]|$)))(?P<day>[0-9]{1,2})[日号]?(?![0-9.])"
)
_DAY_ALONE: Final = late(r"(?P<day>[0-9]{1,2})[号日](?![0-9])")
_MONTH_ALONE: Final = late(r"(?:20[0-9]{2}年)?(?P<month>[0-9]{1,2}|[一二三四五六七八九十]{1,2})月份?\s*[:：]?")
_WEEKDAY: Final = pattern_of("notebooks", "weekday", re.IGNORECASE)
_ORDER_SAID: Final = pattern_of("notebooks", "order_said", re.IGNORECASE)
_HAN: Final = late("[\u3400-\u9fff]")
_BESIDE: Final = tuple(pattern_of("notebooks", beside, re.IGNORECASE) for beside in ("beside_zh", "beside_en"))
"""What may stand beside the act: money, how it was paid, why a card came back, what kind of card it is."""
_ACTS: Final = tuple(
    ("return" if act.startswith("back") else "transfer", pattern_of("notebooks", act))
    for act in ("sold_zh", "took_zh", "back_zh", "sold_en", "took_en", "back_en")
)
_MAY_SAY: Final = late(
    r"[卖给拿买取提领退还送]|\b(?:sold|given|gave|handed|issued|delivered|bought|took|collected|picked|back|returned)\b"
)
"""Found in lines that may say any of these."""
_NOBODY: Final = pattern_of("notebooks", "nobody", re.IGNORECASE)
_FIRM: Final = pattern_of("notebooks", "of_firm")
"""Ends of names of firms and shops in Chinese."""
_COUNT: Final = late(
    r"(?<![0-9])([0-9]{1,5}|[一二两三四五六七八九十]{1,3})\s?[张枚]|\(([0-9]{1,5})(?: ?(?:pcs|cards|sims))?\)"
)
_APART: Final = late(r"\s{2,}|[\t,，;；。:：()（）!！]+|\.(?=\s|$)|\s+(?=#)|(?<=#)\s+")
_CHINESE_APART: Final = late(r"[\s,，;；。:：()（）!！]+")
_TELEPHONE: Final = late(r"(?<![0-9])\+?[0-9]{9,13}(?![0-9])")
_LONGEST_LINE: Final = 300
_LONGEST_BOOK: Final = 20_000
_CORRECTS: Final = pattern_of("notebooks", "corrects", re.IGNORECASE)
"""Found in lines without a card by which what stands above may be wrong or undone."""
_SHOWN: Final = 3
_MOST_ABOVE: Final = 3
_APART_ABOVE: Final = late(r"\s{2,}|[\t,，;；:：()（）]|\s[-–—]\s|20[0-9]{2}年?.*|\s(?=[\u4e00-\u9fff]{0,4}[账帐])")


class NotebookEntry(NamedTuple):
    """A line that plainly says what happened to cards on its day: ``other`` is whom they went to or came from."""

    line: int
    kind: str
    other: str
    day: DateSpan
    cards: str
    number: str
    text: str


class Notebook:
    """A text of which some lines plainly say to whom cards went, or who gave them back; ``entries`` are these."""

    def __init__(self, lines: Sequence[tuple[int, str]], days: Mapping[int, DateSpan]) -> None:
        self._lines = lines
        self._days = days
        said = stated_prefix(lines)
        self._prefix = None if said is None else said[1]
        self.entries: list[NotebookEntry] = []
        taken: dict[str, str] = {}
        for number, text in lines:
            if number not in days or not _MAY_SAY.search(text):
                continue
            if (entry := self._entry(number, text, days[number], taken)) is not None:
                self.entries.append(entry)
                if entry.kind == "transfer":
                    taken[entry.cards] = entry.other

    def _entry(self, number: int, text: str, day: DateSpan, taken: Mapping[str, str]) -> NotebookEntry | None:
        if len(text) > _LONGEST_LINE:
            return None
        said, cards = self._with_marks(without_day(text))
        counts = {each[1] or each[2] for each in _COUNT.finditer(said)}
        if not cards or len(counts) > 1:
            return None
        count = next((str(number_of_words(each) or each) for each in counts), "")
        is_range = any("-" in card for card in cards)
        if (is_range and (len(cards) > 1 or not count)) or (count and not is_range and int(count) != len(cards)):
            return None
        bare = _TELEPHONE.sub(" ", said)
        apart = _CHINESE_APART if _HAN.search(bare) else _APART
        parts = [part.strip() for part in apart.split(bare) if part and part.strip(" #-–—")]
        rest = [part for part in parts if not any(beside.fullmatch(part) for beside in _BESIDE)]
        found = [each for joint in {"".join(rest), " ".join(rest)} if (each := _act_in(joint)) is not None]
        if not found:
            return None
        kind, other = found[0]
        named = "、".join(cards)
        if kind == "return" and (before := taken.get(named)) is not None and before.split()[0] == other:
            # Daniel brought it back, of whom a line above says that he got this card
            other = before
        if other.isalpha() and other.isascii():
            # a first name alone is nobody's in particular
            return None
        return NotebookEntry(number, kind, other, day, named, count, text.strip())

    def _with_marks(self, text: str) -> tuple[str, list[str]]:
        """Return a line with a mark for each card, and the cards: whole numbers, ranges, ends of the stated prefix."""
        said = text.translate(WIDE)
        cards: list[str] = []
        for find in reversed(find_in_line(text)):
            if find.kind in ("iccid", "range"):
                said = f"{said[: find.column - 1]} # {said[find.column - 1 + len(find.text) :]}"
                cards.insert(0, find.value)
        if not cards and self._prefix is not None and (short := re.match(r"\s*([0-9]{3,10})(?=\s)", said)) is not None:
            whole = self._prefix.completes(short[1])
            if whole is not None:
                return f"# {said[short.end() :]}", [whole]
        return said, cards

    def question(self) -> NeedsAnswer:
        """Return the question whose notebook this is."""
        error = NeedsAnswer(
            "notebook_asks",
            kind="transfer",
            missing=(KEEPER,),
            hint="answer_with",
            answers=f"--set {quote(f'{KEEPER}=…')}",
        )
        error.is_headless = True
        error.named = tuple(self._heads())
        quoted = "；".join(f"“{each.text[:LONGEST_QUOTED]}”" for each in self.entries[:_SHOWN])
        error.texts = {
            KEEPER: BilingualText(
                f"Whose notebook is this? Lines say to whom cards went or who gave them back: {quoted}. By the answer"
                " those that say it plainly are read, with their day; all others are only told.",
                f"这是谁的账本？有的行写明卡给了谁或由谁退回：{quoted}。"
                "回答后只读取明确写明的行，日期以该行为准；其余各行仅作提示。",
            )
        }
        return error

    def _heads(self) -> Iterator[str]:
        """Yield whom the lines above the first day name: firms, shops and persons whose notebook it may be."""
        first = min(self._days)
        above = [text for number, text in self._lines if number < first and text.strip()][:_MOST_ABOVE]
        for part in dict.fromkeys(part.strip() for text in above for part in _APART_ABOVE.split(text)):
            if is_certainly_person(part) or (_FIRM.search(part) if _HAN.search(part) else names_firm(part)):
                yield part

    def said_by(self, keeper: str) -> dict[int, dict[str, str]] | None:
        """Return what lines state where ``keeper`` wrote them; ``None`` where that is the name of nobody."""
        key = normalize_party_name(keeper)
        if not keeper or named_heading(keeper) is not None or names_nobody(key):
            return None
        stated = {}
        for each in self.entries:
            if normalize_party_name(each.other) != key:
                sides = (keeper, each.other) if each.kind == "transfer" else (each.other, keeper)
                fields = {"kind": each.kind, "date": each.day.iso, "from": sides[0], "to": sides[1]}
                stated[each.line] = {
                    **fields,
                    "iccid": each.cards,
                    **({"quantity": each.number} if each.number else {}),
                }
        return stated

    def unread(self, reason: str) -> pl.DataFrame:
        """Return the lines as events that were not read, each with its day.

        A line without a card that may take back what stands above is told of the cards of the nearest line.
        """
        rows: list[tuple[Any, ...]] = []
        nearest: list[KeyRange] = []
        for number, text in self._lines:
            day = self._days.get(number)
            days = None if day is None else (day.earliest, day.latest)
            event = UnreadEvent(number, None, reason, None, days, text.strip()[:LONGEST_QUOTED])
            _, short = self._with_marks(without_day(text))
            cards = [*cards_in_cell(text.strip())] or [lot for card in short for lot in cards_in_cell(card)]
            rows += event.of(cards, [*numbers_in_text(text)])
            if not cards and nearest and _CORRECTS.search(text):
                rows += event.of(nearest, ())
            nearest = cards or nearest
        return joined([], rows)


def _act_in(text: str) -> tuple[str, str] | None:
    """Return the kind of the act that a text is no more than, and the other side.

    >>> [_act_in(text) for text in ("卖尚海龙电信卡1张", "黎志鹏拿走", "钟小曼说要退", "sold to Lucy Mwangi")]
    [('transfer', '尚海龙'), ('transfer', '黎志鹏'), None, ('transfer', 'Lucy Mwangi')]
    >>> [_act_in(text) for text in ("尚海龙把电信那张退了", "Daniel brought it back", "will be sold to Lucy Mwangi")]
    [('return', '尚海龙'), ('return', 'Daniel'), None]
    """
    for kind, pattern in _ACTS:
        if (said := pattern.fullmatch(text)) is not None and _is_name(name := said["who"].strip()):
            return kind, name
    return None


def _is_name(name: str) -> bool:
    if names_nobody(normalize_party_name(name)) or _NOBODY.match(name):
        return False
    return not _HAN.search(name) or _FIRM.search(name) is not None or not is_familiar(name)


# -- days ------------------------------------------------------------------------------------------------------------


def without_day(text: str) -> str:
    """Return a line without the day at its beginning."""
    bare = text.lstrip()
    for pattern in (_FULL_DAY, _CHINESE_DAY, _DAY_ALONE, _WEEKDAY):
        if (found := pattern.match(bare)) is not None:
            return bare[found.end() :]
    return bare


def days_of(lines: Sequence[tuple[int, str]]) -> dict[int, DateSpan]:
    """Return by the number of each line its day: at its beginning, or that of the last line that is no more than a day.

    Days without a year need one that the text states once. Day and month are in the order of the text's language in
    Chinese, else in that which the text says or which alone fits all of its days.

    >>> found = days_of([(1, "Sim book MARCH 2026"), (2, "tue 3/3"), (3, " 41276 sold"), (4, "fri 6/3"), (5, " 412")])
    >>> [(line, day.iso) for line, day in found.items()]
    [(2, '2026-03-03'), (3, '2026-03-03'), (4, '2026-03-06'), (5, '2026-03-06')]
    >>> [day.iso for day in days_of([(1, "2025年账"), (2, "二月"), (3, "17号 卖了"), (4, "2.20 又卖")]).values()]
    ['2025-02-17', '2025-02-20']
    """
    years = {year for _, text in lines for year in _YEAR.findall(_FULL_DAY.sub(" ", text))}
    year = int(years.pop()) if len(years) == 1 else None
    is_dmy = _is_day_first(lines, year)
    found: dict[int, DateSpan] = {}
    month: int | None = None
    carried: DateSpan | None = None
    for number, text in lines:
        bare = text.strip()
        if (alone := _MONTH_ALONE.fullmatch(bare)) is not None:
            month, carried = number_of_words(alone["month"]) or int(alone["month"]), None
            continue
        day, rest = _day_at_start(bare, year, month, is_dmy=is_dmy)
        if rest is None:
            if carried is not None and bare:
                found[number] = carried
            continue
        carried = day if not rest.strip(" :：-–—") else None
        if day is not None:
            found[number] = day
    return found


def _day_at_start(
    text: str, year: int | None, month: int | None, *, is_dmy: bool | None
) -> tuple[DateSpan | None, str | None]:
    """Return the day at the beginning of a line and what stands behind it; no rest where it begins with no day."""
    if (full := _FULL_DAY.match(text)) is not None:
        if full["year"]:
            return _span(int(full["year"]), int(full["month"]), int(full["day"])), text[full.end() :]
        return _ordered(full["first"], full["second"], int(full["last"]), is_dmy), text[full.end() :]
    if (said := _WEEKDAY.match(text)) is not None:
        return _ordered(said["first"], said["second"], year, is_dmy), text[said.end() :]
    if (said := _CHINESE_DAY.match(text)) is not None:
        is_meant = year is not None and (is_dmy is None or _HAN.search(text) is not None)
        return (_span(year, int(said["month"]), int(said["day"])) if is_meant else None), text[said.end() :]
    if (said := _DAY_ALONE.match(text)) is not None:
        return _span(year, month, int(said["day"])), text[said.end() :]
    return None, None


def _ordered(first: str, second: str, year: int | None, is_dmy: bool | None) -> DateSpan | None:
    if is_dmy is None:
        return None
    return _span(year, int(second if is_dmy else first), int(first if is_dmy else second))


def _span(year: int | None, month: int | None, day: int) -> DateSpan | None:
    try:
        number = None if year is None or month is None else to_epoch_day(date(year, month, day))
    except ValueError:
        return None
    return None if number is None else DateSpan(number, number)


def _is_day_first(lines: Sequence[tuple[int, str]], year: int | None) -> bool | None:
    """Whether days stand before months; ``None`` where nothing says it, or one thing contradicts another."""
    said = {each["order"].casefold().startswith("d") for _, text in lines for each in _ORDER_SAID.finditer(text)}
    fits = {True: True, False: True}
    proofs = 0
    for _, text in lines:
        bare = text.strip()
        full, named = _FULL_DAY.match(bare), _WEEKDAY.match(bare)
        hit = full if full is not None and full["first"] else named
        if hit is None:
            continue
        at = int(hit["last"]) if hit is full else year
        for is_dmy in fits:
            day = _ordered(hit["first"], hit["second"], at, is_dmy)
            is_fitting = day is not None and (
                hit is not named or _WEEKDAYS[date.fromisoformat(day.iso).weekday()] == hit["weekday"][:3].casefold()
            )
            fits[is_dmy] &= is_fitting
        proofs += 1
    fitting = [is_dmy for is_dmy, fit in fits.items() if fit]
    if not said:
        return fitting[0] if proofs and len(fitting) == 1 else None
    (only,) = said if len(said) == 1 else (None,)
    return only if only is not None and (not proofs or fits[only]) else None


_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def may_be_notebook(rows: Iterable[Sequence[str | None]]) -> bool:
    """Whether the first rows of a text hold the word of an act that notebooks write down."""
    return any(cell and _MAY_SAY.search(cell) for cells in rows for cell in cells)


def notebook_in(lines: Sequence[tuple[int, str]]) -> Notebook | None:
    """Return the notebook that a text is; ``None`` for one in which no line plainly says what happened on its day."""
    if len(lines) > _LONGEST_BOOK:
        return None
    days = days_of(lines)
    book = Notebook(lines, days) if days else None
    return book if book is not None and book.entries else None
