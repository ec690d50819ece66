"""Leads of the seized cards of a case, grouped by addressee."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from graphtrace.model import Outcome

if TYPE_CHECKING:
    from graphtrace.case import Case
    from graphtrace.model import Lead, Party
    from graphtrace.render.i18n import Text

MAX_CARDS: Final = 5_000
"""Maximum number of seized cards that are traced for the list of leads."""


STATES: Final = ("new", "sent", "answered", "void")
"""States of a request."""


@dataclass(slots=True)
class Request:
    """One kind of record to ask of one party, for several cards."""

    lead: Lead
    text: Text
    cards: list[str] = field(default_factory=list)

    @property
    def about(self) -> str:
        """Key of the request's state: the addressee, the record type, the reason, and the period."""
        lead = self.lead
        return (
            f"{lead.ask.id if lead.ask else ''}|{lead.record_type}|{lead.because}|{lead.since or ''}|{lead.until or ''}"
        )


@dataclass(slots=True)
class Addressee:
    """Party to ask, with its requests; ``None`` if no number tells the carrier."""

    party: Party | None
    requests: list[Request] = field(default_factory=list)

    @property
    def cards(self) -> int:
        """Number of different cards in the requests."""
        return len({card for request in self.requests for card in request.cards})


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadList:
    """The leads of the seized cards; ``omitted`` cards were not traced, as they are too many.

    ``judged`` and ``inferred`` count those whose answer rests on a judgement, or is inferred.
    """

    addressees: list[Addressee]
    cards: int
    omitted: int
    judged: int = 0
    inferred: int = 0


def leads_by_addressee(case: Case, *, as_of: str | None = None) -> LeadList:
    """Return the leads of every card that a seizure names by its number, the addressee of most cards first."""
    from graphtrace.render.format import lead_message
    from graphtrace.render.i18n import in_both

    rows = case.query("seized-cards", as_of=as_of).rows
    keys = list(dict.fromkeys(str(row[1]) for row in rows if row[1]))
    addressees: dict[str, Addressee] = {}
    requests: dict[tuple[str, str, str, str | None, str | None], Request] = {}
    traces = case.trace(*keys[:MAX_CARDS], as_of=as_of) if keys else ()
    for trace in traces:
        for lead in trace.leads:
            asked = lead.ask.id if lead.ask else ""
            addressee = addressees.setdefault(asked, Addressee(lead.ask))
            about = (asked, lead.record_type, lead.because, lead.since, lead.until)
            request = requests.get(about)
            if request is None:
                text = in_both(lambda lang, lead=lead: lead_message(lead, lang))  # type: ignore[misc]
                request = requests[about] = Request(lead, text)
                addressee.requests.append(request)
            card = trace.card.label if trace.card else trace.input
            if card not in request.cards:
                request.cards.append(card)
    for addressee in addressees.values():
        addressee.requests.sort(key=lambda request: -len(request.cards))
    return LeadList(
        addressees=sorted(addressees.values(), key=lambda one: (-one.cards, one.party.id if one.party else "")),
        cards=len(keys),
        omitted=max(len(keys) - MAX_CARDS, 0),
        judged=sum(bool(trace.judgements) for trace in traces),
        inferred=sum(trace.outcome is Outcome.INFERRED for trace in traces),
    )
