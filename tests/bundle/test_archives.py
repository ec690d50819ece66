"""Archives that are built to harm whoever opens them, or were cut off: refused, with a reason, and nothing is left."""

from __future__ import annotations

import hashlib
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import graphtrace as gt
from graphtrace.errors import BundleDiffers, BundleRefused
from graphtrace.storage.ledger import head_of

from .bags import lines, zip_of
from .test_forgeries import refused

Add = Callable[[zipfile.ZipFile], object]


def entry(name: str, mode: int = stat.S_IFREG | 0o600) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.create_system = 3
    made.external_attr = mode << 16
    return made


def adding(name: str, content: bytes = b"x", mode: int = stat.S_IFREG | 0o600) -> Add:
    return lambda archive: archive.writestr(entry(name, mode), content)


ADDED: dict[str, tuple[Add, str]] = {
    "a way out": (adding("bundle/../../out"), "bundle/../../out"),
    "a way out of the first folder": (adding("../out"), "../out"),
    "an absolute name": (adding("/etc/passwd"), "/etc/passwd"),
    "a name with a drive": (adding("C:/out"), "C:/out"),
    "a name with backslashes": (adding("bundle\\..\\out"), "bundle\\..\\out"),
    "a name with an empty part": (adding("bundle//data/out"), "bundle//data/out"),
    "a link": (adding("bundle/data/link", b"/etc/passwd", stat.S_IFLNK | 0o777), "link"),
    "a device": (adding("bundle/data/device", b"", stat.S_IFCHR | 0o600), "data/device"),
    "a pipe": (adding("bundle/data/pipe", b"", stat.S_IFIFO | 0o600), "data/pipe"),
    "a folder with content": (adding("bundle/data/x/", b"x", stat.S_IFDIR | 0o700), "data/x/"),
    "a name in other letters": (adding("bundle/BAGIT.txt"), "BAGIT.txt"),
    "a name in other characters": (adding("bundle/\uff42agit.txt"), "agit.txt"),
    "a foreign file": (adding("bundle/run.exe"), "run.exe"),
    "a file beside the folder": (adding("run.exe"), "bag-info.txt"),
    "a source that unpacks to much": (
        lambda archive: archive.writestr(
            entry(f"bundle/data/sources/{'a' * 64}"), bytes(20 * 2**20), zipfile.ZIP_DEFLATED
        ),
        "unpacks from",
    ),
    "a packing that is not read": (
        lambda archive: archive.writestr(entry(f"bundle/data/sources/{'a' * 64}"), b"x", zipfile.ZIP_LZMA),
        "packed by a method",
    ),
}


@pytest.fixture
def archive(bag: Path, tmp_path: Path) -> Path:
    return zip_of(bag, tmp_path / "in.zip")


@pytest.mark.parametrize("name", ADDED)
def test_an_archive_with_what_does_not_belong_is_refused(archive: Path, tmp_path: Path, name: str) -> None:
    add, place = ADDED[name]
    with zipfile.ZipFile(archive, "a") as opened:
        add(opened)
    assert place in refused(archive, tmp_path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_archive_with_a_name_twice_is_refused(archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr(entry("bundle/bagit.txt"), b"x")
    assert "bagit.txt is in the bundle twice" in refused(archive, tmp_path)


def patched(archive: Path, name: str, at: int, form: str, value: int) -> None:
    """Change a number in the entry of a member in the directory of an archive."""
    content = bytearray(archive.read_bytes())
    place = content.rindex(b"PK\x01\x02", 0, content.rindex(name.encode()))
    struct.pack_into(form, content, place + at, value)
    archive.write_bytes(content)


SIZE_AT, FLAGS_AT = 24, 8


def test_a_size_that_is_not_true_is_refused(bag: Path, tmp_path: Path) -> None:
    for number, change in enumerate((1, -1)):
        archive = zip_of(bag, tmp_path / f"{number}.zip", packing=zipfile.ZIP_DEFLATED)
        size = len((bag / "data" / "statement.json").read_bytes())
        patched(archive, "data/statement.json", SIZE_AT, "<L", size + change)
        assert "statement.json" in refused(archive, tmp_path)


def test_a_member_that_the_archive_calls_encrypted_is_refused(archive: Path, tmp_path: Path) -> None:
    patched(archive, "data/statement.json", FLAGS_AT, "<H", 1)
    assert "encrypted" in refused(archive, tmp_path)


def test_limits_can_be_changed(archive: Path, tmp_path: Path) -> None:
    assert "more than 3 files" in refused(archive, tmp_path, limits=["files=3"])
    assert "more than 100 bytes" in refused(archive, tmp_path, limits=["bytes=100"])


def test_an_archive_that_somebody_else_packed_is_opened(bag: Path, tmp_path: Path) -> None:
    packed = zip_of(bag, tmp_path / "in.zip", packing=zipfile.ZIP_DEFLATED)
    opened = gt.open_bundle(packed, case=tmp_path / "opened.gtrace")
    assert opened.files == 2


def test_what_is_no_bundle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04")
    (tmp_path / "b.zip").write_bytes(b"")
    zipfile.ZipFile(tmp_path / "c.zip", "w").close()
    (tmp_path / "d").mkdir()
    for name in ("a.zip", "b.zip", "c.zip", "d", "none"):
        assert refused(tmp_path / name, tmp_path)


def opens(content: bytes, folder: Path) -> dict[str, Any] | None:
    """Return what an archive opens to; ``None`` if it is refused."""
    (folder / "damaged.zip").write_bytes(content)
    try:
        opened = gt.open_bundle(folder / "damaged.zip", case=folder / "opened.gtrace")
    except (BundleRefused, BundleDiffers):
        return None
    with gt.open_case(opened.case) as case:
        return {"head": case.ledger_head(), "digest": opened.tag_manifest}


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_archive_opens_to_the_same_case_or_to_none(
    bag: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    content = bytearray(zip_of(bag, folder / "in.zip", packing=data.draw(st.sampled_from((0, 8)))).read_bytes())
    whole = hashlib.sha256((bag / "tagmanifest-sha256.txt").read_bytes()).hexdigest()
    size = len(content)
    match data.draw(st.sampled_from(("cut", "flip", "insert", "remove"))):
        case "cut":
            del content[data.draw(st.integers(0, size - 1)) :]
        case "flip":
            for _ in range(data.draw(st.integers(1, 8))):
                content[data.draw(st.integers(0, size - 1))] ^= data.draw(st.integers(1, 255))
        case "insert":
            place = data.draw(st.integers(0, size))
            content[place:place] = data.draw(st.binary(min_size=1, max_size=20))
        case "remove":
            place = data.draw(st.integers(0, size - 1))
            del content[place : place + data.draw(st.integers(1, 50))]
    found = opens(bytes(content), folder)
    assert found is None or found == {"head": head_of(lines(bag / "data" / "ledger.jsonl")), "digest": whole}
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith(".")) == []
