"""Corrections: rows, or whole files, whose statements were withdrawn, why, by whom and when (SPEC 3).

A correction deletes nothing. Each is kept beside the records and as a line of the ledger, in the order in which they
were made; what counts on a day follows from those made until then. The latest that concerns a row decides: it withdraws
the row, or lifts the withdrawal.

Some stored values follow from many rows: the first writing of each mention, and the names in carrier columns. A
correction carries their values after it, so that no later question has to read the files again.

Unloading a file: its statements are withdrawn as a whole, why, by whom and when. A file is unloaded by a correction of
the file: its row is :data:`~graphtrace.results.corrections.WHOLE_FILE` and its effects name all sheets, which are not
known from then on. No correction lifts it; the same bytes load as new. A load that reads a file again unloads its
earlier reading in the same way.

:func:`plan_unload` makes that correction, and each store writes it like any other. In a folder,
:mod:`graphtrace.storage.duckdb.visibility` leaves the sheets out of whatever is asked. On a server, readers go by the
ledger until :mod:`graphtrace.storage.neo4j.neo4j_corrections` has marked the records.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from graphtrace.errors import InputError, NothingFound, UsageError, os_reason
from graphtrace.locale import phrase
from graphtrace.model import Origin
from graphtrace.platform import system
from graphtrace.results.corrections import WHOLE_FILE, Correction
from graphtrace.storage.ledger import Moment, had_come
from graphtrace.storage.not_read import hash_of

_MIN_HASH = 6
"""Minimum number of characters of a hash that name a file."""


_LISTED = 20
"""Maximum number of candidates that an error names."""


class CorrectionRequest(NamedTuple):
    """Request to correct a record: ``record`` and ``by`` as typed."""

    record: str
    why: str
    who: str
    by: str | None = None
    is_undo: bool = False


MentionName = tuple[int, int, str]
"""First writing of a mention in a sheet: the day, the place in the sheet and the name."""


class CorrectionEffects(NamedTuple):
    """Effects of a correction beyond the row itself.

    ``mention_names``: by (mention, sheet), the names that the sheet has of the mention before any correction and after
    this one. ``carriers``: by (sheet, name), whether a carrier column of the sheet still has the name. ``unloaded``:
    the sheets that are not known any more.
    """

    mention_names: dict[tuple[int, int], tuple[list[MentionName], list[MentionName]]]
    carriers: dict[tuple[int, str], bool]
    unloaded: tuple[int, ...] = ()

    def text(self) -> str:
        """Return the effects as JSON, in the form that a store keeps."""
        return json.dumps(
            {
                "mention_names": [[*key, *states] for key, states in self.mention_names.items()],
                "carriers": [[*key, is_named] for key, is_named in self.carriers.items()],
                **({"unloaded": self.unloaded} if self.unloaded else {}),
            },
            ensure_ascii=False,
        )

    @classmethod
    def of_text(cls, text: str) -> CorrectionEffects:
        content = json.loads(text)
        return cls(
            {
                (mention, sheet): ([(d, p, n) for d, p, n in before], [(d, p, n) for d, p, n in after])
                for mention, sheet, before, after in content["mention_names"]
            },
            {(sheet, name): is_named for sheet, name, is_named in content["carriers"]},
            tuple(map(int, content.get("unloaded", ()))),
        )


class StoredCorrection(NamedTuple):
    """A correction as a store keeps it, with the numbers that the store gives to sheet and row.

    ``loads`` of the files were in the case before it.
    """

    number: int
    loads: int
    sheet: int
    row: int
    is_lifted: bool
    at: str
    effects: str
    entry: str


class PortableCorrection(NamedTuple):
    """A correction to be copied to another case with the same sheets and its own numbers of mentions.

    ``mentions`` has the normalised name and strong identifier of each mention that the correction names, by number.
    """

    stored: StoredCorrection
    mentions: Mapping[int, tuple[str, str]]

    @classmethod
    def of(
        cls, stored: StoredCorrection, names_of: Callable[[Sequence[int]], Mapping[int, tuple[str, str]]]
    ) -> PortableCorrection:
        """Return a correction of a case with the names of its mentions."""
        mentions = sorted({mention for mention, _ in CorrectionEffects.of_text(stored.effects).mention_names})
        return cls(stored, names_of(mentions) if mentions else {})

    def arriving(self, numbers: Mapping[tuple[str, str], int]) -> StoredCorrection:
        """Translate the numbers of mentions to those of the target case."""
        effects = CorrectionEffects.of_text(self.stored.effects)
        mention_names = {
            (numbers[self.mentions[mention]], sheet): states
            for (mention, sheet), states in effects.mention_names.items()
        }
        return self.stored._replace(effects=effects._replace(mention_names=mention_names).text())

    def comparable(self) -> list[Any]:
        """Return the fields that are equal in every case that holds the correction."""
        effects = CorrectionEffects.of_text(self.stored.effects)
        mention_names = sorted(
            [*self.mentions[mention], sheet, *states] for (mention, sheet), states in effects.mention_names.items()
        )
        carriers = sorted([*key, is_named] for key, is_named in effects.carriers.items())
        return [*self.stored._replace(effects=""), mention_names, carriers, list(effects.unloaded)]


class CorrectionState(NamedTuple):
    """State of the case under its corrections on some day: the withdrawn rows and the other effects.

    ``mention_names`` and ``carriers`` have every mention and name that any correction has touched, so that they replace
    what was there, whether the correction counts on the day or not. ``unloaded`` are the sheets that are not known any
    more, by the number of files that had been loaded when they were unloaded.
    """

    withdrawn: frozenset[tuple[int, int]]
    mention_names: Mapping[tuple[int, int], Sequence[MentionName]]
    carriers: Mapping[tuple[int, str], bool]
    unloaded: Mapping[int, int]

    @property
    def corrected(self) -> int:
        """Return how many rows of known sheets are withdrawn."""
        return sum(sheet not in self.unloaded for sheet, _ in self.withdrawn)


def corrections_as_of(corrections: Iterable[StoredCorrection], as_of: Moment | None) -> CorrectionState:
    """Return the state under corrections, given in order, at a moment; ``None``: after all of them."""
    withdrawn: set[tuple[int, int]] = set()
    mention_names: dict[tuple[int, int], Sequence[MentionName]] = {}
    carriers: dict[tuple[int, str], bool] = {}
    unloaded: dict[int, int] = {}
    for correction in corrections:
        counts = had_come(as_of, correction.at, "corrections", correction.number)
        effects = CorrectionEffects.of_text(correction.effects)
        for mention, (before, after) in effects.mention_names.items():
            mention_names.setdefault(mention, before)
            if counts:
                mention_names[mention] = after
        for name, is_named in effects.carriers.items():
            carriers.setdefault(name, True)
            if counts:
                carriers[name] = is_named
        if counts and correction.row == WHOLE_FILE:
            unloaded.update(dict.fromkeys(effects.unloaded, correction.loads))
        elif counts and correction.is_lifted:
            withdrawn.discard((correction.sheet, correction.row))
        elif counts:
            withdrawn.add((correction.sheet, correction.row))
    return CorrectionState(frozenset(withdrawn), mention_names, carriers, unloaded)


def corrections_in_force(corrections: Sequence[StoredCorrection]) -> list[Correction]:
    """Return the corrections of rows whose file is still known, in the order in which they were made."""
    unloaded = corrections_as_of(corrections, None).unloaded
    return [
        Correction.of_entry(correction.entry)
        for correction in corrections
        if correction.row != WHOLE_FILE and correction.sheet not in unloaded
    ]


# -- which record is meant -------------------------------------------------------------------------------------


class SheetRef(NamedTuple):
    """A sheet of a case: its number, and the names by which a record of it can be called."""

    sheet: int
    file: str
    sha256: str
    name: str | None

    def origin_of(self, row: int, record_no: str | None = None) -> Origin:
        """Return the origin of a row of the sheet."""
        return Origin(self.file, self.sha256, self.name, row, record_no)


class LoadedRow(NamedTuple):
    """A loaded row with all its records, as far as a correction has to know it; the mentions by their numbers."""

    sheet: SheetRef
    row: int
    record_no: str | None
    mentions: frozenset[int]
    carrier_names: tuple[str, ...]

    @property
    def origin(self) -> Origin:
        return self.sheet.origin_of(self.row, self.record_no)


def rows_of_records(
    records: Iterable[tuple[SheetRef, str | None, int | None, int | None, Sequence[str | None]]], row: int
) -> list[LoadedRow]:
    """Put the records of each row together: sheet, record number, sender, receiver, names in carrier columns."""
    rows: dict[SheetRef, LoadedRow] = {}
    for sheet, record_no, sender, receiver, names in records:
        known = rows.setdefault(sheet, LoadedRow(sheet, row, record_no, frozenset(), ()))
        rows[sheet] = known._replace(
            mentions=known.mentions | {mention for mention in (sender, receiver) if mention is not None},
            carrier_names=tuple(dict.fromkeys((*known.carrier_names, *filter(None, names)))),
        )
    return list(rows.values())


class CorrectionSource(Protocol):
    """Protocol of a store for corrections: it reads rows of the case, withdrawn ones included."""

    def sheet_names(self) -> Sequence[SheetRef]:
        """Return all sheets that are loaded and not unloaded."""

    def stored_rows(self, sheets: Sequence[SheetRef], row: int) -> Sequence[LoadedRow]:
        """Return the rows with this number in these sheets."""

    def states_the_same(self, row: int, one: int, other: int) -> bool:
        """Whether a row states something in one sheet, and the same in another one."""

    def is_rejected(self, sheets: Sequence[SheetRef], row: int) -> bool:
        """Whether one of these sheets had a row with this number that was not loaded."""

    def writings_of(self, mention: int, sheet: int) -> Sequence[MentionName]:
        """Return the names of a mention that were stored for the sheet when it was loaded."""

    def earliest_mention(self, mention: int, sheet: int, without: Sequence[int]) -> tuple[int, int, int] | None:
        """Day, row and role (0 sender, 1 receiver) of the first mention in a sheet, some rows left out."""

    def is_carrier_named(self, name: str, sheet: int, without: Sequence[int]) -> bool:
        """Whether a row of the sheet has the name in a carrier column, some rows left out."""

    def name_in_source(self, sheet: SheetRef, row: int, role: int) -> str:
        """Return the spelling of the sender or receiver of a row in the source."""


def find_row(rows: CorrectionSource, text: str) -> LoadedRow:
    """Return the row that ``text`` names as ``file:row``, ``file:sheet:row`` or by the beginning of the file's hash.

    Raises NothingFound if there is no such row among those loaded; UsageError if the name cannot be read, or several
    rows bear it.
    """
    named, _, number = text.strip().rpartition(":")
    if not named or not number.strip().isascii() or not number.strip().isdecimal():
        raise UsageError("record_form", text=text, hint="record_forms")
    row = int(number)
    sheets = rows.sheet_names()
    named_sheets = [sheet for sheet in sheets if _is_called(sheet, named)]
    if not named_sheets and "/" in named:
        named_sheets = [sheet for sheet in sheets if _is_called(sheet, named.rpartition("/")[2])]
    if not named_sheets:
        raise NothingFound("no_such_file_in_case", text=text, file=named, hint="status_lists_files")
    found = rows.stored_rows(named_sheets, row)
    if len(found) == 1:
        return found[0]
    if found:
        names = [sheet.sheet.origin_of(row).ref for sheet in found]
        more = len(names) - _LISTED if len(names) > _LISTED else None
        raise UsageError(
            "record_ambiguous",
            text=text,
            count=len(names),
            records=phrase("record_list", records=names[:_LISTED], more=more),
            hint="name_by_hash",
            code="ambiguous_record",
        )
    if rows.is_rejected(named_sheets, row):
        raise NothingFound("row_not_loaded", text=text, hint="query_rejected_rows")
    raise NothingFound("no_such_row", text=text, hint="row_numbers")


def _is_called(sheet: SheetRef, named: str) -> bool:
    names = [sheet.file, *([f"{sheet.file}:{sheet.name}"] if sheet.name is not None else [])]
    if named in names:
        return True
    start, _, name = named.partition(":")
    is_hash = len(start) >= _MIN_HASH and sheet.sha256.startswith(start.lower())
    return is_hash and name in ("", sheet.name or "")


# -- plan of a correction ------------------------------------------------------------------------------------


class CorrectionPlan(NamedTuple):
    """A correction to write, or the existing one with the same content; ``removed`` are those that it ends."""

    row: LoadedRow
    correction: Correction
    effects: CorrectionEffects
    is_new: bool
    removed: Sequence[Correction] = ()

    def stored(self, loads: int, entry: str) -> StoredCorrection:
        """Return the correction as a store keeps it; ``loads`` files came before, ``entry`` is its ledger line."""
        number, is_lifted, at = self.correction.number, self.correction.is_lifted, self.correction.at
        return StoredCorrection(
            number, loads, self.row.sheet.sheet, self.row.row, is_lifted, at, self.effects.text(), entry
        )


def plan_correction(
    request: CorrectionRequest, rows: CorrectionSource, earlier: Sequence[StoredCorrection], at: str
) -> CorrectionPlan:
    """Return the plan of a correction.

    Raises NothingFound, UsageError as :func:`find_row`; and where there is no correction to lift, or a record would
    replace itself.
    """
    row = find_row(rows, request.record)
    latest = next((old for old in reversed(earlier) if (old.sheet, old.row) == (row.sheet.sheet, row.row)), None)
    if request.is_undo and latest is None:
        raise NothingFound("no_correction", record=request.record, hint="list_corrections")
    by = None
    if request.by is not None:
        replacing = find_row(rows, request.by)
        by = replacing.origin
        if (replacing.sheet.sheet, replacing.row) == (row.sheet.sheet, row.row):
            raise UsageError("replaced_by_itself", record=request.record, hint="name_right_record")
        if (replacing.sheet.sheet, replacing.row) in corrections_as_of(earlier, None).withdrawn:
            raise UsageError("replacement_withdrawn", record=request.by, ref=by.ref, hint="lift_first")
    correction = Correction(
        number=len(earlier) + 1,
        at=at,
        who=request.who,
        why=request.why,
        record=row.origin,
        by=by,
        is_lifted=request.is_undo,
    )
    if latest is not None:
        in_force = Correction.of_entry(latest.entry)
        if (in_force.is_lifted and correction.is_lifted) or (in_force.is_lifted, in_force.by) == (request.is_undo, by):
            return CorrectionPlan(row, in_force, CorrectionEffects({}, {}), is_new=False)
    return CorrectionPlan(row, correction, _effects(rows, earlier, row, is_lifted=request.is_undo), is_new=True)


MakePlan = Callable[[CorrectionSource, Sequence[StoredCorrection], str], CorrectionPlan]
"""Plans a correction by the rows of the case, the corrections before it and the time."""


def replay_on_new_reading(
    rows: CorrectionSource,
    corrections: Sequence[StoredCorrection],
    readings: tuple[Sequence[SheetRef], Sequence[SheetRef]],
    keep: Callable[[CorrectionPlan], None],
    *,
    at: str,
) -> list[Correction]:
    """Correct in a new reading of a file the rows that were corrected in the earlier one and state the same.

    ``corrections``: all corrections; ``keep`` adds to them each that is made here.
    ``readings``: the sheets of the earlier reading and of the new one.

    Returns the corrections whose row is not there any more, or states something else.
    """
    earlier, later = readings
    names = {sheet.sheet: sheet.name for sheet in earlier}
    new = {sheet.name: sheet for sheet in later}
    lost: list[Correction] = []
    for of, row in sorted(place for place in corrections_as_of(corrections, None).withdrawn if place[0] in names):
        made = next(old for old in reversed(corrections) if (old.sheet, old.row) == (of, row))
        correction = Correction.of_entry(made.entry)
        sheet = new.get(names[of])
        if sheet is None or not rows.states_the_same(row, of, sheet.sheet):
            lost.append(correction)
            continue
        record = sheet.origin_of(row).ref
        by = None if correction.by is None else correction.by.ref
        request = CorrectionRequest(record, correction.why, correction.who, by)
        try:
            planned = plan_correction(request, rows, corrections, at)
        except (NothingFound, UsageError):
            # what replaced it is not loaded any more
            planned = plan_correction(request._replace(by=None), rows, corrections, at)
        keep(planned)
    return lost


def _effects(
    rows: CorrectionSource, earlier: Sequence[StoredCorrection], row: LoadedRow, *, is_lifted: bool
) -> CorrectionEffects:
    sheet = row.sheet.sheet
    before = corrections_as_of(earlier, None)
    withdrawn_rows = {withdrawn for of_sheet, withdrawn in before.withdrawn if of_sheet == sheet}
    without = sorted(withdrawn_rows - {row.row} if is_lifted else withdrawn_rows | {row.row})
    effects = CorrectionEffects({}, {})
    for mention in sorted(row.mentions):
        loaded = list(rows.writings_of(mention, sheet))
        known = {place: name for _, place, name in loaded}
        for correction in earlier:
            _, later = CorrectionEffects.of_text(correction.effects).mention_names.get((mention, sheet), ([], []))
            known.update((place, name) for _, place, name in later)
        current = list(before.mention_names.get((mention, sheet), loaded))
        after: list[MentionName] = []
        if (found := rows.earliest_mention(mention, sheet, without)) is not None:
            day, number, role = found
            place = number * 2 + role
            name = known.get(place)
            after = [(day, place, rows.name_in_source(row.sheet, number, role) if name is None else name)]
        if after != [min(current)] if current else after:
            effects.mention_names[mention, sheet] = (loaded, after)
    for name in row.carrier_names:
        is_named = rows.is_carrier_named(name, sheet, without)
        if is_named != before.carriers.get((sheet, name), True):
            effects.carriers[sheet, name] = is_named
    return effects


_MIN_HASH_OF_FILE = 8
"""Minimum number of characters of a hash that name a file to unload."""


READ_AGAIN: Final = "load --again"
"""Reason of the correction that unloads the earlier reading of a file that was read again."""


class UnloadRequest(NamedTuple):
    """Request to unload a file: ``file`` as typed; ``sha256`` is the hash of the file at that path, if it is a path.

    ``spares_replacements`` refuses it where a row of the file replaces one of another file, which would then be
    withdrawn for nothing.
    """

    file: str
    why: str
    who: str
    sha256: str | None = None
    spares_replacements: bool = False

    @classmethod
    def of(cls, file: str | Path, *, why: str, who: str | None) -> UnloadRequest:
        """Return the request for a file as a user names it; by default the user of this computer makes it.

        Raises UsageError if there is no reason; InputError if it is a path of a file that cannot be read.
        """
        if not why.strip():
            raise UsageError("unload_without_reason", hint="say_why")
        path = Path(file)
        try:
            sha256 = hash_of(path) if path.is_file() else None
        except OSError as error:
            hint = "check_path_and_rights_to_read"
            raise InputError("at_path", path=path, why=os_reason(error), hint=hint) from error
        return cls(str(file), why.strip(), who or system.account_name(), sha256, spares_replacements=True)

    @classmethod
    def of_earlier_reading(cls, name: str, sha256: str, who: str | None) -> UnloadRequest:
        """Return the request of a load that reads a file again."""
        return cls(name, READ_AGAIN, who or system.account_name(), sha256)


def sheets_of_file(rows: CorrectionSource, text: str, sha256: str | None) -> list[SheetRef]:
    """Return the sheets of the file that ``text`` names by path, by the name under which it was loaded, or by hash.

    Raises NothingFound if no such file is in the case; UsageError if several files are called so.
    """
    files: dict[str, list[SheetRef]] = {}
    for sheet in rows.sheet_names():
        files.setdefault(sheet.sha256, []).append(sheet)
    if sha256 in files:
        return files[sha256]
    named = [known for known, (first, *_) in files.items() if first.file == text]
    if not named and len(text) >= _MIN_HASH_OF_FILE:
        named = [known for known in files if known.startswith(text.lower())]
    if not named:
        raise NothingFound("no_file_to_unload", file=text, hint="status_lists_files")
    if len(named) > 1:
        hashes = [known[: 2 * _MIN_HASH_OF_FILE] for known in named]
        raise UsageError("file_ambiguous", file=text, count=len(named), hashes=hashes, hint="name_file_by_hash")
    return files[named[0]]


def _replaced_by(sha256: str, sheets: Collection[int], corrections: Sequence[StoredCorrection]) -> list[Origin]:
    """Return the rows of other sheets that are withdrawn because a row of a file replaces them."""
    withdrawn = corrections_as_of(corrections, None)
    latest = {(each.sheet, each.row): Correction.of_entry(each.entry) for each in corrections if each.row != WHOLE_FILE}
    return [
        correction.record
        for place, correction in sorted(latest.items())
        if place in withdrawn.withdrawn and place[0] not in withdrawn.unloaded and place[0] not in sheets
        if correction.by is not None and correction.by.sha256 == sha256
    ]


def plan_unload(
    request: UnloadRequest, rows: CorrectionSource, earlier: Sequence[StoredCorrection], at: str
) -> CorrectionPlan:
    """Return the plan of an unload, which removes the corrections of the file.

    Raises NothingFound, UsageError as :func:`sheets_of_file`; and where the request refuses it.
    """
    sheets = sheets_of_file(rows, request.file, request.sha256)
    unloaded = tuple(sheet.sheet for sheet in sheets)
    if request.spares_replacements and (replaced := _replaced_by(sheets[0].sha256, unloaded, earlier)):
        names = [f"{record.file}:{record.row}" for record in replaced]
        more = len(names) - _LISTED if len(names) > _LISTED else None
        records = phrase("record_list", records=names[:_LISTED], more=more)
        raise UsageError(
            "replaces_records", file=sheets[0].file, records=records, ref=replaced[0].ref, hint="lift_first"
        )
    first = sheets[0]
    correction = Correction(
        number=len(earlier) + 1,
        at=at,
        who=request.who,
        why=request.why,
        record=Origin(first.file, first.sha256, None, WHOLE_FILE, None),
        by=None,
        is_lifted=False,
    )
    return CorrectionPlan(
        row=LoadedRow(first, WHOLE_FILE, None, frozenset(), ()),
        correction=correction,
        effects=CorrectionEffects({}, {}, unloaded),
        is_new=True,
        removed=tuple(Correction.of_entry(old.entry) for old in earlier if old.sheet in unloaded),
    )


class UnloadedFile(NamedTuple):
    """A file that was unloaded and not loaded since: when, by whom and why; ``last_load`` is the line of its load."""

    file: str
    sha256: str
    at: str
    who: str
    why: str
    last_load: Mapping[str, Any]


def unloaded_files(ledger: Iterable[Mapping[str, Any]]) -> list[UnloadedFile]:
    """Return the files of a ledger that were unloaded and not loaded since, in the order of their unloading."""
    loads: dict[str, Mapping[str, Any]] = {}
    found: dict[str, UnloadedFile] = {}
    for line in ledger:
        if "load" in line:
            loads[line["sha256"]] = line
            found.pop(line["sha256"], None)
        elif unloaded := line.get("unload"):
            sha256 = unloaded["sha256"]
            found[sha256] = UnloadedFile(unloaded["file"], sha256, line["at"], line["who"], line["why"], loads[sha256])
    return list(found.values())
