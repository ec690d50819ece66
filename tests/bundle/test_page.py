"""The other side types the commands of the page, with the programs of other makers alone."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import BundleRefused

from ..docs.pages import ROOT
from .bags import edit, seal_tags
from .test_keys import Authority, Keys, tool

pytestmark = pytest.mark.posix

PAGES = ("docs/bundles.md", "docs/bundles.zh.md")
NEEDED = ("age", "unzip", "sha256sum", "minisign", "openssl", "zip")


def commands(page: str) -> str:
    *_, block = re.findall(r"```sh\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)
    return str(block)


def run(folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run the commands of the page, up to the first that fails."""
    return subprocess.run(["sh", "-e", "-c", commands(PAGES[0])], cwd=folder, capture_output=True, check=False)


@pytest.fixture
def received(sealed: Path, tmp_path: Path) -> Path:
    """A folder with what the other side was sent, a bundle that was stamped after it was sealed, and its own key."""
    for name in NEEDED:
        tool(name, "--version", cwd=tmp_path)
    for name in ("keys", "authority", "received"):
        (tmp_path / name).mkdir()
    keys, authority = Keys(tmp_path / "keys"), Authority(tmp_path / "authority")
    with gt.open_case(sealed / "x.gtrace") as case:
        case.bundle(tmp_path / "bundle", sign=keys.plain, time_stamp_request=True)
    authority.stamp(tmp_path / "bundle")
    folder = tmp_path / "received"
    assert tool("zip", "-q", "-r", "case.zip", "bundle", cwd=tmp_path).returncode == 0
    assert tool("age", "-r", keys.recipient, "-o", "received/case.zip.age", "case.zip", cwd=tmp_path).returncode == 0
    shutil.copy(keys.identity, folder / "key.txt")
    shutil.copy(keys.public, folder / "unit.pub")
    shutil.copy(authority.folder / "ca.pem", folder / "tsa.pem")
    return folder


def test_the_commands_check_a_bundle(received: Path, tmp_path: Path) -> None:
    told = run(received)
    assert told.returncode == 0, told.stderr
    assert b"Signature and comment signature verified" in told.stdout
    assert b"Verification: OK" in told.stdout + told.stderr
    assert re.search(rb"^\w{3} +\d+ [\d:.]+ \d{4} GMT$", told.stdout, re.MULTILINE)
    assert beside(told) == BESIDE
    opened = gt.open_bundle(
        received / "case.zip.age",
        case=tmp_path / "opened.gtrace",
        identity=received / "key.txt",
        key=received / "unit.pub",
        tsa_certificate=received / "tsa.pem",
    )
    assert opened.signature is not None
    assert opened.stamp is not None
    assert (opened.signature.is_checked, opened.stamp.is_checked) == (True, True)


BESIDE = ["tagmanifest-sha256.txt", *(f"tagmanifest-sha256.txt.{ending}" for ending in ("minisig", "tsq", "tsr"))]


def beside(told: subprocess.CompletedProcess[bytes]) -> list[str]:
    """Return what the fourth command prints."""
    return told.stdout.decode().partition("Signature and")[0].splitlines()


def test_what_was_put_beside_the_lists_is_shown(received: Path) -> None:
    run(received)
    bundle = received / "bundle"
    (bundle / "README.txt").write_text("he has confessed", encoding="utf-8")
    (bundle / "data" / "more.csv").write_text("x", encoding="utf-8")
    (bundle / "data" / "empty").mkdir()
    (bundle / "data" / "link").symlink_to("ledger.jsonl")
    steps = "\n".join(commands(PAGES[0]).splitlines()[2:])
    told = subprocess.run(["sh", "-e", "-c", steps], cwd=received, capture_output=True, check=False)
    shown = ["README.txt", "data/more.csv", "no plain file: ./data/empty", "no plain file: ./data/link"]
    assert sorted(beside(told)) == sorted([*shown, *BESIDE])


