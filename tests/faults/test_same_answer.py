"""The answer depends on the records alone: not on hash seeds, time zones, or the order and cutting of files."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.model import china_today
from graphtrace.render.json import trace_document

from .cases import ROOT, start

EXAMPLE = ROOT / "examples" / "case"
STORY = json.loads((EXAMPLE / "demo.json").read_text("utf-8"))
ASKED = [STORY["seized"], "8986012306100000????", "898602*", "8986061900000000001"]
LOAD_AND_TRACE = """
import json, sys
import graphtrace as gt
from graphtrace.render.json import trace_document
place, plan, asked = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3:]
with gt.open_case(place) as case:
    for file, mapping in plan:
        assert not case.load(file, mapping=mapping).has_errors
    print(json.dumps(trace_document("", case.trace(*asked), "en"), ensure_ascii=False))
"""


def example_plan() -> list[tuple[str, str | None]]:
    mappings = STORY["mappings"]
    return [(str(EXAMPLE / f), str(EXAMPLE / mappings[f]) if f in mappings else None) for f in STORY["files"]]


@pytest.mark.slow
def test_hash_seed_time_zone_threads_and_order_of_files_do_not_change_a_byte(tmp_path: Path) -> None:
    plan = example_plan()
    ways = [
        (plan, {"TZ": "Asia/Shanghai", "PYTHONHASHSEED": "0"}),
        (plan[::-1], {"TZ": "America/Los_Angeles", "PYTHONHASHSEED": "1", "POLARS_MAX_THREADS": "2"}),
    ]
    processes = [
        start(["-c", LOAD_AND_TRACE, tmp_path / f"{at}.gtrace", json.dumps(order), *ASKED], **settings)
        for at, (order, settings) in enumerate(ways)
    ]
    told = set()
    for process in processes:
        with process:
            out, err = process.communicate(timeout=240)
        assert process.returncode == 0, err
        told.add(out)
    assert len(told) == 1
    results = json.loads(told.pop())["results"]
    assert len([result for result in results if result["found"]]) > len(ASKED)


LOAD_AND_WRITE = """
import json, os, sys
import graphtrace as gt
from graphtrace.cli import main
os.chdir(sys.argv[1])
with gt.open_case("x.gtrace") as case:
    for file, mapping in json.loads(sys.argv[2]):
        assert not case.load(file, mapping=mapping).has_errors
for command in json.loads(sys.argv[3]):
    assert main([*command, "--case", "x.gtrace", "-q"]) == 0, command
with gt.open_case("x.gtrace") as case:
    print(case.ledger_head())
"""
SEIZED = ["--from-file", str(EXAMPLE / "seizures.xlsx")]
WRITTEN = [
    *(["audit", "--all", "-o", f"audit.{form}"] for form in ("json", "txt", "md", "html", "xlsx", "csv")),
    *(["trace", *SEIZED, "-o", f"trace.{form}"] for form in ("html", "xlsx")),
    *(["common", *SEIZED, "-o", f"common.{form}"] for form in ("html", "xlsx")),
    ["siblings", *SEIZED, "-o", "suspension.xlsx"],
    *(["export", form, f"case.{form}"] for form in ("graphml", "gexf", "xlsx", "ftm", "html", "cypher")),
    ["export", "csv", "case.zip"],
]


@pytest.mark.slow
def test_every_kind_of_file_is_written_the_same_to_the_byte(tmp_path: Path) -> None:
    plan = example_plan()
    ways = [(plan, {"TZ": "Asia/Shanghai", "PYTHONHASHSEED": "0"}), (plan[::-1], {"TZ": "UTC", "PYTHONHASHSEED": "1"})]
    files = []
    for at, (order, settings) in enumerate(ways):
        place = tmp_path / str(at)
        place.mkdir()
        days = {china_today()}
        with start(["-c", LOAD_AND_WRITE, place, json.dumps(order), json.dumps(WRITTEN)], **settings) as process:
            out, err = process.communicate(timeout=240)
        assert process.returncode == 0, err
        head = out.splitlines()[-1]
        assert len(head) == 64
        days.add(china_today())
        files.append({path.name: without_head(path, head, days) for path in place.iterdir() if path.is_file()})
    assert len(files[0]) == len(WRITTEN)
    assert [name for name in files[0] if files[0][name] != files[1][name]] == []
    naming = {name for name, content in files[0].items() if HEAD in content}
    assert naming == {name for name in files[0] if not name.startswith("case.g") and name not in NAMELESS}


HEAD = b"<the head of the ledger>"
NAMELESS = {"case.ftm", "case.cypher", "case.zip", "audit.csv"}
"""Formats of other programs, which have no place for it."""


def without_head(path: Path, head: str, days: set[date]) -> bytes:
    """The content of a file, unpacked, without the head of the ledger, which differs with the order of loads.

    Nor has it the day on which it was written: one of ``days``, two when midnight fell between.
    """
    parts = [path.read_bytes()]
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            parts = [part for name in packed.namelist() for part in (name.encode(), packed.read(name))]
    content = b"\n".join(parts).replace(head.encode(), HEAD)
    for day in days:
        content = content.replace(day.isoformat().encode(), b"<the day>")
    return content


HEADER = "转出方,转入方,日期,卡号,渠道"
ROWS = [
    *(f"甲,乙,2024-03-0{1 + n % 9},{8986061900000000001 + n},微信" for n in range(12)),
    *(f"乙,丙,2024-04-0{1 + n % 3},{8986061900000000001 + n},QQ" for n in range(8)),
    *(f"乙,丁,2024-04-02,{8986061900000000001 + n},QQ" for n in range(3)),
    "丙,丁,2024-04-02,8986061900000000005,",
    "丁,丙,2024-04-02,8986061900000000005,",
    "中国联通,甲,2024-02-01,8986061900000000001,",
]


def answer_to(place: Path, files: list[list[str]]) -> Any:
    """The answers of a case made of these files, without where the rows stood."""
    paths = []
    for number, rows in enumerate(files):
        paths.append(place / f"{number}.csv")
        paths[-1].write_text("\n".join([HEADER, *rows, ""]), "utf-8")
    with gt.open_case(place / "x.gtrace") as case:
        case.load(*paths)
        return without_places(trace_document("", case.trace("898606190000000000?"), "en"))


def without_places(value: Any) -> Any:
    """Leave out which rows say so, and that a name of different files is all that joins two steps."""
    if isinstance(value, list):
        value = [part for part in value if not (isinstance(part, dict) and part.get("code") == "joined_by_name")]
    if isinstance(value, dict):
        told = {name: part for name, part in value.items() if name not in {"because", "rests_on"}}
        return {name: len(part) if name == "origins" else without_places(part) for name, part in told.items()}
    return [without_places(part) for part in value] if isinstance(value, list) else value


def test_shuffled_rows_and_split_files_give_the_same_answer(tmp_path: Path) -> None:
    ways = {
        "whole": [ROWS],
        "backwards": [ROWS[::-1]],
        "every other": [ROWS[::2], ROWS[1::2]],
        "late first": [ROWS[15:], ROWS[:4], ROWS[4:15]],
    }
    told = {}
    for name, files in ways.items():
        (tmp_path / name).mkdir()
        told[name] = answer_to(tmp_path / name, files)
    assert told["whole"]["results"][0]["found"]
    for name, answer in told.items():
        assert answer == told["whole"], name
