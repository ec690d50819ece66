"""Leads of some cards of a case, or of all seized ones, grouped by addressee."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from graphtrace.model import Outcome

if TYPE_CHECKING:
    from graphtrace.case import Case
    from graphtrace.model import Lead, Party
    from graphtrace.render.i18n import Text

MAX_CARDS: Final = 5_000
"""Maximum number of cards that are traced for their leads."""


@dataclass(slots=True)
class Request:
    """One kind of record to ask of one party, for several cards: their shown numbers by their keys."""

    first: Lead
    text: Text
    numbers: dict[str, str] = field(default_factory=dict)
    leads: set[str] = field(default_factory=set)

    @property
    def lead(self) -> Lead:
        """Return the lead about all the cards."""
        return replace(self.first, cards=tuple(self.numbers))

    @property
    def cards(self) -> list[str]:
        """Shown numbers of the cards."""
        return list(self.numbers.values())

    @property
    def about(self) -> str:
        """Key of the request's state: the addressee, the record type, the reason, and the period."""
        lead = self.first
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
        return len({card for request in self.requests for card in request.numbers})


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadList:
    """The leads of some cards; ``omitted`` cards were not traced, as they are too many.

    ``judged`` and ``inferred`` count those whose answer rests on a judgement, or is inferred.
    """

    addressees: list[Addressee]
    keys: list[str]
    omitted: int
    judged: int = 0
    inferred: int = 0

    @property
    def cards(self) -> int:
        """Number of cards that were asked about, traced or not."""
        return len(self.keys)


def leads_by_addressee(
    case: Case, ids: Sequence[str] = (), *, leads: Collection[str] = (), as_of: str | None = None
) -> LeadList:
    """Return the leads of some cards, the addressee of most cards first.

    Parameters
    ----------
    ids
        Numbers of cards; every card that a seizure names by its number where there are none.
    leads
        Ids of the only leads that count: of one card each, or of all cards of a request.
    """
    from graphtrace.render.format import lead_message
    from graphtrace.render.i18n import in_both

    keys = list(ids)
    if not keys:
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
            for key in lead.cards:
                request.numbers.setdefault(key, trace.card.label if trace.card else trace.input)
            request.leads.add(lead.id)
    for addressee in addressees.values():
        if leads:
            addressee.requests = [one for each in addressee.requests if (one := _only(each, leads)) is not None]
        addressee.requests.sort(key=lambda request: -len(request.numbers))
    found = [addressee for addressee in addressees.values() if addressee.requests]
    return LeadList(
        addressees=sorted(found, key=lambda one: (-one.cards, one.party.id if one.party else "")),
        keys=keys,
        omitted=max(len(keys) - MAX_CARDS, 0),
        judged=sum(bool(trace.judgements) for trace in traces),
        inferred=sum(trace.outcome is Outcome.INFERRED for trace in traces),
    )


def _only(request: Request, leads: Collection[str]) -> Request | None:
    """Return a request with the cards whose leads are among some; ``None`` where there are none."""
    if request.lead.id in leads:
        return request
    numbers = {
        key: number for key, number in request.numbers.items() if replace(request.first, cards=(key,)).id in leads
    }
    return replace(request, numbers=numbers) if numbers else None
