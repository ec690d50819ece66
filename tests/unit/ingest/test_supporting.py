"""Supporting records of files that no recipe knows."""

from __future__ import annotations

from pathlib import Path

import graphtrace as gt


def test_the_sign_of_an_amount_beside_a_balance_is_the_direction_and_the_owner_stands_above(tmp_path: Path) -> None:
    head = "账户明细,,,\n卡号：6217003360004481276,,客户名称：梁坤,\n交易日期,交易金额,账户余额,对方账号与户名\n"
    rows = "20240410,-900.00,100,243300133/南宁蓝桉公司\n20240412,250.00,350,6228480838811204377/覃正国\n"
    path = tmp_path / "a.csv"
    path.write_text(head + rows, encoding="utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        case.load(path)
        paid = [(row["payer"], row["payee"], row["amount"]) for row in case.records(kind="payment")]
    assert paid == [("梁坤", "南宁蓝桉公司", "900.00"), ("覃正国", "梁坤", "250.00")]
