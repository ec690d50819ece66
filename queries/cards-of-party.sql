/*
question.en = "Which cards did a party receive or pass on between two days?"
question.zh = "某主体在两个日期之间收到和转出了哪些卡？"
description.en = """
One row for each record, as it stands, with the lot that it names. Repeated statements are listed too; a record that
states only a number of cards has no card numbers. A card that came and went is in several rows."""
description.zh = "每条记录一行，照原样列出所涉号段；重复的陈述也列出；只写数量的记录没有卡号。进出多次的卡出现在多行中。"
[params]
party = {type = "party", en = "the party, by name, number or id", zh = "主体的名称、证件号码或标识"}
since = {type = "day", default = 1990-01-01, en = "the first day", zh = "起始日期"}
until = {type = "day", default = 2100-12-31, en = "the last day", zh = "截止日期"}
[returns]
direction = {en = "received or passed_on", zh = "received 收到，passed_on 转出"}
moment = {en = "day, month or time that the record states", zh = "记录所写的日期、月份或时间"}
kind = {en = "purchase, transfer or return", zh = "记录类型"}
other_id = {en = "the other party", zh = "对方标识"}
other_name = {en = "its name", zh = "对方名称"}
first_card = {en = "the first card, by its key", zh = "首张卡的卡键"}
last_card = {en = "the last card", zh = "末张卡的卡键"}
cards = {en = "how many cards the record names", zh = "记录所涉卡数"}
file = {en = "where it is stated", zh = "文件"}
record_id = {en = "the record in it", zh = "记录标识"}
*/

SELECT direction, moment, kind, other_id, other_name, first_card, last_card, cards, file, record_id
FROM (
    SELECT 'received' AS direction, from_id AS other_id, from_name AS other_name, *
    FROM moves WHERE to_id = $party
    UNION ALL
    SELECT 'passed_on', to_id, to_name, *
    FROM moves WHERE from_id = $party
)
WHERE day_until >= $since AND day <= $until
ORDER BY day, direction DESC, sha256, sheet, row
