"""Several cards or ranges in one cell, and ranges of which a sheet writes less than both ends.

What is understood, each a record of the same row:

- cards and ranges side by side, divided by 、 , ; or a new line, whole numbers also by / & + or "and";
- a range in one cell: ``A-B``, ``A~B``, ``A至B``, the last one abbreviated to its final characters;
- a first number and how many.

Nothing is guessed: a part that is neither a complete number nor a range stays as it is written and is rejected with
its row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from graphtrace.identifiers import (
    Iccid,
    InvalidRange,
    is_iot_number,
    join_key,
    normalize_number,
    parse_iccid,
    parse_msisdn,
    parse_range,
    split_key,
)
from graphtrace.identifiers.damage import illegible_interval
from graphtrace.identifiers.iccid import is_luhn_valid, luhn_digit
from graphtrace.identifiers.ranges import RUNNING_DIGITS
from graphtrace.ingest.sheet import INEXACT_MARK
from graphtrace.ingest.words import pattern_of
from graphtrace.patterns import late

CARD_AMONG_WORDS: Final = "89[0-9]{2}[0-9A-Fa-f]{13,15}[0-9A-Za-z]?"
"""What may be the number of a card in a text; whether it is one, :func:`is_card` tells."""

_NUMBER: Final = "89(?:[0-9]{17,18}|[0-9]{2}[0-9A-Fa-f]{15,16})"
CARD_PATTERN: Final = f"^{_NUMBER}$"
"""A cell that can hardly be anything but the number of a card."""

_NAMED: Final = late(f"(?<![0-9A-Za-z]){_NUMBER}(?![0-9A-Za-z])")
NAMES_CARD: Final = f"(?:^|[^0-9A-Za-z]){_NUMBER}(?:[^0-9A-Za-z]|$)"
"""Found in a cell that names a card, by itself, as the end of a range or among words."""
CARD_NAMED: Final = late(NAMES_CARD)

CUT: Final = r"(?:(?:…{1,2}|\.{2,6})\s?)?"
"""What may stand for the beginning of a number that is cut to its final digits."""

IN_GROUPS: Final = "89[0-9]{2,4}(?: [0-9]{2,6}){3,8}"
"""The number of a card in groups of digits, as it is printed on one; its check digit tells."""

_GROUPED: Final = late(f"(?<![0-9A-Za-z]){IN_GROUPS}(?![0-9A-Za-z])")

_DIVIDERS: Final = late(r"[、,，;；\r\n]+|(?<=[0-9A-Fa-f]{17})(?:\s*[/|&+]\s*|\s+and\s+|\s+)(?=89)")
_BETWEEN: Final = late(r"[-~～—–－至到]|to", re.IGNORECASE)
_MARKED_ENDS: Final = pattern_of("card_cells", "marked_ends", re.IGNORECASE)
"""Both ends of a range, each with a remark that says which one it is."""
_LONGEST_RANGE: Final = 64
"""Characters but blanks of a range with both ends: each divider of a longer text would cost the rest of it."""
_PHONE: Final = late(r"1[0-9]{10}|[0-9]{15}")
_SHORTEST_NUMBER, _LONGEST_NUMBER = 11, 64
_ENDING: Final = late("[0-9A-Fa-f]{1,17}")


class CardPart(NamedTuple):
    """One card (``last`` is ``None``) or one range, as texts to be read like cells of their own."""

    first: str
    last: str | None = None


def without_groups(text: str) -> str:
    """Return a text in which the numbers of cards that are written in groups of digits are written as one."""

    def joined(number: re.Match[str]) -> str:
        digits = number[0].replace(" ", "")
        return digits if is_luhn_valid(digits) else number[0]

    return _GROUPED.sub(joined, text)


def has_parts(text: str) -> bool:
    """Whether a cell may name more than one card: a quick look that lets every plain number through."""
    return _DIVIDERS.search(text) is not None or (_BETWEEN.search(text) is not None and not is_card(text))


def has_ranges_in(texts: Sequence[str]) -> bool:
    """Whether the cells of a column hold ranges, which are about no single card: at least half of them."""
    ranges = sum(any(part.last is not None for part in split_cards(text)) for text in texts if has_parts(text))
    return 0 < len(texts) <= 2 * ranges


def split_cards(text: str) -> list[CardPart]:
    r"""Return the cards and ranges of a cell, in their order.

    >>> split_cards("8986062699000000001(起)\n8986062699000000009(止)")
    [CardPart(first='8986062699000000001', last='8986062699000000009')]
    """
    if not text.isalnum():
        text = _MARKED_ENDS.sub(r"\g<first>-\g<last>", text)
    return [_part(part.strip()) for part in _DIVIDERS.split(text) if part.strip()]


def _part(text: str) -> CardPart:
    """Return a part as a range where it has two ends; as it is written else."""
    if len(text) > _LONGEST_RANGE and len("".join(text.split())) > _LONGEST_RANGE:
        return CardPart(text)
    if is_card(text):
        return CardPart(text)
    for divider in _BETWEEN.finditer(text):
        first, last = text[: divider.start()].strip(), text[divider.end() :].strip()
        if not is_card(first):
            continue
        if is_card(last):
            return CardPart(first, last)
        if (whole := complete_last(first, last)) is not None:
            return CardPart(first, whole)
    return CardPart(text)


def complete_last(first: str, ending: str) -> str | None:
    """Return the last number of a range that is abbreviated to its final characters: they replace as many of the first.

    >>> complete_last("89860626990000000015", "31")
    '89860626990000000031'
    """
    number, end = normalize_number(first), normalize_number(ending.lstrip("…. "))
    if not _ENDING.fullmatch(end) or len(end) >= len(number):
        return None
    whole = number[: -len(end)] + end.upper()
    return whole if is_card(whole) else None


def last_of(first: Iccid, quantity: int) -> str | None:
    """Return the last number of a range by its first and its size; ``None`` if it leaves the running part."""
    head, size, number = split_key(first.key)
    last = number + quantity - 1
    if quantity < 1 or last >= 10 ** (size - len(head)):
        return None
    key = join_key(head, size, last)
    return key if first.carrier or first.check_char is None else key + luhn_digit(key)


def may_end_in_check_digit(card: Iccid) -> bool:
    """Whether the key of a card ends in its right check digit, though numbers of its issuer need not have one in it."""
    return card.carrier is not None and card.check_char is None and card.key.isdecimal() and is_luhn_valid(card.key)


def farthest_of(first: Iccid, quantity: int) -> str | None:
    """Return the last number that a first one and a quantity may mean, whether check digits are counted or not."""
    if not may_end_in_check_digit(first) or quantity < 1:
        return last_of(first, quantity)
    head, size, number = split_key(first.key[:-1])
    last = number + quantity - 1
    if last >= 10 ** (size - len(head)):
        return None
    body = join_key(head, size, last)
    return body + luhn_digit(body)


MOST_BY_CHECK_DIGIT: Final = 10_000
"""Maximum number of cards that a range is read as one by one, where its numbers are not consecutive."""


def cards_by_check_digit(first: str, last: str, quantity: int) -> list[str]:
    """Return the cards of a range whose numbers end in check digits though those of its issuer need not.

    So do numbers of China Mobile, and old ones of 19 digits of other carriers.

    The row itself has to say so: both ends pass, and as many cards as it states lie between them without the digit but
    not with it. Else there are none.

    >>> cards_by_check_digit("89860412247000350017", "89860412247000350033", 3)
    ['89860412247000350017', '89860412247000350025', '89860412247000350033']
    >>> cards_by_check_digit("8986032475100000015", "8986032475100000031", 3)
    ['8986032475100000015', '8986032475100000023', '8986032475100000031']
    """
    ends = parse_iccid(first), parse_iccid(last)
    keys = [end.key for end in ends if end is not None and end.complete and may_end_in_check_digit(end)]
    if len(keys) != len(ends) or len({*map(len, keys)}) > 1 or not 1 < quantity <= MOST_BY_CHECK_DIGIT:
        return []
    low, high = (int(key[:-1]) for key in keys)
    if high - low + 1 != quantity or keys[0][:-RUNNING_DIGITS] != keys[1][:-RUNNING_DIGITS]:
        return []
    return [f"{body}{luhn_digit(str(body))}" for body in range(low, high + 1)]


_ISSUER: Final = 6
"""Digits by which numbers of cards begin that are of one issuer."""
_FEWEST_LONGER: Final = 3


def lacking_a_digit(texts: Sequence[str]) -> frozenset[str]:
    """Return the numbers among those of a list that end without the check digit which all others of their issuer have.

    >>> whole = ["8991100240104573111", "8991100240104573129", "8991100240104573137"]
    >>> lacking_a_digit([*whole, "899110024104573228"]), lacking_a_digit(["899110024104573228"])
    (frozenset({'899110024104573228'}), frozenset())
    """
    ends = {end for text in texts for part in split_cards(text) for end in (part.first, part.last) if end}
    cards = [card for end in ends if (card := parse_iccid(end)) and card.complete and not card.carrier]
    short = set[str]()
    for card in cards:
        others = [other for other in cards if other.text[:_ISSUER] == card.text[:_ISSUER] and other != card]
        is_whole = all(other.check_char and len(other.text) == len(card.text) + 1 for other in others)
        if card.check_char is None and len(others) >= _FEWEST_LONGER and is_whole:
            short.add(card.text)
    return frozenset(short)


def cards_in(parts: list[CardPart]) -> int | None:
    """Count the cards that the parts name; ``None`` if one cannot be read."""
    total = 0
    for first, last in parts:
        one, other = parse_iccid(first), parse_iccid(last) if last is not None else None
        if one is None or not one.complete:
            return None
        if last is None:
            total += 1
            continue
        if other is None:
            return None
        try:
            total += len(parse_range(one, other))
        except InvalidRange:
            return None
    return total


def is_card(text: str) -> bool:
    """Whether a text is one complete card number."""
    card = parse_iccid(text)
    return card is not None and card.complete


def is_number(text: str) -> bool:
    """Whether a cell is a card, a range or a telephone number, as headings are not."""
    bare = text.removeprefix(INEXACT_MARK)
    if len(bare) < _SHORTEST_NUMBER or len(bare) > _LONGEST_NUMBER or not any(map(str.isdigit, bare)):
        return False
    if _PHONE.fullmatch(bare) or is_card(bare):
        return True
    return parse_msisdn(bare) is not None or any(part.last is not None for part in split_cards(bare))


def cards_named(text: str) -> list[tuple[Iccid, Iccid | None]]:
    """Return the complete cards that a sentence names, with the last one where it names a range.

    >>> [card.text for card, _ in cards_named("SIM 8991452602001001138 and 8991452602001001146 held back")]
    ['8991452602001001138', '8991452602001001146']
    """
    named: list[tuple[Iccid, Iccid | None]] = []
    end = 0
    for number in _NAMED.finditer(text):
        card = parse_iccid(number[0])
        if card is None or not card.complete:
            continue
        if named and named[-1][1] is None and _BETWEEN.fullmatch(text[end : number.start()].strip()):
            named[-1] = named[-1][0], card
        else:
            named.append((card, None))
        end = number.end()
    return named


_CARD: Final = late(rf"(?<![0-9A-Za-z]){CARD_AMONG_WORDS}(?![0-9A-Za-z])")
_CARDS: Final = late(
    rf"(?P<first>{_CARD.pattern})(?:\s*(?:[-~～—–－至到]|to)\s*{CUT}(?P<last>[0-9A-Fa-f]{{2,20}})(?![0-9A-Za-z]))?"
)
"""A card, or a range whose last number may be abbreviated."""

_SENT: Final = pattern_of("card_cells", "sent", re.IGNORECASE)
"""What a text says beside numbers of cards that were sent, and no more; nothing in it is tried twice."""
_NONE: Final = late(r"\bno\s+[a-z]", re.IGNORECASE)
_SAID_BY: Final = late("^(?:卖家|商家|店家|店铺|客服)(?:备注|留言)?[:：]")
_MARKS: Final = late(r"[\s,，、;；:：.。()（）【】\[\]/+=_#*@-]+")


def cards_among_words(text: str, *, may_describe: bool = False) -> str | None:
    """Return the cards and ranges of a text, divided by 、; the text where it says something else of them.

    ``may_describe`` says that whatever words stand beside the numbers say nothing against them.

    ``None`` where it names none, not even by the end of a number, or with digits that cannot be read.

    >>> [cards_among_words(text) for text in ("卡号89860626990000000015 2张", "已退89860626990000000015", "发顺丰")]
    ['89860626990000000015', '已退89860626990000000015', None]
    >>> [cards_among_words(f"{said}89860626990000000015（退的那张）") for said in ("发", "")]
    ['89860626990000000015', '89860626990000000015（退的那张）']
    >>> [cards_among_words(f"ICCID：{text}") for text in ("8986 0626 9900 0000 0015", "898606269900000OOO15")]
    ['89860626990000000015', 'ICCID：898606269900000OOO15']
    >>> [cards_among_words(f"{said} 89860626990000000015") for said in ("SIMs sent:", "no SIM sent")]
    ['89860626990000000015', 'no SIM sent 89860626990000000015']
    """
    text = _SPACED.sub(_without_blanks, text)
    found = [number for number in _CARD.findall(text) if (card := parse_iccid(number)) and card.complete]
    written = [(each["first"], each["last"]) for each in _CARDS.finditer(text) if each["first"] in found]
    parts = [first if last is None else _range(first, last) for first, last in written]
    if None in parts:
        return text
    named = dict.fromkeys(part for part in parts if part is not None)
    if not found:
        is_told = _ENDS_SO.search(text) or _MISWRITTEN.search(text) or illegible_interval(text)
        return text if is_told else None
    is_whole = may_describe and not any(pattern.search(_CARDS.sub("", text)) for pattern in (_ENDS_SO, _LIKE_CARD))
    return "、".join(named) if is_whole or says_no_more(text, _CARDS) else text


_LIKE_CARD: Final = late("89[0-9A-Za-z*]{8}")
"""Found in what else may be the number of a card, of which something is missing."""
_SPACED: Final = late("(?<![0-9A-Za-z])89[0-9]{2}(?: [0-9]{3,5}){3,4}(?: [0-9]{1,4})?(?![0-9A-Za-z ])")
"""A number that is written in groups of digits."""
_MISWRITTEN: Final = late("(?<![0-9A-Za-z])89(?=[0-9]*[OoIl])[0-9OoIl]{17,18}(?![0-9A-Za-z])")
"""A number with letters that look like digits: which digits stand there nobody has written."""


def _without_blanks(spaced: re.Match[str]) -> str:
    """Return the number without blanks where it is a whole one whose check digit is right."""
    card = parse_iccid(number := spaced[0].replace(" ", ""))
    return number if card is not None and card.complete and card.checksum != "bad" else spaced[0]


_ENDS_SO: Final = late(r"(?:尾号|[后末尾][0-9一二三四五六七八]位)\D{0,4}[0-9]{3}")
"""Found in texts that name a card by the end of its number."""


def _range(first: str, ending: str) -> str | None:
    """Return a range with both ends in full; ``None`` where what stands behind the first number ends none."""
    last = ending if is_card(ending) else complete_last(first, ending)
    return None if last is None or cards_in([CardPart(first, last)]) is None else f"{first}-{last}"


def says_no_more(text: str, numbers: re.Pattern[str]) -> bool:
    """Whether a text is nothing but numbers, what they are, how many, and by whom they were sent."""
    bare = _SAID_BY.sub("", numbers.sub("", _SENT_AGAIN.sub(r"\1", text)))
    return _NONE.search(text) is None and _SENT.fullmatch(_MARKS.sub("", bare)) is not None


_SENT_AGAIN: Final = late(
    rf"((?:发[货出]?|寄出?)了?[\s:：]*{_CARD.pattern})\s*[(（](?:之前|此前|先前|上次|客户|买家)*"
    "退(?:回来?|货)?(?:的(?:[这那]?一?[张个件片]卡?|卡片?)|[的件])(?:[\\s,，;；、]*(?:测试|检测|卡)?(?:正常|完好))*[)）]",
    re.IGNORECASE,
)
"""A card that was sent, with brackets that say that it is one that had come back before."""
_IOT: Final = late("(?<![0-9A-Za-z])1[0-9]{12}(?![0-9A-Za-z])")


def subscriber_numbers_among_words(text: str) -> str | None:
    """Return the subscriber numbers in a text that only cards have, divided by 、, as :func:`cards_among_words` does.

    >>> [subscriber_numbers_among_words(text) for text in ("卡面磨损，号码1482508143307", "原号码1482508143307", "无")]
    ['1482508143307', '原号码1482508143307', None]
    """
    found = dict.fromkeys(number for number in _IOT.findall(text) if is_iot_number(number))
    return ("、".join(found) or None) if says_no_more(text, _IOT) or not found else text
