"""Parts that the trees of several answers have: parties, judgements, letters and replies, watched values, drawings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from graphtrace.locale import grammar
from graphtrace.render import text_tables
from graphtrace.render.document import (
    Audience,
    Cell,
    Column,
    DisplayLimits,
    Document,
    Entries,
    Entry,
    Figure,
    LazyRows,
    Line,
    Paragraph,
    Part,
    Section,
    TableBlock,
    Text,
    Tone,
    TonedText,
    remark,
)
from graphtrace.render.format import finding_message, format_message, format_origin, format_time, party_label
from graphtrace.render.i18n import Phrase, code_text, in_both, in_language, join_texts, label_text
from graphtrace.results.flows import MAX_PAIRS, MAX_RECORDS, Bounds, NoBounds
from graphtrace.results.letters import count_of
from graphtrace.results.party import PartyKind, legal_form

if TYPE_CHECKING:
    from markupsafe import Markup

    from graphtrace.model import Finding, Party
    from graphtrace.render import Lang
    from graphtrace.render.command_results import JudgementList
    from graphtrace.results.flows import QuantityTotals
    from graphtrace.results.judgements import Candidate, Candidates, NamedJudgement
    from graphtrace.results.letters import Letter, LetterAbout, Letters, WrittenLetter
    from graphtrace.results.replies import ReplyCheck
    from graphtrace.results.source_rows import UnreadRow
    from graphtrace.results.trace import Trace
    from graphtrace.results.watch import Watch, WatchHit, WatchList


def party_words(party: Party, kind: PartyKind | None) -> Text | None:
    """Return the kind of a party by records, and its legal form by its identifier; ``None`` if neither is known."""
    form = legal_form(party)
    words = [
        *([] if kind is None else [code_text(text_tables.PARTY_KINDS, kind)]),
        *([] if form is None else [code_text(text_tables.LEGAL_FORMS, form)]),
    ]
    return join_texts(*words, by=" · ") if words else None


def by_number_text(total: QuantityTotals) -> Phrase | None:
    """Return the number of quantity-only records and of their cards; ``None`` if there are none."""
    if not total.records:
        return None
    counts = (("records_naming", {"records": total.records}), ("cards", {"cards": total.cards}))
    return in_both(
        lambda lang: grammar("clauses", lang).join(
            format_message(text_tables.LABELS[code], count, lang) for code, count in counts
        )
    )


def bounds_text(bounds: Bounds, *, is_named: bool) -> Phrase | None:
    """Return the bounds of the number of different cards; ``None`` if they add nothing to the other figures.

    ``is_named``: besides a number, records name cards.
    """
    if isinstance(bounds, NoBounds):
        limits = {"rows": ("bounds_omitted", MAX_RECORDS), "pairs": ("bounds_omitted_pairs", MAX_PAIRS)}
        code, most = limits[bounds.too_many]
        return label_text(code, most=most)
    least, most = bounds
    if least < most:
        return label_text("card_bounds", least=least, most=most)
    return label_text("cards", cards=most) if is_named else None


CANDIDATES = DisplayLimits(terminal=20, page=200, notebook=20)

_VERDICTS = {True: "judged_same", False: "judged_different", None: "judged_unsure"}


class _Judged(Protocol):
    @property
    def judgements(self) -> tuple[NamedJudgement, ...]: ...


def judgements_view(found: JudgementList) -> Document:
    """Return the tree of judgements: the parties judged the same or different, why, by whom and when."""
    parts: list[Part] = [Entries(entries=LazyRows(found.judgements, _judgement), sign=False)]
    if not found.judgements:
        parts = [Paragraph(parts=(TonedText(label_text("no_judgements"), "quiet"),))]
    if found.is_new is False:
        parts.append(remark(label_text("correction_known")))
    title = label_text("judgements_page")
    return Document(title=title, kind=title, parts=tuple(parts))


def candidates_view(found: Candidates) -> Document:
    """Return the tree of candidates: parties that may be the same, and the reasons."""
    entries = LazyRows(found, _candidate)
    parts: list[Part] = [
        Entries(entries=entries, sign=False, most=CANDIDATES, more=text_tables.LABELS["more_candidates"])
    ]
    if not found:
        parts = [Paragraph(parts=(TonedText(label_text("no_candidates"), "quiet"),))]
    title = label_text("candidates_page")
    return Document(title=title, kind=title, parts=tuple(parts))


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


def unread_rows_part(found: Sequence[UnreadRow], most: DisplayLimits) -> Iterator[Section]:
    """Yield the section of the rows that hold the name of a party and count in nothing; none without any."""
    if not found:
        return
    columns = (
        Column("sources", heading=label_text("sources")),
        Column("why_not_read", heading=label_text("why_not_read"), width=40),
        Column("says", heading=label_text("says"), width=30),
    )

    def row(each: UnreadRow) -> Sequence[Cell]:
        table = text_tables.REJECTS if each.reason in text_tables.REJECTS else text_tables.REMARKS
        return [(each.origin,), code_text(table, each.reason), each.text]

    note = Paragraph(parts=(TonedText(label_text("rows_with_name_mean"), "warn"),))
    table = TableBlock(code="unread_rows", columns=columns, rows=LazyRows(found, row), most=most, where="to_dict()")
    yield Section(code="unread_rows", title=label_text("rows_with_name"), count=len(found), parts=(note, table))


REPLIES = DisplayLimits(terminal=30, page=2_000, notebook=30)
"""Files of replies that are listed."""


def replies_section(checks: Sequence[ReplyCheck]) -> Section:
    """Return the section of the files of replies; those that differ come first."""
    ordered = sorted(checks, key=lambda check: check.agrees is not False)
    more = text_tables.LABELS["more_sheets"]
    entries = Entries(entries=LazyRows(ordered, _entry), most=REPLIES, more=more, sign=False, is_dense=True)
    return Section(code="replies", title=label_text("replies"), parts=(entries,))


def reply_remarks(findings: Sequence[Finding]) -> Iterator[Part]:
    """Yield what is told before anything else of an answer that rests on a file which is not what its reply says."""
    for finding in findings:
        yield remark(in_both(partial(finding_message, finding.code, finding.params)), "bad")


def _entry(check: ReplyCheck) -> Entry:
    reply = check.reply
    lines: list[Line] = []
    if check.agrees is False:
        hashes = (("reply_stated", reply.stated), ("reply_actual", check.actual))
        lines += [(label_text(code), TonedText(digits, "code")) for code, digits in hashes]
    if check.is_weak:
        lines.append((TonedText(label_text("reply_weak"), "warn"),))
    code, tone = reply_outcome(check)
    head = [TonedText(check.file, "name"), TonedText(label_text(code, **check.params), tone)]
    if reply.has_seal is not None:
        head.append(TonedText(label_text("reply_sealed" if reply.has_seal else "reply_unsealed"), "quiet"))
    return Entry(tuple(head), lines)


def reply_outcome(check: ReplyCheck) -> tuple[str, Tone]:
    """Return the label that says whether a file is what its reply says, and its tone."""
    if check.agrees is None:
        return "reply_of_another", "warn"
    if not check.agrees:
        return "reply_differs", "bad"
    return "reply_archive_agrees" if check.compared != check.actual else "reply_agrees", "good"


def overview_figure(traces: Sequence[Trace]) -> Figure:
    """Return the paths of all cards in one drawing, without the parties that fewest cards passed."""

    def draw(lang: Lang | None) -> Markup:
        from graphtrace.render.html.overview_page import OverviewGraph

        return OverviewGraph(traces).drawn(lang)

    def words(lang: Lang) -> str:
        from graphtrace.render.html.overview_page import OverviewGraph

        return ", ".join(party_label(member.party, lang) for member in OverviewGraph(traces).pictured)

    return Figure(draw=draw, words=in_both(words), audience=Audience.NOTEBOOK)


HITS = DisplayLimits(terminal=30, page=2_000, notebook=30)
"""Hits that are listed."""


def watch_view(found: WatchList) -> Document:
    """Return the tree of watched values: what each is compared as, why, by whom and since when."""
    parts: list[Part] = [Entries(entries=LazyRows(found.watches, _watch), sign=False)]
    if not found.watches:
        parts = [Paragraph(parts=(TonedText(label_text("watch_none"), "quiet"),))]
    title = label_text("watch_page")
    return Document(title=title, kind=title, caveat=None, parts=tuple(parts))


def _watch(watch: Watch) -> Entry:
    head = [TonedText(watch.value, "name")]
    if watch.state != "watched":
        head.append(TonedText(label_text(f"watch_{watch.state}"), "warn" if watch.state == "removed" else "good"))
    forms = [code_text(text_tables.WATCH_FORMS, form) for form in watch.forms]
    lines: list[Line] = [(TonedText(join_texts(label_text("watch_as"), join_texts(*forms, by=", ")), "quiet"),)]
    if watch.why:
        lines.append((watch.why,))
    lines.append((TonedText(f"{watch.by}, {format_time(watch.at)}", "quiet"),))
    return Entry(tuple(head), lines)


def hits_section(hits: Sequence[WatchHit] | None) -> Section:
    """Return the section of the rows that name watched values, empty where there are none."""
    entries = Entries(
        entries=LazyRows(hits or (), hit_entry),
        most=HITS,
        more=text_tables.LABELS["more_watch_hits"],
        sign=False,
        is_dense=True,
    )
    return Section(code="watch_hits", title=label_text("watch_hits"), parts=(entries,))


def hit_entry(hit: WatchHit) -> Entry:
    """Return the entry of a hit: the value, kind and role, where the rows stand, why they were not recorded."""
    what = [code_text(text_tables.WATCH_ROLES, hit.role)]
    if hit.column is not None:
        what = [join_texts(*what, f"“{hit.column}”")]
    if hit.kind is not None:
        what.insert(0, code_text(text_tables.KINDS, hit.kind))
    place = format_origin(hit.file, hit.first_rows[0], hit.sheet)
    where = place if hit.rows == 1 else label_text("watch_hit_rows", rows=hit.rows, first=place)
    head = (TonedText(hit.value, "bad"), join_texts(*what, by=", "), where)
    if hit.unread is None:
        return Entry(head, ())
    reasons = {**text_tables.REMARKS, **text_tables.REJECTS}
    reason = join_texts(label_text("watch_hit_unread"), code_text(reasons, hit.unread))
    return Entry(head, ((TonedText(reason, "warn"),),))


def letters_view(found: Letters) -> Document:
    """Return the tree of letters."""
    title = label_text("letters_page")
    entries = LazyRows(found.letters, lambda written: _letter(written, found.day))
    parts: list[Part] = [Entries(entries=entries, sign=False)]
    if found.templates:
        parts = [Paragraph(parts=(name,)) for name in found.templates]
    elif not found.letters:
        parts = [Paragraph(parts=(TonedText(label_text("no_letters"), "quiet"),))]
    if found.asked_before:
        parts.append(remark(label_text("leads_asked_before", leads=found.asked_before)))
    if found.omitted:
        parts.append(remark(label_text("letters_omitted", more=found.omitted)))
    return Document(title=title, kind=title, parts=tuple(parts))


def addressee_text(letter: Letter) -> Text:
    """Return the name of the party that a letter asks; of a carrier that no record names, its usual one."""
    addressee = letter.addressee or ""
    carrier = addressee.removeprefix("carrier:")
    usual = code_text(text_tables.CARRIERS, carrier) if carrier in text_tables.CARRIERS else addressee
    return letter.name or (usual if addressee else label_text("carrier_unnamed"))


def deadline_texts(letter: Letter, day: str) -> list[Text]:
    """Return by when a letter asks for its reply, and by how many days that is overdue on a day, where it is."""
    if letter.reply_by is None:
        return []
    overdue = letter.days_overdue(day)
    told = [] if overdue is None else [label_text("letter_overdue", days=overdue, day=day)]
    return [label_text("letter_reply_by", day=letter.reply_by), *told]


def about_text(about: LetterAbout, day: str) -> Text:
    """Return the sentence on a letter that asks what a lead asks: to whom, since when, what came back."""
    letter = about.letter
    number = letter.number or label_text("letter_without_number")
    to = addressee_text(letter)

    def about_letter(lang: Lang) -> str:
        names = {"number": in_language(number, lang), "addressee": in_language(to, lang)}
        return in_language(label_text("letter_about", reference=letter.reference, day=letter.date, **names), lang)

    said: list[Text] = [in_both(about_letter)]
    said.append(state_text(about))
    if about.state == "sent":
        said += deadline_texts(letter, day)
    return join_texts(*said, by=" · ")


def state_text(about: LetterAbout) -> Text:
    """Return what became of a letter for the cards of a lead, with who said so and when."""
    state = about.letter.state
    word = label_text(f"lead_{about.state}")
    known = about.state == state.state and state.by is not None and state.at is not None
    return join_texts(word, state.at[:10], state.by) if known and state.at and state.by else word


def _letter(written: WrittenLetter, day: str) -> Entry:
    letter, state = written.letter, written.letter.state
    name = addressee_text(letter)
    number = letter.number or label_text("letter_without_number")
    lines: list[Line] = [(name, TonedText(label_text("cards_counted", cards=letter.cards), "quiet"))]
    lines += [
        (
            code_text(text_tables.ASKED_RECORDS, request.record_type),
            TonedText(code_text(text_tables.REASONS, request.because), "quiet"),
        )
        for request in letter.requests
    ]
    if letter.suspend:
        lines.append((label_text("letter_annex_suspend", cards=letter.suspended),))
    said = label_text(f"lead_{state.state}")
    if letter.answered and state.state != "answered":
        told = label_text("letter_answered_part", answered=count_of(letter.answered), cards=letter.cards)
        lines.append((TonedText(told, "warn"),))
    if state.by is not None and state.at is not None:
        lines.append(
            (
                said,
                TonedText(f"{state.by} · {format_time(state.at)}", "quiet"),
                *([state.remark] if state.remark else []),
            )
        )
    else:
        lines.append((said,))
    lines += [(TonedText(text, "warn"),) for text in deadline_texts(letter, day) if state.state in ("new", "sent")]
    lines += [(file.name, TonedText(f"SHA-256 {file.sha256}", "quiet")) for file in written.files]
    return Entry((letter.reference, number), lines)
