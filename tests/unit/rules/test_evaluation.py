from __future__ import annotations

from pathlib import Path

import pytest

from graphtrace.errors import RuleError, StoreError
from graphtrace.results.rules import Rule, RuleFinding
from graphtrace.rules.evaluation import collect_evidence, evaluate_rules
from graphtrace.rules.rule_loader import load_rule

from .bench import CARRIER, OTHER, PERSON, RULES, SHOP, Bench, E

HEAD = """/*
question.en = "What?"
description.en = "All."
scope = "audit"
[returns]
enterprise.en = "id"
said.en = "what"
cards.en = "the cards"
*/
"""
RULE = """id: own_rule
version: 1
severity: info
title: {en: t, zh: t}
why: {en: w, zh: w}
law: null
query: own-query
parameters:
evidence: [purchase]
message: {en: "{said}", zh: "{said}"}
"""


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.account(1, 10)
    return bench


def own(folder: Path, sql: str) -> Rule:
    (folder / "own-query.sql").write_text(HEAD + sql, encoding="utf-8")
    (folder / "own.yml").write_text(RULE, encoding="utf-8")
    return load_rule(folder / "own.yml")


def selected(said: str, cards: str = "[{first: 1, last: 3}]", enterprise: str = f"'{E}'") -> str:
    return f"SELECT {enterprise} AS enterprise, {said} AS said, {cards} AS cards -- no more"


def test_a_finding_without_cards_and_records_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="cards or records"):
        RuleFinding(code="x", severity="info", params={}, rule=RULES[0], enterprise=E, ordinal=0, cards=0, records=0)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("DATE '2024-01-31'", "2024-01-31"),
        ("sum(2)", 2),
        ("1.50::DECIMAL(9, 2)", 1.5),
        ("2.00::DECIMAL(9, 2)", 2),
        ("0.25::DOUBLE", 0.25),
        ("true", True),
        ("NULL", None),
        ("{id: 'name:x', name: 'X'}", {"id": "name:x", "name": "X"}),
        ("{id: 'name:x', name: NULL::VARCHAR}", {"id": "name:x", "name": None}),
    ],
)
def test_values_become_what_json_can_say(tmp_path: Path, bench: Bench, sql: str, said: object) -> None:
    (breach,) = evaluate_rules(bench, [own(tmp_path, selected(sql))])[E]
    assert breach.params == {"said": said, "cards": 3}
    assert type(breach.params["said"]) is type(said)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (selected("MAP {'a': 1}"), "returned something in said that a finding cannot say"),
        (selected("{id: 1, name: 'x'}"), "returned something in said"),
        (selected("1", "[]::STRUCT(first BIGINT, last BIGINT)[]"), "a row without cards or records"),
        (selected("1", "NULL::STRUCT(first BIGINT, last BIGINT)[]"), "a row without cards or records"),
        (selected("1", enterprise="NULL"), "a row without an enterprise"),
        (selected("1").replace("AS said", "AS told"), "returns enterprise, told, cards"),
        ("SELECT nothing FROM nowhere", "own-query.sql:10: the query fails: "),
        ("SELECT 1 AS enterprise,\n  nothing AS said", "own-query.sql:11: the query fails: "),
    ],
)
def test_what_a_query_of_ones_own_does_wrong_is_said(tmp_path: Path, bench: Bench, sql: str, said: str) -> None:
    with pytest.raises(RuleError) as raised:
        evaluate_rules(bench, [own(tmp_path, sql)])
    assert said in raised.value.message
    assert str(tmp_path / "own-query.sql") in raised.value.message
    assert bench.rows("SELECT count(*) FROM accounts") == [(1,)]


