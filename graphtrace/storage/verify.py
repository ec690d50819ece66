"""Integrity checks of a case: sources against their hashes, tables against each other and against the ledger.

:func:`verify_rows` checks more: every cell of every row, and the effects of corrections.

Derivation of a case from its sources and its ledger alone: every load, correction and judgement is done once more.
``verify --deep`` compares the result with the case, and a bundle is opened by it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import date
from itertools import zip_longest
from pathlib import Path, PurePath
from typing import Any, Final, NamedTuple

from graphtrace.errors import CaseDamaged
from graphtrace.locale import Text
from graphtrace.results.evidence_report import SealedSource
from graphtrace.scratch import subfolder
from graphtrace.storage.base import Backend, CaseContents, LoadedFile, hash_source
from graphtrace.storage.case_folder import disk_of, scratch_folder
from graphtrace.storage.case_notes import unreadable_notes
from graphtrace.storage.copy import batch_files, plan_copy, write_source
from graphtrace.storage.correction_log import PortableCorrection
from graphtrace.storage.duckdb.copy_rows import checksums_of_file, first_difference
from graphtrace.storage.duckdb.duckdb_backend import DuckDBBackend
from graphtrace.storage.duckdb.duckdb_corrections import replay_correction
from graphtrace.storage.duckdb.duckdb_judgements import judge_again
from graphtrace.storage.duckdb.duckdb_writer import DuckDBWriter, open_writer
from graphtrace.storage.ledger import LedgerFile, check_entries, content_of, hashes_of, missing_lines, times_run_back
from graphtrace.storage.load_files import load_file
from graphtrace.storage.load_settings import (
    PASSWORD_CODES,
    Progress,
    ReadingRules,
    file_password,
    rules_of,
    settings_from_ledger,
)
from graphtrace.storage.lookups import missing_beside_lookups, unreadable_lookups
from graphtrace.storage.reply_checks import open_digest, verify_replies

ReadSource = Callable[[str], Iterator[bytes] | None]
"""Returns the content of the source with a hash, block by block; ``None`` if there is none."""

_OF_THE_LINE: Final = frozenset(
    {"load", "at", "by", "file", "sha256", "size", "previous", "hash", "notes", "lookups", "clock"}
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

    Raises CaseDamaged if it lacks what the line of a load has.
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

    Raises CaseDamaged if a source is missing or is not what was loaded, or a line cannot be read; InputError if a
    source cannot be read, as without its password.
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


OTHER_REPLY: Final = "hash_differs_from_reply"
"""Code of the problem that a file is not the one of which a carrier's reply states the hash."""

TIMES_BACK: Final = ("ledger_time_runs_back", "lookups_time_runs_back", "notes_time_runs_back")
"""Codes of the problem that a line of a chain has an earlier time than one before it."""

HARMLESS: Final = frozenset(
    (
        OTHER_REPLY,
        *TIMES_BACK,
        "ledger_behind",
        "ledger_unfinished",
        "lookups_unfinished",
        "notes_unfinished",
        "rejects_unknown",
        "source_unknown",
    )
)
"""Codes of problems that an interrupted load or look-up, a clock set back, a carrier or another person may leave.

The records are whole.
"""


