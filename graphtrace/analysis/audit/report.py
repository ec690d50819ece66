"""Audit of an enterprise's cards bought from carriers, or of a dealer's cards received from others (SPEC 5).

Cards are judged by the custody core, once for all cards that went the same way
(:mod:`graphtrace.analysis.audit.classify`); the engine counts them by it. Nothing is expanded to cards: the cost grows
with records, not with the sizes of ranges, and all parties are counted in the same passes as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from graphtrace.analysis.audit.classify import CardClassifier
from graphtrace.analysis.audit.events import CardEvents
from graphtrace.analysis.audit.metrics import AuditMetrics, CardCount, Days
from graphtrace.analysis.audit.quantity_flows import quantity_flows
from graphtrace.analysis.audit.rule_tables import create_rule_tables
from graphtrace.analysis.party import find_party
from graphtrace.analysis.trace import Tracer
from graphtrace.analysis.unlinked_events import create_events_view
from graphtrace.custody import sort_origins
from graphtrace.engine.audit_session import RECORD_SHIFT
from graphtrace.engine.flows import QuantityTotals
from graphtrace.errors import NothingFound, UsageError
from graphtrace.model import AUDIT_ROLES, KINDS, AuditRole, CustodyEvent, Party
from graphtrace.platform import quote
from graphtrace.results.audit import (
    BUCKETS,
    NO_FLOWS,
    Audit,
    Balance,
    BalanceSource,
    DurationSummary,
    PartyColumns,
    PartyShares,
    ProvinceCount,
    ResaleSummary,
    SeizedCase,
    _Value,
)
from graphtrace.results.bounds import CardBounds
from graphtrace.rules.evaluation import RuleFinding, evaluate_rules
from graphtrace.rules.model import Rule
from graphtrace.rules.selection import rules_of


def audit_parties(
    tracer: Tracer, names: Sequence[str], rules: Sequence[Rule] = (), role: AuditRole | None = None
) -> list[Audit]:
    """Return the audits of the parties that the ids or names mean, in their order, with what the rules find.

    Each is audited in its own role where none is given: as an enterprise where a carrier sold cards to it, else as a
    dealer.

    Raises
    ------
    AmbiguousName
        If several parties bear a name.
    UsageError
        If a party is a carrier.
    NothingFound
        If nobody bears a name, or the party received no cards in the role.
    RuleError
        If the query of a rule cannot be asked.
    """
    parties = find_audited(tracer, names)
    found: dict[Party, Audit] = {}
    for auditor, _ in auditors(tracer, parties, role, found):
        audits = auditor.with_findings(rules)
        found |= {audit.enterprise: audit for audit in audits}
    require_received(parties, found, role)
    return _completed(tracer, [found[party] for party in parties])


def auditors(
    tracer: Tracer, parties: Sequence[Party], role: AuditRole | None, found: Container[Party]
) -> Iterator[tuple[Auditor, Sequence[Party]]]:
    """Yield the audits of parties in a role, or in each role in turn for those not yet ``found``."""
    for asked in AUDIT_ROLES if role is None else (role,):
        missing = [party for party in parties if party not in found]
        if missing:
            with CardClassifier(tracer, missing, asked) as accounts:
                yield Auditor(tracer, accounts, missing), missing


def audit_all(tracer: Tracer, rules: Sequence[Rule] = (), role: AuditRole = "enterprise") -> list[Audit]:
    """Return the audits of all parties in a role, those with the most cards first, then by id.

    Enterprises are those to which a carrier sold cards, dealers all others that received any.

    Raises
    ------
    NothingFound
        If there is none.
    RuleError
        If the query of a rule cannot be asked.
    """
    with CardClassifier(tracer, None, role) as accounts:
        audits = Auditor(tracer, accounts, None).with_findings(rules)
    if not audits:
        raise NothingFound(_NOBODY[role], hint="load_sales")
    return _completed(tracer, sorted(audits, key=lambda audit: (-audit.cards, audit.enterprise.id)))


_NOBODY: Mapping[AuditRole, str] = {"enterprise": "no_enterprise_bought", "dealer": "no_dealer_received"}
_NOTHING: Mapping[AuditRole | None, str] = {
    None: "party_never_received",
    "enterprise": "party_never_bought",
    "dealer": "party_received_from_none",
}


def find_audited(tracer: Tracer, names: Sequence[str]) -> list[Party]:
    """Return the parties that the ids or names mean, in their order.

    Raises
    ------
    AmbiguousName, NothingFound
        If several parties bear a name, or nobody does.
    UsageError
        If a party is a carrier.
    """
    parties = [find_party(tracer.store, name) for name in names]
    for party in parties:
        if party.is_carrier:
            raise UsageError("audit_of_carrier", party=party.name, hint="audit_receivers", code="audit_of_carrier")
    return parties


def _completed(tracer: Tracer, audits: Sequence[Audit]) -> list[Audit]:
    """Return the audits with their flows by number, and with the judgements on which they rest."""
    flows = quantity_flows(tracer, {audit.enterprise for audit in audits})
    bounded = [replace(audit, quantity_flows=flows.get(audit.enterprise, NO_FLOWS)) for audit in audits]
    return [replace(audit, judgements=tracer.store.judgements.shown_in(audit)) for audit in bounded]


def require_received(parties: Iterable[Party], audited: Container[Party], role: AuditRole | None) -> None:
    """Check that there is an audit of each of the parties.

    Raises
    ------
    NothingFound
        If no record says that one received cards in the role, be it by their number only.
    """
    for party in parties:
        if party not in audited:
            raise NothingFound(_NOTHING[role], party=party.name, id=quote(party.id), hint="party_says")


# -- figures ---------------------------------------------------------------------------------------------------

_QUANTITIES = """
WITH mine AS (
    SELECT unlisted.*, sellers.is_carrier AS is_sold_by_carrier, buyers.is_carrier AS is_sold_to_carrier
    FROM unlisted JOIN who AS sellers ON sender = sellers.party JOIN who AS buyers ON receiver = buyers.party
    WHERE NOT repeated AND sender <> receiver
)
SELECT enterprise, is_purchase, is_return, coalesce(day <= date, false) AS is_by_date, count(*),
    sum(quantity)::BIGINT
