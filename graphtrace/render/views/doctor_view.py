"""The answer of ``doctor`` as a tree: one line for each thing that was looked at, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from graphtrace.render import text_tables
from graphtrace.render.document import KEY_COLUMNS, Cell, Document, LazyRows, Section, TableBlock, Tone, TonedText
from graphtrace.render.i18n import code_text, label_text

if TYPE_CHECKING:
    from graphtrace.render.command_results import Check, Diagnosis

_TONES: Final[dict[str, Tone]] = {"good": "good", "poor": "warn", "bad": "bad"}


def doctor_view(found: Diagnosis, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of a diagnosis."""
    kind = label_text("doctor_page")
    table = TableBlock(code="checks", columns=KEY_COLUMNS, rows=LazyRows(found.checks, _check), layout="key")
    parts = (Section(code="checks", title=kind, parts=(table,)),)
    return Document(title=kind, kind=kind, case=case, as_of=as_of, caveat=None, parts=parts)


def _check(check: Check) -> Sequence[Cell]:
    name = code_text(text_tables.CHECKS, check.state)
    message = label_text(f"check_{check.code}", **{key: _shown(key, value) for key, value in check.params.items()})
    return [TonedText(name, _TONES[check.state]), message]


def _shown(key: str, value: object) -> object:
    if key.endswith("bytes") and isinstance(value, int):
        return f"{value / 10**9:.1f}"
    return "–" if value is None else value