SILENCE = "CREATE OR REPLACE TEMP TABLE accounts AS FROM accounts WHERE false"
EMPTY = "SELECT NULL::VARCHAR AS enterprise, 1::BIGINT AS cards, 'v' AS said WHERE false"
ATTACKS = (
    f"{EMPTY}) ; {SILENCE} ; SELECT * FROM ({EMPTY}",
    f"{EMPTY}) ; {SILENCE} ; --",
    f"{EMPTY} -- )\n) ; {SILENCE} ; SELECT * FROM (SELECT 1",
    f"{EMPTY} /* ) */ ) ; {SILENCE} ; SELECT * FROM (SELECT 1",
    f"{EMPTY}; {SILENCE}",
    f"{EMPTY};\n\n-- the rest\n{SILENCE};",
    f"{SILENCE}; {EMPTY}",
    f"{EMPTY}; {EMPTY}",
    SILENCE,
    "DELETE FROM accounts",
    "UPDATE accounts SET cards = 0",
    "INSERT INTO accounts (cards) VALUES (1)",
    "TRUNCATE accounts",
    "DROP TABLE accounts CASCADE",
    "ALTER TABLE accounts RENAME TO others",
    "MERGE INTO accounts USING (SELECT 1 AS x) ON true WHEN MATCHED THEN DELETE",
    f"WITH gone AS (DELETE FROM accounts RETURNING *) {EMPTY}",
    f"WITH gone AS MATERIALIZED (\n  DELETE FROM accounts RETURNING *) {EMPTY}",
    f"WITH more AS (INSERT INTO accounts (cards) VALUES (1) RETURNING *) {EMPTY}",
    f"WITH other AS (UPDATE accounts SET cards = 0 RETURNING *) {EMPTY}",
    f"WITH written AS (COPY accounts TO 'accounts.csv') {EMPTY}",
    "SELECT * FROM (WITH gone AS (DELETE FROM accounts RETURNING *) FROM gone)",
    "SELECT (WITH gone AS (DELETE FROM accounts RETURNING *) SELECT count(*) FROM gone)",
    "WITH a AS (WITH gone AS (DELETE FROM accounts RETURNING *) FROM gone) FROM a",
    "FROM query('WITH gone AS (DELETE FROM accounts RETURNING *) FROM gone')",
    "FROM query('DELETE FROM accounts')",
    "CREATE TEMP VIEW accounts AS SELECT 1",
    "CREATE MACRO lpad(a, b, c) AS 1",
    "CREATE MACRO accounts() AS TABLE SELECT 1",
    "CREATE TYPE cards AS ENUM ('a')",
    "CREATE SCHEMA other",
    "PRAGMA database_list",
    "SET threads = 1",
    "RESET threads",
    "SET VARIABLE x = 1",
    "USE temp",
    "ATTACH ':memory:' AS other",
    "DETACH other",
    "COPY accounts TO 'accounts.csv'",
    "EXPORT DATABASE 'folder'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "CALL pragma_version()",
    "PREPARE x AS DELETE FROM accounts",
    "EXPLAIN ANALYZE DELETE FROM accounts",
    "CHECKPOINT",
    "VACUUM",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "SELECT 1 /* never ends",
    "SELECT 'never ends",
    "",
    "\n-- nothing",
    ";",
)


@pytest.fixture(scope="module")
def attacked() -> Bench:
    """A bench that one attack after the other meets."""
    bench = Bench()
    bench.account(1, 10)
    return bench


@pytest.mark.parametrize("sql", ATTACKS)
def test_a_rule_that_is_more_than_one_select_is_refused_with_its_line(
    tmp_path: Path, attacked: Bench, sql: str
) -> None:
    with pytest.raises(RuleError, match=r"own-query\.sql(:1[0-9])?: (a query is one SELECT|the query fails)") as raised:
        evaluate_rules(attacked, [own(tmp_path, sql)])
    assert (raised.value.code, raised.value.exit_code) == ("bad_rule", 2)
    assert attacked.rows("SELECT count(*), sum(cards) FROM accounts") == [(1, 10)]


def test_the_line_is_that_of_what_is_too_much(tmp_path: Path, bench: Bench) -> None:
    for sql, line in (
        (f"{EMPTY};\n\n-- the rest\n{SILENCE}", 13),
        (f"WITH gone AS (\n  DELETE FROM accounts RETURNING *\n) {EMPTY}", 11),
        (f"\n-- 甲\n{SILENCE}", 12),
        ("SELECT 1\nFRM accounts a b", 11),
    ):
        with pytest.raises(RuleError, match=f"own-query.sql:{line}: "):
            evaluate_rules(bench, [own(tmp_path, sql)])


