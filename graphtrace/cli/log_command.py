"""``log``: what was done to a case and asked of it."""

from __future__ import annotations

import typer

from graphtrace.cli.exit_codes import MISMATCH
from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.options import AsOf, command
from graphtrace.cli.output import CommandResult, plain_state, show_answer
from graphtrace.errors import CaseDamaged


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app, endings=(".json", ".txt", ".csv", ".xlsx"), redact="masked")(log)


def log(common: GlobalOptions, as_of: AsOf = None) -> CommandResult:
    """Show who loaded, changed and asked what, when and why."""
    with common.open_case() as case:
        found = case.log(as_of=as_of)
        state = plain_state(case, as_of)
    from graphtrace.storage.verify import HARMLESS, TIMES_BACK

    harm = [problem for problem in found.problems if problem.code not in HARMLESS]
    error = None
    if harm:
        error = CaseDamaged("case_disagrees", case=common.require_case(), count=len(harm), hint="run_verify")
    exit_code = MISMATCH if any(problem.code in TIMES_BACK for problem in found.problems) else 0
    endings = (".csv", ".xlsx")
    return show_answer(found, common, as_of=as_of, endings=endings, error=error, exit_code=exit_code, state=state)
