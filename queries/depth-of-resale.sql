/*
question.en = "How many cards of each enterprise went how many hands far?"
question.zh = "各单位的卡分别流转到了第几手？"
description.en = """
Different cards that reached a depth by some way that the records allow, as in `chains-deeper-than`; a card that
reached the third hand is counted at one, two and three. The audit counts each card once, at its end."""
description.zh = "按记录所允许的路径（同 chains-deeper-than）到达该深度的不同卡；到第三手的卡在一、二、三手各计一次。审计则每卡只按终点计一次。"
[params]
enterprise = {type = "party", optional = true, en = "only this enterprise", zh = "只看此单位"}
[returns]
enterprise_id = {en = "the enterprise", zh = "单位标识"}
enterprise_name = {en = "its name", zh = "名称"}
depth = {en = "hands after the enterprise", zh = "单位之后的手数"}
cards = {en = "different cards that went that far", zh = "到达此深度的不同卡数"}
holders = {en = "how many parties they reached there", zh = "此深度的接收方数"}
*/

WITH RECURSIVE steps AS MATERIALIZED (
    SELECT DISTINCT from_id, to_id, first, last, day, day_until FROM moves
    WHERE NOT from_is_carrier AND NOT to_is_carrier AND NOT repeated AND first IS NOT NULL
),
ways AS (
    SELECT to_id AS enterprise_id, 0 AS depth, first, last, [to_id] AS way, to_id AS holder_id, day
    FROM moves
    WHERE from_is_carrier AND NOT to_is_carrier AND NOT repeated AND first IS NOT NULL
        AND ($enterprise IS NULL OR to_id = $enterprise)
    UNION ALL
    SELECT enterprise_id, depth + 1, greatest(ways.first, steps.first), least(ways.last, steps.last),
        list_append(way, to_id), to_id, greatest(ways.day, steps.day)
    FROM ways JOIN steps
        ON from_id = holder_id AND steps.first <= ways.last AND steps.last >= ways.first AND steps.day_until >= ways.day
    WHERE NOT list_contains(way, to_id)
),
reached AS (
    SELECT enterprise_id, depth, holder_id, cards_after(first, last, max(last) OVER (
        PARTITION BY enterprise_id, depth ORDER BY first, last ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW
    )) AS cards
    FROM ways WHERE depth > 0
)
SELECT enterprise_id, any_value(name) AS enterprise_name, depth, sum(cards) AS cards, count(DISTINCT holder_id) AS holders
FROM reached JOIN parties ON party_id = enterprise_id
GROUP BY enterprise_id, depth
ORDER BY enterprise_id, depth
