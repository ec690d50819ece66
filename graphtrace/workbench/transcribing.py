"""Readings of the lines of a text, for a person to confirm: each with cards or their number, day, and both sides.

Nothing is recorded of a line that is not confirmed. A day stands for the lines below it until the next one, as in a
chat or a list of notes; like all that is proposed, it can be changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from graphtrace.identifiers import parse_iccid, parse_msisdn
from graphtrace.ingest.free_text import find_in_line
from graphtrace.locale import Text
from graphtrace.render.i18n import Phrase, in_both
from graphtrace.workbench.mapping_screen import quoted

if TYPE_CHECKING:
    from graphtrace.ingest.transcription import Transcription

MAX_LINES: Final = 2_000
"""Maximum number of lines that the page shows; it says how many more there are."""

_TEXT_ENDINGS: Final = (".txt", ".md", ".log", ".docx")
"""Endings of files that are often prose."""

SIDES: Final[Mapping[str, tuple[str | None, str | None]]] = {
    "transfer": ("from", "to"),
    "return": ("from", "to"),
    "purchase": ("carrier", "enterprise"),
    "activation": (None, "user"),
    "seizure": ("holder", None),
}
"""The fields of who gave and who got the cards, by kind of record."""

_CARDS: Final = ("iccid", "range", "msisdn")
_BETWEEN_CARDS: Final = re.compile(r"[、,，;；\s]+")
_ALL: Final = "all"
_TYPED: Final = ("kind", "date", "giver", "taker", "cards", "quantity")


def is_text(name: str) -> bool:
    """Whether a file may be prose, by its name."""
    return name.lower().endswith(_TEXT_ENDINGS)


@dataclass(slots=True, kw_only=True)
class TextLine:
    """A line with what is proposed or stated of it; ``is_dated`` tells whether the day stands in the line itself."""

    number: int
    text: str
    stated: dict[str, str] = field(default_factory=dict)
    is_dated: bool = False
    is_confirmed: bool = False
    fault: Phrase | None = None

    @property
    def states_lot(self) -> bool:
        """Whether the line names cards or how many, so that something can be recorded of it."""
        return bool(self.stated)


def lines_to_confirm(lines: Sequence[tuple[int, str]], earlier: Transcription | None = None) -> list[TextLine]:
    """Return the lines of a text with what is proposed for each that names or counts cards, or was confirmed before."""
    found, day = [], ""
    for number, text in lines:
        finds = find_in_line(text, number)
        days = list(dict.fromkeys(find.value for find in finds if find.kind == "date"))
        day = days[0] if len(days) == 1 else "" if days else day
        line = TextLine(number=number, text=text, is_dated=len(days) == 1)
        cards = [find.value for find in finds if find.kind in _CARDS]
        quantities = {find.value for find in finds if find.kind == "quantity"}
        if cards or quantities:
            quantity = quantities.pop() if len(quantities) == 1 else ""
            line.stated = {
                **dict.fromkeys(_TYPED, ""),
                "date": day,
                "cards": "、".join(dict.fromkeys(cards)),
                "quantity": quantity,
            }
        if earlier is not None and number in earlier.lines:
            line.stated, line.is_confirmed = _as_typed(earlier.lines[number]), True
        found.append(line)
    return found


def _as_typed(fields: Mapping[str, str]) -> dict[str, str]:
    """Return what a line was confirmed to state, in the fields of the page."""
    giver, taker = SIDES.get(fields.get("kind", ""), (None, None))
    cards = "、".join(fields[name] for name in ("iccid", "msisdn") if name in fields)
    typed = {name: fields.get(name, "") for name in ("kind", "date", "quantity")}
    return {**typed, "cards": cards, "giver": fields.get(giver or "", ""), "taker": fields.get(taker or "", "")}


def confirm(lines: Sequence[TextLine], form: Mapping[str, Sequence[str]]) -> dict[int, dict[str, str]]:
    """Return the fields of the lines that a form confirms; a line of which that cannot be recorded gets its fault.

    What the form says of all ticked lines is for those that leave it blank.
    """
    confirmed = {}
    ticked = set(form.get("line", ()))
    for line in lines:
        if not line.states_lot:
            continue
        # of lines that only count cards each is ticked by itself: a chat counts what nobody handed over, too
        line.is_confirmed = str(line.number) in ticked or (_ALL in ticked and bool(line.stated["cards"]))
        of_all = _typed(form, _ALL) if line.is_confirmed else {}
        given = {name: text or of_all.get(name, "") for name, text in _typed(form, str(line.number)).items()}
        line.stated = given
        if line.is_confirmed:
            stated = _fields(given)
            fault = _fault(given, stated)
            line.fault = None if fault is None else in_both(fault.render)
            confirmed[line.number] = stated
    return confirmed


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
    return {name: text for name, text in stated.items() if text}


def _fault(given: Mapping[str, str], stated: Mapping[str, str]) -> Text | None:
    sides = SIDES.get(given["kind"])
    if sides is None:
        return _text("confirm_without_kind")
    by_side = dict(zip(("giver", "taker"), sides, strict=True))
    if missing := [side for side, name in by_side.items() if name is not None and name not in stated]:
        return _text("confirm_without_side", sides=[_text(f"line_{side}") for side in missing])
    if any(given[side] for side, name in by_side.items() if name is None):
        return _text("confirm_side_too_many")
    return None


def _text(text_id: str, /, **params: object) -> Text:
    return Text("workbench", text_id, params)


def to_mapping(by: str, confirmed: Mapping[int, Mapping[str, str]]) -> str:
    """Return the mapping that states the confirmed lines; every text is quoted."""
    lines = ["transcribed:", f"  by: {quoted(by)}"]
    for number, fields in sorted(confirmed.items()):
        stated = ", ".join(f"{name}: {quoted(text)}" for name, text in fields.items())
        lines.append(f"  {number}: {{{stated}}}")
    return "\n".join(lines) + "\n"
