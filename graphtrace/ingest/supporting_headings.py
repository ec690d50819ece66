"""Headings of files that support custody and state none of it: shipments, payments, identities.

A heading is understood whole or not at all. The side that it names decides whose contact a column holds; a contact of
no named side belongs to the person of an identity list and to nobody elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Final, NamedTuple

from graphtrace.ingest.heading_grammar import LONGEST_HEADING, field_of_heading
from graphtrace.ingest.words import rules_of, text_of
from graphtrace.patterns import late


class HeadingMeaning(NamedTuple):
    """Meaning of a column: a field, or with ``contact`` a contact of this kind of a side (``""`` for no named one)."""

    field: str
    contact: str | None = None


_SIDES: Final = rules_of("supporting_headings.side")
_CONTACTS: Final = rules_of("supporting_headings.contact")
_NAME: Final = text_of("supporting_headings", "name")
_ID: Final = text_of("supporting_headings", "id")
_ENGLISH_OUT: Final = text_of("supporting_headings", "english_out")
_ENGLISH_IN: Final = text_of("supporting_headings", "english_in")
_FIELDS: Final = rules_of("supporting_headings.field")

_ACCOUNT_TOO: Final = late("(?:交易)?(?:对方|对手)(?:账号[与和/]户名|户名[与和/]账号|信息)")
_SUPPORTS: Final = late("寄|发件|收件|收货|付款|收款|汇款|payer|payee|shipper|consignor|consignee|recipient")
"""Found in the heading of a side of a shipment or payment."""


def _any_of(rules: tuple[tuple[str, str], ...]) -> str:
    return "(?:" + "|".join(f"(?P<{name}>{pattern})" for name, pattern in rules) + ")"


@cache
def _sided() -> re.Pattern[str]:
    """Return a side and the kind of its contact; the patterns are made when first asked, for most files need none."""
    return re.compile(f"{_any_of(_SIDES)}(?:的|_)?{_any_of(_CONTACTS)}")


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the patterns for the name and for the number of a side, each with the ending of the field."""
    return tuple(
        (re.compile(_any_of(_SIDES) + ending), field) for ending, field in ((_NAME, ""), (f"(?:{_ID})", "_id"))
    )


@cache
def _plain() -> re.Pattern[str]:
    return re.compile(_any_of(_FIELDS))


@cache
def _of_bank() -> re.Pattern[str]:
    return re.compile(f"{_ENGLISH_OUT}|{_ENGLISH_IN}|value_?(?:date|dt)|utr(?:_?(?:no|number))?")


@cache
def _bare() -> re.Pattern[str]:
    return re.compile(_any_of(_CONTACTS))


def names_account_too(heading: str) -> bool:
    """Whether the cells under a heading hold the account and the name of the other side, as banks write them."""
    return _ACCOUNT_TOO.fullmatch(heading) is not None


def is_of_bank(heading: str) -> bool:
    """Whether only statements of money have such a heading; debit and credit are words of every account."""
    return _of_bank().fullmatch(heading.replace("-", "_").strip(".")) is not None


def names_support(headings: Iterable[str]) -> bool:
    """Whether one of the headings can be that of a side of a shipment or payment."""
    return any(_SUPPORTS.search(heading) for heading in headings)


@lru_cache(maxsize=1 << 12)
def support_meaning(heading: str) -> HeadingMeaning | None:
    """Return the meaning of a heading in a list of shipments, payments or identities; ``None`` if it is not known.

    ``heading``: as :func:`~graphtrace.ingest.heading_grammar.normalize_heading` writes it.
    """
    if not heading or len(heading) > LONGEST_HEADING:
        return None
    bare = heading.replace("-", "_").strip("*:：.")
    if (found := _plain().fullmatch(bare)) is not None:
        return HeadingMeaning(str(found.lastgroup))
    if (contact := contact_of_heading(bare)) is not None:
        return contact
    for pattern, ending in _patterns():
        if (found := pattern.fullmatch(bare)) is not None:
            return HeadingMeaning(f"{found.lastgroup}{ending}")
    return HeadingMeaning("waybill") if field_of_heading(heading) == "waybill" else None


def is_amount(heading: str) -> bool:
    """Whether a heading is that of an amount of money that was paid."""
    meaning = support_meaning(heading)
    return meaning is not None and meaning.field.startswith("amount")


def is_bare_telephone(heading: str) -> bool:
    """Whether a heading is that of a telephone of whomever the row is about."""
    return contact_of_heading(heading) == HeadingMeaning("", "telephone")


@lru_cache(maxsize=1 << 12)
def contact_of_heading(heading: str) -> HeadingMeaning | None:
    """Return the side of a contact column, and the kind of contact; ``field`` is empty if the heading names no side."""
    if (found := _sided().fullmatch(heading)) is not None:
        side, kind = (name for name, text in found.groupdict().items() if text is not None)
        return HeadingMeaning(side, kind)
    found = _bare().fullmatch(heading)
    return None if found is None else HeadingMeaning("", found.lastgroup)
