"""The JSON of every answer as types: what mypy checks the code against, and the published schemas are made of.

A missing value is ``null``, an empty list ``[]``. Keys come in the order of their types. A type whose name is taken by
what it is the JSON of ends in ``Json``.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from graphtrace.model import Kind, SupportKind
from graphtrace.results.guided import QuestionCode, QuestionState
from graphtrace.results.watch import WatchForm, WatchState

CustodyKind = Literal["purchase", "registration", "return", "transfer"]
RegistrantBasis = Literal["sold", "registered", "both"]
Precision = Literal["listed", "range", "quantity"]
Outcome = Literal["continuous", "inferred", "broken", "ambiguous", "not_found"]
Severity = Literal["info", "warning", "error"]


class Version(TypedDict):
    """First key of every answer: the version of the program."""

    graphtrace: str


class Redacted(TypedDict):
    """``redacted``: the answer has pseudonyms in the place of names, identifiers, numbers, contacts and files."""

    redacted: NotRequired[Literal[True]]


class Head(Version, Redacted):
    """First keys of every answer from a case."""

    case: str
    ledger_head: str | None


class DatedHead(Head):
    """First keys of answers that can be asked as of a day; ``as_of`` is that day, ``null`` where none was asked for."""

    as_of: str | None


class UnreadJson(TypedDict):
    """Parts of the case that were not read or wait for an answer: files, rejected rows, questions."""

    files: int
    rows: int
    questions: int


class AskedUnread(TypedDict):
    """Extent of what was not read, in every answer about cards, parties or an enterprise from a command."""

    unread: NotRequired[UnreadJson]


class AskedHead(DatedHead):
    """First keys of an answer about a list; ``skipped`` lists its lines without a number, if there are any."""

    skipped: NotRequired[list[str]]


class AskedRule(TypedDict):
    """A rule that an audit asked, with the values of its parameters."""

    id: str
    version: int
    parameters: dict[str, Any]


class AnnexJson(TypedDict):
    """The file with the cards behind the counts of an audit: one line of JSON for each card."""

    file: str
    sha256: str
    cards: int


class OptionsJson(TypedDict):
    """The options of ``trace`` (``inputs``) or ``audit`` with which ``verify`` asks a saved answer again."""

    lang: Literal["en", "zh"]
    as_of: str | None
    judged: bool
    inputs: NotRequired[list[str]]
    slack: NotRequired[int]
    extra: NotRequired[bool]
    all: NotRequired[bool]
    names: NotRequired[list[str]]
    role: NotRequired[Literal["enterprise", "dealer"] | None]
    rules: NotRequired[list[AskedRule]]
    annex: NotRequired[AnnexJson]


class AskedOptions(TypedDict):
    """Last key of an answer that ``verify`` can ask again; those from Python state none."""

    options: NotRequired[OptionsJson]


class PartyJson(TypedDict):
    """A company or person; ``identified_by`` is there where no more than its name identifies it."""

    id: str
    name: str
    identified_by: NotRequired[Literal["name"]]


class SheetNameJson(TypedDict):
    """A sheet; ``table`` names the cells of a table where the sheet holds several, as ``A3:F20``."""

    sheet: str | None
    table: NotRequired[str]


class OriginJson(SheetNameJson):
    """The row of a file that a statement comes from."""

    file: str
    sha256: str
    row: int
    record_no: str | None


class ExtraJson(OriginJson):
    """Cells of a row of an answer in columns that were not read, by heading (``trace --extra``)."""

    cells: dict[str, str]


class TranscribedJson(TypedDict):
    """The person who says what the lines of a text state."""

    by: str


class ReadingJson(TypedDict):
    """Reading of a table: the row of its headings, the headings of the columns in use by the letters of the column,
    the letters by kind of record and field, and what no cell states but a person, a mapping or a title says of every
    row, with the fields of it that no title says; the recipe that cleans the cells. Of a text whose lines a person
    transcribed, that person.
    """

    recipe: NotRequired[str]
    header: NotRequired[int]
    headings: NotRequired[dict[str, str]]
    fields: NotRequired[dict[str, dict[str, str]]]
    said: NotRequired[dict[str, dict[str, str]]]
    by_person: NotRequired[list[str]]
    transcribed: NotRequired[TranscribedJson]


class RestsOnJson(SheetNameJson):
    """The rows of a table that an answer rests on; ``reading`` is ``null`` where the ledger does not say it."""

    sha256: str
    file: str
    reading: ReadingJson | None
    rows: list[int]


class AskedRows(TypedDict):
    """The tables with every row that an answer from a command names, so that others can read the cells."""

    rests_on: NotRequired[list[RestsOnJson]]


class BecauseJson(TypedDict):
    """The rows that the sentences about a card rest on, each as the beginning of the file's hash, sheet and row.

    Those of hops, uses and seizures are their ``origins``. ``findings`` and ``leads`` are in the order of the answer's;
    what rests on no row (nothing is recorded) has none.
    """

    registrant: list[str]
    holder: list[str]
    end_user: list[str]
    findings: list[list[str]]
    leads: list[list[str]]


class HintJson(TypedDict):
    """A property that a number suggests, and the confidence in it."""

    what: str
    value: str
    confidence: str


class Message(TypedDict):
    """A code with parameters and its sentence in the language of the answer."""

    code: str
    params: dict[str, Any]
    message: str


class Undone(TypedDict):
    """When a judgement was undone, by whom and why."""

    at: str
    by: str
    why: str


class JudgementJson(TypedDict):
    """Somebody's judgement that two parties are the same or different."""

    n: int
    same: bool | None
    parties: list[PartyJson]
    by: str
    at: str
    why: str
    evidence: OriginJson | None
    forced: bool
    suspended: bool
    undone: Undone | None


# -- trace -----------------------------------------------------------------------------------------------------


class CardJson(TypedDict):
    """A card by its numbers; ``iccid`` and ``key`` are null where records name only another number."""

    iccid: str | None
    key: str | None
    checksum: str
    carrier: str | None
    msisdn: list[str]
    imsi: list[str]
    eid: list[str]
    hints: list[HintJson]


