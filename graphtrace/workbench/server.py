"""Start the workbench: ports on this machine, a token for each, and the browser.

Every case that is opened has a port, a name and tokens of its own, so each is an origin of its own: no page of one case
can reach another, and a tab shows the case that it was opened on for as long as it lives.

The browser is started with a file that only this account can read, which leads on to the workbench: what stands on its
command line is in the list of processes for everybody.
"""

from __future__ import annotations

import contextlib
import errno
import secrets
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from graphtrace.case import open_case
from graphtrace.errors import CaseLocked, CaseMissing, StoreError, SystemFault, UsageError, os_reason
from graphtrace.example import copy_example, load_example
from graphtrace.platform import system
from graphtrace.private_files import create_file, make_folder
from graphtrace.storage.case_folder import folder_of_name, is_case, refuse_inside_case, scratch_folder
from graphtrace.storage.location import case_title, is_server
from graphtrace.storage.neo4j.client import Address, Credentials
from graphtrace.workbench.access import ENTRY_S, AccessSecrets
from graphtrace.workbench.case_pool import chosen_language, entry_folder, remember_case, remember_language

if TYPE_CHECKING:
    import uvicorn

    from graphtrace.render import Lang
    from graphtrace.workbench.frame import Settings

ADDRESS: Final = "127.0.0.1"
ADDRESS_6: Final = "::1"
"""The only addresses that are listened on: the workbench is for this machine."""

_ATTEMPTS: Final = 8
"""Number of free ports that are tried until one is free on both addresses."""

_ENTRY: Final = "graphtrace-open-"
"""What the name of the file begins with by which the browser is started."""

MAX_PORT: Final = 65535

WAIT_S: Final = 2.0
"""Time for which a page waits for a case that is being written, in seconds; then it says so and asks again."""

_END_S: Final = 30.0
"""Time for which the end of the program waits for the cases that it serves, in seconds."""


def serve(
    case: str | None,
    *,
    lang: Lang,
    is_lang_stated: bool = False,
    port: int,
    is_read_only: bool,
    memory_limit: str | None,
    announce: Callable[[str], None],
    open_browser: bool,
    purpose: str | None = None,
) -> None:
    """Serve the workbench until the process is told to end.

    - ``case``: the case to open; without one the first page chooses it.
    - ``is_lang_stated``: whether somebody stated the language; else it is what was last chosen on a page, or what the
      browser prefers.
    - ``port``: 0 for any that is free.
    - ``announce``: called with an address that lets one browser in, when the port is open and whenever the last one was
      taken.
    - ``purpose``: purpose of the look-ups, until somebody states another.

    Raises UsageError if there is no such port; SystemFault if the port is taken; StoreError if the case does not
    answer, or there is no disk for files that are uploaded. A case that is being written is waited for by its pages,
    and one that does not exist is made by its first load.
    """
    if not 0 <= port <= MAX_PORT:
        raise UsageError("bad_port", port=port, most=MAX_PORT, hint="port_range")
    from graphtrace.workbench.frame import Settings

    settings = Settings(
        case=None,
        title="",
        lang=lang,
        is_read_only=is_read_only,
        memory_limit=memory_limit,
        wait_s=WAIT_S,
        uploads=Path(),
        purpose=purpose,
    )
    with contextlib.ExitStack() as resources:
        desk = CaseDesk(settings, announce)
        desk.lang = lang if is_lang_stated else chosen_language()
        resources.callback(desk.close)
        if case is None:
            first = desk.start(None, port)
        else:
            _try_case(case, make=True)
            first = desk.start(case, port)
        first.access.announce()
        if open_browser:
            _open(first.access, resources)
        first.run()


@dataclass(slots=True)
class _Served:
    """One port: who is let in there, and what listens."""

    access: AccessSecrets
    server: uvicorn.Server
    listeners: list[socket.socket]
    held: contextlib.ExitStack
    thread: threading.Thread | None = None

    def run(self) -> None:
        self.server.run(sockets=self.listeners)


