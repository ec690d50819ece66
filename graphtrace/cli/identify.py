"""``identify``: what a number says by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from graphtrace.cli.options import GlobalOptions, command
from graphtrace.cli.output import CommandResult

if TYPE_CHECKING:
    from graphtrace.render.terminal.layout import TerminalView

NO_READING = 1


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app)(identify)


def identify(
    common: GlobalOptions,
    ids: Annotated[list[str], typer.Argument(metavar="ID", help="Any number of a card, device, company or person.")],
) -> CommandResult:
    """Say what a number is; needs no case."""
    from graphtrace.identifiers import identify as read

    answers = [(text, read(text)) for text in ids]

    def document() -> dict[str, object]:
        from graphtrace.render.json import identify_document

        return identify_document(answers)

    def view() -> TerminalView:
        from graphtrace.render.terminal.identify import IdentifyView

        return IdentifyView(answers, common.lang)

    is_known = any(answer.readings for _, answer in answers)
    return CommandResult(document=document, view=view, exit_code=0 if is_known else NO_READING)
