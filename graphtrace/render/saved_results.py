"""Comparison of a saved answer of ``trace`` or ``audit`` with the current one.

Sentences do not count, since they come in two languages, nor do the version of the program, the name of the case, or
the findings of an audit and the rules not asked, which depend on the rules that were given.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from graphtrace.errors import InputError, os_reason
from graphtrace.ingest.small_files import read_small_file
from graphtrace.model import AuditRole

Parts = Mapping[tuple[str, str | None], Any]
"""Parts of an answer, by their subject: the input and the card, or the audited party and its role."""

MAX_ANSWER_BYTES: Final = 512 * 2**20
"""Maximum size of a saved answer: that of some hundred thousand cards."""


@dataclass(frozen=True, slots=True)
class SavedResult:
    """Saved answer: the questions in order, each once, the answers, and the head of the ledger that they came from.

    An answer of a version that did not store the head is not ``is_anchored``.
    """

    command: Literal["trace", "audit"]
    asked: tuple[str, ...]
    parts: Parts
    ledger_head: str | None = None
    is_anchored: bool = False

    @property
    def by_role(self) -> dict[AuditRole, list[str]]:
        """Return the audited parties by their roles, each in the order asked."""
        found: dict[AuditRole, list[str]] = {}
        for about, role in self.parts:
            found.setdefault("dealer" if role == "dealer" else "enterprise", []).append(about)
        return found

    def diff(self, now: Mapping[str, Any]) -> list[str]:
        """Return the inputs or parties that the same command answers differently now, each once, in the order asked."""
        parts = _parts_of(json.loads(json.dumps(now)))
        return [about for about in self.asked if _about(about, self.parts) != _about(about, parts)]


def read_answer(path: Path) -> SavedResult:
    """Read the answer in a file.

    Raises
    ------
    InputError
        If it cannot be read, or is no answer of ``trace`` or ``audit``.
    """
    try:
        document = json.loads(read_small_file(path, MAX_ANSWER_BYTES).decode("utf-8"))
        parts = _parts_of(document)
    except OSError as error:
        raise InputError("at_path", path=path, why=os_reason(error), hint="saved_answer") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError("no_saved_answer", path=path, hint="saved_answer") from error
    command: Literal["trace", "audit"] = "trace" if "results" in document else "audit"
    head = document.get("ledger_head")
    return SavedResult(
        command,
        tuple(dict.fromkeys(about for about, _ in parts)),
        parts,
        head if isinstance(head, str) else None,
        "ledger_head" in document,
    )


def _about(about: str, parts: Parts) -> list[Any]:
    return [(part, said) for (asked, part), said in parts.items() if asked == about]


def _parts_of(document: Mapping[str, Any]) -> Parts:
    if "results" in document:
        # a damaged cell of a table cannot be typed, so it cannot be asked again
        return {
            (_text(result["input"]), result["card"] and result["card"]["key"]): _bare(result)
            for result in document["results"]
            if "damaged_number" not in {finding["code"] for finding in result["findings"]}
        }
    return {
        (_text(told["enterprise"]["id"]), _text(told["role"])): _bare(
            {key: said for key, said in told.items() if key not in ("findings", "rules_not_asked")}
        )
        for told in document["enterprises"]
    }


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _bare(said: Any) -> Any:
    """Return the same without sentences."""
    if isinstance(said, dict):
        return {key: _bare(value) for key, value in said.items() if key != "message"}
    return [_bare(value) for value in said] if isinstance(said, list) else said
