"""``recipes``: known file formats and the fields that are read from each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.options import command
from graphtrace.cli.output import CommandResult, show_answer

if TYPE_CHECKING:
    from graphtrace.ingest.recipes.recipe_model import Recipe
    from graphtrace.results.recipes import RecipeSummary


def register(app: typer.Typer) -> None:
    """Register the commands."""
    command(app, name="recipes", redact="not_redacted_no_case")(list_recipes)
    command(app, name="recipes show", endings=(".json", ".txt", ".yml"), redact="not_redacted_no_case")(show)


def list_recipes(common: GlobalOptions) -> CommandResult:
    """List the file formats that are known."""
    from graphtrace.ingest.recipes.recipe_loader import load_recipes
    from graphtrace.render.command_results import RecipeList

    return show_answer(RecipeList([_summary_of(recipe) for recipe in load_recipes()]), common)


def show(common: GlobalOptions, name: Annotated[str, typer.Argument(metavar="NAME")]) -> CommandResult:
    """Show one file format: how it is recognised, its columns, events and questions."""
    from graphtrace.ingest.recipes.recipe_loader import find_recipe, load_recipes

    recipe = find_recipe(load_recipes(), name)
    return show_answer(_summary_of(recipe), common, files={".yml": lambda: recipe.text})


def _summary_of(recipe: Recipe) -> RecipeSummary:
    from graphtrace.results.recipes import FormatColumn, FormatQuestion, RecipeSummary

    signature = recipe.signature
    return RecipeSummary(
        id=recipe.id,
        name=recipe.name,
        about=recipe.about,
        family=recipe.family,
        sources=recipe.sources,
        certainty=recipe.certainty,
        headings=tuple(rule.heading for name, rule in recipe.columns.items() if name in signature.headings),
        preamble=signature.preamble,
        shape=signature.shape,
        columns=tuple(
            FormatColumn(rule.heading, rule.field, rule.contact, rule.is_secret) for rule in recipe.columns.values()
        ),
        kinds=recipe.kinds,
        questions=tuple(FormatQuestion(one.field, one.text, one.is_required) for one in recipe.questions),
        is_context_only=recipe.is_context_only,
        path=recipe.path,
    )
