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

from ..bundle.bags import forge_statement, seal_again
from ..bundle.test_keys import PASSWORD, Keys
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


def test_the_log_of_lookups_travels_and_is_missed(run: Run, worked: str, tmp_path: Path) -> None:
    assert run("trace", WHOLE, "--case", worked, "--purpose", "案件 7").code == 0
    assert run("correct", "transfers.csv:4", "--why", "w", "--who", "p", "--case", worked).code == 0
    assert run("trace", TORN, "--case", worked).code == 0
    assert run("bundle", worked, "out", "-q").code == 0
    log = (tmp_path / "out" / "data" / "lookups.jsonl").read_bytes()
    assert log == Path(worked, "lookups.jsonl").read_bytes()
    assert "案件 7" in log.decode()
    assert run("open", "out", "--case", "opened.gtrace", "-q").code == 0
    assert (tmp_path / "opened.gtrace" / "lookups.jsonl").read_bytes() == log
    assert run("verify", "--deep", "--case", "opened.gtrace", "--json").json["problems"] == []
    (tmp_path / "out" / "data" / "lookups.jsonl").unlink()
    seal_again(tmp_path / "out")
    told = run("open", "out", "--case", "again.gtrace")
    assert told.code == 4
    assert "not sound" in told.err
    assert not (tmp_path / "again.gtrace").exists()


def test_keys_and_passwords_come_from_files_and_the_environment(
    run: Run, worked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = Keys(tmp_path)
    monkeypatch.setenv("GRAPHTRACE_SIGN_PASSWORD", "wrong")
    told = run("bundle", worked, "out.zip", "--sign", keys.locked, "--json")
    assert (told.code, told.error["code"]) == (2, "password_wrong")
    monkeypatch.setenv("GRAPHTRACE_SIGN_PASSWORD", PASSWORD)
    sealed = run("bundle", worked, "out.zip", "--sign", keys.locked, "--encrypt", keys.recipient, "--json")
    assert sealed.json["encrypted"]
    assert sealed.json["signed_by"]
    opening = ("open", "out.zip.age", "--case", "opened.gtrace")
    assert run(*opening, "--json").error["code"] == "password_missing"
    told = run(*opening, "--identity", keys.identity, "--key", keys.text, "--lang", "zh")
    assert told.code == 0
    assert "签名有效" in told.out
    assert sealed.json["signed_by"] in told.out
    both = run("bundle", worked, "x.zip", "--encrypt", keys.recipient, "--passphrase", "--json")
    assert (both.code, both.error["code"]) == (2, "wrong_usage")
    for variable, option in (("GRAPHTRACE_BUNDLE_PASSPHRASE", "--passphrase"),):
        assert run("bundle", worked, "p.zip", option).code == 2
        monkeypatch.setenv(variable, PASSWORD)
        assert run("bundle", worked, "p.zip", option, "-q").code == 0
        assert run("open", "p.zip.age", "--case", "p.gtrace", "-q").code == 0


def test_a_bundle_that_states_something_else_ends_with_4_in_both_languages(
    run: Run, worked: str, tmp_path: Path
) -> None:
    assert run("bundle", worked, "out", "-q").code == 0
    forge_statement(tmp_path / "out", lambda statement: statement["records"].update(transfer=99))
    for lang, words in (("en", "transfer: stated 99"), ("zh", "载明99")):
        told = run("open", "out", "--case", "opened.gtrace", "--lang", lang)
        assert told.code == 4
        assert words in told.err
    assert not (tmp_path / "opened.gtrace").exists()


def test_a_program_seals_and_opens(worked: str, tmp_path: Path) -> None:
    with gt.open_case(worked) as case:
        sealed = case.bundle(tmp_path / "out.zip")
        traces = case.trace(WHOLE)
    opened = gt.open_bundle(sealed.path, case=tmp_path / "opened.gtrace")
    with gt.open_case(opened.case) as again:
        assert [*again.trace(WHOLE)] == [*traces]
