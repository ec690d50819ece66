"""Watched values are kept by both stores alike, and both say which rows of a load name one."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import NothingFound, UsageError

FIRST = "转出方,转入方,日期,卡号\n甲,乙,2024-03-05,8986061900000000001\n"
SALES = (
    "运营商,企业名称,日期,起始ICCID,结束ICCID,数量\n"
    "中国联通,星海智联科技有限公司,2024-03-01,8986061900000000100,8986061900000000199,100\n"
    "中国联通,星海智联科技有限公司,2024-03-01,8986061900000000200,8986061900000000299,100\n"
)
TRANSFERS = (
    "转出方,转入方,日期,卡号,运单号\n"
    "星海智联科技有限公司,老Ｋ,2024-03-05,8986061900000000150,SF1234567890\n"
    "老k,王五,2024-04-01,8986061900000000151,SF1234567891\n"
    "老K,赵六,2024-04-01,8986061900000000152,SF1234567892\n"
)
ACTIVATIONS = (
    "卡号,激活时间,接入号,IMEI,IMSI,使用人\n"
    "8986061900000000150,2024-04-02 08:30:00,1064612345678,861234567890123,460061234567890,王五\n"
    "8986061900000000151,2024-04-02 08:30:00,1064612345699,861234567890999,460061234567899,王五五\n"
)
PAYMENTS = "付款方,收款方,金额,付款时间,收款账号\n李四,老K,100,2024-04-01 10:00:00,laok@example.com\n"


@pytest.fixture(params=["folder", "server"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A case with one file, and more files beside it."""
    name = request.getfixturevalue("neo4j_uri") if request.param == "server" else str(tmp_path / "x.gtrace")
    for file, text in (("first", FIRST), ("sales", SALES), ("transfers", TRANSFERS), ("activations", ACTIVATIONS)):
        (tmp_path / f"{file}.csv").write_text(text, "utf-8")
    (tmp_path / "payments.csv").write_text(PAYMENTS, "utf-8")
    with gt.open_case(name) as case:
        assert not case.load(tmp_path / "first.csv").has_errors
    return str(name)


def hits_of(place: str, tmp_path: Path, *values: str) -> set[tuple[str, str, str | None, str, tuple[int, ...]]]:
    """What a load of all files says of some values: value, file, kind, role, rows."""
    with gt.open_case(place) as case:
        case.watch(*values)
        names = ("sales", "transfers", "activations", "payments")
        report = case.load(*(tmp_path / f"{name}.csv" for name in names))
        assert not report.has_errors
        assert report.watch_hits is not None
        return {(hit.value, hit.file, hit.kind, hit.role, hit.first_rows) for hit in report.watch_hits}


def test_a_card_is_found_where_a_row_lists_it_or_has_it_in_a_range(place: str, tmp_path: Path) -> None:
    card, absent = "89860619000000001509", "8986061900000000300"
    assert hits_of(place, tmp_path, card, absent) == {
        (card, "sales.csv", "purchase", "range", (2,)),
        (card, "transfers.csv", "transfer", "iccid", (2,)),
        (card, "activations.csv", "activation", "iccid", (2,)),
    }


def test_a_range_is_found_by_its_cards_and_by_ranges_that_share_one(place: str, tmp_path: Path) -> None:
    lot, beside = "8986061900000000151-8986061900000000200", "8986061900000000300 至 8986061900000000400"
    assert hits_of(place, tmp_path, lot, beside) == {
        (lot, "sales.csv", "purchase", "range", (2, 3)),
        (lot, "transfers.csv", "transfer", "range", (3, 4)),
        (lot, "activations.csv", "activation", "range", (3,)),
    }


def test_numbers_of_subscribers_and_devices_are_found_whole_only(place: str, tmp_path: Path) -> None:
    found = hits_of(
        place, tmp_path, "1064612345678", "86 1064612345690-1064612345699", "460061234567890", "86123456789012"
    )
    assert {(value, file, role, rows) for value, file, _, role, rows in found} == {
        ("1064612345678", "activations.csv", "msisdn", (2,)),
        ("86 1064612345690-1064612345699", "activations.csv", "msisdn", (3,)),
        ("460061234567890", "activations.csv", "imsi", (2,)),
        ("86123456789012", "activations.csv", "imei", (2,)),
    }


