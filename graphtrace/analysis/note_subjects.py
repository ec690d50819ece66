"""Subjects of the notes of people: the cards and parties that they are on, by what records and judgements say now.

A note keeps the id or number that its subject had when it was written. A party gets another id where somebody judges it
the same as another, or a record states its identifier; a card is written otherwise where a record has its check digit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from graphtrace.analysis.party_dealings import parties_meant
from graphtrace.errors import UsageError
from graphtrace.identifiers import parse_iccid, range_key_abroad
from graphtrace.model import Party
from graphtrace.results.trace import Card
from graphtrace.storage.base import Backend

if TYPE_CHECKING:
    from graphtrace.analysis.card_trace import Tracer

Notes = Sequence[Mapping[str, Any]]

_CARD: Final = "card:"
_PARTY: Final = "party:"


def notes_on(store: Backend, notes: Notes, subject: Card | Party) -> list[Mapping[str, Any]]:
    """Return the notes on a card or party. Cost: a look-up for each party with a note."""
    if isinstance(subject, Card):
        return [note for note in notes if note["about"].startswith(_CARD) and _is_of(_named(note), subject)]
    known = {subject.id: True}
    for note in notes:
        if note["about"].startswith(_PARTY) and (name := _named(note)) not in known:
            known[name] = [party.id for party in parties_meant(store, name)] == [subject.id]
    return [note for note in notes if note["about"].startswith(_PARTY) and known[_named(note)]]


def notes_on_nothing(tracer: Tracer, notes: Notes) -> list[Mapping[str, Any]]:
    """Return the notes on cards and parties that no record names, or that may be any of several."""
    names = {
        subject: {_named(note) for note in notes if note["about"].startswith(subject)} for subject in (_CARD, _PARTY)
    }
    keys = {name: card.key for name in names[_CARD] if (card := parse_iccid(name)) is not None and card.complete}
    there = {*tracer.store.known_cards(keys.values())}
    known = {f"{_CARD}{name}" for name in names[_CARD] if keys.get(name) in there or _is_traced(tracer, name)}
    known |= {f"{_PARTY}{name}" for name in names[_PARTY] if len(parties_meant(tracer.store, name)) == 1}
    return [note for note in notes if note["about"].startswith((_CARD, _PARTY)) and note["about"] not in known]


def _named(note: Mapping[str, Any]) -> str:
    return str(note["about"]).partition(":")[2]


def _is_of(number: str, card: Card) -> bool:
    """Whether a number is one of a card: its own in any writing, or one that records link to it."""
    if number in (card.label, *card.msisdn, *card.imsi, *card.eid):
        return True
    own = parse_iccid(number)
    return own is not None and own.complete and card.key in (own.key, range_key_abroad(own.key))


def _is_traced(tracer: Tracer, number: str) -> bool:
    # what is no number, or the beginning of too many, is none of a card
    with suppress(UsageError):
        return any(
            trace.found and trace.card is not None and _is_of(number, trace.card)
            for traces in tracer.trace_each([number], near_misses=False)
            for trace in traces
        )
    return False
