"""Files of every format, damaged in every way, loaded between two that are good."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from .mutations import as_delimited, as_json_lines, as_parquet, as_workbook, mutated, mutated_table
from .oracle import Ran, run

EXAMPLES = Path(__file__).parents[2] / "examples" / "case"
FILES = 24
"""Damaged files a round: one command loads them all, which costs less than one each."""

TABLE = [
    ["转出方", "转入方", "日期", "卡号", "渠道"],
    *(["星海智联", f"老{n}", f"2024-03-{1 + n % 28:02d}", str(8986061900000100000 + n), "微信"] for n in range(30)),
]
_GOOD = (
    "转出方,转入方,日期,卡号\n甲,乙,2024-03-01,8986061900000900001\n甲,乙,2024-03-01,8986061900000900002\n",
    "转出方,转入方,日期,卡号\n丙,丁,2024-03-02,8986061900000900003\n丙,丁,2024-13-02,8986061900000900004\n",
)
_EXPECTED = ((2, 2, 0, 0), (2, 1, 0, 1))
_WRITERS = {"csv": as_delimited, "jsonl": as_json_lines, "xlsx": as_workbook, "parquet": as_parquet}


def fuzz(chosen: Random, place: Path) -> Iterator[str]:
    """Load a round of damaged files, and say what is wrong with what came of them."""
    first, last = place / "good_a.csv", place / "good_z.csv"
    for path, text in zip((first, last), _GOOD, strict=True):
        path.write_text(text, "utf-8")
    damaged = list(write_damaged(chosen, place))
    ran = run(["load", first, *damaged, last, "--case", place / "x.gtrace", "--json"])
    yield from ran.complaints
    if ran.code in (0, 2):
        yield from _complaints_of_report(ran)
    asked: list[list[str]] = [["verify"], ["status"], ["audit", "--all", "--json"], ["trace", "8986061900000900001"]]
    if chosen.random() < 0.5:
        asked.append(["verify", "--deep"])
    for arguments in asked:
        after = run([*arguments, "--case", place / "x.gtrace"])
        yield from after.complaints
        if after.code > 1 and not (after.code == 2 and arguments[0] == "audit"):
            yield f"after such a load {arguments} ends with {after.code}: {after.out[-500:]} {after.err[-300:]}"


def write_damaged(chosen: Random, place: Path) -> Iterator[Path]:
    originals = {path: path.read_bytes() for path in sorted(EXAMPLES.iterdir()) if path.suffix not in (".yml", ".json")}
    for number in range(FILES):
        # the formats that are read by a process of their own take their time
        if chosen.random() < 0.5:
            weights = [1 if path.suffix in (".xlsx", ".parquet") else 3 for path in originals]
            (original,) = chosen.choices(list(originals), weights)
            content, ending = mutated(originals[original], list(originals.values()), chosen), original.suffix
        else:
            (form,) = chosen.choices(list(_WRITERS), [6, 4, 1, 2])
            content, ending = _WRITERS[form](mutated_table(TABLE, chosen), chosen), f".{form}"
        path = place / f"damaged_{number:02d}{ending}"
        path.write_bytes(content)
        yield path


def _complaints_of_report(ran: Ran) -> Iterator[str]:
    sheets: list[dict[str, Any]] = ran.document["files"]
    by_name = {sheet["file"]: sheet for sheet in sheets}
    for name, expected in zip(("good_a.csv", "good_z.csv"), _EXPECTED, strict=True):
        sheet = by_name.get(name)
        found = sheet and tuple(sheet[key] for key in ("rows", "loaded", "duplicate", "rejected"))
        if found != expected:
            yield f"{name} beside damaged files gives {found}, not {expected}"
    for sheet in sheets:
        if not sheet["already_loaded"] and sheet["rows"] != sheet["loaded"] + sheet["duplicate"] + sheet["rejected"]:
            yield f"{sheet['file']}: rows are not loaded + duplicate + rejected: {sheet['rows']}"
        if sheet["error"] is not None and not (sheet["error"]["code"] and sheet["error"]["message"]):
            yield f"{sheet['file']}: an error that says nothing"
        if sheet["error"] is not None and sheet["error"]["code"] in ("internal", "error"):
            yield f"{sheet['file']}: {sheet['error']}"
    if ran.code != (2 if any(sheet["error"] for sheet in sheets) else 0):
        yield f"load ends with {ran.code}"
