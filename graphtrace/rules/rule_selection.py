"""Selection of the rules that an audit applies, and of the values of their parameters."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from graphtrace.errors import UsageError
from graphtrace.model import AuditRole
from graphtrace.results.rules import Rule


def select_rules(
    rules: Sequence[Rule], ids: Sequence[str] = (), assignments: Iterable[tuple[str, object]] = ()
) -> tuple[Rule, ...]:
    """Return the rules with the given ids, or all, with the values assigned to ``NAME`` or ``RULE.NAME``.

    A parameter that is assigned several times gets a list of the values.

    >>> import graphtrace as gt
    >>> (rule,) = gt.select_rules(gt.load_rules(), ["onward_resale"], [("max_depth", 2)])
    >>> rule.values
    {'max_depth': 2}

    Raises
    ------
    UsageError
        If there is no such rule or parameter, several of the rules have the parameter, or a value is of a wrong type.
    """
    for wanted in ids:
        find_rule(rules, wanted)
    chosen = {rule.id: rule for rule in rules if not ids or rule.id in ids}
    given: dict[tuple[str, str], list[object]] = {}
    for place, value in assignments:
        given.setdefault(_owner(place, tuple(chosen.values()), rules), []).append(value)
    for (owner, name), values in given.items():
        if len(values) > 1 and not chosen[owner].parameter(name).parameter.is_list:
            raise UsageError("rule_parameter_twice", name=name, hint="leave_one", code="bad_parameter")
        chosen[owner] = chosen[owner].with_value(name, values if len(values) > 1 else values[0])
    return tuple(chosen.values())


def rules_of(rules: Iterable[Rule], role: AuditRole) -> list[Rule]:
    """Return the rules that concern parties in a role."""
    return [rule for rule in rules if role in rule.roles]


def parse_assignment(text: str) -> tuple[str, str]:
    """Split ``NAME=VALUE`` or ``RULE.NAME=VALUE`` into the target and the value.

    Raises
    ------
    UsageError
        If it is neither.
    """
    place, equals, value = text.partition("=")
    if not equals:
        raise UsageError("assignment_form", text=text, hint="assignment_usage", code="bad_parameter")
    return place.strip(), value


def find_rule(rules: Sequence[Rule], wanted: str) -> Rule:
    """Return the rule with an id.

    Raises
    ------
    UsageError
        If there is none; the hint names the nearest.
    """
    for rule in rules:
        if rule.id == wanted:
            return rule
    near = difflib.get_close_matches(wanted, [rule.id for rule in rules], n=3, cutoff=0.5)
    raise UsageError(
        "unknown_rule",
        name=wanted,
        nearest=near,
        hint="did_you_mean" if near else "list_rules",
        code="unknown_rule",
    )


def _owner(place: str, chosen: Sequence[Rule], rules: Sequence[Rule]) -> tuple[str, str]:
    """Return the id of the one applied rule that has the parameter, and the parameter's name."""
    of, _, name = place.rpartition(".")
    candidates = [rule for rule in chosen if rule.id == of] if of else chosen
    if of and not candidates:
        find_rule(rules, of)
        raise UsageError("rule_not_applied", rule=of, hint="add_rule", code="bad_parameter")
    owners = [rule for rule in candidates if name in rule.values]
    if len(owners) > 1:
        names = [f"{rule.id}.{name}" for rule in owners]
        raise UsageError(
            "parameter_of_several_rules", name=name, names=names, hint="which_is_meant", code="bad_parameter"
        )
    if not owners:
        named = {one: f"{rule.id}.{one}" for rule in candidates for one in rule.values}
        near = [named[one] for one in difflib.get_close_matches(name, named, n=3, cutoff=0.5)]
        raise UsageError(
            "rule_unknown_parameter" if of else "rules_unknown_parameter",
            rule=of,
            name=name,
            nearest=near,
            hint="did_you_mean" if near else "list_rules",
            code="bad_parameter",
        )
    return owners[0].id, name