class Registrant(PartyJson):
    """The party that a carrier sold the card to or names as its customer; ``kind`` where number or name say it."""

    kind: Literal["enterprise", "person"] | None


Corroboration = TypedDict(
    "Corroboration",
    {
        "kind": Literal["shipment", "payment"],
        "by": Literal["waybill", "order", "account"],
        "value": str,
        "date": str | None,
        "from": PartyJson | None,
        "to": PartyJson | None,
        "amount": str | None,
        "origins": list[OriginJson],
    },
)
Corroboration.__doc__ = "A shipment or payment that shares a key with a change of hands; the amount is in yuan."


class RegisteredJson(TypedDict):
    """A carrier's own statement that the receiver of a hop is its customer; no hop by itself."""

    party: PartyJson
    date: str | None
    origins: list[OriginJson]


Hop = TypedDict(
    "Hop",
    {
        "n": int,
        "kind": CustodyKind,
        "from": PartyJson,
        "to": PartyJson,
        "date": str | None,
        "precision": Precision,
        "gap_before": bool,
        "level": int | None,
        "channel": str | None,
        "waybill": str | None,
        "price": str | None,
        "document_basis": Literal["recipe", "title", "answer"] | None,
        "carrier_basis": Literal["document", "answer", "issuer"] | None,
        "registered": list[RegisteredJson],
        "corroboration": list[Corroboration],
        "origins": list[OriginJson],
    },
)
Hop.__doc__ = "One change of hands, with every row that says so."


class ChainJson(TypedDict):
    """The hops of a card in order."""

    outcome: Outcome
    registrant: Registrant | None
    registrant_basis: RegistrantBasis | None
    holder: PartyJson
    hops: list[Hop]


class ActivationJson(TypedDict):
    """A use of the card in a network: the first one (``activation``) or a later one (``usage``)."""

    kind: Literal["activation", "usage"]
    date: str
    imei: str | None
    msisdn: str | None
    imsi: str | None
    user: PartyJson | None
    province: str | None
    city: str | None
    cell: str | None
    origins: list[OriginJson]


class SeizureJson(TypedDict):
    """The card was seized."""

    date: str | None
    case_no: str | None
    place: str | None
    holder: str | None
    seized_from: PartyJson | None
    origins: list[OriginJson]


class CardList(TypedDict):
    """The card stands in somebody's list."""

    date: str | None
    party: PartyJson | None
    state: str | None
    imei: str | None
    origins: list[OriginJson]


class ChipLinkJson(TypedDict):
    """A card on an eSIM chip; ``until`` is the first day after all of these records that names it with another chip."""

    eid: str
    since: str | None
    until: str | None
    origins: list[OriginJson]


class FindingJson(TypedDict):
    """A remark on a card."""

    code: str
    severity: Severity
    params: dict[str, Any]
    message: str


Lead = TypedDict(
    "Lead",
    {
        "id": str,
        "ask": PartyJson | None,
        "for": str,
        "because": str,
        "since": str | None,
        "until": str | None,
        "message": str,
    },
)
Lead.__doc__ = "Whom to ask for what, and why."


class TraceJson(TypedDict):
    """The answer about one card; ``since`` and ``until`` are of its link to the chip whose EID was asked for."""

    input: str
    read_as: str | None
    found: bool
    matched_as: str | None
    since: str | None
    until: str | None
    card: CardJson | None
    outcome: Outcome
    registrant: Registrant | None
    registrant_basis: RegistrantBasis | None
    holder: PartyJson | None
    end_user: PartyJson | None
    end_user_basis: Literal["named", "holder_that_day"] | None
    chains: list[ChainJson]
    chains_omitted: int
    activations: list[ActivationJson]
    seizures: list[SeizureJson]
    card_lists: list[CardList]
    chips: list[ChipLinkJson]
    judgements: list[JudgementJson]
    findings: list[FindingJson]
    leads: list[Lead]
    because: BecauseJson
    extra: NotRequired[list[ExtraJson]]


class TraceCounts(TypedDict):
    """Inputs, different cards, and criminal cases by their numbers; cards by outcome."""

    inputs: int
    cards: int
    not_found: int
    cases: int
    cards_without_case: int
    outcomes: dict[str, int]


class LetterAboutLead(TypedDict):
    """For how many cards of a lead a letter asks, and about how many of them its reply has rows."""

    id: str
    state: Literal["new", "sent", "answered", "void"]
    cards: int
    answered: int


class LetterStateJson(TypedDict):
    """State of a letter; a new one has no author and time."""

    state: Literal["new", "sent", "answered", "void"]
    by: str | None
    at: str | None
    remark: str | None


class LetterStanding(TypedDict):
    """To whom a letter is (null where no number tells the carrier), since when, by when, and what became of it."""

    reference: str
    number: str | None
    addressee: PartyJson | None
    date: str
    reply_by: str | None
    state: LetterStateJson


class LeadLetter(LetterStanding):
    """A letter about cards of the answer, as it stood when the question was asked; without leads it asked before."""

    leads: list[LetterAboutLead]


class LettersOfLeads(TypedDict):
    """The letters of the leads of an answer, where there are any."""

    lead_letters: NotRequired[list[LeadLetter]]


class TraceAnswer(AskedHead, LettersOfLeads):
    """The answer of ``trace``: one entry a card, in the order asked."""

    results: list[TraceJson]
    counts: TraceCounts
    rests_on: NotRequired[list[RestsOnJson]]
    options: NotRequired[OptionsJson]
    unread: NotRequired[UnreadJson]


# -- audit -----------------------------------------------------------------------------------------------------


class Enterprise(PartyJson):
    """A party that is audited: an enterprise or a dealer."""

    uscc: str | None


class ByName(TypedDict):
    """``by_name``: how many of the cards rest on records that know the party by a name alone; absent for none."""

    by_name: NotRequired[int]


