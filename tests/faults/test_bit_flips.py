"""One bit of the database turned over: every command answers as before or ends with exit 3 and one sentence.

Flips of one bit in each block of 4 KiB of a small case: a seeded sample, or all with ``GRAPHTRACE_ALL_FLIPS=1``.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Sequence
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


# One process for many cases costs one start; one of its own, as a broken block may be the end of it.
ASK = """
import contextlib, io, json, sys
from graphtrace.cli import main

commands = json.loads(sys.argv[1])
for case in sys.argv[2:]:
    said = {}
    for name, command in commands.items():
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(["--case", case, *command, "--json"])
        said[name] = [code, *(stream.buffer.getvalue().decode().replace(case, "CASE") for stream in (out, err))]
    print(json.dumps(said), flush=True)
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("loaded")
    with gt.open_case(place / "x.gtrace") as case:
        case.load(*write_files(place, cards=30))
    return place / "x.gtrace"


def ask(cases: Sequence[Path]) -> list[dict[str, tuple[int, str, str]]]:
    """Return the code and the outputs of each command on each case."""
    ran = run(["-c", ASK, json.dumps(COMMANDS), *cases])
    assert ran.returncode == 0, (cases[ran.stdout.count("\n") :], ran.stderr)
    return [json.loads(line) for line in ran.stdout.splitlines()]


def flips() -> list[list[tuple[int, int]]]:
    """Numbers by which a block and a bit of it are chosen, whatever the size of the file, for each process."""
    chance = random.Random(13)
    if os.environ.get("GRAPHTRACE_ALL_FLIPS"):
        every = [(block, chance.randrange(BLOCK * 8)) for block in range(1 << 10)]
        return [every[at : at + SAMPLE] for at in range(0, len(every), SAMPLE)]
    # the headers are three blocks, of which each start reads all
    return [[(0, 200), (1, 200), *((chance.randrange(2, 1 << 10), chance.randrange(BLOCK * 8)) for _ in range(SAMPLE))]]


def turn_over(case: Path, block: int, bit: int) -> None:
    content = bytearray(find_database(case).read_bytes())
    blocks = len(content) // BLOCK
    content[block % blocks * BLOCK + bit // 8] ^= 1 << bit % 8
    find_database(case).write_bytes(content)


@pytest.mark.slow
@pytest.mark.parametrize("chosen", flips(), ids=lambda chosen: str(chosen[0][0]))
def test_a_bit_turned_over_changes_no_answer_unseen(
    loaded: Path, tmp_path: Path, chosen: list[tuple[int, int]]
) -> None:
    cases = [Path(shutil.copytree(loaded, tmp_path / f"{block}-{bit}.gtrace")) for block, bit in chosen]
    for case, (block, bit) in zip(cases, chosen, strict=True):
        turn_over(case, block, bit)
    sound, *all_told = ask([loaded, *cases])
    assert all((code, err) == (0, "") for code, _, err in sound.values()), sound
    for flip, told in zip(chosen, all_told, strict=True):
        for command, (code, _, err) in told.items():
            assert "Traceback" not in err, (flip, command)
            assert code in (0, 3), (flip, command, err)
            if code == 3 and err:
                assert json.loads(err)["error"]["code"] in ("case_damaged", "store_unavailable"), (flip, command)
        if any(told[command][:2] != sound[command][:2] for command in COMMANDS):
            assert told["verify"][0] == 3, flip
