"""A loaded case asked about its cards, and what it answered wrong.

Of every card the outcome, the registrant, the holder, the chains and the end user are compared, and its findings, each
as often as it was planted (``near_miss`` once: how many numbers are near is nobody's fault). Then what became of the
cards of each enterprise, all of them, in the numbers of an audit; the rejected rows of the case by file, sheet, row,
field and reason; and the number of repeated rows. Where records were planted beside changes of hands, those that
corroborate them and the parcels addressed to another party, each by its row.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from graphtrace.errors import InputError
from graphtrace.results.simulation import ANSWER_PARTS, AliasCount, AliasReport, CheckReport, Mismatch, RecallCount
from graphtrace.simulate.expected_answers import count_true_cards, expected_audits, expected_cards, truth_shards
from graphtrace.simulate.truth_files import ALIASES_FILE, GAP, OR, STEP, SUMMARY, SUPPORT_KINDS, SUPPORTS_FILE

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
    """Compare what became of the cards of every enterprise, in numbers."""
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
    """Compare what was rejected and what was said twice."""
    summary = json.loads((truth / SUMMARY).read_text(encoding="utf-8"))
    planned = Counter(pl.read_parquet(truth / "rejects.parquet").iter_rows())
    rejected: Counter[tuple[Any, ...]] = Counter(tuple(row.values()) for row in case.rejects())
    for row in sorted({*planned, *rejected}, key=str):
        report.rejects.setdefault(row[-1], RecallCount()).add(planned[row], rejected[row])
        if planned[row] != rejected[row]:
            file, sheet, number, named, reason = row
            place = f"{file}:{number}" if sheet is None else f"{file}:{number} ({sheet})"
            counts = [f"{count} × {reason} ({named})" for count in (planned[row], rejected[row])]
            _keep(report, Mismatch(card=place, story=None, kind="reject", true=counts[0], answered=counts[1]))
    report.duplicates.add(summary["duplicates"], sum(entry["duplicate"] for entry in case.status().files))


def _count_aliases(case: Case, truth: Path) -> AliasReport:
    """Count the planted pairs that the case proposes, by kind."""
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