class FinalHolder(ByName):
    """A last documented holder of cards that were resold; last, ``null`` for those whose chains end differently."""

    party: PartyJson | None
    cards: int
    activated: int
    seized: int


class Resold(TypedDict):
    """The cards that were sold on."""

    activated: int
    by_depth: dict[str, int]
    final_holders: list[FinalHolder]
    channels: dict[str, int]


class Quantity(TypedDict):
    """Records that state a number of cards only, and these numbers added up."""

    records: int
    cards: int


class QuantityOnly(TypedDict):
    """Totals of records that state a number of cards only."""

    purchased: Quantity
    sold: Quantity


class Bounds(TypedDict):
    """Between which numbers a figure lies."""

    min: int
    max: int


class QuantityFlowJson(TypedDict):
    """Cards that passed between an audited party and another, where records state a number only.

    ``bounds`` are the least and the greatest number of different cards; null where there are too many records.
    ``records_by_name`` is there where records know the other by a name alone.
    """

    records_by_name: NotRequired[int]
    party: PartyJson | None
    cards: int
    records: int
    quantity_only: Quantity
    since: str | None
    until: str | None
    bounds: Bounds | None


class QuantityFlowsJson(TypedDict):
    """The flows by number of an audited party, by direction."""

    received: list[QuantityFlowJson]
    passed_on: list[QuantityFlowJson]


class BalanceSourceJson(SheetNameJson):
    """The records of one kind in one sheet on the other side of the balance."""

    kind: str
    precision: str
    file: str
    sha256: str
    first_row: int
    last_row: int
    records: int
    cards: int


class BalanceJson(TypedDict):
    """Figures that a party declared against those of the records; all ``null`` where it declared nothing.

    ``purchased`` stands in the audit of an enterprise, ``received`` in that of a dealer.
    """

    date: str | None
    declared_stock: int | None
    declared_sold: int | None
    unaccounted: int | None
    unaccounted_bounds: list[int] | None
    purchased: NotRequired[int | None]
    received: NotRequired[int | None]
    returned: int | None
    activated_while_held: int | None
    undated: int | None
    sold_on_record: Bounds | None
    declarations: list[OriginJson]
    balance_sources: list[BalanceSourceJson]


class RuleFindingJson(TypedDict):
    """A finding of a rule."""

    code: str
    severity: Severity
    version: int
    params: dict[str, Any]
    message: str


class RuleNotAsked(TypedDict):
    """A rule that an audit did not ask: about cards, where records state only how many there are."""

    rule: str
    because: Literal["cards_not_named"]


class SeizedCaseJson(TypedDict):
    """A case number with the seized cards under it."""

    case_no: str | None
    cards: int


class Durations(TypedDict):
    """Durations in days: the median and the quartiles of the known ones."""

    cards: int
    known: int
    quarter: float | None
    median: float | None
    three_quarters: float | None


class Province(TypedDict):
    """Provinces of activity of cards, with those declared."""

    province: str | None
    declared_use: str | None
    declared_province: str | None
    cards: int


class MonthCountJson(TypedDict):
    """Cards bought by an enterprise or received by a dealer, last passed on, and first used in a month.

    The last entry may have no month: cards that are registered to the enterprise on no stated day.
    """

    month: str | None
    purchased: NotRequired[int]
    received: NotRequired[int]
    resold: int
    first_used: int


class PartyShare(ByName):
    """A party from whom cards were received, or to whom they were passed on."""

    party: PartyJson | None
    cards: int


class QuestionedJson(TypedDict):
    """Cards of which records leave open whether the party sold them: ``custody_gap``: resold ones that turn up with
    others, and no record has it pass them on; ``double_transfer``: disputed ones that it passed on to two by records.
    """

    kind: Literal["custody_gap", "double_transfer"]
    cards: int


class AuditJson(TypedDict):
    """The account of all cards that an enterprise bought from carriers, or that a dealer received from others."""

    enterprise: Enterprise
    purchased: int | None
    registered_only: int | None
    role: Literal["enterprise", "dealer"]
    received: int | None
    buckets: dict[str, int]
    by_month: list[MonthCountJson]
    resold: Resold
    seized: int
    quantity_only: QuantityOnly
    balance: BalanceJson
    findings: list[FindingJson | RuleFindingJson]
    rules_not_asked: list[RuleNotAsked]
    activated: int
    seized_cases: list[SeizedCaseJson]
    days_to_first_transfer: Durations
    days_to_first_activation: Durations
    activation_provinces: list[Province]
    suppliers: list[PartyShare]
    buyers: list[PartyShare]
    quantity_flows: QuantityFlowsJson
    sent_unreceived: int
    listed_active: int
    held_with_unread: int
    questioned: list[QuestionedJson]
    judgements: list[JudgementJson]
    unread_rows: list[UnreadRowJson] | None


class AuditAnswer(DatedHead):
    """The answer of ``audit``."""

    enterprises: list[AuditJson]
    rests_on: NotRequired[list[RestsOnJson]]
    options: NotRequired[OptionsJson]
    unread: NotRequired[UnreadJson]


class DrilldownRecord(OriginJson):
    """A record behind a figure."""

    kind: Kind | SupportKind | Literal["contact", "reject"]
    date: str | None


class DrilldownLotJson(TypedDict):
    """Cards behind a figure with the records that name them."""

    first: str | None
    last: str | None
    cards: int
    holder: PartyJson | None
    records: list[DrilldownRecord]


class OpenedFigure(TypedDict):
    """A figure of an audit with what is behind it."""

    enterprise: PartyJson
    figure: str
    cards: int
    finding: RuleFindingJson | None
    lots: list[DrilldownLotJson]
    judgements: list[JudgementJson]


class DrilldownAnswer(DatedHead):
    """The answer of ``audit --cards``."""

    opened: list[OpenedFigure]
    unread: NotRequired[UnreadJson]


# -- parties and cards ------------------------------------------------------------------------------------------


class ContactValue(TypedDict):
    """A contact in the writing in which it is compared."""

    kind: Literal["telephone", "wechat", "qq", "taobao", "alipay", "bank", "address", "email", "account", "alias"]
    value: str


