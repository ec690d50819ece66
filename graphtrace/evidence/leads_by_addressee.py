"""Leads of some cards of a case, or of all seized ones, grouped by addressee, and the words of letters about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from graphtrace.frozen import frozen, replace
from graphtrace.identifiers.operators import office_of
from graphtrace.model import Outcome
from graphtrace.results.letters import LetterRequest, Sale

if TYPE_CHECKING:
    from graphtrace.case_questions import CaseQuestions
    from graphtrace.model import Lead, Party
    from graphtrace.render import Lang
    from graphtrace.render.i18n import Text
    from graphtrace.results.trace import Trace


LISTED: Final = 12
"""Maximum number of ranges that stand in the letter itself; more stand in the annex only."""


def what_is_asked(request: LetterRequest, lang: Lang) -> str:
    """Return the records that a request asks for, in detail."""
    from graphtrace.locale import phrase
    from graphtrace.render import text_tables
    from graphtrace.render.format import translate

    if request.sales:
        sales = [phrase("letter_sale", **sale._asdict()) for sale in request.sales[:LISTED]]
        more = len(request.sales) - len(sales)
        return _as_sentence(phrase("letter_sales", sales=sales, more=more or None).render(lang))

    return _as_sentence(translate(text_tables.ASKED_RECORDS, request.record_type, lang))


def why_asked(request: LetterRequest, lang: Lang) -> str:
    """Return the reason of a request, as the lead states it."""
    from graphtrace.render import text_tables
    from graphtrace.render.format import translate

    return _as_sentence(translate(text_tables.REASONS, request.because, lang))


def _as_sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def format_period(request: LetterRequest, lang: Lang) -> str:
    """Return the period of a request; a dash where it has none."""
    if not (request.since or request.until):
        return "—"
    from graphtrace.locale import phrase

    return phrase("letter_period", since=request.since or "…", until=request.until or "…").render(lang)


def format_day(day: str, lang: Lang) -> str:
    """Return a day as letters write it."""
    if lang != "zh":
        return day
    year, month, of_month = (int(part) for part in day.split("-"))
    return f"{year}年{month}月{of_month}日"


ISSUER_DIGITS: Final = 7
"""Maximum length of the number of an issuer at the beginning of a card's, in digits (ITU-T E.118)."""

MAX_CARDS: Final = 5_000
"""Maximum number of cards that are traced for their leads."""


@dataclass(slots=True)
class Request:
    """One kind of record to ask of one party, for several cards: their shown numbers by their keys."""

    first: Lead
    text: Text
    numbers: dict[str, str] = field(default_factory=dict)
    leads: set[str] = field(default_factory=set)
    since: str | None = None
    until: str | None = None
    """The days that the records leave open for all its cards; ``None`` where they do not bound it."""
    branch: str = ""
    """Name of the branch of an operator of which several are asked."""
    sales: list[Sale] = field(default_factory=list)
    """Sales by number of the party that is asked, in which the cards may have gone on."""

    def add(self, lead: Lead, trace: Trace) -> None:
        """Add a card by the lead about it and the answer that the lead is of."""
        since, until = _period(lead, trace)
        if self.numbers:
            since = None if None in (since, self.since) else min(since or "", self.since or "")
            until = None if None in (until, self.until) else max(until or "", self.until or "", key=_end_of)
        self.since, self.until = since, until
        self.sales += [sale for sale in _sales(lead, trace) if sale not in self.sales]
        for key in lead.cards:
            self.numbers.setdefault(key, trace.card.written if trace.card else trace.input)
        self.leads.add(lead.id)

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
        asked = " ".join(filter(None, (lead.ask.id, self.branch))) if lead.ask else issuer_of(lead)
        return "|".join((asked, lead.record_type, lead.because, lead.since or "", lead.until or ""))


@dataclass(slots=True)
class Addressee:
    """Party to ask, with its requests; ``None`` if no number tells the carrier.

    Then ``issuer`` is the beginning that the numbers of its cards share, which names their issuer (ITU-T E.118): what
    is asked of one issuer does not say which cards of another are asked about. Each branch of an operator is an
    addressee of its own, with its name as ``branch`` where several are asked.
    """

    party: Party | None
    issuer: str | None = None
    branch: str = ""
    requests: list[Request] = field(default_factory=list)

    @property
    def names(self) -> tuple[str, ...]:
        """Names by which it is chosen: the branch, the id of the party; the number of an issuer, or nothing for any."""
        return (*filter(None, (self.branch, self.party.id)),) if self.party else (self.issuer or "", "")

    @property
    def cards(self) -> int:
        """Number of different cards in the requests."""
        return len({card for request in self.requests for card in request.numbers})


