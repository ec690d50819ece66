/*
question.en = "Which dealings between two parties are told by several files?"
question.zh = "哪些主体之间的往来有多个文件佐证？"
description.en = """
Files with records of one party passing cards to another, repeated statements included, since who repeats is a
witness. That two files tell of the same cards is not looked at."""
description.zh = "载有一方向另一方转卡记录的文件，重复的陈述也算（重复即佐证）。不判断各文件所说是否同一批卡。"
[params]
at_least = {type = "integer", default = 2, en = "the fewest files", zh = "最少文件数"}
[returns]
from_id = {en = "who passed cards on", zh = "转出方标识"}
from_name = {en = "its name", zh = "名称"}
to_id = {en = "who got them", zh = "接收方标识"}
to_name = {en = "its name", zh = "名称"}
files = {en = "how many files", zh = "文件数"}
file_names = {en = "their names", zh = "文件名"}
records = {en = "rows in all of them", zh = "总行数"}
*/

SELECT
    from_id, any_value(from_name) AS from_name, to_id, any_value(to_name) AS to_name, count(DISTINCT sha256) AS files,
    list(DISTINCT file ORDER BY file) AS file_names, count(*) AS records
FROM moves
WHERE from_id <> to_id
GROUP BY from_id, to_id
HAVING files >= $at_least
ORDER BY files DESC, records DESC, from_id, to_id
