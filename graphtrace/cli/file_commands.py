"""Commands about files: ``load``, ``unload``, ``correct``, ``extract``, ``mapping`` and ``recipes``."""

from __future__ import annotations

import hashlib
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from graphtrace.cli.exit_codes import NOTHING_FOUND
from graphtrace.cli.inputs import STANDARD_INPUT
from graphtrace.cli.options import command
from graphtrace.cli.output import CommandResult, GlobalOptions, plain_state, show_answer, state_of_head
from graphtrace.errors import CaseMissing, GraphtraceError, InputError, InternalError, UsageError, os_reason
from graphtrace.platform import quote, system

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphtrace.case import Case
    from graphtrace.ingest.recipes.recipe_model import Recipe
    from graphtrace.results.load_report import SheetReport, UnusedAnswer
    from graphtrace.results.recipes import RecipeSummary


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


@command(redact="not_redacted_files")
def load(
    options: GlobalOptions,
    files: Annotated[list[Path], typer.Argument(metavar="FILE")],
    as_kind: Annotated[Kind | None, typer.Option("--as")] = None,
    mapping: Annotated[list[Path] | None, typer.Option(metavar="M")] = None,
    answers: Annotated[list[str] | None, typer.Option("--set", metavar="FIELD=VALUE")] = None,
    encoding: Annotated[str | None, typer.Option(metavar="NAME")] = None,
    limits: Annotated[list[str] | None, typer.Option("--limit", metavar="NAME=N")] = None,
    reply: Annotated[str | None, typer.Option("--reply", metavar="NUMBER")] = None,
    reply_hash: Annotated[str | None, typer.Option("--hash", metavar="SHA256|SM3|MD5:HEX")] = None,
    seal: Annotated[Seal | None, typer.Option("--seal")] = None,
    reply_to: Annotated[str | None, typer.Option("--reply-to", metavar="REF")] = None,
    strict: Annotated[bool, typer.Option("--strict")] = False,
    again: Annotated[bool, typer.Option("--again")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    name: Annotated[str | None, typer.Option(metavar="NAME")] = None,
    by: Annotated[str | None, typer.Option(metavar="NAME")] = None,
) -> CommandResult:
    """Load record files, into a new case if there is none."""
    from graphtrace.cli.terminal_questions import password_asker, progress_of, terminal_asker
    from graphtrace.render.command_results import LoadedSheets

    options.require_case()
    answers = [*(answers or ()), *([f"encoding={encoding}"] if encoding is not None else [])]
    with _named_input(files, name) as named, options.open_case() as case, progress_of(options) as progress:
        report = case.load(
            *(meant for file in named for meant in system.expand_wildcards(file)),
            as_kind=as_kind,
            mapping=mapping or (),
            answers=answers,
            limits=limits or (),
            reply=reply,
            reply_hash=reply_hash,
            seal=None if seal is None else seal == "yes",
            reply_to=reply_to,
            strict=strict,
            again=again,
            dry_run=dry_run,
            by=by,
            password=password_asker(options),
            ask=None if STANDARD_INPUT in files else terminal_asker(options),
            progress=progress,
        )
        state = state_of_head(_head_of(case) if dry_run else report.ledger_head)
    sheets = report.files

    return show_answer(
        LoadedSheets(
            sheets,
            is_dry_run=dry_run,
            is_brief=len({sheet.key for sheet in sheets}) > _IN_FULL and not options.verbose and options.output is None,
            skipped=report.skipped,
            unused=report.unused,
            replies=report.replies,
            answers=report.answers,
            watch_hits=report.watch_hits,
            has_case=report.ledger_head is not None,
        ),
        options,
        error=_unread(sheets, _without_unused(answers, report.unused)),
        state=state,
    )


_IN_FULL: Final = 4
"""Files at most of which a load tells everything unasked; a folder of more is told in short."""


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
    try:
        return case.ledger_head()
    except CaseMissing:
        return None


def _without_unused(given: Sequence[str], unused: Sequence[UnusedAnswer]) -> list[str]:
    """Return the answers that were given without those that no sheet took."""
    from graphtrace.ingest.given_answers import parse_answers

    refused = {one.answer for one in unused}
    return [text for text in given if refused.isdisjoint(answer.text() for answer in parse_answers([text]))]


def _unread(sheets: Sequence[SheetReport], given: Sequence[str]) -> GraphtraceError | None:
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
    answers = _answers_needed(sheets, given)
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


def _answers_needed(sheets: Sequence[SheetReport], given: Sequence[str]) -> dict[str, Any]:
    """Return what to type: the answers that a sheet still needs, behind those given, which hold for one load only."""
    from graphtrace.storage.open_questions import SheetAnswer, answer_to, gist_of, open_questions

    questions = open_questions(sheets)
    if len({(sheet.file, sheet.sheet) for sheet in sheets}) == 1:
        open_ones = [f"{each.question.field}={each.question.blank}" for each in questions]
    else:
        # what all sheets of the one file are asked alike, one answer settles
        is_of_one = len({sheet.file for sheet in sheets}) == 1 < len(questions)
        is_alike = is_of_one and len({gist_of(each) for each in questions}) == 1
        alike = [f"{each.question.field}={each.question.blank}" for each in questions if is_alike]
        open_ones = alike or [answer_to(SheetAnswer(each, each.question.blank)).text() for each in questions]
    if not open_ones:
        return {}
    # what was answered and is asked once more was refused
    asked = {text.partition("=")[0] for text in open_ones}
    kept = [text for text in given if text.partition("=")[0] not in asked]
    plain = {f"{each.question.field}=…" for each in questions}
    typed = [text if text in plain else quote(text) for text in dict.fromkeys([*kept, *open_ones])]
    answers = [f"--set {text}" for text in typed]
    shown = " ".join(answers[:_MAX_ANSWERS])
    if (more := len(answers) - _MAX_ANSWERS) > 0:
        return {"answers": shown, "more": more, "hint": "answer_with_more"}
    return {"answers": shown, "hint": "answer_with"}


@command(redact="masked")
def unload(
    options: GlobalOptions,
    file: Annotated[str | None, typer.Argument(metavar="FILE")] = None,
    why: Annotated[str | None, typer.Option(metavar="TEXT")] = None,
    who: Annotated[str | None, typer.Option(metavar="NAME")] = None,
) -> CommandResult:
    """Take away what a file states; its source is kept."""
    options.require_case()
    if file is None:
        raise UsageError("unload_what", hint="unload_usage")
    if why is None:
        raise UsageError("unload_without_reason", hint="say_why")
    with options.open_case() as case:
        return show_answer(case.unload(file, why=why, who=who), options, state=plain_state(case))


@command(redact="masked")
def correct(
    options: GlobalOptions,
    record: Annotated[str | None, typer.Argument(metavar="RECORD")] = None,
    why: Annotated[str | None, typer.Option(metavar="TEXT")] = None,
    by: Annotated[str | None, typer.Option(metavar="RECORD")] = None,
    who: Annotated[str | None, typer.Option(metavar="NAME")] = None,
    undo: Annotated[bool, typer.Option("--undo")] = False,
    show_list: Annotated[bool, typer.Option("--list")] = False,
) -> CommandResult:
    """Withdraw the statement of a record; nothing is deleted."""
    from graphtrace.render.command_results import CorrectionList

    options.require_case()
    if show_list == (record is not None):
        raise UsageError("correct_what", hint="correct_usage")
    if record is None:
        with options.open_case() as case:
            return show_answer(CorrectionList(case.corrections()), options, state=plain_state(case))
    if why is None:
        raise UsageError("correction_without_reason", hint="say_why")
    with options.open_case() as case:
        corrected = case.correct(record, why=why, by=by, who=who, undo=undo)
        return show_answer(corrected, options, state=plain_state(case))


@command(endings=(".csv", ".json", ".txt", ".xlsx", ".md"), redact="not_redacted_files")
def extract(options: GlobalOptions, file: Annotated[Path, typer.Argument(metavar="FILE")]) -> CommandResult:
    """Find numbers, ranges, dates, names, waybills and accounts in any text, as a table to complete."""
    from graphtrace.ingest.free_text import find_in_line
    from graphtrace.ingest.readers.encodings import text_of
    from graphtrace.ingest.small_files import MAX_LIST_BYTES, within
    from graphtrace.ingest.text_files import lines_by_sheet
    from graphtrace.render.command_results import ExtractedText

    lines: dict[tuple[str | None, int], str]
    if file == STANDARD_INPUT:
        try:
            content = within(sys.stdin.buffer.read(MAX_LIST_BYTES + 1), MAX_LIST_BYTES)
        except OSError as fault:
            raise InputError("at_path", path=file, why=os_reason(fault), hint="small_text_file") from fault
        lines = {(None, number): line for number, line in enumerate(text_of(content).splitlines(), start=1)}
        name, digest = str(file), hashlib.sha256(content)
    else:
        lines = {(sheet, number): line for sheet, number, line in lines_by_sheet(file)}
        name = file.name
        with file.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256")
    finds = [find for (sheet, number), line in lines.items() for find in find_in_line(line, number, sheet)]
    sha256 = digest.hexdigest()

    found = ExtractedText(name, sha256, lines, finds)
    return show_answer(found, options, exit_code=0 if finds else NOTHING_FOUND)


@command(group="mapping", endings=(".yml", ".yaml", ".json", ".txt"), redact="not_redacted_files")
def suggest(options: GlobalOptions, file: Annotated[Path, typer.Argument(metavar="FILE")]) -> CommandResult:
    """Write first mappings for the sheets of a file, to be completed by hand and given to load --mapping."""
    from graphtrace.cli.terminal_questions import password_asker
    from graphtrace.ingest.mapping_suggestion import suggest_mappings
    from graphtrace.render.json import SuggestedMapping, answer_document

    suggestion = suggest_mappings(file, password=password_asker(options))
    text = suggestion.to_yaml(options.lang)
    as_it_is = dict.fromkeys((".yml", ".yaml"), lambda: text)
    return CommandResult(
        document=lambda: answer_document(
            "", SuggestedMapping(str(file), text, suggestion.sheets, suggestion.understood)
        ),
        view=lambda: text,
        files=as_it_is,
    )


@command(name="recipes", redact="not_redacted_no_case")
def list_recipes(options: GlobalOptions) -> CommandResult:
    """List the file formats that are known."""
    from graphtrace.ingest.recipes.recipe_loader import load_recipes
    from graphtrace.render.command_results import RecipeList

    return show_answer(RecipeList([_summary_of(recipe) for recipe in load_recipes()]), options)


@command(name="recipes show", endings=(".json", ".txt", ".yml"), redact="not_redacted_no_case")
def show_recipe(options: GlobalOptions, name: Annotated[str, typer.Argument(metavar="NAME")]) -> CommandResult:
    """Show one file format: how it is recognised, its columns, events and questions."""
    from graphtrace.ingest.recipes.recipe_loader import find_recipe, load_recipes

    recipe = find_recipe(load_recipes(), name)
    return show_answer(_summary_of(recipe), options, files={".yml": lambda: recipe.text})


def _summary_of(recipe: Recipe) -> RecipeSummary:
    from graphtrace.results.recipes import FormatColumn, FormatQuestion, RecipeSummary

    signature = recipe.signature
    return RecipeSummary(
        id=recipe.id,
        name=recipe.name,
        about=recipe.about,
        family=recipe.family,
        sources=recipe.sources,
        certainty=recipe.certainty,
        headings=tuple(rule.heading for name, rule in recipe.columns.items() if name in signature.headings),
        preamble=signature.preamble,
        shape=signature.shape,
        columns=tuple(
            FormatColumn(rule.heading, rule.field, rule.contact, rule.is_secret) for rule in recipe.columns.values()
        ),
        kinds=recipe.kinds,
        questions=tuple(FormatQuestion(one.field, one.text, one.is_required) for one in recipe.questions),
        is_context_only=recipe.is_context_only,
        path=recipe.path,
    )
