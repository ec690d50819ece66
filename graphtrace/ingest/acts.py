"""Words of business acts and of the progress of goods: what a cell says of what its row is about.

One table (``words.tsv``) holds every word by its place, its meaning and its language; a word is understood whole, with
the parts that may stand before or behind it (已, 订单…, …成功), or as the opposite of one (未发货). The state of a card
(停机, 待激活, active) is a known word that says nothing of an act.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final
from unicodedata import normalize

from graphtrace.identifiers.nobody import is_certainly_person
from graphtrace.identifiers.normalize import to_simplified
from graphtrace.ingest.words import WORDS, pattern_of, patterns_of, words_of
from graphtrace.model import KINDS, Kind
from graphtrace.patterns import late

NOTHING: Final = "none"
"""Meaning of a word by which nothing happened, or by which it is taken back."""

BACK: Final = "back"
"""Meaning of a word by which goods or money came back for what a row states."""

SERVICE: Final = "service"
"""Meaning of a word for a business that moves no card: a renewal, a top-up."""

VOID: Final = frozenset({NOTHING, BACK, SERVICE})
"""Meanings of words whose row is no record."""

DONE: Final = "done"
EXCHANGE: Final = "exchange"
"""Meaning of a title by which one card of each row or two came back, and another one went out for it."""

OPEN: Final = "open"
"""Meaning of a word for an act of which a person has to say what it means for the row."""

STATE: Final = "state"
"""Meaning of the state of a card."""


_CELLS: Final[dict[str, str]] = {kind: kind for kind in KINDS} | {
    word.text: word.meaning.partition(".")[0] for word in WORDS if word.place == "cell"
}
KIND_WORDS: Final = {word: meaning for word, meaning in _CELLS.items() if meaning in KINDS}
"""Kind of each value of a kind column; compared as headings are."""

INBOUND: Final = frozenset(word.text for word in WORDS if word.place == "cell" and word.meaning.endswith(".in"))
"""Words of a kind column by which the cards came to whoever keeps the list."""

TO_KEEPER: Final = INBOUND | {*words_of("cell", "return.back")}
"""Words of a return to whoever keeps the list; 退货 alone may as well be one from there."""

ROOTS: Final = tuple(sorted({*_CELLS, *words_of("like")}))
"""Every text of which :func:`act_of` knows something contains one of these, in its folded writing."""

EVENT_WORDS: Final[dict[Kind, tuple[str, ...]]] = {
    kind: words for kind in KINDS if (words := words_of("heading", kind))
}
"""Words by which a heading, above all that of a date, names the event of a kind."""

LONGEST_WORD: Final = 24
"""Characters; a longer text is a sentence."""

LONGEST_CELL: Final = 40
"""Characters of a cell that may hold several words."""


def _pattern(place: str, *, meaning: str | None = None) -> str:
    return "|".join(map(re.escape, sorted({*words_of(place, meaning)}, key=lambda word: (-len(word), word))))


_BEFORE: Final = late(_pattern("before"))
_HOW: Final = late(_pattern("how"))
_AFTER: Final = late(f"(?:{_pattern('after')})$")
_NOT_YET: Final = late(_pattern("after", meaning=OPEN))
_GIVEN_BACK: Final = late(_pattern("before", meaning=BACK))
_NOT: Final = late(_pattern("not"))
_ALREADY: Final = late("已|被")
_HAPPENED: Final = late("了|成功|完成|完毕|完结")
_FAIL: Final = late(f"(?:{_pattern('fail')})$")
_LIKE: Final = pattern_of("like")
_REMARKS: Final = patterns_of("remark", NOTHING, BACK, OPEN, "other", "use", "aside")
_BETWEEN_HAN: Final = late(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_UNDONE: Final = patterns_of("undone", NOTHING, BACK)
_PART: Final = pattern_of("part", "remark")
_NUMBER: Final = patterns_of("number", "closed", "stopped", "state", "lost", "since", "until")
_DELIVERED: Final = pattern_of("part", "delivered")
_UNIT: Final = pattern_of("part", "unit")
_PACKED: Final = pattern_of("part", "packed")
_PART_HEADING: Final = pattern_of("part", "heading")
_PART_UNDONE: Final = pattern_of("part", "undone")
_WHOLE: Final = pattern_of("part", "whole")
_COUNTED: Final = late("(?:数量?|张数?|量|件数?|个数?|片数?|枚数?)$|(?:qty|quantity|count|nos|pcs|units|cards|sims)$")
_NEW_CARD: Final = pattern_of("exchange", "new")
_EXCHANGED: Final = pattern_of("exchange", "act")
_PARTY: Final = patterns_of("party", "further", "user", "officer", "seized", "said")
_BESIDE: Final = pattern_of("beside")
_LATER: Final = {
    topic: late(f"(?:{pattern.pattern})$") for topic, pattern in patterns_of("beside", "party", "paper").items()
}
_END_OF_REGISTRATION: Final = pattern_of("registration")
_SEIZED: Final = patterns_of("seized", "asks", "free", "later", "denied", "doubted", "kept", "fled", "person")
_DOUBT: Final = patterns_of(
    "doubt",
    *("remark", "harmless", "cell", "heading", "other", "filled", "line", "title", "business", "no_sale", "use"),
    *("identity", "failed", "unused", "loss", "registered"),
)
_ROLE: Final = patterns_of("role", "heading", "other", "own")
_UPPER: Final = pattern_of("upper")
_STATUS: Final = patterns_of("status", "return", "payment", "card", "support", "reversed", "bill", "issued", "ended")
NO_RETURN: Final = pattern_of("status", "undone")
"""Found in words by which a return did not happen, or was taken back itself."""

RETURN_REFUSED: Final = pattern_of("status", "refused")
"""Found in words by which a return was refused or withdrawn."""

_PLAIN: Final = pattern_of("plain", "heading")
_PLAIN_PAIR: Final = pattern_of("plain", "pair")
_NAME_OF_FORM: Final = pattern_of("acts", "name_of_form")
_FOOTER: Final = pattern_of("plain", "line")
_CODE_OF_CARDS: Final = pattern_of("plain", "code_of_cards")
_OF_SEARCH: Final = pattern_of("plain", "search")
_OF_MAIL: Final = pattern_of("plain", "mail")
_BARE: Final = late("[a-z\u3400-\u9fff]")
_LAST: Final = frozenset(words_of("last"))
_WORD_OF_HEADING: Final = late("[a-z]+|[A-Z]+(?![a-z])|[A-Z][a-z]+")
_HAN: Final = late("[\u3400-\u9fff]")
_PLAIN_REMARK: Final = pattern_of("plain", "remark")
_FILLER: Final = pattern_of("filler")
_WENT_WRONG: Final = pattern_of("wrong")
_NUMBERED: Final = pattern_of("acts", "numbered")
"""A day or the number of a paper; a shorter number may be one of cards."""

MAYBE_OUTCOME: Final = r"[^0-9A-Za-z:./\-]|^[^0-9]*([0-9][^0-9]*){0,4}$|[0-9].*[A-Za-z]|([A-Za-z][./:\-]*){5,}"
"""Found in every text of which :func:`act_of_outcome` does not say that it happened because it is such a number."""

_NONE: Final = frozenset({"无", *words_of("flag", "no")})
"""Answers by which nothing became of what a row states; 无 alone is none where it is asked what went wrong."""

_SIGNED: Final = late("已?(?:签收?|签字|收到?|[领提取拿]走?|入库|验收|点收|收讫|[清点核]点?[点清对])了?$")
"""Stands behind the name of whoever signed."""

_NO_NAME: Final = late("顾客|安[排检]|[中了着过的时]$")
"""Found in words that are written as names of persons are."""

_WITHIN: Final = late(_pattern("within"))
_PARTS: Final = late("[,;、/|]+")
BLANKS: Final = late(r"[\s\u200b-\u200f\u2060\ufeff]+")
_JOINTS: Final = late(r"[_\-./]+")
REMARK_BEHIND: Final = late(r"(?:\([^()]*\)|【[^【】]*】|\[[^\[\]]*\])$")
OF_ADDRESS: Final = late(r"^(.+?) ?[(\[](billing|shipping|delivery)(?: ?(?:address|details))?[)\]]$", re.IGNORECASE)
"""A heading with the word behind it that says of whose address it is (City (Billing)): as one before it."""
_EDGES: Final = late(r"^[!*~\"'。.,;:←→]+|[!*~\"'。.,;:←→]+$")
_OF_CARDS: Final = late("(?:card|sim|iccid)[._:-]|(?<=[a-z])e?d$")
"""What a program writes around the word: card.assign, sim:recalled."""


def _folded(text: str) -> str:
    return to_simplified(BLANKS.sub("", normalize("NFKC", text)).casefold())


@lru_cache(maxsize=1 << 14)
def fold_word(text: str) -> str:
    """Return a cell in the form in which words are compared: NFKC, no blanks, no case, no final remark in brackets."""
    bare = _EDGES.sub("", REMARK_BEHIND.sub("", _folded(text)))
    return _JOINTS.sub("", bare) if bare.isascii() else bare


@lru_cache(maxsize=1 << 14)
def act_of(text: str) -> str | None:
    """Return what a cell says of its row: a kind, or one of the meanings above; ``None`` for a word that is unknown.

    Of several words in one cell the one counts that speaks most against the row.

    >>> [act_of(word) for word in ("订单已取消", "待发货", "已签收", "退卡", "已退卡", "停机", "补换", "杭州")]
    ['none', 'none', 'done', 'return', 'back', 'state', 'open', None]
    """
    if len(text) > LONGEST_CELL:
        return None
    word = fold_word(text)
    if word and (found := _meaning(word)) is not None:
        return found
    parts = [_meaning(fold_word(part)) for part in _PARTS.split(word) if part]
    return min(parts, key=_weight) if len(parts) > 1 and None not in parts else None


def _weight(meaning: str | None) -> int:
    return (NOTHING, BACK, SERVICE, OPEN).index(meaning) if meaning in (NOTHING, BACK, SERVICE, OPEN) else len(KINDS)


def _core(word: str) -> str:
    """Return the word of the table for an act that is named with how, or with what, it was done (普通销售, 采购入库).

    >>> [_core(word) for word in ("线上销售", "销售退货", "采购入库", "采购退货", "非销售出库")]
    ['销售', '退货', '入库', '采购退货', '非销售出库']
    """
    if word in _CELLS or len(word) > LONGEST_WORD:
        return word
    if (how := _HOW.match(word)) is not None and (rest := _core(word[how.end() :])) in KIND_WORDS:
        return rest
    for length in range(2, len(word) - 1):
        first, last = KIND_WORDS.get(word[:length]), KIND_WORDS.get(word[length:])
        if first and last and (first == last or (first, last) in _COMPOUNDS):
            return word[length:]
    return word


_COMPOUNDS: Final = frozenset({("transfer", "return"), ("purchase", "transfer")})
"""Kinds of two words that are one for the latter: goods that were sold came back, those that were bought came in."""


@lru_cache(maxsize=1 << 14)
def _meaning(word: str) -> str | None:
    if (found := _CELLS.get(_core(word))) is not None:
        return found
    if not word or len(word) > LONGEST_WORD:
        return None
    if _LIKE.fullmatch(word):
        return NOTHING
    return _failed(word) or _without_end(word) or _negated(word) or _going_on(word) or _without_beginning(word)


def _failed(word: str) -> str | None:
    """Return the meaning of what came to nothing: of a sale that nothing happened, of a refund that one has to ask."""
    failed = _FAIL.search(word)
    rest = _meaning(word[: failed.start()]) if failed is not None and failed.start() else None
    return None if rest is None else rest if rest == STATE else _unless_back(rest)


def _without_end(word: str) -> str | None:
    after = _AFTER.search(word)
    rest = _meaning(word[: after.start()]) if after is not None and after.start() else None
    if after is not None and rest in KINDS and _NOT_YET.fullmatch(after[0]):
        return OPEN
    return rest if rest is None or after is None or not _HAPPENED.fullmatch(after[0]) else _happened(rest)


def _negated(word: str) -> str | None:
    negated = _NOT.match(word)
    rest = None if negated is None else _meaning(word[negated.end() :])
    return None if rest is None else _opposite(rest)


def _going_on(word: str) -> str | None:
    rest = _meaning(word[:-1]) if word.endswith("中") else None
    return None if rest is None else _unless_back(rest)


def _without_beginning(word: str) -> str | None:
    before = _BEFORE.match(word)
    rest = None if before is None else _meaning(word[before.end() :])
    if before is not None and rest in KINDS and _GIVEN_BACK.fullmatch(before[0]):
        return BACK
    return rest if rest is None or not _ALREADY.match(word) else _happened(rest)


def _happened(meaning: str) -> str:
    """Return what a word means of which the cell says that it has happened.

    What has come back already is no return by itself: its day and its sides are those of another row.
    """
    return BACK if meaning == "return" else DONE if meaning in KINDS else meaning


def _unless_back(meaning: str) -> str:
    return OPEN if meaning in (*VOID, OPEN, "return") else meaning if meaning == STATE else NOTHING


def _opposite(meaning: str) -> str:
    """Return what the opposite of a word means: 未发货 says that nothing happened, 未退货 that nothing came back."""
    if meaning in VOID or meaning == "return":
        return DONE
    return meaning if meaning in (STATE, OPEN) else NOTHING


_ALL_WENT: Final = pattern_of("acts", "all_went")
_MONEY_OF: Final = pattern_of("acts", "money_of")
_MONEY: Final = pattern_of("acts", "money")


def moves_money(text: str) -> bool:
    """Whether a word of a kind says that money was paid, and no more (收款 微信)."""
    return _MONEY.fullmatch(_folded(text)) is not None


def is_undone(text: str) -> bool:
    """Whether a cell says that what the row is about did not happen, or has not yet."""
    return act_of(text) == NOTHING


def moved_nothing(text: str) -> bool:
    """Whether the cell of a status says that no cards were moved for good: undone, come back, or never received."""
    return act_of(text) in VOID or _WITHIN.search(text) is not None or act_of_remark(text) in VOID


def _written(remark: str) -> str:
    """Return a remark in the form in which it is searched: a blank between Chinese words divides them."""
    return _BETWEEN_HAN.sub(",", to_simplified(normalize("NFKC", remark).casefold()))


@lru_cache(maxsize=1 << 14)
def speaks_of_part(remark: str) -> bool:
    """Whether a remark speaks of some of the cards that its row names: of a range they are not all meant."""
    return _PART.search(_written(remark)) is not None


def is_about_part(heading: str) -> bool:
    """Whether a heading is that of cards of a range that are not meant, or of their number (缺号, 坏卡数)."""
    return _PART_HEADING.fullmatch(heading) is not None


def counts_undone(heading: str) -> bool:
    """Whether a number below a heading is that of the cards of its row that were called off or came back.

    >>> [counts_undone(heading) for heading in ("作废", "退货数量", "cancelled_qty", "退货地址", "cancelled_by")]
    [True, True, True, False, False]
    """
    return _PART_UNDONE.fullmatch(heading) is not None


def is_unit(heading: str) -> bool:
    """Whether a heading may be that of the units in which goods are counted; 单位 is a firm too."""
    return _UNIT.fullmatch(heading) is not None


def is_pack(text: str) -> bool:
    """Whether a cell is a unit that holds several cards (盒, 千张, box)."""
    return _PACKED.fullmatch(fold_word(text)) is not None


def is_number_delivered(heading: str) -> bool:
    """Whether a heading is that of the number of cards that were in fact sent or received (实收数量)."""
    return _DELIVERED.fullmatch(heading) is not None


@lru_cache(maxsize=1 << 12)
def may_count_part(heading: str) -> bool:
    """Whether a number below a heading, beside the quantity of a row, may be that of the cards that went otherwise.

    >>> [may_count_part(heading) for heading in ("实收", "换货数量", "rejected qty", "箱数", "应发数量", "单价")]
    [True, True, True, False, False, False]
    """
    bare = REMARK_BEHIND.sub("", own_words(heading))
    if _HAN.search(bare):
        return (
            _WHOLE.fullmatch(bare) is None
            if _COUNTED.search(bare)
            else not (is_plain(heading) or _MONEY_OF.search(bare))
        )
    words = [word.casefold() for word in _WORD_OF_HEADING.findall(normalize("NFKC", heading))]
    if words and not _COUNTED.fullmatch(words[-1]) and is_plain(heading):
        return False
    return not all(_WHOLE.fullmatch(word) or _BESIDE.fullmatch(word) for word in words)


def counts_whole(heading: str) -> bool:
    """Whether such a number says, where it is the whole quantity, that all cards went (实收, accepted)."""
    return _ALL_WENT.search(own_words(heading)) is not None


def comes_back(text: str) -> bool:
    """Whether a word in a list of what came back says no more than that it did, be it for another one (退货, 换货)."""
    return act_of(text) in (BACK, "return") or _EXCHANGED.fullmatch(fold_word(text)) is not None


def names_new_card(heading: str) -> bool:
    """Whether a heading is that of a card that went out for the one of its row (新卡号, 换后ICCID)."""
    return _NEW_CARD.fullmatch(heading) is not None


def is_exchange(cell: str) -> bool:
    """Whether a cell is the word by which goods came back and others went out for them (换货)."""
    return _EXCHANGED.fullmatch(fold_word(cell)) is not None


@lru_cache(maxsize=1 << 12)
def is_closed(state: str) -> bool:
    """Whether the state of a card says that its number is no longer its own (已销户)."""
    return _NUMBER["closed"].fullmatch(fold_word(state)) is not None


def is_out_of_service(state: str) -> bool:
    """Whether the state of a card says that it no longer works: closed, or stopped (停机)."""
    return is_closed(state) or _NUMBER["stopped"].fullmatch(fold_word(state)) is not None


def is_day_of_link(heading: str, end: str) -> bool:
    """Whether a heading is that of the day ``since`` or ``until`` which a card had its number (绑定时间, 解绑时间)."""
    return _NUMBER[end].fullmatch(heading) is not None


@lru_cache(maxsize=1 << 12)
def topic_of_later_act(heading: str) -> str | None:
    """Return of what a heading is that may be of what became of cards later: ``day``, ``party`` or ``paper``.

    ``None`` where every part of it is about the movement of the row, its papers or its goods; ``day`` where nothing
    tells of what it is. Only the cells tell whether there are days below it.

    >>> [topic_of_later_act(heading) for heading in ("回库日期", "寄回单号", "转交人", "passed to", "追回")]
    ['day', 'paper', 'party', 'party', 'day']
    >>> [topic_of_later_act(heading) for heading in ("下单日期", "快递单号", "制单人", "orderCreatedAt")]
    [None, None, None, None]
    """
    bare = own_words(heading)
    if _HAN.search(bare):
        is_known = len(bare) <= LONGEST_WORD and late(f"(?:{_BESIDE.pattern})*").fullmatch(bare) is not None
        ends = {topic: _LATER[topic].search(bare) is not None for topic in _LATER}
    else:
        words = [word.casefold() for word in _WORD_OF_HEADING.findall(normalize("NFKC", heading))]
        is_known = all(word in _LAST or _BESIDE.fullmatch(word) for word in words)
        ends = {topic: bool(words) and _LATER[topic].fullmatch(words[-1]) is not None for topic in _LATER}
    return None if is_known else next((topic for topic, is_end in ends.items() if is_end), "day")


def names_further_party(heading: str) -> bool:
    """Whether a heading is that of somebody else than both sides of a movement (转售给, 现持有人, 激活人)."""
    return _PARTY["further"].fullmatch(heading) is not None


def may_name_user(heading: str) -> bool:
    """Whether a heading beside a use is that of a person or firm who may be the user, and of no officer (操作人)."""
    return _PARTY["user"].fullmatch(heading) is not None and not is_of_officer(heading)


def speaks_of_person(heading: str, text: str) -> bool:
    """Whether words beside a row may say who used, held or owned its card, by their heading or by themselves.

    >>> said = [("绑定用户", "苏小远"), ("End User (declared)", "Selvam"), ("备注", "由其使用"), ("归属局", "某部")]
    >>> [speaks_of_person(*words) for words in said]
    [True, True, True, False]
    """
    bare = "".join(normalize("NFKC", heading).partition("(")[0].casefold().split())
    is_of_person = may_name_user(bare) or names_further_party(bare) or names_party_behind_seized(bare)
    return is_of_person or _PARTY["said"].search(text.casefold()) is not None


def is_of_officer(heading: str) -> bool:
    """Whether a heading is that of whoever did a thing for a firm or keeps its records (销售人员, 操作人)."""
    return _PARTY["officer"].fullmatch(heading) is not None


def is_role_heading(heading: str) -> bool:
    """Whether a heading is that of the part that the person of a row has in a case (人员类型, 持有人类型)."""
    return _ROLE["heading"].fullmatch(heading) is not None


def is_of_another(cell: str) -> bool | None:
    """Whether a cell of such a column says that the person is neither user nor holder; ``None`` for an unknown word.

    >>> [is_of_another(cell) for cell in ("受害人", "办案民警", "使用人", "甲类")]
    [True, True, False, None]
    """
    word = fold_word(cell)
    return False if _ROLE["own"].fullmatch(word) else True if _ROLE["other"].fullmatch(word) else None


def names_party_behind_seized(heading: str) -> bool:
    """Whether a heading of a list of seizures names who owned a card, handed it over or got it back (物品所有人)."""
    return _PARTY["seized"].fullmatch(heading) is not None


def ends_registration(heading: str) -> bool:
    """Whether a column of a carrier's list states the day on which its customer ceased to be it (销户日期)."""
    return _END_OF_REGISTRATION.fullmatch(heading) is not None


