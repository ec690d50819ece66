"""Answers of every command about the example case and a simulated one, in every format, as comparable text.

``python -m tests.golden.goldens`` writes the files anew; the test compares them. Of a page stand its words as a reader
of one language sees them, of a workbook its cells and its print settings. Times, versions, sizes and hashes that are
new with every run are replaced.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from html.parser import HTMLParser
from pathlib import Path

import openpyxl

import graphtrace as gt
from graphtrace import notebook
from graphtrace.cli import main

from ..kept_answers import Kept, answers_kept

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[1] / "examples" / "case"
DEMO = json.loads((EXAMPLE / "demo.json").read_text(encoding="utf-8"))

MAX_CHARACTERS = 6_000
"""A longer text is kept as its beginning and a hash of each hundred lines."""

_BLOCKS = {
    *("p", "div", "section", "h1", "h2", "h3", "tr", "li", "dt", "dd", "table", "caption", "header", "footer"),
    *("summary", "figure", "legend", "label", "button", "ul", "ol", "dl"),
}
_VOID = {"meta", "link", "input", "br", "img"}


@dataclass(frozen=True)
class Asked:
    """One command line and the formats that its answer is frozen in."""

    name: str
    arguments: tuple[str, ...]
    endings: tuple[str, ...] = ()


def example_commands() -> list[Asked]:
    """Return the questions about the example."""
    expected = json.loads((EXAMPLE.parent / "expected.json").read_text(encoding="utf-8"))
    cards = list(dict.fromkeys(asked["ask"] for asked in (*expected["cards"], *expected["questions"])))
    enterprise, seized = DEMO["enterprise"], DEMO["seized"]
    audit = (".csv", ".xlsx", ".md", ".html")
    return [
        Asked("status", ("status",)),
        Asked("verify", ("verify",)),
        Asked("trace-one", ("trace", seized), (".csv", ".xlsx", ".html")),
        Asked("trace-one-verbose", ("trace", seized, "-v")),
        Asked("trace-many", ("trace", *cards), (".csv", ".xlsx", ".html")),
        Asked("trace-three-verbose", ("trace", *cards[:3], "-v")),
        Asked("audit-one", ("audit", enterprise), audit),
        Asked("audit-one-verbose", ("audit", enterprise, "-v")),
        Asked("audit-all", ("audit", "--all"), audit),
        Asked("audit-all-verbose", ("audit", "--all", "-v")),
        Asked("audit-bucket", ("audit", enterprise, "--bucket", "resold"), (".csv", ".xlsx")),
        Asked("audit-cards", ("audit", enterprise, "--cards"), (".csv", ".xlsx")),
        Asked("audit-cards-verbose", ("audit", enterprise, "--cards", "-v")),
        Asked("audit-nothing", ("audit", enterprise, "--bucket", "returned")),
        Asked("party", ("party", enterprise), (".csv",)),
        Asked("party-carrier", ("party", "中国联通", "-v"), (".csv",)),
        Asked("common", ("common", *cards), (".csv", ".xlsx", ".html")),
        Asked("common-verbose", ("common", *cards, "--by", "coverage", "-v")),
        Asked("siblings-one", ("siblings", seized), (".csv", ".xlsx")),
        Asked("siblings-one-verbose", ("siblings", seized, "-v")),
        Asked("siblings-many", ("siblings", *cards), (".csv", ".xlsx")),
        Asked("graph", ("graph",), (".html",)),
        Asked("graph-around", ("graph", "--around", enterprise)),
        Asked("query", ("query", "activations-by-province"), (".csv", ".xlsx")),
        Asked("query-flows", ("query", "flows-between-parties"), (".csv", ".xlsx")),
        Asked("query-list", ("query", "--list")),
        Asked("query-show", ("query", "--show", "activations-by-province")),
        Asked("identify", ("identify", seized, cards[1], "91310115MA1K35XR7B", "12")),
        Asked("rules-list", ("rules", "list")),
        Asked("rules-show", ("rules", "show", "many_cards_one_person")),
        Asked("corrections-none", ("correct", "--list")),
    ]


def simulated_commands() -> list[Asked]:
    """Return the questions about the simulated case."""
    return [
        Asked("status", ("status",)),
        Asked("audit-all", ("audit", "--all"), (".csv", ".xlsx", ".md", ".html")),
        Asked("audit-all-verbose", ("audit", "--all", "-v")),
        Asked("graph", ("graph",)),
        Asked("check", ("simulate", "check", "simulated.gtrace", "files/truth")),
    ]


class Bench:
    """The cases that answers are about, in an empty folder; each is made when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept: Kept = {}

    @cached_property
    def example_loads(self) -> str:
        """What the loads of the example say; they leave ``example.gtrace``."""
        return "".join(_answer((*load, "--case", "example.gtrace"), is_tidy=True) for load in _example_loads())

    @cached_property
    def simulated_files(self) -> str:
        """What the simulator says; it leaves ``files``."""
        return _answer(("simulate", "files", "--cards", "3000", "--seed", "7"))

    @cached_property
    def simulated_load(self) -> str:
        """What the load of the simulated files says; it leaves ``simulated.gtrace``."""
        assert self.simulated_files
        tables = sorted(str(path) for path in Path("files", "records").iterdir())
        return _answer_once(("load", *tables, "--case", "simulated.gtrace"))

    def answer(self, name: str) -> str:
        """Return the text of a golden."""
        with _working_in(self.folder), answers_kept(self._kept):
            return _GOLDENS[name](self)

    def example_copy(self, name: str) -> str:
        """Return a case that may be changed, as the example was loaded."""
        assert self.example_loads
        return shutil.copytree("example.gtrace", f"{name}.gtrace")


