"""Sheets of a file, opened by the rules of a load and ready to be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from graphtrace.errors import GraphtraceError
from graphtrace.storage.load_settings import ReadingRules, rules_of, settings_from_ledger

if TYPE_CHECKING:
    from graphtrace.ingest.pipeline import SheetParser
    from graphtrace.ingest.recipes.model import Recipe
    from graphtrace.ingest.recipes.selection import RecipeChoice
    from graphtrace.ingest.sheet import Sheet
    from graphtrace.ingest.supporting import SupportSheetParser

_ROLES = ("sender_name", "receiver_name")


class SheetToRead(NamedTuple):
    """A sheet, the rules by which it is read, the recipes that it may be read by, and what is answered of it."""

    sheet: Sheet
    rules: ReadingRules
    choice: RecipeChoice | None
    answers: dict[str, str]

    @property
    def recipe(self) -> Recipe | None:
        """The recipe by which the sheet is read."""
        return None if self.choice is None or self.choice.match is None else self.choice.match.recipe

    def open_parser(self) -> SheetParser | SupportSheetParser:
        """Open the parser of the sheet; raises as :func:`graphtrace.ingest.pipeline.open_sheet_parser`."""
        from graphtrace.ingest.pipeline import open_sheet_parser

        return open_sheet_parser(
            self.sheet,
            as_kind=self.rules.as_kind,
            mapping=self.rules.mapping_of(self.sheet.name),
            choice=self.choice,
            answers=self.answers,
            is_strict=self.rules.is_strict,
        )


def open_sheets_to_read(
    copy: Path, how: ReadingRules, rules_for: Callable[[str | None], ReadingRules] | None = None
) -> list[SheetToRead]:
    """Return the sheets of a file that are to be read, with the recipe by which each can be read."""
    from graphtrace.ingest.forms import read_forms
    from graphtrace.ingest.given_answers import RECIPE, answers_for_sheet
    from graphtrace.ingest.readers import open_sheets
    from graphtrace.ingest.readers.passwords import unlocked
    from graphtrace.ingest.recipes.loader import load_recipes
    from graphtrace.ingest.recipes.selection import choose_recipe

    every = [how, *how.others.values()]
    is_exact = any(mapping.exact_numbers for one in every for mapping in one.mappings)
    readable = unlocked(copy, how.password)
    try:
        sheets = open_sheets(readable, exact_numbers=is_exact)
    except GraphtraceError as error:
        error.replace_path(readable, copy)
        raise
    found = []
    for sheet in map(read_forms, how.choose(sheets)):
        rules = (rules_for or how.of_sheet)(sheet.name)
        answers = answers_for_sheet(rules.answers, sheet.name)
        choice = None
        if rules.as_kind is None and not rules.mappings:
            own = {recipe.id for recipe in rules.recipes}
            recipes = [*(recipe for recipe in load_recipes() if recipe.id not in own), *rules.recipes]
            choice = choose_recipe(sheet, recipes, answer=answers.get(RECIPE))
        found.append(SheetToRead(sheet, rules, choice, answers))
    return found


def source_name(source: Path, entry: str, sheet: str | None, row: int, role: int, scratch: Path) -> str:
    """Return the spelling of the sender (role 0) or receiver (1) of a row in its source.

    ``source`` must have the suffix under which the file was loaded; ``scratch`` is a folder for temporary files. Cost:
    reads all of the sheet.
    """
    import polars as pl

    rules = rules_of(settings_from_ledger(json.loads(entry), scratch))
    (found,) = (one for one in open_sheets_to_read(source, rules) if one.sheet.name == sheet)
    for frame in found.open_parser().frames():
        rows = frame.filter(pl.col("row") == row)
        if rows.height:
            return str(rows[_ROLES[role]][0] or "") if _ROLES[role] in rows.columns else ""
    return ""
