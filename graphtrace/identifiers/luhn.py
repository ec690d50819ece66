"""The Luhn check digit (ISO/IEC 7812-1, annex B) of cards and devices."""

from __future__ import annotations

from typing import Final

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
