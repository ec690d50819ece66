"""Commands about the case as a whole: ``graph``, ``export`` and ``query``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from graphtrace.cli.exit_codes import NOTHING_FOUND
from graphtrace.cli.options import AsOf, command
from graphtrace.cli.output import PAGE, CommandResult, GlobalOptions, plain_state, show_answer
from graphtrace.errors import UnknownFormat, UsageError

if TYPE_CHECKING:
    from graphtrace.results.case_status import CaseState
    from graphtrace.results.subgraph import ExportResult, GraphPart


Level = Literal["party", "record", "card"]
Direction = Literal["both", "forward", "backward"]
"""Repeated here because importing it from the answer's module is slow."""

AroundOption = Annotated[list[str] | None, typer.Option(metavar="NAME-OR-ID")]
LevelOption = Level | None
DepthOption = Annotated[int | None, typer.Option(metavar="N")]
SinceOption = Annotated[str | None, typer.Option(metavar="DATE")]
UntilOption = Annotated[str | None, typer.Option(metavar="DATE")]
HubOption = Annotated[int | None, typer.Option(metavar="N")]
DirectionOption = Direction
ByChannelOption = Annotated[bool, typer.Option("--by-channel")]


@command(endings=(".json", ".txt", PAGE), redact="masked")
def graph(
    options: GlobalOptions,
    out: Annotated[Path | None, typer.Argument(metavar="OUT")] = None,
    level: LevelOption = None,
    around: AroundOption = None,
    depth: DepthOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    hub: HubOption = None,
    direction: DirectionOption = "both",
    by_channel: ByChannelOption = False,
    as_of: AsOf = None,
) -> CommandResult:
    """Show who passed how many cards to whom, or write it as a graph."""
    options.require_case()
    part = _part(around, depth, since, until, hub, direction, by_channel=by_channel)

    def page() -> bytes:
        with options.open_case().at(as_of) as case, case.lookup("graph", level=level, **part):
            return case.graph_page(level, options.lang, options.case_title, redact=options.redact, **part)

    if out is not None:
        from graphtrace.export import format_for_path

        written, state = _write(options, as_of, format_for_path(out).name, out, level=level, **part)
        return show_answer(written, options, files={PAGE: page}, state=state)
    with options.open_case().at(as_of) as case:
        with case.lookup("graph", level=level, **part):
            found = case.graph(level or "party", redact=options.redact, lang=options.lang, **part)
        state = case.state()

    return show_answer(found, options, files={PAGE: page}, state=state)


@command(redact="masked")
def export(
    options: GlobalOptions,
    form: Annotated[str, typer.Argument(metavar="FORMAT")],
    out: Annotated[Path, typer.Argument(metavar="OUT")],
    level: LevelOption = None,
    around: AroundOption = None,
    depth: DepthOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    hub: HubOption = None,
    direction: DirectionOption = "both",
    by_channel: ByChannelOption = False,
    as_of: AsOf = None,
    partitions: Annotated[int | None, typer.Option(metavar="N")] = None,
) -> CommandResult:
    """Write the case, or a part of it, for other people's tools."""
    part = _part(around, depth, since, until, hub, direction, by_channel=by_channel)
    written, state = _write(options, as_of, form, out, level=level, partitions=partitions, **part)
    return show_answer(written, options, state=state)


def _part(
    around: list[str] | None,
    depth: int | None,
    since: str | None,
    until: str | None,
    hub: int | None,
    direction: Direction,
    *,
    by_channel: bool,
) -> GraphPart:
    return {
        "around": around or (),
        "depth": depth,
        "since": since,
        "until": until,
        "hub": hub,
        "direction": direction,
        "by_channel": by_channel,
    }


def _write(
    options: GlobalOptions, as_of: str | None, form: str, out: Path, **asked: Any
) -> tuple[ExportResult, CaseState]:
    from graphtrace.render.provenance import answered_at

    with options.open_case().at(as_of) as case:
        state = plain_state(case)
        shown = case.masker(options.lang).mask(state) if options.redact else state
        with answered_at(shown, is_redacted=options.redact):
            title, lang = options.case_title, options.lang
            exported = case.export(form, out, title=title, lang=lang, redact=options.redact, **asked)
    return exported, state


@command(endings=(".json", ".txt", ".csv", ".xlsx", ".sql", ".cypher"), redact="masked")
def query(
    options: GlobalOptions,
    name: Annotated[str | None, typer.Argument(metavar="NAME")] = None,
    parameters: Annotated[list[str] | None, typer.Option("--parameter", "-p", metavar="KEY=VALUE")] = None,
    list_all: Annotated[bool, typer.Option("--list")] = False,
    show: Annotated[str | None, typer.Option(metavar="NAME")] = None,
    as_of: AsOf = None,
) -> CommandResult:
    """Ask a question of the query library."""
    if [name is not None, list_all, show is not None].count(True) != 1:
        raise UsageError("query_which", hint="list_queries")
    if name is None:
        if options.redact:
            raise UsageError("answer_not_redacted", hint="leave_out_redact")
        if parameters or as_of:
            raise UsageError("parameters_without_query", hint="query_usage")
        return _list(options) if show is None else _show(show, options)
    return _ask(name, parameters or (), as_of, options)


def _ask(name: str, parameters: Iterable[str], as_of: str | None, options: GlobalOptions) -> CommandResult:
    options.require_case()
    _refuse_endings(options, ".sql", ".cypher")

    with options.open_case().at(as_of) as case:
        answer = case.query(name, **_values(name, parameters))
        state = plain_state(case)

    exit_code = 0 if answer.rows else NOTHING_FOUND
    return show_answer(answer, options, exit_code=exit_code, state=state)


def _values(name: str, parameters: Iterable[str]) -> dict[str, object]:
    """Return the values of ``-p`` by key; ``-p`` is repeated for the members of a list."""
    from graphtrace.query_library import load_query

    lists = {parameter.name for parameter in load_query(name).header.parameters if parameter.is_list}
    members: dict[str, list[str]] = {}
    for assignment in parameters:
        key, equals, value = assignment.partition("=")
        if not equals:
            raise UsageError("parameter_without_value", text=assignment, hint="parameter_form", code="bad_parameter")
        if key in members and key not in lists:
            raise UsageError("parameter_twice", name=key, hint="leave_one", code="bad_parameter")
        members.setdefault(key, []).append(value)
    return {key: values if key in lists else values[0] for key, values in members.items()}


def _list(options: GlobalOptions) -> CommandResult:
    _refuse_endings(options, ".csv", ".xlsx", ".sql", ".cypher")
    from graphtrace.query_library import load_queries
    from graphtrace.render.command_results import QueryList

    return show_answer(QueryList(load_queries()), options)


def _show(name: str, options: GlobalOptions) -> CommandResult:
    _refuse_endings(options, ".csv", ".xlsx")
    from graphtrace.query_library import load_query

    query = load_query(name)

    def document() -> Mapping[str, object]:
        from graphtrace.render.json import ShownQuery, answer_document

        return answer_document("", ShownQuery(query))

    texts = query.texts
    return CommandResult(
        document=document,
        view=lambda: "\n".join(texts.values()),
        files={".sql": lambda: query.with_header("sql"), ".cypher": lambda: query.with_header("cypher")},
    )


def _refuse_endings(options: GlobalOptions, *endings: str) -> None:
    if options.output is not None and options.output.suffix.lower() in endings:
        raise UnknownFormat("query_output_ending", path=options.output, hint="end_with_json_or_txt")
