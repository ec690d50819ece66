"""Normalised contacts of parties: telephones, accounts, addresses.

A masked contact (138****0000) and one that an export has encrypted say nothing: nothing is compared with them.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import normalize

from graphtrace.identifiers.iccid import SHORTEST_SIZE, parse_iccid
from graphtrace.identifiers.masked_texts import is_masked
from graphtrace.identifiers.normalize import strip_noise, strip_whitespace

ContactKind = str
CONTACT_KINDS: Final = ("telephone", "wechat", "qq", "taobao", "alipay", "bank", "address", "email", "account", "alias")
"""Kinds of contacts; ``account`` is an account of an unknown service, ``alias`` another name in a list of both."""

_SEPARATORS: Final = re.compile(r"[/、,，;；|\n]+")
_MIN_CHARACTERS: Final = {"address": 6, "bank": 8, "qq": 5, "alias": 2}
"""Minimum number of characters of a contact by its kind."""

_MIN_CHARACTERS_OF_OTHERS: Final = 3
"""Minimum number of characters of a contact of any other kind."""

_PHONE: Final = re.compile(r"(?:\+|00)?86(1[0-9]{10})")
_DIGITS: Final = re.compile(r"\+?[0-9]{7,15}")
_BRACKETS: Final = re.compile(r"[()\s.\-]")


def parse_contacts(kind: ContactKind, text: str) -> tuple[str, ...]:
    """Return the contacts in a cell, normalised; none if it is masked or encrypted.

    Several telephones, or other names, may stand in one cell. A number of mainland China has no country code.
    """
    parts = _SEPARATORS.split(text) if kind in ("telephone", "alias") else [text]
    found = (_parse_contact(kind, part) for part in parts)
    return tuple(dict.fromkeys(contact for contact in found if contact))


def _parse_contact(kind: ContactKind, text: str) -> str | None:
    if is_masked(text):
        return None
    if len(text) >= SHORTEST_SIZE and (card := parse_iccid(text)) is not None and card.complete:
        # the number of a SIM is no account
        return None
    bare = strip_whitespace(text).casefold().lstrip("'`") if kind != "bank" else strip_noise(text)
    number = _BRACKETS.sub("", normalize("NFKC", bare))
    if mainland := _PHONE.fullmatch(number):
        return mainland[1] if kind != "bank" else bare
    if kind == "telephone":
        return number if _DIGITS.fullmatch(number) else None
    return bare if len(bare) >= _MIN_CHARACTERS.get(kind, _MIN_CHARACTERS_OF_OTHERS) else None


def contact_key(kind: ContactKind, value: str) -> str:
    """Return the key by which a contact is looked up; telephones and accounts share one, as accounts can be phones."""
    return f"{kind}:{value}" if kind in ("address", "alias") else f"at:{value}"


def parse_amount(text: str, *, is_in_cents: bool = False) -> str | None:
    """Return an amount of money in yuan with two decimals and its sign, ``None`` if the text is none."""
    bare = re.sub(r"[\s,¥$元]|人民币|CNY|RMB", "", normalize("NFKC", text), flags=re.IGNORECASE).lstrip("'`")
    if not re.fullmatch(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,8})?", bare):
        return None
    from decimal import Decimal

    amount = Decimal(bare) / (100 if is_in_cents else 1)
    return f"{amount:.2f}" if amount == round(amount, 2) else f"{amount.normalize():f}"
