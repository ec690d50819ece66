"""The reports of ``load`` and ``extract`` as trees: every row accounted for, then what was refused and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from glob import escape
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from graphtrace.identifiers import parse_iccid, parse_range
from graphtrace.locale import Lang, grammar, phrase
from graphtrace.patterns import late
from graphtrace.platform import quote
from graphtrace.render import text_tables
from graphtrace.render.document import (
    Cell,
    Column,
    DisplayLimits,
    Document,
    Entries,
    Entry,
    Line,
    Lines,
    Paragraph,
    Part,
    Records,
    Remark,
    Section,
    TableBlock,
    Text,
    TonedText,
    in_language,
)
from graphtrace.render.format import format_choice, format_offer, format_origin, format_question
from graphtrace.render.i18n import Phrase, code_text, field_text, in_both, join_texts, label_text, page_hint
from graphtrace.render.views.answer_parts import hits_section, replies_section
from graphtrace.results.load_report import UnusedAnswer

if TYPE_CHECKING:
    from graphtrace.errors import GraphtraceError
    from graphtrace.render.command_results import ExtractedText, LoadedSheets
    from graphtrace.results.letters import LetterAnswer
    from graphtrace.results.load_report import PassedOver, SheetReport
    from graphtrace.results.reports import Offer, OpenQuestion, Reject, RowWarning, SampleCell
    from graphtrace.results.source_rows import TextFind


REJECTS = DisplayLimits(terminal=3, page=200, notebook=3)
"""Rows for each reason."""

SHEETS = DisplayLimits(terminal=30, page=2_000, notebook=30)
"""Sheets that are shown one by one; of more, the outcomes come first, in a table."""

IN_SHORT = DisplayLimits(terminal=2, page=2_000, notebook=2)
"""Sheets whose questions are shown where a load is told in short."""

WHOLE_SHEET = ("unknown_headings", "unknown_kind", "unanswered", "table_unclear", "table_too_wide")
"""Reasons for which all rows of a sheet are refused as one entry."""

_COUNTS = ("rows", "loaded", "duplicate", "rejected")


def load_view(loaded: LoadedSheets) -> Document:
    """Return the tree of a load: the report of the sheets of all files, in the order of loading."""
    sheets = loaded.sheets
    parts: list[Part] = [hits_section(loaded.watch_hits)] if loaded.watch_hits else []
    if loaded.is_brief:
        parts += [_outcomes(sheets, is_brief=True), _questions(loaded)]
    else:
        parts += [_outcomes(sheets), _table(sheets)] if _are_many(sheets) else [_table(sheets, is_apart=bool(parts))]
        parts += [_recipes(loaded), _questions(loaded), _rejects(loaded), _warnings(sheets), _columns(sheets)]
    parts += [_lost(sheets), _skipped(loaded.skipped), _unused(loaded.unused)]
    parts += [replies_section(loaded.replies), _answers(loaded.answers)]
    parts += _in_short(loaded) if loaded.is_brief else [_errors(loaded)]
    if loaded.is_dry_run:
        parts.append(Entries(entries=[Entry((TonedText(label_text("dry_run"), "warn"),), ())], sign=False))
    kind = label_text("load_page")
    return Document(title=kind, kind=kind, caveat=None, parts=tuple(parts))


def _in_short(loaded: LoadedSheets) -> Iterator[Part]:
    """Yield how many rows were refused for which reasons, where each of them stands, and how all is told."""
    by_reason = _by_reason(loaded.sheets)
    counts = Counter({reason: _rows_refused(reason, rejects) for reason, rejects in by_reason.items()})
    most = [_times(rows, reason) for reason, rows in counts.most_common(3)]
    if most:
        told = join_texts(*most, *(["…"] if len(counts) > len(most) else []), by=" · ")
        yield Paragraph(parts=(join_texts(label_text("rejects"), told, by=": "),))
    unread = [_named(sheet) for sheet in loaded.sheets if _is_unread(sheet)]
    if unread:
        shown = SHEETS.terminal or len(unread)
        named = label_text("no_row_read", sheets=", ".join(unread[:shown]), more=max(0, len(unread) - shown) or None)
        yield Paragraph(parts=(TonedText(named, "warn"),))
    yield from _rejects_files(loaded.sheets)
    refused = [sheet for sheet in loaded.sheets if sheet.error is not None and sheet.sha256 is not None]
    for keeps, is_known in (("kept_unread", False), ("kept_earlier", True)):
        if any(_counts_earlier(sheet) is is_known for sheet in refused) and _keeps(loaded):
            yield Paragraph(parts=(TonedText(label_text(keeps), "warn"),))
    yield Paragraph(parts=(TonedText(label_text("load_in_full"), "quiet"),))


def _is_unread(sheet: SheetReport) -> bool:
    """Whether no row of a sheet of cards was read, though the sheet itself was, and some of them may say something."""
    is_empty = sheet.error is None and not sheet.loaded and not sheet.duplicate
    return is_empty and any(reject.reason not in ("not_a_record", "unknown_headings") for reject in sheet.rejects)


def _keeps(loaded: LoadedSheets) -> bool:
    """Whether a case keeps what was not read."""
    return loaded.has_case and not loaded.is_dry_run


def _answers(answers: Sequence[LetterAnswer]) -> Section:
    entries = [
        Entry(
            (TonedText(answer.reference, "name"), _answered_cards(answer), answer.file),
            (),
        )
        for answer in answers
    ]
    return Section(code="answers", title=label_text("letters_page"), parts=(_first_of(entries, is_dense=True),))


def _answered_cards(answer: LetterAnswer) -> TonedText:
    told = label_text("letter_answered_part", answered=answer.told, cards=answer.cards)
    return TonedText(told, "good" if answer.told == answer.cards else "warn")


def _are_many(items: Sequence[object]) -> bool:
    return len(items) > (SHEETS.terminal or 0)


def _outcomes(sheets: Sequence[SheetReport], *, is_brief: bool = False) -> TableBlock:
    """Return the outcomes with their counts; in short what was loaded is one, with the kinds of its records."""
    columns = (
        Column("outcome", heading=label_text("load_outcome")),
        Column("files", "amount", label_text("files_in_case")),
        *(Column(count, "amount", label_text(count), is_alarming=count == "rejected") for count in _COUNTS),
    )
    by_outcome: dict[tuple[str, str], list[SheetReport]] = {}
    for sheet in sheets:
        outcome, which = _outcome(sheet)
        is_joined = is_brief and outcome == "loaded" and bool(which)
        by_outcome.setdefault((outcome, _ANY if is_joined else which), []).append(sheet)
    rows: list[Sequence[Cell]] = [
        [_loaded_text(alike) if of[1] == _ANY else _outcome_text(*of), *_sums(alike)]
        for of, alike in sorted(by_outcome.items())
    ]
    return TableBlock(
        code="outcomes", columns=columns, rows=[*rows, [TonedText(label_text("total"), "quiet"), *_sums(sheets)]]
    )


def _outcome(sheet: SheetReport) -> tuple[str, str]:
    if sheet.error is not None:
        return "not_read", sheet.error.code
    return "already_loaded" if sheet.already_loaded else "loaded", sheet.kind or ""


_ANY: Final = "*"
"""Stands for all kinds of records."""


def _loaded_text(sheets: Sequence[SheetReport]) -> Cell:
    """Return the kinds of the records that sheets gave, those of most rows first."""
    rows = Counter[str]()
    for sheet in sheets:
        rows[sheet.kind or ""] += sheet.loaded
    return join_texts(*(code_text(text_tables.KINDS, kind) for kind, _ in rows.most_common()), by=", ")


def _outcome_text(outcome: str, which: str) -> Cell:
    if outcome == "not_read":
        return TonedText(join_texts(label_text(outcome), code_text(text_tables.ERRORS, which), by=": "), "bad")
    kind = code_text(text_tables.KINDS, which) if which else "–"
    return kind if outcome == "loaded" else join_texts(label_text(outcome), kind, by=": ")


def _sums(sheets: Sequence[SheetReport]) -> list[Cell]:
    return [
        len({sheet.file for sheet in sheets}),
        *(sum(getattr(sheet, count) for sheet in sheets) for count in _COUNTS),
    ]


def _table(sheets: Sequence[SheetReport], *, is_apart: bool = True) -> TableBlock:
    columns = (
        Column("file", heading=label_text("file")),
        Column("kind", "short", label_text("kind")),
        *(Column(count, "amount", label_text(count), is_alarming=count == "rejected") for count in _COUNTS),
    )
    rows = [_row(sheet) for sheet in sheets]
    if len(sheets) > 1 and not _are_many(sheets):
        totals = (sum(getattr(sheet, count) for sheet in sheets) for count in _COUNTS)
        rows.append([TonedText(label_text("total"), "quiet"), "", *totals])
    more = text_tables.LABELS["more_sheets"]
    return TableBlock(code="sheets", columns=columns, rows=rows, most=SHEETS, more=more, is_apart=is_apart)


def _row(sheet: SheetReport) -> Sequence[Cell]:
    name = f"{sheet.file} ({sheet.sheet})" if sheet.sheet else sheet.file
    if sheet.error is not None:
        return [TonedText(name, "bad"), TonedText(label_text("not_read"), "bad"), *[""] * len(_COUNTS)]
    kind = code_text(text_tables.KINDS, sheet.kind) if sheet.kind else ""
    counts = [getattr(sheet, count) for count in _COUNTS]
    if sheet.already_loaded:
        told = label_text("already_loaded")
        if sheet.same_as is not None:
            told = join_texts(label_text("same_as"), sheet.same_as, by=": ")
        return [Lines(((name, TonedText(told, "quiet")),)), kind, *counts]
    return [name, kind, *counts]


def _named(sheet: SheetReport) -> str:
    return f"{sheet.file} ({sheet.sheet})" if sheet.sheet else sheet.file


# -- what is asked and what became of the columns --------------------------------------------------------------


def _recipes(loaded: LoadedSheets) -> Section:
    entries = [
        Entry((_named(sheet), TonedText(sheet.recipe_name, "name"), None if loaded.is_served else sheet.recipe), ())
        for sheet in loaded.sheets
        if sheet.recipe and sheet.recipe_name
    ]
    parts = (_first_of(entries, is_dense=True),)
    return Section(code="recipes", title=label_text("recognised_as"), parts=parts)


def _lost(sheets: Sequence[SheetReport]) -> Section:
    entries = [
        Entry((str(correction.number),), [(correction.record,), (correction.why,)])
        for sheet in sheets
        for correction in sheet.corrections_lost
    ]
    parts = (Entries(entries=entries, most=REJECTS, sign=False),)
    return Section(code="corrections_lost", title=label_text("corrections_lost"), parts=parts)


def _skipped(skipped: Sequence[PassedOver]) -> Section:
    entries = [Entry((one.name, TonedText(in_both(phrase(one.what).render), "quiet")), ()) for one in skipped]
    parts = (Entries(entries=entries, most=REJECTS, sign=False, is_dense=True),)
    return Section(code="skipped", title=label_text("skipped_files"), parts=parts)


def _unused(unused: Sequence[UnusedAnswer]) -> Section:
    told = ((one.answer, label_text(f"unused_{one.reason}", typed=one.typed)) for one in unused)
    entries = [Entry((TonedText(answer, "warn"), why), ()) for answer, why in told]
    parts = (Entries(entries=entries, sign=False, is_dense=True),)
    return Section(code="unused_answers", title=label_text("unused_answers"), parts=parts)


def _questions(loaded: LoadedSheets) -> Section:
    entries = []
    for sheet in (one for one in loaded.sheets if one.asked):
        name, place = TonedText(_named(sheet), "warn"), _place(sheet) if len(loaded.sheets) > 1 else ""
        if loaded.is_brief:
            entries.append(Entry((name, *_asked_in_short(sheet, place, is_served=loaded.is_served)), ()))
            continue
        asked = [_question(question, place, is_served=loaded.is_served) for question in sheet.asked]
        rows = sheet.evidence.rows if _asks_to_confirm(sheet) else ()
        entries.append(Entry((name,), [*asked, *map(_row_to_confirm, rows)]))
    shown = _first_of(entries, most=IN_SHORT if loaded.is_brief else SHEETS, is_dense=loaded.is_brief)
    return Section(code="questions", title=label_text("questions"), parts=(shown,))


def _asked_in_short(sheet: SheetReport, place: str, *, is_served: bool) -> tuple[Phrase, str | None]:
    """Return the first question of a sheet, without how it is answered, and the form of its answer."""
    first = sheet.asked[0]
    said = in_both(lambda lang: _FIRST_SENTENCE.split(format_question(first, lang), maxsplit=1)[0])
    return said, _form_of_answer(first, place, is_served=is_served)


_FIRST_SENTENCE: Final = late(r"(?<=[？?。])|(?<=[.:：])\s")


def _asks_to_confirm(sheet: SheetReport) -> bool:
    return any(question.field == "confirmed" for question in sheet.asked)


def _row_to_confirm(row: Sequence[SampleCell]) -> Line:
    text = "  ".join(f"{cell.heading}: {cell.text}" for cell in row)
    return (in_both(lambda _: text),)


def _first_of(entries: Sequence[Entry], *, most: DisplayLimits = SHEETS, is_dense: bool = False) -> Entries:
    more = text_tables.LABELS["more_sheets"]
    return Entries(entries=entries, most=most, more=more, sign=False, is_dense=is_dense)


def _place(sheet: SheetReport) -> str:
    """Return what stands before the field of an answer that is one for this sheet, and for no other."""
    return f"{escape(sheet.file)}{'#' if sheet.sheet else ''}{sheet.sheet or ''}:"


def _question(question: OpenQuestion, place: str, *, is_served: bool) -> Line:
    answer = _form_of_answer(question, place, is_served=is_served)
    is_asked = answer is not None
    rows = label_text("question_rows", rows=question.rows)
    is_closed = is_asked and ("." in question.field or question.field in ("kind", "confirmed", "blanks"))
    choices = [in_both(partial(_choices, question))] if is_closed and question.choices else []
    columns = [f"[{name}]" for name in question.columns] if is_asked else []
    columns = [*question.choices] if is_asked and question.field == "iccid" else columns
    named = [label_text("question_columns", columns=", ".join(columns[:_COLUMNS_SHOWN]))] if columns else []
    is_of_side = question.field in ("from", "to", "carrier", "keeper")
    titled = [offer for offer in question.offers if offer.because == "title" and is_of_side]
    proposed = [in_both(partial(_offers, titled))] if is_asked and titled else []
    return (
        in_both(partial(format_question, question, is_typed=not is_served)),
        answer,
        rows,
        *choices,
        *proposed,
        *named,
    )


def _form_of_answer(question: OpenQuestion, place: str, *, is_served: bool) -> str | None:
    """Return how the answer to a question is given with the load, where that is of use."""
    is_of_use = question.is_required or question.field in ("kind", "holder") or "." in question.field
    if is_served or not question.is_answerable or not is_of_use:
        return None
    typed = f"{place}{question.field}={question.blank}"
    return f"--set {quote(typed) if place else typed}"


_COLUMNS_SHOWN: Final = 4


def _choices(question: OpenQuestion, lang: Lang) -> str:
    """Return the only possible answers to a question, as they are typed, each with what it means."""
    said = ((value, format_choice(question, value, lang)) for value in question.choices)
    listed = grammar("items", lang).join(value if value == text else f"{value} ({text})" for value, text in said)
    return in_language(label_text("question_choices", choices=listed), lang)


def _offers(offers: Sequence[Offer], lang: Lang) -> str:
    """Return the answers that are proposed to a question."""
    listed = grammar("items", lang).join(format_offer(offer, lang) for offer in offers)
    return in_language(label_text("question_offers", names=listed), lang)


def _columns(sheets: Sequence[SheetReport]) -> Section:
    """Return the section of unused columns, each with its number of filled rows; JSON has the others too.

    What a sheet is of which no column is read says its error. Of many sheets, those that leave the same columns unused
    are one entry.
    """
    unused = [
        [column for column in sheet.columns if not column.field and not _is_not_understood(sheet)] for sheet in sheets
    ]
    alike: dict[tuple[str | int, ...], list[int]] = {}
    for place, columns in enumerate(unused):
        if columns:
            own = () if _are_many(sheets) else (place,)
            alike.setdefault((*(column.heading for column in columns), *own), []).append(place)
    entries = []
    for places in alike.values():
        filled = map(sum, zip(*([column.filled for column in unused[place]] for place in places), strict=True))
        of_all = zip(unused[places[0]], filled, strict=True)
        text = ", ".join(f"{column.heading} ({rows:,})" for column, rows in of_all)
        entries.append(Entry((_of_sheets([sheets[place] for place in places]),), [(text,)]))
    return Section(code="columns", title=label_text("columns"), parts=(_first_of(entries),))


def _is_not_understood(sheet: SheetReport) -> bool:
    is_whole = any(reject.reason in WHOLE_SHEET and reject.reason != "unanswered" for reject in sheet.rejects)
    return is_whole or (sheet.error is not None and not sheet.asked)


def _of_sheets(sheets: Sequence[SheetReport]) -> Text:
    first = _named(sheets[0])
    return label_text("and_others", first=first, more=len(sheets) - 1) if len(sheets) > 1 else first


# -- rows that were refused ------------------------------------------------------------------------------------


def _rejects(loaded: LoadedSheets) -> Section:
    by_reason = _by_reason(loaded.sheets)
    entries = Entries(
        entries=[
            _reason(reason, by_reason[reason], is_served=loaded.is_served)
            for reason in text_tables.REJECTS
            if reason in by_reason
        ],
        most_lines=REJECTS,
        more_lines=text_tables.LABELS["more_rejects"],
        sign=False,
        is_dense=True,
    )
    files = _rejects_files(loaded.sheets) if by_reason and not loaded.is_served else []
    return Section(code="rejects", title=label_text("rejects"), parts=(entries, *files))


def _by_reason(sheets: Sequence[SheetReport]) -> dict[str, list[tuple[SheetReport, Reject]]]:
    by_reason: dict[str, list[tuple[SheetReport, Reject]]] = {}
    for sheet in sheets:
        for reject in sheet.rejects:
            by_reason.setdefault(reject.reason, []).append((sheet, reject))
    return by_reason


def _rows_refused(reason: str, rejects: Sequence[tuple[SheetReport, Reject]]) -> int:
    rows = len(rejects)
    for sheet, _ in rejects if reason in WHOLE_SHEET else ():
        # rows that are refused together are one entry, beside which others may stand
        if sum(each.reason == reason for each in sheet.rejects) == 1:
            rows += sheet.rejected - len(sheet.rejects)
    return rows


def _times(rows: int, reason: str) -> Text:
    return join_texts(f"{rows:,} ×", code_text(text_tables.REJECTS, reason))


def _reason(reason: str, rejects: Sequence[tuple[SheetReport, Reject]], *, is_served: bool) -> Entry:
    title = _times(_rows_refused(reason, rejects), reason)
    head = (TonedText(title, "bad"),) if is_served else (TonedText(reason, "bad"), title)
    return Entry(head, [_reject(sheet, reject) for sheet, reject in rejects])


def _reject(sheet: SheetReport, reject: Reject) -> Line:
    place = format_origin(sheet.file, reject.row, sheet.sheet)
    row = (place, field_text(reject.field) if reject.field else None, reject.value or None)
    return row if reject.interval is None else Lines((row, (TonedText(_written(reject), "quiet"),)))


def _written(reject: Reject) -> Text:
    low, high = reject.interval or ("", "")
    first, last = parse_iccid(low), parse_iccid(high)
    if reject.reason == "range_count_mismatch" and first and last:
        return label_text("range_counted", cards=len(parse_range(first, last)), low=low, high=high)
    return label_text("row_written", low=low, high=high)


def _rejects_files(sheets: Sequence[SheetReport]) -> list[Part]:
    files = list(dict.fromkeys(sheet.rejects_file for sheet in sheets if sheet.rejects_file))
    places = files if len(files) == 1 else list(dict.fromkeys(str(Path(file).parent) for file in files))
    return [Paragraph(parts=(TonedText(label_text("all_rejects", path=path), "quiet"),)) for path in places]


# -- values that were left out, and files that were not read -----------------------------------------------------


def _warnings(sheets: Sequence[SheetReport]) -> Section:
    found = [Entry(_warning(sheet, warning), ()) for sheet in sheets for warning in sheet.warnings]
    return Section(code="warnings", title=label_text("warnings"), parts=(_first_of(found, is_dense=True),))


def _warning(sheet: SheetReport, warning: RowWarning) -> Remark:
    reasons = {**text_tables.REJECTS, **text_tables.REMARKS}
    column = f"{warning.heading} ({warning.column})" if warning.column else None
    field = field_text(warning.field) if warning.field else None
    named = join_texts(*(name for name in (column, field) if name), by=", ")
    place = format_origin(sheet.file, warning.first_row, sheet.sheet)
    place_text = join_texts(label_text("warning_rows", rows=warning.rows), place)
    return (TonedText(named, "warn"), code_text(reasons, warning.reason), place_text, str(warning.value))


def _errors(loaded: LoadedSheets) -> Section:
    failed = [sheet for sheet in loaded.sheets if sheet.error is not None]
    known = [sheet for sheet in failed if sheet.sha256 is not None and not _counts_earlier(sheet)]
    parts: list[Part] = []
    for alike, keeps in (
        ([sheet for sheet in failed if sheet.sha256 is not None and _counts_earlier(sheet)], "kept_earlier"),
        ([sheet for sheet in known if sheet.rows], "kept_unread"),
        ([sheet for sheet in known if not sheet.rows], "kept_name"),
        ([sheet for sheet in failed if sheet.sha256 is None], None),
    ):
        parts += [_problems(alike, is_served=loaded.is_served)] if alike else []
        if alike and keeps is not None and _keeps(loaded):
            parts.append(Paragraph(parts=(TonedText(label_text(keeps), "warn"),)))
    return Section(code="problems", title=label_text("problems"), parts=tuple(parts))


def _counts_earlier(sheet: SheetReport) -> bool:
    """Whether rows of an earlier reading of a sheet are in the case."""
    return sheet.already_loaded and sheet.duplicate > 0


def _problems(sheets: Sequence[SheetReport], *, is_served: bool) -> Entries:
    failed = [(sheet.file, sheet.error, is_served) for sheet in sheets if sheet.error is not None]
    if not _are_many(failed):
        return Entries(entries=[_problem(*each) for each in failed], sign=False, is_dense=True)
    by_code: dict[str, list[tuple[str, GraphtraceError, bool]]] = {}
    for each in failed:
        by_code.setdefault(each[1].code, []).append(each)
    return Entries(
        entries=[_alike(code, by_code[code]) for code in sorted(by_code)],
        most_lines=REJECTS,
        more_lines=text_tables.LABELS["more_sheets"],
        sign=False,
        is_dense=True,
    )


def _alike(code: str, failed: Sequence[tuple[str, GraphtraceError, bool]]) -> Entry:
    """Return the entry of many files that were not read for the same reason; the hint is that of the first."""
    title = join_texts(f"{len(failed):,} ×", code_text(text_tables.ERRORS, code))
    (_, *hints) = _lines_of(*failed[0])
    return Entry((TonedText(title, "bad"), *hints), [(_lines_of(*each)[0],) for each in failed])


def _problem(file: str, error: GraphtraceError, is_served: bool) -> Entry:
    message, *hints = _lines_of(file, error, is_served)
    return Entry((message,), [(hint,) for hint in hints])


def _lines_of(file: str, error: GraphtraceError, is_served: bool) -> list[Text | TonedText]:
    message = in_both(error.text.render)
    first_line = message if file in error.message else join_texts(f"{file}:", message)
    hint = page_hint(error.hint_text) if is_served else error.hint_text
    if hint is None:
        return [first_line]
    return [first_line, TonedText(join_texts(label_text("hint"), in_both(hint.render), by=": "), "quiet")]


TO_COMPLETE: Final = (
    *("kind", "date", "carrier", "enterprise", "from", "to", "user", "holder"),
    *("iccid", "quantity", "msisdn", "imsi", "imei", "waybill", "price"),
    *("account", "text", "source_file", "source_sha256", "source_sheet", "source_line"),
)
"""Columns of the table that a person completes; those that stand empty are what no text states by itself."""

_LISTED: Final = {"iccid": "iccid", "range": "iccid"}
_SINGLE: Final = ("date", "quantity", "msisdn", "imsi", "imei", "waybill", "price", "account")


def extract_view(found: ExtractedText) -> Document:
    """Return the tree of what was found in the text of a file."""
    finds, name = found.finds, found.name
    has_sheets = any(find.sheet is not None for find in finds)
    rows = [
        (
            *([find.sheet] if has_sheets else []),
            *(find.line, find.column, code_text(text_tables.IDENTIFIERS, find.kind), find.value, find.text),
        )
        for find in finds
    ]
    columns = (
        *([Column("sheet", heading=label_text("sheet_head"))] if has_sheets else []),
        Column("line", "ordinal", label_text("text_line")),
        Column("column", "ordinal", label_text("text_column")),
        Column("kind", heading=label_text("kind")),
        Column("value", "short", label_text("found_value")),
        Column("text", heading=label_text("found_text")),
    )
    nothing = Paragraph(parts=(TonedText(label_text("nothing_in_text"), "quiet"),))
    table = TableBlock(code="found", columns=columns, rows=rows)
    return Document(
        title=name,
        kind=label_text("extract_page"),
        caveat=None,
        parts=(Section(code="found", title=name, parts=(table,) if rows else (nothing,)),),
        records=Records(columns=TO_COMPLETE, rows=tuple(rows_to_complete(finds, name, found.sha256, found.lines))),
    )


def rows_to_complete(
    finds: Sequence[TextFind], name: str, sha256: str, lines: Mapping[tuple[str | None, int], str]
) -> Iterator[dict[str, object]]:
    """Yield one row for each line with a find. If a line has several values of a kind, a person must choose."""
    for (sheet, line), found in groupby(finds, key=lambda find: (find.sheet, find.line)):
        by_kind: dict[str, list[str]] = {}
        for find in found:
            by_kind.setdefault(_LISTED.get(find.kind, find.kind), []).append(find.value)
        row: dict[str, object] = dict.fromkeys(TO_COMPLETE)
        row["iccid"] = "、".join(by_kind.get("iccid", ())) or None
        for kind in _SINGLE:
            values = list(dict.fromkeys(by_kind.get(kind, ())))
            row[kind] = values[0] if len(values) == 1 else None
        row |= {"text": lines.get((sheet, line), "")[:1000], "source_file": name, "source_sha256": sha256}
        row |= {"source_sheet": sheet, "source_line": line}
        yield row
