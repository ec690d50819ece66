"""Values of the options that every command has."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from graphtrace.errors import UsageError
from graphtrace.storage.location import case_title

if TYPE_CHECKING:
    from graphtrace.analysis.store_access import LookupScope
    from graphtrace.case import Case
    from graphtrace.redaction import Masker
    from graphtrace.render import Lang

CASE_VARIABLE: Final = "GRAPHTRACE_CASE"


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalOptions:
    """Values of the common options; those after the command's name take precedence over those before it."""

    case: str | None
    as_json: bool
    as_jsonl: bool
    output: Path | None
    quiet: bool
    verbose: bool
    lang: Lang
    wait: float
    memory_limit: str | None
    without_judgements: bool
    redact: bool
    purpose: str | None
    scopes: list[LookupScope] = field(default_factory=list)
    """The look-ups of the command, one scope at most."""

    def open_case(self, name: str | Path | None = None) -> Case:
        """Open the case of the command, or the one with ``name``."""
        from graphtrace.analysis.store_access import LookupScope
        from graphtrace.case import open_case

        case = open_case(
            self.require_case() if name is None else name,
            wait=self.wait,
            memory_limit=self.memory_limit,
            without_judgements=self.without_judgements,
            purpose=self.purpose,
        )
        if not self.scopes:
            self.scopes.append(LookupScope())
        case.log_as(self.scopes[0], purpose=self.purpose)
        return case

    def masker(self, name: str | None = None) -> Masker:
        """Return what makes the pseudonyms of the case of the command, or of the one with ``name``."""
        with self.open_case(name) as case:
            return case.masker(self.lang)

    def require_case(self) -> str:
        """Return the case of the command; raises if none is given."""
        if not self.case:
            raise UsageError("no_case_named", variable=CASE_VARIABLE, hint="name_case")
        return self.case

    def answer_options(self, as_of: str | None, slack: int | None) -> dict[str, Any]:
        """Return the common options with which a saved answer has to be asked again."""
        own = {} if slack is None else {"slack": slack}
        return {"lang": self.lang, "as_of": as_of, "judged": not self.without_judgements, **own}

    @property
    def case_title(self) -> str:
        """Return the name of the case on pages and in spreadsheets."""
        return case_title(self.require_case())
