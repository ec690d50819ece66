// question: Which users are stated in the activations of many cards?
// question.zh: 哪些使用人出现在多张卡的激活记录中？
// counts: Different cards in activations that name the card by its number and a user. A user may be a company.
// counts.zh: 以卡号记载且写明使用人的激活中的不同卡。使用人可能是单位。
// param at_least: integer = 20 | the fewest cards | 最少卡数
// column user_id: the user | 使用人标识
// column user_name: name of the user | 使用人名称
// column cards: how many cards | 卡数
// column devices: in how many devices | 设备数
// column since: the earliest possible day | 最早可能日期
// column until: the latest possible day | 最晚可能日期
// mode: read

MATCH (seen:Case)
MATCH (user:Party)<-[:USED_BY]-(r:Activation)-[:OF]->(c:Card)
WHERE r.sheet <= seen.sheets
WITH user, count(DISTINCT c) AS cards, count(DISTINCT r.device) AS devices, min(date(left(r.date, 10))) AS since,
    max(CASE size(r.date)
        WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
    END) AS until
WHERE cards >= $at_least
RETURN user.id AS user_id, user.name AS user_name, cards, devices, since, until
ORDER BY cards DESC, user_id
