"""Names of persons that stand in several columns (SURNAME | FIRST NAME | OTHER NAMES), which are one name.

A column may hold a part of the name of a person or that of a firm (SURNAME / COMPANY).
The parts of a row are put together, in the order of their columns, in a column behind the last one before the sheet is
read. What the person is to the card the word before the parts says (Customer First Name), else a day or number of
registration beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from graphtrace.identifiers import is_visibly_firm, normalize_party_name
from graphtrace.ingest.heading_grammar import LONGEST_HEADING, field_of_heading, normalize_heading
from graphtrace.ingest.sheet import Sheet
from graphtrace.ingest.words import pattern_of
from graphtrace.patterns import late

_PART: Final = pattern_of("parted_names", "part")
_SURNAMES: Final = frozenset({"sur", "family", "last"})
_GIVEN: Final = frozenset({"first", "fore", "given"})
_CARDS: Final = frozenset({"iccid", "iccid_first", "msisdn", "imsi"})
_REGISTERED: Final = pattern_of("parted_names", "registered")

_TITLES: Final = {"billing": "Billed to", "shipping": "Shipped to"}
_FIRM: Final = late("(?:company|corporate|business|organi[sz]ation|entity|firm|enterprise)(?:[-_. ]?name)?")
"""Headings of a firm that is registered in the place of a person."""

Cells = Sequence[str | None]


def join_names(sheet: Sheet) -> None:
    """Put the parts of names of persons in the rows of a table of cards together."""
    for row, cells in sheet.head_rows:
        headings = [normalize_heading(cell) if cell and len(cell) <= LONGEST_HEADING else "" for cell in cells]
        if not _CARDS & {*map(field_of_heading, filter(None, headings))}:
            continue
        if any(heading in ("name", "fullname") for heading in headings):
            return
        either = [at for at, heading in enumerate(headings) if _part_or_firm(heading) is not None]
        headings = [_part_or_firm(heading) or heading for heading in headings]
        found = [(at, each) for at, heading in enumerate(headings) if (each := _PART.fullmatch(heading))]
        for of in dict.fromkeys(each["whose"] for _, each in found):
            columns = {at: each["part"] for at, each in found if each["whose"] == of}
            parts = {*columns.values()}
            is_name = len(parts) == len(columns) and _SURNAMES & parts and _GIVEN & parts
            if not is_name or sheet.parted.keys() & columns.keys():
                continue
            is_registered = not of and any(map(_REGISTERED.fullmatch, headings))
            title = "Registered name" if is_registered else _TITLES.get(of, f"{of} name".strip().capitalize())
            is_customer = is_registered or bool(of)
            firms = [at for at, heading in enumerate(headings) if is_customer and _is_firm_of(heading, of)]
            firm = firms[0] if len(firms) == 1 and _are_either(sheet, row, firms[0], [*columns]) else None
            sheet.parted |= dict.fromkeys(columns if firm is None else [*columns, firm])
            sheet.made |= {} if firm is None or not is_registered else {"party": sheet.width}
            sheet.make({}, row, partial(_joined, row, [*columns], firm, either, title))
        return


def _is_firm_of(heading: str, whose: str) -> bool:
    """Whether a heading is that of the firm in whose place a person may stand whose name is written in parts."""
    return heading.startswith(whose) and _FIRM.fullmatch(heading[len(whose) :].lstrip("_")) is not None


def _part_or_firm(heading: str) -> str | None:
    """Return the part of a name that a heading names beside a firm (SURNAME / COMPANY); ``None`` for any other."""
    one, slash, other = heading.partition("/")
    pairs = ((one, other), (other, one)) if slash else ()
    return next((part for part, firm in pairs if _PART.fullmatch(part) and _FIRM.fullmatch(firm)), None)


def _are_either(sheet: Sheet, header: int, firm: int, columns: Sequence[int]) -> bool:
    """Whether each row names a firm or a person, and some a person alone: a customer is one of the two."""
    rows = [cells for row, cells in sheet.head_rows if row > header]
    return any(not cells[firm] and any(cells[at] for at in columns) for cells in rows)


def _joined(
    header: int, columns: Sequence[int], firm: int | None, either: Sequence[int], title: str, row: int, cells: Cells
) -> list[str | None]:
    """Return the cells of a row with the whole name behind the last one; one part alone is none but of a firm."""
    if row <= header:
        return [*cells, title if row == header else None]
    if firm is not None and cells[firm]:
        return [*cells, cells[firm]]
    parts = [(at, text) for at in columns if (text := cells[at])]
    is_whole = len(parts) > 1 or any(at in either and is_visibly_firm(normalize_party_name(text)) for at, text in parts)
    return [*cells, " ".join(text for _, text in parts) if is_whole else None]
