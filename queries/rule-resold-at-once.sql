/*
question.en = "Did an enterprise pass on most of its cards soon after it bought them?"
question.zh = "本单位是否在采购后不久即转出大部分卡？"
description.en = """
Cards whose first step after the purchase was to somebody who is no carrier and at most so many days after it, among
all cards sold to the enterprise."""
description.zh = "在售予本单位的全部卡中，采购后第一手即转给非运营商、且在所定天数之内的卡。"
scope = "audit"
[params]
days = {type = "integer", en = "days between purchase and first transfer that are few", zh = "视为过短的天数"}
share_percent = {type = "number", en = "the share of the cards that are many, in percent", zh = "视为过多的百分比"}
least_cards = {type = "integer", en = "the fewest cards that say anything", zh = "有意义的最少张数"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
purchased = {en = "cards sold to the enterprise", zh = "售予本单位的张数"}
percent = {en = "their share in percent", zh = "所占百分比"}
days = {en = "the days that are few", zh = "视为过短的天数"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
*/

WITH quick AS (
    SELECT
        enterprise,
        sum(last - first + 1) AS passed_on,
        list({first: first, last: last}) AS cards
    FROM accounts
    WHERE departed >= purchased AND departed_by - purchased <= $days
    GROUP BY enterprise
)
SELECT
    enterprise,
    enterprises.purchased,
    round(100 * passed_on / enterprises.purchased, 2) AS percent,
    $days AS days,
    cards
FROM quick
JOIN enterprises USING (enterprise)
WHERE enterprises.purchased >= $least_cards AND 100 * passed_on > $share_percent * enterprises.purchased
ORDER BY enterprise
