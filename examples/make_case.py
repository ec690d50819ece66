"""Write the example case: ``examples/case`` (the files as they would arrive) and ``examples/expected.json``.

The story is in STORY.md. The plan comes first: who, which numbers, which rows. The writers come last. The answers are
worked out by hand from the plan, never taken from the program. Nothing here reads a clock or draws a random number, so
every run writes the same bytes (the Parquet file names the version of the library that wrote it, and differs with it).

Run ``python examples/make_case.py``; it takes a second. All names and numbers are invented; the area code 99 of the
credit codes and resident ids belongs to no place.
"""

from __future__ import annotations

import csv
import io
import json
import math
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

HERE = Path(__file__).parent
Row = Sequence[Any]

# ---------------------------------------------------------------------------------------------------- who

UNICOM = "中国联合网络通信有限公司云洲市分公司"
MOBILE = "中国移动通信集团云洲有限公司"
TELECOM = "中国电信股份有限公司云洲分公司"
XINGHAI, XINGHAI_ID = "星海智联科技有限公司", "91990100MA7XH00108"
YUNFAN, YUNFAN_ID = "云帆物联（云洲）科技有限公司", "91990100MA8YF0020J"
YUNFAN_HALFWIDTH = "云帆物联(云洲)科技有限公司"
BEICHUAN, BEICHUAN_ID = "北川通信器材经营部", "990100600123455"
ZHOU, ZHOU_ID = "周立冬", "990101198503120416"
LAOK = "微信卡商老K"
SHOP = "迅联流量卡专营店"
GANGTONG, GANGTONG_TRADITIONAL, GANGTONG_ID = "港通电讯贸易行", "港通電訊貿易行", "BR52718890"
LANXUN = "蓝讯数码店"
NANHE = "南河智能设备厂"
YUANHANG = "远航车联网服务部"
SHENGDA = "盛达工作室"
MA, MA_ID = "马晓东", "990103197911280193"
LIN, LIN_ID = "林秀芳", "990106199302180662"
HE, HE_ID = "何志远", "990102199007212339"
CHEN = "陈国强"
TANG = "唐骏"
WANG, WANG_A_ID, WANG_B_ID = "王伟", "990101198801051025", "990104198709090776"

# ---------------------------------------------------------------------------------------------------- numbers


def luhn(digits: str) -> str:
    """The digit that makes ``digits`` followed by it pass the Luhn check."""
    total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(reversed(digits)))
    return str(-total % 10)


def full(key: str) -> str:
    """A Unicom or Telecom number with its check digit."""
    return key + luhn(key)


def unicom_a(n: int) -> str:
    """Key of the n-th card of Xinghai's first Unicom lot (1 to 30,000)."""
    return f"898601230610{n:07d}"


def unicom_b(n: int) -> str:
    """Key of the n-th card of Xinghai's second Unicom lot (1 to 20,000)."""
    return f"898601231120{n:07d}"


def unicom_yunfan(n: int) -> str:
    """Key of a card of Yunfan's Unicom lot (40,001 to 42,000)."""
    return f"898601230620{n:07d}"


def mobile(n: int) -> str:
    """The n-th China Mobile number of Xinghai's lot (1 to 40,000); Yunfan's is 100,001 to 105,000."""
    return f"898604B81623D{100000 + n:07d}"


def mobile_yunfan(n: int) -> str:
    """The n-th China Mobile number of Yunfan's lot of 500, whose only decimal part is its tail."""
    return f"898602A82223DE{n:06d}"


def telecom(n: int) -> str:
    """Key of the n-th card of Xinghai's Telecom lot (1 to 10,000)."""
    return f"898603240120{n:07d}"


def telecom_yunfan(n: int) -> str:
    """Key of the n-th card of Yunfan's Telecom lot (1 to 5,000)."""
    return f"898603240130{n:07d}"


NEVER_SOLD = "8986012305900000777"
SEIZED_ONLY = "8986032306500004321"
ACTIVATED_ONLY = "89860081162350007812"
NEVER_SEEN = unicom_yunfan(39990)
OUTSIDE = mobile(40001)
LETTER_INSIDE = "898604B81623D01A0045"


def imei(serial: int) -> str:
    """An IMEI with its check digit."""
    body = f"86099900{serial:06d}"
    return body + luhn(body)


GANG_PHONE, OTHER_PHONE, GATEWAY = imei(1), imei(2), imei(3)

HEADLINE = full(unicom_a(101))
HEADLINE_MSISDN = "1064600010101"
HEADLINE_IMSI = "460010123010101"
MOVED_MSISDN = "1064812340002"


def fullwidth(text: str) -> str:
    """The digits and letters of ``text`` as a Chinese input method writes them in full width."""
    return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text)


# ---------------------------------------------------------------------------------------------------- rows


def unicom_lot(no: str, who: tuple[str, str], day: str, first: str, last: str, count: int, use: str) -> Row:
    return (no, UNICOM, *who, day, first, last, count, f"LT-{no}", use)


_xinghai, _yunfan = (XINGHAI, XINGHAI_ID), (YUNFAN, YUNFAN_ID)

UNICOM_SALES: list[Row] = [
    (
        "流水号",
        "运营商",
        "购卡单位",
        "统一社会信用代码",
        "开卡日期",
        "起始ICCID",
        "终止ICCID",
        "数量",
        "合同编号",
        "申报用途",
    ),
    unicom_lot("230612-01", _xinghai, "2023/6/12", full(unicom_a(1)), full(unicom_a(30000)), 30000, "共享单车智能锁"),
    unicom_lot(
        "230828-07", _yunfan, "2023/8/28", full(unicom_yunfan(40001)), full(unicom_yunfan(42000)), 2000, "车载定位"
    ),
    unicom_lot("231120-03", _xinghai, "2023/11/20", full(unicom_b(1)), full(unicom_b(20000)), 20000, "共享单车智能锁"),
    # two contracts for the same 200 cards
    unicom_lot("240115-02", _yunfan, "2024/1/15", full(unicom_b(19801)), full(unicom_b(20000)), 200, "车载定位"),
    # sold again after Xinghai gave them back
    unicom_lot("240315-05", _yunfan, "2024/3/15", full(unicom_a(25001)), full(unicom_a(25500)), 500, "车载定位"),
    # 900 numbers, but the clerk wrote 1,000
    unicom_lot(
        "240402-01", _yunfan, "2024/4/2", full(unicom_yunfan(60001)), full(unicom_yunfan(60900)), 1000, "车载定位"
    ),
    # first and last number exchanged
    unicom_lot(
        "240402-02", _yunfan, "2024/4/2", full(unicom_yunfan(61900)), full(unicom_yunfan(61001)), 900, "车载定位"
    ),
    # the first row again: the export was run twice and pasted together
    unicom_lot("230612-01", _xinghai, "2023/6/12", full(unicom_a(1)), full(unicom_a(30000)), 30000, "共享单车智能锁"),
    ("合计", "", "", "", "", "", "", 84600, "", ""),
]

MOBILE_SALES: list[Row] = [
    ("开卡运营商", "开户单位", "信用代码", "开卡日期", "开始ICCID", "结束ICCID", "卡数(张)", "用途"),
    (MOBILE, XINGHAI, XINGHAI_ID, "2023-09-05", mobile(1), mobile(40000), 40000, "智能表计"),
    (MOBILE, YUNFAN_HALFWIDTH, YUNFAN_ID, "2023-10-09", mobile(100001), mobile(105000), 5000, "车载定位"),
    (
        MOBILE,
        YUNFAN_HALFWIDTH,
        YUNFAN_ID,
        "2023-12-04",
        mobile_yunfan(1).lower(),
        mobile_yunfan(500).lower(),
        500,
        "车载定位",
    ),
    # a letter in the running part of the last number
    (MOBILE, YUNFAN_HALFWIDTH, YUNFAN_ID, "2024-04-08", mobile(50001), "898604B81623D015A500", 500, "车载定位"),
    # one character lost: a China Mobile number of 19 characters is no whole number
    (MOBILE, YUNFAN_HALFWIDTH, YUNFAN_ID, "2024-04-08", mobile(60001)[:-1], mobile(60500)[:-1], 500, "车载定位"),
]

