"""Provenance that every format of an answer carries: the ledger head, and the list lines that were passed over.

These values are set while one answer is written and are absent otherwise, so that no page can carry the head of another
case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from graphtrace.render.i18n import Phrase, label_text

_HEAD: ContextVar[str | None] = ContextVar("ledger_head", default=None)
_PASSED_OVER: ContextVar[tuple[str, ...]] = ContextVar("passed_over", default=())

_SHOWN = 10
"""Lines of a list that are named in a foot; JSON names all."""


@contextmanager
def answered_at(head: str | None, passed_over: Sequence[str] = ()) -> Iterator[None]:
    """Let what is written within bear this head of the ledger, and these lines that hold no number."""
    before, before_that = _HEAD.set(head), _PASSED_OVER.set(tuple(passed_over))
    try:
        yield
    finally:
        _HEAD.reset(before)
        _PASSED_OVER.reset(before_that)


def ledger_head() -> str | None:
    """The head that what is being written bears, if it is an answer of a case in which something is loaded."""
    return _HEAD.get()


def passed_over() -> list[str]:
    """The lines of the list that was asked about that hold no number, and that nothing is answered about."""
    return list(_PASSED_OVER.get())


def foot_texts() -> list[Phrase]:
    """The lines that say so, in the foot of whatever is written."""
    return [text for text in (passed_over_text(), ledger_text()) if text is not None]


def passed_over_text() -> Phrase | None:
    """The line that names the lines of a list that were passed over, where there are any."""
    texts = passed_over()
    if not texts:
        return None
    return label_text("passed_over", lines=len(texts), texts=texts[:_SHOWN], more=len(texts[_SHOWN:]) or None)


def ledger_text() -> Phrase | None:
    """The line that names the head of the ledger, if there is one."""
    head = _HEAD.get()
    return None if head is None else label_text("ledger_head", head=head)
