"""Both paths give one answer, whatever the sheet holds."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphtrace.errors import UnknownHeadings
from graphtrace.ingest.acts import KIND_WORDS
from graphtrace.ingest.headers import ColumnOverrides
from graphtrace.ingest.mapping_files import ColumnMapping
from graphtrace.ingest.row_parser import RowParser
from graphtrace.ingest.sheet import INEXACT_MARK
from graphtrace.model import KINDS

from .sheets import read_rows

NAMES: Final = (
    *(
        "甲公司",
        "王**",
        "未知",
        "乙公司",
        "甲公司（深圳）",
        "甲公司(深圳)",
        " 甲 公司",
        "Abc Ltd",
        "abcltd",
        "（）",
        "\u200b",
        INEXACT_MARK + "1.5",
    ),
    *(
        "中国联通",
        "联通",
        "中国移动",
        "china-unicom",
        "uni-com",
        "某某移动科技",
        "深圳联通公司",
        "CHINA TELECOM",
        "合计",
        "ＴＯＴＡＬ",
        "散客",
        "张三/李四",
        "walk-in customer",
        "疑似张三",
        "不详",
        "王**",
    ),
)
NUMBERS: Final = (
    "91440300MA5E7K4Q0A",
    "91440300ma5exxxx0a",
    "4403",
    "44-03",
    "4.40301E+17",
    INEXACT_MARK + "4.4e17",
    "---x",
    "１２",
    "见附件",
    "000000",
    "123456",
    "1101**********0038",
    "110105491231002",
    "11010519491231002X",
)
CARDS: Final = (
    *(
        "89860612345678901234",
        "8986061234567890123",
        "898606123456789012",
        "8986061234567890123B",
        "8986061234567890123F",
    ),
    *(
        "8986061234567890000",
        "8986061234567890999",
        "89860612345678900000",
        "8986061234567890000X",
        "89860612345678909990",
    ),
    *(
        "898604B81625D0045436",
        "898604B81625D0045437",
        "898604b81625d0045436",
        "898604B81625D004543F",
        "8986041234567890123A",
    ),
    *(
        "89860012345678901234",
        "89860012345678902000",
        "89860012345678900000",
        "89860012345678910000",
        "8986001234567890123",
    ),
    *(
        "89861512345678901234",
        "8986061234 5678901234",
        "'8986061234567890123",
        "8.98606E+19",
        INEXACT_MARK + "8.98606e+19",
    ),
    *(
        "893301234567890123",
        "89330123456789012345",
        "8933012345678900000",
        "98680621436587092143",
        "12345",
        "ICCID",
        "+986061234567890123",
    ),
    *("8986061234560000000", "8986061234561000000", "89860912345600000000", "89860112345600000006"),
)
DATES: Final = (
    *("2024-03-05", "2024-03-05 10:11:12", "2024-03-05T10:11:12", "2024-02-30 10:11:12", "2024-03-05 24:00:00"),
    *(
        "2024-03-05 10:11:60",
        "2024/3/5",
        "2024/3/5 9:05",
        "2024-03",
        "202403",
        "20240305",
        "45356",
        INEXACT_MARK + "45356.5",
    ),
    *(
        "1989-12-31 23:59:59",
        "2101-01-01 00:00:00",
        "1990-01-01 00:00:00",
        "2100-12-31 23:59:59",
        "5/6/2024",
        "13/6/2024",
    ),
    *("24/3/5", "1709630352", "2024-03-05T10:11:12Z", "日期", "2024-03-05 1:11:12", "+024-03-05 10:11:12"),
)
COUNTS: Final = (
    *("1", "0", "1000", "1,000", "１", "500张", "-1", "+1", "-0", "1.5", INEXACT_MARK + "1.5", "若干", "007", "1.0"),
    *("9" * 18, "9" * 19, "0" * 19 + "1", "991", "2"),
)
MSISDNS: Final = (
    *("1064912345678", "8613812345678", "13812345678", "1400123456789", "1420123456789", "146012345678", "+1381234567"),
    *(
        "1460123456789",
        "0138123456",
        "1.06491E+12",
        "１３８１２３４５６７８",
        "999",
        "1441123456789",
        "1480123456789",
        "1064512345678",
    ),
)
IMSIS: Final = ("460011234567890", "460 011234567890", "461011234567890", "4.6001E+14", "46001123456789")
EIDS: Final = (
    *("89049032000001000000000000000074", "89049032000001000000000000000075", "8904903200000100000000000000007"),
    *("99049032000001000000000000000074", "89049032 000001000000000000000171", "8.90490320000010E+31"),
)
IMEIS: Final = (
    *("490154203237518", "49015420323751", "4901542032375180", "460011234567890", "460011234567891", "4901-5420"),
    *("+49015420323751", "012345678901234", "4.90154E+14", "46001123456789"),
)
TEXTS: Final = ("微信", "a b", INEXACT_MARK + "12.5", "0", "A-1", "T0001", "合计：", "total", "小计(张)")
KIND_CELLS: Final = (*KIND_WORDS, "退 货", "Ｔransfer", "赠送", "合计")

POOLS: Final[dict[str, tuple[str, ...]]] = {
    "kind": KIND_CELLS,
    "date": DATES,
    "激活时间": DATES,
    "最近上线时间": DATES,
    "销售日期": DATES,
    "iccid": CARDS,
    "iccid_first": CARDS,
    "iccid_last": CARDS,
    **dict.fromkeys(("quantity", "stock", "sold"), COUNTS),
    "msisdn": MSISDNS,
    "imsi": IMSIS,
    "eid": EIDS,
    "imei": IMEIS,
    **dict.fromkeys(("carrier", "enterprise", "from", "to", "user", "party", "buyer", "客户名称", "holder"), NAMES),
    **dict.fromkeys(("enterprise_id", "from_id", "to_id", "user_id", "party_id"), NUMBERS),
    **dict.fromkeys(("record_no", "channel", "case_no", "province", "备注", "state"), TEXTS),
}
SOUND: Final[dict[str, tuple[str | None, ...]]] = {
    "kind": KINDS,
    "date": ("2024-03-05", "2024-03-05 10:11:12", "2024/3/5 9:05", "2024-03"),
    **dict.fromkeys(
        ("激活时间", "最近上线时间", "销售日期"), ("2024-03-05 10:11:12", "1990-01-01 00:00:00", "45356", None)
    ),
    "iccid": (
        "89860612345678901232",
        "89860612345678901234",
        "8986061234567890123",
        "8986061234567890123B",
        "898604B81625D0045436",
        "89860012345678901234",
    ),
    "iccid_first": ("8986061234567890000", "89860012345678902000", "898604B81625D0045436"),
    "iccid_last": ("8986061234567890999", "89860012345678902000", "898604B81625D0045437"),
    "quantity": ("1", "1000", None, "2"),
    **dict.fromkeys(("from", "carrier", "enterprise"), ("甲公司", "甲公司（深圳）", "中国联通")),
    **dict.fromkeys(("to", "user", "party", "buyer"), ("乙公司", "Abc Ltd", "某某移动科技", "客户")),
    **dict.fromkeys(("客户名称", "holder", "state"), ("丙公司", "在用", None)),
    **dict.fromkeys(("enterprise_id", "from_id"), ("91440300MA5E7K4Q0A", "440371", None)),
    **dict.fromkeys(("to_id", "user_id", "party_id"), ("4403-71", "未提供", "440472", None)),
    "msisdn": ("1064912345678", "13812345678", "1441123456789"),
    "imsi": ("460011234567890",),
    "eid": ("89049032000001000000000000000074", "89049032000001000000000000000171", None),
    "imei": ("490154203237518", "49015420323751", "012345678901234"),
    **dict.fromkeys(("stock", "sold"), ("10", "0", None)),
    **dict.fromkeys(
        ("record_no", "channel", "case_no", "province", "备注"), ("A1", "微信", None, INEXACT_MARK + "12.5")
    ),
}
USUAL: Final = {
    "transfer": ("from", "to", "date"),
    "return": ("from", "to", "date", "退货日期"),
    "purchase": ("carrier", "enterprise", "date"),
    "registration": ("carrier", "enterprise", "入网日期"),
    "activation": ("date", "激活时间"),
    "usage": ("date", "最近上线时间"),
    "card_list": ("msisdn", "state", "party"),
    "seizure": ("case_no",),
    "stock": ("party", "stock", "date"),
}
CARD_FIELDS: Final = (("iccid",), ("iccid_first", "iccid_last"), ("quantity",), ("iccid", "msisdn"))
LITERALS: Final[tuple[dict[str, str], ...]] = (
    {},
    {},
    {"carrier": "中国联通"},
    {"date": "2024-03-05", "user": "张三"},
    {"to": "乙 公司"},
)


SIGNS: Final = st.sampled_from("+- _.,0Fa\u200b\u3000１é計tT:")


def spoil(text: str | None, place: int, sign: str) -> str | None:
    """``text`` with one character too many, or another one."""
    if text is None:
        return None
    place %= len(text) + 1
    return (text[:place] + sign + text[place + (len(sign) if sign in "0Fa" else 0) :]).strip() or None


@st.composite
def sheets(draw: st.DrawFn) -> dict[str, Any]:
    """Sheets of which about half the rows are sound, and the others have anything anywhere."""
    kind = draw(st.sampled_from(KINDS))
    cards = draw(st.sampled_from(CARD_FIELDS))
    more = draw(st.lists(st.sampled_from(list(POOLS)), max_size=5))
    headings = draw(st.permutations(list(dict.fromkeys((*USUAL[kind], *cards, *more)))))

    def sound(heading: str) -> st.SearchStrategy[str | None]:
        return st.sampled_from(SOUND.get(heading, SOUND["date"]))

    def cell(heading: str) -> st.SearchStrategy[str | None]:
        pool = st.sampled_from(POOLS.get(heading, DATES))
        any_text = st.one_of(
            pool, pool, st.none(), st.just(heading), st.builds(spoil, sound(heading), st.integers(0, 20), SIGNS)
        )
        return st.one_of(sound(heading), sound(heading), any_text)

    sound_row, row = st.tuples(*map(sound, headings)), st.tuples(*map(cell, headings))
    rows = [row for row in draw(st.lists(st.one_of(sound_row, row), min_size=1, max_size=12)) if any(row)]
    return {
        "rows": [headings, *rows],
        "as_kind": draw(st.sampled_from([kind, None])),
        "mapping": ColumnMapping(claims=ColumnOverrides(literals=draw(st.sampled_from(LITERALS)))),
        "uses_1904": draw(st.booleans()),
        "is_strict": draw(st.booleans()),
        "block_rows": draw(st.sampled_from([2, 1000])),
    }


@settings(deadline=None, max_examples=120)
@given(sheets())
def test_the_fast_path_gives_what_the_slow_path_gives(sheet: dict[str, Any]) -> None:
    rows, options = sheet["rows"], {key: value for key, value in sheet.items() if key != "rows"}
    try:
        slow, slow_reading = read_rows(*rows, **options, bulk=False)
    except UnknownHeadings as error:
        with pytest.raises(type(error)):
            read_rows(*rows, **options, bulk=True)
        return
    fast, fast_reading = read_rows(*rows, **options, bulk=True)
    assert fast == slow
    assert fast_reading.rejects == slow_reading.rejects
    assert fast_reading.remarks == slow_reading.remarks
    assert fast_reading.rows == slow_reading.rows == len({said["row"] for said in fast}) + fast_reading.rejected
    assert fast_reading.kind == slow_reading.kind
    assert fast_reading.columns == slow_reading.columns


def test_clean_rows_are_not_read_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a clean row was read by itself")

    monkeypatch.setattr(RowParser, "read", refuse)
    headings = [
        "类型",
        "日期",
        "转出方",
        "转入方",
        "卡号",
        "起始ICCID",
        "结束ICCID",
        "数量",
        "imei",
        "msisdn",
        "imsi",
        "用户",
    ]
    ranged = ("8986061234567890000", "8986061234567890999", "1000")
    rows, reading = read_rows(
        headings,
        ["转让", "2024-03-05", "甲（1）", "乙", None, *ranged, None, None, None, None],
        ["transfer", "2024/3/5", "A b", "乙", "898604B81625D0045436", None, None, None, None, None, None, "丙"],
        [
            "激活",
            "2024-03-05 10:11:12",
            None,
            None,
            "89860612345678901232",
            None,
            None,
            None,
            "490154203237518",
            None,
            None,
            "张",
        ],
        ["激活", "2024-03", None, None, None, None, None, None, None, "1064912345678", "460011234567890", None],
    )
    assert [row["precision"] for row in rows] == ["range", "listed", "listed", None]
    assert reading.rows == 4
