"""A case whose every text field holds what formats and programs stumble over."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import graphtrace as gt

HOSTILE = (
    '=HYPERLINK("x")',
    "</data><node id='x'/>]]>&amp;",
    "a\"b'c`d\\",
    "\\u0022}) DETACH DELETE n //",
    "\x1b[31mred\x07\x0b",
    "evil\u202egnol\u2028line\u200b",
    "{{7*7}} $x ; : MATCH (n)",
    "two\r\nlines\tand 😀",
    "<r>bold</r>",
    "@cmd|' /C calc'!A0",
)
CARD = "8986061900000000055"
TRANSFERS_FILE = "t;'&" if sys.platform == "win32" else "t;'\"<&"
"""Windows has no quotes and no angles in names of files."""


@pytest.fixture(scope="package")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gt.Case]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    transfers = [("from", "to", "date", "iccid_first", "iccid_last", "channel", "record_no", "quantity")]
    for number, (giver, taker) in enumerate(zip(HOSTILE, (*HOSTILE[1:], HOSTILE[0]), strict=True)):
        first = 8986061900000000000 + 100 * number + 1
        transfers.append((giver, taker, f"2024-03-{number + 1:02d}", str(first), str(first + 9), taker, giver, ""))
    transfers.append((HOSTILE[0], HOSTILE[2], "2024-04", "", "", HOSTILE[3], "", "70"))
    sales = [
        ("运营商", "企业名称", "统一社会信用代码", "日期", "卡号"),
        ("中国联通", HOSTILE[0], "91310115MA1K35XR7B", "2024-02-01", CARD),
    ]
    activations = [
        ("iccid", "activated_at", "user", "imei", "province", "msisdn"),
        (CARD, "2024-03-02", HOSTILE[4], "861234567890123", HOSTILE[1], "1064600000001"),
        ("", "2024-03-09", HOSTILE[5], "", "", "1064600000001"),
    ]
    seizures = [("iccid", "date", "case_no", "place", "holder"), (CARD, "2024-06-01", *HOSTILE[2:5])]
    stock = [("单位", "盘点日期", "库存"), (HOSTILE[1], "2024-06-30", "5")]
    with gt.open_case(folder / "c.gtrace") as case:
        for name, rows in (
            *((TRANSFERS_FILE, transfers), ("s", sales), ("a", activations)),
            *(("z", seizures), ("k", stock)),
        ):
            path = folder / f"{name}.csv"
            with path.open("w", encoding="utf-8", newline="") as out:
                csv.writer(out).writerows(rows)
            assert not case.load(path).has_errors
        yield case
