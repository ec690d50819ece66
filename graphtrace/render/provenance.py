"""What an answer bears in every format: the head of the ledger, the lines of a list that were passed over.

They are set while one answer is written and are not there otherwise, so that no page can bear the head of another case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from graphtrace.render import Lang, catalogue
from graphtrace.render.format import format_message

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


def foot_lines(lang: Lang) -> list[str]:
    """The lines that say so, in the foot of whatever is written."""
    return [line for line in (passed_over_line(lang), ledger_line(lang)) if line is not None]


def passed_over_line(lang: Lang) -> str | None:
    """The line that names those lines, where there are any."""
    texts = passed_over()
    if not texts:
        return None
    shown = {"lines": len(texts), "texts": texts[:_SHOWN], "more": len(texts[_SHOWN:]) or None}
    return format_message(catalogue.LABELS["passed_over"], shown, lang)


def ledger_line(lang: Lang) -> str | None:
    """The line that says so, in the foot of whatever is written."""
    head = _HEAD.get()
    return None if head is None else format_message(catalogue.LABELS["ledger_head"], {"head": head}, lang)
