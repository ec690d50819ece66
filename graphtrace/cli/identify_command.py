"""``identify``: interpretations of a number by itself."""

from __future__ import annotations

from typing import Annotated

import typer

from graphtrace.cli.exit_codes import NOTHING_FOUND
from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.options import command
from graphtrace.cli.output import LINES, CommandResult, show_answer


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app, endings=(".json", LINES, ".txt"), redact="masked")(identify)


def identify(
    common: GlobalOptions,
    ids: Annotated[list[str], typer.Argument(metavar="ID")],
) -> CommandResult:
    """Say what a number is; needs no case."""
    from graphtrace.identifiers import identify as read
    from graphtrace.render.command_results import Identifications

    answers = [(text, read(text)) for text in ids]

    is_known = any(answer.readings for _, answer in answers)
    return show_answer(Identifications(answers), common, exit_code=0 if is_known else NOTHING_FOUND)
