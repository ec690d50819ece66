"""Rows of records as the columns of files: which heading holds what, and how it is written.

A row is numbers (parties, slots, offsets, days) until it is written:

========== ========================================================================================
sender     party, by its number in the directory; so are ``receiver`` and nobody (:data:`NOBODY`)
slot       place of the card on the number line; ``offset`` the card in it, ``last`` the last of a range
day        number of the day since 1970-01-01; ``second`` the second of that day
quantity   cards of a record that names none
device     offset of the card whose device it is; ``is_second`` that card's second one
line       offset of the card whose subscriber number it is
place      province and city, in :data:`PLACES`
serial     number of a record or a police case
========== ========================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from graphtrace.model import format_day, to_epoch_day
from graphtrace.simulate import numbers
from graphtrace.simulate.made_parties import CHANNELS, Directory

if TYPE_CHECKING:
    import numpy.typing as npt

    Indices = npt.NDArray[np.int64]

Rows = Mapping[str, "Indices"]

FIRST_DAY: Final = to_epoch_day(date(2021, 1, 1))
"""The earliest day of a record. In the first year carriers sell by number of cards, afterwards they do so no more."""

SECOND_YEAR: Final = FIRST_DAY + 365
"""The earliest day of everything else."""

STARTS: Final = 300
LONGEST_STEP: Final = 29
LONGEST_WAIT: Final = 180
"""Days on which something can begin; days at most from one step to the next; and from the last to an activation."""

NOBODY: Final = -1
_DAYS: Final = 1_500
"""Days on which something may happen."""

DAY_SECONDS: Final = 86_400

PLACES: Final = (
    *(("广东", "深圳"), ("广东", "东莞"), ("广东", "广州"), ("福建", "泉州"), ("福建", "厦门"), ("江苏", "苏州")),
    *(("江苏", "南通"), ("浙江", "温州"), ("浙江", "义乌"), ("四川", "成都"), ("湖南", "娄底"), ("河南", "郑州")),
    *(("云南", "昆明"), ("广西", "南宁")),
)
"""Province and city of activations."""

_RANGE: Final = {"起始ICCID": "first", "结束ICCID": "last", "数量": "count"}

TABLES: Final[dict[str, dict[str, str]]] = {
    "purchases": {
        "运营商": "sender",
        "企业名称": "receiver",
        "统一社会信用代码": "receiver_id",
        **_RANGE,
        "采购日期": "day",
    },
    "bought": {"订单号": "order", "运营商": "sender", "采购单位": "receiver", "数量": "quantity", "采购日期": "day"},
    "transfers": {"卖方": "sender", "买方": "receiver", **_RANGE, "销售渠道": "channel", "转让日期": "day"},
    "copy": {"卖方": "sender", "买方": "receiver", **_RANGE, "销售渠道": "channel", "转让日期": "day"},
    "ledger": {
        "转出方": "sender",
        "转入方": "receiver",
        "起始卡号": "first",
        "结束卡号": "last",
        "出库日期": "day",
    },
    "retail": {"卖方": "sender", "买方": "receiver", "ICCID": "card", "销售渠道": "channel", "转让日期": "day"},
    "named": {
        "卖方": "sender",
        "买方": "receiver",
        "买方证件号": "receiver_id",
        "ICCID": "card",
        "转让日期": "day",
    },
    "sold": {"订单号": "order", "发货方": "sender", "收货方": "receiver", "张数": "quantity", "发货日期": "day"},
    "returns": {"退货方": "sender", "退回方": "receiver", **_RANGE, "退货日期": "day"},
    "activations": {
        "ICCID": "card",
        "激活时间": "moment",
        "IMEI": "device",
        "使用人": "receiver",
        "省份": "province",
    },
    "platform": {
        "ICCID": "card",
        "接入号": "line",
        "IMSI": "imsi",
        "设备IMEI": "imei",
        "首次激活时间": "moment",
        "使用人": "receiver",
        "激活省份": "province",
        "激活城市": "city",
    },
    "by_line": {"接入号": "line", "激活时间": "moment", "使用人": "receiver", "省份": "province", "城市": "city"},
    "seizures": {"案件编号": "case_no", "查获日期": "day", "查获地点": "city", "卡号": "card"},
    "stock": {
        "申报单位": "sender",
        "申报单位证件号": "sender_id",
        "盘点日期": "day",
        "库存数量": "stock",
        "已售数量": "sold",
    },
    "stock_cards": {"申报单位": "sender", "盘点日期": "day", "起始卡号": "first", "结束卡号": "last"},
}
"""The heading of every column of every table, and what it shows."""


class TableWriter:
    """Writer of the rows of a case, as texts under the headings of a table."""

    def __init__(self, directory: Directory, card_numbers: numbers.Numbers) -> None:
        self.directory = directory
        self.numbers = card_numbers
        self._days = pl.Series([format_day(FIRST_DAY + day) for day in range(_DAYS)])
        minutes = pl.Series([f" {minute // 60:02d}:{minute % 60:02d}:" for minute in range(DAY_SECONDS // 60)])
        minute, second = np.divmod(np.arange(DAY_SECONDS), 60)
        self._times = minutes.gather(minute) + pl.Series([f"{number:02d}" for number in range(60)]).gather(second)

    def frame(self, table: str, rows: Rows, keys: pl.Series | None = None) -> pl.DataFrame:
        """Return the rows under the headings of a table; ``keys`` are the numbers of their cards, if they are known."""
        return pl.DataFrame({heading: self._column(shown, rows, keys) for heading, shown in TABLES[table].items()})

    def ids_of(self, parties: Indices) -> pl.Series:
        """Return the ids of parties, null for nobody."""
        return _gather(self.directory.ids, parties)

    def _column(self, shown: str, rows: Rows, keys: pl.Series | None) -> pl.Series:
        slots = rows.get("slot")
        match shown:
            case "sender" | "receiver":
                return _gather(self.directory.names, rows[shown])
            case "sender_id" | "receiver_id":
                return _gather(self.directory.numbers, rows[shown.removesuffix("_id")])
            case "channel":
                return CHANNELS.gather(self.directory.channels[rows["sender"]])
            case "day":
                days = self._days.gather(rows["day"] - FIRST_DAY)
                if "is_month" not in rows:
                    return days
                return days.str.slice(0, 7).zip_with(pl.Series(rows["is_month"] > 0), days)
            case "moment":
                return self._days.gather(rows["day"] - FIRST_DAY) + self._times.gather(rows["second"])
            case "quantity" | "stock" | "sold":
                return pl.Series(rows[shown])
            case "order":
                return "XS" + pl.Series(rows["serial"]).cast(pl.String).str.zfill(8)
            case "case_no":
                return "云公刑立字" + pl.Series(rows["serial"]).cast(pl.String).str.zfill(6)
            case "province" | "city":
                named = pl.Series([place[shown == "city"] for place in PLACES])
                return named.gather(rows["place"])
        assert slots is not None
        match shown:
            case "first" | "last":
                return self.numbers.full(slots, rows["offset" if shown == "first" else "last"])
            case "count":
                return pl.Series(rows["last"] - rows["offset"] + 1)
            case "card":
                keys = self.numbers.keys(slots, rows["offset"]) if keys is None else keys
                return self.numbers.written(slots, rows["offset"], keys)
            case "device" | "imei":
                return numbers.imeis(slots, rows["device"], rows.get("is_second", np.zeros(1, dtype=np.int64)))
            case "line":
                return numbers.msisdns(slots, rows["line"])
            case _:
                return numbers.imsis(slots, rows["offset"])


def _gather(texts: pl.Series, places: Indices) -> pl.Series:
    if (places >= 0).all():
        return texts.gather(places)
    return texts.gather(pl.Series(np.where(places < 0, 0, places))).set(pl.Series(places < 0), None)
