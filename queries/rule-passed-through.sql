/*
question.en = "Through whose hands did cards of an enterprise go within a few days?"
question.zh = "本单位的卡在几日之内经过谁手？"
description.en = """
Whoever received so many different cards that a carrier sold to the enterprise from somebody other than a carrier and
passed each of them on, whatever the exact days are, at most so many days later. Quantity-only records name no cards and
do not count here."""
description.zh = "从运营商以外收到运营商售予本单位的卡、又（无论日期如何精确）在所定天数之内转出，达到此张数的各方。仅写数量的记录未写明卡号，不计。"
scope = "audit"
[params]
days = {type = "integer", en = "days that are few", zh = "视为过短的天数"}
least_cards = {type = "integer", en = "the fewest cards", zh = "达到此张数"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
dealer = {en = "who it is", zh = "主体"}
days = {en = "the days that are few", zh = "视为过短的天数"}
least_cards = {en = "the fewest cards", zh = "张数起点"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
records = {en = "the records", zh = "涉及的记录"}
*/

WITH crossed AS (
    SELECT DISTINCT enterprise, party AS dealer, first, last, [record, next_record] AS records
    FROM handovers
    WHERE gone >= came_until AND gone_until - came <= $days
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
        flatten(list(records)) AS records
    FROM numbered
    GROUP BY enterprise, dealer, piece
)
SELECT
    whose.party AS enterprise,
    {id: dealers.party, name: any_value(dealers.name)} AS dealer,
    $days AS days,
    $least_cards AS least_cards,
    list({first: first, last: last}) AS cards,
    list_distinct(flatten(list(records))) AS records
FROM pieces
JOIN parties AS dealers ON dealer = dealers.number
JOIN parties AS whose ON enterprise = whose.number
GROUP BY whose.party, dealers.party
HAVING sum(last - first + 1) >= $least_cards
ORDER BY whose.party, sum(last - first + 1) DESC, dealers.party
