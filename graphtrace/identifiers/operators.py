"""Names of operators in files (SPEC 12 and 13, a carrier).

A name is an operator's where all of it is: the common or legal name, then places and branches. Whatever else stands
before or after it makes it the name of another party (联通代理商老王, 移动电源公司), in every column. Both functions
take the key of a name (:func:`~graphtrace.identifiers.party_ids.normalize_party_name`).

Names that no grammar covers stand in ``operators.json``, by slug, with blanks between them: operators abroad, virtual
operators, companies for the internet of things. Those of ``anywhere`` are names that nobody else bears, those of
``in_carrier_column`` words that mean the operator only where a heading says that they do. Authorities that investigate
and judge are told here too, to whom cards come as evidence, and firms that carry parcels: neither trades in them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from graphtrace.identifiers.normalize import strip_whitespace, to_simplified
from graphtrace.identifiers.party_names import CITIES, PROVINCES
from graphtrace.model import CARRIERS, Carrier, Party
from graphtrace.patterns import late


def _by_name(table: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    slugs = [*table["operators"].items(), *((f"vno-{word}", names) for word, names in table["virtual"].items())]
    return {name: slug for slug, names in slugs for name in names.split()}


_TABLES: Final = json.loads(Path(__file__).with_name("operators.json").read_bytes())
_NAMES: Final = _by_name(_TABLES["anywhere"])
IN_CARRIER_COLUMN: Final = _by_name(_TABLES["in_carrier_column"])
"""Slugs of operators by words that mean them in a carrier column only."""

_SLUGS: Final = dict.fromkeys((*CARRIERS, *_NAMES.values(), *IN_CARRIER_COLUMN.values()))
ANYWHERE: Final[dict[str, str]] = {
    **_NAMES,
    **{carrier.replace("-", joint): carrier for carrier in CARRIERS for joint in "-_"},
    **{f"carrier:{slug}": slug for slug in _SLUGS},
}
"""Slugs of operators by names that mean them wherever they stand."""


_LONGEST_IN_TITLE: Final = 40
_LONGEST: Final = 60
"""Maximum length of the key of an operator's name, so that the cost of a name is bounded."""

_BRANDS: Final[dict[str, Carrier]] = {
    "移动": "china-mobile",
    "联通": "china-unicom",
    "联合网络通信": "china-unicom",
    "联合通信": "china-unicom",
    "电信": "china-telecom",
    "广电": "china-broadnet",
    "广播电视": "china-broadnet",
}
_LATIN_BRANDS: Final[dict[str, Carrier]] = {
    "chinamobile": "china-mobile",
    "chinaunicom": "china-unicom",
    "unicom": "china-unicom",
    "chinaunitednetwork": "china-unicom",
    "chinatelecom": "china-telecom",
    "chinabroadnet": "china-broadnet",
    "broadnet": "china-broadnet",
}

_DESK: Final = (
    r"\((?:airtel|jio|vi|vodafone|mtn|safaricom|ee|business|enterprises?|iot|m2m|corporate|solutions|division|department"
    r"|unit|desk|nodal|office|lea|[-&/])+\)"
)
"""Behind the full name of an operator abroad, in brackets, which desk of it (Airtel Business - IoT)."""

_OF_KNOWN: Final = "[一-鿿]{2,8}(?:分公司|支公司|营业部|营业厅)"
"""Behind the full name of a company of the table, the place of its branch."""

_BEGINNINGS: Final = "|".join(sorted({re.escape(name[:3]) for name in ANYWHERE}))
MAYBE_OPERATOR: Final = f"{'|'.join(_BRANDS)}|[動聯電廣]|china|unicom|broadnet|^(?:{_BEGINNINGS})"
"""Pattern that is found in every key for which :func:`match_operator_name` has a result, and in few others.

This and the patterns of whole names are compiled where a name is first looked at: to compile them takes as long as to
answer a small question.
"""

_AT_BRANCH: Final = late(f"公司{_OF_KNOWN}$")
_OF_DESK: Final = late(f"{_DESK}$")

_BRACKETS: Final = str.maketrans("", "", "()")
"""Brackets around a place say nothing."""

_OTHERS: Final = late(
    "代理|授[权權]|经销|分销|直销|加盟|合作|专营|专卖|特约|指定|委托|代办|承包|社会|渠道|手机|器材|电源|硬盘|设备|配件|科技|数码"
    "|商[行店贸]|店|超市|[广市]场|[城都]市|老板|个体|用户|客户|员工"
)
"""Words in place of a place by which it is none."""

_HAN: Final = "[一-鿿]"
_FORM: Final = "(?:集团|股份|控股|有限|责任)"
_KNOWN: Final = (
    f"(?:{'|'.join(sorted((*PROVINCES, *CITIES), key=lambda place: (-len(place), place)))})"
    "(?:(?:壮族|回族|维吾尔)?自治区|省|市|地区|州)?"
)
_PLACE: Final = f"(?:{_KNOWN}|{_HAN}{{2,6}}?(?:自治州|新区|[省市区县旗盟州镇乡]))"
BRANCH: Final = "(?:分公司|支公司|营业部|营业厅)"
_OF_COMPANY: Final = f"(?:{_HAN}{{0,8}}?{BRANCH}){{0,3}}"
_OF_SHORT: Final = f"(?:{_PLACE}{{0,3}}?{BRANCH}|{_HAN}{{2,4}}?[分支]公司){{0,3}}"

