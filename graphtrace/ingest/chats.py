"""Chats: who wrote each message on which day, and which messages say plainly that their writer sent the other cards.

A message is read only where all of its words are known: one act that was done (今天给你们发走了, 寄回你们公司了; I have
handed you), the cards with their number, how they were sent. Whoever asks, wishes, denies, counts money or names
another day or somebody else says nothing that is read, and a card that a later message of the writer names as not
meant is taken out. Which of the two gave the cards, a person answers; messages do not say who is who.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final, NamedTuple

import polars as pl

from graphtrace.errors import NeedsAnswer
from graphtrace.identifiers import Iccid, KeyRange, normalize_party_name, parse_iccid
from graphtrace.identifiers.nobody import is_certainly_person, names_nobody
from graphtrace.ingest.acts import NOTHING
from graphtrace.ingest.dates_and_quantities import CHINESE_NUMERALS, day_order, number_of_words, parse_date
from graphtrace.ingest.free_text import WIDE, find_in_line
from graphtrace.ingest.given_answers import KIND, named_heading
from graphtrace.ingest.unread_events import (
    LONGEST_QUOTED,
    UnreadEvent,
    cards_in_cell,
    joined,
    lot_of,
    numbers_in_text,
)
from graphtrace.ingest.words import HAN, pattern_of, text_of
from graphtrace.locale import BilingualText
from graphtrace.model import DateSpan
from graphtrace.patterns import late
from graphtrace.platform import quote

MESSAGE_NOT_READ: Final = "message_not_read"
"""Reason of lines of a chat that do not plainly say that its writers sent each other cards."""

_MESSAGE: Final = pattern_of("chats", "message")
_DAY: Final = pattern_of("chats", "day")
"""The line of a day below which messages have their hour alone."""
_OTHER_DAY: Final = pattern_of("chats", "other_day", re.IGNORECASE)
"""Such a line of a day that it does not name in full: which one it is, is not known."""
_HOUR: Final = pattern_of("chats", "hour")
_NOTICE: Final = pattern_of("chats", "notice")
"""A line of the program itself (a missed call): it stands where messages do, and nobody is named as its writer."""
_ACCOUNT: Final = late(r"\s*[(（<][A-Za-z0-9_.@+-]{5,40}[)）>]$")


class Message(NamedTuple):
    """Who wrote a message, on which day where that can be read, and its lines with their numbers."""

    speaker: str
    day: DateSpan | None
    lines: tuple[tuple[int, str], ...]


def messages_in(lines: Iterable[tuple[int, str]]) -> list[Message]:
    """Return the messages that stand below day, time and name; those above the first one are none.

    >>> [(each.speaker, each.day.day, each.lines) for each in messages_in(
    ...     [(1, "— 2025-02-20 —"), (2, "阿坤  15:20"), (3, "发了"), (4, "流量王(11904577) 2025-02-21 14:21")])]
    [('阿坤', '2025-02-20', ((2, ''), (3, '发了'))), ('流量王', '2025-02-21', ((4, ''),))]
    """
    found: list[tuple[str, str, list[tuple[int, str]]]] = []
    day, is_within, is_stamped = "", False, False
    for number, line in lines:
        bare = line.strip()
        if (stamp := _MESSAGE.match(bare)) is not None:
            found.append((stamp["behind"] or stamp["before"], stamp["first"] or stamp["last"], []))
            found[-1][2].append((number, bare[stamp.end() :].lstrip(" :：")))
            is_within = is_stamped = True
        elif _NOTICE.fullmatch(bare) is not None:
            is_within = False
        elif not is_stamped and (above := _DAY.fullmatch(bare)) is not None:
            day, is_within = above["day"], False
        elif day and not is_stamped and _OTHER_DAY.fullmatch(bare) is not None:
            day, is_within = bare, False
        elif day and not is_stamped and (said := _HOUR.fullmatch(bare)) is not None:
            found.append((said["speaker"], day, [(number, "")]))
            is_within = True
        elif is_within:
            found[-1][2].append((number, bare))
    orders = {day_order(written) for _, written, _ in found} - {None}
    order = orders.pop() if len(orders) == 1 else None
    days = {written: parse_date(written, order=order) for _, written, _ in found}
    spans = {written: read for written, read in days.items() if isinstance(read, DateSpan)}
    return [Message(_ACCOUNT.sub("", name.strip()), spans.get(written), tuple(of)) for name, written, of in found]


def speakers_in(lines: Iterable[tuple[int, str]]) -> dict[int, str]:
    """Return by the number of each line of a chat who wrote it; nothing where fewer than two write with day and time.

    >>> speakers_in([(1, "2023-08-11 14:20:31 阿坤"), (2, "发了"), (3, "流量王 2023-08-11 14:21"), (4, "收到")])
    {1: '阿坤', 2: '阿坤', 3: '流量王', 4: '流量王'}
    """
    found = {number: message.speaker for message in messages_in(lines) for number, _ in message.lines}
    return found if len({*found.values()}) > 1 else {}


# -- what a message says plainly -------------------------------------------------------------------------------------

_WHEN: Final = "(?:今[天日早晚]|刚[刚才]?|[上中下]午|早上|晚上|已经?|都|全部?)*"
_WHAT: Final = (
    "(?:流量卡|物联网?卡|手机卡|卡[片号]?|号码|号段|货|移动|联通|电信|广电"
    "|[你您]们?要的|[你您]们?的|的|[这那][批些张]?|[#%])*"
)
_YOU: Final = "[你您]们?{name}"
_SENT: Final = (
    "(?:我们?)?{when}{what}{when}(?:给{you})?{when}"
    "(?:[发寄](?:走|出去?|过去|货)?(?:给?{you})?了|已[发寄](?:[走出货])?)(?:%卡?)?(?:{name})"
)
_SENT_BACK: Final = (
    "(?:我们?)?{when}{what}{when}(?:给{you}(?:[寄发退]回|寄还)去?了"
    "|(?:[寄发退]回|寄还)给?{you}(?:公司|店里?|那[边里儿]?)?去?了)(?:%卡?)?(?:{name})"
)
_SHOWN_AS_WORD: Final = (
    "图片|照片|动画表情|表情|视频|微笑|呲牙|偷笑|笑脸|憨笑|愉快|调皮|得意|色|害羞|龇牙|大笑|奸笑|破涕为笑|捂脸|机智|耶|嘿哈|旺柴"
    "|强|赞|握手|抱拳|合十|拥抱|OK|ok|Ok|玫瑰|爱心|心|咖啡|太阳|庆祝|礼物|红包|發|福|胜利|拳头|勾引|加油"
)
"""What exports write in brackets for pictures and faces that say nothing; [作废] is none."""
_BESIDE: Final = (
    "(?:卡号|号码|号段|连号|ICCID|一共|总共|共计?|合计|和|[#%])*"
    "|(?:顺丰|极兔|中通|圆通|申通|韵达|邮政|EMS|德邦|京东|快递|速[递运]|物流|[运快递]*单号?|(?!89)[A-Z]{{0,4}}[0-9]{{8,20}}(?![0-9]))*"
    rf"|(?:\[(?:{_SHOWN_AS_WORD})\])+"
    "|好的?|行|嗯|亲|老板|请?(?:注意|记得)?查收|(?:到了|收到)说一?声|辛苦了?|谢谢|{name}"
)
"""What may stand beside the act: the cards (#) and how many (%), the parcel, courtesy, and whom it is said to."""
_ONE: Final = pattern_of("chats", "one")
_COUNT: Final = late(
    rf"([0-9]{{1,7}}|[{CHINESE_NUMERALS}]{{1,8}})\s?[张枚]|{text_of('chats', 'count_en')}", re.IGNORECASE
)
_SEVERAL: Final = 2
_APART: Final = late(r"[\s,，;；.。、!！~～:：]+")
_LONGEST_PART: Final = 60
_TITLES: Final = "哥姐总叔兄"
_ASKS_OR_DENIES: Final = late("[吗嘛么没未不否别勿呢吧无]")
"""Found in parts of a name (收卡吗) that say something else behind an act."""


_NOT_MINE: Final = "not_mine"
"""What writers deny of themselves (不是我在用) where they say who else uses a card."""
_USED: Final = pattern_of("chats", "used_zh")
_IS_NOT_MINE: Final = pattern_of("chats", "not_mine_zh")


@lru_cache(maxsize=64)
def _acts_to(other: str) -> tuple[tuple[tuple[str, re.Pattern[str]], ...], re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of the acts by kind, of what may stand beside them, and of the head of the other's words."""
    parts = {other[at:end] for at in range(len(other)) for end in range(at + 2, len(other) + 1)}
    names = {part for part in parts if part.isalnum() and not _ASKS_OR_DENIES.search(part)}
    names |= {f"{char}{title}" for char in other for title in _TITLES if char.isalpha()}
    named = "|".join(sorted(map(re.escape, names), key=lambda each: (-len(each), each)))
    name = f"(?:{named})?"
    words = {"when": _WHEN, "what": _WHAT, "you": _YOU.format(name=name), "name": name}
    acts = (
        *(("transfer", re.compile(_SENT.format(**words))), ("return", re.compile(_SENT_BACK.format(**words)))),
        *(("usage", _USED), (_NOT_MINE, _IS_NOT_MINE)),
    )
    return acts, re.compile(_BESIDE.format(name=name), re.IGNORECASE), re.compile(rf"\s*(?:{named})\s*[:：]")


_ENGLISH_ACTS: Final = tuple(
    (kind, pattern_of("chats", act, re.IGNORECASE))
    for kind, act in (
        *(("transfer", "sent_en"), ("return", "sent_back_en")),
        *(("usage", "used_en"), (_NOT_MINE, "not_mine_en")),
    )
)
_ENGLISH_APART: Final = pattern_of("chats", "apart_en")
_LISTED: Final = late(r"#(?:\s*(?:(?:,|&|\band\b)\s*)?#)+", re.IGNORECASE)
_SHORTEST_NAME: Final = 3


@lru_cache(maxsize=64)
def _english_beside(other: str) -> re.Pattern[str]:
    """Return the pattern of what may stand beside an act in English: ``@`` is the other by a part of the name."""
    named = "|".join(re.escape(part) for part in {other, *other.split()} if len(part) >= _SHORTEST_NAME)
    return re.compile(text_of("chats", "beside_en").replace("@", named or "@"), re.IGNORECASE)


class PlainAct(NamedTuple):
    """What a message plainly says that its writer did with cards: sent them to the other, or sent them back.

    Or who uses a card (``usage``): that is the ``user``. ``cards`` are those that each of its lines names, with how
    many it says they are; there are none where the message names no card.
    """

    kind: str
    message: Message
    cards: Mapping[int, tuple[str, str]]
    user: str = ""


def handed_in(message: Message, other: str) -> PlainAct | None:
    """Return what a message says plainly; ``None`` for anything else.

    >>> day = parse_date("2025-04-08")
    >>> [handed_in(Message("甲", day, ((3, said),)), "聚点小宁") for said in ("这张寄回来吧", "明天给你发", "发了老王")]
    [None, None, None]
    >>> handed_in(Message("甲", day, ((3, "8986032411000031222 这张今天寄回你们聚点了"),)), "聚点小宁")[::2]
    ('return', {3: ('8986032411000031222', '')})
    """
    acts, beside, words_of_other = _acts_to(other)
    apart = _APART
    if not any(HAN.search(text) for _, text in message.lines):
        acts, beside, apart = _ENGLISH_ACTS, _english_beside(other), _ENGLISH_APART
    cards: dict[int, list[str]] = {}
    counts: list[str] = []
    found: list[str] = []
    users: list[str] = []
    for number, text in message.lines:
        said = text.translate(WIDE)
        if words_of_other.match(said):
            # what a message quotes was written by the other
            return None
        for find in reversed(find_in_line(text)):
            if find.kind in ("iccid", "range", "waybill"):
                mark = " " if find.kind == "waybill" else "#"
                said = said[: find.column - 1] + mark + said[find.column - 1 + len(find.text) :]
            if find.kind in ("iccid", "range"):
                cards.setdefault(number, []).insert(0, find.value)
        counts += [each[1] or each[2] for each in _COUNT.finditer(said)]
        said = _LISTED.sub("#", _COUNT.sub("%", said)) if apart is _ENGLISH_APART else _COUNT.sub("%", said)
        for part in filter(None, (" ".join(each.split()) for each in apart.split(said))):
            hits = [(kind, pattern.fullmatch(part)) for kind, pattern in acts if len(part) <= _LONGEST_PART]
            kinds = {kind: hit for kind, hit in hits if hit is not None}
            users += [each for hit in kinds.values() for each in hit.groupdict().values() if each]
            if len(part) > _LONGEST_PART or (not kinds and beside.fullmatch(part) is None):
                return None
            found += kinds
    named = [card for of_line in cards.values() for card in of_line]
    is_one_card = len(named) == 1 and "-" not in named[0]
    points_to_one = any(_ONE.search(text) for _, text in message.lines)
    # which of several lines a count is about is not said; a range without one may have check digits as last places
    if [str(number_of_words(each) or each) for each in counts] == [str(len(named))] and not any(
        "-" in card for card in named
    ):
        # as many as are named one by one
        counts = [] if len(cards) > 1 else counts
    is_counted = len(counts) == 0 or (len(counts) == 1 and len(cards) < _SEVERAL)
    is_open = any("-" in card for card in named) and not counts
    acts_said = [kind for kind in found if kind != _NOT_MINE]
    if len(acts_said) != 1 or not is_counted or is_open or (named and points_to_one and not is_one_card):
        return None
    count = str(number_of_words(counts[0]) or counts[0]) if counts else ""
    handed = PlainAct(acts_said[0], message, {line: ("、".join(of), count) for line, of in cards.items()}, *users[:1])
    if handed.kind != "usage":
        return handed if len(acts_said) == len(found) else None
    is_name = is_certainly_person(handed.user) if HAN.search(handed.user) else _is_name(handed.user)
    return handed if is_name and (is_one_card or not named) and not counts else None


# -- a chat of two ---------------------------------------------------------------------------------------------------


class Chat:
    """A chat of two, whose messages may say that one sent the other cards.

    ``handed`` are the messages that say so plainly and name the cards.
    """

    def __init__(self, messages: Sequence[Message], lines: Sequence[tuple[int, str]]) -> None:
        self.speakers = tuple(dict.fromkeys(message.speaker for message in messages))
        self._lines = lines
        self._days = {number: each.day for each in messages for number, text in each.lines}
        other = dict(zip(self.speakers, reversed(self.speakers), strict=True))
        before = dict(zip(messages[1:], messages, strict=False))
        found = [act for each in messages if (act := handed_in(each, other[each.speaker])) is not None]
        every = [_with_card_asked(each, before.get(each.message)) for each in found]
        left = [*_not_excluded(every, messages)]
        self._uses = [each for each in left if each.kind == "usage"]
        self.handed = [each for each in left if each.kind != "usage" and each.cards and each.message.day is not None]
        plain = {each.message for each in every if each.kind != "usage"}
        self._nameless: dict[int, tuple[str, bool]] = {}
        for each in messages:
            text = _text_of(each)
            names_cards = any(find.kind in ("iccid", "range") for find in find_in_line(text))
            if (_CORRECTS if names_cards else _ABOUT_SENDING).search(text) or (each in plain and not names_cards):
                self._nameless[next(number for number, part in each.lines if part)] = (text, each in plain)

    def ways(self) -> list[str]:
        """Return the answers by which messages are read, those first by which most are."""
        first, second = self.speakers
        found = [
            (self.said_by({KIND: "transfer", "from": one, "to": two}), one, two)
            for one, two in ((first, second), (second, first))
        ]
        return [f"{one}→{two}" for said, one, two in sorted(found, key=lambda each: -len(each[0] or ())) if said]

    def said_by(self, answers: Mapping[str, str]) -> dict[int, dict[str, str]] | None:
        """Return what lines state by the answer who gave cards to whom; ``None`` where it is not clear who is who."""
        named = tuple(answers.get(side, "") for side in ("from", "to"))
        kind = answers.get(KIND)
        writers = _writers(named, self.speakers)
        if kind not in ("transfer", "return") or writers is None:
            return None
        sides = dict(zip(writers, named, strict=True))
        back = "return" if kind == "transfer" else "transfer"
        stated: dict[int, dict[str, str]] = {}
        for each in self.handed:
            giver, (taker,) = each.message.speaker, [one for one in writers if one != each.message.speaker]
            if each.kind != (kind if giver == writers[0] else back) or each.message.day is None:
                continue
            for line, (cards, count) in each.cards.items():
                fields = {"kind": each.kind, "date": each.message.day.iso, "from": sides[giver], "to": sides[taker]}
                stated[line] = {**fields, "iccid": cards, **({"quantity": count} if count else {})}
        for each in self._uses:
            for line, (card, _) in each.cards.items():
                stated[line] = {"kind": "card_list", "declared_user": each.user, "iccid": card}
        return stated

    def unread(self, reason: str) -> pl.DataFrame:
        """Return the lines as events that were not read, each with its day.

        A message that names no card and plainly says that some were sent may be about any of those that stand above it,
        the last thousand numbers and ranges at most; one by which some may have come back or were not sent, or that
        points to a card or names others instead, is told of those of the nearest line. A line that has the last digits
        of a number that stands above in full is told of its card.
        """
        rows: list[tuple[Any, ...]] = []
        above: dict[KeyRange, None] = {}
        written: dict[str, KeyRange] = {}
        nearest: list[KeyRange] = []
        for number, text in self._lines:
            day = self._days.get(number)
            days = None if day is None or not day.is_known else (day.earliest, day.latest)
            event = UnreadEvent(number, None, reason, None, days, text.strip()[:LONGEST_QUOTED])
            cards = [*cards_in_cell(text.strip())] or _by_tails(text, written)
            rows += event.of(cards, [*numbers_in_text(text)])
            if number in self._nameless:
                said, is_plain = self._nameless[number]
                meant = [*above][-_MOST_ABOVE:] if is_plain else nearest
                rows += event._replace(text=said[:LONGEST_QUOTED]).of([lot for lot in meant if lot not in cards], ())
            above |= dict.fromkeys(cards)
            written |= {card.text: lot_of(card) for card in _cards_written(text)}
            nearest = cards or nearest
        return joined([], rows)


_MOST_ABOVE: Final = 1_000
_TAIL: Final = pattern_of("chats", "tail", re.IGNORECASE)
"""The last digits of a number, few of them only where words say that they are such."""


def _cards_written(text: str) -> Iterator[Iccid]:
    """Yield the cards whose numbers a line has in full, the ends of ranges too."""
    for find in find_in_line(text):
        if find.kind in ("iccid", "range"):
            yield from filter(None, map(parse_iccid, find.value.split("-")))


def _by_tails(text: str, written: Mapping[str, KeyRange]) -> list[KeyRange]:
    """Return the cards, among those written above, whose numbers end in digits of a line.

    >>> lots = {card: lot_of(parse_iccid(card)) for card in ("898608251023D0017308", "898608251023D0017325")}
    >>> [len(_by_tails(text, lots)) for text in ("0017308这张给了", "尾号7325的", "转7325块", "收0017309")]
    [1, 1, 0, 0]
    """
    tails = [(found["long"] or found["marked"]).upper() for found in _TAIL.finditer(text.translate(WIDE))]
    return [lot for number, lot in written.items() if any(map(number.endswith, tails))]


def _with_card_asked(use: PlainAct, before: Message | None) -> PlainAct:
    """Return an act; who uses a card with the one that the other asked about just before, where it names none."""
    if (
        use.kind != "usage"
        or use.cards
        or before is None
        or before.speaker == use.message.speaker
        or not _ASKS_USE.search(_text_of(before))
    ):
        return use
    cards = [card.text for _, text in before.lines for card in _cards_written(text)]
    line = next(number for number, text in use.message.lines if text)
    return use._replace(cards={line: (cards[0], "")}) if len(cards) == 1 else use


_ASKS_USE: Final = pattern_of("chats", "asks_use", re.IGNORECASE)


def _not_excluded(said: Sequence[PlainAct], messages: Sequence[Message]) -> Iterator[PlainAct]:
    """Yield what messages plainly say, without the cards that a later one of the same writer names as not meant."""
    places = {message: at for at, message in enumerate(messages)}
    plain = {act.message for act in said}
    excluding = [
        (places[each], each.speaker, text, [*cards_in_cell(text.strip())])
        for each in messages
        if each not in plain and _EXCLUDES.search(_text_of(each))
        for _, text in each.lines
        if any(map(str.isdigit, text))
    ]
    for act in said:
        written = {card.text: lot_of(card) for _, text in act.message.lines for card in _cards_written(text)}
        later = [
            (text, cards)
            for at, speaker, text, cards in excluding
            if at > places[act.message] and speaker == act.message.speaker
        ]
        out = [lot for text, cards in later for lot in (*cards, *_by_tails(text, written))]
        kept = {line: (_left_of(cards, out), count) for line, (cards, count) in act.cards.items()} if out else act.cards
        yield act._replace(cards={line: of for line, of in kept.items() if of[0]})


def _left_of(cards: str, out: Sequence[KeyRange]) -> str:
    """Return the cards of a line but those that are ``out``; none of a range in which one of these lies."""

    def is_out(card: str) -> bool:
        lots = [*cards_in_cell(card)]
        return any(lot.end_keys[0] in one or one.end_keys[0] in lot for lot in lots for one in out)

    return "、".join(card for card in cards.split("、") if not is_out(card))


_EXCLUDES: Final = pattern_of("chats", "excludes", re.IGNORECASE)
"""Found in messages by which cards that they name were not sent, or are not those that were meant."""
_ABOUT_SENDING: Final = pattern_of("chats", "about_sending", re.IGNORECASE)
"""Found in messages by which cards that stand above may have come back, went elsewhere or were not sent."""
_CORRECTS: Final = late("[发寄说写打搞弄看记报]错|更正|不对|不是|作废|不算|[改换]成?[^，。]{0,3}(?:发|寄|为|是|#|8)")
"""Found in messages that name cards instead of others."""


def _text_of(message: Message) -> str:
    return "，".join(part for _, part in message.lines if part)


def _writers(named: Sequence[str], speakers: Sequence[str]) -> tuple[str, str] | None:
    """Return which writers two names are: as they write; else each shares a part of one writer's name, and of one only.

    >>> _writers(("沧宁云栖停车有限公司", "鹭江星途通信有限公司"), ("星途-王经理", "卓文斌（云栖）"))
    ('卓文斌（云栖）', '星途-王经理')
    >>> _writers(("星海流量科技", "坤达数码"), ("王经理", "阿坤流量批发"))
    """
    first, second = named
    one, two = speakers
    as_written = {normalize_party_name(each): each for each in speakers}
    keys = [as_written.get(normalize_party_name(each)) for each in named]
    if not all(map(_is_name, named)) or normalize_party_name(first) == normalize_party_name(second):
        return None
    if keys[0] is None and keys[1] is None:
        alike = [[each for each in speakers if _share(name, each)] for name in named]
        keys = [found[0] if len(found) == 1 else None for found in alike]
        if None in keys:
            return None
    giver = keys[0] or (one if keys[1] == two else two)
    taker = keys[1] or (one if giver == two else two)
    return (giver, taker) if giver != taker else None


def _is_name(name: str) -> bool:
    return bool(name) and named_heading(name) is None and not names_nobody(normalize_party_name(name))


def _share(name: str, speaker: str) -> bool:
    pairs = {"".join(pair) for pair in pairwise(normalize_party_name(speaker)) if "".join(pair).isalnum()}
    return any(pair in normalize_party_name(name) for pair in pairs)


def chat_in(lines: Sequence[tuple[int, str]]) -> Chat | None:
    """Return the chat of a text in which two write; ``None`` for any other."""
    messages = messages_in(lines)
    return Chat(messages, lines) if len({message.speaker for message in messages}) == _SEVERAL else None


def may_be_chat(rows: Iterable[Sequence[str | None]]) -> bool:
    """Whether the first rows of a text hold what stands above messages."""
    for cells in rows:
        whole = ", ".join(cell for cell in cells if cell)
        stamp = _MESSAGE.match(whole)
        # commas, as behind the day, make cells of messages
        is_whole = whole in cells or (stamp is not None and (stamp["dash"] or whole.startswith("[")))
        if is_whole and (stamp or _DAY.fullmatch(whole)):
            return True
    return False


def chat_question(chat: Chat) -> NeedsAnswer:
    """Return the question who of the two that write in a chat gave cards to the other."""
    ways = chat.ways()
    typed = f"--set {quote(f'{KIND}={ways[0]}')}"
    error = NeedsAnswer(
        "chat_asks", kind="", missing=(KIND,), speakers=chat.speakers, hint="answer_with", answers=typed
    )
    error.choices = (*ways, "transfer", NOTHING)
    quoted = "；".join(f"{each.message.speaker}：{_quoted(each)}" for each in chat.handed[:_SHOWN])
    error.texts = {
        KIND: BilingualText(
            f"Who of the two that write gave the other cards? Messages say that some were sent or sent back: {quoted}."
            " By the answer those that say it plainly are read, with their day; all others are only told.",
            f"聊天双方中谁把卡给了对方？有消息写明卡已寄出或寄回：{quoted}。"
            "回答后只读取明确写明的消息，日期以消息为准；其余消息仅作提示。",
        )
    }
    return error


_SHOWN: Final = 3


def _quoted(handed: PlainAct) -> str:
    return f"“{_text_of(handed.message)[:LONGEST_QUOTED]}”"
