/*
question.en = "Through whose hands did the cards go that were seized in a criminal case?"
question.zh = "某案件中被扣押的卡经过了谁之手？"
description.en = """
Seized cards, named by their numbers, which some movement has the party send or receive, at any time; the users that
their activations name beside them."""
description.zh = "扣押记录写明卡号的卡中，流转记录显示该主体收发过的卡数（不论时间）；另列激活记录所写的使用情况。"
[params]
case_no = {type = "text", en = "the criminal case, as written", zh = "案件编号（照原文）"}
[returns]
party_id = {en = "the party", zh = "主体标识"}
party_name = {en = "its name", zh = "名称"}
is_carrier = {en = "whether it is a carrier", zh = "是否运营商"}
sent = {en = "how many of the cards it passed on", zh = "转出的卡数"}
received = {en = "how many it received", zh = "收到的卡数"}
used = {en = "how many it used, by their activations", zh = "激活记录显示其使用的卡数"}
*/

WITH seized AS (
    SELECT DISTINCT first AS card FROM seizures WHERE first IS NOT NULL AND case_no = $case_no
),
parts AS (
    SELECT card, from_id AS party_id, 'sent' AS part FROM seized JOIN moves ON first <= card AND last >= card
    UNION ALL
    SELECT card, to_id, 'received' FROM seized JOIN moves ON first <= card AND last >= card
    UNION ALL
    SELECT seized.card, user_id, 'used' FROM seized JOIN activations ON first = seized.card WHERE user_id IS NOT NULL
)
SELECT
    party_id, any_value(name) AS party_name, any_value(is_carrier) AS is_carrier,
    count(DISTINCT card) FILTER (part = 'sent') AS sent, count(DISTINCT card) FILTER (part = 'received') AS received,
    count(DISTINCT card) FILTER (part = 'used') AS used
FROM parts JOIN parties USING (party_id)
GROUP BY party_id
ORDER BY greatest(sent, received) DESC, used DESC, party_id