class Contact(ContactValue):
    """A contact of a party, and the rows that state it."""

    origins: list[OriginJson]


class Identity(TypedDict):
    """Identity of a person or firm as a record states it."""

    date: str | None
    name: str | None
    id: str | None
    contacts: list[ContactValue]
    origins: list[OriginJson]


Shipment = TypedDict(
    "Shipment",
    {"date": str | None, "from": PartyJson | None, "to": PartyJson | None, "waybill": str, "origins": list[OriginJson]},
)
Shipment.__doc__ = "A parcel that names a party as its sender or receiver."
Payment = TypedDict(
    "Payment",
    {
        "date": str | None,
        "from": PartyJson | None,
        "to": PartyJson | None,
        "order_no": str | None,
        "amount": str | None,
        "origins": list[OriginJson],
    },
)
Payment.__doc__ = "A payment that names a party as its payer or payee; the amount is in yuan."


class RowsByNameJson(SheetNameJson):
    """Rows of a sheet that the case counts to a party by a name alone; of many the first by their numbers."""

    file: str
    sha256: str
    rows: int
    first_rows: list[int]


class PartyWithKind(PartyJson):
    """A party, what records show it to be, and the parties that were judged to be the same."""

    kind: Literal["carrier", "enterprise", "dealer", "person"] | None
    legal_form: Literal["firm", "person"] | None
    aliases: list[PartyJson]
    contacts: list[Contact]
    identities: list[Identity]
    shipments: list[Shipment]
    payments: list[Payment]
    by_name: NotRequired[list[RowsByNameJson]]


class PartySeizureJson(TypedDict):
    """The seizure of one card from the party; ``number`` is the MSISDN where no row of it names the card.

    ``by_name`` is there where its rows know the party by a name alone.
    """

    card: str | None
    number: str | None
    date: str | None
    case_no: str | None
    place: str | None
    origins: list[OriginJson]
    by_name: NotRequired[Literal[True]]


class RowPlace(TypedDict):
    """Place of a row; ``table`` where its sheet holds several."""

    file: str
    sha256: str
    sheet: str | None
    table: NotRequired[str]
    row: int


class UnreadRowJson(TypedDict):
    """A row that holds the name of the party and that was not read, why, and the cell that holds the name."""

    origin: RowPlace
    reason: str
    field: str | None
    text: str


class PartyAnswer(DatedHead):
    """The answer of ``party``."""

    party: PartyWithKind
    received: list[dict[str, Any]]
    passed_on: list[dict[str, Any]]
    seizures: list[PartySeizureJson]
    judgements: list[JudgementJson]
    unread_rows: list[UnreadRowJson]
    findings: NotRequired[list[FindingJson]]
    unread: NotRequired[UnreadJson]


class Asked(TypedDict):
    """The question: known cards, and criminal cases by their numbers; cards without one are none of them."""

    cards: int
    cases: int
    cards_without_case: int
    not_found: list[str]


class CoverStep(TypedDict):
    """A party of the set that explains all cards."""

    party: PartyJson
    cards: int
    new_cards: int


class AskedCard(TypedDict):
    """A card that was asked for."""

    input: str
    iccid: str
    outcome: Outcome
    case_nos: list[str]


class SharedPartiesAnswer(AskedHead):
    """The answer of ``common``."""

    asked: Asked
    by: Literal["lift", "coverage", "score"]
    case_cards: int
    parties: list[dict[str, Any]]
    carriers: list[dict[str, Any]]
    cover: list[CoverStep]
    unexplained: list[str]
    judgements: list[JudgementJson]
    cards: list[AskedCard]
    unread: NotRequired[UnreadJson]


class CardRangeJson(TypedDict):
    """Consecutive cards."""

    first: str
    last: str
    cards: int


class CardGroupJson(TypedDict):
    """Cards that moved together."""

    cards: int
    activated: int
    seized: int
    at_large: int
    ranges: list[CardRangeJson]
    ranges_at_large: list[CardRangeJson]


class SiblingLotJson(Hop):
    """The cards that moved in one step of a card."""

    chain: int
    lot: CardGroupJson | None
    together: CardGroupJson | None


class CardSiblingsJson(TypedDict):
    """Cards that moved together with one card."""

    input: str
    iccid: str | None
    outcome: Outcome
    same_way: CardGroupJson | None
    lots: list[SiblingLotJson]


class StateCount(TypedDict):
    """Number of cards with which the latest list has a state, as written."""

    state: str
    cards: int


class Suspension(CardRangeJson):
    """Activated cards that are not seized, and how they are related to which card."""

    carrier: str | None
    sibling: str
    chain: int | None
    n: int | None
    same_way: bool


class SiblingsAnswer(AskedHead):
    """The answer of ``siblings``."""

    results: list[CardSiblingsJson]
    suspension: list[Suspension]
    suspension_unread: int
    out_of_service: list[StateCount]
    not_found: list[str]
    judgements: list[JudgementJson]
    unread: NotRequired[UnreadJson]


# -- graphs and queries ------------------------------------------------------------------------------------------


class Hub(PartyJson):
    """A party with more partners than are walked through."""

    partners: int


class LimitsJson(TypedDict):
    """Limits of a part of a graph."""

    depth: int
    cut_off: int
    hub: int
    hubs: list[Hub]


class GraphAnswer(DatedHead):
    """The answer of ``graph``: nodes and edges with the attributes of their type."""

    level: Literal["party", "record", "card"]
    around: list[str]
    since: str | None
    until: str | None
    direction: Literal["both", "forward", "backward"]
    limits: LimitsJson | None
    judgements: list[JudgementJson]
    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]
    unread: NotRequired[UnreadJson]


class ExportAnswer(DatedHead):
    """The result of ``export``."""

    file: str
    format: str
    level: str
    written: dict[str, int]
    limits: LimitsJson | None
    command: NotRequired[list[str]]


class QueryName(TypedDict):
    """The question that was asked."""

    name: str
    version: int


