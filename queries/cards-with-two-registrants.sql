/*
question.en = "Which cards did carriers sell or register to two different parties?"
question.zh = "哪些卡被运营商售予或登记于两个不同的主体？"
description.en = """
Pairs of sales or registrations by carriers whose lots overlap and whose customers differ; the overlap is shown. A card
that went back to its carrier and was sold again is here too."""
description.zh = "运营商的两次销售或登记，号段有重叠而客户不同；列出重叠部分。退回运营商后再次售出的卡也在内。"
[returns]
first_card = {en = "the first card of the overlap", zh = "重叠部分首张卡"}
last_card = {en = "the last one", zh = "末张卡"}
cards = {en = "cards of the overlap", zh = "重叠卡数"}
enterprise_id = {en = "the buyer of the earlier sale", zh = "较早一次的买方标识"}
enterprise_name = {en = "its name", zh = "名称"}
moment = {en = "when", zh = "日期"}
record_id = {en = "the record", zh = "记录标识"}
other_enterprise_id = {en = "the buyer of the later sale", zh = "较晚一次的买方标识"}
other_enterprise_name = {en = "its name", zh = "名称"}
other_moment = {en = "when", zh = "日期"}
other_record_id = {en = "the record", zh = "记录标识"}
*/

WITH stated AS (
    -- one of several records that say the same, so that none is paired twice
    SELECT
        from_id, from_name, to_id, to_name, first, last, day, moment, min(record_id) AS record_id
    FROM moves
    WHERE first IS NOT NULL AND from_is_carrier AND NOT to_is_carrier
    GROUP BY ALL
),
placed AS (
    SELECT *, max(last) OVER (ORDER BY first, last ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW) AS reached
    FROM stated
),
-- lots that overlap, directly or through others, are in one cluster; most lots are alone in theirs
clustered AS (
    SELECT *, count(*) FILTER (reached IS NULL OR first > reached) OVER (
        ORDER BY first, last RANGE UNBOUNDED PRECEDING
    ) AS cluster
    FROM placed
),
crowded AS (SELECT * FROM clustered QUALIFY count(*) OVER (PARTITION BY cluster) > 1)
SELECT
    card_text(greatest(a.first, b.first)) AS first_card, card_text(least(a.last, b.last)) AS last_card,
    least(a.last, b.last) - greatest(a.first, b.first) + 1 AS cards,
    a.to_id AS enterprise_id, a.to_name AS enterprise_name, a.moment, a.record_id,
    b.to_id AS other_enterprise_id, b.to_name AS other_enterprise_name, b.moment AS other_moment,
    b.record_id AS other_record_id
FROM crowded AS a JOIN crowded AS b
    ON a.cluster = b.cluster AND a.first <= b.last AND a.last >= b.first AND a.to_id <> b.to_id
    -- a registration need not have a day
    AND (coalesce(a.day, DATE '0001-01-01'), a.to_id, a.record_id)
        < (coalesce(b.day, DATE '0001-01-01'), b.to_id, b.record_id)
ORDER BY first_card, cards, a.record_id, b.record_id
