-- question: Which dealings between two parties are told by several files?
-- question.zh: 哪些主体之间的往来有多个文件佐证？
-- counts: Files with records of one party passing cards to another, repeated statements included, since who repeats is a
--     witness. That two files tell of the same cards is not looked at.
-- counts.zh: 载有一方向另一方转卡记录的文件，重复的陈述也算（重复即佐证）。不判断各文件所说是否同一批卡。
-- param at_least: integer = 2 | the fewest files | 最少文件数
-- column from_id: who passed cards on | 转出方标识
-- column from_name: its name | 名称
-- column to_id: who got them | 接收方标识
-- column to_name: its name | 名称
-- column files: how many files | 文件数
-- column file_names: their names | 文件名
-- column records: rows in all of them | 总行数
-- mode: read

SELECT
    from_id, any_value(from_name) AS from_name, to_id, any_value(to_name) AS to_name, count(DISTINCT sha256) AS files,
    list(DISTINCT file ORDER BY file) AS file_names, count(*) AS records
FROM moves
WHERE from_id <> to_id
GROUP BY from_id, to_id
HAVING files >= $at_least
ORDER BY files DESC, records DESC, from_id, to_id
