"""Comparison of saved answers of ``trace`` and ``audit`` with those that the case gives now.

Sentences do not count, since they come in two languages, nor do the version of the program, the name of the case, or
the findings of an audit and the rules not asked, which depend on the rules that were given.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from graphtrace.analysis.audit.report import audit_parties
from graphtrace.analysis.trace import Tracer
from graphtrace.errors import InputError, NothingFound, os_reason
from graphtrace.ingest.small_files import read_small_file
from graphtrace.model import AuditRole
from graphtrace.results.audit import AuditResults
from graphtrace.results.traces import Traces
from graphtrace.storage.ledger import content_of

Parts = Mapping[tuple[str, str | None], Any]
"""Parts of an answer, by their subject: the input and the card, or the audited party and its role."""

MAX_ANSWER_BYTES: Final = 512 * 2**20
"""Maximum size of a saved answer: that of some hundred thousand cards."""


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """Answer in a file: the questions in order, each once, the answers, and the head of the ledger they came from.

    An answer of a version that did not store the head is not ``is_anchored``.
    """

    file: str
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


def read_answer(path: Path) -> SavedAnswer:
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
    return SavedAnswer(
        path.name,
        command,
        tuple(dict.fromkeys(about for about, _ in parts)),
        parts,
        head if isinstance(head, str) else None,
        "ledger_head" in document,
    )


def check_answers(
    tracer: Tracer, answers: Iterable[SavedAnswer], ledger: Sequence[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Ask the questions of saved answers again; yield a code and parameters for each difference.

    ``ledger`` has the lines from which the case answers now.
    """
    for answer in answers:
        later = _lines_since(answer.ledger_head, ledger) if answer.is_anchored else 0
        if later is None:
            yield "answer_of_another_ledger", {"file": answer.file, "head": answer.ledger_head}
        for about in answer.diff(_ask_again(tracer, answer)):
            yield "answer_differs", {"file": answer.file, "about": about, "later": later or None}


def _ask_again(tracer: Tracer, answer: SavedAnswer) -> dict[str, Any]:
    if answer.command == "trace":
        return Traces(tracer.trace(answer.asked)).to_dict()
    audits: list[Any] = []
    for role, asked in answer.by_role.items():
        try:
            audits += audit_parties(tracer, asked, role=role)
        except NothingFound:
            for party in asked:
                with suppress(NothingFound):
                    audits += audit_parties(tracer, [party], role=role)
    return {"enterprises": AuditResults(audits).to_dict()["enterprises"]}


def _lines_since(head: str | None, ledger: Sequence[str]) -> int | None:
    """Return the number of lines of the ledger after the line with this hash; ``None`` if no line has it.

    An answer without a head was given before anything was loaded.
    """
    hashes = [None, *(content_of(line)["hash"] for line in ledger)]
    return len(hashes) - 1 - hashes.index(head) if head in hashes else None


def _about(about: str, parts: Parts) -> list[Any]:
    return [(part, answer) for (asked, part), answer in parts.items() if asked == about]


def _parts_of(document: Mapping[str, Any]) -> Parts:
    if "results" in document:
        # a damaged cell of a table cannot be typed, so it cannot be asked again
        return {
            (_text(result["input"]), result["card"] and result["card"]["key"]): _bare(result)
            for result in document["results"]
            if "damaged_number" not in {finding["code"] for finding in result["findings"]}
        }
    return {
        (_text(audit["enterprise"]["id"]), _text(audit["role"])): _bare(
            {key: value for key, value in audit.items() if key not in ("findings", "rules_not_asked")}
        )
        for audit in document["enterprises"]
    }


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _bare(node: Any) -> Any:
    """Return a part of an answer without its sentences."""
    if isinstance(node, dict):
        return {key: _bare(value) for key, value in node.items() if key != "message"}
    return [_bare(value) for value in node] if isinstance(node, list) else node
