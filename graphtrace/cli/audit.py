"""``audit``: what became of every card that an enterprise bought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from graphtrace.cli.options import Common, command
from graphtrace.cli.output import Answer
from graphtrace.cli.trace import Level, level_met

if TYPE_CHECKING:
    from graphtrace.render.terminal.page import View


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    command(app, endings=(".json", ".txt", ".csv"))(audit)


def audit(
    common: Common,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME-OR-ID", help="Name, credit code or id of an enterprise.")
    ] = None,
    everyone: Annotated[
        bool, typer.Option("--all", help="Every enterprise that bought from a carrier, the largest first.")
    ] = False,
    as_known_on: Annotated[
        str | None, typer.Option(metavar="DATE", help="Answer with what the case held at the end of that day.")
    ] = None,
    fail_on: Annotated[
        Level | None, typer.Option(help="Exit with 5 when there is a finding of this severity or above.")
    ] = None,
) -> Answer:
    """Account for every card that an enterprise bought from carriers."""
    case_name = common.needed_case()
    from graphtrace.case import open_case

    with open_case(case_name) as case:
        audits = case.audit(*(names or ()), all=everyone, known_on=as_known_on)

    def document() -> dict[str, object]:
        from graphtrace.render.json import audit_document

        return audit_document(case_name, audits, common.lang)

    def view() -> View:
        from graphtrace.render.terminal.audit import AuditView

        return AuditView(audits, common.lang, verbose=common.verbose)

    def table() -> str:
        from graphtrace.render.rows import audit_csv

        return audit_csv(audits)

    exit_code = level_met(fail_on, (finding for audit in audits for finding in audit.findings))
    return Answer(document=document, view=view, files={".csv": table}, exit_code=exit_code)
