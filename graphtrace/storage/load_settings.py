"""A source read once more, as it was read when it was loaded.

What a person said about a file then, its kind or a mapping, stands in its line of the ledger.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from graphtrace.ingest.readers.characters import VERSION

if TYPE_CHECKING:
    from graphtrace.ingest.answers import Answer
    from graphtrace.ingest.recipes.model import Recipe
    from graphtrace.model import Kind
    from graphtrace.storage.load import ReadingRules

_KIND, _MAPPING, _ENCODINGS, _ANSWERS, _RECIPES = "as", "mapping", "encodings", "set", "recipes"
_STRICT = "strict"
_ROLES = ("sender_name", "receiver_name")


class LoadSettings(NamedTuple):
    """What somebody said about a file: the kind of all its records, the path of a mapping, answers, own recipes.

    ``name`` is the name under which the file was loaded; ``is_strict`` says that a failing check digit rejects a row.
    """

    as_kind: Kind | None
    mapping: Path | None
    answers: tuple[str, ...]
    recipes: tuple[Path, ...]
    name: str
    is_strict: bool


def settings_to_ledger(
    how: ReadingRules, answers: Sequence[Answer] = (), recipes: Sequence[Recipe] = ()
) -> dict[str, Any]:
    """What the ledger keeps of how a file was read: what somebody said, the recipes, which judgement told encodings.

    Of a person's own recipe its text is kept, so that the file can be read again without it.
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


def settings_from_ledger(entry: str, scratch: Path) -> LoadSettings:
    """How the file of a line of the ledger was read; mapping and recipes are written into the folder ``scratch``."""
    content: Mapping[str, Any] = json.loads(entry)
    kind: Kind | None = content.get(_KIND)
    path = None
    if _MAPPING in content:
        path = scratch / "mapping.yml"
        path.write_text(content[_MAPPING], encoding="utf-8", newline="\n")
    recipes = []
    for name, text in content.get(_RECIPES, {}).items():
        if text is not None:
            recipes.append(scratch / f"{name}.yml")
            recipes[-1].write_text(text, encoding="utf-8", newline="\n")
    return LoadSettings(
        kind, path, tuple(content.get(_ANSWERS, ())), tuple(recipes), content["file"], content.get(_STRICT, False)
    )


def rules_of(how: LoadSettings) -> ReadingRules:
    """The settings as what reading takes."""
    from graphtrace.ingest.answers import parse_answers
    from graphtrace.ingest.mapping import load_mapping
    from graphtrace.ingest.recipes.loader import load_recipe
    from graphtrace.storage.load import ReadingRules

    mapping = None if how.mapping is None else load_mapping(how.mapping)
    known = {recipe.id for recipe in _known_recipes()}
    own = tuple(load_recipe(path) for path in how.recipes if path.stem not in known)
    return ReadingRules(
        as_kind=how.as_kind,
        mapping=mapping,
        answers=parse_answers(how.answers),
        recipes=own,
        is_strict=how.is_strict,
    )


def _known_recipes() -> tuple[Recipe, ...]:
    from graphtrace.ingest.recipes.loader import load_recipes

    return load_recipes()


def source_name(source: Path, entry: str, sheet: str | None, row: int, role: int, scratch: Path) -> str:
    """How a source writes the sender (role 0) or receiver (1) of a row. Reads all of the sheet.

    ``source`` must have the ending under which the file was loaded; ``scratch`` is a folder for what is made meanwhile.
    """
    import polars as pl

    from graphtrace.ingest.pipeline import open_sheet_parser
    from graphtrace.storage.load import open_sheets_to_read

    rules = rules_of(settings_from_ledger(entry, scratch))
    (found,) = (one for one in open_sheets_to_read(source, rules, rules.answers) if one.sheet.name == sheet)
    parser = open_sheet_parser(
        found.sheet,
        as_kind=rules.as_kind,
        mapping=rules.mapping,
        choice=found.choice,
        answers=found.answers,
        is_strict=rules.is_strict,
    )
    for frame in parser.frames():
        said = frame.filter(pl.col("row") == row)
        if said.height:
            return str(said[_ROLES[role]][0] or "") if _ROLES[role] in said.columns else ""
    return ""