def asks_seized(heading: str) -> bool:
    """Whether a column says whether the card of a row was seized (是否扣押, 查获情况)."""
    return _SEIZED["asks"].fullmatch(heading) is not None


def asks_at_large(heading: str) -> bool:
    """Whether a column says whether whom a card was taken from is at large (是否在逃, 到案情况)."""
    return _SEIZED["free"].fullmatch(heading) is not None


def tells_given_back(heading: str) -> bool:
    """Whether a column of a list of seizures says that a card was given back (返还日期)."""
    return _SEIZED["later"].fullmatch(heading) is not None


def denies_seizure(text: str) -> bool:
    """Whether a cell says that nothing was seized."""
    return _SEIZED["denied"].search(fold_word(text)) is not None


@lru_cache(maxsize=1 << 12)
def names_seized_person(text: str) -> bool:
    """Whether a sentence of a list of seizures tells from whom, or in whose rooms, cards were taken (从李某处查获)."""
    return _SEIZED["person"].search(_written(text)) is not None


def undoes_seizure(state: str) -> bool:
    """Whether the state of a card in a list of seizures says that it was not seized, or was given back."""
    return denies_seizure(state) or _SEIZED["fled"].search(fold_word(state)) is not None


def is_kept_by_police(state: str) -> bool:
    """Whether a cell of a list of seizures says only where the police keeps the article (在库, in custody)."""
    return _SEIZED["kept"].fullmatch(fold_word(state)) is not None


