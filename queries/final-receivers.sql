/*
question.en = "Who received many cards and passed none on?"
question.zh = "谁收到了许多卡而没有转出过？"
description.en = """
Different cards that records name; sales by number of cards are counted beside them. Parties that any record has pass
cards on, give them back included, are not here."""
description.zh = "记录写明卡号的不同卡；只写数量的另计。凡有转出（含退回）记录的主体不在内。"
[params]
at_least = {type = "integer", default = 20, en = "the fewest cards", zh = "最少卡数"}
[returns]
party_id = {en = "the party", zh = "主体标识"}
party_name = {en = "its name", zh = "名称"}
cards = {en = "different cards named", zh = "写明卡号的卡数"}
quantity_cards = {en = "cards stated by number only", zh = "只写数量的卡数"}
senders = {en = "from how many parties", zh = "来源主体数"}
since = {en = "the earliest possible day", zh = "最早可能日期"}
until = {en = "the latest possible day", zh = "最晚可能日期"}
*/

WITH received AS (
    SELECT
        to_id, to_name, from_id, day, day_until, CASE WHEN precision = 'quantity' THEN cards ELSE 0 END AS by_number,
        cards_after(first, last, max(last) OVER (
            PARTITION BY to_id ORDER BY first, last ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW
        )) AS named
    FROM moves
    WHERE NOT repeated AND NOT to_is_carrier AND from_id <> to_id
)
SELECT
    to_id AS party_id, any_value(to_name) AS party_name, coalesce(sum(named), 0) AS cards,
    sum(by_number) AS quantity_cards, count(DISTINCT from_id) AS senders, min(day) AS since, max(day_until) AS until
FROM received ANTI JOIN moves AS onward ON onward.from_id = received.to_id AND onward.to_id <> onward.from_id
GROUP BY to_id
HAVING cards + quantity_cards >= $at_least
ORDER BY cards DESC, quantity_cards DESC, party_id
