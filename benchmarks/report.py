"""Results of the measurements as tables: medians with minimum and maximum; pages in docs/ are made from it."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from benchmarks.peers import PRODUCT, SUBJECTS
from benchmarks.server_report import server_lines

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
        """Return the measurements of a subject; empty if there are none."""
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
    Figure("audit_without_rules_s", {"en": "audit of one, s", "zh": "核查一家，秒"}, "s", "audit_without_rules"),
    Figure(
        "audit_all_without_rules_s", {"en": "audit of all, s", "zh": "核查全部，秒"}, "s", "audit_all_without_rules"
    ),
    Figure("audit_s", {"en": "audit of one with all rules, s", "zh": "核查一家（含全部规则），秒"}, "s", "audit"),
    Figure(
        "audit_all_s", {"en": "audit of all with all rules, s", "zh": "核查全部（含全部规则），秒"}, "s", "audit_all"
    ),
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
            subject = size["subjects"][name]
            yield name, subject if name == PRODUCT else _without_rules(subject)


def _without_rules(subject: dict[str, Any]) -> dict[str, Any]:
    """Return the measurements of another tool under the names of those without rules: it has none."""
    named = {"audit": "audit_without_rules", "audit_all": "audit_all_without_rules"}
    figures = {f"{action}_s": f"{other}_s" for action, other in named.items()}
    return {
        **subject,
        "figures": {figures.get(name, name): values for name, values in subject["figures"].items()},
        "cut": {named.get(action, action): why for action, why in subject["cut"].items()},
        "differs": [named.get(action, action) for action in subject.get("differs", ())],
    }


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


TEXT = {
    "en": {
        "title": "# How fast, and beside what",
        "intro": """
`make bench CARDS=1000000 RUNS=3` measures graphtrace and what else could be taken in its place, in one run, on one machine, on
the same files: those of `graphtrace simulate --faults 0`. Every measurement is a process of its own. Before the time of another
tool counts, its answers are compared with those of graphtrace (registrant and last holder of 1,000 cards; the buckets of all
enterprises), and those of graphtrace with the truth of the simulated case. A process that takes too long or too much memory
is ended, and the table says so. The tables below are written from
[benchmarks/results](../benchmarks/results), the page with charts stands beside the result in `build/bench/`.
""",
        "fair": """
## What is compared

- The others keep what these answers need and nothing else. graphtrace keeps the source itself and its hash, the row of every
  statement, all other columns and the rejected rows, checks every number and date, tells parties apart, looks for gaps,
  forks and contradictions; all of that is in its figures, in its memory and on its disk. Its audit rules, which nobody else has,
  are in the columns that say so.
- All others are given cards as integers and parties as numbers, the best form that was found for them. SQLite and Neo4j have a
  size class with each range, so that an index finds the ranges that cover a card. Ladybug, Neo4j and pandas cut ranges into
  pieces in Python, as their engines do not.
- *One trace from the shell* is a whole process. *Warm* is the median, and the 99th of a hundred, of 500 cards asked one after the
  other. *100,000 traces, full* is one call that ends with every answer as objects in memory; *as a table* with registrant and
  holder. *Audit of one* is of the enterprise with about 250,000 cards or the nearest; audits are timed in a process that has
  audited another enterprise before. For tools that hold everything in memory, the time to fill it is in the first column
  from the shell only.
- The memory and the disk of Neo4j are those of its server.
""",
        "size": "## {cards} cards",
        "about": "{rows} rows, {mb} MB of CSV. {machine}. Medians of {runs}, in brackets the least and the greatest.",
        "machine": "{processor}, {cores} cores, {memory_gib} GiB, Python {python}",
        "load": " While it was measured, other work ran on the same machine: compare the figures with each other, and do not take them for what the machine can do.",
        "state": "Versions and when each was measured: {each}. Sizes and subjects were measured one after the other and put together.",
        "truth": "Of {cards} cards asked, {right} answers of graphtrace were as the truth says, and {enterprises_right} of {enterprises} audits.",
        "growth": """
## As the case grows

The same figures of graphtrace alone at each size (`python -m benchmarks.growth --cards 100000 1000000`). Both scales of a drawing
are logarithmic; dashed is what would be in proportion to the cards.

![Each figure over the number of cards](growth.svg)
""",
        "growth_about": "{machine}. {cards} cards: medians of {runs} ({measured}, {commit}{shared}); {right} of {asked} cards and {enterprises_right} of {enterprises} audits as the truth says.",
        "shared": ", other work ran on the machine",
        "appending": """
## Small files into a large case

{times} files of {rows_each} rows each, one after the other, into a case of {cards} cards, each by a command of its own: the
first took {first_s} s, the median {median_s} s, the last {last_s} s. A warm trace took {before} ms before and {after} ms after,
an audit of all {audit_before} s and {audit_after} s. ({commit}, {measured})
""",
        "equal": {True: "the same", False: "not the same"},
        "blocks": """
