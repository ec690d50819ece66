"""Statements of rows in columns that are not read, and of lines beside a table: further parties, remarks, doubts.

Nothing is recorded of it; but an answer about the cards must not seem to know that nothing more was said. What is
quoted is not understood: whether a remark speaks against its row is for a person to say.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import islice
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import polars as pl

from graphtrace.identifiers import normalize_party_name, parse_iccid
from graphtrace.identifiers.nobody import (
    identifies_nobody,
    is_certainly_person,
    key_of_cell,
    maybe_nobody,
    tells_of_somebody,
)
from graphtrace.ingest.acts import (
    NOTHING,
    act_of,
    act_of_remark,
    asks_at_large,
    asks_seized,
    casts_doubt,
    counts_whole,
    denies,
    denies_use,
    doubts_rows,
    doubts_seizure,
    is_about_business,
    is_about_part,
    is_about_truth,
    is_at_large,
    is_bare_remark,
    is_kept_by_police,
    is_number_delivered,
    is_of_another,
    is_of_article,
    is_of_numbers,
    is_of_officer,
    is_plain,
    is_plain_line,
    is_plain_pair,
    is_role_heading,
    is_signature,
    is_stray,
    is_undone,
    may_be_no_sale,
    may_count_part,
    may_deny,
    may_name_user,
    names_further_party,
    names_party_behind_seized,
    names_seized_person,
    says_check_failed,
    says_never_used,
    speaks_of_rows,
    tells_check_of_person,
    tells_end,
    tells_given_back,
    tells_loss,
    tells_outcome,
    tells_outcome_of_use,
    tells_registration,
    tells_use,
    topic_of_later_act,
    undoes,
    undoes_seizure,
    undone_by,
)
from graphtrace.ingest.card_cells import cards_named
from graphtrace.ingest.given_back import RETURN, returned_on, says_nothing
from graphtrace.ingest.heading_grammar import LONGEST_HEADING, normalize_heading, own_heading
from graphtrace.ingest.preamble import meaning_as_title
from graphtrace.ingest.readers.set_aside import STRUCK_OUT_ROWS, TRACKED_ROWS
from graphtrace.ingest.row_status import ColumnWords, flag_of, is_status_heading, remark_columns
from graphtrace.ingest.seizure_lines import USER_REMARKED, USER_TOLD, may_name_holder, user_remarked
from graphtrace.ingest.sheet import INEXACT_MARK, ROW, Sheet, find_texts
from graphtrace.ingest.supporting_headings import contact_of_heading
from graphtrace.ingest.unread_events import LONGEST_QUOTED, UNREAD_SCHEMA, UnreadEvent, lots_between, unread_of_rows
from graphtrace.ingest.words import pattern_of, patterns_of
from graphtrace.model import CUSTODY_KINDS, KINDS, LEFT_BLANK, USE_KINDS
from graphtrace.patterns import late

PARTY_NOT_READ: Final = "party_not_read"
"""Reason of a party that stands in such a column not being recorded."""

NOT_RECEIVED: Final = "not_received"
"""Reason of goods that a row says were sent, and not that they arrived."""

REMARK_NOT_READ: Final = "remark_not_read"
"""Reason of a remark, or a cell that denies or doubts its row, not being understood."""

WORD_NOT_READ: Final = "word_not_read"
"""Reason of a word of a cell not being understood that may speak against its row."""

LINE_NOT_READ: Final = "line_not_read"
"""Reason of a line above or below a table, about its rows, not being understood."""

REGISTRATION_TOLD: Final = "registration_told"
"""Reason of a line by which its cards are registered to somebody; only a carrier's own document states that."""

NAME_NOT_READ: Final = "name_not_read"
"""Reason of a name of the file or the sheet that speaks against its rows, or doubts them."""

MAIL_NOT_READ: Final = "mail_not_read"
"""Reason of a sentence of the mail that brought a file, about its rows."""

OTHER_TABLE: Final = "other_table_says"
"""Reason of another table of the sheet that says something about the rows."""

COMMENT_NOT_READ: Final = "comment_not_read"
"""Reason of a comment on a cell that may deny, change or go on with its row."""

STRUCK_OUT: Final = "struck_out"
"""Reason of a row whose cells somebody struck out: whether it still counts is for a person to say."""

TRACKED_CHANGE: Final = "tracked_change"
"""Reason of a row that somebody changed and nobody has accepted."""

_OF_USERS: Final = tuple(map(KINDS.index, USE_KINDS))
_SEIZURE: Final = KINDS.index("seizure")
_OF_CARRIERS: Final = tuple(map(KINDS.index, ("purchase", "registration")))
_OF_PERSONS: Final = (*_OF_USERS, _SEIZURE)
_OF_DEALINGS: Final = tuple(KINDS.index(kind) for kind in CUSTODY_KINDS if kind != "registration")
_OF_CUSTODY: Final = tuple(map(KINDS.index, CUSTODY_KINDS))
_STATED: Final = (*_OF_CUSTODY, *_OF_PERSONS)
_LISTED: Final = KINDS.index("card_list")
_STOCK: Final = KINDS.index("stock")
_RETURN: Final = KINDS.index("return")


