-- question: Through which parties did cards pass within a few days?
-- question.zh: 卡在哪些主体手中只停留了几天？
-- counts: Different cards that a party, no carrier, passed on to another one at most so many days after a record has it
--     receive them, both taken at their earliest possible days. Not that it kept none longer.
-- counts.zh: 主体（非运营商）收到卡后若干天内即转给他人的不同卡，收、转均按最早可能日期计。并不表示其所有卡都如此。
-- param days: integer = 7 | the most days between receipt and departure | 收到至转出的最多天数
-- param at_least: integer = 1 | the fewest cards | 最少卡数
-- column party_id: the party | 主体标识
-- column party_name: its name | 名称
-- column cards: different cards that only passed through | 短暂停留的不同卡数
-- column suppliers: from how many parties | 上家数
-- column receivers: to how many parties | 下家数
-- column shortest_days: the fewest days between | 最短间隔天数
-- column since: the earliest possible day of a receipt | 最早可能收到日期
-- column until: the latest possible day of a departure | 最晚可能转出日期
-- mode: read

WITH transits AS (
    SELECT
        got.to_id AS party_id, got.to_name AS party_name, got.from_id AS supplier, gave.to_id AS receiver,
        greatest(got.first, gave.first) AS first, least(got.last, gave.last) AS last, gave.day - got.day AS days,
        got.day AS since, gave.day_until AS until
    FROM moves AS got JOIN moves AS gave
        ON got.to_id = gave.from_id AND gave.first <= got.last AND gave.last >= got.first
    WHERE NOT got.to_is_carrier AND NOT got.repeated AND NOT gave.repeated AND gave.to_id <> got.to_id
        AND got.from_id <> got.to_id AND gave.to_id <> got.from_id AND gave.day - got.day BETWEEN 0 AND $days
),
counted AS (
    SELECT *, cards_after(first, last, max(last) OVER (
        PARTITION BY party_id ORDER BY first, last ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW
    )) AS new_cards
    FROM transits
)
SELECT
    party_id, any_value(party_name) AS party_name, sum(new_cards) AS cards, count(DISTINCT supplier) AS suppliers,
    count(DISTINCT receiver) AS receivers, min(days) AS shortest_days, min(since) AS since, max(until) AS until
FROM counted
GROUP BY party_id
HAVING cards >= $at_least
ORDER BY cards DESC, party_id
