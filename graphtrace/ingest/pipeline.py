"""From a sheet to statements: finds the header, reads every row, keeps account of each.

Invariant: every filled row below the header ends up in exactly one place, a frame or the rejects; the reading checks
that itself. Which path a row took, vectorised or one by one, cannot be seen from the outside.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import reduce
from itertools import chain, pairwise
from operator import itemgetter
from typing import Any, Final

import polars as pl

from graphtrace.errors import MappingError, NeedsAnswer, UnknownHeadings, UnknownKind, UsageError
from graphtrace.identifiers import is_damaged_column, parse_iccid
from graphtrace.identifiers.iccid import CHINESE
from graphtrace.identifiers.nobody import is_certainly_person
from graphtrace.identifiers.normalize import to_simplified
from graphtrace.identifiers.operators import USUAL_NAMES
from graphtrace.identifiers.party_ids import parse_contacts
from graphtrace.ingest.acts import (
    EXCHANGE,
    NOTHING,
    doubts_rows,
    fold_word,
    is_of_officer,
    is_plain_line,
    kind_of_word,
    names_seized_person,
    speaks_of_rows,
)
from graphtrace.ingest.card_cells import CARD_PATTERN, cards_among_words, split_cards
from graphtrace.ingest.cell_context import (
    AS_ABOVE,
    BLANKS,
    CellContext,
    columns_of_documents,
    leaves_blanks,
    writes_days_once,
)
from graphtrace.ingest.cross_tables import part_cross
from graphtrace.ingest.date_orders import (
    DATE_ORDER,
    ORDERS,
    Concluded,
    conclude_order,
    order_of_short_years,
    order_of_text,
    order_question,
    titles_of,
)
from graphtrace.ingest.dates_and_quantities import (
    DayOrder,
    StatedYear,
    day_order,
    is_no_day,
    lacks_year,
    months_in_one_year,
    parse_date,
    parse_quantity,
)
from graphtrace.ingest.dealer_ledgers import KEEPER, is_book_of_receipts, part_ways
from graphtrace.ingest.denied_rows import part_denied, without_denials
from graphtrace.ingest.english_books import part_entries
from graphtrace.ingest.english_headings import may_be_clerks
from graphtrace.ingest.english_papers import (
    RETURNS,
    STOCK,
    handed_over,
    keeper_in_english,
)
from graphtrace.ingest.english_sides import are_one_firm, names_other_giver, names_reseller
from graphtrace.ingest.equal_lots import EqualLots
from graphtrace.ingest.footers import part_footer
from graphtrace.ingest.given_answers import (
    KIND,
    OPEN_SIDE,
    RECIPE,
    WORDS,
    YEAR,
    CarrierWords,
    both_ways,
    carrier_questions,
    is_not_known,
    named_heading,
    parse_legs,
    title_question,
    word_answers,
)
from graphtrace.ingest.given_back import RETURNED_BY, taker_alone
from graphtrace.ingest.goods_cells import join_numbered, part_goods
from graphtrace.ingest.headers import (
    HEADINGS,
    ColumnOverrides,
    SheetHeader,
    ask_for,
    check_header_row,
    event_words,
    find_header,
    is_day_of_registration,
    listed_headings,
    names_customer,
)
from graphtrace.ingest.heading_grammar import (
    LONGEST_HEADING,
    SECRET,
    field_of_heading,
    is_secret_heading,
    normalize_heading,
)
from graphtrace.ingest.labelled_values import labelled_in, meaning_of
from graphtrace.ingest.mail import is_said_by_mail
from graphtrace.ingest.mapping_files import ColumnMapping
from graphtrace.ingest.order_sides import is_remark_of_shop, part_names
from graphtrace.ingest.own_annexes import find_annex, part_annex
from graphtrace.ingest.own_lists import (
    find_issuer,
    find_own_list,
    ground_to_ask,
    issuer_of,
    names_operator,
    seals_below,
    speaks_of_others,
)
from graphtrace.ingest.own_use import owner_of_register, user_by_definition
from graphtrace.ingest.persons import join_names
from graphtrace.ingest.places import Plan, places_of
from graphtrace.ingest.preamble import (
    StatedAbove,
    TitleVerdict,
    between_persons,
    handed_by_lines,
    is_word_of_title,
    keeper_beside,
    keeper_of_book,
    keeper_of_list,
    keeper_of_returns,
    keeper_of_section,
    keeper_of_title,
    keeper_of_vouchers,
    kind_of_title,
    meaning_as_name,
    names_cards_in_words,
    names_several_persons,
    pairs_in,
    parcel_above,
    rows_above,
    side_by_arrow,
    sides_below,
    state_of_document,
    stated_above,
    stated_of_letter,
    title_of_credit,
    verdict_of_titles,
    with_taker,
)
from graphtrace.ingest.readers.set_aside import remarks_on_rows
from graphtrace.ingest.recipes.recipe_selection import RecipeChoice, RecipeMatch
from graphtrace.ingest.recipes.recipe_sheet import RecipeHeader, RecipeReading, plan_reading
from graphtrace.ingest.record_schema import STATEMENT_SCHEMA, encode
from graphtrace.ingest.registrations import is_contradicted, may_be_anybody
from graphtrace.ingest.row_events import SheetEvent, is_evidence_handed_on, may_be_day_of_event
from graphtrace.ingest.row_legs import is_day_of_order, part_legs
from graphtrace.ingest.row_parser import BY_THE_WAY, PARTY_NAMES, ColumnPlan, RowParser, StatementRow
from graphtrace.ingest.row_status import (
    CARDS_ELSEWHERE,
    IGNORE,
    NEGATIVE,
    ROW_STATUS,
    WAY_ANSWERS,
    WORD_ANSWERS,
    UndecidedColumns,
    ends_beside,
    is_credit,
    short_word,
)
from graphtrace.ingest.said_beside import (
    COMMENT_NOT_READ,
    MAIL_NOT_READ,
    NAME_NOT_READ,
    OTHER_TABLE,
    REMARK_NOT_READ,
    STRUCK_OUT,
    LinesBeside,
    RowsBeside,
    SaidBeside,
    UnreadCells,
    columns_beside,
    denies_cards,
    others_named,
    reason_of_line,
    states_of_orders,
)
from graphtrace.ingest.section_titles import PartHeading, party_alone, section_above
from graphtrace.ingest.seizure_lines import (
    day_above,
    heading_of_part,
    may_hold_persons,
    names_holder_alone,
    part_case_days,
    part_holders,
    part_remarked,
    persons_searched,
    stated_of_seizure,
)
from graphtrace.ingest.sheet import (
    ROW,
    TOP_ROWS,
    OwnList,
    Sheet,
    cards_by_column,
    is_short,
    prefetch,
)
from graphtrace.ingest.sheet_evidence import (
    bare_name,
    check_answers,
    check_columns,
    columns_of_names,
    handed_by_column,
    handed_forms,
    legs_offered,
    legs_stated,
    names_person,
    read_evidence,
    tells_of_party,
)
from graphtrace.ingest.sheet_tables import FurtherTables, is_heading_of_rows
from graphtrace.ingest.short_names import SHORT_NAME, short_names_in
from graphtrace.ingest.split_days import DatedLater, part_days, part_later
from graphtrace.ingest.supporting import (
    SUPPORT_SCHEMA,
    ContactColumn,
    SupportPlan,
    SupportSheetParser,
    contact_columns,
    firms_of_parcels,
    is_supporting,
    open_support_parser,
    plan_beside,
    read_contacts,
    read_support,
    stated_short_names,
)
from graphtrace.ingest.supporting_headings import is_bare_telephone
from graphtrace.ingest.tails import part_prefix, part_tails
from graphtrace.ingest.title_years import TitleYear, year_of_dates, year_of_titles
from graphtrace.ingest.totals import is_merged_line
from graphtrace.ingest.unread_events import UnreadEvent, cards_in, joined, lots_between, unread_of_rows
from graphtrace.ingest.unread_sheets import LeftOutSheet, UnreadRows, unread_in_faults
from graphtrace.ingest.vectorized import VectorizedParser
from graphtrace.ingest.voucher_ledgers import part_narrations, part_statement
from graphtrace.locale import BilingualText, Text, phrase
from graphtrace.model import (
    BETWEEN_PARTIES,
    CUSTODY_KINDS,
    DENIED,
    KINDS,
    SUPPORT_KINDS,
    USE_KINDS,
    DateSpan,
    DocumentBasis,
    Kind,
    RecordKind,
    china_today,
    format_day,
    split_table,
    to_epoch_day,
)
from graphtrace.patterns import late
from graphtrace.platform import quote
from graphtrace.results.reports import ColumnReport, Offer, OpenQuestion, Reject, RowWarning

_FRAME_ROWS: Final = 100_000
"""Rows read one by one that are gathered in one frame."""

ICCID_DIGITS: Final = 19
"""Digits of the number of a card without its check digit."""

_COURIERS: Final = late("寄|发件|收件|揽|签收|派件|派送|shipper|consignee|recipient")
"""Found in the headings of lists of parcels, and in those of no ledger of who got cards."""

_CELLS_OF_A_LINE: Final = 2
"""Maximum number of different texts in a row that is a line below a table, and none of its rows."""

_LONGEST_LINE: Final = 2_000
"""Characters of a text above a table that may state something of all its rows."""

_KIND_OF_DOCUMENT: Final = late("(?:单据|业务|凭证|出入库|document_?|voucher_?)(?:类型|名称|类别|种类|type|kind)")
"""Names of lines that say what kind of document a table is."""

_WORDS_ASKED: Final = 20
"""Maximum number of words of a sheet that are asked about."""

Cells = tuple[str | None, ...]


def open_sheet_parser(
    sheet: Sheet,
    *,
    as_kind: RecordKind | None = None,
    mapping: ColumnMapping | None = None,
    choice: RecipeChoice | None = None,
    answers: Mapping[str, str] | None = None,
    insisted: Collection[str] = (),
    bulk: bool | None = None,
    is_strict: bool = False,
) -> SheetParser | SupportSheetParser | LeftOutSheet:
    """Find the header of a sheet and get ready to read its rows.

    - ``sheet``: as a reader opened it.
    - ``as_kind``: the kind of all records, where somebody says it; the headings and a kind column are not asked then.
    - ``mapping``: what somebody says about the columns; its kind counts where ``as_kind`` is not given.
    - ``choice``: the formats that the sheet may be of; not used where a person says what the records are.
    - ``answers``: what a person says of what the file leaves open, by field. It fills only what the sheet asks for.
    - ``insisted``: the fields whose answer counts even where the sheet contradicts it.
    - ``bulk``: whether clean rows are read column by column; by default, those of blocks that are not short. The result
      is the same, up to the order of rows.
    - ``is_strict``: whether a failing check digit of a card rejects its row; else it is a warning.

    Raises MappingError when the mapping names a column that is not there; UnknownHeadings when no header is found;
    AnswerContradicts when the cards, the title or the rows of the sheet contradict an answer about a side.
    """
    given = dict(answers or {})
    is_left_out = fold_word(given.get(KIND, "")) in (NOTHING, "无")
    left_out = {KIND: given.pop(KIND)} if is_left_out else {}
    # what states no day is no record of a kind that needs one
    undated = {"date": given.pop("date")} if is_not_known(given.get("date", "")) else {}
    if not is_left_out and (annex := find_annex(sheet)) is not None:
        # whatever is said of the file: only the sheet of cards holds what others do not know of it
        if (own := part_annex(sheet, annex)) is not None:
            as_kind, mapping = None, own
        choice = None
        if len(sheet.head_rows) == 1:
            return LeftOutSheet(sheet, None, {})
    told: dict[str, str] = {}
    payments = stated = None
    if as_kind is None and mapping is None and KIND not in given and (choice is None or choice.match is None):
        stated = legs_stated(sheet)
    if stated is not None and not stated[2]:
        raise _whose_list(stated[0])
    if stated is not None:
        given[KIND] = stated[0]
    if as_kind is None and mapping is None and (legs := parse_legs(given.get(KIND, ""))) is not None:
        join_names(sheet)
        payments = _payments_of(sheet, legs, given)
        part_legs(sheet, legs, may_lack_cards=payments is not None, is_concluded=stated is not None)
        told, choice = {KIND: given.pop(KIND)}, None
    try:
        parser = _open_parser(sheet, as_kind, mapping, choice or RecipeChoice(), given, insisted, bulk, is_strict)
        if stated is None:
            parser.answered |= told
        elif isinstance(parser, SheetParser):
            parser.note_legs(stated[1], stated[0])
        if payments is not None and isinstance(parser, SheetParser):
            parser.record_payments(payments)
    except UnknownHeadings as error:
        is_undated = bool(undated) and isinstance(error, NeedsAnswer) and error.fields == ("date",)
        if is_undated and given.get(KIND) == "usage" and (user := named_heading(given.get("user", ""))) is not None:
            # who uses a card, on a day that nothing says, is told with the list and is the user of no day
            of_list = ColumnMapping(claims=ColumnOverrides(headings={"declared_user": user}), kind="card_list")
            others = {name: value for name, value in given.items() if name not in (KIND, "user")}
            parser = _open_parser(sheet, None, of_list, RecipeChoice(), others, insisted, bulk, is_strict)
            parser.answered |= undated | {name: given[name] for name in (KIND, "user")}
            return parser
        if is_undated:
            left_out = undated | {name: given[name] for name in (KIND, "from", "to", "user") if name in given}
        if left_out:
            return LeftOutSheet(sheet, None, left_out)
        verdict, taken = _verdict_of_top(sheet, word_answers(given))
        if verdict is None or not verdict.is_denial:
            raise
        return LeftOutSheet(sheet, verdict, taken)
    if left_out and isinstance(parser, SheetParser) and parser.may_be_asked_its_kind:
        return LeftOutSheet(sheet, None, left_out)
    return parser


def _payments_of(
    sheet: Sheet, legs: Sequence[Mapping[str, str]], answers: Mapping[str, str]
) -> SupportSheetParser | None:
    """Return the reading of a statement of payments, of whose cards a person says who gave them to whom; else ``None``.

    Where nothing in it says so, the statement is of whoever is said to stand on the other side of all its cards.
    """
    sides = {leg[name] for leg in legs for name in ("from", "to") if name in leg}
    owners = {name for name in sides if named_heading(name) is None}
    said = {name: text for name, text in answers.items() if name != KIND}
    said = {"payer": owners.pop(), **said} if len(owners) == 1 else said
    try:
        found = _open_parser(sheet.again(), None, None, RecipeChoice(), said, (), bulk=None, is_strict=False)
    except (UnknownHeadings, MappingError):
        return None
    if not isinstance(found, SupportSheetParser) or found.verdict is not None or found.is_narrated:
        return None
    return found if found.is_of("payment") else None


def _open_parser(
    sheet: Sheet,
    as_kind: RecordKind | None,
    mapping: ColumnMapping | None,
    choice: RecipeChoice,
    answers: Mapping[str, str],
    insisted: Collection[str],
    bulk: bool | None,
    is_strict: bool,
) -> SheetParser | SupportSheetParser:
    if choice.tied:
        raise _which_recipe(choice.tied)
    part_denied(sheet)
    words = word_answers(answers)
    if (match := choice.match) is not None:
        made: dict[str, str] = {}
        if match.recipe.family == "seizure":
            match = replace(match, stated=_stated_beside_recipe(sheet, match.row, answers))
            stated_of = {**answers, **match.answers}
            if "holder" in stated_of and not _names_holders(sheet):
                made = part_remarked(sheet, stated_of["holder"], stated_of.get("holder_id"))
        reading = plan_reading(sheet, match, answers, made)
        answered = {
            name: text
            for name, text in answers.items()
            if name == RECIPE or name in {question.field for question in match.recipe.questions}
            if name not in match.answers
        }
        if reading.support_header is not None:
            supporting = SupportSheetParser(
                sheet,
                reading.support_header,
                width=reading.width,
                because="recipe",
                left_out=reading.left_out,
                year=_year_of(sheet, reading.header.row),
                answered=answered,
            )
            return _under_titles(supporting, sheet, words)
        _check_answers(sheet, reading.header, answered, insisted)
        parser = SheetParser(
            sheet,
            reading.header,
            None,
            bulk=bulk,
            reading=reading,
            is_strict=is_strict,
            answered=answered,
            answers=answers,
        )
        verdict, taken = _verdict_above(sheet, reading.header.row, 1, words)
        parser.answered |= taken
        if verdict is not None and (verdict.meaning == NOTHING or parser.is_of_sales):
            parser.note_verdict(verdict, decides_all=True)
        return parser
    mapping = mapping or ColumnMapping()
    restore_footer = part_footer(sheet)
    check_header_row(sheet.head_rows, mapping.claims)
    said = as_kind or mapping.kind
    asked = said or kind_of_word(answers.get(KIND, ""))
    keeps_uses = asked is not None and asked not in USE_KINDS
    mapping = replace(mapping, claims=replace(mapping.claims, words=words, keeps_uses=keeps_uses))
    if not mapping.claims.fields:
        mapping = replace(mapping, claims=_of_parted_cells(sheet, said, mapping.claims))
    said = said or next((kind for kind in SUPPORT_KINDS if answers.get(KIND) == kind), None)
    if said == "identity" or said == "shipment" or said == "payment":
        restore_footer()
        told = open_support_parser(sheet, said, mapping.claims, answers, year=_year_of(sheet, 1 << 20))
        assert told is not None, "a kind that somebody says is read or refused"
        told.answered |= {KIND: answers[KIND]} if answers.get(KIND) == said else {}
        return _under_titles(told, sheet, words)
    if insisted_columns := _insisted_columns(sheet, answers, insisted):
        headings = {**mapping.claims.headings, **insisted_columns}
        mapping = replace(mapping, claims=replace(mapping.claims, headings=headings))
    if (user := user_by_definition(sheet)) is not None and not _is_named(user, answers):
        headings = {"declared_user": user, **mapping.claims.headings}
        mapping = replace(mapping, claims=replace(mapping.claims, headings=headings))
    above = rows_above(sheet)
    stated, title = _stated_above(sheet, above, mapping.claims, answers)
    if said == "seizure" or (title is not None and "seizure" in title.kinds):
        stated, mapping = _with_remarked_holders(sheet, stated, mapping)
    parcel = _parcel_above(sheet, {*mapping.claims.fields, *answers, *(each.field for each in stated)}, answers)
    stated += parcel
    own = find_own_list([*above, *seals_below(sheet.below)], sheet.below)
    is_in_document = own is None and _lists_for_customer(sheet)
    own = sheet.document if is_in_document else own
    basis = _own_list_basis(said, own, answers)

    is_parted = {"kind", "party", "iccid"} <= sheet.made.keys()
    others = [RETURNS] if is_parted else []
    if KEEPER in answers:
        book = None
    else:
        book = keeper_of_book(above, sheet.head_rows, *others) or (keeper_of_vouchers(above) if is_parted else None)
        book = book or _keeper_elsewhere(sheet)
    issuer = next((each for each in stated if each.is_keeper and each.field in ("from", "to")), None)
    is_of_both = (
        issuer is not None
        and (book is None or book.value == issuer.value)
        and (is_parted or _is_book(sheet, mapping.claims, ()))
    )
    if issuer is not None and is_of_both:
        # whose register it is sold by some rows and took back or bought by others
        stated, book = [each for each in stated if each != issuer], StatedAbove(KEEPER, issuer.value, issuer.row)
    section = _section_above(sheet, above, mapping.claims, said, title)
    if section is not None:
        title = title or StatedAbove("kind", section.title, section.row, frozenset({section.kind}))
        stated = [each for each in stated if each.field not in ("party", section.side)]
        book = None if KEEPER in answers else book or keeper_of_section(above)
    # what the paper says of its keeper counts where a person would be asked, unless others may have given too
    is_one_of_several = book is not None and not is_of_both and names_other_giver(sheet.head_rows, book.value)
    known = answers if book is None or is_one_of_several else {**answers, KEEPER: book.value}

    titles = [sheet.name or "", *(cell for _, cells in above for cell in cells if cell)]
    is_of_receipts = not is_of_both and any(map(is_book_of_receipts, titles))
    is_of_seizures = said == "seizure" or (title is not None and "seizure" in title.kinds)
    is_of_evidence = any(map(is_evidence_handed_on, titles))

    def claims_of(stated: Sequence[StatedAbove]) -> ColumnOverrides:
        claims = replace(
            _with_fallbacks(mapping, stated),
            is_of_receipts=is_of_receipts,
            is_of_seizures=is_of_seizures,
            is_of_evidence=is_of_evidence,
            listed_as=asked if asked in ("registration", "card_list") else None,
        )
        if sheet.is_said:
            # the day that a person wrote beside a line is that of its record
            named = {"date": "date"} if "date" in sheet.head_rows[0][1] else {}
            claims = replace(
                claims,
                fallbacks={**claims.fallbacks, "document_basis": "answer"},
                headings={**claims.headings, **named},
            )
        if section is not None:
            claims = replace(claims, headings={**claims.headings, section.side: section.heading})
        if (other := _heading_by_arrow(sheet, above, {*claims.fields, *answers})) is not None:
            claims = replace(claims, headings={**claims.headings, **other})
        return claims if basis is None else _of_own_list(claims, basis, own, sheet)

    def header_in_document(said: Kind | None) -> tuple[SheetHeader, Kind | None, dict[str, str]]:
        """Find the header once more: what the carrier's document says of its other sheets holds for this one."""
        nonlocal own, basis, is_in_document
        own, is_in_document = sheet.document, True
        basis = _own_list_basis(said, own, answers)
        return _find_answered_header(sheet, said, claims_of(stated), known, title)

    if said == "registration" and _registers(sheet, claims_of(stated), known, title):
        # beside the registration its rows may state more, such as an activation
        said, answers, known = None, {**answers, KIND: "registration"}, {**known, KIND: "registration"}
    try:
        try:
            header, kind, answered = _find_answered_header(sheet, said, claims_of(stated), known, title)
        except NeedsAnswer as error:
            if own is not None or sheet.document is None or error.fields != ("carrier",):
                raise
            header, kind, answered = header_in_document(said)
        if basis == "title" and speaks_of_others(header.names):
            # the customers may be those of whom the headings name, unless a person says whose they are
            own, basis = None, _own_list_basis(said, None, answers)
            header, kind, answered = _find_answered_header(sheet, said, claims_of(stated), known, title)
        kept = [each for each in stated if not each.kinds or (kind or header.kind) in each.kinds]
        if len(kept) < len(stated):
            # the day of another event
            stated = kept
            header, kind, answered = _find_answered_header(sheet, said, claims_of(stated), known, title)
        lacks_carrier = own is None and any(event.missing == ("carrier",) for event in header.events)
        is_of_subscribers = own is None and kind is None and _lists_subscribers(header)
        if (lacks_carrier or is_of_subscribers) and sheet.document is not None:
            header, kind, answered = header_in_document(said)
        is_list = (kind or header.kind) == "card_list" or (asked == "card_list" and header.meaning.is_no_shipment)
        if said is None and asked in _OF_CARDS and is_list:
            if asked != "card_list":
                # the day is that of the column that the question names
                day = _day_of_question(sheet, header) if "date" not in known else None
                claims = claims_of(stated)
                claims = replace(claims, headings={**claims.headings, "date": day}) if day else claims
                header, kind, answered = _find_answered_header(sheet, asked, claims, known, title)
            answered = {**answered, KIND: answers[KIND]}
    except UnknownHeadings as error:
        is_only_titled = isinstance(error, NeedsAnswer) and title is not None and error.event in title.kinds
        # of a parcel or a payment it is said, too, who got something and nobody who passed it on
        names_taker = isinstance(error, NeedsAnswer) and error.is_kind_open and error.fields == ("from",)
        # whoever says that the cards of such rows changed hands is asked next between whom, and when
        is_said = isinstance(error, NeedsAnswer) and kind_of_word(answers.get(KIND, "")) == error.event
        if said is None and not is_said and (is_only_titled or names_taker or not isinstance(error, NeedsAnswer)):
            restore_footer()
            beside = open_support_parser(sheet, None, mapping.claims, answers, year=_year_of(sheet, 1 << 20))
            # below the first of two rows of headings the second is none of the rows
            is_other = beside is not None and not (names_taker and beside.is_of("identity"))
            is_ledger = beside is not None and beside.is_of("shipment") and _is_ledger_of_cards(sheet, error)
            if beside is not None and is_other and not is_ledger and beside.header_row >= error.header_row:
                return _under_titles(beside, sheet, words)
        _add_unfit(error, choice.unfit)
        raise
    if book is not None and KEEPER in answered:
        answered = {field: text for field, text in answered.items() if field != KEEPER}
        stated = [*stated, book]
    for side in ("from", "to", "party"):
        if book is not None and side in answered and side not in answers:
            del answered[side]
            stated = [*stated, book._replace(field=side)]
    if basis is not None:
        header = _with_carrier_basis(header, {**mapping.claims.literals, **answered})
    if parcel and said is None:
        answered = {**answered, KIND: answers[KIND]}
    is_registration = "registration" in (kind, *(event.kind for event in header.events))
    if is_registration and basis == "answer" and said is None:
        answered = {**answered, KIND: answers[KIND]}
    verdict, taken = _verdict_above(sheet, header.row, len(header.cells), words)
    is_free = said is None and KIND not in answered
    if verdict is None and header.kind != "registration":
        verdict, ignored = _verdict_of_exchange(sheet, header, words)
        taken |= ignored
    # below a heading among sales the columns of both sides are those of the sales
    sections = [row for row, _ in sheet.head_rows[: _place_of_header(sheet, header)] if row > header.row]
    is_of_returns = verdict is not None and verdict.meaning == "return" and verdict.row not in sections
    is_turned = is_of_returns and header.kind == "transfer" and is_free
    if is_turned:
        claims = claims_of(stated)
        if (taker := taker_alone(header.known, header.served)) is not None:
            claims = replace(claims, headings={**claims.headings, "from": taker})
        header, kind, answered = _find_answered_header(sheet, "return", claims, answers, None)
    _check_answers(sheet, header, answered, insisted)
    if KIND in answered and KIND in answers:
        # what was said with the kind is taken, or refused
        said_with = {field: text for field, text in answers.items() if field not in insisted}
        taken |= check_columns(header, said_with, answered)
    names = tuple(sheet.headings.get(at, name) for at, name in enumerate(header.names))
    parser = SheetParser(
        sheet,
        header if not sheet.headings else replace(header, names=names),
        kind,
        bulk=bulk,
        claimed=mapping.claims.fields,
        is_strict=is_strict,
        answered={**answered, **taken},
        answers=answers,
    )
    parser.note_stated_above(stated)
    if "date" in header.literals and DATE_ORDER in answers:
        parser.answered[DATE_ORDER] = answers[DATE_ORDER]
    parser.asks_holder = names_several_persons(cells for row, cells in sheet.head_rows if row <= header.row)
    if basis is None and said is None:
        parser.texts_above = [cell for _, cells in above for cell in cells]
    if is_registration and own is not None:
        parser.note_title(StatedAbove(KIND, own.text, own.row), is_of_document=is_in_document)
        if own.customer is not None and header.literals.get("enterprise") == own.customer:
            parser.note_title(StatedAbove("enterprise", own.customer, own.row), is_of_document=True)
    if title is not None and said is None and KIND not in answered and kind is not None and not is_turned:
        parser.note_title(title)
    if verdict is not None and (is_turned or verdict.meaning == NOTHING or (is_free and parser.is_of_sales)):
        parser.note_verdict(verdict, decides_all=not is_turned)
    parser.take_year(answers)
    for match in choice.unfit:
        for found in match.mismatches:
            column = match.places[normalize_heading(found.heading)]
            sheet.note(column, "recipe_values_differ", found.rows, found.first_row, found.value)
    return parser


