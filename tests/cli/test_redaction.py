"""Redacted outputs hold no name, number, contact, file name or free text of the case, in no byte of any format."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

import graphtrace
from graphtrace.cli.options import _REDACTING
from graphtrace.identifiers.party_names import PROVINCES
from tests.in_process import run_command
from tests.kept_answers import answers_kept

pytestmark = pytest.mark.slow

CARD = "89860123061000001011"
"""A card of the example case that passes through many hands, was used and seized."""

FIRM = "星海智联科技有限公司"
PERSON = "周立冬"

COMMANDS: dict[str, tuple[list[str], tuple[str, ...]]] = {
    "trace": (["trace", CARD, "89860123061000001029", "1064600010101"], (".csv", ".xlsx", ".md", ".docx", ".html")),
    "trace-extra": (["trace", CARD, "--extra"], (".md", ".docx", ".html")),
    "trace-near": (["trace", "89860123061000001018", "8986012306100000101?"], (".xlsx", ".html")),
    "audit": (["audit", FIRM], (".csv", ".xlsx", ".md", ".docx", ".pdf", ".html")),
    "audit-all": (["audit", "--all", "--role", "dealer"], (".csv", ".xlsx")),
    "audit-cards": (["audit", FIRM, "--cards"], (".csv", ".xlsx", ".md", ".docx", ".html")),
    "audit-bucket": (["audit", FIRM, "--bucket", "activated_by_other"], (".html",)),
    "party": (["party", PERSON], (".csv", ".xlsx", ".md", ".docx", ".pdf", ".html")),
    "party-firm": (["party", FIRM], (".html",)),
    "common": (["common", CARD, "89860123061000001029"], (".csv", ".xlsx", ".md", ".docx", ".html")),
    "siblings": (["siblings", CARD], (".csv", ".xlsx", ".md", ".docx", ".html")),
    "candidates": (["candidates"], ()),
    **{
        f"query-{name}": (["query", name, *(f"-p{value}" for value in values)], (".csv", ".xlsx"))
        for name, values in {
            "records-of-card": [f"card={CARD}"],
            "parties-of-case": ["case_no=云公刑诈〔2024〕0318号"],
            "rejected-rows": [],
            "sources-of-case": [],
            "names-of-party": [f"party={PERSON}"],
            "flows-between-parties": [],
            "seized-cards": [],
            "purchases": [],
        }.items()
    },
    "judgements": (["resolve", "--list"], ()),
    "corrections": (["correct", "--list"], ()),
    "status": (["status"], ()),
    "questions": (["status", "--questions"], ()),
    "verify": (["verify"], ()),
    "changes": (["status", "--since", "1"], ()),
    "log": (["log"], (".csv", ".xlsx")),
    "report": (["report"], (".md", ".docx", ".html")),
    "pins": (["pin", "--list"], ()),
    "watches": (["watch", "list"], ()),
    "identify": (["identify", CARD, "13800138000", "990103197911280193", PERSON], ()),
    "compact": (["compact"], ()),
}
"""Commands that take ``--redact``, and the formats of ``-o`` beside text and JSON."""

HEAD = {
    "number": "冬公刑立〔2024〕77号",
    "name": "夏秋冬专案",
    "unit": "冬城公安局夏秋分局",
    "officer": "秦明明",
    "ground": "刑事诉讼法第一百四十四条（夏秋冬）",
}
"""The head of the case, which every page bears."""

LINES = ("trace", "audit", "siblings")
"""Commands that answer line by line, too."""


@pytest.fixture(autouse=True, scope="module")
def _answers_kept() -> Iterator[None]:
    """What is masked, and how, is tried here in many formats; of one answer."""
    with answers_kept({}):
        yield


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example case with a judgement, a correction and a purpose-made reason that names somebody."""
    folder = tmp_path_factory.mktemp("redaction") / "xinghai-secret"
    assert run_command(["demo", str(folder)]).returncode == 0
    place = folder / "demo.gtrace"
    judged = ["resolve", "北川通信器材经营部", "蓝讯数码店", "--same", "--why", "夏秋冬说是同一家", "--by", "秦明"]
    assert run_command(["--case", str(place), *judged]).returncode == 0
    corrected = ["correct", "taobao_shop.tsv:3", "--why", "夏秋冬说记错了"]
    assert run_command(["--case", str(place), *corrected]).returncode == 0
    for said in (
        ["pin", CARD, "--words", "夏秋冬的卡，秦明说的"],
        ["pin", "--party", PERSON, "--by", "秦明"],
        ["pin", "--audit", FIRM, "--words", "夏秋冬"],
        ["watch", "add", PERSON, "89860123061000001029", "夏秋冬", "--why", "秦明要看"],
        ["trace", CARD, "--purpose", "夏秋冬案"],
        ["query", "cards-of-party", f"-pparty={PERSON}"],
        ["letters", "-o", str(folder / "letters")],
    ):
        assert run_command(["--case", str(place), *said]).returncode == 0, said
    head = [f"--set={name}={value}" for name, value in HEAD.items()]
    assert run_command(["--case", str(place), "status", *head]).returncode == 0
    return place