def doubts_seizure(text: str) -> bool:
    """Whether a cell may say that the card was not seized, or not for good."""
    return _SEIZED["doubted"].search(_written(text)) is not None


def is_at_large(heading: str, text: str) -> bool:
    """Whether a cell says that the accused is at large; a mere yes or no answers what the heading asks."""
    word = fold_word(text)
    if word in flag_words("yes") | flag_words("no"):
        return (word in flag_words("yes")) == (_SEIZED["fled"].search(heading) is not None)
    return _SEIZED["fled"].search(word) is not None


@lru_cache(maxsize=1 << 10)
def topic_of_status(heading: str) -> str | None:
    """Return of what a heading is the status beside what its row handed over: ``return``, ``payment``, ``card``."""
    return next((topic for topic in ("return", "payment", "card") if _STATUS[topic].fullmatch(heading)), None)


def is_status_of_bill(heading: str) -> bool:
    """Whether a heading is that of the status of a bill or credit note, which stands once it is issued."""
    return _STATUS["bill"].fullmatch(heading) is not None


def is_of_bill(text: str) -> bool:
    """Whether the status of a bill that was issued says no more than how it is paid."""
    return _STATUS["issued"].fullmatch(fold_word(text)) is not None


def says_order_ended(text: str) -> bool:
    """Whether the status of an order says that it ended, which it may have done before or after its goods were sent."""
    return _STATUS["ended"].fullmatch(fold_word(text)) is not None


