"""Statements of the rows above a table about all its rows: lines of name and value, and the title.

A line (送货单位：…, 盘点日期：…) counts for the fields in :data:`_FIELDS` and for the date, where one value is stated
and is what its name says; a unit of measure (单位：张) is no party. A title (送货单) names the kind.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple
from unicodedata import normalize

from graphtrace.identifiers import match_operator_name, normalize_party_name
from graphtrace.identifiers.nobody import is_certainly_person, names_nobody
from graphtrace.identifiers.normalize import to_simplified
from graphtrace.identifiers.party_names import core_of_name, names_somebody
from graphtrace.ingest.acts import EXCHANGE, NOTHING, act_of, fold_word, is_at_large, kind_of_word
from graphtrace.ingest.card_cells import cards_among_words, is_number
from graphtrace.ingest.dates_and_quantities import DayOrder, StatedYear, parse_date
from graphtrace.ingest.dealer_ledgers import KEEPER
from graphtrace.ingest.english_papers import (
    BOOK,
    BOOK_OF_BOTH,
    CREDITS,
    PAPERS_OF_DELIVERY,
    RECEIPTS,
    RETURNS,
    STOCK,
    Handed,
    firm_above,
    is_paper_of_delivery,
    is_row_of_titles,
    keeper_in_english,
    letterhead_of,
    letterhead_of_book,
    name_of_address,
    names_customer_above,
    person_alone,
    refers_to_annexe,
    side_in_returns,
)
from graphtrace.ingest.english_sides import names_firm
from graphtrace.ingest.heading_grammar import (
    LONGEST_HEADING,
    PARTIES_OF_CONTRACT,
    counts_something,
    field_of_heading,
    normalize_heading,
)
from graphtrace.ingest.labelled_values import (
    events_of_label,
    is_of_place,
    label_of,
    labelled_in,
    labelled_values,
    meaning_of,
    name_of,
    names_party,
    pairs_in_text,
    start_of_table,
    texts_beside,
)
from graphtrace.ingest.persons import is_nobodys_number, is_persons
from graphtrace.ingest.sheet import Sheet
from graphtrace.ingest.supporting_headings import support_meaning
from graphtrace.ingest.title_years import title_alone
from graphtrace.ingest.value_profiles import UNITS, other_field
from graphtrace.ingest.words import HAN, pattern_of, patterns_of, text_of
from graphtrace.model import DateSpan, Kind, format_day
from graphtrace.patterns import late

_FIELDS: Final = frozenset(
    ("from", "from_id", "to", "to_id", "carrier", "enterprise", "enterprise_id", "party", "party_id")
) | {"case_no", "place", "holder", "holder_id", "contract_no"}
_UNIT: Final = f"[万千百]?(?:[{UNITS}天日月年元角分吨米]|公斤|千克|人民币|[kmgt]?b|[kmg]|kg|pcs)"
_NO_PARTY: Final = late(
    rf"{_UNIT}(?:[、/,，和与及;；(（ ]+{_UNIT})*[)）]?|.*[：:].*|[0-9 .,%-]*"
    r"|[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{2,4}.*",
    re.IGNORECASE,
)


def rows_above(sheet: Sheet) -> list[tuple[int, Sequence[str | None]]]:
    """Return the rows above the table: titles and lines that say something of all its rows."""
    above: list[tuple[int, Sequence[str | None]]] = list(sheet.titles)
    # the cards of what an annexe lists would be counted twice
    start = None if refers_to_annexe(sheet.head_rows) else start_of_table(sheet.head_rows)
    for row, cells in sheet.head_rows[:start]:
        # row 0 is none of the sheet: a line of the document, or a box of it
        if start is None and row and len({cell for cell in cells if cell}) > 1 and not is_preamble(cells):
            break
        above.append((row, cells))
    return above


def lines_of_paper(sheet: Sheet) -> list[str]:
    """Return what stands above the goods of a paper of delivery in English; none where it is no such paper."""
    start = start_of_table(sheet.head_rows)
    rows = sheet.head_rows[:start]
    if start is None or not any(is_paper_of_delivery(text) for _, text in texts_beside(rows)):
        return []
    alone = [text for _, text in texts_beside(rows) if label_of(text) is None]
    return [f"{each.label}: {each.value}" for each in labelled_values(rows)] + alone


class StatedAbove(NamedTuple):
    """A field that the rows above a table state for all its rows; ``kinds`` are those that the name of a date names.

    With ``is_keeper`` it is the side of whoever keeps the list, whose other side is the customer that a row names.
    """

    field: str
    value: str
    row: int
    kinds: frozenset[Kind] = frozenset()
    is_keeper: bool = False


def is_preamble(cells: Sequence[str | None]) -> bool:
    """Whether a row above a table says something of all its rows, so that it is no row of headings."""
    return bool(labelled_in(cells)) or is_row_of_titles(cells)


def is_line(text: str) -> bool:
    """Whether a text is, or holds, a label with its value."""
    return any(pair.value for pair in pairs_in_text(text))


_SEVERAL: Final = late(r"[、,，;；/&+\n]|等|[\u4e00-\u9fff](?:\s|和|及|与)+[\u4e00-\u9fff]")
"""Found in what names several persons."""
_CHILD_OF: Final = late(r"\b[sdwcr]/o\b", re.IGNORECASE)
"""Son, daughter, wife or care of, resident of: what stands behind says who one person is."""


_DOCUMENT: Final = pattern_of("preamble", "document", re.IGNORECASE)
"""Behind a name, the document of the person or his age."""


def _names_several(text: str) -> bool:
    return _SEVERAL.search(_CHILD_OF.sub("", _DOCUMENT.sub("", text))) is not None


def names_several_persons(rows: Iterable[Sequence[str | None]]) -> bool:
    """Whether lines of name and value name several persons from whom cards may have been seized."""
    return any(field_of_heading(name) == "holder" and _names_several(value) for name, value in pairs_in(rows))


_LIST: Final = text_of("preamble", "list")
_TITLES: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    (
        "return",
        pattern_of("preamble", "titles_return"),
    ),
    (
        "transfer",
        late(
            f"(?:送货|发货|出货|出库|出卡|调拨|划拨|划卡|配送|领用|领卡|批发|销售|销货){_LIST}|{PAPERS_OF_DELIVERY}|^(?:stock|sims?)?(?:in|out)(?:wards?)?$"
            "|(?:^|[0-9年月日号季度期旬]|[号流量]卡|物联网?卡)(?:送货|发货|出货|出库)$"
        ),
    ),
    ("purchase", pattern_of("preamble", "titles_purchase")),
    (
        "stock",
        late(f"盘点|^库存(?:状况|明细|余额|统计|汇总|一览|查询|商品)*表|{STOCK.pattern}"),
    ),
    (
        "seizure",
        pattern_of("preamble", "titles_seizure"),
    ),
)
"""What the title of a list or of a document says about all its rows."""

_NOT_THAT: Final = pattern_of("preamble", "not_that")
"""Found in titles that name what did not happen, or what was taken back."""


_LONGEST_LATIN: Final = 80
"""Characters of a title in Latin letters, which need more of them than Chinese does."""


_APART: Final = late(r"\s{3,}")


def _may_be_title(cell: str) -> bool:
    return len(cell) <= (LONGEST_HEADING if HAN.search(cell) else _LONGEST_LATIN)


_SEARCHED: Final = pattern_of("preamble", "searched")
"""Found in titles of lists of what a search found or the police keep, where a heading or a line tells of a seizure."""


_CREDIT: Final = late("^credit(?:note|memo)s?")


def title_of_credit(texts: Iterable[str | None]) -> str | None:
    """Return the title that calls a paper a credit note: whom it is addressed to gave back what it credits him."""
    return next(
        (text for text in texts if text and _CREDIT.search(normalize_heading(text)) and not is_line(text)), None
    )


_OUT_AND_BACK: Final = pattern_of("preamble", "out_and_back")
"""Found in titles of books of what went out and what came back, whose words name no kind of all rows."""


def kind_of_title(
    rows: Sequence[tuple[int, Sequence[str | None]]], *, is_of_seized: bool = False
) -> StatedAbove | None:
    """Return the one kind that the titles above a table name; ``None`` if they name none or several.

    With ``is_of_seized`` a heading speaks of what was seized or recovered.
    """
    found: dict[Kind, StatedAbove] = {}
    for row, cells in rows:
        parts = (part for text in cells if text for part in _APART.split(text))
        for cell in dict.fromkeys(filter(_may_be_title, parts)):
            for kind, pattern in _TITLES:
                title = normalize_heading(cell)
                is_named = pattern.search(title) or (kind == "seizure" and is_of_seized and _SEARCHED.search(title))
                is_of_both = kind == "return" and (_OF_BOTH_WAYS.search(title) or _OUT_AND_BACK.search(title))
                if is_named and not (_NOT_THAT.search(title) or is_of_both or is_line(cell)):
                    found.setdefault(kind, StatedAbove("kind", cell, row, frozenset({kind})))
    return next(iter(found.values())) if len(found) == 1 else None


_PERIOD: Final = text_of("preamble", "period")
_PAPER: Final = f"{_LIST}(?:{_LIST}|列表|一览表?)?"
_GOODS: Final = text_of("preamble", "goods")
_OUT: Final = (
    f"{_PERIOD}{_GOODS}(?:(?:送货|发货|出货|出库|出卡|批发|销售|销货)+(?:装箱)?{_PAPER}|送货|发货|出货|出库){_PERIOD}"
)
_BACK: Final = f"{_PERIOD}{_GOODS}(?:销售|客户)退[货卡]{_PAPER}{_PERIOD}"
_SENT_BACK: Final = (
    f"{_PERIOD}{_GOODS}(?:采购退[货卡]{_PAPER}|退(?:还|回)?给?(?:上家|上游|供[应货]商|厂家)(?:{_PAPER})?){_PERIOD}"
)
_KEEPERS: Final[tuple[tuple[str, Kind, re.Pattern[str]], ...]] = (
    ("to", "return", late(f"(?P<name>.+?){_BACK}")),
    ("from", "return", late(f"(?P<name>.+?){_SENT_BACK}")),
    ("from", "transfer", late(f"(?P<name>.+?){_OUT}")),
)
"""Titles of lists that a firm keeps of what it passed on or got back: the field that the firm is, and the kind."""
_IN: Final[tuple[str, Kind, re.Pattern[str]]] = (
    *("to", "transfer"),
    pattern_of("preamble", "in"),
)
"""Titles of lists that a firm keeps of what came in."""
_IN_ALONE: Final = pattern_of("preamble", "in_alone")
_TAKERS: Final[tuple[tuple[str, Kind, re.Pattern[str]], ...]] = (
    _IN,
    (
        "from",
        "transfer",
        pattern_of("preamble", "takers_of_orders"),
    ),
    (
        *("from", "transfer"),
        pattern_of("preamble", "takers_of_shops"),
    ),
)
"""Names of files that somebody keeps of what came in, and of the orders of a shop."""
FORMS_OF_FIRMS: Final = "公司|商行|经营部|服务部|营业部|门市部|营业厅|工作室|商店|厂|中心|合作社"
"""Ends of names of firms."""
_FORMS: Final = late(FORMS_OF_FIRMS)
_NAME_OF_FIRM: Final = late(f"[\u4e00-\u9fff()（）·a-z0-9]{{2,30}}(?:{FORMS_OF_FIRMS})")
_SHORT_NAME: Final = pattern_of("preamble", "short_name")
_OF_GOODS: Final = pattern_of("preamble", "of_goods")
"""Words for what is sold, which before a line of business name no trader (手机通讯, 无线通信)."""
_NOTE: Final = late("(?:物联网?卡|流量卡|商品|产品)?(?:送货|发货|销售出库|出库|出货|销售|销货|配送)(?:清单|开?单|凭证)")
"""Titles of papers that go with the goods, and bear the name of whoever delivers them."""
_BOOK: Final = late("台[账帐]|登记|流水|[簿册]|退(?:还|回)?给")
"""Found in titles of books, which bear the name of whoever keeps them; a list may bear that of the customer."""
_OF_NO_FIRM: Final = pattern_of("preamble", "of_no_firm")
"""Found in short names that are those of carriers, places or parts of a firm."""
_TO_A_FIRM: Final = late("^(?:致|给|向|发往|送往|寄往|客户|关于|与|对|收货|购货|需方|买方|收件)")


def keeper_of_title(rows: Sequence[tuple[int, Sequence[str | None]]]) -> StatedAbove | None:
    """Return the side of all rows that the firm is under whose name a list stands (云岭物联有限公司 销售出库单).

    Who issues a list of what went out has passed it on; who issues one of what customers gave back got it. The name
    may stand alone above the title. ``None`` where no title is that, or several are.
    """
    found = set()
    for row, cells in [*rows, *_below_firms(rows), *_below_books(rows)]:
        for cell in dict.fromkeys(
            title for cell in cells if cell and len(title := title_alone(cell)) <= LONGEST_HEADING
        ):
            title = normalize_heading(cell)
            if is_line(cell) or _NOT_THAT.search(_FIRM.sub("", title)) or _TO_A_FIRM.match(title):
                continue
            for field, kind, pattern in (*_KEEPERS, _IN):
                named = pattern.fullmatch(title)
                name = None if named is None else _as_written(cell, named["name"])
                is_book = name is not None and _BOOK.search(title) and is_short_name(name)
                if name is not None and (_is_one_firm(name) or is_book or _issues_itself(name, title)):
                    found.add(StatedAbove(field, name, row, frozenset({kind}), is_keeper=True))
                    break
    found |= _shops_in_titles(rows) if not found else set()
    if not found and (firm := keeper_in_english(rows)) is not None:
        row, name = firm
        found.add(StatedAbove("from", name, row, frozenset({"transfer"}), is_keeper=True))
    return found.pop() if len(found) == 1 else None


def _issues_itself(name: str, title: str) -> bool:
    """Whether a list of what went out is that of the branch of a carrier whose whole name its title begins with."""
    rest = title[len(normalize_heading(name)) :]
    is_list = _PAPER_OF.fullmatch(rest) is not None and not rest.endswith("出库清单")
    return (
        (is_list or _SOLD_BY_CARRIER.fullmatch(rest) is not None)
        and _COMPANY.search(name) is not None
        and match_operator_name(normalize_party_name(name)) is not None
    )


_COMPANY: Final = late("公司")
_SOLD_BY_CARRIER: Final = pattern_of("preamble", "sold_by_carrier")


def keeper_beside(
    rows: Sequence[tuple[int, Sequence[str | None]]], stated: Collection[StatedAbove]
) -> StatedAbove | None:
    """Return whoever issued a paper, by a title or letterhead that may name him, where a line names the other side.

    Without the other side it may be the name of whom the paper is for.
    """
    others = {field: each.value for field in ("party", "to", "from") for each in stated if each.field == field}
    taker, giver = others.get("to", others.get("party")), others.get("from")
    if taker is not None and giver is not None:
        return None
    named: set[StatedAbove] = set()
    titles = {normalize_heading(text) for _, text in texts_beside(rows)}
    for each in labelled_values(rows):
        if _OWNER_OR_OTHER.fullmatch(each.heading) or _KEPT_BY.fullmatch(each.heading):
            for field, other, alone in (("from", taker, _OUT_ALONE), ("to", giver, _IN_ALONE)):
                if other is not None and any(map(alone.fullmatch, titles)) and names_party(name_of(each.value)):
                    named.add(StatedAbove(field, name_of(each.value), each.row, frozenset({"transfer"})))
    for row, text in [*texts_beside(rows), *((row, text) for row, cells in _below_firms(rows) for text in cells)]:
        title = normalize_heading(text)
        if len(text) > LONGEST_HEADING or _NOT_THAT.search(_FIRM.sub("", title)) or _TO_A_FIRM.match(title):
            continue
        for field, other, pattern in (("from", taker, _OUT_OF), ("to", giver, _IN[2])):
            found = pattern.fullmatch(title) if other is not None else None
            name = "" if found is None else _as_written(text, found["name"])
            if name and _may_issue(name) and normalize_party_name(name) not in normalize_party_name(other or ""):
                named.add(StatedAbove(field, name, row, frozenset({"transfer"})))
    for field, other, papers in (("from", taker, None), ("to", giver, RECEIPTS)):
        if not named and other is not None and (issuer := letterhead_of(rows, papers)) is not None:
            named.add(StatedAbove(field, issuer[1], issuer[0], frozenset({"transfer"})))
    named = {each for each in named if each.value not in others.values()}
    return min(named, key=_by_row) if len({each.value for each in named}) == 1 else None


def _may_issue(name: str) -> bool:
    """Whether a text before the word for a paper is the name of a firm or trader, and of no carrier."""
    is_named = is_short_name(name) or _is_one_firm(name) or (is_of_place(name) and not names_nobody(name))
    return is_named and match_operator_name(normalize_party_name(name)) is None and not _PART_OF_FIRM.search(name)


_PART_OF_FIRM: Final = late("[部组库仓科处]$|[省市区县]$|卡$")


_SHOP: Final = pattern_of("preamble", "shop")


def _shops_in_titles(rows: Sequence[tuple[int, Sequence[str | None]]]) -> set[StatedAbove]:
    """Return the shops whose sales a title says that the rows are: 淘宝店铺“极光数码”卖出的宝贝."""
    said = [(row, cell, shop) for row, cells in rows for cell in cells if cell and (shop := _SHOP.search(cell))]
    return {
        StatedAbove("from", shop["name"], row, frozenset({"transfer"}), is_keeper=True)
        for row, cell, shop in said
        if not _NOT_THAT.search(normalize_heading(cell))
    }


_OUT_ALONE: Final = late(_OUT)
_SENT_BACK_ALONE: Final = late(_SENT_BACK)
_OUT_OF: Final = late(f"(?P<name>.+?){_OUT}")
_KEPT_BY: Final = pattern_of("preamble", "kept_by")
"""Names of lines that say whose list of sales this is, where a column names its customers."""


def keeper_of_list(
    rows: Sequence[tuple[int, Sequence[str | None]]], top: Sequence[tuple[int, Sequence[str | None]]]
) -> StatedAbove | None:
    """Return the firm beside the title of a list of what went out to several others, or in it, as who passed it on.

    Above a list for one customer the name may be that of the customer. ``rows`` are those above the table, ``top`` the
    first rows of the sheet.
    """
    cells_above = texts_beside(rows)
    titles = [(row, cell, normalize_heading(title_alone(cell))) for row, cell in cells_above]
    titles = [(row, cell, title) for row, cell, title in titles if not _NOT_THAT.search(_FIRM.sub("", title))]
    named = {(row, _as_written(cell, out["name"])) for row, cell, title in titles if (out := _OUT_OF.fullmatch(title))}
    if any(_OUT_ALONE.fullmatch(title) for _, _, title in titles):
        named |= {(row, cell) for row, cell in cells_above if _NAME_OF_FIRM.fullmatch(normalize_heading(cell))}
    firms = [(row, name) for row, name in named if _is_one_firm(name) or is_short_name(name)]
    fewest = 2
    if any(_OUT_ALONE.fullmatch(title) for _, _, title in titles) and not firms:
        said = [each for each in labelled_values(rows) if _KEPT_BY.fullmatch(each.heading)]
        firms = [(each.row, bare) for each in said if _is_one_firm(bare := name_of(each.value))]
        # whose list it is a line says
        fewest = 1
    if len({name for _, name in firms}) != 1:
        return None
    row, firm = min(firms)
    others = {normalize_party_name(name) for name in _receivers_in(top)} - {""}
    is_apart = len(others) >= fewest and not any(core_of_name(name) in normalize_party_name(firm) for name in others)
    return StatedAbove("from", firm, row, frozenset({"transfer"}), is_keeper=True) if is_apart else None


def _receivers_in(top: Sequence[tuple[int, Sequence[str | None]]]) -> Iterator[str]:
    """Yield the names below the first heading of who got goods."""
    for place, (_, cells) in enumerate(top):
        fields = [field_of_heading(normalize_heading(cell)) if cell else None for cell in cells]
        is_counted = any(cell and counts_something(normalize_heading(cell)) for cell in cells)
        if not {"iccid", "iccid_first", "quantity"} & {*fields} and not is_counted:
            continue
        for at, field in enumerate(fields):
            if field in ("to", "party"):
                named = [cell for _, below in top[place + 1 :] if at < len(below) and (cell := below[at])]
                if named and other_field("to", named) == "to":
                    yield from named
                    return


_CAME_BACK: Final = late(r"(?<!no goods )\breturn(?:ed|s)?\b", re.IGNORECASE)


def keeper_of_returns(
    rows: Sequence[tuple[int, Sequence[str | None]]], top: Sequence[tuple[int, Sequence[str | None]]]
) -> StatedAbove | None:
    """Return the side of the firm that keeps an English list of returns, where it names the other side.

    A heading says which it is; a note of returns or credit that names one customer is issued by whoever got the goods.

    ``rows`` are those above the table, ``top`` the first rows of the sheet.
    """
    side = side_in_returns(top) or ("to" if names_customer_above(rows) else None)
    firm = None if side is None else keeper_in_english(rows, RETURNS)
    if side is not None and firm is None and any(_CAME_BACK.search(cell) for _, cells in top for cell in cells if cell):
        firm = keeper_in_english(rows, CREDITS)
    if side is None or firm is None:
        return None
    row, name = firm
    return StatedAbove(side, name, row, frozenset({"return"}), is_keeper=True)


_BOTH_WAYS: Final = text_of("preamble", "both_ways")
_BOTH: Final = pattern_of("preamble", "both")
"""Titles of books that a firm keeps of what came in and what went out."""
_BOTH_ALONE: Final = late(_BOTH_WAYS)
_OWNER: Final = late("[账帐]套(?:名称?)?|(?:核算|记[账帐])(?:单位|主体|组织)|[账帐]簿主体|(?:填报|编制|登记|制表)单位")
"""Names of lines that say whose books these are."""
_OWNER_OR_OTHER: Final = pattern_of("preamble", "owner_or_other")
"""The same where the rows name the other sides, and none is this one."""
_WAY_ALONE: Final = pattern_of("preamble", "way_alone")


def keeper_of_book(
    rows: Sequence[tuple[int, Sequence[str | None]]],
    top: Sequence[tuple[int, Sequence[str | None]]] = (),
    *others: re.Pattern[str],
) -> StatedAbove | None:
    """Return whoever keeps a book of both ways by the lines above it: its title (云岭物联 收发登记) or 账套：云岭物联.

    ``None`` where none says so, or several do. ``top`` are the first rows of the sheet: where they name others, a line
    单位：云岭物联有限公司 says it, too. ``others`` are found in titles of further books.
    """
    texts = [(row, cell) for row, cells in rows for cell in dict.fromkeys(cell for cell in cells if cell)]
    said = [(each.row, each.heading, name_of(each.value)) for each in labelled_values(rows)]
    found = {(row, value) for row, name, value in said if _OWNER.fullmatch(name)}
    found |= {(row, name) for row, cell in texts if (name := _keeper_in_title(cell)) is not None}
    if not found and any(_BOTH_ALONE.fullmatch(normalize_heading(cell)) for _, cell in texts):
        found = {(row, cell) for row, cell in texts if _is_one_firm(cell)}
    if not found:
        below = {cell for row, cells in top if (row, cells) not in rows for cell in cells if cell}
        owners = [(row, value) for row, name, value in said if _OWNER_OR_OTHER.fullmatch(name)]
        named = [(row, value) for row, value in owners if _is_one_firm(value) or names_firm(value)]
        found = {(row, value) for row, value in named if value not in below}
    names = {name for _, name in found if not _NO_PARTY.fullmatch(name)}
    row = min((row for row, _ in found), default=0)
    for pattern in (BOOK_OF_BOTH, RECEIPTS, *others, BOOK):
        if not names and (firm := keeper_in_english(rows, pattern)) is not None:
            row, name = firm
            names.add(name)
    if not names and (firm := letterhead_of_book(rows, top)) is not None:
        row, name = firm
        names.add(name)
    return StatedAbove(KEEPER, names.pop(), row) if len(names) == 1 else None


_OURS: Final = "(?:[本我](?:公司|单位|店|厂|企业|方)|我司|our (?:company|firm)|us|ourselves)"
_OURS_ALONE: Final = late(_OURS)
_ARROW: Final = r"\s*(?:→|⇒|➔|-+>|=+>)\s*"
_BY_ARROW: Final = late(
    rf"[^→⇒➔>]*?(?:[(（:：,，\s]|^)(?:(?P<from>{_OURS}){_ARROW}(?!{_OURS})(?P<taker>[^→⇒➔>()（）]+)"
    rf"|(?!{_OURS})(?P<giver>[^→⇒➔>()（）:：\s]+){_ARROW}(?P<to>{_OURS}))[)）]?",
    re.IGNORECASE,
)
_PART: Final = late(r"[(（]?(?:[一二三四五六七八九十]{1,3}|[1-9]|[A-Z])[)）]?[、.．:：)）]\s*[^0-9\s].*")
"""The numbered heading of a part of a book."""


class ByArrow(NamedTuple):
    """The ``side`` on which a line says that whoever keeps the list is, and whom it says is on the other one."""

    side: str
    other: str
    row: int


def side_by_arrow(rows: Sequence[tuple[int, Sequence[str | None]]]) -> ByArrow | None:
    """Return which side of the rows below it a line says is that of the keeper of the list (退卡单位 → 本公司)."""
    found = [(row, said) for row, text in texts_beside(rows) if (said := _BY_ARROW.fullmatch(text.strip()))]
    named = {("from", said["taker"]) if said["from"] else ("to", said["giver"]) for _, said in found}
    return ByArrow(*named.pop(), found[0][0]) if len(named) == 1 else None


def share_keeper_of_parts(tables: Sequence[Sheet]) -> None:
    """Have the numbered parts of a book (一、移交; 二、退回) know whose it is by the title once above them all."""
    keeper = None
    for table in tables if len(tables) > 1 else ():
        lines = [text for _, text in texts_beside(rows_above(table))]
        parts = [line for line in lines if _PART.fullmatch(line.strip())]
        if parts and len(parts) == len(lines) and not any(_FORMS.search(_OURS_ALONE.sub("", line)) for line in lines):
            table.kept_by = table.kept_by or keeper
        elif parts:
            keeper = keeper_by_titles(table)


def keeper_of_vouchers(rows: Sequence[tuple[int, Sequence[str | None]]]) -> StatedAbove | None:
    """Return the name with which a register of an accounting program begins: whose books these are."""
    heads = (letterhead_of(rows, papers) for papers in (None, RECEIPTS, RETURNS, BOOK_OF_BOTH, BOOK))
    found = next(filter(None, heads), None)
    return None if found is None else StatedAbove(KEEPER, found[1], found[0])


def keeper_of_section(rows: Sequence[tuple[int, Sequence[str | None]]]) -> StatedAbove | None:
    """Return the one firm that stands alone above a part of its book (ISSUED TO AGENTS), which names the other side."""
    texts = {(row, cell) for row, cells in rows for cell in cells if cell}
    firms = {(row, cell) for row, cell in texts if _is_one_firm(cell)}
    row, firm = next(iter(firms)) if len(firms) == 1 else firm_above(rows) or (0, "")
    return StatedAbove(KEEPER, firm, row) if firm else None


def keeper_by_titles(sheet: Sheet) -> str | None:
    """Return whoever the titles of a sheet say keeps it; ``None`` where they do not say it."""
    above = rows_above(sheet)
    book = keeper_of_book(above, sheet.head_rows)
    said = book or keeper_of_title(above) or keeper_of_list(above, sheet.head_rows)
    return None if said is None else said.value


def _keeper_in_title(cell: str) -> str | None:
    """Return the firm, or the person by a whole name, that a title of a book of both ways names."""
    title = normalize_heading(cell)
    if len(cell) > LONGEST_HEADING or is_line(cell) or _TO_A_FIRM.match(title):
        return None
    named = _BOTH.fullmatch(title)
    if named is None or _NOT_THAT.search(_FIRM.sub("", title)):
        return None
    name = _as_written(cell, named["name"])
    return name if _is_one_firm(name) or is_short_name(name) or is_certainly_person(name) else None


def _below_books(rows: Sequence[tuple[int, Sequence[str | None]]]) -> Iterator[tuple[int, list[str]]]:
    """Yield the title of each part of a book that says which way its cards went, with the name of the book's keeper."""
    texts = [(row, list({*filter(None, cells)})) for row, cells in rows]
    for (row, above), (_, title) in pairwise(texts):
        is_part = len(title) == 1 and _WAY_ALONE.fullmatch(normalize_heading(title[0])) is not None
        if is_part and len(above) == 1 and (name := _keeper_in_title(above[0])) is not None:
            yield row, [f"{name} {title[0]}台账"]


