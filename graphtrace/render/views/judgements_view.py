"""Judgements about parties: as an answer of their own, and as the part of a tree that says on which it rests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from graphtrace.render import text_tables
from graphtrace.render.document import (
    DisplayLimits,
    Document,
    Entries,
    Entry,
    LazyRows,
    Line,
    Paragraph,
    Part,
    Section,
    TonedText,
    remark,
)
from graphtrace.render.format import format_time
from graphtrace.render.i18n import label_text

if TYPE_CHECKING:
    from graphtrace.render.command_results import JudgementList
    from graphtrace.results.candidates import Candidate, Candidates
    from graphtrace.results.judgements import NamedJudgement

CANDIDATES = DisplayLimits(terminal=20, page=200, notebook=20)

_VERDICTS = {True: "judged_same", False: "judged_different", None: "judged_unsure"}


class _Judged(Protocol):
    @property
    def judgements(self) -> tuple[NamedJudgement, ...]: ...


def judgements_view(found: JudgementList, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of judgements: the parties judged the same or different, why, by whom and when."""
    parts: list[Part] = [Entries(entries=LazyRows(found.judgements, _judgement), sign=False)]
    if not found.judgements:
        parts = [Paragraph(parts=(TonedText(label_text("no_judgements"), "quiet"),))]
    if found.is_new is False:
        parts.append(remark(label_text("correction_known")))
    title = label_text("judgements_page")
    return Document(title=title, kind=title, case=case, as_of=as_of, parts=tuple(parts))


def candidates_view(found: Candidates, *, case: str | None = None, as_of: str | None = None) -> Document:
    """Return the tree of candidates: parties that may be the same, and the reasons."""
    entries = LazyRows(found, _candidate)
    parts: list[Part] = [
        Entries(entries=entries, sign=False, most=CANDIDATES, more=text_tables.LABELS["more_candidates"])
    ]
    if not found:
        parts = [Paragraph(parts=(TonedText(label_text("no_candidates"), "quiet"),))]
    title = label_text("candidates_page")
    return Document(title=title, kind=title, case=case, as_of=as_of, parts=tuple(parts))


def _candidate(candidate: Candidate) -> Entry:
    lines: list[Line] = [(party.name, TonedText(party.id, "quiet")) for party in candidate.parties]
    lines += [(label_text(f"reason_{reason.code}", **reason.params),) for reason in candidate.reasons]
    if candidate.chains_closed:
        lines.append((label_text("candidate_closes", cards=candidate.chains_closed),))
    if candidate.judged is not None:
        lines.append((TonedText(label_text("candidate_undecided", number=candidate.judged), "quiet"),))
    return Entry((f"{candidate.score:.2f}",), lines)


def union_of_judgements(answers: Iterable[_Judged]) -> list[NamedJudgement]:
    """Return the judgements on which some answers rest, each once, by number."""
    found = {named.judgement.number: named for answer in answers for named in answer.judgements}
    return [found[number] for number in sorted(found)]


def judgements_part(judgements: Iterable[NamedJudgement], *, title: str = "rests_on_judgements") -> tuple[Part, ...]:
    """Return a section with the judgements under the label ``title``, or nothing if there are none."""
    entries = [_judgement(named) for named in judgements]
    if not entries:
        return ()
    return (Section(code="judgements", title=label_text(title), parts=(Entries(entries=entries, sign=False),)),)


def _judgement(named: NamedJudgement) -> Entry:
    judgement = named.judgement
    lines: list[Line] = [
        (name, TonedText(member, "quiet")) for member, name in zip(judgement.parties, named.names, strict=True)
    ]
    lines.append((judgement.why,))
    if judgement.evidence is not None:
        lines.append((judgement.evidence,))
    lines.append((TonedText(f"{judgement.by}, {format_time(judgement.at)}", "quiet"),))
    if named.is_suspended:
        lines.append((TonedText(label_text("judgement_suspended"), "bad"),))
    if judgement.undone is not None:
        at, by, why = judgement.undone
        lines.append((TonedText(label_text("judgement_undone"), "bad"), f"{by}, {format_time(at)}", why))
    is_idle = judgement.undone is not None or named.is_suspended
    verdict = TonedText(label_text(_VERDICTS[judgement.same]), "quiet" if is_idle else "plain")
    return Entry((str(judgement.number), verdict), lines)
