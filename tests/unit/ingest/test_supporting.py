"""Supporting records of files that no recipe knows."""

from __future__ import annotations

from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.errors import CaseMissing


def test_the_sign_of_an_amount_beside_a_balance_is_the_direction_and_the_owner_stands_above(tmp_path: Path) -> None:
    head = "账户明细,,,\n卡号：6217003360004481276,,客户名称：梁坤,\n交易日期,交易金额,账户余额,对方账号与户名\n"
    rows = "20240410,-900.00,100,243300133/南宁蓝桉公司\n20240412,250.00,350,6228480838811204377/覃正国\n"
    path = tmp_path / "a.csv"
    path.write_text(head + rows, encoding="utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        case.load(path)
        paid = [(row["payer"], row["payee"], row["amount"]) for row in case.records(kind="payment")]
    assert paid == [("梁坤", "南宁蓝桉公司", "900.00"), ("覃正国", "梁坤", "250.00")]


def test_signs_are_no_direction_where_both_sides_stand_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = "2024-03-05,甲公司,乙公司,100.00,900.00\n2024-03-06,甲公司,乙公司,-50.00,950.00\n"
    path.write_text("交易日期,付款方,收款方,金额,余额\n" + rows, encoding="utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        report = case.load(path)
        assert [(row["payer"], row["payee"]) for row in case.records(kind="payment")] == [("甲公司", "乙公司")]
        assert [reject.reason for reject in report.files[0].rejects] == ["bad_quantity"]


def test_a_number_behind_a_name_is_no_account_outside_of_statements(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "运单号,寄件人,收件人,寄件日期\nSF1234567890123,门店 1001,张三 13812345678,2024-03-05\n"
        "SF1234567890124,门店 1002,李四/13912345678,2024-03-06\n",
        encoding="utf-8",
    )
    with gt.open_case(tmp_path / "a.gtrace") as case:
        case.load(path)
        sent = [(row["sender"], row["receiver"], row["receiver_contacts"]) for row in case.records(kind="shipment")]
    assert sent == [("门店 1001", "张三 13812345678", None), ("门店 1002", "李四/13912345678", None)]


@pytest.mark.parametrize(
    "text",
    [
        "日期,运单号码,收件人,托寄物内容,签收时间\n2024-03-05,SF1234567890123,张三,物联卡40张,2024-03-06 10:22\n",
        "订单号,收货人/提货人,商品发货物流单号,商品发货时间\nE1,张三,SF1234567890123,2024-03-05 09:10:00\n",
    ],
)
def test_accounts_of_a_courier_and_orders_of_a_shop_are_parcels_of_the_day_on_which_they_were_sent(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        case.load(path)
        sent = [(row["receiver"], row["waybill"], str(row["day"])) for row in case.records(kind="shipment")]
    assert sent == [("张三", "SF1234567890123", "2024-03-05")]


def test_a_persons_number_beside_a_company_is_not_the_companys_in_parcels_and_identities_either(tmp_path: Path) -> None:
    heads, name, number = "寄件人,收件人,收件人证件号,寄件日期,运单号", "星海智联科技有限公司", "330102199001011234"
    (tmp_path / "a.csv").write_text(f"{heads}\n甲,{name},{number},2024-03-05,SF1234567890123\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text(f"姓名,身份证号,手机号\n{name},{number},13812345678\n", encoding="utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        report = case.load(tmp_path / "a.csv", tmp_path / "b.csv")
        assert [[each.reason for each in file.warnings] for file in report.files] == [["id_of_person"]] * 2
        assert [(row["receiver"], row["receiver_id"]) for row in case.records(kind="shipment")] == [(name, None)]
        assert [(row["name"], row["name_id"]) for row in case.records(kind="identity")] == [(name, None)]


def test_a_list_of_the_accounts_of_a_platform_says_whose_they_are(tmp_path: Path) -> None:
    heads = "账户,账户类型,名称,手机号,注册时间,上级账户,状态"
    (tmp_path / "a.csv").write_text(f"{heads}\nhao_8,个人,钱豪,13812345678,2024-05-22,up_1,冻结\n", encoding="utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        case.load(tmp_path / "a.csv")
        assert [row["name"] for row in case.records(kind="identity")] == ["钱豪"]
        assert {each.value for each in case.party("钱豪").support.contacts} == {"hao_8", "13812345678"}


ALIPAY = (
    "支付宝交易记录明细查询\n账号:[13800138000]\n姓名:[梁坤]\n起始日期:[2024-01-01]    终止日期:[2024-06-01]\n"
    "-----------------交易记录明细列表-----------------\n"
)


def test_an_export_of_alipay_without_the_day_of_paying_is_of_the_day_of_the_trade_and_of_the_owner_in_brackets(
    tmp_path: Path,
) -> None:
    head = "交易号,商家订单号,交易创建时间,交易对方,对方账户,商品名称,金额(元),收/支,交易状态,备注\n"
    rows = [
        f"20240000000000000000002200{n}\t,,2024-03-05 09:31:00,覃正国,qin@example.com,20张卡,1200.00,{way},{status},\n"
        for n, (way, status) in enumerate(
            [
                ("支出", "交易成功"),
                ("收入", "交易成功"),
                *(("支出", word) for word in ("交易关闭", "等待付款", "退款成功")),
            ],
            start=10,
        )
    ]
    foot = "-------------------------------------------\n共5笔记录\n导出时间:[2024-06-20 10:00:00]    用户:梁坤\n"
    path = tmp_path / "a.csv"
    path.write_bytes((ALIPAY + head + "".join(rows) + foot).encode("gb18030"))
    with gt.open_case(tmp_path / "a.gtrace") as case:
        report = case.load(path)
        paid = [(row["payer"], row["payee"], str(row["day"])) for row in case.records(kind="payment")]
        assert [report.files[0].rejected, report.files[0].asked] == [6, []]
    assert paid == [("梁坤", "覃正国", "2024-03-05"), ("覃正国", "梁坤", "2024-03-05")]


def test_the_day_of_paying_goes_before_that_on_which_the_trade_was_made(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    row = "T2024030500001,2024-03-05 09:31:00,2024-03-06 10:00:00,覃正国,1200.00,支出\n"
    path.write_text(f"{ALIPAY}交易号,交易创建时间,付款时间,交易对方,金额,收/支\n{row}", encoding="utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        case.load(path)
        assert [str(row["day"]) for row in case.records(kind="payment")] == ["2024-03-06"]


def test_a_masked_owner_of_a_statement_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    row = "T2024030500001,2024-03-05 09:31:00,覃正国,1200.00,支出\n"
    path.write_text(f"{ALIPAY.replace('梁坤', '梁*')}交易号,交易创建时间,交易对方,金额,收/支\n{row}", encoding="utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        report = case.load(path)
        assert [question.field for question in report.files[0].asked] == ["payer"]
        assert not list(case.records(kind="payment"))


@pytest.mark.parametrize(
    "remark",
    ["{0}", "{0}至{1}", "物联卡{0}-{1}共10张", "卡号:{0}、{1}", "ICCID:{1}"],
)
def test_cards_in_the_remark_of_a_parcel_are_asked_about_and_told_however_they_are_written(
    tmp_path: Path, remark: str
) -> None:
    first, last = "8986061900000000001", "8986061900000000010"
    path = tmp_path / "a.csv"
    rows = [
        f"2024-03-05,75430099812345,甲公司,张三,物联卡,10,{remark.format(first, last)}",
        "2024-03-05,75430099812399,甲公司,李四,手机壳,3,89折",
        "2024-03-05,75430099812400,甲公司,李四,手机壳,3,单号118912345678901234567",
    ]
    path.write_text("日期,快递单号,寄件人,收件人,物品,数量,备注\n" + "\n".join(rows) + "\n", encoding="utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        (sheet,) = case.load(path).files
        assert [(one.field, one.rows, one.is_required) for one in sheet.asked] == [("kind", 1, False)]
        assert [(each.heading, each.reason, each.first_row) for each in sheet.warnings] == [
            ("备注", "cards_not_read", 2)
        ]
        (trace,) = case.trace(last if "{1}" in remark else first)
        assert [finding.code for finding in trace.findings] == ["unread_movement"]
        assert not trace.chains


def test_a_row_that_is_no_record_states_no_shipment_beside_it_whether_it_waits_or_not(tmp_path: Path) -> None:
    mapping = tmp_path / "m.yml"
    columns = "to: {column: B}, date: {column: D}, iccid: {column: E}, waybill: {column: F}"
    mapping.write_text(f"kind: transfer\ncolumns: {{{columns}}}\nliterals: {{from: 甲店}}\n", encoding="utf-8")
    path = tmp_path / "a.csv"
    path.write_text(
        "订单状态,收件人姓名,收件人电话,付款时间,备注,快递单号\n"
        "已完成,王五,15173096628,2024-04-10 13:20:05,8986061900000000001,4312000088012\n"
        "已关闭,赵六,15111266350,2024-04-12 22:48:19,8986061900000000002,4312000088014\n"
        "已关闭,赵六,15111266350,2024-04-12 22:48:19,8986061900000000000,4312000088015\n",
        encoding="utf-8",
    )
    with gt.open_case(tmp_path / "a.gtrace") as case:
        (report,) = case.load(path, mapping=mapping).files
        sent = [row["waybill"] for row in case.records(kind="shipment")]
    assert (report.rows, report.loaded, [reject.reason for reject in report.rejects]) == (3, 1, ["not_a_record"] * 2)
    assert sent == ["4312000088012"]


BANK = (
    "Account Holder : M/S OM SAI INFOTECH,,,,Account No : XX4471\nStatement From : 01/07/2025 To : 30/09/2025,,,,\n\n"
    "Date,Narration,Chq./Ref.No.,Withdrawal Amt.,Deposit Amt.\n"
)


def paid_in(tmp_path: Path, text: str) -> list[tuple[str | None, str | None, str, str]]:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        case.load(path)
        return [(row["payer"], row["payee"], row["amount"], str(row["day"])) for row in case.records(kind="payment")]


def test_a_bank_names_the_other_side_in_its_narration_and_what_it_takes_back_was_not_paid(tmp_path: Path) -> None:
    rows = (
        "05/07/25,NEFT DR-ICIC0000104-OJAS TELEMATICS PVT LTD-INV 17,N1,5664.00,\n"
        "02/08/25,RENT SHOP 14,000118,12000.00,\n09/08/25,UPI-KRISHNA COMM-PINTU@OKSBI-SBIN0000061-20 SIM,N2,,9000.00\n"
        "24/08/25,UPI-RAFIQ SHAIKH-RAFIQ77@YBL-522936-5 SIM,N3,,2250.00\n"
        "24/08/25,REV-UPI-RAFIQ SHAIKH-RAFIQ77@YBL-TXN FAILED REVERSED,N3,2250.00,\n"
    )
    owner = "M/S OM SAI INFOTECH"
    assert paid_in(tmp_path, BANK + rows) == [
        (owner, "OJAS TELEMATICS PVT LTD", "5664.00", "2025-07-05"),
        (owner, None, "12000.00", "2025-08-02"),
        ("KRISHNA COMM", owner, "9000.00", "2025-08-09"),
    ]


def test_mobile_money_writes_what_went_out_with_a_minus_and_what_failed_was_not_paid(tmp_path: Path) -> None:
    head = "Customer Name:,JOSEPH NDUNGU\n\n"
    head += "Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance\n"
    rows = (
        "T1,2025-05-12 10:41:20,Pay Bill to 880100 - BARAKA FLEET LTD Acc. DN0088,Completed,,-9000.00,1\n"
        "T2,2025-05-12 10:41:20,Pay Bill Charge,Completed,,-105.00,1\n"
        "T3,2025-06-14 13:20:44,Funds received from - 254722418903 PETER OTIENO,Completed,4500.00,,1\n"
        "T4,2025-06-28 18:00:31,Funds received from - 254722418903 PETER OTIENO,Failed,4500.00,,1\n"
    )
    assert paid_in(tmp_path, head + rows) == [
        ("JOSEPH NDUNGU", "BARAKA FLEET LTD", "9000.00", "2025-05-12"),
        ("JOSEPH NDUNGU", None, "105.00", "2025-05-12"),
        ("PETER OTIENO", "JOSEPH NDUNGU", "4500.00", "2025-06-14"),
    ]


def test_a_statement_names_its_owner_beside_a_label_and_who_pays_with_a_masked_number(tmp_path: Path) -> None:
    bank = "Account Name,ZENITH GADGETS,,,Currency,NGN\nTrans. Date,Value Date,Reference,Debits,Credits,Remarks\n"
    rows = (
        '20-Feb-2024,20-Feb-2024,G1,,"7,500.00",TRANSFER FROM EMEKA EZE\n'
        "06-Mar-2024,06-Mar-2024,G2,,36.00,TRANSFER FROM FEMI OJO\n"
        "06-Mar-2024,06-Mar-2024,G2R,36.00,,RVSL TRANSFER FROM FEMI OJO\n"
    )
    assert paid_in(tmp_path, bank + rows) == [("EMEKA EZE", "ZENITH GADGETS", "7500.00", "2024-02-20")]
    money = "Organization Name:,BARAKA PHONES\nReceipt No.,Completion Time,Details,Paid In,Withdrawn,Balance\n"
    row = "T1,2024-02-02 10:14:33,Pay Bill from 254711***482 - PETER MUTUA Acc. SIM 2PC,3600.00,,1\n"
    assert ("PETER MUTUA", "BARAKA PHONES", "3600.00", "2024-02-02") in paid_in(tmp_path, money + row)


def test_a_statement_whose_rows_say_their_direction_names_the_other_side_in_its_words(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "Account Holder: OM SAI\n\nDate,Transaction Details,UTR,Transaction Type,Amount\n"
        "2024-03-20,Paid to KAVERI TELEMATICS,408033902218,DEBIT,18880.00\n"
        "2024-03-21,Received from PINTU VERMA,408148710926,CREDIT,5400.00\n"
        "2024-04-03,Failed: Request to PINTU VERMA,,FAILED,2250.00\n2024-04-04,Shop rent,408148710999,DEBIT,9.00\n",
        encoding="utf-8",
    )
    with gt.open_case(tmp_path / "a.gtrace") as case:
        (report,) = case.load(tmp_path / "a.csv").files
        paid = [(row["payer"], row["payee"]) for row in case.records(kind="payment")]
    assert paid == [("OM SAI", "KAVERI TELEMATICS"), ("PINTU VERMA", "OM SAI"), ("OM SAI", None)]
    assert [(each.reason, each.value) for each in report.warnings] == [("word_not_read", "Shop rent")]


def test_the_name_under_which_the_owner_of_a_statement_trades_is_his(tmp_path: Path) -> None:
    text = (
        'Customer Name:,JOSEPH NDUNGU\nNote:,"trading as Gadget Hub, Luthuli Ave"\n\nDate,Details,Paid In,Withdrawn\n'
    )
    (tmp_path / "a.csv").write_text(f"{text}2025-06-14,Funds received from - 254722418903 PETER OTIENO,4500,\n")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        case.load(tmp_path / "a.csv")
        assert [row["payee_contacts"] for row in case.records(kind="payment")] == ["alias:gadgethub"]


def test_a_register_of_receipts_says_who_paid_the_firm_that_keeps_it(tmp_path: Path) -> None:
    text = "Kaveri Telematics Pvt Ltd,,,,\nReceipt Register,,,,\nDate,Particulars,Vch Type,Vch No.,Amount\n"
    rows = "20-Mar-24,Om Sai Mobile,Receipt,R/207,18880\nTotal,,,,18880\n"
    assert paid_in(tmp_path, text + rows) == [("Om Sai Mobile", "Kaveri Telematics Pvt Ltd", "18880.00", "2024-03-20")]


def test_the_statement_of_a_customers_account_is_none_of_a_bank(tmp_path: Path) -> None:
    text = "Customer: Om Sai\n\nDate,Particulars,Debit,Credit,Balance\n2025-07-05,Invoice 17,5664.00,,5664.00\n"
    with pytest.raises(CaseMissing):
        paid_in(tmp_path, text)


def test_a_couriers_register_counts_parcels_and_what_was_cancelled_was_not_sent(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "AWB No,Date,Consignor,Consignee,Pcs,Contents,Status\nD40117730,2025-08-09,Om Sai,Krishna Comm,1,SIM cards,"
        "Delivered\nD40118100,2025-08-18,Om Sai,Rafiq Shaikh,1,SIM 5 pcs,Booking Cancelled\n",
        encoding="utf-8",
    )
    with gt.open_case(tmp_path / "a.gtrace") as case:
        case.load(path)
        sent = [(row["sender"], row["receiver"]) for row in case.records(kind="shipment")]
        assert (sent, [*case.records(kind="transfer")]) == ([("Om Sai", "Krishna Comm")], [])


def test_parcels_of_a_shop_went_to_its_customers_but_those_that_came_back(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "Order ID,Created At,Status,Customer Name,Customer Mobile,AWB Code,Order Shipped Date,Pickup Address Name\n"
        "N1,3/28/2024,DELIVERED,Pintu Kumar,9826041177,7X104450918,3/28/2024,NAKODA SURAT\n"
        "N2,4/12/2024,RTO DELIVERED,Balaji,9712260418,1490813371190,4/13/2024,NAKODA SURAT\n",
        encoding="utf-8",
    )
    with gt.open_case(tmp_path / "a.gtrace") as case:
        case.load(tmp_path / "a.csv")
        sent = [(row["sender"], row["receiver"], str(row["day"])) for row in case.records(kind="shipment")]
    assert sent == [("NAKODA SURAT", "Pintu Kumar", "2024-03-28")]


def test_the_shop_of_a_person_is_another_name_of_his_and_two_shops_are_two_statements(tmp_path: Path) -> None:
    head = "协查反馈（店铺主体信息）,,,,\n平台,店铺名称,店铺ID,主体姓名/名称,证件号码,绑定手机\n"
    rows = [
        f"{site},{shop},{number},黄丽萍,361199198702180242,13767018899\n"
        for site, shop, number in (("淘宝", "卡友之家888", "108842317"), ("有赞", "随身流量小铺", "66120933"))
    ]
    (tmp_path / "a.csv").write_text(head + "".join(rows), encoding="utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        case.load(tmp_path / "a.csv")
        said = [(row["name"], row["name_contacts"]) for row in case.records(kind="identity")]
    assert [name for name, _ in said] == ["黄丽萍"] * 2
    assert all(shop in str(contacts) for shop, (_, contacts) in zip(("卡友之家888", "随身流量小铺"), said, strict=True))


def test_a_mapping_may_call_the_sides_of_a_parcel_as_those_of_cards(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("甲列,乙列,号\n刘海涛,蔡文彬,SF1399027741120\n", encoding="utf-8")
    mapping = tmp_path / "m.yml"
    mapping.write_text(
        "kind: shipment\ncolumns: {to: 乙列, waybill: 号}\nliterals: {from: 云溪公司}\n", encoding="utf-8"
    )
    with gt.open_case(tmp_path / "a.gtrace") as case:
        case.load(tmp_path / "a.csv", mapping=mapping)
        sent = [(row["sender"], row["receiver"]) for row in case.records(kind="shipment")]
    assert sent == [("云溪公司", "蔡文彬")]


def test_a_number_and_the_name_of_its_subscriber_say_whose_telephone_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "SDR REPLY    REQ: CYBER CELL\nMSISDN|NAME|FATHER/HUSBAND NAME|ADDRESS|DOA\n"
        "9826041177|PINTU KUMAR VERMA|RAMESH VERMA|11/2 MALHARGANJ INDORE|19-08-2021\n9712260418|NO RECORD FOUND|||\n",
        encoding="utf-8",
    )
    with gt.open_case(tmp_path / "a.gtrace") as case:
        case.load(tmp_path / "a.txt")
        said = [(row["name"], row["name_contacts"], str(row["day"])) for row in case.records(kind="identity")]
    assert [(name, day) for name, _, day in said] == [("PINTU KUMAR VERMA", "2021-08-19")]
    assert "telephone:9826041177" in str(said[0][1])


def test_a_number_beside_that_of_a_card_is_no_telephone_of_a_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("ICCID,MSISDN,Name\n89254021400000055016,254722415501,Jane Wanjiru\n", "utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        case.load(tmp_path / "a.csv")
        assert not [*case.records(kind="identity")]


def test_a_person_may_say_that_rows_are_identities(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("MSISDN,NAME,Qty\n9826041177,PINTU VERMA,1\n", "utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        case.load(tmp_path / "a.csv", answers=["kind=identity"])
        assert [row["name"] for row in case.records(kind="identity")] == ["PINTU VERMA"]


def test_a_parcel_went_to_its_receiver_and_not_to_the_customer_beside_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("客户,收件人,发件人,运单号\n乙通讯店,张三,甲店,SF1399027741120\n", "utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        case.load(tmp_path / "a.csv")
        assert [row["receiver"] for row in case.records(kind="shipment")] == ["张三"]


def test_a_list_that_counts_cards_of_its_customers_is_none_of_parcels(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("日期,客户,数量,快递单号\n2024-03-05,乙通讯店,40,SF1399027741120\n", "utf-8")
    with gt.open_case(tmp_path / "a.gtrace") as case:
        (report,) = case.load(tmp_path / "a.csv").files
    assert (report.kind, report.loaded) == (None, 0)


def test_the_other_party_of_a_till_is_who_paid_and_the_kind_of_a_payment_is_nobody(tmp_path: Path) -> None:
    head = "Account Holder:,Nuru Trackers Agency\nReceipt No.,Completion Time,Details,Paid In,Withdrawn"
    kind, back = "Customer Payment to Small Business", "Reversal of Customer Payment"
    rows = (
        f"S2,2024-06-03 09:14:20,{kind},600.00,,254722****118 - PETER NJOROGE\n"
        f"S3,2024-06-04 09:14:20,{kind},700.00,,254722****119 - JANE WANJIRU\n"
        f"S4,2024-06-05 09:14:20,{back},,-700.00,254722****119 - JANE WANJIRU\n"
    )
    # the payment of the second day was taken back, as another column than that of the party says
    of_party = ("PETER NJOROGE", "Nuru Trackers Agency", "600.00", "2024-06-03")
    assert paid_in(tmp_path, f"{head},Other Party Info\n{rows}") == [of_party]
    alone = paid_in(tmp_path, f"{head}\nS5,2024-06-07 09:14:20,{kind},800.00,\n")
    assert [each for each in alone if each != of_party] == [(None, "Nuru Trackers Agency", "800.00", "2024-06-07")]
