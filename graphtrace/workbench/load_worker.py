"""The process in which the workbench reads files: it can be ended while a reader hangs, and the workbench goes on.

It reads one request from its standard input, which stays open as long as the load is wanted, and writes what becomes
of it to its standard output: progress, then the report or the error.
"""

from __future__ import annotations

import os
import pickle
import shutil
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from itertools import groupby, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

from graphtrace.errors import CaseLocked, GraphtraceError, InternalError
from graphtrace.frozen import frozen

if TYPE_CHECKING:
    from graphtrace.model import RecordKind
    from graphtrace.results.load_report import LoadReport, SheetReport
    from graphtrace.storage.neo4j.client import Credentials
    from graphtrace.workbench.mapping_screen import MappingForm

_NEEDED: Final = (
    *("duckdb", "polars", "graphtrace.case", "graphtrace.storage.load_files", "graphtrace.ingest.sheet_opening"),
    *(
        "graphtrace.ingest.readers",
        "graphtrace.ingest.recipes.recipe_loader",
        "graphtrace.storage.duckdb.duckdb_writer",
    ),
)
"""Modules that a request needs whatever it asks for."""

MOST_SHOWN: Final = 8
"""Maximum number of records of a trial that are shown as they would be read."""

MOST_SHOWN_BYTES: Final = 5_000_000
"""Maximum size of a file whose first records are shown: it is loaded a second time for them."""

GRACE_S: Final = 2.0
"""Time in which a load that is not wanted any more undoes what it has not finished, in seconds; then it is ended."""


@frozen()
class LoadRequest:
    """Files to load into a case, or to try; ``note`` is the mapping, remembered once a file was read by it.

    ``kept`` are the hashes of files of the case that are read again from what it keeps, in the place of ``paths``;
    ``restored`` is the hash of one that was unloaded and comes back as it was read. What of an archive or mail could
    not be read is left in the folder ``left``, each file in a folder of its own. Of a trial, ``shown`` is the file
    whose first rows are shown as they would be read.
    """

    case: str
    paths: Sequence[Path] = ()
    kept: Sequence[str] = ()
    restored: str | None = None
    wait_s: float
    kind: RecordKind | None = None
    mapping: Path | None = None
    answers: Sequence[str] = ()
    note: Mapping[str, Any] | None = None
    is_again: bool = False
    memory_limit: str | None = None
    is_trial: bool = False
    shown: Path | None = None
    credentials: Credentials | None = None
    left: Path | None = None


class TriedRecord(NamedTuple):
    """Statements that a row would make: a column of ``records-of-file`` each."""

    sheet: str | None
    row: int
    kind: str
    moment: str | None
    from_name: str | None
    to_name: str | None
    first_card: str | None
    last_card: str | None
    cards: int | None


class Trial(NamedTuple):
    """Result of trying files: the report, and what the first rows would say; ``None`` of a file too long to look."""

    report: LoadReport
    records: Sequence[TriedRecord] | None


class FormRequest(NamedTuple):
    """Request for the form of the mapping screen of a file: the sheet that a person chose, and what he filled in.

    ``answers`` are those that the file was read with.
    """

    path: Path
    sheet: str | None = None
    answers: Sequence[str] = ()
    given: Mapping[str, Sequence[str]] | None = None


class TextRequest(NamedTuple):
    """Request for the lines of a text, the first ``most``; of a Word file, those of its paragraphs."""

    path: Path
    most: int


class AskedRequest(NamedTuple):
    """Request for the sheets of a case of which something is asked; of one file with answers to try."""

    case: str
    answers: Sequence[str] = ()
    only: str | None = None
    memory_limit: str | None = None
    credentials: Credentials | None = None


Request = LoadRequest | FormRequest | TextRequest | AskedRequest


class LoadProgress(NamedTuple):
    """Progress of the load, as :data:`graphtrace.storage.load_settings.Progress` reports it."""

    stage: str
    done: int
    total: int | None


class LoadStopped(NamedTuple):
    """Sign that the load was not wanted any more, and undid what it had not finished."""


class _Unwanted(Exception):
    """Raised within a load that is not wanted any more."""


def load(request: LoadRequest, stop: threading.Event, tell: Any) -> LoadReport:
    """Load the files; the report names them as they were given."""
    from graphtrace.case import open_case

    def progress(stage: str, done: int, total: int | None) -> None:
        if stop.is_set():
            raise _Unwanted
        tell(LoadProgress(stage, done, total))

    progress("", 0, len(request.kept or request.paths))
    with open_case(
        request.case, wait=request.wait_s, memory_limit=request.memory_limit, credentials=request.credentials
    ) as case:
        if request.restored is not None:
            return case.restore(request.restored, progress=progress)
        how: dict[str, Any] = {"as_kind": request.kind, "mapping": request.mapping, "dry_run": request.is_trial}
        how |= {"answers": request.answers, "again": request.is_again, "progress": progress}
        report = case.load_kept(*request.kept, **how) if request.kept else case.load(*request.paths, **how)
        if request.note is not None and not report.has_errors:
            _remember(case, request.note)
    if request.left is not None:
        _leave_members(request.paths, report, request.left)
    return report


