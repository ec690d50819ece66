"""Rule: a question with its meaning, its legal ground and the values of its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from graphtrace.frozen import frozen, replace
from graphtrace.locale import BilingualText
from graphtrace.model import KINDS, SUPPORT_KINDS, AuditRole, Finding, Kind, Severity, SupportKind
from graphtrace.results.library import Parameter, ParamValue, Query
from graphtrace.wire import wire

EvidenceKind = Kind | SupportKind | Literal["contact", "reject"]
EVIDENCE_KINDS: Final[tuple[EvidenceKind, ...]] = (*KINDS, *SUPPORT_KINDS, "contact", "reject")
"""Kinds of records that can support a finding: ``contact`` is one in a row of any kind, ``reject`` a rejected row."""

SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "info")
"""Severities, the highest first."""


@wire("name type=parameter.type_text default:Any unit meaning=parameter.meaning", doc="A parameter of a rule.")
@frozen()
class RuleParameter:
    """A parameter of the query as the rule sets it: ``default`` is the rule's, ``value`` the one in force."""

    parameter: Parameter
    default: ParamValue
    value: ParamValue
    unit: BilingualText | None = None

    @property
    def name(self) -> str:
        """Return the name that the query and ``-p`` use."""
        return self.parameter.name


@frozen()
class Provision:
    """A provision of a law: the law by its official title, its article, and the day on which it came into force."""

    law: str
    article: int
    in_force: date

    @property
    def params(self) -> dict[str, str | int]:
        """Return the same as parameters of a finding."""
        return {"law": self.law, "article": self.article, "in_force": self.in_force.isoformat()}


@wire(
    "id version severity title why=rationale law parameters query=query.name evidence:list[str] file=path",
    doc="A rule of an audit.",
)
@frozen()
class Rule:
    """A rule that was read and checked.

    - ``title``, ``why``: description of the rule, and the meaning of its findings.
    - ``law``: the provision that the rule is about, with its article; ``None`` for a parameter without legal claim. It
      is never a verdict that the provision was broken.
    - ``query``: the question; it returns one row per finding.
    - ``message``: the sentence of a finding, over the columns of the query.
    - ``evidence``: the kinds of the records that the findings rest on.
    - ``roles``: the roles of the audits whose cards the question can be asked about.
    - ``is_by_number``: whether the question can be asked about a party of whose cards only the number is on record.
    - ``provision``: the provision as data, for the parameters of findings; ``None`` where the rule does not state it
      so.
    - ``path``: the file of a rule that is not part of the product.
    """

    id: str
    version: int
    severity: Severity
    title: BilingualText
    rationale: BilingualText
    law: BilingualText | None
    parameters: tuple[RuleParameter, ...]
    query: Query
    message: BilingualText
    evidence: tuple[EvidenceKind, ...]
    roles: tuple[AuditRole, ...] = ("enterprise",)
    is_by_number: bool = False
    provision: Provision | None = None
    path: Path | None = field(default=None, compare=False)

    @property
    def values(self) -> Mapping[str, ParamValue]:
        """Return the values of the parameters in force, by name."""
        return {one.name: one.value for one in self.parameters}

    @property
    def plain_values(self) -> dict[str, Any]:
        """Return the values as JSON gives them back: days as text, lists as lists."""
        return {
            name: list(map(_plain, value)) if isinstance(value, tuple | list) else _plain(value)
            for name, value in self.values.items()
        }

    def parameter(self, name: str) -> RuleParameter:
        return next(one for one in self.parameters if one.name == name)

    def with_value(self, name: str, given: object) -> Rule:
        """Return the rule with another value for one of its parameters.

        Raises UsageError if it is no value of the type.
        """
        value = self.parameter(name).parameter.parse(given)
        changed = (replace(one, value=value) if one.name == name else one for one in self.parameters)
        return replace(self, parameters=tuple(changed))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


@wire("code severity version=rule.version params message!", doc="A finding of a rule.")
@frozen()
class RuleFinding(Finding):
    """Finding of a rule about one enterprise; ``code`` is the id of the rule.

    - ``rule``: the rule, with the values of its parameters in force.
    - ``enterprise``: id of the enterprise.
    - ``ordinal``: number of the finding among those of the rule about the enterprise, from 0.
    - ``cards``, ``records``: number of cards and of records that support the finding.
      :func:`graphtrace.rules.evaluation.collect_evidence` returns them.
    """

    rule: Rule
    enterprise: str
    ordinal: int
    cards: int
    records: int

    def __post_init__(self) -> None:
        if not self.cards and not self.records:
            raise ValueError("a finding needs the cards or records that it rests on")
