"""Screen of the lines of a text: cards or their number, day and both sides of each, as a person confirms them.

Nothing is recorded of a line that is not confirmed. A day stands for the lines below it until the next one, as in a
chat or a list of notes, and what a sentence says of cards for the numbers listed below it; like all that is proposed,
it can be changed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from graphtrace.identifiers import is_iot_number, parse_iccid, parse_imei, parse_msisdn
from graphtrace.ingest.chats import speakers_in
from graphtrace.ingest.dates_and_quantities import StatedYear, day_order, lacks_year, parse_date
from graphtrace.ingest.free_text import find_in_line
from graphtrace.ingest.given_answers import is_not_known
from graphtrace.ingest.row_events import NEEDS, ROLES
from graphtrace.locale.text import Text as Message
from graphtrace.model import USE_KINDS, DateSpan, Kind
from graphtrace.patterns import late
from graphtrace.render.i18n import Phrase, in_both
from graphtrace.workbench.mapping_screen import quoted
from graphtrace.workbench.sentences import (
    GIVER,
    TAKER,
    days_without_year,
    said_in,
    said_to,
    writer_of,
    year_of_text,
)

if TYPE_CHECKING:
    from graphtrace.ingest.transcription import Transcription

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
_FILLED: Final = "filled"
_YEAR: Final = late("(?:19|20)[0-9]{2}")
UNKNOWN_DAY: Final = "不详"
"""The day of a use of which nothing says when, as it is shown again."""

_TYPED: Final = ("kind", "date", "giver", "taker", "cards", "quantity", *FURTHER)


def is_text(name: str) -> bool:
    """Whether a file may be prose, by its name."""
    return name.lower().endswith(_TEXT_ENDINGS)


@dataclass(slots=True, kw_only=True)
class TextLine:
    """A line with what is proposed or stated of it.

    ``is_day_above`` tells that its day is that of a line above. ``is_opened`` tells that a person wants to record
    something of a line that names and counts no cards. ``writer`` is the side of which the line names nobody, as it is
    whoever writes.
    """

    number: int
    text: str
    stated: dict[str, str] = field(default_factory=dict)
    is_day_above: bool = False
    is_confirmed: bool = False
    is_opened: bool = False
    writer: str = ""
    fault: Phrase | None = None

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
        if not self.stated or not self.stated["date"]:
            return False
        given = {**self.stated, **({self.writer: self.stated[self.writer] or "-"} if self.writer else {})}
        return _fault(given) is None


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
    opened: Collection[int] = (),
) -> list[TextLine]:
    """Return the lines of a text with what is proposed for each that names or counts cards, or was confirmed before.

    Of telephone numbers only those are proposed as cards that the case knows as such (``known``). Of the ``opened``
    lines something is to be recorded though they name none: the cards of the nearest line above are proposed, as for a
    line that says what happened and names none. ``name`` is that of the file.
    """
    found: list[TextLine] = []
    day, above, list_head = "", "", None
    year = year_of_text(name, lines, [each for _, text in lines for each in days_without_year(text)])
    stamps = {number: stamp[0] for number, text in lines if (stamp := _STAMP.match(text)) is not None}
    orders = {*map(day_order, stamps.values())} - {None}
    order = orders.pop() if len(orders) == 1 else None
    owner = writer_of([name.rpartition(".")[0], *(text for _, text in lines[:1])])
    speakers = speakers_in(lines)
    for number, text in lines:
        writer = speakers.get(number, owner)
        finds = find_in_line(text, number)
        written = {find.value: find.text for find in finds if find.kind == "date"}
        written |= {_whole_day(each, year, day): each for each in days_without_year(text)}
        if order is not None and not written and number in stamps:
            # the day on which a message was sent is that of the line, unless it names another one
            read = parse_date(stamps[number], order=order)
            written = {read.iso: stamps[number]} if isinstance(read, DateSpan) else {}
        own = next(iter(written)) if len(written) == 1 else ""
        day = own or ("" if written else day)
        line = TextLine(number=number, text=text, is_day_above=bool(day) and not own)
        cards = [
            find.value
            for find in finds
            if find.kind in _CARDS and (find.kind != "msisdn" or is_iot_number(find.value) or find.value in known)
        ]
        quantities = {find.value for find in finds if find.kind == "quantity"}
        is_named = bool(cards or quantities)
        said = said_in(text, written.get(own, "")) if len(written) < 2 else None
        if said is None and len(others := {*speakers.values()} - {writer}) == 1 and len(written) < 2:
            said = said_to(text, next(iter(others)))
        is_meant = said is not None and not is_named and bool(above)
        if is_named or is_meant or number in opened:
            quantity = quantities.pop() if len(quantities) == 1 else ""
            cards_meant = "、".join(dict.fromkeys(cards)) if is_named else above
            line.stated = {**dict.fromkeys(_TYPED, ""), "date": day, "cards": cards_meant, "quantity": quantity}
        if cards and list_head is not None and not _NUMBERS_ONLY.sub("", text):
            # the numbers stand below the sentence that counts them
            said = list_head[1]
            list_head[0].stated |= dict.fromkeys(("kind", GIVER, TAKER), "")
        elif text.strip():
            list_head = (line, said) if said is not None and _only_counts(line) else None
        if line.stated and said is not None:
            line.stated |= said.fields(writer)
            line.writer = said.writer
        above = "、".join(dict.fromkeys(cards)) or above
        line.is_opened = not is_named and bool(line.stated)
        if earlier is not None and number in earlier.lines:
            line.stated, line.is_confirmed, line.is_day_above = _as_typed(earlier.lines[number]), True, False
        found.append(line)
    return found


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
    lines: Sequence[TextLine], form: Mapping[str, Sequence[str]], *, fresh: Collection[int] = ()
) -> dict[int, dict[str, str]]:
    """Return the fields of the lines that a form confirms; a line of which that cannot be recorded gets its fault.

    What the form says of all ticked lines is for those that leave it blank. It says nothing yet of ``fresh`` lines.
    """
    confirmed = {}
    ticked = set(form.get("line", ()))
    for line in lines:
        if not line.states_lot or line.number in fresh:
            continue
        day_above, line.stated = line.stated["date"], _typed(form, str(line.number))
        line.is_day_above = line.is_day_above and line.stated["date"] == day_above
        # of lines that only count cards each is ticked by itself: a chat counts what nobody handed over, too
        line.is_confirmed = (
            str(line.number) in ticked
            or (_ALL in ticked and bool(line.stated["cards"]) and not line.is_opened)
            or (_FILLED in ticked and line.is_filled)
        )
        if line.is_confirmed:
            _complete(line, form)
            fault = _fault(line.stated) or _day_fault(line.stated)
            line.fault = None if fault is None else in_both(fault.render)
            confirmed[line.number] = _fields(line.stated)
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
    if _is_undated_use(given):
        return None
    if lacks_year(day):
        return _text("confirm_without_year")
    if day and not isinstance(parse_date(day), DateSpan):
        return _text("confirm_bad_day")
    is_complete = day or kind in _UNDATED or (kind == "seizure" and given["case_no"])
    return None if is_complete else _text("confirm_without_day")


def _text(text_id: str, /, **params: object) -> Message:
    return Message("workbench", text_id, params)


def to_mapping(by: str, confirmed: Mapping[int, Mapping[str, str]], *, of: str = "") -> str:
    """Return the mapping that states the confirmed lines; every text is quoted. ``of`` is the row that they copy."""
    lines = ["transcribed:", f"  by: {quoted(by)}", *([f"  of: {quoted(of)}"] if of else [])]
    for number, fields in sorted(confirmed.items()):
        stated = ", ".join(f"{name}: {quoted(text)}" for name, text in fields.items())
        lines.append(f"  {number}: {{{stated}}}")
    return "\n".join(lines) + "\n"
