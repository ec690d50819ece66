"""Files into a case: each file read, its rows told apart, and loaded whole or not at all.

A file is first copied into the case under its hash and then read from there, so that what was loaded is what is kept.
One bad file does not stop the others; what is wrong with it stands in its report.
"""

from __future__ import annotations

import csv
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from graphtrace.errors import GraphtraceError, InputError, MappingError, UnknownHeadings
from graphtrace.ingest.statements import Reject, Remark
from graphtrace.store.embedded import DATABASE, REJECTS, SOURCES
from graphtrace.store.writing import CaseWriter

if TYPE_CHECKING:
    from graphtrace.ingest.mapping import MappingFile
    from graphtrace.ingest.sheet import Sheet
    from graphtrace.model import Kind

Progress = Callable[[str, int, int | None], None]
"""Called with a stage, how much of it is done, and how much there is (``None`` if that is not known)."""

_BLOCK = 1 << 20


@dataclass(slots=True, kw_only=True)
class FileReport:
    """What became of one sheet of one file; ``rows = loaded + duplicate + rejected``."""

    file: str
    sha256: str | None = None
    sheet: str | None = None
    kind: str | None = None
    encoding: str | None = None
    already_loaded: bool = False
    rows: int = 0
    loaded: int = 0
    duplicate: int = 0
    rejected: int = 0
    rejects_file: str | None = None
    rejects: Sequence[Reject] = ()
    warnings: Sequence[Remark] = ()
    error: GraphtraceError | None = None


@dataclass(slots=True)
class LoadReport:
    """What became of every file, an entry a sheet, in the order of the files."""

    files: list[FileReport] = field(default_factory=list)

    @property
    def has_errors(self) -> bool:
        """Whether some file could not be read at all."""
        return any(entry.error is not None for entry in self.files)


