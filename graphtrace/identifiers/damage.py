"""Numbers damaged by a spreadsheet or a floating-point conversion, and the intervals of their true values.

A spreadsheet keeps 15 significant digits: of a longer number the rest becomes zeros, or it is shown as ``8.98606E+19``.
Whether a zeroed number really was spoilt depends on its check digit, its column or its range: the rules are
:func:`fails_check_digit`, :func:`is_damaged_column` and :func:`is_damaged_range`. They are for files; what a person
types is never judged by them. Text in scientific notation is damaged wherever it stands.
"""

from __future__ import annotations

import math
import re
from itertools import product
from typing import Final, Self
from unicodedata import normalize

from graphtrace.identifiers.iccid import FULL_SIZE, carrier_from_iccid, checksum_status
from graphtrace.identifiers.normalize import strip_noise, strip_noise_keep_dashes
from graphtrace.patterns import late

KEPT_DIGITS: Final = 15
"""Number of significant digits that a spreadsheet keeps."""

_SUSPECT: Final = late("[0-9]{15}(?:0{4}|0{5})")
# A hexadecimal card number such as 898607E0102250030751 has neither a point nor a sign.
_SCIENTIFIC: Final = late(r"[0-9]+\.[0-9]*E[+-]?[0-9]{1,3}|[0-9]+E\+[0-9]{1,3}|[0-9]{1,3}E-[0-9]{1,3}")
_POWER: Final = late(r"([0-9]+)(?:\.([0-9]*))?E\+?([0-9]{1,3})")
_WHOLE: Final = late(r"([0-9]+)(?:\.0*)?")
_MAX_DIGITS: Final = 30


class DamagedNumber(str):
    """A number that a file has damaged: its text as found, and the interval that its true value lies in.

    It names no card, however much it may look like a number.
    """

    __slots__ = ("interval",)

    interval: tuple[str, str]

    def __new__(cls, text: str, interval: tuple[str, str]) -> Self:
        number = super().__new__(cls, text)
        number.interval = interval
        return number


def is_scientific(text: str) -> bool:
    """Whether ``text``, as it stood in the file, is a number in scientific notation."""
    return _SCIENTIFIC.fullmatch(strip_noise_keep_dashes(text)) is not None


def has_zeroed_tail(number: str) -> bool:
    """Whether a normalised number of 19 or 20 decimal digits ends in the zeros that a spreadsheet leaves."""
    return _SUSPECT.fullmatch(number) is not None


def fails_check_digit(number: str) -> bool:
    """Rule (a): a suspect of 20 digits whose Unicom or Telecom check digit is wrong."""
    return (
        len(number) == FULL_SIZE
        and has_zeroed_tail(number)
        and carrier_from_iccid(number) in ("china-unicom", "china-telecom")
        and checksum_status(number) == "bad"
    )


def is_damaged_column(suspects: int, filled: int) -> bool:
    """Rule (b): at least two, and more than a tenth, of the filled cells of a column of listed cards are suspects."""
    return suspects >= 2 and 10 * suspects > filled


def is_damaged_range(first: str, last: str) -> bool:
    """Rule (c): both ends, as normalised numbers, are suspect."""
    return has_zeroed_tail(first) and has_zeroed_tail(last)


_ILLEGIBLE: Final = late(r"(?<![0-9A-Za-z])(?=[0-9]{4})(?=(?:[*×□○?]*[0-9]){8})89[0-9*×□○?]{17,18}(?![0-9A-Za-z*×□○?])")
_SIGNS: Final = late("[*×□○?]")


def illegible_interval(text: str) -> tuple[str, str] | None:
    """Return the least and the greatest number of a card of which some digits cannot be read, by the signs for these.

    ``None`` where a text names none, or several.

    >>> illegible_interval("卡号898606254001003**030")
    ('89860625400100300030', '89860625400100399030')
    """
    found = [number for number in _ILLEGIBLE.findall(normalize("NFKC", text)) if _SIGNS.search(number)]
    return (_SIGNS.sub("0", found[0]), _SIGNS.sub("9", found[0])) if len(found) == 1 else None


_LOOKS_LIKE: Final = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1"})
_UNKNOWN: Final = late("[*×□○?Xx_某#]")
_PARTLY_KNOWN: Final = late("(?=[0-9]{4})89[0-9*×□○?Xx_某#]{17,18}")
_MOST_UNKNOWN: Final = 3
"""Digits of a card's number that cannot be read while the numbers that it may be are still told one by one."""


