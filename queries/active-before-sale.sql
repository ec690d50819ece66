/*
question.en = "Which cards were online before any carrier sold them?"
question.zh = "哪些卡在运营商首次售出之前就已上线？"
description.en = """
Activations that name the card by its number, certainly on an earlier day than every sale of the card by a carrier.
Repeated statements are listed too; cards that no carrier sold on record are not here."""
description.zh = "以卡号记载的激活，日期确定早于运营商对该卡的每一次销售。重复的陈述也列出；没有运营商销售记录的卡不在内。"
[returns]
card = {en = "the card, by its key", zh = "卡键"}
enterprise_id = {en = "to whom the carrier first sold it", zh = "首次买方标识"}
enterprise_name = {en = "its name", zh = "名称"}
activated = {en = "when it was online", zh = "激活时间"}
sold = {en = "when it was first sold", zh = "首次售出日期"}
user_id = {en = "who used it", zh = "使用人标识"}
user_name = {en = "name of the user", zh = "使用人名称"}
record_id = {en = "the record of the activation", zh = "激活记录标识"}
*/

WITH sales AS (
    SELECT first, last, day, moment, to_id, to_name, record_id FROM moves
    WHERE from_is_carrier AND NOT to_is_carrier AND kind <> 'registration' AND first IS NOT NULL
),
-- only the activations of days before some sale can be meant
early AS (
    SELECT * FROM activations
    WHERE first IS NOT NULL AND day_until < (SELECT max(day) FROM sales)
)
SELECT
    any_value(early.card) AS card,
    arg_min(sales.to_id, (sales.day, sales.record_id)) AS enterprise_id,
    arg_min(sales.to_name, (sales.day, sales.record_id)) AS enterprise_name,
    any_value(early.moment) AS activated,
    arg_min(sales.moment, (sales.day, sales.record_id)) AS sold,
    any_value(early.user_id) AS user_id, any_value(early.user_name) AS user_name, early.record_id
FROM early JOIN sales ON sales.first <= early.first AND sales.last >= early.first
GROUP BY early.record_id
HAVING max(early.day_until) < min(sales.day)
ORDER BY card, activated, early.record_id