TELECOM_SALES = pl.DataFrame(
    {
        "operator": [TELECOM] * 3,
        "enterprise": [XINGHAI, YUNFAN_HALFWIDTH, YUNFAN_HALFWIDTH],
        "uscc": [XINGHAI_ID, YUNFAN_ID, YUNFAN_ID],
        "date": [date(2024, 1, 8), date(2024, 2, 26), date(2024, 3, 11)],
        "iccid_start": [int(telecom(1)), int(telecom_yunfan(1)), None],
        "iccid_end": [int(telecom(10000)), int(telecom_yunfan(5000)), None],
        "count": [10000, 5000, 500],
    },
    schema_overrides={"iccid_start": pl.Int64, "iccid_end": pl.Int64, "count": pl.Int64},
)
"""The carrier's platform exports 19-digit integers; the last row says only how many."""

# date, to, to_id, listed card, first, last, quantity, MSISDN, channel, contract
LEDGER_OUT: list[Row] = [
    ("2023-06-20", NANHE, "", "", "", "", 200, "", "", "XH-002"),
    ("2023-07-03", BEICHUAN, BEICHUAN_ID, "", full(unicom_a(1)), full(unicom_a(12000)), 12000, "", "微信", "XH-003"),
    ("2023-08-01", LAOK, "", "", full(unicom_a(12001)), full(unicom_a(20000)), 8000, "", "微信", "XH-004"),
    ("2023-10-16", BEICHUAN, BEICHUAN_ID, "", mobile(1), mobile(3000), 3000, "", "微信", "XH-007"),
    ("2023-10-20", GANGTONG, GANGTONG_ID, "", mobile(3001), mobile(5000), 2000, "", "线下", "XH-008"),
    ("2023-11-11", LIN, LIN_ID, mobile(10001), "", "", 1, "1064812340001", "淘宝", ""),
    ("2023-11-11", LIN, LIN_ID, mobile(10002), "", "", 1, MOVED_MSISDN, "淘宝", ""),
    ("2023-11-11", WANG, WANG_A_ID, mobile(10010), "", "", "", "", "", ""),
    ("2023-12-05", BEICHUAN, BEICHUAN_ID, "", full(unicom_b(1)), full(unicom_b(1000)), 1000, "", "微信", "XH-011"),
    ("2023-12-28", BEICHUAN, BEICHUAN_ID, "", full(telecom(9001)), full(telecom(9500)), 500, "", "微信", "XH-012"),
    ("2024-01-25", ZHOU, ZHOU_ID, "", full(unicom_b(2001)), full(unicom_b(10000)), 8000, "", "QQ", "XH-015"),
    ("2024-02-02", LAOK, "", "", full(unicom_b(501)), full(unicom_b(800)), 300, "", "微信", "XH-016"),
    ("2024-02-10", LIN, LIN_ID, mobile(10003), "", "", 1, MOVED_MSISDN, "淘宝", "补卡"),
    ("2024-03-05", ZHOU, ZHOU_ID, "", mobile(20001), mobile(35000), 15000, "", "QQ", "XH-018"),
    # typed as numbers: the spreadsheet kept 15 digits
    ("2024-04-01", SHENGDA, "", "", int(full(unicom_a(27001))), int(full(unicom_a(27500))), 500, "", "淘宝", "XH-019"),
]
MERGED_DATES = [(5, 7)]
"""Rows of :data:`LEDGER_OUT` (first, last) whose date is written once, in a merged cell."""

# date, from, to, first, last, quantity
LEDGER_BACK: list[Row] = [
    ("2024-01-10", BEICHUAN, XINGHAI, full(unicom_b(501)), full(unicom_b(1000)), 500),
    ("2024-02-20", XINGHAI, UNICOM, full(unicom_a(25001)), full(unicom_a(27000)), 2000),
    ("2024-04-15", LAOK, XINGHAI, full(unicom_a(19001)), full(unicom_a(20000)), 1000),
    ("2024-05-20", BEICHUAN, "中国移动", mobile(2001), mobile(2500), 500),
]

LEDGER_NOTES = ["填表说明", "1. 本台账由仓储部按月填写，号段按卡面号码登记。", "2. 退卡须注明去向。"]

CHAT_HEADER = ("日期", "卖方", "买方", "卡号", "起始卡号", "结束卡号", "数量", "渠道")


def listed(day: str, seller: str, buyer: str, card: str, channel: str = "微信") -> Row:
    return (day, seller, buyer, card, "", "", "", channel)


def ranged(day: str, seller: str, buyer: str, first: str, last: str, count: int | str, channel: str = "微信") -> Row:
    return (day, seller, buyer, "", first, last, count, channel)


CHAT_LIST: list[Row] = [
    CHAT_HEADER,
    ranged("2023.10.16", LAOK, MA, mobile(1), mobile(30), 30),
    ranged("2023年10月16日", BEICHUAN, LAOK, mobile(1), mobile(1000), 1000),
    ranged("2023.8.15", BEICHUAN, ZHOU, fullwidth(unicom_a(1)), fullwidth(unicom_a(5000)), fullwidth("5000"), "QQ"),
    ranged("2023年9月20日", ZHOU, SHOP, full(unicom_a(1)), unicom_a(2000), 2000, "QQ"),
    listed("2023年7月3日", XINGHAI, BEICHUAN, "'" + unicom_a(7001)),
    listed("2023年7月5日", XINGHAI, BEICHUAN, "'" + unicom_a(7002)),
    listed("2023年9月12日", LAOK, LIN, "'" + full(unicom_a(12500))),
    listed("2023.10.30", LAOK, HE, "'" + full(unicom_a(12500))),
    listed("2023年9月12日", LAOK, CHEN, fullwidth(full(unicom_a(12600)))),
    listed("2023年10月5日", LANXUN, HE, unicom_a(5500) + "B", "QQ"),
    listed("2023.8.20", ZHOU, CHEN, full(NEVER_SOLD), "QQ"),
    listed("2023.11.2", CHEN, LIN, full(unicom_a(1234)), "QQ"),
    listed("2023年10月11日", SHOP, MA, full(unicom_a(101)), "淘宝"),
    listed("2023年10月11日", SHOP, MA, full(unicom_a(102)), "淘宝"),
    listed("2023年10月11日", SHOP, MA, full(unicom_a(103)), "淘宝"),
    listed("2023年10月11日", SHOP, MA, unicom_a(104), "淘宝"),
    listed("2023年10月11日", SHOP, MA, "'" + unicom_a(105), "淘宝"),
    # one firm under two writings, neither with its number
    listed("2023.11.6", GANGTONG, GANGTONG_TRADITIONAL, mobile(3500), "线下"),
    listed("2023年11月3日", LAOK, WANG, full(unicom_a(12700))),
    # a sound number that really ends in zeros
    listed("2023年12月1日", BEICHUAN, LIN, unicom_a(10000)),
    # from here on nothing can be loaded
    listed("2023.9.1", BEICHUAN, BEICHUAN, full(unicom_a(6000))),
    listed("2023年13月5日", BEICHUAN, LIN, full(unicom_a(6001))),
    listed("5/6/2023", BEICHUAN, LIN, full(unicom_a(6002))),
    listed("2023.9.2", BEICHUAN, "", full(unicom_a(6003))),
    CHAT_HEADER,
    listed("2023.9.3", BEICHUAN, LIN, "8986012306100"),
    # sent twice
    listed("2023年10月11日", SHOP, MA, full(unicom_a(101)), "淘宝"),
]

SHOP_ORDERS: list[Row] = [
    ("订单号", "发货日期", "卖方", "买方", "数量", "单价", "销售渠道", "快递单号"),
    ("2309100001", "2023-09-10", SHOP, "tb小鱼儿", "50", "28.00", "淘宝", "SF1300000001"),
    ("2310080017", "2023-10-08", SHOP, CHEN, "500", "21.50", "淘宝", "SF1300000017"),
    ("2310200023", "2023-10-20", SHOP, CHEN, "200", "22.00", "淘宝", "SF1300000023"),
    ("2312150042", "2023-12-15", SHOP, "tb风行者88", "300", "22.00", "淘宝", "YT7700000042"),
    ("2401200055", "2024-01-20", SHOP, SHENGDA, "200", "22.00", "淘宝", "YT7700000055"),
    # an equal sale under another order number is a second sale
    ("2401200056", "2024-01-20", SHOP, SHENGDA, "200", "22.00", "淘宝", "YT7700000055"),
    # the same order exported twice
    ("2310080017", "2023-10-08", SHOP, CHEN, "500", "21.50", "淘宝", "SF1300000017"),
    ("2402110060", "2024-02-11", SHOP, "tb夜行人", "约100张", "22.00", "淘宝", "YT7700000060"),
    ("合计", "", "", "", "1450", "", "", ""),
]

