"""Thresholds of the rules of an audit as query fields of an address, only those that differ from the default."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graphtrace.render.i18n import Text, in_both
from graphtrace.rules.rule_selection import rules_of, select_rules

if TYPE_CHECKING:
    from graphtrace.model import AuditRole
    from graphtrace.results.library import ParamValue
    from graphtrace.results.rules import Rule, RuleParameter

_BETWEEN: Final = re.compile(r"[,，、;；\n]")
"""Separators of the values of a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdField:
    """One parameter of a rule: its query field, meaning, unit, value and default value."""

    field: str
    meaning: Text
    unit: Text | None
    value: str
    default: str

    @property
    def is_changed(self) -> bool:
        """Whether the value differs from the default."""
        return self.value != self.default


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleThresholds:
    """Thresholds of one rule."""

    title: Text
    fields: Sequence[ThresholdField]


def rules_with_thresholds(rules: Sequence[Rule], fields: Iterable[tuple[str, str]]) -> Sequence[Rule]:
    """Return the rules with the thresholds that the query fields of an address give; other fields are ignored.

    Raises
    ------
    UsageError
        If a value is of a wrong type.
    """
    return select_rules(rules, (), _assignments(rules, fields))


def _assignments(rules: Sequence[Rule], fields: Iterable[tuple[str, str]]) -> Iterator[tuple[str, object]]:
    known = {f"{rule.id}.{one.name}": one for rule in rules for one in rule.parameters}
    for field, text in fields:
        if field in known and text.strip():
            parts = _BETWEEN.split(text) if known[field].parameter.is_list else [text]
            yield from ((field, part.strip()) for part in parts if part.strip())


def thresholds_of(rules: Iterable[Rule], role: AuditRole) -> list[RuleThresholds]:
    """Return the thresholds of the rules that concern a role."""
    return [
        RuleThresholds(
            title=in_both(lambda lang, rule=rule: getattr(rule.title, lang)),  # type: ignore[misc]
            fields=[_threshold_field(rule, one) for one in rule.parameters],
        )
        for rule in rules_of(rules, role)
        if rule.parameters
    ]


def _threshold_field(rule: Rule, one: RuleParameter) -> ThresholdField:
    unit = one.unit
    return ThresholdField(
        field=f"{rule.id}.{one.name}",
        meaning=in_both(lambda lang: getattr(one.parameter.meaning, lang)),
        unit=None if unit is None else in_both(lambda lang: getattr(unit, lang)),
        value=_text(one.value),
        default=_text(one.default),
    )


def _text(value: ParamValue) -> str:
    if isinstance(value, list):
        return ", ".join(_text(member) for member in value)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def default_fields(rules: Sequence[Rule], fields: Sequence[tuple[str, str]]) -> set[str]:
    """Return query fields that are empty or equal to the default threshold."""
    defaults = {f"{rule.id}.{one.name}": _text(one.default) for rule in rules for one in rule.parameters}
    return {field for field, text in fields if field in defaults and text.strip() in ("", defaults[field])}
