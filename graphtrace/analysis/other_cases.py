"""Values looked for in those other cases of a folder that may be found (SPEC 12, 13, Several cases).

Each case is asked as it lies there, for reading only: nothing is written into it, and there is no index beside the
cases that would have to be kept in step with them. A value is compared as a watched one
(:mod:`graphtrace.analysis.watch_hits`): whole numbers, ranges and names, no parts and nothing similar.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from graphtrace.analysis.watch_hits import find_hits
from graphtrace.errors import GraphtraceError
from graphtrace.results.case_status import FoundElsewhere, HitElsewhere, OtherCase
from graphtrace.storage.case_notes import head_of_case, stated_fields
from graphtrace.storage.ledger import FolderChains

UNREAD: Final = "unread"
"""Role of a value in rows that were not recorded."""


def find_in_cases(places: Iterable[Path], values: Sequence[str], *, memory_bytes: int | None) -> FoundElsewhere:
    """Return which of some case folders name the values, with kind, role and count, and nothing else of them.

    A case that cannot be read is counted. Cost: of each case that may be found, one query over its records.
    """
    asked = not_findable = unreadable = 0
    found: list[OtherCase] = []
    for place in places:
        try:
            notes = FolderChains(place, 0).lines("notes")
            if stated_fields(notes).get("findable") != "yes":
                not_findable += 1
                continue
            hits = _hits_in(place, values, memory_bytes)
        except GraphtraceError:
            unreadable += 1
            continue
        asked += 1
        if hits:
            head = head_of_case(notes)
            found.append(OtherCase(head.number, head.unit, hits))
    return FoundElsewhere(cases=found, asked=asked, not_findable=not_findable, unreadable=unreadable)


def _hits_in(place: Path, values: Sequence[str], memory_bytes: int | None) -> list[HitElsewhere]:
    from graphtrace.storage.duckdb.duckdb_backend import DuckDBBackend

    rows: Counter[tuple[str, str | None, str]] = Counter()
    with closing(DuckDBBackend(place, judged=False, wait_s=0, memory_bytes=memory_bytes)) as store:
        loads = {file.load for file in store.contents().files}
        for hit in find_hits(store, values, loads):
            rows[hit.value, hit.kind, hit.role if hit.unread is None else UNREAD] += hit.rows
    return [HitElsewhere(*what, count) for what, count in rows.items()]