def _stated_beside_recipe(sheet: Sheet, header_row: int, answers: Mapping[str, str]) -> dict[str, str]:
    """Return what labels and sentences above a list of seizures in the layout of a recipe state of all its rows."""
    above = [(row, line) for row, cells in sheet.head_rows if row < header_row for line in _lines_of(cells)]
    order = order_of_text(sheet.text) or ORDERS.get(answers.get(DATE_ORDER, ""))
    labelled = stated_above(above, HEADINGS, _year_of(sheet, header_row), order)
    stated = [each for each in labelled if each.field in ("case_no", "place") or "seizure" in each.kinds]
    return {each.field: each.value for each in [*stated_of_seizure(above, sheet.text, order), *stated]}


def _of_parted_cells(sheet: Sheet, said: RecordKind | None, claims: ColumnOverrides) -> ColumnOverrides:
    """Return the claims on a sheet whose cells hold two values each: entries of a register, goods with their card."""
    if not sheet.made:
        part_cross(sheet)
    if not sheet.made:
        part_prefix(sheet)
    if not sheet.made:
        part_tails(sheet)
    title = kind_of_title(rows_above(sheet)) if said is None else None
    if not sheet.made and (
        said == "seizure" or (title is not None and "seizure" in title.kinds) or _is_seizure_list(sheet)
    ):
        part_goods(sheet, is_of_seizures=True)
        part_holders(sheet)
        part_case_days(sheet)
    elif not sheet.made and said in (None, "transfer"):
        part_ways(sheet)
        for part in (part_narrations, part_entries, part_goods, part_statement):
            if not sheet.made:
                part(sheet)
    part_days(sheet)
    join_names(sheet)
    if not sheet.made and said in (None, "transfer", "return"):
        part_names(sheet)
        join_numbered(sheet)
    places = {name: sheet.number_of(column) for name, column in sheet.made.items()}
    return replace(claims, places=places, header_row=sheet.made_below) if places else claims


def _with_remarked_holders(
    sheet: Sheet, stated: list[StatedAbove], mapping: ColumnMapping
) -> tuple[list[StatedAbove], ColumnMapping]:
    """Return what stands above a list of seizures and its claims, where a remark of a row names another holder."""
    said = {each.field: each.value for each in stated}
    claims = mapping.claims
    if "holder" not in said or {"holder", "holder_id"} & {*claims.fields, *sheet.made} or _names_holders(sheet):
        return stated, mapping
    if not part_remarked(sheet, said["holder"], said.get("holder_id")):
        return stated, mapping
    places = {name: sheet.number_of(column) for name, column in sheet.made.items()}
    stated = [each for each in stated if each.field not in ("holder", "holder_id")]
    return stated, replace(mapping, claims=replace(claims, places=places, header_row=sheet.made_below))


def _names_holders(sheet: Sheet) -> bool:
    """Whether a heading among the first rows of a sheet is that of whoever held an article, or of his number."""
    headings = (cell for _, cells in sheet.head_rows for cell in cells if cell and len(cell) <= LONGEST_HEADING)
    return any(field_of_heading(normalize_heading(cell)) in ("holder", "holder_id") for cell in headings)


def _insisted_columns(sheet: Sheet, answers: Mapping[str, str], insisted: Collection[str]) -> dict[str, str]:
    """Return the headings of the sheet that a person insists on as those of its sides."""
    named = {
        side: normalize_heading(heading)
        for side in ("from", "to")
        if side in insisted and (heading := named_heading(answers.get(side, ""))) is not None
    }
    seen = {normalize_heading(cell) for _, cells in sheet.head_rows for cell in cells if cell} if named else set[str]()
    return {side: heading for side, heading in named.items() if heading in seen}


def _is_named(heading: str, answers: Mapping[str, str]) -> bool:
    """Whether a person says of a column what it states."""
    return any(f"[{heading}]" in normalize_heading(answer) for answer in answers.values())


def _is_ledger_of_cards(sheet: Sheet, error: UnknownHeadings) -> bool:
    """Whether a sheet that lacks a side of a change of hands names cards, and no heading is one of couriers' lists.

    A waybill beside who got the cards makes no list of parcels of it: its cards would be left aside.
    """
    if not isinstance(error, NeedsAnswer) or error.event not in CUSTODY_KINDS:
        return False
    headings = [cell for row, cells in sheet.head_rows if row <= error.header_row for cell in cells if cell]
    if any(_COURIERS.search(to_simplified(name.casefold())) for name in headings if len(name) <= LONGEST_HEADING):
        return False
    return any(_names_card(cells) for row, cells in sheet.head_rows if row > error.header_row)


def _check_answers(sheet: Sheet, header: SheetHeader, answered: Mapping[str, str], insisted: Collection[str]) -> None:
    said = {field: text for field, text in answered.items() if field not in insisted}
    check_answers(sheet, header, said)


def _keeper_elsewhere(sheet: Sheet) -> StatedAbove | None:
    """Return whoever keeps the other sheets of a workbook, by their titles."""
    return None if sheet.kept_by is None else StatedAbove(KEEPER, sheet.kept_by, 0)


def _own_list_basis(said: Kind | None, own: OwnList | None, answers: Mapping[str, str]) -> DocumentBasis | None:
    """Return why a sheet is a carrier's own list of its customers; ``None`` if it is not known to be one."""
    if own is not None and said in (None, "registration"):
        return "title"
    is_answered = said is None and kind_of_word(answers.get(KIND, "")) == "registration"
    return "answer" if is_answered or said == "registration" else None


