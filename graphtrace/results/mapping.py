"""First mappings of the sheets of a file that are not understood, as they are guessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from graphtrace.model import Kind

Ground = Literal["heading", "values"]
"""Why a column is taken for a field."""


class ColumnGuess(NamedTuple):
    """One column: its heading, its letters, and the field that it is taken for, with the ground.

    ``fitting`` of ``filled`` cells among the first rows can be read as the field; ``sample`` is the first filled one.
    """

    heading: str
    letters: str
    field: str | None
    ground: Ground | None
    fitting: int
    filled: int
    sample: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetGuess:
    """The guessed contents of one sheet; ``kind`` is set only where the headings state one kind of event as a whole."""

    sheet: str | None
    header_row: int
    kind: Kind | None
    columns: tuple[ColumnGuess, ...]
