/*
question.en = "Which cards were seized soon after an enterprise bought them?"
question.zh = "哪些卡在本单位采购后不久即被扣押？"
description.en = """
Cards with a seizure not before the purchase and, whatever the exact days are, at most so many days after it. Quick
seizures are also a matter of where the police look first."""
description.zh = "扣押不早于采购、且（无论日期如何精确）在采购后所定天数之内的卡。扣押快慢也与警方先查何处有关。"
scope = "audit"
[params]
days = {type = "integer", en = "days between purchase and seizure that are few", zh = "视为过短的天数"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
days = {en = "the days that are few", zh = "视为过短的天数"}
shortest = {en = "the shortest time in days", zh = "最短天数"}
median = {en = "the median in days", zh = "天数中位数"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
*/

WITH quick AS (
    SELECT enterprise, card, min(until - purchased) AS days
    FROM taken
    WHERE day >= purchased AND until - purchased <= $days
    GROUP BY enterprise, card
)
SELECT
    enterprise,
    $days AS days,
    min(quick.days) AS shortest,
    quantile_disc(quick.days, 0.5) AS median,
    list({first: card, last: card}) AS cards
FROM quick
GROUP BY enterprise
ORDER BY enterprise
