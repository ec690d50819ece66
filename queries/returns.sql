/*
question.en = "Which cards were given back, and to whom?"
question.zh = "哪些卡被退回，退给了谁？"
description.en = """
Records of returns, and transfers to a carrier. Repeated statements are listed; whether the cards were sold again is
not looked at."""
description.zh = "退卡记录，以及转给运营商的记录。重复的陈述也列出；退回后是否再次售出不予判断。"
[params]
to_carriers_only = {type = "boolean", default = false, en = "only what went back to a carrier", zh = "只看退回运营商的"}
[returns]
moment = {en = "when", zh = "日期"}
from_id = {en = "who gave them back", zh = "退回方标识"}
from_name = {en = "its name", zh = "名称"}
to_id = {en = "who got them back", zh = "接收方标识"}
to_name = {en = "its name", zh = "名称"}
to_carrier = {en = "whether that is a carrier", zh = "是否退给运营商"}
first_card = {en = "the first card", zh = "首张卡"}
last_card = {en = "the last card", zh = "末张卡"}
cards = {en = "how many", zh = "卡数"}
file = {en = "where it is stated", zh = "文件"}
record_id = {en = "the record in it", zh = "记录标识"}
*/

SELECT
    moment, from_id, from_name, to_id, to_name, to_is_carrier AS to_carrier, first_card, last_card, cards, file,
    record_id
FROM moves
WHERE kind = 'return' AND (to_is_carrier OR NOT $to_carriers_only)
ORDER BY day, from_id, first_card, sha256, sheet, row
