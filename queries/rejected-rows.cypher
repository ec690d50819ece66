MATCH (seen:Case)
MATCH (x:Reject)-[:IN]->(s:Sheet)-[:OF]->(f:File)
WHERE s.sheet <= seen.sheets AND s.unloaded IS NULL AND ($reason IS NULL OR x.reason = $reason)
RETURN
    f.name AS file, s.name AS sheet, x.row AS row, x.field AS field, x.reason AS reason, x.value AS value, x.low AS low,
    x.high AS high
ORDER BY file, f.sha256, sheet, row, field
