"""Texts by id and parameters, the catalogues, and filling in of their templates.

``{name}`` stands for a parameter, ``{n:card|cards}`` for a count with its noun in the singular or plural, ``{line:#}``
for a number without separators, ``{names:*}`` for every member of a list, ``{ways:or}`` for
alternatives, ``{pair:both}`` for a pair. A part in
square brackets is left out where a parameter in it has no value; brackets without a parameter are plain text. What
stands for a parameter is data: braces and brackets in it mean nothing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, get_args

from graphtrace.frozen import frozen
from graphtrace.patterns import late

Lang = Literal["en", "zh"]
"""Languages of everything that is not data."""

LANGS: Final[tuple[Lang, ...]] = get_args(Lang)


@cache
def load_catalogue(lang: Lang) -> dict[str, dict[str, str]]:
    """Return the tables of a language: templates by table and id."""
    tables: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name(f"{lang}.json").read_bytes())
    return tables


LISTED = 5
"""Maximum number of list members that a sentence names before it counts the rest."""

_OPTIONAL = late(r"\[([^\[\]]*)\]")
_SLOT = late(r"\{(\w+)(?::([^\s{}][^{}]*))?\}")


class BilingualText(NamedTuple):
    """A text or template in English and in Chinese."""

    en: str
    zh: str


@frozen(kw_only=False)
class Text:
    """A text of the catalogues with its parameters; it can be a parameter of another text."""

    table: str
    id: str
    params: Mapping[str, Any]

    def replace_path(self, old: Path, new: Path) -> Text:
        """Return the text with a path replaced in its parameters, and in those of nested texts."""

        def other(value: Any) -> Any:
            match value:
                case Text():
                    return value.replace_path(old, new)
                case str() | Path():
                    return str(value).replace(str(old), str(new))
                case _:
                    return value

        return Text(self.table, self.id, {name: other(value) for name, value in self.params.items()})

    def render(self, lang: Lang) -> str:
        """Return the text in a language; an unknown id stands for itself."""
        return _of_catalogue(self.table, self.id, self.params, lang)

    def in_both(self) -> BilingualText:
        """Return the text in both languages."""
        return BilingualText(self.render("en"), self.render("zh"))


def _of_catalogue(table: str, text_id: str, params: Mapping[str, Any], lang: Lang) -> str:
    template = load_catalogue(lang)[table].get(text_id)
    return text_id if template is None else fill_template(template, params, lang)


def phrase(text_id: str, /, **params: Any) -> Text:
    """Return a part of a sentence, from the table ``phrases``."""
    return Text("phrases", text_id, params)


def placeholders(template: str) -> set[str]:
    """Return the names of the parameters in a template."""
    return {slot.name for part in _parse(template) for slot in part.pieces if isinstance(slot, _Slot)}


class _Slot(NamedTuple):
    """The place of a parameter, with the form that it asks for."""

    name: str
    form: str | None


class _Part(NamedTuple):
    """A run of a template; one in square brackets is left out where one of ``needed`` has no value."""

    pieces: tuple[str | _Slot, ...]
    needed: frozenset[str]


@cache
def _parse(template: str) -> tuple[_Part, ...]:
    parts = []
    for place, run in enumerate(_OPTIONAL.split(template)):
        is_optional = place % 2 == 1
        names = {name for name, _ in _SLOT.findall(run)} if is_optional else set[str]()
        text = f"[{run}]" if is_optional and not names else run
        pieces: list[str | _Slot] = []
        end = 0
        for match in _SLOT.finditer(text):
            pieces += [text[end : match.start()], _Slot(match[1], match[2])]
            end = match.end()
        pieces.append(text[end:])
        parts.append(_Part(tuple(piece for piece in pieces if piece), frozenset(names)))
    return tuple(parts)


def fill_template(template: str, params: Mapping[str, Any], lang: Lang) -> str:
    """Fill in a template of ``lang``.

    Parties are given as ``{"id", "name"}``, hops as ``{"n", "from", "to"}``, dated parties as ``{"party", "date"}``.
    """
    filled: list[str] = []
    for pieces, needed in _parse(template):
        if needed and any(params.get(name) in (None, "", [], ()) for name in needed):
            continue
        for piece in pieces:
            filled.append(piece if isinstance(piece, str) else _fill(piece, params, lang))
    return "".join(filled)


def _fill(slot: _Slot, params: Mapping[str, Any], lang: Lang) -> str:
    name, form = slot
    value = params.get(name)
    if isinstance(value, str):
        return value
    if form is None:
        return render_value(value, lang, total=params.get("count"))
    match form, value:
        case "#", int():
            return str(value)
        case (("*" | "or" | "both"), Collection()):
            return _joined([render_value(member, lang) for member in value], lang, "and" if form == "*" else str(form))
        case str(), int() if "|" in form:
            singular, plural = form.split("|")
            return f"{value:,} {singular if value == 1 else plural}"
        case _:
            return render_value(value, lang, total=params.get("count"))


def render_value(value: object, lang: Lang, *, total: int | None = None) -> str:
    """Return the text of a parameter; ``total`` is the number of members of a list that is given in part."""
    match value:
        case str():
            return value
        case dict():
            return _render_mapping(value, lang)
        case None:
            return grammar("unknown", lang)
        case Text():
            return value.render(lang)
        case BilingualText(en, zh):
            return {"en": en, "zh": zh}[lang]
        case bool():
            return str(value).lower()
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,}".removesuffix(".0")
        case Collection():
            named = [render_value(member, lang) for member in islice(value, LISTED)]
            more = (len(value) if total is None else total) - len(named)
            return _joined([*named, grammar("more", lang, more=more)] if more > 0 else named, lang, "and")
        case _:
            return str(value)


def _render_mapping(value: Mapping[str, Any], lang: Lang) -> str:
    if "id" in value and "name" in value:  # a party: most values are
        return _quoted(value["name"] or value["id"], lang, is_by_name=value.get("identified_by") == "name")
    match value:
        case {"n": n, "from": sender, "to": receiver}:
            return _step(str(n), render_value(sender, lang), render_value(receiver, lang), lang)
        case {"party": party, "date": day}:
            return grammar("dated", lang, party=party, day=day)
        case {"known_as": role, "parties": parties, "rows": rows}:
            is_contact = role in load_catalogue(lang)["contact_kinds"]
            word = Text("contact_kinds" if is_contact else "fields", role, {})
            form = "known_as" if is_contact or role in ("name", "id") else "known_in"
            return grammar(form, lang, role=word, parties=parties, rows=rows or None)
        case _:
            return render_value(value.keys(), lang)


@lru_cache(maxsize=4096)
def _quoted(name: str, lang: Lang, *, is_by_name: bool) -> str:
    """Return the name of a party in quotation marks; an answer about many cards names few parties, again and again."""
    quoted = grammar("quoted", lang, name=name)
    return grammar("by_name", lang, name=quoted) if is_by_name else quoted


@lru_cache(maxsize=4096)
def _step(n: str, sender: str, receiver: str, lang: Lang) -> str:
    """Return a hop as a sentence names it; cards of one delivery have their hops in common."""
    return grammar("hop", lang, n=n, sender=sender, receiver=receiver)


def _joined(members: list[str], lang: Lang, word: str) -> str:
    return grammar(word, lang).join(members)


def grammar(text_id: str, lang: Lang, **params: object) -> str:
    """Return a text that joins or surrounds values: separator, quotation mark, bracket."""
    return _of_catalogue("grammar", text_id, params, lang)
