"""Provenance that an answer carries: the ledger head, the day it was asked as of, how much of the case was not read,
the list lines that were passed over, and the options asked with.

These values are set while one answer is written and are absent otherwise, so that no page can carry the head of another
case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from graphtrace.locale.text import Text
from graphtrace.render.i18n import Phrase, join_texts, label_text

if TYPE_CHECKING:
    from graphtrace.locale import Lang
    from graphtrace.results.case_status import CaseHead, CaseState, Unread

_STATE: ContextVar[CaseState | None] = ContextVar("state", default=None)
_PASSED_OVER: ContextVar[tuple[str, ...]] = ContextVar("passed_over", default=())

_OPTIONS: ContextVar[Mapping[str, Any] | None] = ContextVar("options", default=None)

_REDACTED: ContextVar[bool] = ContextVar("redacted", default=False)

_SHOWN = 10
"""Maximum number of passed-over lines named in a footer; JSON names all."""


@contextmanager
def answered_at(
    state: CaseState | None,
    passed_over: Sequence[str] = (),
    options: Mapping[str, Any] | None = None,
    *,
    is_redacted: bool = False,
) -> Iterator[None]:
    """Set the state of the case, passed-over lines and options for everything that is written in the context.

    What is redacted stays so in a context within it.
    """
    state_before, lines_before = _STATE.set(state), _PASSED_OVER.set(tuple(passed_over))
    options_before = _OPTIONS.set(options)
    redacted_before = _REDACTED.set(is_redacted or _REDACTED.get())
    try:
        yield
    finally:
        _STATE.reset(state_before)
        _PASSED_OVER.reset(lines_before)
        _OPTIONS.reset(options_before)
        _REDACTED.reset(redacted_before)


@contextmanager
def marked_if_redacted(answer: object) -> Iterator[None]:
    """Have everything that is written in the context say that the answer is redacted, where it is."""
    before = _REDACTED.set(_REDACTED.get() or bool(getattr(answer, "is_redacted", False)))
    try:
        yield
    finally:
        _REDACTED.reset(before)


def redacted() -> bool:
    """Whether the answer being written has pseudonyms in the place of names and numbers."""
    return _REDACTED.get()


def ledger_head() -> str | None:
    """Return the ledger head of the answer being written, if its case has one."""
    state = _STATE.get()
    return None if state is None else state.ledger_head


def as_of() -> str | None:
    """Return the day at whose end the case of the answer being written was asked for, if one was given."""
    state = _STATE.get()
    return None if state is None else state.as_of


def unread() -> Unread | None:
    """Return what of the case of the answer being written was not read, where that is known."""
    state = _STATE.get()
    return None if state is None else state.unread


def ledger_lines() -> Sequence[str] | None:
    """Return the lines of the ledger on which the answer being written rests, if its case has any."""
    state = _STATE.get()
    return (state.ledger or None) if state is not None else None


def options_asked() -> Mapping[str, Any] | None:
    """Return the options with which the answer being written can be asked again, where its command states them."""
    return _OPTIONS.get()


def passed_over() -> list[str]:
    """Return the lines of the input list that hold no number and have no answer."""
    return list(_PASSED_OVER.get())


def foot_texts(*, has_head: bool = False, is_served: bool = False, is_on_paper: bool = False) -> list[Phrase]:
    """Return the provenance lines for the footer, after the head of the case unless the page shows it elsewhere.

    A page that is served names no command.
    """
    head = None if has_head else case_head_text()
    texts = (
        head,
        redaction_text(),
        passed_over_text(),
        unread_text(is_served=is_served, is_on_paper=is_on_paper),
        annex_text(),
        ledger_text(),
    )
    return [text for text in texts if text is not None]


def case_head() -> CaseHead | None:
    """Return the head of the case of the answer being written, if anything of it was stated."""
    state = _STATE.get()
    return None if state is None else state.case_head


def case_head_text() -> Phrase | None:
    """Return the line that states the head of the case, if anything of it was stated."""
    head = case_head()
    if head is None:
        return None
    stated = [(name, value) for name, value in head._asdict().items() if value]
    return join_texts(*(join_texts(label_text(f"head_{name}"), value) for name, value in stated), by=" · ")


def printed_day() -> str | None:
    """Return the day of the last line of the ledger of the case of the answer being written, where it is known."""
    state = _STATE.get()
    return None if state is None else state.day


def print_margins(title: str, lang: Lang) -> Sequence[str] | None:
    """Return what each printed page bears: number and unit of the case, the title, the day; ``None`` without a head."""
    head = case_head()
    return None if head is None else (" · ".join(filter(None, (head.number, head.unit))), title, day_text(lang))


def day_text(lang: Lang) -> str:
    """Return until which day the lines of the case go that an answer rests on; empty where it is not known."""
    until = day()
    return "" if until is None else getattr(label_text("printed_day", date=until), lang)


def day() -> str | None:
    """Return the day of the answer being written: the one that was asked for, else that of the ledger's last line."""
    state = _STATE.get()
    return None if state is None else state.as_of or state.day


def redaction_text() -> Phrase | None:
    """Return the line that says what redaction replaced and left out, where the answer is redacted."""
    return label_text("redaction") if redacted() else None


def passed_over_text() -> Phrase | None:
    """Return the line that names the passed-over lines of a list, if there are any."""
    texts = passed_over()
    if not texts:
        return None
    return label_text("passed_over", lines=len(texts), texts=texts[:_SHOWN], more=len(texts[_SHOWN:]) or None)


def unread_text(*, is_served: bool = False, is_on_paper: bool = False) -> Phrase | None:
    """Return the line that says how much of the case was not read, if anything was not; where to look, but on paper."""
    counts = unread()
    if counts is None or not any(counts):
        return None
    told = [Text("labels", f"unread_{name}", {"count": count}) for name, count in counts._asdict().items() if count]
    return label_text("unread_served" if is_served else "unread_on_paper" if is_on_paper else "unread", counts=told)


def annex_text() -> Phrase | None:
    """Return the line that names the annex with the cards of an audit and its hash, if one was written."""
    annex = (options_asked() or {}).get("annex")
    return None if annex is None else label_text("annex", **annex)


def ledger_text() -> Phrase | None:
    """Return the line that names the head of the ledger, if there is one."""
    head = ledger_head()
    return None if head is None else label_text("ledger_head", head=head)
