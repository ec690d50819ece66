"""Detection of the encoding of a text file, and its text as blocks of UTF-8.

A byte-order mark decides; without one, the zeros of UTF-16 and UTF-32 do, then UTF-8 if the whole file is valid UTF-8.
Trying GB 18030 first would turn about half of all Chinese UTF-8 rows into other characters without an error. Only a
text that is not UTF-8 is judged by what it says: whether it is UTF-8 with a few damaged bytes, lines of UTF-8 and lines
of GB 18030 put together, and else whether it reads better as GB 18030 or as Big5. A text that is none of these, whose
only other characters are signs (–, ’, £) or letters that all Latin code pages have in one place (é), is of that of
Windows: no name depends on which.
"""

from __future__ import annotations

import codecs
import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from graphtrace.errors import InputError
from graphtrace.frozen import frozen
from graphtrace.ingest.readers.characters import SIMPLIFIED, TRADITIONAL
from graphtrace.ingest.readers.limits import MAX_LINE_BYTES
from graphtrace.patterns import late

BLOCK_BYTES = 16 * 2**20
CHECK_BYTES = 4 * 2**20
_WINDOW_BYTES = 2**16

SAMPLE_BYTES = 2**18
HEAD_BYTES = 4096

MIN_UTF8_SHARE = 0.9
"""A text of which so many characters are valid UTF-8 is UTF-8 with some damage: other encodings stay below a third."""

MIN_PLAUSIBLE_SHARE = 0.5
"""Below this share of usual characters the bytes are no text of that encoding."""

DAMAGED = "\ufdd0"
"""Stands where bytes could not be decoded. A noncharacter, which no text of a file can hold on purpose."""


@frozen(kw_only=False)
class Encoding:
    """Name for the report, and the codec to decode with; no codec where the bytes are valid UTF-8 as they stand."""

    name: str
    codec: str | None
    mark_bytes: int = 0


_MARKS = (
    (codecs.BOM_UTF8, Encoding("utf-8", None, 3)),
    # its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, Encoding("utf-32", "utf-32-le", 4)),
    (codecs.BOM_UTF32_BE, Encoding("utf-32", "utf-32-be", 4)),
    (codecs.BOM_UTF16_LE, Encoding("utf-16", "utf-16-le", 2)),
    (codecs.BOM_UTF16_BE, Encoding("utf-16", "utf-16-be", 2)),
)
_CHINESE = {"gb18030": Encoding("gb18030", "gb18030"), "big5": Encoding("big5", "cp950")}
_WESTERN = Encoding("cp1252", "cp1252")
_DAMAGED_UTF8 = Encoding("utf-8", "utf-8")
_MIXED = Encoding("utf-8, gb18030", "line by line")
_ZEROS = {
    Encoding("utf-32", "utf-32-le"): (-1, 0, 0.9, 1),
    Encoding("utf-32", "utf-32-be"): (1, 0.9, 0, -1),
    Encoding("utf-16", "utf-16-le"): (-1, 0.2, -1, 0.2),
    Encoding("utf-16", "utf-16-be"): (0.2, -1, 0.2, -1),
}
"""Least share of zeros at each place of four bytes, or -1 for next to none. The delimiters, digits and
line ends of a table are ASCII, whose upper bytes are zero."""

_MAX_OTHER_ZEROS = 0.02
_MIN_CHINESE = "\u2e80"


