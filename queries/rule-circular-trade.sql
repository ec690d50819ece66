/*
question.en = "Which cards of an enterprise came back to whoever had passed them on, by way of others?"
question.zh = "本单位的卡转出之后又经他人回到了谁手中？"
description.en = """
Cards that a carrier sold to the enterprise, that somebody passed on and, on a later day whatever the exact days are and
at most so many days later, received from somebody else than the one to whom they went. What is given back by its
receiver is a return and does not count."""
description.zh = "运营商售予本单位的卡中，某方转出之后（无论日期如何精确）又在所定天数之内、从另一方收回的卡。由原接收方退回的属退货，不计。"
scope = "audit"
[params]
days = {type = "integer", en = "the most days between both", zh = "两次之间的最多天数"}
least_cards = {type = "integer", en = "the fewest cards", zh = "达到此张数"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
dealer = {en = "who it is", zh = "主体"}
days = {en = "the most days between both", zh = "两次之间的最多天数"}
least_cards = {en = "the fewest cards", zh = "张数起点"}
left = {en = "the first day on which they left", zh = "最早转出日期"}
back = {en = "the last day on which they came back", zh = "最晚收回日期"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
records = {en = "the records", zh = "涉及的记录"}
*/

WITH crossed AS (
    SELECT DISTINCT
        enterprise,
        party AS dealer,
        gone,
        came_until AS came,
        first,
        last,
        [next_record, record] AS records
    FROM handovers
    WHERE sender <> receiver AND came > gone_until AND came_until - gone <= $days
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
        min(gone) AS gone,
        max(came) AS came
    FROM numbered
    GROUP BY enterprise, dealer, piece
)
SELECT
    whose.party AS enterprise,
    {id: dealers.party, name: any_value(dealers.name)} AS dealer,
    $days AS days,
    $least_cards AS least_cards,
    min(gone) AS left,
    max(came) AS back,
    list({first: first, last: last}) AS cards,
    list_distinct(flatten(list(records))) AS records
FROM pieces
JOIN parties AS dealers ON dealer = dealers.number
JOIN parties AS whose ON enterprise = whose.number
GROUP BY whose.party, dealers.party
HAVING sum(last - first + 1) >= $least_cards
ORDER BY whose.party, sum(last - first + 1) DESC, dealers.party
