MATCH (seen:Case)
MATCH (supplier:Party)-[:GAVE]->(got:Record)-[:TO]->(party:Party {is_carrier: false})
WHERE got.sheet <= seen.sheets AND NOT got:Repeated AND supplier <> party
MATCH (got)-[:MOVES]->(c)
WITH DISTINCT seen, supplier, party, c, date(left(got.date, 10)) AS since
WITH *, coalesce(c.lo, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS lo,
    coalesce(c.hi, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS hi
// lots and cards that have a card in common with the lot, by index
CALL (seen, c, lo, hi) {
    RETURN c AS other
    UNION
    UNWIND seen.classes AS cls
    WITH c, lo, hi, cls, toInteger(2 ^ cls) AS width
    MATCH (other:Lot) USING INDEX SEEK other:Lot(head, cls, lo)
    WHERE other.head = c.head AND other.cls = cls AND other.lo > lo - width AND other.lo <= hi AND other.hi >= lo
    RETURN other
    UNION
    MATCH (other:Card) WHERE c:Lot AND other.key >= c.first AND other.key <= c.last AND other.head = c.head
    RETURN other
}
MATCH (other)<-[:MOVES]-(gave:Record)<-[:GAVE]-(party)
WHERE gave.sheet <= seen.sheets AND NOT gave:Repeated
MATCH (gave)-[:TO]->(receiver:Party) WHERE receiver <> party AND receiver <> supplier
WITH party, supplier, receiver, c.head AS head, lo, hi, since,
    duration.inDays(since, date(left(gave.date, 10))).days AS days,
    CASE size(gave.date)
        WHEN 7 THEN date(gave.date) + duration('P1M') - duration('P1D') ELSE date(left(gave.date, 10))
    END AS until,
    coalesce(other.lo, toInteger(substring(other.key, size(split(other.head, '.')[0]))), 0) AS other_lo,
    coalesce(other.hi, toInteger(substring(other.key, size(split(other.head, '.')[0]))), 0) AS other_hi
WHERE 0 <= days AND days <= $days
WITH party, supplier, receiver, since, until, days, head, CASE WHEN lo > other_lo THEN lo ELSE other_lo END AS lo,
    CASE WHEN hi < other_hi THEN hi ELSE other_hi END AS hi
ORDER BY head, lo
WITH party, collect([head, lo, hi]) AS lots, count(DISTINCT supplier) AS suppliers,
    count(DISTINCT receiver) AS receivers, min(days) AS shortest_days, min(since) AS since, max(until) AS until
// different cards of lots that overlap: lots in order, each adds those after all that came before it
WITH *,
    reduce(sum = {cards: 0, head: '', hi: -1}, lot IN lots | CASE
        WHEN lot[0] <> sum.head THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], hi: lot[2]}
        WHEN lot[1] > sum.hi THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], hi: lot[2]}
        WHEN lot[2] > sum.hi THEN {cards: sum.cards + lot[2] - sum.hi, head: lot[0], hi: lot[2]}
        ELSE sum
    END).cards AS cards
WHERE cards >= $at_least
RETURN party.id AS party_id, party.name AS party_name, cards, suppliers, receivers, shortest_days, since, until
ORDER BY cards DESC, party_id
