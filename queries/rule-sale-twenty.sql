/*
question.en = "Who passed on or received twenty or more cards?"
question.zh = "谁转出或收到卡二十张以上？"
description.en = """
Everyone who is on record as having passed on cards of the audited party, or received them from somebody other than a
carrier. Their cards are counted over the whole case, or the days from `since` to `until`, each once, whether it was
passed on, received, or both. Quantity-only records name no cards and stand apart."""
description.zh = """
有记录转出被核查主体的卡，或从运营商以外收到这些卡的各方。其卡按全案（或 `since` 至 `until` 期间）统计，
转出、收到或两者兼有均只计一次。仅写数量的记录未写明卡号，单独列出。"""
scope = "audit"
[params]
least_cards = {type = "integer", en = "the fewest cards", zh = "达到此张数"}
since = {type = "day", optional = true, en = "the first day that counts", zh = "自此日起"}
until = {type = "day", optional = true, en = "the last day that counts", zh = "至此日止"}
[returns]
enterprise = {en = "id of the audited party", zh = "被核查主体标识"}
party = {en = "who passed them on or received them", zh = "转出方或接收方"}
by_name = {en = "the name, where nothing else identifies that party", zh = "该方仅凭此名称认定（无证件号）"}
cards_listed = {en = "different cards, listed or by range", zh = "不同的卡（逐张或号段）"}
cards_quantity = {en = "cards of quantity-only records", zh = "仅写数量的记录的张数"}
least_cards = {en = "the fewest cards", zh = "张数起点"}
since = {en = "the first day that counts", zh = "自此日起"}
until = {en = "the last day that counts", zh = "至此日止"}
cards = {en = "the audited party's cards among them, as ranges", zh = "其中被核查主体的卡（号段）"}
records = {en = "the records, where the party is the audited one", zh = "涉及的记录（该方即被核查主体时）"}
*/

WITH named AS NOT MATERIALIZED (
    SELECT enterprise, party AS dealer, segment, first, last, is_whole
    FROM sides
    WHERE ($since IS NULL OR until >= $since) AND ($until IS NULL OR day <= $until)
),
mine AS (
    SELECT number AS enterprise, number AS dealer
    FROM enterprises
    JOIN parties ON enterprise = party
),
concerned AS (
    SELECT enterprise, dealer FROM named
    UNION
    SELECT enterprise, dealer FROM mine
),
traded AS NOT MATERIALIZED (
    SELECT * FROM deals WHERE ($since IS NULL OR until >= $since) AND ($until IS NULL OR day <= $until)
),
dealt AS NOT MATERIALIZED (
    SELECT seller AS dealer, record, first, last, quantity, segment FROM traded
    UNION ALL
    SELECT buyer, record, first, last, quantity, segment FROM traded
),
-- who dealt in so many at the most dealt in no more different ones
many AS (
    SELECT dealer
    FROM dealt
    SEMI JOIN concerned USING (dealer)
    GROUP BY dealer
    HAVING sum(last - first + 1) >= $least_cards
),
legs AS (
    SELECT DISTINCT dealer, unnest(range(dealt.segment, beyond.segment)) AS segment
    FROM dealt
    SEMI JOIN many USING (dealer)
    JOIN cuts AS beyond ON beyond.first = dealt.last + 1
    WHERE dealt.first < dealt.last
),
singles AS NOT MATERIALIZED (
    SELECT DISTINCT dealer, first, segment
    FROM dealt
    SEMI JOIN many USING (dealer)
    WHERE first = last
),
held AS (
    SELECT dealer, sum(cards) AS cards_listed
    FROM (
        SELECT dealer, sum(last - first + 1) AS cards FROM legs JOIN cuts USING (segment) GROUP BY dealer
        UNION ALL
        SELECT dealer, count(*) FROM singles ANTI JOIN legs USING (dealer, segment) GROUP BY dealer
    ) AS counted
    GROUP BY dealer
    HAVING sum(cards) >= $least_cards
),
whole AS (
    SELECT DISTINCT enterprise, dealer, segment, first, last
    FROM named
    SEMI JOIN held USING (dealer)
    WHERE is_whole
),
evidence AS NOT MATERIALIZED (
    SELECT enterprise, dealer, list({first: first, last: last}) AS cards
    FROM (
        SELECT enterprise, dealer, first, last FROM whole
        UNION ALL
        SELECT enterprise, dealer, first, last
        FROM (
            SELECT DISTINCT enterprise, dealer, first, last
            FROM (SELECT * FROM named SEMI JOIN held USING (dealer) WHERE NOT is_whole) AS singles
            ANTI JOIN whole USING (enterprise, dealer, segment)
        ) AS apart
    ) AS found
    GROUP BY enterprise, dealer
),
by_number AS (
    SELECT
        dealer,
        sum(quantity) AS cards_quantity
    FROM dealt
    WHERE first IS NULL
    GROUP BY dealer
),
own AS (
    SELECT
        enterprise,
        dealer,
        list(record) AS records
    FROM dealt
    JOIN mine USING (dealer)
    WHERE first IS NOT NULL
    GROUP BY enterprise, dealer
)
SELECT
    whose.party AS enterprise,
    {id: parties.party, name: parties.name} AS party,
    CASE WHEN parties.party LIKE 'name:%' THEN parties.name END AS by_name,
    cards_listed,
    coalesce(cards_quantity, 0) AS cards_quantity,
    $least_cards AS least_cards,
    $since AS since,
    $until AS until,
    cards,
    records
FROM concerned
LEFT JOIN evidence USING (enterprise, dealer)
LEFT JOIN own USING (enterprise, dealer)
JOIN held USING (dealer)
LEFT JOIN by_number USING (dealer)
JOIN parties ON dealer = parties.number
JOIN parties AS whose ON concerned.enterprise = whose.number
ORDER BY whose.party, cards_listed DESC, parties.party
