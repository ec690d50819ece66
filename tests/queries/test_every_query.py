"""Every question of the library is asked of the example case."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.query_library import load_queries, load_query
from graphtrace.render.json import answer_document

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
def test_an_answer_has_the_columns_of_its_header_and_the_same_rows_each_once_however_it_is_asked_and_loaded(
    name: str, example: gt.Case, backwards: gt.Case
) -> None:
    header = load_query(name).header
    given = needed(name)
    answer = example.query(name, **given)
    assert answer.columns == tuple(column.name for column in header.columns)
    assert bool(answer.rows) == (name not in EMPTY)
    document = json.loads(json.dumps(answer_document("x", answer)))
    assert document["rows"] == [list(row) for row in answer.rows]
    assert len({json.dumps(row) for row in answer.rows}) == len(answer.rows)
    assert example.query(name, **given).rows == answer.rows
    assert name in COUNTS_BY_FILE or backwards.query(name, **given).rows == answer.rows
    # a parameter may be given as the text of its default
    defaults = {one.name: one.default for one in header.parameters if one.default not in (None, "null")}
    assert not defaults or example.query(name, **given, **defaults).rows == answer.rows


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
    assert not example.at("2000-01-01").query(name, **needed(name)).rows


def test_every_statement_of_the_library_ends_with_its_order() -> None:
    assert [name for name in LIBRARY if not load_query(name).texts] == []
    statements = [(name, text.splitlines()[-1]) for name in LIBRARY for text in load_query(name).texts.values()]
    assert [each for each in statements if not each[1].startswith("ORDER BY ")] == []


def test_a_query_says_the_same_things_in_chinese() -> None:
    headers = [load_query(name).header for name in LIBRARY]
    texts = [text for header in headers for text in (header.question, header.counts)]
    texts += [one.meaning for header in headers for one in (*header.parameters, *header.columns)]
    assert [text.zh for text in texts if not re.search("[\u4e00-\u9fff]", text.zh) and text.zh != "IMSI"] == []
    assert [text.en for text in texts if re.search("[\u4e00-\u9fff]", text.en)] == []
