"""Words in columns of carriers: which are carriers, and what a person says of those that no table has.

A word that is no operator's name is asked about (``unknown_carrier``), never taken for a carrier. ``--set
carrier.WORD=no`` says that it is the name of another party, so that the rows are transfers from it; an operator's name
in place of ``no`` says whom it means, and ``yes`` that it is a carrier that the tables do not have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from graphtrace.identifiers import normalize_party_name, operator_from_cell
from graphtrace.model import CARRIERS
from graphtrace.results.reports import OpenQuestion

CARRIER_WORD: Final = "carrier."
"""Beginning of the field of such an answer; the key of the word follows."""

_NO: Final = "no"
_YES: Final = "yes"
_ANSWERS: Final = {_NO: _NO, "否": _NO, _YES: _YES, "是": _YES}
_MAX_ASKED: Final = 20
"""Maximum number of words of a sheet that are asked about, the most frequent first."""


def parse_carrier_answer(field: str, value: str) -> tuple[str, str] | None:
    """Return field and value of an answer as they are compared; ``None`` for a value that is no answer."""
    key = normalize_party_name(field.removeprefix(CARRIER_WORD))
    said = _ANSWERS.get(value.casefold()) or operator_from_cell(normalize_party_name(value))
    return (CARRIER_WORD + key, said) if said else None


def carrier_question(field: str, rows: int) -> OpenQuestion:
    """Return the question whom a word means."""
    return OpenQuestion(field=field, kind="purchase", rows=rows, choices=(_NO, *CARRIERS, _YES))


def carrier_questions(named: Mapping[str, int]) -> list[OpenQuestion]:
    """Return the questions about names by the number of rows that state less, or nothing, because of them."""
    words: Counter[str] = Counter()
    for name, rows in named.items():
        words[normalize_party_name(name)] += rows
    listed = sorted(words.items(), key=lambda found: (-found[1], found[0]))
    return [carrier_question(CARRIER_WORD + word, rows) for word, rows in listed[:_MAX_ASKED]]


class CarrierWords:
    """A person's answers about words in the columns of carriers of one sheet, by field of the answer."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self._said = {field: value for field, value in answers.items() if field.startswith(CARRIER_WORD)}
        self.answered: dict[str, str] = {}
        """The answers that were used so far."""

    def key_of(self, word: str) -> str | None:
        """Return the key of the carrier that the key of a word means; ``None`` if it means none."""
        said = self._answer_about(word)
        if said is None:
            return word if operator_from_cell(word) else None
        return {_NO: None, _YES: word}.get(said, f"carrier:{said}")

    def is_party(self, word: str) -> bool:
        """Whether a person said that the word is the name of a party that is no carrier."""
        return self._answer_about(word) == _NO

    def _answer_about(self, word: str) -> str | None:
        field = CARRIER_WORD + word
        if field in self._said:
            self.answered[field] = self._said[field]
        return self._said.get(field)


NO_WORDS: Final = CarrierWords({})
