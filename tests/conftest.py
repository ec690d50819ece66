"""Shared by all tests: the Neo4j server of a run, or of a worker of it, which starts when a test first asks for it."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from graphtrace.errors import GraphtraceError
from graphtrace.locale import LANGS, Text, load_catalogue, placeholders

from .in_process import parsers
from .neo4j.server import USER, Place, started_or_skipped

EXPLORES = bool(os.environ.get("GRAPHTRACE_EXPLORE"))
"""Whether this run looks for new examples, and for more of them: others try the same ones always, few of what is slow,
so that a failure belongs to a change."""

settings.register_profile("repeatable", derandomize=not EXPLORES, deadline=None)
settings.load_profile("repeatable")


def examples(count: int) -> int:
    """How many examples a test tries that is run with others: ten times as many in a search."""
    return 10 * count if EXPLORES else count


_raise = GraphtraceError.__init__


def _checked_init(error: GraphtraceError, *args: Any, **params: Any) -> None:
    """Make an error, and check that it can be said in every language: by a test that raises it, whatever it checks."""
    _raise(error, *args, **params)
    for text in (error.text, error.hint_text):
        if text is not None:
            _check_text(text)


def _check_text(text: Text) -> None:
    for lang in LANGS:
        template = load_catalogue(lang)[text.table].get(text.id)
        assert template is not None, f"no {lang} text {text.table}/{text.id}"
        missing = placeholders(template) - set(text.params)
        assert not missing, f"{text.table}/{text.id} lacks {missing}"
        text.render(lang)
    for value in text.params.values():
        for part in value if isinstance(value, list | tuple) else [value]:
            if isinstance(part, Text):
                _check_text(part)


GraphtraceError.__init__ = _checked_init  # type: ignore[method-assign]

GIVEN = "GRAPHTRACE_TEST_NEO4J_URI"


_ELSEWHERE = {"posix": "win32", "windows": "other"}
"""Marks of tests that hold on some systems only, and where they do not."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort tests with a server first, so that the worker with the first part of a shared run starts the only one.

    Tests of what another system has are skipped.
    """
    here = "win32" if sys.platform == "win32" else "other"
    for item in items:
        for mark, elsewhere in _ELSEWHERE.items():
            if here == elsewhere and item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=f"a test for {mark}"))
    items.sort(key=lambda item: "neo4j_place" not in getattr(item, "fixturenames", ()))


def pytest_collection_finish() -> None:
    """Leave what collecting made out of every later collection of garbage: it lives as long as the run."""
    gc.collect()
    gc.freeze()


_HOSTILE = ("faults", "fuzz", "readers", "test_damaged_files.py", "test_limits_of_work.py")
"""Folders and modules of tests with documents that a parser may crash of, or never end."""


@pytest.fixture(autouse=True, scope="module")
def _parsers_here(request: pytest.FixtureRequest) -> Iterator[None]:
    """Documents are parsed by the process of the tests, but where they may harm it."""
    with parsers(are_apart=not {*_HOSTILE}.isdisjoint(request.path.parts)):
        yield


@pytest.fixture(autouse=True, scope="module")
def _nothing_flushed(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test waits for the disk, but those of faults: whether it holds what was written is asked after no other."""
    with pytest.MonkeyPatch.context() as patch:
        if "faults" not in request.path.parts:
            patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture(scope="session")
def neo4j_place() -> Iterator[Place]:
    """An empty database: that of ``GRAPHTRACE_TEST_NEO4J_URI``, whose content is lost, or of a server of this run.

    Where no server can be started, the tests are skipped and counted; with ``GRAPHTRACE_REQUIRE_SERVICES`` they fail.
    """
    if given := os.environ.get(GIVEN):
        yield Place(given, os.environ.get("NEO4J_USERNAME", USER), os.environ.get("NEO4J_PASSWORD", ""))
        return
    server = started_or_skipped()
    try:
        yield server.place
    finally:
        server.__exit__()


@pytest.fixture
def neo4j_uri(neo4j_place: Place, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty database, with the user and password for it in the environment."""
    neo4j_place.use(monkeypatch)
    return neo4j_place.uri
