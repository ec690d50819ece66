"""Cleaners: what a recipe does to the cells of a column before they are read, column by column.

A cleaner takes off what the program that wrote the file put around a value. It never makes a value up: a text that a
cleaner does not know stays as it is, and what it calls unknown becomes an empty cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import polars as pl

from graphtrace.identifiers.normalize import MASK
from graphtrace.ingest.card_cells import subscriber_numbers_among_words
from graphtrace.ingest.goods_cells import CARDS, cards_of_cell, cards_of_goods
from graphtrace.ingest.readers.cells import clean_cell
from graphtrace.ingest.sheet import INEXACT_MARK
from graphtrace.ingest.words import pattern_of
from graphtrace.patterns import late

_QUOTES: Final = "'\"`\u2018\u2019\u201c\u201d"
_WAYBILL: Final = pattern_of("cleaners", "waybill")
_ZONE: Final = late(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)? ?([+-][0-9]{2}):?([0-9]{2})"
)
_NAIVE: Final = late(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]+)?")


def clean_column(texts: pl.Series, cleaners: Sequence[str], values: Mapping[str, str]) -> pl.Series:
    """Return the cells of a column after its cleaners, in their order, and after codes have become words.

    Cost: linear in the rows for cleaners on characters; those that look for numbers ask for each distinct text once.
    """
    for name in cleaners:
        texts = _CLEANERS[name](texts)
    if values:
        texts = texts.replace(list(values), list(values.values()))
    if not cleaners and not values:
        return texts
    return _each_distinct(texts, clean_cell)


def clean_text(text: str, cleaners: Sequence[str], values: Mapping[str, str]) -> str | None:
    """Return one cell after its cleaners."""
    cleaned: str | None = clean_column(pl.Series([text], dtype=pl.String), cleaners, values)[0]
    return cleaned


def _each_distinct(texts: pl.Series, clean: Callable[[str], str | None]) -> pl.Series:
    distinct = texts.drop_nulls().unique()
    cleaned = [clean(text) for text in distinct]
    changed = [(before, after) for before, after in zip(distinct, cleaned, strict=True) if before != after]
    if not changed:
        return texts
    before, after = zip(*changed, strict=True)
    return texts.replace(pl.Series(before, dtype=pl.String), pl.Series(after, dtype=pl.String))


def _strip_quotes(texts: pl.Series) -> pl.Series:
    formula = texts.str.extract(r'^="(.*)"$').fill_null(texts)
    return formula.str.strip_chars(_QUOTES + "\t ")


def _strip_no_prefix(texts: pl.Series) -> pl.Series:
    return texts.str.replace(r"^(?i)no[:：.]\s*", "")


def _take_before_dash(texts: pl.Series) -> pl.Series:
    return texts.str.replace(r"\s*[-—–_/(（].*$", "")


def _drop_hidden(texts: pl.Series) -> pl.Series:
    """Replace ciphertexts and masked texts by null: two equal maskings are no identity."""
    is_hidden = texts.str.contains(MASK)
    return texts.set(is_hidden.fill_null(value=False), None)


def _strip_brackets(texts: pl.Series) -> pl.Series:
    return texts.str.replace(r"^[\[【(（<](.*)[\]】)）>]$", "$1")


def _strip_currency(texts: pl.Series) -> pl.Series:
    return texts.str.replace_all(r"^[¥￥$]\s*|\s*元$|,", "")


def _divide_cents(texts: pl.Series) -> pl.Series:
    def divide(text: str) -> str:
        bare = text.removeprefix(INEXACT_MARK)
        if not re.fullmatch("-?[0-9]{1,18}", bare):
            return text
        sign, digits = ("-", bare[1:]) if bare.startswith("-") else ("", bare)
        return f"{sign}{digits[:-2] or '0'}.{digits[-2:]:0>2}"

    return _each_distinct(texts, divide)


def _find_cards(texts: pl.Series) -> pl.Series:
    """Replace texts by the cards in them; one that says something else of its cards stays, so that its row is told.

    An apostrophe before it marks a cell as text.
    """
    return _each_distinct(texts.str.strip_prefix("'"), cards_of_cell)


def _find_cards_of_goods(texts: pl.Series) -> pl.Series:
    """Replace descriptions of goods by the cards in them; one that says more of its cards stays."""
    return _each_distinct(texts, lambda text: cards_of_goods(text) or (text if CARDS.search(text) else None))


def _find_numbers(texts: pl.Series) -> pl.Series:
    """Replace texts by the cards in them, those that name none by subscriber numbers that only cards have."""
    cards = _find_cards(texts)
    return cards.fill_null(_each_distinct(texts.set(cards.is_not_null(), None), subscriber_numbers_among_words))


def _find_waybills(texts: pl.Series) -> pl.Series:
    return _each_distinct(texts, lambda text: "、".join(dict.fromkeys(_WAYBILL.findall(text.upper()))) or None)


def _write_zone(texts: pl.Series) -> pl.Series:
    def write(text: str) -> str:
        found = _ZONE.fullmatch(text)
        return text if found is None else f"{found[1]}T{found[2]}{found[3]}:{found[4]}"

    return _each_distinct(texts, write)


def _mark_utc(texts: pl.Series) -> pl.Series:
    return _each_distinct(texts, lambda text: f"{text.replace(' ', 'T')}Z" if _NAIVE.fullmatch(text) else text)


_CLEANERS: Final[Mapping[str, Callable[[pl.Series], pl.Series]]] = {
    "quotes": _strip_quotes,
    "no_prefix": _strip_no_prefix,
    "before_dash": _take_before_dash,
    "hidden": _drop_hidden,
    "brackets": _strip_brackets,
    "currency": _strip_currency,
    "cents": _divide_cents,
    "cards": _find_cards,
    "goods": _find_cards_of_goods,
    "numbers": _find_numbers,
    "waybill": _find_waybills,
    "zone": _write_zone,
    "utc": _mark_utc,
}
