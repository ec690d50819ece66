/*
question.en = "Which rows were not loaded, and why?"
question.zh = "哪些行未载入，原因是什么？"
description.en = """
Every rejected row with the first fault that was found in it, for damaged numbers the interval of numbers that may
have been meant, for a quantity that is not the size of its range the ends of the range. A sheet of which no heading
is known is one entry."""
description.zh = "每个拒收的行及其首个问题；受损号码附可能的号码区间，数量与号段不符时附号段两端。表头无法识别的工作表整体为一条。"
[params]
reason = {type = "text", optional = true, en = "only this reason, by its code", zh = "只看此原因代码"}
[returns]
file = {en = "the file", zh = "文件"}
sheet = {en = "the sheet", zh = "工作表"}
row = {en = "the row, as a spreadsheet program counts", zh = "行号"}
field = {en = "the field at fault", zh = "出错字段"}
reason = {en = "the code of the reason", zh = "原因代码"}
value = {en = "what stands there", zh = "原值"}
low = {en = "the least number that may have been meant", zh = "可能的最小号码"}
high = {en = "the greatest", zh = "可能的最大号码"}
*/

SELECT file, sheet, row, field, reason, value, low, high
FROM rejections
WHERE $reason IS NULL OR reason = $reason
ORDER BY file, sha256, sheet, row, field