def test_names_are_found_by_their_normal_form_and_by_no_part(place: str, tmp_path: Path) -> None:
    assert hits_of(place, tmp_path, "王 五", "老K") == {
        ("王 五", "transfers.csv", "transfer", "receiver", (3,)),
        ("王 五", "activations.csv", "activation", "user", (2,)),
        ("老K", "transfers.csv", "transfer", "receiver", (2,)),
        ("老K", "transfers.csv", "transfer", "sender", (3, 4)),
        ("老K", "payments.csv", "payment", "payee", (2,)),
    }


def test_parcels_and_accounts_are_found(place: str, tmp_path: Path) -> None:
    found = hits_of(place, tmp_path, "SF1234567891", "laok@example.com")
    assert {(value, file, role, rows) for value, file, _, role, rows in found} == {
        ("SF1234567891", "transfers.csv", "waybill", (3,)),
        ("laok@example.com", "payments.csv", "account", (2,)),
    }


def test_only_the_new_rows_are_compared_and_a_removed_value_is_not(place: str, tmp_path: Path) -> None:
    with gt.open_case(place) as case:
        assert [each.state for each in case.watch("甲", "乙", why="线人", by="李警官").watches] == ["added", "added"]
        assert [each.state for each in case.watch(" 甲").watches] == ["known"]
        assert [(each.value, each.why, each.by) for each in case.watches().watches] == [
            ("甲", "线人", "李警官"),
            ("乙", "线人", "李警官"),
        ]
        assert case.load(tmp_path / "first.csv").watch_hits == []
        assert [each.state for each in case.watch("乙", remove=True).watches] == ["removed"]
        (tmp_path / "later.csv").write_text(FIRST.replace("03-05", "03-06"), "utf-8")
        hits = case.load(tmp_path / "later.csv").watch_hits
        assert hits is not None
        assert [(hit.value, hit.role) for hit in hits] == [("甲", "sender")]
        with pytest.raises(NothingFound):
            case.watch("乙", remove=True)
        assert case.load(tmp_path / "sales.csv", dry_run=True).watch_hits is None
        assert case.verify() == []


def test_parts_of_numbers_are_refused_and_nothing_is_added(place: str) -> None:
    with gt.open_case(place) as case:
        for value in (
            "89860619",
            "898606190000000?001",
            "8.98606E+18",
            "同上",
            " ",
            "8986061900000000009-8986061900000000001",
        ):
            with pytest.raises(UsageError):
                case.watch("甲", value)
        assert case.watches().watches == []


def test_a_row_that_was_not_recorded_is_told_with_its_reason(place: str, tmp_path: Path) -> None:
    (tmp_path / "refused.csv").write_text(
        "转出方,转入方,日期,卡号\n甲,乙,not a day,8986061900000000001\n甲,乙,2024-05-01,8986061900000000002\n", "utf-8"
    )
    with gt.open_case(place) as case:
        case.watch("8986061900000000001")
        hits = case.load(tmp_path / "refused.csv").watch_hits
    assert hits is not None
    assert [(hit.unread, hit.role, hit.first_rows) for hit in hits] == [("bad_date", "iccid", (2,))]


def test_a_value_in_a_column_that_is_not_read_is_found_in_any_writing_but_only_whole(
    place: str, tmp_path: Path
) -> None:
    (tmp_path / "beside.csv").write_text(
        "转出方,转入方,日期,卡号,联系电话\n"
        "甲,乙,2024-03-05,8986061900000000701,13777001122\n"
        "甲,乙,2024-03-05,8986061900000000702,+86 137-7700-1122\n"
        "甲,乙,2024-03-05,8986061900000000703,１３７７７００１１２２/13777009999\n"
        "甲,乙,2024-03-05,8986061900000000704,137770011220\n"
        "甲,乙,2024-03-05,8986061900000000705,\n",
        "utf-8",
    )
    with gt.open_case(place) as case:
        (watch,) = case.watch("13777001122").watches
        assert watch.forms == ("msisdn", "telephone")
        report = case.load(tmp_path / "beside.csv")
        (hit,) = report.watch_hits or ()
    assert (hit.kind, hit.role, hit.column, hit.rows, hit.first_rows) == (
        "transfer",
        "beside",
        "联系电话",
        3,
        (2, 3, 4),
    )
