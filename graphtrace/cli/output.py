"""Output of an answer: to standard output as text or JSON, or atomically into a file."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TextIO

from graphtrace.cli.standard_streams import say_fault, write_error, write_output
from graphtrace.errors import GraphtraceError, UnknownFormat, UsageError
from graphtrace.frozen import frozen
from graphtrace.locale import phrase
from graphtrace.render.provenance import answered_at, passed_over_text
from graphtrace.storage.case_folder import atomic_write, refuse_inside_case
from graphtrace.storage.location import case_title

if TYPE_CHECKING:
    from graphtrace.analysis.store_access import LookupScope
    from graphtrace.case import Case
    from graphtrace.case_questions import CaseQuestions
    from graphtrace.redaction import Masker
    from graphtrace.render import Lang
    from graphtrace.render.document import Document
    from graphtrace.render.text_layout import TerminalView
    from graphtrace.results.case_status import CaseState


FILE_WIDTH = 100
"""Width of a text file, in columns."""

LINES = ".jsonl"
"""Suffix of answers that are written line by line."""

PAGE = ".html"

FILES = (".csv", ".xlsx", ".md", ".docx", ".pdf", PAGE)
"""Suffixes of the files that the registry makes, beside text and JSON; CSV only of answers that are a table."""

ANSWER_FILES = (".json", ".txt", *FILES)
LINE_FILES = (".json", LINES, ".txt", *FILES)

STANDARD_OUTPUT = Path("-")


CASE_VARIABLE: Final = "GRAPHTRACE_CASE"


@frozen()
class GlobalOptions:
    """Values of the common options; those after the command's name take precedence over those before it."""

    case: str | None
    as_json: bool
    as_jsonl: bool
    output: Path | None
    quiet: bool
    verbose: bool
    lang: Lang
    wait: float
    memory_limit: str | None
    without_judgements: bool
    redact: bool
    purpose: str | None
    is_lang_stated: bool = False
    """Whether somebody stated the language; else it is that of the system."""
    scopes: list[LookupScope] = field(default_factory=list)
    """The look-ups of the command, one scope at most."""

    def open_case(self, name: str | Path | None = None) -> Case:
        """Open the case of the command, or the one with ``name``."""
        from graphtrace.analysis.store_access import LookupScope
        from graphtrace.case import open_case

        case = open_case(
            self.require_case() if name is None else name,
            wait=self.wait,
            memory_limit=self.memory_limit,
            without_judgements=self.without_judgements,
            purpose=self.purpose,
        )
        if not self.scopes:
            self.scopes.append(LookupScope())
        case.log_as(self.scopes[0], purpose=self.purpose)
        return case

    def masker(self, name: str | None = None) -> Masker:
        """Return what makes the pseudonyms of the case of the command, or of the one with ``name``."""
        with self.open_case(name) as case:
            return case.masker(self.lang)

    def require_case(self) -> str:
        """Return the case of the command; raises if none is given."""
        if not self.case:
            raise UsageError("no_case_named", variable=CASE_VARIABLE, hint="name_case")
        return self.case

    def answer_options(self, as_of: str | None, slack: int | None) -> dict[str, Any]:
        """Return the common options with which a saved answer has to be asked again."""
        own = {} if slack is None else {"slack": slack}
        return {"lang": self.lang, "as_of": as_of, "judged": not self.without_judgements, **own}

    @property
    def case_title(self) -> str:
        """Return the name of the case on pages and in spreadsheets."""
        return case_title(self.require_case())


@frozen()
class CommandResult:
    """Result of a command, not yet rendered.

    - ``document``: returns the JSON answer.
    - ``view``: returns the renderable for a terminal, or text that is written unchanged.
    - ``parts``: yields the JSON answer in parts, where it may be larger than the memory; the same bytes as of
      ``document``.
    - ``lines``: yields the answer line by line, each a result with version and case, and returns the exit code; without
      it, the lines are those of the JSON answer.
    - ``files``: further formats of ``-o``, by suffix: text, or the bytes of a binary format.
    - ``error``: error beside the answer; it is printed after the answer, and its exit code is that of the command.
    - ``exit_code``: exit code without an error.
    - ``state``: state of the case; every format bears its head, and what was not read.
    - ``passed_over``: lines of the input list that hold no number; every format bears them.
    - ``asked_with``: options with which a saved answer is asked again by ``verify``.
    """

    document: Callable[[], Mapping[str, Any]]
    view: Callable[[], TerminalView | str]
    parts: Callable[[], Iterator[bytes]] | None = None
    lines: Callable[[], Generator[Mapping[str, Any], None, int]] | None = None
    files: Mapping[str, Callable[[], str | bytes]] = field(default_factory=dict)
    error: GraphtraceError | None = None
    exit_code: int = 0
    state: CaseState | None = None
    passed_over: Sequence[str] = ()
    asked_with: Mapping[str, Any] | None = None


