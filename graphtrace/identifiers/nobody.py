"""Texts that stand where a name or a number of a party should be, and identify nobody.

A row says 散客, 微信用户, ``#N/A``, 同上 or "walk-in customer": whoever is meant, two rows that say so mean different
people, and a party of that name would join what nothing joins. So would a number that is a word, a mask or a counter.
The words stand in one table, ``nobody.json``, by class; a cell that is made of such words only (淘宝老客户, 散客/未知)
says no more than one of them. A name with anything else in it is a name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from graphtrace.identifiers.normalize import is_masked, is_masked_name, simplified_forms, to_simplified
from graphtrace.identifiers.party_ids import is_valid_resident_id, normalize_party_name
from graphtrace.patterns import late

MIN_IDENTIFIER: Final = 5
"""Fewest characters of a number that identifies a party."""

CLASSES: Final = (
    *(
        "absent",
        "reply",
        "fate",
        "place",
        "device",
        "reference",
        "error_value",
        "answer",
        "self",
        "test",
        "role",
        "business",
        "which",
        "channel",
        "parcel_carrier",
    ),
)
"""Classes of words in the table that stand where a name should be; the other entries are parts of words."""

_FIRMS_TOO: Final = ("channel", "parcel_carrier")
"""Classes whose words are also what people call a large firm: as the customer of a carrier it is meant."""

_LONGEST: Final = 40
"""Length above which a cell is no mere word."""

_DASHES: Final = late(r"(?<=[a-z])[-_.'’](?=[a-z]|$)")
_WORDLESS: Final = late(r"[^\w]*|_+")
_SPLIT: Final = late(r"[()/、,;|+&~:·_-]+")
_LIST: Final = late("[/、,;|]")
_HAN: Final = late("[㐀-鿿豈-﫿·]+")
_PERSON: Final = late("[㐀-鿿·]{2,4}")
_FIRM: Final = late("[㐀-鿿0-9a-z()]+(?:公司|商行|经营部|门市部|营业部|工作室|店|厂|社|中心)")
_SOME_MORE: Final = late("[㐀-鿿]{2,}等(?:[0-9]+|[一二两三四五六七八九十几数多若干]+)[人名户家位个].*")
_EITHER: Final = late("[㐀-鿿]{2,4}(?:或者?|还是)[㐀-鿿]{2,4}")
_DENIED: Final = late("[㐀-鿿·]{4,6}")
_AS_FIRM: Final = late(
    rf"{_FIRM.pattern}(?:\([^()]*\))?|.*(?:科技|技术|超市|酒吧|[馆楼城坊站所院网厅园局]|通[信讯]|网络|物联|电子|贸易|行|ltd|limited|inc|llc|llp|plc)\.?"
)
_REMARK: Final = late(r"(?:[(\[]|[-/_](?!.*[)\]]))([^()\[\]/_-]+)[)\]]?$")
_COUNTED: Final = late("[㐀-鿿]{2,}[0-9]+[箱张盒件套片枚包袋]")
_ENDS_OF_FIRMS: Final = "店行厂社司部院所站坊馆铺吧屋城网"
_CANNOT_BE_DENIED: Final = "常洲遗凡同标一"
"""Characters with which 非 makes a word."""

_CHANGED: Final = late("原[㐀-鿿]{2,}[,(]?现(?![代货场金])(?:为|是|在)?[㐀-鿿]{2,}")
"""Who it was and who it is now: which of them is meant is not said."""

_PASSES_ON: Final = "转(?:给|卖给?|让给?|交给?|售给?)?(?![运向口型制角让])|改[为给]|换成|卖给"

_PASSED_ON: Final = late(
    r"\((?:(?:现|后|又|已|再)?(?:转卖给?|转给|转让给?|转(?![运向口型制角])|改给|改为|代(?![理购收销办发表])|(?:实|最终)(?:际|为|由|给))[㐀-鿿]{2,}"
    r"|[㐀-鿿]{2,}(?:代[收领买拿签取付]|领[走取]|[拿取]走)|(?:可能|疑似|疑|或许?|也许|大概|好像|应该?)是?[㐀-鿿]{2,})\)$"
)
"""Found in a name behind which brackets say for whom it stands or who got the cards instead."""

_PLATE: Final = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z][0-9a-z]{5,6}"
_DEVICE: Final = late(f"(?:设备|终端|车辆|模组|device|tracker)[0-9a-z-]*[0-9]|(?:车辆|车牌|车)?{_PLATE}")
_OTHER_ROW: Final = late("(?:同|[参详]?见)(?:序号|编号|第|行|表|条)*[0-9]+[行条号项]?")
_HEADS: Final = late(
    "(?:x{2,}|某.*|(?:股份|集团)?有限(?:责任)?公司|[㐀-鿿]{1,4}(?:客户|用户)|(?:工业|测试|内部|空白|行业|虚拟|体验|员工)[卡号]|(?:[0-9]+|[一二两三四五六七八九十几多]+)(?:[个名位人]|[家户](?!人))(?:人|客户|用户|买家)?)"
)
"""How many somebodies there are, or signs in place of a name."""

_GOODS: Final = late(
    "(?:iot|m2m|data|nb|lte|[2345]g|nano|micro|multi|pre-?paid|post-?paid|corporate|bulk|airtel|jio|bsnl|vodafone|vi|o2|ee|three"
    r"|mtn|glo|9mobile|safaricom|vodacom|telkom|-)*(?:e?sims?(?:cards?)?)(?:\([^()]*\))?"
)
"""What is sold, and nobody (M2M SIM)."""

_ACT: Final = late(
    "(?:received|purchased|bought|sold|issued|supplied|returned|transferred|dispatched|delivered|given|sent)(?:to|from|by)[a-z].+"
    "|(?:cancell?ation|reversal)of.+|(?:opening|closing)(?:balance|stock)"
)
"""Words of a ledger for what happened, with or without whom: no name by themselves (Received from Zenith Ltd)."""

_FIGURES: Final = late("[0-9.+()/:-]+")
_CARD: Final = late("89[0-9]{2}[0-9a-f]{15,16}")
"""A number of a card, which is no party even where it stands below the heading of one."""


@cache
def _written() -> dict[str, list[str]]:
    words: dict[str, list[str]] = json.loads(Path(__file__).with_name("nobody.json").read_bytes())
    return words


@cache
def _table() -> dict[str, tuple[str, ...]]:
    return {name: tuple(_bare(normalize_party_name(word)) for word in words) for name, words in _written().items()}


def _bare(key: str) -> str:
    """Return a key in simplified characters, without the dashes and full stops in its Latin words."""
    return _DASHES.sub("", to_simplified(key))


class _Words:
    """Words of some classes, alone and in a row."""

    def __init__(self, classes: tuple[str, ...]) -> None:
        self._alone = {word for name in classes for word in _table()[name] if len(word) > 1 or name != "which"}
        self._joined = {word for name in classes for word in _table()[name] if _is_joined(name, word)}
        self._bound = frozenset(_table()["which"])
        self._sizes: dict[str, set[int]] = {}
        for word in self._joined:
            self._sizes.setdefault(word[0], set()).add(len(word))

    def make_up(self, text: str) -> bool:
        """Whether a text is made of the words only; qualities in a row (大批发) make up nothing."""
        return text in self._alone or (text[:1] in self._sizes and self._is_row(text))

    def _is_row(self, text: str) -> bool:
        reached = {0: False}  # place, and whether a word that is no mere quality led there
        for place in range(len(text)):
            if place in reached:
                for size in self._sizes.get(text[place], ()):
                    if text[place : place + size] in self._joined:
                        is_free = text[place : place + size] not in self._bound
                        reached[place + size] = reached.get(place + size, False) or reached[place] or is_free
        return reached.get(len(text), False)


def _is_joined(of_class: str, word: str) -> bool:
    """Whether a word counts within a row of words too: short ones would be found in names, a firm's ends many."""
    if of_class in ("business", "place"):
        return False
    return of_class in ("which", "channel") or len(word) > (2 if word.isascii() else 1)


