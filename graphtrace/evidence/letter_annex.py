"""Annex of a letter: a workbook with the cards, and columns in which the addressee replies.

The headings of these columns are those that a load reads, so that the completed annex is a source of the case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from graphtrace.evidence.letter_words import format_period, what_is_asked
from graphtrace.render import text_tables
from graphtrace.render.format import translate
from graphtrace.render.workbook import XlsxColumn, XlsxSheet, workbook_bytes
from graphtrace.results.letter_annexes import headings_of, headings_of_cards
from graphtrace.results.letters import Letter, count_of, keys_of

if TYPE_CHECKING:
    from graphtrace.render import Lang
    from graphtrace.render.workbook import Cell, CellType

_WIDTHS: Final = {
    "first_card": 24,
    "last_card": 24,
    "letter_asked": 34,
    "letter_period": 26,
    "reply_state": 16,
    "reply_suspended": 18,
    "reply_remark": 30,
    "reply_reference": 16,
}
_TYPES: Final[dict[str, CellType]] = {"no": "ordinal", "cards": "number"}


def _columns(headings: Sequence[str]) -> list[XlsxColumn]:
    return [XlsxColumn(code, _TYPES.get(code, "text"), _WIDTHS.get(code, 24)) for code in headings]


def annex_workbook(letter: Letter, lang: Lang) -> bytes:
    """Return the annex; the same bytes for the same letter."""
    asked = {request.record_type for request in letter.requests}
    headings = headings_of_cards(asked)
    empty = [None] * (len(headings) - 3)
    keys = keys_of(letter.spans)
    cards = XlsxSheet(
        "letter_cards",
        _columns(headings),
        ((number, letter.shown(key), *empty, letter.reference) for number, key in enumerate(keys, 1)),
        frozen_columns=2,
    )
    ranges = XlsxSheet("letter_ranges", _columns(headings_of("letter_ranges")), _range_rows(letter, lang))
    sheets = [cards, ranges] if keys else []
    if letter.suspend:
        sheets.append(_suspension(letter))
    about = " · ".join(filter(None, (letter.number, letter.reference)))
    return workbook_bytes(sheets, lang, about=about, caveat="")


def _suspension(letter: Letter) -> XlsxSheet:
    columns = _columns(headings_of("letter_suspend"))
    return XlsxSheet("letter_suspend", columns, _suspend_rows(letter), frozen_columns=1)


def _suspend_rows(letter: Letter) -> Iterator[tuple[Cell, ...]]:
    for number, (first, last, cards) in enumerate(letter.suspend, 1):
        yield number, first, last, cards, None, None, None, letter.reference


def _range_rows(letter: Letter, lang: Lang) -> Iterator[tuple[Cell, ...]]:
    number = 0
    for request in letter.requests:
        wanted = translate(text_tables.WANTED, request.record_type, lang)
        if request.sales:
            wanted = what_is_asked(request, lang)
        for span in request.spans:
            number += 1
            first, last = map(letter.shown, span)
            yield number, wanted, format_period(request, lang), first, last, count_of([span]), None, letter.reference
