"""The queries find what the story of the example case states."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import graphtrace as gt

from .conftest import EXAMPLES, rows_of

XINGHAI, YUNFAN, BEICHUAN = "星海智联科技有限公司", "云帆物联（云洲）科技有限公司", "北川通信器材经营部"
LAO_K, ZHOU, XUNLIAN, MA, LIN = "微信卡商老K", "周立冬", "迅联流量卡专营店", "马晓东", "林秀芳"


def test_every_sheet_is_accounted_for_as_the_story_says(example: gt.Case) -> None:
    files = json.loads((EXAMPLES / "expected.json").read_text(encoding="utf-8"))["files"]
    counts = ("rows", "loaded", "duplicate", "rejected")
    stated = {
        (file, sheet["sheet"]): tuple(sheet[count] for count in counts)
        for file, sheets in files.items()
        for sheet in sheets
    }
    found = rows_of(example, "sources-of-case", "file", "sheet", *counts)
    assert {(file, sheet): tuple(counted) for file, sheet, *counted in found} == stated


def test_the_phone_with_three_cards_and_the_gateway_with_ten(example: gt.Case) -> None:
    devices = rows_of(example, "devices-with-many-cards", "device", "cards")
    assert devices == [("86099900000003", 10), ("86099900000001", 3)]
    assert rows_of(example, "devices-with-many-cards", "cards", at_least=4) == [10]
    assert rows_of(example, "devices-with-many-cards", "cards", at_least=11) == []


def test_cards_that_lists_and_uses_name_in_a_device_count_as_in_traces(tmp_path: Path) -> None:
    cards = [f"898606190000000000{number}" for number in (5, 6, 7)]
    rows = "".join(f"{card},867584039912076,星海集团\n" for card in cards)
    (tmp_path / "list.csv").write_text(f"中国联通物联网连接管理平台 卡号列表,,\nICCID,IMEI,客户名称\n{rows}", "utf-8")
    with gt.open_case(tmp_path / "c.gtrace") as case:
        case.load(tmp_path / "list.csv")
        (finding,) = (each for each in case.trace(cards[0])[0].findings if each.code == "shared_device")
        assert (finding.params["count"], rows_of(case, "devices-with-many-cards", "cards")) == (3, [3])


def test_the_card_that_was_in_two_phones(example: gt.Case) -> None:
    found = rows_of(example, "cards-in-many-devices", "card", "imeis")
    assert found == [("8986012306100000103", ["86099900000001", "86099900000002"])]


def test_the_number_that_moved_to_another_card(example: gt.Case) -> None:
    found = rows_of(example, "numbers-on-many-cards", "number", "keys")
    assert found == [("1064812340002", ["898604B81623D0110002", "898604B81623D0110003"])]


def test_the_two_hundred_cards_that_two_enterprises_bought_and_those_sold_again_after_their_return(
    example: gt.Case,
) -> None:
    columns = ("first_card", "last_card", "cards", "enterprise_name", "other_enterprise_name", "other_moment")
    assert rows_of(example, "cards-with-two-registrants", *columns) == [
        ("8986012306100025001", "8986012306100025500", 500, XINGHAI, YUNFAN, "2024-03-15"),
        ("8986012311200019801", "8986012311200020000", 200, XINGHAI, YUNFAN, "2024-01-15"),
    ]


def test_the_card_that_was_online_before_it_was_sold(example: gt.Case) -> None:
    found = rows_of(example, "active-before-sale", "card", "enterprise_name", "activated", "sold")
    assert found == [("8986032401200000100", XINGHAI, "2023-12-30", "2024-01-08")]


def test_the_cards_that_were_delivered_before_they_were_bought(example: gt.Case) -> None:
    columns = ("first_card", "last_card", "cards", "to_name", "passed_on", "bought")
    assert rows_of(example, "sold-before-bought", *columns) == [
        ("8986032401200009001", "8986032401200009500", 500, BEICHUAN, "2023-12-28", "2024-01-08")
    ]


def test_the_name_that_two_people_bear(example: gt.Case) -> None:
    ids = ["id:990101198801051025", "id:990104198709090776"]
    assert rows_of(example, "shared-names", "name", "party_ids", "undecided_id") == [("王伟", ids, "name:王伟")]


def test_of_the_nine_seized_cards_eight_come_from_xinghai_six_by_beichuan_and_three_by_lao_k(example: gt.Case) -> None:
    assert len(rows_of(example, "seized-cards", "card")) == 9
    hands = dict(rows_of(example, "parties-in-many-cases", "party_name", "cards", at_least=1))
    assert (hands[XINGHAI], hands[BEICHUAN], hands[LAO_K]) == (8, 6, 3)
    cases = dict(rows_of(example, "parties-in-many-cases", "party_name", "cases"))
    assert cases[XINGHAI] == 3
    assert XUNLIAN not in cases, "its four cards are of one case"
    assert "carrier:china-unicom" not in rows_of(example, "parties-in-many-cases", "party_id")
    assert "carrier:china-unicom" in rows_of(example, "parties-in-many-cases", "party_id", with_carriers=True)


def test_the_last_receiver_of_a_seized_card_is_he_who_did_not_pass_it_on_that_day(example: gt.Case) -> None:
    last = dict(rows_of(example, "seized-cards", "card", "party_name"))
    assert last["898604B81623D0100015"] == MA, "all three steps are of one day"
    assert last["8986012306100001234"] == LIN
    assert last["8986032306500004321"] is None, "no record but the seizure names it"


def test_the_case_of_the_raided_flat(example: gt.Case) -> None:
    found = rows_of(
        example, "parties-of-case", "party_name", "sent", "received", "used", case_no="云公刑诈〔2024〕0318号"
    )
    hands = {name: counts for name, *counts in found}
    assert hands[ZHOU] == [4, 4, 0]
    assert hands[XUNLIAN] == [3, 4, 0], "one card left it by a sale that tells no numbers"
    assert hands[MA] == [0, 3, 3]


def test_what_was_declared(example: gt.Case) -> None:
    found = rows_of(example, "stock-declarations", "party_name", "moment", "stock", "sold")
    assert found == [
        (XINGHAI, "2023-12-31", 62000, 25000),
        (XINGHAI, "2024-06-30", 45000, 30000),
        (YUNFAN, "2024-06-30", 10000, None),
    ]


def test_the_activation_whose_number_nobody_knows(example: gt.Case) -> None:
    assert rows_of(example, "unlinked-records", "kind", "msisdn") == [("activation", "1064899990009")]


def test_the_steps_before_which_a_receipt_is_missing(example: gt.Case) -> None:
    found = rows_of(example, "passed-on-without-receipt", "from_name", "to_name", "first_card")
    assert found == [
        (ZHOU, "陈国强", "8986012305900000777"),
        ("蓝讯数码店", "何志远", "8986012306100005500"),
        ("陈国强", LIN, "8986012306100001234"),
    ]


def test_what_was_sold_twice_and_what_was_sold_again_after_it_came_back(example: gt.Case) -> None:
    columns = ("from_name", "first_card", "cards", "to_name", "other_to_name")
    assert rows_of(example, "same-cards-to-two-receivers", *columns) == [
        (XINGHAI, "8986012311200000501", 300, BEICHUAN, LAO_K),
        (LAO_K, "8986012306100012500", 1, LIN, "何志远"),
    ]


def test_what_was_given_back(example: gt.Case) -> None:
    found = rows_of(example, "returns", "from_name", "to_id", "cards", to_carriers_only=True)
    assert found == [(XINGHAI, "carrier:china-unicom", 2000), (BEICHUAN, "carrier:china-mobile", 500)]
    assert sum(rows_of(example, "returns", "cards")) == 2500 + 500 + 1000


def test_ma_holds_thirty_five_cards_of_which_he_used_twenty_eight(example: gt.Case) -> None:
    assert (MA, 35) in rows_of(example, "final-receivers", "party_name", "cards", at_least=35)
    assert MA not in rows_of(example, "final-receivers", "party_name", at_least=36)
    assert (MA, 28) in rows_of(example, "users-with-many-cards", "user_name", "cards")


def test_what_went_through_three_hands_on_one_day(example: gt.Case) -> None:
    columns = ("party_name", "cards", "shortest_days")
    assert rows_of(example, "transit-parties", *columns, days=0) == [(BEICHUAN, 1000, 0), (LAO_K, 30, 0)]


def test_the_share_that_the_enterprises_passed_on(example: gt.Case) -> None:
    """Unicom 1-20,000 of the first lot; 1-1,000 and 2,001-10,000 of the second; Mobile 1-5,000, four single ones and
    20,001-35,000; Telecom 9,001-9,500. Of Yunfan's 2,500 to Yuanhang, one disputed one, one to a customer."""
    columns = ("enterprise_name", "purchased", "passed_on", "share")
    assert rows_of(example, "enterprises-by-share-resold", *columns) == [
        (XINGHAI, 100_000, 20_000 + 9_000 + 20_004 + 500, 0.495),
        (YUNFAN, 13_200, 2_502, 0.1895),
    ]