class BesideColumn(NamedTuple):
    """A column that is not read; ``says`` tells which of its texts say something about rows of some ``kinds``.

    ``only`` is a pattern that is found in every such text, or signs one of which is. Where these ``are_few`` they count
    only as long as they are, as words of state are and names are not. Rows whose column ``unless`` is filled, or whose
    column ``where`` is not, are not told.
    """

    column: int
    reason: str
    says: Callable[[str], bool]
    kinds: tuple[int, ...] = _STATED
    is_prose: bool = False
    only: str | tuple[str, ...] | None = None
    are_few: bool = False
    strays: Callable[[str], bool] | None = None
    """What else may speak against a row where most cells of the column are numbers."""
    unless: int | None = None
    where: int | None = None
    beside: int | None = None
    """The column of the quantity of a row: a number that is equal or greater is not of some of its cards."""


_STATUS: Final = patterns_of("status", "order", "under_way", "sent")


def states_of_orders(headings: Sequence[str], columns: Iterable[int], *, is_of_shop: bool) -> list[BesideColumn]:
    """Return the columns that say how far the goods of an order came; a shop also exports that they were sent."""

    def is_under_way(text: str) -> bool:
        return _STATUS["under_way"].fullmatch(text) is not None or (
            is_of_shop and _STATUS["sent"].fullmatch(text) is not None
        )

    named = [at for at in columns if at < len(headings) and _STATUS["order"].fullmatch(own_heading(headings[at]))]
    return [BesideColumn(at, NOT_RECEIVED, is_under_way, _OF_CUSTODY) for at in named]


_MAYBE_WORDS: Final = "^[^0-9]{1,24}$|[㐀-鿿]"


