"""The example case is answered as its story says, whatever the order of its files."""

from __future__ import annotations

import importlib.util
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import graphtrace as gt
from graphtrace.cli.inputs import read_ids
from graphtrace.render.command_results import LoadedSheets
from graphtrace.render.json import answer_document, audit_document, trace_document

EXAMPLES = Path(__file__).parents[1] / "examples"
CASE = EXAMPLES / "case"
EXPECTED = json.loads((EXAMPLES / "expected.json").read_text(encoding="utf-8"))
DEMO = json.loads((CASE / "demo.json").read_text(encoding="utf-8"))
SHEETS = [(file, sheet) for file, sheets in EXPECTED["files"].items() for sheet in sheets]

Document = dict[str, Any]


def load_all(case: gt.Case, files: list[str]) -> list[Document]:
    """Load the files one after the other; the entries of their reports."""
    entries: list[Document] = []
    for file in files:
        mapping = DEMO["mappings"].get(file)
        report = case.load(CASE / file, mapping=CASE / mapping if mapping else None)
        entries += answer_document("", LoadedSheets(report.files))["files"]
    return entries


def traced(case: gt.Case, ask: str) -> list[Document]:
    results: list[Document] = trace_document("", case.trace(ask), "en")["results"]
    return results


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[gt.Case, list[Document]]]:
    with gt.open_case(tmp_path_factory.mktemp("shipped") / "xinghai.gtrace") as case:
        yield case, load_all(case, DEMO["files"])


@pytest.fixture(scope="module")
def backwards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gt.Case]:
    with gt.open_case(tmp_path_factory.mktemp("backwards") / "xinghai.gtrace") as case:
        load_all(case, DEMO["files"][::-1])
        yield case


BY_NAME = {"joined_by_name", "user_joined_by_name", "seized_joined_by_name", "known_by_name"}
"""Remarks on what a name alone says; their rules have tests of their own (tests/conformance/test_identity.py)."""


def plain(value: Any) -> Any:
    """An answer with every party as its name, a carrier as its id, so that a person can have written it."""
    if isinstance(value, Mapping):
        if "id" in value and "name" in value:
            return value["id"] if value["id"].startswith("carrier:") else value["name"]
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list) else value


def as_told(hop: Document, told: Document) -> Document:
    """A hop cut down to what the story tells of it."""
    origins = [[Path(origin["file"]).name, origin["sheet"], origin["row"]] for origin in hop["origins"]]
    shown = {**plain(hop), "origins": sorted(origins, key=str)}
    return {key: shown[key] for key in told}


def in_order(findings: list[Document]) -> list[Document]:
    return sorted(findings, key=lambda finding: json.dumps(finding, sort_keys=True))


def test_make_case_writes_the_shipped_files_again(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_case", EXAMPLES / "make_case.py")
    assert spec is not None
    assert spec.loader is not None
    make_case = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_case)
    for run in ("once", "twice"):
        make_case.write_case(tmp_path / run)

    shipped = {path.name: path.read_bytes() for path in CASE.iterdir()}
    once = {path.name: path.read_bytes() for path in (tmp_path / "once" / "case").iterdir()}
    twice = {path.name: path.read_bytes() for path in (tmp_path / "twice" / "case").iterdir()}
    assert once == twice
    # Parquet names the version of the library that wrote it, so another version writes other bytes
    parquet = "telecom_sales.parquet"
    assert pl.read_parquet(CASE / parquet).equals(pl.read_parquet(tmp_path / "once" / "case" / parquet))
    assert shipped | {parquet: b""} == once | {parquet: b""}
    assert (tmp_path / "once" / "expected.json").read_bytes() == (EXAMPLES / "expected.json").read_bytes()


def test_the_demo_names_every_file_and_asks_for_the_headline() -> None:
    beside = {"demo.json", *DEMO["mappings"].values()}
    assert sorted(DEMO["files"]) == sorted(path.name for path in CASE.iterdir() if path.name not in beside)
    assert DEMO["seized"] == next(card["ask"] for card in EXPECTED["cards"] if card["name"] == "headline")
    assert DEMO["enterprise"] == EXPECTED["audits"][0]["enterprise"]


