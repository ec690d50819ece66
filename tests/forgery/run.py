"""Forge a case a thousand times, check each forgery as a stranger would, and count what was found: with its place."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import random
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.in_process import run_command

from . import handed_out  # noqa: F401 - registers its ways
from .forgeries import WAYS, Copy, Forgery, Nothing


@dataclass(frozen=True)
class Result:
    """What came of one forgery."""

    number: int
    way: str
    what: str
    found_by: str | None
    """The command that found it first, or None."""
    is_placed: bool
    harmless: bool
    beyond: bool
    exits: dict[str, int]
    said: str


def plan(count: int, seed: int) -> list[tuple[int, str]]:
    """Which ways are taken: each at least once, then by their weights."""
    chance = random.Random(seed)
    names = list(WAYS)
    weights = [WAYS[name][2] for name in names]
    taken = (names + chance.choices(names, weights, k=max(0, count - len(names))))[:count]
    if count < len(names):
        taken = chance.sample(names, count)
    return list(enumerate(taken))


def copy_of(base: Path, folder: Path) -> Copy:
    """A copy that takes no room: files are other names of the originals until they are changed."""
    shutil.copytree(base, folder, copy_function=os.link)
    return Copy(folder)


def checks(copy: Copy, checked: str) -> Iterator[tuple[str, list[str]]]:
    """What a stranger asks, the quick question first."""
    case = ["--case", str(copy.case), "--lang", "en"]
    answers = [str(copy.folder / name) for name in ("trace.json", "audit.json")]
    match checked:
        case "case":
            yield "verify", [*case, "verify", "--json"]
            yield "verify --deep", [*case, "verify", "--deep", "--json"]
            yield "verify ANSWER", [*case, "verify", *answers, "--json"]
            yield "log", [*case, "log", "--json"]
        case "answer":
            yield "verify ANSWER", [*case, "verify", *answers, "--json"]
            yield "verify ANSWER --deep", [*case, "verify", *answers, "--deep", "--json"]
        case "people":
            people = [str(copy.folder / name) for name in ("trace.html", "trace.xlsx")]
            yield "verify ANSWER", [*case, "verify", *people, "--json"]
        case "sealed":
            yield "bundle", ["bundle", str(copy.case), str(copy.folder / "sealed"), "--json", "--lang", "en"]
        case "lines":
            yield "verify ANSWER", [*case, "verify", str(copy.folder / "trace.jsonl"), "--json"]
        case _:
            bundle = copy.folder / "bag.zip" if checked == "zip" else copy.bag
            yield "open", ["open", str(bundle), "--case", str(copy.folder / "opened.gtrace"), "--json", "--lang", "en"]


def said_of(out: str, err: str) -> str:
    """What is said about what is wrong: without the head of the answer, which stands in each."""
    try:
        problems = json.loads(out).get("problems", [])
        told = "\n".join(json.dumps(problem, ensure_ascii=False) for problem in problems)
    except (ValueError, AttributeError):  # no answer: refused
        told = out
    return f"{told}\n{err}".strip()


def forge(base: Path, folder: Path, number: int, name: str, seed: int) -> Result:
    """Make one forgery and check it."""
    make, checked, _ = WAYS[name]
    for attempt in range(50):
        copy = copy_of(base, folder / f"{number}")
        chance = random.Random(f"{seed}:{number}:{attempt}")
        try:
            forgery = make(copy, chance)
            break
        except Nothing:
            shutil.rmtree(copy.folder)
        except Exception as error:
            raise RuntimeError(f"{name} {number} {attempt}: {error}") from error
    else:
        raise RuntimeError(f"{name}: nothing to forge")
    try:
        return examine(copy, number, name, checked, forgery)
    finally:
        shutil.rmtree(copy.folder)


def examine(copy: Copy, number: int, name: str, checked: str, forgery: Forgery) -> Result:
    exits: dict[str, int] = {}
    found_by, said, is_placed = None, "", False
    for command, words in checks(copy, checked):
        done = run_command(words)
        exits[command] = done.returncode
        told = said_of(done.stdout, done.stderr)
        if done.returncode or told:
            told = told.replace(str(copy.folder), "")
            said = f"{said}\n{told}".strip()
            found_by = found_by or command
            is_placed = any(re.search(pattern, said) for pattern in forgery.where)
            if is_placed:
                break
    return Result(number, name, forgery.what, found_by, is_placed, forgery.harmless, forgery.beyond, exits, said)


def run(
    base: Path, folder: Path, count: int, seed: int, workers: int = 1, only: Sequence[str] = (), first: int = 0
) -> list[Result]:
    """Forge as often as asked for; the order of the results is that of the plan."""
    todo = [
        (base, folder, number, name, seed) for number, name in plan(count, seed)[first:] if not only or name in only
    ]
    folder.mkdir(parents=True, exist_ok=True)
    before = digests(base)
    if workers < 2:
        results = [forge(*each) for each in todo]
    else:
        with multiprocessing.get_context("spawn").Pool(workers) as pool:
            results = list(pool.imap(_forge, todo))
    changed = [name for name, digest in digests(base).items() if before.get(name) != digest]
    if changed:
        raise RuntimeError(f"the original was changed: {changed}")
    return results


def digests(base: Path) -> dict[str, str]:
    """Return the hashes of the files of the original; the log goes on and the locks are taken in no copy."""
    return {
        path.relative_to(base).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(base.rglob("*"))
        if path.is_file()
    }


def _forge(asked: tuple[Path, Path, int, str, int]) -> Result:
    result = forge(*asked)
    with (asked[1] / "so-far.jsonl").open("a", encoding="utf-8") as so_far:
        so_far.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")
    return result


def summary(results: Sequence[Result]) -> str:
    """Count what was found, and list what was not."""
    must = [result for result in results if not result.harmless and not result.beyond]
    beyond = [result for result in results if result.beyond]
    harmless = [result for result in results if result.harmless]
    said = [f"{len(results)} forgeries"]
    for name, group in (("must be found", must), ("whole rewritings", beyond), ("harmless", harmless)):
        found = sum(result.found_by is not None for result in group)
        placed = sum(result.is_placed for result in group)
        said.append(f"  {name}: {len(group)}, found {found}, with place {placed}")
    by = Counter(result.found_by for result in results)
    said.append("  " + ", ".join(f"{name or 'not found'} {count}" for name, count in by.most_common()))
    for result in must:
        if result.found_by is None or not result.is_placed:
            words = "NOT FOUND" if result.found_by is None else "no place"
            said.append(f"{words}: {result.number} {result.way}: {result.what}")
    return "\n".join(said)


def write(results: Sequence[Result], path: Path) -> None:
    """Write one line of JSON for each forgery."""
    path.write_text(
        "".join(json.dumps(asdict(result), ensure_ascii=False) + "\n" for result in results), encoding="utf-8"
    )
