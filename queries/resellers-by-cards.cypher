MATCH (seen:Case)
MATCH (giver:Party {is_carrier: false})
WHERE NOT EXISTS {
    MATCH (giver)<-[:RECEIVED_BY]-(sale:Record)<-[:SENT]-(:Party {is_carrier: true}) WHERE sale.sheet <= seen.sheets
}
MATCH (giver)-[:SENT]->(r:Transfer)-[:RECEIVED_BY]->(taker:Party {is_carrier: false})
WHERE r.sheet <= seen.sheets AND NOT r:Duplicate AND giver <> taker
OPTIONAL MATCH (r)-[:MOVES]->(c)
WITH *, coalesce(c.low, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS low,
    coalesce(c.high, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS high
ORDER BY c.head, low
WITH seen, giver, collect(CASE WHEN c IS NOT NULL THEN [c.head, low, high] END) AS lots,
    sum(CASE WHEN c IS NULL THEN r.quantity ELSE 0 END) AS quantity_cards, count(r) AS records,
    count(DISTINCT taker) AS receivers, min(date(left(r.date, 10))) AS since,
    max(CASE size(r.date)
        WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
    END) AS until
// different cards of lots that overlap: lots in order, each adds those after all that came before it
WITH *,
    reduce(sum = {cards: 0, head: '', high: -1}, lot IN lots | CASE
        WHEN lot[0] <> sum.head THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], high: lot[2]}
        WHEN lot[1] > sum.high THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], high: lot[2]}
        WHEN lot[2] > sum.high THEN {cards: sum.cards + lot[2] - sum.high, head: lot[0], high: lot[2]}
        ELSE sum
    END).cards AS cards
WHERE cards + quantity_cards >= $at_least
OPTIONAL MATCH (giver)<-[:RECEIVED_BY]-(r:Record)<-[:SENT]-(supplier:Party)
WHERE r.sheet <= seen.sheets AND supplier <> giver
RETURN
    giver.id AS party_id, giver.name AS party_name, cards, quantity_cards, records,
    count(DISTINCT supplier) AS suppliers, receivers, since, until
ORDER BY cards DESC, quantity_cards DESC, party_id
