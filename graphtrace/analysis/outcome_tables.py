"""Many cards as one table: of each how sure its chain is, the registrant and the last holder.

Hops, origins, findings and leads are not made, so a hundred thousand cards cost less than a second: plain chains are
read off in columns (:mod:`graphtrace.custody.plain_chains`), the other cards are traced.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
import polars as pl

from graphtrace.analysis.card_trace import Tracer
from graphtrace.arrays import NONE, IntArray, int_array
from graphtrace.custody.plain_chains import resolve_trivial_chains
from graphtrace.engine.movement_columns import movement_columns
from graphtrace.identifiers import DamagedNumber
from graphtrace.ingest.column_values import parse_decimal_iccids, parse_hex_iccids
from graphtrace.model import Outcome
from graphtrace.results.outcomes import OUTCOMES, Outcomes
from graphtrace.storage.base import CardBatch, MovementsScope


def find_outcomes(tracer: Tracer, texts: Sequence[str]) -> Outcomes:
    """Return the outcome of every card that fits an input, in the order of the inputs, then of the keys.

    Outcome, registrant and holder are those of :meth:`Tracer.trace`; parties are those of the case, also where a trace
    says that no more than a name identifies one. Cost: a pass over each table, then less than a
    microsecond for a card with a plain story and a trace for any other.
    """
    read, cards = _read(texts)
    moved = movement_columns(tracer.store.session(MovementsScope(cards)), cards)
    plain = resolve_trivial_chains(moved.card, moved.sender, moved.receiver, moved.first, moved.last, moved.carriers)
    ends = np.full((2, len(read)), NONE, dtype=np.int64)
    ends[:, plain.card] = plain.registrant, plain.holder
    ends = ends[:, moved.place]
    is_plain = ends[0] != NONE
    numbers, place = np.unique(ends[:, is_plain], return_inverse=True)
    known = moved.parties(numbers.tolist())

    by_number = {known[number]: at for at, number in enumerate(numbers.tolist())}

    others = np.ones(len(texts), dtype=np.bool_)
    others[read[is_plain]] = False
    traced = tracer.trace_each([texts[at] for at in np.flatnonzero(others).tolist()])
    rows = np.ones(len(texts), dtype=np.int64)
    rows[others] = [len(found) for found in traced]
    is_other = np.repeat(others, rows)
    outcome, registrant, holder = np.full((3, len(is_other)), NONE, dtype=np.int64)
    outcome[~is_other] = OUTCOMES.index(Outcome.CONTINUOUS)
    registrant[~is_other], holder[~is_other] = place.reshape(2, -1)
    keys = np.full(len(is_other), None, dtype=object)
    sizes = int_array([size for _, size in cards.heads])[cards.head[is_plain]].tolist()
    keys[~is_other] = [texts[at][:size] for at, size in zip(read[is_plain].tolist(), sizes, strict=True)]
    for at, trace in zip(np.flatnonzero(is_other).tolist(), chain.from_iterable(traced), strict=True):
        keys[at] = None if trace.card is None else trace.card.key
        outcome[at] = OUTCOMES.index(trace.outcome)
        for numbers_of, party in ((registrant, trace.registrant), (holder, trace.holder)):
            if party is not None:
                numbers_of[at] = by_number.setdefault(party.resolved, len(by_number))
    inputs = [text for text, times in zip(texts, rows.tolist(), strict=True) for _ in range(times)]
    return Outcomes(inputs, keys.tolist(), (outcome, registrant, holder), list(by_number))


def _read(texts: Sequence[str]) -> tuple[IntArray, CardBatch]:
    """Return the indices of the inputs that are complete numbers of the four operators, and these cards."""
    sound = [None if isinstance(text, DamagedNumber) else text for text in texts]
    unread = pl.DataFrame({"text": pl.Series(sound, dtype=pl.String)}).with_row_index("at")
    parts = []
    for read in (parse_decimal_iccids, parse_hex_iccids):
        cards = read(unread["text"])
        part = unread.select("at").with_columns(
            *(pl.lit(value).alias(name) for name, value in (("head", cards.head), ("size", cards.size))),
            first=cards.first,
        )
        parts.append(part.filter(pl.col("first").is_not_null()))
        unread = unread.filter(cards.first.is_null())
    known = pl.concat(parts, how="vertical_relaxed").sort("at")
    heads = known.select("head", "size").unique(maintain_order=True)
    head = known.join(heads.with_row_index("place"), on=["head", "size"], how="left", maintain_order="left")["place"]
    at, number = (known[name].to_numpy().astype(np.int64) for name in ("at", "first"))
    return at, CardBatch(list(heads.iter_rows()), head.to_numpy().astype(np.int64), number)
