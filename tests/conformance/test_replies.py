"""What is stated of a carrier's reply is compared with the bytes, told with answers that rest on them, and kept."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import NothingFound, UsageError
from graphtrace.storage.ledger import next_entry
from graphtrace.storage.reply_checks import digest_of
from graphtrace.wire import plain

CARD, OTHER = "8986061900000000001", "8986061900000000002"
ROWS = f"卖方,买方,日期,卡号\n中国联通,甲公司,2024-03-05,{CARD}\n"
OTHER_ROWS = f"卖方,买方,日期,卡号\n中国联通,丙公司,2024-03-06,{OTHER}\n"
NUMBER = "联通函〔2024〕12号"
CODE = "hash_differs_from_reply"


@pytest.fixture(params=["folder", "server"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty case."""
    name = request.getfixturevalue("neo4j_uri") if request.param == "server" else str(tmp_path / "x.gtrace")
    (tmp_path / "reply.csv").write_text(ROWS, "utf-8")
    (tmp_path / "other.csv").write_text(OTHER_ROWS, "utf-8")
    return str(name)


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """An empty case in a folder, and the files beside it."""
    (tmp_path / "reply.csv").write_text(ROWS, "utf-8")
    (tmp_path / "other.csv").write_text(OTHER_ROWS, "utf-8")
    return str(tmp_path / "x.gtrace")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def archive_of(path: Path, *members: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for member in members:
            archive.write(member, member.name)
    return path


def codes(case: gt.CaseQuestions, card: str = CARD) -> list[str]:
    return [finding.code for finding in case.trace(card)[0].findings]


def test_a_reply_whose_hash_agrees_is_told_as_such_and_changes_no_answer(place: str, tmp_path: Path) -> None:
    file = tmp_path / "reply.csv"
    with gt.open_case(place) as case:
        report = case.load(file, reply=NUMBER, reply_hash=f"SHA256:{sha256(file).upper()}", seal=True)
        assert [(check.agrees, check.reply.has_seal) for check in report.replies] == [(True, True)]
        (told,) = case.status().replies
        assert (told.file, told.reply.number, told.agrees, told.actual) == ("reply.csv", NUMBER, True, sha256(file))
        assert CODE not in codes(case)
        assert case.verify() == []


def test_a_reply_whose_hash_differs_loads_and_heads_every_answer_that_rests_on_it(place: str, tmp_path: Path) -> None:
    file, wrong = tmp_path / "reply.csv", "ab" * 32
    with gt.open_case(place) as case:
        report = case.load(file, reply=NUMBER, reply_hash=f"sm3:{wrong}")
        assert (report.files[0].loaded, report.replies[0].agrees) == (1, False)
        case.load(tmp_path / "other.csv")
        found = case.trace(CARD)[0]
        assert found.holder is not None
        assert found.holder.name == "甲公司"
        finding = found.findings[0]
        sm3 = hashlib.new("sm3", file.read_bytes()).hexdigest()
        said = {"file": "reply.csv", "number": NUMBER, "algorithm": "SM3", "stated": wrong, "actual": sm3}
        assert (finding.code, finding.severity, finding.params) == (CODE, "error", said)
        assert CODE not in codes(case, OTHER)
        assert [(problem.code, problem.params) for problem in case.verify()] == [(CODE, said)]
        assert CODE not in codes(case.at("2020-01-01"))


def test_audits_and_parties_that_count_rows_of_such_a_file_say_so(place: str, tmp_path: Path) -> None:
    used = tmp_path / "used.csv"
    used.write_text(f"激活时间,iccid\n2024-04-02,{CARD}\n", "utf-8")
    with gt.open_case(place) as case:
        case.load(tmp_path / "other.csv", tmp_path / "reply.csv")
        assert case.audit("甲公司")[0].reply_findings == ()
        case.load(used, reply=NUMBER, reply_hash=f"SHA256:{'0' * 64}")
        assert [finding.params["file"] for finding in case.audit("甲公司")[0].reply_findings] == ["used.csv"]
        assert case.audit("丙公司")[0].reply_findings == ()
        told = {audit.enterprise.name: len(audit.reply_findings) for audit in case.audit(all=True)}
        assert told == {"甲公司": 1, "丙公司": 0}
        case.load(tmp_path / "reply.csv", reply=NUMBER, reply_hash=f"SHA256:{'0' * 64}")
        assert [finding.code for finding in case.party("甲公司").reply_findings] == [CODE]
        assert case.party("丙公司").reply_findings == ()
        assert len(case.audit("甲公司")[0].reply_findings) == 2


def test_a_corrected_statement_replaces_the_old_one_and_both_stay(place: str, tmp_path: Path) -> None:
    file = tmp_path / "reply.csv"
    with gt.open_case(place) as case:
        case.load(file, reply=NUMBER, reply_hash=f"SHA256:{'0' * 64}")
        assert CODE in codes(case)
        for _ in range(2):  # the same statement again is no other one
            report = case.load(file, reply="联通函〔2024〕13号", reply_hash=f"SHA256:{sha256(file)}", seal=False)
            assert report.files[0].already_loaded
        assert CODE not in codes(case)
        assert case.verify() == []
        notes = [note for note in case.notes() if note["kind"] == "reply"]
        assert [(note["number"], note["stated"]) for note in notes] == [
            (NUMBER, "0" * 64),
            ("联通函〔2024〕13号", sha256(file)),
        ]
        (told,) = case.status().replies
        assert (told.reply.number, told.reply.has_seal, told.agrees) == ("联通函〔2024〕13号", False, True)


def test_statements_go_with_a_copy(neo4j_uri: str, tmp_path: Path, folder: str) -> None:
    with gt.open_case(folder) as case:
        case.load(tmp_path / "reply.csv", reply=NUMBER, reply_hash=f"SHA256:{'1' * 64}")
        before = (case.status().replies, case.trace(CARD)[0].findings)
        assert case.copy_to(neo4j_uri).comparison.agrees
    with gt.open_case(neo4j_uri) as case:
        assert (case.status().replies, case.trace(CARD)[0].findings) == before
        assert case.copy_to(tmp_path / "back.gtrace").comparison.agrees
    with gt.open_case(tmp_path / "back.gtrace") as case:
        assert (case.status().replies, case.trace(CARD)[0].findings) == before


# -- archives --------------------------------------------------------------------------------------------------------


def test_the_hash_may_be_that_of_the_archive(place: str, tmp_path: Path) -> None:
    archive = archive_of(tmp_path / "reply.zip", tmp_path / "reply.csv", tmp_path / "other.csv")
    with gt.open_case(place) as case:
        report = case.load(archive, reply=NUMBER, reply_hash=f"SHA256:{sha256(archive)}")
        assert [(check.file, check.agrees) for check in report.replies] == [
            ("reply.zip!/other.csv", True),
            ("reply.zip!/reply.csv", True),
        ]
        assert {told["actual"] for told in (plain(check) for check in report.replies)} == {sha256(archive)}
        assert CODE not in codes(case)
        assert case.verify() == []


def test_the_hash_of_one_file_of_an_archive_says_nothing_of_the_others(folder: str, tmp_path: Path) -> None:
    archive = archive_of(tmp_path / "reply.zip", tmp_path / "reply.csv", tmp_path / "other.csv")
    with gt.open_case(folder) as case:
        report = case.load(archive, reply=NUMBER, reply_hash=f"SHA256:{sha256(tmp_path / 'reply.csv')}")
        assert [check.agrees for check in report.replies] == [None, True]
        assert CODE not in codes(case) + codes(case, OTHER)
        assert case.verify() == []


def test_of_an_archive_that_differs_every_file_does(folder: str, tmp_path: Path) -> None:
    archive = archive_of(tmp_path / "reply.zip", tmp_path / "reply.csv", tmp_path / "other.csv")
    with gt.open_case(folder) as case:
        case.load(archive, reply=NUMBER, reply_hash=f"MD5:{'0' * 32}")
        assert CODE in codes(case)
        assert CODE in codes(case, OTHER)
        params = case.trace(CARD)[0].findings[0].params
        assert params["archive"] == "reply.zip"
        assert params["archive_actual"] == hashlib.md5(archive.read_bytes(), usedforsecurity=False).hexdigest()
        assert [problem.code for problem in case.verify()] == [CODE, CODE]


def test_of_a_loaded_file_the_kept_source_is_compared(place: str, tmp_path: Path) -> None:
    file = tmp_path / "reply.csv"
    with gt.open_case(place) as case:
        case.load(file)
        check = case.state_reply(sha256(file), number=NUMBER, stated=f"SM3:{'0' * 64}", seal=True)
        assert (check.agrees, check.actual) == (False, digest_of("SM3", [file.read_bytes()]))
        assert case.status().replies == [check]
        assert CODE in codes(case)
        with pytest.raises(NothingFound):
            case.state_reply("0" * 64, number=NUMBER, stated=f"SM3:{'0' * 64}")


def test_of_a_file_from_an_archive_the_hash_may_be_that_of_the_archive_which_is_not_kept(
    folder: str, tmp_path: Path
) -> None:
    archive = archive_of(tmp_path / "reply.zip", tmp_path / "reply.csv")
    inner = sha256(tmp_path / "reply.csv")
    with gt.open_case(folder) as case:
        case.load(archive)
        with pytest.raises(UsageError):
            case.state_reply(inner, number=NUMBER, stated=f"SHA256:{sha256(archive)}")
        assert case.state_reply(inner, number=NUMBER, stated=f"SHA256:{inner}").agrees
        case.load(archive, reply=NUMBER, reply_hash=f"SHA256:{sha256(archive)}")
        assert case.state_reply(inner, number="2", stated=f"SHA256:{sha256(archive)}").agrees


# -- a file beside the reply -----------------------------------------------------------------------------------------


def proof(path: Path, **said: object) -> None:
    path.with_name(f"{path.name}.proof.json").write_text(json.dumps(said), "utf-8")


def test_a_file_beside_a_reply_states_its_number_hash_and_seal(folder: str, tmp_path: Path) -> None:
    file = tmp_path / "reply.csv"
    proof(file, reply=NUMBER, hash=f"SHA256:{sha256(file)}", seal=True)
    with gt.open_case(folder) as case:
        (check,) = case.load(file).replies
    assert (check.reply.number, check.agrees, check.reply.has_seal) == (NUMBER, True, True)


def test_in_a_folder_each_reply_has_its_own_and_they_are_no_tables(folder: str, tmp_path: Path) -> None:
    sent = tmp_path / "replies"
    sent.mkdir()
    (tmp_path / "reply.csv").rename(sent / "reply.csv")
    archive_of(sent / "b.zip", tmp_path / "other.csv")
    proof(sent / "reply.csv", reply="1", hash=f"SHA256:{sha256(sent / 'reply.csv')}")
    proof(sent / "b.zip", reply="2", hash=f"SHA256:{sha256(sent / 'b.zip')}", seal="no")
    with gt.open_case(folder) as case:
        report = case.load(sent)
        assert not report.has_errors
        assert [(check.file, check.reply.number, check.agrees) for check in report.replies] == [
            ("b.zip!/other.csv", "2", True),
            ("reply.csv", "1", True),
        ]
        assert [passed.what for passed in report.skipped] == ["proof", "proof"]


@pytest.mark.parametrize("text", ["{", "[]", '{"reply": 3}', '{"reply": "1", "hash": "SHA256:12"}', "[" * 9000])
def test_a_broken_file_beside_a_reply_is_told_and_the_records_are_loaded(
    folder: str, tmp_path: Path, text: str
) -> None:
    (tmp_path / "reply.csv.proof.json").write_text(text, "utf-8")
    with gt.open_case(folder) as case:
        report = case.load(tmp_path / "reply.csv")
    assert [(sheet.file, sheet.error and sheet.error.exit_code) for sheet in report.files] == [
        ("reply.csv.proof.json", 2),
        ("reply.csv", None),
    ]
    assert report.files[1].loaded == 1


def test_a_number_that_cannot_be_written_is_kept_as_it_can(folder: str, tmp_path: Path) -> None:
    (tmp_path / "reply.csv.proof.json").write_text('{"reply": "12\\udcff", "hash": "MD5:%s"}' % ("0" * 32), "utf-8")
    with gt.open_case(folder) as case:
        (check,) = case.load(tmp_path / "reply.csv").replies
        (told,) = case.status().replies
        assert (check.reply.number, told.reply.number) == ("12\\udcff", "12\\udcff")
        assert [problem.code for problem in case.verify()] == [CODE]


# -- what is no statement --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "stated"),
    [
        (NUMBER, None),
        (None, f"SHA256:{'0' * 64}"),
        (" ", f"SHA256:{'0' * 64}"),
        ("x" * 201, f"SHA256:{'0' * 64}"),
        (NUMBER, "0" * 64),
        (NUMBER, f"SHA256:{'0' * 63}"),
        (NUMBER, f"MD5:{'0' * 64}"),
        (NUMBER, f"SHA1:{'0' * 40}"),
        (NUMBER, f"SM3:{'g' * 64}"),
    ],
)
def test_what_states_no_number_and_hash_is_refused_before_anything_is_loaded(
    folder: str, tmp_path: Path, number: str | None, stated: str | None
) -> None:
    with gt.open_case(folder) as case, pytest.raises(UsageError):
        case.load(tmp_path / "reply.csv", reply=number, reply_hash=stated)
    assert not Path(folder).exists()


