/*
question.en = "Through which hands did both of two cards go?"
question.zh = "两张卡都经过了哪些主体之手？"
description.en = """
Parties that some movement of each card names, as sender or receiver. Users that only an activation names are not
here, nor sales by number of cards."""
description.zh = "两张卡的流转记录都提到的转出方或接收方。只在激活记录中出现的使用人和只写数量的销售不计。"
[params]
card = {type = "card", en = "one complete ICCID", zh = "一张卡的完整 ICCID"}
other_card = {type = "card", en = "the other one", zh = "另一张卡的完整 ICCID"}
[returns]
party_id = {en = "the party", zh = "主体标识"}
party_name = {en = "its name", zh = "名称"}
is_carrier = {en = "whether it is a carrier", zh = "是否运营商"}
since = {en = "the earliest possible day on which a record has it deal with the one card", zh = "涉及第一张卡的最早可能日期"}
other_since = {en = "the same for the other card", zh = "涉及另一张卡的最早可能日期"}
*/

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
