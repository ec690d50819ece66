"""``simulate`` in a terminal: what was made, and how a case answers against the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

from graphtrace.render import Lang, catalogue
from graphtrace.render.format import format_message, translate
from graphtrace.render.terminal import style
from graphtrace.render.terminal.layout import TerminalView, TextColumn, TextLayout
from graphtrace.render.terminal.styled_text import Part

if TYPE_CHECKING:
    from graphtrace.render.simulation import CheckReportShape, RecallCountShape, SimulationResultShape

_INDENT = "  "
_NUMBER = 9
_COUNT = 7
_SHARE = 8
_COUNTS = ("found", "missed", "invented")
_SHARES = ("precision", "recall")


class SimulationView(TerminalView):
    """A synthetic case: its figures, what was planted, and what to type next."""

    def __init__(
        self, made: SimulationResultShape, commands: Sequence[str], lang: Lang, *, verbose: bool = False
    ) -> None:
        super().__init__(lang)
        self.made = made
        self.commands = commands
        self.verbose = verbose

    def draw(self, page: TextLayout) -> None:
        """Draw the figures, with ``verbose`` a line for each thing that was planted, and the commands."""
        made = self.made
        page.add((str(made.folder), style.NAME), (f"  {_label(page, 'seed', seed=str(made.seed))}", style.LABEL))
        counts = {"cards": made.cards, "rows": sum(made.rows.values()), "files": len(made.rows)}
        page.add(_label(page, "made", **counts), margin=_INDENT)
        page.add(_label(page, "rows_to_refuse", rejected=made.rejected, duplicates=made.duplicates), margin=_INDENT)
        if made.scenarios:
            number, cards = len(made.scenarios), sum(one.cards for one in made.scenarios)
            page.add(_label(page, "stories", stories=number, cards=cards, folder=str(made.folder)), margin=_INDENT)
        if self.verbose and made.scenarios:
            page.title((_label(page, "planted"), style.TITLE))
            name = max(len(one.name) for one in made.scenarios)
            columns = [
                TextColumn(_label(page, "scenario"), 8),
                TextColumn(_label(page, "story"), name),
                TextColumn(_label(page, "cards"), _NUMBER, is_number=True),
                TextColumn(_label(page, "meaning"), max(page.width - name - _NUMBER - 18, 20)),
            ]
            rows = [
                (
                    one.scenario or "",
                    one.name,
                    f"{one.cards:,}",
                    translate(catalogue.SIMULATION_SCENARIOS, one.name, page.lang),
                )
                for one in made.scenarios
            ]
            page.add_table(columns, rows, margin=_INDENT)
        page.title((_label(page, "next"), style.TITLE))
        for command in self.commands:
            page.add((command, style.COMMAND), margin=_INDENT)


class CheckView(TerminalView):
    """How a case answers: cards, findings, rejected rows, and the first wrong answers."""

    def __init__(self, case: str, report: CheckReportShape, lang: Lang) -> None:
        super().__init__(lang)
        self.case = case
        self.report = report

    def draw(self, page: TextLayout) -> None:
        """Draw the verdict and the figures behind it."""
        report = self.report
        wrong = report.asked - report.right
        page.add((self.case, style.NAME))
        page.add(_label(page, "asked", asked=report.asked, right=report.right, wrong=wrong), margin=_INDENT)
        kinds = [f"{_label(page, kind)} {count:,}" for kind, count in report.wrong.items() if count]
        if kinds:
            page.add_items(kinds, style.MISSING, margin=_INDENT)
        audits_wrong = report.audits - report.audits_right
        counts = {"audits": report.audits, "right": report.audits_right, "wrong": audits_wrong}
        page.add((_label(page, "audited", **counts), style.MISSING if audits_wrong else ""), margin=_INDENT)
        verdict, look = ("all_right", "") if report.is_right else ("not_right", style.MISSING)
        page.add((_label(page, verdict), look), margin=_INDENT)
        self._draw_tallies(page, "finding", report.faults)
        repeated = {_label(page, "duplicates"): report.duplicates}
        named = {translate(catalogue.REJECTS, code, page.lang): tally for code, tally in report.rejects.items()}
        self._draw_tallies(page, "reason", {**named, **repeated})
        self._draw_mistakes(page)

    def _draw_tallies(self, page: TextLayout, heading: str, tallies: Mapping[str, RecallCountShape]) -> None:
        if not tallies:
            return
        page.blank()
        numbers = [*_COUNTS, *_SHARES]
        widths = [max(cell_len(_label(page, number)), _SHARE if number in _SHARES else _COUNT) for number in numbers]
        name = max(page.width - sum(widths) - 2 * len(widths) - 4, 12)
        columns = [TextColumn(_label(page, heading), name)]
        columns += [
            TextColumn(_label(page, number), width, is_number=True)
            for number, width in zip(numbers, widths, strict=True)
        ]
        rows: list[list[Part]] = []
        for code, tally in tallies.items():
            counts = [f"{getattr(tally, number):,}" for number in _COUNTS]
            shares = [_share(getattr(tally, number)) for number in _SHARES]
            look = style.MISSING if tally.missed or tally.invented else ""
            rows.append([(code, look), *counts, *shares])
        page.add_table(columns, rows, margin=_INDENT)

    def _draw_mistakes(self, page: TextLayout) -> None:
        if not self.report.mistakes:
            return
        page.title((_label(page, "wrong"), style.TITLE))
        for mistake in self.report.mistakes:
            said = {
                "card": mistake.card,
                "story": mistake.story or "",
                "kind": _label(page, mistake.kind),
                "true": mistake.true or _label(page, "nothing"),
                "answered": mistake.answered or _label(page, "nothing"),
            }
            page.add(_label(page, "mistake", **said), margin=f"{_INDENT}{page.glyphs.item} ")


def _label(page: TextLayout, code: str, **params: object) -> str:
    return format_message(catalogue.SIMULATION_LABELS[code], params, page.lang)


def _share(share: float | None) -> str:
    """A share with six digits at most, so that one miss among a million is not rounded to 1."""
    return "" if share is None else f"{share:.6f}".rstrip("0").rstrip(".")
