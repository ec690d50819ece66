"""The query library: finds, parses and checks the files of ``queries/``.

A question is in ``NAME.sql`` for cases in a folder, in ``NAME.cypher`` for cases on a server, or in both. One of the
files begins with the header, as TOML in a comment; the rest of it, and the other file, is the statement::

    /*
    question.en = "Which devices were seen with many cards?"
    question.zh = "哪些设备用过多张卡？"
    description.en = "Each card once, in activations that name its number and the device."
    description.zh = "…"
    [params]
    at_least = {type = "integer", default = 3, en = "the fewest cards", zh = "最少卡数"}
    [returns]
    device = {en = "the first 14 digits of the IMEI", zh = "IMEI 前 14 位"}
    */

Invariant: a :class:`Query` that was made is sound. Every parameter is declared and used in every language, and values
reach an engine as parameters only, never as text.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar, get_args

from graphtrace.errors import QueryError, UsageError, os_reason
from graphtrace.ingest.small_files import read_small_file
from graphtrace.locale import BilingualText, phrase
from graphtrace.patterns import late
from graphtrace.results.library import (
    HEADER,
    LANGUAGES,
    NULL,
    TYPES,
    Language,
    Parameter,
    Query,
    QueryColumn,
    QueryHeader,
    QueryScope,
)

MAX_QUERY_BYTES: Final = 2**20
"""Maximum size of a file of the library; those that people write have some kilobytes."""

VARIABLE: Final = "GRAPHTRACE_QUERIES"
"""Environment variable that names a folder with more queries."""

_Word = TypeVar("_Word", bound=str)

_NAME: Final = late(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_WORD: Final = late(r"[a-z][a-z0-9_]*")
_OLD_HEADER: Final = late(r"(?:(?:--|//).*\n)*?(?:--|//) *question(?:\.zh)?:")
_RESERVED: Final = frozenset({"as_of"})
"""Parameter names that :meth:`graphtrace.Case.query` reserves."""

_TOKENS: Final[Mapping[Language, re.Pattern[str]]] = {
    "sql": late(
        r"""--[^\n]*|/\*.*?\*/|[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(?P<mark>\$\w*|\?)""", re.DOTALL
    ),
    "cypher": late(
        r"""//[^\n]*|/\*.*?\*/|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`]|``)*`|(?P<mark>\$[\w`]*)""", re.DOTALL
    ),
}
"""Tokens in which a mark is no parameter (comments, strings, quoted names), and the marks of parameters."""


def load_query(name: str, *, beside: Path | None = None) -> Query:
    """Return the query with a name, from the library, the folder in ``GRAPHTRACE_QUERIES`` or one more folder.

    Raises QueryError if its files are wrong or disagree, or two folders hold a query of this name; UsageError if there
    is no such query; the hint names the nearest.
    """
    files = find_files(beside)
    if name not in files:
        import difflib

        near = difflib.get_close_matches(name, files, n=3, cutoff=0.5)
        raise UsageError(
            "unknown_query",
            name=name,
            nearest=near,
            hint="did_you_mean" if near else "list_queries",
            code="unknown_query",
        )
    return _load(name, files[name])


def load_queries() -> list[Query]:
    """Return every query, by name; raises as :func:`load_query` if any of them is invalid."""
    return [_load(name, paths) for name, paths in sorted(find_files().items())]


def find_files(beside: Path | None = None) -> dict[str, list[Path]]:
    """Return the files of each query, in the order of the folders, ``beside`` last; they are not read here."""
    found = {name: list(paths) for name, paths in _packaged_files().items()}
    folders = list(_own_folders())
    if beside is not None and not any(beside.samefile(folder) for folder in (_packaged_folder(), *folders)):
        folders.append(beside)
    for folder in folders:
        for name, paths in _files_in(folder).items():
            found.setdefault(name, []).extend(paths)
    return found


@cache
def _packaged_files() -> dict[str, list[Path]]:
    """Return the files of the library, which do not change while a process runs."""
    return _files_in(_packaged_folder())


