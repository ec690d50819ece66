-- question: Which parties do several cards have in common?
-- question.zh: 若干张卡共同经过了哪些主体？
-- counts: For each party, how many of the given cards some movement has it send or receive. It ignores how many other
--     cards the party dealt in; `graphtrace common` sets that against it.
-- counts.zh: 每个主体在流转记录中收发过所列卡中的几张。不考虑该主体经手的其他卡，相关比较见 graphtrace common。
-- param cards: card[] | the complete ICCIDs, one each | 完整的 ICCID，逐个给出
-- param at_least: integer = 2 | the fewest of the cards | 最少涉及的卡数
-- column party_id: the party | 主体标识
-- column party_name: its name | 名称
-- column is_carrier: whether it is a carrier | 是否运营商
-- column cards: how many of the cards | 涉及的卡数
-- mode: read

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
