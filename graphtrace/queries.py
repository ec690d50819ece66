"""The query library: finds, parses and checks the files of ``queries/``.

A question stands in ``NAME.sql`` for cases in a folder and in ``NAME.cypher`` for cases on a server, side by side. Both
begin with the same header, in comments::

    -- question: Which devices were seen with many cards?
    -- question.zh: 哪些设备用过多张卡？
    -- counts: Each card once, in activations that name its number and the device.
    -- counts.zh: …
    -- param at_least: integer = 3 | the fewest cards | 最少卡数
    -- column device: the first 14 digits of the IMEI | IMEI 前 14 位
    -- mode: read

Invariant: a :class:`Query` that was made is sound. Every parameter is declared and used in every language, and values
reach an engine as parameters only, never as text.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final, Literal, TypeVar, get_args

from graphtrace.errors import QueryError, UsageError
from graphtrace.identifiers import parse_iccid

Language = Literal["sql", "cypher"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

Type = Literal["text", "integer", "number", "day", "boolean", "party", "card"]
TYPES: Final[tuple[Type, ...]] = get_args(Type)

Over = Literal["case", "audit"]

VARIABLE: Final = "GRAPHTRACE_QUERIES"
"""The environment variable that names a folder with more queries."""

_Word = TypeVar("_Word", bound=str)

_ASKED_IN: Final[Mapping[Language, str]] = {
    "sql": "a case in a folder",
    "cypher": "a case on a server, as it stands now",
}
_COMMENT: Final[Mapping[Language, str]] = {"sql": "--", "cypher": "//"}
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_WORD: Final = re.compile(r"[a-z][a-z0-9_]*")
_ENTRY: Final = re.compile(r"(?P<key>[a-z]+(?:\.[a-z]+)?)(?: (?P<of>\S+))?:(?: (?P<value>.*))?")
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ONCE: Final = ("question", "question.zh", "counts", "counts.zh", "mode", "over", "version")
_NEEDED: Final = ("question", "question.zh", "counts", "counts.zh", "mode")
_RESERVED: Final = frozenset({"known_on"})
"""Names that :meth:`graphtrace.Case.query` has for itself."""

_TOKENS: Final[Mapping[Language, re.Pattern[str]]] = {
    "sql": re.compile(
        r"""--[^\n]*|/\*.*?\*/|[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(?P<mark>\$\w*|\?)""", re.DOTALL
    ),
    "cypher": re.compile(
        r"""//[^\n]*|/\*.*?\*/|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`]|``)*`|(?P<mark>\$[\w`]*)""", re.DOTALL
    ),
}
"""What may hold a mark that is no parameter (comments, strings, quoted names), and the marks of parameters."""


class CardKey(str):
    """The key of a card as a value of a parameter; each store turns it into what its queries compare."""

    __slots__ = ()


class PartyName(str):
    """A party as somebody named it; whoever asks the query has to find out which id is meant."""

    __slots__ = ()


Value = str | int | float | bool | date | None
Bound = Value | list[Value]


