"""One thing written in the many ways that mean the same, and in ways that mean nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Final, NamedTuple

import numpy as np

from graphtrace.ingest.headers import HEADINGS
from graphtrace.ingest.heading_grammar import normalize_heading
from graphtrace.model import CHINA

Cell = str | int | float | date | datetime | None
"""A date is a date cell where the form has such, a float a number that has lost digits."""

_FULL_WIDTH: Final = {code: code + 0xFEE0 for code in (*range(ord("0"), ord("9") + 1), *range(ord("A"), ord("Z") + 1))}
_NOTHING: Final = (None, "-", "无", "/", "NULL")
_PLAIN: Final = 0.6
"""Share of the cells that are written without any disguise."""

Way = Callable[[str], Cell]


def vary_format(shown: str, value: str | int | None, form: str, random: np.random.Generator) -> Cell:
    """Return a cell that means ``value``; ``shown`` is what the column shows (a value of ``tables.TABLES``)."""
    ways = _WAYS.get(shown, ())
    if value is None:
        return None if form == "jsonl" else _NOTHING[random.integers(len(_NOTHING))]
    text = str(value)
    if not ways or random.random() < _PLAIN:
        return value
    cell = ways[random.integers(len(ways))](text)
    if isinstance(cell, date) and form != "xlsx":
        return text
    return cell


def _full_width(text: str) -> str:
    return text.translate(_FULL_WIDTH)


def _grouped(text: str) -> str:
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def _dump(text: str) -> str:
    """Return a number as the chip holds it: the two characters of every byte exchanged."""
    return "".join(text[place ^ 1] for place in range(20)) if len(text) == 20 else text


def _slashed(text: str) -> str:
    return "/".join(str(int(part)) for part in text.split("-"))


def _dotted(text: str) -> str:
    return text.replace("-", ".") if text.count("-") == 2 else text


def _in_words(text: str) -> str:
    year, month, *day = (int(part) for part in text.split("-"))
    return f"{year}年{month}月" + (f"{day[0]}日" if day else "")


def _day_cell(text: str) -> Cell:
    return date.fromisoformat(text) if len(text) == 10 else text


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


_WAYS: Final[Mapping[str, tuple[Way, ...]]] = {
    **dict.fromkeys(
        ("card", "first", "last"),
        (_full_width, str.lower, _grouped, _dump, lambda text: "'" + text, lambda text: f'="{text}"'),
    ),
    "day": (_slashed, _dotted, _in_words, lambda text: text.replace("-", ""), _day_cell, _full_width),
    "moment": (
        lambda text: text.replace("-", "/"),
        lambda text: text.translate(dict.fromkeys(map(ord, "-: "))),
        lambda text: _moment(text).isoformat(),
        lambda text: _moment(text).astimezone(UTC).isoformat().replace("+00:00", "Z"),
        lambda text: int(_moment(text).timestamp()),
        lambda text: int(_moment(text).timestamp() * 1000),
    ),
    **dict.fromkeys(
        ("sender", "receiver"),
        (lambda text: f"{text[:2]} {text[2:]}", lambda text: text + "\u3000", lambda text: "\u200b" + text),
    ),
    **dict.fromkeys(("sender_id", "receiver_id"), (_full_width, str.lower, _grouped)),
    **dict.fromkeys(
        ("count", "quantity", "stock", "sold"),
        (_full_width, lambda text: f"{int(text):,}", lambda text: text + "张"),
    ),
    "line": (lambda text: "86" + text, lambda text: "+86 " + text, _full_width, int),
    "device": (_full_width,),
    "imei": (lambda text: text[:14], lambda text: text[:14] + "01", _full_width),
}


class CorruptedCell(NamedTuple):
    """A cell that makes its row one to be rejected: its heading, what stands in it, the field and the reason."""

    heading: str
    cell: Cell
    field: str
    reason: str


def corrupt(
    table: str, columns: Mapping[str, str], row: Mapping[str, str | int | None], form: str
) -> list[CorruptedCell]:
    """Return the ways in which one cell of a row can be spoilt so that the row has to be rejected."""
    return [
        CorruptedCell(heading, cell, field or HEADINGS[normalize_heading(heading)], reason)
        for heading, shown in columns.items()
        if (value := row[heading]) is not None
        for cell, field, reason in _spoils(table, shown, str(value), form)
    ]


def _spoils(table: str, shown: str, text: str, form: str) -> Iterator[tuple[Cell, str | None, str]]:
    is_move = table not in ("activations", "platform", "by_line", "seizures", "stock", "stock_cards")
    if shown in ("card", "first"):
        yield text[:-4], None, "bad_identifier"
        if text.isdecimal():
            lost: Cell = f"{text[0]}.{text[1:6]}E+{len(text) - 1}"
            if form == "xlsx":
                lost = float(text)
            elif form == "jsonl":
                lost = int(text)
            yield lost, None, "damaged_number"
    elif shown == "last":
        # the eighth sign is a digit of every number and stands before what runs
        yield text[:7] + str((int(text[7]) + 1) % 10) + text[8:], None, "range_heads_differ"
    elif shown in ("day", "moment") and table != "seizures":
        yield "2022-13-45", None, "bad_date"
        yield "03/04/2022", None, "ambiguous_date"
        # a card or its number beside a name is still a list, with or without a day
        if table not in ("activations", "by_line"):
            yield None, None, "missing_field"
    elif shown == "count":
        yield int(text) + 1, None, "range_count_mismatch"
    elif shown == "quantity":
        yield "若干", None, "bad_quantity"
    elif shown == "sender" and is_move:
        yield None, None, "missing_field"
