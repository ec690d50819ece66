/*
question.en = "Which users are stated in the activations of many cards?"
question.zh = "哪些使用人出现在多张卡的激活记录中？"
description.en = "Different cards in activations that name the card by its number and a user. A user may be a company."
description.zh = "以卡号记载且写明使用人的激活中的不同卡。使用人可能是单位。"
[params]
at_least = {type = "integer", default = 20, en = "the fewest cards", zh = "最少卡数"}
[returns]
user_id = {en = "the user", zh = "使用人标识"}
user_name = {en = "name of the user", zh = "使用人名称"}
cards = {en = "how many cards", zh = "卡数"}
devices = {en = "in how many devices", zh = "设备数"}
since = {en = "the earliest possible day", zh = "最早可能日期"}
until = {en = "the latest possible day", zh = "最晚可能日期"}
*/

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
