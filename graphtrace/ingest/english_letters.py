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
from graphtrace.ingest.words import pattern_of
from graphtrace.model import DateSpan
from graphtrace.patterns import late

_HANDED: Final = (
    "issued|supplied|sold|dispatched|despatched|delivered|allott?ed|allocated|distributed|transferred|provided|consigned"
    "|handed over|provisioned|shipped"
)
_BY_TO: Final = late(
    rf"\b(?i:{_HANDED})\s+by\s+(?:M/s\.?\s+|Messrs\.?\s+)?(?P<giver>[A-Z].{{2,60}}?)\s+to\s+(?P<taker>.+)", re.DOTALL
)
_END_OF_NAME: Final = pattern_of("english_letters", "end_of_name")
_UNNAMED: Final = pattern_of("english_letters", "unnamed", re.IGNORECASE)
_PERSON: Final = late(r"[A-Z][\w.'’-]+(?: (?:[A-Z][\w.'’-]*|[sdw]/o|bin|binti)){1,4}")
_DAY: Final = pattern_of("english_letters", "day")
_DOUBTED: Final = pattern_of("english_letters", "doubted", re.IGNORECASE)
"""Found in sentences that do not state what happened."""
_POINTS: Final = pattern_of("english_letters", "points", re.IGNORECASE)
"""Found in sentences that speak of the cards of the table below them, and not of any."""
_SUBJECT: Final = pattern_of("english_letters", "subject", re.IGNORECASE)
"""What stands before the verb in a sentence that states it of the cards of its table, and of nothing else."""
_BEGUN: Final = late(r"(?:dear|respected|hi|hello|sirs?|madam|to|ref|date|sub|subject|re)\b.*|.*[.:;]|", re.IGNORECASE)
"""Lines behind which a sentence begins."""
_SENTENCE: Final = pattern_of("english_letters", "sentence")
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