@cache
def _words(*, with_firms: bool) -> _Words:
    return _Words(tuple(name for name in CLASSES if with_firms or name not in _FIRMS_TOO))


_WHOM: Final = "(?:owner(?:ship)?|holder|person|suspect|user|occup(?:ant|ier)|claimant|attribution|possessor)s?"
_SAID: Final = (
    "(?:known|identified|attributed|assigned|established|determined|ascertained|recorded|stated|given|named|found"
    "|present|listed|declared|claimed|shown|specified)"
)
_NOT_KNOWN: Final = late(
    "(?:unknown|unidentified|notknown)(?:[-–—,;:(/].*|(?:person|owner|male|female|man|woman|suspect|user|party|found).*)"
    f"|un(?:{_SAID}|attributable|owned)(?:{_WHOM}|property)?|ownerless|n/k|(?:none|noone|nobody)(?:yet)?{_SAID}"
    f"|no(?:known|clear|identified|named)?{_WHOM}(?:yet)?{_SAID}?|{_WHOM}(?:(?:is)?(?:not(?:yet)?|un|tobe){_SAID}|tbc)"
)
"""Whoever it was is not known, whatever is said behind it (Unknown - found by the road)."""
_STRUCTURE: Final = late(r"""^\(+["'].*["']\)+$|"[,:][("0-9]|^\([^()]*\)$""")
"""Found in lists and objects of programs, which name several or nobody, and in mere remarks in brackets."""


