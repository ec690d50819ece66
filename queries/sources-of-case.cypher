// question: Which files were loaded, and what became of their rows?
// question.zh: 载入了哪些文件，各行结果如何？
// counts: Rows below the header of every sheet: rows = loaded + duplicate + rejected.
// counts.zh: 每个工作表表头以下的行：rows = loaded + duplicate + rejected。
// column file: the file | 文件
// column sheet: the sheet | 工作表
// column sha256: the SHA-256 of the file | 文件的 SHA-256
// column kind: what its records are about | 记录类型
// column rows: rows with anything in them | 行数
// column loaded: new statements | 载入
// column duplicate: repeated statements | 重复
// column rejected: rows that were not loaded | 拒收
// mode: read

MATCH (seen:Case)
MATCH (s:Sheet)-[:OF]->(f:File)
WHERE s.sheet <= seen.sheets
RETURN
    f.name AS file, s.name AS sheet, f.sha256 AS sha256, s.kind AS kind, s.rows AS rows, s.loaded AS loaded,
    s.duplicate AS duplicate, s.rejected AS rejected
ORDER BY file, sha256, sheet
