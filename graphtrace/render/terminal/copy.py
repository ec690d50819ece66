"""The answer of ``copy`` in a terminal."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from graphtrace.render import Lang
from graphtrace.render.terminal import style
from graphtrace.render.terminal.layout import TerminalView, TextLayout

if TYPE_CHECKING:
    from graphtrace.render.shapes import CopyResultShape


class CopyView(TerminalView):
    """How many files were copied, and whether both cases hold the same since; what differs is named."""

    def __init__(self, copied: CopyResultShape, lang: Lang) -> None:
        super().__init__(lang)
        self.copied = copied

    def draw(self, page: TextLayout) -> None:
        """Draw what was copied and then one line of agreement, or the list of what differs."""
        copied, comparison = self.copied, self.copied.comparison
        page.add((copied.source, style.NAME), (" -> ", style.LABEL), (copied.target, style.NAME))
        page.add_items(
            [
                page.label("files_copied", count=copied.files),
                *([page.label("files_copied_before", count=copied.files_before)] if copied.files_before else []),
            ],
            margin="  ",
        )
        page.blank()
        sums = Counter(each.agrees for each in comparison.checksums)
        page.add_items(
            [
                page.label("counts_agree", count=sum(each.agrees for each in comparison.counts)),
                page.label("checksums_agree", count=sums[True]),
                page.label("traces_agree", count=comparison.traced - len(comparison.differing)),
            ],
            margin="  ",
        )
        if comparison.agrees:
            page.add((page.label("same_case"), style.OUTCOMES["continuous"]))
            return
        page.add((page.label("cases_differ"), style.MISSING))
        for each in (*comparison.counts, *comparison.checksums):
            if not each.agrees:
                place = "" if each.file is None else f"  {each.file}"
                page.add(each.what, (place, style.NAME), f"  {each.first} | {each.second}", margin="  ", hang="    ")
        for card in comparison.differing:
            page.add(page.label("card_traced_differently", card=card), margin="  ")
