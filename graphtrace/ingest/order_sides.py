"""Sides of lists that call parties by their part in trade: shop, supplier, customer, consignee; cards in remarks.

The card of an order may stand in the remark of the shop, with the word for it (ICCID 8986…, 卡号8986…).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache, partial
from itertools import takewhile
from typing import Final

from graphtrace.ingest.acts import names_new_card
from graphtrace.ingest.card_cells import cards_among_words, is_card, split_cards
from graphtrace.ingest.dealer_ledgers import came_in_on
from graphtrace.ingest.heading_grammar import LONGEST_HEADING, counts_something, normalize_heading
from graphtrace.ingest.sheet import Sheet
from graphtrace.ingest.totals import is_total_row
from graphtrace.ingest.words import pattern_of, patterns_of
from graphtrace.model import Kind
from graphtrace.patterns import late

_ORDER: Final = late(".{0,4}订单(?:编?号|id)")
_REMARK: Final = pattern_of("order_sides", "remark")
_SERIAL: Final = late("(?:商品|产品|货品|卡片?)?(?:序列号|串号|串码|sn(?:[编号]?码|号)?)")
"""Headings of numbers of whatever goods a row counts, which may be those of cards."""
_CONTENTS: Final = pattern_of("goods", "heading")
_SHIPPER: Final = late("(?:consignor|shipper|sender)(?:_?name)?|(?:寄|发)件?(?:人|方)(?:姓名|名称)?")
"""Headings of lists of parcels, which name the contents of these."""
_CAME_BACK: Final = late("^(?:客户|买家)?(?:退[回货]?|旧|坏)(?:的?(?=卡|sim))?")
"""Stands before the card in remarks on what came back."""
_BRACKETS: Final = late(r"(?<=.)\([^()]*\)$")
_REMARK_OF_BOTH: Final = late("留言/?备注|备注/?留言")
_OF_SHOP: Final = late("(?:卖家|商家|店家|店铺|客服)(?:备注|留言)?[:：]")
"""Headings of what the shop remarks on an order; a buyer may write of any card."""


def names_shop(heading: str) -> bool:
    """Whether a comparable heading is that of the shop that sold what was ordered."""
    return role_of(heading) == "shop"


def is_remark_of_shop(heading: str) -> bool:
    """Whether a comparable heading is that of what the shop remarks on an order."""
    return _REMARK.fullmatch(heading) is not None or _REMARK_OF_BOTH.fullmatch(heading) is not None


def remark_of_card(
    top: Sequence[tuple[int, Sequence[str | None]]], table: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Return the heading of remarks or contents that name the cards of orders or counted goods, most of them.

    Empty where a heading, or another column, names cards.

    ``top``: the first filled rows of a sheet.
    ``table``: fields of headings.
    """
    for at, (_, cells) in enumerate(top):
        headings = [normalize_heading(cell or "") for cell in cells]
        kind = None if any(map(_SHIPPER.fullmatch, headings)) else list_of(headings)
        if kind is None and not any(map(counts_something, headings)):
            continue
        if any("iccid" in table.get(heading, ()) for heading in headings):
            return {}
        rows = [*takewhile(lambda row: not any(cell and is_total_row(cell) for cell in row[1]), top[at + 1 :])]
        for column, heading in enumerate(headings):
            below = [row[column] for _, row in rows if column < len(row)]
            texts = [text for text in below if text]
            if _REMARK_OF_BOTH.fullmatch(heading):
                if not all(_OF_SHOP.match(text) for text in texts if cards_among_words(text) is not None):
                    continue
            elif not is_remark_of_shop(_BRACKETS.sub("", heading)) and not (
                _names_goods(heading) or (kind and _CONTENTS.fullmatch(_BRACKETS.sub("", heading)))
            ):
                continue
            are_named = 0 < len(texts) <= 2 * sum(cards_among_words(text) is not None for text in texts)
            came = [_CAME_BACK.sub("", text) for text in texts] if kind == "back" else texts
            if are_named and any(map(_names_cards, came)) and not _are_cards_beside(top[at + 1 :], column):
                return {heading: ("iccid",)}
    return {}


def _names_goods(heading: str) -> bool:
    """Whether below a heading stand the numbers of goods, or these and remarks (序列号/摘要)."""
    parts = re.split("[/、及和或]", heading)
    return any(map(_SERIAL.fullmatch, parts)) and all(
        _SERIAL.fullmatch(part) or is_remark_of_shop(part) for part in parts
    )