def tells_of_support(heading: str) -> bool:
    """Whether a heading of a list of parcels or payments says how each went on (当前状态, 最新轨迹)."""
    return _STATUS["support"].fullmatch(heading) is not None


@lru_cache(maxsize=1 << 12)
def was_reversed(text: str) -> bool:
    """Whether the status of a parcel or payment says that it did not happen, or that goods or money came back.

    >>> [was_reversed(text) for text in ("拒收退回", "已全额退款", "未退款", "已签收", "支付失败")]
    [True, True, False, False, True]
    """
    act = act_of(text)
    return act in (NOTHING, BACK) or (act is None and _STATUS["reversed"].search(_written(text)) is not None)


@cache
def _use(meaning: str) -> re.Pattern[str]:
    # compiled when it is first asked for, as are those of outcomes: most files have no such column
    return pattern_of("use", meaning)


@cache
def _outcome(meaning: str) -> re.Pattern[str]:
    return pattern_of("outcome", meaning)


@lru_cache(maxsize=1 << 10)
def tells_outcome_of_use(heading: str) -> bool:
    """Whether a heading says how an activation or the check of its user went (激活结果, KYC status)."""
    return _use("heading").fullmatch(heading) is not None


@lru_cache(maxsize=1 << 10)
def tells_why_no_use(heading: str) -> bool:
    """Whether a heading is that of the reason why a card was not activated (激活失败原因): filled, it was not."""
    return _use("reason").fullmatch(heading) is not None


@lru_cache(maxsize=1 << 12)
def denies_use(text: str) -> bool:
    """Whether a cell below such a heading says that there was no activation, or not yet, or not by the one named.

    >>> [denies_use(text) for text in ("激活失败", "KYC rejected", "pending", "停机", "已激活", "suspended", "否")]
    [True, True, True, False, False, False, True]
    """
    return fold_word(text) in flag_words("no") or _use("failed").search(_written(text)) is not None


def denies_activation(remark: str) -> bool:
    """Whether a remark beside a use says by itself that it failed (激活失败), and of no other attempt.

    >>> [denies_activation(text) for text in ("未激活成功", "activation rejected", "激活失败后重新激活", "无异常")]
    [True, True, False, False]
    """
    written = _written(remark)
    is_of_use = any(word in written for word in ("激活", "开通", "activat"))
    return is_of_use and denies_use(remark) and _REMARKS["other"].search(written) is None


@lru_cache(maxsize=1 << 10)
def tells_outcome_of_request(heading: str) -> bool:
    """Whether a heading of a carrier's list of its customers asks what became of their requests (KYC Status, STATUS).

    That of an activation says nothing of whose the card is.
    """
    return _use("request").fullmatch(heading) is not None


@lru_cache(maxsize=1 << 12)
def refuses_request(text: str) -> bool:
    """Whether a cell below such a heading says that the carrier refused the request, or has not decided yet.

    >>> [refuses_request(text) for text in ("CAF rejected - not activated", "PENDING", "Pre-active", "Suspended")]
    [True, True, False, False]
    """
    return _use("refused").search(_written(text)) is not None


