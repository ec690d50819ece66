"""Derivation of a case from its sources and its ledger alone: every load, correction and judgement is done once more.

``verify --deep`` compares the result with the case, and a bundle is opened by it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from graphtrace.errors import CaseDamaged
from graphtrace.scratch import subfolder
from graphtrace.storage.base import LoadedFile
from graphtrace.storage.copy import write_source
from graphtrace.storage.duckdb.duckdb_corrections import replay_correction
from graphtrace.storage.duckdb.duckdb_judgements import judge_again
from graphtrace.storage.ledger import content_of
from graphtrace.storage.load_files import load_file
from graphtrace.storage.load_settings import PASSWORD_CODES, ReadingRules, file_password, rules_of, settings_from_ledger

if TYPE_CHECKING:
    from graphtrace.storage.duckdb.duckdb_writer import DuckDBWriter
    from graphtrace.storage.load_files import Progress

ReadSource = Callable[[str], Iterator[bytes] | None]
"""Returns the content of the source with a hash, block by block; ``None`` if there is none."""

_OF_THE_LINE: Final = frozenset(
    {"load", "at", "file", "sha256", "size", "previous", "hash", "notes", "lookups", "clock"}
)
"""Fields of a line of the ledger that say which load it is, and not what it did."""

_NOT_COMPARED: Final = frozenset({"encodings"})
"""Fields of a line of the ledger that name the version of a rule of this program."""


class Repeated(NamedTuple):
    """Numbers (from 1) of the lines of a ledger that did otherwise than they state, or could not be repeated."""

    loads: Sequence[int]
    corrections: Sequence[int]
    judgements: Sequence[int]


def is_load(entry: str) -> bool:
    """Whether a line of the ledger is that of a loaded file."""
    return "load" in content_of(entry)


def loaded_file(entry: str) -> LoadedFile:
    """Return the file of a line of the ledger.

    Raises
    ------
    CaseDamaged
        If it lacks what the line of a load has.
    """
    content = content_of(entry)
    try:
        rows = sum(int(sheet["rows"]) for sheet in content["sheets"])
        fields = (content["file"], content["sha256"], content["at"])
        size = int(content["size"])
        date.fromisoformat(content["at"][:10])
    except (KeyError, TypeError, ValueError) as error:
        raise CaseDamaged("ledger_line_unreadable", hint="restore_and_verify") from error
    if not all(isinstance(field, str) for field in fields):
        raise CaseDamaged("ledger_line_unreadable", hint="restore_and_verify")
    name, sha256, at = fields
    return LoadedFile(name, sha256, size, at, entry, rows)


def repeat_ledger(
    case: DuckDBWriter,
    entries: Sequence[str],
    read_source: ReadSource,
    progress: Progress,
    *,
    password: Callable[[str], str | None] = file_password,
) -> Repeated:
    """Repeat the loads, corrections and judgements of a ledger in an empty case, which gets the same lines.

    Raises
    ------
    CaseDamaged
        If a source is missing or is not what was loaded, or a line cannot be read.
    InputError
        If a source cannot be read, as without its password.
    """
    done: tuple[list[int], list[int], list[int]] = ([], [], [])
    total = sum(map(is_load, entries))
    loads = 0
    for number, entry in enumerate(entries, 1):
        content = content_of(entry)
        if "load" in content:
            file = loaded_file(entry)
            progress(file.name, loads, total)
            if not _repeat_load(case, file, read_source, progress, password):
                done[0].append(number)
            loads += 1
        elif "correction" in content:
            if not _is_repeated(replay_correction, case, entry):
                done[1].append(number)
        elif not _is_repeated(judge_again, case, entry):
            done[2].append(number)
    case.finish()
    progress("", total, total)
    return Repeated(*done)


def _is_repeated(repeat: Callable[[DuckDBWriter, str], bool], case: DuckDBWriter, entry: str) -> bool:
    try:
        return repeat(case, entry)
    except (KeyError, TypeError, ValueError, CaseDamaged):
        # a line that lacks what it needs, as only a hand can write it
        return False


def _repeat_load(
    case: DuckDBWriter,
    file: LoadedFile,
    read_source: ReadSource,
    progress: Progress,
    password: Callable[[str], str | None],
) -> bool:
    """Load a file again; return whether that did what its line of the ledger states."""
    stated = content_of(file.entry)
    before = case.loads_of(file.sha256)
    with subfolder(case.scratch) as folder:
        source = folder / f"source{Path(file.name).suffix}"
        write_source(read_source, file, source)
        rules = _as_of_load(rules_of(settings_from_ledger(stated, folder)), file, password)
        reports = load_file(case, source, rules, name=file.name, tell=progress, copied_file=file)
    for sheet in reports:
        if sheet.error is not None and sheet.error.code in PASSWORD_CODES:
            raise sheet.error
    if case.loads_of(file.sha256) == before:
        raise next(
            (sheet.error for sheet in reports if sheet.error is not None),
            CaseDamaged("source_differs", file=file.name, hint="verify_and_restore"),
        )
    return file.waits_for_recipe or _comparable(case.load_content()) == _comparable(stated)


def _as_of_load(rules: ReadingRules, file: LoadedFile, password: Callable[[str], str | None]) -> ReadingRules:
    """Return the rules of a load that is repeated: days after that of the load are said as they were then."""
    day = date.fromisoformat(file.loaded_at[:10])
    others = {name: replace(other, loaded_on=day) for name, other in rules.others.items()}
    return replace(rules, loaded_on=day, others=others, password=password)


def _comparable(content: Mapping[str, Any]) -> Any:
    left = {name: value for name, value in content.items() if name not in _OF_THE_LINE | _NOT_COMPARED}
    return json.loads(json.dumps(left))
