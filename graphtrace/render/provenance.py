"""Provenance that an answer carries: the ledger head, the list lines that were passed over, and the options asked with.

These values are set while one answer is written and are absent otherwise, so that no page can carry the head of another
case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from graphtrace.render.i18n import Phrase, label_text

_HEAD: ContextVar[str | None] = ContextVar("ledger_head", default=None)
_PASSED_OVER: ContextVar[tuple[str, ...]] = ContextVar("passed_over", default=())

_OPTIONS: ContextVar[Mapping[str, Any] | None] = ContextVar("options", default=None)

_SHOWN = 10
"""Maximum number of passed-over lines named in a footer; JSON names all."""


@contextmanager
def answered_at(
    head: str | None, passed_over: Sequence[str] = (), options: Mapping[str, Any] | None = None
) -> Iterator[None]:
    """Set the ledger head, the passed-over lines and the options for everything that is written in the context."""
    head_before, lines_before = _HEAD.set(head), _PASSED_OVER.set(tuple(passed_over))
    options_before = _OPTIONS.set(options)
    try:
        yield
    finally:
        _HEAD.reset(head_before)
        _PASSED_OVER.reset(lines_before)
        _OPTIONS.reset(options_before)


def ledger_head() -> str | None:
    """Return the ledger head of the answer being written, if its case has one."""
    return _HEAD.get()


def options_asked() -> Mapping[str, Any] | None:
    """Return the options with which the answer being written can be asked again, where its command states them."""
    return _OPTIONS.get()


def passed_over() -> list[str]:
    """Return the lines of the input list that hold no number and have no answer."""
    return list(_PASSED_OVER.get())


def foot_texts() -> list[Phrase]:
    """Return the provenance lines for the footer."""
    return [text for text in (passed_over_text(), ledger_text()) if text is not None]


def passed_over_text() -> Phrase | None:
    """Return the line that names the passed-over lines of a list, if there are any."""
    texts = passed_over()
    if not texts:
        return None
    return label_text("passed_over", lines=len(texts), texts=texts[:_SHOWN], more=len(texts[_SHOWN:]) or None)


def ledger_text() -> Phrase | None:
    """Return the line that names the head of the ledger, if there is one."""
    head = _HEAD.get()
    return None if head is None else label_text("ledger_head", head=head)
