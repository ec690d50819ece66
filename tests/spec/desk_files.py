"""Twenty files of different families as they come to a desk, of no recipe's sample; every value is invented."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter

from graphtrace.identifiers.iccid import luhn_digit

BUYER = "云岭电子科技有限公司"
KEY = "A1" * 16


def _complete(number: str) -> str:
    return f"{number}{luhn_digit(number)}"


UNICOM = [_complete(f"898606269{number:010d}") for number in range(700_001, 700_041)]
TELECOM = [_complete(f"898611249{number:010d}") for number in range(30_001, 30_021)]
MOBILE = [f"898604A21824D{number:07d}" for number in range(11, 31)]
NUMBERS = [f"10646955{number:05d}" for number in range(101, 141)]
IMSIS = [f"46006955{number:07d}" for number in range(1, 41)]
DEVICES = [_complete(f"86190005{number:06d}") for number in range(10, 50)]


def _text(path: Path, *lines: str, encoding: str = "utf-8") -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding=encoding, newline="\n")


def _workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> None:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)


def write_desk(folder: Path) -> None:
    """Write the twenty files into a folder."""
    folder.mkdir()
    _text(
        folder / "01联通销售明细.csv",
        "云州联通物联网卡销售明细表",
        "制表：王　日期：2026年3月",
        "序号,客户名称,统一社会信用代码,运营商,ICCID起始号段,ICCID终止号段,数量（张）,开户时间,资费套餐",
        f"1,{BUYER},91990100MA7LINE018,中国联通,{UNICOM[0]},{UNICOM[19]},20,2026/3/2,30M/月",
        "合计,,,,,,20,,",
        encoding="gb18030",
    )
    _workbook(
        folder / "02出货登记.xlsx",
        {
            "3月出货": [
                ["出货日期", "出货方", "客户", "ICCID", "快递单号", "单价", "收货电话"],
                ["2026-03-10", BUYER, "北岐数码店", UNICOM[0], "SF9900000000011", 3.5, "19900000011"],
                ["2026-03-10", BUYER, "北岐数码店", UNICOM[1], "SF9900000000011", 3.5, "19900000011"],
                ["2026-03-12", BUYER, "南屿商贸", UNICOM[2], "SF9900000000012", 3.2, "19900000012"],
            ]
        },
    )
    _text(
        folder / "03platform.csv",
        "iccid,msisdn,imsi,卡状态,激活时间,客户名称,套餐名称,创建时间",
        *(
            f"{UNICOM[n]},{NUMBERS[n]},{IMSIS[n]},{'已激活' if n % 2 else '待激活'},"
            f"{f'2026-03-{15 + n} 10:00:00' if n % 2 else ''},{BUYER},月30M,2026-03-01 00:00:00"
            for n in range(6)
        ),
    )
    _text(
        folder / "04act.jsonl",
        *(
            json.dumps(
                {
                    "iccid": UNICOM[n],
                    "imei": DEVICES[n],
                    "activate_time": f"2026-03-{16 + n}T09:00:00+08:00",
                    "province": "云南",
                },
                ensure_ascii=False,
            )
            for n in range(4)
        ),
    )
    _text(
        folder / "05运单导出.csv",
        "运单号,寄件人,寄件电话,收件人,收件电话,收件地址,寄件时间,件数",
        "SF9900000000011,云岭电子,19900000001,罗子墨,19900000011,江川省云州市1号,2026-03-10 18:00:00,1",
        "SF9900000000012,云岭电子,19900000001,何沛,19900000012,江川省北岐市2号,2026-03-12 18:10:00,1",
    )
    _text(
        folder / "06银行流水.csv",
        "交易日期,交易时间,本方户名,本方账号,对方户名,对方账号,借贷标志,交易金额,摘要,流水号",
        f"2026-03-09,10:01:02,{BUYER},6222990000000000011,北岐数码店,6222990000000000029,贷,7.00,货款,B0001",
    )
    _text(
        folder / "07实名信息.csv",
        "姓名,证件号码,手机号,微信号,登记时间",
        "罗子墨,990103197911280193,19900000011,luo_zm9,2026-02-01",
        "何沛,,19900000012,hp_99,2026-02-02",
    )
    _text(
        folder / "08扣押回函.csv",
        "扣押物品清单,",
        "案件编号：,A9900201",
        "查获日期：,2026年4月2日",
        "嫌疑人：,马晓",
        f"卡号：,{UNICOM[1]}",
        "查获地点：,云州市某小区",
    )
    _workbook(
        folder / "09涉案卡.xlsx",
        {
            "Sheet1": [
                ["序号", "案号", "扣押时间", "持有人", "ICCID号码", "备注"],
                [1, "A9900202", "2026.4.3", "赵北", UNICOM[0], "破损"],
                [2, "A9900202", "2026.4.3", "赵北", MOBILE[0], ""],
            ]
        },
    )
    _text(
        folder / "10终端台账.csv",
        "商户编号,商户名称,机具SN,ICCID,装机日期,安装地址",
        *(f"8990{n:05d},便利店{n},SN99{n:06d},{UNICOM[10 + n]},2026-03-2{n},某路{n}号" for n in range(4)),
    )
    _text(
        folder / "11库存盘点.csv",
        "单位名称,盘点日期,库存数量,已售数量",
        "北岐数码店,2026-04-01,0,2",
        f"{BUYER},2026-04-01,17,3",
    )
    _text(
        folder / "12退卡记录.csv",
        "退货日期,退货方,接收方,ICCID,退货原因",
        f"2026-03-20,南屿商贸,{BUYER},{UNICOM[2]},信号差",
    )
    _text(
        folder / "13话单.csv",
        "号码,对端号码,呼叫类型,开始时间,通话时长(秒),IMEI,IMSI,基站小区",
        *(
            f"{NUMBERS[n]},1990000002{n},主叫,2026-04-0{n + 1} 08:26:10,45,{DEVICES[n]},{IMSIS[n]},460-01-991-{n}"
            for n in range(3)
        ),
    )
    _text(
        folder / "14聊天记录.txt",
        "2026-03-08 10:02:11 罗子墨",
        "老板还有联通卡吗 要两张",
        "2026-03-08 10:03:00 云岭小王",
        f"有 {UNICOM[0]} 和 {UNICOM[1]} 3.5一张",
    )
    _text(folder / "15清单.csv", "卡号,日期", *(f"{TELECOM[n]},2026-03-0{n + 1}" for n in range(4)))
    _text(
        folder / "16orders.csv",
        "operator,customer name,order no,iccid_start,iccid_end,qty,purchase date",
        f"China Telecom,{BUYER},T99001,{TELECOM[0]},{TELECOM[9]},10,2026-02-20",
    )
    _text(
        folder / "17店铺订单.csv",
        "订单编号,买家昵称,收货人,联系手机,宝贝标题,购买数量,实付金额,付款时间,物流单号,订单状态,备注",
        "O99001,tb_luo9,罗**,199****0011,流量卡,2,7.00,2026-03-08 10:05:00,SF9900000000011,交易成功,",
        "O99002,tb_he9,何*,199****0012,流量卡,1,3.20,2026-03-09 10:05:00,,交易关闭,",
    )
    _workbook(
        folder / "18代理分配.xlsx",
        {
            "分配": [
                ["号段分配表", "", "", "", ""],
                ["转出方", "", "转入方", "", "明细"],
                ["名称", "证件号", "名称", "证件号", "号段"],
                ["北岐数码店", "", "青禾小店", "", f"{UNICOM[0]}-{UNICOM[1]}"],
            ]
        },
    )
    rows = "".join(
        f"<tr><td>{MOBILE[n]}</td><td>14409900{n:05d}</td><td>46004990000{n:04d}</td><td>正常</td><td>{BUYER}</td>"
        f"<td>2026-01-1{n}</td><td>中国移动</td></tr>"
        for n in range(3)
    )
    head = "".join(
        f"<th>{name}</th>" for name in ("ICCID", "MSISDN", "IMSI", "用户状态", "开户单位", "开户日期", "运营商")
    )
    _text(folder / "19查询结果.xls", f"<html><body><table><tr>{head}</tr>{rows}</table></body></html>")
    _text(
        folder / "20fulfilment.csv",
        "ICCID,EID,IMSI,KI,OPC,PIN1,PUK1,Activation Code",
        *(
            f"{_complete(f'898822809900000{n:03d}')},8908669900000000000000000000{n:04d},90140990000{n:04d},"
            f"{KEY},{KEY},1234,12345678,LPA:1$rsp.example${KEY}"
            for n in range(2)
        ),
        f"89882280990000X,,,{KEY},{KEY},1234,12345678,LPA:1$rsp.example${KEY}",
    )
