"""Answers that show themselves: drawn in a notebook, with colours in a rich console, as text elsewhere.

The layers above render answers. They register their renderer here, and it is imported when an answer is first shown.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult


class AnswerRenderer(Protocol):
    """Renders any answer in the formats that an answer offers by itself."""

    def to_text(self, answer: object, /) -> str:
        """Return plain text."""

    def to_rich(self, answer: object, /) -> RenderableType:
        """Return what a rich console draws."""

    def to_html(self, answer: object, /) -> str:
        """Return a fragment of HTML."""

    def to_values(self, answer: object, lang: Literal["en", "zh"], /) -> dict[str, Any]:
        """Return plain values, with sentences in the language."""

    def save_answer(self, answer: object, path: Path, lang: Literal["en", "zh"], /) -> None:
        """Write the answer to a file."""


_loaders: list[Callable[[], AnswerRenderer]] = []


def register_renderer(load: Callable[[], AnswerRenderer]) -> None:
    """Render answers by what ``load`` returns; it is called whenever an answer is shown."""
    _loaders[:] = [load]


def _renderer() -> AnswerRenderer:
    (load,) = _loaders
    return load()


class DisplayMixin:
    """An answer that shows itself, in the language that ``GRAPHTRACE_LANG`` names, else in the system's.

    ``repr`` is one line. ``str`` (and so ``print``) is the text that the command line gives, 80 columns wide. A rich
    console shows the same with colours, a notebook draws it: from HTML that needs no script and fetches nothing.
    """

    __slots__ = ()

    def __str__(self) -> str:
        return _renderer().to_text(self)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield _renderer().to_rich(self)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        renderer = _renderer()
        return {"text/plain": renderer.to_text(self), "text/html": renderer.to_html(self)}

    def save(self, path: str | Path, *, lang: Literal["en", "zh"] = "en") -> None:
        """Write the answer to a file, whole or not at all, in the format that the ending of its name says.

        ``.html`` is a page in both languages, drawn and in words, to be looked at and printed; ``.xlsx`` a workbook,
        ``.csv`` the flat table, ``.md`` Markdown, ``.txt`` text, ``.json`` what ``--json`` says.

        ``path``: the file to write.
        ``lang``: the language of the file; of a page the one that it opens in.

        Raises UnknownFormat if the ending names no format that the answer has; UsageError if the file cannot be
        written.
        """
        _renderer().save_answer(self, Path(path), lang)


class PlainDictMixin(DisplayMixin):
    """An answer whose plain values hold no sentences."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain values: what ``--json`` says beside the version and the case."""
        return _renderer().to_values(self, "en")


class LocalizedDictMixin(DisplayMixin):
    """An answer whose plain values hold sentences, so that they are given in a language."""

    __slots__ = ()

    def to_dict(self, *, lang: Literal["en", "zh"] = "en") -> dict[str, Any]:
        """Return the answer as plain values: what ``--json`` says on the command line, beside the version and the case.

        ``lang``: the language of every ``message``; nothing else depends on it.
        """
        return _renderer().to_values(self, lang)
