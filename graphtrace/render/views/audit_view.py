"""The answer of ``audit`` as a tree: the ranking, then a report for each enterprise, then the rules that found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from graphtrace.locale.text import grammar
from graphtrace.model import ACQUIRED, AUDIT_ROLES
from graphtrace.render import text_tables
from graphtrace.render.document import (
    READERS,
    Audience,
    Cell,
    Column,
    DisplayLimits,
    Document,
    DualValue,
    Facts,
    Items,
    LazyRows,
    Lines,
    Link,
    Opened,
    Paragraph,
    Records,
    Section,
    Sections,
    TableBlock,
    Text,
    Tone,
    TonedText,
    in_language,
)
from graphtrace.render.format import format_durations, rule_finding_message, rule_law
from graphtrace.render.i18n import code_text, in_both, join_texts, label_text, party_text
from graphtrace.render.views.answer_parts import (
    bounds_text,
    by_number_text,
    judgements_part,
    party_words,
    reply_remarks,
    union_of_judgements,
    unread_rows_part,
)
from graphtrace.render.writers.sheet_writer import cell_text
from graphtrace.results.audit import AUDIT_COLUMNS, BUCKETS, PartyShares, audit_row
from graphtrace.results.flows import bounds_columns

if TYPE_CHECKING:
    from graphtrace.model import AuditRole, Origin, Party
    from graphtrace.render import Lang
    from graphtrace.results.audit import Audit, Balance, BalanceSource, DurationSummary, PartyCount, QuantityFlow
    from graphtrace.results.flows import QuantityTotals
    from graphtrace.results.rules import Rule, RuleFinding

FULL = DisplayLimits(terminal=3, page=20, notebook=3)
"""More enterprises have no report of their own, but a row in the ranking."""

ENTERPRISES = DisplayLimits(notebook=50)
FINDINGS = DisplayLimits(terminal=60, page=300, notebook=20)
HOLDERS = DisplayLimits(terminal=12, page=200, notebook=20)
LINES = DisplayLimits(terminal=12, page=60, notebook=20)

NAMED = 4
"""The most members of a list that a parameter is shown with."""

_SHEET, _PAGE, _TERMINAL = Audience.SHEET, Audience.PAGE, Audience.TERMINAL
_FILED = _PAGE | Audience.MARKDOWN | _SHEET
"""Formats that are put on file: they name the rows that a balance rests on."""


def audit_view(audits: Sequence[Audit]) -> Document:
    """Return the tree of some audits, one for each party, in their order."""
    names = [audit.enterprise.name for audit in audits]
    title = f"{', '.join(names[:3])}{' …' if len(names) > 3 else ''} · graphtrace"
    return Document(
        title=title,
        kind=(
            label_text("audit_page", enterprises=len(audits))
            if _roles(audits) == ["enterprise"]
            else label_text("audit_page_parties", parties=len(audits))
        ),
        parts=(
            _ranking(audits),
            Sections(
                sections=[_report(audit, f"e{number}") for number, audit in enumerate(audits, 1)],
                most=FULL,
                more_terminal=label_text("more_audits"),
                more_page=label_text("audits_held_back", shown=FULL.page),
            ),
            _rules(audits),
            *judgements_part(union_of_judgements(audits)),
        ),
        records=Records(columns=AUDIT_COLUMNS, rows=map(audit_row, audits)),
    )


_CARDS = Column("cards", "amount", label_text("cards_total"))
_SHARE = (
    Column("percent", "share", label_text("share_head")),
    Column("bar", "bar", audience=_TERMINAL | _PAGE | Audience.NOTEBOOK),
)
_BESIDE = (
    *("sent_unreceived", "listed_active", "registered_only"),
    *("held_with_unread", "left_unrecorded", "sold_to_two"),
)
"""Figures that stand beside the buckets."""

_TONES: dict[str, Tone] = {"activated_by_other": "warn", "resold": "warn", "disputed": "bad"}


def _beside(audit: Audit) -> tuple[int, ...]:
    return tuple(getattr(audit, figure) for figure in _BESIDE)


def _roles(audits: Iterable[Audit]) -> list[AuditRole]:
    met = {audit.role for audit in audits}
    return [role for role in AUDIT_ROLES if role in met] or ["enterprise"]


# -- all enterprises -------------------------------------------------------------------------------------------


def _ranking(audits: Sequence[Audit]) -> Section:
    roles = _roles(audits)
    readers = READERS if len(audits) != 1 else Audience(0)
    columns = (
        Column("enterprise", heading=label_text("enterprise" if roles == ["enterprise"] else "name"), width=30),
        Column("number", audience=_SHEET),
        Column("role", heading=label_text("role"), audience=_SHEET if len(roles) == 1 else ~Audience(0)),
        *(Column(ACQUIRED[role], "amount", label_text(ACQUIRED[role])) for role in roles),
        *(Column(bucket, "amount", text_tables.BUCKETS[bucket], _bucket_audience(bucket)) for bucket in BUCKETS),
        Column("activated", "amount", label_text("activated"), _PAGE | Audience.NOTEBOOK | _SHEET),
        Column("seized", "amount", label_text("seized")),
        Column("unaccounted", "amount", label_text("unaccounted")),
        *(Column(figure, "amount", audience=_SHEET) for figure in _BESIDE),
        Column("findings", "amount", label_text("findings"), ~_TERMINAL),
        Column("party_id", audience=_SHEET, printed=False),
    )

    def row(numbered: tuple[int, Audit]) -> Sequence[Cell]:
        number, audit = numbered
        name = party_text(audit.enterprise)
        return [
            *(Link(name, f"e{number}"), audit.enterprise.strong_id, code_text(text_tables.AUDIT_ROLES, audit.role)),
            *(audit.cards if audit.role == role else None for role in roles),
            *(audit.buckets[bucket] for bucket in BUCKETS),
            *(audit.activated, audit.seized, audit.balance.unaccounted if audit.balance else None),
            *_beside(audit),
            *(len(audit.findings), audit.enterprise.id),
        ]

    table = TableBlock(
        code="enterprises",
        columns=columns,
        rows=LazyRows(list(enumerate(audits, 1)), row),
        most=ENTERPRISES,
        where="to_pandas(), to_dict()",
        audience=readers | _SHEET,
    )
    title = (
        label_text("enterprises", enterprises=len(audits))
        if roles == ["enterprise"]
        else label_text("audited_parties", parties=len(audits))
    )
    return Section(code="enterprises", title=title, parts=(table,))


def _bucket_audience(bucket: str) -> Audience:
    return READERS | _SHEET if bucket == "resold" else _SHEET


def _rules(audits: Iterable[Audit]) -> TableBlock:
    rules = {breach.code: breach.rule for audit in audits for breach in audit.findings}

    def row(rule: Rule) -> Sequence[Cell]:
        values = tuple((f"{name} = {cell_text(value)}",) for name, value in rule.values.items())
        title, why = (
            rule.title,
            rule.rationale,
        )
        return [rule.id, rule.version, title, why, _law(rule), Lines(values)]

    columns = (
        *(Column("rule", width=26), Column("version", "ordinal"), Column("what", width=30)),
        *(Column("why", width=50), Column("law"), Column("parameters")),
    )
    return TableBlock(code="rules", columns=columns, rows=LazyRows(list(rules.values()), row), audience=_SHEET)


# -- one party --------------------------------------------------------------------------------------------


def _report(audit: Audit, code: str) -> Section:
    name, number = party_text(audit.enterprise), audit.uscc or audit.enterprise.id
    role = [code_text(text_tables.AUDIT_ROLES, audit.role)] if audit.role == "dealer" else []
    form = party_words(audit.enterprise, None)
    return Section(
        code=code,
        title=name,
        note=join_texts(number, *role, *([] if form is None else [form]), by=" · "),
        subject=(Column("enterprise", width=30), name),
        parts=(
            *reply_remarks(audit.reply_findings),
            _key_figures(audit),
            _buckets(audit),
            _findings(audit),
            *unread_rows_part(audit.unread_rows or (), FINDINGS),
            *_resold(audit),
            _dealt_with(audit, "suppliers", audit.suppliers),
            _dealt_with(audit, "buyers", audit.buyers),
            _times(audit),
            _months(audit),
            _cases(audit),
            _places(audit),
            _quantities(audit),
            _quantity_flows(audit),
            _balance(audit),
        ),
    )


def _key_figures(audit: Audit) -> Facts:
    return Facts(
        pairs=(
            (label_text(ACQUIRED[audit.role]), _opened(audit.cards, ACQUIRED[audit.role])),
            (label_text("resold"), _opened(audit.buckets["resold"], "resold")),
            (label_text("activated"), _opened(audit.activated, "activated")),
            (label_text("seized"), _opened(audit.seized, "seized")),
            _unaccounted(audit.balance),
        )
    )


def _opened(cards: int, bucket: str) -> int | Opened:
    """Return a figure as one that a served page opens, where there is anything behind it."""
    return Opened(cards, "bucket", bucket) if cards else 0


def _unaccounted(balance: Balance | None) -> tuple[Text, Text | int]:
    """Return the heading and the number of cards that are unaccounted for, or that are declared too many."""
    bounds = None if balance is None else balance.bounds
    if balance is not None and balance.doubts:
        return label_text("unaccounted"), label_text("undetermined")
    if balance is None or balance.unaccounted is None or bounds is None:
        return label_text("unaccounted"), label_text("not_declared")
    if bounds.most < 0:
        return label_text("overdeclared"), -bounds.most
    if bounds.least <= 0 and balance.unaccounted:
        return label_text("unaccounted"), label_text("undetermined")
    return label_text("unaccounted"), balance.unaccounted


def bucket_text(bucket: str, role: AuditRole) -> Text:
    """Return the name of a bucket: a dealer's cards go back to others than carriers, too."""
    if bucket == "returned" and role == "dealer":
        return label_text("minus_sent_back")
    return code_text(text_tables.BUCKETS, bucket)


