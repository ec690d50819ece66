/*
question.en = "Which parties do several cards have in common?"
question.zh = "若干张卡共同经过了哪些主体？"
description.en = """
For each party, how many of the given cards some movement has it send or receive. It ignores how many other cards the
party dealt in; `graphtrace common` sets that against it."""
description.zh = "每个主体在流转记录中收发过所列卡中的几张。不考虑该主体经手的其他卡，相关比较见 graphtrace common。"
[params]
cards = {type = "card[]", en = "the complete ICCIDs, one each", zh = "完整的 ICCID，逐个给出"}
at_least = {type = "integer", default = 2, en = "the fewest of the cards", zh = "最少涉及的卡数"}
[returns]
party_id = {en = "the party", zh = "主体标识"}
party_name = {en = "its name", zh = "名称"}
is_carrier = {en = "whether it is a carrier", zh = "是否运营商"}
cards = {en = "how many of the cards", zh = "涉及的卡数"}
*/

WITH asked AS (SELECT DISTINCT unnest($cards) AS card),
hands AS (
    SELECT card, from_id AS party_id, from_name AS party_name, from_is_carrier AS is_carrier
    FROM asked JOIN moves ON first <= card AND last >= card
    UNION ALL
    SELECT card, to_id, to_name, to_is_carrier
    FROM asked JOIN moves ON first <= card AND last >= card
)
SELECT
    party_id, any_value(party_name) AS party_name, any_value(is_carrier) AS is_carrier,
    count(DISTINCT card) AS cards
FROM hands
GROUP BY party_id
HAVING cards >= $at_least
ORDER BY cards DESC, party_id