def numbers_that_fit(text: str) -> list[str]:
    """Return the numbers of cards that a cell may mean of which some digits cannot be read, or are letters like digits.

    A number with its check digit is among them only where that is right.

    >>> numbers_that_fit("898606253002102001?3"), numbers_that_fit("8986O625300210200123")
    (['89860625300210200143'], [])
    """
    written = re.sub(r"[\s-]", "", normalize("NFKC", text))
    bare = written.translate(_LOOKS_LIKE)
    signs = len(_UNKNOWN.findall(bare))
    if signs > _MOST_UNKNOWN or not _PARTLY_KNOWN.fullmatch(bare) or (bare == written and not signs):
        return []
    parts = _UNKNOWN.split(bare)
    every = [zip(parts, (*digits, ""), strict=True) for digits in product("0123456789", repeat=signs)]
    return [number for pairs in every if checksum_status(number := "".join(map("".join, pairs))) != "bad"]


def damage_interval(text: str) -> tuple[str, str] | None:
    """Return the least and the greatest number that could have been written as ``text``, a damaged number.

    Parameters
    ----------
    text
        A zeroed number; scientific notation as a spreadsheet shows it; or what was stored in a cell or a JSON value
        that could not hold its number, in digits or in scientific notation.

    Returns
    -------
    tuple of str, or None
        Both ends included, in decimal digits and of one length; ``None`` where no whole number could have been
        written so.

    Notes
    -----
    - A zeroed number had any digits in place of the zeros after the 15th: spreadsheets cut, they do not round.
    - Less than 15 digits in scientific notation are a display, rounded (half up) at the last digit shown.
    - 15 digits may have been cut or rounded; the interval holds both.
    - More digits are those of an IEEE 754 double; the interval holds all whole numbers that this double is the nearest
      to, and where it is the nearest to a number of 15 digits also all that a spreadsheet would have cut to that.
    """
    if power := _POWER.fullmatch(strip_noise_keep_dashes(text)):
        fraction = power[2] or ""
        return _interval_of_power((power[1] + fraction).lstrip("0"), int(power[3]) - len(fraction))
    whole = _WHOLE.fullmatch(strip_noise(text))
    return _interval_of_digits(whole[1]) if whole else None


def _interval_of_power(digits: str, power: int) -> tuple[str, str] | None:
    """Return the bounds of a number shown or stored as ``digits``, without leading zeros, times ten to ``power``."""
    shown = len(digits)
    if power < 0:
        if digits[power:].strip("0"):
            return None
        digits, power = digits[:power], 0
    if not digits or len(digits) + power > _MAX_DIGITS:
        return None
    number, step = int(digits) * 10**power, 10**power
    least, greatest = number - step // 2, number + max(step // 2 - 1, 0)
    if shown == KEPT_DIGITS:
        greatest = number + step - 1
    elif shown > KEPT_DIGITS:
        nearest_least, nearest_greatest = _sharing_a_double(number)
        least, greatest = min(least, nearest_least), max(greatest, nearest_greatest)
    size = len(str(number))
    return str(max(least, 10 ** (size - 1))), str(min(greatest, 10**size - 1))


def _interval_of_digits(digits: str) -> tuple[str, str] | None:
    """Return the bounds of a number that a spreadsheet or a double left as these digits."""
    kept, rest = digits[:KEPT_DIGITS], digits[KEPT_DIGITS:]
    if not rest or len(digits) > _MAX_DIGITS:
        return None
    if not rest.strip("0"):
        return kept + "0" * len(rest), kept + "9" * len(rest)
    number = int(digits)
    if number <= 2**53:
        return None
    shortest = repr(float(number)).upper()
    mantissa, _, _ = shortest.partition("E")
    if int(float(number)) == number and len(mantissa) <= KEPT_DIGITS + 1:
        return damage_interval(shortest)
    least, greatest = _sharing_a_double(number)
    return str(least), str(greatest)


def _sharing_a_double(number: int) -> tuple[int, int]:
    """Return the bounds of the whole numbers whose nearest double is that of ``number``."""
    nearest = float(number)
    below, above = int(math.nextafter(nearest, 0)), int(math.nextafter(nearest, math.inf))
    least, greatest = (below + int(nearest) + 1) // 2, (int(nearest) + above) // 2
    # A number half-way between two doubles goes to the even one.
    return least + (float(least) != nearest), greatest - (float(greatest) != nearest)