def test_one_semicolon_and_a_remark_behind_it_do_no_harm(tmp_path: Path, bench: Bench) -> None:
    sql = selected("'; --'").removesuffix(" -- no more") + ";; -- no; more"
    (breach,) = evaluate_rules(bench, [own(tmp_path, sql)])[E]
    assert breach.params["said"] == "; --"


def test_nothing_that_a_rule_does_to_a_connection_stays(bench: Bench) -> None:
    """The second wall: what the check would let through is rolled back."""
    frame = "WITH gone AS (DELETE FROM kept RETURNING *) SELECT * FROM ({}) SEMI JOIN gone ON true"
    bench.create_table("kept", "SELECT 1")
    assert bench.ask_rule("SELECT 2", {}, frame=frame, is_bundled=False)[1] == [(2,)]
    assert bench.rows("SELECT count(*) FROM kept") == [(1,)]


def test_a_fault_of_the_store_stays_one() -> None:
    bench = Bench()
    assert not bench.found("onward_resale")
    bench.con.execute("DROP TABLE accounts CASCADE")
    with pytest.raises(StoreError):
        bench.found("onward_resale")


def test_findings_are_by_enterprise_in_the_order_of_rules_and_rows(bench: Bench) -> None:
    bench.account(11, 30, holder=PERSON, channel="微信", depth=2)
    bench.account(31, 90, holder=OTHER, channel="QQ", depth=3)
    bench.account(1, 10, enterprise=OTHER, channel="QQ")
    found = evaluate_rules(bench, RULES)
    assert [(one.code, one.ordinal) for one in found[E]] == [
        ("many_cards_one_person", 0),
        ("online_sale", 0),
        ("online_sale", 1),
        ("onward_resale", 0),
        ("buyer_without_identity", 0),
    ]
    assert [one.params["channel"] for one in found[E] if one.code == "online_sale"] == ["QQ", "微信"]
    assert [one.code for one in found[OTHER]] == ["online_sale"]


def test_an_unrelated_enterprise_changes_nothing(bench: Bench) -> None:
    bench.enterprise(purchased=10)
    bench.account(11, 30, holder=PERSON, channel="微信", depth=2)
    before = evaluate_rules(bench, RULES)[E]
    bench.enterprise(OTHER, purchased=5000, declared_on="2024-06-30", unaccounted_at_least=7)
    bench.account(1000, 5000, enterprise=OTHER, holder=PERSON, channel="微信", depth=3, departed="2024-01-02")
    bench.move(1000, 5000, kind="purchase", sender=CARRIER, receiver=OTHER)
    for card in range(1000, 1050):
        bench.activate(card, imei=1, user=SHOP, day="2020-01-01")
        bench.seize(card, day="2024-01-05")
    bench.declare("2024-06-30", party=OTHER, stock=1, sold=1)
    after = evaluate_rules(bench, RULES)
    assert after[E] == before
    assert len(after[OTHER]) > 5


def test_opening_gives_the_cards_and_records_of_each_finding(bench: Bench) -> None:
    bench.account(31, 90, holder=OTHER, channel="QQ")
    bench.account(11, 30, holder=PERSON, channel="微信")
    bench.account(100, 109, channel="微信", enterprise=OTHER)
    rules = [rule for rule in RULES if rule.id in ("online_sale", "many_cards_one_person")]
    opened = list(collect_evidence(bench, rules, [OTHER, E]))
    assert [(one.finding.enterprise, one.finding.code, one.lots) for one in opened] == [
        (OTHER, "online_sale", ((100, 109),)),
        (E, "many_cards_one_person", ((11, 30),)),
        (E, "online_sale", ((31, 90),)),
        (E, "online_sale", ((11, 30),)),
    ]
    for one in opened:
        assert one.finding.cards == sum(last - first + 1 for first, last in one.lots)


def test_an_id_with_a_quotation_mark_is_data(bench: Bench) -> None:
    hostile = "name:a' OR 1 = 1 --"
    bench.account(11, 30, channel="微信", enterprise=hostile)
    bench.account(31, 40, channel="微信")
    (opened,) = bench.opened("online_sale", enterprise=hostile)
    assert opened.lots == ((11, 30),)