def test_the_cards_of_the_flat_went_through_four_hands(example: gt.Case) -> None:
    found = rows_of(example, "chains-deeper-than", "first_card", "last_card", "depth", "way")
    assert [(first, last, depth) for first, last, depth, _ in found] == [
        (f"89860123061000001{n:02d}", f"89860123061000001{n:02d}", 4) for n in range(1, 6)
    ]
    assert {way[-1] for *_, way in found} == {"id:990103197911280193"}


def test_a_card_in_a_range_is_found_by_either_writing_and_its_neighbour_outside_is_not(example: gt.Case) -> None:
    asked = [
        rows_of(example, "records-of-card", "record_id", card=card)
        for card in ("89860123061000001011", "8986012306100000101", "8986 0123 0610 0000 101")
    ]
    assert asked[0] == asked[1] == asked[2]
    assert len(asked[0]) == 9
    assert rows_of(example, "records-of-card", "record_id", card="898604B81623D0140000")
    assert rows_of(example, "records-of-card", "record_id", card="898604B81623D0140001") == []
    assert rows_of(example, "records-of-card", "record_id", card="8986112345678901234") == []


def test_what_two_cards_share(example: gt.Case) -> None:
    shared = rows_of(
        example, "parties-two-cards-share", "party_name", card="89860123061000001011", other_card="898604B81623D0100015"
    )
    assert shared == [XINGHAI, BEICHUAN, MA]