_PAPER_OF: Final = late(
    f"{_GOODS}(?:{_NOTE.pattern}|(?:送|发|出)货单|(?:采购)?(?:入库|进货|收货|验收)单|(?:(?:销售|客户|采购)?退[货卡])单)"
)
"""Titles of papers that bear the name of whoever issues them alone above them."""
_RETURN_NOTE: Final = pattern_of("preamble", "return_note")
_GIVES_BACK: Final = late("(?:退[货卡](?:单位|客户|方|人|公司)|(?:客户|购货单位|购买方|买方)(?:名称)?)")
_TAKES_BACK: Final = late("(?:供[应货]商|供[应货](?:单位|方)|退往|退回(?:单位|方))(?:名称)?")


def _below_firms(rows: Sequence[tuple[int, Sequence[str | None]]]) -> Iterator[tuple[int, list[str]]]:
    """Yield the title of the paper whose rows these are, with the name of the one firm that stands alone above it.

    Which way what came back went is known where a line names the other side.
    """
    cells = texts_beside(rows)
    titles = {(row, normalize_heading(cell)) for row, cell in cells if _PAPER_OF.fullmatch(normalize_heading(cell))}
    if len(titles) != 1:
        return
    row, title = titles.pop()
    firms = {
        cell
        for at, cell in cells
        if at <= row and not is_line(cell)
        if _NAME_OF_FIRM.fullmatch(normalize_heading(cell)) or (at < row and _may_issue(cell))
    }
    if len(firms) != 1:
        return
    if _RETURN_NOTE.fullmatch(title):
        names = [name for name, _ in pairs_in(texts for _, texts in rows)]
        sides = [
            side for side, said in (("销售", _GIVES_BACK), ("采购", _TAKES_BACK)) if any(map(said.fullmatch, names))
        ]
        if len(sides) != 1:
            return
        title = f"{sides[0]}退货单"
    yield row, [f"{firms.pop()} {title}"]


