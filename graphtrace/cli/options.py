"""Options of every command, before or after its name, and registration of commands with them."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from graphtrace._version import __version__
from graphtrace.cli.commands import Command, Group
from graphtrace.cli.output import (
    CASE_VARIABLE,
    LINES,
    PAGE,
    STANDARD_OUTPUT,
    CommandResult,
    GlobalOptions,
    emit,
    output_file,
    require_writable_outputs,
)
from graphtrace.errors import UsageError
from graphtrace.frozen import frozen
from graphtrace.locale import phrase
from graphtrace.render import Lang
from graphtrace.render.i18n import LANGUAGE_VARIABLE, detect_language
from graphtrace.storage.case_folder import DEFAULT_WAIT_S

if TYPE_CHECKING:
    pass


@frozen(kw_only=False)
class OutputPrefs:
    """Language and form of the output."""

    lang: Lang
    as_json: bool
    verbose: bool
    redact: bool


def _after(
    case: Annotated[str | None, typer.Option(metavar="PATH|URI")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    as_jsonl: Annotated[bool, typer.Option("--jsonl")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v")] = False,
    lang: Lang | None = None,
    wait: Annotated[float | None, typer.Option(metavar="SECONDS")] = None,
    memory_limit: Annotated[str | None, typer.Option(metavar="SIZE")] = None,
    without_judgements: Annotated[bool, typer.Option("--without-judgements")] = False,
    redact: Annotated[bool, typer.Option("--redact")] = False,
    purpose: Annotated[str | None, typer.Option(metavar="TEXT")] = None,
) -> None:
    """Common options after the name of a command."""


_COMMON = inspect.signature(_after, eval_str=True).parameters

AsOf = Annotated[str | None, typer.Option(metavar="DATE")]
"""Option of every command that can answer as of a day."""

Slack = Annotated[int | None, typer.Option(metavar="DAYS")]
"""Option of the commands that compare the order in which steps continue with the order by dates."""

Redaction = Literal[
    "masked",
    "not_redacted_letters",
    "not_redacted_whole_case",
    "not_redacted_files",
    "not_redacted_cases",
    "not_redacted_serve",
    "not_redacted_no_case",
]
"""What a command does with ``--redact``: its answers are masked, or it is refused for a reason, the id of a phrase."""

REGISTERED = typer.Typer()
"""All commands, as :func:`command` registers them when their modules are imported."""

_REDACTING: set[str] = set()
"""Names of the commands that take ``--redact``."""

_PAGE_OPTION = inspect.Parameter(
    "html", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[Path | None, typer.Option(metavar="OUT")]
)
"""Option of every command that can write a page (:data:`PAGE` is among its endings)."""


def add_common_options(app: typer.Typer) -> None:
    """Give ``app`` the common options in front of the command's name."""

    def before(context: typer.Context, **given: Any) -> None:
        del given["version"]
        context.obj = given

    version = inspect.Parameter(
        "version",
        inspect.Parameter.KEYWORD_ONLY,
        default=False,
        annotation=Annotated[bool, typer.Option("--version", is_eager=True, callback=_show_version)],
    )
    app.callback()(_with_signature(before, [*_COMMON.values(), version]))


def command(
    *,
    redact: Redaction,
    name: str | None = None,
    group: str | None = None,
    endings: Sequence[str] = (".json", ".txt"),
    writes_folder: bool = False,
) -> Callable[[Callable[..., CommandResult]], Callable[..., CommandResult]]:
    """Register a function of :class:`GlobalOptions` and its own parameters that returns an :class:`CommandResult`.

    It is called as the function in ``group`` where one is given, else as a command by itself.

    ``endings`` are the formats that ``-o`` can write for it, none where its answer is never saved; with :data:`PAGE`
    among them it has ``--html`` as well. The answer is shown or written here. Where it ``writes_folder``, ``-o`` is a
    folder that the function fills itself. ``redact`` says what it does with ``--redact``; no command is without a
    decision.
    """
    page_option = [_PAGE_OPTION] if PAGE in endings else []

    def register(function: Callable[..., CommandResult]) -> Callable[..., CommandResult]:
        def run(context: typer.Context, **given: Any) -> int:
            after = {option: given.pop(option) for option in _COMMON}
            options = _merged(context.find_root().obj, after)
            if options.redact and redact != "masked":
                raise UsageError(
                    "command_not_redacted",
                    command=context.command_path,
                    why=phrase(redact),
                    commands=sorted(_REDACTING),
                    hint="redacted_commands",
                )
            if options.output is not None and not endings:
                raise UsageError("answer_not_saved", command=context.command_path, hint="leave_out_output")
            page_path = given.pop(_PAGE_OPTION.name) if page_option else None
            require_writable_outputs([options.output, page_path], given, options.case)
            if options.as_jsonl and LINES not in endings:
                raise UsageError("no_lines_of_results", hint="say_json")
            with (
                output_file(None if writes_folder else options.output, endings) as target,
                output_file(page_path, (PAGE,)) as page,
            ):
                return emit(function(options, **given), target, options, page=page)

        if redact == "masked":
            _REDACTING.add(f"{group or ''} {name or function.__name__}".strip())
        _, *own = inspect.signature(function, eval_str=True).parameters.values()
        run.__doc__ = function.__doc__
        _group(group).command(name or function.__name__.replace("_", "-"), cls=Command)(
            _with_signature(run, [*own, *page_option, *_COMMON.values()])
        )
        return function

    return register


def _group(name: str | None) -> typer.Typer:
    if name is None:
        return REGISTERED
    for each in REGISTERED.registered_groups:
        if each.name == name and each.typer_instance is not None:
            return each.typer_instance
    group = typer.Typer(cls=Group, rich_markup_mode=None)
    REGISTERED.add_typer(group, name=name)
    return group


def scan_prefs(arguments: Sequence[str]) -> OutputPrefs:
    """Return the output settings of arguments that may be invalid: those that show without parsing."""
    options = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    stated: str | None = None
    for option, following in zip(options, [*options[1:], ""], strict=True):
        if option == "--lang" or option.startswith("--lang="):
            stated = following if option == "--lang" else option.removeprefix("--lang=")
    return OutputPrefs(
        lang=detect_language(stated),
        as_json=not {"--json", "--jsonl"}.isdisjoint(options),
        verbose=not {"-v", "--verbose", "-qv", "-vq"}.isdisjoint(options),
        redact="--redact" in options,
    )


def _show_version(*, is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"graphtrace {__version__}")
        raise typer.Exit


def _merged(before: Mapping[str, Any], after: Mapping[str, Any]) -> GlobalOptions:
    values = {option: after[option] or before[option] for option in _COMMON}
    case = values["case"] or os.environ.get(CASE_VARIABLE) or None
    if values["output"] == STANDARD_OUTPUT:
        values["output"] = None
    # 0 is a value too
    # lines of progress name files
    values["quiet"] = values["quiet"] or values["redact"]
    wait = next((each["wait"] for each in (after, before) if each["wait"] is not None), DEFAULT_WAIT_S)
    lang = values["lang"] or os.environ.get(LANGUAGE_VARIABLE)
    settled = {"case": case, "lang": detect_language(lang), "is_lang_stated": bool(lang), "wait": wait}
    return GlobalOptions(**{**values, **settled})


def _with_signature(function: Callable[..., Any], parameters: Sequence[inspect.Parameter]) -> Callable[..., Any]:
    context = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    named = [context, *(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters)]
    function.__signature__ = inspect.Signature(named)  # type: ignore[attr-defined]
    function.__annotations__ = {parameter.name: parameter.annotation for parameter in named}
    return function
