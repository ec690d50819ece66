"""Screen of the lines of a text: cards or their number, day and both sides of each, as a person confirms them.

Nothing is recorded of a line that is not confirmed. A day stands for the lines below it until the next one, as in a
chat or a list of notes, and what a sentence says of cards for the numbers listed below it; like all that is proposed,
it can be changed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from graphtrace.identifiers import find_brands, is_iot_number, parse_iccid, parse_imei, parse_msisdn
from graphtrace.ingest.chats import speakers_in
from graphtrace.ingest.dates_and_quantities import StatedYear, day_order, lacks_year, parse_date
from graphtrace.ingest.free_text import find_in_line
from graphtrace.ingest.given_answers import is_not_known
from graphtrace.ingest.own_lists import issuer_of_card
from graphtrace.ingest.row_events import NEEDS, ROLES
from graphtrace.ingest.transcription import NOTHING_SAID, LineKey, key_text
from graphtrace.locale.text import Text as Message
from graphtrace.model import USE_KINDS, DateSpan, Kind
from graphtrace.patterns import late
from graphtrace.render.i18n import Phrase, in_both
from graphtrace.workbench.mapping_screen import quoted
from graphtrace.workbench.sentences import (
    GIVER,
    TAKER,
    UNKNOWN_DAY,
    Day,
    Said,
    days_of_notes,
    days_without_year,
    facts_in,
    interviewee_of,
    is_answer,
    is_question,
    said_to,
    signed_by,
    told_by_day,
    writer_of,
    year_of_text,
)

if TYPE_CHECKING:
    from graphtrace.ingest.transcription import Transcription
    from graphtrace.results.source_rows import TextFind

MAX_LINES: Final = 2_000
"""Maximum number of lines that the page shows; it says how many more there are."""

_TEXT_ENDINGS: Final = (".txt", ".md", ".log", ".docx")
"""Endings of files that are often prose."""

_KINDS: Final[tuple[Kind, ...]] = (
    *("transfer", "return", "purchase", "registration", "activation", "usage", "seizure", "card_list"),
)
SIDES: Final[Mapping[str, tuple[str | None, str | None]]] = {
    kind: (named.get("sender"), named.get("receiver"))
    for kind in _KINDS
    for named in [{side.side: side.name for side in ROLES[kind]}]
}
"""The fields of who gave and who got the cards, by kind of record."""

_REQUIRED: Final[Mapping[str, frozenset[str]]] = {
    kind: frozenset({"party"} if kind == "card_list" else (side.name for side in ROLES[kind] if side.is_required))
    for kind in _KINDS
}
"""Of these fields, those without which a kind of record is none."""

FURTHER: Final[Mapping[str, Mapping[str, str]]] = {
    "imei": dict.fromkeys(USE_KINDS, "imei"),
    "place": {"seizure": "place", **dict.fromkeys(USE_KINDS, "city")},
    "case_no": {"seizure": "case_no"},
}
"""What else may be said of a line, each with the field that holds it by kind of record."""

_UNDATED: Final = frozenset[str](
    kind for kind, needs in NEEDS.items() if not any(need.startswith("date") for need, _ in needs)
)
"""Kinds of records that count without a day."""

_CARDS: Final = ("iccid", "range", "msisdn")
_BETWEEN_CARDS: Final = late(r"[、,，;；\s]+")
_ALL: Final = "all"
_YEAR: Final = late("(?:19|20)[0-9]{2}")
_TYPED: Final = ("kind", "date", "giver", "taker", "cards", "quantity", *FURTHER)


def is_text(name: str) -> bool:
    """Whether a file may be prose, by its name."""
    return name.lower().endswith(_TEXT_ENDINGS)


@dataclass(slots=True, kw_only=True)
class TextLine:
    """A line with one thing that is proposed or stated of it; ``part`` counts the things that a line says.

    ``is_day_above`` tells that its day is that of a line above. ``is_opened`` tells that a person wants to record
    something of a line that names and counts no cards. ``writer`` is the side of which the line names nobody, as it is
    whoever writes.
    """

    number: int
    text: str
    part: int = 1
    stated: dict[str, str] = field(default_factory=dict)
    is_day_above: bool = False
    is_confirmed: bool = False
    is_opened: bool = False
    writer: str = ""
    fault: Phrase | None = None

    @property
    def key(self) -> LineKey:
        """The line and which of the things that it says."""
        return self.number, self.part

    @property
    def name(self) -> str:
        """The key as fields of the page are named by it."""
        return key_text(self.key)

    @property
    def next_name(self) -> str:
        """The key of one more thing that the line says."""
        return key_text((self.number, self.part + 1))

    @property
    def states_lot(self) -> bool:
        """Whether the line names cards or how many, so that something can be recorded of it."""
        return bool(self.stated)

    @property
    def says_further(self) -> bool:
        """Whether it says more than who gave how many cards to whom, and when."""
        return any(self.stated.get(name) for name in FURTHER)

    @property
    def is_filled(self) -> bool:
        """Whether all that a record of the line needs is stated, but for whoever writes and the year of its day."""
        if not self.stated:
            return False
        given = {**self.stated, **({self.writer: self.stated[self.writer] or "-"} if self.writer else {})}
        return _fault(given) is None and (lacks_year(given["date"]) or _day_fault(given) is None)


def telephones_in(lines: Sequence[tuple[int, str]]) -> list[str]:
    """Return the numbers in a text that may be anybody's telephone as well as the number of a card."""
    finds = (find for number, text in lines for find in find_in_line(text, number))
    return list(dict.fromkeys(find.value for find in finds if find.kind == "msisdn" and not is_iot_number(find.value)))


