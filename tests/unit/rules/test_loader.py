from __future__ import annotations

from pathlib import Path

import pytest

from graphtrace.errors import RuleError
from graphtrace.rules.rule_loader import load_rule, load_rules

from .bench import RULES, Bench, E

QUERY = """/*
question = {en = "Which cards are held?", zh = "持有哪些卡？"}
description = {en = "Cards still held.", zh = "仍持有的卡。"}
scope = "audit"
[params]
least = {type = "integer", en = "the fewest", zh = "最少张数"}
words = {type = "text[]", optional = true, en = "words", zh = "字样"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
most = {en = "the most", zh = "最多"}
cards = {en = "the cards", zh = "涉及的卡"}
*/
SELECT enterprise, max(cards) AS most, list({first: first, last: last}) AS cards
FROM accounts
WHERE fate = 'held' AND ($words IS NULL OR channel IN $words)
GROUP BY enterprise
HAVING sum(cards) >= $least
ORDER BY enterprise
"""
RULE = """id: own_rule
version: 3
severity: info
title: {en: Held, zh: 持有}
why: {en: Because., zh: 因为。}
law: null
query: own-query
parameters:
  least: {default: 5, unit: {en: cards, zh: 张}}
  words: {default: null}
evidence: [purchase]
message:
  en: "{cards:card|cards} in {most}"
  zh: "{cards}张"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "own-query.sql").write_text(QUERY, encoding="utf-8")
    return tmp_path


def written(folder: Path, text: str = RULE, name: str = "own.yml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_rule_of_ones_own_finds_its_query_beside_it(folder: Path) -> None:
    rule = load_rule(written(folder))
    assert (rule.id, rule.version, rule.severity, rule.law, rule.path) == (
        "own_rule",
        3,
        "info",
        None,
        folder / "own.yml",
    )
    assert dict(rule.values) == {"least": 5, "words": None}
    unit = rule.parameter("least").unit
    assert unit is not None
    assert unit.zh == "张"
    assert rule.query.paths["sql"] == folder / "own-query.sql"


def test_or_in_the_folder_of_the_variable(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path_factory.mktemp("rules")
    path = written(elsewhere)
    with pytest.raises(RuleError, match="no query called own-query"):
        load_rule(path)
    monkeypatch.setenv("GRAPHTRACE_QUERIES", str(folder))
    assert load_rule(path).query.name == "own-query"
    assert load_rule(written(folder)).query.name == "own-query"


def test_a_rule_may_ask_a_query_of_the_product_with_another_limit(folder: Path) -> None:
    text = Path(__file__).parents[3].joinpath("graphtrace/rules/builtin/onward_resale.yml").read_text(encoding="utf-8")
    path = written(folder, text.replace("id: onward_resale", "id: far_resale").replace("default: 1", "default: 4"))
    rules = load_rules(path)
    assert len(rules) == len(RULES) + 1
    (own,) = (rule for rule in rules if rule.path is not None)
    assert (own.id, dict(own.values)) == ("far_resale", {"max_depth": 4})


def test_a_folder_of_rules_is_read_in_order(folder: Path) -> None:
    written(folder, RULE.replace("own_rule", "own_b"), "1.yml")
    written(folder, RULE.replace("own_rule", "own_a"), "2.yaml")
    (folder / "notes.txt").write_text("no rule", encoding="utf-8")
    assert [rule.id for rule in load_rules(folder) if rule.path] == ["own_a", "own_b"]


def test_rules_come_the_gravest_first_and_then_by_id() -> None:
    places = [(("error", "warning", "info").index(rule.severity), rule.id) for rule in RULES]
    assert places == sorted(places)


def test_every_rule_of_the_product_says_all_in_both_languages_and_stands_under_its_name() -> None:
    for rule in RULES:
        assert rule.query.name == f"rule-{rule.id.replace('_', '-')}"
        assert rule.query.header.question.zh
        for text in (rule.title, rule.rationale, rule.message, *([rule.law] if rule.law else [])):
            assert not any("\u4e00" <= sign <= "\u9fff" for sign in text.en)
            assert any("\u4e00" <= sign <= "\u9fff" for sign in text.zh)


def test_only_provisions_whose_text_is_known_are_named_as_law() -> None:
    known = (
        "article 12",
        "article 31",
        "articles 7 and 9",
        "(in force 2024-12-01), article 3",
        "Ministry of Industry and Information Technology, 2016",
    )
    assert all(any(part in rule.law.en for part in known) for rule in RULES if rule.law)
    without = {rule.id for rule in RULES if rule.law is None}
    assert {"many_numbers_one_user", "many_cards_one_device", "outside_declared_province", "seized_share"} <= without


def test_the_id_of_another_rule_is_refused(folder: Path) -> None:
    shadow = written(folder, RULE.replace("own_rule", "onward_resale"))
    with pytest.raises(RuleError, match="the product has a rule onward_resale already"):
        load_rules(shadow)
    with pytest.raises(RuleError, match=r"a\.yml has the id own_rule already"):
        load_rules(written(folder, name="a.yml"), written(folder, name="b.yml"))


@pytest.mark.parametrize(
    ("old", "new", "line", "said", "hint"),
    [
        ("severity: info", "severity: grave", 3, "grave is no severity", "error, warning, info"),
        ("version: 3", "version: 0", 2, "0 is no version", "from 1"),
        ("version: 3", "version: '3'", 2, "'3' is no version", "from 1"),
        ("id: own_rule", "id: Own-Rule", 1, "Own-Rule cannot be an id", "small letters"),
        ("id: own_rule\n", "", 1, "the rule lacks id", "add id"),
        ("law: null\n", "law: null\nlaw: null\n", 7, "law is there already (line 6)", "leave one"),
        ("law: null\n", "law: null\nlaws: 1\n", 7, "unknown key laws", "did you mean law?"),
        ("law: null", "law: {en: Art. 12}", 6, "lacks zh", "add zh"),
        ("law: null", "law: article 12", 6, "holds keys", "one line for each"),
        ("zh: 持有}", "zh: ''}", 4, "zh: needs a text", "quotes"),
        ("zh: 持有}", "zh: 12}", 4, "zh: needs a text", "quotes"),
        ("query: own-query", "query: own-quarry", 7, "no query called own-quarry", "own-query"),
        ("query: own-query", "query: users-with-many-cards", 7, "asks a case, not an audit", 'scope = "audit"'),
        ("  least: {default: 5,", "  leest: {default: 5,", 9, "does not declare this parameter", "least, words"),
        ("  words: {default: null}\n", "", 8, "words, which own-query uses, is not declared", "add words"),
        ("default: 5", "default: five", 9, "takes a whole number, not 'five'", "integer"),
        ("default: 5", "default: null", 9, "needs a value", "integer"),
        ("{default: null}", "{default: 7}", 10, "takes a text, not 7", "text[]"),
        ("{default: null}", "{}", 10, "the parameter lacks default", "add default"),
        ("{default: null}", "{default: null, most: 1}", 10, "unknown key most", "default, unit"),
        (
            "evidence: [purchase]",
            "by_number: often\nevidence: [purchase]",
            11,
            "is neither true nor false",
            "true or false",
        ),
        ("evidence: [purchase]", "evidence: [buying]", 11, "is a list of kinds", "purchase, transfer"),
        ("evidence: [purchase]", "evidence: []", 11, "is a list of kinds", "purchase"),
        ("evidence: [purchase]", "evidence: purchase", 11, "is a list of kinds", "purchase"),
        ("in {most}", "in {less}", 12, "{less} is no column of own-query", "enterprise, most, cards"),
    ],
)
def test_what_is_wrong_in_a_rule_file_is_said_with_its_line(
    folder: Path, old: str, new: str, line: int, said: str, hint: str
) -> None:
    assert old in RULE
    path = written(folder, RULE.replace(old, new))
    with pytest.raises(RuleError) as raised:
        load_rules(path)
    assert raised.value.message.startswith(f"{path}:{line}:")
    assert said in raised.value.message
    assert hint in raised.value.hint
    assert raised.value.exit_code == 2


def test_what_is_not_yaml_is_said(folder: Path) -> None:
    path = written(folder, RULE.replace("law: null", "law: null: 1"))
    with pytest.raises(RuleError, match=r"own\.yml:6: is not YAML") as raised:
        load_rule(path)
    assert "quotes" in raised.value.hint


def test_a_query_without_cards_or_records_is_no_rules_query(folder: Path) -> None:
    (folder / "own-query.sql").write_text(QUERY.replace("cards = {", "lots = {"), encoding="utf-8")
    with pytest.raises(RuleError, match="does not return enterprise and cards or records"):
        load_rule(written(folder))


def test_a_query_in_cypher_alone_is_refused(folder: Path) -> None:
    (folder / "own-query.sql").rename(folder / "own-query.cypher")
    with pytest.raises(RuleError, match="not written in SQL"):
        load_rule(written(folder))


def test_a_query_that_uses_what_it_does_not_declare_is_refused(folder: Path) -> None:
    (folder / "own-query.sql").write_text(QUERY.replace(">= $least", ">= $most AND 1 < $least"), encoding="utf-8")
    with pytest.raises(RuleError, match=r"\$most is not declared"):
        load_rule(written(folder))


def test_a_party_or_card_is_no_parameter_of_a_rule(folder: Path) -> None:
    (folder / "own-query.sql").write_text(QUERY.replace('"integer"', '"card"'), encoding="utf-8")
    with pytest.raises(RuleError, match="a rule cannot set least, a card"):
        load_rule(written(folder))


def test_files_that_are_no_rules_are_refused(folder: Path) -> None:
    for path in (
        folder / "none.yml",
        folder / "own-query.sql",
        written(folder, "", "e.yml"),
        written(folder, "- a", "l.yml"),
    ):
        with pytest.raises(RuleError) as raised:
            load_rules(path)
        assert str(path) in raised.value.message
    (folder / "g.yml").write_bytes("title: 持有".encode("gb18030"))
    with pytest.raises(RuleError, match="is not UTF-8"):
        load_rules(folder / "g.yml")
    (folder / "empty").mkdir()
    with pytest.raises(RuleError, match="no rule file"):
        load_rules(folder / "empty")


def test_a_rule_of_ones_own_finds(folder: Path) -> None:
    from graphtrace.rules.evaluation import evaluate_rules

    bench = Bench()
    bench.account(1, 5, fate="held")
    rule = load_rule(written(folder))
    (breach,) = evaluate_rules(bench, [rule])[E]
    assert (breach.code, breach.severity, dict(breach.params)) == ("own_rule", "info", {"most": 5, "cards": 5})
    assert evaluate_rules(bench, [rule.with_value("least", "6")]) == {}