@lru_cache(maxsize=1 << 10)
def tells_outcome(heading: str) -> bool:
    """Whether a heading asks what became of what its row states (签收情况, 给没给, POD), and not of its payment.

    >>> [tells_outcome(heading) for heading in ("签收情况", "收货人签字", "delivery_status", "激活状态", "付款情况")]
    [True, True, True, False, False]
    """
    return topic_of_status(heading) is None and (
        _outcome("heading").fullmatch(_joined(heading)) is not None or is_signature(heading)
    )


@lru_cache(maxsize=1 << 10)
def is_signature(heading: str, *, has_status: bool = False) -> bool:
    """Whether whoever received what a row states signs below a heading: a cell there may be a name.

    Of a proof of delivery he does beside a status, which says what became of the row.

    >>> is_signature("pod"), is_signature("pod", has_status=True), is_signature("signature")
    (False, True, True)
    """
    written = _joined(heading)
    is_signed = _outcome("signed").fullmatch(written) is not None
    return is_signed or (has_status and _outcome("proof").fullmatch(written) is not None)


def _joined(heading: str) -> str:
    return _JOINTS.sub("", heading).strip("?")


@lru_cache(maxsize=1 << 14)
def act_of_outcome(text: str, *, is_signed: bool = False) -> str | None:
    """Return what a cell below such a heading says of its row; ``None`` where nobody knows.

    A day, a number of a paper and the name of a person say that it happened; ``is_signed`` says that there any text
    that doubts nothing is a name.

    >>> [act_of_outcome(cell) for cell in ("没给", "暂存", "拒收", "张三", "2024-03-05", "in transit", "30")]
    ['none', 'none', 'none', 'done', 'done', 'done', None]
    >>> [act_of_outcome(cell) for cell in ("部分", "有点问题", "在库", "退卡")]
    [None, None, 'none', 'none']
    >>> [act_of_outcome(cell) for cell in ("已交付，有签收单", "已交付，无签收单", "未交付，有签收单")]
    ['done', None, None]
    """
    word = fold_word(text)
    if not word or _NUMBERED.fullmatch(word):
        return DONE
    act, is_short = act_of(text), len(text) <= LONGEST_CELL
    if word in _NONE or (is_short and act not in (DONE, BACK) and _outcome("no").fullmatch(word)):
        return NOTHING
    if act is not None:
        return OPEN if act == "stock" else BACK if act == "return" else act if act in (*VOID, OPEN) else DONE
    if word in flag_words("yes") or (is_short and _outcome("yes").fullmatch(word)):
        return DONE
    is_person = is_certainly_person(_SIGNED.sub("", word)) and _NO_NAME.search(word) is None
    return DONE if is_short and (is_signed or is_person) and not casts_doubt(text) else None


def outcome_of_return(text: str) -> str | None:
    """Return what a sentence says of the return of its row: clauses that are no more than a word for an outcome agree.

    Beside a word by which it was taken nothing may refuse it, and behind one by which it was refused nothing take it.

    >>> [outcome_of_return(cell) for cell in ("Accepted, back to store", "已收，返仓", "OK. REFUSED, not returned")]
    ['done', 'done', 'none']
    >>> [outcome_of_return(cell) for cell in ("Accepted, later refused", "Refused – then accepted", "Tested OK")]
    [None, None, None]
    """
    if len(text) > LONGEST_SENTENCE:
        return None
    clauses = [clause.strip() for clause in _SHORT_CLAUSES.split(normalize("NFKC", text).casefold())]
    meanings = [None if NO_RETURN.search(clause) else act_of(clause) for clause in clauses]
    if NOTHING in meanings:
        # what came before it was not refused yet
        meaning, against, first = NOTHING, DONE, meanings.index(NOTHING)
    elif DONE in meanings:
        meaning, against, first = DONE, NOTHING, 0
    else:
        return None
    words = (word for clause in clauses[first:] for word in _WORDS_IN.findall(clause))
    return None if any(act_of(word) == against for word in words) else meaning


_SHORT_CLAUSES: Final = late(r"[,;.，；。、–—]|\s-\s")
_WORDS_IN: Final = late("[a-z]+|[\u3400-\u9fff]+")
LONGEST_SENTENCE: Final = 200
"""Characters of the longest cell whose clauses are read one by one."""


def stays_in_stock(text: str) -> bool:
    """Whether a cell says that cards are with whoever keeps the list: they came in, and did not go on.

    >>> [stays_in_stock(cell) for cell in ("在库", "未售", "In stock", "已售", "退库")]
    [True, True, True, False, False]
    """
    return _outcome("kept").fullmatch(fold_word(text)) is not None


def undone_by(heading: str) -> str | None:
    """Return what a filled cell under a heading says of its row (取消时间); ``None`` for other headings."""
    return next((meaning for meaning, pattern in _UNDONE.items() if pattern.fullmatch(heading)), None)


@lru_cache(maxsize=1 << 14)
def act_of_remark(text: str) -> str | None:
    """Return what a remark says against its row; ``None`` where it says nothing against it.

    It takes the row back where a sentence in it says so, or it is the word for goods that came back. Where it speaks of
    another card, another document or another attempt besides, or may mean either, a person has to say what is meant.

    >>> [act_of_remark(remark) for remark in ("此单取消", "客户已退货", "坏卡更换，旧卡已退回", "发顺丰")]
    ['none', 'back', 'open', None]
    >>> [act_of_remark(remark) for remark in ("订的，没来拿", "钱没给，卡拿走了", "放着没动", "发票没要")]
    ['none', None, 'open', None]
    """
    written = _written(text)
    said = next((meaning for meaning in (NOTHING, BACK, OPEN) if _REMARKS[meaning].search(written)), None)
    if said is None:
        if act_of(text) in (BACK, "return"):
            return BACK
        # one of several clauses that is no more than such a word
        said = BACK if any(act_of(part) in (BACK, "return") for part in re.split("[,;。]", written)) else None
    if said is None:
        return None
    if said == OPEN and act_of(text) == NOTHING:
        return NOTHING
    return OPEN if _REMARKS["other"].search(written) else said


def denies_hand_over(remark: str) -> bool:
    """Whether a remark is no more than a word by which what its row hands over was not handed over, or not yet.

    >>> [denies_hand_over(remark) for remark in ("计划发货", "待发货", "planned", "没激活", "not yet paid", "2箱")]
    [True, True, True, False, False, False]
    """
    return act_of(remark) == NOTHING and _REMARKS["aside"].search(_written(remark)) is None


@lru_cache(maxsize=1 << 12)
def gives_back_to_supplier(text: str) -> bool:
    """Whether a remark says that its row gives cards back to whoever supplied them.

    >>> [gives_back_to_supplier(text) for text in ("退货给供货方，坏卡", "退回厂家", "客户退货", "供应商已退款")]
    [True, True, False, False]
    """
    return act_of_remark(text) is None and _TO_SUPPLIER.search(_written(text)) is not None


_TO_SUPPLIER: Final = pattern_of("acts", "to_supplier")


