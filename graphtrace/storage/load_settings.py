"""Settings of a load, with which a source can be read again as it was when it was loaded.

What a person said about a file then, its kind or a mapping, stands in its line of the ledger.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from graphtrace.errors import MappingError
from graphtrace.frozen import frozen
from graphtrace.ingest.readers.characters import VERSION
from graphtrace.model import RecordKind, split_table
from graphtrace.results.reports import ColumnReport, Reject, RowWarning
from graphtrace.storage.ledger import Chains

if TYPE_CHECKING:
    import polars as pl

    from graphtrace.ingest.given_answers import Answer
    from graphtrace.ingest.mapping_files import ColumnMapping
    from graphtrace.ingest.recipes.recipe_model import Recipe
    from graphtrace.ingest.sheet import Sheet
    from graphtrace.ingest.transcription import Transcription
    from graphtrace.results.corrections import Correction
    from graphtrace.results.load_report import FileKey
    from graphtrace.results.replies import Reply
    from graphtrace.storage.base import LoadedFile


class SheetCounts(NamedTuple):
    """Rows that state something new, rows that state only what was known, and the new records of each kind."""

    loaded: int
    duplicate: int
    kinds: Mapping[str, int]


class LoadWriter(Protocol):
    """Protocol of a store for loading: one file after the other, each whole or not at all."""

    @property
    def folder(self) -> Path:
        """Folder that holds ``sources`` and ``rejects``."""

    @property
    def scratch(self) -> Path:
        """Folder on the same disk for unfinished files."""

    @property
    def lost_corrections(self) -> Sequence[Correction]:
        """Return the corrections that lost their row when the file was read again."""

    def loads_of(self, sha256: str) -> int:
        """Return a number that makes the names of reject files of this content unique: that of its earlier loads.

        0 where reject files need no unique names.
        """

    def file_number(self, sha256: str) -> int | None:
        """Return the number of the file with this content, if it is in the case."""

    def sheets_of(self, file: int) -> list[dict[str, Any]]:
        """Return the sheets of a loaded file as they were reported, with all their rejects and remarks."""

    def reading_of(self, file: int) -> Mapping[str, Any]:
        """Return the settings with which a loaded file was read, from its line of the ledger."""

    def begin(self, extra_entry_fields: Mapping[str, Any] | None = None, *, supersedes: int | None = None) -> None:
        """Begin the load of a file; ``extra_entry_fields`` are what its line of the ledger says of its reading.

        ``supersedes`` is the load with the earlier reading of the file, which is unloaded with it.
        """

    def roll_back(self) -> bool:
        """Roll back the load; return false if it was committed, or if that is unknown."""

    def open_sheet(self) -> None:
        """Begin the next sheet of the file."""

    def stage(self, frame: pl.DataFrame) -> None:
        """Add statements (columns :data:`~graphtrace.ingest.record_schema.STATEMENT_SCHEMA`) to the sheet."""

    def stage_supports(self, frame: pl.DataFrame) -> None:
        """Add supporting records (columns :data:`~graphtrace.ingest.supporting.SUPPORT_SCHEMA`) to the sheet."""

    def close_sheet(
        self,
        *,
        name: str | None,
        kind: str | None,
        encoding: str | None,
        rows: int,
        rejected: int,
        rejects: Sequence[Reject],
        rejects_file: str | None,
        remarks: Sequence[RowWarning],
        unread: pl.DataFrame | None = None,
        reading: Mapping[str, Any] | None = None,
        asked: Sequence[tuple[str, str, int]] = (),
        columns: Sequence[ColumnReport] = (),
    ) -> SheetCounts:
        """Ends the sheet; returns how many of its rows were new, how many repeated what was known, and its records.

        ``unread`` are the changes of hands that were not recorded (:mod:`graphtrace.ingest.unread_events`).
        ``reading`` is what the ledger keeps of how the sheet was read, ``None`` where it was not understood; ``asked``
        is then what has to be answered first, each with the kind and the number of rows that it is about. The ledger
        keeps the ``columns`` too.
        """

    def commit(self, *, name: str, sha256: str, size: int, copied_file: LoadedFile | None = None) -> None:
        """Commit the load; :meth:`record` must follow.

        A file that is repeated, or copied from another case, keeps its time and its line of the ledger.
        """

    def record(self) -> None:
        """Write the load into the ledger, where that is a separate step."""

    def entries(self) -> list[str]:
        """Return the lines of the ledger, in order."""

    @property
    def chains(self) -> Chains:
        """Return the lines beside the records; lines of the ledger that follow commit to those that are added."""

    def finish(self) -> None:
        """Resolve all parties, once after the last file."""


_KIND, _MAPPING, _ENCODINGS, ANSWERS, _RECIPES = "as", "mapping", "encodings", "set", "recipes"
_STRICT, _OTHERS, _SHEETS, _SENT_ON = "strict", "others", "sheets", "sent_on"
TABLES, CONFIRMED_BY, BY = "tables", "confirmed_by", "by"


FILE_PASSWORD: Final = "GRAPHTRACE_FILE_PASSWORD"  # noqa: S105 - the name of a variable
"""The variable of the environment with the password of encrypted files."""

PASSWORD_CODES: Final = ("password_missing", "password_wrong")
"""Codes of the errors of a file that cannot be read for want of its password."""


def file_password(_: str) -> str | None:
    """The password of encrypted files, where the environment says it."""
    return os.environ.get(FILE_PASSWORD)


Progress = Callable[[str, int, int | None], None]
"""Called with a stage, how much of it is done, and how much there is (``None`` if that is not known)."""


class LoadOptions(NamedTuple):
    """Options of a load that do not concern how its files are read.

    - ``limits``: limits on folders and archives that are changed, each as ``NAME=VALUE``.
    - ``again``: whether files that are in the case are read again; the earlier reading is unloaded.
    - ``dry_run``: report what a load would do and leave the case as it is.
    - ``memory_limit``: memory limit of the process, as ``"2GB"``; see :mod:`graphtrace.storage.memory_budget`.
    - ``only``: load only these files of the folders and archives; all of them, where it is not given.
    - ``by``: who loads; the login name of the user, where it is not given.
    """

    limits: Sequence[str] = ()
    again: bool = False
    dry_run: bool = False
    memory_limit: str | None = None
    progress: Progress | None = None
    only: Collection[FileKey] | None = None
    by: str | None = None

    def tell(self, file: str, done: int, total: int | None) -> None:
        """Report progress, where somebody wants to know of it."""
        if self.progress is not None:
            self.progress(file, done, total)


class LoadSettings(NamedTuple):
    """Settings of a load: paths and texts, as the user gives them or the ledger keeps them.

    - ``as_kind``: what every row is, whatever the headings say.
    - ``mappings``: mapping files for headings that are not known, each for the sheets that it names.
    - ``answers``: answers to the questions that files leave open, each as ``FIELD=VALUE``
      (:mod:`graphtrace.ingest.given_answers`).
    - ``recipes``: recipe files in addition to those of the product.
    - ``is_strict``: whether a failing check digit of a card rejects its row; else the row is loaded with a warning.
    - ``others``: sheets that are read in another way than the rest of the file.
    - ``password``: asked for the password of an encrypted file by its name; it is kept nowhere.
    - ``reply``: what a person states of the reply that the file is, or that is in it.
    - ``tables``: the tables that an earlier load read of a PDF, and who confirmed them then.
    - ``sent_on``: the day on which the mail was sent of which the file is the text.
    """

    as_kind: RecordKind | None = None
    mappings: Sequence[Path] = ()
    answers: Sequence[str] = ()
    recipes: Sequence[Path] = ()
    is_strict: bool = False
    others: Sequence[tuple[Sequence[str | None], LoadSettings]] = ()
    password: Callable[[str], str | None] = file_password
    reply: Reply | None = None
    tables: Sequence[Mapping[str, Any]] = ()
    confirmed_by: str | None = None
    sent_on: str | None = None


@frozen()
class ReadingRules:
    """Parsed and validated load settings; ``recipes`` take precedence over others of the same id.

    ``loaded_on`` is the day of a load that is repeated, ``tables`` are those that it read of a file whose cells are
    concluded from where they stand, so that another version reads the same; ``confirmed_by`` compared them with it.
    ``sent_on`` is the day of the mail of which the file is the text.
    """

    as_kind: RecordKind | None = None
    mappings: tuple[ColumnMapping, ...] = ()
    answers: tuple[Answer, ...] = ()
    recipes: tuple[Recipe, ...] = ()
    is_strict: bool = False
    others: Mapping[str | None, ReadingRules] = field(default_factory=dict)
    password: Callable[[str], str | None] = field(default=file_password, compare=False, repr=False)
    loaded_on: date | None = field(default=None, compare=False)
    tables: Sequence[Mapping[str, Any]] = field(default=(), compare=False, repr=False)
    confirmed_by: str | None = field(default=None, compare=False)
    sent_on: str | None = field(default=None, compare=False)

    @property
    def transcription(self) -> Transcription | None:
        """A person's reading of the lines of a text, which is not read otherwise then."""
        stated = (mapping.transcription for mapping in self.of_sheet(None).mappings)
        return next((transcription for transcription in stated if transcription is not None), None)

    def of_sheet(self, name: str | None) -> ReadingRules:
        return self.others.get(name, self)

    def mapping_of(self, sheet: str | None) -> ColumnMapping | None:
        """The mapping by which a sheet is read: the one that names it, else the one that names none.

        A sheet without a name is the only one of its file, and every mapping is for it, or the lines that a person
        transcribed, which are beside the tables of a document.
        """
        names = (sheet, split_table(sheet)[0])
        named = [
            mapping
            for name in names
            for mapping in self.mappings
            if mapping.sheet is not None and name in (mapping.sheet, None)
        ]
        others = [each for each in self.mappings if each.sheet is None and (sheet is None or not each.transcription)]
        return next(iter((*named, *others)), None)

    def is_for(self, sheet: str | None) -> bool:
        """Whether a load says anew how a sheet is read: any, or one that a mapping is for."""
        return not self.mappings or self.mapping_of(sheet) is not None

    def check_sheets(self, sheets: Sequence[Sheet]) -> None:
        """Check that each mapping is for a sheet of the file that no other is for; sheets without one are read too.

        Raises MappingError when a mapping names a sheet that is not there, or two are for the same sheets.
        """
        meant = [mapping.sheet for mapping in self.mappings]
        names = [sheet.name for sheet in sheets if sheet.name is not None]
        for number, name in enumerate(meant):
            if name in meant[:number] or (not names and number):
                raise MappingError("mappings_overlap", hint="mapping_for_each_sheet")
            if names and name is not None and name not in names and split_table(name)[0] not in names:
                raise MappingError("mapping_without_sheet", sheet=name, sheets=names, hint="correct_sheet")