@lru_cache(maxsize=1 << 14)
def names_nobody(key: str, *, is_customer: bool = False) -> bool:
    """Whether the key of a name says that nobody is known, or names somebody in doubt or several at once.

    ``is_customer`` of a carrier: words for a platform or a parcel carrier are the firm then.

    >>> [names_nobody(key) for key in ("散客", "淘宝老客户", "#n/a", "疑似张三", "张三/李四", "微信茶馆", "客户1")]
    [True, True, True, True, True, False, False]
    >>> [names_nobody(key) for key in ("unknownperson", "unknown-foundbytheroad", "unknownrecordsltd")]
    [True, True, False]
    >>> [names_nobody(key) for key in ("unattributed", "nonerecorded", "noownerfound", "unattributedltd", "noowens")]
    [True, True, True, False, False]
    >>> [names_nobody(key) for key in ("receivedfromzenithltd", "cancellationofinv-63", "soldiersshop")]
    [True, True, False]
    """
    if _STRUCTURE.search(key) or _CARD.fullmatch(key):
        return True
    if len(key) > _LONGEST:
        return False
    text = _bare(key)
    words = _words(with_firms=not is_customer)
    if (
        words.make_up(text.removesuffix("省").removesuffix("市"))
        or words.make_up(text)
        or _WORDLESS.fullmatch(text)
        or _OTHER_ROW.fullmatch(text)
        or _DEVICE.fullmatch(text)
        or _NOT_KNOWN.fullmatch(text)
        or _GOODS.fullmatch(text)
    ):
        return True
    if _HEADS.fullmatch(text) or _kept().match(text) or _ACT.fullmatch(text):
        return True
    if _FIGURES.fullmatch(text):
        return not _is_identifying(text)
    return (
        (is_customer and text in ("y", "n"))
        or _says_something(text)
        or _is_doubted(text)
        or _names_several(text)
        or (_SPLIT.search(text) is not None and all(words.make_up(part) for part in _SPLIT.split(text) if part))
    )


@cache
def maybe_nobody() -> str:
    """Return a pattern, also of Rust, that is found in every key that identifies nobody, and in few others."""
    table = _table()
    words = {word for name in CLASSES for word in table[name]}
    before = {
        word for name in ("doubt_before", "denial_before", "says_first", "says_no", "hands") for word in table[name]
    }
    within = (*table["says_within"], *table["things"], *table["function_words"])
    return (
        rf"^(?:[\W_]|{_anyhow(words)})*$|^(?:{_anyhow(before)})|(?:{_anyhow(table['doubt_after'])})$"
        f"|^(?:{_CARD.pattern}|{_NOT_KNOWN.pattern})$"
        "|^[0-9.+()/:-]+$|^[0-9一二两三四五六七八九十几多]+[个名位人家户]|或|还是|還是|等|[/、,;|*＊]|##|[$~]"
        r"|^(?:同|[参參详詳]?[见見]).{0,4}[0-9]+[行条條号號项項]?$"
        rf"|sims?(?:cards?)?$|[\"']|[)\]]$|^(?:股份|集[团團])?有限|某|[xX]{{2}}|^[yn]$|^.[xX]$|^m[rs]|[×○◯□●■]|[省市]$|{_anyhow(within)}"
        rf"|[0-9][箱张張盒件套片枚包袋]$|欠|[卡号號]$|{_PLATE}$|[客用][户戶]$"
        rf"|^非[㐀-鿿]{{2,}}|{_arrow().pattern}"
        rf"|(?:{_anyhow(table['kept'])})"
        rf"|的(?:{_anyhow(table['kin'])})$|^原.+[现現]|[转轉]|改[为為给給]|[换換]成|[卖賣][给給]"
        r"|^(?:设备|設備|终端|終端|车辆|車輛|模组|模組|device|tracker)[0-9a-z-]*[0-9]$"
        rf"|^经?經?[㐀-鿿]{{2,3}}(?:{_anyhow(table['joined_by'])})[㐀-鿿]{{2,3}}$"
    )