_PACKAGE = Path(graphtrace.__file__).parent


@pytest.fixture(scope="module")
def secrets(case: Path) -> frozenset[str]:
    """What the sources say of persons, numbers and files, and what persons stated."""
    found = _secrets_of(case)
    assert len(found) > 200
    assert {FIRM, PERSON, CARD, "马晓东", "990103197911280193", "云公刑诈〔2024〕0318号"} <= found
    names = {path.name for path in Path("examples/case").iterdir()} | {"xinghai-secret", "demo.gtrace"}
    return frozenset({*found, *names, *HEAD.values(), "夏秋冬", "秦明", "扣押清单"})


def _secrets_of(case: Path) -> set[str]:
    """Return the cells of the sources of a case that say who or which number.

    Words that texts of this program contain (卡号, 转让, 微信, 中国联通) say nothing of anybody.
    """
    cells = {cell.strip() for path in sorted((case / "sources").iterdir()) for cell in _cells(path)}
    texts = [path for form in ("locale/*.json", "rules/builtin/*") for path in _PACKAGE.glob(form) if path.is_file()]
    said = "\n".join(path.read_text(encoding="utf-8") for path in texts)
    return {cell for cell in cells if _is_telling(cell) and cell not in said}


def _cells(path: Path) -> Iterator[str]:
    import polars as pl

    content = path.read_bytes()
    if content.startswith(b"PK"):
        import openpyxl

        for sheet in openpyxl.load_workbook(io.BytesIO(content)):
            for row in sheet.iter_rows(values_only=True):
                yield from (str(cell) for cell in row if cell is not None)
    elif content.startswith(b"PAR1"):
        for row in pl.read_parquet(path).iter_rows():
            yield from (str(cell) for cell in row if cell is not None)
    else:
        text = _decoded(content)
        for line in text.splitlines():
            if line.startswith("{"):
                # one line of the example is cut off
                yield from re.findall(r'"((?:[^"\\]|\\.)*)"', line)[1::2]
            else:
                yield from next(csv.reader([line], delimiter="\t" if "\t" in line else ","), [])


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AssertionError("no encoding fits")


def _is_telling(cell: str) -> bool:
    """Whether a cell is no day, amount, count or province; two Chinese characters can be a name."""
    if re.fullmatch(r"[\d./:\- 年月日TZ+]{1,25}|\d{4}-\d\d-\d\d.*", cell) and not re.fullmatch(r"\d{11,}", cell):
        return False
    if cell in PROVINCES or cell.removesuffix("省") in PROVINCES:
        return False
    return len(cell) >= (2 if re.search("[\u4e00-\u9fff]", cell) else 6)


