"""Reads rule files and checks everything that can be checked without a case.

A rule file is YAML, one rule a file::

    id: many_cards_one_person
    version: 1
    severity: error                      # info, warning or error
    title: {en: …, zh: …}
    why: {en: …, zh: …}                  # what it means when there is a finding
    law: {en: …, zh: …}                  # with the article; null for a parameter without legal claim
    query: rule-many-cards-one-person    # a file of the query library, of scope "audit"
    parameters:                          # every parameter of the query
      least_cards: {default: 20, unit: {en: cards, zh: 张}}
    evidence: [purchase, transfer]       # kinds of records that a finding rests on
    message: {en: "… {person} …", zh: "……{person}……"}

Type and meaning of a parameter stand in the header of the query. Every fault names the file and the line.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml
from yaml.constructor import SafeConstructor

from graphtrace.errors import RuleError, UsageError
from graphtrace.ingest.small_files import read_yaml
from graphtrace.model import Severity
from graphtrace.query_library import LocalizedText, Query, load_query
from graphtrace.rules.model import EVIDENCE_KINDS, SEVERITIES, EvidenceKind, Rule, RuleParameter

_BUILTIN: Final = Path(__file__).parent / "builtin"
_ENDINGS: Final = (".yml", ".yaml")
_ID: Final = re.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*")
_SLOT: Final = re.compile(r"\{(\w*)")
_KEYS: Final = (*("id", "version", "severity", "title", "why", "law", "query", "parameters", "evidence", "message"),)
_NOT_FOR_RULES: Final = ("party", "card")
"""Types of parameters that only a question about a case can have."""


def load_rules(*paths: Path) -> tuple[Rule, ...]:
    """The rules of the product and those of the user's own files and folders, the gravest first, then by id.

    >>> import graphtrace as gt
    >>> [rule.severity for rule in gt.load_rules() if rule.id == "many_cards_one_person"]
    ['error']

    Raises
    ------
    RuleError
        If a file cannot be read, is wrong, or has the id of another rule.
    """
    rules: dict[str, Rule] = {}
    for path in (*_files_in(_BUILTIN), *(file for own in paths for file in _files_of(own))):
        rule = load_rule(path)
        if rule.id in rules:
            known = rules[rule.id].path
            whose = f"the product has a rule {rule.id}" if known is None else f"{known} has the id {rule.id}"
            raise RuleError(f"{path}: {whose} already", hint="give yours another id; -p sets the parameters of a rule")
        rules[rule.id] = rule
    return tuple(sorted(rules.values(), key=lambda rule: (SEVERITIES.index(rule.severity), rule.id)))


def load_rule(path: Path) -> Rule:
    """Read and check one rule file.

    Raises
    ------
    RuleError
        If it cannot be read or is wrong; the message names the file and the line.
    """
    entries = _Entries(path, _root_of(path), "rule")
    entries.expect(_KEYS)
    query = _query(entries)
    message = entries.said("message")
    columns = [column.name for column in query.header.columns]
    for said in (message.en, message.zh):
        for slot in _SLOT.findall(said):
            if slot not in columns:
                raise entries.fault(
                    "message", f"{{{slot}}} is no column of {query.name}", hint=f"its columns are {', '.join(columns)}"
                )
    return Rule(
        id=entries.word("id", _ID, "small letters, digits and _, a letter first"),
        version=entries.version(),
        severity=_severity(entries),
        title=entries.said("title"),
        rationale=entries.said("why"),
        law=entries.said("law") if entries.value("law") is not None else None,
        parameters=_parameters(entries, query),
        query=query,
        message=message,
        evidence=_evidence(entries),
        path=None if path.parent == _BUILTIN else path,
    )


def _files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in _ENDINGS)


def _files_of(path: Path) -> Sequence[Path]:
    if not path.is_dir():
        return (path,)
    files = _files_in(path)
    if not files:
        raise RuleError(f"{path}: the folder has no rule file", hint="the names of rule files end with .yml")
    return files


def _root_of(path: Path) -> yaml.MappingNode:
    _, root = read_yaml(path, RuleError, "rule")
    if not isinstance(root, yaml.MappingNode):
        raise RuleError(f"{path}:1: holds no keys", hint=f"a rule has the keys {', '.join(_KEYS)}")
    return root


class _Entries:
    """The keys of one level of a rule file, with their values and lines; faults name the file and the line."""

    def __init__(self, path: Path, node: yaml.MappingNode, what: str) -> None:
        self.path = path
        self.what = what
        self.line = node.start_mark.line + 1
        self.nodes: dict[str, yaml.Node] = {}
        self.lines: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise self._fault(line, "a key is a text", hint="put texts with : or # or { into quotes")
            name = str(key.value)
            if name in self.nodes:
                raise self._fault(line, f"{name} is there already (line {self.lines[name]})", hint="leave one of them")
            self.nodes[name] = value
            self.lines[name] = line

    def _fault(self, line: int, what: str, *, hint: str) -> RuleError:
        return RuleError(f"{self.path}:{line}: {what}", hint=hint)

    def fault(self, key: str, what: str, *, hint: str) -> RuleError:
        """What to raise where the value of a key is wrong."""
        return self._fault(self.lines[key], f"{key}: {what}", hint=hint)

    def expect(self, keys: Sequence[str], optional: Sequence[str] = ()) -> None:
        """Check that the keys are there, and no others."""
        for name in self.nodes:
            if name not in (*keys, *optional):
                near = difflib.get_close_matches(name, (*keys, *optional), n=1)
                known = f"did you mean {near[0]}?" if near else f"the keys are {', '.join((*keys, *optional))}"
                raise self._fault(self.lines[name], f"unknown key {name} of a {self.what}", hint=known)
        for name in keys:
            if name not in self.nodes:
                raise self._fault(self.line, f"the {self.what} lacks {name}", hint=f"add {name}: …")

    def value(self, key: str) -> Any:
        """The value of a key as YAML means it."""
        try:
            return SafeConstructor().construct_object(self.nodes[key], deep=True)
        except yaml.YAMLError as error:
            raise self.fault(key, "cannot be understood", hint="put texts with : or # or { into quotes") from error

    def below(self, key: str, what: str) -> _Entries:
        """The keys below a key; none where it is empty."""
        node = self.nodes[key]
        if self.value(key) is None:
            return _Entries(self.path, yaml.MappingNode(node.tag, [], node.start_mark), what)
        if not isinstance(node, yaml.MappingNode):
            raise self.fault(key, "holds keys, not a text or a list", hint=f"write below it one line for each {what}")
        return _Entries(self.path, node, what)

    def text(self, key: str) -> str:
        """A text that is not empty."""
        value = self.value(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fault(key, "needs a text", hint="put it into quotes if it is a number or a word like yes")
        return " ".join(value.split())

    def said(self, key: str) -> LocalizedText:
        """A text in both languages."""
        both = self.below(key, "text in both languages")
        both.expect(("en", "zh"))
        return LocalizedText(both.text("en"), both.text("zh"))

    def word(self, key: str, shape: re.Pattern[str], meant: str) -> str:
        """A text of one shape."""
        text = self.text(key)
        if not shape.fullmatch(text):
            raise self.fault(key, f"{text} cannot be an {key}", hint=f"use {meant}")
        return text

    def version(self) -> int:
        """A whole number from 1 on."""
        value = self.value("version")
        if type(value) is not int or value < 1:
            raise self.fault("version", f"{value!r} is no version", hint="count versions from 1")
        return value


def _query(entries: _Entries) -> Query:
    name = entries.text("query")
    try:
        query = load_query(name, beside=entries.path.parent)
    except UsageError as error:
        raise entries.fault("query", error.message, hint=error.hint) from error
    if query.header.over != "audit":
        raise entries.fault(
            "query",
            f"{name} asks a case, not an audit",
            hint='add scope = "audit" to its header, and ask those relations',
        )
    if "sql" not in query.texts:
        raise entries.fault(
            "query",
            f"{name} is not written in SQL",
            hint=f"write {name}.sql; audits are asked in SQL, whatever the store",
        )
    columns = [column.name for column in query.header.columns]
    if "enterprise" not in columns or not {"cards", "records"} & set(columns):
        raise entries.fault(
            "query",
            f"{name} does not return enterprise and cards or records",
            hint="a finding is about an enterprise and rests on cards or records",
        )
    return query


def _severity(entries: _Entries) -> Severity:
    text = entries.text("severity")
    for severity in SEVERITIES:
        if text == severity:
            return severity
    raise entries.fault("severity", f"{text} is no severity", hint=f"it is {', '.join(SEVERITIES)}")


def _parameters(entries: _Entries, query: Query) -> tuple[RuleParameter, ...]:
    stated = entries.below("parameters", "parameter")
    asked = {one.name: one for one in query.header.parameters}
    for name in stated.nodes:
        if name not in asked:
            takes = ", ".join(asked) or "none"
            raise stated.fault(name, f"{query.name} does not declare this parameter", hint=f"it takes: {takes}")
    parameters = []
    for name, parameter in asked.items():
        if parameter.type in _NOT_FOR_RULES:
            raise entries.fault(
                "query", f"a rule cannot set {name}, a {parameter.type}", hint="ask for a text or a number"
            )
        if name not in stated.nodes:
            raise entries.fault(
                "parameters", f"{name}, which {query.name} uses, is not declared", hint=f"add {name}: {{default: …}}"
            )
        one = stated.below(name, "parameter")
        one.expect(("default",), ("unit",))
        try:
            default = parameter.parse(one.value("default"))
        except UsageError as error:
            said = f"write a value of the type {parameter.type_text}"
            raise one.fault("default", error.message, hint=said) from error
        unit = one.said("unit") if "unit" in one.nodes else None
        parameters.append(RuleParameter(parameter=parameter, default=default, value=default, unit=unit))
    return tuple(parameters)


def _evidence(entries: _Entries) -> tuple[EvidenceKind, ...]:
    value = entries.value("evidence")
    known: Mapping[object, EvidenceKind] = {kind: kind for kind in EVIDENCE_KINDS}
    members: Iterable[object] = value if isinstance(value, list) else ()
    kinds = tuple(known[member] for member in members if isinstance(member, str) and member in known)
    if not kinds or not isinstance(value, list) or len(kinds) != len(value):
        raise entries.fault(
            "evidence", "is a list of kinds of records", hint=f"the kinds are {', '.join(EVIDENCE_KINDS)}"
        )
    return kinds
