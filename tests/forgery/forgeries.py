"""Ways of forging a case, a saved answer or a bundle: each changes one thing, and says where it has to be found.

A way is a function of a copy that may be changed and a source of chance. It returns what was done and the patterns of
which one has to stand in what the program says, so that whoever checks is led to the place.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import random
import re
import shutil
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from graphtrace.storage.ledger import START, content_of, next_entry
from tests.bundle.bags import seal_again, seal_tags

from .base import CARDS

SEALS = ("bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt")
"""The files of a bundle that are written anew when it is sealed again."""
RECORDS = ("wide_card_records", "narrow_card_records", "range_records", "cardless_records", "supports")


class Nothing(Exception):
    """There is nothing here that this way could change."""


@dataclass(frozen=True)
class Forgery:
    """What was changed."""

    what: str
    where: Sequence[str] = ()
    """Regular expressions: one of them has to match what is said. None where the place cannot be told."""
    harmless: bool = False
    """Whether it changes no statement, so that nobody has to find it."""
    beyond: bool = False
    """Whether it leaves a case that could have come about so: only something that was kept outside tells."""


Way = Callable[["Copy", random.Random], Forgery]


@dataclass(frozen=True)
class Copy:
    """A copy of the case with what was made of it, all of it to be changed."""

    folder: Path

    @property
    def case(self) -> Path:
        return self.folder / "x.gtrace"

    @property
    def bag(self) -> Path:
        return self.folder / "bag"

    @property
    def database(self) -> Path:
        (path,) = self.case.glob("case.*.duckdb")
        return path

    def own(self, path: Path) -> Path:
        """Let a file be this copy's alone: until then it is another name of the original."""
        if path.is_file():
            content = path.read_bytes()
            path.unlink()
            path.write_bytes(content)
        return path

    def write(self, path: Path, content: bytes) -> None:
        path.unlink(missing_ok=True)
        path.write_bytes(content)


WAYS: dict[str, tuple[Way, str, int]] = {}
"""By name: the way, what has to find it (as :func:`tests.forgery.run.checks` says), and how often it is taken."""


def way(checked: str = "case", weight: int = 1) -> Callable[[Way], Way]:
    def register(function: Way) -> Way:
        WAYS[function.__name__] = (function, checked, weight)
        return function

    return register


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# ---------------------------------------------------------------- sources


def loads(root: Path) -> list[dict[str, Any]]:
    return [entry for line in lines(root / "ledger.jsonl") if "load" in (entry := content_of(line))]


def lines(path: Path) -> list[str]:
    return path.read_bytes().decode().split("\n")[:-1]


def some_source(root: Path, chance: random.Random, *endings: str) -> tuple[Path, str]:
    """A source with a place for its name in answers."""
    found = [entry for entry in loads(root) if not endings or entry["file"].endswith(endings)]
    entry = chance.choice(found)
    return root / "sources" / entry["sha256"], entry["file"]


def source_place(name: str, path: Path, *more: str) -> list[str]:
    return [re.escape(name), path.name[:8], *more]


def another(text: str, chance: random.Random) -> str:
    """A text of the same kind that says something else."""
    digits = [place for place, char in enumerate(text) if char.isdigit()]
    if digits and text.replace("-", "").replace(":", "").replace(".", "").replace(" ", "").isdigit():
        place = digits[-1]
        return text[:place] + str((int(text[place]) + chance.randint(1, 8)) % 10) + text[place + 1 :]
    return text + chance.choice("甲乙丙丁戊己庚辛") if text else "伪"


def change_cell(content: bytes, name: str, chance: random.Random) -> bytes:
    """Change one cell of a text source."""
    if name.endswith(".jsonl"):
        rows = [json.loads(line) for line in content.decode().splitlines()]
        row = chance.choice(rows)
        key = chance.choice(list(row))
        row[key] = another(str(row[key]), chance)
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    table = list(csv.reader(io.StringIO(content.decode())))
    row_number = chance.randrange(1, len(table))
    filled = [place for place, cell in enumerate(table[row_number]) if cell]
    place = chance.choice(filled)
    table[row_number][place] = another(table[row_number][place], chance)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(table)
    return out.getvalue().encode()


def change_rows(content: bytes, chance: random.Random) -> tuple[bytes, str]:
    rows = content.decode().splitlines(keepends=True)
    place = chance.randrange(1, len(rows))
    match chance.choice(["taken away", "doubled", "moved up"]):
        case "taken away":
            return "".join(rows[:place] + rows[place + 1 :]).encode(), "taken away"
        case "doubled":
            return "".join([*rows[: place + 1], rows[place], *rows[place + 1 :]]).encode(), "doubled"
        case done:
            rows[place], rows[place - 1] = rows[place - 1], rows[place]
            return "".join(rows).encode(), done


TEXTS = (".csv", ".jsonl")


@way(weight=2)
def source_byte(copy: Copy, chance: random.Random) -> Forgery:
    path, name = some_source(copy.case, chance)
    content = bytearray(path.read_bytes())
    place = chance.randrange(len(content))
    content[place] ^= 1 << chance.randrange(8)
    copy.write(path, bytes(content))
    return Forgery(f"byte {place} of {name}", source_place(name, path))


@way(weight=2)
def source_cell(copy: Copy, chance: random.Random) -> Forgery:
    path, name = some_source(copy.case, chance, *TEXTS)
    copy.write(path, change_cell(path.read_bytes(), name, chance))
    return Forgery(f"a cell of {name}", source_place(name, path))


@way(weight=2)
def source_cell_and_name(copy: Copy, chance: random.Random) -> Forgery:
    path, name = some_source(copy.case, chance, *TEXTS)
    content = change_cell(path.read_bytes(), name, chance)
    path.unlink()
    (path.parent / sha256(content)).write_bytes(content)
    return Forgery(f"a cell of {name}, kept under its new hash", source_place(name, path))


