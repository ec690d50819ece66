"""Report of a case that leaves the unit: answers that a person pinned, with his words, and the files they rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple

from graphtrace.frozen import frozen
from graphtrace.results.case_status import CaseStatus
from graphtrace.results.judgements import NamedJudgement
from graphtrace.results.source_rows import SourceExcerpt
from graphtrace.wire import HEAD, wire

PinnedCommand = Literal["trace", "party", "audit"]

PINNED_COMMANDS: Final[tuple[PinnedCommand, ...]] = ("trace", "party", "audit")


@wire(
    "n=number at by command asked words hash=digest",
    doc="An answer that a person chose for the report; ``hash`` is the SHA-256 of the answer when it was chosen.",
)
@frozen()
class Pin:
    """An answer that a person wants in the report: what was asked, and what he says about it.

    ``number`` counts the pins of the case from 1; ``digest`` is the SHA-256 of the answer when it was pinned.
    """

    number: int
    at: str
    by: str
    command: PinnedCommand
    asked: tuple[str, ...]
    words: str
    digest: str


@wire(HEAD, "pins", name="PinsAnswer", doc="The answer of ``pin``.")
@frozen(kw_only=False)
class PinList:
    """The pins of a case that are in force, in the order of the report."""

    pins: Sequence[Pin]


@wire(
    "*pin unchanged=is_unchanged answer! quoted not_quoted",
    name="ReportedAnswer",
    doc="A pin with the answer that the case gives now; ``unchanged`` says whether that is the answer that was pinned.",
)
@frozen()
class PinnedAnswer:
    """A pin with the answer that the case gives now.

    ``is_unchanged`` says whether that is the answer of the time when it was pinned; ``quoted`` are rows that it rests
    on, as they stand in the files, and ``not_quoted`` counts those left out.
    """

    pin: Pin
    answer: object
    is_unchanged: bool
    quoted: tuple[SourceExcerpt, ...] = ()
    not_quoted: int = 0


@wire("file format=ending bytes=size sha256 sm3 loaded_at loaded_by", doc="A file of the sealing list.")
@frozen()
class SealedSource:
    """A file of the sealing list: its name, kind, size in bytes and hashes, when it was loaded and by whom."""

    file: str
    ending: str
    size: int
    sha256: str
    sm3: str
    loaded_at: str
    loaded_by: str | None = None


LedgerKind = Literal["load", "read_again", "unload", "correction", "judgement"]

LEDGER_KINDS: Final[tuple[LedgerKind, ...]] = ("load", "read_again", "unload", "correction", "judgement")


@wire(
    "kind:Literal['read_again','unload','correction'] at by why file sha256 sheet row",
    doc="A file that was read again or withdrawn, or a record that was corrected.",
)
class LedgerChange(NamedTuple):
    """A file that was read again or withdrawn, or a record that was corrected: who did it, when and why."""

    kind: LedgerKind
    at: str
    by: str
    why: str
    file: str
    sha256: str
    sheet: str | None = None
    row: int | None = None


@wire(
    HEAD,
    "made_at pins=answers files=status.files not_read=status.not_read lines! changes sources",
    name="ReportAnswer",
    doc="The answer of ``report``; ``lines`` counts the lines of the ledger by what they say.",
)
@frozen()
class EvidenceReport:
    """The pinned answers of a case, what the case holds and does not, and the list of its files.

    ``lines`` counts the lines of the ledger by what they say; a file that was read again is no new one.
    """

    made_at: str
    answers: Sequence[PinnedAnswer]
    status: CaseStatus
    sources: Sequence[SealedSource]
    lines: Mapping[LedgerKind, int]
    changes: Sequence[LedgerChange]
    judgements: Sequence[NamedJudgement]
