"""Answers that show themselves: drawn in a notebook, with colours in a rich console, as text elsewhere.

What an answer looks like is known above; here is the one place from which the answers ask for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult


class DisplayMixin:
    """An answer that shows itself, in the language that ``GRAPHTRACE_LANG`` names, else in the system's.

    ``repr`` is one line. ``str`` (and so ``print``) is the text that the command line gives, 80 columns wide. A rich
    console shows the same with colours, a notebook draws it: from HTML that needs no script and fetches nothing.
    """

    __slots__ = ()

    def __str__(self) -> str:
        from graphtrace.notebook import to_text

        return to_text(self)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from graphtrace.notebook import to_rich

        yield to_rich(self)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        from graphtrace.notebook import to_html, to_text

        return {"text/plain": to_text(self), "text/html": to_html(self)}


class LocalizedDictMixin(DisplayMixin):
    """An answer whose plain values hold sentences, so that they are given in a language."""

    __slots__ = ()

    def to_dict(self, *, lang: Literal["en", "zh"] = "en") -> dict[str, Any]:
        """The answer as plain values: what ``--json`` says on the command line, beside the version and the case.

        Parameters
        ----------
        lang
            The language of every ``message``; nothing else depends on it.
        """
        from graphtrace.notebook import to_document

        return to_document(self, lang)


class HtmlPageMixin(DisplayMixin):
    """An answer that can be written as a page."""

    __slots__ = ()

    def write_html(self, path: str | Path, *, lang: Literal["en", "zh"] = "en") -> None:
        """Write the answer as a page: one file, drawn and in words, in both languages, to be looked at and printed.

        Parameters
        ----------
        path
            The file to write; it is there whole or not at all.
        lang
            The language that the page opens in.

        Raises
        ------
        UsageError
            If the file cannot be written.
        """
        from graphtrace.notebook import write_page

        write_page(self, Path(path), lang)
