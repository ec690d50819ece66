"""A cut of the power, as a drive with a cache suffers it: what was acknowledged is there, what was not did not happen.

The commands of a story run on a file system whose drive writes down every write and every flush (drive.py). From these
the disk is made as it may be after a cut at many moments, and mounted again. The options of the file systems leave to
the program what they may: they order no data, and write nothing back by themselves.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import pytest

import graphtrace as gt
from graphtrace.errors import CaseMissing
from graphtrace.storage.verify import HARMLESS

from ..conftest import EXPLORES
from .cases import answers_of, environment, tree, write_files
from .drive import LEFT, Cut, Left, read_log

pytestmark = [pytest.mark.posix, pytest.mark.slow, pytest.mark.timeout(1800)]

DRIVE: Final = Path(__file__).with_name("drive.py")
TELLING: Final = Path(__file__).with_name("telling.py")
CARD: Final = "8986061900000000001"
LOG: Final = "lookups.jsonl"
CHAINS: Final = ("ledger.jsonl", "notes.jsonl", LOG)


class FileSystem(NamedTuple):
    """How a file system is made and mounted."""

    make: tuple[str, ...]
    options: str
    bytes: int


FILE_SYSTEMS: Final = {
    "ext4": FileSystem(
        ("mkfs.ext4", "-q", "-F", "-E", "nodiscard,lazy_itable_init=0,lazy_journal_init=0"),
        "noatime,nodiscard,data=writeback,noauto_da_alloc,commit=600",
        160 << 20,
    ),
    "btrfs": FileSystem(("mkfs.btrfs", "-q", "-K"), "noatime,nodiscard,commit=600", 320 << 20),
    "xfs": FileSystem(("mkfs.xfs", "-q", "-K"), "noatime,nodiscard", 320 << 20),
}


def story(disk: Path, files: list[Path]) -> dict[str, list[str]]:
    """The commands, in order."""
    sales, resales, later = files
    case, sealed = disk / "x.gtrace", disk / "sealed"
    of_case: dict[str, list[object]] = {
        "load": ["load", sales],
        "trace": ["trace", CARD, "--json"],
        "load more": ["load", resales],
        "note": ["note", CARD, "seen"],
        "resolve": ["resolve", "老K", "王五", "--different", "--why", "two", "--by", "p"],
        "correct": ["correct", "resales.csv:3", "--why", "twice", "--who", "p"],
        "letters": ["letters", CARD, "-o", disk / "letters", "--by", "p"],
        "note again": ["note", CARD, "seen again"],
        "answer": ["trace", CARD, "-o", disk / "answer.json"],
        "redacted": ["trace", CARD, "--redact", "--json"],
        "audit": ["audit", "--all"],
        "load again": ["load", later],
        "unload": ["unload", "resales.csv", "--why", "wrong", "--who", "p"],
        "compact": ["compact"],
        "archive": ["bundle", case, disk / "sealed.zip"],
        "bundle": ["bundle", case, sealed],
        "open": ["open", sealed, "--case", disk / "opened.gtrace"],
        "copy": ["copy", case, disk / "copied.gtrace"],
        "log": ["log", "--json"],
    }
    named = ("bundle", "open", "copy")
    return {
        name: [*map(str, command), *([] if command[0] in named else ["--case", str(case)])]
        for name, command in of_case.items()
    }


@dataclass(frozen=True)
class State:
    """What the disk holds between two commands."""

    chains: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """Lines of the chains of each case."""
    outputs: dict[str, str] = field(default_factory=dict)
    """Hashes of what was written beside the cases."""
    answers: str | None = None


class Step(NamedTuple):
    """A command; moments are sizes of the log of the drive."""

    name: str
    began: int
    said: int
    """When it said something for the first time."""
    ended: int
    after: State


def lines(path: Path) -> list[str]:
    """Return the whole lines of a chain."""
    text = path.read_text("utf-8") if path.exists() else ""
    return text[: text.rfind("\n") + 1].splitlines()


def state_of(disk: Path) -> State:
    cases = sorted(disk.glob("*.gtrace"))
    outputs = {
        name: digest for name, digest in tree(disk).items() if ".gtrace/" not in name and ".graphtrace-" not in name
    }
    chains = {case.name: {name: lines(case / name) for name in CHAINS} for case in cases}
    return State(chains, outputs, answers_in(disk / "x.gtrace"))


def answers_in(case: Path) -> str | None:
    try:
        with gt.open_case(case) as opened:
            return answers_of(opened)
    except CaseMissing:
        return None


def refuse_without_drive(kind: str) -> None:
    """Skip where there is no such drive, and say why."""
    lacks = [
        *(["Linux"] if sys.platform != "linux" else []),
        *(["root"] if sys.platform == "linux" and os.geteuid() != 0 else []),
        *(name for name in ("/dev/fuse", "/dev/loop-control") if not os.access(name, os.R_OK | os.W_OK)),
        *(name for name in ("mount", "umount", FILE_SYSTEMS[kind].make[0]) if shutil.which(name) is None),
    ]
    if lacks:
        pytest.skip(f"no power can be cut here without {', '.join(lacks)}")


@contextmanager
def mounted(kind: str, image: Path, folder: Path) -> Iterator[Path]:
    folder.mkdir(exist_ok=True)
    subprocess.run(
        ["mount", "-t", kind, "-o", f"loop,{FILE_SYSTEMS[kind].options}", image, folder],
        check=True,
        capture_output=True,
        timeout=60,
    )
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True, timeout=60)


@contextmanager
def drive(kind: str, folder: Path) -> Iterator[tuple[Path, Path]]:
    """Yield a mounted file system on a new drive, and the log of the drive; ``folder/new`` is the drive as it was."""
    image, log, file = folder / "image", folder / "log", folder / "drive"
    with image.open("wb") as made:
        made.truncate(FILE_SYSTEMS[kind].bytes)
    subprocess.run([*FILE_SYSTEMS[kind].make, image], check=True, capture_output=True, timeout=60)
    shutil.copyfile(image, folder / "new")
    log.touch()
    file.touch()
    with subprocess.Popen([sys.executable, DRIVE, image, log, file], stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        if serving.stdout.readline() != "mounted\n":
            pytest.skip("no power can be cut here: the system mounts no drive of ours")
        try:
            with ExitStack() as resources:
                try:
                    disk = resources.enter_context(mounted(kind, file, folder / "disk"))
                except subprocess.CalledProcessError as failed:
                    pytest.skip(f"no power can be cut here: {failed.stderr.decode(errors='replace').strip()}")
                yield disk, log
        finally:
            subprocess.run(["umount", file], check=True, timeout=60)


def tell(commands: dict[str, list[str]], disk: Path, log: Path, folder: Path) -> list[Step]:
    """Run the commands of a story, and look at what each left."""
    given = json.dumps(list(commands.values()))
    ran = subprocess.run(
        [sys.executable, TELLING, disk, log, folder],
        input=given,
        capture_output=True,
        text=True,
        timeout=1200,
        env=environment(),
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    steps = []
    for number, (name, line) in enumerate(zip(commands, ran.stdout.splitlines(), strict=True)):
        began, said, ended = map(int, line.split())
        steps.append(Step(name, began, said, ended, state_of(folder / f"after-{number}")))
        shutil.rmtree(folder / f"after-{number}")
    return steps


def moments(steps: list[Step], log: Path, chosen: random.Random, count: int) -> dict[int, tuple[Left, ...]]:
    """Choose moments, and what a cut then leaves of what was not flushed.

    Each command had just said something, and nothing is left; or it ran, so many times, and some of it is left.
    """
    ends = [record.end for record in read_log(log)]
    found: dict[int, tuple[Left, ...]] = {}
    for step in steps:
        own = [end for end in ends if step.began < end < step.ended]
        found |= dict.fromkeys(chosen.sample(own, min(count, len(own))), LEFT if EXPLORES else ("some",))
        found |= {step.said: ("none",), step.ended: ("none",)}
    return dict(sorted(found.items()))


def check(disk: Path, moment: int, steps: list[Step], *, deep: bool) -> None:
    """Nothing that was acknowledged by a moment is missing, and what ran then happened whole or not at all."""
    acknowledged = [step for step in steps if step.said <= moment]
    before = acknowledged[-1].after if acknowledged else State()
    over = [step for step in steps if step.ended <= moment]
    running = [step for step in steps if step.began < moment < step.ended]
    after = running[0].after if running else before
    check_outputs(disk, before, after)
    names = {path.name for path in disk.glob("*.gtrace")}
    assert set(before.chains) <= names <= set(after.chains)
    for name in names:
        case = disk / name
        least, most = before.chains.get(name), after.chains[name]
        try:
            with gt.open_case(case) as opened:
                found = {LOG: lines(case / LOG), "notes.jsonl": lines(case / "notes.jsonl")}
                opened.status()
                problems = [problem.code for problem in opened.verify(deep=deep)]
                found["ledger.jsonl"] = lines(case / "ledger.jsonl")
                said = answers_of(opened) if name == "x.gtrace" else None
        except CaseMissing:
            assert least is None
            continue
        for chain in CHAINS:
            assert found[chain] == most[chain][: len(found[chain])], chain
            if chain != LOG:
                assert len(found[chain]) >= len((least or most)[chain]) or running, chain
            if least is not None and chain != LOG:
                assert len(found[chain]) >= len(least[chain]), chain
        check_lookups(found[LOG], name, acknowledged, over)
        if running:
            assert set(problems) <= HARMLESS
        else:
            assert problems == []
        if said is not None:
            assert said in (before.answers, after.answers)


def check_lookups(found: list[str], case: str, acknowledged: list[Step], over: list[Step]) -> None:
    """A look-up stands in the log when its answer is shown, and the hash of the answer when the command has ended."""
    ended = over[-1].after.chains.get(case, {}).get(LOG, []) if over else []
    assert len(found) >= len(ended)
    if acknowledged and len(acknowledged) > len(over):
        asked = acknowledged[-1].after.chains.get(case, {}).get(LOG, [])[len(ended) :]
        first = [line for line in asked if json.loads(line)["what"] != "answer"]
        assert set(first) <= set(found)


def check_outputs(disk: Path, before: State, after: State) -> None:
    found = {
        name: digest
        for name, digest in tree(disk).items()
        if ".gtrace/" not in name and ".graphtrace-" not in name and not name.startswith("lost+found")
    }
    assert {name: found.get(name) for name in before.outputs} == before.outputs
    assert {name: after.outputs.get(name) for name in found} == found
    new = {name for name in after.outputs if name.startswith("sealed/")}
    assert not new & set(found) or new <= set(found), "half of a bundle"


def check_goes_on(disk: Path, files: list[Path]) -> None:
    """The next load clears up and completes what a cut left."""
    with gt.open_case(disk / "x.gtrace") as case:
        assert not case.load(*files).has_errors
        assert case.verify() == []
        assert not (disk / "x.gtrace" / ".scratch").exists()


@pytest.mark.parametrize("kind", FILE_SYSTEMS if EXPLORES else ["ext4"])
def test_nothing_that_was_acknowledged_is_lost_by_a_cut_of_the_power(kind: str, tmp_path: Path) -> None:
    refuse_without_drive(kind)
    files = write_files(tmp_path, cards=30)
    for name, day in (("later.csv", "2024-05-01"), ("last.csv", "2024-06-01")):
        files.append(tmp_path / name)
        files[-1].write_text(f"转出方,转入方,日期,卡号\n王五,赵六,{day},{CARD}\n", "utf-8")
    with drive(kind, tmp_path) as (disk, log):
        steps = tell(story(disk, files[:3]), disk, log, tmp_path)
    chosen = random.Random(20240305)
    cut = Cut(tmp_path / "new", log)
    tried = 0
    for moment, kinds in moments(steps, log, chosen, 40 if EXPLORES else 1).items():
        for what, content in cut.disks(moment, chosen, kinds):
            (tmp_path / "after").write_bytes(content)
            running = [step.name for step in steps if step.began < moment <= step.ended]
            try:
                with mounted(kind, tmp_path / "after", tmp_path / "again") as again:
                    check(again, moment, steps, deep=EXPLORES or what == "some")
                    if what == "some":
                        check_goes_on(again, files)
            except Exception as fault:
                fault.add_note(f"{kind}: cut at {moment} during {running}, {what} of what was not flushed is there")
                raise
            tried += 1
    assert tried >= 2 * len(steps)