EXAMPLE: Final = "example"
"""Name of the example case in the folder of cases."""


class CaseDesk:
    """The ports of this process: the first one, and one for each further case."""

    def __init__(self, settings: Settings, announce: Callable[[str], None]) -> None:
        self._settings = settings
        self._announce = announce
        self._served: dict[str | None, _Served] = {}
        self._turn = threading.Lock()
        self.lang: Lang | None = None
        """The language of pages on which none was chosen; ``None`` for that which the browser prefers."""

    def choose_language(self, lang: Lang) -> None:
        """Have further cases, and later starts, begin in a language that was chosen on a page."""
        self.lang = lang
        remember_language(lang)

    def open(self, case: str, *, make: bool, credentials: Credentials | None = None) -> str:
        """Serve a case at an address of its own, and return that with a new token; one that is served already stays.

        - ``case``: the absolute path of a folder, which may begin with ``~``, or the address of a server.
        - ``make``: make a case where there is none; the folder comes with the first load.
        - ``credentials``: user and password of a server, kept in memory while it is served.

        Raises UsageError if it is neither, or there is a case although one is to be made; CaseMissing if there is none
        although one is to be opened; StoreError if the server does not answer.
        """
        return self._open(_place_of(case, make=make), make=make, credentials=credentials)

    def open_example(self) -> str:
        """Serve the example case, which is made if it is not there, and return its address with a new token.

        Raises UsageError if its folder cannot be made.
        """
        folder = folder_of_name(EXAMPLE)
        assert folder is not None
        with self._turn:
            if not is_case(folder):
                _make_home(folder)
                with scratch_folder(None) as scratch, open_case(folder) as case:
                    load_example(case, scratch / "files", copy_example(scratch / "files"))
        return self._open(str(folder.resolve()), make=False)

    def _open(self, name: str, *, make: bool, credentials: Credentials | None = None) -> str:
        with self._turn:
            if (known := self._served.get(name)) is not None:
                return known.access.entry()
            _try_case(name, make=make, credentials=credentials)
            served = self.start(name, 0, credentials)
            served.thread = threading.Thread(target=served.run, name="graphtrace-case", daemon=True)
            served.thread.start()
            return served.access.entry()

    def start(self, case: str | None, port: int, credentials: Credentials | None = None) -> _Served:
        """Open a port for a case, or for the page that chooses one; it answers when it is run."""
        import uvicorn

        from graphtrace.workbench.app import create_app

        with contextlib.ExitStack() as stack:
            listeners = [stack.enter_context(listener) for listener in _listen(port)]
            access = AccessSecrets(listeners[0].getsockname()[1], None if self._served else self._announce)
            settings = self._settings
            if case is not None:
                uploads = stack.enter_context(scratch_folder(None if is_server(case) else Path(case)))
                settings = replace(
                    settings, case=case, title=case_title(case), uploads=uploads, credentials=credentials
                )
                remember_case(case if is_server(case) else str(Path(case).resolve()))
            config = uvicorn.Config(
                create_app(settings, access, self),
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                ws="none",
                timeout_graceful_shutdown=5,
            )
            served = _Served(access, uvicorn.Server(config), listeners, stack.pop_all())
        self._served[case if case is None or is_server(case) else str(Path(case).resolve())] = served
        return served

    def close(self) -> None:
        """Stop all servers, and wait for work under way to be undone."""
        for served in self._served.values():
            served.server.should_exit = True
        for served in self._served.values():
            if served.thread is not None:
                served.thread.join(_END_S)
            served.held.close()


