"""Start the workbench: one port on this machine, one token, and the browser."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from graphtrace.case import open_case
from graphtrace.errors import CaseLocked, CaseMissing, SystemFault, UsageError, os_reason
from graphtrace.platform import system
from graphtrace.storage.neo4j.address import is_server
from graphtrace.storage.scratch import scratch_folder
from graphtrace.workbench.access import Session

if TYPE_CHECKING:
    from graphtrace.render import Lang

ADDRESS: Final = "127.0.0.1"
"""The only address that is listened on: the workbench is for this machine."""

MAX_PORT: Final = 65535

WAIT_S: Final = 2.0
"""How long a page waits for a case that is being written, before it says so and asks again."""


def serve(
    case: str,
    *,
    title: str,
    lang: Lang,
    port: int,
    is_read_only: bool,
    memory_limit: str | None,
    announce: Callable[[str], None],
    open_browser: bool,
) -> None:
    """Serve the workbench until the process is told to end.

    Parameters
    ----------
    title
        What pages call the case.
    port
        0 for any that is free.
    announce
        Called with the address that lets a browser in, when the port is open.

    Raises
    ------
    UsageError
        If there is no such port.
    SystemFault
        If the port is taken.
    StoreError
        If the case does not answer, or there is no disk for files that are uploaded. A case that is being written is
        waited for by its pages, and one that does not exist is made by its first load.
    """
    if not 0 <= port <= MAX_PORT:
        raise UsageError("bad_port", port=port, most=MAX_PORT, hint="port_range")
    with contextlib.suppress(CaseMissing, CaseLocked), open_case(case, wait=WAIT_S) as opened:
        opened.ledger_head()
    import uvicorn

    from graphtrace.workbench.app import Settings, create_app

    with contextlib.ExitStack() as held:
        listener = held.enter_context(_listen(port))
        number = listener.getsockname()[1]
        session = Session(number)
        uploads = held.enter_context(scratch_folder(None if is_server(case) else Path(case)))
        settings = Settings(
            case=case,
            title=title,
            lang=lang,
            is_read_only=is_read_only,
            memory_limit=memory_limit,
            wait_s=WAIT_S,
            uploads=uploads,
        )
        config = uvicorn.Config(
            create_app(settings, session),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            timeout_graceful_shutdown=5,
        )
        url = f"http://{ADDRESS}:{number}/?token={session.token}"
        announce(url)
        if open_browser:
            _open(url)
        uvicorn.Server(config).run(sockets=[listener])


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if system.REUSES_ADDRESS:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((ADDRESS, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise SystemFault("at_line", path=ADDRESS, line=port, what=os_reason(error), hint="another_port") from error
    return listener


def _open(url: str) -> None:
    import threading
    import webbrowser

    # some browsers are waited for until they end
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
