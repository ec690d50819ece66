"""Case folders that somebody has damaged or changed: a changed answer is never one that verify calls sound."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import duckdb

import graphtrace as gt
from graphtrace.storage.case_folder import find_database

from .mutations import HOSTILE, mutated
from .oracle import run
from .readers import TABLE

CARDS = ("8986061900000100003", "8986061900000500009", "8986061900000500500")
_FILES = {
    "sales.csv": (
        "运营商,企业名称,统一社会信用代码,日期,起始ICCID,结束ICCID,数量\n"
        "中国联通,星海智联,91310115MA1K35XR7B,2024-02-01,8986061900000100000,8986061900000599999,500000\n"
    ),
    "transfers.csv": "".join(
        ",".join(row) + "\n" for row in [*TABLE, ["a", "b", "2024-13-01", "8986061900000100001", "x"]]
    ),
    "activations.csv": (
        "卡号,激活时间,接入号,IMEI,使用人\n8986061900000100003,2024-04-02,1064612345678,861234567890123,王五\n"
    ),
}


def make_case(place: Path) -> Path:
    """A small sound case with a correction; made once, copied for every round."""
    files = place / "files"
    files.mkdir()
    for name, text in _FILES.items():
        (files / name).write_text(text, "utf-8")
    case = place / "sound.gtrace"
    with gt.open_case(case) as opened:
        opened.load(*files.iterdir())
        opened.correct("transfers.csv:5", why="typed twice", who="a clerk")
    return case


def fuzz(chosen: Random, place: Path, sound: Path) -> Iterator[str]:
    """Change a copy of a sound case, ask it everything, and say what is wrong with the answers."""
    case = place / "x.gtrace"
    shutil.copytree(sound, case)
    change = chosen.choice(_CHANGES)
    try:
        change(case, chosen)
    except (duckdb.Error, OSError):
        return  # not every change is one that the database lets be made
    (place / "change.txt").write_text(change.__name__, "utf-8")
    deep = run(["verify", "--deep", "--case", case])
    asked = chosen.sample(_ASKED, 3)
    ran = [run([*arguments, "--case", case]) for arguments in asked]
    differing = [
        after.arguments[0]
        for arguments, after in zip(asked, ran, strict=True)
        if after.code < 2 and _said(after.document) != _answer(sound, arguments)
    ]
    if differing and deep.code == 0:
        yield f"{change.__name__}: {differing} answer otherwise, and verify --deep says nothing"
    last = chosen.choice(
        (["load", sound.parent / "files" / "sales.csv"], ["compact"], ["verify"], ["correct", "--list"])
    )
    for done in (deep, *ran, run([*last, "--case", case])):
        yield from (f"{change.__name__}: {complaint}" for complaint in done.complaints)


_ASKED = (
    ["trace", *CARDS, "--json"],
    ["audit", "--all", "--json"],
    ["party", "老3", "--json"],
    ["graph", "--json"],
    ["status", "--json"],
)
_ANSWERS: dict[tuple[Path, str], Any] = {}


def _answer(sound: Path, arguments: list[str]) -> Any:
    key = (sound, arguments[0])
    if key not in _ANSWERS:
        _ANSWERS[key] = _said(run([*arguments, "--case", sound]).document)
    return _ANSWERS[key]


def _said(document: Any) -> Any:
    """Return the part of an answer about cards and parties: without the case's path and size, and the ledger head."""
    left_out = ("case", "ledger_head", "size_bytes")
    return {key: value for key, value in document.items() if key not in left_out} if document else document


def _damage_database(case: Path, chosen: Random) -> None:
    path = find_database(case)
    content = bytearray(path.read_bytes())
    for _ in range(chosen.choice((1, 1, 8))):
        content[chosen.randrange(len(content))] ^= 1 << chosen.randrange(8)
    if chosen.random() < 0.2:
        del content[chosen.randrange(len(content)) :]
    path.write_bytes(content)


