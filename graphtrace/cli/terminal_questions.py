"""Questions on the terminal while a command runs, and its progress."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from graphtrace.cli.output import GlobalOptions
from graphtrace.cli.standard_streams import write_error
from graphtrace.locale import Text, phrase
from graphtrace.platform import read_password, system
from graphtrace.render import Lang
from graphtrace.render.sanitize import escape_control_chars
from graphtrace.storage.load_settings import file_password

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

    from graphtrace.results.reports import SampleCell
    from graphtrace.storage.load_settings import Progress
    from graphtrace.storage.open_questions import Ask, SheetAnswer, SheetQuestion

_CELL_WIDTH: Final = 30
"""Maximum number of characters of a cell that are shown with a question."""


def is_watched(options: GlobalOptions) -> bool:
    """Whether somebody at a terminal can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty() and not (options.as_json or options.quiet)


def password_asker(options: GlobalOptions) -> Callable[[str], str | None]:
    """Return a function for the password of a file: from the environment, else asked on the terminal, once a file."""
    given: dict[str, str | None] = {}
    can_ask = is_watched(options)

    def ask(name: str) -> str | None:
        if (known := file_password(name)) is not None or not can_ask:
            return known
        if name not in given:
            question = phrase("password_of_file", file=escape_control_chars(name)).render(options.lang)
            with progress_hidden():
                given[name] = read_password(question) or None
        return given[name]

    return ask


def terminal_asker(options: GlobalOptions) -> Ask | None:
    """Return a function that asks on the terminal what files leave open; ``None`` where nobody can be asked."""
    if not is_watched(options):
        return None

    def ask(questions: Sequence[SheetQuestion]) -> list[SheetAnswer]:
        with progress_hidden():
            return _Interview(questions, options.lang).answers()

    return ask


class _EndOfInput(Exception):
    """The input has ended: all further questions stay open."""


class _Choice(NamedTuple):
    """A possible answer: its value, the word shown for it, and all words that mean it."""

    value: str
    shown: str
    words: frozenset[str]


