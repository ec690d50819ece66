/*
question.en = "Which cards did an enterprise pass on before a carrier sold them to it?"
question.zh = "哪些卡在运营商售予某单位之前已被该单位转出？"
description.en = """
Pairs of a sale by a carrier and a transfer by its buyer whose lots overlap, the transfer certainly on an earlier day.
An earlier purchase of the same cards, which would explain it, is not looked for."""
description.zh = "运营商销售记录与其买方的转让记录，号段有重叠，且转让日期确定早于销售日期。是否另有更早的采购不予判断。"
[returns]
enterprise_id = {en = "the enterprise", zh = "单位标识"}
enterprise_name = {en = "its name", zh = "名称"}
first_card = {en = "the first card of the overlap", zh = "重叠部分首张卡"}
last_card = {en = "the last one", zh = "末张卡"}
cards = {en = "cards of the overlap", zh = "重叠卡数"}
to_id = {en = "who got them", zh = "接收方标识"}
to_name = {en = "its name", zh = "名称"}
passed_on = {en = "when they were passed on", zh = "转出日期"}
bought = {en = "when they were bought", zh = "采购日期"}
record_id = {en = "the record of the transfer", zh = "转让记录标识"}
purchase_record_id = {en = "the record of the purchase", zh = "采购记录标识"}
*/

WITH stated AS (
    -- one of several records that say the same, so that none is paired twice
    SELECT
        from_id, from_name, from_is_carrier, to_id, to_name, to_is_carrier, first, last, day, day_until, moment,
        min(record_id) AS record_id
    FROM moves
    WHERE first IS NOT NULL AND from_id <> to_id AND kind <> 'registration'
    GROUP BY ALL
)
SELECT
    sold.from_id AS enterprise_id, sold.from_name AS enterprise_name,
    card_text(greatest(sold.first, bought.first)) AS first_card, card_text(least(sold.last, bought.last)) AS last_card,
    least(sold.last, bought.last) - greatest(sold.first, bought.first) + 1 AS cards,
    sold.to_id, sold.to_name, sold.moment AS passed_on, bought.moment AS bought,
    sold.record_id, bought.record_id AS purchase_record_id
FROM stated AS bought JOIN stated AS sold
    ON bought.to_id = sold.from_id AND sold.first <= bought.last AND sold.last >= bought.first
WHERE bought.from_is_carrier AND NOT sold.from_is_carrier AND NOT sold.to_is_carrier AND sold.day_until < bought.day
ORDER BY enterprise_id, first_card, sold.record_id, bought.record_id
