"""Decisions are numbered without a gap and dated."""

from __future__ import annotations

import re

from .pages import ROOT

PAGES = sorted(path for path in (ROOT / "docs" / "decisions").glob("*.md") if not path.name.startswith("README"))


def test_decisions_are_numbered_from_one_without_a_gap() -> None:
    assert [int(path.name[:4]) for path in PAGES] == list(range(1, len(PAGES) + 1))
    assert len(PAGES) > 20


def test_a_decision_has_its_number_and_a_date() -> None:
    for path in PAGES:
        title, _, accepted, *_ = path.read_text("utf-8").splitlines()
        assert title.startswith(f"# {int(path.name[:4])}. "), path.name
        assert re.fullmatch(r"Accepted \d{4}-\d\d-\d\d\.", accepted), path.name
