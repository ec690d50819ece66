"""Nothing leads out of a case folder, nobody else may read it, and no output lands in it."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace import private_files
from graphtrace.cli import main
from graphtrace.errors import CaseDamaged, CaseMissing, UsageError
from graphtrace.storage.case_folder import check_folder, find_database

from .cases import CARDS, problems, run, run_here, tree, write_files

RECORD = "sales.csv:2"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_files(tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="module")
def loaded(files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = tmp_path_factory.mktemp("loaded") / "x.gtrace"
    gt.open_case(case).load(*files)
    return case


@pytest.fixture
def case(loaded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(loaded, tmp_path / "x.gtrace"))


def commands(case: Path, files: list[Path]) -> dict[str, Callable[[], object]]:
    opened = gt.open_case(case, wait=0)
    return {
        "load": lambda: opened.load(*files),
        "dry run": lambda: opened.load(*files, dry_run=True),
        "correct": lambda: opened.correct(RECORD, why="wrong", who="me"),
        "compact": opened.compact,
        "verify": lambda: opened.verify(deep=True),
        "trace": lambda: opened.trace(CARDS[0]),
        "status": opened.status,
        "copy": lambda: opened.copy_to(case.parent / "copy.gtrace"),
        "copy into": lambda: gt.open_case(files[0].parent / "other.gtrace").copy_to(case),
        "export": lambda: opened.export("csv", case.parent / "out.zip"),
    }


# -- links ---------------------------------------------------------------------------------------------------------

PARTS = {
    "DATABASE": "file",
    "case.duckdb.wal": "file",
    "case.9.duckdb.tmp": "folder",
    "ledger.jsonl": "file",
    "lock": "file",
    "sources": "folder",
    "rejects": "folder",
    ".scratch": "folder",
    "sources/SOURCE": "file",
    "sources/.incoming-dead": "folder",
    "rejects/0123456789ab-1.csv": "file",
}


def part_of(case: Path, name: str) -> Path:
    if name == "DATABASE":
        return find_database(case)
    return min((case / "sources").iterdir()) if name == "sources/SOURCE" else case / name


@pytest.mark.posix
@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("is_dangling", [False, True], ids=["to something", "to nothing"])
def test_a_case_with_a_link_in_it_is_refused_by_every_command_and_nothing_is_touched(
    name: str, is_dangling: bool, case: Path, files: list[Path], tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    part, victim = part_of(case, name), elsewhere / "victim"
    if part.exists():
        shutil.move(part, victim)
    elif PARTS[name] == "folder":
        victim.mkdir()
    else:
        victim.write_text("precious", "utf-8")
    if victim.is_dir():
        (victim / "aaaaaaaaaaaa-1.csv").write_text("precious", "utf-8")
        (victim / ".incoming-dead").mkdir()
        (victim / ".graphtrace-0123456789abcdef").mkdir()
        (victim / ".graphtrace-0123456789abcdef.lock").write_text("", "utf-8")
    part.symlink_to(victim if not is_dangling else elsewhere / "nothing")
    before = tree(elsewhere), sorted(elsewhere.rglob("*")), tree(case)
    for command, ask in commands(case, files).items():
        if command == "copy into":
            gt.open_case(files[0].parent / "other.gtrace").load(*files)
        with pytest.raises(CaseDamaged, match="is a symbolic link") as caught:
            ask()
        assert str(part) in caught.value.message, command
        assert (tree(elsewhere), sorted(elsewhere.rglob("*")), tree(case)) == before, command
    assert not (case.parent / "out.zip").exists()


@pytest.mark.posix
def test_a_link_is_told_in_chinese_and_the_exit_is_3(case: Path) -> None:
    (case / "lock").unlink()
    (case / "lock").symlink_to(case / "ledger.jsonl")
    ran = run_here("status", "--case", case, "--lang", "zh")
    assert ran.returncode == 3
    assert "lock是符号链接" in ran.stderr


@pytest.mark.posix
def test_the_case_itself_may_be_reached_through_a_link(case: Path, files: list[Path], tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(case)
    opened = gt.open_case(tmp_path / "link")
    assert [file.already_loaded for file in opened.load(*files).files] == [True, True]
    assert opened.verify(deep=True) == []


@pytest.mark.posix
def test_a_link_where_the_ledger_used_to_be_written_leads_nowhere(case: Path, files: list[Path]) -> None:
    victim = case.parent / "victim.txt"
    victim.write_text("precious", "utf-8")
    (case / "ledger.tmp").symlink_to(victim)
    (case / "ledger.jsonl").write_text("", "utf-8")
    gt.open_case(case).load(*files)
    assert victim.read_text("utf-8") == "precious"
    assert problems(case) == []


@pytest.mark.posix
def test_a_lock_that_has_another_name_elsewhere_is_not_written_into(case: Path, files: list[Path]) -> None:
    victim = case.parent / "victim.txt"
    victim.write_text("precious", "utf-8")
    (case / "lock").unlink()
    os.link(victim, case / "lock")
    gt.open_case(case).load(*files)
    assert victim.read_text("utf-8") == "precious"


@pytest.mark.posix
@pytest.mark.parametrize("command", ["load", "correct", "compact"])
def test_a_database_that_has_another_name_elsewhere_is_not_written(command: str, case: Path, files: list[Path]) -> None:
    other = case.parent / "other"
    os.link(find_database(case), other)
    before = other.read_bytes()
    commands(case, files)[command]()
    assert gt.open_case(case).verify(deep=True) == []
    assert other.read_bytes() == before


# -- types and rights ----------------------------------------------------------------------------------------------


@pytest.mark.posix
@pytest.mark.parametrize("name", ["DATABASE", "case.duckdb.wal", "ledger.jsonl", "lock", "sources/SOURCE"])
def test_a_pipe_in_place_of_a_part_is_refused_and_not_waited_for(name: str, case: Path, files: list[Path]) -> None:
    part = part_of(case, name)
    part.unlink(missing_ok=True)
    os.mkfifo(part)
    messages = []
    for ask in commands(case, files).values():
        with pytest.raises((CaseDamaged, UsageError)) as caught:
            ask()
        messages.append(caught.value.message)
    assert messages
    assert all("no regular file" in each or "is the case itself" in each for each in messages)


def test_a_ledger_that_is_larger_than_any_is_refused_and_not_read_to_its_end(
    case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = case / "ledger.jsonl"
    monkeypatch.setattr(private_files, "MAX_READ_BYTES", ledger.stat().st_size)
    assert problems(case) == []
    with ledger.open("ab") as file:
        file.write(b" ")
    with pytest.raises(CaseDamaged, match="larger than any that graphtrace writes"):
        gt.open_case(case).verify()


@pytest.mark.parametrize("name", ["DATABASE", "ledger.jsonl", "lock"])
def test_a_folder_in_place_of_a_file_is_refused(name: str, case: Path, files: list[Path]) -> None:
    part = part_of(case, name)
    part.unlink()
    part.mkdir()
    with pytest.raises(CaseDamaged, match="no regular file"):
        gt.open_case(case).status()


def test_a_file_in_place_of_a_folder_is_refused(case: Path, files: list[Path]) -> None:
    shutil.rmtree(case / "rejects")
    (case / "rejects").write_text("", "utf-8")
    with pytest.raises(CaseDamaged, match="rejects is no folder"):
        gt.open_case(case).load(*files)


def modes(folder: Path) -> set[tuple[str, str]]:
    found = set()
    for path in (folder, *folder.rglob("*")):
        kind = "folder" if path.is_dir() else "source" if path.parent.name == "sources" else "file"
        found.add((kind, oct(stat.S_IMODE(path.lstat().st_mode))))
    return found


CLOSED = {("folder", "0o700"), ("source", "0o400"), ("file", "0o600")}


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@pytest.mark.posix
def test_a_case_and_what_is_written_from_it_is_its_owner_s_alone(files: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with umask(0):  # any other gives away less
        with gt.open_case(tmp_path / "x.gtrace") as case:
            case.load(*files)
            case.correct("resales.csv:3", why="wrong", who="me")
            case.compact()
            case.load(files[0], dry_run=True)
            assert case.verify(deep=True) == []
            case.copy_to(tmp_path / "copy.gtrace")
            case.export("csv", out / "out.zip")
            case.export("csv", out / "lists")
            case.export("parquet", out / "blocks", partitions=2)
            case.export("neo4j-admin", out / "bulk")
        arguments = ["trace", CARDS[0], "--case", str(tmp_path / "x.gtrace"), "-q"]
        assert main([*arguments, "-o", str(out / "a.json"), "--html", str(out / "a.html")]) == 0
    assert modes(tmp_path / "x.gtrace") == modes(tmp_path / "copy.gtrace") == CLOSED
    out.chmod(0o700)
    assert modes(out) == CLOSED - {("source", "0o400")}


@pytest.mark.posix
def test_a_case_that_everybody_may_read_is_closed_by_the_next_load(case: Path, files: list[Path]) -> None:
    for path in (case, *case.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    gt.open_case(case).load(*files)
    assert modes(case) == CLOSED


@pytest.mark.posix
def test_what_else_lies_in_a_folder_that_becomes_a_case_keeps_its_rights(files: list[Path], tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "site").mkdir(parents=True)
    (project / "run.sh").write_text("", "utf-8")
    (project / "site" / "index.html").write_text("", "utf-8")
    rights = {project / "site": 0o755, project / "run.sh": 0o755, project / "site" / "index.html": 0o644}
    for path, mode in rights.items():
        path.chmod(mode)
    for _ in range(2):
        project.chmod(0o755)
        gt.open_case(project).load(*files)
        assert {path: stat.S_IMODE(path.stat().st_mode) for path in rights} == rights
    assert stat.S_IMODE(project.stat().st_mode) == 0o700


@pytest.mark.posix
@pytest.mark.parametrize("name", ["extra.sh", "sources/extra.sh", "rejects/extra.sh"])
def test_a_file_that_has_another_name_elsewhere_keeps_its_rights(
    name: str, case: Path, files: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "run.sh").write_text("", "utf-8")
    (tmp_path / "run.sh").chmod(0o755)
    os.link(tmp_path / "run.sh", case / name)
    case.chmod(0o755)
    gt.open_case(case).load(*files)
    assert stat.S_IMODE((tmp_path / "run.sh").stat().st_mode) == 0o755


@pytest.mark.posix
def test_rights_that_a_group_was_given_stay(case: Path, files: list[Path]) -> None:
    case.chmod(0o750)
    gt.open_case(case).load(*files)
    assert stat.S_IMODE(case.stat().st_mode) == 0o750


@pytest.mark.posix
def test_a_file_that_is_written_anew_keeps_its_mode(case: Path, tmp_path: Path) -> None:
    target = tmp_path / "answer.json"
    target.write_text("", "utf-8")
    target.chmod(0o640)
    assert main(["status", "--case", str(case), "-o", str(target), "-q"]) == 0
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


# As root may read everything, the process takes another user's place once it has imported what it needs.
AS_NOBODY = """
import contextlib, io, json, os, sys
from graphtrace.cli import main
def said(arguments):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    return [code, err.getvalue()]
warm, case, commands = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
for command in (["status"], ["verify"], ["trace", "8986061900000000001"], ["load", warm, "--dry-run"]):
    said([*command, "--case", case])
