MATCH (seen:Case)
MATCH (:Party {is_carrier: true})-[:GAVE]->(r:Record)-[:TO]->(enterprise:Party {is_carrier: false})
WHERE r.sheet <= seen.sheets AND NOT r:Repeated
MATCH (r)-[:MOVES]->(c)
WITH seen, collect(DISTINCT {
    parties: [enterprise], holder: enterprise, head: c.head,
    first: coalesce(c.first, c.key), last: coalesce(c.last, c.key),
    lo: coalesce(c.lo, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0),
    hi: coalesce(c.hi, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0),
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
        UNWIND seen.classes AS cls
        WITH way, cls, toInteger(2 ^ cls) AS width
        MATCH (lot:Lot) USING INDEX SEEK lot:Lot(head, cls, lo)
        WHERE lot.head = way.head AND lot.cls = cls AND lot.lo > way.lo - width AND lot.lo <= way.hi
            AND lot.hi >= way.lo
        RETURN lot, lot.first AS first, lot.last AS last, lot.lo AS lo, lot.hi AS hi
        UNION
        MATCH (lot:Card) WHERE lot.key >= way.first AND lot.key <= way.last AND lot.head = way.head
        WITH lot, coalesce(toInteger(substring(lot.key, size(split(lot.head, '.')[0]))), 0) AS n
        RETURN lot, lot.key AS first, lot.key AS last, n AS lo, n AS hi
    }
    MATCH (lot)<-[:MOVES]-(r:Record)<-[:GAVE]-(holder)
    WHERE r.sheet <= seen.sheets AND NOT r:Repeated
    MATCH (r)-[:TO]->(taker:Party {is_carrier: false}) WHERE NOT taker IN way.parties
    WITH way, taker, first, last, lo, hi, date(left(r.date, 10)) AS day,
        CASE size(r.date) WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10)) END
        AS until
    WHERE until >= way.day
    RETURN DISTINCT {
        parties: way.parties + [taker], holder: taker, head: way.head,
        first: CASE WHEN first > way.first THEN first ELSE way.first END,
        last: CASE WHEN last < way.last THEN last ELSE way.last END,
        lo: CASE WHEN lo > way.lo THEN lo ELSE way.lo END, hi: CASE WHEN hi < way.hi THEN hi ELSE way.hi END,
        day: CASE WHEN day > way.day THEN day ELSE way.day END, until: until
    }
}] END) AS ways
UNWIND range(0, size(ways) - 1) AS depth
WITH depth, ways[depth] AS reached WHERE depth > $depth
UNWIND reached AS way
WITH depth, way, [party IN way.parties | party.id] AS ids
RETURN
    way.parties[0].id AS enterprise_id, way.parties[0].name AS enterprise_name, depth, way.first AS first_card,
    way.last AS last_card, way.hi - way.lo + 1 AS cards, ids AS way, max(way.until) AS until
ORDER BY depth DESC, cards DESC, first_card, way
