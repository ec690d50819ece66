"""JSON that is written in parts, so that an answer of millions of members is never in memory as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from graphtrace.arrow import as_arrow, texts_as_arrow
from graphtrace.model import party_dict
from graphtrace.render.sanitize import escaped_json, escaped_utf8

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa

    from graphtrace.results.audit import PartyCount, PartyShares

_AT_ONCE: Final = 100
"""Number of members that are JSON at the same time."""

_SHARES_AT_ONCE: Final = 50_000
"""Number of parties of an audit that are JSON at the same time."""

MANY: Final = 1_000
"""Number of parties of an audit above which they are written by columns, which costs some milliseconds to begin."""

_PLACE: Final = b"\0"
"""Where the members of a list go; JSON has no such byte, as it writes control characters out."""


class Written:
    """A part of several members of a list, written once for all; ``text`` is ``None`` if the faster way cannot."""

    def __init__(self, value: object, indent: int) -> None:
        self.value = value
        self.text: bytes | None = None
        with suppress(TypeError):
            self.text = _dumped(value, indent)


class Members:
    """A list of a document whose members are made while they are written, each time anew.

    ``make_written`` makes the same members with parts of them :class:`Written`; it is given the indent of the parts
    that stand in a list of a member.
    """

    def __init__(
        self, make: Callable[[], Iterable[Any]], make_written: Callable[[int], Iterable[Any]] | None = None
    ) -> None:
        self._make = make
        self._make_written = make_written or (lambda _: make())

    def __iter__(self) -> Iterator[Any]:
        return iter(self._make())

    def texts(self, indent: int) -> Iterator[bytes]:
        """Yield the JSON of the list in parts, without its brackets; ``indent`` is that of these."""
        rest = iter(self._make_written(indent + 6))
        comma = b""
        while some := list(islice(rest, _AT_ONCE)):
            last = b""
            for part in _parts(some, indent):
                yield last
                last = part if last else comma + part[len(b"[") :]
            yield last[: -len(b"\n]") - indent]
            comma = b","


class ShareMembers(Members):
    """Parties that share in the cards of an audit, of which there may be millions, each with the counts ``names``."""

    def __init__(self, shares: PartyShares, names: Sequence[str]) -> None:
        super().__init__(lambda: shares_list(shares, names))
        self._shares, self._names = shares, names

    def texts(self, indent: int) -> Iterator[bytes]:
        comma = b""
        for start, columns, ids, parties in self._shares.in_parts(_SHARES_AT_ONCE):
            texts = _share_texts({name: getattr(columns, name) for name in self._names}, ids, parties, indent)
            lone = columns.by_name.nonzero()[0].tolist()
            yield comma + _joined(texts, {place: self._text(self._shares[start + place], indent) for place in lone})
            comma = b","
        if self._shares.nobodys:
            yield comma + self._text(self._shares.nobodys[0], indent)

    def _text(self, share: PartyCount, indent: int) -> bytes:
        return b"\n" + b" " * (indent + 2) + b"".join(_parts(share_dict(share, self._names), indent + 2))


def shares_list(shares: Iterable[PartyCount], names: Sequence[str]) -> list[dict[str, Any]]:
    """Return parties that share in the cards of an audit, each with the counts ``names``."""
    return [share_dict(share, names) for share in shares]


def share_dict(share: PartyCount, names: Sequence[str]) -> dict[str, Any]:
    """Return one of them; ``by_name`` is there where cards rest on a name alone."""
    counts = {name: getattr(share, name) for name in names}
    return {"party": party_dict(share.party), **counts, **({"by_name": share.by_name} if share.by_name else {})}


def to_json_parts(document: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield a document in UTF-8 with a final line break, in parts; invisible and control characters are escaped."""
    yield from _parts(document, 0)
    yield b"\n"


