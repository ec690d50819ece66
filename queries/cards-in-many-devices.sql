-- question: Which cards were seen in several devices?
-- question.zh: 哪些卡在多个设备中出现过？
-- counts: Different devices (IMEI without its last digit) in activations that name the card by its number.
-- counts.zh: 以卡号记载的激活中的不同设备（IMEI 不计末位）。
-- param at_least: integer = 2 | the fewest devices | 最少设备数
-- column card: the card, by its key | 卡键
-- column devices: how many devices | 设备数
-- column imeis: the devices, by the first 14 digits | 各设备（IMEI 前 14 位）
-- column since: the earliest possible day | 最早可能日期
-- column until: the latest possible day | 最晚可能日期
-- mode: read

WITH candidates AS (
    SELECT first FROM activations WHERE imei IS NOT NULL AND first IS NOT NULL GROUP BY first
    HAVING count(*) >= $at_least
),
several AS (
    SELECT
        first, count(DISTINCT device) AS devices, list(DISTINCT device ORDER BY device) AS imeis, min(day) AS since,
        max(day_until) AS until
    FROM activations SEMI JOIN candidates USING (first)
    WHERE device IS NOT NULL
    GROUP BY first
    HAVING devices >= $at_least
)
SELECT card_text(first) AS card, devices, imeis, since, until
FROM several
ORDER BY devices DESC, card
