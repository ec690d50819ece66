"""In a chat of two, who gave the other cards is one question; its answer reads messages that plainly say it."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

import graphtrace as gt
from graphtrace.ingest.chats import Message, handed_in
from graphtrace.ingest.dates_and_quantities import parse_date
from graphtrace.model import DateSpan

CARD = "89860620250030{:05d}".format
SELLER, BUYER = "捷联小周", "大鹏流量"
CHAT = f"""消息记录（此消息记录为文本格式）
消息对象:{BUYER}
2025-03-29 11:02:51 {BUYER}(2840117365)
来10张 17 转你170
2025-03-29 14:37:18 {SELLER}(1190457723)
发了鹏哥
{CARD(10)} 至 {CARD(19)} 10张
2025-04-07 21:45:30 {BUYER}(2840117365)
有一张不能用 {CARD(12)} 插哪都没网
2025-04-07 21:50:02 {SELLER}(1190457723)
寄回来吧 退你17
2025-04-08 16:05:44 {BUYER}(2840117365)
{CARD(12)} 这张今天寄回你们捷联了
2025-04-08 19:12:37 {SELLER}(1190457723)
留了 {CARD(30)} 和 {CARD(31)} 明天给你发
2025-04-09 09:31:26 {BUYER}(2840117365)
那2张今天寄回你们公司了
"""
WAY = f"{SELLER}→{BUYER}"
LETTER = f"""微信聊天记录：

—————  2025-02-19  —————

卓文斌（云栖）  09:41

多出来100张移动的卡，你们收不收

—————  2025-02-20  —————

卓文斌（云栖）  15:20

卡今天给你们星途发走了，{CARD(100)}到{CARD(199)}，连号100张，顺丰SF1640023371598

星途-王经理  15:31

好的，600转了
"""


def hops_of(case: gt.Case, card: str) -> list[tuple[str, str | None, str | None, str | None, int]]:
    chains = case.trace(card)[0].chains
    return [
        (hop.kind, hop.sender.name, hop.receiver.name, hop.day, hop.origins[0].row)
        for chain in chains
        for hop in chain.hops
    ]


def told_of(case: gt.Case, card: str) -> list[tuple[int, str | None, str]]:
    findings = [each for each in case.trace(card)[0].findings if each.code == "unread_movement"]
    return [(each.params["origin"]["row"], each.params["date"], each.params["reason"]) for each in findings]


def test_a_chat_asks_who_gave_the_other_cards_and_offers_what_its_messages_say(tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text(CHAT, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (report,) = case.load(tmp_path / "chat.txt").files
        (question,) = report.asked
        assert (question.field, question.is_required, question.choices[0]) == ("kind", True, WAY)
        assert question.text is not None
        assert CARD(12) in question.text.zh
        # nothing is read before the answer, and each line is told with its day
        assert hops_of(case, CARD(12)) == []
        assert [(row, day) for row, day, _ in told_of(case, CARD(12))] == [
            (7, "2025-03-29"),
            (9, "2025-04-07"),
            (11, "2025-04-07"),
            (13, "2025-04-08"),
            (17, "2025-04-09"),
        ]
        (asked,) = case.asked_sheets()
        assert [each.choices[0] for each in asked.asked] == [WAY]


def test_by_its_answer_plain_messages_are_read_on_their_day_and_all_others_told(tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text(CHAT, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "chat.txt")
        report = case.load(tmp_path / "chat.txt", answers=[f"kind={WAY}"])
        assert (report.unused, report.files[0].asked, report.files[0].kinds) == ([], [], {"transfer": 1, "return": 1})
        sent = ("transfer", SELLER, BUYER, "2025-03-29", 7)
        assert hops_of(case, CARD(12)) == [sent, ("return", BUYER, SELLER, "2025-04-08", 13)]
        assert hops_of(case, CARD(15)) == [sent]
        assert hops_of(case, CARD(30)) == []
        # “those 2 went back” may be about any that stand above, “send it back” is about the one just named
        assert told_of(case, CARD(15)) == [(17, "2025-04-09", "message_not_read")]
        assert [row for row, *_ in told_of(case, CARD(12))] == [9, 11, 17]
        assert [row for row, *_ in told_of(case, CARD(30))] == [15, 17]
        assert case.verify(deep=True) == []


def test_the_other_way_round_the_messages_say_nothing_of_what_was_given(tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text(CHAT, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (report,) = case.load(tmp_path / "chat.txt", answers=[f"kind={BUYER}→{SELLER}"]).files
        assert ([each.field for each in report.asked], hops_of(case, CARD(12))) == (["kind"], [])


def test_a_number_alone_on_its_line_or_by_its_last_digits_is_told_with_day_and_words(tmp_path: Path) -> None:
    chat = f"""2025-06-05 11:23:02  {BUYER}