def lines_to_confirm(
    lines: Sequence[tuple[int, str]],
    earlier: Transcription | None = None,
    *,
    name: str = "",
    known: Collection[str] = (),
    opened: Collection[LineKey] = (),
) -> list[TextLine]:
    """Return the lines of a text with what is proposed for each that names or counts cards, or was confirmed before.

    Of telephone numbers only those are proposed as cards that the case knows as such (``known``). Of the ``opened``
    lines something is to be recorded though they name none: the cards of the nearest line above are proposed, as for a
    line that says what happened and names none. ``name`` is that of the file. Lines that are filled are ticked.
    """
    found: list[TextLine] = []
    day, above, list_head = "", "", None
    begun = days_of_notes(lines)
    without_year = {number: [*days_without_year(text), *begun.get(number, ())] for number, text in lines}
    year = year_of_text(name, lines, [each for days in without_year.values() for each in days])
    stamps = {number: stamp[0] for number, text in lines if (stamp := _STAMP.match(text)) is not None}
    orders = {*map(day_order, stamps.values())} - {None}
    order = orders.pop() if len(orders) == 1 else None
    finds_of = {number: find_in_line(text, number) for number, text in lines}
    cards_of = {number: _cards_in(finds, known) for number, finds in finds_of.items()}
    speaker, (firm, carrier) = interviewee_of(lines), signed_by(lines, map(bool, cards_of.values()))
    owner = writer_of([name.rpartition(".")[0], *(text for _, text in lines[:1])]) or firm
    speakers = speakers_in(lines)
    asked, used_above = "", set[int]()
    for at, (number, text) in enumerate(lines):
        writer = speaker if speaker and is_answer(text) else speakers.get(number, owner)
        asked = text if is_question(text) and speaker else asked
        finds, cards = finds_of[number], cards_of[number]
        written = {find.value: find.text for find in finds if find.kind == "date"}
        written |= {_whole_day(each, year, day): each for each in without_year[number]}
        if order is not None and not written and number in stamps:
            # the day on which a message was sent is that of the line, unless it names another one
            read = parse_date(stamps[number], order=order)
            written = {read.iso: stamps[number]} if isinstance(read, DateSpan) else {}
        own = next(iter(written)) if len(written) == 1 else ""
        # what somebody answers is no list that goes on
        day = own or ("" if written or speaker else day)
        line = TextLine(number=number, text=text, is_day_above=bool(day) and not own)
        counts = {find.value for find in finds if find.kind == "quantity"}
        quantity = counts.pop() if len(counts) == 1 else ""
        is_named = bool(cards or quantity or counts) and not (speaker and is_question(text))
        facts = _facts(text, [find.text for find in finds if find.kind in _CARDS], written, (carrier, finds), speaker)
        if not facts and len(others := {*speakers.values()} - {writer}) == 1 and len(written) < 2:
            facts = [*filter(None, [said_to(text, next(iter(others)))])]
        cards_meant = "、".join(dict.fromkeys(cards))
        if facts and speaker and not cards:
            listed = _listed_below(lines[at + 1 :], cards_of, quantity)
            used_above |= {below for below, _ in listed}
            cards_meant = "、".join(listed[0][1]) if listed else _meant(above, text, asked)
            quantity = "" if cards_meant else quantity
        elif facts and not is_named:
            cards_meant = above
        is_opened = any(key[0] == number for key in opened)
        if is_named or (facts and cards_meant) or is_opened:
            quantity = "" if len(cards) > 1 else quantity
            cards_meant = cards_meant if is_named or facts else above
            line.stated = {**dict.fromkeys(_TYPED, ""), "date": day, "cards": cards_meant, "quantity": quantity}
        if cards and list_head is not None and not _NUMBERS_ONLY.sub("", text):
            # the numbers stand below the sentence that counts them
            facts = [list_head[1]]
            list_head[0].stated |= dict.fromkeys(("kind", GIVER, TAKER), "")
            list_head[0].is_confirmed = False
        elif text.strip():
            list_head = None
        above = "、".join(dict.fromkeys(cards)) or above
        line.is_opened = not is_named and bool(line.stated)
        if number in used_above and not facts:
            line.stated["kind"] = NOTHING_SAID
            line.is_confirmed = earlier is None
        parts = _parts(line, facts, writer, earlier, opened)
        found += parts
        if len(facts) == 1 and _only_counts(line):
            list_head = (parts[0], facts[0])
    return found