def _example_loads() -> list[tuple[str, ...]]:
    loads: list[tuple[str, ...]] = []
    for file in DEMO["files"]:
        mapping = DEMO["mappings"].get(file)
        loads.append(("load", str(EXAMPLE / file), *(("--mapping", str(EXAMPLE / mapping)) if mapping else ())))
    return loads


def _load_again(bench: Bench) -> str:
    return _answer((*_example_loads()[0], "--case", bench.example_copy("again")))


def _correct(bench: Bench, case: str = "corrected") -> str:
    said = ("--why", "输入有误", "--who", "李审核")
    correct = ("correct", f"{DEMO['files'][0]}:2", *said, "--case", bench.example_copy(case))
    return _answer(correct) + _answer((*correct, "--undo"))


def _corrections(bench: Bench) -> str:
    assert _correct(bench, "undone")
    return _in_all_formats(Asked("", ("correct", "--list")), "undone.gtrace")


def _compact(bench: Bench) -> str:
    return _answer(("compact", "--case", bench.example_copy("compacted")))


def _copy(bench: Bench) -> str:
    assert bench.example_loads
    return _answer(("copy", "example.gtrace", "copied.gtrace"))


def _asked_of_example(asked: Asked, bench: Bench) -> str:
    assert bench.example_loads
    return _in_all_formats(asked, "example.gtrace")


def _asked_of_simulated(asked: Asked, bench: Bench) -> str:
    assert bench.simulated_load
    return _in_all_formats(asked, "simulated.gtrace")


def _notebook(name: str, bench: Bench) -> str:
    assert bench.example_loads
    return _fragment(name, "example.gtrace")


def _goldens() -> Iterator[tuple[str, Callable[[Bench], str]]]:
    yield "example/demo", lambda _: _answer(("demo", "demo"))
    yield "example/load", lambda bench: bench.example_loads
    yield "example/load-again", _load_again
    yield "example/load-dry", lambda _: _answer((*_example_loads()[0], "--case", "other.gtrace", "--dry-run"))
    for asked in example_commands():
        yield f"example/{asked.name}", partial(_asked_of_example, asked)
    for name in _FRAGMENTS:
        yield f"example/notebook-{name}", partial(_notebook, name)
    yield "example/correct", _correct
    yield "example/corrections", _corrections
    yield "example/compact", _compact
    yield "example/copy", _copy
    yield "simulated/simulate", lambda bench: bench.simulated_files
    yield "simulated/load", lambda bench: bench.simulated_load
    for asked in simulated_commands():
        yield f"simulated/{asked.name}", partial(_asked_of_simulated, asked)