def _anyhow(words: Iterable[str]) -> str:
    """Return a pattern of words in both scripts and with any dashes in Latin ones."""
    traditional: dict[str, str] = {}
    for sign, form in simplified_forms().items():
        traditional[form] = traditional.get(form, "") + chr(sign)
    return "|".join(
        "[-_.'’]?".join(map(re.escape, word))
        if word.isascii()
        else "".join(f"[{sign}{traditional[sign]}]" if sign in traditional else re.escape(sign) for sign in word)
        for word in sorted(words)
    )


@lru_cache(maxsize=1 << 14)
def key_of_cell(text: str) -> str:
    r"""Return the key of the name in a cell; where each line is the name of a firm, or of a person, of all of them.

    >>> [key_of_cell(text) for text in ("甲店\n乙店", "杭州甲科技\n有限公司", "张三\n13800001111")]
    ['甲店、乙店', '杭州甲科技有限公司', '张三13800001111']

    A question mark ends the key of a name in English beside which stands what became of it, or another one.

    >>> [key_of_cell(text) for text in ("Ravi cancelled", "Ravi (demo)", "not Ravi", "Ravi or Anil", "Loan Ltd")]
    ['ravicancelled?', 'ravi(demo)?', 'notravi?', 'ravioranil?', 'loanltd']
    """
    if "\n" not in text and "\r" not in text:
        key = normalize_party_name(text)
        # without its blanks the key would not show it any more
        return f"{key}?" if key and " " in text.strip() and _latin_tails().search(text.strip()) else key
    keys = [key for line in text.splitlines() if (key := normalize_party_name(line))]
    for pattern in (_FIRM, re.compile(_person())):
        if len(keys) > 1 and all(map(pattern.fullmatch, keys)):
            return "、".join(keys)
    return normalize_party_name(text)


@cache
def _latin_tails() -> re.Pattern[str]:
    """Return what stands in words of their own before or behind a name in English that names nobody for certain."""
    before, behind = ("|".join(_written()[name]) for name in ("latin_before", "latin_behind"))
    name = r"[a-z.'’]+(?: [a-z.'’]+)?"
    return re.compile(
        rf"^(?:{before})\s|(?:^|\s|[(,;:–-])(?:{behind})[)\].]*$|^{name} (?:or|and/or) {name}$", re.IGNORECASE
    )


def identifies_nobody(key: str, *, is_customer: bool = False) -> bool:
    """Whether the key of a name identifies nobody, or is masked (王**): two equal ones are no identity."""
    return names_nobody(key, is_customer=is_customer) or is_masked_name(key)


def tells_of_somebody(key: str) -> bool:
    """Whether the key of a name that identifies nobody tells of somebody: masked, in doubt, one of several.

    >>> [tells_of_somebody(key) for key in ("张*", "张三、李四", "非蓝讯数码店", "138****1111", "未知", "测试")]
    [True, True, True, True, False, False]
    """
    text = _bare(key)
    return (
        is_masked_name(key) or is_masked(key) or (len(key) <= _LONGEST and (_is_doubted(text) or _names_several(text)))
    )


def _says_something(text: str) -> bool:
    """Whether a text is a sentence about a look-up or a card (查询异常, 见原件, N/A see original), and no name."""
    table = _table()
    if text.startswith(table["says_first"]):
        return True
    if _AS_FIRM.fullmatch(text):
        return False
    if is_certainly_person(text):
        return False
    says_no = text.startswith(table["says_no"]) and not text.startswith(table["names_in_no"])
    is_sentence = (
        len(text) > 2 and _HAN.fullmatch(text) is not None and any(map(text.__contains__, table["function_words"]))
    )
    is_name_with_it = any(map(text.__contains__, table["names_in_no"]))
    return says_no or (is_sentence and not is_name_with_it) or any(map(text.__contains__, table["says_within"]))


