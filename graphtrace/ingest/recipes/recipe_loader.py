"""Reads recipe files and checks everything that can be checked without a file of the format.

A recipe is YAML, one format a file; the name of the file is its id::

    name: {en: Card master of an IoT platform, zh: 物联网平台卡管理导出}
    about: {en: …, zh: …}                  # what it is, and what it is good for
    family: reseller
    source: [https://…]                    # where the format can be seen by everybody
    certainty: high                        # high, medium or low
    signature:
      headings: [ICCID号, IMSI号, 卡状态]  # all of them must be there
      without: [开户单位]                  # none of them may be there
      preamble: [账单明细]                 # words in the rows above the header
      shape: [iccid, msisdn, ""]           # instead: fields of the columns of a format without header
    columns:
      ICCID号: iccid                       # a field,
      卡号: {field: msisdn, clean: [quotes]}
      运营商: {field: carrier, values: {"1": 中国移动}}
      买家公司: {field: to, else: 买家会员} # where it is empty or masked, what stands in another column
      手机: {contact: to.telephone}        # or a contact of a side,
      KI: secret                           # or a secret
      套餐: unused
    skip:                                  # rows that are no records
      订单状态: [交易关闭]                 # where the cell is one of these
      单据类型: {unless: [出库]}           # where it is none of these
      商品: goods                          # where these are no cards, and the row names none
    events:                                # what each row states, as far as it fills what the event needs
      - card_list
      - {kind: activation, date: 激活时间}
      - {kind: transfer, date: 发货时间, filled: [发货时间], only: {状态: [已发货]}, text: {channel: 淘宝}}
    ask:                                   # what the file does not state, or leaves empty in its first rows
      from: {en: "Who sent the cards?", zh: 这些卡由谁发出？, also: [payee]}
    context_only: true                     # makes no record at all

All scalars are read as text. Every fault names the file and the line.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from graphtrace.errors import RecipeError, UsageError, os_reason
from graphtrace.identifiers.party_ids import CONTACT_KINDS
from graphtrace.ingest.heading_grammar import normalize_heading
from graphtrace.ingest.recipes.recipe_model import (
    CERTAINTIES,
    CLEANERS,
    CONTACT_SIDES,
    FAMILIES,
    FIELDS,
    ColumnRule,
    Condition,
    EventRule,
    Localized,
    Question,
    Recipe,
    Signature,
)
from graphtrace.ingest.small_files import read_yaml
from graphtrace.locale import Text, phrase
from graphtrace.model import RECORD_KINDS
from graphtrace.patterns import late

BUILTIN: Final = Path(__file__).parent / "builtin"
OWN_FOLDER: Final = "GRAPHTRACE_RECIPES"
"""The variable of the environment that names a folder of recipes of one's own."""

_ENDINGS: Final = (".yml", ".yaml")
_ID: Final = late("[a-z0-9]+(_[a-z0-9]+)*")
_KEYS: Final = (
    *("name", "about", "family", "source", "certainty", "signature", "columns", "skip", "events", "ask"),
    "context_only",
)
_COLUMN_KEYS: Final = ("field", "contact", "clean", "values", "else")
_SIGNATURE_KEYS: Final = ("headings", "without", "preamble", "shape")
_QUESTION_KEYS: Final = ("en", "zh", "required", "preamble", "also")
_EVENT_KEYS: Final = ("kind", "filled", "only", "text")
_GOODS: Final = "goods"
_PLAIN: Final = {"secret": True, "unused": False}


