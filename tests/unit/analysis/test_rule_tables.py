"""The relations that rules ask are what is said of them, and those laid out for speed say what the plain ones say."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import graphtrace as gt
from graphtrace.analysis.audit.classify import CardClassifier
from graphtrace.analysis.audit.enterprise_audit import Auditor
from graphtrace.analysis.audit.rule_extent import NEEDS, Extent
from graphtrace.engine.audit_queries import MANY
from graphtrace.engine.audit_session import AuditSession
from graphtrace.model import AUDIT_ROLES, KINDS
from graphtrace.results.rules import Rule
from graphtrace.rules.evaluation import evaluate_rules
from graphtrace.rules.rule_loader import load_rules, rules_of

ROOT = Path(__file__).parents[3]
RULES = load_rules()
RULE_TABLES = yaml.safe_load((ROOT / "docs" / "rule_tables.yml").read_text("utf-8"))


ONE, OTHER = "周立冬", "何志远"
"""Parties of the example case."""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> gt.Case:
    folder = ROOT / "examples" / "case"
    case = gt.open_case(tmp_path_factory.mktemp("relations") / "x.gtrace")
    plain = [path for path in sorted(folder.iterdir()) if path.name not in ("demo.json", "gangtong_list.mapping.yml")]
    case.load(*(path for path in plain if path.name != "gangtong_list.csv"))
    case.load(folder / "gangtong_list.csv", mapping=folder / "gangtong_list.mapping.yml")
    parcels = tmp_path_factory.mktemp("parcels") / "parcels.csv"
    parcels.write_text(f"运单号,寄件人,收件人,收件人电话,寄件日期\nSF1,{ONE},{OTHER},13700000001,2024-03-01\n", "utf-8")
    sold = parcels.with_name("sold.csv")
    rows = "".join(
        f"丙店,{name},330106198505057771,2024-03-01,898606234567890000{n}\n"
        for n, name in ((1, "孙启航"), (2, "李梅兰"))
    )
    sold.write_text(f"转出方,转入方,转入方证件号,日期,ICCID\n{rows}", "utf-8")
    case.load(parcels, sold)
    case.resolve(ONE, OTHER, same=False, why="two persons", by="me")
    return case


@pytest.fixture(scope="module")
def session(case: gt.Case) -> Iterator[AuditSession]:
    with case._stores.open_tracer() as tracer, CardClassifier(tracer, None) as classifier:
        Auditor(tracer, classifier, None).offer_rule_tables()
        yield classifier.session


@pytest.mark.parametrize("relation", RULE_TABLES, ids=lambda relation: relation["name"])
def test_a_relation_has_the_columns_that_are_said_of_it(session: AuditSession, relation: dict[str, Any]) -> None:
    columns, rows = session.query(f"FROM {relation['name']} LIMIT 1")
    assert list(columns) == relation["columns"]
    assert rows


UNEQUAL = ("NESTED_LOOP_JOIN", "BLOCKWISE_NL_JOIN", "IE_JOIN", "PIECEWISE_MERGE_JOIN")


def joins_of(plan: object) -> Iterator[tuple[str, str]]:
    """Yield the joins of a plan, each with its conditions."""
    for node in plan if isinstance(plan, list) else [plan]:
        if "JOIN" in node["name"]:
            yield node["name"], str(node["extra_info"].get("Conditions", ""))
        yield from joins_of(node["children"])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_joins_by_equal_values_and_never_compares_each_row_with_each(session: AuditSession, rule: Rule) -> None:
    text = rule.query.source("sql").rstrip().removesuffix(";")
    ((_, plan),) = session.query(f"EXPLAIN (FORMAT JSON) {text}", dict(rule.values))[1]
    joins = list(joins_of(json.loads(plan)))
    assert not [name for name, _ in joins if name in UNEQUAL]
    # a hash join has an equal value; the nearest in order is found by one pass
    assert {name for name, _ in joins} <= {"HASH_JOIN", "ASOF_JOIN", "RIGHT_DELIM_JOIN", "LEFT_DELIM_JOIN"}


def scans_of(plan: object) -> Iterator[str]:
    """Yield the tables that a plan reads, each as often as it is read."""
    for node in plan if isinstance(plan, list) else [plan]:
        if "Table" in node["extra_info"]:
            yield node["extra_info"]["Table"].rpartition(".")[2].strip('"')
        yield from scans_of(node["children"])


RECORDS = ("narrow_card_records", "wide_card_records", "range_records", "cardless_records")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_reads_the_records_of_the_case_once_and_histories_for_ranges_and_for_single_cards(
    session: AuditSession, rule: Rule
) -> None:
    text = rule.query.source("sql").rstrip().removesuffix(";")
    ((_, plan),) = session.query(f"EXPLAIN (FORMAT JSON) {text}", dict(rule.values))[1]
    scanned = Counter(scans_of(json.loads(plan)))
    assert max(scanned[name] for name in RECORDS) <= 1
    assert scanned["histories"] <= 2


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions of audits to the database, by the method that asks them."""
    asked: list[str] = []

    def count(name: str) -> None:
        ask = getattr(AuditSession, name)

        def counted(self: AuditSession, *args: Any, **kwargs: Any) -> Any:
            asked.append(name)
            return ask(self, *args, **kwargs)

        monkeypatch.setattr(AuditSession, name, counted)

    for name in ("query", "columns", "ask_rule"):
        count(name)
    return asked


def test_an_audit_asks_each_rule_once_and_a_bounded_number_of_other_questions(case: gt.Case, asked: list[str]) -> None:
    case.audit(all=True, rules=RULES)
    asked_of = Counter(asked)
    # one finds nothing without cards in several devices
    assert asked_of["ask_rule"] == len([rule for rule in RULES if "enterprise" in rule.roles]) - 1
    assert asked_of["query"] + asked_of["columns"] <= 100


