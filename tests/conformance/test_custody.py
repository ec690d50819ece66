"""Every scenario of custody, and histories that chance makes up, are told alike by both stores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import graphtrace as gt
from graphtrace.errors import NothingFound
from graphtrace.model import AUDIT_ROLES
from graphtrace.render.json import answer_document, audit_document, to_json_text, trace_document

from ..custody import test_scenarios
from ..custody.test_against_oracle import cards
from ..neo4j.server import Place
from .histories import History, key_of, scenarios_of, write_files, written_histories


def answers(address: str | Path, files: list[Path], count: int) -> list[str]:
    """All that a case answers about some histories, each answer as its text."""
    with gt.open_case(address) as case:
        assert not case.load(*files).has_errors
        asked = (*(key_of(number) for number in range(count)), f"{key_of(0)[:-1]}3")
        traces = case.trace(*asked)
        assert [row[2:] for row in case.outcomes(*asked)] == [
            (trace.outcome, trace.registrant, trace.holder) for trace in traces
        ]
        told = [to_json_text(trace_document("", [trace], "en")) for trace in traces]
        told += audited(case)
        parties = sorted({hop.receiver.id for trace in traces for chain in trace.chains for hop in chain.hops})
        told += [to_json_text(answer_document("", case.party(party))) for party in parties[:5]]
    return told


def audited(case: gt.Case) -> list[str]:
    """The audits of all in each role, then some parties by themselves; why there is none, where nobody has the role."""
    told = []
    for role in AUDIT_ROLES:
        try:
            audits = case.audit(all=True, role=role)
        except NothingFound as error:
            told.append(error.message)
            continue
        alone = [case.audit(each.enterprise.id) for each in list(audits)[:5]]
        assert [audit for (audit,) in alone] == list(audits)[:5]
        told += [to_json_text(audit_document("", each, "en")) for each in (audits, *alone)]
    return told


@pytest.mark.slow
def test_every_scenario_is_told_alike(neo4j_uri: str, tmp_path: Path) -> None:
    histories = [*written_histories(), *scenarios_of(test_scenarios)]
    assert len(histories) > 100
    files = write_files(histories, tmp_path)
    folder = answers(tmp_path / "x.gtrace", files, len(histories))
    server = answers(neo4j_uri, files, len(histories))
    for number, (there, here) in enumerate(zip(server, folder, strict=True)):
        assert there == here, histories[min(number, len(histories) - 1)].name
    assert '"outcome": "ambiguous"' in "".join(folder)
    assert '"precision": "quantity"' in "".join(folder)


@pytest.mark.slow
@settings(
    max_examples=2,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
@given(drawn=st.lists(cards(), min_size=1, max_size=12))
def test_histories_that_chance_makes_up_are_told_alike(
    neo4j_place: Place, neo4j_uri: str, tmp_path_factory: pytest.TempPathFactory, drawn: list[dict[str, Any]]
) -> None:
    place = tmp_path_factory.mktemp("histories")
    neo4j_place.empty()
    histories = [History(each["movements"], each["quantities"], each["activations"]) for each in drawn]
    files = write_files(histories, place)
    assume(files)
    assert answers(neo4j_uri, files, len(histories)) == answers(place / "x.gtrace", files, len(histories))
