"""Masked names and contacts."""

from __future__ import annotations

import re

import pytest

from graphtrace.identifiers import normalize_party_name
from graphtrace.identifiers.nobody import identifies_nobody, maybe_nobody
from graphtrace.identifiers.normalize import is_masked, is_masked_name


@pytest.mark.parametrize(
    "name", ["王*", "李**", "tb55**", "t**9", "杭州**公司", "＊＊", "xxxx", "##abc==", "*" * 10_000]
)
def test_masked_names(name: str) -> None:
    assert is_masked_name(name)


@pytest.mark.parametrize("name", ["王芳", "*ST云网", "A*STAR公司", "{{7*7}} $x ; : MATCH (n)", "*" * 10_000 + "，", ""])
def test_other_names(name: str) -> None:
    assert not is_masked_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("张某", "张某某", "张XX", "张X", "张××", "XX科技有限公司", "××通信店", "深圳某科技公司", "某某公司"),
        *("張某某", "李○○", "MrX", "mr.x"),
    ],
)
def test_a_name_with_signs_in_place_of_some_of_it_identifies_nobody(name: str) -> None:
    key = normalize_party_name(name)
    assert identifies_nobody(key)
    assert re.search(maybe_nobody(), key)


@pytest.mark.parametrize("name", ["XXL服装店", "Maxx", "Mrinal", "公园xxx8", "Exxon", "AXX通信店"])
def test_letters_of_a_name_are_no_mask(name: str) -> None:
    assert not identifies_nobody(normalize_party_name(name))


def test_masked_contacts() -> None:
    assert [is_masked(text) for text in ("138****0000", "##abc==", "$$x$", "13800000000")] == [True, True, True, False]