def _are_cards_beside(rows: Sequence[tuple[int, Sequence[str | None]]], column: int) -> bool:
    """Whether another column than that of remarks has the number of a card."""
    return any(cell and is_card(cell) for _, cells in rows for at, cell in enumerate(cells) if at != column)


def _names_cards(text: str) -> bool:
    """Whether a remark is nothing but cards that were sent."""
    parts = split_cards(cards_among_words(text) or text)
    return bool(parts) and all(is_card(part.first) for part in parts)


def may_name_card(text: str) -> bool:
    """Whether a remark of a shop may name a card: it holds digits, and more than a number of pieces has."""
    return re.search("[0-9]{4}", text) is not None


_ROLES: Final = patterns_of(
    "side",
    *(
        "supplier",
        "shop",
        "store",
        "branch",
        "sender",
        "account",
        "customer",
        "consignee",
        "reseller",
        "superior",
        "member",
        "user",
    ),
)
_NAME: Final = late(f"(?:{pattern_of('side', 'name').pattern})$")
_LISTS: Final = patterns_of("list", "back", "bought", "sold")
_KIND_OF_LIST: Final[dict[str, Kind]] = {"back": "return", "bought": "purchase", "sold": "transfer"}
_SOURCE: Final = pattern_of("receipt", "from")
_OTHERS: Final = frozenset({"enterprise", "user", "holder", "party"})
_UNIT: Final = "单位"
"""The heading of a party which below which most often stand units of measure."""


@lru_cache(maxsize=1 << 12)
def role_of(heading: str) -> str | None:
    """Return what part in trade a comparable heading says that somebody has; ``None`` for none.

    >>> [role_of(heading) for heading in ("供货商", "店铺名称", "客户简称", "收件信息", "ship_to(客户)", "快递公司")]
    ['supplier', 'shop', 'customer', 'consignee', 'consignee', None]
    """
    bare = _BRACKETS.sub("", heading)
    word = _NAME.sub("", bare) or bare
    return next((role for role, words in _ROLES.items() if words.fullmatch(word) or words.fullmatch(bare)), None)


def list_of(headings: Sequence[str]) -> str | None:
    """Return what a list is of by its headings: what came back, was bought or was sold; ``None`` where none says it.

    >>> [list_of(each) for each in (("售后单号", "订单号"), ("采购单号",), ("发货时间", "退货日期"), ("日期",))]
    ['back', 'bought', 'sold', None]
    """
    return _list_of(tuple(headings))


@lru_cache(maxsize=1 << 10)
def _list_of(headings: tuple[str, ...]) -> str | None:
    if any(map(_LISTS["back"].search, headings[:2])):
        return "back"
    return next((name for name in ("bought", "sold") if any(map(_LISTS[name].search, headings))), None)


IN: Final = frozenset({"in", "back"})
"""Headings of the day on which something came back, beside that on which it went out."""


def lends(headings: Collection[str]) -> bool:
    """Whether a list says when things went out and when they were back."""
    return "out" in headings and not IN.isdisjoint(headings)


