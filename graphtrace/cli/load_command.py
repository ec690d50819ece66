"""``load``: record files into the case."""

from __future__ import annotations

import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.inputs import STANDARD_INPUT
from graphtrace.cli.options import command
from graphtrace.cli.output import CommandResult, show_answer, state_of_head
from graphtrace.errors import CaseMissing, GraphtraceError, InputError, InternalError, UsageError
from graphtrace.platform import quote, system

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphtrace.case import Case
    from graphtrace.results.load_report import SheetReport


Kind = Literal[
    "purchase",
    "transfer",
    "return",
    "activation",
    "seizure",
    "stock",
    "usage",
    "card_list",
    "registration",
    "identity",
    "shipment",
    "payment",
]
"""Kinds of records, repeated here because importing the model is slow."""


Seal = Literal["yes", "no"]


_MAX_NAMED: Final = 20
"""Maximum number of files that were not read and are all named in the error of the command."""


_MAX_ANSWERS: Final = 8
"""Maximum number of answers that the error of the command shows how to give."""


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app, redact="not_redacted_files")(load)


def load(
    common: GlobalOptions,
    files: Annotated[list[Path], typer.Argument(metavar="FILE")],
    as_kind: Annotated[Kind | None, typer.Option("--as")] = None,
    mapping: Annotated[list[Path] | None, typer.Option(metavar="M")] = None,
    answers: Annotated[list[str] | None, typer.Option("--set", metavar="FIELD=VALUE")] = None,
    limits: Annotated[list[str] | None, typer.Option("--limit", metavar="NAME=N")] = None,
    reply: Annotated[str | None, typer.Option("--reply", metavar="NUMBER")] = None,
    reply_hash: Annotated[str | None, typer.Option("--hash", metavar="SHA256|SM3|MD5:HEX")] = None,
    seal: Annotated[Seal | None, typer.Option("--seal")] = None,
    reply_to: Annotated[str | None, typer.Option("--reply-to", metavar="REF")] = None,
    strict: Annotated[bool, typer.Option("--strict")] = False,
    again: Annotated[bool, typer.Option("--again")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    name: Annotated[str | None, typer.Option(metavar="NAME")] = None,
) -> CommandResult:
    """Load record files, into a new case if there is none."""
    from graphtrace.cli.progress import progress_of
    from graphtrace.cli.terminal_questions import password_asker, terminal_asker
    from graphtrace.render.command_results import LoadedSheets

    common.require_case()
    with (
        _named_input(files, name) as named,
        common.open_case() as case,
        progress_of(common) as progress,
    ):
        report = case.load(
            *(meant for file in named for meant in system.expand_wildcards(file)),
            as_kind=as_kind,
            mapping=mapping or (),
            answers=answers or (),
            limits=limits or (),
            reply=reply,
            reply_hash=reply_hash,
            seal=None if seal is None else seal == "yes",
            reply_to=reply_to,
            strict=strict,
            again=again,
            dry_run=dry_run,
            password=password_asker(common),
            ask=None if STANDARD_INPUT in files else terminal_asker(common),
            progress=progress,
        )
        state = state_of_head(_head_of(case) if dry_run else report.ledger_head)
    sheets = report.files

    return show_answer(
        LoadedSheets(
            sheets,
            is_dry_run=dry_run,
            skipped=report.skipped,
            unused=report.unused,
            replies=report.replies,
            answers=report.answers,
            watch_hits=report.watch_hits,
            has_case=report.ledger_head is not None,
        ),
        common,
        error=_unread(sheets),
        state=state,
    )


@contextmanager
def _named_input(files: Sequence[Path], name: str | None) -> Iterator[Sequence[Path]]:
    """Yield the files; ``-`` is replaced by a temporary file of that name with the standard input."""
    if STANDARD_INPUT not in files:
        if name is not None:
            raise UsageError("name_without_input", hint="input_name_form")
        yield files
        return
    if name is None or not name or Path(name).name != name or "\\" in name:
        raise UsageError("input_without_name", hint="name_the_input")
    if files.count(STANDARD_INPUT) > 1:
        raise UsageError("input_twice", hint="input_once")
    from graphtrace.private_files import create_file
    from graphtrace.scratch import scratch_unwritable
    from graphtrace.storage.case_folder import scratch_folder

    with scratch_folder(None) as scratch:
        path = scratch / name
        try:
            with create_file(path) as file:
                shutil.copyfileobj(sys.stdin.buffer, file)
        except OSError as error:
            raise scratch_unwritable(scratch.parent, error) from error
        yield [path if file == STANDARD_INPUT else file for file in files]


def _head_of(case: Case) -> str | None:
    """Return the ledger head beside a trial run; ``None`` if there is no case."""
    try:
        return case.ledger_head()
    except CaseMissing:
        return None


def _unread(sheets: Sequence[SheetReport]) -> GraphtraceError | None:
    """Return the error of the command if files could not be read; the results of the others stand.

    A fault of this program goes before all else that is to be said.
    """
    faults = [sheet.error for sheet in sheets if isinstance(sheet.error, InternalError)]
    if faults:
        names = list(dict.fromkeys(sheet.file for sheet in sheets if isinstance(sheet.error, InternalError)))
        error = InternalError("own_fault_in_files", files=names, hint="report_fault")
        error.__cause__ = faults[0]
        return error
    failed = [sheet for sheet in sheets if sheet.error is not None]
    answers = _answers_needed(sheets)
    if not failed:
        asked = [sheet for sheet in sheets if any(question.is_required for question in sheet.asked)]
        if not asked:
            return None
        names = list(dict.fromkeys(sheet.file for sheet in asked))
        return InputError("questions_open", files=names, **answers, code="needs_answer")
    names = list(dict.fromkeys(sheet.file for sheet in failed))
    code = next((sheet.error.code for sheet in failed if sheet.error), None)
    hint = next((sheet.error.hint_text for sheet in failed if sheet.error and sheet.error.hint_text), None)
    about = answers or {"hint": hint}
    if len(names) > _MAX_NAMED:
        return InputError("many_files_not_read", count=len(names), files=names, **about, code=code)
    return InputError("files_not_read", files=names, **about, code=code)


def _answers_needed(sheets: Sequence[SheetReport]) -> dict[str, Any]:
    """Return the hint that names each answer that is needed once, with its file where there are several."""
    from graphtrace.storage.open_questions import SheetAnswer, answer_to, open_questions

    questions = open_questions(sheets)
    if len({(sheet.file, sheet.sheet) for sheet in sheets}) == 1:
        answers = dict.fromkeys(f"--set {each.question.field}=…" for each in questions)
    else:
        answers = dict.fromkeys(f"--set {quote(answer_to(SheetAnswer(each, '…')).text())}" for each in questions)
    if not answers:
        return {}
    shown = " ".join(list(answers)[:_MAX_ANSWERS])
    if (more := len(answers) - _MAX_ANSWERS) > 0:
        return {"answers": shown, "more": more, "hint": "answer_with_more"}
    return {"answers": shown, "hint": "answer_with"}
