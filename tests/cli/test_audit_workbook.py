from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from .conftest import Run

ENTERPRISE = "星海智联科技有限公司"
STOCK = """申报单位,申报单位证件号,申报日期,库存,销量
星海智联科技有限公司,91310115MA1K35XR7B,2024-06-30,90,5
"""


@pytest.fixture(scope="module")
def audited(files: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The case of the other tests with a stock declaration."""
    from graphtrace.cli import main

    folder = tmp_path_factory.mktemp("audited")
    (folder / "stock.csv").write_text(STOCK, encoding="utf-8")
    place = str(folder / "x.gtrace")
    assert main(["load", *map(str, sorted(files.iterdir())), str(folder / "stock.csv"), "--case", place, "-q"]) == 0
    return place


def tables_in(path: Path) -> dict[str, list[dict[str, Any]]]:
    tables = {}
    for sheet in openpyxl.load_workbook(path):
        headings, *rows = sheet.iter_rows(values_only=True)
        tables[sheet.title] = [dict(zip(headings, row, strict=True)) for row in rows]
    return tables


def test_the_sheets_hold_what_the_json_holds(run: Run, audited: str, tmp_path: Path) -> None:
    assert run("audit", ENTERPRISE, "--case", audited, "-o", tmp_path / "report.xlsx").code == 0
    tables = tables_in(tmp_path / "report.xlsx")
    (told,) = run("audit", ENTERPRISE, "--case", audited, "--json").json["enterprises"]
    assert list(tables) == [
        *("Figures", "Where the cards are", "Findings", "Times resold", "Channels", "Last holders", "Suppliers"),
        *("Buyers", "Durations"),
        *(
            "By month",
            "Seized",
            "Provinces",
            "By number only",
            "Dealings by number",
            "Balance",
            "Records of the balance",
            "Rules",
        ),
    ]
    (figures,) = tables["Figures"]
    assert (figures["Enterprise"], figures["ID number"]) == (ENTERPRISE, told["enterprise"]["uscc"])
    assert (figures["Bought"], figures["Resold"], figures["In stock"]) == (100, 2, 98)
    assert sum(row["Cards"] for row in tables["Where the cards are"]) == told["purchased"]
    assert {row["Times resold"]: row["Cards"] for row in tables["Times resold"]} == {
        int(depth): cards for depth, cards in told["resold"]["by_depth"].items()
    }
    assert [(row["Channel"], row["Cards"]) for row in tables["Channels"]] == [("微信", 2)]
    assert [(row["Party"], row["Cards"]) for row in tables["Buyers"]] == [
        (share["party"]["name"], share["cards"]) for share in told["buyers"]
    ]
    assert {row["Last holder"] for row in tables["Last holders"]} == {
        share["party"]["name"] for share in told["resold"]["final_holders"]
    }
    balance = {row["Item"]: row["Cards"] for row in tables["Balance"]}
    assert balance["purchased"] == 100
    assert balance["unaccounted"] == told["balance"]["unaccounted"]
    assert sum(list(balance.values())[:5]) == balance["unaccounted"]
    assert len(tables["Records of the balance"]) == len(told["balance"]["declarations"]) + len(
        told["balance"]["balance_sources"]
    )
    assert [row["Findings"] for row in tables["Findings"]] == [finding["message"] for finding in told["findings"]]
    assert {row["Rule"] for row in tables["Rules"]} == {finding["code"] for finding in told["findings"]}


def test_all_enterprises_are_in_every_sheet_in_chinese_too(run: Run, audited: str, tmp_path: Path) -> None:
    ran = run("audit", "--all", "--case", audited, "--lang", "zh", "-o", tmp_path / "report.xlsx")
    assert ran.code == 0
    tables = tables_in(tmp_path / "report.xlsx")
    assert [row["单位"] for row in tables["汇总"]] == [ENTERPRISE]
    assert len(tables["去向"]) == 7
    headings = {cell.value for sheet in openpyxl.load_workbook(tmp_path / "report.xlsx") for cell in sheet[1]}
    assert {heading for heading in headings if heading.isascii()} == {"SHA-256"}


def test_what_is_not_declared_is_said_and_no_number(run: Run, case: str, tmp_path: Path) -> None:
    assert run("audit", ENTERPRISE, "--case", case, "-o", tmp_path / "report.xlsx").code == 0
    tables = tables_in(tmp_path / "report.xlsx")
    assert tables["Balance"] == tables["Records of the balance"] == []
    assert tables["Figures"][0]["Unaccounted"] is None


def test_the_cards_behind_a_figure_are_a_workbook_too(run: Run, audited: str, tmp_path: Path) -> None:
    ran = run("audit", ENTERPRISE, "--bucket", "resold", "--case", audited, "-o", tmp_path / "cards.xlsx")
    assert ran.code == 0
    rows = tables_in(tmp_path / "cards.xlsx")["Cards"]
    assert {row["First card"][:19] for row in rows} == {"8986061900000000001", "8986061900000000002"}
    assert {row["Figure"] for row in rows} == {"resold"}
    assert {row["File"] for row in rows} >= {"sales.csv", "transfers.csv"}
