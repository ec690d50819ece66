"""Masked names and contacts."""

from __future__ import annotations

import pytest

from graphtrace.identifiers.normalize import is_masked, is_masked_name


@pytest.mark.parametrize(
    "name", ["王*", "李**", "tb55**", "t**9", "杭州**公司", "＊＊", "xxxx", "##abc==", "*" * 10_000]
)
def test_masked_names(name: str) -> None:
    assert is_masked_name(name)


@pytest.mark.parametrize("name", ["王芳", "*ST云网", "A*STAR公司", "{{7*7}} $x ; : MATCH (n)", "*" * 10_000 + "，", ""])
def test_other_names(name: str) -> None:
    assert not is_masked_name(name)


def test_masked_contacts() -> None:
    assert [is_masked(text) for text in ("138****0000", "##abc==", "$$x$", "13800000000")] == [True, True, True, False]