@dataclass(frozen=True, slots=True)
class Text:
    """A text in both languages."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """What a query is asked with. ``default`` is as written in the header, ``None`` where a value is required."""

    name: str
    type: Type
    is_list: bool
    default: str | None
    meaning: Text

    @property
    def is_required(self) -> bool:
        """Whether a value has to be given."""
        return self.default is None

    @property
    def type_text(self) -> str:
        """The type as a header writes it."""
        return f"{self.type}[]" if self.is_list else self.type

    def parse(self, given: object) -> Bound:
        """The value that is meant by what was given: text as typed, or a value of Python that fits the type.

        One value alone is a list of one. ``None`` is the absence of a value and taken only where the default is
        ``null``.

        Raises
        ------
        UsageError
            If it is no value of the type.
        """
        if given is None:
            if self.default != _NULL:
                raise self._refused("needs a value", given)
            return None
        if not self.is_list:
            return self._parse_one(given)
        members = [given] if isinstance(given, str) or not isinstance(given, Iterable) else given
        values = [self._parse_one(member) for member in members]
        if not values:
            raise self._refused("needs at least one value", None)
        return values

    def _parse_one(self, given: object) -> Value:
        text = given.strip() if isinstance(given, str) else given
        value = None if text == "" else _PARSERS[self.type](text)
        if value is None:
            raise self._refused(f"takes {_MEANT[self.type]}", given)
        return value

    def _refused(self, why: str, given: object) -> UsageError:
        said = "" if given is None else f", not {given!r}"
        return UsageError(
            f"parameter {self.name} {why}{said}", hint=f"-p {self.name}=… ({self.meaning.en})", code="bad_parameter"
        )


@dataclass(frozen=True, slots=True)
class Column:
    """What a query returns in one place of its rows."""

    name: str
    meaning: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the files of one query have in common: the question, what it takes and what it returns."""

    version: int
    question: Text
    counts: Text
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    mode: Literal["read"]
    over: Over


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question of the library. ``texts`` holds the whole file of each language, ``paths`` where it was found."""

    name: str
    header: Header
    texts: Mapping[Language, str]
    paths: Mapping[Language, Path] = field(compare=False)

    def text_in(self, language: Language) -> str:
        """The text to run in a language.

        Raises
        ------
        QueryError
            If the query is not written in it.
        """
        if language not in self.texts:
            (has,) = self.texts
            raise QueryError(
                f"{self.name} is written in .{has} only, for {_ASKED_IN[has]}; this is asked in .{language}",
                hint=f"write {self.name}.{language} beside it, with the same header, or ask {_ASKED_IN[has]}",
            )
        return self.texts[language]

    def bind(self, given: Mapping[str, object]) -> dict[str, Bound]:
        """The value of every parameter in the order of the header: what is given, else the default.

        Raises
        ------
        UsageError
            If a value is missing or of another type, or a parameter is not declared.
        """
        declared = [parameter.name for parameter in self.header.parameters]
        if unknown := sorted(given.keys() - set(declared)):
            takes = ", ".join(declared) or "none"
            raise UsageError(
                f"{self.name} has no parameter {', '.join(unknown)}", hint=f"it takes: {takes}", code="bad_parameter"
            )
        missing = [one.name for one in self.header.parameters if one.is_required and one.name not in given]
        if missing:
            needed = " ".join(f"-p {name}=…" for name in missing)
            raise UsageError(
                f"{self.name} needs a value for {', '.join(missing)}",
                hint=f"graphtrace query {self.name} {needed}",
                code="bad_parameter",
            )
        return {
            one.name: one.parse(given[one.name]) if one.name in given else _default(one)
            for one in self.header.parameters
        }


def load_query(name: str, *, beside: Path | None = None) -> Query:
    """The query of that name, from the library, from the folder in ``GRAPHTRACE_QUERIES`` or from one more folder.

    Raises
    ------
    QueryError
        If its files are wrong or disagree, or two folders hold a query of this name.
    UsageError
        If there is no such query; the hint names the nearest.
    """
    files = find_files(beside)
    if name not in files:
        import difflib

        near = difflib.get_close_matches(name, files, n=3, cutoff=0.5)
        raise UsageError(
            f"there is no query called {name}",
            hint=f"did you mean {', '.join(near)}?" if near else "graphtrace query --list",
            code="unknown_query",
        )
    return _load(name, files[name])


def load_queries() -> list[Query]:
    """Every query, by name; raises as :func:`load_query` does if any of them is wrong."""
    return [_load(name, paths) for name, paths in sorted(find_files().items())]


def find_files(beside: Path | None = None) -> dict[str, list[Path]]:
    """The files of each query, in the order of the folders, ``beside`` the last; they are not read here."""
    found: dict[str, list[Path]] = {}
    folders = list(_folders())
    if beside is not None and not any(beside.samefile(folder) for folder in folders):
        folders.append(beside)
    for folder in folders:
        for path in sorted(folder.iterdir()):
            if path.suffix[1:] in LANGUAGES and path.is_file():
                found.setdefault(path.stem, []).append(path)
    return found


def _folders() -> Iterator[Path]:
    package = Path(__file__).parent
    packaged = package / "_queries"
    yield packaged if packaged.is_dir() else package.parent / "queries"
    if own := os.environ.get(VARIABLE):
        if not Path(own).is_dir():
            raise UsageError(
                f"{VARIABLE} names {own}, which is no folder", hint=f"set {VARIABLE} to a folder, or unset it"
            )
        yield Path(own)


def _load(name: str, paths: Sequence[Path]) -> Query:
    by_language: dict[Language, Path] = {}
    for path in paths:
        language = _language_of(path)
        if path.parent != paths[0].parent or language in by_language:
            raise QueryError(
                f"{path}: the library has a query of this name already ({paths[0]})",
                hint=f"give yours another name; it is found through {VARIABLE}",
            )
        by_language[language] = path
    if not _NAME.fullmatch(name):
        raise QueryError(f"{paths[0]}: {name} cannot be typed as a name", hint="use a-z, 0-9 and - between words")
    texts = {language: _read(path) for language, path in by_language.items()}
    parsed = [_parse(by_language[language], text, language) for language, text in texts.items()]
    for header, path in zip(parsed[1:], paths[1:], strict=True):
        for part in Header.__dataclass_fields__:
            if getattr(header, part) != getattr(parsed[0], part):
                raise QueryError(
                    f"{path}: its header differs from that of {paths[0].name} in {part}",
                    hint="make both headers say the same, word by word",
                )
    return Query(name=name, header=parsed[0], texts=texts, paths=by_language)


def _language_of(path: Path) -> Language:
    return "sql" if path.suffix == ".sql" else "cypher"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise QueryError(f"{path}: cannot be read: {fault}", hint="save it as UTF-8") from fault


def _parse(path: Path, text: str, language: Language) -> Header:
    parser = _HeaderParser(path, _COMMENT[language])
    header = parser.parse(text)
    _check_marks(parser, header, text, language)
    return header


class _HeaderParser:
    """Reads the leading comments of one file; every fault names the file and the line."""

    def __init__(self, path: Path, comment: str) -> None:
        self.path = path
        self.comment = comment
        self.lines: dict[str, int] = {}
        """The line of every entry."""

    def fault(self, line: int, what: str, *, hint: str) -> QueryError:
        return QueryError(f"{self.path}:{line}: {what}", hint=hint)

    def parse(self, text: str) -> Header:
        said: dict[str, str] = {}
        parameters: dict[str, Parameter] = {}
        columns: dict[str, Column] = {}
        for line, key, of, value in self._entries(text):
            entry = f"{key} {of}" if of else key
            if entry in self.lines:
                raise self.fault(line, f"{entry} is there already (line {self.lines[entry]})", hint="leave one of them")
            self.lines[entry] = line
            if key == "param" and of:
                parameters[of] = self._parameter(line, of, value)
            elif key == "column" and of:
                columns[of] = Column(self._word(line, of), self._meaning(line, value))
            elif key in _ONCE and not of:
                said[key] = value
            else:
                known = ", ".join((*_ONCE, "param NAME", "column NAME"))
                raise self.fault(line, f"{entry} is no key of a header", hint=f"the keys are {known}")
        if missing := [key for key in _NEEDED if key not in said]:
            raise self.fault(1, f"the header lacks {', '.join(missing)}", hint=f"add {self.comment} {missing[0]}: …")
        if not columns:
            raise self.fault(1, "the header names no column", hint=f"add {self.comment} column NAME: what it holds | …")
        return Header(
            version=self._version(said),
            question=Text(said["question"], said["question.zh"]),
            counts=Text(said["counts"], said["counts.zh"]),
            parameters=tuple(parameters.values()),
            columns=tuple(columns.values()),
            mode=self._one_of("mode", said, ("read",)),
            over=self._one_of("over", {"over": "case", **said}, get_args(Over)),
        )

    def _entries(self, text: str) -> Iterator[tuple[int, str, str, str]]:
        """Line, key, name and value of each entry; indented comments go on with the entry above them."""
        entry: tuple[int, str, str, str] | None = None
        for line, raw in enumerate(text.splitlines(), 1):
            if not raw.startswith(self.comment):
                break
            said = raw.removeprefix(self.comment)
            if entry is not None and said.startswith("   "):
                entry = (*entry[:3], f"{entry[3]} {said.strip()}".strip())
                continue
            if entry is not None:
                yield entry
            matched = _ENTRY.fullmatch(said.strip())
            if matched is None:
                raise self.fault(
                    line,
                    "the header has a line without a key",
                    hint="write KEY: VALUE, go on below it with four blanks, and put other remarks below the header",
                )
            entry = (line, matched["key"], matched["of"] or "", (matched["value"] or "").strip())
        if entry is not None:
            yield entry

    def _parameter(self, line: int, name: str, value: str) -> Parameter:
        if name in _RESERVED:
            raise self.fault(line, f"no parameter can be called {name}", hint="give it another name")
        typed, _, meaning = value.partition("|")
        type_text, equals, default = (part.strip() for part in typed.partition("="))
        kind = next((known for known in TYPES if known == type_text.removesuffix("[]")), None)
        if kind is None:
            raise self.fault(
                line,
                f"{name} is of no known type: {type_text}",
                hint=f"the types are {', '.join(TYPES)}, and each with []",
            )
        if equals and not default:
            raise self.fault(line, f"the default of {name} is empty", hint=f"write = {_NULL} for no value")
        parameter = Parameter(
            name=self._word(line, name),
            type=kind,
            is_list=type_text.endswith("[]"),
            default=default or None,
            meaning=self._meaning(line, meaning),
        )
        try:
            _default(parameter)
        except UsageError as fault:
            raise self.fault(line, f"the default does not fit: {fault.message}", hint="write another one") from fault
        return parameter

    def _word(self, line: int, name: str) -> str:
        if not _WORD.fullmatch(name):
            raise self.fault(line, f"{name} cannot be a name", hint="use a-z, 0-9 and _, a letter first")
        return name

    def _meaning(self, line: int, value: str) -> Text:
        parts = [part.strip() for part in value.split("|")]
        if len(parts) != 2 or not all(parts):
            raise self.fault(line, "its meaning is not there in both languages", hint="write: in English | 中文")
        return Text(*parts)

    def _version(self, said: Mapping[str, str]) -> int:
        text = said.get("version", "1")
        if not re.fullmatch("[1-9][0-9]{0,8}", text):
            raise self.fault(self.lines["version"], f"{text} is no version", hint="count versions from 1")
        return int(text)

    def _one_of(self, key: str, said: Mapping[str, str], words: Sequence[_Word]) -> _Word:
        for word in words:
            if said[key] == word:
                return word
        raise self.fault(self.lines[key], f"{key} cannot be {said[key]}", hint=f"it can be {', '.join(words)}")


def _check_marks(parser: _HeaderParser, header: Header, text: str, language: Language) -> None:
    declared = {parameter.name for parameter in header.parameters}
    used: set[str] = set()
    for token in _TOKENS[language].finditer(text):
        mark = token["mark"]
        if mark is None:
            continue
        line = text.count("\n", 0, token.start()) + 1
        name = mark[1:]
        if not _WORD.fullmatch(name):
            raise parser.fault(line, f"{mark} is no parameter", hint="write $name, and text in single quotes")
        if name not in declared:
            declaration = f"{parser.comment} param {name}: TYPE | meaning | 含义"
            raise parser.fault(line, f"{mark} is not declared", hint=f"add to the header: {declaration}")
        used.add(name)
    for name in (parameter.name for parameter in header.parameters if parameter.name not in used):
        raise parser.fault(
            parser.lines[f"param {name}"], f"parameter {name} is not used", hint=f"use ${name}, or take it out"
        )


_NULL: Final = "null"


def _default(parameter: Parameter) -> Bound:
    return None if parameter.default in (None, _NULL) else parameter.parse(parameter.default)


def _parse_text(given: object) -> Value:
    return given if isinstance(given, str) else None


def _parse_integer(given: object) -> Value:
    if isinstance(given, str):
        return int(given) if _INTEGER.fullmatch(given) else None
    return given if isinstance(given, int) and not isinstance(given, bool) and abs(given) < 10**18 else None


def _parse_number(given: object) -> Value:
    if isinstance(given, str):
        return float(given) if _NUMBER.fullmatch(given) else None
    if isinstance(given, bool) or not isinstance(given, int | float):
        return None
    return float(given) if math.isfinite(given) else None


def _parse_day(given: object) -> Value:
    if isinstance(given, str) and _DAY.fullmatch(given):
        try:
            return date.fromisoformat(given)
        except ValueError:
            return None
    return given if type(given) is date else None


def _parse_boolean(given: object) -> Value:
    if isinstance(given, bool):
        return given
    return {"true": True, "false": False}.get(given.lower()) if isinstance(given, str) else None


def _parse_party(given: object) -> Value:
    return PartyName(given) if isinstance(given, str) else None


def _parse_card(given: object) -> Value:
    card = parse_iccid(given) if isinstance(given, str) else None
    return CardKey(card.key) if card is not None and card.complete else None


_PARSERS: Final[Mapping[Type, Callable[[object], Value]]] = {
    "text": _parse_text,
    "integer": _parse_integer,
    "number": _parse_number,
    "day": _parse_day,
    "boolean": _parse_boolean,
    "party": _parse_party,
    "card": _parse_card,
}

_MEANT: Final[Mapping[Type, str]] = {
    "text": "a text",
    "integer": "a whole number",
    "number": "a number",
    "day": "a day (YYYY-MM-DD)",
    "boolean": "true or false",
    "party": "a name, number or id of a party",
    "card": "a complete ICCID",
}
