"""Inert text in tables for other programs: no cell is a formula, none acts on a terminal.

Only this module decides the form of a cell of a CSV file, for every writer. It imports nothing of the package.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import category, normalize

from graphtrace.patterns import late

_STARTS: Final = frozenset("-=+@\u2212")
"""Characters that start a formula. Compatible forms (full-width, small, raised) count too: some programs fold them."""

_SKIPPED: Final = frozenset(("Cc", "Cf", "Mn", "Zl", "Zp", "Zs"))
"""Categories of blanks and invisible characters, which may precede the start of a formula."""

_ACTING: Final = late(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Characters that move the cursor, colour, rename or reorder displayed text, or cannot be written as UTF-8.

Tab and line feed stay: they stand in honest cells, and CSV quotes them. So do marks that belong to writing (joiners,
variation selectors), which are invisible and do nothing.
"""

_PICTURES: Final = 0x2400
_PICTURE_OF_DELETE: Final = "\u2421"


def csv_cell(value: object) -> object:
    r"""Return the cell of a CSV file for a value: text that no program acts upon, any other value unchanged.

    A text that would be a formula gets a leading apostrophe, which every reader of graphtrace takes off again; a
    control or direction character is written out as :func:`picture` does.

    >>> csv_cell("=1+1"), csv_cell("\uff1d1+1"), csv_cell("a\x1b[31m"), csv_cell("two\nlines"), csv_cell(-5)
    ("'=1+1", "'＝1+1", 'a␛[31m', 'two\nlines', -5)
    """
    # nearly every cell is a printable text that begins with a letter or a digit
    if not isinstance(value, str) or (value.isprintable() and value[:1].isalnum()):
        return value
    quote = "'" if is_formula(value) else ""
    if _ACTING.search(value):
        # the line ends of Windows are one line end, and not a carriage return that acts
        value = _ACTING.sub(picture, value.replace("\r\n", "\n"))
    return quote + value


def is_formula(text: str) -> bool:
    r"""Return whether a spreadsheet program may take a text for a formula, or for the start of another cell.

    >>> is_formula(" \ufe62" + "1"), is_formula("\t1"), is_formula("1=1")
    (True, True, False)
    """
    start = next((sign for sign in text if category(sign) not in _SKIPPED), "")
    return normalize("NFKC", start)[:1] in _STARTS or text.startswith(("\t", "\r", "\n"))


def picture(match: re.Match[str]) -> str:
    """Return a character written out: a control character as its picture, any other as ``<U+202E>``."""
    code = ord(match[0])
    if code < 0x20:
        return chr(_PICTURES + code)
    return _PICTURE_OF_DELETE if code == 0x7F else f"<U+{code:04X}>"