ZHOU_HEADER = ("日期", "卖方", "买方", "买方证件号", "卡号", "渠道", "价格")
ZEROED = "89860123061000000000"
"""Form in which a spreadsheet saves any of Zhou's numbers 1 to 9,999: fifteen digits, then zeros."""

ZHOU_LEDGER: list[Row] = [
    ZHOU_HEADER,
    ("2023/10/12", ZHOU, "tb小鱼儿", "", ZEROED, "QQ", "35"),
    ("2023/10/12", ZHOU, "tb小鱼儿", "", ZEROED, "QQ", "35"),
    ("2023/10/15", ZHOU, LIN, LIN_ID, ZEROED, "QQ", "35"),
    ("2023/10/20", ZHOU, HE, HE_ID, f'="{full(unicom_a(2500))}"', "QQ", "33"),
    ("2023/10/20", ZHOU, HE, HE_ID, "'" + full(unicom_a(2501)), "QQ", "33"),
    ("2023/10/22", ZHOU, "阿强", "", ZEROED, "QQ", "35"),
    ("2023/10/22", ZHOU, "阿强", "", ZEROED, "QQ", "35"),
    ("2023/11/02", ZHOU, "飞鸟", "", "8.98601E+19", "QQ", "35"),
    ("2023/11/02", ZHOU, "飞鸟", "", "8.98601E+19", "QQ", "35"),
    ("2023/11/09", ZHOU, "飞鸟", "", "8.9860123061E+19", "QQ", "35"),
    ("合计", "", "", "", "", "", "346"),
]

# date, from, to, to_id, listed card, first, last, quantity
YUNFAN_LEDGER: list[Row] = [
    ("2023-10-10", YUNFAN_HALFWIDTH, YUANHANG, "", "", unicom_yunfan(41001), unicom_yunfan(41500), 500),
    ("2023-11-08", YUNFAN_HALFWIDTH, YUANHANG, "", "", mobile(100001), mobile(102000), 2000),
    ("2023-12-20", YUNFAN_HALFWIDTH, WANG, WANG_B_ID, mobile_yunfan(321), "", "", 1),
    ("2024-02-05", YUNFAN_HALFWIDTH, YUANHANG, "", full(unicom_b(19900)), "", "", 1),
    ("待定", YUNFAN_HALFWIDTH, YUANHANG, "", full(unicom_yunfan(41700)), "", "", 1),
]

GANGTONG_LIST: list[Row] = [
    ("出貨日期", "買方", "買方證件", "卡號", "備註"),
    ("2023/11/08", "何志遠", HE_ID, mobile(3001), "門市現貨交收"),
    ("2023/11/08", "黃志強", "", mobile(3002), "門市現貨交收"),
    ("2023/11/09", "旺角電訊行", "", mobile(3003), "順豐到付"),
    ("2023/11/09", "旺角電訊行", "", mobile(3004), "順豐到付"),
    ("2023/11/15", "林家豪", "", mobile(3005), "客戶自取"),
    ("2023/11/15", "澳門順達貿易行", "", mobile(3006), "貨到付款"),
    ("2023/11/22", "張美玲", "", mobile(3007), "門市現貨交收"),
    ("2023/11/22", "李國雄", "", mobile(3008), "門市現貨交收"),
    ("2023/12/01", "九龍數碼店", "", mobile(3009), "順豐到付"),
    ("2023/12/01", "九龍數碼店", "", mobile(3010), "順豐到付"),
    ("2023/12/06", "鄭偉明", "", mobile(3011), "客戶自取"),
    ("2023/12/06", "葉少芬", "", mobile(3012), "學生優惠"),
]

GANGTONG_MAPPING = f"""\
# The list of a Hong Kong dealer: headings in traditional characters, and no column for the seller, who is the dealer.
kind: transfer
header_row: 1
columns:
  date: 出貨日期
  to: 買方
  to_id: 買方證件
  iccid: 卡號
literals:
  from: {GANGTONG_TRADITIONAL}
  from_id: {GANGTONG_ID}
  channel: 线下
"""

STOCK: list[Row] = [
    ("申报单位", "申报单位证件号", "申报日期", "库存数量", "已售数量"),
    (XINGHAI, XINGHAI_ID, "2023-12-31", "62000", "25000"),
    (XINGHAI, XINGHAI_ID, "2024-06-30", "45000", "30000"),
    (YUNFAN, YUNFAN_ID, "2023-12-31", "约一万张", ""),
    (YUNFAN, YUNFAN_ID, "2024-06-30", "10000", ""),
]

# case number, date, place, suspect, cards (text as printed or noted; a number where it was typed as one)
SEIZURES: list[tuple[str, date, str, str, list[str | int]]] = [
    (
        "云公刑诈〔2024〕0318号",
        date(2024, 3, 18),
        "云洲市滨江区锦绣公寓7栋1203室",
        TANG,
        [HEADLINE, full(unicom_a(102)), full(unicom_a(103)), full(unicom_a(1234))],
    ),
    (
        "云公刑诈〔2024〕0415号",
        date(2024, 4, 15),
        "云洲市城西物流园",
        MA,
        [full(unicom_a(12600)), mobile(15), int(full(unicom_a(15000)))],
    ),
    (
        "云公刑诈〔2024〕0527号",
        date(2024, 5, 27),
        "云洲市高铁站停车场",
        "不详",
        [full(SEIZED_ONLY), full(unicom_a(12500)), unicom_a(5500) + "B"],
    ),
]


def online(time: str | int, /, **facts: str | int) -> dict[str, str | int]:
    return {**facts, "activated_at": time}


_ma = {"user": MA, "user_id": MA_ID}
_yunzhou = {"province": "江苏", "city": "云洲"}
_border = {"province": "云南", "city": "瑞澜"}

ACTIVATIONS: list[dict[str, str | int]] = [
    # the phones of the gang
    online(
        "2023-10-12T08:31:07+08:00",
        iccid=HEADLINE,
        msisdn=HEADLINE_MSISDN,
        imsi=HEADLINE_IMSI,
        imei=GANG_PHONE,
        **_ma,
        **_border,
    ),
    online(
        "2023-10-11T23:30:00Z", iccid=full(unicom_a(102)), msisdn="861064600010102", imei=GANG_PHONE, **_ma, **_border
    ),
    online(1697072700000, iccid=full(unicom_a(103)), msisdn=1064600010103, imei=GANG_PHONE, **_ma, **_border),
    online("20231120183000", iccid=full(unicom_a(103)), msisdn=1064600010103, imei=OTHER_PHONE, **_ma, **_border),
    online("2023-10-01", iccid=full(unicom_a(12600)), imei=imei(4), user=TANG, **_border),
    online("2023-11-10 21:05:00", iccid=full(unicom_a(1234)), imei=imei(5), **_border),
    # before the carrier sold it; nobody named
    online("2023-12-30", iccid=full(telecom(100)), imei=imei(6), **_yunzhou),
    # while the reseller held it
    online("2023-09-01 10:00:00", iccid=unicom_a(7100), imei=imei(7), **_yunzhou),
    # by MSISDN only: the ledger says whose number it was on that day
    online("2023-11-20 09:12:44", msisdn="+861064812340001", imei=imei(8), user=LIN, **_yunzhou),
    online("2023-12-05 12:00:00", msisdn=MOVED_MSISDN, imei=imei(9), **_yunzhou),
    online("2024-03-01 12:00:00", msisdn=MOVED_MSISDN, imei=imei(10), **_yunzhou),
    # a number that no record links to a card: the activation waits
    online("2024-03-02 12:00:00", msisdn="1064899990009", imei=imei(11), **_yunzhou),
    # a card of which nothing else is known
    online("2024-01-18 20:41:00", iccid=ACTIVATED_ONLY, imei=imei(12), **_border),
    # Ma Xiaodong's thirty cards: fifteen phones, and ten cards in one gateway
    *(
        online(
            f"2023-10-18 14:{n:02d}:00", iccid=mobile(n), imei=imei(100 + n) if n <= 15 else GATEWAY, **_ma, **_border
        )
        for n in range(1, 26)
    ),
    # what the cards were bought for
    *(
        online(f"2023-12-{n:02d} 08:00:00", iccid=mobile(36000 + n), imei=imei(200 + n), user=XINGHAI, **_yunzhou)
        for n in range(1, 21)
    ),
    *(
        online(f"2023-07-{15 + n} 08:00:00", iccid=full(unicom_a(20000 + n)), imei=imei(300 + n), **_yunzhou)
        for n in range(1, 11)
    ),
    *(
        online(
            f"2024-01-{10 + n} 08:00:00", iccid=mobile_yunfan(n), imei=imei(400 + n), user=YUNFAN_HALFWIDTH, **_yunzhou
        )
        for n in range(1, 6)
    ),
    # still Xinghai's by the books, in another man's hands
    online("2024-03-03 22:10:00", iccid=full(unicom_b(15001)), imei=imei(501), user=HE, **_border),
    online("2024-03-03 22:15:00", iccid=full(unicom_b(15002)), imei="8609990005", user=HE, **_border),
]
ACTIVATIONS += [
    ACTIVATIONS[13],  # the same line again
    online("2024-03-04 10:00:00", iccid=int(full(unicom_b(15003))), imei=imei(503)),  # a number beyond 2^53
    online("", iccid=full(unicom_b(15004)), imei=imei(504)),
    online("2024-03-04 10:10:00", iccid="898601231120", imei=imei(505)),
]
CUT_OFF = '{"iccid": "898601231120001500'
"""The last line of the export, as the connection broke."""

