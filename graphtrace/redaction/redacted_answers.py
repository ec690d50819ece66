"""Answers with pseudonyms in the place of what they say of persons, firms, cards and files; of the same types.

:class:`Masker` walks an answer before any format is made of it, so that no writer sees what it must not write. What
each text means is declared in :mod:`graphtrace.redaction.meanings`; a text without a meaning is an error, never shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from graphtrace.errors import GraphtraceError, UsageError
from graphtrace.identifiers import Interpretation, identify, legal_form_of, normalize_party_id, normalize_party_name
from graphtrace.identifiers.operators import ANYWHERE
from graphtrace.identifiers.party_names import PROVINCES
from graphtrace.locale import Lang, Text, load_catalogue
from graphtrace.model import CARRIERS, Party, Seizure, split_table
from graphtrace.patterns import late
from graphtrace.redaction.meanings import FIELDS, GRAPH, KEYS, LOG, NEAR_MISSES, Meaning
from graphtrace.redaction.pseudonyms import Pseudonyms, normal_number, redact_error
from graphtrace.results.audit import AuditResults
from graphtrace.results.case_status import CaseState, CaseStatus, LogLine
from graphtrace.results.evidence_report import Pin, PinnedAnswer
from graphtrace.results.judgements import Candidates, NamedJudgement
from graphtrace.results.library import Query, QueryResult
from graphtrace.results.party import PartySummary, PartySupport, legal_form
from graphtrace.results.rules import Rule
from graphtrace.results.siblings import Siblings
from graphtrace.results.subgraph import ExportResult
from graphtrace.results.trace import Trace
from graphtrace.results.traces import Traces
from graphtrace.results.watch import Watch

Answer = TypeVar("Answer")

_DAY: Final = late(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9:.]+(\+[0-9:]+)?)?)?)?")
_AMOUNT: Final = late(r"[-+]?([0-9]{1,8}|[0-9]{1,3}(,[0-9]{3}){1,3})(\.[0-9]{1,4})?")
"""An amount; a longer number without commas may be a telephone or an account."""
_WHOLE_DAY: Final = late(r"[0-9]{4}([-/.])[0-9]{1,2}\1[0-9]{1,2}")
_ENDING: Final = late("csv|tsv|txt|xlsx?|xlsm|ods|parquet|jsonl?|html?|xml|zip|docx?|pdf|eml|vcf")
_NAME: Final = late("[a-z][a-z0-9_]{0,39}")
"""A name that this program gives to a parameter or key; any other is data of a case."""
_WORD: Final = late("[a-z][a-z0-9_ -]{0,39}")
_CELLS: Final = late("[A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7}")
_PROVINCE_END: Final = late("(省|市|(壮族|回族|维吾尔)?自治区|特别行政区)$")
_WORDS: Final[Mapping[Meaning, str]] = {
    Meaning.CASE_NUMBER: "case_number",
    Meaning.CHANNEL: "channel",
    Meaning.CONTRACT: "contract",
    Meaning.FILE: "file",
    Meaning.HEADING: "heading",
    Meaning.ORDER: "order",
    Meaning.PLACE: "place",
    Meaning.RECORD: "record",
    Meaning.STATE: "state",
    Meaning.USE: "use",
    Meaning.WAYBILL: "waybill",
    Meaning.CONTACT: "contact",
    Meaning.VALUE: "value",
}
_OF_NUMBERS: Final = frozenset((Meaning.ORDER, Meaning.WAYBILL, Meaning.CONTACT, Meaning.VALUE))
"""Meanings whose values are compared by their normal form: one that is a telephone or a card has its digits."""


class UndeclaredText(AssertionError):
    """A text whose meaning nobody has declared, so that it cannot be shown."""


class Masker:
    """Masks the answers of one case."""

    def __init__(self, key: bytes, lang: Lang = "en") -> None:
        self._names = Pseudonyms(key, lang)
        self._lang: Lang = lang
        self._masked: dict[int, tuple[object, Any]] = {}
        self._ways: Final[Mapping[Meaning, Callable[[str], str | None]]] = {
            Meaning.KEPT: str,
            Meaning.DAY: self._if_like(_DAY),
            Meaning.AMOUNT: self._if_like(_AMOUNT),
            Meaning.CELLS: self._if_like(_CELLS),
            Meaning.PROVINCE: self._province,
            Meaning.CARRIER: self._carrier,
            Meaning.ENDING: self._if_like(_ENDING),
            Meaning.ASKED_PARTY: self._asked_party,
            Meaning.CELL: self._cell_of_file,
            Meaning.PARTY_ID: self._party_id,
            Meaning.NAME: self._names.name,
            Meaning.STRONG_ID: self._names.strong_id,
            Meaning.LOGIN: self._names.login,
            Meaning.CARD: self._names.card,
            Meaning.NUMBER: self._names.number,
            Meaning.CHIP: lambda text: self._names.of("chip", normal_number(text)),
            Meaning.DEVICE: self._names.device,
            Meaning.HASH: self._names.digits,
            Meaning.SHEET: self._sheet,
            Meaning.CASE: lambda _: self.case,
            Meaning.ROW: self._row,
            Meaning.FIELD: self._field,
            Meaning.UNREAD: self._unread,
            Meaning.TEXT: self._leave_out,
        }

    def answer(self, answer: Answer) -> Answer:
        """Return an answer of the same type with pseudonyms, marked as redacted.

        Raises UsageError if it holds a text whose meaning is not declared.
        """
        self._masked.clear()
        try:
            return cast("Answer", marked(self.mask(answer)))
        except UndeclaredText as text:
            raise UsageError("answer_not_redacted", hint="leave_out_redact") from text
        finally:
            self._masked.clear()

    @property
    def left_out(self) -> str:
        """The text in the place of free text."""
        return self._names.left_out

    @property
    def case(self) -> str:
        """The pseudonym of the case itself, whatever its name and place."""
        return self._names.of("case", "the case of this key")

    def text(self, meaning: Meaning, text: str) -> str | None:
        """Return what is shown in the place of a text."""
        way = self._ways.get(meaning)
        if way is not None:
            return way(text)
        return self._names.of(_WORDS[meaning], normal_number(text) if meaning in _OF_NUMBERS else text)

    def mask(self, value: Any) -> Any:
        """Return a value of an answer with pseudonyms."""
        match value:
            case None | bool() | int() | float() | date() | Enum():
                return value
            case str():
                raise UndeclaredText("a text stands where no meaning is declared")
            case GraphtraceError():
                return redact_error(value)
        if (known := self._masked.get(id(value))) is not None:
            return known[1]
        masked = self._make(value)
        # the value is kept with it, so that no other gets its id meanwhile
        self._masked[id(value)] = value, masked
        return masked

    def _make(self, value: Any) -> Any:
        special = _SPECIAL.get(type(value).__name__)
        if special is not None:
            return special(self, value)
        if is_dataclass(value) or hasattr(value, "_fields"):
            return type(value)(**dict(self.fields_of(value)))
        match value:
            case tuple() | list() | frozenset() | set():
                return type(value)(self.mask(each) for each in value)
            case Mapping() if all(isinstance(name, int) for name in value):
                return {name: self.mask(each) for name, each in value.items()}
        raise UndeclaredText(f"{type(value).__name__} stands where no meaning is declared")

    def fields_of(self, value: Any) -> Iterator[tuple[str, Any]]:
        """Yield the fields of a dataclass or named tuple, masked by their declared meanings."""
        meanings = FIELDS.get(type(value).__name__, {})
        kind: type = type(value)
        for name in _field_names(kind):
            content = getattr(value, name)
            meaning = meanings.get(name)
            yield name, self.mask(content) if meaning is None else self.apply(meaning, content)

    def apply(self, meaning: Meaning, value: Any) -> Any:
        """Return a value all of whose texts have one meaning."""
        match value:
            case None | bool() | int() | float() | date() | Enum():
                return value
            case str():
                return self.text(meaning, value)
            case Mapping():
                return {self.apply(meaning, name): self.mask(each) for name, each in value.items()}
            case tuple() | list() | frozenset() | set():
                return type(value)(self.apply(meaning, each) for each in value)
        return self.mask(value)

    def json(self, value: Any, meaning: Meaning = Meaning.TEXT) -> Any:
        """Return a value of plain JSON, whose texts have meanings by the keys that they stand under."""
        match value:
            case {"contacts": _, "name": name, "id": ident} if name or ident:
                who = self._names.strong_id(ident) if ident else self._names.name(name)
                return {**self._by_key(value), "name": who if name else None, "id": who if ident else None}
            case {"id": str(ident), "name": name} if "contacts" not in value:
                party = self.party(Party(ident, name or ""))
                return {**self._by_key(value), "id": party.id, "name": None if name is None else party.name}
            case {"kind": _, "value": str(contact)}:
                return {**self._by_key(value), "value": self.text(Meaning.CONTACT, contact)}
            case Mapping():
                return self._by_key(value)
            case list() | tuple() | set() | frozenset():
                return type(value)(self.json(each, meaning) for each in value)
        return self.apply(meaning, value)

    def _by_key(self, value: Mapping[str, Any], meanings: Mapping[str, Meaning] = KEYS) -> dict[str, Any]:
        return {self._key(key): self.json(each, meanings.get(key, Meaning.TEXT)) for key, each in value.items()}

    def _key(self, key: str) -> str:
        """Return a key as it is where it is a name of this program or a day; others are data."""
        is_kept = _NAME.fullmatch(key) or _DAY.fullmatch(key)
        return key if is_kept else self.text(Meaning.VALUE, key) or ""

    def log_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return the parameters of a line of the log; a page of the workbench holds its question in its address."""
        if params.get("command") == "workbench":
            params = {name: params[name] for name in ("command", "answer", "answer_of", "page") if name in params}
        kept = (name for name, meaning in LOG.items() if meaning is Meaning.KEPT)
        own = {
            name: word if isinstance(word := params[name], str) and _WORD.fullmatch(word) else self.left_out
            for name in kept
            if params.get(name) is not None
        }
        return {**self._by_key(params, LOG), **own}

    def row(self, columns: tuple[str, ...], row: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return a row of a query of the library; a name beside its id has the pseudonym of that id."""
        cells = dict(zip(columns, row, strict=True))
        return tuple(self._cell(column, cell, cells) for column, cell in cells.items())

    def _cell(self, column: str, cell: Any, cells: Mapping[str, Any]) -> Any:
        ident = cells.get(f"{column.removesuffix('_name')}_id") if column.endswith("_name") else None
        if isinstance(ident, str) and isinstance(cell, str) and cell:
            return self.party(Party(ident, cell)).name
        return self.json(cell, KEYS.get(column, Meaning.TEXT))

    def params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return the parameters of a finding, a reason or a problem."""
        masked = self._by_key(params)
        if params.get("why") in NEAR_MISSES:
            masked["why"] = params["why"]
        return masked

    def party(self, party: Party) -> Party:
        """Return a party with its pseudonym as its name; operators that this program knows keep theirs."""
        if party.id in ANYWHERE and party.id.startswith("carrier:"):
            name = load_catalogue(self._lang)["carriers"].get(party.carrier or "", party.id.removeprefix("carrier:"))
            return Party(party.id, name, is_carrier=party.is_carrier, namesakes=party.namesakes)
        ident = self._names.party_id(party.id)
        return Party(
            ident,
            self._names.party(party.id) if party.name else "",
            is_carrier=party.is_carrier,
            namesakes=party.namesakes,
            identified_by=party.identified_by,
            joins=self._party_id(party.joins) if party.joins else "",
            form=legal_form(party) or ("firm" if self._names.is_firm(party) else None),
        )

    def digits(self, value: str) -> str:
        """Return the digits of a value that is shown without a word."""
        return self._names.digits(value)

    def attributes(self, ident: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """Return the attributes of a node of a graph by its id, or of an edge."""
        masked = {name: self.apply(GRAPH.get(name, Meaning.TEXT), value) for name, value in attributes.items()}
        match attributes:
            case {"type": "party", "name": name}:
                party = self.party(Party(ident, name or ""))
                number = attributes["number"] and party.strong_id
                masked |= {"name": party.name, "number": number, "label": party.name or party.id}
            case {"type": "record", "file": _, "row": row}:
                masked["label"] = f"{masked['file']}:{row}"
            case {"type": "lot", "first": str(), "last": str()}:
                masked["label"] = f"{masked['first']} – {masked['last']}"
            case {"type": "card" | "device"}:
                masked["label"] = masked["iccid" if attributes["type"] == "card" else "imei"]
            case {"label": label}:
                masked["label"] = label
        return masked

    def _row(self, place: str) -> str:
        file, _, row = place.rpartition(":")
        return f"{self.text(Meaning.FILE, file)}:{row}"

    def node(self, ident: str) -> str:
        """Return the id of a node of a graph."""
        kind, _, rest = ident.partition(":")
        match kind:
            case "card":
                return f"card:{self._names.card(rest)}"
            case "device":
                return f"device:{self._names.device(rest)}"
            case "record":
                sha256, _, place = rest.partition(":")
                sheet, _, row = place.rpartition(":")
                return f"record:{self._names.digits(sha256)}:{self._sheet(sheet) if sheet else ''}:{row}"
            case "lot" if rest.startswith("record:"):
                return f"lot:{self.node(rest)}"
            case "lot":
                return "lot:" + "-".join(map(self._names.card, rest.split("-")))
        return self._party_id(ident)

    def _party_id(self, ident: str) -> str:
        return ident if ident.startswith("carrier:") and ident in ANYWHERE else self._names.party_id(ident)

    def _if_like(self, pattern: re.Pattern[str]) -> Callable[[str], str]:
        return lambda text: text if pattern.fullmatch(text) else self._names.left_out

    def _asked_party(self, text: str) -> str:
        if text.partition(":")[0] in ("id", "name", "carrier"):
            return self._party_id(text)
        return self._names.strong_id(text) if legal_form_of(normalize_party_id(text)) else self._names.name(text)

    def _cell_of_file(self, text: str) -> str:
        if not text.strip() or _WHOLE_DAY.fullmatch(text) or ("T" in text and _DAY.fullmatch(text)):
            return text
        if (meaning := _meaning_of_number(text)) is not None:
            return self.text(meaning, text) or ""
        return self._names.left_out

    def _field(self, name: str) -> str | None:
        return name if name in load_catalogue(self._lang)["fields"] else self.text(Meaning.HEADING, name)

    def _unread(self, extra: str) -> str:
        cells = {
            self.text(Meaning.HEADING, name): self._leave_out(cell) for name, cell in json.loads(extra or "{}").items()
        }
        return json.dumps(cells, ensure_ascii=False) if cells else ""

    def _leave_out(self, text: str) -> str:
        return self._names.left_out if text else ""

    def _province(self, text: str) -> str:
        return text if _PROVINCE_END.sub("", text) in PROVINCES else self._names.of("place", text)

    def _carrier(self, text: str) -> str:
        return text if text in CARRIERS or f"carrier:{text}" in ANYWHERE else self._names.of("carrier", text)

    def _sheet(self, name: str) -> str:
        sheet, cells = split_table(name)
        shown = self._names.sheet(sheet) if sheet else ""
        return shown if cells is None else f"{shown}!{cells}"


def _mask_trace(masker: Masker, trace: Trace) -> Trace:
    """Return a trace; a number that was typed has the pseudonym that its kind has."""
    asked = {"imei": Meaning.DEVICE, "eid": Meaning.CHIP, "iccid": Meaning.CARD}.get(
        trace.matched_as or "", Meaning.NUMBER
    )
    texts: dict[str, Any] = {
        name: None if (text := getattr(trace, name)) is None else masker.text(asked, text) for name in _TYPED
    }
    masked = {name: masker.mask(getattr(trace, name)) for name in _field_names(Trace) if name not in _KEPT_OR_TYPED}
    kept = {name: getattr(trace, name) for name in FIELDS["Trace"]}
    return Trace(**masked, **kept, **texts)


_TYPED: Final = ("input", "read_as")
_KEPT_OR_TYPED: Final = frozenset((*_TYPED, *FIELDS["Trace"]))


def _mask_seizure(masker: Masker, seizure: Seizure) -> Seizure:
    """Return a seizure; a holder that is written as its party is called has the pseudonym of the party."""
    masked = replace(seizure, **dict(masker.fields_of(seizure)))
    party = seizure.seized_from
    if party is None or normalize_party_name(seizure.holder or "") != normalize_party_name(party.name):
        return masked
    return replace(masked, holder=masker.party(party).name)


def _mask_rule(masker: Masker, rule: Rule) -> Rule:
    """Return a rule of this program; values of its parameters that are not its own may hold names of the case."""
    if rule.path is not None:
        raise UsageError("own_rules_not_redacted", hint="redact_bundled")
    parameters = tuple(
        one if one.value == one.default else replace(one, value=masker.apply(Meaning.TEXT, one.value))
        for one in rule.parameters
    )
    return replace(rule, parameters=parameters)


def _check_query(_: Masker, query: Query) -> Query:
    """Return a query of this program; a column of another can hold anything, whatever it is called."""
    if not query.is_bundled:
        raise UsageError("own_query_not_redacted", name=query.name, hint="redact_bundled")
    return query


def _mask_query_result(masker: Masker, answer: QueryResult) -> QueryResult:
    kinds = {one.name: _PARAMETERS.get(one.type, Meaning.TEXT) for one in answer.query.header.parameters}
    return QueryResult(
        query=masker.mask(answer.query),
        parameters={name: masker.apply(kinds[name], value) for name, value in answer.parameters.items()},
        columns=answer.columns,
        rows=[masker.row(answer.columns, row) for row in answer.rows],
        judgements=masker.mask(answer.judgements),
    )


_PARAMETERS: Final[Mapping[str, Meaning]] = {"party": Meaning.PARTY_ID, "card": Meaning.CARD, "day": Meaning.DAY}


def _mask_named_judgement(masker: Masker, named: NamedJudgement) -> NamedJudgement:
    """Return a judgement whose names are the pseudonyms of its two parties."""
    parties = zip(named.judgement.parties, named.names, strict=True)
    first, second = (masker.party(Party(ident, name)).name for ident, name in parties)
    return replace(named, judgement=masker.mask(named.judgement), names=(first, second))


def _mask_party_summary(masker: Masker, answer: PartySummary) -> PartySummary:
    """Return a summary; each other name of the party has the pseudonym of a party that nothing else is known of."""
    aliases = tuple(
        (masker.apply(Meaning.PARTY_ID, ident), masker.apply(Meaning.NAME, name)) for ident, name in answer.aliases
    )
    own = {name: value for name, value in masker.fields_of(replace(answer, aliases=())) if name != "aliases"}
    return PartySummary(**own, aliases=aliases)


def _mask_support(masker: Masker, support: PartySupport) -> PartySupport:
    return PartySupport(
        contacts=masker.mask(support.contacts),
        identities=masker.json(support.identities),
        shipments=masker.json(support.shipments),
        payments=masker.json(support.payments),
    )


def _mask_siblings(masker: Masker, siblings: Siblings) -> Siblings:
    return Siblings(
        masker.mask(tuple(siblings)),
        masker.mask(siblings.suspension),
        siblings.suspension_unread,
        masker.apply(Meaning.CARD, siblings.not_found),
        masker.mask(siblings.judgements),
        masker.mask(siblings.out_of_service),
    )


def _mask_status(masker: Masker, status: CaseStatus) -> CaseStatus:
    own = ("state", "unread_rows", "questions")
    files = [
        {
            **masker.json({name: value for name, value in file.items() if name not in own}),
            "state": file["state"],
            "unread_rows": file["unread_rows"],
            # the word that a question is about may be a name
            "questions": [
                {**asked, "sheet": None, "field": asked["field"].partition(".")[0]} for asked in file["questions"]
            ],
        }
        for file in status.files
    ]
    return CaseStatus(**{**dict(masker.fields_of(replace(status, files=[]))), "files": files})


def _mask_state(masker: Masker, state: CaseState) -> CaseState:
    """Return the state of a case without the lines of its ledger, by which an answer would name tables and headings."""
    return state._replace(case_head=masker.mask(state.case_head), ledger=())


def _mask_export(masker: Masker, written: ExportResult) -> ExportResult:
    """Return the result of an export, whose path and command name the case and folders of this machine."""
    return replace(
        written,
        path=Path(masker.text(Meaning.FILE, written.path.name) or ""),
        limits=masker.mask(written.limits),
        command=masker.apply(Meaning.TEXT, written.command),
    )


def _meaning_of_number(text: str) -> Meaning | None:
    """Return what a text is that has the form of a number; one that can be of several kinds is a value."""
    readings = identify(text).readings
    if len(readings) > 1:
        return Meaning.VALUE
    return _READINGS[readings[0].kind] if readings else None


_READINGS: Final[Mapping[str, Meaning]] = {
    "iccid": Meaning.CARD,
    "eid": Meaning.CHIP,
    "msisdn": Meaning.NUMBER,
    "imsi": Meaning.NUMBER,
    "imei": Meaning.DEVICE,
    **dict.fromkeys(("uscc", "registration_no", "resident_id"), Meaning.STRONG_ID),
}


def _mask_identifications(masker: Masker, found: Any) -> Any:
    """Return what some numbers can be; a text that is none has the pseudonym of a value."""
    answers = tuple(
        (masker.text(_meaning_of_number(text) or Meaning.VALUE, text), masker.mask(answer))
        for text, answer in found.answers
    )
    return replace(found, answers=answers)


def _mask_reading(masker: Masker, reading: Interpretation) -> Interpretation:
    meaning = _READINGS[reading.kind]
    own = {name: masker.apply(meaning, getattr(reading, name)) for name in ("normalised", "key")}
    return Interpretation(**{**dict(masker.fields_of(reading)), **own})


def _mask_log_line(masker: Masker, line: LogLine) -> LogLine:
    """Return a line of the log; its hash is masked, as guesses of the real line could be compared with it."""
    own = dict(masker.fields_of(line._replace(params={})))
    return LogLine(**{**own, "params": masker.log_params(line.params)})


def _mask_pin(masker: Masker, pin: Pin) -> Pin:
    """Return a pin without its words: a program does not know whom they name."""
    own = dict(masker.fields_of(pin))
    return Pin(**{**own, "asked": masker.apply(Meaning.NUMBER, pin.asked)} if pin.command == "trace" else own)


def _mask_pinned(masker: Masker, pinned: PinnedAnswer) -> PinnedAnswer:
    """Return a pin with its answer, which says what stands in the place of what was asked."""
    masked = PinnedAnswer(**dict(masker.fields_of(pinned)))
    match masked.answer:
        case PartySummary(party=party):
            asked: tuple[str, ...] = (party.name or party.id,)
        case AuditResults() as audits if len(audits) == len(pinned.pin.asked):
            asked = tuple(audit.enterprise.name or audit.enterprise.id for audit in audits)
        case Traces() as traces if len(traces) == len(pinned.pin.asked):
            asked = tuple(trace.input for trace in traces)
        case _:
            return masked
    return replace(masked, pin=replace(masked.pin, asked=asked))


def _mask_watch(masker: Masker, watch: Watch) -> Watch:
    own = dict(masker.fields_of(watch))
    if not {"name", "identifier"}.isdisjoint(watch.forms):
        own["value"] = masker.text(Meaning.ASKED_PARTY, watch.value)
    return Watch(**own)


def _mask_request(masker: Masker, request: Any) -> Any:
    """Return what is asked of an addressee; its sentence is not said of the real one."""
    numbers = {
        masker.apply(Meaning.CARD, key): masker.apply(Meaning.CARD, number) for key, number in request.numbers.items()
    }
    said = Text("pseudonyms", "left_out", {})
    leads = masker.apply(Meaning.HASH, request.leads)
    branch = masker.apply(Meaning.NAME, request.branch or None) or ""
    return type(request)(first=masker.mask(request.first), text=said, numbers=numbers, leads=leads, branch=branch)


def marked(answer: Answer) -> Answer:
    """Return an answer that says itself that it is redacted; its type is one of the same name below its own."""
    kind: type = type(answer)
    object.__setattr__(answer, "__class__", _marked_type(kind))
    return answer


def is_redacted(answer: object) -> bool:
    """Whether an answer is one that :func:`marked` returned."""
    return bool(getattr(answer, "is_redacted", False))


@cache
def _marked_type(kind: type) -> type:
    content = {"__slots__": (), "__module__": kind.__module__, "__qualname__": kind.__qualname__, "is_redacted": True}
    return type(kind.__name__, (kind,), content)


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind)) if is_dataclass(kind) else tuple(kind._fields)  # type: ignore[attr-defined]


