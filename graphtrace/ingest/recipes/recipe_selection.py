"""Selection of the recipe for a sheet: the most specific one whose headings stand there and whose values agree.

A tie is not decided here: both are handed back, and the person is asked. A recipe whose headings fit and whose values
do not is handed back too, so that it can be said.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from graphtrace.frozen import frozen
from graphtrace.identifiers import parse_iccid, parse_imei, parse_imsi, parse_msisdn
from graphtrace.ingest.dates_and_quantities import parse_date, parse_quantity
from graphtrace.ingest.heading_grammar import normalize_heading
from graphtrace.ingest.recipes.cleaners import clean_text
from graphtrace.ingest.recipes.recipe_model import FINDERS, ColumnRule, Recipe
from graphtrace.ingest.sheet import INEXACT_MARK, Sheet
from graphtrace.patterns import late

Cells = Sequence[str | None]

_MIN_SHARE: Final = 0.5
"""Share of the filled cells of a column that must be what the recipe takes them for."""

_MAX_SAMPLES: Final = 64


@frozen(kw_only=False)
class ValueMismatch:
    """A column whose values are not what a recipe takes it for.

    Its heading, the field, and of the rows at the top how many are so, the first of them and its value.
    """

    heading: str
    field: str
    value: str
    rows: int
    first_row: int


_CELLS_OF_A_LINE: Final = 2
"""Maximum number of different texts in a row below a table that is a line and none of its rows."""


@frozen(kw_only=False)
class RecipeMatch:
    """A recipe whose signature a sheet bears.

    ``row`` is the number of the header's row (0: there is none), ``places`` the column of each of its headings,
    ``mismatches`` are the columns whose values contradict it, ``preamble`` the texts of the rows above the header,
    ``below`` those of lines below the table. ``stated`` are fields that other lines above the table state.
    """

    recipe: Recipe
    row: int
    places: Mapping[str, int]
    mismatches: tuple[ValueMismatch, ...]
    preamble: str
    below: str = ""
    stated: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def answers(self) -> dict[str, str]:
        """Answers of the lines above the header to the recipe's questions, by field, else of those below the table.

        Where they do not agree, they answer nothing.
        """
        asked = {question.field for question in self.recipe.questions}
        found = {field: text for field, text in self.stated.items() if field in asked}
        for question in self.recipe.questions:
            pattern = question.preamble or "(?!)"
            texts = ({hit[1].strip() for hit in re.finditer(pattern, text)} for text in (self.preamble, self.below))
            hits = next(filter(None, texts), set())
            if len(hits) == 1:
                found[question.field] = hits.pop()
        return {field: text for field, text in found.items() if text}


@frozen(kw_only=False)
class RecipeChoice:
    """Recipes for a sheet: the one to use, or the ones between which a person must choose.

    ``unfit`` are recipes whose headings stand there and whose values do not agree.
    """

    match: RecipeMatch | None = None
    tied: tuple[RecipeMatch, ...] = ()
    unfit: tuple[RecipeMatch, ...] = ()


def choose_recipe(sheet: Sheet, recipes: Sequence[Recipe], *, answer: str | None = None) -> RecipeChoice:
    """Choose the recipe of a sheet.

    ``answer``: the id of the recipe that a person names; where its signature is there, it is the one.
    """
    rows = [
        (number, [normalize_heading(cell.removeprefix(INEXACT_MARK)) if cell else "" for cell in cells], cells)
        for number, cells in sheet.head_rows
    ]
    headings = [frozenset(names) for _, names, _ in rows]
    matches = [match for recipe in recipes if (match := _match(sheet, recipe, rows, headings)) is not None]
    if answer is not None:
        named = next((match for match in matches if match.recipe.id == answer and not match.mismatches), None)
        if named is not None:
            return RecipeChoice(match=named)
    fit = [match for match in matches if not match.mismatches]
    unfit = tuple(match for match in matches if match.mismatches)
    if not fit:
        return RecipeChoice(unfit=_most_specific(unfit))
    best = _most_specific(fit)
    if len(best) > 1:
        return RecipeChoice(tied=best)
    return RecipeChoice(match=best[0])


def _most_specific(matches: Sequence[RecipeMatch]) -> tuple[RecipeMatch, ...]:
    most = max((match.recipe.signature.weight for match in matches), default=0)
    return tuple(match for match in matches if match.recipe.signature.weight == most)


def _match(
    sheet: Sheet,
    recipe: Recipe,
    rows: Sequence[tuple[int, Sequence[str], Sequence[str | None]]],
    headings: Sequence[frozenset[str]],
) -> RecipeMatch | None:
    """Return how a recipe fits the first row that has its headings.

    ``rows`` are those at the top: number, cells as headings, and as written; ``headings`` are the cells of each, once.
    """
    signature = recipe.signature
    if signature.shape:
        return _match_shape(sheet, recipe)
    at = next((at for at, names in enumerate(headings) if signature.headings <= names), None)
    if at is None or signature.without & headings[at]:
        return None
    preamble = "\n".join(" ".join(cell for cell in cells if cell) for _, _, cells in rows[:at])
    if not all(word in preamble for word in signature.preamble):
        return None
    number, names, _ = rows[at]
    places = {heading: names.index(heading) for heading in recipe.columns if heading in names}
    lines = [[cell for cell in dict.fromkeys(cells) if cell] for _, _, cells in rows[at + 1 :]]
    below = "\n".join([*(" ".join(cells) for cells in lines if _is_line(cells)), *sheet.below])
    return RecipeMatch(recipe, number, places, tuple(_mismatches(sheet, recipe, number, places)), preamble, below)


def _is_line(cells: Sequence[str]) -> bool:
    """Whether the different texts of a row below a table are a line, or who signed it, and none of its rows."""
    return len(cells) <= _CELLS_OF_A_LINE or all(map(_SIGNED.match, cells))


_SIGNED: Final = late("[^\\s0-9：:]{2,16}[：:]")


def _match_shape(sheet: Sheet, recipe: Recipe) -> RecipeMatch | None:
    """Return a sheet without a header whose columns hold, in every row at the top, what the shape says."""
    shape = recipe.signature.shape
    rows = [cells for _, cells in sheet.head_rows]
    if not rows or sheet.width != len(shape):
        return None
    for column, field in enumerate(shape):
        texts = [cell for cells in rows if (cell := cells[column])]
        if field and not (texts and all(holds(field, text) for text in texts)):
            return None
    places = {heading: column for column, heading in enumerate(recipe.columns)}
    return RecipeMatch(recipe, 0, places, (), "")


def _mismatches(sheet: Sheet, recipe: Recipe, row: int, places: Mapping[str, int]) -> list[ValueMismatch]:
    samples = [(number, cells) for number, cells in sheet.head_rows if number > row][:_MAX_SAMPLES]
    samples = samples or [(row + number, cells) for number, cells in enumerate(sheet.peek(row), start=1)]
    found = []
    for heading, column in places.items():
        rule = recipe.columns[heading]
        # what was looked for in texts is what it should be
        fields = _fields_of(recipe, heading, rule) if FINDERS.isdisjoint(rule.cleaners) else []
        texts = [(number, cell) for number, cells in samples if (cell := cells[column])]
        cleaned = [(number, clean_text(text, rule.cleaners, rule.values)) for number, text in texts]
        filled = [(number, text) for number, text in cleaned if text]
        for field in fields:
            wrong = [(number, text) for number, text in filled if not holds(field, text)]
            if len(filled) - len(wrong) < _MIN_SHARE * len(filled):
                first_row, value = wrong[0]
                bare = value.removeprefix(INEXACT_MARK)
                found.append(ValueMismatch(rule.heading, field, bare, len(wrong), first_row))
                break
    return found


def _fields_of(recipe: Recipe, heading: str, rule: ColumnRule) -> list[str]:
    own = [name for event in recipe.events for name, column in event.columns.items() if column == heading]
    return list(dict.fromkeys([*([rule.field] if rule.field else []), *own]))


def holds(field: str, text: str) -> bool:
    """Whether a text may be a value of a field; true for every field whose values are free text.

    A number that lost digits is what is left of one, so it speaks for the field and is rejected by its row.
    """
    check = _CHECKS.get(field)
    return check is None or text.startswith(INEXACT_MARK) or check(text)


def _is_card(text: str) -> bool:
    return any((card := parse_iccid(part)) is not None and card.complete for part in _PARTS.split(text) if part)


def _is_number(text: str) -> bool:
    return parse_msisdn(text) is not None or _DIGITS.fullmatch(text) is not None


_PARTS: Final = late(r"[、,，;；\n~～至]|(?<=[0-9])-(?=[0-9])")
_DIGITS: Final = late(r"\+?[0-9]{8,15}")
_AMOUNT: Final = late(r"[-+]?[¥￥$]?\s*[0-9][0-9,]*(?:\.[0-9]+)?\s*元?")
_EID: Final = late("[0-9]{32}")
_CHECKS: Final[Mapping[str, Callable[[str], bool]]] = {
    "card": lambda text: _is_card(text) or _is_number(text),
    "iccid": _is_card,
    "iccid_first": _is_card,
    "iccid_last": _is_card,
    "msisdn": _is_number,
    "imsi": lambda text: parse_imsi(text) is not None or re.fullmatch("[0-9]{14,15}", text) is not None,
    "imei": lambda text: parse_imei(text) is not None,
    "eid": lambda text: _EID.fullmatch(text) is not None,
    "date": lambda text: parse_date(text) != "bad_date",
    "quantity": lambda text: isinstance(parse_quantity(text), int),
    "amount": lambda text: _AMOUNT.fullmatch(text.strip()) is not None,
}
