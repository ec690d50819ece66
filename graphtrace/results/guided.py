"""The guided questions of a case: how far the records answer each for its seized cards, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from graphtrace.model import Party, party_dict
from graphtrace.results.display import LocalizedDictMixin

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
QUESTION_CODES: Final[tuple[QuestionCode, ...]] = (
    *("which_cards", "registered_by", "passed_on_by", "used_by"),
    *("broken_where", "still_active", "who_else", "ready_to_send"),
)
QuestionState = Literal["nothing", "open", "in_part", "answered"]


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

    def to_dict(self, message: str) -> dict[str, Any]:
        """Return the statement as documents show it."""
        return {
            "code": self.code,
            "party": None if self.party is None else party_dict(self.party),
            "cards": self.card_count,
            "params": dict(self.params),
            "message": message,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidedQuestion:
    """A question with its state: of ``total`` cards the records answer it for ``done``."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidedQuestions(LocalizedDictMixin):
    """All guided questions about the seized cards of a case, or about a list (``is_list``).

    ``cards`` is how many cards they are about; ``omitted`` of them were not looked at, as they are too many.
    """

    questions: Sequence[GuidedQuestion]
    cards: int
    omitted: int = 0
    is_list: bool = False
