"""Errors that graphtrace raises on purpose.

::

    GraphtraceError                exit 2   code, text, hint
    ├── UsageError                          the question itself is wrong
    │   ├── AmbiguousName                   several parties bear the name
    │   ├── UnknownFormat                   an ending or format nobody writes
    │   ├── MappingError                    a mapping file that is wrong or does not fit the file
    │   ├── RecipeError                     a recipe file that is wrong
    │   ├── QueryError                      a query of the library or of a user that is wrong
    │   └── RuleError                       a rule file that is wrong, or whose query does not do
    ├── InputError                          a file that could not be read
    │   ├── UnknownHeadings                 no heading of the file is known
    │   │   ├── UnknownKind                 nothing says what happened to the cards
    │   │   ├── NeedsAnswer                 the file leaves open what its records must carry
    │   │   └── ContextOnly                 a known format that makes no record
    │   ├── UnsafeFile                      a file that is built to harm its reader
    │   └── BundleRefused                   a bundle that is damaged, unsafe, or not signed by whom it should be
    ├── NothingFound               exit 1   nothing that was asked for is in the case
    ├── StoreError                 exit 3   the case does not exist or does not answer
    │   ├── CaseMissing
    │   ├── CaseLocked                      somebody else is writing
    │   └── CaseDamaged                     database, ledger and sources disagree
    ├── BundleDiffers              exit 4   the sources of a bundle give another case than it states
    ├── SystemFault                exit 3   the system refused something: no room, no right
    └── InternalError              exit 70  a fault of this program

Exit codes of commands that answer are in :mod:`graphtrace.cli.exit_codes`.

Anything else that escapes is a bug. Programs that use this package see its traceback; the command line says it as one
of the last two, which nothing else raises.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from graphtrace.locale import BilingualText, Text, load_catalogue, phrase
from graphtrace.wire import wire


@wire("code message hint:str|None", name="ErrorText", doc="An error.")
class GraphtraceError(Exception):
    """An error with a stable code, a text that states the problem and its place, and a hint what to do next.

    Parameters
    ----------
    text
        An id of the table ``errors`` of the catalogues, or a whole text.
    hint
        An id of the table ``hints``, or a whole text.
    code
        The public code, where it is not that of the class.
    params
        Values of the parameters of both.

    Examples
    --------
    >>> try:
    ...     gt.open_case("nowhere.gtrace").status()
    ... except gt.GraphtraceError as error:
    ...     print(error.code)
    case_missing
    """

    exit_code: int = 2
    code: str = "error"

    def __init__(self, text: str | Text, /, *, hint: str | Text | None = None, code: str | None = None, **params: Any):
        super().__init__(text)
        self.params = params
        self.text = Text("errors", text, params) if isinstance(text, str) else text
        self.hint_text = Text("hints", hint, params) if isinstance(hint, str) else hint
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        """Have another process get the error as it is, and not make it anew of its text alone."""
        return _restored, (type(self), self.args, self.__dict__)

    def replace_path(self, old: Path, new: Path) -> None:
        """Replace the path of a copy in the parameters by that of the file."""
        self.text = self.text.replace_path(old, new)
        self.hint_text = self.hint_text and self.hint_text.replace_path(old, new)

    @property
    def message(self) -> str:
        """Return the text in English."""
        return self.text.render("en")

    @property
    def hint(self) -> str:
        """Return the hint in English; empty if there is none."""
        return "" if self.hint_text is None else self.hint_text.render("en")


def _restored(kind: type[GraphtraceError], args: tuple[Any, ...], content: dict[str, Any]) -> GraphtraceError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(content)
    return error


class UsageError(GraphtraceError):
    code = "wrong_usage"


class AmbiguousName(UsageError):
    code = "ambiguous_name"


class UnknownFormat(UsageError):
    code = "unknown_format"


class MappingError(UsageError):
    code = "bad_mapping"


class RecipeError(UsageError):
    code = "bad_recipe"


class TemplateError(UsageError):
    code = "bad_template"


class QueryError(UsageError):
    """An invalid query; ``line`` is the line of its text, if it is known."""

    code = "bad_query"

    @property
    def line(self) -> int | None:
        """Return the parameter ``line``."""
        line: int | None = self.params.get("line")
        return line

    def placed_in(self, path: object) -> Text:
        """Return the text of the error with the file and the line before it."""
        if self.line is None:
            return phrase("in_file", path=path, what=self.text)
        return phrase("in_file_line", path=path, line=self.line, what=self.text)


class RuleError(UsageError):
    code = "bad_rule"


class InputError(GraphtraceError):
    code = "unreadable_file"


class UnknownHeadings(InputError):
    """Headings that are not understood.

    ``rows`` is the number of rows concerned, ``header_row`` the number of the row of ``headings``, 0 where there is
    none that could be one; ``is_headless`` says that all rows are data. ``used`` are the headings that are understood,
    where that is known, ``served`` the field of each column that has one.
    """

    code = "unknown_headings"

    rows = 0
    header_row = 0
    is_headless = False
    headings: tuple[str, ...] = ()
    used: frozenset[str] | None = None
    served: Mapping[int, str] = MappingProxyType({})


class UnknownKind(UnknownHeadings):
    """Headings that name cards, but no event."""

    code = "unknown_kind"


class NeedsAnswer(UnknownHeadings):
    """Headings that name an event but not all its required fields.

    With ``is_kind_open`` the event itself may be said to be another one.
    """

    code = "needs_answer"

    is_kind_open = False
    texts: Mapping[str, BilingualText] = MappingProxyType({})
    choices: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    """Parties that lines above name, one of whom may be asked for."""

    @property
    def event(self) -> str:
        """Return the kind of the event; empty if the question is about the format itself."""
        return str(self.params["kind"] or "")

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the fields that the event requires and no heading provides."""
        return tuple(self.params["missing"])


class AnswerContradicts(NeedsAnswer):
    """An answer about a side of a sheet that its cards, its title or its rows contradict."""

    code = "answer_contradicts"


class ContextOnly(UnknownHeadings):
    """A file of a known format that makes no record."""

    code = "context_only"


class UnsafeFile(InputError):
    code = "unsafe_file"


class BundleRefused(InputError):
    code = "bundle_refused"


class BundleDiffers(GraphtraceError):
    exit_code = 4
    code = "bundle_differs"


class NothingFound(GraphtraceError):
    exit_code = 1
    code = "not_found"


class StoreError(GraphtraceError):
    exit_code = 3
    code = "store_unavailable"


class CaseMissing(StoreError):
    code = "case_missing"


class CaseLocked(StoreError):
    code = "case_locked"


class CaseDamaged(StoreError):
    code = "case_damaged"


class SystemFault(GraphtraceError):
    exit_code = 3
    code = "system_fault"


class InternalError(GraphtraceError):
    exit_code = 70
    code = "internal"


class RefusedFile(OSError):
    """A file that the system can read and this program refuses; ``why`` is the reason."""

    def __init__(self, number: int, why: Text, path: str | None = None) -> None:
        super().__init__(number, why.render("en"), path)
        self.why = why


def os_reason(error: OSError) -> Text | str:
    """Return the meaning of an operating system error, translatable if its number is a common one."""
    if isinstance(error, RefusedFile):
        return error.why
    name = errno.errorcode.get(error.errno or 0, "")
    is_of_system = hasattr(error, "winerror") or error.strerror == os.strerror(error.errno or 0)
    if is_of_system and name in load_catalogue("en")["system"]:
        return Text("system", name, {})
    return error.strerror or str(error) or type(error).__name__
