"""First mappings of the sheets of a file that are not understood, as they are guessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from graphtrace.model import Kind
from graphtrace.wire import wire

Ground = Literal["heading", "values"]
"""Why a column is taken for a field."""


@wire("column=letters heading=title field ground fitting filled")
class ColumnGuess(NamedTuple):
    """One column of a sheet and the field that it is taken for: by its ``heading`` or ``values``, or for none.

    ``fitting`` of ``filled`` cells among the first rows can be read as the field.
    """

    heading: str
    letters: str
    field: str | None
    ground: Ground | None
    fitting: int
    filled: int
    sample: str | None

    @property
    def title(self) -> str | None:
        """The heading, if there is one."""
        return self.heading or None


@wire("sheet header_row kind:str|None columns")
@dataclass(frozen=True, slots=True, kw_only=True)
class SheetGuess:
    """Guessed contents of a sheet that needs a mapping; ``kind`` is null where its headings leave it open."""

    sheet: str | None
    header_row: int
    kind: Kind | None
    columns: tuple[ColumnGuess, ...]