_SEPARATORS: Final = late(r"[_+\s()（）\[\]【】]+|-(?![0-9])")
"""Found between the parts of the name of a file."""
_OF_CARDS: Final = late(".*卡")


def keepers_in_name(name: str) -> Iterator[tuple[str, str]]:
    """Yield side and name of whoever a file or sheet may be called after (卓讯通出库明细2024): proposals only.

    A part that is the name of a firm, of a trader for short or of a person may be any side, which is the empty text.
    """
    title = normalize_heading(name)
    if not _NOT_THAT.search(title) and not _TO_A_FIRM.match(title):
        for field, _, pattern in (*_KEEPERS, *_TAKERS):
            if (named := pattern.fullmatch(title)) is not None:
                called = _as_written(name, named["name"]).strip("-_ ")
                if _may_be_called(called):
                    yield field, called
                    return
    for part in _SEPARATORS.split(name):
        if _is_one_firm(part) or is_short_name(part) or (is_certainly_person(part) and _may_be_called(part)):
            yield "", part


def _may_be_called(name: str) -> bool:
    """Whether what stands before the word for a list may name a party, and is no goods, act or several words."""
    key = normalize_party_name(name)
    is_name = len(name) <= LONGEST_HEADING and not _SEPARATORS.search(name) and not names_nobody(key)
    return (
        is_name and kind_of_word(name) is None and not _OF_CARDS.fullmatch(name) and names_somebody(core_of_name(key))
    )


