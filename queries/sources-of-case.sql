/*
question.en = "Which files were loaded, and what became of their rows?"
question.zh = "载入了哪些文件，各行结果如何？"
description.en = "Rows below the header of every sheet: rows = loaded + duplicate + rejected."
description.zh = "每个工作表表头以下的行：rows = loaded + duplicate + rejected。"
[returns]
file = {en = "the file", zh = "文件"}
sheet = {en = "the sheet", zh = "工作表"}
sha256 = {en = "the SHA-256 of the file", zh = "文件的 SHA-256"}
kind = {en = "what its records are about", zh = "记录类型"}
rows = {en = "rows with anything in them", zh = "行数"}
loaded = {en = "new statements", zh = "载入"}
duplicate = {en = "repeated statements", zh = "重复"}
rejected = {en = "rows that were not loaded", zh = "拒收"}
*/

SELECT file, sheet, sha256, kind, rows, loaded, duplicate, rejected
FROM sources
ORDER BY file, sha256, sheet
