"""Access to the workbench: only for the browser that was given a token, and for no page or server beside it.

Four walls, each sufficient against one way in: the port is open on this machine only; the ``Host`` of a request must be
the secret name of this run (``gt-….localhost``), which browsers resolve to this machine without asking anybody, so that
no other port, site or name gets its cookie; everything needs that cookie, which only a token sets; what changes
something must come from a page of this very origin and repeat a secret of the session.

A cookie knows no ports: of ``127.0.0.1`` it would go to every server of the machine, whoever runs it. So that address
is a door only: a token leads from there to the name, and nothing else is answered. Each token is taken once, as what
is given to a browser on its command line stands in the list of processes.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
import time
from collections.abc import Callable, Iterator
from html import escape
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graphtrace.private_files import create_file
from graphtrace.render.i18n import label_text

POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The Content-Security-Policy of every answer: only files of the workbench itself act, nothing is sent elsewhere."""

_HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}

HTTP_PORT: Final = 80
"""Port that browsers leave out of the name of a host."""

CSRF_HEADER: Final = "x-graphtrace-csrf"
_SAFE: Final = frozenset({"GET", "HEAD"})
_CHANGES: Final = frozenset({"POST"})


ENTRY_S: Final = 60.0
"""Time for which a token that leads on from another page or from a file lets a browser in, in seconds."""


class AccessSecrets:
    """Secrets of one run of the workbench: its name, the value of its cookie, and the tokens that are not yet taken.

    ``announce``: called with each address that lets one browser in: at first, and again whenever the last one was
    taken.
    """

    def __init__(self, port: int, announce: Callable[[str], None] | None = None) -> None:
        self._cookie = secrets.token_urlsafe(32)
        self._announce = announce
        self._tokens: dict[bytes, tuple[float, Callable[[], None]]] = {}
        ending = "" if port == HTTP_PORT else f":{port}"
        # 128 bits, as whoever knows the name can lead the browser to a port of theirs under it
        self.host = f"gt-{secrets.token_hex(16)}.localhost{ending}"
        self.doors = frozenset({f"127.0.0.1{ending}", f"localhost{ending}"})
        self.door = f"127.0.0.1{ending}"
        self.cookie_name = "graphtrace"
        self.csrf = hmac.new(self._cookie.encode(), b"csrf", hashlib.sha256).hexdigest()

    def announce(self) -> None:
        """Announce an address that lets one browser in, as long as the program runs."""
        if self._announce is not None:
            self._announce(f"http://{self.door}/?token={self._new_token(math.inf, self.announce)}")

    def entry(self, path: str = "/", *, taken: Callable[[], None] = lambda: None) -> str:
        """Return an address that lets one browser in, soon and once, to be given to it where nobody can read it."""
        token = self._new_token(time.monotonic() + ENTRY_S, taken)
        return f"http://{self.host}{path}{'&' if '?' in path else '?'}token={token}"

    def _new_token(self, until: float, taken: Callable[[], None]) -> str:
        token = secrets.token_urlsafe(32)
        self._tokens[_digest(token)] = (until, taken)
        return token

    def take(self, token: str) -> bool:
        """Whether a text is a token that nobody has taken; from then on it is none."""
        until, taken = self._tokens.pop(_digest(token), (0.0, _nothing))
        if until < time.monotonic():
            return False
        taken()
        return True

    def is_csrf(self, text: str) -> bool:
        """Whether a text is the secret that the pages repeat."""
        return hmac.compare_digest(text.encode(), self.csrf.encode())

    def has_cookie(self, header: str) -> bool:
        """Whether a ``Cookie`` header holds the cookie of this run."""
        try:
            morsel = SimpleCookie(header).get(self.cookie_name)
        except CookieError:
            return False
        return morsel is not None and hmac.compare_digest(morsel.value.encode(), self._cookie.encode())

    def let_in(self, response: Response) -> None:
        """Set the cookie."""
        response.set_cookie(self.cookie_name, self._cookie, httponly=True, samesite="strict", path="/")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _nothing() -> None:
    """Do nothing."""


