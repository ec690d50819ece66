/*
question.en = "Who sold one buyer cards of an enterprise in several lots that each stay below a threshold?"
question.zh = "谁把本单位的卡分成多次、每次都低于关注线卖给同一对象？"
description.en = """
Whoever passed on cards that a carrier sold to the enterprise to one recipient on so many different days or more within
so few days, each day fewer than the threshold and together at least as many. Only records that state the day count."""
description.zh = "在几日之内分多日向同一对象转出运营商售予本单位的卡，每日低于此张数而合计达到此张数的各方。仅计写明到日的记录。"
scope = "audit"
[params]
threshold = {type = "integer", en = "cards that each sale stays below", zh = "每次低于此张数"}
least_sales = {type = "integer", en = "the fewest sales", zh = "达到此次数"}
days = {type = "integer", en = "days from the first to the last of them", zh = "首末两次相隔的天数"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
dealer = {en = "who it is", zh = "主体"}
recipient = {en = "to whom", zh = "接收方"}
threshold = {en = "cards that each sale stays below", zh = "每次低于此张数"}
sales = {en = "sales, each on another day", zh = "次数（每日一次）"}
days = {en = "days from the first to the last of them", zh = "首末两次相隔的天数"}
since = {en = "the first of the days", zh = "起始日期"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
records = {en = "the records", zh = "涉及的记录"}
*/

WITH dated AS (
    SELECT enterprise, sender AS dealer, receiver AS recipient, day, record, first, last
    FROM histories
    WHERE kind = 'transfer' AND NOT repeated AND day = until
),
daily AS (
    SELECT enterprise, dealer, recipient, day, sum(last - first + 1) AS cards
    FROM dated
    GROUP BY enterprise, dealer, recipient, day
),
enough AS (
    SELECT enterprise, dealer, recipient
    FROM daily
    WHERE cards < $threshold
    GROUP BY enterprise, dealer, recipient
    HAVING count(*) >= $least_sales AND sum(cards) >= $threshold
),
-- what several books tell of the same cards is one sale, on whatever days they have it
told AS (
    SELECT enterprise, dealer, recipient, first, last, min(day) AS day, list(record) AS records
    FROM dated
    SEMI JOIN enough USING (enterprise, dealer, recipient)
    GROUP BY enterprise, dealer, recipient, first, last
),
small AS (
    SELECT enterprise, dealer, recipient, day, sum(last - first + 1) AS cards
    FROM told
    GROUP BY enterprise, dealer, recipient, day
    HAVING sum(last - first + 1) < $threshold
),
windows AS (
    SELECT
        enterprise,
        dealer,
        recipient,
        day AS since,
        count(*) OVER following AS sales,
        sum(cards) OVER following AS cards
    FROM small
    WINDOW following AS (
        PARTITION BY enterprise, dealer, recipient ORDER BY day
        RANGE BETWEEN CURRENT ROW AND to_days($days::INTEGER) FOLLOWING
    )
),
peaks AS (
    SELECT enterprise, dealer, recipient, since, sales
    FROM windows
    WHERE sales >= $least_sales AND cards >= $threshold
    QUALIFY row_number() OVER (PARTITION BY enterprise, dealer, recipient ORDER BY cards DESC, since) = 1
),
crossed AS (
    SELECT enterprise, dealer, recipient, since, sales, first, last, records
    FROM told
    JOIN small USING (enterprise, dealer, recipient, day)
    JOIN peaks USING (enterprise, dealer, recipient)
    WHERE day BETWEEN since AND since + $days::INTEGER
),
parted AS (
    SELECT
        *,
        first > max(last) OVER (
            PARTITION BY enterprise, dealer, recipient ORDER BY first, last
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS is_apart
    FROM crossed
),
numbered AS (
    SELECT
        *,
        count(*) FILTER (is_apart) OVER (
            PARTITION BY enterprise, dealer, recipient ORDER BY first, last RANGE UNBOUNDED PRECEDING
        ) AS piece
    FROM parted
),
pieces AS (
    SELECT
        enterprise,
        dealer, recipient,
        min(first) AS first,
        max(last) AS last,
        flatten(list(records)) AS records,
        any_value(since) AS since,
        any_value(sales) AS sales
    FROM numbered
    GROUP BY enterprise, dealer, recipient, piece
)
SELECT
    whose.party AS enterprise,
    {id: sellers.party, name: any_value(sellers.name)} AS dealer,
    {id: buyers.party, name: any_value(buyers.name)} AS recipient,
    $threshold AS threshold,
    any_value(sales) AS sales,
    $days AS days,
    any_value(since) AS since,
    list({first: first, last: last}) AS cards,
    list_distinct(flatten(list(records))) AS records
FROM pieces
JOIN parties AS sellers ON dealer = sellers.number
JOIN parties AS buyers ON recipient = buyers.number
JOIN parties AS whose ON enterprise = whose.number
GROUP BY whose.party, sellers.party, buyers.party
ORDER BY whose.party, sum(last - first + 1) DESC, sellers.party, buyers.party
