"""Lines of a form below its table: who made and checked it, who signed for it, its copies. They are none of its rows.

Their columns are those of the paper and not those of the table, so that a name beside 收货人签字 stands below any
heading. They leave the sheet before it is read, counted as no records, and are kept as lines below the table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import polars as pl

from graphtrace.ingest.acts import casts_doubt, ends_page, is_plain_line
from graphtrace.ingest.card_cells import NAMES_CARD, is_number
from graphtrace.ingest.preamble import is_preamble, meaning_as_title
from graphtrace.ingest.sheet import INEXACT_MARK, ROW, TOP_ROWS, Sheet
from graphtrace.ingest.totals import is_merged_line
from graphtrace.ingest.words import HAN
from graphtrace.patterns import late
from graphtrace.results.reports import Reject

_WIDE: Final = 3
"""Different cells that a row of headings has at least."""
_LABEL: Final = late(r"[^\s:：]{1,14}[:：]")
_SIDE: Final = late(rf"{_LABEL.pattern}$|^[^\s:：]{{0,8}}(?:单位|方|公司|企业)(?:[(（][^()（）]{{1,4}}[)）])?[:：]")
"""A name without its value, and that of a side."""
_NUMBER: Final = late(f"{INEXACT_MARK}|{NAMES_CARD}")
_PHONE: Final = late("1[0-9]{10}")
_SEAL: Final = late(r"[^\s:：,，;；0-9]{1,14}[(（](?:盖章|签[字名章收]|公章|印章|章|签字[/、]?盖章)[)）][:：]?")
"""Places for the seal or signature of a side: 供方（盖章）."""


def are_seals(texts: Sequence[str]) -> bool:
    """Whether a row is nothing but places for seals and signatures, which are headings of no table."""
    return bool(texts) and all(map(_SEAL.fullmatch, texts))


def part_footer(sheet: Sheet) -> Callable[[], None]:
    """Take the lines of a form at the end of a sheet out of its rows, where all of its rows are seen.

    What is returned puts them back, for parsers that look for what they say by themselves.
    """
    rows, read, below = sheet.head_rows, sheet.read, sheet.below
    footer: list[int] = []

    def restore() -> None:
        # columns may have been added since
        again = [(row, [*cells, *[None] * (sheet.width - len(cells))]) for row, cells in rows if row in footer]
        sheet.head_rows = sorted([*sheet.head_rows, *again], key=lambda each: each[0])
        sheet.left_out = [reject for reject in sheet.left_out if reject.row not in footer]
        sheet.below = below
        footer.clear()

    if not 1 < len(rows) < TOP_ROWS:
        return restore
    end = len(rows)
    while end and (_is_footer(rows[end - 1][1]) or _is_line(rows[end - 1][1])):
        end -= 1
    wide = [cells for row, cells in rows[:end] if row and len({*filter(None, cells)}) >= _WIDE]
    headings = next((cells for cells in wide if not is_preamble(cells)), None)
    for row, cells in rows[end:] if headings is not None else ():
        if _is_footer(cells):
            raw = tuple((name or "", cell) for name, cell in zip(headings or (), cells, strict=False))
            texts = [*dict.fromkeys(filter(None, cells))]
            sheet.left_out.append(Reject(row=row, field=None, reason="not_a_record", value=texts[0], raw=raw))
            sheet.below += ("  ".join(texts),)
            footer.append(row)
    if footer:
        sheet.head_rows = [each for each in rows if each[0] not in footer]
        sheet.read = lambda first: (block.filter(~pl.col(ROW).is_in(footer)) for block in read(first))
    return restore


def _is_line(cells: Sequence[str | None]) -> bool:
    """Whether a row is a single text without a number of a card, which may stand among the lines of a form."""
    filled = {*filter(None, cells)}
    return len(filled) == 1 and not any(map(_NUMBER.search, filled)) and not any(map(is_number, filled))


def _is_footer(cells: Sequence[str | None]) -> bool:
    """Whether a row is nothing but names of persons and things of a form, with what is filled in behind them."""
    filled = [*dict.fromkeys(filter(None, cells))]
    if any(map(_NUMBER.search, filled)) or any(is_number(cell) and not _PHONE.fullmatch(cell) for cell in filled):
        return False
    if are_seals(filled) or is_merged_line(cells):
        # what is merged over several columns is in none of them
        return True
    is_labelled = bool(filled) and _LABEL.match(filled[0]) is not None and is_preamble(cells)
    said = [text for cell in filled if (text := _SIDE.sub("", cell))]
    if any(map(casts_doubt, said)) or any(map(meaning_as_title, said)):
        return False
    if is_labelled or not _is_line(cells):
        return is_labelled or (len(filled) > 1 and all(map(ends_page, filled)))
    return ends_page(filled[0]) or (HAN.search(filled[0]) is not None and is_plain_line(filled[0]))
