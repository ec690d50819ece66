"""The portable folder: made here, unpacked and started on Windows (under Wine) and here, with nothing installed.

It is run by ``make windows``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from . import wine

pytestmark = [pytest.mark.wine, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    out = Path(os.environ.get("GRAPHTRACE_PORTABLE") or tmp_path_factory.mktemp("portable"))
    if not any(out.glob("graphtrace-*")):
        subprocess.run([sys.executable, wine.CHECKOUT / "portable" / "make_portable.py", out], check=True)
    return {system: next(out.glob(f"graphtrace-*-{system}-x64")) for system in ("windows", "linux")}


def test_a_folder_says_what_is_in_it(folders: dict[str, Path]) -> None:
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
    subprocess.run([program, "--case", tmp_path / "demo" / "demo.gtrace", "verify", "--deep"], env=bare, check=True)


def test_the_folder_for_windows_makes_a_case_that_is_whole_here(folders: dict[str, Path]) -> None:
    wine.set_up()
    place = wine.SHARED / "便携"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(folders["windows"], place / "graphtrace")
    # what every Windows has, and Wine not
    shutil.copy(wine.SHARED / "py" / "ucrtbase.dll", place / "graphtrace" / "python")
    starter = "Z:\\w\\便携\\graphtrace\\graphtrace.cmd"
    command = ["cmd.exe", "/c", starter, "demo", "Z:\\w\\便携\\demo"]
    ran = wine.inside(command, locale="zh_CN.UTF-8", capture_output=True)
    assert ran.returncode == 0, ran.stdout.decode(errors="replace") + ran.stderr.decode(errors="replace")
    assert "台账末行" in ran.stdout.decode("utf-8")
    verify = [sys.executable, "-m", "graphtrace", "--case", place / "demo" / "demo.gtrace", "verify", "--deep"]
    subprocess.run(verify, check=True)
    assert '<html lang="zh' in (place / "demo" / "trace.html").read_text("utf-8")
    shutil.rmtree(place)
