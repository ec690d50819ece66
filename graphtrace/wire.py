"""The JSON of answers, declared once beside the fields of their types.

A type says by :func:`wire` under which keys its values stand in JSON, in their order. :class:`Encoder` writes them so,
and the published schemas are made of the same declaration with the annotations and the docstring of the type. Keys are
separated by blanks:

``key``         the attribute of this name
``key=a.b``     the attribute ``b`` of the attribute ``a``; null where there is no ``a``
``key=.``       the value itself
``key!``        made by a function that :func:`made` marks, as it needs the language or what only layers above know
``key?``        absent where it is null
``key??``       absent where it is null, zero, false or empty
``key:type``    a type in the schema that is another than that of the annotation
``*a.b``        the keys of this attribute in this place, but first in the schema
``^key``        before the others in the schema, the more marks the earlier
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeVar

from graphtrace.patterns import late

_KEY: Final = late(
    r"(?P<marks>[*^]*)(?P<name>[\w.]+)(?P<absent>\??\??)(?P<made>!?)(=(?P<path>[\w.]+))?(:(?P<type>.+))?"
)

_PLAIN: Final = late(r"(?:(?:list\[)*(?:str|int|float|bool|None)\]*(?: \| )?)+")
"""Annotations of what stands in JSON as it is."""

VERSION: Final = "^^^graphtrace!"
HEAD: Final = f"{VERSION} ^^case! ^^ledger_head! ^^^redacted?!"
DATED: Final = f"{VERSION} ^^case! ^^ledger_head! ^^as_of! ^^^redacted?!"
ASKED: Final = f"{DATED} ^^skipped?!"
"""First keys of answers: of all, of those from a case, of those that are asked as of a day, and about a list."""

_AS_IS: Final = frozenset({str, int, float, bool, type(None)})
_KEPT: Final = 20_000
"""Number of parts that several answers have in common whose JSON is kept."""

Kind = TypeVar("Kind", bound=type)
Made = TypeVar("Made", bound=Callable[..., Any])


class KeyGroup(NamedTuple):
    """Keys that stand in an object of their own, with the name and description that it has in the schema."""

    name: str
    doc: str
    keys: str


class Key(NamedTuple):
    """A key of an object; ``path`` leads from the value to what stands there."""

    name: str
    path: tuple[str, ...]
    type: str | None = None
    absent: Literal["", "?", "??"] = ""
    rank: int = 0
    is_made: bool = False
    is_spread: bool = False
    group: Shape | None = None


class Shape(NamedTuple):
    """The keys of an object, with the name and description that it has in the schema."""

    name: str
    doc: str | None
    keys: tuple[Key, ...]


_SHAPES: Final[dict[type, Shape]] = {}
_NULLS: Final[set[type]] = set()
_MADE: Final[dict[tuple[type, str], Callable[[Any, Encoder], Any]]] = {}


def wire(*keys: str, name: str | None = None, doc: str | None = None, **groups: KeyGroup) -> Callable[[Kind], Kind]:
    """Declare the JSON of a type: its keys, by default all its fields; of ``groups`` each is an object of its own.

    ``name`` and ``doc`` are those in the schema, where they are not the name and the docstring of the type. A group
    holds keys of the value itself, or of its attribute where the key has one.
    """

    def declare(kind: Kind) -> Kind:
        named = " ".join(keys) or " ".join(kind.__annotations__)
        inner = {key: Shape(group.name, group.doc, _parse(group.keys, {})) for key, group in groups.items()}
        _SHAPES[kind] = Shape(name or kind.__name__, doc, _parse(named, inner))
        return kind

    return declare


def null(kind: Kind) -> Kind:
    """Declare that values of a type are null."""
    _NULLS.add(kind)
    return kind


def made(kind: type, key: str) -> Callable[[Made], Made]:
    """Mark the function that makes a key of a type: it is given the value and the encoder, and returns any value."""

    def mark(function: Made) -> Made:
        _MADE[kind, key] = function
        return function

    return mark


def _parse(keys: str, groups: Mapping[str, Shape]) -> tuple[Key, ...]:
    parsed = []
    for text in keys.split():
        found = _KEY.fullmatch(text)
        if found is None:
            raise ValueError(f"{text} is no key")
        name, marks, group = found["name"], found["marks"], groups.get(found["name"])
        is_spread = "*" in marks
        # a group without a path is one of keys of the value itself
        path = found["path"] or ("." if group else name)
        rank = marks.count("^") + (2 if is_spread else 0)
        steps = () if path == "." else tuple(path.split("."))
        absent: Any = found["absent"]
        parsed.append(Key(name, steps, found["type"], absent, rank, bool(found["made"]), is_spread, group))
    return tuple(parsed)


def shape_of(kind: type) -> Shape | None:
    """Return the declaration of a type, or of the nearest type that it derives from; ``None`` where there is none."""
    return next((_SHAPES[each] for each in kind.__mro__ if each in _SHAPES), None)


def is_null(kind: type) -> bool:
    """Whether values of a type are null."""
    return kind in _NULLS


def maker_of(kind: type, key: str) -> Callable[[Any, Encoder], Any]:
    """Return the function that makes a key of a type."""
    return next(_MADE[each, key] for each in kind.__mro__ if (each, key) in _MADE)


def declared() -> Iterable[type]:
    """Return every type that has a declaration."""
    return _SHAPES.keys()


class Encoder:
    """Makes the plain values of an answer, as they stand in its JSON.

    - ``lang``: the language of sentences; nothing else depends on it.
    - ``case``: the name of the case of the answer.
    - ``once``: types of parts that several answers have in common: such a part is written once and its JSON kept.
    - ``is_streamed``: whether long lists are made only while :mod:`graphtrace.render.json_parts` writes them.
    - ``keep``: what is kept of such a part in the place of its plain values, by these.
    """

    def __init__(
        self,
        lang: Literal["en", "zh"] = "en",
        case: str = "",
        *,
        once: Iterable[type] = (),
        is_streamed: bool = False,
        keep: Callable[[Any], Any] = lambda plain: plain,
    ) -> None:
        self.lang: Literal["en", "zh"] = lang
        self.case = case
        self.is_streamed = is_streamed
        self._once = frozenset(once)
        self._keep = keep
        self._known: dict[int, _Known] = {}

    def __call__(self, value: Any) -> Any:
        """Return the plain values of any value."""
        kind = type(value)
        if kind not in self._once:
            return _WRITERS[kind](value, self)
        known = self._known.get(id(value))
        if known is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            # with the object, so that its number stays its own
            self._known[id(value)] = known = _Known(value, _WRITERS[kind](value, self))
        elif not known.is_kept:
            # most are met once: what is dear to make is made at the second time
            known.is_kept, known.written = True, self._keep(known.written)
        return known.written

    def keeping(self, keep: Callable[[Any], Any]) -> Encoder:
        """Return an encoder of the same that keeps something else of such parts."""
        return Encoder(self.lang, self.case, once=self._once, is_streamed=self.is_streamed, keep=keep)


class _Known:
    """A part that several answers may have in common, and what is written of it."""

    __slots__ = ("is_kept", "value", "written")

    def __init__(self, value: object, written: object) -> None:
        self.value, self.written, self.is_kept = value, written, False


_Writer = Callable[[Any, Encoder], Any]


class _Writers(dict[type, _Writer]):
    """The functions that write values, by their type."""

    def __missing__(self, kind: type) -> _Writer:
        self[kind] = writer = _writer(kind)
        return writer


_WRITERS: Final = _Writers()


def _writer(kind: type) -> _Writer:
    shape = shape_of(kind)
    if shape is not None:
        return _object_writer(kind, shape)
    if kind in _NULLS:
        return lambda *_: None
    if issubclass(kind, Enum):
        return lambda value, _: value.value
    if kind not in _AS_IS and issubclass(kind, str | Path):
        return lambda value, _: str(value)
    if hasattr(kind, "en") and hasattr(kind, "zh"):
        return lambda value, encode: getattr(value, encode.lang)
    if issubclass(kind, Mapping):
        return lambda value, encode: {str(key): encode(each) for key, each in value.items()}
    if kind not in _AS_IS and issubclass(kind, Sequence):
        return lambda value, encode: [each if type(each) in _AS_IS else encode(each) for each in value]
    return lambda value, _: value


def _object_writer(kind: type, shape: Shape) -> _Writer:
    """Return the function that writes values of a type: one expression, as answers may be of millions of them."""
    names: dict[str, Any] = {"as_is": _AS_IS, "empty": (), "writers": _WRITERS}
    text = ", ".join(_member(kind, key, names) for key in shape.keys)
    writer: _Writer = eval(f"lambda value, encode: {{{text}}}", names)  # noqa: S307
    return writer


def _member(kind: type, key: Key, names: dict[str, Any]) -> str:
    """Return the expression that writes a key within an object; ``names`` takes the functions that it needs."""
    found, annotation = _attribute(key.path), ""
    if key.is_made:
        names[f"make_{key.name}"] = maker_of(kind, key.name)
        found = f"make_{key.name}(value, encode)"
    elif len(key.path) == 1:
        annotation = str(kind.__annotations__.get(key.path[0], ""))
    if key.group is not None:
        names[f"write_{key.name}"] = _object_writer(kind, key.group)
        written = f"None if (each := {found}) is None else write_{key.name}(each, encode)"
    elif _PLAIN.fullmatch(annotation):
        written = found
    elif annotation == "Mapping[str, Any]":
        written = f"dict({found})"
    else:
        rest = "[] if each is empty else writers[type(each)](each, encode)"
        written = f"each if type(each := {found}) in as_is else {rest}"
    if key.is_spread:
        return f"**({written})"
    if not key.absent:
        return f'"{key.name}": {written}'
    is_there = "is not None" if key.absent == "?" else ""
    return f'**({{"{key.name}": encode(each)}} if (each := {found}) {is_there} else {{}})'


def _attribute(path: tuple[str, ...]) -> str:
    """Return the expression for what a path leads to: nothing where a step before the last is."""
    if not path:
        return "value"
    found, checks = "value", ""
    for number, step in enumerate(path[:-1]):
        checks += f"None if (step{number} := {found}.{step}) is None else "
        found = f"step{number}"
    return f"({checks}{found}.{path[-1]})"


plain: Final = Encoder()
"""Makes plain values of what has no sentence."""
