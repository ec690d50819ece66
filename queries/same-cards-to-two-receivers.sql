/*
question.en = "Which cards did a party pass on to two different receivers?"
question.zh = "哪些卡被同一主体转给了两个不同的接收方？"
description.en = """
Pairs of records of one sender, no carrier, whose lots overlap and whose receivers differ; the overlap is shown.
Whether the cards came back in between is not looked at: a trace decides that."""
description.zh = "同一转出方（非运营商）的两条记录，号段有重叠而接收方不同；列出重叠部分。其间卡是否退回不予判断，由追查决定。"
[params]
from_party = {type = "party", optional = true, en = "only this sender", zh = "只看此转出方"}
[returns]
from_id = {en = "the sender", zh = "转出方标识"}
from_name = {en = "its name", zh = "名称"}
first_card = {en = "the first card of the overlap", zh = "重叠部分首张卡"}
last_card = {en = "the last one", zh = "末张卡"}
cards = {en = "cards of the overlap", zh = "重叠卡数"}
to_id = {en = "the one receiver", zh = "接收方之一标识"}
to_name = {en = "its name", zh = "名称"}
moment = {en = "when", zh = "日期"}
record_id = {en = "the record", zh = "记录标识"}
other_to_id = {en = "the other receiver", zh = "另一接收方标识"}
other_to_name = {en = "its name", zh = "名称"}
other_moment = {en = "when", zh = "日期"}
other_record_id = {en = "the record", zh = "记录标识"}
*/

WITH stated AS (
    -- one of several records that say the same, so that none is paired twice
    SELECT
        from_id, from_name, to_id, to_name, first, last, day, moment, min(record_id) AS record_id
    FROM moves
    WHERE NOT from_is_carrier AND first IS NOT NULL AND from_id <> to_id
        AND ($from_party IS NULL OR from_id = $from_party)
    GROUP BY ALL
),
placed AS (
    SELECT *, max(last) OVER (PARTITION BY from_id ORDER BY first, last ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW)
        AS reached
    FROM stated
),
-- lots that overlap, directly or through others, are in one cluster; most lots are alone in theirs
clustered AS (
    SELECT *, count(*) FILTER (reached IS NULL OR first > reached) OVER (
        PARTITION BY from_id ORDER BY first, last RANGE UNBOUNDED PRECEDING
    ) AS cluster
    FROM placed
),
crowded AS (SELECT * FROM clustered QUALIFY count(*) OVER (PARTITION BY from_id, cluster) > 1)
SELECT
    a.from_id, a.from_name,
    card_text(greatest(a.first, b.first)) AS first_card, card_text(least(a.last, b.last)) AS last_card,
    least(a.last, b.last) - greatest(a.first, b.first) + 1 AS cards,
    a.to_id, a.to_name, a.moment, a.record_id,
    b.to_id AS other_to_id, b.to_name AS other_to_name, b.moment AS other_moment, b.record_id AS other_record_id
FROM crowded AS a JOIN crowded AS b
    ON a.from_id = b.from_id AND a.cluster = b.cluster AND a.first <= b.last AND a.last >= b.first AND a.to_id <> b.to_id
    AND (a.day, a.to_id, a.record_id) < (b.day, b.to_id, b.record_id)
ORDER BY a.from_id, first_card, cards, a.record_id, b.record_id
