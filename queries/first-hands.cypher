MATCH (seen:Case)
MATCH (giver:Party {is_carrier: false})
WHERE ($enterprise IS NULL OR giver.id = $enterprise) AND EXISTS {
    MATCH (giver)<-[:RECEIVED_BY]-(sale:Record)<-[:SENT]-(:Party {is_carrier: true}) WHERE sale.sheet <= seen.sheets
}
MATCH (giver)-[:SENT]->(r:Record)-[:RECEIVED_BY]->(taker:Party {is_carrier: false})
WHERE r.sheet <= seen.sheets AND NOT r:Duplicate AND giver <> taker
OPTIONAL MATCH (r)-[:MOVES]->(c)
WITH *, coalesce(c.low, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS low,
    coalesce(c.high, toInteger(substring(c.key, size(split(c.head, '.')[0]))), 0) AS high
ORDER BY c.head, low
WITH giver, taker, collect(CASE WHEN c IS NOT NULL THEN [c.head, low, high] END) AS lots,
    sum(CASE WHEN c IS NULL THEN r.quantity ELSE 0 END) AS quantity_cards, count(r) AS records,
    collect(DISTINCT r.channel) AS channels, min(date(left(r.date, 10))) AS since,
    max(CASE size(r.date)
        WHEN 7 THEN date(r.date) + duration('P1M') - duration('P1D') ELSE date(left(r.date, 10))
    END) AS until
// different cards of lots that overlap: lots in order, each adds those after all that came before it
RETURN
    giver.id AS enterprise_id, giver.name AS enterprise_name, taker.id AS party_id, taker.name AS party_name,
    reduce(sum = {cards: 0, head: '', high: -1}, lot IN lots | CASE
        WHEN lot[0] <> sum.head THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], high: lot[2]}
        WHEN lot[1] > sum.high THEN {cards: sum.cards + lot[2] - lot[1] + 1, head: lot[0], high: lot[2]}
        WHEN lot[2] > sum.high THEN {cards: sum.cards + lot[2] - sum.high, head: lot[0], high: lot[2]}
        ELSE sum
    END).cards AS cards,
    quantity_cards, records, COLLECT { UNWIND channels AS channel RETURN channel ORDER BY channel } AS channels,
    since, until
ORDER BY enterprise_id, cards DESC, quantity_cards DESC, party_id
