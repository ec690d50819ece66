/*
question.en = "Which records came from a file?"
question.zh = "某文件载入了哪些记录？"
description.en = """
Every row that was loaded from the file, repeated statements included, in the order of its sheets and rows. Rejected
rows are not here: see `rejected-rows`."""
description.zh = "从该文件载入的每一行，含重复的陈述，按工作表和行的顺序。拒收的行见 rejected-rows。"
[params]
file = {type = "text", en = "its name, or the beginning of its SHA-256", zh = "文件名，或其 SHA-256 的开头"}
[returns]
file = {en = "the file", zh = "文件"}
sheet = {en = "the sheet", zh = "工作表"}
row = {en = "the row, as a spreadsheet program counts", zh = "行号"}
kind = {en = "what the record is about", zh = "记录类型"}
moment = {en = "when", zh = "日期"}
from_id = {en = "who passed cards on, or declared them", zh = "转出方或申报方标识"}
from_name = {en = "its name", zh = "名称"}
to_id = {en = "who received or used them", zh = "接收方或使用人标识"}
to_name = {en = "its name", zh = "名称"}
precision = {en = "listed, range or quantity", zh = "卡号写法：listed 逐张，range 号段，quantity 数量"}
first_card = {en = "the first card", zh = "首张卡"}
last_card = {en = "the last card", zh = "末张卡"}
cards = {en = "how many", zh = "卡数"}
record_id = {en = "the record", zh = "记录标识"}
*/

SELECT
    file, sheet, row, kind, moment, from_id, from_name, to_id, to_name, precision, first_card, last_card, cards,
    record_id
FROM records
WHERE file = $file OR starts_with(sha256, lower($file))
ORDER BY file, sha256, sheet, row, kind, first_card
