"""Pseudonyms: the same value has the same one in every answer of a case, in every format and language.

A pseudonym is a word for what the value is (人员, card) and 16 hexadecimal digits of its HMAC-SHA256 under the key of
the case. The digits depend on the value alone, whatever field it stands in: a number that is typed, stored with a party
or with a card has the same digits everywhere. Two writings that are the same card, number or party have them too.
"""

from __future__ import annotations

import copy
import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final

from graphtrace.errors import GraphtraceError
from graphtrace.identifiers import (
    imei14,
    is_visibly_firm,
    legal_form_of,
    normalize_party_id,
    normalize_party_name,
    parse_eid,
    parse_iccid,
    parse_imei,
    parse_msisdn,
)
from graphtrace.identifiers.normalize import normalize_number
from graphtrace.locale import Lang, Text, load_catalogue
from graphtrace.model import Party

KEY_BYTES: Final = 32
"""Length of the key of a case."""

DIGITS: Final = 16
"""Hexadecimal digits of a pseudonym."""

_REMEMBERED: Final = 1 << 18


class Pseudonyms:
    """Makes the pseudonyms of one case, with words in a language.

    Examples
    --------
    >>> names = Pseudonyms(bytes(32), "en")
    >>> names.card("8986061900000000001") == names.card("89860619000000000012")
    True
    >>> names.party_id("id:110101199003071234").startswith("id:person-")
    True
    """

    def __init__(self, key: bytes, lang: Lang) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("the key of pseudonyms has another length")
        self._key = key
        self._words = load_catalogue(lang)["pseudonyms"]
        self.left_out = self._words["left_out"]
        self.digits: Callable[[str], str] = lru_cache(_REMEMBERED)(self._digits)

    def _digits(self, value: str) -> str:
        """Return the digits of a value in its normal form."""
        return hmac.digest(self._key, value.encode(errors="surrogatepass"), hashlib.sha256).hex()[:DIGITS]

    def of(self, word: str, value: str) -> str:
        """Return the pseudonym of a value in its normal form; ``word`` is an id of the table ``pseudonyms``."""
        return f"{self._words[word]}-{self.digits(value)}"

    def card(self, text: str) -> str:
        """Return the pseudonym of a card by its number, whole, part of one, or another by which it was asked for."""
        return self.of("card", normal_number(text))

    def number(self, text: str) -> str:
        """Return the pseudonym of a number whose kind is not known."""
        return self.of("number", normal_number(text))

    def device(self, text: str) -> str:
        """Return the pseudonym of a device by its IMEI."""
        return self.of("device", imei14(number) if (number := parse_imei(text)) else normal_number(text))

    def name(self, text: str) -> str:
        """Return the pseudonym of a party of which nothing but a name is given."""
        key = normalize_party_name(text)
        return self.of("enterprise" if is_visibly_firm(key) else "party", key)

    def is_firm(self, party: Party) -> bool:
        """Whether the pseudonym of a party says that it is an enterprise."""
        return self.party(party.id).startswith(f"{self._words['enterprise']}-")

    def strong_id(self, text: str) -> str:
        """Return the pseudonym of a party by its credit code, registration number or resident id."""
        number = normalize_party_id(text)
        word = {"person": "person", "firm": "enterprise"}.get(legal_form_of(number) or "", "party")
        return self.of(word, number)

    def party(self, ident: str) -> str:
        """Return the pseudonym of a party by its id in the case; it has it in the place of its name."""
        if ident.startswith("id:"):
            return self.strong_id(ident.removeprefix("id:"))
        if ident.startswith("name:"):
            # the digits behind # tell apart mentions of a name that joins nobody
            return self.name(ident.removeprefix("name:"))
        return self.of("carrier" if ident.startswith("carrier:") else "party", ident)

    def party_id(self, ident: str) -> str:
        """Return the id of a party with its pseudonym behind ``id:``, ``name:`` or ``carrier:``."""
        prefix, colon, _ = ident.partition(":")
        return f"{prefix}:{self.party(ident)}" if colon and prefix in ("id", "name", "carrier") else self.party(ident)

    def sheet(self, name: str) -> str:
        """Return the pseudonym of a sheet by its name."""
        return self.of("sheet", name)

    def login(self, name: str) -> str:
        """Return the pseudonym of a person who works on the case."""
        return self.of("person", normalize_party_name(name))


@lru_cache(_REMEMBERED)
def normal_number(text: str) -> str:
    """Return the normal form of a number of any kind: the key of a card, else digits without country code and marks."""
    card = parse_iccid(text)
    if card is not None and card.complete:
        return card.key
    return parse_eid(text) or parse_msisdn(text) or normalize_number(text) or text


_OF_PROGRAM: Final = frozenset(
    ("choices", "command", "commands", "endings", "format", "formats", "level", "levels", "variable")
)
"""Parameters whose values are words of this program."""


def redact_error(error: GraphtraceError) -> GraphtraceError:
    """Return the same error with ``[…]`` in the place of every text that it quotes; numbers and days stay."""
    redacted = copy.copy(error)
    redacted.params = {}
    redacted.text = _without_values(error.text)
    redacted.hint_text = error.hint_text and _without_values(error.hint_text)
    return redacted


def _without_values(text: Text) -> Text:
    return Text(
        text.table,
        text.id,
        {name: value if name in _OF_PROGRAM else _without_value(value) for name, value in text.params.items()},
    )


def _is_name(key: Any) -> bool:
    """Whether a key is a name that this program gives; any other may be data."""
    return isinstance(key, str) and key.isascii() and key.isidentifier() and key.islower()


def _without_value(value: Any) -> Any:
    match value:
        case Text():
            return _without_values(value)
        case None | bool() | int() | float() | date():
            return value
        case list() | tuple() | set() | frozenset():
            return [_without_value(each) for each in value]
        case Mapping() if value and not {"id", "party", "parties"} & value.keys() and all(map(_is_name, value)):
            return {name: _without_value(each) for name, each in value.items()}
    return Text("pseudonyms", "left_out", {})
