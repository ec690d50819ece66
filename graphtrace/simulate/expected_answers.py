"""Expected answers of a case, read from the truth: card by card, and summed for each enterprise."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import polars as pl

from graphtrace.simulate.resold_lots import NAME as RESOLD
from graphtrace.simulate.truth_files import GAP, OR, STEP

_RUN_DIGITS: Final = 7
"""The numbers of a run differ in so many digits at their end."""

_CARRIER: Final = "carrier:"
_NUMBERED: Final = "id:"
"""Every enterprise has a number; who bought by number of cards only has none, and no card is known to be bought."""


def truth_shards(truth: Path) -> list[Path]:
    """Return the files of histories of a truth, in their order."""
    return sorted((truth / "histories").glob("*.parquet"))


def count_true_cards(shards: list[Path]) -> dict[str, int]:
    """Count the cards of each scenario."""
    counts = pl.scan_parquet(shards).group_by("story").agg(pl.col("cards").sum()).sort("story").collect()
    return dict(counts.iter_rows())


def expected_cards(shards: list[Path], strides: Mapping[str, int]) -> Iterator[pl.DataFrame]:
    """Yield the truth about every n-th card of each scenario, n its stride: a frame per shard, a row for each card.

    Columns: card, story, outcome, registrant, holder, chains, end_user, findings.
    """
    seen: Counter[str] = Counter()
    for shard in shards:
        histories = pl.read_parquet(shard)
        stride = pl.col("story").replace_strict(dict(strides), return_dtype=pl.Int64)
        before = pl.col("story").replace_strict(dict(seen) or {"": 0}, default=0, return_dtype=pl.Int64)
        before += pl.col("cards").cum_sum().over("story") - pl.col("cards")
        cards = _cards_of(histories.with_columns(skipped=(stride - before % stride) % stride, stride=stride))
        seen.update(dict(histories.group_by("story").agg(pl.col("cards").sum()).iter_rows()))
        yield cards.join(_uses_of(shard, cards), on="card", how="left", maintain_order="left", suffix="_of_use").select(
            *("card", "story", "outcome", "registrant", "holder", "chains", "end_user"),
            findings=pl.concat_str("findings", "findings_of_use", separator=" ", ignore_nulls=True),
        )


def expected_audits(shards: list[Path]) -> dict[str, Counter[str]]:
    """Return for each enterprise, by id, its number of cards bought (``purchased``) and in each bucket.

    A card that is disputed counts with everyone to whom it was sold.
    """
    audits: dict[str, Counter[str]] = defaultdict(Counter)
    for shard in shards:
        histories = pl.read_parquet(shard).filter(pl.col("chains").str.contains(_CARRIER, literal=True))
        mass, others = histories.filter(pl.col("story") == RESOLD), histories.filter(pl.col("story") != RESOLD)
        is_kept = pl.col("holder") == pl.col("registrant")
        sold = mass.filter(~is_kept).group_by("registrant").agg(pl.col("cards").sum())
        for enterprise, cards in sold.iter_rows():
            audits[enterprise]["resold"] += cards
        parts = [mass.filter(is_kept).select("first", "last", "cards", enterprise="registrant")]
        for first, last, cards, chains in others.select("first", "last", "cards", "chains").iter_rows():
            for enterprise, bucket in _buckets(chains):
                if bucket == "kept":
                    row = {"first": [first], "last": [last], "cards": [cards], "enterprise": [enterprise]}
                    parts.append(pl.DataFrame(row, schema=parts[0].schema))
                else:
                    audits[enterprise][bucket] += cards
        for enterprise, user, is_named, cards in _kept(shard, pl.concat(parts)).iter_rows():
            if user is None:
                bucket = "in_stock"
            elif not is_named:
                bucket = "activated_unnamed"
            else:
                bucket = "activated_by_enterprise" if user == enterprise else "activated_by_other"
            audits[enterprise][bucket] += cards
    for buckets in audits.values():
        buckets["purchased"] = buckets.total()
    return dict(audits)


def _buckets(chains: str) -> Iterable[tuple[str, str]]:
    """Return the buyers of a card from a carrier, each with its bucket: ``kept`` if it is the last holder."""
    paths = [path.split(STEP) for path in chains.split(OR)]
    buckets: dict[str, str] = {}
    for path in paths:
        for place, (sender, receiver) in enumerate(itertools.pairwise(path)):
            enterprise = receiver.split(GAP)[0]
            if not sender.rpartition(GAP)[2].startswith(_CARRIER) or not enterprise.startswith(_NUMBERED):
                continue
            after = [party for step in path[place + 2 :] for party in step.split(GAP)]
            if len(paths) > 1:
                buckets[enterprise] = "disputed"
            elif any(party.startswith(_CARRIER) for party in after):
                buckets[enterprise] = "returned"
            elif GAP in receiver or (after and after[-1] != enterprise):
                buckets[enterprise] = "resold"
            else:
                buckets[enterprise] = "kept"
    return buckets.items()


def _kept(shard: Path, runs: pl.DataFrame) -> pl.DataFrame:
    """Count the cards that enterprises kept by end user, named or not; null for those never used."""
    cards = _cards_of(runs.with_columns(skipped=pl.lit(0), stride=pl.lit(1)))
    used = cards.join(_uses_of(shard, cards), on="card", how="left", maintain_order="left")
    return used.group_by("enterprise", "end_user", "is_named", maintain_order=True).len()


def _uses_of(shard: Path, cards: pl.DataFrame) -> pl.DataFrame:
    uses = pl.scan_parquet(shard.parents[1] / "uses" / shard.name)
    return uses.join(cards.select("card").lazy(), on="card", how="semi").collect()


def _cards_of(runs: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each card of runs, from the one after the ``skipped`` ones on, every ``stride``-th."""
    chosen = runs.with_columns(at=pl.int_ranges("skipped", "cards", "stride")).filter(pl.col("at").list.len() > 0)
    cards = chosen.explode("at")
    running = pl.col("first").str.tail(_RUN_DIGITS).str.to_integer(strict=False) + pl.col("at")
    counted = pl.col("first").str.head(-_RUN_DIGITS) + running.cast(pl.String).str.zfill(_RUN_DIGITS)
    return cards.with_columns(card=pl.when(pl.col("cards") == 1).then("first").otherwise(counted))
