"""Sentences of letters in English that say who gave cards to whom: issued by X to Y on 5 February 2024.

Such a sentence above a table holds for all its rows. It counts only where it points to them (these, the ranges below)
and states what happened: a request, a doubt, a denial or a plan says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from graphtrace.identifiers import match_operator_name, normalize_party_name
from graphtrace.ingest.dates_and_quantities import parse_date
from graphtrace.ingest.english_papers import name_of_address
from graphtrace.ingest.english_sides import names_firm
from graphtrace.model import DateSpan
from graphtrace.patterns import late

_HANDED: Final = (
    "issued|supplied|sold|dispatched|despatched|delivered|allott?ed|allocated|distributed|transferred|provided|consigned"
    "|handed over|provisioned|shipped"
)
_BY_TO: Final = late(
    rf"\b(?i:{_HANDED})\s+by\s+(?:M/s\.?\s+|Messrs\.?\s+)?(?P<giver>[A-Z].{{2,60}}?)\s+to\s+(?P<taker>.+)", re.DOTALL
)
_END_OF_NAME: Final = late(
    r"\s*(?:\(|,\s|;|$|\s(?:on|under|against|vide|as|in|at|from|for|through|with|by|and|per|dated|between|during|w\.e\.f)\b"
    r"|[.:](?:\s|$))"
)
_UNNAMED: Final = late(
    r"(?:the|an?|its|our|their|your|each|these|those|various|several|one|two|[0-9]+)\b", re.IGNORECASE
)
_PERSON: Final = late(r"[A-Z][\w.'’-]+(?: (?:[A-Z][\w.'’-]*|[sdw]/o|bin|binti)){1,4}")
_DAY: Final = late(
    r"\s*(?:\([^()]*\)\s*)?,?\s*(?:on|dated)\s+(?P<day>[0-9]{1,2}[^\s,;]{0,2}[-/. ][^\s,;]{1,9}[-/. ,]{1,2}[0-9]{2,4}"
    r"|[A-Z][a-z]+ [0-9]{1,2}(?:st|nd|rd|th)?,? [0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2})(?![0-9])"
)
_DOUBTED: Final = late(
    r"\b(?:not|never|no(?![.])|nor|neither|whether|if|please|kindly|request(?:ed|s)?|alleged(?:ly)?|suspected|believed"
    r"|reported(?:ly)?|would|will|shall|may|might|should|could|cancel\w*|pending|to be|purported(?:ly)?|claim(?:s|ed)?"
    r"|denie[sd]|deny)\b",
    re.IGNORECASE,
)
"""Found in sentences that do not state what happened."""
_POINTS: Final = late(
    r"\b(?:below|following|follows|under-?mentioned|mentioned|listed|annex\w*|attached|enclosed|these|table|ranges?|series)\b",
    re.IGNORECASE,
)
"""Found in sentences that speak of the cards of the table below them, and not of any."""
_SUBJECT: Final = late(
    r"(?:(?:this is to|we|i|it is) (?:hereby )?(?:confirm|certify|certified|inform you|state)(?: that)? )?"
    r"(?:as per (?:our |the )?records?,? )?"
    r"(?:(?:the|these|those|all|each|following|follows|as|listed|below|under-?mentioned|above-?mentioned|mentioned|given"
    r"|shown|stated|detailed|attached|enclosed|annexed|of|in|and|cards?|sims?|sim|iccids?|numbers?|nos\.?|range|ranges"
    r"|series|table|list|annex(?:ure)?|enclosure|schedule|appendix|iot|m2m|prepaid|postpaid|connections?"
    r"|subscriptions?|whose|with|[a-z]|[a-z]?-?[0-9][0-9.-]*|\([^()]*\))[\s,:]+)+"
    r"(?:(?:were|was|are|is|have|has|had|been|all|first|originally|initially|duly) )*",
    re.IGNORECASE,
)
"""What stands before the verb in a sentence that states it of the cards of its table, and of nothing else."""
_BEGUN: Final = late(r"(?:dear|respected|hi|hello|sirs?|madam|to|ref|date|sub|subject|re)\b.*|.*[.:;]|", re.IGNORECASE)
"""Lines behind which a sentence begins."""
_SENTENCE: Final = late(
    r"(?<!\bM/s)(?<!\b[A-Z])(?<!\bLtd)(?<!\bPvt)(?<!\bCo)(?<!\bNo)(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bInc)(?<!\bMohd)[.?!]\s+(?=[A-Z])"
)
_LONGEST: Final = 1200


class Handed(NamedTuple):
    """Sides of a sentence that hands cards over: who gave them, who got them and when; ``row`` is where it stands."""

    row: int
    giver: str
    taker: str | None
    day: str | None


def handed_over(rows: Sequence[tuple[int, Sequence[str | None]]]) -> Handed | None:
    """Return what the sentences above a table say of who gave its cards; ``None`` where none does, or they differ."""
    found = {
        (each.giver, each.taker, each.day): each
        for row, cells in rows
        for cell in dict.fromkeys(cell for cell in cells if cell and len(cell) <= _LONGEST)
        for each in _in_sentences(row, _SENTENCE.split(cell))
    }
    return next(iter(found.values())) if len(found) == 1 else None


def _in_sentences(row: int, sentences: Iterable[str]) -> Iterator[Handed]:
    for sentence in sentences:
        said = _BY_TO.search(sentence)
        if said is None or _DOUBTED.search(sentence) or not _POINTS.search(sentence):
            continue
        if not _is_of_cards(sentence[: said.start()]):
            continue
        giver = said["giver"].strip()
        is_firm = names_firm(giver) or match_operator_name(normalize_party_name(giver)) is not None
        if not is_firm or "\n" in giver:
            continue
        taker, day = _taker(said["taker"])
        yield Handed(row, name_of_address(giver), taker, day)


def _is_of_cards(before: str) -> bool:
    """Whether what stands before the verb is the cards of the table, and nothing that takes it back or hedges it."""
    lines = before.splitlines() or [""]
    begun = [0, *(at for at in range(1, len(lines)) if _BEGUN.fullmatch(lines[at - 1].strip()))]
    return any(_SUBJECT.fullmatch(" ".join(" ".join(lines[at:]).split()) + " ") for at in begun)


def _taker(text: str) -> tuple[str | None, str | None]:
    """Return whom a sentence names behind "to", and the day behind the name."""
    text = re.sub(r"^(?:M/s\.?|Messrs\.?|Mr\.?|Mrs\.?|Ms\.?|Shri|Smt\.?)\s+", "", text)
    end = _END_OF_NAME.search(text)
    name = text[: end.start()] if end is not None else text
    # an abbreviation in a name is no end of it (Star Pvt. Ltd. on …)
    while end is not None and end[0].strip().startswith(".") and _ABBREVIATION.search(name):
        end = _END_OF_NAME.search(text, end.start() + 1)
        name = text[: end.start()] if end is not None else text
    is_named = not _UNNAMED.match(name) and (names_firm(name) or _PERSON.fullmatch(name) is not None)
    if not is_named:
        return None, None
    dated = _DAY.match(text, len(name))
    day = dated["day"] if dated is not None and isinstance(parse_date(dated["day"]), DateSpan) else None
    return name, day


_ABBREVIATION: Final = late(r"(?:^|\s)(?:Pvt|Ltd|Co|Inc|[A-Z])$")
