"""One enterprise of the example counted card by card from the raw files, by nothing of the product."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet

ROOT = Path(__file__).parents[1] / "examples"
CASE = ROOT / "case"
XINGHAI = "星海智联科技有限公司"
SPELT = {"港通電訊貿易行": "港通电讯贸易行", "何志遠": "何志远"}

Event = tuple[str, str, str]
"""Day, sender and receiver; every carrier is one party here, for no card of this enterprise had two."""


def plain(text: Any) -> str:
    return unicodedata.normalize("NFKC", str(text or "")).strip(" '=\"")


def party(text: Any) -> str:
    name = plain(text)
    return "carrier" if "中国" in name and name != "中国" else SPELT.get(name, name)


def day(text: Any) -> str | None:
    if isinstance(text, date):
        return text.strftime("%Y-%m-%d")
    parts = plain(text).replace("年", "/").replace("月", "/").replace("日", "").replace(".", "/").replace("-", "/")
    try:
        return datetime.strptime(parts, "%Y/%m/%d").strftime("%Y-%m-%d")
    except ValueError:
        return None


def key(text: Any) -> str | None:
    """Return the key that two writings of a card share; none if digits were lost."""
    number = plain(text).upper()
    wanted = 20 if number.startswith(("898600", "898602", "898604")) else 19
    return number[:wanted] if number.startswith("8986") and "." not in number and len(number) >= wanted else None


def table(rows: Iterator[Any], *needed: str) -> Iterator[dict[str, Any]]:
    heads: list[Any] = []
    for row in rows:
        if not heads:
            heads = list(row) if set(needed) <= set(row) else []
        else:
            yield dict(zip(heads, row, strict=False))


def text_rows(name: str, encoding: str, delimiter: str = ",") -> Iterator[Any]:
    return csv.reader(io.StringIO((CASE / name).read_bytes().decode(encoding)), delimiter=delimiter)


def moves() -> Iterator[tuple[str | None, str, str, Any, Any, Any, Any]]:
    """Day, sender, receiver, the card or the ends of a range, the quantity."""
    for row in table(text_rows("unicom_sales.csv", "gb18030"), "起始ICCID"):
        yield day(row["开卡日期"]), "carrier", row["购卡单位"], "", row["起始ICCID"], row["终止ICCID"], row["数量"]
    for row in table(text_rows("mobile_sales.csv", "utf-8-sig"), "开始ICCID"):
        ends = row["开始ICCID"], row["结束ICCID"]
        yield day(row["开卡日期"]), "carrier", row["开户单位"], "", *ends, row["卡数(张)"]
    for row in pyarrow.parquet.read_table(CASE / "telecom_sales.parquet").to_pylist():
        ends = row["iccid_start"], row["iccid_end"]
        yield day(row["date"]), "carrier", row["enterprise"], "", *ends, row["count"]
    for row in table(text_rows("chat_list.txt", "utf-8"), "卖方"):
        cards = row["卡号"], row["起始卡号"], row["结束卡号"]
        yield day(row["日期"]), row["卖方"], row["买方"], *cards, row["数量"]
    for row in table(text_rows("taobao_shop.tsv", "utf-8", "\t"), "卖方"):
        yield day(row["发货日期"]), row["卖方"], row["买方"], "", "", "", row["数量"]
    damaged = ("000000000", "E+19")
    for row in table(text_rows("zhou_qq_ledger.csv", "gb18030"), "卖方"):
        if not plain(row["卡号"]).endswith(damaged):
            yield day(row["日期"]), row["卖方"], row["买方"], row["卡号"], "", "", ""
    for row in table(text_rows("gangtong_list.csv", "big5"), "卡號"):
        yield day(row["出貨日期"]), "港通电讯贸易行", row["買方"], row["卡號"], "", "", ""
    book = openpyxl.load_workbook(CASE / "xinghai_ledger.xlsx")
    when = None
    for line in book["出库"].iter_rows(min_row=4, values_only=True):
        _, dated, _, buyer, _, card, first, last, quantity, *_ = line
        when = day(dated) or when  # the day of a merged cell holds for the rows below it
        yield when, XINGHAI, buyer, card, first, last, quantity
    for line in book["退货"].iter_rows(min_row=4, values_only=True):
        dated, giver, taker, first, last, quantity = line[:6]
        yield day(dated), giver, taker, "", first, last, quantity


def read_events() -> tuple[dict[str, list[Event]], set[tuple[str, str]]]:
    """The events of every card that some range or list names, and who sold to whom by number of cards only."""
    events: dict[str, set[Event]] = defaultdict(set)
    by_number = set()
    for when, giver, taker, card, first, last, quantity in moves():
        sender, receiver = party(giver), party(taker)
        if when is None or not sender or not receiver or sender == receiver:
            continue
        if not (card or first):
            by_number.add((sender, receiver))
            continue
        low, high = (key(end) for end in ((card, card) if card else (first, last)))
        if low is None or high is None or not low[-6:].isdecimal() or not high[-6:].isdecimal():
            continue
        cards = int(high[-6:]) - int(low[-6:]) + 1
        if low[:-6] != high[:-6] or cards < 1 or (quantity and int(quantity) != cards):
            continue
        for number in range(int(low[-6:]), int(high[-6:]) + 1):
            events[f"{low[:-6]}{number:06d}"].add((when, sender, receiver))
    return {card: sorted(told) for card, told in events.items()}, by_number


def told_once(events: list[Event]) -> list[Event]:
    """A change of hands told with two days, with nothing that brings the card back between them, is one."""
    kept: list[Event] = []
    for event in events:
        pair = event[1:]
        before = [place for place, other in enumerate(kept) if other[1:] == pair]
        if not before or any(other[1:] == pair[::-1] for other in kept[before[-1] :]):
            kept.append(event)
    return kept


def walk(events: list[Event]) -> tuple[list[Event], list[Event]]:
    """From the carrier on, always the earliest event whose sender holds the card; and what is left over."""
    rest, way, holder = list(events), [], "carrier"
    while following := next((event for event in rest if event[1] == holder), None):
        rest.remove(following)
        way.append(following)
        holder = following[2]
    return way, rest


def judge(events: list[Event], by_number: set[tuple[str, str]]) -> tuple[str, int | None, str]:
    """Return the bucket of a card, the number of hands since it last left the enterprise, and its holder."""
    way, rest = walk(told_once(events))
    if any(sender in {giver for _, giver, _ in way} for _, sender, _ in rest):
        return "disputed", None, ""
    if rest:  # a hole in the records: what lies beyond it counts; a sale without numbers may have closed it
        holder = way[-1][2]
        way += [*([("", holder, rest[0][1])] if (holder, rest[0][1]) in by_number else []), *rest]
    last_sale = max(place for place, (_, giver, taker) in enumerate(way) if (giver, taker) == ("carrier", XINGHAI))
    since = way[last_sale:]
    if any(receiver == "carrier" for _, _, receiver in since):
        return "returned", None, ""
    if since[-1][2] == XINGHAI:
        return "held", None, XINGHAI
    return "resold", len(since) - 1 - max(n for n, event in enumerate(since) if event[2] == XINGHAI), since[-1][2]


def read_activations() -> dict[str, str]:
    """By card the user of its latest activation that names one; those by telephone number alone aside."""
    users: dict[str, tuple[str, str]] = {}
    for line in (CASE / "activations.jsonl").read_text(encoding="utf-8").splitlines():
        if not line.endswith("}"):
            continue
        row = json.loads(line)
        card = key(row["iccid"]) if isinstance(row.get("iccid"), str) else None
        if card and row["activated_at"]:
            users[card] = max(users.get(card, ("", "")), (str(row["activated_at"]), party(row.get("user"))))
    return {card: user for card, (_, user) in users.items()}


def test_the_cards_of_one_enterprise_counted_one_by_one_from_the_files_are_those_of_the_audit() -> None:
    (told,) = (
        audit
        for audit in json.loads((ROOT / "expected.json").read_text("utf-8"))["audits"]
        if audit["enterprise"] == XINGHAI
    )
    every, by_number = read_events()
    own = {card: events for card, events in every.items() if any(event[1:] == ("carrier", XINGHAI) for event in events)}
    active = read_activations()
    buckets: Counter[str] = Counter()
    depths: Counter[str] = Counter()
    holders: Counter[str] = Counter()
    for card, events in own.items():
        bucket, depth, holder = judge(events, by_number)
        if bucket == "held":
            user = active.get(card)
            bucket = (
                "in_stock"
                if user is None
                else "activated_unnamed"
                if user == ""
                else "activated_by_enterprise"
                if user == XINGHAI
                else "activated_by_other"
            )
        buckets[bucket] += 1
        if depth is not None:
            depths[str(depth)] += 1
            holders[holder] += 1
    assert len(own) == told["purchased"] == 100_000
    assert dict(buckets) == told["buckets"]
    assert dict(depths) == told["by_depth"]
    named: Counter[str] = Counter()
    for name, cards, _, _ in told["final_holders"]:
        named[name] += cards  # two people bear one name
    assert holders == named
