"""Letters to those whom leads name: what is asked of whom about which cards, and what became of it.

A letter is kept in the case as a note of kind ``letter``; everything that stands in it follows from this note, the head
of the case and its template. Its states are notes of kind ``lead`` about ``letter:REFERENCE``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import date
from typing import Any, Final, Literal, NamedTuple

from graphtrace.frozen import frozen, replace
from graphtrace.identifiers.ranges import join_key, split_key
from graphtrace.model import Lead, Party
from graphtrace.patterns import late
from graphtrace.wire import HEAD, wire

State = Literal["new", "sent", "answered", "void"]
STATES: Final[tuple[State, ...]] = ("new", "sent", "answered", "void")
"""States of a letter, and of a lead that no letter asks."""

ABOUT: Final = "letter:"
"""Beginning of the subject of a letter's notes; its reference follows."""

KeySpan = tuple[str, str]
"""First and last key of consecutive cards, both included; equal for a single card."""


def spans_of(keys: Iterable[str]) -> tuple[KeySpan, ...]:
    """Return keys as the fewest spans of consecutive cards, in order.

    >>> spans_of(["8986061900000000002", "8986061900000000001", "8986061900000000009"])
    (('8986061900000000001', '8986061900000000002'), ('8986061900000000009', '8986061900000000009'))
    """
    spans: list[KeySpan] = []
    last: tuple[str, int, int] | None = None
    for head, size, number in sorted(split_key(key) for key in set(keys)):
        key = join_key(head, size, number)
        is_next = last is not None and (head, size, number) == (last[0], last[1], last[2] + 1) and len(head) < size
        if is_next:
            spans[-1] = (spans[-1][0], key)
        else:
            spans.append((key, key))
        last = (head, size, number)
    return tuple(spans)


def keys_of(spans: Iterable[KeySpan]) -> list[str]:
    """Return every key of some spans, in order."""
    keys = []
    for first, last in spans:
        head, size, low = split_key(first)
        keys += [join_key(head, size, number) for number in range(low, split_key(last)[2] + 1)]
    return keys


_ICCID: Final = late("89[0-9A-F]{16,18}")


def is_card(key: str) -> bool:
    """Whether a key is that of a card; others are numbers that records link to none."""
    return _ICCID.fullmatch(key) is not None


def count_of(spans: Iterable[KeySpan]) -> int:
    """Return the number of cards in some spans."""
    return sum(split_key(last)[2] - split_key(first)[2] + 1 for first, last in spans)


class Sale(NamedTuple):
    """A sale of cards by their number: its day or month if it is stated, the buyer, and how many they were."""

    date: str | None
    to: str
    quantity: int


