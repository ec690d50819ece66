/*
question.en = "Which devices were seen with several cards?"
question.zh = "哪些设备用过多张卡？"
description.en = """
Different cards in records that name both the card, by its number, and the device (IMEI without its last digit):
activations, uses, seizures and lists of cards, as in traces. Gateways and test devices rank here as well as anything
else."""
description.zh = "同时记有卡号和设备（IMEI 不计末位）的记录中的不同卡：激活、使用、扣押及卡清单，与流转结果一致。网关和测试设备也会排在前面。"
[params]
at_least = {type = "integer", default = 3, en = "the fewest cards", zh = "最少卡数"}
[returns]
device = {en = "the device, by the first 14 digits of the IMEI", zh = "设备（IMEI 前 14 位）"}
cards = {en = "how many cards", zh = "卡数"}
users = {en = "how many different users are stated", zh = "记载的使用人数"}
since = {en = "the earliest possible day", zh = "最早可能日期"}
until = {en = "the latest possible day", zh = "最晚可能日期"}
*/

WITH named AS (
    SELECT
        device, first, day, day_until,
        CASE WHEN kind IN ('activation', 'usage') THEN to_id END AS user_id
    FROM records
    WHERE device IS NOT NULL AND first IS NOT NULL AND precision = 'listed'
)
SELECT
    device, count(DISTINCT first) AS cards, count(DISTINCT user_id) AS users, min(day) AS since, max(day_until) AS until
FROM named
GROUP BY device
HAVING cards >= $at_least
ORDER BY cards DESC, device
