"""Tables of web pages, Word files, ODS and XML workbooks, and JSON documents."""

from __future__ import annotations

import contextlib
import json
import zipfile
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import InputError, UnsafeFile
from graphtrace.ingest.readers import child_process, open_sheets
from graphtrace.ingest.sheet import Sheet

CARD = "89860626990000000015"


def rows_of(sheet: Sheet) -> list[list[str | None]]:
    return [list(cells) for frame in sheet.read(0) for _, *cells in frame.iter_rows()]


def test_a_web_page_saved_as_xls_is_read_table_by_table(tmp_path: Path) -> None:
    path = tmp_path / "export.xls"
    path.write_bytes(
        (
            "<html><head><meta charset='gb2312'></head><body><table><tr><th>卡号</th><th>日期</th></tr>"
            f"<tr><td>{CARD}</td><td>2026-05-01</td></tr></table>"
            "<table><tr><td>备注</td></tr></table></body></html>"
        ).encode("gb18030")
    )
    first, second = open_sheets(path)
    assert (first.name, second.name) == ("table 1", "table 2")
    assert rows_of(first) == [["卡号", "日期"], [CARD, "2026-05-01"]]
    assert first.encoding == "gb18030"


def test_merged_cells_of_a_web_page_stand_in_every_row_and_column(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        "<table><tr><td rowspan=2>甲</td><td colspan=2>乙</td></tr><tr><td>1</td><td>2</td></tr></table>",
        encoding="utf-8",
    )
    (sheet,) = open_sheets(path)
    assert rows_of(sheet) == [["甲", "乙", "乙"], ["甲", "1", "2"]]


def test_a_table_within_a_cell_is_a_table_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "page.htm"
    path.write_text("<table><tr><td>a<table><tr><td>b</td></tr></table></td><td>c</td></tr></table>", encoding="utf-8")
    outer, inner = open_sheets(path)
    assert rows_of(outer) == [["a", "c"]]
    assert rows_of(inner) == [["b"]]


def test_a_web_page_without_a_table_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<html><p>8986</p></html>", encoding="utf-8")
    with pytest.raises(InputError, match="without a table"):
        open_sheets(path)


def test_merged_cells_that_would_fill_the_memory_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    row = "<tr>" + "<td colspan=16000>x</td>" * 200 + "</tr>"
    path.write_text(f"<table>{row * 20}</table>", encoding="utf-8")
    with pytest.raises(UnsafeFile):
        open_sheets(path)


XML_BOOK = """<?xml version="1.0"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="明细"><Table>
<Row><Cell><Data ss:Type="String">卡号</Data></Cell><Cell ss:Index="3"><Data ss:Type="String">日期</Data></Cell></Row>
<Row ss:Index="4"><Cell><Data ss:Type="String">89860626990000000015</Data></Cell></Row>
</Table></Worksheet></Workbook>"""


def test_a_workbook_in_one_xml_file_keeps_its_rows_and_columns(tmp_path: Path) -> None:
    path = tmp_path / "book.xls"
    path.write_text(XML_BOOK, encoding="utf-8")
    (sheet,) = open_sheets(path)
    assert sheet.name == "明细"
    assert [(row, cells) for row, cells in sheet.head_rows] == [(1, ["卡号", None, "日期"]), (4, [CARD, None, None])]


def test_an_xml_workbook_that_declares_entities_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "book.xls"
    path.write_text(XML_BOOK.replace("<Workbook", '<!DOCTYPE x [<!ENTITY a "b">]><Workbook', 1), encoding="utf-8")
    with pytest.raises(UnsafeFile):
        open_sheets(path)


def word_file(path: Path, body: str) -> Path:
    document = (
        '<?xml version="1.0" encoding="UTF-8"?><w:document '
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
        f"{body}</w:body></w:document>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", document)
    return path


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"


def test_the_tables_of_a_word_file_are_sheets(tmp_path: Path) -> None:
    merged = '<w:vMerge w:val="restart"/>'
    path = word_file(
        tmp_path / "list.docx",
        f"<w:p><w:r><w:t>扣押清单</w:t></w:r></w:p><w:tbl><w:tr>{cell('持有人')}{cell('卡号')}</w:tr>"
        f"<w:tr>{cell('罗子墨', merged)}{cell(CARD)}</w:tr>"
        f"<w:tr>{cell('', '<w:vMerge/>')}{cell('898604B9192690000017')}</w:tr></w:tbl>",
    )
    (sheet,) = open_sheets(path)
    assert sheet.name == "table 1"
    assert rows_of(sheet) == [["持有人", "卡号"], ["罗子墨", CARD], ["罗子墨", "898604B9192690000017"]]


