"""Real headings that are understood, and that none is taken for another field."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
import yaml

from graphtrace.ingest.headers import HEADINGS
from graphtrace.ingest.heading_grammar import field_of_heading, normalize_heading
from graphtrace.ingest.row_events import events_of_date

SOURCES = yaml.safe_load((Path(__file__).parent / "data" / "headings.yml").read_text(encoding="utf-8"))
EXPECTED = {str(heading): set(str(field).split("|")) for found in SOURCES.values() for heading, field in found.items()}


def understood(heading: str) -> str:
    name = normalize_heading(heading)
    if (kinds := events_of_date(name)) is not None and name not in HEADINGS:
        return "date" if kinds or name else "none"
    return HEADINGS.get(name) or field_of_heading(name) or "none"


def is_held_back(heading: str) -> bool:
    return zlib.crc32(heading.encode()) % 3 == 0


def test_there_are_three_hundred_headings_of_public_sources() -> None:
    assert len(EXPECTED) >= 300
    assert all("://" in source for source in SOURCES)


@pytest.mark.parametrize("is_held", [False, True])
def test_nine_of_ten_headings_are_understood_and_none_wrongly(*, is_held: bool) -> None:
    asked = {heading: fields for heading, fields in EXPECTED.items() if is_held_back(heading) == is_held}
    said = {heading: understood(heading) for heading in asked}
    wrong = {heading: said[heading] for heading in asked if said[heading] not in asked[heading] | {"none"}}
    missed = {heading: asked[heading] for heading in asked if said[heading] not in asked[heading]}
    assert wrong == {}
    assert len(missed) <= 0.1 * len(asked), missed


def test_of_headings_that_mean_a_field_nine_of_ten_are_understood_too() -> None:
    meaning = {heading: fields for heading, fields in EXPECTED.items() if "none" not in fields}
    missed = [heading for heading, fields in meaning.items() if understood(heading) not in fields]
    assert len(missed) <= 0.1 * len(meaning), missed
