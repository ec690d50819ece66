"""``bundle`` and ``open``: a case sealed to hand over, and one made of such a bundle."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.options import command
from graphtrace.cli.output import CommandResult, show_answer, state_of_head
from graphtrace.errors import UsageError

SIGN_PASSWORD = "GRAPHTRACE_SIGN_PASSWORD"  # noqa: S105
"""The variable of the environment with the password of the key that signs."""

PASSPHRASE = "GRAPHTRACE_BUNDLE_PASSPHRASE"  # noqa: S105
"""The variable of the environment with the passphrase of a bundle."""


def register(app: typer.Typer) -> None:
    """Register the commands."""
    command(app, redact="not_redacted_whole_case")(bundle)
    command(app, name="open", redact="not_redacted_whole_case")(open_sealed)


def bundle(
    common: GlobalOptions,
    source: Annotated[str, typer.Argument(metavar="CASE")],
    out: Annotated[Path, typer.Argument(metavar="OUT")],
    sign: Annotated[Path | None, typer.Option(metavar="KEY")] = None,
    encrypt: Annotated[list[str] | None, typer.Option(metavar="RECIPIENT")] = None,
    passphrase: Annotated[bool, typer.Option("--passphrase")] = False,
    time_stamp_request: Annotated[bool, typer.Option("--time-stamp-request")] = False,
    with_key: Annotated[bool, typer.Option("--with-key")] = False,
) -> CommandResult:
    """Seal a case to hand it over: its sources, ledger and notes, checked with standard tools."""
    from graphtrace.cli.progress import progress_of
    from graphtrace.cli.terminal_questions import password_asker

    if encrypt and passphrase:
        raise UsageError("recipient_and_passphrase", hint="one_of_both")
    words = _asker(common, PASSPHRASE, "passphrase_new", twice=True)() if passphrase else None
    if passphrase and words is None:
        raise UsageError("no_passphrase", hint="give_passphrase")
    with common.open_case(source) as case, progress_of(common) as progress:
        sealed = case.bundle(
            out,
            sign=sign,
            sign_password=None if sign is None else _sign_password(common, sign),
            recipients=encrypt or (),
            passphrase=words,
            time_stamp_request=time_stamp_request,
            with_key=with_key,
            password=password_asker(common),
            progress=progress,
        )
    return show_answer(sealed, common, case=source, state=state_of_head(sealed.ledger_head))


def open_sealed(
    common: GlobalOptions,
    sealed: Annotated[Path, typer.Argument(metavar="BUNDLE")],
    key: Annotated[str | None, typer.Option(metavar="PUBKEY")] = None,
    identity: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    tsa_certificate: Annotated[Path | None, typer.Option(metavar="FILE")] = None,
    limits: Annotated[list[str] | None, typer.Option("--limit", metavar="NAME=N")] = None,
) -> CommandResult:
    """Check a bundle, make a case of its sources and ledger, and compare it with what the bundle states."""
    from graphtrace.bundle.bundle_opener import OpenOptions, open_bundle
    from graphtrace.cli.progress import progress_of
    from graphtrace.cli.terminal_questions import password_asker

    options = OpenOptions(
        key=key,
        identity=identity,
        passphrase=_asker(common, PASSPHRASE, "passphrase_of_bundle"),
        stamp_certificate=tsa_certificate,
        limits=limits or (),
        password=password_asker(common),
    )
    case = common.require_case()
    with progress_of(common) as progress:
        opened = open_bundle(sealed, case, options, progress or (lambda *_: None))
    return show_answer(opened, common, state=state_of_head(opened.ledger_head))


def _sign_password(common: GlobalOptions, key: Path) -> str | None:
    """Return the password of a key: from the environment, else asked on the terminal where the key has one."""
    from graphtrace.bundle.signing import is_encrypted

    return _asker(common, SIGN_PASSWORD, "password_of_key")() if is_encrypted(key) else None


def _asker(common: GlobalOptions, variable: str, question: str, *, twice: bool = False) -> Callable[[], str | None]:
    """Return a function for a secret: from the environment, else asked on the terminal."""

    def ask() -> str | None:
        from graphtrace.cli.progress import progress_hidden
        from graphtrace.cli.terminal_questions import is_watched
        from graphtrace.locale import phrase
        from graphtrace.platform import read_password

        if (known := os.environ.get(variable)) or not is_watched(common):
            return known or None
        with progress_hidden():
            given = read_password(phrase(question).render(common.lang))
            if twice and read_password(phrase("passphrase_again").render(common.lang)) != given:
                raise UsageError("passphrases_differ", hint="give_passphrase")
        return given or None

    return ask
