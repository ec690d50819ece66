"""Normal forms of written texts: numbers as persons and card readers write them, masked texts, both scripts of Chinese.

Invariant: each function that normalises returns its own result unchanged when it is given it again.

A masked or encrypted text, of which an export shows a part or a cipher, identifies nobody: two that are equal may be of
different persons, so nothing is compared with them.

The table of traditional characters (``traditional.txt``: the characters, then their simplified forms, in the same
places) is that of OpenCC, which is under the Apache License 2.0. Words of headings, titles and states are compared by
it; names of parties never are, but two that differ by it alone are a candidate pair (SPEC 8).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final
from unicodedata import normalize

from graphtrace.patterns import late

_INVISIBLE: Final = r"\s\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_BLANKS: Final = late(f"[{_INVISIBLE}]+")
_BLANKS_AND_DASHES: Final = late(rf"[{_INVISIBLE}\-\u2010-\u2015\u2043\u2212\u2e3a\u2e3b]+")
_TEXT_MARKS: Final = "'`\u2018\u2019"
_FORMULA: Final = late('="(.*)"')
_EF_DUMP: Final = late("98[0-9A-F]{18}")
_PADDED: Final = late("89[0-9]{17}F")

_LABEL: Final = late(
    r"(?>[(\[【]?(?:(?:SIM|物联网|物联|流量)?卡(?:面)?(?:号码?|ID)|(?:SIM|物联网|物联|流量)卡|SIM(?:号码?)?|(?:物联网|业务|用户|接入|手机|电话)?号码?"
    r"|ICC?ID(?:号码?)?|MSISDN|IMSI(?:号码?)?|IMEI(?:号码?)?|EID(?:号码?)?|(?:SIM)?CARD(?:NO\.?|NUMBER)?|序列号|NO\.)"
    r"[)\]】]?[:=#.]?)++(?=[0-9+])"
)
"""What a number is, where it is said before the number in one cell; no word is tried twice, however long the cell."""

CHINA_MOBILE_ISSUERS: Final = frozenset({"898600", "898602", "898604", "898607", "898608"})
"""Issuers in whose numbers a final F is data."""


def strip_whitespace(text: str) -> str:
    """Return the NFKC of ``text`` without blanks, line ends, zero-width and direction marks; case and dashes stay."""
    return text if text.isascii() and text.isalnum() else _BLANKS.sub("", normalize("NFKC", text))


def strip_noise(text: str) -> str:
    """Return ``text`` in capitals, without blanks, dashes and the marks that declare a cell as text.

    The marks are a leading apostrophe or backtick and ``="…"``. This is all that is done to a party's number, and the
    first half of :func:`normalize_number`.
    """
    return _without_marks(text, _BLANKS_AND_DASHES)


def strip_noise_keep_dashes(text: str) -> str:
    """:func:`strip_noise`, for text in which a dash may be a sign."""
    return _without_marks(text, _BLANKS)


def normalize_number(text: str) -> str:
    """Return the normal form of a card's, subscriber's or device's number.

    After :func:`strip_noise`, what the number is (ICCID:, 卡号, 号码) is taken off, a raw dump of EF_ICCID (20
    hexadecimal characters that begin with 98) has the two halves of each byte swapped back, and a final F that fills
    up a 19-digit number is dropped. In numbers of China Mobile an F
    is ordinary data and stays.

    Parameters
    ----------
    text
        Anything; what is no number comes back cleaned and is judged by the ``parse_`` functions.

    Notes
    -----
    EF_ICCID: ETSI TS 102 221, 13.2. The swap comes before the padding, because a dump ends in F only after it.
    """
    number = strip_noise(text)
    if not number[:1].isdecimal() and (label := _LABEL.match(number)) is not None:
        number = number[label.end() :]
    if len(number) != 20:
        return number
    if _EF_DUMP.fullmatch(number):
        number = "".join(number[place ^ 1] for place in range(20))
    if number[-1] == "F" and number[:6] not in CHINA_MOBILE_ISSUERS and _PADDED.fullmatch(number):
        return number[:-1]
    return number


def _without_marks(text: str, removed: re.Pattern[str]) -> str:
    if text.isascii() and text.isalnum():
        return text.upper()
    bare = removed.sub("", normalize("NFKC", normalize("NFKC", text).upper()))
    while True:
        stripped = bare.lstrip(_TEXT_MARKS)
        if formula := _FORMULA.fullmatch(stripped):
            stripped = formula[1]
        # What stood on both sides of something removed may combine into one character now.
        stripped = normalize("NFKC", stripped)
        if stripped == bare:
            return bare
        bare = stripped


MASK: Final = r"[*＊]|#{2}|^#.*#$|^[$]|~[A-Za-z0-9+/=]{8}|^~.*~$|[xX×]{4}"
"""Pattern found in masked (138****0000) and encrypted (##…, $$…) contacts and numbers."""

_MASKED: Final = late(MASK)
_MASKED_NAME: Final = late(
    r"(?=[^*＊]*[*＊])[\w.·@()（）*＊-]+|[xX×]{3,}|[㐀-鿿]+某.*|[㐀-鿿][xX]"
    r"|(?=.*[㐀-鿿])(?:.*[^A-Za-z0-9])?(?:[xX]{2,}(?![A-Za-z0-9])|[×○◯□●■]).*|(?i:mrs?|ms)[.]?[xyzXYZ]|##.*|[$].*[$][0-9A-Za-z+/=]*[$]*|~[A-Za-z0-9+/=]{8}.*"
)
"""Pattern of a whole name that is masked (王**, tb55**, 张某某, XX科技有限公司, Mr X) or encrypted."""

_OWN_ASTERISK: Final = late("[*＊]?st[^*＊]+|[^*＊]*[a-z][*＊][a-z][^*＊]*", re.IGNORECASE)
"""A name with an asterisk of its own: of a firm under special treatment at the exchange (*ST云网), or A*STAR."""


def is_masked(text: str) -> bool:
    """Whether a contact or number is masked or encrypted."""
    return _MASKED.search(text) is not None


def is_masked_name(name: str) -> bool:
    """Whether a name is masked or encrypted; other text with an asterisk somewhere is not."""
    return _MASKED_NAME.fullmatch(name) is not None and _OWN_ASTERISK.fullmatch(name) is None


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
