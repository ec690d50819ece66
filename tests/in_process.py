"""Runs a command in this process, where the process itself is not what is tested: its start takes most of its time."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout

from graphtrace.cli import main


def run_command(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a command in the environment and the folder of this process; its outputs are in UTF-8, as of a terminal."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        code = main(list(arguments))
    said = [stream.buffer.getvalue().decode() for stream in (out, err)]  # type: ignore[attr-defined]
    return subprocess.CompletedProcess(list(arguments), code, *said)
