MATCH (seen:Case), (party:Party {id: $party})
MATCH (party)<-[:REFERS_TO]-(m:Mention)
UNWIND range(0, size(m.sheets) - 1) AS place
WITH seen, m, place WHERE m.sheets[place] <= seen.sheets
MATCH (s:Sheet {sheet: m.sheets[place]})-[:OF]->(f:File)
WITH m.names[place] AS name, nullIf(m.strong, '') AS number, s, f,
    // a day that no record states is written as one far away
    CASE WHEN m.days[place] < 1000000 THEN date('1970-01-01') + duration({days: m.days[place]}) END AS day
WITH name, number, f.name AS file, f.sha256 AS sha256, s.name AS sheet, min(day) AS day
RETURN name, number, file, sheet, day
ORDER BY day, file, sha256, sheet, name, number
