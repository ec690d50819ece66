"""Formatters of an answer for library users: text, a fragment of HTML, plain values, a file.

A fragment holds no script, no address but those of images within itself, and no style that reaches beyond it. What a
notebook that is not trusted strips from it (its style) takes nothing from what it says; drawings are images, because
bare elements of SVG would be stripped too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from graphtrace.errors import UnknownFormat
from graphtrace.locale import phrase
from graphtrace.render import Lang
from graphtrace.render.i18n import detect_language
from graphtrace.render.json import to_json_bytes
from graphtrace.render.registry import ENDINGS, make_document, make_file, make_plain_values, make_values
from graphtrace.render.text_layout import TerminalView, render_plain
from graphtrace.render.writers.html_writer import render_notebook
from graphtrace.render.writers.terminal_writer import DocumentView
from graphtrace.storage.case_folder import atomic_write

WIDTH = 80
"""Width of text in columns, if no console states one."""

FILE_WIDTH = 100
"""Width of a text file, in columns."""

_OF_CASE = frozenset({"case", "ledger_head"})
"""Keys of the JSON that only a case can provide."""


def to_rich(answer: object) -> TerminalView:
    """Return the view of the answer for a rich console."""
    return DocumentView(make_document(answer), detect_language())


def to_text(answer: object) -> str:
    """Return plain text, without a final line break."""
    return render_plain(to_rich(answer), WIDTH).rstrip("\n")


def to_html(answer: object) -> str:
    """Return a fragment of HTML."""
    return render_notebook(make_document(answer), detect_language())


def to_values(answer: object, lang: Lang) -> dict[str, Any]:
    """Return an answer as plain values, with its sentences in a language."""
    return make_plain_values(answer, lang)


def save_answer(answer: object, path: Path, lang: Lang) -> None:
    """Write an answer atomically in the format of the path's suffix.

    Raises UnknownFormat if the ending names none that the answer has; UsageError if the file cannot be written.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS or (ending == ".csv" and make_document(answer).records is None):
        raise UnknownFormat(
            "output_ending", path=path, ending=ending or phrase("no_ending"), endings=ENDINGS, hint="end_name_with"
        )
    content: str | bytes
    match ending:
        case ".json":
            values = make_values(answer, "", lang)
            content = to_json_bytes({name: value for name, value in values.items() if name not in _OF_CASE})
        case ".txt":
            content = render_plain(DocumentView(make_document(answer), lang, verbose=True), FILE_WIDTH)
        case _:
            content = make_file(answer, ending, lang)
    with atomic_write(path) as stream:
        stream.write(content if isinstance(content, bytes) else content.encode())