def state_of_head(head: str | None, as_of: str | None = None) -> CaseState:
    """Return the state of a case for what is no answer about cards or parties: it says nothing of what was not read."""
    from graphtrace.results.case_status import CaseState

    return CaseState(head, as_of=as_of)


def plain_state(case: CaseQuestions) -> CaseState:
    """Return the state of an open case for what is no answer about cards or parties."""
    head = case.head()
    return state_of_head(case.ledger_head(), case.as_of)._replace(case_head=head if any(head) else None)


def show_answer(
    answer: object,
    options: GlobalOptions,
    *,
    case: str | None = None,
    files: Mapping[str, Callable[[], str | bytes]] | None = None,
    error: GraphtraceError | None = None,
    exit_code: int = 0,
    state: CaseState | None = None,
    passed_over: Sequence[str] = (),
    asked_with: Mapping[str, Any] | None = None,
) -> CommandResult:
    """Return the result with every format of the answer's type (:mod:`graphtrace.render.registry`).

    ``files`` are formats that the registry does not know; ``case`` is the case that was asked, where it is not the one
    of the common options.
    """
    asked = case or options.case or ""
    title = case_title(asked) if asked else None
    as_of = None if state is None else state.as_of
    if options.redact:
        masker = options.masker(asked or None)
        answer = answer if getattr(answer, "is_redacted", False) else masker.answer(answer)
        asked = title = masker.case
        passed_over, asked_with, state = [masker.left_out] * len(passed_over), None, masker.mask(state)

    def data() -> dict[str, Any]:
        from graphtrace.render.registry import make_values

        return make_values(answer, asked, options.lang)

    def parts() -> Iterator[bytes]:
        from graphtrace.render.registry import make_parts

        return make_parts(answer, asked, options.lang)

    def document() -> Document:
        from graphtrace.render.registry import make_document

        return make_document(answer, case=title, as_of=as_of)

    def view() -> TerminalView:
        from graphtrace.render.writers.terminal_writer import DocumentView

        return DocumentView(document(), options.lang, verbose=options.verbose)

    def file(ending: str) -> str | bytes:
        from graphtrace.render.registry import make_file

        return make_file(answer, ending, options.lang, title=title, as_of=as_of)

    return CommandResult(
        document=data,
        view=view,
        parts=parts,
        files={**{ending: partial(file, ending) for ending in FILES}, **(files or {})},
        error=error,
        exit_code=exit_code,
        state=state,
        passed_over=passed_over,
        asked_with=asked_with,
    )


@frozen(kw_only=False)
class OutputFile:
    """An output file that is written beside its path and moved there when it is complete."""

    path: Path
    ending: str
    stream: BinaryIO


_OUTPUTS = ("out", "directory", "annex")
"""Names of the arguments of commands that name an output."""


def require_writable_outputs(paths: Iterable[Path | None], given: Mapping[str, Any], case: str | None) -> None:
    """Refuse, before any work, an output within a case folder or over an input.

    ``paths`` are the outputs of the common options, ``given`` the arguments of the command by name.

    Raises UsageError if there is one.
    """
    outputs = [path for path in (*paths, *map(given.get, _OUTPUTS)) if isinstance(path, Path)]
    for one, other in combinations(outputs, 2):
        if one.resolve() == other.resolve():
            raise UsageError("output_twice", path=one, hint="another_file", code="unwritable_output")
    inputs = [
        each
        for name, value in given.items()
        if name not in _OUTPUTS
        for each in (value if isinstance(value, list) else [value])
        if isinstance(each, Path)
    ]
    for path in outputs:
        refuse_inside_case(path, None if case is None else Path(case))
        if any(_is_same_file(path, each) for each in inputs):
            raise UsageError("output_is_input", path=path, hint="another_file", code="unwritable_output")


def _is_same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return one.resolve() == other.resolve()


@contextlib.contextmanager
def output_file(path: Path | None, endings: Sequence[str]) -> Iterator[OutputFile | None]:
    """Open the file of ``-o`` before any work starts; nothing is left behind when the work fails.

    If only one suffix is possible, the name need not have it.
    """
    if path is None:
        yield None
        return
    ending = path.suffix.lower() if len(endings) > 1 else endings[0]
    if ending not in endings:
        raise UnknownFormat(
            "output_ending", path=path, ending=ending or phrase("no_ending"), endings=endings, hint="end_name_with"
        )
    if ending == ".pdf":
        from graphtrace.render.writers.pdf_writer import require_typst

        require_typst()
    with atomic_write(path) as stream:
        yield OutputFile(path, ending, stream)


