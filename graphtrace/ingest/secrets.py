"""Secrets of cards (Ki, OPc, PIN, PUK, activation codes): recognised, and kept nowhere but in the source as it came."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from graphtrace.ingest.heading_grammar import SECRET, field_of_heading, normalize_heading
from graphtrace.patterns import late
from graphtrace.results.reports import Reject, RowWarning

_VALUE: Final = late(r"(?i)\bLPA:\d*\$\S*|(?<![0-9A-F])(?=[0-9]*[A-F])[0-9A-F]{32}(?![0-9A-F])")
"""An activation code, or a key of 128 bits; the number of a chip is decimal."""

_HIDDEN: Final = "…"


def is_secret_heading(heading: str) -> bool:
    """Whether a column of this heading holds secrets."""
    return field_of_heading(normalize_heading(heading)) == SECRET


def reject_without_secrets(reject: Reject, secret: Collection[str]) -> Reject:
    """Return the reject without what stands under the headings of secrets and what is one by its form."""
    hidden = {cell for heading, cell in reject.raw if cell and heading in secret}
    raw = tuple(
        # a row that could not be taken apart has no columns by which to tell
        (heading, _HIDDEN if cell and (heading in secret or (secret and not heading)) else _masked(cell))
        for heading, cell in reject.raw
    )
    is_whole = bool(secret) and any(not heading for heading, _ in reject.raw)
    value = _HIDDEN if reject.value and (is_whole or reject.value in hidden) else _masked(reject.value)
    return reject if (raw, value) == (reject.raw, reject.value) else replace(reject, raw=raw, value=value)


def warning_without_secrets(warning: RowWarning, secret: Collection[str]) -> RowWarning:
    """Return the warning without the value of a column of secrets."""
    value = _HIDDEN if warning.heading in secret else _masked(warning.value) or ""
    return warning if value == warning.value else replace(warning, value=value)


def _masked(text: str | None) -> str | None:
    return None if text is None else _VALUE.sub(_HIDDEN, text)
