/*
question.en = "Which records name a card, listed or within a range?"
question.zh = "哪些记录提到某张卡（逐张列出或在号段之内）？"
description.en = """
Every row of every file that names the card by its number, repeated ones too. Rows that know it only by an MSISDN or
IMSI are not here. This is no chain: `graphtrace trace` puts the movements in order."""
description.zh = "所有文件中以卡号提到该卡的每一行，重复的也列出；只写接入号或 IMSI 的行不在内。这不是流转链，排序由 graphtrace trace 完成。"
[params]
card = {type = "card", en = "the complete ICCID", zh = "完整的 ICCID"}
[returns]
moment = {en = "day, month or time that the record states", zh = "记录所写的日期、月份或时间"}
kind = {en = "what the record is about", zh = "记录类型"}
precision = {en = "listed, range or quantity", zh = "卡号写法：listed 逐张，range 号段"}
from_id = {en = "who passed the card on, or declared it", zh = "转出方或申报方标识"}
from_name = {en = "its name", zh = "名称"}
to_id = {en = "who received or used the card", zh = "接收方或使用人标识"}
to_name = {en = "its name", zh = "名称"}
first_card = {en = "the first card that the record names", zh = "记录所涉首张卡"}
last_card = {en = "the last one", zh = "末张卡"}
case_no = {en = "the criminal case, in a seizure", zh = "扣押记录的案件编号"}
file = {en = "where it is stated", zh = "文件"}
record_id = {en = "the record in it", zh = "记录标识"}
*/

SELECT
    moment, kind, precision, from_id, from_name, to_id, to_name, first_card, last_card, case_no, file, record_id
FROM records
WHERE first <= $card AND last >= $card
ORDER BY day, sha256, sheet, row, kind
