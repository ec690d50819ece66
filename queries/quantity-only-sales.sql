/*
question.en = "Which movements state only how many cards changed hands?"
question.zh = "哪些流转只写了数量而没有卡号？"
description.en = """
Purchases, transfers and returns without any card number, each statement once; two equal ones under two record numbers
are two. Which cards they were is not known."""
description.zh = "没有任何卡号的采购、转让和退卡，每个陈述计一次；单号不同的两条相同记录算两笔。具体是哪些卡无从得知。"
[params]
party = {type = "party", optional = true, en = "only where this party sends or receives", zh = "只看此主体收发的"}
[returns]
moment = {en = "when", zh = "日期"}
kind = {en = "purchase, transfer or return", zh = "记录类型"}
from_id = {en = "who passed them on", zh = "转出方标识"}
from_name = {en = "its name", zh = "名称"}
to_id = {en = "who got them", zh = "接收方标识"}
to_name = {en = "its name", zh = "名称"}
cards = {en = "how many", zh = "卡数"}
channel = {en = "the channel as written", zh = "渠道（照原文）"}
record_no = {en = "the number of the record", zh = "记录编号"}
file = {en = "where it is stated", zh = "文件"}
record_id = {en = "the record in it", zh = "记录标识"}
*/

SELECT
    moment, kind, from_id, from_name, to_id, to_name, cards, channel, record_no, arg_min(file, record_id) AS file,
    min(record_id) AS record_id
FROM moves
WHERE precision = 'quantity' AND ($party IS NULL OR from_id = $party OR to_id = $party)
GROUP BY day, moment, kind, from_id, from_name, to_id, to_name, cards, channel, record_no
ORDER BY day, from_id, to_id, min(record_id)
