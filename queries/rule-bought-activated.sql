/*
question.en = "Which cards were online before an enterprise bought them?"
question.zh = "哪些卡在本单位采购之前已经激活？"
description.en = """
Cards with an activation that was on an earlier day than the purchase whatever the exact days are, and not after an
earlier sale of the card by a carrier."""
description.zh = "激活日期无论如何精确都早于采购日期的卡；在此之前运营商已售出过该卡的不计。"
scope = "audit"
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
earliest = {en = "the earliest such activation", zh = "最早激活日期"}
days = {en = "the most days between", zh = "相差最多天数"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
*/

WITH early AS (
    SELECT enterprise, card, min(activations.day) AS day, any_value(purchased) AS purchased
    FROM activated
    JOIN activations USING (card)
    WHERE activated.day < purchased AND until < purchased
    GROUP BY enterprise, card
),
placed AS (
    SELECT early.*, number, segment
    FROM early
    JOIN parties ON enterprise = party
    ASOF JOIN segments ON number = segments.enterprise AND card >= segments.first
),
sold AS (
    SELECT enterprise AS number, first, last, day, unnest(generate_series(first_segment, last_segment)) AS segment
    FROM histories
    WHERE kind = 'purchase'
),
sold_before AS (
    SELECT enterprise, card
    FROM placed
    JOIN sold USING (number, segment)
    WHERE sold.first < sold.last AND sold.day < purchased AND sold.day <= placed.day
    UNION
    SELECT enterprise, card
    FROM placed
    JOIN sold USING (number)
    WHERE card = sold.first AND card = sold.last AND sold.day < purchased AND sold.day <= placed.day
)
SELECT
    enterprise,
    min(day) AS earliest,
    max(purchased - day) AS days,
    list({first: card, last: card}) AS cards
FROM early
ANTI JOIN sold_before USING (enterprise, card)
GROUP BY enterprise
ORDER BY enterprise
