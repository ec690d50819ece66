"""Results of ``python -m benchmarks.neo4j``, as a part of the page about performance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Figures = dict[str, Any]

TEXT: dict[str, dict[str, Any]] = {
    "en": {
        "intro": """
## A case on a Neo4j server

One case of {cards} cards, {rows} rows, in a folder and on servers of Neo4j Community, with the same answers
(`python -m benchmarks.neo4j --folder DIR`). By the clock, and in brackets the processor time of the program and of the server;
other work ran on the machine (load average {load:.0f} on {cores} cores), so the times in brackets say more. {machine}.
({commit}, {measured})
""",
        "places": ("", "folder", "server, through the driver", "server, by neo4j-admin"),
        "load": "load, s",
        "rows": "rows a second of processor time",
        "trace": "one trace warm, ms",
        "p50": "p50 and p99 by the clock, ms",
        "many": "10,000 traces in one call, s",
        "audit": "audit of an enterprise of {cards} cards, s",
        "where": """
Through the driver a row costs the program {here} µs and the server {server} µs, one after the other. Of the server's part more than
half is the commit (properties, log, indexes), which two writers at once would not share: they wait for each other at the parties
that both write. So 20,000 rows a second are out of reach of one machine of this kind; `neo4j-admin` leaves transactions out.
One trace is four or five questions to the server of about a millisecond each, beside the same custody as in a folder; a server that was
just started takes several times as long until it has compiled what it runs.
""",
        "extension": "Through the driver with the extension of `graphtrace[fast-neo4j]`, the load took {spent}.",
        "bulk": "Filling a server by `neo4j-admin` takes",
        "steps": {
            "export": "files written",
            "import": "import",
            "start": "start of the server",
            "first_open": "constraints and indexes, at the first open",
        },
        "naive": """