def _texts_of(content: bytes) -> str:
    """Return all that a file says: members of archives unpacked, escapes of HTML and JSON resolved."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(f"{name}\n{_texts_of(archive.read(name))}" for name in archive.namelist())
    if content.startswith(b"%PDF"):
        found = PdfReader(io.BytesIO(content))
        return "".join([*(page.extract_text() for page in found.pages), str(found.metadata)]).replace("\n", "")
    text = content.decode("utf-8", errors="replace")  # of pictures in a document, too
    unescaped = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    # text is wrapped within words on a terminal
    return "\n".join((text, html.unescape(text), unescaped, re.sub(r"\n\s*", "", text)))


def _leaks(content: bytes, secrets: frozenset[str]) -> list[str]:
    said = _texts_of(content)
    return sorted(secret for secret in secrets if secret in said)


def _run(case: Path, arguments: list[str], *more: str) -> Any:
    return run_command(["--case", str(case), *arguments, *more])


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_text_and_json_hold_no_secret(case: Path, secrets: frozenset[str], name: str, lang: str) -> None:
    arguments, _ = COMMANDS[name]
    for form in ([], ["-v"], ["--json"]):
        plain = _run(case, arguments, "--lang", lang, *form)
        masked = _run(case, arguments, "--lang", lang, "--redact", *form)
        assert (masked.returncode, masked.stderr) == (plain.returncode, plain.stderr) == (plain.returncode, "")
        assert _leaks(masked.stdout.encode(), secrets) == []
        if name not in ("verify", "candidates", "corrections", "judgements", "status"):
            assert _leaks(plain.stdout.encode(), secrets), "the secrets are none of this answer"
        assert {"zh": "已去标识化", "en": "Redacted: "}[lang] in masked.stdout or '"redacted": true' in masked.stdout


@pytest.mark.parametrize(("name", "ending"), [(name, ending) for name in COMMANDS for ending in COMMANDS[name][1]])
def test_files_hold_no_secret(case: Path, secrets: frozenset[str], tmp_path: Path, name: str, ending: str) -> None:
    arguments, _ = COMMANDS[name]
    out = tmp_path / f"answer{ending}"
    done = _run(case, arguments, "--redact", "-o", str(out), "--lang", "zh")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    content = out.read_bytes()
    assert _leaks(content, secrets) == []
    if ending != ".csv":  # a CSV file holds a table and nothing else
        assert "去标识化" in _texts_of(content)


EXPORTS = {
    "party": ("graphml", "gexf", "json", "csv", "xlsx", "ftm", "html"),
    "record": ("graphml", "gexf", "json", "csv", "xlsx", "ftm", "cypher"),
    "card": ("graphml", "json", "csv", "xlsx"),
}


@pytest.mark.parametrize(("level", "form"), [(level, form) for level, forms in EXPORTS.items() for form in forms])
def test_exports_hold_no_secret_and_as_much_as_plain_ones(
    case: Path, secrets: frozenset[str], tmp_path: Path, level: str, form: str
) -> None:
    written = []
    for name, more in (("plain", ()), ("masked", ("--redact",))):
        out = tmp_path / f"{name}.{'zip' if form == 'csv' else form}"
        asked = ["export", form, str(out), "--level", level, "--around", CARD if level == "card" else PERSON, "--json"]
        done = _run(case, asked, *more)
        assert (done.returncode, done.stderr) == (0, "")
        written.append(json.loads(done.stdout)["written"])
        assert bool(_leaks(out.read_bytes(), secrets)) == (not more)
        assert bool(_leaks(done.stdout.encode(), secrets | {out.name})) == (not more)
    # a pseudonym says whether it is of a firm or a person, by the name too; FollowTheMoney has a type for each
    assert _as_parties(written[0]) == _as_parties(written[1])


def _as_parties(counts: Any) -> dict[str, int]:
    """Counts of what was written, with firms, persons and others as one."""
    kinds = ("Company", "Person", "LegalEntity")
    rest = {name: count for name, count in counts.items() if name not in kinds}
    return {**rest, "parties": sum(counts.get(name, 0) for name in kinds)}


@pytest.mark.parametrize("level", EXPORTS)
def test_a_redacted_graph_has_the_elements_of_the_plain_one(case: Path, secrets: frozenset[str], level: str) -> None:
    asked = ["graph", "--level", level, "--around", CARD if level == "card" else PERSON, "--json"]
    plain, masked = _run(case, asked), _run(case, asked, "--redact")
    assert _leaks(plain.stdout.encode(), secrets)
    assert _leaks(masked.stdout.encode(), secrets) == []
    assert _leaks(_run(case, asked[:-1], "--redact").stdout.encode(), secrets) == []
    parts = [json.loads(done.stdout) for done in (plain, masked)]
    (nodes, edges), (other_nodes, other_edges) = ((part["nodes"], part["edges"]) for part in parts)
    assert (len(nodes), len(edges)) == (len(other_nodes), len(other_edges))
    assert sorted(edge["weight"] for edge in edges) == sorted(edge["weight"] for edge in other_edges)


def test_a_whole_case_is_not_exported_redacted(case: Path, tmp_path: Path) -> None:
    for form in ("neo4j-admin", "parquet"):
        refused = _run(case, ["export", form, str(tmp_path / "whole"), "--redact"])
        assert (refused.returncode, refused.stdout) == (2, "")
        assert not (tmp_path / "whole").exists()


@pytest.mark.parametrize("name", LINES)
def test_lines_hold_no_secret(case: Path, secrets: frozenset[str], name: str) -> None:
    done = _run(case, COMMANDS[name][0], "--redact", "--jsonl")
    assert done.returncode == 0
    assert _leaks(done.stdout.encode(), secrets) == []
    assert all(json.loads(line)["redacted"] for line in done.stdout.splitlines())


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "verify"])
def test_a_redacted_answer_has_the_counts_days_and_structure_of_the_plain_one(case: Path, name: str) -> None:
    arguments, _ = COMMANDS[name]
    plain, masked = (json.loads(_run(case, arguments, "--json", *more).stdout) for more in ((), ("--redact",)))
    assert masked.pop("redacted") is True
    plain.pop("options", None)
    assert list(_differences(plain, masked)) == []


_FREE = {
    *("message", "uscc", "extra", "size_bytes", "rests_on", "redacted", "made_at", "lead_letters"),
    *("bytes_before", "bytes_after"),
}
"""Keys of sentences, of what a pseudonym cannot be, of what is left out, and of what the key or a first run changes."""


def _differences(plain: Any, masked: Any, place: str = "") -> Iterator[str]:
    match plain, masked:
        case dict(), dict():
            # keys that are data, as the names of channels, are compared by their places
            pairs = ([pair for pair in each.items() if pair[0] not in _FREE] for each in (plain, masked))
            for (key, one), (_, other) in zip(*pairs, strict=True):
                yield from _differences(one, other, f"{place}.{key}")
        case list(), list():
            if len(plain) != len(masked):
                yield f"{place}: {len(plain)} {len(masked)}"
            for one, other in zip(plain, masked, strict=False):
                yield from _differences(one, other, f"{place}[]")
        case str(), str():
            is_day = re.fullmatch(r"\d{4}-\d\d-\d\d(T.*)?", plain)
            if (is_day or place.rpartition(".")[2] in ("outcome", "code", "severity", "kind")) and plain != masked:
                yield f"{place}: {plain} {masked}"
        case _:
            if plain != masked:
                yield f"{place}: {plain} {masked}"


def test_pseudonyms_are_the_same_in_all_formats_and_answers(case: Path, tmp_path: Path) -> None:
    found = json.loads(_run(case, ["trace", CARD, "--redact", "--json", "--lang", "zh"]).stdout)["results"][0]
    wanted = {found["card"]["iccid"], found["registrant"]["name"], found["holder"]["name"]}
    assert {name.partition("-")[0] for name in wanted} == {"卡", "企业", "人员"}
    for ending in (".xlsx", ".html", ".md", ".csv"):
        out = tmp_path / f"trace{ending}"
        _run(case, ["trace", CARD, "--redact", "-o", str(out), "--lang", "zh"])
        said = _texts_of(out.read_bytes())
        assert {name for name in wanted if name not in said} == set()
    assert found["registrant"]["name"] in _run(case, ["audit", FIRM, "--redact", "--lang", "zh"]).stdout
    digits = {name.rpartition("-")[2] for name in wanted}
    in_english = _run(case, ["trace", CARD, "--redact", "--lang", "en"]).stdout
    assert {each for each in digits if each not in in_english} == set()


def test_another_key_makes_other_pseudonyms(case: Path) -> None:
    key = case / "redaction.key"
    before = _run(case, ["trace", CARD, "--redact"]).stdout
    assert (len(key.read_bytes()), _run(case, ["trace", CARD, "--redact"]).stdout) == (32, before)
    kept = key.read_bytes()
    key.unlink()
    after = _run(case, ["trace", CARD, "--redact"]).stdout
    pseudonyms = [set(re.findall("card-([0-9a-f]{16})", text)) for text in (before, after)]
    assert all(pseudonyms)
    assert pseudonyms[0].isdisjoint(pseudonyms[1])
    key.write_bytes(kept)


@pytest.mark.posix
def test_only_the_owner_of_the_case_may_read_the_key(case: Path) -> None:
    _run(case, ["trace", CARD, "--redact"])
    assert (case / "redaction.key").stat().st_mode & 0o777 == 0o600


def test_a_key_of_another_length_is_refused(case: Path) -> None:
    _run(case, ["trace", CARD, "--redact"])
    key = case / "redaction.key"
    kept = key.read_bytes()
    key.write_bytes(kept[:-1])
    refused = _run(case, ["trace", CARD, "--redact"])
    key.write_bytes(kept)
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "key" in refused.stderr


def test_a_copy_has_a_key_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"转出方,转入方,日期,卡号\n老K,王五,2024-04-01,{CARD}\n", "utf-8")
    place = tmp_path / "x.gtrace"
    assert run_command(["load", str(tmp_path / "a.csv"), "--case", str(place), "-q"]).returncode == 0
    assert _run(place, ["trace", CARD, "--redact"]).returncode == 0
    assert (place / "redaction.key").exists()
    assert run_command(["copy", str(place), str(tmp_path / "copy.gtrace")]).returncode == 0
    assert not (tmp_path / "copy.gtrace" / "redaction.key").exists()


def test_without_redact_no_key_is_made(case: Path, tmp_path: Path) -> None:
    place = tmp_path / "copied.gtrace"
    shutil.copytree(case, place, ignore=shutil.ignore_patterns("redaction.key"))
    assert _run(place, ["trace", CARD]).returncode == 0
    assert not (place / "redaction.key").exists()


def test_errors_quote_nothing(case: Path, secrets: frozenset[str]) -> None:
    for arguments in (
        ["party", "夏秋冬"],
        ["trace", "夏秋冬"],
        ["trace", "--from-file", "夏秋冬.csv"],
        ["audit", FIRM, "--bucket", "夏秋冬"],
        ["party", PERSON, "--夏秋冬"],
        ["夏秋冬"],
        ["party", PERSON, "--as-of", "夏秋冬"],
    ):
        for more in ((), ("--json",), ("-v",)):
            refused = _run(case, arguments, "--redact", *more)
            assert refused.returncode in (1, 2), arguments
            assert refused.stdout == ""
            assert _leaks(refused.stderr.encode(), secrets) == []
            assert "夏秋冬" in _texts_of(_run(case, arguments, *more).stderr.encode())


def test_what_cannot_be_masked_is_refused(case: Path) -> None:
    for arguments in (
        ["doctor"],
        ["rules", "list"],
        ["load", "x.csv"],
        ["letters", "-o", "x"],
        ["extract", "x.csv"],
        ["query", "--list"],
        ["query", "--show", "cards-of-party"],
    ):
        refused = _run(case, arguments, "--redact", "--json")
        assert (refused.returncode, refused.stdout) == (2, "")
        assert json.loads(refused.stderr)["error"]["exit"] == 2
    assert not Path("x").exists()
    why = _run(case, ["letters", "-o", "x"], "--redact").stderr
    assert "goes to its addressee" in why
    assert "the leads of trace --redact" in " ".join(why.split())


def test_every_command_is_refused_or_masked_and_searched_for_real_values() -> None:
    searched = {arguments[0] for arguments, _ in COMMANDS.values()}
    also = {"graph", "export", "watch", "correct", "resolve", "pin", "unload"}
    assert {name.partition(" ")[0] for name in _REDACTING} <= searched | also


def test_numbers_by_themselves_need_the_case_whose_key_makes_the_pseudonyms() -> None:
    refused = run_command(["identify", CARD, "--redact", "--lang", "en"])
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "no case is named" in refused.stderr


def test_a_report_leaves_out_the_words_of_persons_and_names_its_pins_as_its_answers_do(case: Path) -> None:
    plain, masked = (json.loads(_run(case, ["report", "--json"], *more).stdout) for more in ((), ("--redact",)))
    assert [pin["words"] for pin in plain["pins"]] == ["夏秋冬的卡，秦明说的", "", "夏秋冬"]
    assert [pin["words"] for pin in masked["pins"]] == ["[left out]", "", "[left out]"]
    trace, party, audit = masked["pins"]
    assert trace["asked"] == [trace["answer"]["results"][0]["card"]["iccid"]]
    assert party["asked"] == [party["answer"]["party"]["name"]]
    assert audit["asked"] == [audit["answer"]["enterprises"][0]["enterprise"]["name"]]
    assert [pin["unchanged"] for pin in masked["pins"]] == [True, True, True]
    assert {pin["hash"] for pin in plain["pins"]}.isdisjoint({pin["hash"] for pin in masked["pins"]})
    cells = {cell for row in trace["quoted"] for cell in row["cells"] if cell}
    assert trace["answer"]["results"][0]["card"]["iccid"] in cells
    assert "[left out]" in cells
    assert [source["bytes"] for source in masked["sources"]] == [source["bytes"] for source in plain["sources"]]


def test_a_line_of_the_log_cannot_be_guessed_by_its_hash(case: Path) -> None:
    plain, masked = (json.loads(_run(case, ["log", "--json"], *more).stdout)["log"] for more in ((), ("--redact",)))
    assert [line["at"] for line in masked] == [line["at"] for line in plain]
    hashes = {line["hash"] for line in plain} | {line["params"].get("answer", "-") for line in plain}
    assert [line for line in masked if not hashes.isdisjoint({line["hash"], line["params"].get("answer")})] == []
    assert {line["what"] for line in masked} >= {"load", "correct", "judge", "lookup", "letter"}


def test_lines_of_a_list_that_are_no_numbers_are_counted_and_not_quoted(case: Path, tmp_path: Path) -> None:
    asked = tmp_path / "list.txt"
    asked.write_text(f"{CARD}\n夏秋冬\n李四四\n", encoding="utf-8")
    for more in ((), ("--jsonl",), ("--json",)):
        done = _run(case, ["trace", "--from-file", str(asked), "--redact", *more])
        assert done.returncode == 0
        assert "夏秋冬" not in done.stdout + done.stderr
    assert (
        len(json.loads(_run(case, ["trace", "--from-file", str(asked), "--redact", "--json"]).stdout)["skipped"]) == 2
    )


def test_a_redacted_answer_cannot_be_compared(case: Path, tmp_path: Path) -> None:
    for name in ("trace", "audit"):
        saved = tmp_path / f"{name}.json"
        assert _run(case, COMMANDS[name][0], "--redact", "-o", str(saved)).returncode == 0
        assert json.loads(saved.read_bytes())["redacted"] is True
        verified = _run(case, ["verify", str(saved), "--json"])
        problems = json.loads(verified.stdout)["problems"]
        assert [(problem["code"], problem["params"]["what"]) for problem in problems] == [
            ("answer_not_compared", "redacted")
        ]
        assert verified.returncode == 4


def test_a_simulated_case_with_contacts_shipments_and_payments_has_no_leak(tmp_path: Path) -> None:
    made, place = tmp_path / "made", tmp_path / "sim.gtrace"
    assert run_command(["simulate", str(made), "--cards", "1400", "--supports", "1"]).returncode == 0
    assert run_command(["--case", str(place), "load", str(made / "records")]).returncode == 0
    secrets = frozenset(_secrets_of(place))
    assert len(secrets) > 100
    lines = (made / "records" / "identities.csv").read_text(encoding="utf-8-sig").splitlines()
    identities = next(csv.DictReader(lines))
    for arguments in (
        ["trace", "--from-file", str(made / "records" / "parcels_sold.csv")],
        ["party", identities["姓名"]],
        ["audit", "--all"],
        ["candidates"],
    ):
        for form in ("--json", "-v"):
            done = _run(place, arguments, "--redact", "--lang", "zh", form)
            assert (done.returncode, _leaks(done.stdout.encode(), secrets)) == (0, [])
    contacts = json.loads(_run(place, ["party", identities["姓名"], "--redact", "--json"]).stdout)["party"]["contacts"]
    assert contacts
    assert {contact["value"].partition("-")[0] for contact in contacts} == {"contact"}
    for form, name in (("xlsx", "all.xlsx"), ("ftm", "all.ftm"), ("csv", "all")):
        out = tmp_path / name
        assert _run(place, ["export", form, str(out), "--level", "record", "--redact"]).returncode == 0
        files = sorted(out.iterdir()) if out.is_dir() else [out]
        assert [_leaks(file.read_bytes(), secrets) for file in files] == [[]] * len(files)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_columns_that_were_not_read_are_left_out_of_every_format(tmp_path: Path, lang: str) -> None:
    rows = "转出方,转入方,日期,卡号,经手甲\n老K,王五,2024-04-01,8986061900000000001,沈春\n"
    (tmp_path / "a.csv").write_text(rows, "utf-8")
    place = str(tmp_path / "c.gtrace")
    assert run_command(["load", str(tmp_path / "a.csv"), "--case", place, "-q"]).returncode == 0
    for ending in (".txt", ".csv", ".xlsx", ".md", ".docx", ".html", ".json"):
        out = tmp_path / f"out{ending}"
        asked = ["trace", "8986061900000000001", "--extra", "--case", place, "--redact", "--lang", lang, "-o", str(out)]
        assert run_command(asked).returncode == 0, ending
        content = out.read_bytes()
        if ending in (".xlsx", ".docx"):
            with zipfile.ZipFile(out) as parts:
                content = b"".join(map(parts.read, parts.namelist()))
        assert not any(word.encode() in content for word in ("沈春", "经手甲", "王五"))


def test_a_redacted_trace_says_no_more_of_a_seizure_and_of_times_than_the_plain_one(tmp_path: Path) -> None:
    (tmp_path / "seized.csv").write_text(
        f"查获日期,案件编号,查获地点,被查获人,证件号,卡号\n2024-05-01,A1,云南,诸葛大力,53010219900101333X,{CARD}\n",
        "utf-8",
    )
    (tmp_path / "used.csv").write_text(
        f"卡号,激活时间,实名使用人,证件号码\n{CARD},2024-04-01 10:11:12,诸葛大力,53010219900101333X\n", "utf-8"
    )
    with graphtrace.open_case(tmp_path / "x.gtrace") as opened:
        for name in ("seized.csv", "used.csv"):
            assert not opened.load(tmp_path / name).has_errors
        trace = opened.trace(CARD).only
        seizure = opened.redacted(opened.trace(CARD)).only.seizures[0]
    assert trace.seizures[0].seized_from is not None
    assert trace.activations
    assert seizure.seized_from is not None
    assert seizure.holder == seizure.seized_from.name
    plain, redacted = (
        _run(tmp_path / "x.gtrace", ["trace", CARD, "--lang", "en"], *more).stdout for more in ((), ("--redact",))
    )
    for words in ("counted as", "Times of day stand here"):
        assert words not in plain
        assert words not in redacted