def load_files(
    folder: Path,
    paths: Sequence[Path],
    *,
    as_kind: Kind | None = None,
    mapping: Path | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> LoadReport:
    """Load files into the case in ``folder``, which is made if it does not exist.

    Parameters
    ----------
    as_kind
        What every row is, whatever the headings say.
    mapping
        A mapping file for headings that are not known.
    dry_run
        Report what a load would do and leave the case as it is.

    Raises
    ------
    CaseLocked, CaseDamaged
        If the case cannot be written.
    MappingError
        If the mapping file itself is wrong.
    """
    rules = None
    if mapping is not None:
        from graphtrace.ingest.mapping import load_mapping

        rules = load_mapping(mapping)
    tell = progress or (lambda *_: None)
    report = LoadReport()
    with _place_to_load(folder, dry_run=dry_run) as place, CaseWriter(place) as case:
        for number, path in enumerate(paths):
            tell(path.name, number, len(paths))
            report.files += _load_file(case, path, as_kind, rules, dry_run=dry_run, tell=tell)
        tell("", len(paths), len(paths))
    return report


@contextmanager
def _place_to_load(folder: Path, *, dry_run: bool) -> Iterator[Path]:
    """The case folder; for a trial run without a case, a folder that vanishes."""
    if dry_run and not (folder / DATABASE).exists():
        with tempfile.TemporaryDirectory(prefix="graphtrace-") as trial:
            yield Path(trial)
    else:
        yield folder


def _load_file(
    case: CaseWriter, path: Path, as_kind: Kind | None, mapping: MappingFile | None, *, dry_run: bool, tell: Progress
) -> list[FileReport]:
    from graphtrace.ingest.readers import open_sheets

    with tempfile.TemporaryDirectory(prefix=".incoming-", dir=case.folder / SOURCES) as folder:
        copy = Path(folder) / path.name
        try:
            sha256, size = _copy_source(path, copy)
        except OSError as error:
            reason = f"{path}: {error.strerror or error}"
            return [
                FileReport(file=path.name, error=InputError(reason, hint="check the path and the rights to read it"))
            ]
        known = case.file_number(sha256)
        if known is not None:
            return _report_again(case, known, path.name, sha256)
        written: list[Path] = []
        case.begin()
        try:
            sheets = open_sheets(copy, exact_numbers=mapping is not None and mapping.exact_numbers)
            if mapping is not None:
                sheets = mapping.choose(sheets)
            reports = _load_sheets(case, path, sha256, sheets, as_kind, mapping, written, dry_run=dry_run, tell=tell)
            if dry_run:
                case.roll_back()
            else:
                copy.replace(case.folder / SOURCES / sha256)
                _sync(case.folder / SOURCES)
                case.commit(name=path.name, sha256=sha256, size=size)
        except BaseException as error:
            case.roll_back()
            for leftover in written:
                leftover.unlink(missing_ok=True)
            if isinstance(error, InputError | MappingError):
                error.message = error.message.replace(str(copy), str(path))
                return [FileReport(file=path.name, sha256=sha256, error=error)]
            raise
    return reports


def _copy_source(path: Path, copy: Path) -> tuple[str, int]:
    """Copies a file, so that what is read is what is kept; returns its hash and size."""
    digest = hashlib.sha256()
    with path.open("rb") as source, copy.open("wb") as kept:
        while block := source.read(_BLOCK):
            digest.update(block)
            kept.write(block)
        kept.flush()
        os.fsync(kept.fileno())
        return digest.hexdigest(), kept.tell()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _load_sheets(
    case: CaseWriter,
    path: Path,
    sha256: str,
    sheets: Sequence[Sheet],
    as_kind: Kind | None,
    mapping: MappingFile | None,
    written: list[Path],
    *,
    dry_run: bool,
    tell: Progress,
) -> list[FileReport]:
    """Loads every sheet of a file into the open transaction.

    Raises
    ------
    UnknownHeadings
        If no sheet of the file can be read.
    """
    reports: list[FileReport] = []
    unknown: list[UnknownHeadings] = []
    for number, sheet in enumerate(sheets):
        report = FileReport(file=path.name, sha256=sha256, sheet=sheet.name, encoding=sheet.encoding)
        case.open_sheet()
        if sheet.top:
            try:
                _read_sheet(case, sheet, as_kind, mapping, report, tell)
            except UnknownHeadings as error:
                unknown.append(error)
                report.rows, report.rejects = _reject_whole(sheet)
                report.rejected = report.rows
        if report.rejects and not dry_run:
            target = case.folder / REJECTS / f"{sha256[:12]}-{number + 1}.csv"
            _write_rejects(target, path.name, sha256, sheet.name, report.rejects)
            written.append(target)
            report.rejects_file = str(target)
        report.loaded, report.duplicate = case.close_sheet(
            name=sheet.name,
            kind=report.kind,
            encoding=sheet.encoding,
            rows=report.rows,
            rejected=report.rejected,
            rejects=report.rejects,
            rejects_file=None if report.rejects_file is None else Path(report.rejects_file).name,
            remarks=report.warnings,
        )
        reports.append(report)
    if unknown and len(unknown) == sum(bool(sheet.top) for sheet in sheets):
        raise unknown[0]
    return reports


def _read_sheet(
    case: CaseWriter,
    sheet: Sheet,
    as_kind: Kind | None,
    mapping: MappingFile | None,
    report: FileReport,
    tell: Progress,
) -> None:
    from graphtrace.ingest.read import read_statements

    reading = read_statements(sheet, as_kind=as_kind, mapping=mapping)
    rows = 0
    for frame in reading.frames():
        case.stage(frame)
        rows += frame.height
        tell(report.file, rows, None)
    report.kind = reading.kind
    report.rows = reading.rows
    report.rejects = reading.rejects
    report.rejected = len(reading.rejects)
    report.warnings = reading.remarks


def _reject_whole(sheet: Sheet) -> tuple[int, list[Reject]]:
    """All rows of a sheet whose headings are unknown, as one entry at the row that was taken for its header."""
    header, cells = max(sheet.top, key=lambda row: (sum(cell is not None for cell in row[1]), -row[0]))
    for _ in sheet.read(header):
        pass
    headings = " | ".join(cell for cell in cells if cell is not None)
    return sheet.counted, [
        Reject(
            row=header,
            field=None,
            reason="unknown_headings",
            value=headings,
            raw=tuple((cell, cell) for cell in cells if cell is not None),
        )
    ]


def _write_rejects(target: Path, file: str, sha256: str, sheet: str | None, rejects: Sequence[Reject]) -> None:
    """One line a rejected row: where it stood, why it was refused, and every cell of it, as text."""
    headings = list(dict.fromkeys(heading for reject in rejects for heading, _ in reject.raw))
    with target.open("w", encoding="utf-8-sig", newline="") as out:
        table = csv.writer(out)
        table.writerow(["file", "sha256", "sheet", "row", "field", "reason", "value", "low", "high", *headings])
        for reject in rejects:
            cells = dict(reject.raw)
            table.writerow(
                [
                    *(file, sha256, sheet, reject.row, reject.field, reject.reason, reject.value),
                    *(reject.interval or ("", "")),
                    *(cells.get(heading) for heading in headings),
                ]
            )
        out.flush()
        os.fsync(out.fileno())


def _report_again(case: CaseWriter, number: int, name: str, sha256: str) -> list[FileReport]:
    return [
        FileReport(
            file=name,
            sha256=sha256,
            sheet=sheet["name"],
            kind=sheet["kind"],
            encoding=sheet["encoding"],
            already_loaded=True,
            rows=sheet["row_count"],
            duplicate=sheet["row_count"] - sheet["rejected"],
            rejected=sheet["rejected"],
            rejects_file=None if sheet["rejects_file"] is None else str(case.folder / REJECTS / sheet["rejects_file"]),
            rejects=sheet["rejects"],
            warnings=sheet["remarks"],
        )
        for sheet in case.sheets_of(number)
    ]
