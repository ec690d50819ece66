"""Runs a command in this process and says what is not as it should be, whatever the command was given."""

from __future__ import annotations

import contextlib
import faulthandler
import io
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from graphtrace.cli import main

SECONDS = 120
"""No command on files this small takes longer, on a busy machine either."""

CODES = frozenset({0, 1, 2, 3, 4, 5})
"""Exit codes of a command if nothing in the program is wrong and nobody ends it."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that has ended."""

    arguments: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The JSON answer, or ``None`` where there is none."""
        with contextlib.suppress(ValueError):
            return json.loads(self.out)
        return None

    @property
    def complaints(self) -> Iterator[str]:
        """Yield the faults in the end of the command."""
        what = " ".join(self.arguments)[:300]
        told = self.err
        if self.code == 3 and told.startswith("Traceback"):  # -v shows where the system has refused something
            told = told[told.rindex("\nerror: ") + 1 :]
        lines = told.splitlines()
        if self.code not in CODES:
            yield f"{what!r} ends with {self.code}: {self.err[-1500:]}"
        elif "Traceback" in told or "panicked" in told:
            yield f"{what!r} shows a traceback: {self.err[-1500:]}"
        elif self.code in (2, 3) and "--json" not in self.arguments and not 1 <= len(lines) <= 2:
            yield f"{what!r} ends with {self.code} and {len(lines)} lines: {self.err[:500]}"
        elif self.code in (2, 3) and "--json" in self.arguments and not _is_error(self.err, self.code):
            yield f"{what!r} ends with {self.code} and no error: {self.err[:500]}"


def run(arguments: Sequence[object]) -> Ran:
    """Run a command; one that does not end ends this process, with a traceback."""
    given = tuple(map(str, arguments))
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    faulthandler.dump_traceback_later(SECONDS, exit=True, file=sys.__stderr__)
    try:
        # -v shows where a fault of the program was raised, and nothing more of errors
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main([*given, "-v"])
    finally:
        faulthandler.cancel_dump_traceback_later()
    said = [stream.buffer.getvalue().decode("utf-8", "replace") for stream in (out, err)]  # type: ignore[attr-defined]
    return Ran(given, code, *said)


def _is_error(text: str, code: int) -> bool:
    with contextlib.suppress(ValueError, KeyError, TypeError):
        error = json.loads(text)["error"]
        return bool(error["code"] and error["message"]) and error["exit"] == code
    return False
