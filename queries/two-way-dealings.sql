/*
question.en = "Between which parties did cards go both ways?"
question.zh = "哪些主体之间的卡有来有往？"
description.en = """
Pairs of parties each of which is on record as passing cards to the other, returns included. `cards` are different
cards that went from the first to the second, `cards_back` the other way; what is stated by number only is not
counted, but makes a pair."""
description.zh = "互相转过卡（含退卡）的两个主体。cards 为前者转给后者的不同卡数，cards_back 为反向；只写数量的不计入卡数，但构成往来。"
[returns]
party_id = {en = "the one whose id comes first", zh = "标识在前的主体"}
party_name = {en = "its name", zh = "名称"}
other_id = {en = "the other one", zh = "另一主体标识"}
other_name = {en = "its name", zh = "名称"}
cards = {en = "different cards that went to the other", zh = "转给对方的不同卡数"}
cards_back = {en = "different cards that came from it", zh = "对方转来的不同卡数"}
since = {en = "the earliest possible day", zh = "最早可能日期"}
until = {en = "the latest possible day", zh = "最晚可能日期"}
*/

WITH placed AS (
    SELECT *, cards_after(first, last, max(last) OVER (
        PARTITION BY from_id, to_id ORDER BY first, last ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW
    )) AS new_cards
    FROM moves WHERE from_id <> to_id
),
flows AS (
    SELECT
        from_id, any_value(from_name) AS from_name, to_id, any_value(to_name) AS to_name,
        coalesce(sum(new_cards), 0) AS cards, min(day) AS since, max(day_until) AS until
    FROM placed
    GROUP BY from_id, to_id
)
SELECT
    there.from_id AS party_id, there.from_name AS party_name, there.to_id AS other_id, there.to_name AS other_name,
    there.cards, back.cards AS cards_back, least(there.since, back.since) AS since,
    greatest(there.until, back.until) AS until
FROM flows AS there JOIN flows AS back ON there.from_id = back.to_id AND there.to_id = back.from_id
WHERE there.from_id < there.to_id
ORDER BY there.cards + back.cards DESC, party_id, other_id