def _cards_in(finds: Sequence[TextFind], known: Collection[str]) -> list[str]:
    return [
        find.value
        for find in finds
        if find.kind in _CARDS and (find.kind != "msisdn" or is_iot_number(find.value) or find.value in known)
    ]


def _facts(
    text: str,
    cards: Sequence[str],
    written: Mapping[str, str],
    signed: tuple[str, Sequence[TextFind]],
    speaker: str,
) -> list[Said]:
    """Return what a line says; the numbers of its cards are no words of it."""
    if speaker and is_question(text):
        return []
    carrier, finds = signed
    for card in cards:
        text = text.replace(card, " " * len(card), 1)
    days = sorted(Day(text.find(words), text.find(words) + len(words), iso) for iso, words in written.items())
    days = [day for day in days if day.start >= 0]
    imeis = [find.value for find in finds if find.kind == "imei"]
    facts = facts_in(text, days, carrier=carrier, imeis=imeis, is_answer=bool(speaker))
    if not speaker and all(fact.kind == "usage" for fact in facts):
        told = told_by_day(text, days)
        facts = [fact._replace(more=()) for fact in told] if len(told) == 1 == max(len(days), 1) else [*told, *facts]
        if len(told) == 1 and told[0].kind == "usage":
            facts = [told[0]._replace(more=())]
    return facts


def _listed_below(
    lines: Sequence[tuple[int, str]], cards_of: Mapping[int, Sequence[str]], quantity: str
) -> list[tuple[int, Sequence[str]]]:
    """Return the next line that names cards, with these, where they are as many as somebody said before."""
    below = next(((number, cards_of[number]) for number, _ in lines[:_NEAR] if cards_of[number]), None)
    return [below] if below is not None and quantity and len({*below[1]}) == int(quantity) else []


_NEAR: Final = 4
"""Lines of the record of an interview within which the question for the numbers is answered."""


def _meant(above: str, text: str, asked: str) -> str:
    """Return the cards named last, or those of them that an answer or its question means by their carrier."""
    cards = above.split("、") if above else []
    brands = find_brands(text) or find_brands(asked)
    return "、".join(card for card in cards if not brands or issuer_of_card(card) in brands)


