"""Grammar of headings that stand in no table: the ways in which people combine words for the same fields.

A heading is understood whole or not at all. What a column is for no field is said too: a contact of a party or a
secret is known, and never taken for a number of the card. Dates are told by
:func:`~graphtrace.ingest.row_events.events_of_date`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final
from unicodedata import normalize

from graphtrace.identifiers.normalize import to_simplified
from graphtrace.ingest.acts import BLANKS, OF_ADDRESS, REMARK_BEHIND
from graphtrace.ingest.english_headings import field_of_english
from graphtrace.ingest.words import pattern_of, rules_of
from graphtrace.patterns import late
from graphtrace.results.reports import Reject, RowWarning

LONGEST_HEADING: Final = 40
"""Characters; a longer text is no heading."""

CONTACT: Final = "contact"
SECRET: Final = "secret"  # noqa: S105 - the name of a meaning

_OWN: Final = late("(?:己方|本机|本方|我方)(?=.)")


_RULES: Final = rules_of("heading_grammar.field")
_END_OF_NAME: Final = pattern_of("heading_grammar", "end_of_name")
_END_OF_RANGE: Final = late(r"[(【\[](起始?|始|首|开始|止|终止?|末|尾|截止|结束|start|begin|first|end|last)[)】\]]$")
"""A final remark in brackets that says which end of a range the column holds."""
_WAY_OF_CARD: Final = late(r"^(卡号|iccid号?|卡片?号码?)[(【\[](退回|退货|退卡|发出|发货|出库)[)】\]]$")
"""A number of cards whose remark in brackets says that these went out, or came back."""
_HARMLESS: Final = pattern_of("bracket", "drop")
"""Remarks that change nothing of what a heading means."""

_MEASURES: Final = pattern_of("bracket", "money")
"""Remarks that change nothing but in the heading of a number of cards."""

PARTIES_OF_CONTRACT: Final = frozenset({"甲方", "乙方", "丙方"})
"""Parties of a contract, whose side the remark behind says: 甲方(供方)."""
_SIDES: Final = frozenset({"from", "to", "enterprise", "carrier"})
_CUSTOMERS: Final = frozenset({"客户", "客户方"})

_COUNTS: Final = late("(?:数量?|量|qty|quantity|count|cards|sims|库存|sum)$")


def counts_something(heading: str) -> bool:
    """Whether a comparable heading is that of a number of goods, be they cards or not (实发数量)."""
    return _COUNTS.search(heading) is not None


_MARKS: Final = late(r"^[*★☆#\s]+|[*:：。、\s]+$")
_TWO_LANGUAGES: Final = late("([a-z][a-z0-9_()]+)([\u4e00-\u9fff()]{2,})")
_ABBREVIATED: Final = late("(?:(?<=no)|(?<=sr)|(?<=nr)|(?<=nos)|(?<=ser)|(?<=num)|(?<=qty)|(?<=inv)|(?<=ref))[.]")
"""Points behind abbreviations, without which the heading is the same (SIM Sr. No.)."""
_SPLIT: Final = late(r"[/／|]")
_NUMBERS: Final = frozenset({CONTACT, "iccid", "imsi", "imei", "msisdn", "eid", "record_no"})
_OF_THINGS: Final = frozenset({"iccid", "imei", "eid", "msisdn"})
_WITH_NUMBER: Final = late(r"(.+)\((iccid|imsi|imei|msisdn|eid)\)")


@lru_cache(maxsize=1 << 14)
def normalize_heading(text: str) -> str:
    """Return a text in the form in which headings are compared: NFKC, no blanks, no case, no harmless final remark.

    Nor does a stray quote at either end make it another heading. A remark in brackets is part of the heading, as one
    that says an end of a range, a unit that scales (万张), or that nothing happened (计划); only what is known to
    change nothing (必填, YYYY-MM-DD, 元 of an amount, 后5位 of the last number of a range) is left out.
    """
    bare = _WAY_OF_CARD.sub(r"\2\1", _END_OF_RANGE.sub(r"\1", _folded(text)))
    while (remark := REMARK_BEHIND.search(bare)) is not None and remark.start():
        rest, said = bare[: remark.start()], remark[0][1:-1]
        if rest in PARTIES_OF_CONTRACT and (said in _CUSTOMERS or field_of_heading(said) in _SIDES):
            return said
        if _FINAL_DIGITS.fullmatch(said) and (_END.fullmatch(rest) or field_of_heading(rest) == "iccid_last"):
            return rest
        is_harmless = _HARMLESS.fullmatch(said) or all(map(_HARMLESS.fullmatch, _SEVERAL.split(said)))
        if not is_harmless and (_COUNTS.search(rest) or not _MEASURES.fullmatch(said)):
            break
        bare = rest
    return bare


_SEVERAL: Final = late("[,;、]")
"""Between remarks in one pair of brackets: 19位，不含末位校验码."""
_FINAL_DIGITS: Final = pattern_of("heading_grammar", "final_digits")
_END: Final = pattern_of("heading_grammar", "last")
"""The end of a range, and that of its number only so many digits are written: an abbreviated last number anyway."""


@lru_cache(maxsize=1 << 14)
def without_remark(text: str) -> str:
    """Return the same without any final remark in brackets."""
    bare = _WAY_OF_CARD.sub(r"\2\1", _folded(text))
    return REMARK_BEHIND.sub("", _END_OF_RANGE.sub(r"\1", bare)) or bare


_OF_A_THING: Final = pattern_of("heading_grammar", "of_a_thing")
"""Names of objects whose members say something of a card or party, and not of the row."""


def own_heading(text: str) -> str:
    """Return the same, of a member of an object its own name (audit.status): it is about the row, too.

    >>> [own_heading(text) for text in ("audit.status", "flags.deleted", "order.state", "sim.status", "备注(选填)")]
    ['status', 'deleted', 'status', 'sim.status', '备注']
    """
    bare = without_remark(text)
    *objects, own = bare.split(".")
    if not objects or not own or not all(objects) or any(map(_OF_A_THING.fullmatch, objects)):
        return bare
    return "status" if own == "state" else own


def _folded(text: str) -> str:
    folded = OF_ADDRESS.sub(r"\2\1", to_simplified(BLANKS.sub("", normalize("NFKC", text)).casefold()))
    return folded.strip("\"'") or folded


def party_word(heading: str) -> str:
    """Return the word for the party whose name or identifier a heading is: 机主 of 机主姓名 and 机主证件号码."""
    return _END_OF_NAME.sub("", _MARKS.sub("", heading))


_OF_SHOP: Final = late("(?:(?:line)?item|order|product|meta|custom|field|attributes?|[._])+[:：](?P<named>.+)")
"""A column of its own that a shop gave its orders, with its name."""


@lru_cache(maxsize=1 << 12)
def field_of_heading(heading: str) -> str | None:
    """Return the field that a heading means; ``contact`` or ``secret`` if it is no field; ``None`` if unknown.

    ``heading``: as :func:`normalize_heading` writes it.
    """
    bare = _MARKS.sub("", heading).replace("-", "_") if heading.isascii() else _MARKS.sub("", heading)
    if bare.isascii():
        bare = _ABBREVIATED.sub("", bare)
    if not bare or len(bare) > LONGEST_HEADING:
        return None
    if _OWN.match(bare):
        # a list of calls names what is its subject's own beside that of the other party
        return field_of_heading(_OWN.sub("", bare)) or ("msisdn" if bare.endswith("号码") else None)
    for field, pattern in _RULES:
        # compiled when it is first asked for: a tenth of a second that files with the usual headings do not need
        if re.fullmatch(pattern, bare):
            return field
    parts = [part for part in _SPLIT.split(bare) if part]
    if len(parts) == 1 and (both := _TWO_LANGUAGES.fullmatch(bare)) is not None:
        parts = [both[1], both[2]]
    if len(parts) == 2:
        fields = {field_of_heading(part) for part in parts}
        if len(fields) == 1 and (field_of_both := fields.pop()) is not None:
            return field_of_both
    if len(parts) > 1 and _are_of_things(parts):
        # of articles of several kinds each has its own number
        return "iccid"
    if (named := field_of_english(bare)) is not None:
        return named
    if (found := _OF_SHOP.fullmatch(heading)) is not None:
        return field_of_heading(found["named"])
    return _numbered(*found.groups()) if (found := _WITH_NUMBER.fullmatch(bare)) is not None else None


def _are_of_things(parts: Sequence[str]) -> bool:
    fields = [field_of_heading(part) for part in parts]
    return "iccid" in fields and all(
        field in _OF_THINGS or part.startswith("serial") for field, part in zip(fields, parts, strict=True)
    )


def _numbered(heading: str, number: str) -> str:
    """Return the field of a heading with the name of a number in brackets behind it: 卡片(ICCID), 起始卡号(ICCID)."""
    own = field_of_heading(heading)
    if own is not None and own not in _NUMBERS:
        return own
    return field_of_heading(heading + number) or number


_VALUE: Final = late(r"(?i)\bLPA:\d*\$\S*|(?<![0-9A-F])(?=[0-9]*[A-F])[0-9A-F]{32}(?![0-9A-F])")
"""An activation code, or a key of 128 bits; the number of a chip is decimal."""

_HIDDEN: Final = "…"


def is_secret_heading(heading: str) -> bool:
    """Whether a column of this heading holds secrets."""
    return field_of_heading(normalize_heading(heading)) == SECRET


def reject_without_secrets(reject: Reject, secret: Collection[str]) -> Reject:
    """Return the reject without what stands under the headings of secrets and what is one by its form."""
    hidden = {cell for heading, cell in reject.raw if cell and heading in secret}
    raw = tuple(
        # a row that could not be taken apart has no columns by which to tell
        (heading, _HIDDEN if cell and (heading in secret or (secret and not heading)) else _masked(cell))
        for heading, cell in reject.raw
    )
    is_whole = bool(secret) and any(not heading for heading, _ in reject.raw)
    value = _HIDDEN if reject.value and (is_whole or reject.value in hidden) else _masked(reject.value)
    return reject if (raw, value) == (reject.raw, reject.value) else replace(reject, raw=raw, value=value)


def warning_without_secrets(warning: RowWarning, secret: Collection[str]) -> RowWarning:
    """Return the warning without the value of a column of secrets."""
    value = _HIDDEN if warning.heading in secret else _masked(warning.value) or ""
    return warning if value == warning.value else replace(warning, value=value)


def _masked(text: str | None) -> str | None:
    return None if text is None else _VALUE.sub(_HIDDEN, text)
