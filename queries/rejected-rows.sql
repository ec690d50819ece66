-- question: Which rows were not loaded, and why?
-- question.zh: 哪些行未载入，原因是什么？
-- counts: Every rejected row with the first fault that was found in it, for damaged numbers the interval of numbers that
--     may have been meant, for a quantity that is not the size of its range the ends of the range. A sheet of which no heading is known is one entry.
-- counts.zh: 每个拒收的行及其首个问题；受损号码附可能的号码区间，数量与号段不符时附号段两端。表头无法识别的工作表整体为一条。
-- param reason: text = null | only this reason, by its code | 只看此原因代码
-- column file: the file | 文件
-- column sheet: the sheet | 工作表
-- column row: the row, as a spreadsheet program counts | 行号
-- column field: the field at fault | 出错字段
-- column reason: the code of the reason | 原因代码
-- column value: what stands there | 原值
-- column low: the least number that may have been meant | 可能的最小号码
-- column high: the greatest | 可能的最大号码
-- mode: read

SELECT file, sheet, row, field, reason, value, low, high
FROM rejections
WHERE $reason IS NULL OR reason = $reason
ORDER BY file, sha256, sheet, row, field
