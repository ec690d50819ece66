"""``unload``: withdraws the statements of a file; the ledger states the reason."""

from __future__ import annotations

from typing import Annotated

import typer

from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.options import command
from graphtrace.cli.output import CommandResult, plain_state, show_answer
from graphtrace.errors import UsageError


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app, redact="masked")(unload)


def unload(
    common: GlobalOptions,
    file: Annotated[str | None, typer.Argument(metavar="FILE")] = None,
    why: Annotated[str | None, typer.Option(metavar="TEXT")] = None,
    who: Annotated[str | None, typer.Option(metavar="NAME")] = None,
) -> CommandResult:
    """Take away what a file states; its source is kept."""
    common.require_case()
    if file is None:
        raise UsageError("unload_what", hint="unload_usage")
    if why is None:
        raise UsageError("unload_without_reason", hint="say_why")
    with common.open_case() as case:
        return show_answer(case.unload(file, why=why, who=who), common, state=plain_state(case))
