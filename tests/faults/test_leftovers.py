"""Leftovers of a killed command are gone after the next one: in the case, beside outputs, in TMPDIR."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import StoreError
from graphtrace.scratch import own_folder, sweep
from graphtrace.storage.case_folder import scratch_folder

from .cases import CARDS, names, problems, run, run_here, start, write_files

# The first time that the function is called, the process has made what it leaves behind; then it is killed.
DYING = """
import importlib, os, signal, sys
place, arguments = sys.argv[1], sys.argv[2:]
module, _, name = place.partition(":")
owner = importlib.import_module(module)
*path, name = name.split(".")
for part in path:
    owner = getattr(owner, part)
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(owner, name, die)
from graphtrace.cli import main
main(arguments)
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_files(tmp_path_factory.mktemp("files"), cards=30)


@pytest.fixture(scope="module")
def loaded(files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = tmp_path_factory.mktemp("loaded") / "x.gtrace"
    gt.open_case(case).load(*files)
    return case


@pytest.fixture
def case(loaded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(loaded, tmp_path / "x.gtrace"))


def die_at(place: str, arguments: Sequence[object], tmp: Path) -> None:
    ran = run(["-c", DYING, place, *arguments], TMPDIR=str(tmp))
    assert ran.returncode == -signal.SIGKILL, ran.stderr


@pytest.mark.posix
@pytest.mark.parametrize(
    ("place", "command"),
    [
        ("graphtrace.storage.duckdb.duckdb_writer:DuckDBWriter.commit", ["verify", "--deep"]),
        ("graphtrace.storage.duckdb.duckdb_writer:DuckDBWriter.close_sheet", ["load", "MORE", "--dry-run"]),
        ("graphtrace.storage.duckdb.duckdb_writer:DuckDBWriter.close_sheet", ["load", "MORE"]),
        ("graphtrace.storage.duckdb.duckdb_corrections:source_name", ["correct", "resales.csv:2", "--why", "wrong"]),
        ("graphtrace.storage.duckdb.duckdb_writer:fsync_file", ["compact"]),
        ("graphtrace.render.workbook:workbook_bytes", ["export", "xlsx", "OUT/x.xlsx"]),
        ("graphtrace.storage.neo4j.admin_import:write_admin_import", ["export", "neo4j-admin", "OUT/bulk"]),
        ("graphtrace.storage.partitions:_write_block", ["export", "parquet", "OUT/blocks"]),
        ("graphtrace.render.html.trace_page:trace_page", ["trace", CARDS[0], "--html", "OUT/x.html"]),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_a_killed_command_leaves_is_gone_after_the_next_one(
    place: str, command: Sequence[str], case: Path, tmp_path: Path
) -> None:
    tmp, out, more = tmp_path / "tmp", tmp_path / "out", tmp_path / "more.csv"
    tmp.mkdir()
    out.mkdir()
    more.write_text("转出方,转入方,日期,卡号\n甲,乙,2024-03-05,8986061900000000001\n", "utf-8")
    before = names(case)
    arguments = [each.replace("OUT", str(out)).replace("MORE", str(more)) for each in command]
    die_at(place, [*arguments, "--case", case], tmp)
    left = sorted(set(names(case)) - set(before)) + names(out)
    assert any(".graphtrace-" in name for name in left)
    assert names(tmp) == []
    # a question sweeps the case, and an output the folder into which it is written
    again = run_here("status", "--case", case, "-o", out / "status.json")
    assert again.returncode == 0, again.stderr
    assert [name for name in names(case) if ".wal" not in name and ".tmp" not in name] == before
    assert (names(out), names(tmp)) == (["status.json"], [])
    assert problems(case) == []


@pytest.mark.posix
def test_what_a_killed_copy_leaves_is_gone_after_the_next_one(case: Path, tmp_path: Path) -> None:
    target, tmp = tmp_path / "copy.gtrace", tmp_path / "tmp"
    tmp.mkdir()
    die_at("graphtrace.storage.copy:keep_source", ["copy", case, target], tmp)
    assert any(".graphtrace-" in name for name in names(target))
    assert run_here("copy", case, target).returncode == 0
    assert names(target) == names(case)
    assert names(tmp) == []


@pytest.mark.posix
def test_scratch_of_a_new_case_is_below_the_account_s_folder_and_swept(tmp_path: Path, files: list[Path]) -> None:
    tmp, case = tmp_path / "tmp", tmp_path / "none.gtrace"
    tmp.mkdir()
    die_at(
        "graphtrace.storage.duckdb.duckdb_writer:DuckDBWriter.close_sheet",
        ["load", files[0], "--dry-run", "--case", case],
        tmp,
    )
    assert not case.exists()
    (own,) = tmp.iterdir()
    assert (own.name, stat.S_IMODE(own.stat().st_mode)) == (f"graphtrace-{os.getuid()}", 0o700)
    assert run(["-m", "graphtrace", "status", "--case", case], TMPDIR=str(tmp)).returncode == 3
    assert list(tmp.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("after_s", [0.6, 1.2])
def test_a_load_killed_from_outside_leaves_nothing_after_the_next_command(
    after_s: float, case: Path, tmp_path: Path
) -> None:
    more, tmp = tmp_path / "more.csv", tmp_path / "tmp"
    tmp.mkdir()
    rows = "".join(f"甲,乙,2024-03-05,{8986061900000000001 + n}\n" for n in range(50_000))
    more.write_text(f"转出方,转入方,日期,卡号\n{rows}", "utf-8")
    with start(["-m", "graphtrace", "load", more, "--case", case], TMPDIR=str(tmp)) as process:
        time.sleep(after_s)
        process.kill()
    assert run_here("verify", "--case", case).returncode == 0
    assert not (case / ".scratch").exists()
    assert names(tmp) == []


# -- the folders themselves ----------------------------------------------------------------------------------------


def test_a_folder_whose_owner_lives_is_not_swept(tmp_path: Path) -> None:
    with own_folder(tmp_path) as one, own_folder(tmp_path) as two:
        sweep(tmp_path)
        assert one.is_dir()
        assert two.is_dir()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_whose_lock_a_power_cut_took_is_swept(tmp_path: Path) -> None:
    left = tmp_path / ".graphtrace-0123456789abcdef"
    left.mkdir()
    (left / "copy of a file").write_text("evidence", "utf-8")
    with own_folder(tmp_path) as living:
        assert list(tmp_path.glob(".graphtrace-*[0-9a-f]")) == [living]
    assert list(tmp_path.iterdir()) == []


def test_only_what_is_called_like_a_scratch_folder_is_swept(tmp_path: Path) -> None:
    for name in (
        "graphtrace-0123456789abcdef.lock",
        ".graphtrace-x.lock",
        ".other.part",
        ".graphtrace-0123456789abcdef",
    ):
        (tmp_path / name).write_text("mine", "utf-8")
    sweep(tmp_path)
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.posix
def test_a_link_called_like_a_scratch_folder_leads_nowhere(tmp_path: Path) -> None:
    victim, place = tmp_path / "victim", tmp_path / "place"
    victim.mkdir()
    (victim / "precious").write_text("", "utf-8")
    place.mkdir()
    (place / ".graphtrace-0123456789abcdef").symlink_to(victim)
    (place / ".graphtrace-0123456789abcdef.lock").write_text("", "utf-8")
    (place / ".graphtrace-00000000000000ff.lock").symlink_to(victim / "precious")
    sweep(place)
    assert (victim / "precious").exists()
    assert not os.path.lexists(place / ".graphtrace-0123456789abcdef")


@pytest.mark.posix
@pytest.mark.parametrize("make", [lambda own, other: own.symlink_to(other), lambda own, _: own.write_text("")])
def test_a_folder_of_the_account_that_is_something_else_is_not_used(
    make: Callable[[Path, Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    other = tmp_path / "other"
    other.mkdir()
    make(tmp_path / f"graphtrace-{os.getuid()}", other)
    with pytest.raises(StoreError), scratch_folder(None):
        pass
    assert list(other.iterdir()) == []


@pytest.mark.posix
@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_the_account_that_somebody_else_made_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    own = tmp_path / "graphtrace-0"
    own.mkdir()
    os.chown(own, 65534, 65534)
    with pytest.raises(StoreError, match="belongs to somebody else"), scratch_folder(None):
        pass


# -- full disks ----------------------------------------------------------------------------------------------------

# Python ignores the signal that comes with the limit, so that a write beyond it fails as on a full disk
LIMITED = """
import resource, sys
from graphtrace.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), -1))
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.posix
@pytest.mark.parametrize(
    "arguments",
    [
        ["export", "parquet", "OUT/x"],
        ["export", "neo4j-admin", "OUT/x"],
        ["export", "graphml", "OUT/x"],
        ["export", "csv", "OUT/x", "--level", "record"],
        ["trace", CARDS[0], "-o", "OUT/x.json"],
    ],
    ids=lambda each: " ".join(each[:2]),
)
def test_a_full_disk_says_so_and_for_which_output_and_leaves_nothing(
    arguments: Sequence[str], case: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    ran = run(["-c", LIMITED, 700, *(each.replace("OUT", str(out)) for each in arguments), "--case", case])
    assert ran.returncode == 2, ran.stderr
    assert f"{out}/x" in ran.stderr
    assert "cannot be written: the disk is full" in ran.stderr
    assert list(out.iterdir()) == []


@pytest.mark.posix
@pytest.mark.parametrize("command", [["verify", "--deep"], ["load", "MORE", "--dry-run"]], ids=["verify", "dry run"])
def test_a_full_disk_for_scratch_is_said_of_the_case(
    command: Sequence[str], case: Path, files: list[Path], tmp_path: Path
) -> None:
    before = names(case)
    ran = run(["-c", LIMITED, 5000, *(each.replace("MORE", str(files[1])) for each in command), "--case", case])
    assert ran.returncode == 3, ran.stderr
    assert f"{case}: scratch files cannot be written on its disk: the disk is full" in ran.stderr
    assert ".graphtrace-" not in ran.stderr
    assert names(case) == before


@pytest.mark.posix
def test_a_read_only_case_can_be_tried_verified_and_asked(case: Path, files: list[Path], tmp_path: Path) -> None:
    for path in (*case.rglob("*"), case):
        path.chmod(0o555 if path.is_dir() else 0o444)
    opened = gt.open_case(case)
    assert [file.already_loaded for file in opened.load(*files, dry_run=True).files] == [True, True]
    assert opened.verify(deep=True) == []
    assert opened.trace(CARDS[0])[0].found


def test_nothing_is_left_while_or_after_a_sound_command(case: Path, tmp_path: Path) -> None:
    tmp = tmp_path / "tmp"
    tmp.mkdir()
    before = names(case)
    for command in (["verify", "--deep"], ["status"], ["graph", "--html", tmp_path / "g.html"]):
        ended = run(["-m", "graphtrace", *command, "--case", case], TMPDIR=str(tmp))
        assert isinstance(ended, subprocess.CompletedProcess)
        assert ended.returncode == 0, ended.stderr
    assert (names(tmp), names(case)) == ([], before)
