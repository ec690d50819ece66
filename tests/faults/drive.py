"""A drive that writes down all that it is told: ``drive.py IMAGE LOG MOUNTED``, on Linux and as root.

It serves the file IMAGE under the name MOUNTED, through FUSE, until that is unmounted. A loop device on it is a disk
like any other for the system, with a cache that a flush empties. Each write is a record of LOG with its place and its
bytes, each flush one without, in the order in which the drive did them. So every state can be made afterwards in which
a cut of the power leaves a disk: what was written before the last flush is there, and of the rest any part.
"""

from __future__ import annotations

import ctypes
import enum
import errno
import os
import random
import stat
import struct
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, Literal, NamedTuple

RECORD: Final = struct.Struct("<QQ")
"""Place and number of the bytes that follow; none follow a flush."""
SECTOR: Final = 512

_ASKED: Final = struct.Struct("<IIQQIIII")
_ANSWER: Final = struct.Struct("<IiQ")
_INIT: Final = struct.Struct("<IIIIHHIIHH28x")
_WRITE_HEAD: Final = 40
_MAX_WRITE: Final = 1 << 20
_PAGE: Final = 4096
_TORN: Final = 0.3
_LIBC: Final = ctypes.CDLL(None, use_errno=True)
_DIRECT_IO: Final = 1
_BIG_WRITES: Final = 1 << 5
_MAX_PAGES: Final = 1 << 22
_FOREVER_S: Final = 1 << 30


class What(enum.IntEnum):
    """The requests of FUSE that a file without a name below it gets (linux/fuse.h)."""

    FORGET = 2
    GETATTR = 3
    SETATTR = 4
    OPEN = 14
    READ = 15
    WRITE = 16
    STATFS = 17
    RELEASE = 18
    FSYNC = 20
    FLUSH = 25
    INIT = 26
    INTERRUPT = 36
    DESTROY = 38
    BATCH_FORGET = 42


def serve(image: Path, log: Path, mounted: Path) -> None:
    """Mount the image over the empty file ``mounted`` and serve it until that is unmounted."""
    device = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={device},rootmode={stat.S_IFREG | 0o600:o},user_id=0,group_id=0"
    if _LIBC.mount(b"drive", os.fsencode(mounted), b"fuse", 0, options.encode()):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(mounted))
    print("mounted", flush=True)
    with image.open("r+b", buffering=0) as disk, log.open("ab", buffering=0) as out:
        while True:
            try:
                asked = os.read(device, _MAX_WRITE + _PAGE)
            except OSError as fault:
                if fault.errno == errno.ENODEV:  # unmounted
                    return
                raise
            _, what, number, *_ = _ASKED.unpack_from(asked)
            if what in (What.FORGET, What.INTERRUPT, What.BATCH_FORGET):
                continue
            told = answer(what, memoryview(asked)[_ASKED.size :], disk, out)
            error = -errno.ENOSYS if told is None else 0
            with suppress(FileNotFoundError):  # nobody waits for it any more
                os.write(device, _ANSWER.pack(_ANSWER.size + len(told or b""), error, number) + (told or b""))


def answer(what: int, body: memoryview, disk: IO[bytes], out: IO[bytes]) -> bytes | None:
    """Do what is asked of the drive and return the answer; ``None`` for what it cannot do."""
    size = os.fstat(disk.fileno()).st_size
    match what:
        case What.INIT:
            return _INIT.pack(7, 31, 1 << 17, _BIG_WRITES | _MAX_PAGES, 64, 48, _MAX_WRITE, 1, 256, 0)
        case What.GETATTR | What.SETATTR:
            # inode, size, sectors, no times, mode, one name
            attributes = struct.pack("<QQQ36xII20x", 1, size, size // SECTOR, stat.S_IFREG | 0o600, 1)
            return struct.pack("<QII", _FOREVER_S, 0, 0) + attributes
        case What.OPEN:
            return struct.pack("<QII", 1, _DIRECT_IO, 0)
        case What.READ:
            _, place, count = struct.unpack_from("<QQI", body)
            return os.pread(disk.fileno(), count, place)
        case What.WRITE:
            _, place, count = struct.unpack_from("<QQI", body)
            content = body[_WRITE_HEAD : _WRITE_HEAD + count]
            os.pwrite(disk.fileno(), content, place)
            out.write(RECORD.pack(place, count) + content)
            return struct.pack("<II", count, 0)
        case What.FSYNC:
            out.write(RECORD.pack(0, 0))
            return b""
        case What.STATFS:
            return struct.pack("<5Q4I24x", size // _PAGE, 0, 0, 1, 0, _PAGE, 255, _PAGE, 0)
        case What.RELEASE | What.FLUSH | What.DESTROY:
            return b""
    return None


# -- what a cut of the power leaves --------------------------------------------------------------------------------


Left = Literal["none", "some", "all"]
"""What a cut leaves of what was written since the last flush; of some of it, ``random`` picks writes and sectors."""
LEFT: Final[tuple[Left, ...]] = ("none", "some", "all")


class Record(NamedTuple):
    """A write, or a flush, which has no content; ``end`` is where its record ends in the log."""

    end: int
    place: int
    content: bytes


def read_log(log: Path) -> Iterator[Record]:
    """Yield the records of a log."""
    with log.open("rb") as file:
        while head := file.read(RECORD.size):
            place, count = RECORD.unpack(head)
            content = file.read(count)
            yield Record(file.tell(), place, content)


class Cut:
    """The disk as of a cut of the power, for one moment after the other; moments are sizes of the log."""

    def __init__(self, image: Path, log: Path) -> None:
        self._disk = bytearray(image.read_bytes())
        self._records = read_log(log)
        self._next: Record | None = next(self._records, None)
        self._pending: list[Record] = []

    def disks(self, moment: int, chosen: random.Random, kinds: Sequence[Left]) -> Iterator[tuple[Left, bytearray]]:
        """Yield what may be on the disk after a cut at a moment, which lies after the one before."""
        while self._next is not None and self._next.end <= moment:
            if self._next.content:
                self._pending.append(self._next)
            else:
                for record in self._pending:
                    _put(self._disk, record.place, record.content)
                self._pending = []
            self._next = next(self._records, None)
        for kind in kinds:
            disk = bytearray(self._disk)
            for record in self._pending if kind != "none" else ():
                # most drives keep or lose a write as a whole; some sectors of a long one may be there and others not
                is_torn = kind == "some" and chosen.random() < _TORN
                step = SECTOR if is_torn else len(record.content)
                for start in range(0, len(record.content), step):
                    if kind == "all" or chosen.random() < 1 / 2:
                        _put(disk, record.place + start, record.content[start : start + step])
            yield kind, disk


def _put(disk: bytearray, place: int, content: bytes) -> None:
    disk[place : place + len(content)] = content


if __name__ == "__main__":
    serve(*map(Path, sys.argv[1:]))
