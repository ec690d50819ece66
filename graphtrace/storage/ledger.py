"""The ledger of a case: a line for each load, correction, unload and judgement, with the hash of the line before it.

The ledger is outside the database, so that a change of either shows against the other. The database commits first and
holds the lines itself; a process killed between the two leaves a line to be
added, which the next writer does.

Files of hash-chained lines that stand in a case folder beside its database: notes, and the log of look-ups. Only the
end of such a file is read to add a line, however long it is. A last line without its end was cut off while it was
written: it does not count, and the next line takes its place.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final, Literal, NamedTuple, Protocol

from graphtrace.errors import CaseDamaged, CaseLocked
from graphtrace.model import CHINA
from graphtrace.patterns import late
from graphtrace.platform import system
from graphtrace.private_files import (
    FILE_MODE,
    create_file,
    move_synced,
    open_file,
    open_lock_file,
    read_file,
    try_lock,
    unusable,
)
from graphtrace.storage.case_folder import (
    LEDGER,
    LOOKUPS,
    LOOKUPS_LOCK,
    NOTES,
    NOTES_LOCK,
    Deadline,
    check_folder,
    find_case,
)

START = "0" * 64
"""Hash of the line before the first one."""


class LedgerPoint(NamedTuple):
    """Moment right after a line of the ledger: the number of the last load, of corrections and of judgement lines."""

    loads: int
    corrections: int
    judgements: int


Moment = str | LedgerPoint
"""Moment as of which a case is asked: the end of a day, or the moment after a line of the ledger."""


def point_after(entries: Sequence[str]) -> LedgerPoint:
    """Return the moment after the last of some lines, which are the first ones of a ledger."""
    loads, corrections, judgements = 0, 0, 0
    for content in map(content_of, entries):
        if "load" in content:
            loads = int(content["load"])
        elif "judgement" in content or "undone" in content:
            judgements += 1
        else:
            corrections += 1
    return LedgerPoint(loads, corrections, judgements)


def day_of(moment: Moment | None) -> str | None:
    """Return the day at whose end a moment is; ``None`` for one within the ledger, and for now."""
    return moment if isinstance(moment, str) else None


def had_come(moment: Moment | None, at: str, kind: Literal["loads", "corrections", "judgements"], number: int) -> bool:
    """Whether the line of a time, the ``number`` of its kind, was there at a moment; ``None`` is now."""
    if isinstance(moment, LedgerPoint):
        return number <= int(getattr(moment, kind))
    return moment is None or at[:10] <= moment


def ledger_time(entries: Sequence[str]) -> str:
    """Return the time of the line that follows ``entries``, to the second: the present, but never before the last line.

    Questions as of a day rely on times that never run back, whatever happens to the clock.
    """
    return max([_clock(), *(str(content_of(entry)["at"]) for entry in entries[-1:])])


def _clock() -> str:
    return datetime.now(CHINA).isoformat(timespec="seconds")


def next_entry(last: str | None, content: Mapping[str, Any], beside: Mapping[str, str | None] | None = None) -> str:
    """Return the ledger line after ``last``; its ``hash`` covers its content and the previous hash.

    ``beside`` has the hashes of the last lines of other chains (``notes``, ``lookups``, ``ledger``), so that lines
    which are taken away there later are missed. Where the clock of the machine is behind the time of the line,
    ``clock`` says what it showed.
    """
    previous = START if last is None else content_of(last)["hash"]
    body = {**content, "previous": previous}
    body |= {name: head for name, head in (beside or {}).items() if head is not None}
    if (clock := _clock()) < content.get("at", ""):
        body["clock"] = clock
    return _text({**body, "hash": _hash(body)})


def content_of(entry: str) -> dict[str, Any]:
    """Return the content of a line of the ledger.

    Raises CaseDamaged if it is no line of a ledger.
    """
    try:
        content = json.loads(entry)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or not all(
        isinstance(content.get(name), str) for name in ("hash", "previous", "at")
    ):
        raise CaseDamaged("ledger_line_unreadable", hint="restore_and_verify")
    return content


def entries_until(entries: Sequence[str], as_of: str | None) -> list[str]:
    """Return the lines that existed at the end of a day; all if no day is given."""
    return [entry for entry in entries if as_of is None or content_of(entry)["at"][:10] <= as_of]


def head_of(entries: Sequence[str]) -> str | None:
    """Return the hash of the last line, which commits to all lines before it; ``None`` if there is none."""
    return str(content_of(entries[-1])["hash"]) if entries else None


def note_head(notes: Sequence[str]) -> str | None:
    """Return the hash of the last note; ``None`` if there is none, or none that can be read."""
    try:
        return head_of(notes)
    except CaseDamaged:
        return None


def missing_lines(entries: Sequence[str], name: str, beside: Collection[str | None]) -> list[int]:
    """Return the numbers (from 1) of the lines that were written after a line of another chain which is no more.

    ``beside`` are the hashes of the lines of that chain (:func:`hashes_of`), whose head the lines state as ``name``.
    """
    stated = [content_of(entry).get(name) for entry in entries]
    return [number for number, head in enumerate(stated, 1) if head is not None and head not in beside]


def hashes_of(lines: Iterable[str]) -> set[str | None]:
    """Return the hashes of the lines of a chain."""
    return {note_head([line]) for line in lines}


def check_entries(entries: Sequence[str]) -> list[int]:
    """Return the numbers (from 1) of the lines whose hash or predecessor is wrong, or that are written otherwise.

    In another writing a line could say a name twice, and be read in two ways.
    """
    wrong, previous = [], START
    for number, line in enumerate(entries, 1):
        try:
            entry = json.loads(line)
            claimed = entry.pop("hash")
        except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
            wrong.append(number)
            continue
        is_chained = entry.get("previous") == previous and claimed == _hash(entry)
        if not is_chained or line != _text({**entry, "hash": claimed}):
            wrong.append(number)
        previous = claimed
    return wrong


class LedgerFile(NamedTuple):
    """Ledger file beside a database: its lines, and whether the last one is incomplete.

    ``least`` is how many it had when the database was published: a load that is killed then leaves it so.
    """

    lines: Sequence[str]
    least: int
    is_unfinished: bool = False


def times_run_back(entries: Sequence[str]) -> list[int]:
    """Return the numbers (from 1) of the lines whose time is before that of an earlier line."""
    wrong, latest = [], ""
    for number, entry in enumerate(entries, 1):
        at = str(content_of(entry)["at"])
        if at < latest:
            wrong.append(number)
        latest = max(latest, at)
    return wrong


def read_entries(path: Path) -> list[str]:
    """Read the lines of the ledger; an incomplete last line was cut off while it was written and does not count."""
    return lines_of(read_file(path))


def lines_of(content: bytes | None) -> list[str]:
    """Return the lines of a ledger, without one that was cut off while it was written."""
    # str.splitlines would also split at the line separators that a file or sheet name may hold
    *lines, _unfinished = (content or b"").decode("utf-8", errors="replace").split("\n")
    return lines


def reconcile(path: Path, entries: Sequence[str], scratch: Path) -> None:
    """Rewrite the ledger file so that it holds ``entries``, the lines that the database carries.

    It is written anew in a folder ``scratch`` of the same disk and then put in its place.

    Raises CaseDamaged if the file holds lines that the database does not have: loads were lost or changed.
    """
    content = read_file(path)
    written = lines_of(content)
    if written == list(entries) and (not content or content.endswith(b"\n") or not written):
        return
    if written != list(entries[: len(written)]):
        raise CaseDamaged("ledger_ahead", path=path, hint="restore_and_verify")
    fresh = scratch / path.name
    with create_file(fresh) as file:
        file.write("".join(f"{line}\n" for line in entries).encode())
        file.flush()
        system.fsync_handle(file.fileno())
    move_synced(fresh, path)


_LONE_SURROGATE: Final = late("[\ud800-\udfff]")
"""Stands for a byte that is no UTF-8 in names and arguments, and cannot be written."""


def _text(value: Mapping[str, Any]) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _LONE_SURROGATE.sub(lambda found: f"\\\\u{ord(found[0]):04x}", text)


def _hash(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(_text(body).encode()).hexdigest()


Chain = Literal["ledger", "notes", "lookups"]
"""A chain of lines of a case: its ledger, the notes of people, and the log of look-ups."""

PlanLine = Callable[[str | None, Mapping[str, str | None]], str]
"""Returns the line that follows the last one of a chain, by the heads of other chains."""


class Chains(Protocol):
    """The notes of a case and its log of look-ups, which stand beside its records and are only ever added to."""

    def lines(self, chain: Chain, *, holding: str = "") -> list[str]:
        """Return the lines of a chain that hold a text, in order."""

    def head(self, chain: Chain) -> str | None:
        """Return the hash of the last line of a chain; ``None`` if there is none, or none that can be read."""

    def add(self, chain: Chain, plan: PlanLine, *, beside: Sequence[Chain]) -> str:
        """Add the line that is planned by the heads of the chains ``beside``, synced, and return it.

        Raises CaseMissing if there is no case; CaseLocked if others add lines until the time to wait is over;
        StoreError if it cannot be written.
        """

    def take(self, chain: Chain, lines: Sequence[str]) -> None:
        """Add lines of another case, which follow those that are there."""


_FILES: Final[Mapping[Chain, str]] = {"ledger": LEDGER, "notes": NOTES, "lookups": LOOKUPS}
_LOCKS: Final[Mapping[Chain, str]] = {"notes": NOTES_LOCK, "lookups": LOOKUPS_LOCK}


class FolderChains:
    """Chains in files of a case folder; with ``is_case`` a line is added only where there is a case."""

    def __init__(self, folder: Path, wait_s: float, *, is_case: bool = True) -> None:
        self._folder = folder
        self._wait_s = wait_s
        self._is_case = is_case

    def lines(self, chain: Chain, *, holding: str = "") -> list[str]:
        return [line for line in read_entries(self._folder / _FILES[chain]) if holding in line]

    def head(self, chain: Chain) -> str | None:
        return head_in_file(self._folder / _FILES[chain])

    def add(self, chain: Chain, plan: PlanLine, *, beside: Sequence[Chain]) -> str:
        if self._is_case:
            check_folder(self._folder)
            find_case(self._folder)
        with chain_lock(self._folder / _LOCKS[chain], self._wait_s):
            entry = plan(last_line(self._folder / _FILES[chain]), {name: self.head(name) for name in beside})
            append_lines(self._folder / _FILES[chain], [entry])
        return entry

    def take(self, chain: Chain, lines: Sequence[str]) -> None:
        if lines:
            with chain_lock(self._folder / _LOCKS[chain], self._wait_s):
                append_lines(self._folder / _FILES[chain], lines)


_STEP: Final = 1 << 12


@contextmanager
def chain_lock(path: Path, wait_s: float) -> Iterator[None]:
    """Hold the lock file of a chain.

    Raises CaseLocked if another process holds it until the time to wait is over; StoreError if it cannot be made.
    """
    try:
        lock = open_lock_file(path, create=True)
    except OSError as error:
        raise unusable(path, error) from error
    assert lock is not None
    with lock:
        deadline = Deadline(wait_s)
        while not try_lock(lock):
            if not deadline.wait():
                raise CaseLocked("being_written", folder=path.parent, hint="try_when_ended")
        yield


def last_line(path: Path) -> str | None:
    """Return the last whole line of a chain; ``None`` if there is none."""
    file = open_file(path)
    if file is None:
        return None
    with file:
        end = _whole_end(file)
        if not end:
            return None
        start = _last_break(file, end - 1)
        file.seek(start)
        return file.read(end - 1 - start).decode("utf-8", errors="replace")


def head_in_file(path: Path) -> str | None:
    """Return the hash of the last line of a chain; ``None`` if there is none, or none that can be read."""
    line = last_line(path)
    return None if line is None else note_head([line])


def append_lines(path: Path, lines: Sequence[str]) -> None:
    """Add whole lines to a chain and flush them to disk.

    Raises StoreError if it cannot be written.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | system.OPEN_FLAGS, FILE_MODE)
        with os.fdopen(handle, "r+b", buffering=0) as file:
            end = _whole_end(file)
            if end != file.seek(0, os.SEEK_END):
                file.truncate(end)
                file.seek(end)
            # a write may take less than it is given
            rest = memoryview("".join(f"{line}\n" for line in lines).encode())
            while rest:
                rest = rest[file.write(rest) :]
            system.fsync_handle(file.fileno())
        if not end:
            system.fsync_folder(path.parent)
    except OSError as error:
        raise unusable(path, error) from error


def _whole_end(file: IO[bytes]) -> int:
    """Return where the last whole line of a file ends."""
    return _last_break(file, file.seek(0, os.SEEK_END))


def _last_break(file: IO[bytes], end: int) -> int:
    """Return the place after the last line break before ``end``; 0 if there is none."""
    while end > 0:
        start = max(end - _STEP, 0)
        file.seek(start)
        found = file.read(end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0
