"""Evidence for a figure of an audit: its cards, as ranges, and the records that state them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from graphtrace.analysis.audit.classify import CardClassifier
from graphtrace.analysis.audit.report import auditors, find_audited, require_received
from graphtrace.analysis.trace import Tracer
from graphtrace.errors import UsageError
from graphtrace.identifiers import join_key
from graphtrace.identifiers.iccid import display_iccid
from graphtrace.identifiers.intervals import CardInterval, merge_intervals
from graphtrace.model import ACQUIRED, CUSTODY_KINDS, AuditRole, Party
from graphtrace.results.drilldown import FIGURES, Drilldown, DrilldownLot, Evidence
from graphtrace.rules.evaluation import collect_evidence
from graphtrace.rules.model import EvidenceKind
from graphtrace.rules.selection import rules_of

if TYPE_CHECKING:
    from graphtrace.rules.evaluation import RuleFinding
    from graphtrace.rules.model import Rule


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
                opener.keep_bucket(party, matter)
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
            opener.keep_lots(party, found.lots)
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

_USED_CARDS = """
SELECT key, CASE WHEN users.id IS NULL THEN 'activated_unnamed' WHEN users.id = $1 THEN 'activated_by_enterprise'
    ELSE 'activated_by_other' END AS bucket
FROM used LEFT JOIN who AS users ON "user" = users.party WHERE activated IS NOT NULL
"""


class _Opener:
    def __init__(self, tracer: Tracer, classifier: CardClassifier) -> None:
        self.tracer = tracer
        self.classifier = classifier
        self.session = classifier.session
        self.heads = {head: parts for head, *parts in self.session.rows("SELECT head, text, size FROM key_prefixes")}

    def keep_bucket(self, party: Party, matter: str) -> None:
        """Create the table ``opened`` (first, last, holder): the cards of one figure."""
        pieces = "SELECT first, last, holder FROM accounts WHERE enterprise = $1"
        match matter:
            case "purchased" | "received":
                self.session.create_table("opened", pieces, party.id)
            case "seized":
                self._keep_cards(pieces, "SELECT key FROM used WHERE seized AND $1 IS NOT NULL", party)
            case "activated_by_enterprise" | "activated_unnamed" | "activated_by_other":
                self._keep_cards(
                    f"{pieces} AND fate = 'held'", f"SELECT key FROM ({_USED_CARDS}) WHERE bucket = '{matter}'", party
                )
            case "in_stock":
                self.session.create_table(
                    "opened",
                    f"""
                    WITH pieces AS ({pieces} AND fate = 'held'),
                    marks AS (
                        SELECT first, last, key FROM (SELECT key FROM used WHERE activated IS NOT NULL)
                        ASOF JOIN pieces ON key >= first WHERE key <= last
                    )
                    SELECT first, last, NULL AS holder FROM pieces ANTI JOIN marks USING (first)
                    UNION ALL SELECT coalesce(lag(key) OVER before + 1, first), key - 1, NULL FROM marks
                    WINDOW before AS (PARTITION BY first ORDER BY key)
                    UNION ALL SELECT max(key) + 1, last, NULL FROM marks GROUP BY first, last
                    """,
                    party.id,
                )
            case _:
                self.session.create_table("opened", f"{pieces} AND fate = $2", party.id, matter)

    def _keep_cards(self, pieces: str, keys: str, party: Party) -> None:
        self.session.create_table(
            "opened",
            f"SELECT key AS first, key AS last, holder FROM ({keys}) ASOF JOIN ({pieces}) ON key >= first "
            "WHERE key <= last",
            party.id,
        )

    def keep_lots(self, party: Party, lots: Iterable[CardInterval]) -> None:
        """Create the table ``opened``: the parts of the party's accounts that lie in the lots."""
        self.session.insert_rows("wanted", {"low": "BIGINT", "high": "BIGINT"}, merge_intervals(lots))
        self.session.create_table(
            "opened",
            "SELECT greatest(first, low) AS first, least(last, high) AS last, holder FROM accounts "
            "JOIN wanted ON first <= high AND last >= low WHERE enterprise = $1",
            party.id,
        )

    def opened(
        self,
        party: Party,
        matter: str,
        kinds: Sequence[EvidenceKind],
        records: Sequence[int] = (),
        breach: RuleFinding | None = None,
    ) -> Drilldown:
        rows = self.session.rows(
            """
            SELECT first, last, holder, who.party FROM opened LEFT JOIN who ON holder = id
            WHERE first <= last ORDER BY first, last
            """
        )
        self.classifier.learn({row[3] for row in rows if row[3] is not None})
        evidence = self._evidence(kinds)
        shown = self._shown({end for first, last, *_ in rows for end in (first, last)})
        lots = [
            DrilldownLot(
                first=shown[first],
                last=shown[last],
                cards=last - first + 1,
                holder=None if number is None else self.classifier.parties[number],
                evidence=tuple(evidence.get((first, last), ())),
            )
            for first, last, _, number in rows
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

    def _evidence(self, kinds: Sequence[EvidenceKind]) -> dict[CardInterval, list[Evidence]]:
        """Return the records of some kinds that name cards of each lot; a lot is never covered in part."""
        asked = [
            """
            SELECT opened.first, opened.last, kind, day, record FROM opened
            JOIN movements ON movements.first <= opened.last AND movements.last >= opened.first
            """,
            *(
                f"SELECT first, last, '{kind}', day, record FROM {table} ASOF JOIN opened ON card >= first "
                "WHERE card <= last"
                for kind, table in (("activation", "activations"), ("seizure", "seizures"))
                if kind in kinds
            ),
        ]
        wanted = ", ".join(f"'{kind}'" for kind in kinds)
        found: dict[CardInterval, list[Evidence]] = {}
        for first, last, kind, day, record in self.session.rows(
            f"SELECT DISTINCT * FROM ({' UNION ALL '.join(asked)}) AS found (first, last, kind, day, record) "
            f"WHERE kind IN ({wanted}) ORDER BY first, last, day NULLS LAST, kind, record"
        ):
            said = Evidence(kind=kind, day=None if day is None else str(day), origin=self.classifier.origin(record))
            found.setdefault((first, last), []).append(said)
        return found

    def _named(self, records: Sequence[int]) -> tuple[Evidence, ...]:
        """Return records by themselves, with what each states."""
        self.session.insert_rows("rested_on", {"record": "BIGINT"}, [(record,) for record in records])
        tables = {
            "activations": "'activation'",
            "seizures": "'seizure'",
            "declarations": "'stock'",
            "movements": "kind",
            "trades": "'transfer'",
        }
        # what else names a contact: a row of its own, or a record about other cards than those of the audit
        named = " UNION ".join(f"SELECT record, {kind} AS kind, day FROM {table}" for table, kind in tables.items())
        rows = self.session.rows(
            f"""
            WITH said AS MATERIALIZED ({named}),
            told AS (FROM said UNION SELECT record, kind, day FROM contacts ANTI JOIN said USING (record))
            SELECT record, coalesce(kind, 'reject'), day FROM rested_on LEFT JOIN told USING (record)
            ORDER BY day NULLS LAST, kind, record
            """
        )
        return tuple(
            Evidence(kind=kind, day=None if day is None else str(day), origin=self.classifier.origin(record))
            for record, kind, day in rows
        )

    def _shown(self, numbers: set[int]) -> dict[int, str]:
        keys = {}
        for number in numbers:
            head, rest = divmod(number, 10**11)
            text, size = self.heads[head]
            keys[number] = join_key(text, size, rest)
        check_chars = self.tracer.store.check_chars(keys.values())
        return {number: display_iccid(key, check_chars.get(key, ())) for number, key in keys.items()}
