"""Runs the tests of reading and of the command line with the lowest versions that pyproject.toml allows.

``lowest_versions.py [ARGUMENT…]`` makes an environment below build/lowest by ``uv --resolution lowest-direct``; the
arguments are those of pytest.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "build" / "lowest"
TOOLS = ("pytest", "pytest-timeout", "hypothesis", "openpyxl", "python-stdnum")
TESTS = (
    "tests/unit/ingest",
    "tests/custody",
    "tests/cli/test_load.py",
    "tests/cli/test_demo.py",
    "tests/cli/test_audit.py",
    "tests/cli/test_page.py",
    "tests/cli/test_graph.py",
)


def main(arguments: list[str]) -> int:
    environment = PLACE / "env"
    python = environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--clear", "--python", sys.executable, environment], check=True)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needs = PLACE / "needs.txt"
    # no extras: what a user gets who installs nothing else
    needs.write_text("\n".join(project["dependencies"]), "utf-8")
    install = [*uv, "pip", "install", "--quiet", "--python", python]
    subprocess.run([*install, "--resolution", "lowest-direct", "-r", needs], check=True)
    # the tools of the tests are not what is tried: they are the newest that leave the others alone
    freeze = [*uv, "pip", "freeze", "--python", python]
    frozen = subprocess.run(freeze, capture_output=True, text=True, check=True).stdout
    print(frozen)
    (PLACE / "frozen.txt").write_text(frozen, "utf-8")
    subprocess.run([*install, "-c", PLACE / "frozen.txt", *TOOLS], check=True)
    subprocess.run([*install, "--no-deps", "--editable", ROOT], check=True)
    # warnings of old versions about this Python are theirs
    asked = arguments or [*TESTS, "-q"]
    return subprocess.run([python, "-m", "pytest", "-W", "default", *asked], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
