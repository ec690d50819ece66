/*
question.en = "In which provinces were the cards of an enterprise online?"
question.zh = "某单位的卡在哪些省份上线？"
description.en = """
Activations that name the card by its number and a province, as written. With an enterprise, cards that a carrier sold
to it at any time, whoever held them when they were online."""
description.zh = "以卡号记载且写明省份的激活，省份照原文。指定单位时，为运营商曾售予该单位的卡，不论上线时在谁手中。"
[params]
enterprise = {type = "party", optional = true, en = "only cards that carriers sold to it", zh = "只看运营商售予该单位的卡"}
[returns]
province = {en = "the province as written", zh = "省份（照原文）"}
cards = {en = "different cards", zh = "不同卡数"}
activations = {en = "statements", zh = "激活陈述数"}
users = {en = "different users that are stated", zh = "记载的使用人数"}
since = {en = "the earliest possible day", zh = "最早可能日期"}
until = {en = "the latest possible day", zh = "最晚可能日期"}
*/

WITH bought AS (
    SELECT first, last FROM moves
    WHERE from_is_carrier AND NOT repeated AND first IS NOT NULL AND to_id = $enterprise
)
SELECT
    province, count(DISTINCT first) AS cards, count(*) AS activations, count(DISTINCT user_id) AS users,
    min(day) AS since, max(day_until) AS until
FROM activations
WHERE province IS NOT NULL AND first IS NOT NULL AND NOT repeated AND (
    $enterprise IS NULL
    OR record IN (SELECT a.record FROM activations AS a JOIN bought ON bought.first <= a.first AND bought.last >= a.first)
)
GROUP BY province
ORDER BY cards DESC, province
