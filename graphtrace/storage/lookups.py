"""The log of look-ups of a case: who asked what and why, written and synced before an answer is shown.

It is a chain of its own beside the ledger: a line for each look-up with who, when, purpose, what was asked and the
heads of the ledger and the notes, then a line with the SHA-256 of what was answered, which is missing where the look-up
was interrupted. Lines of the ledger and notes that are written later state the head of the log. In a folder the lines
stand in ``lookups.jsonl``, on a server as nodes of their own (:mod:`graphtrace.storage.neo4j.neo4j_notes`).
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, get_args

from graphtrace.errors import CaseDamaged, UsageError
from graphtrace.results.case_status import LogKind, LogLine
from graphtrace.storage.ledger import (
    Chains,
    content_of,
    entries_until,
    hashes_of,
    ledger_time,
    missing_lines,
    next_entry,
)

if TYPE_CHECKING:
    from graphtrace.storage.base import CaseContents


LookupKind = Literal["lookup", "export"]
Basis = Literal["json", "bytes"]
"""What the hash of an answer is of: its JSON, or the bytes that were written."""

MAX_LISTED: Final = 20
"""Maximum number of members of a list that a line names; it has the count and the hash of all of them."""

MAX_CHARACTERS: Final = 500
"""Maximum length of a text in a line, but for the purpose; of a longer one stand its beginning, length and hash."""

MAX_PURPOSE: Final = 1_000
"""Maximum length of a purpose in characters."""


class LookupRequest(NamedTuple):
    """A look-up before it is answered: a command with what it was asked, by whom and why."""

    what: LookupKind
    command: str
    asked: Mapping[str, Any]
    by: str
    purpose: str | None


def check_purpose(text: str | None) -> str | None:
    """Return a purpose without blanks around it; ``None`` for an empty one.

    Raises UsageError if it is too long, or no single line.
    """
    purpose = (text or "").strip()
    if len(purpose) > MAX_PURPOSE or not purpose.isprintable():
        raise UsageError("purpose_unfit", count=MAX_PURPOSE, hint="shorten")
    return purpose or None


def bounded(value: Any) -> Any:
    """Return a parameter as plain data of bounded size."""
    match value:
        case str() if len(value) > MAX_CHARACTERS:
            return {"characters": len(value), "sha256": _digest([value]), "first": value[:MAX_CHARACTERS]}
        case None | bool() | int() | float() | str():
            return value
        case Mapping():
            return bounded([f"{name}={each}" for name, each in value.items()])
        case Sequence() | set() | frozenset():
            texts = [str(getattr(each, "id", each)) for each in value]
            if len(texts) <= MAX_LISTED:
                return [bounded(text) for text in texts]
            first = [bounded(text) for text in texts[:MAX_LISTED]]
            return {"count": len(texts), "sha256": _digest(texts), "first": first}
        case _:
            return bounded(str(value))


def _digest(texts: Iterable[str]) -> str:
    """Return the SHA-256 of texts, one a line without a last line break."""
    return hashlib.sha256("\n".join(texts).encode("utf-8", errors="surrogateescape")).hexdigest()


def plan_lookup(last: str | None, request: LookupRequest, heads: Mapping[str, str | None]) -> str:
    """Return the line of a look-up that follows ``last``; ``heads`` are those of the ledger and the notes."""
    return _entry(last, request._replace(asked=bounded_all(request.asked))._asdict(), heads)


def plan_answer(last: str | None, of: str, sha256: str, basis: Basis) -> str:
    """Return the line with the hash of the answer of the look-up whose line has the hash ``of``."""
    return _entry(last, {"what": "answer", "of": of, "answer": sha256, "basis": basis})


def bounded_all(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a look-up as plain data of bounded size."""
    return {name: bounded(value) for name, value in asked.items()}


def _entry(last: str | None, content: Mapping[str, Any], beside: Mapping[str, str | None] | None = None) -> str:
    at = ledger_time([] if last is None else [last])
    return next_entry(last, {"at": at, **content}, beside)


def require_purpose(notes: Iterable[str]) -> None:
    """Refuse a look-up without a purpose in a case whose notes require one.

    Raises UsageError if they do.
    """
    from graphtrace.storage.case_notes import stated_fields

    if stated_fields(notes).get("purpose_required") == "yes":
        raise UsageError("purpose_missing", hint="say_purpose")


def log_lookup(chains: Chains, request: LookupRequest) -> str:
    """Add the line of a look-up to the log and return its hash; see :meth:`~graphtrace.storage.ledger.Chains.add`.

    Raises UsageError if the case requires a purpose and none is given.
    """
    if request.purpose is None:
        require_purpose(chains.lines("notes", holding='"kind":"head"'))
    entry = chains.add("lookups", lambda last, heads: plan_lookup(last, request, heads), beside=("ledger", "notes"))
    return str(content_of(entry)["hash"])


