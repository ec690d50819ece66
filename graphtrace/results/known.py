"""Knowledge of a case under a text that is the number of no card: whose contact, which parcel, which order."""

from __future__ import annotations

from typing import Any, Final

from graphtrace.frozen import frozen
from graphtrace.model import Origin, Party, party_dict

MAX_EVIDENCE: Final = 20
"""Maximum number of rows that a finding about known uses names."""


ROW_NUMBERS: Final = frozenset({"waybill", "order_no", "record_no", "contract_no", "case_no", "holder"})
"""Roles of a text in rows that are about more than one party, or about none."""


@frozen()
class KnownUse:
    """One use of a text in the records of a case.

    - ``role``: what the text is there: a kind of contact, ``name``, ``id``, or the field that holds it (``waybill``,
      ``order_no``, ``record_no``, ``contract_no``, ``case_no``, ``holder``), or ``user`` of a card.
    - ``parties``: whose contact it is, who bears the name, or between whom the record is.
    - ``cards``: the shown numbers of the cards that these records name: of a range its first and last.
    - ``origins``: the rows, in order; none for a party that is known by many.
    """

    role: str
    parties: tuple[Party, ...] = ()
    cards: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()

    @property
    def is_of_party(self) -> bool:
        """Whether the text leads to a party by itself: it is no number of a record or parcel."""
        return bool(self.parties) and self.role not in ROW_NUMBERS

    def to_dict(self) -> dict[str, Any]:
        """Return the use as the parameters of a finding hold it."""
        return {
            "known_as": self.role,
            "parties": [party_dict(each) for each in self.parties],
            "rows": len(self.origins),
        }
