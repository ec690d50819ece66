"""``letters``: letters to those whom the leads name, from templates that a unit edits."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.inputs import FromColumn, FromFile, Ids, collect_ids
from graphtrace.cli.options import AsOf, command
from graphtrace.cli.output import CommandResult, show_answer
from graphtrace.errors import UsageError


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app, writes_folder=True, redact="not_redacted_letters")(letters)


def letters(
    common: GlobalOptions,
    ids: Ids = None,
    from_file: FromFile = None,
    column: FromColumn = None,
    lead: Annotated[list[str] | None, typer.Option("--lead", metavar="ID")] = None,
    form: Annotated[str | None, typer.Option("--form", metavar="carrier|dealer|notice|…")] = None,
    number: Annotated[str | None, typer.Option("--number", metavar="PATTERN")] = None,
    reply_within: Annotated[int | None, typer.Option("--reply-within", metavar="DAYS")] = None,
    suspend: Annotated[bool, typer.Option("--suspend")] = False,
    again: Annotated[bool, typer.Option("--again")] = False,
    show_list: Annotated[bool, typer.Option("--list")] = False,
    state: Annotated[str | None, typer.Option("--state", metavar="REF=new|sent|answered|void")] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT")] = "",
    by: Annotated[str | None, typer.Option("--by", metavar="NAME")] = None,
    templates: Annotated[Path | None, typer.Option("--templates", metavar="FOLDER")] = None,
    as_of: AsOf = None,
) -> CommandResult:
    """Write one letter for each party that the leads of the seized cards, or of some cards, name."""
    from graphtrace.evidence.case_letters import (
        LetterQuery,
        list_letters,
        make_letters,
        set_letter_state,
        write_templates,
    )

    if [templates is not None, show_list, state is not None, common.output is not None].count(True) != 1:
        raise UsageError("letters_what", hint="letters_usage")
    asked_for = (ids, from_file, lead, form, number, again, suspend, reply_within is not None, as_of)
    if common.output is None and any(asked_for):
        raise UsageError("letters_what", hint="letters_usage")
    if templates is not None:
        return show_answer(write_templates(templates), common)
    with common.open_case() as case:
        if show_list:
            answer = list_letters(case)
        elif state is not None:
            reference, equals, value = state.partition("=")
            if not equals:
                raise UsageError("letters_what", hint="letters_usage")
            answer = set_letter_state(case, reference, value.strip(), by=by, remark=note)
        else:
            asked = collect_ids(ids, from_file, column).ids if ids or from_file else []
            query = LetterQuery(
                ids=asked,
                leads=frozenset(lead or ()),
                form=form,
                lang=common.lang,
                pattern=number,
                as_of=as_of,
                again=again,
                suspend=suspend,
                reply_within=reply_within,
            )
            answer = make_letters(case, query, common.output, by=by)
        return show_answer(answer, common, as_of=as_of, state=case.state(as_of=as_of))