def _lists_subscribers(header: SheetHeader) -> bool:
    """Whether a sheet lists cards with their subscribers, and states no change of hands."""
    is_list = {event.kind for event in header.events} <= {"card_list", "activation"}
    named = [header.known[at] for at in header.served.get("party", ())]
    is_opened = bool(named) and any(_OPENED.search(name) for name in header.names)
    return is_list and (is_opened or any(map(_SUBSCRIBER.match, named))) and not speaks_of_others(header.names)


def _days_asked(header: SheetHeader, places: Collection[int]) -> list[int]:
    """Return the columns, of some that nothing reads, of days that name an event and stand beside a person or firm."""
    if "declared_user" in header.served or not any(name in header.served for name in _PERSONS):
        return []
    return [at for at in places if may_be_day_of_event(normalize_heading(header.names[at]))]


def _day_of_question(sheet: Sheet, header: SheetHeader) -> str | None:
    """Return the heading of the days about which a list of cards is asked what happened then."""
    read = {at for columns in header.served.values() for at in columns}
    days = _days_asked(header, [at for at in range(len(header.names)) if at not in read])
    rows = [cells for row, cells in sheet.head_rows if row > header.row]
    filled = [at for at in days if any(at < len(cells) and cells[at] for cells in rows)]
    return next((normalize_heading(header.names[at]) for at in filled or days), None)


_OF_ACCOUNT: Final = late("account|[账帐]户")
_PERSONS: Final = ("party", "user", "holder")
_OF_ACTIVATION: Final = late("激活|activat", re.IGNORECASE)
_SUBSCRIBER: Final = late("(?:registered_?)?subscriber")
_OPENED: Final = late("(?:开户|入网|开卡|订购)的?(?:日期|时间|日)")
"""Found in headings of the day on which a carrier registered a customer."""
_LEVEL: Final = late("(?:[一二三四1-4]级|上级|下级)(?:代理|经销|分销|渠道|批发)(?:商|人|方|点)?(?:名称|姓名)?")


def _lists_for_customer(sheet: Sheet) -> bool:
    """Whether a sheet of a carrier's document names nobody, so that its cards are those of the document's customer."""
    if sheet.document is None or sheet.document.customer is None:
        return False
    names = {
        normalize_heading(cell) for _, cells in sheet.head_rows for cell in cells if cell and not _CARDS.search(cell)
    }
    named = {HEADINGS.get(name) or field_of_heading(name) for name in names if len(name) <= LONGEST_HEADING}
    return not {"party", "enterprise", "from", "to", "user", "holder", "carrier"} & named


_CARDS: Final = late("[0-9]{6}")


def _of_own_list(claims: ColumnOverrides, basis: DocumentBasis, own: OwnList | None, sheet: Sheet) -> ColumnOverrides:
    """Return the claims on a carrier's own list, with the carrier that it names, else that of all its cards."""
    fallbacks = {**claims.fallbacks, "document_basis": basis}
    if own is not None and own.carrier is not None:
        fallbacks["carrier"] = own.carrier
    if own is not None and own is sheet.document and own.customer is not None and _lists_for_customer(sheet):
        fallbacks["enterprise"] = own.customer
        fallbacks |= {} if own.customer_id is None else {"enterprise_id": own.customer_id}
    if "carrier" in fallbacks:
        fallbacks["carrier_basis"] = "document"
    elif (issuer := issuer_of(cells for _, cells in sheet.head_rows)) is not None:
        fallbacks |= {"carrier": USUAL_NAMES[issuer], "carrier_basis": "issuer"}
    return replace(claims, fallbacks=fallbacks, is_own_list=True)


def _ground_of(heading: str, field: str) -> str:
    """Return on what ground a column is read as a field: values decide of which kind numbers are."""
    meant = field_of_heading(normalize_heading(heading))
    return "values" if meant != field and {meant, field} <= _NUMBERS else "heading"


_NUMBERS: Final = frozenset({"iccid", "msisdn", "imsi", "imei", "eid"})


def _with_carrier_basis(header: SheetHeader, answered: Mapping[str, str]) -> SheetHeader:
    """Return the header of a carrier's own list, saying who says which carrier's it is."""
    basis = "document" if "carrier" in header.served else "answer" if "carrier" in answered else None
    return header if basis is None else replace(header, literals={**header.literals, "carrier_basis": basis})


def _stated_above(
    sheet: Sheet,
    above: Sequence[tuple[int, Sequence[str | None]]],
    claims: ColumnOverrides,
    answers: Mapping[str, str],
) -> tuple[list[StatedAbove], StatedAbove | None]:
    """Return what the rows above the table say of all its rows, but for what a mapping says; and the kind they name."""
    below = next((row for row, cells in sheet.head_rows if (row, cells) not in above), 1 << 20)
    above = [row for row in above if row not in sheet.titles]
    above = [(row, line) for row, cells in above for line in _lines_of(cells)]
    # to understand a longer text would take the square of its length
    above = [(row, [cell if len(cell or "") <= _LONGEST_LINE else None for cell in cells]) for row, cells in above]
    year = _year_of(sheet, below) or _answered_year(sheet, answers)
    order = order_of_text(sheet.text) or sheet.day_order or ORDERS.get(answers.get(DATE_ORDER, ""))
    stated = stated_above(above, HEADINGS, year, order)
    keeper = (
        keeper_of_title(above) or keeper_of_list(above, sheet.head_rows) or keeper_of_returns(above, sheet.head_rows)
    )
    stated += [each for each in sides_below(sheet.below) if each.field not in {one.field for one in stated}]
    stated = with_taker(stated, above)
    keeper = keeper or keeper_beside(above, stated)
    if keeper is None and (by_arrow := side_by_arrow(above)) is not None:
        book = keeper_of_book(above, sheet.head_rows)
        if (name := sheet.kept_by if book is None else book.value) is not None:
            moves = frozenset[Kind]({"transfer", "return"})
            keeper = StatedAbove(by_arrow.side, name, by_arrow.row, moves, is_keeper=True)
    if keeper is None and (found := find_issuer(above, sheet.head_rows, [each[:2] for each in stated])) is not None:
        keeper = StatedAbove(*found, frozenset({"transfer"}), is_keeper=True)
        if keeper.field == "from" and not any(each.field == "to" for each in stated):
            stated = [each._replace(field="to") if each.field == "party" else each for each in stated]
    sides = [each for each in stated if each.field in ("from", "to")]
    # whom a line names beside the keeper is the other side
    if keeper is not None and not any(keeper.field == each.field or keeper.value == each.value for each in sides):
        stated = [each for each in stated if each.field != "party" or each.value != keeper.value]
        stated.append(keeper._replace(is_keeper=not sides))
    if (owner := owner_of_register(above)) is not None and not any(each.field == "party" for each in stated):
        stated.append(owner)
    title = kind_of_title(above, is_of_seized=_is_seizure_list(sheet))
    if title is None and between_persons(stated) and names_cards_in_words(sheet):
        # things of all kinds may have been handed over by number
        stated = [each for each in stated if each.field not in ("from", "to")]
    title = title or handed_by_lines(stated)
    if title_of_credit(cell for _, cells in above for cell in cells) is not None:
        gave = "from" if title is not None and "return" in title.kinds else "party"
        stated = [each._replace(field=gave) if each.field == "to" and not each.is_keeper else each for each in stated]
    if title is not None and "return" in title.kinds:
        # until the title turns them, its rows look like transfers
        stated = [each._replace(kinds=each.kinds | {"transfer"}) if "return" in each.kinds else each for each in stated]
    if title is not None and "return" in title.kinds and split_table(sheet.name)[1] is not None:
        # above the titles of a table of sales and one of what came back both sides are those of the sales
        stated = [each for each in stated if each.field not in ("from", "to", "party") or each.row >= title.row]
    is_of_seizures = (title is not None and "seizure" in title.kinds) or _is_seizure_list(sheet)
    if not sides and keeper is None and not is_of_seizures and (handed := handed_over(above)) is not None:
        # of seized articles a sentence may speak of some; the day of a letter is its own
        stated = [each for each in stated if each.field != "date" or each.kinds]
        stated += stated_of_letter(handed, stated)
    if (title is not None and "seizure" in title.kinds) or kind_of_word(answers.get(KIND, "")) == "seizure":
        fields = {each.field for each in stated}
        of_document = stated_of_seizure([(0, sheet.text)], (), order)
        if any(heading_of_part(line) is not None for line in sheet.text):
            # days and persons of a document in parts are those of one part
            of_document = [each for each in of_document if each.field == "case_no"]
        said = [*stated_of_seizure(above, sheet.text, order), *of_document]
        # who had what was seized signs below the list of it
        signed = stated_above([(0, [line]) for line in sheet.below], HEADINGS)
        said += [each for each in signed if each.field == "holder" and is_certainly_person(each.value)]
        stated += {each.field: each for each in reversed(said) if each.field not in fields}.values()
    elif is_of_seizures or _names_holders(sheet) or any(each.field == "holder" for each in stated):
        stated += [
            each
            for each in stated_of_seizure(above, (), order)
            if "seizure" in each.kinds and not any(one.field == "date" for one in stated)
        ]
    else:
        # the case for which cards were asked about is that of no seizure
        stated = [each for each in stated if each.field != "case_no"]
    if title is not None and "stock" in title.kinds and not any(each.field == "date" for each in stated):
        stated += [day] if (day := day_above(above, "stock", order)) is not None else []
    if title is not None and "stock" in title.kinds and not any(each.field == "party" for each in stated):
        row, counted = keeper_in_english(above, STOCK) or (0, sheet.kept_by)
        stated += [StatedAbove("party", counted, row)] if counted else []
    if "enterprise" not in (fields := {each.field for each in stated}) and "party" in fields:
        # the number beside anybody is his
        stated = [each._replace(field="party_id") if each.field == "enterprise_id" else each for each in stated]
    # where some of those who handed out were clerks and some gave themselves, a person has to say who gave
    asked = {each for each in stated if each.is_keeper and names_other_giver(sheet.head_rows, each.value)}
    return [each for each in stated if each.field not in claims.fields and each not in asked], title


def _lines_of(cells: Sequence[str | None]) -> Iterator[Sequence[str | None]]:
    """Yield the lines of the texts of a row, each as a row; a label that stands alone stands with the line below it."""
    if not any(cell and "\n" in cell for cell in cells):
        yield cells
        return
    for text in dict.fromkeys(filter(None, cells)):
        label = ""
        for line in (*filter(None, map(str.strip, text.splitlines())), ""):
            if line.endswith((":", "：")) and not label:
                label = line
            elif said := f"{label} {line}".strip():
                yield [said, *[None] * (len(cells) - 1)]
                label = ""


def _heading_by_arrow(
    sheet: Sheet, above: Sequence[tuple[int, Sequence[str | None]]], claimed: Collection[str]
) -> dict[str, str] | None:
    """Return the heading of which a line says that it is on the other side of the keeper's, with that side."""
    if (said := side_by_arrow(above)) is None:
        return None
    side, heading = "from" if said.side == "to" else "to", normalize_heading(said.other)
    below = (normalize_heading(cell) for row, cells in sheet.head_rows if row > said.row for cell in cells if cell)
    return {side: heading} if heading in below and not {"from", "to"} & {*claimed} else None


def _section_above(
    sheet: Sheet,
    above: Sequence[tuple[int, Sequence[str | None]]],
    claims: ColumnOverrides,
    said: RecordKind | None,
    title: StatedAbove | None,
) -> PartHeading | None:
    """Return what the heading of a part says of its rows, where neither a person nor a title says anything else."""
    section = section_above(above, sheet.head_rows)
    if section is None or sheet.made or {"kind", "from", "to"} & claims.fields or said not in (None, section.kind):
        return None
    return section if title is None or section.kind in title.kinds else None


def _parcel_above(sheet: Sheet, known: Collection[str], answers: Mapping[str, str]) -> list[StatedAbove]:
    """Return the sides and the day of the parcel whose cards a person says to have been passed on with it."""
    if kind_of_word(answers.get(KIND, "")) != "transfer":
        return []
    # the row above the first card is that of the headings
    first = next((at for at, (_, cells) in enumerate(sheet.head_rows) if _names_card(cells)), 0)
    found = parcel_above([*sheet.titles, *sheet.head_rows[: max(first - 1, 0)]])
    return [each for each in found if each.field not in known]


def _is_seizure_list(sheet: Sheet) -> bool:
    """Whether a heading among the first rows of a sheet is about what was seized."""
    headings = (cell for _, cells in sheet.head_rows for cell in cells if cell and len(cell) <= LONGEST_HEADING)
    return any(_SEIZED.search(normalize_heading(heading)) for heading in headings)


_SEIZED: Final = late("seiz|exhibit|recovered|confiscat|扣押|查获|查扣|缴获|收缴")


_WORD: Final = late(r"\w")


def _is_day(text: str, read: str) -> bool:
    """Whether a text is the day that was read, in one of the orders of day and month."""
    day = parse_date(read)
    return not isinstance(day, str) and any(parse_date(text, order=order) == day for order in (None, *ORDERS.values()))


def _under_titles(parser: SupportSheetParser, sheet: Sheet, words: Mapping[str, str]) -> SupportSheetParser:
    """Have a parser of supporting records read none where a title says that nothing happened."""
    verdict, taken = _verdict_above(sheet, parser.header_row, 1, words)
    parser.answered |= taken
    if verdict is not None and verdict.meaning == NOTHING:
        parser.verdict = verdict
    return parser


def _verdict_of_top(sheet: Sheet, words: Mapping[str, str]) -> tuple[TitleVerdict | None, dict[str, str]]:
    """Return what the titles of a sheet say whose headings are not understood, as :func:`_verdict_above` does."""
    top = next((row for row, cells in sheet.head_rows if len({*filter(None, cells)}) != 1 or _names_card(cells)), 0)
    return _verdict_above(sheet, top, 1, words)


def _names_card(cells: Sequence[str | None]) -> bool:
    return any(cell is not None and re.match(CARD_PATTERN, cell) for cell in cells)


def _verdict_above(
    sheet: Sheet, row: int, rows: int, words: Mapping[str, str]
) -> tuple[TitleVerdict | None, dict[str, str]]:
    """Return what the name of a sheet or the titles above its table say against all its rows.

    With it come the answers by which words of them say nothing. ``row`` is the number of the last row of headings,
    ``rows`` how many they are.
    """
    # a title may stand further down in the sheet, between the rows of two tables under the same headings
    place = _place_of_row(sheet, row, rows)
    above: list[tuple[int, Sequence[str | None]]] = [
        each for each in sheet.head_rows[:place] if len({*filter(None, each[1])}) == 1
    ]
    # the state of a document stands beside its number and its day
    states = [
        (each, [cell for cell in cells if cell and state_of_document(cell)]) for each, cells in sheet.head_rows[:place]
    ]
    above += [(each, cells) for each, cells in states if cells]
    above += [each for each in sheet.titles if _is_title_of_forms(sheet, *each)]
    above = [each for each in above if sheet.of_others.isdisjoint(filter(None, each[1]))]
    ignored = {fold_word(word): word for word, meaning in words.items() if meaning == IGNORE}
    taken: dict[str, str] = {}
    while (verdict := verdict_of_titles(sheet.name, above, taken)) and (word := fold_word(verdict.word)) in ignored:
        taken[word] = f"{WORDS}{ignored[word]}"
    return verdict, dict.fromkeys(taken.values(), IGNORE)


def _verdict_of_exchange(
    sheet: Sheet, header: SheetHeader, words: Mapping[str, str]
) -> tuple[TitleVerdict | None, dict[str, str]]:
    """Return what a column of the cards that went out for those of the rows says of all of them.

    With it comes the answer by which it says nothing.
    """
    column = header.new_card(sheet.head_rows)
    if column is None:
        return None, {}
    name = header.names[column]
    ignored = {
        f"{WORDS}{word}": IGNORE
        for word, meaning in words.items()
        if meaning == IGNORE and fold_word(word) == fold_word(name)
    }
    return (None, ignored) if ignored else (TitleVerdict(EXCHANGE, name, name, header.row), {})


_OF_FORM: Final = late("^[(（【]?(?:[本此该]|以上|全部)")


def _is_title_of_forms(sheet: Sheet, row: int, cells: Sequence[str | None]) -> bool:
    """Whether a row of forms that is no name and value says something of them all, and does not head a part of one."""
    forms = [number for number, _ in sheet.head_rows if number]
    texts = {cell for cell in cells if cell}
    if len(texts) != 1 or row < min(forms, default=row + 1):
        return len(texts) == 1
    (text,) = texts
    return len(forms) == 1 and (_OF_FORM.match(text) is not None or is_word_of_title(text))