class QueryAnswer(DatedHead):
    """The answer of ``query``."""

    query: QueryName
    parameters: dict[str, Any]
    columns: list[str]
    rows: list[list[Any]]
    judgements: list[JudgementJson]


class QueryParameter(TypedDict):
    """A parameter of a question."""

    name: str
    type: str
    required: bool
    default: Any
    meaning: str


class QueryColumnJson(TypedDict):
    """A column of an answer."""

    name: str
    meaning: str


class QueryHeaderJson(TypedDict):
    """A question of the query library."""

    name: str
    version: int
    question: str
    counts: str
    parameters: list[QueryParameter]
    columns: list[QueryColumnJson]
    over: Literal["case", "audit"]
    files: list[str]


class QueriesAnswer(Version):
    """The answer of ``query --list``."""

    queries: list[QueryHeaderJson]


class QueryTextAnswer(Version):
    """The answer of ``query --show``."""

    query: str
    texts: dict[str, str]


# -- rules -------------------------------------------------------------------------------------------------------


class RuleParameterJson(TypedDict):
    """A parameter of a rule."""

    name: str
    type: str
    default: Any
    unit: str | None
    meaning: str


class RuleJson(TypedDict):
    """A rule of an audit."""

    id: str
    version: int
    severity: Severity
    title: str
    why: str
    law: str | None
    parameters: list[RuleParameterJson]
    query: str
    evidence: list[str]
    file: str | None


class RecipeSignature(TypedDict):
    """By what a format is recognised."""

    headings: list[str]
    preamble: list[str]
    shape: list[str]


class RecipeColumn(TypedDict):
    """Meaning of a column of a format."""

    heading: str
    field: str | None
    contact: str | None


class RecipeQuestion(TypedDict):
    """A field that a format does not state and that is asked for."""

    field: str
    question: str
    required: bool


class RecipeJson(TypedDict):
    """A file format that is known."""

    id: str
    name: str
    about: str
    family: str
    sources: list[str]
    certainty: str
    signature: RecipeSignature
    columns: list[RecipeColumn]
    kinds: list[str]
    asked: list[RecipeQuestion]
    context_only: bool
    path: str | None


class RecipesAnswer(Version):
    """The answer of ``recipes``."""

    recipes: list[RecipeJson]


class ColumnGuessJson(TypedDict):
    """One column of a sheet and the field that it is taken for: by its ``heading`` or ``values``, or for none.

    ``fitting`` of ``filled`` cells among the first rows can be read as the field.
    """

    column: str
    heading: str | None
    field: str | None
    ground: Literal["heading", "values"] | None
    fitting: int
    filled: int


class SheetGuessJson(TypedDict):
    """Guessed contents of a sheet that needs a mapping; ``kind`` is null where its headings leave it open."""

    sheet: str | None
    header_row: int
    kind: str | None
    columns: list[ColumnGuessJson]


class MappingAnswer(Version):
    """The answer of ``mapping suggest``; ``understood`` are the sheets that need no mapping."""

    file: str
    mapping: str
    sheets: list[SheetGuessJson]
    understood: list[str | None]


class RecipeAnswer(Version):
    """The answer of ``recipes show``."""

    recipe: RecipeJson


class RulesAnswer(Version):
    """The answer of ``rules list``."""

    rules: list[RuleJson]


class WholeRule(RuleJson):
    """A rule with its sentence and the text of its query."""

    message: str
    sql: str


class RuleAnswer(Version):
    """The answer of ``rules show``."""

    rule: WholeRule


# -- numbers -----------------------------------------------------------------------------------------------------


class Reading(TypedDict):
    """One interpretation of a number."""

    kind: str
    normalised: str
    complete: bool
    key: str | None
    checksum: str
    carrier: str | None
    hints: list[HintJson]


class Damaged(TypedDict):
    """Between which numbers a damaged one was."""

    interval: list[str]


class IdentificationJson(TypedDict):
    """A typed text and its interpretations."""

    input: str
    readings: list[Reading]
    damaged: Damaged | None


class IdentifyAnswer(Version, Redacted):
    """The answer of ``identify``."""

    results: list[IdentificationJson]


class Find(TypedDict):
    """A number, range, date or quantity in a text."""

    kind: str
    value: str
    text: str
    line: int
    column: int


class ExtractAnswer(Version):
    """The answer of ``extract``."""

    file: str
    sha256: str
    found: list[Find]


# -- the case itself ---------------------------------------------------------------------------------------------


class RejectJson(TypedDict):
    """A row that was not loaded."""

    row: int
    field: str | None
    reason: str
    value: str | None
    interval: list[str] | None


class LoadWarning(TypedDict):
    """Values that were left out of rows that were loaded."""

    field: str | None
    reason: str
    rows: int
    first_row: int
    value: str
    heading: NotRequired[str | None]
    column: NotRequired[str]
    kind: NotRequired[str]


class ErrorText(TypedDict):
    """An error."""

    code: str
    message: str
    hint: str | None


class ColumnUse(TypedDict):
    """Use of one column: the field that it was read as, null where it was not used."""

    heading: str
    field: str | None
    because: str | None
    filled: int


class OfferJson(TypedDict):
    """An answer that a sheet proposes."""

    value: str
    because: Literal["title", "sheet_name", "file_name", "issuer", "carrier", "case"]


class QuestionJson(TypedDict):
    """A required field that a sheet does not state; ``offers`` are answers that it proposes."""

    field: str
    question: str
    choices: list[str]
    offers: list[OfferJson]
    required: bool
    rows: int


class SameFileJson(TypedDict):
    """``same_as`` names a file of the same load that has the same bytes."""

    same_as: NotRequired[str]


class SheetJson(SheetNameJson, SameFileJson):
    """Result of loading one sheet, or one table of a sheet that holds several."""

    file: str
    sha256: str | None
    recipe: str | None
    kind: str | None
    encoding: str | None
    already_loaded: bool
    rows: int
    loaded: int
    duplicate: int
    rejected: int
    records: int
    kinds: dict[str, int]
    columns: list[ColumnUse]
    asked: list[QuestionJson]
    rejects_file: str | None
    rejects: list[RejectJson]
    warnings: list[LoadWarning]
    corrections_lost: list[CorrectionJson]
    error: ErrorText | None


