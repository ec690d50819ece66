"""Evidence for a figure of an audit: its cards, as ranges, and the records that state them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from graphtrace.analysis.audit.classify import CardClassifier
from graphtrace.analysis.audit.enterprise_audit import auditors, find_audited, require_received
from graphtrace.analysis.card_trace import Tracer
from graphtrace.engine.drilldown_queries import (
    EVENT_KINDS,
    events_of_lots,
    holders_stated,
    movements_of_lots,
    open_bucket,
    open_lots,
    opened_lots,
    stated_by,
)
from graphtrace.errors import UsageError
from graphtrace.identifiers.ranges import CardInterval
from graphtrace.model import ACQUIRED, CUSTODY_KINDS, AuditRole, Party
from graphtrace.results.drilldown import FIGURES, Drilldown, DrilldownLot, Evidence
from graphtrace.results.lone_names import NO_LONE_NAMES
from graphtrace.results.rules import EvidenceKind, Rule, RuleFinding
from graphtrace.rules.evaluation import collect_evidence


def drill_into_bucket(
    tracer: Tracer, names: Sequence[str], matter: str, role: AuditRole | None = None
) -> list[Drilldown]:
    """Return the cards and records behind one figure of the audits of some parties.

    Cost: as the audit, and the size of the answer.

    Raises UsageError if there is no such figure in the role of a party, or a party is a carrier; AmbiguousName,
    NothingFound as for the audit itself.
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
        auditor.offer_rule_tables()
        opener = _Opener(tracer, classifier)
        for party in missing:
            if party in audited:
                open_bucket(classifier.session, party.id, matter)
                (opened[party],) = opener.opened([_Figure(party, matter, _EVIDENCE[matter])])
    require_received(tracer, parties, opened, role)
    return _with_judgements(tracer, [opened[party] for party in parties])


def drill_into_findings(
    tracer: Tracer, names: Sequence[str], rules: Sequence[Rule], role: AuditRole | None = None
) -> list[Drilldown]:
    """Return the cards and records behind the findings of some rules about some parties.

    Raises AmbiguousName, NothingFound as for the audit itself; UsageError if a party is a carrier; RuleError if the
    query of a rule cannot be asked.
    """
    from graphtrace.rules.rule_loader import rules_of

    parties = {party.id: party for party in find_audited(tracer, names)}
    opened: dict[Party, list[Drilldown]] = {}
    for auditor, _ in auditors(tracer, list(parties.values()), role, opened):
        classifier = auditor.classifier
        audited = {audit.enterprise for audit in (*auditor.audits, *auditor.by_number)}
        opened |= {party: [] for party in audited}
        if not audited:
            continue
        asked = list(filter(auditor.offer_rule_tables().holds, rules_of(rules, classifier.role)))
        found = collect_evidence(classifier.session, asked, list(parties))
        open_lots(classifier.session, [(one.finding.enterprise, one.lots) for one in found])
        figures = [
            _Figure(parties[breach.enterprise], breach.code, breach.rule.evidence, one.records, breach)
            for one in found
            for breach in [one.finding]
        ]
        for figure in _Opener(tracer, classifier).opened(figures):
            opened[figure.enterprise].append(figure)
    require_received(tracer, parties.values(), opened, role)
    return _with_judgements(tracer, [figure for party in parties.values() for figure in opened[party]])


def _with_judgements(tracer: Tracer, opened: Iterable[Drilldown]) -> list[Drilldown]:
    book = tracer.store.judgements
    return [
        replace(figure, judgements=book.shown_in([figure.enterprise, [lot.holder for lot in figure.lots]]))
        for figure in opened
    ]


_EVIDENCE: dict[str, tuple[EvidenceKind, ...]] = {
    **dict.fromkeys(FIGURES, CUSTODY_KINDS),
    **dict.fromkeys(
        (name for name in FIGURES if name.startswith("activated")), (*CUSTODY_KINDS, "activation", "usage")
    ),
    "seized": (*CUSTODY_KINDS, "seizure"),
}


_EventTuple = tuple[Any, ...]
"""What a record states: kind, day and record."""


