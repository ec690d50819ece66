"""Statements of banks and of mobile money in English: whose they are, and whom the words of a row name as other side.

A name is taken where the form of the words says that it is one: behind the number of a bank (NEFT DR-IFSC-NAME-…),
before an address of payment (UPI-NAME-name@bank-…), behind from or to (Funds received from - 2547… NAME).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from graphtrace.ingest.heading_grammar import field_of_heading, normalize_heading
from graphtrace.ingest.words import pattern_of
from graphtrace.patterns import late

_NAME: Final = r"[A-Za-z][A-Za-z .&'()]*?[A-Za-z.)]"
_BANK: Final = "[A-Z]{4}0[A-Z0-9]{6}"
_BEHIND: Final = f"(?:[^-/]*@|[0-9]{{6}}|{_BANK})"
_LONGEST: Final = 200
_FORMS: Final = tuple(
    late(form)
    for form in (
        rf"(?:^|.*[-/ ])UPI[-/](?:(?:CR|DR|P2[AM])[-/][0-9]{{6,}}[-/])?(?P<name>{_NAME})[-/]{_BEHIND}.*",
        rf".*\b(?:NEFT|RTGS|IMPS)\b[^-/]*[-/]{_BANK}[-/](?P<name>{_NAME})(?:[-/].*)?",
        (
            r"(?:[A-Z][a-z]+ )*(?:(?i:received|transferred|payment|transfer|trf|bill|money|paid|sent)"
            r"(?i: of funds| online)*) (?i:from|to)"
            rf"(?:\s*-)?\s+(?:(?:(?P<number>[0-9]{{5,15}})|[0-9]{{3,}}\*+[0-9]*)\s*(?:-\s*)?)?(?P<name>{_NAME})"
            r"(?:\s+(?i:acc|a/c|via|ref|original)\b.*|\s+[A-Z]*[-/]?[0-9].*)?"
        ),
    )
)
_NOBODY: Final = pattern_of("narrations", "nobody", re.IGNORECASE)
"""Found in what stands in the place of a name and is none for certain."""
_TELEPHONE: Final = 10
_BACK: Final = late(r"\b(?:rev(?:ersal|ersed)?|rvsl|returned|chargeback)\b|\btxn failed\b", re.IGNORECASE)
_TAKES_BACK: Final = late(r"^(?:rev(?:ersal|ersed)?|rvsl)\b(?: of\b)?[\s:/-]*", re.IGNORECASE)
"""Before the words of the row that is taken back."""
_OWNER: Final = pattern_of("narrations", "owner")


def other_side(text: str) -> tuple[str, str | None]:
    """Return the name and the telephone of the other side that the words of a row state; an empty name for none.

    >>> other_side("NEFT DR-ICIC0000104-OJAS TELEMATICS PVT LTD-INV 17"), other_side("ATM WDL-0417 RING ROAD")
    (('OJAS TELEMATICS PVT LTD', None), ('', None))
    >>> other_side("Funds received from - 254722000111 JANE WANJIRU")
    ('JANE WANJIRU', '254722000111')
    """
    short = _TAKES_BACK.sub("", text.strip()[:_LONGEST])
    found = next((found for form in _FORMS if (found := form.fullmatch(short))), None)
    if found is None or _NOBODY.search(found["name"]):
        return "", None
    number = found.groupdict().get("number")
    return found["name"], number if number and len(number) >= _TELEPHONE else None


def named_party(text: str) -> tuple[str, str | None]:
    """Return the same of a cell that names the other side alone, with its telephone or number before it.

    >>> named_party("2547*****118 - PETER NJOROGE"), named_party("5580127 - Nuru Trackers Ltd"), named_party("Own A/C")
    (('PETER NJOROGE', None), ('Nuru Trackers Ltd', None), ('', None))
    """
    found = _PARTY.fullmatch(text.strip()[:_LONGEST])
    if found is None or _NOBODY.search(found["name"]):
        return "", None
    number = found["number"]
    return found["name"], number if number and len(number) >= _TELEPHONE else None


_PARTY: Final = late(rf"(?:\+?(?:(?P<number>[0-9]{{5,15}})|[0-9]{{3,}}\*+[0-9]*)\s*-\s*)?(?P<name>{_NAME})")
_PARTY_INFO: Final = late("(?:other|opposite)_?party(?:_?(?:info(?:rmation)?|details?|name))?")


def names_other_party(heading: str) -> bool:
    """Whether a heading of a statement is that of the other side alone, and not of what the payment was."""
    return _PARTY_INFO.fullmatch(heading) is not None


def takes_back(text: str) -> bool:
    """Whether the words of a row say that it takes another one back."""
    return _BACK.search(text) is not None


_ALIAS: Final = late(r"\b(?:trading as|t/a|d/b/a)\s+(?P<name>[^,;:.]+)", re.IGNORECASE)


def alias_in(rows: Iterable[Sequence[str | None]]) -> str:
    """Return the one name under which the owner of a statement trades; empty where the rows above it name none."""
    named = {found["name"].strip() for cells in rows for cell in cells if cell and (found := _ALIAS.search(cell))}
    return named.pop() if len(named) == 1 else ""


_ADDRESSED: Final = late(r"(?:M/S|MESSRS|MR|MRS|MS|SHRI|SMT)\b\.?\s+(?P<name>[A-Z][^:,]*)", re.IGNORECASE)
"""A line of the head of a statement that names to whom the bank sent it."""


def owners_in(rows: Iterable[Sequence[str | None]]) -> set[str]:
    """Return the owners whom the rows above a statement name (Account Holder : M/S OM SAI), else whom they address."""
    rows = [*rows]
    named = _named_owners(rows)
    return named or {
        found["name"] for cells in rows for cell in cells if cell and (found := _ADDRESSED.fullmatch(cell))
    }


def _named_owners(rows: Iterable[Sequence[str | None]]) -> set[str]:
    named = set()
    for cells in rows:
        filled = [cell for cell in cells if cell]
        for cell, beside in zip(filled, [*filled[1:], ""], strict=True):
            name, colon, value = cell.partition(":")
            value = re.split(r"\s{3,}", value.strip())[0] or beside
            is_value = bool(colon) or field_of_heading(normalize_heading(value)) is None
            if is_value and _OWNER.fullmatch(normalize_heading(name)) and any(map(str.isalpha, value)):
                named.add(value)
    return named
