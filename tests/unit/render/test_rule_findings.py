from __future__ import annotations

import re

import pytest

from graphtrace.render import Lang
from graphtrace.render.format import format_finding, rule_finding_message, rule_law
from graphtrace.results.rules import Rule, RuleFinding
from graphtrace.rules.rule_loader import load_rules

RULES = load_rules()


def breach(rule: Rule, number: int, **params: object) -> RuleFinding:
    names = [column.name for column in rule.query.header.columns if column.name != "enterprise"]
    told = {**dict.fromkeys(names, number), **params}
    return RuleFinding(
        code=rule.id, severity=rule.severity, params=told, rule=rule, enterprise="name:e", ordinal=0, cards=1, records=0
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("number", [1, 1234])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_of_the_product_says_what_it_found(rule: Rule, number: int, lang: Lang) -> None:
    said = rule_finding_message(breach(rule, number), lang)
    assert not re.search(r"[\[\]{}|]", said)
    assert not {"unknown", "不明"} & set(said.split())
    assert f"{number:,}" in said
    assert said.endswith("." if lang == "en" else "。")


def test_one_and_several_are_told_apart() -> None:
    (rule,) = (rule for rule in RULES if rule.id == "one_card_many_devices")
    assert rule_finding_message(breach(rule, 1), "en").startswith("1 card was seen")
    assert rule_finding_message(breach(rule, 2), "en").startswith("2 cards were seen")


def test_a_balance_says_only_what_is_open() -> None:
    (rule,) = (rule for rule in RULES if rule.id == "balance_not_closed")
    nothing = dict.fromkeys(("missing", "missing_at_most", "surplus", "sold_undeclared"))
    said = rule_finding_message(breach(rule, 5, **{**nothing, "missing": 7}), "en")
    assert said.endswith(", 7 cards are unaccounted for.")
    said = rule_finding_message(breach(rule, 5, **{**nothing, "surplus": 2}), "en")
    assert said.endswith(", 2 cards are declared beyond those that can be there.")


@pytest.mark.parametrize(("code", "name"), [("sale_twenty", "party"), ("sanction_three", "seller")])
def test_what_is_counted_over_the_whole_case_is_told_apart_from_the_evidence(code: str, name: str) -> None:
    (rule,) = (rule for rule in RULES if rule.id == code)
    found = breach(rule, 4, cards_listed=2502, cards=1, since=None, until=None, by_name=None, **{name: "云帆"})
    english, chinese = (rule_finding_message(found, lang) for lang in ("en", "zh"))
    assert english.startswith("Over the whole case 云帆 passed on ")
    assert "2,502 cards" in english
    assert re.search("1 of (them|the cards) in this audit", english)
    assert "2,502张卡" in chinese
    assert "其中1张为本次核查的卡" in chinese


def test_the_reason_of_rejects_is_put_into_words() -> None:
    (rule,) = (rule for rule in RULES if rule.id == "damaged_records")
    said = rule_finding_message(breach(rule, 5, file="a.csv", sheet=None, percent=40.0, reason="bad_quantity"), "en")
    assert (
        said == "5 of 5 rows (40%) of a.csv could not be used; the most frequent reason: "
        "not a whole number of cards, or said not to be all that were handed over."
    )
    assert format_finding(breach(rule, 5, reason="novel"), "en").endswith("reason: novel.")


def test_a_rule_without_law_says_that_its_limits_are_nobodys() -> None:
    laws = {rule.id: rule_law(rule, "en") for rule in RULES}
    assert laws["many_cards_one_person"].endswith("articles 7 and 9")
    assert laws["many_numbers_one_user"] == "own threshold, not a legal one"
