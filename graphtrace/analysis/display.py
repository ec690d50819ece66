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

    def save(self, path: str | Path, *, lang: Literal["en", "zh"] = "en") -> None:
        """Write the answer to a file, whole or not at all, in the format that the ending of its name says.

        ``.html`` is a page in both languages, drawn and in words, to be looked at and printed; ``.xlsx`` a workbook,
        ``.csv`` the flat table, ``.md`` Markdown, ``.txt`` text, ``.json`` what ``--json`` says.

        Parameters
        ----------
        path
            The file to write.
        lang
            The language of the file; of a page the one that it opens in.

        Raises
        ------
        UnknownFormat
            If the ending names no format that the answer has.
        UsageError
            If the file cannot be written.
        """
        from graphtrace.notebook import save_answer

        save_answer(self, Path(path), lang)


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
        from graphtrace.notebook import to_values

        return to_values(self, lang)
