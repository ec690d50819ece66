"""Signatures, encryption and time stamps of bundles: with the programs of other makers, where they are installed."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import minisign
import pyrage
import pytest

import graphtrace as gt
from graphtrace.bundle import signing
from graphtrace.errors import BundleRefused, GraphtraceError

from .bags import copy_of, edit, seal_tags
from .test_forgeries import refused

PASSWORD = "geheim 密码"
TAGS = "tagmanifest-sha256.txt"


def tool(*command: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a program of another maker; without it a test is skipped: the libraries read the same files."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    return subprocess.run(command, cwd=cwd, capture_output=True, check=False, input=b"")


class Keys:
    """Keys of minisign and age in files, made by the libraries."""

    def __init__(self, folder: Path) -> None:
        pair = minisign.KeyPair.generate()
        self.public = folder / "sign.pub"
        self.public.write_bytes(bytes(pair.public_key) + b"\n")
        self.text = pair.public_key.to_base64().decode()
        self.plain = folder / "sign.key"
        self.plain.write_bytes(bytes(pair.secret_key) + b"\n")
        pair.secret_key.encrypt(PASSWORD)
        self.locked = folder / "locked.key"
        self.locked.write_bytes(bytes(pair.secret_key) + b"\n")
        identity = pyrage.x25519.Identity.generate()
        self.identity = folder / "age.txt"
        self.identity.write_text(
            f"# created: today\n# public key: {identity.to_public()}\n{identity}\n", encoding="utf-8"
        )
        self.recipient = str(identity.to_public())


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    folder = tmp_path / "keys"
    folder.mkdir()
    return Keys(folder)


@pytest.fixture
def signed(sealed: Path, tmp_path: Path, keys: Keys) -> Path:
    with gt.open_case(sealed / "x.gtrace") as case:
        case.bundle(tmp_path / "signed", sign=keys.plain)
    return tmp_path / "signed"


def test_a_signature_is_one_of_minisign_and_holds_nothing_else_than_the_bundle(signed: Path, keys: Keys) -> None:
    told = tool("minisign", "-V", "-p", str(keys.public), "-m", TAGS, cwd=signed)
    assert told.returncode == 0, told.stderr
    assert b"Signature and comment signature verified" in told.stdout
    edit(signed / TAGS, "bagit.txt", "bagjt.txt")
    assert tool("minisign", "-V", "-p", str(keys.public), "-m", TAGS, cwd=signed).returncode != 0


def test_the_library_of_minisign_reads_it_too(signed: Path, keys: Keys) -> None:
    key = minisign.PublicKey.from_file(keys.public)
    key.verify_file(signed / TAGS)
    edit(signed / TAGS, "bagit.txt", "bagjt.txt")
    with pytest.raises(minisign.VerifyError):
        key.verify_file(signed / TAGS)


def test_a_signed_bundle_says_who_signed_and_whether_that_was_checked(signed: Path, tmp_path: Path, keys: Keys) -> None:
    unchecked = gt.open_bundle(signed, case=tmp_path / "a.gtrace").signature
    by_file = gt.open_bundle(signed, case=tmp_path / "b.gtrace", key=keys.public).signature
    by_text = gt.open_bundle(signed, case=tmp_path / "c.gtrace", key=keys.text).signature
    assert unchecked is not None
    assert by_file is not None
    assert (unchecked.is_checked, by_file.is_checked) == (False, True)
    assert by_text == by_file
    assert unchecked.key_id == by_file.key_id
    assert len(by_file.key_id) == 16


@pytest.mark.posix
def test_the_id_of_a_key_is_the_one_that_minisign_writes(sealed: Path, tmp_path: Path) -> None:
    told = tool("minisign", "-G", "-W", "-p", "m.pub", "-s", "m.key", cwd=tmp_path)
    if told.returncode:
        pytest.skip("this minisign makes no key without a password")
    with gt.open_case(sealed / "x.gtrace") as case:
        written = case.bundle(tmp_path / "out", sign=tmp_path / "m.key")
    assert written.key_id in (tmp_path / "m.pub").read_text("utf-8")


def test_the_id_of_a_key_has_no_zeros_before_it() -> None:
    assert signing._shown_id(bytes.fromhex("d12a3736511a8609")) == "9861A5136372AD1"


def test_a_key_with_a_password_signs_the_same_bytes(sealed: Path, signed: Path, tmp_path: Path, keys: Keys) -> None:
    with gt.open_case(sealed / "x.gtrace") as case:
        for number, password in enumerate((None, "wrong")):
            with pytest.raises(GraphtraceError, match="password"):
                case.bundle(tmp_path / str(number), sign=keys.locked, sign_password=password)
            assert not (tmp_path / str(number)).exists()
        case.bundle(tmp_path / "again", sign=keys.locked, sign_password=PASSWORD)
    for path in signed.rglob("*"):
        if path.is_file():
            assert (tmp_path / "again" / path.relative_to(signed)).read_bytes() == path.read_bytes()


def test_signatures_that_do_not_fit_are_refused(bag: Path, signed: Path, tmp_path: Path, keys: Keys) -> None:
    other = tmp_path / "other"
    other.mkdir()
    assert "bears no signature" in refused(bag, tmp_path, key=keys.text)
    assert "not with" in refused(signed, tmp_path, key=Keys(other).public)
    forged = copy_of(signed, tmp_path)
    edit(forged / "bag-info.txt", "graphtrace ", "graphtraces ")
    seal_tags(forged)
    assert "does not fit" in refused(forged, tmp_path, key=keys.text)
    edit(forged / f"{TAGS}.minisig", "trusted comment: file", "trusted comment: life")
    assert "does not fit" in refused(forged, tmp_path, key=keys.text)
    (forged / f"{TAGS}.minisig").write_bytes(b"\xff" * 300)
    assert "no signature of minisign" in refused(forged, tmp_path)


def test_files_that_hold_no_key_are_refused(bag: Path, sealed: Path, tmp_path: Path, keys: Keys) -> None:
    with gt.open_case(sealed / "x.gtrace") as case:
        for file in (keys.public, keys.identity, tmp_path / "none", tmp_path):
            with pytest.raises(GraphtraceError):
                case.bundle(tmp_path / "out", sign=file)
            assert not (tmp_path / "out").exists()
        with pytest.raises(GraphtraceError, match="no public key of age"):
            case.bundle(tmp_path / "out.zip", recipients=["age1xyz"])
        with pytest.raises(GraphtraceError, match="only a zip archive"):
            case.bundle(tmp_path / "out", recipients=[keys.recipient])
    for key in (str(keys.plain), "RWQ", "x" * 56):
        with pytest.raises(GraphtraceError):
            gt.open_bundle(bag, case=tmp_path / "opened.gtrace", key=key)
    assert not (tmp_path / "opened.gtrace").exists()


def test_an_encrypted_archive_is_decrypted_by_age_and_by_open(sealed: Path, tmp_path: Path, keys: Keys) -> None:
    with gt.open_case(sealed / "x.gtrace") as case:
        case.bundle(tmp_path / "plain.zip")
        written = case.bundle(tmp_path / "out.zip", recipients=[keys.recipient])
    assert written.path == str(tmp_path / "out.zip.age")
    assert not (tmp_path / "out.zip").exists()
    assert gt.open_bundle(written.path, case=tmp_path / "opened.gtrace", identity=keys.identity).files == 2
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []
    told = tool("age", "-d", "-i", str(keys.identity), "-o", "by_age.zip", "out.zip.age", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert (tmp_path / "by_age.zip").read_bytes() == (tmp_path / "plain.zip").read_bytes()
    again = tool("age", "-e", "-r", keys.recipient, "-o", "again.age", "plain.zip", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert gt.open_bundle(tmp_path / "again.age", case=tmp_path / "again.gtrace", identity=keys.identity).files == 2


def test_an_encrypted_archive_needs_its_key(sealed: Path, tmp_path: Path, keys: Keys) -> None:
    with gt.open_case(sealed / "x.gtrace") as case:
        case.bundle(tmp_path / "out.zip", recipients=[keys.recipient])
    other = tmp_path / "other"
    other.mkdir()
    archive = tmp_path / "out.zip.age"
    assert "no secret key was given" in refused(archive, tmp_path)
    assert "not encrypted to the given key" in refused(archive, tmp_path, identity=Keys(other).identity)
    content = archive.read_bytes()
    archive.write_bytes(content[: len(content) // 2])
    assert "damaged" in refused(archive, tmp_path, identity=keys.identity)
    archive.write_bytes(content[:-100] + b"x" + content[-99:])
    assert "damaged" in refused(archive, tmp_path, identity=keys.identity)


@pytest.mark.slow
def test_a_machine_too_busy_for_a_passphrase_is_told_and_not_called_a_wrong_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> bytes:
        raise pyrage.DecryptError("Excessive work parameter for passphrase.\nDecryption would take around 32 seconds.")

    locked = tmp_path / "a.age"
    locked.write_bytes(pyrage.passphrase.encrypt(b"x", "geheim"))
    monkeypatch.setattr(signing.time, "sleep", lambda _: None)
    monkeypatch.setattr(pyrage.passphrase, "decrypt", busy)
    with pytest.raises(BundleRefused) as raised:
        signing.decrypt(locked, io.BytesIO(), None, "geheim")
    assert raised.value.text.id == "bundle_passphrase_slow"


def test_a_passphrase_encrypts_and_decrypts(sealed: Path, tmp_path: Path) -> None:
    with gt.open_case(sealed / "x.gtrace") as case:
        case.bundle(tmp_path / "out.zip", passphrase=PASSWORD)
    archive = tmp_path / "out.zip.age"
    assert "was not given" in refused(archive, tmp_path)
    assert "passphrase is wrong" in refused(archive, tmp_path, passphrase="x")
    assert gt.open_bundle(archive, case=tmp_path / "opened.gtrace", passphrase=PASSWORD).files == 2


class Authority:
    """An authority for time stamps, made and asked by openssl."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "ts.cnf").write_text(
            "[tsa]\ndefault_tsa = own\n[own]\nserial = serial\nsigner_digest = sha256\ndefault_policy = 1.2.3.4\n"
            "digests = sha256\naccuracy = secs:1\ness_cert_id_alg = sha256\n"
            "[ext]\nbasicConstraints = critical,CA:FALSE\nkeyUsage = critical,digitalSignature\n"
            "extendedKeyUsage = critical,timeStamping\n",
            encoding="utf-8",
        )
        (folder / "serial").write_text("01\n", encoding="utf-8")
        self.call("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem",
                  "-days", "3650", "-subj", "/CN=root", "-addext", "basicConstraints=critical,CA:TRUE",
                  "-addext", "keyUsage=critical,keyCertSign")  # fmt: skip
        self.call("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=tsa")
        self.call("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
                  "tsa.pem", "-days", "3650", "-extfile", "ts.cnf", "-extensions", "ext")  # fmt: skip

    def issue_below(self, *, seconds: int) -> None:
        """Have a certificate that expires so soon sign, issued by one between it and the root."""
        more = (
            "[between]\nbasicConstraints = critical,CA:TRUE\nkeyUsage = critical,keyCertSign\n"
            "[ca]\ndefault_ca = own_ca\n[own_ca]\ndatabase = index.txt\nnew_certs_dir = .\nserial = issued\n"
            "default_md = sha256\npolicy = any\n[any]\ncommonName = supplied\n"
        )
        (self.folder / "ca.cnf").write_text((self.folder / "ts.cnf").read_text("utf-8") + more, encoding="utf-8")
        (self.folder / "issued").write_text("01\n", encoding="utf-8")
        (self.folder / "index.txt").write_text("", encoding="utf-8")
        self.call("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "between.key", "-out", "between.csr",
                  "-subj", "/CN=between")  # fmt: skip
        self.call("x509", "-req", "-in", "between.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
                  "between.pem", "-days", "3650", "-extfile", "ca.cnf", "-extensions", "between")  # fmt: skip
        days = (f"{datetime.now(UTC) + timedelta(seconds=more):%Y%m%d%H%M%SZ}" for more in (-3600, seconds))
        start, end = days
        self.call("ca", "-config", "ca.cnf", "-batch", "-notext", "-in", "tsa.csr", "-cert", "between.pem", "-keyfile",
                  "between.key", "-out", "tsa.pem", "-startdate", start, "-enddate", end, "-extfile", "ca.cnf",
                  "-extensions", "ext")  # fmt: skip

    def call(self, *arguments: str) -> None:
        told = tool("openssl", *arguments, cwd=self.folder)
        assert told.returncode == 0, told.stderr

    def stamp(self, bag: Path) -> None:
        """Answer the request in a bundle."""
        self.call("ts", "-reply", "-config", "ts.cnf", "-section", "own", "-queryfile", str(bag / f"{TAGS}.tsq"),
                  "-signer", "tsa.pem", "-inkey", "tsa.key", "-out", str(bag / f"{TAGS}.tsr"))  # fmt: skip


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    folder = tmp_path / "authority"
    folder.mkdir()
    return Authority(folder)


