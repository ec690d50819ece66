"""Exit codes of commands that answer. Those of errors stand with them in :mod:`graphtrace.errors`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphtrace.model import Finding

NOTHING_FOUND: Final = 1
"""The case was asked, and has no answer."""

MISSING: Final = 3
"""``doctor`` misses something that graphtrace cannot do without."""

MISMATCH: Final = 4
"""The answers of a case differ from its truth or a saved answer."""

LEVEL_MET: Final = 5
"""A finding is as severe as ``--fail-on`` says."""

INTERRUPTED: Final = 130
"""Interrupted by the user (Ctrl-C)."""

SIGNALLED: Final = 128
"""Base of the exit code of a command that a signal ended, to which the signal's number is added, as in shells."""

Severity = Literal["info", "warning", "error"]
"""Severities of findings, repeated here because importing the model is slow."""

_LEVELS: tuple[Severity, ...] = ("info", "warning", "error")


def exit_code_for(fail_on: Severity | None, findings: Iterable[Finding]) -> int:
    """Return the exit code that ``--fail-on`` requires."""
    counting = () if fail_on is None else _LEVELS[_LEVELS.index(fail_on) :]
    return LEVEL_MET if any(finding.severity in counting for finding in findings) else 0
