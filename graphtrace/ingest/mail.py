"""Mail as input (``.eml``): the files that are attached to it, its text, and the references of letters that it quotes.

A mail is read as the archives are: all of it before anything is loaded. What it calls a file is shown and never used as
a path. A text that names cards is a file of the mail like those that are attached, and so is any text of a mail without
them.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.policy import compat32
from pathlib import Path
from typing import Final, NamedTuple
from unicodedata import normalize

from graphtrace.errors import InputError, UnsafeFile

ENDING: Final = ".eml"
"""Ends the name of a mail as programs save it; a mail has no other mark."""

MAX_MAIL_BYTES: Final = 256 * 2**20
"""Maximum size of a mail, which is read into memory."""

_REFERENCE: Final = re.compile(r"(?<![0-9A-Z-])GT-[0-9A-Z]{4}-[0-9A-Z]{4}(?![0-9A-Z])")
_LONGEST_NAME: Final = 200
_SENT: Final = re.compile(
    r"卡.{0,40}(?:发出|寄出|寄给|发给|已发|已寄|退回|退还|收到|签收|转给|交给)|(?:发出|寄出|已发|已寄|退回|收到).{0,20}(?<!名)卡"
)
"""Found in lines of a mail that say what became of cards that it does not name."""


class Attachment(NamedTuple):
    """A file of a mail: what the mail calls it, and its bytes."""

    name: str
    content: bytes


class Mail(NamedTuple):
    """The files of a mail, its text among them where it says something, and the references of letters in it."""

    attachments: tuple[Attachment, ...]
    references: tuple[str, ...]


def is_mail(path: Path) -> bool:
    """Whether a file is a mail, by its ending."""
    return path.suffix.lower() == ENDING and path.is_file()


def read_mail(path: Path, name: str) -> Mail:
    """Read a mail, the mails that are attached to it included.

    Raises
    ------
    UnsafeFile
        If it is too large.
    InputError
        If it is none that can be read.
    """
    try:
        size = path.stat().st_size
        if size > MAX_MAIL_BYTES:
            raise UnsafeFile("archive_too_large", path=name, most=MAX_MAIL_BYTES, hint="unpack_or_bytes")
        message = email.message_from_bytes(path.read_bytes(), policy=compat32)
        parts = list(message.walk())
        files = tuple(_attachments(parts))
        said = [_decoded(part.get("Subject")) for part in parts] + [_text_of(part) for part in parts]
    except (OSError, RecursionError) as error:
        raise InputError("archive_damaged", path=name, why=error, hint="ask_for_file") from error
    found = (each[0] for text in said for each in _REFERENCE.finditer(normalize("NFKC", text).upper()))
    return Mail((*files, *_text_file(parts, is_alone=not files)), tuple(dict.fromkeys(found)))


def text_of_mail(path: Path) -> str:
    """Return who wrote a mail to whom and when, what it is about, and its text as it is read.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    try:
        message = email.message_from_bytes(path.read_bytes(), policy=compat32)
        heads = [f"{name}: {_decoded(message.get(name))}" for name in ("From", "To", "Date", "Subject")]
        return "\n".join((*heads, "", *filter(None, map(_text_of, message.walk()))))
    except (OSError, RecursionError) as error:
        raise InputError("archive_damaged", path=path, why=error, hint="ask_for_file") from error


def _text_file(parts: list[Message], *, is_alone: bool) -> Iterator[Attachment]:
    """Yield the text of a mail as a file: its page where that holds a table, else the plain text.

    Beside attached files it is one only where it says something of cards itself.
    """
    from graphtrace.ingest.readers.table_reader import names_card, tells_of_card

    texts = [(part.get_content_subtype(), text) for part in parts if (text := _text_of(part)).strip()]
    pages = [text for subtype, text in texts if subtype == "html" and "<table" in text.lower()]
    plain = [text for subtype, text in texts if subtype != "html"]
    chosen = pages or plain or [text for _, text in texts]
    lines = [line for text in chosen for line in text.splitlines()]
    if not chosen or not any((names_card if is_alone else tells_of_card)(line) or _SENT.search(line) for line in lines):
        return
    name = "text.html" if chosen is pages else "text.txt"
    yield Attachment(name, "\n".join(chosen).encode("utf-8", "replace"))


def _attachments(parts: list[Message]) -> Iterator[Attachment]:
    for number, part in enumerate(parts):
        name = _name_of(part)
        is_text = part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment"
        if part.is_multipart() or (is_text and not name):
            continue
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and content:
            yield Attachment(name or f"{number}.{part.get_content_subtype()[:16]}", content)


def _name_of(part: Message) -> str:
    """Return what a mail calls a file, without folders."""
    try:
        name = part.get_filename()
    except (MessageError, LookupError, ValueError, TypeError):
        name = None
    decoded = _decoded(name).replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in decoded if char.isprintable()).strip(". ")[-_LONGEST_NAME:]


def _text_of(part: Message) -> str:
    """Return the text of a part; of a page with its marks."""
    if part.is_multipart() or part.get_content_maintype() != "text" or part.get_content_disposition() == "attachment":
        return ""
    content = part.get_payload(decode=True)
    return _decode(content, str(part.get_param("charset") or "")) if isinstance(content, bytes) else ""


def _decoded(value: object) -> str:
    """Return a header as people read it: its words may be encoded, each in a character set of its own."""
    if value is None:
        return ""
    try:
        return "".join(
            word if isinstance(word, str) else _decode(word, charset or "")
            for word, charset in decode_header(str(value))
        )
    except (MessageError, ValueError, LookupError):
        return str(value)


def _decode(content: bytes, charset: str) -> str:
    """Return text in the character set that it states; programs in China write GB 18030 under older names."""
    for name in ("gb18030" if charset.lower() in ("gb2312", "gbk") else charset, "utf-8", "gb18030"):
        try:
            return content.decode(name or "utf-8")
        except (UnicodeError, LookupError, ValueError):
            continue
    return content.decode("utf-8", "replace")