def names_one_firm(cell: str, name: str) -> str | None:
    """Return the beginning of a title as it is written, where it is the name of one firm and of no operator."""
    return _as_written(cell, name) if _is_one_firm(name) else None


def _is_one_firm(name: str) -> bool:
    """Whether a name is that of one firm, and of no operator: whose lists these are is decided elsewhere."""
    bare = normalize_heading(name)
    head = re.sub("(?<=公司)[^公司]{1,10}分公司$", "", bare)
    is_firm = _NAME_OF_FIRM.fullmatch(bare) is not None and len(_FORMS.findall(head)) == 1
    return is_firm and not re.search(r"\s", name) and match_operator_name(normalize_party_name(name)) is None


def is_short_name(name: str) -> bool:
    """Whether a name is what people call one trader for short, and no carrier, place or part of a firm."""
    bare = normalize_heading(name)
    short = _SHORT_NAME.fullmatch(bare)
    if short is None or _OF_NO_FIRM.search(bare) is not None or names_nobody(normalize_party_name(name)):
        return False
    return names_somebody(core_of_name(normalize_party_name(name))) and _OF_GOODS.fullmatch(short["own"]) is None


def _as_written(cell: str, name: str) -> str:
    """Return the beginning of a text that is a name as headings are compared."""
    starts = (cell[:end].strip() for end in range(1, len(cell) + 1))
    return next((start for start in starts if normalize_heading(start) == name), name)


