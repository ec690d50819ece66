from __future__ import annotations

from graphtrace.rules.relations import RELATIONS

from .bench import TABLES, VIEWS, Bench


def test_the_workbench_of_these_tests_has_the_relations_that_are_described() -> None:
    bench = Bench()
    assert {*TABLES, *VIEWS} == {relation.name for relation in RELATIONS}
    for relation in RELATIONS:
        assert tuple(bench.ask(f"FROM {relation.name}", {})[0]) == relation.columns