def _place_of_header(sheet: Sheet, header: SheetHeader) -> int:
    """Return how many rows of the top stand above the headings."""
    return _place_of_row(sheet, header.row, len(header.cells))


def _place_of_row(sheet: Sheet, row: int, rows: int) -> int:
    """Return how many rows of the top stand above the headings, whose last row has this number."""
    return max(0, next((at for at, (number, _) in enumerate(sheet.head_rows) if number == row), 0) - rows + 1)


def _with_fallbacks(mapping: ColumnMapping, stated: Sequence[StatedAbove]) -> ColumnOverrides:
    days = [each.kinds for each in stated if each.field == "date"]
    return replace(
        mapping.claims,
        fallbacks={each.field: each.value for each in stated},
        kept={each.field: kind for each in stated if each.is_keeper for kind in sorted(each.kinds, reverse=True)},
        dated_as=next((kind for kinds in days for kind in BETWEEN_PARTIES if kind in kinds), None),
    )


_OF_CARDS: Final = (*CUSTODY_KINDS, *USE_KINDS, "seizure", "card_list")
"""What a person may say of a list of cards."""

_OF_LISTS: Final = ("from", "party", "to", "user", "declared_user", "holder")
"""Fields of whom a list of cards names beside them."""


def _find_answered_header(
    sheet: Sheet,
    kind: Kind | None,
    claims: ColumnOverrides,
    answers: Mapping[str, str],
    title: StatedAbove | None,
) -> tuple[SheetHeader, Kind | None, dict[str, str]]:
    """Return the header of a sheet, the kind of all its rows where somebody said it, and the answers that it took.

    The kind that a title names counts where neither headings nor a person says one.
    """
    answered: dict[str, str] = {}
    first = sheet.head_rows[-1][0] + 1 if len(sheet.head_rows) == 1 else 0
    values = list(enumerate(sheet.peek(first - 1), start=first)) if first else []
    if kind == "transfer" and _is_book(sheet, claims, values):
        # which way its cards went each row says
        kind = None
    while True:
        # whom a seizure is from is its holder, and no side of a change of hands
        taken = {name: text for name, text in answered.items() if name != "from" or answered.get("holder") != text}
        columns = {name: normalize_heading(named) for name, text in taken.items() if (named := named_heading(text))}
        literals = {name: text for name, text in taken.items() if name not in columns and name != KIND}
        claimed = claims.headings
        if len(taken) < len(answered):
            claimed = {name: heading for name, heading in claimed.items() if name != "from"}
        told = replace(claims, literals={**claims.literals, **literals}, headings={**claimed, **columns})
        try:
            header = find_header(sheet.head_rows, kind, claims=told, numbers=sheet.numbers, values=values)
        except UnknownKind:
            if kind is not None or (KIND not in answers and title is None):
                raise
            kind = _take_kind(answers, answered) if KIND in answers or title is None else next(iter(title.kinds))
            continue
        except NeedsAnswer as error:
            if error.is_kind_open and kind is None and KIND in answers:
                kind = _take_kind(answers, answered)
                continue
            # a seizure without its day is known by its case
            open_fields: Collection[str] = (*error.fields, *(["case_no"] if error.event == "seizure" else []))
            if _takes_keeper(error.event, error.fields, answers, answered, is_of_receipts=claims.is_of_receipts):
                continue
            if not {*open_fields} & answers.keys() - answered.keys():
                raise
        else:
            if kind is None and _is_told_event(header, answers):
                kind = _take_kind(answers, answered)
                answered["date"] = answers["date"]
                continue
            if kind is None and KIND not in answers and (titled := _kind_of_list(header, title)) is not None:
                kind = titled
                continue
            open_fields = {field for event in header.events for field in event.missing}
            missing = header.events[0].missing if header.events else ()
            if _takes_keeper(header.kind, missing, answers, answered, is_of_receipts=claims.is_of_receipts):
                continue
            open_fields |= {KEEPER} if header.is_stock_ledger else set()
            # which column names the cards that rows only count
            named = named_heading(answers.get("iccid", ""))
            is_there = named is not None and normalize_heading(named) in map(normalize_heading, header.names)
            is_named = "iccid" not in header.served and is_there
            open_fields |= {"iccid"} if is_named else set()
            if kind is None and header.lacks_sides and _are_columns(answers):
                # which way its cards went each row says
                open_fields |= {"from", "to"}
                answered |= {KIND: answers[KIND]} if KIND in answers else {}
            open_fields |= _chosen_sides(header, answers) if KIND in answers else set()
            open_fields |= {"user"} if kind in USE_KINDS and KIND in answers else set()
            open_fields |= {header.open_side} if header.open_side else set()
            if _may_take_holder(header, kind):
                open_fields |= {"holder"}
                is_of_seizures = kind == "seizure" or {event.kind for event in header.events} == {"seizure"}
                if is_of_seizures and "from" in answers and "holder" not in answers and "from" not in answered:
                    answered |= dict.fromkeys(("holder", "from"), answers["from"])
                    continue
            open_fields |= {"date"} if _has_no_day(sheet, header) or _lacks_day_of_registration(header) else set()
            open_fields |= {"from"} if _clerks_or_givers(sheet, header) is not None else set()
        fresh = {field: answers[field] for field in open_fields if field in answers and field not in answered}
        if not fresh:
            return header, kind, answered
        answered |= fresh


def _takes_keeper(
    kind: str | None,
    missing: Collection[str],
    answers: Mapping[str, str],
    answered: dict[str, str],
    *,
    is_of_receipts: bool,
) -> bool:
    """Take whoever keeps a book for the giver of cards of which its rows say only to whom they went.

    In a book of what came in, or came back, it is who got the cards of which the rows say only from whom they came; the
    stock that it states is the keeper's.
    """
    received = is_of_receipts or {*missing} == {"to"}
    side = {"transfer": "to" if received else "from", "return": "to", "stock": "party"}.get(kind or "", "")
    if {*missing} != {side} or KEEPER not in answers or side in answers:
        return False
    answered[side] = answers[KEEPER]
    return True


def _chosen_sides(header: SheetHeader, answers: Mapping[str, str]) -> set[str]:
    """Return the sides for which several columns may stand, and of which a person names one."""
    named = {side: normalize_heading(named_heading(answers.get(side, "")) or "") for side in ("from", "to")}
    places = {side: [normalize_heading(header.names[at]) for at in header.served.get(side, ())] for side in named}
    return {side for side, heading in named.items() if len(places[side]) > 1 and heading in places[side]}


def _are_columns(answers: Mapping[str, str]) -> bool:
    """Whether both sides are answered with the columns that name them."""
    return all(named_heading(answers.get(side, "")) is not None for side in ("from", "to"))


def _has_no_day(sheet: Sheet, header: SheetHeader) -> bool:
    """Whether no cell of the days of a sheet can be read, whatever is said of their order and year."""
    days = [
        cell
        for row, cells in sheet.head_rows
        for at in header.served.get("date", ())
        if row > header.row and at < len(cells) and (cell := cells[at])
    ]
    return bool(days) and all(map(is_no_day, days))


def _lacks_day_of_registration(header: SheetHeader) -> bool:
    """Whether a list registers customers and no heading says on which day, so that a person may."""
    return any(event.kind == "registration" and not event.is_own_date for event in header.events)


def _registers(sheet: Sheet, claims: ColumnOverrides, answers: Mapping[str, str], title: StatedAbove | None) -> bool:
    """Whether the headings of a carrier's own list state registrations before all else."""
    try:
        header, _, _ = _find_answered_header(sheet, None, claims, answers, title)
    except (MappingError, UnknownHeadings):
        return False
    return header.kind == "registration" and "kind" not in header.fields


def _kind_of_list(header: SheetHeader, title: StatedAbove | None) -> Kind | None:
    """Return the kind that a title gives to a sheet whose headings state no more than a list of cards.

    It is one of seizures, or of a stock whose owner and day are known.
    """
    if title is None or {event.kind for event in header.events} != {"card_list"}:
        return None
    if "stock" in title.kinds and {"party", "date"} <= header.fields:
        return "stock"
    return "seizure" if "seizure" in title.kinds else None


def _clerks_or_givers(sheet: Sheet, header: SheetHeader) -> str | None:
    """Return the heading (Issued by, Sold by) below which others stand than the firm whose list a title says it is."""
    meaning = header.meaning
    if "from" not in meaning.literals & meaning.concluded or header.kind != "transfer":
        return None
    firm = header.literals["from"]
    columns = (at for at, name in enumerate(header.names) if name not in header.used)
    columns = (at for at in columns if may_be_clerks(normalize_heading(header.names[at])))
    cells = ((at, cells[at]) for at in columns for row, cells in sheet.head_rows if row > header.row)
    return next((header.names[at] for at, cell in cells if cell and not are_one_firm(cell, firm)), None)


def _is_book(sheet: Sheet, claims: ColumnOverrides, values: Sequence[tuple[int, Sequence[str | None]]]) -> bool:
    """Whether the rows of a sheet say by themselves which way cards went between its keeper and somebody else."""
    try:
        return find_header(sheet.head_rows, claims=claims, numbers=sheet.numbers, values=values).is_stock_ledger
    except (MappingError, UnknownHeadings):
        return False


def _may_take_holder(header: SheetHeader, kind: str | None) -> bool:
    """Whether rows state seizures, and nothing states from whom."""
    return "holder" not in header.fields and "seizure" in (kind, *(event.kind for event in header.events))


def _is_told_event(header: SheetHeader, answers: Mapping[str, str]) -> bool:
    """Whether answers name the event of a list of cards, and as its day a column that the list does not use."""
    column = named_heading(answers.get("date", ""))
    if column is None or KIND not in answers or {event.kind for event in header.events} != {"card_list"}:
        return False
    used = {at for columns in header.served.values() for at in columns}
    heading = normalize_heading(column)
    return any(heading == name and at not in used for at, name in enumerate(map(normalize_heading, header.names)))


def _take_kind(answers: Mapping[str, str], answered: dict[str, str]) -> Kind:
    """Return the kind that somebody said, and note that it was used."""
    text = answered[KIND] = answers[KIND]
    kind = kind_of_word(text)
    if kind is None:
        raise UsageError("bad_answer", text=f"{KIND}={text}", hint="answer_form")
    return kind


def _answered_year(sheet: Sheet, answers: Mapping[str, str]) -> StatedYear | None:
    is_year = re.fullmatch("(?:19|20)[0-9]{2}", answers.get(YEAR, "")) is not None
    return StatedYear(int(answers[YEAR]), month_first=_is_in_chinese(sheet)) if is_year else None


def _is_in_chinese(sheet: Sheet) -> bool:
    """Whether the first rows of a sheet have Chinese words: a month stands before its day there."""
    return any(cell and _HAN.search(cell) for _, cells in sheet.head_rows for cell in cells)


def _whose_list(legs: str) -> NeedsAnswer:
    """Return the question who kept a list of several acts in each row, which its headings name with day and side."""
    days = [heading for leg in parse_legs(legs) or () if (heading := named_heading(leg["date"]))]
    error = NeedsAnswer(
        "needs_answer",
        hint="answer_with",
        answers=f"--set {quote(f'{KIND}={legs}')}",
        kind="transfer",
        missing=(KIND,),
        **event_words("transfer", (KIND,)),
        seen=listed_headings(days),
    )
    error.texts, error.forms = {KIND: phrase("may_be_legs", days=days).in_both()}, (legs,)
    return error


def _which_recipe(tied: Sequence[RecipeMatch]) -> NeedsAnswer:
    names = [match.recipe.id for match in tied]
    error = NeedsAnswer(
        "several_formats",
        recipes=names,
        recipe=names[0],
        hint="say_format",
        kind="",
        missing=("recipe",),
    )
    error.texts = {"recipe": BilingualText("Which format is this?", "这是哪种格式？")}
    error.choices = tuple(names)
    return error


def _add_unfit(error: UnknownHeadings, unfit: Sequence[RecipeMatch]) -> None:
    """Add to the error of a sheet the format whose headings it has, and the values that contradict the format."""
    for match in unfit:
        found = match.mismatches[0]
        error.text = phrase(
            "values_contradict",
            text=error.text,
            name=BilingualText(**match.recipe.name),
            recipe=match.recipe.id,
            heading=found.heading,
            value=found.value,
            field=Text("fields", found.field, {}),
        )


def _title_year(sheet: Sheet, header_row: int) -> TitleYear | None:
    """Return the year that the name of a sheet and the rows above its header state for dates that state none.

    Where they state none, the titles of the other sheets of the workbook may.
    """
    own = titles_of(sheet, header_row)
    found = year_of_titles(own)
    if found is None and sheet.titles_beside:
        found = year_of_titles(_titles_of_workbook(sheet, header_row))
    return found


def _titles_of_workbook(sheet: Sheet, header_row: int) -> list[tuple[int, str]]:
    """Return the titles of a sheet, and those of the other sheets of its workbook."""
    return [*titles_of(sheet, header_row), *((_ELSEWHERE, text) for text in sheet.titles_beside)]


_ANY_YEAR: Final = StatedYear(2024)
_ELSEWHERE: Final = -1
"""Row of a title of another sheet."""


def _year_of(sheet: Sheet, header_row: int) -> StatedYear | None:
    found = _title_year(sheet, header_row)
    return None if found is None else found.stated._replace(month_first=_is_in_chinese(sheet))


_HAN: Final = late("[\u4e00-\u9fff]")
_OF_NAME: Final = late("[0-9_.()（） -]+")
_PARTS_OF_PATH: Final = late(r"[/\\]")


