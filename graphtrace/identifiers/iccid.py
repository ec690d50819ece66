"""ICCID, the number of a card: its issuer, its key and its check digit.

Invariant: two writings name the same card exactly when their keys are equal. For Unicom, Telecom and Broadnet the key
has 19 decimal digits and the 20th character is a Luhn digit that may be absent, present or replaced by a letter that
is printed on the card only. For China Mobile all 20 characters are data and hexadecimal letters are usual. Of other
issuers' decimal numbers of 19 or 20 the last digit is left out of the key where it is the right Luhn digit.

Issuers: ITU-T E.118 register. Layouts: samples of real numbers, therefore hints.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Literal

from graphtrace.frozen import frozen
from graphtrace.identifiers.normalize import CHINA_MOBILE_ISSUERS, normalize_number
from graphtrace.model import Carrier, Hint
from graphtrace.patterns import late

_PLAIN: Final = {digit: int(digit) for digit in "0123456789"}
_DOUBLED: Final = {digit: sum(divmod(2 * value, 10)) for digit, value in _PLAIN.items()}


def luhn_digit(body: str) -> str:
    """Return the check digit of ``body``, a text of decimal digits."""
    doubled = sum([_DOUBLED[digit] for digit in body[::-2]])
    plain = sum([_PLAIN[digit] for digit in body[-2::-2]])
    return str(-(doubled + plain) % 10)


def is_luhn_valid(number: str) -> bool:
    """Whether the last of the decimal digits of ``number`` is the check digit of all others."""
    return luhn_digit(number[:-1]) == number[-1]


Checksum = Literal["ok", "bad", "n/a"]

MIN_KNOWN: Final = 8
"""Minimum number of known characters for a search."""

CHINESE: Final = "8986"
"""Beginning of the numbers of Chinese cards, whose records state Chinese time."""

BODY_SIZE: Final = 19
"""Length of a key whose 20th character is a check digit."""

FULL_SIZE: Final = 20
"""Length of the longest number."""

SHORTEST_SIZE: Final = 18
"""Length of the shortest complete number of an issuer that is not one of the four."""

_ISSUERS: Final[dict[str, Carrier]] = {
    **dict.fromkeys(CHINA_MOBILE_ISSUERS, "china-mobile"),
    **dict.fromkeys(("898601", "898606", "898609"), "china-unicom"),
    **dict.fromkeys(("898603", "898611"), "china-telecom"),
    "898615": "china-broadnet",
}
_WITH_CHECK_DIGIT: Final = frozenset({"china-unicom", "china-telecom", "china-broadnet"})

_HEXADECIMAL: Final = late("[0-9A-F]{8,20}")
_DECIMAL_BODY: Final = late("[0-9]{8,19}|[0-9]{19}[0-9A-Z]")
_DECIMAL_NUMBER: Final = late("[0-9]{19,20}")

_NEWEST_YEAR: Final = 2040
_PROVINCES: Final = (
    *("北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江", "安徽", "福建"),
    *("江西", "山东", "河南", "湖北", "湖南", "广东", "广西", "海南", "四川", "贵州", "云南", "西藏", "陕西"),
    *("甘肃", "青海", "宁夏", "新疆", "重庆"),
)
_VENDORS: Final = {
    "0": "Axalto",
    "1": "Gemplus",
    "2": "武汉天喻",
    "3": "江西捷德",
    "4": "东信和平",
    "5": "大唐",
    "6": "航天九洲通",
    "7": "握奇",
    "8": "东方英卡",
    "9": "华虹",
    "A": "柯斯",
    "B": "航天智通",
}
_MOBILE_LAYOUT: Final = late(
    "8986..[0-9A-F?]{2}(?P<province>[0-9]{2})(?P<year>[0-9]{2})(?P<vendor>[0-9A-F?]?)[0-9A-F?*]*"
)
_OTHER_LAYOUT: Final = late("8986..(?P<year>[0-9]{2}).*")


@frozen(kw_only=False)
class Iccid:
    """A card's number in one writing, complete or only its beginning.

    ``text`` is the normalised writing, ``key`` what makes two writings the same card (of an incomplete number: what is
    there). ``check_char`` is the character behind the key, or ``None`` where none was written. Built by
    :func:`parse_iccid`.
    """

    text: str
    carrier: Carrier | None
    key: str
    complete: bool
    check_char: str | None

    @property
    def checksum(self) -> Checksum:
        """``ok``, ``bad`` or ``n/a``; never a ground to refuse a card."""
        return checksum_status(self.text)

    @property
    def hints(self) -> tuple[Hint, ...]:
        """Return the hints of the layout: the year, and for China Mobile the province of the card stock and vendor."""
        return derive_hints(self.text)


def carrier_from_iccid(text: str) -> Carrier | None:
    """Return the operator whose issuer number is the beginning of ``text``, a normalised number or its beginning."""
    return _ISSUERS.get(text[:6])


def has_check_digit(text: str) -> bool:
    """Whether the 20th character of numbers that begin so is a check digit and no part of the key."""
    return _ISSUERS.get(text[:6]) in _WITH_CHECK_DIGIT


def parse_iccid(text: str) -> Iccid | None:
    """Read ``text`` as a card's number.

    ``text``: any writing; it is normalised here.

    Returns ``None`` when it is no ICCID: not beginning with 89, less than 8 or more than 20 characters, or characters
    that the issuer does not use. ``complete`` is false for the beginning of a number: less than 19 characters of
    Unicom, Telecom and Broadnet, less than 20 of China Mobile, less than 18 of anybody else.
    """
    number = normalize_number(text)
    if not number.startswith("89"):
        return None
    carrier = _ISSUERS.get(number[:6])
    size = len(number)
    if carrier in _WITH_CHECK_DIGIT:
        if not _DECIMAL_BODY.fullmatch(number):
            return None
        return Iccid(number, carrier, number[:BODY_SIZE], size >= BODY_SIZE, number[BODY_SIZE:] or None)
    if not _HEXADECIMAL.fullmatch(number):
        return None
    if carrier is None and _DECIMAL_NUMBER.fullmatch(number) and is_luhn_valid(number):
        return Iccid(number, None, number[:-1], True, number[-1])
    return Iccid(number, carrier, number, size >= (FULL_SIZE if carrier else SHORTEST_SIZE), None)


def with_check_digit_in_key(card: Iccid) -> Iccid:
    """Return a card of an issuer abroad with its whole number as key, as in a range whose ends have no check digits."""
    return card if card.carrier or card.check_char is None else Iccid(card.text, None, card.text, card.complete, None)


def range_key_abroad(key: str) -> str | None:
    """Return the number with its check digit of a card abroad, as ranges may count it; ``None`` for other cards."""
    if carrier_from_iccid(key) or not key.isdecimal() or not SHORTEST_SIZE <= len(key) < FULL_SIZE:
        return None
    return key + luhn_digit(key)


def with_check_digit(key: str) -> str:
    """Return the number to show for a card that only ranges name: the key, with a Luhn digit if the issuer uses one."""
    return key + luhn_digit(key) if has_check_digit(key) else key


def checksum_status(number: str) -> Checksum:
    """Judge the check digit of a normalised number.

    ``n/a`` for China Mobile, whose last character is ordinary data, for numbers of issuers with a check digit that are
    written without it or with a letter in its place, and for everything but 19 or 20 decimal digits.
    """
    carrier = _ISSUERS.get(number[:6])
    if carrier == "china-mobile" or not _DECIMAL_NUMBER.fullmatch(number):
        return "n/a"
    if carrier in _WITH_CHECK_DIGIT and len(number) == BODY_SIZE:
        return "n/a"
    return "ok" if is_luhn_valid(number) else "bad"


def derive_hints(number: str) -> tuple[Hint, ...]:
    """Return the hints in the layout of a normalised number, of its beginning, or of a pattern of it.

    China Mobile writes ``8986nn M F SS YY G XXXXXX P``: province of the card stock (not of the user), year, vendor.
    Of Unicom and Telecom only the year can be trusted. A number that does not fit the layout suggests nothing.
    """
    carrier = _ISSUERS.get(number[:6])
    if carrier == "china-mobile":
        fit = _MOBILE_LAYOUT.fullmatch(number)
        return _mobile_hints(fit["province"], fit["year"], fit["vendor"]) if fit else ()
    if carrier in ("china-unicom", "china-telecom"):
        fit = _OTHER_LAYOUT.fullmatch(number)
        return _other_hints(fit["year"]) if fit else ()
    return ()


@lru_cache(maxsize=4096)
def _mobile_hints(province: str, year: str, vendor: str) -> tuple[Hint, ...]:
    known = _year(year)
    if known is None or not 1 <= int(province) <= len(_PROVINCES):
        return ()
    return _hints(year=known, province=_PROVINCES[int(province) - 1], vendor=_VENDORS.get(vendor))


@lru_cache(maxsize=128)
def _other_hints(year: str) -> tuple[Hint, ...]:
    return _hints(year=_year(year))


def _hints(**values: str | None) -> tuple[Hint, ...]:
    return tuple(Hint(attribute=what, value=value, confidence="medium") for what, value in values.items() if value)


def _year(digits: str) -> str | None:
    year = 2000 + int(digits)
    return str(year) if year <= _NEWEST_YEAR else None


def ends_in_check_digit(key: str) -> bool:
    """Whether the key of a card ends in a right check digit, as that of each card of a range that counts by them."""
    return key.isdecimal() and is_luhn_valid(key)


def display_ends(first: str, last: str) -> tuple[str, str]:
    """Return the ends of a range as they are shown; that of one card alone may be counted by check digits.

    >>> display_ends("8986032475100000015", "8986032475100000015")
    ('8986032475100000015', '8986032475100000015')
    """
    if first == last and ends_in_check_digit(first):
        return first, last
    return with_check_digit(first), with_check_digit(last)


def display_iccid(key: str, check_chars: Iterable[str]) -> str:
    """Return the number to show: 20 characters before 19, then a right checksum, then the smallest (SPEC 2).

    ``check_chars`` are the characters behind the key as written, ``""`` for none; empty where only ranges hold the
    card.
    """
    writings = [key + check_char for check_char in check_chars]
    if len(writings) < 2:
        return writings[0] if writings else with_check_digit(key)
    return min(writings, key=lambda text: (-len(text), checksum_status(text) != "ok", text))