def sides_by_role(
    headings: Sequence[str],
    known: Sequence[str],
    table: Mapping[str, tuple[str, ...]],
    dates: Collection[frozenset[Kind]],
    stated: Collection[str] = (),
    *,
    is_bought: bool = False,
    is_titled: bool = False,
) -> dict[str, tuple[str, ...]]:
    """Return which side those are whom the headings of a list call by their part in trade; empty where it is not clear.

    A shop sells to whoever ordered, buys of its suppliers, and gets back from its customers.

    - ``headings``: the comparable headings of all columns.
    - ``known``: those by which a column was understood.
    - ``table``: fields of headings.
    - ``dates``: for the dates of the sheet, the kinds whose event each names.
    - ``stated``: the fields that a paper, or a person, states for all its rows.
    - ``is_bought``: whether a title or a day says that the list is one of what came in; ``is_titled``: whether a title.
    """
    roles: dict[str, list[str]] = {}
    for heading in headings:
        if (role := role_of(heading)) is not None:
            roles.setdefault(role, []).append(heading)
    named = {heading for each in roles.values() for heading in each} | {_UNIT}
    fields = {name for heading in known if heading not in named for name in table.get(heading, ())}
    sides = {name: [at for at in known if name in table.get(at, ())] for name in ("from", "to")}
    if lends(headings) and "name" in headings and not any(sides.values()) and not _OTHERS & fields:
        # who signed for what went out
        return {"name": ("to",)}
    is_sent = any("transfer" in kinds for kinds in dates)
    above, below = roles.get("superior", []), roles.get("member", [])
    if is_sent and len(above) == len(below) == 1 and not {*sides["from"], *sides["to"]} - {*above, *below}:
        # on the day of an allotment cards went from who stands above down to whom they are under
        return {above[0]: ("from",), below[0]: ("to",)}
    kind = list_of(headings) or ("sold" if is_sent else None)
    if is_sent and came_in_on(headings) and not _OTHERS & {*fields, *stated}:
        # a ledger of what came in and of what went on has a party and a day for each
        givers, takers = (
            list(dict.fromkeys([*sides[side], *(at for role in named for at in roles.get(role, ()))]))
            for side, named in (("from", ("supplier",)), ("to", ("customer", "account", "consignee")))
        )
        if len(givers) == len(takers) == 1:
            return {givers[0]: ("from",), takers[0]: ("to",)}
        # of what came in from nobody who is named the rows say to whom it went on
        kind, is_bought = (kind, is_bought) if givers or is_titled else ("sold", False)
    is_bought = is_bought and kind != "back"
    kind = "bought" if is_bought else kind
    if is_bought and "supplier" not in roles:
        sources = [heading for heading in headings if _SOURCE.fullmatch(heading)]
        roles = {
            **{role: [at for at in each if at not in sources] for role, each in roles.items()},
            "supplier": sources,
        }
        fields -= {name for heading in sources for name in table.get(heading, ())}
    if kind is None or _OTHERS & {*fields, *stated}:
        return {}
    if dates and not any(not kinds or {_KIND_OF_LIST[kind], "transfer"} & kinds for kinds in dates):
        return {}

    def of(*names: str) -> list[str]:
        return [heading for name in names for heading in roles.get(name, ())]

    if kind == "back" and not any(map(names_new_card, headings)):
        gives, takes = of("customer", "account", "consignee", "user")[:1], of("shop")[:1]
        return {gives[0]: ("from",), takes[0]: ("to",)} if gives and takes and not any(sides.values()) else {}
    if kind == "bought" and of("supplier"):
        takes = [] if sides["to"] else of("store", "shop") or of("branch") or of("reseller")
        is_clear = len(of("supplier")) == 1 and len(takes) < 2 and not {*of("customer", "account")} - {*sides["to"]}
        if not is_clear or {*sides["from"]} - {*of("supplier")} or ("kind" in fields and not takes):
            return {}
        return {of("supplier")[0]: ("from",), **dict.fromkeys(takes, ("to",))}
    gives = sides["from"] or of("shop", "sender")[:1]
    is_open = not {*sides["from"]} - {*of("shop", "sender")} and not is_bought
    if not is_open or (not gives and "from" not in stated and {"kind", "carrier"} & fields):
        return {}
    if of("shop", "account"):
        takes = (of("account", "customer", "consignee") or of("reseller"))[:2]
    else:
        takes = next((each for name in ("customer", "store", "reseller", "consignee") if (each := of(name))), [])
        takes = takes if len(takes) == 1 else []
    if not gives and any("party" in table.get(heading, ()) for heading in takes):
        # whoever is called a customer beside nobody else is the other side once it is known who gave
        return {}
    is_sent = is_sent or not dates or any(map(_ORDER.fullmatch, headings)) or "from" in stated
    if sides["to"] or "to" in stated or not (is_sent or gives):
        takes = []
    if not takes and not sides["to"]:
        return {}
    return {**dict.fromkeys(gives, ("from",)), **dict.fromkeys(takes, ("to",))}


_WITH_TELEPHONE: Final = pattern_of("order_sides", "with_telephone", re.DOTALL)
_NEARLY_ALL: Final = 0.9


def part_names(sheet: Sheet) -> None:
    """Put telephone and address behind the name of a side into a column of their own (李四，138****0000，某市某路)."""
    for at, (row, cells) in enumerate(sheet.head_rows):
        for column, cell in enumerate(cells):
            if not cell or len(cell) > LONGEST_HEADING or role_of(normalize_heading(cell)) is None:
                continue
            texts = [text for _, below in sheet.head_rows[at + 1 :] if (text := below[column])]
            named = sum(_WITH_TELEPHONE.fullmatch(text) is not None for text in texts)
            if named and named >= _NEARLY_ALL * len(texts):
                sheet.make({}, row, partial(_with_name, row, column, f"{cell}电话"))


def _with_name(header: int, column: int, title: str, row: int, cells: Sequence[str | None]) -> list[str | None]:
    found = _WITH_TELEPHONE.fullmatch(cells[column] or "") if row > header else None
    if found is None:
        return [*cells, title if row == header else None]
    return [*cells[:column], found["name"], *cells[column + 1 :], found["rest"]]
