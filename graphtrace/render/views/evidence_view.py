"""The report of a case and its guided questions as trees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from graphtrace._version import __version__
from graphtrace.model import column_letters
from graphtrace.render import text_tables
from graphtrace.render.document import (
    KEY_COLUMNS,
    Cell,
    Column,
    DisplayLimits,
    Document,
    Entries,
    Entry,
    LazyRows,
    Line,
    Paragraph,
    Part,
    Section,
    TableBlock,
    Text,
    Tone,
    TonedText,
    remark,
)
from graphtrace.render.format import format_origin, format_time, guided_message, guided_state
from graphtrace.render.i18n import code_text, in_both, join_texts, label_text
from graphtrace.render.provenance import redacted
from graphtrace.render.registry import make_document
from graphtrace.render.views.answer_parts import judgements_part, replies_section
from graphtrace.results.evidence_report import LEDGER_KINDS

if TYPE_CHECKING:
    from graphtrace.results.case_status import GuidedQuestion, GuidedQuestions, GuidedStatement, QuestionState
    from graphtrace.results.evidence_report import (
        EvidenceReport,
        LedgerChange,
        Pin,
        PinList,
        PinnedAnswer,
        SealedSource,
    )
    from graphtrace.results.source_rows import Row, SourceExcerpt


def pins_view(found: PinList) -> Document:
    """Return the tree of the pins of a case, in the order of the report."""
    parts: tuple[Part, ...] = (Entries(entries=LazyRows(found.pins, _pin), sign=False),)
    if not found.pins:
        parts = (Paragraph(parts=(TonedText(label_text("no_pins"), "quiet"),)),)
    title = label_text("pins_page")
    return Document(title=title, kind=title, parts=parts)


def _pin(pin: Pin) -> Entry:
    by = TonedText(f"{pin.by}, {format_time(pin.at)}", "quiet")
    return Entry(
        (str(pin.number), TonedText(pin_question(pin), "name")), [*([(pin.words,)] if pin.words else []), (by,)]
    )


def pin_question(pin: Pin) -> Text:
    """Return what was asked, as a question."""
    return label_text(f"pinned_{pin.command}", asked=list(pin.asked[:_ASKED]), more=len(pin.asked[_ASKED:]) or None)


_ASKED = 10
"""Maximum number of cards or parties that a heading names."""


def report_view(report: EvidenceReport) -> Document:
    """Return the tree of a report, in the order in which it is read."""
    title = label_text("evidence_report_page")
    answers: list[Part] = [_answer(number, answered) for number, answered in enumerate(report.answers, 1)]
    if not answers:
        answers = [Paragraph(parts=(TonedText(label_text("no_pins"), "quiet"),))]
    return Document(
        title=title,
        kind=title,
        made_at=report.made_at,
        parts=(
            Section(code="case_head", title=title, parts=(_head(report),)),
            *answers,
            Section(code="files", title=label_text("files_loaded"), parts=(_files(report),)),
            *_not_read(report),
            *([replies_section(report.status.replies)] if report.status.replies else []),
            Section(code="changes", title=label_text("report_changes"), parts=tuple(_changes(report))),
            Section(
                code="sealing_list", title=label_text("sealing_list"), parts=(_sealing_list(report), *_signatures())
            ),
            Section(code="procedure", title=label_text("report_procedure"), parts=tuple(_procedure(report))),
        ),
    )


def _head(report: EvidenceReport) -> TableBlock:
    rows: list[Sequence[Cell]] = [
        [label_text(f"head_{name}"), value or TonedText(label_text("not_stated"), "quiet")]
        for name, value in report.status.head._asdict().items()
    ]
    rows.append([label_text("report_made_at"), format_time(report.made_at)])
    return TableBlock(code="case_head", columns=KEY_COLUMNS, rows=rows, layout="key")


def _answer(number: int, answered: PinnedAnswer) -> Section:
    pin = answered.pin
    document = make_document(answered.answer)
    words: list[Part] = []
    if pin.words:
        by = join_texts(label_text("words_of", by=pin.by), format_time(pin.at), by=" · ")
        words.append(Entries(entries=[Entry((TonedText(by, "quiet"),), [(line,) for line in pin.words.splitlines()])]))
    if not answered.is_unchanged:
        words.append(remark(label_text("pin_changed", at=format_time(pin.at)), "warn"))
    rows = tuple(map(_quoted, answered.quoted))
    if answered.not_quoted:
        rows = (*rows, Paragraph(parts=(label_text("rows_not_quoted", count=answered.not_quoted),)))
    quoted = Section(code=f"rows-{number}", title=label_text("quoted_rows"), parts=rows)
    return Section(
        code=f"pin-{number}",
        title=join_texts(f"{number}", pin_question(pin), by=". "),
        parts=(*words, *document.parts, *([quoted] if rows else [])),
    )


def _quoted(excerpt: SourceExcerpt) -> Part:
    """Return a row as it stands in its file, with the rows at the top of its sheet, which hold the headings."""
    first = [(number, cells) for number, cells in excerpt.rows if number <= HEAD and number < excerpt.row]
    shown: list[Row] = [*excerpt.head, *first, (excerpt.row, excerpt.cells)]
    width = max(len(cells) for _, cells in shown)
    columns = (
        Column("row", "ordinal", label_text("row_head")),
        *(Column(f"cell_{place}", heading=column_letters(place)) for place in range(width)),
    )
    rows: list[Sequence[Cell]] = [
        [number, *_shown(cells, is_head=number != excerpt.row), *[" "] * (width - len(cells))]
        for number, cells in shown
    ]
    title = format_origin(excerpt.file, excerpt.row, excerpt.sheet, excerpt.sha256)
    return Section(code="quoted_row", title=title, parts=(TableBlock(code="quoted_rows", columns=columns, rows=rows),))


def _shown(cells: Sequence[str | None], *, is_head: bool) -> Sequence[str]:
    """Return the cells of a row, an empty one blank; of a head one that is merged over several columns once."""
    # cells that were left out are all alike
    is_merged = is_head and not redacted()
    return [
        " " if cell is None or (is_merged and place and cell == cells[place - 1]) else cell
        for place, cell in enumerate(cells)
    ]


HEAD = 3
"""Number of rows at the top of a sheet in which its headings are looked for by the reader."""


def _files(report: EvidenceReport) -> TableBlock:
    counts = ("rows", "loaded", "duplicate", "rejected")
    columns = (
        Column("file", heading=label_text("file")),
        Column("loaded_at", "short", label_text("loaded_at")),
        *(Column(code, "amount", label_text(code)) for code in counts),
        Column("state", heading=label_text("file_state")),
    )
    rows = [
        [
            str(entry["file"]),
            format_time(str(entry["loaded_at"])),
            *(entry[code] for code in counts),
            label_text(f"file_{entry['state']}"),
        ]
        for entry in report.status.files
    ]
    return TableBlock(code="files", columns=columns, rows=rows)


def _not_read(report: EvidenceReport) -> Iterator[Part]:
    if not report.status.not_read:
        return
    rows: list[Sequence[Cell]] = [
        [
            file.file,
            text_tables.PHRASES[file.reason] if file.reason in text_tables.PHRASES else label_text("file_refused"),
            file.sha256,
        ]
        for file in report.status.not_read
    ]
    columns = (
        Column("file", heading=label_text("file")),
        Column("why", heading=label_text("why_not_read")),
        Column("sha256", "hash", label_text("file_hash")),
    )
    table = TableBlock(code="not_read", columns=columns, rows=rows)
    yield Section(code="not_read", title=label_text("problems"), parts=(table,))


def _changes(report: EvidenceReport) -> Iterator[Part]:
    yield Paragraph(parts=(label_text("report_changes_text"),))
    rows: list[Sequence[Cell]] = [[label_text(f"lines_{kind}"), report.lines.get(kind, 0)] for kind in LEDGER_KINDS]
    yield TableBlock(code="changes", columns=KEY_COLUMNS, rows=rows, layout="pairs")
    yield Entries(entries=LazyRows(report.changes, _change), sign=False)
    yield from judgements_part(report.judgements, title="report_judgements")


def _change(change: LedgerChange) -> Entry:
    place = change.file if change.row is None else format_origin(change.file, change.row, change.sheet)
    by = TonedText(f"{change.by}, {format_time(change.at)}", "quiet")
    what = TonedText(label_text(f"change_{change.kind}"), "name")
    return Entry((what, place), [*([(change.why,)] if change.why else []), (by,)])


def _sealing_list(report: EvidenceReport) -> TableBlock:
    columns = (
        Column("number", "ordinal", label_text("file_number")),
        Column("file", heading=label_text("file")),
        Column("format", "short", label_text("format_head")),
        Column("bytes", "amount", label_text("bytes_head")),
        Column("hashes", "hash", label_text("hashes_head")),
        Column("loaded_at", heading=label_text("loaded_at_by")),
        Column("given_by", heading=label_text("given_by")),
    )
    replies = {check.sha256: check.reply.number for check in report.status.replies}

    def sealed(entry: tuple[int, SealedSource]) -> Sequence[Cell]:
        number, source = entry
        hashes = f"SHA-256 {source.sha256} SM3 {source.sm3}"
        reply = replies.get(source.sha256)
        given = " " if reply is None else label_text("reply_numbered", number=reply)
        loaded = join_texts(format_time(source.loaded_at), *filter(None, [source.loaded_by]), by=" ")
        return [number, source.file, source.ending, source.size, hashes, loaded, given]

    rows = LazyRows(list(enumerate(report.sources, 1)), sealed)
    return TableBlock(code="sealing_list", columns=columns, rows=rows)


def _signatures() -> Iterator[Part]:
    blank = "_" * 16
    rows: list[Sequence[Cell]] = [[label_text(f"sign_{who}"), blank] for who in ("made", "checked", "witness", "day")]
    yield TableBlock(code="signatures", columns=KEY_COLUMNS, rows=rows, layout="key")


def _procedure(report: EvidenceReport) -> Iterator[Part]:
    for code in ("reproducible", "kept", "concluded", "limits"):
        yield Paragraph(parts=(label_text(f"procedure_{code}"),))
    yield Paragraph(parts=(label_text("procedure_tool", version=__version__, at=format_time(report.made_at)),))


IN_SHORT: Final = 3
"""Statements of an answer that the list of questions shows; it says how many more there are."""

NAMED: Final = 6
"""Cards that the page of a question names for each statement; it says how many more there are."""

STATEMENTS = DisplayLimits(page=2_000, notebook=200)
_TONES: Final[Mapping[QuestionState, Tone]] = {"nothing": "quiet", "open": "bad", "in part": "warn", "answered": "good"}


def guided_view(found: GuidedQuestions) -> Document:
    """Return the tree of all questions, each with its state and the beginning of its answer."""
    about = label_text("guided_about_list" if found.is_list else "guided_about", cards=found.cards)
    parts: list[Part] = [Paragraph(parts=(TonedText(about, "quiet"),))] if found.cards else []
    parts.append(Entries(entries=LazyRows(found.questions, _question), sign=False))
    title = label_text("guided_page")
    return Document(title=title, kind=title, caveat=None, parts=tuple(parts))


def guided_rows(found: GuidedQuestions) -> list[tuple[GuidedQuestion, TonedText, list[Text], list[Text]]]:
    """Return each question with its state, the beginning of its answer and of what is missing."""
    return [
        (question, _state(question), _in_short(question.answer), _in_short(question.missing))
        for question in found.questions
    ]


def _in_short(statements: Sequence[GuidedStatement]) -> list[Text]:
    shown = [_said(one) for one in statements[:IN_SHORT]]
    more = len(statements) - IN_SHORT
    return [*shown, label_text("guided_more", more=more)] if more > 0 else shown


def question_view(question: GuidedQuestion) -> Document:
    """Return the tree of one question, with every statement and the cards that each is about."""
    title = code_text(text_tables.GUIDED_QUESTIONS, question.code)
    sections = [
        Section(code=code, title=label_text(f"guided_{code}"), parts=(_table(code, statements),))
        for code, statements in (("answer", question.answer), ("missing", question.missing))
        if statements
    ]
    whole = Section(code="question", title=title, parts=(Paragraph(parts=(_state(question),)), *sections))
    return Document(title=title, kind=label_text("guided_page"), caveat=None, parts=(whole,))


def _table(code: str, statements: Sequence[GuidedStatement]) -> TableBlock:
    columns = (
        Column("statement", heading=label_text(f"guided_{code}")),
        Column("party", heading=code_text(text_tables.HEADINGS, "party")),
        Column("cards", heading=label_text("guided_cards")),
    )
    rows = LazyRows(statements, lambda one: [_said(one), one.party, _named(one)])
    return TableBlock(code=f"guided_{code}", columns=columns, rows=rows, most=STATEMENTS)


def _question(question: GuidedQuestion) -> Entry:
    head = (TonedText(code_text(text_tables.GUIDED_QUESTIONS, question.code), "name"), _state(question))
    lines: list[Line] = [(said,) for said in _in_short(question.answer)]
    missing = label_text("guided_besides" if question.state == "answered" else "guided_missing")
    lines += [(TonedText(missing, "quiet"), said) for said in _in_short(question.missing)]
    return Entry(head, lines)


def _state(question: GuidedQuestion) -> TonedText:
    return TonedText(in_both(lambda lang: guided_state(question, lang)), _TONES[question.state])


def _said(statement: GuidedStatement) -> Text:
    return in_both(lambda lang: guided_message(statement, lang))


def _named(statement: GuidedStatement) -> Text:
    cards = statement.cards[:NAMED]
    more = len(statement.cards) - len(cards)
    return ", ".join(cards) if not more else label_text("guided_named", cards=", ".join(cards), more=more)
