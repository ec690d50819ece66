"""Sanitisation of text from files: invisible characters are written out, and nothing acts on the terminal.

Names in records may hold escape sequences, line breaks, direction marks or invisible characters, by accident or on
purpose. None of them is dropped: a reader of an answer must be able to see that they are there.
"""

from __future__ import annotations

import re

from graphtrace.csv_safety import picture
from graphtrace.patterns import late

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164"
    "\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Character class of zero-width and direction marks, line separators, fillers, lone surrogates and tags."""

_UNSAFE = late(f"[\x00-\x1f\x7f-\x9f{_INVISIBLE}]")
_UNSAFE_IN_JSON = late(f"[\x7f-\x9f{_INVISIBLE}]")

_UNSAFE_IN_UTF8 = {
    lead: late(lead + rest)
    for lead, rest in (
        (b"\x7f", b""),
        (b"\xc2", rb"[\x80-\x9f\xad]"),
        (b"\xcd", b"\x8f"),
        (b"\xd8", b"\x9c"),
        (b"\xe1", rb"(?:\x85[\x9f\xa0]|\x9e[\xb4\xb5]|\xa0[\x8b-\x8f])"),
        (b"\xe2", rb"(?:\x80[\x8b-\x8f\xa8-\xae]|\x81[\xa0-\xaf]|\xa0\x80)"),
        (b"\xe3", b"\x85\xa4"),
        (b"\xed", rb"[\xa0-\xbf]"),
        (b"\xef", rb"(?:\xb8[\x80-\x8f]|\xbb\xbf|\xbe\xa0|\xbf[\xb0-\xbf])"),
        (b"\xf0", rb"\x9d\x85[\xb3-\xba]"),
        (b"\xf3", rb"\xa0[\x80-\xbf]"),
    )
}
"""Patterns of the same characters in UTF-8 by their first byte: most first bytes are in no answer at all."""


def escape_control_chars(text: str) -> str:
    r"""Return ``text`` with every control, invisible and direction-changing character written out.

    Control characters become their pictures, the others ``<U+202E>``.

    >>> escape_control_chars("\x1b[31mred\n")
    '␛[31mred␊'
    >>> escape_control_chars("a\u202eb")
    'a<U+202E>b'
    """
    return _UNSAFE.sub(picture, text)


def escaped_json(document: str) -> str:
    r"""Return a JSON document with the characters that :func:`escape_control_chars` writes out as ``\u`` escapes: equal
    data.

    The escapes of the JSON standard itself (quotes, characters below 32) are expected to be there already.
    """
    return _UNSAFE_IN_JSON.sub(_escape, document)


def escaped_utf8(document: bytes) -> bytes:
    """Return the same for a document in UTF-8; searches the bytes, since hardly any document holds such a character."""
    if any(lead in document and pattern.search(document) for lead, pattern in _UNSAFE_IN_UTF8.items()):
        return escaped_json(document.decode()).encode()
    return document


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
