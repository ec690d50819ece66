"""Document trees of commands about a case itself: its contents, its integrity, copies, repairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from graphtrace.render import text_tables
from graphtrace.render.document import (
    KEY_COLUMNS,
    Cell,
    DisplayLimits,
    Document,
    Entries,
    Entry,
    Inline,
    LazyRows,
    Line,
    Paragraph,
    Part,
    Section,
    TableBlock,
    Text,
    TonedText,
    remark,
)
from graphtrace.render.format import HASH_SHOWN, format_size, format_time
from graphtrace.render.i18n import Phrase, code_text, in_both, join_texts, label_text
from graphtrace.render.views.log_view import problem_text
from graphtrace.render.views.replies_view import replies_section

if TYPE_CHECKING:
    from graphtrace.render.command_results import CorrectionList, IntegrityReport
    from graphtrace.results.bundle import OpenedBundle, SealedBundle
    from graphtrace.results.case_status import (
        CaseListing,
        CaseStatus,
        CompactResult,
        ComparedAnswer,
        CopyResult,
        FileNotRead,
        IntegrityProblem,
        ListedCase,
    )
    from graphtrace.results.corrections import Correction, CorrectionResult, UnloadResult


FILES = DisplayLimits(terminal=30, page=2_000, notebook=30)
"""Files of a case that are listed."""

_COUNTS = ("parties", "cards_listed", "ranges", "quantity_only")


def status_view(status: CaseStatus, *, case: str | None = None, as_of: str | None = None) -> Document:
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
        case=case,
        as_of=as_of,
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
    return Entry(tuple(head), [Inline(counts_texts, "bad" if entry["rejected"] else "quiet")])


def _file_not_read(file: FileNotRead) -> Entry:
    why = TonedText(why_not_read(file), "bad")
    return Entry((TonedText(file.file, "name"), TonedText(file.sha256[:HASH_SHOWN], "quiet"), why), [])


def why_not_read(file: FileNotRead) -> Text:
    """Return why nothing of a file is kept but its name and hash."""
    return text_tables.PHRASES[file.reason] if file.reason in text_tables.PHRASES else label_text("file_refused")


def cases_view(found: CaseListing, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of the cases in a folder; a damaged one is told with what is wrong."""
    entries = Entries(
        entries=LazyRows(found.cases, _listed_case), most=FILES, more=text_tables.LABELS["more_sheets"], sign=False
    )
    return _plain_document(label_text("cases_page"), [entries], case, as_of)


def _listed_case(listed: ListedCase) -> Entry:
    head = (TonedText(listed.path, "name"), listed.number, listed.name)
    if listed.problem is not None:
        return Entry(head, [(TonedText(in_both(listed.problem.text.render), "bad"),)])
    lines: list[Line] = [] if listed.unit is None else [(listed.unit,)]
    at = None if listed.last_load is None else join_texts(label_text("loaded_at"), format_time(listed.last_load))
    lines.append((label_text("cases_cards", cards=listed.cards), at))
    return Entry(head, lines)


def verify_view(report: IntegrityReport, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of an integrity check: what was compared and agrees, and where it does not."""
    problems = report.problems
    agree = label_text("all_agree" if report.is_deep else "tables_agree")
    parts: list[Part] = [Paragraph(parts=(TonedText(agree, "good"),))]
    if problems:
        parts = [Paragraph(parts=(TonedText(label_text("disagreements", count=len(problems)), "bad"),))]
        parts.append(Entries(entries=[Entry((), list(map(_problem, problems)))], is_dense=True))
    if given := [each for each in report.answers if each.line is not None or each.later]:
        parts.append(Entries(entries=[Entry((), [(_compared(each),) for each in given])], is_dense=True))
    return _plain_document(label_text("verify_page"), parts, case, as_of)


def _compared(answer: ComparedAnswer) -> Phrase:
    """Return which look-up gave a saved answer, and how many lines the ledger has since."""
    at = None if answer.at is None else format_time(answer.at)
    return label_text("answer_given", **{**answer._asdict(), "at": at, "later": answer.later or None})


def _problem(problem: IntegrityProblem) -> Line:
    return (problem_text(problem), TonedText(f"[{problem.code}]", "quiet"))


def compact_view(compacted: CompactResult, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of a compaction: the number of sorted rows, and the size of the database before and after."""
    sizes = {"before": format_size(compacted.before), "after": format_size(compacted.after)}
    paragraph = Paragraph(parts=(label_text("put_in_order", count=compacted.rows, **sizes),))
    return _plain_document(label_text("compact_page"), [paragraph], case, as_of)


def copy_view(copied: CopyResult, *, case: str | None = None, as_of: str | None = None) -> Document:
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
        return _plain_document(label_text("copy_page"), parts, case, as_of)
    differing: list[Line] = [
        (each.what, None if each.file is None else TonedText(each.file, "name"), f"{each.first} | {each.second}")
        for each in (*comparison.counts, *comparison.checksums)
        if not each.agrees
    ]
    differing += [(label_text("card_traced_differently", card=card),) for card in comparison.differing]
    parts.append(Paragraph(parts=(TonedText(label_text("cases_differ"), "bad"),)))
    parts.append(Entries(entries=[Entry((), differing)], is_dense=True))
    return _plain_document(label_text("copy_page"), parts, case, as_of)


def sealed_view(sealed: SealedBundle, *, case: str | None = None, as_of: str | None = None) -> Document:
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
    return _plain_document(label_text("bundle_page"), parts, case, as_of)


def opened_view(opened: OpenedBundle, *, case: str | None = None, as_of: str | None = None) -> Document:
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
    return _plain_document(label_text("open_page"), parts, case, as_of)


def corrections_view(found: CorrectionList, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of all corrections: the records that do not count, why, by whom and since when."""
    parts: list[Part] = [Entries(entries=LazyRows(found.corrections, _correction), sign=False)]
    if not found.corrections:
        parts = [Paragraph(parts=(TonedText(label_text("no_corrections"), "quiet"),))]
    return _plain_document(label_text("corrections_page"), parts, case, as_of)


def correction_view(corrected: CorrectionResult, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of the correction that is in force, and whether it was made just now."""
    parts: list[Part] = [Entries(entries=[_correction(corrected.correction)], sign=False)]
    if not corrected.is_new:
        parts.append(remark(label_text("correction_known")))
    return _plain_document(label_text("corrections_page"), parts, case, as_of)


def unload_view(result: UnloadResult, *, case: str | None = None, as_of: str | None = None) -> Document:
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
    return _plain_document(label_text("unload_page"), parts, case, as_of)


def _correction(correction: Correction) -> Entry:
    what = label_text("correction_lifted" if correction.is_lifted else "correction_withdrawn")
    lines: list[Line] = [(correction.record,)]
    if correction.by is not None:
        lines.append((TonedText(label_text("correction_by"), "quiet"), correction.by))
    lines += [(correction.why,), (TonedText(f"{correction.who}, {format_time(correction.at)}", "quiet"),)]
    return Entry((str(correction.number), TonedText(what, "good" if correction.is_lifted else "bad")), lines)


def _plain_document(kind: Text, parts: list[Part], case: str | None, as_of: str | None) -> Document:
    return Document(title=kind, kind=kind, case=case, as_of=as_of, caveat=None, parts=tuple(parts))
