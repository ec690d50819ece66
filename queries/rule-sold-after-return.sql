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
    SELECT
        enterprise AS number,
        kind,
        is_carrier,
        first,
        last,
        first_segment,
        last_segment,
        day,
        until,
        record
    FROM histories
    JOIN parties ON receiver = parties.number
    WHERE NOT repeated AND sender = enterprise AND sender <> receiver
),
back AS (
    SELECT *, unnest(generate_series(first_segment, last_segment)) AS segment
    FROM dealt
    WHERE is_carrier
),
sold AS (
    SELECT *, unnest(generate_series(first_segment, last_segment)) AS segment
    FROM dealt
    WHERE NOT is_carrier AND kind = 'transfer'
),
met AS (
    SELECT
        number,
        back.segment,
        greatest(back.first, sold.first) AS first,
        least(back.last, sold.last) AS last,
        back.day AS returned,
        sold.until AS sold,
        [back.record, sold.record] AS records
    FROM back
    JOIN sold USING (number, segment)
    WHERE sold.day > back.until AND (back.first < back.last OR sold.first < sold.last)
    UNION ALL
    SELECT number, back.segment, first, back.last, back.day, sold.until, [back.record, sold.record]
    FROM back
    JOIN sold USING (number, first)
    WHERE sold.day > back.until AND back.first = back.last AND sold.first = sold.last
),
concerned AS (
    SELECT enterprise, number, first, last, purchased
    FROM accounts
    JOIN parties ON enterprise = party
    WHERE number IN (SELECT number FROM met)
),
parts AS (
    SELECT concerned.*, unnest(generate_series(lowest.segment, highest.segment)) AS segment
    FROM concerned
    ASOF JOIN cuts AS lowest ON concerned.first >= lowest.first
    ASOF JOIN cuts AS highest ON concerned.last >= highest.first
),
crossed AS (
    SELECT
        enterprise,
        met.first,
        met.last,
        returned,
        sold,
        records
    FROM (SELECT * FROM met WHERE first = last) AS met
    ASOF JOIN concerned ON met.number = concerned.number AND met.first >= concerned.first
    WHERE met.last <= concerned.last AND returned >= purchased
    UNION ALL
    SELECT
        enterprise,
        greatest(met.first, parts.first),
        least(met.last, parts.last),
        returned,
        sold,
        records
    FROM met
    JOIN parts USING (number, segment)
    WHERE
        met.first < met.last
        AND returned >= purchased
        AND greatest(met.first, parts.first) <= least(met.last, parts.last)
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