@frozen()
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


def leads_by_addressee(case: CaseQuestions, ids: Sequence[str] = (), *, leads: Collection[str] = ()) -> LeadList:
    """Return the leads of some cards, the addressee of most cards first.

    ``ids``: numbers of cards; every card that a seizure names where there are none.
    ``leads``: ids of the only leads that count: of one card each, or of all cards of a request.
    """
    from graphtrace.render.format import lead_message
    from graphtrace.render.i18n import in_both

    keys = list(ids) or case.cards_seized_in()
    addressees: dict[tuple[str, str], Addressee] = {}
    requests: dict[tuple[tuple[str, str], str, str, str | None, str | None], Request] = {}
    traces = case.trace(*keys[:MAX_CARDS]) if keys else ()
    for trace in traces:
        for lead in trace.leads:
            issuer = None if lead.ask else issuer_of(lead)
            asked = office_of(lead.ask) if lead.ask else (issuer or "", "")
            addressee = addressees.setdefault(asked, Addressee(lead.ask, issuer))
            about = (asked, lead.record_type, lead.because, lead.since, lead.until)
            request = requests.get(about)
            if request is None:
                text = in_both(lambda lang, lead=lead: lead_message(lead, lang))  # type: ignore[misc]
                request = requests[about] = Request(lead, text)
                addressee.requests.append(request)
            request.add(lead, trace)
    offices = Counter(ident for ident, _ in addressees)
    for addressee in addressees.values():
        if addressee.party and offices[addressee.party.id] > 1:
            addressee.branch = addressee.party.name
            for request in addressee.requests:
                request.branch = addressee.branch
        if leads:
            addressee.requests = [one for each in addressee.requests if (one := _only(each, leads)) is not None]
        addressee.requests.sort(key=lambda request: -len(request.numbers))
    found = [addressee for addressee in addressees.values() if addressee.requests]
    return LeadList(
        addressees=sorted(
            found, key=lambda one: (-one.cards, office_of(one.party) if one.party else (one.issuer or "", ""))
        ),
        keys=keys,
        omitted=max(len(keys) - MAX_CARDS, 0),
        judged=sum(bool(trace.judgements) for trace in traces),
        inferred=sum(trace.outcome is Outcome.INFERRED for trace in traces),
    )


def issuer_of(lead: Lead) -> str:
    """Return the number of the issuer at the beginning of the number of the card that a lead is about."""
    return min(lead.cards, default="")[:ISSUER_DIGITS]


def _period(lead: Lead, trace: Trace) -> tuple[str | None, str | None]:
    """Return the first and the last day that the records leave open for what a lead asks of one card.

    It begins when the party that is asked got the card, of a carrier when it sold it, and ends with the seizure.
    """
    if lead.since or lead.until:
        return lead.since, lead.until
    hops = [hop for chain in trace.chains for hop in chain.hops]
    asked = lead.ask.id if lead.ask else ""
    is_carrier = lead.ask is not None and lead.ask.is_carrier
    own = [hop for hop in hops if asked == (hop.sender.id if is_carrier else hop.receiver.id)]
    taken = min((seizure.when.day for seizure in trace.seizures if seizure.when is not None), default=None)
    if lead.record_type == "purchase_record":
        return None, taken
    since = min((hop.day for hop in own if hop.day), default=None)
    return (None, None) if since and taken and since > taken else (since, taken)


def _end_of(day: str) -> str:
    """Return a text by which days and months are ordered by their end."""
    return f"{day}-99"[: len("2024-03-05")]


def _sales(lead: Lead, trace: Trace) -> Iterator[Sale]:
    for finding in trace.findings if lead.because == "possible_onward" and lead.ask else ():
        params = finding.params
        is_theirs = finding.code == lead.because and lead.ask is not None and params["at"]["id"] == lead.ask.id
        if is_theirs and "held" not in params:
            yield Sale(params["date"], params["to"]["name"], params["quantity"])


def _only(request: Request, leads: Collection[str]) -> Request | None:
    if request.lead.id in leads:
        return request
    numbers = {
        key: number for key, number in request.numbers.items() if replace(request.first, cards=(key,)).id in leads
    }
    return replace(request, numbers=numbers) if numbers else None
