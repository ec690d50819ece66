"""The guided questions of a case: how far the records answer each for its seized cards, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from graphtrace.model import Party
from graphtrace.results.display import LocalizedDictMixin
from graphtrace.wire import DATED, wire

QuestionCode = Literal[
    "which_cards",
    "registered_by",
    "passed_on_by",
    "used_by",
    "broken_where",
    "still_active",
    "who_else",
    "ready_to_send",
]
QuestionState = Literal["nothing", "open", "in_part", "answered"]


@wire(
    "code party cards=card_count params message!",
    doc="Part of an answer to a guided question, or something that is missing, and how many cards it is about.",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class GuidedStatement:
    """Part of an answer, or something that is missing: a code with parameters, and the cards that it is about.

    ``party`` is whom it names. ``cards`` are the numbers of the cards as people know them, ``count`` is how many cards
    it is about where they are not listed.
    """

    code: str
    party: Party | None = None
    cards: tuple[str, ...] = ()
    count: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def card_count(self) -> int:
        """Return how many cards it is about."""
        return len(self.cards) if self.count is None else self.count


@wire("code state done total answer missing")
@dataclass(frozen=True, slots=True, kw_only=True)
class GuidedQuestion:
    """A guided question: of ``total`` cards the records answer it for ``done``."""

    code: QuestionCode
    done: int
    total: int
    answer: tuple[GuidedStatement, ...] = ()
    missing: tuple[GuidedStatement, ...] = ()

    @property
    def state(self) -> QuestionState:
        """Return the state, which follows from the counts alone."""
        if not self.total:
            return "nothing"
        if not self.done:
            return "open"
        return "answered" if self.done == self.total else "in_part"


@wire(
    DATED,
    "about cards omitted questions unread?!",
    name="GuidedAnswer",
    doc="The answer of ``status --questions``; ``omitted`` cards were not looked at, as they are too many.",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class GuidedQuestions(LocalizedDictMixin):
    """All guided questions about the seized cards of a case, or about a list (``is_list``).

    ``cards`` is how many cards they are about; ``omitted`` of them were not looked at, as they are too many.
    """

    questions: Sequence[GuidedQuestion]
    cards: int
    omitted: int = 0
    is_list: bool = False

    @property
    def about(self) -> Literal["seized", "list"]:
        """Whether they are about the seized cards of the case, or a list."""
        return "list" if self.is_list else "seized"
