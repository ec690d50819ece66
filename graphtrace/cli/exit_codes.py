"""Exit codes of the commands that are no error; those of errors stand beside them (:mod:`graphtrace.errors`)."""

from __future__ import annotations

from typing import Final

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
