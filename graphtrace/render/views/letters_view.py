"""Letters: to whom, about how many cards, with which number and state, what came back, and the files written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphtrace.render import text_tables
from graphtrace.render.document import Document, Entries, Entry, LazyRows, Line, Paragraph, Part, TonedText, remark
from graphtrace.render.format import format_time
from graphtrace.render.i18n import Text, code_text, in_both, in_language, join_texts, label_text
from graphtrace.results.letters import count_of

if TYPE_CHECKING:
    from graphtrace.render import Lang
    from graphtrace.results.letters import Letter, LetterAbout, Letters, WrittenLetter


def letters_view(found: Letters, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of letters."""
    title = label_text("letters_page")
    entries = LazyRows(found.letters, lambda written: _letter(written, found.day))
    parts: list[Part] = [Entries(entries=entries, sign=False)]
    if found.templates:
        parts = [Paragraph(parts=(name,)) for name in found.templates]
    elif not found.letters:
        parts = [Paragraph(parts=(TonedText(label_text("no_letters"), "quiet"),))]
    if found.asked_before:
        parts.append(remark(label_text("leads_asked_before", leads=found.asked_before)))
    if found.omitted:
        parts.append(remark(label_text("letters_omitted", more=found.omitted)))
    return Document(title=title, kind=title, case=case, as_of=as_of, parts=tuple(parts))


def addressee_text(letter: Letter) -> Text:
    """Return the name of the party that a letter asks; of a carrier that no record names, its usual one."""
    addressee = letter.addressee or ""
    carrier = addressee.removeprefix("carrier:")
    usual = code_text(text_tables.CARRIERS, carrier) if carrier in text_tables.CARRIERS else addressee
    return letter.name or (usual if addressee else label_text("carrier_unnamed"))


def deadline_texts(letter: Letter, day: str) -> list[Text]:
    """Return by when a letter asks for its reply, and by how many days that is overdue on a day, where it is."""
    if letter.reply_by is None:
        return []
    overdue = letter.days_overdue(day)
    told = [] if overdue is None else [label_text("letter_overdue", days=overdue, day=day)]
    return [label_text("letter_reply_by", day=letter.reply_by), *told]


def about_text(about: LetterAbout, day: str) -> Text:
    """Return the sentence on a letter that asks what a lead asks: to whom, since when, what came back."""
    letter = about.letter
    number = letter.number or label_text("letter_without_number")
    to = addressee_text(letter)

    def about_letter(lang: Lang) -> str:
        names = {"number": in_language(number, lang), "addressee": in_language(to, lang)}
        return in_language(label_text("letter_about", reference=letter.reference, day=letter.date, **names), lang)

    said: list[Text] = [in_both(about_letter)]
    said.append(state_text(about))
    if about.state == "sent":
        said += deadline_texts(letter, day)
    return join_texts(*said, by=" · ")


def state_text(about: LetterAbout) -> Text:
    """Return what became of a letter for the cards of a lead, with who said so and when."""
    state = about.letter.state
    word = label_text(f"lead_{about.state}")
    known = about.state == state.state and state.by is not None and state.at is not None
    return join_texts(word, state.at[:10], state.by) if known and state.at and state.by else word


def _letter(written: WrittenLetter, day: str) -> Entry:
    letter, state = written.letter, written.letter.state
    name = addressee_text(letter)
    number = letter.number or label_text("letter_without_number")
    lines: list[Line] = [(name, TonedText(label_text("cards_counted", cards=letter.cards), "quiet"))]
    lines += [
        (
            code_text(text_tables.ASKED_RECORDS, request.record_type),
            TonedText(code_text(text_tables.REASONS, request.because), "quiet"),
        )
        for request in letter.requests
    ]
    if letter.suspend:
        lines.append((label_text("letter_annex_suspend", cards=letter.suspended),))
    said = label_text(f"lead_{state.state}")
    if letter.answered and state.state != "answered":
        told = label_text("letter_answered_part", answered=count_of(letter.answered), cards=letter.cards)
        lines.append((TonedText(told, "warn"),))
    if state.by is not None and state.at is not None:
        lines.append(
            (
                said,
                TonedText(f"{state.by} · {format_time(state.at)}", "quiet"),
                *([state.remark] if state.remark else []),
            )
        )
    else:
        lines.append((said,))
    lines += [(TonedText(text, "warn"),) for text in deadline_texts(letter, day) if state.state in ("new", "sent")]
    lines += [(file.name, TonedText(f"SHA-256 {file.sha256}", "quiet")) for file in written.files]
    return Entry((letter.reference, number), lines)
