"""Documents in which a carrier itself says whose customer a card is: its replies, and lists of its own platforms.

A document is a carrier's own where a title, a letterhead or another row above the table names a carrier as its author
beside a word for a reply, or a platform that only carriers run (SPEC 12, Registration). A seller, agent or tenant in
such a row or in the headings says that the customers are somebody else's, and then nothing is concluded.

Any other paper was issued, or list kept, by the firm that its lines name in a title, alone above it, or behind a label
(编制单位), whatever their order; a word of the title says which way goods went. It issued the paper where the
other side is named elsewhere: else it may be whom the paper is for. A list without any day says that nothing moved.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from graphtrace.identifiers import (
    carrier_from_iccid,
    match_operator_name,
    normalize_party_name,
    parse_iccid,
)
from graphtrace.identifiers.normalize import to_simplified
from graphtrace.identifiers.operators import USUAL_NAMES
from graphtrace.identifiers.party_names import core_of_name
from graphtrace.ingest.card_cells import is_card
from graphtrace.ingest.heading_grammar import LONGEST_HEADING, field_of_heading, normalize_heading
from graphtrace.ingest.labelled_values import Rows, labelled_values, name_of, texts_beside
from graphtrace.ingest.preamble import pairs_in
from graphtrace.ingest.row_events import events_of_date
from graphtrace.ingest.sheet import OwnList
from graphtrace.ingest.title_years import APART
from graphtrace.ingest.words import HAN, pattern_of
from graphtrace.model import Carrier
from graphtrace.patterns import late

Row = tuple[int, Sequence[str | None]]

_LONGEST_TITLE: Final = 80
"""Characters; a longer text above a table is no title."""

_LONGEST_LATIN: Final = 120
"""The same in Latin letters, which need more of them."""

_REPLY: Final = pattern_of("own_lists", "reply")
"""Found in titles of replies to the police, without blanks."""

_ANSWERS: Final = pattern_of("own_lists", "answers")
_ASKS: Final = pattern_of("own_lists", "asks")
"""Found in letters and forms by which the police ask a carrier: what they name is what is asked about."""

_OF_OURS: Final = late("our(?:records?|systems?|databases?|caf)(?!s?number)")
"""Found in sentences of a carrier that answers: Our records show."""

_REGISTRATIONS: Final = late("registration|kyc|activation")
"""Found in titles of reports of registrations, which a shop may make of its own."""

_LEGAL: Final = late(r"\b(?:plc|ltd|limited|inc|llc|s\.?a|pty)\b", re.IGNORECASE)
"""Found in the full name of a carrier, as its own documents bear it."""

_FORMAL: Final = late("公司")
_OPENED: Final = pattern_of("own_lists", "opened")
"""Found in titles of lists of whom a carrier registered, behind the name of its branch."""

_OF_A_FIRM: Final = pattern_of("own_lists", "of_a_firm", re.IGNORECASE)
"""Found in titles that name a firm besides the carrier, or what it is to the carrier."""

_PLATFORM: Final = pattern_of("own_lists", "platform")
"""Found in titles of a carrier's platform, beside its name."""

_OWN_PLATFORM: Final = late("(?P<mobile>onelink)|(?P<telecom>ctwing)|cmp(?![a-z])|(?P<airtel>airteliothub(?![a-z]))")
"""Platforms that only carriers run, at the beginning of a title."""

_PLATFORMS: Final[dict[str, str]] = {"mobile": "中国移动", "telecom": "中国电信", "airtel": "Bharti Airtel Ltd"}

_MAYBE_OWN: Final = pattern_of("own_lists", "maybe_own")
"""Found in names of files and sheets, titles and headings of what may be a carrier's own list of its customers."""

_ANOTHERS: Final = pattern_of("own_lists", "anothers")
"""Found in titles and headings of lists whose customers are those of a seller, an agent or a tenant."""

_FORM: Final = pattern_of("own_lists", "form")
_DAY: Final = late("日期|时间|date|time")
"""Found in headings of days, which name none of them."""

_AUTHOR: Final = pattern_of("own_lists", "author")
"""Names of lines that say who wrote the document."""

_LICENSEE: Final = late(r"\s*licen[cs]ee\s*:", re.IGNORECASE)
_OF_ITS_OWN: Final = pattern_of("own_lists", "of_its_own")
"""Parts of a title that name nobody."""

_ADDRESSED: Final = late(r"(?:^|\s)(?:致|主送|抄送|送达|发往|呈)|to:", re.IGNORECASE)
"""Found in letters that go to a carrier."""

_PARTS: Final = late(r"[\s—–_|:：()（）\[\]【】]+|(?<=[^-])-(?=[^-])")

_JOINED: Final = late(rf"{_PARTS.pattern}|[、,，/&+和与及]|(?i:vs|and)")

_WORD: Final = late("[0-9A-Za-z]{2}")
"""Two characters between which no Latin word ends."""

_PRODUCT: Final = late("物联网?|iot", re.IGNORECASE)
"""Found behind a carrier's brand in the name of its platform (联通物联网连接管理平台)."""


