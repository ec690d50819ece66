"""Mapping files: what a person says about the columns of files whose headings say too little.

A mapping is YAML::

    kind: transfer            # of all records
    sheet: 明细               # of a workbook; else every sheet
    header_row: 3             # as the spreadsheet program counts; 0 where there is none
    exact_numbers: true       # integers beyond 2^53 in JSON are as they were
    columns:
      iccid: 卡片编号         # by heading,
      to: {column: F}         # by letter,
      user:                   # or not at all, whatever its heading
    literals:
      from: 深圳星海物联科技有限公司

Fields that it does not name are found by their headings as usual. All scalars are read as text, so that no number or
date changes on its way through YAML.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

import yaml

from graphtrace.errors import MappingError
from graphtrace.identifiers import parse_iccid, parse_imei, parse_imsi, parse_msisdn, parse_uscc
from graphtrace.ingest.events import SheetMeaning, events_of_date, missing_fields
from graphtrace.ingest.headers import (
    FIELDS,
    HEADINGS,
    KIND_WORDS,
    NO_OVERRIDES,
    ColumnOverrides,
    Row,
    column_index,
    column_letters,
    looks_like_data,
    normalize_heading,
    suggest_heading,
)
from graphtrace.ingest.readers import open_sheets
from graphtrace.ingest.secrets import is_secret_heading
from graphtrace.ingest.sheet import INEXACT_MARK, Sheet
from graphtrace.ingest.small_files import read_yaml
from graphtrace.ingest.values import parse_date, parse_quantity
from graphtrace.model import KINDS, RECORD_KINDS, SUPPORT_KINDS, RecordKind

_Tree: TypeAlias = "str | dict[str, _Tree]"

_KEYS: Final = ("kind", "sheet", "header_row", "exact_numbers", "columns", "literals")
_LETTERS: Final = re.compile("[A-Za-z]{1,3}")
_DEEPEST: Final = 3
"""Levels of nesting that a mapping has."""

_COUNT_WORDS: Final = re.compile("数|量|qty|count|num")
_MOST_SAMPLES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """A checked mapping: the kind, what it claims about columns, which sheet, and whether JSON numbers are exact.

    ``text`` is the mapping as it was written.
    """

    claims: ColumnOverrides = NO_OVERRIDES
    kind: RecordKind | None = None
    sheet: str | None = None
    exact_numbers: bool = False
    text: str = ""


def load_mapping(path: Path) -> ColumnMapping:
    """Read and check a mapping file.

    Raises
    ------
    MappingError
        When it cannot be read, is no YAML, or holds anything that is not understood; the message names the file and
        the key.
    """
    text, root = read_yaml(path, MappingError, "mapping")
    try:
        tree = {} if root is None else _tree(root, 0, set())
        return replace(_mapping(tree), text=text)
    except MappingError as error:
        raise MappingError("at_path", path=path, why=error.text, hint=error.hint_text) from error


def _tree(node: yaml.Node, depth: int, seen: set[int]) -> _Tree:
    """Return a YAML node as text and dictionaries, without any guess at types.

    ``seen`` are the nodes that were met: one that is met again stands for an alias, by which a short file could mean
    millions of keys.
    """
    line = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        is_null = node.tag == "tag:yaml.org,2002:null"
        return "" if is_null else str(node.value)
    if not isinstance(node, yaml.MappingNode) or depth == _DEEPEST:
        raise MappingError("mapping_line_structure", line=line, keys=_KEYS, hint="mapping_keys")
    if id(node) in seen:
        raise MappingError("mapping_line_alias", line=line, hint="write_keys")
    seen.add(id(node))
    tree: dict[str, _Tree] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise MappingError("mapping_line_key", line=line, keys=_KEYS, hint="mapping_keys")
        name = str(key.value)
        if name in tree:
            raise MappingError("mapping_line_twice", line=key.start_mark.line + 1, key=name)
        tree[name] = _tree(value, depth + 1, seen)
    return tree


_SUPPORT_FIELDS: Final = (
    *(
        "waybill",
        "order_no",
        "record_no",
        "date",
        "amount",
        "direction",
        "name",
        "id",
        "account",
        "telephone",
        "address",
    ),
    *("sender", "sender_id", "sender_telephone", "sender_address"),
    *("receiver", "receiver_id", "receiver_telephone", "receiver_address"),
    *("payer", "payer_id", "payer_account", "payee", "payee_id", "payee_account"),
)
"""Fields of identities, shipments and payments."""


def _mapping(tree: _Tree) -> ColumnMapping:
    if isinstance(tree, str):
        raise MappingError("mapping_not_keys", keys=_KEYS, hint="mapping_keys")
    for key in tree:
        if key not in _KEYS:
            raise MappingError("mapping_unknown_key", key=key, keys=_KEYS, hint="mapping_keys")
    kind_text = _text(tree, "kind")
    kind: RecordKind | None = KIND_WORDS.get(normalize_heading(kind_text)) if kind_text else None
    kind = kind or next((each for each in SUPPORT_KINDS if each == kind_text), None)
    known = _SUPPORT_FIELDS if kind in SUPPORT_KINDS else FIELDS
    if kind_text and kind is None:
        raise MappingError("mapping_unknown_kind", kind=kind_text, names=RECORD_KINDS, hint="kinds_are")
    exact = _text(tree, "exact_numbers") or "false"
    if exact.lower() not in ("true", "false"):
        raise MappingError("mapping_exact_numbers", value=exact)
    header_row = _text(tree, "header_row")
    if header_row and not (header_row.isascii() and header_row.isdigit()):
        raise MappingError("mapping_header_row_number", value=header_row)
    claims = _claims(
        _fields(tree, "columns", known), _fields(tree, "literals", known), int(header_row) if header_row else None
    )
    return ColumnMapping(
        claims=claims, kind=kind, sheet=_text(tree, "sheet") or None, exact_numbers=exact.lower() == "true"
    )


def _text(tree: dict[str, _Tree], key: str) -> str:
    value = tree.get(key, "")
    if isinstance(value, str):
        return value.strip()
    raise MappingError("mapping_key_is_text", key=key)


def _fields(tree: dict[str, _Tree], key: str, known: Sequence[str]) -> dict[str, _Tree]:
    fields = tree.get(key) or {}
    if isinstance(fields, str):
        raise MappingError("mapping_fields_text", key=key, text=fields)
    for name in fields:
        if name not in known:
            nearest = suggest_heading(name)
            raise MappingError(
                "mapping_unknown_field",
                key=key,
                field=name,
                nearest=[HEADINGS[nearest]] if nearest else [],
                fields=known,
                hint="did_you_mean" if nearest else "fields_are",
            )
    return fields


def _claims(columns: dict[str, _Tree], literals: dict[str, _Tree], header_row: int | None) -> ColumnOverrides:
    headings: dict[str, str] = {}
    places: dict[str, int] = {}
    unread = set()
    for name, column in columns.items():
        if isinstance(column, dict):
            letters = column.get("column")
            if set(column) != {"column"} or not isinstance(letters, str) or not _LETTERS.fullmatch(letters):
                raise MappingError("mapping_column_form", field=name)
            places[name] = column_index(letters)
        elif column:
            headings[name] = normalize_heading(column)
        else:
            unread.add(name)
    texts: dict[str, str] = {}
    for name, text in literals.items():
        if name == "kind":
            raise MappingError("mapping_kind_literal")
        if name in columns:
            raise MappingError("mapping_column_and_literal", field=name, hint="keep_one")
        if not isinstance(text, str) or not text.strip():
            raise MappingError("mapping_literal_text", field=name)
        texts[name] = text.strip()
    if header_row == 0 and headings:
        raise MappingError("mapping_letters_only")
    return ColumnOverrides(
        headings=headings, places=places, literals=texts, unread=frozenset(unread), header_row=header_row
    )


def suggest_mapping(path: Path) -> str:
    """Write a first mapping for a file: its fields guessed by headings and by the first rows, all else as comments.

    Raises
    ------
    InputError
        When the file cannot be read.
    """
    from graphtrace.ingest.forms import read_forms

    sheets = [read_forms(sheet) for sheet in open_sheets(path)]
    guesses = [_Guess(sheet) for sheet in sheets]
    best = max(guesses, key=lambda guess: len(guess.fields))
    lines = [
        f"# A first mapping for {_quoted(path.name)}, guessed from its headings and first rows. Check every line.",
        *best.kind_lines(),
        *([f"sheet: {_quoted(best.sheet.name)}"] if best.sheet.name is not None and len(sheets) > 1 else []),
        *best.header_lines(),
        *best.column_lines(),
        "# literals:    # what the file does not say and is the same for all its rows",
        "#   carrier: 中国联通",
    ]
    return "\n".join(lines) + "\n"


class _Guess:
    """Guess of the header and the fields of one sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.header_row, self._names = _likeliest_header(sheet.head_rows)
        below = _first_rows(sheet, self.header_row)
        self._samples = [[cell for cells in below if (cell := cells[column])] for column in range(len(self._names))]
        self.fields = self._find_fields()

    def _find_fields(self) -> dict[str, int]:
        """Return fields by column: from known headings, then from the values, then from headings nearly known."""
        fields: dict[str, int] = {}
        for guess in (self._by_heading, self._by_values, self._by_likeness):
            found = [(column, field) for column in range(len(self._names)) if (field := guess(column))]
            cards = [column for column, field in found if field == "iccid" and column not in fields.values()]
            if guess == self._by_values and len(cards) > 1 and not {"iccid_first", "iccid_last"} & fields.keys():
                fields |= {"iccid_first": cards[0], "iccid_last": cards[1]}
            for column, field in found:
                if field not in fields and column not in fields.values():
                    fields[field] = column
        return fields

    def _by_heading(self, column: int) -> str | None:
        return HEADINGS.get(normalize_heading(self._names[column]))

    def _by_values(self, column: int) -> str | None:
        texts = self._samples[column]
        for field, read in _READERS:
            if texts and all(read(text.removeprefix(INEXACT_MARK)) for text in texts):
                return field
        return None

    def _by_likeness(self, column: int) -> str | None:
        name = self._names[column]
        if nearest := suggest_heading(name):
            return HEADINGS[nearest]
        is_count = all(isinstance(parse_quantity(text), int) for text in self._samples[column])
        return "quantity" if is_count and _COUNT_WORDS.search(normalize_heading(name)) else None

    def kind_lines(self) -> list[str]:
        """Return the line of the kind, or of the fields that it would take."""
        headings = [normalize_heading(name) for name in self._names]
        dates = {
            column: events_of_date(headings[column]) or frozenset()
            for name, column in self.fields.items()
            if name == "date"
        }
        kind = next(
            (event.kind for event in SheetMeaning(self.fields, headings, dates).events() if not event.missing), None
        )
        likeliest = min(KINDS, key=lambda each: len(missing_fields(each, self.fields)))
        nearest = kind or likeliest
        missing = missing_fields(nearest, self.fields)
        line = f"kind: {nearest}" if kind else f"# kind: {nearest}    # one of {', '.join(KINDS)}"
        return [line, *([f"# {nearest} records must also carry: {', '.join(missing)}"] if missing else [])]

    def header_lines(self) -> list[str]:
        """Return the line of the header's row; none for JSON Lines, whose keys are a header that stands in no row."""
        return [f"header_row: {self.header_row}"] if self.header_row or not any(self._names) else []

    def column_lines(self) -> list[str]:
        """Return one line for each column, commented out where nothing is known about it."""
        by_column = {column: field for field, column in self.fields.items()}
        lines = ["columns:" if by_column else "columns: {}"]
        for column, name in enumerate(self._names):
            is_shown = bool(self._samples[column]) and not is_secret_heading(name)
            sample = f"    # {_quoted(self._samples[column][0])}" if is_shown else ""
            is_unique = (
                bool(name) and [normalize_heading(other) for other in self._names].count(normalize_heading(name)) == 1
            )
            place = _quoted(name) if is_unique else f"{{column: {column_letters(self.sheet.number_of(column))}}}"
            if column in by_column:
                lines.append(f"  {by_column[column]}: {place}{sample}")
            elif name or sample:
                lines.append(f"  # FIELD: {place}{sample}")
        return lines


