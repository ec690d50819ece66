// question: Which cards were seen in several devices?
// question.zh: 哪些卡在多个设备中出现过？
// counts: Different devices (IMEI without its last digit) in activations that name the card by its number.
// counts.zh: 以卡号记载的激活中的不同设备（IMEI 不计末位）。
// param at_least: integer = 2 | the fewest devices | 最少设备数
// column card: the card, by its key | 卡键
// column devices: how many devices | 设备数
// column imeis: the devices, by the first 14 digits | 各设备（IMEI 前 14 位）
// column since: the earliest possible day | 最早可能日期
// column until: the latest possible day | 最晚可能日期
// mode: read

MATCH (seen:Case)
MATCH (r:Activation)-[:OF]->(c:Card)
WHERE r.device IS NOT NULL AND r.sheet <= seen.sheets
WITH c, r ORDER BY r.device
WITH c, collect(DISTINCT r.device) AS imeis, min(date(left(r.date, 10))) AS since,
    max(CASE size(r.date)
        WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
    END) AS until
WHERE size(imeis) >= $at_least
RETURN c.key AS card, size(imeis) AS devices, imeis, since, until
ORDER BY devices DESC, card
