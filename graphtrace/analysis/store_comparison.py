"""Comparison of two stores: counts, checksums over ordered rows, and the traces of some cards; after a copy, too."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from graphtrace.analysis.card_trace import Tracer
from graphtrace.identifiers import join_key
from graphtrace.results.case_status import CaseComparison, ComparisonItem, CopyResult
from graphtrace.storage.base import Backend, CaseContents, LoadedFile, hash_source
from graphtrace.storage.copy import batch_files, copy_files
from graphtrace.storage.duckdb.copy_rows import checksums_of_file, sample_of_file
from graphtrace.storage.load_settings import Progress
from graphtrace.storage.location import CaseLocation

SAMPLE = 100
"""Cards that are traced in both."""


def copy_and_compare(store: Backend, case: Path | str, target: CaseLocation, progress: Progress) -> CopyResult:
    """Copy a case, whose path or address is ``case``, to a location, and compare the two.

    Raises UsageError if the target holds loads or notes that are not those with which the case begins; CaseDamaged if a
    source is missing or is not what was loaded.
    """
    copied = copy_files(store, target.open_copy_writer(progress), progress)
    with closing(target.open_store(None)) as other:
        return CopyResult(
            source=str(case),
            target=str(target.path),
            files=copied.copied,
            files_before=copied.there_before,
            comparison=compare_stores(store, other, progress),
        )


def compare_stores(first: Backend, second: Backend, progress: Progress) -> CaseComparison:
    """Compare what two stores hold. Reads all rows and sources of both once."""
    contents, copied_contents = first.contents(), second.contents()
    sample: dict[str, None] = {}
    copied = _digests_of(copied_contents)
    checksums = [
        *(
            ComparisonItem(what=what, file=None, first=digest, second=copied[what])
            for what, digest in _digests_of(contents).items()
        ),
        *_compare_rows(first, second, contents.files, {file.load for file in copied_contents.files}, sample, progress),
    ]
    cards = list(sample)[:SAMPLE]
    here, there = (Tracer(store).trace(cards) for store in (first, second))
    differing = [card for card, one, other in zip(cards, here, there, strict=True) if one != other]
    return CaseComparison(
        counts=_compare_counts(first.summary(), second.summary()),
        checksums=checksums,
        traced=len(cards),
        differing=differing,
    )


def _digests_of(contents: CaseContents) -> dict[str, str]:
    corrections = [json.dumps(correction.comparable(), ensure_ascii=False) for correction in contents.corrections]
    parts = {"ledger": contents.ledger, "corrections": corrections, "notes": contents.notes}
    return {
        what: hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
        for what, lines in parts.items()
    }


def _compare_counts(first: dict[str, Any], second: dict[str, Any]) -> list[ComparisonItem]:
    def figures(contents: dict[str, Any]) -> dict[str, Any]:
        rest = {name: value for name, value in contents.items() if name not in ("files", "records")}
        return {"files": len(contents["files"]), **contents["records"], **rest}

    here, there = figures(first), figures(second)
    return [ComparisonItem(what=name, file=None, first=here[name], second=there.get(name)) for name in here]


def _compare_rows(
    first: Backend,
    second: Backend,
    files: Sequence[LoadedFile],
    known: set[int],
    sample: dict[str, None],
    progress: Progress,
) -> Iterator[ComparisonItem]:
    """Compare the checksums of all files; add some cards of each to the sample, the same in every run."""
    done = 0
    each = max(2, SAMPLE // max(1, len(files)))
    for group in batch_files(files):
        loads = [file.load for file in group]
        with first.open_tables(loads) as here, second.open_tables(loads) as there:
            for file in group:
                progress(file.name, done, len(files))
                sums = checksums_of_file(here, file.load)
                others = checksums_of_file(there, file.load) if file.load in known else {}
                for what, digest in sums.items():
                    yield ComparisonItem(what=what, file=file.name, first=digest, second=others.get(what))
                yield ComparisonItem(
                    what="source",
                    file=file.name,
                    first=hash_source(first, file.sha256),
                    second=hash_source(second, file.sha256),
                )
                if len(sample) < SAMPLE:
                    cards = (join_key(*part) for part in sample_of_file(here, file.load, most=each))
                    sample.update(dict.fromkeys(cards))
                done += 1
