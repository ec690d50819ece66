/*
question.en = "Which cards went on through more than so many hands after the enterprise?"
question.zh = "哪些卡在单位之后又经过了多于若干手？"
description.en = """
Ways of lots from a sale by a carrier, each step a record whose lot overlaps, whose sender is the last receiver, and
which is certainly not earlier. A way ends where it would come back to a party or to a carrier. It shows all ways that
the records allow, also ones that exclude each other; a trace weighs them."""
description.zh = "从运营商售出起的号段流转路径：每一步的号段有重叠、转出方即上一步接收方、且日期不确定早于上一步。回到已经过的主体或运营商即止。列出记录所允许的全部路径，可能互相排斥，取舍由追查决定。"
[params]
depth = {type = "integer", default = 3, en = "more steps than this after the sale by the carrier", zh = "运营商售出之后的步数多于此数"}
[returns]
enterprise_id = {en = "to whom the carrier sold them", zh = "采购单位标识"}
enterprise_name = {en = "its name", zh = "名称"}
depth = {en = "steps after that sale", zh = "其后步数"}
first_card = {en = "the first card", zh = "首张卡"}
last_card = {en = "the last card", zh = "末张卡"}
cards = {en = "how many cards went all the way", zh = "走完全程的卡数"}
way = {en = "the ids of the parties, the enterprise first", zh = "各主体标识，采购单位在前"}
until = {en = "the latest possible day of the last step", zh = "最后一步的最晚可能日期"}
*/

WITH RECURSIVE steps AS MATERIALIZED (
    SELECT DISTINCT from_id, to_id, first, last, day, day_until FROM moves
    WHERE NOT from_is_carrier AND NOT to_is_carrier AND NOT repeated AND first IS NOT NULL
),
ways AS (
    SELECT to_id AS enterprise_id, to_name AS enterprise_name, 0 AS depth, first, last, [to_id] AS way, to_id AS holder_id,
        day, day_until
    FROM moves WHERE from_is_carrier AND NOT to_is_carrier AND NOT repeated AND first IS NOT NULL
    UNION ALL
    SELECT enterprise_id, enterprise_name, depth + 1, greatest(ways.first, steps.first), least(ways.last, steps.last),
        list_append(way, to_id), to_id, greatest(ways.day, steps.day), steps.day_until
    FROM ways JOIN steps
        ON from_id = holder_id AND steps.first <= ways.last AND steps.last >= ways.first AND steps.day_until >= ways.day
    WHERE NOT list_contains(way, to_id)
)
SELECT
    enterprise_id, any_value(enterprise_name) AS enterprise_name, depth, card_text(first) AS first_card,
    card_text(last) AS last_card, last - first + 1 AS cards, way, max(day_until) AS until
FROM ways
WHERE depth > $depth
GROUP BY enterprise_id, depth, first, last, way
ORDER BY depth DESC, cards DESC, first_card, way
