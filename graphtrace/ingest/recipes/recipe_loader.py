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
from typing import Any, Final

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
    return _Reader(path, text).recipe(root)


class _Node:
    """A key of a recipe with its value as text, list or dictionary, and its line."""

    def __init__(self, value: Any, line: int) -> None:
        self.value = value
        self.line = line


class _Reader:
    """Turns the tree of one recipe file into a recipe."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text

    def recipe(self, root: yaml.Node | None) -> Recipe:
        entries = self._entries(root, 1)
        for key, node in entries.items():
            if key not in _KEYS:
                raise self._fault(node.line, "recipe_unknown_key", key=key, hint="keys_are", keys=_KEYS)
        for key in ("name", "about", "family", "source", "certainty", "signature"):
            if key not in entries:
                raise self._fault(1, "recipe_key_missing", key=key, hint="keys_are", keys=_KEYS)
        if not _ID.fullmatch(self._path.stem):
            raise self._fault(1, "recipe_file_name", hint="rename_file")
        is_context_only = self._flag(entries.get("context_only"))
        columns = self._columns(entries.get("columns"))
        signature = self._signature(entries["signature"], columns)
        events = tuple(self._event(value, line, columns) for value, line in self._items(entries.get("events")))
        recipe = Recipe(
            id=self._path.stem,
            name=self._localized(entries["name"]),
            about=self._localized(entries["about"]),
            family=self._choice(entries["family"], FAMILIES),
            sources=tuple(self._text_of(value, line) for value, line in self._items(entries["source"])),
            certainty=self._choice(entries["certainty"], CERTAINTIES),
            signature=signature,
            columns=columns,
            conditions=tuple(self._conditions(entries.get("skip"), columns)),
            events=events,
            questions=tuple(self._questions(entries.get("ask"))),
            is_context_only=is_context_only,
            path=None if self._path.parent == BUILTIN else self._path,
            text=self._text,
        )
        self._check(recipe, entries)
        return recipe

    def _check(self, recipe: Recipe, entries: Mapping[str, _Node]) -> None:
        if recipe.is_context_only == bool(recipe.events):
            line = entries["context_only" if recipe.is_context_only else "signature"].line
            raise self._fault(line, "recipe_events", hint="keep_one")
        if not recipe.sources:
            raise self._fault(entries["source"].line, "recipe_source", hint="say_source")
        served: dict[str, str] = {}
        for rule in recipe.columns.values():
            if rule.field and rule.field in served:
                raise self._fault(
                    entries["columns"].line,
                    "recipe_same_field",
                    headings=[served[rule.field], rule.heading],
                    field=rule.field,
                    hint="column_in_event",
                )
            if rule.field:
                served[rule.field] = rule.heading

    def _columns(self, node: _Node | None) -> dict[str, ColumnRule]:
        columns: dict[str, ColumnRule] = {}
        for heading, entry in self._entries_of(node).items():
            name = normalize_heading(heading)
            if name in columns:
                raise self._fault(entry.line, "stands_twice", name=heading, hint="leave_one")
            columns[name] = self._column(heading, entry)
        return columns

    def _column(self, heading: str, node: _Node) -> ColumnRule:
        if not isinstance(node.value, yaml.MappingNode):
            return self._meaning(heading, self._text_of(node.value, node.line), node.line)
        entries = self._entries(node.value, node.line)
        for key, entry in entries.items():
            if key not in _COLUMN_KEYS:
                raise self._fault(
                    entry.line,
                    "recipe_unknown_key",
                    key=key,
                    hint="keys_are",
                    keys=_COLUMN_KEYS,
                )
        cleaners = tuple(self._text_of(value, line) for value, line in self._items(entries.get("clean")))
        for cleaner in cleaners:
            if cleaner not in CLEANERS:
                raise self._fault(node.line, "recipe_unknown_word", word=cleaner, hint="it_can_be", words=[*CLEANERS])
        values = {
            code: self._text_of(entry.value, entry.line, may_be_empty=True)
            for code, entry in self._entries_of(entries.get("values")).items()
        }
        contact = None
        if "contact" in entries:
            side, _, kind = self._text_of(entries["contact"].value, node.line).partition(".")
            if side not in CONTACT_SIDES or kind not in CONTACT_KINDS:
                words = [f"{one}.{what}" for one in CONTACT_SIDES for what in CONTACT_KINDS]
                raise self._fault(
                    node.line, "recipe_unknown_word", word=f"{side}.{kind}", hint="it_can_be", words=words
                )
            contact = side, kind
        field = self._field(entries["field"]) if "field" in entries else None
        otherwise = None
        if "else" in entries:
            otherwise = normalize_heading(self._text_of(entries["else"].value, node.line))
        return ColumnRule(
            heading=heading, field=field, contact=contact, cleaners=cleaners, values=values, otherwise=otherwise
        )

    def _meaning(self, heading: str, said: str, line: int) -> ColumnRule:
        if said in _PLAIN:
            return ColumnRule(heading=heading, is_secret=_PLAIN[said])
        return ColumnRule(heading=heading, field=self._field(_Node(yaml.ScalarNode("", said), line)))

    def _field(self, node: _Node) -> str:
        name = self._text_of(node.value, node.line)
        if name not in FIELDS:
            nearest = difflib.get_close_matches(name, FIELDS, n=1)
            hint = "did_you_mean" if nearest else "fields_are"
            raise self._fault(
                node.line, "recipe_unknown_field", name=name, hint=hint, nearest=nearest, fields=list(FIELDS)
            )
        return name

    def _signature(self, node: _Node, columns: dict[str, ColumnRule]) -> Signature:
        """Return the signature; its headings are columns too, unused where nothing else is said about them."""
        entries = self._entries_of(node)
        for key, entry in entries.items():
            if key not in _SIGNATURE_KEYS:
                raise self._fault(
                    entry.line,
                    "recipe_unknown_key",
                    key=key,
                    hint="keys_are",
                    keys=("headings", "without", "preamble", "shape"),
                )

        def texts(key: str) -> list[str]:
            return [
                self._text_of(value, line, may_be_empty=key == "shape") for value, line in self._items(entries.get(key))
            ]

        named = {normalize_heading(text): text for text in texts("headings")}
        for name, heading in named.items():
            columns.setdefault(name, ColumnRule(heading=heading))
        shape = tuple(texts("shape"))
        for name in filter(None, shape):
            if name not in FIELDS:
                raise self._fault(node.line, "recipe_unknown_field", name=name, hint="fields_are", fields=list(FIELDS))
        signature = Signature(
            headings=frozenset(named),
            without=frozenset(normalize_heading(text) for text in texts("without")),
            preamble=tuple(texts("preamble")),
            shape=shape,
        )
        if bool(signature.headings) == bool(shape):
            raise self._fault(node.line, "recipe_signature", hint="keep_one")
        if overlap := signature.headings & signature.without:
            raise self._fault(node.line, "recipe_contradiction", name=min(overlap), hint="keep_one")
        return signature

    def _event(self, value: yaml.Node, line: int, columns: Mapping[str, ColumnRule]) -> EventRule:
        if not isinstance(value, yaml.MappingNode):
            return EventRule(kind=self._kind(self._text_of(value, line), line))
        entries = self._entries(value, line)
        if "kind" not in entries:
            raise self._fault(line, "recipe_event_kind", hint="it_can_be", words=RECORD_KINDS)
        own: dict[str, str] = {}
        for key, entry in entries.items():
            if key in _EVENT_KEYS:
                continue
            self._field(_Node(yaml.ScalarNode("", key), entry.line))
            heading = self._text_of(entry.value, entry.line, may_be_empty=True)
            own[key] = self._heading(heading, entry.line, columns) if heading else ""
        only = {
            self._heading(heading, entry.line, columns): frozenset(
                self._text_of(each, at) for each, at in self._items(entry)
            )
            for heading, entry in self._entries_of(entries.get("only")).items()
        }
        literals = {}
        for name, entry in self._entries_of(entries.get("text")).items():
            self._field(_Node(yaml.ScalarNode("", name), entry.line))
            literals[name] = self._text_of(entry.value, entry.line)
        return EventRule(
            kind=self._kind(self._text_of(entries["kind"].value, line), line),
            columns=own,
            literals=literals,
            filled=tuple(
                self._heading(self._text_of(each, at), at, columns) for each, at in self._items(entries.get("filled"))
            ),
            only=only,
        )

    def _kind(self, text: str, line: int) -> str:
        if text not in RECORD_KINDS:
            raise self._fault(line, "recipe_unknown_word", word=text, hint="it_can_be", words=RECORD_KINDS)
        return text

    def _heading(self, text: str, line: int, columns: Mapping[str, ColumnRule]) -> str:
        name = normalize_heading(text)
        if name not in columns:
            raise self._fault(line, "recipe_no_column", name=text, hint="add_to_columns")
        return name

    def _conditions(self, node: _Node | None, columns: Mapping[str, ColumnRule]) -> Iterator[Condition]:
        for heading, entry in self._entries_of(node).items():
            name = self._heading(heading, entry.line, columns)
            if isinstance(entry.value, yaml.ScalarNode) and entry.value.value == _GOODS:
                yield Condition(heading=name, is_of_goods=True)
                continue
            if not isinstance(entry.value, yaml.MappingNode):
                texts = [self._text_of(value, line) for value, line in self._items(entry)]
                yield Condition(heading=name, are=frozenset(texts))
                continue
            inner = self._entries(entry.value, entry.line)
            if set(inner) == {"unless"}:
                texts = [self._text_of(value, line) for value, line in self._items(inner["unless"])]
                yield Condition(heading=name, unless=frozenset(texts))
            else:
                raise self._fault(entry.line, "recipe_condition", hint="condition_form")

    def _questions(self, node: _Node | None) -> Iterator[Question]:
        for name, entry in self._entries_of(node).items():
            self._field(_Node(yaml.ScalarNode("", name), entry.line))
            entries = self._entries(entry.value, entry.line)
            for key in entries:
                if key not in _QUESTION_KEYS:
                    raise self._fault(
                        entry.line,
                        "recipe_unknown_key",
                        key=key,
                        hint="keys_are",
                        keys=_QUESTION_KEYS,
                    )
            also = [(self._text_of(value, line), line) for value, line in self._items(entries.get("also"))]
            for other, line in also:
                self._field(_Node(yaml.ScalarNode("", other), line))
            pattern = self._text_of(entries["preamble"].value, entry.line) if "preamble" in entries else None
            if pattern is not None:
                self._check_pattern(pattern, entry.line)
            yield Question(
                field=name,
                text=self._languages(entries, entry.line),
                is_required=self._flag(entries.get("required"), default=True),
                preamble=pattern,
                also=tuple(other for other, _ in also),
            )

    def _check_pattern(self, pattern: str, line: int) -> None:
        try:
            groups = re.compile(pattern).groups
        except re.error as fault:
            raise self._fault(line, "recipe_pattern", pattern=pattern, why=fault, hint="pattern_form") from fault
        if groups != 1:
            raise self._fault(line, "recipe_pattern_group", hint="answer_in_group")

    def _localized(self, node: _Node) -> Localized:
        return self._languages(self._entries_of(node), node.line)

    def _languages(self, entries: Mapping[str, _Node], line: int) -> Localized:
        texts = {
            lang: self._text_of(entries[lang].value, entries[lang].line) for lang in ("en", "zh") if lang in entries
        }
        if len(texts) != 2:
            raise self._fault(line, "recipe_languages", hint="language_form")
        return texts

    def _choice(self, node: _Node, choices: Sequence[str]) -> str:
        text = self._text_of(node.value, node.line)
        if text not in choices:
            raise self._fault(node.line, "recipe_unknown_word", word=text, hint="it_can_be", words=choices)
        return text

    def _flag(self, node: _Node | None, *, default: bool = False) -> bool:
        if node is None:
            return default
        text = self._text_of(node.value, node.line)
        if text not in ("true", "false"):
            raise self._fault(node.line, "recipe_flag", text=text, hint="true_or_false")
        return text == "true"

    def _text_of(self, node: Any, line: int, *, may_be_empty: bool = False) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self._fault(line, "recipe_text", hint="yaml_quotes")
        text = str(node.value).strip()
        if not text and not may_be_empty:
            raise self._fault(line, "recipe_text_empty", hint="write_or_leave_out")
        return text

    def _items(self, node: _Node | None) -> list[tuple[yaml.Node, int]]:
        """Return the members of a list; one text counts as a list of one."""
        if node is None:
            return []
        if isinstance(node.value, yaml.SequenceNode):
            return [(item, item.start_mark.line + 1) for item in node.value.value]
        return [(node.value, node.line)]

    def _entries_of(self, node: _Node | None) -> dict[str, _Node]:
        return {} if node is None else self._entries(node.value, node.line)

    def _entries(self, node: yaml.Node | None, line: int) -> dict[str, _Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self._fault(line, "recipe_keys", hint="key_value_lines")
        entries: dict[str, _Node] = {}
        for key, value in node.value:
            at = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise self._fault(at, "recipe_key_text", hint="yaml_quotes")
            name = str(key.value)
            if name in entries:
                raise self._fault(at, "stands_twice", name=name, hint="leave_one")
            entries[name] = _Node(value, at)
        return entries

    def _fault(self, line: int, what: str, *, hint: str, **params: Any) -> RecipeError:
        text = phrase("in_file_line", path=self._path, line=line, what=Text("errors", what, params))
        return RecipeError(text, hint=hint, **params)