def log_answer(chains: Chains, of: str, sha256: str, basis: Basis) -> None:
    """Add the line with the hash of an answer: lines of the ledger and notes may state it as the head."""
    chains.add("lookups", lambda last, _: plan_answer(last, of, sha256, basis), beside=())


def lines_to_take(lookups: Sequence[str], there: Sequence[str], lines: Iterable[str]) -> list[str]:
    """Return the lines that a copy of a case adds to a log, which may have gone on by itself since an earlier copy.

    Where it has, the lines of the other case do not fit behind its own. Then one line states which of them were not
    taken although ``lines`` of the ledger and the notes state them as heads.
    """
    if list(there) == list(lookups[: len(there)]):
        return list(lookups[len(there) :])
    stated = {content_of(line).get("lookups") for line in lines} & hashes_of(lookups)
    left_out = sorted(str(each) for each in stated - hashes_not_kept(there) - hashes_of(there))
    return [_entry(there[-1], {"what": "left_out", "hashes": left_out})] if left_out else []


def hashes_not_kept(lookups: Iterable[str]) -> set[str | None]:
    """Return the hashes of the lines that a copy did not take, as the log states them."""
    stated = (content_of(line) for line in lookups if '"what":"left_out"' in line)
    return {str(each) for content in stated if isinstance(content.get("hashes"), list) for each in content["hashes"]}


class LookupProblem(NamedTuple):
    """A line that was written after a line which is no more, and in which chain it stands."""

    code: str
    line: int


def missing_beside_lookups(ledger: Sequence[str], notes: Sequence[str], lookups: Sequence[str]) -> list[LookupProblem]:
    """Return the first line of each chain that shows that lines of another one are missing, or were written anew."""
    there = hashes_of(lookups) | hashes_not_kept(lookups)
    found = {
        "lookups_missing": missing_lines(ledger, "lookups", there),
        "lookups_missing_by_note": missing_lines(notes, "lookups", there),
        "ledger_missing_by_lookup": missing_lines(lookups, "ledger", hashes_of(ledger)),
        "notes_missing_by_lookup": missing_lines(lookups, "notes", hashes_of(notes)),
    }
    return [LookupProblem(code, lines[0]) for code, lines in found.items() if lines]


class LoggedLookup(NamedTuple):
    """A look-up in the log: the number of its line (from 1), and its content."""

    line: int
    content: Mapping[str, Any]

    def asks_for(self, command: str, members: Sequence[str]) -> bool:
        """Whether a command was asked for these members of a list, maybe among others that the line names."""
        if self.content["command"] != command:
            return False
        asked = self.content.get("asked")
        lists = asked.values() if isinstance(asked, Mapping) else ()
        return any(bounded(members) == each or _includes(each, members) for each in lists)


def _includes(listed: Any, members: Sequence[str]) -> bool:
    return isinstance(listed, list) and bool(members) and {*members} <= {str(each) for each in listed}


def read_lookups(lookups: Iterable[str]) -> tuple[list[LoggedLookup], dict[str, LoggedLookup]]:
    """Return the look-ups of a log, and those that were answered by the SHA-256 of what was answered."""
    numbered = [(number, content_of(line)) for number, line in enumerate(lookups, 1) if _is_readable(line)]
    asked = {content["hash"]: LoggedLookup(number, content) for number, content in numbered if "command" in content}
    answers = [content for _, content in numbered if content["what"] == "answer"]
    return [*asked.values()], {each["answer"]: asked[each["of"]] for each in answers if each["of"] in asked}


def unreadable_lookups(lookups: Iterable[str]) -> list[int]:
    """Return the numbers (from 1) of the lines that are no lines of a log."""
    return [number for number, line in enumerate(lookups, 1) if not _is_readable(line)]


def _is_readable(line: str) -> bool:
    try:
        content = content_of(line)
    except CaseDamaged:
        return False
    texts = _TEXTS.get(str(content.get("what")))
    return texts is not None and all(isinstance(content.get(name), str) for name in texts)


_TEXTS: Final[Mapping[str, Sequence[str]]] = {
    "lookup": ("by", "command"),
    "export": ("by", "command"),
    "answer": ("of", "answer", "basis"),
    "left_out": (),
}
"""The fields with a text that a line of each kind has."""


def lines_of_case(contents: CaseContents, as_of: str | None = None) -> list[LogLine]:
    """Return the lines of a case, up to the end of a day, the oldest first.

    Within a second, a look-up stands after the line of the ledger that it bears, which was the last one then.

    Raises CaseDamaged if a line of the ledger or of the log of look-ups cannot be read.
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