def test_a_statement_is_about_one_file(folder: str, tmp_path: Path) -> None:
    stated = f"SHA256:{'0' * 64}"
    with gt.open_case(folder) as case:
        for files in [(tmp_path,), (tmp_path / "reply.csv", tmp_path / "other.csv")]:
            with pytest.raises(UsageError):
                case.load(*files, reply=NUMBER, reply_hash=stated)
    assert not Path(folder).exists()


def test_a_trial_and_a_file_that_is_not_there_leave_nothing_behind(folder: str, tmp_path: Path) -> None:
    with gt.open_case(folder) as case:
        stated = {"reply": NUMBER, "reply_hash": f"SHA256:{'0' * 64}"}
        report = case.load(tmp_path / "reply.csv", dry_run=True, **stated)  # type: ignore[arg-type]
        assert [check.agrees for check in report.replies] == [False]
        case.load(tmp_path / "none.csv", **stated)  # type: ignore[arg-type]
    assert not Path(folder).exists()


# -- tampering -------------------------------------------------------------------------------------------------------


def rewrite(folder: str, **changes: object) -> None:
    """Change the statement of the first note, and write the chain of the notes anew so that it holds."""
    path = Path(folder) / "notes.jsonl"
    first, *others = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    last, lines = None, []
    for content in ({**first, **changes}, *others):
        last = next_entry(last, {name: value for name, value in content.items() if name not in ("hash", "previous")})
        lines.append(f"{last}\n")
    path.write_text("".join(lines), "utf-8")


