from __future__ import annotations

import pytest

from graphtrace.errors import UsageError
from graphtrace.rules.rule_loader import find_rule, parse_assignment, select_rules

from .bench import RULES


def test_all_rules_apply_unless_some_are_named() -> None:
    assert select_rules(RULES) == RULES
    chosen = select_rules(RULES, ["soon_seized", "online_sale"])
    assert [rule.id for rule in chosen] == ["online_sale", "soon_seized"]


def test_a_value_reaches_the_one_rule_that_has_the_parameter() -> None:
    chosen = select_rules(RULES, assignments=[("max_depth", "3")])
    assert find_rule(chosen, "onward_resale").values == {"max_depth": 3}
    assert find_rule(RULES, "onward_resale").values == {"max_depth": 1}
    assert [one for one in chosen if one.id != "onward_resale"] == [one for one in RULES if one.id != "onward_resale"]


def test_a_rule_before_the_name_says_which_is_meant() -> None:
    chosen = select_rules(RULES, assignments=[("soon_seized.days", 90)])
    assert find_rule(chosen, "soon_seized").values == {"days": 90}
    assert find_rule(chosen, "resold_at_once").values["days"] == 30


def test_among_the_named_rules_a_name_alone_may_do() -> None:
    (rule,) = select_rules(RULES, ["soon_seized"], [("days", "90")])
    assert rule.values == {"days": 90}


def test_a_list_is_given_member_by_member_or_whole() -> None:
    given = [("online_sale.channels", "地摊"), ("online_sale.channels", "集市")]
    for assignments in (given, [("online_sale.channels", ["地摊", "集市"])]):
        assert find_rule(select_rules(RULES, assignments=assignments), "online_sale").values["channels"] == [
            "地摊",
            "集市",
        ]


@pytest.mark.parametrize(
    ("ids", "place", "value", "code", "said", "hint"),
    [
        ([], "days", "9", "bad_parameter", "several rules have a parameter days", "soon_seized.days"),
        ([], "max_dept", "9", "bad_parameter", "no rule that is applied has", "onward_resale.max_depth"),
        (["online_sale"], "max_depth", "9", "bad_parameter", "no rule that is applied has", "rules list"),
        ([], "onward_resale.days", "9", "bad_parameter", "onward_resale has no parameter days", "rules list"),
        ([], "onward_resail.days", "9", "unknown_rule", "no rule onward_resail", "onward_resale"),
        (["online_sale"], "onward_resale.max_depth", "9", "bad_parameter", "is not applied", "--rule onward_resale"),
        (["online_sail"], "channels", "9", "unknown_rule", "no rule online_sail", "online_sale"),
        (["zzz"], "channels", "9", "unknown_rule", "no rule zzz", "graphtrace rules list"),
        ([], "max_depth", "deep", "bad_parameter", "takes a whole number, not 'deep'", "max_depth"),
        ([], "max_depth", "1.5", "bad_parameter", "takes a whole number", "max_depth"),
        ([], "max_depth", "", "bad_parameter", "takes a whole number", "max_depth"),
        ([], "persons_only", "maybe", "bad_parameter", "true or false", "persons_only"),
    ],
)
def test_what_cannot_be_set_is_said(ids: list[str], place: str, value: str, code: str, said: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        select_rules(RULES, ids, [(place, value)])
    assert (raised.value.code, raised.value.exit_code) == (code, 2)
    assert said in raised.value.message
    assert hint in raised.value.hint


def test_a_single_value_is_not_given_twice() -> None:
    with pytest.raises(UsageError, match="max_depth is given twice"):
        select_rules(RULES, [], [("max_depth", "1"), ("onward_resale.max_depth", "2")])


def test_an_assignment_has_a_sign() -> None:
    assert parse_assignment("a.b=c=d") == ("a.b", "c=d")
    with pytest.raises(UsageError, match="assigns nothing"):
        parse_assignment("max_depth")