def _carrier_called(name: str) -> str:
    """Return the usual name of the carrier whose brand, with no place, a title begins with; else the name itself.

    >>> [_carrier_called(name) for name in ("联通物联网", "移动", "中国电信江苏", "中国电信股份有限公司云洲分公司")]
    ['中国联通', '中国移动', '中国电信江苏', '中国电信股份有限公司云洲分公司']
    """
    usual = USUAL_NAMES.get(match_operator_name(normalize_party_name(name)) or "", "")
    return usual if usual.endswith(_PRODUCT.sub("", name)) else name


def find_own_list(above: Iterable[Row], below: Iterable[str] = ()) -> OwnList | None:
    """Return the carrier's own document that the rows above a table say this is; ``None`` for any other.

    ``below`` are lines below the table: there whoever wrote a letter signs it.
    """
    above = [*above]
    cells = [
        (row, cell)
        for row, filled in above
        for cell in dict.fromkeys(filter(None, filled))
        if len(cell) <= (_LONGEST_TITLE if HAN.search(cell) else _LONGEST_LATIN)
    ]
    if any(_ANOTHERS.search(_bare(cell)) for _, cell in cells):
        return None
    is_answer = any(_ANSWERS.search(_bare(cell)) for _, cell in cells) or any(
        _OF_OURS.search(_bare(cell)) for _, filled in above for cell in filled if cell
    )
    if any(_ASKS.search(_bare(cell)) for _, cell in cells) and not is_answer:
        return None
    replies = [(row, cell) for row, cell in cells if _REPLY.search(_bare(cell))]
    if any(len(_operators(cell)) > 1 for _, cell in replies):
        return None
    for row, cell in cells:
        leading = _leading_operator(cell)
        rest = _bare(cell[len(leading) :]) if leading else ""
        if leading and _REGISTRATIONS.search(rest) and not _LEGAL.search(leading):
            # a shop may call its own list of what it registered after the network
            continue
        if leading and _names_nobody_else(rest) and (_REPLY.search(rest) or _PLATFORM.search(rest)):
            return OwnList(carrier=_carrier_called(leading), row=row, text=cell)
        if leading and _FORMAL.search(leading) and _OPENED.search(rest) and _names_nobody_else(rest):
            return OwnList(carrier=_carrier_called(leading), row=row, text=cell)
        is_formal = _LEGAL.search(leading) is not None
        if leading and is_formal and replies and _is_letterhead(cell[len(leading) :]):
            return OwnList(carrier=_carrier_called(leading), row=replies[0][0], text=replies[0][1])
        if (platform := _OWN_PLATFORM.match(_bare(cell))) is not None:
            return OwnList(carrier=_PLATFORMS.get(platform.lastgroup or ""), row=row, text=cell)
    signed = {author for line in below if (author := _signer(line)) is not None} if replies and is_answer else set()
    if len(signed) == 1:
        return OwnList(carrier=signed.pop(), row=replies[0][0], text=replies[0][1])
    if any(_ADDRESSED.search(to_simplified(cell)) for _, cell in cells):
        return None
    letters = [each for each in replies if not _REGISTRATIONS.search(_bare(each[1]))]
    for _, cell in cells:
        # whose licence it is keeps its registers itself
        told = replies if _LICENSEE.match(cell) else letters
        if told and (author := _author_alone(cell)) is not None:
            return OwnList(carrier=author, row=told[0][0], text=told[0][1])
    return None


def seals_below(lines: Iterable[str]) -> list[Row]:
    """Return the names of those who sealed a document below its table (中国电信股份有限公司云洲分公司（章）)."""
    return [(0, [sealed[1]]) for line in lines if (sealed := _SEALED_BY.fullmatch(line.strip())) is not None]


_SEALED_BY: Final = late(r"([^\s()（）:：]{4,40})\s*[(（](?:盖?章|公章|印章?)[)）]")


def _is_letterhead(rest: str) -> bool:
    """Whether what stands behind an operator's name in English says no more than which desk of it, or what it is.

    >>> [_is_letterhead(rest) for rest in (" – Nodal Desk, Punjab Circle", "", " Dealers – Punjab", " – Om Traders")]
    [True, True, False, False]
    """
    bare = rest.strip()
    is_apart = not bare or rest.startswith("\n") or not bare[0].isalnum()
    return is_apart and HAN.search(bare) is None and _OF_A_FIRM.search(bare) is None


def _bare(text: str) -> str:
    return to_simplified(re.sub(r"\s", "", text).casefold())


def _names_nobody_else(rest: str) -> bool:
    """Whether what stands behind an operator's name in a title speaks of the document alone; 关于 begins a topic."""
    return not _OF_ITS_OWN.sub("", rest.partition("关于")[0])


def is_operator(text: str) -> bool:
    """Whether a text is the name of an operator."""
    return match_operator_name(normalize_party_name(text)) is not None


