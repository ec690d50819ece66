"""The rows that the sentences of an answer rest on, so that a stranger can read them again.

A sentence names its rows by :attr:`graphtrace.model.Origin.ref`; what an answer rests on says once for each table where
these rows lie and which column of it is which field, as the ledger keeps it of the reading.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple, NotRequired, TypedDict, cast

from graphtrace.model import Activation, Chain, Hop, Origin, Party, SheetName, split_table
from graphtrace.patterns import late
from graphtrace.wire import wire

if TYPE_CHECKING:
    from graphtrace.results.audit import Audit
    from graphtrace.results.trace import Trace

_HASH: Final = late("[0-9a-f]{64}")
_Rows = dict[tuple[str, str, str | None], set[int]]


@wire()
class Because(NamedTuple):
    """The rows that the sentences about a card rest on, each as the beginning of the file's hash, sheet and row.

    Those of hops, uses and seizures are their ``origins``. ``findings`` and ``leads`` are in the order of the answer's;
    what rests on no row (nothing is recorded) has none.
    """

    registrant: list[str]
    holder: list[str]
    end_user: list[str]
    findings: list[list[str]]
    leads: list[list[str]]


class Transcribed(TypedDict):
    """The person who says what the lines of a text state, or that a table stands on its page as it was read.

    ``of`` is the row of a file that the text copies.
    """

    by: str
    of: NotRequired[str]


class Reading(TypedDict):
    """Reading of a table: the row of its headings, the headings of the columns in use by the letters of the column,
    the letters by kind of record and field, and what no cell states but a person, a mapping or a title says of every
    row, with the fields of it that no title says; the recipe that cleans the cells. Of a text whose lines a person
    transcribed, that person, and of a table of a PDF whoever ``confirmed`` it.
    """

    recipe: NotRequired[str]
    header: NotRequired[int]
    headings: NotRequired[dict[str, str]]
    fields: NotRequired[dict[str, dict[str, str]]]
    said: NotRequired[dict[str, dict[str, str]]]
    by_person: NotRequired[list[str]]
    transcribed: NotRequired[Transcribed]
    confirmed: NotRequired[Transcribed]


@wire("sha256 file *sheet_name reading rows")
class RestsOn(NamedTuple):
    """The rows of a table that an answer rests on; ``reading`` is ``null`` where the ledger does not say it."""

    sha256: str
    file: str
    sheet_name: SheetName
    reading: Reading | None
    rows: list[int]


def because_of(trace: Trace) -> Because:
    """Return the rows by which a trace names registrant, holder and end user, and those of its findings and leads."""
    by_code: dict[str, list[str]] = defaultdict(list)
    findings = []
    for finding in trace.findings:
        refs = _refs(finding.evidence)
        findings.append(refs)
        by_code[finding.code] += refs
    return Because(
        registrant=_refs(_registrant_rows(trace)) if trace.registrant is not None else [],
        holder=_refs(_holder_rows(trace)) if trace.holder is not None else [],
        end_user=_refs(_end_user_rows(trace)) if trace.end_user is not None else [],
        findings=findings,
        leads=[list(dict.fromkeys(by_code[lead.because])) for lead in trace.leads],
    )


def _refs(origins: Iterable[Origin]) -> list[str]:
    return list(dict.fromkeys(origin.ref for origin in origins))


def _registrant_rows(trace: Trace) -> Iterator[Origin]:
    """Yield the rows by which a carrier sold the card to its registrant, or has it as the customer of the card."""
    for chain in trace.chains:
        sold = [hop for hop in chain.hops if hop.receiver == trace.registrant and hop.sender.is_carrier]
        for hop in sold[-1:]:
            yield from hop.origins
        for hop in () if sold else chain.hops:
            for each in hop.registered:
                if each.party == trace.registrant:
                    yield from each.origins


def _holder_rows(trace: Trace) -> Iterator[Origin]:
    for chain in trace.chains:
        yield from chain.hops[-1].origins


def _end_user_rows(trace: Trace) -> Iterator[Origin]:
    """Yield the rows of the latest use, and of the hops by which a user who is presumed held the card then."""
    if trace.end_user_basis == "named":
        named = [use for use in trace.activations if use.user == trace.end_user]
        for use in named[-1:]:
            yield from use.origins
    elif trace.activations:
        latest = trace.activations[-1]
        yield from latest.origins
        for chain in trace.chains:
            for hop in _held_by(chain, trace.end_user, latest):
                yield from hop.origins


def _held_by(chain: Chain, party: Party | None, use: Activation) -> Sequence[Hop]:
    """Return the last hop of a chain that brought a card to a party before a use, else the one by which it left."""
    received = [hop for hop in chain.hops if hop.receiver == party and hop.span.has_come_by(use.when)]
    return received[-1:] or [hop for hop in chain.hops if hop.receiver == party][-1:] or chain.hops[:1]


def rests_on_traces(traces: Iterable[Trace], ledger: Sequence[str]) -> list[RestsOn]:
    """Return the tables with the rows of some traces; ``ledger`` are the lines that the case had."""
    rows: _Rows = defaultdict(set)
    for trace in traces:
        for chain in trace.chains:
            for hop in chain.hops:
                _add(rows, hop.origins)
                for each in hop.registered:
                    _add(rows, each.origins)
                for support in hop.corroboration:
                    _add(rows, support.origins)
        for use in trace.activations:
            _add(rows, use.origins)
        for seizure in trace.seizures:
            _add(rows, seizure.origins)
        for listing in trace.card_lists:
            _add(rows, listing.origins)
        for chip in trace.chips:
            _add(rows, chip.origins)
        for finding in trace.findings:
            _add(rows, finding.evidence)
    return _tables(rows, ledger)


class SaidAtLoad(NamedTuple):
    """Answers of whoever loaded a table in the place of a column that it does not have: a side, a carrier, a day.

    Of a text that somebody transcribed (``transcribed_by``) it is the person, as no cell states what the lines say; of
    a table of a PDF whoever compared it with the page (``confirmed_by``).
    """

    file: str
    sheet: str | None
    field: str
    value: str


def said_at_load(trace: Trace, ledger: Sequence[str]) -> list[SaidAtLoad]:
    """Return what a trace rests on that no file states but a person who loaded it."""
    said = [
        SaidAtLoad(table.file, table.sheet_name.sheet, field, value)
        for table in rests_on_traces([trace], ledger)
        for field, value in _said_by_person(table.reading or {})
    ]
    return list(dict.fromkeys(said))


def _said_by_person(reading: Reading) -> Iterator[tuple[str, str]]:
    if transcribed := reading.get("transcribed"):
        yield "transcribed_by", transcribed["by"]
    if confirmed := reading.get("confirmed"):
        yield "confirmed_by", confirmed["by"]
    for fields in reading.get("said", {}).values():
        yield from ((field, value) for field, value in fields.items() if field in reading.get("by_person", ()))


def rests_on_audits(audits: Iterable[Audit], ledger: Sequence[str]) -> list[RestsOn]:
    """Return the tables with the rows that audits name: declarations, rows not read, the ends of books.

    The tables of annexed cards are among them; the annex names their rows.
    """
    rows: _Rows = defaultdict(set)
    for audit in audits:
        _add(rows, (each.origin for each in audit.unread_rows or ()))
        for origin in audit.annexed:
            rows[origin.file, origin.sha256, origin.sheet].update(())
        if audit.balance is not None:
            _add(rows, audit.balance.declarations)
            _add(rows, (book.source for book in audit.balance.books))
            _add(rows, (replace(book.source, row=book.last_row) for book in audit.balance.books))
    return _tables(rows, ledger)


def _add(rows: _Rows, origins: Iterable[Origin]) -> None:
    for origin in origins:
        rows[origin.file, origin.sha256, origin.sheet].add(origin.row)


def _tables(rows: _Rows, ledger: Sequence[str]) -> list[RestsOn]:
    places = _places({sha256 for _, sha256, _ in rows}, ledger)
    return [
        RestsOn(sha256, file, split_table(sheet), places.get((sha256, sheet)), sorted(numbers))
        for (file, sha256, sheet), numbers in sorted(rows.items(), key=lambda each: tuple(map(str, each[0])))
    ]


def _places(hashes: set[str], ledger: Sequence[str]) -> Mapping[tuple[str, str | None], Reading]:
    """Return how the tables of some files were read last, by the hash of the file and the sheet."""
    found: dict[tuple[str, str | None], Reading] = {}
    for line in ledger:
        # most lines of a long ledger are about other files
        if hashes.isdisjoint(_HASH.findall(line)):
            continue
        content = json.loads(line)
        if content.get("sha256") not in hashes:
            continue
        for sheet in content.get("sheets", ()):
            reading = sheet.get("reading")
            if reading:
                stated = {name: reading[name] for name in ("recipe",) if name in reading}
                found[content["sha256"], sheet["sheet"]] = cast("Reading", {**stated, **reading.get("places", {})})
    return found
