/*
question.en = "Who passed on or received twenty or more cards of an enterprise?"
question.zh = "谁转出或收到本单位的卡二十张以上？"
description.en = """
Everyone who is on record as having passed on, or received from somebody other than a carrier, so many different cards
that a carrier sold to the enterprise. Quantity-only records name no cards and do not count here."""
description.zh = "有记录转出，或从运营商以外收到运营商售予本单位的卡达到此张数的各方。仅写数量的记录未写明卡号，不计。"
scope = "audit"
[params]
least_cards = {type = "integer", en = "the fewest cards", zh = "达到此张数"}
[returns]
enterprise = {en = "id of the enterprise", zh = "单位标识"}
parties = {en = "who passed them on or received them, the most cards first", zh = "转出方或接收方，卡多者在前"}
count = {en = "how many these are", zh = "主体数"}
least_cards = {en = "the fewest cards", zh = "张数起点"}
cards = {en = "the cards, as ranges", zh = "涉及的卡（号段）"}
*/

WITH moved AS (
    SELECT
        enterprise,
        sender,
        receiver,
        greatest(movements.first, accounts.first) AS first,
        least(movements.last, accounts.last) AS last
    FROM movements
    JOIN accounts ON movements.first <= accounts.last AND movements.last >= accounts.first
    WHERE kind = 'transfer' AND NOT repeated
),
dealt AS (
    SELECT enterprise, sender AS dealer, 'passed' AS side, first, last FROM moved
    UNION ALL
    SELECT enterprise, receiver, 'received', first, last FROM moved
),
parted AS (
    SELECT
        *,
        first > max(last) OVER (
            PARTITION BY enterprise, dealer, side ORDER BY first, last
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS is_apart
    FROM dealt
),
numbered AS (
    SELECT
        *,
        count(*) FILTER (is_apart) OVER (
            PARTITION BY enterprise, dealer, side ORDER BY first, last RANGE UNBOUNDED PRECEDING
        ) AS piece
    FROM parted
),
pieces AS (
    SELECT
        enterprise,
        dealer,
        side,
        min(first) AS first,
        max(last) AS last
    FROM numbered
    GROUP BY enterprise, dealer, side, piece
),
sides AS (
    SELECT
        enterprise,
        dealer,
        side,
        sum(last - first + 1) AS dealt_cards
    FROM pieces
    GROUP BY enterprise, dealer, side
    HAVING sum(last - first + 1) >= $least_cards
),
dealers AS (
    SELECT
        enterprise,
        dealer,
        max(dealt_cards) AS most
    FROM sides
    GROUP BY enterprise, dealer
),
chosen AS (
    SELECT
        enterprise,
        first,
        last
    FROM pieces
    SEMI JOIN sides USING (enterprise, dealer, side)
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
    list({id: dealer, name: name} ORDER BY most DESC, dealer) AS parties,
    count(*) AS count,
    $least_cards AS least_cards,
    any_value(cards) AS cards
FROM dealers
JOIN evidence USING (enterprise)
JOIN parties ON dealer = party
GROUP BY enterprise
ORDER BY enterprise
