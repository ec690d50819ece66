-- question: Which cards did a party receive or pass on between two days?
-- question.zh: 某主体在两个日期之间收到和转出了哪些卡？
-- counts: One row for each record, as it stands, with the lot that it names. Repeated statements are listed too; a
--     record that states only a number of cards has no card numbers. A card that came and went is in several rows.
-- counts.zh: 每条记录一行，照原样列出所涉号段；重复的陈述也列出；只写数量的记录没有卡号。进出多次的卡出现在多行中。
-- param party: party | the party, by name, number or id | 主体的名称、证件号码或标识
-- param since: day = 1990-01-01 | the first day | 起始日期
-- param until: day = 2100-12-31 | the last day | 截止日期
-- column direction: received or passed_on | received 收到，passed_on 转出
-- column moment: day, month or time that the record states | 记录所写的日期、月份或时间
-- column kind: purchase, transfer or return | 记录类型
-- column other_id: the other party | 对方标识
-- column other_name: its name | 对方名称
-- column first_card: the first card, by its key | 首张卡的卡键
-- column last_card: the last card | 末张卡的卡键
-- column cards: how many cards the record names | 记录所涉卡数
-- column file: where it is stated | 文件
-- column record_id: the record in it | 记录标识
-- mode: read

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
