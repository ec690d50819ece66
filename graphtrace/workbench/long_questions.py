"""Questions that take long: a few at a time, in their order, and ended when nobody waits for the answer any more."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from graphtrace.platform.threads import frame_of, raise_in_thread
from graphtrace.uninterrupted import must_not_raise_at

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

        Raises
        ------
        HTTPException
            If the question is refused; a group of tasks would wrap it.
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
