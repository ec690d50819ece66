"""Annex of a letter: a workbook with the cards, and columns in which the addressee replies.

The headings of these columns are those that a load reads, so that the completed annex is a source of the case.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from graphtrace.evidence.letters import format_period
from graphtrace.render import catalogue
from graphtrace.render.format import translate
from graphtrace.render.workbook import XlsxColumn, XlsxSheet, workbook_bytes
from graphtrace.results.letters import Letter, count_of, keys_of

if TYPE_CHECKING:
    from graphtrace.render import Lang
    from graphtrace.render.workbook import Cell

_REPLY: Final = {
    "purchase_record": ("reply_customer", "reply_customer_id", "reply_opened"),
    "activation_record": ("reply_activated", "reply_imei"),
    "transfer_record": ("reply_from", "reply_to", "reply_to_id", "reply_date", "reply_waybill"),
    "number_assignment": ("reply_iccid", "reply_since", "reply_until"),
}
"""Headings of the columns for the reply to a kind of request."""


_SUSPEND: Final = (
    *(XlsxColumn("no", "ordinal"), XlsxColumn("first_card", widest=24), XlsxColumn("last_card", widest=24)),
    *(XlsxColumn("cards", "number"), XlsxColumn("reply_state", widest=16), XlsxColumn("reply_suspended", widest=18)),
    *(XlsxColumn("reply_remark", widest=30), XlsxColumn("reply_reference", widest=16)),
)


def annex_workbook(letter: Letter, lang: Lang) -> bytes:
    """Return the annex; the same bytes for the same letter."""
    asked = {request.record_type for request in letter.requests}
    replies = [heading for kind, headings in _REPLY.items() if kind in asked for heading in headings]
    columns = [
        *(XlsxColumn("no", "ordinal"), XlsxColumn("reply_card", widest=24)),
        *(XlsxColumn(heading, widest=24) for heading in replies),
        *(XlsxColumn("reply_remark", widest=30), XlsxColumn("reply_reference", widest=16)),
    ]
    empty = [None] * (len(replies) + 1)
    keys = keys_of(letter.spans)
    cards = XlsxSheet(
        "letter_cards",
        columns,
        ((number, letter.shown(key), *empty, letter.reference) for number, key in enumerate(keys, 1)),
        frozen_columns=2,
    )
    ranges = XlsxSheet(
        "letter_ranges",
        [
            *(
                XlsxColumn("no", "ordinal"),
                XlsxColumn("letter_asked", widest=34),
                XlsxColumn("letter_period", widest=26),
            ),
            *(XlsxColumn("first_card", widest=24), XlsxColumn("last_card", widest=24), XlsxColumn("cards", "number")),
            *(XlsxColumn("reply_remark", widest=30), XlsxColumn("reply_reference", widest=16)),
        ],
        _range_rows(letter, lang),
    )
    sheets = [cards, ranges] if keys else []
    if letter.suspend:
        sheets.append(XlsxSheet("letter_suspend", _SUSPEND, _suspend_rows(letter), frozen_columns=1))
    about = " · ".join(filter(None, (letter.number, letter.reference)))
    return workbook_bytes(sheets, lang, about=about, caveat="")


def _suspend_rows(letter: Letter) -> Iterator[tuple[Cell, ...]]:
    for number, (first, last, cards) in enumerate(letter.suspend, 1):
        yield number, first, last, cards, None, None, None, letter.reference


def _range_rows(letter: Letter, lang: Lang) -> Iterator[tuple[Cell, ...]]:
    number = 0
    for request in letter.requests:
        wanted = translate(catalogue.WANTED, request.record_type, lang)
        for span in request.spans:
            number += 1
            first, last = map(letter.shown, span)
            yield number, wanted, format_period(request, lang), first, last, count_of([span]), None, letter.reference