def _buckets(audit: Audit) -> Section:
    def row(counted: tuple[str, int]) -> Sequence[Cell]:
        bucket, cards = counted
        name, share = bucket_text(bucket, audit.role), cards / max(audit.cards, 1)
        return [TonedText(name, _TONES[bucket]) if bucket in _TONES else name, _opened(cards, bucket), share, share]

    columns = (Column("bucket", heading=label_text("bucket_head")), _CARDS, *_SHARE)
    table = TableBlock(code="buckets", columns=columns, rows=LazyRows(list(audit.buckets.items()), row), layout="bars")
    return Section(code="buckets", title=label_text("what_became"), parts=(table,))


def _findings(audit: Audit) -> Section:
    columns = (
        Column("severity", "severity", label_text("severity_head")),
        Column("findings", heading=label_text("finding_head"), width=50, audience=~_PAGE),
        Column("findings", heading=label_text("finding_head"), audience=_PAGE),
        Column("rests_on", "short", label_text("rests_on"), _PAGE),
        Column("cards", "amount", audience=_SHEET),
        Column("records", "amount", audience=_SHEET),
        Column("rule", width=24, audience=~_PAGE),
        Column("law", heading=label_text("ground"), audience=~Audience.NOTEBOOK),
    )

    def row(breach: RuleFinding) -> Sequence[Cell]:
        message = in_both(lambda lang: rule_finding_message(breach, lang))
        rule = f"{breach.code} {breach.rule.version}"
        limits = in_both(lambda lang: _rule_texts(breach.rule, lang))
        counts = [
            label_text(code, **{what: count})
            for code, what, count in (("cards", "cards", breach.cards), ("records_behind", "records", breach.records))
            if count
        ]
        return [
            *(breach.severity, message),
            Lines(((message,), (TonedText(limits, "quiet"),))),
            Lines(tuple((Opened(count, "rule", breach.rule.id),) for count in counts)),
            *(breach.cards, breach.records, DualValue(breach.code, rule)),
            DualValue(_law(breach.rule), in_both(lambda lang: rule_law(breach.rule, lang))),
        ]

    table = TableBlock(
        code="findings", columns=columns, rows=LazyRows(audit.findings, row), layout="list", most=FINDINGS
    )
    ids = [rule.id for rule in audit.rules_not_asked]
    unasked = Paragraph(parts=(TonedText(label_text("rules_not_asked", rules=len(ids), ids=", ".join(ids)), "quiet"),))
    return Section(
        code="findings",
        title=label_text("findings"),
        count=len(audit.findings),
        parts=(table, *([unasked] if ids else [])),
    )