def test_a_statement_that_was_made_to_fit_is_found_by_the_line_of_the_load(folder: str, tmp_path: Path) -> None:
    file = tmp_path / "reply.csv"
    with gt.open_case(folder) as case:
        case.load(file, reply=NUMBER, reply_hash=f"SHA256:{'0' * 64}")
    rewrite(folder, stated=sha256(file))
    with gt.open_case(folder) as case:
        assert CODE not in codes(case)
        assert [problem.code for problem in case.verify()] == ["notes_missing"]


def test_a_hash_that_was_never_found_is_found_by_the_bytes(folder: str, tmp_path: Path) -> None:
    file = tmp_path / "reply.csv"
    with gt.open_case(folder) as case:
        case.load(file)
        case.load(file, reply=NUMBER, reply_hash=f"SM3:{'0' * 64}")
    (files,) = [json.loads(line)["files"] for line in (Path(folder) / "notes.jsonl").read_text("utf-8").splitlines()]
    rewrite(folder, files=[{**files[0], "actual": "0" * 64}])
    with gt.open_case(folder) as case:
        assert {problem.code for problem in case.verify()} == {"reply_changed", CODE}


# -- hashes ----------------------------------------------------------------------------------------------------------


def test_sm3_is_computed_where_python_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(name: str) -> None:
        raise ValueError(name)

    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert digest_of("SM3", [b"a", b"bc"]) == expected
    monkeypatch.setattr(hashlib, "new", none)
    assert digest_of("SM3", [b"a", b"bc"]) == expected


# -- cost ------------------------------------------------------------------------------------------------------------


def test_a_load_without_a_statement_reads_no_file_once_more(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from graphtrace.storage import reply_checks

    for name in ("_hash_file", "keep_checks", "read_proof"):
        monkeypatch.delattr(reply_checks, name)
    with gt.open_case(folder) as case:
        assert not case.load(tmp_path / "reply.csv").has_errors
        assert case.status().replies == []
