"""From which state of a case an answer comes: the head of its ledger, for whatever format is being written.

It is set while one answer is written and is not there otherwise, so that no page can bear the head of another case.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from graphtrace.render import Lang, catalogue
from graphtrace.render.format import format_message

_HEAD: ContextVar[str | None] = ContextVar("ledger_head", default=None)


@contextmanager
def answered_at(head: str | None) -> Iterator[None]:
    """Let what is written within bear this head of the ledger."""
    before = _HEAD.set(head)
    try:
        yield
    finally:
        _HEAD.reset(before)


def ledger_head() -> str | None:
    """The head that what is being written bears, if it is an answer of a case in which something is loaded."""
    return _HEAD.get()


def ledger_line(lang: Lang) -> str | None:
    """The line that says so, in the foot of whatever is written."""
    head = _HEAD.get()
    return None if head is None else format_message(catalogue.LABELS["ledger_head"], {"head": head}, lang)
