"""Builds the wheel, installs it into an empty environment and uses it from another folder: ``try_wheel.py``."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOOK_INSIDE = """
from importlib.resources import files

import graphtrace as gt

package = files("graphtrace")
parts = [package / "_examples" / "demo.json", package / "_queries" / "README.md", package / "py.typed"]
vendored = ("cytoscape.min.js", "cytoscape.LICENSE", "manifest.json")
parts += [package / "render" / "html" / "vendor" / name for name in vendored]
missing = [str(part) for part in parts if not part.is_file()]
assert not missing, missing
print(len(gt.open_case("shown/demo.gtrace").status().files), "files in the demo case")
"""


def main() -> None:
    os.environ.pop("PYTHONPATH", None)
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        say(
            sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder / "dist", ROOT, folder=folder
        )
        venv.create(folder / "env", with_pip=True, symlinks=os.name != "nt")
        python = folder / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        (wheel,) = (folder / "dist").glob("graphtrace-*.whl")
        say(python, "-m", "pip", "install", "--quiet", wheel, folder=folder)
        program = python.with_name("graphtrace.exe" if os.name == "nt" else "graphtrace")
        print(say(program, "--version", folder=folder).strip())
        say(program, "identify", "898604B81625D0045436", folder=folder)
        assert "DOCUMENTED WITHOUT A GAP" in say(program, "--lang", "en", "demo", "shown", folder=folder)
        assert 'class="gt-figure"' in (folder / "shown" / "trace.html").read_text("utf-8"), "no drawing in the page"
        print(say(program, "--case", "shown/demo.gtrace", "verify", folder=folder).strip())
        say(program, "--case", "shown/demo.gtrace", "query", "sources-of-case", folder=folder)
        say(program, "rules", "show", "onward_resale", folder=folder)
        print(say(python, "-c", LOOK_INSIDE, folder=folder).strip())
    print("the wheel works")


def say(*command: str | Path, folder: Path) -> str:
    """Run a command in a folder, and return what it says; end with that where it fails."""
    ran = subprocess.run([*map(str, command)], cwd=folder, capture_output=True, check=False)
    out = ran.stdout.decode(errors="replace")
    if ran.returncode:
        sys.exit(f"{command}\n{out}\n{ran.stderr.decode(errors='replace')}")
    return out


if __name__ == "__main__":
    main()
