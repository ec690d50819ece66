from __future__ import annotations

import hashlib
import html
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import docx
import pytest
from pypdf import PdfReader

import graphtrace as gt
from graphtrace.evidence.pinned_report import MAX_QUOTED, make_report, pin_answer
from graphtrace.render.document import ALL, Document, Section
from graphtrace.render.i18n import answer_text, in_language, label_text
from graphtrace.render.writers.html_writer import render_html
from graphtrace.storage.case_folder import NOTES, SOURCES

from ..in_process import run_command
from ..kept_answers import answers_kept
from .conftest import ACTIVATIONS, SALES, TORN, TRANSFERS, WHOLE, Run

FIRM = "星海智联科技有限公司"


@pytest.fixture
def case(run: Run, files: Path, tmp_path: Path) -> str:
    place = tmp_path / "own.gtrace"
    assert run("load", *sorted(files.glob("*.csv")), "--case", place).code == 0
    return str(place)


def text_of(path: Path) -> str:
    if path.suffix == ".pdf":
        return "".join(page.extract_text() for page in PdfReader(path).pages).replace("\n", "")
    found = docx.Document(io.BytesIO(path.read_bytes()))
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in found.paragraphs), *cells])


def test_pins_are_kept_with_words_name_and_the_hash_of_the_answer(run: Run, case: str) -> None:
    ran = run("pin", WHOLE, TORN, "--words", "见第2环节", "--by", "李四", "--case", case, "--json")
    assert ran.code == 0
    (pin,) = ran.json["pins"]
    assert (pin["n"], pin["command"], pin["asked"], pin["words"], pin["by"]) == (
        *(1, "trace", [WHOLE, TORN], "见第2环节", "李四"),
    )
    assert len(pin["hash"]) == 64
    assert run("pin", "--audit", FIRM, "--case", case).code == 0
    assert run("pin", "--party", "老K", "--case", case).code == 0
    listed = run("pin", "--list", "--case", case, "--json").json["pins"]
    assert [(each["n"], each["command"]) for each in listed] == [(1, "trace"), (2, "audit"), (3, "party")]
    left = run("pin", "--remove", "2", "--case", case, "--json").json["pins"]
    assert [each["n"] for each in left] == [1, 3]
    # both notes stay
    lines = [json.loads(line) for line in (Path(case) / NOTES).read_text().splitlines()]
    assert [line["removes"] for line in lines if line["kind"] == "pin"] == [None, None, None, 2]
    assert run("pin", WHOLE, "--case", case, "--json").json["pins"][0]["n"] == 4


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "asked",
    [
        ("--remove", "7"),
        (),
        (WHOLE, "--list"),
        ("--list", "--words", "x"),
        (WHOLE, "--words", "长" * 20_001),
    ],
)
def test_what_pins_nothing_is_2_and_says_what_to_type(run: Run, case: str, asked: tuple[str, ...], lang: str) -> None:
    ran = run("pin", *asked, "--case", case, "--lang", lang, "--json")
    assert ran.code == 2
    assert "graphtrace pin" in ran.error["hint"]
    assert not (Path(case) / NOTES).exists()


def test_a_report_has_the_answers_the_rows_as_they_stand_and_the_hashes_of_all_files(run: Run, case: str) -> None:
    run("status", "--set", "number=A2024-017", "--case", case)
    run("pin", WHOLE, "--words", "第一段\n<b>第二段</b>", "--by", "李四", "--case", case)
    report = run("report", "--case", case, "--json").json
    (pin,) = report["pins"]
    assert pin["unchanged"] is True
    assert pin["answer"]["results"][0] == run("trace", WHOLE, "--case", case, "--json").json["results"][0]
    quoted = {(row["file"], row["row"]): row["cells"] for row in pin["quoted"]}
    assert quoted["transfers.csv", 2] == TRANSFERS.splitlines()[1].split(",")
    assert quoted["sales.csv", 2] == SALES.splitlines()[1].split(",")
    assert quoted["activations.csv", 2] == ACTIVATIONS.splitlines()[1].split(",")
    assert pin["not_quoted"] == 0
    for source in report["sources"]:
        content = (Path(case) / SOURCES / source["sha256"]).read_bytes()
        assert source["bytes"] == len(content)
        assert source["sha256"] == hashlib.sha256(content).hexdigest()
        assert source["sm3"] == hashlib.new("sm3", content).hexdigest()
        assert source["format"] == "csv"
    assert len(report["sources"]) == len(report["files"]) == report["lines"]["load"]


