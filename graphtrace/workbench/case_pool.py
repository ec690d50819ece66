"""Pool of open cases, questions that take long, and the cases that were opened last.

One :class:`~graphtrace.Case` answers one question at a time. Those that take long are asked a few at a time, in their
order, and ended when nobody waits for the answer any more.

The list of recent cases stands in the configuration folder of the account, or in the folder that
``GRAPHTRACE_SETTINGS`` names. It holds paths and addresses and nothing of the cases; an address never holds a password.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from graphtrace.analysis.store_access import LookupScope
from graphtrace.case import Case, open_case
from graphtrace.case_questions import CaseQuestions
from graphtrace.errors import GraphtraceError
from graphtrace.locale import LANGS
from graphtrace.model import CHINA
from graphtrace.platform import system
from graphtrace.platform.threads import frame_of, raise_in_thread
from graphtrace.private_files import create_file, make_folder
from graphtrace.render import Lang
from graphtrace.storage.case_folder import cases_folder, is_case
from graphtrace.storage.location import is_server
from graphtrace.storage.neo4j.client import Credentials
from graphtrace.uninterrupted import must_not_raise_at

MAX_AT_ONCE: Final = 4
"""Maximum number of questions that are answered at the same time; others wait."""


_REQUEST: ContextVar[tuple[LookupScope | None, str | None]] = ContextVar("request", default=(None, None))


@contextmanager
def logged_request(scope: LookupScope, purpose: str | None) -> Iterator[None]:
    """Log what cases are asked within the context as one look-up with this purpose."""
    before = _REQUEST.set((scope, purpose))
    try:
        yield
    finally:
        _REQUEST.reset(before)


class CasePool:
    """Pool that opens a case once for each concurrent question; an idle case releases its files."""

    def __init__(
        self, path: str, *, wait_s: float, memory_limit: str | None, credentials: Credentials | None = None
    ) -> None:
        self.path = path
        self._wait_s = wait_s
        self._memory_limit = memory_limit
        self._credentials = credentials
        self._free: list[Case] = []
        self._places = threading.BoundedSemaphore(MAX_AT_ONCE)

    def new_case(self, *, wait_s: float | None = None) -> Case:
        """Open the case once more, for work that takes its time."""
        return open_case(
            self.path,
            wait=self._wait_s if wait_s is None else wait_s,
            memory_limit=self._memory_limit,
            credentials=self._credentials,
        )

    @contextmanager
    def case(self) -> Iterator[Case]:
        """Lend an open case that no other request uses meanwhile."""
        with self._places:
            try:
                case = self._free.pop()
            except IndexError:
                case = self.new_case()
            scope, purpose = _REQUEST.get()
            case.log_as(scope, purpose=purpose)
            is_sound = False
            try:
                with interruptible(case.interrupt):
                    yield case
                is_sound = True
            except (GraphtraceError, HTTPException):
                is_sound = not is_abandoned()
                raise
            finally:
                if is_sound:
                    self._free.append(case)
                else:
                    # it may have ended anywhere, within a message of a server too: the next question opens another
                    with suppress(Exception):
                        case.close()

    @contextmanager
    def at(self, day: str | None) -> Iterator[CaseQuestions]:
        """Lend an open case as of a day."""
        with self.case() as case:
            yield case.at(day)

    def close(self) -> None:
        """Let go of the case."""
        while self._free:
            self._free.pop().close()


MAX_LONG: Final = 2
"""Maximum number of questions that take long at the same time; others wait, and pages that are quick pass them."""

WATCH_S: Final = 0.5
"""Time between two looks whether the browser is still there, in seconds."""

AGAIN_S: Final = 0.02
"""Time between two attempts to end a question that is where it must not be ended, in seconds."""

GONE: Final = 499
"""Status of an answer that nobody gets."""


class Abandoned(KeyboardInterrupt):
    """Raised within a question whose answer nobody waits for; what it was doing clears up as after Ctrl-C."""


class AbandonableQuestion:
    """A question in a thread of its own, which can be abandoned from another one.

    It ends only within :meth:`interruptible`: what lends and gives back cases and locks stays outside of that.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._thread: int | None = None
        self._interrupt: Callable[[], None] | None = None
        self.is_abandoned = False

    def abandon(self) -> bool:
        """End the question as soon as it can be ended; return False if that has to be tried again."""
        with self._turn:
            self.is_abandoned = True
            if self._thread is not None:
                if must_not_raise_at(frame_of(self._thread), is_end=False):
                    return False
                raise_in_thread(self._thread, Abandoned)
            if self._interrupt is not None:
                self._interrupt()
            return True

    @contextmanager
    def interruptible(self, interrupt: Callable[[], None] | None = None) -> Iterator[None]:
        """Let the question be ended while the block runs; ``interrupt`` ends what a store is at."""
        with self._turn:
            if self.is_abandoned:
                raise Abandoned
            self._thread, self._interrupt = threading.get_ident(), interrupt
        try:
            yield
        finally:
            with self._turn:
                thread, self._thread, self._interrupt = self._thread, None, None
                if thread is not None:
                    raise_in_thread(thread, None)

    def run(self, answer: Callable[[Request], Response], request: Request) -> Response:
        """Answer in this thread."""
        _current.question = self
        try:
            return answer(request)
        except BaseException:
            # what was interrupted may end in an error of its own
            if not self.is_abandoned:
                raise
            return Response(status_code=GONE)
        finally:
            _current.question = None


_current = threading.local()


def is_abandoned() -> bool:
    """Whether nobody waits for the answer to the question of this thread any more."""
    question: AbandonableQuestion | None = getattr(_current, "question", None)
    return question is not None and question.is_abandoned


