-- question: Which cards were given back, and to whom?
-- question.zh: 哪些卡被退回，退给了谁？
-- counts: Records of returns, and transfers to a carrier. Repeated statements are listed; whether the cards were sold
--     again is not looked at.
-- counts.zh: 退卡记录，以及转给运营商的记录。重复的陈述也列出；退回后是否再次售出不予判断。
-- param to_carriers_only: boolean = false | only what went back to a carrier | 只看退回运营商的
-- column moment: when | 日期
-- column from_id: who gave them back | 退回方标识
-- column from_name: its name | 名称
-- column to_id: who got them back | 接收方标识
-- column to_name: its name | 名称
-- column to_carrier: whether that is a carrier | 是否退给运营商
-- column first_card: the first card | 首张卡
-- column last_card: the last card | 末张卡
-- column cards: how many | 卡数
-- column file: where it is stated | 文件
-- column record_id: the record in it | 记录标识
-- mode: read

SELECT
    moment, from_id, from_name, to_id, to_name, to_is_carrier AS to_carrier, first_card, last_card, cards, file,
    record_id
FROM moves
WHERE kind = 'return' AND (to_is_carrier OR NOT $to_carriers_only)
ORDER BY day, from_id, first_card, sha256, sheet, row