FROM (
    SELECT receiver AS enterprise, quantity, day, true AS is_purchase, false AS is_return FROM mine
    WHERE {acquired} AND NOT is_sold_to_carrier
    UNION ALL
    SELECT sender, quantity, day, false, is_sold_to_carrier OR kind = {return_kind} FROM mine
) SEMI JOIN buyers USING (enterprise) LEFT JOIN dates USING (enterprise) GROUP BY ALL
"""

_BOOKS = """
WITH moves AS (
    SELECT 'listed' AS precision, 1 AS cards, sender, receiver, kind, day, record, repeated FROM listed
    UNION ALL SELECT 'range', last - first + 1, sender, receiver, kind, day, record, repeated FROM ranged
    UNION ALL SELECT 'quantity', quantity, sender, receiver, kind, day, record, repeated FROM unlisted
), carriers AS (SELECT party FROM who WHERE is_carrier),
told AS MATERIALIZED (
    SELECT *, sender IN (FROM carriers) AS is_sold_by_carrier,
        receiver IN (FROM carriers) OR kind = {return_kind} AS is_return
    FROM moves WHERE NOT repeated AND sender <> receiver
        AND (sender IN (SELECT enterprise FROM dates) OR receiver IN (SELECT enterprise FROM dates))
), sides AS (
    SELECT told.*, enterprise
    FROM told JOIN dates ON sender = enterprise AND day <= date
    UNION ALL
    SELECT told.*, enterprise FROM told JOIN dates ON receiver = enterprise AND day <= date
    WHERE {received}
)
SELECT enterprise,
    CASE WHEN {is_first} THEN '{first_code}' WHEN is_return THEN '{return_code}' ELSE 'sale' END AS side,
    precision, min(record), max(record) % {shift}, count(*), sum(cards)::BIGINT