def test_a_time_stamp_is_checked_by_openssl_and_by_open(sealed: Path, tmp_path: Path, authority: Authority) -> None:
    bag = tmp_path / "stamped"
    with gt.open_case(sealed / "x.gtrace") as case:
        case.bundle(bag, time_stamp_request=True)
    root = authority.folder / "ca.pem"
    assert "lacks the time stamp" in refused(bag, tmp_path, tsa_certificate=root)
    assert gt.open_bundle(bag, case=tmp_path / "c.gtrace").is_stamp_missing
    authority.stamp(bag)
    told = tool("openssl", "ts", "-verify", "-data", TAGS, "-in", f"{TAGS}.tsr", "-CAfile", str(root), cwd=bag)
    assert b"Verification: OK" in told.stdout + told.stderr
    stamp = gt.open_bundle(bag, case=tmp_path / "a.gtrace", tsa_certificate=root).stamp
    assert stamp is not None
    assert stamp.is_checked
    assert not gt.open_bundle(bag, case=tmp_path / "d.gtrace").is_stamp_missing
    assert abs((datetime.now().astimezone() - datetime.fromisoformat(stamp.at)).total_seconds()) < 24 * 3600
    unchecked = gt.open_bundle(bag, case=tmp_path / "b.gtrace").stamp
    assert unchecked is not None
    assert not unchecked.is_checked


def test_a_time_stamp_of_something_else_is_refused(sealed: Path, tmp_path: Path, authority: Authority) -> None:
    bag, other = tmp_path / "stamped", tmp_path / "other"
    with gt.open_case(sealed / "x.gtrace") as case:
        case.bundle(bag, time_stamp_request=True)
    authority.stamp(bag)
    other.mkdir()
    foreign = Authority(other)
    root = authority.folder / "ca.pem"
    assert "does not hold" in refused(bag, tmp_path, tsa_certificate=foreign.folder / "ca.pem")
    edit(bag / "bag-info.txt", "graphtrace ", "graphtraces ")
    seal_tags(bag)
    assert "does not hold" in refused(bag, tmp_path, tsa_certificate=root)
    (bag / f"{TAGS}.tsr").write_bytes(b"0\x03\x02\x01\x00")
    assert "no time stamp" in refused(bag, tmp_path, tsa_certificate=root)
    with pytest.raises(GraphtraceError, match="no certificate"):
        gt.open_bundle(bag, case=tmp_path / "opened.gtrace", tsa_certificate=bag / "bagit.txt")