def _rule_texts(rule: Rule, lang: Lang) -> str:
    """Return the title of a rule, and its limits that are set, each by what it means."""
    set_to = [
        grammar("remark", lang, text=getattr(each.parameter.meaning, lang), remark=_short(each.value))
        for each in rule.parameters
        if each.value not in (None, "", [])
    ]
    title = str(getattr(rule.title, lang))
    return grammar("colon", lang).join([title, grammar("and", lang).join(set_to)]) if set_to else title


def _short(value: object) -> str:
    if isinstance(value, list | tuple) and len(value) > NAMED:
        return f"{', '.join(map(cell_text, value[:NAMED]))} … ({len(value)})"
    return cell_text(value)


def _law(rule: Rule) -> Text:
    return label_text("no_legal_claim") if rule.law is None else rule.law


def _resold(audit: Audit) -> tuple[Section, ...]:
    resold = audit.resold
    whole = max(audit.buckets["resold"], 1)

    def depth(counted: tuple[int, int]) -> Sequence[Cell]:
        hands, cards = counted
        return [DualValue(hands, label_text("hands", hands=hands)), cards, cards / whole, cards / whole]

    def channel(counted: tuple[str, int]) -> Sequence[Cell]:
        name, cards = counted
        return [name, cards, cards / whole, cards / whole]

    def holder(share: PartyCount) -> Sequence[Cell]:
        party = share.party
        name = label_text("holder_contested") if party is None else party
        return [name, _number_of(party), share.cards, share.by_name, share.cards / whole, share.activated, share.seized]

    depths = TableBlock(
        code="depth",
        columns=(Column("hands", "ordinal", label_text("hands_head")), _CARDS, *_SHARE),
        rows=LazyRows(list(resold.by_depth.items()), depth),
        layout="bars",
    )
    channels = TableBlock(
        code="channels",
        columns=(Column("channel", heading=label_text("channel_head")), _CARDS, *_SHARE),
        rows=LazyRows(list(resold.channels.items()), channel),
        layout="bars",
        most=LINES,
    )
    holders = TableBlock(
        code="holders",
        columns=(
            *(Column("holder", heading=label_text("name")), Column("number", audience=_SHEET), _CARDS),
            _by_name_column(resold.final_holders),
            Column("percent", "share", label_text("share_head"), _PAGE),
            Column("activated", "amount", label_text("activated")),
            Column("seized", "amount", label_text("seized"), is_alarming=True),
        ),
        rows=LazyRows(resold.final_holders, holder),
        most=HOLDERS,
        more=text_tables.LABELS["more_holders"],
        where="resold.final_holders, to_dict()",
    )
    activated = label_text("share_activated", cards=f"{resold.activated:,}")
    return (
        Section(code="depth", title=label_text("depth"), note=activated, parts=(depths,)),
        Section(code="channels", title=label_text("channels"), parts=(channels,)),
        Section(code="holders", title=label_text("final_holders"), count=resold.number_of_holders, parts=(holders,)),
    )


