"""Known file formats, as they are listed and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


class FormatColumn(NamedTuple):
    """A column of a format: its heading, and what it means; ``contact`` is (side, kind)."""

    heading: str
    field: str | None
    contact: tuple[str, str] | None
    is_secret: bool


class FormatQuestion(NamedTuple):
    """A question about a field that files of the format do not state, by language."""

    field: str
    text: Mapping[str, str]
    is_required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeSummary:
    """A format: by what it is recognised (``headings``, ``preamble``, ``shape``), and what its rows state.

    ``name`` and ``about`` are texts by language; ``path`` is the file of a recipe that is not part of the product.
    """

    id: str
    name: Mapping[str, str]
    about: Mapping[str, str]
    family: str
    sources: tuple[str, ...]
    certainty: str
    headings: tuple[str, ...]
    preamble: tuple[str, ...]
    shape: tuple[str, ...]
    columns: tuple[FormatColumn, ...]
    kinds: tuple[str, ...]
    questions: tuple[FormatQuestion, ...]
    is_context_only: bool
    path: Path | None