def _params_of(masker: Masker, value: Any) -> Any:
    """Return a finding, reason or problem with its parameters."""
    return replace(value, **dict(masker.fields_of(replace(value, params={}))) | {"params": masker.params(value.params)})


_SPECIAL: Final[Mapping[str, Callable[[Masker, Any], Any]]] = {
    "Party": Masker.party,
    "Trace": _mask_trace,
    "Seizure": _mask_seizure,
    "Rule": _mask_rule,
    "Query": _check_query,
    "QueryResult": _mask_query_result,
    "NamedJudgement": _mask_named_judgement,
    "PartySummary": _mask_party_summary,
    "PartySupport": _mask_support,
    "PartyShares": lambda masker, shares: shares.changed(masker.party),
    "Siblings": _mask_siblings,
    "CaseStatus": _mask_status,
    "CaseState": _mask_state,
    "ExportResult": _mask_export,
    "Identifications": _mask_identifications,
    "Interpretation": _mask_reading,
    "LogLine": _mask_log_line,
    "Outcomes": lambda masker, outcomes: tuple(map(masker.mask, outcomes)),
    "Request": _mask_request,
    "Pin": _mask_pin,
    "PinnedAnswer": _mask_pinned,
    "Watch": _mask_watch,
    **dict.fromkeys(("Finding", "RuleFinding", "Reason", "IntegrityProblem", "GuidedStatement"), _params_of),
    "Traces": lambda masker, traces: Traces(map(masker.mask, traces)),
    "AuditResults": lambda masker, audits: AuditResults(map(masker.mask, audits)),
    "Candidates": lambda masker, pairs: Candidates(map(masker.mask, pairs)),
}
"""How values of types are masked that need more than the meanings of their fields, by the name of the type."""