class _Interview:
    """Questions put one after the other on the standard error stream, answers read from the standard input."""

    def __init__(self, questions: Sequence[SheetQuestion], lang: Lang) -> None:
        from graphtrace.storage.open_questions import gist_of

        self._lang: Lang = lang
        groups: dict[object, list[SheetQuestion]] = {}
        for each in questions:
            groups.setdefault(gist_of(each), []).append(each)
        self._groups = list(groups.values())

    def answers(self) -> list[SheetAnswer]:
        """Put each question once for all sheets that have it, and return the answers."""
        found: list[SheetAnswer] = []
        self._say("")
        self._tell(phrase("ask_begin", questions=len(self._groups), key=system.END_OF_INPUT))
        try:
            for number, group in enumerate(self._groups, start=1):
                self._put(group, number, found)
        except _EndOfInput:
            self._say("")
        return found

    def _put(self, group: Sequence[SheetQuestion], number: int, found: list[SheetAnswer]) -> None:
        from graphtrace.storage.open_questions import SheetAnswer, answer_fault

        first, *others = group
        place = phrase("ask_place", n=number, total=len(self._groups), place=_place(first))
        if others:
            places = [_place(each) for each in group]
            place = phrase("ask_same", n=number, total=len(self._groups), sheets=len(group), places=places)
        self._say("")
        self._tell(place)
        answer = self._answer_to(first)
        if answer is None:
            return
        found.append(answer)
        value = answer.value
        alike = [each for each in others if not answer.is_insisted and answer_fault(each, value) is None]
        is_for_all = bool(alike) and self._is_for_all(len(alike) + 1)
        for each in others:
            if is_for_all and each in alike:
                found.append(SheetAnswer(each, value))
                continue
            self._say("")
            self._tell(phrase("ask_place", n=number, total=len(self._groups), place=_place(each)))
            if (own := self._answer_to(each)) is not None:
                found.append(own)

    def _answer_to(self, asked: SheetQuestion) -> SheetAnswer | None:
        """Put a question until it is answered or left open; an answer that is contradicted counts if typed again."""
        from graphtrace.ingest.sheet_evidence import find_contradiction
        from graphtrace.render.format import format_question
        from graphtrace.storage.open_questions import SheetAnswer, answer_fault, takes_heading

        question = asked.question
        for line in asked.sheet.evidence.above:
            self._tell(phrase("ask_above", line=line), indent=2)
        for row in asked.sheet.evidence.rows:
            self._tell(phrase("ask_row", cells=[_cell(cell) for cell in row]), indent=2)
        if any(not cell.is_used for row in asked.sheet.evidence.rows for cell in row):
            self._tell(phrase("ask_unused"), indent=2)
        rows = phrase("ask_rows", rows=question.rows).render(self._lang) if question.rows else ""
        self._say(f"  {format_question(question, self._lang)}  {rows}".rstrip())
        choices = self._choices(asked)
        for number, choice in enumerate(choices, start=1):
            self._say(f"    {number}  {choice.shown}")
        if takes_heading(asked):
            self._tell(phrase("ask_heading"), indent=2)
        contradicted = None
        while typed := self._read():
            value = _chosen(choices, typed) or typed
            if (fault := answer_fault(asked, value)) is not None:
                self._tell(fault, indent=2)
                continue
            found = find_contradiction(question.field, value, asked.sheet.evidence)
            if found is None or value == contradicted:
                return SheetAnswer(asked, value, is_insisted=found is not None)
            contradicted = value
            self._tell(phrase("ask_contradicted", answer=value, what=found.text), indent=2)
        return None

    def _is_for_all(self, sheets: int) -> bool:
        self._tell(phrase("ask_for_all", sheets=sheets), indent=2)
        while typed := self._read():
            if typed.casefold() in ("y", "yes", "是"):
                return True
            if typed.casefold() in ("n", "no", "否"):
                return False
            self._tell(phrase("ask_again_all", text=typed), indent=2)
        return False

    def _choices(self, asked: SheetQuestion) -> list[_Choice]:
        from graphtrace.ingest.acts import KIND_WORDS
        from graphtrace.render.format import format_choice, format_offer

        is_kind = asked.question.field == "kind"
        found = [_Choice(offer.value, format_offer(offer, self._lang), frozenset()) for offer in asked.question.offers]
        offered = {offer.value for offer in asked.question.offers}
        for value in asked.question.choices:
            if value in offered:
                continue
            shown = format_choice(asked.question, value, self._lang)
            words = {word for word, kind in KIND_WORDS.items() if kind == value} if is_kind else set()
            found.append(_Choice(value, shown, frozenset({value, shown, *words})))
        return found

    def _read(self) -> str:
        write_error("  > ")
        system.wait_for_line(sys.stdin)
        line = sys.stdin.readline()
        if not line:
            raise _EndOfInput
        return line.strip()

    def _tell(self, text: Text, *, indent: int = 0) -> None:
        self._say(" " * indent + text.render(self._lang))

    def _say(self, line: str) -> None:
        write_error(f"{escape_control_chars(line)}\n")


def _cell(cell: SampleCell) -> Text:
    text = f"{cell.text[:_CELL_WIDTH]}…" if len(cell.text) > _CELL_WIDTH else cell.text
    return phrase("ask_cell" if cell.is_used else "ask_cell_unused", heading=cell.heading, value=text)


def _place(asked: SheetQuestion) -> str:
    return f"{asked.sheet.file} ({asked.sheet.sheet})" if asked.sheet.sheet else asked.sheet.file


def _chosen(choices: Sequence[_Choice], typed: str) -> str | None:
    if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(choices):
        return choices[int(typed) - 1].value
    return next((choice.value for choice in choices if typed.casefold() in choice.words), None)


_shown: Bars | None = None
"""The bar that is on the terminal."""


@contextlib.contextmanager
def progress_of(options: GlobalOptions) -> Iterator[Progress | None]:
    """Show a progress bar of files while the command runs; ``None`` without a terminal."""
    if options.quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    from graphtrace.render.sanitize import escape_control_chars

    global _shown
    columns = (BarColumn(20), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        files = bars.add_task("", total=None)
        _shown = bars

        def update(stage: str, done: int, total: int | None) -> None:
            if total is None:  # rows within a file, and nobody knows of how many
                bars.update(files, description=f"{escape_control_chars(stage)}  {done:,}")
            else:
                bars.update(files, description=escape_control_chars(stage), completed=done, total=total)

        try:
            yield update
        finally:
            _shown = None


@contextlib.contextmanager
def progress_hidden() -> Iterator[None]:
    """The terminal without the bar, for a question."""
    if _shown is None:
        yield
        return
    _shown.stop()
    try:
        yield
    finally:
        _shown.start()
