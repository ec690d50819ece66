-- question: Which users are stated in the activations of many cards?
-- question.zh: 哪些使用人出现在多张卡的激活记录中？
-- counts: Different cards in activations that name the card by its number and a user. A user may be a company.
-- counts.zh: 以卡号记载且写明使用人的激活中的不同卡。使用人可能是单位。
-- param at_least: integer = 20 | the fewest cards | 最少卡数
-- column user_id: the user | 使用人标识
-- column user_name: name of the user | 使用人名称
-- column cards: how many cards | 卡数
-- column devices: in how many devices | 设备数
-- column since: the earliest possible day | 最早可能日期
-- column until: the latest possible day | 最晚可能日期
-- mode: read

WITH candidates AS (
    SELECT user_id FROM activations WHERE user_id IS NOT NULL AND first IS NOT NULL GROUP BY user_id
    HAVING count(*) >= $at_least
)
SELECT
    user_id, any_value(user_name) AS user_name, count(DISTINCT first) AS cards, count(DISTINCT device) AS devices,
    min(day) AS since, max(day_until) AS until
FROM activations SEMI JOIN candidates USING (user_id)
WHERE first IS NOT NULL
GROUP BY user_id
HAVING cards >= $at_least
ORDER BY cards DESC, user_id
