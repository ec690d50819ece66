"""However a file is cut into blocks and chunks, and whichever path its rows take, the case holds the same."""

from __future__ import annotations

import functools
import random
from pathlib import Path
from typing import Any

import duckdb
import pytest

import graphtrace as gt
from graphtrace.ingest import read
from graphtrace.ingest.readers import delimited
from graphtrace.store import loading
from graphtrace.store.loading import FileReport
from graphtrace.store.memory import MemoryShares

HEADINGS = "类型,日期,转出方,转入方,转入方证件号,卡号,起始ICCID,结束ICCID,数量,imei,使用人,省份,渠道,单号"
CLEAN = {
    "类型": ["转让", "激活"],
    "日期": ["2024-03-05 10:11:12", "2024-03-06 10:11:12", "2024-03-05", "2024-03"],
    "转出方": ["甲公司", "乙公司"],
    "转入方": ["丙公司", "丁 公司", "Abc Ltd"],
    "转入方证件号": ["", "", "91310115MA1K35XR7B"],
    "卡号": ["898606190000000{:04}", "8986061900000{:04}007", "898604B8162{:04}45436", "8986001900000001{:04}"],
    "起始ICCID": [""],
    "结束ICCID": [""],
    "数量": ["", "1"],
    "imei": ["", "490154203237518", "49015420323751", "4901542032375180"],
    "使用人": ["张三", "李四", ""],
    "省份": ["广东", ""],
    "渠道": ["", "", "微信"],
    "单号": ["", "7"],
}
DIRTY = {
    "类型": ["赠送", "退 货", "合计"],
    "日期": ["2024-02-30 10:11:12", "03/04/2024", "1709630352", "+024-03-05 10:11:12", "坏"],
    "转出方": ["丙公司", "中国联通", "（）", '"a,b"'],
    "转入方": ["", "移动", "\u3000甲 公司"],
    "转入方证件号": ["4.4E+17", "---x", "91310115ma1k35xr7b"],
    "卡号": [
        "8.98606E+19",
        "8986061900000010000",
        "８９８６０６１９０００００００００２",
        "89860",
        '="8986061900000000001"',
    ],
    "起始ICCID": ["8986061900000000100"],
    "结束ICCID": ["8986061900000000199", "8986061900000000099"],
    "数量": ["2", "-1", "1,000"],
    "imei": ["+4901542032375", "460011234567891", "x"],
    "使用人": ["合计", "\u200b李四"],
    "省份": ["-", "广东\u00a0"],
    "渠道": ["a\tb", '"q""q"'],
    "单号": ["\u3000"],
}


def table(seed: int, rows: int) -> str:
    """Rows of which a tenth have a dirty cell, an eighth come again, and some have a cell too many or too few."""
    some = random.Random(seed)
    lines = [HEADINGS]
    for number in range(rows):
        cells = {heading: some.choice(cells).format(some.randrange(300)) for heading, cells in CLEAN.items()}
        if some.random() < 0.1:
            heading = some.choice(list(DIRTY))
            cells[heading] = some.choice(DIRTY[heading])
        line = ",".join(cells.values())
        if some.random() < 0.01:
            line = some.choice([line + ",z", line.rpartition(",")[0], "", ",,", line + "\r"])
        lines.append(some.choice(lines[1:]) if number > 10 and some.random() < 0.12 else line)
    return "\n".join(lines) + "\n"


