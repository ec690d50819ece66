"""Parties with an identifier that some records know by a name alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from graphtrace.frozen import frozen
from graphtrace.identifiers import normalize_party_name
from graphtrace.model import Party

Named = TypeVar("Named", Party, str)
"""A party, or its id."""


@frozen(kw_only=False)
class LoneNames:
    """The names by which records know parties, where neither these nor a row of their files nor a judgement says more.

    ``writings`` has them by the id of the party and by normalised name, as the first of the files writes them.
    """

    writings: Mapping[str, Mapping[str, str]]

    def __bool__(self) -> bool:
        return bool(self.writings)

    def __contains__(self, party_id: str) -> bool:
        return party_id in self.writings

    def shown(self, party: Party) -> Party:
        """Return a party as such records name it: by its own name where one of them does, else by the first."""
        names = self.writings.get(party.id)
        if not names:
            return party
        key = normalize_party_name(party.name)
        name = party.name if key in names else names[key := min(names)]
        return party.by_name(key, name)


NO_LONE_NAMES = LoneNames({})


def known_by_name_only(sides: Iterable[tuple[Named, bool]]) -> frozenset[Named]:
    """Return which parties every side that names them knows by a name alone; each side says whether it does."""
    found: dict[bool, set[Named]] = {True: set(), False: set()}
    for party, is_lone in sides:
        found[is_lone].add(party)
    return frozenset(found[True] - found[False])
