"""Check of what a store holds about files, sheets, corrections and judgements against the lines of the ledger.

The lines are chained by hashes; what stands beside them, in columns or properties, is what questions read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from graphtrace.results.corrections import Correction
from graphtrace.storage.correction_log import CorrectionEffects, StoredCorrection
from graphtrace.storage.judgement_log import StoredJudgement
from graphtrace.storage.ledger import START, content_of
from graphtrace.storage.not_read import rejects_name

Problems = Iterator[tuple[str, dict[str, Any]]]


def check_held(
    entries: Sequence[str],
    files: Sequence[Sequence[Any]],
    sheets: Sequence[Sequence[Any]],
    corrections: Sequence[StoredCorrection],
    judgements: Iterable[StoredJudgement],
) -> Problems:
    """Yield the files, sheets, corrections and judgements that differ from their lines of the ledger.

    ``files`` are (number, name, SHA-256, size, time, line), ``sheets`` (file, sheet, name, rows, loaded, duplicate,
    rejected), with the name of the rejects file where the store keeps such files; both in order.
    """
    held: dict[int, list[tuple[Any, ...]]] = {}
    numbers: dict[int, tuple[int, ...]] = {}
    places: dict[tuple[str, str | None], list[int]] = {}
    hashes = {file: sha256 for file, _, sha256, *_ in files}
    for file, sheet, name, *counts in sheets:
        held.setdefault(file, []).append((name, *counts))
        numbers[file] = (*numbers.get(file, ()), sheet)
        places.setdefault((hashes.get(file, ""), name), []).append(sheet)
    earlier: Counter[str] = Counter()
    for number, (file, name, sha256, size, loaded_at, entry) in enumerate(files, 1):
        content = content_of(entry)
        stated = tuple(content.get(key) for key in ("load", "file", "sha256", "size", "at"))
        of_case = held.get(file, [])
        width = len(of_case[0]) if of_case else None
        if stated != (number, name, sha256, size, loaded_at) or file != number:
            yield "file_differs", {"file": name, "sha256": sha256}
        elif [row[:width] for row in _sheets_of(content, sha256, earlier[sha256])] != of_case:
            yield "sheets_differ", {"file": name, "sha256": sha256}
        earlier[sha256] += 1
    before = _before(entries)
    hashes_of = {of_file: hashes.get(file, "") for file, of_file in numbers.items()}
    yield from _check_corrections(corrections, before, places, hashes_of)
    yield from _check_judgements(judgements, before)


def _sheets_of(content: Mapping[str, Any], sha256: str, earlier: int) -> list[tuple[Any, ...]]:
    return [
        (
            *(sheet.get(name) for name in ("sheet", "rows", "loaded", "duplicate", "rejected")),
            None if sheet.get("rejects_sha256") is None else rejects_name(sha256, number, earlier),
        )
        for number, sheet in enumerate(content.get("sheets") or (), 1)
    ]


def _check_corrections(
    corrections: Sequence[StoredCorrection],
    before: Mapping[str, tuple[int, int]],
    places: Mapping[tuple[str, str | None], list[int]],
    hashes_of: Mapping[tuple[int, ...], str],
) -> Problems:
    for place, held in enumerate(corrections, 1):
        correction = Correction.of_entry(held.entry)
        if correction.is_unload:
            sheets = CorrectionEffects.of_text(held.effects).unloaded
            stands = bool(sheets) and held.sheet == sheets[0] and hashes_of.get(sheets) == correction.record.sha256
        else:
            stands = held.sheet in places.get((correction.record.sha256, correction.record.sheet), [])
        kept = (place, stands, held.row, held.is_lifted, held.at, held.loads)
        stated = (
            correction.number,
            True,
            correction.record.row,
            correction.is_lifted,
            correction.at,
            before.get(held.entry, (None,))[0],
        )
        if kept != stated or held.number != place:
            yield "correction_differs", {"number": held.number}


def _check_judgements(judgements: Iterable[StoredJudgement], before: Mapping[str, tuple[int, int]]) -> Problems:
    """Yield the lines that neither make a judgement with the next number nor undo one in force, at their place."""
    standing, made = set(), 0
    for place, (line, loads, corrections, entry) in enumerate(judgements, 1):
        content = content_of(entry)
        if "undone" in content:
            is_right = content["undone"] in standing
            standing.discard(content["undone"])
        else:
            made += 1
            is_right = content.get("judgement") == made
            standing.add(made)
        if not is_right or (line, (loads, corrections)) != (place, before.get(entry)):
            yield "judgement_differs", {"number": content.get("judgement", content.get("undone"))}


def _before(entries: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return the number of loads and corrections in the hash chain of the ledger before each line."""
    following = {content_of(entry)["previous"]: entry for entry in entries}
    before: dict[str, tuple[int, int]] = {}
    loads, corrections, previous = 0, 0, START
    while (entry := following.pop(previous, None)) is not None:
        content = content_of(entry)
        previous = content["hash"]
        before[entry] = (loads, corrections)
        loads += "load" in content
        corrections += "correction" in content
    return before
