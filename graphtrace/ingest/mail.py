"""Mail as input (``.eml``): the files that are attached to it, its text, and the references of letters that it quotes.

A mail is read as the archives are: all of it before anything is loaded. What it calls a file is shown and never used as
a path. A text that names cards is a file of the mail like those that are attached, and so is any text of a mail without
them.

Where a mail says that what it brings does not hold (附件作废), these words stand before the names of its files, as the
name of a folder that says so would: they are told with the rows of these, and whoever reads the name sees them. So
does, in quotation marks, whatever else it says about them than that they are attached.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterable, Iterator
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.policy import compat32
from email.utils import parsedate_to_datetime
from html import unescape
from pathlib import Path
from typing import Final, NamedTuple
from unicodedata import normalize

from graphtrace.errors import InputError, UnsafeFile
from graphtrace.ingest.words import pattern_of
from graphtrace.model import CHINA
from graphtrace.patterns import late

ENDING: Final = ".eml"
"""Ends the name of a mail as programs save it; a mail has no other mark."""

MAX_MAIL_BYTES: Final = 256 * 2**20
"""Maximum size of a mail, which is read into memory."""

_REFERENCE: Final = late(r"(?<![0-9A-Z-])GT-[0-9A-Z]{4}-[0-9A-Z]{4}(?![0-9A-Z])")
_LONGEST_NAME: Final = 200
_SENT: Final = pattern_of("mail", "sent")
"""Found in lines of a mail that say what became of cards that it does not name."""
_OF_CARDS: Final = pattern_of("mail", "of_cards", re.IGNORECASE)
_TOLD: Final = pattern_of("mail", "told", re.IGNORECASE)
"""Found in lines of a mail about cards that say how many, what happened to them, or on which day."""
_QUOTE: Final = pattern_of("mail", "quote", re.IGNORECASE | re.MULTILINE)
"""The line above what a mail quotes of another one."""
_ORIGINAL: Final = pattern_of("mail", "original", re.IGNORECASE | re.MULTILINE)
"""Stands above a mail that is quoted, or passed on, to the end of the text."""
_BLOCK: Final = late(r"(?is)<blockquote\b[^<>]*>(?:(?!<blockquote\b).)*?</blockquote\s*>")
_ADDRESS: Final = late(r"[^\s<>@,;:]+@[^\s<>@,;:]+")


class Attachment(NamedTuple):
    """A file of a mail: what the mail calls it, and its bytes.

    ``sent_on`` is the day of the mail, of its text where that quotes no other mail: the day by which it was written.
    """

    name: str
    content: bytes
    sent_on: str | None = None


class Mail(NamedTuple):
    """The files of a mail, its text among them where it says something, and the references of letters in it."""

    attachments: tuple[Attachment, ...]
    references: tuple[str, ...]


_TEXT: Final = "text.txt"
_PAGE: Final = "text.html"


def is_text_of_mail(name: str) -> bool:
    """Whether a file of a case, by its name there, is the text of a mail."""
    mail, _, member = name.rpartition("!/")
    return mail.casefold().endswith(ENDING) and member.rpartition("/")[2] in (_TEXT, _PAGE)


def is_said_by_mail(part: str) -> bool:
    """Whether a part of the name of a file is what its mail says of it, in words that are not understood."""
    return len(part) > 2 and part == SAID.format(part[1:-1])


def is_mail(path: Path) -> bool:
    """Whether a file is a mail, by its ending."""
    return path.suffix.lower() == ENDING and path.is_file()


def read_mail(path: Path, name: str) -> Mail:
    """Read a mail, the mails that are attached to it included.

    Raises UnsafeFile if it is too large; InputError if it is none that can be read.
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
        "".join(f"{text}/" for text in sorted(dict.fromkeys(spoken), key=is_said_by_mail)[:_MOST_SPOKEN])
        for spoken in (_speaking(subjects, [], is_of_files=False), _speaking(subjects, texts, is_of_files=True))
    )
    named = (
        *(file._replace(name=f"{of_files}{file.name}") for file in files),
        *(file._replace(name=f"{of_text}{file.name}") for file in _text_file(parts, texts, is_alone=not files)),
    )
    return Mail(named, tuple(dict.fromkeys(found)))


_MOST_SPOKEN: Final = 3
_LONGEST_SPOKEN: Final = 80
_CLAUSES: Final = late(r"[。！!；;？?，,\r\n]|\.\s")
_UNSEEN: Final = late(r"(?is)<(style|script|title)\b.*?(?:</\1\s*>|\Z)|<[^<>]*>")
_BREAK: Final = late("</?(?:p|div|br|li|tr|t[dh]|h[1-6])\\b[^<>]*>", re.IGNORECASE)
_OF_FILES: Final = pattern_of("mail", "of_files", re.IGNORECASE)
"""Found in clauses of a text that speak of what the mail brings."""
_OF_GOODS: Final = late(r"卡|货|(?<![a-z])(?:these|those|they|them|it)(?![a-z])", re.IGNORECASE)
"""Found in clauses of a text that speak of cards, or point to what was named before."""
SAID: Final = "“{}”"
"""A part of the name of a file in a mail: what the mail says of it and is not understood."""


