"""The kind of a movement as it counts: a transfer to a carrier is a return, one from a carrier a purchase (SPEC 3).

What a file calls it stays in the store. Whether a party is a carrier is known only when a question is asked, so the
kind that counts is worked out then: of one movement, or within a query.
"""

from __future__ import annotations

from typing import Final

from graphtrace.model import KINDS, Kind, Party

_PURCHASE, _TRANSFER, _RETURN = (KINDS.index(kind) for kind in ("purchase", "transfer", "return"))
_NAMES: Final = f"[{', '.join(map(repr, KINDS))}]"


def effective_kind(kind: Kind, sender: Party, receiver: Party) -> Kind:
    """Return the kind of a movement between two parties as it counts."""
    if kind != "transfer":
        return kind
    return "return" if receiver.is_carrier else "purchase" if sender.is_carrier else "transfer"


def effective_kind_number(kind: str, senders: str, receivers: str) -> str:
    """Return the expression for it, of a column of numbers of kinds and two relations of parties."""
    return (
        f"CASE WHEN {kind} = {_TRANSFER} AND {receivers}.is_carrier THEN {_RETURN} "
        f"WHEN {kind} = {_TRANSFER} AND {senders}.is_carrier THEN {_PURCHASE} ELSE {kind} END"
    )


def effective_kind_name(kind: str, senders: str, receivers: str) -> str:
    """Return the same expression for the name of the kind."""
    return f"{_NAMES}[{effective_kind_number(kind, senders, receivers)} + 1]"