def content(case: Path) -> list[tuple[Any, ...]]:
    """Every stored statement with the texts of its parties, without the numbers that a case gives."""
    with duckdb.connect(str(case / "case.duckdb"), read_only=True) as con:
        con.execute("CREATE TEMP VIEW people AS SELECT ident, name_key || '|' || strong AS said FROM idents")
        body = "s.* EXCLUDE (sender, receiver, repeated, sheet), a.said AS sender, b.said AS receiver, sheets.file"
        joined = (
            "LEFT JOIN people a ON a.ident = sender LEFT JOIN people b ON b.ident = receiver JOIN sheets USING (sheet)"
        )
        queries = [
            f"SELECT '{relation}', {keys}, {body} FROM {relation} s {joined} ORDER BY file, row"
            for relation, keys in (
                ("singles", "(SELECT text FROM heads WHERE head = key // 100000000000)"),
                ("ranges", "(SELECT text FROM heads WHERE head = first // 100000000000)"),
                ("unnumbered", "NULL"),
            )
        ]
        queries[0] = queries[0].replace("s.* EXCLUDE (", "key % 100000000000, s.* EXCLUDE (key, ")
        queries[1] = queries[1].replace(
            "s.* EXCLUDE (", "first % 100000000000, last % 100000000000, s.* EXCLUDE (first, last, "
        )
        queries += [
            "SELECT device, key % 100000000000, file FROM devices JOIN sheets USING (sheet) ORDER BY ALL",
            """
            SELECT said, day, place, writings.name, file FROM writings JOIN people USING (ident)
            JOIN sheets USING (sheet) ORDER BY ALL
            """,
            "SELECT said, id, told.name FROM told JOIN people USING (ident) ORDER BY ALL",
        ]
        return [row for query in queries for row in con.execute(query).fetchall()]


def counts(entry: FileReport) -> tuple[int, int, int, int]:
    return entry.rows, entry.loaded, entry.duplicate, entry.rejected


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of some five lines, chunks of some fifty statements."""
    cut = delimited.text_blocks
    monkeypatch.setattr(
        delimited, "text_blocks", lambda path, encoding, block_bytes=400: cut(path, encoding, block_bytes)
    )
    monkeypatch.setattr(loading, "share_out", lambda _: MemoryShares(200_000_000, chunk_rows=50, index_rows=40))


def load(case: Path, files: list[Path]) -> list[tuple[int, int, int, int]]:
    with gt.open_case(case) as opened:
        report = opened.load(*files)
        assert opened.verify() == []
    assert not report.has_errors
    return [counts(entry) for entry in report.files]


@pytest.mark.parametrize("seed", range(2))
def test_pieces_and_paths_do_not_show_in_the_case(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    files = []
    for name in ("a.csv", "b.csv"):
        files.append(tmp_path / name)
        files[-1].write_bytes(table(seed * 2 + len(files), 400).encode())
    # some statements of the first file come again in the second
    files[1].write_bytes(files[1].read_bytes() + b"\n".join(files[0].read_bytes().split(b"\n")[50:90]) + b"\n")
    whole = load(tmp_path / "whole.gtrace", files)
    request.getfixturevalue("tiny")
    assert load(tmp_path / "pieces.gtrace", files) == whole
    one_by_one = functools.partial(read.read_statements, bulk=False)
    monkeypatch.setattr(read, "read_statements", one_by_one)
    assert load(tmp_path / "rows.gtrace", files) == whole
    assert content(tmp_path / "pieces.gtrace") == content(tmp_path / "whole.gtrace")
    assert content(tmp_path / "rows.gtrace") == content(tmp_path / "whole.gtrace")
    assert whole[1][2] > 20
    assert all(rejected > 3 for *_, rejected in whole)


def test_rows_that_need_more_columns_lie_elsewhere_and_are_read_alike(tmp_path: Path) -> None:
    rows = [
        "2024-03-05 10:11:12,8986061900000000001,490154203237518,广东,",
        "2024-03-05,8986061900000000002,49015420323751,广东,",
        "2024-03,8986061900000000003,,,",
        "2024-03-05,8986061900000000004,,,深圳",
    ]
    (tmp_path / "t.csv").write_text("激活时间,iccid,imei,省份,城市\n" + "\n".join(rows) + "\n", "utf-8")
    load(tmp_path / "x.gtrace", [tmp_path / "t.csv"])
    with duckdb.connect(str(tmp_path / "x.gtrace/case.duckdb"), read_only=True) as con:
        lean, full = (
            [row for (row,) in con.execute(f"SELECT row FROM {table} ORDER BY row").fetchall()]
            for table in ("lean_singles", "full_singles")
        )
        seen = con.execute("SELECT row, span, second, imei, imei_size, city FROM singles ORDER BY row").fetchall()
    assert (lean, full) == ([2], [3, 4, 5])
    assert seen == [
        (2, 0, 36672, 490154203237518, 15, None),
        (3, 0, -1, 49015420323751, 14, None),
        (4, 30, -1, None, None, None),
        (5, 0, -1, None, None, "深圳"),
    ]