class TitleVerdict(NamedTuple):
    """Statement of a title about all rows below it: that they did not happen (``none``), or are returns.

    ``word`` is the word that says so, ``row`` 0 for the name of a sheet; with ``is_denial`` it says that its author has
    none of the cards.
    """

    meaning: str
    word: str
    text: str
    row: int
    is_denial: bool = False


_FIRM: Final = late(r"[^\s,，。:：()（）《》]*?(?:有限公司|公司|集团|商行|经营部|服务部|营业厅|门市部|中心|厂)")
_DENIED: Final = "denied"
_VERDICTS: Final = patterns_of("title", NOTHING, EXCHANGE, "return")
_DENIES: Final = pattern_of("title", _DENIED)
_DENIES_SOME: Final = pattern_of("title", "some")


def verdict_of_titles(
    sheet: str | None, rows: Sequence[tuple[int, Sequence[str | None]]], ignored: Collection[str] = ()
) -> TitleVerdict | None:
    """Return what the titles above a table or the name of its sheet say against its rows.

    Names of firms and lines of names and values say nothing of the rows; nor do words in ``ignored``.
    """
    titles = [(row, cell) for row, cells in rows for cell in dict.fromkeys(cell for cell in cells if cell)]
    for row, text in [(0, sheet or ""), *titles]:
        is_title = len(text) <= LONGEST_HEADING
        if denial := _denial_in(text, ignored):
            return TitleVerdict(NOTHING, denial, text, row, is_denial=True)
        if (state := state_of_document(text)) is not None and fold_word(state) not in ignored:
            return TitleVerdict(NOTHING, state, text, row)
        if is_title and not is_line(text) and (found := _verdict_in(text, ignored)):
            return TitleVerdict(found[0], found[1], text, row)
        if row and (supposed := _supposed_in(text, ignored)):
            return TitleVerdict(NOTHING, supposed, text, row)
    return None


