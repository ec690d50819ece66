"""Descriptions of goods that name the card of their row among words: Airtel M2M SIM 8991…, SIM Sr. No. 8991… to 8991….

Papers of sale write so where no column is that of cards. The number is put into a column behind the last one before the
sheet is read; a description that says more than what the goods are leaves its row without it.

Where a row names its goods and no card, what it counts are cards only if the goods are said to be some.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from itertools import pairwise
from typing import Final
from unicodedata import normalize

from graphtrace.ingest.acts import act_of
from graphtrace.ingest.card_cells import CARD_AMONG_WORDS, cards_among_words, cards_in, is_card, split_cards
from graphtrace.ingest.given_back import received_back
from graphtrace.ingest.heading_grammar import (
    LONGEST_HEADING,
    field_of_heading,
    normalize_heading,
    without_remark,
)
from graphtrace.ingest.sheet import Sheet
from graphtrace.ingest.words import pattern_of, patterns_of
from graphtrace.patterns import late

_DESCRIPTIONS: Final = pattern_of("goods_cells", "descriptions")
CARDS: Final = late(
    rf"(?<![0-9A-Za-z])(?P<first>{CARD_AMONG_WORDS})(?:\s*(?:to|till|[-–—~])\s*(?P<last>{CARD_AMONG_WORDS}))?(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_OF_GOODS: Final = pattern_of("goods_cells", "of_goods", re.IGNORECASE)
DOUBTED: Final = pattern_of("goods_cells", "doubted", re.IGNORECASE)
_ORDERED: Final = pattern_of("goods_cells", "ordered", re.IGNORECASE)
"""The paper by which goods were sold or came back, and from which stock they are."""
_TERMS: Final = pattern_of("goods_cells", "terms", re.IGNORECASE)
"""Terms of payment, the state of all cards, and how they were sent."""
_COUNTED: Final = pattern_of("goods_cells", "counted", re.IGNORECASE)
"""How many cards a text says that it names (5 nos, box of 10)."""
_NUMBERS: Final = {
    name: str(number)
    for number, name in enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 1)
} | {"dozen": "12", "twenty": "20", "fifty": "50", "hundred": "100"}
_IN_WORDS: Final = late(rf"\b(?:an? (?=dozen|hundred))?({'|'.join(_NUMBERS)})\b", re.IGNORECASE)
"""A number that is written as a word."""
_CLAUSES: Final = late("[；;。\n]")
_OTHER_WORDS: Final = 2
"""Maximum number of words besides, such as the names of a carrier and a product."""
_MOST: Final = 0.5


_ONE_OF_ANOTHER: Final = late(r"#[^#]*\b(?:of|from|with|in|by)\b[^#]*#", re.IGNORECASE)
"""Between two cards, whose relation to each other nobody has stated."""


def is_miscounted(text: str) -> bool:
    """Whether a text counts other cards than it names (5 nos 8991… to 8991…)."""
    counts = [int(each["count"] or each["boxed"]) for each in _COUNTED.finditer(_in_digits(CARDS.sub(" ; ", text)))]
    named = cards_in(split_cards(_written([*CARDS.finditer(text)])))
    return bool(counts) and named not in (sum(counts), *({*counts} if len({*counts}) == 1 else ()))


def _in_digits(text: str) -> str:
    return _IN_WORDS.sub(lambda word: _NUMBERS[word[1].casefold()], text)


def cards_of_cell(text: str, *, may_describe: bool = False) -> str | None:
    """Return the cards of a cell that names them among words in Chinese or English; the text where it says more.

    ``None`` where it names none. ``may_describe`` is that of :func:`~graphtrace.ingest.card_cells.cards_among_words`.

    >>> cards_of_cell("89860626990000000015 当天发出；买家退货退款，卡6月3日已退回入库")
    '89860626990000000015'
    >>> cards_of_cell("2 nos 89911024030004500550 and 89911024030004500568 on credit 15 days")
    '89911024030004500550、89911024030004500568'
    """
    cards = cards_among_words(text, may_describe=may_describe)
    if cards == text:
        # that they came back later is read of the remark by itself
        clauses = [clause for clause in _CLAUSES.split(text) if CARDS.search(clause) or not received_back(clause)]
        cards = cards_among_words("；".join(clauses), may_describe=may_describe)
    if cards != text or _ONE_OF_ANOTHER.search(CARDS.sub("#", text)):
        return cards
    return cards_of_goods(text, most_others=0) or text


def cards_of_goods(text: str, *, most_others: int = _OTHER_WORDS) -> str | None:
    """Return the card or the range that a description of goods names; ``None`` where it names none or says more.

    ``most_others``: maximum number of words of which nobody knows what they say.

    >>> cards_of_goods("Airtel M2M SIM 89911024030004500550")
    '89911024030004500550'
    >>> cards_of_goods("Data SIM 1GB/m, box of ten 8991102403000450051-8991102403000450060")
    '8991102403000450051-8991102403000450060'
    >>> cards_of_goods("Replacement for 89911024030004500550") is None
    True
    """
    found = [*CARDS.finditer(text)]
    if not found or not all(is_card(each[end]) for each in found for end in ("first", "last") if each[end]):
        return None
    if is_miscounted(text):
        return None
    words = [
        word
        for word in re.split(r"[\s,;:.()/&-]+", _in_digits(_TERMS.sub(" ", _ORDERED.sub(" ", CARDS.sub(" ", text)))))
        if not _OF_GOODS.fullmatch(word)
    ]
    if len(words) > most_others or any(DOUBTED.search(word) or act_of(word) is not None for word in words):
        return None
    return _written(found)


_IN_GROUPS: Final = late(r"(?<![0-9A-Za-z])89(?:[ -]?[0-9]){16,18}(?![0-9]|[ -][0-9])")
"""A number as it is printed on a card, in groups of digits."""
_MISWRITTEN: Final = late("(?<![0-9A-Za-z])89(?=[0-9]*[OoIl])[0-9OoIl]{16,18}(?![0-9A-Za-z])")
"""A number in which letters stand where digits do: O, I, l."""
_PRINTED_BEHIND: Final = late(r"(?<=[0-9]{18})[A-Z](?![0-9A-Za-z])")
"""A letter that is printed behind the number and is none of it."""
_OF_CARDS: Final = late(r"\b(?:[eu]?sims?|(?:sim )?cards?|iccid|lines?|chips?)\b", re.IGNORECASE)
_OF_PAPERS: Final = pattern_of("goods_cells", "of_papers", re.IGNORECASE)
"""Found in descriptions of articles on which a number may stand without its card."""


def cards_of_article(text: str) -> str | None:
    """Return the cards that the description of a seized article names; ``None`` where it names none or a paper.

    >>> cards_of_article("Loose SIM card Airtel, printed 8991 4521 0004 4170 770")
    '8991452100044170770'
    >>> cards_of_article("Notebook with SIM 8991452100044170770") is None
    True
    """
    written = _IN_GROUPS.sub(lambda number: re.sub("[ -]", "", number[0]), text)
    found = [*CARDS.finditer(_PRINTED_BEHIND.sub("", written))]
    if not found and _OF_CARDS.search(text) and not _OF_PAPERS.search(text):
        # a number in which a letter stands for a digit is told as what it is
        damaged = _MISWRITTEN.findall(written)
        return damaged[0] if len(damaged) == 1 else None
    if not found or not _OF_CARDS.search(text) or _OF_PAPERS.search(text):
        return None
    cards = [each[end] for each in found for end in ("first", "last") if each[end]]
    return _written(found) if all(map(is_card, cards)) else None


def _written(found: Sequence[re.Match[str]]) -> str:
    return "、".join(each["first"] if each["last"] is None else f"{each['first']}-{each['last']}" for each in found)


def part_goods(sheet: Sheet, *, is_of_seizures: bool = False) -> None:
    """Put the cards that descriptions of goods name into a column of their own, where no other column names cards."""
    rows = sheet.head_rows
    name = cards_of_article if is_of_seizures else cards_of_goods
    cards = {column for _, cells in rows for column, cell in enumerate(cells) if cell and is_card(cell)}
    for at, (row, cells) in enumerate(rows):
        for column, cell in enumerate(cells):
            if cell and cards <= {column} and _DESCRIPTIONS.fullmatch(normalize_heading(cell)):
                texts = [text for _, below in rows[at + 1 :] if (text := below[column])]
                named = [text for text in texts if name(text) is not None]
                if named and len(named) >= _MOST * sum(CARDS.search(text) is not None for text in texts):
                    _part(sheet, row, column, name)
                    return


def _part(sheet: Sheet, header: int, column: int, name: Callable[[str], str | None]) -> None:
    headings = dict(sheet.head_rows)[header]
    title = f"{headings[column]} (ICCID)"
    # where the cards of an item stand in lines below it, what it counts are these
    lines = [
        cells
        for row, cells in sheet.head_rows
        if row > header and [at for at, cell in enumerate(cells) if cell] == [column]
    ]
    is_above = any(name(cells[column] or "") for cells in lines)
    counts = {
        at for at, cell in enumerate(headings) if cell and field_of_heading(normalize_heading(cell)) == "quantity"
    }

    def with_card(row: int, cells: Sequence[str | None]) -> list[str | None]:
        text = cells[column]
        cards = name(text) if text and row > header else None
        if is_above and row > header and cards is None:
            cells = [None if at in counts else cell for at, cell in enumerate(cells)]
        return [*cells, title if row == header else cards]

    sheet.make({"iccid": sheet.width}, header, with_card)


_NUMBERED: Final = late(r"(?P<base>[^0-9]{2,}?)[\s_.#-]*(?P<number>[1-9])(?![0-9]).*", re.DOTALL)
_FEWEST: Final = 2
_ROWS_OF_HEADINGS: Final = 12
"""Rows among which headings are looked for."""


def join_numbered(sheet: Sheet) -> None:
    """Put the cards of numbered columns (SIM 1, SIM 2), or of columns below one heading, into the first of these.

    Two columns that are filled in every row may be the ends of ranges.
    """
    for at, (row, cells) in enumerate(sheet.head_rows[:_ROWS_OF_HEADINGS]):
        groups: dict[str, list[int]] = {}
        for column, cell in enumerate(cells):
            if cell and len(cell) <= LONGEST_HEADING and (found := _NUMBERED.fullmatch(cell)) is not None:
                groups.setdefault(normalize_heading(found["base"]), []).append(column)
        if len(own := [column for column, cell in enumerate(cells) if cell and _is_of_cards(cell)]) == 1:
            # further cards stand beside those of the only heading
            below = [each for _, each in sheet.head_rows[at + 1 :] if _card_alone(each[own[0]]) is not None]
            groups["\n"] = [*own, *(at for at, cell in enumerate(cells) if not cell and _are_cards(below, at))]
        for columns in groups.values():
            rows = [[below[column] for column in columns] for _, below in sheet.head_rows[at + 1 :]]
            named = [sum(_card_alone(text) is not None for text in each) for each in rows]
            filled = sum(any(each) for each in rows)
            is_open = len(columns) > _FEWEST or any(count == 1 for count in named) or _overlap(rows)
            if len(columns) >= _FEWEST and is_open and max(named, default=0) > 1 and 2 * sum(map(bool, named)) > filled:
                sheet.make({}, row, partial(_joined, row, columns, f"{cells[columns[0]]}-{columns[-1]}"))
                return


def _overlap(pairs: Sequence[Sequence[str | None]]) -> bool:
    """Whether pairs of cards are the ends of no ranges: some would hold cards of others."""
    ends = sorted((each[0] or "", each[1] or "") for each in pairs if all(map(_card_alone, each)))
    return any(after[0] <= before[1] for before, after in pairwise(ends))


def _is_of_cards(heading: str) -> bool:
    return len(heading) <= LONGEST_HEADING and field_of_heading(normalize_heading(heading)) == "iccid"


def _are_cards(rows: Sequence[Sequence[str | None]], column: int) -> bool:
    texts = [text for cells in rows if (text := cells[column])]
    return bool(texts) and all(_card_alone(text) is not None for text in texts)


def _card_alone(text: str | None) -> str | None:
    """Return the card that a cell names, and nothing besides."""
    card = cards_among_words(text) if text else None
    return card if card is not None and is_card(card) else None


def _joined(header: int, columns: Sequence[int], title: str, row: int, cells: Sequence[str | None]) -> list[str | None]:
    cards = [card for column in columns if (card := _card_alone(cells[column])) is not None]
    if row <= header or len(cards) < _FEWEST:
        return [*cells, title if row == header else None]
    rest = [None if at in columns and _card_alone(cell) is not None else cell for at, cell in enumerate(cells)]
    rest[columns[0]] = "、".join(cards)
    return [*rest, None]


_HEADING: Final = pattern_of("other_goods", "heading")
_WITHOUT: Final = pattern_of("other_goods", "without", re.IGNORECASE)
_OF_SIM: Final = "(?:e?sim|uim|usim|nano|micro|流量|物联网?|手机|电话|上网|数据|[345]g)*"
_ACCESSORIES: Final = late(
    rf"{_OF_SIM}卡(?:还原)?卡?(?:[套托针槽座贴盒包袋板册夹扣模]|转接|适配|延长|收纳|保护)|{_OF_SIM}卡?(?:[读取刷打写开剪拔制]卡[器机针钳头]?)|还原",
    re.IGNORECASE,
)
"""Things for cards that are none themselves."""

_OTHER_CARDS: Final = pattern_of("other_goods", "other_cards", re.IGNORECASE)
_DEVICES: Final = pattern_of("other_goods", "devices", re.IGNORECASE)
_ENGLISH: Final = patterns_of("goods", "card", "thing", "without", "device")
_HINTS: Final = late("e?sim|iot|号段|流量|套餐|资费|[0-9]+[mg]b?", re.IGNORECASE)
"""Words of cards, beside no device."""


def goods_columns(headings: Sequence[str], columns: Iterable[int]) -> list[int]:
    """Return those of some columns whose heading names goods."""
    return [column for column in columns if _HEADING.fullmatch(without_remark(headings[column]))]


def names_cards(text: str) -> bool:
    """Whether the name of goods says that they are cards, whatever else they are for (M2M SIM, and not a data plan)."""
    return not are_other_goods(text) and ("卡" in text or _ENGLISH["card"].search(normalize("NFKC", text)) is not None)


@lru_cache(maxsize=1 << 12)
def are_other_goods(text: str) -> bool:
    """Whether goods are not said to be cards.

    Goods that are about a card are, be it one for a device; only other things by themselves are none.

    >>> [are_other_goods(goods) for goods in ("物联卡 30M", "SIM卡套", "4G网络摄像机", "联通30M定向", "POS机流量卡")]
    [False, True, True, False, False]
    >>> [are_other_goods(goods) for goods in ("M2M SIM", "4G router (no SIM)", "SIM ejector pin", "Tracker with SIM")]
    [False, True, True, False]
    """
    text = normalize("NFKC", text)
    for pattern in (_WITHOUT, _ENGLISH["without"], _ACCESSORIES, _ENGLISH["thing"], _OTHER_CARDS):
        text = pattern.sub(" ", text)
    if "卡" in text or _ENGLISH["card"].search(text):
        return False
    return any(pattern.search(text) for pattern in (_DEVICES, _ENGLISH["device"])) or _HINTS.search(text) is None
