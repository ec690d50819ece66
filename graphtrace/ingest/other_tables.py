"""Titles that say something of another table than their own: that it is void, or that theirs replaces it.

Such a title does not decide the rows below it. It is quoted with the cards of the sheet that it names, where the
workbook has one, else with those of all other sheets; whether it is to be obeyed is for a person to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from unicodedata import normalize

from graphtrace.identifiers import normalize_party_name
from graphtrace.identifiers.normalize import to_simplified
from graphtrace.ingest.date_orders import share_order
from graphtrace.ingest.english_sides import names_firm
from graphtrace.ingest.heading_grammar import field_of_heading, normalize_heading
from graphtrace.ingest.own_lists import find_own_list
from graphtrace.ingest.preamble import keeper_by_titles, lines_of_paper
from graphtrace.ingest.seizure_lines import share_head
from graphtrace.ingest.sheet import LONG_NUMBER, TOP_ROWS, Sheet
from graphtrace.ingest.words import pattern_of
from graphtrace.patterns import late

_OTHER: Final = pattern_of("title", "other")
_UNDONE: Final = pattern_of("title", "undone")
_OWN: Final = pattern_of("title", "own")
_REPLACES: Final = pattern_of("title", "replaces")
_CALLED: Final = "(?:表|清单|页|工作表|sheet|中|的|数据|明细|内容)*"
"""What may follow the name of a sheet."""
_LEAST: Final = 2
"""Characters of the name of a sheet that a text can be said to hold."""


def speaks_of_other_table(text: str, own: str | None = None, others: Sequence[str] = ()) -> bool:
    """Whether a title says of another table that it does not count.

    ``own`` is the name of the sheet that it stands in, ``others`` those of the other sheets of the workbook.
    """
    title = _folded(text)
    if _OTHER.search(title) and not _is_about(title, own):
        return True
    return not _OWN.search(title) and any(_is_about(title, name) for name in others) and not _is_about(title, own)


def share_titles(sheets: Sequence[Sheet]) -> None:
    """Have sheets know which titles of the others of their workbook speak of them, and which of their own of others."""
    names = [sheet.name or "" for sheet in sheets]
    _share_document(sheets)
    if len(sheets) > 1:
        share_order(sheets)
    _share_keeper(sheets)
    _share_codes(sheets)
    _share_paper(sheets)
    if any(sheet.text for sheet in sheets):
        share_head(sheets)
    for place, sheet in enumerate(sheets):
        others = [*names[:place], *names[place + 1 :]]
        said = [text for text in _titles(sheet) if speaks_of_other_table(text, sheet.name, others)]
        sheet.of_others = frozenset(said)
        for text in said:
            named = [other for at, other in enumerate(sheets) if at != place and _is_about(_folded(text), other.name)]
            for other in named or [other for at, other in enumerate(sheets) if at != place]:
                other.said_elsewhere += (text if sheet.name is None else f"{sheet.name}: {text}",)


def _share_document(sheets: Sequence[Sheet]) -> None:
    """Have sheets without a title know which carrier's document the title of the first one says the file is.

    A title that only announces what follows it (开户明细：) is none.
    """
    own = find_own_list([(0, [text]) for text in _titles(sheets[0])]) if len(sheets) > 1 else None
    if own is None:
        return
    customer = _customer_of(sheets[0])
    own = replace(own, customer=customer.get("customer"), customer_id=customer.get("customer_id"))
    for sheet in sheets[1:]:
        if all(map(_ANNOUNCES.fullmatch, _titles(sheet))):
            sheet.document = own


def _share_keeper(sheets: Sequence[Sheet]) -> None:
    """Have the sheets of a workbook know the titles of the others, and who keeps them where these name one party."""
    named = {keeper for sheet in sheets if (keeper := keeper_by_titles(sheet))} if len(sheets) > 1 else set()
    titles = [_titles(sheet) for sheet in sheets]
    for place, sheet in enumerate(sheets):
        own = {normalize_party_name(text) for text in titles[place] if names_firm(text)}
        is_of_one = len(named) == 1 and own <= {*map(normalize_party_name, named)}
        sheet.kept_by = next(iter(named)) if is_of_one else None
        sheet.titles_beside = tuple(text for at, texts in enumerate(titles) if at != place for text in texts)


def _share_codes(sheets: Sequence[Sheet]) -> None:
    """Have the sheets of a workbook know the names of customers that a list without cards gives of their codes."""
    named = [_named_by_codes(sheet) for sheet in sheets] if len(sheets) > 1 else []
    for place, sheet in enumerate(sheets if named else ()):
        keys = [codes for at, codes in enumerate(named) if codes and at != place]
        sheet.codes = keys[0] if len(keys) == 1 and not named[place] else {}


def _named_by_codes(sheet: Sheet) -> dict[str, str]:
    """Return the names of customers by their codes in a list that has one of each and no cards; else nothing."""
    for at, (_, cells) in enumerate(sheet.head_rows):
        headings = [normalize_heading(cell) if cell else "" for cell in cells]
        codes = [column for column, heading in enumerate(headings) if CODE_OF_CUSTOMER.fullmatch(heading)]
        names = [column for column, heading in enumerate(headings) if field_of_heading(heading) in _NAMES]
        if len(codes) != 1 or len(names) != 1 or _OF_CARDS & {field_of_heading(heading) for heading in headings}:
            continue
        below = [(row[codes[0]], row[names[0]]) for _, row in sheet.head_rows[at + 1 :]]
        pairs = {(code.casefold(), name) for code, name in below if code and name}
        found = dict(pairs)
        return found if len(found) == len(pairs) and len(sheet.head_rows) < TOP_ROWS else {}
    return {}


CODE_OF_CUSTOMER: Final = pattern_of("other_tables", "code_of_customer")
"""A comparable heading of codes that a dealer gives his customers."""
_NAMES: Final = frozenset({"party", "enterprise", "to", "name"})
_OF_CARDS: Final = frozenset({"iccid", "iccid_first", "iccid_last", "msisdn", "imsi"})


def _share_paper(sheets: Sequence[Sheet]) -> None:
    """Have the annexes of the one paper of delivery in a workbook know what stands above its goods."""
    papers = [(sheet, lines) for sheet in sheets if len(sheets) > 1 and (lines := lines_of_paper(sheet))]
    if len(papers) != 1:
        return
    ((paper, lines),) = papers
    for sheet in sheets:
        if sheet is not paper and any(map(_ANNEXE.search, [sheet.name or "", *_titles(sheet)])):
            told = [(0, [line, *[None] * (sheet.width - 1)]) for line in lines]
            sheet.head_rows = [*told, *sheet.head_rows]


_ANNEXE: Final = late(r"\b(?:annex(?:ure|e)?|appendix|enclosure|attachment|serials?|sim list)\b", re.IGNORECASE)
_ANNOUNCES: Final = pattern_of("other_tables", "announces")


def _customer_of(sheet: Sheet) -> dict[str, str]:
    """Return the one customer that the lines of a form name, with its number; empty where it names none, or several."""
    lines = [filled for _, cells in sheet.head_rows if (filled := [cell for cell in cells if cell])]
    pairs = [(_field_of(line[0]), line[1]) for line in lines if len(line) == _PAIR]
    is_form = len(pairs) + sum(len(line) == 1 for line in lines) == len(lines)
    if (
        not is_form
        or sum(field is not None for field, _ in pairs) < _LEAST
        or any(_field_of(text) for _, text in pairs)
    ):
        # below a row of headings the first column names something else in each row
        return {}
    found: dict[str, set[str]] = {}
    for field, text in pairs:
        if (own := _OF_CUSTOMER.get(field or "")) is not None:
            found.setdefault(own, set()).add(text)
    one = {field: next(iter(values)) for field, values in found.items() if len(values) == 1}
    return one if "customer" in one else {}


_PAIR: Final = 2


def _field_of(cell: str) -> str | None:
    return field_of_heading(normalize_heading(cell))


_OF_CUSTOMER: Final = {
    **dict.fromkeys(("party", "enterprise"), "customer"),
    **dict.fromkeys(("party_id", "enterprise_id"), "customer_id"),
}


def _is_about(title: str, name: str | None) -> bool:
    """Whether a title says of the sheet of a name that it does not count (3月表作废, 替代3月表)."""
    bare = _folded(name or "")
    if len(bare) < _LEAST:
        return False
    subject = rf"(?<![0-9]){re.escape(bare.removesuffix('表'))}(?![0-9]){_CALLED}"
    return re.search(rf"{subject}(?:{_UNDONE.pattern})|(?:{_REPLACES.pattern}){subject}", title) is not None


def _titles(sheet: Sheet) -> list[str]:
    """Return the texts of a sheet that stand alone in a row, above its rows of data or as titles of its forms."""
    found: list[str] = []
    for _, cells in [*sheet.titles, *sheet.head_rows]:
        texts = {cell for cell in cells if cell}
        if any(map(LONG_NUMBER.search, texts)):
            break
        if len(texts) == 1:
            found += texts
    return found


def _folded(text: str) -> str:
    return to_simplified(re.sub(r"\s+", "", normalize("NFKC", text).casefold()))