@contextmanager
def interruptible(interrupt: Callable[[], None] | None = None) -> Iterator[None]:
    """Let the question of this thread, if it takes long, be ended while the block runs."""
    question: AbandonableQuestion | None = getattr(_current, "question", None)
    if question is None:
        yield
    else:
        with question.interruptible(interrupt):
            yield


class LongQuestions:
    """The queue of questions that take long."""

    def __init__(self) -> None:
        self._turns = anyio.Semaphore(MAX_LONG)

    async def answer(self, answer: Callable[[Request], Response], request: Request) -> Response:
        """Answer when it is its turn; the question leaves the queue, or ends, when the browser goes away.

        Raises HTTPException if the question is refused; a group of tasks would wrap it.
        """
        question = AbandonableQuestion()
        refusal: HTTPException | None = None
        response = Response(status_code=GONE)
        async with anyio.create_task_group() as group:
            waiting = anyio.CancelScope()

            async def watch() -> None:
                while not await request.is_disconnected():
                    await anyio.sleep(WATCH_S)
                while not question.abandon():
                    await anyio.sleep(AGAIN_S)
                waiting.cancel()

            group.start_soon(watch)
            has_turn = False
            with waiting:
                await self._turns.acquire()
                has_turn = True
            if has_turn:
                try:
                    response = await run_in_threadpool(question.run, answer, request)
                except HTTPException as error:
                    refusal = error
                finally:
                    self._turns.release()
            group.cancel_scope.cancel()
        if refusal is not None:
            raise refusal
        return response


SETTINGS: Final = "GRAPHTRACE_SETTINGS"
_FILE: Final = "recent.json"
_LANGUAGE: Final = "language.txt"

MAX_RECENT: Final = 20
"""Maximum number of cases that are remembered."""

MAX_LOOKED_AT: Final = 500
"""Maximum number of entries of a folder among which cases are looked for."""

_MAX_BYTES: Final = 1 << 20


class RecentCase(NamedTuple):
    """A folder or address, when it was opened last (in China), and whether it is there; a server is not asked."""

    case: str
    at: str
    is_there: bool


def recent_cases() -> list[RecentCase]:
    """Return the cases that were opened last, the latest first; none where the list cannot be read."""
    return [
        RecentCase(case, _in_china(at), is_server(case) or is_case(Path(case)))
        for case, at in _read(_folder() / _FILE).items()
    ]


def _in_china(at: str) -> str:
    """Return a time as every other page shows it; what is no time stays as it is."""
    with suppress(ValueError, OverflowError):
        return datetime.fromisoformat(at).astimezone(CHINA).isoformat(timespec="seconds")
    return at


def remember_case(case: str) -> None:
    """Put a case at the head of the list; where that cannot be written, it is not remembered."""
    known = {case: datetime.now().astimezone().isoformat(timespec="seconds")}
    known |= {other: at for other, at in _read(_folder() / _FILE).items() if other != case}
    entries = [{"case": name, "at": at} for name, at in islice(known.items(), MAX_RECENT)]
    _write(_FILE, json.dumps(entries, ensure_ascii=False, indent=1).encode())


def chosen_language() -> Lang | None:
    """Return the language that was last chosen on a page of this account, if any."""
    with suppress(OSError), (_folder() / _LANGUAGE).open("rb") as file:
        said = file.read(_MAX_BYTES)
        return next((lang for lang in LANGS if said == lang.encode()), None)
    return None


def remember_language(lang: Lang) -> None:
    """Keep the language that was chosen on a page; where that cannot be written, it is not remembered."""
    _write(_LANGUAGE, lang.encode())


def _write(name: str, content: bytes) -> None:
    path = _folder() / name
    fresh = path.with_name(f"{name}.{os.getpid()}")
    with suppress(OSError):
        make_folder(path.parent, parents=True)
        with create_file(fresh) as file:
            file.write(content)
        system.replace(fresh, path)


def cases_nearby() -> list[str]:
    """Return the cases in the folder of cases, in that from which the workbench was started, at home, in documents."""
    with suppress(RuntimeError, OSError):
        home = Path.home()
        places = dict.fromkeys((cases_folder(), Path.cwd(), home, home / "Documents"))
        return [str(case) for place in places for case in _cases_in(place)]
    return []


def _cases_in(place: Path) -> Iterator[Path]:
    with suppress(OSError), os.scandir(place) as entries:
        names = sorted(entry.name for entry in islice(entries, MAX_LOOKED_AT) if not entry.name.startswith("."))
        yield from (place / name for name in names if is_case(place / name))


def entry_folder() -> Path:
    """Return the folder for the file by which the browser is started: that of the settings if given, else the home.

    Browsers in a sandbox (Snap) read no hidden folder of the account, and not the temporary one of the system.
    """
    given = os.environ.get(SETTINGS)
    with suppress(RuntimeError):
        return Path(given).absolute() if given else Path.home()
    return _folder()


def _folder() -> Path:
    given = os.environ.get(SETTINGS)
    return Path(given) if given else system.config_folder() / "graphtrace"


def _read(path: Path) -> dict[str, str]:
    """Return the cases of the list with their times; whatever is no list of them counts as none."""
    try:
        with path.open("rb") as file:
            content: Any = json.loads(file.read(_MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    entries = [one for one in content if isinstance(one, dict)] if isinstance(content, list) else []
    pairs = [(one.get("case"), one.get("at")) for one in entries]
    return {case: at for case, at in pairs if isinstance(case, str) and isinstance(at, str)}
