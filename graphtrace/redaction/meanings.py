"""Meaning of every text of an answer, by type and field: what is kept, what gets a pseudonym, what is left out.

A text that no table here declares is not shown: :class:`~graphtrace.redaction.redacted_answers.Masker` raises, and a
test walks all types. Texts in parameters of findings, in supporting records and in columns of queries are declared by
their name.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final


class Meaning(Enum):
    """Meaning of a text, which decides what is shown in its place."""

    KEPT = auto()
    """A word of this program (a code, an outcome, a kind), or a number of the ledger: kept as it is."""
    DAY = auto()
    """A day, month or time: kept where it is written as one."""
    AMOUNT = auto()
    """An amount or a number of something: kept where it is written in digits."""
    PROVINCE = auto()
    """A province: kept where it is one of China."""
    CARRIER = auto()
    """The slug of an operator: kept where it is one that this program knows."""
    CELLS = auto()
    """A range of cells (``A3:F20``): kept where it is written as one."""
    PARTY_ID = auto()
    NAME = auto()
    STRONG_ID = auto()
    LOGIN = auto()
    CARD = auto()
    NUMBER = auto()
    CHIP = auto()
    DEVICE = auto()
    CONTACT = auto()
    VALUE = auto()
    """A name, a number or a contact: which of them, the place does not say."""
    WAYBILL = auto()
    ORDER = auto()
    RECORD = auto()
    CASE_NUMBER = auto()
    CONTRACT = auto()
    FILE = auto()
    HASH = auto()
    SHEET = auto()
    HEADING = auto()
    CASE = auto()
    PLACE = auto()
    CHANNEL = auto()
    USE = auto()
    STATE = auto()
    ENDING = auto()
    """The ending of a file: kept where it is that of a format that this program reads."""
    ASKED_PARTY = auto()
    """A party as somebody asked for it: by its id in the case, its number or its name."""
    CELL = auto()
    """A cell of a row as it stands in its file: a number has its pseudonym, a day is kept, all else is left out."""
    ROW = auto()
    """A file and a row, as ``file:row``."""
    FIELD = auto()
    """A field of a record: kept where this program knows it, else it is a heading."""
    UNREAD = auto()
    """What a row says in columns that were not read, as JSON by their headings: the cells are left out."""
    TEXT = auto()
    """Free text, which may hold a name: left out."""


M = Meaning

FIELDS: Final[Mapping[str, Mapping[str, Meaning]]] = {
    # -- graphtrace.model ---------------------------------------------------------------------------------------------
    "Origin": {
        "file": M.FILE,
        "sha256": M.HASH,
        "sheet": M.SHEET,
        "record_no": M.RECORD,
        "extra": M.UNREAD,
        "concluded": M.KEPT,
    },
    "Activation": {
        "kind": M.KEPT,
        "imei": M.DEVICE,
        "msisdn": M.NUMBER,
        "imsi": M.NUMBER,
        "province": M.PROVINCE,
        "city": M.PLACE,
        "cell": M.PLACE,
    },
    "ChipLink": {"eid": M.CHIP},
    "CardListing": {"state": M.STATE, "imei": M.DEVICE},
    "Seizure": {"case_no": M.CASE_NUMBER, "place": M.PLACE, "holder": M.NAME},
    "Corroboration": {"kind": M.KEPT, "by": M.KEPT, "value": M.VALUE, "amount": M.AMOUNT},
    "Hop": {
        "kind": M.KEPT,
        "precision": M.KEPT,
        "channel": M.CHANNEL,
        "waybill": M.WAYBILL,
        "price": M.AMOUNT,
        "dates": M.DAY,
        "document_basis": M.KEPT,
        "carrier_basis": M.KEPT,
    },
    "Chain": {"registrant_basis": M.KEPT},
    "Finding": {"code": M.KEPT, "severity": M.KEPT},
    "Lead": {"record_type": M.KEPT, "because": M.KEPT, "since": M.DAY, "until": M.DAY, "cards": M.CARD},
    "Hint": {"attribute": M.KEPT, "value": M.KEPT, "confidence": M.KEPT},
    # -- one card -----------------------------------------------------------------------------------------------------
    "Card": {
        "iccid": M.CARD,
        "key": M.CARD,
        "checksum": M.KEPT,
        "carrier": M.CARRIER,
        "msisdn": M.NUMBER,
        "imsi": M.NUMBER,
        "eid": M.CHIP,
    },
    "Trace": {"matched_as": M.KEPT, "registrant_basis": M.KEPT, "end_user_basis": M.KEPT},
    "CardOutcome": {"input": M.CARD, "key": M.CARD},
    # -- judgements, corrections --------------------------------------------------------------------------------------
    "Judgement": {"at": M.DAY, "by": M.LOGIN, "why": M.TEXT, "parties": M.PARTY_ID},
    "Undoing": {"at": M.DAY, "by": M.LOGIN, "why": M.TEXT},
    "Correction": {"at": M.DAY, "who": M.LOGIN, "why": M.TEXT},
    "Candidate": {},
    "Reason": {"code": M.KEPT},
    # -- audits -------------------------------------------------------------------------------------------------------
    "MonthCount": {"month": M.DAY},
    "ResaleSummary": {"channels": M.CHANNEL},
    "ProvinceCount": {"declared_use": M.USE, "declared_province": M.PROVINCE, "province": M.PROVINCE},
    "SeizedCase": {"case_no": M.CASE_NUMBER},
    "BalanceSource": {"kind": M.KEPT, "precision": M.KEPT},
    "NoBounds": {"too_many": M.KEPT},
    "Balance": {"role": M.KEPT},
    "BalanceMargin": {"because": M.KEPT},
    "BalanceDoubt": {"because": M.KEPT, "heading": M.HEADING},
    "Audit": {"role": M.KEPT, "buckets": M.KEPT},
    "Provision": {"law": M.KEPT},
    "RuleFinding": {"code": M.KEPT, "severity": M.KEPT, "enterprise": M.PARTY_ID},
    "Evidence": {"kind": M.KEPT, "day": M.DAY},
    "DrilldownLot": {"first": M.CARD, "last": M.CARD},
    "Drilldown": {"figure": M.KEPT},
    "LedgerChange": {
        "kind": M.KEPT,
        "at": M.DAY,
        "by": M.LOGIN,
        "why": M.TEXT,
        "file": M.FILE,
        "sha256": M.HASH,
        "sheet": M.SHEET,
    },
    "SaidAtLoad": {"file": M.FILE, "sheet": M.SHEET, "field": M.FIELD, "value": M.VALUE},
    "UnreadRow": {"reason": M.KEPT, "field": M.FIELD, "text": M.TEXT},
    # -- parties ------------------------------------------------------------------------------------------------------
    "FlowTotals": {"kinds": M.KEPT, "channels": M.CHANNEL, "precisions": M.KEPT},
    "FlowProvenance": {
        "sender": M.PARTY_ID,
        "receiver": M.PARTY_ID,
        "file": M.FILE,
        "sha256": M.HASH,
        "sheet": M.SHEET,
    },
    "RowsByName": {"file": M.FILE, "sha256": M.HASH, "sheet": M.SHEET},
    "PartyContact": {"kind": M.KEPT, "value": M.CONTACT},
    "PartyUse": {"card": M.CARD, "number": M.NUMBER, "kind": M.KEPT, "imei": M.DEVICE},
    "PartySeizure": {"card": M.CARD, "number": M.NUMBER, "case_no": M.CASE_NUMBER, "place": M.PLACE},
    "PartySummary": {"kind": M.KEPT},
    "PartyPartners": {"kind": M.KEPT},
    # -- several cards ------------------------------------------------------------------------------------------------
    "SeizedCard": {"key": M.CARD, "iccid": M.CARD, "case_nos": M.CASE_NUMBER},
    "CardPassage": {"roles": M.KEPT},
    "SharedParty": {"roles": M.KEPT},
    "SharedParties": {"by": M.KEPT, "not_found": M.CARD, "case_numbers": M.CASE_NUMBER},
    "Addressee": {"issuer": M.CARRIER, "branch": M.NAME},
    "CardRange": {"first": M.CARD, "last": M.CARD, "carrier": M.CARRIER},
    "SuspensionCandidate": {"sibling": M.CARD},
    "StateCount": {"state": M.STATE},
    # -- the case -----------------------------------------------------------------------------------------------------
    "CaseStatus": {"path": M.CASE, "records": M.KEPT, "first_day": M.DAY, "last_day": M.DAY},
    "FileNotRead": {"file": M.FILE, "sha256": M.HASH, "reason": M.KEPT},
    "Reply": {"number": M.RECORD, "algorithm": M.KEPT, "stated": M.HASH},
    "Archive": {"file": M.FILE, "actual": M.HASH},
    "ReplyCheck": {"file": M.FILE, "sha256": M.HASH, "actual": M.HASH, "at": M.DAY, "by": M.LOGIN},
    "LoadSince": {"file": M.FILE, "sha256": M.HASH, "at": M.DAY},
    "CardChange": {"card": M.CARD},
    "LeadChange": {"cards": M.CARD},
    "WatchHit": {
        "value": M.VALUE,
        "kind": M.KEPT,
        "role": M.KEPT,
        "file": M.FILE,
        "sha256": M.HASH,
        "sheet": M.SHEET,
        "unread": M.KEPT,
        "column": M.HEADING,
    },
    "GuidedStatement": {"code": M.KEPT, "cards": M.CARD},
    "GuidedQuestion": {"code": M.KEPT},
    "CaseHead": {"number": M.CASE_NUMBER, "name": M.CASE, "unit": M.NAME, "officer": M.LOGIN, "ground": M.TEXT},
    "IntegrityProblem": {"code": M.KEPT},
    "ComparedAnswer": {"file": M.FILE, "sha256": M.HASH, "at": M.DAY, "by": M.LOGIN},
    "LogLine": {"at": M.DAY, "by": M.LOGIN, "what": M.KEPT, "purpose": M.TEXT, "hash": M.HASH},
    "Watch": {"value": M.VALUE, "forms": M.KEPT, "by": M.LOGIN, "at": M.DAY, "why": M.TEXT, "state": M.KEPT},
    # -- the report ---------------------------------------------------------------------------------------------------
    "EvidenceReport": {"made_at": M.DAY, "lines": M.KEPT},
    "SealedSource": {
        "file": M.FILE,
        "ending": M.ENDING,
        "sha256": M.HASH,
        "sm3": M.HASH,
        "loaded_at": M.DAY,
        "loaded_by": M.LOGIN,
    },
    "Pin": {"at": M.DAY, "by": M.LOGIN, "command": M.KEPT, "asked": M.ASKED_PARTY, "words": M.TEXT, "digest": M.HASH},
    "SourceExcerpt": {"file": M.FILE, "sha256": M.HASH, "sheet": M.SHEET, "head": M.CELL, "rows": M.CELL},
    # -- numbers by themselves ----------------------------------------------------------------------------------------
    "Interpretation": {"kind": M.KEPT, "normalised": M.VALUE, "key": M.VALUE, "checksum": M.KEPT, "carrier": M.CARRIER},
    "Identification": {"damaged": M.CARD, "read_as": M.NUMBER},
    # -- what the workbench finds -------------------------------------------------------------------------------------
    "SearchResult": {"text": M.VALUE, "in_case": M.CARD, "shown": M.CARD},
    "TextPlaces": {"files": M.FILE, "unsearched": M.FILE},
    "KnownUse": {"role": M.KEPT, "cards": M.CARD},
    "LeadList": {"keys": M.CARD},
    # -- queries ------------------------------------------------------------------------------------------------------
    "QueryResult": {"columns": M.KEPT},
    # -- graphs -------------------------------------------------------------------------------------------------------
    "SubgraphQuery": {"level": M.KEPT, "around": M.VALUE, "since": M.DAY, "until": M.DAY, "direction": M.KEPT},
}
"""Meanings of the fields of a type that hold text, by the name of the type; fields that hold none need no entry."""

KEYS: Final[Mapping[str, Meaning]] = {
    **dict.fromkeys(
        (
            *(
                "kind",
                "precision",
                "precisions",
                "kinds",
                "severity",
                "code",
                "reason",
                "known_as",
                "wanted",
                "direction",
            ),
            *("date_basis", "document_basis", "carrier_basis", "identified_by", "law", "role", "type", "algorithm"),
        ),
        M.KEPT,
    ),
    **dict.fromkeys(
        (
            *("date", "dates", "since", "until", "previous", "activated", "purchased", "seized", "first_move"),
            *("in_force", "day", "at", "month", "moment", "first_day", "last_day", "other_moment", "other_since"),
            *("back", "bought", "declared_on", "earliest", "known_until", "left", "passed_on", "received", "returned"),
            *("sold", "loaded_at", "held"),
        ),
        M.DAY,
    ),
    **dict.fromkeys(("amount", "price", "median", "percent", "low_percent"), M.AMOUNT),
    **dict.fromkeys(("province", "declared"), M.PROVINCE),
    **dict.fromkeys(("carrier", "issuer"), M.CARRIER),
    "table": M.CELLS,
    "field": M.FIELD,
    **dict.fromkeys(
        (
            *("party_id", "from_id", "to_id", "other_id", "other_to_id", "user_id", "enterprise_id", "carrier_id"),
            *("other_enterprise_id", "undecided_id", "party_ids", "way", "enterprise", "registrant_id", "holder_id"),
        ),
        M.PARTY_ID,
    ),
    **dict.fromkeys(
        (
            *("name", "party_name", "from_name", "to_name", "other_name", "other_to_name", "user_name"),
            *("enterprise_name", "other_enterprise_name", "holder", "names", "persons"),
        ),
        M.NAME,
    ),
    "id": M.STRONG_ID,
    "by": M.LOGIN,
    "who": M.LOGIN,
    **dict.fromkeys(
        (
            *("iccid", "card", "written", "expected", "candidates", "low", "high", "cards", "first", "last"),
            *("first_card", "last_card", "keys", "key"),
        ),
        M.CARD,
    ),
    **dict.fromkeys(("number", "msisdn", "imsi"), M.NUMBER),
    "eid": M.CHIP,
    **dict.fromkeys(("imei", "imeis", "device", "devices"), M.DEVICE),
    "contacts": M.CONTACT,
    **dict.fromkeys(("values", "party", "uses"), M.VALUE),
    "waybill": M.WAYBILL,
    "order_no": M.ORDER,
    **dict.fromkeys(
        ("record_no", "same_number", "record_id", "other_record_id", "declaration_record_id", "purchase_record_id"),
        M.RECORD,
    ),
    **dict.fromkeys(("case_no", "case_nos"), M.CASE_NUMBER),
    "contract_no": M.CONTRACT,
    **dict.fromkeys(("file", "files", "file_names"), M.FILE),
    **dict.fromkeys(("sha256", "stated", "actual", "found"), M.HASH),
    "sheet": M.SHEET,
    "heading": M.HEADING,
    "place": M.PLACE,
    **dict.fromkeys(("channel", "channels"), M.CHANNEL),
    "declared_use": M.USE,
    **dict.fromkeys(("text", "why", "value"), M.TEXT),
}
"""Meanings of texts by the name of the parameter, key or column that they stand in; any other text is left out."""

LOG: Final[Mapping[str, Meaning]] = {
    **KEYS,
    **dict.fromkeys(("command", "answer_of", "role", "lang"), M.KEPT),
    **dict.fromkeys(("names", "name", "one", "other", "party", "around", "identifier", "addressee"), M.ASKED_PARTY),
    **dict.fromkeys(("ids", "texts"), M.VALUE),
    "parties": M.PARTY_ID,
    **dict.fromkeys(("as_of", "date"), M.DAY),
    "pins": M.AMOUNT,
    **dict.fromkeys(("answer", "page"), M.HASH),
    "reference": M.RECORD,
}
"""Meanings of the parameters of a line of the log, by their names; any other text is left out."""

NEAR_MISSES: Final = frozenset(("one_character", "exchanged", "neighbouring_lot"))
"""Reasons of a near miss: codes under a name that elsewhere is of free text."""

GRAPH: Final[Mapping[str, Meaning]] = {
    **{name: KEYS[name] for name in ("kind", "kinds", "precision", "precisions", "type", "date", "since", "until")},
    **{name: KEYS[name] for name in ("channel", "channels", "file", "sha256", "sheet", "record_no", "first", "last")},
    **{name: KEYS[name] for name in ("iccid", "key", "carrier", "msisdn", "imsi", "eid", "activated", "seized")},
    **{name: KEYS[name] for name in ("case_no", "imei")},
    "outcome": M.KEPT,
    "origins": M.ROW,
}
"""Meanings of the attributes of nodes and edges; those of parties and all labels follow from others."""