def test_an_audit_of_a_few_cards_asks_the_rules_that_can_find_something(tmp_path: Path, asked: list[str]) -> None:
    (tmp_path / "t.csv").write_text(
        "转出方,转入方,日期,卡号\n中国联通,甲公司,2024-03-05,8986061900000000001\n甲公司,乙,2024-03-06,8986061900000000001\n",
        "utf-8",
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "t.csv")
        (audit,) = case.audit("甲公司")
    assert [finding.code for finding in audit.findings] == ["buyer_without_identity"]
    asked_of = Counter(asked)
    assert asked_of["ask_rule"] <= 2
    assert asked_of["query"] + asked_of["columns"] <= 57


@pytest.mark.parametrize(
    "party", [None, "星海智联科技有限公司", "云帆物联（云洲）科技有限公司", "马晓东", "林秀芳", "南河智能设备厂"]
)
def test_a_rule_that_is_not_asked_would_have_found_nothing(case: gt.Case, party: str | None) -> None:
    parties = None if party is None else [case.party(party).party]
    not_asked = []
    for role in AUDIT_ROLES:
        with case._stores.open_tracer() as tracer, CardClassifier(tracer, parties, role) as classifier:
            auditor = Auditor(tracer, classifier, parties)
            if not (auditor.audits or auditor.by_number):
                continue
            extent = auditor.offer_rule_tables()
            rules = [one for rule in rules_of(RULES, role) for one in (rule, *raised(rule, extent))]
            not_asked += [evaluate_rules(classifier.session, [one]) for one in rules if not extent.holds(one)]
    assert not_asked
    assert not any(not_asked)


def raised(rule: Rule, extent: Extent) -> Iterator[Rule]:
    """Yield the rule with limits that are just more than there is."""
    for kind, least in NEEDS[rule.query.name].items():
        if not isinstance(least, int) and (most := getattr(extent, kind)) < MANY:
            for name in least:
                rule = rule.with_value(name, most + 1)
            yield rule


def test_all_findings_are_opened_together_by_a_few_questions(case: gt.Case, asked: list[str]) -> None:
    enterprises = [audit.enterprise.id for audit in case.audit(all=True)]
    asked.clear()
    case.audit(*enterprises, rules=RULES)
    to_find = len(asked)
    assert to_find <= 121
    asked.clear()
    assert len(case.audit_details(*enterprises, rules=RULES)) > 40
    # one of them lays out the movements, which no rule had named
    assert len(asked) - to_find <= 13


PLACED = "JOIN accounts ON card BETWEEN first AND last"
ACCOUNT = "fate, purchased, declared_use, declared_province"
PLAIN = {
    "activated": f"SELECT enterprise, card, min(day), {ACCOUNT} FROM activations {PLACED} GROUP BY ALL",
    "used_by": f"""
        SELECT DISTINCT enterprise, card, "user", is_person, {ACCOUNT}
        FROM activations JOIN parties ON "user" = party {PLACED}
    """,
    "active_in": f"""
        SELECT DISTINCT enterprise, card, province, {ACCOUNT} FROM activations {PLACED} WHERE province IS NOT NULL
    """,
    "shared_devices": f"""
        SELECT DISTINCT enterprise, imei, card, {ACCOUNT} FROM activations {PLACED}
        WHERE imei IN (SELECT imei FROM activations GROUP BY imei HAVING count(DISTINCT card) > 1)
    """,
    "moved_cards": f"""
        SELECT DISTINCT enterprise, imei, card, {ACCOUNT} FROM activations {PLACED}
        WHERE imei IS NOT NULL
            AND card IN (SELECT card FROM activations GROUP BY card HAVING count(DISTINCT imei) > 1)
    """,
    "taken": f"""
        WITH named AS (SELECT key, id FROM events JOIN people ON who = party WHERE kind = {KINDS.index("seizure")})
        SELECT DISTINCT enterprise, card, day, until,
            CASE WHEN card NOT IN (SELECT key FROM named) OR (card, holder) IN (SELECT (key, id) FROM named)
                THEN holder END, {ACCOUNT}
        FROM seizures {PLACED}
    """,
    "dealings": """
        SELECT enterprise, movements.* FROM movements JOIN enterprises ON enterprise IN (sender, receiver)
        WHERE sender <> receiver
    """,
}


@pytest.mark.parametrize("name", PLAIN)
def test_what_is_laid_out_for_speed_says_what_the_plain_relations_say(session: AuditSession, name: str) -> None:
    laid_out, plain = (sorted(map(repr, session.rows(sql))) for sql in (f"FROM {name}", PLAIN[name]))
    assert laid_out == plain


def test_accounts_are_disjoint_and_add_up_to_the_purchases(session: AuditSession) -> None:
    counted = session.rows(
        "SELECT enterprise, sum(cards)::BIGINT FROM accounts GROUP BY enterprise ORDER BY enterprise"
    )
    assert counted == session.rows("SELECT enterprise, purchased FROM enterprises ORDER BY enterprise")
    overlapping = """
        SELECT count(*) FROM (
            SELECT first <= lag(last) OVER (PARTITION BY enterprise ORDER BY first) AS is_inside FROM accounts
        ) WHERE is_inside
    """
    assert session.rows(overlapping) == [(0,)]


def test_the_channels_by_which_others_passed_cards_on_are_those_after_the_enterprise(session: AuditSession) -> None:
    onward = {channel for (channels,) in session.rows("SELECT onward_channels FROM accounts") for channel in channels}
    assert {"QQ", "淘宝", "微信"} <= onward
    assert session.rows("SELECT DISTINCT onward_channels FROM accounts WHERE fate <> 'resold' OR depth = 1") == [([],)]