def test_a_stamp_holds_after_its_certificate_has_expired_and_of_an_authority_below_another(
    sealed: Path, tmp_path: Path
) -> None:
    for name in ("authority", "received"):
        (tmp_path / name).mkdir()
    authority = Authority(tmp_path / "authority")
    bundle = tmp_path / "received" / "bundle"
    with gt.open_case(sealed / "x.gtrace") as case:
        case.bundle(bundle, time_stamp_request=True)
    authority.issue_below(seconds=4)
    authority.stamp(bundle)
    time.sleep(5)
    chain = (authority.folder / "between.pem").read_bytes() + (authority.folder / "ca.pem").read_bytes()
    (tmp_path / "received" / "tsa.pem").write_bytes(chain)
    steps = "\n".join(["cd bundle", *commands(PAGES[0]).splitlines()[-2:]])
    told = subprocess.run(["sh", "-e", "-c", steps], cwd=tmp_path / "received", capture_output=True, check=False)
    assert b"Verification: OK" in told.stdout + told.stderr
    for given in ("tsa.pem", "ca.pem"):
        with pytest.raises(BundleRefused, match=r"certificate: unable to get local issuer certificate$"):
            gt.open_bundle(bundle, case=tmp_path / "x.gtrace", tsa_certificate=authority.folder / given)
    opened = gt.open_bundle(bundle, case=tmp_path / "y.gtrace", tsa_certificate=tmp_path / "received" / "tsa.pem")
    assert opened.stamp is not None
    assert opened.stamp.is_checked


@pytest.mark.parametrize(("chain", "line"), [("ledger", 1), ("notes", 1)])
def test_the_chains_are_recomputed_as_the_page_says(bag: Path, tmp_path: Path, chain: str, line: int) -> None:
    for page in PAGES:
        block, _ = re.findall(r"```sh\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)
        shutil.copytree(bag, tmp_path / page, dirs_exist_ok=True)
        step = block.replace("ledger.jsonl", f"{chain}.jsonl")
        told = subprocess.run(["sh", "-c", step], cwd=tmp_path / page, capture_output=True, check=False)
        assert (told.returncode, told.stdout, told.stderr) == (0, b"", b"")
        path = tmp_path / page / "data" / f"{chain}.jsonl"
        path.write_text(path.read_text("utf-8").replace('"at":"2', '"at":"1', 1), encoding="utf-8")
        told = subprocess.run(["sh", "-c", step], cwd=tmp_path / page, capture_output=True, check=False)
        assert told.stdout.splitlines()[0] == f"line {line} does not follow from the one before".encode()


@pytest.mark.parametrize("name", ["data/ledger.jsonl", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"])
def test_the_commands_tell_what_was_changed(received: Path, name: str) -> None:
    assert run(received).returncode == 0
    steps = commands(PAGES[0]).splitlines()[2:]
    edit(received / "bundle" / name, "0", "1")
    told = subprocess.run(["sh", "-e", "-c", "\n".join(steps)], cwd=received, capture_output=True, check=False)
    assert told.returncode != 0


def test_a_line_of_the_manifest_that_names_no_file_in_its_form_is_told(bag: Path, tmp_path: Path) -> None:
    (step,) = [line for line in commands(PAGES[0]).splitlines() if "sha256sum" in line]
    shutil.copytree(bag, tmp_path / "bundle")
    assert subprocess.run(["sh", "-c", step], cwd=tmp_path, check=False).returncode == 0
    edit(tmp_path / "bundle" / "manifest-sha256.txt", "  data/statement.json", " = data/statement.json")
    seal_tags(tmp_path / "bundle")
    assert subprocess.run(["sh", "-c", step], cwd=tmp_path, check=False, capture_output=True).returncode != 0


def test_both_pages_have_the_same_commands() -> None:
    assert commands(PAGES[0]) == commands(PAGES[1])
    assert len(commands(PAGES[0]).splitlines()) == 7
