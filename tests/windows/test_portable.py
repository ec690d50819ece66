"""The portable folder: made here, unpacked and started on Windows (under Wine) and here, with nothing installed.

It is run by ``make windows``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ..browser.conftest import browser as browser
from . import wine

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.wine, pytest.mark.timeout(1800)]

CHINESE = "zh_CN.UTF-8"
SEIZED = "89860123061000001011"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    out = Path(os.environ.get("GRAPHTRACE_PORTABLE") or tmp_path_factory.mktemp("portable"))
    if not any(out.glob("graphtrace-*")):
        subprocess.run([sys.executable, wine.CHECKOUT / "portable" / "make_portable.py", out], check=True)
    return {system: next(out.glob(f"graphtrace-*-{system}-x64")) for system in ("windows", "linux")}


def test_a_folder_says_what_is_in_it(folders: dict[str, Path]) -> None:
    assert sorted(folders) == ["linux", "windows"]
    for folder in folders.values():
        bill = json.loads((folder / "sbom.cdx.json").read_text("utf-8"))
        assert bill["bomFormat"] == "CycloneDX"
        assert {"duckdb", "polars", "pyarrow", "rich"} <= {part["name"] for part in bill["components"]}
        assert [part for part in bill["components"] if part["type"] == "library" and not part["licenses"]] == []
        assert (folder / "licences" / "graphtrace.txt").is_file()
        subprocess.run(["sha256sum", "--quiet", "--check", "SHA256SUMS"], cwd=folder, check=True)


def test_the_folder_for_linux_runs_with_nothing_around_it(folders: dict[str, Path], tmp_path: Path) -> None:
    shutil.copytree(folders["linux"], tmp_path / "a b" / "graphtrace")
    bare = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    program = tmp_path / "a b" / "graphtrace" / "graphtrace"
    subprocess.run([program, "demo", tmp_path / "demo"], env=bare, check=True, stdout=subprocess.DEVNULL)
    verify = [program, "--case", tmp_path / "demo" / "demo.gtrace", "verify", "--deep"]
    assert subprocess.run(verify, env=bare, check=False).returncode == 0


@pytest.fixture(scope="module")
def unpacked(folders: dict[str, Path]) -> Iterator[Path]:
    """The folder for Windows, unpacked on a Chinese desktop; ``Z:\\w\\便携`` there."""
    wine.set_up()
    place = wine.SHARED / "便携"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(folders["windows"], place / "graphtrace")
    # what every Windows has, and Wine not
    shutil.copy(wine.SHARED / "py" / "ucrtbase.dll", place / "graphtrace" / "python")
    yield place
    shutil.rmtree(place)


def starter(name: str, *arguments: str) -> list[str]:
    return ["cmd.exe", "/c", f"Z:\\w\\便携\\graphtrace\\{name}", *arguments]


def verify(case: Path) -> None:
    subprocess.run([sys.executable, "-m", "graphtrace", "--case", case, "verify", "--deep"], check=True)


def test_the_folder_for_windows_makes_a_case_that_is_whole_here(unpacked: Path) -> None:
    ran = wine.inside(starter("graphtrace.cmd", "demo", "Z:\\w\\便携\\demo"), locale=CHINESE, capture_output=True)
    assert ran.returncode == 0, ran.stdout.decode(errors="replace") + ran.stderr.decode(errors="replace")
    assert "台账末行" in ran.stdout.decode("utf-8")
    verify(unpacked / "demo" / "demo.gtrace")
    assert '<html lang="zh' in (unpacked / "demo" / "trace.html").read_text("utf-8")


def test_dropped_files_become_a_case_and_a_double_click_opens_it(unpacked: Path, browser: Browser) -> None:
    shutil.copytree(wine.CHECKOUT / "examples" / "case", unpacked / "来件")
    dropped = sorted(f"Z:\\w\\便携\\来件\\{path.name}" for path in (unpacked / "来件").glob("[!dg]*.[cjtx]*"))
    ran = wine.inside(starter("start.cmd", *dropped), locale=CHINESE, capture_output=True, input=b"\r\n")
    # the prompt of "pause" is in the code page of the desktop
    assert "台账末行" in ran.stdout.decode(errors="replace"), ran.stdout + ran.stderr
    verify(unpacked / "来件" / "case.gtrace")
    command = wine.command_inside(starter("start.cmd"), CHINESE)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None
            said = iter(process.stdout.readline, b"")
            (address, *_) = re.findall(
                r"http://127\.0\.0\.1:\S+", next(line for line in said if b"http" in line).decode()
            )
            page = browser.new_page(locale="zh-CN")
            page.goto(address)
            page.wait_for_url(re.compile(r"^http://gt-.*/$"))
            first = page.url
            page.get_by_role("textbox").fill("Z:\\w\\便携\\来件\\case.gtrace")
            page.get_by_role("button", name="打开").click()
            page.wait_for_url(re.compile(f"^(?!{re.escape(first)}).*/$"))
            at = page.url.partition("?")[0]
            page.goto(f"{at}card/{SEIZED}")
            assert "星海智联科技有限公司" in page.inner_text("main")
        finally:
            wine.inside(["taskkill.exe", "/f", "/im", "python.exe"], locale=CHINESE, capture_output=True)
    verify(unpacked / "来件" / "case.gtrace")
