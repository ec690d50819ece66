"""Encrypted workbooks and archives: the password is asked for, opens the file, and is kept nowhere."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
import pyzipper
import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile

from .conftest import Run

CARD = "89860626990000000015"
PASSWORD = "口令 7#q"
WRONG = "某个别的"
ROWS = (("转出方", "转入方", "日期", "卡号"), ("云岭", "老王", "2026-03-05", CARD))


def workbook(rows: Sequence[Sequence[str]] = ROWS) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def encrypted_workbook(path: Path, password: str = PASSWORD) -> Path:
    with path.open("wb") as out:
        OOXMLFile(io.BytesIO(workbook())).encrypt(password, out)
    return path


def encrypted_archive(path: Path) -> Path:
    with pyzipper.AESZipFile(path, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(PASSWORD.encode())
        archive.writestr("清单.csv", "\n".join(",".join(row) for row in ROWS))
        archive.writestr("more.xlsx", workbook())
    return path


def kept_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize("make", [encrypted_workbook, encrypted_archive], ids=["a.xlsx", "a.zip"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_missing_or_wrong_password_is_said_and_leaves_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, make: object, lang: str
) -> None:
    assert callable(make)
    path = make(tmp_path / ("a.xlsx" if make is encrypted_workbook else "a.zip"))
    case = tmp_path / "c"
    monkeypatch.delenv("GRAPHTRACE_FILE_PASSWORD", raising=False)
    said = {}
    for code, password in (("password_missing", None), ("password_wrong", WRONG)):
        if password is not None:
            monkeypatch.setenv("GRAPHTRACE_FILE_PASSWORD", password)
        ran = run("load", path, "--case", case, "--json", "--lang", lang)
        (sheet,) = ran.json["files"]
        assert (ran.code, sheet["error"]["code"], case.exists()) == (2, code, False)
        assert WRONG not in ran.out + ran.err
        said[code] = sheet["error"]["message"] + sheet["error"]["hint"]
    assert "GRAPHTRACE_FILE_PASSWORD" in said["password_missing"]
    assert said["password_missing"] != said["password_wrong"]


def test_a_workbook_is_read_with_its_password_which_is_kept_nowhere(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, case = encrypted_workbook(tmp_path / "a.xlsx"), tmp_path / "c"
    monkeypatch.setenv("GRAPHTRACE_FILE_PASSWORD", PASSWORD)
    ran = run("load", path, "--case", case, "--json", "-v")
    (sheet,) = ran.json["files"]
    assert (ran.code, sheet["kind"], sheet["loaded"]) == (0, "transfer", 1)
    assert PASSWORD not in ran.out + ran.err
    kept = kept_bytes(case)
    assert PASSWORD.encode() not in kept
    assert PASSWORD.encode("utf-16-le") not in kept
    assert path.read_bytes() in kept
    assert workbook()[:64] not in kept
    assert run("verify", "--deep", "--case", case).code == 0
    monkeypatch.delenv("GRAPHTRACE_FILE_PASSWORD")
    again = run("load", path, "--case", case, "--json").json["files"][0]
    assert (again["already_loaded"], again["error"]) == (True, None)
    ran = run("verify", "--deep", "--case", case, "--json")
    assert (ran.code, ran.error["code"]) == (2, "password_missing")


def test_an_archive_is_read_with_its_password(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = encrypted_archive(tmp_path / "a.zip")
    monkeypatch.setenv("GRAPHTRACE_FILE_PASSWORD", PASSWORD)
    ran = run("load", path, "--case", tmp_path / "c", "--json")
    assert [(file["file"], file["loaded"] + file["duplicate"]) for file in ran.json["files"]] == [
        ("a.zip!/more.xlsx", 1),
        ("a.zip!/清单.csv", 1),
    ]
    assert ran.code == 0


def test_a_workbook_that_is_only_protected_from_changes_needs_no_password(run: Run, tmp_path: Path) -> None:
    path = encrypted_workbook(tmp_path / "a.xlsx", "VelvetSweatshop")
    assert run("load", path, "--case", tmp_path / "c", "--json").json["files"][0]["loaded"] == 1


@pytest.mark.posix
def test_the_password_is_asked_for_on_a_terminal(tmp_path: Path) -> None:
    import pty

    path, case = encrypted_workbook(tmp_path / "a.xlsx"), tmp_path / "c"
    environment = {name: text for name, text in os.environ.items() if name != "GRAPHTRACE_FILE_PASSWORD"}
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "graphtrace", "--case", str(case), "--lang", "en", "load", str(path)]
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, env=environment, start_new_session=True
    ) as process:
        os.close(theirs)
        shown = b""
        while b"Password of" not in shown:
            shown += os.read(ours, 4096)
        os.write(ours, PASSWORD.encode() + b"\n")
        assert process.stdout is not None
        assert b"transfer" in process.stdout.read()
        assert process.wait() == 0
    os.close(ours)
    assert b"a.xlsx" in shown


STRANGE = (("甲列", "乙列", "丙列"), ("云岭", "老王", CARD), ("老王", "小李", CARD))


@pytest.mark.parametrize("name", ["a.xlsx", "a.zip"])
def test_a_mapping_is_suggested_for_an_encrypted_file(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = tmp_path / name
    if name == "a.xlsx":
        with path.open("wb") as out:
            OOXMLFile(io.BytesIO(workbook(STRANGE))).encrypt(PASSWORD, out)
    else:
        with pyzipper.AESZipFile(path, "w", encryption=pyzipper.WZ_AES) as archive:
            archive.setpassword(PASSWORD.encode())
            archive.writestr("in.xlsx", workbook(STRANGE))
    monkeypatch.delenv("GRAPHTRACE_FILE_PASSWORD", raising=False)
    missing = run("mapping", "suggest", path)
    assert (missing.code, "GRAPHTRACE_FILE_PASSWORD" in missing.err) == (2, True)
    monkeypatch.setenv("GRAPHTRACE_FILE_PASSWORD", WRONG)
    wrong = run("mapping", "suggest", path)
    assert (wrong.code, "the password is not right" in wrong.err) == (2, True)
    monkeypatch.setenv("GRAPHTRACE_FILE_PASSWORD", PASSWORD)
    suggested = run("mapping", "suggest", path)
    assert suggested.code == 0, suggested.err
    assert "丙列" in suggested.out
    assert CARD in suggested.out
    assert [each.name for each in tmp_path.iterdir()] == [name], "nothing decrypted is left beside it"


def test_no_mapping_is_suggested_for_an_archive_of_several_files(run: Run, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("a.xlsx", "b.xlsx"):
            archive.writestr(name, workbook(STRANGE))
    suggested = run("mapping", "suggest", tmp_path / "a.zip")
    assert (suggested.code, "a.zip!/a.xlsx" in suggested.err) == (2, True)