def _files_in(folder: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix[1:] in LANGUAGES and path.is_file():
            found.setdefault(path.stem, []).append(path)
    return found


@cache
def _packaged_folder() -> Path:
    package = Path(__file__).parent
    packaged = package / "_queries"
    return packaged if packaged.is_dir() else package.parent / "queries"


def _own_folders() -> Iterator[Path]:
    if own := os.environ.get(VARIABLE):
        if not Path(own).is_dir():
            raise UsageError("queries_no_folder", variable=VARIABLE, folder=own, hint="set_queries_folder")
        yield Path(own)


def _load(name: str, paths: Sequence[Path]) -> Query:
    return _load_packaged(name) if paths == _packaged_files().get(name) else _read_query(name, paths)


@cache
def _load_packaged(name: str) -> Query:
    return replace(_read_query(name, _packaged_files()[name]), is_bundled=True)


def _read_query(name: str, paths: Sequence[Path]) -> Query:
    by_language: dict[Language, Path] = {}
    for path in paths:
        language: Language = "sql" if path.suffix == ".sql" else "cypher"
        if path.parent != paths[0].parent or language in by_language:
            raise QueryError(
                "query_name_taken", path=path, other=paths[0], variable=VARIABLE, hint="another_query_name"
            )
        by_language[language] = path
    if not _NAME.fullmatch(name):
        raise QueryError("query_name_untypable", path=paths[0], name=name, hint="query_name_form")
    texts = {language: _read(by_language[language]) for language in LANGUAGES if language in by_language}
    header = _read_header({by_language[language]: text for language, text in texts.items()})
    for language, text in texts.items():
        _check_marks(by_language[language], header, text, language)
    return Query(name=name, header=header, texts=texts, paths=by_language)


def _read(path: Path) -> str:
    try:
        text = read_small_file(path, MAX_QUERY_BYTES).decode("utf-8-sig")
    except OSError as fault:
        raise QueryError("file_unreadable", path=path, why=os_reason(fault), hint="small_text_file") from fault
    except UnicodeDecodeError as fault:
        raise QueryError("file_unreadable", path=path, why=str(fault), hint="save_as_utf8") from fault
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read_header(texts: Mapping[Path, str]) -> QueryHeader:
    import tomllib

    for path, text in texts.items():
        if _OLD_HEADER.match(text):
            raise QueryError("header_of_old_form", path=path, hint="header_as_toml")
    found = [(path, match) for path, text in texts.items() if (match := HEADER.match(text))]
    if not found:
        raise QueryError("query_without_header", path=next(iter(texts)), hint="begin_with_header")
    (path, match), *others = found
    if others:
        raise QueryError("query_two_headers", path=others[0][0], name=path.name, hint="one_header")
    try:
        entries = tomllib.loads(match["toml"])
    except tomllib.TOMLDecodeError as fault:
        within = re.search(r"at line (\d+)", str(fault))
        line = texts[path].count("\n", 0, match.start("toml")) + int(within[1] if within else 1)
        raise QueryError("header_not_toml", path=path, line=line, hint="toml_form") from fault
    return _HeaderReader(path).read(entries)


class _HeaderReader:
    """Checks the entries of a header; every error names the file and the key."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, entries: Mapping[str, Any]) -> QueryHeader:
        self._check_keys(
            "", entries, needed=("question", "description", "returns"), optional=("params", "scope", "version")
        )
        version, scope = entries.get("version", 1), entries.get("scope", "case")
        if type(version) is not int or version < 1:
            raise self._error("version", "header_version", hint="versions_from_one")
        return QueryHeader(
            version=version,
            question=self._text("question", entries["question"]),
            counts=self._text("description", entries["description"]),
            parameters=tuple(self._parameter(*entry) for entry in self._named("params", entries.get("params", {}))),
            columns=tuple(
                QueryColumn(name, self._text(key, value))
                for name, key, value in self._named("returns", entries["returns"])
            ),
            over=self._one_of("scope", scope, get_args(QueryScope)),
        )

    def _parameter(self, name: str, key: str, value: object) -> Parameter:
        entries = self._table(key, value)
        self._check_keys(key, entries, needed=("type",), optional=("default", "optional", "en", "zh"))
        if name in _RESERVED:
            raise self._error(key, "header_reserved", hint="another_name")
        type_text, is_list = str(entries["type"]).removesuffix("[]"), str(entries["type"]).endswith("[]")
        default = entries.get("default")
        if "optional" in entries and (entries["optional"] is not True or default is not None):
            raise self._error(f"{key}.optional", "header_optional", hint="leave_out")
        parameter = Parameter(
            name=name,
            type=self._one_of(f"{key}.type", type_text, TYPES),
            is_list=is_list,
            default=NULL if "optional" in entries else default if default is None else _text_of(default),
            meaning=self._text(key, {word: entries[word] for word in ("en", "zh") if word in entries}),
        )
        if default is None:
            return parameter
        try:
            return replace(parameter, preset=parameter.parse(default))
        except UsageError as fault:
            raise self._error(
                f"{key}.default", "header_default", type=parameter.type_text, hint="value_of_type"
            ) from fault

    def _text(self, key: str, value: object) -> BilingualText:
        """Return a text in both languages; what is given in one language serves for both."""
        entries = self._table(key, value)
        self._check_keys(key, entries, needed=(), optional=("en", "zh"))
        texts = {word: " ".join(text.split()) for word, text in entries.items() if isinstance(text, str)}
        if not texts or not all(texts.values()) or len(texts) < len(entries):
            raise self._error(key, "header_text", hint="both_texts")
        return BilingualText(texts.get("en") or texts["zh"], texts.get("zh") or texts["en"])

    def _named(self, key: str, value: object) -> Iterator[tuple[str, str, object]]:
        for name, entry in self._table(key, value).items():
            if not _WORD.fullmatch(name):
                raise self._error(f"{key}.{name}", "header_name", hint="parameter_name_form")
            yield name, f"{key}.{name}", entry

    def _table(self, key: str, value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._error(key, "header_keys_below", hint="header_example")
        return value

    def _check_keys(
        self, key: str, entries: Mapping[str, object], *, needed: Sequence[str], optional: Sequence[str]
    ) -> None:
        below = f"{key}." if key else ""
        for name in entries:
            if name not in (*needed, *optional):
                keys = (*needed, *optional)
                raise self._error(f"{below}{name}", "header_unknown_key", keys=keys, hint="keys_are")
        for name in needed:
            if not entries.get(name):
                raise self._error(f"{below}{name}", "header_missing", hint="header_example")

    def _one_of(self, key: str, value: object, words: Sequence[_Word]) -> _Word:
        for word in words:
            if value == word:
                return word
        raise self._error(key, "header_unknown_word", words=words, hint="it_can_be")

    def _error(self, key: str, what: str, *, hint: str, **params: Any) -> QueryError:
        return QueryError("header_key", path=self.path, key=key, what=phrase(what), hint=hint, **params)


def _text_of(default: object) -> str:
    if isinstance(default, list):
        return ", ".join(map(_text_of, default))
    return str(default).lower() if isinstance(default, bool) else str(default)


def _check_marks(path: Path, header: QueryHeader, text: str, language: Language) -> None:
    """Refuse a file that does not use exactly the parameters of the header."""
    unused = {parameter.name for parameter in header.parameters}
    declared = frozenset(unused)
    for token in _TOKENS[language].finditer(text):
        mark = token["mark"]
        if mark is None:
            continue
        line = text.count("\n", 0, token.start()) + 1
        name = mark[1:]
        if not _WORD.fullmatch(name):
            raise QueryError("mark_no_parameter", path=path, line=line, mark=mark, hint="mark_form")
        if name not in declared:
            raise QueryError("mark_not_declared", path=path, line=line, mark=mark, name=name, hint="declare_parameter")
        unused.discard(name)
    for name in sorted(unused):
        raise QueryError("header_parameter_unused", path=path, name=name, hint="use_parameter")
