"""Events that rows name and that were not recorded, with the cards that they are about.

A row is rejected, or an event of it waits for an answer, but its cells may say all the same which cards changed hands,
or who used them or lost them.
Answers about these cards say so (SPEC 13, "A row about this card that was not read"). Only words and numbers that can
be read for certain count: a damaged number names no card.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import polars as pl

from graphtrace.identifiers import (
    Iccid,
    InvalidRange,
    KeyRange,
    is_iot_number,
    pack_number,
    parse_iccid,
    parse_msisdn,
    parse_range,
    split_key,
)
from graphtrace.identifiers.damage import numbers_that_fit
from graphtrace.ingest.card_cells import complete_last, farthest_of
from graphtrace.ingest.column_values import parse_decimal_iccids, parse_hex_iccids
from graphtrace.ingest.sheet import ROW
from graphtrace.patterns import late

UNREAD_SCHEMA: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "row": pl.UInt32,
    "kind": pl.String,  # of custody, use or seizure; null where the row's word for it is not known
    "reason": pl.String,  # why it was not recorded, as for a reject
    "field": pl.String,
    "day": pl.Int32,  # days since 1970-01-01 where the day can be read
    "span": pl.UInt8,
    "head": pl.String,  # the cards, as in STATEMENT_SCHEMA
    "size": pl.UInt8,
    "first": pl.Int64,
    "last": pl.Int64,
    "number": pl.Int64,  # MSISDN or IMSI of a row that names no card
    "text": pl.String,  # what the row says that was not understood
}
"""Columns of unread events: one row for each card or range, else one for each number."""

LONGEST_QUOTED: Final = 200
"""Characters of a text that are quoted."""

_NO_CARD: Final = (None, None, None, None)
_LONGEST_NUMBER: Final = 20
"""Characters of a card's number; a longer text may name one among words."""


class UnreadEvent(NamedTuple):
    """Event that was not recorded: row, kind, why not, days where they can be read, the word not understood."""

    row: int
    kind: str | None
    reason: str
    field: str | None
    days: tuple[int, int] | None
    text: str | None = None

    def of(self, cards: Iterable[KeyRange], numbers: Sequence[int]) -> Iterator[tuple[Any, ...]]:
        """Yield a row of :data:`UNREAD_SCHEMA` for each of the cards, where there is none for each of the numbers."""
        when = (None, None) if self.days is None else (self.days[0], self.days[1] - self.days[0])
        named = [(lot.head, lot.size, lot.first, lot.last) for lot in dict.fromkeys(cards)]
        for card in named:
            yield (*self[:4], *when, *card, None, self.text)
        for number in () if named else numbers:
            yield (*self[:4], *when, *_NO_CARD, number, self.text)


def lots_between(first: Iccid | None, last: Iccid | None) -> list[KeyRange]:
    """Return the cards that two ends of a range may be about: those between them, else each of them."""
    if first is not None and last is not None:
        for ends in ((first, last), (last, first)):
            try:
                return [parse_range(*ends)]
            except InvalidRange:
                continue
    return [lot_of(card) for card in (first, last) if card is not None]


def lot_of(card: Iccid) -> KeyRange:
    """Return the range that holds one card only."""
    head, size, number = split_key(card.key)
    return KeyRange(head, size, number, number)


_LETTERS: Final = late("[^0-9]")
_AND_SO_ON: Final = late(r"\s{0,2}起\D{0,4}([0-9]{1,6})\s?[张枚个]")
_OTHER_ENDS: Final = late(r"(?:\s{0,2}[/、,，;；和及与]\s{0,2}([0-9]{2,12})(?![0-9]))+")


def cards_in_text(text: str | None) -> Iterator[KeyRange]:
    """Yield the cards that a cell names among words (A 作废, A-B（除C外）, A起11张, A/0015).

    What the words say of them is not understood: the cards are only those of which an answer warns.
    """
    from graphtrace.ingest.free_text import find_in_text

    if text is None:
        return
    for number in numbers_that_fit(text) if _LETTERS.search(text) else ():
        yield from lots_between(_card(number), None)
    if len(text) <= _LONGEST_NUMBER:
        return
    for find in find_in_text(text):
        if find.kind not in ("iccid", "range"):
            continue
        first, _, last = find.value.partition("-")
        ends = [card for card in map(parse_iccid, (first, last)) if card is not None]
        yield from lots_between(ends[0], ends[1] if last else None)
        line = text.splitlines()[find.line - 1]
        after = line[find.column - 1 + len(find.text) :]
        if not last and (run := _AND_SO_ON.match(after)):
            yield from lots_between(ends[0], _card(farthest_of(ends[0], int(run[1]))))
        elif others := _OTHER_ENDS.match(after):
            for ending in re.findall("[0-9]+", others[0]):
                yield from lots_between(_card(complete_last(first, ending)), None)


