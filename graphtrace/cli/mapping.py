"""``mapping``: files with unknown headings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graphtrace._version import __version__
from graphtrace.cli.commands import Group
from graphtrace.cli.options import GlobalOptions, command
from graphtrace.cli.output import CommandResult


def register(app: typer.Typer) -> None:
    """Register the command group."""
    group = typer.Typer(cls=Group, rich_markup_mode=None)
    command(group, endings=(".yml", ".yaml", ".json", ".txt"))(suggest)
    app.add_typer(group, name="mapping")


def suggest(
    common: GlobalOptions,  # noqa: ARG001
    file: Annotated[Path, typer.Argument(metavar="FILE")],
) -> CommandResult:
    """Write a first mapping for a file, to be completed by hand and given to load --mapping."""
    from graphtrace.ingest.mapping import suggest_mapping

    text = suggest_mapping(file)
    as_it_is = dict.fromkeys((".yml", ".yaml"), lambda: text)
    return CommandResult(
        document=lambda: {"graphtrace": __version__, "file": str(file), "mapping": text},
        view=lambda: text,
        files=as_it_is,
    )