def _speaking(subjects: Iterable[str], lines: Iterable[str], *, is_of_files: bool) -> Iterator[str]:
    """Yield the clauses of a mail by which what it brings may not hold, as parts of a path.

    Of attached files (``is_of_files``) that is every clause about them that says more than that they are attached.
    """
    from graphtrace.ingest.acts import NOTHING, doubts_rows, is_plain_of_mail
    from graphtrace.ingest.preamble import meaning_as_name

    for texts, are_lines in ((subjects, False), (lines, True)):
        for clause in (each for text in texts for each in _CLAUSES.split(text)):
            part = " ".join(clause.replace("/", " ").replace("\\", " ").split())[:_LONGEST_SPOKEN]
            # a mail that vouches for its files
            said = _ADDRESS.sub(" ", part).replace("以附件为准", "")
            is_about = _OF_FILES.search(said) is not None
            is_doubt = doubts_rows(said) and (is_about or not are_lines)
            if part and (is_doubt or meaning_as_name(said) == NOTHING):
                yield part
            elif is_of_files and are_lines and (is_about or _OF_GOODS.search(said)) and not is_plain_of_mail(said):
                yield SAID.format(part.strip("“”"))


def _own_lines(part: Message) -> list[str]:
    """Return the lines of a part without marks and without what they quote of another mail."""
    text = _text_of(part)
    if part.get_content_subtype() == "html":
        while (outer := _BLOCK.sub("\n", text)) != text:
            text = outer
        text = unescape(_UNSEEN.sub("", _BREAK.sub("\n", text)))
    text = "\n".join(text.splitlines())
    if (original := _ORIGINAL.search(text)) is not None:
        text = text[: original.start()]
    quotes = [*_QUOTE.finditer(text)]
    if quotes and not any(line.lstrip().startswith(">") for line in text[quotes[0].end() :].splitlines()):
        # what is quoted has no marks, and stands last
        text = text[: quotes[0].start()]
    return [line for line in _QUOTE.sub("", text).splitlines() if not line.lstrip().startswith(">")]


def text_of_mail(path: Path) -> str:
    """Return who wrote a mail to whom and when, what it is about, and its text as it is read.

    Raises InputError if it cannot be read.
    """
    try:
        message = email.message_from_bytes(path.read_bytes(), policy=compat32)
        heads = [f"{name}: {_decoded(message.get(name))}" for name in ("From", "To", "Date", "Subject")]
        return "\n".join((*heads, "", *filter(None, map(_text_of, message.walk()))))
    except (OSError, RecursionError) as error:
        raise InputError("archive_damaged", path=path, why=error, hint="ask_for_file") from error


def _text_file(parts: list[Message], own: list[str], *, is_alone: bool) -> Iterator[Attachment]:
    """Yield the text of a mail as a file: its page where that holds a table, else the plain text.

    Beside attached files it is one only where it says something of cards itself.
    """
    from graphtrace.ingest.readers.table_reader import names_card, tells_of_card

    texts = [(part.get_content_subtype(), text) for part in parts if (text := _text_of(part)).strip()]
    pages = [text for subtype, text in texts if subtype == "html" and "<table" in text.lower()]
    plain = [text for subtype, text in texts if subtype != "html"]
    chosen = pages or plain or [text for _, text in texts]
    lines = [line for text in chosen for line in text.splitlines()]
    tells = names_card if is_alone else tells_of_card
    if not chosen or not (any(tells(line) or _SENT.search(line) for line in lines) or _tells_of_cards(own)):
        return
    is_alone = not any(map(_quotes, chosen)) and all(part.get_content_type() != "message/rfc822" for part in parts)
    sent_on = _sent_on(parts[0]) if is_alone else None
    if sent_on is not None and any(_speaks_of_other_year(line, sent_on[:4]) for line in lines):
        sent_on = None
    yield Attachment(_PAGE if chosen is pages else _TEXT, "\n".join(chosen).encode("utf-8", "replace"), sent_on)


def _quotes(text: str) -> bool:
    """Whether a text has lines of another mail."""
    lines = "\n".join(text.splitlines())
    is_marked = any(line.lstrip().startswith(">") for line in lines.splitlines())
    return is_marked or any(found.search(lines) for found in (_BLOCK, _ORIGINAL, _QUOTE))


_OTHER_TIME: Final = pattern_of("mail", "other_time", re.IGNORECASE)
"""Found in mails whose days may be of another year than that in which these were sent."""
_YEAR: Final = late(r"(?<![0-9./-])(20[0-9]{2})(?=年|[-/.][0-9]{1,2}[-/.]|\b(?![-/.]?[0-9]))")


def _speaks_of_other_year(line: str, sent: str) -> bool:
    """Whether a line of a mail is about another year than that in which it was ``sent``.

    >>> [_speaks_of_other_year(line, "2025") for line in ("去年的发货", "2023年度明细", "截至2025年3月", "FY 2023-24")]
    [True, True, False, True]
    """
    return _OTHER_TIME.search(line) is not None or any(year != sent for year in _YEAR.findall(line))


def _sent_on(message: Message) -> str | None:
    """Return the day on which a mail says that it was sent, in China Standard Time."""
    try:
        sent = parsedate_to_datetime(str(message.get("Date")))
    except (ValueError, TypeError, OverflowError):
        return None
    return (sent.astimezone(CHINA) if sent.tzinfo is not None else sent).date().isoformat()


def _tells_of_cards(lines: list[str]) -> bool:
    """Whether the words of a mail itself are about cards, and say how many, what happened to them, or on which day."""
    return any(map(_OF_CARDS.search, lines)) and any(map(_TOLD.search, lines))


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
