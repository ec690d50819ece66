from __future__ import annotations

from graphtrace.engine.rule_relations import HISTORIES
from graphtrace.rules.rule_schema import RULE_TABLES

from .bench import TABLES, VIEWS, Bench


def test_the_workbench_of_these_tests_has_the_relations_that_are_described() -> None:
    bench = Bench()
    assert {*TABLES, *VIEWS, *HISTORIES} == {relation.name for relation in RULE_TABLES}
    for relation in RULE_TABLES:
        assert tuple(bench.query(f"FROM {relation.name}", {})[0]) == relation.columns
