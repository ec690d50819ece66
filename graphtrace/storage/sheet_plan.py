"""Sheets of a file, opened by the rules of a load and ready to be read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from graphtrace.errors import GraphtraceError, UnknownHeadings
from graphtrace.model import split_table, to_epoch_day
from graphtrace.storage.load_settings import ReadingRules, rules_of, settings_from_ledger

if TYPE_CHECKING:
    from graphtrace.ingest.left_out import LeftOutSheet
    from graphtrace.ingest.pipeline import SheetParser
    from graphtrace.ingest.recipes.recipe_model import Recipe
    from graphtrace.ingest.recipes.recipe_selection import RecipeChoice
    from graphtrace.ingest.sheet import Sheet
    from graphtrace.ingest.supporting import SupportSheetParser

_ROLES = ("sender_name", "receiver_name")


class SheetToRead(NamedTuple):
    """A sheet, the rules by which it is read, the recipes that it may be read by, and what is answered of it.

    ``taken`` are the answers that say which tables it holds, ``fault`` is why it cannot be read.
    """

    sheet: Sheet
    rules: ReadingRules
    choice: RecipeChoice | None
    answers: dict[str, str]
    insisted: frozenset[str]
    taken: dict[str, str]
    fault: UnknownHeadings | None = None

    @property
    def recipe(self) -> Recipe | None:
        """The recipe by which the sheet is read."""
        return None if self.choice is None or self.choice.match is None else self.choice.match.recipe

    def open_parser(self) -> SheetParser | SupportSheetParser | LeftOutSheet:
        """Open the parser of the sheet; raises as :func:`graphtrace.ingest.pipeline.open_sheet_parser`."""
        from graphtrace.ingest.pipeline import SheetParser, open_sheet_parser

        if self.fault is not None:
            raise self.fault
        parser = open_sheet_parser(
            self.sheet,
            as_kind=self.rules.as_kind,
            mapping=self.rules.mapping_of(self.sheet.name),
            choice=self.choice,
            answers=self.answers,
            insisted=self.insisted,
            is_strict=self.rules.is_strict,
        )
        if self.rules.loaded_on is not None and isinstance(parser, SheetParser):
            parser.today = to_epoch_day(self.rules.loaded_on)
        return parser


def open_sheets_to_read(
    copy: Path,
    how: ReadingRules,
    rules_for: Callable[[str | None], ReadingRules] | None = None,
    *,
    is_whole: bool = False,
) -> list[SheetToRead]:
    """Return the sheets of a file that are to be read, with the recipe by which each can be read.

    Of a text that a person transcribed there is the transcription alone. A sheet that holds several tables is several.
    Rows below the top are searched for further tables with ``is_whole``;
    else a sheet in which reading meets one raises :class:`~graphtrace.ingest.sheet_tables.MoreTables`.
    """
    from graphtrace.ingest.readers import open_sheets
    from graphtrace.ingest.readers.passwords import unlocked

    if (transcribed := how.transcription) is not None:
        return [SheetToRead(transcribed.sheet(), how, None, {}, frozenset(), {})]
    every = [how, *how.others.values()]
    is_exact = any(mapping.exact_numbers for one in every for mapping in one.mappings)
    readable = unlocked(copy, how.password)
    try:
        sheets = open_sheets(readable, exact_numbers=is_exact)
    except GraphtraceError as error:
        error.replace_path(readable, copy)
        raise
    return [
        found
        for sheet in how.choose(sheets)
        for found in _tables_of(sheet, how, rules_for or how.of_sheet, is_whole=is_whole)
    ]


def _tables_of(
    sheet: Sheet, how: ReadingRules, rules_for: Callable[[str | None], ReadingRules], *, is_whole: bool
) -> Iterator[SheetToRead]:
    """Yield the tables of a sheet that are to be read; one in most sheets."""
    from graphtrace.ingest.given_answers import RECIPE, TABLE, answers_for_sheet, insisted_fields
    from graphtrace.ingest.recipes.recipe_loader import load_recipes
    from graphtrace.ingest.recipes.recipe_selection import choose_recipe
    from graphtrace.ingest.sheet_tables import split_tables
    from graphtrace.ingest.vertical_forms import read_forms

    def recipe_of(sheet: Sheet, rules: ReadingRules) -> RecipeChoice | None:
        if rules.as_kind is not None or rules.mappings:
            return None
        own = {recipe.id for recipe in rules.recipes}
        recipes = [*(recipe for recipe in load_recipes() if recipe.id not in own), *rules.recipes]
        return choose_recipe(sheet, recipes, answer=answers_for_sheet(rules.answers, sheet.name).get(RECIPE))

    def is_one() -> bool:
        choice = recipe_of(sheet, rules)
        return bool(rules.mappings) or (choice is not None and choice.match is not None)

    rules = rules_for(sheet.name)
    answer = answers_for_sheet(rules.answers, sheet.name).get(TABLE)
    tables = split_tables(sheet, answer=answer, is_one=is_one, is_whole=is_whole)
    for table, fault in tables:
        if len(tables) > 1 and not how.is_for(table.name):
            continue
        own = rules_for(table.name)
        taken = {} if answer is None else {TABLE: answer}
        if fault is not None:
            yield SheetToRead(table, own, None, {}, frozenset(), taken, fault)
            continue
        formed = read_forms(table)
        answers, insisted = answers_for_sheet(own.answers, table.name), insisted_fields(own.answers, table.name)
        yield SheetToRead(formed, own, recipe_of(formed, own), answers, insisted, taken)


def source_name(source: Path, entry: str, sheet: str | None, row: int, role: int, scratch: Path) -> str:
    """Return the spelling of the sender (role 0) or receiver (1) of a row in its source.

    ``source`` must have the suffix under which the file was loaded; ``scratch`` is a folder for temporary files. Cost:
    reads all of the sheet.
    """
    import polars as pl

    rules = rules_of(settings_from_ledger(json.loads(entry), scratch))
    is_table = split_table(sheet)[1] is not None
    (found,) = (one for one in open_sheets_to_read(source, rules, is_whole=is_table) if one.sheet.name == sheet)
    found.sheet.looked_at = None
    for frame in found.open_parser().frames():
        rows = frame.filter(pl.col("row") == row)
        if rows.height:
            return str(rows[_ROLES[role]][0] or "") if _ROLES[role] in rows.columns else ""
    return ""