def _likeliest_header(top: Sequence[Row]) -> tuple[int, list[str]]:
    """Return number and cells of the row most like a header; row 0 without names if all rows look like data."""
    headers = [(number, cells) for number, cells in top if not any(cell and looks_like_data(cell) for cell in cells)]
    if not headers:
        return 0, [""] * max(len(cells) for _, cells in top)
    number, cells = max(
        headers,
        key=lambda row: (
            sum(normalize_heading(cell) in HEADINGS for cell in row[1] if cell),
            sum(cell is not None for cell in row[1]),
            -row[0],
        ),
    )
    return number, [cell or "" for cell in cells]


def _first_rows(sheet: Sheet, header_row: int) -> list[Sequence[str | None]]:
    """Return some rows below the header; the formats that name their columns show none of them at the top."""
    below: list[Sequence[str | None]] = [cells for number, cells in sheet.head_rows if number > header_row]
    if not below and (block := next(sheet.read(header_row), None)) is not None:
        below = [cells for _, *cells in block.head(_MOST_SAMPLES).iter_rows()]
    return below[:_MOST_SAMPLES]


def _is_date(text: str) -> bool:
    return not isinstance(parse_date(text), str)


_READERS: Final = (
    ("iccid", lambda text: (card := parse_iccid(text)) is not None and card.complete),
    ("imsi", parse_imsi),
    ("msisdn", parse_msisdn),
    ("date", _is_date),
    ("imei", parse_imei),
    ("enterprise_id", parse_uscc),
)
"""Fields that values show by themselves."""


def _quoted(text: str | None) -> str:
    """Return ``text`` as a YAML scalar on one line, whatever it holds."""
    shown = json.dumps(text or "", ensure_ascii=False)
    return "".join(sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in shown)
