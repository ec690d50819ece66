/*
question.en = "Which cards were seen in several devices?"
question.zh = "哪些卡在多个设备中出现过？"
description.en = """
Different devices (IMEI without its last digit) in records that name the card by its number: activations, uses, seizures
and lists of cards, as in traces."""
description.zh = "以卡号记载的记录（激活、使用、扣押及卡清单，与流转结果一致）中的不同设备（IMEI 不计末位）。"
[params]
at_least = {type = "integer", default = 2, en = "the fewest devices", zh = "最少设备数"}
[returns]
card = {en = "the card, by its key", zh = "卡键"}
devices = {en = "how many devices", zh = "设备数"}
imeis = {en = "the devices, by the first 14 digits", zh = "各设备（IMEI 前 14 位）"}
since = {en = "the earliest possible day", zh = "最早可能日期"}
until = {en = "the latest possible day", zh = "最晚可能日期"}
*/

WITH several AS (
    SELECT
        first, count(DISTINCT device) AS devices, list(DISTINCT device ORDER BY device) AS imeis, min(day) AS since,
        max(day_until) AS until
    FROM records
    WHERE device IS NOT NULL AND first IS NOT NULL AND precision = 'listed'
    GROUP BY first
    HAVING devices >= $at_least
)
SELECT card_text(first) AS card, devices, imeis, since, until
FROM several
ORDER BY devices DESC, card
