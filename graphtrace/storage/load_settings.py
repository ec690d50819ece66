"""Settings of a load, with which a source can be read again as it was when it was loaded.

What a person said about a file then, its kind or a mapping, stands in its line of the ledger.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from graphtrace.ingest.readers.characters import VERSION

if TYPE_CHECKING:
    from graphtrace.ingest.answers import Answer
    from graphtrace.ingest.mapping import ColumnMapping
    from graphtrace.ingest.recipes.model import Recipe
    from graphtrace.model import RecordKind

_KIND, _MAPPING, _ENCODINGS, _ANSWERS, _RECIPES = "as", "mapping", "encodings", "set", "recipes"
_STRICT = "strict"
_ROLES = ("sender_name", "receiver_name")


class LoadSettings(NamedTuple):
    """Settings of a load: paths and texts, as the user gives them or the ledger keeps them.

    Attributes
    ----------
    as_kind
        Kind of every row, whatever the headings say.
    mapping
        Mapping file for unknown headings.
    answers
        Answers to the questions that files leave open, each as ``FIELD=VALUE`` (:mod:`graphtrace.ingest.answers`).
    recipes
        Recipe files in addition to those of the product.
    is_strict
        Whether a failing check digit of a card rejects its row; else the row is loaded with a warning.
    """

    as_kind: RecordKind | None = None
    mapping: Path | None = None
    answers: Sequence[str] = ()
    recipes: Sequence[Path] = ()
    is_strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRules:
    """Settings of a load, read and checked; ``recipes`` are those in addition to the product's."""

    as_kind: RecordKind | None = None
    mapping: ColumnMapping | None = None
    answers: tuple[Answer, ...] = ()
    recipes: tuple[Recipe, ...] = ()
    is_strict: bool = False

    def is_other_than(self, said: Mapping[str, Any], kinds: Collection[str]) -> bool:
        """Whether these settings differ from those that the ledger has for a file with these kinds.

        Where nothing is said about kind and mapping, the reading that it has is meant.
        """
        if self.mapping is not None:
            return bool(said.get(_MAPPING) != self.mapping.text)
        return self.as_kind is not None and said.get(_KIND) != self.as_kind and set(kinds) != {str(self.as_kind)}


def settings_to_ledger(
    how: ReadingRules, answers: Sequence[Answer] = (), recipes: Sequence[Recipe] = ()
) -> dict[str, Any]:
    """Return the settings of a load as the ledger keeps them, with the recipes and the version of encoding detection.

    The text of a user's own recipe is kept, so that the file can be read again without the recipe file.
    """
    said: dict[str, Any] = {_ENCODINGS: str(VERSION)}
    if how.as_kind is not None:
        said[_KIND] = str(how.as_kind)
    if how.mapping is not None:
        said[_MAPPING] = how.mapping.text
    if how.is_strict:
        said[_STRICT] = True
    if answers:
        said[_ANSWERS] = [answer.text() for answer in answers]
    if recipes:
        said[_RECIPES] = {recipe.id: None if recipe.path is None else recipe.text for recipe in recipes}
    return said


def settings_from_ledger(entry: str, scratch: Path) -> tuple[str, LoadSettings]:
    """Return the name of the file of a line of the ledger, and the settings with which it was read.

    Mapping and recipes are written into the folder ``scratch``.
    """
    content: Mapping[str, Any] = json.loads(entry)
    path = None
    if _MAPPING in content:
        path = scratch / "mapping.yml"
        path.write_text(content[_MAPPING], encoding="utf-8", newline="\n")
    recipes = []
    for name, text in content.get(_RECIPES, {}).items():
        if text is not None:
            recipes.append(scratch / f"{name}.yml")
            recipes[-1].write_text(text, encoding="utf-8", newline="\n")
    return content["file"], LoadSettings(
        content.get(_KIND), path, content.get(_ANSWERS, ()), recipes, content.get(_STRICT, False)
    )


def rules_of(settings: LoadSettings) -> ReadingRules:
    """Return the settings in the form that reading takes.

    Raises
    ------
    MappingError, UsageError
        If the mapping, a recipe or an answer cannot be read.
    """
    from graphtrace.ingest.answers import parse_answers

    mapping = None
    if settings.mapping is not None:
        from graphtrace.ingest.mapping import load_mapping

        mapping = load_mapping(settings.mapping)
    recipes: tuple[Recipe, ...] = ()
    if settings.recipes:
        from graphtrace.ingest.recipes.loader import load_recipe, load_recipes

        known = {recipe.id for recipe in load_recipes()}
        recipes = tuple(load_recipe(path) for path in settings.recipes if path.stem not in known)
    return ReadingRules(
        as_kind=settings.as_kind,
        mapping=mapping,
        answers=parse_answers(settings.answers),
        recipes=recipes,
        is_strict=settings.is_strict,
    )


def source_name(source: Path, entry: str, sheet: str | None, row: int, role: int, scratch: Path) -> str:
    """Return the spelling of the sender (role 0) or receiver (1) of a row in its source.

    ``source`` must have the suffix under which the file was loaded; ``scratch`` is a folder for temporary files. Cost:
    reads all of the sheet.
    """
    import polars as pl

    from graphtrace.storage.load import open_sheets_to_read

    _, settings = settings_from_ledger(entry, scratch)
    rules = rules_of(settings)
    (found,) = (one for one in open_sheets_to_read(source, rules, rules.answers) if one.sheet.name == sheet)
    for frame in found.open_parser(rules).frames():
        said = frame.filter(pl.col("row") == row)
        if said.height:
            return str(said[_ROLES[role]][0] or "") if _ROLES[role] in said.columns else ""
    return ""
