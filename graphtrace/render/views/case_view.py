"""Answers about a case itself as trees: contents, integrity, copies, repairs, log, changes, and the machine."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from graphtrace.model import Outcome
from graphtrace.render import text_tables
from graphtrace.render.document import (
    KEY_COLUMNS,
    Audience,
    Cell,
    Column,
    DisplayLimits,
    Document,
    Entries,
    Entry,
    Inline,
    LazyRows,
    Line,
    Paragraph,
    Part,
    Records,
    Section,
    TableBlock,
    Text,
    Tone,
    TonedText,
    remark,
)
from graphtrace.render.format import (
    HASH_SHOWN,
    format_question,
    format_size,
    format_time,
    lead_message,
    problem_message,
)
from graphtrace.render.i18n import Phrase, code_text, field_text, in_both, join_texts, label_text, party_text
from graphtrace.render.views.answer_parts import hits_section, replies_section
from graphtrace.results.case_status import PARTIES_COMPARED
from graphtrace.results.reports import OpenQuestion

if TYPE_CHECKING:
    from graphtrace.render.command_results import Check, CorrectionList, Diagnosis, IntegrityReport
    from graphtrace.results.bundle import OpenedBundle, SealedBundle
    from graphtrace.results.case_status import (
        CardChange,
        CardState,
        CaseChanges,
        CaseListing,
        CaseLog,
        CaseStatus,
        CompactResult,
        ComparedAnswer,
        CopyResult,
        FileNotRead,
        FoundElsewhere,
        HitElsewhere,
        IntegrityProblem,
        LeadChange,
        ListedCase,
        LoadSince,
        LogLine,
        OtherCase,
    )
    from graphtrace.results.corrections import Correction, CorrectionResult, UnloadResult


FILES = DisplayLimits(terminal=30, page=2_000, notebook=30)
"""Files of a case that are listed."""

_COUNTS = ("parties", "cards_listed", "ranges", "quantity_only")


def status_view(status: CaseStatus) -> Document:
    """Return the tree of the contents of a case: its size, its records by kind, its files."""
    size = None if status.size_bytes is None else format_size(status.size_bytes)
    parts: tuple[Part, ...] = (Paragraph(parts=(label_text("nothing_loaded"),)),)
    if status.files:
        more = text_tables.LABELS["more_sheets"]
        files = Entries(entries=LazyRows(status.files, _file), most=FILES, more=more, sign=False, is_dense=True)
        parts = (_contents(status), Section(code="files", title=label_text("files_loaded"), parts=(files,)))
    stated = [(name, value) for name, value in status.head._asdict().items() if value]
    stated += [(name, label_text("yes")) for name in ("purpose_required", "findable") if getattr(status, name)]
    if stated:
        rows = [[label_text(f"head_{name}"), value] for name, value in stated]
        parts = (TableBlock(code="case_head", columns=KEY_COLUMNS, rows=rows, layout="key"), *parts)
    if status.not_read:
        more = text_tables.LABELS["more_sheets"]
        not_read = Entries(
            entries=LazyRows(status.not_read, _file_not_read), most=FILES, more=more, sign=False, is_dense=True
        )
        parts = (*parts, Section(code="not_read", title=label_text("problems"), parts=(not_read,)))
    parts = (*parts, replies_section(status.replies))
    return Document(
        title=label_text("status_page"),
        kind=label_text("status_page"),
        caveat=None,
        parts=(Section(code="status", title=str(status.path), note=size, parts=parts),),
    )


def _contents(status: CaseStatus) -> TableBlock:
    counted = [(kind, count) for kind, count in status.records.items() if count]
    records = tuple(join_texts(code_text(text_tables.KINDS, kind), f"{count:,}") for kind, count in counted)
    period = f"{status.first_day} – {status.last_day}" if status.first_day else None
    missing = TonedText(label_text("not_on_record"), "quiet")
    rows: list[Sequence[Cell]] = [
        [label_text("period"), period or missing],
        [label_text("records"), Inline(records) if records else missing],
        *(
            [code_text(text_tables.LABELS, code), getattr(status, code)]
            for code in ("parties", "cards_listed", "ranges", "quantity_only")
        ),
        [label_text("rejected"), _alarm(status.rejected)],
    ]
    if status.corrected:
        rows.append([label_text("corrected"), _alarm(status.corrected)])
    if status.unloaded:
        rows.append([label_text("unloaded"), status.unloaded])
    if status.judgements:
        rows.append([label_text("judgements"), status.judgements])
    if status.suspended:
        rows.append([label_text("suspended"), TonedText(", ".join(map(str, status.suspended)), "bad")])
    return TableBlock(code="contents", columns=KEY_COLUMNS, rows=rows, layout="key")


def _alarm(count: int) -> int | TonedText:
    return TonedText(f"{count:,}", "bad") if count else count


def _file(entry: Mapping[str, Any]) -> Entry:
    counts = ("rows", "loaded", "duplicate", "rejected")
    loaded = join_texts(label_text("loaded_at"), format_time(str(entry["loaded_at"])))
    counts_texts = (loaded, *(join_texts(label_text(code), f"{entry[code]:,}") for code in counts))
    head = [TonedText(str(entry["file"]), "name"), TonedText(str(entry["sha256"])[:HASH_SHOWN], "quiet")]
    if entry["state"] != "read":
        head.append(TonedText(label_text(f"file_{entry['state']}"), "bad"))
    lines: list[Line] = [Inline(counts_texts, "bad" if entry["rejected"] else "quiet")]
    if entry["unread_rows"]:
        lines.append((TonedText(label_text("rows_unread_in_file", rows=entry["unread_rows"]), "bad"),))
    return Entry(tuple(head), [*lines, *((_question(asked),) for asked in entry["questions"])])


def _question(asked: Mapping[str, Any]) -> Text:
    """Return a question that a file leaves open in words; of one with words of its own, what it is about."""
    question = OpenQuestion(field=asked["field"], kind=asked["kind"], rows=asked["rows"])
    about = field_text(question.field)
    asked_about, _, word = question.field.partition(".")
    is_plain = (f"{asked_about}_word" if word else asked_about) in text_tables.QUESTIONS
    said = in_both(lambda lang: format_question(question, lang)) if is_plain else about
    return join_texts(*([] if asked["sheet"] is None else [label_text("sheet", sheet=asked["sheet"])]), said, by=" · ")


def _file_not_read(file: FileNotRead) -> Entry:
    why = TonedText(why_not_read(file), "bad")
    return Entry((TonedText(file.file, "name"), TonedText(file.sha256[:HASH_SHOWN], "quiet"), why), [])


def why_not_read(file: FileNotRead) -> Text:
    """Return why nothing of a file is kept but its name and hash."""
    return text_tables.PHRASES[file.reason] if file.reason in text_tables.PHRASES else label_text("file_refused")


def cases_view(found: CaseListing) -> Document:
    """Return the tree of the cases in a folder; a damaged one is told with what is wrong."""
    entries = Entries(
        entries=LazyRows(found.cases, _listed_case), most=FILES, more=text_tables.LABELS["more_sheets"], sign=False
    )
    return _plain_document(label_text("cases_page"), [entries])


def _listed_case(listed: ListedCase) -> Entry:
    head = (TonedText(listed.path, "name"), listed.number, listed.name)
    if listed.problem is not None:
        return Entry(head, [(TonedText(in_both(listed.problem.text.render), "bad"),)])
    lines: list[Line] = [] if listed.unit is None else [(listed.unit,)]
    at = None if listed.last_load is None else join_texts(label_text("loaded_at"), format_time(listed.last_load))
    lines.append((label_text("cases_cards", cards=listed.cards), at))
    return Entry(head, lines)


def elsewhere_view(found: FoundElsewhere) -> Document:
    """Return the tree of the other cases that name a value, and how many were asked."""
    counts = {"found": len(found.cases), "asked": found.asked}
    parts: list[Part] = [Paragraph(parts=(label_text("found_elsewhere", **counts),))]
    if found.cases:
        parts.append(Entries(entries=LazyRows(found.cases, _other_case), sign=False))
        parts.append(remark(label_text("elsewhere_whom")))
    left = [(name, getattr(found, name)) for name in ("not_findable", "unreadable")]
    parts += [remark(label_text(f"elsewhere_{name}", cases=count)) for name, count in left if count]
    return _plain_document(label_text("find_page"), parts)


def _other_case(other: OtherCase) -> Entry:
    head = (TonedText(other.number or label_text("case_without_number"), "name"), other.unit)
    return Entry(head, [(_hit_elsewhere(hit),) for hit in other.hits])


def _hit_elsewhere(hit: HitElsewhere) -> Text:
    what = [] if hit.kind is None else [code_text(text_tables.KINDS, hit.kind)]
    role = code_text(text_tables.WATCH_ROLES, hit.role)
    return join_texts(hit.text, join_texts(*what, role, by=", "), label_text("elsewhere_rows", rows=hit.count))


def verify_view(report: IntegrityReport) -> Document:
    """Return the tree of an integrity check: what was compared and agrees, and where it does not."""
    problems = report.problems
    agree = label_text("all_agree" if report.is_deep else "tables_agree")
    parts: list[Part] = [Paragraph(parts=(TonedText(agree, "good"),))]
    if problems:
        parts = [Paragraph(parts=(TonedText(label_text("disagreements", count=len(problems)), "bad"),))]
        parts.append(Entries(entries=[Entry((), list(map(_problem, problems)))], is_dense=True))
    if given := [each for each in report.answers if each.line is not None or each.later]:
        parts.append(Entries(entries=[Entry((), [(_compared(each),) for each in given])], is_dense=True))
    return _plain_document(label_text("verify_page"), parts)


def _compared(answer: ComparedAnswer) -> Phrase:
    at = None if answer.at is None else format_time(answer.at)
    return label_text("answer_given", **{**answer._asdict(), "at": at, "later": answer.later or None})


def _problem(problem: IntegrityProblem) -> Line:
    return (problem_text(problem), TonedText(f"[{problem.code}]", "quiet"))


def compact_view(compacted: CompactResult) -> Document:
    """Return the tree of a compaction: the number of sorted rows, and the size of the database before and after."""
    sizes = {"before": format_size(compacted.before), "after": format_size(compacted.after)}
    paragraph = Paragraph(parts=(label_text("put_in_order", count=compacted.rows, **sizes),))
    return _plain_document(label_text("compact_page"), [paragraph])


def copy_view(copied: CopyResult) -> Document:
    """Return the tree of a copy: its number of files, and whether both cases agree; differences are named."""
    comparison = copied.comparison
    counts: list[Text] = [label_text("files_copied", count=copied.files)]
    if copied.files_before:
        counts.append(label_text("files_copied_before", count=copied.files_before))
    sums = Counter(each.agrees for each in comparison.checksums)
    agree = (
        label_text("counts_agree", count=sum(each.agrees for each in comparison.counts)),
        label_text("checksums_agree", count=sums[True]),
        label_text("traces_agree", count=comparison.traced - len(comparison.differing)),
    )
    parts: list[Part] = [
        Paragraph(parts=(TonedText(copied.source, "name"), TonedText("->", "quiet"), TonedText(copied.target, "name"))),
        Entries(entries=[Entry((), [Inline(tuple(counts))])], is_dense=True),
        Entries(entries=[Entry((), [Inline(agree)])]),
    ]
    if comparison.agrees:
        parts.append(Paragraph(parts=(TonedText(label_text("same_case"), "good"),)))
        return _plain_document(label_text("copy_page"), parts)
    differing: list[Line] = [
        (each.what, None if each.file is None else TonedText(each.file, "name"), f"{each.first} | {each.second}")
        for each in (*comparison.counts, *comparison.checksums)
        if not each.agrees
    ]
    differing += [(label_text("card_traced_differently", card=card),) for card in comparison.differing]
    parts.append(Paragraph(parts=(TonedText(label_text("cases_differ"), "bad"),)))
    parts.append(Entries(entries=[Entry((), differing)], is_dense=True))
    return _plain_document(label_text("copy_page"), parts)


def sealed_view(sealed: SealedBundle) -> Document:
    """Return the tree of a bundle that was written: where, what is in it, and what commits to it."""
    size = format_size(sealed.bytes)
    lines: list[Line] = [
        (label_text("bundle_files", count=sealed.files, size=size),),
        *([("ledger.jsonl", TonedText(sealed.ledger_head, "quiet"))] if sealed.ledger_head is not None else []),
        ("tagmanifest-sha256.txt", TonedText(sealed.tag_manifest, "quiet")),
    ]
    parts: list[Part] = [
        Paragraph(parts=(TonedText(sealed.path, "name"),)),
        Entries(entries=[Entry((), lines)], sign=False, is_dense=True),
    ]
    signed = "bundle_unsigned" if sealed.key_id is None else "bundle_signed"
    parts.append(remark(label_text(signed, key=sealed.key_id or "")))
    if sealed.is_encrypted:
        parts.append(remark(label_text("bundle_encrypted")))
    return _plain_document(label_text("bundle_page"), parts)


def opened_view(opened: OpenedBundle) -> Document:
    """Return the tree of a bundle that was opened: the case made of it, and what was checked of who signed."""
    lines: list[Line] = [
        (label_text("bundle_agrees", count=opened.files, version=opened.made_by),),
        *([("ledger.jsonl", TonedText(opened.ledger_head, "quiet"))] if opened.ledger_head is not None else []),
        ("tagmanifest-sha256.txt", TonedText(opened.tag_manifest, "quiet")),
    ]
    signature, stamp = opened.signature, opened.stamp
    signed = label_text("bundle_unsigned", key="")
    if signature is not None:
        code = "bundle_signature_checked" if signature.is_checked else "bundle_signature_unchecked"
        signed = label_text(code, key=signature.key_id, comment=signature.comment.replace("\t", " "))
    parts: list[Part] = [
        Paragraph(parts=(TonedText(opened.path, "name"), TonedText("->", "quiet"), TonedText(opened.case, "name"))),
        Entries(entries=[Entry((), lines)], sign=False, is_dense=True),
        remark(signed),
    ]
    if stamp is not None:
        code = "bundle_stamp_checked" if stamp.is_checked else "bundle_stamp_unchecked"
        parts.append(remark(label_text(code, at=format_time(stamp.at))))
    elif opened.is_stamp_missing:
        parts.append(remark(label_text("bundle_stamp_missing"), "warn"))
    return _plain_document(label_text("open_page"), parts)


def corrections_view(found: CorrectionList) -> Document:
    """Return the tree of all corrections: the records that do not count, why, by whom and since when."""
    parts: list[Part] = [Entries(entries=LazyRows(found.corrections, _correction), sign=False)]
    if not found.corrections:
        parts = [Paragraph(parts=(TonedText(label_text("no_corrections"), "quiet"),))]
    return _plain_document(label_text("corrections_page"), parts)


def correction_view(corrected: CorrectionResult) -> Document:
    """Return the tree of the correction that is in force, and whether it was made just now."""
    parts: list[Part] = [Entries(entries=[_correction(corrected.correction)], sign=False)]
    if not corrected.is_new:
        parts.append(remark(label_text("correction_known")))
    return _plain_document(label_text("corrections_page"), parts)


def unload_view(result: UnloadResult) -> Document:
    """Return the tree of an unloaded file, and of the corrections that went with it."""
    unload = result.unload
    lines: list[Line] = [
        (TonedText(unload.record.file, "name"), TonedText(unload.record.sha256, "quiet")),
        (unload.why,),
        (TonedText(f"{unload.who}, {format_time(unload.at)}", "quiet"),),
    ]
    unloaded = Entry((str(unload.number), TonedText(label_text("unloaded_file"), "bad")), lines)
    parts: list[Part] = [Entries(entries=[unloaded], sign=False)]
    if result.corrections:
        parts.append(remark(label_text("unload_with_corrections", count=len(result.corrections))))
        parts.append(Entries(entries=LazyRows(result.corrections, _correction), sign=False))
    return _plain_document(label_text("unload_page"), parts)


def _correction(correction: Correction) -> Entry:
    what = label_text("correction_lifted" if correction.is_lifted else "correction_withdrawn")
    lines: list[Line] = [(correction.record,)]
    if correction.by is not None:
        lines.append((TonedText(label_text("correction_by"), "quiet"), correction.by))
    lines += [(correction.why,), (TonedText(f"{correction.who}, {format_time(correction.at)}", "quiet"),)]
    return Entry((str(correction.number), TonedText(what, "good" if correction.is_lifted else "bad")), lines)


def _plain_document(kind: Text, parts: list[Part]) -> Document:
    return Document(title=kind, kind=kind, caveat=None, parts=tuple(parts))


LINES: Final = DisplayLimits(terminal=None, page=1_000, notebook=50)
_COLUMNS: Final = ("at", "by", "what", "purpose", "params", "hash")


def log_view(log: CaseLog) -> Document:
    """Return the tree of a log, with one row a line."""
    kind = label_text("log_page")
    columns = [Column("log_at", "short", label_text("when")), Column("log_what", "short", label_text("log_what"))]
    columns += [
        Column("log_by", "text", label_text("log_by")),
        Column("log_purpose", "text", label_text("log_purpose")),
        Column("log_params", "text", label_text("details"), width=90),
        Column("log_hash", "short", label_text("line_hash"), width=70),
    ]
    table = TableBlock(
        code="log",
        columns=tuple(columns),
        rows=LazyRows(log.lines, _row),
        audience=~Audience.TERMINAL,
        most=LINES,
        more=text_tables.LABELS["more_rows"],
    )
    entries = Entries(entries=LazyRows(log.lines, _entry), sign=False, is_dense=True, audience=Audience.TERMINAL)
    return Document(
        title=kind,
        kind=kind,
        caveat=None,
        parts=(*_problems(log), Section(code="log", title=kind, parts=(entries, table))),
        records=Records(columns=_COLUMNS, rows=(_record(line) for line in log.lines)),
    )


def problem_text(problem: IntegrityProblem) -> Phrase:
    """Return the sentence of a problem of an integrity check."""
    return in_both(lambda lang: problem_message(problem.code, problem.params, lang))


def _problems(log: CaseLog) -> Iterator[Part]:
    if log.problems:
        lines = [(TonedText(problem_text(problem), "bad"),) for problem in log.problems]
        yield Entries(entries=[Entry((), lines)], is_dense=True)


def _row(line: LogLine) -> list[Cell]:
    hash_ = TonedText(line.hash, "quiet")
    return [format_time(line.at), label_text(f"log_{line.what}"), line.by, line.purpose, details_text(line), hash_]


def _entry(line: LogLine) -> Entry:
    head = (TonedText(format_time(line.at), "quiet"), label_text(f"log_{line.what}"), line.by, line.purpose)
    return Entry(head, [(details_text(line),), (TonedText(line.hash[:HASH_SHOWN], "quiet"),)])


def details_text(line: LogLine) -> Text:
    """Return the parameters of a line in one text: names and values in words."""
    named = (_named_text(name, value) for name, value in line.params.items() if value not in (None, [], ""))
    return join_texts(*named, by=" · ")


def _named_text(name: str, value: Any) -> Text:
    """Return a name with its value; a name that is not the program's, as a field of a page's form, as it is."""
    label = code_text(text_tables.LOG_NAMES, name) if name in text_tables.LOG_NAMES else name
    return join_texts(label, _value_text(name, value))


def _value_text(name: str, value: Any) -> Text:
    if isinstance(value, list):
        return join_texts(*(_value_text(name, each) for each in value), by=", ")
    if isinstance(value, dict):
        return join_texts(
            *(_named_text(key, each) for key, each in value.items() if each not in (None, [], "")), by=", "
        )
    if isinstance(value, bool):
        return label_text("yes" if value else "no")
    words = _CODES.get(name)
    return code_text(words, value) if words is not None and value in words else str(value)


_CODES: Final = {
    "because": text_tables.REASONS,
    "bucket": text_tables.BUCKETS,
    "for": text_tables.WANTED,
    "form": text_tables.LETTER_FORMS,
    "kind": text_tables.KINDS,
    "role": text_tables.AUDIT_ROLES,
}
"""Words for the codes that a parameter may have."""


def _record(line: LogLine) -> dict[str, Any]:
    return {**line._asdict(), "params": json.dumps(line.params, ensure_ascii=False, sort_keys=True)}


LISTED = DisplayLimits(terminal=30, page=2_000, notebook=30)
"""Cards, leads and files that are listed."""


def changes_view(found: CaseChanges) -> Document:
    """Return the tree of what changed after a line of the ledger."""
    lines = label_text("changes_lines", since=found.since, lines=found.lines, other=found.other_lines or None)
    parts: list[Part] = [Paragraph(parts=(TonedText(lines, "quiet"),)), hits_section(found.watch_hits)]
    parts += [
        _section("changed", LazyRows(found.changed, _change), len(found.changed)),
        _section("new_cards", LazyRows(found.new_cards, _change), len(found.new_cards)),
        _section("leads_closed", LazyRows(found.leads_closed, _lead), len(found.leads_closed)),
        _section("leads_opened", LazyRows(found.leads_opened, _lead), len(found.leads_opened)),
        _section("loads", LazyRows(found.loads, _load), len(found.loads)),
    ]
    if not found.changed and found.loads:
        parts.insert(2, Paragraph(parts=(label_text("changes_none", cards=found.compared),)))
    parts += [
        remark(label_text(code, cards=count))
        for code, count in (("changes_omitted", found.omitted), ("changes_unlisted", found.unlisted))
        if count
    ]
    title = label_text("changes_page")
    return Document(title=title, kind=title, caveat=None, parts=tuple(parts))


def _section(code: str, entries: Sequence[Entry], count: int) -> Section:
    listed = Entries(entries=entries, most=LISTED, more=text_tables.LABELS["more_changes"], sign=False, is_dense=True)
    return Section(code=code, title=label_text(f"changes_{code}", count=count), parts=(listed,))


def _change(change: CardChange) -> Entry:
    head: Line = (TonedText(change.card, "name"), _outcome(change.after.outcome))
    if change.before is None:
        return Entry(head, _parties(change.after))
    lines: list[Line] = []
    if change.before.outcome is not change.after.outcome:
        head = (TonedText(change.card, "name"), _outcome(change.before.outcome), "→", _outcome(change.after.outcome))
    for role in PARTIES_COMPARED:
        was, now = getattr(change.before, role), getattr(change.after, role)
        if was != now:
            texts = (missing() if party is None else party_text(party) for party in (was, now))
            lines.append((TonedText(_role(role), "quiet"), join_texts(*texts, by=" → ")))
    return Entry(head, lines)


def missing() -> Text:
    """Return the words for what no record states."""
    return label_text("not_on_record")


def _parties(state: CardState) -> list[Line]:
    named = ((role, getattr(state, role)) for role in PARTIES_COMPARED)
    return [(TonedText(_role(role), "quiet"), party_text(party)) for role, party in named if party is not None]


def _role(role: str) -> Text:
    return code_text(text_tables.ROLES, role)


def _outcome(outcome: Outcome) -> TonedText:
    tone: Tone = outcome.value
    return TonedText(code_text(text_tables.OUTCOME_TAGS, outcome), tone)


def _lead(change: LeadChange) -> Entry:
    shown = ", ".join(change.cards[:3])
    more = len(change.cards) - 3
    cards = label_text("guided_named", cards=shown, more=more) if more > 0 else shown
    return Entry((in_both(lambda lang: lead_message(change.lead, lang)),), ((TonedText(cards, "quiet"),),))


def _load(load: LoadSince) -> Entry:
    counts = label_text("changes_rows", rows=load.rows, loaded=load.loaded, rejected=load.rejected or None)
    head: Line = (str(load.line), TonedText(load.file, "name"), TonedText(format_time(load.at), "quiet"), counts)
    return Entry(head, ())


_TONES: Final[dict[str, Tone]] = {"good": "good", "poor": "warn", "bad": "bad"}


def doctor_view(found: Diagnosis) -> Document:
    """Return the tree of a diagnosis."""
    kind = label_text("doctor_page")
    table = TableBlock(code="checks", columns=KEY_COLUMNS, rows=LazyRows(found.checks, _check), layout="key")
    parts = (Section(code="checks", title=kind, parts=(table,)),)
    return Document(title=kind, kind=kind, caveat=None, parts=parts)


def _check(check: Check) -> Sequence[Cell]:
    name = code_text(text_tables.CHECKS, check.state)
    message = label_text(f"check_{check.code}", **{key: _shown(key, value) for key, value in check.params.items()})
    return [TonedText(name, _TONES[check.state]), message]


def _shown(key: str, value: object) -> object:
    if key.endswith("bytes") and isinstance(value, int):
        return f"{value / 10**9:.1f}"
    return "–" if value is None else value