@way()
def source_row(copy: Copy, chance: random.Random) -> Forgery:
    path, name = some_source(copy.case, chance, *TEXTS)
    content, done = change_rows(path.read_bytes(), chance)
    copy.write(path, content)
    return Forgery(f"a row of {name} {done}", source_place(name, path))


@way()
def source_cell_of_a_workbook(copy: Copy, chance: random.Random) -> Forgery:
    import openpyxl

    path, name = some_source(copy.case, chance, ".xlsx")
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    sheet = chance.choice(book.worksheets)
    cell = chance.choice([cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None])
    cell.value = another(str(cell.value), chance)
    out = io.BytesIO()
    book.save(out)
    copy.write(path, out.getvalue())
    return Forgery(f"{cell.coordinate} of {name}", source_place(name, path))


@way(weight=2)
def source_cell_name_and_ledger(copy: Copy, chance: random.Random) -> Forgery:
    """The ledger is written anew with the new hash, and the lines after it."""
    path, name = some_source(copy.case, chance, *TEXTS)
    content = change_cell(path.read_bytes(), name, chance)
    new = sha256(content)
    path.unlink()
    (path.parent / new).write_bytes(content)
    rewrite(copy, copy.case / "ledger.jsonl", replace_texts(path.name, new))
    return Forgery(f"a cell of {name}, its hash in the ledger, chained again", [*source_place(name, path), new[:8]])


@way(weight=2)
def source_cell_name_ledger_and_marks(copy: Copy, chance: random.Random) -> Forgery:
    """And the database told of the new ledger: only its records are those of the old file."""
    path, name = some_source(copy.case, chance, *TEXTS)
    content = change_cell(path.read_bytes(), name, chance)
    new = sha256(content)
    path.unlink()
    (path.parent / new).write_bytes(content)
    rewrite(copy, copy.case / "ledger.jsonl", replace_texts(path.name, new))
    marks(copy, replaced={path.name: new})
    return Forgery(
        f"a cell of {name}, ledger and marks of the database",
        # where nothing else tells, the log of look-ups was written beside another ledger
        [*source_place(name, path), new[:8], "ledger_missing_by_lookup"],
    )


def marks(copy: Copy, replaced: dict[str, str]) -> None:
    """Tell the database of a ledger that was written anew."""
    entries = lines(copy.case / "ledger.jsonl")
    with duckdb.connect(str(copy.own(copy.database))) as database:
        for old, new in replaced.items():
            database.execute("UPDATE files SET sha256 = ? WHERE sha256 = ?", [new, old])
            database.execute("UPDATE sheets SET rejects_file = replace(rejects_file, ?, ?)", [old[:12], new[:12]])
        for entry in entries:
            content = content_of(entry)
            if "load" in content:
                database.execute("UPDATE files SET entry = ? WHERE file = ?", [entry, content["load"]])
            elif "correction" in content:
                database.execute("UPDATE corrections SET entry = ? WHERE number = ?", [entry, content["correction"]])
        judged = [entry for entry in entries if {"judgement", "undone"} & content_of(entry).keys()]
        for number, entry in enumerate(judged, 1):
            database.execute("UPDATE judgements SET entry = ? WHERE line = ?", [entry, number])
    for reject in (copy.case / "rejects").iterdir():
        for old, new in replaced.items():
            if reject.name.startswith(old[:12]):
                reject.rename(reject.with_name(reject.name.replace(old[:12], new[:12])))


@way()
def source_removed(copy: Copy, chance: random.Random) -> Forgery:
    path, name = some_source(copy.case, chance)
    path.unlink()
    return Forgery(f"{name} removed", source_place(name, path))


@way()
def source_added(copy: Copy, chance: random.Random) -> Forgery:
    path, name = some_source(copy.case, chance, *TEXTS)
    content = change_cell(path.read_bytes(), name, chance)
    (path.parent / sha256(content)).write_bytes(content)
    return Forgery(f"a source like {name} added", [sha256(content)[:8]])


@way()
def source_hidden_added(copy: Copy, chance: random.Random) -> Forgery:
    name = chance.choice([".hidden", "readme.txt", "x" * 64, "0" * 63])
    (copy.case / "sources" / name).write_bytes(b"x")
    return Forgery(f"sources/{name} added", [re.escape(name[:8])])


@way()
def sources_swapped(copy: Copy, chance: random.Random) -> Forgery:
    one, other = chance.sample(sorted((copy.case / "sources").iterdir()), 2)
    first, second = one.read_bytes(), other.read_bytes()
    copy.write(one, second)
    copy.write(other, first)
    names = {entry["sha256"]: entry["file"] for entry in loads(copy.case)}
    return Forgery(f"{names[one.name]} and {names[other.name]} swapped", source_place(names[one.name], one))


@way()
def source_renamed(copy: Copy, chance: random.Random) -> Forgery:
    path, name = some_source(copy.case, chance)
    path.rename(path.with_name(chance.choice([path.name.upper(), path.name + ".bak", "f" * 64])))
    return Forgery(f"{name} renamed", source_place(name, path))