def test_cards_between_two_days_are_those_of_these_days(example: gt.Case) -> None:
    def moments(**days: str) -> list[str]:
        return rows_of(example, "cards-of-party", "moment", party=ZHOU, **days)

    assert moments(since="2023-08-15", until="2023-08-20") == ["2023-08-15", "2023-08-20"]
    assert moments(since="2023-08-16", until="2023-08-19") == []


def test_a_party_is_called_by_all_the_names_that_its_files_use(example: gt.Case) -> None:
    names = rows_of(example, "names-of-party", "name", party="id:BR52718890")
    assert set(names) == {"港通電訊貿易行", "港通电讯贸易行"}


def test_every_rejected_row_has_a_reason_and_a_damaged_number_its_interval(example: gt.Case) -> None:
    assert len(rows_of(example, "rejected-rows", "row")) == 33
    damaged = rows_of(example, "rejected-rows", "file", "low", "high", reason="damaged_number")
    assert [file for file, *_ in damaged].count("zhou_qq_ledger.csv") == 8
    assert all(low < high for _, low, high in damaged)


@pytest.mark.parametrize("given", ["chat_list.txt", "f2f704d128ef", "F2F704D1"])
def test_a_file_is_found_by_its_name_or_the_beginning_of_its_hash(given: str, example: gt.Case) -> None:
    rows = rows_of(example, "records-of-file", "row", file=given)
    assert rows == [*range(2, 22), 28]


def test_what_both_the_ledger_and_the_chat_tell(example: gt.Case) -> None:
    found = rows_of(example, "flows-told-by-several-files", "from_name", "to_name", "file_names")
    assert found == [(XINGHAI, BEICHUAN, ["chat_list.txt", "xinghai_ledger.xlsx"])]


def test_stock_that_was_online_when_it_was_declared_is_found_and_what_went_online_later_is_not(tmp_path: Path) -> None:
    files = {
        "stock.csv": "申报单位,申报日期,起始ICCID,结束ICCID,数量\n"
        "甲公司,2024-03-01,8986061900000000001,8986061900000000005,5\n",
        "online.csv": "卡号,激活时间\n8986061900000000001,2024-03-01\n8986061900000000002,2024-03-02\n"
        "8986061900000000006,2024-01-01\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(*(tmp_path / name for name in files))
        found: list[Any] = rows_of(case, "active-though-declared-in-stock", "party_name", "card", "activated")
    assert found == [("甲公司", "8986061900000000001", "2024-03-01")]
