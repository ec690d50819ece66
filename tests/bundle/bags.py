"""Bundles that are changed by hand and made consistent again, as somebody would who forges one."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import graphtrace as gt
from graphtrace.storage.ledger import START, content_of, next_entry

SALES = """运营商,企业名称,统一社会信用代码,日期,起始ICCID,结束ICCID,数量
中国联通,星海智联科技有限公司,91310115MA1K35XR7B,2024-03-01,8986061900000000001,8986061900000000100,100
"""
TRANSFERS = """转出方,转入方,日期,卡号,渠道
星海智联科技有限公司,老K,2024-03-05,8986061900000000001,微信
老K,王五,2024-04-01,8986061900000000001,QQ
星海智联科技有限公司,老K,2024-03-05,8986061900000000002,微信
老K,赵六,2024-05-01,8986061900000000003,QQ
赵六,老K,2024-05-01,8986061900000009999999,QQ
"""
CARD = "8986061900000000001"
NAMES = ("bagit.txt", "bag-info.txt", "manifest-sha256.txt")


def make_case(folder: Path) -> Path:
    """A case of two files with a note, a correction and a judgement after each other, and a note at the end."""
    (folder / "sales.csv").write_text(SALES, encoding="utf-8")
    (folder / "transfers.csv").write_text(TRANSFERS, encoding="utf-8")
    place = folder / "x.gtrace"
    with gt.open_case(place) as case:
        case.load(folder / "sales.csv")
        case.add_note("note", f"card:{CARD}", {"text": "看过"}, by="p")
        case.load(folder / "transfers.csv")
        case.correct("transfers.csv:5", why="w", who="p")
        case.resolve("王五", "老K", same=False, why="w", by="p")
        case.add_note("lead", f"card:{CARD}", {"state": "asked", "text": None}, by="p")
    return place


def copy_of(bag: Path, folder: Path) -> Path:
    """A copy of a bundle that may be changed."""
    copy = folder / "forged"
    shutil.copytree(bag, copy)
    return copy


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def seal_again(bag: Path) -> None:
    """Write the manifests of a bundle anew."""
    payload = sorted(path.relative_to(bag).as_posix() for path in (bag / "data").rglob("*") if path.is_file())
    write(bag / "manifest-sha256.txt", "".join(f"{digest_of(bag / name)}  {name}\n" for name in payload))
    size = sum((bag / name).stat().st_size for name in payload)
    told = {"Payload-Oxum": f"{size}.{len(payload)}", "External-Identifier": _head(bag)}
    info = [line.partition(": ")[::2] for line in lines(bag / "bag-info.txt")]
    write(bag / "bag-info.txt", "".join(f"{name}: {told.get(name, value)}\n" for name, value in info))
    seal_tags(bag)


def _head(bag: Path) -> str:
    ledger = lines(bag / "data" / "ledger.jsonl")
    return str(content_of(ledger[-1])["hash"]) if ledger else START


def seal_tags(bag: Path) -> None:
    write(bag / "tagmanifest-sha256.txt", "".join(f"{digest_of(bag / name)}  {name}\n" for name in sorted(NAMES)))


def write(path: Path, text: str) -> None:
    path.write_bytes(text.encode())


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_bytes().decode()
    assert old in text
    write(path, text.replace(old, new, 1))


def lines(path: Path) -> list[str]:
    return path.read_bytes().decode().split("\n")[:-1]


def chain(contents: list[dict[str, Any]]) -> list[str]:
    """The lines of a ledger with these contents, each with the hash of the one before it."""
    made: list[str] = []
    for content in contents:
        body = {name: value for name, value in content.items() if name not in ("hash", "previous")}
        made.append(next_entry(made[-1] if made else None, body))
    return made


def forge_ledger(bag: Path, change: Callable[[list[dict[str, Any]]], object], name: str = "ledger") -> None:
    """Change the lines of the ledger (or notes), and chain them, the statement and the manifests again."""
    path = bag / "data" / f"{name}.jsonl"
    contents = [content_of(line) for line in lines(path)]
    change(contents)
    made = chain(contents)
    write(path, "".join(f"{line}\n" for line in made))
    head = content_of(made[-1])["hash"] if made else START

    def heads(statement: dict[str, Any]) -> None:
        statement[name] = {"lines": len(made), "head": head}

    forge_statement(bag, heads)


def forge_statement(bag: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = bag / "data" / "statement.json"
    statement = json.loads(path.read_bytes())
    change(statement)
    write(path, json.dumps(statement, ensure_ascii=False))
    seal_again(bag)


def source_of(bag: Path, name: str) -> Path:
    """The source that had a name."""
    for line in lines(bag / "data" / "ledger.jsonl"):
        content = content_of(line)
        if content.get("file") == name:
            return bag / "data" / "sources" / content["sha256"]
    raise KeyError(name)


def zip_of(bag: Path, path: Path, *, packing: int = zipfile.ZIP_STORED) -> Path:
    """The bundle as an archive, packed by somebody else."""
    with zipfile.ZipFile(path, "w", packing) as archive:
        for file in sorted(bag.rglob("*")):
            if file.is_file():
                archive.write(file, f"bundle/{file.relative_to(bag).as_posix()}")
    return path
