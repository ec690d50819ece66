"""Parties of a contract: who is 甲方 and 乙方 (Party A, Party B), and between whom a title puts the rows below it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from graphtrace.ingest.labelled_values import labelled_values, texts_beside
from graphtrace.ingest.preamble import StatedAbove
from graphtrace.ingest.words import pattern_of

_ROLE: Final = pattern_of("contract_roles", "label", re.IGNORECASE)
_BETWEEN: Final = pattern_of("contract_roles", "between", re.IGNORECASE)
_NOT_DONE: Final = pattern_of("contract_roles", "not_done", re.IGNORECASE)


def roles_in(rows: Sequence[tuple[int, Sequence[str | None]]]) -> dict[str, str]:
    """Return the names that lines give the parties of a contract, each of which has to be the same in all of them.

    >>> roles_in([(1, ["甲方（供方）：甲公司", None, "乙方（需方）：乙公司"]), (2, ["乙方（盖章）：", None, None])])
    {'甲方': '甲公司', '乙方': '乙公司'}
    """
    found: dict[str, set[str]] = {}
    for each in labelled_values(rows):
        if (role := _ROLE.fullmatch(each.label)) is not None:
            found.setdefault(_bare(role["role"]), set()).add(each.value)
    return {role: names.pop() for role, names in found.items() if len(names) == 1}


def sides_by_roles(rows: Sequence[tuple[int, Sequence[str | None]]], roles: Mapping[str, str]) -> list[StatedAbove]:
    """Return both sides of the rows of a table whose title says between which parties of a contract the cards went.

    >>> said = [(5, ["附件二 退换卡登记（乙方退甲方）"])]
    >>> [(each.field, each.value) for each in sides_by_roles(said, {"甲方": "甲公司", "乙方": "乙公司"})]
    [('from', '乙公司'), ('to', '甲公司')]
    >>> sides_by_roles(said, {"甲方": "甲公司"})
    []
    """
    found = {
        (row, _bare(said["giver"]), _bare(said["taker"]))
        for row, text in texts_beside(rows)
        if not _NOT_DONE.search(text)
        for said in _BETWEEN.finditer(text)
    }
    sides = {(roles.get(giver), roles.get(taker)) for _, giver, taker in found}
    giver, taker = sides.pop() if len(sides) == 1 else (None, None)
    if giver is None or taker is None or giver == taker:
        return []
    row = min(row for row, *_ in found)
    return [StatedAbove("from", giver, row), StatedAbove("to", taker, row)]


def is_read_title(text: str, literals: Mapping[str, str]) -> bool:
    """Whether a title says between which parties of a contract the cards went, whose names are read."""
    return {"from", "to"} <= literals.keys() and not _NOT_DONE.search(text) and _BETWEEN.search(text) is not None


def _bare(role: str) -> str:
    return "".join(role.split()).casefold()