# ---------------------------------------------------------------------------------------------------- answers

Answer = dict[str, Any]


def hop(sender: str, receiver: str, day: str, precision: str = "range", **more: Any) -> Answer:
    """A hop as it must be answered; carriers go by id. ``more``: ``gap_before``, ``kind``, ``origins``."""
    return {"from": sender, "to": receiver, "date": day, "precision": precision, **more}


CU, CM, CT = "carrier:china-unicom", "carrier:china-mobile", "carrier:china-telecom"
BUY_A = hop(CU, XINGHAI, "2023-06-12")
BUY_B = hop(CU, XINGHAI, "2023-11-20")
BUY_M = hop(CM, XINGHAI, "2023-09-05")
BUY_T = hop(CT, XINGHAI, "2024-01-08")
TO_BEICHUAN = hop(XINGHAI, BEICHUAN, "2023-07-03")
TO_ZHOU = hop(BEICHUAN, ZHOU, "2023-08-15")
TO_SHOP = hop(ZHOU, SHOP, "2023-09-20")
TO_LAOK = hop(XINGHAI, LAOK, "2023-08-01")


def never_online(carrier: str) -> list[str]:
    return [carrier, "activation_record", "no_activation"]


def card(name: str, scenario: str | None, ask: str, outcome: str, **answer: Any) -> Answer:
    """The right answer for one card. Parties are names, carriers are ids; leads are [ask, for, because], each once.

    ``findings`` must hold all findings; their params are compared as far as they are given. ``shown`` is the number
    that the answer must show, where it is not the one asked for.
    """
    blank: Answer = {"registrant": None, "holder": None, "end_user": None, "chains": [], "findings": [], "leads": []}
    return {"name": name, "scenario": scenario, "ask": ask, "outcome": outcome, **blank, **answer}


def finding(code: str, **params: Any) -> Answer:
    return {"code": code, "params": params}


def shared(device: str, *cards: str) -> Answer:
    return finding("shared_device", imei=device[:14], cards=sorted(cards), count=len(cards))


def near(number: str, why: str) -> Answer:
    return finding("near_miss", iccid=number, why=why)


def taken(seized_from: str, holder: str, day: str) -> Answer:
    """A card was taken from somebody who, on record, neither held nor used it."""
    return finding("seized_from_another", seized_from=seized_from, holder=holder, date=day)


def asked_for_transfer(holder: str) -> list[str]:
    return [holder, "transfer_record", "seized_from_another"]


def onward(at: str, to: str, quantity: int, day: str, candidates: int) -> Answer:
    return finding("possible_onward", at=at, to=to, quantity=quantity, date=day, candidates=candidates)


GANG_CARDS = [full(unicom_a(n)) for n in (101, 102, 103)]
SHOP_HOLDS = 2000 - 5 - 1  # less Ma's five and the one that went by Chen to Lin
XINGHAI_HOLDS_OF_A = 5000 + 3000  # 20,001-25,000 and 27,001-30,000; 19,001-20,000 came back long after the sale

