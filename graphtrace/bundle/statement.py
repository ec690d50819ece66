"""Statement of what a case holds: written when a bundle is sealed, and compared with the case derived from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from graphtrace._version import __version__
from graphtrace.locale import Text, phrase
from graphtrace.storage.base import Backend, LoadedFile
from graphtrace.storage.copy import batch_files
from graphtrace.storage.duckdb.copy_rows import BLOCK, digests_of_file
from graphtrace.storage.ledger import content_of, head_of
from graphtrace.storage.load_settings import Progress

FORMAT: Final = "graphtrace-bundle"

CHAINS: Final = ("ledger", "notes", "lookups")
"""Parts that state how many lines a chain has, and its head."""

_NOT_COUNTED: Final = ("files", "records")
"""Parts of the counts of a case that stand in the statement by themselves."""


def make_statement(store: Backend, progress: Progress) -> dict[str, Any]:
    """Return the statement of a case. Reads all its rows once."""
    contents = store.contents()
    summary = store.summary()
    corrections = "".join(f"{json.dumps(each.comparable(), ensure_ascii=False)}\n" for each in contents.corrections)
    return {
        "format": FORMAT,
        "graphtrace": __version__,
        "ledger": {"lines": len(contents.ledger), "head": head_of(contents.ledger)},
        "notes": {"lines": len(contents.notes), "head": head_of(contents.notes)},
        "lookups": {"lines": len(contents.lookups), "head": head_of(contents.lookups)},
        "records": summary["records"],
        "counts": {name: value for name, value in summary.items() if name not in _NOT_COUNTED},
        "corrections": hashlib.sha256(corrections.encode()).hexdigest(),
        "files": list(_files(store, progress)),
    }


def _files(store: Backend, progress: Progress) -> Iterator[dict[str, Any]]:
    files = store.contents().files
    done = 0
    for group in batch_files(files):
        with store.open_tables([file.load for file in group]) as tables:
            for file in group:
                progress(file.name, done, len(files))
                digests = digests_of_file(tables, file.load)
                yield {
                    "load": file.load,
                    "file": file.name,
                    "sha256": file.sha256,
                    "bytes": file.size,
                    **{
                        part: [[sheet, block * BLOCK, digest] for (sheet, block), digest in blocks.items()]
                        for part, blocks in digests.items()
                    },
                }
                done += 1
    progress("", len(files), len(files))


def to_bytes(statement: Mapping[str, Any]) -> bytes:
    """Return the statement as JSON, the same bytes each time."""
    return json.dumps(statement, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def differences(stated: Mapping[str, Any], found: Mapping[str, Any], files: list[LoadedFile]) -> Iterator[Text]:
    """Yield the places at which two statements differ; ``files`` are those of the found one."""
    for part in CHAINS:
        if stated.get(part) != found[part]:
            yield phrase("differs_in_lines", part=f"{part}.jsonl")
    waiting = {file.load for file in files if file.waits_for_recipe}
    sheets = {file.load: content_of(file.entry)["sheets"] for file in files}
    stated_files = {file["load"]: file for file in _dicts(stated.get("files")) if isinstance(file.get("load"), int)}
    if list(stated_files) != [file["load"] for file in found["files"]]:
        yield phrase("differs_in_files")
    for file in found["files"]:
        other = stated_files.get(file["load"], {})
        for part in file:
            if other.get(part) == file[part] or (file["load"] in waiting and part not in ("rows", "file", "sha256")):
                continue
            if not isinstance(file[part], list):
                yield phrase("differs_in_file", file=file["file"], part=part)
                continue
            sheet, row = _first_difference(other.get(part), file[part])
            of_file = sheets[file["load"]]
            title = of_file[sheet - 1]["sheet"] if 0 < sheet <= len(of_file) else None
            yield phrase("differs_in_rows", file=file["file"], sheet=title, part=part, first=row + 1, last=row + BLOCK)
    for name in ("records", "counts"):
        counts = stated.get(name)
        counts = counts if isinstance(counts, dict) else {}
        for key in sorted({*counts, *found[name]}):
            if counts.get(key) != found[name].get(key):
                yield phrase("differs_in_count", part=key, stated=str(counts.get(key)), found=str(found[name].get(key)))
    if stated.get("corrections") != found["corrections"]:
        yield phrase("differs_in_lines", part="corrections")


def _dicts(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _first_difference(stated: object, found: list[list[Any]]) -> tuple[int, int]:
    """Return sheet and first row of the first block that differs."""

    def blocks(value: object) -> dict[tuple[int, int], Any]:
        rows = value if isinstance(value, list) else []
        return {
            (row[0], row[1]): row[2]
            for row in rows
            if isinstance(row, list) and len(row) == 3 and all(isinstance(each, int) for each in row[:2])
        }

    here, there = blocks(stated), blocks(found)
    return min((place for place in {*here, *there} if here.get(place) != there.get(place)), default=(0, 0))