_BEGINNING: Final = late(f"(中国)?({'|'.join(sorted(_BRANDS, key=lambda word: (-len(word), word)))})")
_AFTER_NATION: Final = f"(?:通信|(?:移动)?网络)?{_FORM}*(?:公司)?(?:{_KNOWN}){{0,2}}(?:公司)?{_OF_COMPANY}"
_COMPANY: Final = f"(?:通信)?{_FORM}+公司{_OF_COMPANY}"
_SHORT: Final = f"(?:集团|公司)?(?:{_KNOWN}){{0,2}}(?:公司)?{_OF_SHORT}"
_PROVINCIAL: Final = f"中国(移动通信集团{_HAN}{{2,4}}|广电{_HAN}{{2,4}}网络(?:股份)?)有限(?:责任)?公司{_OF_COMPANY}"

_IN_LATIN_WORD: Final = late("[A-Za-z][A-Za-z0-9]")
_JOINTS: Final = late(r"[-_.,&'’\u2010-\u2015()]")
_NO_LATIN_PLACE: Final = "(?!agen|deal|resel|auth|distrib|partner|retail|shop|store|market)"
_LATIN: Final = (
    f"({'|'.join(sorted(_LATIN_BRANDS, key=lambda word: (-len(word), word)))})"
    "(?:communications?|group|corporation|corp|company|co|limited|ltd|network|iot)*+"
    "(?:(?:beijing|tianjin|hebei|shanxi|innermongolia|liaoning|jilin|heilongjiang|shanghai|jiangsu|zhejiang|anhui|fujian"
    "|jiangxi|shandong|henan|hubei|hunan|guangdong|guangxi|hainan|sichuan|guizhou|yunnan|tibet|shaanxi|gansu|qinghai"
    "|ningxia|xinjiang|chongqing)(?:province|provincial|city|municipal)?(?:company|co|limited|ltd)*+)?"
    f"(?:(?:{_NO_LATIN_PLACE}[a-z]){{2,20}}?(?:branch|businesshall))?"
)


USUAL_NAMES: Final[Mapping[str, str]] = {
    "china-mobile": "中国移动",
    "china-unicom": "中国联通",
    "china-telecom": "中国电信",
    "china-broadnet": "中国广电",
}
"""The four operators as they are called in China, by slug: what holds for all of their branches."""


@lru_cache(maxsize=1 << 14)
def match_operator_name(name_key: str) -> str | None:
    """Return the slug of the operator whose name this is: ``china-unicom``, one abroad, or ``vno-WORD``."""
    if len(name_key) > _LONGEST or not re.search(MAYBE_OPERATOR, name_key):
        return None
    if (known := ANYWHERE.get(name_key)) is not None:
        return known
    if name_key.isascii():
        if (known := ANYWHERE.get(_OF_DESK.sub("", name_key))) is not None:
            return known
        found = re.fullmatch(_LATIN, _JOINTS.sub("", name_key))
        return _LATIN_BRANDS[found[1]] if found else None
    name = to_simplified(name_key).translate(_BRACKETS)
    return ANYWHERE.get(name) or ANYWHERE.get(_AT_BRANCH.sub("公司", name)) or _match_chinese(name)


_OF_OPERATOR: Final = late(f"中国|{'|'.join(_BRANDS)}|联合|通信|网络|集团|股份|控股|有限|责任|公司|[分支省市区县()]")


def office_of(party: Party) -> tuple[str, str]:
    """Return what tells whom a letter goes to: the id, and of an operator the places of its branch, however written.

    >>> names = ("中国移动浙江公司杭州分公司", "中国移动通信集团浙江有限公司杭州分公司", "中国移动")
    >>> [office_of(Party("carrier:china-mobile", name, is_carrier=True))[1] for name in names]
    ['浙江杭州', '浙江杭州', '']
    """
    return party.id, _OF_OPERATOR.sub("", to_simplified(party.name)) if party.is_carrier else ""


def named_with(party: Party, other: Party) -> Party:
    """Return the party of two mentions: an operator of which they name different branches has its usual name."""
    if party.carrier is None or office_of(party) == office_of(other):
        return party
    return replace(party, name=USUAL_NAMES[party.carrier], name_key="")


def operator_from_cell(name_key: str) -> str | None:
    """Return the slug of the operator that a cell of a carrier column names, or by a word that means it only there."""
    return match_operator_name(name_key) or IN_CARRIER_COLUMN.get(to_simplified(name_key))