def verify_case(store: Backend, contents: CaseContents | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the problems of a case as (code, parameters); none if it is sound. Reads every source and block once.

    Codes in :data:`HARMLESS` are no damage. ``ledger_behind`` is one: the ledger lacks the lines of the latest load,
    which was killed before it could write them. The database carries these lines, and the next load, of whatever file,
    writes them. ``contents`` are those of the case, where they were read already.
    """
    facts, contents = store.integrity(), contents or store.contents()
    yield from check_chains(facts.ledger_file, contents)
    yield from facts.problems
    yield from _check_sources(store, contents.files)
    yield from verify_replies(store, contents.notes, contents.files)
    for counts in facts.sheets:
        if counts.rows != counts.stored + counts.rejected:
            yield "rows_differ", counts._asdict()


def _check_ledger(
    ledger: LedgerFile, carried: Sequence[str], notes: Sequence[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    written = list(ledger.lines)
    for number in check_entries(written):
        yield "ledger_broken", {"line": number}
    yield from _check_times("ledger", carried)
    # a line that cannot be read is reported with its table
    with suppress(CaseDamaged):
        for number in missing_lines(carried, "notes", hashes_of(notes))[:1]:
            yield "notes_missing", {"line": number}
    if written != carried:
        is_owed = written == carried[: ledger.least]
        yield (
            "ledger_behind" if is_owed else "ledger_differs",
            {"ledger": len(written), "database": len(carried), "line": _first_difference(written, carried)},
        )
    elif ledger.is_unfinished:
        yield "ledger_unfinished", {}


def check_chains(ledger: LedgerFile, contents: CaseContents) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the lines of the ledger, the notes and the log of look-ups that do not follow; reads nothing else."""
    # before the notes, which may go on to be written
    lookups = contents.lookups
    yield from _check_ledger(ledger, contents.ledger, contents.notes)
    yield from _check_lookups(contents, lookups)
    for number in check_entries(contents.notes):
        yield "notes_broken", {"line": number}
    yield from _check_times("notes", contents.notes)
    for number in unreadable_notes(contents.notes):
        yield "note_unreadable", {"line": number}


def _check_times(chain: str, lines: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    # a line that cannot be read is reported as such
    with suppress(CaseDamaged):
        for number in times_run_back(lines):
            yield f"{chain}_time_runs_back", {"line": number}


def _check_lookups(contents: CaseContents, lookups: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the problems of the log of look-ups: lines changed, taken away, or written beside another ledger."""
    for number in check_entries(lookups):
        yield "lookups_broken", {"line": number}
    for number in unreadable_lookups(lookups):
        yield "lookup_unreadable", {"line": number}
    yield from _check_times("lookups", lookups)
    # a line that cannot be read is reported as such
    with suppress(CaseDamaged):
        for problem in missing_beside_lookups(contents.ledger, contents.notes, lookups):
            yield problem.code, {"line": problem.line}


def _check_sources(store: Backend, files: Sequence[LoadedFile]) -> Iterator[tuple[str, dict[str, Any]]]:
    for file in {file.sha256: file for file in files}.values():
        where = {"file": file.name, "sha256": file.sha256}
        found = hash_source(store, file.sha256)
        if found is None:
            yield "source_missing", where
        elif found != file.sha256:
            yield "source_changed", {**where, "found": found}


def verify_rows(
    store: Backend,
    progress: Progress,
    ask: Callable[[DuckDBBackend], Iterable[tuple[str, dict[str, Any]]]] | None = None,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the differences between the rows of a case and its sources, as (code, parameters).

    Every source is loaded again into a scratch case, with the same settings and in the same order, and both results are
    compared. ``ask`` may look for further problems in the scratch case while it is there. Cost: the time of the loads,
    and as much disk space while it lasts. The sources must be sound.

    Raises CaseDamaged if a source is missing or is not what was loaded; InputError if a source is encrypted and its
    password is not given.
    """
    held_contents = store.contents()
    files = held_contents.files
    if not files:
        return
    with derived_again(store, progress) as (again, done):
        repeated = again.contents()
        corrections = (
            _comparable_corrections(held_contents.corrections),
            _comparable_corrections(repeated.corrections),
        )
        for code, lines, both in (
            ("corrections_changed", done.corrections, corrections),
            ("judgements_changed", done.judgements, (held_contents.judgements, repeated.judgements)),
        ):
            number = _first_difference(*both)
            if lines or number is not None:
                yield code, {"line": min(lines, default=None), "number": number}
        for group in batch_files(files):
            loads = [file.load for file in group]
            with store.open_tables(loads) as stored, again.open_tables(loads) as repeated_tables:
                for file in group:
                    where = {"file": file.name, "sha256": file.sha256}
                    sums = checksums_of_file(repeated_tables, file.load)
                    for what, digest in checksums_of_file(stored, file.load).items():
                        if what == "rows" and digest != sums[what]:
                            sheet, row = first_difference(stored, repeated_tables, file.load)
                            yield "rows_changed", {**where, "sheet": sheet, "row": row}
                        elif digest != sums[what] and not (file.waits_for_recipe and what != "rows"):
                            yield f"{what}_changed", where
        if ask is not None:
            yield from ask(again)


@contextmanager
def derived_again(
    store: Backend, progress: Progress, password: Callable[[str], str | None] = file_password
) -> Iterator[tuple[DuckDBBackend, Repeated]]:
    """Make a case once more from its sources in a scratch folder, and yield it with what came of its ledger.

    ``password`` is asked for that of an encrypted source, by its name.

    Raises CaseDamaged if a source is missing or is not what was loaded; InputError if a source is encrypted and its
    password is not given.
    """
    folder = store.folder if isinstance(store, DuckDBBackend) else None
    with scratch_folder(folder) as place:
        scratch = place / "again.gtrace"
        done = _load_again(store, scratch, disk_of(place, folder), progress, password)
        with closing(DuckDBBackend(scratch)) as again:
            yield again, done


def _load_again(
    store: Backend, scratch: Path, disk: Path, progress: Progress, password: Callable[[str], str | None]
) -> Repeated:
    """Make the case once more from its sources, in a folder that is not there yet."""
    with open_writer(scratch, scratch_of=disk) as case:
        return repeat_ledger(case, list(plan_copy(store)), store.read_source, progress, password=password)


def _first_difference(one: Sequence[object], other: Sequence[object]) -> int | None:
    """Return the number (from 1) of the first item in which two lists differ."""
    pairs = enumerate(zip_longest(one, other), 1)
    return next((number for number, (here, there) in pairs if here != there), None)


def _comparable_corrections(corrections: Sequence[PortableCorrection]) -> list[list[Any]]:
    return [correction.comparable() for correction in corrections]


def sealed_sources(store: Backend) -> Iterator[SealedSource]:
    """Yield each source once, in the order of loading, with the hashes of its bytes as they are now.

    Raises CaseDamaged if a source is missing or is not the one that was loaded, or lines of ledger, notes or log do not
    follow.
    """
    for code, params in check_chains(store.integrity().ledger_file, store.contents()):
        if code not in HARMLESS:
            problem = Text("problems", code, params)
            raise CaseDamaged("case_not_reported", problem=problem, hint="run_verify")
    files = {file.sha256: file for file in reversed(store.contents().files)}
    for file in reversed(files.values()):
        blocks = store.read_source(file.sha256)
        size, sha256, sm3 = 0, open_digest("SHA256"), open_digest("SM3")
        for block in blocks or ():
            size += len(block)
            sha256.update(block)
            sm3.update(block)
        if blocks is None or sha256.hexdigest() != file.sha256:
            raise CaseDamaged("source_differs", file=file.name, hint="restore_and_verify")
        yield SealedSource(
            file=file.name,
            ending=PurePath(file.name).suffix.removeprefix(".").lower(),
            size=size,
            sha256=file.sha256,
            sm3=sm3.hexdigest(),
            loaded_at=file.loaded_at,
            loaded_by=content_of(file.entry).get("by"),
        )
