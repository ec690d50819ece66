"""Replies that come as mail or archive: the hash may be that of any file within, and the mail names the letter."""

from __future__ import annotations

import hashlib
import io
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from .conftest import TORN, Run

REPLY = f"转出方,转入方,日期,卡号\n老K,赵六,2024-04-01,{TORN}\n".encode()
PDF = b"%PDF-1.4\n% the letter of the carrier\n"
WRONG = f"SHA256:{'0' * 64}"


@pytest.fixture
def place(run: Run, files: Path, tmp_path: Path) -> str:
    """A case of its own for each test."""
    place = str(tmp_path / "y.gtrace")
    assert run("load", *sorted(files.iterdir()), "--case", place).code == 0
    return place


def reference_of(run: Run, place: str, tmp_path: Path) -> str:
    """The reference of the letter that asks 老K about the card."""
    made = run("letters", TORN, "--case", place, "-o", str(tmp_path / "out"), "--json").json
    (letter,) = [each for each in made["letters"] if each["addressee"]["name"] == "老K"]
    return str(letter["reference"])


def zipped(name: str = "回函/附件.csv", content: bytes = REPLY) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, content)
    return out.getvalue()


def mail(tmp_path: Path, subject: str, text: str, *attached: tuple[str, bytes], name: str = "回函.eml") -> Path:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "a@example.com", "b@example.com"
    message.set_content(text)
    for file, content in attached:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=file)
    path = tmp_path / name
    path.write_bytes(message.as_bytes())
    return path


def sha256(content: bytes) -> str:
    return f"SHA256:{hashlib.sha256(content).hexdigest()}"


@pytest.mark.parametrize("where", ["subject", "text", "wide", "inner mail"])
def test_a_mail_that_quotes_a_reference_answers_the_letter_for_the_cards_it_has_rows_about(
    run: Run, place: str, tmp_path: Path, where: str
) -> None:
    reference = reference_of(run, place, tmp_path)
    said = {
        "subject": (f"回复：调证函 {reference}", "见附件"),
        "text": ("回函", f"贵单位引用码{reference.lower()}的函收悉。"),
        "wide": ("回函", reference.replace("GT-", "ＧＴ－")),
        "inner mail": ("转发", "见附件"),
    }[where]
    path = mail(tmp_path, *said, ("附件.csv", REPLY))
    if where == "inner mail":
        inner = mail(tmp_path, f"回复 {reference}", "", ("附件.csv", REPLY), name="inner.eml")
        path = mail(tmp_path, *said, ("原邮件.eml", inner.read_bytes()))
    loaded = run("load", str(path), "--case", place, "--json")
    assert loaded.code == 0, loaded.err
    assert [(each["reference"], each["answered"], each["of"]) for each in loaded.json["answers"]] == [(reference, 1, 1)]
    assert loaded.json["files"][0]["file"].endswith("!/附件.csv")
    (state,) = [
        letter["state"]["state"]
        for letter in run("letters", "--list", "--case", place, "--json").json["letters"]
        if letter["reference"] == reference
    ]
    assert state == "answered"
    assert run("verify", "--case", place).code == 0


@pytest.mark.parametrize("reference", ["GT-ZZZZ-ZZZZ", "XGT-", "no"])
def test_a_mail_that_quotes_another_reference_or_none_answers_nothing(
    run: Run, place: str, tmp_path: Path, reference: str
) -> None:
    own = reference_of(run, place, tmp_path)
    text = {"XGT-": f"X{own} {own}7", "no": ""}.get(reference, reference)
    loaded = run("load", str(mail(tmp_path, "回函", text, ("附件.csv", REPLY))), "--case", place, "--json").json
    assert loaded["files"][0]["loaded"] == 1
    assert loaded.get("answers") is None


