"""The page of validation, from the tables and the record that is committed beside them, and a record as files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment

from .tables import GROUPS, TABLES, Lang, read_data, read_limits, read_requirements

TEXTS: Final[Mapping[Lang, Mapping[str, Any]]] = {
    "en": {
        "title": "# Validation",
        "intro": (
            "What is required of graphtrace, by which tests each requirement is tested, on which data the right",
            "answers are known, what was found, and where the limits are. A requirement is one sentence that can",
            "fail; SPEC is the contract that the program was written to, named by its section. Tests are functions",
            "below `tests/`; this page cannot be written where one of them does not exist.",
        ),
        "how": (
            "## To validate",
            "`python dev.py validate` (`make validate`) runs exactly these tests, makes the synthetic cases anew,",
            "loads them and compares every answer with their truth. It writes `build/validation/record.html` and",
            "`record.json`: date, version, commit, system, Python, libraries, hashes of all data, and for each",
            "requirement how many tests passed, failed or were not run. It ends with 1 where anything failed or was",
            "not run. It needs the sources and installs what the tests need; `python dev.py validate R-101 R-304`",
            "runs some requirements. A laboratory that adopts the program files the record and fills in [its own",
            "page](laboratory.md).",
        ),
        "last": "## What was found last",
        "made": "{ended}: graphtrace {graphtrace}, commit `{commit}`{changed}, {system} {machine}, Python {python}",
        "changed": " with changes that were not committed",
        "states": {"passed": "passed", "in_part": "passed, in part not run", "failed": "failed", "not_run": "not run"},
        "requirements": "## Requirements",
        "groups": dict(
            zip(GROUPS, ("Identifiers", "Reading records", "Custody", "Audit", "Evidence", "Access"), strict=True)
        ),
        "heads": ("number", "requirement", "SPEC", "tests", "found"),
        "none": "–",
        "count": "{passed} of {all}",
        "data": "## Data with known answers",
        "data_heads": ("number", "data", "expected", "found"),
        "simulated": (
            "{right} of {asked} cards and {audits} of {audits_asked} audits right; of {planted} planted findings,"
            " rejects and corroborations {found} found, {missed} missed, {invented} invented"
        ),
        "limits": "## Known limits",
        "tests": "## Tests of each requirement",
        "pattern": "By number, below `tests/`.",
    },
    "zh": {
        "title": "# 验证",
        "intro": (
            "对graphtrace的各项要求、各由哪些测试检验、哪些数据的正确结果已知、实际结果如何、局限何在。",
            "每项要求是一句可以被否证的话；SPEC为本程序所依据的约定，以节号标示。测试是`tests/`下的函数；",
            "所列测试不存在时，本页无法生成。",
        ),
        "how": (
            "## 如何验证",
            "`python dev.py validate`（`make validate`）恰好运行这些测试，重新生成模拟案件、载入，",
            "并将每个结果与标准答案比对。写出`build/validation/record.html`和`record.json`：日期、版本、提交、系统、Python、各库版本、全部数据的哈希，",
            "以及每项要求通过、失败、未运行的测试数。有失败或未运行的，以1退出。需有源代码，测试所需的库会自行安装；",
            "`python dev.py validate R-101 R-304`只验证所列要求。采用本程序的实验室将记录归档，",
            "并填写[实验室用页](laboratory.zh.md)。",
        ),
        "last": "## 最近一次结果",
        "made": "{ended}：graphtrace {graphtrace}，提交`{commit}`{changed}，{system} {machine}，Python {python}",
        "changed": "（含未提交的改动）",
        "states": {"passed": "通过", "in_part": "通过，部分未运行", "failed": "失败", "not_run": "未运行"},
        "requirements": "## 要求",
        "groups": dict(zip(GROUPS, ("标识", "读取记录", "流转", "核查", "证据", "访问"), strict=True)),
        "heads": ("编号", "要求", "SPEC", "测试", "结果"),
        "none": "–",
        "count": "{passed}／{all}",
        "data": "## 已知答案的数据",
        "data_heads": ("编号", "数据", "预期", "结果"),
        "simulated": (
            "卡{right}／{asked}、核查{audits}／{audits_asked}正确；植入的发现、拒收和佐证{planted}项，"
            "找到{found}，遗漏{missed}，虚构{invented}"
        ),
        "limits": "## 已知局限",
        "tests": "## 各项要求的测试",
        "pattern": "按编号列出，均在`tests/`下。",
    },
}


def validation_lines(lang: Lang, tables: Path = TABLES) -> list[str]:
    """Return the lines of the page; the first is its title."""
    said = TEXTS[lang]
    record = read_record(tables)
    requirements = read_requirements(tables)
    found = {one["id"]: one for one in record["requirements"]}
    how, *steps = said["how"]
    lines = [said["title"], "", *said["intro"], "", how, "", *steps, "", said["last"], "", *_last(record, lang), ""]
    lines.append(said["requirements"])
    for group in GROUPS:
        rows = [
            (one.id, getattr(one, lang), one.spec, str(len(one.tests)), _found(found.get(one.id), lang))
            for one in requirements
            if one.group == group
        ]
        lines += ["", f"### {said['groups'][group]}", "", *_table(said["heads"], rows)]
    known = {one["id"]: one for one in record["data"]}
    rows_of_data = [
        (one.id, getattr(one, lang), getattr(one, f"expected_{lang}"), _found_data(known.get(one.id), lang))
        for one in read_data(tables)
    ]
    lines += ["", said["data"], "", *_table(said["data_heads"], rows_of_data), "", said["limits"], ""]
    lines += [f"- **{one.id}** {getattr(one, lang)}" for one in read_limits(tables)]
    lines += ["", said["tests"], "", said["pattern"]]
    for requirement in requirements:
        lines += ["", f"**{requirement.id}**", "", *_tests(requirement.tests)]
    return lines


def read_record(tables: Path = TABLES) -> dict[str, Any]:
    """Return the record that is committed beside the tables."""
    record: dict[str, Any] = json.loads((tables / "record.json").read_text(encoding="utf-8"))
    return record


def _last(record: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    said = TEXTS[lang]
    yield said["made"].format(**{**record, "changed": said["changed"] if record["changed"] else ""})
    if "note" in record:
        yield record["note"][lang]
    yield ""
    for state, count in record["counts"].items():
        yield f"- {said['states'][state]}: {count}"


def _found(one: Mapping[str, Any] | None, lang: Lang) -> str:
    said = TEXTS[lang]
    if one is None:
        return str(said["none"])
    runs = one["passed"] + one["failed"] + one["skipped"]
    return f"{said['states'][one['state']]}, {said['count'].format(passed=one['passed'], all=runs)}"


def _found_data(one: Mapping[str, Any] | None, lang: Lang) -> str:
    text = _found(one, lang)
    simulated = one and one["simulated"]
    if not simulated:
        return text
    cards, audits = simulated["cards"], simulated["audits"]
    figures = TEXTS[lang]["simulated"].format(
        right=cards["right"],
        asked=cards["asked"],
        audits=audits["right"],
        audits_asked=audits["asked"],
        **simulated["planted"],
    )
    return f"{text}; {figures}"


def _tests(tests: Sequence[str]) -> Iterator[str]:
    files: dict[str, list[str]] = {}
    for test in tests:
        file, _, name = test.removeprefix("tests/").partition("::")
        files.setdefault(file, []).append(name)
    for file, names in files.items():
        yield f"- `{file}`: {', '.join(f'`{name}`' for name in names)}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * len(heads), *rows)]


def write_record(record: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write a record as JSON, and as a page that prints and can be filed; returns both paths."""
    data, page = folder / "record.json", folder / "record.html"
    data.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    page.write_text(_PAGE.render(record=record, said=TEXTS, known=_known()), encoding="utf-8")
    return [data, page]


