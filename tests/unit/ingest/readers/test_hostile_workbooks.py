from __future__ import annotations

import random
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import xlsxwriter

from graphtrace.errors import InputError, UnsafeFile
from graphtrace.ingest.readers import excel_reader, guard, open_sheets
from graphtrace.ingest.readers.limits import MAX_SHOWN_CHARACTERS
from graphtrace.ingest.sheet import Sheet

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAX_SECONDS = 30

Write = Callable[..., Path]


@pytest.fixture(autouse=True)
def _ends_within_seconds() -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < MAX_SECONDS


def parts_of(sheet: str, *, shared: str = "", sheets: int = 1, book: str = "") -> dict[str, str]:
    """The parts of a workbook whose sheets all have this XML."""
    names = range(1, sheets + 1)
    listed = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId{n}"/>' for n in names)
    linked = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in names
    )
    linked += f'<Relationship Id="rIdS" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": book or f'<workbook {NAMESPACE} xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{linked}</Relationships>',
        "xl/sharedStrings.xml": f"<sst {NAMESPACE}>{shared}</sst>",
        **{f"xl/worksheets/sheet{n}.xml": sheet for n in names},
    }


def sheet_of(cells: str, after: str = "") -> str:
    return f'<?xml version="1.0"?><worksheet {NAMESPACE}><sheetData>{cells}</sheetData>{after}</worksheet>'


def cell(reference: str, value: object = 1, attributes: str = "") -> str:
    row = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return f'<row r="{row}"><c r="{reference}"{attributes}><v>{value}</v></c></row>'


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(parts: dict[str, str], name: str = "book.xlsx") -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part, content in parts.items():
                archive.writestr(part, content)
        return path

    return write


@pytest.fixture
def honest(tmp_path: Path) -> bytes:
    path = tmp_path / "honest.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for row in range(200):
            sheet.write_row(row, 0, [f"8986{row}", row, 1.5])
    return path.read_bytes()


def refuse(path: Path, reason: str, error: type[InputError] = UnsafeFile) -> None:
    with pytest.raises(error, match=reason) as caught:
        open_sheets(path)
    assert type(caught.value) is error
    assert str(path) in caught.value.message
    assert caught.value.hint


def outcome_of(path: Path) -> list[Sheet] | InputError:
    try:
        return open_sheets(path)
    except InputError as error:
        return error


def check_ends_well(path: Path) -> None:
    """Rows or a reason, but nothing else."""
    outcome = outcome_of(path)
    assert outcome.hint if isinstance(outcome, InputError) else outcome


def test_the_workbook_that_all_others_here_are_made_of_is_read(write: Write) -> None:
    (sheet,) = open_sheets(write(parts_of(sheet_of(cell("A1") + cell("B7", 0, ' t="s"')), shared="<si><t>x</t></si>")))
    assert sheet.head_rows == [(1, ["1", None]), (7, [None, "x"])]


@pytest.mark.parametrize("far", ["XFD1048576", "XFD900000", "ABC1048576", "ZZ999999"])
def test_two_cells_far_apart_are_refused_before_parsing(
    write: Write, monkeypatch: pytest.MonkeyPatch, far: str
) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("was parsed"))
    path = write(parts_of(sheet_of(cell("A1") + cell(far))))
    assert path.stat().st_size < 5_000
    refuse(path, "2 filled cells over a rectangle")


@pytest.mark.parametrize(
    "far", ["r='XFD1048576'", 'r = "XFD1048576"', 's="1"\n r="XFD1048576"', "t='n' r\t=\n'XFD1048576'"]
)
def test_a_far_cell_is_found_however_its_tag_is_written(write: Write, far: str) -> None:
    refuse(write(parts_of(sheet_of(cell("A1") + f"<row><c {far}><v>1</v></c></row>"))), "rectangle")


def test_cells_without_references_cannot_hide_from_the_parser_s_limits(write: Write) -> None:
    far = '<row r="999999"><c><v>1</v></c></row>' + cell("ZZ1000")
    refuse(write(parts_of(sheet_of(cell("A1") + far))), "memory")


@pytest.mark.parametrize("reference", ["XFE1", "ZZ1048577", "ZZZZ1", "A99999999999999999999", "AAAAAAAAAAAAAAA1"])
def test_cells_outside_of_any_worksheet_are_refused(write: Write, reference: str) -> None:
    refuse(write(parts_of(sheet_of(cell("A1") + cell(reference)))), "outside of any worksheet")


