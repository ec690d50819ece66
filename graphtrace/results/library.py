"""Query of the query library: its header, its parameters and their values, its text in each language, its rows."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from graphtrace.errors import QueryError, UsageError
from graphtrace.frozen import frozen
from graphtrace.identifiers import parse_iccid
from graphtrace.locale import BilingualText, Text, phrase
from graphtrace.patterns import late
from graphtrace.results.display import PlainDictMixin
from graphtrace.results.judgements import NamedJudgement
from graphtrace.results.tables import RowsMixin, require_pandas
from graphtrace.wire import DATED, KeyGroup, wire

if TYPE_CHECKING:
    import pandas

Language = Literal["sql", "cypher"]


LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)


Type = Literal["text", "integer", "number", "day", "boolean", "party", "card"]


TYPES: Final[tuple[Type, ...]] = get_args(Type)


QueryScope = Literal["case", "audit"]


_ASKED_IN: Final[Mapping[Language, str]] = {
    "sql": "case_in_folder",
    "cypher": "case_on_server",
}


_INTEGER: Final = late(r"[+-]?[0-9]{1,18}")


_NUMBER: Final = late(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")


_DAY: Final = late(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


HEADER: Final = late(r"\s*/\*(?P<toml>.*?)\*/", re.DOTALL)


class CardKey(str):
    """The key of a card as a value of a parameter; each store turns it into what its queries compare."""

    __slots__ = ()


class PartyRef(str):
    """A party as the user named it; the caller of the query must resolve it to an id."""

    __slots__ = ()


Value = str | int | float | bool | date | None


ParamValue = Value | list[Value]


@wire(
    "name type=type_text required=is_required default:Any meaning",
    name="QueryParameter",
    doc="A parameter of a question.",
)
@frozen()
class Parameter:
    """Parameter of a query.

    ``default`` is the default as text, ``null`` where a value may be absent, and ``None`` where one is required;
    ``preset`` is its value.
    """

    name: str
    type: Type
    is_list: bool
    default: str | None
    meaning: BilingualText
    preset: ParamValue = None

    @property
    def is_required(self) -> bool:
        """Whether a value must be given."""
        return self.default is None

    @property
    def type_text(self) -> str:
        """Return the type as the header states it."""
        return f"{self.type}[]" if self.is_list else self.type

    def parse(self, given: object) -> ParamValue:
        """Parse a given value: text as typed, or a Python value that fits the type.

        One value alone is a list of one. ``None`` is the absence of a value and taken only where the default is
        ``null``.

        Raises UsageError if it is no value of the type.
        """
        if given is None:
            if self.default != NULL:
                raise self._error("parameter_needs_value")
            return None
        if not self.is_list:
            return self._parse_one(given)
        members = [given] if isinstance(given, str) or not isinstance(given, Iterable) else given
        values = [self._parse_one(member) for member in members]
        if not values:
            raise self._error("parameter_needs_values")
        return values

    def _parse_one(self, given: object) -> Value:
        text = given.strip() if isinstance(given, str) else given
        value = None if text == "" else _PARSERS[self.type](text)
        if value is None:
            given_text = (
                None if given is None else phrase("quoted", text=given) if isinstance(given, str) else repr(given)
            )
            raise self._error("parameter_takes", what=phrase(f"meant_{self.type}"), given=given_text)
        return value

    def _error(self, text_id: str, **params: object) -> UsageError:
        return UsageError(
            text_id, **params, name=self.name, meaning=self.meaning, hint="parameter_meaning", code="bad_parameter"
        )


@wire()
@frozen(kw_only=False)
class QueryColumn:
    """A column of an answer."""

    name: str
    meaning: BilingualText


@frozen()
class QueryHeader:
    """Header that all files of one query share: the question, its parameters and its columns."""

    version: int
    question: BilingualText
    counts: BilingualText
    parameters: tuple[Parameter, ...]
    columns: tuple[QueryColumn, ...]
    over: QueryScope


@wire(
    "name version=header.version question=header.question counts=header.counts parameters=header.parameters",
    "columns=header.columns over=header.over files",
    name="QueryHeader",
    doc="A question of the query library.",
)
@frozen()
class Query:
    """A question of the library. ``texts`` holds the whole file of each language, ``paths`` where it was found.

    ``is_bundled`` says that it came with this program.
    """

    name: str
    header: QueryHeader
    texts: Mapping[Language, str]
    paths: Mapping[Language, Path] = field(compare=False)
    is_bundled: bool = field(default=False, compare=False)

    @property
    def files(self) -> list[Path]:
        """Return where it was found."""
        return list(self.paths.values())

    def source(self, language: Language) -> str:
        """Return the text to run in a language.

        Raises QueryError if the query is not written in it.
        """
        if language not in self.texts:
            (has,) = self.texts
            raise QueryError(
                "query_other_language",
                name=self.name,
                has=has,
                has_case=phrase(_ASKED_IN[has]),
                language=language,
                hint="write_other_language",
            )
        return self.texts[language]

    def with_header(self, language: Language) -> str:
        """Return the text of a language with the header, even where the header is in the other file.

        Raises QueryError if the query is not written in it.
        """
        text = self.source(language)
        headers = [match[0] for other in self.texts.values() if (match := HEADER.match(other))]
        return text if HEADER.match(text) else "\n\n".join([*headers, text])

    def bind(self, given: Mapping[str, object]) -> dict[str, ParamValue]:
        """Return the value of every parameter in the order of the header: the given one, else the default.

        Raises UsageError if a value is missing or of another type, or a parameter is not declared.
        """
        declared = [parameter.name for parameter in self.header.parameters]
        if unknown := sorted(given.keys() - set(declared)):
            takes: list[str] | Text = declared or phrase("none")
            raise UsageError(
                "query_unknown_parameter",
                name=self.name,
                unknown=unknown,
                takes=takes,
                hint="takes",
                code="bad_parameter",
            )
        missing = [one.name for one in self.header.parameters if one.is_required and one.name not in given]
        if missing:
            needed = " ".join(f"-p {name}=…" for name in missing)
            raise UsageError(
                "query_parameter_missing",
                name=self.name,
                missing=missing,
                needed=needed,
                hint="query_with",
                code="bad_parameter",
            )
        return {
            one.name: one.parse(given[one.name]) if one.name in given else one.preset for one in self.header.parameters
        }


NULL: Final = "null"
"""Written form of the default of an optional parameter."""


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
    return PartyRef(given) if isinstance(given, str) else None


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


_DTYPES = {str: "string", int: "Int64", float: "Float64", bool: "boolean"}
"""Of pandas, with missing values."""


@wire(
    DATED,
    "query=query parameters columns rows judgements",
    name="QueryAnswer",
    doc="The answer of ``query``.",
    query=KeyGroup("QueryName", "The question that was asked.", "name version=header.version"),
)
@frozen()
class QueryResult(RowsMixin, PlainDictMixin):
    """The rows that a query found, in its order, and what it was asked with.

    Cells are text, numbers, booleans, ``None`` or lists of these; a day is text (``YYYY-MM-DD``). ``parameters`` has
    every parameter as it was understood: a party by its id, a card by its key.
    """

    query: Query
    parameters: Mapping[str, Any]
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    judgements: tuple[NamedJudgement, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"<QueryResult {self.query.name}: {len(self)} rows>"

    def _table(self) -> tuple[Sequence[str], Sequence[Mapping[str, Any]]]:
        return self.columns, [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def to_pandas(self) -> pandas.DataFrame:
        """Return the rows as a data frame; a missing number stays missing and turns no other into a fraction."""
        require_pandas()
        import pandas as pd

        columns = zip(*self.rows, strict=True) if self.rows else ((),) * len(self.columns)
        return pd.DataFrame({name: _series(cells) for name, cells in zip(self.columns, columns, strict=True)})


def _series(cells: Sequence[Any]) -> pandas.Series[Any]:
    import pandas as pd

    kinds = {type(cell) for cell in cells if cell is not None}
    return pd.Series(cells, dtype=_DTYPES.get(kinds.pop(), "object") if len(kinds) == 1 else "object")
