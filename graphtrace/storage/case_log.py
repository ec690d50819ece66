"""Acts on a case and questions asked of it, in order of time: its ledger, its log of look-ups and its letters."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, get_args

from graphtrace.results.case_status import LogKind, LogLine
from graphtrace.storage.ledger import content_of, entries_until

if TYPE_CHECKING:
    from graphtrace.storage.base import CaseContents


def lines_of_case(contents: CaseContents, as_of: str | None = None) -> list[LogLine]:
    """Return the lines of a case, up to the end of a day, the oldest first.

    Within a second, a look-up stands after the line of the ledger that it bears, which was the last one then.

    Raises
    ------
    CaseDamaged
        If a line of the ledger or of the log of look-ups cannot be read.
    """
    letters = [line for line in contents.notes if '"kind":"letter"' in line]
    ledger = [content_of(line) for line in entries_until(contents.ledger, as_of)]
    places = {content["hash"]: place for place, content in enumerate(ledger, 1)}
    chains = (
        ((places[content["hash"]], _done(content)) for content in ledger),
        ((len(places), _line(content, "letter")) for content in map(content_of, entries_until(letters, as_of))),
        _asked([content_of(line) for line in entries_until(contents.lookups, as_of)], places),
    )
    return [line for _, line in heapq.merge(*chains, key=lambda placed: (placed[1].at, placed[0]))]


def _done(content: Mapping[str, Any]) -> LogLine:
    if "load" in content:
        counts = {name: sum(sheet.get(name, 0) for sheet in content.get("sheets", ())) for name in _COUNTS}
        return _line({**content, **counts}, "load")
    return _line(content, "judge" if "judgement" in content else "correct")


def _asked(contents: Iterable[Mapping[str, Any]], places: Mapping[str, int]) -> Iterator[tuple[int, LogLine]]:
    contents = list(contents)
    answers: dict[str, list[Mapping[str, Any]]] = {}
    for content in contents:
        if content.get("what") == "answer":
            answers.setdefault(content["of"], []).append(content)
    for content in contents:
        if (what := _KINDS.get(str(content.get("what")))) is not None:
            told = answers.get(content["hash"], [])
            answered = {"answer": told[0]["answer"], "answer_of": told[0]["basis"]} if told else {}
            # the page that was written beside the answer
            if told[1:]:
                answered["page"] = told[1]["answer"]
            asked = content.get("asked")
            params = {"command": content.get("command"), **(asked if isinstance(asked, Mapping) else {}), **answered}
            yield places.get(content.get("ledger") or "", 0), _line({**content, **params}, what, params)


def _line(content: Mapping[str, Any], what: LogKind, params: Mapping[str, Any] | None = None) -> LogLine:
    # a correction has the person as "who", and in "by" the record that states what is right
    by = content.get("who") if what == "correct" else content.get("by")
    if params is None:
        own = _CHAIN | ({"who"} if what == "correct" else {"by"})
        params = {name: value for name, value in content.items() if name not in own}
    return LogLine(content["at"], by, what, dict(params), content.get("purpose"), content["hash"])


_COUNTS: Final = ("rows", "loaded", "duplicate", "rejected")
_CHAIN: Final = frozenset(
    ("at", "hash", "previous", "notes", "lookups", "ledger", "clock", "encodings", "sheets", "purpose", "kind", "about")
)
"""Fields of lines that are no parameters."""
_KINDS: Final[Mapping[str, LogKind]] = {kind: kind for kind in get_args(LogKind) if kind in ("lookup", "export")}