@way()
def source_cut(copy: Copy, chance: random.Random) -> Forgery:
    path, name = some_source(copy.case, chance)
    content = path.read_bytes()
    copy.write(path, content[: chance.choice([0, len(content) // 2, len(content) - 1])])
    return Forgery(f"{name} cut off", source_place(name, path))


@way()
def source_is_another_kind_of_entry(copy: Copy, chance: random.Random) -> Forgery:
    path, name = some_source(copy.case, chance)
    elsewhere = copy.folder / "elsewhere"
    elsewhere.write_bytes(path.read_bytes())
    path.unlink()
    done = chance.choice(["a link", "a folder", "a pipe"])
    {"a link": lambda: path.symlink_to(elsewhere), "a folder": path.mkdir, "a pipe": lambda: os.mkfifo(path)}[done]()
    return Forgery(f"{name} is {done}", source_place(name, path))


@way()
def source_line_ends(copy: Copy, chance: random.Random) -> Forgery:
    path, name = some_source(copy.case, chance, *TEXTS)
    copy.write(path, path.read_bytes().replace(b"\n", b"\r\n"))
    return Forgery(f"line ends of {name}", source_place(name, path))


# ---------------------------------------------------------------- chains of lines

Contents = list[dict[str, Any]]


def chained(contents: Contents, first: int = 0, made: Sequence[str] = ()) -> list[str]:
    """The lines with these contents from ``first`` on, each with the hash of the one before."""
    chain = list(made[:first])
    for content in contents[first:]:
        body = {name: value for name, value in content.items() if name not in ("hash", "previous")}
        chain.append(next_entry(chain[-1] if chain else None, body))
    return chain


def put(copy: Copy, path: Path, chain: Sequence[str]) -> None:
    copy.write(path, "".join(f"{line}\n" for line in chain).encode())


def rewrite(copy: Copy, path: Path, change: Callable[[Any], Any]) -> None:
    """Change contents, and chain them again from the beginning."""
    put(copy, path, chained([change(content_of(line)) for line in lines(path)]))


def replace_texts(old: str, new: str) -> Callable[[Any], Any]:
    return lambda content: json.loads(json.dumps(content, ensure_ascii=False).replace(old, new))


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places of all values in a tree of JSON."""
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in leaves(inner, (*path, key))]
    if isinstance(value, list):
        return [leaf for place, inner in enumerate(value) for leaf in leaves(inner, (*path, place))]
    return [path]


def at(value: Any, path: Sequence[Any]) -> Any:
    for step in path:
        value = value[step]
    return value


def other_value(value: Any, chance: random.Random) -> Any:
    if value is None:
        return "伪"
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + chance.choice([-1, 1, 2])
    if isinstance(value, float):
        return value + 0.5
    if re.fullmatch(r"\d{4}-\d\d-\d\dT.*", value):
        return f"{int(value[:4]) - 1}{value[4:]}"
    if re.fullmatch(r"[0-9a-f]{64}", value):
        return "".join(chance.choice("0123456789abcdef") for _ in range(64))
    return another(value, chance)


def change_leaf(content: Any, chance: random.Random, but: Sequence[str] = ()) -> str:
    places = [place for place in leaves(content) if place[-1] not in but]
    place = chance.choice(places)
    holder = at(content, place[:-1])
    holder[place[-1]] = other_value(holder[place[-1]], chance)
    return ".".join(map(str, place))


CHAINS = ("ledger", "notes", "lookups")


def line_place(chain: str, number: int, content: dict[str, Any] | None = None) -> list[str]:
    """A line is told by its number, a load by its file too."""
    told = [
        rf"{chain}[^\n]*\b{number}\b",
        rf"\b{number}\b[^\n]*{chain}",
        rf"\b[Ll]ine {number}\b",
        rf'"line": {number}\b',
    ]
    if content and "file" in content:
        told.append(re.escape(content["file"]))
    return told


def forge_line(copy: Copy, chance: random.Random, root: Path, chain: str, repair: str) -> Forgery:
    """Change a value of a line: with nothing repaired, its own hash, or all lines after it."""
    path = root / f"{chain}.jsonl"
    old = lines(path)
    number = chance.randrange(len(old))
    contents = [content_of(line) for line in old]
    changed = change_leaf(contents[number], chance, ("hash", "previous") if repair != "nothing" else ())
    new = list(old)
    if repair == "nothing":
        new[number] = json.dumps(contents[number], ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    elif repair == "its hash":
        new[number] = chained(contents, number, old[: number + 1])[number]
    else:
        new = chained(contents, number, old)
    put(copy, path, new)
    is_last = number == len(old) - 1
    where = line_place(chain, number + 1, contents[number])
    if repair == "its hash":
        where += line_place(chain, number + 2)
    return Forgery(
        f"{changed} of line {number + 1} of {len(old)} of the {chain}, repaired: {repair}",
        where,
        beyond=repair != "nothing" and (is_last or repair != "its hash") and chain != "ledger",
    )


for _chain in CHAINS:
    for _repair, _weight in (("nothing", 3), ("its hash", 2), ("all after it", 3)):

        def _line(copy: Copy, chance: random.Random, chain: str = _chain, repair: str = _repair) -> Forgery:
            return forge_line(copy, chance, copy.case, chain, repair)

        _line.__name__ = f"{_chain}_line_{_repair.replace(' ', '_')}"
        way(weight=_weight)(_line)


def forge_order(copy: Copy, chance: random.Random, root: Path, chain: str, is_repaired: bool) -> Forgery:
    """Take lines away, double, move or put in; with or without chaining them again."""
    path = root / f"{chain}.jsonl"
    old = lines(path)
    new = list(old)
    number = chance.randrange(len(old) - 1)
    done = chance.choice(["taken away", "doubled", "moved down", "cut off after", "put in", "first ones cut off"])
    match done:
        case "taken away":
            del new[number]
        case "doubled":
            new.insert(number, new[number])
        case "moved down":
            new[number], new[number + 1] = new[number + 1], new[number]
        case "cut off after":
            del new[number + 1 :]
        case "first ones cut off":
            del new[: number + 1]
        case _:
            fresh = {**content_of(old[number]), "by": "伪造者", "why": "伪造"}
            new.insert(number + 1, json.dumps(fresh, ensure_ascii=False, separators=(",", ":"), sort_keys=True))
    if is_repaired:
        new = chained([content_of(line) for line in new])
    put(copy, path, new)
    where = [place for near in range(number, number + 4) for place in line_place(chain, near)]
    where += [re.escape(entry["file"]) for line in old if "file" in (entry := content_of(line))]
    return Forgery(
        f"line {number + 1} of {len(old)} of the {chain} {done}, chained again: {is_repaired}",
        [*where, chain],
        beyond=(is_repaired or done == "cut off after") and chain != "ledger",
    )


for _chain in CHAINS:
    for _is_repaired in (False, True):

        def _order(copy: Copy, chance: random.Random, chain: str = _chain, is_repaired: bool = _is_repaired) -> Forgery:
            return forge_order(copy, chance, copy.case, chain, is_repaired)

        _order.__name__ = f"{_chain}_order_{'chained_again' if _is_repaired else 'only'}"
        way(weight=3)(_order)


def forge_bytes_of_a_chain(copy: Copy, chance: random.Random, root: Path) -> Forgery:
    chain = chance.choice(CHAINS)
    path = root / f"{chain}.jsonl"
    content = path.read_bytes()
    done = chance.choice(
        ["removed", "emptied", "half a line", "no last line end", "a line of rubbish", "an empty line"]
    )
    match done:
        case "removed":
            path.unlink()
        case "emptied":
            copy.write(path, b"")
        case "half a line":
            copy.write(path, content[: -chance.randrange(5, 80)])
        case "no last line end":
            copy.write(path, content[:-1])
        case "a line of rubbish":
            copy.write(path, content + b'{"what":\n')
        case _:
            copy.write(path, content + b"\n")
    return Forgery(f"{chain}: {done}", [chain], harmless=done in ("no last line end", "an empty line"))


@way(weight=2)
def chain_bytes(copy: Copy, chance: random.Random) -> Forgery:
    return forge_bytes_of_a_chain(copy, chance, copy.case)


@way()
def chain_spaces(copy: Copy, chance: random.Random) -> Forgery:
    """Written with other spaces, a line says the same, and is not what the program wrote."""
    chain = chance.choice(CHAINS)
    path = copy.case / f"{chain}.jsonl"
    new = lines(path)
    number = chance.randrange(len(new))
    new[number] = json.dumps(json.loads(new[number]), ensure_ascii=chance.random() < 0.5)
    put(copy, path, new)
    return Forgery(f"spaces in line {number + 1} of the {chain}", line_place(chain, number + 1))


@way()
def chain_name_twice(copy: Copy, chance: random.Random) -> Forgery:
    """A name twice in a line: programs differ in which value they take, and the hash is that of the last."""
    chain = chance.choice(CHAINS)
    path = copy.case / f"{chain}.jsonl"
    new = lines(path)
    number = chance.randrange(len(new))
    name = chance.choice(sorted(content_of(new[number])))
    new[number] = f'{{"{name}":"伪造",{new[number][1:]}'
    put(copy, path, new)
    return Forgery(f"{name} twice in line {number + 1} of the {chain}", line_place(chain, number + 1))


@way(weight=2)
def attributed_to_another(copy: Copy, chance: random.Random) -> Forgery:
    """A judgement, note or look-up under another's name, with all lines after it."""
    chain = chance.choice(CHAINS)
    path = copy.case / f"{chain}.jsonl"
    old = lines(path)
    contents = [content_of(line) for line in old]
    numbers = [number for number, content in enumerate(contents) if {"by", "who"} & content.keys()]
    number = chance.choice(numbers)
    key = "who" if "who" in contents[number] else "by"
    contents[number][key] = "他人"
    put(copy, path, chained(contents, number, old))
    return Forgery(
        f"line {number + 1} of {len(old)} of the {chain} under another's name",
        line_place(chain, number + 1, contents[number]),
        beyond=chain != "ledger",
    )


@way(weight=2)
def clock_moved(copy: Copy, chance: random.Random) -> Forgery:
    """All lines from one on are an hour later, or a day earlier, and chained again."""
    chain = chance.choice(CHAINS)
    path = copy.case / f"{chain}.jsonl"
    old = lines(path)
    contents = [content_of(line) for line in old]
    number = chance.randrange(1, len(old))
    shift = chance.choice(["earlier", "later"])
    for content in contents[number:]:
        year = int(content["at"][:4]) + (1 if shift == "later" else -1)
        content["at"] = f"{year}{content['at'][4:]}"
    put(copy, path, chained(contents, number, old))
    moved = [re.escape(content["file"]) for content in contents[number:] if "file" in content]
    return Forgery(
        f"lines from {number + 1} of {len(old)} of the {chain} a year {shift}",
        [*line_place(chain, number + 1), *line_place(chain, number), *moved],
        beyond=chain != "ledger" and shift == "later",
    )


@way()
def everything_rewritten(copy: Copy, chance: random.Random) -> Forgery:
    """Ledger, its marks in the database, and the look-ups that name its heads: all agree again."""
    path = copy.case / "ledger.jsonl"
    old = lines(path)
    contents = [content_of(line) for line in old]
    number = chance.choice([number for number, content in enumerate(contents) if "why" in content])
    contents[number]["why"] = "伪造的理由"
    new = chained(contents, number, old)
    put(copy, path, new)
    marks(copy, {})
    heads = {content_of(a)["hash"]: content_of(b)["hash"] for a, b in zip(old, new, strict=True)}
    for chain in ("notes", "lookups"):
        other = copy.case / f"{chain}.jsonl"
        text = [content_of(line) for line in lines(other)]
        for content in text:
            if content.get("ledger") in heads:
                content["ledger"] = heads[content["ledger"]]
        put(copy, other, chained(text))
    return Forgery(
        f"the reason in line {number + 1} of the ledger, everything else made to agree", ["ledger"], beyond=True
    )


# ---------------------------------------------------------------- rejected rows


@way(weight=2)
def rejects(copy: Copy, chance: random.Random) -> Forgery:
    path = chance.choice(sorted((copy.case / "rejects").iterdir()))
    name = next(entry["file"] for entry in loads(copy.case) if path.name.startswith(entry["sha256"][:12]))
    content = path.read_bytes()
    rows = content.decode().splitlines(keepends=True)
    done = chance.choice(["a cell", "a row taken away", "removed", "emptied", "another added", "a byte"])
    where = [re.escape(name), path.name]
    match done:
        case "a cell":
            copy.write(path, content.replace(b"8986", b"8987", 1))
        case "a row taken away":
            del rows[chance.randrange(1, len(rows))]
            copy.write(path, "".join(rows).encode())
        case "removed":
            path.unlink()
        case "emptied":
            copy.write(path, b"")
        case "another added":
            added = path.with_name(path.name.replace("-1", "-2"))
            added.write_bytes(content)
            where = [added.name]
        case _:
            changed = bytearray(content)
            changed[chance.randrange(len(changed))] ^= 1
            copy.write(path, bytes(changed))
    return Forgery(f"rejected rows of {name}: {done}", where)


# ---------------------------------------------------------------- the database


def tables_of(database: duckdb.DuckDBPyConnection) -> list[str]:
    return [name for (name,) in database.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]


def columns_of(database: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    return database.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index", [table]
    ).fetchall()


def row_of(database: duckdb.DuckDBPyConnection, table: str, chance: random.Random) -> tuple[int, dict[str, Any]]:
    ids = [number for (number,) in database.execute(f'SELECT rowid FROM "{table}" ORDER BY 1').fetchall()]
    if not ids:
        raise Nothing
    number = chance.choice(ids)
    done = database.execute(f'SELECT * FROM "{table}" WHERE rowid = ?', [number])
    names = [column[0] for column in done.description or ()]
    (values,) = done.fetchall()
    return number, dict(zip(names, values, strict=True))


def source_row_of(database: duckdb.DuckDBPyConnection, table: str, row: dict[str, Any]) -> list[str]:
    """Where a row of the database stands: its table, the file and row it is from, the party it is of."""
    where = [re.escape(table)]
    if (sheet := row.get("sheet")) is not None:
        found = database.execute(
            "SELECT f.name FROM sheets s JOIN files f USING (file) WHERE s.sheet = ?", [sheet]
        ).fetchall()
        where += [re.escape(name) for (name,) in found]
    if table in ("files", "sheets") and (file := row.get("file")) is not None:
        where += [re.escape(n) for (n,) in database.execute("SELECT name FROM files WHERE file = ?", [file]).fetchall()]
    if table == "meta":
        where.append("format")
    if table in ("key_prefixes", "sheets"):
        # the rows whose cards have this beginning, or which are of this sheet, are told
        where += ["rows_changed", "value_impossible"]
    if table in ("mentions", "resolved_parties", "carrier_names"):
        where += ["parties_differ", "value_impossible"]
    where += [re.escape(str(row[key])) for key in ("name", "name_key", "id", "sha256") if row.get(key)]
    if table in ("corrections", "judgements"):
        number = content_of(row["entry"])["hash"]
        kind = "correction" if table == "corrections" else "judgement"
        made = content_of(row["entry"])
        told = made.get("correction", made.get("judgement", made.get("undone")))
        where += [
            number[:8],
            rf"{kind} {told}\b",
            "of the judgements",
            *line_place("ledger", 11 + row["number"] if table == "corrections" else 15 + row["line"]),
        ]
    return where


def other_cell(value: Any, kind: str, chance: random.Random) -> Any:
    if kind == "BOOLEAN":
        return not value
    if kind == "VARCHAR[]":
        return ["伪"]
    if "INT" in kind:
        return (value or 0) + 1 if value is None or value < 200 or "TINY" not in kind else value - 1
    if value is None:
        return "伪"
    if value.startswith(("{", "[")) and kind == "VARCHAR":
        content = json.loads(value)
        if leaves(content) and leaves(content) != [()]:
            change_leaf(content, chance)
            return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return other_value(value, chance)


def set_cell(copy: Copy, chance: random.Random, tables: Sequence[str] | None = None) -> Forgery:
    with duckdb.connect(str(copy.own(copy.database))) as database:
        table = chance.choice(list(tables or tables_of(database)))
        number, row = row_of(database, table, chance)
        column, kind = chance.choice(columns_of(database, table))
        where = source_row_of(database, table, row)
        value = other_cell(row[column], kind, chance)
        put_cell(database, table, column, value, number)
    return Forgery(f"{table}.{column}: {row[column]!r} -> {value!r} of {short(row)}", where)


def put_cell(database: duckdb.DuckDBPyConnection, table: str, column: str, value: Any, number: int) -> None:
    try:
        database.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', [value, number])
    except duckdb.Error as error:  # a key twice, a number that does not fit
        raise Nothing from error


def short(row: dict[str, Any]) -> str:
    return str({key: value for key, value in row.items() if value is not None})[:200]


@way(weight=16)
def database_cell_of_a_record(copy: Copy, chance: random.Random) -> Forgery:
    return set_cell(copy, chance, RECORDS)


@way(weight=14)
def database_cell(copy: Copy, chance: random.Random) -> Forgery:
    return set_cell(copy, chance)


@way(weight=6)
def database_filled_cell_of_a_record(copy: Copy, chance: random.Random) -> Forgery:
    """A party, a date, a card, an origin: what a record really says."""
    with duckdb.connect(str(copy.own(copy.database))) as database:
        table = chance.choice(RECORDS)
        number, row = row_of(database, table, chance)
        column, kind = chance.choice([c for c in columns_of(database, table) if row[c[0]] is not None])
        where = source_row_of(database, table, row)
        value = other_cell(row[column], kind, chance)
        put_cell(database, table, column, value, number)
    return Forgery(f"{table}.{column}: {row[column]!r} -> {value!r} of {short(row)}", where)


@way(weight=8)
def database_row_removed(copy: Copy, chance: random.Random) -> Forgery:
    with duckdb.connect(str(copy.own(copy.database))) as database:
        table = chance.choice([*tables_of(database), *RECORDS])
        number, row = row_of(database, table, chance)
        where = source_row_of(database, table, row)
        database.execute(f'DELETE FROM "{table}" WHERE rowid = ?', [number])
    return Forgery(f"{table}: removed {short(row)}", where)


@way(weight=7)
def database_row_added(copy: Copy, chance: random.Random) -> Forgery:
    """A row again, with one value of its own."""
    with duckdb.connect(str(copy.own(copy.database))) as database:
        table = chance.choice([*tables_of(database), *RECORDS])
        _, row = row_of(database, table, chance)
        where = source_row_of(database, table, row)
        column, kind = chance.choice(columns_of(database, table))
        new = {**row, column: other_cell(row[column], kind, chance)}
        where += source_row_of(database, table, new)
        marks_ = ", ".join("?" for _ in new)
        try:
            database.execute(f'INSERT INTO "{table}" VALUES ({marks_})', list(new.values()))
        except duckdb.Error as error:
            raise Nothing from error
    return Forgery(f"{table}: added {short(new)}", where)


@way(weight=3)
def database_row_doubled(copy: Copy, chance: random.Random) -> Forgery:
    with duckdb.connect(str(copy.own(copy.database))) as database:
        table = chance.choice([*tables_of(database), *RECORDS])
        number, row = row_of(database, table, chance)
        where = source_row_of(database, table, row)
        try:
            database.execute(f'INSERT INTO "{table}" SELECT * FROM "{table}" WHERE rowid = ?', [number])
        except duckdb.Error as error:
            raise Nothing from error
    # a load lists a link once for each of its parts: the table is read as a set
    return Forgery(f"{table}: doubled {short(row)}", where, harmless=table == "subscriber_links")


@way(weight=3)
def database_parties_swapped(copy: Copy, chance: random.Random) -> Forgery:
    """A hop turned round, or its receiver another party of the case."""
    with duckdb.connect(str(copy.own(copy.database))) as database:
        table = chance.choice(RECORDS[:4])
        number, row = row_of(database, table, chance)
        where = source_row_of(database, table, row)
        if row["sender"] is None or row["receiver"] is None or row["sender"] == row["receiver"]:
            raise Nothing
        idents = [i for (i,) in database.execute("SELECT ident FROM mentions ORDER BY 1").fetchall()]
        if chance.random() < 0.5:
            set_, values = "sender = receiver, receiver = sender", []
        else:
            set_, values = "receiver = ?", [chance.choice([i for i in idents if i != row["receiver"]])]
        database.execute(f'UPDATE "{table}" SET {set_} WHERE rowid = ?', [*values, number])
    return Forgery(f"{table}: {set_} {values} of {short(row)}", where)


@way(weight=2)
def database_file_hidden(copy: Copy, chance: random.Random) -> Forgery:
    """All records of a file taken away, its marks left."""
    with duckdb.connect(str(copy.own(copy.database))) as database:
        sheet = chance.choice([s for (s,) in database.execute("SELECT sheet FROM sheets").fetchall()])
        where = source_row_of(database, "sheets", {"sheet": sheet})
        gone = 0
        for table in RECORDS:
            gone += len(database.execute(f'DELETE FROM "{table}" WHERE sheet = ? RETURNING 1', [sheet]).fetchall())
        if not gone:
            raise Nothing
    return Forgery(f"all {gone} records of sheet {sheet} taken away", where)


@way(weight=2)
def database_structure(copy: Copy, chance: random.Random) -> Forgery:
    with duckdb.connect(str(copy.own(copy.database))) as database:
        table = chance.choice(tables_of(database))
        done = chance.choice(["dropped", "emptied", "another added", "a column added", "the view replaced"])
        where = [re.escape(table), "case[.]", *(["format", "holds no case"] if table == "meta" else [])]
        match done:
            case "dropped":
                database.execute(f'DROP TABLE "{table}" CASCADE')
            case "emptied":
                if not database.execute(f'DELETE FROM "{table}" RETURNING 1').fetchall():
                    raise Nothing
                where += [re.escape(n) for (n,) in database.execute("SELECT name FROM files").fetchall()]
                # their lines in the ledger are told
                where += line_place("ledger", 12) if table == "corrections" else []
            case "another added":
                table = "forged"
                where = ["forged"]
                database.execute("CREATE TABLE forged AS SELECT 1 AS x")
            case "a column added":
                database.execute(f'ALTER TABLE "{table}" ADD COLUMN forged INTEGER')
            case _:
                table = "card_records"
                where = ["card_records"]
                (text,) = database.execute("SELECT sql FROM duckdb_views() WHERE view_name = 'card_records'").fetchone()
                body = text[text.upper().index(" AS ") + 4 :].rstrip().rstrip(";")
                database.execute(f"CREATE OR REPLACE VIEW card_records AS SELECT * FROM ({body}) WHERE row <> 2")
    return Forgery(f"{table}: {done}", where)


@way(weight=2)
def database_file(copy: Copy, chance: random.Random) -> Forgery:
    path = copy.database
    done = chance.choice(["removed", "cut off", "rubbish", "a later one added", "a byte of the first block"])
    where = [r"case[.]\d+[.]duckdb", "database"]
    match done:
        case "removed":
            path.unlink()
        case "cut off":
            content = path.read_bytes()
            copy.write(path, content[: len(content) // 2])
        case "rubbish":
            copy.write(path, chance.randbytes(4096))
        case "a later one added":
            later = path.with_name("case.99.duckdb")
            shutil.copyfile(path, later)
            with duckdb.connect(str(later)) as database:
                if not database.execute("DELETE FROM wide_card_records WHERE row = 2 RETURNING 1").fetchall():
                    raise Nothing
            where = [".csv", "case.99", "activations"]
        case _:
            changed = bytearray(path.read_bytes())
            changed[chance.randrange(12288)] ^= 1
            copy.write(path, bytes(changed))
            return Forgery("a byte of the headers of the database", where, harmless=True)
    return Forgery(f"database {done}", where)


# ---------------------------------------------------------------- saved answers


def answer_way(copy: Copy, chance: random.Random) -> tuple[Path, Any]:
    path = copy.folder / chance.choice(["trace.json", "audit.json"])
    return path, json.loads(path.read_bytes())


def ids_of(answer: Any) -> list[Any]:
    """The parties of an audit: what is asked otherwise is answered otherwise about them."""
    return [audit["enterprise"] for audit in answer.get("enterprises", ())]


def words_of(path: Sequence[Any]) -> list[str]:
    """The place of a value in an answer: the names on the way to it."""
    return [re.escape(str(step)) for step in path if isinstance(step, str) and step not in ("results", "enterprises")]


@way("answer", weight=14)
def answer_value(copy: Copy, chance: random.Random) -> Forgery:
    path, answer = answer_way(copy, chance)
    place = chance.choice(leaves(answer))
    holder = at(answer, place[:-1])
    old = holder[place[-1]]
    holder[place[-1]] = other_value(old, chance)
    copy.write(path, json.dumps(answer, ensure_ascii=False, indent=2).encode())
    is_told = {"ledger_head": ["head"], "graphtrace": ["version", "graphtrace"]}.get(place[0], words_of(place)[-1:])
    if place[:2] == ("options", "rules"):
        is_told.append(re.escape(answer["options"]["rules"][place[2]]["id"]))
    return Forgery(
        f"{path.name}: {'.'.join(map(str, place))}: {old!r} -> {holder[place[-1]]!r}",
        is_told,
        # who says with which version, or of which folder, states nothing of a card
        harmless=place in (("case",), ("graphtrace",)),
    )


@way("answer", weight=4)
def answer_item(copy: Copy, chance: random.Random) -> Forgery:
    """An item of a list, or a name, taken away, doubled or added."""
    path, answer = answer_way(copy, chance)
    lists: list[tuple[Any, ...]] = []

    def look(value: Any, place: tuple[Any, ...] = ()) -> None:
        if isinstance(value, dict):
            lists.append(place)
            for key, inner in value.items():
                look(inner, (*place, key))
        elif isinstance(value, list):
            if value:
                lists.append(place)
            for number, inner in enumerate(value):
                look(inner, (*place, number))

    look(answer)
    place = chance.choice(lists)
    holder = at(answer, place)
    if isinstance(holder, list):
        number = chance.randrange(len(holder))
        if chance.random() < 0.6:
            del holder[number]
            done = f"[{number}] taken away"
        else:
            holder.insert(number, holder[number])
            done = f"[{number}] doubled"
        where = [*words_of(place)[-1:], *(re.escape(one["id"]) for one in ids_of(answer))]
    else:
        key = chance.choice(sorted(holder))
        is_of_rule = place[:2] == ("options", "rules")
        rule = re.escape(answer["options"]["rules"][place[2]]["id"]) if is_of_rule else None
        del holder[key]
        done = f"{key} taken away"
        where = [re.escape(key), *words_of(place)[-1:], *([rule] if rule else [])]
    copy.write(path, json.dumps(answer, ensure_ascii=False, indent=2).encode())
    return Forgery(
        f"{path.name}: {'.'.join(map(str, place))} {done}",
        where or [re.escape(path.name)],
        # without any letter it is the answer as it was before the letters were made (L-19)
        harmless="lead_letters" in (*place, *(() if isinstance(holder, list) else [key]))
        and not answer.get("lead_letters"),
    )


@way("answer")
def answer_spaces(copy: Copy, chance: random.Random) -> Forgery:
    path, answer = answer_way(copy, chance)
    copy.write(path, json.dumps(answer, ensure_ascii=True, indent=chance.choice([None, 1, 4])).encode())
    return Forgery(f"{path.name}: other spaces", [], harmless=True)


@way("answer")
def answer_of_another(copy: Copy, chance: random.Random) -> Forgery:
    """A result under the question for another card."""
    path = copy.folder / "trace.json"
    answer = json.loads(path.read_bytes())
    one, other = chance.sample(range(len(answer["results"])), 2)
    answer["results"][one] = {**answer["results"][other], "input": answer["results"][one]["input"]}
    copy.write(path, json.dumps(answer, ensure_ascii=False, indent=2).encode())
    return Forgery(f"result {one} is that of {other}", [re.escape(answer["results"][one]["input"])])


@way("lines", weight=2)
def answer_lines(copy: Copy, chance: random.Random) -> Forgery:
    """A value of an answer in JSON Lines, or a line twice."""
    path = copy.folder / "trace.jsonl"
    new = lines(path)
    number = chance.randrange(len(new))
    if chance.random() < 0.2:
        new.insert(number, new[number])
        done, where = "doubled", [CARDS[number]]
    else:
        content = json.loads(new[number])
        done = change_leaf(content, chance, ("case", "graphtrace"))
        where = [re.escape(done.rpartition(".")[2]), CARDS[number], r"trace\.jsonl"]
        new[number] = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    put(copy, path, new)
    return Forgery(f"line {number + 1} of trace.jsonl: {done}", where)


# ---------------------------------------------------------------- bundles


def bag_files(copy: Copy) -> list[Path]:
    return sorted(path for path in copy.bag.rglob("*") if path.is_file())


def relative(copy: Copy, path: Path) -> str:
    return path.relative_to(copy.bag).as_posix()


def state_again(copy: Copy) -> None:
    """Let statement and manifests say what the files are now."""
    data = copy.bag / "data"
    statement = json.loads((data / "statement.json").read_bytes())
    for chain in CHAINS:
        made = lines(data / f"{chain}.jsonl")
        if chain in statement:
            statement[chain] = {"lines": len(made), "head": content_of(made[-1])["hash"] if made else START}
    copy.write(data / "statement.json", json.dumps(statement, ensure_ascii=False).encode())
    for name in SEALS:
        copy.own(copy.bag / name)
    seal_again(copy.bag)


@way("bundle", weight=3)
def bundle_byte(copy: Copy, chance: random.Random) -> Forgery:
    path = chance.choice(bag_files(copy))
    content = bytearray(path.read_bytes())
    place = chance.randrange(len(content))
    content[place] ^= 1
    copy.write(path, bytes(content))
    where = [re.escape(relative(copy, path)), "manifest"]
    return Forgery(f"byte {place} of {relative(copy, path)} of a bundle", where)


@way("bundle", weight=2)
def bundle_files(copy: Copy, chance: random.Random) -> Forgery:
    path = chance.choice(bag_files(copy))
    done = chance.choice(["removed", "added", "a folder"])
    name = relative(copy, path)
    match done:
        case "removed":
            path.unlink()
        case "added":
            path = path.with_name(path.name + "x")
            path.write_bytes(b"x")
            name = relative(copy, path)
        case _:
            path.unlink()
            path.mkdir()
    return Forgery(f"{name} of a bundle {done}", [re.escape(name), re.escape(Path(name).name)])


@way("bundle", weight=3)
def bundle_source_with_manifests(copy: Copy, chance: random.Random) -> Forgery:
    """A cell of a source, with its name; then the manifests, the ledger, or the statement too."""
    data = copy.bag / "data"
    path, name = some_source(data, chance, *TEXTS)
    content = change_cell(path.read_bytes(), name, chance)
    new = sha256(content)
    path.unlink()
    (path.parent / new).write_bytes(content)
    depth = chance.choice(["manifests", "ledger", "statement"])
    if depth != "manifests":
        rewrite(copy, data / "ledger.jsonl", replace_texts(path.name, new))
        copy.write(data / "sources.csv", (data / "sources.csv").read_bytes().replace(path.name.encode(), new.encode()))
    if depth == "statement":
        statement = (data / "statement.json").read_bytes().replace(path.name.encode(), new.encode())
        copy.write(data / "statement.json", statement)
    state_again(copy)
    return Forgery(
        f"a cell of {name} of a bundle, and {depth}",
        [*source_place(name, path), new[:8], "ledger[^\n]*line", "lookups", "look-ups"],
    )


@way("bundle", weight=3)
def bundle_line(copy: Copy, chance: random.Random) -> Forgery:
    chain = chance.choice(CHAINS)
    forged = forge_line(copy, chance, copy.bag / "data", chain, chance.choice(["nothing", "its hash", "all after it"]))
    state_again(copy)
    return Forgery(f"bundle: {forged.what}", [*forged.where, chain], beyond=forged.beyond)


@way("bundle", weight=3)
def bundle_order(copy: Copy, chance: random.Random) -> Forgery:
    chain = chance.choice(CHAINS)
    forged = forge_order(copy, chance, copy.bag / "data", chain, chance.random() < 0.5)
    state_again(copy)
    return Forgery(f"bundle: {forged.what}", [*forged.where, chain], beyond=forged.beyond)


@way("bundle", weight=2)
def bundle_statement(copy: Copy, chance: random.Random) -> Forgery:
    path = copy.bag / "data" / "statement.json"
    statement = json.loads(path.read_bytes())
    changed = change_leaf(statement, chance)
    copy.write(path, json.dumps(statement, ensure_ascii=False).encode())
    for name in SEALS:
        copy.own(copy.bag / name)
    seal_again(copy.bag)
    return Forgery(
        f"bundle: statement: {changed}",
        [
            "statement",
            r"\.csv",
            r"\.jsonl",
            r"\.xlsx",
            r"\.parquet",
            "ledger",
            "notes",
            re.escape(changed.split(".")[-1]),
        ],
        harmless=changed == "graphtrace",
    )


@way("bundle", weight=1)
def bundle_head(copy: Copy, chance: random.Random) -> Forgery:
    """What stands in the files that describe the bundle, with the manifest of these."""
    name = chance.choice(["bag-info.txt", "bagit.txt", "manifest-sha256.txt"])
    path = copy.bag / name
    old = path.read_bytes().decode().splitlines(keepends=True)
    number = chance.randrange(len(old))
    done = chance.choice(["taken away", "a digit"])
    if done == "taken away":
        del old[number]
    else:
        old[number] = re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), old[number], count=1)
    copy.write(path, "".join(old).encode())
    copy.own(copy.bag / "tagmanifest-sha256.txt")
    seal_tags(copy.bag)
    is_agent = name == "bag-info.txt" and number == 1
    return Forgery(f"bundle: line {number + 1} of {name}: {done}", [re.escape(name), "data/"], harmless=is_agent)


@way("bundle")
def bundle_sources_list(copy: Copy, chance: random.Random) -> Forgery:
    path = copy.bag / "data" / "sources.csv"
    copy.write(path, change_cell(path.read_bytes(), "sources.csv", chance))
    state_again(copy)
    return Forgery("bundle: a cell of sources.csv", [r"sources\.csv"])


@way("zip", weight=2)
def bundle_archive(copy: Copy, chance: random.Random) -> Forgery:
    """A bundle as an archive, packed anew with one thing changed."""
    files = {relative(copy, path): path.read_bytes() for path in bag_files(copy)}
    name = chance.choice(sorted(files))
    done = chance.choice(
        ["a byte", "left out", "twice", "out of the folder", "a link", "cut off", "bytes behind", "comment"]
    )
    out = copy.folder / "bag.zip"
    with zipfile.ZipFile(out, "w") as archive:
        for each, content in files.items():
            if each == name and done == "left out":
                continue
            if each == name and done == "a byte":
                changed = bytearray(content)
                changed[chance.randrange(len(changed))] ^= 1
                content = bytes(changed)
            archive.writestr(f"bundle/{each}", content)
        if done == "twice":
            archive.writestr(f"bundle/{name} ".rstrip(), files[name] + b"x")
        elif done == "out of the folder":
            archive.writestr("bundle/../evil.txt", b"x")
        elif done == "a link":
            info = zipfile.ZipInfo("bundle/data/sources/link")
            info.external_attr = 0o120777 << 16
            archive.writestr(info, "/etc/passwd")
        elif done == "comment":
            archive.comment = b"forged"
    content = out.read_bytes()
    if done == "cut off":
        out.write_bytes(content[:-40])
    elif done == "bytes behind":
        out.write_bytes(content + b"PK rubbish")
    where = [re.escape(name), "manifest", "evil", "link", "zip", "archive"]
    return Forgery(f"archive: {name} {done}", where, harmless=done in ("comment", "bytes behind"))
