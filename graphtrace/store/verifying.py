"""Whether a case still agrees with itself: sources with their hashes, rows with their counts, database with ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from graphtrace.store.embedded import LEDGER, SOURCES, EmbeddedStore
from graphtrace.store.ledger import check_entries, read_entries


def check_case(store: EmbeddedStore) -> Iterator[tuple[str, dict[str, Any]]]:
    """The problems of a case as (code, where); none in a sound one. Reads every source once.

    ``ledger_behind`` is harmless: the ledger lacks the line of the latest load, which was killed before it could write
    it. The database carries that line, and the next load, of whatever file, writes it.
    """
    yield from _check_ledger(store)
    yield from _check_sources(store)
    for file, sha256, rows, stored, repeated, rejected in store.counts_by_sheet():
        if rows != stored + rejected:
            yield (
                "rows_differ",
                {
                    "file": file,
                    "sha256": sha256,
                    "rows": rows,
                    "stored": stored,
                    "repeated": repeated,
                    "rejected": rejected,
                },
            )


def _check_ledger(store: EmbeddedStore) -> Iterator[tuple[str, dict[str, Any]]]:
    written, carried = read_entries(store.folder / LEDGER), store.ledger_entries()
    for number in check_entries(written):
        yield "ledger_broken", {"line": number}
    if written != carried:
        is_owed = bool(carried) and written == carried[:-1]
        yield (
            "ledger_behind" if is_owed else "ledger_differs",
            {"ledger": len(written), "database": len(carried)},
        )


def _check_sources(store: EmbeddedStore) -> Iterator[tuple[str, dict[str, Any]]]:
    for entry in store.contents()["files"]:
        path = store.folder / SOURCES / entry["sha256"]
        where = {"file": entry["file"], "sha256": entry["sha256"]}
        if not path.is_file():
            yield "source_missing", where
            continue
        with path.open("rb") as source:
            found = hashlib.file_digest(source, "sha256").hexdigest()
        if found != entry["sha256"]:
            yield "source_changed", {**where, "found": found}