_IOT: Final = "1[0-9]{12}"
NAMES_NUMBER: Final = f"(?:^|[^0-9A-Za-z]){_IOT}(?:[^0-9A-Za-z]|$)"
"""Found in a cell that may name a number that only cards have."""
_NUMBERS: Final = late(
    rf"(?<![0-9A-Za-z])(?P<first>{_IOT})(?:\s{{0,8}}(?:[-~～—–－至到]|to)\s{{0,8}}(?P<last>{_IOT}))?(?![0-9A-Za-z])"
)
_MOST_NUMBERS: Final = 10_000
"""Numbers of a range that are told one by one; of a longer one only both ends are."""


def numbers_in_text(text: str) -> Iterator[int]:
    """Yield the subscriber numbers in a text that only cards have, those within a range too, packed."""
    for found in _NUMBERS.finditer(text):
        yield from numbers_between(found["first"], found["last"])


def numbers_between(first: str | None, last: str | None) -> Iterator[int]:
    """Yield the numbers between two that only cards have; what is no such number is left out."""
    ends = [int(number) for text in (first, last) if text and is_iot_number(text) and (number := parse_msisdn(text))]
    within = range(min(ends, default=0), max(ends, default=0) + 1)
    for each in within if 1 < len(within) <= _MOST_NUMBERS else dict.fromkeys(ends):
        yield pack_number(str(each))


def cards_in_cell(text: str) -> Iterator[KeyRange]:
    """Yield the cards that a cell names, by itself or among words."""
    card = parse_iccid(text)
    yield from [lot_of(card)] if card is not None and card.complete else cards_in_text(text)


def _card(text: str | None) -> Iccid | None:
    return None if text is None else parse_iccid(text)


def unread_of_rows(
    frames: Iterable[pl.DataFrame], rows: pl.DataFrame, *, kind: str | None, reason: str, field: str | None
) -> Iterator[pl.DataFrame]:
    """Yield the unread events that rows would state beside the statements that were read of them.

    ``frames``: packed statements; they name the cards of the rows.
    ``rows``: the rows that state the event, with its ``day`` and ``span`` where these can be read, and its ``text``.
    """
    for frame in frames:
        named = frame.select(
            ROW,
            *(
                (pl.col(name) if name in frame.columns else pl.lit(None)).cast(UNREAD_SCHEMA[name]).alias(name)
                for name in ("head", "size", "first", "last")
            ),
            pl.coalesce(
                *(pl.col(name) for name in ("msisdn", "imsi") if name in frame.columns), pl.lit(None, pl.Int64)
            ).alias("number"),
        )
        is_card = pl.col("first").is_not_null()
        named = named.filter(is_card | pl.col("number").is_not_null()).with_columns(
            number=pl.when(~is_card).then(pl.col("number"))
        )
        said = {"kind": kind, "reason": reason, "field": field, **({} if "text" in rows.columns else {"text": None})}
        yield (
            rows.join(named, on=ROW, how="inner")
            .with_columns(pl.lit(text).alias(name) for name, text in said.items())
            .select(pl.col(name).cast(wanted) for name, wanted in UNREAD_SCHEMA.items())
        )


def cards_in(
    cells: pl.DataFrame, column: str, *, kind: str | None, reason: str, text: str | None = None
) -> Iterator[pl.DataFrame]:
    """Yield the unread events of the rows of a sheet that was not understood, by the cards in one of its columns.

    Numbers of issuers abroad, whose key may end before a check digit, are read one by one.
    """
    for parse in (parse_decimal_iccids, parse_hex_iccids):
        cards = parse(cells[column])
        named = cells.select(
            ROW,
            pl.lit(kind, pl.String).alias("kind"),
            pl.lit(reason).alias("reason"),
            *(pl.lit(None, UNREAD_SCHEMA[name]).alias(name) for name in ("field", "day", "span", "number")),
            pl.lit(text, pl.String).alias("text"),
            *(pl.lit(value).alias(name) for name, value in (("head", cards.head), ("size", cards.size))),
            first=cards.first,
            last=cards.first,
        )
        is_card = pl.col("first").is_not_null()
        yield named.filter(is_card).select(pl.col(name).cast(wanted) for name, wanted in UNREAD_SCHEMA.items())
        cells = cells.filter(cards.first.is_null())
    rows: list[tuple[Any, ...]] = []
    for row, cell in cells.select(ROW, column).iter_rows():
        rows += UnreadEvent(row, kind, reason, None, None, text).of(lots_between(_card(cell), None), ())
    yield pl.DataFrame(rows, schema=UNREAD_SCHEMA, orient="row")


def joined(frames: Sequence[pl.DataFrame], rows: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    """Return unread events of both kinds of reading, each once, by row and card."""
    each = pl.DataFrame(rows, schema=UNREAD_SCHEMA, orient="row")
    return (
        pl.concat([each, *frames])
        .unique()
        .sort("row", "head", "first", "last", "number", "kind", "reason", "field", "text", nulls_last=True)
    )
