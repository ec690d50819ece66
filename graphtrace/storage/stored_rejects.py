"""Rejected rows, and their form in a store."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from graphtrace.private_files import read_blocks
from graphtrace.results.reports import Reject, RowWarning


def reject_from_row(cells: Sequence[Any]) -> Reject:
    """Return a reject from its stored cells: row, field, reason, value, both ends of the interval, the row as JSON."""
    row, field, reason, value, low, high, raw = cells
    return Reject(
        row=row,
        field=field,
        reason=reason,
        value=value,
        interval=None if low is None else (low, high),
        raw=tuple((heading, cell) for heading, cell in json.loads(raw)),
    )


def rejects_name(sha256: str, number: int, earlier: int = 0) -> str:
    """Return the name of the file with the rejected rows of a sheet; the sheets of a file are counted from 1.

    ``earlier`` is how many loads of the same file the case had before.
    """
    return f"{sha256[:12]}-{number}{f'-{earlier}' if earlier else ''}.csv"


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file, as the ledger stores it for rejected rows."""
    digest = hashlib.sha256()
    for block in read_blocks(path):
        digest.update(block)
    return digest.hexdigest()


def encode_warnings(remarks: Sequence[RowWarning]) -> str:
    """Return the stored form of the remarks on a sheet; those that are not about a column keep their old form."""
    fields = [
        [
            r.field,
            r.reason,
            r.rows,
            r.first_row,
            r.value,
            *([r.heading, r.column, r.kind] if r.column or r.kind else []),
        ]
        for r in remarks
    ]
    return json.dumps(fields, ensure_ascii=False)


def decode_warnings(text: str) -> list[RowWarning]:
    """Return the remarks on a sheet from their stored form."""
    return [
        RowWarning(
            field=field,
            reason=reason,
            rows=count,
            first_row=first,
            value=value,
            heading=column[0] if column else None,
            column=column[1] if column else None,
            kind=column[2] if column else None,
        )
        for field, reason, count, first, value, *column in json.loads(text)
    ]
