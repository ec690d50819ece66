"""Typed answers as the dicts of the JSON interface, with keys in its order.

A missing value is ``None``, an empty list ``[]``. Only ``message`` depends on the language.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from graphtrace._version import __version__
from graphtrace.model import ACQUIRED, AuditRole, day_text, hop_dict, origin_dict, party_dict, sheet_dict
from graphtrace.render import Lang, text_tables
from graphtrace.render.command_results import Diagnosis, LoadedSheets
from graphtrace.render.format import (
    finding_message,
    format_question,
    guided_message,
    lead_message,
    problem_message,
    rule_finding_message,
    translate,
)
from graphtrace.render.json_parts import MANY, Members, ShareMembers, shares_list, to_json_parts
from graphtrace.render.provenance import as_of, ledger_head, ledger_lines, options_asked, passed_over, redacted, unread
from graphtrace.render.sanitize import escaped_json
from graphtrace.results.bounds import bounds_dict
from graphtrace.results.evidence_report import LEDGER_KINDS
from graphtrace.results.guided import GuidedQuestion, GuidedQuestions
from graphtrace.results.judgements import judgements_dict
from graphtrace.results.letters import count_of
from graphtrace.results.party import registrant_kind
from graphtrace.results.rests_on import because_of, rests_on_audits, rests_on_traces
from graphtrace.results.traces import Traces, count_traces
from graphtrace.results.unread_rows import unread_rows_dict

if TYPE_CHECKING:
    import networkx as nx

    from graphtrace.errors import GraphtraceError
    from graphtrace.identifiers import Identification, Interpretation
    from graphtrace.model import (
        Activation,
        CardListing,
        Chain,
        ChipLink,
        DateSpan,
        Finding,
        Hint,
        Hop,
        Lead,
        Origin,
        Party,
        Seizure,
    )
    from graphtrace.render import json_types
    from graphtrace.render.command_results import (
        CorrectionList,
        DemoReport,
        Drilldowns,
        ExtractedText,
        Identifications,
        IntegrityReport,
        JudgementList,
        QueryList,
        RecipeList,
        RuleList,
    )
    from graphtrace.results.audit import (
        Audit,
        Balance,
        DurationSummary,
        MonthCount,
        PartyCount,
        ProvinceCount,
        QuantityFlow,
        ResaleSummary,
    )
    from graphtrace.results.bundle import OpenedBundle, SealedBundle
    from graphtrace.results.candidates import Candidates
    from graphtrace.results.case_status import (
        CaseListing,
        CaseLog,
        CaseStatus,
        CompactResult,
        CopyResult,
        IntegrityProblem,
    )
    from graphtrace.results.changes import CardChange, CaseChanges, LeadChange
    from graphtrace.results.compare import ComparisonItem
    from graphtrace.results.corrections import Correction, CorrectionResult, UnloadResult
    from graphtrace.results.evidence_report import EvidenceReport, PinList, PinnedAnswer
    from graphtrace.results.flows import QuantityTotals
    from graphtrace.results.guided import GuidedStatement
    from graphtrace.results.judgements import NamedJudgement
    from graphtrace.results.letters import Letter, Letters, WrittenLetter
    from graphtrace.results.library import Query
    from graphtrace.results.load_report import SheetReport
    from graphtrace.results.mapping import SheetGuess
    from graphtrace.results.party import PartySummary
    from graphtrace.results.query import QueryResult
    from graphtrace.results.recipes import RecipeSummary
    from graphtrace.results.replies import ReplyCheck
    from graphtrace.results.reports import OpenQuestion, Reject, RowWarning
    from graphtrace.results.rules import Rule, RuleFinding
    from graphtrace.results.shared_parties import SharedParties
    from graphtrace.results.siblings import Siblings
    from graphtrace.results.subgraph import ExportResult
    from graphtrace.results.trace import Card, Trace
    from graphtrace.results.unread_rows import UnreadRow
    from graphtrace.results.watch import WatchHit, WatchList

Document = dict[str, Any]

_named_party = cast("Callable[[Party], json_types.PartyJson]", party_dict)
_party = cast("Callable[[Party | None], json_types.PartyJson | None]", party_dict)
_origin = cast("Callable[[Origin], json_types.OriginJson]", origin_dict)
_sheet = cast("Callable[[str | None], json_types.SheetNameJson]", sheet_dict)
_judgements = cast("Callable[[Iterable[NamedJudgement]], list[json_types.JudgementJson]]", judgements_dict)
_hop = cast("Callable[[Hop], json_types.Hop]", hop_dict)


_KEPT: Final = 20_000
"""Number of parts that several answers have in common whose JSON is kept."""

_Part = TypeVar("_Part")
_Json = TypeVar("_Json")


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


def trace_document(case: str, traces: Iterable[Trace], lang: Lang) -> json_types.TraceAnswer:
    """Return the answer of ``trace``."""
    traces = traces if isinstance(traces, Traces) else Traces(traces)
    return _trace_answer(case, traces, trace_results(traces, lang))


def trace_members(case: str, traces: Iterable[Trace], lang: Lang) -> json_types.TraceAnswer:
    """Return the same answer for :func:`to_json_parts`: its traces are made while they are written."""
    traces = traces if isinstance(traces, Traces) else Traces(traces)

    def written() -> Iterator[json_types.TraceJson]:
        chain, finding = _once(_chain), _once(partial(_finding, lang=lang))
        return (_trace(trace, lang, chain, finding) for trace in traces)

    return _trace_answer(case, traces, cast("list[json_types.TraceJson]", Members(written)))


def _trace_answer(case: str, traces: Traces, written: list[json_types.TraceJson]) -> json_types.TraceAnswer:
    return {
        **_asked_head(case),
        "results": written,
        "counts": _counts(traces),
        **lead_letters(traces),
        **_rests_on(partial(rests_on_traces, traces)),
        **_options(),
        **_unread(),
    }


def lead_letters(traces: Traces) -> json_types.LettersOfLeads:
    """Return the letters that ask what the leads of an answer ask, or once asked about its cards, if there are any."""
    found: dict[str, json_types.LeadLetter] = {}
    for trace in traces:
        if trace.card is not None and trace.card.key is not None:
            for about in traces.letters.earlier(trace.card.key, trace.leads):
                found[about.letter.reference] = {**_standing(about.letter), "leads": []}
    for ident, lead in dict.fromkeys((lead.id, lead) for trace in traces for lead in trace.leads):
        for about in traces.letters.about(lead):
            stated = found.setdefault(about.letter.reference, {**_standing(about.letter), "leads": []})
            counts: json_types.LetterAboutLead = {
                "id": ident,
                "state": about.state,
                "cards": about.cards,
                "answered": about.answered,
            }
            stated["leads"].append(counts)
    return {"lead_letters": list(found.values())} if found else {}


def _rests_on(find: Callable[[Sequence[str]], list[dict[str, Any]]]) -> json_types.AskedRows:
    """Return the rows that an answer rests on, where the ledger of its case is known."""
    ledger = ledger_lines()
    return {} if ledger is None else {"rests_on": cast("list[json_types.RestsOnJson]", find(ledger))}


def _counts(traces: Sequence[Trace]) -> json_types.TraceCounts:
    counts = count_traces(traces)
    return {
        "inputs": counts["inputs"],
        "cards": counts["cards"],
        "not_found": counts["not_found"],
        "cases": counts["cases"],
        "cards_without_case": counts["cards_without_case"],
        "outcomes": counts["outcomes"],
    }


def trace_results(traces: Iterable[Trace], lang: Lang) -> list[json_types.TraceJson]:
    """Return the traces alone."""
    return [_trace(trace, lang) for trace in traces]


def audit_document(case: str, audits: Iterable[Audit], lang: Lang) -> json_types.AuditAnswer:
    """Return the answer of ``audit``."""
    audits = list(audits)
    return _audit_answer(case, audits, [_audit(audit, lang) for audit in audits])


def _audit_answer(case: str, audits: Iterable[Audit], written: list[json_types.AuditJson]) -> json_types.AuditAnswer:
    return {
        **_dated_head(case),
        "enterprises": written,
        **_rests_on(partial(rests_on_audits, audits)),
        **_options(),
        **_unread(),
    }


def audit_members(case: str, audits: Iterable[Audit], lang: Lang) -> json_types.AuditAnswer:
    """Return the same answer for :func:`to_json_parts`: audits and their parties are made while they are written."""
    audits = list(audits)
    written = Members(lambda: (_audit(audit, lang, _share_members) for audit in audits))
    return _audit_answer(case, audits, cast("list[json_types.AuditJson]", written))


def drilldown_document(case: str, found: Drilldowns, lang: Lang) -> json_types.DrilldownAnswer:
    """Return the cards and records behind figures of an audit."""
    return {
        **_dated_head(case),
        "opened": [
            {
                "enterprise": _named_party(figure.enterprise),
                "figure": figure.figure,
                "cards": figure.cards,
                "finding": None if figure.breach is None else _breach(figure.breach, lang),
                "lots": [
                    {
                        "first": lot.first,
                        "last": lot.last,
                        "cards": lot.cards,
                        "holder": _party(lot.holder),
                        "records": [
                            {"kind": record.kind, "date": record.day, **_origin(record.origin)}
                            for record in lot.evidence
                        ],
                    }
                    for lot in figure.lots
                ],
                "judgements": _judgements(figure.judgements),
            }
            for figure in found.figures
        ],
        **_unread(),
    }


def party_document(case: str, dealings: PartySummary, lang: Lang = "en") -> json_types.PartyAnswer:
    """Return the answer of ``party``."""
    found = [_finding(finding, lang) for finding in dealings.reply_findings]
    told = {"findings": found} if found else {}
    return cast("json_types.PartyAnswer", {**_dated_head(case), **dealings.to_dict(), **told, **_unread()})


def graph_document(case: str, graph: nx.MultiDiGraph[str], _lang: Lang = "en") -> json_types.GraphAnswer:
    """Return the answer of ``graph``: every node and edge with its attributes."""
    attributes = {name: value for name, value in graph.graph.items() if name != "name"}
    nodes = [{"id": node, **about} for node, about in graph.nodes(data=True)]
    edges = [{"from": source, "to": target, **about} for source, target, about in graph.edges(data=True)]
    head = _dated_head(case)
    return cast("json_types.GraphAnswer", {**head, **attributes, "nodes": nodes, "edges": edges, **_unread()})


def export_document(case: str, exported: ExportResult, _lang: Lang = "en") -> json_types.ExportAnswer:
    """Return the answer of ``export``."""
    head, limits = _dated_head(case), exported.limits
    answer: json_types.ExportAnswer = {
        "graphtrace": head["graphtrace"],
        "case": head["case"],
        "ledger_head": head["ledger_head"],
        "as_of": head["as_of"],
        "file": str(exported.path),
        "format": exported.format,
        "level": exported.level,
        "written": dict(exported.written),
        "limits": None if limits is None else cast("json_types.LimitsJson", limits.to_dict()),
    }
    if exported.command is not None:
        answer["command"] = list(exported.command)
    return answer


def shared_parties_document(case: str, shared: SharedParties, _lang: Lang = "en") -> json_types.SharedPartiesAnswer:
    """Return the answer of ``common``."""
    return cast("json_types.SharedPartiesAnswer", {**_asked_head(case), **shared.to_dict(), **_unread()})


def siblings_document(case: str, siblings: Siblings, _lang: Lang = "en") -> json_types.SiblingsAnswer:
    """Return the answer of ``siblings``."""
    return cast("json_types.SiblingsAnswer", {**_asked_head(case), **siblings.to_dict(), **_unread()})


def extract_document(_case: str, found: ExtractedText, _lang: Lang = "en") -> json_types.ExtractAnswer:
    """Return the answer of ``extract``, in the order of the text."""
    finds: list[json_types.Find] = [
        {"kind": one.kind, "value": one.value, "text": one.text, "line": one.line, "column": one.column}
        for one in found.finds
    ]
    return {**_version(), "file": found.name, "sha256": found.sha256, "found": finds}


def identify_document(_case: str, found: Identifications, _lang: Lang = "en") -> json_types.IdentifyAnswer:
    """Return the answer of ``identify`` for pairs of an input and its interpretations."""
    results = [_identification(text, answer) for text, answer in found.answers]
    return {**_version(), **_redacted(), "results": results}


def doctor_document(_case: str, found: Diagnosis, _lang: Lang = "en") -> json_types.DoctorAnswer:
    """Return the answer of ``doctor``: each check and its result, good, poor or bad."""
    return {**_version(), "checks": [{"code": one.code, "state": one.state, **one.params} for one in found.checks]}


def load_document(case: str, loaded: LoadedSheets, lang: Lang = "en") -> json_types.LoadAnswer:
    """Return the report of ``load``: one entry a sheet."""
    document: json_types.LoadAnswer = {
        "graphtrace": __version__,
        "case": case,
        "ledger_head": ledger_head(),
        "files": [_file(report, lang) for report in loaded.sheets],
        "skipped": [{"file": one.name, "what": one.what} for one in loaded.skipped],
        "watch_hits": watch_hits_list(loaded.watch_hits),
    }
    if loaded.answers:
        document["answers"] = [cast("json_types.LetterAnswerJson", answer.to_dict()) for answer in loaded.answers]
    if loaded.replies:
        document["replies"] = _replies(loaded.replies)
    if loaded.unused:
        document["unused_answers"] = [{"answer": one.answer, "reason": one.reason} for one in loaded.unused]
    return document


def changes_document(case: str, found: CaseChanges, lang: Lang) -> json_types.ChangesAnswer:
    """Return the answer of ``status --since``."""

    def card(change: CardChange) -> Document:
        before = None if change.before is None else change.before.to_dict()
        return {"card": change.card, "before": before, "after": change.after.to_dict()}

    def lead(change: LeadChange) -> Document:
        return {**_lead(change.lead, lang), "cards": list(change.cards)}

    about: Document = {
        "since": found.since,
        "lines": found.lines,
        "loads": [load._asdict() for load in found.loads],
        "other_lines": found.other_lines,
        "changed": [card(change) for change in found.changed],
        "new_cards": [card(change) for change in found.new_cards],
        "compared": found.compared,
        "omitted": found.omitted,
        "unlisted": found.unlisted,
        "leads_closed": [lead(change) for change in found.leads_closed],
        "leads_opened": [lead(change) for change in found.leads_opened],
        "watch_hits": watch_hits_list(found.watch_hits),
    }
    return cast("json_types.ChangesAnswer", {**_head(case), **about})


def guided_document(case: str, found: GuidedQuestions | GuidedQuestion, lang: Lang) -> json_types.GuidedAnswer:
    """Return the answer of ``status --questions``, or that part of it which is about one question."""
    if isinstance(found, GuidedQuestion):
        found = GuidedQuestions(questions=[found], cards=found.total)
    about: Document = {
        "about": "list" if found.is_list else "seized",
        "cards": found.cards,
        "omitted": found.omitted,
        "questions": [_guided_question(question, lang) for question in found.questions],
    }
    return cast("json_types.GuidedAnswer", {**_dated_head(case), **about, **_unread()})


def _guided_question(question: GuidedQuestion, lang: Lang) -> json_types.GuidedQuestionJson:
    def statements(told: Sequence[GuidedStatement]) -> list[json_types.GuidedStatementJson]:
        return [cast("json_types.GuidedStatementJson", one.to_dict(guided_message(one, lang))) for one in told]

    return {
        "code": question.code,
        "state": question.state,
        "done": question.done,
        "total": question.total,
        "answer": statements(question.answer),
        "missing": statements(question.missing),
    }


def watch_document(case: str, found: WatchList, _lang: Lang = "en") -> json_types.WatchAnswer:
    """Return the answer of ``watch``."""
    watches = [cast("json_types.WatchJson", watch.to_dict()) for watch in found.watches]
    return {**_dated_head(case), "watches": watches}


def watch_hits_list(hits: Sequence[WatchHit] | None) -> list[json_types.WatchHitJson] | None:
    """Return the rows that name watched values; ``None`` where they were not compared."""
    return None if hits is None else [cast("json_types.WatchHitJson", hit.to_dict()) for hit in hits]


def demo_document(case: str, demo: DemoReport, lang: Lang) -> json_types.DemoAnswer:
    """Return the answer of ``demo``: the report of its load and the answers of its ``trace`` and ``audit`` in one."""
    return {
        **load_document(case, LoadedSheets(demo.sheets), lang),
        "results": trace_results(demo.traces, lang),
        "enterprises": [_audit(audit, lang) for audit in demo.audits],
        "pages": [str(page) for page in demo.pages],
    }


def cases_document(_case: str, found: CaseListing, _lang: Lang = "en") -> json_types.CasesAnswer:
    """Return the answer of ``cases``."""
    listed = [{**one._asdict(), "problem": None if one.problem is None else _error(one.problem)} for one in found.cases]
    return {"graphtrace": __version__, "cases": cast("list[json_types.ListedCaseJson]", listed)}


def status_document(case: str, status: CaseStatus, _lang: Lang = "en") -> json_types.StatusAnswer:
    """Return the answer of ``status``."""
    return {
        **_head(case),
        "files": [dict(entry) for entry in status.files],
        "records": dict(status.records),
        "parties": status.parties,
        "cards_listed": status.cards_listed,
        "ranges": status.ranges,
        "quantity_only": status.quantity_only,
        "first_day": status.first_day,
        "last_day": status.last_day,
        "rejected": status.rejected,
        "corrected": status.corrected,
        "unloaded": status.unloaded,
        "judgements": status.judgements,
        "suspended": list(status.suspended),
        "size_bytes": status.size_bytes,
        "not_read": [cast("json_types.FileNotReadJson", file._asdict()) for file in status.not_read],
        "replies": _replies(status.replies),
        "head": cast("json_types.CaseHeadJson", status.head._asdict()),
        "purpose_required": status.purpose_required,
        "findable": status.findable,
    }


def _replies(checks: Sequence[ReplyCheck]) -> list[json_types.ReplyJson]:
    return [cast("json_types.ReplyJson", check.to_dict()) for check in checks]


def log_document(case: str, log: CaseLog, lang: Lang = "en") -> json_types.LogAnswer:
    """Return the answer of ``log``; ``problems`` are lines that do not follow from those before."""
    return {
        **_head(case),
        "log": [cast("json_types.LogLineJson", line._asdict()) for line in log.lines],
        "problems": [_problem(problem, lang) for problem in log.problems],
    }


def correct_document(case: str, corrected: CorrectionResult, _lang: Lang = "en") -> json_types.CorrectAnswer:
    """Return the answer of ``correct``: the correction in force, and whether it was made just now."""
    return {**_head(case), "new": corrected.is_new, "correction": _correction(corrected.correction)}


def pins_document(case: str, found: PinList, _lang: Lang = "en") -> json_types.PinsAnswer:
    """Return the answer of ``pin``."""
    return cast("json_types.PinsAnswer", {**_head(case), "pins": [pin.to_dict() for pin in found.pins]})


def report_document(case: str, report: EvidenceReport, lang: Lang) -> json_types.ReportAnswer:
    """Return the answer of ``report``: each pinned answer as its own command gives it, and the files of the case."""
    about = status_document(case, report.status)
    return {
        **_head(case),
        "made_at": report.made_at,
        "pins": [_pinned(answered, lang) for answered in report.answers],
        "files": about["files"],
        "not_read": about["not_read"],
        "lines": {kind: report.lines[kind] for kind in LEDGER_KINDS if kind in report.lines},
        "changes": [cast("json_types.LedgerChangeJson", change.to_dict()) for change in report.changes],
        "sources": [cast("json_types.SealedSourceJson", source.to_dict()) for source in report.sources],
    }


def _pinned(answered: PinnedAnswer, lang: Lang) -> json_types.ReportedAnswer:
    from graphtrace.render.registry import make_plain_values

    about = {
        **answered.pin.to_dict(),
        "unchanged": answered.is_unchanged,
        "answer": make_plain_values(answered.answer, lang),
        "quoted": [
            {
                "file": excerpt.file,
                "sha256": excerpt.sha256,
                "sheet": excerpt.sheet,
                "row": excerpt.row,
                "head": [[number, *cells] for number, cells in excerpt.head],
                "cells": list(excerpt.cells),
            }
            for excerpt in answered.quoted
        ],
        "not_quoted": answered.not_quoted,
    }
    return cast("json_types.ReportedAnswer", about)


def corrections_document(case: str, found: CorrectionList, _lang: Lang = "en") -> json_types.CorrectionsAnswer:
    """Return the answer of ``correct --list``, in the order in which they were made."""
    return {**_head(case), "corrections": [_correction(correction) for correction in found.corrections]}


def unload_document(case: str, result: UnloadResult, _lang: Lang = "en") -> json_types.UnloadAnswer:
    """Return the answer of ``unload``."""
    unload = result.unload
    return {
        **_head(case),
        "unload": {
            "number": unload.number,
            "at": unload.at,
            "who": unload.who,
            "why": unload.why,
            "file": unload.record.file,
            "sha256": unload.record.sha256,
        },
        "corrections": [_correction(correction) for correction in result.corrections],
    }


def _correction(correction: Correction) -> json_types.CorrectionJson:
    return {
        "number": correction.number,
        "at": correction.at,
        "who": correction.who,
        "why": correction.why,
        "record": _origin(correction.record),
        "by": None if correction.by is None else _origin(correction.by),
        "reinstated": correction.is_lifted,
    }


def letters_document(case: str, answer: Letters, lang: Lang) -> json_types.LettersAnswer:
    """Return the answer of ``letters``: the letters in the order in which they were made, with what was written."""
    return {
        **_head(case),
        "letters": [_letter(written, answer.day, lang) for written in answer.letters],
        "asked_before": answer.asked_before,
        "omitted": answer.omitted,
        "templates": list(answer.templates),
    }


def _standing(letter: Letter) -> json_types.LetterStanding:
    return cast("json_types.LetterStanding", {"reference": letter.reference, **letter.standing()})


def _letter(written: WrittenLetter, day: str, lang: Lang) -> json_types.LetterJson:
    letter = written.letter
    overdue = letter.days_overdue(day)
    return {
        **_standing(letter),
        "form": letter.form,
        "lang": "zh" if letter.lang == "zh" else "en",
        "overdue": None if overdue is None else {"days": overdue, "on": day},
        "leads": [
            {
                "id": request.lead,
                "for": request.record_type,
                "because": request.because,
                "since": request.since,
                "until": request.until,
                "cards": count_of(request.spans),
                "ranges": [list(span) for span in request.spans],
                "message": translate(text_tables.REASONS, request.because, lang),
            }
            for request in letter.requests
        ],
        "cards": letter.cards,
        "suspend": [{"first": first, "last": last, "cards": cards} for first, last, cards in letter.suspend],
        "answered": count_of(letter.answered),
        "new": written.is_new,
        "files": [{"name": file.name, "sha256": file.sha256, "bytes": file.size} for file in written.files],
    }


def judgements_document(case: str, found: JudgementList, _lang: Lang = "en") -> json_types.JudgementsAnswer:
    """Return the answer of ``resolve``: all judgements, or the one that was made or undone and whether that is new."""
    about: Document = {"judgements": _judgements(found.judgements)}
    if found.is_new is not None:
        (named,) = found.judgements
        about = {"new": found.is_new, "judgement": named.to_dict()}
    return cast("json_types.JudgementsAnswer", {**_head(case), **about})


def candidates_document(case: str, candidates: Candidates, _lang: Lang = "en") -> json_types.CandidatesAnswer:
    """Return the answer of ``candidates``, strongest first."""
    return cast("json_types.CandidatesAnswer", {**_dated_head(case), **candidates.to_dict(), **_unread()})


def verify_document(case: str, report: IntegrityReport, lang: Lang) -> json_types.VerifyAnswer:
    """Return the answer of ``verify``; its list of problems is empty for a sound case."""
    return {
        **_dated_head(case),
        "deep": report.is_deep,
        "problems": [_problem(problem, lang) for problem in report.problems],
        "answers": [cast("json_types.ComparedAnswerJson", answer._asdict()) for answer in report.answers],
    }


def _problem(problem: IntegrityProblem, lang: Lang) -> json_types.Message:
    message = problem_message(problem.code, problem.params, lang)
    return {"code": problem.code, "params": dict(problem.params), "message": message}


def compact_document(case: str, compacted: CompactResult, _lang: Lang = "en") -> json_types.CompactAnswer:
    """Return the answer of ``compact``; sizes are those of the database, in bytes."""
    return {
        **_head(case),
        "rows": compacted.rows,
        "bytes_before": compacted.before,
        "bytes_after": compacted.after,
    }


def copy_document(_case: str, copied: CopyResult, _lang: Lang = "en") -> json_types.CopyAnswer:
    """Return the answer of ``copy``, with every figure of the comparison side by side."""
    comparison = copied.comparison

    def side_by_side(compared: ComparisonItem) -> json_types.Compared:
        file = {} if compared.file is None else {"file": compared.file}
        pair = {"from": compared.first, "to": compared.second, "agrees": compared.agrees}
        return cast("json_types.Compared", {"what": compared.what, **file, **pair})

    return {
        "graphtrace": __version__,
        "from": copied.source,
        "to": copied.target,
        "ledger_head": ledger_head(),
        "files": {"copied": copied.files, "copied_before": copied.files_before},
        "agrees": comparison.agrees,
        "counts": [side_by_side(each) for each in comparison.counts],
        "checksums": [side_by_side(each) for each in comparison.checksums],
        "traces": {"compared": comparison.traced, "differing": list(comparison.differing)},
    }


def sealed_document(case: str, sealed: SealedBundle, _lang: Lang = "en") -> json_types.BundleAnswer:
    """Return the answer of ``bundle``."""
    return {
        **_head(case),
        "bundle": sealed.path,
        "files": sealed.files,
        "bytes": sealed.bytes,
        "records": dict(sealed.records),
        "tagmanifest_sha256": sealed.tag_manifest,
        "signed_by": sealed.key_id,
        "encrypted": sealed.is_encrypted,
    }


def opened_document(_case: str, opened: OpenedBundle, _lang: Lang = "en") -> json_types.OpenAnswer:
    """Return the answer of ``open``; whether signature and time stamp were checked stands beside them."""
    signature, stamp = opened.signature, opened.stamp
    return {
        "graphtrace": __version__,
        "case": opened.case,
        "ledger_head": opened.ledger_head,
        "bundle": opened.path,
        "sealed_with": opened.made_by,
        "files": opened.files,
        "records": dict(opened.records),
        "tagmanifest_sha256": opened.tag_manifest,
        "signature": None
        if signature is None
        else {"key": signature.key_id, "comment": signature.comment, "checked": signature.is_checked},
        "time_stamp": None if stamp is None else {"at": stamp.at, "checked": stamp.is_checked},
        "time_stamp_missing": opened.is_stamp_missing,
    }


def query_document(case: str, answer: QueryResult, _lang: Lang = "en") -> json_types.QueryAnswer:
    """Return the answer of ``query``: the query and its parameters, the names of the columns, and every row."""
    return cast("json_types.QueryAnswer", {**_dated_head(case), **answer.to_dict()})


def recipes_document(_case: str, found: RecipeList, lang: Lang) -> json_types.RecipesAnswer:
    """Return the answer of ``recipes``."""
    from graphtrace.render.views.library_view import recipe_values

    return {**_version(), "recipes": [recipe_values(recipe, lang) for recipe in found.recipes]}


def recipe_document(_case: str, recipe: RecipeSummary, lang: Lang) -> json_types.RecipeAnswer:
    """Return the answer of ``recipes show``."""
    from graphtrace.render.views.library_view import recipe_values

    return {**_version(), "recipe": recipe_values(recipe, lang)}


def mapping_document(
    file: str, mapping: str, sheets: Sequence[SheetGuess], understood: Sequence[str | None]
) -> json_types.MappingAnswer:
    """Return the answer of ``mapping suggest``; ``mapping`` is the file that it writes."""
    guesses: list[json_types.SheetGuessJson] = [
        {
            "sheet": guess.sheet,
            "header_row": guess.header_row,
            "kind": guess.kind,
            "columns": [
                {
                    "column": column.letters,
                    "heading": column.heading or None,
                    "field": column.field,
                    "ground": column.ground,
                    "fitting": column.fitting,
                    "filled": column.filled,
                }
                for column in guess.columns
            ],
        }
        for guess in sheets
    ]
    return {
        **_version(),
        "file": file,
        "mapping": mapping,
        "sheets": guesses,
        "understood": list(understood),
    }


def rules_document(_case: str, found: RuleList, lang: Lang) -> json_types.RulesAnswer:
    """Return the answer of ``rules list``."""
    return {**_version(), "rules": [_rule(rule, lang) for rule in found.rules]}


def rule_document(_case: str, rule: Rule, lang: Lang) -> json_types.RuleAnswer:
    """Return the answer of ``rules show``: the rule, its sentence as a template, and the text of its query."""
    whole: json_types.WholeRule = {
        **_rule(rule, lang),
        "message": getattr(rule.message, lang),
        "sql": rule.query.source("sql"),
    }
    return {**_version(), "rule": whole}


def queries_document(_case: str, found: QueryList, lang: Lang) -> json_types.QueriesAnswer:
    """Return the answer of ``query --list``."""
    return {**_version(), "queries": [_query(query, lang) for query in found.queries]}


def query_text_document(query: Query) -> json_types.QueryTextAnswer:
    """Return the answer of ``query --show``: the whole text of each of its files."""
    return {**_version(), "query": query.name, "texts": {str(language): text for language, text in query.texts.items()}}


def error_document(error: GraphtraceError) -> json_types.ErrorAnswer:
    """Return an error in the form for the standard error stream."""
    return {
        "error": {
            "code": error.code,
            "message": error.message,
            "hint": error.hint,
            "exit": error.exit_code,
        }
    }


def _version() -> json_types.Version:
    return {"graphtrace": __version__}


def _asked_head(case: str) -> json_types.AskedHead:
    head = cast("json_types.AskedHead", _dated_head(case))
    if skipped := passed_over():
        head["skipped"] = skipped
    return head


def _options() -> json_types.AskedOptions:
    """Return the options with which the answer can be asked again, where they are stated."""
    options = options_asked()
    return {} if options is None else {"options": cast("json_types.OptionsJson", dict(options))}


def _unread_rows(rows: Sequence[UnreadRow]) -> list[json_types.UnreadRowJson]:
    return cast("list[json_types.UnreadRowJson]", unread_rows_dict(rows))


def _unread() -> json_types.AskedUnread:
    """Return how much of the case was not read, where that is known."""
    counts = unread()
    return {} if counts is None else {"unread": cast("json_types.UnreadJson", counts._asdict())}


def _dated_head(case: str) -> json_types.DatedHead:
    return {"graphtrace": __version__, "case": case, "ledger_head": ledger_head(), "as_of": as_of(), **_redacted()}


def _head(case: str) -> json_types.Head:
    return {"graphtrace": __version__, "case": case, "ledger_head": ledger_head(), **_redacted()}


def _redacted() -> json_types.Redacted:
    """Return that the answer is redacted, where it is."""
    return {"redacted": True} if redacted() else {}


def _error(error: GraphtraceError) -> json_types.ErrorText:
    return {"code": error.code, "message": error.message, "hint": error.hint}


def _registrant(party: Party | None) -> json_types.Registrant | None:
    return None if party is None else {"id": party.id, "name": party.name, "kind": registrant_kind(party)}


def _origins(origins: Sequence[Origin]) -> list[json_types.OriginJson]:
    return [_origin(origin) for origin in origins]


def _hints(hints: Sequence[Hint]) -> list[json_types.HintJson]:
    return [{"what": hint.attribute, "value": hint.value, "confidence": hint.confidence} for hint in hints]


def _once(write: Callable[[_Part], _Json]) -> Callable[[_Part], _Json]:
    """Return a writer that writes an object once that several answers have in common; it keeps some of the last."""
    known: dict[int, tuple[_Part, _Json]] = {}

    def written(part: _Part) -> _Json:
        found = known.get(id(part))
        if found is None:
            if len(known) >= _KEPT:
                known.clear()
            # with the object, so that its number stays its own
            found = known[id(part)] = (part, write(part))
        return found[1]

    return written


def _trace(
    trace: Trace,
    lang: Lang,
    chain_json: Callable[[Chain], json_types.ChainJson] | None = None,
    finding_json: Callable[[Finding], json_types.FindingJson] | None = None,
) -> json_types.TraceJson:
    chain_json, finding_json = chain_json or _chain, finding_json or partial(_finding, lang=lang)
    asked = trace.asked_chip
    answer: json_types.TraceJson = {
        "input": trace.input,
        "read_as": trace.read_as,
        "found": trace.found,
        "matched_as": trace.matched_as,
        "since": None if asked is None else _iso(asked.since),
        "until": None if asked is None else _iso(asked.until),
        "card": None if trace.card is None else _card(trace.card),
        "outcome": trace.outcome.value,
        "registrant": _registrant(trace.registrant),
        "registrant_basis": trace.registrant_basis,
        "holder": _party(trace.holder),
        "end_user": _party(trace.end_user),
        "end_user_basis": trace.end_user_basis,
        "chains": [chain_json(chain) for chain in trace.chains],
        "chains_omitted": trace.chains_omitted,
        "activations": [_activation(event) for event in trace.activations],
        "seizures": [_seizure(event) for event in trace.seizures],
        "card_lists": [_card_list(listing) for listing in trace.card_lists],
        "chips": [_chip(link) for link in trace.chips],
        "judgements": _judgements(trace.judgements),
        "findings": [finding_json(finding) for finding in trace.findings],
        "leads": [_lead(lead, lang) for lead in trace.leads],
        "because": cast("json_types.BecauseJson", because_of(trace)),
    }
    if (options_asked() or {}).get("extra"):
        answer["extra"] = [{**_origin(origin), "cells": cells} for origin, cells in trace.unread_cells]
    return answer


def _card(card: Card) -> json_types.CardJson:
    return {
        "iccid": card.iccid,
        "key": card.key,
        "checksum": card.checksum,
        "carrier": card.carrier,
        "msisdn": list(card.msisdn),
        "imsi": list(card.imsi),
        "eid": list(card.eid),
        "hints": _hints(card.hints),
    }


def _chain(chain: Chain) -> json_types.ChainJson:
    return {
        "outcome": chain.outcome.value,
        "registrant": _registrant(chain.registrant),
        "registrant_basis": chain.registrant_basis,
        "holder": _named_party(chain.holder),
        "hops": [_hop(hop) for hop in chain.hops],
    }


def _activation(event: Activation) -> json_types.ActivationJson:
    return {
        "kind": event.kind,
        "date": event.when.iso,
        "imei": event.imei,
        "msisdn": event.msisdn,
        "imsi": event.imsi,
        "user": _party(event.user),
        "province": event.province,
        "city": event.city,
        "cell": event.cell,
        "origins": _origins(event.origins),
    }


def _card_list(listing: CardListing) -> json_types.CardList:
    return {
        "date": _iso(listing.when),
        "party": _party(listing.party),
        "state": listing.state,
        "imei": listing.imei,
        "origins": _origins(listing.origins),
    }


def _iso(when: DateSpan | None) -> str | None:
    return None if when is None else when.iso


def _chip(link: ChipLink) -> json_types.ChipLinkJson:
    return {
        "eid": link.eid,
        "since": _iso(link.since),
        "until": _iso(link.until),
        "origins": _origins(link.origins),
    }


def _seizure(event: Seizure) -> json_types.SeizureJson:
    return {
        "date": _iso(event.when),
        "case_no": event.case_no,
        "place": event.place,
        "holder": event.holder,
        "seized_from": _party(event.seized_from),
        "origins": _origins(event.origins),
    }


def _rule(rule: Rule, lang: Lang) -> json_types.RuleJson:
    return {
        "id": rule.id,
        "version": rule.version,
        "severity": rule.severity,
        "title": getattr(rule.title, lang),
        "why": getattr(rule.rationale, lang),
        "law": None if rule.law is None else getattr(rule.law, lang),
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.parameter.type_text,
                "default": parameter.default,
                "unit": None if parameter.unit is None else getattr(parameter.unit, lang),
                "meaning": getattr(parameter.parameter.meaning, lang),
            }
            for parameter in rule.parameters
        ],
        "query": rule.query.name,
        "evidence": list(rule.evidence),
        "file": None if rule.path is None else str(rule.path),
    }


def _breach(breach: RuleFinding, lang: Lang) -> json_types.RuleFindingJson:
    return {
        "code": breach.code,
        "severity": breach.severity,
        "version": breach.rule.version,
        "params": dict(breach.params),
        "message": rule_finding_message(breach, lang),
    }


def _finding(finding: Finding, lang: Lang) -> json_types.FindingJson:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "params": dict(finding.params),
        "message": finding_message(finding.code, finding.params, lang),
    }


def _lead(lead: Lead, lang: Lang) -> json_types.Lead:
    return {
        "id": lead.id,
        "ask": _party(lead.ask),
        "for": lead.record_type,
        "because": lead.because,
        "since": lead.since,
        "until": lead.until,
        "message": lead_message(lead, lang),
    }


_Shares = Callable[[Sequence["PartyCount"], Sequence[str]], list[dict[str, Any]]]


def _share_members(parties: Sequence[PartyCount], counts: Sequence[str]) -> list[dict[str, Any]]:
    from graphtrace.results.audit import PartyShares

    if isinstance(parties, PartyShares) and len(parties) > MANY:
        return cast("list[dict[str, Any]]", ShareMembers(parties, counts))
    return shares_list(parties, counts)


def _audit(audit: Audit, lang: Lang, shares: _Shares = shares_list) -> json_types.AuditJson:
    return {
        "enterprise": {"id": audit.enterprise.id, "name": audit.enterprise.name, "uscc": audit.uscc},
        "purchased": audit.purchased,
        "registered_only": audit.registered_only if audit.role == "enterprise" else None,
        "role": audit.role,
        "received": audit.received,
        "buckets": {str(bucket): cards for bucket, cards in audit.buckets.items()},
        "by_month": [_month(one, audit.role) for one in audit.by_month],
        "resold": _resold(audit.resold, shares),
        "seized": audit.seized,
        "quantity_only": {"purchased": _quantities(audit.quantity_purchased), "sold": _quantities(audit.quantity_sold)},
        "balance": _balance(audit.balance, audit.role),
        "findings": [
            *(_finding(finding, lang) for finding in audit.reply_findings),
            *(_breach(finding, lang) for finding in audit.findings),
        ],
        "rules_not_asked": [{"rule": rule.id, "because": "cards_not_named"} for rule in audit.rules_not_asked],
        "activated": audit.activated,
        "seized_cases": [{"case_no": case.case_no, "cards": case.cards} for case in audit.seized_cases],
        "days_to_first_transfer": _durations(audit.to_transfer),
        "days_to_first_activation": _durations(audit.to_activation),
        "activation_provinces": [_province(place) for place in audit.places],
        "suppliers": cast("list[json_types.PartyShare]", shares(audit.suppliers, ("cards",))),
        "buyers": cast("list[json_types.PartyShare]", shares(audit.buyers, ("cards",))),
        "quantity_flows": {
            "received": [_quantity_flow(flow) for flow in audit.quantity_flows.received],
            "passed_on": [_quantity_flow(flow) for flow in audit.quantity_flows.passed_on],
        },
        "sent_unreceived": audit.sent_unreceived,
        "listed_active": audit.listed_active,
        "held_with_unread": audit.held_with_unread,
        "questioned": [{"kind": kind, "cards": cards} for kind, cards in audit.questioned],
        "judgements": _judgements(audit.judgements),
        "unread_rows": None if audit.unread_rows is None else _unread_rows(audit.unread_rows),
    }


def _month(counts: MonthCount, role: AuditRole) -> json_types.MonthCountJson:
    month_values: Document = {
        "month": counts.month,
        ACQUIRED[role]: counts.acquired,
        "resold": counts.resold,
        "first_used": counts.first_used,
    }
    return cast("json_types.MonthCountJson", month_values)


def _quantity_flow(flow: QuantityFlow) -> json_types.QuantityFlowJson:
    stated: json_types.QuantityFlowJson = {
        "party": _party(flow.party),
        "cards": flow.cards,
        "records": flow.records,
        "quantity_only": _quantities(flow.quantity_only),
        "since": day_text(flow.since),
        "until": day_text(flow.until),
        "bounds": cast("json_types.Bounds | None", bounds_dict(flow.bounds)),
    }
    if flow.by_name:
        stated["records_by_name"] = flow.by_name
    return stated


def _resold(resold: ResaleSummary, shares: _Shares) -> json_types.Resold:
    holders = shares(resold.final_holders, ("cards", "activated", "seized"))
    return {
        "activated": resold.activated,
        "by_depth": {str(depth): cards for depth, cards in resold.by_depth.items()},
        "final_holders": cast("list[json_types.FinalHolder]", holders),
        "channels": dict(resold.channels),
    }


def _durations(spread: DurationSummary) -> json_types.Durations:
    return cast("json_types.Durations", spread._asdict())


def _province(place: ProvinceCount) -> json_types.Province:
    return cast("json_types.Province", place._asdict())


_BALANCE = (
    *("date", "declared_stock", "declared_sold", "unaccounted", "unaccounted_bounds"),
    *("returned", "activated_while_held", "undated", "sold_on_record"),
)


def _balance(balance: Balance | None, role: AuditRole) -> json_types.BalanceJson:
    if balance is None:
        figures = (*_BALANCE[:5], ACQUIRED[role], *_BALANCE[5:])
        nothing: Document = {**dict.fromkeys(figures), "declarations": [], "balance_sources": []}
        return cast("json_types.BalanceJson", nothing)
    bounds = balance.bounds
    values: Document = {
        "date": balance.when.day,
        "declared_stock": balance.declared_stock,
        "declared_sold": balance.declared_sold,
        "unaccounted": balance.unaccounted,
        "unaccounted_bounds": None if bounds is None else list(bounds),
        ACQUIRED[role]: balance.acquired,
        "returned": balance.returned,
        "activated_while_held": balance.activated,
        "undated": balance.undated,
        "sold_on_record": {"min": balance.sold.least, "max": balance.sold.most},
        "declarations": _origins(balance.declarations),
        "balance_sources": [
            {
                "kind": side.kind,
                "precision": side.precision,
                "file": side.source.file,
                "sha256": side.source.sha256,
                **_sheet(side.source.sheet),
                "first_row": side.source.row,
                "last_row": side.last_row,
                "records": side.records,
                "cards": side.cards,
            }
            for side in balance.books
        ],
    }
    return cast("json_types.BalanceJson", values)


def _quantities(total: QuantityTotals) -> json_types.Quantity:
    return {"records": total.records, "cards": total.cards}


def _identification(text: str, answer: Identification) -> json_types.IdentificationJson:
    return {
        "input": text,
        "readings": [_reading(reading) for reading in answer.readings],
        "damaged": None if answer.damaged is None else {"interval": list(answer.damaged)},
    }


def _reading(reading: Interpretation) -> json_types.Reading:
    return {
        "kind": reading.kind,
        "normalised": reading.normalised,
        "complete": reading.complete,
        "key": reading.key,
        "checksum": reading.checksum,
        "carrier": reading.carrier,
        "hints": _hints(reading.hints),
    }


def _query(query: Query, lang: Lang) -> json_types.QueryHeaderJson:
    header = query.header
    return {
        "name": query.name,
        "version": header.version,
        "question": getattr(header.question, lang),
        "counts": getattr(header.counts, lang),
        "parameters": [
            {
                "name": parameter.name,
                "type": parameter.type_text,
                "required": parameter.is_required,
                "default": parameter.default,
                "meaning": getattr(parameter.meaning, lang),
            }
            for parameter in header.parameters
        ],
        "columns": [{"name": column.name, "meaning": getattr(column.meaning, lang)} for column in header.columns],
        "over": header.over,
        "files": [str(path) for path in query.paths.values()],
    }


def _file(report: SheetReport, lang: Lang) -> json_types.SheetJson:
    return {
        "file": report.file,
        "sha256": report.sha256,
        **_sheet(report.sheet),
        "kind": report.kind,
        "encoding": report.encoding,
        "already_loaded": report.already_loaded,
        "recipe": report.recipe,
        "rows": report.rows,
        "loaded": report.loaded,
        "duplicate": report.duplicate,
        "rejected": report.rejected,
        "records": report.records,
        "kinds": dict(report.kinds),
        "columns": [
            {"heading": column.heading, "field": column.field, "because": column.because, "filled": column.filled}
            for column in report.columns
        ],
        "asked": [_question(question, lang) for question in report.asked],
        "rejects_file": report.rejects_file,
        "rejects": [_reject(reject) for reject in report.rejects],
        "warnings": [_remark(remark) for remark in report.warnings],
        "corrections_lost": [_correction(correction) for correction in report.corrections_lost],
        "error": None if report.error is None else _error(report.error),
        **_same(report.same_as),
    }


def _same(name: str | None) -> json_types.SameFileJson:
    return {} if name is None else {"same_as": name}


def _question(question: OpenQuestion, lang: Lang) -> json_types.QuestionJson:
    return {
        "field": question.field,
        "question": format_question(question, lang),
        "choices": list(question.choices),
        "offers": [{"value": offer.value, "because": offer.because} for offer in question.offers],
        "required": question.is_required,
        "rows": question.rows,
    }


def _reject(reject: Reject) -> json_types.RejectJson:
    return {
        "row": reject.row,
        "field": reject.field,
        "reason": reject.reason,
        "value": reject.value,
        "interval": None if reject.interval is None else list(reject.interval),
    }


def _remark(remark: RowWarning) -> json_types.LoadWarning:
    warning: json_types.LoadWarning = {
        "field": remark.field,
        "reason": remark.reason,
        "rows": remark.rows,
        "first_row": remark.first_row,
        "value": remark.value,
    }
    if remark.column is not None:
        warning["heading"] = remark.heading
        warning["column"] = remark.column
    if remark.kind is not None:
        warning["kind"] = remark.kind
    return warning
