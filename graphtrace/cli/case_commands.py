"""Commands about the case itself, and others beside it: ``status``, ``verify``, ``log``, ``cases``, ``find`` …"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphtrace.cli.exit_codes import MISMATCH, NOTHING_FOUND
from graphtrace.cli.options import AsOf, command
from graphtrace.cli.output import CommandResult, GlobalOptions, plain_state, show_answer
from graphtrace.errors import CaseDamaged, GraphtraceError, UsageError

if TYPE_CHECKING:
    from graphtrace.results.case_status import ListedCase


_HEAD_METAVAR = "number|name|unit|officer|ground|purpose_required|findable=VALUE"


@command(redact="masked")
def status(
    options: GlobalOptions,
    head: Annotated[list[str] | None, typer.Option("--set", metavar=_HEAD_METAVAR)] = None,
    by: Annotated[str | None, typer.Option(metavar="NAME")] = None,
    questions: Annotated[bool, typer.Option("--questions")] = False,
    from_file: Annotated[Path | None, typer.Option("--from-file", metavar="FILE")] = None,
    as_of: AsOf = None,
    since: Annotated[str | None, typer.Option(metavar="N|DAY")] = None,
) -> CommandResult:
    """Show what is in the case, and state its head."""
    if [questions, since is not None, bool(head)].count(True) > 1:
        raise UsageError("status_of_what", hint="status_usage")
    if from_file is not None and not questions:
        raise UsageError("questions_of_list", hint="status_usage")
    if as_of is not None and not questions:
        raise UsageError("as_of_without_questions", hint="status_usage")
    if questions:
        return _questions(options, from_file, as_of)
    if since is not None:
        with options.open_case() as case:
            return show_answer(case.changes(since), options, state=plain_state(case))
    if by is not None and not head:
        from graphtrace.storage.case_notes import FIELDS

        raise UsageError("by_without_head", names=FIELDS, hint="one_of")
    with options.open_case() as case:
        if head:
            from graphtrace.storage.case_notes import parse_assignments

            case.set_head(by=by, **parse_assignments(head))
        found = case.status()
        # the answer itself states the head
        state = case.state()._replace(case_head=None)

    return show_answer(found, options, state=state)


def _questions(options: GlobalOptions, from_file: Path | None, as_of: str | None) -> CommandResult:
    from graphtrace.cli.inputs import collect_ids

    options.require_case()
    asked = None if from_file is None else collect_ids(None, from_file)
    with options.open_case().at(as_of) as case:
        found = case.guided_questions(*(() if asked is None else asked.ids))
        state = case.state()
        passed_over = () if asked is None else asked.passed_over
        return show_answer(found, options, state=state, passed_over=passed_over)


@command(redact="masked")
def verify(
    options: GlobalOptions,
    answers: Annotated[list[Path] | None, typer.Argument(metavar="ANSWER…")] = None,
    deep: Annotated[bool, typer.Option("--deep")] = False,
    as_of: AsOf = None,
) -> CommandResult:
    """Check that sources, rows, database and saved answers agree."""
    from graphtrace.cli.terminal_questions import progress_of

    case_name = options.require_case()
    with options.open_case().at(as_of) as case, progress_of(options) as progress:
        problems = case.verify(*answers or (), deep=deep, progress=progress)
        state = plain_state(case)

    from graphtrace.render.command_results import IntegrityReport
    from graphtrace.storage.verify import HARMLESS, OTHER_REPLY, TIMES_BACK

    harm = [problem for problem in problems if problem.code not in HARMLESS and problem.code not in _ANSWERED]
    error = CaseDamaged("case_disagrees", case=case_name, count=len(harm), hint="restore_and_compare") if harm else None
    is_otherwise = any(problem.code in (*_ANSWERED, *TIMES_BACK, OTHER_REPLY) for problem in problems)
    exit_code = MISMATCH if is_otherwise else 0
    report = IntegrityReport(problems, problems.answers, is_deep=problems.is_deep)
    return show_answer(report, options, error=error, exit_code=exit_code, state=state)


@command(redact="not_redacted_whole_case")
def copy(
    options: GlobalOptions,
    source: Annotated[str, typer.Argument(metavar="FROM")],
    target: Annotated[str, typer.Argument(metavar="TO")],
) -> CommandResult:
    """Copy a case with all it was made from, to a server or back, and compare the two."""
    from graphtrace.cli.terminal_questions import progress_of

    with options.open_case(source) as case, progress_of(options) as progress:
        copied = case.copy_to(target, progress=progress)
        state = plain_state(case)

    error = None
    if not copied.comparison.agrees:
        error = CaseDamaged("copy_differs", target=copied.target, source=copied.source, hint="verify_both")
    return show_answer(copied, options, case=source, error=error, state=state)


@command(redact="masked")
def compact(options: GlobalOptions) -> CommandResult:
    """Put the rows of a case in order again after many small loads; answers stay the same."""
    with options.open_case() as case:
        compacted = case.compact()
        state = plain_state(case)

    return show_answer(compacted, options, state=state)


_ANSWERED = (
    "answer_differs",
    "answer_never_given",
    "answer_not_compared",
    "answer_not_derived",
    "answer_not_logged",
    "answer_shown_otherwise",
    "annex_altered",
)
"""Code of a problem of a saved answer only: the case may be sound and have more records by now."""


@command(endings=(".json", ".txt", ".csv", ".xlsx"), redact="masked")
def log(options: GlobalOptions, as_of: AsOf = None) -> CommandResult:
    """Show who loaded, changed and asked what, when and why."""
    with options.open_case().at(as_of) as case:
        found = case.log()
        state = plain_state(case)
    from graphtrace.storage.verify import HARMLESS, TIMES_BACK

    harm = [problem for problem in found.problems if problem.code not in HARMLESS]
    error = None
    if harm:
        error = CaseDamaged("case_disagrees", case=options.require_case(), count=len(harm), hint="run_verify")
    exit_code = MISMATCH if any(problem.code in TIMES_BACK for problem in found.problems) else 0
    return show_answer(found, options, error=error, exit_code=exit_code, state=state)


@command(redact="not_redacted_cases")
def cases(
    options: GlobalOptions, folder: Annotated[Path | None, typer.Argument(metavar="FOLDER")] = None
) -> CommandResult:
    """List the cases in a folder."""
    from graphtrace.results.case_status import CaseListing
    from graphtrace.storage.case_folder import cases_in

    places = cases_in(folder)
    return show_answer(CaseListing([_listed(options, path) for path in places]), options, case=str(places[0].parent))


@command(redact="not_redacted_cases", endings=())
def find(
    options: GlobalOptions,
    texts: Annotated[list[str], typer.Argument(metavar="TEXT…")],
    within: Annotated[Path | None, typer.Option("--in", metavar="FOLDER")] = None,
) -> CommandResult:
    """Say in which other cases of a folder a number, range or name occurs."""
    options.require_case()
    with options.open_case() as case:
        found = case.find_elsewhere(*texts, folder=within)
    return show_answer(found, options, exit_code=0 if found.cases else NOTHING_FOUND)


def _listed(options: GlobalOptions, path: Path) -> ListedCase:
    from graphtrace.results.case_status import ListedCase

    try:
        with options.open_case(path) as case:
            head, cards, last_load = case.overview()
        return ListedCase(str(path), head.number, head.name, head.unit, cards, last_load)
    except GraphtraceError as error:
        return ListedCase(str(path), problem=error)
