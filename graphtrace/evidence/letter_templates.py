"""DOCX templates of letters: foreign code that may read the fields of a letter and nothing else.

A template comes from whoever edits documents in a unit, or from somebody who sent one. Its field language is a part of
Jinja that cannot call, assign, compute or reach an attribute of Python: only names of fields (:data:`FIELDS`), ``for``
over lists of them, ``if``, comparisons and some filters. All of that is checked on the syntax tree before anything is
filled in, with the paragraph where a fault stands. An archive with macros, embedded objects, external links, active
fields or a document type is refused.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from docxtpl import DocxTemplate
from jinja2 import TemplateSyntaxError, nodes
from jinja2.environment import Template
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from graphtrace.errors import TemplateError
from graphtrace.locale import phrase
from graphtrace.patterns import late
from graphtrace.render.sanitize import escape_control_chars

if TYPE_CHECKING:
    from graphtrace.locale import Text

MAX_TEMPLATE_BYTES: Final = 8 * 2**20
MAX_PART_BYTES: Final = 16 * 2**20
MAX_PARTS: Final = 400
"""Maximum size of a template, of one part unpacked, and number of parts."""

MAX_RENDERED: Final = 16 * 2**20
"""Maximum number of characters of a part that a template can make."""

MAX_NESTED: Final = 2
"""Maximum depth of loops within loops."""

Fields = Mapping[str, Any]
"""Names of fields: ``None`` for a text or number, a mapping for a group, a list of one group for a list."""

FIELDS: Final[Fields] = {
    "number": None,
    "reference": None,
    "date": None,
    "case": {"number": None, "name": None, "unit": None, "officer": None, "ground": None},
    "addressee": {"name": None, "identifier": None, "is_person": None},
    "requests": [{"what": None, "period": None, "why": None, "cards": None, "lead": None}],
    "cards": None,
    "ranges": [{"no": None, "first": None, "last": None, "cards": None, "text": None}],
    "listed": None,
    "annex": None,
    "reply_by": None,
    "suspend": [{"no": None, "first": None, "last": None, "cards": None, "text": None}],
    "suspend_cards": None,
    "blank": None,
    "program": None,
}
"""Fields of a letter; docs/letters.md says what each is."""

_FILTERS: Final = frozenset(
    {"default", "d", "length", "count", "upper", "lower", "trim", "first", "last", "e", "escape"}
)
_TESTS: Final = frozenset({"defined", "undefined", "none", "odd", "even", "first", "last"})
_LOOP: Final[Fields] = dict.fromkeys(("index", "index0", "revindex", "first", "last", "length"))
_NODES: Final = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Name, nodes.Getattr, nodes.Getitem),
    *(nodes.Const, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
    *(nodes.CondExpr, nodes.Tuple, nodes.List),
)
"""The only constructs of a template."""

_TAG: Final = late(r"(\{[{%#])(?:p|tr|tc|r)\s")
_FIXED_TIME: Final = datetime(1980, 1, 1)
_WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RELATIONS: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_FILLED_PARTS: Final = late(r"word/(?:document|header\d*|footer\d*|footnotes)\.xml")
_ACTIVE_PARTS: Final = late(r"(?i)vba|activex|/embeddings/|/afchunk|\.(?:bin|exe|dll|js|vbs|docm|dotm|mht|html?)$")
_ACTIVE_TYPES: Final = late(rb"(?i)macroEnabled|vbaProject|oleObject|activeX|afChunk|attachedTemplate|package\"")
_HARMLESS_FIELDS: Final = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES"})
"""Fields of Word that a template can have; others fetch, run or ask something when the letter is opened."""


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja without globals, in which a dot or brackets look into fields and nowhere else."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, extensions=())
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in _FILTERS}
        self.tests = {name: function for name, function in self.tests.items() if name in _TESTS or not name.isalpha()}
        self.template_class = _LimitedTemplate

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a field of a group, or a figure of a loop."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        if attribute in _LOOP and type(obj).__name__ == "LoopContext":
            return getattr(obj, attribute)
        return self.undefined(name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return the same as :meth:`getattr`, or a member of a list."""
        if isinstance(obj, list) and isinstance(argument, int) and -len(obj) <= argument < len(obj):
            return obj[argument]
        return self.getattr(obj, argument) if isinstance(argument, str) else self.undefined(name=str(argument))

    def is_safe_callable(self, obj: Any) -> bool:  # noqa: ARG002
        return False

    def from_string(self, source: Any, globals: Any = None, template_class: Any = None) -> Any:  # noqa: A002, ARG002
        _check_syntax(self.parse(source), FIELDS)
        return super().from_string(source)