@pytest.mark.parametrize("of", ["mail", "file", "zip", "file in the zip", "picture"])
@pytest.mark.parametrize("algorithm", ["SHA256", "MD5"])
def test_a_stated_hash_may_be_that_of_the_mail_or_of_any_file_within(
    run: Run, place: str, tmp_path: Path, of: str, algorithm: str
) -> None:
    packed = zipped(content=REPLY + "老K,赵六,2024-04-01,8986061900000000009\n".encode())
    path = mail(tmp_path, "回函", "见附件", ("附件.csv", REPLY), ("附件.zip", packed), ("函.pdf", PDF))
    content = {
        "mail": path.read_bytes(),
        "file": REPLY,
        "zip": packed,
        "file in the zip": zipfile.ZipFile(io.BytesIO(packed)).read("回函/附件.csv"),
        "picture": PDF,
    }[of]
    stated = f"{algorithm}:{hashlib.new(algorithm, content, usedforsecurity=False).hexdigest()}"
    loaded = run("load", str(path), "--reply", "函1", "--hash", stated, "--case", place, "--json")
    assert loaded.code == 0, loaded.err
    checks = {check["file"].rpartition("/")[0]: check["agrees"] for check in loaded.json["replies"]}
    plain, within = checks["回函.eml!"], checks["回函.eml!/附件.zip!/回函"]
    expected = {
        "mail": (True, True),
        "file": (True, None),
        "zip": (None, True),
        "file in the zip": (None, True),
        "picture": (None, None),
    }
    assert (plain, within) == expected[of]
    assert run("verify", "--case", place).code == 0


def test_a_stated_hash_that_nothing_within_has_is_told(run: Run, place: str, tmp_path: Path) -> None:
    path = mail(tmp_path, "回函", "见附件", ("附件.csv", REPLY), ("附件.zip", zipped()))
    loaded = run("load", str(path), "--reply", "函1", "--hash", WRONG, "--case", place, "--json").json
    assert {check["agrees"] for check in loaded["replies"]} == {False}
    assert run("verify", "--case", place).code == 4


def test_the_same_holds_for_an_archive_in_an_archive(run: Run, place: str, tmp_path: Path) -> None:
    inner = zipped()
    path = tmp_path / "回函.zip"
    path.write_bytes(zipped("内.zip", inner))
    loaded = run("load", str(path), "--reply", "函1", "--hash", sha256(inner), "--case", place, "--json").json
    (check,) = loaded["replies"]
    assert (check["agrees"], check["archive"]["file"]) == (True, "回函.zip!/内.zip")


def test_a_hostile_mail_writes_nothing_outside_and_its_names_stay_text(run: Run, place: str, tmp_path: Path) -> None:
    path = mail(tmp_path, "x" * 50_000, "y", ("../../etc/附件.csv", REPLY), ("a\\..\\b.csv", b"\xff\xfe"), ("..", b"z"))
    loaded = run("load", str(path), "--case", place, "--json")
    names = [entry["file"] for entry in loaded.json["files"]]
    assert "回函.eml!/附件.csv" in names
    assert not [name for name in names if ".." in name]
    assert not (tmp_path / "etc").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no mail at all",
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\n",
        b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\nContent-Type: multipart/mixed; boundary=x\n\n" * 2000,
        b"Subject: =?nonsense?B?/////?=\nContent-Type: text/plain; charset=nonsense\n\n\xff\xff",
        b"Content-Type: application/x\nContent-Disposition: attachment; filename*=x''%ff%fe\n\nabc",
    ],
)
def test_a_mail_with_nothing_to_read_is_an_error_of_this_file_and_of_no_other(
    run: Run, place: str, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "x.eml").write_bytes(content)
    (tmp_path / "good.csv").write_bytes(REPLY)
    loaded = run("load", str(tmp_path / "x.eml"), str(tmp_path / "good.csv"), "--case", place, "--json")
    assert loaded.code != 70
    assert [entry["loaded"] for entry in loaded.json["files"] if entry["file"] == "good.csv"] == [1]


def test_limits_hold_for_mails(run: Run, place: str, tmp_path: Path) -> None:
    path = mail(tmp_path, "回函", "", ("1.csv", REPLY), ("2.csv", REPLY))
    loaded = run("load", str(path), "--limit", "files=1", "--case", place, "--json")
    assert loaded.json["files"][0]["error"]["code"] == "too_many_files"
    nested = path
    for _ in range(4):
        nested = mail(tmp_path, "", "", ("m.eml", nested.read_bytes()), name="nested.eml")
    assert run("load", str(nested), "--case", place, "--json").json["files"][0]["error"] is not None
