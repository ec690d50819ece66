"""Writes the pages that follow from the program itself, in both languages: commands, headings, queries, rules.

``python docs/generate.py`` writes them; with ``--check`` it writes nothing and ends with 1 where a page is out of date.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.page import growth_drawing
from benchmarks.report import performance_lines, read_results
from graphtrace.cli import command_line
from graphtrace.cli.commands import localize_help, walk_commands
from graphtrace.ingest.acts import KIND_WORDS
from graphtrace.ingest.headers import FIELDS, HEADINGS
from graphtrace.ingest.recipes.recipe_loader import load_recipes
from graphtrace.ingest.row_events import NEEDS
from graphtrace.model import Kind
from graphtrace.query_library import load_queries
from graphtrace.render import Lang, text_tables
from graphtrace.render.format import rule_law, translate
from graphtrace.render.json_schema import ANSWERS, make_schema
from graphtrace.render.text_tables import AUDIT_ROLES, KINDS, SEVERITIES
from graphtrace.results.library import Parameter
from graphtrace.results.rules import Rule, RuleParameter
from graphtrace.rules.rule_loader import load_rules
from graphtrace.storage.neo4j.neo4j_schema import FURTHER_LABELS, INDEXES, LABELS, NODES, RELATIONSHIPS, SCRIPTED
from tests.validation.page import validation_lines

DOCS = Path(__file__).parent
RULE_TABLES = DOCS / "rule_tables.yml"
NOTE = "<!-- Written by docs/generate.py (`make docs`); a change here is overwritten. -->"


def find_commands(lang: Lang = "en") -> Iterator[tuple[str, Any, Any]]:
    """Every command that does something: its full name, itself and its context."""
    group: Any = command_line()
    localize_help(group, lang)
    for ctx in walk_commands(group):
        if not hasattr(ctx.command, "commands"):
            yield ctx.command_path, ctx.command, ctx


COMMANDS = {
    "en": {
        "title": "# Commands",
        "intro": (
            "`python -m graphtrace` is the same as `graphtrace`. `graphtrace COMMAND --help` shows what stands here.",
        ),
        "heads": ("command", "does"),
        "common": "## Options of every command",
        "where": "They may stand before or after the name of the command.",
        "options": ("option", "meaning"),
        "parameters": ("parameter", "meaning"),
        "more": "[OPTIONS]",
    },
    "zh": {
        "title": "# 命令",
        "intro": ("`python -m graphtrace` 与 `graphtrace` 相同。`graphtrace COMMAND --help` 显示与本页相同的内容。",),
        "heads": ("命令", "用途"),
        "common": "## 各命令共有的选项",
        "where": "写在命令名之前或之后均可。",
        "options": ("选项", "含义"),
        "parameters": ("参数", "含义"),
        "more": "[选项]",
    },
}


def commands_page(lang: Lang) -> str:
    """The command reference."""
    said = COMMANDS[lang]
    commands = list(find_commands(lang))
    common = _common_options(commands)
    rows = ((f"[`{name}`](#{_anchor(name)})", one.help) for name, one, _ in commands)
    lines = [said["title"], "", NOTE, "", *said["intro"], "", *_table(said["heads"], rows)]
    lines += ["", said["common"], "", said["where"], "", *_table(said["options"], common)]
    for name, command, context in commands:
        parameters = command.get_params(context)
        arguments = [one for one in parameters if one.param_type_name == "argument"]
        usage = " ".join([name, *(_argument(one) for one in arguments), said["more"]])
        lines += ["", f"## {name}", "", command.help, "", "```text", usage, "```"]
        own = [(f"`{_argument(one)}`", one.help) for one in arguments]
        own += [row for row in _options(parameters, context) if row not in common]
        if own:
            lines += ["", *_table(said["parameters"], own)]
    return "\n".join(lines) + "\n"


def _common_options(commands: Sequence[tuple[str, Any, Any]]) -> list[tuple[str, str]]:
    every = [_options(command.get_params(context), context) for _, command, context in commands]
    return [row for row in every[0] if all(row in rows for rows in every)]


def _options(parameters: Iterable[Any], context: Any) -> list[tuple[str, str]]:
    records = [one.get_help_record(context) for one in parameters if one.param_type_name == "option"]
    return [(f"`{names.translate(_BRACKETS)}`", meaning) for names, meaning in records]


_BRACKETS = str.maketrans("", "", "<>[]")
"""The brackets around the words of a choice differ between versions of Typer."""


def _argument(argument: Any) -> str:
    text = argument.metavar + ("…" if argument.nargs == -1 else "")
    return text if argument.required else f"[{text}]"


def _anchor(name: str) -> str:
    return name.replace(" ", "-")


HEADING_TEXTS = {
    "en": {
        "title": "# Headings",
        "intro": (
            "A column is understood by its heading. Blanks, case, full-width forms and a last remark in brackets make",
            "no difference: `数量（张）` is `数量`. Where two columns mean one field, the heading that names the event",
            "of the record counts, then the one further left. `buyer` is the receiver beside a seller, else the",
            "enterprise. For any other heading write a mapping file; `graphtrace mapping suggest FILE` makes a first",
            "one.",
        ),
        "heads": ("field", "headings"),
        "kinds": "## Kinds of records",
        "about": (
            "`load --as KIND` says what all rows are; else a column `kind` says it row by row, in the words below;",
            "else the headings do. A row must carry what stands on the right; `cards` are a listed card, both ends of",
            "a range, or a number of cards.",
        ),
        "kind": ("kind", "words in a column", "must carry"),
    },
    "zh": {
        "title": "# 表头",
        "intro": (
            "列的含义由表头识别。空格、大小写、全角和末尾括号内的注记不影响识别：`数量（张）` 即 `数量`。",
            "两列指同一字段时，以写明该类业务的表头为准（如转让记录中的“转让日期”），其次取靠左的一列。",
            "`buyer` 在有卖方时指转入方，否则指开户单位。",
            "其他表头须写列对应表，`graphtrace mapping suggest FILE` 可写出草稿。",
        ),
        "heads": ("字段", "表头"),
        "kinds": "## 记录的类型",
        "about": (
            "`load --as KIND` 指明全部行的类型；否则由 `kind` 列逐行写明，用下表中的词；再否则由表头判断。",
            "每行必须有右栏所列内容；`cards` 指一张列明的卡、号段的起止两端，或卡的数量。",
        ),
        "kind": ("类型", "列中的写法", "必须有"),
    },
}


_SUPPORT_NEEDS = {
    "identity": "two of name, id, account, telephone",
    "shipment": "waybill",
    "payment": "date; amount; payer, payee or order_no",
}
"""Required fields of supporting records."""


def headings_page(lang: Lang) -> str:
    """The headings that are understood, the kinds of records and what each must carry."""
    said = HEADING_TEXTS[lang]
    headings = ((f"`{name}`", _words(_headings_of(name))) for name in FIELDS)
    kinds = (
        (
            f"`{kind}`",
            _words(word for word, meant in KIND_WORDS.items() if meant == kind and word != kind),
            "; ".join(_need(need, lang) for need, _ in needs),
        )
        for kind, needs in NEEDS.items()
    )
    kinds = (*kinds, *((f"`{kind}`", "", _need(need, lang)) for kind, need in _SUPPORT_NEEDS.items()))
    lines = [said["title"], "", NOTE, "", *said["intro"], "", *_table(said["heads"], headings)]
    lines += ["", said["kinds"], "", *said["about"], "", *_table(said["kind"], kinds)]
    return "\n".join(lines) + "\n"


def _need(need: str, lang: Lang) -> str:
    return need if lang == "en" else need.replace(", ", "、").replace(" or ", "或")


STATEMENTS = {"sql": "SQL", "cypher": "Cypher"}
QUERIES = {
    "en": {
        "title": "# The questions of the query library",
        "intro": (
            "`graphtrace query NAME -p parameter=value` asks one. [queries/README.md](../queries/README.md) says how",
            "they are written, [model.md](model.md) what they can read. A case in a folder is asked in SQL, one on a",
            "server in Cypher.",
        ),
        "heads": ("name", "question"),
        "parameters": ("parameter", "type", "default", "meaning"),
        "needed": "must be given",
        "columns": ("column", "meaning"),
        "order": "Order",
        "separator": ": ",
    },
    "zh": {
        "title": "# 查询库中的问题",
        "intro": (
            "`graphtrace query NAME -p parameter=value` 提出其中一个问题。",
            "写法见 [queries/README.zh.md](../queries/README.zh.md)，可查的内容见 [model.zh.md](model.zh.md)。",
            "文件夹中的案件用 SQL 查询，服务器上的案件用 Cypher 查询。",
        ),
        "heads": ("名称", "问题"),
        "parameters": ("参数", "类型", "默认值", "含义"),
        "needed": "必填",
        "columns": ("列", "含义"),
        "order": "排序",
        "separator": "：",
    },
}


def queries_page(lang: Lang) -> str:
    """The questions of the query library."""
    said = QUERIES[lang]
    asked = [query for query in load_queries() if query.header.over == "case"]
    rows = ((f"[`{query.name}`](#{query.name})", getattr(query.header.question, lang)) for query in asked)
    lines = [said["title"], "", NOTE, "", *said["intro"], "", *_table(said["heads"], rows)]
    for query in asked:
        header = query.header
        files = " · ".join(f"[{title}](../queries/{query.name}.{ending})" for ending, title in STATEMENTS.items())
        order = query.source("sql").splitlines()[-1].removeprefix("ORDER BY ")
        lines += ["", f"## {query.name}", "", f"**{getattr(header.question, lang)}**", ""]
        lines += [getattr(header.counts, lang), "", f"{files} · {said['order']}{said['separator']}`{order}`"]
        if header.parameters:
            lines += ["", *_table(said["parameters"], (_parameter(one, lang) for one in header.parameters))]
        columns = ((f"`{column.name}`", getattr(column.meaning, lang)) for column in header.columns)
        lines += ["", *_table(said["columns"], columns)]
    return "\n".join(lines) + "\n"


def _parameter(parameter: Parameter, lang: Lang) -> list[str]:
    default = QUERIES[lang]["needed"] if parameter.default is None else f"`{parameter.default}`"
    return [f"`{parameter.name}`", f"`{parameter.type_text}`", str(default), getattr(parameter.meaning, lang)]


RULES = {
    "en": {
        "title": "# The rules of an audit",
        "intro": (
            "`graphtrace audit NAME` applies all of these rules. `--rule ID` applies some, `-p NAME=VALUE` sets a",
            "parameter (`-p ID.NAME=VALUE` where several rules have it), `--rule ID --cards` opens what a rule found",
            "to its cards and records. `graphtrace rules show ID` shows a rule with its query.",
            "",
            "A rule names the provision that it is about; it does not say that the provision was broken. Where it",
            "names none, its limits are its own thresholds, not legal ones. What is unknown never makes a finding.",
        ),
        "heads": ("rule", "severity", "looks for", "law"),
        "parameters": ("parameter", "default", "meaning"),
        "counts": "Counts",
        "says": "Message",
        "rests": "Evidence",
        "roles": "Audits of",
        "by_number": "Asked also where records state only how many cards a party received",
        "query": "Query",
        "own": "## What the query of a rule can ask",
        "about": (
            "[guide.md](guide.md#rules-of-your-own) shows how to write a rule. Its query is DuckDB SQL over these",
            "relations, the same whichever store a case is kept in. Parties are ids (`id:…`, `name:…`, `carrier:…`),",
            "days are dates (`day` is the first that a record allows, `until` the last). Cards are numbers that are",
            "consecutive within a lot and mean nothing else; a record is the number of a row. `fate`, `purchased`,",
            "`declared_use` and `declared_province` are those of the card's account.",
        ),
        "relation": ("relation", "columns", "rows"),
    },
    "zh": {
        "title": "# 核查规则",
        "intro": (
            "`graphtrace audit NAME` 适用以下全部规则。`--rule ID` 只用某几条，`-p NAME=VALUE` 设定参数",
            "（多条规则有同名参数时写 `-p ID.NAME=VALUE`），`--rule ID --cards` 列出规则所发现的卡及其记录。",
            "`graphtrace rules show ID` 显示规则及其查询。",
            "",
            "规则写明其所涉及的规定，但并不认定违反了该规定。未写明规定的，其界限只是内部关注阈值，非法定标准。",
            "未知的内容不会成为发现。",
        ),
        "heads": ("规则", "级别", "查找", "规定"),
        "parameters": ("参数", "默认值", "含义"),
        "counts": "计数",
        "says": "提示内容",
        "rests": "依据",
        "roles": "核查对象",
        "by_number": "记录只写收到卡的数量时也适用",
        "query": "查询",
        "own": "## 规则的查询可用的关系",
        "about": (
            "[guide.zh.md](guide.zh.md#自编规则) 说明如何自编规则。规则的查询是针对下列关系的 DuckDB SQL，",
            "无论案件存放何处都相同。主体以标识表示（`id:…`、`name:…`、`carrier:…`），",
            "日期为 DATE（`day` 为记录所允许的最早一日，`until` 为最晚一日）。",
            "卡以数字表示，仅在同一号段内连续，别无含义；`record` 为行的编号。",
            "`fate`、`purchased`、`declared_use`、`declared_province` 取自该卡所在的号段。",
        ),
        "relation": ("关系", "列", "每行"),
    },
}


FORMATS = {
    "en": {
        "title": "# File formats",
        "intro": (
            "A recipe describes a named file format: how it is recognised, what each column means, which events a",
            "row states and what the file leaves open. `graphtrace recipes show NAME` shows one; your own stand",
            "in `GRAPHTRACE_RECIPES`. A recipe is used only where its headings are there and the values agree. A file",
            "of no known format is read by its headings ([headings](headings.md)), else by a mapping.",
        ),
        "heads": ("recipe", "what it is, and what it is good for", "records", "asked"),
        "none": "none: kept as context",
        "between": ", ",
    },
    "zh": {
        "title": "# 文件格式",
        "intro": (
            "配方描述一种具体的文件格式：如何识别、各列的含义、每行产生哪些记录、文件没有载明什么。",
            "`graphtrace recipes show 名称` 显示其中一种；自备的配方放在 `GRAPHTRACE_RECIPES` 所指的文件夹。只有表头",
            "齐全且值相符时才采用配方。不属于已知格式的文件按表头读取（[表头](headings.zh.md)），否则用映射。",
        ),
        "heads": ("配方", "是什么，有何用处", "记录", "要询问的内容"),
        "none": "无：仅供参考",
        "between": "、",
    },
}


def formats_page(lang: Lang) -> str:
    """The file formats that are known: what is understood, what is asked, what each is good for."""
    said = FORMATS[lang]
    lines = [said["title"], "", NOTE, "", *said["intro"], ""]
    recipes = load_recipes()
    for family in dict.fromkeys(recipe.family for recipe in recipes):
        rows = []
        for recipe in recipes:
            if recipe.family == family:
                kinds = said["between"].join(translate(KINDS, kind, lang) for kind in recipe.kinds)
                asked = " ".join(f"`{question.field}`: {question.text[lang]}" for question in recipe.questions)
                source = f"[{recipe.id}]({recipe.sources[0].replace(' ', '%20')})"
                about = f"**{recipe.name[lang]}** {recipe.about[lang]}"
                rows.append((source, about, kinds or said["none"], asked))
        lines += [f"## {translate(text_tables.LABELS, f'family_{family}', lang)}", "", *_table(said["heads"], rows), ""]
    return "\n".join(lines).rstrip() + "\n"


def rules_page(lang: Lang) -> str:
    """The rules of the product, and what the query of a rule can ask."""
    said = RULES[lang]
    rules = load_rules()
    rows = (
        (
            f"[`{one.id}`](#{one.id})",
            translate(SEVERITIES, one.severity, lang),
            getattr(one.title, lang),
            rule_law(one, lang),
        )
        for one in rules
    )
    lines = [said["title"], "", NOTE, "", *said["intro"], "", *_table(said["heads"], rows)]
    for rule in rules:
        lines += ["", f"## {rule.id}", "", *_rule(rule, lang)]
    relations = (
        (f"`{one['name']}`", ", ".join(f"`{column}`" for column in one["columns"]), one["meaning"][lang])
        for one in yaml.safe_load(RULE_TABLES.read_text("utf-8"))
    )
    return "\n".join([*lines, "", said["own"], "", *said["about"], "", *_table(said["relation"], relations)]) + "\n"


def _rule(rule: Rule, lang: Lang) -> list[str]:
    said = RULES[lang]
    kinds = ", ".join(translate(KINDS, kind, lang) for kind in rule.evidence)
    lines = [f"**{getattr(rule.title, lang)}.** {getattr(rule.rationale, lang)}", "", rule_law(rule, lang), ""]
    if rule.parameters:
        lines += [*_table(said["parameters"], (_rule_parameter(one, lang) for one in rule.parameters)), ""]
    counts = getattr(rule.query.header.counts, lang)
    return [
        *lines,
        f"- {said['counts']}: {counts}",
        f"- {said['says']}: `{getattr(rule.message, lang)}`",
        f"- {said['rests']}: {kinds}",
        f"- {said['roles']}: {', '.join(translate(AUDIT_ROLES, role, lang) for role in rule.roles)}",
        *([f"- {said['by_number']}"] if rule.is_by_number else []),
        f"- {said['query']}: [{rule.query.name}](../queries/{rule.query.name}.sql)",
    ]


def _rule_parameter(parameter: RuleParameter, lang: Lang) -> list[str]:
    value = parameter.default
    members = value if isinstance(value, list) else [value]
    text = ", ".join("null" if one is None else str(one).removesuffix(".0") for one in members)
    unit = f" {getattr(parameter.unit, lang)}" if parameter.unit else ""
    return [f"`{parameter.name}`", f"{text}{unit}", getattr(parameter.parameter.meaning, lang)]


def _headings_of(name: str) -> list[str]:
    return [heading for heading, meant in HEADINGS.items() if meant == name]


def _words(words: Iterable[str]) -> str:
    return ", ".join(words)


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [_row(titles), _row(["---"] * len(titles)), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def performance_page(lang: Lang) -> str:
    """Return the page of performance, from the committed results."""
    title, *lines = performance_lines(lang)
    return "\n".join([title, "", NOTE, *lines]) + "\n"


def validation_page(lang: Lang) -> str:
    """Return the page of validation, from its tables and the record beside them."""
    title, *lines = validation_lines(lang)
    return "\n".join([title, "", NOTE, *lines]) + "\n"


MODEL: dict[Lang, dict[str, tuple[str, ...]]] = {
    "en": {
        "note": ("<!-- All below is written by docs/generate.py (`make docs`); a change is overwritten. -->",),
        "nodes": ("### Nodes", "A property without a value is absent. Types are those of Cypher."),
        "properties": ("property", "type", "holds"),
        "labels": (
            "### Labels of records",
            "Every record has the label of its kind, and of the others those that apply.",
        ),
        "label": ("label", "a record with it"),
        "links": (
            "### Relationships",
            "Beside a record stand the kinds that have the relationship. None has properties.",
        ),
        "link": ("type", "from", "to", "meaning"),
        "indexes": ("### Unique properties and indexes", "Properties of one line are indexed together."),
        "index": ("label", "properties", "unique"),
        "unique": ("yes", "no"),
        "script": (
            "### Graph of an exported script",
            "`graphtrace export cypher` makes these nodes with these properties, the key first, and relationships.",
        ),
        "scripted": ("label", "properties", "in a script only"),
    },
    "zh": {
        "note": ("<!-- 以下由 docs/generate.py 写出（`make docs`），改动会被覆盖。 -->",),
        "nodes": ("### 节点", "没有值的属性不存在。类型用 Cypher 的名称。"),
        "properties": ("属性", "类型", "内容"),
        "labels": ("### 记录的标签", "每条记录有其类型的标签，并有其余标签中适用的各项。"),
        "label": ("标签", "有此标签的记录"),
        "links": ("### 关系", "记录旁列出有此关系的记录类型。关系没有属性。"),
        "link": ("类型", "起点", "终点", "含义"),
        "indexes": ("### 唯一属性和索引", "同一行的属性合为一个索引。"),
        "index": ("标签", "属性", "唯一"),
        "unique": ("是", "否"),
        "script": (
            "### 导出脚本的图",
            "`graphtrace export cypher` 生成下列节点及其属性（首个为键），以及它们之间的关系。",
        ),
        "scripted": ("标签", "属性", "仅脚本中有"),
    },
}
CYPHER_TYPES = {"string": "STRING", "long": "INTEGER", "boolean": "BOOLEAN", "byte[]": "bytes"}
"""Names of types in Cypher, by their names in a header of the import tool."""


def model_page(lang: Lang) -> str:
    """The page of what can be asked: a part written by hand, then the graph of a server as it is declared."""
    said = MODEL[lang]
    (note,) = said["note"]
    page = DOCS / f"model{dict(LANGS)[lang]}.md"
    written = page.read_text(encoding="utf-8").partition(note)[0] if page.exists() else ""
    lines = [written + note, "", said["nodes"][0], "", said["nodes"][1]]
    for kind in NODES.values():
        groups = [group.split() for part in (kind.properties, kind.transient) for group in part.split(";") if group]
        rows = [_properties(kind.label, group, lang) for group in groups]
        lines += ["", f"#### {kind.label}", "", translate(text_tables.GRAPH, kind.label, lang), ""]
        lines += _table(said["properties"], rows)
    labels = [(f"`{label}`", translate(KINDS, kind, lang)) for kind, label in LABELS.items()]
    labels += [(f"`{label}`", translate(text_tables.GRAPH, label, lang)) for label in FURTHER_LABELS]
    links = [
        (
            f"`{link.type}`",
            *(_ends(ends, link.kinds) for ends in ((link.source,), link.targets)),
            _graph_text(link.source, link.type, lang),
        )
        for link in RELATIONSHIPS
    ]
    yes, no = said["unique"]
    indexes = [(f"`{kind.label}`", f"`{kind.key}`", yes) for kind in NODES.values() if kind.key]
    indexes += [(f"`{label}`", _code(names), no) for label, *names in map(str.split, INDEXES)]
    script = [
        (
            f"`{label}`",
            _code(names),
            _graph_text(label, "script", lang) if set(names) - set(NODES[label].types()) else "",
        )
        for label, names in SCRIPTED.items()
    ]
    for part, heads, rows in (
        ("labels", "label", labels),
        ("links", "link", links),
        ("indexes", "index", indexes),
        ("script", "scripted", script),
    ):
        title, about = said[part]
        lines += ["", title, "", about, "", *_table(said[heads], rows)]
    return "\n".join(lines) + "\n"


def _properties(label: str, group: Sequence[str], lang: Lang) -> tuple[str, str, str]:
    names = [name.partition(":")[0] for name in group]
    types = [NODES[label].types()[name] for name in names]
    shown = [CYPHER_TYPES.get(one) or f"LIST<{CYPHER_TYPES[one.removesuffix('[]')]}>" for one in types]
    return _code(names), ", ".join(shown if len(set(shown)) > 1 else shown[:1]), _graph_text(label, names[0], lang)


def _graph_text(label: str, name: str, lang: Lang) -> str:
    return translate(text_tables.GRAPH, f"{label}.{name}", lang)


def _ends(labels: Sequence[str], kinds: Sequence[Kind]) -> str:
    beside = f" ({_code(LABELS[kind] for kind in kinds)})" if kinds and labels == ("Record",) else ""
    return f"{_code(labels)}{beside}"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


DECISIONS: dict[Lang, tuple[str, str]] = {
    "en": (
        "# Decisions",
        "Choices that somebody could want to reverse, each with its reason and date.",
    ),
    "zh": ("# 设计决定", "可能有人想要改变的选择，每项写明理由和日期。各页为英文。"),
}


def decisions_page(lang: Lang) -> str:
    """Every decision, by the title of its page."""
    pages = [path for path in sorted((DOCS / "decisions").glob("*.md")) if not path.name.startswith("README")]
    titles = [path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ") for path in pages]
    title, intro = DECISIONS[lang]
    links = [f"- [{said}]({path.name})" for said, path in zip(titles, pages, strict=True)]
    return "\n".join([title, "", NOTE, "", intro, "", *links]) + "\n"


def growth_picture(lang: Lang) -> str:
    """The drawing in the page about performance."""
    return growth_drawing(read_results("growth"), lang)


LANGS: tuple[tuple[Lang, str], ...] = (("en", ""), ("zh", ".zh"))


def schema_text(answer: str) -> str:
    """The JSON Schema of an answer."""
    return json.dumps(make_schema(answer), indent=2) + "\n"


TWICE: dict[str, Callable[[Lang], str]] = {
    "commands{}.md": commands_page,
    "decisions/README{}.md": decisions_page,
    "growth{}.svg": growth_picture,
    "headings{}.md": headings_page,
    "model{}.md": model_page,
    "formats{}.md": formats_page,
    "performance{}.md": performance_page,
    "queries{}.md": queries_page,
    "rules{}.md": rules_page,
    "validation/README{}.md": validation_page,
}
PAGES = {name.format(part): partial(page, lang) for name, page in TWICE.items() for lang, part in LANGS}
"""Writers of the pages, by name: every page in both languages."""

PAGES |= {f"schemas/{answer}.json": partial(schema_text, answer) for answer in ANSWERS}


def find_outdated() -> list[str]:
    """The pages that are not what they would be if they were written now."""
    return [name for name, page in PAGES.items() if not _is_current(DOCS / name, page())]


def _is_current(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or check them."""
    outdated = find_outdated()
    if arguments == ["--check"]:
        for name in outdated:
            print(f"docs/{name} is out of date: make docs", file=sys.stderr)
        return 1 if outdated else 0
    if arguments:
        print("usage: generate.py [--check]", file=sys.stderr)
        return 2
    for name in outdated:
        (DOCS / name).parent.mkdir(exist_ok=True)
        (DOCS / name).write_text(PAGES[name](), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