def _by_name_column(parties: Sequence[PartyCount]) -> Column:
    """Return the column of the cards that rest on a name alone; readers see it where there are any."""
    is_shown = parties.has_names if isinstance(parties, PartyShares) else any(share.by_name for share in parties)
    return Column("by_name", "amount", label_text("by_name_head"), ~Audience(0) if is_shown else _SHEET)


def _number_of(party: Party | None) -> str | None:
    return None if party is None else party.strong_id


def _dealt_with(audit: Audit, code: str, parties: Sequence[PartyCount]) -> Section:
    whole = max(audit.cards, 1)
    table = TableBlock(
        code=code,
        columns=(
            *(Column("party", heading=label_text("name")), Column("number", audience=_SHEET), _CARDS),
            _by_name_column(parties),
            Column("percent", "share", label_text("share_head"), _PAGE),
        ),
        rows=LazyRows(
            parties,
            lambda share: [share.party, _number_of(share.party), share.cards, share.by_name, share.cards / whole],
        ),
        most=LINES,
        more=text_tables.LABELS["more_holders"],
        where=f"{code}, to_dict()",
    )
    return Section(code=code, title=label_text(code), count=len(parties), parts=(table,))


def _times(audit: Audit) -> Section:
    figures = ("cards", "known", "quarter", "median", "three_quarters")
    columns = (
        Column("what", heading=label_text("term_head")),
        Column("days", audience=READERS),
        *(Column(code, "amount", audience=_SHEET) for code in figures),
    )

    def row(duration: tuple[str, DurationSummary]) -> Sequence[Cell]:
        code, spread = duration
        return [label_text(code), in_both(lambda lang: format_durations(spread, lang)), *spread]

    codes = _TIMES[audit.role]
    times = list(zip(codes, (audit.to_transfer, audit.to_activation), strict=True))
    table = TableBlock(code="times", columns=columns, rows=LazyRows(times, row), layout="pairs")
    return Section(code="times", title=label_text("how_long"), parts=(table,))