def find_encoding(path: Path) -> Encoding:
    """Return the encoding of a text file.

    Costs one pass over the file, which ends early when it is not UTF-8.

    Raises InputError when it is in none of the encodings that are read.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            is_valid = encoding.codec is not None or _is_utf8(path, encoding)
            return encoding if is_valid else Encoding("utf-8", "utf-8", len(mark))
    if wide := unmarked_wide(head):
        return wide
    unmarked = Encoding("utf-8", None)
    return unmarked if _is_utf8(path, unmarked) else _likeliest(path)


def utf8_copy(path: Path, encoding: str) -> Path:
    """Write a text that somebody says is in an encoding as UTF-8 beside it; what it cannot be becomes damaged."""
    target = path.with_name(f"utf8{path.suffix}")
    with target.open("wb") as copy:
        copy.writelines(text_blocks(path, Encoding(encoding, codecs.lookup(encoding).name)))
    return target


def unmarked_wide(head: bytes) -> Encoding | None:
    """Return UTF-16 or UTF-32, if zeros in the first bytes of a file without a byte-order mark show one of them."""
    places = [head[place::4] for place in range(4)]
    shares = [place.count(0) / max(len(place), 1) for place in places]
    for encoding, least in _ZEROS.items():
        if all(
            share <= _MAX_OTHER_ZEROS if wanted < 0 else share >= wanted
            for share, wanted in zip(shares, least, strict=True)
        ):
            # a text of another encoding with some zeros in it would have no line end as well
            text = head[: len(head) // 4 * 4].decode(encoding.codec or "", "replace")
            return encoding if {"\n", "\r"} & set(text) else None
    return None


def text_blocks(path: Path, encoding: Encoding, block_bytes: int = BLOCK_BYTES) -> Iterator[bytes]:
    """Yield a file's text in UTF-8 without a byte-order mark, cut behind line ends into blocks of ``block_bytes``.

    What cannot be decoded becomes :data:`DAMAGED`. Memory: one block, or :data:`MAX_LINE_BYTES`.

    Raises InputError when a line is longer than :data:`MAX_LINE_BYTES`.
    """
    if encoding.codec is None:
        yield from _blocks_as_they_are(path, encoding.mark_bytes, block_bytes)
        return
    if encoding == _MIXED:
        for block in _blocks_as_they_are(path, 0, block_bytes):
            yield b"".join(_line_as_utf8(line) for line in block.splitlines(keepends=True))
        return
    decoder = codecs.getincrementaldecoder(encoding.codec)(_DAMAGE_HANDLER)
    rest = b""
    with path.open("rb") as file:
        file.seek(encoding.mark_bytes)
        while chunk := file.read(block_bytes):
            text = decoder.decode(chunk).encode()
            cut = _end_of_lines(text)
            if not cut:
                rest += text
                if len(rest) > MAX_LINE_BYTES:
                    raise _too_long(path)
                continue
            yield rest + text[:cut] if rest else text[:cut]
            rest = text[cut:]
    rest += decoder.decode(b"", final=True).encode()
    if rest:
        yield rest


def _blocks_as_they_are(path: Path, start: int, block_bytes: int) -> Iterator[bytes]:
    """Yield blocks of a file that need no decoding, each read once and not copied again."""
    with path.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        while start < size:
            end = before = min(start + block_bytes, size)
            cut = end if end == size else start
            while cut == start:
                # the last line ends near the end of the block, if it is no table with very long lines
                window = max(before - _WINDOW_BYTES, start)
                ended = _end_of_lines(_read_at(file, window, before - window))
                if ended:
                    cut = window + ended
                elif window > start:
                    # a carriage return at the end of the next window ends a line if no line feed follows
                    before = window + 1
                elif end == size:
                    cut = end
                else:
                    if end - start > MAX_LINE_BYTES:
                        raise _too_long(path)
                    end = before = min(end + block_bytes, size)
            yield _read_at(file, start, cut - start)
            start = cut


def _read_at(file: io.FileIO, start: int, count: int) -> bytes:
    file.seek(start)
    return file.read(count)


def _end_of_lines(text: bytes) -> int:
    """Return the offset after the last certain line end (a line feed, or a return before the last byte); 0 if none."""
    return max(text.rfind(b"\n"), text.rfind(b"\r", 0, -1)) + 1


def _too_long(path: Path) -> InputError:
    return InputError("line_too_long", path=path, size=MAX_LINE_BYTES // 2**20, hint="one_record_a_line")


def text_lines(blocks: Iterable[bytes]) -> Iterator[str]:
    """Yield the lines of blocks of text, with their ends: only the three that a table can have."""
    for block in blocks:
        yield from io.StringIO(block.decode(), newline="")


def _is_utf8(path: Path, encoding: Encoding) -> bool:
    try:
        for block in text_blocks(path, encoding, CHECK_BYTES):
            if not block.isascii():
                pl.Series([block], dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.PolarsError:
        return False
    return True


def _likeliest(path: Path) -> Encoding:
    sample = _foreign_lines(path)
    if _is_mixed(sample.split(b"\n") + _last_lines(path)):
        return _MIXED
    if _plausibility(sample, _DAMAGED_UTF8) > MIN_UTF8_SHARE:
        return _DAMAGED_UTF8
    best = max(_CHINESE.values(), key=lambda guess: _weight(sample, guess))
    if _plausibility(sample, best) < MIN_PLAUSIBLE_SHARE:
        if _has_signs_alone(path):
            return _WESTERN
        raise InputError("encoding_unknown", path=path, hint="save_as_utf8_csv")
    return best


_FOREIGN_BYTES = late(rb"[\x80-\xff]")
_LETTERS = rb"[\xc4\xc9\xd3\xd6\xdc\xdf\xe4\xe9\xf3\xf6\xfc]"
_SIGN = late(
    rb"(?<![\x80-\xff])(?:[\x85\x91-\x97\xa0]|(?<![A-Za-z])[\xa3\x80](?![A-Za-z])|(?<=[0-9 ])\xb0(?![A-Za-z]{2})"
    rb"|(?<=[A-Za-z])" + _LETTERS + rb"|" + _LETTERS + rb"(?=[A-Za-z]))(?![\x80-\xff])"
)
"""Dashes, quotes, an ellipsis and a hard blank, which all code pages of Windows have in one place; £, € and ° where a
letter of another language would have others beside it; and beside Latin letters those that all code pages for Latin
letters have in one place (é, ö, ü)."""


def _has_signs_alone(path: Path) -> bool:
    """Whether all other characters of a text than ASCII are signs and such letters, as one byte each."""
    return all(
        len(_FOREIGN_BYTES.findall(block)) == len(_SIGN.findall(block))
        for block in text_blocks(path, Encoding("", None), CHECK_BYTES)
    )


def _is_mixed(lines: Iterable[bytes]) -> bool:
    """Whether some lines are surely UTF-8 and the others surely not, but GB 18030."""
    others = [line for line in lines if not line.isascii() and not _is_valid(line)]
    has_utf8 = any(_is_surely_utf8(line) for line in lines)
    sample = b"\n".join(others)
    return (
        has_utf8
        and bool(others)
        and _plausibility(sample, _DAMAGED_UTF8) < MIN_PLAUSIBLE_SHARE <= _plausibility(sample, _CHINESE["gb18030"])
    )


def _is_valid(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_surely_utf8(line: bytes) -> bool:
    """Whether a line is valid UTF-8 with a Chinese character, as one of GB 18030 is only by a rare accident."""
    return not line.isascii() and _is_valid(line) and max(line.decode()) >= _MIN_CHINESE


def _line_as_utf8(line: bytes) -> bytes:
    """Return a line of a file in two encodings, in UTF-8; one that could be of either is damaged."""
    if line.isascii() or _is_surely_utf8(line):
        return line
    text = DAMAGED if _is_valid(line) else ""
    return (text + line.decode("gb18030", _DAMAGE_HANDLER)).encode()


def _last_lines(path: Path) -> list[bytes]:
    """Return the whole lines in the last :data:`SAMPLE_BYTES` of a file."""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - SAMPLE_BYTES, 0))
        return file.read().split(b"\n")[1:]


def _foreign_lines(path: Path) -> bytes:
    """Return the lines with other characters than ASCII, up to about :data:`SAMPLE_BYTES`."""
    lines: list[bytes] = []
    size = 0
    for block in text_blocks(path, Encoding("", None), SAMPLE_BYTES):
        for line in block.split(b"\n"):
            if size < SAMPLE_BYTES and not line.isascii():
                lines.append(line)
                size += len(line)
        if size >= SAMPLE_BYTES:
            break
    return b"\n".join(lines)


def _plausibility(sample: bytes, encoding: Encoding) -> float:
    """Return the share of the characters beyond ASCII that texts in this encoding are usually made of.

    GB 2312 and Big5 keep the characters in common use in the first level of their tables; a text read by the wrong one
    of them scatters.
    """
    foreign = [character for character in sample.decode(encoding.codec or "utf-8", "replace") if character > "\x7f"]
    usual = _USUAL[encoding.name]
    return sum(character != "\ufffd" and usual(character) for character in foreign) / max(len(foreign), 1)


def _weight(sample: bytes, encoding: Encoding) -> float:
    """Return the plausibility of a text in an encoding: the mean weight of its characters beyond ASCII.

    A character that this field writes speaks for it, one outside of the usual part of the table against it, and bytes
    that are no character most of all.
    """
    foreign = [character for character in sample.decode(encoding.codec or "utf-8", "replace") if character > "\x7f"]
    usual, common = _USUAL[encoding.name], _COMMON[encoding.name]
    weights = (
        -2.0 if each == "\ufffd" else 2.0 if each in common else 0.5 if usual(each) else -0.5 for each in foreign
    )
    return sum(weights) / max(len(foreign), 1)


def _is_usual_in_gb(character: str) -> bool:
    code = character.encode("gb18030")
    return len(code) == 2 and (0xA1 <= code[0] <= 0xA9 or 0xB0 <= code[0] <= 0xD7) and code[1] >= 0xA1


def _is_usual_in_big5(character: str) -> bool:
    return 0xA1 <= character.encode("cp950")[0] <= 0xC6


def _is_usual_in_utf8(_: str) -> bool:
    return True


_COMMON = {"gb18030": SIMPLIFIED, "big5": TRADITIONAL}
_USUAL = {"gb18030": _is_usual_in_gb, "big5": _is_usual_in_big5, "utf-8": _is_usual_in_utf8}


def _mark_damage(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return DAMAGED, error.end


_DAMAGE_HANDLER = "graphtrace.damaged"
codecs.register_error(_DAMAGE_HANDLER, _mark_damage)


def text_of(content: bytes) -> str:
    """Return the text of bytes: by a mark, as UTF-8, else as GB 18030."""
    for mark, codec in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(codec, errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")