def _parts(
    line: TextLine,
    facts: Sequence[Said],
    writer: str,
    earlier: Transcription | None,
    opened: Collection[LineKey],
) -> list[TextLine]:
    """Return the line once for each thing that it says, was confirmed to say, or is opened for."""
    kept = {} if earlier is None else {key[1]: fields for key, fields in earlier.lines.items() if key[0] == line.number}
    parts = [replace(line, part=part, stated={**line.stated}) for part in kept or range(1, max(len(facts), 1) + 1)]
    for each in parts:
        if kept:
            each.stated, each.is_confirmed, each.is_day_above = _as_typed(kept[each.part]), True, False
        elif each.stated and facts:
            fact = facts[each.part - 1]
            each.stated |= fact.fields(writer)
            each.writer = fact.writer
            each.is_day_above = each.is_day_above and "date" not in dict(fact.more)
            each.is_confirmed = earlier is None and each.is_filled
    blank = {**dict.fromkeys(_TYPED, ""), "cards": line.stated.get("cards", "")}
    known = {each.part for each in parts}
    further = sorted(part for number, part in opened if number == line.number and part not in known)
    return parts + [TextLine(number=line.number, text=line.text, part=part, stated={**blank}) for part in further]


def _only_counts(line: TextLine) -> bool:
    return bool(line.stated) and not line.stated["cards"]


_STAMP: Final = late(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-](?:[0-9]{4}|[0-9]{2})(?![0-9/.-])")
"""The day with which a message of a chat begins; those of the chat in which the order is plain tell it for all."""

_NUMBERS_ONLY: Final = late(r"[0-9A-Fa-f\s、,，;；.:：()（）#-]+")


def _whole_day(written: str, year: StatedYear | None, above: str) -> str:
    """Return a day that names no year with the year that its text states, or the day above it; else as it is."""
    before = parse_date(above)
    if year is None and isinstance(before, DateSpan):
        # notes go on in their order: a day that would lie before the one above it is of another year
        year = StatedYear(int(before.iso[:4]), frozenset(range(int(before.iso[5:7]), 13)))
    read = parse_date(written, year=year)
    return read.iso if isinstance(read, DateSpan) else written


def _as_typed(fields: Mapping[str, str]) -> dict[str, str]:
    """Return what a line was confirmed to state, in the fields of the page."""
    if "declared_user" in fields:
        fields = {**fields, "kind": "usage", "user": fields["declared_user"], "date": UNKNOWN_DAY}
    kind = fields.get("kind", "")
    giver, taker = SIDES.get(kind, (None, None))
    cards = "、".join(fields[name] for name in ("iccid", "msisdn") if name in fields)
    typed = {"kind": kind, **{name: fields.get(name, "") for name in ("date", "quantity")}}
    typed |= {name: fields.get(of_kind.get(kind, ""), "") for name, of_kind in FURTHER.items()}
    return {**typed, "cards": cards, "giver": fields.get(giver or "", ""), "taker": fields.get(taker or "", "")}


def confirm(
    lines: Sequence[TextLine], form: Mapping[str, Sequence[str]], *, fresh: Collection[LineKey] = ()
) -> dict[LineKey, dict[str, str]]:
    """Return the fields of the lines that a form confirms; a line of which that cannot be recorded gets its fault.

    What the form says of all ticked lines is for those that leave it blank. It says nothing yet of ``fresh`` lines.
    """
    confirmed = {}
    ticked = set(form.get("line", ()))
    for line in lines:
        if not line.states_lot or line.key in fresh:
            continue
        day_above, line.stated = line.stated["date"], _typed(form, line.name)
        line.is_day_above = line.is_day_above and line.stated["date"] == day_above
        # of lines that only count cards each is ticked by itself: a chat counts what nobody handed over, too
        line.is_confirmed = line.name in ticked or (
            _ALL in ticked and bool(line.stated["cards"]) and not line.is_opened
        )
        if line.is_confirmed:
            _complete(line, form)
            fault = _fault(line.stated) or _day_fault(line.stated)
            line.fault = None if fault is None else in_both(fault.render)
            confirmed[line.key] = _fields(line.stated)
    return confirmed


def _complete(line: TextLine, form: Mapping[str, Sequence[str]]) -> None:
    """Give a line what the form says of all lines that leave it blank, of whoever writes, and of the year of days."""
    of_all, said = _typed(form, _ALL), {name: next(iter(form.get(name, ())), "").strip() for name in ("writer", "year")}
    kind = line.stated["kind"] or of_all["kind"]
    sides = dict(zip((GIVER, TAKER), SIDES.get(kind, (None, None)), strict=True))
    if line.writer and sides[line.writer] is not None:
        of_all[line.writer] = said["writer"] or of_all[line.writer]
    line.stated = {name: text or of_all[name] for name, text in line.stated.items()}
    if _YEAR.fullmatch(said["year"]):
        read = parse_date(line.stated["date"], year=StatedYear(int(said["year"])))
        line.stated["date"] = read.iso if isinstance(read, DateSpan) else line.stated["date"]


