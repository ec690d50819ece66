-- question: Through whose hands did the seized cards of several criminal cases go?
-- question.zh: 谁经手过多起案件中被扣押的卡？
-- counts: Different case numbers, as written, of seizures that name a card by its number which some movement has the
--     party send or receive, at any time. The larger a party, the more cases it will be in.
-- counts.zh: 扣押记录以卡号提到某卡、而该主体在流转记录中收发过该卡的不同案件编号（照原文，不论时间）。主体经手的卡越多，涉及的案件自然越多。
-- param at_least: integer = 2 | the fewest cases | 最少案件数
-- param with_carriers: boolean = false | carriers too | 包括运营商
-- column party_id: the party | 主体标识
-- column party_name: its name | 名称
-- column cases: how many cases | 案件数
-- column case_nos: the case numbers | 案件编号
-- column cards: how many of the seized cards | 涉及的被扣押卡数
-- mode: read

WITH seized AS (
    SELECT DISTINCT first AS card, case_no FROM seizures WHERE first IS NOT NULL AND case_no IS NOT NULL
),
hands AS (
    SELECT card, case_no, from_id AS party_id, from_name AS party_name, from_is_carrier AS is_carrier
    FROM seized JOIN moves ON first <= card AND last >= card
    UNION ALL
    SELECT card, case_no, to_id, to_name, to_is_carrier
    FROM seized JOIN moves ON first <= card AND last >= card
)
SELECT
    party_id, any_value(party_name) AS party_name, count(DISTINCT case_no) AS cases,
    list(DISTINCT case_no ORDER BY case_no) AS case_nos, count(DISTINCT card) AS cards
FROM hands
WHERE NOT is_carrier OR $with_carriers
GROUP BY party_id
HAVING cases >= $at_least
ORDER BY cases DESC, cards DESC, party_id
