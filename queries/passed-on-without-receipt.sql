/*
question.en = "Which cards did parties pass on that no record shows them receiving?"
question.zh = "哪些卡被转出，但没有记录显示转出方收到过它们？"
description.en = """
Records of a sender that is no carrier, where no record has it receive any card of the lot at any time. A lot of which
it received only a part is not here, nor a sale by number of cards."""
description.zh = "非运营商的转出记录，且没有任何记录显示其收到过该号段中的任一张卡（不论时间）。只收到其中一部分的不在内；只写数量的不在内。"
[returns]
from_id = {en = "who passed them on", zh = "转出方标识"}
from_name = {en = "its name", zh = "名称"}
moment = {en = "when", zh = "日期"}
to_id = {en = "who got them", zh = "接收方标识"}
to_name = {en = "its name", zh = "名称"}
first_card = {en = "the first card", zh = "首张卡"}
last_card = {en = "the last card", zh = "末张卡"}
cards = {en = "how many", zh = "卡数"}
file = {en = "where it is stated", zh = "文件"}
record_id = {en = "the record in it", zh = "记录标识"}
*/

WITH received AS (
    SELECT DISTINCT to_id, first, last FROM moves WHERE first IS NOT NULL AND from_id <> to_id
)
SELECT from_id, from_name, moment, to_id, to_name, first_card, last_card, cards, file, record_id
FROM moves ANTI JOIN received
    ON received.to_id = moves.from_id AND received.first <= moves.last AND received.last >= moves.first
WHERE NOT from_is_carrier AND first IS NOT NULL AND from_id <> to_id
ORDER BY from_id, day, first_card, sha256, sheet, row