def load_recipes(*folders: Path) -> tuple[Recipe, ...]:
    """Return the recipes of the product, of the folder ``GRAPHTRACE_RECIPES`` and of other folders, by family and id.

    Raises RecipeError if a file cannot be read, is wrong, or has the id or the signature of another recipe.
    """
    own = [Path(os.environ[OWN_FOLDER])] if os.environ.get(OWN_FOLDER) else []
    recipes = list(_builtin_recipes())
    for folder in dict.fromkeys((*own, *folders)):
        recipes += [load_recipe(path) for path in _files_in(folder)]
    known: dict[str, Recipe] = {}
    signatures: dict[Signature, Recipe] = {}
    for recipe in recipes:
        same = known.get(recipe.id)
        if same is not None:
            raise RecipeError("recipe_twice", path=recipe.path, recipe=recipe.id, hint="rename_recipe_file")
        twin = signatures.get(recipe.signature)
        if twin is not None:
            raise RecipeError("recipe_twin", path=recipe.path or recipe.id, recipe=twin.id, hint="add_difference")
        known[recipe.id] = signatures[recipe.signature] = recipe
    return tuple(sorted(recipes, key=lambda recipe: (FAMILIES.index(recipe.family), recipe.id)))


def find_recipe(recipes: Iterable[Recipe], name: str) -> Recipe:
    """Return the recipe of this id.

    Raises UsageError if there is none.
    """
    by_id = {recipe.id: recipe for recipe in recipes}
    if name not in by_id:
        nearest = difflib.get_close_matches(name, by_id, n=1)
        hint = "did_you_mean" if nearest else "list_recipes"
        raise UsageError("no_such_recipe", name=name, nearest=nearest, hint=hint, code="unknown_recipe")
    return by_id[name]


@lru_cache(maxsize=1)
def _builtin_recipes() -> tuple[Recipe, ...]:
    return tuple(load_recipe(path) for path in _files_in(BUILTIN))


def _files_in(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix in _ENDINGS)
    except OSError as fault:
        raise RecipeError("at_path", path=folder, why=os_reason(fault), hint="name_recipe_folder") from fault


def load_recipe(path: Path) -> Recipe:
    """Read and check one recipe file.

    Raises RecipeError if it cannot be read or is wrong; the message names the file and the line.
    """
    text, root = read_yaml(path, RecipeError, "recipe")
    return _recipe(_Node(path, root, 1), text)


class _Node(NamedTuple):
    """A value of a recipe file, with the line of its key, or its own in a list."""

    path: Path
    value: yaml.Node | None
    line: int

    def fault(self, what: str, *, hint: str, **params: Any) -> RecipeError:
        text = phrase("in_file_line", path=self.path, line=self.line, what=Text("errors", what, params))
        return RecipeError(text, hint=hint, **params)

    def text(self, *, may_be_empty: bool = False) -> str:
        if not isinstance(self.value, yaml.ScalarNode):
            raise self.fault("recipe_text", hint="yaml_quotes")
        text = str(self.value.value).strip()
        if not text and not may_be_empty:
            raise self.fault("recipe_text_empty", hint="write_or_leave_out")
        return text

    def entries(self, keys: Sequence[str] = ()) -> dict[str, _Node]:
        """Return the values by key; where keys are given, any other is a fault."""
        if not isinstance(self.value, yaml.MappingNode):
            raise self.fault("recipe_keys", hint="key_value_lines")
        entries: dict[str, _Node] = {}
        for key, value in self.value.value:
            entry = self._replace(value=value, line=key.start_mark.line + 1)
            if not isinstance(key, yaml.ScalarNode):
                raise entry.fault("recipe_key_text", hint="yaml_quotes")
            name = str(key.value)
            if name in entries:
                raise entry.fault("stands_twice", name=name, hint="leave_one")
            entries[name] = entry
        for name, entry in entries.items():
            if keys and name not in keys:
                raise entry.fault("recipe_unknown_key", key=name, hint="keys_are", keys=keys)
        return entries

    def one_of(self, words: Sequence[str], word: str | None = None) -> str:
        """Return the text, or a word of it, if it is one of these."""
        word = self.text() if word is None else word
        if word not in words:
            raise self.fault("recipe_unknown_word", word=word, hint="it_can_be", words=words)
        return word

    def field(self, name: str | None = None) -> str:
        """Return the text, or the name of its key, if it is that of a field."""
        name = self.text() if name is None else name
        if name not in FIELDS:
            nearest = difflib.get_close_matches(name, FIELDS, n=1)
            hint = "did_you_mean" if nearest else "fields_are"
            raise self.fault("recipe_unknown_field", name=name, hint=hint, nearest=nearest, fields=list(FIELDS))
        return name

    def heading(self, columns: Mapping[str, ColumnRule], text: str | None = None) -> str:
        """Return the text, or its key, in comparable writing if it is the heading of a column of the recipe."""
        text = self.text() if text is None else text
        name = normalize_heading(text)
        if name not in columns:
            raise self.fault("recipe_no_column", name=text, hint="add_to_columns")
        return name

    def languages(self) -> Localized:
        texts = {lang: node.text() for lang, node in self.entries().items() if lang in ("en", "zh")}
        if len(texts) != 2:
            raise self.fault("recipe_languages", hint="language_form")
        return texts