def _in_all_formats(asked: Asked, case: str) -> str:
    # the comparison names its case itself
    arguments = asked.arguments if case in asked.arguments else (*asked.arguments, "--case", case)
    parts = [_answer(arguments)]
    for ending in asked.endings:
        for lang in ("en", "zh"):
            path = Path(f"golden{ending}")
            code, told = _run((*arguments, "--lang", lang, "-o", str(path)), 80)
            parts.append(_section(f"{ending} {lang} exit {code}", _file_text(path, lang) if path.exists() else told))
            path.unlink(missing_ok=True)
    return "".join(parts)


def _answer(arguments: Sequence[str], *, is_tidy: bool = False) -> str:
    """The text in both languages and widths, and the JSON; ``is_tidy`` for what can be asked only once."""
    if is_tidy or arguments[0] in ("demo", "correct", "compact", "copy") or arguments[:2] == ("simulate", "files"):
        return _answer_once(arguments)
    parts = []
    for lang in ("en", "zh"):
        for columns in (80, 100):
            code, text = _run((*arguments, "--lang", lang), columns)
            parts.append(_section(f"text {lang} {columns} exit {code}", text))
    if "-v" in arguments:
        return "".join(parts)
    document = _run((*arguments, "--json", "--lang", "en"), 80)[1]
    parts.append(_section("json", document))
    if '"message"' in document:
        messages = set(re.findall(r'"message": "(.*)"', _run((*arguments, "--json", "--lang", "zh"), 80)[1]))
        parts.append(_section("json messages zh", "\n".join(sorted(messages))))
    return "".join(parts)


def _answer_once(arguments: Sequence[str]) -> str:
    code, text = _run((*arguments, "--lang", "en"), 80)
    return _section(f"text en 80 exit {code}", text)


def _run(arguments: Sequence[str], columns: int) -> tuple[int, str]:
    os.environ["COLUMNS"] = str(columns)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(list(arguments))
    return code, out.getvalue() + err.getvalue()


_FRAGMENTS: Mapping[str, Callable[[gt.Case], object]] = {
    "trace": lambda case: case.trace(DEMO["seized"]),
    "audit": lambda case: case.audit(DEMO["enterprise"]),
    "audits": lambda case: case.audit(all=True),
    "party": lambda case: case.party(DEMO["enterprise"]),
    "common": lambda case: case.common(DEMO["seized"], "8986*"),
    "siblings": lambda case: case.siblings(DEMO["seized"]),
    "query": lambda case: case.query("activations-by-province"),
}


def _fragment(name: str, case: str) -> str:
    with gt.open_case(case) as opened:
        answer = _FRAGMENTS[name](opened)
        parts = []
        for lang in ("en", "zh"):
            os.environ["GRAPHTRACE_LANG"] = lang
            parts.append(_section(f"notebook {lang}", _Words(notebook.to_html(answer), lang).text))
        del os.environ["GRAPHTRACE_LANG"]
        return "".join(parts)


def _file_text(path: Path, lang: str) -> str:
    if path.suffix == ".xlsx":
        return _workbook_text(path)
    text = path.read_text(encoding="utf-8-sig")
    return _Words(text, lang).text if path.suffix == ".html" else text


def _workbook_text(path: Path) -> str:
    lines = []
    for sheet in openpyxl.load_workbook(path):
        lines.append(f"[{sheet.title}] frozen {sheet.freeze_panes} printed {sheet.print_area}")
        for row in sheet.iter_rows(values_only=True):
            lines.append(
                " | ".join("" if cell is None else cell if isinstance(cell, str) else repr(cell) for cell in row)
            )
    return "\n".join(line.rstrip() for line in lines)


