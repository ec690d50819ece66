/*
question.en = "Which enterprises passed on what share of the cards that carriers sold them?"
question.zh = "各单位向运营商采购的卡中，转出了多大比例？"
description.en = """
Different cards that records name. `passed_on` are cards that a record has the enterprise pass on to anybody but a
carrier, also where they came back later; `share` can exceed 1 where purchases are missing. The audit decides which
cards are still resold."""
description.zh = "记录写明卡号的不同卡。passed_on 为记录显示转给非运营商的卡，其后退回的也计；缺少采购记录时 share 可大于 1。是否仍为转售状态以审计为准。"
[params]
at_least = {type = "integer", default = 1, en = "the fewest cards bought", zh = "最少采购卡数"}
[returns]
enterprise_id = {en = "the enterprise", zh = "单位标识"}
enterprise_name = {en = "its name", zh = "名称"}
purchased = {en = "cards bought from carriers", zh = "采购卡数"}
passed_on = {en = "cards passed on", zh = "转出卡数"}
share = {en = "passed_on divided by purchased", zh = "转出占采购的比例"}
receivers = {en = "to how many parties", zh = "下家数"}
*/

WITH bought AS (
    SELECT to_id, to_name, cards_after(first, last, max(last) OVER (
        PARTITION BY to_id ORDER BY first, last ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW
    )) AS cards
    FROM moves WHERE from_is_carrier AND NOT to_is_carrier AND first IS NOT NULL
),
enterprises AS (
    SELECT to_id AS party_id, any_value(to_name) AS party_name, sum(cards) AS purchased FROM bought GROUP BY to_id
),
sold AS (
    SELECT from_id, to_id, cards_after(first, last, max(last) OVER (
        PARTITION BY from_id ORDER BY first, last ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW
    )) AS cards
    FROM moves WHERE NOT to_is_carrier AND from_id <> to_id AND first IS NOT NULL
),
sellers AS (
    SELECT from_id AS party_id, sum(cards) AS passed_on, count(DISTINCT to_id) AS receivers FROM sold GROUP BY from_id
)
SELECT
    party_id AS enterprise_id, party_name AS enterprise_name, purchased, coalesce(passed_on, 0) AS passed_on,
    round(coalesce(passed_on, 0) / purchased, 4) AS share, coalesce(receivers, 0) AS receivers
FROM enterprises LEFT JOIN sellers USING (party_id)
WHERE purchased >= $at_least
ORDER BY share DESC, purchased DESC, enterprise_id