def _typed(form: Mapping[str, Sequence[str]], line: str) -> dict[str, str]:
    return {name: next(iter(form.get(f"{name}-{line}", ())), "").strip() for name in _TYPED}


def _fields(given: Mapping[str, str]) -> dict[str, str]:
    if given["kind"] == NOTHING_SAID:
        return {"kind": NOTHING_SAID}
    giver, taker = SIDES.get(given["kind"], (None, None))
    cards: dict[str, list[str]] = {}
    for each in _BETWEEN_CARDS.split(given["cards"]):
        kind = "msisdn" if parse_iccid(each) is None and parse_msisdn(each) is not None else "iccid"
        cards.setdefault(kind, []).append(each)
    stated = {"kind": given["kind"], "date": given["date"], "quantity": given["quantity"]}
    stated |= {name: "、".join(each) for name, each in cards.items()}
    stated |= {name: given[side] for name, side in ((giver, "giver"), (taker, "taker")) if name is not None}
    stated |= {of_kind[given["kind"]]: given[name] for name, of_kind in FURTHER.items() if given["kind"] in of_kind}
    if _is_undated_use(given):
        # who uses a card on no day that is known is listed as its declared user
        stated |= {"kind": "card_list", "declared_user": stated.pop("user"), "date": ""}
    return {name: text for name, text in stated.items() if text}


def _fault(given: Mapping[str, str]) -> Message | None:
    if given["kind"] == NOTHING_SAID:
        return None
    sides = SIDES.get(given["kind"])
    if sides is None:
        return _text("confirm_without_kind")
    by_side = dict(zip(("giver", "taker"), sides, strict=True))
    needed = {"user"} if _is_undated_use(given) else _REQUIRED[given["kind"]]
    if missing := [side for side, name in by_side.items() if name in needed and not given[side]]:
        return _text("confirm_without_side", sides=[_text(f"line_{side}") for side in missing])
    if any(given[side] for side, name in by_side.items() if name is None):
        return _text("confirm_side_too_many")
    if others := [name for name, of_kind in FURTHER.items() if given[name] and given["kind"] not in of_kind]:
        return _text("confirm_not_of_kind", fields=[Message("fields", name, {}) for name in others])
    return _text("confirm_bad_imei") if given["imei"] and parse_imei(given["imei"]) is None else None


def _is_undated_use(given: Mapping[str, str]) -> bool:
    """Whether a person says that cards are used and that nothing says when; a device or a place needs the day."""
    return given["kind"] == "usage" and is_not_known(given["date"]) and not any(given[name] for name in FURTHER)


def _day_fault(given: Mapping[str, str]) -> Message | None:
    kind, day = given["kind"], given["date"]
    if _is_undated_use(given) or given["kind"] == NOTHING_SAID:
        return None
    if lacks_year(day):
        return _text("confirm_without_year")
    if day and not isinstance(parse_date(day), DateSpan):
        return _text("confirm_bad_day")
    is_complete = day or kind in _UNDATED or (kind == "seizure" and given["case_no"])
    return None if is_complete else _text("confirm_without_day")


def _text(text_id: str, /, **params: object) -> Message:
    return Message("workbench", text_id, params)


def to_mapping(by: str, confirmed: Mapping[LineKey, Mapping[str, str]], *, of: str = "") -> str:
    """Return the mapping that states the confirmed lines; every text is quoted. ``of`` is the row that they copy."""
    lines = ["transcribed:", f"  by: {quoted(by)}", *([f"  of: {quoted(of)}"] if of else [])]
    for key, fields in sorted(confirmed.items()):
        stated = ", ".join(f"{name}: {quoted(text)}" for name, text in fields.items())
        lines.append(f"  {key_text(key)}: {{{stated}}}")
    return "\n".join(lines) + "\n"
