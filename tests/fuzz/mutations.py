"""Ways in which a file can be other than it should be: any bytes, and the cells of tables in particular."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from random import Random

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

HOSTILE = (
    "",
    " ",
    "\x00",
    "\x1b]0;x\x07\x1b[31m",
    "\u202e8986061900000000001",
    "\u200b\ufeff",
    "\ud7ff\U0010ffff",
    '"',
    '""',
    '"甲',
    "a\nb\r\nc\rd",
    "a,b\tc;d|e",
    "=cmd|'/c calc'!A0",
    "+1+1",
    "@SUM(A1)",
    "-2+3",
    "＝1+1",
    "<script>alert(1)</script>",
    "'; DROP TABLE files; --",
    "[/foo]{{7*7}}${x}%s",
    "8.98606E+19",
    "8986061900000000001",
    "89860619000000000010000000000000000000000",
    "8986061900000000001-8986061900000000009",
    "9" * 400,
    "1e999",
    "nan",
    "-1",
    "2024-02-30",
    "0000-00-00",
    "9999-12-31",
    "45000.5",
    "合计",
    "../../etc/passwd",
    "甲" * 2_000,
)
"""Texts of cells that have made some program stumble."""

_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "gb18030", "big5", "latin-1")
_PIECES = (b"\x00", b'"', b"\n", b"\r", b",", b"\t", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf0\x9f", b"\x1a")


def mutated(content: bytes, others: list[bytes], chosen: Random) -> bytes:
    """The bytes of a file with some faults of any kind."""
    for _ in range(chosen.choice((1, 1, 2, 4))):
        content = chosen.choice(_OF_BYTES)(content, others, chosen)
    return content


def _flip(content: bytes, _: list[bytes], chosen: Random) -> bytes:
    flipped = bytearray(content or b"\x00")
    for _unused in range(chosen.choice((1, 1, 4, 32))):
        flipped[chosen.randrange(len(flipped))] ^= 1 << chosen.randrange(8)
    return bytes(flipped)


def _cut(content: bytes, _: list[bytes], chosen: Random) -> bytes:
    return content[: chosen.randrange(len(content) + 1)]


def _remove(content: bytes, _: list[bytes], chosen: Random) -> bytes:
    first = chosen.randrange(len(content) + 1)
    return content[:first] + content[first + chosen.choice((1, 2, 50, 1000)) :]


def _insert(content: bytes, _: list[bytes], chosen: Random) -> bytes:
    at = chosen.randrange(len(content) + 1)
    piece = chosen.choice((chosen.choice(_PIECES), chosen.choice(HOSTILE).encode(), chosen.randbytes(20)))
    return content[:at] + piece * chosen.choice((1, 1, 2, 300)) + content[at:]


def _splice(content: bytes, others: list[bytes], chosen: Random) -> bytes:
    other = chosen.choice(others)
    return content[: chosen.randrange(len(content) + 1)] + other[chosen.randrange(len(other) + 1) :]


_OF_BYTES: tuple[Callable[[bytes, list[bytes], Random], bytes], ...] = (_flip, _cut, _remove, _insert, _splice)


def mutated_table(rows: list[list[str]], chosen: Random) -> list[list[str]]:
    """The cells of a table with some faults; the first row are the headings."""
    rows = [list(row) for row in rows]
    for _ in range(chosen.choice((1, 2, 5))):
        row = chosen.choice(rows)
        column = chosen.randrange(len(row)) if row else 0
        match chosen.randrange(8):
            case 0 | 1 | 2:
                row[column : column + 1] = [chosen.choice(HOSTILE)]
            case 3:
                row.insert(column, chosen.choice(HOSTILE))
            case 4:
                del row[column : column + 1]
            case 5:
                rows.insert(chosen.randrange(len(rows)), list(chosen.choice(rows)))
            case 6 if rows[0]:
                rows[0].append(chosen.choice(rows[0]))  # a second column of one heading
            case _:
                rows.insert(chosen.randrange(len(rows)), [chosen.choice(HOSTILE) for _ in range(chosen.randrange(5))])
    return rows


def as_delimited(rows: list[list[str]], chosen: Random) -> bytes:
    """The table as text, with a quote, a delimiter, a line end or an encoding that it should not have now and then."""
    delimiter, end = chosen.choice((",", ",", ",", "\t", ";", "|")), chosen.choice(("\n", "\n", "\r\n", "\r"))

    def cell(text: str) -> str:
        is_quoted = chosen.random() < 0.95 and any(mark in text for mark in (delimiter, '"', "\n", "\r"))
        return f'"{text.replace(chr(34), chr(34) * 2)}"' if is_quoted else text

    text = "".join(delimiter.join(map(cell, row)) + end for row in rows)
    encoding = chosen.choice((*("utf-8",) * 8, *_ENCODINGS))
    return text.encode(encoding, "replace")


def as_json_lines(rows: list[list[str]], chosen: Random) -> bytes:
    """The table as JSON Lines, with values of every type."""
    odd = (
        None,
        True,
        5,
        -1,
        1e300,
        2**70,
        [],
        ["x", ["y"]],
        {"a": {"b": 1}},
        "\x00",
        "8986061900000000001",
        "x" * 3_000,
    )

    def line(row: list[str]) -> str:
        told = {name: chosen.choice(odd) if chosen.random() < 0.05 else cell for name, cell in zip(rows[0], row)}  # noqa: B905
        text = json.dumps(told, ensure_ascii=chosen.random() < 0.5)
        return text[: chosen.randrange(len(text))] if chosen.random() < 0.03 else text

    return "\n".join(map(line, rows[1:])).encode("utf-8", "replace")


def as_workbook(rows: list[list[str]], chosen: Random) -> bytes:
    """The table as XLSX, with cells of every type, or with a part of the archive that is damaged."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    odd = (
        None,
        True,
        5,
        1.5,
        8986061900000000001,
        datetime(2024, 3, 1, tzinfo=UTC).replace(tzinfo=None),
        "=1+1",
        "#N/A",
    )
    for row in rows:
        sheet.append([chosen.choice(odd) if chosen.random() < 0.03 else _writable(cell) for cell in row])
    if chosen.random() < 0.2:
        sheet.cell(chosen.choice((1, 3, 2000)), chosen.choice((20, 16384)), "far away")
    if chosen.random() < 0.2:
        sheet.merge_cells("A2:C4")
    written = io.BytesIO()
    book.save(written)
    if chosen.random() < 0.5:
        return written.getvalue()
    rewritten = io.BytesIO()
    with zipfile.ZipFile(written) as archive, zipfile.ZipFile(rewritten, "w", zipfile.ZIP_DEFLATED) as copy:
        names = archive.namelist()
        damaged = chosen.choice(names)
        for name in names:
            content = archive.read(name)
            copy.writestr(name, mutated(content, [content], chosen) if name == damaged else content)
    return rewritten.getvalue()


