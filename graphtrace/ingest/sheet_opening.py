"""What a sheet is: its kind, header, sides and day, by its recipe, headings, titles and the answers of a person.

What is understood is read by a :class:`~graphtrace.ingest.pipeline.SheetParser`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from graphtrace.errors import MappingError, NeedsAnswer, UnknownHeadings, UnknownKind, UsageError
from graphtrace.identifiers import normalize_party_name
from graphtrace.identifiers.nobody import is_certainly_person
from graphtrace.identifiers.normalize import to_simplified
from graphtrace.identifiers.operators import USUAL_NAMES
from graphtrace.ingest.acts import (
    EXCHANGE,
    NOTHING,
    fold_word,
    kind_of_word,
)
from graphtrace.ingest.card_cells import CARD_PATTERN
from graphtrace.ingest.contract_roles import roles_in, sides_by_roles
from graphtrace.ingest.cross_tables import part_cross
from graphtrace.ingest.date_orders import (
    DATE_ORDER,
    ORDERS,
    order_of_text,
)
from graphtrace.ingest.dates_and_quantities import (
    is_no_day,
)
from graphtrace.ingest.dealer_ledgers import KEEPER, is_book_of_receipts, part_ways
from graphtrace.ingest.denied_rows import part_denied
from graphtrace.ingest.english_books import part_entries
from graphtrace.ingest.english_papers import (
    RETURNS,
    STOCK,
    handed_over,
    keeper_in_english,
)
from graphtrace.ingest.english_sides import names_other_giver
from graphtrace.ingest.footers import part_footer
from graphtrace.ingest.given_answers import (
    KIND,
    RECIPE,
    WORDS,
    is_not_known,
    named_heading,
    parse_legs,
    word_answers,
)
from graphtrace.ingest.given_back import taker_alone
from graphtrace.ingest.goods_cells import join_numbered, part_goods
from graphtrace.ingest.headers import (
    HEADINGS,
    ColumnOverrides,
    SheetHeader,
    check_header_row,
    event_words,
    find_header,
    listed_headings,
)
from graphtrace.ingest.heading_grammar import (
    LONGEST_HEADING,
    field_of_heading,
    normalize_heading,
)
from graphtrace.ingest.mapping_files import ColumnMapping
from graphtrace.ingest.order_sides import part_names
from graphtrace.ingest.own_annexes import find_annex, part_annex
from graphtrace.ingest.own_lists import (
    find_issuer,
    find_own_list,
    issuer_of,
    seals_below,
    speaks_of_others,
)
from graphtrace.ingest.own_use import owner_of_register, user_by_definition
from graphtrace.ingest.persons import join_names
from graphtrace.ingest.pipeline import (
    OPENED,
    SheetParser,
    answered_year,
    clerks_or_givers,
    days_asked,
    is_title_of_forms,
    may_take_holder,
    place_of_header,
    place_of_row,
    year_of,
)
from graphtrace.ingest.preamble import (
    StatedAbove,
    TitleVerdict,
    between_persons,
    handed_by_lines,
    keeper_beside,
    keeper_of_book,
    keeper_of_list,
    keeper_of_returns,
    keeper_of_section,
    keeper_of_title,
    keeper_of_vouchers,
    kind_of_title,
    names_cards_in_words,
    names_several_persons,
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
from graphtrace.ingest.recipes.recipe_selection import RecipeChoice, RecipeMatch
from graphtrace.ingest.recipes.recipe_sheet import plan_reading
from graphtrace.ingest.row_events import is_evidence_handed_on
from graphtrace.ingest.row_legs import part_legs
from graphtrace.ingest.row_status import (
    IGNORE,
)
from graphtrace.ingest.section_titles import PartHeading, section_above
from graphtrace.ingest.seizure_lines import (
    day_above,
    heading_of_part,
    part_case_days,
    part_holders,
    part_places,
    part_remarked,
    stated_of_seizure,
    told_of_part,
)
from graphtrace.ingest.sheet import (
    OwnList,
    Sheet,
)
from graphtrace.ingest.sheet_evidence import (
    OPPOSITE,
    check_answers,
    check_columns,
    legs_stated,
)
from graphtrace.ingest.split_days import part_days
from graphtrace.ingest.supporting import (
    SupportSheetParser,
    open_support_parser,
)
from graphtrace.ingest.tails import part_prefix, part_tails
from graphtrace.ingest.unread_sheets import LeftOutSheet
from graphtrace.ingest.voucher_ledgers import part_narrations, part_statement
from graphtrace.locale import BilingualText, Text, phrase
from graphtrace.model import (
    BETWEEN_PARTIES,
    CUSTODY_KINDS,
    SUPPORT_KINDS,
    USE_KINDS,
    DocumentBasis,
    Kind,
    RecordKind,
    split_table,
)
from graphtrace.patterns import late
from graphtrace.platform import quote

_COURIERS: Final = late("寄|发件|收件|揽|签收|派件|派送|shipper|consignee|recipient")
"""Found in the headings of lists of parcels, and in those of no ledger of who got cards."""

_LONGEST_LINE: Final = 2_000
"""Characters of a text above a table that may state something of all its rows."""


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
                year=year_of(sheet, reading.header.row),
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
        told = open_support_parser(sheet, said, mapping.claims, answers, year=year_of(sheet, 1 << 20))
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
        stated, mapping = _with_remarked_holders(sheet, *_with_places(sheet, stated, mapping))
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
            beside = open_support_parser(sheet, None, mapping.claims, answers, year=year_of(sheet, 1 << 20))
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
    sections = [row for row, _ in sheet.head_rows[: place_of_header(sheet, header)] if row > header.row]
    is_of_returns = verdict is not None and verdict.meaning == "return" and verdict.row not in sections
    is_turned = is_of_returns and header.kind == "transfer" and is_free
    if is_turned:
        claims = claims_of(stated)
        if (taker := taker_alone(header.known, header.served)) is not None:
            claims = replace(claims, headings={**claims.headings, "from": taker})
        header, kind, answered = _find_answered_header(sheet, "return", claims, answers, None)
    _check_answers(sheet, header, answered, insisted)
    said_with = {field: text for field, text in answers.items() if field not in insisted}
    if KIND in answered and KIND in answers:
        # what was said with the kind is taken, or refused
        taken |= check_columns(header, said_with, answered)
    elif header.kind is not None and header.kind in (answers.get(KIND), kind_of_word(answers.get(KIND, ""))):
        # nobody had to say what the sheet states itself
        taken |= {KIND: answers[KIND], **check_columns(header, said_with, answered)}
        named = {field: normalize_party_name(text) for field, text in header.literals.items() if field in OPPOSITE}
        taken |= {field: text for field, text in said_with.items() if named.get(field) == normalize_party_name(text)}
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
    labelled = stated_above(above, HEADINGS, year_of(sheet, header_row), order)
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


def _with_places(
    sheet: Sheet, stated: list[StatedAbove], mapping: ColumnMapping
) -> tuple[list[StatedAbove], ColumnMapping]:
    """Return what stands above a list of seizures and its claims, where a column says where at its place each was."""
    places = [each.value for each in stated if each.field == "place"]
    if len(places) != 1 or "place" in {*mapping.claims.fields, *sheet.made}:
        return stated, mapping
    part_places(sheet, places[0])
    if "place" not in sheet.made:
        return stated, mapping
    made = {name: sheet.number_of(column) for name, column in sheet.made.items()}
    claims = replace(mapping.claims, places=made, header_row=sheet.made_below)
    return [each for each in stated if each.field != "place"], replace(mapping, claims=claims)


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
    is_opened = bool(named) and any(OPENED.search(name) for name in header.names)
    return is_list and (is_opened or any(map(_SUBSCRIBER.match, named))) and not speaks_of_others(header.names)


def _day_of_question(sheet: Sheet, header: SheetHeader) -> str | None:
    """Return the heading of the days about which a list of cards is asked what happened then."""
    read = {at for columns in header.served.values() for at in columns}
    days = days_asked(header, [at for at in range(len(header.names)) if at not in read])
    rows = [cells for row, cells in sheet.head_rows if row > header.row]
    filled = [at for at in days if any(at < len(cells) and cells[at] for cells in rows)]
    return next((normalize_heading(header.names[at]) for at in filled or days), None)


_SUBSCRIBER: Final = late("(?:registered_?)?subscriber")


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
    year = year_of(sheet, below) or answered_year(sheet, answers)
    order = order_of_text(sheet.text) or sheet.day_order or ORDERS.get(answers.get(DATE_ORDER, ""))
    stated = stated_above(above, HEADINGS, year, order)
    if of_roles := sides_by_roles(above, sheet.roles or roles_in(above)):
        stated = [
            each for each in stated if each.field not in ("from", "to", "party", "enterprise", "carrier")
        ] + of_roles
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
        if any(heading_of_part(line) or told_of_part(line) for line in sheet.text):
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
    place = place_of_row(sheet, row, rows)
    above: list[tuple[int, Sequence[str | None]]] = [
        each for each in sheet.head_rows[:place] if len({*filter(None, each[1])}) == 1
    ]
    # the state of a document stands beside its number and its day
    states = [
        (each, [cell for cell in cells if cell and state_of_document(cell)]) for each, cells in sheet.head_rows[:place]
    ]
    above += [(each, cells) for each, cells in states if cells]
    above += [each for each in sheet.titles if is_title_of_forms(sheet, *each)]
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
            if _takes_keeper(error.event, error.fields, answers, answered, claims):
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
            if _takes_keeper(header.kind, missing, answers, answered, claims):
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
            if may_take_holder(header, kind):
                open_fields |= {"holder"}
                is_of_seizures = kind == "seizure" or {event.kind for event in header.events} == {"seizure"}
                if is_of_seizures and "from" in answers and "holder" not in answers and "from" not in answered:
                    answered |= dict.fromkeys(("holder", "from"), answers["from"])
                    continue
            open_fields |= {"date"} if _has_no_day(sheet, header) or _lacks_day_of_registration(header) else set()
            open_fields |= {"from"} if clerks_or_givers(sheet, header) is not None else set()
        fresh = {field: answers[field] for field in open_fields if field in answers and field not in answered}
        if not fresh:
            return header, kind, answered
        answered |= fresh


def _takes_keeper(
    kind: str | None,
    missing: Collection[str],
    answers: Mapping[str, str],
    answered: dict[str, str],
    claims: ColumnOverrides,
) -> bool:
    """Take whoever keeps a book for the giver of cards of which its rows say only to whom they went.

    In a book of what came in, or came back, it is who got the cards of which the rows say only from whom they came; the
    stock that it states is the keeper's. Whom lines above state as the other side he is not.
    """
    received = claims.is_of_receipts or {*missing} == {"to"}
    side = {"transfer": "to" if received else "from", "return": "to", "stock": "party"}.get(kind or "", "")
    if {*missing} != {side} or KEEPER not in answers or side in answers:
        return False
    other = claims.fallbacks.get(OPPOSITE.get(side, ""), "")
    if normalize_party_name(other) == normalize_party_name(answers[KEEPER]):
        return False
    answered[side] = answers[KEEPER]
    return True


def _chosen_sides(header: SheetHeader, answers: Mapping[str, str]) -> set[str]:
    """Return the sides for which several columns may stand, and of which a person names one."""
    named = {side: normalize_heading(named_heading(answers.get(side, "")) or "") for side in ("from", "to")}
    places = {side: [normalize_heading(header.names[at]) for at in header.served.get(side, ())] for side in named}
    return {side for side, heading in named.items() if len(places[side]) > 1 and heading in places[side]}


def _are_columns(answers: Mapping[str, str]) -> bool:
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


def _is_book(sheet: Sheet, claims: ColumnOverrides, values: Sequence[tuple[int, Sequence[str | None]]]) -> bool:
    """Whether the rows of a sheet say by themselves which way cards went between its keeper and somebody else."""
    try:
        return find_header(sheet.head_rows, claims=claims, numbers=sheet.numbers, values=values).is_stock_ledger
    except (MappingError, UnknownHeadings):
        return False


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
