"""Proves every sentence about every card and every audit of many cases: ``python -m tests.proof [FOLDER...] [-v]``.

Without a folder: the example case, simulated ones of several seeds, and messy ones. A folder is a case, one of files
to load, or holds cases at any depth, as those that the tests leave (``pytest --basetemp FOLDER``). Prints for each how
many sentences are proved, not checked and NOT PROVED, then why, the most frequent reason first; 1 where any is not
proved. With ``--values`` it changes each value of answers about a few cards instead, and prints the changes of which
the program says nothing; 1 where there are any.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import graphtrace as gt
from graphtrace.cli import main as graphtrace
from graphtrace.storage.case_folder import is_case

from .changed_values import changes_of, silent_changes, values_of
from .conftest import DEMO, EXAMPLE, Case, checker_of, load, prove

SEEDS = (1, 2, 3)
MESSY = ("--messy", "--supports", "3", "--aliases", "3")
MOST = 3000
"""Cards asked about in one case; of more, every so many."""


def main() -> int:
    """Prove them; 1 where any sentence is not proved."""
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("-v", action="store_true", help="say each sentence that is not proved")
    parser.add_argument("--values", type=int, metavar="CARDS", help="change each value of answers about so many cards")
    asked = parser.parse_args()
    if asked.values:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
            cases = _given(asked.folders, Path(place)) if asked.folders else _made(Path(place))
            return 1 if sum(_silent(name, case, asked.values) for name, case in cases) else 0
    total, reasons, unproved = Counter[str](), Counter[str](), []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        cases = _given(asked.folders, Path(place)) if asked.folders else _made(Path(place))
        for name, case in cases:
            counts = Counter[str]()
            for sentence, state, why in _lines(case):
                counts[state] += 1
                if state == prove.NOT_CHECKED:
                    reasons[_general(sentence, why)] += 1
                elif state == prove.NOT_PROVED:
                    unproved.append(f"{name}: {sentence}: {why}")
            total += counts
            if not asked.folders or counts[prove.NOT_PROVED] or asked.v:
                print(f"{name}: {_told(counts)}", flush=True)
    for reason, count in reasons.most_common(40):
        print(f"{count:8} not checked: {reason}")
    print(*(f"NOT PROVED: {each}" for each in (unproved if asked.v else unproved[:40])), sep="\n")
    print(_told(total))
    return 1 if unproved else 0


def _silent(name: str, case: Case, most: int) -> int:
    """Print which changes of one value of an answer are silent; return how many there are."""
    cards = case.cards()
    answer = case.trace(cards[:: max(1, len(cards) // most)])
    changes = [(value, after) for value in values_of(answer) for after in changes_of(value.owner[value.name])]
    silent = silent_changes(case, answer, changes)
    print(f"{name}: {len(changes)} changes, {len(silent)} silent", flush=True)
    for path, count in Counter(each.path for each in silent).most_common():
        print(f"{count:8} {path}: {next(each[1:] for each in silent if each.path == path)}")
    return len(silent)


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{counts[state]} {state}" for state in (prove.PROVED, prove.NOT_CHECKED, prove.NOT_PROVED))


def _general(sentence: str, why: str) -> str:
    """Return a reason without what differs from card to card."""
    about = re.sub(r"\d+|[^:]*>.*", "", sentence.rpartition(": ")[2]).strip()
    return f"{about}: {re.sub(r'^[^ ]*:[0-9]+: |[0-9a-f]{12}|[0-9]+|repr .*', '', why)[:110]}"


def _made(place: Path) -> Iterator[tuple[str, Case]]:
    (place / "example").mkdir()
    for name in DEMO["files"]:
        mapping = DEMO["mappings"].get(name)
        load(place / "example", EXAMPLE / name, *(() if mapping is None else ("--mapping", EXAMPLE / mapping)))
    yield "example", Case(place / "example" / "x.gtrace")
    for options in ((), MESSY):
        for seed in SEEDS:
            folder = place / f"{seed}{len(options)}"
            with redirect_stdout(io.StringIO()):
                graphtrace(["simulate", str(folder / "made"), "--cards", "2000", "--seed", str(seed), "-q", *options])
            yield (
                " ".join(["simulated", str(seed), *options]),
                load(folder, *sorted((folder / "made" / "records").iterdir())),
            )


def _given(folders: list[Path], place: Path) -> Iterator[tuple[str, Case]]:
    for number, folder in enumerate(folders):
        cases = [each for each in sorted([folder, *folder.rglob("*")]) if each.is_dir() and is_case(each)]
        if not cases:
            (place / str(number)).mkdir()
            yield str(folder), load(place / str(number), *sorted(each for each in folder.rglob("*") if each.is_file()))
        for case in cases:
            if (case / "sources").is_dir():
                shutil.copytree(case, place / "copied" / case.name)
                _leave_unloaded_out(place / "copied" / case.name)
                yield str(case), Case(place / "copied" / case.name)
                shutil.rmtree(place / "copied")


def _leave_unloaded_out(case: Path) -> None:
    """Take away the sources that the case has unloaded: no answer rests on them."""
    with gt.open_case(case) as opened:
        loaded = {file["sha256"] for file in opened.status().files}
    for source in (case / "sources").iterdir():
        if source.stem not in loaded:
            source.unlink()


def _lines(case: Case) -> Iterator[tuple[str, str, str]]:
    """Yield the sentences of the traces of all cards, and of all audits, with what was found of each."""
    cards = case.cards()
    cards = cards[:: len(cards) // MOST + 1]
    saved = case.folder.parent / "answer.json"
    asked = case.folder.parent / "cards.txt"
    asked.write_text("\n".join(cards) + "\n", encoding="utf-8")
    questions = [["trace", "--from-file", str(asked)]] if cards else []
    questions += [["audit", "--all", "--role", role] for role in ("enterprise", "dealer")]
    for question in questions:
        saved.unlink(missing_ok=True)
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            graphtrace([*question, "--case", str(case.folder), "-q", "-o", str(saved)])
        if saved.exists():  # nobody may have bought anything
            checker = checker_of(json.loads(saved.read_text(encoding="utf-8")), case.sources)
            checker.check()
            yield from checker.lines


if __name__ == "__main__":
    sys.exit(main())
