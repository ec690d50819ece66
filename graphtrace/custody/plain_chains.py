"""Chains that need no search, for many cards at once, in columns.

Most cards have a plain story: taken by date, their movements lead from a carrier from hand to hand, each on a later day
than the one before. Then no other order is as good, nothing is left over and nothing contradicts: the whole rule of
SPEC 4 comes to reading off both ends. Whatever is not plain is for :func:`graphtrace.custody.analyze_custody`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.signedinteger[Any]]


class TrivialChains(NamedTuple):
    """Sorted cards whose chain needs no search, and for each the registrant and the holder."""

    card: Numbers
    registrant: Numbers
    holder: Numbers


def resolve_trivial_chains(
    card: Numbers, sender: Numbers, receiver: Numbers, first: Numbers, last: Numbers, carriers: Numbers
) -> TrivialChains:
    """Find the cards whose chain is continuous without any search.

    Parameters
    ----------
    card, sender, receiver
        A row a movement, listed or by range; parties as numbers.
    first, last
        The first and the last day that the statement allows.
    carriers
        The numbers of the carriers.

    Notes
    -----
    Cost: one sort of the rows. Statements of one change of hands that allow exactly the same days count once.
    """
    if not len(card):
        return TrivialChains(card, card, card)
    order = np.lexsort((receiver, sender, last, first, card))
    rows = np.stack([column[order].astype(np.int64) for column in (card, sender, receiver, first, last)])
    is_new = np.ones(rows.shape[1], dtype=np.bool_)
    is_new[1:] = (rows[:, 1:] != rows[:, :-1]).any(axis=0)
    card, sender, receiver, first, last = rows[:, is_new]
    is_first = np.ones(len(card), dtype=np.bool_)
    is_first[1:] = card[1:] != card[:-1]
    is_sale = np.isin(sender, carriers)
    follows = np.zeros(len(card), dtype=np.bool_)
    follows[1:] = (receiver[:-1] == sender[1:]) & (last[:-1] < first[1:])
    fits = (sender != receiver) & np.where(is_first, is_sale, follows)
    starts = np.flatnonzero(is_first)
    ends = np.append(starts[1:], len(card)) - 1
    is_plain = np.logical_and.reduceat(fits, starts)
    sale = np.maximum.reduceat(np.where(is_sale, np.arange(len(card)), 0), starts)
    return TrivialChains(card[starts][is_plain], receiver[sale][is_plain], receiver[ends][is_plain])