class _LimitedTemplate(Template):
    """A template that makes a text of limited length, and well-formed XML: the library would mend it in silence."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        parts, length = [], 0
        for part in self.generate(*args, **kwargs):
            parts.append(part)
            length += len(part)
            if length > MAX_RENDERED:
                raise _TooLong
        text = "".join(parts)
        if text.lstrip().startswith("<"):
            etree.fromstring(text.strip().encode(), parser=_parser())
        return text


class _TooLong(Exception):
    """A text that became longer than any letter."""


class _Fault(Exception):
    """A construct or field that a template cannot have, and its line."""

    def __init__(self, line: int, why: Text) -> None:
        super().__init__(line, why)
        self.line, self.why = line, why


def fill_docx(content: bytes, name: str, values: Mapping[str, Any]) -> bytes:
    """Return the document of a template with the values of a letter; the same bytes for the same values.

    Raises TemplateError if the template is no document or has active content, a field that no letter has, or a
    construct that is not allowed; with the paragraph.
    """
    from graphtrace.render.writers.docx_writer import with_fixed_times

    _check_archive(content, name)
    document = DocxTemplate(io.BytesIO(content))
    out = io.BytesIO()
    try:
        document.render(_shown(values), _Environment(), autoescape=True)
        about = document.docx.core_properties
        about.title, about.author, about.last_modified_by = str(values["reference"]), "", ""
        about.created = about.modified = _FIXED_TIME
        document.save(out)
    except _TooLong:
        raise TemplateError("template_too_long", template=name, hint="template_loops") from None
    except (etree.XMLSyntaxError, TemplateSyntaxError, _Fault, ValueError, KeyError, IndexError, TypeError) as fault:
        raise TemplateError("template_torn", template=name, hint="template_whole_paragraphs") from fault
    return with_fixed_times(out.getvalue())


def _shown(value: Any) -> Any:
    """Return values with control characters and marks of direction written out; documents cannot hold the first."""
    match value:
        case str():
            return escape_control_chars(value)
        case Mapping():
            return {name: _shown(each) for name, each in value.items()}
        case list() | tuple():
            return [_shown(each) for each in value]
        case _:
            return value


# -- the archive ---------------------------------------------------------------------------------------------------


def _check_archive(content: bytes, name: str) -> None:
    def refuse(why: Text) -> NoReturn:
        raise TemplateError("template_refused", template=name, why=why, hint="template_plain_docx")

    if len(content) > MAX_TEMPLATE_BYTES:
        refuse(phrase("template_large"))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            if len(entries) > MAX_PARTS or sum(entry.file_size for entry in entries) > MAX_PART_BYTES:
                refuse(phrase("template_large"))
            if "word/document.xml" not in names:
                refuse(phrase("no_word_document"))
            if len({each.casefold() for each in names}) < len(names) or any(map(_is_outside, names)):
                refuse(phrase("template_part_twice"))
            for entry in entries:
                if _ACTIVE_PARTS.search(f"/{entry.filename}"):
                    refuse(phrase("template_active", part=entry.filename))
                part = archive.read(entry)
                if entry.filename.endswith((".xml", ".rels")):
                    _check_part(part, entry.filename, refuse)
            for part_name in filter(_FILLED_PARTS.fullmatch, names):
                _check_fields(archive.read(part_name), name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as fault:
        raise TemplateError(
            "template_refused", template=name, why=phrase("no_word_document"), hint="template_plain_docx"
        ) from fault


def _is_outside(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _check_part(part: bytes, name: str, refuse: Any) -> None:
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        refuse(phrase("template_doctype", part=name))
    try:
        tree = etree.fromstring(part, parser=_parser())
    except etree.XMLSyntaxError:
        refuse(phrase("template_part_unreadable", part=name))
    if name.endswith(".rels"):
        for relation in tree.iter(_RELATIONS):
            if relation.get("TargetMode", "").casefold() == "external":
                refuse(phrase("template_link", target=relation.get("Target", "")))
            if _ACTIVE_TYPES.search(relation.get("Type", "").encode()):
                refuse(phrase("template_active", part=relation.get("Target", "")))
    elif name == "[Content_Types].xml":
        if _ACTIVE_TYPES.search(part):
            refuse(phrase("template_active", part=name))
    else:
        for word in _words_of_fields(tree):
            if word not in _HARMLESS_FIELDS:
                refuse(phrase("template_field", word=word))


def _words_of_fields(tree: Any) -> Iterator[str]:
    """Yield the first word of each field of Word, and ``{…}`` for one whose instruction has fields of its own."""
    for field in tree.iter(f"{_WORD}fldSimple"):
        yield _first_word(field.get(f"{_WORD}instr", ""))
    for paragraph in tree.iter(f"{_WORD}p"):
        instruction, depth = "", 0
        for element in paragraph.iter(f"{_WORD}fldChar", f"{_WORD}instrText"):
            if element.tag == f"{_WORD}instrText":
                instruction += element.text or ""
            elif element.get(f"{_WORD}fldCharType") == "begin":
                depth += 1
            elif depth:
                if instruction.strip() or depth > 1:
                    yield _first_word(instruction) if depth == 1 else "{…}"
                instruction, depth = "", 0
        if instruction.strip():
            yield _first_word(instruction)


def _first_word(instruction: str) -> str:
    return next(iter(instruction.split()), "").upper()


# -- fields --------------------------------------------------------------------------------------------------------


def _check_fields(part: bytes, name: str) -> None:
    tree = etree.fromstring(part, parser=_parser())
    paragraphs: dict[Any, list[str]] = {each: [] for each in tree.iter(f"{_WORD}p")}
    for node in tree.iter(f"{_WORD}t"):
        # a paragraph may hold a text box with paragraphs of its own
        if (around := next(node.iterancestors(f"{_WORD}p"), None)) is not None:
            paragraphs[around].append(node.text or "")
    texts = map("".join, paragraphs.values())
    lines = [_TAG.sub(r"\1 ", re.sub(r"\s", " ", text)) for text in texts]
    environment = _Environment()
    try:
        _check_syntax(environment.parse("\n".join(lines)), FIELDS)
    except TemplateSyntaxError as fault:
        line, why = fault.lineno, phrase("template_syntax", text=fault.message or "")
    except _Fault as fault:
        line, why = fault.line, fault.why
    except RecursionError:
        line, why = 1, phrase("template_deep")
    else:
        return
    shown = lines[line - 1] if 0 < line <= len(lines) else ""
    raise TemplateError(
        "template_fault", template=name, paragraph=line, text=shown.strip()[:80], why=why, hint="template_fields"
    )


def _check_syntax(template: nodes.Template, fields: Fields) -> None:
    """Check that a template has only constructs that are allowed, and fields that a letter has."""
    _check_node(template, dict(fields), 0)


def _check_node(node: nodes.Node, scope: Mapping[str, Any], depth: int, line: int = 1) -> None:
    if not isinstance(node, _NODES):
        lines = (node.lineno, *(child.lineno for child in node.iter_child_nodes()), line)
        raise _Fault(next(filter(None, lines)), phrase("template_construct", name=type(node).__name__.lower()))
    match node:
        case nodes.For():
            _check_loop(node, scope, depth)
            return
        case nodes.Name() | nodes.Getattr() | nodes.Getitem():
            _resolve(node, scope)
            return
        case nodes.Filter() if node.name not in _FILTERS:
            raise _Fault(node.lineno, phrase("template_filter", name=node.name))
        case nodes.Test() if node.name not in _TESTS:
            raise _Fault(node.lineno, phrase("template_filter", name=node.name))
    for child in node.iter_child_nodes():
        _check_node(child, scope, depth, node.lineno or line)


def _check_loop(loop: nodes.For, scope: Mapping[str, Any], depth: int) -> None:
    fields = _resolve(loop.iter, scope) if isinstance(loop.iter, nodes.Name | nodes.Getattr) else None
    if not isinstance(fields, list) or not isinstance(loop.target, nodes.Name) or loop.recursive:
        raise _Fault(loop.lineno, phrase("template_loop"))
    if depth >= MAX_NESTED:
        raise _Fault(loop.lineno, phrase("template_deep"))
    inner = {**scope, loop.target.name: fields[0], "loop": _LOOP}
    tested: Sequence[nodes.Node] = () if loop.test is None else (loop.test,)
    for child in (*loop.body, *tested):
        _check_node(child, inner, depth + 1)
    for child in loop.else_:
        _check_node(child, scope, depth)


def _resolve(node: nodes.Node, scope: Mapping[str, Any]) -> Any:
    """Return what a name with its dots is: ``None`` for a text, a group or a list."""
    match node:
        case nodes.Name():
            if node.name in scope:
                return scope[node.name]
            raise _Fault(node.lineno, phrase("template_unknown_field", name=node.name))
        case nodes.Getattr():
            group, name = _resolve(node.node, scope), node.attr
        case nodes.Getitem(arg=nodes.Const(value=str() as name)):
            group = _resolve(node.node, scope)
        case _:
            raise _Fault(node.lineno, phrase("template_construct", name="[…]"))
    if isinstance(group, Mapping) and name in group:
        return group[name]
    raise _Fault(node.lineno, phrase("template_unknown_field", name=f"{_dotted(node)}"))


def _dotted(node: nodes.Node) -> str:
    match node:
        case nodes.Name():
            return node.name
        case nodes.Getattr():
            return f"{_dotted(node.node)}.{node.attr}"
        case nodes.Getitem(arg=nodes.Const(value=value)):
            return f"{_dotted(node.node)}.{value}"
        case _:
            return "…"


def read_template(path: Path) -> bytes:
    """Return the content of a template file.

    Raises TemplateError if it cannot be read or is too large.
    """
    from graphtrace.errors import os_reason
    from graphtrace.ingest.small_files import read_small_file

    try:
        return read_small_file(path, MAX_TEMPLATE_BYTES)
    except OSError as fault:
        raise TemplateError(
            "template_refused", template=path.name, why=os_reason(fault), hint="template_plain_docx"
        ) from fault