CARDS: list[Answer] = [
    card(
        "headline",
        "S1",
        HEADLINE,
        "continuous",
        registrant=XINGHAI,
        holder=MA,
        end_user=MA,
        chains=[
            [
                BUY_A | {"origins": [["unicom_sales.csv", None, 2], ["unicom_sales.csv", None, 9]]},
                TO_BEICHUAN | {"origins": [["xinghai_ledger.xlsx", "出库", 5]]},
                TO_ZHOU | {"origins": [["chat_list.txt", None, 4]]},
                TO_SHOP | {"origins": [["chat_list.txt", None, 5]]},
                hop(
                    SHOP, MA, "2023-10-11", "listed", origins=[["chat_list.txt", None, 14], ["chat_list.txt", None, 28]]
                ),
            ]
        ],
        findings=[taken(TANG, MA, "2024-03-18"), shared(GANG_PHONE, *GANG_CARDS)],
        leads=[asked_for_transfer(MA)],
    ),
    card(
        "second seized",
        "S1",
        full(unicom_a(102)),
        "continuous",
        registrant=XINGHAI,
        holder=MA,
        end_user=MA,
        chains=[[BUY_A, TO_BEICHUAN, TO_ZHOU, TO_SHOP, hop(SHOP, MA, "2023-10-11", "listed")]],
        findings=[taken(TANG, MA, "2024-03-18"), shared(GANG_PHONE, *GANG_CARDS)],
        leads=[asked_for_transfer(MA)],
    ),
    card(
        "plain chain",
        "S1",
        full(unicom_a(4321)),
        "continuous",
        registrant=XINGHAI,
        holder=ZHOU,
        chains=[[BUY_A, TO_BEICHUAN, TO_ZHOU]],
        leads=[never_online(CU)],
    ),
    card(
        "one day",
        "S2",
        mobile(15),
        "continuous",
        registrant=XINGHAI,
        holder=MA,
        end_user=MA,
        chains=[
            [
                BUY_M,
                hop(XINGHAI, BEICHUAN, "2023-10-16"),
                hop(BEICHUAN, LAOK, "2023-10-16"),
                hop(LAOK, MA, "2023-10-16"),
            ]
        ],
    ),
    card(
        "gap",
        "S3",
        full(unicom_a(5500)),
        "broken",
        shown=unicom_a(5500) + "B",
        registrant=XINGHAI,
        holder=HE,
        chains=[[BUY_A, TO_BEICHUAN, hop(LANXUN, HE, "2023-10-05", "listed", gap_before=True)]],
        findings=[
            finding(
                "custody_gap",
                after=BEICHUAN,
                before=LANXUN,
                since="2023-07-03",
                until="2023-10-05",
                alias_candidates=[],
            )
        ],
        leads=[
            [BEICHUAN, "transfer_record", "custody_gap"],
            [LANXUN, "transfer_record", "custody_gap"],
            never_online(CU),
        ],
    ),
    card(
        "never sold",
        "S4",
        full(NEVER_SOLD),
        "broken",
        holder=CHEN,
        chains=[[hop(ZHOU, CHEN, "2023-08-20", "listed")]],
        findings=[finding("no_purchase", first_holder=ZHOU, carrier="china-unicom")],
        leads=[[CU, "purchase_record", "no_purchase"], never_online(CU)],
    ),
    card(
        "sold twice",
        "S5",
        full(unicom_a(12500)),
        "ambiguous",
        registrant=XINGHAI,
        chains=[
            [BUY_A, TO_LAOK, hop(LAOK, LIN, "2023-09-12", "listed")],
            [BUY_A, TO_LAOK, hop(LAOK, HE, "2023-10-30", "listed")],
        ],
        findings=[
            finding(
                "double_transfer",
                at=LAOK,
                to=[{"party": LIN, "date": "2023-09-12"}, {"party": HE, "date": "2023-10-30"}],
                alias_candidates=[],
            )
        ],
        leads=[[LAOK, "transfer_record", "double_transfer"], never_online(CU)],
    ),
    card(
        "two registrants",
        "S6",
        full(unicom_b(19900)),
        "ambiguous",
        chains=[
            [BUY_B],
            [hop(CU, YUNFAN, "2024-01-15"), hop(YUNFAN, YUANHANG, "2024-02-05", "listed")],
        ],
        findings=[
            finding(
                "multiple_registrants",
                registrants=[{"party": XINGHAI, "date": "2023-11-20"}, {"party": YUNFAN, "date": "2024-01-15"}],
                alias_candidates=[],
            )
        ],
        leads=[[CU, "purchase_record", "multiple_registrants"], never_online(CU)],
    ),
    card(
        "delivered early",
        "S7",
        full(telecom(9100)),
        "inferred",
        registrant=XINGHAI,
        holder=BEICHUAN,
        chains=[[BUY_T, hop(XINGHAI, BEICHUAN, "2023-12-28")]],
        findings=[
            finding(
                "date_inversion",
                hop={"n": 2, "from": XINGHAI, "to": BEICHUAN},
                date="2023-12-28",
                previous="2024-01-08",
            )
        ],
        leads=[never_online(CT)],
    ),
    card(
        "back and out again",
        "S8",
        full(unicom_b(600)),
        "continuous",
        registrant=XINGHAI,
        holder=LAOK,
        chains=[
            [
                BUY_B,
                hop(XINGHAI, BEICHUAN, "2023-12-05"),
                hop(BEICHUAN, XINGHAI, "2024-01-10", kind="return"),
                hop(XINGHAI, LAOK, "2024-02-02"),
            ]
        ],
        leads=[never_online(CU)],
    ),
    card(
        "told twice",
        "S9",
        unicom_a(7001),
        "continuous",
        registrant=XINGHAI,
        holder=BEICHUAN,
        chains=[
            [
                BUY_A,
                hop(
                    XINGHAI,
                    BEICHUAN,
                    "2023-07-03",
                    "listed",
                    origins=[["chat_list.txt", None, 6], ["xinghai_ledger.xlsx", "出库", 5]],
                ),
            ]
        ],
        leads=[never_online(CU)],
    ),
    card(
        "two dates",
        "S10",
        unicom_a(7002),
        "continuous",
        registrant=XINGHAI,
        holder=BEICHUAN,
        chains=[
            [
                BUY_A,
                hop(
                    XINGHAI,
                    BEICHUAN,
                    "2023-07-03",
                    "listed",
                    origins=[["chat_list.txt", None, 7], ["xinghai_ledger.xlsx", "出库", 5]],
                ),
            ]
        ],
        findings=[
            finding(
                "date_disagreement",
                hop={"n": 2, "from": XINGHAI, "to": BEICHUAN},
                dates=["2023-07-03", "2023-07-05"],
            )
        ],
        leads=[never_online(CU)],
    ),
    card(
        "online too early",
        "S11",
        full(telecom(100)),
        "continuous",
        registrant=XINGHAI,
        holder=XINGHAI,
        chains=[[BUY_T]],
        findings=[finding("activated_before_purchase", activated="2023-12-30", purchased="2024-01-08")],
    ),
    card(
        "another user",
        "S12",
        full(unicom_a(12600)),
        "continuous",
        registrant=XINGHAI,
        holder=CHEN,
        end_user=TANG,
        chains=[[BUY_A, TO_LAOK, hop(LAOK, CHEN, "2023-09-12", "listed")]],
        findings=[
            finding("user_differs_from_holder", user=TANG, holder=CHEN, date="2023-10-01"),
            taken(MA, CHEN, "2024-04-15"),
        ],
        leads=[asked_for_transfer(CHEN)],
    ),
    card(
        "bridged",
        "S13",
        full(unicom_a(1234)),
        "inferred",
        registrant=XINGHAI,
        holder=LIN,
        end_user=LIN,
        chains=[
            [
                BUY_A,
                TO_BEICHUAN,
                TO_ZHOU,
                TO_SHOP,
                hop(
                    SHOP,
                    CHEN,
                    "2023-10-08",
                    "quantity",
                    origins=[["taobao_shop.tsv", None, 3], ["taobao_shop.tsv", None, 4], ["taobao_shop.tsv", None, 8]],
                ),
                hop(CHEN, LIN, "2023-11-02", "listed"),
            ]
        ],
        findings=[taken(TANG, LIN, "2024-03-18")],
        leads=[asked_for_transfer(LIN)],
    ),
    card(
        "perhaps sold on",
        "S14",
        full(unicom_a(1500)),
        "continuous",
        registrant=XINGHAI,
        holder=SHOP,
        chains=[[BUY_A, TO_BEICHUAN, TO_ZHOU, TO_SHOP]],
        findings=[
            onward(SHOP, CHEN, 500, "2023-10-08", SHOP_HOLDS),
            onward(SHOP, CHEN, 200, "2023-10-20", SHOP_HOLDS),
            onward(SHOP, "tb风行者88", 300, "2023-12-15", SHOP_HOLDS),
            onward(SHOP, SHENGDA, 200, "2024-01-20", SHOP_HOLDS),
            onward(SHOP, SHENGDA, 200, "2024-01-20", SHOP_HOLDS),
        ],
        leads=[[SHOP, "transfer_record", "possible_onward"], never_online(CU)],
    ),
    card(
        "never seen",
        "S15",
        full(NEVER_SEEN),
        "not_found",
        findings=[near(full(unicom_yunfan(40001)), "neighbouring_lot")],
        leads=[[CU, "purchase_record", "not_found"]],
    ),
    card(
        "just outside",
        "S16",
        OUTSIDE,
        "not_found",
        findings=[
            near(mobile(40000), "neighbouring_lot"),
            near(mobile(1), "one_character"),
            near(mobile(4001), "exchanged"),
            *(near(mobile(n), "one_character") for n in (10001, 20001, 30001)),
        ],
        leads=[[CM, "purchase_record", "not_found"]],
    ),
    card(
        "letter inside",
        "S16",
        LETTER_INSIDE,
        "not_found",
        findings=[near(mobile(n), "one_character") for n in (45, 10045, 20045, 30045)],
        leads=[[CM, "purchase_record", "not_found"]],
    ),
    card(
        "to itself",
        "S17",
        mobile(3500),
        "continuous",
        registrant=XINGHAI,
        holder=GANGTONG,
        chains=[[BUY_M, hop(XINGHAI, GANGTONG, "2023-10-20")]],
        findings=[finding("self_transfer", party=GANGTONG, date="2023-11-06")],
        leads=[never_online(CM)],
    ),
    card(
        "online at the reseller",
        "S18",
        unicom_a(7100),
        "continuous",
        registrant=XINGHAI,
        holder=BEICHUAN,
        end_user=BEICHUAN,
        chains=[[BUY_A, TO_BEICHUAN]],
    ),
    card(
        "online at the enterprise",
        "S18",
        mobile(36001),
        "continuous",
        registrant=XINGHAI,
        holder=XINGHAI,
        end_user=XINGHAI,
        chains=[[BUY_M]],
    ),
    card(
        "two phones",
        "S19",
        full(unicom_a(103)),
        "continuous",
        registrant=XINGHAI,
        holder=MA,
        end_user=MA,
        chains=[[BUY_A, TO_BEICHUAN, TO_ZHOU, TO_SHOP, hop(SHOP, MA, "2023-10-11", "listed")]],
        findings=[
            taken(TANG, MA, "2024-03-18"),
            shared(GANG_PHONE, *GANG_CARDS),
            finding("device_changes", imeis=[GANG_PHONE[:14], OTHER_PHONE[:14]]),
        ],
        leads=[asked_for_transfer(MA)],
    ),
    card(
        "in the gateway",
        "S19",
        mobile(20),
        "continuous",
        registrant=XINGHAI,
        holder=MA,
        end_user=MA,
        chains=[
            [
                BUY_M,
                hop(XINGHAI, BEICHUAN, "2023-10-16"),
                hop(BEICHUAN, LAOK, "2023-10-16"),
                hop(LAOK, MA, "2023-10-16"),
            ]
        ],
        findings=[shared(GATEWAY, *(mobile(n) for n in range(16, 26)))],
    ),
    card(
        "sold again by the carrier",
        "S20",
        full(unicom_a(25100)),
        "continuous",
        registrant=YUNFAN,
        holder=YUNFAN,
        chains=[
            [BUY_A, hop(XINGHAI, CU, "2024-02-20", kind="return"), hop(CU, YUNFAN, "2024-03-15", kind="purchase")],
        ],
        leads=[never_online(CU)],
    ),
    card(
        "seized only",
        "S21",
        full(SEIZED_ONLY),
        "broken",
        findings=[finding("no_purchase", first_holder=None, carrier="china-telecom")],
        leads=[[CT, "purchase_record", "no_purchase"], never_online(CT)],
    ),
    card(
        "activated only",
        "S21",
        ACTIVATED_ONLY,
        "broken",
        findings=[finding("no_purchase", first_holder=None, carrier="china-mobile")],
        leads=[[CM, "purchase_record", "no_purchase"]],
    ),
    card(
        "which Wang Wei",
        None,
        full(unicom_a(12700)),
        "continuous",
        registrant=XINGHAI,
        holder=WANG,
        chains=[[BUY_A, TO_LAOK, hop(LAOK, WANG, "2023-11-03", "listed")]],
        findings=[finding("ambiguous_party", name=WANG, parties=2)],
        leads=[never_online(CU)],
    ),
    card(
        "the other Wang Wei",
        None,
        mobile(10010),
        "continuous",
        registrant=XINGHAI,
        holder=WANG,
        chains=[[BUY_M, hop(XINGHAI, WANG, "2023-11-11", "listed")]],
        leads=[never_online(CM)],
    ),
    card(
        "honest zeros",
        None,
        unicom_a(10000),
        "continuous",
        registrant=XINGHAI,
        holder=LIN,
        chains=[[BUY_A, TO_BEICHUAN, hop(BEICHUAN, LIN, "2023-12-01", "listed")]],
        leads=[never_online(CU)],
    ),
    card(
        "by number",
        None,
        mobile(10001),
        "continuous",
        registrant=XINGHAI,
        holder=LIN,
        end_user=LIN,
        chains=[[BUY_M, hop(XINGHAI, LIN, "2023-11-11", "listed")]],
        activated=["2023-11-20"],
    ),
    card(
        "before the number moved",
        None,
        mobile(10002),
        "continuous",
        registrant=XINGHAI,
        holder=LIN,
        end_user=LIN,
        chains=[[BUY_M, hop(XINGHAI, LIN, "2023-11-11", "listed")]],
        activated=["2023-12-05"],
    ),
    card(
        "after the number moved",
        None,
        mobile(10003),
        "continuous",
        registrant=XINGHAI,
        holder=LIN,
        end_user=LIN,
        chains=[[BUY_M, hop(XINGHAI, LIN, "2024-02-10", "listed")]],
        activated=["2024-03-01"],
    ),
    card(
        "two alphabets",
        None,
        mobile(3001),
        "continuous",
        registrant=XINGHAI,
        holder="何志遠",
        chains=[
            [BUY_M, hop(XINGHAI, GANGTONG, "2023-10-20"), hop(GANGTONG_TRADITIONAL, "何志遠", "2023-11-08", "listed")]
        ],
        leads=[never_online(CM)],
    ),
    card(
        "still on the books",
        None,
        full(unicom_a(28000)),
        "continuous",
        registrant=XINGHAI,
        holder=XINGHAI,
        chains=[[BUY_A]],
        findings=[onward(XINGHAI, NANHE, 200, "2023-06-20", XINGHAI_HOLDS_OF_A)],
        leads=[[XINGHAI, "transfer_record", "possible_onward"], never_online(CU)],
    ),
]

