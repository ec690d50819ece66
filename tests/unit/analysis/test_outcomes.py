"""A table of outcomes says of every card what its trace says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import graphtrace as gt
from graphtrace.custody import trace_custody
from graphtrace.custody.plain_chains import TrivialChains, resolve_trivial_chains
from graphtrace.identifiers import DamagedNumber
from graphtrace.model import CustodyEvent, Outcome, Party

from ...conftest import examples
from ...custody.cards import movement
from ...custody.test_against_oracle import cards

EXAMPLES = Path(__file__).parents[3] / "examples"
CASE = EXAMPLES / "case"
DEMO = json.loads((CASE / "demo.json").read_text(encoding="utf-8"))
EXPECTED = json.loads((EXAMPLES / "expected.json").read_text(encoding="utf-8"))
ASKED = [asked["ask"] for asked in (*EXPECTED["cards"], *EXPECTED["questions"])]


def plain_among(histories: Sequence[Sequence[CustodyEvent]]) -> tuple[TrivialChains, list[Party]]:
    """Return the result of the columns for some cards, and the parties by their numbers."""
    parties = sorted({party for moves in histories for each in moves for party in (each.sender, each.receiver)})
    rows = [
        (card, parties.index(each.sender), parties.index(each.receiver), each.when.earliest, each.when.latest)
        for card, moves in enumerate(histories)
        for each in moves
    ]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 5).T
    carriers = np.array([number for number, party in enumerate(parties) if party.is_carrier], dtype=np.int64)
    return resolve_trivial_chains(*columns, carriers), parties


@settings(max_examples=examples(15), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(cards(), min_size=1, max_size=5))
def test_what_is_read_off_in_columns_is_what_custody_finds(drawn: list[dict[str, Any]]) -> None:
    found, parties = plain_among([each["movements"] for each in drawn])
    read_off = list(zip(*(column.tolist() for column in found), strict=True))
    assume(read_off)
    for card, registrant, holder in read_off:
        custody = trace_custody(**drawn[card])
        assert custody.outcome is Outcome.CONTINUOUS
        assert (custody.registrant, custody.holder) == (parties[registrant], parties[holder])


@pytest.mark.parametrize(
    ("events", "is_plain"),
    [
        (["C>E 1", "E>R 2"], True),
        (["C>E 1", "C>E 1", "E>R 2"], True),
        (["C>E 1", "E>C 2", "C>F 3"], True),
        (["C>E 1", "E>R 1"], False),
        (["C>E 1", "E>R 2024-03"], False),
        (["C>E 1", "S>R 2"], False),
        (["E>R 2"], False),
        (["C>E 1", "E>E 2"], False),
    ],
)
def test_a_story_is_plain_only_from_a_carrier_from_hand_to_hand_on_later_days(
    events: list[str], is_plain: bool
) -> None:
    found, _ = plain_among([[movement(event, row) for row, event in enumerate(events, 2)]])
    assert (found.card.tolist() == [0]) is is_plain


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gt.Case]:
    with gt.open_case(tmp_path_factory.mktemp("outcomes") / "x.gtrace") as case:
        for name in DEMO["files"]:
            mapping = DEMO["mappings"].get(name)
            case.load(CASE / name, mapping=CASE / mapping if mapping else None)
        yield case


def joined(party: Party | None) -> Party | None:
    """The party that the case makes of the mentions, whatever a trace says of a name."""
    return None if party is None else Party(party.resolved_id, party.name)


def test_every_input_has_the_rows_of_its_traces(case: gt.Case) -> None:
    damaged = DamagedNumber("8986062407001000001", ("8986062407001000000", "8986062407001009999"))
    asked = [*ASKED, *ASKED[:3], damaged, "89860624070010*", "13800000000"]
    traces = case.trace(*asked)
    table = case.outcomes(*asked)
    assert [tuple(row) for row in table] == [
        (each.input, each.card and each.card.key, each.outcome, joined(each.registrant), joined(each.holder))
        for each in traces
    ]
    assert len({row.outcome for row in table}) == 5
    assert len(table) > len(asked)
    assert [*table[2:4]] == [*table][2:4]


def test_nothing_asked_is_nothing_answered(case: gt.Case) -> None:
    assert list(case.outcomes()) == []


def test_a_data_frame_holds_the_table_as_text(case: gt.Case) -> None:
    table = case.outcomes(*ASKED)
    frame = table.to_pandas()
    assert list(frame.columns) == ["input", "key", "outcome", "registrant_id", "registrant", "holder_id", "holder"]
    said = frame.astype(object).where(frame.notna(), None)
    assert list(said.itertuples(index=False, name=None)) == [
        (
            row.input,
            row.key,
            str(row.outcome),
            *((row.registrant.id, row.registrant.name) if row.registrant else (None, None)),
            *((row.holder.id, row.holder.name) if row.holder else (None, None)),
        )
        for row in table
    ]
