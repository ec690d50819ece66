"""Commands about this machine: ``doctor`` checks it, ``serve`` opens the workbench in its browser."""

from __future__ import annotations

import json
import locale
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from graphtrace.cli.exit_codes import MISSING
from graphtrace.cli.options import command
from graphtrace.cli.output import CommandResult, GlobalOptions, show_answer
from graphtrace.cli.standard_streams import write_output
from graphtrace.errors import GraphtraceError
from graphtrace.platform import system
from graphtrace.render.i18n import detect_language

MIN_FREE_BYTES = 2 * 10**9
"""Minimum free space of a folder, in bytes."""

MIN_MEMORY_BYTES = 2 * 10**9
"""Minimum memory, in bytes."""

_OPTIONAL = ("pandas", "neo4j-rust-ext", "followthemoney", "typst")
"""Optional packages; without typst no PDF is written."""

_Check = tuple[str, Literal["good", "poor", "bad"], dict[str, Any]]
"""What was checked, how it is, and what is to be said of it."""


@command(redact="not_redacted_no_case")
def doctor(options: GlobalOptions) -> CommandResult:
    """Say whether this machine has what graphtrace needs, and what is missing."""
    from graphtrace.render.command_results import Check, Diagnosis

    checked = (*_machine(), *_packages(), *_places(options.case), *_server(options))
    found = Diagnosis([Check(*one) for one in checked])
    is_bad = any(check.state == "bad" for check in found.checks)
    return show_answer(found, options, exit_code=MISSING if is_bad else 0)


def _machine() -> Iterator[_Check]:
    yield "python", "good", {"version": sys.version.split()[0], "system": system.NAME}
    memory = system.physical_bytes() or 0
    yield "memory", "good" if memory >= MIN_MEMORY_BYTES else "poor", {"bytes": memory}
    output = (sys.stdout.encoding or "").lower()
    names = {"output": output, "files": sys.getfilesystemencoding(), "system": locale.getpreferredencoding(False)}
    yield "encodings", "good" if _writes_chinese(output) else "poor", names
    yield "language", "good", {"language": detect_language()}
    yield "long_paths", "good" if system.has_long_paths() else "poor", {}


def _writes_chinese(encoding: str) -> bool:
    try:
        "溯源".encode(encoding)
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def _packages() -> Iterator[_Check]:
    from importlib.metadata import PackageNotFoundError, requires, version

    try:
        needs = requires("graphtrace") or ()
    except PackageNotFoundError:  # run from a folder that only holds its modules
        needs = ()
        yield "not_installed", "poor", {}
    for need in needs:
        if ";" in need:  # of an extra
            continue
        name = need.split("<")[0].split(">")[0].split("=")[0].strip()
        try:
            yield "package", "good", {"name": name, "version": version(name), "needed": need}
        except PackageNotFoundError:
            yield "missing_package", "bad", {"name": name, "needed": need}
    for name in _OPTIONAL:
        try:
            yield "optional_package", "good", {"name": name, "version": version(name)}
        except PackageNotFoundError:
            yield "optional_package", "poor", {"name": name, "version": None}


def _places(case: str | None) -> Iterator[_Check]:
    from graphtrace.storage.location import is_server

    places = [("scratch", Path(tempfile.gettempdir()))]
    if case is not None and not is_server(case):
        folder = Path(case).resolve()
        places.append(("case", next(each for each in (folder, *folder.parents) if each.exists())))
    for what, folder in places:
        free = shutil.disk_usage(folder).free
        params = {"what": what, "folder": str(folder), "free_bytes": free}
        if not _is_writable(folder):
            yield "unwritable_folder", "bad" if what == "scratch" else "poor", params
        else:
            yield "folder", "good" if free >= MIN_FREE_BYTES else "poor", params


def _is_writable(folder: Path) -> bool:
    if not os.access(folder, os.W_OK):
        return False
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _server(options: GlobalOptions) -> Iterator[_Check]:
    from graphtrace.storage.location import is_server

    if options.case is None or not is_server(options.case):
        return
    from graphtrace.case import open_case

    try:
        with open_case(options.case, wait=options.wait) as case:
            files = len(case.status().files)
    except GraphtraceError as error:
        if error.code == "case_missing":
            yield "server", "good", {"address": options.case, "files": 0}
        else:
            yield "no_server", "bad", {"address": options.case, "why": error.text}
    else:
        yield "server", "good", {"address": options.case, "files": files}


@command(redact="not_redacted_serve")
def serve(
    options: GlobalOptions,
    port: Annotated[int, typer.Option(metavar="N")] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser")] = False,
    read_only: Annotated[bool, typer.Option("--read-only")] = False,
) -> CommandResult:
    """Open the workbench: the case in the browser of this machine; without one, its first page chooses a case."""
    from graphtrace.workbench.server import serve as run

    def announce(url: str) -> None:
        write_output(f"{json.dumps({'url': url})}\n" if options.as_json else f"{url}\n")

    run(
        options.case,
        lang=options.lang,
        is_lang_stated=options.is_lang_stated,
        port=port,
        is_read_only=read_only,
        memory_limit=options.memory_limit,
        announce=announce,
        open_browser=not no_browser,
        purpose=options.purpose,
    )
    raise typer.Exit
