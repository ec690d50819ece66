"""Labelled values beside a table: lines, boxes and forms that say of all its rows what a column would say of each.

A label is whatever the grammar of headings knows as a heading, and any word before a colon; the value of a label that
means nothing is nobody's. A value stands behind the colon, in the next cell, or below the label in a box.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from graphtrace.identifiers import normalize_party_name, parse_eid, parse_imei, parse_imsi, parse_msisdn
from graphtrace.identifiers.nobody import is_certainly_person, names_nobody
from graphtrace.identifiers.party_names import is_visibly_firm
from graphtrace.ingest.card_cells import is_card, is_number
from graphtrace.ingest.dates_and_quantities import parse_date
from graphtrace.ingest.dealer_ledgers import is_day_of_receipt
from graphtrace.ingest.english_headings import classes_of_heading
from graphtrace.ingest.heading_grammar import (
    LONGEST_HEADING,
    counts_something,
    field_of_heading,
    normalize_heading,
    without_remark,
)
from graphtrace.ingest.order_sides import names_shop
from graphtrace.ingest.resellers import names_seller
from graphtrace.ingest.row_events import events_of_date
from graphtrace.ingest.words import HAN, pattern_of
from graphtrace.model import Kind
from graphtrace.patterns import late

Cells = Sequence[str | None]
Rows = Sequence[tuple[int, Cells]]

SIDES: Final = frozenset({"from", "to", "party", "enterprise", "carrier", "holder"})
"""Fields whose values name somebody."""

_COLON: Final = late("[:：]")
_NO_COLON: Final = late(r"T?[0-9]{1,2}[:：][0-9]{2}(?:[:：][0-9]{2})?|[a-zA-Z]{1,8}:(?=[/\\])")
"""A time of day or an address, whose colons part no label from its value."""
_TOKEN: Final = late(r"(?:[^\s:：,，;；。、()（）\[\]【】]{2,14}|致)(?:[(（][^\s:：()（）]{1,8}[)）])?$")
"""A label in Chinese, at the end of what stands before its colon."""
_LATIN_TOKEN: Final = late(r"[A-Za-z][^\s:：,，;；。、\[\]【】]*(?:\s*\([^():]{1,20}\))?$")
_SPLIT: Final = late(r"\n|\t|\s{3,}|\u3000{2,}")
_MARKS: Final = late(r"^[\s>*•·★☆]+|[\s:：]+$")
_NUMBERED: Final = pattern_of("labelled_values", "numbered")
_CLOSING: Final = late(r"[)）\]】]\s*$")
_OPENING: Final = late(r"[(（\[【]")
_END: Final = late(r"[\s,，;；。、|]+$")
_SENTENCE: Final = late("[。；;！!？]")
_COMMA: Final = late("[,，]")
_MOST_WORDS: Final = 9
_LONGEST_SQUEEZED: Final = 8
_LONGEST_VALUE: Final = 120
_HEADINGS_OF_TABLE: Final = 3
_CARDS: Final = frozenset({"iccid", "iccid_first", "iccid_last", "msisdn", "imsi"})
"""Fields one of which the headings of a table of cards name."""


class Labelled(NamedTuple):
    """A label as headings are compared, the value beside it, the row, and the label as it is written."""

    heading: str
    value: str
    row: int = 0
    label: str = ""


_HANDS: Final = {
    "from": late(
        "(?:来源|来货)(?:单位|方)|交(?:寄|件)(?:单位|方|人|客户)|(?:交接|交出|交付|移交)人|(?:原|转出)(?:代理商?|渠道)"
    ),
    "to": late(
        "m/s[.]?|messrs[.]?|(?:接[收受交]|收货|承接|交接对象)人(?:单位)?|(?:转入|新)(?:代理商?|渠道)|致|送[往至]|发往|寄往"
    ),
    "case_no": late("urn|unique_?reference(?:_?(?:no|number))?"),
}
"""Labels of fields that head no column: there whoever is called so may be a clerk, and the number that of a row."""
_RECEIVED: Final = pattern_of("labelled_values", "received")
_DONE: Final = late("(?:完成|办结|执行|制单)(?:日期|时间|日)")
_REALLY: Final = late("^(?:实际|本次|货物)(?=.{4})|(?<=date)(?:/|and|&|\\()taxpoint\\)?$")
"""What changes nothing of the label of a day; the tax point of an invoice is its date."""


@lru_cache(maxsize=1 << 12)
def events_of_label(heading: str) -> frozenset[Kind] | None:
    """Return the kinds whose event a day beside a table names, as the heading of a column does; none for a neutral."""
    heading = _REALLY.sub("", heading)
    if is_day_of_receipt(heading) or _RECEIVED.fullmatch(heading):
        return frozenset({"transfer"})
    return frozenset() if _DONE.fullmatch(heading) else events_of_date(heading)


@lru_cache(maxsize=1 << 12)
def meaning_of(heading: str) -> str | None:
    """Return what a label means as a heading: ``date``, a field; ``None`` where it is only a label."""
    if not heading:
        return None
    if events_of_label(heading) is not None:
        return "date"
    if (side := next((side for side, hands in _HANDS.items() if hands.fullmatch(heading)), None)) is not None:
        return side
    field = field_of_heading(heading)
    return field or ("from" if names_seller(heading) or names_shop(heading) else None)


@lru_cache(maxsize=1 << 12)
def label_of(text: str) -> str | None:
    """Return the heading of a text that is a known label, in the one of its writings that means something.

    >>> [label_of(text) for text in ("收货人单位", "Buyer (Bill to)", "日期 Date", "Hadoti Taxi Union")]
    ['收货人单位', 'billto', '日期', None]
    """
    bare = _NUMBERED.sub("", _MARKS.sub("", text))
    if not bare or len(bare) > LONGEST_HEADING or is_number(bare):
        return None
    writings = [bare, *re.findall(r"[(（]([^()（）]+)[)）]", bare), without_remark(bare)]
    if not bare.isascii():
        writings += ["".join(part) for part in (re.findall(r"[^\x00-\x7f]+", bare), re.findall(r"[\x00-\x7f]+", bare))]
    known = [heading for heading in map(normalize_heading, writings) if meaning_of(heading) is not None]
    return next((heading for heading in known if meaning_of(heading) != "contact"), known[0] if known else None)


def _label_before(text: str, *, is_first: bool) -> tuple[int, str] | None:
    """Return where the label at the end of what stands before a colon begins, and its heading; ``None`` for none."""
    bare = text.rstrip()
    if not bare:
        return None
    whole = _NUMBERED.sub("", bare.lstrip(" >*•·-"))
    if is_first and (HAN.search(whole) is None or len(whole) <= LONGEST_HEADING // 2):
        squeezed = "".join(whole.split())
        is_whole = len(whole.split()) <= _MOST_WORDS if whole.isascii() else len(squeezed) <= _LONGEST_SQUEEZED
        if is_whole and (heading := label_of(whole)) is not None:
            return len(bare) - len(whole), heading
    token = (_LATIN_TOKEN if bare[-1].isascii() and bare[-1] not in ")]" else _TOKEN).search(bare)
    token = token or _TOKEN.search(bare) or _LATIN_TOKEN.search(bare)
    if token is None:
        return None
    start = token.start()
    if token[0].isascii():
        start = _start_of_words(bare, start)
    return start, label_of(bare[start:]) or normalize_heading(bare[start:])


def _start_of_words(text: str, start: int) -> int:
    """Return where the label in English begins whose last word stands at a place: with the words of its vocabulary."""
    longest = start
    words = [found.start() for found in re.finditer(r"\S+", text[:start])]
    for at in reversed(words[-4:]):
        if label_of(text[at:]) is not None:
            start = longest = at
        elif classes_of_heading(normalize_heading(text[at:longest])) is None:
            break
        else:
            longest = at
    # Order Date is no Date
    return longest if longest < start or label_of(text[start:]) is None else start


def pairs_in_text(text: str) -> Iterator[Labelled]:
    """Yield the labels with a colon and the values in a text; a value that stands elsewhere is empty."""
    before = ""
    for segment in _SPLIT.split(text):
        hidden = _NO_COLON.sub(lambda found: "." * len(found[0]), segment)
        marks: list[tuple[int, int, str]] = []
        last = 0
        for colon in _COLON.finditer(hidden):
            label = _label_before(segment[last : colon.start()], is_first=not marks)
            if label is None:
                continue
            marks.append((last + label[0], colon.end(), label[1]))
            last = colon.end()
        if not marks and (bare := _bare_pair(segment)) is not None:
            yield Labelled(_of_reference(bare[0], before), bare[1])
        for at, (start, end, heading) in enumerate(marks):
            following = marks[at + 1][0] if at + 1 < len(marks) else len(segment)
            value = _END.sub("", segment[end:following]).strip()
            if _CLOSING.search(value) and not _OPENING.search(value):
                # what closes began before the label (清单（客户：甲公司）)
                value = _CLOSING.sub("", value)
            if meaning_of(heading) in SIDES:
                value = _without_more(_SENTENCE.split(value, maxsplit=1)[0].strip())
            said_before = f"{before} {segment[:start]}"
            yield Labelled(_of_reference(heading, said_before), value, 0, segment[start : end - 1].strip())
        before = segment


def _of_reference(heading: str, before: str) -> str:
    """Return the heading of a day, of one behind the number of a case or a letter as that of the day of this one."""
    return f"{_OF_REFERENCE}{heading}" if heading in _DATED and _REFERENCE.search(before) else heading


_OF_REFERENCE: Final = "reference"
_DATED: Final = frozenset({"dated", "dt", "dtd"})
_REFERENCE: Final = pattern_of("labelled_values", "reference", re.IGNORECASE)
"""Found before the day of a case or of a letter, which is that of nothing in the rows."""


def _without_more(name: str) -> str:
    """Return the Chinese name of a side without its short form and what follows a comma; of several names all.

    >>> _without_more("甲通信服务部（以下简称“甲方”），经营者张三")
    '甲通信服务部'
    """
    name = _SHORT_FORM.sub("", name)
    first, *rest = _COMMA.split(name)
    return first.strip() if HAN.search(first) and names_party(first) and not any(map(names_party, rest)) else name


_SHORT_FORM: Final = late(r"\s*[(（](?:以下|下称|以下均)?(?:简称|称)[^()（）]{1,20}[)）].*$")
"""Behind the name of a party, how the document calls it, and whatever follows."""


def _bare_pair(segment: str) -> tuple[str, str] | None:
    """Return a label and the value that follows it without a colon: Dated 20-12-2024, 客户名称 甲公司."""
    found = _BARE.fullmatch(segment.strip())
    heading = None if found is None else label_of(found[1])
    if found is None or heading is None:
        return None
    value = _BEHIND_DAY.sub("", found[2])
    meaning = meaning_of(heading)
    is_value = meaning == "date" and not isinstance(parse_date(value), str)
    return (heading, value) if is_value or (meaning in SIDES and names_party(value)) else None


_BARE: Final = late(r"([^\s0-9:：]{2,14}|[A-Za-z]+(?: [A-Za-z]+)?)\s+(\S.*)")
_BEHIND_DAY: Final = late(r"\s+at\s.*$")


def _fits(heading: str, value: str) -> bool:
    """Whether a text can be the value of a label, and is no label itself."""
    if not value or len(value) > _LONGEST_VALUE or label_of(value) is not None or _ends_in_colon(value):
        return False
    meaning = meaning_of(heading)
    check = _CHECKS.get(meaning or "")
    if check is not None:
        return bool(check(value))
    return (
        meaning not in SIDES - {"holder"} or not HAN.search(value) or names_party(value) or _is_person(heading, value)
    )


def _is_person(heading: str, value: str) -> bool:
    """Whether a label asks for a person, and a text may be the name of one."""
    return heading.endswith("人") and _SHORT.fullmatch(value) is not None and not names_nobody(value)


_SHORT: Final = late("[\u4e00-\u9fff]{2,4}")


def _is_sure(heading: str, value: str) -> bool:
    """Whether a value shows that what stands before it is its label and no heading of a column."""
    meaning = meaning_of(heading.removeprefix(_OF_REFERENCE))
    if meaning in _CHECKS or (meaning or "").endswith("_id"):
        return any(map(str.isdigit, value))
    return meaning in SIDES and (heading.isascii() or meaning == "holder" or names_party(value))


_CHECKS: Final[Mapping[str, Callable[[str], object]]] = {
    "date": lambda text: parse_date(text) != "bad_date",
    "iccid": is_card,
    "iccid_first": is_card,
    "iccid_last": is_card,
    "msisdn": parse_msisdn,
    "imsi": parse_imsi,
    "imei": parse_imei,
    "eid": parse_eid,
    "quantity": lambda text: re.match(r"\s*[0-9]", text),
    "price": lambda text: re.search("[0-9]", text),
}
"""Fields whose values show whether a label means what it says."""

_OF_PLACE: Final = pattern_of("labelled_values", "of_place")
_OF_BUSINESS: Final = late("[\u4e00-\u9fff]{4,20}(?:店|部|站|社|行|会|局|队|院|所|园|城|吧|馆)")


def is_of_place(text: str) -> bool:
    """Whether a text is the name of a trader behind that of a district or town (保定莲池区众联科贸)."""
    return _OF_PLACE.fullmatch(text) is not None


_CODE: Final = late(r"^[(（\[【][0-9A-Za-z_-]{1,12}[)）\]】]\s*(?=\S)")
_NUMBERED_BEHIND: Final = pattern_of("labelled_values", "numbered_behind", re.IGNORECASE)


def name_of(value: str) -> str:
    """Return a name without the code in front of it or the number behind it by which some system knows it.

    >>> [name_of(value) for value in ("(0002)云岭物联有限公司", "云岭物联（编号：A-7）", "(集团)云岭")]
    ['云岭物联有限公司', '云岭物联', '(集团)云岭']
    """
    return _NUMBERED_BEHIND.sub("", _CODE.sub("", value)).strip()


def names_party(text: str) -> bool:
    """Whether a text in Chinese is the name of a firm, a shop or a person for certain, a remark behind it aside."""
    key = normalize_party_name(text)
    # what names nobody is asked last: it takes more patterns than all else
    return (
        len(text) <= LONGEST_HEADING
        and (
            is_visibly_firm(key)
            or _OF_BUSINESS.fullmatch(text) is not None
            or is_certainly_person(without_remark(text))
            or is_of_place(text)
        )
        and not names_nobody(key)
    )


def _ends_in_colon(text: str) -> bool:
    return text.rstrip()[-1:] in (":", "：")


def _tokens(cells: Cells) -> list[tuple[int, int, str]]:
    """Return the different texts of a row, each with its first and last column: cells that are merged are one."""
    tokens: list[tuple[int, int, str]] = []
    for column, cell in enumerate(cells):
        if not cell or not cell.strip():
            continue
        if tokens and tokens[-1][2] == cell and tokens[-1][1] == column - 1:
            tokens[-1] = (tokens[-1][0], column, cell)
        else:
            tokens.append((column, column, cell))
    return tokens


def _in_row(row: int, cells: Cells, below: Cells, after: Cells, *, is_sure: bool) -> Iterator[Labelled]:
    """Yield the labelled values of a row; ``below`` and ``after`` are the two next rows above the table."""
    tokens = _tokens(cells)
    alone: list[Labelled] = []
    are_headings = False
    last = -1
    for at, (column, end, text) in enumerate(tokens):
        if at == last:
            continue
        following = tokens[at + 1] if at + 1 < len(tokens) else (-1, -1, "")
        is_beside = following[0] == end + 1
        beneath = _at(below, column, end)
        pairs = [*pairs_in_text(text)]
        yield from (pair._replace(row=row) for pair in pairs if pair.value)
        heading = pairs[-1].heading if pairs else label_of(text) or ""
        heading = _of_reference(heading, " ".join(said for _, _, said in tokens[max(at - 2, 0) : at]))
        if not heading or (pairs and pairs[-1].value):
            continue
        may_be_beneath = meaning_of(heading) in _NAMED_IN_BOXES and not is_label(beneath) and _fits(heading, beneath)
        if pairs:
            if following[2] and not is_label(following[2]) and (is_beside or not may_be_beneath):
                yield Labelled(heading, following[2].strip(), row, pairs[-1].label)
                last = at + 1
            elif may_be_beneath:
                yield Labelled(heading, beneath, row, pairs[-1].label)
        elif is_beside and not is_label(following[2]) and _is_pair_alone(text, tokens, at):
            last = at + 1
            if _fits(heading, following[2]):
                alone.append(Labelled(heading, following[2].strip(), row, text.strip()))
            elif meaning_of(heading) in _CARDS:
                # beside what is no number it is a heading, and so are the others
                are_headings = True
        elif may_be_beneath and _ASCII.search(text) and not _is_column(heading, beneath, _at(after, column, end)):
            # the day beside the number of an order is the day of the order
            is_of_order = meaning_of(heading) == "date" and at and _ORDER.search(tokens[at - 1][2].casefold())
            yield Labelled(f"order{heading}" if is_of_order else heading, beneath, row, text.strip())
        else:
            are_headings = True
    if alone and not are_headings and (is_sure or any(_is_sure(each.heading, each.value) for each in alone)):
        yield from alone


def _is_pair_alone(label: str, tokens: Sequence[tuple[int, int, str]], at: int) -> bool:
    """Whether a label and the next cell stand apart from others, as two of many English headings do not."""
    if not label.isascii() or at + 2 >= len(tokens) or not isinstance(parse_date(tokens[at + 1][2]), str):
        return True
    (_, end, _), (column, _, text) = tokens[at + 1 : at + 3]
    return column > end + 1 or is_label(text)


def _at(cells: Cells, column: int, end: int) -> str:
    """Return the first text of a row in some columns; empty where they are empty."""
    return next((cell.strip() for cell in cells[column : end + 1] if cell), "")


def is_label(text: str) -> bool:
    """Whether a text is a label, or begins with one before a colon."""
    return not text or label_of(text) is not None or bool([*pairs_in_text(text)])


def _is_column(heading: str, first: str, second: str) -> bool:
    """Whether two texts below a label are of the kind that it asks for, as in a column of a table."""
    return meaning_of(heading) == "date" and _fits(heading, first) and bool(second) and _fits(heading, second)


_NAMED_IN_BOXES: Final = SIDES | {"date"}
_ASCII: Final = late(r"[A-Za-z)]\s*$")
_ORDER: Final = late("order")


def labelled_values(rows: Rows, *, is_sure: bool = False) -> list[Labelled]:
    """Return the labelled values of the rows beside a table, from the top down.

    Labels without a colon count where a value shows that they are no headings, in their row or in one that is laid out
    alike; with ``is_sure`` they do anyway.
    """
    found: list[Labelled] = []
    for at, (row, cells) in enumerate(rows):
        below, after = (rows[n][1] if n < len(rows) else () for n in (at + 1, at + 2))
        found += _in_row(row, cells, below, after, is_sure=is_sure)
    return found


def labelled_in(cells: Cells, *, is_sure: bool = False) -> list[Labelled]:
    """Return the labelled values of a row by itself; a heading among others may look like one (meta: SIM serial)."""
    found = [*_in_row(0, cells, (), (), is_sure=is_sure)]
    if found and all(is_label(each.value) and meaning_of(each.heading) is None for each in found):
        others = {label_of(text) for _, _, text in _tokens(cells)} - {None}
        return [] if len(others) >= _FEWEST_HEADINGS else found
    return found


_FEWEST_HEADINGS: Final = 2


def texts_beside(rows: Rows) -> list[tuple[int, str]]:
    """Return the texts of the rows beside a table that are neither labels with their values nor values of labels."""
    values = {each.value for each in labelled_values(rows)}
    return [
        (row, part.strip())
        for row, cells in rows
        for _, _, text in _tokens(cells)
        if text.strip() not in values
        for part in ([text] if _SPACED.fullmatch(text) else _SPLIT.split(text))
        if part.strip() and not [*pairs_in_text(part)]
    ]


_SPACED: Final = late(r"\s*(?:[\u4e00-\u9fff]\s+)+[\u4e00-\u9fff]\s*")
"""A title whose characters stand apart."""


def start_of_table(rows: Rows) -> int | None:
    """Return the place of the headings of a table of cards or goods; ``None`` where no row surely is one."""
    for at, (row, cells) in enumerate(rows[:_LONGEST_FORM]):
        texts = [text for _, _, text in _tokens(cells)]
        if not row or labelled_in(cells):
            continue
        if any(map(is_number, texts)):
            return None
        headings = [normalize_heading(text) for text in texts if len(text) <= LONGEST_HEADING]
        if len(texts) != len(headings) or at + 1 == len(rows):
            continue
        if any(_COLON.search(text) or _LONG_NUMBER.fullmatch(text) for text in texts):
            continue
        meanings = {meaning_of(heading) for heading in headings}
        counts = bool({"quantity", "price"} & meanings) or any(map(counts_something, headings))
        is_wide = counts and len(texts) >= _HEADINGS_OF_TABLE
        if is_wide or (_CARDS & meanings and (len(texts) > 1 or _is_above_cards(cells, rows[at + 1][1]))):
            return at
    return None


def _is_above_cards(cells: Cells, below: Cells) -> bool:
    """Whether the number of a card stands below a text of a row."""
    return any(cell and under and is_card(under) for cell, under in zip(cells, below, strict=False))


_LONG_NUMBER: Final = late(r"[+]?[0-9]{9,}")
"""A number that is a value beside its name, and no heading."""

_LONGEST_FORM: Final = 40
"""Rows at the top of a sheet that may stand above its table."""
