"""Lists of changes that name the former and the new owner of a card: 原归属客户 and 现归属客户.

The cards went from the one to the other. Two names alone may be those of one customer who changed his: a heading or
a column of operations has to say that the cards were passed on.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

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
