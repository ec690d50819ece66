"""One bit of the database turned over: every command answers as before or ends with exit 3 and one sentence.

Flips of one bit in each block of 4 KiB of a small case: a seeded sample, or all with ``GRAPHTRACE_ALL_FLIPS=1``.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.storage.case_folder import find_database

from .cases import CARDS, run, write_files

BLOCK = 4096
SAMPLE = 6
COMMANDS = {
    "verify": ("verify",),
    "verify --deep": ("verify", "--deep"),
    "trace": ("trace", *CARDS),
    "audit": ("audit", "--all"),
    "status": ("status",),
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("loaded")
    with gt.open_case(place / "x.gtrace") as case:
        case.load(*write_files(place, cards=30))
    return place / "x.gtrace"


def ask(case: Path, command: str) -> tuple[int, str, str]:
    ran = run(["-m", "graphtrace", "--case", case, *COMMANDS[command], "--json"])
    return ran.returncode, ran.stdout.replace(str(case), "CASE"), ran.stderr


@pytest.fixture(scope="module")
def sound(loaded: Path) -> dict[str, str]:
    """Return the output of the commands on the sound case; sizes and answers only."""
    answers = {}
    for command in COMMANDS:
        code, out, err = ask(loaded, command)
        assert (code, err) == (0, ""), (command, err)
        answers[command] = out
    return answers


def flips() -> list[tuple[int, int]]:
    """Numbers by which a block and a bit of it are chosen, whatever the size of the file."""
    chance = random.Random(13)
    if os.environ.get("GRAPHTRACE_ALL_FLIPS"):
        return [(block, chance.randrange(BLOCK * 8)) for block in range(1 << 10)]
    # the headers are three blocks, of which each start reads all
    return [(0, 200), (1, 200), *((chance.randrange(2, 1 << 10), chance.randrange(BLOCK * 8)) for _ in range(SAMPLE))]


@pytest.mark.slow
@pytest.mark.parametrize(("block", "bit"), flips())
def test_a_bit_turned_over_changes_no_answer_unseen(
    loaded: Path, sound: dict[str, str], tmp_path: Path, block: int, bit: int
) -> None:
    case = Path(shutil.copytree(loaded, tmp_path / "y.gtrace"))
    content = bytearray(find_database(case).read_bytes())
    blocks = len(content) // BLOCK
    if block >= blocks and os.environ.get("GRAPHTRACE_ALL_FLIPS"):
        pytest.skip("the database is smaller")
    content[block % blocks * BLOCK + bit // 8] ^= 1 << bit % 8
    find_database(case).write_bytes(content)
    changed = set()
    codes = {}
    for command in COMMANDS:
        codes[command], out, err = ask(case, command)
        assert "Traceback" not in err
        assert codes[command] in (0, 3), (command, err)
        if codes[command] == 3 and err:
            assert json.loads(err)["error"]["code"] in ("case_damaged", "store_unavailable")
        if codes[command] != 0 or out != sound[command]:
            changed.add(command)
    if changed:
        assert codes["verify"] == 3
