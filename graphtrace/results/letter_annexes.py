"""Layout of the annex of a letter: its sheets and their columns, by the codes of their headings.

A load recognises a sheet of an annex by the headings, in either language, and by the reference of the letter in its
rows; so every layout that a letter was ever sent with stays here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache
from typing import Final, Literal, NamedTuple

from graphtrace.locale import LANGS, load_catalogue
from graphtrace.patterns import late

REPLIES: Final = {
    "purchase_record": ("reply_customer", "reply_customer_id", "reply_opened"),
    "activation_record": ("reply_activated", "reply_province", "reply_city", "reply_imei", "reply_last_used"),
    "transfer_record": ("reply_from", "reply_to", "reply_to_id", "reply_date", "reply_waybill"),
    "number_assignment": ("reply_iccid", "reply_since", "reply_until"),
}
"""Columns for the reply to a kind of request."""

_BEFORE_REPLIES: Final = ("no", "reply_card")
_OTHERS: Final = {
    "letter_ranges": ("no", "letter_asked", "letter_period", "first_card", "last_card", "cards"),
    "letter_suspend": ("no", "first_card", "last_card", "cards", "reply_state", "reply_suspended"),
}
_END: Final = ("reply_remark", "reply_reference")
_REFERENCE: Final = late("GT-[0-9A-Z]{4}-[0-9A-Z]{4}", re.IGNORECASE)

ASKED_ONLY: Final = "asked_only"
"""Reason of the rows in which the program asked and nobody wrote anything."""

REMARK_ONLY: Final = "remark_only"
"""Reason of the rows that somebody changed or wrote a remark into, and no record."""

AnnexSheetCode = Literal["letter_cards", "letter_ranges", "letter_suspend"]


def headings_of_cards(asked: Collection[str]) -> tuple[str, ...]:
    """Return the codes of the headings of the sheet of cards, by the kinds of records that are asked for."""
    replies = (heading for kind, headings in REPLIES.items() if kind in asked for heading in headings)
    return (*_BEFORE_REPLIES, *replies, *_END)


def headings_of(sheet: Literal["letter_ranges", "letter_suspend"]) -> tuple[str, ...]:
    """Return the codes of the headings of one of the other sheets."""
    return (*_OTHERS[sheet], *_END)


class OwnRow(NamedTuple):
    """Row of an annex as the program wrote it: the letter, and the numbers of cards; a single card is both."""

    reference: str
    first: str
    last: str
    cards: str


class AnnexLayout(NamedTuple):
    """A sheet of an annex and the codes of its columns, from the left."""

    sheet: AnnexSheetCode
    codes: tuple[str, ...]

    def cell(self, cells: Sequence[str | None], code: str) -> str | None:
        """Return the cell of a row in a column; ``None`` where the sheet has no such column."""
        return cells[self.codes.index(code)] if code in self.codes else None

    def ends(self, cells: Sequence[str | None]) -> tuple[str | None, str | None]:
        """Return the numbers of the first and the last card of a row."""
        codes = ("reply_card", "reply_card") if self.sheet == "letter_cards" else ("first_card", "last_card")
        return self.cell(cells, codes[0]), self.cell(cells, codes[1])

    def own_row(self, cells: Sequence[str | None]) -> OwnRow | None:
        """Return what the program wrote into a row; ``None`` where the row is none of its own."""
        reference = self.cell(cells, "reply_reference") or ""
        first, last = self.ends(cells)
        if not (_REFERENCE.fullmatch(reference) and first and last):
            return None
        cards = "1" if self.sheet == "letter_cards" else self.cell(cells, "cards") or ""
        return OwnRow(reference.upper(), first, last, cards)

    def written(self, cells: Sequence[str | None]) -> dict[int, str]:
        """Return what somebody else wrote into a row, by column: the columns of the reply, and those added behind."""
        of_reply = [
            at
            for at, code in enumerate(self.codes)
            if code.startswith("reply_") and code not in ("reply_card", "reply_reference")
        ]
        return {at: text for at in (*of_reply, *range(len(self.codes), len(cells))) if (text := cells[at])}


@cache
def _codes() -> tuple[dict[str, str], ...]:
    """Return, for each language, the codes of headings by their text."""
    codes = {code for headings in (*REPLIES.values(), *_OTHERS.values(), _BEFORE_REPLIES, _END) for code in headings}
    return tuple({load_catalogue(lang)["headings"][code]: code for code in sorted(codes)} for lang in LANGS)


def layout_of(headings: Sequence[str | None]) -> AnnexLayout | None:
    """Return the sheet of an annex that has these headings; others may stand behind them.

    >>> layout_of(["序号", "ICCID", "首次激活时间", "IMEI", "备注", "回复引用码"]).sheet
    'letter_cards'
    >>> layout_of(["序号", "ICCID", "备注"]) is None
    True
    """
    for by_text in _codes():
        codes = [by_text.get(heading or "", "") for heading in headings]
        own = tuple(codes[: codes.index(_END[-1]) + 1]) if _END[-1] in codes else ()
        inner = own[len(_BEFORE_REPLIES) : -len(_END)]
        if own[-len(_END) :] != _END:
            continue
        if own[: len(_BEFORE_REPLIES)] == _BEFORE_REPLIES and all(code.startswith("reply_") for code in inner):
            return AnnexLayout("letter_cards", own)
        for sheet in ("letter_ranges", "letter_suspend"):
            if own == headings_of(sheet):
                return AnnexLayout(sheet, own)
    return None
