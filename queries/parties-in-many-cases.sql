/*
question.en = "Through whose hands did the seized cards of several criminal cases go?"
question.zh = "谁经手过多起案件中被扣押的卡？"
description.en = """
Different case numbers, as written, of seizures that name a card by its number which some movement has the party send
or receive, at any time. The larger a party, the more cases it will be in."""
description.zh = "扣押记录以卡号提到某卡、而该主体在流转记录中收发过该卡的不同案件编号（照原文，不论时间）。主体经手的卡越多，涉及的案件自然越多。"
[params]
at_least = {type = "integer", default = 2, en = "the fewest cases", zh = "最少案件数"}
with_carriers = {type = "boolean", default = false, en = "carriers too", zh = "包括运营商"}
[returns]
party_id = {en = "the party", zh = "主体标识"}
party_name = {en = "its name", zh = "名称"}
cases = {en = "how many cases", zh = "案件数"}
case_nos = {en = "the case numbers", zh = "案件编号"}
cards = {en = "how many of the seized cards", zh = "涉及的被扣押卡数"}
*/

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
