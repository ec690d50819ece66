MATCH (seen:Case)
MATCH (supplier:Party)-[:SENT]->(got:Record)-[:RECEIVED_BY]->(party:Party {is_carrier: false})
WHERE got.sheet <= seen.sheets AND NOT got:Duplicate AND supplier <> party
MATCH (got)-[:MOVES]->(c)
WITH DISTINCT seen, supplier, party, c, date(left(got.date, 10)) AS since
WITH *, coalesce(c.low, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS low,
    coalesce(c.high, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS high
// lots and cards that have a card in common with the lot, by index
CALL (seen, c, low, high) {
    RETURN c AS other
    UNION
    UNWIND seen.classes AS size_class
    WITH c, low, high, size_class, toInteger(2 ^ size_class) AS width
    MATCH (other:Lot) USING INDEX SEEK other:Lot(head, size_class, low)
    WHERE other.head = c.head AND other.size_class = size_class AND other.low > low - width AND other.low <= high AND other.high >= low
    RETURN other
    UNION
    MATCH (other:Card) WHERE c:Lot AND other.key >= c.first AND other.key <= c.last AND other.head = c.head
    RETURN other
}
MATCH (other)<-[:MOVES]-(gave:Record)<-[:SENT]-(party)
WHERE gave.sheet <= seen.sheets AND NOT gave:Duplicate
MATCH (gave)-[:RECEIVED_BY]->(receiver:Party) WHERE receiver <> party AND receiver <> supplier
WITH party, supplier, receiver, c.head AS head, low, high, since,
    duration.inDays(since, date(left(gave.date, 10))).days AS days,
    CASE size(gave.date)
        WHEN 7 THEN date(gave.date) + duration('P1M') - duration('P1D') ELSE date(left(gave.date, 10))
    END AS until,
    coalesce(other.low, toInteger(substring(other.key, size(split(other.head, '.')[0]))), 0) AS other_lo,
    coalesce(other.high, toInteger(substring(other.key, size(split(other.head, '.')[0]))), 0) AS other_hi
WHERE 0 <= days AND days <= $days
WITH party, supplier, receiver, since, until, days, head, CASE WHEN low > other_lo THEN low ELSE other_lo END AS low,
    CASE WHEN high < other_hi THEN high ELSE other_hi END AS high
ORDER BY head, low
WITH party, collect([head, low, high]) AS lots, count(DISTINCT supplier) AS suppliers,
    count(DISTINCT receiver) AS receivers, min(days) AS shortest_days, min(since) AS since, max(until) AS until
// different cards of lots that overlap: lots in order, each adds those after all that came before it
WITH *,
    reduce(sum = {cards: 0, head: '', high: -1}, lot IN lots | CASE
        WHEN lot[0] <> sum.head THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], high: lot[2]}
        WHEN lot[1] > sum.high THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], high: lot[2]}
        WHEN lot[2] > sum.high THEN {cards: sum.cards + lot[2] - sum.high, head: lot[0], high: lot[2]}
        ELSE sum
    END).cards AS cards
WHERE cards >= $at_least
RETURN party.id AS party_id, party.name AS party_name, cards, suppliers, receivers, shortest_days, since, until
ORDER BY cards DESC, party_id
