"""Access to the workbench: only for the browser that was given the token, and for no page of another site.

Four walls, each sufficient against one way in: the port is open on 127.0.0.1 only; the ``Host`` of a request must be
that address (so no name that another site points here reaches it); everything needs a cookie that only the token sets;
what changes something must come from a page of this very origin and repeat a secret of the session.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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

CSRF_HEADER: Final = "x-graphtrace-csrf"
_SAFE: Final = frozenset({"GET", "HEAD"})
_CHANGES: Final = frozenset({"POST"})


class AccessSecrets:
    """Secrets of one run of the workbench: the token of its address, and the value of its cookie."""

    def __init__(self, port: int) -> None:
        self.token = secrets.token_urlsafe(32)
        self._cookie = secrets.token_urlsafe(32)
        # cookies know no ports: two workbenches on one machine must not overwrite each other's
        self.cookie_name = f"graphtrace_{port}"
        self.hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self.csrf = hmac.new(self._cookie.encode(), b"csrf", hashlib.sha256).hexdigest()

    def is_token(self, text: str) -> bool:
        """Whether a text is the token."""
        return hmac.compare_digest(text.encode(), self.token.encode())

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
        if headers.get("host", "").lower() not in access.hosts or len(headers.getlist("host")) != 1:
            yield _refused(421, "This is not the address of the workbench.")
        method = scope["method"]
        if method not in _SAFE | _CHANGES:
            yield _refused(405, "The workbench answers GET and POST.")
        is_foreign = not self._is_own_page(headers)
        if method in _CHANGES and is_foreign:
            yield _refused(403, "The request comes from another site.")
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = [value for name, value in query if name == "token"]
        if given and method in _SAFE:
            if len(given) == 1 and access.is_token(given[0]):
                yield self._welcome(scope, query)
            yield _refused(403, "The token is not that of this run. Open the address that graphtrace serve printed.")
        if not access.has_cookie("; ".join(headers.getlist("cookie"))):
            yield _refused(401, "Open the address that graphtrace serve printed; it lets this browser in.")
        if method in _SAFE and is_foreign and headers.get("sec-fetch-mode") != "navigate":
            yield _refused(403, "The request comes from another site.")
        if method in _CHANGES and not access.is_csrf(headers.get(CSRF_HEADER, "")):
            yield from self._unless_form(headers)

    def _is_own_page(self, headers: Headers) -> bool:
        """Whether a request comes from a page of this origin, or from nobody's; a POST must say that it does."""
        origin = headers.get("origin")
        if origin is not None:
            return any(origin == f"http://{host}" for host in self._access.hosts)
        return headers.get("sec-fetch-site", "none") in ("same-origin", "none")

    def _unless_form(self, headers: Headers) -> Iterator[Response]:
        """Yield the refusal of a request that is no form.

        A form repeats the secret in its body, which is read with it (:mod:`graphtrace.workbench.forms`).
        """
        if headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
            yield _refused(403, "The request does not come from a page of this run. Load the page again.")

    def _welcome(self, scope: Scope, query: list[tuple[str, str]]) -> Response:
        rest = urlencode([(name, value) for name, value in query if name != "token"])
        path = scope["raw_path"].decode("latin-1") if scope.get("raw_path") else "/"
        # two slashes would lead to another host
        response = RedirectResponse(f"/{path.lstrip('/')}{f'?{rest}' if rest else ''}", status_code=303)
        self._access.let_in(response)
        return response


def _refused(status: int, text: str) -> Response:
    return PlainTextResponse(f"{text}\n", status_code=status)
