"""Classified cards that were seen in the same device, and those that were seen in several.

Nearly every activation is of a card and a device that stand in no other. So the repeated devices are found by one sort
of numbers and the moved cards by one look at neighbours; only what is left is put in order by both.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graphtrace.analysis.audit.classify import CardClassifier
from graphtrace.arrays import (
    Indices,
    IntArray,
    filter_intervals,
    group_starts,
    indices_in,
    numpy_columns,
    unique,
)
from graphtrace.engine.audit_queries import activated_devices


class CardDevicePairs(NamedTuple):
    """Cards and devices that they were seen in, each pair once, as columns."""

    key: IntArray
    imei: IntArray


def find_shared_devices(classifier: CardClassifier) -> tuple[CardDevicePairs, CardDevicePairs]:
    """Return the pairs of devices that had several cards, and the pairs of cards that were in several devices."""
    rows = numpy_columns(activated_devices(classifier.session), CardDevicePairs._fields)
    filter_intervals(rows, classifier.cuts.low, classifier.cuts.high)
    seen = CardDevicePairs(**rows)
    ordered = np.sort(seen.imei)
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    is_moved = (seen.key[1:] == seen.key[:-1]) & (seen.imei[1:] != seen.imei[:-1])
    return (
        _several(seen, indices_in(seen.imei, repeated[group_starts(repeated)]), "imei"),
        _several(seen, indices_in(seen.key, unique(seen.key[1:][is_moved])), "key"),
    )


def _several(seen: CardDevicePairs, rows: Indices, by: str) -> CardDevicePairs:
    """Return the pairs in some rows, without those of which the one is met with one of the other only."""
    key, imei = seen.key[rows], seen.imei[rows]
    order = np.lexsort((key, imei))
    key, imei = key[order], imei[order]
    is_new = np.ones(len(order), dtype=np.bool_)
    is_new[1:] = (key[1:] != key[:-1]) | (imei[1:] != imei[:-1])
    pairs = CardDevicePairs(key[is_new], imei[is_new])
    _, place, times = np.unique(getattr(pairs, by), return_inverse=True, return_counts=True)
    is_among_several = times[place] > 1
    return CardDevicePairs(*(values[is_among_several] for values in pairs))
