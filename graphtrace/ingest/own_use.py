"""Registers of what the staff of a firm took for use: the cards stay the firm's, and whoever took one uses it.

Taking a card for a device of one's own employer is no change of hands. It is known by what such registers say of each
card: where it was installed, for what it was taken, when it came back. A list of who took cards and no more is one of
those who got them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from graphtrace.ingest.heading_grammar import LONGEST_HEADING, normalize_heading, without_remark
from graphtrace.ingest.preamble import StatedAbove, names_one_firm, rows_above
from graphtrace.ingest.sheet import Sheet
from graphtrace.patterns import late

_TAKER: Final = late("领[用取卡]?(?:卡)?(?:人|员工|部门|科室|班组)(?:姓名|名称)?|使用(?:部门|科室|班组)")
_PERSON: Final = late("人|员工")
_TAKEN: Final = late("领[用取卡]?(?:卡)?(?:日期|时间|日)")
_OF_USE: Final = late(
    "(?:安装|使用|存放|部署|投放)(?:位置|地点|地址|点位|场所|设备|部门|科室)|用途|(?:归还|退还|交还|还卡)(?:日期|时间|情况|人)?"
    "|(?:所属|领用|使用)?(?:部门|科室|班组)|车牌号?|(?:设备|仪表|表计|站点)(?:名称|编号)?"
)
_OF_TRADE: Final = late(
    "金额|单价|价格?|售价|货款|收款|客户|代理|渠道|店|快递|物流|运单|收货|发货|出库|销售|订单|(?:领用|领卡)(?:单位|方)|公司"
)
"""Found in headings of lists by which cards are handed on, whoever fetched them."""
_TITLE: Final = late(
    "(?P<name>.+?(?:公司|集团|厂|中心|局|院|校|所))(?:[(（]?[0-9年月日第季度至到.\\-/~]*[)）]?)?(?:物联网?卡|流量卡|sim卡|卡片?)?"
    "(?:领用|领取|领卡|使用)(?:登记|记录|发放|明细|台[账帐])*(?:表|簿|册|单|台[账帐])?"
)


def users_in_register(
    headings: Sequence[str], known: Sequence[str], table: Mapping[str, tuple[str, ...]], claimed: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """Return the heading of who took the cards of a register of own use; empty for any other list.

    - ``headings``: the comparable headings of all columns.
    - ``known``: those by which a column was understood.
    - ``table``: fields of headings.
    - ``claimed``: the fields and headings of which a person has said something.
    """
    fields = {name for heading in known for name in table.get(heading, ())}
    takers = [heading for heading in headings if _TAKER.fullmatch(heading)]
    user = next((heading for heading in takers if _PERSON.search(heading)), next(iter(takers), ""))
    is_of_use = any(_OF_USE.fullmatch(without_remark(each)) for each in headings if each != user)
    is_of_cards = bool({"iccid", "msisdn"} & fields) and not {"from", "kind", "enterprise", "carrier"} & fields
    if not (takers and is_of_use and is_of_cards) or any(map(_OF_TRADE.search, headings)):
        return {}
    return {} if {"from", "to", "user", user} & {*claimed} else {user: ("declared_user",)}


_DEFINED: Final = late(
    r"(?:注|备注|说明)?[:：]?\s*[“\"【\[]?(?P<heading>[^=＝:：,，;；。“”\"【】\[\]]{1,24}?)[”\"】\]]?\s*(?:一?[栏列]|column)?\s*"
    r"(?:[=＝:：]|(?:均|都)?(?:是指|指的?是?|即为?|[为是])|\b(?:is|means|=)\b)\s*(?P<meaning>[^=＝:：,，;；。]{2,40})",
    re.IGNORECASE,
)
_IS_USER: Final = late(
    "(?:实际|真正|现在?|目前|当前|正在|最终)?的?(?:[拿持领]?(?:机|卡|设备|终端)?(?:在|来)?)?使用(?:该|本|此|这[张台])?(?:卡|机|设备|终端|机器)?"
    "的?(?:人员?|者|用户|单位|员工|客户)|(?:the )?(?:person|one|customer|employee|party|firm) (?:who|that|which) "
    "(?:actually |really |now )?uses(?: (?:it|the (?:card|sim|device)))?|(?:the )?(?:actual|real|end)[ -]user",
    re.IGNORECASE,
)


_LONGEST_CLAUSE: Final = 120
_NOT_SO: Final = late(r"[不非未否]|更正|\b(?:not|never|correction)\b|n't\b", re.IGNORECASE)


def user_by_definition(sheet: Sheet) -> str | None:
    """Return the comparable heading of which a line beside the table says that it names who uses the cards.

    ``None`` where no line says so of a heading of the sheet.
    """
    lines = [*(cell for _, cells in rows_above(sheet) for cell in cells if cell), *sheet.below]
    clauses = [part.strip() for line in dict.fromkeys(lines) for part in re.split("[;；,，。\n]", line)]
    for clause in clauses:
        defined = _DEFINED.fullmatch(clause) if len(clause) <= _LONGEST_CLAUSE else None
        if defined is not None and _IS_USER.fullmatch(defined["meaning"].strip()):
            heading = normalize_heading(defined["heading"])
            if any(defined["heading"] in other and _NOT_SO.search(other) for other in clauses):
                return None
            if any(heading == normalize_heading(cell) for _, cells in sheet.head_rows for cell in cells if cell):
                return heading
    return None


def days_of_register(headings: Sequence[str]) -> list[int]:
    """Return the columns of the day on which a card was taken."""
    return [at for at, heading in enumerate(headings) if _TAKEN.fullmatch(heading)]


def owner_of_register(rows: Sequence[tuple[int, Sequence[str | None]]]) -> StatedAbove | None:
    """Return the firm whose register the title of a table says it is; ``None`` where none or several do."""
    found = set()
    for row, cells in rows:
        for cell in dict.fromkeys(cell for cell in cells if cell and len(cell) <= LONGEST_HEADING):
            named = _TITLE.fullmatch(normalize_heading(cell))
            if named is not None and (name := names_one_firm(cell, named["name"])) is not None:
                found.add(StatedAbove("party", name, row, frozenset({"card_list"})))
    return found.pop() if len(found) == 1 else None
