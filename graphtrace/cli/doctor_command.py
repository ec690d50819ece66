"""``doctor``: checks whether this machine meets the requirements of the program."""

from __future__ import annotations

import locale
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import typer

from graphtrace.cli.exit_codes import MISSING
from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.options import command
from graphtrace.cli.output import CommandResult, show_answer
from graphtrace.errors import GraphtraceError
from graphtrace.platform import system
from graphtrace.render.command_results import Check, Diagnosis
from graphtrace.render.language import detect_language

MIN_FREE_BYTES = 2 * 10**9
"""Minimum free space of a folder, in bytes."""

MIN_MEMORY_BYTES = 2 * 10**9
"""Minimum memory, in bytes."""

_OPTIONAL = ("pandas", "neo4j-rust-ext", "followthemoney", "typst")
"""Optional packages; without typst no PDF is written."""


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app, redact="not_redacted_no_case")(doctor)


def doctor(common: GlobalOptions) -> CommandResult:
    """Say whether this machine has what graphtrace needs, and what is missing."""
    found = Diagnosis([*_machine(), *_packages(), *_places(common.case), *_server(common)])
    is_bad = any(check.state == "bad" for check in found.checks)
    return show_answer(found, common, exit_code=MISSING if is_bad else 0)


def _machine() -> Iterator[Check]:
    yield Check("python", "good", {"version": sys.version.split()[0], "system": system.NAME})
    memory = system.physical_bytes() or 0
    yield Check("memory", "good" if memory >= MIN_MEMORY_BYTES else "poor", {"bytes": memory})
    output = (sys.stdout.encoding or "").lower()
    names = {"output": output, "files": sys.getfilesystemencoding(), "system": locale.getpreferredencoding(False)}
    yield Check("encodings", "good" if _writes_chinese(output) else "poor", names)
    yield Check("language", "good", {"language": detect_language()})
    yield Check("long_paths", "good" if system.has_long_paths() else "poor", {})


def _writes_chinese(encoding: str) -> bool:
    try:
        "溯源".encode(encoding)
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def _packages() -> Iterator[Check]:
    from importlib.metadata import PackageNotFoundError, requires, version

    try:
        needs = requires("graphtrace") or ()
    except PackageNotFoundError:  # run from a folder that only holds its modules
        needs = ()
        yield Check("not_installed", "poor", {})
    for need in needs:
        if ";" in need:  # of an extra
            continue
        name = need.split("<")[0].split(">")[0].split("=")[0].strip()
        try:
            yield Check("package", "good", {"name": name, "version": version(name), "needed": need})
        except PackageNotFoundError:
            yield Check("missing_package", "bad", {"name": name, "needed": need})
    for name in _OPTIONAL:
        try:
            yield Check("optional_package", "good", {"name": name, "version": version(name)})
        except PackageNotFoundError:
            yield Check("optional_package", "poor", {"name": name, "version": None})


def _places(case: str | None) -> Iterator[Check]:
    from graphtrace.storage.neo4j.client import is_server

    places = [("scratch", Path(tempfile.gettempdir()))]
    if case is not None and not is_server(case):
        folder = Path(case).resolve()
        places.append(("case", next(each for each in (folder, *folder.parents) if each.exists())))
    for what, folder in places:
        free = shutil.disk_usage(folder).free
        params = {"what": what, "folder": str(folder), "free_bytes": free}
        if not _is_writable(folder):
            yield Check("unwritable_folder", "bad" if what == "scratch" else "poor", params)
        else:
            yield Check("folder", "good" if free >= MIN_FREE_BYTES else "poor", params)


def _is_writable(folder: Path) -> bool:
    if not os.access(folder, os.W_OK):
        return False
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _server(common: GlobalOptions) -> Iterator[Check]:
    from graphtrace.storage.neo4j.client import is_server

    if common.case is None or not is_server(common.case):
        return
    from graphtrace.case import open_case

    try:
        with open_case(common.case, wait=common.wait) as case:
            files = len(case.status().files)
    except GraphtraceError as error:
        if error.code == "case_missing":
            yield Check("server", "good", {"address": common.case, "files": 0})
        else:
            yield Check("no_server", "bad", {"address": common.case, "why": error.text})
    else:
        yield Check("server", "good", {"address": common.case, "files": files})