Which ranges cover a card is asked by size class ([model.md](model.md#neo4j-a-graph)). Beside it stands what one would write first, on the same
{lots} ranges, in this order on a server just started. So few ranges can all be looked at in as much time; the size class is for cases
with many. The last way needs a node for each card of each range, and making those of {cards} cards took {expanding} s.
""",
        "ways": ("one card", "p50, ms", "p99, ms", "server, ms"),
    },
    "zh": {
        "intro": """
## 存放在 Neo4j 服务器上的案件

同一案件，{cards} 张卡、{rows} 行，分别存放在文件夹和 Neo4j 社区版服务器上，答案相同（`python -m benchmarks.neo4j --folder DIR`）。
先列时钟时间，括号内为程序与服务器的处理器时间；测量时机器上有其他工作（{cores} 核，平均负载 {load:.0f}），括号内的时间更可靠。{machine}。
（{commit}，{measured}）
""",
        "places": ("", "文件夹", "服务器，经驱动程序", "服务器，经 neo4j-admin"),
        "load": "装载，秒",
        "rows": "每秒处理器时间的行数",
        "trace": "热态追踪一张卡，毫秒",
        "p50": "p50 与 p99（时钟），毫秒",
        "many": "一次调用追踪一万张卡，秒",
        "audit": "核查一家 {cards} 张卡的企业，秒",
        "where": """
经驱动程序每行耗用程序 {here} 微秒、服务器 {server} 微秒，先后进行。服务器部分一半以上是提交（属性、日志、索引）；两个写入者同时写入也不能分担，
会在共同的主体上互相等待。因此这样一台机器达不到每秒 20,000 行；`neo4j-admin` 不经事务。
追踪一张卡需向服务器提四五个问题，每个约一毫秒，另加与文件夹相同的推理；刚启动的服务器在编译完成之前要慢数倍。
""",
        "extension": "装有 `graphtrace[fast-neo4j]` 扩展时，经驱动程序装载用时 {spent}。",
        "bulk": "用 `neo4j-admin` 装入服务器的各步用时",
        "steps": {
            "export": "写出文件",
            "import": "导入",
            "start": "服务器启动",
            "first_open": "首次打开时建立约束和索引",
        },
        "naive": """
哪些号段包含某卡，按长度级别查询（[model.zh.md](model.zh.md#neo4j图)）。旁边是人们最先想到的写法，针对同样的 {lots} 个号段，在刚启动的服务器上依次测量。
号段这么少时逐个查看也同样快；长度级别是为号段很多的案件准备的。最后一种需要为号段中的每张卡建一个节点，{cards} 张卡用时 {expanding} 秒。
""",
        "ways": ("一张卡", "p50，毫秒", "p99，毫秒", "服务器，毫秒"),
    },
}

WAYS = {
    "by size class": {"en": "by size class", "zh": "按长度级别"},
    "labelled, range predicate on head and numbers": {
        "en": "`l.head = $head AND l.lo <= $number AND l.hi >= $number`",
        "zh": "`l.head = $head AND l.lo <= $number AND l.hi >= $number`",
    },
    "labelled, range predicate on the keys": {
        "en": "`(l:Lot) WHERE l.first <= $key AND $key <= l.last`",
        "zh": "`(l:Lot) WHERE l.first <= $key AND $key <= l.last`",
    },
    "unlabelled, range predicate": {
        "en": "the same without a label",
        "zh": "同上，但不写标签",
    },
    "expanded: a node a card, linked to its lots": {"en": "expanded ranges", "zh": "展开的号段"},
}


def server_lines(result: dict[str, Any], lang: str) -> list[str]:
    """The section, as Markdown."""
    said = TEXT[lang]
    figures: dict[str, Figures] = result["figures"]
    machine = "{processor}, {cores} cores, {memory_gib} GiB".format(**result["machine"])
    about = {"cards": f"{result['cards']:,}", "rows": f"{result['rows']:,}", "cores": result["machine"]["cores"]}
    state = {name: result[name] for name in ("commit", "measured")}
    lines = said["intro"].format(**about, **state, machine=machine, load=result["load_average"]).strip().splitlines()
    places = [figures["folder"], figures["driver"], figures["bulk"]]
    bulk = {"load": _sum(places[2][step] for step in said["steps"])}
    places[2] = {**places[2], **bulk}
    cards = f"{places[0]['audit']['cards']:,}"
    lines += ["", *_table(said["places"], _compared(said, places, result["rows"], cards)), ""]
    micro = {
        name: _number(figures["driver"]["load"][f"{name}_s"] / result["rows"] * 1e6) for name in ("here", "server")
    }
    lines += [*said["where"].format(**micro).strip().splitlines(), ""]
    if extension := figures["driver"].get("load_with_extension"):
        lines += [said["extension"].format(spent=_seconds(extension)), ""]
    steps = [(title, _seconds(figures["bulk"][step])) for step, title in said["steps"].items()]
    lines += [f"{said['bulk']}", "", *_table(("", "s"), steps), ""]
    naive = figures["naive"]
    expanding = _seconds(naive["expanding all ranges"])
    expanded = f"{naive['expanded']:,}"
    lines += said["naive"].format(lots=f"{naive['lots']:,}", cards=expanded, expanding=expanding).strip().splitlines()
    ways = [
        (
            title[lang],
            _number(naive[way]["p50_ms"]),
            _number(naive[way]["p99_ms"]),
            _number(naive[way]["server_s"] * 1e3),
        )
        for way, title in WAYS.items()
    ]
    return [*lines, "", *_table(said["ways"], ways), ""]


def _compared(said: dict[str, Any], places: Sequence[Figures], rows: int, cards: str) -> list[Sequence[str]]:
    """A row a figure, a column a place."""
    loads = [place["load"] for place in places]
    return [
        (said["load"], *map(_seconds, loads)),
        (said["rows"], *(f"{rows / (each['here_s'] + each['server_s']):,.0f}" for each in loads)),
        (said["trace"], *(_seconds(place["trace"], 1000) for place in places)),
        (said["p50"], *(f"{_number(each['p50_ms'])}, {_number(each['p99_ms'])}" for each in _each(places, "trace"))),
        (said["many"], *map(_seconds, _each(places, "many"))),
        (said["audit"].format(cards=cards), *map(_seconds, _each(places, "audit"))),
    ]


def _each(places: Sequence[Figures], name: str) -> list[Figures]:
    return [place[name] for place in places]


def _sum(steps: Iterable[Figures]) -> Figures:
    listed = list(steps)
    return {unit: sum(step[unit] for step in listed) for unit in ("clock_s", "here_s", "server_s")}


def _seconds(spent: Figures, factor: float = 1.0) -> str:
    """By the clock, and of the processor here and on the server."""
    clock, here, server = (_number(spent[unit] * factor) for unit in ("clock_s", "here_s", "server_s"))
    return f"{clock} ({here})" if spent["server_s"] == 0 else f"{clock} ({here} + {server})"


def _number(value: float) -> str:
    """With two or three digits that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2g}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (heads, ["---", *["---:"] * (len(heads) - 1)], *rows)]
