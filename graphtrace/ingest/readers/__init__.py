"""Files to sheets of text cells, one module a format."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import TYPE_CHECKING

from graphtrace.errors import InputError, os_reason
from graphtrace.locale import phrase

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from graphtrace.ingest.sheet import Sheet

__all__ = ["open_sheets"]

HEAD_BYTES = 4096

FOREIGN = {
    b"\x1f\x8b": "gzip",
    b"7z\xbc\xaf\x27\x1c": "seven_zip",
    b"Rar!": "rar",
    b"\x28\xb5\x2f\xfd": "zstandard",
    b"SQLite format 3": "sqlite",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"PARE": "encrypted_parquet",
}
_HINTS = {
    **dict.fromkeys(("gzip", "seven_zip", "rar", "zstandard"), "unpack_archive"),
    "picture": "type_what_it_shows",
}
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_MARKUP = (b"<?xml", b"<!doctype", b"<html", b"<table", b"<head", b"<body", b"<meta", b"<div", b"<style")
_RICH_TEXT = b"{\\rtf"
_TEXT_ENDINGS = {
    ".csv": "delimited",
    ".tsv": "delimited",
    ".txt": "delimited",
    ".jsonl": "jsonlines",
    ".ndjson": "jsonlines",
    ".json": "document",
}
_BINARY_ENDINGS = {
    ".xlsx": "xlsx_workbook",
    ".xls": "xls_workbook",
    ".ods": "ods_workbook",
    ".docx": "word_file",
    ".parquet": "parquet_file",
    ".pdf": "pdf",
}

_PAGES = frozenset({".html", ".htm"})

READ_ENDINGS = frozenset((*_TEXT_ENDINGS, *_BINARY_ENDINGS, *_PAGES))
"""Endings of files that may hold a table."""


def open_sheets(
    path: Path | str, *, exact_numbers: bool = False, tables: Sequence[Mapping[str, Any]] = ()
) -> list[Sheet]:
    """Return the sheets of a file: delimited text, workbooks, Parquet, JSON, tables of web pages, Word and PDF files.

    The first bytes decide what the file is, then its ending.

    ``exact_numbers``: integers beyond 2^53 in JSON Lines are exact, so they are not marked as damaged.
    ``tables``: the tables of a PDF as they were read before, in place of those that would be found in it now.

    Raises InputError when there is no such file, it is in no format that is read, damaged, encrypted, or no cell of it
    is filled; UnsafeFile when it is built to harm its reader.
    """
    from graphtrace.ingest.other_tables import share_titles
    from graphtrace.ingest.readers.guard import guarded, guarded_sheet

    path = Path(path)
    head, tail = _ends(path)
    kind = _kind(path, head, tail)
    with guarded(path):
        sheets = [guarded_sheet(path, sheet) for sheet in _open(path, kind, exact_numbers=exact_numbers, tables=tables)]
    if len(sheets) > 1:
        from graphtrace.ingest.sheet import share_notes

        share_notes(sheets)
    share_titles(sheets)
    return sheets


def is_text(path: Path) -> bool:
    """Whether a file is text, in whatever encoding; raises as :func:`open_sheets`."""
    return _kind(path, *_ends(path)) in ("markup", *_TEXT_ENDINGS.values())


def _open(path: Path, kind: str, *, exact_numbers: bool, tables: Sequence[Mapping[str, Any]]) -> list[Sheet]:
    # each format brings its own engine, and a command should only wait for the one it needs
    match kind:
        case "zip":
            from graphtrace.ingest.readers.excel_reader import open_package

            return open_package(path)
        case "xls":
            from graphtrace.ingest.readers.excel_reader import open_xls

            return open_xls(path)
        case "parquet":
            from graphtrace.ingest.readers.parquet_reader import open_parquet

            return open_parquet(path)
        case "jsonlines":
            from graphtrace.ingest.readers.jsonlines_reader import open_jsonlines

            return open_jsonlines(path, exact_numbers=exact_numbers)
        case "document":
            from graphtrace.ingest.readers.documents import open_document

            return open_document(path, exact_numbers=exact_numbers)
        case "pdf":
            from graphtrace.ingest.readers.pdf_reader import open_pdf

            return open_pdf(path, tables)
        case "markup":
            from graphtrace.ingest.readers.markup_reader import open_markup

            return open_markup(path)
        case _:
            from graphtrace.ingest.readers.csv_reader import open_delimited
            from graphtrace.ingest.readers.plain_tables import open_text

            return (open_text(path) if path.suffix.lower() == ".txt" else []) or open_delimited(path)


def _ends(path: Path) -> tuple[bytes, bytes]:
    """Return the first bytes of a file, and its last four."""
    try:
        if not path.is_file():
            reason = phrase("not_a_file") if path.exists() else phrase("no_such_file")
            raise InputError("at_path", path=path, why=reason, hint="check_the_path")
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            file.seek(max(path.stat().st_size - 4, 0))
            tail = file.read(4)
    except OSError as error:
        raise InputError("at_path", path=path, why=os_reason(error), hint="check_path_and_rights") from error
    if not head:
        raise InputError("file_empty", path=path, hint="ask_for_file_again")
    return head, tail


def _kind(path: Path, head: bytes, tail: bytes) -> str:
    ending = path.suffix.lower()
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "xls"
    if head.startswith(b"PAR1") and (tail == b"PAR1" or ending == ".parquet"):
        return "parquet"
    if head.startswith(b"%PDF"):
        return "pdf"
    for magic, name in FOREIGN.items():
        if head.startswith(magic):
            raise InputError("file_is", path=path, what=phrase(name), hint=_HINTS.get(name, "save_table"))
    beginning = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if beginning.startswith(_RICH_TEXT):
        raise InputError("file_is", path=path, what=phrase("rich_text"), hint="save_table")
    if beginning.startswith(_MARKUP) or (ending in _PAGES and beginning.startswith(b"<")):
        return "markup"
    if ending in _BINARY_ENDINGS:
        raise InputError("file_is_not", path=path, what=phrase(_BINARY_ENDINGS[ending]), hint="save_table_or_csv")
    if ending not in _TEXT_ENDINGS:
        raise InputError("file_ending_unknown", path=path, hint="formats_read")
    if head.count(0) > len(head) // 5 and not head.startswith(_WIDE_MARKS):
        from graphtrace.ingest.readers.encodings import unmarked_wide

        if unmarked_wide(head) is None:
            raise InputError("file_not_text", path=path, hint="save_table")
    return _TEXT_ENDINGS[ending]
