-- question: Which movements state only how many cards changed hands?
-- question.zh: 哪些流转只写了数量而没有卡号？
-- counts: Purchases, transfers and returns without any card number, each statement once; two equal ones under two
--     record numbers are two. Which cards they were is not known.
-- counts.zh: 没有任何卡号的采购、转让和退卡，每个陈述计一次；单号不同的两条相同记录算两笔。具体是哪些卡无从得知。
-- param party: party = null | only where this party sends or receives | 只看此主体收发的
-- column moment: when | 日期
-- column kind: purchase, transfer or return | 记录类型
-- column from_id: who passed them on | 转出方标识
-- column from_name: its name | 名称
-- column to_id: who got them | 接收方标识
-- column to_name: its name | 名称
-- column cards: how many | 卡数
-- column channel: the channel as written | 渠道（照原文）
-- column record_no: the number of the record | 记录编号
-- column file: where it is stated | 文件
-- column record_id: the record in it | 记录标识
-- mode: read

SELECT
    moment, kind, from_id, from_name, to_id, to_name, cards, channel, record_no, arg_min(file, record_id) AS file,
    min(record_id) AS record_id
FROM moves
WHERE precision = 'quantity' AND ($party IS NULL OR from_id = $party OR to_id = $party)
GROUP BY day, moment, kind, from_id, from_name, to_id, to_name, cards, channel, record_no
ORDER BY day, from_id, to_id, min(record_id)
