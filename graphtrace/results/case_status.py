"""Answers about a case as a whole: its contents, integrity, copy, changes, and guided questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any, Final, Literal, NamedTuple

from graphtrace.errors import GraphtraceError
from graphtrace.frozen import frozen
from graphtrace.model import Lead, Outcome, Party
from graphtrace.results.display import LocalizedDictMixin
from graphtrace.results.replies import ReplyCheck
from graphtrace.results.watch import WatchHit
from graphtrace.wire import DATED, HEAD, VERSION, KeyGroup, wire


@wire(
    HEAD,
    "files records parties cards_listed ranges quantity_only first_day last_day rejected corrected unloaded",
    "judgements suspended size_bytes not_read replies head purpose_required findable",
    name="StatusAnswer",
    doc="The answer of ``status``.",
)
@frozen()
class CaseStatus:
    """Contents of a case. ``files`` states for each file when it was loaded, the counts of its rows, and its ``state``.

    That is ``read``; ``waiting`` where something of the file is read only after an answer; ``refused`` where nothing of
    it was understood. ``unread_rows`` are the rejected ones that may say more, ``questions`` what the file asks.

    ``size_bytes`` is ``None`` for a case on a server. ``not_read`` are files of which nothing was kept, ``replies``
    those that are said to be replies of carriers. ``purpose_required`` says whether look-ups need a purpose,
    ``findable`` whether other cases may find this one.
    """

    path: str
    files: list[dict[str, Any]]
    records: dict[str, int]
    parties: int
    cards_listed: int
    ranges: int
    quantity_only: int
    first_day: str | None
    last_day: str | None
    rejected: int
    corrected: int
    unloaded: int
    judgements: int
    suspended: list[int]
    size_bytes: int | None
    not_read: Sequence[FileNotRead] = ()
    replies: Sequence[ReplyCheck] = ()
    head: CaseHead = field(default_factory=lambda: CaseHead())
    purpose_required: bool = False
    findable: bool = False


@wire()
class CaseHead(NamedTuple):
    """Statements of people about the case itself; ``null`` where nothing is stated."""

    number: str | None = None
    name: str | None = None
    unit: str | None = None
    officer: str | None = None
    ground: str | None = None


@wire(doc="A case of a folder; ``problem`` says what is wrong where it could not be opened.")
class ListedCase(NamedTuple):
    """A case of a folder: its place, what its head states, its cards and last load; ``problem`` where it is damaged."""

    path: str
    number: str | None = None
    name: str | None = None
    unit: str | None = None
    cards: int | None = None
    last_load: str | None = None
    problem: GraphtraceError | None = None


@wire(VERSION, "cases", name="CasesAnswer", doc="The answer of ``cases``.")
@frozen(kw_only=False)
class CaseListing:
    """The cases of a folder, by name."""

    cases: Sequence[ListedCase]


@wire(
    "text kind role count",
    doc="A value in another case: what it is there, and in how many rows; role `unread` is of rows not recorded.",
)
@frozen(kw_only=False)
class HitElsewhere:
    """A value in the rows of another case: the kind of the records, what it is in them, and how many rows they are."""

    text: str
    kind: str | None
    role: str
    count: int


@wire(doc="Another case that names a value, by its number and unit.")
class OtherCase(NamedTuple):
    """A case that names a value: its number and unit, as far as its head states them, and nothing else of it."""

    number: str | None
    unit: str | None
    hits: Sequence[HitElsewhere]


@wire(
    f"{VERSION} ^^case!",
    "found=cases asked not_findable unreadable",
    name="FindAnswer",
    doc="The answer of ``find``: the other cases of a folder that name a value, and how many were asked.",
)
@frozen()
class FoundElsewhere:
    """The other cases of a folder that name a value; how many were asked, did not allow it, and could not be read."""

    cases: Sequence[OtherCase]
    asked: int
    not_findable: int
    unreadable: int


@wire(doc="Parts of the case that were not read or wait for an answer: files, rejected rows, questions.")
class Unread(NamedTuple):
    """Parts of a case that were not read or wait for an answer, and may say more (SPEC 12, What was not read).

    ``files`` that were not read, by content; ``rows`` that were rejected, but for totals and the like; ``questions``
    that must be answered first.
    """

    files: int
    rows: int
    questions: int


@wire()
class FileNotRead(NamedTuple):
    """A file of which the case keeps nothing but its name and hash: the code of the error, or what it is."""

    file: str
    sha256: str
    reason: str


class CaseState(NamedTuple):
    """The state of a case that an answer rests on: the hash of the last line of its ledger, and what was not read.

    ``as_of`` is the day at whose end it was asked for; ``None`` for now. ``case_head`` is that of the case, and ``day``
    that of the last line of the ledger; ``ledger`` are the lines until then.
    """

    ledger_head: str | None
    unread: Unread | None = None
    as_of: str | None = None
    case_head: CaseHead | None = None
    day: str | None = None
    ledger: Sequence[str] = ()


LogKind = Literal["load", "correct", "judge", "lookup", "export", "letter"]


@wire()
class LogLine(NamedTuple):
    """An act or a question of somebody; ``hash`` is that of the line in the ledger or in the log of look-ups."""

    at: str
    by: str | None
    what: LogKind
    params: Mapping[str, Any]
    purpose: str | None
    hash: str


@wire(
    "code params message!",
    name="Message",
    doc="A code with parameters and its sentence in the language of the answer.",
)
@frozen()
class IntegrityProblem:
    """A problem that an integrity check found; ``params`` states where."""

    code: str
    params: dict[str, Any]


@wire(
    HEAD,
    "log=lines problems",
    name="LogAnswer",
    doc="The answer of ``log``: what was done to the case and asked of it, the oldest first.",
)
@frozen(kw_only=False)
class CaseLog:
    """Log of a case: acts on it and questions asked of it, the oldest first.

    ``problems`` are the lines of the ledger, the notes and the look-ups that do not follow from those before.
    """

    lines: Sequence[LogLine]
    problems: Sequence[IntegrityProblem] = ()

    def __len__(self) -> int:
        return len(self.lines)


@wire(doc="A saved answer that was compared: the look-up that gave it, and the lines that the ledger has since.")
class ComparedAnswer(NamedTuple):
    """A saved answer that was compared with the case: the look-up that gave it, and what the ledger has since.

    ``line`` is the number of the look-up in the log, ``at`` and ``by`` are of it; ``None`` where the log has no answer
    with this SHA-256. ``later`` counts the lines of the ledger since; ``None`` where the answer states no head of it.
    """

    file: str
    sha256: str
    line: int | None
    at: str | None
    by: str | None
    later: int | None


class Verification(list[IntegrityProblem]):
    """The problems that an integrity check found, none for a sound case, and what was compared.

    - ``is_deep``: whether the rows were derived from the sources again.
    - ``answers``: the saved answers that were compared.
    """

    def __init__(
        self,
        problems: Iterable[IntegrityProblem] = (),
        *,
        is_deep: bool = False,
        answers: Sequence[ComparedAnswer] = (),
    ) -> None:
        super().__init__(problems)
        self.is_deep = is_deep
        self.answers = answers


@wire(
    "graphtrace! from=source to=target ledger_head! files agrees=comparison.agrees counts=comparison.counts",
    "checksums=comparison.checksums traces=comparison",
    name="CopyAnswer",
    doc="The answer of ``copy``.",
    files=KeyGroup(
        "CopiedFiles", "How many files were copied now and before.", "copied=files copied_before=files_before"
    ),
)
@frozen()
class CopyResult:
    """Result of copying one case into another, and the comparison of both afterwards.

    ``files`` is the number of files that were copied now, ``files_before`` of those that the target already had.
    """

    source: str
    target: str
    files: int
    files_before: int
    comparison: CaseComparison


@wire(
    HEAD,
    "rows bytes_before=before bytes_after=after",
    name="CompactAnswer",
    doc="The answer of ``compact``; sizes in bytes.",
)
@frozen()
class CompactResult:
    """Number of rows that were sorted, and the size of the database before and after, in bytes."""

    rows: int
    before: int
    after: int


@wire("what file? from=first to=second agrees", name="Compared")
@frozen()
class ComparisonItem:
    """A figure of both cases side by side."""

    what: str
    file: str | None
    first: Any
    second: Any

    @property
    def agrees(self) -> bool:
        """Whether both are the same."""
        return bool(self.first == self.second)


@wire(
    "compared=traced differing",
    name="ComparedTraces",
    doc="The cards that were traced in both cases, and those that are traced differently.",
)
@frozen()
class CaseComparison:
    """Comparison of two cases, figure by figure. ``differing`` names the cards whose traces differ."""

    counts: Sequence[ComparisonItem]
    checksums: Sequence[ComparisonItem]
    traced: int
    differing: Sequence[str]

    @property
    def agrees(self) -> bool:
        """Whether nothing differs."""
        return not self.differing and all(each.agrees for each in (*self.counts, *self.checksums))


@wire()
class LoadSince(NamedTuple):
    """A load: its line of the ledger, and the counts of its rows."""

    line: int
    file: str
    sha256: str
    at: str
    rows: int
    loaded: int
    duplicate: int
    rejected: int


PARTIES_COMPARED: Final = ("registrant", "holder", "end_user")


@wire()
class CardState(NamedTuple):
    """Short form of a trace of a card."""

    outcome: Outcome
    registrant: Party | None
    holder: Party | None
    end_user: Party | None


@wire()
@frozen()
class CardChange:
    """A card before (``null``: in no record) and now."""

    card: str
    before: CardState | None
    after: CardState


@wire("*lead cards")
@frozen()
class LeadChange:
    """A lead that records have closed or opened, for some cards."""

    lead: Lead
    cards: tuple[str, ...]


@wire(
    HEAD,
    "since lines loads other_lines changed new_cards compared omitted unlisted leads_closed:list[dict[str,Any]]",
    "leads_opened:list[dict[str,Any]] watch_hits:list[WatchHit]|None",
    name="ChangesAnswer",
)
@frozen()
class CaseChanges(LocalizedDictMixin):
    """The answer of ``status --since``.

    ``omitted`` cards were not compared, as they are too many, nor were ``unlisted`` ones, which lie in new ranges and
    are listed by no record.

    - ``loads``: what was loaded, line by line; ``other_lines`` counts unloads, corrections and judgements.
    - ``changed``: cards that the new records touch and of which outcome, registrant, holder or end user changed.
    - ``new_cards``: cards that the new records name and no record named before.
    - ``compared``: how many cards were compared; ``omitted`` were not, as they are too many, nor ``unlisted`` cards,
      which lie in ranges of the new records and no record lists.
    - ``leads_closed``, ``leads_opened``: leads of the compared cards that there were before and are no more, and the
      reverse.
    """

    since: int
    lines: int
    loads: Sequence[LoadSince]
    other_lines: int
    changed: Sequence[CardChange]
    new_cards: Sequence[CardChange]
    compared: int
    omitted: int
    unlisted: int
    leads_closed: Sequence[LeadChange]
    leads_opened: Sequence[LeadChange]
    watch_hits: Sequence[WatchHit] = field(default=())


QuestionCode = Literal[
    "which_cards",
    "registered_by",
    "passed_on_by",
    "used_by",
    "broken_where",
    "still_active",
    "who_else",
    "ready_to_send",
]
QuestionState = Literal["nothing", "open", "in part", "answered"]


@wire(
    "code party cards=card_count params message!",
    doc="Part of an answer to a guided question, or something that is missing, and how many cards it is about.",
)
@frozen()
class GuidedStatement:
    """Part of an answer, or something that is missing: a code with parameters, and the cards that it is about.

    ``party`` is whom it names. ``cards`` are the numbers of the cards as people know them, ``count`` is how many cards
    it is about where they are not listed.
    """

    code: str
    party: Party | None = None
    cards: tuple[str, ...] = ()
    count: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def card_count(self) -> int:
        """Return how many cards it is about."""
        return len(self.cards) if self.count is None else self.count


@wire("code state done total answer missing")
@frozen()
class GuidedQuestion:
    """A guided question: of ``total`` cards the records answer it for ``done``."""

    code: QuestionCode
    done: int
    total: int
    answer: tuple[GuidedStatement, ...] = ()
    missing: tuple[GuidedStatement, ...] = ()

    @property
    def state(self) -> QuestionState:
        """Return the state, which follows from the counts alone."""
        if not self.total:
            return "nothing"
        if not self.done:
            return "open"
        return "answered" if self.done == self.total else "in part"


@wire(
    DATED,
    "about cards omitted questions unread?!",
    name="GuidedAnswer",
    doc="The answer of ``status --questions``; ``omitted`` cards were not looked at, as they are too many.",
)
@frozen()
class GuidedQuestions(LocalizedDictMixin):
    """All guided questions about the seized cards of a case, or about a list (``is_list``).

    ``cards`` is how many cards they are about; ``omitted`` of them were not looked at, as they are too many.
    """

    questions: Sequence[GuidedQuestion]
    cards: int
    omitted: int = 0
    is_list: bool = False

    @property
    def about(self) -> Literal["seized", "list"]:
        """Whether they are about the seized cards of the case, or a list."""
        return "list" if self.is_list else "seized"