QUESTIONS: list[Answer] = [
    {"ask": unicom_a(101), "matched_as": "iccid", "shown": [HEADLINE]},
    {"ask": HEADLINE_MSISDN, "matched_as": "msisdn", "shown": [HEADLINE]},
    {"ask": HEADLINE_IMSI, "matched_as": "imsi", "shown": [HEADLINE]},
    {"ask": GANG_PHONE, "matched_as": "imei", "shown": GANG_CARDS},
    {"ask": "898604??1623D0100015", "matched_as": "partial", "shown": [mobile(15)]},
    {"ask": MOVED_MSISDN, "matched_as": "msisdn", "shown": [mobile(10002), mobile(10003)]},
]

_HONG_KONG = {
    "黃志強": 1,
    "旺角電訊行": 2,
    "林家豪": 1,
    "澳門順達貿易行": 1,
    "張美玲": 1,
    "李國雄": 1,
    "九龍數碼店": 2,
    "鄭偉明": 1,
    "葉少芬": 1,
}


def wilson(part: int, whole: int, z: float = 1.96) -> tuple[float, float]:
    """The interval of a share after Wilson (1927), in percent."""
    share, square = part / whole, z * z
    middle = share + square / (2 * whole)
    reach = z * math.sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    return tuple(100 * (middle + side * reach) / (1 + square / whole) for side in (-1, 1))


def seized_share(part: int, whole: int, digits: int) -> Answer:
    low, high = wilson(part, whole)
    return {
        "cards": part,
        "handled": whole,
        "percent": round(100 * part / whole, digits),
        "low": round(low, digits),
        "high": round(high, digits),
    }


DAMAGED = {
    "mobile_sales.csv": {"records": 2, "rows": 5, "reason": "bad_identifier"},
    "unicom_sales.csv": {"records": 2, "rows": 9, "reason": "range_count_mismatch"},
}
"""Files that name cards of both enterprises and have rows that cannot be used."""

# of Lao K, Xunlian, Chen, one of the two Wang and the nine in Hong Kong no record has a number
NAMELESS = 6997 + 300 + 970 + SHOP_HOLDS + 1 + 1 + sum(_HONG_KONG.values())

# what Xinghai passed on (300 of Lao K's and two of Beichuan's cards twice), and what Zhou and Beichuan received
_XINGHAI_SOLD = 12000 + 8000 + 3000 + 2000 + 3 + 1 + 1000 + 500 + 8000 + 15000
_ZHOU_GOT, _BEICHUAN_GOT = 5000 + 8000 + 15000, 12000 + 3000 + 1000 + 500

# who passed on cards of Xinghai, and all that each passed on in the case: different cards, sales, recipients
SELLERS = [
    (XINGHAI, _XINGHAI_SOLD, 13, 6),
    (BEICHUAN, 1000 + 5000 + 1, 3, 3),
    (YUNFAN, 2500 + 1 + 1, 4, 2),
    (ZHOU, 2000 + 1 + 2, 3, 3),
    (LAOK, 30 + 3, 5, 5),
    (GANGTONG, 12, 10, 10),
    (SHOP, 5, 1, 1),
]
# the same with what they received; what they passed on they had received, but for the card that Zhou never bought
TRADERS = [
    (XINGHAI, _XINGHAI_SOLD),
    (ZHOU, _ZHOU_GOT + 1),
    (BEICHUAN, _BEICHUAN_GOT),
    (LAOK, 8000 + 1000 + 300),
    (YUNFAN, 2500 + 1 + 1),
    (YUANHANG, 2500 + 1),
    (GANGTONG, 2000),
    (SHOP, 2000),
    (MA, 30 + 5),
]