class AccessControl:
    """The application behind its access checks."""

    def __init__(self, app: ASGIApp, access: AccessSecrets) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # no page opens a socket
            await send({"type": "websocket.close", "code": 1008})
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        refusal = next(self._refusals(scope), None)
        await (refusal or self._app)(scope, receive, send_guarded)

    def _refusals(self, scope: Scope) -> Iterator[Response]:
        """Yield the responses that replace the application's, the first reason first; none for an allowed request."""
        headers = Headers(scope=scope)
        access = self._access
        host = headers.get("host", "").lower()
        is_one = len(headers.getlist("host")) == 1
        if not is_one or host not in {access.host, *access.doors}:
            yield _refused(421, "no_address")
        method = scope["method"]
        if method not in _SAFE | _CHANGES:
            yield _refused(405, "no_method")
        is_foreign = not self._is_own_page(headers)
        if method in _CHANGES and is_foreign:
            yield _refused(403, "other_site")
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = [value for name, value in query if name == "token"]
        if given and method in _SAFE:
            # what a browser fetches ahead must not take the token away from the page
            is_ahead = method != "GET" or "prefetch" in headers.get("sec-purpose", headers.get("purpose", ""))
            if not is_ahead and len(given) == 1 and access.take(given[0]):
                yield self._welcome(scope, query, is_at_door=host != access.host)
            yield _refused(403, "token_taken")
        if host != access.host or not access.has_cookie("; ".join(headers.getlist("cookie"))):
            yield _refused(401, "not_let_in")
        if method in _SAFE and is_foreign and headers.get("sec-fetch-mode") != "navigate":
            yield _refused(403, "other_site")
        if method in _CHANGES and not access.is_csrf(headers.get(CSRF_HEADER, "")):
            yield from self._unless_form(headers)

    def _is_own_page(self, headers: Headers) -> bool:
        """Whether a request comes from a page of this origin, or from nobody's; a POST must say that it does."""
        origin = headers.get("origin")
        if origin is not None:
            return origin == f"http://{self._access.host}"
        return headers.get("sec-fetch-site", "none") in ("same-origin", "none")

    def _unless_form(self, headers: Headers) -> Iterator[Response]:
        """Yield the refusal of a request that is no form.

        A form repeats the secret in its body, which is read with it (:mod:`graphtrace.workbench.access`).
        """
        if headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
            yield _refused(403, "other_run")

    def _welcome(self, scope: Scope, query: list[tuple[str, str]], *, is_at_door: bool) -> Response:
        rest = urlencode([(name, value) for name, value in query if name != "token"])
        path = scope["raw_path"].decode("latin-1") if scope.get("raw_path") else "/"
        # two slashes would lead to another host
        there = f"/{path.lstrip('/')}{f'?{rest}' if rest else ''}"
        if is_at_door:
            return RedirectResponse(self._access.entry(there), status_code=303)
        # a page that goes on by itself: the cookie is not sent along a way that began elsewhere
        page = f'<!DOCTYPE html><meta charset="utf-8"><title>graphtrace</title><a href="{escape(there)}">graphtrace</a>'
        response = HTMLResponse(page, headers={"refresh": f"0; url={there}"})
        self._access.let_in(response)
        return response


def _refused(status: int, reason: str) -> Response:
    text = label_text(f"refused_{reason}")
    return PlainTextResponse(f"{text.en}\n{text.zh}\n", status_code=status)


MAX_FORM_BYTES: Final = 2**20
"""Maximum size of a form: a list of some 40,000 card numbers."""

MAX_FIELDS: Final = 20_000
"""Maximum number of fields of a form: some of each line of a long text."""

MAX_UPLOAD_BYTES: Final = 8 * 2**30
"""Maximum size of one file; it is streamed to the disk, never held."""

MAX_NAME: Final = 200
"""Maximum length of the name of a file in characters."""


async def read_form(request: Request, access: AccessSecrets) -> dict[str, list[str]]:
    """Return the fields of a form, which has to repeat the secret of the session.

    Raises HTTPException 403 without the secret, 413 for a form that is too large, 400 for one that cannot be read.
    """
    body = bytearray()
    async for block in request.stream():
        body += block
        if len(body) > MAX_FORM_BYTES:
            raise HTTPException(413)
    try:
        fields = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError as error:
        raise HTTPException(400) from error
    form: dict[str, list[str]] = {}
    for name, value in fields:
        form.setdefault(name, []).append(value)
    secret = request.headers.get(CSRF_HEADER) or next(iter(form.pop("csrf", [])), "")
    if not access.is_csrf(secret):
        raise HTTPException(403)
    return form


def file_name(given: str) -> str:
    """Return the last part of the name that a browser gave a file, fit to stand in a folder; it may be from any system.

    Raises HTTPException 400 where nothing remains of it.
    """
    name = given.replace("\\", "/").rpartition("/")[2]
    name = "".join(sign for sign in name if sign.isprintable() and sign not in '<>:"|?*').strip(" .")
    stem, dot, ending = name.rpartition(".")
    name = f"{stem[: MAX_NAME - len(ending) - 1]}{dot}{ending}" if len(name) > MAX_NAME else name
    if not name or len(name) > MAX_NAME or len(name.encode()) > 255:
        raise HTTPException(400)
    return name


async def receive_file(request: Request, target: Path, *, most_bytes: int = MAX_UPLOAD_BYTES) -> int:
    """Write the body of a request to a new file and return its size; nothing is left of one that is not whole.

    Raises HTTPException 413 for a file that is too large, 400 where the browser went away.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > most_bytes:
        raise HTTPException(413)
    size = 0
    with create_file(target) as out:
        try:
            async for block in request.stream():
                size += len(block)
                if size > most_bytes:
                    raise HTTPException(413)
                out.write(block)
        except BaseException as error:
            out.close()
            target.unlink(missing_ok=True)
            if isinstance(error, ClientDisconnect):
                raise HTTPException(400) from error
            raise
    return size
