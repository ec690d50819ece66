"""Luhn check digits of columns of numbers; :mod:`graphtrace.identifiers.iccid` has that of a single number."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]

GROUP: Final = 10_000
"""Number of values of a group of four digits, which are looked up at once."""

_GROUPS: Final = 5
"""Number of groups of the longest number that fits in 64 bits."""


def _sums_of_groups() -> Numbers:
    numbers = np.arange(GROUP)
    places = [numbers // 10**place % 10 for place in range(4)]
    doubled = [2 * digits - 9 * (digits > 4) for digits in places[::2]]
    sums: Numbers = sum((*doubled, *places[1::2]), start=np.zeros(GROUP, np.int64))
    return sums


LUHN_SUMS: Final = _sums_of_groups()
"""Luhn sums of groups of four digits before the check digit; every second digit from the right is doubled.

A group further left counts alike, as four is even.
"""


def luhn_digits(bodies: Numbers) -> Numbers:
    """Return the check digit of each of ``bodies``; an arbitrary digit for a number below 0."""
    rest, total = bodies, np.zeros(len(bodies), np.int64)
    for _ in range(_GROUPS):
        total, rest = total + LUHN_SUMS[rest % GROUP], rest // GROUP
    digits: Numbers = -total % 10
    return digits
