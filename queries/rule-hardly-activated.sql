/*
question.en = "Did an enterprise buy far more cards than were ever activated?"
question.zh = "本单位采购的卡是否远多于曾经激活的卡？"
description.en = """
Cards that are neither returned nor disputed and were bought at least so many days before the last day on which a card
of the enterprise came online; nothing is said of an enterprise without activations."""
description.zh = "既未退回也无争议、且采购日期比本单位最近一次有卡激活之日早至少所定天数的卡；没有任何激活记录的单位不计。"
scope = "audit"
[params]
share_percent = {type = "number", en = "activated cards are few below this share, in percent", zh = "激活比例低于此百分比即视为过低"}
least_cards = {type = "integer", en = "the fewest cards that say anything", zh = "有意义的最少张数"}
after_days = {type = "integer", en = "days that a card is given to be activated", zh = "给予激活的天数"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
activated = {en = "activated cards among them", zh = "其中曾激活的张数"}
percent = {en = "the share in percent", zh = "所占百分比"}
after_days = {en = "days that a card was given to be activated", zh = "给予激活的天数"}
known_until = {en = "the last day on which a card came online", zh = "最近一次有卡激活之日"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
*/

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
    WHERE fate NOT IN ('returned', 'disputed') AND purchased + $after_days::INTEGER <= known_until
    GROUP BY enterprise, known_until
    HAVING sum(last - first + 1) >= $least_cards
),
counted AS (
    SELECT
        enterprise,
        coalesce(
            sum(activated) FILTER (fate NOT IN ('returned', 'disputed') AND purchased + $after_days::INTEGER <= known_until), 0
        ) AS activated
    FROM used
    JOIN known USING (enterprise)
    GROUP BY enterprise
)
SELECT
    enterprise,
    counted.activated,
    round(100 * counted.activated / bought, 2) AS percent,
    $after_days AS after_days,
    known_until,
    cards
FROM old
JOIN counted USING (enterprise)
LEFT JOIN enterprises USING (enterprise)
WHERE 100 * (counted.activated + coalesce(listed_active, 0) + coalesce(held_with_unread, 0)) < $share_percent * bought
ORDER BY enterprise
