"""Recognition of numbers as people type or transcribe them, and correction of common slips."""

from __future__ import annotations

import re
from typing import Final
from unicodedata import normalize

from graphtrace.identifiers.iccid import BODY_SIZE, FULL_SIZE, has_check_digit
from graphtrace.identifiers.normalize import strip_noise

_DIGITS: Final = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1"})
_MIN_DIGITS: Final = 8
_SIGNS: Final = re.compile("[0-9A-Z?*.+]+")
_SCIENTIFIC: Final = re.compile(r"[0-9.]+E\+?[0-9]+")


def repair_typed(text: str) -> str:
    """Return the number that was meant: O, l and I are read as digits, wide forms as narrow ones.

    Text that needs no repair comes back as it is, blanks and dashes included. The 20th character of a Unicom or Telecom
    number is never repaired: a letter may be printed there.
    """
    narrow = normalize("NFKC", text)
    repaired = narrow.translate(_DIGITS)
    if repaired == text:
        return text
    number = strip_noise(repaired)
    if not number.startswith("89"):
        return repaired if number.rstrip("?*").isdecimal() else narrow
    if len(number) == FULL_SIZE and has_check_digit(number):
        last = strip_noise(narrow)[BODY_SIZE]
        if last != number[BODY_SIZE]:
            return number[:BODY_SIZE] + last
    return repaired


def is_number(text: str) -> bool:
    """Whether text may be a number or part of one: eight characters of one at least, nearly all of them digits.

    A name and a few digits are none, whatever else they are.
    """
    number = strip_noise(repair_typed(text))
    if not _SIGNS.fullmatch(number):
        return False
    known = [sign for sign in number if sign not in "?*.+"]
    digits = sum(sign.isdecimal() for sign in known)
    if _SCIENTIFIC.fullmatch(number):
        return True
    # a pattern with too few known characters is a number all the same, and refused or not found as one
    is_card = number.startswith("89") and (len(known) >= _MIN_DIGITS or len(known) < len(number))
    return is_card or (len(known) >= _MIN_DIGITS and 2 * digits > len(known))
