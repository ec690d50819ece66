"""Lists of changes that name the former and the new owner of a card: 原归属客户 and 现归属客户.

The cards went from the one to the other. Two names alone may be those of one customer who changed his: a heading or
a column of operations has to say that the cards were passed on.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from graphtrace.ingest.words import pattern_of
from graphtrace.patterns import late

_CHANGE: Final = "(?:变更|调整|转移|划拨|调拨|过户|移交|交接)"
_OWNER: Final = (
    "(?P<owner>(?:归属|所属|使用|领用|持有|保管)?(?:(?:集团|政企|企业)?客户|集团|用户|单位|企业|公司|代理商?|渠道商?|经销商|商户|租户"
    "|账户|账号|组织|机构|部门|归属方?|方|人|责任人))(?:的?名称|姓名|名)?"
)
_FORMER: Final = late(f"(?:原有?|旧|{_CHANGE}前)的?{_OWNER}")
_NEW: Final = late(f"(?:现有?|新|{_CHANGE}后)的?{_OWNER}")
_PASSED_ON: Final = late(f"归属|所属|使用|领用|持有|保管|{_CHANGE}(?<!变更)(?<!调整)")
"""Found in headings of lists of cards that were passed on, and not of customers who changed their name."""
_CHANGED_ON: Final = late(f"(?:归属|所属|使用人?|客户|单位|权属)?{_CHANGE}(?:日期|时间|日)")
_OPERATION: Final = late("(?:操作|业务|动作|变动|变更|流转|划拨|划卡|分配|调拨)(?:类型|类别|动作)?")


class NewCustomer(NamedTuple):
    """What a remark of a carrier says of the customer whom its row names: since when, and who was it before."""

    day: str | None
    former: str | None


_DAY: Final = "20[0-9]{2}(?:[-./][0-9]{1,2}[-./][0-9]{1,2}|年[0-9]{1,2}月[0-9]{1,2})日?"
_HANDED_ON: Final = pattern_of("former_and_new", "handed_on", re.IGNORECASE)
_DENIED: Final = late("[未没无不]|禁止|申请|拟|可|not|no ", re.IGNORECASE)
_FORMER_CUSTOMER: Final = late(
    f"原(?:客户|用户|户主|机主|单位)(?:名称|为|是)?[:：]?(?P<former>[^,，;；。:：]{{2,40}})[,，;；]?(?:已?于|自)?(?P<day>{_DAY})(?:已)?"
    "(?:过户|转户|更名|变更)(?:至|到|给|为)?(?:现|本|该|新|当前)?(?:客户|用户|户主|机主|单位)?[。.]?"
)


def new_customer(remark: str) -> NewCustomer | None:
    """Return what a remark says of a line that went from one customer of its carrier to another; else ``None``.

    The day on which the line was opened is not that on which its later customer was registered.

    >>> new_customer("原客户甲公司，2024-01-09过户至现客户"), new_customer("已过户")
    (NewCustomer(day='2024-01-09', former='甲公司'), NewCustomer(day=None, former=None))
    >>> new_customer("未过户"), new_customer("机卡分离停机")
    (None, None)
    """
    if _HANDED_ON.search(remark) is None or _DENIED.search(remark) is not None:
        return None
    found = _FORMER_CUSTOMER.fullmatch(remark.strip())
    return NewCustomer(None, None) if found is None else NewCustomer(found["day"], found["former"])


def former_and_new(headings: Sequence[str], claimed: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the fields of the headings of the former and the new owner, and of the day; empty for other lists.

    - ``headings``: the comparable headings of all columns.
    - ``claimed``: the fields and headings of which a person has said something.

    >>> former_and_new(["iccid", "原归属客户", "现归属客户"], ())
    {'原归属客户': ('from',), '现归属客户': ('to',)}
    >>> former_and_new(["iccid", "原客户名称", "现客户名称", "变更日期"], ())
    {}
    """
    former, new = ([each for each in map(words.fullmatch, headings) if each] for words in (_FORMER, _NEW))
    if len(former) != 1 or len(new) != 1 or former[0]["owner"] != new[0]["owner"]:
        return {}
    pair = former[0][0], new[0][0]
    if {"from", "to", *pair} & {*claimed}:
        return {}
    on = [heading for heading in headings if _CHANGED_ON.fullmatch(heading)]
    if not any(map(_PASSED_ON.search, (*pair, *on))) and not any(map(_OPERATION.fullmatch, headings)):
        return {}
    return {pair[0]: ("from",), pair[1]: ("to",), **dict.fromkeys(on, ("date",))}
