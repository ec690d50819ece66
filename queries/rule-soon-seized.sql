-- question: Which cards were seized soon after an enterprise bought them?
-- question.zh: 哪些卡在本单位采购后不久即被扣押？
-- counts: Cards with a seizure not before the purchase and, whatever the exact days are, at most so many days
--    after it. Quick seizures are also a matter of where the police look first.
-- counts.zh: 扣押不早于采购、且（无论日期如何精确）在采购后所定天数之内的卡。扣押快慢也与警方先查何处有关。
-- param days: integer | days between purchase and seizure that are few | 视为过短的天数
-- column enterprise: id of the enterprise | 单位标识
-- column days: the days that are few | 视为过短的天数
-- column shortest: the shortest time in days | 最短天数
-- column median: the median in days | 天数中位数
-- column cards: the cards, as ranges | 涉及的卡（号段）
-- over: audit
-- mode: read

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
