"""Evaluation of rules: runs their queries and makes findings of the rows.

A finding has the number of its cards and records; the cards and records themselves are queried on demand, so that an
audit costs no more than counting.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, Protocol

from graphtrace.errors import CaseDamaged, QueryError, RuleError, StoreError
from graphtrace.frozen import frozen
from graphtrace.locale import phrase
from graphtrace.results.rules import Rule, RuleFinding

Lot = tuple[int, int]
"""First and last of some consecutive cards, as the audit session numbers them."""

_COUNTED: Final = {
    "cards": "coalesce(list_sum(list_transform(cards, lambda lot: lot.last - lot.first + 1)), 0)::BIGINT",
    "records": "coalesce(len(records), 0)",
}
"""Expressions that count the evidence of a finding, by the column that holds it."""


class RuleSession(Protocol):
    """Session over the relations of an audit (listed in ``queries/README.md``)."""

    def ask_rule(
        self, text: str, parameters: Mapping[str, object], *, frame: str, is_bundled: bool
    ) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
        """Run one SELECT, which replaces ``{}`` in ``frame``; return the names of the columns and all rows."""


@frozen()
class RuleEvidence:
    """The evidence of one finding: its cards as sorted ranges, and the records that the rule names."""

    finding: RuleFinding
    lots: tuple[Lot, ...]
    records: tuple[int, ...]


def evaluate_rules(session: RuleSession, rules: Sequence[Rule]) -> dict[str, tuple[RuleFinding, ...]]:
    """Return the findings of rules about the enterprises of an audit session.

    Returns the findings by id of the enterprise, in the order of the rules, then of the rows of their queries. An
    enterprise without findings is absent.

    Raises RuleError if the query of a rule cannot be asked or returns what cannot be a finding.
    """
    found: dict[str, list[RuleFinding]] = defaultdict(list)
    for rule in rules:
        for breach, _, _ in _breaches_of(session, rule):
            found[breach.enterprise].append(breach)
    return {enterprise: tuple(breaches) for enterprise, breaches in found.items()}


def collect_evidence(session: RuleSession, rules: Sequence[Rule], enterprises: Sequence[str]) -> list[RuleEvidence]:
    """Return the findings of rules about some enterprises with all their evidence, by enterprise, then by rule.

    The query of each rule runs once; the cost is that of the audit and the size of the evidence of all its findings.
    """
    found: dict[str, list[RuleEvidence]] = defaultdict(list)
    for rule in rules:
        for breach, cards, records in _breaches_of(session, rule, is_opened=True):
            lots = tuple(sorted({(lot["first"], lot["last"]) for lot in cards or ()}))
            evidence = RuleEvidence(finding=breach, lots=lots, records=tuple(sorted(set(records or ()))))
            found[breach.enterprise].append(evidence)
    return [evidence for enterprise in enterprises for evidence in found.get(enterprise, ())]


def _breaches_of(
    session: RuleSession, rule: Rule, *, is_opened: bool = False
) -> Iterator[tuple[RuleFinding, Sequence[Mapping[str, int]] | None, Sequence[int] | None]]:
    """Yield the findings of a rule, each with its cards and records, which are ``None`` if it is not opened."""
    declared = [column.name for column in rule.query.header.columns]
    counted = ", ".join(f"{sql} AS {name}" for name, sql in _COUNTED.items() if name in declared)
    listed = ", ".join(f"{name if is_opened and name in declared else 'NULL'} AS _{name}" for name in _COUNTED)
    columns, rows = _ask(session, rule, f"SELECT * REPLACE ({counted}), {listed} FROM (\n{{}}\n)")
    returned = columns[: -len(_COUNTED)]
    if set(returned) != set(declared):
        raise _refused(rule, "returned_columns", columns=returned, names=declared, hint="header_names")
    places: dict[str, int] = defaultdict(int)
    provision = rule.provision
    ground = {} if provision is None else provision.params
    known: dict[object, object] = {}
    for *row, lots, listed_records in rows:
        params = {name: _value(rule, name, value, known) for name, value in zip(returned, row, strict=True)} | ground
        enterprise = params.pop("enterprise")
        if not isinstance(enterprise, str):
            raise _refused(rule, "returned_no_enterprise", hint="return_enterprise")
        cards, records = (params.get(name) or 0 for name in _COUNTED)
        if not cards and not records:
            raise _refused(rule, "returned_nothing", hint="rest_on_something")
        breach = RuleFinding(
            code=rule.id,
            severity=rule.severity,
            params=params,
            rule=rule,
            enterprise=enterprise,
            ordinal=places[enterprise],
            cards=cards,
            records=records,
        )
        yield breach, lots, listed_records
        places[enterprise] += 1


def _ask(session: RuleSession, rule: Rule, frame: str) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
    try:
        return session.ask_rule(rule.query.source("sql"), rule.values, frame=frame, is_bundled=rule.path is None)
    except QueryError as error:
        if rule.path is None:
            raise StoreError("rule_fails", rule=rule.id, why=error.text, hint="run_verify") from error
        place = rule.query.paths.get("sql", rule.path)
        raise RuleError("rule_fails", rule=rule.id, why=error.placed_in(place), hint=error.hint_text) from error


def _value(rule: Rule, name: str, value: Any, known: dict[object, object]) -> Any:
    """Return a cell as a parameter of a finding: a JSON value, a party as its id and name, or a list of these.

    A party is one object in all findings that name it (``known``), of which there may be half a million.
    """
    match value:
        case None | bool() | int() | float() | str():
            return value
        case date():
            return value.isoformat()
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case {"id": str(party), "name": (str() | None) as called, **rest} if not rest:
            return known.setdefault((party, called), value)
        case list():
            return [_value(rule, name, member, known) for member in value]
    raise _refused(rule, "returned_unsayable", name=name, hint="return_value")


def _refused(rule: Rule, what: str, *, hint: str, **params: Any) -> RuleError | CaseDamaged:
    if rule.path is None:
        # what a rule of the product returns is what the case holds
        return CaseDamaged("rule_fails", rule=rule.id, why=phrase(what, **params), hint="run_verify")
    place = rule.query.paths.get("sql", rule.path)
    reason = phrase(what, **params)
    return RuleError("rule_refused", rule=rule.id, query=rule.query.name, place=place, what=reason, hint=hint, **params)
