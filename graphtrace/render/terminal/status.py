"""The answers of ``status`` and ``verify`` in a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from graphtrace.render import Lang, catalogue
from graphtrace.render.format import problem_message, translate
from graphtrace.render.terminal import style
from graphtrace.render.terminal.layout import TerminalView, TextLayout, pad
from graphtrace.render.terminal.origins import HASH_SHOWN, format_time
from graphtrace.render.terminal.styled_text import line_of

if TYPE_CHECKING:
    from graphtrace.render.shapes import CaseStatusShape, CompactResultShape, IntegrityProblemShape

_KILO = 1024
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


class StatusView(TerminalView):
    """What is in a case: its size, its records by kind, its files."""

    def __init__(self, case: str, status: CaseStatusShape, lang: Lang) -> None:
        super().__init__(lang)
        self.case = case
        self.status = status

    def draw(self, page: TextLayout) -> None:
        """Draw the counts and then one block per file."""
        status = self.status
        room = "" if status.size_bytes is None else f"  {format_size(status.size_bytes)}"
        page.add((self.case, style.NAME), (room, style.LABEL))
        if not status.files:
            page.add(page.label("nothing_loaded"), margin="  ")
            return
        page.blank()
        records = [
            f"{translate(catalogue.KINDS, kind, self.lang)} {count:,}"
            for kind, count in status.records.items()
            if count
        ]
        period = [f"{status.first_day} – {status.last_day}"] if status.first_day else []
        rows: list[tuple[str, list[str], str]] = [
            ("period", period, ""),
            ("records", records, ""),
            ("parties", [f"{status.parties:,}"], ""),
            ("cards_listed", [f"{status.cards_listed:,}"], ""),
            ("ranges", [f"{status.ranges:,}"], ""),
            ("quantity_only", [f"{status.quantity_only:,}"], ""),
            ("rejected", [f"{status.rejected:,}"], style.MISSING if status.rejected else ""),
            *([("corrected", [f"{status.corrected:,}"], style.MISSING)] if status.corrected else []),
        ]
        cells = max(cell_len(page.label(label)) for label, _, _ in rows)
        for label, said, look in rows:
            margin = line_of("  ", (pad(page.label(label), cells) + "  ", style.LABEL))
            page.add_items(said or [page.label("not_on_record")], look if said else style.LABEL, margin=margin)
        page.blank()
        for entry in status.files:
            self._draw_file(page, entry)

    def _draw_file(self, page: TextLayout, entry: Mapping[str, Any]) -> None:
        page.add((str(entry["file"]), style.NAME), (f"  {str(entry['sha256'])[:HASH_SHOWN]}", style.PLACE), margin="  ")
        said = [f"{page.label('loaded_at')} {format_time(str(entry['loaded_at']))}"]
        said += [f"{page.label(count)} {entry[count]:,}" for count in ("rows", "loaded", "duplicate", "rejected")]
        page.add_items(said, style.MISSING if entry["rejected"] else style.LABEL, margin="    ")


class VerifyView(TerminalView):
    """Whether sources, rows and database agree, and where they do not."""

    def __init__(self, problems: Sequence[IntegrityProblemShape], lang: Lang) -> None:
        super().__init__(lang)
        self.problems = problems

    def draw(self, page: TextLayout) -> None:
        """Draw one line of agreement or the list of what disagrees."""
        if not self.problems:
            page.add((page.label("all_agree"), style.OUTCOMES["continuous"]))
            return
        page.add((page.label("disagreements", count=len(self.problems)), style.MISSING))
        for problem in self.problems:
            said = problem_message(problem.code, problem.params, self.lang)
            page.add(said, (f" [{problem.code}]", style.LABEL), margin="  ", hang="    ")


class CompactView(TerminalView):
    """How many rows were put in order, and how large the database was and is."""

    def __init__(self, compacted: CompactResultShape, lang: Lang) -> None:
        super().__init__(lang)
        self.compacted = compacted

    def draw(self, page: TextLayout) -> None:
        """Draw one line."""
        done = self.compacted
        page.add(
            page.label("put_in_order", count=done.rows, before=format_size(done.before), after=format_size(done.after)),
        )


def format_size(count: int) -> str:
    """``count`` bytes in the unit that leaves at most four digits."""
    amount = float(count)
    for unit in _UNITS[:-1]:
        if amount < _KILO:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= _KILO
    return f"{amount:.1f} {_UNITS[-1]}"