def columns_beside(
    headings: Sequence[str],
    unread: Sequence[int],
    unused: Iterable[int],
    words: ColumnWords,
    *,
    headless: Collection[int] = frozenset(),
    kinds: Collection[str | None],
    users: Collection[int] = (),
    beside_use: Collection[int] | None = None,
    unplaced: Mapping[int, Collection[str]] | None = None,
    declared: Collection[int] = (),
    states: Collection[int] = (),
    values: Collection[int] = (),
    sides: Collection[int] = (),
    holder: int | None = None,
    used_on: int | None = None,
    quantity: int | None = None,
    is_register: bool = False,
    of_lists: Collection[int] = (),
    emptied: Mapping[int, int] = MappingProxyType({}),
    ordered: Collection[int] = (),
) -> list[BesideColumn]:
    """Return the columns that may say something of their rows besides.

    - ``headings``: the headings as shown.
    - ``unread``: the columns that serve no field.
    - ``unused``: the columns of parties that a record reads from another column.
    - ``words``: what a person has said of the words of the columns.
    - ``headless``: the columns without a heading.
    - ``kinds``: what the rows state: a further party matters beside a movement or a use, and who stands behind a
      seizure.
    - ``users``: the columns that name the users of cards.
    - ``beside_use``: the columns of parties that are kept with uses and are not their users; ``None`` where no row
      states a use.
    - ``unplaced``: the columns of parties for whom records have no place, with the kinds of these.
    - ``declared``: the columns of what movements say that the cards are for.
    - ``states``: the columns of states of cards, which are listed beside.
    - ``values``: the columns of fields that a record can do without.
    - ``sides``: the columns of the parties of the rows.
    - ``is_register``: whether the rows list cards with whoever took each for use.
    - ``holder``: the column of the person from whom cards were seized; where it is filled, no sentence has to name that
      person.
    - ``used_on``: the column of the day of a use; where it is empty, a state by which there was none speaks against
      nothing.
    - ``quantity``: the column of the number of cards of a movement.
    - ``of_lists``: the columns of lists of cards that name somebody, or a day of registration, which no record has.
    - ``ordered``: the columns of days of orders, of which only some came back.
    - ``emptied``: the columns of which cells were emptied, with the column that is filled where they were.
    """
    bare = {at: own_heading(headings[at]) for at in unread}
    is_moved = bool({*CUSTODY_KINDS, *USE_KINDS} & {*kinds})
    is_seized = "seizure" in kinds and not is_moved
    names_party = names_further_party if is_moved else names_party_behind_seized
    further = [at for at in unread if names_party(bare[at])] if is_moved or is_seized else []
    further += unused if is_moved or is_seized else []
    # a movement names a day of its own, or several; an unknown one may be that on which the cards went elsewhere
    is_settled = bool({*CUSTODY_KINDS} - {"registration"} & {*kinds})
    later = {at: topic_of_later_act(headings[at]) for at in unread if is_settled and at not in headless}
    parties = {at for at, topic in later.items() if topic == "party" and contact_of_heading(bare[at]) is None}
    further += sorted(parties - {*further})
    others_used = [*(beside_use or ()), *(at for at in unread if may_name_user(bare[at]))]
    others_used = [at for at in others_used if beside_use is not None and at not in further]
    remarks = [at for at in remark_columns(headings, unread, headless) if at not in further]
    others = [at for at in unread if at not in {*further, *others_used, *remarks}]
    ends = [at for at in others if tells_end(bare[at]) or (is_seized and tells_given_back(bare[at]))]
    at_large = [at for at in others if is_seized and asks_at_large(bare[at])]
    doubts = [at for at in others if at not in {*ends, *at_large} and is_about_truth(bare[at])]
    seized = [at for at in others if is_seized and at not in {*ends, *at_large, *doubts} and asks_seized(bare[at])]
    businesses = [at for at in others if is_moved and is_about_business(bare[at])]
    roles = [at for at in others if is_role_heading(bare[at])]
    checks = [at for at in others if tells_check_of_person(bare[at])]
    uses = [at for at in others if beside_use is None and tells_use(bare[at])]
    named = [at for at in (*others, *states) if at < len(headings)]
    outcomes = [at for at in named if tells_outcome_of_use(own_heading(headings[at]))]
    counting = [at for at in others if COUNTS_ROWS.fullmatch(bare[at])]
    understood = {*ends, *at_large, *doubts, *seized, *businesses, *roles, *checks, *uses, *counting}
    unmet = [at for at in others if at not in understood and not _is_met(headings[at])]
    failed = [at for at in others if at not in understood and _OF_FAILURES.fullmatch(bare[at])]
    unmet += [at for at in doubts if not is_plain(headings[at])]
    # a list of cards with their parties says of each whose it is
    with_lists = (*_STATED, _LISTED) if sides and {*kinds} == {"card_list"} else _STATED
    # the words of columns of what became of movements decide their rows, or are asked about; a name may be a word
    settled = {at for at in unmet if is_settled and tells_outcome(bare[at]) and not is_signature(bare[at])}
    met = {*(at for at in values if at < len(headings)), *further, *others} - (understood - {*doubts}) - {*unmet}

    numbered = {at: tuple(sorted(map(KINDS.index, each))) for at, each in (unplaced or {}).items()}
    is_prose = not words.tells_digits

    def unanswered(says: Callable[[str], bool], column: int) -> Callable[[str], bool]:
        # a heading may stand among the rows again
        return lambda text: says(text) and text != headings[column] and words.answered(column, text) is None

    def untold(says: Callable[[str], bool]) -> Callable[[str], bool]:
        if not is_seized:
            return says
        return lambda text: says(text) and not names_seized_person(text) and not is_kept_by_police(text)

    columns = [
        *(
            BesideColumn(at, PARTY_NOT_READ, unanswered(names_seized_person, at), (_SEIZURE,), unless=holder)
            for at in others
            if is_seized
        ),
        *(
            BesideColumn(at, PARTY_NOT_READ, unanswered(_names_person_only, at), (_SEIZURE,), unless=holder)
            for at in remarks
            if is_seized
        ),
        *(BesideColumn(at, PARTY_NOT_READ, _names_somebody) for at in sorted(further)),
        *(BesideColumn(at, PARTY_NOT_READ, _names_somebody, _OF_USERS) for at in sorted(others_used)),
        *(
            BesideColumn(at, PARTY_NOT_READ, _tells_of_somebody, _OF_USERS, only=_maybe_tells_of_somebody())
            for at in sorted(users)
        ),
        *(BesideColumn(at, PARTY_NOT_READ, _names_somebody, each) for at, each in sorted(numbered.items())),
        *(
            BesideColumn(
                at,
                REMARK_NOT_READ,
                unanswered(_casts_doubt_on_seizure if is_seized else _casts_other_doubt, at),
                with_lists,
                is_prose=is_prose,
            )
            for at in remarks
        ),
        *(
            BesideColumn(at, reason, unanswered(partial(_tells_user, reason), at), (_SEIZURE,), is_prose=is_prose)
            for at in (remarks if is_seized else ())
            for reason in (USER_REMARKED, USER_TOLD)
        ),
        *(
            BesideColumn(
                at, REMARK_NOT_READ, unanswered(tells_loss, at), (*_STATED, _STOCK, _LISTED), is_prose=is_prose
            )
            for at in remarks
        ),
        *(
            # whoever took a card for use may have passed it on
            BesideColumn(at, REMARK_NOT_READ, unanswered(_goes_on, at), (_LISTED,), is_prose=is_prose)
            for at in (remarks if is_register else ())
        ),
        *(
            BesideColumn(at, WORD_NOT_READ, unanswered(_is_bare_remark, at), _OF_CUSTODY, is_prose=is_prose)
            for at in remarks
        ),
        *(BesideColumn(at, REMARK_NOT_READ, unanswered(denies, at)) for at in doubts),
        *(
            BesideColumn(
                at,
                WORD_NOT_READ,
                unanswered(untold(partial(_is_not_understood, headings[at])), at),
                with_lists,
                are_few=True,
            )
            for at in unmet
            if at not in settled
        ),
        *(
            BesideColumn(
                at,
                WORD_NOT_READ,
                unanswered(is_stray if is_of_numbers(headings[at]) else partial(_undoes, headings[at]), at),
                _OF_CUSTODY,
                only=_MAYBE_WORDS,
                strays=None if is_of_article(headings[at]) else unanswered(is_stray, at),
            )
            for at in sorted(met if is_moved else ())
        ),
        *(BesideColumn(at, WORD_NOT_READ, unanswered(_is_filled, at), _OF_CUSTODY) for at in failed),
        *(
            BesideColumn(at, WORD_NOT_READ, unanswered(_denies_name, at), only=_SIGNS_OF_DENIAL)
            for at in sorted(sides)
            if at < len(headings)
        ),
        *(
            BesideColumn(at, WORD_NOT_READ, unanswered(_is_of_nothing_known, at), _OF_CUSTODY, are_few=True)
            for at in (states if is_settled else ())
            if at < len(headings) and is_status_heading(headings[at])
        ),
        *(
            BesideColumn(at, WORD_NOT_READ, unanswered(partial(may_deny, headings[at]), at), _OF_CARRIERS)
            for at in (states if {"purchase", "registration"} & {*kinds} else ())
            if at < len(headings)
        ),
        *(BesideColumn(at, LEFT_BLANK, str.isspace, _OF_CUSTODY, are_few=True, unless=emptied.get(at)) for at in unmet),
        *(BesideColumn(at, REMARK_NOT_READ, unanswered(_marks_row, at)) for at in counting),
        *(BesideColumn(at, REMARK_NOT_READ, unanswered(_is_filled, at), (*_STATED, _LISTED)) for at in ends),
        *(
            BesideColumn(at, REMARK_NOT_READ, unanswered(_is_day if topic == "day" else _is_paper, at), _OF_DEALINGS)
            for at, topic in later.items()
            if topic in ("day", "paper") and at in others and at not in {*ends, *failed}
        ),
        *(
            BesideColumn(
                at,
                REMARK_NOT_READ,
                _is_number_of_some if counts_whole(headings[at]) else _is_number,
                _OF_DEALINGS,
                beside=quantity,
            )
            for at in (unread if quantity is not None and is_settled else ())
            if at in others and at not in {*headless, *ends, *failed} and may_count_part(headings[at])
            if RETURN.search(bare[at]) is None
        ),
        *(BesideColumn(at, REMARK_NOT_READ, unanswered(_is_unknown_role, at), _OF_PERSONS) for at in roles),
        *(BesideColumn(at, REMARK_NOT_READ, unanswered(_is_filled, at), (*_STATED, _LISTED)) for at in uses),
        *(BesideColumn(at, REMARK_NOT_READ, unanswered(_is_filled, at), (_LISTED,)) for at in of_lists),
        *(BesideColumn(at, REMARK_NOT_READ, unanswered(_is_filled, at), (_RETURN,)) for at in ordered),
        *(BesideColumn(at, REMARK_NOT_READ, says_check_failed, (*_STATED, _LISTED)) for at in checks),
        *(BesideColumn(at, REMARK_NOT_READ, says_never_used, _OF_USERS, where=used_on) for at in states),
        *(BesideColumn(at, REMARK_NOT_READ, unanswered(denies_use, at), _OF_USERS, where=used_on) for at in outcomes),
        *(BesideColumn(at, REMARK_NOT_READ, undoes_seizure, (_SEIZURE,)) for at in states if is_seized),
        *(BesideColumn(at, REMARK_NOT_READ, unanswered(may_be_no_sale, at), _OF_CUSTODY) for at in businesses),
        *(BesideColumn(at, REMARK_NOT_READ, unanswered(_is_word_of_no_sale, at), _OF_CUSTODY) for at in declared),
        *(BesideColumn(at, REMARK_NOT_READ, partial(is_at_large, bare[at])) for at in at_large),
        *(BesideColumn(at, REMARK_NOT_READ, doubts_seizure) for at in seized),
    ]
    # a column that a recipe makes of others has no heading by which it could be quoted
    return [each for each in columns if each.column < len(headings)]


