"""The mapping screen: the first rows of a file, what each column is taken for, and the mapping that comes of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from graphtrace.errors import UsageError
from graphtrace.ingest.headers import FIELDS
from graphtrace.ingest.mapping_files import SUPPORT_FIELDS
from graphtrace.ingest.mapping_suggestion import guess_sheet, readable_sheets, suggest_mappings
from graphtrace.ingest.sheet import INEXACT_MARK
from graphtrace.locale.text import Text as Message
from graphtrace.model import RECORD_KINDS, SUPPORT_KINDS
from graphtrace.render import text_tables
from graphtrace.render.i18n import Text

if TYPE_CHECKING:
    from pathlib import Path

ROWS: Final = 8
"""Number of rows that the grid shows."""

_FIELDS: Final = tuple(dict.fromkeys((*FIELDS, *SUPPORT_FIELDS)))

LITERALS: Final = ("carrier", "enterprise", "from", "to", "party", "date", "channel", "payer")
"""Fields that a file often does not state because they are the same for all its rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingForm:
    """Content of the form: a field for each column, literals, kind, row of the header; the sheets, where several."""

    sheet: str | None
    sheets: tuple[str | None, ...]
    header_row: int
    kind: str
    fields: tuple[str, ...]
    literals: Mapping[str, str]
    rows: tuple[tuple[int, tuple[str | None, ...]], ...]
    letters: tuple[str, ...]

    def to_yaml(self) -> str:
        """Return the mapping as the file for ``load --mapping``; every text is quoted as JSON, which YAML reads."""
        lines = [f"kind: {self.kind}"] if self.kind else []
        lines += [f"sheet: {quoted(self.sheet)}"] if self.sheet is not None else []
        lines.append(f"header_row: {self.header_row}")
        named = [(field, letters) for field, letters in zip(self.fields, self.letters, strict=True) if field]
        lines.append("columns:" if named else "columns: {}")
        lines += [f"  {field}: {{column: {letters}}}" for field, letters in named]
        stated = [(field, text) for field, text in self.literals.items() if text]
        lines += ["literals:"] if stated else []
        lines += [f"  {field}: {quoted(text)}" for field, text in stated]
        return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """Return a text as YAML reads it in quotation marks, with what people can read as it is."""
    return json.dumps(text, ensure_ascii=not text.isprintable())


def suggest_form(path: Path, sheet: str | None = None) -> MappingForm:
    """The form with what headings and values suggest, for a sheet, else for the first one that needs a mapping.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    suggested = suggest_mappings(path).sheets
    sheets = readable_sheets(path)
    names = [one.name for one in sheets]
    wanted = sheet if sheet in names else suggested[0].sheet if suggested else None
    best = next((one for one in sheets if one.name == wanted), max(sheets, key=lambda one: one.width))
    head = [
        (number, [None if cell is None else cell.removeprefix(INEXACT_MARK) for cell in cells])
        for number, cells in best.head_rows[:ROWS]
    ]
    own = next((one for one in suggested if one.sheet in (best.name, None)), None)
    guess = own or guess_sheet(best, is_named=len(sheets) > 1)
    return MappingForm(
        sheet=guess.sheet,
        sheets=tuple(names) if len(sheets) > 1 else (),
        header_row=guess.header_row,
        kind=guess.kind or "",
        fields=tuple(column.field or "" for column in guess.columns),
        literals={},
        rows=tuple((number, tuple(cells)) for number, cells in head),
        letters=tuple(column.letters for column in guess.columns),
    )


def filled_form(form: MappingForm, given: Mapping[str, Sequence[str]]) -> MappingForm:
    """Return the form as a person filled it in; what is no field, kind or number is left out."""

    def value(name: str) -> str:
        return next(iter(given.get(name, [])), "").strip()

    chosen = [field if (field := value(f"column-{letters}")) in _FIELDS else "" for letters in form.letters]
    row = value("header_row")
    return MappingForm(
        sheet=form.sheet,
        sheets=form.sheets,
        header_row=int(row) if row.isdecimal() and len(row) < 8 else form.header_row,
        kind=kind if (kind := value("kind")) in RECORD_KINDS else "",
        fields=tuple(chosen),
        literals={field: value(f"literal-{field}") for field in LITERALS if field not in chosen},
        rows=form.rows,
        letters=form.letters,
    )


def require_fields_of_kind(form: MappingForm) -> None:
    """Check that the chosen fields are those of records of the chosen kind.

    Raises
    ------
    UsageError
        If some are of records of another kind.
    """
    known = SUPPORT_FIELDS if form.kind in SUPPORT_KINDS else FIELDS
    others = dict.fromkeys(field for field in form.fields if field and field not in known)
    if others:
        kind = Message("kinds", form.kind, {}) if form.kind else None
        raise UsageError("fields_of_other_kind", fields=[Message("fields", each, {}) for each in others], kind=kind)


def headings_of(form: MappingForm) -> tuple[str, ...]:
    """Return the headings that a form names; nothing where its row of headings is not among those shown."""
    return next((_headings(cells) for number, cells in form.rows if number == form.header_row), ())


def _headings(cells: Sequence[str | None]) -> tuple[str, ...]:
    texts = [(cell or "").strip() for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def note_of_mapping(form: MappingForm, file: str) -> dict[str, Any] | None:
    """Return the mapping as the content of a note, by which it is offered for the same headings.

    ``None`` where the headings are not among the rows shown.
    """
    headings = headings_of(form)
    if not headings:
        return None
    named = {f"column-{letters}": field for field, letters in zip(form.fields, form.letters, strict=True) if field}
    stated = {f"literal-{field}": text for field, text in form.literals.items() if text}
    return {"file": file, "headings": list(headings), "fields": {"kind": form.kind, **named, **stated}}


def key_of_headings(headings: Sequence[str]) -> str:
    """Return what the note of a mapping is about."""
    return f"mapping:{sha256(json.dumps(list(headings), ensure_ascii=False).encode()).hexdigest()}"


def earlier_mapping(
    form: MappingForm, notes: Iterable[Mapping[str, Any]]
) -> tuple[Mapping[str, Any], MappingForm] | None:
    """Return the latest mapping that somebody made for the headings of a row shown, and the form filled in by it."""
    rows = {key_of_headings(found): number for number, cells in reversed(form.rows) if (found := _headings(cells))}
    made = [note for note in notes if note["kind"] == "mapping" and note["about"] in rows]
    if not made:
        return None
    latest = made[-1]
    given = {name: [str(value)] for name, value in latest["fields"].items()}
    return latest, filled_form(form, {**given, "header_row": [str(rows[latest["about"]])]})


def field_texts() -> dict[str, Text]:
    """Return every field of statements, identities, shipments and payments by its code, in words of the catalogue."""
    return {field: text_tables.FIELDS[field] for field in _FIELDS}