def as_parquet(rows: list[list[str]], chosen: Random) -> bytes:
    """The table as Parquet, with a column of another type, or with bytes that are not text."""
    columns: dict[str, pa.Array] = {}
    count = len(rows) - 1
    for place, name in enumerate(rows[0]):
        cells = [row[place] if place < len(row) else None for row in rows[1:]]
        kind = chosen.choice(("text",) * 6 + tuple(_TYPES))
        columns[f"{name}_{place}" if name in columns else name] = (
            pa.array(cells, pa.string()) if kind == "text" else _TYPES[kind](count)
        )
    written = io.BytesIO()
    pq.write_table(pa.table(columns), written, compression=chosen.choice(("none", "snappy", "zstd")))
    content = written.getvalue()
    return content if chosen.random() < 0.4 else _flip(content, [], chosen)


_TYPES: dict[str, Callable[[int], pa.Array]] = {
    "dictionary": lambda count: pa.array(["甲"] * count).dictionary_encode(),
    "binary": lambda count: pa.array([b"\xff\xfe"] * count, pa.binary()),
    "list": lambda count: pa.array([["x"]] * count),
    "struct": lambda count: pa.array([{"a": 1}] * count),
    "decimal": lambda count: pa.array([Decimal("8986061900000000001.00")] * count),
    "float": lambda count: pa.array([8.986061900000000001e18] * count),
    "null": lambda count: pa.nulls(count),
    "zone": lambda count: pa.array([0] * count, pa.timestamp("us", tz="Asia/Shanghai")),
    "nanoseconds": lambda count: pa.array([2**62] * count, pa.timestamp("ns")),
    "days": lambda count: pa.array([2**31 - 1] * count, pa.date32()),
    "large": lambda count: pa.array(["x" * 100_000] * count, pa.large_string()),
}


def _writable(text: str) -> str:
    return "".join(mark for mark in text if mark in "\t\n\r" or mark >= " ")[:32_000]