def test_a_word_file_without_a_table_points_to_extract(tmp_path: Path) -> None:
    path = word_file(tmp_path / "note.docx", "<w:p><w:r><w:t>卡 8986</w:t></w:r></w:p>")
    with pytest.raises(InputError) as caught:
        open_sheets(path)
    assert "extract" in caught.value.hint


LETTER = "卡89860626990000000015于2023年8月由蓝讯数码店转给王五。"


@pytest.mark.parametrize("ending", ["docx", "html"])
def test_a_letter_that_names_a_card_is_told_with_it(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"letter.{ending}"
    if ending == "docx":
        word_file(path, f"<w:p><w:r><w:t>{LETTER}</w:t></w:r></w:p>")
    else:
        path.write_text(f"<html><p>{LETTER}</p></html>", encoding="utf-8")
    case = gt.open_case(tmp_path / "x.gtrace")
    case.load(path)
    (trace,) = case.trace("89860626990000000015")
    assert [finding.params["origin"]["file"] for finding in trace.findings if finding.code == "unread_movement"] == [
        path.name
    ]


ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body><office:spreadsheet>
<table:table table:name="表1"><table:table-row>
<table:table-cell office:value-type="string"><text:p>卡号</text:p></table:table-cell></table:table-row><table:table-row>
<table:table-cell office:value-type="string"><text:p>89860626990000000015</text:p></table:table-cell></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def test_an_ods_workbook_is_read(tmp_path: Path) -> None:
    path = tmp_path / "book.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", ODS.replace("\n", ""))
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    (sheet,) = open_sheets(path)
    assert sheet.name == "表1"
    assert rows_of(sheet) == [["卡号"], [CARD]]


def test_an_ods_workbook_with_a_password_is_said_to_be_encrypted(tmp_path: Path) -> None:
    path = tmp_path / "book.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
    with pytest.raises(InputError, match="encrypted"):
        open_sheets(path)


def test_a_json_document_gives_a_sheet_for_each_list_of_objects(tmp_path: Path) -> None:
    path = tmp_path / "reply.json"
    root = {"code": 0, "data": {"records": [{"iccid": CARD, "owner": {"name": "云岭"}}, {"iccid": None, "n": 1}]}}
    path.write_text(json.dumps(root, ensure_ascii=False), encoding="utf-8")
    (sheet,) = open_sheets(path)
    assert sheet.name == "data.records"
    assert rows_of(sheet) == [["iccid", "owner.name", "n"], [CARD, "云岭", None], [None, None, "1"]]


def test_a_json_object_alone_is_one_row(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    path.write_text(json.dumps({"ICCID": CARD, "IMSI": "460069900000001"}), encoding="utf-8")
    (sheet,) = open_sheets(path)
    assert rows_of(sheet) == [["ICCID", "IMSI"], [CARD, "460069900000001"]]


@pytest.mark.parametrize("text", ["[1, 2]", "not json", '{"a": 1, "a": 2}'])
def test_a_json_document_without_objects_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "card.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        open_sheets(path)


def test_an_integer_that_json_cannot_hold_exactly_is_marked_in_a_document_too(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    path.write_text(f'[{{"iccid": {CARD}}}]', encoding="utf-8")
    (sheet,) = open_sheets(path)
    assert rows_of(sheet)[1] == [f"\x00{CARD}"]


@pytest.mark.parametrize("piece", ["<a ", '<a x="', "<!--"])
def test_a_page_of_tags_that_never_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: str) -> None:
    monkeypatch.setattr(child_process, "BASE_SECONDS", 1)
    monkeypatch.setattr(child_process, "SECONDS_PER_MB", 0)
    path = tmp_path / "a.html"
    path.write_text("<table><tr><td>x</td></tr></table>" + piece * (2_000_000 // len(piece)), "utf-8")
    with pytest.raises(UnsafeFile):
        open_sheets(path)


def test_a_page_whose_declaration_is_none_is_damaged_and_no_fault_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<table><tr><td>x</td></tr><![foo[ x ]]></table>", "utf-8")
    with contextlib.suppress(InputError):
        assert open_sheets(path)[0].head_rows[0][1] == ["x"]


def test_the_text_of_a_cell_is_what_a_reader_of_the_page_takes_it_to_say(tmp_path: Path) -> None:
    path = tmp_path / "seen.html"
    cells = [
        '<script>var a="x"</script>张某',
        "<style>td{}</style>张某",
        "<select><option>王某</option><option selected>张某</option></select>",
        "<select><option>张某</select>",
        "<del>李某</del>张某",
        "<s>李<b>某</b></s>张某",
        "<del>张某</del>",
        "<select><option>李某<option>王某</select>",
        "张某",
    ]
    path.write_text(f"<table><tr><td>{'<td>'.join(cells)}</tr></table>", encoding="utf-8")
    (sheet,) = open_sheets(path)
    assert rows_of(sheet) == [[*["张某"] * 7, None, "张某"]]
