"""Times of day of cards abroad: the text says in which zone those stand that a record states with one."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.render.document import Paragraph
from graphtrace.render.views.trace_view import _activations, may_have_moved_times


@pytest.mark.parametrize(
    ("card", "at", "is_told"),
    [
        ("89441100300000301047", "2026-03-03T22:10:00Z", True),
        ("89441100300000301047", "2026-03-03", False),
        ("8986062126001234500", "2026-03-03T22:10:00Z", False),
    ],
)
def test_a_time_abroad_is_shown_with_its_zone(tmp_path: Path, card: str, at: str, *, is_told: bool) -> None:
    (tmp_path / "a.csv").write_text(f"ICCID,Date Activated\n{card},{at}\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "a.csv")
        (trace,) = case.trace(card)
    assert may_have_moved_times(trace) is is_told
    parts = [part for section in _activations(trace).parts if isinstance(section, Paragraph) for part in section.parts]
    assert bool(parts) is is_told
