"""Normal forms of names of firms, shops and persons, by which two writings may be the name of one party.

None of them ever merges parties; they only propose pairs of parties to judge (SPEC 8, candidates). Each form is
computed character by character, so that the cost of many names is that of their few thousand different characters.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from graphtrace.identifiers.normalize import to_simplified
from graphtrace.patterns import late

if TYPE_CHECKING:
    pass

_FORMS: Final = tuple(
    sorted(
        (
            *(
                "股份有限公司",
                "有限责任公司",
                "有限公司",
                "集团公司",
                "总公司",
                "公司",
                "集团",
                "股份",
                "普通合伙",
                "有限合伙",
            ),
            *("商行", "经营部", "门市部", "营业部", "商店", "专卖店", "旗舰店", "店", "工作室", "个体工商户", "厂"),
            *("co.,ltd.", "co.,ltd", "co.ltd", "ltd.", "ltd", "limited", "inc.", "inc", "llc", "corp.", "corp"),
            *("pvt.ltd.", "pvt.ltd", "pvtltd.", "pvtltd", "privatelimited", "plc", "llp", "gmbh", "pty"),
        ),
        key=lambda form: (-len(form), form),
    )
)
"""Legal forms and words for a business at the end of a name; the longest first."""

PROVINCES: Final = (
    *(
        "北京",
        "天津",
        "河北",
        "山西",
        "内蒙古",
        "辽宁",
        "吉林",
        "黑龙江",
        "上海",
        "江苏",
        "浙江",
        "安徽",
        "福建",
        "江西",
    ),
    *("山东", "河南", "湖北", "湖南", "广东", "广西", "海南", "四川", "贵州", "云南", "西藏", "陕西", "甘肃", "青海"),
    *("宁夏", "新疆", "重庆", "香港", "澳门", "台湾"),
)
CITIES: Final = (
    *(
        "石家庄",
        "太原",
        "沈阳",
        "大连",
        "长春",
        "哈尔滨",
        "南京",
        "苏州",
        "无锡",
        "常州",
        "南通",
        "徐州",
        "杭州",
        "宁波",
    ),
    *("温州", "嘉兴", "绍兴", "金华", "台州", "义乌", "合肥", "福州", "厦门", "泉州", "南昌", "济南", "青岛", "烟台"),
    *("潍坊", "威海", "郑州", "洛阳", "武汉", "长沙", "广州", "深圳", "珠海", "佛山", "东莞", "中山", "惠州", "南宁"),
    *("海口", "成都", "绵阳", "贵阳", "昆明", "拉萨", "西安", "兰州", "西宁", "银川", "乌鲁木齐", "呼和浩特"),
)
_PLACE: Final = late(
    f"(?:{'|'.join(sorted((*PROVINCES, *CITIES), key=lambda place: (-len(place), place)))})(?:自治区|省|市)?"
    r"|[一-鿿]{2,3}(?:省|市|自治州|县)"
)
_REMARK: Final = late(r"\([^()]*\)$")
_TRADES: Final = late(
    "(?:科技|技术|网络|信息|电子|通信|通讯|电信|数码|数据|软件|智能|物联网?|手机|电脑|器材|设备|配件|贸易|商贸|实业|工业|产业"
    "|发展|投资|控股|国际|服务|咨询|传媒|文化|教育|食品|餐饮|酒店|啤酒|医药|药业|生物|医疗|能源|电力|电气|机械|汽车|建设|建筑"
    "|工程|建材|材料|物流|运输|银行|证券|保险|地产|置业|化工|钢铁|铜业|铝业|矿业|水泥|纸业|农业|百货|超市|便利|烟酒|代理|销售)+"
)
"""Words for lines of business; a name of such words alone identifies no party."""
_MIN_CORE: Final = 2
"""Minimum number of characters that a name keeps."""


_KIN: Final = late("(?<=[a-z]{4})(?:[cdrsw]/o|@)(?=[a-z]).*$")
"""Behind the name of a person whose child or wife he is, where he lives, what else he is called."""
_LAST_FIRST: Final = late("(?P<last>[a-z'-]{2,20}),(?P<first>[a-z.'-]{2,30})")
_COUNTRY: Final = late("(?<=.{4})(?:uk|india|kenya|nigeria)$")
"""Before a legal form, the country of a branch."""


@lru_cache(maxsize=1 << 18)
def core_of_name(key: str) -> str:
    """Return a normalised name without legal form and bracketed remarks at its end and places at its beginning.

    >>> [core_of_name(key) for key in ("dobrowski,marek", "imrankhans/osaleem", "penroseconnectukltd", "jones,ltd")]
    ['marekdobrowski', 'imrankhan', 'penroseconnect', 'jones,']
    """
    core = _KIN.sub("", key)
    if (turned := _LAST_FIRST.fullmatch(core)) is not None and not is_visibly_firm(core):
        core = turned["first"] + turned["last"]
    while True:
        shorter = _REMARK.sub("", core)
        if shorter.endswith(_FORMS):
            form = next(form for form in _FORMS if shorter.endswith(form))
            shorter = _COUNTRY.sub("", shorter.removesuffix(form))
        place = _PLACE.match(shorter)
        if place:
            shorter = shorter[place.end() :]
        if shorter == core or len(shorter) < _MIN_CORE:
            return core
        core = shorter


_CALLED: Final = late(
    r"\((?:(?:绰号|外号|诨号|昵称|网名|微信名?|qq名?|化名|又名|别名|小名|人称|曾用名|原名|简称|即|aka|a\.k\.a\.|alias)[:：]?)?([^()]{2,12})\)$"
)


def name_in_brackets(key: str) -> str | None:
    """Return what else a normalised name says in brackets behind it that its bearer is called.

    >>> [name_in_brackets(name) for name in ("林坤(绰号阿坤)", "何磊(小黑)", "云岭公司")]
    ['阿坤', '小黑', None]
    """
    found = _CALLED.search(key)
    return None if found is None else found[1]


def names_somebody(core: str) -> bool:
    """Whether a core is more than a line of business (``铜业``)."""
    return len(core) >= _MIN_CORE and not _TRADES.fullmatch(core)


def is_name_within(part: str, core: str, start: int) -> bool:
    """Whether a core within another one at a position may be the short name of the same party.

    A number or a Latin word is never cut, and a number alone makes another name (``客户1`` and ``客户12``, ``王伟`` and
    ``王伟2``). Two characters count at the beginning only, and only where more than one follows: ``王伟强`` is not
    ``王伟``.
    """
    end = start + len(part)
    rest = core[:start] + core[end:]
    if not rest or rest.isdecimal():
        return False
    if _is_cut(core, start) or _is_cut(core, end):
        return False
    return len(part) > _MIN_CORE or (start == 0 and len(rest) > 1)


def _is_cut(text: str, place: int) -> bool:
    around = text[max(place - 1, 0) : place + 1]
    return len(around) == 2 and around.isascii() and (around.isdecimal() or around.isalpha())


_FIRM: Final = late(
    "公司|集团|企业|厂|商行|商店|商场|超市|店|经营部|门市部|营业部|工作室|工商户|合作社|中心|局|委员会|政府|学校|大学|学院|医院"
    "|银行|研究[院所]|事务所|协会|基金会|科技|技术|网络|通信|物联|数据|智能|电子|贸易|实业|部队|支队|大队|派出所"
    r"|\b(?:co|ltd|limited|inc|llc|corp|company|gmbh|plc|bank|university)\b|(?:pvt|pte|ltd|limited|llc|llp|plc|inc|corp|corporation|company)\.?$"
)


def is_visibly_firm(key: str) -> bool:
    """Whether a normalised name has a word of a firm or of a public body.

    >>> [is_visibly_firm(key) for key in ("星海科技", "northgatelimited", "tarangfleetllp", "marekdobrowski")]
    [True, True, True, False]
    """
    return _FIRM.search(to_simplified(key)) is not None


_OF_ONE: Final = late(
    "(?:店|(?<![银支分])行|经营部|门市部|营业部|服务部|销售部|批发部|零售部|维修部|修理部|工作室|工商户|超市|商场)"
    "[0-9a-z]{0,6}$"
)
"""End of a name under which one person may do business in his own right."""

FULL_NAME: Final = (
    "(公司|集团|合作社|商行|经营部|门市部|营业部|服务部|维修部|工作室|工商户)$"
    r"|[ ,.](ltd|limited|llc|llp|plc|inc|corp|corporation|gmbh)[.]?$"
)
"""End of the full name of a firm, its legal form, in small letters; a pattern for SQL as well."""

_OF_MANY: Final = late(r"公司|集团|合作社|\b(?:ltd|limited|inc|llc|corp|company|gmbh|plc)\b|(?:limited|llp|plc)\.?$")


def is_visibly_company(key: str) -> bool:
    """Whether a normalised name is that of a firm or public body that can bear no resident id.

    An individual business (商行, 店, 经营部) is registered with the id of whoever runs it.

    >>> [is_visibly_company(key) for key in ("星海科技", "星海科技有限公司蓝讯店", "蓝讯数码店", "张三")]
    [True, True, False, False]
    """
    name = _REMARK.sub("", to_simplified(key))
    return is_visibly_firm(key) and (_OF_ONE.search(name) is None or _OF_MANY.search(name) is not None)


@lru_cache(maxsize=1 << 18)
def simplify_name(text: str) -> str:
    """Return the text with each traditional character replaced by its simplified one."""
    return to_simplified(text)


@lru_cache(maxsize=1 << 18)
def spell_name(text: str) -> str:
    """Return the first reading of the text in pinyin, without tones."""
    return " ".join(map(_spelt, text))


def edit_similarity(one: str, other: str) -> float:
    """Return the similarity by edits, from 0 for texts that share nothing to 1 for equal ones."""
    from rapidfuzz.distance import Levenshtein

    return float(Levenshtein.normalized_similarity(one, other))


@cache
def _spelt(character: str) -> str:
    if character.isascii():
        return character
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(character))