# rule, some of what it says
XINGHAI_FINDINGS: list[tuple[str, Answer]] = [
    ("balance_not_closed", {"declared_on": "2024-06-30", "missing": 22465, "surplus": None}),
    ("many_cards_one_person", {"person": ZHOU, "cards": 2998 + 8000 + 15000}),
    ("many_cards_one_person", {"person": MA, "cards": 30 + 5}),
    ("sold_more_than_declared", {"declared_sold": 30000, "beyond": 47803 - 30000, "cards": 47803}),
    ("bought_activated", {"cards": 1, "earliest": "2023-12-30", "days": 9}),
    ("contradictory_records", {"cards": 1 + 200, "purchased": 100000, "percent": 0.2}),
    ("damaged_records", {"file": "chat_list.txt", "records": 4, "rows": 27, "reason": "ambiguous_date"}),
    ("damaged_records", {"file": "zhou_qq_ledger.csv", "records": 8, "rows": 11, "reason": "damaged_number"}),
    *(("damaged_records", {"file": file, **said}) for file, said in DAMAGED.items()),
    # first Unicom lot and China Mobile less what went back and what is disputed; the others were bought too late
    ("hardly_activated", {"cards": 30000 - 2000 - 1 + 40000 - 500, "activated": 67 - 2 - 1}),
    ("many_cards_one_device", {"devices": 2, "most": 10, "cards": 10 + 3}),
    ("many_numbers_one_user", {"user": MA, "cards": 28}),
    ("online_resale", {"channel": "QQ", "cards": 5000 + 1, "holders": 5}),
    ("online_resale", {"channel": "微信", "cards": 1000 + 3, "holders": 5}),
    ("online_resale", {"channel": "淘宝", "cards": 5 + 1, "holders": 2}),
    ("online_sale", {"channel": "QQ", "cards": 8000 + 15000}),
    ("online_sale", {"channel": "微信", "cards": 12000 + 6999 + 500 + 300 + 2500 + 500}),
    ("online_sale", {"channel": "淘宝", "cards": 3}),
    ("onward_resale", {"deepest": 5, "cards": 3984 + 2026 + 5 + 1}),
    ("outside_declared_use", {"declared_use": "智能表计", "users": 2, "cards": 26}),
    ("outside_declared_use", {"declared_use": "共享单车智能锁", "users": 2, "cards": 5}),
    ("seized_share", seized_share(8, 100000, 4)),
    ("buyer_without_identity", {"holders": 4 + len(_HONG_KONG), "cards": NAMELESS}),
    ("one_card_many_devices", {"cards": 1, "most": 2}),
    ("sold_without_numbers", {"quantity": 200, "buyers": 1, "records": 1}),
    # who passed on or received cards of Xinghai, by all that they passed on in the case: Yunfan by the card that both
    # are on record as having bought, Yuanhang by what Yunfan sold it
    *(
        ("sanction_three", {"seller": seller, "cards_listed": cards, "sales": sales, "recipients": recipients})
        for seller, cards, sales, recipients in SELLERS
    ),
    *(("sale_twenty", {"party": party, "cards_listed": cards}) for party, cards in TRADERS),
    # Zhou's lot, of all that Beichuan sold: that, Lao K's lot, which had come in on the same day, and a single card
    (
        "burst",
        {"dealer": BEICHUAN, "since": "2023-08-15", "cards": 5000, "passed_on": 5000 + 1000 + 1, "percent": 83.32},
    ),
    ("passed_through", {"dealer": BEICHUAN, "cards": 1000, "records": 2}),
]
YUNFAN_FINDINGS: list[tuple[str, Answer]] = [
    ("contradictory_records", {"cards": 200, "purchased": 13200, "percent": 1.52}),
    *(("damaged_records", {"file": file, **said}) for file, said in DAMAGED.items()),
    # Yuanhang
    ("buyer_without_identity", {"holders": 1, "cards": 2500}),
    ("sanction_three", {"seller": YUNFAN, "cards_listed": 2500 + 1 + 1, "sales": 4, "recipients": 2}),
    ("sale_twenty", {"party": YUNFAN, "cards_listed": 2500 + 1 + 1}),
    ("sale_twenty", {"party": YUANHANG, "cards_listed": 2500 + 1}),
    (
        "burst",
        {"dealer": YUNFAN, "since": "2023-11-08", "cards": 2000, "passed_on": 500 + 2000 + 1 + 1, "percent": 79.94},
    ),
]

AUDITS: list[Answer] = [
    {
        "enterprise": XINGHAI,
        "uscc": XINGHAI_ID,
        "purchased": 30000 + 20000 + 40000 + 10000,
        "buckets": {
            # first Unicom lot 9,000, second 11,000, China Mobile 19,996, Telecom 9,500; less 31 and 2 activated
            "in_stock": 9000 + 11000 + 19996 + 9500 - 31 - 2,
            "activated_by_enterprise": 20,
            "activated_unnamed": 10 + 1,
            "activated_by_other": 2,
            # Unicom 12,000 + 6,999 and 500 + 300 + 8,000; China Mobile 2,500 + 2,000 + 4 + 15,000; Telecom 500
            "resold": 18999 + 8800 + 19504 + 500,
            "returned": 2000 + 500,
            "disputed": 1 + 200,
        },
        "resold_activated": 28 + 4 + 1 + 1,
        "by_depth": {
            "1": 6998 + 6997 + 8800 + 1500 + 1988 + 4 + 15000 + 500,
            "2": 2998 + 1 + 1 + 1 + 1 + 970 + 12,
            "3": 1994 + 2 + 30,
            "4": 5,
            "5": 1,
        },
        # holder, cards, activated, seized
        "final_holders": [
            [ZHOU, 2998 + 8000 + 15000, 0, 0],
            [BEICHUAN, 6998 + 500 + 1500 + 500, 1, 0],
            [LAOK, 6997 + 300 + 970, 0, 0],
            [SHOP, SHOP_HOLDS, 0, 0],
            [GANGTONG, 1988, 0, 0],
            [MA, 30 + 5, 28, 1],
            [LIN, 5, 4, 0],
            [HE, 2 + 1 + 1, 0, 1],
            [CHEN, 1, 1, 0],
            # two parties of this name
            [WANG, 1, 0, 0],
            [WANG, 1, 0, 0],
            *([name, cards, 0, 0] for name, cards in _HONG_KONG.items()),
        ],
        "channels": {"微信": 12000 + 6999 + 500 + 300 + 2500 + 500, "QQ": 8000 + 15000, "线下": 2000, "淘宝": 3},
        "seized": 8,
        "quantity_only": {"purchased": {"records": 0, "cards": 0}, "sold": {"records": 1, "cards": 200}},
        "balance": {
            "date": "2024-06-30",
            "declared_stock": 45000,
            "declared_sold": 30000,
            "unaccounted": 100000 - 2500 - (20 + 10 + 2) - 30000 - 45000,
        },
        "findings": XINGHAI_FINDINGS,
    },
    {
        "enterprise": YUNFAN,
        "uscc": YUNFAN_ID,
        "purchased": 2000 + 200 + 500 + 5000 + 500 + 5000,
        "buckets": {
            "in_stock": 13200 - 200 - 2501 - 5,
            "activated_by_enterprise": 5,
            "activated_unnamed": 0,
            "activated_by_other": 0,
            "resold": 500 + 2000 + 1,
            "returned": 0,
            "disputed": 200,
        },
        "resold_activated": 0,
        "by_depth": {"1": 2501},
        "final_holders": [[YUANHANG, 2500, 0, 0], [WANG, 1, 0, 0]],
        "channels": {},
        "seized": 0,
        "quantity_only": {"purchased": {"records": 1, "cards": 500}, "sold": {"records": 0, "cards": 0}},
        "balance": {"date": "2024-06-30", "declared_stock": 10000, "declared_sold": None, "unaccounted": None},
        "findings": YUNFAN_FINDINGS,
    },
]


def sheet(kind: str | None, rows: int, loaded: int, duplicate: int = 0, /, **more: Any) -> Answer:
    """Return the expected report of a load. ``rejects``: reason to rows (``unknown_headings`` rejects all of them)."""
    rejects: dict[str, list[int]] = more.pop("rejects", {})
    return {
        "sheet": None,
        "kind": kind,
        "rows": rows,
        "loaded": loaded,
        "duplicate": duplicate,
        "rejected": rows - loaded - duplicate,
        "rejects": rejects,
        "warnings": {},
        **more,
    }


FILES: dict[str, list[Answer]] = {
    "unicom_sales.csv": [
        sheet(
            "purchase",
            9,
            5,
            1,
            encoding="gb18030",
            rejects={"range_count_mismatch": [7], "range_reversed": [8], "not_a_record": [10]},
        )
    ],
    "mobile_sales.csv": [sheet("purchase", 5, 3, rejects={"range_heads_differ": [5], "bad_identifier": [6]})],
    "telecom_sales.parquet": [sheet("purchase", 3, 3)],
    "xinghai_ledger.xlsx": [
        sheet(None, 2, 0, sheet="填表说明", rejects={"unknown_headings": []}),
        sheet("transfer", 16, 14, sheet="出库", rejects={"damaged_number": [18], "not_a_record": [19]}),
        sheet("return", 4, 4, sheet="退货"),
    ],
    "chat_list.txt": [
        sheet(
            "transfer",
            27,
            20,
            1,
            encoding="utf-8",
            rejects={
                "self_transfer": [22],
                "bad_date": [23],
                "ambiguous_date": [24],
                "missing_field": [25],
                "not_a_record": [26],
                "bad_identifier": [27],
            },
        )
    ],
    "taobao_shop.tsv": [
        sheet("transfer", 9, 6, 1, encoding="utf-8", rejects={"bad_quantity": [9], "not_a_record": [10]})
    ],
    "zhou_qq_ledger.csv": [
        sheet(
            "transfer",
            11,
            2,
            encoding="gb18030",
            rejects={"damaged_number": [2, 3, 4, 7, 8, 9, 10, 11], "not_a_record": [12]},
        )
    ],
    "yunfan_ledger.xlsx": [sheet("transfer", 5, 4, sheet="销售", rejects={"bad_date": [6]})],
    "gangtong_list.csv": [sheet("transfer", 12, 12, encoding="big5")],
    "activations.jsonl": [
        sheet(
            "activation",
            80,
            75,
            1,
            encoding="utf-8",
            rejects={"damaged_number": [77], "missing_field": [78], "bad_identifier": [79], "unreadable_row": [80]},
            warnings={"imei": ["bad_identifier", 1, 75]},
        )
    ],
    "stock_declarations.csv": [sheet("stock", 4, 3, encoding="gb18030", rejects={"bad_quantity": [4]})],
    "seizures.xlsx": [
        sheet(
            "seizure",
            11,
            9,
            sheet="扣押清单",
            rejects={"damaged_number": [9], "not_a_record": [13]},
            warnings={"holder": ["names_nobody", 3, 10]},
        )
    ],
}
MAPPINGS = {"gangtong_list.csv": "gangtong_list.mapping.yml"}

