"""Frame that all pages of the workbench share, changes by forms, languages, errors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import field
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Match, Route

from graphtrace.analysis.store_access import LookupScope
from graphtrace.errors import CaseLocked, CaseMissing, GraphtraceError, NothingFound, UsageError
from graphtrace.frozen import frozen, replace
from graphtrace.locale import LANGS
from graphtrace.render import Lang
from graphtrace.render.html.page import margin_style, read_asset
from graphtrace.render.i18n import Text, in_both, in_language, label_text, preferred_language
from graphtrace.results.case_status import CaseHead, CaseState
from graphtrace.storage.case_folder import cases_folder, folder_of_name
from graphtrace.storage.location import is_server
from graphtrace.storage.lookups import MAX_PURPOSE, check_purpose
from graphtrace.storage.neo4j.client import Credentials
from graphtrace.workbench.access import AccessSecrets, read_form
from graphtrace.workbench.answer_pages import (
    MEDIA,
    ROOM,
    PageAnswer,
    error_texts,
    file_content,
    plain_answer,
    render_answer,
)
from graphtrace.workbench.case_pool import LongQuestions, cases_nearby, interruptible, logged_request, recent_cases

if TYPE_CHECKING:
    from graphtrace.workbench.tasks import Task

LANG_COOKIE: Final = "graphtrace_lang"
THEME_COOKIE: Final = "graphtrace_theme"
BUSY_S: Final = 3
"""After how many seconds a page that could not be made asks again."""

_SERVED: Final = ("page.css", "page.js", "ring.js", "cytoscape.min.js")
_OWN: Final = ("workbench.css", "workbench.js", "start.js", "chart.js")
_TYPES: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


@frozen()
class Settings:
    """Settings of the workbench; without a case its first page chooses one.

    ``purpose`` is that of the look-ups, until somebody states another. ``credentials`` are those of a server that
    somebody typed; they are kept nowhere else.
    """

    case: str | None
    title: str
    lang: Lang
    is_read_only: bool
    memory_limit: str | None
    wait_s: float
    uploads: Path
    purpose: str | None = None
    credentials: Credentials | None = field(default=None, repr=False)


class Desk(Protocol):
    """Protocol of a desk, which opens further cases; ``lang`` is the language in which their pages begin."""

    lang: Lang | None

    def choose_language(self, lang: Lang) -> None:
        """Have further cases, and later starts, begin in a language that was chosen on a page."""

    def open(self, case: str, *, make: bool, credentials: Credentials | None = None) -> str:
        """Serve a case at an address of its own; return that with its token (:mod:`graphtrace.workbench.server`)."""

    def open_example(self) -> str:
        """Serve the example case, which is made if it is not there; return its address with its token."""


class WorkbenchPages(ABC):
    """The frame of the pages, and those that every case has: its files of the program, the choice of another case."""

    def __init__(self, settings: Settings, access: AccessSecrets, desk: Desk) -> None:
        self.settings = settings
        self.access = access
        self.desk = desk
        self.purpose = settings.purpose
        self._head: CaseHead | None = None
        self._has_head = False
        self._chosen_lang: Lang | None = None
        self.long_questions = LongQuestions()
        self._assets = {name: _asset(name) for name in (*_SERVED, *_OWN)}
        self._versions = {name: sha256(content).hexdigest()[:12] for name, content in self._assets.items()}

    @abstractmethod
    def close(self) -> None:
        """Stop what is under way and let go of the case."""

    @abstractmethod
    def routes(self) -> list[Route]:
        """Return all routes."""

    def case_head(self) -> CaseHead | None:
        """Return the head of the case as it was last seen, if anything of it was stated."""
        return self._head

    def remember_head(self, state: CaseState) -> None:
        """Keep the head of the case for pages that do not ask the case."""
        if state.as_of is None:
            self._head, self._has_head = state.case_head, True

    @property
    def running(self) -> Sequence[Task]:
        """The work that is not over."""
        return ()

    def shared_routes(self) -> list[Route]:
        """Return the routes that every case has."""
        return [
            Route("/static/{name}", self.static, methods=["GET"]),
            Route("/print.css", self.print_style, methods=["GET"]),
            Route("/cases", self._page(self.cases), methods=["GET"]),
            Route("/cases", self._form(self.choose), methods=["POST"]),
        ]

    def exception_handlers(self) -> Mapping[Any, Callable[[Request, Exception], Awaitable[Response]]]:
        """Return the handlers for errors of pages."""
        return {HTTPException: self._http_error, Exception: self._fault}

    # -- frame ------------------------------------------------------------------------------------------------------

    def _page(
        self, make: Callable[[Request], PageAnswer | Response], *, is_long: bool = False
    ) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            if is_long:
                return await self.long_questions.answer(lambda request: self._respond(request, make), request)
            return await run_in_threadpool(self._respond, request, make)

        return endpoint

    def _change(
        self, change: Callable[[Request, dict[str, list[str]]], str | Response | PageAnswer]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Return the endpoint of a form that changes something and then sends the browser on to a page."""

        async def endpoint(request: Request) -> Response:
            form = await read_form(request, self.access)
            if self.settings.is_read_only:
                raise HTTPException(403, "read_only")

            def run(request: Request) -> PageAnswer | Response:
                there = change(request, form)
                return RedirectResponse(there, status_code=303) if isinstance(there, str) else there

            return await run_in_threadpool(self._respond, request, run)

        return endpoint

    def _form(
        self, answer: Callable[[Request, dict[str, list[str]]], PageAnswer | Response]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Return the endpoint of a form that asks for more than an address can hold, and changes nothing."""

        async def endpoint(request: Request) -> Response:
            form = await read_form(request, self.access)
            asked = {name: values for name, values in form.items() if name not in _SECRETS}
            return await run_in_threadpool(self._respond, request, lambda request: answer(request, form), asked)

        return endpoint

    def _respond(
        self,
        request: Request,
        make: Callable[[Request], PageAnswer | Response],
        form: Mapping[str, Sequence[str]] | None = None,
    ) -> Response:
        """Answer a request; what it asks the case about cards or parties is one look-up of the log."""
        query = {f"?{name}": value for name, value in request.query_params.multi_items() if value and name != "lang"}
        scope = LookupScope("workbench", {"path": request.url.path, **query, **(form or {})})
        with logged_request(scope, self.purpose):
            try:
                answer = make(request)
                if request.query_params.get("redact"):
                    answer = self._redacted(request, answer)
            except CaseMissing:
                return RedirectResponse("/", status_code=303)
            except GraphtraceError as error:
                if error.text.id == "purpose_missing":
                    return self._deliver(request, self._purpose_page(request))
                if request.query_params.get("redact"):
                    from graphtrace.redaction.pseudonyms import redact_error

                    # nor may the frame say which case it is, or the task what it loads
                    answer = replace(self._error_answer(redact_error(error), ()), is_redacted=True)
                else:
                    answer = self._error_answer(error, self.running)
            response = answer if isinstance(answer, Response) else self._deliver(request, answer)
        scope.answered(sha256(response.body).hexdigest())
        return response

    def _purpose_page(self, request: Request) -> PageAnswer:
        there = f"{request.url.path}?{request.url.query}".rstrip("?") if request.method == "GET" else "/"
        data = {"title": page_title(label_text("purpose")), "there": there, "most": MAX_PURPOSE}
        return plain_answer("purpose.html", data, name="purpose", status=403)

    def state_purpose(self, request: Request, form: dict[str, list[str]]) -> Response:  # noqa: ARG002
        """Keep the purpose of the look-ups of this session, and go on to the page that asked for it."""
        self.purpose = check_purpose(first_field(form, "purpose"))
        there = first_field(form, "there")
        # two slashes would lead to another host
        return RedirectResponse(f"/{there.lstrip('/')}", status_code=303)

    def _redacted(self, request: Request, answer: PageAnswer | Response) -> PageAnswer | Response:
        """Return an answer with pseudonyms; of a page that leads on, where it leads, to be shown redacted there.

        Raises UsageError if nothing masks it.
        """
        if isinstance(answer, RedirectResponse):
            there = answer.headers["location"]
            return RedirectResponse(f"{there}{'&' if '?' in there else '?'}redact=1", status_code=303)
        if isinstance(answer, Response) or answer.redacted is None:
            raise UsageError("answer_not_redacted", hint="leave_out_redact")
        return answer.redacted(self.lang(request))

    def _deliver(self, request: Request, answer: PageAnswer) -> Response:
        lang = self.lang(request)
        ending = f".{request.query_params.get('save', '')}"
        if answer.is_saved and (ending == ".html" or ending in answer.files):
            with interruptible():
                content = file_content(answer, ending, lang)
            name = quote(f"{answer.name}{ending}", safe="")
            headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}"}
            return Response(content, media_type=MEDIA[ending], headers=headers)
        values = {
            "theme": self._cookie(request, THEME_COOKIE, ("auto", "light", "dark")),
            "csrf": self.access.csrf,
            "case": _SOME_CASE if answer.is_redacted else self.settings.title,
            "is_read_only": self.settings.is_read_only,
            "is_busy": bool(self.running),
            "path": "" if answer.is_redacted else request.url.path,
            "shown_at": _shown_at(request),
            "query": []
            if answer.is_redacted
            else [(name, value) for name, value in request.query_params.multi_items() if name not in _OWN_FIELDS],
            "save": lambda file: f"?{urlencode([*_kept(request), ('save', file[1:])])}",
            "redacted": f"?{urlencode([*_kept(request), ('redact', '1')])}",
            "save_redacted": lambda file: f"?{urlencode([*_kept(request), ('redact', '1'), ('save', file[1:])])}",
            "q": "" if answer.is_redacted else request.query_params.get("q", ""),
            "as_of": as_of(request) if answer.has_date else None,
        }
        # the head of a redacted answer has pseudonyms, and is that of no other page
        if not answer.is_redacted:
            if answer.state is not None:
                self.remember_head(answer.state)
            elif (head := self.case_head()) is not None:
                answer = replace(answer, state=CaseState(None, case_head=head))
        with interruptible():
            page = render_answer(answer, lang, values, self.asset)
        again = {"refresh": str(BUSY_S)} if answer.status == BUSY else answer.headers
        response = Response(page, status_code=answer.status, media_type=MEDIA[".html"], headers=again)
        if request.query_params.get("lang") in ("en", "zh"):
            response.set_cookie(LANG_COOKIE, lang, samesite="strict", path="/")
        return response

    def lang(self, request: Request) -> Lang:
        """Return the language of a page: what its address or the browser remembers, else that of further cases."""
        asked = request.query_params.get("lang", "")
        chosen = asked if asked in LANGS else request.cookies.get(LANG_COOKIE, "")
        for lang in LANGS:
            if lang == chosen:
                if lang != self._chosen_lang:
                    self._chosen_lang = lang
                    self.desk.choose_language(lang)
                return lang
        return self.desk.lang or preferred_language(request.headers.get("accept-language", "")) or self.settings.lang

    @staticmethod
    def _cookie(request: Request, name: str, allowed: Sequence[str]) -> str:
        value = request.cookies.get(name, "")
        return value if value in allowed else allowed[0]

    def asset(self, name: str) -> str:
        """Return the address of a file of the pages."""
        return f"/static/{name}?v={self._versions[name]}"

    async def static(self, request: Request) -> Response:
        """Return a style or script of the program itself."""
        name = request.path_params["name"]
        if name not in self._assets:
            raise HTTPException(404)
        headers = {"cache-control": "private, max-age=31536000, immutable"}
        media_type = _TYPES[Path(name).suffix]
        return Response(self._assets[name], media_type=media_type, headers=headers)

    async def print_style(self, request: Request) -> Response:
        """Return the style with the margins of printed pages, whose texts the address of the page's link holds."""
        texts = [request.query_params.get(name, "")[:MAX_MARGIN] for name in ("left", "right", "below")]
        return Response(margin_style(texts), media_type=_TYPES[".css"])

    def _error_answer(self, error: GraphtraceError, tasks: Sequence[Any]) -> PageAnswer:
        about, message, hint = error_texts(error)
        status = BUSY if isinstance(error, CaseLocked) else 404 if isinstance(error, NothingFound) else 400
        if error.exit_code in (3, 70) and status != BUSY:
            status = 500
        data: dict[str, Any] = {
            "title": page_title(about or label_text("error")),
            "about": about,
            "message": message,
            "hint": hint,
            "is_busy": status == BUSY,
            "tasks": tasks,
            "seconds": BUSY_S,
        }
        return plain_answer("error.html", data, name="error", status=status)

    async def _http_error(self, request: Request, error: Exception) -> Response:
        status = getattr(error, "status_code", 500)
        text = label_text("read_only" if getattr(error, "detail", "") == "read_only" else f"http_{status}")
        return await self._message_page(request, text, status)

    async def _fault(self, request: Request, error: Exception) -> Response:
        return await self._message_page(request, label_text("http_500", what=type(error).__name__), 500)

    async def _message_page(self, request: Request, text: Text, status: int) -> Response:
        if request.headers.get("accept") == "application/json":
            return JSONResponse({"error": in_language(text, self.lang(request))}, status_code=status)
        data: dict[str, Any] = {
            "title": page_title(label_text("error")),
            "about": None,
            "message": text,
            "hint": None,
            "is_busy": False,
            "tasks": [],
            "seconds": 0,
        }
        is_redacted = bool(request.query_params.get("redact"))
        answer = plain_answer("error.html", data, name="error", status=status, is_redacted=is_redacted)
        return await run_in_threadpool(self._deliver, request, answer)

    # -- which case -------------------------------------------------------------------------------------------------

    def cases(self, request: Request) -> PageAnswer:  # noqa: ARG002
        """Return the choice of a case: those used last, those nearby, any other by its path or address, a new one."""
        return self._choice()

    def choose(self, request: Request, form: dict[str, list[str]]) -> PageAnswer | Response:  # noqa: ARG002
        """Open a case in an address of its own, and send the browser there."""
        name, do = first_field(form, "case").strip(), first_field(form, "do")
        is_new = do == "make"
        if do != "open" and self.settings.is_read_only:
            raise HTTPException(403, "read_only")
        user, password = first_field(form, "user").strip(), first_field(form, "password")
        try:
            address = (
                self.desk.open_example()
                if do == "example"
                else self.desk.open(
                    name, make=is_new, credentials=Credentials(user, password) if user or password else None
                )
            )
        except GraphtraceError as error:
            return self._choice(name, error)
        # a form may lead to this origin only, and every case is an origin of its own
        data = {"title": page_title(label_text("nav_cases")), "address": address}
        return plain_answer("chosen.html", data, name="cases", active="cases", headers={"refresh": f"0; url={address}"})

    def _choice(self, typed: str = "", error: GraphtraceError | None = None) -> PageAnswer:
        recent = recent_cases()
        data = {
            "title": page_title(label_text("nav_cases")),
            "recent": recent,
            "nearby": [case for case in cases_nearby() if case not in {one.case for one in recent}],
            "typed": typed,
            "is_server": is_server(typed),
            "is_place": bool(typed) and folder_of_name(typed) is None,
            "home": _home_of_cases(),
            "error": None if error is None else error_texts(error),
        }
        return plain_answer("cases.html", data, name="cases", active="cases", status=200 if error is None else 400)


def _home_of_cases() -> str:
    with suppress(RuntimeError):
        return str(cases_folder())
    return ""


class FirstPage(WorkbenchPages):
    """The workbench before a case is chosen."""

    def close(self) -> None:
        """Do nothing: no case is open."""

    def routes(self) -> list[Route]:
        return [Route("/", self._page(self.cases), methods=["GET"]), *self.shared_routes()]


BUSY: Final = 503
_SOME_CASE: Final = "–"
"""Name of the case in the frame of a redacted page, whose own head has its pseudonym."""
MAX_MARGIN: Final = 600
"""Maximum length of a text in the margin of printed pages."""

_SECRETS: Final = frozenset({"csrf", "user", "password"})
"""Fields of forms that stand in no log."""

_OWN_FIELDS: Final = frozenset({"save", "lang", "as_of"})


def as_of(request: Request) -> str | None:
    """Return the day as of which a page is asked, if any."""
    return request.query_params.get("as_of", "").strip() or None


def first_field(form: Mapping[str, list[str]], name: str) -> str:
    """Return the value of a field of a form, or nothing."""
    return next(iter(form.get(name, [])), "")


def _kept(request: Request) -> list[tuple[str, str]]:
    return [
        (name, value) for name, value in request.query_params.multi_items() if name not in ("save", "lang", "redact")
    ]


def page_title(text: Text) -> Text:
    """Return the title of a page of the workbench."""
    return in_both(lambda lang: f"{in_language(text, lang)} · graphtrace")


def _asset(name: str) -> bytes:
    if name in _OWN:
        return (files(ROOM) / "assets" / name).read_bytes()
    return read_asset(name).encode()


def _shown_at(request: Request) -> str:
    """Return the address by which the answer to a form is asked for again; nothing of any other page."""
    if request.method == "GET":
        return ""
    path = _SHOWN_AT.get(request.url.path, request.url.path)
    scope = {**request.scope, "path": path, "method": "GET"}
    return path if any(route.matches(scope)[0] is Match.FULL for route in request.app.routes) else "/"


_SHOWN_AT: Final = {"/inbox/answer": "/inbox/asked"}
