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

In the place of columns it may state what lines of a text say (:mod:`graphtrace.ingest.transcription`).

A file may hold several mappings, each for its sheet, with a line ``---`` between them. Fields that a mapping does not
name are found by their headings as usual. All scalars are read as text, so that no number or
date changes on its way through YAML.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import yaml

from graphtrace.errors import MappingError
from graphtrace.frozen import frozen, replace
from graphtrace.ingest.acts import kind_of_word
from graphtrace.ingest.headers import (
    FIELDS,
    HEADINGS,
    NO_OVERRIDES,
    ColumnOverrides,
    suggest_heading,
)
from graphtrace.ingest.heading_grammar import normalize_heading
from graphtrace.ingest.small_files import read_yaml_documents
from graphtrace.ingest.supporting import RENAMED
from graphtrace.ingest.transcription import BY, OF, LineKey, Transcription, line_key
from graphtrace.model import RECORD_KINDS, SUPPORT_KINDS, RecordKind, column_index
from graphtrace.patterns import late

_Tree: TypeAlias = "str | dict[str, _Tree]"

_KEYS: Final = ("kind", "sheet", "header_row", "exact_numbers", "columns", "literals", "transcribed")
_LETTERS: Final = late("[A-Za-z]{1,3}")
_DEEPEST: Final = 3
"""Levels of nesting that a mapping has."""

_MAX_LINE: Final = 2**31


@frozen()
class ColumnMapping:
    """A checked mapping: the kind, what it claims about columns, which sheet, and whether JSON numbers are exact.

    ``text`` is the mapping as it was written, ``transcription`` what it says of the lines of a text.
    """

    claims: ColumnOverrides = NO_OVERRIDES
    kind: RecordKind | None = None
    sheet: str | None = None
    exact_numbers: bool = False
    text: str = ""
    transcription: Transcription | None = None


def load_mappings(path: Path) -> tuple[ColumnMapping, ...]:
    """Read and check the mappings of a file, one for each YAML document.

    Raises MappingError when it cannot be read, is no YAML, or holds anything that is not understood; the message names
    the file and the key.
    """
    documents = read_yaml_documents(path, MappingError, "mapping")
    try:
        return tuple(
            replace(_mapping({} if root is None else _tree(root, 0, set())), text=text) for text, root in documents
        )
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


SUPPORT_FIELDS: Final = (
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


def known_fields(kind: str | None) -> tuple[str, ...]:
    """Return the fields that columns of a kind of record can hold."""
    if kind not in SUPPORT_KINDS:
        return FIELDS
    others = [name for name in RENAMED[kind] if name in FIELDS and not name.endswith("_id")]
    return (*SUPPORT_FIELDS, *(f"{name}{ending}" for name in others for ending in ("", "_id")))


def _mapping(tree: _Tree) -> ColumnMapping:
    if isinstance(tree, str):
        raise MappingError("mapping_not_keys", keys=_KEYS, hint="mapping_keys")
    for key in tree:
        if key not in _KEYS:
            raise MappingError("mapping_unknown_key", key=key, keys=_KEYS, hint="mapping_keys")
    kind_text = _text(tree, "kind")
    kind: RecordKind | None = kind_of_word(kind_text) if kind_text else None
    kind = kind or next((each for each in SUPPORT_KINDS if each == kind_text), None)
    known = known_fields(kind)
    if kind_text and kind is None:
        raise MappingError("mapping_unknown_kind", kind=kind_text, names=RECORD_KINDS, hint="kinds_are")
    exact = _text(tree, "exact_numbers") or "false"
    if exact.lower() not in ("true", "false"):
        raise MappingError("mapping_exact_numbers", value=exact)
    header_row = _text(tree, "header_row")
    if header_row and not (header_row.isascii() and header_row.isdigit()):
        raise MappingError("mapping_header_row_number", value=header_row)
    columns, literals = _fields(tree, "columns", known), _fields(tree, "literals", known)
    if kind == "seizure":
        columns, literals = (_of_seizure(fields, {*columns, *literals}) for fields in (columns, literals))
    claims = _claims(columns, literals, int(header_row) if header_row else None)
    return ColumnMapping(
        claims=claims,
        kind=kind,
        sheet=_text(tree, "sheet") or None,
        exact_numbers=exact.lower() == "true",
        transcription=_transcription(tree) if "transcribed" in tree else None,
    )


def _of_seizure(fields: dict[str, _Tree], known: Collection[str]) -> dict[str, _Tree]:
    """Return fields of a seizure, of which whom it is from is the holder."""
    renamed = {"from": "holder", "from_id": "holder_id"}
    if taken := next((name for name, own in renamed.items() if {name, own} <= {*known}), None):
        raise MappingError("mapping_two_holders", field=taken, own=renamed[taken], hint="keep_one")
    return {renamed.get(name, name): value for name, value in fields.items()}


def _transcription(tree: dict[str, _Tree]) -> Transcription:
    """Return what a mapping says of the lines of a text; nothing else stands beside it."""
    if others := [key for key in tree if key != "transcribed"]:
        raise MappingError("mapping_transcribed_alone", keys=others)
    stated = tree["transcribed"]
    if isinstance(stated, str):
        raise MappingError("mapping_transcribed_form", line=stated)
    lines: dict[LineKey, dict[str, str]] = {}
    for line, fields in stated.items():
        if line in (BY, OF) and isinstance(fields, str):
            continue
        if (key := line_key(line)) is None or key[0] >= _MAX_LINE or isinstance(fields, str):
            raise MappingError("mapping_transcribed_form", line=line)
        lines[key] = {field: text for field in _fields(stated, line, FIELDS) if (text := _text(fields, field)) != ""}
    if not lines or not (by := _text(stated, BY)):
        raise MappingError("mapping_transcribed_form", line=BY)
    return Transcription(by, lines, _text(stated, OF))


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
            suggested = suggest_heading(name)
            nearest = [field for field in (HEADINGS.get(suggested or ""),) if field in known]
            raise MappingError(
                "mapping_unknown_field",
                key=key,
                field=name,
                nearest=nearest,
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