@pytest.fixture(scope="module")
def pinned(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A case with a head and pins; no test changes it, and each question is answered once."""
    place = str(tmp_path_factory.mktemp("pinned") / "x.gtrace")
    for said in (
        ("load", *map(str, sorted(files.glob("*.csv")))),
        ("status", "--set", "number=A2024-017", "--set", "unit=网安支队"),
        ("pin", WHOLE, "--words", "说明<i>一"),
        ("pin", "--party", "老K"),
        ("pin", "--audit", FIRM),
    ):
        assert run_command([*said, "--case", place]).returncode == 0
    with answers_kept({}):
        yield place


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("ending", [".docx", ".pdf", ".html", ".md", ".txt"])
def test_a_report_is_whole_in_every_format(run: Run, pinned: str, tmp_path: Path, ending: str, lang: str) -> None:
    out = tmp_path / f"report{ending}"
    assert run("report", "--case", pinned, "--lang", lang, "-o", out).code == 0
    text = text_of(out) if ending in (".docx", ".pdf") else out.read_text("utf-8")
    for part in ("A2024-017", "网安支队", "王五", "老K", FIRM, "transfers.csv", hashlib.new("sm3", b"").name.upper()):
        assert part in text
    assert ("说明<i>一" in text) is (ending in (".docx", ".pdf", ".txt"))
    assert "<i>" not in text or ending in (".docx", ".pdf", ".txt")
    if ending == ".docx":
        with zipfile.ZipFile(out) as parts:
            assert parts.testzip() is None


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_without_typst_a_pdf_is_refused_before_any_work(
    run: Run, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    for command in (["report"], ["trace", WHOLE]):
        ran = run(*command, "--case", case, "--lang", lang, "-o", tmp_path / "a.pdf", "--json")
        assert ran.code == 2
        assert "pip install typst" in ran.error["hint"]
    assert not [*tmp_path.glob("*.pdf*")]
    assert not [line for line in run("log", "--case", case, "--json").json["log"] if line["what"] == "lookup"]


def test_an_answer_that_the_case_gives_no_longer_is_said_to_be_another(run: Run, case: str, tmp_path: Path) -> None:
    run("pin", WHOLE, "--case", case)
    run("pin", TORN, "--case", case)
    later = tmp_path / "later.csv"
    later.write_text(f"转出方,转入方,日期,卡号\n王五,孙八,2024-06-01,{WHOLE}\n", "utf-8")
    assert run("load", later, "--case", case).code == 0
    pins = run("report", "--case", case, "--json").json["pins"]
    assert [pin["unchanged"] for pin in pins] == [False, True]
    shown = run("report", "--case", case, "--lang", "en").out
    assert shown.count("no longer that of") == 1


def test_a_report_of_a_case_whose_source_was_exchanged_is_refused(run: Run, case: str) -> None:
    run("pin", WHOLE, "--case", case)
    kept = next((Path(case) / SOURCES).iterdir())
    kept.chmod(0o600)
    kept.write_bytes(b"other")
    ran = run("report", "--case", case, "--json")
    assert ran.code == 3
    assert ran.out == ""


def test_more_rows_than_can_be_quoted_are_counted(tmp_path: Path) -> None:
    rows = [f"人{n},人{n + 1},2024-03-{n % 28 + 1:02},8986061900000000001" for n in range(MAX_QUOTED + 5)]
    (tmp_path / "long.csv").write_text("\n".join(["转出方,转入方,日期,卡号", *rows]), "utf-8")
    with gt.open_case(tmp_path / "case") as case:
        case.load(tmp_path / "long.csv")
        pin_answer(case, "trace", ["8986061900000000001"])
        (answered,) = make_report(case).answers
    assert len(answered.quoted) == MAX_QUOTED
    assert answered.not_quoted == 5


def test_a_pin_of_a_party_that_nobody_knows_is_1_and_keeps_nothing(run: Run, case: str) -> None:
    assert run("pin", "--party", "没有这个人", "--case", case).code == 1
    assert not (Path(case) / NOTES).exists()


def test_a_report_is_one_line_of_the_log_and_needs_a_purpose_where_the_case_wants_one(run: Run, case: str) -> None:
    run("pin", WHOLE, "--case", case)
    run("pin", "--audit", FIRM, "--case", case)
    run("status", "--set", "purpose_required=yes", "--case", case)
    refused = run("report", "--case", case, "--json")
    assert (refused.code, refused.out) == (2, "")
    before = len(run("log", "--case", case, "--json").json["log"])
    assert run("report", "--purpose", "结案", "--case", case).code == 0
    log = run("log", "--case", case, "--json").json["log"]
    assert len(log) == before + 1
    assert (log[-1]["what"], log[-1]["purpose"], log[-1]["params"]["command"]) == ("lookup", "结案", "report")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_says_of_each_answer_what_the_text_says(run: Run, case: str, tmp_path: Path, lang: str) -> None:
    run("pin", TORN, "--case", case)
    run("pin", "--party", "老K", "--case", case)
    run("pin", "--audit", FIRM, "--case", case)
    out = tmp_path / "report.html"
    assert run("report", "--case", case, "--lang", lang, "-o", out).code == 0
    page = out.read_text("utf-8")
    shown = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())
    trace = run("trace", TORN, "--case", case, "--lang", lang, "--json").json["results"][0]
    assert trace["findings"]
    for finding in trace["findings"]:
        assert finding["message"] in shown
    for code in ("chain", "findings", "leads", "what_became", "final_holders"):
        assert in_language(label_text(code), lang).casefold() in shown.casefold()


def test_a_part_that_a_page_cannot_show_is_no_silence() -> None:
    document = Document(
        title="x", kind="x", parts=(Section(code="s", title="s", parts=(SimpleNamespace(audience=ALL),)),)
    )
    with pytest.raises(TypeError, match="SimpleNamespace has no form on a page"):
        render_html(document, "en")


def test_a_file_that_was_read_again_is_neither_new_nor_withdrawn(run: Run, case: str, tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text(f"转出方,转入方,日期,卡号\n老K,赵六,4月1日,{TORN}\n", "utf-8")
    assert run("load", listed, "--case", case, "--set", "year=2023").code == 0
    assert run("load", listed, "--case", case, "--again", "--set", "year=2024").code == 0
    assert run("unload", listed, "--why", "错发", "--who", "李四", "--case", case).code == 0
    run("resolve", "老K", "王五", "--same", "--why", "同一微信号", "--by", "李四", "--case", case)
    report = run("report", "--case", case, "--json").json
    files = len(report["sources"])
    assert report["lines"] == {"load": files, "read_again": 1, "unload": 1, "judgement": 1}
    assert [(each["kind"], each["file"], each["why"], each["by"]) for each in report["changes"]][1:] == [
        ("unload", "list.csv", "错发", "李四")
    ]
    text = run("report", "--case", case, "--lang", "zh").out
    assert "文件重新读取" in text
    assert "同一微信号" in text


def test_what_a_person_said_at_load_is_told_with_the_answer(run: Run, case: str, tmp_path: Path) -> None:
    book = tmp_path / "book.csv"
    book.write_text("收货方,日期,卡号\n孙八,2024-05-01,8986061900000000003\n", "utf-8")
    assert run("load", book, "--case", case, "--set", "kind=transfer", "--set", "from=钱多多").code == 0
    page = tmp_path / "card.html"
    run("trace", "8986061900000000003", "--case", case, "--lang", "zh", "-o", page)
    for told in (run("trace", "8986061900000000003", "--case", case, "--lang", "zh").out, page.read_text("utf-8")):
        assert "载入者说明的内容" in told
        assert "book.csv · 转出方: 钱多多" in told
        assert "其中有些内容不是程序从文件中读出的，而是载入文件的人所述，见下。文件：book.csv" in "".join(told.split())
    assert "载入者说明" not in run("trace", WHOLE, "--case", case, "--lang", "zh").out


def test_answers_are_told_in_words() -> None:
    told = [
        answer_text(field, value)
        for field, value in (("words.补换", "return"), ("carrier.联通代理", "no"), ("from", "钱多多"))
    ]
    assert [each.en for each in told] == [
        "“补换”: return",
        "“联通代理”: no, another party",
        "from: 钱多多",
    ]


def test_a_reply_stands_in_the_report_with_its_number(run: Run, case: str, tmp_path: Path) -> None:
    answer = tmp_path / "answer.csv"
    answer.write_text(ACTIVATIONS.replace("王五", "孙八"), "utf-8")
    stated = f"SHA256:{hashlib.sha256(answer.read_bytes()).hexdigest()}"
    assert run("load", answer, "--case", case, "--reply", "云信函〔2024〕9号", "--hash", stated).code == 0
    text = run("report", "--case", case, "--lang", "zh").out
    assert text.count("云信函〔2024〕9号") >= 2


def test_a_case_whose_lines_do_not_follow_gets_no_report(run: Run, case: str) -> None:
    assert run("trace", WHOLE, "--case", case).code == 0
    log = Path(case) / "lookups.jsonl"
    log.write_text(
        log.read_text(encoding="utf-8").replace('"purpose":null', '"purpose":"order 7"', 1), encoding="utf-8"
    )
    ran = run("report", "--case", case, "-o", "report.md")
    assert (ran.code, "line 1 of the log of look-ups" in ran.err.lower()) == (3, True)
    assert not Path("report.md").exists()
