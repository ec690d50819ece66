from __future__ import annotations

import pytest

from graphtrace.identifiers import match_operator_name, normalize_party_name, operator_from_cell


@pytest.mark.parametrize(
    ("cell", "operator"),
    [
        ("移动", "china-mobile"),
        ("中国移动通信集团江苏有限公司", "china-mobile"),
        ("China Mobile", "china-mobile"),
        ("CHINA_MOBILE", "china-mobile"),
        ("Mobile", "china-mobile"),
        ("中国联通", "china-unicom"),
        ("中國聯通", "china-unicom"),
        ("中国联合网络通信有限公司杭州市分公司", "china-unicom"),
        ("china-unicom", "china-unicom"),
        ("Unicom IoT", "china-unicom"),
        ("中国电信股份有限公司", "china-telecom"),
        ("China Telecom Jiangsu", "china-telecom"),
        ("telecom", "china-telecom"),
        ("中国广电", "china-broadnet"),
        ("中国广电移动网络有限公司", "china-broadnet"),
        ("China Broadnet", "china-broadnet"),
        ("星海智联", None),
        ("T-Mobile", None),
        ("Hong Kong Telecom", None),
        ("", None),
    ],
)
def test_a_carrier_cell_means_the_operator_it_contains(cell: str, operator: str | None) -> None:
    assert operator_from_cell(normalize_party_name(cell)) == operator


@pytest.mark.parametrize(
    ("name", "operator"),
    [
        *[
            (name, "china-mobile")
            for name in ("移动", "中国移动", "China Mobile", "china-mobile", "carrier:china-mobile")
        ],
        *[(name, "china-unicom") for name in ("联通", "中国联通", "联合网络通信", "中国联合网络通信", "unicom")],
        *[(name, "china-unicom") for name in ("China Unicom", "china_unicom", "carrier:china-unicom")],
        *[(name, "china-telecom") for name in ("电信", "中国电信", "china telecom", "carrier:china-telecom")],
        *[(name, "china-broadnet") for name in ("广电", "中国广电", "China Broadnet", "broadnet")],
        ("某某移动科技有限公司", None),
        ("中国移动通信集团江苏有限公司", None),
        ("telecom", None),
        ("mobile", None),
        ("carrier:", None),
        ("", None),
    ],
)
def test_elsewhere_only_the_name_itself_means_the_operator(name: str, operator: str | None) -> None:
    assert match_operator_name(normalize_party_name(name)) == operator
