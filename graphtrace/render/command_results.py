"""Answers of commands that no single call of the library returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from graphtrace.frozen import frozen
from graphtrace.wire import DATED, HEAD, VERSION, wire

if TYPE_CHECKING:
    from pathlib import Path

    from graphtrace.identifiers import Identification
    from graphtrace.results.audit import AuditResults
    from graphtrace.results.case_status import ComparedAnswer, IntegrityProblem
    from graphtrace.results.corrections import Correction
    from graphtrace.results.drilldown import Drilldown
    from graphtrace.results.judgements import NamedJudgement
    from graphtrace.results.letters import LetterAnswer
    from graphtrace.results.library import Query
    from graphtrace.results.load_report import PassedOver, SheetReport, UnusedAnswer
    from graphtrace.results.recipes import RecipeSummary
    from graphtrace.results.replies import ReplyCheck
    from graphtrace.results.rules import Rule
    from graphtrace.results.simulation import SimulationResult
    from graphtrace.results.source_rows import TextFind
    from graphtrace.results.traces import Traces
    from graphtrace.results.watch import WatchHit


@wire(VERSION, "^^^redacted?!", "results!", name="IdentifyAnswer", doc="The answer of ``identify``.")
@frozen(kw_only=False)
class Identifications:
    """Texts as typed, each with the identifiers that it can be."""

    answers: Sequence[tuple[str, Identification]]


@wire(VERSION, "file=name sha256 found=finds", name="ExtractAnswer", doc="The answer of ``extract``.")
@frozen(kw_only=False)
class ExtractedText:
    """Identifiers found in the text of a file; ``lines`` are those that contain one, by sheet and number."""

    name: str
    sha256: str
    lines: Mapping[tuple[str | None, int], str]
    finds: Sequence[TextFind]


@wire(VERSION, "recipes", name="RecipesAnswer", doc="The answer of ``recipes``.")
@frozen(kw_only=False)
class RecipeList:
    """Known file formats, by family and id."""

    recipes: Sequence[RecipeSummary]


@wire(HEAD, "^files=sheets ^skipped ^watch_hits answers?? ^replies?? unused_answers??=unused", name="LoadAnswer")
@frozen(kw_only=False)
class LoadedSheets:
    """The answer of ``load``; ``unused_answers`` is there where an answer was given that no sheet took.

    ``watch_hits`` is ``null`` where nothing was compared with the watched values, as in a trial run. ``replies`` is
    there where the number and hash of a reply were stated, ``answers`` where letters are answered.
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


@wire(DATED, "deep=is_deep problems answers", name="VerifyAnswer", doc="The answer of ``verify``.")
@frozen(kw_only=False)
class IntegrityReport:
    """Problems of the integrity check of a case, none for a sound one, and what was compared.

    ``is_deep`` says that the rows were derived from the sources again, ``answers`` are the saved ones that were asked
    again.
    """

    problems: Sequence[IntegrityProblem]
    answers: Sequence[ComparedAnswer] = ()
    is_deep: bool = False


@wire(HEAD, "corrections", name="CorrectionsAnswer", doc="The answer of ``correct --list``.")
@frozen(kw_only=False)
class CorrectionList:
    """All corrections, in the order in which they were made."""

    corrections: Sequence[Correction]


@wire(
    HEAD,
    "judgements?! new?=is_new judgement?!",
    name="JudgementsAnswer",
    doc="The answer of ``resolve``: all judgements, or the one that was made or undone.",
)
@frozen(kw_only=False)
class JudgementList:
    """Judgements about parties, by number; ``is_new``: whether a single one was made just now, ``None`` lists all."""

    judgements: Sequence[NamedJudgement]
    is_new: bool | None = None


@wire(DATED, "opened=figures unread?!", name="DrilldownAnswer", doc="The answer of ``audit --cards``.")
@frozen(kw_only=False)
class Drilldowns:
    """Figures of audits with the cards and records behind them."""

    figures: Sequence[Drilldown]


@wire(VERSION, "rules", name="RulesAnswer", doc="The answer of ``rules list``.")
@frozen(kw_only=False)
class RuleList:
    """The rules of an audit, the most severe first."""

    rules: Sequence[Rule]


@wire(VERSION, "queries", name="QueriesAnswer", doc="The answer of ``query --list``.")
@frozen(kw_only=False)
class QueryList:
    """The queries of the query library."""

    queries: Sequence[Query]


@wire(
    VERSION,
    "folder=made.folder cards=made.cards seed=made.seed rows! rejected=made.rejected duplicates=made.duplicates",
    "aliases=made.aliases supports??=made.supports files! planted=made.scenarios",
    name="SimulateAnswer",
    doc="The answer of ``simulate``.",
)
@frozen(kw_only=False)
class SimulatedCase:
    """A synthetic case that was made, and the next command."""

    made: SimulationResult
    commands: Sequence[str]


@wire("*load results!:list[Trace] enterprises!:list[Audit] pages", name="DemoAnswer", doc="The answer of ``demo``.")
@frozen(kw_only=False)
class DemoReport:
    """The example case: its load, the trace of the seized card, the audit of its registrant, and the pages written."""

    case: str
    sheets: Sequence[SheetReport]
    traces: Traces
    audits: AuditResults
    pages: Sequence[Path]
    commands: Sequence[str]

    @property
    def load(self) -> LoadedSheets:
        """The report of the load."""
        return LoadedSheets(self.sheets)


@frozen(kw_only=False)
class Check:
    """One check of this machine: its code, its result (``good``, ``poor`` or ``bad``), and the details."""

    code: str
    state: str
    params: Mapping[str, object]


@wire(
    VERSION,
    "checks!",
    name="DoctorAnswer",
    doc="The answer of ``doctor``: what was looked at, how it is, and what else is known of it.",
)
@frozen(kw_only=False)
class Diagnosis:
    """Checks of this machine and their results."""

    checks: Sequence[Check]
