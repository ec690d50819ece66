MATCH (seen:Case), (start:Party {id: $party}), (end:Party {id: $other})
WHERE start <> end
// how far parties are from the other one, nearest first, until the first one is reached: one list for each distance
WITH seen, start, end, reduce(rings = [[end]], steps IN range(1, $most) | CASE
    WHEN rings[-1] = [] OR start IN rings[-1] THEN rings
    ELSE rings + [COLLECT {
        UNWIND rings[-1] AS near
        MATCH (near)-[:SENT|RECEIVED_BY]-(r:Record)-[:SENT|RECEIVED_BY]-(far:Party)
        WHERE r.sheet <= seen.sheets AND NOT r:Duplicate AND (NOT far.is_carrier OR far = start)
        WITH DISTINCT far
        WHERE NOT any(ring IN rings WHERE far IN ring)
        RETURN far
    }]
END) AS rings
WHERE start IN rings[-1]
// back along them, always to the party whose id comes first
WITH seen, reduce(way = [start], steps IN range(size(rings) - 2, 0, -1) | way + COLLECT {
    WITH way[-1] AS far
    MATCH (far)-[:SENT|RECEIVED_BY]-(r:Record)-[:SENT|RECEIVED_BY]-(near:Party)
    WHERE r.sheet <= seen.sheets AND NOT r:Duplicate AND near IN rings[steps]
    RETURN DISTINCT near ORDER BY near.id LIMIT 1
}) AS way
UNWIND range(1, size(way) - 1) AS step
WITH seen, step, way[step - 1] AS near, way[step] AS far
MATCH (near)-[by:SENT|RECEIVED_BY]-(r:Record)-[:SENT|RECEIVED_BY]-(far)
WHERE r.sheet <= seen.sheets AND NOT r:Duplicate
RETURN
    step, near.id AS from_id, near.name AS from_name, far.id AS to_id, far.name AS to_name,
    count(CASE type(by) WHEN 'SENT' THEN 1 END) AS records_there,
    count(CASE type(by) WHEN 'RECEIVED_BY' THEN 1 END) AS records_back,
    min(date(left(r.date, 10))) AS since,
    max(CASE size(r.date)
        WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
    END) AS until
ORDER BY step
