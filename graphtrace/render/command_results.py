"""Answers of commands that no single call of the library returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from graphtrace.identifiers import Identification
    from graphtrace.results.audit import AuditResults
    from graphtrace.results.case_status import ComparedAnswer, IntegrityProblem
    from graphtrace.results.corrections import Correction
    from graphtrace.results.drilldown import Drilldown
    from graphtrace.results.found_identifiers import TextFind
    from graphtrace.results.judgements import NamedJudgement
    from graphtrace.results.letters import LetterAnswer
    from graphtrace.results.library import Query
    from graphtrace.results.load_report import PassedOver, SheetReport, UnusedAnswer
    from graphtrace.results.recipes import RecipeSummary
    from graphtrace.results.replies import ReplyCheck
    from graphtrace.results.rules import Rule
    from graphtrace.results.simulation import SimulationResult
    from graphtrace.results.traces import Traces
    from graphtrace.results.watch import WatchHit


@dataclass(frozen=True, slots=True)
class Identifications:
    """Texts as typed, each with the identifiers that it can be."""

    answers: Sequence[tuple[str, Identification]]


@dataclass(frozen=True, slots=True)
class ExtractedText:
    """Identifiers found in the text of a file; ``lines`` are those that contain one, by number."""

    name: str
    sha256: str
    lines: Mapping[int, str]
    finds: Sequence[TextFind]


@dataclass(frozen=True, slots=True)
class RecipeList:
    """Known file formats, by family and id."""

    recipes: Sequence[RecipeSummary]


@dataclass(frozen=True, slots=True)
class LoadedSheets:
    """Result of loading every sheet; ``is_brief`` counts the rejected rows and does not list them.

    ``skipped`` are the files of folders and archives that hold no table, ``unused`` the answers that no sheet took,
    ``watch_hits`` the rows that name watched values (``None``: not compared), ``replies`` the files of which the hash
    of a reply was stated, ``answers`` the cards of letters that files have rows about. ``has_case`` says
    whether there is a case that can keep anything. ``is_served`` is that of a page of the workbench, which names no
    commands and no codes.
    """

    sheets: Sequence[SheetReport]
    is_dry_run: bool = False
    is_brief: bool = False
    skipped: Sequence[PassedOver] = ()
    unused: Sequence[UnusedAnswer] = ()
    watch_hits: Sequence[WatchHit] | None = None
    replies: Sequence[ReplyCheck] = ()
    answers: Sequence[LetterAnswer] = ()
    has_case: bool = True
    is_served: bool = False


@dataclass(frozen=True, slots=True)
class IntegrityReport:
    """Problems of the integrity check of a case, none for a sound one, and what was compared.

    ``is_deep`` says that the rows were derived from the sources again, ``answers`` are the saved ones that were asked
    again.
    """

    problems: Sequence[IntegrityProblem]
    answers: Sequence[ComparedAnswer] = ()
    is_deep: bool = False


@dataclass(frozen=True, slots=True)
class CorrectionList:
    """All corrections, in the order in which they were made."""

    corrections: Sequence[Correction]


@dataclass(frozen=True, slots=True)
class JudgementList:
    """Judgements about parties, by number; ``is_new``: whether a single one was made just now, ``None`` lists all."""

    judgements: Sequence[NamedJudgement]
    is_new: bool | None = None


@dataclass(frozen=True, slots=True)
class Drilldowns:
    """Figures of audits with the cards and records behind them."""

    figures: Sequence[Drilldown]


@dataclass(frozen=True, slots=True)
class RuleList:
    """The rules of an audit, the most severe first."""

    rules: Sequence[Rule]


@dataclass(frozen=True, slots=True)
class QueryList:
    """The queries of the query library."""

    queries: Sequence[Query]


@dataclass(frozen=True, slots=True)
class SimulatedCase:
    """A synthetic case that was made, and the next command."""

    made: SimulationResult
    commands: Sequence[str]


@dataclass(frozen=True, slots=True)
class DemoReport:
    """The example case: its load, the trace of the seized card, the audit of its registrant, and the pages written."""

    case: str
    sheets: Sequence[SheetReport]
    traces: Traces
    audits: AuditResults
    pages: Sequence[Path]
    commands: Sequence[str]


@dataclass(frozen=True, slots=True)
class Check:
    """One check of this machine: its code, its result (``good``, ``poor`` or ``bad``), and the details."""

    code: str
    state: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Checks of this machine and their results."""

    checks: Sequence[Check]
