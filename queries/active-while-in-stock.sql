-- question: Which cards of an enterprise were online while, on record, it still had them?
-- question.zh: 某单位的哪些卡在记录显示仍未转出时就已上线？
-- counts: Activations, by card number, on or after the day on which a carrier sold the card to the enterprise, where
--     no record of that day or earlier has the enterprise pass the card on. What came back later counts as
--     passed on; repeated statements are listed too.
-- counts.zh: 以卡号记载的激活，时间不早于运营商售予该单位之日，且截至当日没有该单位转出该卡的记录。转出后又退回的按已转出计；重复的陈述也列出。
-- param enterprise: party | the enterprise, by name, number or id | 单位的名称、证件号码或标识
-- column card: the card, by its key | 卡键
-- column bought: when the enterprise bought it | 采购日期
-- column activated: when it was online | 激活时间
-- column user_id: who used it | 使用人标识
-- column user_name: name of the user | 使用人名称
-- column by_other: whether somebody else than the enterprise is stated as the user | 使用人是否他人
-- column province: where | 省份
-- column device: the first 14 digits of the IMEI | IMEI 前 14 位
-- column record_id: the record of the activation | 激活记录标识
-- mode: read

WITH bought AS (
    SELECT first, last, day, moment FROM moves
    WHERE to_id = $enterprise AND from_is_carrier AND NOT repeated AND first IS NOT NULL
),
passed_on AS (
    SELECT first, last, day FROM moves
    WHERE from_id = $enterprise AND to_id <> $enterprise AND NOT repeated AND first IS NOT NULL
),
active AS (
    SELECT record, a.first, day_until, min((bought.day, bought.moment)) AS purchase
    FROM (SELECT record, first, day_until FROM activations) AS a JOIN bought
        ON bought.first <= a.first AND bought.last >= a.first AND bought.day <= day_until
    GROUP BY record, a.first, day_until
),
in_stock AS (
    SELECT record, purchase FROM active ANTI JOIN passed_on
        ON passed_on.first <= active.first AND passed_on.last >= active.first AND passed_on.day <= active.day_until
)
SELECT
    card, purchase[2] AS bought, moment AS activated, user_id, user_name,
    coalesce(user_id <> $enterprise, false) AS by_other, province, device, record_id
FROM activations JOIN in_stock USING (record)
ORDER BY card, day, record_id
