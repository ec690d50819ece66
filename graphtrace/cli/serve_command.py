"""``serve``: the workbench in the browser."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.options import command
from graphtrace.cli.output import CommandResult
from graphtrace.cli.standard_streams import write_output


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app, redact="not_redacted_serve")(serve)


def serve(
    common: GlobalOptions,
    port: Annotated[int, typer.Option(metavar="N")] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser")] = False,
    read_only: Annotated[bool, typer.Option("--read-only")] = False,
) -> CommandResult:
    """Open the workbench: the case in the browser of this machine; without one, its first page chooses a case."""
    from graphtrace.workbench.server import serve as run

    def announce(url: str) -> None:
        write_output(f"{json.dumps({'url': url})}\n" if common.as_json else f"{url}\n")

    run(
        common.case,
        lang=common.lang,
        port=port,
        is_read_only=read_only,
        memory_limit=common.memory_limit,
        announce=announce,
        open_browser=not no_browser,
        purpose=common.purpose,
    )
    raise typer.Exit
