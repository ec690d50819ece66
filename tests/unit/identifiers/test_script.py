"""The table of traditional characters."""

from __future__ import annotations

import pytest

from graphtrace.identifiers.normalize import simplified_forms, to_simplified


def test_words_in_traditional_characters_are_those_in_simplified_ones() -> None:
    written = "網店 經銷商 轉讓 退貨 已作廢 中國聯通"
    assert to_simplified(written) == "网店 经销商 转让 退货 已作废 中国联通"
    assert to_simplified("网店 ABC") == "网店 ABC"


def test_the_table_is_that_of_opencc() -> None:
    opencc = pytest.importorskip("opencc")
    convert = opencc.OpenCC("t2s").convert
    assert len(simplified_forms()) > 3000
    assert all(convert(chr(sign)) == form != chr(sign) for sign, form in simplified_forms().items())