class _Words(HTMLParser):
    """The words of a page that a reader of one language sees, a line for each block; of drawings a hash."""

    def __init__(self, page: str, lang: str) -> None:
        super().__init__()
        self._lines: list[list[str]] = [[]]
        self._open: list[tuple[str, bool]] = []
        self._other = "zh" if lang == "en" else "en"
        for drawing in re.findall(r'<svg class="gt-figure.*?</svg>', page, re.DOTALL):
            self._lines.append([f"drawing {hashlib.sha256(drawing.encode()).hexdigest()[:16]}"])
        self.feed(re.sub(r'<svg class="gt-figure.*?</svg>', "", page, flags=re.DOTALL))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        if tag == "img" and (about.get("src") or "").startswith("data:"):
            image = hashlib.sha256((about["src"] or "").encode()).hexdigest()[:16]
            self._lines.append([f"image {image}", about.get("alt") or ""])
        if tag in _BLOCKS:
            self._lines.append([])
        elif tag in ("td", "th"):
            self._lines[-1].append("|")
        if tag not in _VOID:
            is_hidden = tag in {"script", "style", "title", "aside", "header"} or about.get("lang") == self._other
            self._open.append((tag, is_hidden and tag != "html"))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass
        if tag in _BLOCKS:
            self._lines.append([])

    def handle_data(self, data: str) -> None:
        if not any(is_hidden for _, is_hidden in self._open):
            self._lines[-1].append(data)

    @property
    def text(self) -> str:
        lines = (re.sub(r"\s+", " ", " ".join(line)).strip() for line in self._lines)
        return "\n".join(line for line in lines if line)


def _section(title: str, text: str) -> str:
    plain = _normal(text).rstrip("\n")
    if '"files": [' in plain or "unicom_sales.csv  e6d150a8ba40" in plain:
        # files that were loaded within one second stand by name, so that their order is that of the clock
        plain = "\n".join(sorted(plain.split("\n")))
    if len(plain) > MAX_CHARACTERS:
        lines = plain.split("\n")
        pieces = ["\n".join(lines[at : at + 100]) for at in range(0, len(lines), 100)]
        hashes = [hashlib.sha256(piece.encode()).hexdigest()[:16] for piece in pieces]
        plain = "\n".join([plain[:1_000], f"… {len(lines)} lines, {len(plain)} characters:", *hashes])
    return f"=== {title}\n{plain}\n"


def _normal(text: str) -> str:
    """The text without what is new with every run."""
    text = text.replace(str(EXAMPLE.parents[1]), "<project>").replace(str(Path.cwd()), "<here>")
    text = text.replace(gt.__version__, "<version>")
    # it depends on the time of a load
    text = re.sub(r'\n *"ledger_head": ("[0-9a-f]{64}"|null),?', "", text)
    text = re.sub(r"\n\n?(Ledger\s+head|台账末行)\s+([0-9a-f]\s*?){64}(?=\n|$)", "", text)
    text = re.sub(r'("at": |"loaded_at": )"[^"]*"', r'\1"<time>"', text)
    text = re.sub(r'("size_bytes": |"bytes_\w+": )\d+', r"\1<bytes>", text)
    text = re.sub(r"\d[\d.,]* (kB|KB|MB|KiB|MiB|bytes)", "<size>", text)
    text = re.sub(r"\d[\d.,]* ?(s|ms|秒|毫秒|cards/s)\b", "<time>", text)
    today = "|".join(_TODAY)
    return re.sub(rf"({today})[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?", "<time>", text)


def _days_about_now() -> tuple[str, ...]:
    from datetime import UTC, datetime, timedelta

    now = datetime.now(UTC)
    return tuple((now + timedelta(days=days)).date().isoformat() for days in (-1, 0, 1))


_TODAY = _days_about_now()


@contextlib.contextmanager
def _working_in(folder: Path) -> Iterator[None]:
    before, environment = Path.cwd(), dict(os.environ)
    for name in ("GRAPHTRACE_CASE", "GRAPHTRACE_LANG", "LC_ALL", "LC_MESSAGES", "FORCE_COLOR"):
        os.environ.pop(name, None)
    os.environ["LANG"] = "C.UTF-8"
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
        os.environ.clear()
        os.environ.update(environment)


_GOLDENS = dict(_goldens())
NAMES = tuple(_GOLDENS)


def write(wanted: str = "") -> None:
    """Write the goldens whose name contains ``wanted`` anew."""
    if not wanted:
        for folder in ("example", "simulated"):
            shutil.rmtree(HERE / folder, ignore_errors=True)
            (HERE / folder).mkdir()
    with tempfile.TemporaryDirectory() as place:
        bench = Bench(Path(place))
        for name in NAMES:
            if wanted in name:
                (HERE / f"{name}.txt").write_text(bench.answer(name), encoding="utf-8")


if __name__ == "__main__":
    write(*sys.argv[1:])
