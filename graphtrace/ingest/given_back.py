"""Lists of sales that say beside them what came back: a second day, card or number, or a reason of returns.

Such a column is about another act than the row: the row is the sale of its own day, and where the column is filled the
same cards came back as well, from the buyer to the seller. In a list of returns the same words are about its rows.

So it is with lists of changes that name the former and the new owner of a card (原归属客户, 现归属客户): it
went from the one to the other. Two names alone may be those of one customer who changed his: a heading or a column of
operations has to say that the cards were passed on.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from graphtrace.ingest.acts import DONE, act_of, flag_words, fold_word, names_new_card
from graphtrace.ingest.dates_and_quantities import parse_date, parse_quantity
from graphtrace.ingest.heading_grammar import without_remark
from graphtrace.ingest.row_status import is_status_heading
from graphtrace.ingest.words import pattern_of
from graphtrace.patterns import late

RETURN: Final = pattern_of("given_back", "return")
"""Found in headings of returns, and not in those of where or how goods could be returned."""

_OF_ROW: Final = pattern_of("given_back", "of_row")
"""Found in headings of returns that are about the whole of a row; a number of cards says how many of it."""

GIVES_BACK: Final = late("退[货卡回还]?(?:的?人|方|客户|单位)|谁退")
_ALONE: Final = frozenset({"退货", "退卡", "退回", "return", "returns"})
_SELLER: Final = late("卖|售|供|seller|supplier|vendor")
_BUYER: Final = late("买|购|客户|buyer|purchaser|customer")
_TAKES: Final = late("谁[拿领要买提]|[拿买购][货卡买]|买[家方]")
_NUMBERS: Final = ("iccid", "iccid_first", "iccid_last", "quantity", "msisdn", "imsi")
_NOT: Final = ("未", "没", "无", "not")
_NOTHING: Final = late(r"[-—–/\\.:0无未]+")

RETURNED_BY: Final = "returned_by"
"""The field that answers below which of two headings whoever gave back stands, in rows of returns among sales."""

Sides = Collection[tuple[str, ...]]
"""Names below the headings of both sides, as they are compared, and what else has to be the same."""

Listed = Literal["returns", "sales", "unclear"]
"""What the rows of a sheet are that names both sides and speaks of returns."""


class ReturnedOn(NamedTuple):
    """The day, as written, on which cards of a row came back, how many if that is said, and which if not all."""

    day: str
    number: int | None
    cards: str | None = None


_RETURNED_ON: Final = pattern_of("given_back", "returned_on", re.IGNORECASE)


_SOME_RETURNED: Final = pattern_of("given_back", "some_returned", re.IGNORECASE)


def returned_on(text: str) -> ReturnedOn | None:
    """Return on which day a remark of a sale says that its cards came back, or those of them that it names.

    ``None`` where it says that of other cards, or of some without saying which.

    >>> [returned_on(text) for text in ("5.2退回", "Returned all 20 pcs on 20/03/2026 – wrong network", "5.2退回3张")]
    [ReturnedOn(day='5.2', number=None, cards=None), ReturnedOn(day='20/03/2026', number=20, cards=None), None]
    >>> returned_on("其中89860475242070312602读不出，3.7退回一张，已退28元")
    ReturnedOn(day='3.7', number=1, cards='89860475242070312602')
    """
    written = text.strip()
    found = _RETURNED_ON.fullmatch(written) or _SOME_RETURNED.fullmatch(written)
    if found is None:
        return None
    said = {name: value for name, value in found.groupdict().items() if value is not None}
    day = next(said[name] for name in ("zh", "after", "en") if name in said)
    number = parse_quantity(next((said[name] for name in ("number", "counted") if name in said), ""))
    cards = next((said[name] for name in ("cards", "named") if name in said), None)
    return ReturnedOn(day, number if isinstance(number, int) else None, cards)


_GOODS_BACK: Final = pattern_of("given_back", "goods_back", re.DOTALL)
_OF_MONEY: Final = late("退款|退单|refund|credit|chargeback|cash ?back|order|rto")


def says_goods_came_back(text: str) -> bool:
    """Whether a remark that says of a sale that it came back speaks of its cards, and not of its money or order.

    The act alone (退货, return) may say what the row itself is.

    >>> [says_goods_came_back(text) for text in ("客户已退货", "Returned, faulty", "已退款", "退货", "Order returned")]
    [True, True, False, False, False]
    """
    bare = fold_word(text)
    return act_of(text) != "return" and bool(_GOODS_BACK.fullmatch(bare)) and not _OF_MONEY.search(text.casefold())


_OWN_DAY: Final = pattern_of("given_back", "own_day", re.IGNORECASE)
_ANY_DAY: Final = pattern_of("given_back", "any_day", re.IGNORECASE)


_RECEIVED_BACK: Final = pattern_of("given_back", "received_back", re.IGNORECASE)
_BUYER_RETURNED: Final = late(r"退(?:货|卡(?!片))|寄回|\b(?:returned|sent back)\b", re.IGNORECASE)
_NOT_HANDED_OVER: Final = pattern_of("given_back", "not_handed_over", re.IGNORECASE)


def received_back(text: str) -> bool:
    """Whether a remark on an order says that its buyer returned the goods, and that they were received.

    The act alone (退货入库) may say what the row itself is.

    >>> [received_back(text) for text in ("退货，退件已签收", "拒收，退件已签收", "已退货", "Returned, received back")]
    [True, False, False, True]
    >>> [received_back(text) for text in ("客户退货，收到退件，是空包", "上一单退货，已收到退件")]
    [False, False]
    >>> [received_back(text) for text in ("买家退货退款，卡6月3日已退回入库", "买家退货，卡未退回入库")]
    [True, False]
    """
    found = (_RECEIVED_BACK, _BUYER_RETURNED)
    is_said = all(each.search(text) for each in found) and not _NOT_HANDED_OVER.search(text)
    return is_said and act_of(text) != "return"


def days_of_return(text: str) -> list[str]:
    """Return the days, as written, on which a text says that cards came back.

    >>> days_of_return("Credit: SIM returned by you 19/05/2025, will not register (our RMA 0318 of 12/05/2025)")
    ['19/05/2025']
    """
    return [day[0] for found in _OWN_DAY.finditer(text) if (day := _ANY_DAY.search(found[0])) is not None]


def marks_of(headings: Sequence[str]) -> tuple[int, ...]:
    """Return the columns whose heading is about a return; a status says it of its row."""
    return tuple(
        column
        for column, heading in enumerate(headings)
        if RETURN.search(without_remark(heading)) and not is_status_heading(heading)
    )


def taker_alone(known: Sequence[str], served: Mapping[str, Sequence[int]]) -> str | None:
    """Return the heading of whoever takes or buys cards, where nobody else is named: in a return he gave them back."""
    takers = [known[at] for at in served.get("to", ())]
    return takers[0] if len(takers) == 1 and not served.get("from") and _TAKES.search(takers[0]) else None


def names_roles(givers: Collection[str], takers: Collection[str]) -> bool:
    """Whether headings of two sides say who sold and who bought, so that they are the same in a return."""
    return _all(_SELLER, givers) and _all(_BUYER, takers)


def is_role(side: str, heading: str) -> bool:
    """Whether the heading of one side, ``from`` or ``to``, says who sold or who bought."""
    return _all(_SELLER if side == "from" else _BUYER, [heading])


def _all(words: re.Pattern[str], headings: Collection[str]) -> bool:
    return bool(headings) and all(words.search(heading) and not RETURN.search(heading) for heading in headings)


_RETURNED_BY: Final = late(
    "(?:(?:returned|(?:given|sent|brought)_?back)_?(?:by|from)|(?:received|got|taken)_?back_?from)(?:_?name)?"
)
_OF_SALE: Final = {
    "from": late("(?:sold|issued|supplied|given|dispatched|despatched)_?by|seller|supplier|vendor|卖|售|供"),
    "to": late(
        "(?:sold|issued|supplied|given|dispatched|despatched|delivered)_?to|buyer|customer|[买购领]|售给|卖给|发给"
    ),
}


def names_giver_back(heading: str) -> bool:
    """Whether a heading is that of whoever gave cards back.

    >>> [names_giver_back(each) for each in ("退货人", "returnedby", "gotbackfrom", "receivedfrom")]
    [True, True, True, False]
    """
    return GIVES_BACK.search(heading) is not None or _RETURNED_BY.fullmatch(heading) is not None


def side_of_other_act(sides: Mapping[str, Sequence[str]]) -> str | None:
    """Return the side that only names who gave back, or got back, beside one of a sale: they are not of one act.

    >>> sides = (("returnedby", "soldto"), ("退货人", "买方"), ("returnedby", "returnedto"), ("卖方", "买方"))
    >>> [side_of_other_act({"from": [giver], "to": [taker]}) for giver, taker in sides]
    ['from', 'from', None, None]
    """
    for side, other in (("from", "to"), ("to", "from")):
        back, sold = sides.get(side, ()), sides.get(other, ())
        is_back = bool(back) and all(RETURN.search(each) or GIVES_BACK.search(each) for each in back)
        if is_back and sold and all(_OF_SALE[other].search(each) and not RETURN.search(each) for each in sold):
            return side
    return None


def giver_in_returns(sold: Sides, returned: Sides, *, is_of_roles: bool) -> Literal["from", "to"] | None:
    """Return the side of rows of returns that gave back, where other rows are sales; ``None`` if that is not sure.

    Some write down who handed over to whom, others who had sold to whom. The sides of the sales tell which it is.

    ``sold``, ``returned``: the sides of sales and of returns.
    ``is_of_roles``: whether the headings say who sold and who bought.
    """
    turned = {each: (each[1], each[0], *each[2:]) for each in returned}
    is_turned = any(other in sold for other in turned.values())
    is_same = any(each in sold and other not in sold for each, other in turned.items())
    if is_same:
        return "to" if is_of_roles and not is_turned else None
    return "from" if is_turned or not is_of_roles else None


def what_is_listed(
    headings: Sequence[str],
    served: Mapping[str, Sequence[int]],
    *,
    returned_on: Collection[int],
    sold_on: Collection[int],
    neutral: Collection[int],
    filled: Collection[int] | None,
) -> Listed:
    """Return whether the rows of a sheet with both sides are returns or sales of which some came back.

    - ``headings``: the comparable headings of all columns.
    - ``served``: the columns of each field.
    - ``returned_on``, ``sold_on``, ``neutral``: the columns of days of returns, of sales, and of days that name no act.
    - ``filled``: the columns that are filled in (nearly) all of the first rows; ``None`` before these are known.
    """
    if marks_of(headings) and any(map(names_new_card, headings)):
        # one card went each way: whose side is whose, the headings do not say; but each has its own day
        is_known = any(names_new_card(headings[at]) for at in served.get("iccid", ()))
        return "sales" if sold_on and returned_on and is_known else "unclear"
    gave_back = [heading for heading in headings if names_giver_back(heading)]
    takers = [headings[at] for at in served.get("to", ())]
    if side_of_other_act({"from": gave_back, "to": takers}) is not None:
        return "sales" if sold_on or neutral else "unclear"
    givers = [headings[at] for at in served.get("from", ())]
    is_of_returns = any(map(GIVES_BACK.search, headings)) or (bool(givers) and all(map(names_giver_back, givers)))
    if is_of_returns or not (sold_on or neutral):
        return "returns"
    if sold_on:
        return "sales"
    if returned_on:
        is_of_roles = names_roles(*([headings[at] for at in served.get(side, ())] for side in ("from", "to")))
        return "sales" if is_of_roles or not {*returned_on} & {*(filled or ())} else "unclear"
    marks = {*marks_of(headings)}
    if any(marks & {*columns} and {*columns} - marks for name in _NUMBERS if (columns := served.get(name, ()))):
        return "sales"
    return "returns" if _are_all_marked(headings, filled) else "sales"


def _are_all_marked(headings: Sequence[str], filled: Collection[int] | None) -> bool:
    """Whether every row says something of a return, as far as rows are known."""
    marks = [at for at in marks_of(headings) if filled is None or at in filled]
    return any(_OF_ROW.search(headings[at]) or headings[at] in _ALONE for at in marks) or filled is None


def says_yes(cell: str) -> bool:
    """Whether a cell says yes and no more."""
    return fold_word(cell) in flag_words("yes")


def says_nothing(cell: str) -> bool:
    """Whether a cell of a column about returns says that nothing came back."""
    word = fold_word(cell)
    is_denied = word.startswith(_NOT) and act_of(word) == DONE
    return is_denied or _NOTHING.fullmatch(word) is not None or word in flag_words("no")


_FORMER: Final = pattern_of("given_back", "former")
_NEW: Final = pattern_of("given_back", "new")
_PASSED_ON: Final = pattern_of("given_back", "passed_on")
"""Found in headings of lists of cards that were passed on, and not of customers who changed their name."""
_CHANGED_ON: Final = pattern_of("given_back", "changed_on")
_OPERATION: Final = late("(?:操作|业务|动作|变动|变更|流转|划拨|划卡|分配|调拨)(?:类型|类别|动作)?")


class NewCustomer(NamedTuple):
    """What a remark of a carrier says of the customer whom its row names: since when, who was it before, since when."""

    day: str | None
    former: str | None
    since: str | None = None


_HANDED_ON: Final = pattern_of("given_back", "handed_on", re.IGNORECASE)
_DENIED: Final = late("[未没无不]|禁止|申请|拟|可|not|no ", re.IGNORECASE)
_FORMER_CUSTOMER: Final = pattern_of("given_back", "former_customer")
_CUSTOMER_CHANGED: Final = pattern_of("given_back", "customer_changed", re.IGNORECASE)
"""A sentence of the day on which the line went to the customer of its row."""
_CUSTOMER_BEFORE: Final = pattern_of("given_back", "customer_before")


def new_customer(remark: str) -> NewCustomer | None:
    """Return what a remark says of a line that went from one customer of its carrier to another; else ``None``.

    The day on which the line was opened is not that on which its later customer was registered.

    >>> new_customer("原客户甲公司，2024-01-09过户至现客户"), new_customer("已过户")
    (NewCustomer(day='2024-01-09', former='甲公司', since=None), NewCustomer(day=None, former=None, since=None))
    >>> new_customer("Change of ownership on 14-APR-2026. Previously registered to Acme Ltd. from 12-JAN-2026")
    NewCustomer(day='14-APR-2026', former='Acme Ltd.', since='12-JAN-2026')
    >>> new_customer("未过户"), new_customer("机卡分离停机")
    (None, None)
    """
    if _HANDED_ON.search(remark) is None or _DENIED.search(remark) is not None:
        return None
    if (found := _FORMER_CUSTOMER.fullmatch(remark.strip())) is not None:
        return NewCustomer(found["day"], found["former"])
    changed = _CUSTOMER_CHANGED.match(remark.strip())
    if changed is None or isinstance(parse_date(changed["day"]), str):
        return NewCustomer(None, None)
    before = _CUSTOMER_BEFORE.fullmatch(remark.strip(), changed.end())
    if before is None or isinstance(parse_date(before["since"] or changed["day"]), str):
        return NewCustomer(changed["day"], None)
    return NewCustomer(changed["day"], before["former"], before["since"])


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
