"""``mapping``: files with unknown headings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graphtrace.cli.commands import Group
from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.options import command
from graphtrace.cli.output import CommandResult


def register(app: typer.Typer) -> None:
    """Register the command group."""
    group = typer.Typer(cls=Group, rich_markup_mode=None)
    command(group, endings=(".yml", ".yaml", ".json", ".txt"), redact="not_redacted_files")(suggest)
    app.add_typer(group, name="mapping")


def suggest(
    common: GlobalOptions,
    file: Annotated[Path, typer.Argument(metavar="FILE")],
) -> CommandResult:
    """Write first mappings for the sheets of a file, to be completed by hand and given to load --mapping."""
    from graphtrace.cli.terminal_questions import password_asker
    from graphtrace.ingest.mapping_suggestion import suggest_mappings
    from graphtrace.render.json import mapping_document

    suggestion = suggest_mappings(file, password=password_asker(common))
    text = suggestion.to_yaml(common.lang)
    as_it_is = dict.fromkeys((".yml", ".yaml"), lambda: text)
    return CommandResult(
        document=lambda: mapping_document(str(file), text, suggestion.sheets, suggestion.understood),
        view=lambda: text,
        files=as_it_is,
    )