def _place_of(typed: str, *, make: bool) -> str:
    """Return the address or the absolute path that somebody typed."""
    text = typed.strip().strip('"')  # as the Explorer of Windows copies a path
    if "\0" in text or not text:
        raise UsageError("case_place_missing", hint="case_place_forms")
    if is_server(text):
        Address.parse(text)
        return text
    try:
        if (named := folder_of_name(text)) is not None:
            if make:
                _make_home(named)
            text = str(named)
        folder = Path(text).expanduser()
    except RuntimeError as error:
        raise UsageError("case_place_missing", hint="case_place_forms") from error
    if not folder.is_absolute():
        raise UsageError("case_place_relative", path=text, hint="case_place_forms")
    folder = folder.resolve()
    if make:
        _check_new(folder)
    return str(folder)


def _make_home(folder: Path) -> None:
    try:
        make_folder(folder.parent, parents=True)
    except OSError as error:
        raise UsageError("at_path", path=folder.parent, why=os_reason(error), hint="writable_folder") from error


def _check_new(folder: Path) -> None:
    """Check that a new case can be made of a folder, which is not there or empty."""
    if is_case(folder):
        raise UsageError("case_there_already", path=folder, hint="open_or_rename")
    refuse_inside_case(folder)
    try:
        is_free = not any(folder.iterdir()) if folder.is_dir() else folder.parent.is_dir() and not folder.exists()
    except OSError as error:
        raise SystemFault("at_path", path=folder, why=os_reason(error), hint="check_rights") from error
    if not is_free:
        raise UsageError("case_place_taken", path=folder, hint="new_folder_name")


def _try_case(case: str, *, make: bool, credentials: Credentials | None = None) -> None:
    """Ask a case something: one that is being written is waited for by its pages."""
    with (
        contextlib.suppress(*([CaseMissing] if make else []), CaseLocked),
        open_case(case, wait=WAIT_S, credentials=credentials) as opened,
    ):
        opened.ledger_head()


def _listen(port: int) -> list[socket.socket]:
    """Open a port on this machine, of IPv4 and, where there is any, of IPv6.

    A browser may try either for the name of the workbench, so nobody else may have the port on the other one.
    """
    for attempt in range(_ATTEMPTS):
        listener = _bind(socket.AF_INET, ADDRESS, port)
        number = listener.getsockname()[1]
        try:
            return [listener, _bind(socket.AF_INET6, ADDRESS_6, number)]
        except SystemFault as fault:
            reason = fault.__cause__
            if not isinstance(reason, OSError) or reason.errno != errno.EADDRINUSE:
                return [listener]  # there is no IPv6 here, for anybody
            listener.close()
            if port or attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("no attempt was made")


def _bind(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    try:
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise _taken(address, port, error) from error
    try:
        if system.REUSES_ADDRESS:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((address, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise _taken(address, port, error) from error
    return listener


def _taken(address: str, port: int, error: OSError) -> SystemFault:
    return SystemFault("at_line", path=address, line=port, what=os_reason(error), hint="another_port")


def _open(access: AccessSecrets, resources: contextlib.ExitStack) -> None:
    import webbrowser

    path = entry_folder() / f"{_ENTRY}{secrets.token_hex(8)}.html"

    def remove() -> None:
        with contextlib.suppress(OSError):
            path.unlink()

    address = escape(access.entry(taken=remove))
    page = f'<!DOCTYPE html><meta http-equiv="refresh" content="0; url={address}"><title>graphtrace</title>'
    resources.callback(remove)
    try:
        _remove_old_entries(path.parent)
        with create_file(path) as file:
            file.write(page.encode())
    except (OSError, StoreError):
        return  # the address was printed
    timer = threading.Timer(ENTRY_S, remove)
    timer.daemon = True
    timer.start()
    # some browsers are waited for until they end
    threading.Thread(target=webbrowser.open, args=(path.as_uri(),), daemon=True).start()


def _remove_old_entries(folder: Path) -> None:
    """Remove what a process that was killed left; a newer file may be that of another one."""
    for path in folder.glob(f"{_ENTRY}*.html"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > ENTRY_S:
                path.unlink()