said(["status", "--case", "/nonexistent"])
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
print(json.dumps([said(command) for command in commands]))
"""
UNREADABLE = [
    ("", 0o600, "status"),
    ("", 0o600, "load"),
    ("", 0o600, "trace"),
    ("ledger.jsonl", 0o000, "verify"),
    ("sources/SOURCE", 0o000, "verify"),
    ("sources", 0o000, "verify"),
    ("DATABASE", 0o000, "trace"),
]


@pytest.mark.posix
def test_what_may_not_be_read_is_said_in_a_sentence_with_exit_3(
    loaded: Path, files: list[Path], tmp_path: Path
) -> None:
    for path in (*tmp_path.parents, tmp_path):
        if path.owner() == "root" and path.name.startswith(("pytest-", "test_")):
            path.chmod(0o755)
    parts, commands = [], []
    for number, (name, mode, command) in enumerate(UNREADABLE):
        case = Path(shutil.copytree(loaded, tmp_path / f"{number}.gtrace"))
        if os.getuid() == 0:
            for path in (case, *case.rglob("*")):
                os.chown(path, 65534, 65534)
        parts.append(part_of(case, name) if name else case)
        parts[-1].chmod(mode)
        more = {"load": [str(files[0])], "trace": [CARDS[0]]}.get(command, [])
        commands.append([command, *more, "--case", str(case), "--json"])
    try:
        ran = run(["-c", AS_NOBODY, files[0], loaded, json.dumps(commands)])
    finally:
        for part in parts:
            part.chmod(0o700)
    assert ran.returncode == 0, ran.stderr
    for asked, (code, err) in zip(UNREADABLE, json.loads(ran.stdout), strict=True):
        assert "Traceback" not in err, (asked, err)
        assert code == 3, (asked, err)
        said = json.loads(err)["error"]
        assert "Permission denied" in said["message"] or "Cannot open file" in said["message"], (asked, said)
        assert "rights" in said["hint"] or "right to write" in said["hint"], (asked, said)


# -- outputs -------------------------------------------------------------------------------------------------------


@pytest.mark.posix
@pytest.mark.parametrize(
    "place",
    [
        "x.gtrace/ledger.jsonl",
        "x.gtrace/case.1.duckdb",
        "x.gtrace/new.html",
        "x.gtrace/sources/new.html",
        "x.gtrace/../x.gtrace/lock",
        "link/ledger.jsonl",
        "to-ledger",
    ],
)
def test_an_output_in_a_case_is_refused_before_any_work(place: str, case: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(case)
    (tmp_path / "to-ledger").symlink_to(case / "ledger.jsonl")
    target = str(tmp_path / place)
    before = tree(case)
    here = ["--case", str(case)]
    # of a case that does not exist nothing else would be said but that it does not
    for arguments in (
        ["trace", CARDS[0], "--html", target, *here],
        ["status", "-o", target, *here],
        ["export", "graphml", target, "--case", str(tmp_path / "none.gtrace")],
        ["graph", target, "--case", str(tmp_path / "none.gtrace")],
        ["simulate", target, "--cards", "10"],
        ["demo", target],
    ):
        ran = run_here(*arguments, "--json")
        assert ran.returncode == 2, (arguments, ran.stderr)
        if "ledger" not in arguments or arguments[0] != "graph":
            assert "lies in the case folder" in ran.stderr, arguments
    for form in ("csv", "graphml", "parquet", "neo4j-admin"):
        with pytest.raises(UsageError, match="lies in the case folder"):
            gt.open_case(case).export(form, target)
    assert tree(case) == before


def test_a_copy_or_a_case_within_a_case_is_refused(case: Path, files: list[Path]) -> None:
    before = tree(case)
    with pytest.raises(UsageError, match="lies in the case folder"):
        gt.open_case(case).copy_to(case / "copy.gtrace")
    with pytest.raises(UsageError, match="lies in the case folder"):
        gt.open_case(case / "inner.gtrace").load(*files)
    assert tree(case) == before


def test_an_output_in_a_folder_that_is_to_become_the_case_is_refused(files: list[Path], tmp_path: Path) -> None:
    (tmp_path / "x.gtrace").mkdir()
    ran = run_here("load", files[0], "--case", tmp_path / "x.gtrace", "-o", tmp_path / "x.gtrace/o.json")
    assert ran.returncode == 2
    assert list((tmp_path / "x.gtrace").iterdir()) == []


@pytest.mark.posix
@pytest.mark.parametrize("is_linked", [False, True], ids=["same name", "hard link"])
def test_an_output_in_place_of_an_input_is_refused_in_both_languages(
    is_linked: bool, case: Path, tmp_path: Path
) -> None:
    asked, target = tmp_path / "cards.txt", tmp_path / ("other.txt" if is_linked else "cards.txt")
    asked.write_text(f"{CARDS[0]}\n", "utf-8")
    if is_linked:
        os.link(asked, target)
    for lang, said in (("en", "is read by this command"), ("zh", "不能同时写入")):
        arguments = ["trace", "--from-file", asked, "-o", target, "--case", case, "--lang", lang]
        ran = run_here(*arguments)
        assert (ran.returncode, said in ran.stderr) == (2, True)
    assert asked.read_text("utf-8") == f"{CARDS[0]}\n"


def test_a_folder_with_a_ledger_of_something_else_takes_outputs(case: Path, tmp_path: Path) -> None:
    (tmp_path / "ledger.jsonl").write_text("{}\n", "utf-8")
    assert main(["status", "--case", str(case), "-o", str(tmp_path / "a.json"), "-q"]) == 0


def test_what_is_checked_is_a_case_folder_and_one_without_anything_is_right(tmp_path: Path) -> None:
    check_folder(tmp_path)
    check_folder(tmp_path / "none")
    with pytest.raises(CaseMissing):
        gt.open_case(tmp_path).status()