def _parts(value: object, indent: int) -> Iterator[bytes]:
    import orjson

    lists: list[Members] = []

    def place(each: object) -> object:
        if isinstance(each, Written):
            return each.value if each.text is None else orjson.Fragment(each.text)
        lists.append(_members(each))
        return orjson.Fragment(_PLACE)

    try:
        text = _dumped(value, indent, place)
    except TypeError:
        # It takes neither half a character nor a number beyond 64 bits: the slower way takes any.
        whole = json.dumps(value, ensure_ascii=False, indent=2, default=_plain)
        yield escaped_json(whole).encode().replace(b"\n", b"\n" + b" " * indent)
        return
    pieces = text.split(_PLACE)
    for piece, members in zip(pieces, [*lists, None], strict=True):
        before = escaped_utf8(piece)
        yield before
        if members is not None:
            line = before[before.rfind(b"\n") + 1 :]
            yield from _list(members, len(line) - len(line.lstrip(b" ")))


def _dumped(value: object, indent: int, default: Callable[[object], object] | None = None) -> bytes:
    """Return the JSON of a value whose lines but the first are indented; it is written within so many lists."""
    import orjson

    depth = indent // 2
    for _ in range(depth):
        value = [value]
    text = orjson.dumps(value, default=default, option=orjson.OPT_INDENT_2)
    return text[depth * (depth + 3) : len(text) - depth * (depth + 1)]


def _plain(value: object) -> object:
    return value.value if isinstance(value, Written) else list(_members(value))


def _members(value: object) -> Members:
    if not isinstance(value, Members):
        raise TypeError(f"{type(value).__name__} has no JSON")
    return value


def _list(members: Members, indent: int) -> Iterator[bytes]:
    is_empty = True
    for part in members.texts(indent):
        if part:
            yield b"[" + part if is_empty else part
            is_empty = False
    yield b"[]" if is_empty else b"\n" + b" " * indent + b"]"


def _share_texts(counts: Mapping[str, npt.NDArray[Any]], ids: pa.Array, names: pa.Array, indent: int) -> pa.StringArray:
    """Return the JSON of parties with their counts, none of which rests on a name alone."""
    import pyarrow as pa
    import pyarrow.compute as pc

    (member, key, of_party) = (f"\n{' ' * (indent + depth)}" for depth in (2, 4, 6))
    cells = [_same(f'{member}{{{key}"party": {{{of_party}"id": '), _quoted(ids)]
    cells += [_same(f',{of_party}"name": '), _quoted(names), _same(f"{key}}}")]
    for name, numbers in counts.items():
        cells += [_same(f',{key}"{name}": '), as_arrow(numbers).cast(pa.string())]
    return pc.binary_join_element_wise(*cells, _same(f"{member}}}"), _same(""))


def _same(text: str) -> pa.StringScalar:
    """Return a text that is the same for all; made by pyarrow from a text, pandas would be imported."""
    return texts_as_arrow([text])[0]


def _joined(texts: pa.StringArray, others: Mapping[int, bytes]) -> bytes:
    """Return texts one after the other, those at some places replaced, with commas between."""
    import numpy as np
    import pyarrow.compute as pc

    if others:
        is_other = np.zeros(len(texts), dtype=np.bool_)
        is_other[list(others)] = True
        texts = pc.replace_with_mask(
            texts, as_arrow(is_other), texts_as_arrow([text.decode() for text in others.values()])
        )
    data = pc.binary_join_element_wise(texts, _same(""), _same(",")).buffers()[2]
    return escaped_utf8(data.to_pybytes()[: -len(b",")])


def _quoted(texts: pa.Array) -> pa.Array:
    import orjson
    import pyarrow.compute as pc

    mark = _same('"')
    plain = pc.binary_join_element_wise(mark, texts, mark, _same(""))
    is_special = pc.match_substring_regex(texts, r'["\\\x00-\x1f]')
    if not pc.any(is_special).as_py():
        return plain
    special = [orjson.dumps(text).decode() for text in texts.filter(is_special).to_pylist()]
    return pc.replace_with_mask(plain, is_special, texts_as_arrow(special))