class SheetParser:
    """The reading of one sheet.

    ``rejects``, ``rejected``, ``remarks``, ``columns``, ``questions`` and ``rows`` are complete once :meth:`frames` is
    exhausted. Rows that state nothing but an event of which something has to be asked are one reject together, so
    ``rejected`` may be more than there are rejects. ``answered`` are the answers that the sheet asked for and got.
    """

    def __init__(
        self,
        sheet: Sheet,
        header: SheetHeader,
        as_kind: Kind | None,
        *,
        bulk: bool | None,
        claimed: frozenset[str] = frozenset(),
        reading: RecipeReading | None = None,
        is_strict: bool = False,
        answered: Mapping[str, str] | None = None,
        answers: Mapping[str, str] | None = None,
    ) -> None:
        self.answered = dict(answered or {})
        self._sheet = sheet
        self._header = header
        self._bulk = bulk
        self._reading = reading
        planned = None if reading is None else reading.planned
        self._words = word_answers(answers or {})
        self._said_kind = (answers or {}).get(KIND, "")
        self._said_order = (answers or {}).get(DATE_ORDER, "")
        self._rows = RowParser(
            header,
            as_kind,
            uses_1904=sheet.uses_1904,
            planned=planned,
            is_strict=is_strict,
            words=self._words,
            free=() if reading is None or reading.recipe.conditions else reading.unread,
        )
        self.today = to_epoch_day(china_today())
        """The day of the load, in China Standard Time."""
        self._rows.carrier_words = self._carrier_words = CarrierWords(answers or {})
        self._rows.returned_by = (answers or {}).get(RETURNED_BY, "")
        self._blanks = (answers or {}).get(BLANKS, "")
        self._filled_once: tuple[int, ...] = ()
        self._clean = VectorizedParser(self._rows)
        width = len(header.names) if reading is None else reading.width
        self._columns = [str(column) for column in range(width)]
        self._held: list[tuple[int, Cells]] = []
        self._held_dates: list[tuple[int, Cells]] = []
        self._held_words: list[tuple[int, Cells]] = []
        self._undecided: UndecidedColumns | None = None
        self._verdict: TitleVerdict | None = None
        self._seen_orders: dict[int, set[DayOrder]] = {}
        self._open_days: list[str] = []
        """Days of columns that show no order of day and month."""
        self._date_columns = sorted({plan.columns["date"] for plan in self._rows.plans() if "date" in plan.columns})
        self._rows.year = _year_of(sheet, header.row)
        self._unused = [at for at in self._rows.unused_columns() if at not in sheet.parted]
        self._unknown = [at for at in self._rows.unread_columns() if at not in {*self._unused, *sheet.parted}]
        self._secret = [column for column in self._rows.unread_columns() if is_secret_heading(header.names[column])]
        self._unused = [column for column in self._unused if column not in self._secret]
        if reading is not None:
            self._unused, self._unknown = [], sorted(reading.unread)
        self._said_beside = self._plan_beside()
        self._rows_beside = (
            RowsBeside.with_comments(each for each in sheet.comments if each[0] > header.row),
            *RowsBeside.set_aside(sheet),
        )
        self.rejects: list[Reject] = []
        self._lines = LinesBeside(header.row)
        self._short_names: dict[tuple[str, str], int] = {}
        above = ((COMMENT_NOT_READ, sheet.comments), (STRUCK_OUT, sheet.parts_left))
        for row, text, reason in ((row, text, reason) for reason, each in above for row, text in each):
            if row <= header.row and self._lines.add_comment(row, text, reason):
                self._rows.remark_line(row, text, reason)
        for text in self._headings_in_doubt():
            self._lines.add_heading(header.row, text)
            self._rows.remark_line(header.row, text)
        for text in sheet.said_elsewhere:
            if not any(map(fold_word(text).count, self._words)):
                self._lines.add_elsewhere(text)
                self._rows.remark_line(0, text, OTHER_TABLE)
        for row, cells in sheet.titles:
            self._note_line(row, cells, is_within=not _is_title_of_forms(sheet, row, cells))
        for row, cells in sheet.head_rows[: _place_of_header(sheet, header)]:
            # a table may have a heading from among the rows of the sheet above its own
            self._note_line(row, cells, is_heading=row > header.row)
        made = {*sheet.made.values()}
        self._in_doubt = [] if reading is not None else [at for at in header.fields_in_doubt() if at not in made]
        self._filled = [0] * len(header.names)
        self._context = CellContext(sheet, header.cells)
        self._tables = FurtherTables(sheet, header.cells)
        self._kinds: set[int | str] = set()
        self._open_rows = 0
        self._claimed = frozenset[str]() if sheet.is_concluded else claimed
        self._contacts: dict[int, ContactColumn] = {}
        self._beside: list[SupportPlan] = []
        self.telephones: dict[int, str] = {}
        """By row, the telephones of customers of a carrier who may be anybody of their names."""
        self._plan_supporting()
        self._cells_unread = UnreadCells(header.names, self._columns_to_keep())
        self._telephone_columns = self._plan_telephones()
        self._context.owners = self._rows.owners() | {
            each.column: each.name for each in self._contacts.values() if isinstance(each.name, int)
        }
        self._context.days = self._days_written_once() if reading is None else {}
        self._context.documents, self._context.cards = self._documents() if reading is None else ((), 0)
        self._context.abroad = self._date_columns if self._are_cards_abroad() else ()
        days: dict[bool, set[int]] = {True: set(), False: set()}
        for plan in self._rows.plans():
            days[plan.kind in USE_KINDS].update([plan.columns["date"]] if "date" in plan.columns else [])
        self._context.uses = sorted(days[True] - days[False])
        self._stated_beside: set[int] = set()
        self._payments: SupportSheetParser | None = None
        self._unpaid: dict[int, Reject] = {}
        """By row, why it states no payment."""
        self._refused: set[int] = set()
        self._unread: list[pl.DataFrame] = []
        self._unread_ranges: list[tuple[Any, ...]] = []
        self.rejected = 0
        self.rows = 0
        self._read_rows = 0
        self.asks_holder = False
        """Whether a line above the table names several persons from whom the cards may have been seized."""
        self.texts_above: Sequence[str | None] | None = None
        """Titles and the like of what nothing says to be a carrier's own list; ``None`` where it is known."""
        self.file_name = ""
        self.sent_on: str | None = None

    def _are_cards_abroad(self) -> bool:
        """Whether the first rows name cards, and none of China."""
        places = [at for name in ("iccid", "iccid_first") for at in self._header.served.get(name, ())]
        rows = [cells for row, cells in self._sheet.head_rows if row > self._header.row]
        # a column that a recipe makes is not there yet: its card stands among the words of another
        own = [[cells[at] if at < len(cells) else None for at in places] for cells in rows]
        texts = [
            text for cells, of_row in zip(rows, own, strict=True) for text in (of_row if any(of_row) else cells) if text
        ]
        cards = [parse_iccid(part.first) for text in texts for part in split_cards(cards_among_words(text) or text)]
        keys = [card.key for card in cards if card is not None]
        return bool(keys) and not any(key.startswith(CHINESE) for key in keys)

    def _days_written_once(self) -> dict[int, int]:
        """Return the columns of days that stand once above several rows, with those of the cards of these.

        Only the day of a movement does: of an activation or a delivery an empty cell says that it has not happened.
        """
        served = self._header.served
        if not {*CUSTODY_KINDS} - {"registration"} & self._rows.kinds or self._header.meaning.is_own_list:
            return {}
        cards = min(
            (at for name in ("iccid", "iccid_first", "quantity") for at in served.get(name, ())[:1]), default=None
        )
        if cards is None:
            return {}
        row = self._header.row
        neutral = [day for day in self._date_columns if not self._header.meaning.dates.get(day)]
        return {day: cards for day in neutral if writes_days_once(self._sheet, row, day, cards)}

    def _documents(self) -> tuple[Sequence[int], int]:
        """Return the columns that each document fills once, that of its number first, and that of the cards."""
        served = self._header.served
        cards, numbers = (
            min((at for name in names for at in served.get(name, ())[:1]), default=None)
            for names in (("iccid", "iccid_first"), ("record_no", "order_no"))
        )
        if cards is None or numbers is None:
            self._filled_once = () if cards is None else self._columns_filled_once(cards)
            self._context.blanks = self._filled_once if self._blanks == AS_ABOVE else ()
            return (), cards or 0
        columns = columns_of_documents(self._sheet, self._header.row, numbers, cards)
        stated = {at for name in ("from", "to", "party", "enterprise", "date") for at in served.get(name, ())[:1]}
        # a row with a side of its own may be another document
        is_whole = bool(columns) and stated <= {*columns}
        return ((numbers, *(at for at in columns if at != numbers)) if is_whole else ()), cards

    def _columns_filled_once(self, cards: int) -> tuple[int, ...]:
        """Return the columns of day and parties that rows leave empty below one that fills them, the day first."""
        served = self._header.served
        days = served.get("date", ())[:1]
        sides = {at for name in ("from", "to", "party", "enterprise") for at in served.get(name, ())[:1]}
        columns = (*days, *sorted(sides))
        is_open = days and sides and leaves_blanks(self._sheet, self._header.row, columns, cards)
        return columns if is_open and self._rows.kinds & {*CUSTODY_KINDS} else ()

    def _plan_beside(self) -> SaidBeside:
        """Return what rows may say besides what records read of them."""
        waiting = [event.plan for _, event in self._rows.waiting]
        plans = [*waiting, *self._rows.plans()]
        unused = [at for at in self._unused if self._header.field_of(at) in PARTY_NAMES]
        unplaced: dict[int, set[str]] = defaultdict(set)
        # the party of a ledger of a store is a side by the word of its row
        for plan in plans if not self._header.is_stock_ledger else ():
            for place in plan.further_parties() if plan.kind in (*CUSTODY_KINDS, "seizure") else ():
                unplaced[place] |= self._rows.kinds_by(plan)
        names = ("carrier", "holder", *PARTY_NAMES)
        sides = {plan.columns[name] for plan in plans for name in names if name in plan.columns}

        unread = [at for at in self._unknown if at not in self._secret and at not in self._header.addresses]
        uses = [plan for plan in plans if plan.kind in USE_KINDS]
        # a party for whom a record has no place is kept with it, and may be the user
        beside_use = {at for plan in uses for at in plan.further_parties()} if uses else None
        declared = {at for plan in plans if (at := plan.columns.get("declared_use")) is not None}
        columns = columns_beside(
            self._header.names,
            unread,
            unused,
            self._rows.words,
            headless=self._header.headless,
            kinds={plan.kind for plan in plans},
            users={at for plan in uses if (at := plan.columns.get("user")) is not None},
            beside_use=beside_use,
            unplaced=unplaced,
            declared=sorted(declared),
            states=sorted({at for plan in plans if (at := plan.columns.get("state")) is not None}),
            values={at for plan in plans for name, at in plan.columns.items() if name in BY_THE_WAY},
            sides=sides,
            is_register=any("declared_user" in plan.columns for plan in plans),
            holder=next((at for plan in plans if (at := plan.columns.get("holder")) is not None), None),
            quantity=next((at for plan in plans if (at := plan.columns.get("quantity")) is not None), None),
            used_on=days.pop() if len(days := {plan.columns.get("date") for plan in uses}) == 1 else None,
            of_lists=[*self._days_of_registration(), *self._names_beside_cards(unread)],
            emptied=self._sheet.emptied,
            ordered=self._days_of_orders(plans),
        )
        served = {at for plan in plans for at in plan.columns.values()}
        states = [at for at in range(len(self._header.names)) if at not in served]
        is_of_shop = self._reading is not None and self._reading.recipe.family == "shop"
        columns += states_of_orders(self._header.names, states, is_of_shop=is_of_shop)
        return SaidBeside(columns, sorted(sides), is_asked=bool(waiting))

    def _days_of_orders(self, plans: Collection[ColumnPlan]) -> list[int]:
        """Return the columns of days of orders that no record has, where only some of these came back."""
        names = self._header.names
        days = {at for plan in plans if plan.kind == "return" and (at := plan.columns.get("date")) is not None}
        rows = [cells for row, cells in self._sheet.head_rows if row > self._header.row]
        if not any(at < len(cells) and not cells[at] for at in days for cells in rows):
            return []
        return [at for at in self._unknown if at < len(names) and is_day_of_order(names[at])]

    def _names_beside_cards(self, unread: Collection[int]) -> list[int]:
        """Return the columns of a list of cards, of which nobody said what it is, that tell who had or has these."""
        if self._reading is not None or not self._lists_cards or KIND in self.answered:
            return []
        return [at for at in unread if at < len(self._header.names) and tells_of_party(self._header.names[at])]

    def _days_of_registration(self) -> list[int]:
        """Return the columns of a list of cards of days on which somebody was registered, which no record has."""
        names = self._header.names
        places = [*self._unknown, *self._unused] if self._reading is None and self._lists_cards else []
        return [at for at in places if at < len(names) and is_day_of_registration(normalize_heading(names[at]))]

    def _headings_in_doubt(self) -> Iterator[str]:
        """Yield the headings of cards, and those above cards, sides and days, that speak against the rows."""
        header, kinds = self._header, self._rows.kinds
        cards = {at for name in ("iccid", "iccid_first", "iccid_last") for at in header.served.get(name, ())}
        if (
            self._reading is not None
            or not kinds & {*CUSTODY_KINDS} - {"return"}
            or ("return" in kinds and len(cards) > 1)
        ):
            return
        used = cards | {at for name in ("from", "to", "date") for at in header.served.get(name, ())}
        names = dict.fromkeys(header.names[at] for at in sorted(cards))
        yield from (name for name in names if denies_cards(name) and not is_remark_of_shop(normalize_heading(name)))
        above = (text for row in header.cells[:-1] for at in sorted(used) if at < len(row) and (text := row[at]))
        yield from (text for text in dict.fromkeys(above) if meaning_as_name(text) == NOTHING or doubts_rows(text))

    def _note_line(
        self, row: int, cells: Iterable[str | None], *, is_within: bool = False, is_heading: bool = False
    ) -> None:
        """Note what a row that is none of the table says of it, unless a person has said what its words mean."""
        said = [cell for cell in cells if cell and not any(map(fold_word(cell).count, self._words))]
        if "seizure" in self._rows.kinds:
            # the sentence by which the person is known is read
            stated = {name for plan in self._rows.plans() if (name := plan.literals.get("holder"))}
            stated |= {self._sheet.holder_above} if self._sheet.holder_above else set()
            said = [
                cell
                for cell in said
                if not any(names_holder_alone(cell, name) for name in self._holders(cell, stated))
                and not self._is_read_of_seizure(cell)
            ]
        said = [cell for cell in said if not self._is_key_of_names(row, cell)]
        told = self._lines.add(row, said, is_within=is_within, is_heading=is_heading)
        if "seizure" in self._rows.kinds and "holder" not in self._header.literals and not self._sheet.holder_above:
            told += [text for text in said if text not in told and self._lines.add_person(row, text)]
        for text in told:
            self._rows.remark_line(row, text, reason_of_line(text))

    def _is_key_of_names(self, row: int, line: str) -> bool:
        """Keep the short names that a line gives of firms; whether it says nothing of the rows beside them."""
        named = [*short_names_in(line)]
        if fresh := [each for each in named if each not in self._short_names]:
            self._short_names |= dict.fromkeys(fresh, row)
            self._rows.remark_stated_above("party", row, line, SHORT_NAME)
        rest = reduce(lambda text, name: text.replace(name, ""), chain.from_iterable(named), line)
        return bool(named) and not speaks_of_rows(rest)

    def _is_read_of_seizure(self, line: str) -> bool:
        """Whether a line beside a list of seizures says nothing but what is read, or who signed."""
        below = [(row, cells) for row, cells in self._sheet.head_rows if row > self._header.row]
        is_whole = len(self._sheet.head_rows) < TOP_ROWS
        refused = {reject.row for reject in self.rejects}
        kept = {next(filter(None, cells)) for row, cells in below if row not in refused}
        rest = without_denials(line, kept) if is_whole else line
        if (rest != line and is_plain_line(rest)) or self._are_read(line):
            return True
        heading = heading_of_part(line)
        holders = self._header.served.get("holder", ())
        are_held = is_whole and any(
            all(cells[at] for _, cells in below if len({*filter(None, cells)}) > 1) for at in holders
        )
        return (
            heading is not None
            and _is_day(heading.day, self._header.literals.get("date", ""))
            and (are_held or "holder" in self._header.literals or not names_seized_person(line))
        )

    def _are_read(self, line: str) -> bool:
        """Whether a line beside a list of seizures consists of labels and values that are read."""
        pairs = labelled_in([line])
        literals = self._header.literals
        fields = [(meaning_of(each.heading) or "", each) for each in pairs]
        are_read = all(
            field in literals
            and (literals[field] == each.value or (field == "date" and _is_day(each.value, literals[field])))
            for field, each in fields
        )
        rest = line
        for each in pairs:
            rest = rest.replace(each.label, "", 1).replace(each.value, "", 1)
        return bool(pairs) and are_read and not _WORD.search(rest)

    def _holders(self, line: str, stated: Collection[str]) -> Collection[str]:
        """Return the person whom a line says for the rows below it, or who is said for all rows."""
        is_parted = "holder" in self._sheet.made and self._sheet.holder_above is None
        named = persons_searched(line) if is_parted else set[str]()
        return named if len(named) == 1 else stated

    def _note_names(self) -> None:
        """Note the names of the file and the sheet where they speak against the rows or doubt them."""
        ignored = [fold_word(word) for word, meaning in self._words.items() if meaning == IGNORE]
        sheet = split_table(self._sheet.name)[0] or ""
        *folders, file = _PARTS_OF_PATH.split(self.file_name)
        names = [*folders, file.rpartition(".")[0] or file]
        for name, decides in (*((name, False) for name in names), (sheet, True)):
            meaning = meaning_as_name(name)
            speaks = meaning == NOTHING or (meaning is not None and self.is_of_sales)
            # whoever said what each row means knew these names
            speaks = (
                (speaks and not decides and not self._sheet.headings)
                or (meaning is None and doubts_rows(name))
                or is_said_by_mail(name)
            )
            if speaks and not any(map(fold_word(name).count, ignored)):
                reason = MAIL_NOT_READ if is_said_by_mail(name) else NAME_NOT_READ
                self._lines.add_name(name, reason)
                self._rows.remark_line(0, name, reason)

    def _columns_to_keep(self) -> list[int]:
        """Return the columns whose cells nothing reads; they are kept with the record of their row."""
        read = {*self._contacts, *(at for plan in self._beside for at in plan.columns.values())}
        read |= {at for plan in self._beside for _, _, at in plan.contacts}
        unread = [*self._unknown, *self._unused]
        return sorted(at for at in unread if at not in read and not is_secret_heading(self._header.names[at]))

    def _plan_supporting(self) -> None:
        """Plan the contacts of sides that the rows state, and the shipments and payments beside their events."""
        if self._reading is not None:
            self._contacts, self._beside = dict(self._reading.contacts), list(self._reading.supports)
            return
        header = self._header
        headings = [normalize_heading(name) for name in header.names]
        unread = [(at, headings[at]) for at in self._rows.unread_columns() if at not in self._sheet.parted]
        served: dict[str, int] = {}
        literals: dict[str, str] = {}
        for plan in self._rows.plans():
            served = {**plan.columns, **served}
            literals = {**plan.literals, **literals}
        self._contacts = contact_columns(unread, served, literals)
        self._beside = plan_beside(headings, header.names, {*served.values()}, uses_1904=self._sheet.uses_1904)

    def _plan_telephones(self) -> list[tuple[int, int]]:
        """Return the columns of telephones of the customers whom a carrier's own list names, with those of names."""
        plans = [plan for plan in self._rows.plans() if plan.kind == "registration" and "enterprise" in plan.columns]
        if not plans:
            return []
        sided = [each.column for each in self._contacts.values() if each.kind == "telephone"]
        names = self._header.names
        unread = (at for at in self._rows.unread_columns() if is_bare_telephone(normalize_heading(names[at])))
        name = plans[0].columns["enterprise"]
        return [(at, name) for at in [*sided, *unread] if at not in self._contacts or self._contacts[at].name == name]

    def _note_telephones(self, block: pl.DataFrame) -> None:
        for at, name in self._telephone_columns:
            for row, customer, text in block.select(ROW, str(name), str(at)).drop_nulls().iter_rows():
                if row not in self.telephones and may_be_anybody(customer):
                    found = parse_contacts("telephone", text)
                    self.telephones |= {row: " ".join(sorted(found))} if found else {}

    def note_stated_above(self, stated: Sequence[StatedAbove]) -> None:
        """Remark which fields of all rows the rows above the table state."""
        for each in stated:
            if self._header.literals.get(each.field) == each.value:
                self.note_title(each, is_of_document=not each.row and each.value == self._sheet.kept_by)

    def note_title(self, title: StatedAbove, *, is_of_document: bool = False) -> None:
        """Remark that a title, be it one of another sheet of the file, says something of all rows."""
        reason = "stated_in_document" if is_of_document else "stated_above"
        self._rows.remark_stated_above(title.field, title.row, title.value, reason)

    @property
    def is_of_sales(self) -> bool:
        """Whether the rows are about movements of cards, and surely about no return."""
        return bool({*CUSTODY_KINDS} & self._rows.kinds) and "return" not in self._rows.kinds

    @property
    def may_be_asked_its_kind(self) -> bool:
        """Whether the sheet is a list of cards, and no more, or names no side: it may be asked what it is."""
        is_list = self._rows.kinds == {"card_list"} and not self._rows.open_events
        return is_list or self._header.lacks_sides

    @property
    def _lists_cards(self) -> bool:
        """Whether the sheet is a list of cards, and states no more of them than when they were used."""
        return {"card_list"} <= self._rows.kinds <= {"card_list", *USE_KINDS} and not self._rows.open_events

    def record_payments(self, payments: SupportSheetParser) -> None:
        """Record the payments of the rows, too, where these hand over cards as a person says."""
        if not any(plan.kind == "payment" for plan in self._beside):
            self._payments = payments

    def note_legs(self, row: int, legs: str) -> None:
        """Remark that the headings say which several things each row states, and a title says whose list it is."""
        self._rows.remark_stated_above(KIND, row, legs, "legs_concluded")

    def note_verdict(self, verdict: TitleVerdict, *, decides_all: bool) -> None:
        """Remark that a title decides all rows; where it takes them for no records, none is read."""
        self._rows.remark_title(verdict.row, verdict.text)
        self._verdict = verdict if decides_all else None

    def take_year(self, answers: Mapping[str, str]) -> None:
        """Take the answer in which year dates are that name none, where the sheet has such dates and no year."""
        cells = self._days()
        yearless = [cell for cell in cells if lacks_year(cell)]
        titled = _title_year(self._sheet, self._header.row)
        if titled is not None and yearless:
            reason = "stated_above" if titled.row >= 0 else "stated_in_document"
            if titled.stated.period is not None:
                reason = "year_concluded_by_period"
            self._rows.remark_stated_above("date", max(titled.row, 0), titled.text, reason)
        elif yearless and len(self._sheet.head_rows) < TOP_ROWS and (found := year_of_dates(cells)) is not None:
            self._rows.year = found._replace(month_first=_is_in_chinese(self._sheet))
            self._rows.remark_stated_above("date", self._header.row, yearless[0], "year_concluded")
        within = self._months_of(yearless)
        if self._rows.year is not None:
            self._rows.year = self._rows.year.within(within)
        is_open = any(parse_date(cell, year=self._rows.year) == "bad_date" for cell in yearless)
        answer = _answered_year(self._sheet, answers)
        answer = answer and answer._replace(months=within)
        if is_open and answer is not None:
            year = self._rows.year
            self._rows.year = answer if year is None else year._replace(otherwise=answer.year)
            self.answered[YEAR] = answers[YEAR]

    def _days(self) -> list[str]:
        """Return the cells of the first rows in the columns of dates."""
        rows = [cells for row, cells in self._sheet.head_rows if row > self._header.row]
        return [cell for row in rows for at in self._date_columns if at < len(row) and (cell := row[at])]

    def _months_of(self, yearless: Sequence[str]) -> frozenset[int]:
        """Return the months of dates without a year that lie in one."""
        read = [parse_date(cell, year=_ANY_YEAR._replace(month_first=_is_in_chinese(self._sheet))) for cell in yearless]
        return months_in_one_year([int(format_day(day.earliest)[5:7]) for day in read if isinstance(day, DateSpan)])

    def _take_year_of_file(self) -> None:
        """Conclude the year of dates that name none by the name of the file, where that alone states one.

        The text of a mail has the year of the day on which it was sent; days after that are asked about.
        """
        name = bare_name(self.file_name)
        if self._rows.year is not None or not (name or self.sent_on):
            return
        yearless = [cell for cell in self._days() if lacks_year(cell)]
        named = [*_titles_of_workbook(self._sheet, self._header.row), (_ELSEWHERE, name)]
        stated, value, reason = None, name, "year_concluded_by_name"
        if yearless and name and (found := year_of_titles(named)) is not None:
            stated = found.stated
        elif yearless and self.sent_on is not None:
            value, reason = self.sent_on, "year_concluded_by_mail"
            stated = StatedYear.of_period(f"{value[:4]}-01-01", value)
        if stated is not None:
            stated = stated.within(self._months_of(yearless))
            self._rows.year = stated._replace(month_first=_is_in_chinese(self._sheet))
            self._rows.remark_stated_above("date", 0, value, reason)

    @property
    def kind(self) -> str | None:
        """The kind of all records that were read so far; ``mixed`` where there are several."""
        if len(self._kinds) > 1:
            return "mixed"
        return next((KINDS[kind] if isinstance(kind, int) else kind for kind in self._kinds), None)

    @property
    def columns(self) -> list[ColumnReport]:
        """Report of each column that has a heading or a value, from the left."""
        if self._reading is not None:
            return [
                ColumnReport(heading=name, field=field, because=because, filled=filled)
                for column, (name, filled) in enumerate(zip(self._header.names, self._filled, strict=True))
                if filled or any(cells[column] for cells in self._header.cells)
                for own in [self._header.field_of(column)]
                for field in [own or (SECRET if is_secret_heading(name) else None)]
                for because in ["recipe" if own else "heading" if field else None]
            ]
        used = {
            column for plan in self._rows.plans() for column in (*plan.columns.values(), *(plan.instead or {}).values())
        }
        if self._rows.kind_column is not None:
            used.add(self._rows.kind_column)
        further = {**dict.fromkeys(self._secret, SECRET), **dict.fromkeys(self._contacts, "contact")}
        further |= dict.fromkeys(self._rows.status_columns, ROW_STATUS)
        further |= dict.fromkeys(self._date_columns, "date")
        further |= {column: name for column, name in self._sheet.parted.items() if name is not None}
        for beside in self._beside:
            further |= {column: name for name, column in beside.columns.items()}
            further |= {column: "contact" for _, _, column in beside.contacts}
        return [
            ColumnReport(heading=name, field=field, because=because, filled=filled)
            for column, (name, filled) in enumerate(zip(self._header.names, self._filled, strict=True))
            if filled or any(cells[column] for cells in self._header.cells)
            for field in [(self._header.field_of(column) if column in used else None) or further.get(column)]
            for because in [None if field is None else "mapping" if field in self._claimed else _ground_of(name, field)]
        ]

    @property
    def fields_read(self) -> dict[int, dict[str, list[Kind]]]:
        """By column the fields that it serves, each with the kinds of the events that take it."""
        found: dict[int, dict[str, list[Kind]]] = {}
        if (column := self._rows.kind_column) is not None:
            found[column] = {KIND: []}
        for plan in self._rows.plans() if self._rows.kind_column is None else [self._rows.plan(None)]:
            for field, at in plan.columns.items():
                found.setdefault(at, {}).setdefault(field, []).extend([plan.kind] if plan.kind else [])
        return found

    @property
    def places(self) -> dict[str, Any]:
        """The place of every field of the records that were read (:mod:`graphtrace.ingest.places`)."""
        kinds = {KINDS[kind] if isinstance(kind, int) else kind for kind in self._kinds}
        by_column = self._header.by_column if isinstance(self._header, RecipeHeader) else None
        plans: list[Plan] = [*self._rows.plans(), *self._beside]
        by_person = {*self.answered, *self._claimed}
        names = self._header.names
        return places_of(self._sheet, self._header.row, names, plans, kinds, by_column, by_person=by_person)

    @property
    def questions(self) -> list[OpenQuestion]:
        """Questions to answer before all events of the sheet can be recorded."""
        # who got back what was sold the answer says that tells of both
        is_of_both = KIND not in self.answered and self._legs_unread() is not None
        asked = [
            OpenQuestion(
                field=field,
                kind=event.kind,
                rows=self._open_rows_of(event),
                text=None if self._reading is None else self._reading.question_of(field),
            )
            for event in self._rows.open_events
            for field in event.missing
            if not (is_of_both and event.kind == "return")
        ]
        # a format may name the cards of one event in either of two columns
        asked = [*{(each.field, each.kind): each for each in reversed(asked)}.values()][::-1]
        if self._header.is_stock_ledger and KEEPER not in self._header.literals:
            sideless = sum(each.reason == "missing_field" and each.field in ("from", "to") for each in self.rejects)
            text = phrase("whose_book").in_both()
            asked += [OpenQuestion(field=KEEPER, kind="transfer", rows=sideless, text=text)] if sideless else []
        if (side := self._header.open_side) is not None:
            sideless = sum(each.reason == "missing_field" and each.field == side for each in self.rejects)
            named = tuple(f"[{self._header.names[at]}]" for at in self._header.served["party"][:1])
            asked += [OpenQuestion(field=side, kind="transfer", rows=sideless, choices=named)] if sideless else []
        if self._header.lacks_sides and not self._read_rows:
            sideless = sum(each.reason == "missing_field" and each.field in ("from", "to") for each in self.rejects)
            text, forms = phrase("which_columns_are_sides").in_both(), (self._example_of_sides(),)
            asked += (
                [OpenQuestion(field=KIND, kind="transfer", rows=sideless, text=text, forms=forms)] if sideless else []
            )
        asked += self._card_questions()
        asked += self._giver_questions()
        asked += self._return_questions()
        asked += self._blank_questions()
        words = Counter(each.value or "" for each in self.rejects if each.reason == "unknown_carrier")
        asked += carrier_questions(words + self._rows.carriers_unknown)
        if (self.asks_holder or self._holds_persons_unread()) and _may_take_holder(self._header, self._rows.kind):
            asked.append(OpenQuestion(field="holder", kind="seizure", rows=self.rows, is_required=False))
        undated = sum(
            each.field == "date" and each.reason == "bad_date" and is_no_day(each.value or "") for each in self.rejects
        )
        if undated and not self._read_rows and self._rows.kind is not None:
            asked.append(OpenQuestion(field="date", kind=self._rows.kind, rows=undated))
        kind = self._rows.kind or ("transfer" if self._header.is_stock_ledger else None)
        yearless = sum(each.reason == "bad_date" and lacks_year(each.value or "") for each in self.rejects)
        if yearless and kind is not None:
            asked.append(OpenQuestion(field=YEAR, kind=kind, rows=yearless))
        ambiguous = [each.value or "" for each in self.rejects if each.reason == "ambiguous_date"] or self._open_days[:]
        stated = self._header.literals.get("date", "")
        ambiguous += [stated] * self._read_rows if self._is_open_day(stated) else []
        order = None if kind is None else order_question(ambiguous, kind)
        # of a few among many that are read the answer is taken, and not asked for; of all days of a column it is
        if order is not None and order.rows >= self._read_rows:
            asked.append(order)
        elif order is not None and self._are_all_days_open():
            asked.append(replace(order, is_required=False))
        return asked + self._title_questions() + self._own_list_questions() + self._word_questions()

    def _example_of_sides(self) -> str:
        """Return an answer that names the columns of the sheet as the sides that nothing reads and that hold names."""
        evidence = read_evidence(self._sheet, "", self._header.row, self._header.names, self._header.used)
        columns = [name for name in columns_of_names(evidence) if name not in self._header.used]
        giver, taker, *_ = (*(f"[{column}]" for column in columns), OPEN_SIDE, OPEN_SIDE)
        return f"{giver}→{taker}"

    def _are_all_days_open(self) -> bool:
        """Whether each day in the first rows can be read both ways."""
        rows = [cells for row, cells in self._sheet.head_rows if row > self._header.row]
        return all(self._is_open_day(cell) for cells in rows for at in self._date_columns if (cell := cells[at]))

    def _card_questions(self) -> list[OpenQuestion]:
        """Return the question which column names the cards of rows that only count them."""
        columns = Counter(each.field for each in self.rejects if each.reason == CARDS_ELSEWHERE)
        if not columns or self._reading is not None or "iccid" in self._header.served:
            return []
        choices = tuple(f"[{heading}]" for heading, _ in columns.most_common())
        kind = self._rows.kind or "transfer"
        return [OpenQuestion(field="iccid", kind=kind, rows=columns.total(), choices=choices)]

    def _giver_questions(self) -> list[OpenQuestion]:
        """Return the question whether whoever issued or sold did so as a clerk of the firm whose list it is."""
        heading = _clerks_or_givers(self._sheet, self._header) if self._reading is None else None
        if heading is None or "from" in self.answered:
            return []
        firm = self._header.literals["from"]
        text = phrase("clerks_or_givers", heading=heading, firm=firm).in_both()
        asked = OpenQuestion(field="from", kind="transfer", rows=self.rows, text=text, choices=(f"[{heading}]", firm))
        return [replace(asked, is_required=False)]

    def _return_questions(self) -> list[OpenQuestion]:
        """Return the question who gave back in rows of returns among sales, where that is not sure."""
        if not self._rows.open_returns:
            return []
        sides = [self._header.names[self._rows.sides_of_returns[side]] for side in ("from", "to")]
        text = phrase("who_gave_back", giver=sides[0], taker=sides[1]).in_both()
        rows = self._rows.open_returns
        return [OpenQuestion(field=RETURNED_BY, kind="return", rows=rows, text=text, choices=tuple(sides))]

    def _blank_questions(self) -> list[OpenQuestion]:
        """Return the question what empty cells of day and parties say below rows that fill them."""
        if not self._filled_once or self._blanks:
            return []
        rows = sum(each.reason == "missing_field" and each.field != "iccid" for each in self.rejects)
        headings = [self._header.names[at] for at in self._filled_once]
        text = phrase("blank_as_above", headings=headings).in_both()
        kind = self._rows.kind or "transfer"
        return (
            [OpenQuestion(field=BLANKS, kind=kind, rows=rows, text=text, choices=(AS_ABOVE, NOTHING))] if rows else []
        )

    def _ground_of_own_list(self) -> str | None:
        """Return what makes a list of customers look like a carrier's own, though no title says so."""
        header = self._header
        customers = [header.known[at] for at in header.served.get("party", ())]
        is_opened = bool(customers) and any(map(_OPENED.search, header.names))
        is_of_customer = any(map(names_customer, customers)) or is_opened or "party" in header.literals
        is_unread = any(self._filled[at] for at in self._days_of_registration())
        is_known = self.texts_above is None and not is_unread
        if (shipped_on := self._shipped_to_accounts_on()) is not None:
            return shipped_on
        if is_known or not self._lists_cards or not (is_of_customer or is_unread):
            return None
        named = (_PARTS_OF_PATH.split(self.file_name)[-1], self._sheet.name or "")
        carriers = [header.names[at] for at in header.served.get("carrier", ())] + [*filter(names_operator, named)]
        days = [name for name in header.names if is_day_of_registration(normalize_heading(name))]
        texts = [self.file_name, self._sheet.name, *(self.texts_above or ()), *header.names]
        return ground_to_ask(texts, carriers, days)

    def _shipped_to_accounts_on(self) -> str | None:
        """Return the heading of the day on which the cards of a platform's list went out, if only their giver lacks.

        The account beside each of them got them from whoever runs the platform, its carrier or a reseller.
        """
        served, waiting = self._header.served, self._rows.open_events
        of_accounts = any(_OF_ACCOUNT.search(self._header.known[at]) for at in served.get("party", ()))
        if self._reading is not None or not of_accounts or not {"imsi", "state"} <= served.keys():
            return None
        days = [event.date for event in waiting if event.kind == "transfer" and event.missing == ("from",)]
        return next((self._header.names[at] for at in days if at is not None), None)

    def _own_list_questions(self) -> list[OpenQuestion]:
        """Return the question whether a list of customers is the carrier's own; until then it registers nobody."""
        if KIND in self.answered:
            return []
        ground = self._ground_of_own_list()
        if ground is None:
            return self._movement_questions()
        text = phrase("may_be_own_list", ground=ground).in_both()
        return [
            self._kind_question(
                text, ("registration", "card_list"), forms=self._handed_by_agents(), kind="registration"
            )
        ]

    def _handed_by_agents(self) -> list[str]:
        """Return the answers that whoever a register names beside its customers (Agent, POS) handed out the cards."""
        names, customers = self._header.names, self._header.served.get("party", ())
        days = [name for name in names if is_day_of_registration(normalize_heading(name)) or _OPENED.search(name)]
        on = "".join(f"@[{day}]" for day in days[:1])
        agents = [
            names[at] for at in self._unknown if self._filled[at] and names_reseller(normalize_heading(names[at]))
        ]
        return [f"[{agent}]→[{names[at]}]{on}" for agent in agents for at in customers[:1]]

    def _kind_question(
        self,
        text: BilingualText,
        choices: tuple[str, ...],
        *,
        forms: Sequence[str] = (),
        kind: Kind = "transfer",
        offer: str | None = None,
    ) -> OpenQuestion:
        """Return the question, which may stay open, what happened to the cards of the rows."""
        offers = () if offer is None else (Offer(offer, "title"),)
        return OpenQuestion(
            field=KIND,
            kind=kind,
            rows=self.rows,
            text=text,
            choices=choices,
            forms=tuple(forms),
            is_required=False,
            offers=offers,
        )

    def _list_question(self) -> OpenQuestion | None:
        """Return the question whether a list of cards is one of movements, for what its headings or its cells say."""
        acts = ("transfer", "return", "card_list")
        if (heading := self._reseller_unread()) is not None:
            text = phrase("may_be_side", heading=heading).in_both()
            return self._kind_question(text, acts, forms=both_ways(f"[{heading}]"))
        if (example := self._parcels_unread()) is not None:
            text = phrase("may_be_handed").in_both()
            return self._kind_question(text, (example, "card_list"), forms=[example], offer=example)
        if (document := self._document_unread()) is not None:
            name, party = document
            text = phrase("may_be_document", name=name).in_both()
            return self._kind_question(text, acts, forms=both_ways(party))
        if (person := self._person_by_period()) is not None:
            periods = [name for at in self._sheet.parted if (name := self._header.names[at])]
            text = phrase("may_be_by_period", headings=periods).in_both()
            return self._kind_question(text, acts, forms=both_ways(f"[{person}]"))
        if (columns := self._day_unread()) is not None:
            day, person = columns
            text = phrase("may_be_event", heading=day).in_both()
            if _OF_ACTIVATION.search(day):
                return self._kind_question(text, ("registration", "activation", "card_list"), kind="activation")
            events = ("transfer", "return", "activation", "card_list")
            return self._kind_question(text, events, forms=both_ways(f"[{person}]", f"@[{day}]"))
        return None

    def _movement_questions(self) -> list[OpenQuestion]:
        """Return the question whether a list of cards and parties is one of movements, as the name of its file says."""
        if (legs := self._legs_unread()) is not None:
            answer, days = legs
            is_open = OPEN_SIDE in answer
            choices: tuple[str, ...] = ("transfer", "return", "card_list") if self.may_be_asked_its_kind else (answer,)
            choices = () if is_open and not self.may_be_asked_its_kind else choices
            text = phrase("may_be_legs", days=days).in_both()
            return [self._kind_question(text, choices, forms=[answer], offer=None if is_open else answer)]
        if self.may_be_asked_its_kind and (question := self._list_question()) is not None:
            return [question]
        if not self._lists_cards:
            return []
        if "party" not in self._header.served:
            return self._party_questions()
        sheet, file = split_table(self._sheet.name)[0] or "", _PARTS_OF_PATH.split(self.file_name)[-1]
        for name in (file.rpartition(".")[0], sheet):
            named = kind_of_title([(0, [_OF_NAME.sub(" ", name)])])
            if named is not None and (kind := next(iter(named.kinds), None)) in CUSTODY_KINDS and kind is not None:
                text = phrase("may_be_movements", name=name).in_both()
                return [self._kind_question(text, (kind, "card_list"), kind=kind)]
        return self._party_questions()

    def _party_questions(self) -> list[OpenQuestion]:
        """Return the question what happened to cards beside which a list names somebody.

        None of a register of own use whose firm stands above it.
        """
        served = self._header.served
        is_of_own_use = "declared_user" in served and "party" in self._header.literals
        is_list = self.may_be_asked_its_kind and not self._header.lacks_sides
        if self._reading is not None or not is_list or is_of_own_use:
            return []
        evidence = read_evidence(self._sheet, self.file_name, self._header.row, self._header.names)
        named = {*columns_of_names(evidence)}
        named |= {self._header.names[at] for field in _OF_LISTS for at in served.get(field, ()) if self._filled[at]}
        named |= {name for at in self._unknown if self._filled[at] and names_person(name := self._header.names[at])}
        defined = {self._header.names[at] for at in served.get("declared_user", ()) if user_by_definition(self._sheet)}
        headings = [name for name in self._header.names if name in named - defined]
        headings = [name for name in headings if not is_of_officer(normalize_heading(name))] or headings
        if not headings or (defined and all(is_of_officer(normalize_heading(name)) for name in headings)):
            return []
        days = [self._header.names[at] for at in served.get("date", ())]
        offered = handed_forms(evidence, days) or handed_by_column(headings[0], OPEN_SIDE)
        text = phrase("may_be_of_parties", headings=headings).in_both()
        choices = ("transfer", "return", "registration", "activation", "usage", "card_list")
        return [self._kind_question(text, choices, forms=offered)]

    def _holds_persons_unread(self) -> bool:
        """Whether a column of a list of seizures that nothing reads is one of persons, and of no officers."""
        if self._reading is not None or "seizure" not in self._rows.kinds:
            return False
        rows = [cells for row, cells in self._sheet.head_rows if row > self._header.row]
        return any(
            may_hold_persons(normalize_heading(self._header.names[at]), [cell for cells in rows if (cell := cells[at])])
            for at in self._unknown
        )

    def _legs_unread(self) -> tuple[str, tuple[str, ...]] | None:
        """Return what rows may say of their cards, where a column of one of its days is not read."""
        if self._reading is not None or self._sheet.made or "declared_user" in self._header.served:
            return None
        names = self._header.names
        unread = {names[at] for at in {*self._unknown, *self._unused_now()} if self._filled[at]}
        if not unread:
            return None
        legs = legs_offered(read_evidence(self._sheet, self.file_name, self._header.row, names))
        return None if legs is None or unread.isdisjoint(legs[1]) else legs

    def _reseller_unread(self) -> str | None:
        """Return the heading of a party of a list that passes cards on, or of the first of their levels.

        ``None`` where records name it, or the one party beside the cards is another.
        """
        if self._reading is not None:
            return None
        alone, names = party_alone(self._sheet.head_rows), self._header.names
        unread = [at for at in sorted({*self._unknown, *self._unused_now()}) if self._filled[at]]
        headings = {at: normalize_heading(names[at]) for at in unread}
        for at, heading in headings.items():
            if (alone in (heading, None) and names_reseller(heading)) or _LEVEL.fullmatch(heading):
                return names[at]
        return None

    def _parcels_unread(self) -> str | None:
        """Return the answer by which the cards of a list of parcels changed hands with them.

        Its sides are the firms that sent and got them where columns name these, else the persons.
        """
        names, cards = self._header.names, self._header.served.get("iccid", ())
        plan = next((each for each in self._beside if each.kind == "shipment"), None)
        if self._reading is not None or plan is None or not cards or not {"sender", "receiver"} <= plan.columns.keys():
            return None
        firms = firms_of_parcels({at: names[at] for at in self._unknown if self._filled[at]})
        giver, taker = (firms.get(side, names[plan.columns[side]]) for side in ("sender", "receiver"))
        day = f"@[{names[plan.columns['date']]}]" if "date" in plan.columns else ""
        return f"[{giver}]→[{taker}]{day}#[{names[cards[0]]}]"

    def _document_unread(self) -> tuple[str, str] | None:
        """Return what a title or line above a list says that its document is (单据类型：销售出库单), and its party."""
        party = self._header.literals.get("party")
        if self._reading is not None:
            return None
        lists = [self._header.names[at] for at in self._header.served.get("party", ())]
        titled = kind_of_title([(0, self.texts_above or ())]) if lists else None
        if titled is not None and not titled.kinds.isdisjoint(BETWEEN_PARTIES):
            return titled.value, f"[{lists[0]}]"
        if party is None:
            return None
        if (credit := title_of_credit(self.texts_above or ())) is not None:
            return credit, party
        kinds = [value for name, value in pairs_in([self.texts_above or ()]) if _KIND_OF_DOCUMENT.fullmatch(name)]
        return (kinds[0], party) if len(kinds) == 1 else None

    def _person_by_period(self) -> str | None:
        """Return the heading of the party of each row, where cards stand in columns of days or months."""
        persons = [at for name in ("party", "holder") for at in self._header.served.get(name, ())]
        is_by_period = {"date", "iccid"} <= self._sheet.made.keys() and bool(self._sheet.parted)
        return self._header.names[persons[0]] if is_by_period and persons else None

    def _day_unread(self) -> tuple[str, str] | None:
        """Return the headings of days that nothing reads and that name an event, and of the person beside them."""
        days = _days_asked(self._header, [at for at in self._unknown if self._filled[at]])
        if self._reading is not None or not days:
            return None
        persons = (self._header.names[at] for name in _PERSONS for at in self._header.served.get(name, ()))
        return self._header.names[days[0]], next(persons)

    def _title_questions(self) -> list[OpenQuestion]:
        """Return the question whether the word of a title says what it seems to say of all rows."""
        settled = [fold_word(word) for word, meaning in self._words.items() if meaning == NOTHING]
        if self._verdict is None or fold_word(self._verdict.word) in settled:
            return []
        return [title_question(self._verdict, self._rows.kind or "transfer", self.rows)]

    def _word_questions(self) -> list[OpenQuestion]:
        """Return one question for each word of which a person has to say what it means, the most frequent first."""
        at, names = self._rows.kind_column, self._header.names
        kinds = names[at] if at is not None else None
        found = Counter(
            (self._word_asked(each), kinds if each.field == KIND and kinds is not None else each.field or KIND)
            for each in self.rejects
            if each.reason in ("unknown_kind", "kind_differs") and each.value
        )
        asked = sorted(found.items(), key=lambda each: (-each[1], each[0]))
        words = [word for word, _ in found]
        return [
            OpenQuestion(
                field=f"{WORDS}{short_word(word, words)}",
                kind=self._rows.kind or "transfer",
                rows=rows,
                text=phrase(
                    "negative_means" if word == NEGATIVE else "word_means", word=word, heading=heading
                ).in_both(),
                choices=WAY_ANSWERS if self._header.is_stock_ledger and heading == kinds else WORD_ANSWERS,
            )
            for (word, heading), rows in asked[:_WORDS_ASKED]
            if "=" not in word
        ]

    def _word_asked(self, reject: Reject) -> str:
        """Return the word of which a rejected row asks; one stands for all negative amounts."""
        value = reject.value or ""
        of_money = {self._header.names[at] for at in self._rows.credit_columns}
        return NEGATIVE if reject.field in of_money and is_credit(value) else fold_word(value)

    def _open_rows_of(self, event: SheetEvent) -> int:
        """Return the number of rows in which the event would be stated."""
        return self._filled[event.date] if event.date is not None and event.is_own_date else self.rows

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings as shown, one a column."""
        return self._header.names

    @property
    def used_headings(self) -> frozenset[str]:
        """The headings whose columns serve a field, also of an event of which something is asked."""
        return self._header.used

    @property
    def header_row(self) -> int:
        """Number of the (last) row of the header; 0 where there is none."""
        return self._header.row

    @property
    def remarks(self) -> list[RowWarning]:
        """Optional fields that were left out, by field and reason; then what is to be said of columns."""
        of_columns = self._sheet.remarks_on_columns(self._header.names, self._header.field_of)
        return [*self._rows.remarks, *of_columns, *remarks_on_rows(self._sheet)]

    def frames(self) -> Generator[pl.DataFrame, None, None]:
        """Yield the statements of :meth:`_frames` and remember their kinds."""
        if kind_of_word(self._said_kind) == "card_list" and self._ground_of_own_list() is not None:
            self.answered[KIND] = self._said_kind
        self._note_names()
        self._take_year_of_file()
        frames = self._once_a_row(self._frames())
        if self._header.literals.get("carrier_basis") == "issuer":
            frames = self._with_one_issuer(list(frames))
        equal = EqualLots()
        for frame in frames:
            later = self._note_later_days(frame)
            if is_supporting(frame):
                self._kinds.update(frame.filter(pl.col("kind").is_in(SUPPORT_KINDS))["kind"].unique())
                yield frame
                continue
            dated = DatedLater([frame], []) if later is None else part_later(frame, later)
            self._unread += dated.unread
            for statements in dated.frames:
                self._unread += self._said_beside.unread_of(statements, self._header.names)
                for rows in self._rows_beside:
                    self._unread += rows.unread_of(statements)
                self._lines.keep(statements)
                self._kinds.update(statements["kind"].unique())
                equal.add(statements)
                yield statements
        if (alike := equal.told()) is not None:
            self._rows.remark_left_out("quantity", "alike_as_read", alike)

    def _once_a_row(self, frames: Iterator[pl.DataFrame]) -> Generator[pl.DataFrame, None, None]:
        """Yield statements of a sheet whose rows are several, and count each row once at the end.

        A part that is refused is a remark where another part of its row states something.
        """
        stated = set[int]()
        for frame in frames:
            if self._sheet.repeated:
                stated.update(frame[ROW])
            yield frame
        if not self._sheet.repeated:
            return
        whole: dict[int, Reject] = {}
        for reject in self.rejects:
            if reject.row not in stated:
                whole.setdefault(reject.row, reject)
            elif reject.reason != "not_a_record":
                self._rows.remark_part(reject)
        self.rejects = [*whole.values()]
        self.rejected, self.rows = len(whole), self._sheet.counted

    def _with_one_issuer(self, frames: Sequence[pl.DataFrame]) -> Generator[pl.DataFrame, None, None]:
        """Yield the statements of a list whose carrier only its cards tell, if all of them are of that carrier.

        Raises NeedsAnswer when a card is of another one.
        """
        if any(is_contradicted(frame) for frame in frames):
            self.rejects = [Reject(row=self._header.row, field="carrier", reason="unanswered", value=None)]
            self.rejected = self.rows
            raise ask_for(self._header, self._header.meaning.event("registration").without("carrier"), rows=self.rows)
        yield from frames

    def _note_later_days(self, frame: pl.DataFrame) -> pl.Series | None:
        """Note the rows whose day is after that of the load; return which these are, ``None`` if none is."""
        if "day" not in frame.columns:
            return None
        is_later = (frame["day"] > self.today).fill_null(value=False)
        if not is_later.any():
            return None
        later = frame.select(ROW, "day").filter(is_later)
        row, day = later.row(later[ROW].arg_min() or 0)
        self._rows.remark_later_day(row, format_day(day), rows=later[ROW].n_unique())
        return is_later

    def _frames(self) -> Generator[pl.DataFrame, None, None]:
        """Yield the statements, packed (:mod:`graphtrace.ingest.record_schema`), in frames and no set order.

        Rows whose card ends in suspicious zeros, and rows whose date can be read in two ways, wait until the whole
        column is known. Time and memory are linear in
        the rows of a frame, and in the suspects.

        Raises NeedsAnswer when no row states anything but an event of which something has to be asked; RuntimeError
        when rows got lost between the reader and here, which is a bug.
        """
        filled_cards = 0
        if self._verdict is not None:
            self._pass_over(self._verdict)
            return
        contacts: list[pl.DataFrame] = []
        beside: list[pl.DataFrame] = []
        card_column = self._rows.card_column
        with closing(prefetch(self._blocks(), is_short=lambda read: is_short(read[0]))) as blocks:
            for block, clean, rest in blocks:
                self._sheet.note_set_aside(block)
                for column in range(len(self._filled)):
                    self._filled[column] += block.height - block[str(column)].null_count()
                for column in self._in_doubt:
                    self._sheet.note_filled(column, "remark_in_heading", block)
                for column in self._unused_now():
                    self._sheet.note_filled(column, "column_not_used", block)
                for column in self._header.ids_of_others:
                    self._sheet.note_filled(column, "id_of_another", block)
                for column, cards in cards_by_column(block, [*self._unknown, *self._unused_now()], CARD_PATTERN):
                    others = self._of_other_cards(block, str(column), cards)
                    if others.height:
                        self._sheet.note_filled(column, "cards_not_read", others)
                    self._note_cards_not_read(str(column), others)
                    self._note_range_not_read(block, column)
                if card_column is not None:
                    filled_cards += len(block) - block[str(card_column)].null_count()
                self._read_rows += block.height - rest.height
                self._note_waiting(block, clean)
                self._note_telephones(block)
                for column, reason, told in self._said_beside.look(block):
                    self._sheet.note_filled(column, reason, told)
                    if reason == REMARK_NOT_READ:
                        self._unread.append(others_named(block, column, told))
                if self._contacts:
                    contacts.append(read_contacts(self._contacts.values(), block))
                stated = self._read_beside(block) if self._beside or self._payments is not None else None
                said = self._cells_unread.of(block)
                for statements in chain(clean, self._read_each(self._not_held(rest), is_zeroed_column=False)):
                    yield UnreadCells.kept_with(statements, said)
                if stated is not None:
                    is_held = pl.col("row").is_in(self._held_rows(block.height))
                    yield self._of_records(stated.filter(~is_held), block.height)
                    beside.append(stated.filter(is_held))
        for column, orders in self._clean.day_orders.items():
            self._seen_orders.setdefault(column, set()).update(orders)
        self._rows.day_orders = {
            column: next(iter(orders)) for column, orders in self._seen_orders.items() if len(orders) == 1
        }
        self._settle_day_orders()
        if self._undecided is not None:
            self._rows.decide(self._undecided.decided())
        is_zeroed = is_damaged_column(len(self._held), filled_cards)
        for held in (self._held_words, self._held_dates, self._held):
            said = self._cells_unread.of_rows(held)
            for statements in self._read_each(held, is_zeroed_column=is_zeroed and held is self._held):
                yield UnreadCells.kept_with(statements, said)
        self.answered |= {RETURNED_BY: self._rows.returned_by} if self._rows.is_returner_said else {}
        if self._filled_once and self._blanks:
            self.answered[BLANKS] = self._blanks
            if self._blanks == AS_ABOVE and self._rows.kind is not None:
                self._sheet.told.setdefault(self._rows.kind, {})[BLANKS] = AS_ABOVE
        self.answered |= self._carrier_words.answered
        self.answered |= {f"{WORDS}{word}": self._words[word] for word in sorted(self._rows.words.used)}
        if beside:
            yield self._of_records(pl.concat(beside), len(self.rejects))
        if contacts:
            told = pl.concat(contacts)
            yield told.filter(~pl.col("row").is_in(sorted(self._refused)))
        if self._reading is not None:
            self.rejects += self._reading.left_out
        self.rejects += self._sheet.left_out
        self._unread += self._sheet.unread_left_out
        for reject in sorted(self.rejects, key=lambda reject: reject.row):
            cells = [cell for _, cell in reject.raw]
            is_line = reject.reason != "not_a_record" and len({*filter(None, cells)}) <= _CELLS_OF_A_LINE
            if is_line or (reject not in self._sheet.left_out and is_merged_line(cells)):
                unread = cells if self._reading is None else map(self._reading.without_answer, filter(None, cells))
                self._note_line(reject.row, unread, is_within=True, is_heading=is_heading_of_rows(cells))
            elif reject in self._sheet.left_out:
                for cell in filter(None, cells):
                    self._is_key_of_names(reject.row, cell)
        for line in (
            self._sheet.below if self._reading is None else map(self._reading.without_answer, self._sheet.below)
        ):
            self._note_line(0, [line], is_within=True)
        if self._short_names:
            self.rejects = [
                replace(reject, field=None, reason="not_a_record")
                if reject.row in self._short_names.values()
                else reject
                for reject in self.rejects
            ]
            yield stated_short_names(self._short_names)
        is_of_ranges = {"iccid_first", "iccid_last"} <= self._header.fields
        self._unread.append(unread_in_faults(self._sheet.faults, self._rows.kind, is_of_ranges=is_of_ranges))
        self.rejected = len(self.rejects) + len(self._sheet.faults) + max(0, self._open_rows - 1)
        self.rejects += [
            Reject(row=fault.row, field=None, reason="unreadable_row", value=fault.text, raw=(("", fault.text),))
            for fault in self._sheet.faults
        ]
        self.rejects.sort(key=lambda reject: reject.row)
        self.rows = self._read_rows + self.rejected
        if self.rows != (read := self._sheet.counted + self._sheet.repeated):
            raise RuntimeError(f"{read} rows were read, {self.rows} are accounted for")
        if self._open_rows and not self._read_rows:
            raise ask_for(self._header, self._rows.open_events[0], rows=self._open_rows)

    def _settle_day_orders(self) -> None:
        """Settle in which order dates state day and month that no cell of their column shows, or count them as open."""
        proven = {order for orders in self._seen_orders.values() for order in orders}
        held = (cells[column] for _, cells in self._held_dates for column in self._date_columns)
        short = order_of_short_years(cell for cell in held if cell)
        elsewhere = order_of_text(self._sheet.text) or self._sheet.day_order or short
        proven = proven or ({elsewhere} if elsewhere is not None else set())
        for column in self._date_columns:
            if self._seen_orders.get(column):
                continue
            cells = (cells[column] for _, cells in sorted(self._held_dates, key=itemgetter(0)))
            dates = [cell for cell in cells if cell and self._is_open_day(cell)]
            if not dates:
                continue
            if (order := ORDERS.get(self._said_order)) is not None:
                self._rows.day_orders[column] = order
                self.answered[DATE_ORDER] = self._said_order
            elif (found := self._concluded_order(dates)) is not None:
                self._rows.day_orders[column] = found.order
                self._rows.remark_stated_above("date", found.row, found.text or dates[0], f"{found.order}_concluded")
            elif len(proven) == 1:
                # other dates of the sheet or the file show it
                self._rows.day_orders[column] = next(iter(proven))
                self._rows.remark_stated_above("date", self._header.row, dates[0], f"{min(proven)}_concluded")
            else:
                self._open_days += dates

    def _is_open_day(self, cell: str) -> bool:
        return parse_date(cell, year=self._rows.year) == "ambiguous_date"

    def _concluded_order(self, dates: Sequence[str]) -> Concluded | None:
        return conclude_order(titles_of(self._sheet, self._header.row), dates, self._rows.year)

    @property
    def unread(self) -> pl.DataFrame:
        """Changes of hands that the rows name and that were not recorded (:mod:`graphtrace.ingest.unread_events`)."""
        return joined(
            [*self._unread, *self._lines.unread(self._rows.unread)],
            [
                *(*self._rows.unread, *self._unread_ranges, *self._lines.named()),
                *chain.from_iterable(rows.named() for rows in self._rows_beside),
            ],
        )

    def _note_waiting(self, block: pl.DataFrame, clean: Sequence[pl.DataFrame]) -> None:
        """Note the changes of hands of clean rows that wait for an answer, with the cards of their other events."""
        for missing, (plan, date, *_) in self._rows.waiting if clean else ():
            rows = block if date is None else block.filter(pl.col(str(date)).is_not_null())
            days = self._clean.days_of(rows, plan)
            self._unread += unread_of_rows(clean, days, kind=plan.kind or "", reason="unanswered", field=missing)

    def _note_cards_not_read(self, column: str, found: pl.DataFrame) -> None:
        """Note the cards that rows name in a column that is not read (旧ICCID): they may have moved too.

        So may the card of a row that moved it have been replaced by the other one.
        """
        if "own" in found.columns and {*CUSTODY_KINDS} & self._rows.kinds:
            self._unread += cards_in(found.drop_nulls("own"), "own", kind=None, reason="cards_not_read")
        self._unread += cards_in(found, column, kind=None, reason="cards_not_read")

    def _of_other_cards(self, block: pl.DataFrame, column: str, found: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of a column of cards that name another one than that of their row (查询条件 repeats it)."""
        own = self._rows.card_column
        if own is None:
            return found
        cards = found.join(block.select(ROW, pl.col(str(own)).alias("own")), on=ROW)
        is_own = pl.col("own").str.slice(0, ICCID_DIGITS) == pl.col(column).str.slice(0, ICCID_DIGITS)
        return cards.filter(~is_own.fill_null(value=False))

    def _note_range_not_read(self, block: pl.DataFrame, first: int) -> None:
        """Note the cards between both ends of a range in columns that are not read (所属号段起, 所属号段止)."""
        last = ends_beside(self._header.names, first, self._unknown)
        if last is None:
            return
        for row, *ends in block.select(ROW, str(first), str(last)).drop_nulls().iter_rows():
            event = UnreadEvent(row, None, "cards_not_read", self._header.names[first], None)
            self._unread_ranges += event.of(lots_between(*map(parse_iccid, ends)), ())

    def _pass_over(self, verdict: TitleVerdict) -> None:
        """Count the rows of a sheet whose title says that they are no records; the first reject stands for all.

        Returns that cannot be read as such are changes of hands all the same, and what a title denies
        another row may state.
        """
        told = UnreadRows(
            self._header.served,
            len(self._columns),
            kind="return" if verdict.meaning == "return" else None,
            reason="kind_differs" if verdict.meaning != NOTHING else DENIED if verdict.is_denial else "title_decides",
            text=verdict.text if verdict.is_denial or state_of_document(verdict.text) else None,
        )
        for block in self._sheet.read(self._header.row):
            told.look(block)
            for column in range(len(self._filled)):
                self._filled[column] += block.height - block[str(column)].null_count()
            if not self.rejects and block.height:
                row, *cells = block.select(ROW, *self._columns).row(0)
                self.rejects.append(self._rows.reject_by_title(row, cells, verdict.text))
        if self._reading is not None and not self.rejects:
            self.rejects += self._reading.left_out
        self._unread.append(told.frame)
        self.rows = self.rejected = self._sheet.counted

    def _read_beside(self, block: pl.DataFrame) -> pl.DataFrame:
        """Return the shipments and payments that the rows of a block state beside custody events."""
        statements: list[dict[str, object]] = []
        for row, *cells in block.select(ROW, *self._columns).iter_rows():
            for plan in self._beside if not self._rows.is_no_record(cells) else ():
                read = read_support(plan, cells, year=self._rows.year)
                if read.statement is not None:
                    self._stated_beside.add(row)
                    statements.append({"row": row, **read.statement})
        stated = pl.DataFrame(statements, schema=SUPPORT_SCHEMA)
        if self._payments is None:
            return stated
        paid = self._payments.read_beside(block)
        self._stated_beside.update(paid["row"])
        self._unpaid |= {each.row: each for each in self._payments.rejects}
        self._payments.rejects.clear()
        return pl.concat([stated, paid])

    def _held_rows(self, most: int) -> list[int]:
        """Return the rows of the last block, of this height, that wait until the whole sheet is known."""
        return [row for held in (self._held_words, self._held_dates, self._held) for row, _ in held[-most:]]

    def _of_records(self, stated: pl.DataFrame, most: int) -> pl.DataFrame:
        """Return what rows state beside their events, without the rows among the last rejects: those are no records."""
        return stated.filter(~pl.col("row").is_in([reject.row for reject in self.rejects[-most:]]))

    def _blocks(self) -> Iterator[tuple[pl.DataFrame, list[pl.DataFrame], pl.DataFrame]]:
        """Yield every block of the sheet, its clean rows as statements, and its other rows."""
        for read in prefetch(self._sheet.read(self._header.row), is_short=is_short):
            block = self._listed_below(self._context.complete(read))
            self._rows.learn(block.head(TOP_ROWS))
            self._rows.learn_returns(block)
            if self._undecided is None:
                columns = [at for at in self._rows.undecided if at not in self._secret]
                self._undecided = UndecidedColumns(columns, self._rows.words, self._rows.speaks_against)
            waiting = self._undecided.waiting(block)
            is_bulk = not is_short(block) if self._bulk is None else self._bulk
            clean, rest = self._clean.read(block, waiting) if is_bulk else ([], block)
            yield block, clean, rest

    def _listed_below(self, block: pl.DataFrame) -> pl.DataFrame:
        """Return a block in which the cards of a line, listed in rows below that hold nothing else, have its cells.

        The number of cards of the line has to say how many they are; beside each of them it says nothing more.
        """
        counts, cards = (self._header.served.get(name, ()) for name in ("quantity", "iccid"))
        if len(counts) != 1 or len(cards) != 1 or not block[str(counts[0])].null_count():
            return block
        count, card = str(counts[0]), str(cards[0])
        names = [str(at) for at in range(len(self._header.names)) if at not in {*self._sheet.made.values()}]
        names = [name for name in names if name in block.columns]
        others = [name for name in names if name != card]
        alone = block.select(
            pl.all_horizontal(pl.col(card).str.contains(CARD_PATTERN), *(pl.col(name).is_null() for name in others))
        ).to_series()
        if not (alone := alone.fill_null(value=False)).any():
            return block
        filled = {name: block[name].to_list() for name in names}
        starts = [at for at, is_alone in enumerate(alone) if not is_alone]
        for at, end in pairwise([*starts, block.height]):
            number = parse_quantity(filled[count][at] or "")
            if end - at == 1 or number != end - at or not re.match(CARD_PATTERN, filled[card][at] or ""):
                continue
            for name in others:
                filled[name][at:end] = [None if name == count else filled[name][at]] * (end - at)
        return block.with_columns(pl.Series(name, texts, dtype=pl.String) for name, texts in filled.items())

    def _unused_now(self) -> list[int]:
        """Return the columns that a field claims and nothing uses, not even as words that decide the rows."""
        return [column for column in self._unused if column not in self._rows.status_columns]

    def _not_held(self, block: pl.DataFrame) -> Iterator[tuple[int, Cells]]:
        """Yield the rows of a block, without those that have to wait.

        Raises MoreTables when a row is of the headings of another table.
        """
        self._tables.look(block.select(ROW, *self._columns))
        for row, *cells in block.select(ROW, *self._columns).iter_rows():
            for column in self._date_columns:
                if (cell := cells[column]) and (order := day_order(cell)) is not None:
                    self._seen_orders.setdefault(column, set()).add(order)
            if self._rows.is_suspect(cells):
                self._held.append((row, tuple(cells)))
            elif self._undecided is not None and any(
                self._undecided.is_waiting(column, cells[column]) for column in self._undecided.columns
            ):
                self._held_words.append((row, tuple(cells)))
            elif self._rows.has_open_order(cells):
                self._held_dates.append((row, tuple(cells)))
            else:
                yield row, tuple(cells)

    def _read_each(self, rows: Iterable[tuple[int, Cells]], *, is_zeroed_column: bool) -> Iterator[pl.DataFrame]:
        statements: list[StatementRow] = []
        for row, cells in rows:
            read = self._rows.read(row, cells, is_zeroed_column=is_zeroed_column)
            if isinstance(read, list):
                self._read_rows += 1
                statements += read
                if len(statements) >= _FRAME_ROWS:
                    yield self._packed(statements)
                    statements = []
                continue
            self._refused.add(row)
            # what a row without a card says is that somebody paid, or that he did not
            states_no_leg = bool(self._sheet.made) and not any(cells[at] for at in self._sheet.made.values())
            read = self._unpaid.get(row, read) if states_no_leg else read
            if row in self._stated_beside and (states_no_leg or read.reason != "not_a_record"):
                self._read_rows += 1
                if read.reason != "unanswered" and not states_no_leg:
                    self._rows.warn_of(read, self._rows.kind)
            elif read.reason == "unanswered":
                self._open_rows += 1
                if self._open_rows == 1:
                    self.rejects.append(read)
            else:
                self.rejects.append(read)
        if statements:
            yield self._packed(statements)

    def _packed(self, statements: list[StatementRow]) -> pl.DataFrame:
        return encode(pl.DataFrame(statements, schema=STATEMENT_SCHEMA), self._clean.words)