def act_of_purpose(text: str) -> str | None:
    """Return what the purpose of cards says against its row, as a remark does.

    >>> [act_of_purpose(text) for text in ("二期项目,计划,未领", "测试用", "定位器")]
    ['none', None, None]
    """
    return act_of_remark(_REMARKS["use"].sub("", _written(text)))


@lru_cache(maxsize=1 << 14)
def casts_doubt(remark: str) -> bool:
    """Whether a remark may deny, change or go on with what its row says: what it means is for a person to say.

    >>> [casts_doubt(remark) for remark in ("实发北川经营部", "现在张三手里", "发顺丰,不含税", "2箱")]
    [True, True, False, False]
    """
    written = _written(remark)
    is_doubt = _DOUBT["remark"].search(_DOUBT["harmless"].sub(" ", written)) is not None
    return is_doubt or (len(remark) <= _LONGEST_BARE and act_of(remark) in (NOTHING, BACK))


@lru_cache(maxsize=1 << 14)
def tells_loss(remark: str) -> bool:
    """Whether a remark says that cards are gone, and nobody knows where (盘亏, 丢失)."""
    return _DOUBT["loss"].search(_written(remark)) is not None


@lru_cache(maxsize=1 << 14)
def is_bare_remark(remark: str) -> bool:
    """Whether a remark is a mere word or two of which nobody has said what it means for its row.

    >>> [is_bare_remark(remark) for remark in ("黄了", "×", "先压着", "发顺丰", "加急", "2箱", "signed")]
    [True, True, True, False, False, False, False]
    """
    word = fold_word(remark) or remark.strip()
    if not _is_word(word, (2 if word.isascii() else 1) * _LONGEST_REMARK) or act_of(remark) in (DONE, STATE):
        return False
    return not (word in flag_words("yes") or _FILLER.fullmatch(word) or _PLAIN_REMARK.search(word))


def is_about_truth(heading: str) -> bool:
    """Whether a heading asks whether what a row says holds (客户确认, 核实结果); not one of a card's state."""
    return _DOUBT["heading"].search(heading) is not None and _DOUBT["other"].search(heading) is None


@lru_cache(maxsize=1 << 12)
def is_plain(heading: str) -> bool:
    """Whether a heading, as written, is of what says nothing of whether its row holds: an article, a place, a sum.

    >>> [is_plain(heading) for heading in ("物料名称", "回单", "Unit Price", "Challan status", "Position")]
    [True, False, True, False, False]
    """
    bare = own_words(heading)
    if _HAN.search(bare):
        return _PLAIN.fullmatch(bare) is not None
    last = _last_word(heading)
    return not last or last in _LAST or last.removesuffix("s") in _LAST


_OF_NUMBERS: Final = pattern_of("acts", "of_numbers")

_LONGEST_REMARK: Final = 6
"""Characters of a remark that is a mere word."""

_LONGEST_BARE: Final = 3
"""Characters of a word that says nothing but one thing (借, 试用); names are as long at times."""

_TRADE: Final = pattern_of("acts", "trade")
"""Found in headings below which such a word is that of an article, a tariff or a person."""

_EITHER: Final = late(r"(.{1,2})[没不]\1")
"""How a heading asks (给没给)."""

_OF_TOPIC: Final = late("[未非无]|不(?!要)")
"""How a cell begins that denies what its heading names (未开票, 不含税), and not its row."""

_LONGEST_STATE: Final = 24
"""Characters of a cell that may be one word or two; a longer one is a sentence."""


@lru_cache(maxsize=1 << 14)
def may_deny(heading: str, cell: str) -> bool:
    """Whether a cell is a word, or a mark, that may say that its row does not hold: nobody has said what it means.

    A plain yes below a heading that is none of what went wrong affirms it. That a card was lost or scrapped says
    nothing against what its carrier has of it.

    >>> may_deny("卡状态", "报废"), may_deny("回单", "报废")
    (False, True)
    >>> [may_deny("回单", cell) for cell in ("没给", "×", "没有", "有", "已签收", "停机", "2024-03-01", "3箱")]
    [True, True, True, False, False, False, False, False]
    """
    word = fold_word(cell) or cell.strip()
    if not _is_word(word, _LONGEST_STATE):
        return False
    if _NUMBER["state"].fullmatch(heading.casefold()) and _NUMBER["lost"].fullmatch(word):
        return False
    if word in flag_words("yes"):
        return _WENT_WRONG.search(_EITHER.sub(r"\1", heading.casefold())) is not None
    return act_of(cell) not in (DONE, STATE) or word in flag_words("no")


def is_of_article(heading: str) -> bool:
    """Whether a heading is that of an article, a tariff or a person, whose names have numbers and remarks in brackets.

    >>> [is_of_article(heading) for heading in ("套餐", "资费计划", "Tariff plan", "操作账号", "快递单号")]
    [True, True, True, True, False]
    """
    return _TRADE.search(own_words(heading).casefold()) is not None


_ORDINAL: Final = late("第[一二三四五六七八九十]{1,3}[批次期组箱件]")


@lru_cache(maxsize=1 << 14)
def is_stray(cell: str) -> bool:
    """Whether a cell among numbers is a word of which nobody has said what it means, or a number with one that denies.

    >>> [is_stray(cell) for cell in ("没寄", "自提", "SF1234", "XS001-作废", "SF12-顺丰", "-45")]
    [True, False, False, True, False, False]
    >>> [is_stray(cell) for cell in ("第一批", "第一批（退回）", "SIM-IOT-A", "SIM-LOST")]
    [False, True, False, True]
    """
    word = fold_word(cell)
    if _ORDINAL.fullmatch(cell.strip()) or _CODE_OF_CARDS.fullmatch(cell.strip().casefold()):
        return False
    if any(map(str.isdigit, word)):
        written = _folded(cell)
        if (remark := REMARK_BEHIND.search(written)) is not None and _HAN.search(remark[0]):
            return _FILLER.fullmatch(remark[0][1:-1]) is None
        said = "".join(_HAN.findall(written))
        return bool(said) and len(said) <= _LONGEST_STATE and _speaks_against(said)
    return _is_word(word, _LONGEST_STATE) and word not in flag_words("yes") and _FILLER.fullmatch(word) is None


def _speaks_against(word: str) -> bool:
    return act_of(word) in (NOTHING, BACK, OPEN, "return") or denies(word) or casts_doubt(word) or may_be_no_sale(word)


@lru_cache(maxsize=1 << 14)
def undoes(heading: str, cell: str) -> bool:
    """Whether a cell among words says by itself that its row did not happen, or not for good, whatever its heading.

    >>> [undoes(*each) for each in (("仓库", "已取消"), ("快递", "没寄"), ("套餐", "不限量"), ("商品", "流量卡"))]
    [True, True, False, False]
    """
    if (act := act_of(cell)) in (NOTHING, BACK, "return"):
        return True
    bare, word = own_words(heading), fold_word(cell)
    if act is not None or _FILLER.fullmatch(word) or word in flag_words("yes") | flag_words("no"):
        return False
    if _DOUBT["other"].search(bare):
        return denies(cell) and _OF_TOPIC.match(cell) is None
    is_said = len(cell) <= _LONGEST_BARE and (casts_doubt(cell) or may_be_no_sale(cell))
    return (denies(cell) and not cell.endswith(("仓", "仓库"))) or (is_said and _TRADE.search(bare) is None)