# ---------------------------------------------------------------------------------------------------- writers


def delimited(rows: Sequence[Row], encoding: str, *, delimiter: str = ",", newline: str = "\r\n") -> bytes:
    """Delimited text as a spreadsheet program saves it, quoted only where it must be."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=newline, quoting=csv.QUOTE_NONE, quotechar=None).writerows(
        rows
    )
    return text.getvalue().encode(encoding)


def json_lines() -> bytes:
    lines = [json.dumps(line, ensure_ascii=False) for line in ACTIVATIONS]
    return "\n".join([*lines, CUT_OFF]).encode()


def telecom_parquet() -> bytes:
    content = io.BytesIO()
    TELECOM_SALES.write_parquet(content, compression="uncompressed")
    return content.getvalue()


def workbook_bytes(fill: Callable[[xlsxwriter.Workbook], None], **options: Any) -> bytes:
    """A workbook without a clock in it, stored uncompressed so that no version of zlib shows in its bytes."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True, **options}) as book:
        book.set_properties({"created": datetime(2024, 7, 1)})
        fill(book)
    stored = io.BytesIO()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), source.read(name))
    return stored.getvalue()


def day_format(book: xlsxwriter.Workbook) -> Any:
    return book.add_format({"num_format": "yyyy/m/d", "align": "left"})


def as_date(day: str | date) -> date | None:
    """The day of an ISO text, or nothing where the cell holds other words."""
    if isinstance(day, date):
        return day
    return date.fromisoformat(day) if day[:1].isdigit() else None


def write_day(page: Any, row: int, column: int, day: str | date, style: Any) -> None:
    value = as_date(day)
    if value is None:
        page.write_string(row, column, day)
    else:
        page.write_datetime(row, column, value, style)


def write_cells(page: Any, row: int, column: int, cells: Row) -> None:
    """Text as text, numbers as numbers, nothing as nothing: what the ledger's clerk typed."""
    for offset, cell in enumerate(cells):
        if cell != "":
            (page.write_string if isinstance(cell, str) else page.write_number)(row, column + offset, cell)


def fill_xinghai_ledger(book: xlsxwriter.Workbook) -> None:
    day = day_format(book)
    notes = book.add_worksheet("填表说明")
    for row, text in enumerate(LEDGER_NOTES):
        notes.write_string(row, 0, text)

    out = book.add_worksheet("出库")
    out.merge_range(0, 0, 0, 12, "星海智联科技有限公司 物联网卡出库台账（2023—2024）", day)
    upper = ["序号", "出库日期", "发货方", "收货单位", "", "号段信息", "", "", "", "物联网号码", "渠道", "合同", "备注"]
    lower = {3: "收货方", 4: "接收方证件号", 5: "ICCID号", 6: "起始ICCID", 7: "结束ICCID", 8: "数量（张）", 11: "编号"}
    for column, heading in enumerate(upper):
        if column in lower:
            out.write_string(2, column, lower[column])
            if heading == "合同":
                out.write_string(1, column, heading)
        else:
            out.merge_range(1, column, 2, column, heading, day)
    out.merge_range(1, 3, 1, 4, "收货单位", day)
    out.merge_range(1, 5, 1, 8, "号段信息", day)
    out.merge_range(3, 2, 2 + len(LEDGER_OUT), 2, XINGHAI, day)
    for number, (when, *cells) in enumerate(LEDGER_OUT):
        row = 3 + number
        out.write_number(row, 0, number + 1)
        if not any(first <= number <= last for first, last in MERGED_DATES):
            write_day(out, row, 1, when, day)
        write_cells(out, row, 3, cells)
    for first, last in MERGED_DATES:
        out.merge_range(3 + first, 1, 3 + last, 1, "", day)
        write_day(out, 3 + first, 1, LEDGER_OUT[first][0], day)
    total = 3 + len(LEDGER_OUT)
    out.write_string(total, 0, "合计")
    out.write_number(total, 8, sum(row[6] for row in LEDGER_OUT if row[6] != ""))

    back = book.add_worksheet("退货")
    back.merge_range(0, 0, 0, 5, "退卡登记", day)
    write_cells(back, 2, 0, ("退货日期", "退货方", "退回方", "起始ICCID", "结束ICCID", "数量"))
    for number, (when, *cells) in enumerate(LEDGER_BACK):
        write_day(back, 3 + number, 0, when, day)
        write_cells(back, 3 + number, 1, cells)


def fill_yunfan_ledger(book: xlsxwriter.Workbook) -> None:
    day = day_format(book)
    page = book.add_worksheet("销售")
    write_cells(
        page, 0, 0, ("转让日期", "转出方", "转入方", "转入方证件号", "物联网卡号", "起始卡号", "结束卡号", "数量")
    )
    for number, (when, *cells) in enumerate(YUNFAN_LEDGER):
        write_day(page, 1 + number, 0, when, day)
        write_cells(page, 1 + number, 1, cells)


def fill_seizures(book: xlsxwriter.Workbook) -> None:
    day = day_format(book)
    page = book.add_worksheet("扣押清单")
    page.merge_range(0, 0, 0, 4, "云洲市公安局扣押物联网卡清单", day)
    write_cells(page, 1, 0, ("案件编号", "查获日期", "查获地点", "嫌疑人", "卡号"))
    row = 2
    for case_no, when, place, suspect, cards in SEIZURES:
        last = row + len(cards) - 1
        page.merge_range(row, 0, last, 0, case_no, day)
        page.merge_range(row, 1, last, 1, "", day)
        write_day(page, row, 1, when, day)
        page.merge_range(row, 2, last, 2, place, day)
        page.merge_range(row, 3, last, 3, suspect, day)
        for offset, number in enumerate(cards):
            write_cells(page, row + offset, 4, (number,))
        row = last + 1
    write_cells(page, row, 0, ("合计", "", "", "", row - 2))


def case_files() -> dict[str, bytes]:
    """Every file of ``examples/case``, by name."""
    demo = {"seized": HEADLINE, "enterprise": XINGHAI, "files": list(FILES), "mappings": MAPPINGS}
    return {
        "unicom_sales.csv": delimited(UNICOM_SALES, "gb18030"),
        "mobile_sales.csv": delimited(MOBILE_SALES, "utf-8-sig"),
        "telecom_sales.parquet": telecom_parquet(),
        "xinghai_ledger.xlsx": workbook_bytes(fill_xinghai_ledger),
        "chat_list.txt": delimited(CHAT_LIST, "utf-8", newline="\n"),
        "taobao_shop.tsv": delimited(SHOP_ORDERS, "utf-8", delimiter="\t", newline="\n"),
        "zhou_qq_ledger.csv": delimited(ZHOU_LEDGER, "gb18030"),
        "yunfan_ledger.xlsx": workbook_bytes(fill_yunfan_ledger, date_1904=True),
        "gangtong_list.csv": delimited(GANGTONG_LIST, "big5"),
        "gangtong_list.mapping.yml": GANGTONG_MAPPING.encode(),
        "activations.jsonl": json_lines(),
        "stock_declarations.csv": delimited(STOCK, "gb18030"),
        "seizures.xlsx": workbook_bytes(fill_seizures),
        "demo.json": json.dumps(demo, ensure_ascii=False, indent=2).encode() + b"\n",
    }


def expected() -> bytes:
    """The right answers, as ``examples/expected.json`` holds them."""
    answers = {"files": FILES, "mappings": MAPPINGS, "cards": CARDS, "questions": QUESTIONS, "audits": AUDITS}
    return json.dumps(answers, ensure_ascii=False, indent=1).encode() + b"\n"


def write_case(folder: Path) -> None:
    """Write ``case`` and ``expected.json`` into ``folder``."""
    (folder / "case").mkdir(parents=True, exist_ok=True)
    for name, content in case_files().items():
        (folder / "case" / name).write_bytes(content)
    (folder / "expected.json").write_bytes(expected())


if __name__ == "__main__":
    write_case(HERE)
