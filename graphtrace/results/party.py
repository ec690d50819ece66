"""Summary of a party and of its dealings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypedDict

from graphtrace.frozen import frozen
from graphtrace.identifiers import LegalForm, is_visibly_firm, legal_form_of, normalize_party_name
from graphtrace.model import DateSpan, Finding, Origin, Party, day_text
from graphtrace.results.display import PlainDictMixin
from graphtrace.results.flows import Bounds, FlowTotals, PartnerGroups, QuantityTotals, RowsByName, bounds_columns
from graphtrace.results.judgements import NamedJudgement
from graphtrace.results.source_rows import UnreadRow
from graphtrace.results.tables import RowsMixin, require_pandas
from graphtrace.wire import DATED, KeyGroup, wire

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd


@wire(
    "kind:Literal['telephone','wechat','qq','taobao','alipay','bank','address','email','account','alias'] value",
    "origins",
    name="Contact",
)
@frozen()
class PartyContact:
    """A contact of a party, and the rows that state it."""

    kind: str
    value: str
    origins: tuple[Origin, ...]


class ContactValue(TypedDict):
    """A contact in the writing in which it is compared."""

    kind: Literal["telephone", "wechat", "qq", "taobao", "alipay", "bank", "address", "email", "account", "alias"]
    value: str


class Identity(TypedDict):
    """Identity of a person or firm as a record states it."""

    date: str | None
    name: str | None
    id: str | None
    contacts: list[ContactValue]
    origins: list[Origin]


Shipment = TypedDict(
    "Shipment",
    {"date": str | None, "from": Party | None, "to": Party | None, "waybill": str, "origins": list[Origin]},
)
Shipment.__doc__ = "A parcel that names a party as its sender or receiver."
Payment = TypedDict(
    "Payment",
    {
        "date": str | None,
        "from": Party | None,
        "to": Party | None,
        "order_no": str | None,
        "amount": str | None,
        "origins": list[Origin],
    },
)
Payment.__doc__ = "A payment that names a party as its payer or payee; the amount has no currency."


@frozen()
class PartySupport:
    """Supporting records of a party: its contacts, and the identities, shipments and payments that name it."""

    contacts: tuple[PartyContact, ...] = ()
    identities: tuple[dict[str, Any], ...] = ()
    shipments: tuple[dict[str, Any], ...] = ()
    payments: tuple[dict[str, Any], ...] = ()


@wire("card number date=when.iso case_no place origins by_name??:Literal[True]")
@frozen()
class PartySeizure:
    """The seizure of one card from the party; ``number`` is the MSISDN where no row of it names the card.

    ``by_name`` is there where its rows know the party by a name alone.
    """

    card: str | None
    number: str | None
    when: DateSpan | None
    case_no: str | None
    place: str | None
    origins: tuple[Origin, ...]
    by_name: bool = False

    def sort_key(self) -> tuple[object, ...]:
        """Return the key of the order by day, those without one last, then by criminal case and card."""
        day = self.when or DateSpan(0, 0)
        return (self.when is None, day, self.case_no or "", self.card or "", self.number or "", self.place or "")


@wire("card number kind date=when.iso imei origins by_name??:Literal[True]")
@frozen()
class PartyUse:
    """The activation or use of one card by the party; ``number`` is the MSISDN where no row of it names the card.

    ``by_name`` is there where its rows know the party by a name alone.
    """

    card: str | None
    number: str | None
    kind: str
    when: DateSpan | None
    imei: str | None
    origins: tuple[Origin, ...]
    by_name: bool = False

    def sort_key(self) -> tuple[object, ...]:
        """Return the key of the order by day, those without one last, then by card."""
        day = self.when or DateSpan(0, 0)
        return (self.when is None, day, self.card or "", self.number or "", self.kind, self.imei or "")


NO_SUPPORT: Final = PartySupport()
"""Of a party in a case without supporting records."""


PartyKind = Literal["carrier", "enterprise", "dealer", "person"]


@wire(
    "cards records quantity_only since=since.day until=until.day seized bounds records_by_name??=by_name",
    "seized_from_others??",
)
@frozen()
class CounterpartyFlow:
    """Flow between a party and one of its counterparties.

    ``cards`` counts each card once, ``records`` the different statements that name cards; what states a number of cards
    only stands beside them. ``seized`` counts those of the cards that were seized at any time, ``seized_from_others``
    those that records say were taken from somebody else than the receiver. ``bounds`` is how many
    different cards that is in all, at least and at most (:mod:`graphtrace.analysis.flow_bounds`). ``by_name`` is how
    many of all these records know the counterparty by a name alone; where all do, it is no more than that name.
    """

    party: Party
    cards: int
    records: int
    quantity_only: QuantityTotals
    since: DateSpan | None
    until: DateSpan | None
    seized: int
    bounds: Bounds
    by_name: int = 0
    seized_from_others: int = 0


@wire(
    DATED,
    "party received!:list[dict[str,Any]] passed_on!:list[dict[str,Any]] seizures uses?? uses_left_out?? listed??",
    "judgements unread_rows findings??=reply_findings unread?!",
    name="PartyAnswer",
    doc="The answer of ``party``.",
    party=KeyGroup(
        "PartyWithKind",
        "A party, what records show it to be, and the parties that were judged to be the same.",
        "id=party.id name=party.name identified_by?=party.identified_by kind legal_form aliases=other_names "
        "contacts=support.contacts identities=support.identities:list[Identity] "
        "shipments=support.shipments:list[Shipment] payments=support.payments:list[Payment] by_name??",
    ),
)
@frozen()
class PartySummary(RowsMixin, PlainDictMixin):
    """Flows of a party: received and passed on; the most cards first, then by id.

    ``seizures`` are those of cards taken from it, ``uses`` what records say it used, and
    ``uses_left_out`` counts the cards beyond the most that are told. ``listed`` counts those that lists name for it.
    ``kind`` is what the records show the party to be: a carrier, an enterprise to which a carrier sold, a dealer that
    passed cards on, else a natural person where its identifier says so; ``None`` if none of these.
    ``aliases`` has every other name of it, with the id under which the records that write so know it. ``by_name`` are
    the rows that the case counts to it by a name alone. ``unread_rows`` hold its name and count in nothing: they were
    not read. ``reply_findings`` name the files that the answer rests on and that are not what their replies say.
    """

    party: Party
    kind: PartyKind | None
    received: tuple[CounterpartyFlow, ...]
    passed_on: tuple[CounterpartyFlow, ...]
    aliases: tuple[tuple[str, str], ...] = ()
    support: PartySupport = NO_SUPPORT
    seizures: tuple[PartySeizure, ...] = ()
    uses: tuple[PartyUse, ...] = ()
    uses_left_out: int = 0
    listed: int = 0
    by_name: tuple[RowsByName, ...] = ()
    judgements: tuple[NamedJudgement, ...] = ()
    unread_rows: tuple[UnreadRow, ...] = ()
    reply_findings: tuple[Finding, ...] = ()

    def __repr__(self) -> str:
        return f"<PartySummary {self.party.name!r}: from {len(self.received)}, to {len(self.passed_on)} parties>"

    @property
    def legal_form(self) -> LegalForm | None:
        """What the identifier of the party says that it is."""
        return legal_form(self.party)

    @property
    def other_names(self) -> list[Party]:
        """The party by every other name of it."""
        return [Party(*alias) for alias in self.aliases]

    def _table(self) -> tuple[Sequence[str], Sequence[Mapping[str, Any]]]:
        return FLOW_COLUMNS, list(flow_rows(self))

    def to_pandas(self) -> pd.DataFrame:
        """Return one row per other party and direction. Columns: those of :func:`flow_rows`."""
        require_pandas()
        import pandas as pd

        return pd.DataFrame(flow_rows(self), columns=list(FLOW_COLUMNS))

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """Return the party and those it dealt with; nodes and edges have names as in :meth:`graphtrace.Case.graph`.

        Nodes are parties (``type``, ``label``, ``name``). Edges lead the way that the cards went (``type`` ``flow``,
        ``label``, ``weight``, ``cards``, ``records``, ``quantity_records``, ``quantity_cards``, ``cards_at_least``,
        ``cards_at_most``, ``since``, ``until``, ``seized``).
        """
        import networkx as nx

        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for party in (self.party, *(flow.party for flow in (*self.received, *self.passed_on))):
            graph.add_node(party.id, type="party", label=party.name or party.id, name=party.name)
        for flow in self.received:
            graph.add_edge(
                flow.party.id, self.party.id, key="flow", **flow_attributes(flow, flow.bounds), seized=flow.seized
            )
        for flow in self.passed_on:
            graph.add_edge(
                self.party.id, flow.party.id, key="flow", **flow_attributes(flow, flow.bounds), seized=flow.seized
            )
        return graph


FLOW_COLUMNS = (
    *("party_id", "party", "direction", "with_id", "with", "cards", "records", "quantity_records", "quantity_cards"),
    *("since", "until", "seized", "cards_at_least", "cards_at_most", "records_by_name"),
)


def flow_rows(dealings: PartySummary) -> Iterator[dict[str, Any]]:
    """Yield the flows that a party received and passed on as rows with the keys :data:`FLOW_COLUMNS`."""
    for direction, flows in (("received", dealings.received), ("passed_on", dealings.passed_on)):
        for flow in flows:
            figures = (
                *(dealings.party.id, dealings.party.name, direction, flow.party.id, flow.party.name),
                *(
                    flow.cards,
                    flow.records,
                    *flow.quantity_only,
                    day_text(flow.since),
                    day_text(flow.until),
                    flow.seized,
                ),
                *bounds_columns(flow.bounds),
                flow.by_name,
            )
            yield dict(zip(FLOW_COLUMNS, figures, strict=True))


def flow_attributes(flow: CounterpartyFlow | FlowTotals, bounds: Bounds) -> dict[str, Any]:
    """Return a flow between two parties as attributes of an edge."""
    quantity = flow.quantity_only
    least, most = bounds_columns(bounds)
    return {
        "type": "flow",
        "label": f"{flow.cards} + {quantity.cards}" if quantity.records else str(flow.cards),
        "weight": float(max(flow.cards + quantity.cards, 1)),
        "cards": flow.cards,
        "records": flow.records,
        "quantity_records": quantity.records,
        "quantity_cards": quantity.cards,
        "cards_at_least": least,
        "cards_at_most": most,
        "since": day_text(flow.since),
        "until": day_text(flow.until),
    }


def party_kind(party: Party, *, has_bought: bool, has_passed: bool) -> PartyKind | None:
    """Return the kind of a party, from whether records show that it bought from a carrier or passed cards on.

    A party that did neither has a kind only by its identifier, never by its name.
    """
    if party.is_carrier:
        return "carrier"
    if has_bought:
        return "enterprise"
    if has_passed:
        return "dealer"
    return "person" if legal_form(party) == "person" else None


def legal_form(party: Party) -> LegalForm | None:
    """Whether the identifier of a party is that of a firm or of a natural person, ``None`` where it does not say."""
    return None if party.strong_id is None else party.form or legal_form_of(party.strong_id)


@wire("id name identified_by? kind")
class Registrant(NamedTuple):
    """The party that a carrier sold the card to or names as its customer; ``kind`` where number or name say it."""

    id: str
    name: str
    kind: Literal["enterprise", "person"] | None
    identified_by: Literal["name"] | None = None


def registrant_kind(party: Party) -> Literal["enterprise", "person"] | None:
    """Whether a registrant is an enterprise or a natural person, by its identifier, else by a firm's word in its name.

    ``None`` where neither says it.
    """
    form = legal_form(party)
    if form == "person":
        return "person"
    is_firm = "firm" in (form, party.form) or is_visibly_firm(normalize_party_name(party.name))
    return "enterprise" if is_firm else None


Side = Literal["received", "passed_on"]


SIDES: tuple[Side, ...] = ("received", "passed_on")


@frozen()
class PartyPartners:
    """Some groups of the partners of a party, from whom it received cards and to whom it passed them on.

    A side that was not asked for is empty, and ``kind``, which is that of :class:`PartySummary`, ``None`` then.
    """

    party: Party
    kind: PartyKind | None
    received: PartnerGroups
    passed_on: PartnerGroups
