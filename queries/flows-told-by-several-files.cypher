// question: Which dealings between two parties are told by several files?
// question.zh: 哪些主体之间的往来有多个文件佐证？
// counts: Files with records of one party passing cards to another, repeated statements included, since who repeats is a
//     witness. That two files tell of the same cards is not looked at.
// counts.zh: 载有一方向另一方转卡记录的文件，重复的陈述也算（重复即佐证）。不判断各文件所说是否同一批卡。
// param at_least: integer = 2 | the fewest files | 最少文件数
// column from_id: who passed cards on | 转出方标识
// column from_name: its name | 名称
// column to_id: who got them | 接收方标识
// column to_name: its name | 名称
// column files: how many files | 文件数
// column file_names: their names | 文件名
// column records: rows in all of them | 总行数
// mode: read

MATCH (seen:Case)
MATCH (giver:Party)-[:GAVE]->(r:Record)-[:TO]->(taker:Party)
WHERE r.sheet <= seen.sheets AND giver <> taker
WITH giver, taker, r.sheet AS sheet, count(r) AS records
MATCH (:Sheet {sheet: sheet})-[:OF]->(f:File)
WITH giver, taker, f, records ORDER BY f.name
WITH giver, taker, count(DISTINCT f) AS files, collect(DISTINCT f.name) AS file_names, sum(records) AS records
WHERE files >= $at_least
RETURN
    giver.id AS from_id, giver.name AS from_name, taker.id AS to_id, taker.name AS to_name, files, file_names, records
ORDER BY files DESC, records DESC, from_id, to_id
