"""Answers as the values of the JSON interface, and these as text.

The types of answers declare their keys (:mod:`graphtrace.wire`); here are those that need the language, or what is
known only while an answer is written. A missing value is ``None``, an empty list ``[]``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, NotRequired, TypedDict, cast

from graphtrace._version import __version__
from graphtrace.errors import GraphtraceError
from graphtrace.identifiers import Identification
from graphtrace.model import AuditRole, Chain, Finding, Lead
from graphtrace.render import Lang, provenance, text_tables
from graphtrace.render.command_results import DemoReport, Diagnosis, Identifications, JudgementList, SimulatedCase
from graphtrace.render.format import (
    finding_message,
    format_question,
    guided_message,
    lead_message,
    problem_message,
    rule_finding_message,
    translate,
)
from graphtrace.render.json_parts import MANY, Members, ShareMembers, Written, shares_list, to_json_parts
from graphtrace.render.sanitize import escaped_json
from graphtrace.results.audit import (
    Annex,
    Audit,
    AuditMonth,
    AuditResults,
    Balance,
    FinalHolder,
    PartyCount,
    PartyShare,
    PartyShares,
    ResaleSummary,
    RuleNotAsked,
)
from graphtrace.results.case_status import GuidedQuestion, GuidedQuestions, GuidedStatement, IntegrityProblem, Unread
from graphtrace.results.evidence_report import LEDGER_KINDS, EvidenceReport, PinnedAnswer
from graphtrace.results.judgements import NamedJudgement
from graphtrace.results.letters import LeadLetter, LetterAboutLead, LetterRequest
from graphtrace.results.library import Query
from graphtrace.results.party import CounterpartyFlow, PartySummary, Registrant, registrant_kind
from graphtrace.results.recipes import FormatQuestion, RecipeSummary, SheetGuess
from graphtrace.results.reports import OpenQuestion
from graphtrace.results.rests_on import Because, RestsOn, because_of, rests_on_audits, rests_on_traces
from graphtrace.results.rules import Rule, RuleFinding
from graphtrace.results.subgraph import Direction, Level, SubgraphLimits
from graphtrace.results.trace import ExtraCells, Trace
from graphtrace.results.traces import Traces
from graphtrace.wire import DATED, VERSION, Encoder, KeyGroup, made, shape_of, wire

if TYPE_CHECKING:
    import networkx as nx


def to_json_bytes(document: Mapping[str, Any]) -> bytes:
    """Return a document in UTF-8 with a final line break; invisible and control characters are escaped."""
    return b"".join(to_json_parts(document))


def to_json_text(document: Mapping[str, Any], *, is_ascii: bool = False) -> str:
    """Return the same as a string; with ``is_ascii`` all non-ASCII is escaped, for a stream that cannot write it."""
    return f"{escaped_json(json.dumps(document, indent=2))}\n" if is_ascii else to_json_bytes(document).decode()


def to_json_line(value: Mapping[str, Any], *, is_ascii: bool = False) -> bytes:
    """Return one value as a line of JSON Lines, escaped as in :func:`to_json_bytes`."""
    text = json.dumps(value, ensure_ascii=is_ascii, separators=(",", ":"))
    return f"{escaped_json(text)}\n".encode()


def answer_document(case: str, answer: object, lang: Lang = "en", *, is_streamed: bool = False) -> dict[str, Any]:
    """Return the JSON of an answer of a case.

    With ``is_streamed`` lists that may be long are made while :func:`to_json_parts` writes them.
    """
    once = (Chain, Finding) if is_streamed else ()
    with provenance.marked_if_redacted(answer):
        document: dict[str, Any] = Encoder(lang, case, once=once, is_streamed=is_streamed)(_whole(answer))
        return document


_HEAD: Final = frozenset({"graphtrace", "case", "ledger_head", "unread", "skipped", "as_of", "lead_letters"})


def plain_document(answer: object, lang: Lang, *, is_streamed: bool = False) -> dict[str, Any]:
    """Return the same without version, case and ledger; of one answer of several its own part."""
    document = answer_document("", answer, lang, is_streamed=is_streamed)
    plain = {name: value for name, value in document.items() if name not in _HEAD}
    if isinstance(answer, Trace | Audit):
        # the answers themselves come first, then what is counted among them
        mark = {"redacted": plain.pop("redacted")} if "redacted" in plain else {}
        (one,) = next(iter(plain.values()))
        plain = {**one, **mark}
    return plain


def trace_document(case: str, traces: Iterable[Trace], lang: Lang) -> dict[str, Any]:
    """Return the answer of ``trace``."""
    return answer_document(case, traces if isinstance(traces, Traces) else Traces(traces), lang)


def audit_document(case: str, audits: Iterable[Audit], lang: Lang) -> dict[str, Any]:
    """Return the answer of ``audit``."""
    return answer_document(case, audits if isinstance(audits, AuditResults) else AuditResults(audits), lang)


def _whole(answer: Any) -> object:
    """Return the answer that a part of it is shown as, and one that declares its keys in the place of others."""
    match answer:
        case Trace():
            return Traces([answer])
        case Audit():
            return AuditResults([answer])
        case GuidedQuestion():
            return GuidedQuestions(questions=[answer], cards=answer.total)
        case Rule():
            return ShownRule(WholeRule(answer, answer.query.source("sql")))
        case RecipeSummary():
            return ShownRecipe(answer)
        case _ if hasattr(answer, "edges"):
            return _drawn(answer)
        case _:
            return answer


# -- answers that are no type of a result -------------------------------------------------------------------------


@wire(
    DATED,
    "level around since until direction limits judgements nodes edges unread?!",
    name="GraphAnswer",
    doc="The answer of ``graph``: nodes and edges with the attributes of their type.",
)
class DrawnGraph(NamedTuple):
    """A graph with its attributes, and those of its nodes and edges."""

    level: Level
    around: list[str]
    since: str | None
    until: str | None
    direction: Direction
    limits: SubgraphLimits | None
    judgements: list[NamedJudgement]
    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]


def _drawn(graph: nx.MultiDiGraph[str]) -> DrawnGraph:
    # of which case it is and whether it is redacted, the first keys say
    attributes = {name: value for name, value in graph.graph.items() if name not in ("name", "redacted")}
    nodes = [{"id": node, **about} for node, about in graph.nodes(data=True)]
    edges = [{"from": source, "to": target, **about} for source, target, about in graph.edges(data=True)]
    return DrawnGraph(**attributes, nodes=nodes, edges=edges)


@wire("*rule message=rule.message sql")
class WholeRule(NamedTuple):
    """A rule with its sentence and the text of its query."""

    rule: Rule
    sql: str


@wire(VERSION, "rule", name="RuleAnswer")
class ShownRule(NamedTuple):
    """The answer of ``rules show``."""

    rule: WholeRule


@wire(VERSION, "recipe", name="RecipeAnswer")
class ShownRecipe(NamedTuple):
    """The answer of ``recipes show``."""

    recipe: RecipeSummary


@wire(VERSION, "query=query.name texts=query.texts:dict[str,str]", name="QueryTextAnswer")
class ShownQuery(NamedTuple):
    """The answer of ``query --show``."""

    query: Query


@wire(VERSION, "file mapping sheets understood", name="MappingAnswer")
class SuggestedMapping(NamedTuple):
    """The answer of ``mapping suggest``; ``understood`` are the sheets that need no mapping."""

    file: str
    mapping: str
    sheets: Sequence[SheetGuess]
    understood: Sequence[str | None]


@wire(
    "error",
    name="ErrorAnswer",
    error=KeyGroup(
        "ExitError",
        "An error with the exit code of the command.",
        "code=error.code message=error.message hint=error.hint:str|None exit=error.exit_code details?",
    ),
)
class Failure(NamedTuple):
    """Output of a failed command on the standard error stream."""

    error: GraphtraceError
    details: list[str] | None = None


@wire(
    "input readings=found.readings damaged=found.damaged read_as=found.read_as",
    name="Identification",
    damaged=KeyGroup("Damaged", "Between which numbers a damaged one was.", "interval=."),
)
class Identified(NamedTuple):
    """A typed text and its interpretations."""

    input: str
    found: Identification


@wire()
class SimulatedFile(NamedTuple):
    """A file of a synthetic case."""

    file: str
    rows: int


# -- keys of the head, and those that tell what an answer rests on --------------------------------------------------


@made(object, "graphtrace")
def _version(*_: object) -> str:
    return __version__


@made(object, "case")
def _case(_: object, encode: Encoder) -> str:
    return encode.case


@made(object, "ledger_head")
def _ledger_head(*_: object) -> str | None:
    return provenance.ledger_head()


@made(object, "as_of")
def _as_of(*_: object) -> str | None:
    return provenance.as_of()


@made(object, "redacted")
def _redacted(*_: object) -> Literal[True] | None:
    return provenance.redacted() or None


@made(object, "skipped")
def _skipped(*_: object) -> list[str] | None:
    return provenance.passed_over() or None


@made(object, "unread")
def _unread(*_: object) -> Unread | None:
    return provenance.unread()


class AskedRule(TypedDict):
    """A rule that an audit asked, with the values of its parameters."""

    id: str
    version: int
    parameters: dict[str, Any]


class Options(TypedDict):
    """The options of ``trace`` (``inputs``) or ``audit`` with which ``verify`` asks a saved answer again."""

    lang: Lang
    as_of: str | None
    judged: bool
    inputs: NotRequired[list[str]]
    slack: NotRequired[int]
    extra: NotRequired[bool]
    all: NotRequired[bool]
    names: NotRequired[list[str]]
    role: NotRequired[AuditRole | None]
    rules: NotRequired[list[AskedRule]]
    annex: NotRequired[Annex]


@made(object, "options")
def _options(*_: object) -> Options | None:
    return cast("Options | None", provenance.options_asked())


@made(Traces, "rests_on")
def _rests_on_traces(traces: Traces, _: Encoder) -> list[RestsOn] | None:
    ledger = provenance.ledger_lines()
    return None if ledger is None else rests_on_traces(traces, ledger)


@made(AuditResults, "rests_on")
def _rests_on_audits(audits: AuditResults, _: Encoder) -> list[RestsOn] | None:
    ledger = provenance.ledger_lines()
    return None if ledger is None else rests_on_audits(audits, ledger)


# -- sentences and words ---------------------------------------------------------------------------------------------


@made(Finding, "message")
def _finding_message(finding: Finding, encode: Encoder) -> str:
    return finding_message(finding.code, finding.params, encode.lang)


@made(RuleFinding, "message")
def _rule_finding_message(finding: RuleFinding, encode: Encoder) -> str:
    return rule_finding_message(finding, encode.lang)


@made(Lead, "message")
def _lead_message(lead: Lead, encode: Encoder) -> str:
    return lead_message(lead, encode.lang)


@made(GuidedStatement, "message")
def _guided_message(statement: GuidedStatement, encode: Encoder) -> str:
    return guided_message(statement, encode.lang)


@made(IntegrityProblem, "message")
def _problem_message(problem: IntegrityProblem, encode: Encoder) -> str:
    return problem_message(problem.code, problem.params, encode.lang)


@made(LetterRequest, "message")
def _request_message(request: LetterRequest, encode: Encoder) -> str:
    return translate(text_tables.REASONS, request.because, encode.lang)


@made(OpenQuestion, "question")
def _question(question: OpenQuestion, encode: Encoder) -> str:
    return format_question(question, encode.lang)


@made(FormatQuestion, "question")
def _format_question(question: FormatQuestion, encode: Encoder) -> str:
    return question.text[encode.lang]


@made(RecipeSummary, "name")
def _recipe_name(recipe: RecipeSummary, encode: Encoder) -> str:
    return recipe.name[encode.lang]


@made(RecipeSummary, "about")
def _recipe_about(recipe: RecipeSummary, encode: Encoder) -> str:
    return recipe.about[encode.lang]


# -- traces ----------------------------------------------------------------------------------------------------------


@made(Traces, "results")
def _results(traces: Traces, encode: Encoder) -> object:
    def written(indent: int) -> Iterable[object]:
        return map(encode.keeping(partial(Written, indent=indent)), traces)

    return Members(lambda: map(encode, traces), written) if encode.is_streamed else list(traces)


@made(DemoReport, "results")
def _demo_results(demo: DemoReport, _: Encoder) -> list[Trace]:
    return list(demo.traces)


@made(Traces, "lead_letters")
def lead_letters(traces: Traces, _: Encoder | None = None) -> list[LeadLetter]:
    """Return the letters that ask what the leads of an answer ask, or once asked about its cards."""
    found: dict[str, LeadLetter] = {}
    for trace in traces:
        if trace.card is not None and trace.card.key is not None:
            for about in traces.letters.earlier(trace.card.key, trace.leads):
                found[about.letter.reference] = LeadLetter(about.letter, [])
    for ident, lead in dict.fromkeys((lead.id, lead) for trace in traces for lead in trace.leads):
        for about in traces.letters.about(lead):
            stated = found.setdefault(about.letter.reference, LeadLetter(about.letter, []))
            stated.leads.append(LetterAboutLead(ident, about.state, about.cards, about.answered))
    return list(found.values())


@made(Chain, "registrant")
@made(Trace, "registrant")
def _registrant(told: Chain | Trace, _: Encoder) -> Registrant | None:
    party = told.registrant
    return None if party is None else Registrant(party.id, party.name, registrant_kind(party))


@made(Trace, "because")
def _because(trace: Trace, _: Encoder) -> Because:
    return because_of(trace)


@made(Trace, "extra")
def _extra(trace: Trace, _: Encoder) -> list[ExtraCells] | None:
    return trace.unread_cells if (provenance.options_asked() or {}).get("extra") else None


# -- audits ----------------------------------------------------------------------------------------------------------


@made(AuditResults, "enterprises")
def _enterprises(audits: AuditResults, encode: Encoder) -> object:
    return Members(lambda: map(encode, audits)) if encode.is_streamed else list(audits)


@made(DemoReport, "enterprises")
def _demo_enterprises(demo: DemoReport, _: Encoder) -> list[Audit]:
    return list(demo.audits)


@made(Audit, "registered_only")
def _registered_only(audit: Audit, _: Encoder) -> int | None:
    return audit.registered_only if audit.role == "enterprise" else None


@made(Audit, "by_month")
def _by_month(audit: Audit, _: Encoder) -> list[AuditMonth]:
    def month(month: str | None, acquired: int, *others: int) -> AuditMonth:
        by_role = (acquired, None) if audit.role == "enterprise" else (None, acquired)
        return AuditMonth(month, *by_role, *others)

    return [month(*counts) for counts in audit.by_month]


@made(Audit, "balance")
def _balance(audit: Audit, _: Encoder) -> Balance:
    if audit.balance is not None:
        return audit.balance
    shape = shape_of(Balance)
    assert shape is not None
    other = "received" if audit.role == "enterprise" else "purchased"
    nothing = {key.name: None for key in shape.keys if key.name != other}
    return cast(
        "Balance", {**nothing, "not_determined": [], "may_change": [], "declarations": [], "balance_sources": []}
    )


@made(Audit, "findings")
def _findings(audit: Audit, _: Encoder) -> list[Finding | RuleFinding]:
    return [*audit.reply_findings, *audit.findings]


@made(Audit, "rules_not_asked")
def _rules_not_asked(audit: Audit, _: Encoder) -> list[RuleNotAsked]:
    return [RuleNotAsked(rule.id, "cards_not_named") for rule in audit.rules_not_asked]


@made(Audit, "suppliers")
def _suppliers(audit: Audit, encode: Encoder) -> list[PartyShare]:
    return cast("list[PartyShare]", _shares(audit.suppliers, ("cards",), encode))


@made(Audit, "buyers")
def _buyers(audit: Audit, encode: Encoder) -> list[PartyShare]:
    return cast("list[PartyShare]", _shares(audit.buyers, ("cards",), encode))


@made(ResaleSummary, "final_holders")
def _final_holders(resold: ResaleSummary, encode: Encoder) -> list[FinalHolder]:
    return cast("list[FinalHolder]", _shares(resold.final_holders, ("cards", "activated", "seized"), encode))


def _shares(parties: Sequence[PartyCount], counts: Sequence[str], encode: Encoder) -> object:
    if encode.is_streamed and isinstance(parties, PartyShares) and len(parties) > MANY:
        return ShareMembers(parties, counts)
    return shares_list(parties, counts)


# -- other answers ---------------------------------------------------------------------------------------------------


@made(PartySummary, "received")
def _received(dealings: PartySummary, encode: Encoder) -> list[dict[str, Any]]:
    return _flows("from", dealings.received, encode)


@made(PartySummary, "passed_on")
def _passed_on(dealings: PartySummary, encode: Encoder) -> list[dict[str, Any]]:
    return _flows("to", dealings.passed_on, encode)


def _flows(side: str, flows: Iterable[CounterpartyFlow], encode: Encoder) -> list[dict[str, Any]]:
    return [{side: flow.party, **encode(flow)} for flow in flows]


@made(Identifications, "results")
def _identified(found: Identifications, _: Encoder) -> list[Identified]:
    return [Identified(*answer) for answer in found.answers]


@made(Diagnosis, "checks")
def _checks(found: Diagnosis, _: Encoder) -> list[dict[str, Any]]:
    return [{"code": one.code, "state": one.state, **one.params} for one in found.checks]


@made(JudgementList, "judgements")
def _all_judgements(found: JudgementList, _: Encoder) -> list[NamedJudgement] | None:
    return list(found.judgements) if found.is_new is None else None


@made(JudgementList, "judgement")
def _judgement(found: JudgementList, _: Encoder) -> NamedJudgement | None:
    return None if found.is_new is None else found.judgements[0]


@made(PinnedAnswer, "answer")
def _pinned(answered: PinnedAnswer, encode: Encoder) -> dict[str, Any]:
    return plain_document(answered.answer, encode.lang)


@made(EvidenceReport, "lines")
def _lines(report: EvidenceReport, _: Encoder) -> dict[str, int]:
    return {kind: report.lines[kind] for kind in LEDGER_KINDS if kind in report.lines}


@made(SimulatedCase, "rows")
def _simulated_rows(simulated: SimulatedCase, _: Encoder) -> int:
    return sum(simulated.made.rows.values())


@made(SimulatedCase, "files")
def _simulated_files(simulated: SimulatedCase, _: Encoder) -> list[SimulatedFile]:
    return [SimulatedFile(*each) for each in simulated.made.rows.items()]
