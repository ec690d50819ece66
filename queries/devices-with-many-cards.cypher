// question: Which devices were seen with several cards?
// question.zh: 哪些设备用过多张卡？
// counts: Different cards in activations that name both the card, by its number, and the device (IMEI without its last
//     digit). Gateways and test devices rank here as well as anything else.
// counts.zh: 同时记有卡号和设备（IMEI 不计末位）的激活中的不同卡。网关和测试设备也会排在前面。
// param at_least: integer = 3 | the fewest cards | 最少卡数
// column device: the device, by the first 14 digits of the IMEI | 设备（IMEI 前 14 位）
// column cards: how many cards | 卡数
// column users: how many different users are stated | 记载的使用人数
// column since: the earliest possible day | 最早可能日期
// column until: the latest possible day | 最晚可能日期
// mode: read

MATCH (seen:Case)
MATCH (r:Activation)-[:OF]->(c:Card)
WHERE r.device IS NOT NULL AND r.sheet <= seen.sheets
OPTIONAL MATCH (r)-[:USED_BY]->(user:Party)
WITH r.device AS device, count(DISTINCT c) AS cards, count(DISTINCT user) AS users,
    min(date(left(r.date, 10))) AS since,
    max(CASE size(r.date)
        WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
    END) AS until
WHERE cards >= $at_least
RETURN device, cards, users, since, until
ORDER BY cards DESC, device
