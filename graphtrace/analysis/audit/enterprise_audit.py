"""Audit of an enterprise's cards bought from carriers, or of a dealer's cards received from others (SPEC 5).

Cards are judged by the custody core, once for all cards of the same path
(:mod:`graphtrace.analysis.audit.classify`); the engine counts them by it. Nothing is expanded to cards: the cost grows
with records, not with the sizes of ranges, and all parties are counted in the same passes as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from graphtrace.analysis.audit.balance_books import BalanceSheets, balance_by_number, quantity_flows, total_of_lots
from graphtrace.analysis.audit.card_events import CardEvents
from graphtrace.analysis.audit.classify import CardClassifier
from graphtrace.analysis.audit.metrics import AuditMetrics, CardCount, Days
from graphtrace.analysis.audit.rule_extent import Extent
from graphtrace.analysis.audit.rule_tables import offer_rule_tables
from graphtrace.analysis.card_trace import Tracer
from graphtrace.analysis.inquiries import differing_replies, files_counted, reply_findings
from graphtrace.analysis.party_dealings import find_party
from graphtrace.analysis.source_cells import rows_naming_parties
from graphtrace.analysis.unlinked_events import create_events_view
from graphtrace.engine.audit_queries import RECORD_SHIFT, registrant_ids
from graphtrace.engine.drilldown_queries import (
    annexed_pieces,
    create_annexed,
    records_of_pieces,
    sheets_of_annexed,
    uses_of_pieces,
)
from graphtrace.engine.rule_relations import UNRECORDED
from graphtrace.errors import NothingFound, UsageError
from graphtrace.model import AUDIT_ROLES, AuditRole, CustodyEvent, Origin, Party, format_day
from graphtrace.platform import quote
from graphtrace.results.audit import (
    BUCKETS,
    NO_FLOWS,
    AnnexedCard,
    Audit,
    Bucket,
    DurationSummary,
    PartyShares,
    ProvinceCount,
    ResaleSummary,
    SeizedCase,
)
from graphtrace.results.party_table import NO_PARTIES, PartyColumns
from graphtrace.results.rules import Rule, RuleFinding
from graphtrace.rules.evaluation import evaluate_rules
from graphtrace.storage.base import WHOLE_CASE, AuditScope

_AT_ONCE: Final = 20_000
"""Number of pieces, and of cards, that are looked at together."""


class AnnexedCards:
    """The cards of audits whose rule tables are there."""

    def __init__(self, classifier: CardClassifier) -> None:
        self._classifier = classifier
        self._session = classifier.session
        self._names: dict[str | None, str] = {}
        self._origins: dict[int, tuple[tuple[str, str, int], str]] = {}

    def sheets(self, party: Party) -> tuple[Origin, ...]:
        """Return one row of each table that names a card of the party; the annex says which others do."""
        create_annexed(self._session, party.id)
        rows = [self._classifier.origin(sheet * RECORD_SHIFT) for sheet in sheets_of_annexed(self._session)]
        return tuple(sorted(rows, key=lambda origin: origin.sort_key))

    def cards(self, audit: Audit) -> Iterator[AnnexedCard]:
        """Yield the cards of an audit in the order of their numbers, with the holders as its counts name them."""
        holders = audit.resold.final_holders
        self._names = {}
        if isinstance(holders, PartyShares) and holders.has_names:
            self._names = {
                share.party.id: name.id
                for share, name in holders.joined()
                if share.party is not None and name is not None and share.by_name == share.cards
            }
        party = audit.enterprise
        pieces = create_annexed(self._session, party.id)
        for place in range(1, pieces + 1, _AT_ONCE):
            yield from self._cards_at(party, place, min(place + _AT_ONCE - 1, pieces))

    def _cards_at(self, party: Party, first_place: int, last_place: int) -> Iterator[AnnexedCard]:
        pieces = annexed_pieces(self._session, first_place, last_place)
        singles, ranges = records_of_pieces(self._session)
        uses = {key: use for key, *use in uses_of_pieces(self._session)}
        by_card, by_piece = defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
        for key, record in singles:
            by_card[key].append(record)
        for first, record in ranges:
            by_piece[first].append(record)
        keys = ((key, piece) for piece in pieces for key in range(piece[0], piece[1] + 1))
        while some := [each for _, each in zip(range(_AT_ONCE), keys, strict=False)]:
            shown = self._classifier.shown_numbers([key for key, _ in some])
            for key, (first, _, fate, holder, depth, channel, acquired, left) in some:
                activated, user, seized = uses.get(key, (None, None, False))
                yield AnnexedCard(
                    enterprise=party.id,
                    card=shown[key],
                    bucket=_bucket(fate, party, user, is_used=activated is not None),
                    acquired=None if acquired is None else format_day(acquired),
                    left=None if left is None else format_day(left),
                    holder=self._names.get(holder, holder),
                    depth=depth,
                    channel=channel,
                    first_used=None if activated is None else format_day(activated),
                    seized=seized,
                    rows=self._refs({*by_card.get(key, ()), *by_piece.get(first, ())}),
                )

    def _refs(self, records: set[int]) -> tuple[str, ...]:
        if len(self._origins) > 10 * _AT_ONCE:
            self._origins.clear()
        for record in records - self._origins.keys():
            origin = self._classifier.origin(record)
            self._origins[record] = (origin.sort_key[:3], origin.ref)
        return tuple(ref for _, ref in sorted(self._origins[record] for record in records))


def _bucket(fate: str, party: Party, user: str | None, *, is_used: bool) -> Bucket:
    if fate == UNRECORDED:
        return "resold"
    if fate != "held":
        return "returned" if fate == "returned" else "disputed" if fate == "disputed" else "resold"
    if not is_used:
        return "in_stock"
    if user is None:
        return "activated_unnamed"
    return "activated_by_enterprise" if user == party.id else "activated_by_other"


def check_role(role: str | None) -> None:
    """Check that parties can be audited in a role; ``None`` for the role of each.

    Raises UsageError if there is no such role.
    """
    if role is not None and role not in AUDIT_ROLES:
        raise UsageError("bad_audit_role", role=role, names=AUDIT_ROLES, hint="roles_are", code="bad_role")


def audit_parties(
    tracer: Tracer,
    names: Sequence[str],
    rules: Sequence[Rule] = (),
    role: AuditRole | None = None,
    annex: Callable[[Iterable[AnnexedCard]], object] | None = None,
) -> list[Audit]:
    """Return the audits of the parties that the ids or names mean, in their order, with what the rules find.

    Each is audited in its own role where none is given: as an enterprise where a carrier sold cards to it, else as a
    dealer. ``annex`` is called once with the cards behind the counts, and reads them all.

    Raises AmbiguousName if several parties bear a name; UsageError if a party is a carrier; NothingFound if nobody
    bears a name, or the party received no cards in the role; RuleError if the query of a rule cannot be asked.
    """
    parties = find_audited(tracer, names)
    found: dict[Party, Audit] = {}

    def answer() -> Iterator[AnnexedCard]:
        for auditor, _ in auditors(tracer, parties, role, found):
            audits = auditor.with_findings(rules)
            if annex is not None and auditor.audits:
                auditor.offer_rule_tables()
                annexed = AnnexedCards(auditor.classifier)
                audits = [replace(audit, annexed=annexed.sheets(audit.enterprise)) for audit in audits]
                for audit in audits:
                    yield from annexed.cards(audit)
            found.update({audit.enterprise: audit for audit in audits})

    (annex or list)(answer())
    require_received(tracer, parties, found, role)
    unread = rows_naming_parties(tracer.store, parties)
    audits = _completed(tracer, [found[party] for party in parties])
    return _with_replies(tracer, [replace(audit, unread_rows=rows) for audit, rows in zip(audits, unread, strict=True)])


def auditors(
    tracer: Tracer, parties: Sequence[Party], role: AuditRole | None, found: Container[Party]
) -> Iterator[tuple[Auditor, Sequence[Party]]]:
    """Yield the audits of parties in a role, or in each role in turn for those not yet ``found``."""
    for asked in AUDIT_ROLES if role is None else (role,):
        missing = [party for party in parties if party not in found]
        if missing:
            with CardClassifier(tracer, missing, asked) as classifier:
                yield Auditor(tracer, classifier, missing), missing


def audit_all(tracer: Tracer, rules: Sequence[Rule] = (), role: AuditRole = "enterprise") -> list[Audit]:
    """Return the audits of all parties in a role, those with the most cards first, then by id.

    Enterprises are those to which a carrier sold cards, dealers all others that received any.

    Raises NothingFound if there is none; RuleError if the query of a rule cannot be asked.
    """
    with CardClassifier(tracer, None, role) as classifier:
        audits = Auditor(tracer, classifier, None).with_findings(rules)
    if not audits:
        raise NothingFound(_NOBODY[role], hint="load_sales")
    return _with_replies(
        tracer, _completed(tracer, sorted(audits, key=lambda audit: (-audit.cards, audit.enterprise.id)))
    )


_NOBODY: Mapping[AuditRole, str] = {"enterprise": "no_enterprise_bought", "dealer": "no_dealer_received"}
_NOTHING: Mapping[AuditRole | None, str] = {
    None: "party_never_received",
    "enterprise": "party_never_bought",
    "dealer": "party_received_from_none",
}


def find_audited(tracer: Tracer, names: Sequence[str]) -> list[Party]:
    """Return the parties that the ids or names mean, in their order.

    Raises AmbiguousName, NothingFound if several parties bear a name, or nobody does; UsageError if a party is a
    carrier.
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


