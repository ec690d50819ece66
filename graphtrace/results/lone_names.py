"""Parties with an identifier that some records know by a name alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphtrace.identifiers import normalize_party_name
from graphtrace.model import Party


@dataclass(frozen=True, slots=True)
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
        return Party(f"name:{key}", name, identified_by="name", joins=party.id)


NO_LONE_NAMES = LoneNames({})
