"""``recipes``: known file formats and the fields that are read from each."""

from __future__ import annotations

from typing import Annotated

import typer

from graphtrace.cli.options import GlobalOptions, command
from graphtrace.cli.output import CommandResult, show_answer


def register(app: typer.Typer) -> None:
    """Register the commands."""
    command(app, name="recipes")(list_recipes)
    command(app, name="recipes show", endings=(".json", ".txt", ".yml"))(show)


def list_recipes(common: GlobalOptions) -> CommandResult:
    """List the file formats that are known."""
    from graphtrace.ingest.recipes.loader import load_recipes
    from graphtrace.render.command_results import RecipeList

    return show_answer(RecipeList(load_recipes()), common)


def show(common: GlobalOptions, name: Annotated[str, typer.Argument(metavar="NAME")]) -> CommandResult:
    """Show one file format: how it is recognised, its columns, events and questions."""
    from graphtrace.ingest.recipes.loader import find_recipe, load_recipes

    recipe = find_recipe(load_recipes(), name)
    return show_answer(recipe, common, files={".yml": lambda: recipe.text})
