"""Numbers, ranges, dates, quantities, names, waybills and accounts in any text: chats, notes, remarks, lists.

What is found is material for a person, never a record by itself. Every find has its place, and the text as written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from graphtrace.identifiers import is_luhn_valid, parse_iccid, parse_imei, parse_imsi, parse_msisdn, parse_uscc
from graphtrace.identifiers.nobody import identifies_nobody
from graphtrace.identifiers.party_ids import is_valid_resident_id, normalize_party_name, parse_resident_id
from graphtrace.ingest.card_cells import CARD_AMONG_WORDS, CUT, IN_GROUPS, complete_last
from graphtrace.ingest.dates_and_quantities import CHINESE_NUMERALS, number_of_words, parse_date
from graphtrace.ingest.heading_grammar import field_of_heading, normalize_heading
from graphtrace.ingest.words import pattern_of
from graphtrace.model import DateSpan
from graphtrace.patterns import late
from graphtrace.results.source_rows import TextFind

_EDGE: Final = r"(?<![0-9A-Za-z]){}(?![0-9A-Za-z])"
_NAMED: Final = frozenset(("from", "to", "party", "enterprise", "carrier", "user", "holder"))
_PERSON: Final = late("姓名|名字|联系人|收[件货]人|[寄发]件人|机主|户主|户名|(?i:name|contact)")
"""Words before the name of a person, beside those of the sides of a record."""
_TO: Final = r"\s{0,8}(?:[-~—–]{1,2}|至|到|\b(?:to|thru|through)(?=\s{1,8}89[0-9A-Fa-f]{15}))\s{0,8}"

_MONTH: Final = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DAY_OF_MONTH: Final = "[0-9]{1,2}(?:st|nd|rd|th)?"

_FIRM_AMONG_WORDS: Final = (
    r"(?<![\u4e00-\u9fff])(?P<value>[\u4e00-\u9fff][\u4e00-\u9fff()]{3,40}?"
    "(?:公司|商行|经营部|门市部|营业部|工作室|个体工商户|专卖店))"
)
"""A firm by its form at the end, with the words before it."""
_BEFORE_NAME: Final = late("^.*[从给跟找是](?=.{4})")

_PATTERNS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("eid", late(_EDGE.format("89[0-9]{30}"))),
    ("range", late(_EDGE.format(rf"(?P<first>{CARD_AMONG_WORDS}){_TO}{CUT}(?P<last>[0-9A-Fa-f]{{2,20}})"))),
    ("iccid", late(_EDGE.format(CARD_AMONG_WORDS))),
    ("iccid", late(_EDGE.format(IN_GROUPS))),
    ("uscc", late(_EDGE.format("[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}"))),
    (
        "waybill",
        late(
            _EDGE.format("(?:SF[0-9]{12,13}|YT[0-9]{13,15}|JT[0-9]{13}|JD[0-9A-Z]{11,15}|DPK[0-9]{12})")
            + r"|(?:(?:快递|运|物流|速运|顺丰)单?号(?:码)?|(?i:\bwaybill(?: no\.?| number)?|\bawb))\s{0,8}[:：]?\s{0,8}"
            r"(?P<value>[A-Z]{0,4}[0-9][0-9A-Z]{7,17})(?![0-9A-Za-z])"
        ),
    ),
    # a label says that the number is no card's, and whose it is not
    (
        "account",
        late(
            r"(?:(?:微信|QQ|支付宝|淘宝|旺旺|闲鱼|拼多多)(?:账号|帐号|账户|帐户|昵称|号|ID)?|银行(?:卡|账|帐)(?:号|户)?|收款账号|(?:账|帐)号)"
            r"\s{0,8}[:：]?\s{0,8}(?P<value>[A-Za-z0-9_.@-]{5,40})"
        ),
    ),
    ("imsi", late(_EDGE.format("460[0-9]{12}"))),
    ("imei", late(_EDGE.format("[0-9]{15}"))),
    (
        "msisdn",
        late(
            r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?(?:1064[6-9][0-9]{8}|14[0-9]{11}|1[3-9][0-9]{9})(?![0-9A-Za-z])"
            r"|(?<![0-9A-Za-z+])[+](?!86)[1-9][0-9]{7,14}(?![0-9A-Za-z])"
        ),
    ),
    (
        "date",
        late(
            r"(?<![0-9])(?:[12][0-9]{3}[-/.年](?:1[0-2]|0?[1-9])[-/.月](?:3[01]|[12][0-9]|0?[1-9])[日号]?"
            r"(?:[T ]?(?:上午|下午)?[0-9]{1,2}[:时点][0-9]{2}(?:[:分][0-9]{2})?秒?)?)(?![0-9])"
            rf"|(?<![0-9])(?i:{_DAY_OF_MONTH}(?:[-/. ]|\ of\ ){_MONTH}[-/. ](?:[0-9]{{4}}|[0-9]{{2}})(?![0-9]))"
            rf"|\b(?i:{_MONTH}\ {_DAY_OF_MONTH},?\ [0-9]{{4}})(?![0-9])"
        ),
    ),
    (
        "name",
        late(
            r"(?<![^\s,，;；。、|(（])(?P<label>[^\s:：,，;；。、|()（）]{2,12})\s{0,8}[:：]\s{0,8}"
            r"(?P<value>[^\s:：,，;；。、|]*[\u4e00-\u9fff][^\s:：,，;；。、|]*|[^:：,，;；。、|\t]{2,40})"
        ),
    ),
    ("name", late(_FIRM_AMONG_WORDS)),
    ("price", late(r"(?<![0-9.])(?P<value>[0-9]+(?:\.[0-9]{1,2})?)\s?(?:元|块)?\s?(?:一|每|/)[张枚]")),
    (
        "price",
        late(r"[¥￥]\s?(?P<value>[0-9]+(?:\.[0-9]{1,2})?)|(?<![0-9])(?P<each>[0-9]+(?:\.[0-9]{1,2})?)\s?(?:元|块)"),
    ),
    ("quantity", late(rf"(?P<value>[0-9]{{1,7}}|[{CHINESE_NUMERALS}]{{1,8}})\s?[张枚]")),
)
"""Patterns of the finds, the longest first: later ones do not see a text that an earlier one took."""

WIDE: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
"""Full-width forms, which keep their place when they are read as plain ones."""


def find_in_text(text: str) -> list[TextFind]:
    """Return everything that is found in a text, in its order. Time is linear in the text."""
    return [find for number, line in enumerate(text.splitlines(), start=1) for find in find_in_line(line, number)]


def find_in_line(line: str, number: int = 1, sheet: str | None = None) -> list[TextFind]:
    """Return everything that is found in one line, of a sheet where it is a row."""
    plain = line.translate(WIDE)
    taken = [False] * len(plain)
    found = []
    for kind, pattern in _PATTERNS:
        for hit in pattern.finditer(plain):
            start, end = hit.span()
            if any(taken[start:end]):
                continue
            for find_kind, value in _READERS[kind](hit):
                text, column = line[start:end], start + 1
                found.append(TextFind(line=number, column=column, kind=find_kind, value=value, text=text, sheet=sheet))
                taken[start:end] = [True] * (end - start)
    return sorted(found, key=lambda find: find.column)


_Reading = Iterator[tuple[str, str]]

_BESIDE: Final = 10
_BORN: Final = pattern_of("born")
"""Beside the day, which is ``@`` here, on which somebody was born: nothing happened to a card on it."""


def _as_card(hit: re.Match[str]) -> _Reading:
    card = parse_iccid(hit[0])
    if card is not None and card.complete and (" " not in hit[0] or is_luhn_valid(hit[0].replace(" ", ""))):
        yield "iccid", card.text


def _as_range(hit: re.Match[str]) -> _Reading:
    first, ending = parse_iccid(hit["first"]), parse_iccid(hit["last"])
    if first is None or not first.complete:
        return
    if ending is not None and ending.complete:
        yield "range", f"{first.text}-{ending.text}"
    elif (last := complete_last(first.text, hit["last"])) is not None:
        yield "range", f"{first.text}-{last}"


def _as_quantity(hit: re.Match[str]) -> _Reading:
    text = hit["value"]
    count = int(text) if text.isascii() else number_of_words(text)
    if count:
        yield "quantity", str(count)


def _as_date(hit: re.Match[str]) -> _Reading:
    read = parse_date(hit[0])
    beside = f"{hit.string[max(hit.start() - _BESIDE, 0) : hit.start()]}@{hit.string[hit.end() : hit.end() + _BESIDE]}"
    if isinstance(read, DateSpan) and _BORN.search(beside) is None:
        yield "date", read.iso


def _as_code(hit: re.Match[str]) -> _Reading:
    if parse_resident_id(hit[0]) is not None and is_valid_resident_id(hit[0]):
        yield "resident_id", hit[0]
    elif (code := parse_uscc(hit[0])) is not None:
        yield "uscc", code


def _as_name(hit: re.Match[str]) -> _Reading:
    """Read a name behind the word of a side or of a person, or a firm among words."""
    label = hit.groupdict().get("label")
    name = hit["value"].strip() if label else _BEFORE_NAME.sub("", hit["value"])
    if label is None or field_of_heading(normalize_heading(label)) in _NAMED or _PERSON.fullmatch(label):
        key = normalize_party_name(name)
        if not identifies_nobody(key) and not any(map(str.isdigit, key)):
            yield "name", name


def _as_msisdn(hit: re.Match[str]) -> _Reading:
    if (number := parse_msisdn(hit[0].replace("-", ""))) is not None:
        yield "msisdn", number


def _as(kind: str, read: Callable[[str], str | None]) -> Callable[[re.Match[str]], _Reading]:
    def reading(hit: re.Match[str]) -> _Reading:
        if (value := read(hit[0])) is not None:
            yield kind, value

    return reading


def _as_written(kind: str) -> Callable[[re.Match[str]], _Reading]:
    def reading(hit: re.Match[str]) -> _Reading:
        groups = [value for value in hit.groups() if value]
        yield kind, groups[0] if groups else hit[0]

    return reading


_READERS: Final[dict[str, Callable[[re.Match[str]], _Reading]]] = {
    "eid": _as_written("eid"),
    "range": _as_range,
    "iccid": _as_card,
    "uscc": _as_code,
    "waybill": _as_written("waybill"),
    "imsi": _as("imsi", parse_imsi),
    "imei": _as("imei", parse_imei),
    "msisdn": _as_msisdn,
    "date": _as_date,
    "account": _as_written("account"),
    "name": _as_name,
    "price": _as_written("price"),
    "quantity": _as_quantity,
}