class SkippedFile(TypedDict):
    """A file of a folder or archive that holds no table, and what it is."""

    file: str
    what: str


class UnusedAnswerJson(TypedDict):
    """An answer of ``--set`` that no sheet took, and why."""

    answer: str
    reason: Literal["no_file", "no_sheet", "already_loaded", "not_asked"]


class ListedCaseJson(TypedDict):
    """A case of a folder; ``problem`` says what is wrong where it could not be opened."""

    path: str
    number: str | None
    name: str | None
    unit: str | None
    cards: int | None
    last_load: str | None
    problem: ErrorText | None


class CasesAnswer(Version):
    """The answer of ``cases``."""

    cases: list[ListedCaseJson]


class CardStateJson(TypedDict):
    """Short form of a trace of a card."""

    outcome: Outcome
    registrant: PartyJson | None
    holder: PartyJson | None
    end_user: PartyJson | None


class CardChangeJson(TypedDict):
    """A card before (``null``: in no record) and now."""

    card: str
    before: CardStateJson | None
    after: CardStateJson


class LoadSinceJson(TypedDict):
    """A load: its line of the ledger, and the counts of its rows."""

    line: int
    file: str
    sha256: str
    at: str
    rows: int
    loaded: int
    duplicate: int
    rejected: int


class ChangesAnswer(Head):
    """The answer of ``status --since``.

    ``omitted`` cards were not compared, as they are too many, nor were ``unlisted`` ones, which lie in new ranges and
    are listed by no record.
    """

    since: int
    lines: int
    loads: list[LoadSinceJson]
    other_lines: int
    changed: list[CardChangeJson]
    new_cards: list[CardChangeJson]
    compared: int
    omitted: int
    unlisted: int
    leads_closed: list[dict[str, Any]]
    leads_opened: list[dict[str, Any]]
    watch_hits: list[WatchHitJson] | None


class GuidedStatementJson(TypedDict):
    """Part of an answer to a guided question, or something that is missing, and how many cards it is about."""

    code: str
    party: PartyJson | None
    cards: int
    params: dict[str, Any]
    message: str


class GuidedQuestionJson(TypedDict):
    """A guided question: of ``total`` cards the records answer it for ``done``."""

    code: QuestionCode
    state: QuestionState
    done: int
    total: int
    answer: list[GuidedStatementJson]
    missing: list[GuidedStatementJson]


class GuidedAnswer(DatedHead):
    """The answer of ``status --questions``; ``omitted`` cards were not looked at, as they are too many."""

    about: Literal["seized", "list"]
    cards: int
    omitted: int
    questions: list[GuidedQuestionJson]
    unread: NotRequired[UnreadJson]


class WatchJson(TypedDict):
    """A watched value, what it is compared as, and what a request made of it."""

    value: str
    forms: list[WatchForm]
    why: str | None
    by: str
    at: str
    state: WatchState


class WatchHitJson(TypedDict):
    """Rows of one sheet that name a watched value in one role: how many, and the first of them."""

    value: str
    kind: str | None
    role: str
    file: str
    sha256: str
    sheet: str | None
    unread: str | None
    rows: int
    first_rows: list[int]


class WatchAnswer(DatedHead):
    """The answer of ``watch``: all watched values, or those that were added or removed."""

    watches: list[WatchJson]


class LoadAnswer(Head):
    """The answer of ``load``; ``unused_answers`` is there where an answer was given that no sheet took.

    ``watch_hits`` is ``null`` where nothing was compared with the watched values, as in a trial run. ``replies`` is
    there where the number and hash of a reply were stated, ``answers`` where letters are answered.
    """

    files: list[SheetJson]
    skipped: list[SkippedFile]
    watch_hits: list[WatchHitJson] | None
    replies: NotRequired[list[ReplyJson]]
    answers: NotRequired[list[LetterAnswerJson]]
    unused_answers: NotRequired[list[UnusedAnswerJson]]


class LetterAnswerJson(TypedDict):
    """Cards of a letter about which a file has rows, and how many of its cards are answered with them."""

    reference: str
    file: str
    sha256: str
    cards: int
    answered: int
    of: int


class DemoAnswer(LoadAnswer):
    """The answer of ``demo``."""

    results: list[TraceJson]
    enterprises: list[AuditJson]
    pages: list[str]


class StatusAnswer(Head):
    """The answer of ``status``."""

    files: list[dict[str, Any]]
    records: dict[str, int]
    parties: int
    cards_listed: int
    ranges: int
    quantity_only: int
    first_day: str | None
    last_day: str | None
    rejected: int
    corrected: int
    unloaded: int
    judgements: int
    suspended: list[int]
    size_bytes: int | None
    not_read: list[FileNotReadJson]
    replies: list[ReplyJson]
    head: CaseHeadJson
    purpose_required: bool
    findable: bool


class LogAnswer(Head):
    """The answer of ``log``: what was done to the case and asked of it, the oldest first."""

    log: list[LogLineJson]
    problems: list[Message]
    """Lines of ledger, notes and look-ups that do not follow from those before; the command ends with 3 then."""


class LogLineJson(TypedDict):
    """An act or a question of somebody; ``hash`` is that of the line in the ledger or in the log of look-ups."""

    at: str
    by: str | None
    what: Literal["load", "correct", "judge", "lookup", "export", "letter"]
    params: dict[str, Any]
    purpose: str | None
    hash: str


class CaseHeadJson(TypedDict):
    """Statements of people about the case itself; ``null`` where nothing is stated."""

    number: str | None
    name: str | None
    unit: str | None
    officer: str | None
    ground: str | None


class ReplyArchiveJson(TypedDict):
    """The archive in which the file of a reply came, and the hash of its bytes."""

    file: str
    actual: str