def _has_remark(text: str) -> bool:
    """Whether brackets behind a name say what became of the cards, or that nothing is settled: 张三（借用）."""
    remark = _REMARK.search(text)
    return remark is not None and remark.start() > 0 and _remarks().make_up(remark[1])


@cache
def _remarks() -> _Words:
    return _Words(("absent", "fate", "test"))


@cache
def _handed_on() -> re.Pattern[str]:
    """Return the name of a person with what was done, or of whom a thing is: 代张三, 发李四收, 张三已付款, 张三手机."""
    table = _table()
    hands, hands_to, things = ("|".join(table[name]) for name in ("hands", "hands_to", "things"))
    usual = f"[{_written()['usual_surnames'][0]}][㐀-鿿]{{1,2}}?"
    done = f"(?:已经?|还?[未没]|待|拒|欠|不[要收])(?![㐀-鿿]*(?:[{_ENDS_OF_FIRMS}]|公司)$)[㐀-鿿]+"
    return re.compile(f"(?:{hands})给?{usual}(?:{hands_to})?的?|{_person()}(?:{done}|的?(?:{things}))")


def _is_doubted(text: str) -> bool:
    """Whether a text names somebody in doubt, or says who it was not."""
    if _has_remark(text) or _handed_on().fullmatch(text) or _COUNTED.fullmatch(text):
        return True
    table = _table()
    if text.startswith(table["doubt_before"]) or text.endswith(table["doubt_after"]) or _EITHER.fullmatch(text):
        return True
    if _denied_person().fullmatch(text) or _undone().search(text) or _somebody_of().fullmatch(text):
        return True
    return text.startswith(table["denial_before"]) and _DENIED.fullmatch(text) is not None


@cache
def _undone() -> re.Pattern[str]:
    """Return what stands in brackets behind the name of somebody who did not get or keep what the row states."""
    also = "|".join(_table()["undone_also"])
    return re.compile(rf"\((?:{also})*(?:{'|'.join(_table()['undone_after'])})了?\)$")


def is_kept(key: str) -> bool:
    """Whether the key of a name is a purpose for which whoever holds cards keeps or uses them (自用, 研发部测试)."""
    return _kept().match(_bare(key)) is not None


@cache
def _kept() -> re.Pattern[str]:
    """Return a purpose for which whoever holds the cards keeps them; what stands in brackets behind it is no name.

    Of a part of the firm it is said, too (研发部测试).
    """
    table = _table()
    keeper = f"(?:{'|'.join(table['keeper'])}|[㐀-鿿]{{1,8}}(?:部门?|项目部?|组|科室?|车间|仓库?))"
    kept = f"(?:{'|'.join(table['kept'])})(?:{'|'.join(table['kept_as'])})?"
    of_firm = "公司|商行|经营部|门市部|营业部|店|厂|社|中心"
    after = rf"(?:\([^()]*\)|[:/-](?=[㐀-鿿])(?![㐀-鿿]*(?:{of_firm})).*)?$"
    return re.compile(rf"{keeper}{{0,2}} ?(?:{kept}){{1,2}}{after}")


@cache
def _arrow() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, _written()["arrows"])))


def _person() -> str:
    """Return a pattern of what is the name of a person for certain: a usual surname and one or two characters."""
    return f"[{''.join(_written()['surnames'])}][㐀-鿿]{{1,2}}"


def usual_surnames() -> str:
    """Return the characters of usual surnames."""
    return "".join(_written()["surnames"])


@cache
def _one_person() -> re.Pattern[str]:
    return re.compile(_person())


def is_certainly_person(text: str) -> bool:
    """Whether a text is the name of a person for certain: a usual surname, and one or two characters."""
    return _one_person().fullmatch(text) is not None