def _known() -> dict[str, Any]:
    return {one.id: one for one in read_data()}


_PAGE = Environment(autoescape=True).from_string("""\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>graphtrace {{ record.graphtrace }}: validation / 验证</title>
<style>
@page { size: A4; margin: 15mm }
body { font: 10pt/1.4 sans-serif; margin: 2em auto; max-width: 60em; color: #111 }
table { border-collapse: collapse; width: 100%; margin: 1em 0 }
th, td { border: 1px solid #999; padding: .25em .5em; text-align: left; vertical-align: top }
thead { display: table-header-group } tr { break-inside: avoid }
code { font-size: 8pt; overflow-wrap: anywhere }
.failed, .not_run { font-weight: bold }
.sign td { height: 2.5em; width: 25% }
</style>
<h1>Validation of graphtrace {{ record.graphtrace }} · 验证记录</h1>
<table>
<tr><th>Begun, ended · 起止<td>{{ record.started }} – {{ record.ended }}
<tr><th>Commit · 提交<td><code>{{ record.commit or "–" }}</code>
{% if record.changed %}with changes that were not committed · 含未提交的改动{% endif %}
<tr><th>System · 系统<td>{{ record.system }} {{ record.machine }}, Python {{ record.python }}
<tr><th>Libraries · 库<td>
{% for name, version in record.libraries.items() %}{{ name }} {{ version }}{{ ", " if not loop.last }}
{% endfor %}
{% for state, count in record.counts.items() %}
<tr><th>{{ said.en.states[state] }} · {{ said.zh.states[state] }}<td>{{ count }}
{% endfor %}
</table>
<h2>Requirements · 要求</h2>
<table>
<thead><tr><th>No. 编号<th>Requirement · 要求<th>SPEC<th>State · 结果
<th>Passed 通过<th>Failed 失败<th>Not run 未运行</thead>
{% for one in record.requirements %}
<tr class="{{ one.state }}"><td>{{ one.id }}<td>{{ one.en }}<br>{{ one.zh }}
{% for each in one.reasons %}<br><code>{{ each.test }}: {{ each.reason }}</code>{% endfor %}
<td>{{ one.spec }}<td>{{ said.en.states[one.state] }}<br>{{ said.zh.states[one.state] }}
<td>{{ one.passed }}<td>{{ one.failed }}<td>{{ one.skipped + one.missing|length }}
{% endfor %}
</table>
<h2>Data with known answers · 已知答案的数据</h2>
{% for one in record.data %}
<h3>{{ one.id }} {{ known[one.id].en }} · {{ known[one.id].zh }}</h3>
<p>Expected · 预期: {{ known[one.id].expected_en }} · {{ known[one.id].expected_zh }}
<p>Found · 结果: {{ said.en.states[one.state] }} · {{ said.zh.states[one.state] }}; passed 通过 {{ one.passed }},
failed 失败 {{ one.failed }}, not run 未运行 {{ one.skipped + one.missing|length }}
{% if one.simulated %}<p>Cards · 卡: {{ one.simulated.cards.right }} / {{ one.simulated.cards.asked }};
audits · 核查: {{ one.simulated.audits.right }} / {{ one.simulated.audits.asked }};
planted · 植入: {{ one.simulated.planted.planted }}, found 找到 {{ one.simulated.planted.found }},
missed 遗漏 {{ one.simulated.planted.missed }}, invented 虚构 {{ one.simulated.planted.invented }}{% endif %}
{% if one.files %}
<table>
<thead><tr><th>File · 文件<th>Bytes · 字节<th>SHA-256</thead>
{% for file in one.files %}<tr><td><code>{{ file.file }}</code><td>{{ file.bytes }}<td><code>{{ file.sha256 }}</code>
{% endfor %}
</table>
{% endif %}
{% endfor %}
<h2>Filed by · 归档</h2>
<table class="sign">
<tr><th>Laboratory · 实验室<td><th>File number · 归档编号<td>
<tr><th>Run by · 验证人<td><th>Date, signature · 日期、签名<td>
<tr><th>Reviewed by · 复核人<td><th>Date, signature · 日期、签名<td>
</table>
""")
