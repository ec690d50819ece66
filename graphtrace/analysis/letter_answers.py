"""Letters that a load answers: for the cards about which the reply has rows; they stay open for the rest.

A reply is recognised by the reference of the letter, which the annex has in every row, or which the mail quotes that
brought it; or a person says which letter the files reply to. What was answered is a note of the kind ``answer`` about
the letter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from graphtrace.errors import NothingFound
from graphtrace.model import Origin
from graphtrace.results.letter_annexes import ASKED_ONLY, REMARK_ONLY, AnnexSheetCode, OwnRow, layout_of
from graphtrace.results.letters import ABOUT, Letter, LetterAnswer, count_of, is_card, keys_of, letters_of, spans_of
from graphtrace.results.reports import RowWarning
from graphtrace.storage.base import Backend
from graphtrace.storage.case_notes import NoteRequest, readable_notes

if TYPE_CHECKING:
    from graphtrace.results.load_report import SheetReport

OF_LETTER: Final = '"kind":"letter"'
"""Stands in every line about a letter that was made, so that others need not be read for them."""

_CARDS_AT_ONCE: Final = 10_000
_SPANS_A_NOTE: Final = 2_000


def letters_in(notes: Sequence[str]) -> list[Letter]:
    """Return the letters of a case; where it has none, no note is parsed."""
    return letters_of(readable_notes(notes)) if any(OF_LETTER in line for line in notes) else []


def require_letter(letters: Sequence[Letter], reference: str) -> Letter:
    """Return the letter with a reference, as typed in any case.

    Raises NothingFound if there is none.
    """
    for letter in letters:
        if letter.reference.casefold() == reference.strip().casefold():
            return letter
    raise NothingFound("no_such_letter", reference=reference, hint="list_letters")


def find_answers(
    store: Backend,
    letters: Sequence[Letter],
    files: Mapping[str, str],
    replied: Letter | None,
    quoted: Mapping[str, Collection[str]],
) -> list[LetterAnswer]:
    """Return which letters some files answer, and for which cards that were not answered before.

    - ``files``: the names of the files by SHA-256.
    - ``replied``: the letter that a person says the files reply to; else rows have the reference of theirs.
    - ``quoted``: the references that mails quote, by SHA-256 of the files attached to them.

    Cost: one look-up of the cards of each letter that is open. Numbers other than those of cards are not looked up.
    """
    found = []
    for letter in letters:
        if letter.state.state == "void":
            continue
        told = set(keys_of(letter.answered))
        left = [key for key in keys_of(letter.spans) if key not in told and is_card(key)]
        answered: dict[str, set[str]] = {}
        for key, origin in _rows_about(store, left, files):
            is_quoted = letter.reference in quoted.get(origin.sha256, ())
            if letter == replied or is_quoted or _bears(origin, letter.reference):
                answered.setdefault(origin.sha256, set()).add(key)
        for sha256 in sorted(answered, key=lambda each: (files[each], each)):
            told |= answered[sha256]
            spans = spans_of(answered[sha256])
            found.append(LetterAnswer(letter.reference, files[sha256], sha256, spans, len(told), letter.cards))
    return found


def compare_annexes(letters: Sequence[Letter], reports: Sequence[SheetReport]) -> None:
    """Have reports warn of rows of annexes that are not as their letter has them: somebody changed a number.

    Only rows that were passed over or kept for a remark are compared; what others state is in the records.
    """
    by_reference = {letter.reference: letter for letter in letters}
    asked: dict[str, set[OwnRow]] = {}
    for report in reports:
        changed: list[tuple[int, str]] = []
        for reject in report.rejects:
            if reject.reason not in (ASKED_ONLY, REMARK_ONLY):
                continue
            layout = layout_of([heading for heading, _ in reject.raw])
            row = None if layout is None else layout.own_row([cell for _, cell in reject.raw])
            if layout is None or row is None:
                changed.append((reject.row, reject.value or ""))
                continue
            letter = by_reference.get(row.reference)
            name = f"{layout.sheet} {row.reference}"
            if letter is not None and name not in asked:
                asked[name] = set(_own_rows(letter, layout.sheet))
            if row not in asked.get(name, ()):
                changed.append((reject.row, row.first if row.first == row.last else f"{row.first}–{row.last}"))
        if changed:
            first, value = changed[0]
            warning = RowWarning(field=None, reason="annex_differs", rows=len(changed), first_row=first, value=value)
            report.warnings = [*report.warnings, warning]


def _own_rows(letter: Letter, sheet: AnnexSheetCode) -> Iterator[OwnRow]:
    if sheet == "letter_suspend":
        for first, last, cards in letter.suspend:
            yield OwnRow(letter.reference, first, last, str(cards))
        return
    spans = [span for request in letter.requests for span in request.spans]
    for span in spans if sheet == "letter_ranges" else [(key, key) for key in keys_of(spans)]:
        first, last = map(letter.shown, span)
        yield OwnRow(letter.reference, first, last, str(count_of([span])))


def notes_of(answer: LetterAnswer, by: str) -> Iterator[NoteRequest]:
    """Yield the notes of what a file answers of a letter."""
    for start in range(0, len(answer.spans), _SPANS_A_NOTE):
        cards = [list(span) for span in answer.spans[start : start + _SPANS_A_NOTE]]
        content: dict[str, Any] = {"file": answer.file, "sha256": answer.sha256, "cards": cards}
        yield NoteRequest("answer", f"{ABOUT}{answer.reference}", content, by)


def _rows_about(store: Backend, keys: Sequence[str], files: Collection[str]) -> Iterator[tuple[str, Origin]]:
    for start in range(0, len(keys), _CARDS_AT_ONCE):
        some = keys[start : start + _CARDS_AT_ONCE]
        records = store.select(some, records_only=True).records
        for key in some:
            for row in records.get(key, ()):
                if row.origin.sha256 in files:
                    yield key, row.origin


def _bears(origin: Origin, reference: str) -> bool:
    """Whether a row bears the reference of a letter, in a column that was not read or as its number."""
    cells = (origin.record_no or "", *origin.unread_cells.values())
    return any(cell.strip().casefold() == reference.casefold() for cell in cells)
