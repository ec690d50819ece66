"""Loader of rule files; checks everything that can be checked without a case.

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
    roles: [enterprise, dealer]          # whose audits apply it; if left out, those of enterprises
    provision: {law: …, article: 3, in_force: 2024-12-01}    # the law as parameters of each finding; may be left out
    message: {en: "… {person} …", zh: "……{person}……"}

Type and meaning of a parameter stand in the header of the query. Every fault names the file and the line.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml
from yaml.constructor import SafeConstructor

from graphtrace.errors import RuleError, UsageError
from graphtrace.ingest.small_files import read_yaml
from graphtrace.locale import BilingualText, Text, phrase
from graphtrace.model import AUDIT_ROLES, AuditRole, Severity
from graphtrace.patterns import late
from graphtrace.query_library import VARIABLE, load_query
from graphtrace.results.library import Query
from graphtrace.results.rules import EVIDENCE_KINDS, SEVERITIES, EvidenceKind, Provision, Rule, RuleParameter

_Word = TypeVar("_Word", bound=str)

_BUILTIN: Final = Path(__file__).parent / "builtin"
_ENDINGS: Final = (".yml", ".yaml")
_ID: Final = late("[a-z][a-z0-9]*(_[a-z0-9]+)*")
_SLOT: Final = late(r"\{(\w*)")
_KEYS: Final = (*("id", "version", "severity", "title", "why", "law", "query", "parameters", "evidence", "message"),)
_OPTIONAL: Final = ("roles", "by_number", "provision")
_NOT_FOR_RULES: Final = ("party", "card")
"""Types of parameters that only a query about a case can have."""


def load_rules(*paths: Path) -> tuple[Rule, ...]:
    """Return the rules of the product and of the user's files and folders, the most severe first, then by id.

    >>> import graphtrace as gt
    >>> [rule.severity for rule in gt.load_rules() if rule.id == "many_cards_one_person"]
    ['error']

    Raises
    ------
    RuleError
        If a file cannot be read, is wrong, or has the id of another rule.
    """
    # a folder of own queries can take a name that a rule of the product needs
    product = _read_product_rules() if os.environ.get(VARIABLE) else _product_rules()
    rules = {rule.id: rule for rule in product}
    for path in (file for own in paths for file in _files_of(own)):
        rule = load_rule(path)
        if rule.id in rules:
            known = rules[rule.id].path
            raise RuleError(
                "rule_of_product" if known is None else "rule_id_taken",
                path=path,
                other=known,
                rule=rule.id,
                hint="another_rule_id",
            )
        rules[rule.id] = rule
    return tuple(sorted(rules.values(), key=lambda rule: (SEVERITIES.index(rule.severity), rule.id)))


def _read_product_rules() -> tuple[Rule, ...]:
    return tuple(load_rule(path) for path in _files_in(_BUILTIN))


_product_rules = cache(_read_product_rules)
"""Read the rules of the product once: their files do not change while a process runs."""


def load_rule(path: Path) -> Rule:
    """Read and check one rule file.

    Raises RuleError if it cannot be read or is wrong; the message names the file and the line.
    """
    entries = _Entries(path, _root_of(path), "rule")
    entries.expect(_KEYS, _OPTIONAL)
    query = _query(entries)
    message = entries.bilingual("message")
    columns = [column.name for column in query.header.columns]
    for text in (message.en, message.zh):
        for slot in _SLOT.findall(text):
            if slot not in columns:
                raise entries.fault(
                    "message", "rule_slot", slot=slot, query=query.name, columns=columns, hint="rule_columns"
                )
    return Rule(
        id=entries.word("id", _ID, "rule_id_shape"),
        version=entries.version(),
        severity=_severity(entries),
        title=entries.bilingual("title"),
        rationale=entries.bilingual("why"),
        law=entries.bilingual("law") if entries.value("law") is not None else None,
        parameters=_parameters(entries, query),
        query=query,
        message=message,
        evidence=_evidence(entries),
        roles=_roles(entries) if "roles" in entries.nodes else ("enterprise",),
        is_by_number="by_number" in entries.nodes and entries.is_true("by_number"),
        provision=_provision(entries) if "provision" in entries.nodes else None,
        path=None if path.parent == _BUILTIN else path,
    )


def _files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in _ENDINGS)


def _files_of(path: Path) -> Sequence[Path]:
    if not path.is_dir():
        return (path,)
    files = _files_in(path)
    if not files:
        raise RuleError("no_rule_file", path=path, hint="rule_file_names")
    return files


def _root_of(path: Path) -> yaml.MappingNode:
    _, root = read_yaml(path, RuleError, "rule")
    if not isinstance(root, yaml.MappingNode):
        raise RuleError("rule_without_keys", path=path, keys=_KEYS, hint="rule_keys")
    return root


class _Entries:
    """The keys of one level of a rule file, with their values and lines; errors name the file and the line."""

    def __init__(self, path: Path, node: yaml.MappingNode, what: str) -> None:
        self.path = path
        self.what = what
        self.line = node.start_mark.line + 1
        self.nodes: dict[str, yaml.Node] = {}
        self.lines: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise self._fault(line, phrase("rule_key_is_text"), Text("hints", "yaml_quotes", {}))
            name = str(key.value)
            if name in self.nodes:
                raise self._fault(
                    line, phrase("rule_key_twice", key=name, first=self.lines[name]), Text("hints", "leave_one", {})
                )
            self.nodes[name] = value
            self.lines[name] = line

    def _fault(self, line: int, what: Text, hint: Text | None) -> RuleError:
        return RuleError("at_line", path=self.path, line=line, what=what, hint=hint)

    def fault(self, key: str, what: str | Text, /, *, hint: str | Text | None, **params: Any) -> RuleError:
        """Return the error for an invalid value of a key: a phrase and a hint, or their ids, filled in with both."""
        reason = phrase("key_is", key=key, what=phrase(what, **params) if isinstance(what, str) else what)
        return self._fault(self.lines[key], reason, Text("hints", hint, params) if isinstance(hint, str) else hint)

    def expect(self, keys: Sequence[str], optional: Sequence[str] = ()) -> None:
        for name in self.nodes:
            if name not in (*keys, *optional):
                near = difflib.get_close_matches(name, (*keys, *optional), n=1)
                raise self._fault(
                    self.lines[name],
                    phrase("rule_unknown_key", key=name, what=phrase(self.what)),
                    Text(
                        "hints", "did_you_mean" if near else "keys_are", {"nearest": near, "keys": (*keys, *optional)}
                    ),
                )
        for name in keys:
            if name not in self.nodes:
                lacks = phrase("rule_lacks_key", what=phrase(self.what), key=name)
                raise self._fault(self.line, lacks, Text("hints", "add_key", {"key": name}))

    def value(self, key: str) -> Any:
        try:
            return SafeConstructor().construct_object(self.nodes[key], deep=True)
        except yaml.YAMLError as error:
            raise self.fault(key, "rule_value_unclear", hint="yaml_quotes") from error

    def below(self, key: str, what: str) -> _Entries:
        node = self.nodes[key]
        if self.value(key) is None:
            return _Entries(self.path, yaml.MappingNode(node.tag, [], node.start_mark), what)
        if not isinstance(node, yaml.MappingNode):
            raise self.fault(key, "rule_holds_keys", what=phrase(what), hint="one_line_each")
        return _Entries(self.path, node, what)

    def text(self, key: str) -> str:
        value = self.value(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fault(key, "header_text", hint="quote_text")
        return " ".join(value.split())

    def bilingual(self, key: str) -> BilingualText:
        both = self.below(key, "texts_in_both")
        both.expect(("en", "zh"))
        return BilingualText(both.text("en"), both.text("zh"))

    def is_true(self, key: str) -> bool:
        value = self.value(key)
        if not isinstance(value, bool):
            raise self.fault(key, "rule_not_boolean", hint="true_or_false")
        return value

    def word(self, key: str, shape: re.Pattern[str], meant: str) -> str:
        text = self.text(key)
        if not shape.fullmatch(text):
            raise self.fault(key, "rule_bad_word", text=text, key=key, shape=phrase(meant), hint="use_shape")
        return text

    def version(self) -> int:
        value = self.value("version")
        if type(value) is not int or value < 1:
            raise self.fault("version", "rule_bad_version", text=repr(value), hint="versions_from_one")
        return value


def _query(entries: _Entries) -> Query:
    name = entries.text("query")
    try:
        query = load_query(name, beside=entries.path.parent)
    except UsageError as error:
        raise entries.fault("query", error.text, hint=error.hint_text) from error
    if query.header.over != "audit":
        raise entries.fault("query", "rule_asks_case", name=name, hint="audit_scope")
    if "sql" not in query.texts:
        raise entries.fault("query", "rule_not_in_sql", name=name, hint="rule_in_sql")
    columns = [column.name for column in query.header.columns]
    if "enterprise" not in columns or not {"cards", "records"} & set(columns):
        raise entries.fault("query", "rule_returns", name=name, hint="finding_about_enterprise")
    return query


def _severity(entries: _Entries) -> Severity:
    text = entries.text("severity")
    for severity in SEVERITIES:
        if text == severity:
            return severity
    raise entries.fault("severity", "rule_bad_severity", text=text, names=SEVERITIES, hint="severities_are")


def _parameters(entries: _Entries, query: Query) -> tuple[RuleParameter, ...]:
    stated = entries.below("parameters", "parameter")
    asked = {one.name: one for one in query.header.parameters}
    for name in stated.nodes:
        if name not in asked:
            takes: list[str] | Text = list(asked) or phrase("none")
            raise stated.fault(name, "rule_undeclared", name=query.name, takes=takes, hint="takes")
    parameters = []
    for name, parameter in asked.items():
        if parameter.type in _NOT_FOR_RULES:
            raise entries.fault("query", "rule_cannot_set", name=name, type=parameter.type, hint="text_or_number")
        if name not in stated.nodes:
            raise entries.fault("parameters", "rule_parameter_missing", name=name, query=query.name, hint="add_default")
        one = stated.below(name, "parameter")
        one.expect(("default",), ("unit",))
        try:
            default = parameter.parse(one.value("default"))
        except UsageError as error:
            raise one.fault("default", error.text, type=parameter.type_text, hint="value_of_type") from error
        unit = one.bilingual("unit") if "unit" in one.nodes else None
        parameters.append(RuleParameter(parameter=parameter, default=default, value=default, unit=unit))
    return tuple(parameters)


def _evidence(entries: _Entries) -> tuple[EvidenceKind, ...]:
    return _words(entries, "evidence", EVIDENCE_KINDS, "rule_bad_evidence", "kinds_are")


def _roles(entries: _Entries) -> tuple[AuditRole, ...]:
    return _words(entries, "roles", AUDIT_ROLES, "rule_bad_roles", "roles_are")


def _words(entries: _Entries, key: str, names: tuple[_Word, ...], fault: str, hint: str) -> tuple[_Word, ...]:
    value = entries.value(key)
    known: Mapping[object, _Word] = {name: name for name in names}
    members: Iterable[object] = value if isinstance(value, list) else ()
    words = tuple(known[member] for member in members if isinstance(member, str) and member in known)
    if not words or not isinstance(value, list) or len(words) != len(value):
        raise entries.fault(key, fault, names=names, hint=hint)
    return words


def _provision(entries: _Entries) -> Provision:
    stated = entries.below("provision", "provision")
    stated.expect(("law", "article", "in_force"))
    article, in_force = stated.value("article"), stated.value("in_force")
    if type(article) is not int or article < 1:
        raise stated.fault("article", "rule_bad_article", text=repr(article), hint="article_number")
    if type(in_force) is not date:
        raise stated.fault("in_force", "rule_bad_day", text=repr(in_force), hint="day_form")
    return Provision(law=stated.text("law"), article=article, in_force=in_force)


def select_rules(
    rules: Sequence[Rule], ids: Sequence[str] = (), assignments: Iterable[tuple[str, object]] = ()
) -> tuple[Rule, ...]:
    """Return the rules with the given ids, or all, with the values assigned to ``NAME`` or ``RULE.NAME``.

    A parameter that is assigned several times gets a list of the values.

    >>> import graphtrace as gt
    >>> (rule,) = gt.select_rules(gt.load_rules(), ["onward_resale"], [("max_depth", 2)])
    >>> rule.values
    {'max_depth': 2}

    Raises
    ------
    UsageError
        If there is no such rule or parameter, several of the rules have the parameter, or a value is of a wrong type.
    """
    for wanted in ids:
        find_rule(rules, wanted)
    chosen = {rule.id: rule for rule in rules if not ids or rule.id in ids}
    given: dict[tuple[str, str], list[object]] = {}
    for place, value in assignments:
        given.setdefault(_owner(place, tuple(chosen.values()), rules), []).append(value)
    for (owner, name), values in given.items():
        if len(values) > 1 and not chosen[owner].parameter(name).parameter.is_list:
            raise UsageError("rule_parameter_twice", name=name, hint="leave_one", code="bad_parameter")
        chosen[owner] = chosen[owner].with_value(name, values if len(values) > 1 else values[0])
    return tuple(chosen.values())


def rules_of(rules: Iterable[Rule], role: AuditRole) -> list[Rule]:
    """Return the rules that concern parties in a role."""
    return [rule for rule in rules if role in rule.roles]


def parse_assignment(text: str) -> tuple[str, str]:
    """Split ``NAME=VALUE`` or ``RULE.NAME=VALUE`` into the target and the value.

    Raises UsageError if it is neither.
    """
    place, equals, value = text.partition("=")
    if not equals:
        raise UsageError("assignment_form", text=text, hint="assignment_usage", code="bad_parameter")
    return place.strip(), value


def find_rule(rules: Sequence[Rule], wanted: str) -> Rule:
    """Return the rule with an id.

    Raises UsageError if there is none; the hint names the nearest.
    """
    for rule in rules:
        if rule.id == wanted:
            return rule
    near = difflib.get_close_matches(wanted, [rule.id for rule in rules], n=3, cutoff=0.5)
    raise UsageError(
        "unknown_rule", name=wanted, nearest=near, hint="did_you_mean" if near else "list_rules", code="unknown_rule"
    )


def _owner(place: str, chosen: Sequence[Rule], rules: Sequence[Rule]) -> tuple[str, str]:
    """Return the id of the one applied rule that has the parameter, and the parameter's name."""
    of, _, name = place.rpartition(".")
    candidates = [rule for rule in chosen if rule.id == of] if of else chosen
    if of and not candidates:
        find_rule(rules, of)
        raise UsageError("rule_not_applied", rule=of, hint="add_rule", code="bad_parameter")
    owners = [rule for rule in candidates if name in rule.values]
    if len(owners) > 1:
        names = [f"{rule.id}.{name}" for rule in owners]
        raise UsageError(
            "parameter_of_several_rules", name=name, names=names, hint="which_is_meant", code="bad_parameter"
        )
    if not owners:
        named = {one: f"{rule.id}.{one}" for rule in candidates for one in rule.values}
        near = [named[one] for one in difflib.get_close_matches(name, named, n=3, cutoff=0.5)]
        raise UsageError(
            "rule_unknown_parameter" if of else "rules_unknown_parameter",
            rule=of,
            name=name,
            nearest=near,
            hint="did_you_mean" if near else "list_rules",
            code="bad_parameter",
        )
    return owners[0].id, name
