/*
question.en = "Through which parties did cards pass within a few days?"
question.zh = "卡在哪些主体手中只停留了几天？"
description.en = """
Different cards that a party, no carrier, passed on to another one at most so many days after a record has it receive
them, both taken at their earliest possible days. Not that it kept none longer."""
description.zh = "主体（非运营商）收到卡后若干天内即转给他人的不同卡，收、转均按最早可能日期计。并不表示其所有卡都如此。"
[params]
days = {type = "integer", default = 7, en = "the most days between receipt and departure", zh = "收到至转出的最多天数"}
at_least = {type = "integer", default = 1, en = "the fewest cards", zh = "最少卡数"}
[returns]
party_id = {en = "the party", zh = "主体标识"}
party_name = {en = "its name", zh = "名称"}
cards = {en = "different cards that only passed through", zh = "短暂停留的不同卡数"}
suppliers = {en = "from how many parties", zh = "上家数"}
receivers = {en = "to how many parties", zh = "下家数"}
shortest_days = {en = "the fewest days between", zh = "最短间隔天数"}
since = {en = "the earliest possible day of a receipt", zh = "最早可能收到日期"}
until = {en = "the latest possible day of a departure", zh = "最晚可能转出日期"}
*/

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
