"""A disk that is full is said in a sentence, and leaves nothing half loaded."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.storage.case_folder import find_database
from graphtrace.storage.verify import HARMLESS

from .cases import answers, loaded_files, names, problems, run, write_files

pytestmark = pytest.mark.posix

# Python ignores the signal that comes with the limit, so that a write beyond it fails as on a full disk
LIMITED = """
import resource, sys
from graphtrace.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), -1))
sys.exit(main(sys.argv[2:]))
"""
KB = 1024


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_files(tmp_path_factory.mktemp("files"), cards=8_000)


@pytest.fixture(scope="module")
def whole(files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = tmp_path_factory.mktemp("whole") / "x.gtrace"
    gt.open_case(case).load(*files)
    return case


@pytest.mark.slow
@pytest.mark.parametrize("room", [0, 3 * KB, 200 * KB, 2100 * KB])
def test_a_disk_too_small_for_a_new_case_is_said_in_a_sentence(
    room: int, files: list[Path], whole: Path, tmp_path: Path
) -> None:
    check_full_disk(tmp_path / "x.gtrace", room, files, whole)


@pytest.mark.slow
@pytest.mark.parametrize("more", [-1000 * KB, 0, 300 * KB])
def test_a_disk_too_small_for_one_more_file_leaves_the_files_before_it(
    more: int, files: list[Path], whole: Path, tmp_path: Path
) -> None:
    case = tmp_path / "x.gtrace"
    gt.open_case(case).load(files[0])
    check_full_disk(case, find_database(case).stat().st_size + more, files, whole)
    shutil.rmtree(case)


def check_full_disk(case: Path, room: int, files: list[Path], whole: Path) -> None:
    ran = run(["-c", LIMITED, room, "load", *files, "--case", case, "--json"])
    assert "Traceback" not in ran.stderr, ran.stderr
    if ran.returncode:
        assert ran.returncode in (2, 3), ran.stderr
        said = json.loads(ran.stderr)["error"]
        assert said["code"] in ("store_unavailable", "unreadable_file"), said
        assert re.search("the disk is full|too large", said["message"])
        assert "room on the disk" in said["hint"]
    if find_database(case):
        expected = loaded_files(whole)
        found = loaded_files(case)
        assert {name: expected[name] for name in found} == found
        assert set(problems(case)) <= HARMLESS
    gt.open_case(case).load(*files)
    assert problems(case) == []
    assert answers(case) == answers(whole)
    assert names(case) == names(whole)
