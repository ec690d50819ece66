"""Inventories of seizures that are written in sentences, one paragraph an exhibit, turned into a table.

A line says when and where articles were taken, and from whom; the numbered exhibits follow it (On 14 August 2025 at …,
recovered from JOHN DOE: / Exh. A2 - One SIM card, serial …). Any other line ends the part. A line that names a card in
no such way could not be taken apart, and is told as that.
"""

from __future__ import annotations

import re
from typing import Final

from graphtrace.ingest.acts import casts_doubt, denies_seizure, doubts_seizure
from graphtrace.ingest.free_text import find_in_line
from graphtrace.ingest.readers.table_reader import names_card
from graphtrace.ingest.seizure_lines import NUMBERED, ToldOfPart, told_of_part, user_remarked
from graphtrace.ingest.sheet import MalformedRow, Sheet
from graphtrace.ingest.vertical_forms import table_of_forms
from graphtrace.ingest.words import pattern_of
from graphtrace.patterns import late

_HEADINGS: Final = (
    "Exhibit No.",
    "Description",
    "ICCID",
    "Seized from",
    "Date seized",
    "Place",
    "Remarks",
    "Recovered",
)

_EXHIBIT: Final = pattern_of("exhibit_lines", "exhibit")
_PLAINLY_CARD: Final = pattern_of("exhibit_lines", "plainly_card", re.IGNORECASE)
"""Words before the number of an exhibit that is a card, alone or in its device."""
_NO_CARD: Final = pattern_of("exhibit_lines", "no_card", re.IGNORECASE)
"""What bears the number of a card and is none."""
_OTHER_WAY: Final = pattern_of("exhibit_lines", "other_way", re.IGNORECASE)
"""Found in what is said behind the number by which the article may have come otherwise than its part says."""
_END_OF_SENTENCE: Final = late(r"[\s)]*(?:[.;]\s+|[.;]?$)")


def read_exhibits(sheet: Sheet) -> Sheet:
    """Return the lines of an inventory as a table of its exhibits; any other sheet as it is."""
    if sheet.width != 1 or not any(told_of_part(cells[0] or "") for _, cells in sheet.head_rows):
        return sheet
    lines = [(row, text) for frame in sheet.read(0) for row, text in frame.iter_rows() if text]
    part: ToldOfPart | None = None
    found: list[tuple[int, list[str | None]]] = []
    faults: list[MalformedRow] = []
    above: list[str] = []
    below: list[str] = []
    for row, line in lines:
        exhibit = _EXHIBIT.fullmatch(line)
        made = _exhibit(exhibit["number"], exhibit["said"], part) if exhibit and part else None
        part = part if exhibit else told_of_part(line)
        if made is not None:
            found.append((row, made))
        elif names_card(line):
            faults.append(MalformedRow(row, line))
        elif part is None:
            (below if found else above).append(line)
    if not any(cells[2] for _, cells in found):
        return sheet
    table = table_of_forms(sheet, _HEADINGS, found, above, found[0][0] - 1)
    table.below, table.faults = tuple(below), [*table.faults, *faults]
    return table


def _exhibit(number: str, said: str, part: ToldOfPart) -> list[str | None] | None:
    """Return the row of an exhibit; ``None`` where it is not plain that it is one card, or that it was seized."""
    cards = [find for find in find_in_line(said) if find.kind in ("iccid", "range", "eid")]
    if not cards:
        return [number, said, None, *part[:3], None, None]
    card = cards[0]
    before, end = said[: card.column - 1], _END_OF_SENTENCE.match(said, card.column - 1 + len(card.text))
    if len(cards) > 1 or card.kind != "iccid" or end is None:
        return None
    if denies_seizure(said):
        return [number, before, card.value, *part[:3], None, said]
    remark = said[end.end() :] or None
    if _NO_CARD.search(before) or _PLAINLY_CARD.fullmatch(before) is None or _OTHER_WAY.search(remark or ""):
        return None
    may_deny = casts_doubt(said) or doubts_seizure(NUMBERED.sub("", said))
    if may_deny and (remark is None or user_remarked(remark) is None):
        return None
    return [number, before.strip(" ,:-"), card.value, *part[:3], remark, None]
