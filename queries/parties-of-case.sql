-- question: Through whose hands did the cards go that were seized in a criminal case?
-- question.zh: 某案件中被扣押的卡经过了谁之手？
-- counts: Seized cards, named by their numbers, which some movement has the party send or receive, at any time; the
--     users that their activations name beside them.
-- counts.zh: 扣押记录写明卡号的卡中，流转记录显示该主体收发过的卡数（不论时间）；另列激活记录所写的使用情况。
-- param case_no: text | the criminal case, as written | 案件编号（照原文）
-- column party_id: the party | 主体标识
-- column party_name: its name | 名称
-- column is_carrier: whether it is a carrier | 是否运营商
-- column sent: how many of the cards it passed on | 转出的卡数
-- column received: how many it received | 收到的卡数
-- column used: how many it used, by their activations | 激活记录显示其使用的卡数
-- mode: read

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
