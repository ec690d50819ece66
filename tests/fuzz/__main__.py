"""Damages files, case folders and names at random and looks at what the program makes of them.

``python -m tests.fuzz --seconds 600 --seed 7`` goes on for ten minutes; ``--replay folder:7:12`` does one round again
and keeps its files in ``--keep DIR``. The same seed always does the same.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count, islice
from pathlib import Path
from random import Random

from . import folders, outputs, readers

ROOT = Path(__file__).parents[2]
KINDS = {"reader": readers.FILES, "folder": 1, "output": 1}
"""Kinds of rounds, and how many things each of their rounds damages."""

_ORDER = ("reader", *("folder",) * 6, "output")
ROUNDS_A_PROCESS = 8
SECONDS_A_PROCESS = 600


def names_of_rounds(seed: int) -> Iterator[str]:
    """Rounds without end, all kinds among them."""
    for number in count():
        yield f"{_ORDER[number % len(_ORDER)]}:{seed}:{number}"


def play(names: Sequence[str]) -> Iterator[str]:
    """Play rounds in a process of their own, since some things cannot be survived; yields what went wrong."""
    command = [sys.executable, "-m", "tests.fuzz", "--play", *names]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS_A_PROCESS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        yield f"no end of {' '.join(names)}"
        return
    lines = done.stdout.splitlines()
    yield from (line.removeprefix("! ") for line in lines if line.startswith("! "))
    if done.returncode:
        at = next((line for line in reversed(lines) if line.startswith("> ")), "> ?").removeprefix("> ")
        yield f"{at}: the process died with {done.returncode}: {done.stderr[-3000:]}"
        left = names[names.index(at) + 1 :] if at in names else []
        if left:
            yield from play(left)


def _play_here(names: Sequence[str], keep: Path | None) -> None:
    with tempfile.TemporaryDirectory(prefix="fuzz-") as base:
        sound = folders.make_case(Path(base)) if any(name.startswith("folder") for name in names) else None
        for name in names:
            sys.stdout.write(f"> {name}\n")
            sys.stdout.flush()
            place = Path(base) / name.replace(":", "-")
            place.mkdir()
            chosen = Random(name)
            kind = name.partition(":")[0]
            if kind == "folder":
                assert sound is not None
                found = folders.fuzz(chosen, place, sound)
            else:
                found = {"reader": readers, "output": outputs}[kind].fuzz(chosen, place)
            for complaint in found:
                sys.stdout.write(f"! {name}: {' ⏎ '.join(complaint.splitlines())}\n")
            if keep is not None:
                shutil.copytree(place, keep / place.name, symlinks=True, dirs_exist_ok=True)
            shutil.rmtree(place)


def main() -> int:
    """Play rounds for some time; 1 where one went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=list(KINDS))
    parser.add_argument("--replay", metavar="ROUND", nargs="+")
    parser.add_argument("--keep", metavar="DIR", type=Path)
    parser.add_argument("--play", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.play or given.replay:
        _play_here(given.play or given.replay, given.keep)
        return 0
    until = time.monotonic() + given.seconds
    names = (name for name in names_of_rounds(given.seed) if given.only is None or name.startswith(given.only))
    played: Counter[str] = Counter()
    faults = 0
    while time.monotonic() < until:
        batch = list(islice(names, ROUNDS_A_PROCESS))
        for complaint in play(batch):
            faults += 1
            print(complaint, flush=True)
            print(f"  again: python -m tests.fuzz --replay {complaint.partition(': ')[0]} --keep DIR", flush=True)
        for name in batch:
            kind = name.partition(":")[0]
            played[kind] += KINDS[kind]
    print(f"{', '.join(f'{number} {kind}s' for kind, number in sorted(played.items()))}: {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
