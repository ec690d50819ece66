"""A balance and its bounds are the same on both stores."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt

FILES = {
    "purchases": "运营商,企业名称,日期,起始ICCID,结束ICCID,数量\n"
    "中国联通,星海智联科技有限公司,2024-03-01,8986061900000000001,8986061900000000100,100\n",
    "sales": "转出方,转入方,日期,数量\n星海智联科技有限公司,老K,2024-03-05,60\n",
    "activations": "卡号,激活时间\n" + "".join(f"8986061900000{n:06},2024-05-01\n" for n in range(1, 61)),
    "stock": "申报单位,申报日期,库存,已售数量\n星海智联科技有限公司,2024-06-01,40,60\n",
}


@pytest.mark.parametrize("kind", ["folder", "server"])
def test_sales_without_numbers_bound_a_balance(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    place = request.getfixturevalue("neo4j_uri") if kind == "server" else tmp_path / "x.gtrace"
    for name, text in FILES.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    with gt.open_case(place) as case:
        assert not case.load(*(tmp_path / f"{name}.csv" for name in FILES)).has_errors
        (audit,) = case.audit("星海智联科技有限公司")
        assert audit.balance is not None
        assert (audit.balance.unaccounted, audit.balance.bounds) == (-60, (-60, 0))
        assert [each.code for each in audit.findings if each.code.startswith("balance")] == ["balance_undetermined"]