def settings_to_ledger(how: ReadingRules, used: Mapping[str | None, Recipe]) -> dict[str, Any]:
    """Return the settings of a load for the ledger: a person's statements, recipes, the version of the encoding rule.

    ``used``: the recipe of each sheet that has one. Of a person's own recipe its text is kept, so that the file can be
    read again without it.
    """
    fields = _rules_to_ledger(how, [recipe for name, recipe in used.items() if name not in how.others])
    groups: list[tuple[list[str | None], dict[str, Any]]] = []
    for name, rules in how.others.items():
        of_sheet = _rules_to_ledger(rules, [used[name]] if name in used else [])
        known = next((names for names, other in groups if other == of_sheet), None)
        if known is None:
            groups.append(([name], of_sheet))
        else:
            known.append(name)
    others = [{_SHEETS: names, **of_sheet} for names, of_sheet in groups]
    sent = {} if how.sent_on is None else {_SENT_ON: how.sent_on}
    return {_ENCODINGS: str(VERSION), **fields, **sent, **({_OTHERS: others} if others else {})}


def _rules_to_ledger(how: ReadingRules, recipes: Sequence[Recipe]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if how.as_kind is not None:
        fields[_KIND] = str(how.as_kind)
    if how.mappings:
        texts = [mapping.text for mapping in how.mappings]
        fields[_MAPPING] = texts if len(texts) > 1 else texts[0]
    if how.is_strict:
        fields[_STRICT] = True
    if how.answers:
        fields[ANSWERS] = [answer.text() for answer in how.answers]
    if recipes:
        fields[_RECIPES] = {recipe.id: None if recipe.path is None else recipe.text for recipe in recipes}
    return fields


def settings_from_ledger(content: Mapping[str, Any], scratch: Path) -> LoadSettings:
    """Return the load settings of a line of the ledger; writes mappings and recipes into the folder ``scratch``."""
    others = []
    for number, other_fields in enumerate(content.get(_OTHERS, ())):
        place = scratch / str(number)
        place.mkdir(exist_ok=True)
        others.append((other_fields[_SHEETS], settings_from_ledger(other_fields, place)))
    texts = content.get(_MAPPING, ())
    mappings = []
    for number, text in enumerate([texts] if isinstance(texts, str) else texts):
        mappings.append(scratch / f"mapping{number}.yml")
        mappings[-1].write_text(text, encoding="utf-8", newline="\n")
    recipes = []
    for name, text in content.get(_RECIPES, {}).items():
        if text is not None:
            recipes.append(scratch / f"{name}.yml")
            recipes[-1].write_text(text, encoding="utf-8", newline="\n")
    return LoadSettings(
        content.get(_KIND),
        mappings,
        content.get(ANSWERS, ()),
        recipes,
        content.get(_STRICT, False),
        others,
        tables=content.get(TABLES, ()),
        confirmed_by=content.get(CONFIRMED_BY),
        sent_on=content.get(_SENT_ON),
    )


def rules_of(settings: LoadSettings) -> ReadingRules:
    """Return the settings in the form that reading takes.

    Raises MappingError, UsageError if a mapping, a recipe or an answer cannot be read.
    """
    from graphtrace.ingest.given_answers import parse_answers

    mappings: tuple[ColumnMapping, ...] = ()
    if settings.mappings:
        from graphtrace.ingest.mapping_files import load_mappings

        mappings = tuple(mapping for path in settings.mappings for mapping in load_mappings(path))
    recipes: tuple[Recipe, ...] = ()
    if settings.recipes:
        from graphtrace.ingest.recipes.recipe_loader import load_recipe

        recipes = tuple(load_recipe(path) for path in settings.recipes)
    return ReadingRules(
        as_kind=settings.as_kind,
        mappings=mappings,
        answers=parse_answers(settings.answers),
        recipes=recipes,
        is_strict=settings.is_strict,
        others={name: rules_of(other) for names, other in settings.others for name in names},
        password=settings.password,
        tables=settings.tables,
        confirmed_by=settings.confirmed_by,
        sent_on=settings.sent_on,
    )
