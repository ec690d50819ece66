"""Load files into a case: each file is read and loaded whole or not at all, and every row is accounted for.

A file is first copied into the case under its hash and then read from there, so that what was loaded is what is kept.
One bad file does not stop the others; what is wrong with it stands in its report.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from graphtrace.csv_safety import csv_cell
from graphtrace.errors import (
    AnswerContradicts,
    ContextOnly,
    GraphtraceError,
    InputError,
    InternalError,
    MappingError,
    NeedsAnswer,
    UnknownHeadings,
    UnknownKind,
    os_reason,
)
from graphtrace.ingest.acts import NOTHING
from graphtrace.ingest.chats import MESSAGE_NOT_READ
from graphtrace.ingest.containers import MEMBER, Found, Refused, Source, find_sources, parse_limits, shown_name
from graphtrace.ingest.given_answers import CONFIRMED, ENCODING, KIND, answers_for_file, is_answerable
from graphtrace.ingest.headers import looks_like_data
from graphtrace.ingest.heading_grammar import (
    SECRET,
    is_secret_heading,
    reject_without_secrets,
    warning_without_secrets,
)
from graphtrace.ingest.mail import is_text_of_mail
from graphtrace.ingest.readers.guard import guarded, guarded_frames
from graphtrace.ingest.recipes.recipe_loader import load_recipes
from graphtrace.ingest.registrations import Customers
from graphtrace.ingest.sheet_evidence import (
    OPPOSITE,
    handed_forms,
    handed_offers,
    read_evidence,
    with_offers,
    without_named,
)
from graphtrace.ingest.sheet_tables import TOO_WIDE, UNCLEAR, MoreTables
from graphtrace.ingest.supporting import SupportSheetParser, is_supporting
from graphtrace.ingest.text_files import PROSE, holds_statements, summarize_text
from graphtrace.ingest.unread_sheets import names_card, unread_in_sheet
from graphtrace.locale import BilingualText, Text, phrase
from graphtrace.model import HOLDER_KINDS, KINDS, column_letters, split_table
from graphtrace.platform import quote, system
from graphtrace.private_files import create_file, fsync_file
from graphtrace.results.load_report import LoadReport, PassedOver, SheetReport
from graphtrace.results.reports import ColumnReport, Offer, OpenQuestion, Reject, SheetEvidence
from graphtrace.scratch import scratch_unwritable, subfolder
from graphtrace.storage.case_folder import (
    DEFAULT_WAIT_S,
    REJECTS,
    SOURCES,
    check_folder,
    copy_database,
    disk_of,
    find_database,
    keep_source,
    scratch_folder,
)
from graphtrace.storage.duckdb.duckdb_writer import open_writer
from graphtrace.storage.ledger import head_of
from graphtrace.storage.load_settings import (
    BY,
    LoadOptions,
    LoadSettings,
    LoadWriter,
    Progress,
    ReadingRules,
    rules_of,
    settings_to_ledger,
)
from graphtrace.storage.memory_budget import plan_budget
from graphtrace.storage.not_read import rejects_name
from graphtrace.storage.open_questions import EqualFiles, unused_answers
from graphtrace.storage.reply_checks import compared_files
from graphtrace.storage.sheet_plan import (
    EarlierReading,
    SheetToRead,
    open_sheets_to_read,
    reading_to_ledger,
    tables_to_ledger,
)

if TYPE_CHECKING:
    from graphtrace.ingest.pipeline import SheetParser
    from graphtrace.ingest.recipes.recipe_model import Recipe
    from graphtrace.ingest.sheet import Sheet
    from graphtrace.ingest.unread_sheets import LeftOutSheet
    from graphtrace.storage.base import LoadedFile


_BLOCK = 1 << 20


def load_files(
    folder: Path,
    paths: Sequence[Path | Source],
    settings: LoadSettings,
    options: LoadOptions | None = None,
    *,
    wait_s: float = DEFAULT_WAIT_S,
) -> LoadReport:
    """Load files into the case in ``folder``, which is made if it does not exist.

    ``paths``: files, folders and archives, or files with the names that they are to bear.
    ``wait_s``: seconds to wait for other writers of the case.

    Raises CaseLocked, CaseDamaged, StoreError if the case cannot be written. The files before the one at which it
    happened are loaded, this one is not. Raises MappingError if the mapping file itself is wrong. Raises UsageError if
    the memory limit cannot be read or is too small.
    """
    options = options or LoadOptions()
    memory = plan_budget(options.memory_limit)
    if not options.dry_run:
        return load_into(open_writer(folder, memory, wait_s=wait_s), paths, settings, options)
    with _trial_case(folder) as (trial, disk):
        report = load_into(open_writer(trial, memory, scratch_of=disk), paths, settings, options)
        report.ledger_head = None
        for entry in report.files:
            rejects_file = entry.rejects_file and folder / REJECTS / Path(entry.rejects_file).name
            entry.rejects_file = str(rejects_file) if rejects_file and rejects_file.exists() else None
    return report


def load_into(
    writer: AbstractContextManager[LoadWriter],
    paths: Sequence[Path | Source],
    settings: LoadSettings,
    options: LoadOptions,
) -> LoadReport:
    """Load files by a writer, which is opened here; see :func:`load_files`."""
    progress, only = options.tell, options.only
    how = rules_of(settings)
    bounds = parse_limits(options.limits)
    equal = EqualFiles(how.answers)
    report = LoadReport()
    with writer as case, subfolder(case.scratch) as unpacked:
        for number, path in enumerate(paths):
            progress(shown_name(path.name), number, len(paths))
            given = path.path if isinstance(path, Source) else path
            there: Iterable[Found] = [path] if isinstance(path, Source) else ()
            if not isinstance(path, Source):
                there = find_sources(path, unpacked, bounds, password=settings.password)
                if only is None:
                    there = compared_files(case.chains, settings.reply, path, there, report)
            for found in there:
                if isinstance(found, PassedOver):
                    report.skipped.append(found)
                elif only is not None and (given, found.name) not in only:
                    continue
                elif isinstance(found, Refused):
                    report.files.append(SheetReport(file=found.name, error=found.error, given=given))
                else:
                    progress(found.name, number, len(paths))
                    loaded = equal.reports_of(found.path, found.name)
                    if loaded is None:
                        loaded = load_file(
                            case,
                            found.path,
                            replace(how, sent_on=found.sent_on),
                            name=found.name,
                            again=options.again,
                            tell=progress,
                            by=options.by or system.account_name(),
                        )
                        equal.keep(found.path, loaded)
                    if found.path != given and _is_pdf_without_table(loaded):
                        report.skipped.append(PassedOver(found.name, "pdf", loaded[0].sha256))
                        continue
                    report.files += [
                        replace(
                            entry,
                            given=given,
                            quoted=found.references,
                            asked=[_with_answerable(question) for question in entry.asked],
                        )
                        for entry in loaded
                    ]
        report.files = equal.settled(report.files)
        report.unused = unused_answers(how.answers, report.files)
        case.finish()
        report.ledger_head = head_of(case.entries())
        progress("", len(paths), len(paths))
    return report


def _is_pdf_without_table(reports: Sequence[SheetReport]) -> bool:
    """Whether a file among others is a PDF of which nothing can be read, as of a picture.

    A file that is built to do harm and a fault of this program are told as of any file.
    """
    (first, *more) = reports
    return not more and type(first.error) is InputError and first.file.lower().endswith(".pdf")


@contextmanager
def _trial_case(folder: Path) -> Iterator[tuple[Path, Path]]:
    """For a trial run: a copy of the database of a case, which vanishes, and the folder that its disk is known by."""
    with scratch_folder(folder) as scratch:
        disk = disk_of(scratch, folder)
        trial = scratch / "trial"
        try:
            trial.mkdir()
            check_folder(folder)
            while database := find_database(folder):
                with suppress(FileNotFoundError):
                    copy_database(database, trial / database.name)
                    break
        except OSError as error:
            raise scratch_unwritable(disk, error) from error
        yield trial, disk


def load_file(
    case: LoadWriter,
    path: Path,
    how: ReadingRules,
    *,
    name: str,
    again: bool = False,
    tell: Progress,
    by: str | None = None,
    copied_file: LoadedFile | None = None,
) -> list[SheetReport]:
    """Load one file whole or not at all, by an open writer; see :func:`load_into`.

    ``by`` is who loads it. A load that is repeated (``copied_file``) keeps its time and its line of the ledger. A file
    in which reading meets headings of a further table is read once more, after all its rows were looked at.
    """
    load = partial(_load_once, case, path, how, name=name, again=again, tell=tell, by=by, copied_file=copied_file)
    try:
        return load(is_whole=False)
    except MoreTables:
        return load(is_whole=True)


def _load_once(
    case: LoadWriter,
    path: Path,
    how: ReadingRules,
    *,
    name: str,
    again: bool,
    tell: Progress,
    by: str | None,
    copied_file: LoadedFile | None,
    is_whole: bool,
) -> list[SheetReport]:
    # the name under which a file is loaded says no more than this which answers are for it
    answers = tuple(answer._replace(files="*") for answer in answers_for_file(how.answers, name))
    ask = how.password
    how = replace(how, answers=answers, password=lambda _: ask(name))
    with subfolder(case.scratch) as folder, ThreadPoolExecutor(1) as beside:
        copy = folder / path.name
        try:
            sha256, size = _copy_source(path, copy)
        except InputError as error:
            return [SheetReport(file=name, error=error)]
        known = case.file_number(sha256)
        source = case.folder / SOURCES / sha256
        written: list[Path] = []
        earlier: list[SheetReport] = []
        in_vain: frozenset[str | None] = frozenset()
        new_answers: Mapping[str | None, frozenset[str]] = {}
        try:
            if known is not None:
                is_whole = is_whole or any(split_table(sheet["name"])[1] for sheet in case.sheets_of(known))
                plan = _plan_again(case, known, copy, how, (name, sha256), again=again, is_whole=is_whole)
                how, fresh, earlier, in_vain, new_answers = plan
                for report in earlier:
                    if report.error is not None:
                        _name_file(report.error, name, copy, path)
                if not fresh:
                    return earlier
            sheets = _open_sheets(copy, how, is_whole=is_whole)
        except _OF_ONE_FILE as error:
            return _failed(name, sha256, error, copy, path)
        used = {found.sheet.name: found.recipe for found in sheets if found.recipe is not None}
        case.begin({BY: by, **settings_to_ledger(how, used), **tables_to_ledger(how, sheets)}, supersedes=known)
        synced = beside.submit(fsync_file, copy)
        reports: list[SheetReport] = []
        try:
            refused = _load_sheets(case, name, sha256, sheets, written, reports, tell=tell)
            if (
                not again
                and in_vain
                and in_vain >= fresh
                and refused >= fresh
                and not any(_asks_further(report, new_answers.get(report.sheet, frozenset())) for report in reports)
            ):
                raise _NothingGained
            if not source.exists():
                written.append(source)
            synced.result()
            keep_source(copy, source)
            case.commit(name=name, sha256=sha256, size=size, copied_file=copied_file)
        except BaseException as error:
            if case.roll_back():
                for leftover in written:
                    system.remove_file(leftover)
            if isinstance(error, _NothingGained):
                return _as_before(earlier, reports, (name, copy, path))
            if isinstance(error, MoreTables):
                raise
            if isinstance(error, _OF_ONE_FILE):
                (failed,) = _failed(name, sha256, error, copy, path)
                return [replace(failed, columns=reports[0].columns) if len(reports) == 1 else failed]
            raise
    case.record()
    for report in reports:
        if report.error is not None:
            _name_file(report.error, name, copy, path)
    as_before = {report.sheet: report for report in earlier if report.sheet not in fresh} if known is not None else {}
    reports = [_kept_report(report, as_before.get(report.sheet)) for report in reports]
    if reports:
        reports[0].corrections_lost = case.lost_corrections
    return reports


def _asks_further(report: SheetReport, answered: frozenset[str]) -> bool:
    """Whether a sheet took new answers and asks for something else now."""
    asked = {question.field for question in report.asked}
    is_other = isinstance(report.error, AnswerContradicts | UnknownKind)
    return bool(answered and asked) and answered.isdisjoint(asked) and not is_other


class _NothingGained(Exception):
    """The sheets of a file that are read anew are not understood again: the case keeps their earlier load."""


def _as_before(
    earlier: Sequence[SheetReport], reports: Sequence[SheetReport], named: tuple[str, Path, Path]
) -> list[SheetReport]:
    """Return the reports of a file that stays as it was loaded, with what its sheets ask now."""
    again = {report.sheet: report for report in reports if report.error is not None}
    for report in again.values():
        if report.error is not None:
            _name_file(report.error, *named)
    return [
        replace(report, error=now.error, asked=now.asked, evidence=now.evidence)
        if (now := again.get(report.sheet)) is not None
        else report
        for report in earlier
    ]


def _open_sheets(
    copy: Path, how: ReadingRules, rules_for: Callable[[str | None], ReadingRules] | None = None, *, is_whole: bool
) -> list[SheetToRead]:
    """Return the sheets of a file that are to be read; what no reader raises on purpose is a fault of ours."""
    with guarded(copy, (OSError,)):
        return open_sheets_to_read(copy, how, rules_for, is_whole=is_whole)


def _kept_report(report: SheetReport, earlier: SheetReport | None) -> SheetReport:
    """The report on a sheet whose reading stays while others of its file are read anew; they have a load together."""
    if earlier is None:
        return report
    return replace(earlier, rejects_file=report.rejects_file, columns=report.columns)


def _failed(name: str, sha256: str, error: GraphtraceError, copy: Path, path: Path) -> list[SheetReport]:
    _name_file(error, name, copy, path)
    asked = [OpenQuestion(field=ENCODING, kind="", rows=0)] if error.text.id == "encoding_unknown" else []
    return [SheetReport(file=name, sha256=sha256, error=error, asked=asked)]


_OF_ONE_FILE: Final = (InputError, InternalError, MappingError)
"""Errors after which the other files are loaded; a fault of this program is one, where a file brings it to light."""

_FOR_MEMBERS: Final = ("answer_with", "say_kind", "say_format", "show_recipe")
"""Hints that serve for a file within an archive as they are."""


def _name_file(error: GraphtraceError, name: str, copy: Path, path: Path) -> None:
    """Let an error name the file and not its copy."""
    if isinstance(error, UnknownHeadings):
        container, divider, member = name.rpartition(MEMBER)
        # numbers are looked for in mails as they are
        is_of_mail = container.lower().endswith(".eml") and type(error) is UnknownHeadings
        is_unpacked = bool(divider) and not is_of_mail
        error.params["file"] = quote(container if is_of_mail else member if divider else str(path))
        is_of_statements = isinstance(error, UnknownKind) and holds_statements(error.headings)
        if type(error) is UnknownHeadings or is_of_statements:
            numbers, since, until = summarize_text(copy if copy.exists() else path)
            if numbers or path.suffix.lower() in PROSE:
                hint = "extract_from_text" if numbers else "extract_from_prose"
                said = {"numbers": len(numbers), "cards": numbers, "since": since, "until": until}
                error.hint_text = Text("hints", hint, {**error.params, **said})
        if is_unpacked and error.hint_text is not None and error.hint_text.id == "answer_for_all_rows":
            error.hint_text = replace(error.hint_text, id="answer_with")
        if is_unpacked and error.hint_text is not None and error.hint_text.id not in _FOR_MEMBERS:
            error.hint_text = phrase("unpack_first", hint=error.hint_text)
    error.replace_path(copy, path)


def _copy_source(path: Path, copy: Path) -> tuple[str, int]:
    """Copy a file, so that what is read is what is kept; return its hash and size.

    Raises InputError if the file cannot be read; what the copy cannot be written for is left to the writer of the case.
    """
    digest = hashlib.sha256()
    with create_file(copy) as kept, ThreadPoolExecutor(1) as hashing:
        hashed: Future[None] | None = None
        for block in _blocks(path):
            if hashed is not None:
                hashed.result()
            if len(block) < _BLOCK:
                digest.update(block)
            else:
                hashed = hashing.submit(digest.update, block)
            kept.write(block)
        size = kept.tell()
    return digest.hexdigest(), size


def _blocks(path: Path) -> Iterator[bytes]:
    try:
        # a pipe or device might never end
        if path.exists() and not path.is_file():
            raise InputError("not_a_file", path=path, hint="check_path_and_rights_to_read")
        with path.open("rb") as source:
            while block := source.read(_BLOCK):
                yield block
    except OSError as error:
        raise InputError("at_path", path=path, why=os_reason(error), hint="check_path_and_rights_to_read") from error


def _load_sheets(
    case: LoadWriter,
    name: str,
    sha256: str,
    sheets: Sequence[SheetToRead],
    written: list[Path],
    reports: list[SheetReport],
    *,
    tell: Progress,
) -> frozenset[str | None]:
    """Load every sheet of a file into the open transaction; adds to ``written`` the files it makes, and to ``reports``.

    Returns the names of the sheets that were not understood.

    Raises UnknownHeadings if no sheet of the file can be read, and none names a card or waits for an answer.
    """
    refusals: list[_Refusal] = []
    earlier = case.loads_of(sha256)
    for number, found in enumerate(sheets):
        sheet = found.sheet
        report = SheetReport(file=name, sha256=sha256, sheet=sheet.name, encoding=sheet.encoding)
        case.open_sheet()
        reading = None
        unread: list[pl.DataFrame] = []
        if sheet.head_rows:
            try:
                reading = _read_sheet(case, found, report, unread, tell)
            except UnknownHeadings as error:
                # what is asked of rows that were read knows how many they are
                if not isinstance(error, NeedsAnswer) or not error.rows:
                    decided = found.decided_rows(error) if isinstance(error, NeedsAnswer) else []
                    report.rows, report.rejects, cards, report.columns = _reject_whole(sheet, error)
                    report.rejects += decided
                    unread = [cards.filter(~pl.col("row").is_in([reject.row for reject in decided]))]
                    report.rejected = report.rows
                error.rows = error.rows or report.rows
                refusals.append(_Refusal(report, sheet, error, names_cards=any(cards.height for cards in unread)))
                refusals[-1].tell()
        if report.rejects:
            target = case.folder / REJECTS / rejects_name(sha256, number + 1, earlier)
            written.append(target)
            write_rejects(target, name, sha256, sheet.name, report.rejects)
            report.rejects_file = str(target)
        report.loaded, report.duplicate, report.kinds = case.close_sheet(
            name=sheet.name,
            kind=report.kind,
            encoding=sheet.encoding,
            rows=report.rows,
            rejected=report.rejected,
            rejects=report.rejects,
            rejects_file=None if report.rejects_file is None else Path(report.rejects_file).name,
            remarks=report.warnings,
            unread=unread[0] if unread else None,
            reading=reading,
            asked=refusals[-1].asked if refusals and refusals[-1].report is report else (),
            columns=report.columns,
        )
        report.records = sum(report.kinds.values())
        reports.append(report)
    if refusals and len(refusals) == sum(bool(found.sheet.head_rows) for found in sheets):
        _keep_refused(refusals)
    return frozenset(each.report.sheet for each in refusals)


class _Refusal(NamedTuple):
    """A sheet that was not understood, and why."""

    report: SheetReport
    sheet: Sheet
    error: UnknownHeadings
    names_cards: bool = False

    @property
    def is_asking(self) -> bool:
        """Whether an answer would let the sheet be read."""
        return isinstance(self.error, UnknownKind | NeedsAnswer)

    @property
    def asked(self) -> list[tuple[str, str, int]]:
        """The fields that have to be answered first, with the kind and the number of rows that they are about."""
        return [(question.field, question.kind, question.rows) for question in _questions(self.error)]

    def tell(self) -> None:
        """Have the report say why, where that is of use though other sheets of the file are read."""
        report_refusal(self.report, self.sheet, self.error)


def report_refusal(report: SheetReport, sheet: Sheet, error: UnknownHeadings) -> None:
    """Have the report of a sheet say why it was not understood, and what is asked, where that is of use."""
    if isinstance(error, UnknownKind | NeedsAnswer | ContextOnly) or error.code == UNCLEAR:
        report.error, report.asked = error, _questions(error)
        _add_evidence(report, sheet, error)
    elif error.code == TOO_WIDE:
        report.error = error


def _keep_refused(refusals: Sequence[_Refusal]) -> None:
    """Decide whether a file is kept of which no sheet was read: so that answers about its cards name it.

    Raises UnknownHeadings if nothing can be said of it: no sheet names a card or waits for an answer, and it is no text
    of a mail, which is a file only where it speaks of cards.
    """
    if not any(each.names_cards or each.is_asking or is_text_of_mail(each.report.file) for each in refusals):
        raise refusals[0].error
    _tell_one(refusals)


def _tell_one(refusals: Sequence[_Refusal]) -> None:
    """Have one report of a file of which no sheet was read say why, where none does."""
    if all(each.report.error is None for each in refusals):
        refusals[0].report.error = refusals[0].error


def _with_answerable(question: OpenQuestion) -> OpenQuestion:
    return replace(question, is_answerable=is_answerable(question.field))


def _questions(error: GraphtraceError) -> list[OpenQuestion]:
    """Return the open questions of a file that could not be loaded without answers to them."""
    if isinstance(error, UnknownKind):
        return [OpenQuestion(field=KIND, kind="", rows=error.rows, choices=(*KINDS, NOTHING))]
    if not isinstance(error, NeedsAnswer):
        return []
    return [
        OpenQuestion(
            field=name,
            kind=error.event,
            rows=error.rows,
            text=error.texts.get(name),
            choices=error.choices,
            offers=tuple(Offer(name, "title") for name in error.named),
            forms=error.forms,
        )
        for name in error.fields
    ]


def _read_sheet(
    case: LoadWriter, found: SheetToRead, report: SheetReport, unread: list[pl.DataFrame], tell: Progress
) -> dict[str, Any]:
    """Load one sheet; return what the ledger keeps of how it was read. Adds to ``unread`` what was not recorded."""
    name_recipe(report, found.recipe)
    with guarded(Path(report.file), ()):
        reading = found.open_parser()
    if found.rules.transcription is None and found.text is None:
        # what the name of a file says is nothing against the lines that a person confirmed or answered for
        reading.file_name = report.file
    customers = Customers(report.sha256 or "", report.sheet, reading.telephones)
    rows = 0
    # closed at once when something fails, so that nothing reads ahead any more while the load is undone
    try:
        with closing(guarded_frames(Path(report.file), reading.frames(), ())) as frames:
            for frame in frames:
                if is_supporting(frame):
                    case.stage_supports(customers.part_contacts(frame))
                else:
                    case.stage(customers.part(frame))
                rows += frame.height
                tell(report.file, rows, None)
    finally:
        report.kind = reading.kind
        report.rows = reading.rows
        report.columns = reading.columns
        secret = {column.heading for column in report.columns if column.field == SECRET}
        report.rejects = [reject_without_secrets(reject, secret) for reject in reading.rejects]
        report.rejected = reading.rejected
        if (not_recorded := reading.unread) is not None:
            unread.append(not_recorded)
        report.warnings = [warning_without_secrets(warning, secret) for warning in reading.remarks]
        add_questions(report, found.sheet, reading, reading.questions)
        report.answered = {**found.taken, **reading.answered}
    places = reading.places if reading.kind else {}
    if found.sheet.name is None and (transcribed := found.rules.transcription) is not None:
        # no cell of the file states the fields
        places = {"transcribed": {"by": transcribed.by, **({"of": transcribed.of} if transcribed.of else {})}}
        if not transcribed.of:
            _add_lines_left(report, found.text, {line for line, _ in transcribed.lines}, "unanswered", unread)
    elif found.text is not None:
        # whose lines they are is said by a person, the rest by lines that have no cells
        said = found.said
        places = {"said": said, "by_person": sorted({side for sides in said.values() for side in sides})}
        _add_lines_left(report, found.text, found.lines, MESSAGE_NOT_READ, unread)
    if CONFIRMED in found.taken:
        places = {**places, "confirmed": {"by": found.rules.confirmed_by or system.account_name()}}
    return reading_to_ledger(report.recipe, report.answered, reading.questions, places)


def _add_lines_left(
    report: SheetReport, text: Sheet | None, lines: Iterable[int], reason: str, unread: list[pl.DataFrame]
) -> None:
    """Add the lines of a text that name cards and are not read, which all but ``lines`` are, with the reason."""
    if text is None:
        return
    left = unread_in_sheet(text, 0, kind=None, reason=reason)
    left = left.filter(~pl.col("row").is_in([*lines]))
    told = left.unique("row").sort("row").select("row", "text").iter_rows()
    rejects = [Reject(row=row, field=None, reason=reason, value=said, raw=(("A", said),)) for row, said in told]
    report.rows += len(rejects)
    report.rejected += len(rejects)
    report.rejects = [*report.rejects, *rejects]
    unread[:] = [pl.concat([*unread, left])]


def add_questions(
    report: SheetReport,
    sheet: Sheet,
    reading: SheetParser | SupportSheetParser | LeftOutSheet,
    asked: Sequence[OpenQuestion],
) -> None:
    """Add what is asked of a sheet that is read, with what its top says and the answers that it proposes."""
    if asked:
        used = reading.used_headings.union(column.heading for column in reading.columns if column.field)
        words = [word for one in asked for place, _, word in (one.field.partition("."),) if place == "words"]
        report.evidence = read_evidence(sheet, report.file, reading.header_row, reading.headings, used, words)
    report.asked = [with_offers(question, report.evidence) for question in asked]


def name_recipe(report: SheetReport, recipe: Recipe | None) -> None:
    """Have the report of a sheet say by which recipe it is read."""
    if recipe is not None:
        report.recipe, report.recipe_name = recipe.id, BilingualText(recipe.name["en"], recipe.name["zh"])


_WHOLE_SHEET: Final = {
    "unknown_kind": "unknown_kind",
    "needs_answer": "unanswered",
    "table_unclear": "table_unclear",
    "table_too_wide": "table_too_wide",
    "answer_contradicts": "unanswered",
}
"""Reason for rejecting all rows of a sheet, by the code of its error."""


def _reject_whole(sheet: Sheet, error: UnknownHeadings) -> tuple[int, list[Reject], pl.DataFrame, list[ColumnReport]]:
    """Return one reject for all rows of a sheet without a known header, at the row that was taken for its header.

    Where answers are lacking there is one for each field that waits for one.

    With it come the rows that name cards, as events that were not read; those of lists and stock without a kind. The
    last are its columns, with the fields that their headings are understood as.
    """
    header, cells = _likely_header(sheet)
    has_headings = not _holds_data(cells)
    reason = _WHOLE_SHEET.get(error.code, "unknown_headings")
    kind = (error.event or None) if isinstance(error, NeedsAnswer) else None
    # a line of text that names a card is no heading, nor is what stands below one
    above = (cell for row, each in sheet.head_rows if row <= header for cell in each)
    is_text = any(cell is not None and names_card(cell) for cell in above)
    start = header if has_headings and not error.is_headless and not is_text else 0
    # a list of cards that waits for an answer names its cards all the same
    kind = kind if kind in HOLDER_KINDS else None
    filled: Counter[int] = Counter()
    unread = unread_in_sheet(sheet, start, kind=kind, reason=reason, filled=filled)
    headings = " | ".join(cell for cell in cells if cell is not None)
    raw = tuple((cell, cell) for cell in cells if cell is not None)
    fields = error.fields if isinstance(error, NeedsAnswer) else ()
    rejects = [Reject(row=header, field=field, reason=reason, value=headings, raw=raw) for field in fields or (None,)]
    columns = _columns_of_refused(error, cells if start else (), filled)
    return sheet.counted, [reject_without_secrets(reject, ()) for reject in rejects], unread, columns


def _columns_of_refused(
    error: UnknownHeadings, likely: Sequence[str | None], filled: Mapping[int, int]
) -> list[ColumnReport]:
    """Return the columns of a sheet that was not understood, by its headings or the row that may be theirs."""
    names = [*(error.headings or likely)]
    names += [None] * (max(filled, default=-1) + 1 - len(names))
    return [
        ColumnReport(
            heading=name or column_letters(column),
            field=field,
            because=None if field is None else "heading",
            filled=filled.get(column, 0),
        )
        for column, name in enumerate(names)
        if name or filled.get(column)
        for field in [error.served.get(column) or (SECRET if name and is_secret_heading(name) else None)]
    ]


def _likely_header(sheet: Sheet) -> tuple[int, list[str | None]]:
    """Return the first of the fullest rows at the top of a sheet, with its number; of those without data if any is."""

    def likelihood(row: tuple[int, list[str | None]]) -> tuple[bool, int, int]:
        # a title in merged cells is one text
        return not _holds_data(row[1]), len({*filter(None, row[1])}), -row[0]

    return max(sheet.head_rows, key=likelihood)


def _holds_data(cells: Sequence[str | None]) -> bool:
    return any(cell is not None and looks_like_data(cell) for cell in cells)


def _other_side(field: str) -> set[str]:
    """Return the fields that state the other side of a question; of one about no side the question itself."""
    return {OPPOSITE.get(field, field), "party"}


def _add_evidence(report: SheetReport, sheet: Sheet, error: UnknownHeadings) -> None:
    """Add what the top of a sheet says of which something is asked before any row is read, and the answers offered."""
    row, cells = _likely_header(sheet)
    if error.headings:
        report.evidence = read_evidence(sheet, report.file, error.header_row, error.headings, error.used)
    else:
        report.evidence = read_evidence(sheet, report.file, row, [cell or "" for cell in cells])
    stated = {*error.served.values(), *(question.field for question in report.asked)}
    report.asked = [
        # of whoever alone is named above cards that went from or to him, only the other side is asked
        without_named(offered) if error.served and not stated & _other_side(offered.field) else offered
        for offered in (with_offers(question, report.evidence) for question in report.asked)
    ]
    if isinstance(error, UnknownKind):
        handed = handed_offers(report.evidence)
        report.asked = [replace(question, offers=handed) for question in report.asked]
        forms = handed_forms(
            report.evidence, [error.headings[at] for at, field in error.served.items() if field == "date"]
        )
        error.params |= {"forms": [f"kind={form}" for form in forms]} if forms else {}


def write_rejects(target: Path, file: str, sha256: str, sheet: str | None, rejects: Sequence[Reject]) -> None:
    """Write one line for each rejected row: its place, the reason, and every cell, as text."""
    layouts: dict[tuple[str, ...], list[tuple[str, int]]] = {}
    for reject in rejects:
        bare = tuple(heading for heading, _ in reject.raw)
        if bare not in layouts:
            seen: Counter[str] = Counter()
            layouts[bare] = []
            for heading in bare:
                layouts[bare].append((heading, seen[heading]))
                seen[heading] += 1
    # two columns may bear one heading
    headings = list(dict.fromkeys(heading for layout in layouts.values() for heading in layout))
    columns = ["file", "sha256", "sheet", "row", "field", "reason", "value", "low", "high"]
    origin = [csv_cell(cell) for cell in (file, sha256, sheet)]
    with io.TextIOWrapper(create_file(target), encoding="utf-8-sig", newline="") as out:
        table = csv.writer(out)
        table.writerow([*columns, *(csv_cell(heading) for heading, _ in headings)])
        for reject in rejects:
            layout = layouts[tuple(heading for heading, _ in reject.raw)]
            cells = {
                place: csv_cell(cell) for place, (_, cell) in zip(layout, reject.raw, strict=True) if cell is not None
            }
            table.writerow(
                [
                    *(*origin, reject.row, reject.field, reject.reason, csv_cell(reject.value)),
                    *(reject.interval or ("", "")),
                    *map(cells.get, headings),
                ]
            )
        out.flush()
        system.fsync_handle(out.fileno())


def _plan_again(
    case: LoadWriter, number: int, copy: Path, how: ReadingRules, named: tuple[str, str], *, again: bool, is_whole: bool
) -> tuple[
    ReadingRules, frozenset[str | None], list[SheetReport], frozenset[str | None], Mapping[str | None, frozenset[str]]
]:
    """Plan the reading of a file that is in the case.

    Returns its rules, the sheets to read anew, the present reports, the sheets that have not been understood so far and
    took no answer, and the fields that are answered anew, by sheet.
    """
    earlier = EarlierReading(case, number, copy.parent)
    refused: frozenset[str | None] = frozenset()
    fresh: frozenset[str | None] = frozenset()
    further: frozenset[str | None] = frozenset()
    answers: Mapping[str | None, frozenset[str]] = {}
    refusals: list[_Refusal] = []
    if again or not earlier.is_unchanged_request(how, load_recipes()):
        rules_for = partial(earlier.rules_for, how, again=again)
        asked = _open_sheets(copy, how, rules_for, is_whole=is_whole)
        how, fresh, refused, faults, further, answers = earlier.plan(asked, how, again=again)
        for each in asked:
            if (fault := faults.get(each.sheet.name)) is not None:
                fault.rows = earlier.sheets[each.sheet.name].loaded["row_count"]
                refusals.append(_Refusal(SheetReport(file=named[0], sheet=each.sheet.name), each.sheet, fault))
                refusals[-1].tell()
    if refusals and not fresh and not any(sheet.reading is not None for sheet in earlier.sheets.values()):
        _tell_one(refusals)
    told = {each.report.sheet: each.report for each in refusals}
    name, sha256 = named
    reports = [
        SheetReport(
            file=name,
            sha256=sha256,
            sheet=sheet,
            kind=known.loaded["kind"],
            encoding=known.loaded["encoding"],
            already_loaded=True,
            rows=known.loaded["row_count"],
            duplicate=known.loaded["row_count"] - known.loaded["rejected"],
            rejected=known.loaded["rejected"],
            rejects_file=known.loaded["rejects_file"] and str(case.folder / REJECTS / known.loaded["rejects_file"]),
            rejects=known.loaded["rejects"],
            warnings=known.loaded["remarks"],
            columns=known.columns,
            asked=told[sheet].asked if sheet in told else known.questions,
            answered=known.answered,
            evidence=told[sheet].evidence if sheet in told else SheetEvidence(),
            error=InputError("read_otherwise", file=name, hint="read_again", code="read_otherwise")
            if sheet in refused
            else told[sheet].error
            if sheet in told
            else None,
        )
        for sheet, known in earlier.sheets.items()
    ]
    unknown = frozenset(name for name, sheet in earlier.sheets.items() if sheet.reading is None) - further
    return how, fresh, reports, unknown, answers
