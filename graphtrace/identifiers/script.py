"""Traditional Chinese characters and their simplified forms: words in either script are understood as the same.

The table (``traditional.txt``: the characters, then their simplified forms, in the same places) is that of OpenCC,
which is under the Apache License 2.0.
Words of headings, titles and states are compared by it; names of parties never are, but two that differ by it alone are
a candidate pair (SPEC 8).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def simplified_forms() -> dict[int, str]:
    """Return the simplified form of each traditional character, as a table for ``translate`` of a text."""
    traditional, simplified = Path(__file__).with_name("traditional.txt").read_text("utf-8").split()
    return {ord(sign): form for sign, form in zip(traditional, simplified, strict=True)}


@cache
def has_traditional() -> str:
    """Return a pattern that is found in every text that has a simplified form of its own, and in no other."""
    return f"[{''.join(map(chr, simplified_forms()))}]"


def to_simplified(text: str) -> str:
    """Return a text with each traditional character replaced by its simplified form.

    >>> to_simplified("經銷商轉讓")
    '经销商转让'
    """
    return text if text.isascii() else text.translate(simplified_forms())
