"""A new kind of record is missed by each table of kinds that lacks it; CONTRIBUTING.md says what else it needs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import pytest

from graphtrace.cli import file_commands
from graphtrace.export.edge_lists import SUPPORT_LISTS
from graphtrace.ingest import supporting
from graphtrace.ingest.acts import KIND_WORDS
from graphtrace.ingest.recipes import recipe_sheet
from graphtrace.ingest.row_events import NEEDS, ORDER, PARTIES_OF, ROLES
from graphtrace.model import KINDS, RECORD_KINDS, SUPPORT_KINDS, Kind, SupportKind
from graphtrace.render import text_tables
from graphtrace.storage.neo4j.neo4j_schema import RECORD_LINKS

CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"
OF_CUSTODY: dict[str, Iterable[str]] = {
    "graphtrace.model.Kind": get_args(Kind),
    "graphtrace.ingest.row_events.ORDER": ORDER,
    "graphtrace.ingest.row_events.NEEDS": NEEDS,
    "graphtrace.ingest.row_events.PARTIES_OF": PARTIES_OF,
    "graphtrace.ingest.acts.KIND_WORDS": KIND_WORDS.values(),
    "graphtrace.ingest.row_events.ROLES": ROLES,
    "graphtrace.ingest.recipes.recipe_sheet": recipe_sheet._SIDES,
}
OF_SUPPORTS: dict[str, Iterable[str]] = {
    "graphtrace.model.SupportKind": get_args(SupportKind),
    "graphtrace.ingest.supporting.SIDES": supporting.SIDES,
    "graphtrace.ingest.supporting": supporting.RENAMED,
    "graphtrace.ingest.recipes.recipe_sheet": recipe_sheet._SIDE_OF_CONTACT,
    "graphtrace.export.edge_lists.SUPPORT_LISTS": SUPPORT_LISTS,
}


@pytest.mark.parametrize("name", OF_CUSTODY)
def test_a_table_of_the_kinds_of_custody_records_has_each_of_them(name: str) -> None:
    assert set(OF_CUSTODY[name]) == set(KINDS)


@pytest.mark.parametrize("name", OF_SUPPORTS)
def test_a_table_of_the_kinds_of_supporting_records_has_each_of_them(name: str) -> None:
    assert set(OF_SUPPORTS[name]) == set(SUPPORT_KINDS)


def test_a_kind_can_be_said_to_load_and_has_a_name_in_every_language() -> None:
    assert get_args(file_commands.Kind) == RECORD_KINDS
    assert set(RECORD_KINDS) <= set(text_tables.KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_of_each_kind_is_linked_to_its_cards_and_to_the_parties_of_its_sides(kind: Kind) -> None:
    ends = {"sender": ("Party", "Record", kind), "receiver": ("Record", "Party", kind)}
    assert {ends[role.side] for role in ROLES[kind]} == set(ends.values()) & set(RECORD_LINKS)
    assert RECORD_LINKS["Record", "Card", kind] == RECORD_LINKS["Record", "Lot", kind]


@pytest.mark.parametrize("name", sorted({*OF_CUSTODY, *OF_SUPPORTS}))
def test_the_walk_to_a_new_kind_names_every_table(name: str) -> None:
    assert f"`{name}`" in CONTRIBUTING.read_text("utf-8")