@pytest.mark.parametrize("story", ["STORY.md", "STORY.zh.md"])
def test_the_story_tells_every_card_file_and_figure(story: str) -> None:
    text = (EXAMPLES / story).read_text(encoding="utf-8")
    missing = [card["ask"] for card in EXPECTED["cards"] if card["ask"] not in text]
    missing += [file for file in EXPECTED["files"] if file not in text]
    missing += [question["ask"] for question in EXPECTED["questions"] if question["ask"] not in text]
    for audit in EXPECTED["audits"]:
        figures = [audit["purchased"], *audit["buckets"].values(), *audit["by_depth"].values()]
        missing += [f"{figure:,}" for figure in figures if f"{figure:,}" not in text]
    assert missing == []


def test_every_scenario_is_shown_by_a_card() -> None:
    assert {card["scenario"] for card in EXPECTED["cards"]} - {None} == {f"S{n}" for n in range(1, 22)}


@pytest.mark.parametrize(
    ("file", "sheet"), SHEETS, ids=[f"{file}:{sheet['sheet'] or ''}".rstrip(":") for file, sheet in SHEETS]
)
def test_each_sheet_is_read_as_told(loaded: tuple[gt.Case, list[Document]], file: str, sheet: Document) -> None:
    entries = [entry for entry in loaded[1] if Path(entry["file"]).name == file and entry["sheet"] == sheet["sheet"]]
    assert len(entries) == 1
    (entry,) = entries
    rejects: dict[str, list[int]] = defaultdict(list)
    for reject in entry["rejects"]:
        rejects[reject["reason"]].append(reject["row"])
    if "unknown_headings" in rejects:
        rejects["unknown_headings"] = []
    warnings = {
        warning["field"]: [warning["reason"], warning["rows"], warning["first_row"]] for warning in entry["warnings"]
    }
    seen = {**entry, "rejects": dict(rejects), "warnings": warnings}
    assert {key: seen[key] for key in sheet} == sheet
    assert entry["loaded"] + entry["duplicate"] + entry["rejected"] == entry["rows"]


@pytest.mark.parametrize("told", EXPECTED["cards"], ids=lambda card: f"{card['scenario'] or 'beside'} {card['name']}")
def test_each_card_is_traced_as_told(loaded: tuple[gt.Case, list[Document]], told: Document) -> None:
    (answer,) = traced(loaded[0], told["ask"])
    assert answer["outcome"] == told["outcome"]
    assert [plain(answer[who]) for who in ("registrant", "holder", "end_user")] == [
        told[who] for who in ("registrant", "holder", "end_user")
    ]
    assert [len(chain["hops"]) for chain in answer["chains"]] == [len(hops) for hops in told["chains"]]
    for chain, hops in zip(answer["chains"], told["chains"], strict=True):
        assert [as_told(hop, hop_told) for hop, hop_told in zip(chain["hops"], hops, strict=True)] == hops
        assert [hop["gap_before"] for hop in chain["hops"]] == [hop.get("gap_before", False) for hop in hops]
    findings = [
        {"code": finding["code"], "params": plain(finding["params"])}
        for finding in answer["findings"]
        if finding["code"] not in BY_NAME
    ]
    assert in_order(findings) == in_order(told["findings"])
    leads = {(plain(lead["ask"]), lead["for"], lead["because"]) for lead in answer["leads"]}
    assert leads == {tuple(lead) for lead in told["leads"]}
    if answer["found"]:
        assert answer["card"]["iccid"] == told.get("shown", told["ask"])
    if "activated" in told:
        assert [activation["date"][:10] for activation in answer["activations"]] == told["activated"]


@pytest.mark.parametrize("question", EXPECTED["questions"], ids=lambda question: question["ask"])
def test_a_card_is_found_by_whatever_names_it(loaded: tuple[gt.Case, list[Document]], question: Document) -> None:
    answers = traced(loaded[0], question["ask"])
    assert {answer["matched_as"] for answer in answers} == {question["matched_as"]}
    assert [answer["card"]["iccid"] for answer in answers] == question["shown"]


