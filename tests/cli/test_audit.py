from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from rich.cells import cell_len

from .conftest import TORN, WHOLE, Run

XINGHAI = "星海智联科技有限公司"
QUARTILES = ("quarter", "median", "three_quarters")
HOSTILE = "[/foo]\x1b[31m<script>\u202eevil\x9b2J"
SALES = f"""carrier,enterprise,enterprise_id,date,iccid_first,iccid_last
中国联通,=HYPERLINK(1){HOSTILE},,2024-03-01,8986061900000000001,8986061900000000100
中国联通,云帆物联,,2024-03-01,8986061900000000201,8986061900000000900
中国联通,王伟,110101199001011237,2024-03-01,8986061900000001001,8986061900000001002
中国联通,王伟,110101199202021231,2024-03-01,8986061900000001003,8986061900000001004
中国联通,远航,,2024-03-01,8986061900000001005,8986061900000001006
"""
TRANSFERS = f"""from,to,date,iccid,channel
=HYPERLINK(1){HOSTILE},{HOSTILE},2024-03-05,8986061900000000001,{HOSTILE}
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> str:
    from graphtrace.cli import main

    folder = tmp_path_factory.mktemp("hostile")
    (folder / "s.csv").write_text(SALES, encoding="utf-8")
    (folder / "t.csv").write_text(TRANSFERS, encoding="utf-8")
    place = str(folder / "h.gtrace")
    assert main(["load", str(folder / "s.csv"), str(folder / "t.csv"), "--case", place]) == 0
    return place


def test_an_audit_shows_where_every_card_is(run: Run, case: str) -> None:
    ran = run("audit", XINGHAI, "--case", case)
    assert (ran.code, ran.err) == (0, "")
    for part in (XINGHAI, "91310115MA1K35XR7B", "in stock", "98.0%", "王五", "钱七", "微信", "no stock declaration"):
        assert part in ran.out


def test_json_has_the_keys_of_the_interface_in_their_order(run: Run, case: str) -> None:
    ran = run("audit", XINGHAI, "--json", "--case", case)
    (audit,) = ran.json["enterprises"]
    assert list(ran.json) == [
        *("graphtrace", "case", "ledger_head", "as_of", "enterprises", "rests_on", "options", "unread")
    ]
    assert audit == {
        "enterprise": {"id": "id:91310115MA1K35XR7B", "name": XINGHAI, "uscc": "91310115MA1K35XR7B"},
        "purchased": 100,
        "registered_only": 0,
        "role": "enterprise",
        "received": None,
        "buckets": {
            "in_stock": 98,
            "activated_by_enterprise": 0,
            "activated_unnamed": 0,
            "activated_by_other": 0,
            "resold": 2,
            "returned": 0,
            "disputed": 0,
        },
        "by_month": audit["by_month"],
        "resold": {
            "activated": 1,
            "by_depth": {"2": 2},
            "final_holders": [
                {"party": {"id": "name:王五", "name": "王五"}, "cards": 1, "activated": 1, "seized": 0},
                {"party": {"id": "name:钱七", "name": "钱七"}, "cards": 1, "activated": 0, "seized": 0},
            ],
            "channels": {"微信": 2},
        },
        "seized": 0,
        "quantity_only": {"purchased": {"records": 0, "cards": 0}, "sold": {"records": 0, "cards": 0}},
        "balance": {
            **dict.fromkeys(("date", "declared_stock", "declared_sold", "unaccounted", "unaccounted_bounds")),
            **dict.fromkeys(("purchased", "returned", "activated_while_held", "undated", "sold_on_record")),
            "not_determined": [],
            "may_change": [],
            "declarations": [],
            "balance_sources": [],
        },
        "findings": audit["findings"],
        "activated": 1,
        "seized_cases": [],
        "judgements": [],
        "days_to_first_transfer": {"cards": 100, "known": 2, **dict.fromkeys(QUARTILES, 4)},
        "days_to_first_activation": {"cards": 100, "known": 1, **dict.fromkeys(QUARTILES, 32)},
        "activation_provinces": [{"declared_use": None, "declared_province": None, "province": None, "cards": 1}],
        "suppliers": [{"party": {"id": "carrier:china-unicom", "name": "中国联通"}, "cards": 100}],
        "buyers": [{"party": {"id": "name:老k", "name": "老K"}, "cards": 2}],
        "quantity_flows": {"received": [], "passed_on": []},
        "sent_unreceived": 0,
        "listed_active": 0,
        "held_with_unread": 0,
        "questioned": [],
        "unread_rows": [],
        "rules_not_asked": [],
    }
    assert list(audit)[:9] == [
        *("enterprise", "purchased", "registered_only", "role", "received", "buckets", "by_month", "resold", "seized")
    ]
    assert next(iter(audit["buckets"])) == "in_stock"
    assert list(audit["buckets"])[-1] == "disputed"


def test_all_come_the_largest_first_and_then_one_by_one(run: Run, hostile: str) -> None:
    ran = run("audit", "--all", "--json", "--case", hostile)
    assert [audit["purchased"] for audit in ran.json["enterprises"]] == [700, 100, 2, 2, 2]
    brief, full = (run("audit", "--all", *verbose, "--case", hostile).out for verbose in ((), ("-v",)))
    assert "5 enterprises" in brief
    assert "in stock" not in brief
    assert full.count("in stock") == 5


def test_several_names_are_answered_in_their_order(run: Run, hostile: str) -> None:
    ran = run("audit", "远航", "云帆物联", "--json", "--case", hostile)
    assert [audit["enterprise"]["name"] for audit in ran.json["enterprises"]] == ["远航", "云帆物联"]


@pytest.mark.parametrize("command", ["audit", "party"])
@pytest.mark.parametrize(
    ("name", "code", "error", "hint"),
    [
        ("云帆", 1, "not_found", "云帆物联"),
        ("nobody at all", 1, "not_found", "id"),
        ("王伟", 2, "ambiguous_name", "id:110101199001011237"),
    ],
)
def test_a_name_that_means_no_party_or_several_says_what_to_type(
    run: Run, hostile: str, command: str, name: str, code: int, error: str, hint: str
) -> None:
    ran = run(command, name, "--json", "--case", hostile)
    assert (ran.code, ran.out, ran.error["code"], ran.error["exit"]) == (code, "", error, code)
    assert hint in ran.error["hint"]


def test_who_never_bought_from_a_carrier_is_1_as_an_enterprise_and_sent_to_party(run: Run, case: str) -> None:
    ran = run("audit", "老K", "--role", "enterprise", "--json", "--case", case)
    assert (ran.code, ran.error["code"]) == (1, "not_found")
    assert ran.error["hint"].startswith("graphtrace party")
    (audit,) = run("audit", "老K", "--json", "--case", case).json["enterprises"]
    assert (audit["role"], audit["purchased"], audit["received"]) == ("dealer", None, 2)
    assert list(audit["balance"])[5] == "received"


def test_a_carrier_is_2_with_its_name(run: Run, case: str) -> None:
    ran = run("audit", "中国联通", "--json", "--case", case)
    assert (ran.code, ran.error["code"]) == (2, "audit_of_carrier")
    assert "中国联通" in ran.error["message"]


def test_an_audit_of_nobody_or_of_both_is_2(run: Run, case: str) -> None:
    assert run("audit", "--case", case).code == 2
    assert run("audit", XINGHAI, "--all", "--case", case).code == 2


def test_an_audit_as_known_before_the_load_finds_nobody(run: Run, case: str) -> None:
    assert run("audit", "--all", "--as-of", "2020-01-01", "--case", case).code == 1
    assert run("audit", XINGHAI, "--as-of", "2999-01-01", "--case", case).code == 0


def test_fail_on_is_met_by_a_finding_of_that_level_and_by_none_below(run: Run, case: str) -> None:
    audit = ("audit", XINGHAI, "--case", case)
    assert run(*audit, "--rule", "online_sale", "--fail-on", "info").code == 5
    assert run(*audit, "--rule", "balance_not_closed", "--fail-on", "info").code == 0
    severities = {finding["severity"] for finding in run(*audit, "--json").json["enterprises"][0]["findings"]}
    assert run(*audit, "--fail-on", "error").code == (5 if "error" in severities else 0)


def test_a_figure_opens_as_ranges_with_the_rows_behind_them(run: Run, case: str) -> None:
    audit = ("audit", XINGHAI, "--case", case, "--cards")
    (stock,) = run(*audit, "--bucket", "in_stock", "--json").json["opened"]
    assert (stock["figure"], stock["cards"], stock["finding"]) == ("in_stock", 98, None)
    (lot,) = stock["lots"]
    assert (lot["first"], lot["last"], lot["cards"]) == ("89860619000000000038", "89860619000000001002", 98)
    assert [(record["kind"], record["file"], record["row"]) for record in lot["records"]] == [
        ("purchase", "sales.csv", 2)
    ]
    ran = run(*audit, "--rule", "online_sale", "-o", "cards.csv")
    assert (ran.code, ran.out) == (0, "")
    rows = list(csv.DictReader(io.StringIO(Path("cards.csv").read_text(encoding="utf-8-sig"))))
    assert {row["first"] for row in rows} == {WHOLE, TORN}
    assert {row["kind"] for row in rows} <= {"purchase", "transfer"}


def test_a_finding_that_rests_on_records_opens_beside_those_that_rest_on_cards(
    run: Run, files: Path, tmp_path: Path
) -> None:
    (tmp_path / "stock.csv").write_text(
        f"申报单位,申报单位证件号,申报日期,库存,销量\n{XINGHAI},91310115MA1K35XR7B,2024-06-30,90,5\n", encoding="utf-8"
    )
    loaded = (*sorted(files.iterdir()), tmp_path / "stock.csv")
    assert run("load", *loaded, "--case", "y.gtrace").code == 0
    ran = run("audit", XINGHAI, "--cards", "--case", "y.gtrace", "--json")
    assert (ran.code, ran.err) == (0, "")
    (balance,) = (one for one in ran.json["opened"] if one["figure"] == "balance_not_closed")
    assert "stock.csv" in {record["file"] for lot in balance["lots"] for record in lot["records"]}


def test_what_cannot_be_opened_is_refused(run: Run, case: str) -> None:
    audit = ("audit", "--case", case, "--json")
    assert run(*audit, XINGHAI, "--bucket", "nothing").error["code"] == "unknown_bucket"
    assert run(*audit, "--all", "--cards").code == 2
    assert run(*audit, XINGHAI, "--bucket", "returned").code == 1
    assert run(*audit, XINGHAI, "--rule", "nothing").error["code"] == "unknown_rule"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("arguments", [("audit", "--all", "-v"), ("party", "中国联通")])
def test_hostile_names_do_nothing_and_no_line_is_too_long(
    run: Run, hostile: str, lang: str, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for columns in (60, 80):
        monkeypatch.setenv("COLUMNS", str(columns))
        ran = run(*arguments, "--case", hostile, "--lang", lang)
        assert ran.code == 0
        assert "[/foo]␛[31m<script>" in ran.out.replace("\n", "").replace(" ", "")
        assert not any(character in ran.out for character in "\x1b\u202e\x9b")
        assert max(map(cell_len, ran.out.splitlines())) <= columns
    ran = run(*arguments[:2], "--case", hostile, "--json")
    assert not any(character in ran.out for character in "\x1b\u202e\x9b")


@pytest.mark.parametrize("arguments", [("audit", "--all"), ("party", "中国联通")])
def test_files_are_json_text_or_csv_without_formulas(
    run: Run, hostile: str, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    for ending in (".json", ".txt", ".csv"):
        ran = run(*arguments, "-o", tmp_path / f"out{ending}", "--case", hostile)
        assert (ran.code, ran.out) == (0, "")
    rows = list(csv.reader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8-sig"))))
    assert len(rows) == 6
    assert not [cell for row in rows for cell in row if cell.startswith("=")]
    ran = run(*arguments, "-o", tmp_path / "out.rtf", "--case", hostile, "--json")
    assert (ran.code, ran.error["code"]) == (2, "unknown_format")


def test_party_tells_from_whom_and_to_whom(run: Run, case: str) -> None:
    ran = run("party", "老K", "--json", "--case", case)
    assert list(ran.json) == [
        "graphtrace",
        "case",
        "ledger_head",
        "as_of",
        "party",
        "received",
        "passed_on",
        "seizures",
        "judgements",
        "unread_rows",
        "unread",
    ]
    beside = {"contacts": [], "identities": [], "shipments": [], "payments": []}
    assert ran.json["party"] == {
        "id": "name:老k",
        "name": "老K",
        "kind": "dealer",
        "legal_form": None,
        "aliases": [],
        **beside,
    }
    (received,), (passed_on,) = ran.json["received"], ran.json["passed_on"]
    assert received == {
        # no row of the file that says so states the number too
        "from": {"id": f"name:{XINGHAI}", "name": XINGHAI, "identified_by": "name"},
        "records_by_name": 2,
        "cards": 2,
        "records": 2,
        "quantity_only": {"records": 0, "cards": 0},
        "since": "2024-03-05",
        "until": "2024-03-05",
        "seized": 0,
        "bounds": {"min": 2, "max": 2},
    }
    keys = ["from", "cards", "records", "quantity_only", "since", "until", "seized", "bounds"]
    assert (list(received), list(passed_on)) == ([*keys, "records_by_name"], ["to", *keys[1:]])
    assert passed_on["to"] == {"id": "name:王五", "name": "王五"}
    shown = run("party", "老K", "--case", case).out
    for part in (
        "dealer",
        "Received from",
        XINGHAI,
        "2 cards · 2 records · 2 records by name only",
        "Passed on to",
        "王五",
    ):
        assert part in shown
