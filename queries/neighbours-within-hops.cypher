MATCH (seen:Case), (start:Party {id: $party})
// who is reached with each step, on which days; days are numbers, counted against time where it is asked backwards
WITH reduce(levels = [[{party: start, day: -1000000}]], hops IN range(1, $hops) | CASE levels[-1]
    WHEN [] THEN levels
    ELSE levels + [COLLECT {
        UNWIND levels[-1] AS one
        WITH one, one.party AS near
        WHERE hops = 1 OR NOT near.is_carrier
        MATCH (near)-[by:SENT|RECEIVED_BY]-(r:Record)-[:SENT|RECEIVED_BY]-(far:Party)
        WHERE type(by) = CASE WHEN $backwards THEN 'RECEIVED_BY' ELSE 'SENT' END AND far <> near AND far <> start
            AND r.sheet <= seen.sheets
        WITH one, far, r.date AS date
        WITH one, far, date(left(date, 10)) AS day, CASE size(date)
            WHEN 7 THEN date(date) + duration('P1M') - duration('P1D') ELSE date(left(date, 10))
        END AS until
        WHERE until >= $since
        WITH one, far, duration.inDays(date('1970-01-01'), day).days AS day,
            duration.inDays(date('1970-01-01'), until).days AS until
        WITH one, far, CASE WHEN $backwards THEN -until ELSE day END AS earliest,
            CASE WHEN $backwards THEN -day ELSE until END AS latest
        WHERE latest >= one.day
        RETURN DISTINCT {party: far, day: CASE WHEN earliest > one.day THEN earliest ELSE one.day END}
    }]
END) AS levels
UNWIND range(1, size(levels) - 1) AS hops
UNWIND levels[hops] AS one
WITH one.party AS party, min(hops) AS hops, min(one.day) AS day
RETURN
    party.id AS party_id, party.name AS party_name, party.is_carrier AS is_carrier, hops,
    date('1970-01-01') + duration({days: CASE WHEN $backwards THEN -day ELSE day END}) AS day
ORDER BY hops, day, party_id
