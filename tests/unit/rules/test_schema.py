from __future__ import annotations

from graphtrace.engine.rule_relations import HISTORIES

from .bench import RULE_TABLES, TABLES, VIEWS, Bench


def test_the_workbench_of_these_tests_has_the_relations_that_are_described() -> None:
    bench = Bench()
    assert {*TABLES, *VIEWS, *HISTORIES} == set(RULE_TABLES)
    for name, columns in RULE_TABLES.items():
        assert bench.query(f"FROM {name}", {})[0] == columns
