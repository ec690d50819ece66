"""Mail as input (``.eml``): the files that are attached to it, its text, and the references of letters that it quotes.

A mail is read as the archives are: all of it before anything is loaded. What it calls a file is shown and never used as
a path. A text that names cards is a file of the mail like those that are attached, and so is any text of a mail without
them.

Where a mail says that what it brings does not hold (附件作废), these words stand before the names of its files, as the
name of a folder that says so would: they are told with the rows of these, and whoever reads the name sees them.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterable, Iterator
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.policy import compat32
from html import unescape
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
    subjects, texts = said[: len(parts)], [line for part in parts for line in _own_lines(part)]
    of_text, of_files = (
        "".join(f"{text}/" for text in [*dict.fromkeys(spoken)][:_MOST_SPOKEN])
        for spoken in (_speaking(subjects, []), _speaking(subjects, texts))
    )
    named = (
        *(file._replace(name=f"{of_files}{file.name}") for file in files),
        *(file._replace(name=f"{of_text}{file.name}") for file in _text_file(parts, is_alone=not files)),
    )
    return Mail(named, tuple(dict.fromkeys(found)))


_MOST_SPOKEN: Final = 3
_LONGEST_SPOKEN: Final = 80
_CLAUSES: Final = re.compile(r"[。！!；;？?，,\r\n]|\.\s")
_UNSEEN: Final = re.compile(r"(?is)<(style|script|title)\b.*?(?:</\1\s*>|\Z)|<[^<>]*>")
_BREAK: Final = re.compile("</?(?:p|div|br|li|tr|t[dh]|h[1-6])\\b[^<>]*>", re.IGNORECASE)
_OF_FILES: Final = re.compile(
    "附[件表]|[表单]|文件|数据|资料|上述|以[上下]|attach|enclos|list|file|sheet|document|data|record|below|above",
    re.IGNORECASE,
)
"""Found in clauses of a text that speak of what the mail brings."""


def _speaking(subjects: Iterable[str], lines: Iterable[str]) -> Iterator[str]:
    """Yield the clauses of a mail by which what it brings does not hold, or may not, as parts of a path."""
    from graphtrace.ingest.acts import NOTHING, doubts_rows
    from graphtrace.ingest.preamble import meaning_as_name

    for texts, are_lines in ((subjects, False), (lines, True)):
        for clause in (each for text in texts for each in _CLAUSES.split(text)):
            part = " ".join(clause.replace("/", " ").replace("\\", " ").split())[:_LONGEST_SPOKEN]
            # a mail that vouches for its files
            said = part.replace("以附件为准", "")
            is_doubt = doubts_rows(said) and not (are_lines and _OF_FILES.search(said) is None)
            if part and (is_doubt or meaning_as_name(said) == NOTHING):
                yield part


def _own_lines(part: Message) -> list[str]:
    """Return the lines of a part without marks and without what they quote of another mail."""
    text = _text_of(part)
    if part.get_content_subtype() == "html":
        text = unescape(_UNSEEN.sub("", _BREAK.sub("\n", text)))
    return [line for line in text.splitlines() if not line.lstrip().startswith(">")]


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