@cache
def _familiar() -> re.Pattern[str]:
    titled, before, numbered, unnamed = (
        "|".join(map(re.escape, _table()[name])) for name in ("titled", "titled_before", "numbered", "unnamed_firm")
    )
    surname, counter = (
        f"[{''.join(_written()['surnames'])}]",
        "(?:[a-z]|[0-9]{1,3}|[一二三四五六七八九十甲乙丙丁]{1,2})",
    )
    return re.compile(
        f"[老小阿大]{surname}|{surname}(?:{titled})|(?:{before})\\.?[a-z]+|{unnamed}"
        f"|(?:{numbered}){counter}|第?{counter}(?:{numbered})"
    )


def is_familiar(key: str) -> bool:
    """Whether a compared name means somebody only to whoever keeps the book: 老张, 王先生, 客户A, 总店."""
    return _familiar().fullmatch(_bare(key)) is not None


@cache
def _joined_persons() -> re.Pattern[str]:
    """Return two names of persons and what joins them: which of them it was is not said. Firms keep such names."""
    joined_by = "|".join(map(re.escape, _table()["joined_by"]))
    return re.compile(f"经?{_person()}(?:{joined_by}){_person()}(?<![{_ENDS_OF_FIRMS}])|{_person()}等")


@cache
def _denied_person() -> re.Pattern[str]:
    return re.compile(f"非(?![{_CANNOT_BE_DENIED}])(?:{_person()}|{_FIRM.pattern})")


@cache
def _somebody_of() -> re.Pattern[str]:
    """Return somebody whose name is not said, by another whose name is (张三的朋友)."""
    return re.compile(f"[㐀-鿿]{{2,}}的(?:{'|'.join(_table()['kin'])})")


@cache
def _passed_on_by_firm() -> re.Pattern[str]:
    """Return the name of a firm or person, and behind it that of a firm or person who got the cards from it."""
    firm = r"[㐀-鿿0-9a-z()]+?(?:公司|商行|经营部|门市部|营业部|工作室|店|厂|社|中心)"
    return re.compile(f"(?:{firm}|{_person()})(?:{_PASSES_ON})(?:{_FIRM.pattern}|{_person()})")


def _names_several(text: str) -> bool:
    """Whether a text lists names: which of them is meant is not said. A firm with its contact is the firm."""
    if _SOME_MORE.fullmatch(text) or _PASSED_ON.search(text) or _arrow().search(text):
        return True
    if _joined_persons().fullmatch(text) or _passed_on_by_firm().fullmatch(text) or _CHANGED.fullmatch(text):
        return True
    parts = [part for part in _LIST.split(text) if part]
    firms = [part for part in parts if _FIRM.fullmatch(part)]
    return len(parts) > 1 and len(firms) != 1 and all(part in firms or _PERSON.fullmatch(part) for part in parts)


@lru_cache(maxsize=1 << 14)
def is_no_identifier(number: str) -> bool:
    """Whether the normal form of a party's number identifies nobody.

    So do words (见附件), those that stand for a number with a counter (TEMP001), masked and partial numbers, fewer than
    five characters behind leading zeros, a few characters repeated, a run like 123456, a day, and a resident id whose
    last three digits a spreadsheet turned into zeros.

    >>> [is_no_identifier(number) for number in ("见附件", "1101**********0038", "000000", "123456", "G12345678")]
    [True, True, True, True, False]
    """
    if is_masked(number) or number.lower().startswith(_table()["partial_number"]):
        return True
    return not _is_identifying(_HAN.sub("", number))


_COUNTER: Final = late(r"([a-z]+)[0-9]{0,4}", re.IGNORECASE)
_NO_NUMBER: Final = late(r"(.{1,3})\1{2,}|(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
"""Characters that repeat (123123123) and a day, which identify no party."""


def _is_identifying(number: str) -> bool:
    signs = re.sub(r"[\W_]", "", number)
    if len(signs.lstrip("0")) < MIN_IDENTIFIER or not any(map(str.isdecimal, signs)) or _NO_NUMBER.fullmatch(signs):
        return False
    if (counted := _COUNTER.fullmatch(signs)) is not None and counted[1].lower() in _table()["no_number"]:
        return False
    if signs.isdecimal() and signs.isascii():
        steps = {(int(after) - int(before)) % 10 for before, after in pairwise(signs)}
        if steps in ({1}, {9}):
            return False
        return not (len(signs) == 18 and signs.endswith("000") and not is_valid_resident_id(signs))
    return True
