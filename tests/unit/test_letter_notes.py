"""Notes of letters: what is written is read again, and what no program wrote is no letter."""

from __future__ import annotations

from typing import Any

import pytest

from graphtrace.results.letters import MAX_SPAN, Letter, LetterRequest, keys_of, letters_of, spans_of
from graphtrace.storage.case_notes import MAX_NOTE_BYTES, note_faults
from graphtrace.storage.ledger import next_entry

FIRST = "8986061900000000001"


def letter(keys: list[str], requests: int = 1) -> Letter:
    asked = LetterRequest(
        lead="0123456789abcdef",
        record_type="purchase_record",
        because="not_found",
        since=None,
        until="2024-03-05",
        spans=spans_of(keys),
    )
    return Letter(
        reference="GT-AAAA-BBBB",
        number=None,
        pattern=None,
        running=None,
        addressee="name:甲",
        name="甲",
        identifier=None,
        form="dealer",
        lang="zh",
        date="2026-03-05",
        requests=(asked,) * requests,
    )


def note(one: Letter, **other: Any) -> dict[str, Any]:
    about = {"at": "2026-03-05T10:00:00+08:00", "by": "x", "kind": "letter", "about": f"letter:{one.reference}"}
    return {**about, **one.content(), **other}


def test_a_letter_comes_back_from_its_note_as_it_was() -> None:
    one = letter([FIRST, f"{FIRST[:-1]}2", f"{FIRST[:-1]}9", "898602A8221478DE0092", "1064612345678"])
    assert note_faults(note(one)) == []
    assert letters_of([note(one)]) == [one]


def test_the_most_cards_that_are_asked_about_fit_into_a_note_even_where_none_are_neighbours() -> None:
    keys = [f"89860619{n * 7:011d}" for n in range(5_000)]
    one = letter(keys, requests=4)
    assert len(one.requests[0].spans) == len(keys) == len(keys_of(one.spans))
    assert len(next_entry(None, note(one)).encode()) < MAX_NOTE_BYTES


@pytest.mark.parametrize(
    "cards",
    [None, [], [[]], ["x"], [[1]], [[""]], [[FIRST, "x"]], [[FIRST, FIRST, FIRST]], [[f"{FIRST[:-1]}2", FIRST]]],
)
def test_requests_without_cards_are_no_letter(cards: Any) -> None:
    requests = [{**letter([FIRST]).content()["requests"][0], "cards": cards}]
    assert note_faults(note(letter([FIRST]), requests=requests)) == ["requests"]


def test_a_note_cannot_state_more_cards_than_memory_holds() -> None:
    span = ["8986061900000000000", f"89860619{MAX_SPAN - 1:011d}"]
    requests = [{**letter([FIRST]).content()["requests"][0], "cards": [span] * 2}]
    assert note_faults(note(letter([FIRST]), requests=requests)) == ["requests"]
