"""Card numbers, devices and subscriber numbers by slot and offset.

A *slot* is a place for one lot or block on the number line: at most :data:`SLOT_SIZE` cards, a hundred free numbers
before the next one, and none of them ends in four zeros. Slots are numbered from 0 through all carriers. Issuers are
real (ITU-T E.118 register), the series below them invented; the layouts of China Mobile's numbers and of subscriber
numbers are those of :mod:`graphtrace.identifiers`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from graphtrace.identifiers.iccid import luhn_digit
from graphtrace.identifiers.luhn_columns import GROUP, LUHN_SUMS, luhn_digits
from graphtrace.model import CARRIERS

if TYPE_CHECKING:
    import numpy.typing as npt

    Indices = npt.NDArray[np.int64]

SLOT_SIZE: Final = 1_000
_STRIDE: Final = 1_100
_WINDOW: Final = 10_000
_FIRST: Final = 50
_SLOTS_A_WINDOW: Final = 9
_SLOTS_A_SERIES: Final = 9_000
_LEADS: Final = 1_000
"""Of the seven running digits the first three count up to this, the last four up to the window."""

MOBILE: Final = 0
_PATTERN: Final = np.array([0, 1, 0, 2, 0, 1, 0, 1, 0, 2, 0, 1, 0, 2, 0, 1, 0, 2, 1, 3])
"""Carrier of each of twenty slots in a row, as a place in ``CARRIERS``."""

_SHARES: Final = np.bincount(_PATTERN)
_RANKS: Final = np.array([int((_PATTERN[:place] == carrier).sum()) for place, carrier in enumerate(_PATTERN)])

_SUBSCRIBERS: Final = np.array([1440 * 10**9, 1400 * 10**9, 1410 * 10**9, 192 * 10**8])
_SIMS: Final = np.array([46004, 46006, 46011, 46015]) * 10**10
_MAKERS: Final = np.array([86, 35]) * 10**12
_MODEL_SIZE: Final = 10**6
_SCRAMBLE: Final = 7_919
"""Coprime to ten: its multiples meet every number below a power of ten once."""


_DIGITS: Final = pl.Series([*"0123456789", ""])
_NO_DIGIT: Final = 10


def carrier_of_slots(slots: Indices) -> Indices:
    """Return the carrier of each slot, as a place in ``CARRIERS``."""
    carriers: Indices = _PATTERN[slots % len(_PATTERN)]
    return carriers


def mobile_slots(first: int, count: int) -> Indices:
    """Return the first ``count`` slots of China Mobile from ``first`` on."""
    every = np.arange(first, first + (count // int(_SHARES[MOBILE]) + 1) * len(_PATTERN), dtype=np.int64)
    mobile: Indices = every[carrier_of_slots(every) == MOBILE]
    return mobile[:count]


class Numbers:
    """The numbers of the cards in the slots below ``slots``."""

    def __init__(self, slots: int) -> None:
        series = (slots // len(_PATTERN) + 1) * int(_SHARES.max()) // _SLOTS_A_SERIES + 1
        prefixes = [_prefix(carrier, number) for number in range(series) for carrier in range(len(CARRIERS))]
        # A number is put together from two texts, its last four digits and all that stands before them.
        self._leads = pl.Series([f"{prefix}{lead:03d}" for prefix in prefixes for lead in range(_LEADS)])
        self._ends = pl.Series([f"{end:04d}" for end in range(GROUP)])
        # The seven running digits end the body: the prefix's last digit is the eighth from the right, not doubled.
        self._sums = np.array([0 if len(prefix) > 12 else -int(luhn_digit(f"{prefix}0")) for prefix in prefixes])

    def keys(self, slots: Indices, offsets: Indices) -> pl.Series:
        """Return card numbers without a check digit: 20 characters for China Mobile, 19 for the others."""
        series, running = _place(slots, offsets)
        lead, end = np.divmod(running, GROUP)
        return self._leads.gather(series * _LEADS + lead) + self._ends.gather(end)

    def full(self, slots: Indices, offsets: Indices) -> pl.Series:
        """Return card numbers with the check digit where the issuer has one: always 20 characters."""
        return self.keys(slots, offsets) + _DIGITS.gather(self._check_digits(slots, offsets))

    def written(self, slots: Indices, offsets: Indices, keys: pl.Series) -> pl.Series:
        """Return card numbers as lists of single cards have them: in every other slot without the check digit."""
        digits = np.where(slots % 2 == 0, self._check_digits(slots, offsets), _NO_DIGIT)
        return keys + _DIGITS.gather(digits)

    def lettered(self, slots: Indices, offsets: Indices) -> pl.Series:
        """Return China Mobile numbers that differ from a card's by a letter in the running part; they are in no lot."""
        keys = self.keys(slots, offsets)
        return keys.str.slice(0, 15) + "A" + keys.str.slice(16)

    def _check_digits(self, slots: Indices, offsets: Indices) -> Indices:
        series, running = _place(slots, offsets)
        digits = -(self._sums[series] + LUHN_SUMS[running % GROUP] + LUHN_SUMS[running // GROUP]) % 10
        return np.where(series % len(CARRIERS) == MOBILE, _NO_DIGIT, digits)


def other_carrier_iccids(slots: Indices, offsets: Indices) -> pl.Series:
    """Return card numbers of a foreign issuer, with a right check digit, of whom nobody in the case bought."""
    bodies = _constant("898520", len(slots)) + _padded(slots * SLOT_SIZE + offsets, 12)
    return bodies + pl.Series([luhn_digit(body) for body in bodies], dtype=pl.String)


def msisdns(slots: Indices, offsets: Indices) -> pl.Series:
    """Return subscriber numbers, one a card: 13 digits of a range for IoT cards, 11 for Broadnet."""
    return pl.Series(_SUBSCRIBERS[carrier_of_slots(slots)] + _serials(slots, offsets)).cast(pl.String)


def imsis(slots: Indices, offsets: Indices) -> pl.Series:
    """Return SIM identities, one a card."""
    return pl.Series(_SIMS[carrier_of_slots(slots)] + _serials(slots, offsets)).cast(pl.String)


def imeis(slots: Indices, offsets: Indices, second: Indices) -> pl.Series:
    """Return devices, one a card, or where ``second`` is 1 each card's second one; 15 digits with their check digit."""
    # no device has the serial zero
    model, serial = np.divmod(slots * SLOT_SIZE + offsets, _MODEL_SIZE - 1)
    body = _MAKERS[second] + model * _MODEL_SIZE + (serial + 1) * _SCRAMBLE % _MODEL_SIZE
    return pl.Series(body * 10 + luhn_digits(body)).cast(pl.String)


def _place(slots: Indices, offsets: Indices) -> tuple[Indices, Indices]:
    carriers = carrier_of_slots(slots)
    series, within = np.divmod(_ranks(slots, carriers), _SLOTS_A_SERIES)
    window, place = np.divmod(within, _SLOTS_A_WINDOW)
    return series * len(CARRIERS) + carriers, window * _WINDOW + _FIRST + place * _STRIDE + offsets


def _ranks(slots: Indices, carriers: Indices) -> Indices:
    ranks: Indices = slots // len(_PATTERN) * _SHARES[carriers] + _RANKS[slots % len(_PATTERN)]
    return ranks


def _serials(slots: Indices, offsets: Indices) -> Indices:
    return _ranks(slots, carrier_of_slots(slots)) * SLOT_SIZE + offsets


def _padded(numbers: Indices, digits: int) -> pl.Series:
    return pl.Series(numbers).cast(pl.String).str.zfill(digits)


def _constant(text: str, count: int) -> pl.Series:
    return pl.Series([text]).new_from_index(0, count)


def _prefix(carrier: int, series: int) -> str:
    """Return the digits and letters before the running digits in a series of a carrier; each series has its own."""
    year = 19 + series % 7
    if carrier == MOBILE:
        issuer, letters, vendor = _MOBILE_HEADS[series % len(_MOBILE_HEADS)]
        return f"{issuer}{letters}{series // len(_MOBILE_HEADS) % 31 + 1:02d}{year}{vendor}"
    issuers = _ISSUERS[carrier]
    return f"{issuers[series % len(issuers)]}{year}{1_000 + series * 13:04d}"


_MOBILE_HEADS: Final = (
    ("898604", "B8", "D"),
    ("898602", "A8", "7"),
    ("898600", "81", "5"),
    ("898607", "E0", "2"),
    ("898608", "C1", "B"),
)
"""Issuer, the two signs behind it, and the vendor's: with letters, with one early letter, without any."""

_ISSUERS: Final = {1: ("898601", "898606", "898609"), 2: ("898603", "898611"), 3: ("898615",)}
