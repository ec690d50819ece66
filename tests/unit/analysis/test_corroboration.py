"""Parties that supporting records mean: looked up one by one and all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.analysis import corroboration
from graphtrace.analysis.corroboration import SupportBook

MOVES = (
    "转出方,转出方证件号,转入方,转入方证件号,日期,ICCID\n"
    "中国联通,,甲,91310115MA1K35XR7B,2024-01-01,8986061900000000001\n"
    "甲,91310115MA1K35XR7B,乙店,,2024-02-01,8986061900000000001\n"
    "乙店,,丙店,330106199001011234,2024-02-02,8986061900000000001\n"
    "丙店,330106199001011234,王伟,330106199001015678,2024-02-03,8986061900000000001\n"
    "王伟,330106199001015678,王伟,330106199001019999,2024-02-04,8986061900000000001\n"
    "王伟,330106199001019999,王伟,,2024-02-05,8986061900000000001\n"
)
PEOPLE = (
    "姓名,身份证号,手机号\n"
    "甲,,13700000001\n乙店,,13700000002\n丙店,330106199001011234,13700000003\n,330106199001011234,13700000004\n"
    "王伟,,13700000005\n王伟,330106199001015678,13700000006\n路明,,13700000007\n路明,330106199001010000,13700000008\n"
    "中国联通,,13700000009\n"
)


def test_many_mentions_mean_the_parties_that_each_means_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in (("moves.csv", MOVES), ("people.csv", PEOPLE)):
        (tmp_path / name).write_text(text, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "moves.csv", tmp_path / "people.csv")
        case.resolve("乙店", "丙店", same=True, why="one telephone")
        with case._stores.open() as store:
            sides = [side for record in store.supporting_records() for side in record.sides]
            alone = [SupportBook(store).party_of(side) for side in sides]
            monkeypatch.setattr(corroboration, "_LEARN_BY_ONE", 1)
            book = SupportBook(store)
            book.learn(side.mention for side in sides if side.mention)
            assert {side.mention for side in sides} == book._meant.keys()
            assert [book.party_of(side) for side in sides] == alone
            assert sum(party is None for party in alone) == 3
            assert len({party.id for party in alone if party}) == 4
