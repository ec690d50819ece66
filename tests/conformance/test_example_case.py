"""The example case gives the same answers, byte for byte, from a folder and from a server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.export import FORMATS
from graphtrace.render.command_results import IntegrityReport, LoadedSheets
from graphtrace.render.json import answer_document, audit_document, to_json_text, trace_document
from graphtrace.results.flows import PartnerGroup
from graphtrace.results.party import SIDES

from ..conftest import EXPLORES
from ..neo4j.server import Place

EXAMPLES = Path(__file__).parents[2] / "examples"
CASE = EXAMPLES / "case"
EXPECTED = json.loads((EXAMPLES / "expected.json").read_text(encoding="utf-8"))
ASKED = [asked["ask"] for asked in (*EXPECTED["cards"], *EXPECTED["questions"])]
DEMO = json.loads((CASE / "demo.json").read_text(encoding="utf-8"))
SEIZED = "89860123061000001011"
GRAPHS: dict[str, dict[str, Any]] = {
    "all": {},
    "records": {"level": "record"},
    "channels": {"by_channel": True, "since": "2023-09-01", "until": "2024-01-31"},
    "card": {"level": "card", "around": SEIZED},
    "cards of a party": {"level": "card", "around": "微信卡商老K"},
    "walk": {"around": SEIZED, "depth": 3, "hub": 6, "direction": "forward"},
    "back": {"around": "马晓东", "depth": 9, "direction": "backward"},
    "records around": {"level": "record", "around": ["微信卡商老K", SEIZED], "depth": 1},
}


@pytest.fixture(scope="module")
def cases(neo4j_place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[gt.Case, gt.Case]]:
    """The example in a folder and on a server."""
    with pytest.MonkeyPatch.context() as patch:
        neo4j_place.use(patch)
        with (
            gt.open_case(tmp_path_factory.mktemp("both") / "x.gtrace") as folder,
            gt.open_case(neo4j_place.uri) as server,
        ):
            yield folder, server


@pytest.fixture(scope="module")
def reports(cases: tuple[gt.Case, gt.Case]) -> tuple[str, str]:
    """Return the reports of the loads, without the paths of reject files, which a server does not have."""
    said = []
    for case in cases:
        files = []
        for name in DEMO["files"]:
            mapping = DEMO["mappings"].get(name)
            loaded = case.load(CASE / name, mapping=CASE / mapping if mapping else None)
            files += answer_document("", LoadedSheets(loaded.files), "en")["files"]
        said.append(json.dumps([{**file, "rejects_file": None} for file in files], ensure_ascii=False))
    return said[0], said[1]


def test_loading_says_the_same(reports: tuple[str, str]) -> None:
    folder, server = reports
    assert server == folder


def test_every_card_of_the_example_is_traced_alike(cases: tuple[gt.Case, gt.Case], reports: tuple[str, str]) -> None:
    folder, server = (to_json_text(trace_document("", case.trace(*ASKED), "en")) for case in cases)
    assert server == folder


def test_every_enterprise_is_audited_alike(cases: tuple[gt.Case, gt.Case], reports: tuple[str, str]) -> None:
    folder, server = (to_json_text(audit_document("", case.audit(all=True), "en")) for case in cases)
    assert server == folder


def parties_of_hops(case: gt.Case, *, step: int) -> list[str]:
    """The ids of parties of the traces in their order (carriers, ids, names): one of so many, in a search all."""
    traces = case.trace(*ASKED)
    parties = {
        party.id
        for trace in traces
        for chain in trace.chains
        for hop in chain.hops
        for party in (hop.sender, hop.receiver)
    }
    assert len(parties) > 10
    return sorted(parties)[:: 1 if EXPLORES else step]


def test_partners_a_part_at_a_time_are_all_of_a_party(cases: tuple[gt.Case, gt.Case], reports: tuple[str, str]) -> None:
    parties = parties_of_hops(cases[0], step=3)
    assert parties
    for party in parties:
        whole = cases[0].party(party)
        for side in SIDES:
            flows = getattr(whole, side)
            told: list[PartnerGroup] = []
            left = 1
            while left:
                part = getattr(cases[0].partners(party, side=side, skip=len(told), most=3), side)
                told += part.groups
                left = part.left_groups
                assert part.left_cards == sum(flow.cards for flow in flows) - sum(group.cards for group in told)
            assert {(each.party, *each[3:]) for each in told} == {
                (one.party, one.cards, one.records, one.quantity_only, one.since, one.until, one.seized, one.by_name)
                for one in flows
            }
            assert [group.cards for group in told] == [flow.cards for flow in flows]
        assert cases[0].partners(party).kind == whole.kind


def test_the_groups_of_partners_hold_all_of_them_on_both_stores(
    cases: tuple[gt.Case, gt.Case], reports: tuple[str, str]
) -> None:
    grouped = 0
    for party in parties_of_hops(cases[0], step=3):
        for by in ("month", "channel", "size"):
            folder, server = (case.partners(party, by=by, most=50) for case in cases)
            assert server == folder
            for side in SIDES:
                for group in getattr(folder, side).groups:
                    only: dict[str, Any] = {by: int(group.key) if by == "size" else group.key}
                    within = getattr(cases[0].partners(party, side=side, most=500, **only), side)
                    grouped += group.partners > 1
                    assert len(within.groups) == group.partners
                    assert sum(each.records for each in within.groups) == group.records
                    assert sum(each.cards for each in within.groups) >= group.cards
                    assert min(each.since for each in within.groups) == group.since
    assert grouped > 5


def test_every_party_dealt_alike(cases: tuple[gt.Case, gt.Case], reports: tuple[str, str]) -> None:
    parties = parties_of_hops(cases[0], step=2)
    assert parties
    for party in parties:
        folder, server = (to_json_text(answer_document("", case.party(party))) for case in cases)
        assert server == folder


def test_status_tells_the_same_of_both_but_their_size_and_time(
    cases: tuple[gt.Case, gt.Case], reports: tuple[str, str]
) -> None:
    told = []
    for case in cases:
        document = answer_document("", case.status())
        assert document.pop("size_bytes", 0) is None or case is cases[0]
        for file in document["files"]:
            file.pop("loaded_at")
        document["files"].sort(key=lambda file: file["file"])
        told.append(to_json_text(document))
    assert told[1] == told[0]


def test_both_agree_with_themselves(cases: tuple[gt.Case, gt.Case], reports: tuple[str, str]) -> None:
    for case in cases:
        assert (
            json.loads(to_json_text(answer_document("", IntegrityReport(case.verify(deep=True)), "en")))["problems"]
            == []
        )


@pytest.mark.parametrize("asked", list(GRAPHS))
def test_a_graph_is_the_same(cases: tuple[gt.Case, gt.Case], reports: tuple[str, str], asked: str) -> None:
    embedded, server = (answer_document("", case.graph(**GRAPHS[asked])) for case in cases)
    for side in (embedded, server):
        for what in ("nodes", "edges"):
            side[what].sort(key=repr)
    assert server == embedded


@pytest.mark.parametrize("form", list(FORMATS))
def test_an_export_is_the_same_file(
    cases: tuple[gt.Case, gt.Case], reports: tuple[str, str], tmp_path: Path, form: str
) -> None:
    places = [tmp_path / f"{name}{FORMATS[form].endings[0]}" for name in ("folder", "server")]
    written = [case.export(form, place).written for case, place in zip(cases, places, strict=True)]
    assert written[0] == written[1]
    assert places[0].read_bytes() == places[1].read_bytes()
