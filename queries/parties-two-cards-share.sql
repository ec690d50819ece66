-- question: Through which hands did both of two cards go?
-- question.zh: 两张卡都经过了哪些主体之手？
-- counts: Parties that some movement of each card names, as sender or receiver. Users that only an activation names
--     are not here, nor sales by number of cards.
-- counts.zh: 两张卡的流转记录都提到的转出方或接收方。只在激活记录中出现的使用人和只写数量的销售不计。
-- param card: card | one complete ICCID | 一张卡的完整 ICCID
-- param other_card: card | the other one | 另一张卡的完整 ICCID
-- column party_id: the party | 主体标识
-- column party_name: its name | 名称
-- column is_carrier: whether it is a carrier | 是否运营商
-- column since: the earliest possible day on which a record has it deal with the one card | 涉及第一张卡的最早可能日期
-- column other_since: the same for the other card | 涉及另一张卡的最早可能日期
-- mode: read

WITH hands AS (
    SELECT from_id AS party_id, from_name AS party_name, from_is_carrier AS is_carrier, first, last, day FROM moves
    UNION ALL
    SELECT to_id, to_name, to_is_carrier, first, last, day FROM moves
)
SELECT
    party_id, any_value(party_name) AS party_name, any_value(is_carrier) AS is_carrier,
    min(day) FILTER (first <= $card AND last >= $card) AS since,
    min(day) FILTER (first <= $other_card AND last >= $other_card) AS other_since
FROM hands
WHERE (first <= $card AND last >= $card) OR (first <= $other_card AND last >= $other_card)
GROUP BY party_id
HAVING since IS NOT NULL AND other_since IS NOT NULL
ORDER BY least(since, other_since), party_id
