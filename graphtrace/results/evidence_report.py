"""Report of a case that leaves the unit: answers that a person pinned, with his words, and the files they rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

from graphtrace.results.case_status import CaseStatus
from graphtrace.results.judgements import NamedJudgement
from graphtrace.results.source_rows import SourceExcerpt

PinnedCommand = Literal["trace", "party", "audit"]

PINNED_COMMANDS: Final[tuple[PinnedCommand, ...]] = ("trace", "party", "audit")


@dataclass(frozen=True, slots=True, kw_only=True)
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

    def to_dict(self) -> dict[str, Any]:
        """Return the pin as JSON has it."""
        return {
            "n": self.number,
            "at": self.at,
            "by": self.by,
            "command": self.command,
            "asked": list(self.asked),
            "words": self.words,
            "hash": self.digest,
        }


@dataclass(frozen=True, slots=True)
class PinList:
    """The pins of a case that are in force, in the order of the report."""

    pins: Sequence[Pin]


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedSource:
    """A file of the sealing list: its name, kind, size in bytes and hashes, and when it was loaded."""

    file: str
    ending: str
    size: int
    sha256: str
    sm3: str
    loaded_at: str

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as JSON has it."""
        return {
            "file": self.file,
            "format": self.ending,
            "bytes": self.size,
            "sha256": self.sha256,
            "sm3": self.sm3,
            "loaded_at": self.loaded_at,
        }


LedgerKind = Literal["load", "read_again", "unload", "correction", "judgement"]

LEDGER_KINDS: Final[tuple[LedgerKind, ...]] = ("load", "read_again", "unload", "correction", "judgement")


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

    def to_dict(self) -> dict[str, Any]:
        """Return the change as JSON has it."""
        return self._asdict()


@dataclass(frozen=True, slots=True, kw_only=True)
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