def test_an_archive_that_unpacks_to_a_thousand_times_its_size_is_refused(write: Write) -> None:
    refuse(write(parts_of(sheet_of(cell("A1"), after=" " * 100_000_000))), "unpacks to 100000")


def test_an_archive_that_lies_about_its_size_is_refused(write: Write) -> None:
    path = write(parts_of(sheet_of(cell("A1"), after=" " * 3_000_000)))
    data = bytearray(path.read_bytes())
    true_size = next(
        info.file_size for info in zipfile.ZipFile(path).infolist() if info.filename.endswith("sheet1.xml")
    )
    lie = data.replace(true_size.to_bytes(4, "little"), (500).to_bytes(4, "little"))
    path.write_bytes(lie)
    refuse(path, "damaged", InputError)


def test_a_document_type_with_entities_is_refused(write: Write) -> None:
    bomb = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    for part in ("xl/sharedStrings.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml", "docProps/core.xml"):
        parts = parts_of(sheet_of(cell("A1")))
        parts[part] = f"<?xml version='1.0'?>{' ' * 70_000}{bomb}" + parts.get(part, "")
        refuse(write(parts), "document type")


def test_a_text_that_fills_memory_instead_of_a_cell_is_refused_with_its_row(write: Write) -> None:
    words = random.Random(1).randbytes(6_000_000).hex()
    parts = parts_of(sheet_of(cell("A1") + cell("A2", 0, ' t="s"')), shared=f"<si><t>{words}</t></si>")
    (sheet,) = open_sheets(write(parts))
    assert [row for frame in sheet.read(0) for row in frame.iter_rows()] == [(1, "1")]
    assert (sheet.faults, sheet.counted) == ([(2, words[:MAX_SHOWN_CHARACTERS] + "…")], 2)


def test_one_long_text_in_many_cells_is_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_reader, "MAX_MEMORY_BYTES", 2**30)
    words = random.Random(1).randbytes(250_000).hex()
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 10_000))
    refuse(write(parts_of(sheet_of(cells), shared=f"<si><t>{words}</t></si>")), "memory")


def test_a_declared_count_of_texts_is_not_believed(write: Write) -> None:
    parts = parts_of(sheet_of(cell("A1")))
    parts["xl/sharedStrings.xml"] = f'<sst {NAMESPACE} count="4000000000" uniqueCount="4000000000"></sst>'
    path = write(parts)
    outcome = outcome_of(path)
    if isinstance(outcome, InputError):
        assert "memory" in outcome.message
    else:
        assert outcome[0].head_rows == [(1, ["1"])]


def test_a_tag_of_nothing_but_references_does_not_hold_up_the_guard(write: Write) -> None:
    tags = "<c" + ' r="A1"' * 300_000 + "<mergeCell" + ' ref="A1:B2' * 300_000 + "<c" + "r " * 300_000
    refuse(write(parts_of(sheet_of(cell("A1") + tags))), "cannot be read", InputError)


def test_ten_thousand_sheets_are_refused(write: Write) -> None:
    refuse(write(parts_of(sheet_of(cell("A1")), sheets=10_000)), "parts")


def test_two_thousand_sheets_of_one_part_are_refused(write: Write) -> None:
    listed = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId1"/>' for n in range(2_000))
    book = f'<workbook {NAMESPACE} xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>'
    refuse(write(parts_of(sheet_of(cell("A1")), book=book)), "2000 sheets")


@pytest.mark.parametrize("merge", ["A1:XFD1048576", "A1:CV1048576"])
def test_a_merge_over_the_whole_sheet_is_refused(write: Write, merge: str) -> None:
    after = f'<mergeCells count="1"><mergeCell ref="{merge}"/></mergeCells>'
    refuse(write(parts_of(sheet_of(cell("A1"), after=after))), "merges")