def is_of_numbers(heading: str) -> bool:
    """Whether a heading is that of numbers, in whatever form: of a document, an amount, a telephone."""
    bare = own_words(heading)
    if _HAN.search(bare):
        return _OF_NUMBERS.search(bare) is not None
    return _OF_NUMBERS.fullmatch(_last_word(heading)) is not None


def own_words(heading: str) -> str:
    """Return a heading in the form in which its words are searched."""
    return _folded(REMARK_BEHIND.sub("", heading.strip()))


def _last_word(heading: str) -> str:
    """Return the last word of an English heading, also of one that a program writes (deviceType); empty for none."""
    words = _WORD_OF_HEADING.findall(OF_ADDRESS.sub(r"\2 \1", normalize("NFKC", heading)))
    return words[-1].casefold() if words else ""


def _is_word(word: str, longest: int) -> bool:
    """Whether a folded cell is a word or two, or a mark, and no number."""
    return 0 < len(word) <= longest and not any(map(str.isdigit, word))


def tells_end(heading: str) -> bool:
    """Whether a heading is that of the day or way in which what a row states ended (归还日期, 下一手)."""
    return _DOUBT["filled"].fullmatch(heading) is not None


@lru_cache(maxsize=1 << 14)
def denies(cell: str) -> bool:
    """Whether a cell under such a heading denies or doubts its row."""
    return act_of(cell) not in (DONE, STATE) and _DOUBT["cell"].search(fold_word(cell)) is not None


def tells_use(heading: str) -> bool:
    """Whether a heading is that of the day of an activation or first use, in whatever form (activation_time_utc)."""
    return _DOUBT["use"].fullmatch(heading) is not None


def tells_check_of_person(heading: str) -> bool:
    """Whether a heading says how the check of a person went (实名状态, 人脸比对结果)."""
    return _DOUBT["identity"].fullmatch(heading) is not None


@lru_cache(maxsize=1 << 12)
def says_check_failed(cell: str) -> bool:
    """Whether a cell under such a heading says that the person is not the one named; 未实名 says nothing of it."""
    return _DOUBT["failed"].search(_written(cell)) is not None


@lru_cache(maxsize=1 << 12)
def says_never_used(state: str) -> bool:
    """Whether the state of a card says that it was never activated (未激活)."""
    return _DOUBT["unused"].search(fold_word(state)) is not None


def is_about_business(heading: str) -> bool:
    """Whether a heading says what kind of document or business its rows are of (单据类型, 合作模式, 用途)."""
    return _DOUBT["business"].fullmatch(heading) is not None


@lru_cache(maxsize=1 << 14)
def may_be_no_sale(cell: str) -> bool:
    """Whether a cell under such a heading is of what may move no card for good: an order, a pledge, a consignment.

    >>> [may_be_no_sale(cell) for cell in ("寄售", "红字销售单", "买断", "批发")]
    [True, True, False, False]
    """
    return act_of(cell) in (*VOID, OPEN) or _DOUBT["no_sale"].search(_written(cell)) is not None


@lru_cache(maxsize=1 << 12)
def speaks_of_rows(line: str) -> bool:
    """Whether a line beside a table is a note that may deny or change what its rows say, or says who registered it."""
    return tells_registration(line) or (casts_doubt(line) and _DOUBT["line"].search(_written(line)) is not None)


@lru_cache(maxsize=1 << 12)
def tells_registration(line: str) -> bool:
    """Whether a line beside a table says who registered its cards, or in whose name.

    >>> [tells_registration(line) for line in ("注：上列卡开户主体为本公司", "以上卡由乙方开户", "以上卡已开户")]
    [True, True, False]
    >>> [tells_registration(line) for line in ("All cards are registered in our name", "All cards are registered")]
    [True, False]
    """
    written = _written(line)
    return _DOUBT["line"].search(written) is not None and _DOUBT["registered"].search(written) is not None


_WIDE_BLANK: Final = late(r"\s{2,}|\u3000|(?<=[)）])\s|\s(?=[㐀-鿿]{2,6}[:：])")
_NOTE: Final = late(r"(?:注|备注|附注|说明|note|nb|remarks?)[0-9]{0,2}[:.] ?")
_CLAUSES: Final = late(r"[。;]|(?<![0-9])[0-9]{1,2}[.、](?![0-9])|(?<=[a-z)])\. (?=[a-z])")
_LEGEND: Final = pattern_of("acts", "legend")
"""Clauses of notes that say what an empty cell or a heading means, where the data are from, and for whom."""
_OF_LETTER: Final = pattern_of("acts", "of_letter")
"""Lines of a letter: whom it is from and to, its number and its day."""
_SIGNED_BY: Final = pattern_of("acts", "signed_by")
"""Lines of those who seized or saw it, names and nothing else; and of whoever sealed it."""


_OF_SEIZURE: Final = pattern_of("acts", "of_seizure")
"""Lines of where and when cards were seized, and how many, of the identity card of whoever had them, of the copies."""
_SIGNATURE: Final = pattern_of("acts", "signature")
"""Lines for a signature, with the name of who signed and the day or without."""


def _is_line_of_signature(written: str) -> bool:
    line = _SIGNATURE.fullmatch(written)
    return line is not None and (line["name"] is None or is_certainly_person(line["name"]))


_ENDS_PAGE: Final = pattern_of("plain", "end")


def ends_page(line: str) -> bool:
    """Whether a line is one with which a page or a report ends, whatever stands above it.

    >>> [ends_page(line) for line in ("Page 1 of 3", "Printed on 01/06/2024", "*** End of report ***", "Ended sale")]
    [True, True, True, False]
    >>> [ends_page(line) for line in ("本清单一式两份，一份附卷，一份交持有人。", "（业务查询专用章）", "本单作废")]
    [True, True, False]
    """
    return _ENDS_PAGE.fullmatch(line.strip().casefold()) is not None


def is_plain_pair(heading: str, cell: str) -> bool:
    """Whether a cell below its heading says only that the seller sent the goods himself, as sellers do.

    >>> [is_plain_pair("是否代发订单", cell) for cell in ("否", "是")], is_plain_pair("发货方", "卖家")
    ([True, False], True)
    """
    return _PLAIN_PAIR.fullmatch(f"{own_words(heading).casefold()}={fold_word(cell)}") is not None


