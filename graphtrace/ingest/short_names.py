"""Lines around a table that give the short name of a firm beside its full one: the file's own key of short names.

Nobody is joined by such a line: it is a reason to propose both names as one party, which a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from graphtrace.identifiers import normalize_party_name
from graphtrace.identifiers.nobody import names_nobody
from graphtrace.ingest.english_sides import names_firm
from graphtrace.ingest.preamble import FORMS_OF_FIRMS, names_one_firm
from graphtrace.ingest.vertical_forms import meaning_of_name
from graphtrace.ingest.words import pattern_of
from graphtrace.patterns import late

SHORT_NAME: Final = "short_name"
"""Reason of a remark on a line that gives a short name."""

_FULL: Final = (
    rf"(?P<full>[\u4e00-\u9fff()（）·A-Za-z0-9]{{2,30}}?(?:{FORMS_OF_FIRMS})(?:[\u4e00-\u9fff]{{1,8}}分公司)?)"
)
_OPEN: Final = "[“\"'「‘]?"
_CLOSE: Final = "[”\"'」’]?"
_SHORT: Final = r"(?P<short>[\u4e00-\u9fffA-Za-z0-9·]{2,10}?)"
_BETWEEN: Final = r"(?:[=＝]|(?:就?是指|指的?是|即是?|就是|全称[为是]?)[:：]?|(?P<weak>[:：—-]+|→|指|是|为))"
_FORMS: Final = (
    late(rf"(?:^|[\s,，;；、。:：(（]){_OPEN}{_SHORT}{_CLOSE}\s*{_BETWEEN}\s*{_OPEN}{_FULL}"),
    late(
        rf"{_FULL}\s*[,，]?\s*[(（]?\s*(?:以下|下称|以下均|下文)?简?称[为:：]?\s*{_OPEN}{_SHORT}{_CLOSE}(?:[)）\s,，。;；]|$)"
    ),
    late(
        r"(?:^|[;,]\s*)[\"']?(?P<short>[A-Za-z][\w&.-]{1,15})[\"']?\s*(?:=|(?:means|stands for|is short for)\b)\s*"
        r"(?P<full>[A-Z][^=;:,]{4,80})"
    ),
    late(
        r"(?P<full>[A-Z][\w&.,' -]{4,80}?)\s*\((?:(?:hereinafter|hereafter)(?: (?:called|referred to as))?"
        r"|(?:in )?short|called)\s*,?\s*(?:the )?[\"“'](?P<short>[A-Za-z][\w&. -]{1,20})[\"”']\)"
    ),
)
_OF_ROLE: Final = pattern_of("short_names", "of_role")
"""Names of sides of a paper, which mean somebody else in the next one."""


def is_part_of_name(short: str, full: str) -> bool:
    """Whether a name consists of words of another one, in their order, and is not the same.

    >>> [is_part_of_name(short, "Ziwa Connect Enterprises") for short in ("Ziwa", "Rono", "ZIWA CONNECT ENTERPRISES")]
    [True, False, False]
    """
    one, whole = normalize_party_name(short), normalize_party_name(full)
    return bool(one) and one != whole and one in whole


def short_names_in(line: str) -> Iterator[tuple[str, str]]:
    """Yield each full name of a line with the short one that it gives.

    >>> [*short_names_in("讯达=江州市讯达通信有限公司 马工 158****7720；远图即江州市远图商贸有限公司")]
    [('江州市讯达通信有限公司', '讯达'), ('江州市远图商贸有限公司', '远图')]
    >>> [*short_names_in("需方：江州市远图商贸有限公司（以下简称“远图”）")]
    [('江州市远图商贸有限公司', '远图')]
    >>> [*short_names_in("甲方=江州市远图商贸有限公司"), *short_names_in("开户单位：江州市远图商贸有限公司")]
    []
    >>> [*short_names_in("XJ = Xunjie Communications Ltd; OK = fine")]
    [('Xunjie Communications Ltd', 'XJ')]
    """
    for form in _FORMS:
        for found in form.finditer(line):
            full, short = found["full"].strip(), found["short"].strip()
            # a word before a colon may as well say what the firm is: only an abbreviation of its name is one
            is_weak = found.groupdict().get("weak") is not None and not _is_part(short, full)
            is_firm = names_one_firm(full, full) is not None or (full.isascii() and names_firm(full))
            if is_firm and not is_weak and short != full and _may_be_called(short):
                yield full, short


def _is_part(short: str, full: str) -> bool:
    """Whether the characters of a short name stand in a full one in their order."""
    rest = iter(full)
    return all(character in rest for character in short)


def _may_be_called(short: str) -> bool:
    return (
        not short.isdigit()
        and _OF_ROLE.fullmatch(short.casefold()) is None
        and not names_nobody(normalize_party_name(short))
        and meaning_of_name(short) is None
    )