@pytest.mark.parametrize("merges", [["B2:A1"], ["A1:B2", "B2:C3", "A1:B2"], ["A1:A1"], ["Z9:ZZ99"], ["A1:A1000000"]])
def test_merges_that_make_no_sense_do_no_harm(write: Write, merges: list[str]) -> None:
    after = "<mergeCells>" + "".join(f'<mergeCell ref="{merge}"/>' for merge in merges) + "</mergeCells>"
    outcome = outcome_of(write(parts_of(sheet_of(cell("A1") + cell("C3", 2), after=after))))
    if isinstance(outcome, InputError):
        assert outcome.hint
    else:
        assert outcome[0].width == 3
        assert outcome[0].head_rows[0][1][0] == "1"


@pytest.mark.parametrize("share", [0.001, 0.2, 0.5, 0.9, 0.999])
def test_a_cut_off_workbook_is_damaged(tmp_path: Path, honest: bytes, share: float) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(honest[: max(int(len(honest) * share), 4)])
    refuse(path, "damaged", InputError)


def test_a_part_with_flipped_bits_is_damaged(tmp_path: Path, honest: bytes) -> None:
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(tmp_path / "honest.xlsx") as archive:
        place = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 80
    data = bytearray(honest)
    data[place] ^= 0xFF
    path.write_bytes(data)
    refuse(path, "damaged", InputError)


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ("xl/workbook.xml", "without a workbook"),
        ("xl/worksheets/sheet1.xml", "cannot be read|no cell"),
        ("xl/_rels/workbook.xml.rels", "cannot be read|no cell"),
        ("[Content_Types].xml", "does not declare"),
    ],
)
def test_a_workbook_with_a_part_missing_is_an_error(write: Write, missing: str, reason: str) -> None:
    parts = parts_of(sheet_of(cell("A1")))
    del parts[missing]
    refuse(write(parts), reason, InputError)


def test_a_document_of_another_kind_is_no_workbook(write: Write) -> None:
    refuse(write({"ppt/slides.xml": "<w/>", "[Content_Types].xml": "<Types/>"}), "ppt/slides.xml", InputError)
    parts = parts_of(sheet_of(cell("A1")))
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace("spreadsheetml", "wordprocessingml")
    refuse(write(parts), "does not declare", InputError)
    refuse(write({"xl/workbook.bin": ""}), "XLSB", InputError)
    refuse(write({}), "holds nothing", InputError)


def test_xml_that_is_not_well_formed_is_an_error(write: Write) -> None:
    refuse(write(parts_of("<worksheet><sheetData><row><c></row>")), "cannot be read|no cell", InputError)


def test_an_encrypted_archive_is_said_to_be_encrypted(write: Write) -> None:
    path = write(parts_of(sheet_of(cell("A1"))))
    data = bytearray(path.read_bytes())
    place = data.find(b"PK\x01\x02")
    data[place + 8] |= 1
    path.write_bytes(data)
    refuse(path, "encrypted", InputError)


@pytest.mark.parametrize("seed", range(6))
def test_random_bytes_in_a_workbook_end_in_an_error_or_in_rows(tmp_path: Path, honest: bytes, seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(honest)
    for _ in range(30):
        data[chance.randrange(4, len(data))] = chance.randrange(256)
    path = tmp_path / "book.xlsx"
    path.write_bytes(data)
    check_ends_well(path)


@pytest.mark.parametrize("seed", range(4))
def test_random_bytes_in_the_xml_of_a_sheet_end_in_an_error_or_in_rows(write: Write, seed: int) -> None:
    chance = random.Random(seed)
    xml = bytearray(sheet_of("".join(cell(f"A{row}", row) for row in range(1, 60))).encode())
    for _ in range(8):
        xml[chance.randrange(len(xml))] = chance.randrange(32, 127)
    check_ends_well(write(parts_of(xml.decode())))


@pytest.mark.parametrize("size", [8, 600, 5_000])
def test_random_bytes_behind_the_mark_of_an_xls_file_are_an_error(tmp_path: Path, size: int) -> None:
    noise = random.Random(size).randbytes(size) + "Workbook".encode("utf-16-le")
    path = tmp_path / "book.xls"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + noise)
    with pytest.raises(InputError):
        open_sheets(path)


def test_a_parser_that_hangs_is_ended(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_reader, "BASE_SECONDS", 0)
    refuse(write(parts_of(sheet_of(cell("A1")))), "longer than 0 s")


def test_an_xls_file_larger_than_any_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MAX_OLE_BYTES", 10)
    path = tmp_path / "book.xls"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(10))
    with pytest.raises(UnsafeFile, match="18 bytes"):
        open_sheets(path)
