/*
question.en = "Who passed on most cards of an enterprise within a few days?"
question.zh = "谁在几日之内集中转出本单位的卡？"
description.en = """
Whoever passed on cards that a carrier sold to the enterprise over so many days or more, and so large a share of them
within so few days; the days with the most cards are given. Only records that state the day count."""
description.zh = "转出运营商售予本单位的卡历时达到此天数、而其中达到此比例集中在几日之内的各方；给出卡数最多的那几日。仅计写明到日的记录。"
scope = "audit"
[params]
days = {type = "integer", en = "days in a row", zh = "连续天数"}
share_percent = {type = "number", en = "the share of the cards, in percent", zh = "所占百分比"}
least_cards = {type = "integer", en = "the fewest cards", zh = "达到此张数"}
span_days = {type = "integer", en = "the fewest days between the first and the last sale", zh = "首末两次转出之间的最少天数"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
dealer = {en = "who it is", zh = "主体"}
days = {en = "days in a row", zh = "连续天数"}
passed_on = {en = "cards passed on in all", zh = "转出总张数"}
percent = {en = "their share in percent", zh = "所占百分比"}
since = {en = "the first of the days", zh = "起始日期"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
records = {en = "the records", zh = "涉及的记录"}
*/

WITH dated AS (
    SELECT enterprise, sender AS dealer, day, record, first, last, last - first + 1 AS cards
    FROM histories
    WHERE kind = 'transfer' AND NOT repeated AND day = until
),
daily AS (
    SELECT enterprise, dealer, day, sum(cards) AS cards
    FROM dated
    GROUP BY enterprise, dealer, day
),
totals AS (
    SELECT enterprise, dealer, sum(cards) AS total
    FROM daily
    GROUP BY enterprise, dealer
    HAVING max(day) - min(day) >= $span_days
),
windows AS (
    SELECT
        enterprise,
        dealer,
        day AS since,
        sum(cards) OVER (
            PARTITION BY enterprise, dealer ORDER BY day
            RANGE BETWEEN CURRENT ROW AND to_days($days::INTEGER - 1) FOLLOWING
        ) AS cards,
        total
    FROM daily
    JOIN totals USING (enterprise, dealer)
),
peaks AS (
    SELECT enterprise, dealer, since, cards AS peak, total
    FROM windows
    WHERE cards >= $least_cards AND 100 * cards >= $share_percent * total
    QUALIFY row_number() OVER (PARTITION BY enterprise, dealer ORDER BY cards DESC, since) = 1
),
crossed AS (
    SELECT enterprise, dealer, since, peak, total, first, last, [record] AS records
    FROM dated
    JOIN peaks USING (enterprise, dealer)
    WHERE day BETWEEN since AND since + ($days::INTEGER - 1)
),
parted AS (
    SELECT
        *,
        first > max(last) OVER (
            PARTITION BY enterprise, dealer ORDER BY first, last
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS is_apart
    FROM crossed
),
numbered AS (
    SELECT
        *,
        count(*) FILTER (is_apart) OVER (
            PARTITION BY enterprise, dealer ORDER BY first, last RANGE UNBOUNDED PRECEDING
        ) AS piece
    FROM parted
),
pieces AS (
    SELECT
        enterprise,
        dealer,
        min(first) AS first,
        max(last) AS last,
        flatten(list(records)) AS records,
        any_value(since) AS since,
        any_value(peak) AS peak,
        any_value(total) AS total
    FROM numbered
    GROUP BY enterprise, dealer, piece
)
SELECT
    whose.party AS enterprise,
    {id: dealers.party, name: any_value(dealers.name)} AS dealer,
    $days AS days,
    any_value(total) AS passed_on,
    round(100 * any_value(peak) / any_value(total), 2) AS percent,
    any_value(since) AS since,
    list({first: first, last: last}) AS cards,
    list_distinct(flatten(list(records))) AS records
FROM pieces
JOIN parties AS dealers ON dealer = dealers.number
JOIN parties AS whose ON enterprise = whose.number
GROUP BY whose.party, dealers.party
ORDER BY whose.party, any_value(peak) DESC, dealers.party