_TIMES: dict[AuditRole, tuple[str, str]] = {
    "enterprise": ("to_transfer", "to_activation"),
    "dealer": ("receipt_to_transfer", "receipt_to_activation"),
}


def _months(audit: Audit) -> Section:
    figures = (ACQUIRED[audit.role], "resold", "first_used")
    columns = (
        Column("month", heading=label_text("month")),
        *(Column(figure, "amount", label_text(figure)) for figure in figures),
    )
    table = TableBlock(
        code="months",
        columns=columns,
        rows=[[month or label_text("undated"), *counts] for month, *counts in audit.by_month],
    )
    return Section(code="months", title=label_text("by_month"), parts=(table,))


def _cases(audit: Audit) -> Section:
    table = TableBlock(
        code="seized_cases",
        columns=(Column("case_no", heading=label_text("case_heading")), _CARDS),
        rows=LazyRows(audit.seized_cases, lambda case: [case.case_no or label_text("no_case_number"), case.cards]),
        most=LINES,
    )
    return Section(code="seized_cases", title=label_text("seized_cases"), count=audit.seized, parts=(table,))


def _places(audit: Audit) -> Section:
    table = TableBlock(
        code="places",
        columns=(
            Column("province", heading=label_text("active_province")),
            Column("declared_use", heading=label_text("declared_use")),
            Column("declared_province", heading=label_text("declared_province")),
            _CARDS,
        ),
        rows=LazyRows(
            audit.places,
            lambda place: [
                DualValue(place.province, place.province or label_text("no_province")),
                *(place.declared_use, place.declared_province, place.cards),
            ],
        ),
        most=LINES,
    )
    return Section(code="places", title=label_text("where_active"), parts=(table,))