def _items(node: _Node | None) -> list[_Node]:
    """Return the members of a list; one text counts as a list of one, and what is not there as an empty one."""
    if node is None or not isinstance(node.value, yaml.SequenceNode):
        return [] if node is None else [node]
    return [node._replace(value=item, line=item.start_mark.line + 1) for item in node.value.value]


def _texts(node: _Node | None, *, may_be_empty: bool = False) -> tuple[str, ...]:
    return tuple(item.text(may_be_empty=may_be_empty) for item in _items(node))


def _entries(node: _Node | None) -> dict[str, _Node]:
    return {} if node is None else node.entries()


def _flag(node: _Node | None, *, default: bool = False) -> bool:
    text = str(default).lower() if node is None else node.text()
    if node is not None and text not in ("true", "false"):
        raise node.fault("recipe_flag", text=text, hint="true_or_false")
    return text == "true"


def _recipe(root: _Node, text: str) -> Recipe:
    entries = root.entries(_KEYS)
    for key in ("name", "about", "family", "source", "certainty", "signature"):
        if key not in entries:
            raise root.fault("recipe_key_missing", key=key, hint="keys_are", keys=_KEYS)
    if not _ID.fullmatch(root.path.stem):
        raise root.fault("recipe_file_name", hint="rename_file")
    columns = _columns(entries.get("columns"))
    recipe = Recipe(
        id=root.path.stem,
        name=entries["name"].languages(),
        about=entries["about"].languages(),
        family=entries["family"].one_of(FAMILIES),
        sources=_texts(entries["source"]),
        certainty=entries["certainty"].one_of(CERTAINTIES),
        signature=_signature(entries["signature"], columns),
        columns=columns,
        conditions=tuple(_conditions(entries.get("skip"), columns)),
        events=tuple(_event(node, columns) for node in _items(entries.get("events"))),
        questions=tuple(_questions(entries.get("ask"))),
        is_context_only=_flag(entries.get("context_only")),
        path=None if root.path.parent == BUILTIN else root.path,
        text=text,
    )
    if recipe.is_context_only == bool(recipe.events):
        raise entries["context_only" if recipe.is_context_only else "signature"].fault("recipe_events", hint="keep_one")
    if not recipe.sources:
        raise entries["source"].fault("recipe_source", hint="say_source")
    served: dict[str, str] = {}
    for rule in recipe.columns.values():
        if rule.field and rule.field in served:
            headings = [served[rule.field], rule.heading]
            raise entries["columns"].fault(
                "recipe_same_field", headings=headings, field=rule.field, hint="column_in_event"
            )
        if rule.field:
            served[rule.field] = rule.heading
    return recipe


def _columns(node: _Node | None) -> dict[str, ColumnRule]:
    columns: dict[str, ColumnRule] = {}
    for heading, entry in _entries(node).items():
        name = normalize_heading(heading)
        if name in columns:
            raise entry.fault("stands_twice", name=heading, hint="leave_one")
        columns[name] = _column(heading, entry)
    return columns


