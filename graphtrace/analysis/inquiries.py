"""Inquiries to carriers: what to ask whom next, what their replies answer, and replies that are not what they say.

Letters that a load answers: for the cards about which the reply has rows; they stay open for the rest. A reply is
recognised by the reference of the letter, which the annex has in every row, or which the mail quotes that brought it;
or a person says which letter the files reply to. What was answered is a note of the kind ``answer`` about the letter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, Final

from graphtrace.custody import FINDING_SEVERITIES
from graphtrace.engine.case_parties import sheets_about
from graphtrace.errors import NothingFound
from graphtrace.identifiers.operators import USUAL_NAMES
from graphtrace.model import Chain, Finding, Lead, Origin, Party
from graphtrace.results.letter_annexes import ASKED_ONLY, REMARK_ONLY, AnnexSheetCode, OwnRow, layout_of
from graphtrace.results.letters import ABOUT, Letter, LetterAnswer, count_of, is_card, keys_of, letters_of, spans_of
from graphtrace.results.replies import ReplyCheck
from graphtrace.results.reports import RowWarning
from graphtrace.storage.base import Backend
from graphtrace.storage.case_notes import NoteRequest, readable_notes
from graphtrace.storage.duckdb.session import CaseSession

if TYPE_CHECKING:
    from graphtrace.results.load_report import SheetReport


_LEADING: Final = frozenset(
    (
        *("custody_gap", "no_purchase", "multiple_registrants", "double_transfer", "possible_onward"),
        "seized_from_another",
    )
)
"""The findings that say whom to ask."""


def carrier_party(carrier: str | None) -> Party | None:
    """Return the party of one of the four operators, named as in China; ``None`` for an unknown one."""
    return None if carrier is None else Party(f"carrier:{carrier}", USUAL_NAMES[carrier], is_carrier=True)


def find_leads(
    findings: Iterable[Finding],
    chains: Sequence[Chain],
    carrier: str | None,
    *,
    is_activated: bool,
    cards: tuple[str, ...],
    is_found: bool = True,
) -> tuple[Lead, ...]:
    """Return the leads of an answer, in the order of its findings, each once.

    ``carrier`` is the operator that the number points to. A card without activation adds one lead to its carrier; a
    card in no record has only the lead for its purchase. ``cards`` is the key of the card, or what was asked for.
    """
    asked_about = [finding for finding in findings if finding.code in _LEADING and "held" not in finding.params]
    if is_found and is_activated and not asked_about:
        return ()
    # the carriers that sold the card, in the order of the chains
    sellers = list(dict.fromkeys(hop.sender for chain in chains for hop in chain.hops if hop.sender.is_carrier))
    issuer = next((seller for seller in sellers if seller.carrier == carrier), None) or carrier_party(carrier)
    leads: list[Lead] = []
    if not is_found:
        leads.append(Lead(ask=issuer, record_type="purchase_record", because="not_found", cards=cards))
    for finding in asked_about:
        leads += _leads_of(finding, issuer, sellers, cards)
    if not is_activated:
        asked = sellers[-1] if sellers else issuer
        leads.append(Lead(ask=asked, record_type="activation_record", because="no_activation", cards=cards))
    return tuple(leads) if len(leads) == 1 else tuple(dict.fromkeys(leads))


def _leads_of(
    finding: Finding, issuer: Party | None, sellers: Sequence[Party], cards: tuple[str, ...]
) -> Iterable[Lead]:
    params, code = finding.params, finding.code
    if code == "custody_gap":
        for side in ("after", "before"):
            yield Lead(
                ask=_party(params[side]),
                record_type="transfer_record",
                because=code,
                since=params["since"],
                until=params["until"],
                cards=cards,
            )
    elif code == "no_purchase":
        yield Lead(ask=issuer, record_type="purchase_record", because=code, cards=cards)
    elif code == "multiple_registrants":
        for seller in sellers:
            yield Lead(ask=seller, record_type="purchase_record", because=code, cards=cards)
    elif code == "seized_from_another":
        yield Lead(ask=_party(params["holder"]), record_type="transfer_record", because=code, cards=cards)
    elif code in ("double_transfer", "possible_onward"):
        yield Lead(ask=_party(params["at"]), record_type="transfer_record", because=code, cards=cards)


def _party(params: Mapping[str, Any]) -> Party:
    return Party(params["id"], params["name"])


CODE = "hash_differs_from_reply"


def differing_replies(store: Backend) -> Mapping[str, ReplyCheck]:
    """Return by SHA-256 the files of the case that are not what their replies say."""
    return {sha256: check for sha256, check in store.replies.items() if check.agrees is False}


def reply_findings(answer: object, differing: Mapping[str, ReplyCheck], counted: Iterable[str] = ()) -> list[Finding]:
    """Return a finding for each of the differing files to which any row that an answer shows or counts belongs.

    ``counted`` are the SHA-256 of files whose rows it counts.
    """
    shown: dict[str, list[Origin]] = {sha256: [] for sha256 in counted if sha256 in differing}
    for sha256, origin in _rows_in(answer):
        if sha256 in differing:
            shown.setdefault(sha256, [])
            if origin is not None:
                shown[sha256].append(origin)
    ordered = sorted(shown, key=lambda sha256: (differing[sha256].file, sha256))
    return [_finding(differing[sha256], shown[sha256][:1]) for sha256 in ordered]


def files_counted(
    session: CaseSession, party: Party, differing: Mapping[str, ReplyCheck], *, with_cards: bool = False
) -> set[str]:
    """Return those of the differing files that name a party or, ``with_cards``, a card that it dealt with."""
    sheets = {sheet: sha256 for sheet, (_, sha256, _) in session.sheet_sources.items() if sha256 in differing}
    return {sheets[sheet] for sheet in sheets_about(session, party, sheets, with_cards=with_cards)} if sheets else set()


def _finding(check: ReplyCheck, evidence: list[Origin]) -> Finding:
    return Finding(code=CODE, severity=FINDING_SEVERITIES[CODE], params=check.params, evidence=tuple(evidence))


def _rows_in(value: Any) -> Iterator[tuple[str, Origin | None]]:
    """Yield the SHA-256 of the file of each row in an answer, with the row where it stands there as one."""
    if isinstance(value, Origin):
        yield value.sha256, value
    elif isinstance(value, Mapping):
        if isinstance(sha256 := value.get("sha256"), str):
            yield sha256, None
        for each in value.values():
            yield from _rows_in(each)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _rows_in(each)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _rows_in(getattr(value, field.name))


OF_LETTER: Final = '"kind":"letter"'
"""Stands in every line about a letter that was made, so that others need not be read for them."""

_CARDS_AT_ONCE: Final = 10_000
_SPANS_A_NOTE: Final = 2_000


def letters_in(notes: Sequence[str]) -> list[Letter]:
    """Return the letters of a case; where it has none, no note is parsed."""
    return letters_of(readable_notes(notes)) if any(OF_LETTER in line for line in notes) else []


def require_letter(letters: Sequence[Letter], reference: str) -> Letter:
    """Return the letter with a reference, as typed in any case.

    Raises
    ------
    NothingFound
        If there is none.
    """
    for letter in letters:
        if letter.reference.casefold() == reference.strip().casefold():
            return letter
    raise NothingFound("no_such_letter", reference=reference, hint="list_letters")


def find_answers(
    store: Backend,
    letters: Sequence[Letter],
    files: Mapping[str, str],
    replied: Letter | None,
    quoted: Mapping[str, Collection[str]],
) -> list[LetterAnswer]:
    """Return which letters some files answer, and for which cards that were not answered before.

    Parameters
    ----------
    files
        The names of the files by SHA-256.
    replied
        The letter that a person says the files reply to; else rows have the reference of theirs.
    quoted
        The references that mails quote, by SHA-256 of the files attached to them.

    Cost: one look-up of the cards of each letter that is open. Numbers other than those of cards are not looked up.
    """
    found = []
    for letter in letters:
        if letter.state.state == "void":
            continue
        told = set(keys_of(letter.answered))
        left = [key for key in keys_of(letter.spans) if key not in told and is_card(key)]
        answered: dict[str, set[str]] = {}
        for key, origin in _rows_about(store, left, files):
            is_quoted = letter.reference in quoted.get(origin.sha256, ())
            if letter == replied or is_quoted or _bears(origin, letter.reference):
                answered.setdefault(origin.sha256, set()).add(key)
        for sha256 in sorted(answered, key=lambda each: (files[each], each)):
            told |= answered[sha256]
            spans = spans_of(answered[sha256])
            found.append(LetterAnswer(letter.reference, files[sha256], sha256, spans, len(told), letter.cards))
    return found


def compare_annexes(letters: Sequence[Letter], reports: Sequence[SheetReport]) -> None:
    """Have reports warn of rows of annexes that are not as their letter has them: somebody changed a number.

    Only rows that were passed over or kept for a remark are compared; what others state is in the records.
    """
    by_reference = {letter.reference: letter for letter in letters}
    asked: dict[str, set[OwnRow]] = {}
    for report in reports:
        changed: list[tuple[int, str]] = []
        for reject in report.rejects:
            if reject.reason not in (ASKED_ONLY, REMARK_ONLY):
                continue
            layout = layout_of([heading for heading, _ in reject.raw])
            row = None if layout is None else layout.own_row([cell for _, cell in reject.raw])
            if layout is None or row is None:
                changed.append((reject.row, reject.value or ""))
                continue
            letter = by_reference.get(row.reference)
            name = f"{layout.sheet} {row.reference}"
            if letter is not None and name not in asked:
                asked[name] = set(_own_rows(letter, layout.sheet))
            if row not in asked.get(name, ()):
                changed.append((reject.row, row.first if row.first == row.last else f"{row.first}–{row.last}"))
        if changed:
            first, value = changed[0]
            warning = RowWarning(field=None, reason="annex_differs", rows=len(changed), first_row=first, value=value)
            report.warnings = [*report.warnings, warning]


def _own_rows(letter: Letter, sheet: AnnexSheetCode) -> Iterator[OwnRow]:
    """Yield the rows of a sheet of the annex of a letter."""
    if sheet == "letter_suspend":
        for first, last, cards in letter.suspend:
            yield OwnRow(letter.reference, first, last, str(cards))
        return
    spans = [span for request in letter.requests for span in request.spans]
    for span in spans if sheet == "letter_ranges" else [(key, key) for key in keys_of(spans)]:
        first, last = map(letter.shown, span)
        yield OwnRow(letter.reference, first, last, str(count_of([span])))


def notes_of(answer: LetterAnswer, by: str) -> Iterator[NoteRequest]:
    """Yield the notes of what a file answers of a letter."""
    for start in range(0, len(answer.spans), _SPANS_A_NOTE):
        cards = [list(span) for span in answer.spans[start : start + _SPANS_A_NOTE]]
        content: dict[str, Any] = {"file": answer.file, "sha256": answer.sha256, "cards": cards}
        yield NoteRequest("answer", f"{ABOUT}{answer.reference}", content, by)


def _rows_about(store: Backend, keys: Sequence[str], files: Collection[str]) -> Iterator[tuple[str, Origin]]:
    for start in range(0, len(keys), _CARDS_AT_ONCE):
        some = keys[start : start + _CARDS_AT_ONCE]
        records = store.select(some, records_only=True).records
        for key in some:
            for row in records.get(key, ()):
                if row.origin.sha256 in files:
                    yield key, row.origin


def _bears(origin: Origin, reference: str) -> bool:
    """Whether a row bears the reference of a letter, in a column that was not read or as its number."""
    cells = (origin.record_no or "", *origin.unread_cells.values())
    return any(cell.strip().casefold() == reference.casefold() for cell in cells)