@lru_cache(maxsize=256)
def _leading_operator(text: str) -> str:
    """Return the longest beginning of a title that is the name of an operator; empty if there is none."""
    ends = (
        end
        for end in range(len(text), 1, -1)
        if not text[end - 1 : end + 1].isascii() or not _WORD.fullmatch(text[end - 1 : end + 1])
    )
    return next((text[:end].rstrip() for end in ends if is_operator(text[:end])), "")


def _operators(title: str) -> set[str | None]:
    """Return the operators with whose names parts of a title begin."""
    leading = filter(None, map(_leading_operator, _JOINED.split(title)))
    return {match_operator_name(normalize_party_name(name)) for name in leading}


def _author_alone(cell: str) -> str | None:
    """Return the operator whose name a letterhead, a part of a title or a line about the author is."""
    for name, value in (pair for part in APART.split(cell) for pair in pairs_in([[part]])):
        if _AUTHOR.fullmatch(name) and is_operator(value):
            return value
    head, *lines = APART.split(cell.strip())
    if lines and is_operator(head) and all(pairs_in([[line]]) for line in lines):
        # a letterhead with the day and the number of the letter
        return head
    if pairs_in([[cell]]):
        return None
    return next((part for part in (cell, *_PARTS.split(cell)) if part and is_operator(part)), None)


_DESK: Final = pattern_of("own_lists", "desk", re.IGNORECASE)


def names_desk(line: str) -> bool:
    """Whether a line names the desk of a carrier that answers the police (… Ltd – Nodal Cell)."""
    return _DESK.search(line) is not None


def _signer(line: str) -> str | None:
    """Return the operator whose desk for the police signs a letter (Nodal Officer, Bharti Airtel Ltd, Karnataka)."""
    if len(line) > _LONGEST_LATIN or _DESK.search(line) is None:
        return None
    named = [part for each in re.split("[,;–—|]|\\s-\\s", line) if (part := each.strip()) and is_operator(part)]
    return named[0] if len(named) == 1 else None


def speaks_of_others(headings: Iterable[str]) -> bool:
    """Whether a heading speaks of a seller, agent or tenant, so that the customers may be theirs."""
    return any(_ANOTHERS.search(normalize_heading(name)) for name in headings if name and len(name) <= LONGEST_HEADING)


def ground_to_ask(texts: Iterable[str | None], carriers: Sequence[str], days: Sequence[str] = ()) -> str | None:
    """Return what makes a list of customers look like a carrier's own.

    A text, else a column of the ``days`` on which somebody was registered, else one of carriers, if any.
    """
    shown = [text for text in texts if text and len(text) <= _LONGEST_TITLE]
    # in the forms of a carrier's customers stands which shop took them
    is_of_forms = bool(days) or any(_FORM.match(_bare(text)) for text in shown)
    if not is_of_forms and any(_ANOTHERS.search(_bare(text)) and not _DAY.search(_bare(text)) for text in shown):
        return None
    return next((text for text in shown if _MAYBE_OWN.search(_bare(text))), next(iter([*days, *carriers]), None))


_IN_FULL: Final = late("中国|[A-Za-z]{4}")
"""Beginning of the name of an operator that is no word for its cards (移动卡)."""


def names_operator(name: str) -> bool:
    """Whether the name of a file or a sheet names an operator as who may have written it.

    >>> [names_operator(name) for name in ("a_中国联通物联网卡清单.csv", "移动卡客户.csv", "Vodafone SIM list")]
    [True, False, True]
    """
    return any(map(_IN_FULL.match, map(_leading_operator, _JOINED.split(name))))


def issuer_of(rows: Iterable[Sequence[str | None]]) -> Carrier | None:
    """Return the one operator that issued all cards in some rows; ``None`` where there are none or several."""
    found = {issuer_of_card(cell) for cells in rows for cell in cells if cell and is_card(cell)}
    return found.pop() if len(found) == 1 else None


def issuer_of_card(cell: str) -> Carrier | None:
    """Return the operator that the number of a card points to."""
    card = parse_iccid(cell)
    return None if card is None else carrier_from_iccid(card.key)


_NAME: Final = pattern_of("own_lists", "name")
_BRANCH: Final = late(r"[\u4e00-\u9fff]{2,12}(?:分公司|支公司|营业部)")
_WAYS: Final = {
    "from": late("送货|发货|出货|出库|出卡|发卡|批发|销售|销货|售卡|交付|供货|配送|发放"),
    "to": late("进货|采购|购进|购卡|入库|收货|收卡|到货|进卡"),
}
"""Words of which way the goods of a paper went, from whoever issued it or to him."""
_BOTH: Final = late("收发|进出|出入库|进销|购销")
_PAPER: Final = late("[表单簿册]|清单|明细|台[账帐]|登记|记录|流水|凭证|汇总")
_BOOK: Final = late("台[账帐]|登记|流水|[簿册]")
_OTHER: Final = pattern_of("own_lists", "other")
"""Found in titles of what says of no goods that they went."""
_LABEL: Final = pattern_of("own_lists", "label")
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
