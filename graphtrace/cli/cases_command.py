"""``cases``: the cases in a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.options import command
from graphtrace.cli.output import CommandResult, show_answer
from graphtrace.errors import GraphtraceError, InputError, NothingFound, UsageError, os_reason

if TYPE_CHECKING:
    from graphtrace.results.case_status import ListedCase


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app, redact="not_redacted_cases")(cases)


def cases(
    common: GlobalOptions,
    folder: Annotated[Path | None, typer.Argument(metavar="FOLDER")] = None,
) -> CommandResult:
    """List the cases in a folder."""
    from graphtrace.results.case_status import CaseListing
    from graphtrace.storage.case_folder import CASES_VARIABLE, is_case

    place = folder or Path(os.environ.get(CASES_VARIABLE, ""))
    if folder is None and not os.environ.get(CASES_VARIABLE):
        raise UsageError("cases_where", variable=CASES_VARIABLE, hint="cases_usage")
    try:
        entries = sorted(path for path in place.iterdir() if is_case(path))
    except OSError as fault:
        raise InputError("at_path", path=place, why=os_reason(fault), hint="check_name_or_dash") from fault
    if not entries:
        raise NothingFound("no_cases_there", path=place, hint="cases_usage")
    return show_answer(CaseListing([_listed(common, path) for path in entries]), common, case=str(place))


def _listed(common: GlobalOptions, path: Path) -> ListedCase:
    from graphtrace.results.case_status import ListedCase

    try:
        with common.open_case(path) as case:
            head, cards, last_load = case.overview()
        return ListedCase(str(path), head.number, head.name, head.unit, cards, last_load)
    except GraphtraceError as error:
        return ListedCase(str(path), problem=error)
