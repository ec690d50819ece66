"""``extract``: numbers, ranges and dates in any text, as a table to complete."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from graphtrace.cli.exit_codes import NOTHING_FOUND
from graphtrace.cli.global_options import GlobalOptions
from graphtrace.cli.inputs import STANDARD_INPUT
from graphtrace.cli.options import command
from graphtrace.cli.output import CommandResult, show_answer
from graphtrace.errors import InputError, os_reason


def register(app: typer.Typer) -> None:
    """Register the command."""
    command(app, endings=(".csv", ".json", ".txt", ".xlsx", ".md"), redact="not_redacted_files")(extract)


def extract(
    common: GlobalOptions,
    file: Annotated[Path, typer.Argument(metavar="FILE")],
) -> CommandResult:
    """Find numbers, ranges, dates and quantities in any text, as a table to complete."""
    from graphtrace.ingest.free_text import find_in_line
    from graphtrace.ingest.readers.encodings import text_of
    from graphtrace.ingest.small_files import MAX_LIST_BYTES, within
    from graphtrace.ingest.text_files import lines_of
    from graphtrace.render.command_results import ExtractedText

    if file == STANDARD_INPUT:
        try:
            content = within(sys.stdin.buffer.read(MAX_LIST_BYTES + 1), MAX_LIST_BYTES)
        except OSError as fault:
            raise InputError("at_path", path=file, why=os_reason(fault), hint="small_text_file") from fault
        lines = dict(enumerate(text_of(content).splitlines(), start=1))
        name, digest = str(file), hashlib.sha256(content)
    else:
        lines = dict(lines_of(file))
        name = file.name
        with file.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256")
    finds = [find for number, line in lines.items() for find in find_in_line(line, number)]
    sha256 = digest.hexdigest()

    found = ExtractedText(name, sha256, lines, finds)
    return show_answer(found, common, endings=(".csv", ".xlsx", ".md"), exit_code=0 if finds else NOTHING_FOUND)
