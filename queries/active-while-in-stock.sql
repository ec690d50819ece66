/*
question.en = "Which cards of an enterprise were online while, on record, it still had them?"
question.zh = "某单位的哪些卡在记录显示仍未转出时就已上线？"
description.en = """
Activations, by card number, on or after the day on which a carrier sold the card to the enterprise, where no record
of that day or earlier has the enterprise pass the card on. What came back later counts as passed on; repeated
statements are listed too."""
description.zh = "以卡号记载的激活，时间不早于运营商售予该单位之日，且截至当日没有该单位转出该卡的记录。转出后又退回的按已转出计；重复的陈述也列出。"
[params]
enterprise = {type = "party", en = "the enterprise, by name, number or id", zh = "单位的名称、证件号码或标识"}
[returns]
card = {en = "the card, by its key", zh = "卡键"}
bought = {en = "when the enterprise bought it", zh = "采购日期"}
activated = {en = "when it was online", zh = "激活时间"}
user_id = {en = "who used it", zh = "使用人标识"}
user_name = {en = "name of the user", zh = "使用人名称"}
by_other = {en = "whether somebody else than the enterprise is stated as the user", zh = "使用人是否他人"}
province = {en = "where", zh = "省份"}
device = {en = "the first 14 digits of the IMEI", zh = "IMEI 前 14 位"}
record_id = {en = "the record of the activation", zh = "激活记录标识"}
*/

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
