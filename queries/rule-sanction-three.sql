/*
question.en = "Who passed on three or more cards of an enterprise, three or more times, or to three or more recipients?"
question.zh = "谁转出本单位的卡达到三张以上、三次以上或者三个对象以上？"
description.en = """
Everyone who is on record as having passed on cards that a carrier sold to the enterprise, the enterprise itself among
them: different cards, sales (a recipient and a day), and recipients. Quantity-only records name no cards and do not
count here."""
description.zh = "有记录转出运营商售予本单位的卡的各方（含本单位）：不同的卡数、次数（同一对象同一日为一次）和对象数。仅写数量的记录未写明卡号，不计。"
scope = "audit"
[params]
least_cards = {type = "integer", en = "the fewest cards", zh = "达到此张数"}
least_sales = {type = "integer", en = "the fewest sales", zh = "达到此次数"}
least_recipients = {type = "integer", en = "the fewest recipients", zh = "达到此对象数"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
sellers = {en = "who passed them on, the most cards first", zh = "转出方，卡多者在前"}
count = {en = "how many these are", zh = "转出方数"}
least_cards = {en = "the fewest cards", zh = "张数起点"}
least_sales = {en = "the fewest sales", zh = "次数起点"}
least_recipients = {en = "the fewest recipients", zh = "对象数起点"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
*/

WITH passed AS (
    SELECT
        enterprise,
        sender AS seller,
        receiver,
        day,
        greatest(movements.first, accounts.first) AS first,
        least(movements.last, accounts.last) AS last
    FROM movements
    JOIN accounts ON movements.first <= accounts.last AND movements.last >= accounts.first
    WHERE kind = 'transfer' AND NOT repeated
),
parted AS (
    SELECT
        *,
        first > max(last) OVER (
            PARTITION BY enterprise, seller ORDER BY first, last
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS is_apart
    FROM passed
),
numbered AS (
    SELECT
        *,
        count(*) FILTER (is_apart) OVER (
            PARTITION BY enterprise, seller ORDER BY first, last RANGE UNBOUNDED PRECEDING
        ) AS piece
    FROM parted
),
pieces AS (
    SELECT
        enterprise,
        seller,
        min(first) AS first,
        max(last) AS last
    FROM numbered
    GROUP BY enterprise, seller, piece
),
held AS (
    SELECT
        enterprise,
        seller,
        sum(last - first + 1) AS passed
    FROM pieces
    GROUP BY enterprise, seller
),
sold AS (
    SELECT
        enterprise,
        seller,
        count(DISTINCT (receiver, day)) AS sales,
        count(DISTINCT receiver) AS recipients
    FROM passed
    GROUP BY enterprise, seller
),
sellers AS (
    SELECT
        enterprise,
        seller,
        passed
    FROM held
    JOIN sold USING (enterprise, seller)
    WHERE passed >= $least_cards OR sales >= $least_sales OR recipients >= $least_recipients
),
chosen AS (
    SELECT
        enterprise,
        first,
        last
    FROM pieces
    SEMI JOIN sellers USING (enterprise, seller)
),
union_of AS (
    SELECT
        *,
        first > max(last) OVER (
            PARTITION BY enterprise ORDER BY first, last
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS starts_lot
    FROM chosen
),
lots AS (
    SELECT
        *,
        count(*) FILTER (starts_lot) OVER (
            PARTITION BY enterprise ORDER BY first, last RANGE UNBOUNDED PRECEDING
        ) AS lot
    FROM union_of
),
disjoint AS (
    SELECT
        enterprise,
        min(first) AS first,
        max(last) AS last
    FROM lots
    GROUP BY enterprise, lot
),
evidence AS (
    SELECT
        enterprise,
        list({first: first, last: last}) AS cards
    FROM disjoint
    GROUP BY enterprise
)
SELECT
    enterprise,
    list({id: seller, name: name} ORDER BY passed DESC, seller) AS sellers,
    count(*) AS count,
    $least_cards AS least_cards,
    $least_sales AS least_sales,
    $least_recipients AS least_recipients,
    any_value(cards) AS cards
FROM sellers
JOIN evidence USING (enterprise)
JOIN parties ON seller = party
GROUP BY enterprise
ORDER BY enterprise
