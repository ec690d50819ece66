-- question: Which cards were declared as in stock although they were online already?
-- question.zh: 哪些卡已经上线却仍被申报为库存？
-- counts: Declarations of stock that name cards, listed or by range, against activations that name the card, certainly
--     not later than the declared day. Repeated statements are listed; declarations of mere numbers are not.
-- counts.zh: 写明卡号（逐张或号段）的库存申报，与不晚于申报日的激活记录对照。只申报数量的不在内；重复的陈述也列出。
-- column party_id: who declared it | 申报方标识
-- column party_name: its name | 名称
-- column card: the card, by its key | 卡键
-- column activated: when it was online | 激活时间
-- column declared: the day of the declaration | 申报日期
-- column user_id: who used it | 使用人标识
-- column user_name: name of the user | 使用人名称
-- column record_id: the record of the activation | 激活记录标识
-- column declaration_record_id: the record of the declaration | 申报记录标识
-- mode: read

SELECT
    declared.party_id, declared.party_name, active.card, active.moment AS activated, declared.moment AS declared,
    active.user_id, active.user_name, active.record_id, declared.record_id AS declaration_record_id
FROM declarations AS declared JOIN activations AS active
    ON declared.first <= active.first AND declared.last >= active.first AND active.day_until <= declared.day_until
WHERE coalesce(declared.stock, 1) > 0
ORDER BY declared.party_id, active.card, active.day, active.record_id, declared.record_id