卡号发我看下

2025-06-05 11:24:31  {SELLER}
{CARD(17308)}

2025-06-05 11:25:10  {BUYER}
行 下午去拿

2025-06-07 20:41:36  {BUYER}
017308这张我今天给我表弟倪小飞了 他在用

2025-06-09 10:08:17  {SELLER}
还有张 {CARD(41227)} 要的话 38 尾号1227
2025-06-10 09:30:44  {BUYER}
尾号41227那张不要了，017309也不要
"""
    (tmp_path / "chat.txt").write_text(chat, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "chat.txt")
        assert [each[:2] for each in told_of(case, CARD(17308))] == [(5, "2025-06-05"), (11, "2025-06-07")]
        assert [each[:2] for each in told_of(case, CARD(41227))] == [(14, "2025-06-09"), (16, "2025-06-10")]
        texts = [each.params.get("text") for each in case.trace(CARD(17308))[0].findings]
        assert "017308这张我今天给我表弟倪小飞了 他在用" in texts


@pytest.mark.parametrize(
    ("answer", "sides"),
    [
        ("沧宁云栖停车有限公司→鹭江星途通信有限公司", ("沧宁云栖停车有限公司", "鹭江星途通信有限公司")),
        ("卓文斌（云栖）→鹭江海通公司", ("卓文斌（云栖）", "鹭江海通公司")),
        ("甲公司→鹭江星途通信有限公司", None),
        ("甲公司→乙公司", None),
        ("[客户]→星途-王经理", None),
        ("…→星途-王经理", None),
    ],
)
def test_whoever_is_named_must_be_one_of_the_two_that_write(
    tmp_path: Path, answer: str, sides: tuple[str, str] | None
) -> None:
    message = EmailMessage()
    message.set_content(LETTER)
    (tmp_path / "m.eml").write_bytes(message.as_bytes())
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (report,) = case.load(tmp_path / "m.eml", answers=[f"kind={answer}"]).files
        assert [each.field for each in report.asked] == ([] if sides else ["kind"])
        hops = hops_of(case, CARD(150))
        assert [hop[:4] for hop in hops] == ([("transfer", *sides, "2025-02-20")] if sides else [])


def test_a_chat_may_be_left_out(tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_text(CHAT, "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (report,) = case.load(tmp_path / "chat.txt", answers=["kind=none"]).files
        assert (report.asked, report.error, report.loaded) == ([], None, 0)


def said(text: str) -> tuple[str, list[tuple[str, str]]] | None:
    day = parse_date("2025-04-08")
    assert isinstance(day, DateSpan)
    found = handed_in(Message(SELLER, day, tuple(enumerate(text.splitlines()))), BUYER)
    return None if found is None else (found.kind, [*found.cards.values()])


@pytest.mark.parametrize(
    "text",
    [
        "{0} 发了",
        "卡发走了 {0}",
        "已发 {0} 顺丰SF1640023371598",
        "卡号{0}发给你了",
        "今天给你们大鹏寄出了，{0}，记得查收",
        "[图片] 发了 {0}",
    ],
)
def test_a_plain_message_says_that_the_card_was_sent(text: str) -> None:
    assert said(text.format(CARD(1))) == ("transfer", [(CARD(1), "")])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("发了两张 {0}、{1}", ("transfer", [("{0}、{1}", "2")])),
        ("发了2张\n{0}\n{1}", ("transfer", [("{0}", ""), ("{1}", "")])),
        ("给你们退回去了\n{0}\n{1}", ("return", [("{0}", ""), ("{1}", "")])),
        ("那10张今天寄回你们公司了，中通78120044907316", ("return", [])),
    ],
)
def test_several_cards_are_said_with_their_number_or_told_by_none(
    text: str, expected: tuple[str, list[tuple[str, str]]]
) -> None:
    kind, cards = expected
    filled = [(card.format(CARD(1), CARD(2)), count) for card, count in cards]
    assert said(text.format(CARD(1), CARD(2))) == (kind, filled)


@pytest.mark.parametrize(
    "text",
    [
        "{0} 没发",
        "{0} 发了吗",
        "{0} 发不了",
        "明天给你发 {0}",
        "{0} 昨天发了",
        "要是发了 {0}",
        "{0} 给老王发了",
        "发了老王 {0}",
        "老王的卡发了 {0}",
        "{0} 发了又拿回来了",
        "{0} 发了 上次那批没发",
        "{0} 这张发了 {1}",
        "发了3张\n{0}\n{1}",
        "{0} 退了吧",
        "{0} 退你了",
        "{0} 寄回去了",
        "{0} 被寄回了",
        "退你17 {0}",
        "8986062025003 发了",
        "{0} 发了 6块一张",
        "发了 {0}到{1}",
        "[作废] {0} 已发",
        "好的\n大鹏流量：{0} 发了",
    ],
)
def test_what_is_asked_wished_denied_or_about_somebody_else_says_nothing(text: str) -> None:
    assert said(text.format(CARD(1), CARD(2))) is None


def test_a_name_that_asks_or_denies_says_no_more_than_a_name() -> None:
    day = parse_date("2025-04-08")
    assert isinstance(day, DateSpan)
    asked = [f"{CARD(1)} 发了吗", f"{CARD(1)} 发了 没", f"{CARD(1)} 发了收卡吗"]
    assert [handed_in(Message(SELLER, day, ((1, text),)), "收卡吗没人回") for text in asked] == [None] * 3


@pytest.mark.parametrize(
    "message",
    ["说错了，明天才发", "还在我这呢", "那张给老王了", "丢件了", f"不对 是{CARD(77)}", "先不发了", "快递给打回来了"],
)
def test_what_a_later_message_takes_back_is_told_at_the_card_that_was_said_to_be_sent(
    tmp_path: Path, message: str
) -> None:
    lines = [f"2025-03-29 14:00:00 {BUYER}", "在吗", f"2025-03-29 14:37:18 {SELLER}", "发了", CARD(1)]
    lines += [f"2025-03-29 15:00:00 {SELLER}", message]
    (tmp_path / "chat.txt").write_text("\n".join(lines), "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "chat.txt", answers=[f"kind={WAY}"])
        assert (len(hops_of(case, CARD(1))), told_of(case, CARD(1))) == (1, [(7, "2025-03-29", "message_not_read")])


def test_a_line_that_is_a_number_of_a_card_alone_is_told_where_its_message_is_not_read(tmp_path: Path) -> None:
    lines = [f"2025-03-29 14:00:00 {BUYER}", "在吗", f"2025-03-29 14:37:18 {SELLER}", "发了", CARD(1)]
    lines += [f"2025-03-29 15:00:00 {SELLER}", CARD(50), "这张明天给你"]
    (tmp_path / "chat.txt").write_text("\n".join(lines), "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "chat.txt", answers=[f"kind={WAY}"])
        assert (hops_of(case, CARD(50)), told_of(case, CARD(50))) == ([], [(7, "2025-03-29", "message_not_read")])


@pytest.mark.parametrize("line", ["— 昨天 —", "4月2日", "星期三", "—— Yesterday ——", "yesterday"])
def test_below_the_line_of_a_day_that_is_not_named_in_full_messages_have_no_day(tmp_path: Path, line: str) -> None:
    lines = ["— 2025-03-29 —", f"{BUYER}  14:00", "在吗", line, f"{SELLER}  15:00", f"发了 {CARD(1)}"]
    (tmp_path / "chat.txt").write_text("\n".join(lines), "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "chat.txt", answers=[f"kind={WAY}"])
        assert (hops_of(case, CARD(1)), [each[:2] for each in told_of(case, CARD(1))]) == ([], [(6, None)])


WHATSAPP = """28/02/2026, 09:02 - Messages and calls are end-to-end encrypted.
28/02/2026, 09:13 - Brian Cheruiyot: ok give me 3
04/03/2026, 10:14 - Kilele Phones: Morning boss. Lines given to your rider just now:
8925402260140341011
8925402260140341086
8925402260140341151
04/03/2026, 10:15 - Kilele Phones: {}
05/03/2026, 10:15 - Brian Cheruiyot: Asante
02/06/2026, 16:50 - Missed voice call
"""
GIVEN, WRONG = "8925402260140341011", "8925402260140341151"
KILELE = "Kilele Phones→Brian Cheruiyot"


@pytest.mark.parametrize(
    "text",
    [
        "I have handed you {0} and {1}",
        "We have sent 2 cards to you: {0}, {1}. Thanks 🙏",
        "sent you these by bus today {0} {1}",
        "Hi Dapeng, I just gave your rider {0} & {1}, 300 each",
        "{0} and {1} sent to you today",
        "I gave you both lines this morning ({0}, {1})",
    ],
)
def test_a_plain_message_in_english_says_that_cards_were_given(text: str) -> None:
    day = parse_date("2025-04-08")
    assert isinstance(day, DateSpan)
    found = handed_in(Message("Kilele", day, ((1, text.format(GIVEN, WRONG)),)), "Dapeng Traders")
    assert found is not None
    assert (found.kind, [cards for cards, _ in found.cards.values()]) == ("transfer", [f"{GIVEN}、{WRONG}"])


@pytest.mark.parametrize(
    "text",
    ["I have sent {0} back to you today", "I have returned {0} to you", "just sent back to you by bus today: {0}"],
)
def test_a_plain_message_in_english_says_that_a_card_was_given_back(text: str) -> None:
    assert said(text.format(GIVEN)) in (None, ("return", [(GIVEN, "")]))
    assert (said(text.format(GIVEN)) is None) == text.startswith("just")


@pytest.mark.parametrize(
    "text",
    [
        "I gave you {0}",
        "I have given you {0} yesterday",
        "Have I given you {0}?",
        "I have given you {0}?",
        "I did NOT send you {0} today",
        "{0} will be given to you today",
        "I would have given you {0}",
        "I have handed him {0} today",
        "given to Irfan Qureshi today: {0}",
        "lines you gave to your rider today: {0}",
        "Sorry ignore the third one {0}, it has stayed here",
        "This one given to you today: {0}, {1}",
        "I have given you 3 lines:\n{0}\n{1}",
    ],
)
def test_what_is_planned_asked_denied_or_about_somebody_else_in_english_says_nothing(text: str) -> None:
    assert said(text.format(GIVEN, WRONG)) is None


@pytest.mark.parametrize(
    "message",
    [
        f"Sorry ignore the third one {WRONG}, that one is for another customer, it has stayed here in the shop",
        f"{WRONG} is not yours",
        "the line ending 341151 is still here",
        f"{WRONG} 打错了",
    ],
)
def test_a_later_message_of_the_writer_takes_a_card_out_of_what_was_said_to_be_given(
    tmp_path: Path, message: str
) -> None:
    (tmp_path / "WhatsApp.txt").write_text(WHATSAPP.format(message), "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        (report,) = case.load(tmp_path / "WhatsApp.txt", answers=[f"kind={KILELE}"]).files
        assert report.asked == []
        assert hops_of(case, GIVEN) == [("transfer", "Kilele Phones", "Brian Cheruiyot", "2026-03-04", 4)]
        assert hops_of(case, WRONG) == []
        assert (7, "2026-03-04", "message_not_read") in told_of(case, WRONG)


def test_a_message_of_the_other_or_an_earlier_one_takes_no_card_out(tmp_path: Path) -> None:
    chat = WHATSAPP.format("Welcome").replace("ok give me 3", f"{WRONG} is not yours")
    (tmp_path / "WhatsApp.txt").write_text(chat.replace("Asante", f"{WRONG} is the wrong size"), "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "WhatsApp.txt", answers=[f"kind={KILELE}"])
        assert len(hops_of(case, WRONG)) == 1
        assert [row for row, *_ in told_of(case, WRONG)] == [2, 8]


@pytest.mark.parametrize(
    ("asked", "answer", "user"),
    [
        (
            f"number {GIVEN} is showing high usage, are you using it?",
            f"No that one is not with me, my cousin Faith Jelagat is the one using {GIVEN}",
            "Faith Jelagat",
        ),
        (f"is {GIVEN} with you?", "Not me, Faith Jelagat is using it", "Faith Jelagat"),
        (f"{GIVEN} 是你自己在用吗", "不是我 我表弟黎小军在用 插随身wifi里的", "黎小军"),
        ("在吗", f"{GIVEN} 现在我表弟黎小军在用", "黎小军"),
        # what is not plain, or not about one card, is told
        (f"is {GIVEN} with you?", "Not me, maybe Faith Jelagat is using it", None),
        (f"is {GIVEN} with you?", "Not me, Faith is using it", None),
        (f"are {GIVEN} and {WRONG} with you?", "Not me, Faith Jelagat is using it", None),
        (f"{GIVEN} 你收到没", "不是我 我表弟黎小军在用", None),
        (f"{GIVEN} 是你自己在用吗", "黎小军在用吧", None),
    ],
)
def test_a_question_and_its_answer_say_together_who_uses_a_card(
    tmp_path: Path, asked: str, answer: str, user: str | None
) -> None:
    chat = WHATSAPP.format("Welcome") + f"20/04/2026, 13:05 - Kilele Phones: {asked}\n"
    (tmp_path / "WhatsApp.txt").write_text(f"{chat}20/04/2026, 13:22 - Brian Cheruiyot: {answer}\n", "utf-8")
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "WhatsApp.txt", answers=[f"kind={KILELE}"])
        trace = case.trace(GIVEN)[0]
        assert [each.cells.get("declared_user") for each in trace.unread_cells] == ([user] if user else [])
        # the question is told, and so is an answer that is not read
        told = sorted(row for row, *_ in told_of(case, GIVEN) if row > 9)
        assert told == ([] if asked == "在吗" else [10]) + ([] if user else [11])


def test_who_uses_a_card_is_not_read_where_a_later_message_takes_it_back(tmp_path: Path) -> None:
    chat = WHATSAPP.format("Welcome") + f"20/04/2026, 13:05 - Brian Cheruiyot: Faith Jelagat is using {GIVEN}\n"
    (tmp_path / "WhatsApp.txt").write_text(
        f"{chat}20/04/2026, 13:22 - Brian Cheruiyot: {GIVEN} wrong number\n", "utf-8"
    )
    with gt.open_case(tmp_path / "x.gtrace") as case:
        case.load(tmp_path / "WhatsApp.txt", answers=[f"kind={KILELE}"])
        assert case.trace(GIVEN)[0].unread_cells == []
        assert sorted(row for row, *_ in told_of(case, GIVEN)) == [10, 11]
