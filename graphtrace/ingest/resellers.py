"""Lists of bought cards that name a seller beside the carrier: 运营商 is the network of the cards there.

Who sold is the seller, and nothing says that the carrier sold to the buyer. Where it is not clear what another firm in
the row was (代理商, 来源, 原购卡单位), nothing is concluded and it is asked what happened.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from graphtrace.ingest.heading_grammar import without_remark
from graphtrace.model import Kind

_NAME: Final = "(?:的?(?:全称|名称|名))?"
_SELLER: Final = re.compile(f"(?:(?:供应|供货)商|卖家|supplier|vendor|seller){_NAME}")
"""Headings of a seller beside those of a carrier and a buyer."""

_OTHER_FIRM: Final = re.compile(
    f"(?:(?:[一二三]级)?(?:代理|渠道|经销|分销|中间)商|进货渠道|货?来源|货源|re-?seller|distributor|dealer|agent"
    f"|(?:原|前|旧|现|新|变更[前后]|过户[前后])的?(?:购卡|开户|采购|使用)?(?:单位|客户|用户|企业|公司|机主)){_NAME}"
)
"""Headings of a firm that may have sold the cards, or have got them later."""

_BOUGHT: Final = re.compile("购|采|bought|purchase|buy")


def names_other_firm(headings: Sequence[str], served: Collection[int]) -> bool:
    """Whether a heading of a column that serves no field is that of a firm of which it is not clear what it did."""
    return any(
        column not in served and _OTHER_FIRM.fullmatch(without_remark(heading)) is not None
        for column, heading in enumerate(headings)
    )


def sides_of_resale(
    headings: Sequence[str], known: Sequence[str], table: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Return what headings mean in a list of bought cards that names a seller; empty for another list."""
    fields = {name for heading in known for name in table.get(heading, ())}
    if not {"carrier", "enterprise"} <= fields or {"to", "to_id", "kind"} & fields:
        return {}
    sellers = [heading for heading in known if "from" in table.get(heading, ())]
    sellers = sellers or [heading for heading in headings if _SELLER.fullmatch(without_remark(heading))]
    if not sellers:
        return {}
    buyers = {"enterprise": "to", "enterprise_id": "to_id"}
    turned = {heading: (buyers[name],) for heading in known for name in table.get(heading, ())[:1] if name in buyers}
    return {**dict.fromkeys(sellers, ("from",)), **turned}


def days_of_resale(headings: Sequence[str], dates: Mapping[int, frozenset[Kind]]) -> dict[int, frozenset[Kind]]:
    """Return the dates of such a list: a day of buying is that of the sale."""
    sale: frozenset[Kind] = frozenset({"transfer"})
    return {
        column: sale if "purchase" in kinds and _BOUGHT.search(headings[column]) else kinds
        for column, kinds in dates.items()
    }
