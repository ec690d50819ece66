"""Forms from the browser: of limited size, with files that are written to disk block by block."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from graphtrace.private_files import create_file
from graphtrace.workbench.access import CSRF_HEADER, AccessSecrets

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

    Raises
    ------
    HTTPException
        403 without the secret, 413 for a form that is too large, 400 for one that cannot be read.
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

    Raises
    ------
    HTTPException
        400 where nothing remains of it.
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

    Raises
    ------
    HTTPException
        413 for a file that is too large, 400 where the browser went away.
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