def _update_a_value(case: Path, chosen: Random) -> None:
    with duckdb.connect(str(find_database(case))) as con:
        columns = con.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
        ).fetchall()
        table, column = chosen.choice(columns)
        value = chosen.choice(
            ("NULL", "0", "1", "-1", "2147483647", f"(SELECT min({column}) FROM {table})", _quoted(chosen))
        )
        some = chosen.choice(("", " WHERE rowid = 0", " WHERE rowid % 2 = 1"))
        con.execute(f'UPDATE "{table}" SET "{column}" = {value}{some}')


def _quoted(chosen: Random) -> str:
    return "'" + chosen.choice(HOSTILE).replace("'", "''").replace("\x00", "") + "'"


def _delete_rows(case: Path, chosen: Random) -> None:
    with duckdb.connect(str(find_database(case))) as con:
        tables = [name for (name,) in con.execute("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall()]
        con.execute(f'DELETE FROM "{chosen.choice(tables)}" WHERE rowid % {chosen.choice((1, 2, 7))} = 0')


def _add_an_object(case: Path, chosen: Random) -> None:
    with duckdb.connect(str(find_database(case))) as con:
        tables = [name for (name,) in con.execute("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall()]
        table = chosen.choice(tables)
        statements = (
            "CREATE TABLE more AS SELECT 1 AS a",
            "CREATE MACRO lower(x) AS 'x'",
            "CREATE SCHEMA other",
            "CREATE SEQUENCE one",
            "CREATE TYPE mood AS ENUM ('a')",
            f'ALTER TABLE "{table}" ADD COLUMN more INTEGER',
            f'ALTER TABLE "{table}" RENAME TO "was"; CREATE VIEW "{table}" AS FROM "was" LIMIT 1',
            f'DROP TABLE "{table}"',
        )
        con.execute(chosen.choice(statements))


def _edit_the_ledger(case: Path, chosen: Random) -> None:
    path = case / "ledger.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    at = chosen.randrange(len(lines))
    match chosen.randrange(7):
        case 0:
            del lines[at]
        case 1:
            lines[at] = mutated(lines[at], lines, chosen)
        case 2:
            lines.append(lines[at][: chosen.randrange(len(lines[at]))])
        case 3:
            lines.insert(at, b"[" * 5_000 + b"\n")
        case 4:
            chosen.shuffle(lines)
        case 5:
            entry = json.loads(lines[at])
            entry[chosen.choice(list(entry))] = chosen.choice((None, 5, [], {}, "x", 2**70))
            lines[at] = json.dumps(entry).encode() + b"\n"
        case _:
            lines.append(lines[at])
    path.write_bytes(b"".join(lines))


def _edit_a_kept_file(case: Path, chosen: Random) -> None:
    kept = sorted(path for name in ("sources", "rejects") for path in (case / name).iterdir())
    path = chosen.choice(kept)
    content = path.read_bytes()
    path.chmod(0o600)
    match chosen.randrange(4):
        case 0:
            path.unlink()
        case 1:
            path.write_bytes(mutated(content, [content], chosen))
        case 2:
            path.unlink()
            path.symlink_to(case / "ledger.jsonl")
        case _:
            path.with_name(f"more{path.suffix}").write_bytes(content)


def _put_something_odd(case: Path, chosen: Random) -> None:
    path = case / chosen.choice(
        ("ledger.jsonl", "case.duckdb", "sources", "rejects", "lock", "ledger.tmp", "block.json")
    )
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    odd: tuple[Callable[[Path], object], ...] = (
        os.mkfifo,
        Path.mkdir,
        Path.touch,
        lambda path: path.symlink_to("/dev/zero"),
        lambda path: path.symlink_to(path.name),
        lambda path: path.symlink_to(path.parent.parent / "elsewhere"),
        lambda path: path.write_bytes(b"[" * 100_000),
        lambda path: path.write_bytes(chosen.randbytes(20_000)),
    )
    chosen.choice(odd)(path)


_CHANGES: tuple[Callable[[Path, Random], None], ...] = (
    _damage_database,
    _damage_database,
    _update_a_value,
    _update_a_value,
    _update_a_value,
    _delete_rows,
    _add_an_object,
    _edit_the_ledger,
    _edit_a_kept_file,
    _put_something_odd,
)
