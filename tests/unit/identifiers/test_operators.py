from __future__ import annotations

import random
import re
import time

import pytest

from graphtrace.identifiers import is_parcel_firm, match_operator_name, normalize_party_name, operator_from_cell
from graphtrace.identifiers.operators import ANYWHERE, IN_CARRIER_COLUMN, MAYBE_OPERATOR, MAYBE_PARCEL_FIRM

NAMES = [
    *[(name, "china-mobile") for name in ("移动", "中国移动", "China Mobile", "china-mobile", "carrier:china-mobile")],
    *[(name, "china-unicom") for name in ("联通", "中国联通", "联合网络通信", "unicom", "中國聯通")],
    *[(name, "china-unicom") for name in ("China Unicom", "china_unicom", "carrier:china-unicom", "Unicom IoT")],
    *[(name, "china-telecom") for name in ("电信", "中国电信", "china telecom", "carrier:china-telecom")],
    *[(name, "china-broadnet") for name in ("广电", "中国广电", "China Broadnet", "broadnet")],
    ("中国移动通信集团江苏有限公司", "china-mobile"),
    ("中国移动通信集团江苏有限公司南京分公司", "china-mobile"),
    ("中国移动通信集团云洲有限公司", "china-mobile"),
    ("中国移动江苏公司", "china-mobile"),
    ("移动公司", "china-mobile"),
    ("中移物联网有限公司", "china-mobile"),
    ("China Mobile Communications Group Co., Ltd.", "china-mobile"),
    ("中国联合网络通信有限公司", "china-unicom"),
    ("中国联合网络通信有限公司杭州市分公司", "china-unicom"),
    ("中国联合网络通信集团有限公司", "china-unicom"),
    ("中國聯合網絡通信有限公司", "china-unicom"),
    ("中国联通宁波市分公司", "china-unicom"),
    ("联通宁波分公司", "china-unicom"),
    ("联通云洲市分公司", "china-unicom"),
    ("联通星海分公司", "china-unicom"),
    ("中国联通（宁波市分公司）", "china-unicom"),
    ("中国联通新华路营业厅", "china-unicom"),
    ("China Unicom Yunzhou Branch", "china-unicom"),
    ("中国电信股份有限公司", "china-telecom"),
    ("中国电信股份有限公司云洲分公司", "china-telecom"),
    ("中国电信股份有限公司云洲分公司云岭县支公司", "china-telecom"),
    ("电信营业厅", "china-telecom"),
    ("China Telecom Jiangsu", "china-telecom"),
    ("China Telecom Corporation Limited Jiangsu Branch", "china-telecom"),
    ("中国广电移动网络有限公司", "china-broadnet"),
    ("中国广电云洲网络股份有限公司", "china-broadnet"),
    ("中国移动香港", "china-mobile-hong-kong"),
    ("Vodafone UK", "vodafone"),
    ("蜗牛移动", "vno-snail"),
    ("carrier:vno-snail", "vno-snail"),
]
PARTIES_OF_THEIR_OWN = [
    *("联通代理商老王", "移动通信器材店", "移动电源公司", "北京移动电源有限公司", "中国移动电源有限公司", "移动硬盘"),
    *("假中国联通", "不是电信", "虚拟运营商蜗牛移动", "三大运营商", "某某移动科技有限公司", "移动流量卡", "移动通信"),
    *(
        "中国联通云洲授权代理店",
        "中国联通合作营业厅",
        "中国联通（代理）",
        "中国联通老王",
        "联通老王",
        "移动超市营业部",
        "移动电源分公司",
    ),
    *("电信套餐", "广电大厦", "电信诈骗", "中国移动通信代理有限公司", "电信营业厅老王", "云洲移动卡商", "老王联通"),
    *("China Unicom agent branch", "China Mobile Shop", "Fake China Unicom", "Hong Kong Telecom", "My China Telecom"),
    *("carrier:", "星海智联", "Tim", "three", "orange", ""),
]


