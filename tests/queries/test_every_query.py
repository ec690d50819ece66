"""Every question of the library is asked of the example case."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.query_library import load_queries, load_query
from graphtrace.render.json import query_document

LIBRARY = sorted(query.name for query in load_queries())
ASKED = sorted(query.name for query in load_queries() if query.header.over == "case")
GIVEN: dict[str, Any] = {
    "party": "星海智联科技有限公司",
    "other": "马晓东",
    "enterprise": "星海智联科技有限公司",
    "parties": ["马晓东", "林秀芳"],
    "card": "89860123061000001011",
    "other_card": "898604B81623D0100015",
    "cards": ["89860123061000001011", "898604B81623D0100015"],
    "case_no": "云公刑诈〔2024〕0318号",
    "file": "chat_list.txt",
}
EMPTY = {"active-though-declared-in-stock"}
"""Of these things the example case has none."""

COUNTS_BY_FILE = {"sources-of-case"}
"""Queries with counts by file: which of two equal rows is the repeated one depends on the order of loads."""


def names_a_party(name: str) -> bool:
    """Whether a query cannot be asked without a party of the case."""
    return any(one.type == "party" and one.is_required for one in load_query(name).header.parameters)


def needed(name: str) -> dict[str, Any]:
    return {one.name: GIVEN[one.name] for one in load_query(name).header.parameters if one.is_required}


def test_the_library_has_the_questions_that_are_promised() -> None:
    assert len(ASKED) >= 30


@pytest.mark.parametrize("name", ASKED)
def test_a_query_returns_the_columns_of_its_header_and_its_answer_is_plain(name: str, example: gt.Case) -> None:
    answer = example.query(name, **needed(name))
    assert answer.columns == tuple(column.name for column in load_query(name).header.columns)
    assert bool(answer.rows) == (name not in EMPTY)
    document = json.loads(json.dumps(query_document("x", answer)))
    assert document["rows"] == [list(row) for row in answer.rows]


@pytest.mark.parametrize("name", ASKED)
def test_no_two_rows_of_an_answer_are_equal_and_asking_again_gives_the_same_order(name: str, example: gt.Case) -> None:
    first, second = (example.query(name, **needed(name)).rows for _ in range(2))
    assert first == second
    assert len({json.dumps(row) for row in first}) == len(first)


@pytest.mark.parametrize("name", sorted(set(ASKED) - COUNTS_BY_FILE))
def test_an_answer_does_not_depend_on_the_order_of_loading(name: str, example: gt.Case, backwards: gt.Case) -> None:
    assert example.query(name, **needed(name)).rows == backwards.query(name, **needed(name)).rows


@pytest.mark.parametrize("name", ASKED)
def test_every_parameter_with_a_default_may_be_given_as_text(name: str, example: gt.Case) -> None:
    header = load_query(name).header
    defaults = {one.name: one.default for one in header.parameters if one.default not in (None, "null")}
    given = needed(name)
    assert example.query(name, **given, **defaults).rows == example.query(name, **given).rows


OF_ONE_PARTY = [
    (query.name, one.name)
    for query in load_queries()
    for one in query.header.parameters
    if query.header.over == "case" and one.type == "party" and one.default == "null"
]
ADDING_UP = {"channels-by-month", "activations-by-province"}
"""Here a row of one party is a part of a row of all, not the same row."""


@pytest.mark.parametrize(("name", "parameter"), OF_ONE_PARTY)
def test_what_is_asked_of_one_party_is_a_part_of_what_is_asked_of_all(
    name: str, parameter: str, example: gt.Case
) -> None:
    everything = example.query(name, **needed(name)).rows
    for party in ("星海智联科技有限公司", "周立冬"):
        some = example.query(name, **needed(name), **{parameter: party}).rows
        assert some != everything
        assert name in ADDING_UP or [row for row in everything if row in some] == list(some)


@pytest.mark.parametrize("name", sorted(name for name in ASKED if not names_a_party(name)))
def test_nothing_is_found_in_what_was_not_known_yet(name: str, example: gt.Case) -> None:
    assert not example.query(name, as_of="2000-01-01", **needed(name)).rows


@pytest.mark.parametrize("name", LIBRARY)
def test_every_statement_of_the_library_ends_with_its_order(name: str) -> None:
    texts = load_query(name).texts
    assert texts
    for text in texts.values():
        assert text.splitlines()[-1].startswith("ORDER BY "), name


@pytest.mark.parametrize("name", LIBRARY)
def test_a_query_says_the_same_things_in_chinese(name: str) -> None:
    header = load_query(name).header
    texts = [header.question, header.counts, *(one.meaning for one in (*header.parameters, *header.columns))]
    for text in texts:
        assert re.search("[\u4e00-\u9fff]", text.zh) or text.zh == "IMSI", text
        assert not re.search("[\u4e00-\u9fff]", text.en), text
