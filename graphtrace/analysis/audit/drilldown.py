"""Evidence for a figure of an audit: its cards, as ranges, and the records that state them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from graphtrace.analysis.audit.classify import CardClassifier
from graphtrace.analysis.audit.report import auditors, find_audited, require_received
from graphtrace.analysis.trace import Tracer
from graphtrace.engine.audit_queries import key_prefixes
from graphtrace.engine.drilldown import lots_stated, open_bucket, open_lots, opened_lots, opened_records, stated_by
from graphtrace.errors import UsageError
from graphtrace.identifiers import join_key
from graphtrace.identifiers.iccid import display_iccid
from graphtrace.identifiers.intervals import CardInterval
from graphtrace.model import ACQUIRED, CUSTODY_KINDS, AuditRole, Party
from graphtrace.results.drilldown import FIGURES, Drilldown, DrilldownLot, Evidence
from graphtrace.results.lone_names import NO_LONE_NAMES, LoneNames
from graphtrace.results.rules import EvidenceKind
from graphtrace.rules.evaluation import collect_evidence
from graphtrace.rules.selection import rules_of

if TYPE_CHECKING:
    from graphtrace.results.rules import Rule, RuleFinding


def drill_into_bucket(
    tracer: Tracer, names: Sequence[str], matter: str, role: AuditRole | None = None
) -> list[Drilldown]:
    """Return the cards and records behind one figure of the audits of some parties.

    Cost: as the audit, and the size of the answer.

    Raises
    ------
    UsageError
        If there is no such figure in the role of a party, or a party is a carrier.
    AmbiguousName, NothingFound
        As for the audit itself.
    """
    if matter not in FIGURES:
        raise UsageError("unknown_bucket", bucket=matter, names=FIGURES, hint="one_of", code="unknown_bucket")
    parties = find_audited(tracer, names)
    opened: dict[Party, Drilldown] = {}
    for auditor, missing in auditors(tracer, parties, role, opened):
        audited = {audit.enterprise for audit in (*auditor.audits, *auditor.by_number)}
        if not audited:
            continue
        classifier = auditor.classifier
        others = [name for other, name in ACQUIRED.items() if other != classifier.role]
        if matter in others:
            known = [figure for figure in FIGURES if figure not in others]
            raise UsageError("unknown_bucket", bucket=matter, names=known, hint="one_of", code="unknown_bucket")
        auditor.create_rule_tables()
        opener = _Opener(tracer, classifier)
        for party in missing:
            if party in audited:
                open_bucket(classifier.session, party.id, matter)
                opened[party] = opener.opened(party, matter, _EVIDENCE[matter])
    require_received(parties, opened, role)
    return _with_judgements(tracer, [opened[party] for party in parties])


def drill_into_findings(
    tracer: Tracer, names: Sequence[str], rules: Sequence[Rule], role: AuditRole | None = None
) -> list[Drilldown]:
    """Return the cards and records behind the findings of some rules about some parties.

    Raises
    ------
    AmbiguousName, NothingFound
        As for the audit itself.
    UsageError
        If a party is a carrier.
    RuleError
        If the query of a rule cannot be asked.
    """
    parties = {party.id: party for party in find_audited(tracer, names)}
    opened: dict[Party, list[Drilldown]] = {}
    for auditor, _ in auditors(tracer, list(parties.values()), role, opened):
        classifier = auditor.classifier
        audited = {audit.enterprise for audit in (*auditor.audits, *auditor.by_number)}
        opened |= {party: [] for party in audited}
        if not audited:
            continue
        auditor.create_rule_tables()
        opener = _Opener(tracer, classifier)
        for found in collect_evidence(classifier.session, rules_of(rules, classifier.role), list(parties)):
            party = parties[found.finding.enterprise]
            open_lots(classifier.session, party.id, found.lots)
            opened[party].append(
                opener.opened(party, found.finding.code, found.finding.rule.evidence, found.records, found.finding)
            )
    require_received(parties.values(), opened, role)
    return _with_judgements(tracer, [figure for party in parties.values() for figure in opened[party]])


def _with_judgements(tracer: Tracer, opened: Iterable[Drilldown]) -> list[Drilldown]:
    book = tracer.store.judgements
    return [
        replace(figure, judgements=book.shown_in([figure.enterprise, [lot.holder for lot in figure.lots]]))
        for figure in opened
    ]


_EVIDENCE: dict[str, tuple[EvidenceKind, ...]] = {
    **dict.fromkeys(FIGURES, CUSTODY_KINDS),
    "activated_by_enterprise": (*CUSTODY_KINDS, "activation", "usage"),
    "activated_unnamed": (*CUSTODY_KINDS, "activation", "usage"),
    "activated_by_other": (*CUSTODY_KINDS, "activation", "usage"),
    "seized": (*CUSTODY_KINDS, "seizure"),
}


class _Opener:
    def __init__(self, tracer: Tracer, classifier: CardClassifier) -> None:
        self.tracer = tracer
        self.classifier = classifier
        self.session = classifier.session
        self.heads = key_prefixes(self.session)

    def opened(
        self,
        party: Party,
        matter: str,
        kinds: Sequence[EvidenceKind],
        records: Sequence[int] = (),
        breach: RuleFinding | None = None,
    ) -> Drilldown:
        rows = opened_lots(self.session)
        self.classifier.learn({holder for *_, holder in rows if holder is not None})
        lone = self.classifier.lone
        stated = lots_stated(self.session) if lone else set()
        evidence = self._evidence(kinds)
        shown = self._shown({end for first, last, _ in rows for end in (first, last)})
        lots = [
            DrilldownLot(
                first=shown[first],
                last=shown[last],
                cards=last - first + 1,
                holder=self._holder(number, NO_LONE_NAMES if (first, last) in stated else lone),
                evidence=tuple(evidence.get((first, last), ())),
            )
            for first, last, number in rows
        ]
        if records:
            lots.append(DrilldownLot(first=None, last=None, cards=0, holder=None, evidence=self._named(records)))
        return Drilldown(
            enterprise=party,
            figure=matter,
            cards=sum(lot.cards for lot in lots),
            lots=tuple(lots),
            breach=breach,
        )

    def _holder(self, number: int | None, lone: LoneNames) -> Party | None:
        return None if number is None else lone.shown(self.classifier.parties[number])

    def _evidence(self, kinds: Sequence[EvidenceKind]) -> dict[CardInterval, list[Evidence]]:
        """Return the records of some kinds that name cards of each lot; a lot is never covered in part."""
        found: dict[CardInterval, list[Evidence]] = {}
        for first, last, *stated in opened_records(self.session, kinds):
            found.setdefault((first, last), []).append(self._record(*stated))
        return found

    def _named(self, records: Sequence[int]) -> tuple[Evidence, ...]:
        """Return records by themselves, with what each states."""
        return tuple(self._record(*stated) for stated in stated_by(self.session, records))

    def _record(self, kind: EvidenceKind, day: date | None, record: int) -> Evidence:
        return Evidence(kind=kind, day=None if day is None else str(day), origin=self.classifier.origin(record))

    def _shown(self, numbers: set[int]) -> dict[int, str]:
        keys = {}
        for number in numbers:
            head, rest = divmod(number, 10**11)
            text, size = self.heads[head]
            keys[number] = join_key(text, size, rest)
        check_chars = self.tracer.store.check_chars(keys.values())
        return {number: display_iccid(key, check_chars.get(key, ())) for number, key in keys.items()}
