"""The report of ``load`` in a terminal: every row accounted for, then what was refused and why."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.cells import cell_len

from graphtrace.identifiers import parse_iccid, parse_range
from graphtrace.render import Lang, catalogue
from graphtrace.render.errors import translate_error
from graphtrace.render.format import translate
from graphtrace.render.terminal import style
from graphtrace.render.terminal.layout import TerminalView, TextColumn, TextLayout
from graphtrace.render.terminal.origins import format_origin
from graphtrace.render.terminal.styled_text import Part, line_of

if TYPE_CHECKING:
    from graphtrace.ingest.reports import Reject
    from graphtrace.storage.load import SheetReport

REJECTS = 3
"""Rows shown for each reason unless all are asked for."""

_INDENT = "  "
_COUNTS = ("rows", "loaded", "duplicate", "rejected")


class LoadView(TerminalView):
    """The report on the sheets of all files that were given.

    Parameters
    ----------
    reports
        One per sheet, in the order of loading.
    lang
        Language of everything that is not data.
    verbose
        Show every rejected row.
    dry_run
        Say that nothing was written.
    brief
        Only count the rejected rows and say where they stand.
    """

    def __init__(
        self,
        reports: Sequence[SheetReport],
        lang: Lang,
        *,
        verbose: bool = False,
        dry_run: bool = False,
        brief: bool = False,
    ) -> None:
        super().__init__(lang)
        self.reports = reports
        self.brief = brief
        self.limit = None if verbose else REJECTS
        self.dry_run = dry_run

    def draw(self, page: TextLayout) -> None:
        """Draw the table of sheets, the rejected rows, the values left out and the files that could not be read."""
        _draw_table(page, self.reports)
        if self.brief:
            _draw_rejects_place(page, self.reports)
        else:
            self._draw_rejects(page)
            _draw_warnings(page, self.reports)
        _draw_errors(page, self.reports)
        if self.dry_run:
            page.title((page.label("dry_run"), style.GUESSED))

    def _draw_rejects(self, page: TextLayout) -> None:
        by_reason: dict[str, list[tuple[SheetReport, Reject]]] = {}
        for report in self.reports:
            for reject in report.rejects:
                by_reason.setdefault(reject.reason, []).append((report, reject))
        if not by_reason:
            return
        page.title((page.label("rejects"), style.TITLE))
        ordered = [reason for reason in catalogue.REJECTS if reason in by_reason]
        for reason in ordered:
            rejects = by_reason[reason]
            # a sheet whose headings are unknown is refused as one entry
            rows = sum(report.rejected if reason == "unknown_headings" else 1 for report, _ in rejects)
            said = f"  {rows:,} × {translate(catalogue.REJECTS, reason, page.lang)}"
            page.add((reason, style.MISSING), said, margin=_INDENT)
            for report, reject in rejects[: self.limit]:
                _draw_reject(page, report, reject)
            if self.limit is not None and len(rejects) > self.limit:
                more = page.label("more_rejects", more=len(rejects) - self.limit)
                page.add((more, style.LABEL), margin=_INDENT * 2)
        _draw_rejects_place(page, self.reports)


def _draw_rejects_place(page: TextLayout, reports: Sequence[SheetReport]) -> None:
    files = list(dict.fromkeys(report.rejects_file for report in reports if report.rejects_file))
    places = files if len(files) == 1 else list(dict.fromkeys(str(Path(file).parent) for file in files))
    for path in places:
        page.add((page.label("all_rejects", path=path), style.LABEL), margin=_INDENT)


def _draw_table(page: TextLayout, reports: Sequence[SheetReport]) -> None:
    rows = [_row(page, report) for report in reports]
    if len(reports) > 1:
        totals = [f"{sum(getattr(report, count) for report in reports):,}" for count in _COUNTS]
        rows.append([(page.label("total"), style.LABEL), "", *totals])
    widths = [max(line_of(row[at]).cells for row in rows) for at in range(len(rows[0]))]
    numbers = [
        TextColumn(heading, max(cell_len(heading), cells), is_number=True)
        for heading, cells in zip(map(page.label, _COUNTS), widths[2:], strict=True)
    ]
    kind = TextColumn(page.label("kind"), max(cell_len(page.label("kind")), widths[1]))
    taken = sum(column.cells + 2 for column in (kind, *numbers))
    name = TextColumn(
        page.label("file"), min(max(cell_len(page.label("file")), widths[0]), max(page.width - taken - 2, 12))
    )
    page.add_table([name, kind, *numbers], rows)


def _row(page: TextLayout, report: SheetReport) -> list[Part]:
    name = f"{report.file} ({report.sheet})" if report.sheet else report.file
    if report.error is not None:
        return [(name, style.MISSING), (page.label("not_read"), style.MISSING), *("" for _ in _COUNTS)]
    kind = translate(catalogue.KINDS, report.kind, page.lang) if report.kind else ""
    counts: list[Part] = [f"{getattr(report, count):,}" for count in _COUNTS]
    if report.already_loaded:
        return [line_of(name, (f" {page.label('already_loaded')}", style.LABEL)), kind, *counts]
    if report.rejected:
        counts[-1] = (f"{report.rejected:,}", style.MISSING)
    return [name, kind, *counts]


def _draw_reject(page: TextLayout, report: SheetReport, reject: Reject) -> None:
    said = [format_origin(report.file, reject.row, report.sheet)]
    said += [text for text in (reject.field, reject.value) if text]
    page.add("  ".join(said), margin=_INDENT * 2, hang=_INDENT * 3)
    if reject.interval:
        low, high = reject.interval
        first, last = parse_iccid(low), parse_iccid(high)
        if reject.reason == "range_count_mismatch" and first and last:
            told = page.label("range_counted", cards=len(parse_range(first, last)), low=low, high=high)
        else:
            told = page.label("row_written", low=low, high=high)
        page.add((told, style.LABEL), margin=_INDENT * 3)


def _draw_warnings(page: TextLayout, reports: Sequence[SheetReport]) -> None:
    remarks = [(report, remark) for report in reports for remark in report.warnings]
    if not remarks:
        return
    page.title((page.label("warnings"), style.TITLE))
    for report, remark in remarks:
        why = translate({**catalogue.REJECTS, **catalogue.REMARKS}, remark.reason, page.lang)
        column = f"{remark.heading} ({remark.column})" if remark.column else None
        named = ", ".join(name for name in (column, remark.field) if name)
        page.add(
            (named, style.GUESSED),
            f"  {why}  {page.label('warning_rows', rows=remark.rows)} "
            f"{format_origin(report.file, remark.first_row, report.sheet)}  {remark.value}",
            margin=_INDENT,
            hang=_INDENT * 2,
        )


def _draw_errors(page: TextLayout, reports: Sequence[SheetReport]) -> None:
    failed = [(report, report.error) for report in reports if report.error is not None]
    if not failed:
        return
    page.title((page.label("problems"), style.TITLE))
    for report, error in failed:
        name = "" if report.file in error.message else f"{report.file}: "
        page.add((name, style.MISSING), translate_error(error.message, page.lang), margin=_INDENT, hang=_INDENT * 2)
        if error.hint:
            page.add(
                (f"{page.label('hint')}: {translate_error(error.hint, page.lang)}", style.LABEL), margin=_INDENT * 2
            )