class _Figure(NamedTuple):
    """A figure or finding to open: what it is called, and the kinds of records that support it."""

    party: Party
    matter: str
    kinds: Sequence[EvidenceKind]
    records: Sequence[int] = ()
    breach: RuleFinding | None = None


class _Opener:
    def __init__(self, tracer: Tracer, classifier: CardClassifier) -> None:
        self.tracer = tracer
        self.classifier = classifier
        self.session = classifier.session

    def opened(self, figures: Sequence[_Figure]) -> list[Drilldown]:
        """Return the cards and records behind the figures of ``opened``, however many with the same queries."""
        rows = opened_lots(self.session)
        self.classifier.learn({holder for *_, holder in rows if holder is not None})
        shown = self.classifier.shown_numbers({end for _, first, last, _ in rows for end in (first, last)})
        holder_of = self._holders()
        evidence = self._evidence(figures)
        lots: list[list[DrilldownLot]] = [[] for _ in figures]
        for figure, first, last, number in rows:
            lots[figure].append(
                DrilldownLot(
                    first=shown[first],
                    last=shown[last],
                    cards=last - first + 1,
                    holder=holder_of(number, first),
                    evidence=tuple(evidence(figure, first, last)),
                )
            )
        for placed, named in zip(lots, self._named([figure.records for figure in figures]), strict=True):
            if named:
                placed.append(DrilldownLot(first=None, last=None, cards=0, holder=None, evidence=named))
        return [
            Drilldown(
                enterprise=figure.party,
                figure=figure.matter,
                cards=sum(lot.cards for lot in placed),
                lots=tuple(placed),
                breach=figure.breach,
            )
            for figure, placed in zip(figures, lots, strict=True)
        ]

    def _holders(self) -> Callable[[int | None, int], Party | None]:
        """Return how the holder of a lot with a first card is shown."""
        lone = self.classifier.lone
        stated = holders_stated(self.session) if lone else set()

        def shown(number: int | None, first: int) -> Party | None:
            if number is None:
                return None
            return (NO_LONE_NAMES if (number, first) in stated else lone).shown(self.classifier.parties[number])

        return shown

    def _evidence(self, figures: Sequence[_Figure]) -> Callable[[int, int, int], Iterator[Evidence]]:
        """Return what finds the records that name cards of a lot of a figure; a lot is never covered in part."""
        moved: dict[int, list[_EventTuple]] = defaultdict(list)
        for first, *stated in movements_of_lots(self.session, {kind for figure in figures for kind in figure.kinds}):
            moved[first].append(tuple(stated))
        events: dict[tuple[str, CardInterval], list[_EventTuple]] = defaultdict(list)
        for kind in EVENT_KINDS:
            of_kind = [number for number, figure in enumerate(figures) if kind in figure.kinds]
            for first, last, *stated in events_of_lots(self.session, kind, of_kind) if of_kind else ():
                events[kind, (first, last)].append(tuple(stated))

        def found(figure: int, first: int, last: int) -> Iterator[Evidence]:
            kinds = figures[figure].kinds
            stated = [one for one in moved[first] if one[0] in kinds]
            more = [one for kind in EVENT_KINDS if kind in kinds for one in events.get((kind, (first, last)), ())]
            # movements are in order already
            for one in sorted([*stated, *more], key=_by_day) if more else stated:
                yield self._record(*one)

        return found

    def _named(self, records: Sequence[Sequence[int]]) -> list[tuple[Evidence, ...]]:
        """Return the records of each figure by themselves, with what each states."""
        asked = {record for of_figure in records for record in of_figure}
        stated: dict[int, list[tuple[int, _EventTuple]]] = defaultdict(list)
        for place, one in enumerate(stated_by(self.session, asked) if asked else ()):
            stated[one[2]].append((place, one))
        return [
            tuple(self._record(*one) for _, one in sorted(each for record in of_figure for each in stated[record]))
            for of_figure in records
        ]

    def _record(self, kind: EvidenceKind, day: date | None, record: int) -> Evidence:
        return Evidence(kind=kind, day=None if day is None else str(day), origin=self.classifier.origin(record))


def _by_day(stated: _EventTuple) -> tuple[bool, date, str, int]:
    kind, day, record = stated
    return day is None, day or date.min, kind, record