@pytest.mark.parametrize("told", EXPECTED["audits"], ids=lambda audit: audit["uscc"])
def test_each_enterprise_is_audited_as_told(loaded: tuple[gt.Case, list[Document]], told: Document) -> None:
    (answer,) = audit_document("", loaded[0].audit(told["enterprise"]), "en")["enterprises"]
    resold = answer["resold"]
    holders = [[plain(row["party"]), row["cards"], row["activated"], row["seized"]] for row in resold["final_holders"]]
    seen = {
        **answer,
        "enterprise": answer["enterprise"]["name"],
        "uscc": answer["enterprise"]["uscc"],
        "resold_activated": resold["activated"],
        "by_depth": resold["by_depth"],
        "final_holders": sorted(holders),
        "channels": resold["channels"],
    }
    compared = {"balance", "findings"}
    assert {key: seen[key] for key in told.keys() - compared} == {
        **{key: told[key] for key in told.keys() - compared},
        "final_holders": sorted(told["final_holders"]),
    }
    assert {key: answer["balance"][key] for key in told["balance"]} == told["balance"]
    assert found_by_rules(answer["findings"], told["findings"]) == sorted(told["findings"], key=repr)
    assert sum(answer["buckets"].values()) == answer["purchased"]


def found_by_rules(findings: list[Document], told: list[Any]) -> list[Any]:
    """Each finding with what the story says of it: the one of its rule that agrees with most, else all it says."""
    seen = []
    for finding in findings:
        said = {name: plain(value) if isinstance(value, dict) else value for name, value in finding["params"].items()}
        like = [params for code, params in told if code == finding["code"]]
        best = max(
            like, key=lambda params: sum(said.get(name) == value for name, value in params.items()), default=said
        )
        seen.append([finding["code"], {name: said.get(name) for name in best}])
    return sorted(seen, key=repr)


def test_the_audits_of_the_story_add_up() -> None:
    assert EXPECTED["audits"]
    for audit in EXPECTED["audits"]:
        assert sum(audit["buckets"].values()) == audit["purchased"]
        assert sum(audit["by_depth"].values()) == audit["buckets"]["resold"]
        assert sum(cards for _, cards, _, _ in audit["final_holders"]) == audit["buckets"]["resold"]


def test_the_order_of_loading_does_not_matter(loaded: tuple[gt.Case, list[Document]], backwards: gt.Case) -> None:
    for told in EXPECTED["cards"]:
        assert traced(loaded[0], told["ask"]) == traced(backwards, told["ask"])
    assert list(loaded[0].audit(all=True)) == list(backwards.audit(all=True))


def test_the_seized_cards_share_the_hands_that_the_story_tells(loaded: tuple[gt.Case, list[Document]]) -> None:
    case, _ = loaded
    asked = read_ids(CASE / "seizures.xlsx")
    cards = {one.party.name: one.cards for one in case.common(*asked).parties}
    assert (cards["星海智联科技有限公司"], cards["北川通信器材经营部"], cards["微信卡商老K"]) == (8, 6, 3)
    assert (cards["周立冬"], cards["迅联流量卡专营店"], cards["马晓东"]) == (4, 4, 4)
    assert next(iter(cards)) == "马晓东"
    assert "云帆物联（云洲）科技有限公司" not in cards
    backwards = [one.party.name for one in case.common(*reversed(asked)).parties]
    assert backwards == list(cards)


def test_the_cards_of_a_lot_in_a_gateway_are_for_suspension(loaded: tuple[gt.Case, list[Document]]) -> None:
    case, _ = loaded
    siblings = case.siblings("898604B81623D0100015")
    nearest = [(entry.cards.first[-3:], entry.cards.last[-3:]) for entry in siblings.suspension if entry.hop is None]
    assert nearest == [("001", "014"), ("016", "025")]
