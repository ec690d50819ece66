"""PDF files: tables by their places, confirmed by a person, and kept as they were confirmed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pypdf
import pytest
import typst

import graphtrace as gt
from graphtrace.errors import InputError
from graphtrace.ingest.readers import child_process, open_sheets
from graphtrace.results.rests_on import said_at_load

CARDS = [f"89860624001200702{n:02}" for n in range(10, 70)]
HEADINGS = ["日期", "转出方", "转入方", "卡号", "备注"]


def pdf(path: Path, rows: list[list[str]], *, ruled: bool = True, above: str = "", below: str = "") -> Path:
    """A file with a table, as a program sets it."""
    cells = ", ".join(json.dumps(cell, ensure_ascii=False) for row in rows for cell in row)
    stroke = "0.5pt" if ruled else "none"
    gutter = "0pt" if ruled else "12pt"
    table = f"#table(columns: {len(rows[0])}, stroke: {stroke}, align: left, column-gutter: {gutter}, {cells})"
    source = f'#set page(width: 600pt)\n#set text(font: "Noto Sans CJK SC", size: 9pt)\n{above}\n\n{table}\n\n{below}\n'
    path.write_bytes(typst.compile(source.encode()))
    return path


def transfers(cards: list[str], remark: str = "") -> list[list[str]]:
    return [HEADINGS, *(["2024-03-05", "甲公司", "老王", card, remark] for card in cards)]


def rows_of(path: Path, sheet: int = 0) -> list[list[str | None]]:
    return [cells for row, cells in open_sheets(path)[sheet].head_rows if row]


@pytest.mark.parametrize("ruled", [True, False])
def test_a_table_is_read_by_its_lines_or_by_where_its_text_stands(tmp_path: Path, ruled: bool) -> None:
    path = pdf(tmp_path / "a.pdf", transfers(CARDS[:3]), ruled=ruled, above="出库单", below="注：以上卡已交付")
    (sheet, *_) = open_sheets(path)
    assert rows_of(path) == [HEADINGS, *([*row[:-1], None] for row in transfers(CARDS[:3])[1:])]
    assert sheet.name == "page 1"
    assert [cells[0] for row, cells in sheet.head_rows if not row] == ["出库单"]
    assert sheet.below == ("注：以上卡已交付",)


@pytest.mark.parametrize("ruled", [True, False])
def test_a_table_that_goes_on_has_the_headings_of_the_page_before(tmp_path: Path, ruled: bool) -> None:
    path = pdf(tmp_path / "a.pdf", transfers(CARDS), ruled=ruled)
    first, second = (rows_of(path, number) for number in (0, 1))
    assert first[0] == second[0] == HEADINGS
    assert [row[3] for row in (*first[1:], *second[1:])] == CARDS


def loaded(case: gt.Case, path: Path, *answers: str) -> tuple[list[Any], int]:
    report = case.load(path, answers=list(answers))
    return [question for sheet in report.files for question in sheet.asked], sum(each.loaded for each in report.files)


def ledger_of(case: gt.Case) -> list[str]:
    return (Path(case.path) / "ledger.jsonl").read_text("utf-8").splitlines()


def test_nothing_is_recorded_of_a_table_before_a_person_has_compared_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pdf(tmp_path / "a.pdf", transfers(CARDS[:3]))
    with gt.open_case(tmp_path / "x.gtrace") as case:
        ((question,), none) = loaded(case, path)
        assert (question.field, len(question.choices), none) == ("confirmed", 1, 0)
        trace = case.trace(CARDS[0]).only
        assert (trace.found, [finding.code for finding in trace.findings]) == (False, ["unread_movement"])
        assert loaded(case, path, "confirmed=0123456789abcdef")[1] == 0
        assert loaded(case, path, f"confirmed={question.choices[0]}") == ([], 3)
        (hop,) = case.trace(CARDS[0]).only.chains[0].hops
        (origin,) = hop.origins
        assert (hop.receiver.name, origin.file, origin.sheet, origin.row) == ("老王", "a.pdf", "page 1", 2)
        assert [said.field for said in said_at_load(case.trace(CARDS[0]).only, ledger_of(case))] == ["confirmed_by"]
        # the ledger keeps what was confirmed: nobody has to find the same table again
        monkeypatch.setattr(child_process, "read_json", lambda *_: pytest.fail("the file was read anew"))
        assert not list(case.verify(deep=True))
        assert case.source_row(origin.sha256, 2, sheet="page 1").cells[3] == CARDS[0]


def test_a_table_that_is_not_the_one_that_was_confirmed_is_asked_about(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", transfers(CARDS[:3]))
    other = pdf(tmp_path / "b.pdf", transfers(CARDS[:3], "作废"))
    with gt.open_case(tmp_path / "x.gtrace") as case:
        ((question,), _) = loaded(case, path)
        assert loaded(case, other, f"confirmed={question.choices[0]}")[1] == 0


def test_a_scan_is_told_and_a_letter_without_a_table_is_kept_for_its_cards(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(typst.compile(b"#rect(width: 4cm, height: 3cm)"))
    with pytest.raises(InputError) as raised:
        open_sheets(tmp_path / "scan.pdf")
    assert raised.value.text.id == "pdf_without_text"
    letter = f'#set text(font: "Noto Sans CJK SC")\n经查，{CARDS[0]} 已于3月转给老王。'
    (tmp_path / "letter.pdf").write_bytes(typst.compile(letter.encode()))
    (sheet,) = open_sheets(tmp_path / "letter.pdf")
    assert (sheet.name, sheet.to_confirm) == ("text", None)
    assert CARDS[0] in (sheet.head_rows[0][1][0] or "")


def test_a_password_and_damage_are_told(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", transfers(CARDS[:1]))
    writer = pypdf.PdfWriter(clone_from=path)
    writer.encrypt("geheim", algorithm="AES-256")
    writer.write(tmp_path / "locked.pdf")
    (tmp_path / "cut.pdf").write_bytes(path.read_bytes()[:200])
    for name in ("locked", "cut"):
        with pytest.raises(InputError):
            open_sheets(tmp_path / f"{name}.pdf")


def test_a_pdf_that_holds_no_table_does_not_keep_the_other_files_of_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "scan.pdf").write_bytes(typst.compile(b"#rect(width: 4cm, height: 3cm)"))
    (folder / "a.csv").write_text("\n".join(",".join(row) for row in transfers(CARDS[:2])), "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        report = case.load(folder)
    assert [(each.file, each.loaded) for each in report.files] == [("a.csv", 2)]
    assert [(each.name, each.what) for each in report.skipped] == [("scan.pdf", "pdf")]


def test_a_name_that_a_line_breaks_in_its_cell_is_one_word(tmp_path: Path) -> None:
    rows = [HEADINGS, ["2024-03-05", "湖城安迅安防设备有限\n公司", "Harrow\nTelecare", CARDS[0], ""]]
    path = pdf(tmp_path / "a.pdf", rows)
    assert rows_of(path)[1][1:3] == ["湖城安迅安防设备有限公司", "Harrow Telecare"]
