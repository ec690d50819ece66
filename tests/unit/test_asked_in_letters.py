"""What letters ask about the leads of cards, and from which day on their replies are overdue."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graphtrace.model import Lead, Party
from graphtrace.results.letters import AskedInLetters, Letter, LetterState, spans_of

from .test_letter_notes import FIRST, letter

SECOND, THIRD = (f"{FIRST[:-1]}{n}" for n in (2, 3))


def lead(*cards: str, ask: str = "name:甲", because: str = "not_found") -> Lead:
    return Lead(ask=Party(ask, ask[5:]), record_type="purchase_record", because=because, cards=cards)


def sent(one: Letter, **other: object) -> Letter:
    return replace(one, state=LetterState("sent", "张伟", "2026-03-06T08:00:00+08:00", ""), **other)  # type: ignore[arg-type]


def test_a_letter_is_about_the_cards_that_it_asks_about_and_nothing_else() -> None:
    asked = AskedInLetters([letter([FIRST, SECOND])])
    assert [about[1:] for about in asked.about(lead(FIRST, SECOND, THIRD))] == [(2, 0)]
    assert asked.about(lead(THIRD)) == []
    assert asked.about(lead(FIRST, ask="name:乙")) == []
    assert asked.about(lead(FIRST, because="custody_gap")) == []
    assert asked.about(replace(lead(FIRST), ask=None)) == []


def test_a_letter_that_was_withdrawn_asks_nothing() -> None:
    asked = AskedInLetters([replace(letter([FIRST]), state=LetterState("void"))])
    assert asked.about(lead(FIRST)) == []
    assert asked.earlier(FIRST, []) == []


def test_a_lead_is_answered_for_the_cards_of_the_reply_and_open_for_the_rest() -> None:
    asked = AskedInLetters([sent(letter([FIRST, SECOND]), answered=spans_of([FIRST]))])
    assert [about.state for about in asked.about(lead(FIRST))] == ["answered"]
    assert [about.state for about in asked.about(lead(SECOND))] == ["sent"]
    assert [about.state for about in asked.about(lead(FIRST, SECOND))] == ["sent"]


def test_two_letters_that_were_sent_ask_together_what_a_lead_asks() -> None:
    one, other = sent(letter([FIRST])), replace(letter([SECOND]), reference="GT-CCCC-DDDD")
    assert not AskedInLetters([one, other]).is_sent(lead(FIRST, SECOND))
    assert AskedInLetters([one, sent(other)]).is_sent(lead(FIRST, SECOND))
    assert AskedInLetters([one, replace(other, answered=spans_of([SECOND]))]).is_sent(lead(FIRST, SECOND))
    assert not AskedInLetters([one]).is_sent(replace(lead(), cards=()))


def test_what_no_lead_asks_any_more_was_asked_before() -> None:
    asked = AskedInLetters([sent(letter([FIRST]), answered=spans_of([FIRST]))])
    assert [about.state for about in asked.earlier(FIRST, [])] == ["answered"]
    assert asked.earlier(FIRST, [lead(FIRST)]) == []
    assert asked.earlier(SECOND, []) == []


@pytest.mark.parametrize(
    ("reply_by", "state", "day", "days"),
    [
        ("2026-03-20", "sent", "2026-03-20", None),
        ("2026-03-20", "sent", "2026-03-21", 1),
        ("2026-03-20", "sent", "2026-04-01", 12),
        ("2026-03-20", "new", "2026-04-01", None),
        ("2026-03-20", "answered", "2026-04-01", None),
        ("2026-03-20", "void", "2026-04-01", None),
        (None, "sent", "2026-04-01", None),
    ],
)
def test_only_a_letter_that_was_sent_and_states_a_day_is_overdue_after_it(
    reply_by: str | None, state: str, day: str, days: int | None
) -> None:
    one = replace(letter([FIRST]), reply_by=reply_by, state=LetterState(state))  # type: ignore[arg-type]
    assert one.days_overdue(day) == days