## In blocks, on Apache Spark

A case of {cards} cards ([scale.md](scale.md)) took {export_s} s to be written as {blocks} blocks of {blocks_mb} MB in all; the case without
its sources has {case_mb} MB. On one machine an audit of all took {audit_all_s} s and {asked} traces {trace_s} s, as JSON; on two workers
(`{master}`), with the start of Spark, {spark_audit_s} s and {spark_trace_s} s. The answers were {equal}. ({commit}, {measured})
""",
        "right": """
## Right answers

Simulated cases with everything planted that `graphtrace simulate` knows (`python -m benchmarks.truth`).
""",
        "right_heads": ("cards", "", "seed", "cards asked", "wrong", "audits", "wrong", "state"),
        "messy": ("clean", "messy"),
    },
    "zh": {
        "title": "# 性能对比",
        "intro": """
`make bench CARDS=1000000 RUNS=3` 在同一台机器上、同一次运行中、用同一批文件（`graphtrace simulate --faults 0` 生成）
测量 graphtrace 以及可替代它的其他工具。每项测量都是独立进程。其他工具的用时计入之前，先将其答案与 graphtrace 比较
（一千张卡的登记企业与最后持有人；所有企业的各类卡数），graphtrace 的答案再与模拟案件的真值比较。耗时过长或占用内存过多的
进程会被终止，并在表中注明。下表由 [benchmarks/results](../benchmarks/results) 生成，带图表的页面与结果一同位于
`build/bench/`。
""",
        "fair": """
## 比较了什么

- 其他工具只保存回答所需的内容。graphtrace 还保存源文件及其哈希、每条陈述所在的行、其余各列和被拒绝的行，检查每个号码和日期，
  辨别主体，查找断链、分叉和矛盾；这些都计入它的用时、内存和磁盘。核查规则为它所独有，只计入注明的各列。
- 其他工具得到的卡号是整数、主体是编号，这是为它们找到的最好形式。SQLite 与 Neo4j 的每个号段带有长度级别，
  以便用索引找到包含某卡的号段。Ladybug、Neo4j 与 pandas 的引擎不会切分号段，由 Python 完成。
- “命令行追踪一张卡”为整个进程。“热态”为逐张询问 500 张卡的中位数与第 99 百分位。“完整答案”为一次调用，结束时所有答案都是内存中的
  对象；“列表”只含登记企业与持有人。“核查一家”取购卡约 25 万张或最接近者；核查在此前已核查过另一家企业的进程中计时。
  全部放在内存中的工具，其装入内存的时间只计入命令行一列。
- Neo4j 的内存与磁盘为其服务器的。
""",
        "size": "## {cards} 张卡",
        "about": "{rows} 行，CSV {mb} MB。{machine}。{runs} 次的中位数，括号内为最小与最大。",
        "machine": "{processor}，{cores} 核，{memory_gib} GiB，Python {python}",
        "load": "测量时同一台机器上有其他工作在运行：各数字只宜相互比较，不代表机器的能力。",
        "state": "版本与测量时间：{each}。各规模与各工具先后测量，合并而成。",
        "truth": "询问 {cards} 张卡，graphtrace 有 {right} 个答案与真值一致；{enterprises} 份核查中 {enterprises_right} 份一致。",
        "growth": """
## 随案件增大

仅 graphtrace，各规模的同样指标（`python -m benchmarks.growth --cards 100000 1000000`）。图中两轴均为对数；虚线为与卡数成正比的情形。

![各项指标随卡数的变化](growth.zh.svg)
""",
        "growth_about": "{machine}。{cards} 张卡：{runs} 次的中位数（{measured}，{commit}{shared}）；{asked} 张卡中 {right} 张、{enterprises} 份核查中 {enterprises_right} 份与真值一致。",
        "shared": "，机器上有其他工作",
        "appending": """
## 向大案件追加小文件

向 {cards} 张卡的案件逐个追加 {times} 个文件，每个 {rows_each} 行，各用一条命令：第一个用时 {first_s} 秒，中位数 {median_s} 秒，
最后一个 {last_s} 秒。热态追踪之前 {before} 毫秒，之后 {after} 毫秒；核查全部之前 {audit_before} 秒，之后 {audit_after} 秒。
（{commit}，{measured}）
""",
        "equal": {True: "相同", False: "不同"},
        "blocks": """
## 分块，在 Apache Spark 上

{cards} 张卡的案件（[scale.md](scale.md)，英文）写成 {blocks} 块用时 {export_s} 秒，共 {blocks_mb} MB；不含源文件的案件为 {case_mb} MB。单机核查全部用时
{audit_all_s} 秒，追踪 {asked} 张卡 {trace_s} 秒（JSON）；两个工作进程（`{master}`）连同 Spark 启动为 {spark_audit_s} 秒与 {spark_trace_s} 秒。
答案{equal}。（{commit}，{measured}）
""",
        "right": """
