"""Commands about what goes out and comes in: ``pin``, ``report``, ``letters``, ``bundle``, ``open`` and ``watch``."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from graphtrace.cli.inputs import FromColumn, FromFile, Ids, collect_ids
from graphtrace.cli.options import AsOf, command
from graphtrace.cli.output import PAGE, CommandResult, GlobalOptions, show_answer, state_of_head
from graphtrace.errors import UsageError


@command(redact="masked")
def pin(
    options: GlobalOptions,
    cards: Annotated[list[str] | None, typer.Argument(metavar="CARD…")] = None,
    party: Annotated[str | None, typer.Option("--party", metavar="NAME")] = None,
    audit: Annotated[list[str] | None, typer.Option("--audit", metavar="NAME")] = None,
    words: Annotated[str, typer.Option("--words", metavar="TEXT")] = "",
    by: Annotated[str | None, typer.Option("--by", metavar="NAME")] = None,
    remove: Annotated[int | None, typer.Option("--remove", metavar="N")] = None,
    show_list: Annotated[bool, typer.Option("--list")] = False,
) -> CommandResult:
    """Choose an answer for the report, with what you say about it; nothing is deleted."""
    from graphtrace.evidence.pinned_report import pin_answer, pins_of, remove_pin
    from graphtrace.results.evidence_report import PinList

    if [bool(cards), party is not None, bool(audit), remove is not None, show_list].count(True) != 1:
        raise UsageError("pin_what", hint="pin_usage")
    if words and (remove is not None or show_list):
        raise UsageError("words_without_answer", hint="pin_usage")
    with options.open_case() as case:
        if cards:
            found = PinList([pin_answer(case, "trace", cards, words, by=by)])
        elif party is not None:
            found = PinList([pin_answer(case, "party", [party], words, by=by)])
        elif audit:
            found = PinList([pin_answer(case, "audit", audit, words, by=by)])
        elif remove is not None:
            found = remove_pin(case, remove, by=by)
        else:
            found = pins_of(case)
        return show_answer(found, options, state=case.state())


@command(endings=(".docx", ".pdf", PAGE, ".md", ".json", ".txt"), redact="masked")
def report(options: GlobalOptions) -> CommandResult:
    """Write the pinned answers as one document, with the rows they rest on and the list of all files."""
    from graphtrace.evidence.pinned_report import make_report

    with options.open_case() as case:
        made = make_report(case)
        return show_answer(made, options, state=case.state())


@command(writes_folder=True, redact="not_redacted_letters")
def letters(
    options: GlobalOptions,
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

    if [templates is not None, show_list, state is not None, options.output is not None].count(True) != 1:
        raise UsageError("letters_what", hint="letters_usage")
    asked_for = (ids, from_file, lead, form, number, again, suspend, reply_within is not None, as_of)
    if options.output is None and any(asked_for):
        raise UsageError("letters_what", hint="letters_usage")
    if templates is not None:
        return show_answer(write_templates(templates), options)
    with options.open_case() as case:
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
                lang=options.lang,
                pattern=number,
                as_of=as_of,
                again=again,
                suspend=suspend,
                reply_within=reply_within,
            )
            answer = make_letters(case, query, options.output, by=by)
        return show_answer(answer, options, state=case.at(as_of).state())


SIGN_PASSWORD = "GRAPHTRACE_SIGN_PASSWORD"  # noqa: S105
"""The variable of the environment with the password of the key that signs."""

PASSPHRASE = "GRAPHTRACE_BUNDLE_PASSPHRASE"  # noqa: S105
"""The variable of the environment with the passphrase of a bundle."""


@command(redact="not_redacted_whole_case")
def bundle(
    options: GlobalOptions,
    source: Annotated[str, typer.Argument(metavar="CASE")],
    out: Annotated[Path, typer.Argument(metavar="OUT")],
    sign: Annotated[Path | None, typer.Option(metavar="KEY")] = None,
    encrypt: Annotated[list[str] | None, typer.Option(metavar="RECIPIENT")] = None,
    passphrase: Annotated[bool, typer.Option("--passphrase")] = False,
    time_stamp_request: Annotated[bool, typer.Option("--time-stamp-request")] = False,
    with_key: Annotated[bool, typer.Option("--with-key")] = False,
) -> CommandResult:
    """Seal a case to hand it over: its sources, ledger and notes, checked with standard tools."""
    from graphtrace.cli.terminal_questions import password_asker, progress_of

    if encrypt and passphrase:
        raise UsageError("recipient_and_passphrase", hint="one_of_both")
    words = _asker(options, PASSPHRASE, "passphrase_new", twice=True)() if passphrase else None
    if passphrase and words is None:
        raise UsageError("no_passphrase", hint="give_passphrase")
    with options.open_case(source) as case, progress_of(options) as progress:
        sealed = case.bundle(
            out,
            sign=sign,
            sign_password=None if sign is None else _sign_password(options, sign),
            recipients=encrypt or (),
            passphrase=words,
            time_stamp_request=time_stamp_request,
            with_key=with_key,
            password=password_asker(options),
            progress=progress,
        )
    return show_answer(sealed, options, case=source, state=state_of_head(sealed.ledger_head))


@command(name="open", redact="not_redacted_whole_case")
def open_sealed(
    options: GlobalOptions,
    sealed: Annotated[Path, typer.Argument(metavar="BUNDLE")],
    key: Annotated[str | None, typer.Option(metavar="PUBKEY")] = None,
    identity: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    tsa_certificate: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    limits: Annotated[list[str] | None, typer.Option("--limit", metavar="NAME=N")] = None,
) -> CommandResult:
    """Check a bundle, make a case of its sources and ledger, and compare it with what the bundle states."""
    from graphtrace.bundle.bundle_opener import OpenOptions, open_bundle
    from graphtrace.cli.terminal_questions import password_asker, progress_of

    how = OpenOptions(
        key=key,
        identity=identity,
        passphrase=_asker(options, PASSPHRASE, "passphrase_of_bundle"),
        stamp_certificate=tsa_certificate,
        limits=limits or (),
        password=password_asker(options),
    )
    case = options.require_case()
    with progress_of(options) as progress:
        opened = open_bundle(sealed, case, how, progress or (lambda *_: None))
    return show_answer(opened, options, state=state_of_head(opened.ledger_head))


def _sign_password(options: GlobalOptions, key: Path) -> str | None:
    """Return the password of a key: from the environment, else asked on the terminal where the key has one."""
    from graphtrace.bundle.signing import is_encrypted

    return _asker(options, SIGN_PASSWORD, "password_of_key")() if is_encrypted(key) else None


def _asker(options: GlobalOptions, variable: str, question: str, *, twice: bool = False) -> Callable[[], str | None]:
    """Return a function for a secret: from the environment, else asked on the terminal."""

    def ask() -> str | None:
        from graphtrace.cli.terminal_questions import is_watched, progress_hidden
        from graphtrace.locale import phrase
        from graphtrace.platform import read_password

        if (known := os.environ.get(variable)) or not is_watched(options):
            return known or None
        with progress_hidden():
            given = read_password(phrase(question).render(options.lang))
            if twice and read_password(phrase("passphrase_again").render(options.lang)) != given:
                raise UsageError("passphrases_differ", hint="give_passphrase")
        return given or None

    return ask


Values = Annotated[list[str], typer.Argument(metavar="VALUE…")]
Why = Annotated[str | None, typer.Option(metavar="TEXT")]
By = Annotated[str | None, typer.Option(metavar="NAME")]


@command(group="watch", redact="masked")
def add(options: GlobalOptions, values: Values, why: Why = None, by: By = None) -> CommandResult:
    """Watch values from now on."""
    return _change(options, values, why, by, is_removal=False)


@command(group="watch", name="list", redact="masked")
def list_watches(options: GlobalOptions, as_of: AsOf = None) -> CommandResult:
    """List the watched values."""
    with options.open_case().at(as_of) as case:
        return show_answer(case.watches(), options, state=state_of_head(case.ledger_head(), as_of))


@command(group="watch", redact="masked")
def remove(options: GlobalOptions, values: Values, why: Why = None, by: By = None) -> CommandResult:
    """Watch values no more."""
    return _change(options, values, why, by, is_removal=True)


def _change(
    options: GlobalOptions, values: list[str], why: str | None, by: str | None, *, is_removal: bool
) -> CommandResult:
    with options.open_case() as case:
        changed = case.watch(*values, remove=is_removal, why=why, by=by)
        return show_answer(changed, options, state=state_of_head(case.ledger_head()))
