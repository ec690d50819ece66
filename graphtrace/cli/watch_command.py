"""``watch``: values that every load of the case is compared with."""

from __future__ import annotations

from typing import Annotated

import typer

from graphtrace.cli.commands import Group
from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.options import AsOf, command
from graphtrace.cli.output import CommandResult, show_answer, state_of_head

Values = Annotated[list[str], typer.Argument(metavar="VALUE…")]
Why = Annotated[str | None, typer.Option(metavar="TEXT")]
By = Annotated[str | None, typer.Option(metavar="NAME")]


def register(app: typer.Typer) -> None:
    """Register the command group."""
    group = typer.Typer(name="watch", cls=Group, rich_markup_mode=None)
    command(group, redact="masked")(add)
    command(group, name="list", redact="masked")(list_watches)
    command(group, redact="masked")(remove)
    app.add_typer(group, name="watch")


def add(common: GlobalOptions, values: Values, why: Why = None, by: By = None) -> CommandResult:
    """Watch values from now on."""
    return _change(common, values, why, by, is_removal=False)


def remove(common: GlobalOptions, values: Values, why: Why = None, by: By = None) -> CommandResult:
    """Watch values no more."""
    return _change(common, values, why, by, is_removal=True)


def list_watches(common: GlobalOptions, as_of: AsOf = None) -> CommandResult:
    """List the watched values."""
    with common.open_case() as case:
        return show_answer(
            case.watch(as_of=as_of), common, as_of=as_of, state=state_of_head(case.ledger_head(as_of=as_of))
        )


def _change(
    common: GlobalOptions, values: list[str], why: str | None, by: str | None, *, is_removal: bool
) -> CommandResult:
    with common.open_case() as case:
        changed = case.watch(*values, remove=is_removal, why=why, by=by)
        return show_answer(changed, common, state=state_of_head(case.ledger_head()))
