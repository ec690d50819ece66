"""Search for whatever a case knows: cards, parties, contacts, parcels, orders, records, criminal cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graphtrace.errors import GraphtraceError, NothingFound, UsageError
from graphtrace.frozen import frozen
from graphtrace.identifiers import identify
from graphtrace.identifiers.interpretations import repair_typed
from graphtrace.patterns import late
from graphtrace.results.known import KnownUse
from graphtrace.results.source_rows import TextPlaces, UnreadRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphtrace.case_questions import CaseQuestions
    from graphtrace.identifiers.interpretations import Identification
    from graphtrace.model import Party
    from graphtrace.results.card_outcomes import Outcomes
    from graphtrace.results.trace import Trace

MAX_TERMS: Final = 20_000
"""Maximum number of numbers in a pasted list."""

MAX_SIMILAR: Final = 12

_NOWHERE: Final = TextPlaces()

_SEPARATORS: Final = late(r"[\n\r\t,;，；、]+")
_TAIL: Final = late("(?:尾号|…|\\*)?([0-9]{4,14}[0-9A-Za-z]?)")
"""The last characters of the number of a card."""

_LEAST_BESIDE: Final = 2
"""Least number of characters of a text that is looked for in columns that were not read."""

_OF_CARDS: Final = frozenset({"iccid", "partial", "eid"})
"""Readings of a number that nothing but a card or its chip can have."""

_OF_PERSON: Final = frozenset({"user", "holder"})
"""Roles of a name in the events of cards."""

_CARD_KINDS: Final = frozenset({"iccid", "eid", "msisdn", "imsi", "imei"})


@frozen()
class SearchResult:
    """Results of a search for a text.

    - ``readings``: what the text says by itself; of a list nothing.
    - ``traces``: the cards that it means, or one answer that no record names it.
    - ``outcomes``, ``shown``: the cards of a list, each in short, and their numbers as shown.
    - ``case_no``, ``in_case``: the criminal case whose number it is, and the cards that were seized in it.
    - ``parties``, ``similar``: the parties that it names, else those with names near it.
    - ``places``: where else the text stands in the files, which states nothing of it.
    - ``uses``: what else it is in the records: a telephone, a waybill, an order number.
    - ``ending``: the cards whose number ends so, where nothing else is found.
    - ``error``: why it cannot be asked about as a number.
    """

    text: str
    readings: Identification | None = None
    traces: Sequence[Trace] = ()
    outcomes: Outcomes | None = None
    shown: Sequence[str | None] = ()
    in_case: Sequence[str] = ()
    parties: Sequence[Party] = ()
    similar: Sequence[Party] = ()
    uses: Sequence[KnownUse] = ()
    unread_rows: Sequence[UnreadRow] = ()
    places: TextPlaces = _NOWHERE
    ending: Sequence[Trace] = ()
    error: GraphtraceError | None = None

    @property
    def only_card(self) -> str | None:
        """The one card that the text means; ``None`` if there is none, or the text has other meanings."""
        found = [trace.card.label for trace in self.traces if trace.found and trace.card]
        return found[0] if len(found) == 1 and not (self.parties or self.in_case or self.uses) else None

    @property
    def only_party(self) -> Party | None:
        """The one party that the text means; ``None`` if there is none, or the text has other meanings."""
        others = self.in_case or any(trace.found for trace in self.traces)
        if len(self.parties) != 1 or others:
            return None
        # which cards it used and which were taken from it stands on its page
        own = all(use.role in _OF_PERSON and use.parties == tuple(self.parties) for use in self.uses)
        return self.parties[0] if own else None

    @property
    def only_unknown(self) -> str | None:
        """The one number that is written as that of a card and stands in no record; ``None`` if it is anything else.

        The page of a card says where else its number stands.
        """
        is_card = self.readings is not None and any(one.kind == "iccid" for one in self.readings.readings)
        elsewhere = not is_card and (self.places.files or self.places.origins)
        is_alone = len(self.traces) == 1 and not (self.parties or self.in_case or self.uses or elsewhere)
        return self.traces[0].input if is_alone and not self.traces[0].found else None


def search(case: CaseQuestions, text: str) -> SearchResult:
    """Find what a text means in a case; a text of several lines or with commas is a list of numbers.

    Raises UsageError if a list is too long.
    """
    text = text.strip()
    terms = split_terms(text)
    if len(terms) > MAX_TERMS:
        raise UsageError("too_many_numbers", count=len(terms), most=MAX_TERMS, hint="fewer_numbers")
    if len(terms) > 1 and any(map(is_card_number, terms)):
        outcomes = case.outcomes(*terms)
        shown = case.shown_numbers({one.key for one in outcomes if one.key is not None})
        return SearchResult(text=text, outcomes=outcomes, shown=[shown.get(one.key or "") for one in outcomes])
    readings = identify(repair_typed(text))
    traces: Sequence[Trace] = ()
    error: GraphtraceError | None = None
    if _is_card_number(readings) or any(sign in text for sign in "?*"):
        try:
            traces = case.trace(text)
        except (UsageError, NothingFound) as fault:
            error = fault
    if any(trace.found and trace.matched_as in _OF_CARDS for trace in traces):
        return SearchResult(text=text, readings=readings, traces=traces)
    in_case = case.cards_seized_in(text)
    uses = case.known_uses(text)
    is_known = in_case or uses or any(trace.found for trace in traces)
    parties, similar = case.find_parties(text, most_similar=0 if is_known else MAX_SIMILAR)
    told = {(role, (party,)) for role in ("name", "id") for party in parties}
    ending: Sequence[Trace] = ()
    if not (is_known or parties):
        uses = case.uses_beside(text) if len(text) >= _LEAST_BESIDE else []
        tail = None if traces else _TAIL.fullmatch(text)
        found = case.cards_ending_in(tail[1].upper()) if tail is not None else ()
        ending = case.trace(*found) if found else ()
    unread_rows = case.unread_rows(text)
    return SearchResult(
        text=text,
        readings=readings,
        traces=traces,
        in_case=in_case,
        parties=parties,
        similar=similar,
        uses=[use for use in uses if (use.role, use.parties) not in told and not (in_case and use.role == "case_no")],
        unread_rows=unread_rows,
        places=_places(case, text, [*unread_rows, *uses]),
        ending=ending,
        error=None if is_known or parties or ending else error,
    )


def _places(case: CaseQuestions, text: str, told: Sequence[UnreadRow | KnownUse]) -> TextPlaces:
    """Return where else a text stands in the files."""
    if len(text) < _LEAST_BESIDE:
        return _NOWHERE
    known = {origin for one in told for origin in (one.origins if isinstance(one, KnownUse) else (one.origin,))}
    rows = {(origin.sha256, origin.sheet, origin.row) for origin in known}
    places = case.places_of_text(text)
    others = (one for one in places.origins if (one.sha256, one.sheet, one.row) not in rows)
    return places._replace(origins=tuple(others))


def split_terms(text: str) -> list[str]:
    """Return the numbers and names of a list, between commas or line breaks."""
    return [term for part in _SEPARATORS.split(text) if (term := part.strip())]


def is_card_number(text: str) -> bool:
    """Whether a text can be the number of a card, or of what a card is known by."""
    return _is_card_number(identify(repair_typed(text)))


def _is_card_number(readings: Identification) -> bool:
    return readings.damaged is not None or any(reading.kind in _CARD_KINDS for reading in readings.readings)
