"""Every history of histories.yml is answered as is written there, in whatever order its records come."""

from __future__ import annotations

import pytest

from .histories import answer_of, load_histories

HISTORIES = load_histories()


@pytest.mark.parametrize("title", HISTORIES)
def test_a_history_is_answered_as_is_written(title: str) -> None:
    history = HISTORIES[title]
    assert answer_of(history.told()) == history.answer
