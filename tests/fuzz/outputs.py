"""Names that want to be code, in every format that is written."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from random import Random

import openpyxl

from ..kept_answers import answers_kept
from .mutations import HOSTILE
from .oracle import Ran, run

CARD = "8986061900000100000"
TRAP = "<img src=x onerror=trap()><script>trap()</script>"
_ACTS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_HOSTILE_FORMULAS = ("=1+1", "=cmd", *(text for text in HOSTILE if text.startswith(_FORMULA)))
_NUMBER = re.compile(r"[+-]?\d[\d,.:%-]*")


def fuzz(chosen: Random, place: Path) -> Iterator[str]:
    """Load hostile names, write everything that can be written, and say what in it could act."""
    names = [f"{_told(chosen)}{n}" for n in range(4)]
    rows = [["转出方", "转入方", "日期", "卡号", "渠道"]]
    rows += [[a, b, f"2024-03-0{n + 1}", CARD, _told(chosen)] for n, (a, b) in enumerate(pairwise(names))]
    with (place / "names.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    sale = place / "sale.csv"
    sale.write_text(
        f"运营商,企业名称,日期,卡号\n中国联通,{chosen.choice(('甲公司', TRAP))},2024-01-01,{CARD}\n", "utf-8"
    )
    case = place / "x.gtrace"
    done = [run(["load", place / "names.csv", sale, "--case", case])]
    lang = chosen.choice(("en", "zh"))
    with answers_kept({}):
        for command in (["trace", CARD], ["audit", "--all"], ["common", CARD], ["siblings", CARD]):
            done += [run([*command, "--case", case, "--lang", lang])]
            for ending in ("json", "txt", "csv", "xlsx", "html", "md"):
                done.append(run([*command, "--case", case, "--lang", lang, "-o", place / f"{command[0]}.{ending}"]))
    for form in ("graphml", "gexf", "json", "csv", "xlsx", "ftm", "html", "cypher", "parquet"):
        done.append(run(["export", form, place / f"export_{form}", "--case", case]))
    for ran in done:
        yield from ran.complaints
        yield from _complaints_of_terminal(ran)
    for path in sorted(place.rglob("*")):
        if path.is_file() and case not in path.parents and path not in (place / "names.csv", sale):
            yield from (f"{path.name}: {complaint}" for complaint in _complaints_of(path))
    for path in sorted((case / "rejects").glob("*.csv")):
        yield from (f"rejects: {complaint}" for complaint in _complaints_of_csv(path.read_text("utf-8-sig")))


def _told(chosen: Random) -> str:
    pieces = (TRAP, "\x1b]8;;http://x\x07", "\u202e", "=1+1", "@x", "]]>", "-->", "*/", "`x`", "$(x)", *HOSTILE)
    return "".join(chosen.choice(pieces) for _ in range(chosen.choice((1, 2, 3)))).replace("\x00", "")[:500]


def _complaints_of_terminal(ran: Ran) -> Iterator[str]:
    if found := _ACTS.search(ran.out + ran.err):
        yield f"{' '.join(ran.arguments[:2])} writes {found[0]!r} to the terminal"


def _complaints_of(path: Path) -> Iterator[str]:
    if path.suffix == ".csv":
        yield from _complaints_of_csv(path.read_text("utf-8-sig"))
    elif path.suffix == ".txt":
        if found := _ACTS.search(path.read_text("utf-8")):
            yield f"holds {found[0]!r}"
    elif path.suffix == ".xlsx" or path.name == "export_xlsx":
        yield from _complaints_of_workbook(path)
    elif path.suffix == ".html" or path.name == "export_html":
        page = _Page()
        page.feed(path.read_text("utf-8"))
        yield from page.complaints


def _complaints_of_csv(text: str) -> Iterator[str]:
    for row in csv.reader(io.StringIO(text)):
        for cell in row:
            if cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell):
                yield f"a cell that is a formula: {cell[:80]!r}"


def _complaints_of_workbook(path: Path) -> Iterator[str]:
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    for cell in (cell for sheet in book for row in sheet.iter_rows() for cell in row):
        if cell.data_type == "f" and str(cell.value).startswith(_HOSTILE_FORMULAS):
            yield f"a formula of a record: {str(cell.value)[:80]!r}"
        if cell.hyperlink is not None and cell.hyperlink.target:
            yield f"a link to elsewhere: {cell.hyperlink.target[:80]!r}"


class _Page(HTMLParser):
    """Looks for what a name has brought into a page."""

    def __init__(self) -> None:
        super().__init__()
        self.complaints: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if "trap()" in (value or "") and name.startswith("on"):
                self.complaints.append(f"<{tag} {name}> acts")
        if tag == "img" and ("src", "x") in attrs:
            self.complaints.append("an element of a record")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script" and data.strip() == "trap()":
            self.complaints.append("a script of a record")
