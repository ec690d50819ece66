-- question: Which records name a card, listed or within a range?
-- question.zh: 哪些记录提到某张卡（逐张列出或在号段之内）？
-- counts: Every row of every file that names the card by its number, repeated ones too. Rows that know it only by an
--     MSISDN or IMSI are not here. This is no chain: `graphtrace trace` puts the movements in order.
-- counts.zh: 所有文件中以卡号提到该卡的每一行，重复的也列出；只写接入号或 IMSI 的行不在内。这不是流转链，排序由 graphtrace trace 完成。
-- param card: card | the complete ICCID | 完整的 ICCID
-- column moment: day, month or time that the record states | 记录所写的日期、月份或时间
-- column kind: what the record is about | 记录类型
-- column precision: listed, range or quantity | 卡号写法：listed 逐张，range 号段
-- column from_id: who passed the card on, or declared it | 转出方或申报方标识
-- column from_name: its name | 名称
-- column to_id: who received or used the card | 接收方或使用人标识
-- column to_name: its name | 名称
-- column first_card: the first card that the record names | 记录所涉首张卡
-- column last_card: the last one | 末张卡
-- column case_no: the criminal case, in a seizure | 扣押记录的案件编号
-- column file: where it is stated | 文件
-- column record_id: the record in it | 记录标识
-- mode: read

SELECT
    moment, kind, precision, from_id, from_name, to_id, to_name, first_card, last_card, case_no, file, record_id
FROM records
WHERE first <= $card AND last >= $card
ORDER BY day, sha256, sheet, row
