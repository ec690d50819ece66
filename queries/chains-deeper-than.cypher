MATCH (seen:Case)
MATCH (:Party {is_carrier: true})-[:SENT]->(r:Record)-[:RECEIVED_BY]->(enterprise:Party {is_carrier: false})
WHERE r.sheet <= seen.sheets AND NOT r:Duplicate
MATCH (r)-[:MOVES]->(c)
WITH seen, collect(DISTINCT {
    parties: [enterprise], holder: enterprise, head: c.head,
    first: coalesce(c.first, c.key), last: coalesce(c.last, c.key),
    low: coalesce(c.low, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0),
    high: coalesce(c.high, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0),
    day: date(left(r.date, 10)),
    until: CASE size(r.date)
        WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
    END
}) AS starts, COUNT { (:Party) } AS parties
// from all ways of so many steps those with one step more: lots that share a card with what the way still carries are
// found by index, and those of them count that its holder passed on
WITH reduce(ways = [starts], depth IN range(1, parties) | CASE ways[-1] WHEN [] THEN ways ELSE ways + [COLLECT {
    UNWIND ways[-1] AS way
    WITH way, way.holder AS holder
    CALL (seen, way) {
        UNWIND seen.classes AS size_class
        WITH way, size_class, toInteger(2 ^ size_class) AS width
        MATCH (lot:Lot) USING INDEX SEEK lot:Lot(head, size_class, low)
        WHERE lot.head = way.head AND lot.size_class = size_class AND lot.low > way.low - width AND lot.low <= way.high
            AND lot.high >= way.low
        RETURN lot, lot.first AS first, lot.last AS last, lot.low AS low, lot.high AS high
        UNION
        MATCH (lot:Card) WHERE lot.key >= way.first AND lot.key <= way.last AND lot.head = way.head
        WITH lot, coalesce(toInteger(substring(lot.key, size(split(lot.head, '.')[0]))), 0) AS n
        RETURN lot, lot.key AS first, lot.key AS last, n AS low, n AS high
    }
    MATCH (lot)<-[:MOVES]-(r:Record)<-[:SENT]-(holder)
    WHERE r.sheet <= seen.sheets AND NOT r:Duplicate
    MATCH (r)-[:RECEIVED_BY]->(taker:Party {is_carrier: false}) WHERE NOT taker IN way.parties
    WITH way, taker, first, last, low, high, date(left(r.date, 10)) AS day,
        CASE size(r.date) WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10)) END
        AS until
    WHERE until >= way.day
    RETURN DISTINCT {
        parties: way.parties + [taker], holder: taker, head: way.head,
        first: CASE WHEN first > way.first THEN first ELSE way.first END,
        last: CASE WHEN last < way.last THEN last ELSE way.last END,
        low: CASE WHEN low > way.low THEN low ELSE way.low END, high: CASE WHEN high < way.high THEN high ELSE way.high END,
        day: CASE WHEN day > way.day THEN day ELSE way.day END, until: until
    }
}] END) AS ways
UNWIND range(0, size(ways) - 1) AS depth
WITH depth, ways[depth] AS reached WHERE depth > $depth
UNWIND reached AS way
WITH depth, way, [party IN way.parties | party.id] AS ids
RETURN
    way.parties[0].id AS enterprise_id, way.parties[0].name AS enterprise_name, depth, way.first AS first_card,
    way.last AS last_card, way.high - way.low + 1 AS cards, ids AS way, max(way.until) AS until
ORDER BY depth DESC, cards DESC, first_card, way