def _quantities(audit: Audit) -> Section:
    def row(counted: tuple[str, str, QuantityTotals]) -> Sequence[Cell]:
        what, count, total = counted
        return [
            label_text(count, records=total.records, cards=total.cards),
            label_text(what),
            total.records,
            total.cards,
        ]

    columns = (
        *(Column("what", audience=READERS), Column("what", audience=_SHEET)),
        *(Column("records", "amount", audience=_SHEET), Column("cards", "amount", audience=_SHEET)),
    )
    totals = [
        (*_BY_NUMBER[audit.role], audit.quantity_purchased),
        ("sold", "quantity_sold", audit.quantity_sold),
    ]
    stated = [row(counted) for counted in totals if counted[2].records]
    stated += [
        [label_text(f"{code}_cards", cards=cards), label_text(code), None, cards]
        for code, cards in zip(_BESIDE, _beside(audit), strict=True)
        if cards
    ]
    table = TableBlock(code="quantity_only", columns=columns, rows=stated, layout="items")
    return Section(code="quantity_only", title=label_text("beside"), parts=(table,))


_BY_NUMBER: dict[AuditRole, tuple[str, str]] = {
    "enterprise": ("bought", "quantity_purchased"),
    "dealer": ("received_from_others", "quantity_received"),
}


_FLOWS = (
    Column("direction", heading=label_text("direction")),
    *(Column("party", heading=label_text("name"), width=30), Column("number", audience=_SHEET), _CARDS),
    Column("numbers_only", "short", label_text("numbers_only"), READERS),
    *(Column("quantity_records", "amount", audience=_SHEET), Column("quantity_cards", "amount", audience=_SHEET)),
    Column("card_bounds", "short", label_text("card_bounds_head"), READERS),
    *(Column("cards_at_least", "amount", audience=_SHEET), Column("cards_at_most", "amount", audience=_SHEET)),
)


def _quantity_flows(audit: Audit) -> Section:
    def row(found: tuple[str, QuantityFlow]) -> Sequence[Cell]:
        code, flow = found
        total = flow.quantity_only
        return [
            *(label_text(code), flow.party, flow.party.strong_id, flow.cards, by_number_text(total)),
            *(total.records, total.cards, bounds_text(flow.bounds, is_named=True), *bounds_columns(flow.bounds)),
        ]

    sides = zip(("received_from", "passed_on_to"), audit.quantity_flows, strict=True)
    flows = [(code, flow) for code, found in sides for flow in found]
    table = TableBlock(
        code="quantity_flows",
        columns=_FLOWS,
        rows=LazyRows(flows, row),
        most=LINES,
        more=text_tables.LABELS["more_parties"],
        where="quantity_flows, to_dict()",
    )
    return Section(code="quantity_flows", title=label_text("quantity_flows"), count=len(flows), parts=(table,))


# -- the balance -----------------------------------------------------------------------------------------------

_TERMS = (
    Column("date", "day", audience=_SHEET),
    Column("what", heading=label_text("term_head"), width=50),
    _CARDS,
)