@pytest.mark.parametrize(("name", "operator"), NAMES)
def test_a_name_of_an_operator_with_its_places_and_branches_is_that_operator_everywhere(
    name: str, operator: str
) -> None:
    key = normalize_party_name(name)
    assert match_operator_name(key) == operator_from_cell(key) == operator
    assert re.search(MAYBE_OPERATOR, key)


@pytest.mark.parametrize("name", PARTIES_OF_THEIR_OWN)
def test_a_name_that_holds_more_than_an_operators_is_a_party_of_its_own(name: str) -> None:
    assert match_operator_name(normalize_party_name(name)) is None


@pytest.mark.parametrize("name", [*PARTIES_OF_THEIR_OWN[:-4], "T-Mobile shop", "客户", "暂无"])
def test_a_column_of_carriers_makes_no_operator_of_another_party(name: str) -> None:
    assert operator_from_cell(normalize_party_name(name)) is None


@pytest.mark.parametrize(
    ("word", "operator"),
    [("Mobile", "china-mobile"), ("CUCC", "china-unicom"), ("telecom", "china-telecom"), ("迪信通", "vno-dixintong")],
)
def test_some_words_mean_an_operator_only_in_a_column_of_carriers(word: str, operator: str) -> None:
    key = normalize_party_name(word)
    assert operator_from_cell(key) == operator
    assert match_operator_name(key) is None


def test_names_in_the_tables_are_keys_and_are_looked_at() -> None:
    assert len(ANYWHERE) > 100
    for name in (*ANYWHERE, *IN_CARRIER_COLUMN):
        assert normalize_party_name(name) == name
    assert all(re.search(MAYBE_OPERATOR, name) for name in ANYWHERE)


def test_the_time_for_a_name_is_bounded_whatever_it_is() -> None:
    parts = [
        "中国",
        "移动",
        "联通",
        "电信",
        "广电",
        "通信",
        "集团",
        "有限",
        "公司",
        "分公司",
        "营业厅",
        "江苏",
        "省",
        "市",
    ]
    parts += ["云洲", "china", "unicom", "mobile", "co", "jiangsu", "branch", "a", "-"]
    chance = random.Random(7)
    begun = time.perf_counter()
    for _ in range(3_000):
        match_operator_name("".join(chance.choices(parts, k=30)))
        match_operator_name(f"中国{chance.choice(parts[1:5])}{''.join(chance.choices(parts[5:15], k=20))}x")
    match_operator_name("中国移动" + "市" * 10_000_000)
    assert time.perf_counter() - begun < 10


PARCEL_FIRMS = (
    "顺丰速运有限公司", "顺丰速运（深圳）有限公司", "深圳顺丰速运有限公司", "順豐速運有限公司", "中通快递股份有限公司",
    "圆通速递有限公司", "上海圆通速递有限公司宁波分公司", "申通快递有限公司", "韵达控股股份有限公司",
    "德邦物流股份有限公司", "极兔速递有限公司", "中国邮政集团有限公司", "宅急送快运股份有限公司",
    "中国邮政速递物流股份有限公司云洲市分公司", "DHL Express (India) Pvt. Ltd.", "FedEx Kenya Ltd",
    "Blue Dart Express Limited", "Royal Mail Group Ltd",
)  # fmt: skip
NO_PARCEL_FIRMS = (
    "顺丰通信器材有限公司", "中通服科技有限公司", "圆通电子商行", "德邦证券股份有限公司", "京东方科技集团股份有限公司",
    "天天通信有限公司", "邮政路数码店", "Ups & Downs Mobiles Ltd", "Royal Mobiles Ltd", "Fedora Ltd", "丰巢通讯店",
)  # fmt: skip


def test_the_legal_name_of_a_firm_that_carries_parcels_is_told() -> None:
    assert [name for name in PARCEL_FIRMS if not is_parcel_firm(normalize_party_name(name))] == []
    assert [name for name in NO_PARCEL_FIRMS if is_parcel_firm(normalize_party_name(name))] == []
    assert [name for name in PARCEL_FIRMS if not re.search(MAYBE_PARCEL_FIRM, normalize_party_name(name))] == []