_SUPPOSED: Final = pattern_of("title", "supposed")


def _supposed_in(text: str, ignored: Collection[str] = ()) -> str | None:
    """Return the words by which a sentence above a table supposes, takes back or asks what its rows state.

    >>> [_supposed_in(text) for text in ("Below is what we would send if you agree.", "以下是发给李四的卡：")]
    ['we would send', None]
    """
    found = (match[0].strip() for match in _SUPPOSED.finditer(_folded(text)))
    return next((word for word in found if len(text) <= _LONGEST_DENIAL and fold_word(word) not in ignored), None)


_STATE_OF_DOCUMENT: Final = pattern_of("preamble", "state_of_document", re.IGNORECASE)


def state_of_document(text: str) -> str | None:
    """Return the state of a document by which nothing happened, where a cell above a table says it (状态：已作废)."""
    found = _STATE_OF_DOCUMENT.fullmatch(text)
    state = "" if found is None else found["state"] or found["status"]
    return state if act_of(state) == NOTHING else None


_LONGEST_DENIAL: Final = 160
"""Characters of a sentence of a letter that may deny the cards below it."""
_OF_ALL: Final = late("[以如]下|上述|[下所]列|[附下]表|均|全部|below|following|listed|all ")


def _denial_in(text: str, ignored: Collection[str] = ()) -> str | None:
    """Return the word by which a title says that its author has none of the cards below it."""
    title = _folded(text)
    is_title = len(text) <= LONGEST_HEADING
    if _DENIES_SOME.search(title) or not (is_title or (len(text) <= _LONGEST_DENIAL and _OF_ALL.search(title))):
        return None
    found = (match[0].strip() for match in _DENIES.finditer(title))
    return next((word for word in found if fold_word(word) not in ignored), None)


_OF_BOTH_WAYS: Final = pattern_of("preamble", "of_both_ways")
"""Words of titles of what went out and what came back, which speak against the rows of neither."""


def _without_both_ways(title: str) -> str:
    return _OUT_AND_BACK.sub(" ", _OF_BOTH_WAYS.sub(" ", title))


def _verdict_in(text: str, ignored: Collection[str] = ()) -> tuple[str, str] | None:
    """Return the meaning and the word of the first word in a title that speaks against rows."""
    title = _without_both_ways(_folded(_FIRM.sub(" ", to_simplified(normalize("NFKC", text)))))
    for meaning, pattern in _VERDICTS.items():
        for found in pattern.finditer(title):
            if fold_word(found[0]) not in ignored:
                return meaning, found[0].strip()
    return None


def _folded(title: str) -> str:
    return to_simplified(normalize("NFKC", title).casefold()).replace("_", " ")


def meaning_as_name(name: str) -> str | None:
    """Return what the name of a file would say of its rows if it were their title; ``None`` if nothing."""
    if _denial_in(name):
        return NOTHING
    found = _verdict_in(name)
    return None if found is None else found[0]


def meaning_as_title(text: str) -> str | None:
    """Return what a line would say of the rows below it if it were their title; ``None`` if nothing."""
    verdict = verdict_of_titles(None, [(0, [text])])
    return None if verdict is None else verdict.meaning


def is_word_of_title(text: str) -> bool:
    """Whether a line is nothing but a word that decides rows (【作废】)."""
    verdict = verdict_of_titles(None, [(0, [text])])
    return verdict is not None and fold_word(text.strip("()（）[]【】<>《》 ")) == fold_word(verdict.word)


def pairs_in(rows: Iterable[Sequence[str | None]]) -> list[tuple[str, str]]:
    """Return the names and values that cells of some rows state (户名：云岭), the names as headings are compared."""
    return [(each.heading, each.value) for each in labelled_values([*enumerate(rows)])]


_SENT_ON: Final = late("寄|发|揽|ship|sent|d[ei]sp|book|pick")


def parcel_above(rows: Sequence[tuple[int, Sequence[str | None]]]) -> list[StatedAbove]:
    """Return sender, receiver and day of the one parcel of which lines above a list of its contents tell; else none.

    Who sent a parcel need not have passed on what is in it: only a person can say that.
    """
    said: dict[str, set[StatedAbove]] = {}
    for row, cells in rows:
        for label, value in pairwise(dict.fromkeys(filter(None, cells))):
            meaning, other = (support_meaning(normalize_heading(text)) for text in (label, value))
            field = None if meaning is None or meaning.contact or other is not None else _OF_PARCEL.get(meaning.field)
            if field is not None and (field != "date" or _SENT_ON.search(normalize_heading(label))):
                said.setdefault(field, set()).add(StatedAbove(field, value, row, frozenset({"transfer"})))
    found = {field: each.pop() for field, each in said.items() if len(each) == 1}
    if found.get("date") and isinstance(parse_date(found["date"].value), str):
        del found["date"]
    return [*found.values()] if {"from", "to"} <= found.keys() else []


_OF_PARCEL: Final[Mapping[str, str]] = {"sender": "from", "receiver": "to", "date": "date"}


_SUBJECT: Final = pattern_of("preamble", "subject", re.IGNORECASE | re.MULTILINE)
_MEMO: Final = pattern_of("preamble", "memo", re.IGNORECASE)
_HEAD_OF_LETTER: Final = late(r"[>\s]*(?:from|to|date|sent|cc|bcc|发件人|收件人|日期)\s*[:：].*", re.IGNORECASE)
"""Lines of a letter, memo or mail that say who wrote to whom and when, and not who handed over cards."""


def _without_head_of_letter(
    rows: Sequence[tuple[int, Sequence[str | None]]],
) -> list[tuple[int, Sequence[str | None]]]:
    """Return rows without the head of a letter, memo or mail, which has a line for its subject or says what it is."""
    if not any(_SUBJECT.search(cell) or _MEMO.fullmatch(cell) for _, cells in rows for cell in cells if cell):
        return [*rows]

    def bare(cell: str | None) -> str | None:
        lines = [line for line in (cell or "").splitlines() if not _HEAD_OF_LETTER.fullmatch(line)]
        return "\n".join(lines) or None

    return [(row, [bare(cell) for cell in cells]) for row, cells in rows]