class ReplyJson(TypedDict):
    """A file of a carrier's reply: the document number, the hash that is stated, and the one that was found.

    ``agrees`` is null where the hash is that of another file of the archive; ``weak`` says that it proves little;
    ``seal`` is null where nobody said.
    """

    file: str
    sha256: str
    number: str
    algorithm: Literal["SHA256", "SM3", "MD5"]
    stated: str
    actual: str
    agrees: bool | None
    weak: bool
    seal: bool | None
    archive: ReplyArchiveJson | None
    at: str | None
    by: str


class FileNotReadJson(TypedDict):
    """A file of which the case keeps nothing but its name and hash: the code of the error, or what it is."""

    file: str
    sha256: str
    reason: str


class DoctorAnswer(Version):
    """The answer of ``doctor``: what was looked at, how it is, and what else is known of it."""

    checks: list[dict[str, Any]]


class CorrectionJson(TypedDict):
    """A correction of a record."""

    number: int
    at: str
    who: str
    why: str
    record: OriginJson
    by: OriginJson | None
    reinstated: bool


class CorrectAnswer(Head):
    """The answer of ``correct``."""

    new: bool
    correction: CorrectionJson


class CorrectionsAnswer(Head):
    """The answer of ``correct --list``."""

    corrections: list[CorrectionJson]


class Unload(TypedDict):
    """A file that was taken away."""

    number: int
    at: str
    who: str
    why: str
    file: str
    sha256: str


class UnloadAnswer(Head):
    """The answer of ``unload``, with the corrections of the file's rows, which went with it."""

    unload: Unload
    corrections: list[CorrectionJson]


class JudgementsAnswer(Head):
    """The answer of ``resolve``: all judgements, or the one that was made or undone."""

    judgements: NotRequired[list[JudgementJson]]
    new: NotRequired[bool]
    judgement: NotRequired[JudgementJson]


LetterLead = TypedDict(
    "LetterLead",
    {
        "id": str,
        "for": str,
        "because": str,
        "since": str | None,
        "until": str | None,
        "cards": int,
        "ranges": list[list[str]],
        "message": str,
    },
)
LetterLead.__doc__ = "What a letter asks for: a lead about cards, given by the first and last keys of their ranges."


class LetterSuspension(TypedDict):
    """A range of cards, by the numbers shown, that a carrier is asked to check and suspend."""

    first: str
    last: str
    cards: int


class LetterFileJson(TypedDict):
    """A file of a letter."""

    name: str
    sha256: str
    bytes: int


class LetterOverdue(TypedDict):
    """By how many days the reply to a letter is overdue on a day; computed from the day that the letter states."""

    days: int
    on: str


class LetterJson(LetterStanding):
    """A letter to one addressee."""

    form: str
    lang: Literal["en", "zh"]
    overdue: LetterOverdue | None
    leads: list[LetterLead]
    cards: int
    suspend: list[LetterSuspension]
    answered: int
    new: bool
    files: list[LetterFileJson]


class LettersAnswer(Head):
    """The answer of ``letters``; ``asked_before`` leads stand in letters that were sent, ``omitted`` cards in none."""

    letters: list[LetterJson]
    asked_before: int
    omitted: int
    templates: list[str]


class CandidateReason(TypedDict):
    """Why two parties may be one, with the figures behind it."""

    code: str
    params: dict[str, Any]
    origins: list[OriginJson]


class CandidateEffect(TypedDict):
    """Effect of joining two parties; ``chains_closed`` is null where there are too many cards to examine."""

    chains_closed: int | None
    cards: int


class CandidateJson(TypedDict):
    """Two parties that may be one; ``judged`` is the number of a judgement that left them undecided."""

    parties: list[PartyJson]
    score: float
    reasons: list[CandidateReason]
    effect: CandidateEffect
    judged: int | None


class CandidatesAnswer(DatedHead):
    """The answer of ``candidates``, strongest first."""

    candidates: list[CandidateJson]
    unread: NotRequired[UnreadJson]


class ComparedAnswerJson(TypedDict):
    """A saved answer that was compared: the look-up that gave it, and the lines that the ledger has since."""

    file: str
    sha256: str
    line: int | None
    """The number of the look-up in the log; null where the log has no answer with this SHA-256."""
    at: str | None
    by: str | None
    later: int | None


class VerifyAnswer(DatedHead):
    """The answer of ``verify``."""

    deep: bool
    """Whether the rows were derived from the sources again."""
    problems: list[Message]
    answers: list[ComparedAnswerJson]


class CompactAnswer(Head):
    """The answer of ``compact``; sizes in bytes."""

    rows: int
    bytes_before: int
    bytes_after: int


class CopiedFilesJson(TypedDict):
    copied: int
    copied_before: int


CopiedFilesJson.__doc__ = "How many files were copied now and before."
Compared = TypedDict("Compared", {"what": str, "file": NotRequired[str], "from": Any, "to": Any, "agrees": bool})
Compared.__doc__ = "A figure of both cases side by side."


class ComparedTraces(TypedDict):
    """The cards that were traced in both cases, and those that are traced differently."""

    compared: int
    differing: list[str]


CopyAnswer = TypedDict(
    "CopyAnswer",
    {
        "graphtrace": str,
        "from": str,
        "to": str,
        "ledger_head": str | None,
        "files": CopiedFilesJson,
        "agrees": bool,
        "counts": list[Compared],
        "checksums": list[Compared],
        "traces": ComparedTraces,
    },
)
CopyAnswer.__doc__ = "The answer of ``copy``."


class BundleAnswer(Head):
    """The answer of ``bundle``: what was written, and the hash that commits to all of it."""

    bundle: str
    files: int
    bytes: int
    records: dict[str, int]
    tagmanifest_sha256: str
    signed_by: str | None
    encrypted: bool


class BundleSignatureJson(TypedDict):
    """The signature of a bundle: id of the key, its trusted comment, and whether a given key checked it."""

    key: str
    comment: str
    checked: bool


class BundleStampJson(TypedDict):
    """The time stamp of a bundle, and whether a given certificate checked it."""

    at: str
    checked: bool


