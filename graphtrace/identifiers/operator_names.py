"""Names of operators that no grammar covers: operators abroad, virtual operators, companies for the internet of things.

Each table has by slug the keys of names, with blanks between them. ``ANYWHERE`` are names that nobody else bears;
``IN_CARRIER_COLUMN`` are words that mean the operator only where a heading says that they do.
"""

from __future__ import annotations

from typing import Final

from graphtrace.model import CARRIERS

_FOUR: Final = {
    "china-mobile": "中移物联网 中移物联网有限公司",
    "china-unicom": "联通物联网 联通物联网有限责任公司 联通物联网有限公司",
    "china-telecom": "天翼物联 天翼物联科技有限公司",
}
_ABROAD: Final = {
    "china-mobile-hong-kong": "中国移动香港 中国移动香港有限公司 chinamobilehongkong chinamobilehk cmhk",
    "china-unicom-hong-kong": "中国联通香港 中国联通香港有限公司 chinaunicomhongkong",
    "china-telecom-macau": "中国电信澳门 中国电信澳门有限公司 chinatelecommacau",
    "hutchison-hong-kong": "3香港 和记电讯香港 3hongkong 3hk",
    "smartone": "smartone 数码通电讯",
    "macau-telecom": "澳门电讯",
    "chunghwa-telecom": "中华电信 chunghwatelecom",
    "far-eastone": "远传电信 fareastone",
    "taiwan-mobile": "台湾大哥大 taiwanmobile",
    "ntt-docomo": "nttdocomo",
    "kddi": "kddi",
    "sk-telecom": "sktelecom",
    "lg-uplus": "lguplus lgu+",
    "singtel": "singtel 新加坡电信",
    "starhub": "starhub",
    "viettel": "viettel",
    "mobifone": "mobifone",
    "vinaphone": "vinaphone",
    "telkomsel": "telkomsel",
    "jio": "reliancejio reliancejioinfocomm reliancejioinfocommlimited reliancejioinfocommltd",
    "airtel": "bhartiairtel bhartiairtellimited bhartiairtelltd airtelindia airtelkenya airtelnigeria",
    "vodafone-idea": "vodafoneidea vodafoneidealimited vodafoneidealtd",
    "bsnl": "bsnl bharatsancharnigamlimited",
    "safaricom": "safaricom safaricomplc safaricomlimited safaricomltd",
    "telkom-kenya": "telkomkenya telkomkenyalimited",
    "mtn": "mtnnigeria mtngroup mtnnigeriacommunicationsplc",
    "glo": "globacom globacomlimited",
    "9mobile": "9mobile",
    "ee": "eelimited",
    "o2": "telefonicauk telefonicauklimited virginmediao2",
    "three": "threeuk hutchison3g hutchison3guk hutchison3guklimited",
    "vodafone": "vodafone vodafoneuk vodafonelimited vodafonegroup vodafonegmbh",
    "telefonica": "telefonica telefónica movistar",
    "deutsche-telekom": "deutschetelekom deutschetelekomag telekomdeutschland telekomdeutschlandgmbh",
    "t-mobile": "tmobile t-mobile tmobileusa t-mobileusa",
    "att": "at&t at&tmobility",
    "verizon": "verizon verizonwireless",
}
_VIRTUAL: Final = {
    "snail": "蜗牛移动",
    "alicom": "阿里通信",
    "xiaomi": "小米移动",
    "jd": "京东通信",
    "yuante": "远特通信",
    "suning": "苏宁互联",
    "gome": "极信通信 国美极信",
    "fenxiang": "分享通信",
    "tianyin": "天音移动",
    "hna": "海航通信",
    "beiwei": "北纬蜂巢",
    "zhongqi": "中期移动",
    "hongdou": "红豆电信",
    "langma": "朗玛移动",
    "yinsheng": "银盛通信",
    "zhongmai": "中麦通信",
    "sanwu": "三五通信",
    "minsheng": "民生通信",
    "putai": "普泰移动",
    "lycamobile": "lycamobile",
    "giffgaff": "giffgaff",
    "tesco-mobile": "tescomobile",
}

_COLUMN_FOUR: Final = {
    "china-mobile": "cmcc mobile",
    "china-unicom": "cucc",
    "china-telecom": "ctcc telecom",
    "china-broadnet": "cbn",
}
_COLUMN_ABROAD: Final = {
    "csl": "csl",
    "macau-telecom": "ctm",
    "ntt-docomo": "docomo",
    "softbank": "softbank",
    "kt": "kt",
    "m1": "m1",
    "maxis": "maxis",
    "celcomdigi": "celcom digi celcomdigi",
    "ais": "ais",
    "jio": "jio",
    "airtel": "airtel",
    "vodafone-idea": "vi",
    "telkom-kenya": "telkom",
    "mtn": "mtn",
    "glo": "glo",
    "ee": "ee",
    "o2": "o2",
    "three": "three 3",
    "bt": "bt",
    "orange": "orange",
    "mts": "mts мтс",
    "megafon": "megafon мегафон",
    "beeline": "beeline билайн",
    "tele2": "tele2",
    "claro": "claro",
    "telcel": "telcel",
}
_COLUMN_VIRTUAL: Final = {
    "dixintong": "迪信通",
    "lenovo": "懂的通信 联想懂的通信",
    "aisidi": "爱施德",
    "huaji": "话机世界",
    "leyu": "乐语通信",
    "pengboshi": "鹏博士",
    "yonyou": "用友通信 用友移动",
    "ririshun": "日日顺",
    "lyca": "lyca",
}


def _by_name(virtual: dict[str, str], *others: dict[str, str]) -> dict[str, str]:
    slugs = [*(pair for table in others for pair in table.items())]
    slugs += [(f"vno-{word}", names) for word, names in virtual.items()]
    return {name: slug for slug, names in slugs for name in names.split()}


_NAMES: Final = _by_name(_VIRTUAL, _FOUR, _ABROAD)
IN_CARRIER_COLUMN: Final = _by_name(_COLUMN_VIRTUAL, _COLUMN_FOUR, _COLUMN_ABROAD)
"""Slugs of operators by words that mean them in a carrier column only."""

_SLUGS: Final = dict.fromkeys((*CARRIERS, *_NAMES.values(), *IN_CARRIER_COLUMN.values()))
ANYWHERE: Final[dict[str, str]] = {
    **_NAMES,
    **{carrier.replace("-", joint): carrier for carrier in CARRIERS for joint in "-_"},
    **{f"carrier:{slug}": slug for slug in _SLUGS},
}
"""Slugs of operators by names that mean them wherever they stand."""
