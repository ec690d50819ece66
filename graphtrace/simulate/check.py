"""A loaded case asked about its cards, and what it answered wrong.

Of every card the outcome, the registrant, the holder, the chains and the end user are compared, and its findings, each
as often as it was planted (``near_miss`` once: how many numbers are near is nobody's fault). Then what became of the
cards of each enterprise, all of them, in the numbers of an audit; the rejected rows of the case by file, sheet, row,
field and reason; and the number of repeated rows. Where records were planted beside changes of hands, those that
corroborate them and the parcels addressed to another party, each by its row.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from graphtrace.errors import InputError
from graphtrace.results.simulation import ANSWER_PARTS, AliasCount, AliasReport, CheckReport, Mismatch, RecallCount
from graphtrace.simulate.blocks import NAME as RESOLD
from graphtrace.simulate.shards import ALIASES_FILE, GAP, OR, STEP, SUMMARY, SUPPORT_KINDS, SUPPORTS_FILE

if TYPE_CHECKING:
    from graphtrace.case import Case
    from graphtrace.model import Chain, Party
    from graphtrace.results.trace import Trace


MAX_MISTAKES: Final = 20
"""Maximum number of wrong answers that are kept whole, for inspection."""

_BATCH: Final = 20_000

_Statement = tuple[str, str, str, str | None, str, int]
"""Both parties of a change of hands; what is stated of it, by which key; and the row that states it."""

_ONCE: Final = frozenset({"near_miss"})


def check_answers(
    case: Case,
    truth: Path,
    *,
    sample: int | None = None,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> CheckReport:
    """Ask a case about the cards of a simulated case and compare its answers with the truth.

    Parameters
    ----------
    truth
        The folder ``truth`` of the simulated case.
    sample
        Maximum number of cards of each scenario that are asked about, evenly spread; all, where it is not given.
    progress
        Called with (stage, cards asked, cards to ask).

    Raises
    ------
    InputError
        If the folder holds no truth.

    Notes
    -----
    Time is that of the traces: some tens of microseconds a card. Memory is that of one shard of the truth.
    """
    shards = truth_shards(truth)
    if not shards or not (truth / SUMMARY).is_file():
        raise InputError("no_truth", path=truth, hint="name_truth")
    cards = count_true_cards(shards)
    strides = {story: 1 if sample is None else -(-count // max(sample, 1)) for story, count in cards.items()}
    total = sum(-(-count // strides[story]) for story, count in cards.items())
    report = CheckReport()
    with case.lookup("simulate check", truth=str(truth), sample=sample):
        for expected in expected_cards(shards, strides):
            for batch in expected.iter_slices(_BATCH):
                _check_batch(case, batch, report)
                if progress is not None:
                    progress("", report.asked, total)
        _check_audits(case, shards, report)
        _check_rows(case, truth, report)
        if (truth / ALIASES_FILE).is_file():
            report.aliases = _count_aliases(case, truth / ALIASES_FILE)
        if (truth / SUPPORTS_FILE).is_file():
            _check_supports(case, truth / SUPPORTS_FILE, report)
    report.faults = dict(sorted(report.faults.items()))
    return report


_OF_NAMES = frozenset({"joined_by_name", "user_joined_by_name", "seized_joined_by_name", "known_by_name"})
"""Remarks on what names alone say; no story plants any."""


_SPOILT = "unread_movement"


def _check_batch(case: Case, batch: pl.DataFrame, report: CheckReport) -> None:
    traces = case.trace(*batch["card"])
    for trace, (card, story, *truth, findings) in zip(traces, batch.iter_rows(), strict=True):
        true = dict(zip(("outcome", "registrant", "holder", "chain", "end_user"), truth, strict=True))
        true["chain"] = _sorted_chains(true["chain"])
        answered = _answered(trace)
        report.asked += 1
        if trace.unread_rows and trace.end_user is None and not any(used.user for used in trace.activations):
            # against a row that was spoilt, nobody is presumed the user
            answered["end_user"] = true["end_user"]
        wrong = [kind for kind in ANSWER_PARTS if answered[kind] != true[kind]]
        report.right += not wrong
        for kind in wrong:
            report.wrong[kind] += 1
            _keep(report, Mismatch(card=card, story=story, kind=kind, true=true[kind], answered=answered[kind]))
        codes, found = (
            _counted(findings.split()),
            _counted(each.code for each in trace.findings if each.code not in _OF_NAMES),
        )
        # a row that was spoilt tells of its card besides; the counts of rejected rows check that it is one
        if found[_SPOILT] > codes[_SPOILT]:
            found[_SPOILT] = codes[_SPOILT]
        found = +found
        for code in {*codes, *found}:
            report.faults.setdefault(code, RecallCount()).add(codes[code], found[code])
        if codes != found:
            texts = [" ".join(sorted(each.elements())) for each in (codes, found)]
            _keep(report, Mismatch(card=card, story=story, kind="findings", true=texts[0], answered=texts[1]))


def _answered(trace: Trace) -> dict[str, str | None]:
    return {
        "outcome": str(trace.outcome),
        "registrant": _id(trace.registrant),
        "holder": _id(trace.holder),
        "chain": _sorted_chains(OR.join(map(_chain, trace.chains))),
        "end_user": _id(trace.end_user),
    }


def _id(party: Party | None) -> str | None:
    return None if party is None else party.resolved_id


def _chain(chain: Chain) -> str:
    text = holder = chain.hops[0].sender.resolved_id
    for hop in chain.hops:
        if hop.gap_before or hop.sender.resolved_id != holder:
            text += GAP + hop.sender.resolved_id
        holder = hop.receiver.resolved_id
        text += STEP + holder
    return text


def _sorted_chains(chains: str) -> str:
    """Return the chains in an order of their own: which of several is listed first is not asked."""
    return OR.join(sorted(chains.split(OR))) if OR in chains else chains


def _counted(codes: Iterable[str]) -> Counter[str]:
    counted = Counter(codes)
    counted.update({code: 1 - counted[code] for code in _ONCE if code in counted})
    return counted


def _check_audits(case: Case, shards: list[Path], report: CheckReport) -> None:
    planned = {enterprise: _figures(counts.items()) for enterprise, counts in expected_audits(shards).items()}
    answered = {
        audit.enterprise.id: _figures([("purchased", audit.cards), *audit.buckets.items()])
        for audit in (case.audit(all=True, rules=()) if planned else ())
    }
    for enterprise in sorted({*planned, *answered}):
        true, answer = planned.get(enterprise, ""), answered.get(enterprise, "")
        report.audits += 1
        report.audits_right += true == answer
        if true != answer:
            _keep(report, Mismatch(card=enterprise, story=None, kind="audit", true=true, answered=answer))


def _figures(counts: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts) if count)


def _check_rows(case: Case, truth: Path, report: CheckReport) -> None:
    summary = json.loads((truth / SUMMARY).read_text(encoding="utf-8"))
    planned = Counter(pl.read_parquet(truth / "rejects.parquet").iter_rows())
    rejected: Counter[tuple[Any, ...]] = Counter(tuple(row.values())[:5] for row in case.rejects())
    for row in sorted({*planned, *rejected}, key=str):
        report.rejects.setdefault(row[-1], RecallCount()).add(planned[row], rejected[row])
        if planned[row] != rejected[row]:
            file, sheet, number, named, reason = row
            place = f"{file}:{number}" if sheet is None else f"{file}:{number} ({sheet})"
            counts = [f"{count} × {reason} ({named})" for count in (planned[row], rejected[row])]
            _keep(report, Mismatch(card=place, story=None, kind="reject", true=counts[0], answered=counts[1]))
    report.duplicates.add(summary["duplicates"], sum(entry["duplicate"] for entry in case.status().files))


def _count_aliases(case: Case, truth: Path) -> AliasReport:
    planted = {
        frozenset((one, other)): (kind, is_same) for kind, one, other, is_same, _ in pl.read_parquet(truth).iter_rows()
    }
    known = {party for pair in planted for party in pair}
    found = [frozenset(party.id for party in candidate.parties) for candidate in case.candidates()]
    counts = Counter(planted.values())
    proposed = Counter(planted[pair] for pair in found if pair in planted)
    return AliasReport(
        kinds=tuple(
            AliasCount(kind=kind, is_same=is_same, planted=count, proposed=proposed[kind, is_same])
            for (kind, is_same), count in counts.items()
        ),
        others=sum(pair <= known and pair not in planted for pair in found),
    )


def _check_supports(case: Case, truth: Path, report: CheckReport) -> None:
    """Compare what stands beside the changes of hands of planted deals, card by card and row by row."""
    report.supports = {kind: RecallCount() for kind in SUPPORT_KINDS}
    planted: dict[str, Counter[_Statement]] = {}
    stories: dict[str, str] = {}
    for story, card, *stated in pl.read_parquet(truth).iter_rows():
        stories[card] = story
        planted.setdefault(card, Counter())[tuple(stated)] += 1
    cards = [*planted]
    for first in range(0, len(cards), _BATCH):
        batch = cards[first : first + _BATCH]
        for card, trace in zip(batch, case.trace(*batch), strict=True):
            true, answered = planted[card], Counter(_statements(trace, partial(_id_in_case, case)))
            for statement in {*true, *answered}:
                report.supports[statement[2]].add(true[statement], answered[statement])
            if true != answered:
                missed, invented = (
                    "; ".join(sorted(map(_said, only.elements()))) for only in (true - answered, answered - true)
                )
                _keep(
                    report,
                    Mismatch(card=card, story=stories[card], kind="corroboration", true=missed, answered=invented),
                )


def _id_in_case(case: Case, party_id: str) -> str:
    """Return the id of the party that the case joins under an id, which an answer may show by its name alone."""
    found, _ = case.find_parties(party_id, most_similar=0)
    return found[0].resolved_id if len(found) == 1 else party_id


def _statements(trace: Trace, id_in_case: Callable[[str], str]) -> Iterator[_Statement]:
    for hop in (hop for chain in trace.chains for hop in chain.hops):
        sides = (hop.sender.resolved_id, hop.receiver.resolved_id)
        yield from ((*sides, "hop", None, origin.file, origin.row) for origin in hop.origins)
        for found in hop.corroboration:
            yield from ((*sides, found.by, found.value, origin.file, origin.row) for origin in found.origins)
    parties = (party for chain in trace.chains for hop in chain.hops for party in (hop.sender, hop.receiver))
    meant = {party.id: party.resolved_id for party in parties}
    for finding in trace.findings:
        if finding.code == "delivered_to_other":
            hop, receiver, parcel = finding.params["hop"], finding.params["receiver"], finding.evidence[-1]
            sides = tuple(meant.get(party["id"], party["id"]) for party in (hop["from"], hop["to"]))
            yield sides[0], sides[1], finding.code, id_in_case(receiver["id"]), parcel.file, parcel.row


def _said(statement: _Statement) -> str:
    sender, receiver, kind, value, file, row = statement
    return f"{sender}{STEP}{receiver}: {kind} {value or ''} ({file}:{row})"


def _keep(report: CheckReport, mistake: Mismatch) -> None:
    if len(report.mistakes) < MAX_MISTAKES:
        report.mistakes.append(mistake)


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
