"""Whoever issued a paper or keeps a list, by what its lines say whatever their order: a firm, and which way goods went.

A title says the way by one of its words, whatever stands beside it (GPS终端出货 IMEI/ICCID 对照表, 物联网卡交付清单).
The firm stands in it, alone above it, or behind a label (编制单位). It issued the paper where the other side is named
elsewhere, by a line or by a column: without that it may be whom the paper is for, as of a list for one customer. A list
without any day says that nothing moved.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from graphtrace.identifiers import match_operator_name, normalize_party_name
from graphtrace.identifiers.party_names import core_of_name
from graphtrace.ingest.heading_grammar import LONGEST_HEADING, field_of_heading, normalize_heading
from graphtrace.ingest.labelled_values import Rows, labelled_values, name_of, texts_beside
from graphtrace.ingest.row_events import events_of_date
from graphtrace.ingest.words import pattern_of
from graphtrace.patterns import late

_NAME: Final = pattern_of("issuers", "name")
_BRANCH: Final = late(r"[\u4e00-\u9fff]{2,12}(?:分公司|支公司|营业部)")
_WAYS: Final = {
    "from": late("送货|发货|出货|出库|出卡|发卡|批发|销售|销货|售卡|交付|供货|配送|发放"),
    "to": late("进货|采购|购进|购卡|入库|收货|收卡|到货|进卡"),
}
"""Words of which way the goods of a paper went, from whoever issued it or to him."""
_BOTH: Final = late("收发|进出|出入库|进销|购销")
_PAPER: Final = late("[表单簿册]|清单|明细|台[账帐]|登记|记录|流水|凭证|汇总")
_BOOK: Final = late("台[账帐]|登记|流水|[簿册]")
_OTHER: Final = pattern_of("issuers", "other")
"""Found in titles of what says of no goods that they went."""
_LABEL: Final = pattern_of("issuers", "label")
_TO_A_FIRM: Final = late("(?:致|给|向|发往|送往|寄往|客户|关于|与|对|收货|购货|需方|买方|收件)")
_OTHER_SIDES: Final = {"from": ("to", "party", "enterprise"), "to": ("from", "carrier")}
_GIVER: Final = late("供[应货]?(?:商|货?单位|方)(?:名称)?|(?:来货|进货|采购)(?:单位|渠道|来源)|厂[家商]")


def find_issuer(above: Rows, top: Rows, stated: Collection[tuple[str, str]]) -> tuple[str, str, int] | None:
    """Return the side that the issuer of a paper or list is, his name and its row; ``None`` where no lines say it.

    - ``above``: rows above the table.
    - ``top``: the first rows of the sheet, by whose columns the other side may be named.
    - ``stated``: fields and values of what the lines state.
    """
    texts = [(row, text) for row, text in texts_beside(above) if len(text) <= LONGEST_HEADING]
    titles = [(row, text, side) for row, text in texts if (side := _way_of(text)) is not None]
    if len({side for *_, side in titles}) != 1 or any(_OTHER.search(_without_firms(text)) for _, text in texts):
        return None
    side, below = titles[0][2], max(row for row, *_ in titles)
    firms = {(row, name) for row, text in texts for name in [_firm_in(text)] if name}
    labelled = {
        (each.row, name)
        for each in labelled_values(above)
        if _LABEL.fullmatch(each.heading) and (name := name_of(each.value)) == _firm_in(name)
    }
    row, firm = min(firms | labelled, default=(0, ""))
    if len({name for _, name in firms | labelled}) != 1 or (row > below and (row, firm) not in labelled):
        return None
    key = normalize_party_name(firm)
    is_carrier = match_operator_name(key) is not None
    if is_carrier and (side == "to" or any(_BOOK.search(text) for _, text, _ in titles)):
        # whose book it is where a carrier's name stands in it a person has to say
        return None
    others = {normalize_party_name(value) for field, value in stated if field in _OTHER_SIDES[side]}
    fewest = 1
    if not others:
        columns = _columns_of(top, side)
        has_day = any(field == "date" for field, _ in stated) or columns.has_day
        others = {normalize_party_name(name) for name in columns.names} if has_day else set()
        fewest = 2 if side == "from" else 1
    is_apart = not any(other in key or core_of_name(other) in key for other in others)
    return (side, firm, row) if len(others) >= fewest and is_apart else None


def _way_of(text: str) -> str | None:
    """Return the side of whoever issued a paper with this title; ``None`` for one that says no way, or both."""
    bare = _without_firms(text)
    if _PAPER.search(bare) is None or _BOTH.search(bare):
        return None
    ways = [side for side, words in _WAYS.items() if words.search(bare)]
    return ways[0] if len(ways) == 1 else None


def _without_firms(text: str) -> str:
    return _NAME.sub("", re.sub(r"\s+", "", text))


def _firm_in(text: str) -> str | None:
    """Return the firm with whose name a text begins, or which it is, its branch included."""
    bare = text.strip()
    named = _NAME.match(bare)
    if named is None or _TO_A_FIRM.match(bare):
        return None
    branch = _BRANCH.match(bare, named.end())
    end = branch.end() if branch is not None else named.end()
    return None if _NAME.search(bare, end) else bare[:end]


class _Columns(NamedTuple):
    """The names in the column of the other side, where a table has one such column, and whether it has one of days."""

    names: Sequence[str] = ()
    has_day: bool = False


def _columns_of(top: Rows, side: str) -> _Columns:
    for place, (_, cells) in enumerate(top):
        headings = [normalize_heading(cell) if cell else "" for cell in cells]
        fields = [field_of_heading(heading) for heading in headings]
        if not {"iccid", "iccid_first", "quantity", "msisdn"} & {*fields}:
            continue
        wanted = _OTHER_SIDES[side]
        columns = [
            at
            for at, field in enumerate(fields)
            if field in wanted or (side == "to" and _GIVER.fullmatch(headings[at]))
        ]
        columns = [at for at in columns if side == "to" or _GIVER.fullmatch(headings[at]) is None]
        has_day = any(heading and events_of_date(heading) is not None for heading in headings)
        if len(columns) != 1:
            return _Columns((), has_day)
        (at,) = columns
        return _Columns([cell for _, below in top[place + 1 :] if at < len(below) and (cell := below[at])], has_day)
    return _Columns()