def stated_above(
    rows: Sequence[tuple[int, Sequence[str | None]]],
    headings: Mapping[str, str],
    year: StatedYear | None = None,
    order: DayOrder | None = None,
) -> list[StatedAbove]:
    """Return what the rows above a table state, each field once; a field with two values is left out.

    - ``rows``: numbers and cells of the rows above the header.
    - ``headings``: field of each heading that a table names; the grammar of headings is asked about others.
    - ``year``: the year of dates that name none.
    - ``order``: in which order the document states day and month.
    """
    found: dict[str, set[StatedAbove]] = {}
    hands: set[StatedAbove] = set()
    suppliers: set[StatedAbove] = set()
    own_days = set[StatedAbove]()
    owners = set[StatedAbove]()
    rows = _without_head_of_letter(rows)
    titles = _titles_in(rows)
    is_sent = _says_sent(titles)
    is_open = any(map(_DOUBTED.search, titles)) or (
        any(map(_ORDERED.search, titles)) and not (is_sent or any(map(_IS_PAPER.search, titles)))
    )
    for row, cells in rows:
        for cell in dict.fromkeys(filter(None, cells)):
            if (counted := _COUNTED_ON.fullmatch(normalize_heading(cell))) is not None and not _NOT_THAT.search(cell):
                on = StatedAbove("date", counted["before"] or counted["behind"], row, frozenset({"stock"}))
                found.setdefault("date", set()).add(on)
    last: StatedAbove | None = None
    for each in labelled_values(rows):
        is_his = last is not None and last.field == "holder" and is_nobodys_number(each.heading)
        heading = "holder_id" if is_his else each.heading
        is_nobody = (_ADDRESSEE.fullmatch(heading) and not is_sent) or (
            _CLERK.fullmatch(heading) and not (names_party(each.value) and not is_certainly_person(each.value))
        )
        last = None if is_nobody else _stated(heading, each.value, each.row, headings, year, order)
        if last is not None and is_open and last.field in _MOVED:
            # what was ordered may never have come, and what is in doubt not have happened
            last = None
        if last is not None:
            hands |= {last} if is_persons(heading) or _HAND.fullmatch(heading) else set()
            suppliers |= {last} if _TAKES_BACK.fullmatch(heading) else set()
            own_days |= {last} if heading in _OWN_DAYS else set()
            is_of_contract = last.field == "party" and each.label[:2] in PARTIES_OF_CONTRACT
            owners |= {last} if _OWNER_OR_OTHER.fullmatch(heading) else set()
            found.setdefault(_CUSTOMER if is_of_contract else last.field, set()).add(last)
    others = found.get("party", set()) - owners
    if others:
        # beside its customer a paper names the firm whose it is
        found["party"] = others
    if any(_SENT_BACK_ALONE.fullmatch(normalize_heading(cell)) for _, cells in rows for cell in cells if cell):
        # who supplied what is sent back is who gets it
        returned = found.get("from", set()) & suppliers
        found["from"] = found.get("from", set()) - returned
        found["to"] = found.get("to", set()) | {each._replace(field="to") for each in returned}
    if others and hands:
        # who handed over and took over goods for the firms that are named beside is no side
        found["from"], found["to"] = (found.get(side, set()) - hands for side in ("from", "to"))
    for field, every in found.items():
        found[field] = every - hands or every
    if is_sent and not found.get("date") and (alone := _day_alone(rows, year)) is not None:
        found["date"] = {alone}
    seized = {day for day in found.get("date", ()) if day.kinds == {"seizure"}}
    if seized or len({day.value for day in own_days}) == 1:
        # beside its own day a paper may name that of another one (Invoice dt)
        found["date"] = seized or own_days
    _settle_purchase(found)
    if customers := found.pop(_CUSTOMER, None):
        # the customer of a contract is whoever gets what the other side of it sells
        field = "enterprise" if "carrier" in found else "to" if "from" in found else "party"
        found.setdefault(field, set()).update(customer._replace(field=field) for customer in customers)
        if field == "enterprise":
            # what the carrier delivers is what its customer buys
            found["date"] = {_of_purchase(day) for day in found.get("date", ())}
    return [min(every, key=_by_row) for every in found.values() if len({each.value for each in every}) == 1]


def _by_row(stated: StatedAbove) -> tuple[int, list[str]]:
    return stated.row, sorted(stated.kinds)


def with_taker(stated: Sequence[StatedAbove], rows: Sequence[tuple[int, Sequence[str | None]]]) -> list[StatedAbove]:
    """Return what is stated with the customer of a paper that goes with the goods as who got them.

    Only where it names whoever delivers them besides.
    """
    is_open = "from" in (fields := {each.field for each in stated}) and "to" not in fields
    is_sent = any(each.field == "date" and "transfer" in each.kinds for each in stated)
    if not is_open or not (is_sent or _says_sent(_titles_in(rows))):
        return [*stated]
    return [each._replace(field="to") if each.field == "party" else each for each in stated]


def _titles_in(rows: Sequence[tuple[int, Sequence[str | None]]]) -> list[str]:
    """Return the texts above a table that are no labels with values, as headings are compared."""
    return [normalize_heading(text) for _, text in texts_beside(rows) if len(text) <= _LONGEST_LATIN]


def _says_sent(titles: Iterable[str]) -> bool:
    """Whether one of the titles is that of a paper or a list of what was handed over."""
    return any(
        (_OUT_ALONE.fullmatch(title) or _OUT_OF.fullmatch(title) or _HANDED_OVER.search(title))
        and not _NOT_THAT.search(_FIRM.sub("", title))
        for title in titles
    )


def _day_alone(rows: Sequence[tuple[int, Sequence[str | None]]], year: StatedYear | None) -> StatedAbove | None:
    """Return the one whole day that stands by itself above a table, or ends its title (交接清单（2025年5月6日）)."""
    texts = texts_beside(rows)
    found = {
        StatedAbove("date", day[1], row)
        for row, text in texts
        if (day := _WITH_DAY.fullmatch(text.strip())) and not isinstance(parse_date(day[1], year=year), str)
    }
    return found.pop() if len(found) == 1 and not any(_OF_PERIOD.search(text) for _, text in texts) else None