@lru_cache(maxsize=1 << 12)
def is_plain_line(line: str) -> bool:
    """Whether a line below a table is one of a form: who made or checked it, where and when, its page.

    >>> [is_plain_line(line) for line in ("制表人：张三", "第1页 共3页", "特此函复。", "客户签字：拒签", "东西没给")]
    [True, True, True, False, False]
    >>> [is_plain_line(line) for line in ("客户确认签字：", "收货人（签字）：刘芳", "签收：没收到", "（以下空白）")]
    [True, True, False, True]
    >>> [is_plain_line(line) for line in ("注：1.数据截至6月；2.激活时间为空表示未激活。", "注：第3行的卡未交付。")]
    [True, False]
    >>> [is_plain_line(line) for line in ("VAT 20%", "Nodal Officer: A. Rao", "Packed by: A. Obi", "Net of returns")]
    [True, True, True, False]
    >>> [is_plain_line(line) for line in ("发货 5 单，未发货 1 单", "发货 5 单，以上第 1 单退回")]
    [True, False]
    >>> [is_plain_line(line) for line in ("办案民警：赵一、钱二  见证人：孙三  2024年9月18日", "民警：货已退  张三")]
    [True, False]
    >>> [is_plain_line(line) for line in ("*** End of report. For LEA use only ***", "-do- = as above", "-do- = void")]
    [True, True, False]
    >>> [is_plain_line(f"*** End of report. 6 records{rest} ***") for rest in (". Generated 25-08-2025", " not issued")]
    [True, False]
    >>> [is_plain_line(line) for line in ("共扣押8张。办案民警：赵一、钱二　2025年5月22日制", "共扣押8张，2张已退")]
    [True, False]
    >>> [is_plain_line(line) for line in ("Total lines requested: 13    Not found: 1", "Found: 12, 3 returned")]
    [True, False]
    >>> [is_plain_line(line) for line in ("This is system generated and needs no seal.", "共查询13个，未查得1个")]
    [True, True]
    >>> [is_plain_line(f"End users of bulk lines are not known to us{rest}.") for rest in ("", "; 3 were returned")]
    [True, False]
    >>> [is_plain_line(line) for line in ("for Kaveri LLP   (Manoj)", "Accrual Basis Tuesday, 14 April 2026 10:07 AM")]
    [True, True]
    """
    if tells_registration(line):
        return False
    if ends_page(line) or (_SIGNED_FOR.fullmatch(line.strip()) is not None and not casts_doubt(line)):
        return True
    written = _written(line)
    if all(map(_OF_SEARCH.fullmatch, _PARTS_OF_COUNT.split(written.rstrip(".。")))):
        return True
    if len(parts := [part for part in _WIDE_BLANK.split(line) if part]) > 1:
        return all(map(is_plain_line, parts))
    if (note := _NOTE.match(written)) is not None:
        clauses = [
            part for clause in _CLAUSES.split(written[note.end() :]) for part in clause.split(",") if part.strip()
        ]
        return all(_LEGEND.fullmatch(each) or is_plain_line(each) or not casts_doubt(each) for each in clauses)
    is_title = _NAME_OF_FORM.fullmatch(written) is not None
    if any(pattern.fullmatch(written) for pattern in (_OF_SEIZURE, _NOT_SIGNED, _OF_LETTER, _OF_ORDERS)):
        return True
    is_signed = _SIGNED_BY.fullmatch(written) is not None or _is_line_of_signature(BLANKS.sub(",", written))
    if is_title or is_signed or (_FOOTER.fullmatch(written) is not None and not casts_doubt(written)):
        return True
    sentences = [part for part in _FULL_STOP.split(line) if part.strip()]
    return len(sentences) > 1 and all(map(is_plain_line, sentences))


_PARTS_OF_COUNT: Final = late("[,;。] ?")
_FULL_STOP: Final = late(r"。|(?<=[a-z0-9])\.\s+(?=[A-Z])")


_OF_ORDERS: Final = late("(?:[^0-9,;。:]{1,8}:? ?[0-9]+ ?[单条行笔][,;、 ]*)+")
"""Lines that add up the rows by what these say themselves (发货 5 单，未发货 1 单)."""
_SIGNED_FOR: Final = pattern_of("acts", "signed_for", re.IGNORECASE)
"""Lines by which somebody signs for a firm: his name stands in brackets behind."""
_NOT_SIGNED: Final = pattern_of("acts", "not_signed")
"""Lines that say why nobody signed."""


def is_plain_of_mail(clause: str) -> bool:
    """Whether a clause of a mail says of what the mail brings only that it is brought.

    >>> [is_plain_of_mail(clause) for clause in ("请查收附件3月出库清单", "附件中的卡还没有发", "附件内容系张三口述")]
    [True, False, False]
    >>> [is_plain_of_mail(clause) for clause in ("Please find attached the list", "Attached is what he sold")]
    [True, False]
    """
    return _BARE.search(_OF_MAIL.sub(" ", _written(clause))) is None


@lru_cache(maxsize=1 << 12)
def doubts_rows(title: str) -> bool:
    """Whether a title, or the name of a file or a sheet, doubts what its rows say (待核实, 供述)."""
    return _DOUBT["title"].search(_written(title)) is not None


@lru_cache(maxsize=1 << 10)
def changes_headings(upper: str) -> bool:
    """Whether a heading above several others makes them say something else (计划, 变更前, 旧卡)."""
    return _UPPER.search(to_simplified(normalize("NFKC", upper).casefold().strip())) is not None


def flag_words(meaning: str) -> frozenset[str]:
    """Return the words of columns of yes and no: those that undo a row or affirm it, and those for yes and no."""
    return frozenset(words_of("flag", meaning))


def is_outcome(text: str) -> bool:
    """Whether a cell says how an order or a task went on, and is not the state of a card."""
    return act_of(text) in (*VOID, DONE, OPEN)


def kind_of_word(text: str) -> Kind | None:
    """Return the kind that the value of a kind column names; ``None`` for no such word."""
    return KIND_WORDS.get(bare_kind_word(text))


def act_of_kind(text: str) -> str | None:
    """Return what the value of a kind column says of its row, if that is no state of a card; ``None`` if unknown.

    >>> [act_of_kind(word) for word in ("销售(线下)", "销售（作废）", "停机")]
    ['transfer', None, None]
    """
    if (kind := kind_of_word(text)) is not None:
        return kind
    act = SERVICE if moves_money(text) else act_of(text)
    # a word for a kind with a remark that may undo it is no such word
    return None if act == STATE or (act in KINDS and fold_word(text) in KIND_WORDS) else act


def _may_undo(remark: str) -> bool:
    """Whether a remark behind the word for a kind may make it another, or none: 销售(作废) is no sale for certain."""
    return casts_doubt(remark) or may_be_no_sale(remark) or remark.replace(" ", "_") in words_of("not", "any")


def bare_kind_word(text: str) -> str:
    """Return the value of a kind column without what a program writes around it, in the form of :data:`KIND_WORDS`."""
    word = REMARK_BEHIND.sub(lambda remark: remark[0] if _may_undo(remark[0][1:-1]) else "", _folded(text))
    if not word.isascii():
        return _core(word)
    if word in KIND_WORDS:
        return word
    bare = _OF_CARDS.sub("", word)
    return bare if bare in KIND_WORDS else f"{bare}e"
