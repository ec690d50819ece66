MATCH (seen:Case)
MATCH (s:Sheet)-[:OF]->(f:File)
WHERE s.sheet <= seen.sheets AND s.unloaded IS NULL
RETURN
    f.name AS file, s.name AS sheet, f.sha256 AS sha256, s.kind AS kind, s.rows AS rows, s.loaded AS loaded,
    s.duplicate AS duplicate, s.rejected AS rejected
ORDER BY file, sha256, sheet
