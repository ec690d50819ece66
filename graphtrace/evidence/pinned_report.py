"""Pins of answers, and the report that they make with the files of the case.

A pin is a note of the case: what was asked, the words of the person, and the hash of the answer then. The report asks
anew and says where the answer is no longer that of the pin. Nothing in it is written by the program but answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, cast

from graphtrace.errors import GraphtraceError, UsageError
from graphtrace.model import CHINA
from graphtrace.render.registry import hash_answer
from graphtrace.results.evidence_report import (
    EvidenceReport,
    LedgerChange,
    LedgerKind,
    Pin,
    PinList,
    PinnedAnswer,
    PinnedCommand,
)
from graphtrace.storage.correction_log import READ_AGAIN

if TYPE_CHECKING:
    from graphtrace.case import Case
    from graphtrace.model import Origin
    from graphtrace.results.source_rows import SourceExcerpt
    from graphtrace.results.trace import Trace

REPORT: Final = "report"
"""What the notes of pins are about."""

MAX_QUOTED: Final = 60
"""Maximum number of rows that are quoted for one pinned answer; the report says how many more there are."""

MAX_WORDS: Final = 20_000
"""Maximum length of the words of a pin, in characters."""


def pin_answer(
    case: Case, command: PinnedCommand, asked: Sequence[str], words: str = "", *, by: str | None = None
) -> Pin:
    """Pin the answer to a question for the report, as it is now, and return the pin.

    ``asked``: numbers of cards, or names of parties.
    ``words``: what the person says about it; it stands in the report as his.

    Raises UsageError if nothing is asked, or the words are too long; NothingFound if the case knows no such party.
    """
    if not asked or len(words) > MAX_WORDS:
        raise UsageError("pin_unfit", most=MAX_WORDS, hint="pin_usage")
    digest = hash_answer(_ask(case, command, asked))
    content = {"command": command, "asked": [*asked], "words": words.strip(), "sha256": digest, "removes": None}
    case.add_note("pin", REPORT, content, by=by)
    return pins_of(case).pins[-1]


def remove_pin(case: Case, number: int, *, by: str | None = None) -> PinList:
    """Take a pin out of the report; both notes stay in the case. Return the pins that are left.

    Raises UsageError if no pin in force has this number.
    """
    if number not in {pin.number for pin in pins_of(case).pins}:
        raise UsageError("no_such_pin", number=number, hint="pin_usage")
    content = {"command": "", "asked": [], "words": "", "sha256": "", "removes": number}
    case.add_note("pin", REPORT, content, by=by)
    return pins_of(case)


def pins_of(case: Case) -> PinList:
    """Return the pins that are in force, in the order in which they were made."""
    pins: dict[int, Pin] = {}
    number = 0
    for note in case.notes():
        if note["kind"] != "pin":
            continue
        if note["removes"] is not None:
            pins.pop(note["removes"], None)
            continue
        number += 1
        pins[number] = Pin(
            number=number,
            at=note["at"],
            by=note["by"],
            command=note["command"],
            asked=tuple(note["asked"]),
            words=note["words"],
            digest=note["sha256"],
        )
    return PinList([*pins.values()])


def make_report(case: Case) -> EvidenceReport:
    """Return the report of a case: each pinned answer asked anew, the rows of its cards, and the list of files.

    Reads every source once for its hashes, and the quoted rows again. The log has one line for all of it.
    """
    pins = pins_of(case).pins
    with case.lookup("report", pins=[str(pin.number) for pin in pins]):
        kinds, changes = _history(case.ledger())
        return EvidenceReport(
            made_at=datetime.now(CHINA).isoformat(timespec="seconds"),
            answers=[_answered(case, pin) for pin in pins],
            status=case.status(),
            sources=case.sealing_list(),
            lines=Counter(kinds),
            changes=changes,
            judgements=case.judgements(),
        )


def _history(ledger: Iterable[Mapping[str, Any]]) -> tuple[list[LedgerKind], list[LedgerChange]]:
    """Return what each line of the ledger says, and the changes of what was loaded.

    A file that is read again has a line by which its earlier reading goes, and one by which it is loaded.
    """
    kinds: list[LedgerKind] = []
    changes: list[LedgerChange] = []
    read_again: set[str] = set()
    for line in ledger:
        if "load" in line:
            if line["sha256"] in read_again:
                read_again.remove(line["sha256"])
            else:
                kinds.append("load")
        elif "correction" in line:
            about = line["unload"] if "unload" in line else line["record"]
            is_again = line["why"] == READ_AGAIN
            kind: LedgerKind = "read_again" if is_again else "unload" if "unload" in line else "correction"
            if is_again:
                read_again.add(about["sha256"])
            kinds.append(kind)
            why = "" if is_again else line["why"]
            place = about.get("sheet"), about.get("row")
            changes.append(LedgerChange(kind, line["at"], line["who"], why, about["file"], about["sha256"], *place))
        elif "judgement" in line:
            kinds.append("judgement")
    return kinds, changes


def _ask(case: Case, command: PinnedCommand, asked: Sequence[str]) -> object:
    match command:
        case "trace":
            return case.trace(*asked)
        case "party":
            return case.party(asked[0])
        case "audit":
            return case.audit(*asked)


def _answered(case: Case, pin: Pin) -> PinnedAnswer:
    answer = _ask(case, pin.command, pin.asked)
    origins = _origins(cast("Sequence[Trace]", answer)) if pin.command == "trace" else ()
    rows = {(origin.sha256, origin.sheet, origin.row): origin for origin in origins}
    quoted = tuple(_quoted(case, islice(rows.values(), MAX_QUOTED)))
    return PinnedAnswer(
        pin=pin,
        answer=answer,
        is_unchanged=hash_answer(answer) == pin.digest,
        quoted=quoted,
        not_quoted=len(rows) - len(quoted),
    )


def _origins(traces: Sequence[Trace]) -> Iterator[Origin]:
    """Yield the rows that state the hops of some cards, then those of activations and seizures."""
    for trace in traces:
        for chain in trace.chains:
            for hop in chain.hops:
                yield from hop.origins
        for activation in trace.activations:
            yield from activation.origins
        for seizure in trace.seizures:
            yield from seizure.origins


def _quoted(case: Case, origins: Iterable[Origin]) -> Iterator[SourceExcerpt]:
    for origin in origins:
        # a source that is damaged is told by verify; the report counts its rows as not quoted
        with suppress(GraphtraceError):
            yield case.source_row(origin.sha256, origin.row, sheet=origin.sheet)
