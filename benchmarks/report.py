"""What was measured, as tables: medians with the least and the greatest; the pages in docs/ are made from it."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from benchmarks.peers import PRODUCT, SUBJECTS

RESULTS = Path(__file__).parent / "results"
"""The results that the pages show, as they were measured and committed."""

Lang = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that is measured. ``per_row`` turns seconds into rows a second."""

    name: str
    title: dict[str, str]
    unit: str
    action: str
    per_row: bool = False

    def values(self, size: dict[str, Any], subject: dict[str, Any]) -> list[float]:
        """What was measured of a subject; empty where nothing was."""
        found = subject["figures"].get(self.name, [])
        return [size["rows"] / value / 1e6 for value in found] if self.per_row else found


FIGURES = (
    Figure("load_s", {"en": "load, M rows/s", "zh": "装载，百万行/秒"}, "M rows/s", "load", per_row=True),
    Figure("load_peak_mb", {"en": "peak memory of the load, MB", "zh": "装载内存峰值，MB"}, "MB", "load"),
    Figure("disk_mb", {"en": "on disk, MB", "zh": "磁盘占用，MB"}, "MB", "load"),
    Figure("cold_s", {"en": "one trace from the shell, s", "zh": "命令行追踪一张卡，秒"}, "s", "cold"),
    Figure("warm_p50_ms", {"en": "one trace warm, p50, ms", "zh": "热态追踪一张卡，p50，毫秒"}, "ms", "warm"),
    Figure("warm_p99_ms", {"en": "p99, ms", "zh": "p99，毫秒"}, "ms", "warm"),
    Figure("many_s", {"en": "100,000 traces, full, s", "zh": "追踪十万张卡（完整答案），秒"}, "s", "many"),
    Figure("table_s", {"en": "100,000 as a table, s", "zh": "十万张卡列表，秒"}, "s", "table"),
    Figure("audit_s", {"en": "audit of one, s", "zh": "核查一家，秒"}, "s", "audit"),
    Figure("audit_all_s", {"en": "audit of all, s", "zh": "核查全部，秒"}, "s", "audit_all"),
)


def read_results(name: str) -> dict[str, Any]:
    """A committed result."""
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def number(value: float) -> str:
    """With three digits that count."""
    if value >= 100:
        return f"{value:,.0f}"
    digits = 3 if value < 1 else 2 if value < 10 else 1
    return f"{value:.{digits}f}"


def cell(figure: Figure, size: dict[str, Any], subject: dict[str, Any], lang: Lang = "en") -> str:
    """Median and spread, or why there is none."""
    cut = {"en": "not done: ", "zh": "未完成："}[lang]
    if figure.action in subject.get("differs", ()):
        return {"en": "answers otherwise", "zh": "答案不同"}[lang]
    values = figure.values(size, subject)
    why = subject["cut"].get(figure.action) or ("" if values else subject["cut"].get("load"))
    if why or not values:
        return f"{cut}{why.removeprefix('failed: ')}" if why else "–"
    middle = number(statistics.median(values))
    return middle if len(values) == 1 else f"{middle} ({number(min(values))}–{number(max(values))})"


def sizes_of(result: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The sizes, in order."""
    for cards, size in result["sizes"].items():
        yield int(cards), size


def subjects_of(size: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The subjects that were measured at a size, the product first."""
    for name in SUBJECTS:
        if name in size["subjects"]:
            yield name, size["subjects"][name]


def table_of(size: dict[str, Any], lang: Lang) -> list[str]:
    """A size as Markdown: a row a subject, a column a figure."""
    heads = [{"en": "", "zh": ""}[lang], *(figure.title[lang] for figure in FIGURES)]
    rows = [heads, ["---", *["---:"] * len(FIGURES)]]
    for name, subject in subjects_of(size):
        title = f"**{subject['title']}**" if name == PRODUCT else subject["title"]
        rows.append([title, *(cell(figure, size, subject, lang) for figure in FIGURES)])
    return [f"| {' | '.join(row)} |" for row in rows]


def growth_of(result: dict[str, Any], lang: Lang) -> list[str]:
    """The product at all sizes as Markdown: a row a size."""
    heads = [{"en": "cards", "zh": "卡数"}[lang], {"en": "rows", "zh": "行数"}[lang]]
    rows: list[Sequence[str]] = [[*heads, *(figure.title[lang] for figure in FIGURES)]]
    rows.append(["---:"] * len(rows[0]))
    for cards, size in sizes_of(result):
        if PRODUCT in size["subjects"]:
            subject = size["subjects"][PRODUCT]
            figures = (cell(figure, size, subject, lang) for figure in FIGURES)
            rows.append([f"{cards:,}", f"{size['rows']:,}", *figures])
    return [f"| {' | '.join(row)} |" for row in rows]