def try_out(request: LoadRequest, stop: threading.Event, tell: Any) -> Trial:
    """Try to load a file, and say what its first rows would state: by a load into a case of their own."""
    report = load(request, stop, tell)
    path = request.shown
    if path is None or path.stat().st_size > MOST_SHOWN_BYTES or not any(sheet.loaded for sheet in report.files):
        return Trial(report, None)
    from graphtrace.case import open_case
    from graphtrace.storage.case_folder import scratch_folder

    # not beside the file, which may wait in the folder of the case
    with scratch_folder(None) as folder, open_case(folder / "trial.gtrace") as case:
        case.load(path, as_kind=request.kind, mapping=request.mapping, answers=request.answers)
        found = case.query("records-of-file", file=path.name)
        places = [found.columns.index(name) for name in TriedRecord._fields]
        records = (TriedRecord(*(row[place] for place in places)) for row in found.rows)
        # of a row that names many cards one by one the first and the last are shown
        events = groupby(records, key=lambda each: each[: TriedRecord._fields.index("first_card")])
        joined = (_joined(list(group)) for _, group in events)
        return Trial(report, list(islice(joined, MOST_SHOWN)))


def _joined(records: Sequence[TriedRecord]) -> TriedRecord:
    """Return the statements of a row about several cards as one."""
    if len(records) == 1:
        return records[0]
    return records[0]._replace(last_card=records[-1].last_card, cards=sum(each.cards or 1 for each in records))


def _leave_members(paths: Sequence[Path], report: LoadReport, folder: Path) -> None:
    """Unpack what of archives and mails could not be read and is not kept, so that somebody can say what it is."""
    from graphtrace.ingest.containers import Limits, Source, find_sources

    failed = {sheet.file for sheet in report.files if sheet.error is not None} - {path.name for path in paths}
    for number, path in enumerate(paths if failed else ()):
        (scratch := folder / f"{number}").mkdir()
        for found in find_sources(path, scratch, Limits()):
            if isinstance(found, Source) and found.name in failed:
                (place := folder / f"{number}-{len(list(folder.iterdir()))}").mkdir()
                shutil.copyfile(found.path, place / Path(found.name).name)
        shutil.rmtree(scratch)


def suggest(request: FormRequest) -> MappingForm:
    """Return the form of the mapping screen."""
    from graphtrace.workbench.mapping_screen import suggest_form

    return suggest_form(request.path, request.sheet, request.answers, request.given)


def read_lines(request: TextRequest) -> tuple[list[tuple[int, str]], bool]:
    """Return the lines of a text with their numbers, and whether there are more."""
    from graphtrace.ingest.text_files import lines_of

    found = list(islice(lines_of(request.path), request.most + 1))
    return found[: request.most], len(found) > request.most


def find_asked(request: AskedRequest) -> Sequence[SheetReport]:
    """Return the sheets of which something is asked."""
    from graphtrace.case import open_case

    with open_case(request.case, memory_limit=request.memory_limit, credentials=request.credentials) as case:
        return case.asked_sheets(*request.answers, only=request.only)


def _remember(case: Any, note: Mapping[str, Any]) -> None:
    from contextlib import suppress

    from graphtrace.workbench.mapping_screen import key_of_headings

    with suppress(CaseLocked):  # what was loaded is loaded
        case.add_note("mapping", key_of_headings(note["headings"]), note)


def prepare() -> None:
    """Import what most requests need, so that one that waits for its request answers it at once."""
    for name in _NEEDED:
        import_module(name)


def answer(request: Request, stop: threading.Event, tell: Callable[[object], None]) -> object:
    """Return what becomes of a request: what is asked for, an error, or the sign that it is not wanted any more."""
    try:
        match request:
            case FormRequest():
                return suggest(request)
            case TextRequest():
                return read_lines(request)
            case AskedRequest():
                return find_asked(request)
        return try_out(request, stop, tell) if request.is_trial else load(request, stop, tell)
    except _Unwanted:
        return LoadStopped()
    except GraphtraceError as error:
        return error
    except Exception as error:  # as the command line says it
        return InternalError("own_fault", kind=type(error).__name__)


def main(source: IO[bytes], output: IO[bytes]) -> None:
    """Do what the input asks for; nothing if it ends before."""
    try:
        request = pickle.load(source)  # noqa: S301 - of the workbench
    except EOFError:
        return
    stop = threading.Event()

    def watch() -> None:
        source.read(1)  # ends when nobody wants the load any more
        stop.set()
        threading.Event().wait(GRACE_S)
        os._exit(1)

    def tell(said: object) -> None:
        pickle.dump(said, output)
        output.flush()

    threading.Thread(target=watch, name="graphtrace-wanted", daemon=True).start()
    tell(answer(request, stop, tell))


if __name__ == "__main__":
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # under the name by which the workbench knows what it says
    from graphtrace.workbench import load_worker

    load_worker.prepare()
    load_worker.main(sys.stdin.buffer, answers)