FROM sides GROUP BY enterprise, side, precision, record // {shift} ORDER BY ALL
"""


class Auditor:
    """The audits of some parties, ``None`` for all in the role, first without findings.

    Attributes
    ----------
    audits
        Those of parties that received cards which records name.
    by_number
        Those of parties of whose cards only the number is on record: no card is known, so nothing is counted by card.
    """

    def __init__(self, tracer: Tracer, accounts: CardClassifier, parties: Sequence[Party] | None) -> None:
        self.tracer = tracer
        self.accounts = accounts
        self.audits: list[Audit] = []
        self.used: CardEvents | None = None
        if accounts.lots:
            create_events_view(tracer.store, accounts)
            self.used = CardEvents(accounts)
            self.figures = AuditMetrics(accounts, self.used)
            self._lay_out_books()
            self.audits = [self._audit(number) for number in accounts.enterprises]
        self.by_number = self._audits_by_number(parties)

    def with_findings(self, rules: Sequence[Rule]) -> list[Audit]:
        """Return the audits with what the rules find."""
        of_numbers = [rule for rule in rules_of(rules, self.accounts.role) if rule.is_by_number]
        of_cards = tuple(rule for rule in rules_of(rules, self.accounts.role) if not rule.is_by_number)
        asked = rules_of(rules, self.accounts.role) if self.audits else of_numbers
        if not (asked and (self.audits or self.by_number)):
            return [*self.audits, *(replace(audit, rules_not_asked=of_cards) for audit in self.by_number)]
        self.create_rule_tables()
        found = evaluate_rules(self.accounts.session, asked)
        return [
            *(replace(audit, findings=found.get(audit.enterprise.id, ())) for audit in self.audits),
            *(
                replace(audit, findings=_of(found.get(audit.enterprise.id, ()), of_numbers), rules_not_asked=of_cards)
                for audit in self.by_number
            ),
        ]

    def _audits_by_number(self, parties: Sequence[Party] | None) -> list[Audit]:
        audited = {audit.enterprise for audit in self.audits}
        bought: dict[Party, list[CustodyEvent]] = defaultdict(list)
        sold: dict[Party, list[CustodyEvent]] = defaultdict(list)
        for lot in self.tracer.quantities.movements:
            sold[lot.sender].append(lot)
            if lot.sender.is_carrier == (self.accounts.role == "enterprise") and not lot.receiver.is_carrier:
                bought[lot.receiver].append(lot)
        if parties is None and self.accounts.role == "dealer":
            rows = self.accounts.session.rows("SELECT id FROM registrants JOIN who USING (party)")
            enterprises = {name for (name,) in rows}
            parties = [party for party in bought if party.id not in enterprises]
        receivers = [party for party in bought if party not in audited and (parties is None or party in parties)]
        return [self._audit_by_number(party, bought[party], sold[party]) for party in sorted(receivers)]

    def _audit_by_number(self, party: Party, bought: Sequence[CustodyEvent], sold: Sequence[CustodyEvent]) -> Audit:
        passed_on = [lot for lot in sold if lot.kind == "transfer"]
        returned = [lot for lot in sold if lot.kind == "return"]
        number = self.accounts.numbers_of([party]).get(party)
        declared = None if number is None else self.accounts.declarations.get(number)
        balance = None
        if declared is not None:
            purchases, sales, returns = (
                _total_of(lot for lot in lots if lot.when.earliest <= declared.when.latest)
                for lots in (bought, passed_on, returned)
            )
            balance = Balance(
                role=self.accounts.role,
                when=declared.when,
                declared_stock=declared.stock,
                declared_sold=declared.sold,
                acquired=0,
                returned=0,
                activated=0,
                sold=CardBounds(sales.cards, sales.cards),
                quantity_acquired=purchases.cards,
                quantity_returned=returns.cards,
                declarations=sort_origins(map(self.accounts.origin, declared.records)),
                books=(),
            )
        return Audit(
            enterprise=party,
            role=self.accounts.role,
            cards=0,
            buckets=dict.fromkeys(BUCKETS, 0),
            resold=ResaleSummary(activated=0, by_depth={}, final_holders=(), channels={}),
            activated=0,
            seized=0,
            seized_cases=(),
            to_transfer=DurationSummary(0, 0),
            to_activation=DurationSummary(0, 0),
            places=(),
            quantity_purchased=_total_of(bought),
            quantity_sold=_total_of(passed_on),
            balance=balance,
        )

    def create_rule_tables(self) -> None:
        """Create the relations that rules query and that an audit is opened by."""
        create_rule_tables(self.accounts, [*self.audits, *self.by_number], self.used)

    def _lay_out_books(self) -> None:
        accounts, session = self.accounts, self.accounts.session
        dates = [(number, said.when.latest) for number, said in accounts.declarations.items()]
        session.insert_rows("dates", {"enterprise": "INTEGER", "date": "INTEGER"}, dates)
        buyers = [(number,) for number in accounts.enterprises]
        session.insert_rows("buyers", {"enterprise": "INTEGER"}, buyers)
        sides = _SIDES[accounts.role]
        self.quantities = _grouped(
            (enterprise, _Quantity(*row))
            for enterprise, *row in session.rows(_QUANTITIES.format(return_kind=_RETURN, acquired=sides.acquired))
        )
        books = session.rows(_BOOKS.format(return_kind=_RETURN, shift=RECORD_SHIFT, **sides._asdict())) if dates else []
        sources = [
            (enterprise, BalanceSource(side, precision, accounts.origin(first), last_row, records, cards))
            for enterprise, side, precision, first, last_row, records, cards in books
        ]
        self.books = _grouped(sorted(sources, key=lambda side: (side[0], *side[1][:2], side[1].source)))

    def _audit(self, enterprise: int) -> Audit:
        figures = self.figures
        fates = figures.fates[enterprise]
        nothing = CardCount()
        held, resold = fates.get("held", nothing), fates.get("resold", nothing)
        by_other, unnamed = figures.by_other.get(enterprise, 0), figures.unnamed.get(enterprise, 0)
        cards = sum(count.cards for count in fates.values())
        activated = sum(count.activated for count in fates.values())
        quantities = self.quantities[enterprise]
        return Audit(
            enterprise=self.accounts.parties[enterprise],
            role=self.accounts.role,
            cards=cards,
            buckets={
                "in_stock": held.cards - held.activated,
                "activated_by_enterprise": held.activated - by_other - unnamed,
                "activated_unnamed": unnamed,
                "activated_by_other": by_other,
                "resold": resold.cards,
                "returned": fates.get("returned", nothing).cards,
                "disputed": fates.get("disputed", nothing).cards,
            },
            resold=ResaleSummary(
                activated=resold.activated,
                by_depth=figures.depths.get(enterprise, {}),
                final_holders=self._shares(figures.holders, enterprise),
                channels=figures.channels.get(enterprise, {}),
            ),
            activated=activated,
            seized=sum(count.seized for count in fates.values()),
            seized_cases=tuple(
                SeizedCase(case_no, cards)
                for case_no, cards in sorted(
                    figures.cases.get(enterprise, {}).items(), key=lambda each: (-each[1], *_nulls_last(each[0]))
                )
            ),
            by_month=figures.months.get(enterprise, ()),
            to_transfer=_spread(cards, figures.to_transfer.get(enterprise, ())),
            to_activation=_spread(cards, figures.to_activation.get(enterprise, ())),
            places=tuple(
                ProvinceCount(*place, cards)
                for place, cards in sorted(
                    figures.places.get(enterprise, {}).items(),
                    key=lambda each: (-each[1], *(part for name in each[0] for part in _nulls_last(name))),
                )
            ),
            quantity_purchased=_summed(each for each in quantities if each.is_purchase),
            quantity_sold=_summed(each for each in quantities if not (each.is_purchase or each.is_return)),
            balance=self._balance(enterprise),
            suppliers=self._shares(figures.suppliers, enterprise),
            buyers=self._shares(figures.buyers, enterprise),
            sent_unreceived=figures.sent_unreceived.get(enterprise, 0),
            listed_active=figures.listed_active.get(enterprise, 0),
        )

    def _shares(self, found: Mapping[int, PartyColumns], enterprise: int) -> PartyShares:
        return PartyShares(self.figures.people, found.get(enterprise, PartyColumns.none()))

    def _balance(self, enterprise: int) -> Balance | None:
        said = self.accounts.declarations.get(enterprise)
        if said is None:
            return None
        acquired, returned, passed_on = self.figures.at_date[enterprise]
        known = [each for each in self.quantities[enterprise] if each.is_by_date]
        sold = _summed(each for each in known if not (each.is_purchase or each.is_return)).cards
        return Balance(
            role=self.accounts.role,
            when=said.when,
            declared_stock=said.stock,
            declared_sold=said.sold,
            acquired=acquired,
            returned=returned,
            activated=self.figures.while_held.get(enterprise, 0),
            sold=CardBounds(max(passed_on, sold), passed_on + sold),
            quantity_acquired=_summed(each for each in known if each.is_purchase).cards,
            quantity_returned=_summed(each for each in known if each.is_return).cards,
            declarations=sort_origins(map(self.accounts.origin, said.records)),
            books=tuple(self.books[enterprise]),
        )


class _Sides(NamedTuple):
    """SQL conditions that classify records in the books of a role, with the codes of their lines."""

    acquired: str
    received: str
    is_first: str
    first_code: str
    return_code: str


_SIDES: Mapping[AuditRole, _Sides] = {
    "enterprise": _Sides(
        "is_sold_by_carrier", "is_sold_by_carrier OR is_return", "is_sold_by_carrier", "purchase", "return"
    ),
    "dealer": _Sides(
        "NOT is_sold_by_carrier", "NOT is_sold_by_carrier", "receiver = enterprise", "receipt", "sent_back"
    ),
}

_RETURN = KINDS.index("return")


class _Quantity(NamedTuple):
    is_purchase: bool
    is_return: bool
    is_by_date: bool
    records: int
    cards: int


def _of(findings: Iterable[RuleFinding], rules: Container[Rule]) -> tuple[RuleFinding, ...]:
    return tuple(finding for finding in findings if finding.rule in rules)


def _summed(quantities: Iterable[_Quantity]) -> QuantityTotals:
    found = list(quantities)
    return QuantityTotals(sum(each.records for each in found), sum(each.cards for each in found))


def _total_of(lots: Iterable[CustodyEvent]) -> QuantityTotals:
    found = list(lots)
    return QuantityTotals(len(found), sum(lot.quantity or 0 for lot in found))


def _grouped(rows: Iterable[tuple[int, _Value]]) -> dict[int, list[_Value]]:
    groups: dict[int, list[_Value]] = defaultdict(list)
    for enterprise, value in rows:
        groups[enterprise].append(value)
    return groups


def _nulls_last(text: str | None) -> tuple[bool, str]:
    return text is None, text or ""


def _spread(cards: int, counted: Iterable[Days]) -> DurationSummary:
    """Return the quartiles by nearest rank of (days, cards) where the days are known."""
    days = sorted((day, count) for day, count in counted if day is not None)
    known = sum(count for _, count in days)
    if not known:
        return DurationSummary(cards, 0)
    quartiles = []
    for rank in (-(-known * quarter // 4) for quarter in (1, 2, 3)):
        seen = 0
        for day, count in days:
            seen += count
            if seen >= rank:
                quartiles.append(day)
                break
    return DurationSummary(cards, known, *quartiles)
