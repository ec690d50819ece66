"""Grammar of headings in English: a heading is cut into words of a small vocabulary, and these together say its field.

A heading is understood whole or not at all: where a part of it is no word of the vocabulary, it has no field. What
stands in brackets or behind a stroke has to say the same thing once more (Serial (ICCID), Sold to / Customer). Dates
are told by :func:`~graphtrace.ingest.row_events.events_of_date`, and the side of whoever is called only what he is
(dealer, customer) by :mod:`~graphtrace.ingest.english_sides`.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final

from graphtrace.ingest.words import WORDS
from graphtrace.patterns import late

_CARD: Final = "(?:c?Is?[ni]?|c?Ic|csn?|c[ni]|sI|s?nc|snI)"
_SERIAL: Final = f"(?:{_CARD}|sn?|r)"
_WHO: Final = "[pRVYNc]*"
_FIELDS: Final = {
    name: late(pattern)
    for name, pattern in {
        "iccid": f"{_CARD}|(?:{_CARD}|[cs])r|i(?:I|IE|EI)",
        "iccid_first": f"[oF]{_SERIAL}|{_SERIAL}[oF]|Fc|co|no",
        "iccid_last": f"[tL]{_SERIAL}|{_SERIAL}[tL]|Lc|ct|nt",
        "msisdn": "[clTB]*n?Mn?|MTn?|cTn?|Tnc|lT?n|Bn",
        "imsi": "c?Z[ni]?",
        "imei": "[dcT]*Es?n?|Ed",
        "to": f"(?:[gOxPh]tw?|tw*[gOx]|{_WHO}tw+[gOx]|wt[gOx]){_WHO}|tw|t[pRVN]*|p?V+p?N?|NV|fbN?|wf|O[pRV]N?|[gO]YN?",
        "from": f"(?:[GWx]ow?|ow*[GW]|{_WHO}ow+[GW]|[gOh]b){_WHO}|ow|o[pRSN]*|S+N?|NS|WpN?",
        "party": "c?[pB]+N?|N[pB]+|pH|(?=.*(?:[pBH]|Ne|eN))(?=.*e)[cpBHeN]+|eUN?",
        "user": "NU|AUN?|N?AU",
        "quantity": "cq|Q?qc?|Qc",
        "carrier": "C+N?|NC+",
        "case_no": "k+[ni]+D?",
        "record_no": "P+[ni]",
        "waybill": "a+[ni]",
        "price": r"[gOGW]?\$(?:%?c|%+)?|%\$",
        "contact": "[pRVSBUgOtdN]*[TK]+[ni]?N?|[TK]+n[pRVSBUN]+",
    }.items()
}
"""Fields by the classes of the words of their headings."""

_PARTS: Final = late(r"[_\-/|().,:&*'+\[\]]+")
_SERIAL_NUMBER: Final = late("s/n(?:o(?![a-z]))?|s[.]n[.]")
_REPORT: Final = late("(?:sales|purchases)_?by_?[a-z]")
"""Begins the title of a report that is parted by somebody or something (Sales by Customer): nobody sold there."""
_DIGITS: Final = late("(?:19|20)(?:-|/20)?digits?")


@cache
def _words() -> dict[str, str]:
    return {word.text: word.meaning.strip("-") for word in WORDS if word.place == "vocabulary"}


@cache
def _longest() -> int:
    return max(map(len, _words()))


@lru_cache(maxsize=1 << 12)
def classes_of_heading(heading: str) -> str | None:
    """Return the classes of the words of a heading, a letter each; ``None`` where a part of it is no known word.

    ``heading``: as :func:`~graphtrace.ingest.heading_grammar.normalize_heading` writes it.
    """
    if _REPORT.match(heading):
        return None
    bare = _DIGITS.sub("", _SERIAL_NUMBER.sub("sn", heading.replace("#", "no")))
    parts = [_cut(part) for part in _PARTS.split(bare) if part]
    return "".join(part for part in parts if part is not None) if parts and None not in parts else None


@lru_cache(maxsize=1 << 12)
def _cut(text: str) -> str | None:
    """Return the classes of the words that a text without blanks consists of, the longest words first.

    Each end of a text is cut once, whatever stands before it.
    """
    if not text:
        return ""
    words = _words()
    for length in range(min(len(text), _longest()), 0, -1):
        letter = words.get(text[:length])
        if letter is not None and (rest := _cut(text[length:])) is not None:
            return letter + rest
    return None


@lru_cache(maxsize=1 << 12)
def field_of_english(heading: str) -> str | None:
    """Return the field that a heading in English means, ``contact`` for a way to reach somebody; ``None`` if unknown.

    >>> [field_of_english(name) for name in ("serial(iccid)", "noofsims", "simno.from", "giventocustomer", "sno")]
    ['iccid', 'quantity', 'iccid_first', 'to', None]
    """
    classes = classes_of_heading(heading) if heading.isascii() or "£" in heading or "₹" in heading else None
    if not classes:
        return None
    named = {name for name, pattern in _FIELDS.items() if pattern.fullmatch(classes)}
    return named.pop() if len(named) == 1 else None


_TAKES: Final = late(f"[gO]t{_WHO}")
_GIVES: Final = late(f"[gO]b{_WHO}")
_ON_PAPER: Final = late("P+[nD]|DP+|[gO]D|D[gO]")


def names_receiver(heading: str) -> bool:
    """Whether a heading says by a word for handing over whom goods went to (Issued To, Billed To)."""
    return _TAKES.fullmatch(classes_of_heading(heading) or "") is not None


_SELLER: Final = late("seller(?:_?name)?")


def names_giver(heading: str) -> bool:
    """Whether a heading says by a word for handing over who did it (Issued By, Supplied By, Seller)."""
    return _GIVES.fullmatch(classes_of_heading(heading) or "") is not None or _SELLER.fullmatch(heading) is not None


def may_be_clerks(heading: str) -> bool:
    """Whether whoever stands below a heading gave as a firm or handed out as its clerk (issued by, sold by)."""
    return names_giver(heading) and not heading.startswith(("suppl", "seller"))


def is_of_paper(heading: str) -> bool:
    """Whether a heading is that of the number or day of a paper by which goods are handed over (Challan No)."""
    return _ON_PAPER.fullmatch(classes_of_heading(heading) or "") is not None