def emit(
    answer: CommandResult, target: OutputFile | None, options: GlobalOptions, *, page: OutputFile | None = None
) -> int:
    """Show or write the answer, write its page beside that, and return the exit code of the command."""
    with answered_at(answer.state, answer.passed_over, answer.asked_with, is_redacted=options.redact):
        shown, beside = hashlib.sha256(), hashlib.sha256()
        code = _deliver(answer, target, options, page, shown.update, beside.update)
        for scope in options.scopes:
            scope.answered(shown.hexdigest(), *([] if page is None else [beside.hexdigest()]))
        if answer.lines is not None or target is not None:
            _say_passed_over(options)
    if answer.error is not None:
        return say_fault(answer.error, options, verbose=options.verbose)
    return code


def _say_passed_over(options: GlobalOptions) -> None:
    text = passed_over_text()
    if text is not None:
        from graphtrace.render.sanitize import escape_control_chars

        write_error(f"{escape_control_chars(getattr(text, options.lang))}\n")


def _deliver(
    answer: CommandResult,
    target: OutputFile | None,
    options: GlobalOptions,
    page: OutputFile | None,
    told: Callable[[bytes], object],
    told_of_page: Callable[[bytes], object],
) -> int:
    """Write the answer and its page; ``told`` and ``told_of_page`` are called with the bytes of each."""
    code = answer.exit_code

    def write_file(part: bytes) -> None:
        assert target is not None
        told(part)
        target.stream.write(part)

    def write_text(part: bytes | str) -> None:
        told(part if isinstance(part, bytes) else part.encode("utf-8", errors="surrogateescape"))
        write_output(part)

    if page is not None:
        for part in _file_parts(answer, page.ending):
            told_of_page(part)
            page.stream.write(part)
        echo_status(f"{page.path}", options)
    if target is not None:
        if target.ending == LINES:
            code = _write_lines(answer, write_file, is_ascii=False)
        else:
            for part in _file_parts(answer, target.ending):
                write_file(part)
        echo_status(f"{target.path}", options)
    elif options.as_jsonl:
        code = _write_lines(answer, write_text, is_ascii=not _is_utf8(sys.stdout))
    elif options.as_json:
        for text in _json(answer) if _is_utf8(sys.stdout) else (_ascii_json(answer),):
            write_text(text)
    else:
        write_text(_terminal_text(answer))
    return code


def _write_lines(answer: CommandResult, write: Callable[[bytes], object], *, is_ascii: bool) -> int:
    from graphtrace.render.json import to_json_line

    lines = _lines_of(answer) if answer.lines is None else answer.lines()
    while True:
        try:
            line = next(lines)
        except StopIteration as end:
            return int(end.value)
        write(to_json_line(line, is_ascii=is_ascii))


LINE_HEAD = ("graphtrace", "case", "ledger_head", "as_of", "redacted", "unread")
"""Keys of every line before its result."""


def _lines_of(answer: CommandResult) -> Generator[Mapping[str, Any], None, int]:
    document = dict(answer.document())
    results = next(document.pop(name) for name in ("results", "enterprises", "opened") if name in document)
    head: dict[str, Any] = {name: document[name] for name in LINE_HEAD if name in document}
    for result in results:
        yield {**head, **result}
    return answer.exit_code


def echo_status(text: str, options: GlobalOptions) -> None:
    """Print a status line on the standard error stream, for a terminal only, unless ``--quiet``."""
    if sys.stderr.isatty() and not options.quiet:
        from graphtrace.render.sanitize import escape_control_chars

        write_error(f"{escape_control_chars(text)}\n")


def _file_parts(answer: CommandResult, ending: str) -> Iterator[bytes]:
    if ending == ".json" and ending not in answer.files:
        yield from _json(answer)
        return
    content = answer.files[ending]() if ending in answer.files else _plain_text(answer)
    yield content if isinstance(content, bytes) else content.encode()


def _json(answer: CommandResult) -> Iterator[bytes]:
    from graphtrace.render.json import to_json_bytes

    # A document may be millions of containers and no garbage, which a collector would look through again and again.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        if answer.parts is None:
            yield to_json_bytes(answer.document())
        else:
            yield from answer.parts()
    finally:
        if was_enabled:
            gc.enable()


def _ascii_json(answer: CommandResult) -> str:
    from graphtrace.render.json import to_json_text

    return to_json_text(answer.document(), is_ascii=True)


def _terminal_text(answer: CommandResult) -> str:
    view = answer.view()
    if isinstance(view, str):
        return view
    from graphtrace.render.text_layout import render_ansi

    return render_ansi(view, sys.stdout)


def _plain_text(answer: CommandResult) -> str:
    view = answer.view()
    if isinstance(view, str):
        return view
    from graphtrace.render.text_layout import render_plain

    return render_plain(view, FILE_WIDTH)


def _is_utf8(stream: TextIO) -> bool:
    return (stream.encoding or "").lower().replace("-", "") == "utf8"