_WITH_DAY: Final = late("[^0-9]*?[(（]?(20[0-9]{2}(?:年[0-9]{1,2}月[0-9]{1,2}日|[-./][0-9]{1,2}[-./][0-9]{1,2}))[)）]?")
_OF_PERIOD: Final = late("截[至止]|打印|导出|[~～至—]|有效")
_HANDED_OVER: Final = pattern_of("preamble", "handed_over")
_ADDRESSEE: Final = late("致|送[往至达]?|发往|寄往")
"""Labels of whom a paper goes to, which name who got the cards only on one that goes with these."""
_CLERK: Final = late("(?:发货|收货|送货|交货|出库|入库|签收|接货|提货|收件|寄件|发件|领料|验收)人(?:员|姓名)?")
"""Labels of persons who lend a hand, unless a firm is called so."""
_HAND: Final = late("(?:交接|交出|交付|移交|接[收受交]|承接|交接对象)人")
_ORDERED: Final = pattern_of("preamble", "ordered")
"""Found in titles of papers about what is to be delivered."""
_DOUBTED: Final = pattern_of("preamble", "doubted")
_IS_PAPER: Final = late(f"{PAPERS_OF_DELIVERY}|{RECEIPTS.pattern}")
_MOVED: Final = frozenset({"from", "to", "enterprise"})


def handed_by_lines(stated: Collection[StatedAbove]) -> StatedAbove | None:
    """Return the kind of rows whose giver and taker, and the day on which it was handed over, lines name."""
    sides = [each for each in stated if each.field in ("from", "to")]
    is_whole = {each.field for each in sides} == {"from", "to"}
    is_dated = any(each.field == "date" and "transfer" in each.kinds for each in stated)
    return StatedAbove("kind", sides[0].value, sides[0].row, frozenset({"transfer"})) if is_whole and is_dated else None


def between_persons(stated: Collection[StatedAbove]) -> bool:
    """Whether lines name persons alone as giver and taker, as at the handing over of a post."""
    sides = [each.value for each in stated if each.field in ("from", "to")]
    return bool(sides) and all(len(value) <= _LONGEST_PERSON for value in sides)


_LONGEST_PERSON: Final = 4


def names_cards_in_words(sheet: Sheet) -> bool:
    """Whether cells of a sheet name cards among words, and none is the number of a card or several of them."""
    cells = [cell for _, row in sheet.head_rows for cell in row if cell]
    are_numbers = any(all(map(is_number, cell.split())) for cell in cells)
    return not are_numbers and any(cards_among_words(cell) is not None for cell in cells)


_OWN_DAYS: Final = frozenset({"date", "dated", "dt"})
_COUNTED_ON: Final = pattern_of("preamble", "counted_on")
"""Titles that say on which day a stock was taken."""


def sides_below(lines: Sequence[str]) -> list[StatedAbove]:
    """Return the firms that lines below the table of a paper name as sides of its rows (供货方：甲公司)."""
    found = [
        StatedAbove(field, value, 0)
        for name, value in pairs_in([line] for line in lines)
        if (field := field_of_heading(_SEALED.sub("", name))) in ("from", "to") and _is_one_firm(value)
    ]
    return [each for each in dict.fromkeys(found) if sum(one.field == each.field for one in found) == 1]


_SEALED: Final = late(r"[(（](?:盖?章|公章|签[字章名])[)）]$")


def stated_of_letter(handed: Handed, stated: Collection[StatedAbove]) -> list[StatedAbove]:
    """Return what a sentence of a letter says of all rows: who gave, who got, and when."""
    kinds: frozenset[Kind] = frozenset({"transfer", "purchase"})
    found = [StatedAbove("from", handed.giver, handed.row, frozenset({"transfer"}), is_keeper=handed.taker is None)]
    if handed.taker is not None:
        found.append(StatedAbove("to", handed.taker, handed.row))
    if handed.day is not None and not any(each.field == "date" for each in stated):
        found.append(StatedAbove("date", handed.day, handed.row, kinds))
    return found


def _settle_purchase(found: dict[str, set[StatedAbove]]) -> None:
    """Let a carrier have sold what a paper says it supplied (供应方, 采购方); of others the buyer just got it."""
    if not {"from", "enterprise"} <= found.keys() or {"to", "carrier"} & found.keys():
        return
    if all(match_operator_name(normalize_party_name(each.value)) for each in found["from"]):
        found["carrier"] = {each._replace(field="carrier") for each in found.pop("from")}
        found["date"] = {_of_purchase(day) for day in found.get("date", ())}
    else:
        found["to"] = {each._replace(field="to") for each in found.pop("enterprise")}


def _of_purchase(day: StatedAbove) -> StatedAbove:
    """Return the day of a delivery as that of the purchase too."""
    return day._replace(kinds=day.kinds | {"purchase"}) if "transfer" in day.kinds else day


_CUSTOMER: Final = "customer"
_EITHER: Final = late(r"(?<=[\u4e00-\u9fff])或者?(?=[\u4e00-\u9fff])|\s(?:or|and/or)\s", re.IGNORECASE)
"""Between two of whom one may be meant."""
_SUBSCRIBER: Final = late(r"[+]?[0-9][0-9 -]{6,18}[0-9]")


_END_OF_PLACE: Final = late(r",?\s+in (?:the )?possession of\b|\.\s+(?=[A-Z])")


_DAY_BEFORE: Final = pattern_of("preamble", "day_before", re.IGNORECASE)
"""A day with words or the hours of it behind."""


_BRACKETS_OF_WORDS: Final = late("[()（）]")


def _stated(
    heading: str,
    value: str,
    row: int,
    headings: Mapping[str, str],
    year: StatedYear | None,
    order: DayOrder | None = None,
) -> StatedAbove | None:
    kinds = events_of_label(heading)
    if kinds is not None:
        when = parse_date(value, year=year)
        if when == "bad_date" and (alone := _DAY_BEFORE.match(value)) is not None:
            # the name of the next value stands behind it
            value = alone["day"]
            when = parse_date(value, year=year)
        if when == "ambiguous_date" and isinstance(when := parse_date(value, order=order), DateSpan):
            value = format_day(when.earliest)
        # in which order an open day stands is asked of all rows
        is_day = not isinstance(when, str) or (when == "ambiguous_date" and year is None)
        return None if not is_day else StatedAbove("date", value, row, kinds)
    field = headings.get(heading) or meaning_of(heading)
    if field == "msisdn":
        # of a list of calls it is the number whose calls these are
        is_number = _SUBSCRIBER.fullmatch(value) is not None
        return StatedAbove(field, value, row, frozenset({"usage"})) if is_number else None
    is_name = field is not None and not field.endswith("_id")
    if field not in _FIELDS or (is_name and _NO_PARTY.fullmatch(value)) or not normalize_party_name(value):
        return None
    if (field == "holder" and _names_several(value)) or (is_name and _EITHER.search(value)):
        return None
    if field == "carrier" and match_operator_name(normalize_party_name(value)) is None:
        return None
    if field == "holder" and is_at_large(heading, _BRACKETS_OF_WORDS.sub(" ", value)):
        # nothing was taken from whoever is at large
        return None
    if field == "holder":
        value = person_alone(_DOCUMENT.sub("", value))
    if field == "place":
        value = _END_OF_PLACE.split(value)[0]
    # behind the name of a side its address may stand, or its number in some system
    value = name_of(value) if is_name else value
    return StatedAbove(field, name_of_address(value) if field in ("from", "to") else value, row)
