"""The guided questions of a case as a tree: state, answer so far, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from graphtrace.render import text_tables
from graphtrace.render.document import (
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
)
from graphtrace.render.format import guided_message, guided_state
from graphtrace.render.i18n import code_text, in_both, label_text

if TYPE_CHECKING:
    from graphtrace.results.guided import GuidedQuestion, GuidedQuestions, GuidedStatement, QuestionState

IN_SHORT: Final = 3
"""Statements of an answer that the list of questions shows; it says how many more there are."""

NAMED: Final = 6
"""Cards that the page of a question names for each statement; it says how many more there are."""

STATEMENTS = DisplayLimits(page=2_000, notebook=200)
_TONES: Final[Mapping[QuestionState, Tone]] = {"nothing": "quiet", "open": "bad", "in_part": "warn", "answered": "good"}


def guided_view(found: GuidedQuestions, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of all questions, each with its state and the beginning of its answer."""
    about = label_text("guided_about_list" if found.is_list else "guided_about", cards=found.cards)
    parts: list[Part] = [Paragraph(parts=(TonedText(about, "quiet"),))] if found.cards else []
    parts.append(Entries(entries=LazyRows(found.questions, _question), sign=False))
    title = label_text("guided_page")
    return Document(title=title, kind=title, case=case, as_of=as_of, caveat=None, parts=tuple(parts))


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


def question_view(question: GuidedQuestion, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of one question, with every statement and the cards that each is about."""
    title = code_text(text_tables.GUIDED_QUESTIONS, question.code)
    sections = [
        Section(code=code, title=label_text(f"guided_{code}"), parts=(_table(code, statements),))
        for code, statements in (("answer", question.answer), ("missing", question.missing))
        if statements
    ]
    whole = Section(code="question", title=title, parts=(Paragraph(parts=(_state(question),)), *sections))
    return Document(title=title, kind=label_text("guided_page"), case=case, as_of=as_of, caveat=None, parts=(whole,))


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
    lines += [(TonedText(label_text("guided_missing"), "quiet"), said) for said in _in_short(question.missing)]
    return Entry(head, lines)


def _state(question: GuidedQuestion) -> TonedText:
    return TonedText(in_both(lambda lang: guided_state(question, lang)), _TONES[question.state])


def _said(statement: GuidedStatement) -> Text:
    return in_both(lambda lang: guided_message(statement, lang))


def _named(statement: GuidedStatement) -> Text:
    cards = statement.cards[:NAMED]
    more = len(statement.cards) - len(cards)
    return ", ".join(cards) if not more else label_text("guided_named", cards=", ".join(cards), more=more)