def _with_replies(tracer: Tracer, audits: list[Audit]) -> list[Audit]:
    """Return the audits with a finding for each file that they rest on and that is not what its reply says."""
    differing = differing_replies(tracer.store)
    if not differing:
        return audits
    told = []
    for audit in audits:
        scope = AuditScope([audit.enterprise], audit.role) if len(audits) == 1 else WHOLE_CASE
        counted = files_counted(tracer.store.session(scope), audit.enterprise, differing, with_cards=True)
        told.append(replace(audit, reply_findings=tuple(reply_findings(audit, differing, counted))))
    return told


def require_received(
    tracer: Tracer, parties: Iterable[Party], audited: Container[Party], role: AuditRole | None
) -> None:
    """Check that there is an audit of each of the parties.

    Raises NothingFound if no record says that one received cards in the role, be it by their number only.
    """
    for party in parties:
        if party not in audited:
            unread = [row.said for row in rows_naming_parties(tracer.store, [party])[0]]
            raise NothingFound(_NOTHING[role], party=party.name, id=quote(party.id), rows=unread, hint="party_says")


# -- figures ---------------------------------------------------------------------------------------------------


class Auditor:
    """The audits of some parties, ``None`` for all in the role, first without findings.

    - ``audits``: those of parties that received cards which records name.
    - ``by_number``: those of parties of whose cards only the number is on record: no card is known, so nothing is
      counted by card.
    """

    def __init__(self, tracer: Tracer, classifier: CardClassifier, parties: Sequence[Party] | None) -> None:
        self.tracer = tracer
        self.classifier = classifier
        self.audits: list[Audit] = []
        self.used: CardEvents | None = None
        self._extent: Extent | None = None
        if classifier.lots:
            create_events_view(tracer.store, classifier)
            self.used = CardEvents(classifier)
            self.figures = AuditMetrics(classifier, self.used)
            self.balances = BalanceSheets(classifier, self.figures)
            self.audits = [self._audit(number) for number in classifier.audited_parties]
        self.by_number = self._audits_by_number(parties)

    def with_findings(self, rules: Sequence[Rule]) -> list[Audit]:
        """Return the audits with what the rules find."""
        from graphtrace.rules.rule_loader import rules_of

        of_numbers = [rule for rule in rules_of(rules, self.classifier.role) if rule.is_by_number]
        of_cards = tuple(rule for rule in rules_of(rules, self.classifier.role) if not rule.is_by_number)
        asked = rules_of(rules, self.classifier.role) if self.audits else of_numbers
        if not (asked and (self.audits or self.by_number)):
            return [*self.audits, *(replace(audit, rules_not_asked=of_cards) for audit in self.by_number)]
        found = evaluate_rules(self.classifier.session, list(filter(self.offer_rule_tables().holds, asked)))
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
            if lot.sender.is_carrier == (self.classifier.role == "enterprise") and not lot.receiver.is_carrier:
                bought[lot.receiver].append(lot)
        if parties is None and self.classifier.role == "dealer":
            registrants = registrant_ids(self.classifier.session)
            parties = [party for party in bought if party.id not in registrants]
        receivers = [party for party in bought if party not in audited and (parties is None or party in parties)]
        return [self._audit_by_number(party, bought[party], sold[party]) for party in sorted(receivers)]

    def _audit_by_number(self, party: Party, bought: Sequence[CustodyEvent], sold: Sequence[CustodyEvent]) -> Audit:
        passed_on = [lot for lot in sold if lot.kind == "transfer"]
        returned = [lot for lot in sold if lot.kind == "return"]
        return Audit(
            enterprise=party,
            role=self.classifier.role,
            cards=0,
            buckets=dict.fromkeys(BUCKETS, 0),
            resold=ResaleSummary(activated=0, by_depth={}, final_holders=(), channels={}),
            activated=0,
            seized=0,
            seized_cases=(),
            to_transfer=DurationSummary(0, 0),
            to_activation=DurationSummary(0, 0),
            places=(),
            quantity_purchased=total_of_lots(bought),
            quantity_sold=total_of_lots(passed_on),
            balance=balance_by_number(self.classifier, party, bought=bought, passed_on=passed_on, returned=returned),
        )

    def offer_rule_tables(self) -> Extent:
        """Offer the relations that rules query and that an audit is opened by, once; return what they hold."""
        if self._extent is None:
            audits = [*self.audits, *self.by_number]
            self._extent = Extent(self.classifier, audits, self.used)
            offer_rule_tables(self.classifier, audits, self.used, self._extent)
        return self._extent

    def _audit(self, audited: int) -> Audit:
        figures = self.figures
        dispositions = figures.dispositions[audited]
        nothing = CardCount()
        held, resold = dispositions.get("held", nothing), dispositions.get("resold", nothing)
        used_by_other, used_without_user = (
            figures.used_by_other.get(audited, 0),
            figures.used_without_user.get(audited, 0),
        )
        cards = sum(count.cards for count in dispositions.values())
        activated = sum(count.activated for count in dispositions.values())
        return Audit(
            enterprise=self.classifier.parties[audited],
            role=self.classifier.role,
            cards=cards,
            buckets={
                "in_stock": held.cards - held.activated,
                "activated_by_enterprise": held.activated - used_by_other - used_without_user,
                "activated_unnamed": used_without_user,
                "activated_by_other": used_by_other,
                "resold": resold.cards,
                "returned": dispositions.get("returned", nothing).cards,
                "disputed": dispositions.get("disputed", nothing).cards,
            },
            resold=ResaleSummary(
                activated=resold.activated,
                by_depth=figures.depths.get(audited, {}),
                final_holders=self._shares(figures.holders, audited, figures.contested.get(audited)),
                channels=figures.channels.get(audited, {}),
            ),
            activated=activated,
            seized=sum(count.seized for count in dispositions.values()),
            seized_cases=tuple(
                SeizedCase(case_no, cards)
                for case_no, cards in sorted(
                    figures.cases.get(audited, {}).items(), key=lambda each: (-each[1], *_nulls_last(each[0]))
                )
            ),
            by_month=figures.months.get(audited, ()),
            to_transfer=_spread(cards, figures.to_transfer.get(audited, ())),
            to_activation=_spread(cards, figures.to_activation.get(audited, ())),
            places=tuple(
                ProvinceCount(*place, cards)
                for place, cards in sorted(
                    figures.places.get(audited, {}).items(),
                    key=lambda each: (-each[1], *(part for name in each[0] for part in _nulls_last(name))),
                )
            ),
            quantity_purchased=self.balances.quantity_purchased(audited),
            quantity_sold=self.balances.quantity_sold(audited),
            balance=self.balances.balance(audited),
            suppliers=self._shares(figures.suppliers, audited),
            buyers=self._shares(figures.buyers, audited),
            sent_unreceived=figures.sent_unreceived.get(audited, 0),
            listed_active=figures.listed_active.get(audited, 0),
            registered_only=figures.registered_only.get(audited, 0),
            held_with_unread=figures.held_with_unread.get(audited, 0),
            left_unrecorded=figures.left_unrecorded.get(audited, 0),
            sold_to_two=figures.sold_to_two.get(audited, 0),
        )

    def _shares(
        self, found: Mapping[int, PartyColumns], audited: int, contested: CardCount | None = None
    ) -> PartyShares:
        return PartyShares(self.figures.people, found.get(audited, NO_PARTIES), contested)


def _of(findings: Iterable[RuleFinding], rules: Container[Rule]) -> tuple[RuleFinding, ...]:
    return tuple(finding for finding in findings if finding.rule in rules)


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