def _column(heading: str, node: _Node) -> ColumnRule:
    if not isinstance(node.value, yaml.MappingNode):
        said = node.text()
        is_plain = said in _PLAIN
        return ColumnRule(heading=heading, field=None if is_plain else node.field(), is_secret=_PLAIN.get(said, False))
    entries = node.entries(_COLUMN_KEYS)
    contact = None
    if "contact" in entries:
        text = entries["contact"].text()
        words = [f"{side}.{kind}" for side in CONTACT_SIDES for kind in CONTACT_KINDS]
        side, _, kind = entries["contact"].one_of(words, text if "." in text else f"{text}.").partition(".")
        contact = side, kind
    return ColumnRule(
        heading=heading,
        field=entries["field"].field() if "field" in entries else None,
        contact=contact,
        cleaners=tuple(item.one_of(CLEANERS) for item in _items(entries.get("clean"))),
        values={code: entry.text(may_be_empty=True) for code, entry in _entries(entries.get("values")).items()},
        otherwise=normalize_heading(entries["else"].text()) if "else" in entries else None,
    )


def _signature(node: _Node, columns: dict[str, ColumnRule]) -> Signature:
    """Return the signature; its headings are columns too, unused where nothing else is said about them."""
    entries = node.entries(_SIGNATURE_KEYS)
    named = {normalize_heading(text): text for text in _texts(entries.get("headings"))}
    for name, heading in named.items():
        columns.setdefault(name, ColumnRule(heading=heading))
    shape = _texts(entries.get("shape"), may_be_empty=True)
    for name in filter(None, shape):
        node.field(name)
    signature = Signature(
        headings=frozenset(named),
        without=frozenset(map(normalize_heading, _texts(entries.get("without")))),
        preamble=_texts(entries.get("preamble")),
        shape=shape,
    )
    if bool(signature.headings) == bool(shape):
        raise node.fault("recipe_signature", hint="keep_one")
    if overlap := signature.headings & signature.without:
        raise node.fault("recipe_contradiction", name=min(overlap), hint="keep_one")
    return signature


def _event(node: _Node, columns: Mapping[str, ColumnRule]) -> EventRule:
    if not isinstance(node.value, yaml.MappingNode):
        return EventRule(kind=node.one_of(RECORD_KINDS))
    entries = node.entries()
    if "kind" not in entries:
        raise node.fault("recipe_event_kind", hint="it_can_be", words=RECORD_KINDS)
    own = {entry.field(key): entry for key, entry in entries.items() if key not in _EVENT_KEYS}
    only = _entries(entries.get("only"))
    return EventRule(
        kind=entries["kind"].one_of(RECORD_KINDS),
        columns={key: entry.heading(columns) if entry.text(may_be_empty=True) else "" for key, entry in own.items()},
        literals={entry.field(name): entry.text() for name, entry in _entries(entries.get("text")).items()},
        filled=tuple(item.heading(columns) for item in _items(entries.get("filled"))),
        only={entry.heading(columns, heading): frozenset(_texts(entry)) for heading, entry in only.items()},
    )


def _conditions(node: _Node | None, columns: Mapping[str, ColumnRule]) -> Iterator[Condition]:
    for heading, entry in _entries(node).items():
        name = entry.heading(columns, heading)
        if isinstance(entry.value, yaml.ScalarNode) and entry.value.value == _GOODS:
            yield Condition(heading=name, is_of_goods=True)
        elif not isinstance(entry.value, yaml.MappingNode):
            yield Condition(heading=name, are=frozenset(_texts(entry)))
        elif {*(inner := entry.entries())} == {"unless"}:
            yield Condition(heading=name, unless=frozenset(_texts(inner["unless"])))
        else:
            raise entry.fault("recipe_condition", hint="condition_form")


def _questions(node: _Node | None) -> Iterator[Question]:
    for name, entry in _entries(node).items():
        entry.field(name)
        entries = entry.entries(_QUESTION_KEYS)
        yield Question(
            field=name,
            text=entry.languages(),
            is_required=_flag(entries.get("required"), default=True),
            preamble=_answer_pattern(entries["preamble"]) if "preamble" in entries else None,
            also=tuple(item.field() for item in _items(entries.get("also"))),
        )


def _answer_pattern(node: _Node) -> str:
    pattern = node.text()
    try:
        groups = re.compile(pattern).groups
    except re.error as fault:
        raise node.fault("recipe_pattern", pattern=pattern, why=fault, hint="pattern_form") from fault
    if groups != 1:
        raise node.fault("recipe_pattern_group", hint="answer_in_group")
    return pattern
