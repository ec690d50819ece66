"""Whether a case still agrees with itself: sources with their hashes, rows with their counts, database with ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphtrace.store.ledger import check_entries
from graphtrace.store.protocol import CaseStore


def check_case(store: CaseStore) -> Iterator[tuple[str, dict[str, Any]]]:
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


def _check_ledger(store: CaseStore) -> Iterator[tuple[str, dict[str, Any]]]:
    written, carried = store.written_entries(), store.ledger_entries()
    for number in check_entries(written):
        yield "ledger_broken", {"line": number}
    if written != carried:
        is_owed = bool(carried) and written == carried[:-1]
        yield (
            "ledger_behind" if is_owed else "ledger_differs",
            {"ledger": len(written), "database": len(carried)},
        )


def _check_sources(store: CaseStore) -> Iterator[tuple[str, dict[str, Any]]]:
    for entry in store.contents()["files"]:
        where = {"file": entry["file"], "sha256": entry["sha256"]}
        found = store.source_hash(entry["sha256"])
        if found is None:
            yield "source_missing", where
        elif found != entry["sha256"]:
            yield "source_changed", {**where, "found": found}
