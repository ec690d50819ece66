from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphtrace.csv_safety import csv_cell

FORMULAS = [
    *(f"{sign}cmd|'/c calc'!A0" for sign in "=+-@"),
    *(f"{sign}1+1" for sign in "＝＋－＠"),
    *(f"{blank}=1+1" for blank in ("\t", "\r", "\n", " ", "\u3000", "\u200b", "\ufeff", "\r\n", " \t")),
    *(f"{sign}1+1" for sign in "\ufe63\ufe66\ufe62\ufe6b\u207a\u207b\u207c"),  # small and raised forms
    *(f"{hidden}=1+1" for hidden in "\xad\u034f\u180e\u200e\u2060\ufe0f\ufff9\U000e0001"),
    *("\ttext", "\rtext", "\ntext", "\r\ntext"),
]
ACTING = [
    "\x1b]0;title\x07",
    "a\x1b[31mred",
    "\x9b31m",
    "\u202ecod.exe",
    "\u2066x",
    "\x08\x08",
    "a\rb",
    "\x00",
    "\ud800",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_that_would_be_a_formula_begins_with_an_apostrophe(text: str) -> None:
    assert str(csv_cell(text)).startswith("'")


@pytest.mark.parametrize("text", ACTING)
def test_a_cell_that_acts_on_a_terminal_is_written_out(text: str) -> None:
    shown = str(csv_cell(text))
    assert not set("\x00\x07\x08\r\x1b\x9b\u202e\u2066\ud800") & set(shown)
    assert len(shown) >= len(text)
    shown.encode()


@pytest.mark.parametrize(
    "text", ["星海智联", "a-b=c@d+e", "two\nlines", "a\tb", "葛\U000e0100城", "👩\u200d💻", "7-Eleven", ""]
)
def test_an_honest_cell_stays_as_it_is(text: str) -> None:
    assert csv_cell(text) == text


@pytest.mark.parametrize("value", [None, -5, 1.5, True])
def test_a_value_that_is_no_text_stays_as_it_is(value: object) -> None:
    assert csv_cell(value) is value


def test_two_texts_that_differ_by_a_control_character_never_look_the_same() -> None:
    texts = [f"a{chr(code)}b" for code in (*range(0x20), *range(0x7F, 0xA0))]
    assert len({csv_cell(text) for text in texts}) == len(texts)


@given(st.text())
def test_no_cell_of_a_csv_file_is_a_formula_or_acts(text: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerow(["x", csv_cell(text)])
    ((_, cell),) = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert not cell.lstrip().startswith(tuple("=+-@＝＋－＠"))
    assert not any(sign < " " and sign not in "\t\n" for sign in cell)
