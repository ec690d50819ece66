MATCH (seen:Case)
MATCH (giver:Party)-[:SENT]->(r:Record)-[:RECEIVED_BY]->(taker:Party)
WHERE r.sheet <= seen.sheets AND giver <> taker
WITH giver, taker, r.sheet AS sheet, count(r) AS records
MATCH (:Sheet {sheet: sheet})-[:OF]->(f:File)
WITH giver, taker, f, records ORDER BY f.name
WITH giver, taker, count(DISTINCT f) AS files, collect(DISTINCT f.name) AS file_names, sum(records) AS records
WHERE files >= $at_least
RETURN
    giver.id AS from_id, giver.name AS from_name, taker.id AS to_id, taker.name AS to_name, files, file_names, records
ORDER BY files DESC, records DESC, from_id, to_id
