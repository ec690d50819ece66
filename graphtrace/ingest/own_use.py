"""Registers of what the staff of a firm took for use: the cards stay the firm's, and whoever took one uses it.

Taking a card for a device of one's own employer is no change of hands. It is known by what such registers say of each
card: where it was installed, for what it was taken, when it came back. A list of who took cards and no more is one of
those who got them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from graphtrace.ingest.heading_grammar import LONGEST_HEADING, normalize_heading, without_remark
from graphtrace.ingest.preamble import StatedAbove, names_one_firm, rows_above
from graphtrace.ingest.sheet import Sheet
from graphtrace.ingest.words import pattern_of
from graphtrace.patterns import late

_TAKER: Final = late("领[用取卡]?(?:卡)?(?:人|员工|部门|科室|班组)(?:姓名|名称)?|使用(?:部门|科室|班组)")
_PERSON: Final = late("人|员工")
_TAKEN: Final = late("领[用取卡]?(?:卡)?(?:日期|时间|日)")
_OF_USE: Final = pattern_of("own_use", "of_use")
_OF_TRADE: Final = pattern_of("own_use", "of_trade")
"""Found in headings of lists by which cards are handed on, whoever fetched them."""
_TITLE: Final = pattern_of("own_use", "title")


def users_in_register(
    headings: Sequence[str], known: Sequence[str], table: Mapping[str, tuple[str, ...]], claimed: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """Return the heading of who took the cards of a register of own use; empty for any other list.

    - ``headings``: the comparable headings of all columns.
    - ``known``: those by which a column was understood.
    - ``table``: fields of headings.
    - ``claimed``: the fields and headings of which a person has said something.
    """
    fields = {name for heading in known for name in table.get(heading, ())}
    takers = [heading for heading in headings if _TAKER.fullmatch(heading)]
    user = next((heading for heading in takers if _PERSON.search(heading)), next(iter(takers), ""))
    is_of_use = any(_OF_USE.fullmatch(without_remark(each)) for each in headings if each != user)
    is_of_cards = bool({"iccid", "msisdn"} & fields) and not {"from", "kind", "enterprise", "carrier"} & fields
    if not (takers and is_of_use and is_of_cards) or any(map(_OF_TRADE.search, headings)):
        return {}
    return {} if {"from", "to", "user", user} & {*claimed} else {user: ("declared_user",)}


_DEFINED: Final = pattern_of("own_use", "defined", re.IGNORECASE)
_IS_USER: Final = pattern_of("own_use", "is_user", re.IGNORECASE)


_LONGEST_CLAUSE: Final = 120
_NOT_SO: Final = late(r"[不非未否]|更正|\b(?:not|never|correction)\b|n't\b", re.IGNORECASE)


def user_by_definition(sheet: Sheet) -> str | None:
    """Return the comparable heading of which a line beside the table says that it names who uses the cards.

    ``None`` where no line says so of a heading of the sheet.
    """
    lines = [*(cell for _, cells in rows_above(sheet) for cell in cells if cell), *sheet.below]
    clauses = [part.strip() for line in dict.fromkeys(lines) for part in re.split("[;；,，。\n]", line)]
    for clause in clauses:
        defined = _DEFINED.fullmatch(clause) if len(clause) <= _LONGEST_CLAUSE else None
        if defined is not None and _IS_USER.fullmatch(defined["meaning"].strip()):
            heading = normalize_heading(defined["heading"])
            if any(defined["heading"] in other and _NOT_SO.search(other) for other in clauses):
                return None
            if any(heading == normalize_heading(cell) for _, cells in sheet.head_rows for cell in cells if cell):
                return heading
    return None


def days_of_register(headings: Sequence[str]) -> list[int]:
    """Return the columns of the day on which a card was taken."""
    return [at for at, heading in enumerate(headings) if _TAKEN.fullmatch(heading)]


def owner_of_register(rows: Sequence[tuple[int, Sequence[str | None]]]) -> StatedAbove | None:
    """Return the firm whose register the title of a table says it is; ``None`` where none or several do."""
    found = set()
    for row, cells in rows:
        for cell in dict.fromkeys(cell for cell in cells if cell and len(cell) <= LONGEST_HEADING):
            named = _TITLE.fullmatch(normalize_heading(cell))
            if named is not None and (name := names_one_firm(cell, named["name"])) is not None:
                found.add(StatedAbove("party", name, row, frozenset({"card_list"})))
    return found.pop() if len(found) == 1 else None
