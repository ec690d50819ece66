"""Numbers of cards in groups of digits, as they are printed on them, in what was not read."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphtrace import open_case
from graphtrace.ingest.free_text import find_in_line

CARD = "89441000012605502041"


@pytest.mark.parametrize(
    ("text", "cards"),
    [
        ("8944 1000 0126 0550 2041", [CARD]),
        ("loose SIM 89441 00001 26055 02041, drawer", [CARD]),
        ("8944 1000 0126 0550 2042", []),
        ("8944 1000 0126 0550 2041 77", []),
    ],
)
def test_a_number_in_groups_is_found_where_its_check_digit_fits(text: str, cards: list[str]) -> None:
    assert [find.value for find in find_in_line(text) if find.kind == "iccid"] == cards


def test_a_row_that_was_not_read_is_told_with_the_card_that_it_names_in_groups(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Ref,What,Ident\nA/1,Vodafone SIM,8944 1000 0126 0550 2041\nA/2,EE SIM,8944300421118743059\n")
    with open_case(tmp_path / "x.gtrace") as case:
        case.load(path)
        (trace,) = case.trace(CARD)
    assert [finding.code for finding in trace.findings] == ["unread_movement"]
