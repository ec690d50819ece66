"""Bundles that were changed after they were sealed: each is refused, the place is named, and no case is left."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt
from graphtrace.errors import BundleDiffers, BundleRefused

from .bags import (
    copy_of,
    digest_of,
    edit,
    forge_ledger,
    forge_statement,
    lines,
    seal_again,
    seal_tags,
    source_of,
    write,
)

Forge = Callable[[Path], object]

A_HASH = "a" * 64


def of_tag(name: str, text: str) -> Forge:
    """A change of a file that the tag manifest names, which is written anew."""

    def forge(bag: Path) -> None:
        write(bag / name, text)
        seal_tags(bag)

    return forge


def change_line(number: int, **changes: Any) -> Callable[[list[dict[str, Any]]], None]:
    return lambda contents: contents[number].update(changes)


def change_count(contents: list[dict[str, Any]]) -> None:
    contents[0]["sheets"][0]["loaded"] += 1


def change_reading(contents: list[dict[str, Any]]) -> None:
    contents[1]["sheets"][0]["reading"] = None


def resale(bag: Path) -> str:
    """Let the source of the sales name another buyer; return its hash."""
    source = source_of(bag, "sales.csv")
    edit(source, "星海", "星河")
    named = source.with_name(digest_of(source))
    source.rename(named)
    return named.name


def a_source_that_the_ledger_does_not_know(bag: Path) -> None:
    resale(bag)
    seal_again(bag)


def a_source_and_the_ledger(bag: Path) -> None:
    name = resale(bag)
    forge_ledger(bag, change_line(0, sha256=name))


def a_source_the_ledger_and_the_names_of_the_statement(bag: Path) -> None:
    a_source_and_the_ledger(bag)
    forge_statement(bag, lambda statement: statement["files"][0].update(sha256=source_of(bag, "sales.csv").name))


def a_further_source(bag: Path) -> None:
    content = "卡号\n".encode()
    (bag / "data" / "sources" / hashlib.sha256(content).hexdigest()).write_bytes(content)
    seal_again(bag)


def a_source_under_another_hash(bag: Path) -> None:
    source = source_of(bag, "transfers.csv")
    source.rename(source.with_name(A_HASH))
    seal_again(bag)


def a_changed_digest(bag: Path) -> None:
    forge_statement(bag, lambda statement: statement["files"][1]["rows"].__setitem__(0, [1, 0, A_HASH]))


def a_link_to_a_source(bag: Path) -> None:
    source = source_of(bag, "sales.csv")
    source.rename(bag.parent / "elsewhere")
    source.symlink_to(bag.parent / "elsewhere")


def a_link_to_the_sources(bag: Path) -> None:
    (bag / "data" / "sources").rename(bag.parent / "elsewhere")
    (bag / "data" / "sources").symlink_to(bag.parent / "elsewhere")


def a_pipe(bag: Path) -> None:
    source = source_of(bag, "sales.csv")
    source.unlink()
    os.mkfifo(source)


def without_last_line(name: str) -> Forge:
    def forge(bag: Path) -> None:
        path = bag / "data" / name
        write(path, "".join(f"{line}\n" for line in lines(path)[:-1]))
        seal_again(bag)

    return forge


def a_broken_chain(bag: Path) -> None:
    edit(bag / "data" / "ledger.jsonl", '"why":"w"', '"why":"v"')
    seal_again(bag)


def lines_turned_round(bag: Path) -> None:
    path = bag / "data" / "ledger.jsonl"
    first, second, *rest = lines(path)
    write(path, "".join(f"{line}\n" for line in (second, first, *rest)))
    seal_again(bag)


def notes_of_bytes(bag: Path) -> None:
    (bag / "data" / "notes.jsonl").write_bytes(b"\xff\xfe{}\n")
    seal_again(bag)


DAMAGED: dict[str, tuple[Forge, str]] = {
    "a byte of a source": (lambda bag: edit(source_of(bag, "sales.csv"), "100", "101"), "data/sources/"),
    "a source that is cut off": (
        lambda bag: source_of(bag, "sales.csv").write_bytes(source_of(bag, "sales.csv").read_bytes()[:-3]),
        "data/sources/",
    ),
    "a source that is missing": (lambda bag: source_of(bag, "sales.csv").unlink(), "data/sources/"),
    "a source that is too many": (
        lambda bag: (bag / "data" / "sources" / A_HASH).write_bytes(b""),
        f"data/sources/{A_HASH}",
    ),
    "a file beside the manifests": (lambda bag: write(bag / "read me.txt", "x"), "read me.txt"),
    "a file in the payload": (lambda bag: write(bag / "data" / "more.csv", "x"), "data/more.csv"),
    "a database": (lambda bag: (bag / "data" / "case.1.duckdb").write_bytes(b"DUCK"), "data/case.1.duckdb"),
    "a hidden file": (lambda bag: write(bag / "data" / ".hidden", "x"), "data/.hidden"),
    "a folder": (lambda bag: (bag / "data" / "more").mkdir(), "data/more"),
    "no bagit.txt": (lambda bag: (bag / "bagit.txt").unlink(), "bagit.txt"),
    "no bag-info.txt": (lambda bag: (bag / "bag-info.txt").unlink(), "bag-info.txt"),
    "no manifest": (lambda bag: (bag / "manifest-sha256.txt").unlink(), "manifest-sha256.txt"),
    "no tag manifest": (lambda bag: (bag / "tagmanifest-sha256.txt").unlink(), "tagmanifest-sha256.txt"),
    "no ledger": (lambda bag: (bag / "data" / "ledger.jsonl").unlink(), "data/ledger.jsonl"),
    "a line of the ledger": (lambda bag: edit(bag / "data" / "ledger.jsonl", '"why":"w"', '"why":"v"'), "ledger.jsonl"),
    "a note": (lambda bag: edit(bag / "data" / "notes.jsonl", "看过", "没看"), "data/notes.jsonl"),
    "the statement": (lambda bag: edit(bag / "data" / "statement.json", "transfers", "x"), "data/statement.json"),
    "the list of names": (lambda bag: edit(bag / "data" / "sources.csv", "sales", "x"), "data/sources.csv"),
    "bagit.txt": (lambda bag: edit(bag / "bagit.txt", "1.0", "0.9"), "bagit.txt"),
    "bag-info.txt": (lambda bag: edit(bag / "bag-info.txt", "Oxum: ", "Oxum: 1"), "bag-info.txt"),
    "the manifest": (lambda bag: edit(bag / "manifest-sha256.txt", "data/notes", "data/Notes"), "manifest-sha256.txt"),
    "the tag manifest": (lambda bag: edit(bag / "tagmanifest-sha256.txt", "  ", " "), "tagmanifest-sha256.txt, line 1"),
    "a tag manifest with a name twice": (
        lambda bag: write(bag / "tagmanifest-sha256.txt", "".join(2 * [f"{A_HASH}  bagit.txt\n"])),
        "tagmanifest-sha256.txt, line 2",
    ),
    "a tag manifest of less": (
        lambda bag: write(
            bag / "tagmanifest-sha256.txt", "".join(f"{x}\n" for x in lines(bag / "tagmanifest-sha256.txt")[1:])
        ),
        "bag-info.txt",
    ),
}
"""Changes that the manifests tell, with the place that the refusal names."""

SEALED_AGAIN: dict[str, tuple[Forge, str]] = {
    "another declaration": (of_tag("bagit.txt", "BagIt-Version: 0.97\n"), "bagit.txt"),
    "no version": (of_tag("bag-info.txt", "Payload-Oxum: 1.1\n"), "bag-info.txt"),
    "a later version": (of_tag("bag-info.txt", "Graphtrace-Bundle-Version: 2\n"), "version 2"),
    "a manifest that leads out of the bundle": (
        lambda bag: (
            edit(bag / "manifest-sha256.txt", "data/notes.jsonl", "../../notes.jsonl"),
            seal_tags(bag),
        ),
        "../../notes.jsonl",
    ),
    "another name in the list of names": (
        lambda bag: (edit(bag / "data" / "sources.csv", "sales", "sold"), seal_again(bag)),
        "data/sources.csv of the bundle describes another",
    ),
    "a day of sealing": (
        lambda bag: (edit(bag / "bag-info.txt", "Bagging-Date: 2", "Bagging-Date: 1"), seal_tags(bag)),
        "bag-info.txt of the bundle describes another",
    ),
    "a ledger without its last line": (without_last_line("ledger.jsonl"), "ledger.jsonl"),
    "notes without the last line": (without_last_line("notes.jsonl"), "notes.jsonl"),
    "notes without any line": (
        lambda bag: (write(bag / "data" / "notes.jsonl", ""), seal_again(bag)),
        "notes.jsonl",
    ),
    "notes that are no text": (notes_of_bytes, "notes.jsonl of the bundle, line 1"),
    "a ledger whose last line is cut off": (
        lambda bag: (write(bag / "data" / "ledger.jsonl", "{"), seal_again(bag)),
        "ledger.jsonl of the bundle, line 1",
    ),
    "a broken chain": (a_broken_chain, "ledger.jsonl of the bundle, line 3"),
    "lines turned round": (lines_turned_round, "ledger.jsonl of the bundle, line 1"),
    "a source that the ledger does not know": (
        a_source_that_the_ledger_does_not_know,
        "ledger.jsonl of the bundle, line 1",
    ),
    "a further source": (a_further_source, "data/sources/"),
    "a source under another hash": (a_source_under_another_hash, f"data/sources/{A_HASH}"),
    "a source and the ledger": (a_source_and_the_ledger, "sales.csv (sha256)"),
    "a source, the ledger and names": (
        a_source_the_ledger_and_the_names_of_the_statement,
        "sales.csv, rows, rows 1 to",
    ),
    "a count in the ledger": (lambda bag: forge_ledger(bag, change_count), "line 1"),
    "a reading in the ledger": (lambda bag: forge_ledger(bag, change_reading), "line 2"),
    "a kind in the ledger": (lambda bag: forge_ledger(bag, change_line(1, kind="return")), "ledger.jsonl"),
    "a size in the ledger": (lambda bag: forge_ledger(bag, change_line(0, size=1)), "line 1"),
    "a number of a load": (lambda bag: forge_ledger(bag, change_line(1, load=1)), "line 2"),
    "a load without its sheets": (lambda bag: forge_ledger(bag, change_line(1, sheets=5)), "line 2"),
    "a correction of a row that is not there": (
        lambda bag: forge_ledger(bag, lambda contents: contents[2]["record"].update(row=77)),
        "line 3",
    ),
    "a judgement the other way round": (
        lambda bag: forge_ledger(bag, change_line(3, same=True)),
        "parties: stated 4, found 3",
    ),
    "a judgement about nobody": (
        lambda bag: forge_ledger(bag, lambda contents: contents[3].update(parties=["name:nobody", "name:none"])),
        "line 4",
    ),
    "a line of another kind": (
        lambda bag: forge_ledger(bag, lambda contents: contents.append({"at": "2099"})),
        "line 5",
    ),
    "a line without what it needs": (
        lambda bag: forge_ledger(bag, lambda contents: contents.append({"at": "2099", "correction": 2})),
        "line 5",
    ),
    "a count of the statement": (
        lambda bag: forge_statement(bag, lambda statement: statement["records"].update(transfer=99)),
        "transfer: stated 99",
    ),
    "a digest of the statement": (a_changed_digest, "transfers.csv, rows, rows 1 to"),
    "the corrections of the statement": (
        lambda bag: forge_statement(bag, lambda statement: statement.update(corrections=A_HASH)),
        "corrections",
    ),
    "a count of the statement that stands twice": (
        lambda bag: (edit(bag / "data" / "statement.json", '"records"', '"records":{},"records"'), seal_again(bag)),
        "statement.json",
    ),
    "a name of a note that stands twice": (
        lambda bag: (edit(bag / "data" / "notes.jsonl", '"by":"p"', '"by":"q","by":"p"'), seal_again(bag)),
        "notes.jsonl of the bundle, line 1",
    ),
    "a file of the statement": (lambda bag: forge_statement(bag, lambda statement: statement["files"].pop()), "files"),
    "a statement without counts": (
        lambda bag: forge_statement(bag, lambda statement: statement.pop("records")),
        "statement.json",
    ),
    "a statement of odd types": (
        lambda bag: forge_statement(bag, lambda statement: statement.update(files=[1, {"load": []}], counts={})),
        "files",
    ),
    "a statement that is none": (
        lambda bag: (write(bag / "data" / "statement.json", "[" * 100_000), seal_again(bag)),
        "statement.json",
    ),
}
"""Changes after which all manifests and chains were written anew, as nobody has signed them."""

OF_FILES: dict[str, tuple[Forge, str]] = {
    "a link to a source": (a_link_to_a_source, "data/sources/"),
    "a link to the sources": (a_link_to_the_sources, "data/sources"),
    "a pipe": (a_pipe, "data/sources/"),
}


def refused(bag: Path, folder: Path, **options: Any) -> str:
    """Open a bundle that must be refused; return what is said, after a look at what is left."""
    before = sorted(folder.iterdir())
    with pytest.raises((BundleRefused, BundleDiffers)) as told:
        gt.open_bundle(bag, case=folder / "opened.gtrace", **options)
    assert sorted(folder.iterdir()) == before
    assert told.value.hint
    assert told.value.exit_code in (2, 4)
    return str(told.value)


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_bundle_is_refused_with_the_place(bag: Path, tmp_path: Path, name: str) -> None:
    forge, place = DAMAGED[name]
    forged = copy_of(bag, tmp_path)
    forge(forged)
    assert place in refused(forged, tmp_path)


@pytest.mark.parametrize("name", SEALED_AGAIN)
def test_a_bundle_that_was_sealed_again_is_refused_with_the_place(bag: Path, tmp_path: Path, name: str) -> None:
    forge, place = SEALED_AGAIN[name]
    forged = copy_of(bag, tmp_path)
    forge(forged)
    assert place in refused(forged, tmp_path)


@pytest.mark.posix
@pytest.mark.parametrize("name", OF_FILES)
def test_links_and_pipes_are_refused(bag: Path, tmp_path: Path, name: str) -> None:
    forge, place = OF_FILES[name]
    forged = copy_of(bag, tmp_path)
    forge(forged)
    assert place in refused(forged, tmp_path)


def test_what_is_forged_here_opens_before(bag: Path, tmp_path: Path) -> None:
    forged = copy_of(bag, tmp_path)
    seal_again(forged)
    forge_ledger(forged, lambda _: None)
    gt.open_bundle(forged, case=tmp_path / "opened.gtrace")
    with gt.open_case(tmp_path / "opened.gtrace") as case:
        assert not case.verify(deep=True)


def test_a_case_that_is_not_sound_is_not_sealed(sealed: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(sealed / "x.gtrace", tmp_path / "x.gtrace")
    source = next((tmp_path / "x.gtrace" / "sources").iterdir())
    source.chmod(0o600)
    source.write_bytes(b"x")
    with (
        gt.open_case(tmp_path / "x.gtrace") as case,
        pytest.raises(gt.GraphtraceError, match="is not what was loaded"),
    ):
        case.bundle(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_statement_says_what_the_case_holds(bag: Path) -> None:
    statement = json.loads((bag / "data" / "statement.json").read_bytes())
    assert statement["records"]["transfer"] == 3
    assert statement["ledger"]["lines"] == 4
    assert [file["file"] for file in statement["files"]] == ["sales.csv", "transfers.csv"]
