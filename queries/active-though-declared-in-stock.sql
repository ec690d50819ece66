/*
question.en = "Which cards were declared as in stock although they were online already?"
question.zh = "哪些卡已经上线却仍被申报为库存？"
description.en = """
Declarations of stock that name cards, listed or by range, against activations that name the card, certainly not later
than the declared day. Repeated statements are listed; declarations of mere numbers are not."""
description.zh = "写明卡号（逐张或号段）的库存申报，与不晚于申报日的激活记录对照。只申报数量的不在内；重复的陈述也列出。"
[returns]
party_id = {en = "who declared it", zh = "申报方标识"}
party_name = {en = "its name", zh = "名称"}
card = {en = "the card, by its key", zh = "卡键"}
activated = {en = "when it was online", zh = "激活时间"}
declared = {en = "the day of the declaration", zh = "申报日期"}
user_id = {en = "who used it", zh = "使用人标识"}
user_name = {en = "name of the user", zh = "使用人名称"}
record_id = {en = "the record of the activation", zh = "激活记录标识"}
declaration_record_id = {en = "the record of the declaration", zh = "申报记录标识"}
*/

SELECT
    declared.party_id, declared.party_name, active.card, active.moment AS activated, declared.moment AS declared,
    active.user_id, active.user_name, active.record_id, declared.record_id AS declaration_record_id
FROM declarations AS declared JOIN activations AS active
    ON declared.first <= active.first AND declared.last >= active.first AND active.day_until <= declared.day_until
WHERE coalesce(declared.stock, 1) > 0
ORDER BY declared.party_id, active.card, active.day, active.record_id, declared.record_id
