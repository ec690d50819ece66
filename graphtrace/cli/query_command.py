"""``query``: queries of the query library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

import typer

from graphtrace.cli.exit_codes import NOTHING_FOUND
from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.options import AsOf, command
from graphtrace.cli.output import CommandResult, plain_state, show_answer
from graphtrace.errors import UnknownFormat, UsageError


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app, endings=(".json", ".txt", ".csv", ".xlsx", ".sql", ".cypher"), redact="masked")(query)


def query(
    common: GlobalOptions,
    name: Annotated[str | None, typer.Argument(metavar="NAME")] = None,
    parameters: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", metavar="KEY=VALUE"),
    ] = None,
    list_all: Annotated[bool, typer.Option("--list")] = False,
    show: Annotated[str | None, typer.Option(metavar="NAME")] = None,
    as_of: AsOf = None,
) -> CommandResult:
    """Ask a question of the query library."""
    if [name is not None, list_all, show is not None].count(True) != 1:
        raise UsageError("query_which", hint="list_queries")
    if name is None:
        if common.redact:
            raise UsageError("answer_not_redacted", hint="leave_out_redact")
        if parameters or as_of:
            raise UsageError("parameters_without_query", hint="query_usage")
        return _list(common) if show is None else _show(show, common)
    return _ask(name, parameters or (), as_of, common)


def _ask(name: str, parameters: Iterable[str], as_of: str | None, common: GlobalOptions) -> CommandResult:
    common.require_case()
    _refuse_endings(common, ".sql", ".cypher")

    with common.open_case() as case:
        answer = case.query(name, as_of=as_of, **_values(name, parameters))
        state = plain_state(case, as_of)

    exit_code = 0 if answer.rows else NOTHING_FOUND
    return show_answer(answer, common, as_of=as_of, endings=(".csv", ".xlsx"), exit_code=exit_code, state=state)


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


def _list(common: GlobalOptions) -> CommandResult:
    _refuse_endings(common, ".csv", ".xlsx", ".sql", ".cypher")
    from graphtrace.query_library import load_queries
    from graphtrace.render.command_results import QueryList

    return show_answer(QueryList(load_queries()), common)


def _show(name: str, common: GlobalOptions) -> CommandResult:
    _refuse_endings(common, ".csv", ".xlsx")
    from graphtrace.query_library import load_query

    query = load_query(name)

    def document() -> Mapping[str, object]:
        from graphtrace.render.json import query_text_document

        return query_text_document(query)

    texts = query.texts
    return CommandResult(
        document=document,
        view=lambda: "\n".join(texts.values()),
        files={".sql": lambda: query.with_header("sql"), ".cypher": lambda: query.with_header("cypher")},
    )


def _refuse_endings(common: GlobalOptions, *endings: str) -> None:
    if common.output is not None and common.output.suffix.lower() in endings:
        raise UnknownFormat("query_output_ending", path=common.output, hint="end_with_json_or_txt")
