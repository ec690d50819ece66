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
cards_listed = {en = "different cards, listed or by range", zh = "不同的卡（逐张或号段）"}
cards_quantity = {en = "cards of quantity-only records", zh = "仅写数量的记录的张数"}
least_cards = {en = "the fewest cards", zh = "张数起点"}
since = {en = "the first day that counts", zh = "自此日起"}
until = {en = "the last day that counts", zh = "至此日止"}
cards = {en = "the audited party's cards among them, as ranges", zh = "其中被核查主体的卡（号段）"}
records = {en = "the records, where the party is the audited one", zh = "涉及的记录（该方即被核查主体时）"}
*/

WITH evidence AS (
    SELECT
        enterprise,
        party AS dealer,
        list(DISTINCT {first: first, last: last}) AS cards
    FROM traders
    WHERE ($since IS NULL OR until >= $since) AND ($until IS NULL OR day <= $until)
    GROUP BY enterprise, party
),
traded AS (
    SELECT * FROM trades WHERE ($since IS NULL OR until >= $since) AND ($until IS NULL OR day <= $until)
),
concerned AS (
    SELECT enterprise, dealer FROM evidence
    UNION
    SELECT enterprise, enterprise FROM enterprises
),
dealt AS (
    SELECT seller AS dealer, record, first, last, quantity FROM traded
    UNION ALL
    SELECT buyer, record, first, last, quantity FROM traded
),
parted AS (
    SELECT
        dealer,
        first,
        last,
        max(last) OVER (
            PARTITION BY dealer ORDER BY first, last
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS reached
    FROM dealt
    WHERE first IS NOT NULL
),
held AS (
    SELECT
        dealer,
        sum(greatest(0, last - greatest(first - 1, coalesce(reached, first - 1)))) AS cards_listed
    FROM parted
    GROUP BY dealer
    HAVING cards_listed >= $least_cards
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
        dealer AS enterprise,
        dealer,
        list(record) AS records
    FROM dealt
    SEMI JOIN enterprises ON dealer = enterprise
    WHERE first IS NOT NULL
    GROUP BY dealer
)
SELECT
    enterprise,
    {id: party, name: name} AS party,
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
JOIN parties ON dealer = parties.party
ORDER BY enterprise, cards_listed DESC, dealer
