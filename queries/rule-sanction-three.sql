/*
question.en = "Who passed on three or more cards, three or more times, or to three or more recipients?"
question.zh = "谁转出卡达到三张以上、三次以上或者三个对象以上？"
description.en = """
Everyone who is on record as having passed on cards of the audited party, that party itself among them. What they passed
on is counted over the whole case, or the days from `since` to `until`: different cards, sales (a recipient and a day),
and recipients. Quantity-only records name no cards and stand apart."""
description.zh = """
有记录转出被核查主体的卡的各方（含其本身）。其转出按全案（或 `since` 至 `until` 期间）统计：不同的卡数、
次数（同一对象同一日为一次）和对象数。仅写数量的记录未写明卡号，单独列出。"""
scope = "audit"
[params]
least_cards = {type = "integer", en = "the fewest cards", zh = "达到此张数"}
least_sales = {type = "integer", en = "the fewest sales", zh = "达到此次数"}
least_recipients = {type = "integer", en = "the fewest recipients", zh = "达到此对象数"}
since = {type = "day", optional = true, en = "the first day that counts", zh = "自此日起"}
until = {type = "day", optional = true, en = "the last day that counts", zh = "至此日止"}
[returns]
enterprise = {en = "id of the audited party", zh = "被核查主体标识"}
seller = {en = "who passed cards on", zh = "转出方"}
by_name = {en = "the name, where nothing else identifies that party", zh = "该方仅凭此名称认定（无证件号）"}
cards_listed = {en = "different cards passed on, listed or by range", zh = "转出的不同的卡（逐张或号段）"}
cards_quantity = {en = "cards passed on by quantity-only records", zh = "仅写数量的记录转出的张数"}
sales = {en = "sales: a recipient and a day", zh = "次数：同一对象同一日为一次"}
recipients = {en = "recipients", zh = "对象数"}
least_cards = {en = "the fewest cards", zh = "张数起点"}
least_sales = {en = "the fewest sales", zh = "次数起点"}
least_recipients = {en = "the fewest recipients", zh = "对象数起点"}
since = {en = "the first day that counts", zh = "自此日起"}
until = {en = "the last day that counts", zh = "至此日止"}
cards = {en = "the audited party's cards among them, as ranges", zh = "其中被核查主体的卡（号段）"}
records = {en = "the records, where the seller is the audited party", zh = "涉及的记录（转出方即被核查主体时）"}
*/

WITH named AS NOT MATERIALIZED (
    SELECT enterprise, party AS seller, segment, first, last, is_whole
    FROM sides
    WHERE NOT is_received AND ($since IS NULL OR until >= $since) AND ($until IS NULL OR day <= $until)
),
whole AS (
    SELECT DISTINCT enterprise, seller, segment, first, last FROM named WHERE is_whole
),
evidence AS NOT MATERIALIZED (
    SELECT enterprise, seller, list({first: first, last: last}) AS cards
    FROM (
        SELECT enterprise, seller, first, last FROM whole
        UNION ALL
        SELECT enterprise, seller, first, last
        FROM (
            SELECT DISTINCT enterprise, seller, first, last
            FROM (SELECT * FROM named WHERE NOT is_whole) AS singles
            ANTI JOIN whole USING (enterprise, seller, segment)
        ) AS apart
    ) AS found
    GROUP BY enterprise, seller
),
mine AS (
    SELECT number AS enterprise, number AS seller
    FROM enterprises
    JOIN parties ON enterprise = party
),
concerned AS (
    SELECT enterprise, seller FROM named
    UNION
    SELECT enterprise, seller FROM mine
),
passed AS NOT MATERIALIZED (
    SELECT
        seller,
        buyer,
        record,
        day,
        first,
        last,
        quantity,
        segment
    FROM deals
    SEMI JOIN concerned USING (seller)
    WHERE ($since IS NULL OR until >= $since) AND ($until IS NULL OR day <= $until)
),
legs AS (
    SELECT DISTINCT seller, unnest(range(passed.segment, beyond.segment)) AS segment
    FROM passed
    JOIN cuts AS beyond ON beyond.first = passed.last + 1
    WHERE passed.first < passed.last
),
singles AS NOT MATERIALIZED (
    SELECT DISTINCT seller, first, segment
    FROM passed
    WHERE first = last
),
held AS (
    SELECT seller, sum(cards) AS cards_listed
    FROM (
        SELECT seller, sum(last - first + 1) AS cards FROM legs JOIN cuts USING (segment) GROUP BY seller
        UNION ALL
        SELECT seller, count(*) FROM singles ANTI JOIN legs USING (seller, segment) GROUP BY seller
    ) AS counted
    GROUP BY seller
),
dealt AS (
    SELECT seller, buyer, day, first IS NOT NULL AS is_named, sum(quantity) AS quantity
    FROM passed
    GROUP BY seller, buyer, day, is_named
),
received AS (
    SELECT seller, buyer, count(*) FILTER (is_named) AS days, sum(quantity) AS quantity
    FROM dealt
    GROUP BY seller, buyer
),
-- what several books tell of the same cards is one sale, on whatever days they have it: another one is told only
-- where the buyer had passed them on in between
several AS (
    SELECT
        seller,
        buyer,
        first,
        last,
        coalesce(day, DATE '0001-01-01') AS day,
        lag(day) OVER (PARTITION BY seller, buyer, first, last ORDER BY day) AS before
    FROM passed
    SEMI JOIN (SELECT seller, buyer FROM received WHERE days > 1) AS pairs USING (seller, buyer)
    WHERE first IS NOT NULL
),
again AS (
    SELECT several.seller, several.buyer, several.day
    FROM several
    JOIN deals AS gone ON gone.seller = several.buyer AND gone.first = several.first AND gone.last = several.last
    WHERE gone.day BETWEEN before AND several.day
),
told AS (
    SELECT seller, buyer, count(DISTINCT day) AS sales
    FROM (
        SELECT seller, buyer, day FROM several WHERE before IS NULL
        UNION ALL
        SELECT seller, buyer, day FROM again
    ) AS days
    GROUP BY seller, buyer
),
sold AS (
    SELECT
        seller,
        sum(coalesce(told.sales, days))::BIGINT AS sales,
        count(*) FILTER (days > 0) AS recipients,
        coalesce(sum(quantity), 0) AS cards_quantity
    FROM received
    LEFT JOIN told USING (seller, buyer)
    GROUP BY seller
),
own AS (
    SELECT
        enterprise,
        seller,
        list(record) AS records
    FROM passed
    JOIN mine USING (seller)
    WHERE first IS NOT NULL
    GROUP BY enterprise, seller
)
SELECT
    whose.party AS enterprise,
    {id: parties.party, name: parties.name} AS seller,
    CASE WHEN parties.party LIKE 'name:%' THEN parties.name END AS by_name,
    cards_listed,
    cards_quantity,
    sales,
    recipients,
    $least_cards AS least_cards,
    $least_sales AS least_sales,
    $least_recipients AS least_recipients,
    $since AS since,
    $until AS until,
    cards,
    records
FROM concerned
LEFT JOIN evidence USING (enterprise, seller)
LEFT JOIN own USING (enterprise, seller)
JOIN held USING (seller)
JOIN sold USING (seller)
JOIN parties ON seller = parties.number
JOIN parties AS whose ON concerned.enterprise = whose.number
WHERE cards_listed >= $least_cards OR sales >= $least_sales OR recipients >= $least_recipients
ORDER BY whose.party, cards_listed DESC, parties.party