## 答案是否正确

植入了 `graphtrace simulate` 所知全部情形的模拟案件（`python -m benchmarks.truth`）。
""",
        "right_heads": ("卡数", "", "种子", "询问卡数", "错误", "核查", "错误", "版本"),
        "messy": ("整洁", "杂乱"),
    },
}


def performance_lines(lang: Lang) -> list[str]:
    """The page about performance, made from the committed results."""
    said: dict[str, Any] = TEXT[lang]
    result = read_results("measured")
    machine = said["machine"].format(**result["machine"])
    shared = said["load"] if result.get("machine_was_shared") else ""
    lines = [said["title"], "", *_text(said["intro"]), *_text(said["fair"])]
    for cards, size in sizes_of(result):
        if len(size["subjects"]) > 1:
            about = {"rows": f"{size['rows']:,}", "mb": f"{size['csv_mb']:,.0f}", "machine": machine}
            lines += [
                said["size"].format(cards=f"{cards:,}"),
                "",
                said["about"].format(runs=result["runs"], **about) + shared,
            ]
            lines += ["", *table_of(size, lang), "", said["state"].format(each=_states(size, lang)), ""]
            truth = size["subjects"][PRODUCT]["truth"]
            lines += [said["truth"].format(**{name: f"{count:,}" for name, count in truth.items()}), ""]
    lines += [*_growth(said, lang), *_appending(said), *_blocks(said), *_server(lang), *_right(said)]
    return lines


def _text(text: str) -> list[str]:
    return [*text.strip().splitlines(), ""]


def _states(size: dict[str, Any], lang: Lang) -> str:
    separator = {"en": "; ", "zh": "；"}[lang]
    return separator.join(
        f"{subject['title']} {subject['version']} ({subject['measured']}, {subject['commit']})"
        for _, subject in subjects_of(size)
    )


def _growth(said: dict[str, Any], lang: Lang) -> list[str]:
    result = read_results("growth")
    lines = [*_text(said["growth"]), *growth_of(result, lang), ""]
    for cards, size in sizes_of(result):
        subject = size["subjects"][PRODUCT]
        truth = {name: f"{count:,}" for name, count in subject["truth"].items()}
        about = said["growth_about"].format(
            **{**truth, "asked": truth["cards"], "cards": f"{cards:,}"},
            machine=said["machine"].format(**size["machine"]),
            runs=size["runs"],
            shared=said["shared"] if size["machine_was_shared"] else "",
            measured=subject["measured"],
            commit=subject["commit"],
        )
        lines += [about, ""]
    return lines


def _appending(said: dict[str, Any]) -> list[str]:
    if not (RESULTS / "appending.json").exists():
        return []
    found = read_results("appending")
    whole = {name: f"{found[name]:,}" for name in ("times", "rows_each", "cards")}
    seconds = {name: number(found[name]) for name in ("first_s", "median_s", "last_s")}
    asked = {
        "before": number(found["before"]["warm_p50_ms"]),
        "after": number(found["after"]["warm_p50_ms"]),
        "audit_before": number(found["before"]["audit_all_s"]),
        "audit_after": number(found["after"]["audit_all_s"]),
    }
    return _text(
        said["appending"].format(commit=found["commit"], measured=found["measured"], **whole, **seconds, **asked)
    )


def _blocks(said: dict[str, Any]) -> list[str]:
    if not (RESULTS / "blocks.json").exists():
        return []
    found = read_results("blocks")
    figures = {name: number(value) for name, value in found.items() if isinstance(value, float)}
    whole = {name: f"{found[name]:,}" for name in ("cards", "blocks", "asked")}
    equal = said["equal"][found["is_equal"]]
    state = {name: found[name] for name in ("commit", "measured", "master")}
    return _text(said["blocks"].format(**figures, **whole, **state, equal=equal))


def _server(lang: Lang) -> list[str]:
    return server_lines(read_results("neo4j"), lang) if (RESULTS / "neo4j.json").exists() else []


def _right(said: dict[str, Any]) -> list[str]:
    rows = [said["right_heads"], ["---:", "---", "---:", "---:", "---:", "---:", "---:", "---"]]
    for case in read_results("truth")["cases"]:
        cards, audits = case["check"]["cards"], case["check"]["audits"]
        counts = (f"{cards['asked']:,}", f"{cards['wrong']:,}", f"{audits['asked']:,}", f"{audits['wrong']:,}")
        messy = said["messy"][case["is_messy"]]
        rows.append([f"{case['cards']:,}", messy, str(case["seed"]), *counts, case["commit"]])
    return [*_text(said["right"]), *(f"| {' | '.join(row)} |" for row in rows)]
