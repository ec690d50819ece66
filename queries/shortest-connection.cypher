// question: What is the shortest connection between two parties?
// question.zh: 两个主体之间最短的联系是什么？
// counts: Steps between parties of which any record has the one pass cards to the other, in either direction and at any
//     time, by number of cards too. Carriers connect everybody and are left out unless one of the two is a carrier. Of
//     several shortest ways the one whose ids come first. It does not say that any card went all the way.
// counts.zh: 相邻两主体之间有任何流转记录（方向、时间不限，只写数量的也算）。运营商与谁都有联系，除非两端之一是运营商，否则不经过运营商。多条同样短的取标识在前者。并不表示有卡走完全程。
// param party: party | the one party | 一方
// param other: party | the other party | 另一方
// param most: integer = 8 | the most steps | 最多步数
// column step: the number of the step, from 1 | 步序
// column from_id: the party nearer to the first | 靠近前者的一端标识
// column from_name: its name | 名称
// column to_id: the party nearer to the other | 靠近后者的一端标识
// column to_name: its name | 名称
// column records_there: statements that cards went this way | 此方向的陈述数
// column records_back: statements that cards went the other way | 反方向的陈述数
// column since: the earliest possible day of any | 最早可能日期
// column until: the latest possible day of any | 最晚可能日期
// mode: read

MATCH (seen:Case), (start:Party {id: $party}), (end:Party {id: $other})
WHERE start <> end
// how far parties are from the other one, nearest first, until the first one is reached: one list for each distance
WITH seen, start, end, reduce(rings = [[end]], steps IN range(1, $most) | CASE
    WHEN rings[-1] = [] OR start IN rings[-1] THEN rings
    ELSE rings + [COLLECT {
        UNWIND rings[-1] AS near
        MATCH (near)-[:GAVE|TO]-(r:Record)-[:GAVE|TO]-(far:Party)
        WHERE r.sheet <= seen.sheets AND NOT r:Repeated AND (NOT far.is_carrier OR far = start)
        WITH DISTINCT far
        WHERE NOT any(ring IN rings WHERE far IN ring)
        RETURN far
    }]
END) AS rings
WHERE start IN rings[-1]
// back along them, always to the party whose id comes first
WITH seen, reduce(way = [start], steps IN range(size(rings) - 2, 0, -1) | way + COLLECT {
    WITH way[-1] AS far
    MATCH (far)-[:GAVE|TO]-(r:Record)-[:GAVE|TO]-(near:Party)
    WHERE r.sheet <= seen.sheets AND NOT r:Repeated AND near IN rings[steps]
    RETURN DISTINCT near ORDER BY near.id LIMIT 1
}) AS way
UNWIND range(1, size(way) - 1) AS step
WITH seen, step, way[step - 1] AS near, way[step] AS far
MATCH (near)-[by:GAVE|TO]-(r:Record)-[:GAVE|TO]-(far)
WHERE r.sheet <= seen.sheets AND NOT r:Repeated
RETURN
    step, near.id AS from_id, near.name AS from_name, far.id AS to_id, far.name AS to_name,
    count(CASE type(by) WHEN 'GAVE' THEN 1 END) AS records_there,
    count(CASE type(by) WHEN 'TO' THEN 1 END) AS records_back,
    min(date(left(r.date, 10))) AS since,
    max(CASE size(r.date)
        WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
    END) AS until
ORDER BY step
