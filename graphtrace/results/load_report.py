"""Result of a load: what became of each sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from graphtrace.errors import GraphtraceError
from graphtrace.frozen import frozen
from graphtrace.locale import BilingualText
from graphtrace.model import SheetName, split_table
from graphtrace.results.corrections import Correction
from graphtrace.results.letters import LetterAnswer
from graphtrace.results.replies import ReplyCheck
from graphtrace.results.reports import ColumnReport, OpenQuestion, Reject, RowWarning, SheetEvidence
from graphtrace.results.watch import WatchHit
from graphtrace.wire import wire

FileKey = tuple[Path | None, str]
"""What was given to the load, a file, folder or archive, and the name of a file in it."""
UnusedReason = Literal["no_file", "no_sheet", "of_sheet", "already_loaded", "needs_brackets", "no_column", "not_asked"]


@wire(
    "^file ^sha256 *sheet_name kind encoding already_loaded ^recipe rows loaded duplicate rejected records kinds",
    "columns asked rejects_file rejects warnings corrections_lost error ^^same_as?",
    name="Sheet",
    doc="Result of loading one sheet, or one table of a sheet that holds several.",
)
@dataclass(slots=True, kw_only=True)
class SheetReport:
    """Result of loading one sheet of a file; ``rows = loaded + duplicate + rejected``.

    A row may state several events: ``records`` counts those that were added, ``kinds`` those of each kind. ``given`` is
    the file, folder or archive in which the load found it, ``answered`` are the answers that the sheet took. Where
    something is asked, ``evidence`` is what the top of the sheet says. ``quoted`` are the references of letters in
    the mail that brought the file. ``same_as`` names a file of the same load that has the same bytes.
    """

    file: str
    sha256: str | None = None
    sheet: str | None = None
    kind: str | None = None
    encoding: str | None = None
    already_loaded: bool = False
    same_as: str | None = None
    rows: int = 0
    loaded: int = 0
    duplicate: int = 0
    rejected: int = 0
    rejects_file: str | None = None
    recipe: str | None = None
    recipe_name: BilingualText | None = None
    corrections_lost: Sequence[Correction] = ()
    records: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)
    columns: Sequence[ColumnReport] = ()
    asked: Sequence[OpenQuestion] = ()
    rejects: Sequence[Reject] = ()
    warnings: Sequence[RowWarning] = ()
    error: GraphtraceError | None = None
    given: Path | None = None
    answered: Mapping[str, str] = field(default_factory=dict)
    evidence: SheetEvidence = field(default_factory=SheetEvidence)
    quoted: Sequence[str] = ()

    @property
    def sheet_name(self) -> SheetName:
        """The sheet, and the table where it holds several."""
        return split_table(self.sheet)

    @property
    def key(self) -> FileKey:
        """Return the source and the name, by which the file is distinguished from others of its name."""
        return (self.given, self.file)


@dataclass(slots=True)
class LoadReport:
    """Result of loading every file, one entry a sheet, in the order of the files.

    ``skipped`` are files that hold no tables, ``unused`` the answers that no sheet took. ``ledger_head`` is the head of
    the case after them; ``None`` where there is none, and of a trial run. ``watch_hits`` are the rows that name watched
    values; ``None`` where they were not compared, as in a trial run. ``replies`` are files of which the hash of a reply
    was stated, ``answers`` the cards of letters that files have rows about.
    """

    files: list[SheetReport] = field(default_factory=list)
    skipped: list[PassedOver] = field(default_factory=list)
    replies: list[ReplyCheck] = field(default_factory=list)
    answers: list[LetterAnswer] = field(default_factory=list)
    unused: list[UnusedAnswer] = field(default_factory=list)
    ledger_head: str | None = None
    watch_hits: Sequence[WatchHit] | None = None

    @property
    def has_errors(self) -> bool:
        """Whether some file could not be read at all, or a question about one is open."""
        return any(
            entry.error is not None or any(question.is_required for question in entry.asked) for entry in self.files
        )


@wire("file=name what", name="SkippedFile", doc="A file of a folder or archive that holds no table, and what it is.")
class PassedOver(NamedTuple):
    """A file that holds no table, what it is, as the id of a phrase, and its hash where it was read."""

    name: str
    what: str
    sha256: str | None = None


@wire(doc="An answer of ``--set`` that no sheet took, and why.")
@frozen(kw_only=False)
class UnusedAnswer:
    """An answer that no sheet took, as it was given, and why.

    ``no_file`` and ``no_sheet``: none of this name was read. ``already_loaded``: what it fits was in the case, and is
    read anew only with ``again``. ``not_asked``: the files state it, or have no use for it. ``of_sheet``: what stands
    before it is the name of a sheet, and no file. ``needs_brackets``: it is the heading of a column, which is named in
    brackets; ``no_column``: no column has the heading that it names.
    """

    answer: str
    reason: UnusedReason

    @property
    def typed(self) -> str:
        """What to type in its place, where that is known."""
        said, _, value = self.answer.rpartition("=")
        return {"needs_brackets": f"{said}=[{value}]", "of_sheet": f"#{self.answer}"}.get(self.reason, self.answer)
