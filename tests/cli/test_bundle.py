"""``bundle`` and ``open``: a case that is sealed and opened answers as before, and its bytes are the same each time."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import bagit
import pytest

import graphtrace as gt

from .conftest import TORN, WHOLE, Run


@pytest.fixture
def worked(run: Run, case: str, tmp_path: Path) -> str:
    """A case with a correction, a judgement and a note beside its files."""
    shutil.copytree(case, tmp_path / "worked.gtrace")
    case = "worked.gtrace"
    assert run("resolve", "王五", "钱七", "--different", "--why", "w", "--by", "p", "--case", case).code == 0
    assert run("correct", "transfers.csv:5", "--why", "w", "--who", "p", "--case", case).code == 0
    with gt.open_case(case) as opened:
        opened.add_note("note", f"card:{WHOLE}", {"text": "看过"}, by="p")
    return case


def answers(run: Run, case: str) -> list[str]:
    """All answers of a case, without its name."""
    told = [
        run(*command, "--json", "--case", case)
        for command in (
            ("trace", WHOLE, TORN),
            ("audit", "--all"),
            ("status",),
            ("resolve", "--list"),
            ("correct", "--list"),
        )
    ]
    assert all(each.code == 0 for each in told)
    return [each.out.replace(json.dumps(case)[1:-1], "CASE") for each in told]


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_an_opened_bundle_answers_as_the_case_did(run: Run, worked: str, tmp_path: Path, name: str) -> None:
    sealed = run("bundle", worked, name, "--json")
    assert sealed.code == 0
    opened = run("open", name, "--case", "opened.gtrace", "--json")
    assert opened.code == 0
    assert opened.json["ledger_head"] == sealed.json["ledger_head"]
    assert opened.json["tagmanifest_sha256"] == sealed.json["tagmanifest_sha256"]
    assert opened.json["signature"] is None
    told = answers(run, "opened.gtrace")
    size = '"size_bytes"'
    for one, other in zip(told, answers(run, worked), strict=True):
        if size in one:
            assert {**json.loads(one), "size_bytes": 0} == {**json.loads(other), "size_bytes": 0}
        else:
            assert one == other
    for own in ("ledger.jsonl", "notes.jsonl"):
        assert (tmp_path / "opened.gtrace" / own).read_bytes() == Path(worked, own).read_bytes()
    assert run("verify", "--deep", "--case", "opened.gtrace").code == 0


def test_the_same_case_makes_the_same_bytes(run: Run, worked: str, tmp_path: Path) -> None:
    shutil.copytree(worked, tmp_path / "elsewhere.gtrace")
    for case, name in ((worked, "a.zip"), (worked, "b.zip"), ("elsewhere.gtrace", "c.zip")):
        assert run("bundle", case, name, "-q").code == 0
    assert run("open", "a.zip", "--case", "opened.gtrace", "-q").code == 0
    assert run("bundle", "opened.gtrace", "d.zip", "-q").code == 0
    assert len({(tmp_path / name).read_bytes() for name in ("a.zip", "b.zip", "c.zip", "d.zip")}) == 1
    assert run("bundle", worked, "folder", "-q").code == 0
    with zipfile.ZipFile("a.zip") as archive:
        for name in archive.namelist():
            assert (tmp_path / "folder" / name.removeprefix("bundle/")).read_bytes() == archive.read(name)


def test_a_bundle_is_checked_by_sha256sum_and_by_the_library_of_its_format(
    run: Run, worked: str, tmp_path: Path
) -> None:
    assert run("bundle", worked, "out", "-q").code == 0
    bag = bagit.Bag(str(tmp_path / "out"))
    bag.validate()
    assert bag.info["Payload-Oxum"]
    if shutil.which("sha256sum"):
        for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
            told = subprocess.run(
                ["sha256sum", "-c", "--strict", manifest], cwd="out", capture_output=True, check=False
            )
            assert told.returncode == 0, told.stderr
    assert not list((tmp_path / "out").rglob("*.duckdb"))


def test_nothing_is_written_over(run: Run, worked: str, tmp_path: Path) -> None:
    assert run("bundle", worked, "out.zip", "-q").code == 0
    before = (tmp_path / "out.zip").read_bytes()
    assert run("bundle", worked, "out.zip").code == 2
    assert (tmp_path / "out.zip").read_bytes() == before
    assert run("open", "out.zip", "--case", worked).code == 2
    assert run("bundle", worked, str(Path(worked, "out"))).code == 2
    assert run("bundle", worked, "out", "-q").code == 0
    assert run("open", "out", "--case", str(Path("out", "case.gtrace"))).code == 2
    assert not (tmp_path / "out" / "case.gtrace").exists()


def test_a_program_seals_and_opens(worked: str, tmp_path: Path) -> None:
    with gt.open_case(worked) as case:
        sealed = case.bundle(tmp_path / "out.zip")
        traces = case.trace(WHOLE)
    opened = gt.open_bundle(sealed.path, case=tmp_path / "opened.gtrace")
    with gt.open_case(opened.case) as again:
        assert [*again.trace(WHOLE)] == [*traces]
