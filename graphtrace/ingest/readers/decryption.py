"""Office files with a password: read from a decrypted copy, which lies beside the copy of the file and goes with it.

Neither the password nor what it opens is kept: the case keeps the file as it came. Reading it again asks again.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable
from pathlib import Path
from typing import Final

from graphtrace.errors import InputError
from graphtrace.ingest.readers.guard import MAX_OLE_BYTES, guarded, is_encrypted_ole

Password = Callable[[str], str | None]
"""Gives the password of an encrypted file by its name, ``None`` where there is none."""

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_READ_ONLY: Final = "VelvetSweatshop"
"""Password of workbooks that Excel only protects from changes: everybody knows it."""


def decrypted_copy(path: Path, password: Password, folder: Path | None = None) -> Path:
    """Return the file itself, or where it is encrypted a decrypted copy in ``folder``, by default beside it.

    Raises InputError when the password is missing (``password_missing``) or is not the one (``password_wrong``).
    """
    try:
        with path.open("rb") as file:
            if file.read(len(_OLE)) != _OLE or path.stat().st_size > MAX_OLE_BYTES:
                return path
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                if not is_encrypted_ole(data):
                    return path
    except OSError:
        return path  # reading it says what is wrong
    target = (folder or path.parent) / f"unlocked{path.suffix}"
    with guarded(path, (Exception,)):  # the library raises whatever a damaged file makes it meet
        if _decrypt(path, target, _READ_ONLY):
            return target
        given = password(path.name)
        if given is None:
            raise InputError("workbook_encrypted", path=path, hint="give_file_password", code="password_missing")
        if not _decrypt(path, target, given):
            raise InputError("archive_password_wrong", path=path, hint="correct_file_password", code="password_wrong")
    return target


def _decrypt(path: Path, target: Path, password: str) -> bool:
    """Write the decrypted file; false where the password is not the one."""
    # takes its time to be imported, and few files need it
    from msoffcrypto import OfficeFile
    from msoffcrypto.exceptions import DecryptionError, InvalidKeyError

    with path.open("rb") as file, target.open("wb") as out:
        book = OfficeFile(file)
        try:
            if book.format == "ooxml":
                book.load_key(password=password, verify_password=True)
            else:
                book.load_key(password=password)
            book.decrypt(out)
        except InvalidKeyError:
            return False
        except DecryptionError as error:
            if "verif" in str(error).lower() or "password" in str(error).lower():
                return False
            raise
    return True