def _balance(audit: Audit) -> Section:
    balance = audit.balance
    if balance is None:
        tables = (_terms(None), _books(None))
        paragraph = Paragraph(parts=(TonedText(label_text("no_declaration"), "quiet"),))
        return Section(code="balance", title=label_text("balance_title"), parts=(paragraph, *tables))
    sold, bounds = balance.sold, balance.bounds
    if sold.least == sold.most:
        remarks = [label_text("sold_on_record", cards=sold.least)]
    else:
        remarks = [label_text("sold_on_record_between", **sold._asdict())]
    if bounds is not None and bounds.least < bounds.most:
        remarks.insert(0, label_text("unaccounted_bounds", **bounds._asdict()))
    remarks += [label_text(f"margin_{one.because}", cards=one.less + one.more) for one in balance.margins]
    if bounds is not None and bounds.most < 0:
        remarks.insert(0, label_text("overdeclared_by", cards=-bounds.most))
    remarks = [
        label_text(doubt.because, heading=doubt.heading, cards=doubt.cards) for doubt in balance.doubts
    ] + remarks
    declared = Section(
        code="declared_by",
        title=label_text("declared_by"),
        parts=(Items(items=balance.declarations, most=LINES),),
        audience=_FILED & READERS,
    )
    books = Section(code="books", title=label_text("other_side"), parts=(_books(balance),), audience=_FILED)
    return Section(
        code="balance",
        title=label_text("balance", date=balance.when.day),
        parts=(_terms(balance), _limits(balance), Items(items=remarks), declared, _declarations(balance), books),
    )


def _terms(balance: Balance | None) -> TableBlock:
    rows: list[Sequence[Cell]] = []
    if balance is not None:
        for code, cards in balance.signed_terms:
            rows.append([balance.when.day, label_text(code), label_text("not_declared") if cards is None else cards])
        rows.append([balance.when.day, label_text("unaccounted"), balance.unaccounted])
    return TableBlock(code="balance", columns=_TERMS, rows=rows, layout="account")


def _limits(balance: Balance) -> TableBlock:
    """Return the bounds of the sum and of the sales, for spreadsheets; other formats have a sentence."""
    sold, bounds = balance.sold, balance.bounds
    unaccounted = () if bounds is None else (("unaccounted_least", bounds.least), ("unaccounted_most", bounds.most))
    limits = (*unaccounted, ("sold_least", sold.least), ("sold_most", sold.most))
    rows = [[balance.when.day, label_text(code), cards] for code, cards in limits]
    return TableBlock(code="balance", columns=_TERMS, rows=rows, audience=_SHEET)


_BOOKS = (
    Column("kind", heading=label_text("kind_head"), audience=READERS),
    *(Column("kind", audience=_SHEET), Column("precision", audience=_SHEET)),
    *(Column("records", "amount", label_text("records_head")), _CARDS),
    Column("rows", heading=label_text("rows_from_to"), audience=READERS),
    Column("file", heading=label_text("file"), width=30),
    *(Column("sheet", width=16, audience=_SHEET), Column("row", "ordinal", audience=_SHEET)),
    *(Column("last_row", "ordinal", audience=_SHEET), Column("sha256", "hash", label_text("hash_head"), width=34)),
)


def _declarations(balance: Balance) -> TableBlock:
    def row(at: Origin) -> Sequence[Cell]:
        kind = text_tables.KINDS["stock"]
        return [kind, kind, None, 1, None, None, at.file, at.sheet, at.row, at.row, at.sha256]

    return TableBlock(code="books", columns=_BOOKS, rows=LazyRows(balance.declarations, row), audience=_SHEET)


def _books(balance: Balance | None) -> TableBlock:
    def row(side: BalanceSource) -> Sequence[Cell]:
        at, kind = side.source, code_text(text_tables.BOOKS, side.kind)
        precision = code_text(text_tables.PRECISIONS, side.precision)
        file = in_both(lambda lang: " · ".join(part for part in (at.file, at.sheet and _sheet(at.sheet, lang)) if part))
        return [
            *(
                in_both(lambda lang: f"{in_language(kind, lang)} · {in_language(precision, lang)}"),
                kind,
                precision,
                side.records,
                side.cards,
            ),
            *(f"{at.row} – {side.last_row}", DualValue(at.file, file), at.sheet, at.row, side.last_row, at.sha256),
        ]

    rows = () if balance is None else LazyRows(balance.books, row)
    return TableBlock(code="books", columns=_BOOKS, rows=rows, most=LINES)


def _sheet(sheet: str, lang: Lang) -> str:
    return in_language(label_text("sheet", sheet=sheet), lang)
