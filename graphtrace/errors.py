"""Every error that graphtrace raises on purpose.

::

    GraphtraceError                exit 2   code, message, hint
    ├── UsageError                          the question itself is wrong
    │   ├── AmbiguousName                   several parties bear the name
    │   ├── UnknownFormat                   an ending or format nobody writes
    │   ├── MappingError                    a mapping file that is wrong or does not fit the file
    │   ├── QueryError                      a file of the query library that is wrong
    │   └── RuleError                       a rule file that is wrong, or whose query does not do
    ├── InputError                          a file that could not be read
    │   ├── UnknownHeadings                 no heading of the file is known
    │   └── UnsafeFile                      a file that is built to harm its reader
    ├── NothingFound               exit 1   nothing that was asked for is in the case
    ├── StoreError                 exit 3   the case does not exist or does not answer
    │   ├── CaseMissing
    │   ├── CaseLocked                      somebody else is writing
    │   └── CaseDamaged                     database, ledger and sources disagree
    ├── SystemFault                exit 3   the system refused something: no room, no right
    └── InternalError              exit 70  a fault of this program

Anything else that escapes is a bug. Programs that use this package see its traceback; the command line says it as one
of the last two, which nothing else raises. This module imports nothing.
"""


class GraphtraceError(Exception):
    """An error with a stable code, a sentence that says what is wrong and where, and a hint what to do next.

    Examples
    --------
    >>> try:
    ...     gt.open_case("nowhere.gtrace").status()
    ... except gt.GraphtraceError as error:
    ...     print(error.code)
    case_missing
    """

    exit_code = 2
    code = "error"

    def __init__(self, message: str, *, hint: str = "", code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code is not None:
            self.code = code


class UsageError(GraphtraceError):
    code = "wrong_usage"


class AmbiguousName(UsageError):
    code = "ambiguous_name"


class UnknownFormat(UsageError):
    code = "unknown_format"


class MappingError(UsageError):
    code = "bad_mapping"


class QueryError(UsageError):
    """A query that is wrong; ``line`` is the line of its text where that is known."""

    code = "bad_query"

    def __init__(self, message: str, *, hint: str = "", line: int | None = None) -> None:
        super().__init__(message, hint=hint)
        self.line = line

    def placed_in(self, path: object) -> str:
        """The message with the file, and the line in it, before it."""
        return f"{path}: {self.message}" if self.line is None else f"{path}:{self.line}: {self.message}"


class RuleError(UsageError):
    code = "bad_rule"


class InputError(GraphtraceError):
    code = "unreadable_file"


class UnknownHeadings(InputError):
    code = "unknown_headings"


class UnsafeFile(InputError):
    code = "unsafe_file"


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