def _goes_on(remark: str) -> bool:
    return _casts_other_doubt(remark) and act_of_remark(remark) is None


def _states_return(remark: str) -> bool:
    return returned_on(remark.removeprefix(INEXACT_MARK)) is not None


def _casts_other_doubt(remark: str) -> bool:
    return casts_doubt(remark) and not tells_loss(remark)


def _casts_doubt_on_seizure(remark: str) -> bool:
    return _casts_other_doubt(remark) and user_remarked(remark) is None


def _tells_user(reason: str, remark: str) -> bool:
    return user_remarked(remark) == reason


class SaidBeside:
    """The rows of a sheet that say something in columns that are not read.

    A party is a further one where it is none of the ``sides`` of its row. Where ``is_asked`` rows may state a movement
    besides, of which something is asked; until then they list cards. ``kind`` is the column in which a person says the
    kind of each of several things that one line says: none of them is told of the others.
    """

    def __init__(
        self, columns: Iterable[BesideColumn], sides: Iterable[int], *, is_asked: bool = False, kind: int | None = None
    ) -> None:
        self._columns = list(columns)
        self._is_asked = is_asked
        self._kind = kind
        self._sides = [str(column) for column in sides]
        self._rows: dict[BesideColumn, list[tuple[int, int, pl.DataFrame]]] = {each: [] for each in self._columns}

    def look(self, block: pl.DataFrame) -> Iterator[tuple[int, str, pl.DataFrame]]:
        """Note the rows of a block, and yield each column, the reason, and the rows and cells that say something."""
        for each in self._columns:
            cells = block[str(each.column)]
            if cells.null_count() == len(cells) or (each.are_few and not _are_few(cells)):
                continue
            if each.reason == LEFT_BLANK:
                cells = _marked_blanks(cells)
            tells = each.strays if each.strays is not None and _are_numbers(cells) else each.says
            says = find_texts(cells, tells, are_digits_alike=each.is_prose, only=each.only)
            if says is None:
                continue
            for side in self._sides if each.reason == PARTY_NOT_READ else ():
                if side != str(each.column):
                    says &= ~(cells == block[side]).fill_null(value=False)
            if self._kind is not None:
                others = [name for at, name in enumerate(KINDS) if at not in each.kinds]
                says &= ~block[str(self._kind)].is_in(others).fill_null(value=False)
            if each.unless is not None:
                says &= block[str(each.unless)].is_null()
            if each.beside is not None:
                parts, whole = (_number(block[str(at)]) for at in (each.column, each.beside))
                below = whole if each.says is _is_number_of_some else whole + 1
                says &= ((parts != 0) & (parts < below)).fill_null(value=False)
            if each.where is not None:
                says &= block[str(each.where)].is_not_null()
            if (found := block.select(ROW, cells.alias(str(each.column))).filter(says)).height:
                text = pl.lit(None, pl.String) if each.reason == LEFT_BLANK else pl.col(str(each.column))
                self._rows[each].append((*_ends_of(found), found.select(ROW, text=text)))
                if str(each.column) not in self._sides:
                    yield each.column, each.reason, found

    def unread_of(self, statements: pl.DataFrame, headings: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Yield what is not recorded of the cards of packed statements that these rows made."""
        if not statements.height:
            return
        first, last = _ends_of(statements)
        returns = statements.filter(pl.col("kind") == _RETURN)[ROW]
        for each, blocks in self._rows.items():
            if near := [rows for least, most, rows in blocks if least <= last and most >= first]:
                said = pl.concat(near)
                if len(returns):
                    # the return that a remark states is read
                    is_read = said["text"].map_elements(_states_return, pl.Boolean) & said[ROW].is_in(returns.implode())
                    said = said.filter(~is_read.fill_null(value=False))
                kinds = [*each.kinds, *[_LISTED] * self._is_asked]
                named = statements.filter(pl.col("kind").is_in(kinds) & pl.col(ROW).is_in(said[ROW].implode()))
                yield from _quoted(named, said, reason=each.reason, field=headings[each.column])


def others_named(block: pl.DataFrame, column: int, told: pl.DataFrame) -> pl.DataFrame:
    """Return what remarks that were not read say of cards that no other cell of their rows names."""
    rows: list[tuple[Any, ...]] = []
    naming = told.filter(pl.col(str(column)).str.contains(_LONG_NUMBER))
    near = block.filter(pl.col(ROW).is_in(naming[ROW].implode())).drop(str(column))
    beside = {row: [str(cell) for cell in cells if cell is not None] for row, *cells in near.iter_rows()}
    for row, text in naming.iter_rows():
        event = UnreadEvent(row, None, REMARK_NOT_READ, None, None, text[:LONGEST_QUOTED])
        cells = beside.get(row, [])
        ends = [card for cell in cells if (card := parse_iccid(cell)) is not None and card.complete]
        # both ends of a range; what its remark says of a card between them is told of the row
        whole = lots_between(*ends) if len(ends) == 2 else []
        for first, last in cards_named(text):
            if any(first.text in cell for cell in cells) or any(first.key in lot for lot in whole):
                continue
            rows += event.of(lots_between(first, last), ())
    return pl.DataFrame(rows, schema=UNREAD_SCHEMA, orient="row")


_LONG_NUMBER: Final = "[0-9]{18}"
_FEW: Final = 200
"""Words of a column of states."""

_SHARE: Final = 4
"""Cells of such a column to a word, where it has more of them."""


def _are_few(cells: pl.Series) -> bool:
    """Whether the filled cells of a column are words above all, and few of them."""
    filled = cells.drop_nulls()
    return 2 * _words_in(cells) > len(filled) and filled.n_unique() <= max(_FEW, len(cells) // _SHARE)


def _words_in(cells: pl.Series) -> int:
    """Return how many cells are filled and hold no digits."""
    return int((~cells.str.contains("[0-9]")).sum())


def _are_numbers(cells: pl.Series) -> bool:
    """Whether most of the filled cells of a column hold digits."""
    sample = cells.drop_nulls().head(_SAMPLE)
    return 3 * _words_in(sample) <= len(sample)


_SAMPLE: Final = 200


def _marked_blanks(cells: pl.Series) -> pl.Series:
    """Return the cells with a blank for each that is empty, while two in three are filled with words."""
    return cells.fill_null(" ") if 3 * _words_in(cells) >= 2 * len(cells) else cells


def _ends_of(rows: pl.DataFrame) -> tuple[int, int]:
    """Return the least and the greatest number of the rows of a frame, which is not empty."""
    return int(rows[ROW].min()), int(rows[ROW].max())  # type: ignore[arg-type]


class RowsBeside:
    """The rows of a sheet of which something is told with their cards that stands in no cell: ``said`` has the text.

    ``kinds`` are those of the statements that are meant.
    """

    def __init__(self, said: pl.DataFrame, reason: str, kinds: Sequence[int] = _STATED) -> None:
        self._said = said
        self._reason = reason
        self._kinds = kinds

    @classmethod
    def with_comments(cls, comments: Iterable[tuple[int, str]]) -> RowsBeside:
        """Return those with comments on cells that may deny, change or go on with what they say."""
        doubts = [(row, text) for row, text in comments if casts_doubt(text)]
        return cls(pl.DataFrame(doubts, _ROW_SAID, orient="row"), COMMENT_NOT_READ)

    @classmethod
    def set_aside(cls, sheet: Sheet) -> Iterator[RowsBeside]:
        """Yield those with cells that somebody struck out or changed, with what was left out of these."""
        parts: dict[int, str] = {}
        for row, text in sheet.parts_left:
            parts[row] = f"{parts[row]} {text}" if row in parts else text
        for rows, reason in ((STRUCK_OUT_ROWS, STRUCK_OUT), (TRACKED_ROWS, TRACKED_CHANGE)):
            if (marked := sheet.set_aside.get(rows)) is not None:
                said = [(row, parts.get(row)) for row in marked]
                yield cls(pl.DataFrame(said, _ROW_SAID, orient="row"), reason, (*_STATED, _LISTED))

    def named(self) -> Iterator[tuple[Any, ...]]:
        """Yield what is said of cards that stand in the texts themselves, as a number that was struck out does."""
        for row, text in self._said.drop_nulls().iter_rows():
            event = UnreadEvent(row, None, self._reason, None, None, text[:LONGEST_QUOTED])
            for first, last in cards_named(text):
                yield from event.of(lots_between(first, last), ())

    def unread_of(self, statements: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Yield what is not recorded of the cards of packed statements that stand in such rows."""
        if self._said.is_empty():
            return
        named = statements.filter(pl.col("kind").is_in(self._kinds) & pl.col(ROW).is_in(self._said[ROW].implode()))
        if named.height:
            yield from _quoted(named, self._said, reason=self._reason, field=None)


_ROW_SAID: Final = {ROW: pl.UInt32, "text": pl.String}


COUNTS_ROWS: Final = late(r"序号|行号|序列|no\.?|#|index|seq(?:uence)?(?:_?no)?|row(?:_?no)?")
"""Heading of a column that numbers the rows, and says nothing of them."""
MAY_COUNT_ROWS: Final = late(r"s[./]?n[./]?(?:o[./]?)?|s[lr][./]?(?:_?no[./]?)?|serial_?no[./]?")
"""The same, and of the numbers of devices or cards: the numbers of rows are short."""
_COUNT_OF_ROW: Final = r"^[0-9]{1,5}[.)]?$"


class UnreadCells:
    """The filled cells of columns that are not read, by heading: they are kept with the record of their row."""

    def __init__(self, headings: Sequence[str], columns: Iterable[int]) -> None:
        self._names: dict[str, str] = {}
        self._may_count: set[str] = set()
        for at in columns:
            heading = normalize_heading(headings[at])
            if COUNTS_ROWS.fullmatch(heading):
                continue
            if MAY_COUNT_ROWS.fullmatch(heading):
                self._may_count.add(str(at))
            name = headings[at] if headings[at] not in self._names.values() else f"{headings[at]} ({at + 1})"
            self._names[str(at)] = name

    def of(self, block: pl.DataFrame) -> pl.DataFrame | None:
        """Return the rows of a block that have such cells, with these as the members of a JSON object."""
        texts = [
            pl.when(self._says_something(column)).then(
                pl.struct(pl.col(column).str.strip_prefix(INEXACT_MARK).str.slice(0, LONGEST_QUOTED).alias(name))
                .struct.json_encode()
                .str.slice(1)
                .str.strip_suffix("}")
            )
            for column, name in self._names.items()
            if block[column].null_count() < block.height
        ]
        if not texts:
            return None
        said = block.select(ROW, said=pl.concat_str(*texts, separator=",", ignore_nulls=True))
        return said.filter(pl.col("said") != "")

    def _says_something(self, column: str) -> pl.Expr:
        """Return which cells of a column are filled with more than the number of their row."""
        text = pl.col(column)
        counts = text.str.contains(_COUNT_OF_ROW) if column in self._may_count else pl.lit(value=False)
        return text.is_not_null() & ~counts

    def of_rows(self, rows: Sequence[tuple[int, Sequence[str | None]]]) -> pl.DataFrame | None:
        """Return the same of rows that were held back."""
        if not self._names or not rows:
            return None
        places = list(map(int, self._names))
        schema = {ROW: pl.UInt32, **dict.fromkeys(self._names, pl.String)}
        return self.of(
            pl.DataFrame([(row, *map(cells.__getitem__, places)) for row, cells in rows], schema, orient="row")
        )

    @staticmethod
    def kept_with(statements: pl.DataFrame, said: pl.DataFrame | None) -> pl.DataFrame:
        """Return packed statements with what their rows say besides in ``extra``, behind what it holds."""
        if said is None or not statements.height:
            return statements
        known = pl.col("extra").str.slice(1).str.strip_suffix("}") if "extra" in statements.columns else pl.lit(None)
        joined = statements.join(said, on=ROW, how="left", maintain_order="left")
        if joined.height > statements.height:
            # rows made of one row of the file have their other cells in common
            joined = statements.join(said.unique(ROW, keep="first"), on=ROW, how="left", maintain_order="left")
        members = pl.concat_str(known, "said", separator=",", ignore_nulls=True)
        whole = pl.when(members != "").then(pl.concat_str(pl.lit("{"), members, pl.lit("}")))
        return joined.with_columns(extra=whole).drop("said")


_MOST_ROWS: Final = 100_000
"""Rows of a table of which a line beside it is told with every card."""

_MOST_LINES: Final = 50
"""Notes on all rows of a table with which each of its cards is told."""

_MOST_QUOTED: Final = 1_000_000
"""Cards, each counted with every line, with which lines of a table are told."""

_OF_CARDS: Final = ("kind", "head", "size", "first", "last", "msisdn", "imsi")


class LinesBeside:
    """Lines above, below and among the rows of a table that say something about them and are not understood.

    A note is about all rows; one that only heads the rows below it is about these, up to the next such line. A table of
    more than :data:`_MOST_ROWS` rows is not kept, and at most :data:`_MOST_LINES` notes and :data:`_MOST_QUOTED` cards
    are told: what is beyond is a remark of the load only. What stands in no row is told of that of the headings, whose
    number is ``header``.
    """

    def __init__(self, header: int) -> None:
        self._header = max(header, 1)
        self._lines: dict[tuple[str, str], int] = {}
        self._headings: list[tuple[int, int, str | None]] = []
        self._kept: list[pl.DataFrame] = []
        self._rows = self._last = 0

    def add(
        self, row: int, cells: Iterable[str | None], *, is_within: bool = False, is_heading: bool = False
    ) -> list[str]:
        """Note what a row that is none of the table says of it; return these texts.

        ``is_within``: whether it stands below the headings; such rows come in their order, once all others are kept.
        ``is_heading``: whether it can be the heading of rows.
        """
        texts = [text.removeprefix(INEXACT_MARK) for text in dict.fromkeys(cells) if text]
        is_section = is_heading and not any(map(speaks_of_rows, texts)) and (not is_within or row < self._last)

        def says(text: str) -> bool:
            # what decides the rows below it is told by itself
            if (meaning := meaning_as_title(text)) is not None and (is_within or meaning == NOTHING):
                return is_within
            is_title = not is_within and len(text) <= LONGEST_HEADING and ":" not in text and "：" not in text
            if is_within and 0 < self._last < row and len(text) > 1 and not is_plain_line(text):
                return True
            speaks = speaks_of_rows(text) and not is_plain_line(text)
            return speaks or (is_section and casts_doubt(text)) or (is_title and doubts_rows(text))

        said = list(filter(says, texts))
        if is_section:
            self._headings.append((row if is_within else 0, row, said[0] if said else None))
            return said
        for text in said:
            self._lines.setdefault((reason_of_line(text), text), row)
        return said

    def add_heading(self, row: int, text: str) -> None:
        """Note a heading of the cards, the sides or the days by which the rows may not hold (未发卡号)."""
        self._lines.setdefault((LINE_NOT_READ, text), row)

    def add_comment(self, row: int, text: str, reason: str) -> bool:
        """Note what a comment on a heading, or what was struck out of it, says of all rows; whether it does."""
        is_told = casts_doubt(text) or meaning_as_title(text) is not None
        if is_told:
            self._lines.setdefault((reason, text), row)
        return is_told

    def add_person(self, row: int, text: str) -> bool:
        """Note a sentence that tells from whom the cards of a list of seizures were taken; whether it does."""
        is_told = names_seized_person(text)
        if is_told:
            self._lines.setdefault((LINE_NOT_READ, text), row)
        return is_told

    def add_elsewhere(self, text: str) -> None:
        """Note what a title of another sheet says of all rows."""
        self._lines.setdefault((OTHER_TABLE, text), 0)

    def add_name(self, name: str, reason: str) -> None:
        """Note that the name of the file or the sheet, or its mail, says something about all rows."""
        self._lines.setdefault((reason, name), 0)

    def keep(self, statements: pl.DataFrame) -> None:
        """Keep which cards packed statements name, as long as the table is not too long."""
        self._last = max(self._last, int(statements[ROW].max() or 0))  # type: ignore[arg-type]
        if self._rows > _MOST_ROWS:
            return
        self._rows += statements.height
        named = statements.filter(pl.col("kind").is_in(_STATED))
        self._kept.append(named.select(ROW, *(name for name in _OF_CARDS if name in named.columns)))
        if self._rows > _MOST_ROWS:
            self._kept.clear()

    def unread(self, refused: Sequence[tuple[Any, ...]]) -> Iterator[pl.DataFrame]:
        """Yield what is not recorded of the cards of the table, once it is read to its end.

        Who registered its cards is told of those, too, whose rows were ``refused``.
        """
        lines = islice(self._lines.items(), _MOST_LINES)
        every = [(*line, row, 0, self._last) for line, row in lines if not _is_about_cards(line[1])]
        ends = [*(first for first, _, _ in self._headings[1:]), self._last + 1]
        for (first, row, doubt), end in zip(self._headings, ends, strict=False):
            every += [(LINE_NOT_READ, doubt, row, first, end)] if doubt else []
        left = _MOST_QUOTED
        others = pl.DataFrame(refused, UNREAD_SCHEMA, orient="row").drop("number", "day", "span")
        for reason, text, row, first, last in every:
            within = [kept.filter(pl.col(ROW).is_between(first, last)) for kept in self._kept]
            for named in (*within, *([others] if reason == REGISTRATION_TOLD else ())) if left > 0 else ():
                left -= named.height
                said = named.select(ROW, text=pl.lit(text)).unique(subset=ROW)
                for frame in _quoted(named, said, reason=reason, field=None):
                    yield frame.with_columns(pl.lit(row or self._header, UNREAD_SCHEMA["row"]).alias("row"))

    def named(self) -> Iterator[tuple[Any, ...]]:
        """Yield what lines say of cards that they name themselves, whether or not the table has them."""
        for (reason, text), row in islice(self._lines.items(), _MOST_LINES):
            if _is_about_cards(text):
                event = UnreadEvent(row or self._header, None, reason, None, None, text[:LONGEST_QUOTED])
                for first, last in cards_named(text):
                    yield from event.of(lots_between(first, last), ())


def reason_of_line(text: str) -> str:
    """Return the reason why a line beside a table is told with its cards."""
    return REGISTRATION_TOLD if tells_registration(text) else LINE_NOT_READ


def _is_about_cards(text: str) -> bool:
    """Whether a line says something of cards that it names, and nothing of the rows of the table."""
    return bool(cards_named(text)) and not speaks_of_rows(text)


def _quoted(named: pl.DataFrame, said: pl.DataFrame, *, reason: str, field: str | None) -> Iterator[pl.DataFrame]:
    """Yield the unread events of the cards of packed statements, with the ``text`` that their rows say besides."""
    days = [pl.col(name) if name in named.columns else pl.lit(None).alias(name) for name in ("day", "span")]
    dated = named.select(ROW, *days).unique(subset=ROW).join(said, on=ROW)
    short = pl.col("text").str.strip_prefix(INEXACT_MARK).str.slice(0, LONGEST_QUOTED)
    yield from unread_of_rows([named], dated.with_columns(short), kind=None, reason=reason, field=field)


def _is_met(heading: str) -> bool:
    """Whether a heading is known: it says nothing of whether its row holds, or is read where it does."""
    bare = own_heading(heading)
    decides = flag_of(heading) is not None or undone_by(bare) is not None or RETURN.search(bare) is not None
    return decides or is_plain(heading) or is_number_delivered(bare) or is_about_part(bare)


_OF_CARDS_ONLY: Final = pattern_of("said_beside", "of_cards_only")
"""What headings of the numbers of cards are made of."""

_OTHER_CARDS: Final = late("应发|缺|丢|关联|对照|备用?|拒|样|误|错|作废|^拟|待")


def denies_cards(heading: str) -> bool:
    """Whether the heading of a column of cards says that they are not those that its rows hand over (未发卡号)."""
    said = _OF_CARDS_ONLY.sub("", own_heading(heading))
    return bool(said) and (_OTHER_CARDS.search(said) is not None or casts_doubt(said) or is_undone(said))


_OF_FAILURES: Final = pattern_of("said_beside", "of_failures")
"""Headings of how many cards did not go the way of the row, or of the document that took it back."""

_SIGNS_OF_DENIAL: Final = (*"未没退废否欠拟替误错冒×✗✘~假除", "以外", "之一", "取消")
_DENIED_NAME: Final = pattern_of("said_beside", "denied_name")
"""Found in a name by which whoever it names did not get the cards, or in no name at all."""


def _denies_name(text: str) -> bool:
    return _DENIED_NAME.search(text) is not None and not identifies_nobody(key_of_cell(text))


_DENIED: Final = ("未", "没", "无", "尚", "暂")


def _names_person_only(text: str) -> bool:
    """Whether a remark tells from whom cards were taken, and nothing for which it is quoted anyhow."""
    return (names_seized_person(text) or may_name_holder(text)) and not casts_doubt(text)


def _marks_row(number: str) -> bool:
    """Whether the running number of a row is crossed or has a word behind it: ×1, 1（作废）."""
    return any(sign in number for sign in "×✗✘") or casts_doubt(number)


def _is_not_understood(heading: str, text: str) -> bool:
    """Whether a cell is a word that neither affirms its row nor, by itself, denies it below such a heading.

    The name of who signed, or keeps the goods or the books, says no more than that.
    """
    bare = own_heading(heading)
    if ((is_signature(bare) or is_of_officer(bare)) and is_certainly_person(text)) or is_plain_pair(heading, text):
        return False
    return may_deny(heading, text) and not _is_known(heading, text)


def _is_of_nothing_known(text: str) -> bool:
    """Whether a word below a status is none of an act, of goods or of a card that is known."""
    return act_of(text) is None and not says_nothing(text)


def _is_bare_remark(text: str) -> bool:
    return is_bare_remark(text) and not casts_doubt(text) and act_of_remark(text) is None


def _undoes(heading: str, text: str) -> bool:
    return undoes(heading, text) and not _is_known(heading, text)


def _is_known(heading: str, text: str) -> bool:
    """Whether a word is known to deny its row below such a heading, or decides it as that of a status does."""
    if is_status_heading(heading):
        return act_of(text) is not None or denies(text)
    return is_about_truth(own_heading(heading)) and denies(text)


def _is_filled(text: str) -> bool:
    return not (says_nothing(text) or is_undone(text) or text.startswith(_DENIED) or text.strip("0. ") == "")


def _number(cells: pl.Series) -> pl.Series:
    return cells.str.replace_all("[,，张枚个片 ]", "").cast(pl.Float64, strict=False)


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def _is_number_of_some(text: str) -> bool:
    return _is_number(text)


_NUMBER: Final = late(r"\s*-?[0-9][0-9,，]*(?:\.0+)?\s*[张枚个片]?\s*")
_DAY: Final = pattern_of("said_beside", "day")


def _is_day(text: str) -> bool:
    return _DAY.fullmatch(text.strip()) is not None


def _is_paper(text: str) -> bool:
    return not says_nothing(text) and any(map(str.isdigit, text))


_LONGEST_WORD: Final = 3
"""Characters of a use that is a word of business (借测, 质押); a longer one is what devices are for (充电宝租借)."""


def _is_word_of_no_sale(text: str) -> bool:
    return len(text) <= _LONGEST_WORD and may_be_no_sale(text)


def _is_unknown_role(text: str) -> bool:
    return not says_nothing(text) and is_of_another(text) is None


def _tells_of_somebody(text: str) -> bool:
    key = key_of_cell(text)
    return identifies_nobody(key) and tells_of_somebody(key)


@cache
def _maybe_tells_of_somebody() -> str:
    """Return a pattern of texts that are no plain names, as most are."""
    return rf"[^㐀-鿿0-9a-z]|{maybe_nobody()}"


def _names_somebody(text: str) -> bool:
    return not says_nothing(text) and not identifies_nobody(normalize_party_name(text))
