"""Model of a recipe for a file format: its signature, and the events that its rows state.

A recipe states nothing by itself: it names the meaning of columns, and values decide. A column whose values are not
what the recipe takes it for makes the recipe unfit for that sheet (:mod:`graphtrace.ingest.recipes.recipe_selection`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from graphtrace.frozen import frozen
from graphtrace.ingest.headers import FIELDS as KNOWN_FIELDS

_FURTHER_FIELDS: Final = (
    *("card", "time", "state", "account", "telephone", "name", "id"),
    *("sender", "receiver", "payer", "payer_account", "payee", "payee_account", "amount", "direction", "order_no"),
)

FIELDS: Final = (*KNOWN_FIELDS, *(field for field in _FURTHER_FIELDS if field not in KNOWN_FIELDS))
"""Every field that a recipe can speak of."""

FAMILIES: Final = (
    "enterprise",
    "reseller",
    "carrier",
    "connectivity",
    "shop",
    "courier",
    "payment",
    "chat",
    "calls",
    "devices",
    "seizure",
)
"""Families of formats, in the order of the list of recipes."""

CERTAINTIES: Final = ("high", "medium", "low")
"""high: the program that writes the format, or a real file; medium: a program that reads it; low: a description."""

CONTACT_SIDES: Final = ("from", "to", "user", "party", "enterprise", "holder")

CLEANERS: Final = (
    "quotes",  # quotes, apostrophes and backticks around the text
    "no_prefix",  # No:YT123 → YT123
    "before_dash",  # SF123-顺丰 → SF123
    "hidden",  # ##ciphertext and 138****0000 are unknown
    "brackets",  # [阿墨] → 阿墨
    "currency",  # ¥1,280.00 → 1280.00
    "cents",  # 10500 → 105.00
    "cards",  # the card numbers in a text, and nothing else
    "goods",  # the cards that a description of goods names
    "numbers",  # the same, or the subscriber numbers of cards in a text that names none
    "waybill",  # the waybill numbers in a text, and nothing else
    "zone",  # 2018-03-27 19:19:41.573+0000 in the form that dates are read in
    "utc",  # a time without a zone that is Coordinated Universal Time
)
"""Steps that may be done to a cell before it is read; each leaves a text that it does not know as it is."""

FINDERS: Final = frozenset({"cards", "goods", "numbers"})
"""Those of them that look for numbers in texts."""

Localized = Mapping[str, str]
"""A text by language, ``en`` and ``zh``."""


@frozen()
class ColumnRule:
    """Meaning of one column.

    ``field`` is the field that it serves, or ``None``; ``contact`` is (side, kind); ``values`` turns codes into words
    after the cleaners; a text that is not among them stays as it is. Where the cell is empty or masked, ``otherwise``
    names the heading of the column whose cell takes its place in the field; an event that names the heading reads it
    alone.
    """

    heading: str
    field: str | None = None
    contact: tuple[str, str] | None = None
    is_secret: bool = False
    cleaners: tuple[str, ...] = ()
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)
    otherwise: str | None = None


@frozen()
class EventRule:
    """An event that each row states, as far as it fills what the event needs.

    ``columns`` name the heading (in comparable writing) of fields that differ from those of the recipe; an empty
    heading takes the field away. ``literals`` give one text for all rows. ``filled`` are headings without which the
    row does not state the event; ``only`` gives for a heading the values for which it does.
    """

    kind: str
    columns: Mapping[str, str] = dataclasses.field(default_factory=dict)
    literals: Mapping[str, str] = dataclasses.field(default_factory=dict)
    filled: tuple[str, ...] = ()
    only: Mapping[str, frozenset[str]] = dataclasses.field(default_factory=dict)


@frozen()
class Condition:
    """Rows that are no records, by the cell under ``heading``.

    Those whose cell is one of ``are``, or none of ``unless``; with ``is_of_goods``, those whose cell names goods that
    are no cards, or no goods, and that name no card in any cell.
    """

    heading: str
    are: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()
    is_of_goods: bool = False


@frozen()
class Question:
    """Question about a field that the file does not state, asked once, in both languages.

    ``preamble`` is a pattern whose first group in a line above the header answers the question by itself. The answer
    is that for the fields ``also`` too: the shop that sold is who sends the parcel and whom the buyer pays.
    """

    field: str
    text: Localized
    is_required: bool = True
    preamble: str | None = None
    also: tuple[str, ...] = ()


@frozen()
class Signature:
    """By what a format is recognised.

    ``headings`` must all stand in the header, ``without`` must not; each of ``preamble`` must stand in some row above
    it. ``shape`` gives the fields of the columns of a format that has no header, from the left; empty texts stand for
    columns about which nothing is said.
    """

    headings: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    preamble: tuple[str, ...] = ()
    shape: tuple[str, ...] = ()

    @property
    def weight(self) -> int:
        """Specificity of the signature: the number of marks that must be there."""
        return len(self.headings) + len(self.preamble) + sum(map(bool, self.shape))


@frozen()
class Recipe:
    """A named file format.

    ``path`` is the file of a recipe of one's own, ``None`` for those of the product; ``text`` is the recipe as written.
    """

    id: str
    name: Localized
    about: Localized
    family: str
    sources: tuple[str, ...]
    certainty: str
    signature: Signature
    columns: Mapping[str, ColumnRule]
    conditions: tuple[Condition, ...] = ()
    events: tuple[EventRule, ...] = ()
    questions: tuple[Question, ...] = ()
    is_context_only: bool = False
    path: Path | None = None
    text: str = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of the events that rows may state, in the order of the recipe."""
        return tuple(dict.fromkeys(event.kind for event in self.events))

    def rules_for(self, event: EventRule) -> dict[str, ColumnRule]:
        """Return the column of each field in one event."""
        rules = {rule.field: rule for rule in self.columns.values() if rule.field is not None}
        for name, heading in event.columns.items():
            if heading:
                rules[name] = self.columns[heading]
            else:
                rules.pop(name, None)
        return rules
