"""The answer of ``identify`` in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

from graphtrace.render import Lang, catalogue
from graphtrace.render.format import format_hint, translate
from graphtrace.render.terminal import style
from graphtrace.render.terminal.layout import TerminalView, TextLayout, pad
from graphtrace.render.terminal.styled_text import line_of

if TYPE_CHECKING:
    from graphtrace.identifiers import Identification, Interpretation


class IdentifyView(TerminalView):
    """What each of the given numbers can be, the likeliest first."""

    def __init__(self, answers: Sequence[tuple[str, Identification]], lang: Lang) -> None:
        super().__init__(lang)
        self.answers = answers

    def draw(self, page: TextLayout) -> None:
        """Draw one block per number."""
        for text, answer in self.answers:
            page.title((text, style.NAME))
            if answer.damaged is not None:
                low, high = answer.damaged
                page.add((page.label("damaged", low=low, high=high), style.MISSING), margin="  ")
            elif not answer.readings:
                page.add((page.label("no_reading"), style.MISSING), margin="  ")
            cells = max((cell_len(self._kind(reading)) for reading in answer.readings), default=0)
            for reading in answer.readings:
                said = self._said(page, reading)
                page.add_items(said, margin=line_of("  ", (pad(self._kind(reading), cells), style.TITLE), "  "))

    def _kind(self, reading: Interpretation) -> str:
        return translate(catalogue.IDENTIFIERS, reading.kind, self.lang)

    def _said(self, page: TextLayout, reading: Interpretation) -> list[str]:
        said = [reading.normalised]
        if not reading.complete:
            said.append(page.label("incomplete"))
        if reading.carrier:
            said.append(translate(catalogue.CARRIERS, reading.carrier, self.lang))
        if reading.checksum != "n/a":
            said.append(translate(catalogue.CHECKSUMS, reading.checksum, self.lang))
        if reading.key and reading.key != reading.normalised:
            said.append(page.label("key", key=reading.key))
        said += [format_hint(hint.attribute, hint.value, hint.confidence, self.lang) for hint in reading.hints]
        return said
