from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from rich.cells import cell_len

from .conftest import Run

XINGHAI = "星海智联科技有限公司"
HOSTILE = "=cmd()[/foo]\x1b[31m<script>\u202eevil{cards}"
FINDING = ("code", "severity", "version", "params", "message")

SALES = """carrier,enterprise,enterprise_id,date,iccid_first,iccid_last
中国联通,甲,,2024-03-01,8986061900000000001,8986061900000000100
"""

QUERY = """/*
question = {en = "Which cards are held?", zh = "持有哪些卡？"}
description = {en = "Cards still held.", zh = "仍持有的卡。"}
scope = "audit"
[params]
least = {type = "integer", en = "the fewest", zh = "最少张数"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
cards = {en = "the cards", zh = "涉及的卡"}
*/

SELECT enterprise, list({first: first, last: last}) AS cards
FROM accounts
WHERE fate = 'held'
GROUP BY enterprise
HAVING sum(cards) >= $least
ORDER BY enterprise
"""
RULE = """id: held
version: 7
severity: error
title: {en: Held, zh: 持有}
why: {en: Because., zh: 因为。}
law: null
query: held-cards
parameters:
  least: {default: 5}
evidence: [purchase]
message: {en: "still {cards:card|cards}", zh: "尚有{cards}张"}
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "held-cards.sql").write_text(QUERY, encoding="utf-8")
    (folder / "held.yml").write_text(RULE, encoding="utf-8")
    return folder


def test_the_rules_are_listed_the_gravest_first(run: Run) -> None:
    ran = run("rules", "list")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.index("many_cards_one_person  error  version 5") < ran.out.index("onward_resale  warning")
    assert "own threshold, not a legal one" not in ran.out
    assert "own threshold, not a legal one" in run("rules", "list", "-v").out


def test_a_rule_shows_its_law_parameters_and_query(run: Run) -> None:
    ran = run("rules", "show", "many_cards_one_person")
    for part in (
        "articles 7 and 9",
        "-p least_cards=20 cards",
        "rule-many-cards-one-person",
        "FROM accounts",
        "$least_cards",
    ):
        assert part in ran.out
    assert "内部关注阈值，非法定标准" in run("rules", "show", "seized_share", "--lang", "zh").out


def test_json_has_everything_of_a_rule(run: Run, tmp_path: Path) -> None:
    (shown,) = (rule for rule in run("rules", "list", "--json").json["rules"] if rule["id"] == "soon_seized")
    assert list(shown) == [
        *("id", "version", "severity", "title", "why", "law", "parameters", "query", "evidence", "file")
    ]
    assert (shown["law"], shown["file"], shown["evidence"]) == (None, None, ["purchase", "seizure"])
    assert shown["parameters"] == [
        {
            "name": "days",
            "type": "integer",
            "default": 180,
            "unit": "days",
            "meaning": "days between purchase and seizure that are few",
        }
    ]
    one = run("rules", "show", "soon_seized", "--json").json["rule"]
    assert {**shown, "message": one["message"], "sql": one["sql"]} == one
    assert run("rules", "show", "soon_seized", "-o", tmp_path / "q.sql").code == 0
    assert (tmp_path / "q.sql").read_text(encoding="utf-8") == one["sql"]


def test_a_rule_that_does_not_exist_names_the_nearest(run: Run) -> None:
    ran = run("rules", "show", "onward_resail", "--json")
    assert (ran.code, ran.out, ran.error["code"]) == (2, "", "unknown_rule")
    assert "onward_resale" in ran.error["hint"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_line_of_the_rules_is_too_long(run: Run, lang: str) -> None:
    for command in (("list", "-v"), ("show", "sold_after_return"), ("show", "online_resale")):
        lines = run("rules", *command, "--lang", lang).out.splitlines()
        # the letters of a full-width alphabet and a list of words are one word each
        assert [line for line in lines if cell_len(line) > 80 and "ａ" not in line] == []


def test_an_audit_carries_findings_with_the_version_of_their_rule(run: Run, case: str) -> None:
    (audit,) = run("audit", XINGHAI, "--json", "--case", case).json["enterprises"]
    found = {finding["code"]: finding for finding in audit["findings"]}
    assert set(found) == {"online_sale", "online_resale", "onward_resale", "buyer_without_identity"}
    assert all(tuple(finding) == FINDING for finding in found.values())
    assert found["onward_resale"] == {
        "code": "onward_resale",
        "severity": "warning",
        "version": 1,
        "params": {"deepest": 2, "holders": 2, "max_depth": 1, "cards": 2},
        "message": (
            "2 cards were resold more than 1 time, the sale by the enterprise included, at most 2 times; "
            "2 last holders."
        ),
    }


def test_only_the_named_rules_are_applied(run: Run, case: str) -> None:
    ran = run("audit", XINGHAI, "--rule", "onward_resale", "--rule", "soon_seized", "--json", "--case", case)
    assert [finding["code"] for finding in ran.json["enterprises"][0]["findings"]] == ["onward_resale"]
    shown = run("audit", XINGHAI, "--rule", "onward_resale", "--case", case).out
    assert "onward_resale 1 · see Ministry of Industry" in shown
    assert "online_sale" not in shown


def test_a_parameter_is_set_for_one_question(run: Run, case: str) -> None:
    for assignment, found in (("max_depth=2", 0), ("max_depth=1", 1), ("onward_resale.max_depth=2", 0)):
        ran = run("audit", XINGHAI, "--rule", "onward_resale", "-p", assignment, "--json", "--case", case)
        assert len(ran.json["enterprises"][0]["findings"]) == found


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--rule", "nope"), "unknown_rule"),
        (("-p", "nope=1"), "bad_parameter"),
        (("-p", "days=1"), "bad_parameter"),
        (("-p", "max_depth"), "bad_parameter"),
        (("-p", "max_depth=deep"), "bad_parameter"),
        (("-p", "onward_resale.days=1"), "bad_parameter"),
        (("-p", "nope.max_depth=1"), "unknown_rule"),
        (("--rule", "online_sale", "-p", "max_depth=1"), "bad_parameter"),
        (("--rules", "nowhere.yml"), "bad_rule"),
    ],
)
def test_what_cannot_be_applied_is_2_and_writes_nothing(
    run: Run, case: str, tmp_path: Path, arguments: tuple[str, ...], code: str
) -> None:
    ran = run("audit", XINGHAI, *arguments, "-o", tmp_path / "a.json", "--json", "--case", case)
    assert (ran.code, ran.out, ran.error["code"]) == (2, "", code)
    assert ran.error["hint"]
    assert not (tmp_path / "a.json").exists()


def test_a_rule_of_ones_own_is_applied_listed_and_shown(run: Run, case: str, own: Path) -> None:
    for place in (own, own / "held.yml"):
        ran = run("audit", XINGHAI, "--rules", place, "--rule", "held", "--json", "--case", case)
        assert ran.json["enterprises"][0]["findings"] == [
            {"code": "held", "severity": "error", "version": 7, "params": {"cards": 98}, "message": "still 98 cards"}
        ]
    assert "尚有98张" in run("audit", XINGHAI, "--rules", own, "--lang", "zh", "--case", case).out
    assert str(own / "held.yml") in run("rules", "list", "--rules", own, "-v").out.replace("\n  ", "")
    assert run("rules", "show", "held", "--rules", own, "--json").json["rule"]["version"] == 7
    assert run("rules", "show", "held").code == 2


def test_a_finding_of_ones_own_meets_fail_on(run: Run, case: str, own: Path) -> None:
    assert run("audit", XINGHAI, "--rules", own, "--fail-on", "error", "--case", case).code == 5
    assert run("audit", XINGHAI, "--rules", own, "-p", "least=99", "--fail-on", "error", "--case", case).code == 0


def test_a_wrong_rule_of_ones_own_is_2_with_its_line(run: Run, case: str, own: Path) -> None:
    (own / "held.yml").write_text(RULE.replace("severity: error", "severity: grave"), encoding="utf-8")
    ran = run("audit", XINGHAI, "--rules", own, "--json", "--case", case)
    assert (ran.code, ran.error["code"]) == (2, "bad_rule")
    assert ran.error["message"].startswith(f"{own / 'held.yml'}:3: severity")


def test_a_query_that_cannot_be_asked_is_2_and_names_its_file(run: Run, case: str, own: Path) -> None:
    (own / "held-cards.sql").write_text(QUERY.replace("FROM accounts", "FROM nowhere"), encoding="utf-8")
    ran = run("audit", XINGHAI, "--rules", own, "--json", "--case", case)
    assert (ran.code, ran.out, ran.error["code"]) == (2, "", "bad_rule")
    assert str(own / "held-cards.sql") in ran.error["message"]


def test_a_finding_opens_to_its_cards_and_their_records(run: Run, case: str, own: Path, tmp_path: Path) -> None:
    opened = run("audit", XINGHAI, "--rules", own, "--rule", "held", "--cards", "--json", "--case", case).json["opened"]
    (figure,) = opened
    assert (figure["figure"], figure["cards"], figure["finding"]["code"]) == ("held", 98, "held")
    assert sum(lot["cards"] for lot in figure["lots"]) == 98
    assert {(at["file"], at["row"], at["kind"]) for lot in figure["lots"] for at in lot["records"]} == {
        ("sales.csv", 2, "purchase")
    }
    out = tmp_path / "cards.csv"
    assert run("audit", XINGHAI, "--rule", "onward_resale", "--cards", "-o", out, "--case", case).code == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    assert {row["figure"] for row in rows} == {"onward_resale"}
    assert {len(row["sha256"]) for row in rows} == {64}


def test_hostile_values_of_a_finding_stay_data(run: Run, tmp_path: Path, own: Path) -> None:
    moves = f'from,to,date,iccid,channel\n甲,{HOSTILE},2024-03-05,8986061900000000001,"微信{HOSTILE}"\n'
    (tmp_path / "s.csv").write_text(SALES, encoding="utf-8")
    (tmp_path / "t.csv").write_text(moves, encoding="utf-8")
    case = str(tmp_path / "h.gtrace")
    assert run("load", tmp_path / "s.csv", tmp_path / "t.csv", "--case", case).code == 0
    said = QUERY.replace("cards = {", 'channel.zh = "渠道"\ncards = {').replace(
        "SELECT enterprise,", "SELECT enterprise, any_value(channel) AS channel,"
    )
    (own / "held-cards.sql").write_text(said.replace("'held'", "'resold'"), encoding="utf-8")
    rule = RULE.replace("still {cards:card|cards}", "by {channel}[ in {channel}]").replace("default: 5", "default: 1")
    (own / "held.yml").write_text(rule, encoding="utf-8")
    ran = run("audit", "甲", "--rules", own, "--rule", "held", "--case", case)
    assert "by 微信=cmd()[/foo]␛[31m<script><U+202E>evil{cards} in" in " ".join(ran.out.split())
    assert "\x1b" not in ran.out
    ran = run("audit", "甲", "--rules", own, "--rule", "held", "--json", "--case", case)
    (finding,) = ran.json["enterprises"][0]["findings"]
    assert finding["params"]["channel"] == f"微信{HOSTILE}"
    assert finding["message"] == f"by 微信{HOSTILE} in 微信{HOSTILE}"
    assert "\u202e" not in ran.out


def test_a_rule_that_silences_the_others_is_refused_with_its_line(run: Run, case: str, own: Path) -> None:
    query = own / "held-cards.sql"
    header, _, _ = QUERY.partition("\nSELECT")
    empty = "SELECT NULL::VARCHAR AS enterprise, NULL AS cards WHERE $least < 0"
    for attack, line in (
        (f"{empty}); CREATE OR REPLACE TEMP TABLE accounts AS FROM accounts WHERE false; SELECT * FROM ({empty}", 12),
        (f"WITH gone AS (\n  DELETE FROM accounts RETURNING *) {empty}", 13),
    ):
        query.write_text(f"{header}\n{attack}", encoding="utf-8")
        ran = run("audit", "--all", "--rules", own, "--json", "--case", case)
        assert (ran.code, ran.out, ran.error["code"]) == (2, "", "bad_rule")
        assert f"held-cards.sql:{line}: " in ran.error["message"]
        assert "规则held" in run("audit", "--all", "--rules", own, "--lang", "zh", "--case", case).err
