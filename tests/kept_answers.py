"""Answers that are worked out once, for tests that have the same answer shown in many formats and languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

from graphtrace.case_questions import CaseQuestions, logged

QUESTIONS = ("audit", "audit_details", "candidates", "common", "party", "query", "siblings", "trace")
"""Questions whose answers depend on nothing but the case and what is asked."""

Kept = dict[tuple[object, ...], Any]


@contextmanager
def answers_kept(kept: Kept) -> Iterator[None]:
    """Have each question of a case in a folder answered once while the case is as it is; it is logged each time."""
    with pytest.MonkeyPatch.context() as patch:
        for name in QUESTIONS:
            question = getattr(CaseQuestions, name).__wrapped__
            patch.setattr(CaseQuestions, name, logged(_once(question, kept)))
        yield


def _once(question: Callable[..., Any], kept: Kept) -> Callable[..., Any]:
    @wraps(question)
    def answer(self: CaseQuestions, *args: object, **kwargs: object) -> Any:
        if kwargs.get("annex") is not None:  # it writes a file
            return question(self, *args, **kwargs)
        asked = (
            question,
            self.as_of,
            self._stores._is_judged,
            repr(args),
            repr(kwargs),
            *_state(Path(self.path).resolve()),
        )
        if asked not in kept:
            kept[asked] = question(self, *args, **kwargs)
        return kept[asked]

    return answer


def _state(place: Path) -> Iterator[tuple[str, int, int]]:
    """Return what tells whether a case is as it was: its files, but for what a question itself writes."""
    for path in sorted(place.rglob("*")):
        if path.is_file() and path.name not in ("lookups.jsonl", "redaction.key"):
            found = path.stat()
            yield str(path), found.st_size, found.st_mtime_ns
