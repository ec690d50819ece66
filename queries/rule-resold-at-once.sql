-- question: Did an enterprise pass on most of its cards soon after it bought them?
-- question.zh: 本单位是否在采购后不久即转出大部分卡？
-- counts: Cards whose first step after the purchase was to somebody who is no carrier and at most so many days
--    after it, among all cards sold to the enterprise.
-- counts.zh: 在售予本单位的全部卡中，采购后第一手即转给非运营商、且在所定天数之内的卡。
-- param days: integer | days between purchase and first transfer that are few | 视为过短的天数
-- param share_percent: number | the share of the cards that are many, in percent | 视为过多的百分比
-- param least_cards: integer | the fewest cards that say anything | 有意义的最少张数
-- column enterprise: id of the enterprise | 单位标识
-- column purchased: cards sold to the enterprise | 售予本单位的张数
-- column percent: their share in percent | 所占百分比
-- column days: the days that are few | 视为过短的天数
-- column cards: the cards, as ranges | 涉及的卡（号段）
-- over: audit
-- mode: read

WITH quick AS (
    SELECT
        enterprise,
        sum(last - first + 1) AS passed_on,
        list({first: first, last: last}) AS cards
    FROM accounts
    WHERE departed >= purchased AND departed - purchased <= $days
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
