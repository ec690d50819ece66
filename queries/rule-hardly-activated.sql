-- question: Did an enterprise buy far more cards than were ever activated?
-- question.zh: 本单位采购的卡是否远多于曾经激活的卡？
-- counts: Cards that are neither returned nor disputed and were bought at least so many days before the last day
--    on which a card of the enterprise came online; nothing is said of an enterprise without activations.
-- counts.zh: 既未退回也无争议、且采购日期比本单位最近一次有卡激活之日早至少所定天数的卡；没有任何激活记录的单位不计。
-- param share_percent: number | activated cards are few below this share, in percent | 激活比例低于此百分比即视为过低
-- param least_cards: integer | the fewest cards that say anything | 有意义的最少张数
-- param after_days: integer | days that a card is given to be activated | 给予激活的天数
-- column enterprise: id of the enterprise | 单位标识
-- column activated: activated cards among them | 其中曾激活的张数
-- column percent: the share in percent | 所占百分比
-- column known_until: the last day on which a card came online | 最近一次有卡激活之日
-- column cards: the cards, as ranges | 涉及的卡（号段）
-- over: audit
-- mode: read

WITH used AS (
    SELECT enterprise, fate, purchased, max(day) AS latest, count(*) AS activated
    FROM activated
    GROUP BY enterprise, fate, purchased
),
known AS (
    SELECT enterprise, max(latest) AS known_until
    FROM used
    GROUP BY enterprise
),
old AS (
    SELECT enterprise, known_until, sum(last - first + 1) AS bought, list({first: first, last: last}) AS cards
    FROM accounts
    JOIN known USING (enterprise)
    WHERE fate IN ('held', 'resold') AND purchased + $after_days::INTEGER <= known_until
    GROUP BY enterprise, known_until
    HAVING sum(last - first + 1) >= $least_cards
),
counted AS (
    SELECT
        enterprise,
        coalesce(
            sum(activated) FILTER (fate IN ('held', 'resold') AND purchased + $after_days::INTEGER <= known_until), 0
        ) AS activated
    FROM used
    JOIN known USING (enterprise)
    GROUP BY enterprise
)
SELECT
    enterprise,
    activated,
    round(100 * activated / bought, 2) AS percent,
    known_until,
    cards
FROM old
JOIN counted USING (enterprise)
WHERE 100 * activated < $share_percent * bought
ORDER BY enterprise
