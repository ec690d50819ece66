/*
question.en = "Who sold cards of an enterprise just before they were seized?"
question.zh = "谁在卡被扣押前不久转出本单位的卡？"
description.en = """
Whoever passed on so many cards that a carrier sold to the enterprise that were seized not before that day and, whatever
the exact days are, at most so many days after it."""
description.zh = "转出运营商售予本单位的卡，而该卡不早于当日、且（无论日期如何精确）在所定天数之内被扣押，达到此张数的各方。"
scope = "audit"
[params]
days = {type = "integer", en = "days that are few", zh = "视为过短的天数"}
least_cards = {type = "integer", en = "the fewest cards", zh = "达到此张数"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
dealer = {en = "who it is", zh = "主体"}
days = {en = "the days that are few", zh = "视为过短的天数"}
shortest = {en = "the shortest time in days", zh = "最短天数"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
records = {en = "the records", zh = "涉及的记录"}
*/

WITH found AS (
    SELECT taken.*, number, segment
    FROM taken
    JOIN parties ON enterprise = party
    ASOF JOIN segments ON number = segments.enterprise AND card >= segments.first
),
legs AS (
    SELECT *, unnest(generate_series(first_segment, last_segment)) AS segment
    FROM histories
    WHERE kind = 'transfer' AND NOT repeated AND first < last
),
passed AS (
    SELECT found.*, sender, sales.record, sales.day AS sold, sales.until AS sold_until
    FROM found
    JOIN histories AS sales ON number = sales.enterprise AND card = first AND card = last
    WHERE kind = 'transfer' AND NOT repeated
    UNION ALL
    SELECT found.*, sender, record, legs.day, legs.until
    FROM found
    JOIN legs ON number = legs.enterprise AND found.segment = legs.segment
),
crossed AS (
    SELECT
        enterprise,
        sender,
        card,
        min(passed.until - sold) AS days,
        list(DISTINCT passed.record) || list(DISTINCT seizures.record) AS records
    FROM passed
    JOIN seizures USING (card)
    WHERE passed.day >= sold_until AND passed.until - sold <= $days
        AND seizures.day = passed.day AND seizures.until = passed.until
    GROUP BY enterprise, sender, card
)
SELECT
    enterprise,
    {id: dealers.party, name: any_value(name)} AS dealer,
    $days AS days,
    min(crossed.days) AS shortest,
    list({first: card, last: card}) AS cards,
    list_distinct(flatten(list(records))) AS records
FROM crossed
JOIN parties AS dealers ON sender = dealers.number
GROUP BY enterprise, dealers.party
HAVING count(*) >= $least_cards
ORDER BY enterprise, count(*) DESC, dealers.party