@wire(
    "id=lead for=record_type because since until cards ranges=spans message!",
    name="LetterLead",
    doc="What a letter asks for: a lead about cards, given by the first and last keys of their ranges.",
)
@frozen()
class LetterRequest:
    """One kind of record that a letter asks for; ``lead`` is the id of the lead about all its cards.

    ``sales`` are those whose numbers it asks for.
    """

    lead: str
    record_type: str
    because: str
    since: str | None
    until: str | None
    spans: tuple[KeySpan, ...]
    sales: tuple[Sale, ...] = ()

    @property
    def cards(self) -> int:
        """Number of cards that it asks about."""
        return count_of(self.spans)

    def to_dict(self) -> dict[str, Any]:
        """Return the request as notes hold it."""
        return {
            "lead": self.lead,
            "for": self.record_type,
            "because": self.because,
            "since": self.since,
            "until": self.until,
            "cards": [[first] if first == last else [first, last] for first, last in self.spans],
            **({"sales": [list(sale) for sale in self.sales]} if self.sales else {}),
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> LetterRequest:
        return cls(
            lead=content["lead"],
            record_type=content["for"],
            because=content["because"],
            since=content["since"],
            until=content["until"],
            spans=tuple((span[0], span[-1]) for span in content["cards"]),
            sales=tuple(Sale(*sale) for sale in content.get("sales", ())),
        )


@wire()
class LetterState(NamedTuple):
    """State of a letter; a new one has no author and time."""

    state: State = "new"
    by: str | None = None
    at: str | None = None
    remark: str | None = None


NEW: Final = LetterState()


@wire()
class LetterSuspension(NamedTuple):
    """A range of cards, by the numbers shown, that a carrier is asked to check and suspend."""

    first: str
    last: str
    cards: int


class LetterReply(NamedTuple):
    """A file that was loaded as a reply to a letter, and the number of cards of the letter about which it has rows."""

    file: str
    at: str
    cards: int


@wire(
    "reference number addressee=party date reply_by state",
    name="LetterStanding",
    doc="To whom a letter is (null where no number tells the carrier), since when, by when, and what became of it.",
)
@frozen()
class Letter:
    """A letter to one addressee.

    - ``reference``: short code on the letter and its annex, by which a reply is recognised.
    - ``number``: the number of the document by the pattern of the unit; ``None`` where it is filled in by hand.
    - ``pattern``, ``running``: the pattern, and the running number in it.
    - ``addressee``, ``name``, ``identifier``: id, name and number of the party; ``None`` where no number tells the
      carrier, or nothing of the kind is known.
    - ``form``, ``lang``: the name of its template, and its language.
    - ``date``: the day on which it was made.
    - ``reply_by``: the day by which it asks for the reply; ``None`` where that is filled in by hand.
    - ``suspend``: cards that a carrier is asked to check and suspend: first and last number as shown, and how many they
      are.
    - ``numbers``: what the case shows of cards whose number is not their key with its check digit, by their keys.
    - ``answered``: the cards about which files that were loaded as its reply have rows.
    - ``replies``: these files, in the order in which they came.
    """

    reference: str
    number: str | None
    pattern: str | None
    running: int | None
    addressee: str | None
    name: str | None
    identifier: str | None
    form: str
    lang: str
    date: str
    requests: tuple[LetterRequest, ...]
    reply_by: str | None = None
    suspend: tuple[tuple[str, str, int], ...] = ()
    numbers: Mapping[str, str] = field(default_factory=dict)
    state: LetterState = NEW
    answered: tuple[KeySpan, ...] = ()
    replies: tuple[LetterReply, ...] = ()

    @property
    def spans(self) -> tuple[KeySpan, ...]:
        """Return all cards that it asks about."""
        return spans_of(key for request in self.requests for key in keys_of(request.spans))

    @property
    def cards(self) -> int:
        """Number of different cards that it asks about."""
        return count_of(self.spans)

    def days_overdue(self, day: str) -> int | None:
        """Return by how many days the reply to a letter that was sent is overdue on a day, by the day that it states.

        ``None`` where it is not overdue, or the letter states no day.
        """
        if self.reply_by is None or self.state.state != "sent" or day <= self.reply_by:
            return None
        return (date.fromisoformat(day) - date.fromisoformat(self.reply_by)).days

    @property
    def suspended(self) -> int:
        """Number of cards that a carrier is asked to check and suspend."""
        return sum(cards for *_, cards in self.suspend)

    def content(self) -> dict[str, Any]:
        names = ("reference", "number", "pattern", "running", "addressee", "name", "identifier", "form", "lang", "date")
        return {
            **{name: getattr(self, name) for name in names},
            **({} if self.reply_by is None else {"reply_by": self.reply_by}),
            "suspend": [list(span) for span in self.suspend],
            "numbers": dict(self.numbers),
            "requests": [request.to_dict() for request in self.requests],
        }

    @property
    def party(self) -> Party | None:
        """The party that it asks; ``None`` where no number tells the carrier."""
        return None if self.addressee is None else Party(self.addressee, self.name or "")

    @property
    def suspensions(self) -> tuple[LetterSuspension, ...]:
        """The cards to suspend, by range."""
        return tuple(LetterSuspension(*each) for each in self.suspend)

    @property
    def told(self) -> int:
        """Number of the cards about which its replies have rows."""
        return count_of(self.answered)

    def shown(self, key: str) -> str:
        """Return the number of a card by its key: as records write it; the key where only ranges hold the card."""
        return self.numbers.get(key, key)


_OF_OTHER_NOTES: Final = ("requests", "suspend", "state", "answered", "replies")
"""Fields that do not stand as they are in the note of a letter."""


@wire(
    "reference file sha256 cards=covered answered=told of=cards",
    doc="Cards of a letter about which a file has rows, and how many of its cards are answered with them.",
)
class LetterAnswer(NamedTuple):
    """Cards of a letter about which a file that was loaded has rows: those that no file answered before.

    ``told`` is how many of ``cards`` are answered with them.
    """

    reference: str
    file: str
    sha256: str
    spans: tuple[KeySpan, ...]
    told: int
    cards: int

    @property
    def covered(self) -> int:
        """Number of cards about which the file has rows."""
        return count_of(self.spans)


def letters_of(notes: Iterable[Mapping[str, Any]]) -> list[Letter]:
    """Return the letters that the notes of a case hold, in the order in which they were made, with their states."""
    letters: dict[str, Letter] = {}
    answered: dict[str, set[str]] = defaultdict(set)
    for note in notes:
        if note["kind"] == "letter":
            content: dict[str, Any] = {
                name: note.get(name) for name in Letter.__dataclass_fields__ if name not in _OF_OTHER_NOTES
            }
            requests = tuple(map(LetterRequest.from_dict, note["requests"]))
            suspend = tuple((first, last, cards) for first, last, cards in note["suspend"])
            made = Letter(**content, requests=requests, suspend=suspend)
            if (known := letters.get(made.reference)) is not None:
                # it got its number later
                made = replace(made, state=known.state, answered=known.answered, replies=known.replies)
            letters[made.reference] = made
        elif note["kind"] == "lead" and note["about"].startswith(ABOUT):
            letter = letters.get(note["about"].removeprefix(ABOUT))
            if letter is not None and note["state"] in STATES:
                state = LetterState(note["state"], note["by"], note["at"], note["text"])
                letters[letter.reference] = replace(letter, state=state)
        elif note["kind"] == "answer" and (letter := letters.get(note["about"].removeprefix(ABOUT))) is not None:
            told = answered[letter.reference]
            told.update(keys_of((first, last) for first, last in note["cards"]))
            told.intersection_update(keys_of(letter.spans))
            reply = LetterReply(note["file"], note["at"], count_of((first, last) for first, last in note["cards"]))
            letter = replace(letter, answered=spans_of(told), replies=(*letter.replies, reply))
            if len(told) == letter.cards and letter.state.state != "void":
                letter = replace(letter, state=LetterState("answered", note["by"], note["at"], note["file"]))
            letters[letter.reference] = letter
    return list(letters.values())


class LetterAbout(NamedTuple):
    """A letter that asks what a lead asks: for how many of the lead's cards, and for how many it was answered."""

    letter: Letter
    cards: int
    answered: int

    @property
    def state(self) -> State:
        """State of it for the cards of the lead."""
        return "answered" if self.answered == self.cards else self.letter.state.state


@wire()
class LetterAboutLead(NamedTuple):
    """For how many cards of a lead a letter asks, and about how many of them its reply has rows."""

    id: str
    state: State
    cards: int
    answered: int


@wire("*letter leads")
class LeadLetter(NamedTuple):
    """A letter about cards of the answer, as it stood when the question was asked; without leads it asked before."""

    letter: Letter
    leads: list[LetterAboutLead]


class AskedInLetters:
    """Requests of letters that were not withdrawn, on a day.

    ``letters``: all letters of the case, in the order in which they were made.
    ``day``: the day on which a reply is overdue or not.
    """

    def __init__(self, letters: Iterable[Letter] = (), day: str = "") -> None:
        self.day = day
        self._asked: dict[tuple[str, str, str], list[tuple[Letter, frozenset[str]]]] = defaultdict(list)
        self._answered: dict[str, frozenset[str]] = {}
        self._letters: list[tuple[Letter, frozenset[str]]] = []
        for letter in letters:
            if letter.state.state == "void":
                continue
            self._answered[letter.reference] = frozenset(keys_of(letter.answered))
            keys: dict[tuple[str, str], set[str]] = defaultdict(set)
            for request in letter.requests:
                keys[request.record_type, request.because].update(keys_of(request.spans))
            self._letters.append((letter, frozenset().union(*keys.values())))
            for (record_type, because), asked in keys.items():
                self._asked[letter.addressee or "", record_type, because].append((letter, frozenset(asked)))

    def about(self, lead: Lead) -> list[LetterAbout]:
        """Return the letters that ask what a lead asks, for some of its cards at least."""
        found = []
        for letter, asked in self._asked.get((lead.ask.id if lead.ask else "", lead.record_type, lead.because), ()):
            if cards := asked.intersection(lead.cards):
                found.append(LetterAbout(letter, len(cards), len(cards & self._answered[letter.reference])))
        return found

    def earlier(self, key: str, leads: Iterable[Lead]) -> list[LetterAbout]:
        """Return the letters that ask about a card what none of its leads asks any more."""
        asked = {about.letter.reference for lead in leads for about in self.about(lead)}
        return [
            LetterAbout(letter, 1, int(key in self._answered[letter.reference]))
            for letter, keys in self._letters
            if key in keys and letter.reference not in asked
        ]

    def is_sent(self, lead: Lead) -> bool:
        """Whether letters that were sent or answered ask all that a lead asks."""
        sent: set[str] = set()
        for letter, asked in self._asked.get((lead.ask.id if lead.ask else "", lead.record_type, lead.because), ()):
            sent |= asked if letter.state.state in ("sent", "answered") else asked & self._answered[letter.reference]
        return bool(lead.cards) and sent.issuperset(lead.cards)


def are_requests(value: object) -> bool:
    """Whether a value of a note is the requests of a letter: kinds of records, reasons, days, and spans of keys."""
    return isinstance(value, list) and all(map(_is_request, value))


def are_shown_spans(value: object) -> bool:
    """Whether a value of a note is a list of ranges by their shown numbers, each with the number of its cards."""
    return isinstance(value, list) and all(
        isinstance(each, list)
        and len(each) == 3
        and all(isinstance(number, str) for number in each[:2])
        and isinstance(each[2], int)
        for each in value
    )


def are_spans(value: object) -> bool:
    """Whether a value of a note is spans of keys."""
    return isinstance(value, list) and bool(value) and all(map(_is_span, value)) and count_of(value) <= MAX_SPAN


def _is_request(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    texts = all(isinstance(value.get(name), str) for name in ("lead", "for", "because"))
    days = all(value.get(name, 0) is None or isinstance(value.get(name), str) for name in ("since", "until"))
    spans = value.get("cards")
    if not isinstance(spans, list):
        return False
    # a single card is a list of its own key
    spans = [[*each, *each] if isinstance(each, list) and len(each) == 1 else each for each in spans]
    return texts and days and are_spans(spans) and _are_sales(value.get("sales", []))


def _are_sales(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(sale, list)
        and len(sale) == 3
        and (sale[0] is None or isinstance(sale[0], str))
        and isinstance(sale[1], str)
        and isinstance(sale[2], int)
        for sale in value
    )


def _is_span(value: object) -> bool:
    if not (isinstance(value, list) and len(value) == 2 and all(isinstance(key, str) and key for key in value)):
        return False
    first, last = (split_key(key) for key in value)
    return first[:2] == last[:2] and 0 <= last[2] - first[2] < MAX_SPAN


MAX_SPAN: Final = 1_000_000
"""Maximum number of cards of some spans; a note that states more is no note of this program."""


@wire("name sha256 bytes=size")
class LetterFile(NamedTuple):
    name: str
    sha256: str
    size: int


@frozen()
class WrittenLetter:
    """A letter with the files that were written; ``is_new`` says that it was not in the case before."""

    letter: Letter
    files: Sequence[LetterFile] = ()
    is_new: bool = False


@wire()
class LetterOverdue(NamedTuple):
    """By how many days the reply to a letter is overdue on a day; computed from the day that the letter states."""

    days: int
    on: str


@wire(
    "*letter form=letter.form lang=letter.lang:Literal['en','zh'] overdue leads=letter.requests cards=letter.cards",
    "suspend=letter.suspensions answered=letter.told new=written.is_new files=written.files",
    name="Letter",
)
class LetterOnDay(NamedTuple):
    """A letter to one addressee."""

    written: WrittenLetter
    day: str

    @property
    def letter(self) -> Letter:
        """Return the letter itself."""
        return self.written.letter

    @property
    def overdue(self) -> LetterOverdue | None:
        """Return by how many days its reply is overdue on the day, if it is."""
        days = self.letter.days_overdue(self.day)
        return None if days is None else LetterOverdue(days, self.day)


@wire(
    HEAD,
    "letters=on_day asked_before omitted templates",
    name="LettersAnswer",
    doc="The answer of ``letters``; ``asked_before`` leads stand in letters that were sent, ``omitted`` cards in none.",
)
@frozen()
class Letters:
    """Letters of a case.

    - ``asked_before``: number of leads that were left out because a letter that was sent or answered asks them.
    - ``omitted``: number of seized cards that were not traced, as they are too many.
    - ``templates``: files that were written for a unit to edit.
    - ``day``: the day on which replies are overdue or not.
    """

    letters: Sequence[WrittenLetter]
    asked_before: int = 0
    omitted: int = 0
    templates: Sequence[str] = ()
    day: str = ""

    @property
    def on_day(self) -> list[LetterOnDay]:
        """Return the letters as they stand on the day."""
        return [LetterOnDay(written, self.day) for written in self.letters]
