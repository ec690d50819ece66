"""Letters to those whom leads name: planned from the leads, kept in the case, written as DOCX, HTML and XLSX.

What stands in a letter follows from its note, the head of the case and its template, so that it can be written again,
the same bytes, whenever it is asked for. A letter holds what concerns its addressee and nothing of any other.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from graphtrace.analysis.inquiries import carrier_party
from graphtrace.errors import CaseLocked, NothingFound, UsageError
from graphtrace.evidence.leads_by_addressee import (
    LISTED,
    Addressee,
    LeadList,
    format_day,
    format_period,
    leads_by_addressee,
    what_is_asked,
    why_asked,
)
from graphtrace.frozen import frozen, replace
from graphtrace.identifiers.iccid import has_check_digit, parse_iccid
from graphtrace.identifiers.party_ids import parse_resident_id
from graphtrace.model import china_today
from graphtrace.results.letters import (
    ABOUT,
    STATES,
    KeySpan,
    Letter,
    LetterFile,
    LetterRequest,
    Letters,
    WrittenLetter,
    count_of,
    keys_of,
    letters_of,
    spans_of,
)

if TYPE_CHECKING:
    from graphtrace.case import Case
    from graphtrace.evidence.leads_by_addressee import Request
    from graphtrace.render import Lang
    from graphtrace.results.case_status import CaseHead
    from graphtrace.results.siblings import CardRange

BLANK: Final = "________"
"""Place of what nobody has stated, to be filled in by hand."""

MAX_FIELD: Final = 200
"""Maximum length of a name in a letter in characters."""

MAX_DAYS: Final = 365
"""Maximum number of days that a letter gives for its reply."""

_MAX_NAME: Final = 40
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
EXAMPLE_PATTERN: Final = "云公网调〔{year}〕{n:03}号"
_PATTERN_FIELDS: Final = ("year", "month", "day", "n", "reference")


@frozen()
class LetterQuery:
    """Choice of letters that are asked for.

    - ``ids``, ``leads``: numbers of cards (all seized ones where there are none), and ids of the only leads that count.
    - ``form``: name of the template; by the kind of addressee where it is not given.
    - ``pattern``: pattern of the numbers of documents; the one that was used last in the case where it is not given.
    - ``addressee``: id of the only party to write to, empty for the carrier that no number tells.
    - ``again``: ask once more what letters that were sent or answered ask.
    - ``reply_within``: days after today by which the letters ask for the reply; a line to be filled in by hand where it
      is not given.
    - ``suspend``: ask the carriers, too, to suspend cards that moved together with these and are active and not seized.
    """

    ids: Sequence[str] = ()
    leads: Collection[str] = ()
    form: str | None = None
    lang: Lang = "zh"
    pattern: str | None = None
    addressee: str | None = None
    as_of: str | None = None
    again: bool = False
    suspend: bool = False
    reply_within: int | None = None


def make_letters(case: Case, query: LetterQuery, folder: Path | None, *, by: str | None = None) -> Letters:
    """Make one letter for each addressee of the leads, keep it in the case, and write its files.

    Letters that the case has already keep their numbers and states; their files are written again. Everything is made
    before anything is kept, so that a fault in a template leaves no trace.

    Raises NothingFound if there is no lead to ask; TemplateError if a template has a fault; UsageError if there is no
    such template or lead, the pattern cannot be read, or the folder cannot be written.
    """
    if query.reply_within is not None and not 0 < query.reply_within <= MAX_DAYS:
        raise UsageError("bad_reply_within", days=query.reply_within, most=MAX_DAYS, hint="days_for_reply")
    found = leads_by_addressee(case.at(query.as_of), query.ids, leads=query.leads)
    notes = case.notes()
    known = letters_of(notes)
    asked = set() if query.again else _asked_leads(known)
    planned, left_out = [], 0
    taken = list(known)
    suspend = _suspension(case, query, found) if query.suspend else {}
    for addressee, cards in _with_suspended(found.addressees, suspend):
        if query.addressee is not None and query.addressee not in addressee.names:
            continue
        requests = [_without(request, addressee, asked) for request in addressee.requests]
        left_out += sum(
            len(request.numbers) - len(kept.numbers) for request, kept in zip(addressee.requests, requests, strict=True)
        )
        requests = [request for request in requests if request.numbers]
        if requests or cards:
            name = addressee.party and not addressee.party.is_carrier and case.fullest_name(addressee.party)
            letter = _plan(addressee, requests, cards, query, taken, name=name or None)
            planned.append(letter)
            taken = [each for each in taken if each.reference != letter.reference] + [letter]
    if not planned:
        raise NothingFound("no_lead_to_ask" if left_out == 0 else "all_leads_asked", count=left_out, hint="leads_where")
    writer = LetterWriter(case)
    files = [writer.files(letter) for letter in planned]
    references = {letter.reference for letter in known}
    new = [letter for letter in planned if letter not in known]
    if folder is not None:
        _make_folder(folder)
    for letter in new:
        case.add_note("letter", f"{ABOUT}{letter.reference}", letter.content(), by=by)
    _withdraw_repeated_numbers(case, new, by)
    if folder is not None:
        _write(folder, [file for each in files for file in each.items()])
    written = [
        WrittenLetter(letter=letter, files=list_files(each), is_new=letter.reference not in references)
        for letter, each in zip(planned, files, strict=True)
    ]
    return Letters(letters=written, asked_before=left_out, omitted=found.omitted, day=china_today().isoformat())


def _withdraw_repeated_numbers(case: Case, new: Sequence[Letter], by: str | None) -> None:
    """Withdraw new letters whose number another process gave away since they were planned.

    Raises CaseLocked if there are any; the next attempt plans with what is kept by then.
    """
    own = {letter.reference: letter.number for letter in new if letter.number is not None}
    taken: set[str | None] = set()
    repeated = []
    for letter in letters_of(case.notes()):
        if letter.reference in own and letter.number in taken:
            repeated.append(letter)
        taken.add(letter.number)
    for letter in repeated:
        case.add_note("lead", f"{ABOUT}{letter.reference}", {"state": "void", "text": None}, by=by)
    if repeated:
        raise CaseLocked("number_taken", number=repeated[0].number, hint="try_when_ended")


def list_letters(case: Case) -> Letters:
    """Return the letters of a case, in the order in which they were made."""
    written = [WrittenLetter(letter=letter) for letter in letters_of(case.notes())]
    return Letters(letters=written, day=china_today().isoformat())


def set_letter_state(case: Case, reference: str, state: str, *, by: str | None = None, remark: str = "") -> Letters:
    """Record what became of a letter.

    Raises NothingFound if the case has no letter with the reference; UsageError if the state is none.
    """
    if state not in STATES:
        raise UsageError("unknown_letter_state", state=state, names=STATES, hint="one_of")
    letter = find_letter(case, reference)
    case.add_note("lead", f"{ABOUT}{letter.reference}", {"state": state, "text": remark}, by=by)
    return Letters(letters=[WrittenLetter(letter=find_letter(case, reference))], day=china_today().isoformat())


def find_letter(case: Case, reference: str) -> Letter:
    """Return the letter with a reference, as typed in any case.

    Raises NothingFound if there is none.
    """
    from graphtrace.analysis.letter_answers import require_letter

    return require_letter(letters_of(case.notes()), reference)


def list_files(contents: Mapping[str, bytes]) -> list[LetterFile]:
    """Return names, hashes and sizes of the files of a letter."""
    return [LetterFile(name, sha256(content).hexdigest(), len(content)) for name, content in contents.items()]


# -- what a letter asks --------------------------------------------------------------------------------------------


def _asked_leads(letters: Iterable[Letter]) -> set[tuple[str, str, str, str]]:
    """Return what letters that were sent or answered ask: addressee, kind of record, reason, card."""
    return {
        (letter.addressee or "", request.record_type, request.because, key)
        for letter in letters
        if letter.state.state in ("sent", "answered")
        for request in letter.requests
        for key in keys_of(request.spans)
    }


def _without(request: Request, addressee: Addressee, asked: Collection[tuple[str, str, str, str]]) -> Request:
    party = addressee.party.id if addressee.party else ""
    lead = request.first
    numbers = {
        key: number
        for key, number in request.numbers.items()
        if (party, lead.record_type, lead.because, key) not in asked
    }
    return replace(request, numbers=numbers)


def _suspension(case: Case, query: LetterQuery, found: LeadList) -> dict[str, tuple[tuple[str, str, int], ...]]:
    """Return by carrier the cards that moved together with the asked ones, were activated and are not seized."""
    if not found.keys:
        return {}
    siblings = case.at(query.as_of).siblings(*found.keys)
    asked = {card.trace.card.key for card in siblings if card.trace.card is not None}
    cards: dict[str, list[tuple[str, str, int]]] = {}
    for entry in siblings.suspension:
        if entry.cards.carrier is not None:
            cards.setdefault(entry.cards.carrier, []).extend(_others(entry.cards, asked))
    return {carrier: tuple(sorted(spans)) for carrier, spans in cards.items() if spans}


def _others(cards: CardRange, asked: Collection[str | None]) -> Iterator[tuple[str, str, int]]:
    first, last = parse_iccid(cards.first), parse_iccid(cards.last)
    assert first is not None and last is not None  # noqa: PT018
    shown = {first.key: cards.first, last.key: cards.last}
    for low, high in spans_of(key for key in keys_of([(first.key, last.key)]) if key not in asked):
        start, end = (key if has_check_digit(key) else shown.get(key, key) for key in (low, high))
        yield start, end, count_of([(low, high)])


def _with_suspended(
    addressees: Sequence[Addressee], suspend: Mapping[str, tuple[tuple[str, str, int], ...]]
) -> Iterator[tuple[Addressee, tuple[tuple[str, str, int], ...]]]:
    """Yield the addressees of leads with the cards that each is asked to suspend, then carriers asked nothing else.

    Where several branches of a carrier are asked, no record says of which of them the other cards are.
    """
    offices = Counter(addressee.party.carrier for addressee in addressees if addressee.party)
    for addressee in addressees:
        carrier = addressee.party.carrier if addressee.party else None
        yield addressee, suspend.get(carrier, ()) if carrier is not None and offices[carrier] == 1 else ()
    for carrier in sorted(carrier for carrier in suspend if offices[carrier] != 1):
        yield Addressee(carrier_party(carrier)), suspend[carrier]


def _plan(
    addressee: Addressee,
    requests: Sequence[Request],
    suspend: tuple[tuple[str, str, int], ...],
    query: LetterQuery,
    known: Sequence[Letter],
    *,
    name: str | None,
) -> Letter:
    """Return the letter to one addressee; ``name`` is the fullest one by which records know it."""
    party = addressee.party
    form = query.form or ("carrier" if party is None or party.is_carrier else "dealer")
    asked = [
        LetterRequest(
            lead=request.lead.id,
            record_type=request.lead.record_type,
            because=request.lead.because,
            since=request.since,
            until=request.until,
            spans=spans_of(request.numbers),
            sales=tuple(request.sales),
        )
        for request in requests
    ]
    about = [party.id if party else "", form, query.lang, *sorted(request.lead for request in asked)]
    about += [f"{first}-{last}" for first, last, _ in suspend]
    reference = next(
        reference
        for turn in range(len(known) + 1)
        if _is_free(reference := _reference([*about, str(turn)] if turn else about), known)
    )
    letter = next((letter for letter in known if letter.reference == reference), None)
    today = china_today()
    reply_by = None if query.reply_within is None else (today + timedelta(days=query.reply_within)).isoformat()
    if letter is not None:
        if letter.state.state != "new":
            return letter
        letter = replace(letter, reply_by=reply_by or letter.reply_by)
        return _numbered(letter, query.pattern, known) if letter.number is None and query.pattern else letter
    letter = Letter(
        reference=reference,
        number=None,
        pattern=None,
        running=None,
        addressee=party.id if party else None,
        name=name or ((party.name or None) if party else None),
        identifier=party.strong_id if party else None,
        form=form,
        lang=query.lang,
        date=today.isoformat(),
        reply_by=reply_by,
        suspend=suspend,
        numbers={key: number for request in requests for key, number in request.numbers.items() if number != key},
        requests=tuple(asked),
    )
    patterns = [each.pattern for each in known if each.pattern is not None]
    return _numbered(letter, query.pattern or (patterns[-1] if patterns else None), known)


def _numbered(letter: Letter, pattern: str | None, known: Iterable[Letter]) -> Letter:
    """Return a letter with the next number of a pattern in the year of its day; as it is without a pattern.

    A number in the place of a pattern is that of the next letter, and those after it count on.
    """
    if pattern is None:
        return letter
    day = date.fromisoformat(letter.date)
    pattern, first = _pattern_of(pattern, day)
    used = [each.running or 0 for each in known if each.pattern == pattern and each.date[:4] == letter.date[:4]]
    running = max([*used, first - 1]) + 1
    return replace(
        letter, number=format_number(pattern, day, running, letter.reference), pattern=pattern, running=running
    )


def _pattern_of(text: str, day: date) -> tuple[str, int]:
    """Return a pattern, and the first number by it: that in a text without fields."""
    runs = [run for run in re.finditer("[0-9]{1,9}", text) if run[0] != str(day.year)]
    if "{" in text or not runs:
        return text, 1
    start, end = runs[-1].span()
    head, tail = (part.replace(str(day.year), "{year}") for part in (text[:start], text[end:]))
    return f"{head}{{n:0{end - start}}}{tail}", int(runs[-1][0])


def _is_free(reference: str, known: Iterable[Letter]) -> bool:
    return all(letter.reference != reference or letter.state.state != "void" for letter in known)


def _reference(about: Sequence[str]) -> str:
    """Return a code of eight characters that are not confused with each other, with a mark in front."""
    number = int.from_bytes(sha256("\n".join(about).encode()).digest()[:5], "big")
    code = "".join(_ALPHABET[number >> 5 * place & 31] for place in range(8))
    return f"GT-{code[:4]}-{code[4:]}"


def format_number(pattern: str, day: date, running: int, reference: str) -> str:
    """Return the number of a document by the pattern of a unit.

    >>> from datetime import date
    >>> format_number("云公网调〔{year}〕{n:03}号", date(2026, 3, 5), 7, "GT-1")
    '云公网调〔2026〕007号'

    Raises UsageError if the pattern has a field that no number has, or lacks the running number.
    """
    values = {"year": day.year, "month": day.month, "day": day.day, "n": running, "reference": reference}
    parts, names = [], set()
    try:
        for text, name, form, conversion in string.Formatter().parse(pattern):
            parts.append(text)
            if name is None:
                continue
            is_plain = name in _PATTERN_FIELDS and not conversion and re.fullmatch(r"(?:0?[1-9])?d?", form or "")
            if not is_plain:
                raise ValueError(name)
            names.add(name)
            parts.append(format(values[name], form or "") if name != "reference" else reference)
    except ValueError as fault:
        raise _bad_pattern(pattern) from fault
    if not names & {"n", "reference"} or len(pattern) > MAX_FIELD or not pattern.isprintable():
        raise _bad_pattern(pattern)
    return "".join(parts)


def _bad_pattern(pattern: str) -> UsageError:
    return UsageError(
        "bad_number_pattern", pattern=pattern, example=EXAMPLE_PATTERN, names=_PATTERN_FIELDS, hint="number_pattern"
    )


# -- what stands in it ---------------------------------------------------------------------------------------------


class LetterWriter:
    """Makes the files of letters of a case."""

    def __init__(self, case: Case) -> None:
        self._case = str(case.path)
        self._head: CaseHead = case.head()
        self._forms: dict[tuple[str, str], Any] = {}

    def files(self, letter: Letter) -> dict[str, bytes]:
        """Return the files of a letter by their names: the letter as DOCX and as a page that prints, and its annex."""
        from graphtrace.evidence.letter_files import annex_workbook, html_of_letter
        from graphtrace.evidence.letter_forms import find_form
        from graphtrace.evidence.letter_templates import fill_docx

        lang: Lang = "zh" if letter.lang == "zh" else "en"
        asked = (letter.form, lang)
        if asked not in self._forms:
            self._forms[asked] = find_form(letter.form, lang, self._case)
        form = self._forms[asked]
        stem = file_stem(letter)
        values = self._values(letter, lang, f"{stem}.xlsx")
        document = fill_docx(form.content, form.name, values)
        return {
            f"{stem}.docx": document,
            f"{stem}.html": html_of_letter(document, letter, lang).encode(),
            f"{stem}.xlsx": annex_workbook(letter, lang),
        }

    def _values(self, letter: Letter, lang: Lang, annex: str) -> dict[str, Any]:
        from graphtrace._version import __version__

        spans = letter.spans
        return {
            "number": letter.number or BLANK,
            "reference": letter.reference,
            "date": format_day(letter.date, lang),
            "reply_by": BLANK if letter.reply_by is None else format_day(letter.reply_by, lang),
            "case": {name: value or BLANK for name, value in self._head._asdict().items()},
            "addressee": {
                "name": addressee_name(letter, lang) or BLANK,
                "identifier": letter.identifier or "",
                "is_person": parse_resident_id(letter.identifier or "") is not None,
            },
            "requests": [
                {
                    "what": what_is_asked(request, lang),
                    "period": format_period(request, lang),
                    "why": why_asked(request, lang),
                    "cards": count_of(request.spans),
                    "lead": request.lead,
                }
                for request in letter.requests
            ],
            "cards": count_of(spans),
            "ranges": [_range(letter, number, span) for number, span in enumerate(spans, 1)][:LISTED],
            "listed": len(spans) <= LISTED,
            "annex": annex,
            "suspend": [
                _span(number, first, last, cards) for number, (first, last, cards) in enumerate(letter.suspend, 1)
            ][:LISTED],
            "suspend_cards": letter.suspended,
            "blank": BLANK,
            "program": f"graphtrace {__version__}",
        }


def addressee_name(letter: Letter, lang: Lang) -> str | None:
    """Return the name of the addressee; of a carrier that no record names, its usual one."""
    from graphtrace.render import text_tables
    from graphtrace.render.format import translate

    carrier = (letter.addressee or "").removeprefix("carrier:")
    if carrier != letter.addressee and carrier in text_tables.CARRIERS and not (lang == "zh" and letter.name):
        return letter.name if letter.name and lang == "zh" else translate(text_tables.CARRIERS, carrier, lang)
    return letter.name[:MAX_FIELD] if letter.name else None


def _range(letter: Letter, number: int, span: KeySpan) -> dict[str, Any]:
    first, last = map(letter.shown, span)
    return _span(number, first, last, count_of([span]))


def _span(number: int, first: str, last: str, cards: int) -> dict[str, Any]:
    text = first if first == last else f"{first}–{last}"
    return {"no": number, "first": first, "last": last, "cards": cards, "text": text}


# -- files ---------------------------------------------------------------------------------------------------------


def file_stem(letter: Letter) -> str:
    """Return the beginning of the names of a letter's files: reference and addressee, safe on every system."""
    name = re.sub(r"\W+", "_", letter.name or "").strip("_")[:_MAX_NAME].strip("_")
    return f"{letter.reference}_{name}" if name else letter.reference


def write_templates(folder: Path) -> Letters:
    """Write the templates that ship into a folder, for a unit to edit; files that are there stay.

    Raises UsageError if one of them is there already, or the folder cannot be written.
    """
    from graphtrace.evidence.letter_forms import make_form, shipped_forms

    forms = {f"{name}.{lang}.docx": make_form(name, lang) for name, lang in shipped_forms()}
    for name in forms:
        if (folder / name).exists():
            raise UsageError("template_there", path=folder / name, hint="another_folder", code="unwritable_output")
    _make_folder(folder)
    _write(folder, list(forms.items()))
    return Letters(letters=[], templates=list(forms))


def _make_folder(folder: Path) -> None:
    from graphtrace.private_files import make_folder
    from graphtrace.storage.case_folder import refuse_inside_case, unwritable

    refuse_inside_case(folder / "x")
    try:
        make_folder(folder, parents=True)
    except OSError as fault:
        raise unwritable(folder, fault) from fault


def _write(folder: Path, contents: Sequence[tuple[str, bytes]]) -> None:
    from graphtrace.storage.case_folder import atomic_write

    for name, content in contents:
        with atomic_write(folder / name) as stream:
            stream.write(content)
