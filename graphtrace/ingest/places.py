"""Places of fields: which column of a sheet is which, for those who read the file again without this program."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from graphtrace.ingest.sheet import Sheet
from graphtrace.model import CALLED, column_letters

_MOVING: Final = frozenset(("purchase", "transfer", "return"))


class Plan(Protocol):
    """Columns, and texts that somebody said, by the field that they serve in the records of one kind."""

    @property
    def kind(self) -> str | None:
        """The kind of the records."""

    @property
    def columns(self) -> Mapping[str, int]:
        """Columns by field."""

    @property
    def literals(self) -> Mapping[str, str]:
        """Texts by field, for every row."""


def places_of(
    sheet: Sheet,
    header_row: int,
    names: Sequence[str],
    plans: Iterable[Plan],
    kinds: Collection[str],
    by_column: Mapping[int, str] | None = None,
    *,
    by_person: Collection[str] = (),
) -> dict[str, Any]:
    """Return the place of every field of the records of a sheet, as JSON.

    ``header`` is the number of the row of headings, ``headings`` are those of the columns that serve a field, by the
    letters of the column, ``fields`` the letters by kind and field, and ``said`` what no cell states but a person, a
    mapping or a title says for every row; ``by_person`` are those fields of it that no title says. A field that a
    recipe makes of several columns has no place, nor has one that is a part of a cell.

    - ``kinds``: the kinds of the records of the sheet. A movement may be of another kind than the plan by which it was
      read: a purchase from somebody of whom a person says that it is no carrier is a transfer.
    - ``by_column``: the field of each column of the file, where the columns of ``plans`` are made of these.
    - ``by_person``: the fields that whoever loaded the file said, be it in a mapping.
    """
    fields: dict[str, dict[str, int]] = {}
    said = {kind: dict(each) for kind, each in sheet.told.items() if kind in kinds}
    by_person = {*by_person, *(field for each in said.values() for field in each if not sheet.is_concluded)}
    of_file = {field: column for column, field in (by_column or {}).items()}
    plans = tuple(plans)
    moved_otherwise = _MOVING & (set(kinds) - {plan.kind for plan in plans})
    for plan in plans:
        if plan.kind is None or (plan.kind not in kinds and not (moved_otherwise and plan.kind in _MOVING)):
            continue
        for field, column in plan.columns.items():
            at = of_file.get(field) if column >= len(names) else column
            if at is not None and at not in sheet.made.values():
                fields.setdefault(plan.kind, {}).setdefault(field, at)
        for field, text in plan.literals.items():
            if field != CALLED:
                said.setdefault(plan.kind, {}).setdefault(field, text)
    told = sorted({field for each in said.values() for field in each}.intersection(by_person))
    used = sorted({column for each in fields.values() for column in each.values()})
    letters = {column: column_letters(sheet.number_of(column)) for column in used}
    return {
        "header": header_row,
        "headings": {letters[column]: names[column] for column in used},
        "fields": {kind: {field: letters[at] for field, at in each.items()} for kind, each in fields.items()},
        **({"said": said} if said else {}),
        **({"by_person": told} if told else {}),
    }
