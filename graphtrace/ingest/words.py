"""The table of words (``words.tsv``) that cells, headings, titles and lines write, by place, meaning and language.

Its places and meanings are explained in its head.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from graphtrace.patterns import late

if TYPE_CHECKING:
    import re


class Word(NamedTuple):
    """A word of the table: where it may stand, what it means, and in which language it is."""

    place: str
    meaning: str
    language: str
    text: str


_LISTS: Final = frozenset(
    {
        *("after", "before", "cell", "ditto", "fail", "field", "flag", "heading", "how", "last", "neutral", "not"),
        *("total", "vocabulary", "within"),
    }
)
"""Places whose words stand one beside the other; those of any other are patterns, which may hold blanks."""


def _read_table() -> dict[str, list[Word]]:
    places = defaultdict[str, list[Word]](list)
    for line in Path(__file__).with_name("words.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            place, meaning, language, words = line.split("\t")
            texts = words.split() if place in _LISTS else [words]
            places[place] += [Word(place, meaning, language, text) for text in texts]
    return dict(places)


_PLACES: Final = _read_table()
WORDS: Final = tuple(word for words in _PLACES.values() for word in words)

HAN: Final = late("[\u4e00-\u9fff]")
"""Found in what is written in Chinese."""

_NAMED: Final = late(r"\{(?:([a-z_]+)\.)?([a-z_]+)\}")
"""Names another pattern, which stands in its place."""


def words_of(place: str, meaning: str | None = None) -> tuple[str, ...]:
    """Return the words of a place, or of one meaning there."""
    return tuple(word.text for word in _PLACES[place] if meaning in (None, word.meaning))


def text_of(place: str, meaning: str | None = None) -> str:
    """Return the patterns of a place, or of one meaning there, as one text, with those that they name in braces."""
    texts = words_of(place, meaning)
    if not texts:
        # an empty pattern is found everywhere
        raise KeyError(place, meaning)
    return _complete(place, "|".join(texts))


def _complete(place: str, text: str) -> str:
    return _NAMED.sub(lambda named: text_of(named[1] or place.partition(".")[0], named[2]), text)


def rules_of(place: str) -> tuple[tuple[str, str], ...]:
    """Return each meaning of a place with its patterns as one text, in the order of the table."""
    groups = groupby((word for word in WORDS if word.place == place), key=attrgetter("meaning"))
    return tuple((meaning, _complete(place, "|".join(word.text for word in words))) for meaning, words in groups)


def pattern_of(place: str, meaning: str | None = None, flags: int = 0) -> re.Pattern[str]:
    """Return the patterns of a place, or of one meaning there, as one."""
    return late(text_of(place, meaning), flags)


def patterns_of(place: str, *meanings: str) -> dict[str, re.Pattern[str]]:
    """Return the patterns of a place by their meanings, in the order given."""
    return {meaning: pattern_of(place, meaning) for meaning in meanings}