def find_operator_name(text: str) -> tuple[str, str] | None:
    """Return the name of an operator with which a title begins, as written, and its slug.

    The longest such name counts (中国联通云洲市分公司2024年销售台账); none of a title about
    somebody who works with one (联通代理商老王).
    """
    text = text.strip()
    if _OTHERS.search(text):
        return None
    for end in range(min(len(text), _LONGEST_IN_TITLE), 1, -1):
        if (operator := match_operator_name(strip_whitespace(text[:end]).casefold())) is not None:
            return None if _IN_LATIN_WORD.match(text, end - 1) else (text[:end].strip(), operator)
    return None


def find_brands(text: str) -> frozenset[Carrier]:
    """Return the carriers whose brand stands anywhere in a text (移动贴片卡, China Unicom SIM)."""
    name = strip_whitespace(text).casefold().translate(_BRACKETS)
    name = to_simplified(name)
    latin = (carrier for brand, carrier in _LATIN_BRANDS.items() if brand in name)
    return frozenset((*latin, *(carrier for brand, carrier in _BRANDS.items() if brand in name)))


def _match_chinese(name: str) -> Carrier | None:
    begun = _BEGINNING.match(name)
    if begun is None or _OTHERS.search(name):
        return None
    nation, brand = begun.groups()
    patterns = (_AFTER_NATION,) if nation else (_SHORT, _COMPANY)
    is_operator = any(re.fullmatch(pattern, name[begun.end() :]) for pattern in patterns) or re.fullmatch(
        _PROVINCIAL, name
    )
    return _BRANDS[brand] if is_operator else None


MAYBE_AUTHORITY: Final = "公安|警|派出所|反诈|诈骗|法院|检察|看守所|police|court|prosecut|procurat"
"""Found in the normalised name of every authority."""

_UNIT: Final = "(?:[^公司店]{0,16}(?:[总支大中]队|警队|[局厅处科所室站组队院]|中心|民警|专班))?"
_AUTHORITY: Final = late(
    ".{0,30}(?:公安(?:[厅部]|分?局|机关|[总支大中]队)|警察局|[刑网巡交特]警|派出所|反诈骗?(?:中心|办|大队|专班)"
    f"|反(?:电信网络)?诈骗中心|(?:人民|中级|高级)?法院|(?:人民)?检察院|看守所){_UNIT}"
    r"|.*police(?:station|department|dept|force|bureau|office)?|.*(?:district|high|supreme|magistrates'?|county)court"
    r"|.*(?:procuratorate|prosecutor'?s?office)"
)


def is_authority(key: str) -> bool:
    """Whether a normalised name is that of the police, a court, a procuratorate or a centre against fraud.

    >>> [is_authority(key) for key in ("云洲市公安局城东派出所", "云洲市公安局反诈中心", "公安路数码店", "法院路商行")]
    [True, True, False, False]
    """
    return _AUTHORITY.fullmatch(key) is not None


_PARCEL_BRANDS: Final = "顺丰|圆通|中通|申通|韵达|百世|汇通|极兔|德邦|天天|京东|优速|跨越|安能|中国邮政|邮政速递|宅急送"
_LATIN_PARCEL_BRANDS: Final = "dhl|fedex|ups|tnt|dtdc|bluedart|aramex|delhivery|royalmail|parcelforce|xpressbees|ekart"
MAYBE_PARCEL_FIRM: Final = f"{_PARCEL_BRANDS}|[順圓韻極國]|{_LATIN_PARCEL_BRANDS}|blue.?dart|royal.?mail"
"""Found in the normalised name of every firm that carries parcels."""

_CARRIES: Final = "速运|快递|速递|快运|物流|货运"
_PARCEL_FIRM: Final = late(
    f"{_HAN}{{0,8}}?(?:(?:{_PARCEL_BRANDS}){_HAN}{{0,4}}?(?:{_CARRIES}|控股)|中国邮政|邮政速递|宅急送)"
    f"(?:{_CARRIES}|供应链|管理|服务|国际|{_FORM}|{_KNOWN})*公司(?:{_HAN}{{0,8}}?(?:公司|营业部|网点|服务部|分部|[站点]|中心)){{0,3}}"
    f"|(?:{_LATIN_PARCEL_BRANDS})(?:express|couriers?|cargo|logistics?|freight|parcels?|delivery|services?|supplychain"
    "|ecommerce|worldwide|international|global|india|kenya|nigeria|uk|china|group|pvt|private|ltd|limited|inc"
    "|corporation|company|co|plc|llp|llc)+"
)


def is_parcel_firm(key: str) -> bool:
    """Whether a normalised name is the legal one of a firm that carries parcels, with its places and branches.

    >>> names = ("顺丰速运有限公司", "上海圆通速递有限公司宁波分公司", "顺丰通信器材有限公司", "中通服科技有限公司")
    >>> [is_parcel_firm(name) for name in names]
    [True, True, False, False]
    """
    if len(key) > _LONGEST or not re.search(MAYBE_PARCEL_FIRM, key):
        return False
    name = _JOINTS.sub("", key) if key.isascii() else to_simplified(key).translate(_BRACKETS)
    return _PARCEL_FIRM.fullmatch(name) is not None