class OpenAnswer(TypedDict):
    """The answer of ``open``: the case that agrees with what the bundle states, and who signed it."""

    graphtrace: str
    case: str
    ledger_head: str | None
    bundle: str
    sealed_with: str
    files: int
    records: dict[str, int]
    tagmanifest_sha256: str
    signature: BundleSignatureJson | None
    time_stamp: BundleStampJson | None
    time_stamp_missing: bool
    """Whether the bundle holds a request for a time stamp, and none."""


class ExitError(ErrorText):
    """An error with the exit code of the command."""

    exit: int
    details: NotRequired[list[str]]


class ErrorAnswer(TypedDict):
    """Output of a failed command on the standard error stream."""

    error: ExitError


# -- synthetic cases ---------------------------------------------------------------------------------------------


class SimulatedFile(TypedDict):
    """A file of a synthetic case."""

    file: str
    rows: int


class Planted(TypedDict):
    """A fact planted in a synthetic case, and how often."""

    name: str
    scenario: str | None
    rate: float
    blocks: int
    cards: int


class SimulateAnswer(Version):
    """The answer of ``simulate``."""

    folder: str
    cards: int
    seed: int
    rows: int
    rejected: int
    duplicates: int
    aliases: int
    supports: NotRequired[int]
    files: list[SimulatedFile]
    planted: list[Planted]


class Judged(TypedDict):
    """Number of answers and of right ones."""

    asked: int
    right: int
    wrong: int


class Tally(TypedDict):
    """Number in truth, number found."""

    planted: int
    found: int
    missed: int
    invented: int
    precision: float | None
    recall: float | None


class Mistake(TypedDict):
    """A wrong answer."""

    card: str
    story: str | None
    kind: str
    true: str | None
    answered: str | None


class AliasCountJson(TypedDict):
    """Planted pairs of a kind of names, and the number of them that are candidates."""

    kind: str
    same: bool
    planted: int
    proposed: int


class AliasReportJson(TypedDict):
    """Planted names that candidates find; ``others`` are candidates of planted parties that were not planted."""

    precision: float | None
    recall: float | None
    kinds: list[AliasCountJson]
    others: int


class CheckAnswer(Version):
    """The answer of ``simulate check``."""

    case: str
    right: bool
    cards: Judged
    wrong: dict[str, int]
    findings: dict[str, Tally]
    audits: Judged
    rejects: dict[str, Tally]
    duplicates: Tally
    candidates: AliasReportJson | None
    corroboration: NotRequired[dict[str, Tally]]
    mistakes: list[Mistake]


class PinJson(TypedDict):
    """An answer that a person chose for the report; ``hash`` is the SHA-256 of the answer when it was chosen."""

    n: int
    at: str
    by: str
    command: Literal["trace", "party", "audit"]
    asked: list[str]
    words: str
    hash: str


class PinsAnswer(Head):
    """The answer of ``pin``."""

    pins: list[PinJson]


class QuotedRow(TypedDict):
    """A row as it stands in its file, and the rows at the top of its sheet; each row is its number and its cells."""

    file: str
    sha256: str
    sheet: str | None
    row: int
    head: list[list[Any]]
    cells: list[str | None]


class ReportedAnswer(PinJson):
    """A pin with the answer that the case gives now; ``unchanged`` says whether that is the answer that was pinned."""

    unchanged: bool
    answer: dict[str, Any]
    quoted: list[QuotedRow]
    not_quoted: int


class SealedSourceJson(TypedDict):
    """A file of the sealing list."""

    file: str
    format: str
    bytes: int
    sha256: str
    sm3: str
    loaded_at: str


class LedgerChangeJson(TypedDict):
    """A file that was read again or withdrawn, or a record that was corrected."""

    kind: Literal["read_again", "unload", "correction"]
    at: str
    by: str
    why: str
    file: str
    sha256: str
    sheet: str | None
    row: int | None


class ReportAnswer(Head):
    """The answer of ``report``; ``lines`` counts the lines of the ledger by what they say."""

    made_at: str
    pins: list[ReportedAnswer]
    files: list[dict[str, Any]]
    not_read: list[FileNotReadJson]
    lines: dict[str, int]
    changes: list[LedgerChangeJson]
    sources: list[SealedSourceJson]


ANSWERS: dict[str, type[Any]] = {
    "audit": AuditAnswer,
    "audit-cards": DrilldownAnswer,
    "bundle": BundleAnswer,
    "candidates": CandidatesAnswer,
    "cases": CasesAnswer,
    "common": SharedPartiesAnswer,
    "compact": CompactAnswer,
    "copy": CopyAnswer,
    "correct": CorrectAnswer,
    "correct-list": CorrectionsAnswer,
    "demo": DemoAnswer,
    "doctor": DoctorAnswer,
    "error": ErrorAnswer,
    "export": ExportAnswer,
    "extract": ExtractAnswer,
    "recipes": RecipesAnswer,
    "recipe": RecipeAnswer,
    "graph": GraphAnswer,
    "identify": IdentifyAnswer,
    "letters": LettersAnswer,
    "load": LoadAnswer,
    "log": LogAnswer,
    "mapping-suggest": MappingAnswer,
    "open": OpenAnswer,
    "party": PartyAnswer,
    "pin": PinsAnswer,
    "query": QueryAnswer,
    "query-list": QueriesAnswer,
    "query-show": QueryTextAnswer,
    "report": ReportAnswer,
    "resolve": JudgementsAnswer,
    "rules-list": RulesAnswer,
    "rules-show": RuleAnswer,
    "siblings": SiblingsAnswer,
    "simulate": SimulateAnswer,
    "simulate-check": CheckAnswer,
    "status": StatusAnswer,
    "status-questions": GuidedAnswer,
    "status-since": ChangesAnswer,
    "trace": TraceAnswer,
    "unload": UnloadAnswer,
    "verify": VerifyAnswer,
    "watch": WatchAnswer,
}
"""The type of the JSON of every command."""
