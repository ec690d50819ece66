/*
question.en = "Which cards did an enterprise sell after it had returned them to a carrier?"
question.zh = "本单位把卡退回运营商之后又售出了哪些卡？"
description.en = """
Cards that a record shows returned by the enterprise to a carrier and, on a later day whatever the exact days are,
passed on by it, both after its last purchase of them."""
description.zh = "本单位最后一次采购之后，先有记录退回运营商、后（无论日期如何精确）又由本单位转出的卡。"
scope = "audit"
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
returned = {en = "the first return", zh = "最早退回日期"}
sold = {en = "the last sale", zh = "最晚售出日期"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
records = {en = "the records", zh = "涉及的记录"}
*/

WITH dealt AS (
    SELECT enterprise, kind, is_carrier, first, last, day, until, record
    FROM dealings
    JOIN parties ON receiver = party
    WHERE first IS NOT NULL AND NOT repeated AND sender = enterprise
),
crossed AS (
    SELECT
        enterprise,
        greatest(back.first, sold.first, accounts.first) AS first,
        least(back.last, sold.last, accounts.last) AS last,
        back.day AS returned,
        sold.until AS sold,
        [back.record, sold.record] AS records
    FROM dealt AS back
    JOIN dealt AS sold USING (enterprise)
    JOIN accounts USING (enterprise)
    WHERE
        back.is_carrier
        AND NOT sold.is_carrier
        AND sold.kind = 'transfer'
        AND sold.day > back.until
        AND back.day >= purchased
        AND greatest(back.first, sold.first, accounts.first) <= least(back.last, sold.last, accounts.last)
),
parted AS (
    SELECT
        *,
        first > max(last) OVER (
            PARTITION BY enterprise ORDER BY first, last
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS is_apart
    FROM crossed
),
numbered AS (
    SELECT
        *,
        count(*) FILTER (is_apart) OVER (
            PARTITION BY enterprise ORDER BY first, last RANGE UNBOUNDED PRECEDING
        ) AS piece
    FROM parted
),
joined AS (
    SELECT
        enterprise,
        min(first) AS first,
        max(last) AS last,
        min(returned) AS returned,
        max(sold) AS sold,
        flatten(list(records)) AS records
    FROM numbered
    GROUP BY enterprise, piece
)
SELECT
    enterprise,
    min(returned) AS returned,
    max(sold) AS sold,
    list({first: first, last: last}) AS cards,
    list_distinct(flatten(list(records))) AS records
FROM joined
GROUP BY enterprise
ORDER BY enterprise
