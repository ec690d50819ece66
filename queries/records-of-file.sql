-- question: Which records came from a file?
-- question.zh: 某文件载入了哪些记录？
-- counts: Every row that was loaded from the file, repeated statements included, in the order of its sheets and rows.
--     Rejected rows are not here: see `rejected-rows`.
-- counts.zh: 从该文件载入的每一行，含重复的陈述，按工作表和行的顺序。拒收的行见 rejected-rows。
-- param file: text | its name, or the beginning of its SHA-256 | 文件名，或其 SHA-256 的开头
-- column file: the file | 文件
-- column sheet: the sheet | 工作表
-- column row: the row, as a spreadsheet program counts | 行号
-- column kind: what the record is about | 记录类型
-- column moment: when | 日期
-- column from_id: who passed cards on, or declared them | 转出方或申报方标识
-- column from_name: its name | 名称
-- column to_id: who received or used them | 接收方或使用人标识
-- column to_name: its name | 名称
-- column precision: listed, range or quantity | 卡号写法：listed 逐张，range 号段，quantity 数量
-- column first_card: the first card | 首张卡
-- column last_card: the last card | 末张卡
-- column cards: how many | 卡数
-- column record_id: the record | 记录标识
-- mode: read

SELECT
    file, sheet, row, kind, moment, from_id, from_name, to_id, to_name, precision, first_card, last_card, cards,
    record_id
FROM records
WHERE file = $file OR starts_with(sha256, lower($file))
ORDER BY file, sha256, sheet, row
