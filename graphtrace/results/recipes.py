"""Known file formats, and guessed mappings of sheets that are in none of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from graphtrace.frozen import frozen
from graphtrace.model import Kind
from graphtrace.wire import KeyGroup, wire


@wire("heading field=meaning contact=contact_path", name="RecipeColumn", doc="Meaning of a column of a format.")
class FormatColumn(NamedTuple):
    """A column of a format: its heading, and what it means; ``contact`` is (side, kind)."""

    heading: str
    field: str | None
    contact: tuple[str, str] | None
    is_secret: bool

    @property
    def meaning(self) -> str | None:
        """What the column holds: the field, a contact, or a secret; ``None`` for nothing of use."""
        return self.field or ("contact" if self.contact else "secret" if self.is_secret else None)

    @property
    def contact_path(self) -> str | None:
        """Side and kind of a contact."""
        return None if self.contact is None else ".".join(self.contact)


@wire(
    "field question! required=is_required",
    name="RecipeQuestion",
    doc="A field that a format does not state and that is asked for.",
)
class FormatQuestion(NamedTuple):
    """A question about a field that files of the format do not state, by language."""

    field: str
    text: Mapping[str, str]
    is_required: bool


@wire(
    "id name! about! family sources certainty signature columns kinds asked=questions",
    "context_only=is_context_only path",
    name="Recipe",
    doc="A file format that is known.",
    signature=KeyGroup("RecipeSignature", "By what a format is recognised.", "headings preamble shape"),
)
@frozen()
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
@frozen()
class SheetGuess:
    """Guessed contents of a sheet that needs a mapping; ``kind`` is null where its headings leave it open."""

    sheet: str | None
    header_row: int
    kind: Kind | None
    columns: tuple[ColumnGuess, ...]
